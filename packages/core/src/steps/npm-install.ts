/** The step that installs the dependencies of a project. */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { LocalFileSystem } from "../filesystems/local-file-system.ts";
import { FileSystemLockManager } from "../locking/file-system-lock-manager.ts";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import { runCommand } from "./run-command.ts";
import type { Step } from "./step.ts";

const TIMEOUT_SECONDS = 1800;
/** What is pulled is not written to. */
const INSTALL = { locked: ["ci"], unlocked: ["install", "--no-package-lock"] } as const;
const MARK = ".sluice-installed";

/** Installs once for what `package.json` and the lock file say, by `npm ci` where there is a lock file. */
export const npmInstall: Step = {
  inputs: ["directory", "timeout_seconds"],
  required: [],
  async run(inputs, context) {
    const directory = resolve(context.directory, inputs.findText("directory") ?? ".");
    const manifest = await findFile(join(directory, "package.json"));
    if (manifest === undefined) {
      throw new InvalidOptionError(`The step npm_install: there is no package.json in ${directory}.`);
    }
    const lock = await findFile(join(directory, "package-lock.json"));
    const hash = createHash("sha256")
      .update(JSON.stringify([manifest, lock ?? null, process.version, process.platform, process.arch]))
      .digest("hex");
    const mark = join(directory, "node_modules", MARK);
    if ((await findFile(mark)) === hash) return { installed: false };
    const locks = new FileSystemLockManager({
      fileSystem: new LocalFileSystem({ basePath: join(dirname(context.codeDirectory), "install-locks") }),
    });
    // Runs of the same code share its directory.
    await using _held = await locks.acquire(createHash("sha256").update(directory).digest("hex"), {
      holder: `${process.pid}-${performance.now()}`,
      signal: context.signal,
    });
    if ((await findFile(mark)) === hash) return { installed: false };
    await runCommand({
      ...context,
      directory,
      program: process.platform === "win32" ? "npm.cmd" : "npm",
      args: [
        ...INSTALL[lock === undefined ? "unlocked" : "locked"],
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
      ],
      timeoutSeconds: inputs.number("timeout_seconds", TIMEOUT_SECONDS),
      remedy:
        "The step npm_install needs npm: install it on the machine, or in the image, that runs the flow.",
    });
    await mkdir(join(directory, "node_modules"), { recursive: true });
    await writeFile(mark, hash);
    return { installed: true };
  },
};

async function findFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
