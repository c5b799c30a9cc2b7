/** The server: the orchestration API over HTTP and WebSocket, with its background services. */
export { type RunningServer, type ServerOptions, startServer } from "./serve.ts";
