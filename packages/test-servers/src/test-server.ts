/** A server that tests talk to, and how there comes to be one. */

export interface TestServer {
  /** Where it listens, such as `http://127.0.0.1:40123`. */
  readonly url: string;
  /** Variables with which its usual clients find it and are let in. */
  readonly env: Readonly<Record<string, string>>;
  /** Ends it and removes what it kept. Stopping twice is allowed. */
  stop(): Promise<void>;
}

export interface MissingServer {
  /** What is missing and how to get it. */
  readonly reason: string;
}

export interface ServerDefinition<Options> {
  /** Why the server cannot run here; undefined when it can. */
  whyMissing(): string | undefined;
  /** @throws with the last lines it wrote, when it does not come up in time */
  start(options: Options): Promise<TestServer>;
}
