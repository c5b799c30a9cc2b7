import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { closeEngines, temporarySettings } from "@sluice/core";
import type { Block } from "@sluice/core/blocks";
import { AwsCredentials, AwsSecret, MinioCredentials } from "@sluice/credentials-aws";
import { GitHubCredentials } from "@sluice/credentials-github";
import { SlackCredentials } from "@sluice/credentials-slack";
import { prefectPython, whyNoPrefect } from "@sluice/orchestration/testing/prefect-server";
import { startServer } from "@sluice/server";
import { GitHubRepository } from "@sluice/storage-github";
import { S3Bucket } from "@sluice/storage-s3";
import { SmbShare } from "@sluice/storage-smb";
import { expect, it } from "vitest";

const PROGRAM = join(import.meta.dirname, "fixtures", "plugin_blocks.py");
const TIMEOUT_MS = 120_000;
const NAME = "shared";

const reason = whyNoPrefect();

it.skipIf(reason !== undefined)(
  `blocks of plugins are read by Prefect${reason === undefined ? "" : `: ${reason}`}`,
  async () => {
    const home = await mkdtemp(join(tmpdir(), "sluice-plugin-blocks-"));
    const server = await startServer({
      databasePath: join(home, "history.db"),
      encryption: { keys: randomBytes(32).toString("base64") },
      host: "127.0.0.1",
      port: 0,
    });
    try {
      const read = await temporarySettings({ home, "api.url": server.apiUrl }, async () => {
        const blocks = sharedBlocks();
        // Those that others refer to come before them.
        for (const block of blocks) await block.save(NAME);
        return readByPrefect(blocks, { home, url: server.apiUrl });
      });
      expect(read.documents).toMatchObject({
        "aws-credentials": { aws_secret_access_key: "a-secret-key", region_name: "eu-west-1" },
        "aws-secret": { aws_credentials: { aws_secret_access_key: "a-secret-key" }, secret_name: "database" },
        "s3-bucket": { bucket_name: "acme", credentials: { minio_root_password: "a-root-password" } },
        "github-repository": { reference: "v2", credentials: { token: "ghp_a-token" } },
        "slack-credentials": { token: "xoxb-a-token" },
        smb: { share_path: "/data", smb_password: "a-share-password" },
      });
      // As many as there are collections of Prefect's installed; each of them takes our document as its own.
      for (const [slug, type] of Object.entries(read.blocks)) expect(type).toBe(slug);
    } finally {
      await closeEngines();
      await server.close();
      await rm(home, { recursive: true });
    }
  },
  TIMEOUT_MS,
);

function sharedBlocks(): readonly Block[] {
  const aws = new AwsCredentials({
    awsAccessKeyId: "AKIA",
    awsSecretAccessKey: "a-secret-key",
    regionName: "eu-west-1",
  });
  const minio = new MinioCredentials({ minioRootUser: "minio", minioRootPassword: "a-root-password" });
  const github = new GitHubCredentials({ token: "ghp_a-token" });
  return [
    aws,
    minio,
    github,
    new AwsSecret({ awsCredentials: aws, secretName: "database" }),
    new S3Bucket({ bucketName: "acme", credentials: minio }),
    new GitHubRepository({
      repositoryUrl: "https://github.com/acme/flows",
      reference: "v2",
      credentials: github,
    }),
    new SlackCredentials({ token: "xoxb-a-token" }),
    new SmbShare({
      sharePath: "/data",
      smbHost: "files",
      smbUsername: "ada",
      smbPassword: "a-share-password",
    }),
  ];
}

interface ReadBlocks {
  readonly documents: Readonly<Record<string, unknown>>;
  readonly blocks: Readonly<Record<string, string>>;
}

async function readByPrefect(
  blocks: readonly Block[],
  { home, url }: { readonly home: string; readonly url: string },
): Promise<ReadBlocks> {
  const slugs = blocks.map(({ blockTypeSlug }) => blockTypeSlug);
  const { PATH, PYTHONPATH } = process.env;
  const env = { PATH, PYTHONPATH, HOME: home, PREFECT_HOME: home, PREFECT_API_URL: url, DO_NOT_TRACK: "1" };
  const { stdout } = await promisify(execFile)(prefectPython(), [PROGRAM, ...slugs], {
    env,
    timeout: TIMEOUT_MS,
  });
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as ReadBlocks;
}
