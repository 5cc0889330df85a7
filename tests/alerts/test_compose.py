from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from alerts.compose import outbox
from alerts.times import due_at
from data.types import Alert, Person, Role, Route, School, Severity

LONDON = ZoneInfo("Europe/London")
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
)


any_moment = st.integers(0, 365 * 24 * 60).map(lambda minutes: FRIDAY_10 + timedelta(minutes=minutes))


def messages(alert: Alert = ALERT, now: datetime = FRIDAY_10, school: School = SCHOOL) -> tuple[object, ...]:
    return outbox(alert, PEOPLE, school, now, "Europe/London")


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
    found = outbox(replace(ALERT, **changes), PEOPLE, SCHOOL, FRIDAY_10, "Europe/London")  # type: ignore[arg-type]
    assert "\n---\n".join(f"{m.subject}\n\n{m.body}" for m in found) == snapshot


def test_the_way_to_read_a_restricted_matter_names_the_reader() -> None:
    bodies = [m.body for m in outbox(ALERT, PEOPLE, SCHOOL, FRIDAY_10, "Europe/London")]
    for person, body in zip(("pike", "vane"), bodies, strict=True):
        assert f"schoolgate alerts show {ALERT.id} --restricted --as {person} --reason" in body


def test_one_message_a_person_in_the_order_of_asking() -> None:
    assert [m.person_id for m in outbox(ALERT, PEOPLE, SCHOOL, FRIDAY_10, "Europe/London")] == [
        "pike",
        "vane",
    ]


def test_no_audience_no_messages() -> None:
    assert messages(replace(ALERT, audience=())) == ()


def test_keys_are_stable_and_change_when_it_is_raised_again() -> None:
    keys = {m.key for m in outbox(ALERT, PEOPLE, SCHOOL, FRIDAY_10, "Europe/London")}
    later = {m.key for m in outbox(ALERT, PEOPLE, SCHOOL, FRIDAY_10 + timedelta(hours=1), "Europe/London")}
    again = {m.key for m in outbox(replace(ALERT, times=2), PEOPLE, SCHOOL, FRIDAY_10, "Europe/London")}
    assert keys == later
    assert not keys & again


def test_danger_says_999_first_and_otherwise_at_the_end() -> None:
    urgent, calm = (
        outbox(replace(ALERT, severity=s), PEOPLE, SCHOOL, FRIDAY_10, "Europe/London")[0].body
        for s in (Severity.THIS_HOUR, Severity.TODAY)
    )
    assert "ring 999 first" in urgent
    assert "ring 999 first" not in calm
    assert calm.rstrip().endswith("If a child is in danger, ring 999.")


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_name_can_add_a_header_or_a_line(school: str, person: str) -> None:
    people = (Person("pike", person, (Role.DSL,)),)
    named = replace(SCHOOL, name=school)
    plain = outbox(replace(ALERT, audience=("pike",)), PEOPLE, SCHOOL, FRIDAY_10, "Europe/London")[0]
    (found,) = outbox(replace(ALERT, audience=("pike",)), people, named, FRIDAY_10, "Europe/London")
    assert len(found.subject.splitlines()) == 1
    assert found.body.count("\n") == plain.body.count("\n")


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 11, 20, 10, tzinfo=UTC), datetime(2026, 11, 20, 10, tzinfo=UTC)),
        (datetime(2026, 11, 20, 5, tzinfo=UTC), datetime(2026, 11, 20, 8, tzinfo=UTC)),
        (datetime(2026, 11, 20, 18, tzinfo=UTC), datetime(2026, 11, 23, 8, tzinfo=UTC)),
        (datetime(2026, 11, 21, 12, tzinfo=UTC), datetime(2026, 11, 23, 8, tzinfo=UTC)),
        (datetime(2026, 7, 1, 6, 30, tzinfo=UTC), datetime(2026, 7, 1, 7, tzinfo=UTC)),
    ],
    ids=["in_hours", "before_hours", "friday_evening", "saturday", "summer_time"],
)
def test_what_can_wait_goes_out_in_working_hours(now: datetime, due: datetime) -> None:
    calm = replace(ALERT, severity=Severity.TODAY, route=Route.PLATFORM_REPORT)
    assert due_at(calm, now, LONDON) == due


@given(any_moment)
def test_danger_and_child_protection_go_out_at_any_hour(now: datetime) -> None:
    assert due_at(ALERT, now, LONDON) == now
    assert due_at(replace(ALERT, severity=Severity.TODAY), now, LONDON) == now


@given(any_moment)
def test_what_waits_is_due_within_four_days_and_expires_a_day_later(now: datetime) -> None:
    calm = replace(ALERT, severity=Severity.TODAY, route=Route.PLATFORM_REPORT)
    for message in outbox(calm, PEOPLE, SCHOOL, now, "Europe/London"):
        assert now <= message.due_at <= now + timedelta(days=4)
        assert message.expires_at - message.due_at == timedelta(hours=24)
