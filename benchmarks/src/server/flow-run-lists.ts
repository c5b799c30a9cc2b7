/** Pages of 200 flow runs per second, as lists of people and programs ask for them. */
import { amount } from "../amount.ts";
import { type ApiConnection, withConnections } from "./api-connection.ts";
import { flowRunBody, proposedState } from "./proposed-states.ts";

const CLIENTS = 4;
const PAGE = 200;
const MEASURED_MS = amount(1_500);

const body = JSON.stringify({
  flow_runs: { state: { type: { any_: ["COMPLETED"] } } },
  sort: "START_TIME_DESC",
  limit: PAGE,
  offset: 0,
});

/** How many pages a second the server gives. */
export function flowRunLists(apiUrl: string): Promise<number> {
  return withConnections(apiUrl, CLIENTS, async (connections) => {
    await endedRuns(connections);
    const page = JSON.parse((await connections[0]?.postText("/flow_runs/filter", body)) ?? "[]") as unknown[];
    if (page.length !== PAGE) throw new Error(`A page has ${page.length} flow runs, not ${PAGE}.`);
    const end = performance.now() + MEASURED_MS;
    const counts = await Promise.all(
      connections.map(async (connection) => {
        let count = 0;
        while (performance.now() < end) {
          await connection.postText("/flow_runs/filter", body);
          count += 1;
        }
        return count;
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0) / (MEASURED_MS / 1000);
  });
}

/** There are more ended runs than a page shows, whatever was measured before. */
async function endedRuns(connections: readonly ApiConnection[]): Promise<void> {
  await Promise.all(
    connections.map(async (connection) => {
      const flow = await connection.post<{ id: string }>("/flows/", { name: "listed", tags: [], labels: {} });
      const body = JSON.stringify({ ...flowRunBody(flow.id), state: proposedState("COMPLETED") });
      for (let run = 0; run <= PAGE / CLIENTS; run += 1) await connection.postText("/flow_runs/", body);
    }),
  );
}
