"""What may be a matter of 999 is first in a digest, what may not be told is nowhere in it."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.case import a_step
from builders.mention import a_mention, a_verdict, an_alert, by_labels
from builders.view import a_post, fresh, marked, of_case, raised, with_article
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.facts import Agenda, Facts, SchoolPart
from alerts.ladder.replay import replay
from alerts.links import Links
from alerts.select import for_part_of_it, select
from alerts.wording.digest.compose import compose_digest
from alerts.wording.digest.compose import compose_for_schools as compose_together
from alerts.wording.digest.view import digest_html, digest_text
from data.cases import RunningClock
from data.digest import Fate, ReadingCounts, Undelivered, Window
from data.judged import DANGER
from data.register.calendar import Calendar, Term
from data.rungs import CaseClock
from data.steps.codes import StepKind
from data.types import (
    ALLEGING_LABELS,
    About,
    Escalation,
    Harm,
    Mark,
    Marked,
    Meant,
    MentionKind,
    Owner,
    Person,
    PressEvent,
    Reason,
    Role,
    Route,
    School,
    Sentiment,
    Severity,
    StillOpen,
)
from monitor.desk.pages.today import make_day
from monitor.matters.today import LIFE, digest_window, due_now, due_on

NOW = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 23, 51, tzinfo=UTC)
TAKEN = datetime(2026, 11, 25, 0, 15, tzinfo=UTC)
HEAD = Person("head", "Mrs Jane Holt", (Role.HEAD, Role.SLT), "head@example.org")
DEPUTY = Person("deputy", "Mr Lee Ash", (Role.DEPUTY_HEAD,), "deputy@example.org")
MANAGER = Person("manager", "Mrs Carol Denby", (Role.SLT,), "manager@example.org")
DSL = Person("dsl", "Ms Robin Pike", (Role.DSL,), "dsl@example.org")
SECOND = Person("second", "Mr Tom Hale", (Role.DEPUTY_DSL,), "second@example.org")
TEACHER = Person("teacher", "Miss Ann Fell", (Role.STAFF,), "teacher@example.org")
CHAIR = Person("chair", "Mr Abel Moss", (Role.CHAIR,), "chair@example.org")
PRESS = Person("press", "Mr Ned Quill", (Role.PRESS,), "press@example.org")
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
ODD = replace(
    THREAT, route=Route.REQUEST_REMOVAL, content_class="C14", abuse=(), about=About.SCHOOL, endangers=()
)
WARN = RunningClock(CaseClock.WARN_1H, NIGHT, NIGHT + timedelta(hours=1))
ASKED = {
    "threat by number": (THREAT, CHAIR, StillOpen.BY_NUMBER, "Alarm 626364: nobody has answered it"),
    "child by number": (CHILD, CHAIR, StillOpen.BY_NUMBER, "Safeguarding matter 626364"),
    "odd post by number": (ODD, CHAIR, StillOpen.BY_NUMBER, "Alarm 626364: nobody has answered it"),
    "child": (CHILD, SECOND, StillOpen.UNTAKEN, "Safeguarding matter 626364"),
    "child of today": (
        replace(CHILD, severity=Severity.TODAY), SECOND, StillOpen.UNTAKEN, "Safeguarding matter 626364",
    ),
    "threat": (THREAT, SECOND, StillOpen.UNTAKEN, "A threat may be made"),
    "odd post": (ODD, SECOND, StillOpen.UNTAKEN, "626364"),
    "threat to who speaks to the press": (THREAT, PRESS, StillOpen.UNTAKEN, "A threat may be made"),
}  # fmt: skip
TUESDAY = datetime(2026, 11, 17, 7, 30, tzinfo=UTC)
THEN = TUESDAY - timedelta(hours=10)
OFFICES = (HEAD, DEPUTY, DSL)
PRIVATE = ("facebook_group", "whatsapp", "email", "manual_report")
MARKS = ("answered", "taken")
UNFIT = frozenset((*ALLEGING_LABELS, "threat", "hate", "privacy", "harassment", "profanity"))
ENDS = ("is fair", "and Mrs Holt", "teacher arrested", "by Mr Nobody")
ONCE = a_verdict(a_mention(), reasons=())
LONDON = ZoneInfo("Europe/London")
AT = time(7, 30)
TERM = Calendar("england", (Term(date(2026, 9, 1), date(2027, 7, 20)),), frozenset((date(2026, 11, 16),)))


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
    clock = {"clock": "warn_1h"}  # which runs from a call to 999
    done += [
        a_step(n, kind, case_id=number, at=TAKEN, facts=said, **(clock if "imminent" in said else {}))
        for n, (kind, said) in enumerate(steps, 2)
    ]
    return of_case(replay(done), (verdict,), restricted=verdict.restricted)


def warned_late(case):
    return replace(case, cases=(replace(case.cases[0], waits=(WARN,)),))


def facts(*alerts, cases=(), stories=(), people=PEOPLE, **fields):
    return Facts(
        School("900001", "Oakfield Primary School"), NOW.date(), True,
        Window(NOW - timedelta(days=1), NOW), NOW, ZoneInfo("Europe/London"), people, ReadingCounts(3, 3),
        alerts=alerts, cases=tuple(cases), stories=tuple(stories),
        links=Links("https://alerts.example.org", b"secret"), **fields,
    )  # fmt: skip


def digest(found, person=HEAD):
    return compose_digest(found, for_part_of_it(select(found, person)))


def flat(view):
    return " ".join(digest_text(view).split())


def test_a_threat_is_first_and_red_and_the_subjects_first_letters_say_who_has_it():
    for person in LEADERS:
        view = digest(facts(alert_view(by="deputy")), person)
        who = "You have" if person is DEPUTY else "Deputy head has"
        assert view.sections[0].grave
        assert (
            f"{who} been dealing with it since 00:15. Still to tell, or to record: the police, the"
            in flat(view)
        )
        assert "If anyone is in danger, ring 999." in flat(view)
        page = digest_html(view)
        assert page.index('class="danger"') < page.index("<bdi>A threat") < page.index(f"{who} been dealing")
    for by in [None, *PEOPLE[:5]]:
        found = facts(alert_view(by=by.id if by else None))
        start = digest(found, MANAGER).subject[:43].lower()
        names = ("with head", "with deputy head", "with you", "with safeguarding lead")
        offices = (*names, "with deputy safeguarding lead")
        assert start.startswith(f"threat: {offices[PEOPLE.index(by)] if by else 'not taken on'}")


def test_that_a_mail_told_them_is_no_record_and_the_subject_says_that_the_police_are_not_recorded():
    subject = digest(facts(alert_view(by="deputy"))).subject
    assert subject == "Threat: with deputy head, police: not yet (Wednesday)"
    told = a_case("threat", (StepKind.ASKED, {"rung": "police"}))
    view = digest(facts(alert_view(by="deputy"), cases=[told]))
    assert view.subject.startswith("Threat on a local forum: with deputy head (")
    alert = alert_view(by="deputy", warned=("teacher",))
    of_all = "or to record: the police, the person who is threatened, the gate."
    assert of_all in flat(digest(facts(alert)))


@pytest.mark.parametrize(("kind", "said", "left"), [
    (StepKind.ASKED, {"rung": "police"}, "the person who is threatened, the gate"),
    (StepKind.WARNED, {"who": "target"}, "the police, the gate"),
    (StepKind.SUPPORT, {"status": "offered"}, "the police, the gate"),
    (StepKind.WARNED, {"who": "site"}, "the police, the person who is threatened"),
    (StepKind.NOTED, {}, "the police, the person who is threatened, the gate"),
])  # fmt: skip
def test_only_what_no_step_of_a_case_records_is_said_to_be_missing(kind, said, left):
    view = digest(facts(alert_view(by="deputy"), cases=[a_case("threat", (kind, said))]))
    assert f"Still to tell, or to record: {left}." in flat(view)


@pytest.mark.parametrize(("words", "said"), [
    ("half 3 tomorrow", "It names a time: today, about 15:30."),
    ("home time Friday", "It names a time: Friday 27 November, about 15:15."),
    ("after school", "It names a time: about 15:15; we are not sure which day, perhaps today."),
    ("next week after school", "It names a time: about 15:15; we are not sure which day."),
    ("on Thursday", "It names a time: tomorrow."),
    ("dw i’n dod hanner awr wedi tri yfory", "It names a time: today, about 15:30."),
])  # fmt: skip
def test_the_time_that_a_threat_names_is_seen_from_the_digests_day(words, said):
    view = replace(alert_view(by="deputy"), posts=(a_post(text=f"with a hammer, {words}", at=NIGHT),))
    assert said in flat(digest(facts(view)))


def test_of_a_time_that_has_passed_it_says_what_to_do_and_of_a_locked_matter_none():
    for passed in [False, True]:
        post = a_post(text="half 3 tomorrow", at=NIGHT - timedelta(days=int(passed)))
        case = warned_late(a_case())
        said = flat(digest(facts(replace(alert_view(by="deputy"), posts=(post,)), cases=[case])))
        instead = (
            "It named a time that has passed: Tuesday 24 November, about 15:30. Ask whether anything happened"
        )
        assert (instead in said) is passed
        assert "that those in danger, the site and the authority were warned" in said
        assert ("warn anyone who has not been warned" in said) is not passed
    view = replace(alert_view(), posts=(a_post(text="half 3 tomorrow", at=NIGHT),))
    assert "names a time" not in flat(digest(facts(view, locked=frozenset({"threat"}))))
    at_large = alert_view(verdict=replace(THREAT, about=About.SCHOOL, endangers=()), by="deputy")
    assert "Still to tell, or to record: the police, the gate." in flat(digest(facts(at_large)))


RANG = (StepKind.ASKED, {"rung": "police", "imminent": "yes"})
RANG_101 = (StepKind.ASKED, {"rung": "police"})
SAFE = (StepKind.SAFE, {"person": "teacher"})
UNSAFE = {"says": "not_safe"}
OF_HER = {"target": "teacher"}
PAST, TO_COME = (
    (a_post(text=f"with a hammer, half 3 {day}", at=NIGHT - timedelta(days=1)),)
    for day in ("tomorrow", "Friday")
)
SAID_OVER = Marked("threat", "900001", Mark.SAID_OVER, "head", TAKEN)
DENIED = {"over": {"threat": ("626364", frozenset(("head",)))}}
AT_ALL = {
    "a child": (*AT_TEACHER, Meant("child", 1.0, "x", Harm.CHILD)),
    "another": (*AT_TEACHER, Meant("person:manager", 1.0, "x", Harm.VIOLENCE)),
    "the site": (*AT_TEACHER, Meant("school", 1.0, "x", Harm.VIOLENCE)),
}


def is_red(found, person=HEAD):
    """Does it stand among what may be danger; and is it there at all?"""
    one = next(m for m in select(found, person).matters if m.view.story_id == "threat")
    return one.group is Agenda.DANGER


@pytest.mark.parametrize(("steps", "also", "named", "leaves"), [
    ([RANG], {}, (), True),
    ([RANG_101], {}, (), False),
    ([(StepKind.WARNED, {"who": "site"})], {}, (), False),
    ([], {}, PAST, True),
    ([], {}, TO_COME, False),
    ([SAFE], {}, (), True),
    ([], DENIED, (), True),
    ([], {}, (), False),
])  # fmt: skip
def test_what_may_be_over_leaves_the_red_block_once_somebody_has_it_and_asks_whether_it_is(
    steps, also, named, leaves
):
    case = a_case("threat", *steps, **OF_HER)
    for by in (None, "deputy"):
        view = alert_view(by=by)
        view = replace(view, posts=named or view.posts, mark=SAID_OVER if also else None)
        found = facts(view, cases=[case], **also)
        assert is_red(found) is not (leaves and by is not None)
        assert ("Is it over?" in flat(digest(found))) is leaves
        assert "A threat" in flat(digest(found)), "it is not done by itself"


@pytest.mark.parametrize("more", AT_ALL)
def test_that_she_is_safe_ends_nothing_of_a_child_another_or_the_site(more):
    verdict = replace(THREAT, endangers=AT_ALL[more])
    case = a_case("threat", SAFE, verdict=verdict, **OF_HER)
    assert is_red(facts(alert_view(verdict=verdict, by="deputy"), cases=[case]))


def test_that_one_says_it_is_over_is_not_enough_where_no_post_says_so():
    view = replace(alert_view(by="deputy"), mark=SAID_OVER)
    assert is_red(facts(view))


def test_raised_again_since_it_is_red_again_though_somebody_has_it():
    case = a_case("threat", RANG, SAFE, **OF_HER)
    again = alert_view(by="deputy", times=2, raised_at=TAKEN + timedelta(minutes=5))
    assert is_red(facts(again, cases=[case]))


def by_two(mark):
    return Marked("threat", "900001", mark, "head", TAKEN)


@pytest.mark.parametrize(("mark", "steps", "red"), [
    (None, [], True), (Mark.SAID_OVER, [], True), (Mark.SAID_TOO_GRAVE, [], True),
    (Mark.OVER, [], False), (Mark.TOO_GRAVE, [], False),
    (Mark.OVER, [RANG], False), (Mark.TOO_GRAVE, [RANG], False),
])  # fmt: skip
@pytest.mark.parametrize(("verdict", "person"), [(THREAT, HEAD), (CHILD, DSL)], ids=["threat", "restricted"])
@pytest.mark.parametrize("by", [None, "second"])
def test_what_two_have_ended_is_red_no_more_and_its_case_goes_on_below(mark, steps, red, verdict, person, by):
    given = [(StepKind.ASSIGNED, {"person": by})] if by else []
    case = a_case("threat", *steps, *given, verdict=verdict)
    found = facts(cases=[replace(case, mark=by_two(mark) if mark else None)])
    day = make_day(found, select(found, person), sent=True)
    assert (is_red(found, person), bool(day.danger)) == (red, red)
    assert "0004" in " ".join(str(group) for group in day.groups), "it is not done by itself"
    assert "Is it over?" not in flat(digest(found, person))


@pytest.mark.parametrize(("told", "red"), [({}, False), (UNSAFE, True)])
def test_of_what_two_have_ended_whoever_is_not_safe_counts_and_what_threatens_them_stays_theirs(told, red):
    case = a_case("threat", *([(StepKind.SAFE, {"person": "teacher", **told})] if told else []), **OF_HER)
    found = facts(cases=[replace(case, mark=by_two(Mark.OVER))])
    assert is_red(found) is red


def test_a_call_to_the_police_is_said_with_its_time():
    found = facts(alert_view(by="deputy"), cases=[a_case("threat", RANG)])
    assert "Police called 00:15." in flat(digest(found))
    assert "Police called" not in flat(digest(facts(alert_view(by="deputy"), cases=[a_case("threat")])))


def test_to_ring_999_stands_first_then_what_to_do_if_nobody_is_in_danger_then_who_has_it():
    view = replace(alert_view(by="deputy"), posts=(a_post(text="half 3 tomorrow", at=NIGHT),))
    said = flat(digest(facts(view)))
    order = (
        "If anyone is in danger, ring 999.",
        "names a time",
        "If nobody is in danger now, ",
        "has been dealing with it",
    )
    assert [said.index(each) for each in order] == sorted(said.index(each) for each in order)


@pytest.mark.parametrize("by", [None, "deputy"])
@pytest.mark.parametrize("verdict", [THREAT, CHILD], ids=["threat", "restricted"])
def test_whom_it_is_aimed_at_is_spoken_to_and_neither_asked_to_act_nor_told_the_words(verdict, by):
    both = tuple(Meant(f"person:{who}", 1.0, "x", Harm.VIOLENCE) for who in ("head", "teacher"))
    aimed = replace(verdict, about=About.HEAD, endangers=both)
    alert = alert_view("threat", aimed, by, audience=("dsl", "deputy", "head", "teacher"), warned=("head",))
    case = warned_late(a_case(target="head", verdict=verdict))
    view = digest(facts(alert, cases=[case] if verdict is THREAT else []), HEAD)
    assert [s.heading for s in view.sections] == ["You may be in danger"]
    said = f"{view.subject} {flat(view)}"
    assert "You are entitled to support" in said
    if verdict is THREAT:
        assert view.subject.startswith(f"Words about you: {'with deputy head' if by else 'not taken on'}")
        assert "asked before the police" in said
        assert ": https://alerts.example.org/m/" in said
        told = (
            "Deputy head has been dealing with it since 00:15"
            if by
            else "These people have been told, and asked to decide what to do: Safeg"
        )
        assert told in said
    for never in ("hammer", "Decide", "decided", "recorded", "warn", "offered s", "Still open", "ember of"):
        assert never not in said


def test_whom_danger_to_another_only_wrongs_is_told_that_it_is_about_them_and_of_no_threat():
    wrongs = Meant("person:head", 1.0, "x", Harm.WRONGED)
    both = replace(THREAT, endangers=(*AT_TEACHER, wrongs))
    view = digest(facts(alert_view("threat", both, audience=("dsl", "head", "teacher"))), HEAD)
    assert "danger_to_you" not in [section.key for section in view.sections]
    assert "Because it is about you, somebody else decides" in flat(view)
    assert "may be a threat" not in flat(view)


def test_the_subject_names_the_gravest_danger_before_words_about_its_reader_whoever_has_it():
    wrongs = Meant("person:head", 1.0, "x", Harm.WRONGED)
    about_head = replace(THREAT, endangers=(*AT_TEACHER, wrongs))
    own = alert_view("own", about_head, audience=("dsl", "head", "teacher"))
    lesser = alert_view("lesser", replace(THREAT, severity=Severity.TODAY), number="100001")
    for by in (None, "deputy"):
        alone, both = (digest(facts(own, *rest)).subject for rest in ((), (lesser, alert_view(by=by))))
        assert alone.startswith("Words about you: ")
        assert both.startswith(f"Threat: {'with deputy head' if by else 'not taken on yet'}")
    sealed = alert_view("child", CHILD, audience=("dsl", "second"), number="894434")
    assert digest(facts(own, alert_view())).subject == digest(facts(sealed, own, alert_view())).subject


@pytest.mark.parametrize(("given", "said"), [
    ({}, "These people have been told, and asked to decide what to do: Safeguarding lead and Deputy head."),
    ({"undelivered": ("dsl",)}, "These people have been told, and asked to decide what to do: Deputy head."),
    ({"undelivered": ("dsl", "deputy")}, "Nobody could be told."),
    ({"mails": False}, "No email goes out. On the desk these people are asked to decide what to do: Safeg"),
], ids=str)  # fmt: skip
def test_whom_no_message_reached_is_not_said_to_have_been_told(given, said):
    aimed = replace(THREAT, endangers=(Meant("person:head", 1.0, "x", Harm.VIOLENCE),))
    alert = alert_view("threat", aimed, audience=("dsl", "deputy", "head"), warned=("head",))
    missed = [
        Undelivered(who, "instant", Fate.FAILED, alert.alert_id) for who in given.get("undelivered", ())
    ]
    other = Undelivered("deputy", "instant", Fate.FAILED, "another")
    found = facts(alert, undelivered=(*missed, other), mails=given.get("mails", True))
    assert said in flat(digest(found))


def test_the_gravest_of_each_of_several_schools_stands_before_the_second_of_any():
    first = facts(alert_view("a"), alert_view("b"))
    other = replace(first, school=School("900002", "Elm House"), alerts=(alert_view("c"), alert_view("d")))
    view = compose_together([SchoolPart(of, select(of, HEAD)) for of in (first, other)])
    assert [line.title.partition(" ")[0] for line in view.sections[0].lines] == ["Oakfield", "Elm"] * 2


def test_a_case_of_danger_without_an_alert_is_first_until_it_is_closed():
    view = digest(facts(cases=[a_case()]))
    assert view.sections[0].grave
    assert view.subject.startswith("Threat: ")
    assert "Nobody could be told" not in flat(view)
    assert "· ." not in flat(view)
    for ended in [True, False]:
        steps = [(StepKind.DECIDED, {"decision": "stop"}), (StepKind.CLOSED, {"ending": "standing"})]
        view = digest(facts(cases=[a_case("threat", *steps[: 2 * ended])]))
        assert any(section.grave for section in view.sections) is not ended


def test_whom_it_may_accuse_sees_it_nowhere_and_whoever_took_it_in_their_digest():
    look = replace(THREAT, severity=Severity.NOTE, route=Route.IGNORE, abuse=(), look=True, endangers=(),
                   accuses=(Meant("person:manager", 1.0, "x"),))  # fmt: skip
    alert, case = replace(alert_view("threat", by="deputy"), verdicts=(THREAT, look)), a_case()
    for found in (facts(alert, cases=[case]), facts(cases=[replace(case, verdicts=(THREAT, look))])):
        assert select(found, HEAD).of(Agenda.DANGER)
        assert not select(found, MANAGER).of(Agenda.DANGER)
        assert "0004" not in flat(digest(found, MANAGER))
    asked = Escalation("a", "900001", 1, 1, "head", NIGHT)
    child = alert_view("child", CHILD, audience=("dsl", "second"), number="894434")
    child = replace(child, escalated=(asked,))
    assert "Safeguarding matter 894434" in flat(digest(facts(child), HEAD))
    took = replace(child, escalated=(), acknowledged=Owner("head", TAKEN))
    assert "Safeguarding matter 894434" in flat(digest(facts(took), HEAD))
    assert "894434" not in flat(digest(facts(took), DEPUTY))


def test_the_subject_says_that_a_day_is_quiet_or_the_first_or_what_is_to_be_signed():
    assert digest(facts()).subject == "A quiet day: nothing new (Wednesday)"
    first = replace(facts(), set_up=("Town forum",))
    assert digest(first).subject == "Your first digest: what was set up (Wednesday)"
    assert digest(replace(first, school_day=False)).subject == "A quiet day: nothing new (Wednesday)"
    first = replace(facts(), window=Window(NOW - timedelta(hours=2), NOW), set_up=("Town forum",))
    assert "Nothing new about you from 3 sources since 05:30." in flat(digest(first))
    reported = replace(facts(stories=(fresh("s", ONCE),)), reading=ReadingCounts(0, 4))
    assert "we read nothing new from 4 sources. Of what somebody reported" in flat(digest(reported))
    waits = facts(unsigned=("2026-W47", NOW - timedelta(days=3)))
    view = digest(waits)
    assert view.subject == "1 to sign (Wednesday)"
    assert "Read it, then sign it: https://alerts.example.org/r/" in flat(view)
    assert "https:" not in flat(digest(replace(waits, links=Links())))
    together = compose_together([SchoolPart(waits, select(waits, HEAD))])
    assert together.subject == "1 to sign (Wednesday)"
    assert "Nothing that you are told of" not in flat(together)


def test_whoever_has_it_or_works_on_its_case_is_told_what_is_theirs_until_the_police_were_told():
    assert "If nobody is in danger now, ask the person who is threatened, then ring 101." in flat(
        digest(facts(alert_view(by="deputy")), DEPUTY)
    )
    view = a_case("threat")
    case = replace(view, cases=(replace(view.cases[0], acting="deputy", acting_at=TAKEN),))
    assert "those who were told ring 101" in flat(digest(facts(alert_view(), cases=(case,)), MANAGER))
    assert "If nobody is in danger now, ask the person who is threatened, then ring 101." in flat(
        digest(facts(alert_view(), cases=(case,)), DEPUTY)
    )
    case = a_case("threat", (StepKind.REFERRED, {"to": "police"}))
    said = flat(digest(facts(alert_view(by="deputy"), cases=(case,)), DEPUTY))
    assert "If anyone is in danger, ring 999." in said
    assert "101" not in said


def test_what_may_mean_violence_stands_before_what_is_to_be_decided_which_the_subject_names():
    details = replace(THREAT, severity=Severity.TODAY, route=Route.REQUEST_REMOVAL, abuse=("privacy",),
                      content_class="C11", endangers=())  # fmt: skip
    violent = replace(details, route=Route.RESPOND)
    views = (
        alert_view("details", details),
        alert_view("fight", violent, because=(Reason(DANGER, "it may"),)),
    )
    view = digest(facts(*views))
    assert view.subject.startswith("Possible threat: not taken on yet")
    assert [section.key for section in view.sections] == ["overdue", "decide"]
    subject = digest(facts(alert_view(verdict=details))).subject
    assert subject == "Staff details: not taken on yet (Wednesday)"


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


def test_the_safeguarding_lead_alone_has_a_list_while_something_is_due_or_nothing_recorded():
    story = fresh("s", replace(THREAT, severity=Severity.RESPOND, route=Route.RESPOND, endangers=()))
    parking = {"stories": [story]}
    chosen = for_part_of_it(select(facts(**parking), DSL))
    assert chosen.alone
    assert not chosen.matters
    assert for_part_of_it(select(facts(alert_view("child", CHILD), **parking), DSL)).matters
    assert not for_part_of_it(select(facts(alert_view("child", CHILD)), SECOND)).matters
    gone = (HEAD, replace(DSL, email=None), SECOND)
    assert select(facts(alert_view("child", CHILD), people=gone), SECOND).matters
    accused = alert_view("child", CHILD, excluded=("dsl",))
    assert select(facts(accused), SECOND).matters
    assert not select(facts(accused), DSL).matters
    allegation = replace(CHILD, severity=Severity.TODAY, about=About.STAFF)
    for verdict, listed in ((allegation, True), (replace(CHILD, severity=Severity.TODAY), False)):
        long_ago = alert_view("child", verdict, by="dsl", raised_at=NIGHT - timedelta(days=7))
        assert bool(select(facts(long_ago), DSL).matters) is listed
    taken = alert_view("child", replace(CHILD, severity=Severity.TODAY), by="dsl", number="894434")
    said = flat(digest(facts(taken), DSL))
    assert "Safeguarding matter 894434" in said
    assert "With you." in said


def test_a_restricted_danger_is_in_the_first_block_by_number_and_a_locked_one_without_date_or_page():
    person = replace(DSL, roles=(Role.DSL, Role.SLT))
    view = digest(facts(alert_view("child", CHILD, by="dsl", number="894434"), people=(HEAD, person)), person)
    assert view.sections[0].grave
    assert view.sections[0].heading.startswith("Still open")
    assert view.subject.startswith("Safeguarding matter 894434 is open")
    assert "hammer" not in digest_text(view)
    today = replace(CHILD, severity=Severity.TODAY)
    found = facts(alert_view("child", today, number="894434"), locked=frozenset({"child"}))
    said = flat(digest(found, DSL))
    assert "Safeguarding matter 894434, something is due." in said
    assert "/m/" not in said


@pytest.mark.parametrize(("verdict", "person", "about", "line"), ASKED.values(), ids=ASKED)
def test_whoever_was_asked_to_take_an_alarm_has_it_in_their_digest_and_on_today(verdict, person, about, line):
    steps = (Escalation("a", "900001", 1, 1, person.id, NIGHT + timedelta(hours=1), about),)
    of_one_who_left = [] if verdict.restricted else [a_case("alarm", verdict=verdict, number="626364")]
    alarm = replace(alert_view("alarm", verdict), escalated=steps)
    found = facts(alarm, cases=of_one_who_left, people=(*PEOPLE, CHAIR, PRESS))
    view, taken = digest(found, person), replace(found.alerts[0], acknowledged=Owner("head", TAKEN))
    whole, own = flat(view), make_day(found, select(found, person), sent=False)
    assert line in whole
    takes = verdict is not ODD or about is StillOpen.BY_NUMBER
    assert ("Open it and take it on:" if takes else "Open 6") in whole
    assert line in str(own)
    assert ("You can see only its number." in whole) is (about is StillOpen.BY_NUMBER)
    assert "quiet" not in view.subject
    assert ("then the safeguarding matters" in whole) is (verdict.severity is Severity.TODAY)
    assert "hammer" not in whole or about is StillOpen.UNTAKEN
    together = compose_together([SchoolPart(found, select(found, person))])
    assert "626364" in flat(together)
    assert "Nothing that you are told of" not in f"{together.subject} {flat(together)}"
    if about is StillOpen.BY_NUMBER:
        later = replace(found, alerts=(taken,))
        assert "626364" not in flat(digest(later, person)) + str(
            make_day(later, select(later, person), sent=False)
        )


@pytest.mark.parametrize("person", [HEAD, DEPUTY])
def test_of_a_restricted_danger_untaken_for_an_hour_all_who_may_know_are_told_the_number(person):
    child = alert_view("child", CHILD, audience=("dsl",), number="894434")
    view = digest(facts(child), person)
    assert view.subject.startswith("Safeguarding matter 894434 is ")
    assert view.sections[0].grave
    assert "Ask at school now whether somebody is dealing with it." in flat(view)
    assert "child" not in flat(view).replace("If a child is in danger", "")
    fresh = replace(facts(child), now=child.raised_at + timedelta(minutes=59))
    assert "894434" not in flat(digest(fresh, person))
    assert "894434" not in flat(digest(facts(replace(child, excluded=(person.id,))), person))


def test_an_allegation_against_staff_is_in_the_list_of_who_was_asked_first_by_its_number():
    allegation = replace(CHILD, severity=Severity.TODAY, about=About.STAFF)
    asked_head = alert_view("child", allegation, by="dsl", audience=("head", "dsl"), number="894434")
    said = flat(digest(facts(asked_head), HEAD))
    assert "Safeguarding matter 894434" in said
    child = alert_view(
        "child", replace(allegation, about=About.PUPIL), audience=("head", "dsl"), number="894434"
    )
    assert "894434" not in flat(digest(facts(child), HEAD))


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
    later = [line.matter.story_id for s in view.sections[1:] for line in s.lines if line.matter]
    assert dangers.isdisjoint(later)


@st.composite
def verdicts(draw):
    severity = draw(st.sampled_from(list(Severity)[1:]))
    return by_labels(
        ONCE,
        severity=severity,
        route=draw(st.sampled_from(list(Route)[1:])),
        about=draw(st.sampled_from((About.SCHOOL, About.STAFF, About.PUPIL, About.HEAD))),
        abuse=draw(st.sampled_from(((), (), (), *((label,) for label in sorted(UNFIT))))),
        content_class=draw(st.sampled_from(("C0", "C0", "C2", "C6", "C7", "C9", "C10", "C11"))),
        sentiment=draw(st.sampled_from(list(Sentiment))),
        look=draw(st.booleans()),
        event=draw(st.sampled_from((None, None, PressEvent.STAFF, PressEvent.WEAPON))),
        restricted=draw(st.booleans()) and draw(st.booleans()),
        subjects=draw(st.sampled_from(((), (), ("deputy",), ("head",)))),
    )


@st.composite
def posts(draw, n):
    press = draw(st.booleans())
    words = f"Zebra{n} {draw(st.sampled_from(ENDS))}"
    return a_post(
        channel="google_news" if press else draw(st.sampled_from(("local_forum", "mumsnet", *PRIVATE))),
        kind=MentionKind.ARTICLE if press else MentionKind.POST,
        url=f"https://paper{n}.example.org/zebra{n}", title=words if press else "", text=words, at=THEN,
    )  # fmt: skip


def never(post, told, locked, person, kept_out=()):
    """May nothing of this post stand in this person's digest, by the plainest reading of the rules?"""
    words = post.title or post.text
    return (
        locked
        or person.id in kept_out
        or "arrested" in words
        or post.channel in PRIVATE
        or any(v.restricted or v.route is Route.SAFEGUARDING for v in told)
        or (  # news of staff may tell of a building
            any(v.event is PressEvent.STAFF for v in told)
            and (post.kind is MentionKind.POST or "is fair" not in words)
        )
        or any(v.content_class in ("C7", "C9", "C10", "C11") for v in told)
        or any(ALLEGING_LABELS & {*v.abuse} for v in told)
        or (
            post.kind is MentionKind.POST and any(UNFIT & {*v.abuse} or v.content_class == "C6" for v in told)
        )
        or any(person.id in v.subjects and v.severity >= Severity.TODAY and not kept_out for v in told)
    )


