"""The words of a mail and its addresses, when what waits is told, and the times that people mean."""

import hmac
import re
from base64 import b32decode
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import css_inline
import jinja2
import pytest
from builders.case import a_case
from builders.ladder import NOW, Climb
from builders.mention import URN, a_mention, a_verdict, an_alert, by_labels
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from hypothesis import given
from hypothesis import strategies as st

from alerts.access.matter import matter_of_story
from alerts.layout import note
from alerts.layout.note import Note
from alerts.links import Links, Ticket
from alerts.next_date import SchoolDays, due_at, find_holder, ico_by, list_marks, next_date, undoable
from alerts.said_time import said_time
from alerts.wording.matters import channel_name, describe, describe_verdict, next_of, what_next
from data import types
from data.cases import CaseState, RunningClock
from data.ids import digest, number_of
from data.matters import DECIDE, ICO, LADO, Having, NextDate, SaidTime
from data.register.calendar import Calendar
from data.steps.codes import BreachAnswer, BypassRoute, Ending, StepKind
from data.types import (
    ABUSE_LABELS,
    About,
    Alert,
    Mark,
    Marked,
    Owner,
    Person,
    PressEvent,
    Reason,
    Relevance,
    Role,
    Route,
    School,
    Sentiment,
    Severity,
    Verdict,
    Via,
)
from data.web.channels import CHANNELS
from data.words.say import words

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
ALL_MARKS = (Mark.TAKEN, Mark.NOT_US, Mark.ANSWERED)
MILD = a_verdict(a_mention("post"), severity=Severity.RESPOND, route=Route.RESPOND)


def raised(at=FRIDAY, severity=Severity.THIS_HOUR):
    return replace(an_alert("s1"), raised_at=at, severity=severity)


def midnight(day, month=11):
    return datetime(2026, month, day, tzinfo=UTC)


def test_what_is_gravest_and_the_lado_are_told_in_time_and_a_case_by_its_next_clock():
    assert next_date(raised(), (), ENGLAND, FRIDAY, had=False) == NextDate(FRIDAY + HOUR, DECIDE, late=False)
    late = next_date(raised(), (), ENGLAND, FRIDAY + HOUR, had=False)
    assert late == NextDate(FRIDAY + HOUR, DECIDE, late=True)
    assert next_date(raised(), (), ENGLAND, FRIDAY, had=True) is None
    for route in [Route.SAFEGUARDING, Route.POLICE_NOW]:
        evening = FRIDAY.replace(hour=19)
        alert = replace(raised(evening, Severity.TODAY), route=route)
        assert next_date(alert, (), ENGLAND, evening, had=False) == NextDate(midnight(21), DECIDE, late=False)
    first = RunningClock("platform_48h", FRIDAY, FRIDAY + 48 * HOUR)
    then = RunningClock("review_30d", FRIDAY, FRIDAY + 720 * HOUR)
    case = a_case(waits=(first, then), state=CaseState.SEEKING)
    assert next_date(None, [case], ENGLAND, FRIDAY, had=True) == NextDate(
        first.due_at, "platform_48h", late=False
    )
    over = next_date(None, [case], ENGLAND, FRIDAY + 100 * HOUR, had=True)
    assert over == NextDate(first.due_at, "platform_48h", late=True)
    assert next_date(None, [replace(case, closed_at=FRIDAY)], ENGLAND, FRIDAY, had=True) is None


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


def test_the_commissioner_is_told_of_personal_data_within_72_hours_of_our_seeing_it_until_told_or_closed():
    out = replace(raised(), content_class="C1")
    by = NextDate(FRIDAY + 72 * HOUR, ICO, late=False)
    assert next_date(out, (), ENGLAND, FRIDAY, had=True) == by
    later = a_case(content_class="C1", opened_at=FRIDAY + 5 * HOUR)
    assert next_date(raised(), [later, a_case(opened_at=FRIDAY)], ENGLAND, FRIDAY, had=True) == by
    assert next_date(out, [replace(later, referred_to=("ico",))], ENGLAND, FRIDAY, had=True) is None
    assert next_date(out, [replace(later, closed_at=FRIDAY)], ENGLAND, FRIDAY, had=True) is None


