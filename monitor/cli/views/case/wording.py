"""Lines of a case's file, folded to a terminal's width; what is not known of it; a remedy as its command."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from enum import StrEnum
from textwrap import fill

from data.evidence.handed_in import FIELDS
from data.steps.acts import Remedy

_COMMANDS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "answered": ("step answered", {"rung": "--rung {}", "result": "--result {}"}),
    "asked": ("step ask", {"rung": "--rung {}", "way": "--kind {}"}),
    "capture": ("capture", {"supplied": "--file FILE"}),
    "find_host": ("host", {}),
}
"""The command of each act that has one, and how it says each field; the others are done at the desk."""


def remedy_command(remedy: Remedy) -> str | None:
    """The command that does it, None where it is done at the desk; “…” stands for what a person says."""
    if remedy.act not in _COMMANDS:
        return None
    command, fields = _COMMANDS[remedy.act]
    said = dict.fromkeys(remedy.wanted, "…") | {name: _typed(value) for name, value in remedy.values}
    facts = [form.format(said[name]) for name, form in fields.items() if name in said]
    why = ["--why “…”"] if "why" in said and "why" not in fields else []
    return " ".join(("schoolgate case", command, said["case"], *facts, "--as", remedy.person, *why))


def _typed(value: object) -> str:
    return value.replace("_", "-") if isinstance(value, StrEnum) else str(value)


WIDTH = 80
"""Characters in a line that is folded: of the narrowest terminal in which a case is to be read."""


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
