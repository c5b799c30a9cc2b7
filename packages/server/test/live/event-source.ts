/** A reader of the live stream of a test's server. */
import { onTestFinished } from "vitest";
import type { TestServer } from "../http/test-server.ts";

export interface Message {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

export interface LiveClient {
  readonly status: number;
  /** What came, but for the greeting. */
  readonly messages: Message[];
  /** Id to go on from. */
  lastId(): string | undefined;
  disconnect(): void;
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
}

/** Resolves when the server has greeted. */
export async function follow(
  server: Pick<TestServer, "apiUrl">,
  topics: string,
  lastEventId?: string,
): Promise<LiveClient> {
  const abort = new AbortController();
  onTestFinished(() => abort.abort());
  const response = await fetch(`${server.apiUrl}/sluice/live?topics=${topics}`, {
    signal: abort.signal,
    headers: lastEventId === undefined ? {} : { "Last-Event-ID": lastEventId },
  });
  const messages: Message[] = [];
  let lastId: string | undefined;
  let greet = (): void => undefined;
  const greeted = new Promise<void>((resolve) => {
    greet = resolve;
  });
  const take = (block: string): void => {
    const message = parse(block);
    lastId = message?.id ?? lastId;
    if (message?.event === "ready") greet();
    else if (message !== undefined) messages.push(message);
  };
  const read = async (): Promise<void> => {
    let text = "";
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const blocks = `${text}${chunk}`.split("\n\n");
      text = blocks.pop() ?? "";
      blocks.forEach(take);
    }
  };
  const ended = read().catch((error: unknown) => {
    if (!abort.signal.aborted) throw error;
  });
  if (response.ok) await greeted;
  return {
    status: response.status,
    messages,
    lastId: () => lastId,
    disconnect: () => abort.abort(),
    ended,
  };
}

function parse(block: string): Message | undefined {
  const fields = new Map(
    block
      .split("\n")
      .filter((line) => !line.startsWith(":"))
      .map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]),
  );
  const data = fields.get("data");
  if (data === undefined) return undefined;
  return { id: fields.get("id"), event: fields.get("event") ?? "message", data: JSON.parse(data) };
}
