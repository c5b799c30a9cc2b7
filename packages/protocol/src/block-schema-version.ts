/** The version of a block schema that was given none. */
export const DEFAULT_BLOCK_SCHEMA_VERSION = "non-versioned";
