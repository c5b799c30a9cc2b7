import { flow } from "@sluice/core";
import { runProgram, runShell, sh } from "@sluice/tasks-shell";
import { z } from "zod";

export const archive = flow(
  { name: "archive", parameters: z.object({ directory: z.string() }) },
  async ({ directory }) => {
    await runShell(sh`tar -czf ${`${directory}.tar.gz`} -C ${directory} . && rm -r ${directory}`);
    const { stdout } = await runProgram("tar", ["-tzf", `${directory}.tar.gz`]);
    return stdout.split("\n").length;
  },
);
