/** Settings of commands that work with the server's database. */
import { loadSettings, type SettingOverrides, type Settings } from "@sluice/core";
import type { DatabaseOptions, ServicesOptions } from "@sluice/server";
import type { GlobalOptions } from "../global-options.ts";
import type { Terminal } from "../output/terminal.ts";
import type { DatabaseFlags } from "./database-flags.ts";

/** The settings with what the flags say; a path given as a flag comes before a URL that is set. */
export function serverSettings(
  flags: GlobalOptions & DatabaseFlags,
  { env }: Terminal,
  overrides: SettingOverrides = {},
): Settings {
  return loadSettings({
    env,
    overrides: {
      ...overrides,
      profile: flags.profile,
      "server.database_url": flags.databasePath === undefined ? flags.databaseUrl : null,
      "history.database_path": flags.databasePath,
    },
  });
}

/** Which database the settings mean. */
export function databaseOf({ server, history }: Settings): DatabaseOptions {
  return { databaseUrl: server.databaseUrl?.reveal(), databasePath: history.databasePath };
}

/** How long what happened is kept; 0 is for ever. */
export function retentionOf({ server }: Settings): NonNullable<ServicesOptions["retention"]> {
  return {
    eventDays: server.eventRetentionDays || null,
    eventDaysByName: Object.fromEntries(
      Object.entries(server.eventRetentionDaysByName).map(([name, days]) => [name, days || null]),
    ),
    logDays: server.logRetentionDays || null,
    flowRunDays: server.flowRunRetentionDays || null,
  };
}
