/** emulate: servers of GitHub's and Slack's API with state, in the process of the test. */
import { createEmulator, type SeedConfig, type ServiceName } from "emulate";
import { freePort } from "./free-port.ts";
import type { ServerDefinition } from "./test-server.ts";

export interface EmulatorOptions {
  /** What there is when it starts, as in the emulator's documentation: `tokens`, and the service by its name. */
  readonly seed?: SeedConfig | undefined;
}

/** A server of one service, which is always there. */
export function emulator(service: ServiceName): ServerDefinition<EmulatorOptions> {
  return {
    whyMissing: () => undefined,
    start: async ({ seed }) => {
      const port = await freePort();
      const running = await createEmulator({ service, port, ...(seed !== undefined && { seed }) });
      let isOpen = true;
      const stop = async (): Promise<void> => {
        if (!isOpen) return;
        isOpen = false;
        await running.close();
      };
      return { url: running.url, env: {}, stop };
    },
  };
}
