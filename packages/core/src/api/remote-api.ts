/** The orchestration API of another process, by whatever way requests get there. */
import { InvalidRequestError, type OrchestrationApi } from "@sluice/protocol";

/** A call of one operation. Plain data. */
export interface ApiRequest {
  /** Member of `OrchestrationApi`, such as `flowRuns`. */
  readonly noun: string;
  /** Operation of that member, such as `create`. */
  readonly operation: string;
  readonly args: readonly unknown[];
}

type Nouns = Omit<OrchestrationApi, "location" | "close">;

/** The operations that can be called from elsewhere; a missing one is a type error. */
const OPERATIONS = {
  flows: { create: true, get: true, filter: true, count: true },
  flowRuns: {
    create: true,
    get: true,
    update: true,
    delete: true,
    setState: true,
    states: true,
    heartbeat: true,
    filter: true,
    count: true,
  },
  taskRuns: { create: true, record: true, get: true, states: true, filter: true, count: true },
  logs: { create: true, filter: true },
} as const satisfies { readonly [N in keyof Nouns]: Record<keyof Nouns[N], true> };

/** An API whose operations are done by `call`. Closing it changes nothing where the operations are done. */
export function remoteApi(
  location: string,
  call: (request: ApiRequest) => Promise<unknown>,
): OrchestrationApi {
  return {
    location,
    flows: remoteNoun("flows", call),
    flowRuns: remoteNoun("flowRuns", call),
    taskRuns: remoteNoun("taskRuns", call),
    logs: remoteNoun("logs", call),
    close: () => Promise.resolve(),
  };
}

/**
 * Does a call that came from elsewhere.
 *
 * @throws {InvalidRequestError} when there is no such operation.
 */
export async function callApi(api: OrchestrationApi, request: ApiRequest): Promise<unknown> {
  const { noun, operation, args } = request;
  if (!isNoun(noun) || !Object.hasOwn(OPERATIONS[noun], operation)) {
    throw new InvalidRequestError(`The orchestration API has no operation ${noun}.${operation}.`);
  }
  const target: object = api[noun];
  return Reflect.apply(Reflect.get(target, operation), target, args);
}

function remoteNoun<N extends keyof Nouns>(
  noun: N,
  call: (request: ApiRequest) => Promise<unknown>,
): Nouns[N] {
  const operations = Object.keys(OPERATIONS[noun]).map((operation) => [
    operation,
    (...args: unknown[]) => call({ noun, operation, args: args.map(withoutSignal) }),
  ]);
  return Object.fromEntries(operations) as Nouns[N];
}

function isNoun(text: string): text is keyof Nouns {
  return Object.hasOwn(OPERATIONS, text);
}

/** A signal cannot be sent; who called stops waiting by itself. */
function withoutSignal(arg: unknown): unknown {
  if (typeof arg !== "object" || arg === null || !("signal" in arg)) return arg;
  const { signal, ...rest } = arg;
  return rest;
}
