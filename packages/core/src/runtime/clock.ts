/** Time as the engine sees it: one place to read it and to wait for it. */
import { startTimer } from "./long-timer.ts";

export interface Clock {
  /**
   * Microseconds since the epoch. Strictly increasing within a process, so that the states of one run never share an
   * instant; true to the millisecond.
   */
  nowUs(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Calls back when `ms` milliseconds have passed: a limit of what goes on meanwhile, which `sleep` is not.
   *
   * @returns clears the limit.
   */
  startTimer(callback: () => void, ms: number): () => void;
}

/** The system's clock. */
export function systemClock(): Clock {
  let lastUs = 0;
  return {
    nowUs() {
      const us = Date.now() * 1000;
      lastUs = us > lastUs ? us : lastUs + 1;
      return lastUs;
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) {
          reject(signal.reason);
          return;
        }
        const onAbort = (): void => {
          clearTimer();
          reject(signal?.reason);
        };
        const clearTimer = startTimer(() => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        }, ms);
        signal?.addEventListener("abort", onAbort, { once: true });
      });
    },
    startTimer,
  };
}

let cachedSecond = -1;
let cachedPrefix = "";

/** An instant in microseconds since the epoch as ISO 8601 UTC text with six decimals. */
export function isoFromUs(us: number): string {
  const second = Math.floor(us / 1_000_000);
  if (second !== cachedSecond) {
    cachedSecond = second;
    cachedPrefix = new Date(second * 1000).toISOString().slice(0, 20);
  }
  return `${cachedPrefix}${String(us - second * 1_000_000).padStart(6, "0")}Z`;
}

/** Microseconds since the epoch of ISO 8601 text with up to six decimals. */
export function usFromIso(iso: string): number {
  const decimals = /\.(\d+)/.exec(iso)?.[1] ?? "";
  const wholeSecondMs = Date.parse(iso.replace(/\.\d+/, ""));
  return wholeSecondMs * 1000 + Number(decimals.padEnd(6, "0").slice(0, 6));
}
