/** The header `Link` (RFC 8288). */

/** `<target>`, and what follows it up to a comma that is not in quotes. */
const LINK = /<([^>]*)>((?:\s*;\s*[^\s;,="]+(?:\s*=\s*(?:"(?:\\.|[^"\\])*"|[^\s;,"]*))?)*)/g;
const RELATION = /;\s*rel\s*=\s*(?:"((?:\\.|[^"\\])*)"|([^\s;,"]*))/i;

/** The target of the first link with this relation; undefined when there is none. */
export function linkTo(relation: string, header: string | undefined): string | undefined {
  for (const [, target, parameters = ""] of (header ?? "").matchAll(LINK)) {
    const [, quoted, plain = ""] = RELATION.exec(parameters) ?? [];
    const relations = (quoted ?? plain).toLowerCase().split(/\s+/);
    if (relations.includes(relation)) return target;
  }
  return undefined;
}
