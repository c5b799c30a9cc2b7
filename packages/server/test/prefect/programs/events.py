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


def changed(run_id):
    """The names of the events of a run and its task, when all of them are there."""
    filter = {"any_resource": {"id": [f"prefect.flow-run.{run_id}"]}, "order": "ASC"}
    with client() as api:
        answer = api.request("POST", "/events/filter", json={"filter": filter}).json()
    names = {one["event"] for one in answer["events"]}
    kinds = {f"prefect.{kind}.{name}" for kind in ("flow-run", "task-run") for name in ("Pending", "Running", "Completed")}
    return sorted(kinds) if kinds <= names else None


@task
def nothing():
    return None


@flow(name="compat-events")
def emitting():
    run_ids.append(str(this_run.id))
    nothing()


async def live(run_ids, heard, ready):
    """Hears the state changes of a run as they happen."""
    names = ["prefect.flow-run.Completed", "prefect.task-run.Completed"]
    async with get_events_subscriber(filter=EventFilter(event=EventNameFilter(name=names))) as events:
        ready.set()
        async for event in events:
            related = {one.id for one in [event.resource, *event.related]}
            if any(f"prefect.flow-run.{run_id}" in related for run_id in run_ids):
                heard.append(event.event)
            if set(heard) == set(names):
                return


def streamed_lines(path):
    """The live events that the stream has written; one more is emitted, since nobody says when the stream is open."""
    emit_event(f"{NAME}.live", resource=RESOURCE, payload={"n": 2})
    return [line for line in open(path) if f"{NAME}.live" in line]


run_ids, heard, ready = [], [], threading.Event()


def observe():
    listener = threading.Thread(target=lambda: asyncio.run(asyncio.wait_for(live(run_ids, heard, ready), 60)), daemon=True)
    listener.start()
    ready.wait(60)
    path = os.path.join(tempfile.mkdtemp(), "stream.jsonl")
    with process("-m", "prefect", "events", "stream", "--format", "json", output=path):
        emitted = emit_event(NAME, resource=RESOURCE, payload={"n": 1}, related=[{"prefect.resource.id": "compat.other", "prefect.resource.role": "cause"}])
        event = until("recorded event", found)[0]
        streamed = until("streamed event", lambda: streamed_lines(path), pause=0.5)
    emitting()
    listener.join(60)

    changes = until("recorded changes of states", lambda: changed(run_ids[0]))

    report(
        same=event["id"] == str(emitted.id),
        resource=event["resource"],
        payload=event["payload"],
        related=event["related"],
        received="received" in event,
        streamed=json.loads(streamed[0])["payload"],
        heard=sorted(set(heard)),
        changes=changes,
    )


if __name__ == "__main__":
    observe()
