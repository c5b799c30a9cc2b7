/** How the server tells people what happens; the composition root decides where lines go and what they look like. */
export type ServerLogLevel = "debug" | "info" | "warn" | "error";

/** Facts beside a line; an `Error` is one too. Never secrets. */
export type ServerLogFields = Readonly<Record<string, unknown>>;

/** Takes a constant message and what is special about this time. */
export type ServerLog = (level: ServerLogLevel, message: string, fields?: ServerLogFields) => void;

/** For servers nobody listens to. */
export const silentLog: ServerLog = () => undefined;
