"""Events of a program: recorded, found again by filter, and delivered live to `prefect events stream` and to futures."""

import asyncio
import json
import os
import tempfile
import threading
import uuid

from observed import client, process, report, until
from prefect import flow, task
from prefect.events import emit_event
from prefect.events.clients import get_events_subscriber
from prefect.events.filters import EventFilter, EventNameFilter
from prefect.runtime import flow_run as this_run

NAME = f"compat.happened.{uuid.uuid4().hex[:8]}"
RESOURCE = {"prefect.resource.id": "compat.thing.1", "prefect.resource.name": "one", "colour": "green"}


def found():
    with client() as api:
        answer = api.request("POST", "/events/filter", json={"filter": {"event": {"name": [NAME]}}}).json()
    return answer["events"]


@task
def nothing():
    return None


@flow(name="compat-events")
def emitting():
    nothing()
    return str(this_run.id)


async def live(run_ids, heard, ready):
    """Hears the state changes of a run as they happen."""
    names = ["prefect.flow-run.Completed", "prefect.task-run.Completed"]
    async with get_events_subscriber(filter=EventFilter(event=EventNameFilter(name=names))) as events:
        ready.set()
        async for event in events:
            related = {one.id for one in [event.resource, *event.related]}
            if any(f"prefect.flow-run.{run_id}" in related for run_id in run_ids):
                heard.append(event.event)
            if "prefect.flow-run.Completed" in heard:
                return


run_ids, heard, ready = [], [], threading.Event()
listener = threading.Thread(target=lambda: asyncio.run(asyncio.wait_for(live(run_ids, heard, ready), 20)), daemon=True)
listener.start()
ready.wait(10)
path = os.path.join(tempfile.mkdtemp(), "stream.jsonl")
with process("-m", "prefect", "events", "stream", "--format", "json", "--output-file", path):
    emitted = emit_event(NAME, resource=RESOURCE, payload={"n": 1}, related=[{"prefect.resource.id": "compat.other", "prefect.resource.role": "cause"}])
    event = until("recorded event", found)[0]
    # A stream begins with the events of the last minutes, so this one is in it whenever the stream opened.
    streamed = until("streamed event", lambda: os.path.exists(path) and [line for line in open(path) if NAME in line])
run_ids.append(emitting())
listener.join(20)

with client() as api:
    change = api.request(
        "POST",
        "/events/filter",
        json={"filter": {"any_resource": {"id": [f"prefect.flow-run.{run_ids[0]}"]}, "order": "ASC"}},
    ).json()

report(
    same=event["id"] == str(emitted.id),
    resource=event["resource"],
    payload=event["payload"],
    related=event["related"],
    received="received" in event,
    streamed=json.loads(streamed[0])["payload"],
    heard=sorted(set(heard)),
    changes=sorted({one["event"] for one in change["events"] if one["event"].split(".")[-1] in ("Pending", "Running", "Completed")}),
)
