/** A task as the engine knows it: its function and options, and what is worked out from them once. */
import { createHash } from "node:crypto";
import type { TaskRunRecord } from "@sluice/protocol";
import type { Settings } from "../settings/settings.ts";
import type { DefinitionSite } from "./definition-site.ts";
import { parameterNames } from "./parameter-names.ts";
import { type RetryDelay, shownDelays } from "./retry-delay.ts";
import type { TaskHook, TaskInfo, TaskOptions, TaskTransactionHook } from "./task-options.ts";

type EmpiricalPolicy = TaskRunRecord["empirical_policy"];

export interface TaskDefinitionInit {
  readonly fn: (...args: never[]) => unknown;
  readonly options: TaskOptions<never>;
  readonly name: string;
  readonly site: () => DefinitionSite | undefined;
  /** The definition that `withOptions` started from. */
  readonly base: TaskDefinition | undefined;
  /** What `fn` wraps, if anything: its source and parameter names stand for the task. */
  readonly wrapped?: ((...args: never[]) => unknown) | undefined;
}

export class TaskDefinition implements TaskInfo {
  readonly fn: (...args: never[]) => unknown;
  readonly options: TaskOptions<never>;
  readonly name: string;
  readonly site: () => DefinitionSite | undefined;
  readonly base: TaskDefinition | undefined;
  /** The hooks of every state; those of one state have them at their end. */
  readonly onStateChange: readonly TaskHook[];
  readonly onRunning: readonly TaskHook[];
  readonly onCompletion: readonly TaskHook[];
  readonly onFailure: readonly TaskHook[];
  readonly onCommit: readonly TaskTransactionHook[];
  readonly onRollback: readonly TaskTransactionHook[];
  readonly #described: (...args: never[]) => unknown;
  #key: string | undefined;
  #parameterNames: readonly string[] | undefined;
  #policy: { readonly settings: Settings; readonly value: EmpiricalPolicy } | undefined;

  constructor(init: TaskDefinitionInit) {
    this.fn = init.fn;
    this.options = init.options;
    this.name = init.name;
    this.site = init.site;
    this.base = init.base;
    this.#described = init.wrapped ?? init.fn;
    const { onRunning, onCompletion, onFailure, onStateChange } = init.options;
    this.onStateChange = asList(onStateChange);
    this.onRunning = [...asList(onRunning), ...this.onStateChange];
    this.onCompletion = [...asList(onCompletion), ...this.onStateChange];
    this.onFailure = [...asList(onFailure), ...this.onStateChange];
    this.onCommit = asList(init.options.onCommit);
    this.onRollback = asList(init.options.onRollback);
  }

  /** The same task with another function in place of its own, which that one calls. */
  wrappedBy(fn: (...args: never[]) => unknown): TaskDefinition {
    const { name, options, site } = this;
    return new TaskDefinition({ fn, options, name, site, base: this.base ?? this, wrapped: this.#described });
  }

  get version(): string | undefined {
    return this.options.version;
  }

  /** The function's source text. */
  get source(): string {
    return Function.prototype.toString.call(this.#described);
  }

  /** The task's name and eight digits of a hash of its source. */
  get key(): string {
    this.#key ??= `${this.name}-${createHash("sha256").update(this.source).digest("hex").slice(0, 8)}`;
    return this.#key;
  }

  get parameterNames(): readonly string[] {
    this.#parameterNames ??= parameterNames(this.#described);
    return this.#parameterNames;
  }

  /** Name of the parameter at a position. */
  parameterName(index: number): string {
    return this.parameterNames[index] ?? `arg${index}`;
  }

  retries(settings: Settings): number {
    return this.options.retries ?? settings.tasks.defaultRetries;
  }

  retryDelay(settings: Settings): RetryDelay {
    return this.options.retryDelaySeconds ?? settings.tasks.defaultRetryDelaySeconds;
  }

  /** How the task is retried, as history shows it. */
  empiricalPolicy(settings: Settings): EmpiricalPolicy {
    if (this.#policy?.settings !== settings) this.#policy = { settings, value: this.#policyOf(settings) };
    return this.#policy.value;
  }

  #policyOf(settings: Settings): EmpiricalPolicy {
    const retries = this.retries(settings);
    return {
      max_retries: 0,
      retry_delay_seconds: 0,
      retries,
      retry_delay: shownDelays(this.retryDelay(settings), retries),
      retry_jitter_factor: this.options.retryJitterFactor ?? null,
      pause_keys: [],
    };
  }

  /** Arguments by parameter name. */
  parametersOf(args: readonly unknown[]): Record<string, unknown> {
    const parameters: Record<string, unknown> = {};
    const count = Math.max(args.length, this.parameterNames.length);
    for (let index = 0; index < count; index += 1) parameters[this.parameterName(index)] = args[index];
    return parameters;
  }
}

function asList<T>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value as T];
}
