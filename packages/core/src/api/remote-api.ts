/** The orchestration API of another process, by whatever way requests get there. */
import {
  type ApiNoun,
  type ApiNouns,
  InvalidRequestError,
  type OrchestrationApi,
  ROUTES,
} from "@sluice/protocol";

/** A call of one operation. Plain data. */
export interface ApiRequest {
  /** Member of `OrchestrationApi`, such as `flowRuns`. */
  readonly noun: string;
  /** Operation of that member, such as `create`. */
  readonly operation: string;
  readonly args: readonly unknown[];
}

/** An API whose operations are done by `call`. Closing it changes nothing where the operations are done. */
export function remoteApi(
  location: string,
  call: (request: ApiRequest) => Promise<unknown>,
): OrchestrationApi {
  const nouns = Object.keys(ROUTES)
    .filter(isNoun)
    .map((noun) => [noun, remoteNoun(noun, call)]);
  return { ...(Object.fromEntries(nouns) as ApiNouns), location, close: () => Promise.resolve() };
}

/**
 * Does a call that came from elsewhere.
 *
 * @throws {InvalidRequestError} when there is no such operation.
 */
export async function callApi(api: OrchestrationApi, request: ApiRequest): Promise<unknown> {
  const { noun, operation, args } = request;
  if (!isNoun(noun) || !Object.hasOwn(ROUTES[noun], operation)) {
    throw new InvalidRequestError(`The orchestration API has no operation ${noun}.${operation}.`);
  }
  const target: object = api[noun];
  return Reflect.apply(Reflect.get(target, operation), target, args);
}

function remoteNoun(noun: ApiNoun, call: (request: ApiRequest) => Promise<unknown>): object {
  const operations = Object.keys(ROUTES[noun]).map((operation) => [
    operation,
    (...args: unknown[]) => call({ noun, operation, args: args.map(withoutSignal) }),
  ]);
  return Object.fromEntries(operations);
}

function isNoun(text: string): text is ApiNoun {
  return Object.hasOwn(ROUTES, text);
}

/** A signal cannot be sent; who called stops waiting by itself. */
function withoutSignal(arg: unknown): unknown {
  if (typeof arg !== "object" || arg === null || !("signal" in arg)) return arg;
  const { signal, ...rest } = arg;
  return rest;
}
