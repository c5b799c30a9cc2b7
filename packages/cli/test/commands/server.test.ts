import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { setUpSluice } from "../run-sluice.ts";
import { spawnSluice } from "../spawn-sluice.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

describe("sluice server start", () => {
  it("says where it is, serves, and ends by itself when it is told to", async () => {
    const home = await temporaryDirectory();
    const server = spawnSluice(["server", "start", "--port", "0"], { home });
    await server.says("Server started");
    const url = apiUrl(server.said());
    expect(await (await fetch(`${url}/health`)).json()).toBe(true);
    server.child.kill("SIGTERM");
    const { code, stdout, stderr } = await server.ended;
    expect(code).toBe(0);
    expect(stdout).toContain(`PREFECT_API_URL=${url}`);
    expect(stdout).toContain(`api.url=${url}`);
    expect(stderr).toContain("Server stopped");
  }, 30_000);

  it("writes JSON lines, and warns when anybody may use it", async () => {
    const home = await temporaryDirectory();
    const args = ["server", "start", "--port", "0", "--host", "0.0.0.0", "--log-format", "json"];
    const server = spawnSluice(args, { home });
    await server.says("Whoever reaches this server");
    server.child.kill("SIGINT");
    const { code, stdout, stderr } = await server.ended;
    expect([code, stdout]).toEqual([0, ""]);
    const lines = stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines).toContainEqual(expect.objectContaining({ level: "warn", logger: "sluice.server" }));
    expect(lines.at(-1)).toMatchObject({ message: "Server stopped" });
  }, 30_000);

  it("says why it cannot start", async () => {
    const sluice = await setUpSluice();
    const port = await takenPort();
    const taken = await sluice(`server start --port ${port}`);
    expect(taken).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`127.0.0.1:${port}: another program`),
    });
    const scheme = await sluice("server start --database-url mysql://me:hunter22@db/x");
    expect(scheme).toMatchObject({ code: 1, stderr: expect.stringContaining("mysql:") });
    expect(scheme.stderr).not.toContain("hunter22");
    const away = await sluice("server start --database-url postgres://me:hunter22@127.0.0.1:1/x");
    expect(away).toMatchObject({ code: 1, stderr: expect.stringContaining("127.0.0.1:1") });
    expect(away.stderr).not.toContain("hunter22");
    expect(await sluice("server start --port 70000")).toMatchObject({ code: 2 });
  }, 30_000);
});

describe("sluice server database", () => {
  it("shows the schema, brings it up and down", async () => {
    const sluice = await setUpSluice();
    const version = async (command: string) => JSON.parse((await sluice(`${command} --json`)).stdout).version;
    expect(await version("server database status")).toBe(0);
    const newest = await version("server database upgrade");
    expect(newest).toBeGreaterThan(1);
    const refused = await sluice("server database downgrade");
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("--yes") });
    expect(await version("server database downgrade --to 1 --yes")).toBe(1);
    expect((await sluice("server database status")).stdout).toContain(`schema 1 of ${newest}`);
    expect(await version("server database reset --yes")).toBe(newest);
  });
});

describe("sluice server api-key", () => {
  it("makes keys that can be read once, lists and revokes them", async () => {
    const sluice = await setUpSluice();
    const { stdout: key } = await sluice("server api-key create ci");
    expect(key).toMatch(/^slk_[\w-]{43}\n$/u);
    const { stdout: list } = await sluice("server api-key ls");
    expect(list).toMatch(/^ci\t2\d{3}-/u);
    expect(list).not.toContain(key.trim());
    expect(await sluice("server api-key create ci")).toMatchObject({ code: 1 });
    expect(await sluice("server api-key revoke ci")).toMatchObject({ code: 0 });
    expect(JSON.parse((await sluice("server api-key ls --json")).stdout)).toEqual([]);
  });
});

describe("sluice server secrets", () => {
  it("makes a new key and seals with it, never showing one", async () => {
    const sluice = await setUpSluice();
    expect((await sluice("server secrets status --json")).stdout).toBe("[]\n");
    const first = JSON.parse((await sluice("server secrets rotate --json")).stdout);
    expect(first).toEqual({ key: expect.stringMatching(/^[0-9a-f]{12}$/u), sealed: 0, left: 0 });
    const second = await sluice("server secrets rotate --new-key");
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining("Sealed 0 blocks with key ") });
    const { stdout: status } = await sluice("server secrets status");
    expect(status).toMatch(new RegExp(`^[0-9a-f]{12}\\t0\\tseals\\n${first.key}\\t0\\topens\\n$`, "u"));
    for (const key of (await readFile(join(sluice.home, "encryption.key"), "utf8")).trim().split("\n")) {
      expect(status + second.stdout + second.stderr).not.toContain(key);
    }
  });

  it("says what is wrong with a key, without the key", async () => {
    const sluice = await setUpSluice();
    const env = { SLUICE_ENCRYPTION_KEY: "hunter22" };
    const refused = await sluice("server secrets rotate", { env });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("openssl rand -base64 32") });
    expect(refused.stderr).not.toContain("hunter22");
    const elsewhere = { SLUICE_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString("base64") };
    expect(await sluice("server secrets rotate --new-key", { env: elsewhere })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("Put a new one before the others"),
    });
  });
});

it("runs services alone on PostgreSQL only", async () => {
  const sluice = await setUpSluice();
  const refused = await sluice("server services start");
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("SLUICE_DATABASE_URL") });
});

function apiUrl(said: string): string {
  return /api=(http:\S+)/u.exec(said)?.[1] ?? "";
}

/** A port that something of the test listens on. */
async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}
