/** Requests as tasks. Nothing is cached: who wants that says so with `withOptions`. */
import {
  findRunContext,
  type Input,
  type MapArguments,
  NO_CACHE,
  type State,
  type Task,
  type TaskFuture,
  type TaskFutureList,
  type TaskOptions,
  task,
} from "@sluice/core";
import type { z } from "zod";
import { type HttpAnswer, jsonOf, readAnswer } from "./answer-text.ts";
import { type HttpRequest, type ReadyRequest, readyRequest } from "./http-request.ts";
import { sendRequest } from "./send-request.ts";

type JsonArguments<T> = [request: HttpRequest, schema?: z.ZodType<T>];

/** A task whose result has the type that its schema gives. */
export interface JsonTask
  extends Omit<Task<JsonArguments<unknown>, unknown>, "submit" | "map" | "returnState" | "withOptions"> {
  <T = unknown>(request: Input<HttpRequest>, schema?: z.ZodType<T>): Promise<T>;
  submit<T = unknown>(request: Input<HttpRequest>, schema?: z.ZodType<T>): TaskFuture<T>;
  map<T = unknown>(requests: MapArguments<[HttpRequest]>[0], schema?: z.ZodType<T>): TaskFutureList<T>;
  returnState<T = unknown>(request: Input<HttpRequest>, schema?: z.ZodType<T>): Promise<State<T>>;
  withOptions(options: TaskOptions<JsonArguments<unknown>>): JsonTask;
}

/**
 * Sends a request; gives the answer with its text.
 *
 * @throws {HttpError} when it is refused, not answered, or answered with a status from 400 on
 */
export const requestHttp: Task<[HttpRequest], HttpAnswer> = task(
  { name: "request-http", cachePolicy: NO_CACHE },
  async (request: HttpRequest): Promise<HttpAnswer> => answerTo(await readyRequest(request)),
);

/**
 * Sends a request; gives the JSON of the answer, as the schema makes it.
 *
 * ```ts
 * const weather = await fetchJson({ service: "weather", url: "cities/berlin" }, z.object({ degrees: z.number() }));
 * ```
 *
 * @throws {HttpError} as `requestHttp`, and when the answer does not fit
 */
export const fetchJson: JsonTask = task(
  { name: "fetch-json", cachePolicy: NO_CACHE },
  async (request: HttpRequest, schema?: z.ZodType): Promise<unknown> => {
    const ready = await readyRequest({
      ...request,
      headers: { accept: "application/json", ...request.headers },
    });
    return jsonOf(ready, await answerTo(ready), schema);
  },
) as unknown as JsonTask;

/** What all of these tasks do with a request. */
export function answerTo(request: ReadyRequest): Promise<HttpAnswer> {
  return sendRequest(request, findRunContext()?.signal, (answer) => readAnswer(request, answer));
}
