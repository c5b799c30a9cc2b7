/** The version of this package, as recorded with what it writes. */
import { createRequire } from "node:module";

let version: string | undefined;

/** Read at first use from the package's own manifest. */
export function sdkVersion(): string {
  version ??= (createRequire(import.meta.url)("@sluice/core/package.json") as { version: string }).version;
  return version;
}
