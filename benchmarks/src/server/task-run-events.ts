/** Task-run events recorded per second: sent over the event socket, counted when the task runs can be asked for. */
import { setTimeout as delay } from "node:timers/promises";
import { newId } from "@sluice/protocol";
import { amount } from "../amount.ts";
import { type ApiConnection, withConnections } from "./api-connection.ts";
import { EventSocket } from "./event-socket.ts";
import { flowRunBody } from "./proposed-states.ts";

const FIRST_TASKS = 200;
const MOST_TASKS = 50_000;
/** A round as long as this is no longer ruled by how often a server writes its batches. */
const ENOUGH_MS = amount(5_000);
const TIMEOUT_MS = 60_000;
const POLL_MS = 50;
const STATES = ["PENDING", "RUNNING", "COMPLETED"] as const;

/** How many a second the server takes, in rounds that grow until one lasts long enough. */
export function taskRunEvents(apiUrl: string): Promise<number> {
  return withConnections(apiUrl, 1, async ([connection]) => {
    if (connection === undefined) throw new Error("There is no connection.");
    const flow = await connection.post<{ id: string }>("/flows/", {
      name: "task-events",
      tags: [],
      labels: {},
    });
    for (let tasks = FIRST_TASKS; ; ) {
      const ms = await round(apiUrl, connection, { flowId: flow.id, tasks });
      if (ms >= ENOUGH_MS || tasks >= MOST_TASKS) return (tasks * STATES.length) / (ms / 1000);
      tasks = Math.min(MOST_TASKS, Math.ceil(tasks * Math.max(2, (1.2 * ENOUGH_MS) / ms)));
    }
  });
}

/** Milliseconds from the first event sent to the last task run counted as completed. */
async function round(
  apiUrl: string,
  connection: ApiConnection,
  { flowId, tasks }: { readonly flowId: string; readonly tasks: number },
): Promise<number> {
  const flowRun = await connection.post<{ id: string }>("/flow_runs/", flowRunBody(flowId));
  const events = Array.from({ length: tasks }, (_, index) => taskRunFrames(index, flowRun.id, flowId)).flat();
  const socket = await EventSocket.open(apiUrl);
  try {
    const start = performance.now();
    await socket.send(events);
    const filter = {
      task_runs: { flow_run_id: { any_: [flowRun.id] }, state: { type: { any_: ["COMPLETED"] } } },
    };
    while ((await connection.post<number>("/task_runs/count", filter)) < tasks) {
      if (performance.now() - start > TIMEOUT_MS)
        throw new Error(`${tasks} task runs were not recorded in ${TIMEOUT_MS / 1000} s.`);
      await delay(POLL_MS);
    }
    return performance.now() - start;
  } finally {
    await socket.close();
  }
}

/** The events of one task run's life, as text. */
function taskRunFrames(index: number, flowRunId: string, flowId: string): string[] {
  const taskRunId = newId();
  const begin = Date.now();
  let previous: { readonly id: string; readonly type: string } | undefined;
  return STATES.map((type, step) => {
    const id = newId();
    const occurred = new Date(begin + step).toISOString();
    const name = type[0] + type.slice(1).toLowerCase();
    const event = {
      occurred,
      event: `prefect.task-run.${name}`,
      id,
      follows: previous?.id ?? null,
      resource: {
        "prefect.resource.id": `prefect.task-run.${taskRunId}`,
        "prefect.resource.name": `load-${index}`,
        "prefect.run-count": step === 0 ? "0" : "1",
        "prefect.state-message": "",
        "prefect.state-name": name,
        "prefect.state-timestamp": occurred,
        "prefect.state-type": type,
        "prefect.orchestration": "client",
      },
      related: [
        {
          "prefect.resource.id": `prefect.flow-run.${flowRunId}`,
          "prefect.resource.role": "flow-run",
          "prefect.resource.name": "load",
        },
        {
          "prefect.resource.id": `prefect.flow.${flowId}`,
          "prefect.resource.role": "flow",
          "prefect.resource.name": "task-events",
        },
        { "prefect.resource.id": "prefect.tag.benchmark", "prefect.resource.role": "tag" },
      ],
      payload: {
        intended: { from: previous?.type ?? null, to: type },
        initial_state:
          previous === undefined
            ? null
            : { type: previous.type, name: previous.type, message: "", state_details: {} },
        validated_state: { type, name, message: "", state_details: {}, data: null },
        task_run: {
          name: `load-${index}`,
          task_key: "load-1a2b3c4d",
          dynamic_key: taskRunId,
          empirical_policy: { max_retries: 0, retry_delay_seconds: 0, retries: 0, retry_delay: 0 },
          tags: ["benchmark"],
          labels: {},
          task_inputs: { value: [] },
          run_count: step === 0 ? 0 : 1,
          flow_run_run_count: 1,
          expected_start_time: new Date(begin).toISOString(),
          ...(step > 0 && { start_time: new Date(begin + 1).toISOString() }),
          ...(step > 1 && { end_time: occurred }),
          total_run_time: step > 1 ? 0.001 : 0,
        },
      },
    };
    previous = { id, type };
    return JSON.stringify(event);
  });
}
