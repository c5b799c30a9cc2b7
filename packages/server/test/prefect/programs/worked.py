"""A process worker on a work pool: deployed by Python and by the command, run, cancelled; paused queues hold runs back."""

import os
import time

from command import prefect
from observed import client, flow_run, process, reached, report, state_names
from prefect import Flow, flow
from prefect.deployments import run_deployment

POOL = "compat-pool"
HERE = os.path.dirname(os.path.abspath(__file__))


@flow(name="compat-worked")
def worked(value: int = 1, seconds: float = 0):
    time.sleep(seconds)
    return value


def observe():
    commands = [
        prefect("work-pool", "create", POOL, "--type", "process"),
        prefect("work-queue", "create", "urgent", "--pool", POOL, "--priority", "1"),
        prefect("--no-prompt", "deploy", "worked.py:worked", "--name", "by-command", "--pool", POOL, "--work-queue", "urgent"),
    ]
    Flow.from_source(HERE, "worked.py:worked").deploy("by-python", work_pool_name=POOL, print_next_steps=False)
    commands.append(prefect("work-queue", "pause", "urgent", "--pool", POOL))
    held = run_deployment("compat-worked/by-command", parameters={"value": 5}, timeout=0)
    with process("-m", "prefect", "worker", "start", "--pool", POOL, "--name", "compat-worker", "--limit", "4"):
        done = run_deployment("compat-worked/by-python", parameters={"value": 2}, poll_interval=0.5, timeout=60)
        held_back = flow_run(held.id).state_type.value
        long = run_deployment("compat-worked/by-python", parameters={"seconds": 60}, timeout=0)
        commands.append(prefect("work-queue", "resume", "urgent", "--pool", POOL))
        released = reached(held.id, "Completed")
        reached(long.id, "Running")
        commands.append(prefect("flow-run", "cancel", str(long.id)))
        cancelled = reached(long.id, "Cancelled")
        with client() as api:
            pool = api.read_work_pool(POOL)
            workers = api.request("POST", f"/work_pools/{POOL}/workers/filter", json={}).json()
    report(
        commands=[command.code for command in commands],
        done={"state": done.state_name, "pool": done.work_pool_name, "queue": done.work_queue_name},
        labelled=[name for name in ("prefect.worker.name", "prefect.work-pool.name") if name in flow_run(done.id).labels],
        pid=bool(flow_run(done.id).infrastructure_pid),
        held=held_back,
        released={"state": released.state_name, "queue": released.work_queue_name},
        cancelled=cancelled.state_type.value,
        states=state_names(done.id),
        pool={"type": pool.type, "status": pool.status.value},
        workers=[(worker["name"], worker["status"]) for worker in workers],
    )


if __name__ == "__main__":
    observe()
