"""When an alert is raised and again, who is asked while nobody has it, and what is taken and not finished."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from builders.alert import (
    CHAIR,
    DEPUTY,
    DEPUTY_DSL,
    DSL,
    EVERYBODY,
    HEAD,
    IDS,
    NOW,
    SCHOOL,
    VICE,
    any_people,
    any_verdict,
    codes,
    opened,
    raised,
    story_now,
    verdict,
)
from builders.mention import by_labels
from builders.verdict import mention
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.access.matter import matter_of_story
from alerts.access.recipients import asked_next, next_office
from alerts.escalation import HOUR, TABLE, AlarmAudience, Call, Occasion, Open, Unfinished, ask_again, call
from alerts.next_date import OPENS, Means, SchoolDays, due_at, in_working_hours, to_decide
from alerts.raise_alert import (
    CHILD_IDENTIFIABLE,
    SINCE_MARKED,
    Decline,
    date_verdict,
    raise_alert,
    story_severity,
)
from alerts.wording.instant import Unanswered, alert_messages, compose_call, compose_morning, telling
from data.judged import DANGER, ROUTE_ORDER, is_of_this_hour, route_rank
from data.matters import LADO, Having, Holder, NextDate, SaidTime
from data.register.calendar import Calendar
from data.types import (
    About,
    Alert,
    Escalation,
    Owner,
    Reason,
    Relevance,
    Route,
    Severity,
    StillOpen,
    Via,
)


def decline(*verdicts, existing=None, **more):
    found = raise_alert(story_now(*verdicts, existing=existing, **more))
    assert isinstance(found, Decline)
    return found


def test_what_needs_no_action_is_declined_and_it_is_told_again_only_where_it_rises():
    for route in [Route.NOTE, Route.THANK, Route.RESPOND]:
        assert decline(verdict(route, look=True)).why == "not_severe"
    assert decline(verdict(relevance=Relevance.NOT_ABOUT))
    assert decline(verdict(), verdict(), existing=raised(verdict())).why == "told_already"
    first = raised(verdict())
    again = raised(verdict(severity=Severity.THIS_HOUR), existing=first)
    assert (again.id, again.times) == (first.id, 2)
    assert "severity_rose" in codes(again)
    first = raised(verdict(Route.PLATFORM_REPORT, About.STAFF), places=5)
    again = raised(verdict(Route.SAFEGUARDING), existing=first)
    assert "route_rose" in codes(again)
    assert again.severity == first.severity == Severity.THIS_HOUR
    assert raised(verdict()).id == raised(verdict(severity=Severity.THIS_HOUR)).id


def test_the_72_hours_run_from_the_first_alert_of_data_and_not_of_an_insult():
    data = verdict(Route.REQUEST_REMOVAL, severity=Severity.THIS_HOUR, content_class="C1")
    insult = raised(verdict(Route.PLATFORM_REPORT))
    insult = replace(insult, raised_at=NOW - timedelta(days=10), known_at=None)
    assert raised(data, existing=insult).known_at == NOW
    before = replace(insult, content_class="C1")
    assert raised(data, existing=before).known_at == before.raised_at


def test_the_gravest_leads_and_whom_it_may_accuse_is_kept_out_though_it_is_not_told_again():
    alert = raised(verdict(Route.PLATFORM_REPORT, About.STAFF), verdict())
    assert (alert.route, alert.content_class, alert.restricted) == (Route.SAFEGUARDING, "C10", True)
    threat = verdict(Route.POLICE_NOW, About.SCHOOL)
    assert raised(threat, existing=raised(verdict())).restricted
    assert raised(threat, verdict()).restricted
    first = raised(verdict(about=About.STAFF))
    assert "deputy_dsl" not in first.audience
    more = [verdict(about=About.STAFF), verdict(about=About.STAFF, subjects=("deputy_dsl",))]
    assert decline(*more, existing=first).kept_out == ("deputy_dsl",)
    first = raised(verdict(about=About.STAFF, subjects=("deputy_dsl",)))
    assert decline(verdict(about=About.STAFF), existing=first).kept_out == ()


def test_somebody_told_who_turns_out_to_be_its_subject_leaves_and_no_edit_lets_them_in():
    first = raised(verdict(about=About.HEAD, subject_person="head"))
    edited = verdict(about=About.STAFF, severity=Severity.THIS_HOUR, version=2)
    again = raised(edited, existing=first)
    assert (again.audience, again.excluded) == (("chair", "dsl", "deputy_dsl"), ("head",))
    first = raised(verdict())
    again = raised(verdict(Route.PLATFORM_REPORT, About.PUPIL, version=2), existing=first, places=5)
    assert "severity_rose" in codes(again)
    assert (again.route, again.content_class, again.restricted) == (Route.SAFEGUARDING, "C10", True)
    assert again.audience == first.audience == ("dsl", "deputy_dsl")
    former = verdict(Route.RESPOND, About.SCHOOL, subjects=("dsl",))
    assert "dsl" not in raised(verdict(), former=(former,)).audience
    first = raised(verdict(about=About.STAFF))
    again = raised(verdict(about=About.STAFF, subjects=("dsl",)), existing=first)
    assert again.audience == ("head", "deputy_dsl")
    assert again.times == first.times + 1
    assert "subject_found" in codes(again)
    first = raised(verdict(about=About.STAFF))
    more = [verdict(about=About.STAFF), verdict(about=About.STAFF, subjects=("deputy_dsl",))]
    again = raised(*more, existing=first, asked=("deputy_dsl",))
    assert again.times == 2
    assert "deputy_dsl" in again.excluded


def test_an_alert_says_where_a_person_decides_and_an_answer_that_cannot_wait_is_told_the_same_day():
    unsure = verdict(relevance=Relevance.UNSURE)
    assert "perhaps_other_school" in codes(raised(unsure))
    assert "perhaps_other_school" not in codes(raised(unsure, verdict()))
    today = {"severity": Severity.TODAY, "content_class": "C0"}
    assert "a_person_decides" in codes(
        raised(verdict(Route.RESPOND, About.SCHOOL, reasons=(DECIDES,), **today))
    )
    assert "a_person_decides" not in codes(raised(verdict()))
    grave = verdict(Route.RESPOND, About.SCHOOL, restricted=False, **today)
    alert = raised(grave, places=5)
    assert (alert.route, alert.severity, alert.restricted) == (Route.RESPOND, Severity.TODAY, False)
    assert alert.audience[0] == "head"
    when = NOW, ZoneInfo("Europe/London"), Calendar()
    assert due_at(alert, *when) == in_working_hours(*when)


def test_each_ground_raises_by_one_and_a_child_that_can_be_told_is_known_by_its_reason():
    for why in [{"child_identifiable": True}, {"places": 3}, {"came_back": True}]:
        grounds = {"child_identifiable": False, "places": 1, "came_back": False} | why
        assert story_severity(Severity.RESPOND, Route.PLATFORM_REPORT, **grounds) is Severity.TODAY
        danger = Severity.TODAY if "came_back" in why else Severity.THIS_HOUR  # to be back is no danger
        assert story_severity(Severity.TODAY, Route.PLATFORM_REPORT, **grounds) is danger
    for answer in (Route.IGNORE, Route.NOTE, Route.THANK, Route.RESPOND):
        every = {"child_identifiable": True, "places": 9, "came_back": True}
        assert story_severity(Severity.TODAY, answer, **every) is Severity.TODAY
    child = verdict(reasons=(Reason("child_identifiable", "A child can be told."),))
    assert raised(child).severity is Severity.THIS_HOUR
    assert "raised_by_one" in codes(raised(child))
    assert set(ROUTE_ORDER) == set(Route)
    assert all(route_rank(a) < route_rank(b) for a, b in pairwise(ROUTE_ORDER))


URGENT = (Route.SAFEGUARDING, Route.POLICE_NOW)
ACCUSED = verdict(about=About.STAFF)
REPLY = verdict(Route.NOTE, About.SCHOOL, mention_id="m2", subjects=("head",))
DECIDES = Reason("a_person_decides", "It may be serious, and we cannot tell what it is: a person decides.")
WEEK = timedelta(days=7)
LONG_AGO = datetime(2024, 3, 3, 12, tzinfo=UTC)
REMOVAL = verdict(Route.REQUEST_REMOVAL)
OLD = verdict(Route.REQUEST_REMOVAL, history=LONG_AGO)
MINUTE = timedelta(minutes=1)
LONDON = ZoneInfo("Europe/London")
DAYS = SchoolDays("england", LONDON, Calendar())
GRAVELY, TODAY = Severity.THIS_HOUR, Severity.TODAY


@given(st.sampled_from(list(Severity)), st.sampled_from(list(Route)), st.sampled_from(list(Relevance)))
def test_a_lane_of_its_own_is_told_whatever_the_severity_others_from_3_on_unless_not_ours(sev, route, ours):
    judged = verdict(route, severity=sev, relevance=ours)
    found = raise_alert(story_now(judged))
    grave = route in URGENT or sev >= Severity.TODAY
    assert isinstance(found, Alert) == (grave and ours is not Relevance.NOT_ABOUT)


def test_whom_a_calm_reply_accuses_leaves_the_list_where_a_child_is_harmed_or_an_adult_accused_of_it():
    alert = raised(ACCUSED, REPLY)
    assert "head" in alert.excluded
    assert alert.audience == raised(verdict(about=About.STAFF, subjects=("head",))).audience
    first = raised(ACCUSED)
    assert "head" in first.audience
    again = raised(ACCUSED, REPLY, existing=first)
    assert "subject_found" in codes(again)
    assert "head" not in again.audience
    everybody = tuple(p.id for p in EVERYBODY)
    assert raised(ACCUSED, by_labels(REPLY, subjects=everybody)).audience
    elsewhere = replace(REPLY, relevance=Relevance.NOT_ABOUT)
    assert raised(ACCUSED, elsewhere).excluded == ()
    assert "head" in raised(verdict(), REPLY).excluded
    for severe in [verdict(Route.POLICE_NOW), verdict(Route.REQUEST_REMOVAL, About.STAFF)]:
        assert raised(severe, REPLY).audience == raised(severe).audience


def history(*, new_words=False, **changes):
    return date_verdict(REMOVAL, mention("words", **changes), NOW, new_words=new_words).history


def test_history_is_what_was_posted_long_before_and_told_only_where_no_reader_would_see_it():
    assert history(published=NOW - WEEK - timedelta(seconds=1)) == NOW - WEEK - timedelta(seconds=1)
    assert history(published=NOW - WEEK) is None
    assert history(published=None) is None
    assert history(published=LONG_AGO, new_words=True) is None
    assert history(published=LONG_AGO, edited=NOW - timedelta(days=1)) is None
    assert history(published=LONG_AGO, edited=LONG_AGO + WEEK) == LONG_AGO
    for places in [1, 9]:
        assert decline(OLD, places=places).why == "before_we_began"
    assert raised(OLD, why_again=SINCE_MARKED).posted_at == LONG_AGO
    accusing = by_labels(OLD, abuse=("defamation",), content_class="C7", about=About.HEAD, subjects=("head",))
    assert decline(accusing).why == "before_we_began"
    alert = raised(accusing, people=(HEAD, CHAIR))
    assert (alert.audience, alert.excluded) == (("chair",), ("head",))
    # A digest leaves a story out where a look in it may accuse the reader.
    doubt = by_labels(
        OLD, mention_id="m2", severity=Severity.NOTE, route=Route.NOTE, look=True, abuse=("defamation",),
        content_class="C7", about=About.HEAD, subjects=("head",),
    )  # fmt: skip
    assert raised(OLD, doubt, people=(HEAD, CHAIR)).posted_at == LONG_AGO


@pytest.mark.parametrize(
    "told",
    [
        verdict(Route.PLATFORM_REPORT, severity=Severity.THIS_HOUR),
        verdict(Route.SAFEGUARDING),
        verdict(Route.POLICE_NOW, severity=Severity.TODAY),
        verdict(Route.PLATFORM_REPORT, content_class="C9", restricted=True),
        verdict(Route.REQUEST_REMOVAL, reasons=(Reason(CHILD_IDENTIFIABLE, "a child"),)),
    ],
    ids=["severity_4", "safeguarding", "police", "for_the_safeguarding_lead_alone", "a_child_can_be_told"],
)
def test_history_that_cannot_wait_is_told_with_its_date(told):
    alert = raised(OLD, replace(told, history=LONG_AGO + WEEK))
    assert alert.posted_at == LONG_AGO + WEEK


def test_a_new_post_of_an_old_story_is_told_as_any_other_and_more_history_keeps_still():
    assert raised(OLD, REMOVAL).posted_at is None
    old = verdict(Route.POLICE_NOW, history=LONG_AGO)
    told = raised(old)
    again = raised(old, verdict(Route.POLICE_NOW), existing=told)
    assert (again.times, again.posted_at) == (2, None)
    assert "posted_anew" in codes(again)
    told, old = raised(REMOVAL), replace(OLD, mention_id="m2")
    decline(REMOVAL, old, existing=told)
    accusing = by_labels(OLD, abuse=("defamation",), content_class="C7", about=About.HEAD, subjects=("head",))
    again = raised(accusing, existing=raised(REMOVAL))
    assert (again.times, "head" in again.excluded) == (2, True)


def messages_of(alert):
    return alert_messages(telling(alert, EVERYBODY, SCHOOL, Means(), NOW, targets=frozenset({"dsl"})))


def test_every_mail_about_history_says_when_it_was_posted_and_of_what_is_new_none():
    said = "It was posted on 3 March 2024, before we began to read that source."
    alert = raised(verdict(Route.POLICE_NOW, history=LONG_AGO))
    step = Escalation(alert.id, alert.urn, 1, 1, "dsl", NOW)
    it = Open(alert, matter_of_story([], alert, SCHOOL, EVERYBODY))
    t = telling(alert, EVERYBODY, SCHOOL, Means(), NOW, targets=it.targets, threatened=it.matter.endangered)
    next_ones = compose_call(Unanswered(it, Call((step,), TABLE[1]), t))
    mails = [m for m in (*messages_of(alert), *next_ones) if m.via is Via.MAIL]
    assert len(mails) == 3
    assert [said in m.body for m in mails] == [True] * len(mails)
    assert not any("2024" in m.subject for m in mails)
    assert not any("2024" in m.body for m in messages_of(raised(OLD, verdict(Route.POLICE_NOW))))


def at(day, hour, minute=0):
    """A time in November 2026, of which the 16th is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=LONDON)


