import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { closeEngines, temporarySettings } from "@sluice/core";
import { LocalFileSystemBlock, SecretBlock } from "@sluice/core/blocks";
import { afterAll, describe, expect, it } from "vitest";
import { forecast, saveAndLoad } from "../src/docs/blocks.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

afterAll(() => closeEngines());

describe("the blocks of the documentation", () => {
  it("are saved, loaded, updated, deleted, and used by a flow", async () => {
    const home = await temporaryDirectory();
    const server = createServer((_request, response) => response.end()).listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const settings = { home, "history.mode": "memory", "logging.to_terminal": false } as const;
    await temporarySettings(settings, async () => {
      const api = await saveAndLoad(`http://127.0.0.1:${port}/`);
      expect(api).toMatchObject({ maxAgeSeconds: 600, blockName: "berlin" });
      await new SecretBlock({ value: "maps" }).save("maps-key");
      await new LocalFileSystemBlock({ basepath: home }).save("forecasts");
      expect(await forecast({ day: "monday" })).toBe("sunny on monday, says 4");
    });
    server.closeAllConnections();
    server.close();
  });
});
