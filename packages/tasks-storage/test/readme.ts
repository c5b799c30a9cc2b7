import { flow } from "@sluice/core";
import { readStorageJson, syncStorageDirectory, writeStorageFile } from "@sluice/tasks-storage";
import { z } from "zod";

const settings = z.object({ title: z.string() });

export const publish = flow({ name: "publish" }, async () => {
  const { title } = await readStorageJson(
    { fileSystem: "local-file-system/site", path: "settings.json" },
    settings,
  );
  await writeStorageFile(
    { fileSystem: "local-file-system/site", path: "public/index.html" },
    `<h1>${title}</h1>`,
  );
  return syncStorageDirectory(
    { fileSystem: "local-file-system/site", path: "public" },
    { fileSystem: "local-file-system/www", path: "" },
    { deleteOthers: true, ignore: ["*.tmp"] },
  );
});
