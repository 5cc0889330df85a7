"""A school's day as the desk shows it: what needs its reader, what others have, what went wrong. Pure."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.mention import a_mention, a_verdict, an_alert
from builders.view import a_post, fresh, raised
from support.for_each import for_each

from alerts.facts import Blind, Facts, NotSeen
from alerts.links import Links
from alerts.select import select
from alerts.wording.digest import lines
from data.digest import Fate, ReadingCounts, Undelivered, Window
from data.matters import DECIDE, DeedKind, MatterNote, NextDate
from data.register.calendar import Calendar, Term
from data.types import (
    About,
    Harm,
    Meant,
    Outcome,
    Owner,
    Person,
    PressEvent,
    Relevance,
    Role,
    Route,
    School,
    Sentiment,
    Severity,
)
from data.words.say import words
from monitor.desk.matter.facts import due_words
from monitor.desk.pages.today import line_path, make_day

NOW = datetime(2026, 11, 25, 7, 40, tzinfo=UTC)
NIGHT, TAKEN = NOW - timedelta(hours=8), NOW - timedelta(hours=7)
HEAD = Person("head", "Mrs Jane Holt", (Role.HEAD, Role.SLT), "head@example.org")
DEPUTY = Person("deputy", "Mr Lee Ash", (Role.DEPUTY_HEAD,), "deputy@example.org")
DSL = Person("dsl", "Ms Robin Pike", (Role.DSL,), "dsl@example.org")
SECOND = Person("second", "Mr Tom Hale", (Role.DEPUTY_DSL,), "second@example.org")
CHAIR = Person("chair", "Mr Abel Moss", (Role.CHAIR,), "chair@example.org")
IT = Person("it", "Mr Sol Wren", (Role.IT_LEAD,), "it@example.org")
TEACHER = Person("teacher", "Miss Ann Fell", (Role.STAFF,), "teacher@example.org")
PEOPLE = (HEAD, DEPUTY, DSL, SECOND, CHAIR, IT, TEACHER)
THREAT = a_verdict(
    a_mention(), severity=Severity.THIS_HOUR, route=Route.POLICE_NOW, abuse=("threat",), about=About.STAFF,
    content_class="C6", reasons=(), endangers=(Meant("person:teacher", 1.0, "x", Harm.VIOLENCE),),
)  # fmt: skip
STREET = a_verdict(
    a_mention(), severity=Severity.TODAY, route=Route.REQUEST_REMOVAL, abuse=("privacy",), about=About.STAFF,
    content_class="C11", reasons=(),
)  # fmt: skip
CHILD = replace(
    THREAT, route=Route.SAFEGUARDING, content_class="C10", abuse=("safeguarding",), about=About.PUPIL,
    restricted=True, endangers=(), severity=Severity.TODAY,
)  # fmt: skip
COMPLAINT = a_verdict(a_mention("c"))
LOOKED = replace(COMPLAINT, look=True, look_rank=0.25)
OVER = Calendar(terms=(Term(date(2026, 9, 1), date(2026, 11, 20)),))


def alert_view(story, verdict, by=None, audience=("head", "dsl"), **changes):
    alert = an_alert(
        story, severity=verdict.severity, route=verdict.route, content_class=verdict.content_class,
        raised_at=NIGHT, because=(), audience=audience, restricted=verdict.restricted,
    )  # fmt: skip
    post = a_post(text="I will be there with a hammer", at=NIGHT)
    view = raised(alert, (verdict,), NIGHT, restricted=verdict.restricted, post=post, channels=("mumsnet",))
    number = {"number": f"62{sum(map(ord, story)):04}"}
    return replace(view, acknowledged=Owner(by, TAKEN) if by else None, **(number | changes))


def facts(*alerts, people=PEOPLE, **fields):
    given = {"reading": ReadingCounts(3, 3), "last_read": NOW - timedelta(minutes=9)} | fields
    return Facts(
        School("900001", "Oakfield Primary School"), NOW.date(), True,
        Window(NOW - timedelta(days=1), NOW), NOW, ZoneInfo("Europe/London"), people,
        alerts=alerts, links=Links("https://alerts.example.org", b"secret" * 8), **given,
    )  # fmt: skip


def day(found, person=HEAD, *, sent=True):
    return make_day(found, select(found, person), sent=sent)


def said(day, key):
    """Everything that the groups of one key say."""
    lines = [card for group in day.groups if group.key == key for card in group.cards]
    return " ".join(" ".join((x.title, x.said, x.where, x.had, x.about)) for x in lines)


def test_danger_that_somebody_has_is_first_with_who_by_name_since_when_and_what_is_not_recorded():
    found = day(facts(alert_view("threat", THREAT, by="deputy")))
    line = found.danger[0].cards[0]
    assert line.had.startswith(
        "Mr Lee Ash has been dealing with it since 00:40. Still to tell, or to record: the police"
    )
    assert day(facts(alert_view("threat", THREAT, by="head"))).danger[0].cards[0].had.startswith("You have")
    assert found.count == 0


def test_what_others_have_is_folded_with_who_and_since_when_and_what_is_ones_own_is_not():
    found = facts(alert_view("one", STREET, by="deputy"))
    assert [(group.key, group.count) for group in day(found).folded] == [("others", 1)]
    assert "Mr Lee Ash has been dealing with it since 00:40." in said(day(found), "others")
    own = day(found, DEPUTY)
    assert [(group.key, group.count) for group in own.needs] == [("mine", 1)]
    assert "You have been dealing with it since 00:40." in said(own, "mine")


def test_what_needs_a_decision_has_a_title_its_number_and_says_where_it_may_be_another_schools():
    found = said(day(facts(alert_view("one", STREET))), "decide")
    assert found.startswith("A member of staff, Mumsnet, private details")
    assert "620322" in found
    assert "another school" not in found
    unsure = said(day(facts(alert_view("one", STREET, relevance=Relevance.UNSURE))), "decide")
    assert "perhaps another school" in unsure


def test_what_nobody_decided_in_time_is_overdue():
    late = alert_view("one", STREET, raised_at=NOW - timedelta(days=3))
    assert [(g.key, g.count) for g in day(facts(late, alert_view("two", STREET))).needs] == [
        ("overdue", 1),
        ("decide", 1),
    ]


def test_bad_press_needs_a_reader_and_good_press_and_thanks_are_folded():
    bad = fresh("bad", replace(COMPLAINT, event=PressEvent.INSPECTION), article_id="a", articles=1)
    glad = replace(COMPLAINT, route=Route.THANK, sentiment=Sentiment.POSITIVE)
    good = fresh("good", replace(glad, event=PressEvent.ACHIEVEMENT), article_id="b", articles=1)
    found = day(facts(stories=(bad, good, fresh("thanks", glad))))
    assert [(g.key, g.count) for g in found.needs] == [("news", 1)]
    assert [(g.key, g.count) for g in found.folded] == [("news", 1), ("praise", 1)]


def test_what_stands_in_no_list_of_the_day_is_counted_with_the_way_to_all_that_is_open():
    looks = [fresh(f"look-{n}", LOOKED, look=LOOKED) for n in range(3)]
    found = day(facts(stories=tuple(looks), unlisted=4, look_share=0.1))
    (group,) = (g for g in found.folded if g.key == "more")
    assert [(line.said, line_path(line)) for line in group.cards] == [
        ("2 less likely to matter", "/matters?state=open"), ("4 more that are open", "/matters?state=open"),
    ]  # fmt: skip


def test_no_two_lines_read_alike():
    stories = [fresh(f"s{n}-one", LOOKED, look=LOOKED, mentions=8) for n in range(4)]
    found = day(facts(stories=tuple(stories)), DEPUTY)
    lines = [(x.said, x.where) for group in found.groups for x in group.cards]
    assert len(lines) == 4
    assert len(set(lines)) == 4


def test_answering_needs_whoever_alone_answers_and_is_for_others_to_read():
    found = facts(stories=(fresh("s-1", COMPLAINT, channels=("mumsnet",)),))
    assert [group.key for group in day(found, DEPUTY).needs] == ["answer"]
    assert day(found, HEAD).count == 0
    assert [(group.key, group.count) for group in day(found, HEAD).folded] == [("others", 1)]


def test_a_restricted_matter_that_another_lead_has_does_not_need_the_first():
    found = facts(alert_view("mine", CHILD), alert_view("hers", CHILD, by="second", audience=("dsl",)))
    own = day(found, DSL)
    assert own.count == 1
    assert "620435" not in said(own, "decide")
    assert "hammer" not in str(own)


def test_whoever_looks_after_schoolgate_sees_what_went_wrong_and_nothing_of_what_was_said():
    unseen = (NotSeen("Valley Chat", Blind.BEHIND), NotSeen("Old board", Blind.FAILED, Outcome.GONE))
    lost = (Undelivered("head", "note", Fate.FAILED, None),)
    found = day(
        facts(alert_view("one", STREET), alert_view("t", THREAT), not_seen=unseen, undelivered=lost),
        IT,
        sent=False,
    )
    assert [group.key for group in found.needs] == ["undelivered", "not_seen"]
    assert found.count == 3
    assert found.danger == ()
    assert found.folded == ()


def test_what_only_waits_or_what_nobody_can_change_needs_nobody():
    waits = [NotSeen(f"Place {n}", Blind.FIRST) for n in range(40)]
    blocked = NotSeen("Valley Chat", Blind.FAILED, Outcome.BLOCKED)
    found = day(facts(not_seen=(*waits, blocked), off=2), IT)
    assert found.count == 0
    assert [(group.key, group.count) for group in found.folded] == [("not_seen", 2), ("off", 1)]
    new = day(facts(not_seen=tuple(waits), reading=ReadingCounts(0, 0), last_read=None), IT)
    (lead,) = new.lead
    assert "The first look at 40 places has not been made yet; it is due now" in lead
    assert not any(new.groups)


def test_what_a_safeguarding_lead_outside_the_leadership_has_or_was_asked_first_is_theirs():
    mine, asked = alert_view("one", STREET, by="dsl"), alert_view("two", STREET, audience=("dsl",))
    assert [g.key for g in day(facts(mine, asked), DSL).needs] == ["mine", "decide"]


def test_whoever_is_sent_no_digest_sees_what_they_were_told_of_and_nothing_else():
    found = facts(alert_view("one", STREET), alert_view("two", STREET, audience=("chair",)))
    assert day(found, CHAIR, sent=False).count == 1
    assert not any(day(found, TEACHER, sent=False).groups)
    has = day(facts(alert_view("one", STREET, by="chair", audience=("chair",))), CHAIR, sent=False)
    assert "You have been dealing with it since 00:40." in said(has, "mine")
    assert [group.key for group in has.groups] == ["mine"]


def test_the_teacher_at_whom_it_is_aimed_sees_hers_with_its_page_and_no_word_of_it():
    found = facts(alert_view("threat", THREAT, audience=("head", "teacher")), alert_view("one", STREET))
    own = day(found, TEACHER, sent=False)
    assert [group.key for group in own.groups] == ["danger_to_you"]
    assert "about you" in own.danger[0].cards[0].said
    assert "Decide" not in own.danger[0].heading
    assert line_path(own.danger[0].cards[0]).startswith("/m/")
    assert "hammer" not in str(own)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Wednesday 25 November, 07:40. 3 sources read. Last read: 07:31."),
        ({"reading": ReadingCounts(1, 1)}, "1 source read."),
        ({"reading": ReadingCounts(0, 0)}, "No source could be read. Last read: 07:31."),
        ({"reading": ReadingCounts(0, 0), "last_read": None}, "No source has been read yet"),
        ({"last_read": NOW - timedelta(days=1)}, "Last read: yesterday 07:40."),
        ({"calendar": OVER}, "We have no term dates after 20 November 2026."),
    ],
    ids=["today", "one", "none", "never", "yesterday", "no term"],
)
def test_it_says_when_it_was_last_looked(fields, words):
    assert words in " ".join(day(facts(**fields)).lead)


def test_a_quiet_day_says_what_could_not_be_seen_and_a_report_to_sign_leads_to_where_it_is_signed():
    found = day(facts(not_seen=(NotSeen("Valley Chat", Blind.NOT_ASKED),)))
    assert found.count == 0
    assert [(group.key, group.count) for group in found.folded] == [("not_seen", 1)]
    assert "Valley Chat" in said(found, "not_seen")
    found = day(facts(unsigned=("2026-W47", NOW - timedelta(days=3))))
    (line,) = (line for group in found.groups if group.key == "to_sign" for line in group.cards)
    assert line_path(line) == "/reports"


def test_of_what_people_have_no_more_is_worded_than_is_shown_first_and_all_is_counted(monkeypatch):
    worded = []
    real = lines.in_hand
    monkeypatch.setattr(lines, "in_hand", lambda say, view: worded.append(view) or real(say, view))
    mine = [alert_view(f"mine-{n}", STREET, by="head") for n in range(40)]
    theirs = [alert_view(f"theirs-{n}", STREET, by="deputy") for n in range(30)]
    found = day(facts(*theirs, *mine))
    (yours,), (others,) = found.needs, found.folded
    assert (yours.count, len(yours.cards)) == (40, 7)
    assert (others.count, len(others.cards)) == (30, 7)
    assert len(worded) == 14


def test_by_when_something_is_due_stays_beside_it_once_somebody_has_it():
    assert [line.about for line in day(facts(alert_view("one", STREET))).needs[0].cards] == ["You · today"]
    for person in (HEAD, DEPUTY):
        found = day(facts(alert_view("one", STREET, by="deputy")), person)
        cards = [card for group in found.groups for card in group.cards]
        assert [card.about for card in cards if "dealing with it since" in card.had] == ["Decision today"]


@for_each(
    ("deed", "about"),
    [
        (DeedKind.STATEMENT, ""),
        (DeedKind.PRESS, ""),
        (DeedKind.POSTED, ""),
        (DeedKind.LEFT, ""),
        (DeedKind.RANG, "Decision today"),
        (None, "Decision today"),
    ],
)
def test_no_decision_is_due_of_what_somebody_has_and_noted_what_was_done(deed, about):
    noted = MatterNote("n", "one", "900001", "head", "Statement to parents: it is open.", TAKEN, deed)
    (card,) = day(facts(alert_view("one", STREET, by="head", notes=(noted,)))).needs[0].cards
    assert card.about == about


def test_how_many_are_with_the_safeguarding_lead_stands_at_the_foot_and_nothing_of_them():
    found = day(facts(alert_view("one", STREET), alert_view("two", CHILD, audience=("dsl",))))
    assert found.foot[0] == "With the safeguarding lead: 1."
    assert [line.said for group in found.groups for line in group.cards] == [
        "Private details of a member of staff are given."
    ]
    assert "safeguarding" not in " ".join(day(facts(alert_view("one", STREET))).foot)


# --------------------------------- in plain words: no command, no code, and no midnight as a time of today


_OF_THE_SHELL = re.compile(r"\bschoolgate[ .][a-z]|(?<!\w)--[a-z]|\bC\d+\b|\b[a-z]+(_[a-z0-9]+)+\b")
_LONDON = ZoneInfo("Europe/London")
MIDNIGHT = datetime(2026, 11, 18, tzinfo=UTC)


@for_each("table", ("refusal", "letter.ask", "letter.remedy", "letter.unwise", "letter.why_not"))
def test_a_refusal_or_a_letters_question_names_no_command_and_no_class(table):
    lines = words("en").lines
    said = {key: str(lines[key]) for key in lines if key.startswith(f"{table}.")}
    assert said
    assert not [key for key, text in said.items() if _OF_THE_SHELL.search(re.sub(r"\{\w+\}", "", text))]


ENDS = (
    (MIDNIGHT, -9, "Somebody has to decide by the end of Tuesday."),
    (MIDNIGHT, 9, "Somebody was to decide by the end of Tuesday."),
    (MIDNIGHT - timedelta(hours=2), -9, "Somebody has to decide by 22:00 today."),
)


@for_each(("at", "hours", "said"), ENDS)
def test_what_ends_at_midnight_is_said_as_the_end_of_its_day_on_that_day_and_the_next(at, hours, said):
    now = MIDNIGHT + timedelta(hours=hours)
    assert due_words(NextDate(at, DECIDE, now > at), now, _LONDON, words("en")) == said
