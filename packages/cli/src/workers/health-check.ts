/** Tells those who watch over a worker whether it works. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { Logger } from "@sluice/core";
import type { Worker } from "@sluice/worker";

/** A worker that has not reached its server for so long is unhealthy. */
const MAX_SILENT_SECONDS = 300;

/** Answers `GET /health` with 200, or 503 when the worker has not reached its server for five minutes. */
export async function answerHealthChecks(
  port: number,
  worker: Pick<Worker, "silentSeconds">,
  logger: Logger,
): Promise<{ close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const isHealthy = worker.silentSeconds < MAX_SILENT_SECONDS;
    const status = request.url !== "/health" ? 404 : isHealthy ? 200 : 503;
    const message = { 200: "OK", 404: "Ask for /health.", 503: "The worker does not reach its server." }[
      status
    ];
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ message }));
  });
  server.listen(port);
  await once(server, "listening");
  const address = server.address();
  logger.info("Health checks are answered", { port: typeof address === "object" ? address?.port : port });
  return {
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
