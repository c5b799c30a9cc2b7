// biome-ignore-all lint/suspicious/noConsole: what flows print is what this is about

import { flow, openHistory, runLogger, Secret, task } from "@sluice/core";

const apiKey = new Secret("k-27f1c2");

const call = task({ name: "call", logPrints: true }, async (path: string) => {
  runLogger().info("Calling", { path, apiKey }); // Calling path=/users apiKey=****
  console.log(`with key ${apiKey.reveal()}`); // a line of the log too: with key ****
  return path.length;
});

export const calling = flow({ name: "calling", tags: ["nightly"] }, () => call.map(["/users", "/orders"]));

/** The log lines of the newest run of the flow. */
export async function newestLines(): Promise<string[]> {
  const history = await openHistory();
  const [run] = await history.flowRuns.filter({ flows: { name: { any_: ["calling"] } }, limit: 1 });
  if (run === undefined) return [];
  const lines = await history.logs.filter({ logs: { flow_run_id: { any_: [run.id] } } });
  return lines.map(({ message }) => message);
}
