/** How a schema gets from version to version. */
import { HistoryUnavailableError, InvalidRequestError } from "@sluice/protocol";
import type { SchemaStatus } from "./database-schema.ts";

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

/** Where a schema stands among the steps that are known. */
export function schemaStatus(
  migrations: readonly Migration[],
  location: string,
  version: number,
): SchemaStatus {
  const steps = migrations.map(({ name }, index) => ({
    version: index + 1,
    name,
    isDone: index < version,
  }));
  return { location, version, steps };
}

/**
 * What to run, in order, to get from one version to another, up or down.
 * @throws {InvalidRequestError} when there is no such version.
 */
export function stepsBetween(migrations: readonly Migration[], version: number, target: number): string[] {
  if (!(Number.isInteger(target) && target >= 0 && target <= migrations.length)) {
    throw new InvalidRequestError(
      `There is no version ${target} of the schema. Choose one from 0 (nothing) to ${migrations.length}.`,
    );
  }
  return version <= target
    ? migrations.slice(version, target).map(({ up }) => up)
    : migrations
        .slice(target, version)
        .map(({ down }) => down)
        .toReversed();
}
