/** Queues and deployments that nobody asked for so long are not ready: no worker would start their runs. */
export const POLL_TIMEOUT_SECONDS = 60;
