from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from alerts.links import Links
from alerts.next_date import Means
from alerts.wording.alert_mail import outbox
from alerts.wording.lag import Lag, Seen, Why
from data.types import Alert, OutboxMessage, Person, Role, Route, School, Severity, Via

ZONE = ZoneInfo("Europe/London")
LONDON = Means(ZONE)
FRIDAY_10 = datetime(2026, 11, 20, 10, 2, tzinfo=UTC)
SCHOOL = School("900001", "Oakfield Primary School")
PEOPLE = (Person("pike", "Robin Pike", (Role.DSL,)), Person("vane", "Noor Vane", (Role.DEPUTY_DSL,)))
ALERT = Alert(
    id="0042ab9f00112233",
    story_id="story-1",
    urn="900001",
    severity=Severity.THIS_HOUR,
    route=Route.SAFEGUARDING,
    content_class="C10",
    restricted=True,
    audience=("pike", "vane"),
    excluded=(),
    because=(),
    raised_at=FRIDAY_10,
    number="482913",
)


any_moment = st.integers(0, 365 * 24 * 60).map(lambda minutes: FRIDAY_10 + timedelta(minutes=minutes))


def messages(alert: Alert = ALERT, now: datetime = FRIDAY_10, school: School = SCHOOL) -> tuple[object, ...]:
    return outbox(alert, PEOPLE, school, now, LONDON)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"severity": Severity.TODAY},
        {"route": Route.POLICE_NOW, "restricted": False, "content_class": "C6"},
        {"route": Route.PLATFORM_REPORT, "restricted": False, "severity": Severity.TODAY, "times": 2},
        {
            "route": Route.REQUEST_REMOVAL,
            "restricted": False,
            "severity": Severity.TODAY,
            "audience": ("vane",),
        },
    ],
    ids=["safeguarding_hour", "safeguarding_today", "police", "platform_again", "request_alone"],
)
def test_the_words_of_an_alert(changes: dict[str, object], snapshot: SnapshotAssertion) -> None:
    found = outbox(replace(ALERT, **changes), PEOPLE, SCHOOL, FRIDAY_10, LONDON)  # type: ignore[arg-type]
    assert "\n---\n".join(f"{m.subject}\n\n{m.body}" for m in found) == snapshot


def test_the_way_to_read_a_restricted_matter_names_the_reader() -> None:
    bodies = [m.body for m in outbox(ALERT, PEOPLE, SCHOOL, FRIDAY_10, LONDON)]
    for person, body in zip(("pike", "vane"), bodies, strict=True):
        assert f"schoolgate alerts show {ALERT.number} --restricted --as {person} --reason" in body


def test_one_message_a_person_in_the_order_of_asking() -> None:
    assert [m.person_id for m in outbox(ALERT, PEOPLE, SCHOOL, FRIDAY_10, LONDON)] == [
        "pike",
        "vane",
    ]


def test_no_audience_no_messages() -> None:
    assert messages(replace(ALERT, audience=())) == ()


def test_keys_are_stable_and_change_when_it_is_raised_again() -> None:
    keys = {m.key for m in outbox(ALERT, PEOPLE, SCHOOL, FRIDAY_10, LONDON)}
    later = {m.key for m in outbox(ALERT, PEOPLE, SCHOOL, FRIDAY_10 + timedelta(hours=1), LONDON)}
    again = {m.key for m in outbox(replace(ALERT, times=2), PEOPLE, SCHOOL, FRIDAY_10, LONDON)}
    assert keys == later
    assert not keys & again


def test_danger_says_999_first_and_otherwise_at_the_end() -> None:
    urgent, calm = (
        outbox(replace(ALERT, severity=s), PEOPLE, SCHOOL, FRIDAY_10, LONDON)[0].body
        for s in (Severity.THIS_HOUR, Severity.TODAY)
    )
    assert "ring 999 first" in urgent
    assert "ring 999 first" not in calm
    assert calm.rstrip().endswith("If a child is in danger, ring 999.")


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_name_can_add_a_header_or_a_line(school: str, person: str) -> None:
    people = (Person("pike", person, (Role.DSL,)),)
    named = replace(SCHOOL, name=school)
    plain = outbox(replace(ALERT, audience=("pike",)), PEOPLE, SCHOOL, FRIDAY_10, LONDON)[0]
    (found,) = outbox(replace(ALERT, audience=("pike",)), people, named, FRIDAY_10, LONDON)
    assert len(found.subject.splitlines()) == 1
    assert found.body.count("\n") == plain.body.count("\n")


@given(any_moment)
def test_what_waits_is_due_within_five_days_and_expires_a_day_later(now: datetime) -> None:
    calm = replace(ALERT, severity=Severity.TODAY, route=Route.PLATFORM_REPORT)
    for message in outbox(calm, PEOPLE, SCHOOL, now, LONDON):
        assert now <= message.due_at <= now + timedelta(days=5)
        assert message.expires_at - message.due_at == timedelta(hours=24)


def at(person: str, via: Via, found: Sequence[OutboxMessage]) -> OutboxMessage:
    return next(m for m in found if (m.person_id, m.via) == (person, via))


PAGES = Means(ZONE, links=Links("https://schoolgate.example.org", b"s" * 32), chats=frozenset({"pike"}))


