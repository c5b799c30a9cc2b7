/** What `sluice init` writes. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Where the code is when the flow runs: where it is now, in a git repository, or in an image. */
export const RECIPES = ["local", "git", "docker"] as const;

export type Recipe = (typeof RECIPES)[number];

export interface NewProject {
  readonly name: string;
  readonly recipe: Recipe;
  readonly directory: string;
}

const GIT_SECONDS = 5;

/** The text of a new `sluice.yaml`. */
export async function newProjectFile({ name, recipe, directory }: NewProject): Promise<string> {
  return `# How the flows of this project are deployed: sluice deploy --all
name: ${JSON.stringify(name)}

${await STEPS[recipe](name, directory)}
deployments:
  - name: default
    # The file, and the flow that it exports.
    entrypoint: src/main.ts:main
    work_pool:
      name: default
${recipe === "docker" ? '      job_variables: { image: "{{ build.image }}" }\n' : ""}    parameters: {}
    schedules: []
    # - cron: "0 6 * * *"
    #   timezone: Europe/Paris
`;
}

const STEPS: Readonly<Record<Recipe, (name: string, directory: string) => Promise<string>>> = {
  local: async () => "# The flows run where they are: workers need this directory.\n",
  git: async (_name, directory) => `# Brings the code to where the flow runs.
pull:
  - git_clone:
      repository: ${JSON.stringify(await originOf(directory))}
      branch: main
      # access_token: "{{ sluice.blocks.secret.git-token }}"
  - npm_install: {}
`,
  docker: async (name) => `# Makes the image that the flow runs in, with the code in it.
build:
  - build_docker_image:
      id: build
      image_name: registry.example.com/${name.toLowerCase().replaceAll(/[^a-z0-9._-]+/gu, "-")}
      tag: latest
      dockerfile: Dockerfile
push:
  - push_docker_image:
      image_name: "{{ build.image_name }}"
      tag: "{{ build.tag }}"
pull:
  - set_working_directory: { directory: /app }
`,
};

async function originOf(directory: string): Promise<string> {
  const example = "https://github.com/owner/repository.git";
  try {
    const options = { timeout: GIT_SECONDS * 1000 };
    const args = ["-C", directory, "remote", "get-url", "origin"];
    const { stdout } = await promisify(execFile)("git", args, options);
    // A token in it would get into the file.
    return stdout.trim().replace(/^(https?:\/\/)[^/@]*@/u, "$1") || example;
  } catch {
    // Without git or an origin the person writes it.
    return example;
  }
}
