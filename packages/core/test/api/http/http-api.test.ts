import type { EventCreate, OrchestrationApi, TaskRunRecord, WireState } from "@sluice/protocol";
import { newId } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import { openHttpApi } from "../../../src/api/http/http-api.ts";
import {
  quickClock,
  type Script,
  type ScriptedServer,
  type SeenRequest,
  withServer,
} from "./scripted-server.ts";

const FLOW_RUN = { id: newId(), name: "quick-fox", flow_id: newId(), deployment_id: newId() };
const FLOW = { id: FLOW_RUN.flow_id, name: "etl" };

/** What a Prefect server answers, or, with the header, a Sluice server. */
function serverScript(
  headers: Readonly<Record<string, string>> = {},
  others: Script = () => ({ status: 204 }),
): Script {
  return (request, count) => {
    if (request.path === "/admin/version") return { body: "3.8.4", headers };
    if (request.path.startsWith("/csrf-token")) return { status: 422 };
    if (request.path === `/flow_runs/${FLOW_RUN.id}`) return { body: FLOW_RUN };
    if (request.path === `/flows/${FLOW.id}`) return { body: FLOW };
    return others(request, count);
  };
}

function open(url: string): Promise<OrchestrationApi> {
  const options = { timeoutMs: 10_000, maxRetries: 1, clock: quickClock(), random: () => 0.5 };
  return openHttpApi({ url, ...options });
}

const SLUICE = { "Sluice-Additions": "1" };

function sent<T>({ requests }: ScriptedServer, path: string): T[] {
  return requests
    .filter((request: SeenRequest) => request.path === path)
    .map(({ body }) => JSON.parse(body) as T);
}

function state(type: WireState["type"], name: string, members: Partial<WireState> = {}): WireState {
  const timestamp = "2026-11-20T10:00:00.000001Z";
  return { id: newId(), type, name, timestamp, message: null, data: null, state_details: {}, ...members };
}

function record(states: WireState[], members: Partial<TaskRunRecord> = {}): TaskRunRecord {
  return {
    id: newId(),
    flow_run_id: FLOW_RUN.id,
    name: "load-0",
    task_key: "load-abc",
    dynamic_key: "0",
    task_version: null,
    cache_key: null,
    cache_expiration: null,
    empirical_policy: {
      max_retries: 0,
      retry_delay_seconds: 0,
      pause_keys: [],
      retries: 1,
      retry_delay: 0.5,
    },
    tags: ["a"],
    task_inputs: { x: [{ input_type: "parameter", name: "n" }] },
    run_count: 1,
    flow_run_run_count: 1,
    expected_start_time: "2026-11-20T10:00:00.000000Z",
    start_time: null,
    end_time: null,
    total_run_time: 0,
    states,
    ...members,
  };
}

describe("opening the API of a server", () => {
  it.each([
    ["2.20.4", "has version 2.20.4"],
    ["4.0.0", "has version 4.0.0"],
    [{ version: "3.0.0" }, "did not say its version"],
  ])("refuses one that says it is %j", (version, words) =>
    withServer(
      () => ({ body: version }),
      async ({ url }) => {
        await expect(open(url)).rejects.toThrow(words);
        await expect(open(url)).rejects.toMatchObject({ code: "HISTORY_UNAVAILABLE" });
      },
    ),
  );

  it("does not ask Prefect Cloud for its version", async () => {
    const url = "https://api.prefect.cloud/api/accounts/1/workspaces/2";
    expect((await open(url)).location).toBe(url);
  });

  it("says where it is", () =>
    withServer(serverScript(), async ({ url }) => {
      expect((await open(`${url}/`)).location).toBe(url);
    }));
});

describe("operations", () => {
  it("are requests by the table of routes, ids escaped", () => {
    const script = serverScript({}, () => ({ body: [] }));
    return withServer(script, async (server) => {
      const api = await open(server.url);
      const { signal } = new AbortController();
      await api.flowRuns.states("a b", { signal });
      await api.flowRuns.delete("x/y");
      await api.flowRuns.setState("1", { state: { type: "RUNNING" } }, { signal });
      const asked = server.requests.map(({ method, path }) => `${method} ${path}`);
      expect(asked).toContain("GET /flow_run_states/?flow_run_id=a%20b");
      expect(asked).toContain("DELETE /flow_runs/x%2Fy");
      expect(sent(server, "/flow_runs/1/set_state")).toEqual([{ state: { type: "RUNNING" } }]);
    });
  });

  it("name the object that is missing", () =>
    withServer(
      serverScript({}, () => ({ status: 404, body: { detail: "Task not found" } })),
      async ({ url }) => {
        const missing = (await open(url)).taskRuns.get("17");
        await expect(missing).rejects.toMatchObject({ details: { noun: "task run", id: "17" } });
      },
    ));
});

