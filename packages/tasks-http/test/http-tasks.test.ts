import { createHash, randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { flow, MemoryFileSystem, Secret, temporarySettings } from "@sluice/core";
import { flowHarness } from "@sluice/core/testing";
import { describeWithServer } from "@sluice-internal/test-servers";
import { afterEach, describe, expect, expectTypeOf, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import {
  downloadFile,
  fetchJson,
  fetchPages,
  type HttpRequest,
  HttpService,
  requestHttp,
  uploadFile,
} from "../src/index.ts";
import { linkTo } from "../src/link-header.ts";
import { weather } from "./readme.ts";

// Every test makes a history, and the first one loads everything.
vi.setConfig({ testTimeout: 30_000 });

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("a request", () => {
  it("gives the answer, in a flow that submits and maps it", async () => {
    const { url } = await server((request, response) => {
      response.setHeader("x-method", request.method ?? "");
      response.end(`${request.url}`);
    });
    const result = await inFlow(async () => {
      const query = { a: ["1", 2], at: new Date(0), none: undefined, word: "é &" };
      const submitted = await requestHttp.submit({ url: `${url}/path?x=y`, query });
      const mapped = await requestHttp.map([{ url: `${url}/1` }, { url: `${url}/2` }]);
      return { submitted, mapped: mapped.map(({ text }) => text) };
    });
    expect(result).toMatchObject({
      submitted: { status: 200, headers: { "x-method": "GET" } },
      mapped: ["/1", "/2"],
    });
    expect(result.submitted.text).toBe("/path?x=y&a=1&a=2&at=1970-01-01T00%3A00%3A00.000Z&word=%C3%A9+%26");
  });

  it("sends JSON, forms and texts, and types the JSON it gets", async () => {
    const { url } = await server(async (request, response) => {
      const body = await textOf(request);
      response.end(
        JSON.stringify({ type: request.headers["content-type"], body, accept: request.headers.accept }),
      );
    });
    const echo = z.object({ type: z.string().optional(), body: z.string() });
    const result = await inFlow(async () => {
      const json = await fetchJson({ url, method: "POST", json: { a: 1 } }, echo);
      expectTypeOf(json).toEqualTypeOf<{ type?: string | undefined; body: string }>();
      const form = await fetchJson.submit({ url, method: "POST", form: { a: "b c" } }, echo);
      const mapped = await fetchJson.map([{ url, method: "PUT", body: "text" }], echo);
      const unknown = await fetchJson({ url });
      expectTypeOf(unknown).toEqualTypeOf<unknown>();
      return [json, form, ...mapped, unknown];
    });
    expect(result).toEqual([
      { type: "application/json", body: '{"a":1}' },
      { type: "application/x-www-form-urlencoded", body: "a=b+c" },
      { type: "text/plain;charset=UTF-8", body: "text" },
      { body: "", accept: "application/json" },
    ]);
  });

  it("is sent again when that is safe, after the time that the server asks for", async () => {
    const { url, requests } = await server(scripted([503, 429, 200]));
    await expect(inFlow(() => requestHttp({ url }))).resolves.toMatchObject({ status: 200 });
    await expect(inFlow(() => requestHttp({ url, method: "POST" }))).resolves.toMatchObject({ status: 200 });
    expect(requests).toHaveLength(4);
  });

  it.each<[string, Partial<HttpRequest>, number, number]>([
    ["a POST that may have been carried out", { method: "POST" }, 504, 1],
    ["a PUT", { method: "PUT", body: "x" }, 504, 3],
    ["a POST that is said to be idempotent", { method: "POST", isIdempotent: true }, 502, 3],
    ["a POST with a key", { method: "POST", headers: { "Idempotency-Key": "1" } }, 502, 3],
    ["what cannot pass", {}, 500, 1],
    ["what is not to be", { retries: 0 }, 503, 1],
  ])("knows whether to send again %s", async (_, request, status, times) => {
    const { url, requests } = await server(scripted([status]));
    await expect(inFlow(() => requestHttp({ url, retries: 2, ...request }))).rejects.toMatchObject({
      status,
    });
    expect(requests).toHaveLength(times);
  });

  it("is sent again when nobody listened, whatever its method", async () => {
    await using harness = flowHarness();
    const port = await freePort();
    const unsent = flow({ name: "unsent" }, () =>
      requestHttp({ url: `http://127.0.0.1:${port}/`, method: "POST", json: {}, retries: 2 }),
    );
    const run = await harness.run(unsent);
    const words = `POST http://127.0.0.1:${port}/ failed: ECONNREFUSED. Check the host and the port.`;
    expect(run.state.message).toContain(words);
    expect(harness.logs.filter(({ message }) => message.startsWith("A request is sent again"))).toHaveLength(
      2,
    );
  });

  it("fails with what the server says, and what to do, without secrets", async () => {
    const { url } = await server((request, response) => {
      response.writeHead(request.url?.startsWith("/denied") === true ? 401 : 422);
      response.end(
        `<p>The value\n is wrong: ${request.headers.authorization ?? request.headers["x-key"] ?? ""}</p>${"x".repeat(1e6)}`,
      );
    });
    const key = new Secret("s3cret-key");
    const wrong = await inFlow(() =>
      requestHttp({ url: `${url}/a?token=s3cret-query`, headers: { "X-Key": key } }),
    ).catch((error: unknown) => error);
    expect(wrong).toMatchObject({
      ...{ code: "EXTERNAL_SERVICE", status: 422 },
      message: expect.stringContaining(
        `GET ${url}/a?… was answered with 422. Correct the request. It says: The value is wrong: ****`,
      ),
    });
    const withPassword = `${url.replace("//", "//ada:s3cret-password@")}/denied`;
    const denied = await inFlow(() => requestHttp({ url: withPassword })).catch((error: unknown) => error);
    expect(denied).toMatchObject({
      code: "CREDENTIALS",
      message: expect.stringContaining("Check the credentials"),
    });
    expect(inspect([wrong, denied], { depth: 9 })).not.toMatch(/s3cret/);
    expect((wrong as { body: string }).body.length).toBeLessThan(20_000);
  });

  it("takes a failure for an answer where it is told so", async () => {
    const { url } = await server(scripted([404]));
    expect(await inFlow(() => requestHttp({ url, allowedStatuses: [404] }))).toMatchObject({ status: 404 });
  });

  it.each<[string, HttpRequest, RegExp]>([
    ["no URL", { url: "weather.example" }, /is no URL\. Write it with https/],
    ["another protocol", { url: "file:///etc/passwd" }, /no URL of HTTP/],
    ["two bodies", { url: "http://x", json: 1, body: "" }, /has one body/],
    ["a wrong number", { url: "http://x", retries: -1 }, /retries is -1, but must be a number from 0 to 100/],
  ])("refuses %s", async (_, request, words) => {
    await expect(inFlow(() => requestHttp(request))).rejects.toThrow(words);
  });

  it("tells answers that are too long, no JSON, or not as they should be", async () => {
    const { url } = await server((_, response) => response.end('{"degrees":"warm"}'));
    await expect(inFlow(() => requestHttp({ url, maxBytes: 5 }))).rejects.toThrow(
      "more than 5 bytes. Raise maxBytes",
    );
    const schema = z.object({ degrees: z.number() });
    await expect(inFlow(() => fetchJson({ url }, schema))).rejects.toThrow(
      "does not fit its schema: degrees:",
    );
    const { url: text } = await server((_, response) => response.end("<html>"));
    await expect(inFlow(() => fetchJson({ url: text }))).rejects.toThrow("is no JSON. Use requestHttp");
  });

  it("ends after a silence, and with its run", async () => {
    const { url, requests } = await server((request, response) => {
      if (request.url === "/half") response.write("half");
    });
    const slow = { url: `${url}/half`, timeoutSeconds: 0.2, retries: 0 };
    await expect(inFlow(() => requestHttp(slow))).rejects.toThrow(
      "was not answered for 0.2 s. Try again later, or raise",
    );
    const short = requestHttp.withOptions({ timeoutSeconds: 0.2 });
    await expect(inFlow(() => short({ url }))).rejects.toMatchObject({ code: "TIMED_OUT" });
    await vi.waitFor(() => expect(requests.every(({ socket }) => socket.destroyed)).toBe(true));
  });

  it("follows redirects, and leaves credentials where they belong", async () => {
    const { url: elsewhere, requests } = await server((_, response) => response.end("elsewhere"));
    const { url } = await server((request, response) => {
      if (request.url === "/see-other") response.writeHead(303, { location: "/here" }).end();
      else if (request.url === "/loop") response.writeHead(302, { location: "/loop" }).end();
      else if (request.url === "/away") response.writeHead(307, { location: elsewhere }).end();
      else response.end(`${request.method} ${request.headers.authorization}`);
    });
    const service = new HttpService({
      baseUrl: url,
      token: "s3cret-token",
      headers: { "X-Key": "s3cret-key" },
    });
    const kept = await inFlow(() => requestHttp({ service, url: "see-other", method: "POST", json: 1 }));
    expect(kept.text).toBe("GET Bearer s3cret-token");
    const away = await inFlow(() =>
      requestHttp({ service, url: "/away", method: "PUT", body: "x", headers: { cookie: "a=b" } }),
    );
    expect(away.url).toBe(`${elsewhere}/`);
    expect(requests[0]?.method).toBe("PUT");
    expect(requests[0]?.headers).not.toMatchObject({ authorization: expect.anything() });
    expect(requests[0]?.headers["x-key"] ?? requests[0]?.headers.cookie).toBeUndefined();
    await expect(inFlow(() => requestHttp({ url: `${url}/loop` }))).rejects.toThrow(
      "redirected more than 10 times",
    );
  });
});

describe("pages", () => {
  const city = z.object({ name: z.string() });

  it("are followed by their links, up to a limit", async () => {
    const { url } = await server((request, response) => {
      const page = Number(new URL(request.url ?? "", "http://x").searchParams.get("page") ?? 0);
      if (page < 3)
        response.setHeader("link", `</first>; rel=first, <?page=${page + 1}>; title="a, b"; rel="last next"`);
      response.end(JSON.stringify([{ name: `${page}a` }, { name: `${page}b` }]));
    });
    const { all, some } = await inFlow(async () => {
      const all = await fetchPages({ url }, { schema: z.array(city) });
      expectTypeOf(all).toEqualTypeOf<readonly { name: string }[]>();
      const some = await fetchPages.submit({ url }, { schema: z.array(city), maxItems: 3 });
      return { all, some };
    });
    expect(all).toHaveLength(8);
    expect(some.map(({ name }) => name)).toEqual(["0a", "0b", "1a"]);
  });

  it("are followed by what they say themselves, with credentials for their own origin only", async () => {
    const { url: elsewhere, requests: abroad } = await server((_, response) =>
      response.end('{"data":[{"name":"c"}]}'),
    );
    const { url, requests } = await server((request, response) => {
      const after = request.url?.includes("after=1") === true ? elsewhere : "?after=1";
      response.end(JSON.stringify({ data: [{ name: request.url }], after }));
    });
    const service = new HttpService({ baseUrl: `${url}/v1`, username: "ada", password: "s3cret-password" });
    const schema = z.object({ data: z.array(city), after: z.string().optional() });
    const found = await inFlow(async () => {
      const items = await fetchPages(
        { service, url: "cities" },
        { schema, items: ({ data }) => data, next: ({ after }) => after },
      );
      expectTypeOf(items).toEqualTypeOf<readonly { name: string }[]>();
      return items;
    });
    expect(found.map(({ name }) => name)).toEqual(["/v1/cities", "/v1/cities?after=1", "c"]);
    expect(requests.map(({ headers }) => headers.authorization?.slice(0, 6))).toEqual(["Basic ", "Basic "]);
    expect(abroad[0]?.headers.authorization).toBeUndefined();
  });

  it("that lead back to themselves are told of", async () => {
    const { url } = await server((_, response) => response.end("[1]"));
    const back = () => fetchPages({ url }, { schema: z.array(z.number()), next: () => "/" });
    await expect(inFlow(back)).rejects.toThrow("has been asked for already, and is the next page again");
  });

  it("read links as RFC 8288 has them", () => {
    expect(linkTo("next", '<a,b;c>; rel=prev, <d> ; title="x \\", rel=next" ; REL="Next last"')).toBe("d");
    expect(linkTo("next", '<a>; rel="prev"')).toBeUndefined();
    expect(linkTo("next", undefined)).toBeUndefined();
  });
});

describe("a download", () => {
  const content = randomBytes(3_000_000);
  const sha256 = createHash("sha256").update(content).digest("hex");

  it("goes on where it broke off, and is checked", async () => {
    const { url, requests } = await server(breakingOff(content, { etag: '"v1"' }));
    const fileSystem = new MemoryFileSystem();
    const result = await inFlow(() => downloadFile({ url }, { fileSystem, path: "file" }, { sha256 }));
    expect(result).toEqual({ bytes: content.length, sha256, contentType: "application/zip", etag: '"v1"' });
    expect(Buffer.compare(await fileSystem.read("file"), content)).toBe(0);
    expect(requests.map(({ headers }) => headers.range)).toEqual([
      undefined,
      "bytes=1000000-",
      "bytes=2000000-",
    ]);
    expect(requests[1]?.headers["if-range"]).toBe('"v1"');
  });

  it("begins anew where the server has no ranges, or another version", async () => {
    for (const headers of [{}, { etag: 'W/"v1"' }]) {
      const { url, requests } = await server(breakingOff(content, headers, 1));
      const fileSystem = new MemoryFileSystem();
      await using harness = flowHarness();
      const download = flow({ name: "download" }, () => downloadFile({ url }, { fileSystem, path: "file" }));
      const { state } = await harness.run(download);
      expect(await state.result()).toMatchObject({ sha256 });
      expect(requests.map((request) => request.headers.range)).toEqual([undefined, undefined]);
    }
  });

  it("leaves no file when it fails, or has another checksum", async () => {
    const fileSystem = new MemoryFileSystem();
    const { url } = await server((_, response) => response.end("other"));
    const other = () => downloadFile({ url }, { fileSystem, path: "file" }, { sha256 });
    await expect(inFlow(other)).rejects.toThrow(`but ${sha256} is expected. The file was not written.`);
    const { url: broken } = await server(breakingOff(content, {}));
    const cut = () => downloadFile({ url: broken, retries: 0 }, { fileSystem, path: "file" });
    await expect(inFlow(cut)).rejects.toMatchObject({ code: "EXTERNAL_SERVICE" });
    expect((await fileSystem.list()).files).toEqual([]);
  });

  it("takes constant memory", async () => {
    const chunk = Buffer.alloc(1_000_000);
    const { url } = await server((_, response) => {
      let left = 200;
      const more = (): void => {
        while (left > 0 && response.write(chunk)) left -= 1;
        if (left === 0) response.end();
        left -= 1;
      };
      response.on("drain", more);
      more();
    });
    const fileSystem = Object.assign(new MemoryFileSystem(), {
      write: async (_: string, chunks: AsyncIterable<Uint8Array>) => {
        for await (const each of chunks) if (each.length === 0) break;
      },
    });
    const before = process.memoryUsage().rss;
    const { bytes } = await inFlow(() => downloadFile({ url }, { fileSystem, path: "file" }));
    expect(bytes).toBeGreaterThan(190_000_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(120_000_000);
  });
});

describe("an upload", () => {
  it("sends the file with its length, again if need be", async () => {
    const content = randomBytes(2_000_000);
    const received: { readonly length: string | undefined; readonly body: Buffer }[] = [];
    const { url } = await server(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      received.push({ length: request.headers["content-length"], body: Buffer.concat(chunks) });
      if (received.length === 1) response.setHeader("retry-after", "0").writeHead(503);
      response.end("taken");
    });
    const fileSystem = new MemoryFileSystem();
    await fileSystem.write("file", content);
    const answer = await inFlow(() => uploadFile({ fileSystem, path: "file" }, { url }));
    expect(answer.text).toBe("taken");
    expect(received.map(({ length }) => length)).toEqual(["2000000", "2000000"]);
    expect(received.every(({ body }) => body.equals(content))).toBe(true);
    const wrong = () => uploadFile({ fileSystem, path: "file" }, { url, method: "GET" });
    await expect(inFlow(wrong)).rejects.toThrow("cannot be sent with GET. Use PUT or POST.");
  });
});

describeWithServer("moto", (server) => {
  it("sends files to a service of storage, and gets them back", async () => {
    const fileSystem = new MemoryFileSystem();
    const content = randomBytes(5_000_000);
    await fileSystem.write("file", content);
    const scope = "Credential=key/20240101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0";
    const service = new HttpService({
      baseUrl: server().url,
      headers: { Authorization: `AWS4-HMAC-SHA256 ${scope}` },
    });
    const { contentType, sha256 } = await inFlow(async () => {
      await requestHttp({ service, url: "bucket", method: "PUT" });
      const object = { service, url: "bucket/a%20file" };
      const headers = { "content-type": "application/zip" };
      await uploadFile({ fileSystem, path: "file" }, { ...object, headers });
      return downloadFile(object, { fileSystem, path: "copy" });
    });
    expect(contentType).toBe("application/zip");
    expect(sha256).toBe(createHash("sha256").update(content).digest("hex"));
    expect(Buffer.compare(await fileSystem.read("copy"), content)).toBe(0);
  });
});

describe("a service", () => {
  it("shows no secret, and cannot have two kinds of credentials", () => {
    const service = new HttpService({
      baseUrl: "https://x.example",
      token: "s3cret",
      headers: { key: "s3cret" },
    });
    expect(inspect(service, { depth: 9 })).not.toContain("s3cret");
    const both = { baseUrl: "https://x.example", token: "a-token", username: "ada", password: "a-word" };
    expect(() => new HttpService(both)).toThrow("Give a token, or username and password, not both");
  });

  it("does what the README says", async () => {
    const { url, requests } = await server(async (request, response) => {
      if (request.url === "/v1/archive.csv") response.end("day,degrees\n");
      else if (request.url === "/v1/reports")
        response.end(`{"got":${JSON.stringify(await textOf(request))}}`);
      else
        response.end(
          JSON.stringify([
            { name: "Berlin", degrees: 21 },
            { name: "Paris", degrees: 23 },
          ]),
        );
    });
    const directory = join(tmpdir(), `sluice-tasks-http-${randomUUID()}`);
    vi.stubEnv(
      "SLUICE_BLOCK_HTTP_SERVICE__WEATHER",
      JSON.stringify({ base_url: `${url}/v1`, token: "s3cret" }),
    );
    vi.stubEnv("SLUICE_BLOCK_LOCAL_FILE_SYSTEM__REPORTS", JSON.stringify({ basepath: directory }));
    expect(await inMemory(() => weather())).toEqual({ warmest: 23, bytes: 12 });
    expect(requests.every(({ headers }) => headers.authorization === "Bearer s3cret")).toBe(true);
    expect(await readFile(join(directory, "archive.csv"), "utf8")).toBe("day,degrees\n");
    const [readme, example] = await Promise.all(
      ["../README.md", "readme.ts"].map((path) => readFile(new URL(path, import.meta.url), "utf8")),
    );
    expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``);
  });
});

/** A flow of its own, with a history in memory. */
function inFlow<T>(work: () => Promise<T>): Promise<T> {
  return inMemory(() => flow({ name: "one" }, work)() as Promise<T>);
}

function inMemory<T>(work: () => Promise<T>): Promise<T> {
  const home = join(tmpdir(), `sluice-tasks-http-${randomUUID()}`);
  return temporarySettings({ home, "history.mode": "memory", "logging.to_terminal": false }, work);
}

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/** A server for one test, and the requests that it got. */
async function server(
  handler: Handler,
): Promise<{ readonly url: string; readonly requests: readonly IncomingMessage[] }> {
  const requests: IncomingMessage[] = [];
  const listening = createServer((request, response) => {
    requests.push(request);
    void handler(request, response);
  }).listen(0, "127.0.0.1");
  await once(listening, "listening");
  onTestFinished(() => {
    listening.closeAllConnections();
    listening.close();
  });
  return { url: `http://127.0.0.1:${(listening.address() as AddressInfo).port}`, requests };
}

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const listening = createServer().listen(0, "127.0.0.1");
  await once(listening, "listening");
  const { port } = listening.address() as AddressInfo;
  listening.close();
  await once(listening, "close");
  return port;
}

/** Answers with these statuses in turn, of which the last goes on; failures ask for no patience. */
function scripted(statuses: readonly number[]): Handler {
  let turn = 0;
  return (_, response) => {
    const status = statuses[Math.min(turn, statuses.length - 1)] ?? 200;
    turn += 1;
    response.writeHead(status, { "retry-after": "0" }).end();
  };
}

/** Gives a million bytes at a time, and then breaks off, so many times. */
function breakingOff(
  content: Buffer,
  headers: { readonly etag?: string },
  times = Number.POSITIVE_INFINITY,
): Handler {
  let breaks = 0;
  return (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const rest = content.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, {
      ...{
        "content-type": "application/zip",
        "content-length": rest.length,
        "accept-ranges": "bytes",
        ...headers,
      },
      ...(start > 0 && { "content-range": `bytes ${start}-${content.length - 1}/${content.length}` }),
    });
    breaks += 1;
    if (rest.length <= 1_000_000 || breaks > times) response.end(rest);
    else response.write(rest.subarray(0, 1_000_000), () => setTimeout(() => response.destroy(), 100));
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
