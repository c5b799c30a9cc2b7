import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import type { OrchestrationApi } from "@sluice/protocol";
import { describe, expect } from "vitest";
import { LocalFileSystemBlock } from "../../src/blocks/built-in/local-file-system-block.ts";
import { SecretBlock } from "../../src/blocks/built-in/secret-block.ts";
import { redactSecrets } from "../../src/logging/redactor.ts";
import { preparedSteps, runSteps, type StepDocument, type StepsRun } from "../../src/steps/run-steps.ts";
import { engineTest } from "../engine-fixture.ts";

const run = promisify(execFile);

interface Bench {
  readonly api: OrchestrationApi;
  readonly directory: string;
  readonly lines: string[];
  steps(steps: readonly StepDocument[], env?: Readonly<Record<string, string>>): Promise<StepsRun>;
}

/** A test with a directory of its own and the lines that steps log. */
function stepTest(behaviour: string, body: (bench: Bench) => Promise<void>): void {
  engineTest(behaviour, async ({ api, services }) => {
    const directory = await realpath(await mkdtemp(join(tmpdir(), "sluice-steps-")));
    const lines: string[] = [];
    const logger = { ...services.logger };
    for (const level of ["debug", "info", "warn", "error", "critical"] as const) {
      logger[level] = (message) => void lines.push(message);
    }
    logger.child = () => logger;
    const codeDirectory = join(directory, "code");
    const steps: Bench["steps"] = (documents, env = {}) =>
      runSteps(documents, { api, logger, directory, codeDirectory, env: { ...process.env, ...env } });
    try {
      await body({ api, directory, lines, steps });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
}

/** A repository with one commit on `main`. */
async function repository(directory: string): Promise<{ url: string; commit(): Promise<string> }> {
  const path = join(directory, "repository");
  await mkdir(path);
  const git = async (...args: string[]): Promise<string> => {
    const identity = ["-c", "user.name=t", "-c", "user.email=t@example.test"];
    return (await run("git", ["-C", path, ...identity, ...args])).stdout.trim();
  };
  await git("init", "--quiet", "--initial-branch", "main");
  let count = 0;
  const commit = async (): Promise<string> => {
    count += 1;
    await writeFile(join(path, "flow.ts"), `// ${count}`);
    await git("add", ".");
    await git("commit", "--quiet", "--message", String(count));
    return git("rev-parse", "HEAD");
  };
  await commit();
  await git("tag", "--annotate", "v1", "--message", "one");
  return { url: `file://${path}`, commit };
}

describe("steps", () => {
  stepTest(
    "run in their order, in the directory that the one before brought",
    async ({ steps, directory }) => {
      await mkdir(join(directory, "project"));
      const { directory: last, outputs } = await steps([
        { "prefect.deployments.steps.set_working_directory": { directory: "project" } },
        { run_shell_script: { id: "where", script: "pwd; echo $WHO", env: { WHO: "me" } } },
        { "sluice.steps.run_shell_script": { script: "echo 'from {{ where.stdout }}'" } },
      ]);
      expect(last).toBe(join(directory, "project"));
      expect(outputs.get("where")).toEqual({ stdout: `${join(directory, "project")}\nme`, stderr: "" });
      expect(outputs.get("run_shell_script")?.["stdout"]).toContain("from ");
    },
  );

  stepTest(
    "get variables, blocks and the environment, whole values as they are",
    async ({ api, steps, lines }) => {
      await api.variables.create({ name: "region", value: { name: "eu" } });
      await api.variables.create({ name: "place", value: "Paris" });
      await new SecretBlock({ value: "hunter2-long" }).save("token", { api });
      await steps(
        [
          {
            run_shell_script: {
              script: "echo {{ prefect.variables.place }} $TOKEN {{ $STAGE }}",
              env: { TOKEN: "{{ sluice.blocks.secret.token }}" },
            },
          },
        ],
        { STAGE: "prod" },
      );
      expect(lines).toContain("Paris **** prod");
      const filled = await steps([
        { run_shell_script: { script: "true", env: "{{ sluice.variables.region }}" } },
      ]);
      expect(filled.outputs.size).toBe(1);
    },
  );

  stepTest("say which template stands for nothing, and where", async ({ steps }) => {
    const script = (text: string): Promise<unknown> => steps([{ run_shell_script: { script: text } }]);
    await expect(script("{{ $NOT_THERE_AT_ALL }}")).rejects.toThrow(
      "{{ $NOT_THERE_AT_ALL }} in the step run_shell_script, script stands for nothing: the environment has no variable NOT_THERE_AT_ALL.",
    );
    await expect(script("{{ sluice.variables.nope }}")).rejects.toThrow(
      'there is no variable "nope" in memory',
    );
    await expect(script("{{ prefect.blocks.secret.nope }}")).rejects.toThrow("there is no block secret/nope");
    await expect(script("{{ build.image }}")).rejects.toThrow('no step before it is called "build"');
  });

  stepTest("are refused by name before the first of them runs", async ({ steps, directory }) => {
    const first = { run_shell_script: { script: "touch began" } };
    await expect(steps([first, { git_clon: {} }])).rejects.toThrow(
      'There is no step "git_clon". Did you mean git_clone?',
    );
    await expect(steps([first, { git_clone: {}, other: {} }])).rejects.toThrow("its name only");
    expect(existsSync(join(directory, "began"))).toBe(false);
    await expect(steps([{ git_clone: { repo: "x" } }])).rejects.toThrow('has no input "repo"');
    await expect(steps([{ git_clone: {} }])).rejects.toThrow('needs the input "repository"');
    await expect(steps([{ set_working_directory: { directory: "/not/there" } }])).rejects.toThrow(
      "there is no directory /not/there on this machine",
    );
  });

  stepTest("of a deployment keep what only the machine knows that runs it", async ({ api }) => {
    const outputs = new Map([["build", { image: "app:1" }]]);
    const steps = [{ git_clone: { repository: "{{ $REPO }}", branch: "x-{{ build.image }}" } }];
    expect(await preparedSteps(steps, { api, env: {}, outputs })).toEqual([
      { git_clone: { repository: "{{ $REPO }}", branch: "x-app:1" } },
    ]);
  });

  stepTest("a script that fails says how, and what it wrote last", async ({ steps }) => {
    const failing = steps([{ run_shell_script: { script: "echo about to fail >&2; false; echo never" } }]);
    await expect(failing).rejects.toMatchObject({
      code: "COMMAND",
      message: expect.stringMatching(/ended with exit code 1\. It wrote: about to fail$/u),
    });
    const slow = steps([{ run_shell_script: { script: "sleep 60", timeout_seconds: 0.1 } }]);
    await expect(slow).rejects.toThrow("took longer than 0.1 s");
  });
});

describe("the step git_clone", () => {
  stepTest("brings a branch, a tag or a commit, each commit once", async ({ steps, directory, lines }) => {
    const { url, commit } = await repository(directory);
    const clone = async (inputs: object): Promise<string> =>
      (await steps([{ git_clone: { repository: url, ...inputs } }])).directory;
    const first = await clone({ branch: "main" });
    expect(await readFile(join(first, "flow.ts"), "utf8")).toBe("// 1");
    expect(await clone({})).toBe(first);
    const newest = await commit();
    const second = await clone({});
    expect(second).not.toBe(first);
    expect(await clone({ commit_sha: newest })).toBe(second);
    expect(await clone({ branch: "v1" })).toBe(first);
    expect(lines.filter((line) => line === "Code is cloned")).toHaveLength(2);
    expect((await readdir(join(directory, "code"))).filter((name) => name.startsWith("."))).toEqual([]);
  });

  stepTest("says what is wrong with the repository or the branch", async ({ steps, directory }) => {
    const { url } = await repository(directory);
    const clone = (inputs: object): Promise<unknown> => steps([{ git_clone: inputs }]);
    await expect(clone({ repository: url, branch: "nope" })).rejects.toThrow('has no branch or tag "nope"');
    await expect(clone({ repository: `${url}-not` })).rejects.toMatchObject({ code: "COMMAND" });
    await expect(clone({ repository: url, commit_sha: "abc" })).rejects.toThrow("whole commit id");
  });

  stepTest("shows no credentials", async ({ steps, lines }) => {
    const repository = "http://someone:s3cret-password@127.0.0.1:1/r.git";
    const failure = await steps([{ git_clone: { repository } }]).catch((error: Error) => error.message);
    expect(failure).toContain("127.0.0.1:1/r.git");
    expect(`${failure} ${lines.join(" ")}`).not.toContain("s3cret-password");
    expect(redactSecrets("s3cret-password")).toBe("****");
  });
});

describe("the steps of storages", () => {
  stepTest("push a directory and pull it, once per content", async ({ api, steps, directory, lines }) => {
    await new LocalFileSystemBlock({ basepath: join(directory, "storage") }).save("code", { api });
    const project = join(directory, "project");
    await mkdir(join(project, "node_modules"), { recursive: true });
    await writeFile(join(project, "flow.ts"), "// 1");
    await writeFile(join(project, "node_modules", "x.js"), "");
    const block = "local-file-system/code";
    const push = { push_with_block: { block, path: "app", directory: "project" } };
    expect((await steps([push])).outputs.get("push_with_block")).toEqual({ block, path: "app", files: 1 });
    const pull = {
      pull_with_block: { block_type_slug: "local-file-system", block_document_name: "code", path: "app" },
    };
    const first = await steps([pull]);
    expect(await readFile(join(first.directory, "flow.ts"), "utf8")).toBe("// 1");
    expect((await steps([pull])).directory).toBe(first.directory);
    expect(lines.filter((line) => line === "Code is downloaded")).toHaveLength(1);
    await expect(steps([{ pull_with_block: { block, path: "nope" } }])).rejects.toThrow(
      "there is nothing below",
    );
    await expect(steps([{ pull_with_block: {} }])).rejects.toThrow('needs the input "block"');
  });
});

describe("the step npm_install", () => {
  stepTest("installs once for what the project says", async ({ steps, directory }) => {
    await writeFile(join(directory, "package.json"), JSON.stringify({ name: "p", version: "1.0.0" }));
    const install = async (): Promise<unknown> =>
      (await steps([{ npm_install: {} }])).outputs.get("npm_install");
    expect(await install()).toEqual({ installed: true });
    expect(await install()).toEqual({ installed: false });
    await writeFile(join(directory, "package.json"), JSON.stringify({ name: "p", version: "1.0.1" }));
    expect(await install()).toEqual({ installed: true });
    await expect(steps([{ npm_install: { directory: "code" } }])).rejects.toThrow("there is no package.json");
  });
});

describe("the steps of images", () => {
  stepTest("call docker, and give the password by its input alone", async ({ steps, directory, lines }) => {
    const bin = join(directory, "bin");
    await mkdir(bin);
    const program = `#!/bin/sh\necho "$@" >> ${directory}/calls\n[ "$1" = login ] && cat > ${directory}/input\necho sha256:1\n`;
    await writeFile(join(bin, "docker"), program);
    await chmod(join(bin, "docker"), 0o755);
    const env = { PATH: `${bin}${delimiter}${process.env["PATH"]}` };
    const image = { image_name: "registry.test/app", tag: "1", additional_tags: ["new"] };
    const credentials = { username: "me", password: "pass-word-1", registry_url: "registry.test" };
    const { outputs } = await steps(
      [
        {
          "prefect_docker.deployments.steps.build_docker_image": {
            id: "build",
            ...image,
            platform: "linux/amd64",
          },
        },
        { push_docker_image: { ...image, credentials } },
      ],
      env,
    );
    expect(outputs.get("build")).toMatchObject({ image: "registry.test/app:1", image_id: "sha256:1" });
    expect((await readFile(join(directory, "calls"), "utf8")).trim().split("\n")).toEqual([
      "build --tag registry.test/app:1 --tag registry.test/app:new --file Dockerfile --platform linux/amd64 .",
      "image inspect --format {{.Id}} registry.test/app:1",
      "login --username me --password-stdin registry.test",
      "push --quiet registry.test/app:1",
      "push --quiet registry.test/app:new",
    ]);
    expect(await readFile(join(directory, "input"), "utf8")).toBe("pass-word-1");
    expect(lines.join(" ")).not.toContain("pass-word-1");
  });

  stepTest("say what to do without docker", async ({ steps }) => {
    const build = steps([{ build_docker_image: { image_name: "app" } }], { PATH: "/not/there" });
    await expect(build).rejects.toThrow("There is no program docker");
  });
});
