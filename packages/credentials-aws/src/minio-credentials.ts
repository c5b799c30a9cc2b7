/** Credentials for MinIO. */
import { Block, secret } from "@sluice/core/blocks";
import { z } from "zod";
import { awsClientParameters } from "./aws-client-parameters.ts";
import { type AwsClientOptions, AwsCredentials } from "./aws-credentials.ts";

/** User and password of a MinIO server, whose URL is `awsClientParameters.endpointUrl`. Fields as those of Prefect's block. */
export class MinioCredentials extends Block.define({
  slug: "minio-credentials",
  name: "MinIO Credentials",
  description: "Credentials for a MinIO server.",
  schema: z.object({
    minioRootUser: z.string().min(1),
    minioRootPassword: secret(z.string().min(1)),
    regionName: z.string().min(1).optional(),
    awsClientParameters: awsClientParameters.prefault({}),
  }),
}) {
  readonly #keys: AwsCredentials = new AwsCredentials({
    awsAccessKeyId: this.minioRootUser,
    awsSecretAccessKey: this.minioRootPassword,
    awsClientParameters: this.awsClientParameters,
    ...(this.regionName !== undefined && { regionName: this.regionName }),
  });

  clientOptions(): Promise<AwsClientOptions> {
    return this.#keys.clientOptions();
  }
}
