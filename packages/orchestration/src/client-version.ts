/** Versions of Prefect's clients, such as `3.4.11` or `3.8.4.dev6`. */

/** Whether it is that version, a later one, or one on the way to it; false when it is not known. */
export function isVersionAtLeast(version: string | undefined, least: readonly number[]): boolean {
  const parts = /^(\d+)\.(\d+)\.(\d+)/u
    .exec(version ?? "")
    ?.slice(1)
    .map(Number);
  if (parts === undefined) return false;
  for (const [index, part] of parts.entries()) {
    const other = least[index] ?? 0;
    if (part !== other) return part > other;
  }
  return true;
}
