"""Tasks in the background: delayed by one process, run by a task worker in another, awaited by their futures."""

import os
import sys

# Prefect's task worker can deadlock with itself when a task's thread starts the log service, holding the lock of all
# services, while the event loop waits for that lock to emit an event (seen in 3.8.8). Other programs observe logs.
os.environ["PREFECT_LOGGING_TO_API_ENABLED"] = "false"

from observed import client, process, report, until
from prefect import task
from prefect.task_worker import serve


@task(name="compat-background", persist_result=True)
def background(value):
    return value * 2


@task(name="compat-background-fails", retries=1, retry_delay_seconds=0, persist_result=True)
def fails():
    raise ValueError("on purpose")


def observe():
    early = background.delay(4)
    with process(__file__, "serve"):
        late, failing = background.delay(5), fails.delay()
        for future in (early, late, failing):
            future.wait(timeout=60)
        runs = [ended(future) for future in (early, late, failing)]
        report(
            results=[run.state.result() for run in runs[:2]],
            states=[run.state_name for run in runs],
            counts=[run.run_count for run in runs],
            loose=[run.flow_run_id for run in runs],
        )


def ended(future):
    """Its task run; a future hears of the end by an event, which may be before the server has recorded it."""

    def look():
        with client() as api:
            run = api.read_task_run(future.task_run_id)
        return run if run.state is not None and run.state.is_final() else None

    return until("ended background task", look)


if __name__ == "__main__":
    serve(background, fails) if sys.argv[1:] == ["serve"] else observe()
