/** Facts about one thing, a line each under a head. */
import { hasColors, paint, type TerminalColor } from "@sluice/core";
import type { OutputStream, Terminal } from "./terminal.ts";

/** A label and what it labels; further lines of a fact have an empty label. */
export type Fact = readonly [label: string, text: string];

export interface FactSheet {
  /** The first line: a state in its color and a name. */
  readonly state: string;
  readonly color: TerminalColor;
  readonly name: string;
  readonly facts: readonly Fact[];
}

const MIN_LABEL_WIDTH = 9;

/** Writes the sheet to the stream, one fact per line, aligned. */
export function writeFacts(
  { state, color, name, facts }: FactSheet,
  stream: OutputStream,
  { env }: Terminal,
): void {
  const hasColor = hasColors(stream, env);
  const painted = (which: TerminalColor, text: string): string => (hasColor ? paint(which, text) : text);
  const width = Math.max(MIN_LABEL_WIDTH, ...facts.map(([label]) => label.length)) + 2;
  const lines = facts.map(([label, text]) => `  ${painted("dim", label.padEnd(width))}${text}`.trimEnd());
  stream.write(`${[`${painted(color, state)}  ${painted("bold", name)}`, ...lines].join("\n")}\n`);
}

/** A fact if there is something to say. */
export function factIf(label: string, text: string | null | undefined): readonly Fact[] {
  return text === null || text === undefined || text === "" ? [] : [[label, text]];
}

/** A fact of several lines. */
export function factOfLines(label: string, lines: readonly string[]): readonly Fact[] {
  return lines.map((line, index) => [index === 0 ? label : "", line]);
}
