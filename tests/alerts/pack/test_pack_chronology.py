"""What a pack tells: every fact of every step under its heading, of each place, to whom it is for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.case import a_step
from builders.ladder import NOW, Climb
from builders.letter import KEPT, a_case, a_file, step
from builders.steps import said
from support.for_each import for_each

from alerts.access.guidance import PLACES
from alerts.ladder.guards.keeping import UNLOCK_GROUNDS
from alerts.ladder.guards.police import OVERRIDES
from alerts.letters.kinds import LetterKind
from alerts.pack.compose import TOLD, chronology, compose
from alerts.pack.facts import Exhibit, PackFacts, Recipient, given, guard, with_reasons, withheld
from alerts.pack.pdf import Heading, Rows
from data.cases import CaseFile, CasePlace, CaseStep, Consent, Post
from data.rungs import Rung
from data.steps.codes import (
    BypassRoute,
    Check,
    Complainant,
    Ending,
    KeptLetter,
    PlaceRole,
    Relationship,
    RungAnswer,
    StepKind,
    Support,
)
from data.steps.stored import names_of
from data.types import Person, Role, School
from data.words.say import asking_words, place_words, words

CODES = UNLOCK_GROUNDS | OVERRIDES
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
WAYS = [(rung, kind) for rung in Rung for kind in ("", *rung.spec.kinds)]
AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
MIRROR = CasePlace(n=2, role=PlaceRole.MIRROR, url="https://mirror.example.org/7", channel="blog")
WHERE = "0007-2, mirror.example.org"
LETTER = {"kind": "sent", "rung": "host", "way": "host", "kept": "as_sent", "sent": AT.isoformat()}
OF_LETTER = {"capture": "c3", "kept": "as_sent", "manifest": "0" * 64, "files": "1"}
STEPS = {
    StepKind.OPENED: {}, StepKind.COPY_FOUND: {"url": MIRROR.url, "what": "mirror"},
    StepKind.ASKED: {"rung": "host", "kind": "host", "place": "2", **OF_LETTER},
    StepKind.ANSWERED: {"rung": "host", "kind": "host", "result": "refused", "place": "2"},
    StepKind.CHECKED: {"result": "present", "place": "2"},
    StepKind.HOSTED: {"host": "mirror.example.org", "place": "2"},
    StepKind.EVIDENCE: {"capture": "c2", "kind": "supplied", "manifest": "1" * 64, "files": "1",
     "place": "2"},
}  # fmt: skip
MAY_KNOW = {Recipient.POLICE, Recipient.LA, Recipient.DSL}
OF_PEOPLE = (StepKind.SUPPORT, StepKind.CONSENT_GIVEN, StepKind.WEIGHED, StepKind.NOTED, StepKind.ASSIGNED)
POST = Post("m1", "forum", "post", "https://forum.example.org/1", "A Poster", None, "x", NOW, NOW, NOW)
APPROVED = a_case(
    content_class="C2", chronology_by="head", chronology_author="A Poster", chronology_person="p-teacher"
)
CODES |= {
    code.value
    for kind in (RungAnswer, Check, Complainant, Ending, Relationship, Support, KeptLetter)
    for code in kind
}
CODES |= {
    "seek", "report_only", "answer", "stop", "page", "supplied", "wall", "in_person", "meeting",
    "public_reply", "target", "site", "authority", "child", "nobody", "yes", "no", "lawyer", "art14_month",
    "dp_complaint_30d",
}  # fmt: skip


def test_every_fact_step_and_code_is_told_in_words_or_left_to_the_record_on_purpose():
    for kind in StepKind:
        must, may = names_of(kind)
        left = set(IN_THE_RECORD.get(kind, "").split())
        assert {*TOLD.get(kind, ())} | left == {*must, *may}
        assert not left & {*TOLD.get(kind, ())}
    w = words("en")
    wanted = {f"pack.name.{kind}.{name}" for kind, names in TOLD.items() for name in names}
    assert {key for key in w.lines if key.startswith("pack.name.")} == wanted | {"pack.name.recorded"}
    w = words("en")
    assert [k for k, said in w.lines.items() if said == "What was kept"] == ["pack.name.evidence.kind"]
    w = words("en")
    assert not [code for code in sorted(CODES) if not w.has(f"pack.code.{code}")]
    assert not [place for place in sorted(PLACES) if place_words(place, w) == place != "999"]
    assert not [kind for kind in LetterKind if not w.has(f"letter.title.{kind.value}")]
    assert not [kind for kind in StepKind if not w.has(f"pack.step.{kind.value}")]


def _facts(climb, recipient=Recipient.FILE):
    rules = climb.rules
    return PackFacts(
        CaseFile(climb.case, tuple(climb.steps), None), rules.school, rules.people, rules.people[0],
        recipient, NOW, "1", rules.means.zone, (), {}, (), "",
    )  # fmt: skip


def _told(climb, recipient=Recipient.FILE):
    (table,) = [b for b in chronology(_facts(climb, recipient), words("en")) if isinstance(b, Rows)]
    return "\n".join("\n".join(row) for row in table.rows)


def test_report_harmful_content_is_never_told_as_the_schools_helpline():
    climb = Climb("C2", target="teacher").sought()
    climb.take(StepKind.COMPLAINANT, who="staff", person="teacher")
    climb.ask(Rung.PLATFORM_REPORT).answer(Rung.PLATFORM_REPORT, "refused")
    climb.ask(Rung.POSH, kind="rhc").answer(Rung.POSH, "refused")
    told = _told(climb)
    assert "Who was asked: Report Harmful Content" in told
    assert "Who had been asked: Report Harmful Content" in told
    assert "Professionals Online Safety Helpline" not in told


def test_a_notice_is_told_with_when_it_was_written_sent_received_and_recorded():
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


def test_the_police_are_given_the_name_of_whoever_it_is_aimed_at_only_with_consent():
    climb = Climb("C6", target="teacher").sought()
    climb.take(StepKind.TARGET, person="teacher")
    name = climb.rules.person("teacher").name
    assert name not in _told(climb, Recipient.POLICE)
    assert name in _told(climb, Recipient.SOLICITOR)
    climb.case = replace(climb.case, consent=Consent.GIVEN)
    assert name in _told(climb, Recipient.POLICE)


@for_each(("rung", "kind"), WAYS)
def test_who_was_asked_and_who_answered_is_told_by_the_one_name_there_is(rung, kind):
    climb = Climb("C2")
    asked = {"rung": rung.value, "kind": kind} if kind else {"rung": rung.value}
    for kind_of_step, facts in (
        (StepKind.ASKED, asked), (StepKind.ANSWERED, {"rung": rung.value, "result": "refused"}),
    ):  # fmt: skip
        climb.steps.append(
            CaseStep("0001", len(climb.steps) + 1, "900001", said(kind_of_step, facts), "head", NOW, NOW)
        )
    w, told = words("en"), _told(climb)
    name = asking_words(rung, kind, w)
    for part in ("asked", "answered"):
        heading = w(f"pack.name.{part}.rung")
        assert w("pack.value.facts", name=heading, value=name) in told


def test_what_was_recorded_later_stands_where_it_happened_and_says_so():
    climb = Climb("C2", target="teacher").sought()
    before = climb.now
    climb.now += timedelta(days=2)
    climb.take(StepKind.NOTED, "head", "Later.")
    climb.take(StepKind.RESPONDED, at=before, how="phone")
    told = _told(climb)
    assert told.index("The school answered.") < told.index("Later.")
    blocks = chronology(_facts(climb), words("en"))
    assert any("order in which they happened" in str(block) for block in blocks)


# -------- a pack of a case of several places names at which each thing was done, and lists them all


def an_exhibit(n, capture, facts):
    file = replace(KEPT, id=f"e{n}", capture_id=capture, mention_id=None, name="supplied-1.pdf")
    return Exhibit(n, "A", "head", AT, "supplied", (file,), facts)


EXHIBITS = (an_exhibit(1, "c2", {"kind": "supplied", "handed_in": {}}), an_exhibit(2, "c3", LETTER))


def blocks(*, recipient=Recipient.FILE, **changes):
    case = a_case(**{"others": (MIRROR,)} | changes)
    steps = [step(n, kind, 1, **facts) for n, (kind, facts) in enumerate(STEPS.items(), start=1)]
    first = step(9, StepKind.ASKED, 1, rung="platform_report")
    call = step(10, StepKind.ASKED, 1, rung="police", imminent="yes")
    drafted = step(11, StepKind.LETTER, 1, letter="police", form="txt", sha256="0" * 64)
    maker = Person("head", "Jane Holt", (Role.HEAD,))
    facts = PackFacts(
        a_file(case, steps=(*steps, first, call, drafted)), School("900001", "Oakfield"), (maker,), maker,
        recipient, AT, "1", ZoneInfo("UTC"), EXHIBITS, {"0" * 64: b"%PDF"}, (), "",
    )  # fmt: skip
    return compose(facts, words("en")).blocks


def rows(*, under, **more):
    """The rows of the table that stands next after that heading."""
    found = blocks(**more)
    at = next((n for n, b in enumerate(found) if isinstance(b, Heading) and b.text == under), len(found))
    return next((b.rows for b in found[at:] if isinstance(b, Rows)), ())


def did(**more):
    return {row[0]: row[-1] for row in rows(under="Chronology of the case", **more)}


def test_each_step_at_a_place_is_told_with_its_number_and_host_but_in_a_case_of_one():
    for n in range(2, len(STEPS) + 1):
        assert f"Place: {WHERE}\n" in f"{did()[str(n)]}\n"
    told = did()
    assert "Place: 0007, facebook.example.org" in told["9"]
    assert "Place" not in told["10"] + told["11"]
    assert "Place:" not in "".join(did(others=()).values())
    assert rows(under="The places of this matter", others=()) == ()


def test_the_places_are_listed_as_each_stands_and_off_the_ladder_no_address():
    first, second = rows(under="The places of this matter")
    assert first == (
        "0007",
        "the post, Facebook, https://facebook.example.org/p/1",
        "stands; nobody has been asked",
    )
    assert second[:2] == ("0007-2", "a mirror, blog or site, https://mirror.example.org/7")
    assert rows(under="The places of this matter", lane=BypassRoute.SAFEGUARDING) == ()


def test_while_a_name_may_be_protected_nobody_reads_a_place_else_each_exhibit_and_letter_says_its_own():
    assert [row[1].splitlines()[-1] for row in rows(under="List of exhibits")] == [WHERE, WHERE]
    assert ("Place", WHERE) in rows(under="Exhibit A/1")
    assert ("Where it is", WHERE) in rows(under="Exhibit A/2")
    said = str(blocks(locked=True, recipient=Recipient.PLATFORM))
    assert "mirror.example.org" not in said


# --------------------------------------------------------- whom a pack is for decides what is in it


def test_a_locked_case_is_whole_for_police_and_officer_by_the_name_that_the_nation_has():
    for to in Recipient:
        assert withheld(a_case(locked=True), to) is (to not in MAY_KNOW)
        assert not withheld(a_case(locked=False), to)
    w = words("en")
    assert w(Recipient.LA.key("northern_ireland")) == "the Education Authority"
    assert {w(Recipient.LA.key(n)) for n in ("england", "wales", "scotland")} == {"the local authority"}
    assert all(w.has(to.key("northern_ireland")) for to in Recipient)


def test_what_is_for_outside_tells_nothing_about_people_nor_how_staff_were_supported():
    for kind in OF_PEOPLE:
        assert not given(a_step(kind=kind), Recipient.PLATFORM)
        assert not with_reasons(Recipient.PLATFORM)
    for to in Recipient:
        assert given(a_step(kind=StepKind.SUPPORT), to) is (
            to in (Recipient.FILE, Recipient.LA, Recipient.DSL)
        )
        offer = a_step(kind=StepKind.LETTER, facts={"letter": "support_offer"})
        assert given(offer, to) is (to in (Recipient.FILE, Recipient.LA, Recipient.DSL))
        assert given(a_step(kind=StepKind.ASKED), to)


# ------------------------------------------ what refuses to put an author's posts together, by name


@pytest.mark.parametrize("code", ["C2", "C3", "C6"])
def test_an_approved_open_case_of_harassment_is_not_refused(code):
    assert guard(replace(APPROVED, content_class=code), POST) is None


@pytest.mark.parametrize(("changes", "post", "name"), [
    ({"closed_at": NOW}, POST, "open_case"), ({"content_class": "C7"}, POST, "harassment_case"),
    ({"content_class": "unjudged"}, POST, "harassment_case"),
    ({"chronology_by": None}, POST, "chronology_approved"),
    ({"chronology_person": None}, POST, "chronology_approved"),
    ({}, replace(POST, author="Another"), "author_of_this_post"),
    ({}, replace(POST, author=None), "author_of_this_post"), ({}, None, "author_of_this_post"),
])  # fmt: skip
def test_whatever_is_missing_refuses_by_its_name(changes, post, name):
    assert guard(replace(APPROVED, **changes), post) == name
