/** What can be done with the files of an open share. */
import {
  type ListedFile,
  listedFiles,
  type OpenFile,
  openedFile,
  readBytes,
  writtenBytes,
} from "./answers.ts";
import { type CommandName, HEAD_BYTES, type Response } from "./message.ts";
import type { OpenShare } from "./open-session.ts";
import { STATUS, type StatusName } from "./smb-status.ts";

const ACCESS = {
  read: 0x1,
  write: 0x2,
  readAttributes: 0x80,
  delete: 0x1_0000,
  synchronize: 0x10_0000,
} as const;
const SHARE_ALL = 7;
const DISPOSITION = { open: 1, create: 2 } as const;
const OPTION = { directory: 0x1, file: 0x40, deleteOnClose: 0x1000 } as const;
const FILE_INFORMATION = 1;
const RENAME = 10;
const DISPOSE = 13;
const DIRECTORY_INFORMATION = 1;
const LISTED_BYTES = 64 * 1024;
/** More at once makes nothing faster. */
const MOST_TRANSFERRED_BYTES = 1024 * 1024;

/** What to open a path for. */
export type Purpose = "read" | "look" | "create" | "remove" | "list" | "make-directory";

/** How servers say that there is no more. */
const ENDS: Readonly<Partial<Record<CommandName, readonly StatusName[]>>> = {
  read: ["END_OF_FILE"],
  queryDirectory: ["NO_MORE_FILES", "NO_SUCH_FILE"],
};

const PURPOSES: Readonly<Record<Purpose, { access: number; disposition: number; options: number }>> = {
  read: { access: ACCESS.read | ACCESS.readAttributes, disposition: DISPOSITION.open, options: OPTION.file },
  look: { access: ACCESS.readAttributes, disposition: DISPOSITION.open, options: OPTION.file },
  create: {
    access: ACCESS.write | ACCESS.delete | ACCESS.readAttributes,
    disposition: DISPOSITION.create,
    options: OPTION.file,
  },
  remove: {
    access: ACCESS.delete,
    disposition: DISPOSITION.open,
    options: OPTION.file | OPTION.deleteOnClose,
  },
  list: {
    access: ACCESS.read | ACCESS.readAttributes,
    disposition: DISPOSITION.open,
    options: OPTION.directory,
  },
  "make-directory": {
    access: ACCESS.readAttributes,
    disposition: DISPOSITION.create,
    options: OPTION.directory,
  },
};

/** Paths are below the share, with forward slashes. Errors are those of the connection. */
export class ShareFiles {
  readonly #share: OpenShare;

  constructor(share: OpenShare) {
    this.#share = share;
  }

  get isUsable(): boolean {
    return this.#share.connection.isUsable;
  }

