"""A letter about a case of several places says at which of them each thing was done."""

import json
from dataclasses import replace

import pytest
from builders.letter import (
    BEFORE,
    DEFAMED,
    EXAMPLES,
    KEPT,
    NOW,
    ON_A_FORUM,
    THREAT,
    THREAT_STEPS,
    a_file,
    all_of,
    asked,
    rules,
    step,
    whole,
)

from alerts.letters.draft import draft
from alerts.letters.kinds import LetterFacts, LetterKind
from alerts.letters.layout import text
from alerts.places import at_place
from data.cases import Assessment, CasePlace
from data.rungs import Rung
from data.steps.codes import PlaceRole, RungAnswer, StepKind

MIRROR = CasePlace(n=2, role=PlaceRole.MIRROR, url="https://mirror.example.org/7", channel="blog")
ARCHIVE = CasePlace(n=3, role=PlaceRole.ARCHIVE, url="https://web.archive.org/web/1/x", channel="archive_org")
OTHERS = (replace(MIRROR, askings=(asked(Rung.HOST, "host", RungAnswer.REFUSED),)), ARCHIVE)
PAGE = {"kind": "page", "capture": "c2", "manifest": "2" * 64, "files": "1"}
AT_TWO = {
    "found elsewhere too: a mirror": (StepKind.COPY_FOUND, {"url": MIRROR.url, "what": "mirror"}),
    "contacted: the website’s host (reference H-1)": (
        StepKind.ASKED,
        {"rung": "host", "kind": "host", "reference": "H-1", "place": "2"},
    ),
    "answer of the website’s host: refused": (
        StepKind.ANSWERED,
        {"rung": "host", "kind": "host", "result": "refused", "place": "2"},
    ),
    "looked at again: still there": (StepKind.CHECKED, {"result": "present", "place": "2"}),
    "it was there again": (StepKind.CAME_BACK, {"place": "2"}),
    "evidence was kept": (StepKind.EVIDENCE, {**PAGE, "place": "2"}),
}
WEIGHED = Assessment("a lie", "two days", "a group of ninety", "he is ill", "head", BEFORE)


def steps(*more):
    return (*THREAT_STEPS, *(step(20 + n, kind, 4, **facts) for n, (kind, facts) in enumerate(more)))


def police(*more, **changes):
    case = replace(THREAT, **{"others": OTHERS} | changes)
    _, facts, _ = EXAMPLES[LetterKind.POLICE]
    made = whole(LetterKind.POLICE, case, facts, steps=steps(*more))
    return " ".join(all_of(made).split())


def sheet(**changes):
    case = replace(DEFAMED, **changes)
    made = whole(LetterKind.SOLICITOR_FACTS, case, {"contact": "01632 960 002"}, post=ON_A_FORUM)
    return " ".join(text(made).split())


@pytest.mark.parametrize("happened", AT_TWO)
def test_what_was_done_is_told_with_the_number_and_the_host_of_its_place(happened):
    said = police(AT_TWO[happened])
    assert f"{happened} (0007-2, mirror.example.org)" in said


def test_what_was_done_where_it_was_found_first_names_that_place():
    said = police()
    assert "contacted: the platform (0007, facebook.example.org)" in said
    assert "first seen, as far as we know (0007, facebook.example.org)" in said


def test_in_a_case_of_one_place_no_place_is_named():
    said = police(others=())
    assert "contacted: the platform -" in said
    assert "0007," not in said
    assert "these places" not in said


def test_a_call_to_999_is_about_no_place():
    said = police((StepKind.ASKED, {"rung": "police", "imminent": "yes", "reference": "CAD 12"}))
    assert "contacted: the police, by 999 (reference CAD 12) The exhibits" in said


def test_a_place_that_opened_the_case_again_is_told_once():
    found = AT_TWO["found elsewhere too: a mirror"]
    said = police(found, (StepKind.CAME_BACK, {"place": "2"}))
    assert said.count("found elsewhere") == 1
    assert "it was there again" not in said


@pytest.mark.parametrize(
    "expected",
    [
        "0007-2, a mirror, blog or site, https://mirror.example.org/7: known to the school since",
        "Now: stands, although somebody was asked",
        "0007, the post, Facebook, https://facebook.example.org/p/1: posted on 11 November 2026",
    ],
)
def test_the_police_read_each_place_since_when_it_is_known_and_how_it_stands(expected):
    assert expected in police(AT_TWO["found elsewhere too: a mirror"])


def test_whoever_runs_any_of_the_places_is_to_keep_records():
    assert "ask whoever runs each place above to keep their records" in police()


def test_who_saw_it_and_the_exhibits_name_their_place():
    held = (KEPT, replace(KEPT, id="e2", capture_id="c2", mention_id=None))
    file = a_file(replace(THREAT, others=OTHERS), steps=steps(AT_TWO["evidence was kept"]))
    facts = LetterFacts(NOW, "en", EXAMPLES[LetterKind.POLICE][1])
    said = " ".join(text(draft(LetterKind.POLICE, replace(file, evidence=held), facts, rules())).split())
    assert "0007-2, mirror.example.org: Jane Holt had the public page saved" in said
    assert "11 November 2026, 13:00 (0007-2, mirror.example.org)" in said


def at_two(**given):
    """A letter to the host of the second place, of which only the address is held."""
    case = at_place(replace(DEFAMED, others=(MIRROR,)), 2)
    post = replace(ON_A_FORUM, mention_id="", url=MIRROR.url, published=None, first_seen=NOW)
    file = a_file(case, post, (step(1, StepKind.EVIDENCE, 1, **PAGE | {"capture": "c1"}),))
    facts = {"host": "Example Hosting Ltd", "why": "It may do harm."}
    return text(draft(LetterKind.HOST_ABUSE, file, LetterFacts(NOW, "en", facts, **given), rules()))


def test_to_a_second_place_it_is_not_said_that_we_saw_it_when_we_saw_the_first():
    assert "Seen by us" not in at_two()


def test_a_second_place_was_not_first_seen_when_the_first_was():
    seen = json.dumps({"handed_in": {"seen": {"day": "2026-11-01"}}}).encode()
    said = at_two(manifests={"2" * 64: seen})
    assert "First seen, as far as we know: 20 November 2026" in said


def test_a_solicitor_reads_how_far_it_spread_as_it_was_weighed_or_that_nobody_recorded_it():
    assert "How far it had spread: a group of ninety" in sheet(weighed=WEIGHED)
    assert "what it did, is not recorded" not in sheet(weighed=WEIGHED)
    assert "what it did, is not recorded" in sheet()


def test_a_solicitor_reads_that_the_year_is_that_of_the_place_named_first():
    assert "another may have a date of its own" in sheet(others=OTHERS)
    assert "another may have a date of its own" not in sheet()


def test_the_police_read_who_can_give_a_statement_and_that_a_reference_is_asked_for_once():
    called = (StepKind.ASKED, {"rung": "police", "imminent": "yes", "reference": "CAD 12"})
    assert "we will tell you who can give one" in police()
    assert "Please give us your reference" in police()
    assert "Please give us your reference" not in police(called)
