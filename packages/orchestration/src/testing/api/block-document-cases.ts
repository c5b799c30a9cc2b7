/** Cases of the API suite on block documents. */
import { newId, SECRET_MASK } from "@sluice/protocol";
import { expect, it } from "vitest";
import { fieldsOf, referenceTo, registerBlock, saveBlock } from "./block-fixtures.ts";
import type { OpenApi } from "./open-api.ts";

const WITH_SECRETS = { include_secrets: true } as const;

export function blockDocumentCases(open: OpenApi): void {
  it("keeps a document with its schema and type", async () => {
    const api = await open();
    const block = await registerBlock(api, "json");
    const value = { a: [1, { "ü/%": null }], "": "" };
    const document = await saveBlock(api, block, "berlin", { value });
    expect(document).toMatchObject({
      name: "berlin",
      data: { value },
      block_schema_id: block.schema.id,
      block_schema: block.schema,
      block_type_id: block.type.id,
      block_type_name: "JSON",
      block_type: block.type,
      block_document_references: {},
      is_anonymous: false,
    });
    expect(await api.blockDocuments.get(document.id)).toEqual(document);
    expect(await api.blockDocuments.getByName("json", "berlin")).toEqual(document);
  });

  it("has one document of a name in each type", async () => {
    const api = await open();
    const [a, b] = [await registerBlock(api, "a"), await registerBlock(api, "b")];
    await saveBlock(api, a, "one", { value: 1 });
    await saveBlock(api, b, "one", { value: 2 });
    await expect(saveBlock(api, a, "one", { value: 3 })).rejects.toMatchObject({ code: "CONFLICT" });
    expect((await api.blockDocuments.getByName("a", "one")).data).toEqual({ value: 1 });
  });

  it("needs a name of lower-case letters, digits and dashes, or makes one for anonymous documents", async () => {
    const api = await open();
    const block = await registerBlock(api, "a");
    for (const name of ["", "A", "a b", "a/b", "a_b"]) {
      await expect(saveBlock(api, block, name, {})).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    }
    const anonymous = { block_schema_id: block.schema.id, block_type_id: block.type.id, is_anonymous: true };
    const [first, second] = [
      await api.blockDocuments.create(anonymous),
      await api.blockDocuments.create(anonymous),
    ];
    expect(first).toMatchObject({ is_anonymous: true, name: expect.stringMatching(/^anonymous-/u) });
    expect(first.name).not.toBe(second.name);
  });

  it("refuses schemas that are not there or of another type", async () => {
    const api = await open();
    const [a, b] = [await registerBlock(api, "a"), await registerBlock(api, "b")];
    await expect(saveBlock(api, { ...a, schema: b.schema }, "one", {})).rejects.toMatchObject({
      code: "UNSUITABLE_REQUEST",
    });
    for (const missing of [{ block_schema_id: newId() }, { block_type_id: newId() }]) {
      const create = { name: "one", block_schema_id: a.schema.id, block_type_id: a.type.id, ...missing };
      await expect(api.blockDocuments.create(create)).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    }
    const { id } = await saveBlock(api, a, "one", {});
    await expect(api.blockDocuments.update(id, { block_schema_id: b.schema.id })).rejects.toMatchObject({
      code: "UNSUITABLE_REQUEST",
    });
  });

  it("changes the members given, or all of them", async () => {
    const api = await open();
    const block = await registerBlock(api, "a");
    const newer = await api.blockSchemas.create({
      fields: block.schema.fields,
      block_type_id: block.type.id,
      version: "2",
    });
    const { id } = await saveBlock(api, block, "one", { a: { x: 1 }, b: 2 });
    const data = async () => (await api.blockDocuments.get(id)).data;
    await api.blockDocuments.update(id, { data: { a: { y: 1 } } });
    expect(await data()).toEqual({ a: { y: 1 }, b: 2 });
    await api.blockDocuments.update(id, { block_schema_id: newer.id });
    expect(await api.blockDocuments.get(id)).toMatchObject({
      data: { a: { y: 1 }, b: 2 },
      block_schema_id: newer.id,
      block_schema: newer,
    });
    await api.blockDocuments.update(id, { data: { c: null }, merge_existing_data: false });
    expect(await data()).toEqual({ c: null });
  });

  it("deletes a document", async () => {
    const api = await open();
    const block = await registerBlock(api, "a");
    const { id } = await saveBlock(api, block, "one", {});
    await api.blockDocuments.delete(id);
    for (const call of [
      () => api.blockDocuments.get(id),
      () => api.blockDocuments.getByName("a", "one"),
      () => api.blockDocuments.getByName("none", "one"),
      () => api.blockDocuments.update(id, { data: {} }),
      () => api.blockDocuments.delete(id),
      () => api.blockDocuments.listByType("none"),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    }
    expect(await saveBlock(api, block, "one", {})).toMatchObject({ name: "one" });
  });

  it("lists those that match, without the anonymous ones unless they are asked for", async () => {
    const api = await open();
    const a = await registerBlock(api, "a", fieldsOf("a", []), ["read"]);
    const b = await registerBlock(api, "b");
    for (const name of ["x-1", "x-2"]) await saveBlock(api, a, name, {});
    await saveBlock(api, b, "a-3", {});
    const anonymous = await api.blockDocuments.create({
      block_schema_id: a.schema.id,
      block_type_id: a.type.id,
      is_anonymous: true,
    });
    const names = async (query: Parameters<typeof api.blockDocuments.filter>[0]) =>
      (await api.blockDocuments.filter(query)).map(({ name }) => name);
    expect(await names({})).toEqual(["a-3", "x-1", "x-2"]);
    expect(await names({ sort: "NAME_DESC", limit: 2 })).toEqual(["x-2", "x-1"]);
    expect(await names({ sort: "BLOCK_TYPE_AND_NAME_ASC" })).toEqual(["x-1", "x-2", "a-3"]);
    expect(await names({ offset: 1 })).toEqual(["x-1", "x-2"]);
    expect(await names({ block_documents: { name: { like_: "X-" } } })).toEqual(["x-1", "x-2"]);
    expect(await names({ block_documents: { id: { any_: [anonymous.id] } } })).toEqual([]);
    expect(await names({ block_documents: { is_anonymous: { eq_: true } } })).toEqual([anonymous.name]);
    expect(await names({ block_documents: { is_anonymous: null } })).toHaveLength(4);
    expect(await names({ block_types: { slug: { any_: ["b"] } } })).toEqual(["a-3"]);
    expect(await names({ block_schemas: { block_capabilities: { all_: ["read"] } } })).toEqual([
      "x-1",
      "x-2",
    ]);
    expect(await api.blockDocuments.count({})).toBe(3);
    expect(await api.blockDocuments.count({ block_types: { slug: { any_: ["a"] } } })).toBe(2);
    expect((await api.blockDocuments.listByType("a")).map(({ name }) => name)).toEqual(["x-1", "x-2"]);
  });
}

export function blockSecretCases(open: OpenApi): void {
  it("answers masks in the places of secrets unless they are asked for", async () => {
    const api = await open();
    const fields = fieldsOf("a", [], {
      secret_fields: ["token", "nested.key", "headers.*", "list.key", "whole", "absent"],
    });
    const block = await registerBlock(api, "a", fields);
    const data = {
      token: "s1",
      nested: { key: 12, open: "o" },
      headers: { a: "s2", b: { c: "s3" }, d: null },
      list: [{ key: "s4", open: "o" }, 1],
      whole: { user: "s5", many: ["s6"] },
      open: "o",
    };
    const masked = {
      token: SECRET_MASK,
      nested: { key: SECRET_MASK, open: "o" },
      headers: { a: SECRET_MASK, b: { c: SECRET_MASK }, d: null },
      list: [{ key: SECRET_MASK, open: "o" }, 1],
      whole: { user: SECRET_MASK, many: SECRET_MASK },
      open: "o",
    };
    const document = await saveBlock(api, block, "one", data);
    expect(document.data).toEqual(masked);
    expect((await api.blockDocuments.get(document.id)).data).toEqual(masked);
    expect((await api.blockDocuments.get(document.id, { include_secrets: false })).data).toEqual(masked);
    expect((await api.blockDocuments.get(document.id, WITH_SECRETS)).data).toEqual(data);
    expect((await api.blockDocuments.getByName("a", "one")).data).toEqual(masked);
    expect((await api.blockDocuments.getByName("a", "one", WITH_SECRETS)).data).toEqual(data);
    expect((await api.blockDocuments.listByType("a"))[0]?.data).toEqual(masked);
    expect((await api.blockDocuments.listByType("a", WITH_SECRETS))[0]?.data).toEqual(data);
    expect((await api.blockDocuments.filter({}))[0]?.data).toEqual(masked);
    expect((await api.blockDocuments.filter(WITH_SECRETS))[0]?.data).toEqual(data);
    // What was read with masks is sent back with one change.
    await api.blockDocuments.update(document.id, { data: { ...masked, open: "p" } });
    expect((await api.blockDocuments.get(document.id, WITH_SECRETS)).data).toEqual({ ...data, open: "p" });
  });

  it("replaces a secret that is given, whether members are merged or not", async () => {
    const api = await open();
    const block = await registerBlock(api, "a", fieldsOf("a", [], { secret_fields: ["x", "y"] }));
    const { id } = await saveBlock(api, block, "one", { x: "1", y: "2" });
    const secrets = async () => (await api.blockDocuments.get(id, WITH_SECRETS)).data;
    await api.blockDocuments.update(id, { data: { x: "3" } });
    expect(await secrets()).toEqual({ x: "3", y: "2" });
    await api.blockDocuments.update(id, { data: { x: SECRET_MASK, y: "4" }, merge_existing_data: false });
    expect(await secrets()).toEqual({ x: "3", y: "4" });
  });
}

export function blockReferenceCases(open: OpenApi): void {
  it("answers what a document refers to in its place, as secret as it is by itself", async () => {
    const api = await open();
    const inner = await registerBlock(
      api,
      "inner",
      fieldsOf("inner", ["token"], { secret_fields: ["token"] }),
    );
    const outer = await registerBlock(api, "outer");
    const leaf = await saveBlock(api, inner, "leaf", { token: "s", open: "o" });
    const middle = await saveBlock(api, outer, "middle", { leaf: referenceTo(leaf), own: 1 });
    const top = await saveBlock(api, outer, "top", { middle: referenceTo(middle), leaf: referenceTo(leaf) });
    const reference = (document: typeof leaf, references = {}) => ({
      block_document: {
        id: document.id,
        name: document.name,
        block_type: document.block_type,
        is_anonymous: false,
        block_document_references: references,
      },
    });
    const masked = { token: SECRET_MASK, open: "o" };
    expect(top.data).toEqual({ middle: { leaf: masked, own: 1 }, leaf: masked });
    expect(top.block_document_references).toEqual({
      middle: reference(middle, { leaf: reference(leaf) }),
      leaf: reference(leaf),
    });
    const open_ = { token: "s", open: "o" };
    expect((await api.blockDocuments.get(top.id, WITH_SECRETS)).data).toEqual({
      middle: { leaf: open_, own: 1 },
      leaf: open_,
    });
    await api.blockDocuments.update(leaf.id, { data: { open: "p" } });
    expect((await api.blockDocuments.get(middle.id)).data).toEqual({
      leaf: { token: SECRET_MASK, open: "p" },
      own: 1,
    });
  });

  it("keeps references that a change does not touch, and replaces those it does", async () => {
    const api = await open();
    const block = await registerBlock(api, "a");
    const [x, y] = [await saveBlock(api, block, "x", { v: 1 }), await saveBlock(api, block, "y", { v: 2 })];
    const { id } = await saveBlock(api, block, "top", { one: referenceTo(x), two: referenceTo(x), own: 1 });
    const read = () => api.blockDocuments.get(id);
    await api.blockDocuments.update(id, { data: { own: 2 } });
    expect((await read()).data).toEqual({ one: { v: 1 }, two: { v: 1 }, own: 2 });
    await api.blockDocuments.update(id, { data: { one: referenceTo(y), two: "text", own: referenceTo(y) } });
    expect((await read()).data).toEqual({ one: { v: 2 }, two: "text", own: { v: 2 } });
    expect(Object.keys((await read()).block_document_references).toSorted()).toEqual(["one", "own"]);
    await api.blockDocuments.update(id, { data: { two: 1 }, merge_existing_data: false });
    expect(await read()).toMatchObject({ data: { two: 1 }, block_document_references: {} });
  });

  it("refuses references that lead nowhere or back", async () => {
    const api = await open();
    const block = await registerBlock(api, "a");
    const a = await saveBlock(api, block, "a", { v: 1 });
    const b = await saveBlock(api, block, "b", { next: referenceTo(a) });
    const c = await saveBlock(api, block, "c", { next: referenceTo(b) });
    for (const data of [
      { next: referenceTo(a) },
      { next: referenceTo(c) },
      { next: referenceTo({ id: newId() }) },
      { next: { $ref: {} } },
      { next: { $ref: { block_document_id: "no id" } } },
    ]) {
      await expect(api.blockDocuments.update(a.id, { data })).rejects.toMatchObject({
        code: "UNSUITABLE_REQUEST",
      });
    }
    expect((await api.blockDocuments.get(a.id)).data).toEqual({ v: 1 });
    await expect(saveBlock(api, block, "d", { next: referenceTo({ id: newId() }) })).rejects.toMatchObject({
      code: "UNSUITABLE_REQUEST",
    });
    expect(await api.blockDocuments.count({})).toBe(3);
  });

  it("refuses to grow a document that consists of more than a thousand", async () => {
    const api = await open();
    const block = await registerBlock(api, "a");
    let last = await saveBlock(api, block, "b-0", {});
    const doubled = (document: typeof last) => ({ x: referenceTo(document), y: referenceTo(document) });
    for (let depth = 1; depth < 9; depth += 1)
      last = await saveBlock(api, block, `b-${depth}`, doubled(last));
    await expect(saveBlock(api, block, "b-9", doubled(last))).rejects.toMatchObject({
      code: "UNSUITABLE_REQUEST",
    });
    expect(await api.blockDocuments.count({})).toBe(9);
  });

  it("takes what was deleted out of those that referred to it", async () => {
    const api = await open();
    const block = await registerBlock(api, "a");
    const a = await saveBlock(api, block, "a", { v: 1 });
    const b = await saveBlock(api, block, "b", { next: referenceTo(a), own: 1 });
    await api.blockDocuments.delete(a.id);
    expect(await api.blockDocuments.get(b.id)).toMatchObject({
      data: { own: 1 },
      block_document_references: {},
    });
  });

  it("takes a $ref of another kind for data", async () => {
    const api = await open();
    const block = await registerBlock(api, "a");
    const data = { schema: { $ref: "#/definitions/A" }, list: [referenceTo({ id: newId() })] };
    expect((await saveBlock(api, block, "one", data)).data).toEqual(data);
  });
}