  /** Bytes that one `read` gives and one `write` takes at most. */
  get transferBytes(): number {
    return Math.min(MOST_TRANSFERRED_BYTES, this.#share.maxReadBytes, this.#share.maxWriteBytes);
  }

  close(): void {
    this.#share.connection.close();
  }

  /** Does `work` with an open file, which is closed whatever happens. */
  async withFile<T>(path: string, purpose: Purpose, work: (file: OpenFile) => Promise<T>): Promise<T> {
    const file = await this.#open(path, purpose);
    let result: T;
    try {
      result = await work(file);
    } catch (error) {
      await this.#close(file).catch(() => undefined); // That it failed before is what the caller has to know.
      throw error;
    }
    await this.#close(file);
    return result;
  }

  /** Fewer bytes at the end of the file. */
  async read({ id }: OpenFile, offset: number, length: number): Promise<Buffer> {
    const body = Buffer.alloc(49);
    body.writeUInt16LE(49, 0);
    body.writeUInt32LE(length, 4);
    body.writeBigUInt64LE(BigInt(offset), 8);
    id.copy(body, 16);
    const response = await this.#request("read", body, length);
    if (response.status === STATUS.END_OF_FILE) return Buffer.alloc(0);
    return readBytes(response, length);
  }

  async write(file: OpenFile, offset: number, data: Uint8Array): Promise<void> {
    const body = Buffer.alloc(48);
    body.writeUInt16LE(49, 0);
    body.writeUInt16LE(HEAD_BYTES + body.length, 2);
    body.writeUInt32LE(data.length, 4);
    body.writeBigUInt64LE(BigInt(offset), 8);
    file.id.copy(body, 16);
    const response = await this.#request("write", Buffer.concat([body, data]), data.length);
    const written = writtenBytes(response, data.length);
    if (written < data.length) await this.write(file, offset + written, data.subarray(written));
  }

  /** Gives an open file another path, in one step. */
  async rename(file: OpenFile, path: string, isReplacing: boolean): Promise<void> {
    const name = wirePath(path);
    const information = Buffer.alloc(20);
    information.writeUInt8(isReplacing ? 1 : 0, 0);
    information.writeUInt32LE(name.length, 16);
    await this.#setInformation(file, RENAME, Buffer.concat([information, name]));
  }

  /** The file goes when it is closed. */
  async removeOnClose(file: OpenFile): Promise<void> {
    await this.#setInformation(file, DISPOSE, Buffer.from([1]));
  }

  /** What is in an open directory, links left out; in no order. */
  async list({ id }: OpenFile): Promise<readonly ListedFile[]> {
    const found: ListedFile[] = [];
    for (;;) {
      const pattern = Buffer.from("*", "utf16le");
      const body = Buffer.alloc(32);
      body.writeUInt16LE(33, 0);
      body.writeUInt8(DIRECTORY_INFORMATION, 2);
      id.copy(body, 8);
      body.writeUInt16LE(HEAD_BYTES + body.length, 24);
      body.writeUInt16LE(pattern.length, 26);
      body.writeUInt32LE(LISTED_BYTES, 28);
      const response = await this.#request("queryDirectory", Buffer.concat([body, pattern]), LISTED_BYTES);
      if (response.status !== STATUS.SUCCESS) return found;
      for (const file of listedFiles(response)) found.push(file);
    }
  }

  async #open(path: string, purpose: Purpose): Promise<OpenFile> {
    const { access, disposition, options } = PURPOSES[purpose];
    const name = wirePath(path);
    const body = Buffer.alloc(56);
    body.writeUInt16LE(57, 0);
    body.writeUInt32LE(2, 4); // The server acts for us, and for nobody else.
    body.writeUInt32LE(access | ACCESS.synchronize, 24);
    body.writeUInt32LE(SHARE_ALL, 32);
    body.writeUInt32LE(disposition, 36);
    body.writeUInt32LE(options, 40);
    body.writeUInt16LE(HEAD_BYTES + body.length, 44);
    body.writeUInt16LE(name.length, 46);
    return openedFile(await this.#request("create", Buffer.concat([body, name, Buffer.alloc(1)])));
  }

  async #close({ id }: OpenFile): Promise<void> {
    const body = Buffer.alloc(24);
    body.writeUInt16LE(24, 0);
    id.copy(body, 8);
    await this.#request("close", body);
  }

  async #setInformation({ id }: OpenFile, kind: number, information: Buffer): Promise<void> {
    const body = Buffer.alloc(32);
    body.writeUInt16LE(33, 0);
    body.writeUInt8(FILE_INFORMATION, 2);
    body.writeUInt8(kind, 3);
    body.writeUInt32LE(information.length, 4);
    body.writeUInt16LE(HEAD_BYTES + body.length, 8);
    id.copy(body, 16);
    await this.#request("setInfo", Buffer.concat([body, information]));
  }

  async #request(command: CommandName, body: Buffer, payloadBytes?: number): Promise<Response> {
    const { connection, treeId } = this.#share;
    const request = { command, body, treeId, payloadBytes };
    const { response } = await connection.exchange(request, ...(ENDS[command] ?? []));
    return response;
  }
}

function wirePath(path: string): Buffer {
  return Buffer.from(path.replaceAll("/", "\\"), "utf16le");
}
