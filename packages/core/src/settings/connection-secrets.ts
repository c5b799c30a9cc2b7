/** What of the URL of a database nobody may see. */

/** Parameters that may hold a password; those of PostgreSQL's drivers. */
const PASSWORD_PARAMETERS: readonly string[] = ["password", "sslpassword"];

/** Texts to hide in log lines: none when there is no password, and all of what is no URL. */
export function connectionSecrets(connectionUrl: string): readonly string[] {
  if (!URL.canParse(connectionUrl)) return [connectionUrl];
  const { password, searchParams } = new URL(connectionUrl);
  const parameters = PASSWORD_PARAMETERS.flatMap((name) => searchParams.getAll(name));
  // With what is around it: a password such as "postgres" alone would be hidden in half of all lines.
  const spelled = password === "" ? [] : [`:${password}@`];
  return spelled.length + parameters.length === 0 ? [] : [connectionUrl, ...spelled, ...parameters];
}
