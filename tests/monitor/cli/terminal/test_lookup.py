"""What somebody names wrongly, or not at all: of many only the nearest are said."""

from __future__ import annotations

import pytest
from builders.digest import a_config

from data.errors import InputError
from data.types import Person, Role, School
from monitor.config.home.lookup import known_person, one_of
from monitor.home import wiring

MANY = {f"p-{n:03}": f"Mx Person{n:03} Sample" for n in range(600)} | {"r-lowe": "Mrs Ruth Lowe"}


def test_few_are_all_named():
    assert one_of("c", {"a": "Ada", "b": ""}, "[[people]]", named=True) == ": a (Ada), b."
    assert one_of("c", {}, "[[people]]") == ": none."


@pytest.mark.parametrize("given", ["r-low", "lowe", "Ruth", "rlowe", "r.lowe"])
def test_of_many_the_nearest_by_id_or_name_is_named_and_where_all_stand(given):
    said = one_of(given, MANY, "[[people]]")
    assert said.startswith(" 601, under [[people]]. Nearest: r-lowe")
    assert said.count(",") <= 5


def test_all_who_share_the_name_that_was_misspelt_are_named():
    known = MANY | {"s-1": "Ms Jamie Moor", "s-2": "Mr Jamie Fell"}
    assert one_of("jamei", known, "[[people]]").endswith("Nearest: s-1, s-2.")


@pytest.mark.parametrize("given", [None, " ", "qqqqqq"])
def test_what_is_like_none_is_only_counted(given):
    assert one_of(given, MANY, "[[people]]") == " 601, under [[people]]."


def test_six_hundred_people_and_a_hundred_schools_are_not_printed(tmp_path):
    people = [Person(i, name, (Role.SLT,)) for i, name in MANY.items()]
    schools = [School(str(900001 + n), f"Larch {n} Primary", town="Northvale") for n in range(120)]
    config = a_config(tmp_path, people=people, schools=schools)
    for act in (
        lambda: known_person(config, "lowe"),
        lambda: known_person(config, None),
        lambda: wiring.pick_urn(config, "90012"),
        lambda: wiring.pick_urn(config, None),
    ):
        with pytest.raises(InputError) as refused:
            act()
        assert len(str(refused.value)) < 300
    with pytest.raises(InputError, match=r"It has 120, under \[\[schools\]\]\. Nearest: 9000.. \(Larch"):
        wiring.pick_urn(config, "90001")
    with pytest.raises(InputError, match="Nearest: r-lowe"):
        known_person(config, "lowe")
