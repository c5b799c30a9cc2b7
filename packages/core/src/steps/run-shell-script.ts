/** The step that runs a script. */
import { resolve } from "node:path";
import { runCommand } from "./run-command.ts";
import type { Step } from "./step.ts";

const TIMEOUT_SECONDS = 1800;

/** All of the script is one script of the shell, which ends at the first command that fails. */
export const runShellScript: Step = {
  inputs: ["script", "directory", "env", "stream_output", "timeout_seconds"],
  required: ["script"],
  async run(inputs, context) {
    const script = inputs.text("script");
    const isWindows = process.platform === "win32";
    const { stdout, stderr } = await runCommand({
      ...context,
      program: isWindows ? "cmd.exe" : "sh",
      args: isWindows ? ["/d", "/s", "/c", script] : ["-e", "-c", script],
      directory: resolve(context.directory, inputs.findText("directory") ?? "."),
      env: { ...context.env, ...inputs.map("env") },
      isLogged: inputs.flag("stream_output", true),
      timeoutSeconds: inputs.number("timeout_seconds", TIMEOUT_SECONDS),
    });
    return { stdout, stderr };
  },
};
