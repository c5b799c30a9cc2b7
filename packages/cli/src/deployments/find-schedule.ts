/** Finds the schedule of a deployment that the command line means. */
import type { DeploymentSchedule } from "@sluice/protocol";
import { onlyOne } from "../history/only-one.ts";
import { fullName, type NamedDeployment } from "./find-deployment.ts";

/** What commands call their argument. */
export const SCHEDULE = ["<schedule>", "slug or id of the schedule"] as const;

/** @throws {NameNotFoundError} when the deployment has none of the slug or id. */
export function findSchedule(deployment: NamedDeployment, idOrSlug: string): Promise<DeploymentSchedule> {
  const { schedules } = deployment;
  const found = schedules.filter(({ id, slug }) => slug === idOrSlug || id === idOrSlug.toLowerCase());
  return onlyOne(found, {
    noun: "schedule",
    name: idOrSlug,
    similar: async () => schedules.flatMap(({ slug }) => slug ?? []),
    list: `sluice deployment schedule ls "${fullName(deployment)}"`,
    lineOf: ({ id, slug }) => `  ${id}  ${slug ?? ""}`,
  });
}
