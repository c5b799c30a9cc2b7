/** Defining and calling flows. */
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { DeploymentOptions, FlowDeployment } from "../deployments/deployment-options.ts";
import type { DeployedFlow } from "../deployments/send-deployment.ts";
import type { TaskFuture } from "../futures/task-future.ts";
import type { TaskFutureList } from "../futures/task-future-list.ts";
import type { Input } from "../futures/task-input.ts";
import { currentServices } from "../runtime/current-services.ts";
import type { State } from "../states/state.ts";
import { captureSite } from "../tasks/definition-site.ts";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import { checkOptions } from "../tasks/option-checks.ts";
import { FlowDefinition } from "./flow-definition.ts";
import { FLOW_OPTION_CHECKS, type FlowOptions } from "./flow-options.ts";
import { type JsonSchema, parametersJsonSchema } from "./flow-parameters.ts";
import { runFlowDefinition } from "./run-flow.ts";

/** The value of a flow whose function returns `R`: returned futures and states give their values. */
export type FlowResult<R> =
  R extends TaskFuture<infer T>
    ? T
    : R extends TaskFutureList<infer T>
      ? T[]
      : R extends State<infer T>
        ? T
        : R extends readonly (TaskFuture<unknown> | State<unknown>)[]
          ? { -readonly [K in keyof R]: FlowResult<R[K]> }
          : R;

/** The arguments of a flow call: one object, which may be left out when nothing in it is required. */
export type FlowArguments<P> = unknown extends P
  ? []
  : Record<never, never> extends P
    ? [parameters?: FlowInput<P>]
    : [parameters: FlowInput<P>];

/** Parameters, or futures of them. */
export type FlowInput<P> = P extends object ? { [K in keyof P]: Input<P[K]> } : P;

/** A workflow: call it to run it here. A flow called inside a flow is a sub-flow: a child run with its own tasks. */
export interface Flow<P, R> {
  /** Runs the flow and gives its value; rejects with what the flow threw, after its retries. */
  (...args: FlowArguments<P>): Promise<R>;
  readonly name: string;
  readonly version: string | undefined;
  readonly description: string | undefined;
  /** Runs the flow and gives its final state; never rejects because the flow failed. */
  returnState(...args: FlowArguments<P>): Promise<State<R>>;
  /** The same flow with other options. */
  withOptions(options: Omit<FlowOptions, "parameters">): Flow<P, R>;
  /**
   * JSON Schema (draft 2020-12) of the parameters, for forms.
   *
   * @throws {ParameterSchemaError} when the schema library cannot give one.
   */
  parametersJsonSchema(): JsonSchema;
  /**
   * Makes the flow known to the server, to be started from elsewhere; deploying the same name again changes what differs.
   *
   * @throws {InvalidOptionError} when an option cannot work.
   */
  deploy(options: DeploymentOptions<P>): Promise<DeployedFlow>;
  /** The flow with how it is to be deployed, for `deploy(…)`, which deploys several at once. */
  toDeployment(options: DeploymentOptions<P>): FlowDeployment;
}

/**
 * Makes a flow of a function of one object.
 *
 * @throws {InvalidOptionError} when an option has a value that cannot work.
 */
export function flow<P, R>(fn: (parameters: P) => R): Flow<P, FlowResult<Awaited<R>>>;
export function flow<Schema extends StandardSchemaV1, R>(
  options: FlowOptions<Schema> & { readonly parameters: Schema },
  fn: (parameters: StandardSchemaV1.InferOutput<Schema>) => R,
): Flow<StandardSchemaV1.InferInput<Schema>, FlowResult<Awaited<R>>>;
export function flow<P, R>(
  options: FlowOptions<undefined>,
  fn: (parameters: P) => R,
): Flow<P, FlowResult<Awaited<R>>>;
export function flow(
  ...definition: [(parameters: never) => unknown] | [FlowOptions, (parameters: never) => unknown]
): Flow<never, unknown> {
  const [options, fn] = definition.length === 1 ? [{}, definition[0]] : definition;
  if (typeof fn !== "function") {
    throw new InvalidOptionError("flow(options, fn) needs a function as its last argument.");
  }
  const name = options.name ?? fn.name.replaceAll("_", "-");
  if (name === "" && options.name === undefined) {
    throw new InvalidOptionError(
      "A flow made of a function without a name needs the option name: flow({ name }, fn).",
    );
  }
  checkOptions(`Flow "${name}"`, { ...options, name }, FLOW_OPTION_CHECKS);
  return callable(new FlowDefinition({ fn, options, name, site: captureSite(flow) }));
}

const definitions = new WeakMap<object, FlowDefinition>();

/** The definition behind a flow, or `undefined` for any other value. */
export function findFlowDefinition(value: unknown): FlowDefinition | undefined {
  return typeof value === "function" ? definitions.get(value) : undefined;
}

/** Whether a value is a flow. */
export function isFlow(value: unknown): value is Flow<never, unknown> {
  return findFlowDefinition(value) !== undefined;
}

function callable(definition: FlowDefinition): Flow<never, unknown> {
  const returnState = (parameters?: unknown): Promise<State> => runFlowDefinition(definition, { parameters });
  const call = async (parameters?: unknown): Promise<unknown> => (await returnState(parameters)).result();
  const toDeployment = (options: DeploymentOptions): FlowDeployment => ({ flow: result, options });
  const deploy = async (options: DeploymentOptions): Promise<DeployedFlow> => {
    // Programs that only run flows do not load what deploys them.
    const { prepareDeployment, sendDeployment } = await import("../deployments/send-deployment.ts");
    const { api } = await currentServices();
    return sendDeployment(await prepareDeployment(definition, options, api), api);
  };
  const members = {
    name: { value: definition.name },
    version: { get: () => definition.version },
    description: { value: definition.options.description },
    returnState: { value: returnState },
    withOptions: { value: (options: FlowOptions) => callable(withOptions(definition, options)) },
    parametersJsonSchema: { value: () => parametersJsonSchema(definition) },
    deploy: { value: deploy },
    toDeployment: { value: toDeployment },
  };
  const result: Flow<never, unknown> = Object.defineProperties(call, members) as never;
  definitions.set(result, definition);
  return result;
}

function withOptions(definition: FlowDefinition, changes: FlowOptions): FlowDefinition {
  const name = changes.name ?? definition.name;
  checkOptions(`Flow "${name}"`, changes, FLOW_OPTION_CHECKS);
  return new FlowDefinition({
    fn: definition.fn,
    options: { ...definition.options, ...changes },
    name,
    site: definition.site,
  });
}