def an_alert(when, severity):
    alert = raised(verdict(severity=severity, route=Route.PLATFORM_REPORT))
    return replace(alert, raised_at=when, severity=severity, because=(), restricted=True)


def matter(alert, holder="", since=None, **more):
    has = Holder(holder, since or alert.raised_at, Having.ACKNOWLEDGED) if holder else None
    due = (to_decide(alert, DAYS, alert.raised_at),)
    return replace(Unfinished(alert, has, due), **more)


def questions(unfinished, days=5, every=10 * MINUTE):
    """Every question that is asked while nothing is recorded."""
    made = []
    now = unfinished.alert.raised_at
    while now < unfinished.alert.raised_at + timedelta(days=days):
        step = ask_again(unfinished, made, EVERYBODY, SCHOOL, DAYS, now)
        if step is not None:
            made.append(step)
        now += every
    return [(s.about, s.person_id, s.told_at) for s in made]


def recorded(alert=None, **owner):
    """What the lead has, of which something is recorded and nothing is due; `owner` says what was agreed."""
    has = matter(alert or an_alert(at(16, 9), TODAY), "dsl", due=(), recorded_at=at(16, 10))
    return replace(has, owner=Owner("dsl", at(16, 9), **owner))


@pytest.mark.parametrize(("unfinished", "asked"), [
    # of severity 4 whoever has it is asked after an hour, and then the next
    (matter(an_alert(at(17, 23), GRAVELY), "deputy", at(18, 0, 10)),
     [(StillOpen.UNDONE, "deputy", at(18, 1, 10)), (StillOpen.UNDONE, "dsl", at(18, 2, 10))]),
    # nobody is asked once something is recorded since it was taken, nor here where nobody has it
    (matter(an_alert(at(17, 23), GRAVELY), "deputy", recorded_at=at(17, 23, 30)), []),
    (matter(an_alert(at(17, 23), GRAVELY)), []),
    # of what is no secret the next of the leadership reads it in the digest
    (matter(replace(an_alert(at(17, 9), TODAY), restricted=False), "deputy"),
     [(StillOpen.DUE, "deputy", at(17, 15))]),
    # whoever wanted to be asked again is, once, at that time
    (recorded(by="dsl", ask_at=at(17, 11)), [(StillOpen.OWN_DATE, "dsl", at(17, 11))]),
    # what was given for a while is at its end asked of whoever gave it
    (recorded(by="head", until=at(17, 11)), [(StillOpen.BACK, "head", at(17, 11))]),
])  # fmt: skip
def test_who_is_asked_about_what_is_not_finished(unfinished, asked):
    assert questions(unfinished) == asked


