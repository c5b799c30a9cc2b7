/** The orchestration API of a server: ours, a Prefect 3 server or Prefect Cloud. */
import {
  type ApiCallOptions,
  type FlowRunCreate,
  type FlowRunHeartbeat,
  type FlowRunUpdate,
  type LogCreate,
  newId,
  type OrchestrationApi,
  type TaskRunRecord,
} from "@sluice/protocol";
import { truncateText } from "../../logging/truncate-text.ts";
import { FlowRunResources } from "./flow-run-resources.ts";
import { HeartbeatPace, heartbeatEvents } from "./heartbeat-events.ts";
import { HttpClient, type HttpClientOptions } from "./http-client.ts";
import { httpOperations } from "./http-operations.ts";
import { type BatchLimits, jsonBatches } from "./json-batches.ts";
import { LastStates } from "./last-states.ts";
import { checkServer, type ServerTraits } from "./server-check.ts";
import { type RelatedResource, taskRunEvents } from "./task-run-events.ts";

/** What a server takes in one request, with a margin. */
const BATCH: BatchLimits = { maxItems: 500, maxBytes: 2_000_000 };
/** Who records tries again by itself, and keeps on disk what cannot be sent. */
const NO_RETRIES = 0;

/**
 * The API of the server at this URL.
 *
 * @throws {HistoryUnavailableError} when there is none, or one that we cannot work with.
 */
export async function openHttpApi(options: HttpClientOptions): Promise<OrchestrationApi> {
  const client = new HttpClient(options);
  return httpApi(client, await checkServer(client));
}

/** By the table of routes, but for what travels as events and what Prefect does not take as we have it. */
function httpApi(client: HttpClient, traits: ServerTraits): OrchestrationApi {
  const nouns = httpOperations(client);
  const { flowRuns, taskRuns, logs } = nouns;
  const resources = new FlowRunResources(nouns);
  const lastStates = new LastStates();
  const pace = new HeartbeatPace();
  const send = async (path: string, items: readonly unknown[], options?: ApiCallOptions): Promise<void> => {
    options?.signal?.throwIfAborted();
    for (const body of jsonBatches(items, BATCH)) {
      await client.call({ method: "POST", path, body, maxRetries: NO_RETRIES, signal: options?.signal });
    }
  };
  return {
    ...nouns,
    location: client.location,
    close: () => Promise.resolve(),
    flowRuns: {
      ...flowRuns,
      create: (run, options) => flowRuns.create(sentRun(run, traits), options),
      update: (id, changes, options) => flowRuns.update(id, sentPolicy(changes, traits), options),
      // A text that is sent as it is, whatever it looks like.
      getInput: async (id, key, options) => {
        const path = `/flow_runs/${id}/input/${encodeURIComponent(key)}`;
        const object = { noun: "flow run input", id: `${id}/${key}` };
        return (await client.answer({ method: "GET", path, object, signal: options?.signal })).text;
      },
      async heartbeat(beat: FlowRunHeartbeat, options) {
        await send("/events", heartbeatEvents(traits.takesAdditions ? beat : pace.due(beat)), options);
      },
    },
    taskRuns: {
      ...taskRuns,
      async record(records: readonly TaskRunRecord[], options) {
        options?.signal?.throwIfAborted();
        const around = await resourcesOf(records, resources);
        const events = records.flatMap((record) =>
          taskRunEvents(record, lastStates.of(record.id), around.get(record.flow_run_id) ?? []),
        );
        await send("/events", events, options);
        lastStates.note(records);
      },
    },
    logs: {
      ...logs,
      create: (lines, options) =>
        send(
          "/logs/",
          lines.map((line) => sentLine(line, traits)),
          options,
        ),
    },
  };
}

async function resourcesOf(
  records: readonly TaskRunRecord[],
  resources: FlowRunResources,
): Promise<ReadonlyMap<string | null, readonly RelatedResource[]>> {
  const found = new Map<string | null, readonly RelatedResource[]>();
  for (const { flow_run_id: id } of records) {
    if (id !== null && !found.has(id)) found.set(id, await resources.of(id));
  }
  return found;
}

/** With a key of its own the same request, sent again after its answer was lost, makes no second run. */
function sentRun(run: FlowRunCreate, traits: ServerTraits): FlowRunCreate {
  return { ...sentPolicy(run, traits), idempotency_key: run.idempotency_key ?? newId() };
}

/** Prefect counts the delay of a flow's retry in whole seconds. */
function sentPolicy<T extends FlowRunCreate | FlowRunUpdate>(run: T, { takesAdditions }: ServerTraits): T {
  const delay = run.empirical_policy?.retry_delay;
  if (takesAdditions || typeof delay !== "number" || Number.isInteger(delay)) return run;
  return { ...run, empirical_policy: { ...run.empirical_policy, retry_delay: Math.ceil(delay) } };
}

function sentLine(line: LogCreate, { takesAdditions }: ServerTraits): LogCreate {
  const { id, ...members } = line;
  const sent = { ...members, message: truncateText(line.message) };
  return takesAdditions && id !== undefined ? { id, ...sent } : sent;
}
