"""Concurrency limits: of tags, named slots, rates; what happens to slots at the end."""

import threading
import time

from observed import client, report
from prefect import flow, task
from prefect.concurrency.sync import concurrency, rate_limit
from prefect.futures import wait

TAG, SLOTS, RATE = "compat-tag", "compat-slots", "compat-rate"
lock = threading.Lock()
now, most = {}, {}
two_inside = threading.Event()


class Inside:
    def __init__(self, place):
        self.place = place

    def __enter__(self):
        with lock:
            now[self.place] = now.get(self.place, 0) + 1
            most[self.place] = max(most.get(self.place, 0), now[self.place])

    def __exit__(self, *_):
        with lock:
            now[self.place] -= 1


@task(tags=[TAG])
def tagged(index):
    with Inside(TAG):
        time.sleep(0.3)


@task
def slotted(index):
    with concurrency(SLOTS, occupy=1), Inside(SLOTS):
        if now[SLOTS] == 2:
            two_inside.set()
        # The first one waits for another, however long that takes to start; the rest is time for too many to come in.
        two_inside.wait(30)
        time.sleep(0.3)


@flow(name="compat-limits")
def limited():
    wait([*tagged.map(range(3)), *slotted.map(range(4))])
    start = time.monotonic()
    for _ in range(3):
        rate_limit(RATE)
    return time.monotonic() - start


def slots(name):
    with client() as api:
        return api.read_global_concurrency_limit_by_name(name).active_slots


def observe():
    with client() as api:
        api.create_concurrency_limit(tag=TAG, concurrency_limit=1)
        for name, limit, decay in ((SLOTS, 2, 0.0), (RATE, 1, 1.0)):
            api.request(
                "POST", "/v2/concurrency_limits/", json={"name": name, "limit": limit, "slot_decay_per_second": decay}
            )
    seconds = limited()
    with client() as api:
        limit = api.read_concurrency_limit_by_tag(TAG)

    missing = None
    try:
        with concurrency("compat-no-such-limit", strict=True):
            pass
    except Exception as error:
        missing = type(error).__name__

    report(
        most=most,
        waited_for_rate=seconds > 0.9,
        tag={"limit": limit.concurrency_limit, "left": slots(f"tag:{TAG}")},
        slots_left=slots(SLOTS),
        missing=missing,
    )


if __name__ == "__main__":
    observe()
