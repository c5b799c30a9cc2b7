/** Serves the document of the API, and a page to read it. */
import { createHash } from "node:crypto";
import type { Hono } from "hono";
import { API_VERSION } from "../http/admin-routes.ts";
import { jsonAnswer, textAnswer } from "../http/json-answer.ts";
import { openApiDocument } from "./openapi-document.ts";
import { READER_PAGE } from "./reader-page.ts";

/** Adds `/api/openapi.json` and `/docs` below the base path. */
export function mountOpenApi(app: Hono, basePath: string): void {
  let document: object | undefined;
  app.get(`${basePath}/api/openapi.json`, (context) => {
    document ??= openApiDocument({ version: API_VERSION, apiPath: `${basePath}/api` });
    return jsonAnswer(context, document);
  });
  const policy = `default-src 'none'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; script-src ${hashesOf("script")}; style-src ${hashesOf("style")}`;
  app.get(`${basePath}/docs`, (context) => {
    context.header("Content-Security-Policy", policy);
    return textAnswer(context, { text: READER_PAGE, type: "text/html" });
  });
}

function hashesOf(tag: "script" | "style"): string {
  const contents = READER_PAGE.matchAll(new RegExp(`<${tag}>(.*?)</${tag}>`, "gsu"));
  return Array.from(
    contents,
    ([, text = ""]) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`,
  ).join(" ");
}
