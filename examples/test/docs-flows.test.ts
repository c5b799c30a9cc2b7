/** Every flow and task of the documentation's code does what its page says. */
import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { closeEngines, flow, isFlow, LocalFileSystem, temporarySettings, unmapped } from "@sluice/core";
import { LocalFileSystemBlock, SecretBlock } from "@sluice/core/blocks";
import { HttpService } from "@sluice/tasks-http";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { forecast, saveAndLoad } from "../src/docs/blocks.ts";
import { pricing } from "../src/docs/caching.ts";
import { watchFor, watchForever } from "../src/docs/cancellation.ts";
import { dataflow } from "../src/docs/dataflow.ts";
import { calling, newestLines } from "../src/docs/history.ts";
import { importTrips, saveNotifier, verified } from "../src/docs/notifications.ts";
import { PacedTaskRunner } from "../src/docs/paced-task-runner.ts";
import { watchPrices } from "../src/docs/price-watch.ts";
import { daily, Money } from "../src/docs/results.ts";
import { nightly } from "../src/docs/states.ts";
import { archives } from "../src/docs/task-library.ts";
import { computing, crawling, inOrder } from "../src/docs/task-runners.ts";
import { fetchPrice } from "../src/docs/tasks.ts";
import { publish } from "../src/docs/transactions.ts";
import { report } from "../src/readme.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** Here, or in a test of their own. */
const RUN_HERE: readonly unknown[] = [
  watchPrices,
  importTrips,
  ...[
    pricing,
    watchForever,
    dataflow,
    calling,
    daily,
    nightly,
    computing,
    crawling,
    inOrder,
    publish,
    report,
    forecast,
    archives,
  ],
];

afterAll(() => closeEngines());

/** Runs quietly, with a home of its own. */
async function quietly<R>(work: (home: string) => Promise<R>): Promise<R> {
  const home = await temporaryDirectory();
  return temporarySettings({ home, "history.mode": "memory", "logging.to_terminal": false }, () =>
    work(home),
  );
}

