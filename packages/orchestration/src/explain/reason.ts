/** How reasons are made and worded. */
import type { ExplanationReason } from "@sluice/protocol";
import type { SlotFacts } from "./run-facts.ts";

/** A reason without what it has by default: it holds the run, and there is nothing to do about it. */
export type ReasonParts = Pick<ExplanationReason, "code" | "message"> & Partial<ExplanationReason>;

export function reason(parts: ReasonParts): ExplanationReason {
  return { remedy: null, is_holding: true, until: null, holders: [], ...parts };
}

/** The reason of a limit whose slots are all taken; none otherwise. */
export function slotReason(
  slots: SlotFacts | undefined,
  words: { readonly code: ExplanationReason["code"]; readonly what: string; readonly remedy: string },
): readonly ExplanationReason[] {
  if (slots === undefined || slots.taken < slots.limit) return [];
  return [
    reason({
      code: words.code,
      message:
        slots.limit === 1
          ? `The only slot of ${words.what} is taken.`
          : `All ${slots.limit} slots of ${words.what} are taken.`,
      remedy: words.remedy,
      holders: slots.holders.map((run) => ({
        flow_run_id: run.id,
        name: run.name,
        state_name: run.state_name,
        since: run.state?.timestamp ?? null,
      })),
    }),
  ];
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

/** `3 minutes`, by the one unit that says it best. */
export function durationText(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [unit, length] = UNITS.find(([, size]) => whole >= size) ?? ["second", 1];
  const count = Math.round(whole / length);
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
