/** From options and settings to the store that a run's result is kept in. */
import type { FileSystem } from "../filesystems/file-system.ts";
import { LocalFileSystem } from "../filesystems/local-file-system.ts";
import type { LockManager } from "../locking/lock-manager.ts";
import type { EngineServices } from "../runtime/engine-services.ts";
import type { SerializerName } from "../serializers/resolve-serializer.ts";
import type { Serializer } from "../serializers/serializer.ts";
import type { Settings } from "../settings/settings.ts";
import { blockStorage, storageBlockId } from "./block-storage.ts";
import { ResultStore } from "./result-store.ts";
import { sdkVersion } from "./sdk-version.ts";

export interface ResultStoreChoice {
  /** A file system, or the reference of a block that is one. */
  readonly storage: FileSystem | string | undefined;
  readonly serializer: Serializer | SerializerName | undefined;
  readonly lockManager?: LockManager | undefined;
  readonly keyStorage?: FileSystem | undefined;
}

/** The store chosen, or the one of settings: the default block or a local directory, and the default serializer. */
export async function resultStore(choice: ResultStoreChoice, services: EngineServices): Promise<ResultStore> {
  const { settings, clock } = services;
  const chosen = choice.storage ?? settings.results.defaultStorageBlock ?? localStorage(settings);
  const storage = typeof chosen === "string" ? await blockStorage(chosen, services) : chosen;
  return new ResultStore({
    storage,
    storageBlockId: storageBlockId(storage),
    serializer: choice.serializer ?? settings.results.defaultSerializer,
    sdkVersion: sdkVersion(),
    lockManager: choice.lockManager,
    keyStorage: choice.keyStorage,
    clock,
  });
}

const localStorages = new WeakMap<Settings, FileSystem>();

function localStorage(settings: Settings): FileSystem {
  let storage = localStorages.get(settings);
  if (storage === undefined) {
    storage = new LocalFileSystem({ basePath: settings.results.localStoragePath });
    localStorages.set(settings, storage);
  }
  return storage;
}
