/**
 * Every setting, in one table. A setting's environment variable is `SLUICE_` and its key in capitals (`api.url` is
 * `SLUICE_API_URL`) unless `variable` says otherwise; in code it is `settings.api.url`, with `snake_case` as `camelCase`.
 */

interface DefinitionBase {
  /** One line for people. */
  readonly description: string;
  readonly variable?: string;
  /** A variable that is read when `variable` is not set. */
  readonly fallbackVariable?: string;
  /** Read as a `Secret`, and never shown. */
  readonly isSecret?: true;
  /** Decides where profiles are or which one is active, and so cannot be in a profile. */
  readonly isOutsideProfiles?: true;
}

/** One row of the table. A text setting without `default` may be undefined. */
export type SettingDefinition = DefinitionBase &
  (
    | { readonly type: "string"; readonly default?: string }
    | { readonly type: "url"; readonly default?: string }
    /** The URL of a database: a secret as far as there is a password in it. */
    | { readonly type: "connection"; readonly default?: string; readonly isSecret: true }
    /** `~` is the user's directory and `{home}` the setting `home`, in defaults and in values alike. */
    | { readonly type: "path"; readonly default: string }
    | { readonly type: "boolean"; readonly default: boolean }
    | { readonly type: "integer"; readonly default: number; readonly minimum: number }
    | { readonly type: "seconds"; readonly default: number; readonly minimum: number }
    /** Numbers by name: a table, or `name=number,name=number` in one text. */
    | {
        readonly type: "numbers";
        readonly default: Readonly<Record<string, number>>;
        readonly minimum: number;
      }
    | { readonly type: "enum"; readonly default: string; readonly choices: readonly string[] }
  );

