import { describe, expect, it } from "vitest";
import { Secret } from "../../src/logging/secret.ts";
import { type DeliveryOutcome, deliver } from "../../src/notifiers/deliver.ts";

const BLOCK = { blockReference: "pigeon-post/team" };
const TAKEN: DeliveryOutcome<string> = { isDelivered: true, answer: "thanks" };
const BUSY = { isDelivered: false, problem: "the pigeon is out", remedy: "Wait.", isPassing: true } as const;

describe("a delivery", () => {
  it("gives the receiver's answer", async () => {
    expect(await deliver(BLOCK, async () => TAKEN)).toBe("thanks");
  });

  it("is tried again after the time that the receiver asks for", async () => {
    const { attempt, times } = outcomes([{ ...BUSY, retryAfterSeconds: 0.1 }, TAKEN]);
    expect(await deliver(BLOCK, attempt)).toBe("thanks");
    const [first = 0, second = 0] = times;
    expect(second - first).toBeGreaterThan(95);
  });

  it("may be something else than a message", async () => {
    const action = "feed the pigeon";
    const failing = deliver({ ...BLOCK, action }, async () => ({ ...BUSY, isPassing: false }));
    await expect(failing).rejects.toThrow("pigeon-post/team could not feed the pigeon: the pigeon is out");
  });

  it("is given up after four tries", async () => {
    const { attempt, times } = outcomes(Array.from({ length: 9 }, () => ({ ...BUSY, retryAfterSeconds: 0 })));
    await expect(deliver(BLOCK, attempt)).rejects.toThrow(
      "pigeon-post/team could not deliver the message: the pigeon is out. Wait.",
    );
    expect(times).toHaveLength(4);
  });

  it("is not tried again when it is refused for good", async () => {
    const { attempt, times } = outcomes([{ ...BUSY, isPassing: false }, TAKEN]);
    await expect(deliver(BLOCK, attempt)).rejects.toMatchObject({
      code: "NOTIFICATION",
      details: { block: "pigeon-post/team" },
    });
    expect(times).toHaveLength(1);
  });

  it("fails at once when the receiver asks for more time than is left", async () => {
    const { attempt } = outcomes([{ ...BUSY, retryAfterSeconds: 120 }, TAKEN]);
    await expect(deliver(BLOCK, attempt, { timeoutSeconds: 30 })).rejects.toThrow(
      "the pigeon is out, and wants to be left alone for 120 seconds. Send it later",
    );
  });

  it("fails at once with what to do when there is no time for another try", async () => {
    const { attempt } = outcomes([BUSY, TAKEN]);
    await expect(deliver(BLOCK, attempt, { timeoutSeconds: 0.5 })).rejects.toThrow(
      "the pigeon is out. Wait.",
    );
  });

  it("says what the last problem was when time is up", async () => {
    const { attempt } = outcomes([{ ...BUSY, retryAfterSeconds: 0 }]);
    await expect(deliver(BLOCK, attempt, { timeoutSeconds: 0.1 })).rejects.toThrow(
      "could not deliver the message within 0.1 seconds: the pigeon is out. Send it later",
    );
  });

  it("ends with the signal's reason while it waits", async () => {
    const controller = new AbortController();
    const reason = new Error("no longer wanted");
    const sending = deliver(
      BLOCK,
      async () => {
        setImmediate(() => controller.abort(reason));
        return { ...BUSY, retryAfterSeconds: 50 };
      },
      { signal: controller.signal },
    );
    await expect(sending).rejects.toBe(reason);
  });

  it("does not try with an aborted signal", async () => {
    const { attempt, times } = outcomes([TAKEN]);
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(deliver(BLOCK, attempt, { signal })).rejects.toThrow("stopped");
    expect(times).toEqual([]);
  });

  it("does not hide mistakes of the attempt", async () => {
    const mistake = new TypeError("undefined is not a pigeon");
    const failing = deliver(BLOCK, () => Promise.reject(mistake));
    await expect(failing).rejects.toBe(mistake);
  });

  it("shows no secret that the receiver repeats", async () => {
    const token = new Secret("coo-coo-4711");
    const problem = `it answered "no such pigeon ${token.reveal()}"`;
    const failing = deliver(BLOCK, async () => ({ ...BUSY, problem, isPassing: false }));
    await expect(failing).rejects.toThrow('"no such pigeon ****"');
  });
});

/** An attempt with these outcomes in turn, after which it waits for its signal; and when each was made. */
function outcomes(all: readonly DeliveryOutcome<string>[]): {
  readonly attempt: (signal: AbortSignal) => Promise<DeliveryOutcome<string>>;
  readonly times: readonly number[];
} {
  const times: number[] = [];
  const attempt = async (signal: AbortSignal): Promise<DeliveryOutcome<string>> => {
    const outcome = all[times.push(performance.now()) - 1];
    if (outcome !== undefined) return outcome;
    return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  };
  return { attempt, times };
}
