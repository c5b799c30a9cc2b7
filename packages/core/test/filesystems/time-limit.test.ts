import { getEventListeners } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { withTimeLimit } from "../../src/filesystems/time-limit.ts";

describe("a time limit", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("leaves nothing behind when the work is done in time", async () => {
    const { signal } = new AbortController();
    expect(await withTimeLimit(1000, { signal }, async () => "done")).toBe("done");
    expect(vi.getTimerCount()).toBe(0);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  it("ends work that takes longer, even if it takes no notice", async () => {
    const call = withTimeLimit(1000, {}, () => new Promise(() => undefined));
    const ended = expect(call).rejects.toMatchObject({
      code: "ETIMEDOUT",
      message: expect.stringContaining("1 seconds"),
    });
    await vi.advanceTimersByTimeAsync(1000);
    await ended;
  });

  it("passes on why the caller aborts", async () => {
    const controller = new AbortController();
    let inner: AbortSignal | undefined;
    const call = withTimeLimit(1000, controller, (signal) => {
      inner = signal;
      return new Promise(() => undefined);
    });
    controller.abort(new Error("stopped"));
    await expect(call).rejects.toThrow("stopped");
    expect(inner?.aborted).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not begin when the signal has aborted already", async () => {
    const work = vi.fn(async () => "done");
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(withTimeLimit(1000, { signal }, work)).rejects.toThrow("stopped");
    expect(work).not.toHaveBeenCalled();
  });
});
