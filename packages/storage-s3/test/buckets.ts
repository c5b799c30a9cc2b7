/** Buckets of test servers. */
import { S3 } from "@aws-sdk/client-s3";
import { AwsCredentials } from "@sluice/credentials-aws";
import { S3Bucket } from "../src/index.ts";

/** Where a server is and, if it matters, with which keys. */
export interface ServerAddress {
  readonly url: string;
  readonly env?: Readonly<Record<string, string>>;
}

export interface BucketOptions {
  readonly bucketName?: string;
  readonly bucketFolder?: string;
  readonly partMebibytes?: number;
  readonly secretKey?: string;
  /** Few make tests of failures fast. */
  readonly retries?: number;
}

/** One that exists. */
export async function newBucket(server: ServerAddress, options: BucketOptions = {}): Promise<S3Bucket> {
  const bucketName = `bucket-${crypto.randomUUID()}`;
  const s3 = new S3(await credentialsFor(server).clientOptions());
  await s3.createBucket({ Bucket: bucketName });
  s3.destroy();
  return bucketOn(server, { ...options, bucketName });
}

/** One that exists if the name is that of one. */
export function bucketOn(server: ServerAddress, options: BucketOptions = {}): S3Bucket {
  const { bucketName = "absent", bucketFolder = "", partMebibytes = 8 } = options;
  return new S3Bucket({
    bucketName,
    bucketFolder,
    partMebibytes,
    credentials: credentialsFor(server, options),
  });
}

export function credentialsFor(
  { url, env = {} }: ServerAddress,
  options: BucketOptions = {},
): AwsCredentials {
  return new AwsCredentials({
    awsAccessKeyId: env["AWS_ACCESS_KEY_ID"] ?? "KEY",
    awsSecretAccessKey: options.secretKey ?? env["AWS_SECRET_ACCESS_KEY"] ?? "secret",
    regionName: "us-east-1",
    awsClientParameters: { endpointUrl: url, config: { retries: { max_attempts: options.retries ?? 4 } } },
  });
}
