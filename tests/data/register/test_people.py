"""Whose people somebody is: asked of all, or looked up by school."""

from __future__ import annotations

from data.people import PeopleBySchool, people_of
from data.types import Person, Role, School

SCHOOL = School("900001", "Oakfield Primary School", members=("900011", "900012"))
OTHER = School("900002", "Hexley Primary School")


def person(name: str, *urns: str) -> Person:
    return Person(name, name, (Role.STAFF,), urns=urns)


PEOPLE = (
    person("member", "900012"),
    person("everywhere"),
    person("elsewhere", "900002"),
    person("both", "900002", "900001"),
    person("thrice", "900001", "900011", "900012"),
    person("nowhere", "900009"),
)


def test_a_schools_people_are_its_own_its_members_and_those_of_every_school() -> None:
    assert [p.id for p in PeopleBySchool(PEOPLE).of(SCHOOL)] == ["member", "everywhere", "both", "thrice"]
    assert [p.id for p in PeopleBySchool(PEOPLE).of(OTHER)] == ["everywhere", "elsewhere", "both"]


def test_looked_up_they_are_the_same_as_among_all() -> None:
    kept = PeopleBySchool(PEOPLE)
    for school in (SCHOOL, OTHER, School("900003", "Nobody's School")):
        assert kept.of(school) == people_of(school, PEOPLE)


def test_a_schools_people_are_gathered_once() -> None:
    kept = PeopleBySchool(PEOPLE)
    assert kept.of(SCHOOL) is kept.of(SCHOOL)
