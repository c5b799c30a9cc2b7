import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { describeWithServer } from "@sluice-internal/test-servers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { AwsCredentials, type AwsIdentity, awsTrouble, MinioCredentials } from "../src/index.ts";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "credentials-aws-"));
  const keys = (name: string) => `aws_access_key_id=${name}\naws_secret_access_key=secret-of-${name}\n`;
  await writeFile(join(directory, "credentials"), `[default]\n${keys("DEFAULT")}[base]\n${keys("BASE")}`);
  await writeFile(
    join(directory, "config"),
    `[profile program]\ncredential_process=echo '{"Version":1,"AccessKeyId":"PROGRAM","SecretAccessKey":"s"}'\n`,
  );
  // A token that says who it is for, and that nobody signed.
  await writeFile(join(directory, "token"), "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.");
});

afterAll(() => rm(directory, { recursive: true }));

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", join(directory, "credentials"));
  vi.stubEnv("AWS_CONFIG_FILE", join(directory, "config"));
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
});

afterEach(() => {
  vi.unstubAllEnvs();
});

async function identityOf(credentials: AwsCredentials): Promise<AwsIdentity> {
  return (await credentials.clientOptions()).credentials();
}

describe("credentials for AWS", () => {
  it("are the keys that they have", async () => {
    const credentials = new AwsCredentials({
      awsAccessKeyId: "KEY",
      awsSecretAccessKey: "a-secret-key",
      awsSessionToken: "a-session-token",
    });
    expect(await identityOf(credentials)).toEqual({
      accessKeyId: "KEY",
      secretAccessKey: "a-secret-key",
      sessionToken: "a-session-token",
    });
    expect(inspect(credentials)).not.toMatch(/a-secret-key|a-session-token/);
  });

  it("are those of a profile", async () => {
    expect(await identityOf(new AwsCredentials({ profileName: "base" }))).toMatchObject({
      accessKeyId: "BASE",
    });
    expect(await identityOf(new AwsCredentials({ profileName: "program" }))).toMatchObject({
      accessKeyId: "PROGRAM",
    });
  });

  it("are what the environment has, variables before files", async () => {
    expect(await identityOf(new AwsCredentials())).toMatchObject({ accessKeyId: "DEFAULT" });
    vi.stubEnv("AWS_ACCESS_KEY_ID", "VARIABLE");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "s");
    expect(await identityOf(new AwsCredentials())).toMatchObject({ accessKeyId: "VARIABLE" });
  });

  it("say what to do when there are none", async () => {
    const error = await identityOf(new AwsCredentials({ profileName: "absent" })).catch(awsTrouble);
    expect(error).toMatchObject({
      kind: "denied",
      explanation: expect.stringContaining("Give keys, a profile"),
    });
  });

  it.each([
    [{ awsAccessKeyId: "KEY" }, "only one of awsAccessKeyId and awsSecretAccessKey"],
    [{ awsSessionToken: "token" }, "awsSessionToken without the keys"],
    [{ webIdentityTokenFile: "token" }, "Give assumeRoleArn"],
  ])("that do not fit together are refused: %j", async (fields, problem) => {
    await expect(new AwsCredentials(fields).clientOptions()).rejects.toMatchObject({
      code: "CREDENTIALS",
      message: expect.stringContaining(problem),
    });
  });

  it("know the region from their field or the environment", async () => {
    const regionOf = async (fields: ConstructorParameters<typeof AwsCredentials>[0]) =>
      (await new AwsCredentials(fields).clientOptions()).region;
    expect(await regionOf({})).toBeUndefined();
    expect(await regionOf({ awsClientParameters: { endpointUrl: "http://127.0.0.1:9000" } })).toBe(
      "us-east-1",
    );
    vi.stubEnv("AWS_DEFAULT_REGION", "eu-west-1");
    expect(await regionOf({})).toBe("eu-west-1");
    expect(await regionOf({ regionName: "eu-west-3" })).toBe("eu-west-3");
  });
});

describe("how the services are reached", () => {
  it("is said in Prefect's words and Botocore's", async () => {
    const certificates = join(directory, "ca.pem");
    await writeFile(certificates, "certificates");
    const options = await new AwsCredentials({
      awsClientParameters: {
        endpointUrl: "https://minio.example:9000",
        verifyCertPath: certificates,
        config: {
          connect_timeout: 3,
          read_timeout: 5,
          max_pool_connections: 7,
          retries: { max_attempts: 9, mode: "standard" },
          s3: { addressing_style: "virtual" },
          signature_version: "s3v4",
        },
      },
    }).clientOptions();
    expect(options).toMatchObject({
      endpoint: "https://minio.example:9000",
      forcePathStyle: false,
      maxAttempts: 10,
      requestHandler: {
        connectionTimeout: 3000,
        requestTimeout: 5000,
        socketTimeout: 5000,
        httpsAgent: { maxSockets: 7, options: { ca: "certificates", rejectUnauthorized: true } },
      },
    });
  });

  it("is by paths when the server is not Amazon's", async () => {
    const pathStyle = async () => (await new AwsCredentials().clientOptions()).forcePathStyle;
    expect(await pathStyle()).toBe(false);
    vi.stubEnv("AWS_ENDPOINT_URL", "http://127.0.0.1:9000");
    expect(await pathStyle()).toBe(true);
  });

  it("is the same for MinIO, with user and password as keys", async () => {
    const options = await new MinioCredentials({
      minioRootUser: "minio",
      minioRootPassword: "minio-password",
      awsClientParameters: { endpointUrl: "http://127.0.0.1:9000" },
    }).clientOptions();
    expect(options).toMatchObject({ endpoint: "http://127.0.0.1:9000", forcePathStyle: true });
    expect(await options.credentials()).toEqual({ accessKeyId: "minio", secretAccessKey: "minio-password" });
  });
});

describeWithServer("moto", (server) => {
  const role = "arn:aws:iam::123456789012:role/reader";

  it("assume a role with their keys, and know when it ends", async () => {
    const identity = await identityOf(
      new AwsCredentials({
        awsAccessKeyId: "KEY",
        awsSecretAccessKey: "secret",
        assumeRoleArn: role,
        assumeRoleKwargs: { RoleSessionName: "test", DurationSeconds: 900, ExternalId: null },
        awsClientParameters: { endpointUrl: server().url },
      }),
    );
    expect(identity.accessKeyId).toMatch(/^ASIA/);
    expect(identity.sessionToken).toBeDefined();
    const endsInMs = (identity.expiration?.getTime() ?? 0) - Date.now();
    expect(endsInMs).toBeGreaterThan(800_000);
    expect(endsInMs).toBeLessThan(1_000_000);
  });

  it("assume a role for a web identity", async () => {
    const identity = await identityOf(
      new AwsCredentials({
        webIdentityTokenFile: join(directory, "token"),
        assumeRoleArn: role,
        assumeRoleKwargs: { RoleSessionName: "test" },
        awsClientParameters: { endpointUrl: server().url },
      }),
    );
    expect(identity.accessKeyId).toMatch(/^ASIA/);
    expect(identity.expiration?.getTime()).toBeGreaterThan(Date.now());
  });
});