describe("a new flow run", () => {
  const script = serverScript({}, () => ({ body: FLOW_RUN }));

  it("has a key, so that asking twice makes one run, unless its creator has one", () =>
    withServer(script, async (server) => {
      const api = await open(server.url);
      await api.flowRuns.create({ flow_id: FLOW.id });
      await api.flowRuns.create({ flow_id: FLOW.id, idempotency_key: "mine" });
      const [first, second] = sent<{ idempotency_key: string }>(server, "/flow_runs/");
      expect(first?.idempotency_key).toMatch(/^[0-9a-f-]{36}$/);
      expect(second?.idempotency_key).toBe("mine");
    }));

  it("waits whole seconds for its retry on a Prefect server, rounded up, and as long as it says on ours", async () => {
    for (const [headers, delay] of [
      [{}, 3],
      [SLUICE, 2.1],
    ] as const) {
      await withServer(
        serverScript(headers, () => ({ body: FLOW_RUN })),
        async (server) => {
          const api = await open(server.url);
          await api.flowRuns.create({ flow_id: FLOW.id, empirical_policy: { retries: 1, retry_delay: 2.1 } });
          expect(sent(server, "/flow_runs/")).toMatchObject([
            { empirical_policy: { retries: 1, retry_delay: delay } },
          ]);
        },
      );
    }
  });
});

describe("recorded task runs", () => {
  it("are events of their states, each following the one before, across records", () =>
    withServer(serverScript(), async (server) => {
      const api = await open(server.url);
      const [pending, running, failed] = [
        state("PENDING", "Pending"),
        state("RUNNING", "Running"),
        state("FAILED", "TimedOut", {
          message: "late",
          state_details: { retriable: false, cache_key: null },
        }),
      ];
      const first = record([pending, running]);
      await api.taskRuns.record([first]);
      await api.taskRuns.record([{ ...first, states: [failed], end_time: failed.timestamp }]);
      const events = sent<EventCreate[]>(server, "/events").flat();
      expect(events.map(({ id, event, follows }) => [id, event, follows])).toEqual([
        [pending.id, "prefect.task-run.Pending", undefined],
        [running.id, "prefect.task-run.Running", pending.id],
        [failed.id, "prefect.task-run.TimedOut", running.id],
      ]);
      expect(events[2]).toMatchObject({
        occurred: failed.timestamp,
        resource: {
          "prefect.resource.id": `prefect.task-run.${first.id}`,
          "prefect.resource.name": "load-0",
          "prefect.run-count": "1",
          "prefect.state-message": "late",
          "prefect.state-name": "TimedOut",
          "prefect.state-timestamp": failed.timestamp,
          "prefect.state-type": "FAILED",
          "prefect.orchestration": "client",
        },
        payload: {
          intended: { from: "RUNNING", to: "FAILED" },
          initial_state: { type: "RUNNING", name: "Running" },
          validated_state: { type: "FAILED", name: "TimedOut", message: "late", data: null },
        },
      });
      expect(events[2]?.payload?.["validated_state"]).toMatchObject({ state_details: { retriable: false } });
      expect(events[2]?.payload?.["task_run"]).toEqual({
        name: "load-0",
        task_key: "load-abc",
        dynamic_key: "0",
        empirical_policy: first.empirical_policy,
        tags: ["a"],
        labels: {},
        task_inputs: first.task_inputs,
        run_count: 1,
        flow_run_run_count: 1,
        expected_start_time: first.expected_start_time,
        end_time: failed.timestamp,
        total_run_time: 0,
      });
    }));

  it("are related to their flow run, its flow, its deployment and their tags, asked for once", () =>
    withServer(serverScript(), async (server) => {
      const api = await open(server.url);
      await api.taskRuns.record([
        record([state("PENDING", "Pending")]),
        record([state("PENDING", "Pending")]),
      ]);
      await api.taskRuns.record([record([state("PENDING", "Pending")])]);
      const [event] = sent<EventCreate[]>(server, "/events").flat();
      const labels = (role: string, id: string, name?: string) => ({
        "prefect.resource.id": `prefect.${role}.${id}`,
        "prefect.resource.role": role,
        ...(name !== undefined && { "prefect.resource.name": name }),
      });
      expect(event?.related).toEqual([
        labels("flow-run", FLOW_RUN.id, "quick-fox"),
        labels("flow", FLOW.id, "etl"),
        labels("deployment", FLOW_RUN.deployment_id),
        labels("tag", "a"),
      ]);
      expect(server.requests.filter(({ path }) => path === `/flow_runs/${FLOW_RUN.id}`)).toHaveLength(1);
    }));

  it("of a flow run that was deleted, or of none, are sent all the same", () =>
    withServer(
      serverScript({}, ({ path }) => (path === "/events" ? { status: 204 } : { status: 404 })),
      async (server) => {
        const api = await open(server.url);
        const gone = record([state("PENDING", "Pending")], { flow_run_id: newId(), tags: [] });
        await api.taskRuns.record([
          gone,
          record([state("PENDING", "Pending")], { flow_run_id: null, tags: [] }),
        ]);
        const related = sent<EventCreate[]>(server, "/events")
          .flat()
          .map((event) => event.related);
        expect(related).toEqual([
          [
            {
              "prefect.resource.id": `prefect.flow-run.${gone.flow_run_id}`,
              "prefect.resource.role": "flow-run",
            },
          ],
          [],
        ]);
      },
    ));

  it("that could not be sent are sent again as they were", () => {
    let tries = 0;
    const script = serverScript({}, () => {
      tries += 1;
      return { status: tries === 1 ? 503 : 204 };
    });
    return withServer(script, async (server) => {
      const api = await open(server.url);
      const run = record([state("PENDING", "Pending"), state("RUNNING", "Running")]);
      await expect(api.taskRuns.record([run])).rejects.toMatchObject({ code: "HISTORY_UNAVAILABLE" });
      await api.taskRuns.record([run]);
      const [first, second] = sent<EventCreate[]>(server, "/events");
      expect(second).toEqual(first);
    });
  });

  it("travel in requests of bounded count and size", () =>
    withServer(serverScript(), async (server) => {
      const api = await open(server.url);
      await api.taskRuns.record(Array.from({ length: 1100 }, () => record([state("PENDING", "Pending")])));
      const message = "m".repeat(90_000);
      await api.taskRuns.record(
        Array.from({ length: 20 }, () => record([state("FAILED", "Failed", { message })])),
      );
      const bodies = server.requests.filter(({ path }) => path === "/events").map(({ body }) => body);
      const counts = bodies.map((body) => (JSON.parse(body) as unknown[]).length);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(1120);
      expect(Math.max(...counts)).toBeLessThanOrEqual(500);
      expect(Math.max(...bodies.map((body) => body.length))).toBeLessThan(2_100_000);
    }));

  it("have no more relations, words and inputs than an event may have", () =>
    withServer(serverScript(), async (server) => {
      const api = await open(server.url);
      const tags = Array.from({ length: 150 }, (_, index) => `t${index}`);
      const inputs = Array.from({ length: 20_000 }, () => ({ input_type: "task_run" as const, id: newId() }));
      const states = [state("FAILED", "Failed", { message: "ü".repeat(200_000) })];
      await api.taskRuns.record([record(states, { tags, task_inputs: { rows: inputs } })]);
      const [event] = sent<EventCreate[]>(server, "/events").flat();
      expect(event?.related).toHaveLength(100);
      expect(event?.payload?.["task_run"]).toMatchObject({ tags, task_inputs: {} });
      expect(Buffer.byteLength(JSON.stringify(event))).toBeLessThan(1_500_000);
    }));

  it("that are none make no request", () =>
    withServer(serverScript(), async (server) => {
      const api = await open(server.url);
      await api.taskRuns.record([]);
      await api.logs.create([]);
      expect(server.requests).toHaveLength(1);
    }));
});

