"""What the commands share that change `schoolgate.toml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from data.errors import InputError
from monitor.home import wiring
from monitor.terminal.output import say

if TYPE_CHECKING:
    from monitor.config.load import Config


@contextmanager
def in_terms_of(options: Mapping[str, str]) -> Iterator[None]:
    """What the rules of the file refuse is said of the option, or of the question, that gave that key."""
    from monitor.config.writing.edit import EditRefused

    try:
        yield
    except EditRefused as refused:
        said = [(next((k for k in reversed(f.path) if k in options), None), f.what) for f in refused.faults]
        if any(key is None for key, _ in said):
            raise
        told = " ".join(f"{options[str(key)]}: {what}" for key, what in said)
        raise InputError(f"{told} Nothing was changed.") from None


def which_schools(given: Sequence[str] | None, settings: Config, *, asks: bool) -> tuple[str, ...]:
    """The numbers of the schools that are meant; none where it is all of them. Raises InputError."""
    from monitor.terminal.answers import until_right

    if given:
        return tuple(dict.fromkeys(wiring.pick_urn(settings, urn) for urn in given))
    if not asks or len(settings.schools) == 1:
        return ()
    for n, one in enumerate(settings.schools, 1):
        say(f"{n:>2}  {one.name} (URN {one.urn})")
    most = len(settings.schools)
    chosen = until_right("For which of these schools, by number (all: every one)", lambda a: _some(a, most))
    return () if len(chosen) == most else tuple(settings.schools[n - 1].urn for n in chosen)


def _some(answer: str, most: int) -> tuple[int, ...]:
    from monitor.terminal.answers import numbers

    found = numbers(answer, most)
    if not found:
        raise InputError("At least one is needed, for example: 1; or: all")
    return found
