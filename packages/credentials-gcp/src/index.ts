/** Credentials for Google Cloud, and secrets that it keeps. */
export { GcpCredentials } from "./gcp-credentials.ts";
export { GcpCredentialsError, GcpServiceError } from "./gcp-errors.ts";
export { GcpSecret } from "./gcp-secret.ts";
export { type GoogleTrouble, googleTrouble } from "./google-trouble.ts";
