import { expect, it } from "vitest";
import { mountedRoutes } from "../../src/http/mount-routes.ts";
import { openApiDocument } from "../../src/openapi/openapi-document.ts";
import { startTestServer } from "./test-server.ts";

it("describes every operation of the table, with schemas that exist", async () => {
  const server = await startTestServer();
  const api = await server.json<OpenApi>("/openapi.json");
  expect(api.openapi).toBe("3.1.0");
  for (const { route } of mountedRoutes()) {
    expect(api.paths[route.path]).toHaveProperty(route.method.toLowerCase());
  }
  const references = JSON.stringify(api).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/gu);
  const names = new Set(Array.from(references, ([, name]) => name));
  expect(names.size).toBeGreaterThan(20);
  for (const name of names) expect(Object.keys(api.components.schemas)).toContain(name);
});

it("gives every operation an id of its own", () => {
  const ids = JSON.stringify(openApiDocument({ version: "1", apiPath: "/api" })).match(
    /"operationId":"\w+"/gu,
  );
  expect(new Set(ids).size).toBe(ids?.length);
});

it("shows the document on a page that runs nothing else", async () => {
  const server = await startTestServer();
  const page = await fetch(`${server.rootUrl}docs`);
  expect(page.headers.get("Content-Type")).toBe("text/html; charset=utf-8");
  expect(page.headers.get("Content-Security-Policy")).toMatch(/default-src 'none'.*script-src 'sha256-/u);
  expect(await page.text()).not.toMatch(/(?:src|href)="https?:/u);
});

interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, object>>;
  readonly components: { readonly schemas: object };
}
