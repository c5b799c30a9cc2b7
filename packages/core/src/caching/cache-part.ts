/** The parts that cache policies are made of. */
import type { CacheKeyContext } from "./cache-policy.ts";
import { stableHash } from "./stable-hash.ts";

export interface CachePart {
  /** Says in a joined key whose key it is. Parts of one name are one part, but for custom ones. */
  readonly name: string;
  /** Never the same for two tasks, unless it is a custom one: tasks made by one function differ in nothing but their names. */
  key(context: CacheKeyContext): string | undefined;
  /** The part with these inputs left out too; only the part of the inputs has it. */
  without?(parameterNames: readonly string[]): CachePart;
  readonly excluded?: readonly string[] | undefined;
}

/** The hash of the task's name and of the inputs but for those excluded. */
export function inputsPart(excluded: readonly string[]): CachePart {
  return {
    name: "inputs",
    excluded,
    key({ inputs, taskName }) {
      if (Object.keys(inputs).length === 0) return undefined;
      const counting = Object.entries(inputs).filter(([name]) => !excluded.includes(name));
      return stableHash([taskName, stableHash(Object.fromEntries(counting), { subject: "inputs" })]);
    },
    without: (names) => inputsPart([...new Set([...excluded, ...names])]),
  };
}

/** The parts of two policies; what only one of them leaves out of the inputs is left out. */
export function joinParts(left: readonly CachePart[], right: readonly CachePart[]): CachePart[] {
  const parts = [...left];
  for (const part of right) {
    const index = part.name === "custom" ? -1 : parts.findIndex(({ name }) => name === part.name);
    const same = parts[index];
    if (same === undefined) parts.push(part);
    else parts[index] = same.without?.(part.excluded ?? []) ?? same;
  }
  return parts;
}
