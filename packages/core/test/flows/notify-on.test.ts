import { describe, expect, it } from "vitest";
import { z } from "zod";
import { Block, JsonBlock } from "../../src/blocks/index.ts";
import { flow } from "../../src/flows/flow.ts";
import { notifyOn } from "../../src/flows/notify-on.ts";
import { Secret } from "../../src/logging/secret.ts";
import type { Notification, Notifier, NotifyOptions } from "../../src/notifiers/notifier.ts";
import { Completed, Failed } from "../../src/states/state-factories.ts";
import { task } from "../../src/tasks/task.ts";
import { engineTest } from "../engine-fixture.ts";

class CollectingNotifier implements Notifier {
  readonly sent: Notification[] = [];
  readonly options: (NotifyOptions | undefined)[] = [];

  async notify(message: Notification, options?: NotifyOptions): Promise<void> {
    this.sent.push(message);
    this.options.push(options);
  }
}

const inbox: Notification[] = [];

class InboxBlock
  extends Block.define({
    slug: "test-inbox",
    name: "Test Inbox",
    schema: z.object({ owner: z.string() }),
  })
  implements Notifier
{
  async notify(message: Notification): Promise<void> {
    inbox.push({ ...message, subject: `${this.owner}: ${message.subject}` });
  }
}

const failing: Notifier = {
  notify: async () => {
    throw new Error("nobody is listening");
  },
};

describe("notifyOn", () => {
  engineTest("tells of flow runs in states of its types only", async () => {
    const notifier = new CollectingNotifier();
    const onStateChange = notifyOn(["FAILED", "CRASHED"], notifier);
    await flow({ name: "fine", flowRunName: "good-run", onStateChange }, async () => 1)();
    expect(notifier.sent).toEqual([]);
    const breaks = flow({ name: "broken", flowRunName: "bad-run", onStateChange }, async () => {
      throw new Error("no such table");
    });
    await expect(breaks()).rejects.toThrow("no such table");
    expect(notifier.sent).toEqual([
      { subject: "Flow run bad-run of broken: Failed", body: expect.stringContaining("no such table") },
    ]);
    expect(notifier.options).toEqual([{ timeoutSeconds: 30 }]);
  });

  engineTest("tells of task runs too, in a list with other hooks", async () => {
    const notifier = new CollectingNotifier();
    const seen: string[] = [];
    const load = task(
      {
        name: "load",
        taskRunName: "load-{_path}",
        onCompletion: () => void seen.push("own"),
        onStateChange: [
          notifyOn(["RUNNING", "COMPLETED"], notifier, { timeoutSeconds: 1 }),
          (_, __, state) => void seen.push(state.name),
        ],
      },
      async (_path: string) => Completed({ message: "all of it" }),
    );
    await flow({ name: "loads" }, () => load("a.csv"))();
    expect(notifier.sent).toEqual([
      { subject: "Task run load-a.csv of load: Running", body: "Running" },
      { subject: "Task run load-a.csv of load: Completed", body: "all of it" },
    ]);
    expect(seen).toEqual(["Running", "own", "Completed"]);
    expect(notifier.options).toEqual([{ timeoutSeconds: 1 }, { timeoutSeconds: 1 }]);
  });

  engineTest("tells of cancelled task runs, which have no other hook", async () => {
    const notifier = new CollectingNotifier();
    const waits = task(
      { name: "waits", onStateChange: notifyOn(["CANCELLED"], notifier), signal: AbortSignal.abort() },
      async () => 1,
    );
    await expect(flow({ name: "stopped" }, () => waits())()).rejects.toThrow();
    expect(notifier.sent).toMatchObject([{ subject: expect.stringContaining("Cancelled") }]);
  });

  engineTest("fills templates with what is known of the run, and shows no secret", async () => {
    const notifier = new CollectingNotifier();
    const token = new Secret("tok-in-a-message");
    const onFailure = notifyOn(["FAILED"], notifier, {
      subject: "{name} {state}",
      template: "day {parameters.day}: {message}",
    });
    const report = flow({ name: "report", onFailure }, async (_: { day: string }) =>
      Failed({ message: `refused ${token.reveal()}` }),
    );
    await expect(report({ day: "monday" })).rejects.toThrow();
    expect(notifier.sent).toEqual([{ subject: "report Failed", body: "day monday: refused ****" }]);
  });

  engineTest("loads the block that it names when it is needed", async () => {
    const onCompletion = notifyOn(["COMPLETED"], "test-inbox/team");
    await new InboxBlock({ owner: "us" }).save("team");
    await flow({ name: "named", flowRunName: "r", onCompletion }, async () => 1)();
    expect(inbox).toEqual([{ subject: "us: Flow run r of named: Completed", body: expect.any(String) }]);
  });

  engineTest("changes nothing when it fails, and says so in the log", async ({ logs }) => {
    await new JsonBlock({ value: 1 }).save("number");
    const onCompletion = [
      notifyOn(["COMPLETED"], failing),
      notifyOn(["COMPLETED"], "json/number"),
      notifyOn(["COMPLETED"], "json/none"),
      notifyOn(["COMPLETED"], new CollectingNotifier(), { template: "{nothing}" }),
    ];
    expect(await flow({ name: "unheard", onCompletion }, async () => 42)()).toBe(42);
    const lines = (await logs())
      .map(({ message }) => message)
      .filter((line) => line.includes("notification"));
    expect(lines).toEqual([
      expect.stringContaining("nobody is listening"),
      expect.stringContaining("The block json/number is no notifier"),
      expect.stringContaining("There is no block json/none"),
      expect.stringContaining("{nothing}"),
    ]);
  });

  it("refuses types and notifiers that do not exist", () => {
    expect(() => notifyOn(["BROKEN" as never], failing)).toThrow("not BROKEN. They are: SCHEDULED");
    expect(() => notifyOn([], failing)).toThrow("not none");
    expect(() => notifyOn(["FAILED"], {} as never)).toThrow("a method notify");
  });
});
