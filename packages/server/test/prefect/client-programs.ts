/** Programs of `programs/`, and what each finds out on a server that keeps Prefect's contract. */

export interface ClientProgram {
  readonly program: string;
  /** What works when the facts are right. */
  readonly shows: string;
  readonly facts: unknown;
  /** It starts processes that run it, too; others run in one process. */
  readonly isServed?: true;
  /** What it shows is up to the server alone: the suites of stores and of the API run on every database. */
  readonly isOnlyOnSqlite?: true;
}

export const CLIENT_PROGRAMS: readonly ClientProgram[] = [
  {
    program: "served",
    isServed: true,
    shows: "served flows run on schedule and by run_deployment, and are cancelled by the command",
    facts: {
      tick: {
        tags: ["auto-scheduled", "ticks"],
        created_by: "SCHEDULE",
        states: ["Scheduled", "Pending", "Submitting", "Running", "Completed"],
        hours_later: [1, 2],
      },
      called: {
        state: "Completed",
        parameters: { name: "you", mark: "!" },
        tags: ["sent"],
        parent: true,
        tracking_state: "Completed",
        states: ["Scheduled", "Pending", "Submitting", "Running", "Completed"],
      },
      refused: "PrefectHTTPStatusError",
      cancelled: {
        code: 0,
        state: "Cancelled",
        states: ["Scheduled", "Pending", "Submitting", "Running", "Cancelling", "Cancelled"],
      },
      after: { paused: true, scheduled: 0 },
    },
  },
  {
    program: "flows",
    shows: "flows, tasks, maps and sub-flows run and are recorded with their links, logs and graph",
    facts: {
      result: 22,
      run: {
        name: "sum-of-4",
        state: "Completed",
        parameters: { count: 4 },
        tags: ["compat", "fast"],
        version: "7",
        run_count: 1,
        labelled: true,
        timed: true,
      },
      states: ["Pending", "Running", "Completed"],
      task_names: ["compat-child", "double", "double", "double", "double", "double", "total-of"],
      task_states: ["Completed"],
      inputs: { values: 4, count: 0, wait_for: 1 },
      task_tags: ["compat", "fast"],
      sub_flow: {
        parent: true,
        tracking_state: "Completed",
        child_of_state: true,
        parameters: { value: 5 },
      },
      printed: 1,
      graph: {
        nodes: ["flow-run", "task-run", "task-run", "task-run", "task-run", "task-run", "task-run"],
        parents_of_total: 5,
        sub_flow: true,
      },
    },
  },
  {
    program: "worked",
    isServed: true,
    shows: "a process worker runs deployments of its pool, queues hold runs back, and runs are cancelled",
    facts: {
      commands: [0, 0, 0, 0, 0, 0],
      done: { state: "Completed", pool: "compat-pool", queue: "default" },
      labelled: ["prefect.worker.name", "prefect.work-pool.name"],
      pid: true,
      held: "SCHEDULED",
      released: { state: "Completed", queue: "urgent" },
      cancelled: "CANCELLED",
      states: ["Scheduled", "Pending", "Submitting", "Running", "Completed"],
      pool: { type: "process", status: "READY" },
      workers: [["compat-worker", "ONLINE"]],
    },
  },
  {
    program: "failures",
    shows: "flows and tasks are retried, fail, time out, crash, and take results from the cache",
    facts: {
      result: 3,
      retried: {
        count: 2,
        states: ["Pending", "Running", "AwaitingRetry", "Running", "Completed"],
        state: "Completed",
      },
      flaky: [["Completed", 3, 2]],
      failed: {
        state: "Failed",
        message: "Flow run encountered an exception: ValueError: a task's fault",
        states: ["Pending", "Running", "Failed"],
      },
      failed_tasks: [
        ["broken", "Failed"],
        ["kept", "Cached"],
        ["kept", "Completed"],
        ["slow", "TimedOut"],
      ],
      crashed: "CRASHED",
    },
  },
  {
    program: "deployment_limits",
    isServed: true,
    isOnlyOnSqlite: true,
    shows: "a deployment's concurrency limit makes runs wait or cancels them, by its strategy",
    facts: {
      limits: [1, 1],
      strategies: [null, "CANCEL_NEW"],
      waiting: { type: "SCHEDULED", later: true },
      taken: 1,
      has_lease: true,
      cancelled: { type: "CANCELLED", message: "Deployment concurrency limit reached." },
      second_states: ["Pending", "Submitting", "Running", "Completed"],
      left: [0],
    },
  },
  {
    program: "pauses",
    shows: "runs pause and are resumed, with input that is checked, and fail when nobody resumes them",
    facts: {
      result: [true, "tried", "a message"],
      states: ["Pending", "Running", "Paused", "Running", "Paused", "Running", "Completed"],
      first_key: "first",
      resumes: ["REJECT", "ACCEPT", "ABORT"],
      expired: { state: "FAILED", told: true },
    },
  },
  {
    program: "suspended",
    isServed: true,
    isOnlyOnSqlite: true,
    shows: "a served run suspends itself for input and goes on in another process",
    facts: {
      asking: { type: "PAUSED", keyset: ["description", "response", "schema"], reschedules: true },
      resumed: "ACCEPT",
      result: 42,
      states: ["Scheduled", "Running", "Suspended", "Resuming", "Running", "Completed"],
      run_count: 1,
      outside: "PAUSED",
    },
  },
  {
    program: "concurrency_limits",
    shows: "limits of tags, named slots and rates hold, and slots are given back",
    facts: {
      most: { "compat-tag": 1, "compat-slots": 2 },
      waited_for_rate: true,
      tag: { limit: 1, left: 0 },
      slots_left: 0,
      missing: "ConcurrencySlotAcquisitionError",
    },
  },
  {
    program: "cli",
    shows: "the prefect command lists, inspects, deploys, limits, cancels and deletes",
    facts: {
      commands: 50,
      failed: [],
      missing: [],
      shown: {
        cancelling: "Cancelling",
        "flow-run inspect of none": 1,
        "created twice": 1,
        "schedule kinds": ["CronSchedule", "IntervalSchedule"],
        "run of deployment": [[{ count: 4 }, ["by-hand"], "Scheduled", "cli-pool"]],
        "cancelled at once": "Cancelled",
        limit: [5, 0.5, true],
      },
    },
  },
  {
    program: "background_tasks",
    isServed: true,
    isOnlyOnSqlite: true,
    shows: "delayed tasks are run by a task worker in another process",
    facts: {
      results: [8, 10],
      states: ["Completed", "Completed", "Failed"],
      counts: [1, 1, 2],
      loose: [null, null, null],
    },
  },
  {
    program: "events",
    isOnlyOnSqlite: true,
    shows: "events are recorded, found by filter and streamed live",
    facts: {
      same: true,
      resource: {
        "prefect.resource.id": "compat.thing.1",
        "prefect.resource.name": "one",
        colour: "green",
      },
      payload: { n: 1 },
      related: [{ "prefect.resource.id": "compat.other", "prefect.resource.role": "cause" }],
      received: true,
      streamed: { n: 2 },
      heard: ["prefect.flow-run.Completed", "prefect.task-run.Completed"],
      changes: [
        "prefect.flow-run.Completed",
        "prefect.flow-run.Pending",
        "prefect.flow-run.Running",
        "prefect.task-run.Completed",
        "prefect.task-run.Pending",
        "prefect.task-run.Running",
      ],
    },
  },
  {
    program: "blocks",
    isOnlyOnSqlite: true,
    shows:
      "blocks are registered with equal checksums, saved, nested, loaded, masked, overwritten and deleted",
    facts: {
      plain: {
        secret: "hunter22",
        overwritten: { user: "me", many: [1] },
        twice: true,
        files: "/tmp/compat",
        webhook: ["https://example.com/hunter22", { "X-Key": "hunter22" }, "POST"],
        anonymous: true,
      },
      nested: {
        token: "hunter22",
        note: "größer 😀",
        headers: { key: "hunter22" },
        fallback: "CompatToken",
        generic: "CompatService",
        masked: ["********", { key: "********" }, "********"],
        references: { token: "compat-token", fallback: "compat-token" },
        "after change": ["changed", "n"],
        "same document": [true, "https://example.org"],
        inline: ["********", "inline"],
        "reference after deletion": false,
        "after deletion": true,
        "ids differ": true,
      },
      checksums_that_differ: [],
      flow: "in a flow",
      command: {
        inspect: [0, true, false],
        ls: [0, true],
        register: 0,
        "type ls": [0, true],
        "type inspect": [0, true],
        delete: 0,
        "inspect of none": 1,
        "type delete": 0,
        "delete of a protected type": true,
      },
    },
  },
];
