import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { setUpSluice } from "../run-sluice.ts";
import { spawnSluice } from "../spawn-sluice.ts";

describe("sluice api", { timeout: 30_000 }, () => {
  it("sends a request with the profile's credentials and prints the answer", async () => {
    const sluice = await setUpSluice();
    const { stdout: key } = await sluice("server api-key create me");
    const server = spawnSluice(["server", "start", "--port", "0"], { home: sluice.home });
    await server.says("Server started");
    const SLUICE_API_URL = /api=(http:\S+)/u.exec(server.said())?.[1] ?? "";
    const refused = await sluice("api POST flows/filter", { env: { SLUICE_API_URL } });
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("api.key (SLUICE_API_KEY)");
    const env = { SLUICE_API_URL, SLUICE_API_KEY: key.trim() };
    const made = await sluice('api post /flows/ --data {"name":"report"}', { env });
    expect(JSON.parse(made.stdout)).toMatchObject({ name: "report" });
    const path = join(sluice.home, "query.json");
    await writeFile(path, JSON.stringify({ limit: 1 }));
    expect(JSON.parse((await sluice(`api POST /flows/filter --data @${path}`, { env })).stdout)).toHaveLength(
      1,
    );
    const missing = await sluice("api GET /nowhere", { env });
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining("GET /nowhere") });
    for (const ran of [refused, made, missing]) expect(ran.stderr).not.toContain(key.trim());
  });

  it.each([
    ["api GET /flows", 1, "There is no server to ask."],
    ["api FETCH /flows", 2, "It takes one of GET,"],
    ["api GET https://elsewhere.example/flows", 2, "It takes a path"],
    ["api POST /flows/ --data {name}", 1, "The body is not JSON"],
    ["api POST /flows/ --data @/nowhere", 1, "The body cannot be read"],
  ])("refuses %j", async (line, code, message) => {
    const sluice = await setUpSluice();
    const ran = await sluice(line);
    expect(ran).toMatchObject({ code, stdout: "" });
    expect(ran.stderr).toContain(message);
  });
});
