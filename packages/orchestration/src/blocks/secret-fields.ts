/** Masks in the places of secrets, and secrets in the places of masks. */
import { SECRET_MASK } from "@sluice/protocol";

type Members = Readonly<Record<string, unknown>>;
type Path = readonly string[];

/** What becomes of a secret; `stored` is what is at its place in the other value. */
type Change = (secret: unknown, stored: unknown) => unknown;

/** The data with a mask for every secret that is there. `fields` are those of its schema. */
export function maskSecrets(data: Members, fields: Members): Record<string, unknown> {
  return changeMembers(data, {}, { paths: secretPaths(fields), change: maskOf });
}

/** The data with the stored secret wherever there is a mask in its place. */
export function restoreSecrets(data: Members, stored: Members, fields: Members): Record<string, unknown> {
  return changeMembers(data, stored, { paths: secretPaths(fields), change: unmasked });
}

/** `secret_fields`: names joined by dots, where `*` is any name. Lists on the way are passed through. */
function secretPaths(fields: Members): Path[] {
  const { secret_fields: names } = fields;
  if (!Array.isArray(names)) return [];
  return names.filter((name) => typeof name === "string").map((name) => name.split("."));
}

interface Changes {
  readonly paths: readonly Path[];
  readonly change: Change;
}

function changeMembers(value: Members, stored: unknown, { paths, change }: Changes): Record<string, unknown> {
  const other = isMembers(stored) ? stored : {};
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const inner = paths.filter(([first]) => first === name || first === "*").map(([, ...rest]) => rest);
      return [name, inner.length === 0 ? member : changeValue(member, other[name], { paths: inner, change })];
    }),
  );
}

function changeValue(value: unknown, stored: unknown, changes: Changes): unknown {
  if (changes.paths.some((path) => path.length === 0)) return changes.change(value, stored);
  if (Array.isArray(value)) {
    const others: readonly unknown[] = Array.isArray(stored) ? stored : [];
    return value.map((item, index) => changeValue(item, others[index], changes));
  }
  return isMembers(value) ? changeMembers(value, stored, changes) : value;
}

/** Of an object, a mask for each of its members. */
function maskOf(secret: unknown): unknown {
  if (secret === null || secret === undefined) return secret;
  return isMembers(secret) ? mapMembers(secret, maskOf) : SECRET_MASK;
}

function unmasked(given: unknown, stored: unknown): unknown {
  if (given === SECRET_MASK) return stored ?? given;
  const others = isMembers(stored) ? stored : {};
  return isMembers(given) ? mapMembers(given, (member, name) => unmasked(member, others[name])) : given;
}

function mapMembers(value: Members, map: (member: unknown, name: string) => unknown): Members {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, map(member, name)]));
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
