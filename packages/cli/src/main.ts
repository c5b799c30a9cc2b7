#!/usr/bin/env node
/** The command: joins the program to this process. */
import { runProgram } from "./program.ts";

// `sluice … | head` closes the pipe when it has enough; that is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

process.exitCode = await runProgram(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
});
