import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { closeEngines, flow, openHistory, Secret, temporarySettings } from "@sluice/core";
import { afterAll, describe, expect, expectTypeOf, it, onTestFinished, vi } from "vitest";
import { type CommandResult, runProgram, runShell, sh } from "../src/index.ts";
import { archive } from "./readme.ts";

// Every test makes a history, and the first one loads everything.
vi.setConfig({ testTimeout: 30_000 });

const node = process.execPath;

afterAll(() => closeEngines());

describe.skipIf(process.platform === "win32")("a command", () => {
  it("gives what it wrote, and its exit code", async () => {
    const { result, lines } = await run(() => runShell("echo one; echo two >&2; echo three"));
    expectTypeOf(result).toEqualTypeOf<CommandResult>();
    expect(result).toEqual({ exitCode: 0, stdout: "one\nthree", stderr: "two", isOutputCut: false });
    expect(lines).toEqual(expect.arrayContaining(["one", "two", "three"]));
    expect(lines).toContainEqual(expect.stringMatching(/^Command started command="echo one; /));
  });

  it("is mapped and submitted as any task", async () => {
    const { result } = await run(async () => {
      const found = await runProgram.map(
        "echo",
        [["a"], ["b"]].map((words) => words),
      );
      return found.map(({ stdout }) => stdout);
    });
    expect(result).toEqual(["a", "b"]);
  });

  it("takes values as they are, whatever is in them", async () => {
    const hard = `a "b" 'c' $(touch x) \`touch y\` $HOME * \\ ; & | > é\n-n`;
    const directory = await temporaryDirectory();
    const { result } = await run(() =>
      runShell(sh`printf '%s~' ${hard} "${hard}" ${["x y", 3]} ${""} ${7n} >${"out file"}; cat out*`, {
        cwd: directory,
      }),
    );
    const [first, ...others] = result.stdout.split("~");
    expect(first).toBe(hard);
    expect(others.slice(-5)).toEqual(["x y", "3", "", "7", ""]);
    await expect(stat(join(directory, "x"))).rejects.toThrow("ENOENT");
    await expect(stat(join(directory, "y"))).rejects.toThrow("ENOENT");
    expect(() => sh`echo ${undefined as never}`).toThrow("Value 1 of a script is of the type undefined");
    expect(() => sh`echo ${"a\0b"}`).toThrow("NUL");
  });

  it("does not show secrets, in its log, its failure or the list of processes", async () => {
    const token = new Secret("s3cret-token");
    const { result, lines } = await run(() =>
      runShell(sh`ps -o args= -p $$; echo "the token is "${token}; echo $PASSWORD`, {
        env: { PASSWORD: token },
      }),
    );
    const [processes, shown, password] = result.stdout.split("\n");
    expect(processes).not.toContain("s3cret-token");
    expect([shown, password]).toEqual(["the token is s3cret-token", "s3cret-token"]);
    expect(lines).toContain("the token is ****");
    expect(lines.join("\n")).not.toContain("s3cret-token");
    const failing = run(() => runShell(sh`echo ${token} >&2; exit 3`));
    await expect(failing).rejects.toThrow(
      "The command `echo **** >&2; exit 3` ended with exit code 3. It wrote: ****",
    );
  });

  it("fails with its first part that fails", async () => {
    await expect(run(() => runShell("false\necho never"))).rejects.toMatchObject({
      code: "COMMAND",
      exitCode: 1,
    });
    await expect(run(() => runShell("false | cat", { shell: "bash" }))).rejects.toMatchObject({
      exitCode: 1,
    });
    const { result } = await run(() => runShell("exit 4", { allowedExitCodes: [0, 4] }));
    expect(result.exitCode).toBe(4);
  });

  it.each([
    [
      "a program that there is not",
      () => runProgram("no-such-program"),
      /`no-such-program` ended with exit code 127\. A program in it was not found: check its name and the PATH/,
    ],
    [
      "the same in a script",
      () => runShell("no-such-program"),
      /exit code 127\. A program in it was not found.*no-such-program/s,
    ],
    [
      "a directory that there is not",
      () => runShell("true", { cwd: "/nowhere" }),
      /there is no directory \/nowhere\. Check cwd/,
    ],
    [
      "a shell that is not known",
      () => runShell("true", { shell: "fish" }),
      /how the shell fish takes a script.*runProgram/,
    ],
    ["a signal", () => runShell("kill -9 $$"), /was ended by SIGKILL/],
    [
      "a script that is too long",
      () => runShell(`true ${"x".repeat(200_000)}`),
      /it is too long\. Give what is long as input/,
    ],
    [
      "a wrong number",
      () => runShell("true", { graceSeconds: -1 }),
      /graceSeconds must be a number, 0 or more/,
    ],
  ])("tells %s", async (_, work, words) => {
    await expect(run(work)).rejects.toThrow(words);
  });

  it("gets variables and input, and need not read all of it", async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      for (;;) yield Buffer.from("line\n");
    }
    const { result } = await run(async () => [
      await runShell("cat; echo $WORD-$HOME", { input: "é\n", env: { WORD: "w", HOME: undefined } }),
      await runShell("head -n 1", { input: endless() }),
    ]);
    expect(result.map(({ stdout }) => stdout)).toEqual(["é\nw-", "line"]);
  });

  it("fails when its input does", async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from("line\n");
      throw new Error("the source broke");
    }
    await expect(run(() => runShell("cat", { input: broken() }))).rejects.toThrow("the source broke");
  });

  it("ends with its processes when it takes too long", async () => {
    const directory = await temporaryDirectory();
    const short = runShell.withOptions({ timeoutSeconds: 0.5 });
    const script = "sleep 600 & echo $! > child; echo $$ > leader; (sleep 600; echo no) | cat";
    await expect(run(() => short(script, { cwd: directory }))).rejects.toMatchObject({ code: "TIMED_OUT" });
    await expectEnded(directory, "child", "leader");
  });

  it("ends when its flow is cancelled, also when it pays no heed", async () => {
    const directory = await temporaryDirectory();
    const cancelling = new AbortController();
    const stubborn = runShell.withOptions({ signal: cancelling.signal });
    const script = "trap '' TERM; echo $$ > leader; while :; do sleep 0.1; done";
    const running = run(() => stubborn(script, { cwd: directory, graceSeconds: 0.3 }));
    running.catch(() => undefined);
    await vi.waitFor(() => readFile(join(directory, "leader")), { timeout: 10_000 });
    cancelling.abort(new Error("changed my mind"));
    await expect(running).rejects.toThrow("changed my mind");
    await expectEnded(directory, "leader");
  });

  it("takes what it left in the background with it", async () => {
    const directory = await temporaryDirectory();
    const { result } = await run(() =>
      runShell("sleep 600 & echo $! > child; echo done", { cwd: directory }),
    );
    expect(result.stdout).toBe("done");
    await expectEnded(directory, "child");
  });

  it.each(["ends", "is killed"])("ends with its processes when this process %s", async (how) => {
    const directory = await temporaryDirectory();
    const program = fileURLToPath(new URL("exiting-program.ts", import.meta.url));
    const args = ["--conditions=@sluice/source", "--import", "tsx", program, join(directory, "leader")];
    const env = { ...process.env, SLUICE_HOME: directory };
    const child = spawn(node, args, { stdio: ["pipe", "ignore", "ignore"], env });
    onTestFinished(() => void child.kill("SIGKILL"));
    await vi.waitFor(async () => expect(await readFile(join(directory, "leader"), "utf8")).not.toBe(""), {
      timeout: 20_000,
    });
    if (how === "ends") child.stdin.end();
    else child.kill("SIGKILL");
    await once(child, "exit");
    await expectEnded(directory, "leader");
  });

  it("is not held up by long lines, many of them, or bytes that are no text", async () => {
    const script = `
      process.stdout.write(Buffer.from([0xff, 0x00, 0x1b, 0x5b, 0x31, 0x6d, 0x41, 0x0a]));
      process.stdout.write("10%\\r20%\\r30%\\r\\n");
      process.stdout.write("x".repeat(10_000_000) + "\\n");
      for (let i = 0; i < 12_000; i++) process.stdout.write("line " + i + "\\n");
      process.stdout.write("last é");`;
    const before = process.memoryUsage().rss;
    const { result, lines } = await run(() => runProgram(node, ["-e", script], { maxOutputBytes: 10_000 }));
    expect(result.stdout).toHaveLength(9_999);
    expect(result.stdout.endsWith("line 11999\nlast é")).toBe(true);
    expect(result.isOutputCut).toBe(true);
    expect(lines).toContain("��A");
    expect(lines).toContain("30%");
    expect(lines.find((line) => line.startsWith("xxx"))).toMatch(/^x{8192}… \(10000000 bytes\)$/);
    expect(lines).toContainEqual(
      expect.stringMatching(/^The command writes many lines; from here they are not/),
    );
    expect(lines).toContainEqual(expect.stringContaining("were not logged lines=2004"));
    expect(lines.filter((line) => line.startsWith("line"))).toHaveLength(9_997);
    expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
  });

  it("logs nothing of its output when it is told so", async () => {
    const { lines } = await run(() => runShell("echo one", { logOutput: false }));
    expect(lines).not.toContain("one");
  });

  it("does what the README says", async () => {
    const directory = join(await temporaryDirectory(), "it's a directory");
    await mkdir(directory);
    await writeFile(join(directory, "a.txt"), "a");
    const { result } = await run(() => archive({ directory }));
    expect(result).toBe(2);
    const [readme, example] = await Promise.all(
      ["../README.md", "readme.ts"].map((path) => readFile(new URL(path, import.meta.url), "utf8")),
    );
    expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``);
  });
});

/** A flow of its own, with a history in memory, and the lines of its log. */
async function run<T>(
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly lines: readonly string[] }> {
  const home = join(tmpdir(), `sluice-tasks-shell-${randomUUID()}`);
  return temporarySettings({ home, "history.mode": "memory", "logging.to_terminal": false }, async () => {
    const result = (await flow({ name: "one" }, work)()) as T;
    return { result, lines: await loggedLines() };
  });
}

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-tasks-shell-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** The processes whose ids are in these files. */
async function expectEnded(directory: string, ...names: readonly string[]): Promise<void> {
  const pids = await Promise.all(
    names.map(async (name) => Number(await readFile(join(directory, name), "utf8"))),
  );
  expect(pids.every((pid) => pid > 0)).toBe(true);
  await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 5000 });
}

/** All lines, of which a history gives some at a time. */
async function loggedLines(): Promise<readonly string[]> {
  const api = await openHistory();
  const lines: string[] = [];
  for (;;) {
    const page = await api.logs.filter({ sort: "TIMESTAMP_ASC", limit: 200, offset: lines.length });
    lines.push(...page.map(({ message }) => message));
    if (page.length < 200) return lines;
  }
}

/** Not what has ended and waits for its parent to take note. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.startsWith("Z");
}
