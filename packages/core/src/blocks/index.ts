/** Blocks: typed configuration with secrets, saved by name. Needs zod, which the main entry does not load. */
export {
  Block,
  type BlockArguments,
  type BlockOf,
  type BlockType,
} from "./block.ts";
export type { BlockData, BlockDefinition, SchemaOrigin } from "./block-definition.ts";
export {
  type BlockIssue,
  InvalidBlockError,
  InvalidBlockTypeError,
  UnknownBlockTypeError,
} from "./block-errors.ts";
export type { BlockConstructor, BlockField } from "./block-field.ts";
export { definitionOf } from "./block-fields.ts";
export { type FilePlace, findFileSystem, findPlace } from "./block-file-system.ts";
export { type BlockReference, parseBlockReference } from "./block-reference.ts";
export { JsonBlock } from "./built-in/json-block.ts";
export { LocalFileSystemBlock } from "./built-in/local-file-system-block.ts";
export { SecretBlock } from "./built-in/secret-block.ts";
export { type WebhookAnswer, WebhookBlock } from "./built-in/webhook-block.ts";
export { type EnvironmentBlock, environmentBlocks, environmentData } from "./environment-blocks.ts";
export { findBlockClass } from "./find-block-class.ts";
export {
  blockClassesIn,
  type InstalledPlugin,
  installedPlugins,
  pluginBlocks,
} from "./installed-plugins.ts";
export { blockFromData, type LoadOptions } from "./load-block.ts";
export { type RegisteredType, registerBlockType } from "./register-block-type.ts";
export type { SaveOptions } from "./save-block.ts";
export { type SecretField, secret } from "./secret-field.ts";
export { findWrittenField, type WrittenField, writtenFields } from "./written-fields.ts";
