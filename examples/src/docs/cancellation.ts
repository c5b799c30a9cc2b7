import { flow, runContext, runLogger, task } from "@sluice/core";

const poll = task({ name: "poll" }, async (): Promise<void> => {
  const { signal } = runContext();
  await new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true }),
  );
});

export const watchForever = flow(
  {
    name: "watch-forever",
    onCancellation: (_flow, flowRun) => runLogger().warn("Stopped", { run: flowRun.name }),
  },
  async () => poll(),
);

/** Ends in state Cancelled, after the task was told and the hook has run. */
export function watchFor(milliseconds: number) {
  return watchForever.withOptions({ signal: AbortSignal.timeout(milliseconds) }).returnState();
}
