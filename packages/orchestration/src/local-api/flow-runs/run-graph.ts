/** What a flow run consists of, and what waited for what. */
import type {
  Artifact,
  GraphArtifact,
  GraphNode,
  RunDependency,
  RunGraph,
  TaskInput,
} from "@sluice/protocol";
import { UnsuitableRequestError } from "@sluice/protocol";
import { taskRunWithEstimates } from "../../estimates.ts";
import type { Store } from "../../store.ts";
import type { StoredFlowRun, StoredTaskRun } from "../../stored-nouns.ts";

const MAX_NODES = 10_000;
const MAX_ARTIFACTS = 10_000;
/** Enclosing task runs, which are no source of values. */
const PARENTS = "__parents__";

/** A task run as it is shown: as itself, or as the sub-flow run that it stands for. */
interface Node {
  readonly taskRun: StoredTaskRun;
  readonly subflowRun: StoredFlowRun | undefined;
  readonly id: string;
  readonly label: string;
  readonly start: string;
}

/**
 * The graph, of runs that began or are expected to.
 * @throws {UnsuitableRequestError} when there are more than 10,000.
 */
export async function runGraph(store: Store, run: StoredFlowRun): Promise<RunGraph> {
  const nodes = await listNodes(store, run);
  // A sub-flow run is referred to by its own id and by that of its task run.
  const shownId = new Map(nodes.flatMap(({ taskRun, id }) => [[taskRun.id, id] as const, [id, id] as const]));
  const edges = edgesOf(nodes, shownId);
  const artifacts = await artifactsOf(store, run.id);
  const states = await store.flowRuns.listStates(run.id);
  const shown = nodes.map((node): [string, GraphNode] => [
    node.id,
    toGraphNode(node, { edges, shownId, artifacts }),
  ]);
  return {
    start_time: run.start_time,
    end_time: run.end_time,
    root_node_ids: nodes.filter(({ id }) => !edges.parents.has(id)).map(({ id }) => id),
    nodes: shown,
    artifacts: artifacts.get(null) ?? [],
    states: states.map(({ id, timestamp, type, name }) => ({ id, timestamp, type, name })),
  };
}

/** The task runs with the sources of their parameters. */
export async function runDependencies(
  store: Store,
  run: StoredFlowRun,
  now: string,
): Promise<RunDependency[]> {
  const taskRuns = await store.taskRuns.list({
    where: { type: "equals", member: "flow_run_id", value: run.id },
    orderBy: [{ member: "id", direction: "asc" }],
    limit: MAX_NODES,
  });
  return taskRuns.map((taskRun) => {
    const { state, ...rest } = taskRunWithEstimates(taskRun, now);
    return {
      id: rest.id,
      name: rest.name,
      upstream_dependencies: sourcesOf(taskRun),
      state,
      expected_start_time: rest.expected_start_time,
      start_time: rest.start_time,
      end_time: rest.end_time,
      total_run_time: rest.total_run_time,
      estimated_run_time: rest.estimated_run_time,
      untrackable_result: state?.state_details.untrackable_result === true,
    };
  });
}

/** By start. */
async function listNodes(store: Store, run: StoredFlowRun): Promise<Node[]> {
  const taskRuns = await store.taskRuns.list({
    where: { type: "equals", member: "flow_run_id", value: run.id },
    limit: MAX_NODES + 1,
  });
  if (taskRuns.length > MAX_NODES) {
    throw new UnsuitableRequestError(
      `The graph of flow run ${run.id} has more than ${MAX_NODES} nodes, which nobody could look at. List its task runs by pages.`,
    );
  }
  const subflowRuns = await listSubflowRuns(store, run.id);
  const flowNames = await flowNamesOf(store, [...subflowRuns.values()]);
  return taskRuns
    .flatMap((taskRun): Node[] => {
      const subflowRun = subflowRuns.get(taskRun.id);
      const { start_time, expected_start_time } = subflowRun ?? taskRun;
      const start = start_time ?? expected_start_time;
      if (start === null) return [];
      const label =
        subflowRun === undefined ? taskRun.name : `${flowNames.get(subflowRun.flow_id)} / ${subflowRun.name}`;
      return [{ taskRun, subflowRun, id: (subflowRun ?? taskRun).id, label, start }];
    })
    .toSorted((a, b) => compare(a.start, b.start) || compare(a.id, b.id));
}

