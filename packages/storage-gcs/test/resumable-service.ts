/** A service that takes resumable uploads as Google's does, and loses what it is told to. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { startStubServer } from "@sluice-internal/test-servers";

/** What happens to a request that sends content: how much of it arrives, and whether there is an answer. */
export interface Loss {
  readonly arrives: number;
  readonly status?: number;
}

export interface ResumableService {
  readonly endpoint: string;
  /** Ranges of the requests, in order. */
  readonly ranges: readonly string[];
  /** What came to be; undefined before. */
  object(): Buffer | undefined;
  readonly isCancelled: () => boolean;
}

/** @param loss - for the number of a request that sends content, from zero */
export async function startResumableService(
  loss: (index: number) => Loss | undefined,
): Promise<ResumableService> {
  const ranges: string[] = [];
  let received = Buffer.alloc(0);
  let isDone = false;
  let isCancelled = false;
  const take = (range: string, content: Buffer): void => {
    const [, start, total] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(range) ?? [];
    if (start === undefined) return;
    if (Number(start) !== received.length) throw new Error(`${range} does not go on at ${received.length}.`);
    received = Buffer.concat([received, content]);
    isDone = total === String(received.length);
  };
  const answer = async (asked: IncomingMessage, response: ServerResponse): Promise<void> => {
    const content = await buffer(asked);
    if (asked.method === "POST") {
      response.writeHead(200, { location: `http://${asked.headers.host}/session` }).end();
      return;
    }
    if (asked.method === "DELETE") {
      isCancelled = true;
      response.writeHead(499).end();
      return;
    }
    const range = asked.headers["content-range"] ?? "";
    const lost = loss(ranges.push(range) - 1);
    take(range, content.subarray(0, lost?.arrives));
    if (lost !== undefined && lost.status === undefined) {
      response.destroy();
      return;
    }
    const progress = received.length > 0 ? { range: `bytes=0-${received.length - 1}` } : {};
    response.writeHead(lost?.status ?? (isDone ? 200 : 308), progress).end();
  };
  const endpoint = await startStubServer((asked, response) => {
    answer(asked, response).catch((error: Error) => response.destroy(error));
  });
  return { endpoint, ranges, object: () => (isDone ? received : undefined), isCancelled: () => isCancelled };
}
