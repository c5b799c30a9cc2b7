/** What every type of blocks must do; a plugin's conformance test calls it with a class and fields for it. */
import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import type { OrchestrationApi } from "@sluice/protocol";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { closeEngines, openEngine } from "../api/connect.ts";
import { Block } from "../blocks/block.ts";
import type { BlockConstructor } from "../blocks/block-field.ts";
import { definitionOf, fieldsOf } from "../blocks/block-fields.ts";
import { blockSchemaOnWire } from "../blocks/block-schema-fields.ts";
import { blockVariable } from "../blocks/environment-blocks.ts";
import { registerBlockType } from "../blocks/register-block-type.ts";
import { documentData } from "../blocks/save-block.ts";
import { wireName } from "../blocks/wire-names.ts";
import { Secret } from "../logging/secret.ts";
import { currentSettings, temporarySettings } from "../settings/current-settings.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface BlockSuiteOptions<Input extends object = object> {
  /** The class. */
  readonly type: new (
    fields: Input,
  ) => Block;
  /** A value for every field. Secrets of four letters and more, and that occur in no other field, show most. */
  readonly sample: NoInfer<Input>;
  /** What the document's data has to be, with the names of the wire; nested blocks as their data. */
  readonly wire?: Fields | undefined;
  /** Fields that cannot be given along with those of the sample. */
  readonly without?: readonly string[] | undefined;
}

/** A secret that is shorter may be in a text by chance. */
const MIN_SECRET_LENGTH = 4;

/** Defines the tests of a type of blocks. */
export function blockSuite<Input extends object>(options: BlockSuiteOptions<Input>): void {
  const type = options.type as BlockConstructor;
  const { slug } = definitionOf(type);
  const create = (changes: object = {}): Block => new options.type({ ...options.sample, ...changes });

  describe(`${slug} as a block`, () => {
    afterAll(closeEngines);

    describe("its fields", () => fieldCases(type, create, options.without));
    describe("printed", () => printingCases(create));
    describe("its schema", () => schemaCases(type, create, options));
    describe("saved", () => savingCases(type, create));
  });
}

type Create = (changes?: object) => Block;

function fieldCases(type: BlockConstructor, create: Create, without: readonly string[] = []): void {
  const { slug, schema } = definitionOf(type);
  const names = Object.keys(schema.shape).filter((name) => !without.includes(name));

  it("are those of its schema, each of them in the sample", () => {
    expect(Object.keys(fieldsOf(create())).toSorted()).toEqual(names.toSorted());
  });

  it.each(names)("%s is named when its value is wrong, and nothing is shown of the others", (name) => {
    const wrong = Symbol("wrong");
    if (z.safeParse(schema.shape[name] as z.ZodType, wrong).success) return;
    const error = errorOf(() => create({ [name]: wrong }));
    expect(error).toMatchObject({ code: "INVALID_BLOCK" });
    expect(error.message).toContain(slug);
    expect(error.message).toContain(`${name}: `);
    expectNoSecrets(inspect(error, { depth: 9 }), create());
  });

  it("are all of them: another one is refused", () => {
    if (schema.def.catchall !== undefined) return;
    expect(errorOf(() => create({ noSuchField: 1 })).message).toContain("noSuchField: ");
  });

  it("are not changed by an update of nothing", async () => {
    const block = create();
    expect(fieldsOf(await block.update({}))).toEqual(fieldsOf(block));
  });
}

function printingCases(create: Create): void {
  it.each<[string, (block: Block) => string]>([
    ["inspect", (block) => inspect(block, { depth: 9, showHidden: true })],
    ["JSON", (block) => JSON.stringify(block)],
    ["a template", (block) => `${block}`],
  ])("it shows its type and no secret in %s", (_, print) => {
    const block = create();
    expect(print(block)).toContain(block.blockTypeSlug);
    expectNoSecrets(print(block), block);
  });
}

