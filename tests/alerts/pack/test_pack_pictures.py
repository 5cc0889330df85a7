"""Pictures that somebody brought: which are printed in a pack, how large, and one that is broken."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from builders.case_desk import PNG
from builders.letter import a_case, a_file

from alerts.layout.pdf import Paragraph
from alerts.pack.exhibit_pages import exhibit_blocks
from alerts.pack.exhibits import Exhibit
from alerts.pack.facts import PackFacts
from alerts.pack.pdf import PackDocument, Picture, _size, render
from alerts.pack.recipients import Recipient
from data.cases import EvidenceFile
from data.steps.codes import BypassRoute, Relationship
from data.types import About, Person, Role, School
from data.words.say import words

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)
JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08\x00\x20\x00\x40\x03\xff\xd9"
"""The header of one that is 64 wide and 32 high, without a picture."""


def a_file_of(name, media_type):
    return EvidenceFile(
        "e2", "900001", "m1", "0007", "c2", name, "1" * 64, media_type, 9, AT, "head", "supplied"
    )


def printed(case, name="supplied-1.png", media_type="image/png"):
    """The pictures on the page of what was handed in."""
    files = (a_file_of(name, media_type),)
    exhibit = Exhibit(1, "A/1", "head", AT, "supplied", files, {"kind": "supplied", "handed_in": {}})
    maker = Person("head", "Jane Holt", (Role.HEAD,))
    facts = PackFacts(
        a_file(case), School("900001", "Oakfield"), (maker,), maker, Recipient.POLICE, AT, "1",
        ZoneInfo("UTC"), (exhibit,), {}, (), "",
    )  # fmt: skip
    return [block for block in exhibit_blocks(exhibit, facts, words("en")) if isinstance(block, Picture)]


def test_a_picture_that_was_handed_in_is_printed_and_says_what_it_is():
    assert [shot.alt for shot in printed(a_case())] == ["The picture that was handed in as supplied-1.png"]
    assert printed(a_case(), "supplied-1.jpg", "image/jpeg")


@pytest.mark.parametrize(
    "changes",
    [
        {"about": About.PUPIL},
        {"relationship": Relationship.PUPIL},
        {"content_class": "C5"},
        {"proposed_class": "C5"},
        {"lane": BypassRoute.SAFEGUARDING},
        {"returned": True},
        {"restricted": True},
    ],
)
def test_no_picture_is_printed_that_may_show_a_child_or_nudity_or_of_what_bypasses_the_ladder(changes):
    assert printed(replace(a_case(), **changes)) == []


@pytest.mark.parametrize("media_type", ["application/pdf", "text/plain", "image/svg+xml"])
def test_what_is_no_plain_picture_is_not_printed(media_type):
    assert printed(a_case(), "supplied-1.bin", media_type) == []


def test_the_size_of_a_picture_is_read_from_its_header():
    assert _size(JPEG) == (64, 32)
    assert [_size(content) for content in (b"", b"\xff\xd8", b"\xff\xd8\xff", b"GIF89a", JPEG[:9])] == [
        None
    ] * 5


def test_a_picture_that_cannot_be_read_costs_nobody_their_pack():
    """Dear: it makes a PDF, twice."""
    blocks = (Paragraph("What was handed in."), Picture("1" * 64, "a picture"))
    document = PackDocument("en", "t", "t", "s", (), "{page} {pages}", "2026-11-20", blocks)
    assert render(document, {"1" * 64: JPEG}).startswith(b"%PDF")
    assert render(document, {"1" * 64: PNG}).startswith(b"%PDF")