def test_what_is_due_is_asked_about_at_three_or_in_working_hours_and_of_the_next_in_the_morning():
    found = questions(matter(an_alert(at(17, 9), Severity.TODAY), "deputy"))
    assert [(about, when) for about, _, when in found] == [
        (StillOpen.DUE, at(17, 15)),
        (StillOpen.DUE, at(18, 8)),
    ]
    assert found[0][1] == "deputy"
    assert found[1][1] != "deputy"
    alert = an_alert(at(16, 9), Severity.TODAY)
    due = (NextDate(at(18, 0), LADO, late=False),)
    owed = matter(alert, "dsl", due=due, recorded_at=at(16, 10))
    assert [(about, when) for about, _, when in questions(owed)] == [
        (StillOpen.LADO, at(17, 15)),
        (StillOpen.LADO, at(18, 8)),
    ]
    for raised_at, asked in [
        (at(17, 14, 30), [at(17, 16, 30), at(18, 8)]), (at(17, 17, 30), [at(18, 8), at(19, 8)]),
        (at(20, 20), [at(23, 15), at(24, 8)]),
    ]:  # fmt: skip
        assert [
            when for _, _, when in questions(matter(an_alert(raised_at, Severity.TODAY), "deputy"))
        ] == asked


def test_whoever_takes_it_later_is_asked_anew_and_what_was_lent_before_its_end_too():
    alert = an_alert(at(17, 9), Severity.THIS_HOUR)
    first = questions(matter(alert, "deputy"), days=0.1)
    made = [
        Escalation(alert.id, alert.urn, 1, n, who, when, about)
        for n, (about, who, when) in enumerate(first, start=1)
    ]
    later = matter(alert, "head", at(17, 12))
    asked = ask_again(later, made, EVERYBODY, SCHOOL, DAYS, at(17, 13))
    assert (asked.person_id, asked.step) == ("head", len(made) + 1)
    lent = recorded(by="head", until=at(18, 11), ask_at=at(17, 11))
    assert [(about, when) for about, _, when in questions(lent)] == [
        (StillOpen.OWN_DATE, at(17, 11)),
        (StillOpen.BACK, at(18, 11)),
    ]


