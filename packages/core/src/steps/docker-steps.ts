/** The steps that make and push images, by the `docker` command. */
import { registerSecret } from "../logging/redactor.ts";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import { runCommand } from "./run-command.ts";
import type { Step, StepContext, StepInputs } from "./step.ts";

const TIMEOUT_SECONDS = 3600;
const REMEDY = "Install Docker on this machine, or deploy with the image of another build.";

/** Builds an image of the directory; `image` is its full name, for the job variable of a deployment. */
export const buildDockerImage: Step = {
  inputs: [
    "image_name",
    "tag",
    "additional_tags",
    "dockerfile",
    "context",
    "platform",
    "build_args",
    "timeout_seconds",
  ],
  required: ["image_name"],
  async run(inputs, context) {
    const names = imageNames(inputs);
    const args = [
      "build",
      ...names.all.flatMap((name) => ["--tag", name]),
      "--file",
      inputs.findText("dockerfile") ?? "Dockerfile",
      ...Object.entries(inputs.map("build_args")).flatMap(([name, value]) => [
        "--build-arg",
        `${name}=${value}`,
      ]),
      ...(inputs.findText("platform") === undefined ? [] : ["--platform", inputs.text("platform")]),
      inputs.findText("context") ?? ".",
    ];
    await docker(args, inputs, context);
    const inspect = ["image", "inspect", "--format", "{{.Id}}", names.image];
    const imageId = await docker(inspect, inputs, { ...context, isLogged: false });
    return { ...names.outputs, image_id: imageId.trim() };
  },
};

/** Pushes an image and its other tags to the registry that its name says. */
export const pushDockerImage: Step = {
  inputs: ["image_name", "tag", "additional_tags", "credentials", "timeout_seconds"],
  required: ["image_name"],
  async run(inputs, context) {
    const names = imageNames(inputs);
    await logIn(inputs, context);
    for (const name of names.all) await docker(["push", "--quiet", name], inputs, context);
    return names.outputs;
  },
};

interface ImageNames {
  readonly image: string;
  readonly all: readonly string[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

function imageNames(inputs: StepInputs): ImageNames {
  const imageName = inputs.text("image_name");
  const tag = inputs.findText("tag") ?? "latest";
  const additional = inputs.texts("additional_tags");
  const image = `${imageName}:${tag}`;
  const outputs = { image_name: imageName, tag, image, additional_tags: additional };
  return { image, all: [image, ...additional.map((each) => `${imageName}:${each}`)], outputs };
}

/** The password goes by the input of docker, where nobody else sees it. */
async function logIn(inputs: StepInputs, context: StepContext): Promise<void> {
  const credentials = inputs.any("credentials");
  if (credentials === undefined) return;
  const [username, password, registry] = ["username", "password", "registry_url"].map((name) =>
    typeof credentials === "object" && credentials !== null ? Reflect.get(credentials, name) : undefined,
  );
  if (typeof username !== "string" || typeof password !== "string") {
    throw new InvalidOptionError(
      "The step push_docker_image: credentials need username and password, and registry_url unless it is Docker's own.",
    );
  }
  registerSecret(password);
  const place = typeof registry === "string" ? [registry] : [];
  const args = ["login", "--username", username, "--password-stdin", ...place];
  await docker(args, inputs, { ...context, input: password, isLogged: false });
}

async function docker(
  args: readonly string[],
  inputs: StepInputs,
  context: StepContext & { readonly input?: string; readonly isLogged?: boolean },
): Promise<string> {
  const timeoutSeconds = inputs.number("timeout_seconds", TIMEOUT_SECONDS);
  const { stdout } = await runCommand({
    ...context,
    program: "docker",
    args,
    timeoutSeconds,
    remedy: REMEDY,
  });
  return stdout;
}
