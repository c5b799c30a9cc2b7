/** A connection to a server: many requests at once, each with its response, as far as the server's credits allow. */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import {
  COMMAND,
  creditCharge,
  decodeMessage,
  encodeMessage,
  type Request,
  type Response,
} from "./message.ts";
import { PacketReader, packetOf } from "./packets.ts";
import { isEncrypted, type SessionKeys } from "./session-keys.ts";
import {
  SmbConnectionError,
  SmbProtocolError,
  SmbStatusError,
  SmbTamperingError,
  STATUS,
  type StatusName,
} from "./smb-status.ts";

const CONNECT_TIMEOUT_MS = 10_000;
const LONGEST_SILENCE_MS = 30_000;
/** As many as this many requests of a mebibyte need. */
const WANTED_CREDITS = 512;

interface Pending {
  readonly request: Request;
  readonly accepted: readonly StatusName[];
  readonly resolve: (exchange: Exchange) => void;
  readonly reject: (error: unknown) => void;
  sent: Buffer;
}

/** A request and its response, as they went over the wire. */
export interface Exchange {
  readonly sent: Buffer;
  readonly response: Response;
}

/** How messages are kept from others, once a session has keys. */
export interface Protection {
  readonly keys: SessionKeys;
  readonly sessionId: bigint;
  readonly isEncrypted: boolean;
}

export class SmbConnection {
  readonly #socket: Socket;
  readonly #pending = new Map<bigint, Pending>();
  readonly #waiting: Pending[] = [];
  readonly #timer: NodeJS.Timeout;
  #credits = 1;
  #nextMessageId = 0n;
  #protection: Protection | undefined;
  #failure: Error | undefined;
  /** Of the session that is being set up. */
  sessionId = 0n;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const reader = new PacketReader((packet) => this.#receive(packet));
    socket.on("data", (chunk: Buffer) => this.#guarded(() => reader.add(chunk)));
    socket.on("error", (error) => this.#fail(new SmbConnectionError(error.message, { cause: error })));
    socket.on("close", () => this.#fail(new SmbConnectionError("the server closed the connection")));
    this.#timer = setTimeout(() => this.#silent(), LONGEST_SILENCE_MS).unref();
    this.#keepAlive();
  }

  /** @throws {SmbConnectionError} when nobody answers */
  static async open(host: string, port: number): Promise<SmbConnection> {
    const socket = connect({ host, port, noDelay: true });
    try {
      await once(socket, "connect", { signal: AbortSignal.timeout(CONNECT_TIMEOUT_MS) });
    } catch (error) {
      socket.destroy();
      const isLate = error instanceof Error && error.name === "AbortError";
      const late = `nobody answered at ${host}:${port} within ${CONNECT_TIMEOUT_MS / 1000} seconds`;
      throw new SmbConnectionError(isLate ? late : messageOf(error), { cause: error });
    }
    return new SmbConnection(socket);
  }

  get isUsable(): boolean {
    return this.#failure === undefined;
  }

  /** From now on messages are protected, and none that is not is taken. */
  protect(protection: Protection): void {
    this.#protection = protection;
    this.sessionId = protection.sessionId;
  }

  /**
   * @param accepted - what else than success is no error
   * @throws {SmbStatusError} when the server refuses
   * @throws {SmbConnectionError} when the connection breaks
   */
  exchange(request: Request, ...accepted: readonly StatusName[]): Promise<Exchange> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure);
        return;
      }
      this.#waiting.push({ request, accepted, resolve, reject, sent: Buffer.alloc(0) });
      this.#sendWaiting();
      this.#keepAlive();
    });
  }

  close(): void {
    this.#fail(new SmbConnectionError("the connection was closed"));
  }

  #sendWaiting(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const charge = creditCharge(next.request);
      if (charge > this.#credits) return;
      this.#waiting.shift();
      this.#send(next, charge);
    }
  }

  #send(pending: Pending, charge: number): void {
    const messageId = this.#nextMessageId;
    this.#nextMessageId += BigInt(charge);
    this.#credits -= charge;
    const wantedCredits = charge + Math.max(0, WANTED_CREDITS - this.#credits);
    const message = encodeMessage(pending.request, {
      messageId,
      sessionId: this.sessionId,
      charge,
      wantedCredits,
    });
    if (this.#protection?.isEncrypted === false) this.#protection.keys.sign(message);
    pending.sent = message;
    this.#pending.set(messageId, pending);
    const { keys, sessionId, isEncrypted: isSealed } = this.#protection ?? {};
    const packet =
      isSealed === true && keys && sessionId !== undefined ? keys.encrypt(message, sessionId) : message;
    // On a slow line a request may take long to be sent; meanwhile nobody is silent.
    this.#socket.write(packetOf(packet), (error) => {
      if (!error && this.isUsable) this.#timer.refresh();
    });
  }

  #receive(packet: Buffer): void {
    const response = decodeMessage(this.#opened(packet));
    if (response === undefined) throw new SmbConnectionError("the server does not speak SMB 3");
    const pending = this.#pending.get(response.messageId);
    if (pending === undefined) return;
    this.#check(packet, response);
    if (response.command !== COMMAND[pending.request.command]) {
      throw new SmbProtocolError("it is for another command");
    }
    this.#credits += response.credits;
    if (response.status !== STATUS.PENDING) {
      this.#pending.delete(response.messageId);
      settle(pending, response);
    }
    this.#sendWaiting();
    this.#keepAlive();
  }

  #opened(packet: Buffer): Buffer {
    if (!isEncrypted(packet)) return packet;
    const message =
      this.#protection?.isEncrypted === true ? this.#protection.keys.decrypt(packet) : undefined;
    if (message === undefined) throw new SmbTamperingError("a response was changed on its way");
    return message;
  }

  /** What says that something is not yet ready has no signature; nothing else may lack one. */
  #check(packet: Buffer, { status, message }: Response): void {
    if (this.#protection === undefined || isEncrypted(packet)) return;
    if (this.#protection.isEncrypted) throw new SmbTamperingError("a response was not encrypted");
    if (status !== STATUS.PENDING && !this.#protection.keys.isSignatureRight(message)) {
      throw new SmbTamperingError("a response has a wrong signature");
    }
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      const isKnown = error instanceof SmbConnectionError;
      this.#fail(isKnown ? error : new SmbProtocolError(String(error), { cause: error }));
    }
  }

  /** A connection that nobody waits for keeps no process alive. */
  #keepAlive(): void {
    this.#timer.refresh();
    if (this.#pending.size + this.#waiting.length > 0) this.#socket.ref();
    else this.#socket.unref();
  }

  #silent(): void {
    const isIdle = this.#pending.size + this.#waiting.length === 0;
    const what = isIdle
      ? "it was not used"
      : `the server was silent for ${LONGEST_SILENCE_MS / 1000} seconds`;
    this.#fail(new SmbConnectionError(what));
  }

  #fail(error: Error): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    clearTimeout(this.#timer);
    this.#socket.destroy();
    for (const { reject } of [...this.#pending.values(), ...this.#waiting]) reject(error);
    this.#pending.clear();
    this.#waiting.length = 0;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function settle({ request, accepted, resolve, reject, sent }: Pending, response: Response): void {
  const isFine = ["SUCCESS" as const, ...accepted].some((name) => STATUS[name] === response.status);
  if (isFine) resolve({ sent, response });
  else reject(new SmbStatusError(request.command, response.status));
}
