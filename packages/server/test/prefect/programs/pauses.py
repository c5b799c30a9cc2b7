"""Pauses of a running flow: resumed without and with input, refused input, expired; and messages to a run."""

import threading

from observed import client, flow_run, reached, report, state_names, until
from prefect import flow
from prefect.exceptions import FlowPauseTimeout
from prefect.flow_runs import pause_flow_run, resume_flow_run
from prefect.input import RunInput, receive_input, send_input
from prefect.runtime import flow_run as this_run

seen = {}


class Approval(RunInput):
    approved: bool
    reason: str = "none"


@flow(name="compat-paused")
def paused():
    seen["id"] = this_run.id
    pause_flow_run(timeout=60, poll_interval=1, key="first")
    approval = pause_flow_run(wait_for_input=Approval, timeout=60, poll_interval=1, key="second")
    messages = receive_input(str, timeout=60, poll_interval=1, with_metadata=False)
    return approval.approved, approval.reason, messages.next()


@flow(name="compat-pause-expired")
def expired():
    seen["expired"] = this_run.id
    try:
        pause_flow_run(timeout=1, poll_interval=1)
    except FlowPauseTimeout:
        seen["timeout"] = True
        raise


def answer():
    while "id" not in seen:
        threading.Event().wait(0.1)
    run = reached(seen["id"], "Paused")
    seen["first_key"] = run.state.state_details.pause_key
    resume_flow_run(seen["id"])
    until("second pause", lambda: flow_run(seen["id"]).state.state_details.pause_key == "second")
    with client() as api:
        refused = api.resume_flow_run(run.id, run_input={"approved": "perhaps", "reason": 3})
        seen["refused"] = refused.status.value
        seen["accepted"] = api.resume_flow_run(run.id, run_input={"approved": True, "reason": "tried"}).status.value
        seen["again"] = api.resume_flow_run(run.id).status.value
    send_input("a message", flow_run_id=run.id)


def observe():
    helper = threading.Thread(target=answer, daemon=True)
    helper.start()
    result = paused()
    helper.join(60)
    timed_out = expired(return_state=True)

    report(
        result=result,
        states=state_names(seen["id"]),
        first_key=seen["first_key"],
        resumes=[seen["refused"], seen["accepted"], seen["again"]],
        expired={"state": timed_out.type.value, "told": seen.get("timeout", False)},
    )


if __name__ == "__main__":
    observe()
