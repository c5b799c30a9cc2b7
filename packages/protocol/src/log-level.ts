/** Log levels as numbers on the wire (Python's `logging` scale, which Prefect sends) and as names elsewhere. */

export const LOG_LEVELS = { debug: 10, info: 20, warn: 30, error: 40, critical: 50 } as const;

export type LogLevelName = keyof typeof LOG_LEVELS;
