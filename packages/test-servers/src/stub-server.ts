/** A server that answers as a test says, for what a real one does seldom. */
import type { RequestListener } from "node:http";
import { onTestFinished } from "vitest";
import { startHttpServer } from "./http-server.ts";

/** Ends with the test; gives the server's origin. */
export async function startStubServer(handle: RequestListener): Promise<string> {
  const { url, stop } = await startHttpServer(handle);
  onTestFinished(stop);
  return url;
}
