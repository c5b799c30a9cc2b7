/** Shares of the server of a test. */
import type { TestServer } from "@sluice-internal/test-servers";
import { SmbShare } from "../src/index.ts";

type Fields = ConstructorParameters<typeof SmbShare>[0];

export function shareOf({ url, env }: TestServer, fields: Partial<Fields> = {}): SmbShare {
  const { hostname, port, pathname } = new URL(url);
  return new SmbShare({
    smbHost: hostname,
    smbPort: Number(port),
    sharePath: pathname,
    smbUsername: env["SMB_USERNAME"],
    smbPassword: env["SMB_PASSWORD"],
    ...fields,
  });
}
