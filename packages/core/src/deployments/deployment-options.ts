/** Every option of a deployment. */
import type { Flow } from "../flows/flow.ts";
import {
  booleanCheck,
  nameCheck,
  type OptionCheck,
  type OptionChecks,
  positiveCountCheck,
  tagsCheck,
  textCheck,
} from "../tasks/option-checks.ts";
import { isSchedule, type Schedule } from "./schedule.ts";

/** Some of a flow's parameters; what is not given has to come with each run. */
export type GivenParameters<P> = unknown extends P
  ? Readonly<Record<string, unknown>>
  : P extends object
    ? Readonly<Partial<P>>
    : Readonly<Record<string, unknown>>;

/** How many runs of a deployment may run at once. */
export interface DeploymentConcurrency {
  readonly limit: number;
  /** What a run does when no slot is free: wait its turn (default), or end Cancelled. */
  readonly collisionStrategy?: "ENQUEUE" | "CANCEL_NEW" | undefined;
  /** Seconds that a run may take from its slot to Running: 60 to 86,400. */
  readonly gracePeriodSeconds?: number | undefined;
}

/** A step as it is stored: its name, and its inputs. */
export type DeploymentStep = Readonly<Record<string, unknown>>;

export interface DeploymentOptions<P = unknown> {
  /** Tells the deployments of a flow apart; deploying the same name again changes that deployment. */
  readonly name: string;
  /** Where its runs wait for a worker. */
  readonly workPool?: string | undefined;
  /** A queue of the pool, made if there is none. Default: that of the pool. */
  readonly workQueue?: string | undefined;
  /** Default: none; the schedules of an earlier deploy are replaced. */
  readonly schedules?: readonly Schedule<GivenParameters<P>>[] | undefined;
  /** Whether its schedules make no runs. Default: as it is, for a new one false. */
  readonly paused?: boolean | undefined;
  /** Those of its runs, unless a schedule or a run has others. */
  readonly parameters?: GivenParameters<P> | undefined;
  /** Whether runs are refused whose parameters do not fit the flow's schema (default true). */
  readonly enforceParameterSchema?: boolean | undefined;
  /** Default: that of the flow. */
  readonly description?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  /** Default: that of the flow. */
  readonly version?: string | undefined;
  /** How many runs may run at once. */
  readonly concurrencyLimit?: number | DeploymentConcurrency | undefined;
  /** Over the defaults of the pool: image, environment, resources, whatever its template has. */
  readonly jobVariables?: Readonly<Record<string, unknown>> | undefined;
  /** The image of its containers; the same as the job variable. */
  readonly image?: string | undefined;
  /** Where the flow is: `src/report.ts:report`, below `path` or what the pull steps bring. Default: where it was defined. */
  readonly entrypoint?: string | undefined;
  /** The directory that the entrypoint is in. Default: that of the nearest `package.json`; with pull steps none. */
  readonly path?: string | undefined;
  /** What brings the code to where it runs; see `@sluice/core/steps`. Default: none, the code is at `path`. */
  readonly pullSteps?: readonly DeploymentStep[] | undefined;
}

/** A flow with how it is to be deployed: what `flow.toDeployment(options)` gives and `deploy(…)` takes. */
export interface FlowDeployment {
  readonly flow: Flow<never, unknown>;
  readonly options: DeploymentOptions;
}

const recordCheck: OptionCheck = { mustBe: "an object", accepts: isRecord };

const MIN_GRACE_SECONDS = 60;
const MAX_GRACE_SECONDS = 86_400;

export const DEPLOYMENT_OPTION_CHECKS: OptionChecks = {
  name: nameCheck,
  workPool: textCheck,
  workQueue: textCheck,
  schedules: {
    mustBe: "a list of what cron(), interval() or rrule() give",
    accepts: (value) => Array.isArray(value) && value.every(isSchedule),
  },
  paused: booleanCheck,
  parameters: recordCheck,
  enforceParameterSchema: booleanCheck,
  description: textCheck,
  tags: tagsCheck,
  version: textCheck,
  concurrencyLimit: {
    mustBe:
      'a whole number ≥ 1, or { limit, collisionStrategy: "ENQUEUE" | "CANCEL_NEW", gracePeriodSeconds: 60 … 86400 }',
    accepts: (value) => positiveCountCheck.accepts(value) || isConcurrency(value),
  },
  jobVariables: recordCheck,
  image: textCheck,
  entrypoint: textCheck,
  path: textCheck,
  pullSteps: {
    mustBe: "a list of steps, each an object",
    accepts: (value) => Array.isArray(value) && value.every(isRecord),
  },
};

function isConcurrency(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { limit, collisionStrategy: strategy, gracePeriodSeconds: grace, ...others } = value;
  return (
    positiveCountCheck.accepts(limit) &&
    (strategy === undefined || strategy === "ENQUEUE" || strategy === "CANCEL_NEW") &&
    (grace === undefined ||
      (Number.isInteger(grace) &&
        Number(grace) >= MIN_GRACE_SECONDS &&
        Number(grace) <= MAX_GRACE_SECONDS)) &&
    Object.keys(others).length === 0
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
