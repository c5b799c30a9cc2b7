/** Incidents in PagerDuty. */
export { PagerDutyWebhook } from "./pager-duty-webhook.ts";
