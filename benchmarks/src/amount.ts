/** How much work a figure is measured with: all of it, or the share that `SLUICE_BENCH_SCALE` says, such as 0.1. */
const scale = Number(process.env["SLUICE_BENCH_SCALE"] ?? 1);
if (!(scale > 0)) throw new Error("SLUICE_BENCH_SCALE has to be a number above 0, such as 0.1.");

/** So many calls, rounds, bytes or milliseconds, scaled; at least one. */
export function amount(full: number): number {
  return Math.ceil(full * scale);
}
