/** Mounts every operation of the orchestration API at its route. */
import {
  type ApiNoun,
  InvalidRequestError,
  type OrchestrationApi,
  type ParsedRoute,
  parseRoute,
  ROUTES,
  type Route,
} from "@sluice/protocol";
import { ROUTE_SCHEMAS, type RouteSchema } from "@sluice/protocol/schemas";
import type { Context, Hono } from "hono";
import { answerStatus } from "./answer-status.ts";
import { clientVersion } from "./client-version.ts";
import { notFoundAnswer } from "./error-answer.ts";
import { jsonAnswer, textAnswer } from "./json-answer.ts";
import { readBody } from "./read-body.ts";

/** One operation of the API with where and how it is reached. */
export interface MountedRoute {
  readonly noun: ApiNoun;
  readonly operation: string;
  readonly route: ParsedRoute;
  readonly schema: RouteSchema;
}

export interface MountOptions {
  readonly api: OrchestrationApi;
  readonly maxBodyBytes: number;
}

const UUID = /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/iu;
/** Placeholders of this kind hold ids; with anything else there the path is none of ours. */
const ID_PLACEHOLDER = /(?:^|_)id$/u;

/** Every operation that has a route of its own. */
export function mountedRoutes(): MountedRoute[] {
  const mounted: MountedRoute[] = [];
  for (const [noun, operations] of Object.entries<Readonly<Record<string, Route>>>(ROUTES)) {
    const schemas: Readonly<Record<string, RouteSchema>> = ROUTE_SCHEMAS[noun as ApiNoun];
    for (const [operation, route] of Object.entries(operations)) {
      const schema = schemas[operation];
      if (schema !== undefined)
        mounted.push({ noun: noun as ApiNoun, operation, route: parseRoute(route), schema });
    }
  }
  return mounted;
}

/** Paths with fixed words come before those with placeholders in their place, whatever the order of the table. */
export function mountRoutes(app: Hono, options: MountOptions): void {
  for (const mounted of mountedRoutes().toSorted(byPlaceholders)) {
    const { method, path } = mounted.route;
    const prepared = { ...mounted, places: placesOf(mounted.route) };
    app.on(method, path.replaceAll(/\{(\w+)\}/gu, ":$1"), (context) => answer(context, prepared, options));
  }
}

/** Where the value of a placeholder is in a request. */
interface Place {
  readonly name: string;
  /** Member of the query; undefined for a part of the path. */
  readonly member: string | undefined;
  readonly isId: boolean;
}

/** In the order of the placeholders. */
function placesOf({ placeholders, query }: ParsedRoute): Place[] {
  const members = new Map(Object.entries(query).map(([member, name]) => [name, member]));
  return placeholders.map((name) => ({
    name,
    member: members.get(name),
    isId: ID_PLACEHOLDER.test(name),
  }));
}

function byPlaceholders(a: MountedRoute, b: MountedRoute): number {
  const words = (path: string) => path.replaceAll(/\{\w+\}/gu, "\u{10FFFF}");
  return words(a.route.path) < words(b.route.path) ? -1 : 1;
}

async function answer(
  context: Context,
  mounted: MountedRoute & { readonly places: readonly Place[] },
  { api, maxBodyBytes }: MountOptions,
): Promise<Response> {
  const { noun, operation, places, route, schema } = mounted;
  const startedAt = Date.now();
  const values = valuesAt(context, places);
  if (values === undefined) return notFoundAnswer(context);
  const body =
    route.hasBody && schema.body !== undefined
      ? [
          await readBody(context, {
            schema: schema.body,
            maxBytes: maxBodyBytes,
            isCleaned: schema.isTextCleaned,
            read: schema.readBody,
          }),
        ]
      : [];
  const query = route.members.length === 0 ? [] : [readQuery(context, mounted)];
  const target: object = api[noun];
  // The table of routes is typed by the operations, so the name is one and the arguments are in their order.
  const result: unknown = await Reflect.apply(Reflect.get(target, operation), target, [
    ...values,
    ...query,
    ...body,
    { signal: context.req.raw.signal, clientVersion: clientVersion(context.req.header("user-agent")) },
  ]);
  const status = answerStatus(schema, result, startedAt);
  // Prefect answers 204 with nothing, but 200 with a JSON null.
  if (schema.answer === undefined && schema.status !== 200) {
    return context.body(null, schema.status === undefined ? 204 : status);
  }
  return schema.isPlainText === true
    ? textAnswer(context, { text: String(result), type: "text/plain", status })
    : jsonAnswer(context, result ?? null, status);
}

/** The members of the query that the route names, as its schema makes them. */
function readQuery(context: Context, { route, schema }: MountedRoute): unknown {
  const given = route.members.flatMap((name) => {
    const value = context.req.query(name);
    return value === undefined ? [] : [[name, value]];
  });
  const parsed = schema.query?.safeParse(Object.fromEntries(given));
  if (parsed?.success !== false) return parsed?.data;
  const [issue] = parsed.error.issues;
  throw new InvalidRequestError(
    `The ${String(issue?.path[0])} in the query is not possible: ${issue?.message}.`,
  );
}

/** The values in order; undefined when an id in the path is none. */
function valuesAt(context: Context, places: readonly Place[]): readonly string[] | undefined {
  const values: string[] = [];
  for (const { name, member, isId } of places) {
    const value = member === undefined ? context.req.param(name) : context.req.query(member);
    if (value === undefined) throw new InvalidRequestError(`The query needs ${member ?? name}.`);
    if (isId && !UUID.test(value)) {
      if (member === undefined) return undefined;
      throw new InvalidRequestError(`The ${member} in the query is no UUID.`);
    }
    values.push(isId ? value.toLowerCase() : value);
  }
  return values;
}
