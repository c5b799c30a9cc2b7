/** Names of fields: `camelCase` in code, `snake_case` on the wire. */

/** `bucketName` → `bucket_name`, `baseURL` → `base_url`; a name that is written so already stays. */
export function wireName(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .toLowerCase();
}

/** `bucket_name` → `bucketName`: for names that no schema declares any more. */
export function codeName(name: string): string {
  return name.replace(/(?<=[a-z0-9])_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
