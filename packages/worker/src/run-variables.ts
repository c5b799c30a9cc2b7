/** The environment variables by which a worker tells a process which run it is for. */

export const RUN_VARIABLE = "SLUICE__FLOW_RUN_ID";
/** Id of the state that the run was claimed with. */
export const CLAIM_VARIABLE = "SLUICE__CLAIM_ID";
/** What Prefect's processes look for. */
export const PREFECT_RUN_VARIABLE = "PREFECT__FLOW_RUN_ID";
