import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { blockSuite, fileSystemSuite } from "@sluice/core/testing";
import { AcmeFiles } from "../src/index.ts";

let directory: string;

blockSuite({ type: AcmeFiles, sample: { directory: "/tmp/files" } });

fileSystemSuite({
  name: "AcmeFiles",
  create: () => {
    directory = mkdtempSync(join(tmpdir(), "acme-files-"));
    return new AcmeFiles({ directory });
  },
  dispose: async () => rmSync(directory, { recursive: true }),
});
