/** Operations that the table of routes cannot say, for the document that describes the API. */

/** Method and path → what it does. */
export const HAND_WRITTEN_ROUTES: Readonly<Record<string, string>> = {
  "GET /health": "Tell that the server runs; needs no credentials",
  "GET /ready": "Tell whether the database answers; needs no credentials",
  "GET /hello": "Wave",
  "GET /version": "Get the version of the API's contract",
  "GET /admin/version": "Get the Prefect release that this server is compatible with",
  "GET /admin/settings": "Get the server's settings, without secrets",
  "GET /sluice/live": "Follow what changes, as server-sent events",
  "GET /flow_runs/{id}/logs/download": "Download the log lines of a flow run as CSV",
  "GET /collections/views/{view}": "Get what is known of kinds of workers, blocks or flows",
};
