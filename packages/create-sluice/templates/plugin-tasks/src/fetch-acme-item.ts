/** Reads items from Acme. */
import { runContext, task } from "@sluice/core";
import { z } from "zod";
import { AcmeAccount, AcmeError } from "./acme-account.ts";

const itemSchema = z.object({ id: z.string(), title: z.string() });

export type AcmeItem = z.output<typeof itemSchema>;

/**
 * The item of this id. Tried again when Acme is busy or away; not when it says that there is no such item.
 *
 * @param account Name of a saved `AcmeAccount`: blocks have secrets, so they do not travel with the arguments of tasks.
 */
export const fetchAcmeItem = task(
  {
    name: "fetch-acme-item",
    retries: 3,
    retryDelaySeconds: [1, 5, 30],
    retryCondition: ({ error }) => error instanceof AcmeError && isPassing(error.status),
    timeoutSeconds: 30,
  },
  async (account: string, id: string): Promise<AcmeItem> => {
    const saved = await AcmeAccount.load(account);
    return itemSchema.parse(await saved.get(`items/${encodeURIComponent(id)}`, runContext().signal));
  },
);

function isPassing(status: number | undefined): boolean {
  return status === undefined || status === 429 || status >= 500;
}
