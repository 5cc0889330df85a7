"""What a police call handler asks: what was posted, about what person, who saw it, is anybody in danger."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from builders.letter import (
    EXAMPLES,
    KEPT,
    NOW,
    POST,
    THREAT,
    THREAT_STEPS,
    a_file,
    all_of,
    asked,
    rules,
    step,
    whole,
    written,
)
from support.for_each import for_each

from alerts.letters.allowed import refusal
from alerts.letters.draft import draft
from alerts.letters.kinds import LetterFacts, LetterKind, NoDraft
from alerts.pack.exhibits import exhibits
from alerts.places import at_place
from data.cases import CasePlace, Consent
from data.content_class import CLASSES, ContentClass, Police
from data.rungs import Rung
from data.steps.codes import HowTold, StepKind
from data.types import About

FACTS = EXAMPLES[LetterKind.POLICE][1]


def test_once_999_was_rung_the_letter_is_written_at_each_place_without_waiting_for_consent():
    """It says so there too: the call is the matter's, whichever place the case is at."""
    called = replace(
        THREAT, consent=Consent.NOT_ASKED, askings=(asked(Rung.POLICE),), others=(CasePlace(n=2),)
    )
    assert refusal(LetterKind.POLICE, called, rules(), NOW) is None
    assert refusal(LetterKind.POLICE, at_place(called, 2), rules(), NOW) is None


def police(given: dict[str, str] | None = None, **changes: object) -> str:
    steps = changes.pop("steps", THREAT_STEPS)
    post = changes.pop("post", POST)
    nation = changes.pop("nation", "england")
    case = replace(THREAT, **changes)
    facts = FACTS | (given or {})
    return all_of(whole(LetterKind.POLICE, case, facts, steps=steps, post=post, rules=rules(nation)))


def test_the_police_are_given_the_words_as_they_were_posted():
    assert POST.text in police()


@pytest.mark.parametrize(
    "changes", [{"about": About.PUPIL, "target": None}, {"restricted": True}, {"locked": True}]
)
def test_words_of_a_child_or_of_a_restricted_matter_are_offered_and_not_written(changes):
    said = police(**changes)
    assert "cake" not in said
    assert "We will give them to your officer." in said


def test_words_that_somebody_gives_are_quoted_to_the_police_of_a_child_too():
    said = police(given={"words": "wait till Year 6"}, about=About.PUPIL, target=None, restricted=True)
    assert "\nwait till Year 6\n" in said


def test_under_the_lock_the_police_get_no_words_in_writing():
    made = written(LetterKind.POLICE, replace(THREAT, locked=True), FACTS | {"words": "x"})
    assert isinstance(made, NoDraft)


@pytest.mark.parametrize(
    "changes", [{}, {"consent_told": HowTold.MAIL}, {"consent": Consent.OVERRIDDEN}], ids=str
)
def test_who_it_is_aimed_at_is_named_once_they_agreed_or_were_overruled_as_in_the_pack(changes):
    assert "Who it is aimed at: Sam Vale" in police(**changes)


@pytest.mark.parametrize(
    "changes",
    [
        {"consent": Consent.NOT_ASKED, "askings": (asked(Rung.POLICE),)},
        {"consent": Consent.ASKED, "askings": (asked(Rung.POLICE),)},
        {"locked": True},
    ],
)
def test_without_their_consent_or_under_the_lock_nobody_is_named(changes):
    said = police(post=replace(POST, text="Wait at the gate"), **changes)
    assert "Vale" not in said
    assert "your officer" in said


def test_nobody_is_said_to_be_safe():
    said = police()
    assert not re.search(r"nobody is in danger|nid oes neb mewn perygl", said)
    assert FACTS["danger"] in said


def test_what_is_known_of_danger_is_asked_of_a_threat_and_of_nothing_else():
    without = {name: said for name, said in FACTS.items() if name != "danger"}
    made = written(LetterKind.POLICE, THREAT, without)
    assert isinstance(made, NoDraft)
    assert [want.fact for want in made.wanted] == ["danger"]
    other = replace(THREAT, content_class="C3")
    assert "What we know about any danger" not in all_of(whole(LetterKind.POLICE, other, without))


def test_a_call_to_999_is_said_where_there_was_one():
    rung = step(9, StepKind.ASKED, 4, rung="police", imminent="yes", reference="CAD 12")
    said = police(steps=(*THREAT_STEPS, rung))
    assert "follows our call to 999 (reference CAD 12)" in said
    assert "We have no record of a call to 999" not in said
    assert "We have no record of a call to 999" in police()


@for_each("nation", ["england", "wales", "scotland", "northern_ireland"])
@for_each("code", [c for c, spec in CLASSES.items() if spec.police is not Police.NO and c not in ("C13",)])
def test_which_crime_it_may_be_is_said_with_may_and_by_the_law_of_the_nation(code, nation):
    said = police(content_class=code, nation=nation)
    assert "It may be" in said
    assert not re.search(r"\b(is|are) (an? )?(crime|offence|criminal)", said)
    if nation == "scotland":
        assert "Online Safety Act" not in said
        assert "Malicious Communications" not in said


def test_a_threat_is_put_to_the_police_by_its_law():
    assert "It may be a threatening communication (Online Safety Act 2023, section 181)." in police()
    assert "Licensing (Scotland) Act 2010, section 38" in police(nation="scotland")
    assert "for you to decide" in police(content_class=ContentClass.UNLAWFUL)


def test_who_saw_it_and_who_brought_it_are_said_with_the_time():
    brought = step(3, StepKind.EVIDENCE, 2, kind="supplied")
    said = police(steps=(*THREAT_STEPS[:2], brought), given={"seen": "Jo Fern saw it on her own telephone"})
    assert "Jane Holt had the public page saved, without signing in, on 12 November 2026, 10:00." in said
    assert "Jane Holt recorded on 13 November 2026, 10:00 what somebody brought." in said
    assert "Jo Fern saw it on her own telephone." in said
    assert "found it on 11 November 2026, 12:00" in police(steps=(), captures=0)


