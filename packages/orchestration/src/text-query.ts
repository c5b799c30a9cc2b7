/**
 * The language in which logs are searched: words are alternatives, `-word` or `!word` excludes, `+word` requires, and
 * quotes make a phrase of several words, in which `\"` is a quote and `\\` a backslash. Case does not matter.
 */

/** A parsed query; all terms are in lower case. Empty lists do not restrict. */
export interface TextQuery {
  /** One of these must occur. */
  readonly anyOf: readonly string[];
  /** All of these must occur. */
  readonly allOf: readonly string[];
  /** None of these may occur. */
  readonly noneOf: readonly string[];
}

// An optional sign, then a phrase in quotes (the closing one may be missing) or a word up to the next space.
const TERM = /([-!+]?)(?:"((?:\\["\\]|[^"])*)"?|(\S+))/gu;

/** Parses a query. Every text is a valid query; signs and quotes without a term are ignored. */
export function parseTextQuery(query: string): TextQuery {
  const parsed = { anyOf: [] as string[], allOf: [] as string[], noneOf: [] as string[] };
  for (const [, sign, phrase, word] of query.matchAll(TERM)) {
    const term = phrase?.replaceAll(/\\(["\\])/gu, "$1") ?? word ?? "";
    if (term.trim() === "" || isLoneSign(sign, term)) continue;
    listFor(parsed, sign).push(term.toLowerCase());
  }
  return parsed;
}

/** Whether a text, or several texts taken together, satisfies a query; each term must lie within one of the texts. */
export function matchesTextQuery(query: TextQuery, ...texts: readonly string[]): boolean {
  const lower = texts.map((text) => text.toLowerCase());
  const occurs = (term: string) => lower.some((text) => text.includes(term));
  return (
    query.allOf.every(occurs) &&
    !query.noneOf.some(occurs) &&
    (query.anyOf.length === 0 || query.anyOf.some(occurs))
  );
}

function isLoneSign(sign: string | undefined, term: string): boolean {
  return (sign === undefined || sign === "") && (term === "-" || term === "!" || term === "+");
}

function listFor(
  parsed: { anyOf: string[]; allOf: string[]; noneOf: string[] },
  sign: string | undefined,
): string[] {
  if (sign === "+") return parsed.allOf;
  return sign === "-" || sign === "!" ? parsed.noneOf : parsed.anyOf;
}
