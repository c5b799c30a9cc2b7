/** Blocks that a test gives the code it runs, in the place of saved ones. */
import { AsyncLocalStorage } from "node:async_hooks";

/** By reference, such as `slack-webhook/team`: the fields of a block, a block, or an object that does what one does. */
export type GivenBlocks = ReadonlyMap<string, object>;

const given = new AsyncLocalStorage<GivenBlocks>();

/** Runs `work` with these blocks: they come before those of the environment and of the history. */
export function runWithBlocks<R>(blocks: GivenBlocks, work: () => R): R {
  return given.run(blocks, work);
}

/** What the calling code is given as this block. */
export function givenBlock(reference: string): object | undefined {
  return given.getStore()?.get(reference);
}
