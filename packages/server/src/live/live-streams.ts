/** `GET /sluice/live?topics=…`: what changes, told to whoever looks at it, as server-sent events. */
import type { EventFeed, LogFeed, Store } from "@sluice/orchestration";
import type { Context, Hono } from "hono";
import type { ServerLog } from "../server-log.ts";
import { EventStream, resetFrame } from "./event-stream.ts";
import { LiveReader } from "./live-reader.ts";
import { eventSource, logSource, TooMuchMissedError } from "./live-sources.ts";
import { type LiveTopic, readTopics } from "./live-topic.ts";
import { type ResumePoint, resumePoint } from "./resume-point.ts";

export interface LiveStreamsOptions {
  readonly store: Store;
  readonly feed: EventFeed;
  readonly logFeed: LogFeed;
  readonly log: ServerLog;
}

/** More would be more than a machine can tell things to. */
const MAX_STREAMS = 1000;

export class LiveStreams {
  readonly #options: LiveStreamsOptions;
  readonly #streams = new Set<EventStream>();

  constructor(options: LiveStreamsOptions) {
    this.#options = options;
  }

  /** How many readers there are. */
  get size(): number {
    return this.#streams.size;
  }

  mount(app: Hono): void {
    app.get("/sluice/live", (context) => this.#answer(context));
  }

  /** Ends every stream; readers come again on their own. */
  stop(): void {
    for (const stream of this.#streams) stream.close();
  }

  #answer(context: Context): Response {
    const topics = readTopics(context.req.query("topics") ?? "");
    if (this.#streams.size >= MAX_STREAMS) {
      return context.json(
        { detail: `${MAX_STREAMS} readers are told everything already. Ask again later.` },
        503,
      );
    }
    const lastId = context.req.header("Last-Event-ID") ?? context.req.query("last_event_id");
    const stream = new EventStream(lastId === undefined ? String(Date.now()) : undefined);
    this.#streams.add(stream);
    void this.#serve(stream, topics, lastId).finally(() => this.#streams.delete(stream));
    return context.body(stream.body, 200, {
      "Content-Type": "text/event-stream",
      "Cache-Control": "no-cache, no-transform",
      "X-Accel-Buffering": "no",
    });
  }

  /** Never rejects. */
  async #serve(stream: EventStream, topics: readonly LiveTopic[], lastId: string | undefined): Promise<void> {
    const since = lastId === undefined ? undefined : resumePoint(lastId, Date.now());
    if (lastId !== undefined && since === undefined) {
      stream.send(resetFrame("Too long ago, or not an id of this stream."));
    }
    try {
      await this.#read(stream, topics, since);
    } catch (error) {
      if (!(error instanceof TooMuchMissedError)) {
        this.#options.log("error", "A live stream failed; its reader comes again", { error });
      }
      stream.letGo("Not everything that was missed can be told again.");
    }
  }

  async #read(
    stream: EventStream,
    topics: readonly LiveTopic[],
    since: ResumePoint | undefined,
  ): Promise<void> {
    const { store, feed, logFeed } = this.#options;
    const options = { wantsBackfill: since !== undefined };
    await Promise.all([
      new LiveReader(stream, eventSource(feed, { store, topics, since })).run(options),
      new LiveReader(stream, logSource(logFeed, { store, topics, since })).run(options),
    ]);
  }
}