function schemaCases(
  type: BlockConstructor,
  create: Create,
  { wire, without }: Pick<BlockSuiteOptions, "wire" | "without">,
): void {
  it("is JSON Schema that the block's data fits", () => {
    const { block_type_slug: _, ...data } = documentData(create());
    const { fields } = blockSchemaOnWire(type);
    const schema = z.fromJSONSchema(fields as z.core.JSONSchema.JSONSchema, { defaultTarget: "draft-7" });
    expect(schema.safeParse(data)).toMatchObject({
      success: true,
    });
  });

  it("has names in snake_case", () => {
    const { fields } = blockSchemaOnWire(type);
    for (const name of Object.keys(fields.properties)) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
    const given = Object.keys(fields.properties).filter(
      (name) => !without?.some((one) => wireName(one) === name),
    );
    expect(Object.keys(documentData(create())).toSorted()).toEqual([...given, "block_type_slug"].toSorted());
  });

  if (wire !== undefined) {
    it("gives the data that others expect", () => {
      const { block_type_slug: _, ...data } = documentData(create());
      expect(withoutSlugs(data)).toEqual(wire);
    });
  }

  inMemory("is known to a server by its checksum, and made there once", async (api) => {
    await registerBlockType(type, api);
    const { version = "non-versioned" } = definitionOf(type);
    const known = await api.blockSchemas.getByChecksum(blockSchemaOnWire(type).checksum, { version });
    expect(known.capabilities).toEqual(definitionOf(type).capabilities ?? []);
    await registerBlockType(type, api);
    const where = { block_type_id: { any_: [known.block_type_id ?? ""] } };
    expect(await api.blockSchemas.filter({ block_schemas: where })).toHaveLength(1);
  });
}

function savingCases(type: BlockConstructor, create: Create): void {
  const { slug } = definitionOf(type);
  const loaders: [string, (name: string) => Promise<Block>][] = [
    ["its class", (name) => (type as typeof type & { load(name: string): Promise<Block> }).load(name)],
    ["its reference", (name) => Block.load(`${slug}/${name}`)],
  ];
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  for (const [how, load] of loaders) {
    inMemory(`it is loaded by ${how} as it was`, async () => {
      const block = create();
      await block.save("sample");
      const loaded = await load("sample");
      expect(loaded).toBeInstanceOf(type);
      expect(loaded.blockName).toBe("sample");
      expect(documentData(loaded)).toEqual(documentData(block));
    });
  }

  inMemory("its document has its data, of its type and schema", async (api) => {
    const block = create();
    await block.save("sample");
    const document = await api.blockDocuments.getByName(slug, "sample", { include_secrets: true });
    const { block_type_slug: _, ...data } = documentData(block);
    expect(document).toMatchObject({ name: "sample", block_type: { slug }, is_anonymous: false });
    expect(document.block_schema?.checksum).toBe(blockSchemaOnWire(type).checksum);
    expect(withoutSlugs(document.data)).toEqual(withoutSlugs(data));
  });

  inMemory("an update of it takes its place", async () => {
    const block = create();
    await block.save("sample");
    const updated = await block.update(fieldsOf(block));
    expect([updated.blockReference, updated.blockDocumentId]).toEqual([
      `${slug}/sample`,
      block.blockDocumentId,
    ]);
    expect(documentData(await Block.load(`${slug}/sample`))).toEqual(documentData(block));
  });

  inMemory("it is gone when it was deleted", async () => {
    const saved = type as typeof type & { delete(name: string): Promise<void> };
    await create().save("sample");
    await saved.delete("sample");
    await expect(Block.load(`${slug}/sample`)).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  });

  inMemory("it is loaded from the environment as it was", async () => {
    const block = create();
    vi.stubEnv(blockVariable({ slug, name: "sample" }), JSON.stringify(documentData(block)));
    const loaded = await Block.load(`${slug}/sample`);
    expect(documentData(loaded)).toEqual(documentData(block));
  });

  inMemory("its secrets are masked for those who do not ask for them", async (api) => {
    const block = create();
    await block.save("sample");
    expectNoSecrets(JSON.stringify(await api.blockDocuments.getByName(slug, "sample")), block);
  });
}

/** A test with a history of its own in memory. */
function inMemory(behaviour: string, body: (api: OrchestrationApi) => Promise<void>): void {
  let home: string;
  beforeEach(() => {
    home = join(tmpdir(), `sluice-block-suite-${randomUUID()}`);
  });
  it(behaviour, () =>
    temporarySettings({ home, "history.mode": "memory", "logging.to_terminal": false }, async () =>
      body((await openEngine(currentSettings())).api),
    ),
  );
}

function expectNoSecrets(text: string, block: Block): void {
  const texts = textsIn(Object.values(fieldsOf(block)), false);
  for (const secret of texts) if (secret.length >= MIN_SECRET_LENGTH) expect(text).not.toContain(secret);
}

/** The texts of secrets in a value. */
function textsIn(value: unknown, isSecret: boolean): readonly string[] {
  if (typeof value === "string") return isSecret ? [value] : [];
  if (value instanceof Secret) return textsIn(value.reveal(), true);
  if (value instanceof Block) return textsIn(Object.values(fieldsOf(value)), false);
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap((member) => textsIn(member, isSecret));
}

/** Without what tells nested blocks apart. */
function withoutSlugs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSlugs);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([name]) => name !== "block_type_slug");
  return Object.fromEntries(members.map(([name, member]) => [name, withoutSlugs(member)]));
}

function errorOf(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("The block was made, although a value was wrong.");
}
