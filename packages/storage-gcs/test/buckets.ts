/** Buckets of test servers. */
import { generateKeyPairSync, randomUUID } from "node:crypto";
import { GcpCredentials } from "@sluice/credentials-gcp";
import type { TestServer } from "@sluice-internal/test-servers";
import { GcsBucket } from "../src/index.ts";

export type BucketFields = Partial<ConstructorParameters<typeof GcsBucket>[0]>;

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
export const PRIVATE_KEY: string = privateKey.export({ type: "pkcs8", format: "pem" }).toString();

/** A key that nobody knows: the server does not ask. */
export const credentials: GcpCredentials = new GcpCredentials({
  serviceAccountInfo: { client_email: "flows@acme.example", private_key: PRIVATE_KEY },
  project: "acme",
});

/** One that exists. */
export async function newBucket(server: TestServer, fields: BucketFields = {}): Promise<GcsBucket> {
  const bucket = bucketAt(server.url, { bucket: `bucket-${randomUUID()}`, ...fields });
  const answer = await fetch(`${server.url}/storage/v1/b?project=acme`, {
    method: "POST",
    body: JSON.stringify({ name: bucket.bucket }),
  });
  if (!answer.ok) throw new Error(`The server made no bucket: ${await answer.text()}`);
  return bucket;
}

/** One that need not exist. */
export function bucketAt(endpoint: string, fields: BucketFields = {}): GcsBucket {
  return new GcsBucket({ bucket: "absent", endpoint, gcpCredentials: credentials, ...fields });
}
