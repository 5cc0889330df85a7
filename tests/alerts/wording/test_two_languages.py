"""Each school writes in its own language, and a message in Welsh is in Welsh from end to end."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.alert import EVERYBODY, HEAD, NOW, SCHOOL, raised, verdict

from alerts.instant.escalation import WAIT, next_step
from alerts.links import Links
from alerts.next_date import Means
from alerts.notices.surge import Talk, surge_messages
from alerts.notices.upkeep import Missing, notice_messages, terms_messages
from alerts.wording.alert_mail import escalated, outbox
from data.register.calendar import Calendar
from data.types import Escalation, OutboxMessage, Route, School, Severity

LONDON = ZoneInfo("Europe/London")
MAESTEG = replace(SCHOOL, urn="900002", name="Ysgol Enghraifft", nation="wales", language="cy")
MEANS = Means(links=Links("https://schoolgate.example.sch.uk", bytes(32)), chats=frozenset({"head", "dsl"}))
ENGLISH = re.compile(
    r"\b(the|and|of|is|are|was|were|with|you|your|this|that|have|has|been|from|nobody|need|needs|not|ring|at|read|open|matter)\b",
    re.I,
)
NOT_OURS = re.compile(r"(?m)^ +schoolgate .*$|schoolgate [a-z].*$|https://\S+")


def alert_messages(school: School) -> Sequence[OutboxMessage]:
    routes = (Route.SAFEGUARDING, Route.POLICE_NOW, Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT)
    alerts = [replace(raised(verdict(route)), urn=school.urn) for route in routes]
    again = replace(alerts[0], times=2)
    threat = replace(alerts[1], audience=("deputy", "head", "dsl"))
    return [
        *(m for a in (*alerts, again) for m in outbox(a, EVERYBODY, school, NOW, MEANS)),
        *outbox(threat, EVERYBODY, school, NOW, MEANS, targets=frozenset(("head",))),
    ]


def escalations(school: School) -> Sequence[OutboxMessage]:
    alert = replace(raised(verdict(severity=Severity.THIS_HOUR)), urn=school.urn)
    made: list[Escalation] = []
    found: list[OutboxMessage] = []
    now = NOW
    while step := next_step(alert, made, EVERYBODY, school, now := now + WAIT):
        found += escalated(alert, made, step, EVERYBODY, school, MEANS)
        made.append(step)
    return found


def surges(school: School) -> Sequence[OutboxMessage]:
    talk = Talk(NOW, 23, 4.0, 3, ("facebook", "mumsnet", "google_news"), ())
    quiet = replace(talk, usual=0.0, stories=1)
    return [m for t in (talk, quiet) for m in surge_messages(t, school, EVERYBODY, Calendar(), LONDON, NOW)]


def notices(school: School) -> Sequence[OutboxMessage]:
    missing = Missing("our-page", "Oakfield", NOW, notice="999")
    both = (missing, replace(missing, was_there=False))
    return [m for one in both for m in notice_messages(one, school, EVERYBODY, LONDON, NOW)]


def terms_that_end(school: School) -> Sequence[OutboxMessage]:
    last = NOW.date() + timedelta(days=21)
    return terms_messages([school], last, HEAD, Calendar(), LONDON, NOW, Links())


Maker = Callable[[School], Sequence[OutboxMessage]]
MAKERS: list[Maker] = [alert_messages, escalations, surges, notices, terms_that_end]


def english_in(message: OutboxMessage) -> list[str]:
    """The English words of a message, commands and addresses left out."""
    return ENGLISH.findall(NOT_OURS.sub("", f"{message.subject}\n{message.body}"))


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_a_message_of_a_school_in_welsh_holds_no_english(make: Maker) -> None:
    found = make(MAESTEG)
    assert found
    assert not {word for message in found for word in english_in(message)}


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_the_same_message_of_a_school_in_english_is_english(make: Maker) -> None:
    assert all(english_in(message) for message in make(SCHOOL))


@pytest.mark.parametrize("make", MAKERS, ids=lambda make: make.__name__)
def test_somebody_of_two_schools_gets_each_ones_messages_in_its_language(make: Maker) -> None:
    of_both = [m for school in (SCHOOL, MAESTEG) for m in make(school) if m.person_id == HEAD.id]
    assert {m.urn for m in of_both if english_in(m)} == {SCHOOL.urn}
    assert {m.urn for m in of_both if not english_in(m)} == {MAESTEG.urn}
