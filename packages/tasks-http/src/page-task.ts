/** Lists that come page by page. */
import {
  type Input,
  NO_CACHE,
  type State,
  type Task,
  type TaskFuture,
  type TaskOptions,
  task,
} from "@sluice/core";
import type { z } from "zod";
import { type HttpAnswer, jsonOf } from "./answer-text.ts";
import { HttpError, shownRequest } from "./http-error.ts";
import { type HttpRequest, type ReadyRequest, readyRequest } from "./http-request.ts";
import { answerTo } from "./http-tasks.ts";
import { linkTo } from "./link-header.ts";

/** What a list holds, where it is the page itself. */
type ItemOf<Page> = Page extends readonly (infer Item)[] ? Item : never;

export interface PageOptions<Page, Item> {
  /** What each page has to fit. */
  readonly schema: z.ZodType<Page>;
  /** What of a page belongs to the list. Default: the page, which then is a list. */
  readonly items?: ((page: Page) => readonly Item[]) | undefined;
  /**
   * The URL of the next page, which may be relative to that of this one; undefined or null after the last. Default: the link
   * `next` of the header `Link` (RFC 8288).
   */
  readonly next?: ((page: Page, answer: HttpAnswer) => string | URL | null | undefined) | undefined;
  /** No more are asked for. Default 10,000. */
  readonly maxItems?: number | undefined;
}

type PageArguments<Page, Item> = [request: HttpRequest, options: PageOptions<Page, Item>];

/** A task whose result has the type of the items. */
export interface PageTask
  extends Omit<
    Task<PageArguments<unknown, unknown>, readonly unknown[]>,
    "submit" | "map" | "returnState" | "withOptions"
  > {
  <Page, Item = ItemOf<Page>>(
    request: Input<HttpRequest>,
    options: PageOptions<Page, Item>,
  ): Promise<readonly Item[]>;
  submit<Page, Item = ItemOf<Page>>(
    request: Input<HttpRequest>,
    options: PageOptions<Page, Item>,
  ): TaskFuture<readonly Item[]>;
  returnState<Page, Item = ItemOf<Page>>(
    request: Input<HttpRequest>,
    options: PageOptions<Page, Item>,
  ): Promise<State<readonly Item[]>>;
  withOptions(options: TaskOptions<PageArguments<unknown, unknown>>): PageTask;
}

const DEFAULT_MAX_ITEMS = 10_000;

/**
 * The items of all pages of a list, in their order.
 *
 * ```ts
 * const trips = await fetchPages(
 *   { service: "trips", url: "trips" },
 *   { schema: z.object({ data: z.array(trip), after: z.string().nullish() }), items: ({ data }) => data,
 *     next: ({ after }) => after && `?after=${after}` },
 * );
 * ```
 *
 * @throws {HttpError} as `fetchJson`, and when a page is its own next one
 */
export const fetchPages: PageTask = task(
  { name: "fetch-pages", cachePolicy: NO_CACHE },
  async (request: HttpRequest, options: PageOptions<unknown, unknown>): Promise<readonly unknown[]> => {
    const { schema, items = itself, next = nextLink, maxItems = DEFAULT_MAX_ITEMS } = options;
    const found: unknown[] = [];
    const seen = new Set<string>();
    let current = await readyRequest({
      ...request,
      headers: { accept: "application/json", ...request.headers },
    });
    for (;;) {
      seen.add(current.url.href);
      const answer = await answerTo(current);
      const page = jsonOf(current, answer, schema);
      found.push(...items(page));
      const target = next(page, answer);
      if (target === undefined || target === null || found.length >= maxItems)
        return found.slice(0, maxItems);
      current = pageAfter(current, answer, target);
      if (seen.has(current.url.href)) {
        throw new HttpError(
          `${shownRequest(current)} has been asked for already, and is the next page again. Check next.`,
        );
      }
    }
  },
) as unknown as PageTask;

function itself(page: unknown): readonly unknown[] {
  if (Array.isArray(page)) return page;
  throw new HttpError("A page is no list. Give items, to say where in the page the list is.");
}

function nextLink(_: unknown, { headers }: HttpAnswer): string | undefined {
  return linkTo("next", headers["link"]);
}

/** Credentials stay with the origin that they are for, wherever the link leads. */
function pageAfter(request: ReadyRequest, { url }: HttpAnswer, target: string | URL): ReadyRequest {
  if (URL.canParse(String(target), url)) return { ...request, url: new URL(target, url) };
  throw new HttpError(`The link to the page after ${shownRequest(request)} is no URL. Check next.`);
}
