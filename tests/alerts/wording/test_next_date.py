"""Who has a matter, by when something is next to be done in it, and when an alert goes out."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.case import a_case
from builders.ladder import NOW, Climb
from builders.mention import URN, a_mention, a_verdict, an_alert, by_labels
from hypothesis import given
from hypothesis import strategies as st

from alerts.access.matter import matter_of_story
from alerts.next_date import (
    DECIDE,
    LADO,
    Having,
    NextDate,
    SchoolDays,
    due_at,
    has_it,
    next_date,
    offered,
    undoable,
)
from data.cases import CaseState, RunningClock
from data.ids import number_of
from data.register.calendar import Calendar
from data.steps.codes import BypassRoute, Ending, StepKind
from data.types import (
    About,
    Alert,
    Mark,
    Marked,
    Owner,
    Person,
    Role,
    Route,
    School,
    Sentiment,
    Severity,
    Via,
)

LONDON = ZoneInfo("Europe/London")
ENGLAND = SchoolDays("england", LONDON, Calendar())
FRIDAY = datetime(2026, 11, 20, 15, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)
ALLEGATION = BypassRoute.STAFF_ALLEGATION
ZONE = ZoneInfo("Europe/London")
CALENDAR = Calendar()
FRIDAY_10 = datetime(2026, 11, 20, 10, 2, tzinfo=UTC)
CALM = Alert(
    id="0042ab9f00112233", story_id="story-1", urn="900001", severity=Severity.TODAY,
    route=Route.PLATFORM_REPORT, content_class="C2", restricted=False, audience=("head",), excluded=(),
    because=(), raised_at=FRIDAY_10,
)  # fmt: skip
any_moment = st.integers(0, 365 * 24 * 60).map(lambda minutes: FRIDAY_10 + timedelta(minutes=minutes))
any_severity = st.sampled_from(Severity)
TAKEN = Owner("dsl", NOW, "dsl")
TO_LADO = Climb("C12", route=Route.SAFEGUARDING, audience="dsl")
OF_TEACHER = Climb("C5", opened_by="head", target="teacher")
SCHOOL = School(URN, "Oakfield Primary School")
HEAD = Person("holt", "Jane Holt", (Role.HEAD,))
DEPUTY = Person("ash", "Lee Ash", (Role.DEPUTY_HEAD,))
DSL = Person("pike", "Robin Pike", (Role.DSL,))
PARENT = Person("vale", "Sam Vale", (Role.STAFF,))
PEOPLE = (HEAD, DEPUTY, DSL, PARENT)
MILD = a_verdict(a_mention("post"), severity=Severity.RESPOND, route=Route.RESPOND)


def raised(at=FRIDAY, severity=Severity.THIS_HOUR):
    return replace(an_alert("s1"), raised_at=at, severity=severity)


def midnight(day, month=11):
    return datetime(2026, month, day, tzinfo=UTC)


def test_what_is_gravest_is_to_be_decided_within_the_hour_or_by_the_day_that_its_mail_says():
    assert next_date(raised(), (), ENGLAND, FRIDAY, had=False) == NextDate(FRIDAY + HOUR, DECIDE, late=False)
    late = next_date(raised(), (), ENGLAND, FRIDAY + HOUR, had=False)
    assert late == NextDate(FRIDAY + HOUR, DECIDE, late=True)
    assert next_date(raised(), (), ENGLAND, FRIDAY, had=True) is None
    for route in [Route.SAFEGUARDING, Route.POLICE_NOW]:
        evening = FRIDAY.replace(hour=19)
        alert = replace(raised(evening, Severity.TODAY), route=route)
        assert next_date(alert, (), ENGLAND, evening, had=False) == NextDate(midnight(21), DECIDE, late=False)


@pytest.mark.parametrize(
    ("at", "end"),
    [
        (FRIDAY, midnight(21)),
        (FRIDAY.replace(hour=19), midnight(24)),
        (FRIDAY.replace(day=21), midnight(24)),
        (datetime(2026, 12, 24, 19, tzinfo=UTC), midnight(30, 12)),
    ],
    ids=["in working hours", "on Friday evening", "on Saturday", "before Christmas: Boxing Day is moved"],
)
def test_what_is_for_today_is_to_be_decided_on_the_working_day_on_which_it_is_told(at, end):
    found = next_date(raised(at, Severity.TODAY), (), ENGLAND, at, had=False)
    assert found == NextDate(end, DECIDE, late=False)


def test_the_lado_of_england_is_told_within_a_working_day_from_the_alert_until_told_or_closed():
    found = next_date(raised(), (), ENGLAND, FRIDAY, had=True, lane=ALLEGATION)
    assert found == NextDate(midnight(24), LADO, late=False)
    assert next_date(raised(), (), ENGLAND, midnight(24), had=True, lane=ALLEGATION).late
    case = a_case(lane=ALLEGATION, state=CaseState.BYPASSED, opened_at=FRIDAY + timedelta(days=5))
    found = next_date(raised(), [case], ENGLAND, FRIDAY, had=True, lane=ALLEGATION)
    assert found == NextDate(midnight(24), LADO, late=False)
    case = a_case(lane=ALLEGATION, state=CaseState.BYPASSED, opened_at=FRIDAY, referred_to=("lado",))
    assert next_date(None, [case], ENGLAND, FRIDAY, had=True) is None
    closed = replace(case, referred_to=(), closed_at=FRIDAY, ending=Ending.HANDED_OVER)
    assert next_date(None, [closed], ENGLAND, FRIDAY, had=True) is None
    for nation in ["wales", "scotland", "northern_ireland"]:
        days = replace(ENGLAND, nation=nation)
        assert next_date(raised(), (), days, FRIDAY, had=True, lane=ALLEGATION) is None


def test_a_case_is_due_by_its_next_clock_and_first_by_what_is_over():
    first = RunningClock("platform_48h", FRIDAY, FRIDAY + 48 * HOUR)
    then = RunningClock("review_30d", FRIDAY, FRIDAY + 720 * HOUR)
    case = a_case(waits=(first, then), state=CaseState.SEEKING)
    assert next_date(None, [case], ENGLAND, FRIDAY, had=True) == NextDate(
        first.due_at, "platform_48h", late=False
    )
    over = next_date(None, [case], ENGLAND, FRIDAY + 100 * HOUR, had=True)
    assert over == NextDate(first.due_at, "platform_48h", late=True)
    assert next_date(None, [replace(case, closed_at=FRIDAY)], ENGLAND, FRIDAY, had=True) is None


# ------- when an alert goes out: danger at once at any hour, the rest in the school's working hours


def local(*parts, fold=0):
    """A wall clock's moment in London, in UTC."""
    return datetime(*parts, tzinfo=ZONE, fold=fold).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (local(2026, 11, 20, 10), local(2026, 11, 20, 10)),
        (local(2026, 11, 20, 8), local(2026, 11, 20, 8)),
        (local(2026, 11, 20, 17, 59), local(2026, 11, 20, 17, 59)),
        (local(2026, 11, 20, 5), local(2026, 11, 20, 8)),
        (local(2026, 11, 19, 18), local(2026, 11, 20, 8)),
        (local(2026, 11, 20, 18), local(2026, 11, 23, 8)),
        (local(2026, 11, 21, 12), local(2026, 11, 23, 8)),
        (local(2026, 7, 1, 7, 30), local(2026, 7, 1, 8)),
        (local(2026, 12, 24, 19), local(2026, 12, 29, 8)),
        (local(2026, 12, 28, 10), local(2026, 12, 29, 8)),
        (local(2026, 8, 12, 10), local(2026, 8, 12, 10)),
    ],
    ids=[
        "in_hours", "at_eight", "before_six", "early", "evening", "friday_evening", "saturday", "summer_time",
        "christmas", "substitute_day", "in_the_holidays",
    ],
)  # fmt: skip
def test_what_can_wait_goes_out_in_working_hours(now, due):
    assert due_at(CALM, now, ZONE, CALENDAR) == due


