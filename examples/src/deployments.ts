/** Deploying a flow with its schedules, and asking for a run of it from another flow. */
import { cron, flow, interval, runDeployment } from "@sluice/core";
import { z } from "zod";

export const salesReport = flow(
  {
    name: "sales-report",
    parameters: z.object({ region: z.string(), days: z.number().int().default(7) }),
    persistResult: true,
  },
  async ({ region, days }) => `${region}: sales of ${days} days`,
);

/** Deploys the flow to the work pool `main`; doing it again changes what differs. */
export async function deployReports(): Promise<void> {
  await salesReport.deploy({
    name: "europe",
    workPool: "main",
    schedules: [
      cron("0 6 * * mon-fri", { timezone: "Europe/Paris", slug: "mornings" }),
      interval({ days: 1 }, { slug: "yearly-view", parameters: { days: 365 }, active: false }),
    ],
    parameters: { region: "Europe" },
    concurrencyLimit: { limit: 1, collisionStrategy: "CANCEL_NEW" },
    tags: ["sales"],
  });
}

/** Waits for a report that a worker makes elsewhere. */
export const digest = flow({ name: "digest" }, async () => {
  const run = await runDeployment(salesReport, { deployment: "europe", parameters: { days: 30 } });
  return `Today: ${await run.state.result()}`;
});
