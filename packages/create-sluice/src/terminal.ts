/** Where the command is used. */
import type { ReadStream, WriteStream } from "node:tty";

export interface Terminal {
  readonly stdin: NodeJS.ReadableStream & Partial<Pick<ReadStream, "isTTY">>;
  readonly stdout: NodeJS.WritableStream & Partial<Pick<WriteStream, "isTTY">>;
  readonly stderr: NodeJS.WritableStream;
  readonly directory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}
