import { describe, expect, it } from "vitest";
import { authenticateMessage } from "../src/authentication/ntlm.ts";
import { wrappedMessage } from "../src/authentication/spnego.ts";
import {
  agreedTerms,
  decoded,
  listedFiles,
  openedFile,
  readBytes,
  sessionAnswer,
  writtenBytes,
} from "../src/protocol/answers.ts";
import { decodeMessage, HEAD_BYTES, type Response } from "../src/protocol/message.ts";
import { PacketReader } from "../src/protocol/packets.ts";
import { isEncrypted, SessionKeys } from "../src/protocol/session-keys.ts";
import { SmbConnectionError } from "../src/protocol/smb-status.ts";
import { hostileForms, numbersFrom } from "./hostile-bytes.ts";

const ROUNDS = 3000;
const ACCOUNT = { username: "ada", domain: "", password: "a-password" };

const DECODERS: readonly (readonly [string, (response: Response) => unknown, Buffer])[] = [
  ["the terms", agreedTerms, sampleMessage()],
  ["a step of a session", sessionAnswer, sampleMessage()],
  ["an opened file", openedFile, sampleMessage()],
  ["what was read", (response) => readBytes(response, 100), sampleMessage()],
  ["what was written", (response) => writtenBytes(response, 100), sampleMessage()],
  ["a directory", listedFiles, listing("a", "directory").message],
];

describe("an answer of a server", () => {
  it.each(DECODERS)("for %s is understood or refused, whatever it is", (_, decode, sample) => {
    const outcomes = new Set<string>();
    for (const message of hostileForms(sample, ROUNDS)) {
      const response = decodeMessage(message);
      if (response !== undefined) outcomes.add(outcomeOf(() => decode(response)));
    }
    expect([...outcomes].sort()).toEqual(["refused", "understood"]);
  });

  it("that challenges us is answered or refused, whatever it is", () => {
    const outcomes = new Set<string>();
    for (const bytes of hostileForms(sampleChallenge(), ROUNDS)) {
      const challenge = wrappedMessage(bytes);
      if (challenge === undefined) continue;
      outcomes.add(outcomeOf(() => decoded(() => authenticateMessage(ACCOUNT, challenge, "files"))));
    }
    expect([...outcomes].sort()).toEqual(["refused", "understood"]);
  });

  it("never has more in it than came", () => {
    for (const message of hostileForms(sampleMessage(), ROUNDS)) {
      const response = decodeMessage(message);
      if (response === undefined) continue;
      let got = 0;
      outcomeOf(() => {
        got = readBytes(response, 100).length;
      });
      expect(got).toBeLessThanOrEqual(Math.min(100, message.length));
    }
  });

  it("has no names that lead out of their directory", () => {
    for (const name of ["", ".", "..", "../up", "..\\up", "a/b", "a\\b", "nul\0"]) {
      expect(listedFiles(listing(name, "good")).map((file) => file.name)).toEqual(["good"]);
    }
  });

  it("is refused when it would be waited for without an end", () => {
    const response = answer(Buffer.alloc(64));
    expect(() => writtenBytes(response, 100)).toThrow("it wrote 0 of 100 bytes");
    const terms = decodeMessage(sampleMessage());
    terms?.body.writeUInt32LE(0, 32);
    expect(() => terms && agreedTerms(terms)).toThrow("it takes less than 65536 bytes at once");
  });
});

describe("an envelope", () => {
  it("that somebody made or changed is not opened", () => {
    const keys = new SessionKeys(Buffer.alloc(16, 1), Buffer.alloc(64, 2), 2);
    const sealed = keys.encrypt(sampleMessage(), 7n);
    for (const packet of hostileForms(sealed, ROUNDS)) {
      if (isEncrypted(packet)) expect(keys.decrypt(packet)).toBeUndefined();
    }
  });

  it("never has the number of another one", () => {
    const keys = new SessionKeys(Buffer.alloc(16, 1), Buffer.alloc(64, 2), 2);
    const numbers = Array.from({ length: 1000 }, () =>
      keys.encrypt(Buffer.from("x"), 7n).toString("hex", 20, 36),
    );
    expect(new Set(numbers).size).toBe(1000);
  });
});

describe("a stream of packets", () => {
  it("comes out the same however it was cut", () => {
    const numbers = numbersFrom(9);
    const packets = Array.from({ length: 200 }, () => Buffer.alloc((numbers.next().value % 300) + 1, 5));
    const stream = Buffer.concat(packets.flatMap((packet) => [lengthOf(packet), packet]));
    const received: Buffer[] = [];
    const reader = new PacketReader((packet) => received.push(packet));
    for (let at = 0; at < stream.length; ) {
      const size = (numbers.next().value % 400) + 1;
      reader.add(stream.subarray(at, at + size));
      at += size;
    }
    expect(Buffer.concat(received).equals(Buffer.concat(packets))).toBe(true);
    expect(received).toHaveLength(packets.length);
  });
});

function outcomeOf(work: () => unknown): "understood" | "refused" {
  try {
    work();
    return "understood";
  } catch (error) {
    expect(error).toBeInstanceOf(SmbConnectionError);
    return "refused";
  }
}

/** Looks to every decoder like its own. */
function sampleMessage(): Buffer {
  const body = Buffer.alloc(160);
  body.writeUInt16LE(HEAD_BYTES + 72, 2);
  body.writeUInt16LE(0x0311, 4);
  body.writeUInt16LE(1, 6);
  body.writeUInt32LE(65_536, 32);
  body.writeUInt32LE(65_536, 36);
  body.writeUInt32LE(HEAD_BYTES + 80, 60);
  body.writeUInt16LE(2, 80);
  body.writeUInt16LE(4, 82);
  body.writeUInt16LE(2, 90);
  return answer(body).message;
}

function answer(body: Buffer): Response {
  const head = Buffer.alloc(HEAD_BYTES);
  head.writeUInt32LE(0x424d53fe, 0);
  head.writeUInt32LE(1, 16);
  const response = decodeMessage(Buffer.concat([head, body]));
  if (response === undefined) throw new Error("The head is wrong.");
  return response;
}

function listing(...names: readonly string[]): Response {
  const entries = names.map((name, index) => {
    const text = Buffer.from(name, "utf16le");
    const entry = Buffer.alloc(64 + Math.ceil(text.length / 8) * 8);
    entry.writeUInt32LE(index === names.length - 1 ? 0 : entry.length, 0);
    entry.writeUInt32LE(text.length, 60);
    text.copy(entry, 64);
    return entry;
  });
  const head = Buffer.alloc(8);
  head.writeUInt16LE(HEAD_BYTES + head.length, 2);
  head.writeUInt32LE(Buffer.concat(entries).length, 4);
  return answer(Buffer.concat([head, ...entries]));
}

function sampleChallenge(): Buffer {
  const challenge = Buffer.alloc(64);
  challenge.write("NTLMSSP\0", "latin1");
  challenge.writeUInt32LE(2, 8);
  challenge.writeUInt16LE(16, 40);
  challenge.writeUInt32LE(48, 44);
  challenge.writeUInt16LE(7, 48);
  challenge.writeUInt16LE(8, 50);
  return challenge;
}

function lengthOf(packet: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(packet.length);
  return length;
}
