/** Cases of the API suite on what transitions do to a flow run, and on proposals at once. */
import { newId, type OrchestrationApi } from "@sluice/protocol";
import { expect, it } from "vitest";
import { createRun, inSeconds, microseconds, type OpenApi, propose } from "./open-api.ts";

export function flowStateCases(open: OpenApi): void {
  lifeCases(open);
  retryCases(open);
  pauseCases(open);
  forceCases(open);
  concurrencyCases(open);
}

function lifeCases(open: OpenApi): void {
  it("keeps the books of a run from birth to end", async () => {
    const api = await open();
    const run = await createRun(api);
    const running = await propose(api, run.id, {
      type: "RUNNING",
      state_details: { transition_id: newId() },
    });
    const completed = await propose(api, run.id, { type: "COMPLETED", message: "All good" });
    const after = await api.flowRuns.get(run.id);
    expect(after).toMatchObject({
      run_count: 1,
      start_time: running.state?.timestamp,
      end_time: completed.state?.timestamp,
      expected_start_time: run.expected_start_time,
      next_scheduled_start_time: null,
    });
    const seconds = (microseconds(completed.state?.timestamp) - microseconds(running.state?.timestamp)) / 1e6;
    expect(after.total_run_time).toBeCloseTo(seconds, 5);
    expect(after.total_run_time).toBeGreaterThan(0);
    const states = await api.flowRuns.states(run.id);
    expect(states).toEqual([run.state, running.state, completed.state]);
    for (const state of states) expect(state.state_details).toMatchObject({ flow_run_id: run.id });
  });

  it("gives each state a run had by the state's own id", async () => {
    const api = await open();
    const run = await createRun(api);
    await propose(api, run.id, { type: "RUNNING", message: "m", data: { a: 1 } });
    for (const state of await api.flowRuns.states(run.id))
      expect(await api.flowRuns.getState(state.id)).toEqual(state);
    await expect(api.flowRuns.getState(run.id)).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    await expect(api.taskRuns.getState(run.state?.id ?? "")).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
    });
  });

  it("keeps the timestamps of a run's states apart and in order, however fast they come", async () => {
    const api = await open();
    const run = await createRun(api);
    for (let index = 0; index < 20; index += 1)
      await propose(api, run.id, { type: "RUNNING", name: `${index}` });
    const states = await api.flowRuns.states(run.id);
    expect(states.slice(1).map((state) => state.name)).toEqual(
      Array.from({ length: 20 }, (_, index) => `${index}`),
    );
    const instants = states.map((state) => microseconds(state.timestamp));
    expect(instants).toEqual([...new Set(instants)].toSorted((a, b) => a - b));
  });

  it("has no end while it runs again", async () => {
    const api = await open();
    const run = await createRun(api);
    await propose(api, run.id, { type: "RUNNING" });
    await propose(api, run.id, { type: "FAILED" });
    const first = await api.flowRuns.get(run.id);
    await propose(api, run.id, { type: "RUNNING" });
    const again = await api.flowRuns.get(run.id);
    expect(first.end_time).not.toBeNull();
    expect(again).toMatchObject({ end_time: null, start_time: first.start_time, run_count: 2 });
    await propose(api, run.id, { type: "COMPLETED" });
    expect((await api.flowRuns.get(run.id)).total_run_time).toBeGreaterThan(first.total_run_time);
  });

  it("starts when it ends, if it never ran", async () => {
    const api = await open();
    const run = await createRun(api, {
      type: "SCHEDULED",
      state_details: { scheduled_time: inSeconds(3600) },
    });
    const { state } = await propose(api, run.id, { type: "CANCELLING" });
    const after = await api.flowRuns.get(run.id);
    expect(after).toMatchObject({ start_time: state?.timestamp, end_time: state?.timestamp, run_count: 0 });
    expect(after).toMatchObject({ total_run_time: 0, next_scheduled_start_time: null });
  });

  it("keeps its scheduled time when it is picked up, and waits for it", async () => {
    const api = await open();
    const time = inSeconds(3600);
    const run = await createRun(api, { type: "SCHEDULED", state_details: { scheduled_time: time } });
    const pending = await propose(api, run.id, { type: "PENDING" });
    const submitting = await propose(api, run.id, { type: "PENDING", name: "Submitting" });
    for (const { state } of [pending, submitting]) {
      expect(microseconds(state?.state_details.scheduled_time)).toBe(microseconds(time));
    }
    const early = await propose(api, run.id, { type: "RUNNING" });
    expect(early).toMatchObject({ status: "WAIT", state: submitting.state });
    const delay = "delay_seconds" in early.details ? early.details.delay_seconds : 0;
    expect(Number.isInteger(delay)).toBe(true);
    expect(delay).toBeGreaterThan(3500);
    expect(delay).toBeLessThanOrEqual(3600);
  });

  it("takes the time of a pending state over that of the schedule", async () => {
    const api = await open();
    const run = await createRun(api, {
      type: "SCHEDULED",
      state_details: { scheduled_time: inSeconds(3600) },
    });
    const details = { scheduled_time: inSeconds(-1) };
    await propose(api, run.id, { type: "PENDING", state_details: details });
    expect((await propose(api, run.id, { type: "RUNNING" })).status).toBe("ACCEPT");
  });
}

