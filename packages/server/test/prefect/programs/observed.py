"""What programs say about a server: facts as one JSON line, read back through Prefect's own client."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from functools import cache
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId, FlowRunFilterId, LogFilter, LogFilterFlowRunId
from prefect.client.schemas.sorting import LogSort


def report(**facts):
    """Prints the facts; the test reads the last line of a program's output."""
    print(json.dumps(facts, default=str), flush=True)


def until(what, look, seconds=60.0, pause=0.2):
    """Gives the first truthy answer of `look`; an error that says `what` was awaited when there is none in time."""
    end = time.monotonic() + seconds
    while not (answer := look()):
        if time.monotonic() > end:
            raise TimeoutError(f"There was no {what} within {seconds} s.")
        time.sleep(pause)
    return answer


@cache
def opened():
    return get_client(sync_client=True).__enter__()


@contextmanager
def client():
    """The program's only client: to make one costs more than ten questions."""
    yield opened()


def flow_run(run_id):
    with client() as api:
        return api.read_flow_run(UUID(str(run_id)))


def runs_of(deployment_id):
    with client() as api:
        return api.read_flow_runs(
            flow_run_filter=FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[deployment_id])), limit=50
        )


def reached(run_id, *names, seconds=60.0):
    """Waits until a flow run is in one of the named states."""

    def look():
        run = flow_run(run_id)
        return run if run.state_name in names else None

    return until(f"flow run {run_id} in {' or '.join(names)}", look, seconds)


def state_names(run_id):
    """The names of all states a flow run was in, but for those that a slow machine adds."""
    with client() as api:
        states = api.request("GET", "/flow_run_states/", params={"flow_run_id": str(run_id)}).json()
    return [state["name"] for state in states if state["name"] not in ("Late", "InfrastructurePending")]


def task_runs(run_id, count, types=("COMPLETED", "FAILED", "CRASHED")):
    """A flow run's task runs by name, when so many have ended."""

    def look():
        with client() as api:
            runs = api.read_task_runs(
                flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[UUID(str(run_id))])), limit=200
            )
        ended = [run for run in runs if run.state_type is not None and run.state_type.value in types]
        return ended if len(ended) == count else None

    return sorted(until(f"{count} ended task runs", look), key=lambda run: run.name)


def log_messages(run_id, *expected):
    """A flow run's log messages, when all the expected ones are there."""

    def look():
        with client() as api:
            logs = api.read_logs(
                LogFilter(flow_run_id=LogFilterFlowRunId(any_=[UUID(str(run_id))])), sort=LogSort.TIMESTAMP_ASC
            )
        messages = [log.message for log in logs]
        return messages if all(message in messages for message in expected) else None

    return until(f"log messages {expected}", look)


@contextmanager
def process(*arguments, output=os.devnull):
    """A Python process that is interrupted at the end as a user's Ctrl-C does, and killed if that does not end it."""
    with open(output, "w") as stdout:
        child = subprocess.Popen(
            [sys.executable, *arguments],
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=stdout,
            stderr=sys.stderr,
        )
    try:
        yield child
    finally:
        child.send_signal(signal.SIGINT)
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            raise
