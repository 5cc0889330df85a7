"""A pack of a case of several places names at which each thing was done, and lists them all."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from builders.letter import KEPT, a_case, a_file, step

from alerts.pack.compose import compose
from alerts.pack.exhibits import Exhibit
from alerts.pack.facts import PackFacts
from alerts.pack.pdf import Heading, Rows
from alerts.pack.recipients import Recipient
from data.cases import CasePlace
from data.steps.codes import BypassRoute, PlaceRole, StepKind
from data.types import Person, Role, School
from data.words.say import words

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
MIRROR = CasePlace(n=2, role=PlaceRole.MIRROR, url="https://mirror.example.org/7", channel="blog")
WHERE = "0007-2, mirror.example.org"
LETTER = {"kind": "sent", "rung": "host", "way": "host", "kept": "as_sent", "sent": AT.isoformat()}
OF_LETTER = {"capture": "c3", "kept": "as_sent", "manifest": "0" * 64, "files": "1"}
STEPS = {
    StepKind.OPENED: {},
    StepKind.COPY_FOUND: {"url": MIRROR.url, "what": "mirror"},
    StepKind.ASKED: {"rung": "host", "kind": "host", "place": "2", **OF_LETTER},
    StepKind.ANSWERED: {"rung": "host", "kind": "host", "result": "refused", "place": "2"},
    StepKind.CHECKED: {"result": "present", "place": "2"},
    StepKind.HOSTED: {"host": "mirror.example.org", "place": "2"},
    StepKind.EVIDENCE: {
        "capture": "c2",
        "kind": "supplied",
        "manifest": "1" * 64,
        "files": "1",
        "place": "2",
    },
}


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


@pytest.mark.parametrize("n", range(2, len(STEPS) + 1))
def test_each_step_at_a_place_is_told_with_its_number_and_host(n):
    assert f"Place: {WHERE}\n" in f"{did()[str(n)]}\n"


def test_the_first_place_is_named_too_and_the_whole_matter_is_no_place():
    told = did()
    assert "Place: 0007, facebook.example.org" in told["9"]
    assert "Place" not in told["10"] + told["11"]


def test_in_a_case_of_one_place_no_place_is_named():
    assert "Place:" not in "".join(did(others=()).values())
    assert rows(under="The places of this matter", others=()) == ()


def test_the_places_are_listed_with_their_addresses_and_how_each_stands():
    first, second = rows(under="The places of this matter")
    assert first == (
        "0007",
        "the post, Facebook, https://facebook.example.org/p/1",
        "stands; nobody has been asked",
    )
    assert second[:2] == ("0007-2", "a mirror, blog or site, https://mirror.example.org/7")


def test_of_a_matter_off_the_ladder_no_address_is_listed():
    assert rows(under="The places of this matter", lane=BypassRoute.SAFEGUARDING) == ()


def test_each_exhibit_says_of_which_place_it_is():
    assert [row[1].splitlines()[-1] for row in rows(under="List of exhibits")] == [WHERE, WHERE]
    assert ("Place", WHERE) in rows(under="Exhibit A/1")


def test_a_letter_is_about_the_place_of_which_it_was_written():
    assert ("Where it is", WHERE) in rows(under="Exhibit A/2")


def test_while_a_name_may_be_protected_nobody_outside_reads_any_place():
    said = str(blocks(locked=True, recipient=Recipient.PLATFORM))
    assert "mirror.example.org" not in said
