/** Who asks: from what credentials say to keys, which are renewed before they end. */
import type { Secret } from "@sluice/core";
import type { AwsTransport } from "./aws-client-parameters.ts";
import { AwsCredentialsError } from "./aws-errors.ts";

/** Keys for one call, as the SDK takes them. */
export interface AwsIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

/** The SDK remembers what this gives, and asks again before it expires. */
export type AwsIdentityProvider = () => Promise<AwsIdentity>;

export interface IdentitySource {
  readonly awsAccessKeyId?: string | undefined;
  readonly awsSecretAccessKey?: Secret | undefined;
  readonly awsSessionToken?: Secret | undefined;
  readonly profileName?: string | undefined;
  readonly webIdentityTokenFile?: string | undefined;
  readonly assumeRoleArn?: string | undefined;
  readonly assumeRoleKwargs: Readonly<Record<string, unknown>>;
}

interface IdentityOptions {
  /** The credentials in messages, such as `aws-credentials/prod`. */
  readonly name: string;
  readonly region: string | undefined;
  readonly transport: AwsTransport;
}

const DEFAULT_REGION = "us-east-1";

/**
 * The first of: the keys, the role of the web identity, the profile, what the environment has (variables, files, the
 * container or the machine). With a role to assume, that is the identity which assumes it.
 *
 * @throws {AwsCredentialsError} when what is said is not enough
 */
export async function identityProvider(
  source: IdentitySource,
  options: IdentityOptions,
): Promise<AwsIdentityProvider> {
  checkSource(source, options.name);
  const base = await baseProvider(source, options);
  if (source.assumeRoleArn === undefined || source.webIdentityTokenFile !== undefined) return base;
  const { fromTemporaryCredentials } = await import("@aws-sdk/credential-providers");
  return fromTemporaryCredentials({
    masterCredentials: base,
    params: { ...roleParameters(source), RoleArn: source.assumeRoleArn },
    clientConfig: stsConfig(options),
  });
}

async function baseProvider(source: IdentitySource, options: IdentityOptions): Promise<AwsIdentityProvider> {
  const { awsAccessKeyId, awsSecretAccessKey, awsSessionToken, profileName } = source;
  if (awsAccessKeyId !== undefined && awsSecretAccessKey !== undefined) {
    const identity = {
      accessKeyId: awsAccessKeyId,
      secretAccessKey: awsSecretAccessKey.reveal(),
      ...(awsSessionToken !== undefined && { sessionToken: awsSessionToken.reveal() }),
    };
    return async () => identity;
  }
  const { fromIni, fromNodeProviderChain, fromTokenFile } = await import("@aws-sdk/credential-providers");
  const { webIdentityTokenFile, assumeRoleArn } = source;
  const clientConfig = stsConfig(options);
  if (webIdentityTokenFile !== undefined && assumeRoleArn !== undefined) {
    const { RoleSessionName } = roleParameters(source);
    const session = typeof RoleSessionName === "string" ? { roleSessionName: RoleSessionName } : {};
    return fromTokenFile({ webIdentityTokenFile, roleArn: assumeRoleArn, clientConfig, ...session });
  }
  return profileName === undefined
    ? fromNodeProviderChain({ clientConfig })
    : fromIni({ profile: profileName, clientConfig });
}

/** Whether it fits together is not left to the first call to a service. */
function checkSource(source: IdentitySource, name: string): void {
  const { awsAccessKeyId, awsSecretAccessKey, awsSessionToken, webIdentityTokenFile, assumeRoleArn } = source;
  const fail = (problem: string): never => {
    throw new AwsCredentialsError(`The credentials ${name} ${problem}`, { details: { credentials: name } });
  };
  if ((awsAccessKeyId === undefined) !== (awsSecretAccessKey === undefined)) {
    fail("have only one of awsAccessKeyId and awsSecretAccessKey. Give both, or neither.");
  }
  if (awsSessionToken !== undefined && awsAccessKeyId === undefined) {
    fail(
      "have an awsSessionToken without the keys it belongs to. Give awsAccessKeyId and awsSecretAccessKey.",
    );
  }
  if (webIdentityTokenFile !== undefined && assumeRoleArn === undefined) {
    fail("have a webIdentityTokenFile without the role it is for. Give assumeRoleArn.");
  }
}

/** Prefect's documents have a null for each parameter that is not given. */
function roleParameters({ assumeRoleKwargs }: IdentitySource): Record<string, unknown> {
  return Object.fromEntries(Object.entries(assumeRoleKwargs).filter(([, value]) => value !== null));
}

/** Roles are assumed where the services are. */
function stsConfig({ region, transport }: IdentityOptions): Record<string, unknown> {
  const { endpoint, tls, requestHandler } = transport;
  return {
    region: region ?? process.env["AWS_REGION"] ?? DEFAULT_REGION,
    tls,
    requestHandler,
    ...(endpoint !== undefined && { endpoint }),
  };
}
