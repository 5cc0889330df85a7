"""That an alert did not reach somebody goes nowhere where its subject reads it."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

from builders.alert import DSL, EVERYBODY, HEAD, NOW, SCHOOL, raised, verdict
from builders.mention import a_message

from alerts.delivery.failure import Circle, Lost, urgent_message
from alerts.links import Links
from data.types import About, Via

ALERT = raised(verdict(about=About.HEAD))
LOST = Lost(a_message(alert_id=ALERT.id, person_id="chair"), "address_refused", ALERT, number="0007")
CIRCLE = Circle((SCHOOL,), EVERYBODY, frozenset({"dsl"}), ZoneInfo("Europe/London"))


def test_a_short_message_that_its_subject_reads_too_is_not_sent() -> None:
    assert HEAD.id in ALERT.excluded
    shared = replace(CIRCLE, beside={"dsl": frozenset({"head"}), "head": frozenset({"dsl"})})
    assert [m.via for m in urgent_message(LOST, DSL, CIRCLE, NOW)] == [Via.MAIL, Via.CHAT]
    assert [m.via for m in urgent_message(LOST, DSL, shared, NOW)] == [Via.MAIL]


def test_of_a_restricted_matter_it_says_how_long_its_link_works() -> None:
    paged = replace(CIRCLE, links=Links("https://schoolgate.example.org", b"k" * 32))
    (mail, _) = urgent_message(LOST, DSL, paged, NOW)
    assert "and again after 10 minutes. Each reading is recorded." in " ".join(mail.body.split())
    (without, _) = urgent_message(LOST, DSL, CIRCLE, NOW)
    assert "asks for a code" not in without.body
