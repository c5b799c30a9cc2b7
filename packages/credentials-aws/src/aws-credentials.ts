/** Credentials for AWS. */
import { Block, secret } from "@sluice/core/blocks";
import { z } from "zod";
import { type AwsTransport, awsClientParameters, awsTransport } from "./aws-client-parameters.ts";
import { type AwsIdentityProvider, identityProvider } from "./aws-identity.ts";

/** What every client of the AWS SDK takes: `new S3(await credentials.clientOptions())`. */
export interface AwsClientOptions extends AwsTransport {
  /** Absent: as the environment says. */
  readonly region?: string;
  readonly credentials: AwsIdentityProvider;
}

/**
 * Keys, a profile, a role to assume, a web identity, or nothing: then what the environment has is used, as the AWS
 * command does. Fields as those of Prefect's block, and `webIdentityTokenFile`.
 *
 * ```ts
 * const credentials = new AwsCredentials({ profileName: "analytics", regionName: "eu-west-1" });
 * ```
 */
export class AwsCredentials extends Block.define({
  slug: "aws-credentials",
  name: "AWS Credentials",
  description: "Credentials for Amazon Web Services and for servers that speak its protocol.",
  schema: z.object({
    awsAccessKeyId: z.string().min(1).optional(),
    awsSecretAccessKey: secret(z.string().min(1)).optional(),
    awsSessionToken: secret(z.string().min(1)).optional(),
    /** A profile of the AWS configuration files. */
    profileName: z.string().min(1).optional(),
    regionName: z.string().min(1).optional(),
    awsClientParameters: awsClientParameters.prefault({}),
    /** A role that is assumed with the credentials. */
    assumeRoleArn: z.string().min(1).optional(),
    /** Parameters of `AssumeRole` in the words of AWS, such as `RoleSessionName` and `ExternalId`. */
    assumeRoleKwargs: z.record(z.string(), z.unknown()).default({}),
    /** A file with a token of a web identity, for which the role is given without other credentials. */
    webIdentityTokenFile: z.string().min(1).optional(),
  }),
}) {
  #options: Promise<AwsClientOptions> | undefined;

  /**
   * @throws {AwsCredentialsError} when the fields do not fit together
   */
  clientOptions(): Promise<AwsClientOptions> {
    this.#options ??= this.#makeOptions();
    return this.#options;
  }

  async #makeOptions(): Promise<AwsClientOptions> {
    const transport = await awsTransport(this.awsClientParameters);
    const region = this.regionName ?? fallbackRegion(transport.endpoint);
    const credentials = await identityProvider(this, { name: this.blockReference, region, transport });
    return { ...transport, ...(region !== undefined && { region }), credentials };
  }
}

/** The SDK does not read the variable that the AWS command reads; servers other than Amazon's mostly have no regions. */
function fallbackRegion(endpoint: string | undefined): string | undefined {
  const { AWS_REGION, AWS_DEFAULT_REGION } = process.env;
  return AWS_REGION ?? AWS_DEFAULT_REGION ?? (endpoint === undefined ? undefined : "us-east-1");
}
