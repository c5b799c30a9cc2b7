import { describe, expect, it, vi } from "vitest";
import {
  type CacheKeyContext,
  type CachePolicy,
  cachePolicy,
  DEFAULT,
  FLOW_PARAMETERS,
  INPUTS,
  NO_CACHE,
  RUN_ID,
  TASK_SOURCE,
} from "../../src/caching/cache-policy.ts";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";

const CALL: CacheKeyContext = {
  taskSource: () => "async (x) => x + 1",
  taskName: "add",
  taskKey: "add-one",
  inputs: { x: 1, debug: false },
  flowParameters: { day: "2024-01-01" },
  flowRunId: "flow-run-1",
  taskRunId: "task-run-1",
};

/** Whether a change of the call changes its key. */
function isSensitive(policy: CachePolicy, change: Partial<CacheKeyContext>): boolean {
  const before = policy.computeKey(CALL);
  expect(policy.computeKey({ ...CALL })).toBe(before);
  return policy.computeKey({ ...CALL, ...change }) !== before;
}

const CHANGES = {
  inputs: { inputs: { x: 2, debug: false } },
  source: { taskSource: () => "async (x) => x + 2" },
  parameters: { flowParameters: { day: "2024-01-02" } },
  flowRun: { flowRunId: "flow-run-2" },
  taskRun: { taskRunId: "task-run-2" },
};

describe("a policy", () => {
  it.each([
    ["INPUTS", INPUTS],
    ["TASK_SOURCE", TASK_SOURCE],
    ["FLOW_PARAMETERS", FLOW_PARAMETERS],
    ["RUN_ID", RUN_ID],
    ["DEFAULT", DEFAULT],
  ])("never finds the result of another task: %s", (_, policy) => {
    expect(isSensitive(policy, { taskName: "subtract" })).toBe(true);
    expect(policy.computeKey({ ...CALL, taskName: "subtract", inputs: {} })).not.toBe(
      policy.computeKey({ ...CALL, inputs: {} }) ?? "",
    );
  });

  it.each<[string, CachePolicy, (keyof typeof CHANGES)[]]>([
    ["INPUTS", INPUTS, ["inputs"]],
    ["TASK_SOURCE", TASK_SOURCE, ["source"]],
    ["FLOW_PARAMETERS", FLOW_PARAMETERS, ["parameters"]],
    ["RUN_ID", RUN_ID, ["flowRun"]],
    ["DEFAULT", DEFAULT, ["inputs", "source", "flowRun"]],
    ["INPUTS and TASK_SOURCE", INPUTS.plus(TASK_SOURCE), ["inputs", "source"]],
    ["all of them", DEFAULT.plus(FLOW_PARAMETERS), ["inputs", "source", "parameters", "flowRun"]],
    ["NO_CACHE", NO_CACHE, []],
  ])("takes into account what its name says: %s", (_, policy, counting) => {
    for (const [what, change] of Object.entries(CHANGES)) {
      expect([what, isSensitive(policy, change)]).toEqual([what, counting.some((name) => name === what)]);
    }
  });

  it("gives keys that are safe names of files", () => {
    expect(DEFAULT.computeKey(CALL)).toMatch(/^[0-9a-f]{64}$/);
    expect(INPUTS.computeKey(CALL)).toMatch(/^[0-9a-f]{64}$/);
  });

  it("asks for the task's source only when it needs it", () => {
    const taskSource = vi.fn(() => "source");
    INPUTS.plus(RUN_ID).computeKey({ ...CALL, taskSource });
    expect(taskSource).not.toHaveBeenCalled();
  });

  it("without anything to go by caches nothing", () => {
    const { flowParameters: _p, flowRunId: _f, taskRunId: _t, ...outside } = CALL;
    const bare = { ...outside, inputs: {} };
    expect(NO_CACHE.computeKey(CALL)).toBeUndefined();
    expect(INPUTS.computeKey(bare)).toBeUndefined();
    expect(FLOW_PARAMETERS.computeKey(bare)).toBeUndefined();
    expect(FLOW_PARAMETERS.computeKey({ ...bare, flowParameters: {} })).toBeUndefined();
    expect(RUN_ID.computeKey(bare)).toBeUndefined();
    expect(INPUTS.plus(RUN_ID).computeKey(bare)).toBeUndefined();
    expect(DEFAULT.computeKey(bare)).toBeDefined();
  });

  it("goes by the task run outside a flow", () => {
    const outside = { ...CALL, flowRunId: undefined };
    expect(RUN_ID.computeKey(outside)).not.toBe(RUN_ID.computeKey({ ...outside, taskRunId: "task-run-2" }));
    expect(DEFAULT.computeKey(outside)).not.toBe(DEFAULT.computeKey({ ...outside, taskRunId: "task-run-2" }));
  });

  it("names the input that has no content to go by", () => {
    const inputs = { x: 1, client: new (class Client {})() };
    expect(() => INPUTS.computeKey({ ...CALL, inputs })).toThrow(
      /inputs\.client is an instance of Client.*INPUTS\.minus/,
    );
    expect(INPUTS.minus("client").computeKey({ ...CALL, inputs })).toBe(
      INPUTS.minus("client").computeKey({ ...CALL, inputs: { x: 1 } }),
    );
  });
});

