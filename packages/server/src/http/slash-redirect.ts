/** Sends those who forgot, or added, the slash at the end of a path to the path that exists. */
import type { Context, Hono } from "hono";
import { notFoundAnswer } from "./error-answer.ts";

/** Answers paths that are not mounted: 307 where the other spelling is, 404 elsewhere. */
export function slashRedirect(app: Hono): (context: Context) => Response {
  return (context) => {
    const url = new URL(context.req.url);
    const { pathname } = url;
    const other = pathname.endsWith("/") ? pathname.slice(0, -1) : `${pathname}/`;
    if (other === "" || !isMounted(app, context.req.method, other)) return notFoundAnswer(context);
    // Relative, so that it stays right behind a proxy that serves us under another path.
    const last = other.endsWith("/") ? `${other.split("/").at(-2)}/` : other.split("/").at(-1);
    const target = other.endsWith("/") ? `./${last}` : `../${last}`;
    return context.redirect(`${target}${url.search}`, 307);
  };
}

function isMounted(app: Hono, method: string, path: string): boolean {
  return app.router.match(method, path)[0].some(([[, route]]) => route.method !== "ALL");
}
