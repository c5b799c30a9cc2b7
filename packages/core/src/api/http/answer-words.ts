/** What a server says about why it does not do something. */

export interface AnswerWords {
  /** For people; empty when there are none. */
  readonly text: string;
  /** Which of our errors it is, when a server of ours says so. */
  readonly code: string | undefined;
  /** Whether the answer has the form of the API's errors. */
  readonly isOfApi: boolean;
}

const LONGEST_TEXT = 2000;

/** What the server was sent is left out, as that may hold parameters. */
export function wordsOf(answer: string): AnswerWords {
  const body = parsed(answer);
  if (typeof body !== "object" || body === null) {
    return { text: shortened(answer), code: undefined, isOfApi: false };
  }
  const code = "code" in body && typeof body.code === "string" ? body.code : undefined;
  if ("exception_detail" in body && Array.isArray(body.exception_detail)) {
    return { text: shortened(body.exception_detail.map(faultText).join("; ")), code, isOfApi: true };
  }
  const words = "detail" in body ? body.detail : "exception_message" in body ? body.exception_message : body;
  return { text: shortened(typeof words === "string" ? words : JSON.stringify(words)), code, isOfApi: true };
}

/** `undefined` for a text that is not JSON: pages of proxies, for one. */
function parsed(answer: string): unknown {
  try {
    return JSON.parse(answer);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Where in the body, and what is wrong there. */
function faultText(fault: unknown): string {
  if (typeof fault !== "object" || fault === null) return String(fault);
  const { loc, msg } = fault as { readonly loc?: unknown; readonly msg?: unknown };
  return `${Array.isArray(loc) ? loc.join(".") : "body"}: ${String(msg)}`;
}

function shortened(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
}
