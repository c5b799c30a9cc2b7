import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo, LookupFunction } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Network, type OutboundRequest, sendRequest } from "../../src/outbound/send-request.ts";

describe("a request", () => {
  it("has the answer's status, headers and body", async () => {
    const { url, requests } = await receiver((_, response) => {
      response.writeHead(418, { "x-mark": "here" }).end("short and stout");
    });
    const answer = await sendRequest(requestTo(`${url}/path?query`));
    expect(answer).toMatchObject({ status: 418, text: "short and stout", headers: { "x-mark": "here" } });
    expect(requests).toEqual(["POST /path?query: the body"]);
  });

  it("reads no more than the beginning of a long answer", async () => {
    const { url } = await receiver((_, response) => {
      response.end("x".repeat(1_000_000));
    });
    expect((await sendRequest(requestTo(url))).text).toHaveLength(16_384);
  });

  it("ends when its signal aborts, also while the answer is on its way", async () => {
    const controller = new AbortController();
    const { url } = await receiver((_, response) => {
      response.write("a part", () => controller.abort());
    });
    const sending = sendRequest({ ...requestTo(url), signal: controller.signal });
    await expect(sending).rejects.toMatchObject({ code: "ABORT_ERR" });
  });

  it("refuses what is not HTTP", async () => {
    await expect(sendRequest(requestTo("ftp://files.example/x"))).rejects.toThrow("is not an HTTP URL");
  });
});

describe("a request to the public internet only", () => {
  it.each([
    "127.0.0.1",
    "[::1]",
    "2130706433",
    "0x7f.1",
    "[::ffff:127.0.0.1]",
    "localhost",
    "169.254.169.254",
  ])("does not connect to %s", async (host) => {
    const { port, requests } = await receiver();
    const sending = sendRequest(publicRequestTo(`http://${host}:${port}/`));
    await expect(sending).rejects.toThrow("is not an address of the public internet");
    expect(requests).toEqual([]);
  });

  it("connects to the address that was checked, and asks for it once", async () => {
    const { port, requests } = await receiver();
    const network = fakeNetwork([["127.0.0.1"], ["10.0.0.1"]], ["127.0.0.1"]);
    const answer = await sendRequest(publicRequestTo(`http://hooks.example:${port}/`), network);
    expect(answer.status).toBe(200);
    expect(requests).toHaveLength(1);
    expect(network.asked).toEqual(["hooks.example"]);
  });

  it("does not connect to a name that has a private address among others", async () => {
    const { port, requests } = await receiver();
    const network = fakeNetwork([["8.8.8.8", "127.0.0.1"]], ["8.8.8.8"]);
    const sending = sendRequest(publicRequestTo(`http://hooks.example:${port}/`), network);
    await expect(sending).rejects.toThrow("hooks.example is not an address of the public internet");
    await expect(sending).rejects.not.toThrow("127.0.0.1");
    expect(requests).toEqual([]);
  });

  it("checks again where a redirect leads, as a name may have another address by then", async () => {
    const { port, requests } = await receiver((_, response) => {
      response.writeHead(307, { location: "/again" }).end();
    });
    const network = fakeNetwork([["127.0.0.1"], ["127.0.0.2"]], ["127.0.0.1"]);
    const sending = sendRequest(publicRequestTo(`http://hooks.example:${port}/`), network);
    await expect(sending).rejects.toThrow("is not an address of the public internet");
    expect(requests).toHaveLength(1);
  });

  it("says that a name has no address", async () => {
    const lookup: LookupFunction = (_, __, callback) => callback(Object.assign(new Error("no"), NO_NAME), []);
    const sending = sendRequest(publicRequestTo("http://nowhere.example/"), { lookup, isPublic: () => true });
    await expect(sending).rejects.toMatchObject(NO_NAME);
  });
});

describe("a redirect", () => {
  it("that keeps the method is followed on the same origin", async () => {
    const { url, requests } = await receiver((request, response) => {
      if (request.url === "/new") response.end("arrived");
      else response.writeHead(308, { location: "/new" }).end();
    });
    expect((await sendRequest(requestTo(`${url}/old`))).text).toBe("arrived");
    expect(requests).toEqual(["POST /old: the body", "POST /new: the body"]);
  });

  it("that changes the method is an answer", async () => {
    const { url } = await receiver((_, response) => {
      response.writeHead(302, { location: "/new" }).end();
    });
    expect((await sendRequest(requestTo(url))).status).toBe(302);
  });

  it("to another origin is refused, as credentials would go with it", async () => {
    const other = await receiver();
    const { url } = await receiver((_, response) => {
      response.writeHead(307, { location: `${other.url}/secret-path` }).end();
    });
    await expect(sendRequest(requestTo(url))).rejects.toThrow(`redirects to ${other.url}. If that is right`);
    expect(other.requests).toEqual([]);
  });

  it.each([
    ["without end", "/"],
    ["to nowhere", "http://["],
  ])("%s is refused", async (words, location) => {
    const { url, requests } = await receiver((_, response) => {
      response.writeHead(307, { location }).end();
    });
    await expect(sendRequest(requestTo(url))).rejects.toThrow(words);
    expect(requests.length).toBeLessThan(5);
  });
});

const NO_NAME = { code: "ENOTFOUND" };

function requestTo(url: string): OutboundRequest {
  return {
    url: new URL(url),
    method: "POST",
    headers: { "content-type": "text/plain" },
    body: "the body",
    signal: AbortSignal.timeout(10_000),
    allowPrivateAddresses: true,
  };
}

function publicRequestTo(url: string): OutboundRequest {
  return { ...requestTo(url), allowPrivateAddresses: false };
}

/** Names have the next of `answers` each time they are asked for. */
function fakeNetwork(
  answers: readonly (readonly string[])[],
  publicAddresses: readonly string[],
): Network & { readonly asked: readonly string[] } {
  const asked: string[] = [];
  const lookup: LookupFunction = (hostname, _, callback) => {
    const addresses = answers[asked.push(hostname) - 1] ?? [];
    callback(
      null,
      addresses.map((address) => ({ address, family: 4 })),
    );
  };
  return { asked, lookup, isPublic: (address) => publicAddresses.includes(address) };
}

async function receiver(answer: RequestListener = (_, response) => void response.end()): Promise<{
  readonly url: string;
  readonly port: number;
  readonly requests: readonly string[];
}> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    request.setEncoding("utf8").on("data", (body) => {
      requests.push(`${request.method} ${request.url}: ${body}`);
      answer(request, response);
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, requests };
}
