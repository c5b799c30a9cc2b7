import { inspect } from "node:util";
import { describeWithServer } from "@sluice-internal/test-servers";
import { expect, it } from "vitest";
import { bucketOn, newBucket } from "./buckets.ts";

describeWithServer("moto-auth", (server) => {
  it("are accepted when they are right", async () => {
    const bucket = await newBucket(server());
    await bucket.write("file", "x");
    expect(await bucket.read("file")).toHaveLength(1);
  });

  it("are refused with the remedy when the secret key is wrong, without showing it", async () => {
    const { bucketName } = await newBucket(server());
    const bucket = bucketOn(server(), { bucketName, secretKey: "a-wrong-secret-key" });
    const error = await bucket.write("file", "x").catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "FILE_ACCESS_DENIED",
      message: expect.stringMatching(/Cannot write "file" in s3:.*block s3-bucket.*Check awsSecretAccessKey/),
    });
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("a-wrong-secret-key");
  });

  it("are refused with the remedy when the access key is unknown", async () => {
    const bucket = bucketOn({ url: server().url, env: { AWS_ACCESS_KEY_ID: "AKIAUNKNOWN" } });
    await expect(bucket.read("file")).rejects.toMatchObject({
      code: "FILE_ACCESS_DENIED",
      message: expect.stringContaining("Check awsAccessKeyId"),
    });
  });
});
