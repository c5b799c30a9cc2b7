"""A served run that suspends itself for input, ends its process, and goes on in another one when it is resumed."""

import sys
import time

from observed import client, process, reached, report, state_names, until
from prefect import flow, serve
from prefect.deployments import run_deployment
from prefect.flow_runs import suspend_flow_run
from prefect.input import RunInput


class Answer(RunInput):
    number: int


@flow(name="compat-suspended", persist_result=True)
def suspended():
    answer = suspend_flow_run(wait_for_input=Answer, key="question", timeout=60)
    return answer.number


@flow(name="compat-suspended-outside")
def runs_on():
    for _ in range(300):
        time.sleep(0.1)


def serve_all():
    serve(suspended.to_deployment(name="asks"), runs_on.to_deployment(name="runs-on"))


def observe():
    with process(__file__, "serve"):
        until("deployment", deployed)
        run = run_deployment("compat-suspended/asks", timeout=0)
        other = run_deployment("compat-suspended-outside/runs-on", timeout=0)
        asking = reached(run.id, "Suspended")
        with client() as api:
            keyset = asking.state.state_details.run_input_keyset
            until("schema of the input", lambda: inputs(api, run.id, keyset["schema"]))
            status = api.resume_flow_run(run.id, run_input={"number": 42}).status.value
        reached(other.id, "Running")
        suspend_flow_run(flow_run_id=other.id, timeout=60)
        outside = reached(other.id, "Suspended")
        done = reached(run.id, "Completed")
        report(
            asking={
                "type": asking.state_type.value,
                "keyset": sorted(keyset),
                "reschedules": asking.state.state_details.pause_reschedule,
            },
            resumed=status,
            result=done.state.result(),
            states=[name for name in state_names(run.id) if name not in ("Pending", "Submitting")],
            run_count=done.run_count,
            outside=outside.state_type.value,
        )


def inputs(api, run_id, key):
    return api.request("POST", f"/flow_runs/{run_id}/input/filter", json={"prefix": key}).json()


def deployed():
    with client() as api:
        return api.request("POST", "/deployments/filter", json={"deployments": {"name": {"any_": ["runs-on"]}}}).json()


if __name__ == "__main__":
    serve_all() if sys.argv[1:] == ["serve"] else observe()