def test_whoever_is_away_or_has_left_is_not_waited_for_but_asked_about_their_wish_once_back():
    wanted = recorded(by="dsl", ask_at=at(17, 11))
    gone = tuple(replace(p, away_until=at(18, 0)) if p.id == "dsl" else p for p in EVERYBODY)
    assert ask_again(wanted, [], gone, SCHOOL, DAYS, at(17, 12)) is None
    step = ask_again(wanted, [], gone, SCHOOL, DAYS, at(18, 8))
    assert step.person_id == "dsl"
    alert = an_alert(at(17, 9), Severity.THIS_HOUR)
    gone = tuple(replace(p, away_until=at(20, 0)) if p.id == "deputy" else p for p in EVERYBODY)
    step = ask_again(matter(alert, "deputy"), [], gone, SCHOOL, DAYS, at(17, 10))
    assert step.person_id not in {None, "deputy"}
    alert = an_alert(at(17, 9), Severity.THIS_HOUR)
    left = matter(alert, owner=Owner("gone", at(17, 10), "gone"))
    asked = questions(left)
    assert [when for _, _, when in asked] == [at(17, 11), at(17, 12)]
    assert "gone" not in {who for _, who, _ in asked}


def test_whom_it_may_accuse_or_threatens_is_not_asked_nor_given_it_back():
    alert = replace(an_alert(at(16, 9), Severity.TODAY), excluded=("head",))
    for giver in ("head", ""):
        ((_, who, when),) = questions(recorded(alert, by=giver, until=at(17, 11)))
        assert who not in {"head", "", "dsl", None}
        assert when == at(17, 11)
    alert = replace(an_alert(at(17, 9), Severity.THIS_HOUR), excluded=("head",))
    asked = [who for _, who, _ in questions(matter(alert, "dsl", targets=frozenset({"deputy"})))]
    assert asked[0] == "dsl"
    assert not {"head", "deputy"} & {*asked}


