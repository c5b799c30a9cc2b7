/** Reading files of a share. */
import { constants } from "node:buffer";
import { type ByteRange, FileSystemError } from "@sluice/core";
import type { OpenFile } from "./protocol/answers.ts";
import type { ShareFiles } from "./protocol/share-files.ts";

/** Requests under way at once. */
const PARALLEL = 4;

/** A part of a file, and the version of the file that it is a part of. */
export interface FilePart {
  readonly data: Buffer;
  readonly version: string;
  /** Where the file ends. */
  readonly size: number;
}

/** As much of a range as comes with a few requests; the file is not kept open, so that others may replace it. */
export function readPart(
  files: ShareFiles,
  path: string,
  { offset, end }: ByteRange,
  most: number = PARALLEL * files.transferBytes,
): Promise<FilePart> {
  return files.withFile(path, "read", async (file) => {
    const stop = Math.min(end, file.size, offset + most);
    const data = stop > offset ? await readBetween(files, file, offset, stop) : Buffer.alloc(0);
    return { data, version: file.version, size: file.size };
  });
}

/** The whole of a file. */
export function readWhole(files: ShareFiles, path: string): Promise<Buffer> {
  return files.withFile(path, "read", async (file) => {
    if (file.size <= constants.MAX_LENGTH) return readBetween(files, file, 0, file.size);
    throw new FileSystemError(
      `Cannot read "${path}" as a whole: it has ${file.size} bytes. Read it with readStream.`,
      { details: { path } },
    );
  });
}

export function changedMeanwhile(path: string, location: string): FileSystemError {
  return new FileSystemError(
    `Cannot read "${path}" in ${location}: it was replaced while it was read. Read it again.`,
    { details: { path, location } },
  );
}

async function readBetween(files: ShareFiles, file: OpenFile, offset: number, stop: number): Promise<Buffer> {
  const whole = Buffer.allocUnsafe(Math.max(0, stop - offset));
  let next = offset;
  let end = stop;
  const lane = async (): Promise<void> => {
    while (next < end) {
      const start = next;
      const length = Math.min(files.transferBytes, end - start);
      next += length;
      for (let got = 0; got < length; ) {
        const data = await files.read(file, start + got, length - got);
        // It became shorter meanwhile.
        if (data.length === 0) end = Math.min(end, start + got);
        if (data.length === 0) return;
        data.copy(whole, start + got - offset);
        got += data.length;
      }
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  return whole.subarray(0, end - offset);
}
