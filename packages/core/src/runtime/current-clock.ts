/** The clock of the run that the calling code belongs to. */
import { type Clock, systemClock } from "./clock.ts";
import { currentScope } from "./run-scope.ts";

const outsideRuns = systemClock();

/** That of the current run's engine; outside any run, the system's. */
export function currentClock(): Clock {
  const scope = currentScope();
  return (scope?.taskRun ?? scope?.flowRun)?.services.clock ?? outsideRuns;
}
