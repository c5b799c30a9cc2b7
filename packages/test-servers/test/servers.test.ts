import { execFile, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { isOpen } from "../src/free-port.ts";
import { describeWithServer, startServer, startTroubleProxy } from "../src/index.ts";
import { runServer } from "../src/run-server.ts";
import { listeningProgram } from "./listening-program.ts";

const OWNER = new URL("./server-owner.ts", import.meta.url);
const run = promisify(execFile);

describeWithServer("moto", (server) => {
  it("makes a bucket without asking for whom", async () => {
    const { url } = server();
    expect((await fetch(`${url}/flows`, { method: "PUT" })).status).toBe(200);
    expect(await (await fetch(url)).text()).toContain("<Name>flows</Name>");
  });
});

describeWithServer("moto-auth", (server) => {
  it("has a user and refuses a wrong signature", async () => {
    const { url, env } = server();
    const scope = `Credential=${env["AWS_ACCESS_KEY_ID"]}/20240101/us-east-1/iam/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host;x-amz-date, Signature=0`;
    const answer = await fetch(url, {
      method: "POST",
      headers: { authorization, "x-amz-date": "20240101T000000Z" },
      body: new URLSearchParams({ Action: "ListUsers", Version: "2010-05-08" }),
    });
    expect(await answer.text()).toContain("SignatureDoesNotMatch");
    expect(answer.status).toBe(403);
  });
});

describeWithServer("postgres", (server) => {
  it("lets nobody in without the password", async () => {
    const { url, env } = server();
    const psql = (password: string | undefined) =>
      run("psql", ["-w", "-At", "-c", "select 1", url], { env: { ...process.env, PGPASSWORD: password } });
    expect((await psql(env["PGPASSWORD"])).stdout).toBe("1\n");
    await expect(psql("wrong")).rejects.toThrow("password authentication failed");
  });
});

describeWithServer("azurite", (server) => {
  it("refuses who does not sign", async () => {
    const { url, env } = server();
    expect(env["AZURE_STORAGE_CONNECTION_STRING"]).toContain(`BlobEndpoint=${url};`);
    expect((await fetch(`${url}/container?restype=container`, { method: "PUT" })).status).toBe(403);
  });
});

describeWithServer(
  "azurite",
  (server) => {
    it("lets in the application that asks for a token with its secret", async () => {
      const { url, env } = server();
      const tokens = `${env["AZURE_AUTHORITY_HOST"]}/${env["AZURE_TENANT_ID"]}/oauth2/v2.0/token`;
      const curl = async (...args: string[]) =>
        (await run("curl", ["-s", "--cacert", `${env["NODE_EXTRA_CA_CERTS"]}`, ...args])).stdout;
      expect(await curl(tokens, "-d", "client_secret=wrong")).toContain("invalid_client");
      const answer: unknown = JSON.parse(
        await curl(tokens, "-d", `client_secret=${env["AZURE_CLIENT_SECRET"]}`),
      );
      const { access_token } = answer as { readonly access_token: string };
      const headers = ["-H", `authorization: Bearer ${access_token}`, "-H", "x-ms-version: 2021-12-02"];
      const status = ["-o", "/dev/null", "-w", "%{http_code}"];
      const container = `${url}/container?restype=container`;
      expect(await curl("-X", "PUT", container, "-H", "content-length: 0", ...headers, ...status)).toBe(
        "201",
      );
      expect(await curl(container, "-H", "authorization: Bearer none", ...status)).toMatch(/^40[0-9]$/);
    });
  },
  { entra: true },
);

describeWithServer("fake-gcs-server", (server) => {
  it("makes a bucket", async () => {
    const body = JSON.stringify({ name: "flows" });
    const answer = await fetch(`${server().url}/storage/v1/b?project=test`, { method: "POST", body });
    expect(await answer.json()).toMatchObject({ name: "flows" });
  });
});

describeWithServer("samba", (server) => {
  it("keeps files for its user", async () => {
    expect(await smbclient(server(), ["-c", "mkdir a; ls"])).toMatch(/^ +a +D/m);
  });
});

describeWithServer(
  "samba",
  (server) => {
    it("requires encryption when it is told to", async () => {
      await expect(smbclient(server(), ["-m", "SMB2_10", "-c", "ls"])).rejects.toThrow(
        "NT_STATUS_ACCESS_DENIED",
      );
      expect(await smbclient(server(), ["-m", "SMB3", "-c", "ls"])).toContain("blocks");
    });
  },
  { encryption: true },
);

describeWithServer(
  "github",
  (server) => {
    it("has what its seed says", async () => {
      const answer = await fetch(`${server().url}/repos/octocat/flows`, {
        headers: { authorization: "Bearer token-of-octocat" },
      });
      expect(await answer.json()).toMatchObject({ full_name: "octocat/flows" });
    });
  },
  {
    seed: {
      tokens: { "token-of-octocat": { login: "octocat", scopes: ["repo"] } },
      github: {
        users: [{ login: "octocat" }],
        repos: [{ owner: "octocat", name: "flows", auto_init: true }],
      },
    },
  },
);

describeWithServer("slack", (server) => {
  it("answers as Slack does", async () => {
    const answer = await fetch(`${server().url}/api/auth.test`, { method: "POST" });
    expect(await answer.json()).toMatchObject({ ok: false, error: "not_authed" });
  });
});

describe("a server", () => {
  it("may be stopped twice", async () => {
    const server = await startServer("slack", {});
    if ("reason" in server) throw new Error(server.reason);
    await server.stop();
    await server.stop();
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it("that does not come up says what it wrote", async () => {
    const program = ["sh", "-c", "echo the port is taken >&2; exit 3"];
    await expect(runServer(() => ({ command: program }))).rejects.toThrow(/ended with 3:\nthe port is taken/);
  });

  it("ends with its helpers when it is stopped", async () => {
    // An odd number of seconds finds this helper among the machine's processes.
    const helper = `sleep ${randomInt(1e5, 1e9)}`;
    const server = await runServer((port) => ({ command: listeningProgram(port, `${helper} &`) }));
    expect((await run("pgrep", ["-fx", helper])).stdout).toMatch(/^\d+\n$/);
    await server.stop();
    await expect(run("pgrep", ["-fx", helper])).rejects.toMatchObject({ code: 1 });
    expect(await isOpen(server.port)).toBe(false);
  });

  it("ends when the process that started it is killed", async () => {
    const owner = spawn(process.execPath, [...process.execArgv, fileURLToPath(OWNER)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(createInterface({ input: owner.stdout }), "line");
    const port = Number(line);
    expect(await isOpen(port)).toBe(true);
    owner.kill("SIGKILL");
    await vi.waitFor(async () => expect(await isOpen(port)).toBe(false), 10_000);
  }, 30_000);
});

describe("a proxy that makes trouble", () => {
  it("answers in the place of the server while there is trouble", async () => {
    const server = await startServer("slack", {});
    if ("reason" in server) throw new Error(server.reason);
    const proxy = await startTroubleProxy(server.url);
    const ask = () => fetch(`${proxy.url}/api/auth.test`, { method: "POST" });
    proxy.troubles.push({ status: 429, headers: { "retry-after": "1" }, body: "later" }, "stall");
    const refused = await ask();
    expect([refused.status, refused.headers.get("retry-after"), await refused.text()]).toEqual([
      429,
      "1",
      "later",
    ]);
    const stalled = fetch(proxy.url, { signal: AbortSignal.timeout(100) });
    await expect(stalled).rejects.toMatchObject({ name: "TimeoutError" });
    expect(await (await ask()).json()).toMatchObject({ error: "not_authed" });
    expect(proxy.requests()).toBe(3);
    await proxy.stop();
    await server.stop();
  });
});

async function smbclient(
  server: { readonly url: string; readonly env: Readonly<Record<string, string>> },
  args: readonly string[],
): Promise<string> {
  const { hostname, port, pathname } = new URL(server.url);
  const { SMB_USERNAME: username, SMB_PASSWORD: password } = server.env;
  const user = ["-U", `${username}%${password}`];
  try {
    return (await run("smbclient", [`//${hostname}${pathname}`, "-p", port, ...user, ...args])).stdout;
  } catch (error) {
    // Why is told on either output.
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    throw new Error(`${stdout}${stderr}`, { cause: error });
  }
}
