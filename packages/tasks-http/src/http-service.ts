/** A service that is called over HTTP, and who calls it. */
import { Block, secret } from "@sluice/core/blocks";
import { z } from "zod";

const fields = z
  .object({
    /** Where it is; paths of requests are below it. */
    baseUrl: z.url({ protocol: /^https?$/ }),
    /** Sent as `Authorization: Bearer …`. */
    token: secret(z.string().min(1)).optional(),
    /** With `password`: sent as `Authorization: Basic …`. */
    username: z.string().min(1).optional(),
    password: secret(z.string().min(1)).optional(),
    /** Sent with every request, such as `{ "x-api-key": "…" }`. */
    headers: secret(z.record(z.string(), z.string())).optional(),
  })
  .refine(({ username, password }) => (username === undefined) === (password === undefined), {
    message: "Give username and password, or neither",
    path: ["username"],
  })
  .refine(({ token, username }) => token === undefined || username === undefined, {
    message: "Give a token, or username and password, not both",
    path: ["token"],
  });

/**
 * A service, and the credentials for it, which no other service gets: not by a redirect, nor by a link to another page.
 *
 * ```ts
 * await new HttpService({ baseUrl: "https://weather.example/v1/", token: "…" }).save("weather");
 * ```
 */
export class HttpService extends Block.define({
  slug: "http-service",
  name: "HTTP Service",
  description: "A service that is called over HTTP, and the credentials for it.",
  schema: fields,
}) {
  /** The headers with credentials, by their names in small letters. */
  credentialHeaders(): Readonly<Record<string, string>> {
    const { token, username, password, headers } = this;
    const given = Object.entries(headers?.reveal() ?? {}).map(([name, value]) => [name.toLowerCase(), value]);
    return {
      ...Object.fromEntries(given),
      ...(token !== undefined && { authorization: `Bearer ${token.reveal()}` }),
      ...(username !== undefined &&
        password !== undefined && { authorization: basic(username, password.reveal()) }),
    };
  }
}

/** RFC 7617. */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}
