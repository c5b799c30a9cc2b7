/** Trouble in front of a server that has none by itself: answers of another kind, or no answer. */
import { passOn } from "./pass-on.ts";
import { startTroubledServer, type TroubledServer } from "./troubled-server.ts";

/** Passes requests on to the server at `origin`, as long as there is no trouble. */
export function startTroubleProxy(origin: string): Promise<TroubledServer> {
  return startTroubledServer((asked, response) => passOn(origin, asked, response));
}
