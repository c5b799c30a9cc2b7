/** Templates in the inputs of steps: `{{ $ENV }}`, variables, blocks, and what steps before gave. */
import { isSluiceError, type OrchestrationApi } from "@sluice/protocol";
import { registerSecret } from "../logging/redactor.ts";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import type { StepValues } from "./step.ts";

export interface TemplateSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly api: OrchestrationApi;
  /** What steps gave, by their id or name. */
  readonly outputs: ReadonlyMap<string, StepValues>;
  readonly signal?: AbortSignal | undefined;
}

export interface TemplateOptions {
  /** In words, for errors: `the step git_clone`. */
  readonly where: string;
  /** Which placeholders stay as they are, for who reads the value later. Default: none. */
  readonly leaves?: ((expression: string) => boolean) | undefined;
}

const PLACEHOLDER = /\{\{\s*(.*?)\s*\}\}/gsu;
const WHOLE = /^\s*\{\{\s*((?:(?!\}\}).)*?)\s*\}\}\s*$/su;
const PREFIX = /^(?:prefect|sluice)\.(variables|blocks)\.(.+)$/su;

/**
 * The value with every placeholder replaced. One that is all of a text gives its value as it is, others become part of
 * the text.
 *
 * @throws {InvalidOptionError} naming the placeholder that stands for nothing, and where it is.
 */
export async function fillTemplates(
  value: unknown,
  sources: TemplateSources,
  options: TemplateOptions,
): Promise<unknown> {
  if (typeof value === "string") return fillText(value, sources, options);
  if (Array.isArray(value)) {
    const filled: unknown[] = [];
    for (const each of value) filled.push(await fillTemplates(each, sources, options));
    return filled;
  }
  if (typeof value !== "object" || value === null) return value;
  const filled: Record<string, unknown> = {};
  for (const [name, each] of Object.entries(value)) {
    filled[name] = await fillTemplates(each, sources, { ...options, where: `${options.where}, ${name}` });
  }
  return filled;
}

async function fillText(text: string, sources: TemplateSources, options: TemplateOptions): Promise<unknown> {
  const whole = WHOLE.exec(text)?.[1];
  if (whole !== undefined) {
    if (options.leaves?.(whole) === true) return text;
    return find(whole, sources, options);
  }
  let filled = "";
  let end = 0;
  for (const { 0: placeholder, 1: expression = "", index } of text.matchAll(PLACEHOLDER)) {
    const isLeft = options.leaves?.(expression) === true;
    const value = isLeft ? placeholder : shown(await find(expression, sources, options), expression, options);
    filled += text.slice(end, index) + value;
    end = index + placeholder.length;
  }
  return filled + text.slice(end);
}

/** What a placeholder stands for, or why it stands for nothing. */
type Found = { readonly value: unknown } | { readonly reason: string };

async function find(
  expression: string,
  sources: TemplateSources,
  { where }: TemplateOptions,
): Promise<unknown> {
  const found = await lookUp(expression, sources);
  if ("value" in found) return found.value;
  throw new InvalidOptionError(`{{ ${expression} }} in ${where} stands for nothing: ${found.reason}`);
}

async function lookUp(expression: string, sources: TemplateSources): Promise<Found> {
  if (expression.startsWith("$")) {
    const name = expression.slice(1);
    const value = sources.env[name];
    return value === undefined ? { reason: `the environment has no variable ${name}.` } : { value };
  }
  const [, kind, path = ""] = PREFIX.exec(expression) ?? [];
  if (kind === "variables") return variable(path, sources);
  return kind === "blocks" ? block(path, sources) : output(expression, sources);
}

async function variable(name: string, { api, signal }: TemplateSources): Promise<Found> {
  const found = await orUndefined(api.variables.getByName(name, { signal }));
  return found ?? { reason: `there is no variable "${name}" in ${api.location}.` };
}

async function block(path: string, { api, signal }: TemplateSources): Promise<Found> {
  const [slug = "", name = "", ...members] = path.split(".");
  const wanted = { include_secrets: true };
  const document = await orUndefined(api.blockDocuments.getByName(slug, name, wanted, { signal }));
  if (document === undefined) return { reason: `there is no block ${slug}/${name} in ${api.location}.` };
  registerTexts(document.data);
  const data = slug === "secret" || slug === "json" ? document.data["value"] : document.data;
  const value = memberAt(data, members);
  if (value !== undefined) return { value };
  return { reason: `the block ${slug}/${name} has no "${members.join(".")}".` };
}

function output(expression: string, { outputs }: TemplateSources): Found {
  const [step = "", ...members] = expression.split(".");
  const given = outputs.get(step);
  if (given === undefined) {
    const known = outputs.size === 0 ? "" : `, only ${[...outputs.keys()].join(", ")}`;
    return {
      reason: `no step before it is called "${step}"${known}. Others are {{ $NAME }}, {{ sluice.variables.name }} and {{ sluice.blocks.type.name }}.`,
    };
  }
  const value = memberAt(given, members);
  if (value !== undefined) return { value };
  return { reason: `the step ${step} gave ${Object.keys(given).join(", ") || "nothing"}.` };
}

function memberAt(value: unknown, members: readonly string[]): unknown {
  let found = value;
  for (const member of members) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, member)) return undefined;
    found = Reflect.get(found, member);
  }
  return found;
}

/** What a block holds may be secret: none of its texts is shown in a log. */
function registerTexts(value: unknown): void {
  if (typeof value === "string") registerSecret(value);
  else if (typeof value === "object" && value !== null) Object.values(value).forEach(registerTexts);
}

function shown(value: unknown, expression: string, { where }: TemplateOptions): string {
  if (typeof value === "string") return value;
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw new InvalidOptionError(
    `{{ ${expression} }} in ${where} is no text or number, so it cannot be a part of a text. Let it stand alone.`,
  );
}

async function orUndefined<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (isSluiceError(error, "OBJECT_NOT_FOUND")) return undefined;
    throw error;
  }
}
