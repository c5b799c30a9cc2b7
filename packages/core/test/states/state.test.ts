import { isSluiceError, STATE_TYPES, TERMINAL_STATE_TYPES } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import { State } from "../../src/states/state.ts";
import {
  AwaitingRetry,
  Cancelled,
  Cancelling,
  Completed,
  Crashed,
  Failed,
  Paused,
  Pending,
  Running,
  Scheduled,
} from "../../src/states/state-factories.ts";

const QUESTIONS = {
  SCHEDULED: "isScheduled",
  PENDING: "isPending",
  RUNNING: "isRunning",
  COMPLETED: "isCompleted",
  FAILED: "isFailed",
  CANCELLED: "isCancelled",
  CRASHED: "isCrashed",
  PAUSED: "isPaused",
  CANCELLING: "isCancelling",
} as const;

describe("a state", () => {
  it("answers the question of its type only, and whether it is final", () => {
    for (const type of STATE_TYPES) {
      const state = new State({ type });
      const answers = STATE_TYPES.filter((each) => state[QUESTIONS[each]]());
      expect(answers).toEqual([type]);
      expect(state.isFinal()).toBe(TERMINAL_STATE_TYPES.includes(type));
    }
  });

  it("is named after its type unless it says, and shows both with its message", () => {
    expect(new State({ type: "COMPLETED" }).name).toBe("Completed");
    expect(String(new State({ type: "COMPLETED", name: "Skipped", message: "nothing new" }))).toBe(
      "Skipped (COMPLETED): nothing new",
    );
    expect(String(Pending())).toBe("Pending (PENDING)");
  });

  it("goes to the wire and back with its id, time and details", () => {
    const state = new State({
      type: "RUNNING",
      name: "Retrying",
      message: "again",
      details: { cache_key: "k" },
    });
    const wire = state.toWire();
    expect(wire).toMatchObject({ type: "RUNNING", name: "Retrying", message: "again", data: null });
    expect(wire.timestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    const back = State.fromWire(JSON.parse(JSON.stringify(wire)));
    expect([back.id, back.timestampUs, back.details, back.name]).toEqual([
      state.id,
      state.timestampUs,
      { cache_key: "k" },
      "Retrying",
    ]);
    expect(back.timestamp.getTime()).toBe(Math.floor(state.timestampUs / 1000));
  });

  it("keeps its value to itself: only the place of a persisted result is sent", () => {
    expect(Completed({ data: { secret: 1 } }).toWire().data).toBeNull();
    expect(Failed({ data: new Error("x") }).toProposal().data).toBeNull();
    const reference = { storage_key: "k", serializer: { type: "json" }, prefect_version: "1" };
    const stored = new State({ type: "COMPLETED", data: { kind: "value", value: 1, reference } });
    expect(stored.toWire().data).toEqual(reference);
  });

  it("as a proposal has the id of its transition", () => {
    expect(Running().toProposal("t").state_details).toEqual({ transition_id: "t" });
    expect(Running().toProposal().state_details).toEqual({});
  });

  it("can be moved after another one, and stays where it is later already", () => {
    const state = new State({ type: "RUNNING", timestampUs: 1000 });
    state.moveAfter(2000);
    expect(state.timestampUs).toBe(2001);
    state.moveAfter(5);
    expect(state.timestampUs).toBe(2001);
  });
});

describe("the result of a state", () => {
  it("is the value of a completed one, read from storage if it is there", async () => {
    expect(await Completed({ data: 5 }).result()).toBe(5);
    expect(await Completed().result()).toBeUndefined();
    const reference = { storage_key: "k", serializer: { type: "json" }, prefect_version: "1" };
    const stored = new State({
      type: "COMPLETED",
      data: { kind: "stored", reference, read: async () => "read" },
    });
    expect(await stored.result()).toBe("read");
  });

  it("is missing where a completed run's value was not kept", async () => {
    await expect(new State({ type: "COMPLETED" }).result()).rejects.toSatisfy((error) =>
      isSluiceError(error, "MISSING_RESULT"),
    );
  });

  it("is the error of a run that did not complete, or one that says how it ended", async () => {
    const error = new TypeError("bang");
    await expect(Failed({ data: error }).result()).rejects.toBe(error);
    expect(await Failed({ data: error }).result({ raiseOnFailure: false })).toBe(error);
    const codes: [State, string][] = [
      [Failed({ message: "m" }), "FAILED_RUN"],
      [Crashed({ message: "m" }), "CRASHED_RUN"],
      [Cancelled({ message: "m" }), "CANCELLED_RUN"],
      [Cancelling({ message: "m" }), "CANCELLED_RUN"],
      [Paused({ message: "m" }), "PAUSED_RUN"],
      [Pending({ message: "m" }), "UNFINISHED_RUN"],
      [Running({ message: "m" }), "UNFINISHED_RUN"],
      [Scheduled({ message: "m" }), "UNFINISHED_RUN"],
    ];
    for (const [state, code] of codes) {
      await expect(state.result()).rejects.toMatchObject({ code, message: "m" });
    }
    await expect(Failed().result()).rejects.toThrow("The run ended in state Failed.");
    await expect(Running().result()).rejects.toThrow(
      "The run has not ended: it is in state Running, so it has no result.",
    );
  });
});

describe("constructors of states", () => {
  it("take name, message, details and data", () => {
    const state = Completed({ name: "Skipped", message: "m", details: { cache_key: "k" }, data: 1 });
    expect([state.type, state.name, state.message, state.details, state.data]).toEqual([
      "COMPLETED",
      "Skipped",
      "m",
      { cache_key: "k" },
      { kind: "value", value: 1 },
    ]);
  });

  it("of scheduled states have a time, by default now", () => {
    const scheduledTime = new Date("2026-01-02T03:04:05.678Z");
    expect(Scheduled({ scheduledTime }).details.scheduled_time).toBe("2026-01-02T03:04:05.678000Z");
    expect(AwaitingRetry({ scheduledTime }).name).toBe("AwaitingRetry");
    const now = Date.parse(Scheduled().details.scheduled_time ?? "");
    expect(Math.abs(now - Date.now())).toBeLessThan(60_000);
  });

  it("give each state an id of its own", () => {
    const ids = [Completed(), Completed(), Failed()].map(({ id }) => id);
    expect(new Set(ids).size).toBe(3);
    const state = Running();
    expect(state.id).toBe(state.id);
  });
});