@pytest.mark.parametrize(
    ("found", "due"),
    [
        (local(2026, 3, 29, 0, 30), datetime(2026, 3, 30, 7, 0, tzinfo=UTC)),
        (local(2026, 3, 27, 18, 30), datetime(2026, 3, 30, 7, 0, tzinfo=UTC)),
        (local(2026, 10, 25, 1, 30), datetime(2026, 10, 26, 8, 0, tzinfo=UTC)),
        (local(2026, 10, 25, 1, 30, fold=1), datetime(2026, 10, 26, 8, 0, tzinfo=UTC)),
        (local(2026, 10, 23, 18, 30), datetime(2026, 10, 26, 8, 0, tzinfo=UTC)),
    ],
    ids=["night_of_spring", "over_spring", "first_half_past_one", "second_half_past_one", "over_autumn"],
)
def test_over_a_change_of_the_clocks_it_is_eight_on_the_clock(found, due):
    assert due_at(CALM, found, ZONE, CALENDAR) == due


def test_a_bank_holiday_is_that_of_the_nation_and_an_inset_day_a_working_day():
    st_andrews = local(2026, 11, 30, 10)
    assert due_at(CALM, st_andrews, ZONE, CALENDAR) == st_andrews
    assert due_at(CALM, st_andrews, ZONE, Calendar("scotland")) == local(2026, 12, 1, 8)
    now = local(2026, 11, 20, 10)
    assert due_at(CALM, now, ZONE, Calendar(closed=frozenset({date(2026, 11, 20)}))) == now


