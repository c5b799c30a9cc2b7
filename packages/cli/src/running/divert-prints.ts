/** Keeps standard output for JSON while a flow that prints runs. */
import type { Terminal } from "../output/terminal.ts";

/**
 * What the flow's code writes to standard output while `work` runs goes to standard error, so that standard output is
 * JSON and nothing else.
 */
export async function divertPrints<T>({ stdout, stderr }: Terminal, work: () => Promise<T>): Promise<T> {
  const { write } = stdout;
  stdout.write = (...args) => Reflect.apply(stderr.write, stderr, args);
  try {
    return await work();
  } finally {
    stdout.write = write;
  }
}
