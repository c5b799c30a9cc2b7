/** The connection of a block to its share: made when it is needed, and made anew when it broke. */
import type { NtlmAccount } from "./authentication/ntlm.ts";
import { openShare, type ShareAddress } from "./protocol/open-session.ts";
import { ShareFiles } from "./protocol/share-files.ts";
import { SmbConnectionError, SmbStatusError, SmbTamperingError } from "./protocol/smb-status.ts";

export class ShareSession {
  readonly #address: ShareAddress;
  readonly #account: NtlmAccount;
  #files: Promise<ShareFiles> | undefined;

  constructor(address: ShareAddress, account: NtlmAccount) {
    this.#address = address;
    this.#account = account;
  }

  /**
   * Does `work` on the share. What failed because a connection from before is no more is tried once again, if that does no
   * harm.
   */
  async use<T>(isRepeatable: boolean, work: (files: ShareFiles) => Promise<T>): Promise<T> {
    const known = this.#files;
    const files = await this.#open();
    try {
      return await work(files);
    } catch (error) {
      const isOld = isOfOldConnection(error);
      if (isOld) files.close();
      const isTampering = error instanceof SmbTamperingError;
      if (!isOld || isTampering || !isRepeatable || known === undefined) throw error;
      return await work(await this.#open());
    }
  }

  async close(): Promise<void> {
    const opening = this.#files;
    this.#files = undefined;
    // One that could not be opened is closed.
    (await opening?.catch(() => undefined))?.close();
  }

  async #open(): Promise<ShareFiles> {
    const known = this.#files;
    if (known !== undefined) {
      const files = await known;
      if (files.isUsable) return files;
    }
    // Whoever else waited may have begun already.
    if (this.#files === known || this.#files === undefined) this.#files = this.#connect();
    return this.#files;
  }

  async #connect(): Promise<ShareFiles> {
    try {
      return new ShareFiles(await openShare(this.#address, this.#account));
    } catch (error) {
      this.#files = undefined;
      throw error;
    }
  }
}

function isOfOldConnection(error: unknown): boolean {
  if (error instanceof SmbConnectionError) return true;
  if (!(error instanceof SmbStatusError)) return false;
  return error.is("NETWORK_SESSION_EXPIRED", "USER_SESSION_DELETED", "NETWORK_NAME_DELETED");
}
