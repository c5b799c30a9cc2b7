import { describe, expect, it, onTestFinished } from "vitest";
import { SignedWebhook } from "../src/index.ts";
import { SIGNING_SECRET, type SignedReceiver, startSignedReceiver } from "./receiver.ts";

describe("a signed webhook", () => {
  it("posts a message that a library of the specification accepts", async () => {
    const { block, messages } = await receiver();
    await block.send({ type: "report.ready", data: { rows: 42, name: "Größe" } });
    expect(messages()).toHaveLength(1);
    const [{ id, headers, payload } = {}] = messages();
    expect(id).toMatch(/^msg_/);
    expect(headers).toMatchObject({ "content-type": "application/json" });
    expect(payload).toEqual({
      type: "report.ready",
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      data: { rows: 42, name: "Größe" },
    });
  });

  it("sends what failed at the receiver again, with the same id", async () => {
    const { block, messages } = await receiver(500);
    const sending = block.notify({ body: "sent twice" }, { timeoutSeconds: 2.5 });
    await expect(sending).rejects.toThrow("answered 500");
    const ids = messages().map(({ id }) => id);
    expect(ids).toEqual([ids[0], ids[0]]);
  });

  it("sends headers of one's own, which do not replace those of the signature", async () => {
    const { hook: url, messages } = await receiver();
    const headers = { "x-token": "s3cr3t-header", "webhook-id": "mine" };
    const block = new SignedWebhook({ url, signingSecret: SIGNING_SECRET, headers, allowPrivateUrls: true });
    await block.notify({ body: "hello" });
    expect(messages()[0]?.headers["x-token"]).toBe("s3cr3t-header");
    expect(messages()[0]?.id).not.toBe("mine");
  });

  it("takes a signing secret without its prefix", async () => {
    const { hook: url, messages } = await receiver();
    const signingSecret = SIGNING_SECRET.slice("whsec_".length);
    await new SignedWebhook({ url, signingSecret, allowPrivateUrls: true }).notify({ body: "hello" });
    expect(messages()).toHaveLength(1);
  });

  it("sends nothing to private addresses unless it may", async () => {
    const { hook: url, requests } = await receiver();
    const block = new SignedWebhook({ url, signingSecret: SIGNING_SECRET });
    await expect(block.notify({ body: "hello" })).rejects.toThrow(
      "signed-webhook could not deliver the message: 127.0.0.1 is not an address of the public internet.",
    );
    expect(requests()).toBe(0);
  });

  it.each([
    "whsec_",
    "whsec_dG9vIHNob3J0",
    "not base64, though long enough to be a secret",
    `${"QUJD".repeat(40)}`,
  ])("refuses the signing secret %s, without showing it", (signingSecret) => {
    const make = (): SignedWebhook => new SignedWebhook({ url: "https://hooks.example", signingSecret });
    expect(make).toThrow("signingSecret: expected base64 of 24 to 64 bytes");
  });

  it.each(["ftp://hooks.example", "file:///etc/passwd", "nowhere"])("refuses the URL %s", (url) => {
    const make = (): SignedWebhook => new SignedWebhook({ url, signingSecret: SIGNING_SECRET });
    expect(make).toThrow("url: ");
  });
});

async function receiver(status?: number): Promise<SignedReceiver> {
  const started = await startSignedReceiver(status);
  onTestFinished(() => started.stop());
  return started;
}
