/** The way from a value to something inside it, as a person would write it. */

/** A property, an index, or another step in words of its own, such as the key of a Map. */
export type PathStep = string | number | { readonly text: string };

/** The path as text: `result.items[3]["odd key"].get("x")`. */
export function pathText(root: string, steps: readonly PathStep[]): string {
  return root + steps.map(stepText).join("");
}

/** The step into a Map's value. */
export function mapStep(key: unknown): PathStep {
  const isSimple = key === null || (typeof key !== "object" && typeof key !== "function");
  return { text: `.get(${typeof key === "string" ? JSON.stringify(key) : isSimple ? String(key) : "…"})` };
}

function stepText(step: PathStep): string {
  if (typeof step === "object") return step.text;
  if (typeof step === "number") return `[${step}]`;
  return /^[A-Za-z_$][\w$]*$/.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
}
