/** The server: the orchestration API over HTTP and WebSocket, with its background services. */
export type { DatabaseOptions } from "./open-store.ts";
export { PREFECT_VERSION, type RunningServer, type ServerOptions, startServer } from "./serve.ts";
export type { ServerLog, ServerLogFields, ServerLogLevel } from "./server-log.ts";
