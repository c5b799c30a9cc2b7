import { describe, expect, it } from "vitest";
import { Secret } from "../../../src/logging/secret.ts";
import { clientOf, quickClock, type Script, type ScriptedAnswer, withServer } from "./scripted-server.ts";

const CSRF_OFF: ScriptedAnswer = { status: 422, body: { detail: "CSRF protection is disabled." } };
const get = { method: "GET", path: "/x" } as const;
const post = { method: "POST", path: "/x/", body: "{}" } as const;

/** Answers one after the other, the last one again and again. */
function inTurn(...answers: ReturnType<Script>[]): Script {
  let next = 0;
  return (request) => {
    if (request.path.startsWith("/csrf-token")) return CSRF_OFF;
    next += 1;
    return answers[Math.min(next, answers.length) - 1];
  };
}

describe("a request", () => {
  it("says who asks and by which version of the contract", () =>
    withServer(inTurn({ body: 1 }), async ({ url, requests }) => {
      expect(await clientOf(url).call(get)).toBe(1);
      expect(requests[0]?.headers["user-agent"]).toMatch(/^sluice\/\S+ \(API 0\.8\.4\)$/);
      expect(requests[0]?.headers).toMatchObject({ "x-prefect-api-version": "0.8.4" });
      expect(requests[0]?.headers.authorization).toBeUndefined();
    }));

  it("carries the user and password, or the key", () =>
    withServer(inTurn({ body: 1 }), async ({ url, requests }) => {
      const [key, authString] = [new Secret("pnu_123"), new Secret("admin:pä:ss")];
      await clientOf(url, { key }).call(get);
      await clientOf(url, { key, authString }).call(get);
      const basic = Buffer.from("admin:pä:ss").toString("base64");
      expect(requests.map(({ headers }) => headers.authorization)).toEqual([
        "Bearer pnu_123",
        `Basic ${basic}`,
      ]);
    }));

  it("has no slash too many, whatever the URL ends in", () =>
    withServer(inTurn({ body: 1 }), async ({ url, requests }) => {
      await clientOf(`${url}//`).call(get);
      expect(requests[0]?.path).toBe("/x");
    }));

  it("is not made when credentials are in the URL, which are not shown", () => {
    const act = (): unknown => clientOf("http://admin:hunter22@127.0.0.1:1/api");
    expect(act).toThrow("SLUICE_API_AUTH_STRING");
    expect(act).not.toThrow("hunter22");
  });

  it("gives nothing for an empty answer", () =>
    withServer(inTurn({ status: 204 }), async ({ url }) => {
      expect(await clientOf(url).call(post)).toBeUndefined();
    }));
});

describe("a redirect", () => {
  it("is followed with method, body and credentials on the same origin", () => {
    const script: Script = ({ path }) =>
      path === "/x"
        ? { status: 307, headers: { location: "/api/x/" } }
        : inTurn({ body: path })({ path } as never, 1);
    return withServer(script, async ({ url, requests }) => {
      const client = clientOf(url, { key: new Secret("pnu_456") });
      expect(await client.call({ method: "POST", path: "/x", body: '{"a":1}' })).toBe("/x/");
      expect(requests.at(-1)).toMatchObject({ method: "POST", body: '{"a":1}' });
      expect(requests.at(-1)?.headers.authorization).toBe("Bearer pnu_456");
    });
  });

  it("to another origin is not followed, and says which URL to use", () =>
    withServer(
      inTurn({ status: 307, headers: { location: "https://sluice.example/api/x" } }),
      async ({ url }) => {
        await expect(clientOf(url).call(get)).rejects.toThrow("redirects to https://sluice.example");
      },
    ));

  it("without end is given up", () =>
    withServer(inTurn({ status: 308, headers: { location: "/api/x" } }), async ({ url, requests }) => {
      await expect(clientOf(url).call(get)).rejects.toMatchObject({ code: "HISTORY_UNAVAILABLE" });
      expect(requests.length).toBeLessThan(10);
    }));
});

