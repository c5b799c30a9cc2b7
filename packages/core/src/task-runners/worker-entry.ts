/** What worker threads and worker processes run: carries out calls, one after the other, until it is told to end. */
import { parentPort } from "node:worker_threads";
import type { OrchestrationApi } from "@sluice/protocol";
import { remoteApi } from "../api/remote-api.ts";
import { jsonSerializer } from "../serializers/json-serializer.ts";
import { runTaskCall } from "../task-calls/run-task-call.ts";
import type { TaskCall } from "../task-calls/task-call.ts";
import type { TaskChannel } from "../tasks/task-channel.ts";
import type { MessageFromWorker, MessageToWorker, WorkerRequest } from "./worker-messages.ts";

interface Answer {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

const calls = new Map<number, AbortController>();
const answers = new Map<number, Answer>();
let lastRequestId = 0;

const send: (message: MessageFromWorker) => void = connect((message) => void take(message));
send({ type: "ready" });

/** Connects with the process of the flow, whichever way it is there. */
function connect(listener: (message: MessageToWorker) => void): (message: MessageFromWorker) => void {
  if (parentPort !== null) {
    const port = parentPort;
    port.on("message", listener);
    return (message) => port.postMessage(message);
  }
  process.on("message", listener);
  // Without the flow there is nobody to work for.
  process.on("disconnect", () => process.exit());
  // Ctrl-C reaches every process of the terminal; the flow's process decides what it means.
  process.on("SIGINT", () => undefined);
  return (message) => process.send?.(message);
}

async function take(message: MessageToWorker): Promise<void> {
  switch (message.type) {
    case "run":
      return carryOut(message.id, message.call);
    case "interrupt": {
      const { id, kind, message: words } = message;
      const error = await jsonSerializer().loads(message.error);
      calls.get(id)?.abort({ kind, message: words, error });
      return;
    }
    case "answer":
      takeAnswer(message.requestId)?.resolve(message.value);
      return;
    case "refusal":
      takeAnswer(message.requestId)?.reject(await jsonSerializer().loads(message.error));
      return;
    case "close":
      process.exit();
  }
}

async function carryOut(id: number, call: TaskCall): Promise<void> {
  const controller = new AbortController();
  calls.set(id, controller);
  let api: OrchestrationApi | undefined;
  const channel: TaskChannel = {
    signal: controller.signal,
    get api() {
      api ??= remoteApi("the process of the flow", (request) => ask(id, { kind: "api", request }));
      return api;
    },
    report: (report) => send({ type: "report", id, report }),
    flush: async () => {
      await ask(id, { kind: "flush" });
    },
    settled: () => send({ type: "settled", id }),
  };
  try {
    send({ type: "end", id, outcome: await runTaskCall(call, channel) });
  } catch (error) {
    send({ type: "refused", id, error: await jsonSerializer({ subject: "error" }).dumps(error) });
  } finally {
    calls.delete(id);
  }
}

function ask(id: number, request: WorkerRequest): Promise<unknown> {
  lastRequestId += 1;
  const requestId = lastRequestId;
  return new Promise((resolve, reject) => {
    answers.set(requestId, { resolve, reject });
    send({ type: "request", id, requestId, request });
  });
}

function takeAnswer(requestId: number): Answer | undefined {
  const answer = answers.get(requestId);
  answers.delete(requestId);
  return answer;
}