@settings(max_examples=25)
@given(
    st.integers(0, 80 * 24 * 60),
    st.sampled_from([(Severity.TODAY, False), (Severity.TODAY, True), (Severity.THIS_HOUR, True)]),
    st.sampled_from(["", "deputy", "dsl", "head"]),
    st.integers(0, 300),
)
def test_no_matter_with_a_clock_goes_unmentioned_past_it(after, kind, holder, minutes):
    """Within the hour of what is grave and taken; of the rest on its day, or in the morning after where it
    was taken too late for that. Then somebody else is asked."""
    severity, urgent = kind
    alert = an_alert(at(1, 0) + after * MINUTE, severity)
    alert = replace(alert, route=Route.SAFEGUARDING if urgent else alert.route)
    unfinished = matter(alert, holder, alert.raised_at + minutes * MINUTE)
    asked = questions(unfinished, days=9, every=HOUR)
    if not holder:
        assert asked == []
        return
    first, second = asked
    told = due_at(alert, unfinished.since, LONDON, DAYS.calendar)
    opens = datetime.combine(told.date() + timedelta(days=1), OPENS, LONDON)
    last = told + 2 * HOUR if severity >= Severity.THIS_HOUR else due_at(alert, opens, LONDON, DAYS.calendar)
    assert first[2] <= last + HOUR
    assert second[1] != first[1]


