/** A secret that AWS Secrets Manager keeps. */
import type { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { type CallOptions, Secret } from "@sluice/core";
import { Block } from "@sluice/core/blocks";
import { z } from "zod";
import { AwsCredentials } from "./aws-credentials.ts";
import { AwsCredentialsError, AwsServiceError, awsTrouble } from "./aws-errors.ts";

export interface ReadSecretOptions extends CallOptions {
  readonly versionId?: string | undefined;
  /** Such as `AWSPREVIOUS`. Default: the current one. */
  readonly versionStage?: string | undefined;
}

/**
 * A secret by its name or ARN. Its value is asked for whenever it is read, and kept nowhere else.
 *
 * ```ts
 * const password = await (await AwsSecret.load("database-password")).read();
 * connect({ password: password.reveal() });
 * ```
 */
export class AwsSecret extends Block.define({
  slug: "aws-secret",
  name: "AWS Secret",
  description: "A secret of AWS Secrets Manager.",
  schema: z.object({ awsCredentials: AwsCredentials.field(), secretName: z.string().min(1) }),
}) {
  #manager: Promise<SecretsManager> | undefined;

  /**
   * The text; bytes as the text that they are in UTF-8.
   *
   * @throws {AwsCredentialsError} when credentials are missing or refused
   * @throws {AwsServiceError} when there is no such secret or version, or the service fails
   */
  async read(options: ReadSecretOptions = {}): Promise<Secret> {
    const { versionId, versionStage } = options;
    const answer = await this.#call("read", options, (manager, call) =>
      manager.getSecretValue(
        {
          SecretId: this.secretName,
          ...(versionId !== undefined && { VersionId: versionId }),
          ...(versionStage !== undefined && { VersionStage: versionStage }),
        },
        call,
      ),
    );
    const { SecretString, SecretBinary } = answer;
    return new Secret(SecretString ?? Buffer.from(SecretBinary ?? []).toString("utf8"));
  }

  /** Makes a new version the current one; makes the secret when there is none. */
  async write(value: string | Secret, options: CallOptions = {}): Promise<void> {
    const text = value instanceof Secret ? value.reveal() : value;
    await this.#call("write", options, async (manager, call) => {
      try {
        await manager.putSecretValue({ SecretId: this.secretName, SecretString: text }, call);
      } catch (error) {
        if (!(error instanceof Error) || error.name !== "ResourceNotFoundException") throw error;
        await manager.createSecret({ Name: this.secretName, SecretString: text }, call);
      }
    });
  }

  async #call<T>(
    verb: "read" | "write",
    { signal }: CallOptions,
    work: (manager: SecretsManager, call: { readonly abortSignal?: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    signal?.throwIfAborted();
    try {
      return await work(await this.#connect(), signal === undefined ? {} : { abortSignal: signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw this.#errorOf(error, verb);
    }
  }

  #connect(): Promise<SecretsManager> {
    this.#manager ??= (async () => {
      const { SecretsManager: Client } = await import("@aws-sdk/client-secrets-manager");
      return new Client(await this.awsCredentials.clientOptions());
    })();
    return this.#manager;
  }

  #errorOf(error: unknown, verb: string): unknown {
    const trouble = awsTrouble(error);
    if (trouble === undefined) return error;
    const subject = `Cannot ${verb} the secret "${this.secretName}" (block ${this.blockReference}).`;
    const options = {
      cause: trouble.cause,
      details: { secretName: this.secretName, code: trouble.code, status: trouble.status },
    };
    if (trouble.kind === "denied")
      return new AwsCredentialsError(`${subject} ${trouble.explanation}`, options);
    return new AwsServiceError(`${subject} ${EXPLANATIONS[trouble.code] ?? trouble.explanation}`, options);
  }
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  ResourceNotFoundException:
    "There is no such secret or version in this account and region. Check secretName and regionName, or create it.",
  InvalidRequestException:
    "It is marked for deletion, or does not allow this. Restore it, or use another one.",
  DecryptionFailure: "Its key does not open it. Check the key's policy in AWS KMS.",
};
