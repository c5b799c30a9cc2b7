/** Tasks for files of any file system. */
export {
  type ReadJsonTask,
  type ReadOptions,
  readStorageBytes,
  readStorageJson,
  readStorageText,
  type WriteStorageOptions,
  writeStorageFile,
  writeStorageJson,
} from "./content-tasks.ts";
export {
  copyStorageFile,
  deleteStorageDirectory,
  deleteStorageFile,
  type ListingOptions,
  listStorageFiles,
  moveStorageFile,
  signStorageUrl,
} from "./file-tasks.ts";
export { type SyncOptions, type SyncResult, syncStorageDirectory } from "./sync-task.ts";
