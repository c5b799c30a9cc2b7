/** OpenSSH's server, which lets in the user that runs the tests, with a key. */
import { execFile } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { userInfo } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { findProgram, programPath } from "./find-program.ts";
import type { NoOptions } from "./moto.ts";
import { runServer } from "./run-server.ts";
import type { ServerDefinition } from "./test-server.ts";

/** Where sshd wants to be confined, when it is started by root. */
const CONFINEMENT = "/run/sshd";
const run = promisify(execFile);

/** `SSH_ROOT` is a directory of its own, which any path of this machine may be. */
export const sshd: ServerDefinition<NoOptions> = {
  whyMissing: () => {
    const absent = ["sshd", "ssh", "ssh-keygen"].find((name) => findProgram(name) === undefined);
    return absent === undefined ? undefined : `there is no ${absent}: run .ci/install-peers`;
  },
  start: async () => {
    if (process.getuid?.() === 0) await mkdir(CONFINEMENT, { recursive: true });
    let root = "";
    const { port, directory, stop } = await runServer(async (freePort, own) => {
      root = join(own, "files");
      await mkdir(root);
      await Promise.all(["host", "user"].map((name) => makeKey(join(own, name))));
      const configuration = join(own, "sshd_config");
      await writeFile(configuration, configurationText(own, freePort));
      return { command: [programPath("sshd"), "-D", "-e", "-f", configuration] };
    });
    const { username } = userInfo();
    const host = (await readFile(join(directory, "host.pub"), "utf8")).trim();
    const env = {
      SSH_ROOT: root,
      SSH_PRIVATE_KEY: await readFile(join(directory, "user"), "utf8"),
      SSH_KNOWN_HOSTS: `[127.0.0.1]:${port} ${host}\n`,
    };
    return { url: `ssh://${username}@127.0.0.1:${port}`, env, stop };
  },
};

async function makeKey(path: string): Promise<void> {
  await run(programPath("ssh-keygen"), ["-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", path]);
}

function configurationText(directory: string, port: number): string {
  return `ListenAddress 127.0.0.1
Port ${port}
HostKey ${directory}/host
AuthorizedKeysFile ${directory}/user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
`;
}
