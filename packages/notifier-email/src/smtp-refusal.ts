/** What errors of nodemailer mean, and what to do about them. */
import type { DeliveryRefusal } from "@sluice/core";
import type { NodemailerError } from "nodemailer";

/**
 * @param server - host and port
 * @param error - of nodemailer; others are given as they are, and are mistakes of ours.
 */
export function smtpRefusal(server: string, error: unknown): DeliveryRefusal {
  if (!isNodemailerError(error)) throw error;
  return {
    isDelivered: false,
    problem: `the mail server ${server} failed (${wordsOf(error)})`,
    remedy: REMEDIES[String(error.code)] ?? "See whether the server takes such mail.",
    isPassing: isForNow(error) || isUnconnected(error),
    cause: error,
  };
}

/** For some recipients; sending again would reach the others twice. */
export function recipientsRefused(server: string, errors: readonly NodemailerError[]): DeliveryRefusal {
  const problem = `the mail server ${server} refused some recipients (${errors.map(wordsOf).join("; ")})`;
  return { isDelivered: false, problem, remedy: `The others get the mail. ${ADDRESSES}`, isPassing: false };
}

const ADDRESSES = "See whether the addresses are right, and the server sends mail for the sender.";
const UNREACHABLE = "See whether smtpServer and smtpPort are right, and reachable from here.";
const UNSAFE = "See whether smtpType and smtpPort fit the server, and whether its certificate is valid.";

const REMEDIES: Readonly<Record<string, string>> = {
  EAUTH: "See whether username and password of the credentials are right.",
  ECONNECTION: UNREACHABLE,
  EDNS: UNREACHABLE,
  EENVELOPE: ADDRESSES,
  ESOCKET: `${UNREACHABLE} ${UNSAFE}`,
  ETIMEDOUT: UNREACHABLE,
  ETLS: UNSAFE,
};

const SHOWN_WORDS = 200;

/** Replies in the four hundreds to a mail are refusals for now (RFC 5321): nothing was taken. */
function isForNow({ code, responseCode = 0 }: NodemailerError): boolean {
  return (code === "EENVELOPE" || code === "EMESSAGE") && responseCode >= 400 && responseCode < 500;
}

function isUnconnected(error: NodemailerError): boolean {
  return "syscall" in error && error.syscall === "connect";
}

function wordsOf(error: NodemailerError): string {
  const recipient = error.recipient === undefined ? "" : `${error.recipient}: `;
  return `${recipient}${error.message}`.replace(/\s+/g, " ").slice(0, SHOWN_WORDS);
}

function isNodemailerError(error: unknown): error is NodemailerError {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
