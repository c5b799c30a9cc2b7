import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { describeWithServer } from "../src/index.ts";

const run = promisify(execFile);

describeWithServer("git-http", (server) => {
  it("serves repositories, and private ones to who has the token", async () => {
    const { url, env } = server();
    for (const path of ["open.git", "private/closed.git"]) {
      await run("git", ["init", "--quiet", "--bare", join(env["GIT_ROOT"] ?? "", path)]);
    }
    const ask = (path: string, headers = {}) =>
      fetch(`${url}/${path}/info/refs?service=git-upload-pack`, { headers });
    expect(await (await ask("open.git")).text()).toContain("# service=git-upload-pack");
    expect((await ask("private/closed.git")).status).toBe(401);
    const basic = Buffer.from(`${env["GIT_USERNAME"]}:${env["GIT_TOKEN"]}`).toString("base64");
    expect((await ask("private/closed.git", { authorization: `Basic ${basic}` })).status).toBe(200);
  });
});

describeWithServer("sshd", (server) => {
  it("lets in who has the key", async () => {
    const { url, env } = server();
    const root = env["SSH_ROOT"] ?? "";
    await writeFile(join(root, "key"), env["SSH_PRIVATE_KEY"] ?? "", { mode: 0o600 });
    await writeFile(join(root, "known_hosts"), env["SSH_KNOWN_HOSTS"] ?? "");
    const options = ["-F", "none", "-o", "BatchMode=yes", "-o", `UserKnownHostsFile=${root}/known_hosts`];
    const { stdout } = await run("ssh", [...options, "-i", join(root, "key"), url, "ls", root]);
    expect(stdout).toContain("known_hosts");
  });
});