export const SETTINGS = {
  home: {
    type: "path",
    default: "~/.sluice",
    isOutsideProfiles: true,
    description: "Directory of profiles, history and results",
  },
  profile: {
    type: "string",
    default: "default",
    isOutsideProfiles: true,
    description: "Profile whose settings apply",
  },
  "api.url": {
    type: "url",
    fallbackVariable: "PREFECT_API_URL",
    description: "Server to use; without one, runs are recorded in this process",
  },
  "api.key": {
    type: "string",
    isSecret: true,
    fallbackVariable: "PREFECT_API_KEY",
    description: "Key for the server, sent as a bearer token",
  },
  "api.auth_string": {
    type: "string",
    isSecret: true,
    fallbackVariable: "PREFECT_API_AUTH_STRING",
    description: "User and password for the server, as user:password",
  },
  "api.request_timeout_seconds": {
    type: "seconds",
    default: 60,
    minimum: 0.001,
    description: "Longest wait for an answer of the server",
  },
  "api.max_retries": {
    type: "integer",
    default: 5,
    minimum: 0,
    description: "How often a request is sent again while the server is away or overloaded",
  },
  "history.mode": {
    type: "enum",
    choices: ["sqlite", "memory", "off"],
    default: "sqlite",
    variable: "SLUICE_HISTORY",
    description: "Where runs are recorded when there is no server",
  },
  "history.database_path": {
    type: "path",
    default: "{home}/sluice.db",
    description: "File of the history",
  },
  "history.max_buffered_records": {
    type: "integer",
    default: 50_000,
    minimum: 1,
    description: "Records kept in memory while the history cannot be written",
  },
  "encryption.key": {
    type: "string",
    isSecret: true,
    description: "Key that secrets of blocks are sealed with, 32 bytes in base64; older ones after commas",
  },
  "encryption.key_file": {
    type: "path",
    default: "{home}/encryption.key",
    description: "File of the key that secrets of blocks are sealed with; the default is made when needed",
  },
  "server.host": {
    type: "string",
    default: "127.0.0.1",
    description: "Address that `sluice server start` listens on",
  },
  "server.port": {
    type: "integer",
    default: 4200,
    minimum: 0,
    description: "Port that `sluice server start` listens on; 0 takes a free one",
  },
  "server.database_url": {
    type: "connection",
    isSecret: true,
    variable: "SLUICE_DATABASE_URL",
    description: "PostgreSQL database of the server; without one it is history.database_path",
  },
  "server.base_path": {
    type: "string",
    description: "Path below which a reverse proxy gives the server everything, such as /sluice",
  },
  "server.auth_string": {
    type: "string",
    isSecret: true,
    description: "User and password that the server asks for, as user:password",
  },
  "server.csrf_protection": {
    type: "boolean",
    default: false,
    description: "Answer changing requests only with a token that was fetched before",
  },
  "server.cors_origins": {
    type: "string",
    default: "*",
    description: "Origins whose pages may call the server, separated by commas; * is all",
  },
  "server.max_body_bytes": {
    type: "integer",
    default: 16_777_216,
    minimum: 1024,
    description: "Largest body of a request that the server reads",
  },
  "server.access_log": {
    type: "boolean",
    default: false,
    description: "Write a log line for every request to the server",
  },
  "server.services": {
    type: "boolean",
    default: true,
    description: "Run the background services, such as the scheduler, in the server's process",
  },
  "server.event_retention_days": {
    type: "integer",
    default: 7,
    minimum: 0,
    description: "Days that the server keeps events; 0 keeps them for ever",
  },
  "server.event_retention_days_by_name": {
    type: "numbers",
    default: {},
    minimum: 0,
    description: "Days for events whose names begin so: prefect.flow-run.heartbeat=1,etl.=90",
  },
  "server.log_retention_days": {
    type: "integer",
    default: 30,
    minimum: 0,
    description: "Days that the server keeps log lines; 0 keeps them for ever",
  },
  "server.flow_run_retention_days": {
    type: "integer",
    default: 0,
    minimum: 0,
    description: "Days that the server keeps flow runs that ended; 0 keeps them for ever",
  },
  "server.stop_grace_seconds": {
    type: "seconds",
    default: 30,
    minimum: 0,
    description: "How long a server that is stopped waits for requests under way",
  },
  "server.prefect_version": {
    type: "string",
    description: "Prefect release that clients take the server for; else the newest it was tested with",
  },
  "logging.level": {
    type: "enum",
    choices: ["debug", "info", "warn", "error", "critical"],
    default: "info",
    description: "Least level of log lines that are kept and shown",
  },
  "logging.to_terminal": {
    type: "boolean",
    default: true,
    description: "Write log lines to standard error",
  },
  "logging.format": {
    type: "enum",
    choices: ["pretty", "json"],
    default: "pretty",
    description: "Form of log lines on standard error",
  },
  "logging.print_engine": {
    type: "enum",
    choices: ["auto", "always", "never"],
    default: "auto",
    description: "Show the engine's lines below warn; auto means on a terminal only",
  },
  "results.persist_by_default": {
    type: "boolean",
    default: false,
    description: "Persist results of flows and tasks that do not say",
  },
  "results.default_serializer": {
    type: "enum",
    choices: ["json", "compressed/json", "v8"],
    default: "json",
    description: "Serializer of results that do not name one",
  },
  "results.default_storage_block": {
    type: "string",
    description: "Block that keeps results that name no storage, such as s3-bucket/results",
  },
  "results.local_storage_path": {
    type: "path",
    default: "{home}/storage",
    description: "Directory of results that name no storage, when no block is set for them",
  },
  "tasks.default_retries": {
    type: "integer",
    default: 0,
    minimum: 0,
    description: "Retries of tasks that do not say",
  },
  "tasks.default_retry_delay_seconds": {
    type: "seconds",
    default: 0,
    minimum: 0,
    description: "Delay before each retry of tasks that do not say",
  },
  "tasks.concurrency_limit": {
    type: "integer",
    default: 100,
    minimum: 1,
    description: "Tasks of one flow run that run at once, unless its task runner says",
  },
  "tasks.refresh_cache": {
    type: "boolean",
    default: false,
    description: "Run tasks although their result is cached, and cache the new one",
  },
  "tasks.disable_caching": {
    type: "boolean",
    default: false,
    description: "Neither look for cached results of tasks nor cache new ones",
  },
  "flows.default_retries": {
    type: "integer",
    default: 0,
    minimum: 0,
    description: "Retries of flows that do not say",
  },
  "flows.heartbeat_seconds": {
    type: "seconds",
    default: 10,
    minimum: 0.1,
    description: "Time between signs of life of running flows",
  },
  "flows.lease_seconds": {
    type: "seconds",
    default: 30,
    minimum: 1,
    description: "Silence after which a running flow counts as crashed",
  },
  "flows.cancel_poll_seconds": {
    type: "seconds",
    default: 5,
    minimum: 0.1,
    description: "Time between looks whether running flows are to be cancelled",
  },
  "flows.cancel_grace_seconds": {
    type: "seconds",
    default: 10,
    minimum: 0,
    description: "Time a cancelled flow has to stop by itself",
  },
} as const;

/** A setting's key, such as `api.url`. */
export type SettingKey = keyof typeof SETTINGS;

/** Every key, in the order of the table. */
export const SETTING_KEYS: readonly SettingKey[] = Object.keys(SETTINGS).filter(isSettingKey);

/** Whether `text` is the key of a setting. */
export function isSettingKey(text: string): text is SettingKey {
  return Object.hasOwn(SETTINGS, text);
}

/** The row of a setting. */
export function settingDefinition(key: SettingKey): SettingDefinition {
  return SETTINGS[key];
}

/** The environment variable of a setting. */
export function settingVariable(key: SettingKey): string {
  return settingDefinition(key).variable ?? `SLUICE_${key.replaceAll(".", "_").toUpperCase()}`;
}