GRAVE = raised(verdict(severity=Severity.THIS_HOUR))
NUMBER = StillOpen.BY_NUMBER
THREAT = replace(
    GRAVE, route=Route.POLICE_NOW, restricted=False, content_class="C6",
    audience=("head", "dsl", "deputy_dsl"),
)  # fmt: skip
DEPUTIES = tuple(replace(DEPUTY, id=f"deputy{n}") for n in range(5))
TO_DSL = replace(GRAVE, audience=("dsl",))
FEW = (DSL, replace(HEAD, urns=("900009",)), replace(CHAIR, email=None), VICE)
OFFICES = {
    "who governs, where nobody else is left": (TO_DSL, (DSL, CHAIR, VICE), [("chair",)]),
    "the chair, where nothing reaches a head": (TO_DSL, (DSL, DEPUTY_DSL, CHAIR, VICE),
     [("deputy_dsl",), ("chair",)]),
    "three of many deputies": (GRAVE, (HEAD, DSL, DEPUTY_DSL, *DEPUTIES),
     [("head",), ("deputy0", "deputy1")]),
    "nobody of another school or without an address": (TO_DSL, FEW, [("vice",)]),
    "nobody left": (TO_DSL, (DSL,), []),
}  # fmt: skip
any_grave = any_verdict(
    [Route.SAFEGUARDING, Route.POLICE_NOW, Route.PLATFORM_REPORT, Route.REQUEST_REMOVAL],
    [Severity.TODAY, Severity.THIS_HOUR],
)


def played(alert, people=EVERYBODY, *, every=MINUTE, hours=4, made=(), begin=None, **more):
    """All that is due while nobody answers, looked at so often: how long after it was raised, and what."""
    steps, found = list(made), []
    now = begin or alert.raised_at
    while now <= alert.raised_at + timedelta(hours=hours):
        due = call(opened(alert, people, steps, **more), people, SCHOOL, DAYS, now)
        if due is not None:
            steps += due.steps
            found.append((now - alert.raised_at, due))
        now += every
    return found


def whom(due, about=StillOpen.UNTAKEN):
    return [s.person_id for s in due.steps if s.about is about]


def test_by_the_table_they_are_asked_again_at_15_30_and_60_minutes_and_the_next_by_number():
    assert TABLE[0].asked == (AlarmAudience.FIRST,)
    assert [at for at, _ in played(THREAT, hours=1)] == [15 * MINUTE, 30 * MINUTE, 60 * MINUTE]
    ((_, due),) = played(THREAT, hours=0.25)
    assert whom(due) == ["head", "dsl", "deputy_dsl", "deputy"]
    assert (whom(due, NUMBER), due.fact, due.menders) == ([], (), ())
    alert = replace(GRAVE, audience=("dsl", "deputy_dsl"), warned=("it",))
    _, (_, due) = played(alert, hours=0.5, targets=frozenset({"deputy_dsl"}))
    assert whom(due) == ["deputy"]
    assert due.fact == ("deputy_dsl", "it")
    *_, (_, due) = played(THREAT, hours=1)
    assert set(whom(due)) == {"head", "dsl", "deputy_dsl", "deputy"}
    assert whom(due, NUMBER) == ["chair"]
    assert due.menders == ("it",)


def test_whoever_is_asked_is_not_told_the_bare_fact_in_the_same_minute():
    alert = replace(GRAVE, audience=("dsl", "deputy_dsl"), warned=("deputy", "dpo"))
    _, (_, due) = played(alert, hours=0.5)
    assert (whom(due), due.fact) == (["deputy"], ("dpo",))
    ((_, due),) = played(alert, hours=1, every=timedelta(hours=1))
    assert ("deputy" in whom(due), due.fact) == (True, ("dpo",))


def test_it_learns_nothing_where_it_may_be_meant_and_who_is_left_out_stands_in_no_row():
    may_mean = verdict(about=About.STAFF, severity=Severity.THIS_HOUR)
    names = verdict(about=About.STAFF, subject_person="it", severity=Severity.THIS_HOUR)
    for of in (may_mean, names):
        *_, (_, due) = played(raised(of), hours=1, verdicts=[of])
        assert due.menders == ()
    people = tuple(replace(p, email=None) if p.id == "chair" else p for p in EVERYBODY)
    rows = [due for _, due in played(replace(THREAT, excluded=("deputy",)), people, hours=1)]
    assert [whom(due, NUMBER) for due in rows] == [[], [], ["vice"]]
    assert not {p for due in rows for p in whom(due)} & {"chair", "deputy"}


