/** Notifications by Acme. */
export { AcmeNotifier } from "./acme-notifier.ts";