@given(any_moment, any_severity, st.sampled_from([Route.SAFEGUARDING, Route.POLICE_NOW]))
def test_child_protection_and_police_go_out_at_any_hour_whatever_the_severity(now, severity, route):
    assert due_at(replace(CALM, severity=severity, route=route), now, ZONE, CALENDAR) == now


@given(any_moment, st.sampled_from(Route))
def test_severity_4_goes_out_at_any_hour_whatever_the_route(now, route):
    assert due_at(replace(CALM, severity=Severity.THIS_HOUR, route=route), now, ZONE, CALENDAR) == now


@given(any_moment, st.sampled_from(["england", "wales", "scotland", "northern_ireland"]))
def test_what_can_wait_never_goes_out_at_night_or_on_a_free_day(now, nation):
    calendar = Calendar(nation)
    due = due_at(CALM, now, ZONE, calendar)
    there = due.astimezone(ZONE)
    assert due >= now
    assert 8 <= there.hour < 18
    assert calendar.working_day(there.date())


def test_what_is_odd_on_an_own_account_is_mailed_at_once_and_chatted_in_working_hours():
    odd, night = replace(CALM, content_class="C14"), local(2026, 11, 21, 3)
    assert due_at(odd, night, ZONE, CALENDAR) == night
    assert due_at(odd, night, ZONE, CALENDAR, Via.CHAT) == local(2026, 11, 23, 8)
    assert due_at(CALM, night, ZONE, CALENDAR) == local(2026, 11, 23, 8)


# --------------------------------------- who has a matter: one answer for every list, page and mail


def who(*found):
    holder = has_it(*found)
    return holder.person if holder else None


def acted(kind, actor, why="", climb=None, **facts):
    """After that step of a case that the head opened."""
    climb = climb or Climb(opened_by="head")
    climb.take(kind, actor, why, **facts)
    return climb


acted(StepKind.CONSENT_ASKED, "head", climb=OF_TEACHER, person="teacher", how="in person")


@pytest.mark.parametrize(("owner", "climb", "holder"), [
    # nobody has what nobody acknowledged, nor a case that the program opened until somebody acts in it
    (None, None, None), (None, Climb(), None), (None, Climb().classed(actor="deputy"), "deputy"),
    # whoever acknowledged has it, also once others act in its case
    (TAKEN, Climb(opened_by="head").classed(actor="head"), "dsl"),
    # whoever acted last has it, or recorded that the LADO was told
    (None, acted(StepKind.NOTED, "deputy", "Spoke to the office."), "deputy"),
    (None, acted(StepKind.REFERRED, "dsl", climb=TO_LADO, to="lado"), "dsl"),
    # a hold gives a case to nobody, nor has it whom it is aimed at by answering for themselves
    (None, acted(StepKind.HELD, "dpo", "A complaint is expected.", review="2027-05-31"), "head"),
    (None, acted(StepKind.CONSENT_GIVEN, "teacher", climb=OF_TEACHER, person="teacher"), "head"),
])  # fmt: skip
def test_who_has_a_matter(owner, climb, holder):
    assert who(owner, [climb.case] if climb else ()) == holder


