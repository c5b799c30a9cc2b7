/** Errors as log lines show them. */

/** How many causes deep, and how many errors of an `AggregateError` wide, the text goes. */
const MAX_CAUSES = 8;
const MAX_ERRORS = 10;

/** What sinks get in place of an error: its text may have to be changed, and the error is the user's. */
export class LoggedError {
  readonly name: string;
  readonly message: string;
  /** Stack, own facts such as `code`, and the same of every cause, over many lines. */
  readonly stack: string;

  constructor(error: { readonly name: string; readonly message: string; readonly stack: string }) {
    this.name = error.name;
    this.message = error.message;
    this.stack = error.stack;
  }
}

/** The stack of `error`, then its own facts, its causes and the errors it is made of, each indented below. */
export function errorText(error: unknown): string {
  return textOf(error, new Set());
}

function textOf(error: unknown, seen: Set<unknown>): string {
  if (!(error instanceof Error)) return String(error);
  if (seen.has(error) || seen.size >= MAX_CAUSES) return `${error.name}: ${error.message} (see above)`;
  seen.add(error);
  const lines = [headOf(error) + factsOf(error)];
  if (error.cause !== undefined) lines.push(indent(`cause: ${textOf(error.cause, seen)}`));
  if (error instanceof AggregateError) {
    for (const member of error.errors.slice(0, MAX_ERRORS)) lines.push(indent(`- ${textOf(member, seen)}`));
    const left = error.errors.length - MAX_ERRORS;
    if (left > 0) lines.push(indent(`- and ${left} more`));
  }
  return lines.join("\n");
}

function headOf(error: Error): string {
  const title = `${error.name}: ${error.message}`;
  const stack = error.stack ?? "";
  // V8 writes the stack's title when the error is made; name and message may have been set since.
  return stack.includes(error.message) ? stack : [title, ...frames(stack)].join("\n");
}

function frames(stack: string): readonly string[] {
  return stack.split("\n").filter((line) => /^\s+at /.test(line));
}

function factsOf(error: Error): string {
  const facts = Object.entries(error)
    .filter(([key, value]) => key !== "name" && key !== "message" && key !== "stack" && isFact(value))
    .map(([key, value]) => `${key}=${String(value)}`);
  return facts.length === 0 ? "" : `\n    [${facts.join(", ")}]`;
}

function isFact(value: unknown): boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, "  ");
}
