/** Describes the API in OpenAPI 3.1, from the same schemas that requests are checked by. */
import { z } from "zod";
import { type MountedRoute, mountedRoutes } from "../http/mount-routes.ts";
import { type JsonSchema, NamedSchemas } from "./api-schemas.ts";
import { HAND_WRITTEN_ROUTES } from "./hand-written-routes.ts";

export interface DocumentOptions {
  readonly version: string;
  /** Where the API is, such as `/api`. */
  readonly apiPath: string;
}

/** Every operation; made when it is asked for, since it takes some 50 ms. */
export function openApiDocument({ version, apiPath }: DocumentOptions): JsonSchema {
  const bodies = new NamedSchemas("input", "Body");
  const answers = new NamedSchemas("output", "");
  const paths: Record<string, Record<string, JsonSchema>> = {};
  for (const mounted of mountedRoutes()) {
    const { path, method } = mounted.route;
    paths[path] = { ...paths[path], [method.toLowerCase()]: operation(mounted, bodies, answers) };
  }
  for (const [route, summary] of Object.entries(HAND_WRITTEN_ROUTES)) {
    const [method = "", path = ""] = route.split(" ");
    paths[path] = { ...paths[path], [method.toLowerCase()]: handWritten(path, summary) };
  }
  return {
    openapi: "3.1.0",
    info: { title: "Sluice", version, description: "Orchestration of workflows; compatible with Prefect 3." },
    servers: [{ url: apiPath }],
    security: [{}, { basic: [] }, { bearer: [] }],
    paths,
    components: {
      schemas: { ...bodies.all(), ...answers.all(), ...ERROR_SCHEMAS },
      securitySchemes: {
        basic: { type: "http", scheme: "basic" },
        bearer: { type: "http", scheme: "bearer" },
      },
    },
  };
}

function operation(mounted: MountedRoute, bodies: NamedSchemas, answers: NamedSchemas): JsonSchema {
  const { noun, operation: name, route, schema } = mounted;
  const id = `${noun}${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  const typeName = `${id.charAt(0).toUpperCase()}${id.slice(1)}`;
  const hasBody = route.hasBody && schema.body !== undefined;
  const content =
    schema.answer === undefined
      ? undefined
      : { "application/json": { schema: answers.reference(schema.answer, `${typeName}Answer`) } };
  const statuses = statusesOf(mounted);
  return {
    operationId: id,
    tags: [noun],
    summary: schema.summary,
    parameters: [...parametersOf(route.path, route.query), ...optionalParameters(mounted)],
    ...(hasBody && {
      requestBody: {
        required: !schema.body.safeParse({}).success,
        content: { "application/json": { schema: bodies.reference(schema.body, typeName) } },
      },
    }),
    responses: {
      ...Object.fromEntries(
        statuses.map((status) => [status, { description: DONE, ...(content && { content }) }]),
      ),
      ...ERROR_RESPONSES,
    },
  };
}

function statusesOf({ schema }: MountedRoute): number[] {
  const { status } = schema;
  if (status === "created" || status === "transition") return [200, 201];
  return [status ?? (schema.answer === undefined ? 204 : 200)];
}

function handWritten(path: string, summary: string): JsonSchema {
  return {
    tags: ["server"],
    summary,
    parameters: parametersOf(path, {}),
    responses: { 200: { description: DONE }, ...ERROR_RESPONSES },
  };
}

function parametersOf(path: string, query: Readonly<Record<string, string>>): JsonSchema[] {
  const inPath = Array.from(path.matchAll(/\{(\w+)\}/gu), ([, name = ""]) => ({
    name,
    in: "path",
    required: true,
    schema: valueSchema(name),
  }));
  const inQuery = Object.entries(query).map(([member, name]) => ({
    name: member,
    in: "query",
    required: true,
    schema: valueSchema(name),
  }));
  return [...inPath, ...inQuery];
}

function optionalParameters({ route, schema }: MountedRoute): JsonSchema[] {
  if (schema.query === undefined) return [];
  const { properties = {} } = z.toJSONSchema(schema.query, { io: "output" });
  return route.members.map((name) => ({
    name,
    in: "query",
    required: false,
    schema: properties[name] ?? {},
  }));
}

function valueSchema(placeholder: string): JsonSchema {
  return /(?:^|_)id$/u.test(placeholder) ? { type: "string", format: "uuid" } : { type: "string" };
}

const DONE = "Done";

const ERROR_RESPONSES: Readonly<Record<string, JsonSchema>> = {
  404: { description: "There is no such object", content: contentOf("Refusal") },
  409: { description: "Another object is in the way", content: contentOf("Refusal") },
  422: { description: "The request is not possible", content: contentOf("InvalidRequest") },
  default: { description: "See the status", content: contentOf("Failure") },
};

const ERROR_SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  Refusal: {
    type: "object",
    properties: { detail: { type: "string" }, code: { type: "string" } },
    required: ["detail"],
  },
  InvalidRequest: {
    type: "object",
    properties: {
      exception_message: { type: "string" },
      exception_detail: { type: "array", items: { type: "object" } },
      request_body: {},
      detail: { type: "string" },
      code: { type: "string" },
    },
  },
  Failure: {
    type: "object",
    properties: { detail: { type: "string" }, exception_message: { type: "string" } },
  },
};

function contentOf(name: string): JsonSchema {
  return { "application/json": { schema: { $ref: `#/components/schemas/${name}` } } };
}
