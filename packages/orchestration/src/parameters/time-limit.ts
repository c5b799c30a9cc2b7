/** Ends work that takes too long, although nothing else can happen while it goes on: matching a pattern, for one. */
import { type Context, createContext, Script } from "node:vm";

const CALL = new Script("work()");
/** Made when it is first needed. Work is not kept from anything in it, only ended in time. */
let context: Context | undefined;
/** Ended work is begun again so often when it got less than half of its time from a busy machine. */
const MAX_ATTEMPTS = 5;

/** What work came to. */
export type TimedResult<T> = { readonly isInTime: true; readonly value: T } | { readonly isInTime: false };

/** Runs synchronous work, which leaves nothing half done that anybody looks at when it has to be ended. */
export function withinTime<T>(work: () => T, limitMs: number): TimedResult<T> {
  for (let attempt = 1; ; attempt += 1) {
    const before = process.cpuUsage();
    const result = attempted(work, limitMs);
    const hadItsTime = process.cpuUsage(before).user / 1000 > limitMs / 2;
    if (result.isInTime || hadItsTime || attempt === MAX_ATTEMPTS) return result;
  }
}

function attempted<T>(work: () => T, limitMs: number): TimedResult<T> {
  context ??= createContext();
  context["work"] = work;
  try {
    return { isInTime: true, value: CALL.runInContext(context, { timeout: limitMs }) };
  } catch (error) {
    if (isTimeout(error)) return { isInTime: false };
    throw error;
  } finally {
    delete context["work"];
  }
}

/** The error is one of the context, so it is no `Error` of here. */
function isTimeout(error: unknown): boolean {
  return (
    typeof error === "object" &&
    error !== null &&
    "code" in error &&
    error.code === "ERR_SCRIPT_EXECUTION_TIMEOUT"
  );
}
