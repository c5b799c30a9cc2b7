/** The servers by name. */
import { type AzuriteOptions, azurite } from "./azurite.ts";
import { type EmulatorOptions, emulator } from "./emulator.ts";
import { fakeGcsServer } from "./fake-gcs-server.ts";
import { gitHttp } from "./git-http.ts";
import { moto, motoAuth, type NoOptions } from "./moto.ts";
import { type PostgresOptions, postgres } from "./postgres.ts";
import { type SambaOptions, samba } from "./samba.ts";
import { type SmtpOptions, smtp } from "./smtp.ts";
import { sshd } from "./sshd.ts";
import type { MissingServer, ServerDefinition, TestServer } from "./test-server.ts";

export interface ServerOptions {
  readonly moto: NoOptions;
  readonly "moto-auth": NoOptions;
  readonly azurite: AzuriteOptions;
  readonly "fake-gcs-server": NoOptions;
  readonly samba: SambaOptions;
  readonly "git-http": NoOptions;
  readonly sshd: NoOptions;
  readonly smtp: SmtpOptions;
  readonly postgres: PostgresOptions;
  readonly github: EmulatorOptions;
  readonly slack: EmulatorOptions;
}

export type ServerName = keyof ServerOptions;

const SERVERS: { readonly [Name in ServerName]: ServerDefinition<ServerOptions[Name]> } = {
  moto,
  "moto-auth": motoAuth,
  azurite,
  "fake-gcs-server": fakeGcsServer,
  samba,
  "git-http": gitHttp,
  sshd,
  smtp,
  postgres,
  github: emulator("github"),
  slack: emulator("slack"),
};

/** Why the server cannot run here; undefined when it can. */
export function whyMissing(name: ServerName): string | undefined {
  return SERVERS[name].whyMissing();
}

/** Whether `REQUIRE_SERVERS` names the server, so that its absence is a failure. */
export function isRequired(name: ServerName): boolean {
  return (process.env["REQUIRE_SERVERS"] ?? "").split(",").includes(name);
}

/**
 * Starts a server of the caller's own; gives the reason when it cannot run here.
 *
 * @throws with the last lines it wrote, when it does not come up in time
 */
export async function startServer<Name extends ServerName>(
  name: Name,
  options: ServerOptions[Name],
): Promise<TestServer | MissingServer> {
  const reason = whyMissing(name);
  return reason === undefined ? SERVERS[name].start(options) : { reason };
}
