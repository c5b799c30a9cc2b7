/** Paths of GitHub's API. */

/** A path with every value encoded: `apiPath` before a template such as `/repos/${owner}/${name}`. */
export function apiPath(texts: TemplateStringsArray, ...values: readonly (string | number)[]): string {
  const encoded = values.map((value) => encodeURIComponent(value));
  return texts.map((text, index) => `${text}${encoded[index] ?? ""}`).join("");
}