def test_each_day_at_seven_of_the_place_they_are_asked_and_before_a_time_that_the_post_names():
    for day in [date(2026, 10, 24), date(2027, 3, 27)]:
        alert = replace(THREAT, raised_at=datetime.combine(day, time(20), LONDON).astimezone(UTC))
        found = played(alert, hours=36, every=5 * MINUTE)[3:]
        assert [(alert.raised_at + after).astimezone(LONDON).hour for after, _ in found] == [7, 7]
    friday = replace(THREAT, raised_at=at(20, 22))
    found = played(friday, hours=24 * 5, every=10 * MINUTE)[3:]
    assert [friday.raised_at + after for after, _ in found] == [at(day, 7) for day in (21, 22, 23, 24, 25)]
    assert [whom(due) for _, due in found] == [["head", "dsl", "deputy_dsl", "deputy"]] * 5
    assert [whom(due, NUMBER) for _, due in found] == [[], [], ["chair"], ["chair"], ["chair"]]
    alert = replace(THREAT, raised_at=at(17, 20))
    found = played(alert, hours=24, every=10 * MINUTE, said=SaidTime(date(2026, 11, 18), time(15, 30)))[3:]
    assert [(alert.raised_at + after, due.why) for after, due in found] == [
        (at(18, 7), Occasion.MORNING),
        (at(18, 13, 30), Occasion.NAMED),
    ]
    of = verdict(about=About.HEAD, severity=Severity.THIS_HOUR)
    alert = replace(THREAT, audience=("dsl",), excluded=(), because=(), raised_at=at(17, 20))
    found = played(alert, (HEAD, DSL, CHAIR), hours=12, every=10 * MINUTE, verdicts=[of])
    assert found[-1][1].why is Occasion.MORNING
    assert "head" not in {p for _, due in found for p in whom(due)}


@pytest.mark.parametrize(("grown", "asked"), [(at(18, 9, 5), at(18, 9, 10)), (at(17, 22), at(17, 22))])
def test_when_it_grows_they_are_asked_once_also_before_the_first_morning(grown, asked):
    alert = replace(THREAT, raised_at=at(17, 20))
    found = played(alert, hours=20, every=10 * MINUTE, grown_at=grown)[3:]
    assert {(alert.raised_at + after, due.why) for after, due in found} == {
        (at(18, 7), Occasion.MORNING),
        (asked, Occasion.GREW),
    }


def test_what_is_missed_is_made_up_for_each_person_once_and_of_weeks_ago_in_one_morning():
    slept = played(THREAT, begin=NOW + timedelta(hours=2), hours=3)
    ((_, due),) = slept
    assert len(whom(due)) == len(set(whom(due))) >= 4
    assert whom(due, NUMBER) == ["chair"]
    old = replace(THREAT, raised_at=at(2, 22))
    found = played(old, begin=at(24, 6), hours=24 * 22 - 2, every=10 * MINUTE)
    assert [old.raised_at + after for after, _ in found] == [at(24, 7)]
    night = played(old, begin=at(24, 22), hours=24 * 22 + 8, every=10 * MINUTE)
    assert night == []
    hourly = [
        Escalation(THREAT.id, THREAT.urn, 1, n, "head", THREAT.raised_at + timedelta(minutes=15 + 60 * n))
        for n in range(1, 30)
    ]
    found = played(THREAT, made=hourly, begin=hourly[-1].told_at, hours=96, every=10 * MINUTE)
    assert {due.why for _, due in found} == {Occasion.MORNING}


def test_raised_again_it_begins_again_and_a_clock_set_back_asks_nobody_twice():
    made = [s for _, due in played(THREAT) for s in due.steps]
    again = replace(THREAT, times=2, raised_at=NOW + timedelta(hours=5))
    found = played(again, made=made, hours=1)
    assert [after for after, _ in found] == [15 * MINUTE, 30 * MINUTE, 60 * MINUTE]
    assert [(s.times, s.step) for s in found[0][1].steps][:2] == [(2, 1), (2, 2)]
    made = [s for _, due in played(THREAT, hours=1) for s in due.steps]
    assert played(THREAT, made=made, hours=2) == []
    ahead = replace(made[-1], told_at=NOW + timedelta(days=40))
    later = call(opened(THREAT, made=[*made, ahead]), EVERYBODY, SCHOOL, DAYS, at(21, 7))
    assert later is not None


