import { blockSuite, notifierSuite } from "@sluice/core/testing";
import { describeWithServer } from "@sluice-internal/test-servers";
import { EmailNotifier, EmailServerCredentials } from "../src/index.ts";
import { startMail } from "./mail-place.ts";

const server = {
  username: "reports",
  password: "s3cr3t-password",
  smtpServer: "smtp.example.org",
  smtpType: 587,
  smtpPort: 2525,
  verify: false,
} as const;
const wire = {
  username: "reports",
  password: "s3cr3t-password",
  smtp_server: "smtp.example.org",
  smtp_type: 587,
  smtp_port: 2525,
  verify: false,
};
blockSuite({ type: EmailServerCredentials, sample: server, wire });

const [from, replyTo] = ["reports@example.org", "help@example.org"];
const people = { to: ["Ada <ada@example.org>"], cc: ["bob@example.org"], bcc: ["eve@example.org"] };
blockSuite({
  type: EmailNotifier,
  sample: { credentials: new EmailServerCredentials(server), from, replyTo, ...people },
  wire: { credentials: wire, from, reply_to: replyTo, ...people },
});

describeWithServer("smtp", () => {
  notifierSuite({
    name: "EmailNotifier",
    create: async () => {
      const { notifier, password, mails, makeTrouble, stop } = await startMail({ login: true });
      return {
        notifier,
        deliveries: async () => (await mails()).map(({ headers, text }) => `${headers["subject"]}\n${text}`),
        breakDelivery: () => makeTrouble("550 5.1.1 no such person"),
        throttleDelivery: () => makeTrouble("450 4.2.0 come back later"),
        stallDelivery: () => makeTrouble("stall"),
        secrets: [password],
        dispose: stop,
      };
    },
  });
});
