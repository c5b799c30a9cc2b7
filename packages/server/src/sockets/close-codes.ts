/** Why sockets are closed (RFC 6455, section 7.4.1, and the registry of IANA). */
export const CLOSE = {
  normal: 1000,
  goingAway: 1001,
  protocolError: 1002,
  unsupportedData: 1003,
  invalidPayload: 1007,
  policyViolation: 1008,
  internalError: 1011,
  tryAgainLater: 1013,
  /** Of those that applications may define: what Prefect closes task workers' sockets with. */
  unexpectedFrame: 4001,
} as const;

const MAX_REASON_BYTES = 123;

/** A reason that fits into the frame. */
export function closeReason(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_REASON_BYTES) return text;
  // A character that is cut in two is left out.
  return bytes
    .subarray(0, MAX_REASON_BYTES)
    .toString()
    .replace(/\uFFFD+$/u, "");
}
