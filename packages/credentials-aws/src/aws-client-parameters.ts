/** How the services are reached, whoever asks. */
import { readFile } from "node:fs/promises";
import type { Agent as HttpAgent } from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import { hearErrors } from "@sluice/core";
import { z } from "zod";

const CONNECT_TIMEOUT_MS = 10_000;
/** Without a byte; answers may take long to begin, such as that of an upload put together from many parts. */
const IDLE_TIMEOUT_MS = 60_000;

/** What does not depend on the identity; members as those of Prefect's `aws_client_parameters`. */
export const awsClientParameters = z.object({
  /** URL of the services when they are not Amazon's, such as `http://127.0.0.1:9000` for MinIO. */
  endpointUrl: z.url({ protocol: /^https?$/ }).optional(),
  /** Whether Amazon's own endpoints are called by HTTPS. */
  useSsl: z.boolean().default(true),
  /** Whether certificates are checked; a path is the same as `verifyCertPath`. Default true. */
  verify: z.union([z.boolean(), z.string()]).optional(),
  /** A file with certificates to trust (PEM) in place of the system's. */
  verifyCertPath: z.string().optional(),
  /**
   * In the words of Botocore. Understood are `connect_timeout` and `read_timeout` (seconds), `max_pool_connections`,
   * `retries.max_attempts` and `s3.addressing_style`; the others concern Botocore only.
   */
  config: z.record(z.string(), z.unknown()).optional(),
});

export type AwsClientParameters = z.output<typeof awsClientParameters>;

/** What every client of the SDK takes; `forcePathStyle` is for S3 only. */
export interface AwsTransport {
  readonly endpoint?: string;
  readonly tls: boolean;
  /** Whether the bucket is a part of the path rather than of the host. */
  readonly forcePathStyle: boolean;
  readonly maxAttempts?: number;
  readonly requestHandler: {
    readonly connectionTimeout: number;
    readonly requestTimeout: number;
    readonly socketTimeout: number;
    readonly throwOnRequestTimeout: true;
    readonly httpAgent: HttpAgent;
    readonly httpsAgent: HttpsAgent;
  };
}

const DEFAULT_CONNECTIONS = 50;

/** Botocore's words that are understood. A value that makes no sense counts as absent, since it was made for another program. */
const botocoreConfig = z.object({
  connect_timeout: z.number().positive().optional().catch(undefined),
  read_timeout: z.number().positive().optional().catch(undefined),
  max_pool_connections: z.number().int().positive().optional().catch(undefined),
  retries: z
    .object({ max_attempts: z.number().int().min(0).optional() })
    .optional()
    .catch(undefined),
  s3: z.object({ addressing_style: z.string().optional() }).optional().catch(undefined),
});

/** Reads the file of certificates, if there is one. */
export async function awsTransport(parameters: AwsClientParameters): Promise<AwsTransport> {
  const { endpointUrl, useSsl, config } = parameters;
  const words = botocoreConfig.parse(config ?? {});
  const timeoutMs = words.read_timeout === undefined ? IDLE_TIMEOUT_MS : words.read_timeout * 1000;
  const agent = { keepAlive: true, maxSockets: words.max_pool_connections ?? DEFAULT_CONNECTIONS };
  const [http, https] = await Promise.all([import("node:http"), import("node:https")]);
  return {
    ...(endpointUrl !== undefined && { endpoint: endpointUrl }),
    tls: useSsl,
    forcePathStyle: isPathStyle(words.s3?.addressing_style, endpointUrl),
    // Botocore counts the retries, the SDK the calls.
    ...(words.retries?.max_attempts !== undefined && { maxAttempts: words.retries.max_attempts + 1 }),
    requestHandler: {
      connectionTimeout:
        words.connect_timeout === undefined ? CONNECT_TIMEOUT_MS : words.connect_timeout * 1000,
      requestTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      throwOnRequestTimeout: true,
      httpAgent: hearErrors(new http.Agent(agent)),
      httpsAgent: hearErrors(new https.Agent({ ...agent, ...(await certificateOptions(parameters)) })),
    },
  };
}

/** Servers other than Amazon's seldom have a host name for each bucket. */
function isPathStyle(style: string | undefined, endpointUrl: string | undefined): boolean {
  if (style === "path" || style === "virtual") return style === "path";
  const { AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3 } = process.env;
  return (endpointUrl ?? AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL) !== undefined;
}

async function certificateOptions({
  verify,
  verifyCertPath,
}: AwsClientParameters): Promise<{ readonly rejectUnauthorized: boolean; readonly ca?: string }> {
  const path = verifyCertPath ?? (typeof verify === "string" ? verify : undefined);
  return {
    rejectUnauthorized: verify !== false,
    ...(path !== undefined && { ca: await readFile(path, "utf8") }),
  };
}
