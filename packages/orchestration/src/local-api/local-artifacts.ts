/** Artifacts of the in-process API. */
import {
  type ApiCallOptions,
  type Artifact,
  type ArtifactCreate,
  type ArtifactQuery,
  type ArtifactsApi,
  type ArtifactUpdate,
  InvalidRequestError,
  type LatestArtifact,
  type LatestArtifactQuery,
  ObjectNotFoundError,
} from "@sluice/protocol";
import { artifactQuery, latestArtifactQuery } from "../filters/variable-filters.ts";
import { jsonCopy } from "../json-copy.ts";
import type { Store } from "../store.ts";
import type { ArtifactCollection } from "../stored-nouns.ts";
import type { LocalContext, Moment } from "./local-context.ts";
import { checkQuery, presentMembers } from "./requests.ts";
import { tellLifecycle } from "./tell.ts";

const KEY = /^[a-z0-9-]+$/u;

/** Keeps what runs show, and which of the artifacts of a key is the newest. */
export class LocalArtifacts implements ArtifactsApi {
  readonly #context: LocalContext;

  constructor(context: LocalContext) {
    this.#context = context;
  }

  async create(create: ArtifactCreate, options?: ApiCallOptions): Promise<Artifact> {
    const { key = null } = create;
    if (key !== null && !KEY.test(key)) {
      throw new InvalidRequestError(
        `${JSON.stringify(key)} cannot be the key of an artifact. Use lower-case letters, digits and dashes.`,
      );
    }
    return this.#context.transaction(options, async (store, moment) => {
      const artifact: Artifact = {
        id: moment.newId(),
        created: moment.now,
        updated: moment.now,
        key,
        type: create.type ?? null,
        description: create.description ?? null,
        data: jsonCopy(create.data ?? null),
        metadata_: create.metadata_ ?? null,
        flow_run_id: create.flow_run_id ?? null,
        task_run_id: create.task_run_id ?? null,
      };
      await store.objects("artifact").insert(artifact);
      if (key !== null) await makeLatest(store, { key, id: artifact.id }, moment);
      return artifact;
    });
  }

  async get(id: string, options?: ApiCallOptions): Promise<Artifact> {
    options?.signal?.throwIfAborted();
    return findArtifact(this.#context.store, id);
  }

  async getLatest(key: string, options?: ApiCallOptions): Promise<Artifact> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    const collection = await findCollection(store, key);
    if (collection === undefined) throw new ObjectNotFoundError("artifact", key);
    return findArtifact(store, collection.latest_id);
  }

  async update(id: string, changes: ArtifactUpdate, options?: ApiCallOptions): Promise<void> {
    await this.#context.transaction(options, async (store, moment) => {
      const { key } = await findArtifact(store, id);
      await store
        .objects("artifact")
        .update(id, { ...presentMembers(jsonCopy(changes)), updated: moment.now });
      const collection = key === null ? undefined : await findCollection(store, key);
      if (collection?.latest_id !== id) return;
      await store.objects("artifact_collection").update(collection.id, { updated: moment.now });
      tell("updated", collection, moment);
    });
  }

  async delete(id: string, options?: ApiCallOptions): Promise<void> {
    await this.#context.transaction(options, async (store, moment) => {
      const { key } = await findArtifact(store, id);
      const collection = key === null ? undefined : await findCollection(store, key, "wait");
      await store.objects("artifact").delete(id);
      if (collection?.latest_id === id) await fallBack(store, collection, moment);
    });
  }

  async filter(query: ArtifactQuery, options?: ApiCallOptions): Promise<Artifact[]> {
    checkQuery(query, options);
    return this.#context.store.objects("artifact").list(artifactQuery(query));
  }

  async count(query: ArtifactQuery, options?: ApiCallOptions): Promise<number> {
    checkQuery(query, options);
    return this.#context.store.objects("artifact").count(artifactQuery(query).where);
  }

  async filterLatest(query: LatestArtifactQuery, options?: ApiCallOptions): Promise<LatestArtifact[]> {
    checkQuery(query, options);
    const { store } = this.#context;
    const collections = await store.objects("artifact_collection").list(latestArtifactQuery(query));
    const values = collections.map((collection) => collection.latest_id);
    const artifacts = await store
      .objects("artifact")
      .list({ where: { type: "one-of", member: "id", values } });
    const byId = new Map(artifacts.map((artifact) => [artifact.id, artifact]));
    return collections.flatMap((collection) => {
      const latest = byId.get(collection.latest_id);
      return latest === undefined ? [] : [{ ...latest, ...collection }];
    });
  }

  async countLatest(query: LatestArtifactQuery, options?: ApiCallOptions): Promise<number> {
    checkQuery(query, options);
    return this.#context.store.objects("artifact_collection").count(latestArtifactQuery(query).where);
  }
}

async function findArtifact(store: Store, id: string): Promise<Artifact> {
  const artifact = await store.objects("artifact").find(id);
  if (artifact === undefined) throw new ObjectNotFoundError("artifact", id);
  return artifact;
}

async function findCollection(
  store: Store,
  key: string,
  lock?: "wait",
): Promise<ArtifactCollection | undefined> {
  const where = { type: "equals", member: "key", value: key } as const;
  const [collection] = await store.objects("artifact_collection").list({ where, limit: 1, lock });
  return collection;
}

/** An artifact becomes the newest of its key. */
async function makeLatest(
  store: Store,
  { key, id }: { readonly key: string; readonly id: string },
  moment: Moment,
): Promise<void> {
  const collections = store.objects("artifact_collection");
  const { object, created } = await collections.insert({
    id: moment.newId(),
    created: moment.now,
    updated: moment.now,
    key,
    latest_id: id,
  });
  if (!created) await collections.update(object.id, { latest_id: id, updated: moment.now });
  tell(created ? "created" : "updated", object, moment);
}

/** The one before becomes the newest of its key; without one the key is forgotten. */
async function fallBack(store: Store, collection: ArtifactCollection, moment: Moment): Promise<void> {
  const [before] = await store.objects("artifact").list({
    where: { type: "equals", member: "key", value: collection.key },
    orderBy: [{ member: "created", direction: "desc" }],
    limit: 1,
  });
  if (before === undefined) {
    await store.objects("artifact_collection").delete(collection.id);
    tell("deleted", collection, moment);
    return;
  }
  await store
    .objects("artifact_collection")
    .update(collection.id, { latest_id: before.id, updated: moment.now });
  tell("updated", collection, moment);
}

function tell(action: string, { id, key }: ArtifactCollection, moment: Moment): void {
  tellLifecycle({ kind: "artifact-collection", action, id, name: key }, moment);
}
