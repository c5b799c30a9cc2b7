import { blockSuite, fileSystemSuite } from "@sluice/core/testing";
import { describeWithServer } from "@sluice-internal/test-servers";
import { SmbShare } from "../src/index.ts";
import { impossibleReason } from "../src/share-path.ts";
import { shareOf } from "./share.ts";

describeWithServer(
  "samba",
  (server) => {
    fileSystemSuite({
      name: "A share that has to be encrypted",
      create: () => shareOf(server()),
      dispose: async (share) => (share as SmbShare).close(),
      capabilities: { write: true, conditionalCreate: true, rangeRead: true },
      refuses: (path) => impossibleReason(path) !== undefined,
      troubles: {
        denied: () => shareOf(server(), { smbPassword: "a-wrong-password" }),
        absent: () => shareOf(server(), { sharePath: "/missing" }),
        unreachable: () => shareOf(server(), { smbPort: 9 }),
        secrets: ["a-wrong-password"],
      },
    });
  },
  { encryption: true },
);

blockSuite({
  type: SmbShare,
  sample: {
    sharePath: "/data/flows",
    smbHost: "files.acme.example",
    smbPort: 4450,
    smbUsername: "ACME\\ada",
    smbPassword: "a-share-password",
  },
  wire: {
    share_path: "/data/flows",
    smb_host: "files.acme.example",
    smb_port: 4450,
    smb_username: "ACME\\ada",
    smb_password: "a-share-password",
  },
});
