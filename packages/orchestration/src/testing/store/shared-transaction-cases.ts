/** Cases of the store suite on works that may share a transaction of the database: nobody can tell that they do. */
import { expect, it } from "vitest";
import type { Store } from "../../store.ts";
import type { StoredFlowRun } from "../../stored-nouns.ts";
import { insertFlow, makeEvent, makeFlowRun } from "./fixtures.ts";
import type { OpenStore } from "./open-store.ts";

const WORKS = 12;

export function sharedTransactionCases(open: OpenStore): void {
  it("keeps what each work did", async () => {
    const { store, runs } = await withRuns(open);
    const names = await Promise.all(
      runs.map(({ id }) =>
        store.transaction(
          async (transaction, begin) => {
            const found = await transaction.flowRuns.find(id);
            begin(transaction.flowRuns.update(id, { name: `${found?.name}-after` }));
            return found?.name;
          },
          { sharedBy: id },
        ),
      ),
    );
    expect(names).toEqual(runs.map(({ name }) => name));
    expect(await namesOf(store, runs)).toEqual(runs.map(({ name }) => `${name}-after`));
  });

  it("lets each work fail by itself, with its own error, before and after it wrote", async () => {
    const { store, runs } = await withRuns(open);
    const fails = (index: number) => index % 4 === 1 || index % 4 === 2;
    const outcomes = await Promise.allSettled(
      runs.map(({ id }, index) =>
        store.transaction(
          async (transaction) => {
            await transaction.flowRuns.find(id);
            if (index % 4 === 1) throw new RangeError(`early ${index}`);
            await transaction.flowRuns.update(id, { name: "written" });
            if (index % 4 === 2) throw new RangeError(`late ${index}`);
          },
          { sharedBy: id },
        ),
      ),
    );
    for (const [index, outcome] of outcomes.entries()) {
      expect(outcome.status).toBe(fails(index) ? "rejected" : "fulfilled");
      if (outcome.status === "rejected") expect(outcome.reason).toEqual(expect.any(RangeError));
    }
    expect(await namesOf(store, runs)).toEqual(
      runs.map(({ name }, index) => (fails(index) ? name : "written")),
    );
  });

  it("lets a work whose statement fails leave the others alone", async () => {
    const { store, runs } = await withRuns(open);
    const [bad] = runs;
    const outcomes = await Promise.allSettled(
      runs.map((run) =>
        store.transaction(
          async (transaction, begin) => {
            await transaction.flowRuns.find(run.id);
            // No database keeps this as an instant.
            const changes = run === bad ? { start_time: "long ago" } : { name: "written" };
            begin(transaction.flowRuns.update(run.id, changes));
          },
          { sharedBy: run.id },
        ),
      ),
    );
    const refused = outcomes.filter(({ status }) => status === "rejected");
    // Memory and SQLite take any text.
    expect(refused.length).toBeLessThanOrEqual(1);
    expect((await namesOf(store, runs)).slice(1)).toEqual(runs.slice(1).map(() => "written"));
  });

  it("does not interleave works on one run", async () => {
    const { store, runs } = await withRuns(open, 3);
    const increments = runs.flatMap(({ id }) =>
      Array.from({ length: WORKS }, () =>
        store.transaction(
          async (transaction) => {
            const count = (await transaction.flowRuns.find(id))?.run_count ?? 0;
            await new Promise((resolve) => setImmediate(resolve));
            await transaction.flowRuns.update(id, { run_count: count + 1 });
          },
          { sharedBy: id },
        ),
      ),
    );
    await Promise.all(increments);
    for (const { id } of runs) expect((await store.flowRuns.find(id))?.run_count).toBe(WORKS);
  });

  it("does not interleave works on what else they find", async () => {
    const { store, runs } = await withRuns(open);
    const now = runs[0]?.created ?? "";
    const counter = { id: runs[0]?.id ?? "", created: now, updated: now, key: "counter", value: 0 };
    await store.objects("configuration").insert(counter);
    await Promise.all(
      runs.map(({ id }) =>
        store.transaction(
          async (transaction) => {
            await transaction.flowRuns.update(id, { name: "counted" });
            const counters = transaction.objects("configuration");
            const value = Number((await counters.find(counter.id))?.value);
            await new Promise((resolve) => setImmediate(resolve));
            await counters.update(counter.id, { value: value + 1 });
          },
          { sharedBy: id },
        ),
      ),
    );
    expect((await store.objects("configuration").find(counter.id))?.value).toBe(WORKS);
    expect(await namesOf(store, runs)).toEqual(runs.map(() => "counted"));
  });

  it("inserts one run for works that bring the same idempotency key", async () => {
    const { store } = await withRuns(open, 1);
    const flow = await insertFlow(store);
    const inserted = await Promise.all(
      Array.from({ length: WORKS }, () => makeFlowRun(flow, { idempotency_key: "once" })).map((run) =>
        store.transaction((transaction) => transaction.flowRuns.insert(run), { sharedBy: run.id }),
      ),
    );
    expect(inserted.filter(({ created }) => created)).toHaveLength(1);
    expect(new Set(inserted.map(({ run }) => run.id)).size).toBe(1);
  });

  it("keeps the events of each work, tells it which of them are new, and shows them to it", async () => {
    const { store, runs } = await withRuns(open);
    const known = makeEvent(0);
    await store.events.insert([known]);
    const told = await Promise.all(
      runs.map(({ id }, index) => {
        const own = makeEvent(index, {}, id);
        return store.transaction(
          async (transaction, begin) => {
            begin(transaction.flowRuns.update(id, { name: "told" }));
            const inserted = transaction.events.insert([own, known]);
            const seen = await transaction.events.count(
              { type: "one-of", member: "resource_id", values: [id] },
              10,
            );
            return { inserted: await inserted, seen };
          },
          { sharedBy: id },
        );
      }),
    );
    expect(told).toMatchObject(
      runs.map(({ id }) => ({ inserted: [{ resource: { "prefect.resource.id": id } }], seen: 1 })),
    );
    expect(await store.events.count(undefined, 100)).toBe(runs.length + 1);
    expect(await namesOf(store, runs)).toEqual(runs.map(() => "told"));
  });

  it("finishes works that wait before it closes", async () => {
    const { store, runs } = await withRuns(open);
    const works = runs.map(({ id }) =>
      store.transaction((transaction) => transaction.flowRuns.update(id, { name: "last" }), { sharedBy: id }),
    );
    await store.close();
    expect(await Promise.all(works)).toEqual(runs.map(() => true));
  });
}

async function withRuns(
  open: OpenStore,
  count = WORKS,
): Promise<{ readonly store: Store; readonly runs: readonly StoredFlowRun[] }> {
  const store = await open();
  const flow = await insertFlow(store);
  const runs = Array.from({ length: count }, (_, index) => makeFlowRun(flow, { name: `run-${index}` }));
  for (const run of runs) await store.flowRuns.insert(run);
  return { store, runs };
}

async function namesOf(store: Store, runs: readonly StoredFlowRun[]): Promise<(string | undefined)[]> {
  const found = await Promise.all(runs.map(({ id }) => store.flowRuns.find(id)));
  return found.map((run) => run?.name);
}
