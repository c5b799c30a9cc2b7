/** Samba: a real SMB share. Its user is the one that runs the tests, with a password of the share's own. */
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { findProgram, programPath } from "./find-program.ts";
import { runServer } from "./run-server.ts";
import type { ServerDefinition } from "./test-server.ts";

const DIRECTORIES = ["private", "lock", "state", "cache", "pid", "rpc", "share", "readonly"];

export interface SambaOptions {
  /** Whether clients have to sign; default false. */
  readonly signing?: boolean | undefined;
  /** Whether clients have to encrypt; default false: they may. With "off" they cannot. */
  readonly encryption?: boolean | "off" | undefined;
}

/** Shares `share` and `readonly`; the URL is that of the first. */
export const samba: ServerDefinition<SambaOptions> = {
  whyMissing: () => {
    const absent = ["smbd", "smbpasswd"].find((name) => findProgram(name) === undefined);
    if (absent !== undefined) return `there is no ${absent}: run .ci/install-peers`;
    return process.getuid?.() === 0 ? undefined : "smbd has to be started by root";
  },
  start: async (options) => {
    const { username } = userInfo();
    const password = randomBytes(12).toString("hex");
    const { port, stop } = await runServer(async (freePort, directory) => {
      await Promise.all(DIRECTORIES.map((name) => mkdir(join(directory, name))));
      const configuration = join(directory, "smb.conf");
      await writeFile(configuration, configurationText({ directory, port: freePort, username, options }));
      await setPassword(configuration, username, password);
      return {
        command: [programPath("smbd"), "-F", "--no-process-group", "--debug-stdout", "-s", configuration],
      };
    });
    const env = { SMB_USERNAME: username, SMB_PASSWORD: password };
    return { url: `smb://127.0.0.1:${port}/share`, env, stop };
  },
};

interface Configuration {
  readonly directory: string;
  readonly port: number;
  readonly username: string;
  readonly options: SambaOptions;
}

function configurationText({ directory, port, username, options }: Configuration): string {
  return `[global]
server role = standalone server
netbios name = SLUICETEST
bind interfaces only = yes
interfaces = 127.0.0.1
smb ports = ${port}
disable netbios = yes
private dir = ${directory}/private
lock directory = ${directory}/lock
state directory = ${directory}/state
cache directory = ${directory}/cache
pid directory = ${directory}/pid
ncalrpc dir = ${directory}/rpc
passdb backend = tdbsam:${directory}/private/passdb.tdb
log level = 0
map to guest = never
server min protocol = SMB2_02
server signing = ${options.signing === true ? "mandatory" : "default"}
server smb encrypt = ${options.encryption === "off" ? "off" : options.encryption === true ? "required" : "default"}
load printers = no
printing = bsd
printcap name = /dev/null
disable spoolss = yes
[share]
path = ${directory}/share
read only = no
valid users = ${username}
[readonly]
path = ${directory}/readonly
read only = yes
valid users = ${username}
`;
}

async function setPassword(configuration: string, username: string, password: string): Promise<void> {
  const child = spawn(programPath("smbpasswd"), ["-c", configuration, "-a", "-s", username], {
    stdio: ["pipe", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors += chunk.toString();
  });
  child.stdin.end(`${password}\n${password}\n`);
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`smbpasswd ended with ${String(code)}: ${errors}`);
}