def of_tuesday():
    """School, day and hour, and who reads it."""
    school, window = School("900001", "Oakfield Primary School"), Window(TUESDAY - timedelta(days=1), TUESDAY)
    return school, TUESDAY.date(), True, window, TUESDAY, ZoneInfo("Europe/London"), OFFICES


@st.composite
def days_of_posts(draw):
    """Facts of a day, and for each of its posts what decides about it."""
    stories, alerts, cases, marks, locked, told = [], [], [], [], set(), []
    for n in range(draw(st.integers(1, 6))):
        judged, post, story = draw(verdicts()), draw(posts(n)), f"story-{n}"
        if draw(st.integers(0, 4)) == 0:
            locked.add(story)
        kept_out = draw(st.sampled_from(((), (), ("deputy",))))
        what = draw(st.sampled_from(("story", "story", "alert", "case", *MARKS)))
        if what == "story":
            article = post if post.kind is MentionKind.ARTICLE else None
            look = judged if judged.look else None
            story_of_it = fresh(
                story, judged, post, look=look, channels=(post.channel,), looks=(judged,) if look else (),
                place_keys=("x",), people_keys=(n,), excluded=kept_out,
            )  # fmt: skip
            stories.append(with_article(story_of_it, article) if article else story_of_it)
        elif what == "alert":
            alert = an_alert(
                story, audience=("dsl",), excluded=kept_out, severity=Severity.TODAY,
                route=judged.route, content_class=judged.content_class, raised_at=THEN, because=(),
            )  # fmt: skip
            alerts.append(
                raised(
                    alert, (judged,), THEN, restricted=judged.restricted, channels=(post.channel,), post=post
                )
            )  # fmt: skip
        elif what == "case":
            facts = {"story": story, "route": "platform_report", "proposed_class": "C2", "about": "staff"}
            case = replay([a_step(case_id=f"{n:04d}", at=THEN, facts=facts)])
            case = replace(case, locked=story in locked)
            cases.append(of_case(case, (judged,), restricted=judged.restricted, excluded=kept_out, post=post))
        elif not judged.restricted:
            mark = Marked(story, "900001", Mark(what), "head", THEN)
            marks.append(marked(mark, (judged,), (post.channel,), excluded=kept_out, posts=(post,)))
        told.append((n, story, post, judged, kept_out))
    facts = Facts(
        *of_tuesday(), stories=tuple(stories), alerts=tuple(alerts), cases=tuple(cases), marked=tuple(marks),
        locked=frozenset(locked), look_share=1.0, links=Links("https://alerts.example.org", b"secret"),
    )  # fmt: skip
    return facts, told


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(days_of_posts(), st.sampled_from((HEAD, DEPUTY)))
def test_no_word_or_address_of_what_may_not_be_told_stands_in_it_and_nothing_is_told_twice(day, person):
    facts, told = day
    view = compose_digest(facts, select(facts, person))
    plain = digest_text(view).lower()
    whole = view.subject.lower() + plain + digest_html(view).lower()
    for n, story, post, judged, kept_out in told:
        assert plain.count(f"zebra{n} ") <= 1
        if never(post, (judged,), story in facts.locked, person, kept_out):
            assert f"zebra{n}" not in whole, (n, judged, post, kept_out)
            assert story not in facts.locked or f"paper{n}." not in whole


