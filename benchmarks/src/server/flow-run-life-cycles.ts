/** Life cycles of flow runs per second: opened, Running, Completed. */
import { amount } from "../amount.ts";
import { type ApiConnection, withConnections } from "./api-connection.ts";
import { flowRunBody, proposedState } from "./proposed-states.ts";

const CLIENTS = 8;
const MEASURED_MS = amount(2_000);

const running = JSON.stringify({ state: proposedState("RUNNING"), force: false });
const completed = JSON.stringify({ state: proposedState("COMPLETED"), force: false });

/** How many a second the server does for clients that each wait for every answer. */
export function flowRunLifeCycles(apiUrl: string): Promise<number> {
  return withConnections(apiUrl, CLIENTS, async (connections) => {
    const [first] = connections;
    if (first === undefined) throw new Error("There is no connection.");
    const flow = await first.post<{ id: string }>("/flows/", { name: "life-cycles", tags: [], labels: {} });
    const body = JSON.stringify(flowRunBody(flow.id));
    return (await during(MEASURED_MS, connections, body)) / (MEASURED_MS / 1000);
  });
}

/** How many life cycles end in a time. */
async function during(ms: number, connections: readonly ApiConnection[], body: string): Promise<number> {
  const end = performance.now() + ms;
  const counts = await Promise.all(
    connections.map(async (connection) => {
      let count = 0;
      for (;;) {
        await lifeCycle(connection, body);
        if (performance.now() > end) return count;
        count += 1;
      }
    }),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

async function lifeCycle(connection: ApiConnection, body: string): Promise<void> {
  const { id } = JSON.parse(await connection.postText("/flow_runs/", body)) as { id: string };
  for (const state of [running, completed]) {
    const answer = await connection.postText(`/flow_runs/${id}/set_state`, state);
    if (!answer.includes('"ACCEPT"')) throw new Error(`The run ${id} was not let go on: ${answer}`);
  }
}
