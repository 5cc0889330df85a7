"""Calling a command as typer does, at a moment of the test's choosing."""

import inspect
import sys

import pytest
import typer

from monitor.terminal import output
from monitor.terminal.groups import SharedOptions


def called(command, now=None, aside=None, **given):
    """Its exit code and what it said, a string for each time it spoke. `now` stands for its clock, `aside`
    for other names of its module."""
    module, said = sys.modules[command.__module__], []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(output, "say", said.append)  # which prints several lines too
        patched.setattr(module, "say", said.append, raising=False)
        for name, stand_in in {**({"utc_now": now} if now else {}), **(aside or {})}.items():
            patched.setattr(module, name, stand_in)
        try:
            command(*_shared(command, given), **given)
        except typer.Exit as end:
            return end.exit_code, said
    return 0, said


def _shared(command, given):
    """The options that it shares with others, taken out of what is given."""
    first = next(iter(inspect.get_annotations(command, eval_str=True).values()), None)
    if not (isinstance(first, type) and issubclass(first, SharedOptions)):
        return []
    return [first(**{name: given.pop(name) for name in [*given] if hasattr(first, name)})]
