#!/usr/bin/env node
/** The command: joins the program to this process. */
import { EXIT_OK } from "./exit-codes.ts";
import { keepHeapSmall } from "./serving/keep-heap-small.ts";

if (process.argv[2] === "server") keepHeapSmall();
const { runProgram } = await import("./program.ts");

// `sluice … | head` closes the pipe when it has enough; that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

process.exitCode = await runProgram(process.argv.slice(2), {
  // Opened by whoever reads from it: an open one keeps the process.
  get stdin() {
    return process.stdin;
  },
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
});

if (process.exitCode === EXIT_OK) tellWhatIsOpen();
else await exitNow();

/** Like any program of Node.js the command waits for what a flow left open, such as a timer; but it says so. */
function tellWhatIsOpen(): void {
  const tell = (): void => {
    const open = [...new Set(process.getActiveResourcesInfo())].join(", ");
    process.stderr.write(
      `The command is done and waits for what the flow left open (${open}). Ctrl-C ends it.\n`,
    );
  };
  setTimeout(tell, 3000).unref();
}

/** Work that was cancelled, timed out or lost its flow need not be waited for; what is written must arrive. */
async function exitNow(): Promise<never> {
  for (const stream of [process.stdout, process.stderr]) {
    await new Promise<void>((resolve) => stream.write("", () => resolve()));
  }
  process.exit();
}
