/** URLs of git repositories, as far as git is allowed to follow them. */

export interface GitUrl {
  /** As git takes it. */
  readonly url: string;
  readonly protocol: "http" | "ssh" | "file";
  /** Scheme, host and port; empty for files. */
  readonly origin: string;
  readonly host: string;
}

/** `user@host:path`, the short form of an SSH URL. */
const SHORT_FORM = /^(?<user>[A-Za-z0-9._-]+)@(?<host>[A-Za-z0-9.-]+):(?<path>(?!\/\/)[^\s].*)$/;

/**
 * What a URL says; undefined when it is none of `https://`, `http://`, `ssh://`, `file://` or `user@host:path`, or has a
 * password in it, which would end up in processes and files: it belongs in credentials.
 */
export function parseGitUrl(text: string): GitUrl | undefined {
  const short = SHORT_FORM.exec(text)?.groups;
  const path = short?.["path"]?.replace(/^\//, "");
  const full = short === undefined ? text : `ssh://${short["user"]}@${short["host"]}/${path}`;
  if (!URL.canParse(full)) return undefined;
  const { protocol, host, username, password } = new URL(full);
  if (password !== "") return undefined;
  switch (protocol) {
    case "https:":
    case "http:":
      // What stands alone before the host is mostly a token.
      return username === ""
        ? { url: full, protocol: "http", origin: `${protocol}//${host}`, host }
        : undefined;
    case "ssh:":
      return host.startsWith("-")
        ? undefined
        : { url: short === undefined ? full : text, protocol: "ssh", origin: `ssh://${host}`, host };
    case "file:":
      return { url: full, protocol: "file", origin: "", host: "" };
    default:
      return undefined;
  }
}

/** As a URL also where it is written in its short form. */
export function shownUrl(text: string): string {
  const short = SHORT_FORM.exec(text)?.groups;
  return short === undefined
    ? text
    : `ssh://${short["user"]}@${short["host"]}/${short["path"]?.replace(/^\//, "")}`;
}
