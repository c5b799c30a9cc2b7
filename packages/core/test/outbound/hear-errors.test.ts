import { once } from "node:events";
import { Agent, type IncomingMessage, request } from "node:http";
import { Duplex } from "node:stream";
import { expect, it, onTestFinished } from "vitest";
import { hearErrors } from "../../src/outbound/hear-errors.ts";

it("an answer before the whole request, and then no connection, is no uncaught error", async () => {
  const uncaught: unknown[] = [];
  const keep = (error: unknown): void => void uncaught.push(error);
  process.on("uncaughtException", keep);
  onTestFinished(() => void process.off("uncaughtException", keep));
  const connection = new HastyServer();
  const agent = new Agent({ keepAlive: true });
  agent.createConnection = () => connection;

  const asked = request({ method: "PUT", agent: hearErrors(agent) });
  asked.end("content");
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  answer.resume();
  await once(answer, "end");
  const ended = new Promise((resolve) => connection.once("close", resolve));
  connection.breakOff();
  await ended;
  expect(uncaught).toEqual([]);
});

/** A connection whose other end answers at once, and takes nothing. */
class HastyServer extends Duplex {
  #refuse: (error: Error) => void = () => undefined;

  override _read(): void {}

  override _write(_: unknown, __: string, done: (error: Error) => void): void {
    this.#refuse = done;
    this.push("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\nconnection: keep-alive\r\n\r\n");
  }

  breakOff(): void {
    this.#refuse(new Error("write ECONNRESET"));
  }
}
