/** What clients look up when they make a work pool. */
import type { Hono } from "hono";
import { jsonAnswer } from "../http/json-answer.ts";
import { WORKER_TYPES } from "./worker-types.ts";

/** Blocks and flows of collections are yet to come. */
const VIEWS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ["aggregate-worker-metadata", WORKER_TYPES],
  ["aggregate-block-metadata", {}],
  ["aggregate-flow-metadata", {}],
]);

export function mountCollections(app: Hono): void {
  app.get("/collections/views/:view", (context) => {
    const view = context.req.param("view");
    const content = VIEWS.get(view);
    if (content === undefined) return context.json({ detail: `View ${view} not found` }, 404);
    return jsonAnswer(context, content);
  });
}
