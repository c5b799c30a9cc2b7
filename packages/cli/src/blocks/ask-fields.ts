/** Asks at the terminal for the fields that were not given. */
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { type BlockConstructor, type WrittenField, writtenFields } from "@sluice/core/blocks";
import { SluiceError } from "@sluice/protocol";
import type { InputStream, OutputStream, Terminal } from "../output/terminal.ts";

/** The required fields that are not among the given ones, as a person answers; none where nobody can be asked. */
export async function askFields(
  type: BlockConstructor,
  given: Readonly<Record<string, unknown>>,
  { stdin, stderr }: Terminal,
): Promise<Record<string, unknown>> {
  const missing = writtenFields(type).filter(({ name, isRequired }) => isRequired && !(name in given));
  if (stdin?.isTTY !== true || missing.length === 0) return {};
  const answers: Record<string, unknown> = {};
  for (const field of missing) answers[field.name] = field.parse(await ask(field, stdin, stderr));
  return answers;
}

/** What is typed for a secret is not shown. */
async function ask(field: WrittenField, stdin: InputStream, stderr: OutputStream): Promise<string> {
  const { name, description, isSecret, isBlock } = field;
  const kind = isSecret ? ", hidden" : isBlock ? ", a block such as type/name" : "";
  const words = description === undefined ? "" : ` (${description}${kind})`;
  stderr.write(`${name}${words === "" && kind !== "" ? ` (${kind.slice(2)})` : words}: `);
  const echo = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!isSecret) stderr.write(chunk.toString());
      done();
    },
  });
  const lines = createInterface({ input: stdin, output: echo, terminal: true });
  const stop = new AbortController();
  lines.once("SIGINT", () => stop.abort());
  lines.once("close", () => stop.abort());
  try {
    return await lines.question("", { signal: stop.signal });
  } catch (cause) {
    throw new SluiceError("INVALID_REQUEST", "Nothing was made: the question was not answered.", { cause });
  } finally {
    lines.close();
    if (isSecret) stderr.write("\n");
  }
}
