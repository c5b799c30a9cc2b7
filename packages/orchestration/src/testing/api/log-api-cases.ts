/** Cases of the API suite on log lines. */
import { newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import { createRun, inSeconds, type OpenApi } from "./open-api.ts";

export function logApiCases(open: OpenApi): void {
  it("keeps lines and finds them by run, level and text", async () => {
    const api = await open();
    const run = await createRun(api);
    const line = {
      name: "sluice.flow_runs",
      level: 20,
      message: "Trips read",
      timestamp: inSeconds(-2),
      flow_run_id: run.id,
    };
    const taskRunId = newId();
    await api.logs.create([
      line,
      { ...line, level: 40, message: "Trip lost 🚕", timestamp: inSeconds(-1), task_run_id: taskRunId },
      { ...line, message: "elsewhere", flow_run_id: null },
    ]);
    const found = async (logs: NonNullable<Parameters<typeof api.logs.filter>[0]["logs"]>) =>
      (await api.logs.filter({ logs })).map((log) => log.message);
    expect(await found({ flow_run_id: { any_: [run.id] } })).toEqual(["Trips read", "Trip lost 🚕"]);
    expect(await found({ level: { ge_: 30 } })).toEqual(["Trip lost 🚕"]);
    expect(await found({ task_run_id: { any_: [taskRunId] } })).toEqual(["Trip lost 🚕"]);
    expect(await found({ text: { query: "read lost -read" } })).toEqual(["Trip lost 🚕"]);
    const [last] = await api.logs.filter({ sort: "TIMESTAMP_DESC", limit: 1 });
    expect(last).toMatchObject({ name: line.name, level: 40, flow_run_id: run.id, task_run_id: taskRunId });
  });

  it("keeps a line that is sent twice once, when it has an id", async () => {
    const api = await open();
    const line = { id: newId(), name: "l", level: 20, message: "m", timestamp: inSeconds(0) };
    await api.logs.create([line]);
    await api.logs.create([line, { ...line, id: newId() }]);
    expect(await api.logs.filter({})).toHaveLength(2);
  });

  it("keeps lines of one instant in the order they were written", async () => {
    const api = await open();
    const timestamp = inSeconds(0);
    const messages = Array.from({ length: 50 }, (_, index) => `${index}`);
    await api.logs.create(messages.map((message) => ({ name: "l", level: 20, message, timestamp })));
    expect((await api.logs.filter({})).map((log) => log.message)).toEqual(messages);
  });

  it("drops the character NUL, and takes no lines", async () => {
    const api = await open();
    await api.logs.create([{ name: "l", level: 20, message: "a\0b", timestamp: inSeconds(0) }]);
    await api.logs.create([]);
    expect((await api.logs.filter({})).map((log) => log.message)).toEqual(["ab"]);
  });
}
