/** A secret that Google's Secret Manager keeps. */
import { type CallOptions, Secret, withTimeLimit } from "@sluice/core";
import { Block } from "@sluice/core/blocks";
import { z } from "zod";
import { GcpCredentials } from "./gcp-credentials.ts";
import { GcpCredentialsError, GcpServiceError } from "./gcp-errors.ts";
import { googleTrouble } from "./google-trouble.ts";

/** Of one call, its repetitions included. */
const CALL_TIMEOUT_MS = 30_000;
const ATTEMPTS = 3;

const accessAnswer = z.object({ payload: z.object({ data: z.base64() }) });

interface Request {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly data?: unknown;
}

/**
 * A secret by its name. Its value is asked for whenever it is read, and kept nowhere else. Slug and fields as those of
 * Prefect's block, and `endpoint`.
 *
 * ```ts
 * const password = await (await GcpSecret.load("database-password")).read();
 * connect({ password: password.reveal() });
 * ```
 */
export class GcpSecret extends Block.define({
  slug: "gcpsecret",
  name: "GcpSecret",
  description: "A secret of Google Cloud's Secret Manager.",
  schema: z.object({
    gcpCredentials: GcpCredentials.field(),
    /** Its name, or everything: `projects/acme/locations/europe-west3/secrets/database-password`. */
    secretName: z.string().min(1),
    secretVersion: z.string().min(1).default("latest"),
    /** Where regional secrets are, such as `https://secretmanager.europe-west3.rep.googleapis.com`. */
    endpoint: z.url({ protocol: /^https?$/ }).default("https://secretmanager.googleapis.com"),
  }),
}) {
  /**
   * The text; bytes as the text that they are in UTF-8.
   *
   * @throws {GcpCredentialsError} when credentials are missing or refused
   * @throws {GcpServiceError} when there is no such secret or version, or the service fails
   */
  async read(options: CallOptions = {}): Promise<Secret> {
    const answer = await this.#call("read", options, async () => ({
      method: "GET",
      path: `${await this.#resource()}/versions/${encodeURIComponent(this.secretVersion)}:access`,
    }));
    const { payload } = accessAnswer.parse(answer);
    return new Secret(Buffer.from(payload.data, "base64").toString("utf8"));
  }

  /** Adds a version, which is the latest one then; makes the secret when there is none. */
  async write(value: string | Secret, options: CallOptions = {}): Promise<void> {
    const text = value instanceof Secret ? value.reveal() : value;
    const add = async (): Promise<Request> => ({
      method: "POST",
      path: `${await this.#resource()}:addVersion`,
      data: { payload: { data: Buffer.from(text, "utf8").toString("base64") } },
    });
    try {
      await this.#call("write", options, add);
    } catch (error) {
      if (!(error instanceof GcpServiceError) || error.details["status"] !== 404) throw error;
      await this.#create(options);
      await this.#call("write", options, add);
    }
  }

  async #create(options: CallOptions): Promise<void> {
    await this.#call("write", options, async () => {
      const [parent = "", id = ""] = (await this.#resource()).split("/secrets/");
      const replication = parent.includes("/locations/") ? {} : { replication: { automatic: {} } };
      return { method: "POST", path: `${parent}/secrets?secretId=${id}`, data: replication };
    });
  }

  async #resource(): Promise<string> {
    if (this.secretName.startsWith("projects/")) return this.secretName;
    const auth = await this.gcpCredentials.auth();
    return `projects/${await auth.getProjectId()}/secrets/${encodeURIComponent(this.secretName)}`;
  }

  async #call(verb: string, call: CallOptions, request: () => Promise<Request>): Promise<unknown> {
    try {
      return await withTimeLimit(CALL_TIMEOUT_MS, call, async (signal) => {
        const auth = await this.gcpCredentials.auth();
        const { method, path, data } = await request();
        const { data: answer } = await auth.request<unknown>({
          url: `${this.endpoint}/v1/${path}`,
          method,
          ...(data !== undefined && { data }),
          // The library has types of its own for signals.
          signal: signal as never,
          retryConfig: { retry: ATTEMPTS - 1, httpMethodsToRetry: ["GET"] },
        });
        return answer;
      });
    } catch (error) {
      call.signal?.throwIfAborted();
      throw this.#errorOf(error, verb);
    }
  }

  #errorOf(error: unknown, verb: string): unknown {
    const trouble = googleTrouble(error);
    if (trouble === undefined) return error;
    const block = this.blockReference;
    const subject = `Cannot ${verb} the secret "${this.secretName}" (block ${block}).`;
    const { kind, code, status, explanation, cause } = trouble;
    const options = { cause, details: { secretName: this.secretName, block, code, status } };
    if (status === 404) {
      const remedy = `There is no such secret or version "${this.secretVersion}" in the project. Check secretName, secretVersion and project, or create it.`;
      return new GcpServiceError(`${subject} ${remedy}`, options);
    }
    if (kind === "denied") {
      const role = status === 403 ? " The role is Secret Manager Secret Accessor." : "";
      return new GcpCredentialsError(`${subject} ${explanation}${role}`, options);
    }
    return new GcpServiceError(`${subject} ${explanation}`, options);
  }
}
