/** Runs the flow run that this process was started for. */
import { closeEngines, executeFlowRun } from "@sluice/core";
import { SluiceError } from "@sluice/protocol";
import { EXIT_FAILURE, EXIT_OK } from "../exit-codes.ts";
import { loadTypeScript } from "../running/load-typescript.ts";

/** The variables by which workers say which run it is: ours, and Prefect's. */
const RUN_VARIABLES = ["SLUICE__FLOW_RUN_ID", "PREFECT__FLOW_RUN_ID"] as const;
/** The variable by which our workers say which claim it is. */
const CLAIM_VARIABLE = "SLUICE__CLAIM_ID";

/**
 * Runs it to its end.
 * @returns the exit code: 0 when it completed or is to go on later, 1 otherwise.
 */
export async function executeInTerminal(
  givenId: string | undefined,
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const id = givenId ?? RUN_VARIABLES.map((name) => env[name]).find((value) => value !== undefined);
  if (id === undefined) {
    throw new SluiceError(
      "INVALID_REQUEST",
      `Which flow run? Give its id: sluice flow-run execute ID, or set ${RUN_VARIABLES[0]}.`,
    );
  }
  await loadTypeScript();
  try {
    const state = await executeFlowRun(id, { claimId: env[CLAIM_VARIABLE] });
    return state.isCompleted() || !state.isFinal() ? EXIT_OK : EXIT_FAILURE;
  } finally {
    await closeEngines();
  }
}
