/** The head that every message of SMB 2 and 3 has (MS-SMB2 2.2.1). */

export const COMMAND = {
  negotiate: 0,
  sessionSetup: 1,
  treeConnect: 3,
  create: 5,
  close: 6,
  read: 8,
  write: 9,
  queryDirectory: 14,
  setInfo: 17,
} as const;

export type CommandName = keyof typeof COMMAND;

export const HEAD_BYTES = 64;
const MESSAGE_ID = 0x424d53fe;
/** A flag of the head. */
const FROM_SERVER = 0x01;
/** What one credit pays for. */
const CREDIT_BYTES = 65_536;

export interface Request {
  readonly command: CommandName;
  /** What follows the head. */
  readonly body: Buffer;
  readonly treeId?: number | undefined;
  /** Bytes that go with the request or its response, of which each 64 KiB take a credit. */
  readonly payloadBytes?: number | undefined;
}

export interface Response {
  readonly status: number;
  /** Number of the command that this answers. */
  readonly command: number;
  readonly messageId: bigint;
  readonly credits: number;
  readonly sessionId: bigint;
  readonly treeId: number;
  /** The whole message; offsets in it are from its start. */
  readonly message: Buffer;
  /** What follows the head. */
  readonly body: Buffer;
}

export interface HeadFields {
  readonly messageId: bigint;
  readonly sessionId: bigint;
  readonly charge: number;
  readonly wantedCredits: number;
}

export function creditCharge({ payloadBytes = 0 }: Request): number {
  return Math.max(1, Math.ceil(payloadBytes / CREDIT_BYTES));
}

export function encodeMessage(request: Request, fields: HeadFields): Buffer {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(MESSAGE_ID, 0);
  head.writeUInt16LE(HEAD_BYTES, 4);
  head.writeUInt16LE(fields.charge, 6);
  head.writeUInt16LE(COMMAND[request.command], 12);
  head.writeUInt16LE(fields.wantedCredits, 14);
  head.writeBigUInt64LE(fields.messageId, 24);
  head.writeUInt32LE(request.treeId ?? 0, 36);
  head.writeBigUInt64LE(fields.sessionId, 40);
  return Buffer.concat([head, request.body]);
}

/** Undefined when it is no message of a server. That it is not one of a client matters: both sign with the same key. */
export function decodeMessage(message: Buffer): Response | undefined {
  if (message.length < HEAD_BYTES || message.readUInt32LE(0) !== MESSAGE_ID) return undefined;
  if ((message.readUInt32LE(16) & FROM_SERVER) === 0) return undefined;
  return {
    status: message.readUInt32LE(8),
    command: message.readUInt16LE(12),
    credits: message.readUInt16LE(14),
    messageId: message.readBigUInt64LE(24),
    treeId: message.readUInt32LE(36),
    sessionId: message.readBigUInt64LE(40),
    message,
    body: message.subarray(HEAD_BYTES),
  };
}
