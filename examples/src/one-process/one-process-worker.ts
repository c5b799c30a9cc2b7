/** The far side of `OneProcessTaskRunner`: runs the task engine. */
import { jsonSerializer, remoteApi, runTaskCall, type TaskCall, type TaskChannel } from "@sluice/core";
import type { FromWorker, ToWorker } from "./one-process-messages.ts";

const stops = new Map<number, AbortController>();
const questions = new Map<number, { resolve(value: unknown): void; reject(error: unknown): void }>();
let lastQuestion = 0;

process.on("message", (message: ToWorker) => {
  switch (message.type) {
    case "run":
      void carryOut(message.id, message.call);
      break;
    case "stop": {
      const { id, kind, message: words } = message;
      stops.get(id)?.abort({ kind, message: words, error: new Error(words) });
      break;
    }
    case "answer":
      questions.get(message.question)?.resolve(message.value);
      break;
    case "refusal":
      void refuse(message.question, message.error);
      break;
  }
});
process.on("disconnect", () => process.exit()); // the flow run has ended, or its process has

async function carryOut(id: number, call: TaskCall): Promise<void> {
  const stop = new AbortController();
  stops.set(id, stop);
  const channel: TaskChannel = {
    signal: stop.signal,
    api: remoteApi("the process of the flow", (request) => ask({ id, request })),
    report: (report) => send({ type: "report", id, report }),
    flush: async () => void (await ask({ id })),
    settled: () => undefined, // code that goes on after its run ends with this process
  };
  try {
    send({ type: "end", id, outcome: await runTaskCall(call, channel) });
  } catch (error) {
    send({ type: "failure", id, error: await jsonSerializer().dumps(error) });
  }
  stops.delete(id);
}

function ask(about: Pick<FromWorker & { type: "question" }, "id" | "request">): Promise<unknown> {
  lastQuestion += 1;
  const question = lastQuestion;
  send({ type: "question", question, ...about });
  return new Promise<unknown>((resolve, reject) => questions.set(question, { resolve, reject })).finally(() =>
    questions.delete(question),
  );
}

async function refuse(question: number, error: Uint8Array): Promise<void> {
  questions.get(question)?.reject(await jsonSerializer().loads(error));
}

function send(message: FromWorker): void {
  // A process that is gone hears nothing, and needs nothing.
  if (process.connected) process.send?.(message, () => undefined);
}
