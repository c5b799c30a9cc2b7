/** Answers that are held in memory. */
import { TextDecoder } from "node:util";
import type { z } from "zod";
import type { OpenAnswer } from "./exchange.ts";
import { HttpError, shownRequest } from "./http-error.ts";
import type { ReadyRequest } from "./http-request.ts";

/** An answer of success. */
export interface HttpAnswer {
  readonly status: number;
  /** Where it came from, after redirects. */
  readonly url: string;
  /** By their names in small letters; of several with one name, the values are joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

/** @throws {HttpError} when it is longer than the request allows */
export async function readAnswer(request: ReadyRequest, answer: OpenAnswer): Promise<HttpAnswer> {
  const { maxBytes } = request;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.chunks()) {
    bytes += chunk.length;
    if (bytes > maxBytes) {
      throw new HttpError(
        `${shownRequest(request)} was answered with more than ${maxBytes} bytes. Raise maxBytes, or use downloadFile, which holds nothing in memory.`,
      );
    }
    chunks.push(chunk);
  }
  const { status, headers, url } = answer;
  const text = decoderFor(headers).decode(Buffer.concat(chunks));
  return { status, url: url.href, headers: Object.fromEntries(headers), text };
}

/** The answer's JSON, as the schema makes it. */
export function jsonOf<T>(request: ReadyRequest, { text }: HttpAnswer, schema: z.ZodType<T> | undefined): T {
  const value = parsedJson(request, text);
  if (schema === undefined) return value as T;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, SHOWN_ISSUES);
  const words = issues.map(({ path, message }) => `${path.map(String).join(".") || "the whole"}: ${message}`);
  throw new HttpError(`The answer to ${shownRequest(request)} does not fit its schema: ${words.join("; ")}.`);
}

const SHOWN_ISSUES = 5;

function parsedJson(request: ReadyRequest, text: string): unknown {
  if (text === "") return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new HttpError(
      `The answer to ${shownRequest(request)} is no JSON. Use requestHttp for its text.`,
      {},
      cause,
    );
  }
}

function decoderFor(headers: Headers): TextDecoder {
  const charset = /;\s*charset="?([^";\s]+)/i.exec(headers.get("content-type") ?? "")?.[1];
  try {
    return new TextDecoder(charset);
  } catch {
    // A name that nobody knows: the text is most likely what nearly all are.
    return new TextDecoder();
  }
}
