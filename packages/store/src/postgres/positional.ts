/** Numbers the parameters of a statement, as PostgreSQL wants them: `?` becomes `$1`, `$2` and so on. */

/** Statements recur; those of lists vary, so what is kept is bounded. */
const MAX_TEXTS = 1000;
const texts = new Map<string, string>();

/** The statement with numbered parameters. No text or name in our statements contains a question mark. */
export function positional(sql: string): string {
  const known = texts.get(sql);
  if (known !== undefined) return known;
  let count = 0;
  const text = sql.replaceAll("?", () => {
    count += 1;
    return `$${count}`;
  });
  if (texts.size >= MAX_TEXTS) texts.clear();
  texts.set(sql, text);
  return text;
}
