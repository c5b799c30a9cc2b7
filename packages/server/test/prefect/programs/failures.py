"""What goes wrong: retries of flows and tasks, failures, timeouts, crashes; and results from the cache."""

import time

from observed import flow_run, report, state_names, task_runs
from prefect import flow, task
from prefect.cache_policies import INPUTS
from prefect.runtime import flow_run as this_run

seen = {}


@task(retries=2, retry_delay_seconds=0)
def flaky():
    seen["task"] = seen.get("task", 0) + 1
    if seen["task"] < 3:
        raise ValueError(f"attempt {seen['task']}")
    return seen["task"]


@flow(name="compat-retried", retries=1, retry_delay_seconds=1)
def retried():
    seen["flow"] = seen.get("flow", 0) + 1
    seen["id"] = this_run.id
    if seen["flow"] == 1:
        raise RuntimeError("first attempt")
    return flaky()


@task(timeout_seconds=0.2)
def slow():
    time.sleep(2)


@task(cache_policy=INPUTS, persist_result=True)
def kept(value):
    return value


@task
def broken():
    raise ValueError("a task's fault")


@flow(name="compat-failed")
def failed():
    seen["failed"] = this_run.id
    kept(1)
    kept(1)
    slow(return_state=True)
    broken()


@flow(name="compat-crashed")
def crashed():
    seen["crashed"] = this_run.id
    raise SystemExit(3)


def observe():
    result = retried()
    state = failed(return_state=True)
    try:
        crashed()
    except BaseException:  # SystemExit, which a flow run reports and lets pass
        pass

    run, lost = flow_run(seen["id"]), flow_run(seen["crashed"])
    report(
        result=result,
        retried={"count": run.run_count, "states": state_names(run.id), "state": run.state_name},
        flaky=[(one.state_name, one.run_count, one.flow_run_run_count) for one in task_runs(run.id, 1)],
        failed={"state": state.name, "message": state.message, "states": state_names(seen["failed"])},
        failed_tasks=sorted((one.name.rsplit("-", 1)[0], one.state_name) for one in task_runs(seen["failed"], 4)),
        crashed=lost.state_type.value,
    )


if __name__ == "__main__":
    observe()
