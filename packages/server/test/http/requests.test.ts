import { request } from "node:http";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { startTestServer, type TestServer } from "./test-server.ts";

describe("bodies", () => {
  it("are refused by member, with what was sent", async () => {
    const server = await startTestServer();
    const answer = await server.fetch("/flows/", { body: { extra: 1 } });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({
      exception_message: "Invalid request received.",
      exception_detail: [
        { type: "missing", loc: ["body", "name"], msg: "Field required" },
        { type: "extra_forbidden", loc: ["body", "extra"] },
      ],
      request_body: { extra: 1 },
    });
  });

  it.each([
    ["no JSON", "{"],
    ["not UTF-8", new Uint8Array([0x22, 0xff, 0x22])],
    ["nested too deep", "[".repeat(100_000)],
    ["nested too deep in an object", `{"name":"x","a":${'{"a":'.repeat(5000)}1${"}".repeat(5001)}`],
    ["text with NUL", '{"name":"a\\u0000"}'],
    ["half of a surrogate pair", '{"name":"\\ud83d"}'],
    ["a name with NUL", '{"name":"a","labels":{"\\u0000":1}}'],
    ["a number for an object", "1"],
  ])("are refused with 422: %s", async (_, body) => {
    const server = await startTestServer();
    const answer = await server.fetch("/flows/", { body });
    expect(answer.status).toBe(422);
    expect(await answer.json()).toHaveProperty("exception_detail");
  });

  it("may contain whole surrogate pairs, escaped or not, and escaped backslashes before u0000", async () => {
    const server = await startTestServer();
    for (const name of ['"a😀"', '"b\\ud83d\\ude00"', '"c\\\\u0000"']) {
      const answer = await server.fetch("/flows/", { body: `{"name":${name}}` });
      expect(answer.status).toBe(201);
      expect(await answer.json()).toMatchObject({ name: JSON.parse(name) });
    }
  });

  it("may have brackets in texts", async () => {
    const server = await startTestServer();
    const text = `${"[".repeat(500)}\\"${"{".repeat(500)}`;
    const answer = await server.fetch("/flows/", { body: `{"name":"b","tags":["${text}"]}` });
    expect(answer.status).toBe(201);
  });

  it("of log lines and states lose what cannot be stored", async () => {
    const server = await startTestServer();
    const line = { name: "x", level: 20, message: "a\0b\ud83dc", timestamp: "2026-11-20T12:00:00Z" };
    expect((await server.fetch("/logs/", { body: [line] })).status).toBe(201);
    const stored = await server.json("/logs/filter", { body: {} });
    expect(stored).toMatchObject([{ message: "ab\u{FFFD}c" }]);
  });

  it("above the limit are refused with 413, whether they tell their length or not", async () => {
    const server = await startTestServer({ maxBodyBytes: 2000 });
    const body = JSON.stringify({ name: "x".repeat(3000) });
    const told = await server.fetch("/flows/", { body });
    expect([told.status, await told.json()]).toEqual([
      413,
      { code: "BODY_TOO_LARGE", detail: expect.stringContaining("2000 bytes") },
    ]);
    expect(await sendChunks(server, ["{", body])).toBe(413);
  });

  it("are not echoed when they are long", async () => {
    const server = await startTestServer();
    const answer = await server.fetch("/flows/", { body: { extra: "x".repeat(10_000) } });
    expect(await answer.json()).toMatchObject({ request_body: null });
  });
});

