/** `sluice block type …`: the block types that a server or history knows. */
import type { Command } from "commander";
import type { GlobalOptions } from "../global-options.ts";
import { parseCount } from "../history/list-options.ts";
import { listUpTo } from "../history/pages.ts";
import { type HistoryContext, withHistory } from "../history/with-history.ts";
import { type Fact, factIf, factOfLines, writeFacts } from "../output/facts.ts";
import type { Terminal } from "../output/terminal.ts";

interface TypeOptions extends GlobalOptions {
  readonly json?: true;
}

interface LsOptions extends TypeOptions {
  readonly limit: number;
}

const DEFAULT_LIMIT = 200;
const SLUG = ["<type>", "slug of the block type, such as secret"] as const;

/** Defines the sub-commands. */
export function defineBlockTypes(command: Command, terminal: Terminal): void {
  command
    .description("A block type is known from its registration on, which the first save of a block does too.")
    .addHelpText("after", "\nExamples:\n  sluice block type ls\n  sluice block type inspect s3-bucket");
  command
    .command("ls")
    .description("Lists block types by name.")
    .option("--limit <count>", "at most this many", parseCount, DEFAULT_LIMIT)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice block type ls")
    .action(async (_options, ls: Command) => {
      const options: LsOptions = ls.optsWithGlobals();
      await withHistory(options, terminal, (context) => listTypes(options, context));
    });
  command
    .command("inspect")
    .description("Shows a block type: what it says of itself, and the fields of its newest schema.")
    .argument(...SLUG)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice block type inspect s3-bucket")
    .action(async (slug: string, _options, inspect: Command) => {
      const options: TypeOptions = inspect.optsWithGlobals();
      await withHistory(options, terminal, (context) => inspectType(slug, options, context));
    });
  command
    .command("delete")
    .description("Deletes a block type with its schemas and all of its blocks.")
    .argument(...SLUG)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice block type delete weather-api")
    .action(async (slug: string, _options, remove: Command) => {
      const options: TypeOptions = remove.optsWithGlobals();
      await withHistory(options, terminal, async ({ api, printer }) => {
        await api.blockTypes.delete((await api.blockTypes.getBySlug(slug)).id);
        if (options.json) printer.json({ deleted: slug });
        else printer.line(`Deleted ${slug} and its blocks.`);
      });
    });
}

async function listTypes({ limit, json }: LsOptions, { api, printer }: HistoryContext): Promise<void> {
  const types = await listUpTo(limit, (range) => api.blockTypes.filter({ ...range }));
  if (json) {
    printer.json(types);
    return;
  }
  printer.table({
    columns: ["TYPE", "NAME", "DESCRIPTION"],
    rows: types.map(({ slug, name, description }) => [slug, name, description?.split("\n")[0] ?? ""]),
  });
  if (types.length === 0) {
    printer.hint(`There are no block types in ${api.location} yet. sluice block register makes some known.`);
  }
}

async function inspectType(
  slug: string,
  { json }: TypeOptions,
  { api, printer, terminal }: HistoryContext,
): Promise<void> {
  const type = await api.blockTypes.getBySlug(slug);
  const [schema] = await api.blockSchemas.filter({
    block_schemas: { block_type_id: { any_: [type.id] } },
    limit: 1,
  });
  if (json) {
    printer.json({ ...type, schema });
    return;
  }
  const facts: Fact[] = [
    ...factIf("name", type.name),
    ...factIf("about", type.description?.split("\n")[0]),
    ...factIf("docs", type.documentation_url),
    ...factIf("can", schema?.capabilities.join(", ")),
    ...factIf("version", schema?.version),
    ...factOfLines("fields", fieldLines(schema?.fields ?? {})),
  ];
  const state = type.is_protected ? "protected" : "registered";
  writeFacts({ state, color: "cyan", name: slug, facts }, terminal.stdout, terminal);
}

type Members = Readonly<Record<string, unknown>>;

/** `name (required, secret): description`. */
function fieldLines({ properties, required, secret_fields: secrets }: Members): readonly string[] {
  const names = (list: unknown): readonly unknown[] => (Array.isArray(list) ? list : []);
  return Object.entries((properties ?? {}) as Readonly<Record<string, Members>>).map(([name, property]) => {
    const isSecret = names(secrets).some((path) => path === name || path === `${name}.*`);
    const marks = [names(required).includes(name) ? "required" : "", isSecret ? "secret" : ""].filter(
      Boolean,
    );
    const description = property["description"];
    return `${name}${marks.length === 0 ? "" : ` (${marks.join(", ")})`}${typeof description === "string" ? `: ${description}` : ""}`;
  });
}
