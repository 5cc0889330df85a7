"""Who of the press asks a school for comment, and what becomes of it."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from builders.alert import EVERYBODY, IT, NOW, SCHOOL, STORY, codes, raised, verdict
from builders.verdict import judged, mention, scores

from alerts.access.knowing import Access, access, spokesperson
from alerts.access.matter import matter_of_story
from alerts.access.recipients import find_notified
from alerts.instant.raise_alert import raise_alert
from alerts.next_date import due_at, list_marks
from classifiers.verdicts.press.events import asks_for_comment
from data.cases import Profile
from data.content_class import ContentClass
from data.judged import ENQUIRY, is_enquiry
from data.register.calendar import Calendar
from data.types import About, Mark, Meant, MentionKind, Person, Policy, Reason, Role, Route, Severity, Via

FIXTURES = tomllib.loads(
    (Path(__file__).parents[2] / "fixtures" / "press" / "enquiries.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("which", FIXTURES)
def test_the_press_is_known_by_what_it_asks_and_nobody_else_is_taken_for_it(which):
    found = {
        row["text"]: asks_for_comment(
            mention(**{"author": None, **row, "kind": MentionKind(row.get("kind", "post"))})
        )
        for row in FIXTURES[which]
    }
    wrong = [text for text, asks in found.items() if asks is not (which == "asks")]
    assert not wrong


def test_a_long_hostile_text_takes_no_time():
    for part in ("my name is a b c d ", "the reporter from the comment wants ", "- , | news \n"):
        assert asks_for_comment(mention(part * 40_000, channel="telephone")) in (True, False)


ASKS = "I’m a reporter at the Northvale Gazette. Would the school like to comment by 4pm on Tuesday?"


def test_it_is_answered_today_and_never_removed_but_what_it_tells_of_goes_its_own_way():
    calm = judged(ASKS, scores("platform_report", severe=0.9, abuse__defamation=0.9, about__head=0.9))
    assert (calm.route, calm.severity, calm.content_class) == (Route.RESPOND, Severity.TODAY, "C0")
    assert is_enquiry(calm)
    assert calm.about is About.SCHOOL
    grave = judged(f"{ASKS} A teacher slapped my son.", scores("safeguarding", severe=0.95))
    assert grave.route is Route.SAFEGUARDING
    assert is_enquiry(grave)


PRESS = Person("press", "Ms Rae Quill", (Role.PRESS,), "press@example.org")
PEOPLE = (*EVERYBODY, PRESS)
ENQUIRED = verdict(
    Route.RESPOND, About.SCHOOL, severity=Severity.TODAY, content_class=ContentClass.FAIR_COMMENT,
    reasons=(Reason(ENQUIRY, "asks"),),
)  # fmt: skip


def test_whoever_speaks_to_the_press_is_asked_first_at_any_hour_and_reads_it():
    found = raise_alert(STORY, [ENQUIRED], None, PEOPLE, SCHOOL, Policy(press=Role.IT_LEAD), NOW)
    assert found.audience == (IT.id, "press", "head")
    assert due_at(found, NOW.replace(hour=2), NOW.tzinfo, Calendar(), Via.MAIL) == NOW.replace(hour=2)
    matter = matter_of_story([ENQUIRED], found, SCHOOL, PEOPLE, Profile(press=Role.DPO))
    assert access(PRESS, matter, PEOPLE) is Access.WORDS
    office = replace(PRESS, id="dpo2", roles=(Role.DPO,))
    assert access(office, matter, (*PEOPLE, office)) is Access.WORDS


def test_of_an_allegation_in_it_the_contact_hears_by_number_and_of_the_head_the_chair_acts():
    child = verdict(about=About.STAFF, reasons=(Reason(ENQUIRY, "asks"),))
    alert = raised(child, people=PEOPLE)
    assert "press" not in alert.audience
    assert find_notified(alert, PEOPLE, SCHOOL)["press"] == "enquiry"
    matter = matter_of_story([child], alert, SCHOOL, PEOPLE)
    assert access(PRESS, matter, PEOPLE) is not Access.WORDS
    of_head = replace(ENQUIRED, about=About.HEAD, accuses=(Meant("person:head", 1.0, "linking"),))
    led = raised(of_head, people=PEOPLE)
    assert ("chair" in led.audience, "press" in led.audience) == (True, False)
    assert ENQUIRY in codes(led)
    speaks = spokesperson(matter_of_story([of_head], led, SCHOOL, PEOPLE), PEOPLE)
    assert speaks is not None
    assert speaks[0].id == "chair"


def test_no_tap_alone_ends_it_as_answered():
    alert = raised(ENQUIRED, people=PEOPLE)
    matter = matter_of_story([ENQUIRED], alert, SCHOOL, PEOPLE)
    assert Mark.ANSWERED not in list_marks(PRESS, matter, PEOPLE, alert, [ENQUIRED])
    assert Mark.ANSWERED in list_marks(PRESS, matter, PEOPLE, alert, [replace(ENQUIRED, reasons=())])
