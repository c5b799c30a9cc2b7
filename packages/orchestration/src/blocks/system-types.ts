/** The block types that every installation has. Members and slugs are those of Prefect's, so that its clients find them. */
import type { BlockTypeCreate } from "@sluice/protocol";
import type { Moment } from "../local-api/local-context.ts";
import type { Store } from "../store.ts";
import { createSchema } from "./write-schemas.ts";
import { insertType, updateType } from "./write-types.ts";

interface SystemType {
  readonly type: BlockTypeCreate;
  readonly fields: Readonly<Record<string, unknown>>;
  readonly capabilities: readonly string[];
}

const SYSTEM_TYPES: readonly SystemType[] = [
  {
    type: { name: "Secret", slug: "secret", description: "A value that only those who load it see." },
    fields: {
      title: "Secret",
      type: "object",
      properties: {
        value: { title: "Value", format: "password", writeOnly: true, position: 0 },
      },
      required: ["value"],
      secret_fields: ["value"],
      block_type_slug: "secret",
      block_schema_references: {},
    },
    capabilities: [],
  },
  {
    type: {
      name: "Local File System",
      slug: "local-file-system",
      description: "A directory of the machine that code runs on.",
    },
    fields: {
      title: "LocalFileSystem",
      type: "object",
      properties: {
        basepath: {
          title: "Basepath",
          description: "The directory; without one, the home directory of who runs the code.",
          anyOf: [{ type: "string" }, { type: "null" }],
          default: null,
          position: 0,
        },
      },
      secret_fields: [],
      block_type_slug: "local-file-system",
      block_schema_references: {},
    },
    capabilities: ["get-directory", "put-directory", "read-path", "write-path"],
  },
  {
    type: { name: "Webhook", slug: "webhook", description: "A URL that is called with a payload." },
    fields: {
      title: "Webhook",
      type: "object",
      properties: {
        method: {
          title: "Method",
          type: "string",
          enum: ["GET", "POST", "PUT", "PATCH", "DELETE"],
          default: "POST",
          position: 0,
        },
        url: { title: "Webhook URL", type: "string", format: "password", writeOnly: true, position: 1 },
        headers: { title: "Webhook Headers", type: "object", position: 2 },
        allow_private_urls: {
          title: "Allow Private Urls",
          description: "Whether addresses of private networks may be called.",
          type: "boolean",
          default: true,
          position: 3,
        },
        verify: {
          title: "Verify",
          description: "Whether the certificate of the called server must be valid.",
          type: "boolean",
          default: true,
          position: 4,
        },
      },
      required: ["url"],
      secret_fields: ["url", "headers.*"],
      block_type_slug: "webhook",
      block_schema_references: {},
    },
    capabilities: [],
  },
];

/** Types that are there are protected from now on and keep what they say of themselves. */
export async function installSystemTypes(store: Store, moment: Moment): Promise<void> {
  for (const { type: create, fields, capabilities } of SYSTEM_TYPES) {
    const { type, created } = await insertType(store, { ...create, is_protected: true }, moment);
    if (!created) await updateType(store, type, { is_protected: true }, moment);
    await createSchema(store, type, { fields, capabilities: [...capabilities] }, moment);
  }
}
