/**
 * `/task_runs/subscriptions/scheduled`: task workers say which tasks they serve and get the background runs of these, one
 * after another, each after they confirmed the one before.
 */
import {
  confirmBackgroundRun,
  type EventFeed,
  type LocalContext,
  putBackBackgroundRun,
  takeBackgroundRun,
} from "@sluice/orchestration";
import type { Event } from "@sluice/protocol";
import { z } from "zod";
import { CLOSE } from "./close-codes.ts";
import { nextFrame } from "./next-frame.ts";
import type { SocketSession } from "./socket-session.ts";

const ANSWER = { timeoutMs: 30_000, lateReason: "The answer did not come in time." } as const;
/** A run that another process of this history created is found after so long at most. */
const LOOK_INTERVAL_MS = 5_000;
const SCHEDULED_EVENT = "prefect.task-run.Scheduled";

const subscriptionSchema = z.object({
  type: z.literal("subscribe"),
  keys: z.array(z.string()).min(1).max(10_000),
  client_id: z.string().min(1),
});

/** Resolves when the socket is closed. */
export async function giveScheduledTaskRuns(
  session: SocketSession,
  context: LocalContext,
  feed: EventFeed,
): Promise<void> {
  const subscription = subscriptionSchema.safeParse(await nextFrame(session, ANSWER));
  if (!subscription.success) {
    await session.close(
      CLOSE.unexpectedFrame,
      'Expected a frame {"type":"subscribe","keys":[…],"client_id":"…"}.',
    );
    return;
  }
  const alarm = new Alarm(session, feed);
  try {
    while (session.isOpen) {
      // Set before looking, so that what is scheduled while it looks wakes it.
      const woken = alarm.next();
      const run = await takeBackgroundRun(context, subscription.data.keys);
      if (run === undefined) await woken;
      else await giveRun(session, context, run);
    }
  } finally {
    alarm.stop();
  }
}

/** A run that is not confirmed is for the next worker. */
async function giveRun(
  session: SocketSession,
  context: LocalContext,
  run: { readonly id: string },
): Promise<void> {
  let isConfirmed = false;
  try {
    await session.sendAndWait(JSON.stringify(run));
    const answer = (await nextFrame(session, ANSWER))?.["type"];
    isConfirmed = answer === "ack";
    if (answer === "quit") await session.close(CLOSE.normal, "");
    else if (!isConfirmed) await session.close(CLOSE.unexpectedFrame, 'Expected a frame {"type":"ack"}.');
  } finally {
    await (isConfirmed ? confirmBackgroundRun(context, run.id) : putBackBackgroundRun(context, run.id));
  }
}

/** Rings when a task run is scheduled, when the session is closed, and from time to time. */
class Alarm {
  readonly #timer: NodeJS.Timeout;
  readonly #unsubscribe: () => void;
  #ring: () => void = () => undefined;

  constructor(session: SocketSession, feed: EventFeed) {
    this.#timer = setInterval(() => this.#ring(), LOOK_INTERVAL_MS);
    this.#unsubscribe = feed.subscribe((events: readonly Event[]) => {
      if (events.some(({ event }) => event === SCHEDULED_EVENT)) this.#ring();
    });
    void session.closed.then(() => this.#ring());
  }

  /** Resolves when it rings the next time. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#ring = resolve;
    });
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#unsubscribe();
  }
}
