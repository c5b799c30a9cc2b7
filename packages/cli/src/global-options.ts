/** Options that every command takes. */
export interface GlobalOptions {
  /** The profile to use instead of the active one. */
  readonly profile?: string | undefined;
}

/** Options of commands whose answer can be read by programs. */
export interface JsonOptions extends GlobalOptions {
  readonly json?: true;
}
