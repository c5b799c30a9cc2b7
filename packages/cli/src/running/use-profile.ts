/** `--profile` for commands that run flows. */

/**
 * Makes the profile that of this process: for the settings that its flows read, and for the processes they start.
 */
export function useProfile(name: string | undefined): void {
  if (name !== undefined) process.env["SLUICE_PROFILE"] = name;
}
