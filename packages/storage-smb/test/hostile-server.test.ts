import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { SmbShare } from "../src/index.ts";
import { SessionKeys } from "../src/protocol/session-keys.ts";
import { SmbConnection } from "../src/protocol/smb-connection.ts";
import { SmbConnectionError } from "../src/protocol/smb-status.ts";
import { numbersFrom } from "./hostile-bytes.ts";

describe("a server that means no good", () => {
  it("cannot send our own signed request back as its answer", async () => {
    const port = await startServer((socket) => socket.pipe(socket));
    const connection = await SmbConnection.open("127.0.0.1", port);
    const keys = new SessionKeys(Buffer.alloc(16, 1), Buffer.alloc(64, 2), undefined);
    connection.protect({ keys, sessionId: 7n, isEncrypted: false });
    await expect(connection.exchange({ command: "close", body: Buffer.alloc(24) })).rejects.toBeInstanceOf(
      SmbConnectionError,
    );
    expect(connection.isUsable).toBe(false);
  });

  it("gets a typed error for whatever it says", async () => {
    const numbers = numbersFrom(3);
    const port = await startServer((socket) => {
      socket.once("data", () => {
        const length = numbers.next().value % 400;
        const packet = Buffer.from(Array.from({ length }, () => numbers.next().value % 256));
        // Most begin as they should, so that what follows is looked at.
        if (length > 64 && length % 5 !== 0) {
          packet.writeUInt32LE(0x424d53fe, 0);
          packet.fill(0, 4, 64);
          packet.writeUInt32LE(1, 16);
        }
        const head = Buffer.alloc(4);
        head.writeUInt32BE(packet.length);
        socket.end(Buffer.concat([head, packet]));
      });
    });
    const fields = { smbHost: "127.0.0.1", smbPort: port, sharePath: "/data" };
    for (let round = 0; round < 100; round += 1) {
      const share = new SmbShare({ ...fields, smbUsername: "ada", smbPassword: "a-password" });
      await expect(share.read("file")).rejects.toMatchObject({ code: "FILE_SYSTEM" });
    }
  });
});

/** Ends with the test; gives its port. */
async function startServer(onConnection: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    onConnection(socket);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    server.close();
    await once(server, "close");
  });
  return (server.address() as AddressInfo).port;
}