def test_the_exhibits_are_listed_as_the_pack_numbers_them():
    later = replace(KEPT, id="e2", capture_id=None, name="screen shot.png", captured_by="head")
    manifest = replace(KEPT, id="e0", name="manifest.json")
    file = replace(a_file(THREAT, POST, THREAT_STEPS), evidence=(KEPT, manifest, later))
    by = rules()
    made = draft(LetterKind.POLICE, file, LetterFacts(NOW, "en", FACTS), by)
    numbered = exhibits("0007", file.evidence, by.people, by.means.zone, lambda _: b"{}")
    assert len(numbered) == 2
    for exhibit in numbered:
        assert f"- {exhibit.name}: " in all_of(made)
    assert "screen_shot.png" in all_of(made)
    assert "manifest" not in all_of(made)


def handed_in(**known: object) -> str:
    """The letter where a picture was handed in, of which this is known."""
    manifest = json.dumps({"kind": "supplied", "handed_in": known}).encode()
    files = (
        replace(KEPT, id="e5", capture_id="c5", name="manifest.json", sha256="5" * 64),
        replace(KEPT, id="e6", capture_id="c5", name="supplied-1.png", how="supplied by a third party"),
    )
    steps = (*THREAT_STEPS[:1], step(3, StepKind.EVIDENCE, 2, kind="supplied", capture="c5"))
    file = replace(a_file(THREAT, POST, steps), evidence=files)
    given = LetterFacts(NOW, "en", FACTS, {"5" * 64: manifest})
    return all_of(draft(LetterKind.POLICE, file, given, rules()))


def test_who_saw_what_was_handed_in_is_said_as_far_as_it_is_known():
    ours, theirs = {"person": "deputy", "said": None}, {"person": None, "said": "Ella, in Year 6"}
    seen = {"utc": "2026-11-11T17:40:00Z", "zone": "Europe/London"}
    name = next(p.name for p in rules().people if p.id == "deputy")
    assert f"{name} saw it on 11 November 2026, 17:40." in handed_in(seen_by=ours, seen=seen)
    assert "saw it on 11 November 2026." in handed_in(seen_by=ours, seen={"day": "2026-11-11"})
    assert f"{name} saw it; the time is not recorded." in handed_in(seen_by=ours, seen=None)
    said = handed_in(seen_by=theirs, seen=seen)
    assert "Somebody we can name to your officer saw it on" in said
    assert "Ella" not in said
    assert "Somebody (who is not recorded) saw it on" in handed_in(seen_by=None, seen=seen)
    assert " saw it on" not in handed_in(seen_by=None, seen=None)
    assert "Jane Holt recorded on 13 November 2026, 10:00 what somebody brought." in handed_in()


def warnings(**changes: object) -> str:
    steps = changes.pop("steps")
    made = whole(LetterKind.POLICE, replace(THREAT, **changes), FACTS, steps=steps, post=POST)
    return " ".join(made.warnings)


def test_danger_for_which_consent_was_overruled_is_one_to_ring_999_for_first():
    overruled = step(8, StepKind.CONSENT_OVERRIDDEN, 2, ground="risk_to_life")
    rang = step(9, StepKind.ASKED, 2, rung="police", imminent="yes")
    case = {"consent": Consent.OVERRIDDEN}
    assert "a life may be in danger, and no call to 999 is recorded" in warnings(steps=(overruled,), **case)
    assert "no call to 999" not in warnings(steps=(overruled, rang), **case)
    assert "no call to 999" not in warnings(steps=THREAT_STEPS)


def test_a_message_of_a_private_group_is_not_called_a_public_post():
    assert "to report a public post." in police()
    assert "to report a message in a private group or conversation." in police(channel="whatsapp")
    assert "to report something that was said or sent to somebody." in police(channel="email")


def test_of_what_was_only_said_the_police_read_who_said_it_and_of_no_website() -> None:
    said = police(
        {"why": "He means the teacher.", "danger": "Nothing is known."},
        channel="in_person",
        post=replace(POST, channel="in_person", url=None, published=None),
        steps=(step(1, StepKind.OPENED, 0), step(4, StepKind.CONSENT_GIVEN, 1, person="vale")),
        captures=0,
        decision="report_only",
    )
    said = " ".join(said.split())
    spoken = ("How: said in person", "Who said it, as we were told", "What was said, as it was written down")
    assert all(part in said for part in spoken), said
    for part in ("website", "the post", "posted", "the account"):
        assert part not in said, part


def test_what_is_only_reported_asks_the_police_for_no_removal_to_stop():
    assert "whether we should stop asking for its removal" in " ".join(police().split())
    assert "asking for its removal" not in " ".join(police(decision="report_only").split())


def test_that_999_was_rung_first_is_said_where_it_was_alone():
    rang = step(9, StepKind.ASKED, 4, rung="police", imminent="yes")
    unasked = {"consent": Consent.NOT_ASKED, "askings": (asked(Rung.POLICE),)}
    assert "999 was rung first" in police(steps=(*THREAT_STEPS, rang), **unasked)
    said = police(**unasked)
    assert "999 was rung first" not in said
    assert "has not agreed to our telling you, as far as is recorded" in said


def test_what_somebody_brought_is_not_said_to_be_found_by_the_program():
    brought = replace(POST, source_ids=("report-in",))
    said = police(steps=(), captures=0, post=brought)
    assert "Somebody brought it to the school on 11 November 2026, 12:00." in said
    assert "The program that the school uses" not in said
