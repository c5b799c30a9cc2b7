import { inspect } from "node:util";
import { SecretsManager } from "@aws-sdk/client-secrets-manager";
import { Secret } from "@sluice/core";
import { describeWithServer, type TestServer } from "@sluice-internal/test-servers";
import { describe, expect, it } from "vitest";
import { AwsCredentials, AwsSecret } from "../src/index.ts";

function credentialsFor({ url, env }: TestServer, secretKey?: string): AwsCredentials {
  return new AwsCredentials({
    awsAccessKeyId: env["AWS_ACCESS_KEY_ID"],
    awsSecretAccessKey: secretKey ?? env["AWS_SECRET_ACCESS_KEY"],
    regionName: env["AWS_REGION"],
    awsClientParameters: { endpointUrl: url, config: { retries: { max_attempts: 0 } } },
  });
}

describeWithServer("moto", (server) => {
  const secretCalled = (secretName: string): AwsSecret =>
    new AwsSecret({ awsCredentials: credentialsFor(server()), secretName });

  it("is written, and read as what it is now", async () => {
    const secret = secretCalled("password");
    await secret.write("first-value");
    await secret.write(new Secret("second-value"));
    const value = await secretCalled("password").read();
    expect(value.reveal()).toBe("second-value");
    expect(inspect(value)).not.toContain("second-value");
    expect((await secret.read({ versionStage: "AWSPREVIOUS" })).reveal()).toBe("first-value");
  });

  it("is read when it is bytes, as Prefect writes it", async () => {
    const manager = new SecretsManager(await credentialsFor(server()).clientOptions());
    await manager.createSecret({ Name: "bytes", SecretBinary: Buffer.from("naïve") });
    manager.destroy();
    expect((await secretCalled("bytes").read()).reveal()).toBe("naïve");
  });

  it("that does not exist is said to be missing", async () => {
    await expect(secretCalled("absent").read()).rejects.toMatchObject({
      code: "EXTERNAL_SERVICE",
      message: expect.stringMatching(/"absent".*no such secret or version.*Check secretName/),
    });
  });

  it("that is to be deleted is said to be so", async () => {
    await secretCalled("doomed").write("value");
    const manager = new SecretsManager(await credentialsFor(server()).clientOptions());
    await manager.deleteSecret({ SecretId: "doomed", RecoveryWindowInDays: 7 });
    manager.destroy();
    await expect(secretCalled("doomed").read()).rejects.toMatchObject({
      code: "EXTERNAL_SERVICE",
      message: expect.stringContaining("marked for deletion"),
    });
  });

  it("is not asked for when the signal has aborted", async () => {
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(secretCalled("password").read({ signal })).rejects.toThrow("stopped");
  });
});

describeWithServer("moto-auth", (server) => {
  it("is refused to wrong keys, without showing them", async () => {
    const awsCredentials = credentialsFor(server(), "a-wrong-secret-key");
    const read = new AwsSecret({ awsCredentials, secretName: "password" }).read();
    const error = await read.catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "CREDENTIALS",
      message: expect.stringMatching(/"password".*(Check awsSecretAccessKey|not allowed)/),
    });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("a-wrong-secret-key");
  });
});

describe("a service that is not there", () => {
  it("is said to be unreachable", async () => {
    const awsCredentials = new AwsCredentials({
      awsAccessKeyId: "KEY",
      awsSecretAccessKey: "secret",
      // A port that nothing can listen on.
      awsClientParameters: { endpointUrl: "http://127.0.0.1:1", config: { retries: { max_attempts: 0 } } },
    });
    await expect(new AwsSecret({ awsCredentials, secretName: "password" }).read()).rejects.toMatchObject({
      code: "EXTERNAL_SERVICE",
      message: expect.stringContaining("cannot be reached"),
    });
  });
});
