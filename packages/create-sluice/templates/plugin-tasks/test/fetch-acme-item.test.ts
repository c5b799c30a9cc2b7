import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { flow } from "@sluice/core";
import { type FlowHarness, flowHarness } from "@sluice/core/testing";
import { expect, it, onTestFinished } from "vitest";
import { fetchAcmeItem } from "../src/index.ts";

const reading = flow({ name: "reading" }, async ({ id }: { id: string }) => fetchAcmeItem("team", id));

/** A harness with an account at a server that answers with these statuses, then with the item. */
async function harnessWith(statuses: number[]): Promise<FlowHarness> {
  const server = createServer((request, response) => {
    if (request.headers.authorization !== "Bearer tok-12345678") response.writeHead(401).end();
    else response.writeHead(statuses.shift() ?? 200).end(JSON.stringify({ id: "7", title: "Bread" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const harness = flowHarness();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  harness.blocks.set("acme-account/team", { url, token: "tok-12345678" });
  return harness;
}

it("gives the item, also when Acme is busy at first", async () => {
  await using harness = await harnessWith([503, 429]);
  const run = await harness.run(reading, { id: "7" });
  expect(await run.result()).toEqual({ id: "7", title: "Bread" });
  expect(run.taskRuns).toMatchObject([{ name: "fetch-acme-item-0", runCount: 3 }]);
});

it("does not ask again for what does not exist", async () => {
  await using harness = await harnessWith([404]);
  const run = await harness.run(reading, { id: "7" });
  await expect(run.result()).rejects.toThrow("answered 404 to GET /items/7");
  expect(run.taskRuns).toMatchObject([{ runCount: 1 }]);
});
