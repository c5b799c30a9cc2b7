/** Where a command reads its surroundings from and writes to. */

/** A stream that may be a terminal. */
export interface OutputStream {
  write(text: string): boolean;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** A stream that may be a terminal, where somebody can be asked. */
export type InputStream = NodeJS.ReadableStream & { readonly isTTY?: boolean | undefined };

export interface Terminal {
  /** Absent where there is nothing to read from. */
  readonly stdin?: InputStream | undefined;
  /** What was asked for, and nothing else, so that it can be piped. */
  readonly stdout: OutputStream;
  /** Errors, warnings and hints. */
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What the shell is told when the command was carried out; default: 0. */
  exitCode?: number | undefined;
}
