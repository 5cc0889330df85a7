"""An odd post on the school's own account: who is told, in which words, and what is not asked of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from builders.alert import CHAIR, DEPUTY, DSL, EVERYBODY, HEAD, IT, NOW, SCHOOL, raised, verdict
from builders.mention import by_labels

from alerts.instant.escalation import WAIT, next_step
from alerts.next_date import Means
from alerts.wording.alert_mail import outbox
from alerts.wording.lag import Seen
from alerts.wording.verdicts import describe, next_of_alert
from data.types import About, Escalation, Person, Role, Route, Severity, Via
from data.words.say import words

SLT = Person("slt", "Uma Croft", (Role.SLT,), "slt@example.org")
PEOPLE = (*EVERYBODY, SLT)
ODD = verdict(Route.PLATFORM_REPORT, About.SCHOOL, content_class="C14", severity=Severity.THIS_HOUR)


def test_it_and_the_leadership_are_told_at_once_at_any_hour() -> None:
    alert = raised(ODD, people=PEOPLE)
    assert set(alert.audience) == {"it", "head", "deputy", "slt"}
    night = NOW.replace(hour=2)
    assert {m.due_at for m in outbox(alert, PEOPLE, SCHOOL, night, Means())} == {night}


def test_a_matter_of_today_there_is_mailed_at_night_and_put_in_the_chat_in_the_morning() -> None:
    alert = raised(replace(ODD, severity=Severity.TODAY), people=PEOPLE)
    night = NOW.replace(hour=2)
    made = outbox(alert, PEOPLE, SCHOOL, night, Means(chats=frozenset(("it",))))
    assert {m.due_at for m in made if m.via is Via.MAIL} == {night}
    (chat,) = [m for m in made if m.via is Via.CHAT]
    assert chat.due_at > night + timedelta(hours=5)


def test_whom_the_post_accuses_is_not_told() -> None:
    accusing = by_labels(ODD, about=About.HEAD, subject_person="head", abuse=("defamation",))
    alert = raised(accusing, people=PEOPLE)
    assert set(alert.audience) == {"it", "deputy", "slt"}
    assert alert.excluded == ("head",)


def test_the_mail_says_to_take_the_account_back_and_speaks_of_no_danger() -> None:
    (mail, *_) = outbox(raised(ODD, people=PEOPLE), PEOPLE, SCHOOL, NOW, Means())
    assert "change its password" in mail.body
    assert "Somebody may be in danger" not in mail.body
    assert "ring 999 or 101" not in mail.body


def test_what_it_is_said_to_be() -> None:
    said = "Somebody else may be posting on one of the school’s own accounts"
    assert describe(ODD, words("en")) == f"{said}."
    (mail, *_) = outbox(raised(ODD, people=PEOPLE), PEOPLE, SCHOOL, NOW, Means(), Seen(ODD, ("facebook",)))
    assert f"{said}, on Facebook." in mail.body


def test_lists_and_page_ask_for_what_the_mail_asks_for() -> None:
    then = next_of_alert(raised(ODD, people=PEOPLE), words("en"))
    assert "change the password" in then
    assert "platform" not in then


def test_the_next_are_asked_but_nobody_is_told_to_ring_the_police() -> None:
    alert = raised(ODD, people=(HEAD, DEPUTY, DSL, CHAIR, IT))
    made: list[Escalation] = []
    now = NOW
    while (
        step := next_step(alert, made, (HEAD, DEPUTY, DSL, CHAIR, IT), SCHOOL, now := now + WAIT)
    ) is not None:
        made.append(step)
    assert [s.person_id for s in made] == ["dsl"]
    assert next_step(alert, made, (HEAD, DEPUTY, DSL, CHAIR, IT), SCHOOL, now + timedelta(hours=1)) is None
