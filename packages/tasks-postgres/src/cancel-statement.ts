/** Stops a statement on the server. */
import { once } from "node:events";
import type { PostgresConnection } from "@sluice/credentials-database";
import type { ClientConfig, PoolClient } from "pg";

const CANCEL_TIMEOUT_MS = 5000;

/** The driver's members that its types leave out. */
interface Cancellable {
  readonly processID: number;
  readonly secretKey: number;
  readonly host: string;
  readonly port: number;
}

interface CancelConnection extends NodeJS.EventEmitter {
  readonly stream: { destroy(): void };
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
}

/**
 * Asks the server to stop what it does for the client, by a connection of its own that needs no turn and no password:
 * PostgreSQL's `CancelRequest`. Resolves when the server has taken note; then the statement ends with an error, if it has
 * not ended before.
 *
 * @throws when the server does not take note in time
 */
export async function cancelStatement(client: PoolClient, { ssl }: PostgresConnection): Promise<void> {
  const { Connection } = await import("pg");
  const { processID, secretKey, host, port } = client as unknown as Cancellable;
  const connection = new Connection({ ssl } as ClientConfig) as unknown as CancelConnection;
  const isEncrypted = ssl !== false;
  const send = (): void => connection.cancel(processID, secretKey);
  connection.on("connect", () => (isEncrypted ? connection.requestSsl() : send()));
  connection.on("sslconnect", send);
  // The server closes the connection when it has passed the request on.
  const closed = once(connection, "end", { signal: AbortSignal.timeout(CANCEL_TIMEOUT_MS) });
  if (host.startsWith("/")) connection.connect(`${host}/.s.PGSQL.${port}`);
  else connection.connect(port, host);
  try {
    await closed;
  } finally {
    connection.on("error", () => undefined);
    connection.stream.destroy();
  }
}
