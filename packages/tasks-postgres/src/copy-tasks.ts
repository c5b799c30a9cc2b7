/** COPY between tables and files, in constant memory. */
import { pipeline } from "node:stream/promises";
import { contentChunks, type FileContent, NO_CACHE, type Task, task } from "@sluice/core";
import { type FilePlace, findPlace } from "@sluice/core/blocks";
import { type CopyFormat, type CopyTable, copyInText, copyOutText } from "./copy-statement.ts";
import { type Credentials, type HeldConnection, withConnection } from "./postgres-pool.ts";
import { limitStatements, stoppable } from "./run-statement.ts";
import type { Statement } from "./statement.ts";
import { type StatementOptions, signalOfRun } from "./statement-options.ts";

export interface CopyInOptions extends CopyTable, CopyFormat, StatementOptions {}

export interface CopyOutOptions extends CopyFormat, StatementOptions {}

export interface CopiedOut {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Copies a file, or content that is streamed, into a table; gives the number of rows. All of them are there, or none.
 *
 * ```ts
 * await copyIntoPostgres("shop", { fileSystem: "s3-bucket/imports", path: "orders.csv" }, { table: "orders" });
 * ```
 */
export const copyIntoPostgres: Task<[Credentials, FilePlace | FileContent, CopyInOptions], number> = task(
  { name: "copy-into-postgres", cachePolicy: NO_CACHE },
  async (
    credentials: Credentials,
    source: FilePlace | FileContent,
    options: CopyInOptions,
  ): Promise<number> => {
    const signal = signalOfRun();
    const content = await contentOf(source, signal);
    return withConnection(credentials, signal, (held) => copyIn(held, content, options, signal));
  },
);

/**
 * Copies a table, or what a query gives, into a file. The file is there when all of it is.
 *
 * ```ts
 * await copyOutOfPostgres("shop", sql`select * from orders where day = ${day}`, { fileSystem, path: `${day}.csv` });
 * ```
 */
export const copyOutOfPostgres: Task<
  [Credentials, CopyTable | Statement<unknown>, FilePlace, CopyOutOptions?],
  CopiedOut
> = task(
  { name: "copy-out-of-postgres", cachePolicy: NO_CACHE },
  async (
    credentials: Credentials,
    source: CopyTable | Statement<unknown>,
    target: FilePlace,
    options: CopyOutOptions = {},
  ): Promise<CopiedOut> => {
    const signal = signalOfRun();
    const { fileSystem, path } = await findPlace(target, { signal });
    return withConnection(credentials, signal, (held) =>
      copyOut(held, { source, options }, signal, (content) => fileSystem.write(path, content, { signal })),
    );
  },
);

async function contentOf(
  source: FilePlace | FileContent,
  signal: AbortSignal | undefined,
): Promise<FileContent> {
  if (typeof source === "string" || !("fileSystem" in source)) return source;
  const { fileSystem, path } = await findPlace(source, { signal });
  return fileSystem.readStream(path, { signal });
}

async function copyIn(
  held: HeldConnection,
  content: FileContent,
  options: CopyInOptions,
  signal: AbortSignal | undefined,
): Promise<number> {
  const [{ escapeLiteral }, { from }] = await Promise.all([import("pg"), import("pg-copy-streams")]);
  await limitStatements(held.client, options.statementTimeoutSeconds);
  return stoppable(held, signal, async () => {
    const stream = held.client.query(from(copyInText(options, options, escapeLiteral)));
    // When the source fails, the server is told, and forgets what it got.
    await pipeline(contentChunks(content, signal), stream);
    return stream.rowCount;
  });
}

interface CopyOut {
  readonly source: CopyTable | Statement<unknown>;
  readonly options: CopyOutOptions;
}

async function copyOut(
  held: HeldConnection,
  { source, options }: CopyOut,
  signal: AbortSignal | undefined,
  write: (content: AsyncIterable<Uint8Array>) => Promise<void>,
): Promise<CopiedOut> {
  const [{ escapeLiteral }, { to }] = await Promise.all([import("pg"), import("pg-copy-streams")]);
  await limitStatements(held.client, options.statementTimeoutSeconds);
  return stoppable(held, signal, async (stop) => {
    const stream = held.client.query(to(copyOutText(source, options, escapeLiteral)));
    let bytes = 0;
    async function* counted(): AsyncGenerator<Uint8Array, void, undefined> {
      for await (const chunk of stream as AsyncIterable<Uint8Array>) {
        bytes += chunk.length;
        yield chunk;
      }
    }
    try {
      await write(counted());
    } catch (error) {
      // Where the file could not be written the server would go on.
      if (!stream.readableEnded) stop(error);
      throw error;
    }
    return { rows: stream.rowCount, bytes };
  });
}
