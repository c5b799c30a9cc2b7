/** Operations of the orchestration API as requests, by the table of routes. */
import {
  type ApiCallOptions,
  type ApiNoun,
  type ApiNouns,
  type ParsedRoute,
  parseRoute,
  ROUTES,
  type Route,
} from "@sluice/protocol";
import type { HttpClient } from "./http-client.ts";

/** Every operation of every noun, as its route says. */
export function httpOperations(client: HttpClient): ApiNouns {
  const nouns = Object.entries<Readonly<Record<string, Route>>>(ROUTES).map(([noun, routes]) => [
    noun,
    Object.fromEntries(
      Object.entries(routes).map(([name, route]) => [
        name,
        operation(client, noun as ApiNoun, parseRoute(route)),
      ]),
    ),
  ]);
  return Object.fromEntries(nouns) as ApiNouns;
}

function operation(client: HttpClient, noun: ApiNoun, route: ParsedRoute) {
  const word = wordOf(noun);
  return async (...args: readonly unknown[]): Promise<unknown> => {
    const values = route.placeholders.map((_, index) => String(args[index]));
    const hasQuery = route.members.length > 0;
    const query = hasQuery ? queryOf(args[values.length]) : "";
    const [first, second] = args.slice(values.length + (hasQuery ? 1 : 0));
    const hasBody = route.hasBody && !isCallOptions(first);
    const options = (hasBody ? second : first) as ApiCallOptions | undefined;
    const [id] = values;
    return client.call({
      method: route.method,
      path: `${pathOf(route, values)}${query}`,
      body: hasBody ? JSON.stringify(first) : undefined,
      object: id === undefined ? undefined : { noun: word, id },
      signal: options?.signal,
    });
  };
}

/** Operations that change something without a body are given their options in its place. */
function isCallOptions(value: unknown): boolean {
  if (value === undefined) return true;
  return (
    typeof value === "object" && value !== null && "signal" in value && value.signal instanceof AbortSignal
  );
}

function pathOf({ path, placeholders, query }: ParsedRoute, values: readonly string[]): string {
  const segment = (name: string): string => encodeURIComponent(values[placeholders.indexOf(name)] ?? "");
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => segment(name));
  const members = Object.entries(query).map(([member, name]) => `${member}=${segment(name)}`);
  return members.length === 0 ? filled : `${filled}?${members.join("&")}`;
}

/** The members that are not undefined. */
function queryOf(members: unknown): string {
  const given = Object.entries(members ?? {}).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(Object.fromEntries(given.map(([name, value]) => [name, String(value)])));
  return given.length === 0 ? "" : `?${search}`;
}

/** `flowRuns` → `flow run`. */
function wordOf(noun: ApiNoun): string {
  const words = noun.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.replace(/s$/, "");
}
