/** Says why a flow run is not running. */
import { type FlowRun, type FlowRunExplanation, isSluiceError, SluiceError } from "@sluice/protocol";
import { type Fact, factOfLines, writeFacts } from "../output/facts.ts";
import { stateColor } from "../output/state-text.ts";
import { clockAndAgeText, type TimeFormat, timeText } from "../output/time-text.ts";
import type { HistoryContext } from "./with-history.ts";

/** @throws {SluiceError} when the server is one of Prefect's, which does not know. */
export async function explainFlowRun(run: FlowRun, { api }: HistoryContext): Promise<FlowRunExplanation> {
  try {
    return await api.flowRuns.explain(run.id);
  } catch (error) {
    // The run is there, so it is the call that is not.
    if (!isSluiceError(error, "OBJECT_NOT_FOUND")) throw error;
    throw new SluiceError(
      "UNSUPPORTED_OPERATION",
      `${api.location} does not explain runs, as servers of Sluice do. "sluice flow-run inspect ${run.name}" shows its states.`,
      { cause: error },
    );
  }
}

/** Writes it for people. */
export function writeExplanation(
  run: FlowRun,
  { state_name: state, state_type: type, reasons }: FlowRunExplanation,
  { terminal }: HistoryContext,
): void {
  const { stdout } = terminal;
  const format: TimeFormat = { now: new Date(), isTerminal: stdout.isTTY === true };
  const facts = reasons.flatMap((reason): readonly Fact[] => [
    ...factOfLines(reason.is_holding ? "held" : "note", [reason.message]),
    ...(reason.until === null ? [] : [["until", clockAndAgeText(reason.until, format)] as const]),
    ...factOfLines(
      "held by",
      reason.holders.map(({ name, state_name: stateName, since }) =>
        [name, stateName ?? "", timeText(since, format)].join("  ").trimEnd(),
      ),
    ),
    ...(reason.remedy === null ? [] : [["do", reason.remedy] as const]),
  ]);
  writeFacts(
    { state: state ?? "(no state)", color: stateColor(type ?? "PENDING"), name: run.name, facts },
    stdout,
    terminal,
  );
}
