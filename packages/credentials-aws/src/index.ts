/** Credentials for AWS, and secrets that it keeps. */
export type { AwsClientParameters, AwsTransport } from "./aws-client-parameters.ts";
export { type AwsClientOptions, AwsCredentials } from "./aws-credentials.ts";
export { AwsCredentialsError, AwsServiceError, type AwsTrouble, awsTrouble } from "./aws-errors.ts";
export type { AwsIdentity, AwsIdentityProvider } from "./aws-identity.ts";
export { AwsSecret, type ReadSecretOptions } from "./aws-secret.ts";
export { MinioCredentials } from "./minio-credentials.ts";
