"""The words of an escalation."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from builders.alert import EVERYBODY, NOW, SCHOOL, raised, verdict
from syrupy.assertion import SnapshotAssertion

from alerts.instant.escalation import WAIT
from alerts.links import Links
from alerts.next_date import Means
from alerts.wording.alert_mail import escalated, outbox
from data.types import Escalation, OutboxMessage, Route, Severity, Via

GRAVE = raised(verdict(severity=Severity.THIS_HOUR))
PAGES = Means(
    ZoneInfo("Europe/London"),
    links=Links("https://schoolgate.example.org", b"s" * 32),
    chats=frozenset({"head", "dsl"}),
)
FIRST = Escalation(GRAVE.id, GRAVE.urn, 1, 1, "head", NOW + WAIT)
RING = Escalation(GRAVE.id, GRAVE.urn, 1, 2, "dsl", NOW + 2 * WAIT)


TO_HEAD = replace(RING, person_id="head")


def messages(step: Escalation, means: Means = PAGES, **changes: object) -> list[OutboxMessage]:
    made = [] if step.step == 1 else [FIRST]
    return list(escalated(replace(GRAVE, **changes), made, step, EVERYBODY, SCHOOL, means))


def shown(found: list[OutboxMessage]) -> str:
    return "\n---\n".join(f"{m.via.value} to {m.person_id}: {m.subject}\n\n{m.body}" for m in found)


@pytest.mark.parametrize("step", [FIRST, RING], ids=["next", "ring"])
def test_the_words_of_an_escalation(step: Escalation, snapshot: SnapshotAssertion) -> None:
    assert shown(messages(step)) == snapshot


def test_the_next_alone_is_asked_by_mail_and_by_chat() -> None:
    assert [(m.person_id, m.via) for m in messages(FIRST)] == [("head", Via.MAIL), ("head", Via.CHAT)]


def test_everybody_told_is_told_to_ring() -> None:
    mails = [m.person_id for m in messages(RING) if m.via is Via.MAIL]
    assert mails == ["dsl"]
    assert all("999" in m.body and "101" in m.body for m in messages(RING))
    assert all("999" in m.body for m in (*outbox(GRAVE, EVERYBODY, SCHOOL, NOW, PAGES), *messages(FIRST)))


@pytest.mark.parametrize("via", Via)
def test_whom_it_threatens_is_told_that_nobody_has_it_and_is_asked_for_nothing(via: Via) -> None:
    alert = replace(GRAVE, audience=("head", "dsl"))
    (told,) = [
        m
        for m in escalated(alert, [], TO_HEAD, EVERYBODY, SCHOOL, PAGES, targets=frozenset({"dsl"}))
        if (m.person_id, m.via) == ("dsl", via)
    ]
    said = told.subject or told.body
    assert "Words about you" in said
    assert "Nobody has it yet" in said
    assert "If you are in danger ring 999" in said
    assert "http" not in told.body
    assert "say that you have it" not in told.body
    if via is Via.MAIL:
        assert "asked: Jane Holt. Please ring one of them." in told.body
        assert "are asked to deal with it" not in told.body


def test_whom_it_threatens_does_not_count_as_asked() -> None:
    alert = replace(GRAVE, audience=("head", "dsl"))
    found = escalated(alert, [], TO_HEAD, EVERYBODY, SCHOOL, PAGES, targets=frozenset({"dsl"}))
    (to_the_head,) = [m for m in found if (m.person_id, m.via) == ("head", Via.MAIL)]
    assert "Asked so far: Jane Holt.\n" in to_the_head.body


def test_whom_it_threatens_is_told_once_that_nobody_has_it() -> None:
    alert = replace(GRAVE, audience=("head", "dsl"))
    found = escalated(alert, [TO_HEAD], TO_HEAD, EVERYBODY, SCHOOL, PAGES, targets=frozenset({"dsl"}))
    assert {m.person_id for m in found} == {"head"}


def test_whoever_comes_first_must_act_though_it_threatens_them() -> None:
    alert = replace(GRAVE, audience=("dsl",))
    found = escalated(alert, [], RING, EVERYBODY, SCHOOL, PAGES, targets=frozenset({"dsl"}))
    assert all("Ring 999 or 101" in (m.subject or m.body) for m in found)


def test_a_message_is_due_at_once_and_stale_a_day_later() -> None:
    for message in messages(FIRST):
        assert (message.kind, message.due_at, message.times) == ("escalation", FIRST.told_at, 1)
        assert (message.expires_at - message.due_at).total_seconds() == 86400


def test_keys_are_stable_and_each_message_has_its_own() -> None:
    keys = [m.key for m in (*messages(FIRST), *messages(RING))]
    assert len(set(keys)) == len(keys)
    assert keys == [m.key for m in (*messages(FIRST), *messages(RING))]
    assert not set(keys) & {m.key for m in messages(replace(FIRST, times=2), times=2)}


@pytest.mark.parametrize("step", [FIRST, RING], ids=["next", "ring"])
def test_without_pages_it_says_how_by_the_command(step: Escalation) -> None:
    for message in messages(step, replace(PAGES, links=Links())):
        assert "http" not in message.body
        if message.via is Via.MAIL:
            assert f"schoolgate alerts ack {GRAVE.number} --as {message.person_id}" in message.body


@pytest.mark.parametrize("step", [FIRST, RING], ids=["next", "ring"])
def test_a_chat_message_is_one_line_that_names_nobody(step: Escalation) -> None:
    for message in messages(step):
        if message.via is Via.CHAT:
            assert len(message.body.splitlines()) == 1
            assert GRAVE.number in message.body
            assert not [word for word in ("Oakfield", "Holt", "Pike") if word in message.body]


def test_of_what_may_wait_for_the_police_it_asks_the_same_as_the_alert() -> None:
    (mail, _) = messages(FIRST, route=Route.POLICE_NOW)
    assert "If nobody is in danger now: read it, then ring 101." in mail.body


def test_no_short_message_goes_where_its_subject_reads_it_too() -> None:
    means = replace(PAGES, beside={"head": frozenset({"deputy"})})
    found = messages(FIRST, means, excluded=("deputy",))
    assert [(m.person_id, m.via) for m in found] == [("head", Via.MAIL)]
