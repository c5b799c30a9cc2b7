/** What proxies do. */
import { type IncomingMessage, request, type ServerResponse } from "node:http";

/**
 * Has a request answered by the server at `origin`.
 *
 * @param mostBytes - of the answer; then the connection is cut. Default: there is no end to it.
 */
export function passOn(
  origin: string,
  asked: IncomingMessage,
  response: ServerResponse,
  mostBytes?: number,
): void {
  const { method, url = "/", headers } = asked;
  const target = new URL(url, origin);
  const onward = request(target, { method, headers: { ...headers, host: target.host } }, (answer) => {
    const { location } = answer.headers;
    const here = location?.replace(origin, `http://${headers.host}`);
    const passedOn = { ...answer.headers, ...(here !== undefined && { location: here }) };
    if (mostBytes !== 0) response.writeHead(answer.statusCode ?? 502, passedOn);
    if (mostBytes === undefined) answer.pipe(response);
    else passSome(answer, response, mostBytes);
  });
  onward.on("error", () => response.destroy());
  asked.pipe(onward);
}

function passSome(answer: IncomingMessage, response: ServerResponse, mostBytes: number): void {
  let passed = 0;
  answer.on("data", (chunk: Buffer) => {
    response.write(chunk);
    passed += chunk.length;
    if (passed >= mostBytes) response.destroy();
  });
  answer.on("end", () => response.destroy());
}
