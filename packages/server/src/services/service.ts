/** Work that a server does by itself, again and again. */
import type { LocalContext } from "@sluice/orchestration";
import type { Event } from "@sluice/protocol";

/** What came of a step. */
export interface ServiceReport {
  /** Whether more is to be done, so that the next step should not wait. */
  readonly hasMore?: boolean | undefined;
  /** Parts of the step that failed without failing the others: what they were about, and why. */
  readonly failures?: readonly Readonly<Record<string, unknown>>[] | undefined;
}

export interface Service {
  /** For logs and metrics, such as `scheduler`. */
  readonly name: string;
  /** How long it rests between steps, as long as nothing wakes it. */
  readonly intervalSeconds: number;
  /** Whether an event gives it something to do at once. */
  readonly isWokenBy?: ((event: Event) => boolean) | undefined;
  /** One bounded step that may be done by several processes at a time, and again after a failure. */
  readonly step: (context: LocalContext) => Promise<ServiceReport>;
}

/** How long a step took, and whether it failed. */
export interface ServiceRun {
  readonly service: string;
  readonly isFailed: boolean;
  readonly seconds: number;
}
