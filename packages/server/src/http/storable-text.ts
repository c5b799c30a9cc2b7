/** Text that JSON can hold and databases cannot: the character NUL, and halves of surrogate pairs. */

/** Only an escape can bring such text into JSON. */
const SUSPICIOUS_ESCAPE = /\\u(?:0000|d[89a-f])/iu;
const UNSTORABLE = /\0|\p{Surrogate}/u;
const NULS = /\0/gu;
const HALVES = /\p{Surrogate}/gu;

/** Whether a text or a name in `value` is unstorable; `json` is what `value` was parsed from. */
export function hasUnstorableText(json: string, value: unknown): boolean {
  return SUSPICIOUS_ESCAPE.test(json) && hasUnstorable(value);
}

/** A copy without NULs, and with U+FFFD in place of halves. */
export function withStorableText(value: unknown): unknown {
  if (typeof value === "string") return storable(value);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withStorableText);
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [storable(name), withStorableText(member)]),
  );
}

function hasUnstorable(value: unknown): boolean {
  if (typeof value === "string") return UNSTORABLE.test(value);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(([name, member]) => UNSTORABLE.test(name) || hasUnstorable(member));
}

function storable(text: string): string {
  return text.replaceAll(NULS, "").replaceAll(HALVES, "\u{FFFD}");
}
