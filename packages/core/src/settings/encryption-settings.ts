/** What settings say about the keys of secrets. */
import type { Settings } from "./settings.ts";

/** The keys, or their file, or the file that is made with one when there are none. */
export function encryptionOf({ encryption, sources }: Settings): {
  readonly keys?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly generatedKeyFile?: string | undefined;
} {
  const { key, keyFile } = encryption;
  if (key !== undefined) return { keys: key.reveal() };
  return sources["encryption.key_file"].kind === "default" ? { generatedKeyFile: keyFile } : { keyFile };
}