describe("heartbeats", () => {
  const owner = { host: "h", pid: 1, process_started_at: 2 };
  const beat = (...ids: string[]) => ({ flow_run_ids: ids, owner, lease_seconds: 30 });

  it("are an event per run, with owner and lease", () =>
    withServer(serverScript(SLUICE), async (server) => {
      const api = await open(server.url);
      await api.flowRuns.heartbeat(beat("a", "b"));
      await api.flowRuns.heartbeat(beat("a", "b"));
      const events = sent<EventCreate[]>(server, "/events").flat();
      expect(events.map(({ resource }) => resource["prefect.resource.id"])).toEqual(
        ["a", "b", "a", "b"].map((id) => `prefect.flow-run.${id}`),
      );
      expect(new Set(events.map(({ id }) => id)).size).toBe(4);
      expect(events[0]).toMatchObject({
        event: "prefect.flow-run.heartbeat",
        payload: { owner, lease_seconds: 30 },
      });
    }));

  it("are sent to a Prefect server, which keeps each, twice a minute at most", () =>
    withServer(serverScript(), async (server) => {
      const api = await open(server.url);
      await api.flowRuns.heartbeat(beat("a"));
      await api.flowRuns.heartbeat(beat("a", "b"));
      await api.flowRuns.heartbeat(beat("a", "b"));
      const events = sent<EventCreate[]>(server, "/events").flat();
      expect(events.map(({ resource }) => resource["prefect.resource.id"])).toEqual(
        ["a", "b"].map((id) => `prefect.flow-run.${id}`),
      );
    }));
});

describe("log lines", () => {
  const line = { id: newId(), name: "l", level: 20, message: "m", timestamp: "2026-11-20T10:00:00Z" };

  it("have their id where the server takes it", async () => {
    for (const [headers, id] of [
      [{}, undefined],
      [SLUICE, line.id],
    ] as const) {
      await withServer(serverScript(headers), async (server) => {
        await (await open(server.url)).logs.create([line]);
        expect(sent<{ id?: string }[]>(server, "/logs/")[0]?.[0]?.id).toBe(id);
      });
    }
  });

  it("longer than a server takes are cut, saying so, and spread over requests", () =>
    withServer(serverScript(), async (server) => {
      const long = { ...line, message: "x".repeat(1_500_000) };
      await (await open(server.url)).logs.create([long, long, long]);
      const lines = sent<{ message: string }[]>(server, "/logs/");
      expect(lines.flat().map(({ message }) => message.length <= 1_000_000)).toEqual([true, true, true]);
      expect(lines.flat()[0]?.message).toContain("truncated");
      expect(lines.length).toBeGreaterThan(1);
    }));
});
