/** Cases of the store suite on log lines. */

import { type Log, type LogFilter, type LogQuery, newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import { logQuery } from "../../filters/run-queries.ts";
import type { Store } from "../../store.ts";
import { at, insertFlow, makeFlowRun, makeLog } from "./fixtures.ts";
import type { OpenStore } from "./open-store.ts";

export function logCases(open: OpenStore): void {
  it("keeps a line as it was given", async () => {
    const store = await open();
    const log = makeLog({
      message: "Zeile 1\nZeile 2 🪵 'quoted' \"twice\" %_\\ \u0001",
      level: 35,
      flow_run_id: await insertFlowRun(store),
      task_run_id: newId(),
      created: at(7),
      updated: at(8),
    });
    await store.logs.insert([log]);
    expect(await store.logs.list(logQuery({}))).toEqual([log]);
  });

  it("ignores a line whose id it has", async () => {
    const store = await open();
    const log = makeLog({ message: "first" });
    await store.logs.insert([log]);
    await store.logs.insert([{ ...log, message: "second" }, makeLog({ message: "third", timestamp: at(1) })]);
    expect(await messages(store, {})).toEqual(["first", "third"]);
  });

  it("lists lines by timestamp, those of one instant by id, whatever order they came in", async () => {
    const store = await open();
    const logs = [
      makeLog({ message: "b", timestamp: at(1) }),
      makeLog({ message: "c", timestamp: at(1) }),
      makeLog({ message: "d", timestamp: at(1) }),
      makeLog({ message: "a", timestamp: at(0.999999) }),
      makeLog({ message: "e", timestamp: at(1.000001) }),
    ];
    await store.logs.insert(logs.slice(3));
    await store.logs.insert(logs.slice(0, 3).toReversed());
    expect(await messages(store, {})).toEqual(["a", "b", "c", "d", "e"]);
    expect(await messages(store, { sort: "TIMESTAMP_ASC" })).toEqual(["a", "b", "c", "d", "e"]);
    expect(await messages(store, { sort: "TIMESTAMP_DESC" })).toEqual(["e", "d", "c", "b", "a"]);
  });

  it("pages lines, with 200 unless told otherwise", async () => {
    const store = await open();
    const flowRunId = await insertFlowRun(store);
    const logs = Array.from({ length: 1000 }, (_, index) =>
      makeLog({ message: `${index}`, flow_run_id: flowRunId }),
    );
    await store.logs.insert(logs);
    expect(await messages(store, {})).toHaveLength(200);
    expect(await messages(store, { limit: 2, offset: 998 })).toEqual(["998", "999"]);
    expect(await messages(store, { sort: "TIMESTAMP_DESC", limit: 2 })).toEqual(["999", "998"]);
  });

  it("filters lines by level, time, flow run and task run", async () => {
    const store = await open();
    const [flowRunId, taskRunId] = [await insertFlowRun(store), newId()];
    await store.logs.insert([
      makeLog({ message: "a", level: 10, timestamp: at(1), flow_run_id: flowRunId }),
      makeLog({ message: "b", level: 20, timestamp: at(2), flow_run_id: flowRunId, task_run_id: taskRunId }),
      makeLog({ message: "c", level: 30, timestamp: at(3), flow_run_id: await insertFlowRun(store) }),
      makeLog({ message: "d", level: 40, timestamp: at(4), task_run_id: newId() }),
    ]);
    const found = (logs: LogFilter) => messages(store, { logs });
    expect(await found({})).toEqual(["a", "b", "c", "d"]);
    expect(await found({ level: {}, timestamp: null, text: null })).toEqual(["a", "b", "c", "d"]);
    expect(await found({ level: { ge_: 20, le_: 30 } })).toEqual(["b", "c"]);
    expect(await found({ timestamp: { after_: at(3) } })).toEqual(["c", "d"]);
    expect(await found({ timestamp: { before_: at(2) } })).toEqual(["a", "b"]);
    expect(await found({ flow_run_id: { any_: [flowRunId] } })).toEqual(["a", "b"]);
    expect(await found({ flow_run_id: { any_: [] } })).toEqual([]);
    expect(await found({ task_run_id: { any_: [taskRunId] } })).toEqual(["b"]);
    expect(await found({ task_run_id: { is_null_: true } })).toEqual(["a", "c"]);
    expect(await found({ flow_run_id: { any_: [flowRunId] }, task_run_id: { is_null_: true } })).toEqual([
      "a",
    ]);
    expect(await found({ operator: "or_", flow_run_id: { any_: [flowRunId] }, level: { ge_: 40 } })).toEqual([
      "a",
      "b",
      "d",
    ]);
  });

  it("forgets the oldest lines, as many as it is told", async () => {
    const store = await open();
    const flowRunId = await insertFlowRun(store);
    const line = (message: string, seconds: number) =>
      makeLog({ message, timestamp: at(seconds), flow_run_id: seconds % 2 === 0 ? flowRunId : null });
    await store.logs.insert([line("d", 4), line("b", 2), line("a", 1), line("c", 3), line("e", 5)]);
    expect(await store.logs.deleteOlder(at(4), 2)).toBe(2);
    expect(await messages(store, {})).toEqual(["c", "d", "e"]);
    expect(await store.logs.deleteOlder(at(4), 10)).toBe(2);
    expect(await store.logs.deleteOlder(at(4), 10)).toBe(0);
    expect(await messages(store, {})).toEqual(["e"]);
    await store.logs.insert([line("a", 1)]);
    expect(await messages(store, {})).toEqual(["a", "e"]);
  });

  textCases(open);
}

const LINES: Readonly<Record<string, Partial<Log>>> = {
  a: { message: "Error: connection refused by db-1" },
  b: { message: "warning: slow connection" },
  c: { message: 'said "no way" at 100% of a_b', name: "user.logger" },
  d: { message: "fertig \\ geschafft – naïve 🚰", name: "sluice.task_runs" },
};

const SEARCHES: readonly (readonly [string, readonly string[]])[] = [
  ["", ["a", "b", "c", "d"]],
  ["   ", ["a", "b", "c", "d"]],
  ["connection", ["a", "b"]],
  ["ERROR", ["a"]],
  ["error slow", ["a", "b"]],
  ["-connection", ["c", "d"]],
  ["!connection", ["c", "d"]],
  ["connection -error", ["b"]],
  ["+connection +refused", ["a"]],
  ["+connection slow fertig", ["b"]],
  ['"slow connection"', ["b"]],
  ['-"slow connection" +connection', ["a"]],
  ['"connection slow"', []],
  ["db-1", ["a"]],
  ["100%", ["c"]],
  ["a_b", ["c"]],
  ["0_", []],
  ["%", ["c"]],
  ["\\", ["d"]],
  ['"\\"no way\\""', ["c"]],
  ["naïve", ["d"]],
  ["🚰", ["d"]],
  ["user.logger", ["c"]],
  ["-sluice", ["c"]],
  ["- + !", ["a", "b", "c", "d"]],
  ['""', ["a", "b", "c", "d"]],
  ['"slow conn', ["b"]],
];

function textCases(open: OpenStore): void {
  it.each(SEARCHES)("searches lines for %j", async (query, expected) => {
    const store = await open();
    const logs = Object.entries(LINES).map(([key, line], index) =>
      makeLog({ timestamp: at(index), level: key.charCodeAt(0), ...line }),
    );
    await store.logs.insert(logs);
    const found = await store.logs.list(logQuery({ logs: { text: { query } } }));
    expect(found.map((log) => String.fromCharCode(log.level))).toEqual(expected);
  });
}

async function messages(store: Store, query: LogQuery): Promise<string[]> {
  return (await store.logs.list(logQuery(query))).map((log) => log.message);
}

async function insertFlowRun(store: Store): Promise<string> {
  return (await store.flowRuns.insert(makeFlowRun(await insertFlow(store)))).run.id;
}
