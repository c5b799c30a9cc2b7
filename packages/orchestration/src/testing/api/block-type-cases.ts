/** Cases of the API suite on types and schemas of blocks. */
import { blockSchemaChecksum, newId, type OrchestrationApi } from "@sluice/protocol";
import { expect, it } from "vitest";
import { fieldsOf, registerBlock, saveBlock } from "./block-fixtures.ts";
import type { OpenApi } from "./open-api.ts";

export function blockTypeCases(open: OpenApi): void {
  it("keeps a type under its slug", async () => {
    const api = await open();
    const type = await api.blockTypes.create({
      name: "Weather API",
      slug: "weather-api",
      description: "a < b & c",
      code_example: "load()",
    });
    expect(type).toMatchObject({
      name: "Weather API",
      slug: "weather-api",
      description: "a < b & c",
      code_example: "load()",
      logo_url: null,
      documentation_url: null,
      is_protected: false,
    });
    expect(await api.blockTypes.get(type.id)).toEqual(type);
    expect(await api.blockTypes.getBySlug("weather-api")).toEqual(type);
  });

  it("has one type of a slug", async () => {
    const api = await open();
    await api.blockTypes.create({ name: "A", slug: "a" });
    await expect(api.blockTypes.create({ name: "B", slug: "a" })).rejects.toMatchObject({ code: "CONFLICT" });
    expect((await api.blockTypes.getBySlug("a")).name).toBe("A");
  });

  it("refuses names and slugs that do not fit, and names that are reserved", async () => {
    const api = await open();
    for (const [name, slug] of [
      ["a/b", "a"],
      ["", "a"],
      ["a", "A"],
      ["a", "a b"],
      ["a", ""],
    ] as const) {
      await expect(api.blockTypes.create({ name, slug })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    }
    await expect(api.blockTypes.create({ name: "Prefect Thing", slug: "thing" })).rejects.toMatchObject({
      code: "FORBIDDEN",
    });
  });

  it("changes the members given", async () => {
    const api = await open();
    const { id } = await api.blockTypes.create({ name: "A", slug: "a", description: "d", logo_url: "l" });
    await api.blockTypes.update(id, { description: "e", logo_url: null });
    const changed = await api.blockTypes.get(id);
    expect(changed).toMatchObject({ name: "A", description: "e", logo_url: null });
    await api.blockTypes.update(id, { description: "e" });
    expect((await api.blockTypes.get(id)).updated).toBe(changed.updated);
  });

  it("deletes a type with its schemas and documents", async () => {
    const api = await open();
    const [a, b] = [await registerBlock(api, "a"), await registerBlock(api, "b")];
    const document = await saveBlock(api, a, "one", { value: 1 });
    await saveBlock(api, b, "two", { value: 2 });
    await api.blockTypes.delete(a.type.id);
    for (const call of [
      () => api.blockTypes.get(a.type.id),
      () => api.blockTypes.getBySlug("a"),
      () => api.blockTypes.delete(a.type.id),
      () => api.blockTypes.update(a.type.id, {}),
      () => api.blockSchemas.get(a.schema.id),
      () => api.blockDocuments.get(document.id),
      () => api.blockDocuments.listByType("a"),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    }
    expect(await api.blockDocuments.count({})).toBe(1);
  });

  it("lists types by name, and those of which a schema matches", async () => {
    const api = await open();
    await registerBlock(api, "a", fieldsOf("a", []), ["read", "write"]);
    await registerBlock(api, "b", fieldsOf("b", []), ["read"]);
    await api.blockTypes.create({ name: "C", slug: "c" });
    const slugs = async (query: Parameters<typeof api.blockTypes.filter>[0]) =>
      (await api.blockTypes.filter(query)).map(({ slug }) => slug);
    expect(await slugs({})).toEqual(["a", "b", "c"]);
    expect(await slugs({ limit: 1, offset: 1 })).toEqual(["b"]);
    expect(await slugs({ block_types: { slug: { any_: ["a", "c"] } } })).toEqual(["a", "c"]);
    expect(await slugs({ block_types: { name: { like_: "b" } } })).toEqual(["b"]);
    expect(await slugs({ block_schemas: { block_capabilities: { all_: ["read"] } } })).toEqual(["a", "b"]);
    expect(await slugs({ block_schemas: { block_capabilities: { all_: ["read", "write"] } } })).toEqual([
      "a",
    ]);
    await expect(api.blockTypes.filter({ limit: 201 })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });

  it("installs the types that every installation has, which cannot be deleted", async () => {
    const api = await open();
    await api.blockTypes.create({ name: "My Secret", slug: "secret" });
    await api.blockTypes.installSystemTypes();
    await api.blockTypes.installSystemTypes();
    const types = await api.blockTypes.filter({});
    expect(types.map(({ slug }) => slug)).toEqual(["local-file-system", "secret", "webhook"]);
    for (const { id, is_protected: isProtected } of types) {
      expect(isProtected).toBe(true);
      const [schema] = await api.blockSchemas.filter({ block_schemas: { block_type_id: { any_: [id] } } });
      await expect(api.blockTypes.delete(id)).rejects.toMatchObject({ code: "FORBIDDEN" });
      await expect(api.blockSchemas.delete(schema?.id ?? "")).rejects.toMatchObject({ code: "FORBIDDEN" });
    }
    expect((await api.blockTypes.getBySlug("secret")).name).toBe("My Secret");
  });
}

export function blockSchemaCases(open: OpenApi): void {
  it("keeps a schema with its checksum and type", async () => {
    const api = await open();
    const fields = fieldsOf("a", ["ü"], { description: "größer 😀" });
    const { type, schema } = await registerBlock(api, "a", fields, ["read"]);
    expect(schema).toMatchObject({
      checksum: blockSchemaChecksum(fields),
      fields,
      block_type_id: type.id,
      block_type: type,
      capabilities: ["read"],
      version: "non-versioned",
    });
    expect(await api.blockSchemas.get(schema.id)).toEqual(schema);
    expect(await api.blockSchemas.getByChecksum(schema.checksum)).toEqual(schema);
  });

  it("gives the schema that is known for a checksum and version", async () => {
    const api = await open();
    const { type, schema } = await registerBlock(api, "a");
    const again = { fields: schema.fields, block_type_id: type.id };
    expect((await api.blockSchemas.create(again)).id).toBe(schema.id);
    const newer = await api.blockSchemas.create({ ...again, version: "2" });
    expect(newer).toMatchObject({ checksum: schema.checksum, version: "2" });
    expect(newer.id).not.toBe(schema.id);
    const { checksum } = schema;
    expect((await api.blockSchemas.getByChecksum(checksum)).id).toBe(newer.id);
    expect((await api.blockSchemas.getByChecksum(checksum, { version: "non-versioned" })).id).toBe(schema.id);
    await expect(api.blockSchemas.getByChecksum(checksum, { version: "3" })).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
    });
  });

  it("does not count secret fields and definitions of other blocks into the checksum", async () => {
    const api = await open();
    const { type, schema } = await registerBlock(api, "a");
    const create = (fields: Record<string, unknown>) =>
      api.blockSchemas.create({ fields: { ...schema.fields, ...fields }, block_type_id: type.id });
    const secret = await create({ secret_fields: ["value"] });
    const nested = await create({ definitions: { B: { block_type_slug: "b" } } });
    const other = await create({
      definitions: { Own: { type: "object" } },
      properties: { value: { $ref: "#/definitions/Own" } },
    });
    expect([secret.id, nested.id]).toEqual([schema.id, schema.id]);
    expect(other.checksum).not.toBe(schema.checksum);
  });

  it("makes the schemas it refers to from its definitions", async () => {
    const api = await open();
    const inner = await api.blockTypes.create({ name: "Inner", slug: "inner" });
    const definition = fieldsOf("inner", ["token"]);
    const checksum = blockSchemaChecksum(definition);
    const outer = outerFields(checksum, { Inner: definition });
    const { schema } = await registerBlock(api, "outer", outer);
    expect(schema.fields).toEqual(outer);
    expect(await api.blockSchemas.getByChecksum(checksum)).toMatchObject({
      fields: definition,
      block_type_id: inner.id,
    });
  });

  it("refuses schemas of types that are not there, and of references that lead nowhere", async () => {
    const api = await open();
    await expect(api.blockSchemas.create({ block_type_id: newId() })).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
    });
    const fields = outerFields("sha256:none", {});
    await expect(registerBlock(api, "outer", fields)).rejects.toMatchObject({ code: "CONFLICT" });
    await api.blockTypes.create({ name: "Inner", slug: "inner" });
    await expect(registerBlock(api, "outer-2", fields)).rejects.toMatchObject({
      code: "UNSUITABLE_REQUEST",
    });
    expect(await api.blockSchemas.filter({})).toEqual([]);
  });

  it("deletes a schema with its documents", async () => {
    const api = await open();
    const block = await registerBlock(api, "a");
    await saveBlock(api, block, "one", { value: 1 });
    await api.blockSchemas.delete(block.schema.id);
    expect(await api.blockDocuments.count({})).toBe(0);
    for (const call of [
      () => api.blockSchemas.get(block.schema.id),
      () => api.blockSchemas.delete(block.schema.id),
      () => api.blockSchemas.getByChecksum(block.schema.checksum),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    }
  });

  it("lists schemas, the newest first, and what blocks can do", async () => {
    const api = await open();
    const a = await registerBlock(api, "a", fieldsOf("a", []), ["read", "write"]);
    const b = await registerBlock(api, "b", fieldsOf("b", []), ["notify", "read"]);
    const next = await api.blockSchemas.create({
      fields: b.schema.fields,
      block_type_id: b.type.id,
      version: "2",
    });
    const ids = async (query: Parameters<typeof api.blockSchemas.filter>[0]) =>
      (await api.blockSchemas.filter(query)).map(({ id }) => id);
    expect(await ids({})).toEqual([next.id, b.schema.id, a.schema.id]);
    expect(await ids({ offset: 1, limit: 1 })).toEqual([b.schema.id]);
    expect(await ids({ block_schemas: { block_type_id: { any_: [a.type.id] } } })).toEqual([a.schema.id]);
    expect(await ids({ block_schemas: { version: { any_: ["2"] } } })).toEqual([next.id]);
    expect(await ids({ block_schemas: { block_capabilities: { all_: ["write"] } } })).toEqual([a.schema.id]);
    expect(
      await ids({
        block_schemas: { operator: "or_", id: { any_: [a.schema.id] }, version: { any_: ["2"] } },
      }),
    ).toEqual([next.id, a.schema.id]);
    expect((await api.blockSchemas.filter({}))[0]?.block_type).toEqual(b.type);
    expect(await api.blockSchemas.listCapabilities()).toEqual(["notify", "read", "write"]);
  });
}

/** A schema with a member that is an `inner` block. */
function outerFields(
  checksum: string,
  definitions: Readonly<Record<string, unknown>>,
): Parameters<OrchestrationApi["blockSchemas"]["create"]>[0]["fields"] & object {
  return fieldsOf("outer", [], {
    properties: { inner: { $ref: "#/definitions/Inner" } },
    block_schema_references: { inner: { block_type_slug: "inner", block_schema_checksum: checksum } },
    definitions,
  });
}
