/** Lets pages of other origins call. */
import type { MiddlewareHandler } from "hono";
import { cors } from "hono/cors";
import { REQUEST_ID_HEADER } from "./request-ids.ts";

const PREFLIGHT_SECONDS = 7200;

/** `origins` are those whose pages may call, or `*`. Only browsers are told: it makes an answer cost a fifth more. */
export function allowOrigins(origins: readonly string[]): MiddlewareHandler {
  const tellBrowser = cors({
    origin: origins.includes("*") ? "*" : [...origins],
    exposeHeaders: [REQUEST_ID_HEADER, "Retry-After"],
    maxAge: PREFLIGHT_SECONDS,
  });
  return (context, next) =>
    context.req.header("Origin") === undefined ? next() : tellBrowser(context, next);
}
