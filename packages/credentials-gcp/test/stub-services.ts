/** Google's services as far as these tests call them. */
import { generateKeyPairSync, verify } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { startStubServer } from "@sluice-internal/test-servers";

const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** The key of a service account. */
export const KEY: Record<string, unknown> = {
  type: "service_account",
  project_id: "acme",
  client_email: "flows@acme.iam.gserviceaccount.com",
  private_key: privateKey.export({ type: "pkcs8", format: "pem" }),
};

export interface StubAnswer {
  readonly status?: number;
  readonly body: unknown;
}

/** Ends with the test; gives the server's origin. */
export function startStub(
  answer: (path: string, asked: IncomingMessage, body: string) => StubAnswer,
): Promise<string> {
  return startStubServer((asked, response) => {
    text(asked).then(
      (sent) => {
        const { status = 200, body } = answer(asked.url ?? "/", asked, sent);
        response.writeHead(status, { "content-type": "application/json", "metadata-flavor": "Google" });
        response.end(typeof body === "string" ? body : JSON.stringify(body));
      },
      (error: Error) => response.destroy(error),
    );
  });
}

/** The claims of a token that the key has signed. */
export function signedClaims({ headers }: IncomingMessage): Record<string, unknown> {
  const [head = "", claims = "", signature = ""] = (headers.authorization ?? "")
    .slice("Bearer ".length)
    .split(".");
  const isSigned = verify(
    "sha256",
    Buffer.from(`${head}.${claims}`),
    publicKey,
    Buffer.from(signature, "base64url"),
  );
  if (!isSigned) throw new Error("The token is not signed by the key.");
  return JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<string, unknown>;
}
