/** A mail server to test with, and a notifier that uses it. */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type SmtpOptions, startServer } from "@sluice-internal/test-servers";
import { onTestFinished } from "vitest";
import { EmailNotifier, EmailServerCredentials } from "../src/index.ts";

/** A mail as Python's library reads it. */
export interface TakenMail {
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string | null;
  readonly html: string | null;
  readonly attachments: readonly {
    readonly filename: string;
    readonly type: string;
    readonly bytes: readonly number[];
  }[];
}

export interface MailPlace {
  readonly notifier: EmailNotifier;
  readonly password: string;
  /** What the server has taken, oldest first. */
  mails(): Promise<readonly TakenMail[]>;
  /** Each line answers one recipient in the place of an acceptance; `stall` is no answer. */
  makeTrouble(...answers: string[]): Promise<void>;
  stop(): Promise<void>;
}

export async function startMail(options: SmtpOptions = {}): Promise<MailPlace> {
  const server = await startServer("smtp", options);
  if ("reason" in server) throw new Error(server.reason);
  const { hostname, port } = new URL(server.url);
  const {
    SMTP_MAILBOX: mailbox = "",
    SMTP_USERNAME: username = "",
    SMTP_PASSWORD: password = "",
  } = server.env;
  const credentials = new EmailServerCredentials({
    smtpServer: hostname,
    smtpPort: Number(port),
    smtpType: ({ insecure: "INSECURE", starttls: "STARTTLS", ssl: "SSL" } as const)[
      options.security ?? "insecure"
    ],
    verify: false,
    ...(options.login === true && { username, password }),
  });
  return {
    notifier: new EmailNotifier({
      credentials,
      from: "Reports <reports@example.org>",
      to: ["ada@example.org"],
    }),
    password,
    mails: async () => {
      const names = (await readdir(mailbox)).filter((name) => /^\d+\.json$/.test(name)).toSorted();
      return Promise.all(
        names.map(async (name) => JSON.parse(await readFile(join(mailbox, name), "utf8")) as TakenMail),
      );
    },
    makeTrouble: (...answers) => writeFile(join(mailbox, "troubles"), answers.join("\n")),
    stop: server.stop,
  };
}

/** As `startMail`, until the test ends. */
export async function mailPlace(options?: SmtpOptions): Promise<MailPlace> {
  const place = await startMail(options);
  onTestFinished(() => place.stop());
  return place;
}
