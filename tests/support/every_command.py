"""The commands there are, and one of them run as a shell would run it."""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from functools import cache

import pytest
from typer.main import get_command

from monitor.cli.app import app
from monitor.terminal import program as errors


@cache
def tree():
    """Made once: making it takes longer than most commands."""
    return get_command(app)


def leaves(group=None, words=()):
    """(words, command) of every command there is."""
    for name, command in (group or tree()).commands.items():
        if hasattr(command, "commands"):
            yield from leaves(command, (*words, name))
        if getattr(command, "invoke_without_command", True):
            yield (*words, name), command


def ended(words, typed=""):
    """The exit code, standard output and standard error."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(typed.encode(errors="replace"))))
        with pytest.raises(SystemExit) as end:
            errors.run_app(lambda: tree()(list(words), prog_name="schoolgate"))
    return end.value.code, out.getvalue(), err.getvalue()