describe("joined policies", () => {
  it("do not depend on the order, nor on how they are grouped", () => {
    const key = INPUTS.plus(TASK_SOURCE).plus(RUN_ID).computeKey(CALL);
    expect(RUN_ID.plus(TASK_SOURCE.plus(INPUTS)).computeKey(CALL)).toBe(key);
    expect(DEFAULT.plus(INPUTS).plus(DEFAULT).computeKey(CALL)).toBe(key);
  });

  it("are the other one when one caches nothing", () => {
    expect(NO_CACHE.plus(INPUTS)).toBe(INPUTS);
    expect(INPUTS.plus(NO_CACHE)).toBe(INPUTS);
    expect(NO_CACHE.plus(NO_CACHE).computeKey(CALL)).toBeUndefined();
  });

  it("leave out of the inputs what one of them leaves out", () => {
    const policy = INPUTS.minus("debug").plus(TASK_SOURCE).plus(INPUTS.minus("verbose"));
    const key = policy.computeKey(CALL);
    expect(policy.computeKey({ ...CALL, inputs: { x: 1, debug: true, verbose: 3 } })).toBe(key);
    expect(policy.computeKey({ ...CALL, inputs: { x: 2 } })).not.toBe(key);
  });
});

describe("leaving out an input", () => {
  it("gives a new policy and leaves the old one", () => {
    const policy = DEFAULT.minus("debug");
    const changed = { inputs: { x: 1, debug: true } };
    expect(isSensitive(policy, changed)).toBe(false);
    expect(isSensitive(DEFAULT, changed)).toBe(true);
  });

  it("changes nothing for a policy without inputs", () => {
    expect(RUN_ID.minus("x").computeKey(CALL)).toBe(RUN_ID.computeKey(CALL));
  });
});

describe("a policy of the user's", () => {
  it("gives the key as it is", () => {
    const policy = cachePolicy(({ inputs, taskKey }) => `${taskKey}/${String(inputs["x"])}`);
    expect(policy.computeKey(CALL)).toBe("add-one/1");
    expect(cachePolicy(() => undefined).computeKey(CALL)).toBeUndefined();
  });

  it("can be joined with others of its kind and with the built-in ones", () => {
    const [a, b] = [cachePolicy(() => "a"), cachePolicy(() => "b")];
    expect(a.plus(b).computeKey(CALL)).not.toBe(a.plus(a).computeKey(CALL));
    expect(isSensitive(a.plus(INPUTS), CHANGES.inputs)).toBe(true);
  });

  it.each([5, null, {}])("must give a string, not %j", (key) => {
    const untyped: { computeKey: () => string | undefined } = JSON.parse("{}");
    Object.assign(untyped, { computeKey: () => key });
    expect(() => cachePolicy(untyped.computeKey).computeKey(CALL)).toThrow(
      expect.objectContaining({
        code: "INVALID_OPTION",
        message: expect.stringContaining("must return a string"),
      }),
    );
  });
});

describe("the configuration of a policy", () => {
  const keyStorage = new MemoryFileSystem();

  it("is kept by what is made of it", () => {
    const policy = INPUTS.configure({ keyStorage }).configure({ isolationLevel: "serializable" });
    for (const made of [policy, policy.minus("x"), policy.plus(RUN_ID), RUN_ID.plus(policy)]) {
      expect(made).toMatchObject({ keyStorage, isolationLevel: "serializable", lockManager: undefined });
    }
    expect(INPUTS.keyStorage).toBeUndefined();
  });

  it("must not be contradictory", () => {
    const one = INPUTS.configure({ keyStorage });
    const other = RUN_ID.configure({ keyStorage: new MemoryFileSystem() });
    expect(() => one.plus(other)).toThrow(
      expect.objectContaining({ code: "INVALID_OPTION", message: expect.stringContaining("keyStorage") }),
    );
    expect(one.plus(RUN_ID.configure({ keyStorage })).keyStorage).toBe(keyStorage);
  });
});
