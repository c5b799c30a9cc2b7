/** Cache policies: what makes two calls of a task the same. */
import { SluiceError } from "@sluice/protocol";
import type { FileSystem } from "../filesystems/file-system.ts";
import type { IsolationLevel } from "../locking/isolation-level.ts";
import type { LockManager } from "../locking/lock-manager.ts";
import { type CachePart, inputsPart, joinParts } from "./cache-part.ts";
import { stableHash } from "./stable-hash.ts";

/** What a cache key is computed from. */
export interface CacheKeyContext {
  /** The text of the task's function; asked for only when a policy needs it. */
  readonly taskSource: () => string;
  readonly taskName: string;
  readonly taskKey: string;
  /** The call's arguments by parameter name. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly flowParameters?: Readonly<Record<string, unknown>> | undefined;
  readonly flowRunId?: string | undefined;
  readonly taskRunId?: string | undefined;
}

export interface CachePolicySettings {
  /** Where the records are kept by which results are found, if apart from the results. */
  readonly keyStorage?: FileSystem | undefined;
  /** What locks a key, for isolation level "serializable". */
  readonly lockManager?: LockManager | undefined;
  /** Default "read-committed". */
  readonly isolationLevel?: IsolationLevel | undefined;
}

/** Policies that are joined disagree on where or how the cache is kept. */
export class CachePolicyConflictError extends SluiceError {
  constructor(setting: keyof CachePolicySettings) {
    super(
      "INVALID_OPTION",
      `The cache policies have different values for ${setting}. Configure the joined policy instead of its parts.`,
      { details: { setting } },
    );
  }
}

/** How the cache key of a call is computed. Immutable: every method gives a new policy. */
export class CachePolicy {
  readonly keyStorage: FileSystem | undefined;
  readonly lockManager: LockManager | undefined;
  readonly isolationLevel: IsolationLevel | undefined;
  readonly #parts: readonly CachePart[];

  /** @internal Made by the constants, `cachePolicy` and the methods here. */
  constructor(parts: readonly CachePart[], settings: CachePolicySettings = {}) {
    this.#parts = parts;
    this.keyStorage = settings.keyStorage;
    this.lockManager = settings.lockManager;
    this.isolationLevel = settings.isolationLevel;
  }

  /** Whether no call is ever cached: `NO_CACHE`, however configured. */
  get isEmpty(): boolean {
    return this.#parts.length === 0;
  }

  /**
   * The key of a call: that of the only part, or the hash of all parts that have one. `undefined`: the call is not cached.
   *
   * @throws {UnhashableValueError} when an input or parameter has no content to compute a key from
   */
  computeKey(context: CacheKeyContext): string | undefined {
    const [only, ...others] = this.#parts;
    if (only !== undefined && others.length === 0) return only.key(context);
    const keys = this.#parts.flatMap((part) => {
      const key = part.key(context);
      return key === undefined ? [] : [`${part.name}:${key}`];
    });
    return keys.length === 0 ? undefined : stableHash(keys.sort());
  }

  /**
   * A policy by which two calls are the same if they are so by both; `NO_CACHE` adds nothing.
   *
   * @throws {CachePolicyConflictError} when both are configured, and differently
   */
  plus(other: CachePolicy): CachePolicy {
    if (other.#parts.length === 0) return this;
    if (this.#parts.length === 0) return other;
    return new CachePolicy(joinParts(this.#parts, other.#parts), {
      keyStorage: merged("keyStorage", this, other),
      lockManager: merged("lockManager", this, other),
      isolationLevel: merged("isolationLevel", this, other),
    });
  }

  /** A policy for which an input of this name does not count. A policy without inputs stays as it is. */
  minus(parameterName: string): CachePolicy {
    return new CachePolicy(
      this.#parts.map((part) => part.without?.([parameterName]) ?? part),
      this,
    );
  }

  /** A policy that keeps its cache elsewhere or otherwise; what is not given stays. */
  configure(settings: CachePolicySettings): CachePolicy {
    return new CachePolicy(this.#parts, {
      keyStorage: settings.keyStorage ?? this.keyStorage,
      lockManager: settings.lockManager ?? this.lockManager,
      isolationLevel: settings.isolationLevel ?? this.isolationLevel,
    });
  }
}

/** The inputs: a call without any is not cached by them. */
export const INPUTS: CachePolicy = new CachePolicy([inputsPart([])]);

/** The text of the task's function, without that of what it calls. */
export const TASK_SOURCE: CachePolicy = new CachePolicy([
  { name: "source", key: ({ taskName, taskSource }) => stableHash([taskName, taskSource()]) },
]);

/** The parameters of the flow run that the call is part of: outside one, or without parameters, it is not cached by them. */
export const FLOW_PARAMETERS: CachePolicy = new CachePolicy([
  {
    name: "parameters",
    key: ({ taskName, flowParameters }) =>
      flowParameters === undefined || Object.keys(flowParameters).length === 0
        ? undefined
        : stableHash([taskName, stableHash(flowParameters, { subject: "parameters" })]),
  },
]);

/** The flow run, so that results are found only within it; outside one, the task run, so that a retry finds them. */
export const RUN_ID: CachePolicy = new CachePolicy([
  {
    name: "run",
    key: ({ taskName, flowRunId, taskRunId }) => {
      const runId = flowRunId ?? taskRunId;
      return runId === undefined ? undefined : stableHash([taskName, runId]);
    },
  },
]);

/** Nothing is cached. */
export const NO_CACHE: CachePolicy = new CachePolicy([]);

/** Within a flow run: the same code with the same inputs. */
export const DEFAULT: CachePolicy = INPUTS.plus(TASK_SOURCE).plus(RUN_ID);

/** A policy of your own: the function gives the key, or `undefined` for a call that is not cached. */
export function cachePolicy(computeKey: (context: CacheKeyContext) => string | undefined): CachePolicy {
  return new CachePolicy([{ name: "custom", key: (context) => checkedKey(computeKey(context)) }]);
}

/** JavaScript callers may return anything; a promise as a key would never be found again. */
function checkedKey(key: unknown): string | undefined {
  if (key === undefined || typeof key === "string") return key;
  throw new SluiceError(
    "INVALID_OPTION",
    `The function given to cachePolicy returned ${typeof key}, but must return a string or undefined.`,
  );
}

function merged<K extends keyof CachePolicySettings>(
  setting: K,
  left: CachePolicySettings,
  right: CachePolicySettings,
): CachePolicySettings[K] {
  if (left[setting] !== undefined && right[setting] !== undefined && left[setting] !== right[setting]) {
    throw new CachePolicyConflictError(setting);
  }
  return left[setting] ?? right[setting];
}
