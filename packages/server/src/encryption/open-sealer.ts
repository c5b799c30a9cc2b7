/** The sealer of a history. */
import { dirname, join } from "node:path";
import { type DatabaseOptions, databaseLocation } from "../open-store.ts";
import { AesSealer } from "./aes-sealer.ts";
import { type EncryptionOptions, type KeySource, keySource } from "./key-source.ts";

const KEY_FILE = "encryption.key";

/** Where the keys of a history come from; without any options, from a file that is made beside a SQLite file. */
export function keysOf(
  options: DatabaseOptions & { readonly encryption?: EncryptionOptions | undefined },
): KeySource {
  return keySource(options.encryption ?? besideDatabase(options));
}

export function openSealer(source: KeySource): AesSealer {
  return new AesSealer(source);
}

function besideDatabase(options: DatabaseOptions): EncryptionOptions {
  const location = databaseLocation(options);
  return "path" in location ? { generatedKeyFile: join(dirname(location.path), KEY_FILE) } : {};
}
