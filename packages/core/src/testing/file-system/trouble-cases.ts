/** The part of the file system suite about places that refuse or fail: one kind of error for all calls, and no secrets in it. */
import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import type { FileSystem } from "../../filesystems/file-system.ts";
import { allOf, MEBIBYTE, randomChunks } from "./place.ts";

export interface FileSystemTroubles {
  /** One whose credentials are wrong, or allow nothing. */
  readonly denied?: (() => FileSystem | Promise<FileSystem>) | undefined;
  /** One whose server answers every call that it is called too often. */
  readonly throttled?: (() => FileSystem | Promise<FileSystem>) | undefined;
  /** One whose bucket, repository or share does not exist. */
  readonly absent?: (() => FileSystem | Promise<FileSystem>) | undefined;
  /** One whose server cannot be reached. */
  readonly unreachable?: (() => FileSystem | Promise<FileSystem>) | undefined;
  /** What no error may show: the keys and passwords that these were made with. */
  readonly secrets?: readonly string[] | undefined;
}

const CODES = {
  denied: "FILE_ACCESS_DENIED",
  throttled: "FILE_THROTTLED",
  absent: "FILE_SYSTEM",
  unreachable: "FILE_SYSTEM",
} as const;

const SEVERAL_PARTS_BYTES = 20 * MEBIBYTE;

const CALLS: Readonly<Record<string, (fileSystem: FileSystem) => Promise<unknown>>> = {
  read: (fileSystem) => fileSystem.read("some/file"),
  readStream: (fileSystem) => allOf(fileSystem.readStream("some/file")),
  list: (fileSystem) => fileSystem.list({ prefix: "some/" }),
  stat: (fileSystem) => fileSystem.stat("some/file"),
};

const CHANGES: typeof CALLS = {
  write: (fileSystem) => fileSystem.write("some/file", "content"),
  delete: (fileSystem) => fileSystem.delete("some/file"),
};

export function troubleCases(troubles: FileSystemTroubles): void {
  for (const kind of ["denied", "throttled", "absent", "unreachable"] as const) {
    const create = troubles[kind];
    if (create === undefined) continue;
    describe(`a place that is ${kind}`, () => {
      it("has its error from every call", async () => {
        const fileSystem = await create();
        const calls = { ...CALLS, ...(fileSystem.capabilities.write && CHANGES) };
        // At once: they wait between their attempts.
        const errors = await Promise.all(Object.values(calls).map((call) => errorOf(call(fileSystem))));
        for (const [index, name] of Object.keys(calls).entries()) {
          const error = errors[index];
          expect(error, name).toMatchObject({
            code: CODES[kind],
            message: expect.stringContaining(fileSystem.location),
          });
          const shown = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true });
          for (const secret of troubles.secrets ?? []) expect(shown, name).not.toContain(secret);
        }
      }, 60_000);

      it("closes what it was to write", async (context) => {
        const fileSystem = await create();
        context.skip(!fileSystem.capabilities.write, `${fileSystem.location} is not written`);
        let isOpen = false;
        async function* content(): AsyncGenerator<Uint8Array> {
          isOpen = true;
          try {
            yield* randomChunks(SEVERAL_PARTS_BYTES);
          } finally {
            isOpen = false;
          }
        }
        await expect(fileSystem.write("some/file", content())).rejects.toMatchObject({ code: CODES[kind] });
        expect(isOpen).toBe(false);
      }, 60_000);
    });
  }
}

function errorOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => "none: the call succeeded",
    (reason: unknown) => reason,
  );
}
