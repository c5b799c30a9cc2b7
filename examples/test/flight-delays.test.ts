import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { S3 } from "@aws-sdk/client-s3";
import { describeWithServer, startServer } from "@sluice-internal/test-servers";
import { describe, expect, it, onTestFinished } from "vitest";
import { temporaryDirectory } from "./temporary-directory.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TIMEOUT_MS = 60_000;

interface Demo {
  readonly outcome: { readonly result: string; readonly retries: number };
  readonly stderr: string;
}

/** Runs the demo with some failures more than usual. */
async function demo(env: Readonly<Record<string, string>> = {}): Promise<Demo> {
  const home = await temporaryDirectory();
  const args = ["run", "--silent", "demo", "--", "--json", "-p", "failureProbability=0.1", "-p", "seed=7"];
  const { stdout, stderr } = await run("npm", args, {
    cwd: ROOT,
    env: { ...process.env, SLUICE_HOME: home, ...env },
  });
  return { outcome: JSON.parse(stdout), stderr };
}

describe("npm run demo", { timeout: TIMEOUT_MS }, () => {
  it("absorbs the failures, finds the exceptional delays and writes a report", async () => {
    const { outcome, stderr } = await demo();
    expect(outcome).toMatchObject({ state: { type: "COMPLETED" }, task_runs: { Completed: 3570 } });
    expect(outcome.retries).toBeGreaterThan(100);
    expect(stderr).toContain("Flights read flights=20000 hours=1784");
    expect(stderr).toContain(`28 exceptional flight delays\nReport: ${outcome.result}\n`);
    expect(stderr).not.toContain("is retried");
    expectReport(await readFile(fileURLToPath(outcome.result), "utf8"));
  });

  describeWithServer("moto", (server) => {
    it("keeps its report in S3 and tells Slack, where these are configured", async () => {
      const s3 = new S3({
        endpoint: server().url,
        region: "us-east-1",
        forcePathStyle: true,
        credentials: { accessKeyId: "KEY", secretAccessKey: "secret" },
      });
      onTestFinished(() => s3.destroy());
      await s3.createBucket({ Bucket: "demo-reports" });
      const slack = await startSlack();
      const { outcome, stderr } = await demo({
        SLUICE_BLOCK_S3_BUCKET__DEMO: JSON.stringify({
          bucketName: "demo-reports",
          credentials: {
            block_type_slug: "aws-credentials",
            awsAccessKeyId: "KEY",
            awsSecretAccessKey: "secret",
            regionName: "us-east-1",
            awsClientParameters: { endpointUrl: server().url },
          },
        }),
        SLUICE_BLOCK_SLACK_WEBHOOK__DEMO: JSON.stringify({ url: slack.webhookUrl }),
      });
      expect(outcome.result).toBe("s3://demo-reports/flight-delays.md");
      const { Body } = await s3.getObject({ Bucket: "demo-reports", Key: "flight-delays.md" });
      expectReport((await Body?.transformToString()) ?? "");
      expect(await slack.messages()).toEqual([
        "*28 exceptional flight delays*\nReport: s3://demo-reports/flight-delays.md",
      ]);
      expect(stderr).not.toContain("Report: ");
    });
  });
});

function expectReport(report: string): void {
  expect(report).toContain("| 2001/03/16 22:45 | LAX → DEN | 204 min | -7 min | 42.2 |\n");
  expect(report.match(/^\| 2001/gm)).toHaveLength(28);
}

const TOKEN = "xoxb-demo";

/** A Slack whose webhook posts to the channel "general". */
async function startSlack(): Promise<{ readonly webhookUrl: string; messages(): Promise<string[]> }> {
  const scopes = ["channels:read", "channels:history"];
  const tokens = [{ token: TOKEN, user: "developer", scopes }];
  const seed = { slack: { users: [{ name: "developer", email: "developer@example.org" }], tokens } };
  const server = await startServer("slack", { seed });
  if ("reason" in server) throw new Error(server.reason);
  onTestFinished(() => server.stop());
  const ask = async (method: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${server.url}/api/${method}`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, unknown>;
  };
  const { channels } = (await ask("conversations.list", {})) as { channels: { id: string; name: string }[] };
  const channel = channels.find(({ name }) => name === "general")?.id;
  return {
    webhookUrl: `${server.url}/services/T000000001/B000000001/demo`,
    messages: async () => {
      const history = await ask("conversations.history", { channel });
      return (history["messages"] as { text: string }[]).map(({ text }) => text);
    },
  };
}
