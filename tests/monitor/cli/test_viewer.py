"""Who asks, where several things may say so."""

from __future__ import annotations

import pytest
from builders.config import PERSON, SCHOOL, read
from builders.digest import a_config
from typer.testing import CliRunner

from data.errors import InputError
from data.types import Person, Role, School
from monitor.cli.app import app
from monitor.config.home.lookup import known_person, one_of
from monitor.home import wiring
from monitor.home.wiring import pick_urn
from monitor.matters.reader import asker

DSL = '[[people]]\nid = "dsl"\nname = "Mr B Example"\nroles = ["dsl"]\n'


def config(folder, me=""):
    return read(folder, SCHOOL + PERSON + DSL + (f'[cli]\nme = "{me}"\n' if me else ""))


@pytest.mark.parametrize(
    ("me", "given", "asks"),
    [("head", "dsl", "dsl"), ("head", None, "head"), ("head", " ", "head"), ("haed", "dsl", "dsl")],
    ids=["named", "of the settings", "a blank is no name", "nobody of the settings keeps nobody out"],
)
def test_whoever_is_named_asks_else_the_one_of_the_settings_else_nobody(tmp_path, me, given, asks):
    assert asker(config(tmp_path, me), given).id == asks
    assert asker(config(tmp_path), None) is None


@pytest.mark.parametrize(
    ("me", "given", "told"), [("", "dls", "--as dls"), ("haed", None, r"\[cli\] “me”: .* haed")]
)
def test_somebody_unknown_is_refused(tmp_path, me, given, told):
    with pytest.raises(InputError, match=told):
        asker(config(tmp_path, me), given)


def test_the_variable_names_who_asks_unless_as_does(home, monkeypatch):
    monkeypatch.setenv("SCHOOLGATE_AS", "b-thistlewood")
    shown = CliRunner().invoke(app, ["story", "list", "--home", str(home)])
    assert "choir" not in shown.stdout
    assert shown.stderr == ""
    shown = CliRunner().invoke(app, ["story", "list", "--as", "i-larkspur", "--home", str(home)])
    assert "choir" in shown.stdout


def test_without_a_name_a_scan_shows_where_things_stand_and_no_words(played, home):
    from monitor.cli.scan_once import show
    from monitor.home import wiring
    from monitor.matters.reader import Reader

    _, summary, settings = played
    store = wiring.open_store(home)
    said = {}
    for person in (None, *settings.people):
        lines = []
        show(summary, Reader(settings, store, person), as_json=False, say=lines.append)
        said[person and person.id] = "\n".join(map(str, lines))
    assert "choir" in said["i-larkspur"]
    assert "TO ANSWER" in said[None]
    assert not [word for word in ("choir", "caretaker", "parking") if word in said[None].lower()]
    assert "WITH THE DSL   2" in said["i-larkspur"]
    assert "WITH THE DSL   1" in said["t-quillfeather"]
    assert "WITH THE DSL   1" in said[None]


def test_the_question_which_school_is_meant_names_those_there_are(tmp_path):
    two = read(tmp_path, SCHOOL + SCHOOL.replace("900001", "900002"))
    with pytest.raises(InputError, match=r"--school URN\. There are: 900001 \([^)]+\), 900002 \([^)]+\)\."):
        pick_urn(two, None)


# What somebody names wrongly, or not at all: of many only the nearest are said.


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
