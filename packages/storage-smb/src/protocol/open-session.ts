/** From a connection to a share: negotiation, authentication, and the keys of the session. */
import { createHash, randomBytes } from "node:crypto";
import {
  authenticateMessage,
  firstSignature,
  type NtlmAccount,
  negotiateMessage,
} from "../authentication/ntlm.ts";
import { finalToken, initialToken, OFFERED_MECHANISMS, wrappedMessage } from "../authentication/spnego.ts";
import { agreedTerms, CONTEXT, decoded, SMB_3_1_1, sessionAnswer, type Terms, TOO_OLD } from "./answers.ts";
import { HEAD_BYTES } from "./message.ts";
import { OFFERED_CIPHERS, SessionKeys } from "./session-keys.ts";
import { type Exchange, SmbConnection } from "./smb-connection.ts";
import { SmbConnectionError, SmbStatusError, SmbTamperingError, STATUS } from "./smb-status.ts";

const LARGE_TRANSFERS = 0x04;
const ENCRYPTION = 0x40;
const SIGNING_ENABLED = 1;
const SHA_512 = 1;

export interface ShareAddress {
  readonly host: string;
  readonly port: number;
  readonly share: string;
}

export interface OpenShare {
  readonly connection: SmbConnection;
  readonly treeId: number;
  readonly maxReadBytes: number;
  readonly maxWriteBytes: number;
}

/** A connection to the share, on which everything is encrypted, or signed where the server cannot encrypt. */
export async function openShare(address: ShareAddress, account: NtlmAccount): Promise<OpenShare> {
  const connection = await SmbConnection.open(address.host, address.port);
  try {
    const negotiated = await negotiate(connection);
    const keys = await authenticate(connection, account, { ...negotiated, host: address.host });
    connection.protect({ keys, sessionId: connection.sessionId, isEncrypted: keys.canEncrypt });
    const path = Buffer.from(`\\\\${address.host}\\${address.share}`, "utf16le");
    const { response } = await connection.exchange({ command: "treeConnect", body: treeConnectBody(path) });
    const { maxReadBytes, maxWriteBytes } = negotiated;
    return { connection, treeId: response.treeId, maxReadBytes, maxWriteBytes };
  } catch (error) {
    connection.close();
    throw error;
  }
}

interface Negotiated extends Terms {
  readonly integrity: IntegrityHash;
}

/** Over all messages until the session has its keys. */
class IntegrityHash {
  value: Buffer = Buffer.alloc(64);

  add(...messages: readonly Buffer[]): void {
    for (const message of messages) {
      this.value = createHash("sha512").update(this.value).update(message).digest();
    }
  }
}

async function negotiate(connection: SmbConnection): Promise<Negotiated> {
  const { sent, response } = await negotiation(connection);
  const integrity = new IntegrityHash();
  integrity.add(sent, response.message);
  return { integrity, ...agreedTerms(response) };
}

async function negotiation(connection: SmbConnection): Promise<Exchange> {
  try {
    return await connection.exchange({ command: "negotiate", body: negotiateBody() });
  } catch (error) {
    if (error instanceof SmbStatusError && error.is("NOT_SUPPORTED")) throw new SmbConnectionError(TOO_OLD);
    throw error;
  }
}

function negotiateBody(): Buffer {
  const salt = randomBytes(32);
  const integrity = Buffer.concat([words(1, salt.length, SHA_512), salt]);
  const encryption = words(OFFERED_CIPHERS.length, ...OFFERED_CIPHERS);
  const contexts = Buffer.concat([
    aligned(context(CONTEXT.integrity, integrity)),
    context(CONTEXT.encryption, encryption),
  ]);
  const body = Buffer.alloc(40);
  body.writeUInt16LE(36, 0);
  body.writeUInt16LE(1, 2);
  body.writeUInt16LE(SIGNING_ENABLED, 4);
  body.writeUInt32LE(LARGE_TRANSFERS | ENCRYPTION, 8);
  randomBytes(16).copy(body, 12);
  body.writeUInt32LE(HEAD_BYTES + body.length, 28);
  body.writeUInt16LE(2, 32);
  body.writeUInt16LE(SMB_3_1_1, 36);
  return Buffer.concat([body, contexts]);
}

async function authenticate(
  connection: SmbConnection,
  account: NtlmAccount,
  { integrity, cipher, host }: Negotiated & { readonly host: string },
): Promise<SessionKeys> {
  const first = await sessionSetup(connection, initialToken(negotiateMessage()));
  integrity.add(first.sent, first.response.message);
  connection.sessionId = first.response.sessionId;
  const challenge = wrappedMessage(sessionAnswer(first.response).token);
  if (first.response.status !== STATUS.MORE_PROCESSING_REQUIRED || challenge === undefined) {
    throw new SmbConnectionError("the server does not authenticate by NTLM");
  }
  const { message, sessionKey } = decoded(() => authenticateMessage(account, challenge, host));
  const { sent, response } = await sessionSetup(
    connection,
    finalToken(message, firstSignature(sessionKey, OFFERED_MECHANISMS)),
  );
  if (response.status !== STATUS.SUCCESS) throw new SmbStatusError("sessionSetup", response.status);
  // A guest has no keys, so anybody on the way could read and change what goes over the wire.
  if (sessionAnswer(response).isGuest) {
    throw new SmbStatusError("sessionSetup, which made us a guest", STATUS.LOGON_FAILURE);
  }
  integrity.add(sent);
  const keys = new SessionKeys(sessionKey, integrity.value, cipher);
  if (!keys.isSignatureRight(response.message)) {
    throw new SmbTamperingError(
      "the server does not know the password, or somebody changed messages on the way",
    );
  }
  return keys;
}

function sessionSetup(connection: SmbConnection, token: Buffer): Promise<Exchange> {
  const body = Buffer.alloc(24);
  body.writeUInt16LE(25, 0);
  body.writeUInt8(SIGNING_ENABLED, 3);
  body.writeUInt16LE(HEAD_BYTES + body.length, 12);
  body.writeUInt16LE(token.length, 14);
  const request = { command: "sessionSetup", body: Buffer.concat([body, token]) } as const;
  return connection.exchange(request, "MORE_PROCESSING_REQUIRED");
}

function treeConnectBody(path: Buffer): Buffer {
  return Buffer.concat([words(9, 0, HEAD_BYTES + 8, path.length), path]);
}

function context(type: number, data: Buffer): Buffer {
  return Buffer.concat([words(type, data.length, 0, 0), data]);
}

function aligned(data: Buffer): Buffer {
  return Buffer.concat([data, Buffer.alloc((8 - (data.length % 8)) % 8)]);
}

function words(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) buffer.writeUInt16LE(value, index * 2);
  return buffer;
}
