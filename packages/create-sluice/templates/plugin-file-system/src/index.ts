/** Acme as a place for files. */
export { AcmeFiles } from "./acme-files.ts";
