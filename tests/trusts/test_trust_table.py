"""`[trust]`: a subject beside its schools, with people and places of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import ConfigError
from data.types import Role
from monitor.config.load import Config, from_text

SCHOOL = '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'
TRUST = '[trust]\nname = "Brightwater Learning Trust"\nchief = "Mrs C Example"\n'
REST = """
[[people]]
id = "board"
name = "Dr T Board"
roles = ["chair"]
schools = ["trust"]

[[sources]]
id = "site"
kind = "feed"
url = "https://example.org/a.xml"
schools = ["trust"]

[[sources]]
id = "paper"
kind = "feed"
url = "https://example.org/b.xml"
"""
KEY = "trust-brightwater-learning-trust"


def read(text: str) -> Config:
    return from_text(Path("/nowhere/schoolgate.toml"), text, {})


def test_it_stands_beside_its_schools_with_a_key_that_no_school_has() -> None:
    config = read(TRUST + SCHOOL + REST)
    assert [s.urn for s in config.schools] == ["900001", KEY]
    assert [s.urn for s in config.proper] == ["900001"]
    assert config.trust is config.school("trust") is config.schools[-1]
    assert config.trust.head == "Mrs C Example"
    assert config.profile(KEY).first_assessor is Role.TRUST_CONTACT


def test_people_and_places_name_it_trust_and_a_place_of_all_schools_is_not_its_own() -> None:
    config = read(TRUST + SCHOOL + REST)
    assert config.people[0].urns == (KEY,)
    assert [s.urns for s in config.sources] == [(KEY,), ("900001",)]


def test_without_the_table_nothing_is_there_and_nobody_can_name_it() -> None:
    assert read(SCHOOL).trust is None
    with pytest.raises(ConfigError, match="“trust” is not the number of a school in this file"):
        read(SCHOOL + REST)


def test_the_chief_may_be_named_among_its_people_alone() -> None:
    chief = '[[people]]\nid = "chief"\nname = "Mr N Chief"\nroles = ["head"]\nschools = ["trust"]\n'
    trust = read('[trust]\nname = "Brightwater Learning Trust"\n' + SCHOOL + chief).trust
    assert trust is not None
    assert trust.head == "Mr N Chief"
