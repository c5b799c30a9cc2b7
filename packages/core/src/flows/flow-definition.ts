/** A flow as the engine knows it: its function and options, and what is worked out from them once. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { DefinitionSite } from "../tasks/definition-site.ts";
import type { FlowHook, FlowInfo, FlowOptions } from "./flow-options.ts";

export interface FlowDefinitionInit {
  readonly fn: (parameters: never) => unknown;
  readonly options: FlowOptions;
  readonly name: string;
  readonly site: () => DefinitionSite | undefined;
}

export class FlowDefinition implements FlowInfo {
  readonly fn: (parameters: never) => unknown;
  readonly options: FlowOptions;
  readonly name: string;
  readonly site: () => DefinitionSite | undefined;
  #version: { readonly value: string | undefined } | undefined;

  constructor(init: FlowDefinitionInit) {
    this.fn = init.fn;
    this.options = init.options;
    this.name = init.name;
    this.site = init.site;
  }

  get version(): string | undefined {
    this.#version ??= { value: this.options.version ?? this.#fileHash() };
    return this.#version.value;
  }

  /** `path:flow-name` of the module that defines the flow, to load it again from. */
  get entrypoint(): string | undefined {
    const path = this.site()?.path;
    return path === undefined ? undefined : `${path}:${this.name}`;
  }

  /** The hooks of one kind of state, then those of all. */
  hooks(
    name: "onRunning" | "onCompletion" | "onFailure" | "onCancellation" | "onCrashed",
  ): readonly FlowHook[] {
    return [...asList(this.options[name]), ...asList(this.options.onStateChange)];
  }

  #fileHash(): string | undefined {
    const path = this.site()?.path;
    if (path === undefined) return undefined;
    try {
      return createHash("sha256").update(readFileSync(path)).digest("hex").slice(0, 8);
    } catch {
      // A bundled or generated module has no file to hash; a flow without a version is fine.
      return undefined;
    }
  }
}

function asList(hooks: FlowHook | readonly FlowHook[] | undefined): readonly FlowHook[] {
  if (hooks === undefined) return [];
  return typeof hooks === "function" ? [hooks] : hooks;
}
