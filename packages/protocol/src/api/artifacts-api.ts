/** Artifacts: operations, and where they are over HTTP. */
import type {
  Artifact,
  ArtifactCreate,
  ArtifactQuery,
  ArtifactUpdate,
  LatestArtifact,
  LatestArtifactQuery,
} from "../artifact.ts";
import type { ApiCallOptions } from "../orchestration-api.ts";

export interface ArtifactsApi {
  create(artifact: ArtifactCreate, options?: ApiCallOptions): Promise<Artifact>;
  get(id: string, options?: ApiCallOptions): Promise<Artifact>;
  /** The newest of a key. */
  getLatest(key: string, options?: ApiCallOptions): Promise<Artifact>;
  update(id: string, changes: ArtifactUpdate, options?: ApiCallOptions): Promise<void>;
  delete(id: string, options?: ApiCallOptions): Promise<void>;
  filter(query: ArtifactQuery, options?: ApiCallOptions): Promise<Artifact[]>;
  count(query: ArtifactQuery, options?: ApiCallOptions): Promise<number>;
  /** The newest of every key. */
  filterLatest(query: LatestArtifactQuery, options?: ApiCallOptions): Promise<LatestArtifact[]>;
  countLatest(query: LatestArtifactQuery, options?: ApiCallOptions): Promise<number>;
}

export const ARTIFACT_ROUTES = {
  create: "POST /artifacts/",
  get: "GET /artifacts/{id}",
  getLatest: "GET /artifacts/{key}/latest",
  update: "PATCH /artifacts/{id}",
  delete: "DELETE /artifacts/{id}",
  filter: "POST /artifacts/filter",
  count: "POST /artifacts/count",
  filterLatest: "POST /artifacts/latest/filter",
  countLatest: "POST /artifacts/latest/count",
} as const;
