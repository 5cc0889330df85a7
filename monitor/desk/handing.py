"""Read what somebody hands in by a form, at “Tell us” or for a case: its files, and what they know of the
post.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import islice
from threading import Lock
from typing import Any
from zoneinfo import ZoneInfo

from starlette.responses import Response

from alerts.access.offices import gives_day_code, rung_as
from data.evidence.handed_in import FIELDS, HowItCame, SaidOfPost, Whom, read_time_seen
from data.frozen import freeze
from data.ids import digest
from data.types import Person, School
from data.web.urls import visible
from data.words.say import Words
from monitor.act.report_in import to_ring
from monitor.config.load import Config
from monitor.desk.page import DeskRequest
from monitor.pipeline.supplied import files_within, unfit

_LONGEST = {"words": 15_000, "address": 2_000}
_NAME, _NAMED, _MOST_NAMED = 300, 120, 20
_A_TAP, _RECORDED = timedelta(minutes=1), (201, 303)


def file_faults(files: Sequence[bytes], names: Sequence[str], w: Words) -> list[str]:
    """Why each of these files is not kept that is not, by its name."""
    found = ((why, name) for file, name in _name_files(files, names, w) if (why := unfit(file)))
    return [w(f"tell.wrong.file_{why}", name=name) for why, name in found]


def names_within(files: Sequence[bytes], names: Sequence[str], w: Words) -> list[str]:
    """The names of the files within these, as many as are asked about; one without says in which it lies."""
    found = (
        visible(inner)[:_NAMED] or w("tell.unnamed", name=name)
        for file, name in _name_files(files, names, w)
        for inner in files_within(file)
    )
    return [*islice(found, _MOST_NAMED)]


def _name_files(files: Sequence[bytes], names: Sequence[str], w: Words) -> Iterator[tuple[bytes, str]]:
    for file, name in zip(files, (*names, *[""] * len(files)), strict=False):
        yield file, visible(name)[:_NAMED] or w("tell.a_file")


class SentOnce:
    """Answers a form that comes again within a minute, by a second tap, as it was when it was recorded."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._sent: dict[str, _Sent] = {}

    def answer(self, asking: DeskRequest, does: Callable[[], Response]) -> Response:
        """Return what was answered; a second tap waits for the first."""
        brought = [sha256(file).hexdigest() for file in asking.files]
        key = digest(asking.signed_in.session.id_hash, repr(sorted(asking.form.items())), *brought)
        with self._lock:
            recent = {k: one for k, one in self._sent.items() if asking.now - one.at < _A_TAP}
            self._sent = recent | {key: recent.get(key) or _Sent(asking.now)}
            one = self._sent[key]
        with one.lock:
            answer = one.answer or does()
            one.answer = answer if answer.status_code in _RECORDED else None
        return answer


@dataclass(slots=True)
class _Sent:
    at: datetime
    lock: Lock = field(default_factory=Lock)
    answer: Response | None = None


def read_post_facts(
    form: Mapping[str, str], people: Sequence[Person], now: datetime, zone: ZoneInfo
) -> SaidOfPost:
    """Read what a form says of a post. Raises InputError for a time that is none or still to come."""
    said = {name: form.get(name, "").strip()[: _LONGEST.get(name, _NAME)] for name in FIELDS}
    known: dict[str, Any] = {name: value for name, value in said.items() if value}
    by_name = {p.name.casefold(): p.id for p in people} | {p.id.casefold(): p.id for p in people}
    for name in {"seen_by", "supplied_by"} & known.keys():
        known[name] = by_name.get(known[name].casefold(), known[name])
    if "seen_at" in known:
        known["seen_at"] = read_time_seen(known["seen_at"], now, zone)
    if "logged_in" in known:
        known["logged_in"] = known["logged_in"] == "yes"
    if known.get("came") not in list(HowItCame):
        known.pop("came", None)
    return SaidOfPost(**known)


# Whom to ring before anybody reads what was handed in.


@freeze
class ToRing:
    """One line: what it says, and the number to ring, "" where none is known."""

    said: str
    number: str = ""

    def __str__(self) -> str:
        return f"{self.said}, {self.number}" if self.number else self.said

    @property
    def dial_number(self) -> str:
        """Return what a telephone dials, "" where the number is none by itself (“extension 204”)."""
        found = re.sub(r"[\s()./-]", "", self.number)
        return found if re.fullmatch(r"\+?\d{6,15}", found) else ""


def ring_lines(
    config: Config, school: School, about: Whom | None, w: Words, me: Person | None = None, *,
    named: bool = True,
) -> list[ToRing]:  # fmt: skip
    """List whom to ring besides 999, never oneself (`me`), by office, number and, unless not `named`, name;
    before it is said whom it is about, whom else if it is about the first."""
    first = to_ring(config, school.urn, about, me)
    other = to_ring(config, school.urn, Whom.DSL, me) if about is None else None
    asks_office = me is None or not gives_day_code(me)  # those who do may be the office
    key = "then" if len(config.schools) == 1 else "there"
    asked = [(key, first), *([("instead", other)] if first and other != first else [])]
    return [
        _line(key, person, school, w, named=named, asks_office=asks_office) for key, person in asked if person
    ]


def _line(key: str, person: Person, school: School, w: Words, *, named: bool, asks_office: bool) -> ToRing:
    office = w(f"digest.who.{rung_as(person).value}")
    office = office if office[1:2].isupper() else office[:1].lower() + office[1:]
    who = [
        office,
        *([person.name] if named else []),
        *([w("desk.tell.ring.no_number")] if asks_office and not person.phone else []),
    ]
    return ToRing(w(f"desk.tell.ring.{key}", school=school.name, who=", ".join(who)), person.phone or "")