describe("the flows of the documentation", () => {
  it("are all run here", async () => {
    const docs = new URL("../src/docs/", import.meta.url);
    const files = [...readdirSync(docs).map((name) => new URL(name, docs)), new URL("../readme.ts", docs)];
    for (const file of files) {
      const exported: Record<string, unknown> = await import(file.href);
      for (const [name, value] of Object.entries(exported)) {
        if (isFlow(value)) expect(RUN_HERE.includes(value), `${name} of ${file.pathname}`).toBe(true);
      }
    }
  });

  it("blocks.md: blocks that are saved, loaded, updated, deleted, and used by a flow", async () => {
    await quietly(async (home) => {
      const server = createServer((_request, response) => response.end());
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      onTestFinished(() => void server.close());
      const { port } = server.address() as AddressInfo;
      const api = await saveAndLoad(`http://127.0.0.1:${port}/`);
      expect(api).toMatchObject({ maxAgeSeconds: 600, blockName: "berlin" });
      await new SecretBlock({ value: "maps" }).save("maps-key");
      await new LocalFileSystemBlock({ basepath: home }).save("forecasts");
      expect(await forecast({ day: "monday" })).toBe("sunny on monday, says 4");
    });
  });

  it("task-library.md: pages, downloads, a command, and a directory that is synced", async () => {
    const server = createServer(({ url, headers }, response) => {
      const isCities = url === "/v1/cities";
      const cities = ["Berlin", "Paris"].map((name) => ({ name, archive: `archives/${name}.csv` }));
      response.statusCode = headers.authorization === "Bearer a-token" ? 200 : 401;
      response.end(isCities ? JSON.stringify(cities) : `${url}\n`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;
    await quietly(async (home) => {
      const [inbox, published] = ["inbox", "published"].map((name) => `${home}/${name}`) as [string, string];
      await new HttpService({ baseUrl: `http://127.0.0.1:${port}/v1`, token: "a-token" }).save("weather");
      await new LocalFileSystemBlock({ basepath: inbox }).save("inbox");
      await new LocalFileSystemBlock({ basepath: published }).save("published");
      expect(await archives({ directory: inbox })).toBe("/v1/archives/Berlin.csv\n/v1/archives/Paris.csv\n");
    });
  });

  it("notifications.md: a signed webhook that is told what was saved for it, and when a run fails", async () => {
    const signingSecret = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
    const taken: unknown[] = [];
    const server = createServer((request, response) => {
      verified(request, signingSecret).then(
        (payload) => {
          taken.push(payload);
          response.writeHead(204).end();
        },
        () => response.writeHead(401).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks`;
    await quietly(async () => {
      await saveNotifier(url, signingSecret);
      expect(await importTrips({ day: "monday" })).toBe(6);
      await expect(importTrips({ day: "sunday" })).rejects.toThrow("nothing is driven");
    });
    expect(taken).toMatchObject([
      { type: "notification", data: { subject: "Hourly tips", body: "42 generous trips" } },
      {
        data: {
          subject: "import-trips is Failed",
          body: expect.stringMatching(/for sunday: .*nothing is driven on sundays/),
        },
      },
    ]);
    expect((await fetch(url, { method: "POST", body: "{}" })).status).toBe(401);
  });

  it("flows.md: a parameterised flow", async () => {
    expect(await quietly(() => report({ pages: 2 }))).toEqual([1, 5]);
  });

  it("flows.md: a flow that returns states", async () => {
    expect((await quietly(() => nightly.returnState({ rows: 0 }))).name).toBe("Skipped");
    expect(await quietly(() => nightly({ rows: 3 }))).toBe(3);
  });

  it("dataflow.md: futures, maps and failures", async () => {
    expect(await quietly(() => dataflow())).toEqual({ mean: 10, words: "failed: 13 cannot be measured" });
  });

  it("cancellation.md: a task that listens to its signal", async () => {
    expect((await quietly(() => watchFor(50))).name).toBe("Cancelled");
  });

  it("results.md: persisted results with a class of one's own", async () => {
    await quietly(async (home) => {
      expect(await daily({ day: "monday" })).toEqual({ day: "monday", total: new Money(1056n) });
      const { files } = await new LocalFileSystem({ basePath: `${home}/storage` }).list();
      expect(files.map(({ path }) => path)).toContain("totals/monday.json");
    });
  });

  it("results.md: caching", async () => {
    const first = { asked: 2, rates: [1.25, 1, 1.25], trained: [5, 5, 5], day: "monday", price: 1.25 };
    await quietly(async () => {
      expect(await pricing({ day: "monday" })).toEqual(first);
      expect(await pricing({ day: "monday" })).toEqual({ ...first, asked: 0 });
    });
  });

  it("results.md: transactions", async () => {
    await quietly(async () => {
      await expect(publish({ title: "empty", text: "" })).rejects.toThrow("There is no text.");
      const shelf = { news: "read", catalogue: "lists news" };
      expect(await publish({ title: "news", text: "read" })).toEqual(shelf);
      expect(await publish({ title: "news", text: "changed" })).toEqual(shelf);
    });
  });

  it("task-runners.md: threads, limits and order", { timeout: 60_000 }, async () => {
    expect(await quietly(() => computing())).toEqual([168, 135]);
    const pages = ["page 1", "page 2", "page 3", "page 4"];
    expect(await quietly(() => crawling())).toEqual(pages);
    expect(await quietly(() => inOrder())).toEqual(pages);
  });

  it("history.md: logs without secrets", async () => {
    await quietly(async () => {
      expect(await calling()).toEqual([6, 7]);
      const lines = await newestLines();
      expect(lines).toContain("Calling path=/users apiKey=****");
      expect(lines).toContain("with key ****");
    });
  });
});

describe("a task runner of one's own", () => {
  it("keeps its pace", async () => {
    const paced = crawling.withOptions({ taskRunner: new PacedTaskRunner(30) });
    const start = performance.now();
    expect(await quietly(() => paced())).toHaveLength(4);
    expect(performance.now() - start).toBeGreaterThanOrEqual(85);
  });
});

describe("the task of tasks.md", () => {
  it("retries what may succeed, and not what cannot", async () => {
    let calls = 0;
    const server = createServer((request, response) => {
      calls += 1;
      if (calls === 1) request.socket.destroy();
      else response.writeHead(request.url === "/GONE" ? 404 : 200).end("12.5");
    }).listen(0);
    onTestFinished(() => void server.close());
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const asking = flow({ name: "asking" }, () => fetchPrice.map(["ACME"], unmapped(url)));
    expect(await quietly(() => asking())).toEqual([12.5]);
    expect(calls).toBe(2);
    await expect(quietly(() => fetchPrice("GONE", url))).rejects.toThrow("There is no GONE.");
    expect(calls).toBe(3);
  });
});
