/** The last lines of `sluice run`: how it went and where to look further. */
import { inspect } from "node:util";
import { hasColors, paint, type TerminalColor } from "@sluice/core";
import { errorPlace } from "../output/error-place.ts";
import { countsText, countText, stateColor } from "../output/state-text.ts";
import type { Terminal } from "../output/terminal.ts";
import { durationText } from "../output/time-text.ts";
import type { RunOutcome } from "./run-outcome.ts";

const LABEL_WIDTH = 11;
const MAX_RESULT_LENGTH = 300;

/** Writes the summary to standard error. `isKept`: whether the history can be asked about the run later. */
export function writeSummary(outcome: RunOutcome, isKept: boolean, { stderr, env }: Terminal): void {
  const hasColor = hasColors(stderr, env);
  const color = (name: TerminalColor, text: string): string => (hasColor ? paint(name, text) : text);
  const { state, name, flowName } = outcome;
  const head = `${color(stateColor(state.type), state.name)}  ${flowName} / ${color("bold", name)}`;
  const lines = facts(outcome, isKept).map(
    ([label, text]) => `  ${color("dim", label.padEnd(LABEL_WIDTH))}${text}`,
  );
  stderr.write(`\n${[head, ...lines].join("\n")}\n`);
}

function facts(outcome: RunOutcome, isKept: boolean): readonly (readonly [label: string, text: string])[] {
  const { id, name, state, result, resultProblem } = outcome;
  return [
    ...(state.isCompleted() ? [] : reasons(outcome)),
    ["id", id] as const,
    ["task runs", taskRunsText(outcome)] as const,
    ["retries", countText(outcome.retries)] as const,
    ["duration", durationText(outcome.durationSeconds)] as const,
    ...(result === undefined ? [] : [["result", shortText(result)] as const]),
    ...(resultProblem === undefined ? [] : [["result", resultProblem] as const]),
    ...(isKept ? [["look", `sluice flow-run inspect ${name}`] as const] : []),
    ...(isKept && !state.isCompleted() ? [["retry", `sluice flow-run retry ${name}`] as const] : []),
  ];
}

function reasons({ state, error }: RunOutcome): readonly (readonly [label: string, text: string])[] {
  const lines = [...(state.message?.split("\n") ?? []), ...errorPlace(error).map((line) => `  ${line}`)];
  return lines.map((line, index) => [index === 0 ? "reason" : "", line] as const);
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
  });
  return text.length > MAX_RESULT_LENGTH ? `${text.slice(0, MAX_RESULT_LENGTH)}…` : text;
}
