import { describeWithServer } from "@sluice-internal/test-servers";
import { describe, expect, it } from "vitest";
import { EmailNotifier, EmailServerCredentials } from "../src/index.ts";
import { mailPlace } from "./mail-place.ts";

describeWithServer("smtp", () => {
  it("sends to all recipients, and tells nobody of hidden ones", async () => {
    const { notifier, mails } = await mailPlace();
    const widely = await notifier.update({
      to: ["Ada Lovelace <ada@example.org>", "bob@example.org"],
      cc: ["carl@example.org"],
      bcc: ["eve@example.org"],
      replyTo: "help@example.org",
    });
    await widely.notify({ subject: "Hourly tips", body: "42" });
    const [{ sender, recipients, headers } = { recipients: [] }] = await mails();
    expect(sender).toBe("reports@example.org");
    expect(recipients.toSorted()).toEqual(["ada", "bob", "carl", "eve"].map((name) => `${name}@example.org`));
    expect(headers).toMatchObject({
      from: "Reports <reports@example.org>",
      to: "Ada Lovelace <ada@example.org>, bob@example.org",
      cc: "carl@example.org",
      "reply-to": "help@example.org",
      subject: "Hourly tips",
    });
    expect(JSON.stringify(headers)).not.toContain("eve");
  });

  it("sends HTML beside the text, and attachments", async () => {
    const { notifier, mails } = await mailPlace();
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const { messageId } = await notifier.send({
      subject: "Größe 🚕",
      text: "42 €",
      html: "<b>42 €</b>",
      attachments: [
        { filename: "trips.csv", content: "a,b\n" },
        { filename: "größe.bin", content: bytes, contentType: "application/x-trips" },
      ],
    });
    const [mail] = await mails();
    expect(mail).toMatchObject({
      headers: { subject: "Größe 🚕", "message-id": messageId },
      text: expect.stringMatching(/^42 €\s*$/),
      html: expect.stringMatching(/^<b>42 €<\/b>\s*$/),
      attachments: [
        { filename: "trips.csv", type: "text/csv", bytes: [...Buffer.from("a,b\n")] },
        { filename: "größe.bin", type: "application/x-trips", bytes: [...bytes] },
      ],
    });
  });

  it("makes a subject of the first line when there is none", async () => {
    const { notifier, mails } = await mailPlace();
    await notifier.notify({ body: `  ${"long ".repeat(40)}\nsecond line` });
    const [mail] = await mails();
    expect(mail?.headers["subject"]).toMatch(/^long long .*…$/);
    expect(mail?.headers["subject"]?.length).toBeLessThanOrEqual(78);
  });

  it("does not let a subject add headers", async () => {
    const { notifier, mails } = await mailPlace();
    await notifier.notify({ subject: "Tips\r\nBcc: eve@example.org", body: "42" });
    const [mail] = await mails();
    expect(mail?.headers).not.toHaveProperty("bcc");
    expect(mail?.recipients).toEqual(["ada@example.org"]);
  });

  it("says who was refused when others were not", async () => {
    const { notifier, mails, makeTrouble } = await mailPlace();
    const widely = await notifier.update({ to: ["gone@example.org", "ada@example.org"] });
    await makeTrouble("550 5.1.1 no such person");
    await expect(widely.notify({ body: "42" })).rejects.toThrow(
      /refused some recipients \(gone@example\.org: .*550 5\.1\.1 no such person\)\. The others get the mail\./,
    );
    expect(await mails()).toMatchObject([{ recipients: ["ada@example.org"] }]);
  });

  it.each(["starttls", "ssl"] as const)("logs in after %s", async (security) => {
    const { notifier, mails } = await mailPlace({ security, login: true });
    await notifier.notify({ body: "safe" });
    expect(await mails()).toHaveLength(1);
  });

  it.each(["starttls", "ssl"] as const)(
    "refuses a certificate that nobody signed with %s",
    async (security) => {
      const { notifier, mails } = await mailPlace({ security });
      const credentials = await notifier.credentials.update({ verify: true });
      const careful = await notifier.update({ credentials });
      await expect(careful.notify({ body: "42" })).rejects.toThrow(
        /self-signed certificate.*its certificate is valid/,
      );
      expect(await mails()).toEqual([]);
    },
  );

  it("sends nothing where STARTTLS is wanted and not offered", async () => {
    const { notifier, mails } = await mailPlace();
    const credentials = await notifier.credentials.update({ smtpType: "STARTTLS" });
    const careful = await notifier.update({ credentials });
    await expect(careful.notify({ body: "42" })).rejects.toThrow(/STARTTLS/);
    expect(await mails()).toEqual([]);
  });

  it("says that the login is wrong, and not what it is", async () => {
    const { notifier, password } = await mailPlace({ login: true });
    const credentials = await notifier.credentials.update({ password: `${password}-not` });
    const wrong = await notifier.update({ credentials });
    const sending = wrong.notify({ body: "42" });
    await expect(sending).rejects.toThrow(
      /^email-notifier could not deliver the message: the mail server 127\.0\.0\.1:\d+ failed \(.*535.*\)\. See whether username and password/,
    );
    await expect(sending).rejects.not.toThrow(password);
  });

  it("does not send without a login when the server offers none", async () => {
    const { notifier, mails } = await mailPlace();
    const credentials = await notifier.credentials.update({
      username: "reports",
      password: "s3cr3t-password",
    });
    await expect((await notifier.update({ credentials })).notify({ body: "42" })).rejects.toThrow(
      "email-notifier",
    );
    expect(await mails()).toEqual([]);
  });

  it("says that there is no server", async () => {
    const { notifier, stop } = await mailPlace();
    await stop();
    await expect(notifier.notify({ body: "42" }, { timeoutSeconds: 0.9 })).rejects.toThrow(
      /ECONNREFUSED.*reachable from here/,
    );
  });
});

describe("an address", () => {
  const credentials = new EmailServerCredentials();

  it.each(["ada@example.org", "Ada Lovelace <ada@example.org>", "größe@example.org"])("may be %s", (from) => {
    expect(new EmailNotifier({ credentials, from, to: [from] }).from).toBe(from);
  });

  it.each(["ada", "ada@", "a@example.org, b@example.org", "Ada <ada@example.org>\r\nBcc: eve@example.org"])(
    "may not be %j",
    (from) => {
      const make = (): EmailNotifier => new EmailNotifier({ credentials, from, to: ["ada@example.org"] });
      expect(make).toThrow("from: expected an address");
    },
  );
});

describe("credentials of a mail server", () => {
  it.each([
    [{}, "smtp.gmail.com:465"],
    [{ smtpServer: "OUTLOOK", smtpType: "STARTTLS" }, "smtp-mail.outlook.com:587"],
    [{ smtpServer: "mail.example.org", smtpType: 25 }, "mail.example.org:25"],
    [{ smtpServer: "mail.example.org", smtpPort: 2525 }, "mail.example.org:2525"],
  ] as const)("%j is %s", (fields, address) => {
    expect(new EmailServerCredentials(fields).address).toBe(address);
  });
});