describe("paths", () => {
  it("with the wrong slash are redirected, others are 404", async () => {
    const server = await startTestServer();
    const redirected = await server.fetch("/flows?x=1", { body: { name: "a" } });
    expect([redirected.status, redirected.headers.get("Location")]).toEqual([307, "./flows/?x=1"]);
    const missing = await server.fetch("/nothing");
    expect([missing.status, await missing.json()]).toEqual([404, { detail: "Not Found" }]);
    expect((await server.fetch("/flows/no-uuid")).status).toBe(404);
    expect((await server.fetch("/flows/%00")).status).toBe(404);
    expect((await server.fetch("/flows/%ff%zz")).status).toBe(404);
  });

  it("are below the base path, and nowhere else", async () => {
    const server = await startTestServer({ basePath: "tools/sluice/" });
    expect(new URL(server.apiUrl).pathname).toBe("/tools/sluice/api");
    expect((await server.fetch("/health")).status).toBe(200);
    expect((await fetch(`${server.rootUrl}api/health`)).status).toBe(404);
    expect((await fetch(`${server.rootUrl}tools/sluice/docs`)).status).toBe(200);
  });

  it("cannot have a base that is no path", async () => {
    await expect(startTestServer({ basePath: "/a b" })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });
});

describe("answers", () => {
  it("carry the id of the request, a given one if it is harmless", async () => {
    const server = await startTestServer();
    const idOf = async (given: string) =>
      (await server.fetch("/health", { headers: { "X-Request-Id": given } })).headers.get("X-Request-Id");
    expect(await idOf("trace-1")).toBe("trace-1");
    expect(await idOf("two words")).toMatch(/^[0-9a-f-]{36}$/u);
    expect((await server.fetch("/nothing")).headers.get("X-Request-Id")).toMatch(/^[0-9a-f-]{36}$/u);
  });

  it("are compressed when they are long and the client can read that", async () => {
    const server = await startTestServer();
    const codingOf = (path: string, accepted: string) => rawGet(server, path, accepted);
    const plain = await codingOf("/openapi.json", "identity");
    expect(plain.coding).toBeUndefined();
    const brotli = await codingOf("/openapi.json", "gzip, deflate, br");
    expect([brotli.coding, brotliDecompressSync(brotli.body).equals(plain.body)]).toEqual(["br", true]);
    const gzip = await codingOf("/openapi.json", "gzip, br;q=0");
    expect([gzip.coding, gunzipSync(gzip.body).equals(plain.body)]).toEqual(["gzip", true]);
    expect((await codingOf("/health", "gzip, br")).coding).toBeUndefined();
  });

  it("can be read by pages of the origins that are allowed", async () => {
    const server = await startTestServer({ corsOrigins: ["https://a.example"] });
    const preflight = (origin: string) =>
      server.fetch("/flows/", {
        method: "OPTIONS",
        headers: {
          Origin: origin,
          "Access-Control-Request-Method": "POST",
          "Access-Control-Request-Headers": "authorization",
        },
      });
    const allowed = await preflight("https://a.example");
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get("Access-Control-Allow-Origin")).toBe("https://a.example");
    expect(allowed.headers.get("Access-Control-Allow-Headers")).toContain("authorization");
    expect((await preflight("https://b.example")).headers.get("Access-Control-Allow-Origin")).toBeNull();
  });
});

it("writes a line per request when it is told to, with neither query nor credentials", async () => {
  const lines: unknown[] = [];
  const server = await startTestServer({
    hasAccessLog: true,
    log: (level, message, fields) => lines.push({ level, message, fields }),
  });
  await server.fetch("/flows/filter?secret=1", { body: {}, headers: { "X-Request-Id": "r1" } });
  const path = "/api/flows/filter";
  expect(lines).toContainEqual({
    level: "info",
    message: "Request",
    fields: { method: "POST", path, status: 200, ms: expect.any(Number), requestId: "r1" },
  });
});

it("ends what is under way when it closes, and refuses what comes later", async () => {
  const server = await startTestServer();
  const outgoing = request(`${server.apiUrl}/flows/`, { method: "POST" });
  const answered = new Promise<number | undefined>((resolve, reject) => {
    outgoing.once("response", (answer) => resolve(answer.resume().statusCode));
    outgoing.once("error", reject);
  });
  await new Promise<void>((resolve) => outgoing.write('{"name":', () => resolve()));
  const isListening = await server.fetch("/health");
  expect(isListening.status).toBe(200);
  const closed = server.close();
  outgoing.end('"late"}');
  expect(await answered).toBe(201);
  await closed;
  await expect(server.fetch("/health")).rejects.toThrow();
});

it("says why it cannot listen", async () => {
  const server = await startTestServer();
  const port = Number(new URL(server.apiUrl).port);
  await expect(startTestServer({ port })).rejects.toMatchObject({
    code: "INVALID_REQUEST",
    message: expect.stringContaining(`127.0.0.1:${port}`),
  });
});

it("serves a SQLite file alone", async () => {
  const server = await startTestServer();
  const again = startTestServer({ databasePath: server.location });
  await expect(again).rejects.toMatchObject({
    code: "CONFLICT",
    message: expect.stringContaining("PostgreSQL"),
  });
  await server.close();
  const next = await startTestServer({ databasePath: server.location });
  expect((await next.fetch("/health")).status).toBe(200);
});

interface RawAnswer {
  readonly coding: string | undefined;
  readonly body: Buffer;
}

/** `fetch` would decompress. */
function rawGet(server: TestServer, path: string, accepted: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${server.apiUrl}${path}`, { headers: { "Accept-Encoding": accepted } });
    outgoing.once("error", reject);
    outgoing.once("response", (answer) => {
      const coding = answer.headers["content-encoding"];
      answer.toArray().then((chunks) => resolve({ coding, body: Buffer.concat(chunks) }), reject);
    });
    outgoing.end();
  });
}

function sendChunks(server: TestServer, chunks: readonly string[]): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${server.apiUrl}/flows/`, { method: "POST" });
    outgoing.once("error", reject);
    outgoing.once("response", (answer) => resolve(answer.resume().statusCode));
    for (const chunk of chunks) outgoing.write(chunk);
    outgoing.end();
  });
}
