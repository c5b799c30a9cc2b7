/** Buckets of test servers. */

import { AwsCredentials } from "@sluice/credentials-aws";
import type { TestServer } from "@sluice-internal/test-servers";
import { S3Bucket } from "../src/index.ts";

export type BucketFields = Partial<ConstructorParameters<typeof S3Bucket>[0]>;

/** One that exists. */
export async function newBucket(server: TestServer, fields: BucketFields = {}): Promise<S3Bucket> {
  const bucket = bucketOn(server, { bucketName: `bucket-${crypto.randomUUID()}`, ...fields });
  const { S3 } = await import("@aws-sdk/client-s3");
  const s3 = new S3(await bucket.credentials.clientOptions());
  await s3.createBucket({ Bucket: bucket.bucketName });
  s3.destroy();
  return bucket;
}

export function bucketOn(server: Pick<TestServer, "url" | "env">, fields: BucketFields = {}): S3Bucket {
  return new S3Bucket({ bucketName: "absent", credentials: credentialsFor(server), ...fields });
}

export function credentialsFor(
  { url, env }: Pick<TestServer, "url" | "env">,
  secretKey?: string,
): AwsCredentials {
  return new AwsCredentials({
    awsAccessKeyId: env["AWS_ACCESS_KEY_ID"] ?? "KEY",
    awsSecretAccessKey: secretKey ?? env["AWS_SECRET_ACCESS_KEY"] ?? "secret",
    regionName: "us-east-1",
    awsClientParameters: { endpointUrl: url, config: { retries: { max_attempts: 1 } } },
  });
}
