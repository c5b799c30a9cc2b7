/** From options and settings to the store that a run's result is kept in. */
import type { FileSystem } from "../filesystems/file-system.ts";
import { LocalFileSystem } from "../filesystems/local-file-system.ts";
import type { LockManager } from "../locking/lock-manager.ts";
import type { EngineServices } from "../runtime/engine-services.ts";
import type { SerializerName } from "../serializers/resolve-serializer.ts";
import type { Serializer } from "../serializers/serializer.ts";
import type { Settings } from "../settings/settings.ts";
import { ResultStore } from "./result-store.ts";
import { sdkVersion } from "./sdk-version.ts";

export interface ResultStoreChoice {
  readonly storage: FileSystem | undefined;
  readonly serializer: Serializer | SerializerName | undefined;
  readonly lockManager?: LockManager | undefined;
  readonly keyStorage?: FileSystem | undefined;
}

/** The store chosen, or the one of settings: a local directory and the default serializer. */
export function resultStore(choice: ResultStoreChoice, { settings, clock }: EngineServices): ResultStore {
  return new ResultStore({
    storage: choice.storage ?? localStorage(settings),
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
