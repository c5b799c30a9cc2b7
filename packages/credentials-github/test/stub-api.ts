/** A server that answers as a test says, for what the emulator of GitHub cannot be made to do. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { startStubServer } from "@sluice-internal/test-servers";

export interface StubApi {
  readonly url: string;
  /** What was asked, such as `GET /user`. */
  readonly calls: readonly string[];
}

/** Runs until the test ends. */
export async function stubApi(
  answer: (request: IncomingMessage, response: ServerResponse, call: number) => void,
): Promise<StubApi> {
  const calls: string[] = [];
  const url = await startStubServer((request, response) => {
    calls.push(`${request.method} ${request.url}`);
    answer(request, response, calls.length);
  });
  return { url, calls };
}
