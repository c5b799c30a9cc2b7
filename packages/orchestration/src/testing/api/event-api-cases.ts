/** Cases of the API suite on events. */
import { type EventCreate, type EventFilter, newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import { inSeconds, type OpenApi } from "./open-api.ts";

export function eventApiCases(open: OpenApi): void {
  it("keeps events and gives them back, the newest first", async () => {
    const api = await open();
    const [older, newer] = [makeEvent({ occurred: inSeconds(-20) }), makeEvent({ occurred: inSeconds(-10) })];
    await api.events.create([older, newer]);
    const page = await api.events.filter({ filter: about(older, newer) });
    expect(page).toMatchObject({ events: [{ id: newer.id }, { id: older.id }], total: 2, next_page: null });
    expect(page.events[0]).toMatchObject({
      event: newer.event,
      resource: newer.resource,
      related: [],
      payload: {},
      follows: null,
      received: expect.any(String),
    });
  });

  it("keeps an event that is told twice once, as it was first", async () => {
    const api = await open();
    const event = makeEvent({ payload: { n: 1 } });
    await api.events.create([event, event]);
    await api.events.create([{ ...event, payload: { n: 2 } }]);
    const { events } = await api.events.filter({ filter: about(event) });
    expect(events.map(({ payload }) => payload)).toEqual([{ n: 1 }]);
  });

  it("pages without gaps and repetitions, whatever comes meanwhile", async () => {
    const api = await open();
    const resource = { "prefect.resource.id": `test.${newId()}` };
    const events = Array.from({ length: 25 }, (_, index) =>
      // Some at one instant.
      makeEvent({ resource, occurred: inSeconds(-100 + Math.floor(index / 3)) }),
    );
    await api.events.create(events);
    const found: string[] = [];
    const filter: EventFilter = { resource: { id: [resource["prefect.resource.id"]] } };
    let page = await api.events.filter({ filter, limit: 10 });
    for (;;) {
      expect(page.total).toBe(25);
      found.push(...page.events.map(({ id }) => id));
      if (page.next_page === null) break;
      await api.events.create([makeEvent({ resource })]);
      page = await api.events.next(page.next_page);
    }
    expect(found.toSorted()).toEqual(events.map(({ id }) => id).toSorted());
  });

  it("keeps the longest names and ids that events may have", async () => {
    const api = await open();
    const [name, id] = ["ä".repeat(1024), "🚰".repeat(512)];
    const event = makeEvent({
      event: name,
      resource: { "prefect.resource.id": id },
      related: [{ "prefect.resource.id": `${id.slice(0, -2)}x`, "prefect.resource.role": "r" }],
    });
    await api.events.create([event]);
    expect((await api.events.filter({ filter: { resource: { id: [id] } } })).total).toBe(1);
  });

  it("refuses pages that no page leads to", async () => {
    const api = await open();
    for (const page of ["nonsense", "", Buffer.from('{"filter":{"x":1}}').toString("base64url")]) {
      await expect(api.events.next(page)).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
  });

  it.each(FILTERS)("filters by %s", async (_what, filter, expected) => {
    const api = await open();
    const events = Object.entries(NAMED).map(([name, members], index) =>
      makeEvent({ payload: { name }, occurred: inSeconds(-10 + index), ...members }),
    );
    await api.events.create(events);
    const page = await api.events.filter({ filter: { ...filter, order: "ASC" } });
    expect(page.events.map(({ payload }) => payload["name"])).toEqual(expected);
  });

  it("counts events by name, resource and time", async () => {
    const api = await open();
    const run = { "prefect.resource.id": "test.run", "prefect.resource.name": "old" };
    await api.events.create([
      makeEvent({ event: "a", resource: run, occurred: "2026-03-02T10:00:00Z" }),
      makeEvent({
        event: "a",
        resource: { ...run, "prefect.resource.name": "new" },
        occurred: "2026-03-02T12:00:00Z",
      }),
      makeEvent({
        event: "b",
        resource: { "prefect.resource.id": "test.other" },
        occurred: "2026-03-04T00:00:00Z",
      }),
    ]);
    const filter = { occurred: { since: "2026-03-02T00:00:00Z", until: "2026-03-05T00:00:00Z" } };
    expect(await api.events.countBy("event", { filter })).toMatchObject([
      { value: "a", label: "a", count: 2 },
      { value: "b", label: "b", count: 1 },
    ]);
    expect(await api.events.countBy("resource", { filter })).toMatchObject([
      { value: "test.run", label: "new", count: 2 },
      { value: "test.other", label: "test.other", count: 1 },
    ]);
    expect((await api.events.countBy("day", { filter })).map(({ count }) => count)).toEqual([2, 0, 1]);
    const halfDays = await api.events.countBy("time", { filter, time_unit: "hour", time_interval: 12 });
    expect(halfDays.map(({ count }) => count)).toEqual([1, 1, 0, 0, 1, 0]);
    expect(Date.parse(halfDays[1]?.start_time ?? "")).toBe(Date.parse("2026-03-02T12:00:00Z"));
  });

  it("refuses to count in more than 1,000 buckets", async () => {
    const api = await open();
    const filter = { occurred: { since: inSeconds(-3600), until: inSeconds(0) } };
    const count = api.events.countBy("time", { filter, time_unit: "second" });
    await expect(count).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });

  taskRunCases(open);
}

const RUN = `prefect.flow-run.${newId()}`;

const NAMED: Readonly<Record<string, Partial<EventCreate>>> = {
  run: {
    event: "prefect.flow-run.Running",
    resource: { "prefect.resource.id": RUN, "prefect.resource.name": "calm-otter" },
  },
  task: {
    event: "prefect.task-run.Running",
    resource: { "prefect.resource.id": "prefect.task-run.1", team: "red", size: "10%" },
    related: [
      { "prefect.resource.id": RUN, "prefect.resource.role": "flow-run", team: "blue" },
      { "prefect.resource.id": "prefect.tag.db", "prefect.resource.role": "tag" },
    ],
  },
  other: {
    event: "user.said",
    resource: { "prefect.resource.id": "user.1" },
    payload: { name: "other", text: "Hello World" },
  },
};

const FILTERS: readonly (readonly [string, EventFilter, readonly string[]])[] = [
  ["nothing", {}, ["run", "task", "other"]],
  ["empty lists", { id: { id: [] }, event: { prefix: [], name: null } }, ["run", "task", "other"]],
  ["names", { event: { name: ["user.said", "prefect.flow-run.Running"] } }, ["run", "other"]],
  ["prefixes of names", { event: { prefix: ["prefect."], exclude_prefix: ["prefect.task-run."] } }, ["run"]],
  ["excluded names", { event: { exclude_name: ["user.said"] } }, ["run", "task"]],
  ["a resource", { resource: { id: [RUN] } }, ["run"]],
  ["a prefix of resources", { resource: { id_prefix: ["prefect."] } }, ["run", "task"]],
  ["labels", { resource: { labels: { team: ["red", "green"] } } }, ["task"]],
  ["beginnings of labels", { resource: { labels: { "prefect.resource.name": "calm-*" } } }, ["run"]],
  ["labels that are not so", { resource: { labels: { team: "!red" } } }, []],
  ["any resource", { any_resource: { id: [RUN] } }, ["run", "task"]],
  ["several of any resources", { any_resource: [{ id: [RUN] }, { labels: { team: "red" } }] }, ["task"]],
  ["a related resource", { related: { id: [RUN] } }, ["task"]],
  ["a role", { related: { role: ["tag"] } }, ["task"]],
  ["a resource in a role", { related: { resources_in_roles: [[RUN, "flow-run"]] } }, ["task"]],
  ["a resource in another role", { related: { resources_in_roles: [[RUN, "tag"]] } }, []],
  ["labels of one related resource", { related: { id: [RUN], labels: { team: "blue" } } }, ["task"]],
  ["text", { text: { query: "hello -calm" } }, ["other"]],
  ["characters that mean something elsewhere", { resource: { labels: { size: "10%" } } }, ["task"]],
];

function taskRunCases(open: OpenApi): void {
  it("records task runs from the events of engines, in whatever order they come", async () => {
    const api = await open();
    const id = newId();
    const events = (["PENDING", "RUNNING", "COMPLETED"] as const).map((type, index) =>
      taskRunEvent(id, type, { occurred: inSeconds(-10 + index) }),
    );
    const [pending, running, completed] = events as [EventCreate, EventCreate, EventCreate];
    await api.events.create([running]);
    await api.events.create([completed, pending]);
    await api.events.create([running]);
    expect(await api.taskRuns.get(id)).toMatchObject({
      name: "clean-1",
      state_id: completed.id,
      state_type: "COMPLETED",
      tags: ["a"],
      labels: { team: "x" },
    });
    expect((await api.taskRuns.states(id)).map((state) => state.id)).toEqual(events.map((event) => event.id));
  });

  it("keeps what earlier events told of a task run when later ones do not tell it", async () => {
    const api = await open();
    const id = newId();
    await api.events.create([
      taskRunEvent(
        id,
        "RUNNING",
        { occurred: inSeconds(-10) },
        { start_time: inSeconds(-10), task_version: "7" },
      ),
    ]);
    const bare = taskRunEvent(id, "COMPLETED", { occurred: inSeconds(-5) });
    const facts = { task_key: "clean", dynamic_key: "0" };
    await api.events.create([{ ...bare, payload: { ...bare.payload, task_run: facts } }]);
    expect(await api.taskRuns.get(id)).toMatchObject({
      state_type: "COMPLETED",
      name: "clean-1",
      tags: ["a"],
      run_count: 1,
      task_version: "7",
      start_time: expect.any(String),
    });
  });

  it("takes what is no report of a task run for an event and nothing more", async () => {
    const api = await open();
    const [unmarked, empty] = [newId(), newId()];
    const { resource, ...event } = taskRunEvent(unmarked, "RUNNING");
    const { "prefect.orchestration": _, ...labels } = resource;
    const reports = [
      { ...event, resource: labels },
      { ...taskRunEvent(empty, "RUNNING"), payload: {} },
    ];
    await api.events.create(reports);
    for (const id of [unmarked, empty]) {
      await expect(api.taskRuns.get(id)).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    }
    expect((await api.events.filter({ filter: about(...reports) })).total).toBe(2);
  });
}

function taskRunEvent(
  id: string,
  type: "PENDING" | "RUNNING" | "COMPLETED",
  members: Partial<EventCreate> = {},
  facts: Readonly<Record<string, unknown>> = {},
): EventCreate {
  return makeEvent({
    event: `prefect.task-run.${type}`,
    resource: { "prefect.resource.id": `prefect.task-run.${id}`, "prefect.orchestration": "client" },
    payload: {
      validated_state: { type, name: type, message: "", state_details: {} },
      task_run: {
        name: "clean-1",
        task_key: "clean",
        dynamic_key: "0",
        empirical_policy: {},
        tags: ["a"],
        labels: { team: "x" },
        task_inputs: {},
        run_count: 1,
        flow_run_run_count: 1,
        total_run_time: 0,
        ...facts,
      },
    },
    ...members,
  });
}

function makeEvent(members: Partial<EventCreate> = {}): EventCreate {
  return {
    id: newId(),
    occurred: inSeconds(-1),
    event: "test.happened",
    resource: { "prefect.resource.id": `test.${newId()}` },
    related: [],
    payload: {},
    ...members,
  };
}

function about(...events: readonly EventCreate[]): EventFilter {
  return { id: { id: events.map(({ id }) => id) } };
}