def test_nobody_has_it_whom_it_may_accuse_else_who_opened_the_oldest_open_case():
    holder = has_it(None, [Climb(opened_by="head").case])
    assert (holder.person, holder.how) == ("head", Having.ACTING)
    case = replace(Climb(opened_by="head").case, subjects=("head",))
    assert has_it(None, [case]) is None
    assert has_it(TAKEN, (), {"dsl"}) is None
    case = replace(Climb(opened_by="head").case, closed_at=NOW + timedelta(days=1))
    assert has_it(None, [case]) is None
    assert number_of("482913") == "482913"
    assert number_of("482913", ["0007"]) == "0007"
    assert number_of("482913", iter(["736204", "482913", "0012"])) == "736204"


# ------------------------------------------------------- one matter has one number, whoever says it


# --- who may say of a story that they have it, or that it is done with: all who show it ask the one rule


def marks_for(person, verdict=MILD, alert=None, cases=(), *, had=False):
    matter = matter_of_story([verdict], alert, SCHOOL, PEOPLE)
    return offered(person, matter, PEOPLE, alert, [verdict], cases, had=had)


def raised_on(verdict, **fields):
    told = {"severity": verdict.severity, "route": verdict.route, "audience": ("holt",), **fields}
    return an_alert("s-one", **told)


def test_whoever_works_on_such_may_say_either_and_only_whoever_took_it_gives_it_up():
    for person in [HEAD, DEPUTY, DSL]:
        assert marks_for(person) == (Mark.TAKEN, Mark.NOT_US, Mark.ANSWERED)
    taken = Marked("s-one", URN, Mark.TAKEN, "ash", NOW)
    assert undoable(taken, DEPUTY)
    assert not undoable(taken, HEAD)
    assert undoable(replace(taken, mark=Mark.ANSWERED), HEAD)
    assert marks_for(PARENT) == ()


def test_what_somebody_has_or_was_raised_as_an_alert_is_not_taken_so():
    assert marks_for(DEPUTY, had=True) == (Mark.NOT_US, Mark.ANSWERED)
    assert marks_for(DEPUTY, alert=raised_on(MILD)) == (Mark.NOT_US, Mark.ANSWERED)


@pytest.mark.parametrize("grave", [
    {"severity": Severity.THIS_HOUR, "route": Route.REQUEST_REMOVAL},
    {"severity": Severity.RESPOND, "route": Route.SAFEGUARDING},
    {"severity": Severity.TODAY, "route": Route.POLICE_NOW}, {"restricted": True},
], ids=str)  # fmt: skip
@pytest.mark.parametrize("person", PEOPLE, ids=lambda p: p.id)
def test_nobody_marks_what_may_be_danger_or_is_restricted(grave, person):
    verdict = replace(MILD, **grave)
    assert marks_for(person, verdict, raised_on(verdict, restricted=verdict.restricted)) == ()
    assert marks_for(person, verdict) == ()


def test_an_alert_graver_than_its_posts_counts_and_a_case_ends_by_its_own_steps():
    assert marks_for(HEAD, MILD, raised_on(MILD, severity=Severity.THIS_HOUR)) == ()
    assert marks_for(HEAD, cases=[a_case()]) == ()
    assert marks_for(HEAD, cases=[replace(a_case(), closed_at=NOW)]) == (
        Mark.TAKEN,
        Mark.NOT_US,
        Mark.ANSWERED,
    )


def test_nobody_takes_criticism_of_themselves_out_of_what_governors_are_told():
    criticism = by_labels(MILD, about=About.HEAD, sentiment=Sentiment.NEGATIVE)
    assert marks_for(HEAD, criticism) == (Mark.TAKEN, Mark.ANSWERED)
    assert marks_for(DEPUTY, criticism) == (Mark.TAKEN, Mark.NOT_US, Mark.ANSWERED)
    assert marks_for(DEPUTY, by_labels(MILD, subject_person="ash")) == (Mark.TAKEN, Mark.ANSWERED)
