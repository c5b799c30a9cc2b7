"""The `prefect` command in this process: every process of its own would spend two seconds on imports."""

import contextlib
import io
import json
import sys
from dataclasses import dataclass


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
