/** One kept-open connection to a server; it costs the machine little, since the server shares its cores. */
import { Client } from "undici";

const TIMEOUT_MS = 30_000;

export class ApiConnection {
  readonly #client: Client;
  readonly #basePath: string;

  constructor(apiUrl: string) {
    const { origin, pathname } = new URL(apiUrl);
    this.#client = new Client(origin, { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
    this.#basePath = pathname;
  }

  /** Sends a body that is JSON text already; gives the answer's text. */
  async postText(path: string, body: string): Promise<string> {
    const { statusCode, body: answer } = await this.#client.request({
      method: "POST",
      path: this.#basePath + path,
      headers: { "content-type": "application/json", "x-prefect-api-version": "0.8.4" },
      body,
    });
    const text = await answer.text();
    if (statusCode < 200 || statusCode > 299)
      throw new Error(`POST ${path} gave ${statusCode}: ${text.slice(0, 500)}`);
    return text;
  }

  /** Sends a value; gives the answer's value, which the caller knows the shape of. */
  async post<T>(path: string, body: unknown): Promise<T> {
    return JSON.parse(await this.postText(path, JSON.stringify(body))) as T;
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

/** Opens connections, gives them to `work`, and closes them whatever happens. */
export async function withConnections<T>(
  apiUrl: string,
  count: number,
  work: (connections: readonly ApiConnection[]) => Promise<T>,
): Promise<T> {
  const connections = Array.from({ length: count }, () => new ApiConnection(apiUrl));
  try {
    return await work(connections);
  } finally {
    await Promise.all(connections.map((connection) => connection.close()));
  }
}
