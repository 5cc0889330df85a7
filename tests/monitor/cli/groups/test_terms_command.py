"""`schoolgate terms add`: days as schools publish them, into the file."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from builders.config import SCHOOL, write
from hypothesis import given
from hypothesis import strategies as st
from support.every_command import ended

from monitor.cli.commands.setup.terms import days_in, read_dates
from monitor.config.load import load

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
def path(tmp_path: Path) -> Path:
    return write(tmp_path, f"# ours\n{SCHOOL}\n[policy]\ncriticism_days = 30 # as agreed\n")


def run(path: Path, *words: str, typed: str = "") -> tuple[int, str, str]:
    return ended(["terms", "add", *words, "--home", str(path.parent)], typed)


def of(path: Path) -> tuple[list[tuple[date, date]], list[date]]:
    calendar = load(path, {}).calendar("900001")
    return [(term.first, term.last) for term in calendar.terms], sorted(calendar.closed)


def test_a_list_as_schools_publish_it_gives_terms_cut_at_half_term_and_days_without_pupils():
    found = read_dates(PUBLISHED)
    assert found.terms == AUTUMN + SPRING
    assert found.closed == CLOSED
    assert found.unread == ["See you on 3 May 2027!"]


@given(st.dates(date(2020, 1, 1), date(2040, 1, 1)), st.sampled_from(["%d %B %Y", "%d/%m/%Y", "%a %d %b %Y"]))
def test_every_day_that_is_written_is_read_back(day, form):
    assert days_in(day.strftime(form)) == [day]


def test_a_term_given_by_options_is_written_and_the_rest_of_the_file_stays(path):
    before = path.read_text()
    code, out, _ = run(path, "--first", "2 September 2026", "--last", "23/10/2026", "--closed", "1 Sept 2026")
    assert code == 0
    assert of(path) == ([AUTUMN[0]], [date(2026, 9, 1)])
    assert "Oakfield Primary School: 1 term, 2 Sep 2026 to 23 Oct 2026; 1 day without pupils." in out
    added = ["terms = [{ first = 2026-09-02, last = 2026-10-23 }]", "closed = [2026-09-01]"]
    assert [line for line in path.read_text().split("\n") if line not in added] == before.split("\n")


def test_without_options_it_asks_for_term_after_term_and_says_what_cannot_be(path):
    typed = "2 September 2026\n1 September 2026\n23 October 2026\n4 January to 12 February 2027\n-\nsoon\n"
    code, out, _ = run(path, typed=typed + "1 September 2026\n-\ny\n")
    assert code == 0
    assert of(path) == ([AUTUMN[0], SPRING[0]], [date(2026, 9, 1)])
    assert "1 September 2026 is before 2 September 2026" in out
    assert "“soon” is not a day" in out


def test_a_published_list_is_shown_and_written_after_a_yes(path, tmp_path):
    (tmp_path / "dates.txt").write_text(PUBLISHED)
    before = path.read_text()
    code, out, err = run(path, "--file", str(tmp_path / "dates.txt"), typed="n\n")
    assert code == 2
    assert "Nothing was changed" in err
    assert path.read_text() == before
    assert "Term      Mon 2 Nov 2026 to Fri 18 Dec 2026" in out
    assert "Not read: See you on 3 May 2027!" in out
    assert run(path, "--file", "-", "--yes", typed=PUBLISHED)[0] == 0
    assert of(path) == (AUTUMN + SPRING, CLOSED)


def test_terms_over_one_another_are_refused_in_the_words_of_the_question(path):
    run(path, "--first", "2 September 2026", "--last", "23 October 2026")
    before = path.read_text()
    code, _, err = run(path, "--first", "20 October 2026", "--last", "18 December 2026")
    assert code == 2
    assert err.startswith(
        "First day: 2026-10-20 is not after the last day of the term before it, 2026-10-23."
    )
    assert "Nothing was changed" in err
    assert path.read_text() == before


@pytest.mark.parametrize("words", [("--first", "2 September 2026"), ("--closed", "soon")])
def test_half_a_term_and_what_is_no_day_are_wrong_use(path, words):
    before = path.read_text()
    assert run(path, *words)[0] == 2
    assert path.read_text() == before


def test_terms_are_for_all_schools_of_the_file_or_for_those_named(path):
    path.write_text(path.read_text() + SCHOOL.replace("900001", "900002").replace("Oakfield", "Larchfield"))
    run(path, "--school", "900002", "--first", "2 September 2026", "--last", "23 October 2026")
    assert of(path)[0] == []
    run(path, "--first", "2 September 2026", "--last", "23 October 2026")
    assert of(path)[0] == [AUTUMN[0]]
    assert path.read_text().count("2026-09-02") == 2
