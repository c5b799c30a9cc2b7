/** How every socket begins (§7.1 of the contract): clients say who they are in the first frame. */
import { CLOSE } from "./close-codes.ts";
import { nextFrame } from "./next-frame.ts";
import type { SocketSession } from "./socket-session.ts";

/** The sub-protocol of clients that do. Older ones do not speak it. */
export const SUB_PROTOCOL = "prefect";

/** Decides who may have a socket. */
export interface SocketGate {
  /** Whether nobody has to say who they are. */
  isOpen(): Promise<boolean>;
  /** Whether a client with this token may have one. */
  allowsToken(token: string | null | undefined): Promise<boolean>;
}

const AUTH_FRAME = { timeoutMs: 10_000, lateReason: "The auth frame did not come in time." } as const;

/** Whether the client may stay; if not, the socket is closed. */
export async function shakeHands(
  session: SocketSession,
  protocol: string,
  gate: SocketGate,
): Promise<boolean> {
  if (protocol !== SUB_PROTOCOL) {
    if (await gate.isOpen()) return true;
    await session.close(CLOSE.protocolError, `Use the sub-protocol ${SUB_PROTOCOL} and send a token.`);
    return false;
  }
  const frame = await nextFrame(session, AUTH_FRAME);
  const { token } = frame ?? {};
  if (frame?.["type"] !== "auth") {
    await session.close(CLOSE.policyViolation, 'The first frame must be {"type":"auth","token":…}.');
    return false;
  }
  if (!(await gate.allowsToken(typeof token === "string" ? token : null))) {
    await session.close(CLOSE.policyViolation, "The token is not valid.");
    return false;
  }
  session.send('{"type":"auth_success"}');
  return true;
}
