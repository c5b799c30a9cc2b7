/** How NTLM's messages are wrapped (RFC 4178): with the one mechanism there is, so that nothing is left to choose. */

const SPNEGO = Buffer.from("06062b0601050502", "hex");
const NTLM = Buffer.from("060a2b06010401823702020a", "hex");
const NTLM_SIGNATURE = Buffer.from("NTLMSSP\0", "latin1");

/** The list of mechanisms, as it is sent. */
export const OFFERED_MECHANISMS: Buffer = der(0x30, NTLM);

/** The first token of a client. */
export function initialToken(message: Uint8Array): Buffer {
  const token = der(0x30, der(0xa0, OFFERED_MECHANISMS), der(0xa2, der(0x04, message)));
  return der(0x60, SPNEGO, der(0xa0, token));
}

/**
 * The last token of a client.
 *
 * @param proof - signature over `OFFERED_MECHANISMS`, so that nobody changed the offer
 */
export function finalToken(message: Uint8Array, proof: Uint8Array): Buffer {
  return der(0xa1, der(0x30, der(0xa2, der(0x04, message)), der(0xa3, der(0x04, proof))));
}

/** NTLM's message in a server's token; undefined when there is none. */
export function wrappedMessage(token: Buffer): Buffer | undefined {
  const start = token.indexOf(NTLM_SIGNATURE);
  return start === -1 ? undefined : token.subarray(start);
}

/** A value by the Distinguished Encoding Rules: tag, length, contents. */
function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const value = Buffer.concat(contents);
  if (value.length < 0x80) return Buffer.concat([Buffer.from([tag, value.length]), value]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(value.length);
  const significant = length.subarray(length.findIndex((byte) => byte !== 0));
  return Buffer.concat([Buffer.from([tag, 0x80 | significant.length]), significant, value]);
}
