/** Containers of test servers. */
import { randomUUID } from "node:crypto";
import { BlobServiceClient } from "@azure/storage-blob";
import { AzureBlobStorageCredentials } from "@sluice/credentials-azure";
import type { TestServer } from "@sluice-internal/test-servers";
import { AzureBlobStorageContainer } from "../src/index.ts";

export type ContainerFields = Partial<ConstructorParameters<typeof AzureBlobStorageContainer>[0]>;

/** One that exists. */
export async function newContainer(
  server: TestServer,
  fields: ContainerFields = {},
): Promise<AzureBlobStorageContainer> {
  const containerName = `container-${randomUUID()}`;
  await serviceOf(server).getContainerClient(containerName).create();
  return containerOn(server, { containerName, ...fields });
}

/** One that need not exist. */
export function containerOn(server: TestServer, fields: ContainerFields = {}): AzureBlobStorageContainer {
  const connectionString = connectionStringOf(server);
  const credentials = new AzureBlobStorageCredentials({ connectionString });
  return new AzureBlobStorageContainer({ containerName: "absent", credentials, ...fields });
}

/** The SDK's client, with the account's key. */
export function serviceOf(server: TestServer): BlobServiceClient {
  return BlobServiceClient.fromConnectionString(connectionStringOf(server));
}

export function connectionStringOf({ env }: TestServer): string {
  return env["AZURE_STORAGE_CONNECTION_STRING"] ?? "";
}

export function accountKeyOf(server: TestServer): string {
  return /AccountKey=([^;]+)/.exec(connectionStringOf(server))?.[1] ?? "";
}

/** Of a key that no account has. */
export const WRONG_KEY: string = Buffer.from("this key opens nothing at all").toString("base64");

/** One whose account has another key. */
export async function deniedContainer(server: TestServer): Promise<AzureBlobStorageContainer> {
  const { containerName } = await newContainer(server);
  const connectionString = connectionStringOf(server).replace(/AccountKey=[^;]+/, `AccountKey=${WRONG_KEY}`);
  return new AzureBlobStorageContainer({
    containerName,
    credentials: new AzureBlobStorageCredentials({ connectionString }),
  });
}

/** One at a port where nobody listens: it is reserved. */
export function unreachableContainer(): AzureBlobStorageContainer {
  const credentials = new AzureBlobStorageCredentials({
    accountUrl: "http://127.0.0.1:1/account",
    accountKey: WRONG_KEY,
  });
  return new AzureBlobStorageContainer({ containerName: "absent", credentials });
}
