/** What a server can be told. */
import type { RetentionOptions } from "@sluice/orchestration";
import type { EncryptionOptions } from "./encryption/key-source.ts";
import type { DatabaseOptions } from "./open-store.ts";
import { completeRetention, type Retention } from "./retention.ts";
import { type ServerLog, silentLog } from "./server-log.ts";

export interface ServerOptions extends DatabaseOptions {
  /** What secrets of blocks are sealed with; default: a key in the file `encryption.key` beside a SQLite file. */
  readonly encryption?: EncryptionOptions | undefined;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Path below which a reverse proxy gives the server everything, such as `/sluice`; default: none. */
  readonly basePath?: string | undefined;
  /** `user:password` that clients must have, or an API key; default: whoever reaches the server may use it. */
  readonly authString?: string | undefined;
  /** Whether changing requests need a token that was fetched before; default: no. */
  readonly hasCsrfProtection?: boolean | undefined;
  /** Origins whose pages may call; default: `*`, all. */
  readonly corsOrigins?: readonly string[] | undefined;
  /** Largest body of a request; default 16 MiB. */
  readonly maxBodyBytes?: number | undefined;
  /** Whether every request gets a log line; default: no. */
  readonly hasAccessLog?: boolean | undefined;
  /** Whether background services run in this process; default: yes. */
  readonly hasServices?: boolean | undefined;
  /** How long what happened is kept; default: events for 7 days, log lines for 30, flow runs for ever. */
  readonly retention?: Retention | undefined;
  /** The Prefect release that clients take this server for; default: the newest it was tested with. */
  readonly prefectVersion?: string | undefined;
  /** How long `close` waits for what is under way; default 30. */
  readonly stopGraceSeconds?: number | undefined;
  /** Default: nobody is told anything. */
  readonly log?: ServerLog | undefined;
}

/** The newest Prefect whose clients were run against this server. */
const PREFECT_VERSION = "3.8.8";
const MAX_BODY_BYTES = 16 * 1024 * 1024;
const STOP_GRACE_SECONDS = 30;

/** Options with everything that has a default. */
export interface CompleteOptions extends ServerOptions {
  readonly hasCsrfProtection: boolean;
  readonly corsOrigins: readonly string[];
  readonly maxBodyBytes: number;
  readonly hasAccessLog: boolean;
  readonly hasServices: boolean;
  readonly retention: RetentionOptions;
  readonly prefectVersion: string;
  readonly stopGraceSeconds: number;
  readonly log: ServerLog;
}

/** Fills in the defaults. */
export function withDefaults(options: ServerOptions): CompleteOptions {
  return {
    ...options,
    hasCsrfProtection: options.hasCsrfProtection ?? false,
    corsOrigins: options.corsOrigins ?? ["*"],
    maxBodyBytes: options.maxBodyBytes ?? MAX_BODY_BYTES,
    hasAccessLog: options.hasAccessLog ?? false,
    hasServices: options.hasServices ?? true,
    retention: completeRetention(options.retention),
    prefectVersion: options.prefectVersion ?? PREFECT_VERSION,
    stopGraceSeconds: options.stopGraceSeconds ?? STOP_GRACE_SECONDS,
    log: options.log ?? silentLog,
  };
}
