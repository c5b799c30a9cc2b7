#!/usr/bin/env node
/** The command: joins `create` to this process. */
import { create } from "./create.ts";

process.exitCode = await create(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  directory: process.cwd(),
  env: process.env,
});
