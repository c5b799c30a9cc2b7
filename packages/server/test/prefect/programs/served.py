"""flow.serve(): scheduled runs, run_deployment inside a flow, cancellation by the command; shutdown pauses deployments."""

import sys
import time
from datetime import datetime, timedelta, timezone
from uuid import UUID

from command import prefect
from observed import client, process, reached, report, runs_of, state_names, task_runs, until
from prefect import flow, serve
from prefect.deployments import run_deployment
from prefect.runtime import flow_run as this_run
from prefect.schedules import Interval


@flow(name="compat-ticking")
def ticking():
    return None


@flow(name="compat-greeting")
def greeting(name: str, mark: str = "."):
    return f"hello {name}{mark}"


@flow(name="compat-sleeping")
def sleeping():
    time.sleep(60)


def serve_all():
    soon = Interval(timedelta(hours=1), anchor_date=datetime.now(timezone.utc) + timedelta(seconds=10))
    serve(
        ticking.to_deployment(name="hourly", schedule=soon, tags=["ticks"]),
        greeting.to_deployment(name="by-name", parameters={"name": "nobody", "mark": "!"}),
        sleeping.to_deployment(name="long"),
    )


@flow(name="compat-calls-deployment")
def calls_deployment():
    run = run_deployment("compat-greeting/by-name", parameters={"name": "you"}, poll_interval=0.5, timeout=60, tags=["sent"])
    return run, this_run.id


def deployment(name):
    def look():
        with client() as api:
            found = api.request("POST", "/deployments/filter", json={"deployments": {"name": {"any_": [name]}}}).json()
        return found[0] if found else None

    return until(f"deployment {name}", look)


def ticks(identifier):
    return [run for run in runs_of(identifier) if run.auto_scheduled]


def hours_between(first, second):
    return round((second.expected_start_time.timestamp() - first.expected_start_time.timestamp()) / 3600, 6)


def observe():
    with process(__file__, "serve"):
        hourly = deployment("hourly")
        deployment("long")
        cancelled = run_deployment("compat-sleeping/long", timeout=0)
        called, caller_id = calls_deployment()
        tracking = task_runs(caller_id, 1)[0]
        refused = None
        try:
            run_deployment("compat-greeting/by-name", parameters={"name": 1}, timeout=0)
        except Exception as error:
            refused = type(error).__name__
        reached(cancelled.id, "Running")
        cancel = prefect("flow-run", "cancel", str(cancelled.id))
        stopped = reached(cancelled.id, "Cancelled")
        identifier = UUID(hourly["id"])
        tick = until("completed scheduled run", lambda: [one for one in ticks(identifier) if one.state_name == "Completed"])[0]
        upcoming = [one for one in ticks(identifier) if one.state_name == "Scheduled"]
    after = deployment("hourly")
    report(
        tick={
            "tags": sorted(tick.tags),
            "created_by": tick.created_by.type,
            "states": state_names(tick.id),
            "hours_later": sorted(hours_between(tick, one) for one in upcoming)[:2],
        },
        called={
            "state": called.state_name,
            "parameters": called.parameters,
            "tags": sorted(called.tags),
            "parent": str(called.parent_task_run_id) == str(tracking.id),
            "tracking_state": tracking.state_name,
            "states": state_names(called.id),
        },
        refused=refused,
        cancelled={"code": cancel.code, "state": stopped.state_name, "states": state_names(cancelled.id)},
        after={"paused": after["paused"], "scheduled": len([one for one in ticks(identifier) if one.state_name == "Scheduled"])},
    )


if __name__ == "__main__":
    serve_all() if sys.argv[1:] == ["serve"] else observe()
