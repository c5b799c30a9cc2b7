/** Directories on small file systems of their own, for faults that only the kernel can make. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { onTestFinished, type TestContext } from "vitest";
import { temporaryDirectory } from "./temporary-database.ts";

const run = promisify(execFile);

export interface MountedDirectory {
  readonly path: string;
  readonly resize: (sizeBytes: number) => Promise<void>;
  readonly makeReadOnly: () => Promise<void>;
}

/** Mounts a tmpfs of that size; skips the test where this user may not mount. */
export async function mountOrSkip(
  context: TestContext,
  options: { readonly sizeBytes: number },
): Promise<MountedDirectory> {
  if (process.platform !== "linux") context.skip("tmpfs is Linux's");
  const path = await temporaryDirectory();
  try {
    await run("mount", ["-t", "tmpfs", "-o", `size=${options.sizeBytes}`, "tmpfs", path]);
  } catch (error) {
    context.skip(`this user may not mount: ${String(error)}`);
  }
  // Lazily: the driver keeps files open until its statements are collected.
  onTestFinished(async () => {
    await run("umount", ["--lazy", path]);
  });
  const remount = async (setting: string): Promise<void> => {
    await run("mount", ["-o", `remount,${setting}`, path]);
  };
  return {
    path,
    resize: (sizeBytes) => remount(`size=${sizeBytes}`),
    makeReadOnly: async () => {
      // Files that are open for writing would refuse a remount, so the mount is covered by a read-only one of itself.
      await run("mount", ["--bind", path, path]);
      onTestFinished(async () => {
        await run("umount", ["--lazy", path]);
      });
      await run("mount", ["-o", "remount,bind,ro", path]);
    },
  };
}
