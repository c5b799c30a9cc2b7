/**
 * Parameters that say how they are to be made: an object with `__prefect_kind` stands for JSON text, a template, or a
 * variable of the installation.
 */
import { UnsuitableRequestError } from "@sluice/protocol";

const KIND = "__prefect_kind";
/** Stands for a member that is left out. */
const NOTHING: unique symbol = Symbol("nothing");
/** Templates may decide and compute, but not repeat: what they make is as long as they are. */
const UNBOUNDED = /\{%-?\s*(?!if\b|elif\b|else\b|endif\b|raw\b|endraw\b)\w+|\brange\b/u;
const MAX_TEMPLATE_LENGTH = 10_000;

type Values = Readonly<Record<string, unknown>>;

/** Where the values of variables come from; undefined when there is none of the name. */
export type FindVariable = (name: string) => Promise<{ readonly value: unknown } | undefined>;

/**
 * The parameters with every `__prefect_kind` object replaced by what it stands for.
 * @throws {UnsuitableRequestError} when one cannot be made; it names the kind and the reason.
 */
export async function hydrate(parameters: Values, findVariable: FindVariable): Promise<Values> {
  const hydrated = await hydrateAny(parameters, findVariable);
  return isObject(hydrated) ? hydrated : {};
}

async function hydrateAny(value: unknown, find: FindVariable): Promise<unknown> {
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) items.push(await hydrateAny(item, find));
    return items.filter((item) => item !== NOTHING);
  }
  if (!isObject(value)) return value;
  if (KIND in value) return hydrateKind(value, find);
  const members: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) members.push([name, await hydrateAny(member, find)]);
  return Object.fromEntries(members.filter(([, member]) => member !== NOTHING));
}

async function hydrateKind(object: Values, find: FindVariable): Promise<unknown> {
  switch (object[KIND]) {
    case "none":
      if (!("value" in object)) throw unmade("none", "it has no value");
      return hydrateAny(object["value"], find);
    case "json":
      return parseJson(await hydrateMember(object, "value", find));
    case "jinja":
      if (!("template" in object)) throw unmade("jinja", "it has no template");
      return render(await hydrateMember(object, "template", find));
    case "workspace_variable":
      return variableValue(await hydrateMember(object, "variable_name", find), find);
    default:
      return object["value"] ?? null;
  }
}

/** A member that may itself be an object with a kind. */
async function hydrateMember(object: Values, name: string, find: FindVariable): Promise<unknown> {
  if (!(name in object)) return NOTHING;
  const member = object[name];
  return isObject(member) ? hydrateAny(member, find) : member;
}

function parseJson(text: unknown): unknown {
  if (typeof text !== "string") return text;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unmade("json", error instanceof Error ? error.message : String(error), error);
  }
}

async function render(template: unknown): Promise<unknown> {
  if (typeof template !== "string") throw unmade("jinja", "its template is no text");
  if (template.length > MAX_TEMPLATE_LENGTH) {
    throw unmade("jinja", `its template is longer than ${MAX_TEMPLATE_LENGTH} characters`);
  }
  if (UNBOUNDED.test(template)) throw unmade("jinja", "a template here has expressions and if, but no loops");
  const { Template } = await import("@huggingface/jinja");
  try {
    return new Template(template).render({});
  } catch (error) {
    throw unmade("jinja", error instanceof Error ? error.message : String(error), error);
  }
}

async function variableValue(name: unknown, find: FindVariable): Promise<unknown> {
  if (name === NOTHING) return NOTHING;
  const variable = await find(String(name));
  if (variable === undefined) throw unmade("workspace_variable", `there is no variable ${String(name)}`);
  return variable.value;
}

function unmade(kind: string, reason: string, cause?: unknown): UnsuitableRequestError {
  return new UnsuitableRequestError(
    `A parameter of the kind ${kind} cannot be made: ${reason}. Correct it, or send a plain value.`,
    { cause },
  );
}

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
