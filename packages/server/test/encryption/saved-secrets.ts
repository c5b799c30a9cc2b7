/** Blocks that hold a secret, saved through an API. */
import type { OrchestrationApi } from "@sluice/protocol";

export const SECRET = "hunter22-in-plain";

/** Of a block whose member `value` is secret. */
export const FIELDS = {
  title: "Secret",
  type: "object",
  properties: { value: {}, note: {} },
  secret_fields: ["value"],
  block_type_slug: "secret",
  block_schema_references: {},
};

/** Saves `<prefix>-0`, `<prefix>-1`, …, with the secret in a secret member, in another, and as a key; gives their ids. */
export async function saveSecrets(api: OrchestrationApi, count = 1, prefix = "block"): Promise<string[]> {
  await api.blockTypes.installSystemTypes();
  const { id: typeId } = await api.blockTypes.getBySlug("secret");
  const schema = await api.blockSchemas.create({ fields: FIELDS, block_type_id: typeId });
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const saved = await api.blockDocuments.create({
      name: `${prefix}-${index}`,
      data: { value: SECRET, note: `note ${SECRET}`, [SECRET]: 1 },
      block_schema_id: schema.id,
      block_type_id: typeId,
    });
    ids.push(saved.id);
  }
  return ids;
}