def test_the_72_hours_run_from_when_the_school_first_read_it_until_it_is_decided_that_none_is_due():
    read = FRIDAY - 30 * HOUR  # on Thursday morning, and handed in on Friday; through the weekend
    out = replace(raised(), content_class="C1", known_at=read)
    assert ico_by(out) == read + 72 * HOUR
    assert next_date(out, (), ENGLAND, FRIDAY, had=True).at == read + 72 * HOUR
    assert ico_by(replace(out, raised_at=FRIDAY + 90 * HOUR, times=2)) == read + 72 * HOUR
    christmas = datetime(2026, 12, 24, 19, tzinfo=UTC)
    assert ico_by(replace(out, known_at=christmas)) == christmas + 72 * HOUR
    of_insults = a_case(content_class="C2", opened_at=FRIDAY - 240 * HOUR)
    assert ico_by(out, [of_insults]) == read + 72 * HOUR
    case = a_case(content_class="C1", opened_at=FRIDAY)
    for answer in BreachAnswer:
        by = ico_by(out, [replace(case, breach=answer)])
        assert by == (read + 72 * HOUR if answer.reports else None)
    assert ico_by(out, [replace(case, breach=BreachAnswer.BOTH, referred_to=("ico",))]) is None


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
        # over a change of the clocks it is eight on the clock
        (local(2026, 3, 29, 0, 30), datetime(2026, 3, 30, 7, 0, tzinfo=UTC)),
        (local(2026, 3, 27, 18, 30), datetime(2026, 3, 30, 7, 0, tzinfo=UTC)),
        (local(2026, 10, 25, 1, 30), datetime(2026, 10, 26, 8, 0, tzinfo=UTC)),
        (local(2026, 10, 25, 1, 30, fold=1), datetime(2026, 10, 26, 8, 0, tzinfo=UTC)),
        (local(2026, 10, 23, 18, 30), datetime(2026, 10, 26, 8, 0, tzinfo=UTC)),
    ],
    ids=[
        "in_hours", "at_eight", "before_six", "early", "evening", "friday_evening", "saturday", "summer_time",
        "christmas", "substitute_day", "in_the_holidays", "night_of_spring", "over_spring",
        "first_half_past_one", "second_half_past_one", "over_autumn",
    ],
)  # fmt: skip
def test_what_can_wait_goes_out_in_working_hours(now, due):
    assert due_at(CALM, now, ZONE, CALENDAR) == due


def test_holidays_are_the_nations_and_an_odd_post_is_mailed_at_once():
    st_andrews = local(2026, 11, 30, 10)
    assert due_at(CALM, st_andrews, ZONE, CALENDAR) == st_andrews
    assert due_at(CALM, st_andrews, ZONE, Calendar("scotland")) == local(2026, 12, 1, 8)
    now = local(2026, 11, 20, 10)
    assert due_at(CALM, now, ZONE, Calendar(closed=frozenset({date(2026, 11, 20)}))) == now
    odd, night = replace(CALM, content_class="C14"), local(2026, 11, 21, 3)
    # an odd post of our own, leaked personal data, fraud, what accuses somebody
    leak, fraud = (replace(CALM, content_class=one) for one in ("C1", "C13"))
    accuses = replace(CALM, because=(Reason("accused", ""),))
    for at_once in (odd, leak, fraud, accuses):
        assert due_at(at_once, night, ZONE, CALENDAR) == night
    assert due_at(odd, night, ZONE, CALENDAR, Via.CHAT) == local(2026, 11, 23, 8)
    assert due_at(CALM, night, ZONE, CALENDAR) == local(2026, 11, 23, 8)


@given(any_moment, any_severity, st.sampled_from(Route))
def test_severity_4_child_protection_and_police_go_out_at_any_hour(now, severity, route):
    severity = severity if route.urgent else Severity.THIS_HOUR
    assert due_at(replace(CALM, severity=severity, route=route), now, ZONE, CALENDAR) == now


@given(any_moment, st.sampled_from(["england", "wales", "scotland", "northern_ireland"]))
def test_what_can_wait_never_goes_out_at_night_or_on_a_free_day(now, nation):
    calendar = Calendar(nation)
    due = due_at(CALM, now, ZONE, calendar)
    there = due.astimezone(ZONE)
    assert now <= due <= now + timedelta(days=6)
    assert 8 <= there.hour < 18
    assert calendar.working_day(there.date())


def who(*found):
    holder = find_holder(*found)
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


def test_nobody_has_it_whom_it_may_accuse_and_only_whoever_took_it_gives_it_up():
    holder = find_holder(None, [Climb(opened_by="head").case])
    assert (holder.person, holder.how) == ("head", Having.ACTING)
    case = replace(Climb(opened_by="head").case, subjects=("head",))
    assert find_holder(None, [case]) is None
    assert find_holder(TAKEN, (), {"dsl"}) is None
    case = replace(Climb(opened_by="head").case, closed_at=NOW + timedelta(days=1))
    assert find_holder(None, [case]) is None
    assert number_of("482913") == "482913"
    assert number_of("482913", ["0007"]) == "0007"
    assert number_of("482913", iter(["736204", "482913", "0012"])) == "736204"
    for person in [HEAD, DEPUTY, DSL]:
        assert marks_for(person) == ALL_MARKS
    taken = Marked("s-one", URN, Mark.TAKEN, "ash", NOW)
    assert undoable(taken, DEPUTY)
    assert not undoable(taken, HEAD)
    assert undoable(replace(taken, mark=Mark.ANSWERED), HEAD)
    assert marks_for(PARENT) == ()


# --- who may say of a story that they have it, or that it is done with: all who show it ask the one rule


def marks_for(person, verdict=MILD, alert=None, cases=(), *, had=False):
    matter = matter_of_story([verdict], alert, SCHOOL, PEOPLE)
    return list_marks(person, matter, PEOPLE, alert, [verdict], cases, had=had)[0]


def raised_on(verdict, **fields):
    told = {"severity": verdict.severity, "route": verdict.route, "audience": ("holt",), **fields}
    return an_alert("s-one", **told)


