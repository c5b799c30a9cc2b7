/**
 * Tokens against forged requests of other sites: a page that cannot read our answers cannot have one. Tokens are derived
 * from a key in the database, so nothing is kept per client and every replica knows those of the others.
 */
import { createHmac, randomBytes } from "node:crypto";
import type { Store } from "@sluice/orchestration";
import { newId } from "@sluice/protocol";
import type { Context, Hono, MiddlewareHandler } from "hono";
import { newEntry } from "../configuration-entry.ts";
import { digestOf, isSameDigest } from "./digest.ts";

const CONFIGURATION_KEY = "csrf-key";
const VALIDITY_MS = 3_600_000;
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** The key of this history; made when it is first asked for. */
export async function csrfKey(store: Store): Promise<string> {
  const entry = newEntry(CONFIGURATION_KEY, randomBytes(32).toString("hex"));
  const { object } = await store.objects("configuration").insert(entry);
  return String(object.value);
}

/** Gives tokens to clients; without a key it says that none are needed. */
export function mountCsrfToken(app: Hono, key: string | undefined): void {
  app.get("/csrf-token", (context) => {
    if (key === undefined) return context.json({ detail: "CSRF protection is disabled." }, 422);
    const client = context.req.query("client");
    if (client === undefined || client === "")
      return context.json({ detail: "The query needs client." }, 422);
    const now = Date.now();
    const period = Math.floor(now / VALIDITY_MS);
    return context.json({
      id: newId(),
      created: new Date(now).toISOString(),
      updated: new Date(now).toISOString(),
      token: tokenOf(key, client, period),
      client,
      // A token is good in the hour it is made in and in the next.
      expiration: new Date((period + 2) * VALIDITY_MS).toISOString(),
    });
  });
}

/** Refuses changing requests without a token of their client. */
export function requireCsrfToken(key: string): MiddlewareHandler {
  return async (context, next) => {
    const refusal = SAFE_METHODS.has(context.req.method) ? undefined : refusalOf(context, key);
    return refusal === undefined ? next() : context.json({ detail: refusal }, 403);
  };
}

function refusalOf(context: Context, key: string): string | undefined {
  const token = context.req.header("Prefect-Csrf-Token");
  const client = context.req.header("Prefect-Csrf-Client");
  if (token === undefined) return "Missing CSRF token.";
  if (client === undefined) return "Missing client identifier.";
  const period = Math.floor(Date.now() / VALIDITY_MS);
  const isValid = [period, period - 1].some((hour) =>
    isSameDigest(digestOf(token), digestOf(tokenOf(key, client, hour))),
  );
  return isValid ? undefined : "Invalid CSRF token or client identifier.";
}

function tokenOf(key: string, client: string, period: number): string {
  return createHmac("sha256", key).update(`${period} ${client}`).digest("hex");
}
