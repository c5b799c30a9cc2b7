/** The last lines of `sluice run`: how it went and where to look further. */
import { inspect } from "node:util";
import { errorPlace } from "../output/error-place.ts";
import { type Fact, factIf, factOfLines, writeFacts } from "../output/facts.ts";
import { countsText, countText, stateColor } from "../output/state-text.ts";
import type { Terminal } from "../output/terminal.ts";
import { durationText } from "../output/time-text.ts";
import type { RunOutcome } from "./run-outcome.ts";

const MAX_RESULT_LENGTH = 300;

/** Writes the summary to standard error. `isKept`: whether the history can be asked about the run later. */
export function writeSummary(outcome: RunOutcome, isKept: boolean, terminal: Terminal): void {
  const { state, name, flowName } = outcome;
  terminal.stderr.write("\n");
  writeFacts(
    {
      state: state.name,
      color: stateColor(state.type),
      name: `${flowName} / ${name}`,
      facts: [...runFacts(outcome), ...(isKept ? nextSteps(outcome) : [])],
    },
    terminal.stderr,
    terminal,
  );
}

function runFacts(outcome: RunOutcome): readonly Fact[] {
  const { id, result, resultProblem, retries, durationSeconds } = outcome;
  return [
    ...factOfLines("reason", reasonLines(outcome)),
    ["id", id],
    ["task runs", taskRunsText(outcome)],
    ["retries", countText(retries)],
    ["duration", durationText(durationSeconds)],
    ...factIf("result", resultProblem ?? (result === undefined ? undefined : shortText(result))),
  ];
}

function nextSteps({ name, state }: RunOutcome): readonly Fact[] {
  const look: Fact = ["look", `sluice flow-run inspect ${name}`];
  return state.isCompleted() ? [look] : [look, ["retry", `sluice flow-run retry ${name}`]];
}

function reasonLines({ state, error }: RunOutcome): readonly string[] {
  if (state.isCompleted() || state.message === undefined) return [];
  return [...state.message.split("\n"), ...errorPlace(error).map((line) => `  ${line}`)];
}

function taskRunsText({ taskRuns, taskRunCount }: RunOutcome): string {
  const names = Object.keys(taskRuns);
  if (names.length < 2) return countsText(taskRuns) || "none";
  return `${countText(taskRunCount)}: ${countsText(taskRuns)}`;
}

/** One line of bounded length. */
function shortText(result: unknown): string {
  const text = inspect(result, {
    depth: 2,
    maxArrayLength: 6,
    maxStringLength: 200,
    breakLength: Number.POSITIVE_INFINITY,
    compact: true,
  }).replaceAll("\n", " ");
  return text.length > MAX_RESULT_LENGTH ? `${text.slice(0, MAX_RESULT_LENGTH)}…` : text;
}