def test_what_somebody_has_is_not_taken_so_and_graver_alerts_or_open_cases_end_otherwise():
    assert marks_for(DEPUTY, had=True) == (Mark.NOT_US, Mark.ANSWERED)
    assert marks_for(DEPUTY, alert=raised_on(MILD)) == (Mark.NOT_US, Mark.ANSWERED)
    assert marks_for(HEAD, MILD, raised_on(MILD, severity=Severity.THIS_HOUR)) == ()
    assert marks_for(HEAD, cases=[a_case()]) == ()
    assert marks_for(HEAD, cases=[replace(a_case(), closed_at=NOW)]) == ALL_MARKS
    criticism = by_labels(MILD, about=About.HEAD, sentiment=Sentiment.NEGATIVE)
    assert marks_for(HEAD, criticism) == (Mark.TAKEN, Mark.ANSWERED)
    assert marks_for(DEPUTY, criticism) == ALL_MARKS
    assert marks_for(DEPUTY, by_labels(MILD, subject_person="ash")) == (Mark.TAKEN, Mark.ANSWERED)


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


EN = words("en")
verdicts = st.builds(
    Verdict,
    mention_id=st.just("0123456789abcdef"),
    version=st.just(1),
    urn=st.just("900001"),
    relevance=st.sampled_from(Relevance),
    sentiment=st.sampled_from(Sentiment),
    abuse=st.lists(st.sampled_from(ABUSE_LABELS), unique=True).map(tuple),
    about=st.sampled_from(About),
    severity=st.sampled_from(Severity),
    route=st.sampled_from(Route),
    look=st.booleans(),
    content_class=st.just("C11"),
    subject_person=st.sampled_from([None, "head"]),
    event=st.sampled_from([None, *PressEvent]),
)
THREAT = Verdict(
    "0123456789abcdef", 1, "900001", Relevance.ABOUT, Sentiment.NEGATIVE, ("threat",), About.SCHOOL,
    Severity.THIS_HOUR, Route.POLICE_NOW,
)  # fmt: skip
PRESS = replace(THREAT, abuse=(), route=Route.RESPOND, severity=Severity.TODAY, event=PressEvent.INSPECTION)
TONES = {EN(f"describe.sentiment.{tone.value}") for tone in Sentiment}
CLEARED = replace(PRESS, event=PressEvent.STAFF, severity=Severity.NOTE, route=Route.NOTE)
READ = Reason("article_read", "It was read.")
SHEETS = files("alerts.layout").joinpath("templates")
CHILD = """{% extends "alerts.layout/layout.html" %}
{% from "alerts.layout/parts.html" import button, danger %}
{% block content %}<h1 class="title">{{ title }}</h1>
{% call danger("Now") %}<p class="said">{{ said }}</p>{{ button(url, "Open", "grave") }}{% endcall %}
{{ button(url, "Other", "quiet") }}{% endblock %}"""
TEN_PAST = datetime(2026, 11, 20, 10, 2, tzinfo=UTC)
LINKS = Links("https://schoolgate.example.org/", b"s" * 32)
STORY = digest("a story")[:16]


@given(verdicts)
def test_every_verdict_has_words_and_no_code_among_them(verdict):
    said = describe(verdict, EN)
    for part in ("_", "{", "C11"):
        assert part not in said
    assert len(said.splitlines()) == 1


def test_people_and_press_are_spoken_of_as_they_are():
    assert describe(THREAT, EN) == "A threat is made against the school."
    aimed = types.Meant("person:b", 1.0, "signal:violence", types.Harm.VIOLENCE)
    for someone in (replace(THREAT, subject_person="b"), replace(THREAT, endangers=(aimed,))):
        for about in (About.SCHOOL, About.STAFF, About.PUPIL, About.OTHER):  # likely, and not what is known
            said = describe(replace(someone, about=about), EN)
            assert said == "A threat is made against somebody at the school."
        assert describe(replace(someone, about=About.HEAD), EN) == "A threat is made against the head."
    news = replace(THREAT, abuse=(), severity=Severity.TODAY, route=Route.RESPOND)
    assert describe(replace(news, reasons=(Reason("passes_on_news", ""),)), EN) != describe(news, EN)
    insult = replace(THREAT, abuse=("harassment",), about=About.STAFF, route=Route.PLATFORM_REPORT)
    assert describe(insult, EN) == "A member of staff is insulted or targeted."
    adverse = replace(PRESS, event=PressEvent.INSPECTION)
    assert next_of(adverse, EN) == "agree who speaks to the press and what parents are told"
    charged = next_of(replace(PRESS, event=PressEvent.STAFF), EN)
    assert charged.startswith("agree who speaks to the press and what parents are told")
    assert "LADO" in charged
    assert "trust" in charged
    assert next_of(CLEARED, EN) == "we found nothing to do: read it yourself"


@given(verdicts.map(lambda v: replace(v, route=Route.SAFEGUARDING)))
def test_of_a_safeguarding_matter_only_that_there_is_one(verdict):
    assert describe(verdict, EN) == EN("describe.safeguarding")


def test_what_next_has_no_place_and_fits_a_website_that_has_no_platform():
    assert what_next(Route.PLATFORM_REPORT, EN) == "report to the platform or website"
    assert EN("page.known.lane.platform_report").endswith("the platform or website.")


