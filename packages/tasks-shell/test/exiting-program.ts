/** Runs a command that writes its process id to a file, and ends when its own input does. */
import { flow } from "@sluice/core";
import { runShell, sh } from "../src/index.ts";

const [, , file = ""] = process.argv;
const endless = flow({ name: "endless" }, () => runShell(sh`echo $$ > ${file}; exec sleep 600`));

process.stdin.resume().once("end", () => process.exit(0));
await endless();
