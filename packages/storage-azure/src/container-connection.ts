/** Calls to one container. */
import type { Agent } from "node:http";
import type {
  ContainerClient,
  BlobServiceClient as ServiceClient,
  StoragePipelineOptions,
} from "@azure/storage-blob";
import { FileNotFoundError, hearErrors, withTimeLimit } from "@sluice/core";
import {
  type AzureBlobAccess,
  type AzureBlobStorageCredentials,
  AzureCredentialsError,
  azureTrouble,
} from "@sluice/credentials-azure";
import { type BlobOperation, blobError, type ContainerPlace } from "./blob-errors.ts";

export interface BlobCall extends BlobOperation {
  readonly signal?: AbortSignal | undefined;
}

/** Of one call, its repetitions included: it sends or receives one part at most. */
const CALL_TIMEOUT_MS = 120_000;
/** The SDK passes on to its client for HTTP what it has no name for. */
type Options = StoragePipelineOptions & { readonly agent?: Agent };

/** Calls are repeated when the account is overloaded or fails. */
const OPTIONS: Options = {
  retryOptions: { maxTries: 5, retryDelayInMs: 200, maxRetryDelayInMs: 5_000 },
};

/** The SDK is loaded, and the credentials are looked for, with the first call. */
export class ContainerConnection {
  readonly #place: () => ContainerPlace;
  readonly #credentials: AzureBlobStorageCredentials;
  #client: Promise<ContainerClient> | undefined;
  #isContainerKnown = false;

  /** @param place - asked for when there is an error: a block gets its name when it is saved */
  constructor(credentials: AzureBlobStorageCredentials, place: () => ContainerPlace) {
    this.#credentials = credentials;
    this.#place = place;
  }

  /**
   * @throws {FileSystemError} or one of the others that file systems throw, in place of those of the SDK
   */
  async call<T>(
    call: BlobCall,
    work: (container: ContainerClient, abortSignal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    try {
      const result = await withTimeLimit(CALL_TIMEOUT_MS, call, async (signal) =>
        work(await this.#connect(), signal),
      );
      this.#isContainerKnown = true;
      return result;
    } catch (error) {
      call.signal?.throwIfAborted();
      throw await this.#errorOf(error, call);
    }
  }

  #connect(): Promise<ContainerClient> {
    this.#client ??= this.#open().catch((error: unknown) => {
      // The next call tries again.
      this.#client = undefined;
      throw error;
    });
    return this.#client;
  }

  async #open(): Promise<ContainerClient> {
    const [{ BlobServiceClient }, access] = await Promise.all([
      import("@azure/storage-blob"),
      this.#credentials.access(),
    ]);
    const serviceWith = (options: Options): ServiceClient =>
      access.kind === "token"
        ? new BlobServiceClient(access.accountUrl, access.credential, options)
        : this.#usable(access, (text) => BlobServiceClient.fromConnectionString(text, options));
    const agent = await agentFor(serviceWith(OPTIONS).url);
    return serviceWith({ ...OPTIONS, agent }).getContainerClient(this.#place().container);
  }

  #usable<T>(
    { connectionString }: Extract<AzureBlobAccess, { kind: "connection-string" }>,
    use: (connectionString: string) => T,
  ): T {
    try {
      return use(connectionString);
    } catch (error) {
      // Its words are of the SDK, and show nothing of the string.
      const words = error instanceof Error ? error.message : String(error);
      const { block } = this.#place();
      throw new AzureCredentialsError(
        `The connectionString in the credentials of the block ${block} cannot be used: ${words}. Copy it from "Access keys" or "Shared access signature" of the account.`,
        { details: { block } },
      );
    }
  }

  /** To a question without a body, such as for a blob's properties, some servers do not say what is missing. */
  async #errorOf(error: unknown, call: BlobCall): Promise<unknown> {
    const known = blobError(error, call, this.#place());
    const isClear = this.#isContainerKnown || known instanceof FileNotFoundError === false;
    if (isClear || known.details["code"] === "BlobNotFound") return known;
    try {
      const container = await this.#connect();
      await withTimeLimit(CALL_TIMEOUT_MS, call, (abortSignal) => container.getProperties({ abortSignal }));
      this.#isContainerKnown = true;
      return known;
    } catch (failure) {
      if (azureTrouble(failure)?.status !== 404) return known;
      return blobError(Object.assign(new Error("There is no container."), ABSENT), call, this.#place());
    }
  }
}

async function agentFor(url: string): Promise<Agent> {
  const { Agent } = await (url.startsWith("https:") ? import("node:https") : import("node:http"));
  return hearErrors(new Agent({ keepAlive: true }));
}

const ABSENT = { code: "ContainerNotFound", statusCode: 404 };
