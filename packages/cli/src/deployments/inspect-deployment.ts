/** What is known of one deployment. */

import type { HistoryContext } from "../history/with-history.ts";
import { type Fact, factIf, factOfLines, writeFacts } from "../output/facts.ts";
import { jsonText } from "../output/json-text.ts";
import { clockAndAgeText, type TimeFormat } from "../output/time-text.ts";
import { fullName, type NamedDeployment } from "./find-deployment.ts";
import { placeText, statusColor, statusText } from "./list-deployments.ts";
import { scheduleTable } from "./schedule-table.ts";

const MAX_VALUE_LENGTH = 200;

/** Writes it for people: facts, parameters, schedules. */
export function writeDeployment(deployment: NamedDeployment, { printer, terminal }: HistoryContext): void {
  const { stdout } = terminal;
  const format: TimeFormat = { now: new Date(), isTerminal: stdout.isTTY === true };
  writeFacts(
    {
      state: statusText(deployment),
      color: statusColor(deployment),
      name: fullName(deployment),
      facts: facts(deployment, format),
    },
    stdout,
    terminal,
  );
  if (deployment.schedules.length > 0) {
    stdout.write("\n");
    printer.table(scheduleTable(deployment.schedules));
  }
  printer.hint(`\nRun it: sluice deployment run "${fullName(deployment)}" --watch`);
}

function facts(deployment: NamedDeployment, format: TimeFormat): readonly Fact[] {
  return [
    ["id", deployment.id],
    ...factIf("description", deployment.description),
    ...factIf("version", deployment.version),
    ...factIf("entrypoint", deployment.entrypoint),
    ...factIf("path", deployment.path),
    ["runs in", placeText(deployment)],
    ...factIf("tags", deployment.tags.join(", ")),
    ...factIf("limit", limitText(deployment)),
    ...factIf("last asked for", clockAndAgeText(deployment.last_polled, format)),
    ["changed", clockAndAgeText(deployment.updated, format)],
    ...factOfLines("parameters", lines(deployment.parameters)),
    ...factOfLines("job variables", lines(deployment.job_variables)),
    ...factOfLines(
      "pull steps",
      (deployment.pull_steps ?? []).map((step) => shortened(jsonText(step))),
    ),
  ];
}

function limitText({ concurrency_limit: limit, concurrency_options: options }: NamedDeployment): string {
  if (limit === null) return "";
  return `${limit} at once, others ${options?.collision_strategy === "CANCEL_NEW" ? "are cancelled" : "wait"}`;
}

function lines(values: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(values).map(([name, value]) => `${name} = ${shortened(jsonText(value))}`);
}

function shortened(text: string): string {
  return text.length > MAX_VALUE_LENGTH ? `${text.slice(0, MAX_VALUE_LENGTH)}…` : text;
}
