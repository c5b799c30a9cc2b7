import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { JsonBlock, LocalFileSystemBlock, SecretBlock, WebhookBlock } from "../../src/blocks/index.ts";
import { blockSuite } from "../../src/testing/block-suite.ts";
import { fileSystemSuite } from "../../src/testing/file-system-suite.ts";
import { TestCredentials, WeatherApi } from "./sample-blocks.ts";

blockSuite({ type: SecretBlock, sample: { value: "sk-1234567890" }, wire: { value: "sk-1234567890" } });
blockSuite({ type: JsonBlock, sample: { value: { miles: [1, 2] } }, wire: { value: { miles: [1, 2] } } });
blockSuite({ type: LocalFileSystemBlock, sample: { basepath: "/tmp/x" }, wire: { basepath: "/tmp/x" } });
blockSuite({
  type: WebhookBlock,
  sample: {
    method: "PUT",
    url: "https://hooks.example/T0/s3cr3t-path",
    headers: { "X-Token": "s3cr3t-header" },
    allowPrivateUrls: false,
    verify: true,
  },
  wire: {
    method: "PUT",
    url: "https://hooks.example/T0/s3cr3t-path",
    headers: { "X-Token": "s3cr3t-header" },
    allow_private_urls: false,
    verify: true,
  },
});
blockSuite({
  type: WeatherApi,
  sample: {
    url: "https://weather.example",
    token: "tok-9f8e7d6c",
    maxAgeSeconds: 5,
    labels: { someKey: "a" },
    retryPolicy: { maxAttempts: 3 },
    credentials: new TestCredentials({ keyId: "k", secretKey: "s3cr3t-key" }),
  },
  wire: {
    url: "https://weather.example",
    token: "tok-9f8e7d6c",
    max_age_seconds: 5,
    labels: { someKey: "a" },
    retry_policy: { max_attempts: 3 },
    credentials: { key_id: "k", secret_key: "s3cr3t-key" },
  },
});

let basepath: string;

fileSystemSuite({
  name: "LocalFileSystemBlock",
  largeFileBytes: 1024 * 1024,
  create: () => {
    basepath = mkdtempSync(join(tmpdir(), "local-file-system-block-"));
    return new LocalFileSystemBlock({ basepath });
  },
  dispose: async () => rmSync(basepath, { recursive: true }),
});
