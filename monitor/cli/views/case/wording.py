"""Lines of a case's file: folded to a terminal's width, and what is not known of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from textwrap import fill

from data.evidence.handed_in import FIELDS

WIDTH = 80
"""Characters in a line that is folded: of the narrowest terminal in which a case is to be read."""
LOCKED = "locked: nothing may name the accused teacher (section 141F)"


def folded(text: str, indent: str) -> Iterator[str]:
    """Lines of a terminal's width, each with this indent; the text's own lines stay apart."""
    for line in text.splitlines():
        yield from fill(line, WIDTH, initial_indent=indent, subsequent_indent=indent).splitlines()


SAID_OF: Mapping[str, str] = {
    "address": "its address",
    "author": "its author",
    "posted": "the time shown with it",
    "words": "its words",
    "seen_at": "when it was seen",
    "seen_by": "who saw it",
    "logged_in": "whether they were logged in",
    "supplied_by": "who handed it in",
    "came": "where it came from",
}
"""What may be known of a post that was handed in (`data.evidence.handed_in.FIELDS`)."""


def option_of(name: str) -> str:
    """The option that gives one of them: “--seen-at”."""
    return "--" + {"address": "url", "words": "words-file"}.get(name, name.replace("_", "-"))


def lacking(number: str, capture_id: str, known: Collection[str], person: str) -> Iterator[str]:
    """What is not known of a capture that was handed in, and the command that adds it once it is."""
    missing = [name for name in FIELDS if name not in known]
    if missing:
        all_of_it = len(missing) == len(FIELDS)
        names = "anything about it" if all_of_it else ", ".join(SAID_OF[name] for name in missing)
        yield from folded(f"not known: {names}", "  ")
        given = f"--adds-to {capture_id} {option_of(missing[0])} … --as {person}"
        yield f"  to add it: schoolgate case capture {number} {given}"
