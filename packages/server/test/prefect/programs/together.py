"""Programs that are no other process's program, one after another in this one: to load Prefect takes longer than they do."""

import contextlib
import importlib
import io
import json
import sys
import traceback

from prefect.events.worker import EventsWorker

# One that is started within a flow holds every later event to be about that flow.
EventsWorker.instance()

for name in sys.argv[1:]:
    printed, said = io.StringIO(), {}
    try:
        with contextlib.redirect_stdout(printed):
            importlib.import_module(name).observe()
        said["facts"] = json.loads(printed.getvalue().splitlines()[-1])
    except BaseException:  # One may fail, and even exit, without the others.
        said["error"] = traceback.format_exc()
    print(json.dumps({"program": name, **said}), flush=True)