def test_channels_routes_articles_and_acquittals_have_their_names():
    assert not [c for c in CHANNELS if not EN.has(f"describe.channel.{c}")]
    assert all(what_next(route, EN) for route in Route)
    assert channel_name("village_noticeboard", EN) == "village_noticeboard"
    read = replace(PRESS, reasons=(READ,))
    assert describe(read, EN) == "The press reports on an inspection."
    assert "press: an inspection" in describe_verdict(read, EN)
    over = replace(CLEARED, about=About.STAFF, reasons=(Reason("press_over", "It is over."), READ))
    assert "a matter about a member of staff has ended" in describe(over, EN)
    charged = replace(over, reasons=(READ,))
    assert "cleared" not in describe(charged, EN)
    assert "charge" in describe(charged, EN)
    talked_of = replace(PRESS, event=None)
    assert next_of(talked_of, EN) == "decide what to say, and who says it"
    unplaced = replace(PRESS, event=None, reasons=(Reason("a_person_decides", "A person decides."),))
    assert describe(unplaced, EN) == "Something that may be serious: we cannot tell what it is."
    assert next_of(unplaced, EN) == "read it yourself, and say what it is"


@given(verdicts)
def test_what_nobody_judged_or_is_worse_is_described_without_a_tone(verdict):
    welsh = replace(verdict, reasons=(Reason("language_cy", "It is in Welsh."),), relevance=Relevance.ABOUT)
    assert not TONES & {*describe_verdict(welsh, EN).split(" · ")}
    toned = TONES & {*describe_verdict(replace(welsh, reasons=()), EN).split(" · ")}
    assert bool(toned) == (not verdict.abuse)  # what is worse is not called criticism


@given(st.sampled_from(PressEvent))
def test_every_event_has_words_for_its_end(event):
    over = replace(
        CLEARED, event=event, about=About.STAFF, reasons=(READ, Reason("press_over", "It is over."))
    )
    assert describe(over, EN) != describe(replace(over, reasons=(READ,)), EN)


@given(st.sampled_from(PressEvent))
def test_what_a_headline_alone_tells_of_is_no_sentence_about_people(event):
    unread = replace(PRESS, event=event, about=About.STAFF)
    alike = (unread, replace(unread, reasons=(READ,), look=True))
    assert {describe(one, EN) for one in alike} == {"The press reports on the school."}
    cleared = replace(unread, event=PressEvent.STAFF, about=About.SCHOOL, reasons=(READ,))
    assert describe(cleared, EN) == "The press reports on the school."


@pytest.mark.parametrize("label", ["hate", "sexual", "impersonation", "privacy", "defamation", "harassment"])
def test_a_label_is_said_only_where_the_second_reader_finds_it_too(label):
    said = replace(THREAT, abuse=(label,), about=About.PUPIL, route=Route.PLATFORM_REPORT)
    read = (("first:severity:3", 0.9),)
    sure, doubted, unread = (
        describe(replace(said, scores=scores), EN)
        for scores in (
            (*read, (f"abuse:{label}", 0.7)),
            (*read, (f"abuse:{label}", 0.4)),
            ((f"abuse:{label}", 0.9),),
        )
    )
    assert (doubted, unread) == ("Something about a pupil needs a decision.",) * 2
    assert sure == describe(said, EN) != doubted


def test_a_threat_that_only_a_rule_finds_is_said_as_what_may_be_one():
    ruled = replace(THREAT, scores=(("abuse:threat", 0.1), ("first:severity:3", 0.9)))
    assert describe(ruled, EN) == "A threat may be made against the school."


@pytest.fixture(scope="module")
def mail():
    environment = note.templates().overlay(loader=jinja2.ChoiceLoader(
        [jinja2.DictLoader({"child": CHILD}), jinja2.FunctionLoader(note._read_template)]
    ))  # fmt: skip
    given = {
        "css": note._read_template("alerts.layout/base.css"),
        "dark": note._read_template("alerts.layout/dark.css"),
    }
    return css_inline.CSSInliner(load_remote_stylesheets=False).inline(
        environment.get_template("child").render(
            language="en", title="A <b>", said="<script>x", url="https://school.example.org/m/1", **given
        )
    )


