/** Blocks on a server, alone and shared with programs in Python that use Prefect's own classes. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { prefectPython, whyNoPrefect } from "@sluice/orchestration/testing/prefect-server";
import { describe, expect } from "vitest";
import { z } from "zod";
import { blockSchemaOnWire } from "../../src/blocks/block-schema-fields.ts";
import { Block, LocalFileSystemBlock, SecretBlock, secret } from "../../src/blocks/index.ts";
import { TestCredentials, TestToken, WeatherApi } from "../blocks/sample-blocks.ts";
import type { ServerUnderTest } from "./server-under-test.ts";

const PROGRAM = fileURLToPath(new URL("programs/blocks.py", import.meta.url));
const PROGRAM_MS = 100_000;

class SharedService extends Block.define({
  slug: "shared-service",
  name: "Shared Service",
  schema: z.object({
    baseUrl: z.string(),
    token: secret(),
    labels: z.record(z.string(), z.string()).optional(),
    auth: z.union([TestCredentials.field(), TestToken.field()]).optional(),
  }),
}) {}

export function blockCases({ url, test }: ServerUnderTest): void {
  test("keeps blocks, their secrets masked", async ({ api }) => {
    const credentials = new TestCredentials({ keyId: "k", secretKey: "s3cr3t-key" });
    await credentials.save("on-server");
    const block = new WeatherApi({ url: "https://w.example", token: "tok-9f8e", credentials });
    await block.save("on-server");
    await expect(block.save("on-server")).rejects.toMatchObject({ code: "CONFLICT" });
    await (await block.update({ maxAgeSeconds: 1 })).save("on-server", { overwrite: true });
    const loaded = (await Block.load("weather-api/on-server")) as WeatherApi;
    expect(loaded.maxAgeSeconds).toBe(1);
    expect(loaded.token.reveal()).toBe("tok-9f8e");
    expect(loaded.credentials?.blockName).toBe("on-server");
    const seen = JSON.stringify(await api.blockDocuments.getByName("weather-api", "on-server"));
    expect(seen).not.toMatch(/tok-9f8e|s3cr3t-key/);
    const { checksum } = blockSchemaOnWire(WeatherApi);
    expect((await api.blockSchemas.getByChecksum(checksum, { version: "1.2.0" })).checksum).toBe(checksum);
    await WeatherApi.delete("on-server");
    await expect(WeatherApi.load("on-server")).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  });

  const reason = whyNoPrefect();
  const title = `and a Python client${reason === undefined ? "" : `: ${reason}`}`;
  describe.skipIf(reason !== undefined)(title, () => sharedCases({ url, test }));
}

function sharedCases({ url, test }: Pick<ServerUnderTest, "url" | "test">): void {
  test("share blocks, either way", async ({ home }) => {
    await new SecretBlock({ value: "typescript-secret" }).save("from-typescript");
    await new LocalFileSystemBlock({ basepath: "/tmp/from-typescript" }).save("from-typescript");
    const auth = new TestToken({ token: "inner-token" });
    const service = { baseUrl: "http://typescript", token: "outer-token", labels: { someKey: "a" }, auth };
    await new SharedService(service).save("containing");
    await auth.save("shared-auth");
    await new SharedService(service).save("referring");

    const { stdout } = await promisify(execFile)(prefectPython(), [PROGRAM], {
      timeout: PROGRAM_MS,
      env: { PATH: process.env["PATH"], PREFECT_API_URL: url(), PREFECT_HOME: home, DO_NOT_TRACK: "1" },
    });
    const outer = { base_url: "http://typescript", token: "outer-token", labels: { someKey: "a" } };
    const inner = { auth: "TestToken", auth_secret: "inner-token" };
    expect(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).toEqual({
      secret: "typescript-secret",
      basepath: "/tmp/from-typescript",
      referring: { ...outer, ...inner, auth_name: "shared-auth" },
      containing: { ...outer, ...inner, auth_name: null },
    });

    expect((await SecretBlock.load("from-python")).reveal()).toBe("from-python-secret");
    expect((await SecretBlock.load("from-python-pair")).value.reveal()).toEqual({ user: "me" });
    expect((await LocalFileSystemBlock.load("from-python")).basepath).toBe("/tmp/from-python");
    const referring = await SharedService.load("python-referring");
    expect(referring.token.reveal()).toBe("python-token");
    expect(referring.labels).toBeUndefined();
    expect(referring.auth).toBeInstanceOf(TestCredentials);
    expect(referring.auth?.blockName).toBe("from-python");
    expect((await SharedService.load("python-containing")).auth).toBeInstanceOf(TestToken);
    const changed = await SharedService.load("referring");
    expect(changed.baseUrl).toBe("http://changed-by-python");
    expect(changed.auth?.blockName).toBe("shared-auth");
  });
}
