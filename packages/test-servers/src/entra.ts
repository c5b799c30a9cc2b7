/** What Microsoft's libraries ask for tokens, as far as Azurite looks at these: it does not check who signed them. */
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { findProgram } from "./find-program.ts";
import { freePort } from "./free-port.ts";
import { makeCertificate } from "./make-certificate.ts";

const TOKEN_SECONDS = 3600;

interface Entra {
  /** Files. Clients trust the certificate by the variable `NODE_EXTRA_CA_CERTS`, which Node reads when it starts. */
  readonly certificate: string;
  readonly privateKey: string;
  /** Of one application with a secret; and the certificate. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

interface Application {
  readonly origin: string;
  readonly tenant: string;
  readonly secret: string;
}

export function whyNoEntra(): string | undefined {
  return findProgram("openssl") === undefined ? "there is no openssl" : undefined;
}

export async function startEntra(): Promise<Entra> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-entra-"));
  const certificate = join(directory, "certificate.pem");
  const privateKey = join(directory, "key.pem");
  await makeCertificate(certificate, privateKey);
  const port = await freePort();
  const secret = randomBytes(20).toString("hex");
  const application = { origin: `https://127.0.0.1:${port}`, tenant: randomUUID(), secret };
  const keys = { cert: await readFile(certificate), key: await readFile(privateKey) };
  const server = createServer(keys, (request, response) => {
    answer(request, response, application).catch((error: Error) => response.destroy(error));
  }).listen(port, "127.0.0.1");
  await once(server, "listening");
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await once(server.close(), "close");
    await rm(directory, { recursive: true, force: true });
  };
  const env = {
    AZURE_AUTHORITY_HOST: application.origin,
    AZURE_TENANT_ID: application.tenant,
    AZURE_CLIENT_ID: "sluice-test",
    AZURE_CLIENT_SECRET: secret,
    NODE_EXTRA_CA_CERTS: certificate,
  };
  return { certificate, privateKey, env, stop };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  application: Application,
): Promise<void> {
  const { status, body } = answerTo(request.url ?? "", await text(request), application);
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function answerTo(path: string, body: string, application: Application): { status: number; body: unknown } {
  const authority = `${application.origin}/${application.tenant}`;
  if (path.includes("openid-configuration")) {
    const issuer = `${authority}/v2.0`;
    return {
      status: 200,
      body: {
        issuer,
        token_endpoint: `${authority}/oauth2/v2.0/token`,
        authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
        jwks_uri: `${application.origin}/keys`,
      },
    };
  }
  if (new URLSearchParams(body).get("client_secret") !== application.secret) {
    const words = "AADSTS7000215: Invalid client secret provided.";
    return {
      status: 401,
      body: { error: "invalid_client", error_description: words, error_codes: [7000215] },
    };
  }
  return {
    status: 200,
    body: { token_type: "Bearer", expires_in: TOKEN_SECONDS, access_token: accessToken(application) },
  };
}

function accessToken({ tenant }: Application): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    aud: "https://storage.azure.com",
    iss: `https://sts.windows.net/${tenant}/`,
    ...{ oid: randomUUID(), tid: tenant },
    ...{ iat: now, nbf: now - 10, exp: now + TOKEN_SECONDS },
  };
  return `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}.${Buffer.from("none").toString("base64url")}`;
}
