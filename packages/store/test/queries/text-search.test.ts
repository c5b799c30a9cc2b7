import { flowQuery, logQuery } from "@sluice/orchestration";
import { expect, it } from "vitest";
import { sqliteStore } from "../../src/index.ts";
import { makeFlow, makeLog } from "../history-objects.ts";
import { temporaryDatabasePath } from "../temporary-database.ts";

it.each([
  ["ÜBUNG", "Große Übung", true],
  ["übung", "Große ÜBUNG", true],
  ["große", "GROßE", true],
  ["привет", "ПРИВЕТ, мир", true],
  ["a*c", "abc", false],
  ["a*c", "xA*Cx", true],
  ["a?c", "abc", false],
  ["[ab]", "a", false],
  ["[ab]", "x[AB]x", true],
  ["]", "a]", true],
  ["^a", "b", false],
  ["^a", "^A", true],
  ["-", "a-b", true],
  ["", "anything", true],
  ["😀", "so 😀", true],
])("finds the part %j in the name %j: %s", async (part, name, isFound) => {
  const store = await sqliteStore({ path: await temporaryDatabasePath() });
  await store.flows.insert(makeFlow({ name }));
  expect(await store.flows.count(flowQuery({ flows: { name: { like_: part } } }).where)).toBe(
    isFound ? 1 : 0,
  );
  await store.close();
});

it("searches long lines", async () => {
  const store = await sqliteStore({ path: await temporaryDatabasePath() });
  await store.logs.insert([makeLog({ message: `${"x".repeat(1_000_000)} Needle` }), makeLog()]);
  expect(await store.logs.list(logQuery({ logs: { text: { query: "needle" } } }))).toHaveLength(1);
  expect(await store.logs.list(logQuery({ logs: { text: { query: "-needle" } } }))).toHaveLength(1);
  await store.close();
});
