/** Finds the deployment that the command line means, and tells the names of deployments. */
import { type Deployment, isUuid, type OrchestrationApi } from "@sluice/protocol";
import { flowNames } from "../history/names.ts";
import { onlyOne } from "../history/only-one.ts";

/** A deployment with the name of its flow: the document that `--json` prints. */
export interface NamedDeployment extends Deployment {
  readonly flow_name: string;
}

/** What commands call their argument. */
export const DEPLOYMENT = [
  "<flow/deployment>",
  "names of the flow and the deployment, the deployment's alone if no other has it, or its id",
] as const;

const MAX_SHOWN = 20;
const SUGGESTIONS_FROM = 200;

/**
 * The deployment of this id or name.
 *
 * @throws {ObjectNotFoundError} when none has the id.
 * @throws {NameNotFoundError} when none has the name; it suggests a similar one.
 * @throws {AmbiguousNameError} when deployments of several flows have the name.
 */
export async function findDeployment(api: OrchestrationApi, idOrName: string): Promise<NamedDeployment> {
  const isId: boolean = isUuid(idOrName);
  if (isId) return onlyNamed(api, await api.deployments.get(idOrName.toLowerCase()));
  const slash = idOrName.indexOf("/");
  const flows = slash < 0 ? undefined : { name: { any_: [idOrName.slice(0, slash)] } };
  const found = await api.deployments.filter({
    flows,
    deployments: { name: { any_: [idOrName.slice(slash + 1)] } },
    limit: MAX_SHOWN,
  });
  return onlyOne(await withFlowNames(api, found), {
    noun: "deployment",
    name: idOrName,
    similar: async () => {
      const names = (await withFlowNames(api, await api.deployments.filter({ limit: SUGGESTIONS_FROM }))).map(
        fullName,
      );
      return slash < 0 ? names.map((name) => name.slice(name.indexOf("/") + 1)) : names;
    },
    list: "sluice deployment ls",
    lineOf: (deployment) => `  ${deployment.id}  ${fullName(deployment)}`,
  });
}

/** The deployments with the names of their flows. */
export async function withFlowNames(
  api: OrchestrationApi,
  deployments: readonly Deployment[],
): Promise<readonly NamedDeployment[]> {
  const names = await flowNames(
    api,
    deployments.map(({ flow_id }) => flow_id),
  );
  return deployments.map((deployment) => ({
    ...deployment,
    flow_name: names.get(deployment.flow_id) ?? deployment.flow_id,
  }));
}

/** `flow/deployment` */
export function fullName({ flow_name: flowName, name }: NamedDeployment): string {
  return `${flowName}/${name}`;
}

async function onlyNamed(api: OrchestrationApi, deployment: Deployment): Promise<NamedDeployment> {
  const { name } = await api.flows.get(deployment.flow_id);
  return { ...deployment, flow_name: name };
}
