import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { Counter } from "../../src/metrics/counter.ts";
import { exposition } from "../../src/metrics/metric.ts";
import { startTestServer } from "./test-server.ts";

it("counts requests by route, and runs that have not ended by state", async () => {
  const server = await startTestServer();
  const { id } = await server.json<{ id: string }>("/flows/", { body: { name: "a" } });
  await server.fetch(`/flows/${id}`);
  await server.fetch("/flow_runs/", { body: { flow_id: id, state: { type: "RUNNING" } } });
  await server.fetch("/wp-login.php");
  const answer = await fetch(`${server.rootUrl}metrics`);
  expect(answer.headers.get("Content-Type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  const text = await answer.text();
  expect(text).toContain('sluice_http_requests_total{method="GET",route="/api/flows/:id",status="200"} 1\n');
  expect(text).toContain('sluice_http_requests_total{method="GET",route="unknown",status="404"} 1\n');
  expect(text).toContain('sluice_http_request_duration_seconds_count{method="POST",route="/api/flows/"} 1\n');
  expect(text).toContain('sluice_flow_runs{state_type="RUNNING"} 1\n');
  expect(text).toMatch(/^process_resident_memory_bytes \d+$/mu);
});

it("is what promtool takes", async ({ skip }) => {
  if (spawnSync("promtool", ["--version"]).error !== undefined) {
    if (process.env["CI"] !== undefined) throw new Error("promtool is not installed; see .ci/install-peers.");
    skip("promtool is not installed");
  }
  const server = await startTestServer();
  await server.fetch("/health");
  const text = await (await fetch(`${server.rootUrl}metrics`)).text();
  const checked = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
  expect(checked.stdout + checked.stderr).toBe("");
});

it("escapes what labels may contain", async () => {
  const counter = new Counter("a_total", "Things");
  counter.add({ name: 'a"b\\c\nd' }, 2);
  expect(await exposition([counter])).toBe(
    '# HELP a_total Things\n# TYPE a_total counter\na_total{name="a\\"b\\\\c\\nd"} 2\n',
  );
});
