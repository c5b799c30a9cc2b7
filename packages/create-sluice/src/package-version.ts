/** The version of this package. */
import { readFileSync } from "node:fs";

/** The version in `package.json`, which stands next to `src` and `dist` alike. */
export function packageVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  const { version }: { version: string } = JSON.parse(text);
  return version;
}