describe("a request that fails for now", () => {
  it.each([408, 429, 502, 503])("is sent again after status %i, later and later", (status) =>
    withServer(inTurn({ status }, { status }, { body: "ok" }), async ({ url }) => {
      const clock = quickClock();
      expect(await clientOf(url, { clock }).call(get)).toBe("ok");
      expect(clock.sleeps).toEqual([2000, 4000]);
    }),
  );

  it("is sent again when the server hung up", () =>
    withServer(inTurn("hang up", { body: "ok" }), async ({ url }) => {
      expect(await clientOf(url).call(get)).toBe("ok");
    }));

  it("waits as long as the server asks, in seconds or until a date, a minute and a fifth at most", async () => {
    const date = new Date(Date.now() + 3_600_000).toUTCString();
    const answers = ["7", "0.5", date, "soon"].map((after) => ({
      status: 429,
      headers: { "retry-after": after },
    }));
    await withServer(inTurn(...answers, { body: "ok" }), async ({ url }) => {
      const clock = quickClock();
      await clientOf(url, { clock, random: () => 0 }).call(get);
      expect(clock.sleeps).toEqual([7000, 500, 60_000, 2 ** 4 * 800]);
    });
  });

  it("is given up after so many retries", () =>
    withServer(
      inTurn({ status: 503, body: { exception_message: "Service Unavailable" } }),
      async ({ url, requests }) => {
        const call = clientOf(url, { maxRetries: 2 }).call(get);
        await expect(call).rejects.toMatchObject({ code: "HISTORY_UNAVAILABLE" });
        await expect(call).rejects.toThrow("Service Unavailable");
        expect(requests).toHaveLength(3);
      },
    ));

  it("is not sent again when its caller does that", () =>
    withServer(inTurn({ status: 503 }), async ({ url, requests }) => {
      await expect(clientOf(url).call({ ...get, maxRetries: 0 })).rejects.toThrow("503");
      expect(requests).toHaveLength(1);
    }));

  it("is sent again as long as the server is under maintenance", () => {
    const maintenance = { status: 503, headers: { "prefect-maintenance": "true" } };
    return withServer(inTurn(...Array(9).fill(maintenance), { body: "ok" }), async ({ url }) => {
      expect(await clientOf(url, { maxRetries: 2 }).call(get)).toBe("ok");
    });
  });

  it("ends at once when nobody ever listened there, and says what to do", async () => {
    let gone = "";
    await withServer(inTurn({ body: 1 }), async ({ url }) => {
      gone = url;
    });
    const clock = quickClock();
    const call = clientOf(gone, { clock }).call(get);
    await expect(call).rejects.toThrow(
      /cannot be reached at http:\S+\/api\/x \(ECONNREFUSED\).*SLUICE_API_URL/,
    );
    expect(clock.sleeps).toEqual([]);
  });

  it("is tried again when a server that was there is away", async () => {
    const clock = quickClock();
    let client = clientOf("http://127.0.0.1:1/api");
    await withServer(inTurn({ body: 1 }), async ({ url }) => {
      client = clientOf(url, { clock, maxRetries: 2 });
      await client.call(get);
    });
    await expect(client.call(get)).rejects.toMatchObject({ code: "HISTORY_UNAVAILABLE" });
    expect(clock.sleeps).toHaveLength(2);
  });
});

describe("a request without answer", () => {
  it("ends after the time that is set", () =>
    withServer(inTurn(undefined), async ({ url }) => {
      const call = clientOf(url, { timeoutMs: 50, maxRetries: 0 }).call(get);
      await expect(call).rejects.toThrow(/did not answer http:\/\/\S+\/api\/x within 0\.05 s/);
    }));

  it("ends with the reason of its signal, also while a token is awaited or a retry", async () => {
    const reason = new RangeError("enough");
    await withServer(
      () => undefined,
      async ({ url, requests }) => {
        for (const call of [get, post]) {
          const controller = new AbortController();
          const begun = requests.length;
          const pending = clientOf(url).call({ ...call, signal: controller.signal });
          pending.catch(() => undefined);
          await expect.poll(() => requests.length).toBeGreaterThan(begun);
          controller.abort(reason);
          await expect(pending).rejects.toBe(reason);
        }
      },
    );
    await withServer(inTurn({ status: 503 }), async ({ url }) => {
      const controller = new AbortController();
      const clock = {
        ...quickClock(),
        sleep: async (_: number, signal?: AbortSignal) => {
          controller.abort(reason);
          signal?.throwIfAborted();
        },
      };
      await expect(clientOf(url, { clock }).call({ ...get, signal: controller.signal })).rejects.toBe(reason);
    });
  });

  it("is not begun when its signal has aborted", () =>
    withServer(inTurn({ body: 1 }), async ({ url, requests }) => {
      const reason = new RangeError("no");
      const call = clientOf(url).call({ ...post, signal: AbortSignal.abort(reason) });
      await expect(call).rejects.toBe(reason);
      expect(requests.filter(({ method }) => method === "POST")).toEqual([]);
    }));
});

