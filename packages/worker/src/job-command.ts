/** What is run for a flow run. */
import { RUN_COMMAND } from "@sluice/core";

const PYTHON_COMMAND = ["python", "-m", "prefect.engine"] as const;
const WORDS = /(?:[^\s"'\\]|\\.|"(?:[^"\\]|\\.)*"|'[^']*')+/gsu;
const QUOTED = /\\(.)|"((?:[^"\\]|\\.)*)"|'([^']*)'/gsu;

/**
 * Program and arguments, or `undefined` for the infrastructure's own way to execute a flow run of Sluice. Without a
 * command the entrypoint decides: Python's are run by Prefect.
 */
export function jobCommand(
  command: string | undefined,
  entrypoint: string | null,
): readonly string[] | undefined {
  const given = command?.trim() ?? "";
  if (given !== "" && given !== RUN_COMMAND) return words(given);
  return given === "" && /\.py(?::|$)/u.test(entrypoint ?? "") ? PYTHON_COMMAND : undefined;
}

/** As a shell takes words apart, without anything else that shells do. */
function words(command: string): string[] {
  return Array.from(command.matchAll(WORDS), ([word]) =>
    word.replaceAll(
      QUOTED,
      (_, escaped?: string, double?: string, single?: string) =>
        escaped ?? double?.replaceAll(/\\(["\\$`])/gu, "$1") ?? single ?? "",
    ),
  );
}
