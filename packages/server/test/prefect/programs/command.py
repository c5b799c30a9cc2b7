"""The `prefect` command in this process: every process of its own would spend two seconds on imports."""

import contextlib
import copy
import functools
import io
import json
import sys
from dataclasses import dataclass

from prefect.logging import configuration

# A process reads it once; the command of this one would do so every time, which is most of what it does.
configured = functools.cache(configuration.load_logging_config)
configuration.load_logging_config = lambda path: copy.deepcopy(configured(path))


@dataclass
class Ran:
    code: int
    output: str

    @property
    def json(self):
        return json.loads(self.output)


def prefect(*arguments):
    """Runs `prefect …` as its entry point does and gives its exit code and output."""
    from prefect.cli import app

    given, sys.argv = sys.argv, ["prefect", *arguments]
    output, code = io.StringIO(), 0
    try:
        with contextlib.redirect_stdout(output):
            app()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(bool(end.code))
    finally:
        sys.argv = given
    if code:
        print(f"prefect {' '.join(arguments)} ended with {code}:\n{output.getvalue()}", file=sys.stderr)
    return Ran(code, output.getvalue())
