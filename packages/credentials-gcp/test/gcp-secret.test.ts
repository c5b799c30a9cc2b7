import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { GcpCredentials, GcpSecret } from "../src/index.ts";
import { KEY, signedClaims, startStub } from "./stub-services.ts";

const NOT_FOUND = { status: 404, body: { error: { code: 404, status: "NOT_FOUND", message: "not found" } } };
const gcpCredentials = new GcpCredentials({ serviceAccountInfo: KEY });

describe("a secret of Secret Manager", () => {
  it("is read with a token that the key signs", async () => {
    const endpoint = await startStub((path, asked) => {
      expect(path).toBe("/v1/projects/acme/secrets/database-password/versions/latest:access");
      expect(signedClaims(asked)).toMatchObject({
        iss: KEY["client_email"],
        scope: "https://www.googleapis.com/auth/cloud-platform",
      });
      return { body: { payload: { data: Buffer.from("pässword").toString("base64") } } };
    });
    const secret = new GcpSecret({ gcpCredentials, secretName: "database-password", endpoint });
    const value = await secret.read();
    expect(value.reveal()).toBe("pässword");
    expect(`${value}`).not.toContain("pässword");
  });

  it("is read by its full name and version", async () => {
    const endpoint = await startStub((path) => {
      expect(path).toBe("/v1/projects/p/locations/europe-west3/secrets/s/versions/3:access");
      return { body: { payload: { data: "eA==" } } };
    });
    const secretName = "projects/p/locations/europe-west3/secrets/s";
    const secret = new GcpSecret({ gcpCredentials, secretName, secretVersion: "3", endpoint });
    expect((await secret.read()).reveal()).toBe("x");
  });

  it("is made when the first version of it is written", async () => {
    const calls: string[] = [];
    let isThere = false;
    const endpoint = await startStub((path, { method }, body) => {
      calls.push(`${method} ${path} ${body}`);
      if (path.includes("?secretId=")) isThere = true;
      else if (!isThere) return NOT_FOUND;
      return { body: {} };
    });
    await new GcpSecret({ gcpCredentials, secretName: "token", endpoint }).write("new");
    expect(calls).toEqual([
      'POST /v1/projects/acme/secrets/token:addVersion {"payload":{"data":"bmV3"}}',
      'POST /v1/projects/acme/secrets?secretId=token {"replication":{"automatic":{}}}',
      'POST /v1/projects/acme/secrets/token:addVersion {"payload":{"data":"bmV3"}}',
    ]);
  });

  it("comes at the second time of asking when the service fails once", async () => {
    let calls = 0;
    const endpoint = await startStub(() => {
      calls += 1;
      if (calls === 1) return { status: 503, body: { error: { code: 503, message: "try again" } } };
      return { body: { payload: { data: "eA==" } } };
    });
    expect((await new GcpSecret({ gcpCredentials, secretName: "s", endpoint }).read()).reveal()).toBe("x");
    expect(calls).toBe(2);
  });

  it.each([
    [404, "NOT_FOUND", "EXTERNAL_SERVICE", "Check secretName"],
    [403, "PERMISSION_DENIED", "CREDENTIALS", "Secret Manager Secret Accessor"],
    [401, "UNAUTHENTICATED", "CREDENTIALS", "whether it was deleted"],
    [429, "RESOURCE_EXHAUSTED", "EXTERNAL_SERVICE", "called too often"],
    [500, "INTERNAL", "EXTERNAL_SERVICE", "INTERNAL"],
  ])("says what to do about an answer of %i", async (status, reason, code, words) => {
    const endpoint = await startStub(() => ({
      status,
      body: { error: { code: status, status: reason, message: "no" } },
    }));
    const error = await new GcpSecret({ gcpCredentials, secretName: "s", endpoint })
      .read()
      .catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code, message: expect.stringContaining(words) });
    expect(String(error)).toContain("block gcpsecret");
    expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/Bearer|PRIVATE KEY/);
  });

  it("is not waited for when the call is stopped", async () => {
    const controller = new AbortController();
    const endpoint = await startStub(() => {
      controller.abort(new Error("stopped"));
      return NOT_FOUND;
    });
    const secret = new GcpSecret({ gcpCredentials, secretName: "s", endpoint });
    await expect(secret.read({ signal: controller.signal })).rejects.toThrow("stopped");
  });
});

