/** Credentials for Azure Blob Storage. */
export { type AzureBlobAccess, AzureBlobStorageCredentials } from "./azure-blob-storage-credentials.ts";
export { AzureCredentialsError } from "./azure-credentials-error.ts";
export { type AzureTrouble, azureTrouble } from "./azure-trouble.ts";
