"""What a mail is made of, as its server describes it: which part holds its words, and what else there is.

Nothing but that one part is ever asked for. Pictures, inline ones too, films and documents stay in the
mailbox; of them we know how many there are and of which kinds, never their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_MOST_PARTS, _DEEPEST = 200, 20
_WORDS = ("text/plain", "text/html")
_NOTHING_TO_SEE = (
    "application/pgp-signature",
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
)
_KIND = re.compile(r"[a-z0-9][a-z0-9.+-]{0,40}/[a-z0-9][a-z0-9.+-]{0,60}")


@dataclass(frozen=True, slots=True)
class MailPart:
    """One part of a mail: its number, as a server is asked for it, and what kind it says it is."""

    number: str
    kind: str
    charset: str = ""
    encoding: str = ""
    size: int = 0
    enclosed: bool = False


@dataclass(frozen=True, slots=True)
class Structure:
    """The part that holds the words, None where there is none, and the others that a person could open."""

    words: MailPart | None
    enclosed: tuple[MailPart, ...]


def structure_of(body: Sequence[object]) -> Structure:
    """What a BODYSTRUCTURE, as `imapclient` reads it, says."""
    parts = list(_parts(body, "", 0))[:_MOST_PARTS]
    said = [part for part in parts if part.kind in _WORDS and not part.enclosed]
    words = next((p for kind in _WORDS for p in said if p.kind == kind), None)
    others = (part for part in parts if part not in said and part.kind not in _NOTHING_TO_SEE)
    return Structure(words, tuple(others))


def _parts(body: Sequence[object], number: str, depth: int) -> Iterator[MailPart]:
    """The parts that are not made of others, in their order."""
    inside = body[0] if body else None
    if isinstance(inside, list):
        for n, each in enumerate(inside if depth < _DEEPEST else [], start=1):
            yield from _parts(each, f"{number}.{n}" if number else str(n), depth + 1)
    elif len(body) >= 7:
        yield _part(body, number or "1")


def _part(body: Sequence[object], number: str) -> MailPart:
    kind = f"{_low(body[0])}/{_low(body[1])}"
    at = {"text": 9, "message": 11}.get(_low(body[0]), 8) if kind != "message/external-body" else 8
    disposition = body[at] if len(body) > at else None
    enclosed = isinstance(disposition, tuple) and bool(disposition) and _low(disposition[0]) == "attachment"
    return MailPart(
        number,
        kind if _KIND.fullmatch(kind) else "application/octet-stream",
        _named(body[2], "charset"),
        _low(body[5]),
        body[6] if isinstance(body[6], int) else 0,
        enclosed or bool(_named(body[2], "name")),
    )


def _named(parameters: object, name: str) -> str:
    """The value of a parameter, "" without it."""
    given = parameters if isinstance(parameters, tuple) else ()
    pairs = zip(given[::2], given[1::2], strict=False)
    return next((_low(value) for key, value in pairs if _low(key) == name), "")


def _low(value: object) -> str:
    return value.decode("ascii", "replace").lower() if isinstance(value, bytes) else ""
