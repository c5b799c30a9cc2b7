/** aiosmtpd: a mail server. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findProgram, peerPath } from "./find-program.ts";
import { makeCertificate } from "./make-certificate.ts";
import { runServer } from "./run-server.ts";
import type { ServerDefinition } from "./test-server.ts";

const PROGRAM = fileURLToPath(new URL("../src/smtp-server.py", import.meta.url));
const PYTHON = peerPath("aiosmtpd/bin/python");

export interface SmtpOptions {
  /** How the connection is made safe, with a certificate for 127.0.0.1 that nobody signed; default `insecure`. */
  readonly security?: "insecure" | "starttls" | "ssl" | undefined;
  /** Whether clients have to log in; default false. */
  readonly login?: boolean | undefined;
}

/**
 * Writes each mail to a file in `SMTP_MAILBOX`, by number, as JSON with `sender`, `recipients`, `headers`, `text`, `html` and
 * `attachments`. Lines of the file `troubles` there answer recipients in its place; `stall` is no answer.
 */
export const smtp: ServerDefinition<SmtpOptions> = {
  whyMissing: () => {
    if (!existsSync(PYTHON)) return "there is no aiosmtpd: run .ci/install-peers";
    return findProgram("openssl") === undefined ? "there is no openssl" : undefined;
  },
  start: async ({ security = "insecure", login = false }) => {
    const [username, password] = login ? ["reports", randomBytes(12).toString("hex")] : ["", ""];
    const { port, directory, stop } = await runServer(async (freePort, mailbox) => {
      const files = [join(mailbox, "certificate.pem"), join(mailbox, "key.pem")] as const;
      if (security !== "insecure") await makeCertificate(...files);
      const mode = [String(freePort), mailbox, security, username, password];
      return { command: [PYTHON, PROGRAM, ...mode, ...files] };
    });
    const env = { SMTP_MAILBOX: directory, SMTP_USERNAME: username, SMTP_PASSWORD: password };
    return { url: `smtp://127.0.0.1:${port}`, env, stop };
  },
};
