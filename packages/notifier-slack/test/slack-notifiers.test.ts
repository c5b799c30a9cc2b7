import { describe, expect, it, onTestFinished } from "vitest";
import { SlackWebhook, slackText } from "../src/index.ts";
import { type SlackPlace, startSlack, TOKEN } from "./slack-place.ts";

const SECTION = { type: "section", text: { type: "mrkdwn", text: "*42* generous trips" } } as const;
const LONG_SECTION = { type: "section", text: { type: "mrkdwn", text: "x".repeat(3001) } } as const;

describe("a Slack webhook", () => {
  it("sends Block Kit, and replies in threads", async () => {
    const { webhook, messages, thread } = await slack();
    await webhook.send({ text: "42 trips", blocks: [SECTION] });
    const [{ ts = "" } = {}] = await messages("general");
    await webhook.send({ text: "of 1000", threadTs: ts });
    expect(await thread("general", ts)).toMatchObject([
      { text: "42 trips", blocks: [SECTION] },
      { text: "of 1000", thread_ts: ts },
    ]);
  });

  it("refuses blocks that are larger than Slack takes before it sends them", async () => {
    const { webhook, proxy } = await slack();
    await expect(webhook.send({ text: "x", blocks: [SECTION, LONG_SECTION] })).rejects.toThrow(
      "slack-webhook could not deliver the message: blocks[1].text.text of the section block has 3001 characters, of at most 3000. Split it.",
    );
    expect(proxy.requests()).toBe(0);
  });

  it("that was removed says what Slack says, and what to do", async () => {
    const { webhook, proxy } = await slack();
    proxy.troubles.push({ status: 404, body: "no_service" });
    await expect(webhook.notify({ body: "hello" })).rejects.toThrow(
      /answered 404 \(no_service\)\. See whether the URL of the block still exists\./,
    );
  });

  it("keeps to the public internet when it is told to", async () => {
    const webhook = new SlackWebhook({ url: "http://169.254.169.254/latest", allowPrivateUrls: false });
    await expect(webhook.notify({ body: "hello" })).rejects.toThrow("not an address of the public internet");
  });
});

describe("a Slack bot", () => {
  it("sends Block Kit, replies in threads and uploads files to them", async () => {
    const { bot, thread } = await slack();
    const { ts, channel } = await bot.send({ text: "The report", blocks: [SECTION] });
    expect(channel).toMatch(/^C/);
    await bot.send({ text: "More below", threadTs: ts });
    const file = await bot.uploadFile({ filename: "report.csv", content: "a,b\n1,2\n", threadTs: ts });
    expect(file).toMatchObject({ id: expect.stringMatching(/^F/), permalink: expect.any(String) });
    const [report, reply, upload] = await thread("reports", ts);
    expect(report).toMatchObject({ text: "The report", blocks: [SECTION] });
    expect(reply).toMatchObject({ text: "More below", thread_ts: ts });
    expect(upload).toMatchObject({ thread_ts: ts, files: [{ name: "report.csv", size: 8 }] });
  });

  it("refuses blocks that are larger than Slack takes", async () => {
    const { bot } = await slack();
    await expect(bot.send({ text: "x", blocks: [LONG_SECTION] })).rejects.toThrow(
      "slack-bot could not deliver",
    );
  });

  it("names itself in errors, by the name it was saved under too", async () => {
    const { bot } = await slack();
    const lost = await bot.update({ channel: "C0NOWHERE" });
    await expect(lost.notify({ body: "hello" })).rejects.toThrow(
      /^slack-bot could not deliver the message: 127\.0\.0\.1:\d+ answered channel_not_found\. See whether the channel is right/,
    );
  });

  it("does not show its token", async () => {
    const { bot } = await slack();
    expect(JSON.stringify(bot)).not.toContain(TOKEN);
  });
});

describe("the text of a notification in Slack", () => {
  it("has the subject in bold", () => {
    expect(slackText({ subject: "Tips", body: "42" })).toBe("*Tips*\n42");
  });

  it("mentions nobody", () => {
    expect(slackText({ body: "<!channel> & <@U1>" })).toBe("&lt;!channel&gt; &amp; &lt;@U1&gt;");
  });

  it("is cut where Slack would cut it, with its signs written out", () => {
    const text = slackText({ subject: "Tips", body: "<".repeat(50_000) });
    expect(text.length).toBeLessThanOrEqual(40_000);
    expect(text.length).toBeGreaterThan(39_900);
    expect(text).toMatch(/&lt;… \[\d+ more characters\]$/);
  });
});

async function slack(): Promise<SlackPlace> {
  const place = await startSlack();
  onTestFinished(() => place.stop());
  return place;
}
