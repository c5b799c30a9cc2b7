/** Code of docs/task-library.md. */
import { flow } from "@sluice/core";
import { downloadFile, fetchPages } from "@sluice/tasks-http";
import { runShell, sh } from "@sluice/tasks-shell";
import { readStorageText, syncStorageDirectory } from "@sluice/tasks-storage";
import { z } from "zod";

const city = z.object({ name: z.string(), archive: z.string() });

export const archives = flow(
  { name: "archives", parameters: z.object({ directory: z.string() }) },
  async ({ directory }) => {
    const cities = await fetchPages({ service: "weather", url: "cities" }, { schema: z.array(city) });
    await downloadFile.map(
      cities.map(({ archive }) => ({ service: "weather", url: archive })),
      cities.map(({ name }) => ({ fileSystem: "local-file-system/inbox", path: `${name}.csv` })),
    );
    await runShell(sh`cat *.csv | sort > all.txt`, { cwd: directory });
    await syncStorageDirectory(
      { fileSystem: "local-file-system/inbox", path: "" },
      { fileSystem: "local-file-system/published", path: "archives" },
    );
    return readStorageText({ fileSystem: "local-file-system/published", path: "archives/all.txt" });
  },
);
