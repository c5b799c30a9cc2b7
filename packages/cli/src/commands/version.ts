/** `sluice version` */
import { arch, platform, release } from "node:os";
import type { Command } from "commander";
import { jsonText } from "../output/json-text.ts";
import type { Terminal } from "../output/terminal.ts";
import { packageVersion } from "../package-version.ts";

interface VersionOptions {
  readonly json?: true;
}

/** Defines the command; it reads no settings, so that it also works when they are broken. */
export function defineVersion(command: Command, terminal: Terminal): void {
  command
    .description("Shows the versions of Sluice, Node.js and the operating system; put them into bug reports.")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice version\n  sluice version --json | jq -r .sluice")
    .action(({ json }: VersionOptions) => {
      const versions = {
        sluice: packageVersion(),
        node: process.versions.node,
        os: `${platform()} ${release()} ${arch()}`,
      };
      const lines = Object.entries(versions).map(([name, version]) => `${name.padEnd(8)}${version}`);
      terminal.stdout.write(`${json ? jsonText(versions, 2) : lines.join("\n")}\n`);
    });
}
