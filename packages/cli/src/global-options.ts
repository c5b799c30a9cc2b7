/** Options that every command takes. */
export interface GlobalOptions {
  /** The profile to use instead of the active one. */
  readonly profile?: string | undefined;
}
