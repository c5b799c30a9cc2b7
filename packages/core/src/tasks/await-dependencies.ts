/** Waits until what a call depends on is done, and says whether the call may run. */
import type { Dependencies, Dependency } from "../futures/dependencies.ts";
import { futureInternals } from "../futures/task-future.ts";
import { UpstreamTaskError } from "../states/run-errors.ts";
import { State } from "../states/state.ts";

/** Calls `proceed` when every future is done; at once if they are. */
export function whenDependenciesDone(dependencies: Dependencies, proceed: () => void): void {
  if (dependencies.lists.length > 0) {
    void completeLists(dependencies).then(() => whenFuturesDone(dependencies.futures, proceed));
  } else {
    whenFuturesDone(dependencies.futures, proceed);
  }
}

/** The dependency that forbids the call: it did not complete and was not allowed to fail. */
export function failedDependency(dependencies: Dependencies): Dependency | undefined {
  const { peek } = futureInternals();
  return dependencies.futures.find(({ future, mayFail }) => !mayFail && !peek(future).isCompleted());
}

/** The state of a run that may not run: Pending, named NotReady. */
export function notReadyState(dependency: Dependency): State {
  const { future } = dependency;
  const upstream = futureInternals().peek(future);
  const message = `Upstream task run ${future.taskRunName} (${future.taskRunId}) did not complete; it is ${upstream}`;
  const cause = upstream.data?.kind === "error" ? upstream.data.error : undefined;
  const error = new UpstreamTaskError(message, { cause, details: { taskRunId: future.taskRunId } });
  return new State({ type: "PENDING", name: "NotReady", message, data: { kind: "error", error } });
}

function whenFuturesDone(futures: readonly Dependency[], proceed: () => void): void {
  const { isDone, onDone, markObserved } = futureInternals();
  let open = 1;
  const settled = (): void => {
    open -= 1;
    if (open === 0) proceed();
  };
  for (const { future } of futures) {
    markObserved(future);
    if (isDone(future)) continue;
    open += 1;
    onDone(future, settled);
  }
  settled();
}

/** Waits for lazy lists to know all their futures and adds these to the dependencies. */
async function completeLists(dependencies: Dependencies): Promise<void> {
  for (const { list, mayFail } of dependencies.lists.splice(0)) {
    await list.wait();
    for (const future of list.known()) dependencies.futures.push({ future, mayFail });
  }
}
