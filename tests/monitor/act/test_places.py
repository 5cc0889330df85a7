"""Schools and their terms: watched, put right, watched no more; what goes with one."""

from datetime import date
from pathlib import Path

import pytest
from builders.case_desk import a_desk, insult, made_by
from builders.config import SCHOOL, keeper_of, write

from data.register.calendar import read_dates
from data.steps.codes import StepKind
from monitor.act.places import (
    correct_school,
    school_of_register,
    set_terms,
    stop_watching_school,
    watch_school,
)
from monitor.config.edit import EditRefused
from monitor.config.load import load_file

PUBLISHED = """\
Term dates 2026 to 2027

Autumn term 2026
Term starts: Wednesday 2nd September 2026
Half term: Monday 26 October 2026 to Friday 30 October 2026
Term ends: Friday 18 December 2026
Christmas holiday: Monday 21 December 2026 to Friday 1 January 2027

Spring term 2027
Monday 4 January to Thursday 25 March 2027
Half term: 15 – 19 February 2027

INSET days: Tuesday 1 September 2026, Monday 12 April 2027
School closed for pupils: 24 to 26 May 2027
See you on 3 May 2027!
"""
AUTUMN = [(date(2026, 9, 2), date(2026, 10, 23)), (date(2026, 11, 2), date(2026, 12, 18))]
SPRING = [(date(2027, 1, 4), date(2027, 2, 12)), (date(2027, 2, 22), date(2027, 3, 25))]
CLOSED = [date(2026, 9, 1), date(2027, 4, 12), date(2027, 5, 24), date(2027, 5, 25), date(2027, 5, 26)]


@pytest.fixture
def terms_file(tmp_path: Path) -> Path:
    return write(tmp_path, f"# ours\n{SCHOOL}\n[policy]\ncriticism_days = 30 # as agreed\n")


def add_terms(terms_file: Path, *terms, closed=(), urns=("900001",)):
    return made_by(set_terms(keeper_of(terms_file.parent), urns, terms, closed))


def of(terms_file: Path, urn: str = "900001") -> tuple[list[tuple[date, date]], list[date]]:
    calendar = load_file(terms_file, {}).calendar(urn)
    return [(term.first, term.last) for term in calendar.terms], sorted(calendar.closed)


def test_days_as_a_school_publishes_them_are_written_and_the_rest_of_the_file_stays(terms_file):
    before, found = terms_file.read_text(), read_dates(PUBLISHED)
    assert found.unread == ["See you on 3 May 2027!"]
    add_terms(terms_file, *found.terms, closed=found.closed)
    assert of(terms_file) == (AUTUMN + SPRING, CLOSED)
    assert {*before.split("\n")} <= {*terms_file.read_text().split("\n")}


def test_terms_over_one_another_are_refused(terms_file):
    add_terms(terms_file, AUTUMN[0])
    before = terms_file.read_text()
    with pytest.raises(EditRefused, match="not after the last day of the term before it, 2026-10-23"):
        add_terms(terms_file, (date(2026, 10, 20), date(2026, 12, 18)))
    assert terms_file.read_text() == before


def test_terms_are_for_the_schools_that_are_named(terms_file):
    second = SCHOOL.replace("900001", "900002").replace("Oakfield", "Larchfield")
    terms_file.write_text(terms_file.read_text() + second)
    add_terms(terms_file, AUTUMN[0], urns=("900002",))
    assert (of(terms_file)[0], of(terms_file, "900002")[0]) == ([], [AUTUMN[0]])


ONE = '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'
REST = """
# its own page
[[sources]]
id = "our-website"
kind = "own.page"
url = "https://oakfield.example.sch.uk/"
listing = true

[[people]]
id = "head"
name = "Mrs A Example"
roles = ["head"]
"""
REGISTER = """\
URN,EstablishmentName,EstablishmentStatus (name),Town,Postcode,SchoolWebsite,HeadFirstName,HeadLastName
900001,Oakfield Primary School,Open,Northvale,ZA4 2QR,https://oakfield.example.sch.uk,Ann,Example
900002,Larchfield Primary School,Open,Northvale,ZA4 2QS,https://larchfield.example.sch.uk,Bo,Pattern
900003,Larchfield Primary School,Open,Hexley,ZA5 2QS,,,
"""


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    (tmp_path / "register.csv").write_text(REGISTER)
    return write(tmp_path, f'register_file = "register.csv"\n{ONE}{REST}')


def remove(home: Path, urn: str = "900001"):
    at = keeper_of(home)
    return stop_watching_school(at, at.config.school(urn))


def test_a_school_is_added_with_all_that_the_register_says_and_the_first_keeps_what_is_its_own(watched):
    at = keeper_of(watched.parent)
    school, _ = made_by(school_of_register(at.config, "900002"))
    made_by(watch_school(at, school, {}))
    then = load_file(watched, {})
    new = then.schools[1]
    assert (new.name, new.town, new.head, new.domain) == (
        "Larchfield Primary School", "Northvale", "Bo Pattern", "larchfield.example.sch.uk",
    )  # fmt: skip
    assert new.aliases
    assert new.namesakes
    assert (then.sources[0].urns, then.people[0].urns) == (("900001",), ("900001",))
    assert "# its own page\n[[sources]]" in watched.read_text()


def test_what_the_file_would_refuse_changes_nothing(watched):
    before, at = watched.read_text(), keeper_of(watched.parent)
    with pytest.raises(EditRefused, match="postcode"):
        correct_school(at, at.config.schools[0], {"postcode": "nowhere"})
    assert remove(watched.parent).guard == "only_school"
    assert watched.read_text() == before


def test_a_school_with_an_open_case_or_a_hold_stays_whatever_was_backed_up(tmp_path):
    desk = a_desk(tmp_path, insult)
    desk.open("story-insult", "holt")
    assert "Its open cases: 1; on hold: 0" in remove(tmp_path).reason
    desk.take(StepKind.CLOSED, "holt", ending="mistaken", why="x")
    desk.take(StepKind.HELD, "pike", review="2099-01-01", why="x")
    assert "Its open cases: 0; on hold: 1" in remove(tmp_path).reason
    desk.take(StepKind.RELEASED, "holt", why="x")
    made_by(remove(tmp_path))


def test_what_several_who_go_with_a_school_leave_behind_is_all_written(watched):
    before = REST.replace(
        'roles = ["head"]', 'roles = ["head"]\nschools = ["900001"]\nrelated_to = ["stays"]'
    )
    before = before.replace("listing = true", 'schools = ["900001"]')
    more = before.partition("[[people]]")[2].replace('"head"', '"it_lead"')
    account = '[[accounts]]\nid = "page"\nname = "Page"\nschools = ["900001", "900002"]\n'
    stays = '[[people]]\nid = "stays"\nname = "Mx D Example"\nroles = ["staff"]\n'
    both = f'[digest]\ntogether = ["head", "it_lead", "stays"]\n{account}{stays}'
    second = ONE.replace("900001", "900002").replace("Oakfield", "Larchfield")
    watched.write_text(f"{ONE}{second}{before}\n[[people]]{more}{both}")
    made_by(remove(watched.parent))
    then = load_file(watched, {})
    assert [p.related_to for p in then.people] == [("head", "it_lead")]
    assert then.digest.together == ("stays",)
    assert then.accounts[0].schools == ("900002",)
