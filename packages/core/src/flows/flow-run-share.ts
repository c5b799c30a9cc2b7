/** What the tasks of a flow run have in common, such as a pool of connections. */
import type { FlowRun } from "../runtime/flow-run.ts";
import { currentScope } from "../runtime/run-scope.ts";

export interface FlowRunShareOptions<K, V> {
  /** Called with the first use of a key in a flow run. */
  readonly open: (key: K) => V | Promise<V>;
  /** Called when the flow's function and what it submitted have ended. What it throws is logged. */
  readonly close: (value: V) => Promise<void>;
}

/**
 * One value per flow run and key, opened when it is first used and closed at the end of the flow run. A task that runs in
 * another process has the values of its own run, as has one outside a flow.
 *
 * ```ts
 * const pools = new FlowRunShare({ open: openPool, close: (pool: Pool) => pool.end() });
 * const rows = await pools.use("shop", (pool) => pool.query("select 1"));
 * ```
 */
export class FlowRunShare<K, V> {
  readonly #options: FlowRunShareOptions<K, V>;
  readonly #values = new WeakMap<FlowRun, Map<K, Promise<V>>>();

  constructor(options: FlowRunShareOptions<K, V>) {
    this.#options = options;
  }

  /** Gives the value to `work`. An `open` that failed is tried again with the next use. */
  async use<T>(key: K, work: (value: V) => Promise<T>): Promise<T> {
    const flowRun = currentScope()?.flowRun;
    if (flowRun !== undefined) return work(await this.#valueIn(flowRun, key));
    const value = await this.#options.open(key);
    try {
      return await work(value);
    } finally {
      await this.#options.close(value);
    }
  }

  #valueIn(flowRun: FlowRun, key: K): Promise<V> {
    const values = this.#values.get(flowRun) ?? new Map<K, Promise<V>>();
    this.#values.set(flowRun, values);
    const known = values.get(key);
    if (known !== undefined) return known;
    const opened = Promise.resolve(key).then(this.#options.open);
    values.set(key, opened);
    const cleanup = async (): Promise<void> => {
      flowRun.forgetCleanup(cleanup);
      values.delete(key);
      await this.#options.close(await opened);
    };
    flowRun.addCleanup(cleanup);
    opened.catch(() => {
      flowRun.forgetCleanup(cleanup);
      values.delete(key);
    });
    return opened;
  }
}
