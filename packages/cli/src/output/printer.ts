/** How commands speak: results on standard output, everything else on standard error. */
import { hasColors, paint } from "@sluice/core";
import { jsonText } from "./json-text.ts";
import { formatTable, type Table } from "./table.ts";
import type { Terminal } from "./terminal.ts";

export class Printer {
  readonly #terminal: Terminal;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  line(text: string): void {
    this.#terminal.stdout.write(`${text}\n`);
  }

  /** Writes a value as indented JSON. */
  json(value: unknown): void {
    this.line(jsonText(value, 2));
  }

  /** Writes aligned columns under headings on a terminal, and bare lines of tab-separated values elsewhere. */
  table(table: Table): void {
    const { stdout, env } = this.#terminal;
    stdout.write(formatTable(table, { isTerminal: stdout.isTTY === true, colors: hasColors(stdout, env) }));
  }

  /** Says something odd. */
  warn(text: string): void {
    const { stderr, env } = this.#terminal;
    stderr.write(`${hasColors(stderr, env) ? paint("yellow", "warning:") : "warning:"} ${text}\n`);
  }

  /** Says what a person might do next; on terminals only. */
  hint(text: string): void {
    const { stderr, env } = this.#terminal;
    if (stderr.isTTY === true) stderr.write(`${hasColors(stderr, env) ? paint("dim", text) : text}\n`);
  }
}
