/** Servers that let in only those who know a password, and ask for tokens against forgery. */
import { newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { task } from "../../src/tasks/task.ts";
import { inEngine } from "../engine-fixture.ts";
import { ServerRest } from "./server-rest.ts";
import { type ServerUnderTest, TEST_MS } from "./server-under-test.ts";

/** What the server has to ask for. */
export const AUTH_STRING = "admin:pa55-word";

export function credentialCases({ url }: ServerUnderTest): void {
  it(
    "lets those in who know the password",
    async () => {
      await inEngine(
        async () => {
          const answers = task({ name: "in" }, async () => "in");
          expect(await flow({ name: "let-in" }, () => answers())()).toBe("in");
        },
        { "api.url": url(), "api.auth_string": AUTH_STRING },
      );
      const rest = await trusted(url());
      const run = await rest.flowRun("let-in");
      expect(run.state_name).toBe("Completed");
      expect((await rest.taskRuns(run.id, 1)).size).toBe(1);
    },
    TEST_MS,
  );

  it("says to others what to set, and not what they said", async () => {
    const opening = inEngine(async () => undefined, {
      "api.url": url(),
      "api.auth_string": "admin:wrong-one",
    });
    await expect(opening).rejects.toThrow(/SLUICE_API_AUTH_STRING.*401/);
    await expect(opening).rejects.not.toThrow("wrong-one");
  });
}

/** Plain requests with the password and a token. */
async function trusted(url: string): Promise<ServerRest> {
  const headers = { Authorization: `Basic ${Buffer.from(AUTH_STRING).toString("base64")}` };
  const client = newId();
  const { token } = await new ServerRest(url, headers).get<{ token: string }>(`/csrf-token?client=${client}`);
  return new ServerRest(url, { ...headers, "Prefect-Csrf-Token": token, "Prefect-Csrf-Client": client });
}