describe("a token against forgery", () => {
  const token = { token: "t".repeat(64), expiration: "2999-01-01T00:00:00Z" };

  it("is fetched once, by whichever change comes first, and sent with each", () => {
    const script: Script = ({ path }) => (path.startsWith("/csrf-token") ? { body: token } : { body: 1 });
    return withServer(script, async ({ url, requests }) => {
      const client = clientOf(url);
      await client.call(get);
      await Promise.all([client.call(post), client.call(post)]);
      const asked = requests.filter(({ path }) => path.startsWith("/csrf-token"));
      expect(asked).toHaveLength(1);
      const id = /client=([0-9a-f-]{36})$/.exec(asked[0]?.path ?? "")?.[1];
      for (const { headers } of requests.filter(({ method }) => method === "POST")) {
        expect(headers).toMatchObject({ "prefect-csrf-token": token.token, "prefect-csrf-client": id });
      }
    });
  });

  it("is not asked for again when the server does without", () =>
    withServer(inTurn({ body: 1 }), async ({ url, requests }) => {
      const client = clientOf(url);
      await client.call(post);
      await client.call(post);
      expect(requests.map(({ method }) => method)).toEqual(["GET", "POST", "POST"]);
      expect(requests[1]?.headers["prefect-csrf-token"]).toBeUndefined();
    }));

  it.each(["Invalid CSRF token or client identifier.", "Missing CSRF token."])(
    "is fetched anew after: %s",
    (detail) => {
      let issued = 0;
      const script: Script = ({ path, headers }) => {
        if (path.startsWith("/csrf-token")) {
          issued += 1;
          return { body: { ...token, token: `token-${issued}` } };
        }
        return headers["prefect-csrf-token"] === "token-2"
          ? { body: "ok" }
          : { status: 403, body: { detail } };
      };
      return withServer(script, async ({ url }) => {
        expect(await clientOf(url).call(post)).toBe("ok");
      });
    },
  );
});

describe("an answer that says no", () => {
  const object = { noun: "flow run", id: "7" };

  it.each([
    [404, "OBJECT_NOT_FOUND", "There is no flow run 7."],
    [409, "CONFLICT", "that is so"],
    [422, "INVALID_REQUEST", "that is so"],
    [400, "UNSUITABLE_REQUEST", "that is so"],
    [410, "LEASE_ENDED", "7"],
    [423, "SLOTS_TAKEN", "that is so"],
    [413, "INVALID_REQUEST", "413"],
    [401, "HISTORY_UNAVAILABLE", "SLUICE_API_KEY"],
    [403, "FORBIDDEN", "that is so"],
    [500, "HISTORY_UNAVAILABLE", "that is so"],
  ])("of %i is an error of its own", (status, code, words) =>
    withServer(inTurn({ status, body: { detail: "that is so" } }), async ({ url }) => {
      const call = clientOf(url).call({ ...get, object });
      await expect(call).rejects.toMatchObject({ code });
      await expect(call).rejects.toThrow(words);
    }),
  );

  it("of 404 names what is missing as the server does, where the path does not", () =>
    withServer(
      inTurn(
        { status: 404, body: { detail: "There is no flow 9.", code: "OBJECT_NOT_FOUND" } },
        { status: 404, body: { detail: "Work pool not found" } },
      ),
      async ({ url }) => {
        const client = clientOf(url);
        for (const words of ["There is no flow 9.", "Work pool not found"]) {
          const call = client.call(post);
          await expect(call).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND", message: words });
        }
      },
    ));

  it("says when slots may be free again", () =>
    withServer(inTurn({ status: 423, headers: { "retry-after": "2.5" } }), async ({ url }) => {
      await expect(clientOf(url).call(post)).rejects.toMatchObject({ retryAfterSeconds: 2.5 });
    }));

  it("tells what is wrong where, and not what was sent", () => {
    const body = {
      exception_message: "Invalid request received.",
      exception_detail: [{ loc: ["body", "level"], msg: "Input should be a valid integer", input: "s3cret" }],
      request_body: { level: "s3cret" },
    };
    return withServer(inTurn({ status: 422, body }), async ({ url }) => {
      const call = clientOf(url).call(get);
      await expect(call).rejects.toThrow("body.level: Input should be a valid integer");
      await expect(call).rejects.not.toThrow("s3cret");
    });
  });

  it.each([
    [{ status: 404, text: "<html>" }],
    [{ status: 404, body: { detail: "Not Found" } }],
    [{ status: 200, text: "<html>" }],
    [{ status: 301 }],
  ])("or nothing of ours asks whether the URL is right: %j", (answer) =>
    withServer(inTurn(answer), async ({ url }) => {
      await expect(clientOf(url).call(get)).rejects.toThrow(/SLUICE_API_URL.*end in \/api/);
    }),
  );

  it("never shows the credentials", () =>
    withServer(inTurn({ status: 401 }), async ({ url }) => {
      const options = { key: new Secret("pnu_hidden1"), maxRetries: 0 };
      const error: unknown = await clientOf(url, options)
        .call(get)
        .catch((thrown: unknown) => thrown);
      expect(`${String(error)}${JSON.stringify(error)}`).not.toContain("pnu_hidden1");
    }));
});
