"""Concurrency limits of deployments: runs wait for a slot or are cancelled, and a slot is free again afterwards."""

import os
import sys
import tempfile
import time

from observed import client, process, reached, report, state_names, until
from prefect import flow, serve
from prefect.client.schemas.objects import ConcurrencyLimitConfig
from prefect.deployments import run_deployment
from prefect.states import Scheduled


@flow(name="compat-limited")
def limited(until_there: str = ""):
    """Holds its slot until the observer has seen what it wanted to."""
    for _ in range(1200):
        if until_there == "" or os.path.exists(until_there):
            return
        time.sleep(0.1)


def serve_all():
    serve(
        limited.to_deployment(name="waits", concurrency_limit=1),
        limited.to_deployment(
            name="cancels", concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy="CANCEL_NEW")
        ),
    )


def deployment(name):
    with client() as api:
        found = api.request("POST", "/deployments/filter", json={"deployments": {"name": {"any_": [name]}}}).json()
    return found[0] if found else None


def slots(deployment_id):
    with client() as api:
        return api.read_global_concurrency_limit_by_name(f"deployment:{deployment_id}").active_slots


def observe():
    with process(__file__, "serve"):
        until("deployment", lambda: deployment("cancels"))
        waits = deployment("waits")
        seen = os.path.join(tempfile.mkdtemp(), "seen")
        first = run_deployment("compat-limited/waits", parameters={"until_there": seen}, timeout=0)
        reached(first.id, "Pending", "Submitting", "Running")
        second = run_deployment("compat-limited/waits", timeout=0)
        waiting = reached(second.id, "AwaitingConcurrencySlot")
        reached(first.id, "Running")
        taken = slots(waits["id"])
        with client() as api:
            lease = str(api.read_flow_run(first.id).state.state_details.deployment_concurrency_lease_id or "")
        holder = run_deployment("compat-limited/cancels", parameters={"until_there": seen}, timeout=0)
        reached(holder.id, "Pending", "Submitting", "Running")
        refused = run_deployment("compat-limited/cancels", timeout=0)
        cancelled = reached(refused.id, "Cancelled")
        open(seen, "w").close()
        reached(first.id, "Completed")
        with client() as api:
            # It would wait half a minute for its next attempt.
            api.set_flow_run_state(second.id, Scheduled(), force=True)
        reached(second.id, "Completed")
        reached(holder.id, "Completed")
        report(
            limits=[deployment(name)["global_concurrency_limit"]["limit"] for name in ("waits", "cancels")],
            strategies=[(deployment(name)["concurrency_options"] or {}).get("collision_strategy") for name in ("waits", "cancels")],
            waiting={"type": waiting.state_type.value, "later": waiting.state.state_details.scheduled_time > waiting.state.timestamp},
            taken=taken,
            has_lease=len(lease) == 36,
            cancelled={"type": cancelled.state_type.value, "message": cancelled.state.message},
            # How often it is put back to wait depends on the machine.
            second_states=[name for name in state_names(second.id) if name not in ("Scheduled", "AwaitingConcurrencySlot")][-4:],
            left=until("free slot", lambda: [slots(waits["id"])]),
        )


if __name__ == "__main__":
    serve_all() if sys.argv[1:] == ["serve"] else observe()
