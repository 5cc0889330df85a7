"""The registers and lists of schools as they are published, read whole."""

import csv
import gzip
import re

import pytest
from support.corpus import corpus_path

from data.register.national_lists import NAME, pack_register, read_register
from data.register.school_names import (
    doubtful_aliases,
    normalise,
    propose_aliases,
    register_of_names,
    separate_names,
    spoken_core,
)

pytestmark = pytest.mark.corpus


@pytest.fixture(scope="module")
def england():
    return read_register(corpus_path("gias", "schools.csv.gz"))


def test_the_published_files_are_read_whole_and_kept_in_about_a_megabyte(england, tmp_path) -> None:
    assert len(england) == 22_010
    assert read_register(corpus_path("gias", "sample_raw.csv"))[0] == england[0]
    assert len(read_register(corpus_path("gias", "wales.csv.gz"))) == 1_449
    assert len(read_register(corpus_path("gias", "schools_other.csv.gz"), closed=True)) == 30_210
    (tmp_path / NAME).write_bytes(pack_register(england, corpus_path("gias", "schools.csv.gz")))
    assert (tmp_path / NAME).stat().st_size < 1_100_000
    assert read_register(tmp_path / NAME) == england


def test_no_council_or_trust_is_taken_for_a_school(england) -> None:
    """921 of Scotland's 2,495 schools have only a page at a council's, a trust's or a blog's host."""
    scotland = read_register(corpus_path("gias", "scotland.csv.gz"))
    assert sum(1 for s in scotland if s.website) == 2_482
    own = [s.domain for s in scotland if s.domain]
    assert len(own) == len(set(own)) == 1_561
    assert not any(name.endswith(".gov.uk") and name.count(".") == 2 for name in own)
    domains = [s.domain for s in england if s.domain]
    assert len(domains) == len(set(domains))


def test_no_place_of_the_register_is_a_settled_alias(england) -> None:
    """1,000 of England's 22,010 schools were proposed the bare name of a place."""
    register, asked = register_of_names(england), 0
    for school in england:
        bare = spoken_core(school.name)
        assert bare not in propose_aliases(school, register) or normalise(bare) not in register.places
        asked += bool(doubtful_aliases(school, register))
    assert 1_500 < asked < 2_600


def test_the_heads_are_told_apart() -> None:
    """Of 22,010 names some 630 hold more than a title and a name; fewer than five of those lose a person."""
    with gzip.open(corpus_path("gias", "schools.csv.gz"), "rt", encoding="utf-8", newline="") as file:
        rows = [[row[f"Head{part}"] for part in _PARTS] for row in csv.DictReader(file)]
    said = [" ".join(part.strip() for part in row if part.strip()) for row in rows]
    found = {name: separate_names(name) for name in said}
    changed = {name: names for name, names in found.items() if names != (name,)}
    assert 550 < len(changed) < 700
    assert sum(len(names) == 2 for names in changed.values()) > 150
    assert sum(not names for names in changed.values()) == 2  # a school's name, and “TBC”
    left = [name for names in found.values() for name in names if _NOT_A_NAME.search(name)]
    assert left == []
    several = [n for n, names in changed.items() if len(names) < 2 and re.search(r" and |&|/[^\d]", n)]
    assert len(several) < 5


_PARTS = ("Title (name)", "FirstName", "LastName")
_NOT_A_NAME = re.compile(r"[/&();:@\d]|\b(?:acting|interim|executive|co-head|headteacher|principal)\b", re.I)