@pytest.mark.parametrize(("raised_at", "route", "again"), [
    (at(17, 10), Route.PLATFORM_REPORT, at(18, 8)), (at(20, 10), Route.PLATFORM_REPORT, at(23, 8)),
    (at(20, 10), Route.SAFEGUARDING, at(21, 8)),
])  # fmt: skip
def test_of_severity_3_it_is_asked_once_more_next_morning_and_then_no_more(raised_at, route, again):
    alert = replace(THREAT, severity=Severity.TODAY, raised_at=raised_at, route=route, because=())
    ((after, due),) = played(alert, hours=24 * 6, every=10 * MINUTE)
    assert raised_at + after == again
    assert whom(due) == (["head", "deputy"] if route is Route.SAFEGUARDING else ["head"])


def test_of_violence_the_table_runs_too_and_begins_with_whom_it_is_open_to():
    alert = replace(THREAT, severity=Severity.TODAY, because=(Reason(DANGER, ""),))
    assert [at for at, _ in played(alert, hours=1)] == [15 * MINUTE, 30 * MINUTE, 60 * MINUTE]
    assert played(replace(THREAT, severity=Severity.RESPOND), hours=30, every=10 * MINUTE) == []
    gone = tuple(replace(p, away_until=NOW + timedelta(days=9)) if p.id == "head" else p for p in EVERYBODY)
    first = played(replace(THREAT, audience=("head",)), gone, hours=0.1)[0]
    assert first[0] == timedelta()
    assert "head" not in whom(first[1])
    alert = raised(verdict(about=About.CHAIR, subject_person="chair", severity=Severity.THIS_HOUR))
    order = asked_next(alert, EVERYBODY, SCHOOL, NOW)
    assert "chair" not in order
    assert order.index("la") < order.index("head")
    insult = verdict(Route.PLATFORM_REPORT, About.STAFF, severity=Severity.THIS_HOUR)
    assert asked_next(raised(insult), EVERYBODY, SCHOOL, NOW)[0] == "head"


@pytest.mark.parametrize(("alert", "people", "offices"), OFFICES.values(), ids=OFFICES)
def test_which_offices_come_next(alert, people, offices):
    told, found = [*alert.audience], []
    while office := next_office(alert, people, SCHOOL, NOW, told):
        found.append(office)
        told += office
    assert found == offices


@given(st.lists(any_grave, min_size=1, max_size=3), any_people, st.lists(st.sampled_from(IDS), max_size=2))
def test_whoever_is_left_out_is_never_asked_never_named_and_never_warned_of_it(verdicts, people, later):
    alert = raise_alert(story_now(*verdicts, people=people))
    assert isinstance(alert, Alert)
    named = tuple(replace(p, name=f"Name-of-{p.id}-ends") for p in people)
    means, steps = Means(chats=frozenset(IDS)), list[Escalation]()
    for n in range(1, 80):
        if n == 3:  # another post of the story turns out to be about them
            alert = replace(alert, excluded=tuple(dict.fromkeys((*alert.excluded, *later))))
        now = NOW + n * (15 if n < 6 else 120) * MINUTE
        it = opened(alert, people, steps)
        if (due := call(it, people, SCHOOL, DAYS, now)) is None:
            continue
        aimed = {"targets": it.targets, "threatened": it.matter.endangered}
        asked = Unanswered(it, due, telling(it.alert, named, SCHOOL, means, now, **aimed))
        to = [s.person_id for s in due.steps if s.person_id]
        messages = list(compose_call(asked)) if due.row else []
        messages += [m for p in to if not due.row for m in compose_morning([asked], p, now)]
        told = [m for m in messages if m.kind != "warning"]
        assert not {m.person_id for m in told} & {*alert.excluded}
        assert not [p for p in alert.excluded for m in told if f"Name-of-{p}-ends" in m.body]
        assert len(to) == len(set(to))
        steps += due.steps
    assert [s.step for s in steps] == list(range(1, len(steps) + 1))


@given(st.lists(any_grave, min_size=1, max_size=3), any_people, st.integers(1, 50))
def test_it_is_never_slower_than_the_table_and_ends_with_it(verdicts, people, every):
    alert = raise_alert(story_now(*verdicts, people=people))
    assert isinstance(alert, Alert)
    found = played(alert, people, every=every * MINUTE, hours=52)
    rows = [(after, due) for after, due in found if due.row is not None]
    if is_of_this_hour(alert):
        for row in TABLE[1:]:
            made = min(after for after, due in rows if due.row and due.row.minutes >= row.minutes)
            assert made < row.after + every * MINUTE
        assert rows[-1][1].row is TABLE[-1]
    mornings = [after for after, due in found if due.row is None]
    assert len(mornings) <= (2 if is_of_this_hour(alert) else 1)
