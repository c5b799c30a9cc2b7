import { flow } from "@sluice/core";
import { downloadFile, fetchJson, fetchPages } from "@sluice/tasks-http";
import { z } from "zod";

const city = z.object({ name: z.string(), degrees: z.number() });

export const weather = flow({ name: "weather" }, async () => {
  const cities = await fetchPages({ service: "weather", url: "cities" }, { schema: z.array(city) });
  await fetchJson({ service: "weather", method: "POST", url: "reports", json: { count: cities.length } });
  const { bytes } = await downloadFile(
    { service: "weather", url: "archive.csv" },
    { fileSystem: "local-file-system/reports", path: "archive.csv" },
  );
  return { warmest: Math.max(...cities.map(({ degrees }) => degrees)), bytes };
});