function retryCases(open: OpenApi): void {
  it("retries in its process as often as it may, then fails", async () => {
    const api = await open();
    const run = await createRun(api, undefined, { empirical_policy: { retries: 2, retry_delay: 0 } });
    for (const attempt of [1, 2]) {
      await propose(api, run.id, { type: "RUNNING" });
      const retry = await propose(api, run.id, { type: "FAILED", message: "boom", data: { attempt } });
      expect(retry).toMatchObject({ status: "REJECT", details: { reason: "Retrying" } });
      expect(retry.state).toMatchObject({
        type: "SCHEDULED",
        name: "AwaitingRetry",
        message: "boom",
        data: { attempt },
      });
      const waiting = await api.flowRuns.get(run.id);
      expect(waiting).toMatchObject({
        run_count: attempt,
        end_time: null,
        empirical_policy: { retry_type: "in_process" },
      });
      expect(microseconds(waiting.next_scheduled_start_time)).toBe(
        microseconds(retry.state?.state_details.scheduled_time),
      );
    }
    await propose(api, run.id, { type: "RUNNING" });
    const failed = await propose(api, run.id, { type: "FAILED", message: "boom" });
    expect(failed).toMatchObject({ status: "ACCEPT", state: { type: "FAILED" } });
    const after = await api.flowRuns.get(run.id);
    expect(after).toMatchObject({
      run_count: 3,
      state_type: "FAILED",
      empirical_policy: { retry_type: null },
    });
    expect(await api.flowRuns.states(run.id)).toHaveLength(7);
  });

  it("is told to wait for its retry", async () => {
    const api = await open();
    const run = await createRun(api, undefined, { empirical_policy: { retries: 1, retry_delay: 3600 } });
    await propose(api, run.id, { type: "RUNNING" });
    const retry = await propose(api, run.id, { type: "FAILED" });
    const early = await propose(api, run.id, { type: "RUNNING" });
    expect(early).toMatchObject({ status: "WAIT", state: retry.state });
    expect(early.details).toMatchObject({ reason: "Scheduled time is in the future" });
    expect((await api.flowRuns.get(run.id)).run_count).toBe(1);
    expect(await api.flowRuns.states(run.id)).toHaveLength(3);
  });

  it("waits for each retry as long as the list says, the last delay again and again", async () => {
    const api = await open();
    const run = await createRun(api, undefined, {
      empirical_policy: { retries: 3, retry_delay: [100, 200] },
    });
    const delays = [];
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await api.flowRuns.setState(run.id, { state: { type: "RUNNING" }, force: true });
      const { state } = await propose(api, run.id, { type: "FAILED" });
      const late = microseconds(state?.state_details.scheduled_time) - microseconds(state?.timestamp);
      delays.push(Math.round(late / 1e6));
    }
    expect(delays).toEqual([100, 200, 200]);
  });
}

function pauseCases(open: OpenApi): void {
  it("pauses once per key, and counts resuming as no other run", async () => {
    const api = await open();
    const run = await createRun(api, { type: "RUNNING" });
    const pause = { type: "PAUSED", state_details: { pause_key: "1" } } as const;
    expect((await propose(api, run.id, pause)).status).toBe("ACCEPT");
    expect((await api.flowRuns.get(run.id)).empirical_policy.pause_keys).toEqual(["1"]);
    expect((await propose(api, run.id, { type: "RUNNING" })).status).toBe("ACCEPT");
    const resumed = await api.flowRuns.get(run.id);
    expect(resumed).toMatchObject({ run_count: 1, empirical_policy: { resuming: false } });
    expect(await propose(api, run.id, pause)).toMatchObject({
      status: "REJECT",
      details: { reason: "This pause has already fired." },
      state: resumed.state,
    });
    const other = { type: "PAUSED", state_details: { pause_key: "2" } } as const;
    expect((await propose(api, run.id, other)).status).toBe("ACCEPT");
  });

  it("takes every pause without a key for another one", async () => {
    const api = await open();
    const run = await createRun(api, { type: "RUNNING" });
    for (let index = 0; index < 2; index += 1) {
      expect((await propose(api, run.id, { type: "PAUSED" })).status).toBe("ACCEPT");
      await propose(api, run.id, { type: "RUNNING" });
    }
    expect((await api.flowRuns.get(run.id)).empirical_policy.pause_keys).toHaveLength(2);
  });

  it("forgets its pauses when it runs again after its end", async () => {
    const api = await open();
    const run = await createRun(api, { type: "RUNNING" });
    await propose(api, run.id, { type: "PAUSED", state_details: { pause_key: "1" } });
    await propose(api, run.id, { type: "FAILED" });
    await propose(api, run.id, { type: "RUNNING" });
    expect(await api.flowRuns.get(run.id)).toMatchObject({
      run_count: 2,
      empirical_policy: { pause_keys: [], resuming: false, retry_type: null },
    });
  });
}

