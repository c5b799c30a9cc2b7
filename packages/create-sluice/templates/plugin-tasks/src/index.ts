/** Tasks for Acme. */
export { AcmeAccount, AcmeError } from "./acme-account.ts";
export { type AcmeItem, fetchAcmeItem } from "./fetch-acme-item.ts";
