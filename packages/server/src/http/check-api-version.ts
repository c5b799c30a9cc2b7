/** Refuses clients that speak a version of the API that is too old. */
import type { MiddlewareHandler } from "hono";

const HEADER = "X-PREFECT-API-VERSION";
const VERSION = /^(\d{1,9})\.(\d{1,9})\.(\d{1,9})$/u;
const LEAST = [0, 8, 0] as const;

/** A missing header is accepted. */
export function checkApiVersion(): MiddlewareHandler {
  return async (context, next) => {
    const given = context.req.header(HEADER);
    if (given === undefined) return next();
    const [, ...parts] = VERSION.exec(given) ?? [];
    if (parts.length === 0) {
      return context.json(
        { detail: `Invalid ${HEADER} header format: use three numbers, such as 0.8.4.` },
        400,
      );
    }
    if (isOlder(parts.map(Number))) {
      return context.json(
        {
          detail: `The client speaks version ${given} of the API; the server needs ${LEAST.join(".")} or newer.`,
        },
        400,
      );
    }
    return next();
  };
}

function isOlder(version: readonly number[]): boolean {
  const different = LEAST.findIndex((number, index) => version[index] !== number);
  return different !== -1 && (version[different] ?? 0) < (LEAST[different] ?? 0);
}