def test_the_page_of_each_message_is_named_in_it() -> None:
    for message in outbox(ALERT, PEOPLE, SCHOOL, FRIDAY_10, PAGES):
        assert PAGES.links.page(ALERT.story_id, message.person_id, message.due_at) in message.body


def test_everybody_has_a_link_of_their_own() -> None:
    found = outbox(ALERT, PEOPLE, SCHOOL, FRIDAY_10, PAGES)
    pages = {m.person_id: PAGES.links.page(ALERT.story_id, m.person_id, m.due_at) for m in found}
    assert len(set(pages.values())) == len(pages) == 2


def test_with_a_page_the_words_are_these(snapshot: SnapshotAssertion) -> None:
    found = outbox(ALERT, PEOPLE, SCHOOL, FRIDAY_10, PAGES, Seen(lag=Lag(Why.EVERY, 900.0)))
    assert "\n---\n".join(f"{m.via.value}: {m.subject}\n\n{m.body}" for m in found) == snapshot


def test_a_chat_message_goes_only_to_those_who_have_a_chat_and_beside_the_mail() -> None:
    found = outbox(ALERT, PEOPLE, SCHOOL, FRIDAY_10, PAGES)
    assert [(m.person_id, m.via) for m in found] == [
        ("pike", Via.MAIL), ("pike", Via.CHAT), ("vane", Via.MAIL),
    ]  # fmt: skip


@pytest.mark.parametrize("links", [Links(), PAGES.links], ids=["no_pages", "pages"])
def test_a_chat_message_is_one_line_with_the_number_and_names_nobody(links: Links) -> None:
    found = outbox(ALERT, PEOPLE, SCHOOL, FRIDAY_10, replace(PAGES, links=links))
    said = at("pike", Via.CHAT, found).body
    assert len(said.splitlines()) == 1
    assert "482913" in said
    assert ("https://" in said) == (links.base_url is not None)
    assert not [word for word in ("Oakfield", "Pike", "Vane", ALERT.id[:6]) if word in said]


def test_without_pages_the_command_is_left() -> None:
    body = outbox(ALERT, PEOPLE, SCHOOL, FRIDAY_10, LONDON)[0].body
    assert "http" not in body
    assert f"schoolgate alerts ack {ALERT.number} --as pike" in body
    assert body.index("schoolgate alerts") > body.index("By: ")


def test_raised_again_for_whatever_reason_it_says_only_that_it_has_changed() -> None:
    (first, _) = outbox(replace(ALERT, times=2), PEOPLE, SCHOOL, FRIDAY_10, LONDON)
    assert first.subject == (
        "Safeguarding matter 482913: read now. It has changed. If anyone is in danger ring 999"
    )


def test_a_message_knows_how_often_its_alert_was_raised() -> None:
    assert {m.times for m in outbox(replace(ALERT, times=3), PEOPLE, SCHOOL, FRIDAY_10, PAGES)} == {3}


def test_that_somebody_may_be_in_danger_is_read_before_how_to_take_it() -> None:
    (body, *_) = (m.body for m in outbox(ALERT, PEOPLE, SCHOOL, FRIDAY_10, LONDON))
    assert body.index("ring 999 first") < body.index("Please open it now")


def test_no_short_message_goes_where_its_subject_reads_it_too() -> None:
    beside = {"vane": frozenset({"holt"}), "holt": frozenset({"vane"})}
    means = Means(ZONE, chats=frozenset({"pike", "vane", "holt"}), beside=beside)

    def chatted(alert: Alert) -> list[str]:
        return [m.person_id for m in outbox(alert, PEOPLE, SCHOOL, FRIDAY_10, means) if m.via is Via.CHAT]

    assert chatted(ALERT) == ["pike", "vane"]
    assert chatted(replace(ALERT, excluded=("holt",))) == ["pike"]


THREAT = replace(ALERT, route=Route.POLICE_NOW, content_class="C6", restricted=False)
AIMED_AT_VANE = frozenset(("vane",))


def test_whom_it_threatens_is_told_what_concerns_them_and_asked_for_nothing(
    snapshot: SnapshotAssertion,
) -> None:
    means = replace(PAGES, chats=frozenset(("vane",)))
    found = outbox(THREAT, PEOPLE, SCHOOL, FRIDAY_10, means, targets=AIMED_AT_VANE)
    theirs = [m for m in found if m.person_id == "vane"]
    assert "\n---\n".join(f"{m.via.value}: {m.subject}\n\n{m.body}" for m in theirs) == snapshot
    for message in theirs:
        assert "decide" not in message.body
        assert "schoolgate alerts" not in message.body
        assert ("/m/" in message.body) == (message.via is Via.MAIL)
        assert "ring 999" in message.body


def test_who_is_not_threatened_is_asked_as_ever() -> None:
    without, with_target = (
        outbox(THREAT, PEOPLE, SCHOOL, FRIDAY_10, PAGES, targets=t) for t in (frozenset[str](), AIMED_AT_VANE)
    )
    assert [m for m in without if m.person_id == "pike"] == [m for m in with_target if m.person_id == "pike"]
    assert [m.key for m in without] == [m.key for m in with_target]


def test_whoever_comes_first_acts_even_if_it_threatens_them() -> None:
    first = outbox(THREAT, PEOPLE, SCHOOL, FRIDAY_10, PAGES, targets=frozenset(("pike",)))[0]
    assert first.person_id == "pike"
    assert "If nobody is in danger now: read it, then ring 101." in first.body
