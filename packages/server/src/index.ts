/** The server: the orchestration API over HTTP and WebSocket, with its background services. */
export { type ApiKey, ApiKeys } from "./auth/api-keys.ts";
export { defaultJobTemplates } from "./collections/default-job-templates.ts";
export type { EncryptionOptions, KeySource } from "./encryption/key-source.ts";
export {
  type RotationOptions,
  rotateSecrets,
  type SecretsOptions,
  type SecretsStatus,
  secretsStatus,
} from "./encryption/rotate-secrets.ts";
export { type DatabaseOptions, databaseLocation, isShared, openStore } from "./open-store.ts";
export type { Retention } from "./retention.ts";
export { type RunningServer, startServer } from "./serve.ts";
export type { ServerLog, ServerLogFields, ServerLogLevel } from "./server-log.ts";
export type { ServerOptions } from "./server-options.ts";
export { type RunningServicesProcess, type ServicesOptions, startServices } from "./start-services.ts";
