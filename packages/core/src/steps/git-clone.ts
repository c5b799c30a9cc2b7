/** The step that brings the code of a git repository. */
import { registerSecret } from "../logging/redactor.ts";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import { keptDirectory } from "./kept-directory.ts";
import { runCommand } from "./run-command.ts";
import type { Step, StepContext, StepInputs } from "./step.ts";

const TIMEOUT_SECONDS = 600;
const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/u;

/** A commit is cloned once, and kept; which commit a branch or tag is on is asked each time. */
export const gitClone: Step = {
  inputs: [
    "repository",
    "branch",
    "commit_sha",
    "access_token",
    "credentials",
    "include_submodules",
    "timeout_seconds",
  ],
  required: ["repository"],
  async run(inputs, context) {
    const git = new Git(inputs, context);
    const commit = await git.commit(inputs.findText("commit_sha"), inputs.findText("branch"));
    const hasSubmodules = inputs.flag("include_submodules", false);
    const key = JSON.stringify([git.repository, commit, hasSubmodules]);
    const directory = await keptDirectory(context.codeDirectory, key, async (empty) => {
      context.logger.info("Code is cloned", { repository: git.shownRepository, commit });
      await git.checkOut(commit, empty, hasSubmodules);
    });
    return { directory, commit_sha: commit };
  },
};

class Git {
  readonly repository: string;
  readonly #context: StepContext;
  readonly #timeoutSeconds: number;
  readonly #env: Readonly<Record<string, string | undefined>>;

  constructor(inputs: StepInputs, context: StepContext) {
    const given = inputs.text("repository");
    const { url, user } = withoutUser(given);
    this.repository = url;
    this.#context = context;
    this.#timeoutSeconds = inputs.number("timeout_seconds", TIMEOUT_SECONDS);
    this.#env = { ...context.env, ...SILENT, ...header(url, identity(inputs, url) ?? user) };
  }

  get shownRepository(): string {
    return this.repository;
  }

  async commit(commit: string | undefined, branch: string | undefined): Promise<string> {
    if (commit !== undefined) {
      if (COMMIT.test(commit)) return commit;
      throw new InvalidOptionError(
        `The step git_clone: commit_sha "${commit}" is not a whole commit id of 40 hexadecimal digits.`,
      );
    }
    const ref = branch ?? "HEAD";
    const lines = await this.#run(["ls-remote", "--", this.repository, ref, `${ref}^{}`]);
    const found = lines.split("\n").filter((line) => COMMIT.test(line.split("\t")[0] ?? ""));
    // Of a tag that is an object of its own, the commit it points to comes last.
    const wanted = found.filter((line) => isRef(line.split("\t")[1] ?? "", ref)).at(-1);
    const id = wanted?.split("\t")[0];
    if (id !== undefined) return id;
    throw new InvalidOptionError(
      `The step git_clone: ${this.repository} has no branch or tag "${ref}"${branch === undefined ? ": it is empty" : ""}.`,
    );
  }

  async checkOut(commit: string, directory: string, hasSubmodules: boolean): Promise<void> {
    await this.#run(["init", "--quiet", directory]);
    const inside = ["-C", directory];
    await this.#run([...inside, "fetch", "--quiet", "--depth", "1", "--", this.repository, commit]);
    await this.#run([...inside, "-c", "advice.detachedHead=false", "checkout", "--quiet", "FETCH_HEAD"]);
    if (!hasSubmodules) return;
    await this.#run([...inside, "remote", "add", "origin", this.repository]);
    await this.#run([...inside, "submodule", "--quiet", "update", "--init", "--recursive", "--depth", "1"]);
  }

  async #run(args: readonly string[]): Promise<string> {
    const { stdout } = await runCommand({
      ...this.#context,
      program: "git",
      args,
      env: this.#env,
      isLogged: false,
      timeoutSeconds: this.#timeoutSeconds,
      remedy: "The step git_clone needs git: install it on the machine, or in the image, that runs the flow.",
    });
    return stdout;
  }
}

interface GitIdentity {
  readonly username: string;
  readonly password: string;
}

/** It must not ask: nobody is there to answer. */
const SILENT = { GIT_TERMINAL_PROMPT: "0", GIT_ASKPASS: "", SSH_ASKPASS: "", GCM_INTERACTIVE: "never" };

/** The header is in the environment of git alone: arguments and the files of the clone can be read by others. */
function header(url: string, given: GitIdentity | undefined): Record<string, string> {
  if (given === undefined || !/^https?:/u.test(url)) return {};
  const basic = Buffer.from(`${given.username}:${given.password}`).toString("base64");
  registerSecret(given.password);
  registerSecret(basic);
  return {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `http.${new URL(url).origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${basic}`,
  };
}

function identity(inputs: StepInputs, url: string): GitIdentity | undefined {
  const token = inputs.findText("access_token");
  const fallback = url.includes("bitbucket") ? "x-token-auth" : "x-access-token";
  if (token !== undefined) return { username: fallback, password: token };
  const credentials = inputs.any("credentials");
  if (typeof credentials !== "object" || credentials === null) return undefined;
  const member = (...names: string[]): string | undefined =>
    names.map((name) => Reflect.get(credentials, name)).find((each) => typeof each === "string");
  const password = member("token", "access_token", "password", "value");
  return password === undefined ? undefined : { username: member("username") ?? fallback, password };
}

/** A user in the URL would be in the arguments and files of git. */
function withoutUser(repository: string): { readonly url: string; readonly user: GitIdentity | undefined } {
  if (!/^https?:\/\/[^/]*@/u.test(repository)) return { url: repository, user: undefined };
  const url = new URL(repository);
  const [username, password] = [decodeURIComponent(url.username), decodeURIComponent(url.password)];
  url.username = "";
  url.password = "";
  const user = password === "" ? { username: "x-access-token", password: username } : { username, password };
  return { url: url.href, user };
}

function isRef(found: string, wanted: string): boolean {
  const name = found.replace(/\^\{\}$/u, "");
  return [wanted, `refs/heads/${wanted}`, `refs/tags/${wanted}`].includes(name);
}
