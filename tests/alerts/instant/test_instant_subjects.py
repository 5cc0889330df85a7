"""A telephone shows 43 letters of a subject: they say the matter and what to do; and what is never said."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product

import pytest
from builders.alert import EVERYBODY, NOW, SCHOOL, raised, verdict
from hypothesis import given
from hypothesis import strategies as st

from alerts.instant.escalation import WAIT
from alerts.links import Links
from alerts.next_date import Means
from alerts.wording.alert_mail import escalated, outbox
from alerts.wording.lag import NOTHING_SEEN, Lag, Seen, Why
from alerts.wording.subject import PHONE_CHARS, Topic, subject
from data.content_class import ContentClass
from data.judged import A_PERSON_DECIDES
from data.types import About, Alert, Escalation, OutboxMessage, PressEvent, Reason, Route, Severity
from data.web.channels import CHANNELS
from data.words.say import words

PAGES = Means(
    links=Links("https://schoolgate.example.org", b"s" * 32), chats=frozenset(p.id for p in EVERYBODY)
)
THREAT = verdict(Route.POLICE_NOW, About.STAFF, abuse=("threat",))
DETAILS = verdict(Route.REQUEST_REMOVAL, abuse=("privacy",), content_class="C11")


def told(of: Alert, seen: Seen = NOTHING_SEEN, **more: object) -> list[OutboxMessage]:
    return list(outbox(of, EVERYBODY, SCHOOL, NOW, PAGES, seen, **more))  # type: ignore[arg-type]


def heading(*, of: object, channel: str) -> str:
    alert = raised(of)  # type: ignore[arg-type]
    found = told(alert, Seen(of, (channel,)))[0].subject  # type: ignore[arg-type]
    return found.replace(alert.number, "NUMBER")


def test_a_subject_says_the_matter_its_place_and_what_to_do() -> None:
    assert heading(of=THREAT, channel="local_forum") == (
        "Threat on a local forum: read now. If anyone is in danger ring 999 (NUMBER)"
    )
    assert heading(of=DETAILS, channel="facebook") == "A pupil’s details on Facebook: decide today (NUMBER)"


def test_whom_it_is_about_goes_before_its_place_where_both_are_too_long() -> None:
    posing = Topic("0007", False, "impersonation", About.SCHOOL, "school_review_site")
    assert subject(posing, words("en"), "decided?") == "False school account: decided? (0007)"


def test_a_restricted_one_says_only_that_there_is_one() -> None:
    assert heading(of=verdict(), channel="facebook") == "Safeguarding matter NUMBER: read now"


LABELS = sorted(
    {k.split(".")[2] for k in words("en").lines if k.startswith("instant.matter.")} - {"restricted"}
)


def test_matter_and_deed_stand_whole_in_what_a_telephone_shows() -> None:
    w = words("en")
    does = [w(k) for k in w.lines if k.startswith(("instant.do.", "case.do."))]
    topics = [Topic("0007", False, *at) for at in product(LABELS, About, (*CHANNELS, ""))]
    topics += [Topic("0007", event=event) for event in PressEvent] + [Topic("0007", restricted=True)]
    long = {
        s
        for t, do in product(topics, does)
        if len(s := subject(t, w, do).removesuffix(" (0007)")) > PHONE_CHARS
    }
    assert not long


def test_the_alerts_of_a_morning_are_told_apart_by_their_subjects() -> None:
    alike = [replace(raised(THREAT), number=f"10000{n}") for n in range(9)]
    assert len({told(a, Seen(THREAT, ("facebook",)))[0].subject for a in alike}) == 9


def test_a_matter_with_an_open_case_goes_by_its_number_in_every_message() -> None:
    alert = raised(THREAT)
    found = told(alert, cases=("482913", "100204"))
    found += escalated(alert, [], STEP, EVERYBODY, SCHOOL, PAGES, cases=("482913", "100204"))
    assert all("(482913)" in (m.subject or m.body) for m in found)
    assert not any(alert.number in m.subject + m.body for m in found)


STEP = Escalation("", "900001", 1, 1, "head", NOW + WAIT)
RING = replace(STEP, step=2, person_id="head", told_at=NOW + 2 * WAIT)
SEEN = st.builds(
    Seen,
    st.none()
    | st.builds(
        lambda about, abuse, route: verdict(route, about, abuse=abuse),
        st.sampled_from(About), st.sampled_from([(), ("threat",), ("sexual",), ("privacy",)]),
        st.sampled_from(Route),
    ),
    st.lists(st.sampled_from(sorted(CHANNELS)), max_size=3).map(tuple),
    st.none() | st.integers(0, 10**6).map(lambda m: NOW - timedelta(minutes=m)),
    st.builds(Lag, st.just(Why.EVERY), st.floats(60, 10**6)),
)  # fmt: skip


def everything(alert: Alert, seen: Seen) -> list[OutboxMessage]:
    made = [replace(STEP, alert_id=alert.id)]
    ring = replace(RING, alert_id=alert.id)
    return [
        *told(alert, seen, targets=frozenset({"dsl"})),
        *escalated(alert, [], made[0], EVERYBODY, SCHOOL, PAGES, seen),
        *escalated(alert, made, ring, EVERYBODY, SCHOOL, PAGES, seen),
    ]


@given(
    SEEN,
    st.sampled_from(ContentClass),
    st.sampled_from([Route.SAFEGUARDING, Route.POLICE_NOW, Route.PLATFORM_REPORT]),
    st.sampled_from([Severity.TODAY, Severity.THIS_HOUR]),
    st.none() | st.just(NOW - timedelta(days=900)),
    st.sampled_from([(), (Reason(A_PERSON_DECIDES, ""),), (Reason("perhaps_other_school", ""),)]),
)
def test_nothing_of_a_restricted_post_is_in_any_message(
    seen: Seen,
    kind: ContentClass,
    route: Route,
    severity: Severity,
    old: datetime | None,
    because: tuple[Reason, ...],
) -> None:
    plain = replace(raised(verdict(severity=severity)), route=route)
    other = replace(plain, content_class=kind, posted_at=old, because=because)
    assert [(m.subject, m.body, m.html) for m in everything(other, seen)] == [
        (m.subject, m.body, m.html) for m in everything(plain, Seen())
    ]


@pytest.mark.parametrize("of", [THREAT, DETAILS, verdict()], ids=["threat", "details", "restricted"])
def test_the_first_line_does_not_repeat_the_subject(of: object) -> None:
    (mail, *_) = told(raised(of), Seen(of, ("facebook",)))  # type: ignore[arg-type]
    for paragraph in mail.body.split("\n\n")[:3]:
        assert mail.subject.partition(":")[0].casefold() not in paragraph.casefold()


def test_the_page_says_what_the_text_says_and_has_one_button() -> None:
    (mail, *_) = told(raised(THREAT), Seen(THREAT, ("facebook",), NOW - timedelta(hours=2)))
    assert mail.html is not None
    link = PAGES.links.page("story-1", mail.person_id, NOW)
    for line in filter(None, mail.body.splitlines()):
        assert line.strip().removesuffix(":").replace("&", "&amp;") in mail.html.replace("<br>", "\n")
    assert mail.html.count("<a ") == mail.html.count(f'href="{link}"') == 1
    assert 'class="danger"' in mail.html
    assert "schoolgate alerts" not in mail.body


def test_what_is_nobodys_danger_looks_like_no_999() -> None:
    (mail, *_) = told(raised(DETAILS), Seen(DETAILS, ("facebook",)))
    assert 'class="danger"' not in (mail.html or "")
    assert "999" not in mail.subject


def test_later_mails_of_a_matter_stand_in_one_thread_with_the_first() -> None:
    alert = raised(THREAT)
    first = told(alert)[0]
    again = told(replace(alert, times=2))[0]
    (asked, *_) = escalated(alert, [], replace(STEP, person_id=first.person_id), EVERYBODY, SCHOOL, PAGES)
    assert first.thread == first.key
    assert {again.thread, asked.thread} == {first.key}
    assert len({first.key, again.key, asked.key}) == 3


NOW_SAID = Reason("said_danger_now", "Whoever handed it in says that somebody is in danger now.")


@pytest.mark.parametrize("of", [THREAT, verdict(severity=Severity.THIS_HOUR)])
def test_where_somebody_said_danger_now_every_message_by_mail_says_so_first_with_999(of) -> None:
    alert = replace(raised(replace(of, reasons=(NOW_SAID,))), warned=("it",))
    sent = (
        *told(alert, targets=frozenset(("dsl",))),
        *escalated(alert, [], _step(alert), EVERYBODY, SCHOOL, PAGES),
    )
    mails = [m for m in sent if m.subject]
    assert {m.kind for m in mails} == {"instant", "warning", "escalation"}
    for mail in mails:
        first = mail.body.split("\n\n")[1]
        assert first.startswith("Whoever brought it says that somebody is in danger now."), mail.subject
        assert "999" in first
    assert not any("says that somebody is in danger now" in m.body for m in told(raised(of)))


def _step(alert: Alert) -> Escalation:
    return Escalation(alert.id, alert.urn, alert.times, 1, "chair", NOW)


def test_of_what_was_only_said_nothing_is_told_of_how_long_it_had_been_there() -> None:
    spoken, posted = (
        told(raised(THREAT), Seen(THREAT, (channel,)))[0].body for channel in ("in_person", "local_forum")
    )
    assert "had been there" in posted
    assert "had been there" not in spoken


def test_whom_a_threat_is_aimed_at_is_led_to_a_page_of_their_own_to_answer_on() -> None:
    mail = next(m for m in told(raised(THREAT), targets=frozenset(("dsl",))) if m.person_id == "dsl")
    assert f"https://schoolgate.example.org/m/{_token(mail.body)}" in mail.body
    assert "Say that you are safe, or ask for support" in mail.body
    hidden = replace(raised(THREAT), restricted=True)
    mail = next(m for m in told(hidden, targets=frozenset(("dsl",))) if m.person_id == "dsl")
    assert "/m/" not in mail.body


def _token(body: str) -> str:
    return body.partition("/m/")[2].split()[0]