describe("credentials for Google Cloud", () => {
  it("are read from a file", async () => {
    const file = join(await emptyHome(), "key.json");
    await writeFile(file, JSON.stringify(KEY));
    const auth = await new GcpCredentials({ serviceAccountFile: file }).auth();
    expect(await auth.getCredentials()).toMatchObject({ client_email: KEY["client_email"] });
    expect(await auth.getProjectId()).toBe("acme");
  });

  it("act for another service account", async () => {
    const other = "other@acme.iam.gserviceaccount.com";
    const credentials = new GcpCredentials({
      serviceAccountInfo: KEY,
      project: "p",
      impersonateServiceAccount: other,
    });
    const auth = await credentials.auth();
    expect(await auth.getCredentials()).toMatchObject({ client_email: other });
    expect(await auth.getProjectId()).toBe("p");
  });

  it("come from the machine that the code runs on", async () => {
    const metadata = await startStub((path) => {
      if (path.includes("/token")) return { body: { access_token: "token-of-machine", expires_in: 3600 } };
      return { body: path.includes("project-id") ? "acme" : {} };
    });
    const endpoint = await startStub((_, { headers }) => {
      expect(headers.authorization).toBe("Bearer token-of-machine");
      return { body: { payload: { data: "eA==" } } };
    });
    vi.stubEnv("GCE_METADATA_HOST", metadata.slice("http://".length));
    vi.stubEnv("METADATA_SERVER_DETECTION", "assume-present");
    await emptyHome();
    const secret = new GcpSecret({ gcpCredentials: new GcpCredentials({}), secretName: "s", endpoint });
    expect((await secret.read()).reveal()).toBe("x");
  });

  it("say how to give some when there are none", async () => {
    vi.stubEnv("METADATA_SERVER_DETECTION", "none");
    await emptyHome();
    const secret = new GcpSecret({ gcpCredentials: new GcpCredentials({ project: "p" }), secretName: "s" });
    await expect(secret.read()).rejects.toMatchObject({
      code: "CREDENTIALS",
      message: expect.stringContaining("GOOGLE_APPLICATION_CREDENTIALS"),
    });
  });

  it.each([
    [{ serviceAccountFile: "key.json", serviceAccountInfo: KEY }, "Give one of them only"],
    [{ serviceAccountFile: "/nowhere/key.json" }, "cannot be read (ENOENT)"],
    [{ serviceAccountInfo: { type: "service_account", client_email: "x" } }, "has no private_key"],
  ])("say what is wrong with %o", async (fields, words) => {
    await expect(new GcpCredentials(fields).auth()).rejects.toMatchObject({
      code: "CREDENTIALS",
      message: expect.stringContaining(words),
    });
  });

  it("show nothing of a file that is no key", async () => {
    const file = join(await emptyHome(), "key.json");
    await writeFile(file, "-----BEGIN PRIVATE KEY-----");
    const error = await new GcpCredentials({ serviceAccountFile: file })
      .auth()
      .catch((failure: unknown) => failure);
    expect(error).toMatchObject({ message: expect.stringContaining("no JSON object") });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("PRIVATE KEY");
  });

  it("say that a private key is damaged", async () => {
    const damaged = { ...KEY, private_key: "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" };
    const gcpCredentials = new GcpCredentials({ serviceAccountInfo: damaged });
    const endpoint = await startStub(() => NOT_FOUND);
    await expect(new GcpSecret({ gcpCredentials, secretName: "s", endpoint }).read()).rejects.toMatchObject({
      code: "CREDENTIALS",
      message: expect.stringContaining("Download the key again"),
    });
  });
});

/** A home directory without a login of gcloud's. */
async function emptyHome(): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "gcp-home-"));
  vi.stubEnv("HOME", home);
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", "");
  onTestFinished(async () => {
    vi.unstubAllEnvs();
    await rm(home, { recursive: true });
  });
  return home;
}
