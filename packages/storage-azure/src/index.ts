/** Files in a container of Azure Blob Storage. */
export { AzureBlobStorageContainer } from "./azure-blob-storage-container.ts";
