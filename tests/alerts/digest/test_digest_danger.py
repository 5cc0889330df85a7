"""What may be a matter of 999 is the first thing in the digest of everybody who may know of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.case import a_step
from builders.mention import a_mention, a_verdict, an_alert
from builders.view import a_post, fresh, of_case, raised
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.digest.select import for_part_of_it, select
from alerts.facts import Facts
from alerts.ladder.replay import replay
from alerts.links import Links
from alerts.wording.digest.compose import compose
from alerts.wording.digest.view import View, html, text
from data.digest import ReadingCounts, Window
from data.judged import DANGER
from data.steps.codes import StepKind
from data.types import (
    About,
    Escalation,
    Harm,
    Meant,
    Owner,
    Person,
    Reason,
    Role,
    Route,
    School,
    Severity,
)

NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 23, 51, tzinfo=UTC)
TAKEN = datetime(2026, 11, 25, 0, 15, tzinfo=UTC)
HEAD = Person("head", "Mrs Jane Holt", (Role.HEAD, Role.SLT), "head@example.org")
DEPUTY = Person("deputy", "Mr Lee Ash", (Role.DEPUTY_HEAD,), "deputy@example.org")
MANAGER = Person("manager", "Mrs Carol Denby", (Role.SLT,), "manager@example.org")
DSL = Person("dsl", "Ms Robin Pike", (Role.DSL,), "dsl@example.org")
SECOND = Person("second", "Mr Tom Hale", (Role.DEPUTY_DSL,), "second@example.org")
TEACHER = Person("teacher", "Miss Ann Fell", (Role.STAFF,), "teacher@example.org")
PEOPLE = (HEAD, DEPUTY, MANAGER, DSL, SECOND, TEACHER)
LEADERS = (HEAD, DEPUTY, MANAGER)
AT_TEACHER = (Meant("person:teacher", 1.0, "x", Harm.VIOLENCE),)
THREAT = a_verdict(
    a_mention(), severity=Severity.THIS_HOUR, route=Route.POLICE_NOW, abuse=("threat",), about=About.STAFF,
    content_class="C6", reasons=(), endangers=AT_TEACHER,
)  # fmt: skip
CHILD = replace(
    THREAT, route=Route.SAFEGUARDING, content_class="C10", abuse=("safeguarding",), about=About.PUPIL,
    restricted=True, endangers=(),
)  # fmt: skip


def alert_view(story="threat", verdict=THREAT, by=None, **changes):
    """A threat, or what else was judged; `by` took it at a quarter past midnight."""
    given = {
        "severity": verdict.severity, "route": verdict.route, "content_class": verdict.content_class,
        "raised_at": NIGHT, "because": (), "audience": ("head", "dsl"), "restricted": verdict.restricted,
        **changes,
    }  # fmt: skip
    post = a_post(text="I will be there with a hammer", at=NIGHT)
    view = raised(an_alert(story, **given), (verdict,), NIGHT, restricted=verdict.restricted, post=post,
                  channels=("local_forum",))  # fmt: skip
    return replace(
        view, number=changes.get("number", "626364"), acknowledged=Owner(by, TAKEN) if by else None
    )


def a_case(story="threat", *steps, verdict=THREAT, number="0004", **opened):
    told = {"story": story, "route": verdict.route.value, "proposed_class": verdict.content_class,
            "about": verdict.about.value, **opened}  # fmt: skip
    done = [a_step(case_id=number, at=TAKEN, facts=told)]
    done += [a_step(n, kind, case_id=number, at=TAKEN, facts=said) for n, (kind, said) in enumerate(steps, 2)]
    return of_case(replay(done), (verdict,), restricted=verdict.restricted)


def facts(*alerts, cases=(), stories=(), people=PEOPLE, **fields):
    return Facts(
        School("900001", "Oakfield Primary School"), NOW.date(), True,
        Window(NOW - timedelta(days=1), NOW), NOW, ZoneInfo("Europe/London"), people, ReadingCounts(3, 3),
        alerts=alerts, cases=tuple(cases), stories=tuple(stories),
        links=Links("https://alerts.example.org", b"secret"), **fields,
    )  # fmt: skip


def digest(found: Facts, person=HEAD) -> View:
    return compose(found, for_part_of_it(select(found, person)))


def flat(view: View) -> str:
    return " ".join(text(view).split())


@pytest.mark.parametrize("person", LEADERS, ids=lambda p: p.id)
def test_a_threat_that_somebody_has_is_first_and_red_for_all_who_may_know_with_what_is_not_recorded(person):
    view = digest(facts(alert_view(by="deputy")), person)
    who = "You have" if person is DEPUTY else "Deputy head has"
    assert view.sections[0].grave
    assert (
        f"{who} had it since 00:15. Not yet recorded as told: the police, whoever is threatened, the gate."
        in flat(view)
    )
    assert "If anyone is in danger, ring 999." in flat(view)
    assert html(view).index('class="danger"') < html(view).index(f"{who} had it since")


@pytest.mark.parametrize("by", [None, *PEOPLE[:5]], ids=lambda p: p.id if p else "nobody")
def test_the_first_43_letters_of_the_subject_are_the_threat_and_who_has_it(by):
    found = facts(alert_view(by=by.id if by else None))
    start = digest(found, MANAGER).subject[:43].lower()
    offices = (
        *("head has it", "deputy head has it", "you have it", "safeguarding lead has it"),
        "deputy safeguarding lead has it",
    )
    assert start.startswith("threat: " + (offices[PEOPLE.index(by)] if by else "nobody has it"))


def test_the_subject_says_that_the_police_are_not_recorded_until_they_are():
    assert digest(facts(alert_view(by="deputy"))).subject == (
        "Threat: deputy head has it, police not recorded (Wednesday)"
    )
    told = a_case("threat", (StepKind.ASKED, {"rung": "police"}))
    view = digest(facts(alert_view(by="deputy"), cases=[told]))
    assert view.subject.startswith("Threat on a local forum: deputy head has it (")


@pytest.mark.parametrize(
    ("kind", "said", "left"),
    [
        (StepKind.ASKED, {"rung": "police"}, "whoever is threatened, the gate"),
        (StepKind.WARNED, {"who": "target"}, "the police, the gate"),
        (StepKind.SUPPORT, {"status": "offered"}, "the police, the gate"),
        (StepKind.WARNED, {"who": "site"}, "the police, whoever is threatened"),
        (StepKind.NOTED, {}, "the police, whoever is threatened, the gate"),
    ],
)
def test_only_what_no_step_of_a_case_records_is_said_to_be_missing(kind, said, left):
    view = digest(facts(alert_view(by="deputy"), cases=[a_case("threat", (kind, said))]))
    assert f"Not yet recorded as told: {left}." in flat(view)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("half 3 tomorrow", "It names a time: today, about 15:30."),
        ("home time Friday", "It names a time: Friday 27 November, about 15:15."),
        ("after school", "It names a time: about 15:15; we are not sure which day, perhaps today."),
        ("next week after school", "It names a time: about 15:15; we are not sure which day."),
        ("on Thursday", "It names a time: tomorrow."),
    ],
)
def test_the_time_that_a_threat_names_is_seen_from_the_digests_day(words, said):
    view = replace(alert_view(by="deputy"), posts=(a_post(text=f"with a hammer, {words}", at=NIGHT),))
    assert said in flat(digest(facts(view)))


def test_of_a_time_that_has_passed_it_is_said_that_it_has():
    post = a_post(text="half 3 tomorrow", at=NIGHT - timedelta(days=1))
    said = flat(digest(facts(replace(alert_view(by="deputy"), posts=(post,)))))
    assert "It named a time that has passed: Tuesday 24 November, about 15:30." in said


def test_what_to_do_if_nobody_is_in_danger_stands_right_behind_999_and_who_has_it_after_that():
    view = replace(alert_view(by="deputy"), posts=(a_post(text="half 3 tomorrow", at=NIGHT),))
    said = flat(digest(facts(view)))
    order = ("names a time", "ring 999. If not, ", "has had it since")
    assert [said.index(each) for each in order] == sorted(said.index(each) for each in order)


def test_a_time_that_a_post_names_in_welsh_is_understood():
    view = replace(alert_view(), posts=(a_post(text="Dw i’n dod hanner awr wedi tri yfory", at=NIGHT),))
    assert "It names a time: today, about 15:30." in flat(digest(facts(view)))


def test_of_a_locked_matter_no_time_is_said():
    view = replace(alert_view(), posts=(a_post(text="half 3 tomorrow", at=NIGHT),))
    assert "names a time" not in flat(digest(facts(view, locked=frozenset({"threat"}))))


def test_where_nobody_is_known_to_be_threatened_nobody_is_said_to_be():
    at_large = alert_view(verdict=replace(THREAT, about=About.SCHOOL, endangers=()), by="deputy")
    assert "Not yet recorded as told: the police, the gate." in flat(digest(facts(at_large)))


def test_whom_it_is_aimed_at_is_told_that_there_is_a_threat_without_its_words_or_a_page():
    aimed = replace(THREAT, about=About.HEAD, endangers=(Meant("person:head", 1.0, "x", Harm.VIOLENCE),))
    said = flat(digest(facts(alert_view(verdict=aimed, audience=("dsl", "head"))), HEAD))
    assert "somebody may be in danger" in said
    assert "hammer" not in said
    assert "/m/" not in said


def test_a_case_of_danger_without_a_standing_alert_is_first_too():
    view = digest(facts(cases=[a_case()]))
    assert view.sections[0].grave
    assert view.subject.startswith("Threat: ")


def test_of_danger_without_an_alert_nobody_is_said_to_have_been_told_or_not():
    found = facts(cases=[a_case()])
    assert "Nobody could be told" not in flat(digest(found))
    assert "· ." not in flat(digest(found))


def test_whom_what_stands_beside_a_threat_may_accuse_sees_neither_it_nor_its_case():
    look = replace(THREAT, severity=Severity.NOTE, route=Route.IGNORE, abuse=(), look=True, endangers=(),
                   accuses=(Meant("person:manager", 1.0, "x"),))  # fmt: skip
    alert, case = replace(alert_view("threat", by="deputy"), verdicts=(THREAT, look)), a_case()
    for found in (facts(alert, cases=[case]), facts(cases=[replace(case, verdicts=(THREAT, look))])):
        assert select(found, HEAD).danger
        assert not select(found, MANAGER).danger
        assert "0004" not in flat(digest(found, MANAGER))


@pytest.mark.parametrize("ended", [True, False])
def test_it_ends_once_its_case_is_closed(ended):
    steps = [(StepKind.DECIDED, {"decision": "stop"}), (StepKind.CLOSED, {"ending": "standing"})]
    view = digest(facts(cases=[a_case("threat", *steps[: 2 * ended])]))
    assert any(section.grave for section in view.sections) is not ended


def test_a_quiet_days_subject_says_that_it_is_quiet():
    assert digest(facts()).subject == "Nothing new about you: a quiet day (Wednesday)"


def test_the_first_digests_subject_says_that_it_is_the_first():
    first = replace(facts(), set_up=("Town forum",))
    assert digest(first).subject == "Your first digest: what was set up (Wednesday)"


def test_a_digest_of_hours_says_since_when_today():
    first = replace(facts(), window=Window(NOW - timedelta(hours=2), NOW), set_up=("Town forum",))
    assert "Nothing new about you in 3 places since 05:30." in flat(digest(first))


def test_whoever_was_asked_next_and_has_it_is_told_what_is_theirs_to_do():
    assert "If not, ask whoever is threatened, then ring 101." in flat(
        digest(facts(alert_view(by="deputy")), DEPUTY)
    )


def test_whoever_works_on_its_case_is_told_what_is_theirs_to_do():
    view = a_case("threat")
    case = replace(view, cases=(replace(view.cases[0], acting="deputy", acting_at=TAKEN),))
    assert "those who were told ring 101" in flat(digest(facts(alert_view(), cases=(case,)), MANAGER))
    assert "If not, ask whoever is threatened, then ring 101." in flat(
        digest(facts(alert_view(), cases=(case,)), DEPUTY)
    )


def test_nobody_is_told_to_ring_101_once_the_police_were_told():
    case = a_case("threat", (StepKind.REFERRED, {"to": "police"}))
    said = flat(digest(facts(alert_view(by="deputy"), cases=(case,)), DEPUTY))
    assert "If anyone is in danger, ring 999." in said
    assert "101" not in said


def test_what_may_mean_violence_stands_before_whatever_else_is_to_be_decided():
    details = replace(THREAT, severity=Severity.TODAY, route=Route.REQUEST_REMOVAL, abuse=("privacy",),
                      content_class="C11", endangers=())  # fmt: skip
    violent = replace(details, route=Route.RESPOND)
    views = (
        alert_view("details", details),
        alert_view("fight", violent, because=(Reason(DANGER, "it may"),)),
    )
    view = digest(facts(*views))
    assert view.subject.startswith("Possible threat: nobody has it yet, 1 more to decide")


def test_what_is_to_be_decided_is_named_in_the_subject_where_nothing_is_graver():
    details = replace(THREAT, severity=Severity.TODAY, route=Route.REQUEST_REMOVAL, abuse=("privacy",),
                      content_class="C11", endangers=())  # fmt: skip
    assert (
        digest(facts(alert_view(verdict=details))).subject == "Staff details: nobody has it yet (Wednesday)"
    )


# ---------------------------------------------------------------- the safeguarding lead's own


@pytest.mark.parametrize("person", [DSL, replace(DSL, roles=(Role.DSL, Role.SLT))], ids=["alone", "leader"])
def test_the_safeguarding_lead_has_a_list_of_her_matters_by_number_since_when_and_due(person):
    today = replace(CHILD, severity=Severity.TODAY)
    at = NOW - timedelta(hours=2)
    new, old = (
        alert_view("new", today, raised_at=at, number="894434"), alert_view("old", today, number="626364"),
    )  # fmt: skip
    view = digest(facts(new, people=(HEAD, person, SECOND)), person)
    said = flat(view)
    assert "Safeguarding matter 894434, since 05:30 · due by the end of Wednesday." in said
    assert said.count("https://alerts.example.org/m/") == 1
    assert view.subject == "Safeguarding matter 894434 is due (Wednesday)"
    both = flat(digest(facts(new, old, people=(HEAD, person, SECOND)), person))
    assert "1. Safeguarding matter 626364, since yesterday 23:51 · was due by the end of Tuesday." in both
    for never in ("hammer", "pupil", "child may", "forum"):
        assert never not in said


def test_a_lead_who_leads_nothing_else_is_sent_that_list_alone_and_nothing_without_one():
    story = fresh("s", replace(THREAT, severity=Severity.RESPOND, route=Route.RESPOND, endangers=()))
    parking = {"stories": [story]}
    chosen = for_part_of_it(select(facts(**parking), DSL))
    assert chosen.alone
    assert not chosen.restricted
    assert not chosen.answer
    assert for_part_of_it(select(facts(alert_view("child", CHILD), **parking), DSL)).restricted
    assert not for_part_of_it(select(facts(alert_view("child", CHILD)), SECOND)).restricted


def test_in_the_leads_absence_it_is_the_deputys_list():
    gone = (HEAD, replace(DSL, email=None), SECOND)
    assert select(facts(alert_view("child", CHILD), people=gone), SECOND).restricted
    accused = alert_view("child", CHILD, excluded=("dsl",))
    assert select(facts(accused), SECOND).restricted
    assert not select(facts(accused), DSL).restricted


def test_a_restricted_matter_of_danger_is_in_the_first_block_by_number_alone():
    person = replace(DSL, roles=(Role.DSL, Role.SLT))
    view = digest(facts(alert_view("child", CHILD, by="dsl", number="894434"), people=(HEAD, person)), person)
    assert view.sections[0].grave
    assert view.sections[0].heading.startswith("Still open")
    assert view.subject.startswith("Safeguarding matter 894434 is open")
    assert "hammer" not in text(view)


def test_what_she_has_stays_listed_while_something_is_due():
    allegation = replace(CHILD, severity=Severity.TODAY, about=About.STAFF)
    for verdict, listed in ((allegation, True), (replace(CHILD, severity=Severity.TODAY), False)):
        long_ago = alert_view("child", verdict, by="dsl", raised_at=NIGHT - timedelta(days=7))
        assert bool(select(facts(long_ago), DSL).restricted) is listed


def test_what_she_has_stays_listed_for_a_week_where_nothing_is_recorded():
    taken = alert_view("child", replace(CHILD, severity=Severity.TODAY), by="dsl", number="894434")
    said = flat(digest(facts(taken), DSL))
    assert "Safeguarding matter 894434" in said
    assert "You have it." in said


def test_whoever_took_a_restricted_danger_that_they_were_asked_for_next_has_it_in_their_digest():
    asked = Escalation("a", "900001", 1, 1, "head", NIGHT)
    child = alert_view("child", CHILD, audience=("dsl", "second"), number="894434")
    child = replace(child, escalated=(asked,))
    assert "Safeguarding matter 894434" in flat(digest(facts(child), HEAD))
    assert "894434" not in flat(digest(facts(child), DEPUTY))
    took = replace(child, escalated=(), acknowledged=Owner("head", TAKEN))
    assert "Safeguarding matter 894434" in flat(digest(facts(took), HEAD))


def test_an_allegation_against_staff_is_in_the_list_of_who_was_asked_first_by_its_number():
    allegation = replace(CHILD, severity=Severity.TODAY, about=About.STAFF)
    asked_head = alert_view("child", allegation, by="dsl", audience=("head", "dsl"), number="894434")
    said = flat(digest(facts(asked_head), HEAD))
    assert "Safeguarding, for you to see to" in said
    assert "Safeguarding matter 894434" in said
    child = alert_view(
        "child", replace(allegation, about=About.PUPIL), audience=("head", "dsl"), number="894434"
    )
    assert "894434" not in flat(digest(facts(child), HEAD))


def test_of_a_locked_matter_there_is_no_date_and_no_page():
    today = replace(CHILD, severity=Severity.TODAY)
    found = facts(alert_view("child", today, number="894434"), locked=frozenset({"child"}))
    said = flat(digest(found, DSL))
    assert "Safeguarding matter 894434, something is due." in said
    assert "/m/" not in said


# ---------------------------------------------------------------- any day


@st.composite
def days(draw):
    alerts, cases = [], []
    for n in range(draw(st.integers(1, 5))):
        verdict = draw(st.sampled_from((THREAT, CHILD, replace(THREAT, severity=Severity.TODAY,
                       route=Route.REQUEST_REMOVAL, content_class="C7", abuse=("defamation",)))))  # fmt: skip
        by = draw(st.sampled_from((None, "deputy", "dsl", "head")))
        if draw(st.booleans()):
            alerts.append(alert_view(f"s{n}", verdict, by=by, number=f"80000{n}"))
        if draw(st.booleans()):
            cases.append(a_case(f"s{n}", verdict=verdict, number=f"90000{n}",
                                restricted="yes" if verdict.restricted else ""))  # fmt: skip
    return facts(*alerts, cases=cases, people=(*LEADERS, replace(DSL, roles=(Role.DSL, Role.SLT)), TEACHER))


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(days(), st.sampled_from((*LEADERS, replace(DSL, roles=(Role.DSL, Role.SLT)))))
def test_on_no_day_does_anything_stand_before_open_danger(found, person):
    view = digest(found, person)
    dangers = {a.story_id for a in (*found.alerts, *found.cases) if a.verdicts[0] is THREAT}
    first = view.sections[0].lines if dangers else ()
    assert dangers <= {line.matter.story_id for line in first if line.matter}
    assert not dangers or (view.sections[0].grave and view.subject.startswith("Threat: "))
    assert all(line.ring for line in first)
    later = [line.matter.story_id for s in view.sections[1:] for line in s.lines if line.matter]
    assert dangers.isdisjoint(later)
