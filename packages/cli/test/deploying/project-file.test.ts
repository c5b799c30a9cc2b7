import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findProjectFile, type ProjectFile } from "../../src/deploying/project-file.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

async function read(text: string, name = "sluice.yaml"): Promise<ProjectFile | undefined> {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, name), text);
  return findProjectFile(directory, undefined);
}

describe("the file of a project", () => {
  it("has deployments, and steps for all of them or for one", async () => {
    const file = await read(`
name: reports
pull:
  - git_clone: { repository: "https://example.test/r.git" }
deployments:
  - name: nightly
    entrypoint: src/report.ts:report
    tags: eu
    schedules:
      - { cron: "0 6 * * *", timezone: Europe/Paris, slug: mornings }
      - { interval: 3600 }
    concurrency_limit: { limit: 2, collision_strategy: CANCEL_NEW }
    work_pool: { name: main, job_variables: { env: { A: "1" } } }
    pull: []
`);
    expect(file).toMatchObject({
      pull: [{ git_clone: { repository: "https://example.test/r.git" } }],
      deployments: [
        {
          name: "nightly",
          tags: ["eu"],
          schedules: [{ cron: "0 6 * * *", slug: "mornings" }, { interval: 3600 }],
          work_pool: { name: "main" },
          pull: [],
        },
      ],
    });
  });

  it("may be one of Prefect's, with what its template leaves empty", async () => {
    const file = await read(
      `
name: demo
prefect-version: 3.4.0
build: null
push: null
pull:
- prefect.deployments.steps.set_working_directory:
    directory: /work/demo
definitions:
  tags: &tags [a, b]
deployments:
- name: null-heavy
  version: null
  tags: *tags
  description: null
  schedule: {}
  flow_name: null
  entrypoint: flows/hello.py:hello
  parameters: {}
  triggers: []
  work_pool:
    name: null
    work_queue_name: null
    job_variables: {}
`.replace("  schedule: {}\n", ""),
      "prefect.yaml",
    );
    expect(file?.deployments[0]).toMatchObject({ name: "null-heavy", tags: ["a", "b"] });
  });

  it.each([
    ["deployments: [\n  a: b\n", /sluice\.yaml:\d+:\d+: /u],
    [
      "deployments:\n  - name: a\n    entrypoint: x.ts\n    shedules: []\n",
      /:4:5: deployments\.0\.shedules is not a member/u,
    ],
    ["deployments:\n  - name: a\n", /:2:5: deployments\.0\.entrypoint is wrong/u],
    [
      "deployments:\n  - name: a\n    entrypoint: x.ts\n    schedules:\n      - cron: '@daily'\n        timzone: UTC\n",
      /:6:9: deployments\.0\.schedules\.0\.timzone is not a member/u,
    ],
    [
      "deployments:\n  - name: a\n    entrypoint: x.ts\n    concurrency_limit: 0\n",
      /:4:5: deployments\.0\.concurrency_limit is wrong/u,
    ],
    [
      "deployments:\n  - name: a\n    entrypoint: x.ts\n    triggers:\n      - type: event\n",
      /:5:\d+: deployments\.0\.triggers\.0 .*not supported yet/u,
    ],
  ])("says where it is wrong: %j", async (text, message) => {
    await expect(read(text)).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringMatching(message),
    });
  });

  it("is looked for under its names, and missed when it was named", async () => {
    const directory = await temporaryDirectory();
    expect(await findProjectFile(directory, undefined)).toBeUndefined();
    await expect(findProjectFile(directory, "other.yaml")).rejects.toThrow("other.yaml cannot be read");
  });
});
