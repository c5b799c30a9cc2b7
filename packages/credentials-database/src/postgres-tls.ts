/** How a connection to PostgreSQL is encrypted, and how the server is known to be the right one. */
import { readFile } from "node:fs/promises";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import type { Secret } from "@sluice/core";
import { secret } from "@sluice/core/blocks";
import { z } from "zod";
import { DatabaseCredentialsError } from "./database-errors.ts";

/** The words of PostgreSQL's `sslmode`, without the two that promise nothing. */
const tlsMode = z.enum(["disable", "require", "verify-ca", "verify-full"]);

export type TlsMode = z.output<typeof tlsMode>;

export const tlsFields = z.object({
  /**
   * `disable`; `require`: encrypted, whoever the server is, unless `ca` is given; `verify-ca`: its certificate is signed by
   * `ca` or one the system trusts; `verify-full`: and it is for this host. Default verify-full.
   */
  mode: tlsMode.default("verify-full"),
  /** Certificates to trust in place of the system's: PEM, or the path of a file with it. */
  ca: z.string().min(1).optional(),
  /** The client's own certificate: PEM, or the path of a file with it. */
  cert: z.string().min(1).optional(),
  /** The key of `cert`: PEM, or the path of a file with it. */
  key: secret(z.string().min(1)).optional(),
});

export interface TlsWishes {
  readonly mode: TlsMode;
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: Secret | string | undefined;
}

/** What Node's `tls.connect` takes. */
export interface PostgresTls {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly checkServerIdentity?: (host: string, certificate: PeerCertificate) => Error | undefined;
}

/**
 * The mode that a word of `sslmode` stands for.
 *
 * @param name - the credentials in messages
 * @throws {DatabaseCredentialsError} when it is none, or one that promises nothing
 */
export function tlsModeOf(word: string, name: string): TlsMode {
  const mode = tlsMode.safeParse(word);
  if (mode.success) return mode.data;
  const problem =
    word === "prefer" || word === "allow"
      ? `sslmode ${word}, with which anybody on the way can have the connection unencrypted`
      : `an sslmode that there is not`;
  throw new DatabaseCredentialsError(
    `The credentials ${name} have ${problem}. Use one of: ${tlsMode.options.join(", ")}.`,
    { details: { credentials: name } },
  );
}

/** The options for a server, with files read. `false` is a connection that is not encrypted. */
export async function postgresTls(
  wishes: TlsWishes,
  { host, name }: { readonly host: string | undefined; readonly name: string },
): Promise<PostgresTls | false> {
  const { mode, ca, cert, key } = wishes;
  if (mode === "disable") return false;
  const read = (value: string, field: string): Promise<string> => pemOf(value, { field, name });
  return {
    // As PostgreSQL's own clients have it: with an authority to go by, `require` goes by it.
    rejectUnauthorized: mode !== "require" || ca !== undefined,
    checkServerIdentity: (_, certificate) =>
      mode === "verify-full" ? checkServerIdentity(host ?? "localhost", certificate) : undefined,
    ...(ca !== undefined && { ca: await read(ca, "tls.ca") }),
    ...(cert !== undefined && { cert: await read(cert, "tls.cert") }),
    ...(key !== undefined && { key: await read(typeof key === "string" ? key : key.reveal(), "tls.key") }),
  };
}

async function pemOf(
  value: string,
  { field, name }: { readonly field: string; readonly name: string },
): Promise<string> {
  if (value.includes("-----BEGIN")) return value;
  try {
    return await readFile(value, "utf8");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    throw new DatabaseCredentialsError(
      `The file that ${field} of the credentials ${name} names cannot be read (${code}). Give a path that this process can read, or the PEM itself.`,
      { details: { credentials: name, field } },
    );
  }
}