function forceCases(open: OpenApi): void {
  it("takes a forced state against the rules, but keeps the books", async () => {
    const api = await open();
    const run = await createRun(api, { type: "CANCELLED" });
    const result = await api.flowRuns.setState(run.id, { state: { type: "PENDING" }, force: true });
    expect(result).toMatchObject({ status: "ACCEPT", state: { type: "PENDING" } });
    expect((await api.flowRuns.get(run.id)).end_time).toBeNull();
    await api.flowRuns.setState(run.id, { state: { type: "RUNNING" }, force: true });
    expect((await api.flowRuns.get(run.id)).run_count).toBe(1);
  });

  it("fails without a retry when forced", async () => {
    const api = await open();
    const run = await createRun(api, { type: "RUNNING" }, { empirical_policy: { retries: 3 } });
    const result = await api.flowRuns.setState(run.id, { state: { type: "FAILED" }, force: true });
    expect(result).toMatchObject({ status: "ACCEPT", state: { type: "FAILED" } });
  });

  it("neither loses a result nor waits for infrastructure that is not there, even when forced", async () => {
    const api = await open();
    const data = { storage_key: "k", serializer: { type: "json" }, prefect_version: "1" };
    const completed = await createRun(api, { type: "COMPLETED", data });
    const lost = await api.flowRuns.setState(completed.id, { state: { type: "COMPLETED" }, force: true });
    expect(lost).toMatchObject({ status: "REJECT", state: { id: completed.state_id, data } });
    const scheduled = await createRun(api, { type: "SCHEDULED" });
    const cancelled = await api.flowRuns.setState(scheduled.id, {
      state: { type: "CANCELLING" },
      force: true,
    });
    expect(cancelled).toMatchObject({ status: "REJECT", state: { type: "CANCELLED" } });
  });

  it("stops the infrastructure of a scheduled run that has some", async () => {
    const api = await open();
    const run = await createRun(api, { type: "SCHEDULED" });
    await api.flowRuns.update(run.id, { infrastructure_pid: "host:1" });
    expect(await propose(api, run.id, { type: "CANCELLING" })).toMatchObject({ status: "ACCEPT" });
  });
}

function concurrencyCases(open: OpenApi): void {
  it("gives a run to one of many that propose to take it at once", async () => {
    const api = await open();
    const run = await createRun(api, { type: "SCHEDULED" });
    const results = await Promise.all(
      Array.from({ length: 20 }, () => propose(api, run.id, { type: "PENDING" })),
    );
    expect(countBy(results, "ACCEPT")).toBe(1);
    expect(countBy(results, "ABORT")).toBe(19);
    expect(await api.flowRuns.states(run.id)).toHaveLength(2);
  });

  it("takes a proposal only in the state that it was decided on, where it names one", async () => {
    const api = await open();
    const run = await createRun(api, { type: "SCHEDULED" });
    const claim = { type: "PENDING", state_details: { expected_state_id: run.state_id } } as const;
    const claimed = await propose(api, run.id, claim);
    expect(claimed.status).toBe("ACCEPT");
    await propose(api, run.id, { type: "RUNNING" });
    await propose(api, run.id, { type: "CRASHED" });
    // Without the name of the state it would begin again, having ended.
    expect(await propose(api, run.id, claim)).toMatchObject({
      status: "ABORT",
      state: { type: "CRASHED" },
      details: { reason: expect.stringContaining("is Crashed by now") },
    });
    expect(await api.flowRuns.states(run.id)).toHaveLength(4);
  });

  it("makes one transition of a proposal that is sent many times at once", async () => {
    const api = await open();
    const run = await createRun(api);
    const state = { type: "RUNNING", state_details: { transition_id: newId() } } as const;
    const results = await Promise.all(Array.from({ length: 20 }, () => propose(api, run.id, state)));
    expect(countBy(results, "ACCEPT")).toBe(1);
    expect(new Set(results.map((result) => result.state?.id)).size).toBe(1);
    expect((await api.flowRuns.get(run.id)).run_count).toBe(1);
  });

  it("counts every run when many start at once", async () => {
    const api = await open();
    const run = await createRun(api);
    await Promise.all(Array.from({ length: 20 }, () => propose(api, run.id, { type: "RUNNING" })));
    expect((await api.flowRuns.get(run.id)).run_count).toBe(20);
    expect(await api.flowRuns.states(run.id)).toHaveLength(21);
  });

  it("makes one flow and one run of the same requests at once", async () => {
    const api = await open();
    const flows = await Promise.all(Array.from({ length: 10 }, () => api.flows.create({ name: "etl" })));
    expect(new Set(flows.map((flow) => flow.id)).size).toBe(1);
    const flow_id = flows[0]?.id ?? "";
    const runs = await Promise.all(
      Array.from({ length: 10 }, () => api.flowRuns.create({ flow_id, idempotency_key: "k" })),
    );
    expect(new Set(runs.map((run) => run.id)).size).toBe(1);
  });
}

function countBy(
  results: Awaited<ReturnType<OrchestrationApi["flowRuns"]["setState"]>>[],
  status: string,
): number {
  return results.filter((result) => result.status === status).length;
}
