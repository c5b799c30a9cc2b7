/**
 * Sends a request to a URL that somebody else may have chosen. The addresses that the request may connect to can be
 * narrowed: each is checked when the connection is made, so neither a name that resolves to two addresses in turn (DNS
 * rebinding) nor a redirect leads anywhere else.
 */
import { lookup as lookupName } from "node:dns";
import { type IncomingHttpHeaders, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { isPublicAddress } from "./public-address.ts";
import { RefusedTargetError } from "./refused-target-error.ts";

export interface OutboundRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly signal: AbortSignal;
  /** Whether addresses outside the public internet are connected to too. */
  readonly allowPrivateAddresses: boolean;
  /** Whether the certificate of the server has to be valid. Default true. */
  readonly verifyCertificate?: boolean | undefined;
}

export interface OutboundAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The beginning of the body. */
  readonly text: string;
}

/** What tests replace. */
export interface Network {
  readonly lookup: LookupFunction;
  isPublic(address: string): boolean;
}

const INTERNET: Network = { lookup: lookupName as LookupFunction, isPublic: isPublicAddress };
const KEPT_BYTES = 16_384;
const MAX_REDIRECTS = 3;
const KEEPING_REDIRECTS: ReadonlySet<number> = new Set([307, 308]);

/**
 * The answer, whatever its status. Redirects that keep method and body are followed on the same origin only, as
 * credentials go with the request.
 *
 * @throws {RefusedTargetError} when the URL, or what it redirects to, must not be connected to.
 * @throws the system's error when there is no answer, and its `AbortError` when the signal aborts.
 */
export async function sendRequest(
  request: OutboundRequest,
  network: Network = INTERNET,
): Promise<OutboundAnswer> {
  let { url } = request;
  for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
    const answer = await sendOnce({ ...request, url }, network);
    if (!KEEPING_REDIRECTS.has(answer.status)) return answer;
    url = redirectTarget(url, answer.headers.location);
  }
  throw new RefusedTargetError(`${request.url.host} redirects without end`);
}

function redirectTarget(from: URL, location: string | undefined): URL {
  if (location === undefined || !URL.canParse(location, from.href)) {
    throw new RefusedTargetError(`${from.host} redirects to nowhere`);
  }
  const target = new URL(location, from);
  if (target.origin === from.origin) return target;
  throw new RefusedTargetError(
    `${from.host} redirects to ${target.origin}. If that is right, use the URL there`,
  );
}

function sendOnce(request: OutboundRequest, network: Network): Promise<OutboundAnswer> {
  const { url, method, headers, body, signal, allowPrivateAddresses, verifyCertificate = true } = request;
  if (url.protocol !== "http:" && url.protocol !== "https:") {
    throw new RefusedTargetError(`${url.protocol}//${url.host} is not an HTTP URL`);
  }
  const isAllowed = (address: string): boolean => allowPrivateAddresses || network.isPublic(address);
  // Addresses that are written in the URL are not looked up.
  const literal = url.hostname.replace(/^\[|\]$/g, "");
  if (isIP(literal) !== 0 && !isAllowed(literal)) throw privateTarget(url.hostname);
  return new Promise((resolve, reject) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const outgoing = send(url, {
      method,
      headers: { ...headers, "content-length": String(Buffer.byteLength(body)) },
      signal,
      // A connection of its own: one that was made for another request may lead where this one must not go.
      agent: false,
      lookup: checkedLookup(network.lookup, isAllowed),
      rejectUnauthorized: verifyCertificate,
    });
    outgoing.once("error", reject);
    outgoing.once("response", (incoming) => {
      beginningOf(incoming).then(
        (text) => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }),
        reject,
      );
    });
    outgoing.end(body);
  });
}

/** Looks a name up, and gives its addresses to the connection only if all of them are allowed. */
function checkedLookup(lookup: LookupFunction, isAllowed: (address: string) => boolean): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) {
        callback(error, []);
        return;
      }
      const addresses = typeof found === "string" ? [{ address: found, family: isIP(found) }] : found;
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => isAllowed(address))) {
        callback(privateTarget(hostname), []);
      } else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}

/** It does not tell the address: who chose the name should not learn what it is inside. */
function privateTarget(host: string): RefusedTargetError {
  return new RefusedTargetError(`${host} is not an address of the public internet`);
}

async function beginningOf(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes >= KEPT_BYTES) break;
  }
  return Buffer.concat(chunks).subarray(0, KEPT_BYTES).toString();
}
