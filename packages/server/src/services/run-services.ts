/** Starts services, and stops them together. */
import type { Service } from "./service.ts";
import { ServiceLoop, type ServiceLoopOptions } from "./service-loop.ts";

export interface RunningServices {
  /** Settles when each has done its first step. */
  readonly started: Promise<unknown>;
  /** Settles when no step is under way, and none will follow. */
  stop(): Promise<void>;
}

export function runServices(services: readonly Service[], options: ServiceLoopOptions): RunningServices {
  const loops = services.map((service) => new ServiceLoop(service, options));
  return {
    started: Promise.all(loops.map((loop) => loop.started)),
    stop: async () => void (await Promise.all(loops.map((loop) => loop.stop()))),
  };
}
