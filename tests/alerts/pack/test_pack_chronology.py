"""Every fact of every step is told in words under a heading that fits it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from builders.ladder import NOW, Climb
from builders.steps import said
from support.for_each import for_each

from alerts.access.referrals import PLACES
from alerts.ladder.guards.keeping import UNLOCK_GROUNDS
from alerts.ladder.guards.police import OVERRIDES
from alerts.letters.kinds import LetterKind
from alerts.pack.chronology import TOLD, chronology
from alerts.pack.facts import PackFacts
from alerts.pack.pdf import Rows
from alerts.pack.recipients import Recipient
from data.cases import CaseFile, CaseStep, Consent
from data.rungs import Rung
from data.steps.codes import (
    Check,
    Complainant,
    Ending,
    KeptLetter,
    Relationship,
    RungAnswer,
    StepKind,
    Support,
)
from data.steps.stored import names_of
from data.words.asking import asking_words, place_words
from data.words.say import words

CODES = UNLOCK_GROUNDS | OVERRIDES
CODES |= {
    code.value
    for kind in (RungAnswer, Check, Complainant, Ending, Relationship, Support, KeptLetter)
    for code in kind
}
CODES |= {
    "seek",
    "report_only",
    "answer",
    "stop",
    "page",
    "supplied",
    "wall",
    "in_person",
    "meeting",
    "public_reply",
}
CODES |= {
    "target",
    "site",
    "authority",
    "child",
    "nobody",
    "yes",
    "no",
    "lawyer",
    "art14_month",
    "dp_complaint_30d",
}

IN_THE_RECORD = {
    StepKind.OPENED: (
        "story route about mention restricted lane subjects audience target alert own_site danger_now sealed"
    ),
    StepKind.CLASSIFIED: "lane meant overseers about",
    StepKind.RECLASSIFIED: "lane meant overseers about",
    StepKind.PROPOSED: "lane meant overseers",
    StepKind.TARGET: "subjects about",
    StepKind.ACCUSED: "about",
    StepKind.DECIDED: "as",
    StepKind.CONSENT_GIVEN: "informed",
    StepKind.CONSENT_REFUSED: "informed",
    StepKind.CONSENT_WITHDRAWN: "informed",
    StepKind.CONSENT_OVERRIDDEN: "informed",
    StepKind.SUPPORT: "informed",
    StepKind.PLACE: "place",
    StepKind.PLACE_LEFT: "place",
    StepKind.CAME_BACK: "place",
    StepKind.ASKED: "place kind route sha256 capture manifest files",
    StepKind.ANSWERED: "place kind sha256 capture manifest files",
    StepKind.EVIDENCE: "place capture manifest files known adds_to",
    StepKind.LETTER: "place form sha256",
    StepKind.HOSTED: "place domain registrar_abuse network_abuse addresses nominet front failed",
    StepKind.CHECKED: "place nth amended barred",
    StepKind.COPY_FOUND: "subjects sealed",
    StepKind.NOTED: "pack",
    StepKind.JOINED: "closes taken",
}
"""Facts that a chronology does not show: ids, hashes, who may know; the way of asking is in its name."""


@for_each("kind", StepKind)
def test_every_fact_of_a_step_is_told_or_is_left_to_the_record_on_purpose(kind: StepKind) -> None:
    must, may = names_of(kind)
    left = set(IN_THE_RECORD.get(kind, "").split())
    assert {*TOLD.get(kind, ())} | left == {*must, *may}
    assert not left & {*TOLD.get(kind, ())}


def test_every_fact_that_is_told_has_a_heading_of_its_own() -> None:
    w = words("en")
    wanted = {f"pack.name.{kind}.{name}" for kind, names in TOLD.items() for name in names}
    assert {key for key in w.lines if key.startswith("pack.name.")} == wanted | {"pack.name.recorded"}


def test_nothing_but_evidence_is_headed_as_what_was_kept() -> None:
    w = words("en")
    assert [k for k, said in w.lines.items() if said == "What was kept"] == ["pack.name.evidence.kind"]


def test_every_step_and_every_code_in_it_is_told_in_words() -> None:
    w = words("en")
    assert not [code for code in sorted(CODES) if not w.has(f"pack.code.{code}")]
    assert not [place for place in sorted(PLACES) if place_words(place, w) == place != "999"]
    assert not [kind for kind in LetterKind if not w.has(f"letter.title.{kind.value}")]
    assert not [kind for kind in StepKind if not w.has(f"pack.step.{kind.value}")]


def _facts(climb: Climb, recipient: Recipient = Recipient.FILE) -> PackFacts:
    rules = climb.rules
    return PackFacts(
        CaseFile(climb.case, tuple(climb.steps), None), rules.school, rules.people, rules.people[0],
        recipient, NOW, "1", rules.means.zone, (), {}, (), "",
    )  # fmt: skip


def _told(climb: Climb, recipient: Recipient = Recipient.FILE) -> str:
    (table,) = [b for b in chronology(_facts(climb, recipient), words("en")) if isinstance(b, Rows)]
    return "\n".join("\n".join(row) for row in table.rows)


def test_report_harmful_content_is_never_told_as_the_schools_helpline() -> None:
    climb = Climb("C2", target="teacher").sought()
    climb.take(StepKind.COMPLAINANT, who="staff", person="teacher")
    climb.ask(Rung.PLATFORM_REPORT).answer(Rung.PLATFORM_REPORT, "refused")
    climb.ask(Rung.POSH, kind="rhc").answer(Rung.POSH, "refused")
    told = _told(climb)
    assert "Who was asked: Report Harmful Content" in told
    assert "Who had been asked: Report Harmful Content" in told
    assert "Professionals Online Safety Helpline" not in told


def test_a_notice_is_told_with_when_it_was_written_sent_received_and_recorded() -> None:
    climb = Climb("C7", target="teacher").sought()
    climb.take(StepKind.COMPLAINANT, who="staff", person="teacher")
    climb.ask(Rung.PLATFORM_REPORT).answer(Rung.PLATFORM_REPORT, "refused")
    climb.take(StepKind.HOSTED, "schoolgate", host="forum.example.org")
    hours = [climb.now + timedelta(hours=n) for n in (1, 2, 3, 9)]
    written, sent, received, climb.now = hours
    climb.take(
        StepKind.ASKED, at=sent, rung=Rung.HOST, kind="s5", written_at=written.isoformat(),
        received_at=received.isoformat(), kept="not_kept",
    )  # fmt: skip
    step = climb.steps[-1]
    asked = _told(climb).split("Somebody was asked to act.")[-1]
    assert "Who was asked: the website’s operator, by a notice under section 5" in asked
    assert f"Written: {written:%Y-%m-%d %H:%M:%S} UTC" in asked
    assert f"Received by them: {received:%Y-%m-%d %H:%M:%S} UTC" in asked
    assert f"Recorded: {step.recorded_at:%Y-%m-%d %H:%M:%S} UTC" in asked
    assert "What was sent: no copy was kept" in asked
    assert f"{sent:%Y-%m-%d %H:%M:%S}" in _told(climb).replace("\N{NO-BREAK SPACE}", " ")


def test_the_police_are_given_the_name_of_whoever_it_is_aimed_at_only_with_consent() -> None:
    climb = Climb("C6", target="teacher").sought()
    climb.take(StepKind.TARGET, person="teacher")
    name = climb.rules.person("teacher").name
    assert name not in _told(climb, Recipient.POLICE)
    assert name in _told(climb, Recipient.SOLICITOR)
    climb.case = replace(climb.case, consent=Consent.GIVEN)
    assert name in _told(climb, Recipient.POLICE)


WAYS = [(rung, kind) for rung in Rung for kind in ("", *rung.spec.kinds)]


@for_each(("rung", "kind"), WAYS)
def test_who_was_asked_and_who_answered_is_told_by_the_one_name_there_is(rung: Rung, kind: str) -> None:
    climb = Climb("C2")
    asked = {"rung": rung.value, "kind": kind} if kind else {"rung": rung.value}
    for step, facts in (
        (StepKind.ASKED, asked),
        (StepKind.ANSWERED, {"rung": rung.value, "result": "refused"}),
    ):
        climb.steps.append(
            CaseStep("0001", len(climb.steps) + 1, "900001", said(step, facts), "head", NOW, NOW)
        )
    w, told = words("en"), _told(climb)
    name = asking_words(rung, kind, w)
    for part in ("asked", "answered"):
        heading = w(f"pack.name.{part}.rung")
        assert w("pack.value.facts", name=heading, value=name) in told


def test_what_was_recorded_later_stands_where_it_happened_and_says_so() -> None:
    climb = Climb("C2", target="teacher").sought()
    before = climb.now
    climb.now += timedelta(days=2)
    climb.take(StepKind.NOTED, "head", "Later.")
    climb.take(StepKind.RESPONDED, at=before, how="phone")
    told = _told(climb)
    assert told.index("The school answered.") < told.index("Later.")
    blocks = chronology(_facts(climb), words("en"))
    assert any("order in which they happened" in str(block) for block in blocks)
