/** Asks weather stations for their temperature and tells which one is warmest. */
import { flow, runLogger, task } from "@sluice/core";
import { z } from "zod";

export interface Reading {
  readonly station: string;
  readonly celsius: number;
}

/** Stands for a service that does not always answer: replace it by a call of `fetch`. */
const readStation = task(
  { name: "read-station", retries: 5, retryDelaySeconds: 0.2, timeoutSeconds: 10, tags: ["weather"] },
  async (station: string): Promise<Reading> => {
    if (Math.random() < 0.3) throw new Error(`${station} does not answer`);
    return { station, celsius: Math.round(Math.random() * 300) / 10 };
  },
);

export const warmestStation = flow(
  {
    name: "warmest-station",
    parameters: z.object({
      stations: z.array(z.string()).min(1).default(["Berlin", "Lisbon", "Oslo", "Rome"]),
    }),
  },
  async ({ stations }) => {
    const readings = await readStation.map(stations); // all at once; what fails is tried again
    const warmest = readings.reduce((best, reading) => (reading.celsius > best.celsius ? reading : best));
    runLogger().info("Warmest station", { ...warmest });
    return warmest;
  },
);
