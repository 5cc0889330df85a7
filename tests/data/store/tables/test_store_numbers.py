"""Numbers that people call matters by: drawn at random, each once in its home."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from builders.case import a_case, a_step
from builders.home import migrated
from builders.mention import NOW, a_store, an_alert
from support.case_numbers import draw_numbers, drawn

from data.store import numbers
from data.store.alerts import alerts as alert_store
from data.store.cases import cases as case_store
from data.store.engine.migrations import MIGRATIONS

NUMBERED = next(m for m in MIGRATIONS if m.name == "numbers_of_alerts")


@pytest.fixture
def store(tmp_path, monkeypatch):
    """With numbers as the program draws them."""
    monkeypatch.setattr(numbers, "draw_numbers", draw_numbers)
    monkeypatch.setattr(case_store, "next_id", drawn)
    return migrated(a_store(tmp_path))


def repeating(*values: int) -> Callable[[int], int]:
    """Draws each of these twice, one after the other."""
    given = iter([value for value in values for _ in range(2)])
    return lambda most: next(given)


def raised(store, *stories, **more):
    with store.write("test") as con:
        return alert_store.put_alerts(con, [an_alert(s, **more) for s in stories], NOW)


def test_of_many_draws_that_repeat_themselves_none_is_given_twice(store):
    ids = [f"a{n}" for n in range(300)]
    with store.read() as con:
        given = numbers.draw_numbers(con, ids, repeating(*range(300)))
    assert list(given) == ids
    assert sorted(given.values()) == [str(100_000 + n) for n in range(300)]


def test_what_a_case_or_an_alert_has_is_drawn_for_no_other(store):
    (alert,) = raised(store, "s-one")
    with store.write("test") as con:
        case_store.put(con, a_case("100007"), [a_step(case_id="100007")], [], NOW)
        draws = repeating(int(alert.number) - 100_000, 7, 8)
        assert numbers.draw_number(con, draws) == "100008"


def test_an_alert_keeps_its_number_when_it_is_raised_again(store):
    (first,) = raised(store, "s-one")
    (again, other) = raised(store, "s-one", "s-two", times=2)
    assert again.number == first.number != other.number
    assert first.number.isdigit()
    assert len(first.number) == 6
    with store.read() as con:
        assert alert_store.alert(con, first.id).number == first.number


def test_the_number_says_nothing_of_the_alerts_id(tmp_path, store):
    (here,) = raised(store, "s-one")
    (there,) = raised(migrated(a_store(tmp_path / "other")), "s-one")
    assert here.id == there.id
    assert here.number != there.number


def test_a_case_takes_its_alerts_number_and_a_second_one_draws_its_own(store):
    (alert,) = raised(store, "s-one")
    with store.write("test") as con:
        number = case_store.next_id(con, of=alert.number)
        assert number == alert.number
        case_store.put(con, a_case(number), [a_step(case_id=number)], [], NOW)
        assert case_store.next_id(con, of=alert.number) != alert.number


def test_alerts_of_a_home_of_before_are_given_numbers_of_their_own(store):
    raised(store, *(f"s-{n}" for n in range(50)))
    with store.write("test") as con:
        con.execute("ALTER TABLE alerts DROP COLUMN number")
    with store.write("test") as con:
        for statement in NUMBERED.statements:
            con.execute(statement)
    with store.read() as con:
        found = [a.number for a in alert_store.list_alerts(con)]
    assert len(set(found)) == len(found) == 50
    assert all(number.isdigit() and len(number) == 6 for number in found)
    assert found != sorted(found)
