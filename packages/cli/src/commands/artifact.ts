/** `sluice artifact …`: what runs showed to people. */
import { type Artifact, isUuid, type LatestArtifact, type OrchestrationApi } from "@sluice/protocol";
import type { Command } from "commander";
import type { JsonOptions } from "../global-options.ts";
import { parseCount } from "../history/list-options.ts";
import { getNamed } from "../history/only-one.ts";
import { listUpTo } from "../history/pages.ts";
import { type HistoryContext, withHistory } from "../history/with-history.ts";
import type { Terminal } from "../output/terminal.ts";
import { timeText } from "../output/time-text.ts";

const DEFAULT_LIMIT = 100;
const ARTIFACT = [
  "<key|id>",
  "key of the artifact, of which the newest version is meant, or id of one version",
] as const;

interface LsOptions extends JsonOptions {
  readonly limit: number;
  readonly key?: string;
  readonly all?: true;
}

/** Defines the command and its sub-commands. */
export function defineArtifact(command: Command, terminal: Terminal): void {
  command
    .description("An artifact is what a run shows to people: a text, a table, a link, a picture, progress.")
    .addHelpText(
      "after",
      "\nExamples:\n  sluice artifact ls\n  sluice artifact ls --key sales --all\n  sluice artifact inspect sales --json | jq -r .data",
    );
  command
    .command("ls")
    .description("Lists the newest artifact of each key.")
    .option("--key <key>", "only those of this key")
    .option("--all", "all versions, and those without a key")
    .option("--limit <count>", "at most this many", parseCount, DEFAULT_LIMIT)
    .option("--json", "print JSON")
    .action(async (_options, ls: Command) => {
      const options: LsOptions = ls.optsWithGlobals();
      await withHistory(options, terminal, (context) => listArtifacts(options, context));
    });
  command
    .command("inspect")
    .description("Shows an artifact as JSON, with its data.")
    .argument(...ARTIFACT)
    .option("--json", "print JSON, as it does anyhow")
    .action(async (reference: string, _options, inspect: Command) => {
      await withHistory(inspect.optsWithGlobals(), terminal, async ({ api, printer }) =>
        printer.json(await getArtifact(api, reference)),
      );
    });
  command
    .command("delete")
    .description("Deletes one version of an artifact: by its key the newest.")
    .argument(...ARTIFACT)
    .option("--json", "print JSON")
    .action(async (reference: string, _options, remove: Command) => {
      const options: JsonOptions = remove.optsWithGlobals();
      await withHistory(options, terminal, async ({ api, printer }) => {
        const artifact = await getArtifact(api, reference);
        await api.artifacts.delete(artifact.id);
        if (options.json) printer.json(artifact);
        else printer.line(`Deleted artifact ${artifact.key ?? ""} (${artifact.id}).`);
      });
    });
}

async function listArtifacts(
  { limit, key, all, json }: LsOptions,
  { api, printer, terminal }: HistoryContext,
): Promise<void> {
  const query = key === undefined ? {} : { artifacts: { key: { any_: [key] } } };
  const artifacts: readonly (Artifact | LatestArtifact)[] = all
    ? await listUpTo(limit, (range) => api.artifacts.filter({ ...query, ...range }))
    : await listUpTo(limit, (range) => api.artifacts.filterLatest({ ...query, ...range }));
  if (json) {
    printer.json(artifacts);
    return;
  }
  const format = { now: new Date(), isTerminal: terminal.stdout.isTTY === true };
  printer.table({
    columns: ["KEY", "TYPE", "DESCRIPTION", "CHANGED", "ID"],
    rows: artifacts.map((artifact) => [
      artifact.key ?? "",
      artifact.type ?? "",
      artifact.description?.split("\n")[0] ?? "",
      timeText(artifact.updated, format),
      versionId(artifact),
    ]),
  });
  if (artifacts.length === 0) printer.hint(`There are no such artifacts in ${api.location}.`);
}

function versionId(artifact: Artifact | LatestArtifact): string {
  return "latest_id" in artifact ? artifact.latest_id : artifact.id;
}

function getArtifact(api: OrchestrationApi, reference: string): Promise<Artifact> {
  const isId: boolean = isUuid(reference);
  return getNamed(
    {
      noun: "artifact",
      name: reference,
      similar: async () => (await api.artifacts.filterLatest({})).flatMap(({ key }) => key ?? []),
      list: "sluice artifact ls",
    },
    () => (isId ? api.artifacts.get(reference.toLowerCase()) : api.artifacts.getLatest(reference)),
  );
}
