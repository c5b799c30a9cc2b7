/** What is known of a kind of worker: how its work pools are made. */

/** A member of a pool's template: a JSON Schema, and where its value goes. */
export type TemplateVariable = Readonly<Record<string, unknown>>;

export interface WorkerType {
  readonly type: string;
  readonly display_name: string;
  readonly description: string;
  /** How a Python worker of this type is installed. */
  readonly install_command: string;
  readonly documentation_url: string;
  readonly logo_url: string;
  readonly is_beta: boolean;
  readonly default_base_job_configuration: {
    readonly job_configuration: Readonly<Record<string, unknown>>;
    readonly variables: {
      readonly type: "object";
      readonly properties: Readonly<Record<string, TemplateVariable>>;
      readonly required?: readonly string[];
      readonly definitions?: Readonly<Record<string, TemplateVariable>>;
    };
  };
}

export interface WorkerTypeOptions {
  readonly type: string;
  readonly name: string;
  readonly description: string;
  /** The Python package of the worker. */
  readonly package: string;
  readonly properties: Readonly<Record<string, TemplateVariable>>;
  /** Members of a job that are not a variable of the same name. */
  readonly job?: Readonly<Record<string, unknown>>;
  /** Variables that only occur inside of `job`. */
  readonly inside?: readonly string[];
}

/** A kind of worker whose jobs take every variable under its own name. */
export function workerType(options: WorkerTypeOptions): WorkerType {
  const properties = { ...COMMON, ...options.properties };
  const inside = new Set(options.inside);
  const own = Object.keys(properties).filter((name) => !inside.has(name));
  return {
    type: options.type,
    display_name: options.name,
    description: options.description,
    install_command: `pip install ${options.package}`,
    documentation_url: "",
    logo_url: "",
    is_beta: false,
    default_base_job_configuration: {
      job_configuration: {
        ...Object.fromEntries(own.map((name) => [name, `{{ ${name} }}`])),
        ...options.job,
      },
      variables: { type: "object", properties },
    },
  };
}

/** A text that may be left out. */
export function text(title: string, description: string, value?: string): TemplateVariable {
  return { title, description, type: "string", ...(value !== undefined && { default: value }) };
}

/** A number that may be left out. */
export function integer(title: string, description: string, value?: number): TemplateVariable {
  return { title, description, type: "integer", ...(value !== undefined && { default: value }) };
}

/** Yes or no. */
export function flag(title: string, description: string, value: boolean): TemplateVariable {
  return { title, description, type: "boolean", default: value };
}

/** A list of texts. */
export function texts(title: string, description: string): TemplateVariable {
  return { title, description, type: "array", items: { type: "string" } };
}

/** An object with any members. */
export function object(title: string, description: string, value?: unknown): TemplateVariable {
  return { title, description, type: "object", ...(value !== undefined && { default: value }) };
}

/** One of some words. */
export function choice(
  title: string,
  description: string,
  words: readonly string[],
  value?: string,
): TemplateVariable {
  return { title, description, enum: words, type: "string", ...(value !== undefined && { default: value }) };
}

const COMMON: Readonly<Record<string, TemplateVariable>> = {
  name: text("Name", "Name of what the worker starts for a flow run; default: made from the run's."),
  env: {
    ...object("Environment variables", "Set for the flow run.", {}),
    additionalProperties: { type: "string" },
  },
  labels: {
    ...object("Labels", "Put on what the worker starts.", {}),
    additionalProperties: { type: "string" },
  },
  command: text("Command", "What is started; default: the command that runs the flow run."),
};
