/** Asks one question at the terminal. */
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { SluiceError } from "@sluice/protocol";
import type { Terminal } from "../output/terminal.ts";

/** The answer, or `preset` for an empty one; `undefined` where nobody can be asked. */
export async function askLine(
  question: string,
  preset: string,
  { stdin, stderr }: Terminal,
): Promise<string | undefined> {
  if (stdin?.isTTY !== true) return undefined;
  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      stderr.write(chunk.toString());
      done();
    },
  });
  const lines = createInterface({ input: stdin, output, terminal: true });
  const stop = new AbortController();
  lines.once("SIGINT", () => stop.abort());
  lines.once("close", () => stop.abort());
  try {
    const answer = await lines.question(`${question} [${preset}]: `, { signal: stop.signal });
    return answer.trim() || preset;
  } catch (cause) {
    throw new SluiceError("INVALID_REQUEST", "Nothing was deployed: the question was not answered.", {
      cause,
    });
  } finally {
    lines.close();
  }
}