def test_the_same_day_without_any_such_reason_is_told_in_its_own_words():
    post = a_post(url="https://zebra.example.org/", text="Zebra is fair", at=THEN)
    story = fresh("s", ONCE, post, channels=("local_forum",))
    facts = Facts(*of_tuesday(), stories=(story,))
    page = digest_html(compose_digest(facts, select(facts, HEAD)))
    assert "Zebra is fair" in page
    assert 'href="https://zebra.example.org/"' in page


def test_each_day_has_one_digest_which_is_caught_up_until_twelve_hours_later():
    for change in [datetime(2026, 10, 25, tzinfo=UTC), datetime(2027, 3, 28, tzinfo=UTC)]:
        for at in [AT, time(1, 30), time(2, 0), time(0, 0), time(23, 30)]:
            steps = (change - timedelta(days=3) + timedelta(minutes=7 * n) for n in range(7 * 24 * 60 // 7))
            found = [due for now in steps if (due := due_now(TERM, at, LONDON, now))]
            days = sorted({due.day for due in found})
            assert days[1:-1] == [days[1] + timedelta(days=n) for n in range(len(days) - 2)]
            assert len({(due.day, due.at) for due in found}) == len(days)
    for now, due in [
        ("07:29:59", False), ("07:30:00", True), ("12:00:00", True), ("19:29:59", True), ("19:30:00", False),
    ]:  # fmt: skip
        moment = datetime.fromisoformat(f"2026-11-17T{now}+00:00")
        assert (due_now(TERM, AT, LONDON, moment) is not None) is due


def test_without_terms_weekends_and_holidays_of_the_nation_decide_what_day_it_is():
    for day, school_day in [
        (date(2026, 11, 17), True), (date(2026, 11, 16), False), (date(2026, 11, 21), False),
        (date(2026, 12, 25), False), (date(2026, 8, 4), False),
    ]:  # fmt: skip
        due = due_on(day, TERM, AT, LONDON)
        assert due.school_day is school_day
        assert due.kind == ("digest" if school_day else "grave")
    saint_andrew = date(2026, 11, 30)
    assert due_on(saint_andrew, Calendar("england"), AT, LONDON).school_day
    assert not due_on(saint_andrew, Calendar("scotland"), AT, LONDON).school_day


def test_it_covers_from_the_last_that_was_sent_and_the_first_from_the_last_school_day():
    due = due_on(date(2026, 11, 17), TERM, AT, LONDON)
    sent = datetime(2026, 11, 12, 7, 30, tzinfo=UTC)
    covers = digest_window(due, sent, TERM, due.at + timedelta(seconds=8), LONDON)
    assert (covers.since, covers.until) == (sent, due.at)
    for hours in (5, 7.5, 10.5, 12.5, 15.3, 16.4):
        now = due.at + timedelta(hours=hours)
        assert digest_window(due, None, TERM, now, LONDON).until == now
    assert digest_window(due, None, TERM, due.at + timedelta(hours=17), LONDON).until == due.at
    # due on a Tuesday; Monday is closed
    assert digest_window(due, None, TERM, due.at, LONDON).since == datetime(2026, 11, 13, 7, 30, tzinfo=UTC)
    due = due_on(date(2026, 9, 1), TERM, AT, LONDON)
    assert digest_window(due, None, TERM, due.at, LONDON).since == due.at - timedelta(days=1)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)))  # noqa: DTZ001 - made aware below
def test_at_any_moment_at_most_one_is_due_and_it_is_not_stale(moment):
    now = moment.replace(tzinfo=UTC)
    due = due_now(TERM, AT, LONDON, now)
    assert due is None or due.at <= now < due.at + LIFE
