"""What must hold of the mails of any week, whatever its plot: asked of those that came at one moment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from data.judged import is_danger
from data.store.alerts import list_alerts
from data.words.say import words
from monitor.matters.reader import Reader
from monitor.matters.searching import alerts_listed

if TYPE_CHECKING:
    from benchmarks.week.life import Life, Mail

_W = words("en")
_HELLO = tuple(_W(f"digest.greeting.{part}") for part in ("morning", "afternoon", "evening"))
_DANGER = {_W(f"digest.heading.{key}") for key in ("grave", "grave_taken")} | {_W("desk.today.danger_to_you")}
_RING = _W("digest.ring")
_FIRST_LINE = re.compile(r"^(?:\d+\.|-) ", re.M)


def faults(life: Life, mails: list[Mail]) -> Iterator[str]:
    """Each digest whose reader may know of an open danger with which it does not begin, and each mail on a
    matter to somebody whom that may accuse."""
    config = life.service.context.config
    with life.store.open_reader() as con:
        alerts = list_alerts(con, open_only=False)
        for mail in mails:
            said = f"{mail.at:%a %d %H:%M}, {mail.to}, “{mail.subject}”"
            if any(a.number in mail.subject + mail.plain for a in alerts if mail.to in a.excluded):
                yield f"{said}: it is about what may accuse them."
            (person,) = (p for p in config.people if p.id == mail.to)
            if not any(hello in mail.plain for hello in _HELLO) or first_heading(mail.plain) in _DANGER:
                continue
            if any(map(is_danger, alerts_listed(con, Reader(config, life.store, person), life.tale.now))):
                yield f"{said}: the danger is not first."


def first_heading(plain: str) -> str:
    """The heading over the first line of a digest; "" where it has none."""
    first = _FIRST_LINE.search(plain)
    above = [line for line in plain[: first.start()].splitlines() if line.strip("= ")] if first else []
    above = above[:-1] if above and above[-1] == _RING else above
    return above[-1] if above else ""
