import type { TaskRun } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import {
  confirmBackgroundRun,
  putBackBackgroundRun,
  takeBackgroundRun,
} from "../../src/background/hand-over.ts";
import { LocalApi } from "../../src/local-api.ts";
import { MemoryStore } from "../../src/memory-store.ts";
import { putBackBackgroundRuns } from "../../src/services/put-back-background-runs.ts";

const MINUTE_MS = 60_000;

describe("a background task run", () => {
  it("is taken once, by whoever serves its task", async () => {
    const { context, schedule } = history();
    const run = await schedule("send-mail");
    expect(await takeBackgroundRun(context, ["make-report"])).toBeUndefined();
    expect(await takeBackgroundRun(context, ["make-report", "send-mail"])).toMatchObject({
      id: run.id,
      state: { type: "SCHEDULED", state_details: { deferred: true, task_parameters_id: run.id } },
    });
    expect(await takeBackgroundRun(context, ["send-mail"])).toBeUndefined();
  });

  it("is taken in the order of scheduling, when its time has come", async () => {
    const { context, schedule, wait } = history();
    const late = await schedule("send-mail", { afterMs: MINUTE_MS });
    const [first, second] = [await schedule("send-mail"), await schedule("send-mail")];
    const takeId = async (): Promise<string | undefined> =>
      (await takeBackgroundRun(context, ["send-mail"]))?.id;
    expect([await takeId(), await takeId(), await takeId()]).toEqual([first.id, second.id, undefined]);
    wait(MINUTE_MS);
    expect(await takeId()).toBe(late.id);
  });

  it("stays in the process that tries it again, and in flows that run", async () => {
    const { api, context, schedule } = history();
    await schedule("send-mail", { name: "AwaitingRetry" });
    await api.taskRuns.create({ task_key: "send-mail", dynamic_key: "0", state: { type: "SCHEDULED" } });
    expect(await takeBackgroundRun(context, ["send-mail"])).toBeUndefined();
  });

  it("goes to the next when it is put back, with what a worker has to know", async () => {
    const { context, schedule } = history();
    const { id } = await schedule("send-mail");
    await takeBackgroundRun(context, ["send-mail"]);
    await putBackBackgroundRun(context, id);
    expect(await takeBackgroundRun(context, ["send-mail"])).toMatchObject({
      id,
      state: { state_details: { task_parameters_id: id } },
    });
  });

  it("is not put back once it is confirmed", async () => {
    const { api, context, schedule } = history();
    const { id } = await schedule("send-mail");
    await takeBackgroundRun(context, ["send-mail"]);
    await confirmBackgroundRun(context, id);
    await putBackBackgroundRun(context, id);
    expect(await api.taskRuns.get(id)).toMatchObject({ state_type: "PENDING", state_name: "Pending" });
  });

  it("is put back when the server that gave it is gone", async () => {
    const { context, schedule, wait } = history();
    const { id } = await schedule("send-mail");
    await takeBackgroundRun(context, ["send-mail"]);
    await putBackBackgroundRuns(context);
    expect(await takeBackgroundRun(context, ["send-mail"])).toBeUndefined();
    wait(3 * MINUTE_MS);
    expect(await putBackBackgroundRuns(context)).toEqual({ hasMore: false });
    expect(await takeBackgroundRun(context, ["send-mail"])).toMatchObject({ id });
  });
});

interface Scheduling {
  readonly name?: string;
  readonly afterMs?: number;
}

function history() {
  let now = Date.parse("2026-01-02T03:04:05Z");
  const api = new LocalApi({ store: new MemoryStore(), clock: () => new Date(now) });
  let count = 0;
  return {
    api,
    context: api.context,
    wait: (ms: number): void => {
      now += ms;
    },
    schedule: async (
      taskKey: string,
      { name = "Scheduled", afterMs = 0 }: Scheduling = {},
    ): Promise<TaskRun> => {
      count += 1;
      now += 1;
      const id = `00000000-0000-7000-8000-${String(count).padStart(12, "0")}`;
      return api.taskRuns.create({
        id,
        task_key: taskKey,
        dynamic_key: `${taskKey}-${count}`,
        state: {
          type: "SCHEDULED",
          name,
          state_details: {
            deferred: true,
            task_parameters_id: id,
            scheduled_time: new Date(now + afterMs).toISOString(),
          },
        },
      });
    },
  };
}