def luminance(colour):
    """WCAG 2.2's relative luminance of #rrggbb."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return sum(weight * p for weight, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def rules(name):
    """The declarations of each class of a sheet, those of dark mode after those it replaces."""
    css = SHEETS.joinpath(name).read_text(encoding="utf-8")
    found = {}
    for names, body in re.findall(r"^((?:\.\w+(?:, )?)+) \{([^}]*)\}", css, re.MULTILINE):
        for one in names.split(", "):
            found.setdefault(one, {}).update(re.findall(r"([\w-]+): (#\w{6})", body))
    return found


def colours(dark):
    found = rules("base.css")
    for name, changed in (rules("dark.css") if dark else {}).items():
        found[name] = {**found[name], **changed}
    return found


def test_every_colour_stands_out_and_a_mail_has_one_landmark_and_heading():
    for dark in [False, True]:
        found = colours(dark)
        page_, block = found[".page"]["background-color"], found[".danger"]["background-color"]
        pairs = [
            (rule["color"], rule.get("background-color", page_)) for rule in found.values() if "color" in rule
        ]
        pairs += [(found[name]["color"], block) for name in (".alarm", ".ring", ".page", ".meta", ".link")]
        pairs += [
            (found[".grave"].get("color", found[".button"]["color"]), found[".grave"]["background-color"])
        ]
        assert len(pairs) >= 15
        assert [p for p in pairs if contrast(*p) < 4.5] == []
        assert contrast(found[".danger"]["border-left-color"], block) >= 3
    for danger in ["", "If anyone may be in danger, ring 999 first."]:
        page_ = Note("en", "A subject", "What it is.", "Dear Ms A,", danger=danger, small=("End.",)).html
        assert (page_.count("<main>"), page_.count("</main>")) == (1, 1)
        (heading,) = re.findall(r"<h1[^>]*>([^<]*)</h1>", page_)
        assert heading == (danger or "What it is.")


def test_a_button_is_a_link_that_outlook_shows_in_a_cell(mail):
    buttons = re.findall(r'<a class="button[^>]*>', mail)
    assert len(buttons) == 2
    for one in buttons:
        assert "min-height: 44px" in one
        assert 'href="https://school.example.org/m/1"' in one
    # Word, which draws it there, gives a link no padding.
    cell = r'<td bgcolor="(#\w{6})"[^>]*mso-padding-alt: 11px 22px;">'
    before = rf'<!--\[if mso\]><table role="presentation"[^>]*><tr>{cell}<!\[endif\]-->'
    cells = re.findall(rf'{before}\s*<a class="button', mail)
    assert cells == ["#b3261e", "#ffffff"]
    assert mail.count("<!--[if mso]></td></tr></table><![endif]-->") == len(cells) + 1  # and the column's


def test_what_is_filled_in_is_escaped_and_what_was_not_given_is_a_fault(mail):
    assert '<html lang="en"' in mail
    assert "<script" not in mail
    assert "<b>" not in mail
    assert not re.search(r"<(img|link|iframe|form)\b|url\(|@import", mail)
    assert "prefers-color-scheme: dark" in mail
    with pytest.raises(jinja2.UndefinedError):
        note.render_page("alerts.layout/digest.html", language="en", title="x")


def token_of(story=STORY, person="b-patel", at=TEN_PAST, links=LINKS):
    return links.page(story, person, at).rpartition("/")[2]


TOKEN = token_of()


def test_an_address_is_one_persons_by_their_mail_too_and_tells_nothing():
    assert LINKS.page(STORY, "b-patel", TEN_PAST) == f"https://schoolgate.example.org/m/{TOKEN}"
    assert LINKS.ticket(TOKEN) == Ticket(STORY, LINKS.holder("b-patel"), TEN_PAST)
    assert len(TOKEN) == 52
    assert TOKEN.isalnum()
    assert TOKEN.lower() == TOKEN
    whole = b32decode(TOKEN.upper() + "=" * (-len(TOKEN) % 8))
    assert bytes.fromhex(STORY) not in whole
    assert LINKS.holder("b-patel") not in whole
    later = b32decode(token_of(at=TEN_PAST + timedelta(minutes=1)).upper() + "=" * (-len(TOKEN) % 8))
    assert not any(a == b for a, b in zip(whole[:6], later[:6], strict=True))
    assert token_of(person="a-pike") != TOKEN
    assert LINKS.holder("a-pike") != LINKS.holder("b-patel")
    then, now, large = (
        replace(LINKS, mails={"b-patel": mail}).holder("b-patel")
        for mail in ("b.patel@example.org", "newcomer@example.org", "B.Patel@Example.Org")
    )
    assert (then == large, then == now, then == LINKS.holder("b-patel")) == (True, False, False)
    assert Links().page(STORY, "b-patel", TEN_PAST) is None
    unset = Links("https://schoolgate.example.org")
    assert unset.ticket(token_of(links=unset)) is None
    assert Links(LINKS.base_url, b"t" * 32).ticket(TOKEN) is None
    assert "sss" not in repr(LINKS)
    cipher = AESSIV(hmac.digest(b"s" * 32, b"page\0AES-SIV", "sha512"))
    assert bytes.fromhex(STORY) in cipher.decrypt(whole, None)


@given(st.text(min_size=1, max_size=40), st.text(min_size=1, max_size=40), st.integers(0, 10_000_000))
def test_whatever_ids_are_called_the_address_says_them_to_us(story, person, minutes):
    at = TEN_PAST + timedelta(minutes=minutes)
    assert LINKS.ticket(token_of(story, person, at)) == Ticket(story, LINKS.holder(person), at)


@given(st.integers(0, len(TOKEN) - 1), st.characters(codec="utf-8"))
def test_an_address_with_any_letter_changed_is_not_ours(place, letter):
    changed = TOKEN[:place] + letter + TOKEN[place + 1 :]
    assert (LINKS.ticket(changed) is not None) == (changed == TOKEN)


@given(st.text(max_size=100) | st.text(alphabet="abcdefghijklmnopqrstuvwxyz234567", max_size=100))
def test_whatever_else_is_asked_for_is_not_ours(token):
    assert LINKS.ticket(token) is None


@pytest.mark.parametrize(("after", "counts"), [
    (0, False), (1, True), (3600, True), (3601, False), (-5, False),
], ids=["at_once", "a_second", "an_hour", "longer", "from_the_future"])  # fmt: skip
def test_a_form_counts_from_a_second_to_an_hour(after, counts):
    proof = LINKS.proof(TOKEN, TEN_PAST)
    assert LINKS.is_proved(TOKEN, proof, TEN_PAST + timedelta(seconds=after)) is counts


@given(st.text(max_size=80))
def test_a_form_is_for_one_address_and_no_other_text_is_a_proof(proof):
    assert not LINKS.is_proved(TOKEN, proof, TEN_PAST)
    assert not LINKS.is_proved("another", LINKS.proof(TOKEN, TEN_PAST), TEN_PAST + timedelta(seconds=5))


HOURS = Calendar(hours=(time(8, 40), time(15, 10)), closed=frozenset({date(2026, 11, 27)}))
TUESDAY = date(2026, 11, 24)


def posted(at="12:00", day=TUESDAY):
    return datetime.combine(day, time.fromisoformat(at))


def said(text, at="12:00", day=TUESDAY):
    """“2026-11-25 15:30”, with “?” where the day is not sure, or what is missing as “-”."""
    found = said_time(text, posted(at, day), HOURS)
    if found is None:
        return ""
    return f"{found.day or '-'} {f'{found.at:%H:%M}' if found.at else '-'}{'' if found.sure else ' ?'}"


@pytest.mark.parametrize(("words", "at"), [
    ("The fete is on Friday at 2pm. My deadline is 4pm on Wednesday.", "2026-11-25 16:00"),
    ("We need a statement tonight, before we go to press.", "2026-11-24 19:00"),
    ("Please reply by noon tomorrow.", "2026-11-25 12:00"), ("Deadline's 2.", "2026-11-24 14:00 ?"),
    ("Could you comment within the hour?", "2026-11-24 13:00"), ("By 4 p.m. tomorrow", "2026-11-25 16:00"),
    ("A response in the next two hours would help.", "2026-11-24 14:00"),
    ("We publish at close of play Thursday.", "2026-11-26 17:00"), ("Answer in a week", "2026-12-01 -"),
    ("Deadline 1700 today", "2026-11-24 17:00"), ("Could I have a quote before 3?", "2026-11-24 15:00 ?"),
])  # fmt: skip
def test_the_time_by_which_an_answer_is_wanted_goes_before_others(words, at):
    assert said(words) == at


@pytest.mark.parametrize(("words", "at"), [
    ("half 3 tomorrow", "15:30"), ("tomorrow at half past three", "15:30"), ("3.30 tomorrow", "15:30"),
    ("tomorrow 3:30pm", "15:30"), ("15:30 tomorrow", "15:30"), ("tomorrow, quarter to 4", "15:45"),
    ("quarter past three tomorrow", "15:15"), ("ten past four tomorrow", "16:10"),
    ("20 past 3pm tomorrow", "15:20"), ("half 3pm tomorrow", "15:30"),
    ("twenty-five minutes to four tomorrow", "15:35"), ("at ten to four tomorrow", "15:50"),
    ("see you tomorrow at 3", "15:00"), ("tomorrow 8am", "08:00"), ("tomorrow at 8 in the morning", "08:00"),
    ("tomorrow night at 8", "20:00"), ("4 o'clock tomorrow", "16:00"), ("tomorrow 12 pm", "12:00"),
    ("tomorrow about 11, be ready", "11:00"), ("tomorrow at 3 outside", "15:00"),
    ("hanner awr wedi tri yfory", "15:30"), ("tomorrow at 3 u better run", "15:00"),
    ("3ish tomorrow", "15:00"), ("tomorrow at midday", "12:00"), ("fory am dri o’r gloch", "15:00"),
    ("yfory am dri o’r gloch", "15:00"), ("chwarter i bedwar yfory", "15:45"),
])  # fmt: skip
def test_a_time_by_the_clock_is_taken_as_somebody_who_speaks_of_a_school_means_it(words, at):
    assert said(f"im coming {words}") == f"2026-11-25 {at}"


@pytest.mark.parametrize(("words", "at"), [
    ("after school", "15:10"), ("at home time", "15:10"), ("at hometime", "15:10"),
    ("when school's out", "15:10"), ("at pick up", "15:10"), ("before school", "08:40"),
    ("at drop-off", "08:40"), ("at lunchtime", "12:30"), ("afta skool", "15:10"),
    ("when the bell goes", "15:10"), ("ar ôl yr ysgol", "15:10"), ("wedi’r ysgol", "15:10"),
    ("ar ôl ysgol", "15:10"), ("amser mynd adre", "15:10"),
])  # fmt: skip
def test_a_time_by_the_school_is_that_of_its_day(words, at):
    assert said(f"tomorrow {words} hes dead") == f"2026-11-25 {at}"


@pytest.mark.parametrize(("words", "when", "twin", "other"), [
    ("am comin fur him the morn efter school", "2026-11-25 15:10", "in the morn he sang", ""),
    ("the morn's nicht at 8 he's deid", "2026-11-25 20:00", "the mornings at 8 are dark", ""),
    ("hauf three the morra at the gates", "2026-11-25 15:30", "hauf the weans at the gates", ""),
    ("at ten tae fower the morn", "2026-11-25 15:50", "ten tae tell ye", ""),
    ("efter school the day he gets it", "2026-11-24 15:10", "he got it the day he came", ""),
    ("see him tneet at 7", "2026-11-24 19:00", "see him neat at 7", "2026-11-25 07:00 ?"),
    ("back o 3 the morra", "2026-11-25 15:00", "back of the morra van", "2026-11-25 -"),
    ("tomorra at home time by there, mun", "2026-11-25 15:10", "by there, mun", ""),
    ("setterday hame time, gates", "2026-11-28 15:10", "settle down, gates", ""),
])  # fmt: skip
def test_days_and_hours_are_known_as_scots_geordies_and_the_welsh_say_them(words, when, twin, other):
    assert (said(words), said(twin)) == (when, other)


@pytest.mark.parametrize(("words", "day"), [
    ("today", "2026-11-24"), ("tmrw", "2026-11-25"), ("2moro", "2026-11-25"), ("tomoz", "2026-11-25"),
    ("the day after tomorrow", "2026-11-26"), ("on Thursday", "2026-11-26"), ("this fri", "2026-11-27"),
    ("26 November", "2026-11-26"), ("on the 26th of Nov", "2026-11-26"), ("26/11", "2026-11-26"),
    ("yfory", "2026-11-25"), ("heddiw", "2026-11-24"), ("drennydd", "2026-11-26"), ("thurs", "2026-11-26"),
    ("ddydd Iau", "2026-11-26"), ("dydd Iau", "2026-11-26"), ("nos Wener", "2026-11-27"),
    ("the morn", "2026-11-25"), ("the morra", "2026-11-25"), ("tomorra", "2026-11-25"),
    ("the day after the morn", "2026-11-26"), ("Thursda", "2026-11-26"), ("fridee", "2026-11-27"),
    ("wensday", "2026-11-25"), ("this efternoon", "2026-11-24"), ("tomorrow now", "2026-11-25"),
])  # fmt: skip
def test_a_day_is_counted_from_when_it_was_posted(words, day):
    assert said(f"{words}, half 3, with a bat") == f"{day} 15:30"


@pytest.mark.parametrize(("text", "when"), [
    # numbers that may be no date to come are not sure
    ("watching you 24/7, gonna stab mr harris at 3pm", "2026-11-24 15:00 ?"), ("gonna do another 9/11", ""),
    ("gonna do another 9/11 at 3pm", "2026-11-24 15:00 ?"),
    ("a 1/12 chance he dies at 3pm", "2026-12-01 15:00 ?"),
    ("on 26/11/2020 he is dead at 3pm", "2026-11-24 15:00 ?"),
    ("3 May, half 3, with a bat", "2027-05-03 15:30 ?"), ("maybe 3 of us at 4pm", "2026-11-24 16:00 ?"),
    # a day that is denied is passed over and of two none is sure
    ("not today but friday at 3", "2026-11-27 15:00"),
    ("not tomorrow or thursday, friday at 3", "2026-11-27 15:00"),
    ("today at 3, else friday", "2026-11-24 15:00 ?"),
    # what has been does not hide today but makes it unsure
    ("he was told yesterday, im bringing a knife today at 3", "2026-11-24 15:00 ?"),
    ("u laughed last night, tonight at 8 ur dead", "2026-11-24 20:00 ?"),
    ("earlier today at 3 he hit me", ""),
    # twelve tonight is midnight and what is later may be the next day
    ("at 12 tonight ur windows go in", "2026-11-24 23:59"),
    ("half 12 tonight ur windows go in", "2026-11-25 00:30 ?"),
    ("at 1 tonight ur windows go in", "2026-11-25 01:00 ?"),
    # a day of the month is the next one
    ("Nov 25 at 3pm ur dead", "2026-11-25 15:00"), ("November 25th at 3pm ur dead", "2026-11-25 15:00"),
    ("on the 3rd after school", "2026-12-03 15:10"), ("the 25th at 3pm", "2026-11-25 15:00 ?"),
    ("on the 5th floor at 3pm", "2026-11-24 15:00 ?"),
    # a clock without a day gives way only to a sure one at its time of day
    ("I stand by the door at 3pm with a hammer. And again on Thursday at 5pm.", "2026-11-24 15:00 ?"),
    ("My copy is due on Thursday so a quote by noon tomorrow please", "2026-11-25 12:00 ?"),
    ("Response required by: 2026-11-26 17:30", "2026-11-26 17:30"),
    ("Wait for me at half 3. Tomorrow at 9am you get the rest.", "2026-11-24 15:30 ?"),
    ("We come at 5pm. Be out by 4pm. Tomorrow at 9am the rest.", "2026-11-24 16:00 ?"),
    ("We come at 9am. Today at 4pm the car.", "2026-11-24 16:00 ?"),
    ("Half 3, remember it. I am there on Thursday at half 3.", "2026-11-26 15:30"),
    # a time is sure only where one stands alone or with its day
    ("Yesterday at 3 he hit my boy, tomorrow we are coming", "2026-11-25 15:00 ?"),
    ("he hit him yesterday at 3 and tomorrow we will come", "2026-11-25 15:00 ?"),
    ("He was hit at 3, tomorrow we will be there", "2026-11-25 15:00 ?"),
    ("the bell goes at 3, tomorrow at lunchtime im coming", "2026-11-25 15:00 ?"),
    ("at 3 or at 5 tomorrow", "2026-11-25 15:00 ?"), ("thursday or friday at 3", "2026-11-26 15:00 ?"),
    ("You will see me tomorrow by the gate. My shift ends at 3pm", "2026-11-25 15:00 ?"),
    ("tomorrow after school, half 3, be there", "2026-11-25 15:30"),
    ("tomorrow you are dead, half 3 outside the gate", "2026-11-25 15:30"),
    ("yesterday was a warning, tomorrow at 3 you are dead", "2026-11-25 15:00"),
    # next friday and a day of today’s own name may be either of two
    ("next Friday after school", "2026-11-27 15:10 ?"), ("Tuesday after school", "2026-11-24 15:10 ?"),
    # a day may be said without a time and a time of no known day
    ("she gets it on Thursday", "2026-11-26 -"), ("next week after school", "- 15:10 ?"),
    # a day and a time in two short sentences are one
    ("Tomorrow. 3pm. You are dead.", "2026-11-25 15:00"),
    # home time friday is the end of that school day
    ("home time Friday", "2026-11-27 15:10"), ("after school fri", "2026-11-27 15:10"),
    # what has been in one sentence leaves another as it is
    ("You laughed at him yesterday. Half 3 tomorrow you wont.", "2026-11-25 15:30"),
    # a title without a day does not hide the day that follows
    ("After school\nI will be there after school on Thursday with a bat.", "2026-11-26 15:10"),
    ("After school\nYou will see.", "2026-11-24 15:10 ?"),
    # what is told as it was is not sure to come
    ("my son was hit after school on Thursday", "2026-11-26 15:10 ?"),
    # the evening of a day is about seven
    ("tonight your windows go in", "2026-11-24 19:00"),
    ("Expect a crash this Friday 8:45am outside the gate", "2026-11-27 08:45"),
    ("I'm coming for you, lockdown today at 3pm", "2026-11-24 15:00"),
    ("more than 3 and we fight tomorrow", "2026-11-25 -"), ("see you wednesday 25th 3pm", "2026-11-25 15:00"),
])  # fmt: skip
def test_a_time_has_the_day_that_its_words_give_it_and_is_sure_only_where_they_are(text, when):
    assert said(text) == when


@pytest.mark.parametrize(("text", "at", "when"), [
    # tomorrow said in the small hours may be the day that has begun
    ("half 3 tomorrow", "00:40", "2026-11-24 15:30 ?"),
    # tonight said late is still today and a weekday whose time is over may be the next
    ("tonight", "23:38", "2026-11-24 -"), ("on tues at 3", "23:38", "2026-12-01 15:00 ?"),
    # a time that was over when it was posted is not still to come
    ("today at half 3", "18:00", ""),
])  # fmt: skip
def test_what_is_said_late_or_in_the_small_hours_is_seen_from_then(text, at, when):
    assert said(text, at) == when


@pytest.mark.parametrize("words", ["half 3", "after school", "at home time"])
def test_without_a_day_it_may_be_the_next_on_which_pupils_are_in(words):
    assert said(f"{words} outside the gates").startswith("2026-11-24 15:")
    assert said(words).endswith("?")
    assert said(words, "23:38").startswith("2026-11-25 15:")
    assert said(words, "23:38", date(2026, 11, 26)).startswith("2026-11-30 15:")  # Friday is an INSET day


@pytest.mark.parametrize("text", [
    "", "he is in year 9 and 14 years old", "at 14 Tanner Close", "3 kids were in detention for 20 minutes",
    "I waited after school yesterday", "last Friday at half 3 he shouted", "two weeks ago after school",
    "it costs £3.30", "the sun was out", "we won 3-2", "room 3.14", "I am 3 months pregnant", "half term",
])  # fmt: skip
def test_numbers_that_are_no_times_and_what_has_been_say_nothing(text):
    assert said(text) == ""


@pytest.mark.parametrize(
    ("words", "at"),
    [("in an hour", "13:00"), ("in 20 mins", "12:20"), ("in half an hour", "12:30"), ("mewn awr", "")],
)
def test_so_long_from_now_is_counted_from_when_it_was_posted(words, at):
    assert said(f"she is getting it {words}") == (f"2026-11-24 {at}" if at else "")


def test_a_clock_in_the_title_gives_way_to_any_sure_one_and_one_in_the_text_does_not():
    title, sure = "Open evening at 6pm", "Thursday at 4pm you are dead."
    assert said_time(f"{title}. {sure}", posted(), HOURS, title) == SaidTime(date(2026, 11, 26), time(16))
    first = SaidTime(TUESDAY, time(15), sure=False)
    assert said_time(f"{title}. I come at 3pm. {sure}", posted(), HOURS, title) == first


@given(st.text(max_size=200), st.datetimes(posted(day=date(2026, 1, 1)), posted(day=date(2027, 12, 1))))
def test_whatever_is_written_what_is_found_is_not_over(text, when):
    found = said_time(f"half 3 {text} tomorrow", when, HOURS)
    if found is not None and found.day is not None and found.at is not None:
        assert datetime.combine(found.day, found.at) >= when
