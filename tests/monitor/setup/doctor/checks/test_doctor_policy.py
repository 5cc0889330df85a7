"""`doctor`: whether those whom a school's rules for removals name are there, and its letters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from builders.doctor import OAKFIELD, configured, told

from data.cases import Profile
from data.types import Person, Role
from monitor.config.load import Config
from monitor.setup.doctor import people as doctor_people
from monitor.setup.doctor.findings import Level

HEAD = Person("head", "Jane Holt", (Role.HEAD,), "head@example.org")
IT = Person("it", "Jo Fern", (Role.IT_LEAD,), "it@example.org")


def ruled(profile: Profile, *people: Person) -> Config:
    return replace(configured(*people), profiles={OAKFIELD.urn: profile})


def test_a_school_whose_head_does_everything_needs_the_head_alone() -> None:
    assert told(doctor_people.ladder(ruled(Profile(), HEAD))) == []


def test_an_office_that_nobody_holds_is_told_with_what_it_does() -> None:
    (what,) = told(doctor_people.ladder(ruled(Profile(first_assessor=Role.IT_LEAD), HEAD)), Level.WARN)
    assert what == (
        "Oakfield Primary School: it_lead looks at a matter first (“first_assessor”), "
        "and nobody with an email is one."
    )
    assert told(doctor_people.ladder(ruled(Profile(first_assessor=Role.IT_LEAD), HEAD, IT))) == []


def test_one_whom_no_mail_reaches_does_not_hold_it() -> None:
    silent = replace(IT, email=None)
    (what,) = told(doctor_people.ladder(ruled(Profile(press=Role.IT_LEAD), HEAD, silent)))
    assert "answers the press" in what


def test_where_nobody_can_be_told_at_all_that_is_told_elsewhere() -> None:
    assert told(doctor_people.ladder(ruled(Profile()))) == []


def test_a_folder_of_letters_that_is_not_there_is_told(tmp_path: Path) -> None:
    lost = Profile(letters=tmp_path / "letters")
    (what,) = told(doctor_people.ladder(ruled(lost, HEAD)))
    assert what.startswith("Oakfield Primary School: the folder of its own letters is not at")
    (tmp_path / "letters").mkdir()
    assert told(doctor_people.ladder(ruled(lost, HEAD))) == []


def test_where_nobody_can_be_told_it_does_not_say_that_everybody_can() -> None:
    assert list(doctor_people.ladder(ruled(Profile()))) == []
