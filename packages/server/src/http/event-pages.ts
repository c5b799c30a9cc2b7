/** Pages of events: over HTTP the next one is a URL, which Prefect's clients follow as it is. */
import type { EventPage, EventQuery, OrchestrationApi } from "@sluice/protocol";
import { eventQuerySchema } from "@sluice/protocol/schemas";
import type { Context, Hono } from "hono";
import { jsonAnswer } from "./json-answer.ts";
import { readBody } from "./read-body.ts";

export interface EventPagesOptions {
  readonly api: Pick<OrchestrationApi, "events">;
  readonly maxBodyBytes: number;
}

const FILTER_PATH = "/events/filter";

/** Comes before the routes of the table, which it takes the place of. */
export function mountEventPages(app: Hono, { api, maxBodyBytes }: EventPagesOptions): void {
  app.post(FILTER_PATH, async (context) => {
    // What the schema lets through is what it says.
    const query = (await readBody(context, {
      schema: eventQuerySchema,
      maxBytes: maxBodyBytes,
    })) as EventQuery;
    return answer(context, await api.events.filter(query, { signal: context.req.raw.signal }));
  });
  app.get(`${FILTER_PATH}/next`, async (context) => {
    const token = context.req.query("page-token") ?? "";
    return answer(context, await api.events.next(token, { signal: context.req.raw.signal }));
  });
}

function answer(context: Context, page: EventPage): Response | Promise<Response> {
  const { next_page: token } = page;
  return jsonAnswer(context, token === null ? page : { ...page, next_page: nextUrl(context, token) });
}

/** As the client reached us: proxies say how that was. */
function nextUrl(context: Context, token: string): string {
  const url = new URL(context.req.url);
  const scheme = context.req.header("X-Forwarded-Proto")?.split(",")[0]?.trim();
  if (scheme === "https" || scheme === "http") url.protocol = `${scheme}:`;
  const apiPath = url.pathname.slice(0, url.pathname.lastIndexOf(FILTER_PATH));
  url.pathname = `${apiPath}${FILTER_PATH}/next`;
  url.search = new URLSearchParams({ "page-token": token }).toString();
  return url.href;
}
