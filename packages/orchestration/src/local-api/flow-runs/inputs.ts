/** What is sent to flow runs: text under keys. */
import {
  ConflictError,
  type FlowRunInput,
  type FlowRunInputCreate,
  type FlowRunInputQuery,
  InvalidRequestError,
  ObjectNotFoundError,
} from "@sluice/protocol";
import type { Condition } from "../../conditions.ts";
import type { Store } from "../../store.ts";
import type { Moment } from "../local-context.ts";

const KEY = /^[a-z0-9-]+$/u;

/**
 * Keeps a text under a key of a run.
 * @throws {ConflictError} when there is something under it.
 */
export async function insertInput(
  store: Store,
  flowRunId: string,
  input: FlowRunInputCreate,
  moment: Moment,
): Promise<void> {
  const { key, value, sender = null } = input;
  if (!KEY.test(key)) {
    throw new InvalidRequestError(
      `${JSON.stringify(key)} cannot be a key of a flow run's input. Use lower-case letters, digits and dashes.`,
    );
  }
  const { created } = await store.objects("flow_run_input").insert({
    id: moment.newId(),
    created: moment.now,
    updated: moment.now,
    flow_run_id: flowRunId,
    key,
    value,
    sender,
  });
  if (!created) throw new ConflictError(`Flow run ${flowRunId} has an input ${key} already.`);
}

/** Oldest first. */
export function listInputs(
  store: Store,
  flowRunId: string,
  query: FlowRunInputQuery,
): Promise<FlowRunInput[]> {
  const { prefix, limit, exclude_keys: excluded } = query;
  const conditions: Condition<FlowRunInput>[] = [
    { type: "equals", member: "flow_run_id", value: flowRunId },
    { type: "starts-with", member: "key", prefixes: [prefix] },
  ];
  if (excluded && excluded.length > 0) conditions.push({ type: "none-of", member: "key", values: excluded });
  return store.objects("flow_run_input").list({
    where: { type: "all", conditions },
    orderBy: [
      { member: "created", direction: "asc" },
      { member: "id", direction: "asc" },
    ],
    limit: limit ?? 1,
  });
}

/** What is under a key; undefined when nothing is. */
export async function findInput(
  store: Store,
  flowRunId: string,
  key: string,
): Promise<FlowRunInput | undefined> {
  const [input] = await store.objects("flow_run_input").list({
    where: {
      type: "all",
      conditions: [
        { type: "equals", member: "flow_run_id", value: flowRunId },
        { type: "equals", member: "key", value: key },
      ],
    },
    limit: 1,
  });
  return input;
}

/** @throws {ObjectNotFoundError} when nothing is under the key. */
export async function getInput(store: Store, flowRunId: string, key: string): Promise<FlowRunInput> {
  const input = await findInput(store, flowRunId, key);
  if (input === undefined) throw new ObjectNotFoundError("flow run input", `${flowRunId}/${key}`);
  return input;
}
