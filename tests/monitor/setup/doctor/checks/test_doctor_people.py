"""`doctor`: who would be told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders.doctor import HEXLEY, OAKFIELD, configured, told

from data.types import Person, Role, School
from monitor.setup.doctor import people as doctor_people
from monitor.setup.doctor.findings import Finding, Level
from monitor.setup.doctor.next_step import next_step

NOBODY = "would reach nobody: whoever is accused is told nothing."


def person(id_: str, *roles: Role, email: bool = True, urns: tuple[str, ...] = ()) -> Person:
    return Person(id_, id_.title(), roles, f"{id_}@example.org" if email else None, urns)


FULL = (
    person("head", Role.HEAD),
    person("deputy", Role.DEPUTY_HEAD),
    person("dsl", Role.DSL),
    person("ddsl", Role.DEPUTY_DSL),
    person("chair", Role.CHAIR),
    person("vice", Role.VICE_CHAIR),
)


def test_two_people_in_every_role_are_enough() -> None:
    assert not told(doctor_people.people(configured(*FULL)))


def test_an_officer_with_the_heads_surname_is_named_until_the_file_says_that_they_are_related() -> None:
    head, other = replace(FULL[0], name="Jane Holt"), replace(FULL[-1], name="Kit HOLT")

    def found(*people: Person) -> list[Finding]:
        return list(doctor_people.at_schools("head", configured(*people), doctor_people.namesakes))

    (one,) = found(head, *FULL[1:-1], other)
    assert one.level is Level.OK  # a warning of somebody who is no relative could never be cleared
    assert "Kit HOLT has the name of the head, Jane Holt" in one.what
    assert "If they are: schoolgate people change vice --related-to head" in one.what
    assert not found(head, *FULL[1:-1], replace(other, related_to=("head",)))
    assert not found(head, replace(other, roles=(Role.STAFF,)))


def test_a_school_without_people_is_a_fault() -> None:
    (what,) = told(doctor_people.people(configured()), Level.FAULT)
    assert what == "Oakfield Primary School: nobody can be told anything."


def test_a_head_who_is_the_only_safeguarding_lead_is_told() -> None:
    both = person("head", Role.HEAD, Role.DSL)
    found = told(doctor_people.people(configured(both, person("deputy", Role.DEPUTY_HEAD))))
    assert any("the head is the only designated safeguarding lead" in what for what in found)


def test_a_second_safeguarding_lead_beside_the_head_is_enough() -> None:
    both = person("head", Role.HEAD, Role.DSL)
    rest = [p for p in FULL if p.id not in ("head", "dsl")]
    assert not told(doctor_people.people(configured(both, *rest)))


@pytest.mark.parametrize(
    ("gone", "what"),
    [
        ("dsl", "no designated safeguarding lead can be told"),
        ("head", "no head can be told"),
        ("chair", "no chair of governors can be told"),
        ("ddsl", "only one person stands for the designated safeguarding lead"),
        ("deputy", "only one person stands for the head"),
        ("vice", "only one person stands for the chair of governors"),
    ],
)
def test_a_role_that_is_empty_or_hangs_on_one_person_is_told(gone: str, what: str) -> None:
    found = told(doctor_people.people(configured(*(p for p in FULL if p.id != gone))))
    assert any(what in line for line in found)


@pytest.mark.parametrize(("nation", "missed"), [("scotland", False), ("england", True)])
def test_in_scotland_the_authoritys_contact_is_enough_without_a_chair(nation: str, missed: bool) -> None:
    named = (*(p for p in FULL if p.id not in ("chair", "vice")), person("la", Role.LA_CONTACT))
    school = replace(OAKFIELD, nation=nation)
    found = told(doctor_people.people(configured(*named, schools=(school,))))
    assert any("chair of governors can be told" in line for line in found) is missed


def test_a_matter_that_would_reach_nobody_is_a_fault() -> None:
    alone = person("head", Role.HEAD, Role.DSL, Role.CHAIR)
    found = told(doctor_people.people(configured(alone)), Level.FAULT)
    assert f"Oakfield Primary School: an allegation against the head {NOBODY}" in found


def test_head_and_lead_accused_at_once_must_leave_somebody() -> None:
    what = f"an allegation against both the head and the designated safeguarding lead {NOBODY}"
    two = [p for p in FULL if p.id in ("head", "dsl")]
    assert f"Oakfield Primary School: {what}" in told(doctor_people.people(configured(*two)), Level.FAULT)
    three = [p for p in FULL if p.id in ("head", "dsl", "vice")]
    assert not told(doctor_people.people(configured(*three)), Level.FAULT)


def test_whoever_alone_can_be_told_may_be_accused_too() -> None:
    alone = person("ash", Role.DEPUTY_HEAD)
    found = told(doctor_people.people(configured(alone)), Level.FAULT)
    assert f"Oakfield Primary School: an allegation against ash {NOBODY}" in found


@pytest.mark.parametrize("nation", ["england", "scotland"])
@pytest.mark.parametrize(
    "roles",
    [
        [[Role.HEAD], [Role.DSL]],
        [[Role.HEAD]],
        [[Role.DSL]],
        [[Role.CHAIR]],
        [[Role.HEAD, Role.DSL]],
        [[Role.HEAD, Role.DSL, Role.CHAIR]],
        [[Role.CHAIR, Role.DSL], [Role.HEAD]],
    ],
)
def test_whom_it_says_to_name_would_hear_of_it(roles: list[list[Role]], nation: str) -> None:
    school = replace(OAKFIELD, nation=nation)
    here = [person(f"p{n}", *held) for n, held in enumerate(roles)]
    silent = [f for f in doctor_people.people(configured(*here, schools=(school,))) if NOBODY in f.what]
    assert silent
    for finding in silent:
        role = Role(finding.command.removeprefix("schoolgate people add --role "))
        found = told(doctor_people.people(configured(*here, person("new", role), schools=(school,))))
        assert finding.what not in found


def test_where_head_and_lead_alone_are_named_the_chair_comes_next() -> None:
    for nation, role in (("england", "chair"), ("scotland", "la_contact")):
        config = configured(
            *(p for p in FULL if p.id in ("head", "dsl")), schools=(replace(OAKFIELD, nation=nation),)
        )
        step = next_step(doctor_people.people(config))
        assert step is not None
        assert step.command == f"schoolgate people add --role {role}"


def test_a_person_of_a_member_of_the_school_counts() -> None:
    joined = replace(OAKFIELD, members=("900011", "900012"))
    people = [replace(p, urns=("900012",)) for p in FULL]
    assert not told(doctor_people.people(configured(*people, schools=(joined,))))


def test_a_person_without_an_address_counts_for_nothing() -> None:
    people = [replace(p, email=None) if p.id == "dsl" else p for p in FULL]
    found = told(doctor_people.people(configured(*people)))
    assert "Without an e-mail address, and so never told: dsl." in found
    assert any("no designated safeguarding lead can be told" in what for what in found)


def test_an_office_without_which_nobody_could_decide_is_named() -> None:
    """A head, a chair and a lead: nobody is left where it is about the head and the chair at once."""
    small = (person("head", Role.HEAD), person("chair", Role.CHAIR), person("dsl", Role.DSL))
    found = [f for f in doctor_people.people(configured(*small)) if f.check == "offices"]
    (both,) = [f for f in found if "the head and the chair of governors" in f.what]
    assert both.what.endswith(": nobody could decide on a matter about the head and the chair of governors.")
    assert all(office in both.remedy for office in ("vice_chair", "la_contact", "trust_contact"))
    assert not [f for f in doctor_people.people(configured(*FULL)) if f.check == "offices"]


def test_where_nobody_could_decide_on_anything_it_is_a_fault() -> None:
    found = doctor_people.people(configured(person("it", Role.IT_LEAD)))
    assert Level.FAULT in {f.level for f in found if f.check == "offices" and "about the school" in f.what}


def test_it_says_plainly_that_the_commands_believe_who_one_says_one_is() -> None:
    (trust,) = doctor_people.asking(configured(*FULL))
    assert trust.level is Level.OK
    assert "anyone using this account can see everything" in trust.what
    assert "is recorded" in trust.what


@pytest.mark.parametrize(("me", "wrong"), [("head", []), ("haed", ["haed"])])
def test_whoever_uses_the_commands_must_be_one_of_the_people(me: str, wrong: list[str]) -> None:
    found = told(doctor_people.asking(replace(configured(*FULL), me=me)))
    assert [name for name in wrong if name in "".join(found)] == wrong
    assert bool(found) is bool(wrong)


def test_people_of_one_school_do_not_stand_for_another() -> None:
    mine = [replace(p, urns=("900001",)) for p in FULL]
    assert told(doctor_people.people(configured(*mine, schools=(OAKFIELD, HEXLEY)))) == [
        "Hexley Primary School: nobody can be told anything."
    ]


def test_fifty_schools_with_one_lack_are_one_line() -> None:
    schools = tuple(School(f"9{i:05}", f"School {i}") for i in range(50))
    (what,) = told(doctor_people.people(configured(schools=schools)))
    assert what == "School 0, School 1, School 2 and 47 more: nobody can be told anything."


TRUST = School("trust-brightwater", "Brightwater Learning Trust", head="Mrs C Example")


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ((), "it stands in the governors' reports"),
        ((("central", Role.TRUST_CONTACT),), "No chair of trustees can be told"),
        ((("central", Role.TRUST_CONTACT), ("board", Role.CHAIR)), "is told to central, board"),
    ],
)
def test_who_is_told_what_is_said_of_a_trust(people: tuple[tuple[str, Role], ...], said: str) -> None:
    of_trust = [person(i, role, urns=(TRUST.urn,)) for i, role in people]
    assert any(said in f.what for f in doctor_people.trust(configured(*of_trust, schools=(OAKFIELD, TRUST))))


def test_schools_of_a_trust_that_is_no_subject_of_its_own_are_told_of_it() -> None:
    schools = tuple(replace(s, trust=TRUST.name) for s in (OAKFIELD, HEXLEY))
    assert "taken for each of its schools'" in next(doctor_people.trust(configured(schools=schools))).what
    assert not list(doctor_people.trust(configured(schools=schools[:1])))
