/** The states that a run had. */
import type { WireState } from "@sluice/protocol";
import { stateColor } from "../output/state-text.ts";
import type { Table } from "../output/table.ts";
import { clockText, durationText, type TimeFormat } from "../output/time-text.ts";

/** One row per state, oldest first: when it was entered, for how long, and why. */
export function stateTable(states: readonly WireState[], format: TimeFormat): Table {
  return {
    columns: ["ENTERED", "STATE", "LASTED", "MESSAGE"],
    rows: states.map(({ timestamp, name, message }, index) => [
      clockText(timestamp, format),
      name,
      lasted(timestamp, states[index + 1]?.timestamp, format),
      message ?? "",
    ]),
    colorOf: (row, column) => (column === 1 ? colorOf(states[row]) : undefined),
  };
}

function lasted(begin: string, end: string | undefined, { isTerminal }: TimeFormat): string {
  if (end === undefined) return "";
  const seconds = (Date.parse(end) - Date.parse(begin)) / 1000;
  return isTerminal ? durationText(seconds) : String(seconds);
}

function colorOf(state: WireState | undefined): ReturnType<typeof stateColor> | undefined {
  return state === undefined ? undefined : stateColor(state.type);
}
