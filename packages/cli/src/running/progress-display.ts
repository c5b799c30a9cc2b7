/** Shows how a run is getting on. */
import type { RunProgress } from "@sluice/core";
import { countsText, countText } from "../output/state-text.ts";
import type { Terminal } from "../output/terminal.ts";
import { durationText } from "../output/time-text.ts";
import { StatusLine } from "./status-line.ts";

/** A run as the engine tells of it; its name changes when the flow names its runs. */
export interface BegunRun {
  readonly id: string;
  readonly name: string;
  readonly progress: Pick<RunProgress, "total" | "retries" | "byStateName">;
}

const LIVE_INTERVAL_MS = 100;
const PLAIN_INTERVAL_MS = 5000;

/**
 * Shows counts per state, retries and time: on a terminal one line that changes, elsewhere a line every five seconds if
 * anything changed. Call the returned function when the run has ended.
 */
export function showProgress(run: BegunRun, terminal: Terminal): () => void {
  const { isTTY } = terminal.stderr;
  const canRewrite = isTTY === true && terminal.env["TERM"] !== "dumb";
  return canRewrite ? showLive(run, terminal) : showPlain(run, terminal);
}

function showLive(run: BegunRun, terminal: Terminal): () => void {
  const line = new StatusLine(terminal);
  const begin = performance.now();
  const timer = setInterval(
    () => line.show(`${run.name}  ${progressText(run)}  ${elapsedText(begin)}`),
    LIVE_INTERVAL_MS,
  ).unref();
  // The second Ctrl-C ends the process without another word.
  const onExit = (): void => line.end();
  process.once("exit", onExit);
  return () => {
    clearInterval(timer);
    process.off("exit", onExit);
    line.end();
  };
}

function showPlain(run: BegunRun, { stderr }: Terminal): () => void {
  const begin = performance.now();
  let last = progressText(run);
  const timer = setInterval(() => {
    const text = progressText(run);
    if (text === last) return;
    last = text;
    stderr.write(`${run.name}  ${text}  ${elapsedText(begin)}\n`);
  }, PLAIN_INTERVAL_MS).unref();
  return () => clearInterval(timer);
}

/** `1,204 task runs: 1,180 Completed, 24 Running; 12 retries` */
function progressText({ progress }: BegunRun): string {
  if (progress.total === 0) return "no task runs yet";
  const retries = progress.retries === 0 ? "" : `; ${countText(progress.retries)} retries`;
  return `${countText(progress.total)} task runs: ${countsText(progress.byStateName())}${retries}`;
}

function elapsedText(begin: number): string {
  const seconds = Math.floor((performance.now() - begin) / 1000);
  return seconds < 60 ? `${seconds} s` : durationText(seconds);
}
