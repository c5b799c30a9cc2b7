/** The log lines of a flow run as a CSV file, of any length. */
import { LOG_LEVELS, type Log, type OrchestrationApi } from "@sluice/protocol";
import type { Hono } from "hono";

const PAGE = 200;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu;
const COLUMNS = ["timestamp", "level", "flow_run_id", "task_run_id", "message"];
/** As Python calls them. */
const LEVEL_NAMES: ReadonlyMap<number, string> = new Map([
  [LOG_LEVELS.debug, "DEBUG"],
  [LOG_LEVELS.info, "INFO"],
  [LOG_LEVELS.warn, "WARNING"],
  [LOG_LEVELS.error, "ERROR"],
  [LOG_LEVELS.critical, "CRITICAL"],
]);

export function mountLogDownload(app: Hono, api: Pick<OrchestrationApi, "flowRuns" | "logs">): void {
  app.get("/flow_runs/:id/logs/download", async (context) => {
    const id = context.req.param("id").toLowerCase();
    if (!UUID.test(id)) return context.json({ detail: "Not Found" }, 404);
    const { signal } = context.req.raw;
    const { name } = await api.flowRuns.get(id, { signal });
    const fileName = `${name.replaceAll(/[^\w.-]+/gu, "_")}-logs.csv`;
    context.header("Content-Type", "text/csv; charset=utf-8");
    context.header("Content-Disposition", `attachment; filename="${fileName}"`);
    return context.body(csvStream(linesOf(api, id, signal)));
  });
}

/** Page by page, as fast as the client reads, each from the instant at which the last ended. */
async function* linesOf(
  api: Pick<OrchestrationApi, "logs">,
  flowRunId: string,
  signal: AbortSignal,
): AsyncGenerator<readonly Log[]> {
  let last: string | undefined;
  /** How many lines of that instant are out. */
  let offset = 0;
  for (;;) {
    const timestamp = last === undefined ? undefined : { after_: last };
    const logs = { flow_run_id: { any_: [flowRunId] }, timestamp };
    const page = await api.logs.filter({ logs, limit: PAGE, offset }, { signal });
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    const end = page.at(-1)?.timestamp;
    const sameInstant = page.filter((line) => line.timestamp === end).length;
    offset = end === last ? offset + sameInstant : sameInstant;
    last = end;
  }
}

function csvStream(pages: AsyncGenerator<readonly Log[]>): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start: (controller) => controller.enqueue(encoder.encode(row(COLUMNS))),
    pull: async (controller) => {
      const { done, value } = await pages.next();
      if (done === true) controller.close();
      else controller.enqueue(encoder.encode(value.map(toRow).join("")));
    },
    cancel: async () => void (await pages.return(undefined)),
  });
}

function toRow({ timestamp, level, flow_run_id, task_run_id, message }: Log): string {
  return row([
    timestamp,
    LEVEL_NAMES.get(level) ?? String(level),
    flow_run_id ?? "",
    task_run_id ?? "",
    message,
  ]);
}

function row(cells: readonly string[]): string {
  return `${cells.map(cell).join(",")}\r\n`;
}

function cell(text: string): string {
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
