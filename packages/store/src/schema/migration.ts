/** How a schema gets from version to version. */
import { HistoryUnavailableError } from "@sluice/protocol";

/** A step of a schema's history: entry n of a list brings a database from version n to n + 1, and back. */
export interface Migration {
  /** For people. */
  readonly name: string;
  /** Statements, separated by semicolons. */
  readonly up: string;
  /** Undoes `up`; what only the newer schema can hold is lost. */
  readonly down: string;
}

/** The error for a schema of which this version of Sluice does not know the newest steps. */
export function newerSchemaError(location: string, version: number, known: number): HistoryUnavailableError {
  return new HistoryUnavailableError(
    `The history ${location} was written by a newer Sluice (schema ${version}; this one knows up to ${known}). ` +
      "Update Sluice, or keep the history of this version elsewhere.",
    { details: { location, schemaVersion: version, knownSchemaVersion: known } },
  );
}

/** What to run, in order, to get from one version to another, up or down. */
export function stepsBetween(migrations: readonly Migration[], version: number, target: number): string[] {
  return version <= target
    ? migrations.slice(version, target).map(({ up }) => up)
    : migrations
        .slice(target, version)
        .map(({ down }) => down)
        .toReversed();
}
