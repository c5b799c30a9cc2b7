/** moto: many services of AWS in one process, in memory. */
import { findProgram, programPath } from "./find-program.ts";
import { type RunningServer, runServer } from "./run-server.ts";
import type { ServerDefinition, TestServer } from "./test-server.ts";

const PEER = "moto/bin/moto_server";
const REGION = "us-east-1";
/** How many calls are let in unsigned; those of `createUser`. */
const UNSIGNED_CALLS = 3;
const CALL_TIMEOUT_MS = 10_000;
const EVERYTHING = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}';

interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export type NoOptions = Readonly<Record<string, never>>;

/** Takes whatever credentials it is given. */
export const moto: ServerDefinition<NoOptions> = {
  whyMissing: whyNoMoto,
  start: async () => asServer(await runMoto(), { accessKeyId: "test", secretAccessKey: "test" }),
};

/**
 * Checks keys, signatures and permissions. Wrongly refuses presigned URLs, listings with a slash in prefix or delimiter
 * and keys with spaces or `%`: for tests of credentials only.
 */
export const motoAuth: ServerDefinition<NoOptions> = {
  whyMissing: whyNoMoto,
  start: async () => {
    const server = await runMoto({ INITIAL_NO_AUTH_ACTION_COUNT: String(UNSIGNED_CALLS) });
    try {
      return asServer(server, await createUser(originOf(server)));
    } catch (error) {
      await server.stop();
      throw error;
    }
  },
};

function whyNoMoto(): string | undefined {
  if (findProgram("moto_server", PEER) !== undefined) return undefined;
  return "there is no moto_server: run .ci/install-peers";
}

function runMoto(env: Readonly<Record<string, string>> = {}): Promise<RunningServer> {
  return runServer((port) => ({
    command: [programPath("moto_server", PEER), "-H", "127.0.0.1", "-p", String(port)],
    env,
  }));
}

function asServer(server: RunningServer, key: AccessKey): TestServer {
  const url = originOf(server);
  const env = {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: REGION,
    AWS_ACCESS_KEY_ID: key.accessKeyId,
    AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
  };
  return { url, env, stop: server.stop };
}

function originOf(server: RunningServer): string {
  return `http://127.0.0.1:${server.port}`;
}

async function createUser(origin: string): Promise<AccessKey> {
  const user = { UserName: "tester" };
  await callIam(origin, { Action: "CreateUser", ...user });
  await callIam(origin, {
    Action: "PutUserPolicy",
    ...user,
    PolicyName: "everything",
    PolicyDocument: EVERYTHING,
  });
  const answer = await callIam(origin, { Action: "CreateAccessKey", ...user });
  return {
    accessKeyId: elementOf(answer, "AccessKeyId"),
    secretAccessKey: elementOf(answer, "SecretAccessKey"),
  };
}

/** moto knows the service that is called by the scope of the signature, whether or not it checks that. */
async function callIam(origin: string, parameters: Readonly<Record<string, string>>): Promise<string> {
  const response = await fetch(origin, {
    method: "POST",
    headers: {
      authorization: `AWS4-HMAC-SHA256 Credential=none/20240101/${REGION}/iam/aws4_request, SignedHeaders=host, Signature=none`,
    },
    body: new URLSearchParams({ ...parameters, Version: "2010-05-08" }),
    signal: AbortSignal.timeout(CALL_TIMEOUT_MS),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`moto answered ${response.status} to ${parameters["Action"]}: ${text}`);
  return text;
}

function elementOf(xml: string, name: string): string {
  const value = new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
  if (value === undefined) throw new Error(`moto's answer has no ${name}: ${xml}`);
  return value;
}