/** By the task run that stands for them. */
async function listSubflowRuns(store: Store, flowRunId: string): Promise<Map<string, StoredFlowRun>> {
  const runs = await store.flowRuns.list({
    where: {
      type: "related",
      noun: "task_run",
      member: "parent_task_run_id",
      references: "id",
      where: { type: "equals", member: "flow_run_id", value: flowRunId },
    },
    limit: MAX_NODES,
  });
  return new Map(runs.map((run) => [run.parent_task_run_id ?? "", run]));
}

async function flowNamesOf(store: Store, runs: readonly StoredFlowRun[]): Promise<Map<string, string>> {
  const ids = [...new Set(runs.map((run) => run.flow_id))];
  const flows = await store.flows.list({ where: { type: "one-of", member: "id", values: ids } });
  return new Map(flows.map(({ id, name }) => [id, name]));
}

interface Edges {
  readonly parents: ReadonlyMap<string, readonly string[]>;
  readonly children: ReadonlyMap<string, readonly string[]>;
}

function edgesOf(nodes: readonly Node[], shownId: ReadonlyMap<string, string>): Edges {
  const parents = new Map<string, string[]>();
  const children = new Map<string, string[]>();
  for (const { taskRun, id } of nodes) {
    for (const source of new Set(sourcesOf(taskRun).flatMap((input) => idsOf(input, shownId)))) {
      addTo(parents, id, source);
      addTo(children, source, id);
    }
  }
  return { parents, children };
}

interface Surroundings {
  readonly edges: Edges;
  readonly shownId: ReadonlyMap<string, string>;
  readonly artifacts: ReadonlyMap<string | null, GraphArtifact[]>;
}

function toGraphNode(node: Node, surroundings: Surroundings): GraphNode {
  const { taskRun, subflowRun, id, label, start } = node;
  const { edges, shownId, artifacts } = surroundings;
  const run = subflowRun ?? taskRun;
  const enclosing = (taskRun.task_inputs[PARENTS] ?? []).flatMap((input) => idsOf(input, shownId));
  return {
    kind: subflowRun === undefined ? "task-run" : "flow-run",
    id,
    label,
    state_type: run.state_type,
    start_time: start,
    end_time: run.end_time,
    parents: toEdges(edges.parents.get(id)),
    children: toEdges(edges.children.get(id)),
    encapsulating: toEdges(enclosing),
    artifacts: artifacts.get(taskRun.id) ?? [],
  };
}

/** Task run → its artifacts; null → those of the flow run itself. */
async function artifactsOf(store: Store, flowRunId: string): Promise<Map<string | null, GraphArtifact[]>> {
  const artifacts = await store.objects("artifact").list({
    where: { type: "equals", member: "flow_run_id", value: flowRunId },
    orderBy: [{ member: "created", direction: "asc" }],
    limit: MAX_ARTIFACTS,
  });
  const keyed = artifacts.flatMap(({ key }) => key ?? []);
  const collections = await store.objects("artifact_collection").list({
    where: { type: "one-of", member: "key", values: [...new Set(keyed)] },
  });
  const latest = new Set(collections.map((collection) => collection.latest_id));
  const byRun = new Map<string | null, GraphArtifact[]>();
  for (const artifact of artifacts) {
    if (artifact.type === "result") continue;
    addTo(
      byRun,
      artifact.task_run_id,
      toGraphArtifact(artifact, artifact.key === null || latest.has(artifact.id)),
    );
  }
  return byRun;
}

function toGraphArtifact(artifact: Artifact, isLatest: boolean): GraphArtifact {
  const { id, created, key, type } = artifact;
  const data = type === "progress" ? { data: artifact.data } : {};
  return { id, created, key, type, is_latest: isLatest, ...data };
}

function sourcesOf(taskRun: StoredTaskRun): TaskInput[] {
  return Object.entries(taskRun.task_inputs).flatMap(([name, inputs]) => (name === PARENTS ? [] : inputs));
}

/** The node that an input came from, if it is one of this graph. */
function idsOf(input: TaskInput, shownId: ReadonlyMap<string, string>): string[] {
  const id = "id" in input ? shownId.get(input.id) : undefined;
  return id === undefined ? [] : [id];
}

function toEdges(ids: readonly string[] | undefined): { id: string }[] {
  return (ids ?? []).map((id) => ({ id }));
}

function addTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
