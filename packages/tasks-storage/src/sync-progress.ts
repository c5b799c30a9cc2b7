/** How far a sync is, told now and then. */
import type { FileEntry, Logger } from "@sluice/core";

const TOLD_EVERY_MS = 10_000;

export interface SyncCounts {
  readonly copied: number;
  readonly deleted: number;
  readonly unchanged: number;
  readonly bytes: number;
}

export class SyncProgress {
  readonly #logger: Logger;
  readonly #counts = { copied: 0, deleted: 0, unchanged: 0, bytes: 0 };
  #toldAt = performance.now();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  copied({ path, size }: FileEntry): void {
    this.#logger.debug("File copied", { path, size });
    this.#counts.copied += 1;
    this.#counts.bytes += size;
    this.#tell();
  }

  deleted(path: string): void {
    this.#logger.debug("File deleted", { path });
    this.#counts.deleted += 1;
    this.#tell();
  }

  left(): void {
    this.#counts.unchanged += 1;
    this.#tell();
  }

  end(): SyncCounts {
    this.#logger.info("Directory synced", this.#counts);
    return { ...this.#counts };
  }

  #tell(): void {
    if (performance.now() - this.#toldAt < TOLD_EVERY_MS) return;
    this.#toldAt = performance.now();
    this.#logger.info("Directory is being synced", { ...this.#counts });
  }
}
