"""Who asks, where several things may say so."""

from __future__ import annotations

import pytest
from builders.config import PERSON, SCHOOL, read
from typer.testing import CliRunner

from data.errors import InputError
from monitor.cli.app import app
from monitor.home.wiring import pick_urn
from monitor.matters.reader import asker

DSL = '[[people]]\nid = "dsl"\nname = "Mr B Example"\nroles = ["dsl"]\n'


def config(folder, me=""):
    return read(folder, SCHOOL + PERSON + DSL + (f'[cli]\nme = "{me}"\n' if me else ""))


def test_whoever_is_named_asks(tmp_path):
    assert asker(config(tmp_path, "head"), "dsl").id == "dsl"


def test_without_a_name_it_is_the_one_of_the_settings(tmp_path):
    assert asker(config(tmp_path, "head"), None).id == "head"
    assert asker(config(tmp_path, "head"), " ").id == "head"


def test_where_nobody_is_named_nobody_asks(tmp_path):
    assert asker(config(tmp_path), None) is None


@pytest.mark.parametrize(
    ("me", "given", "told"), [("", "dls", "--as dls"), ("haed", None, r"\[cli\] “me”: .* haed")]
)
def test_somebody_unknown_is_refused(tmp_path, me, given, told):
    with pytest.raises(InputError, match=told):
        asker(config(tmp_path, me), given)


def test_somebody_of_the_settings_whom_nobody_knows_keeps_nobody_out_who_names_themselves(tmp_path):
    assert asker(config(tmp_path, "haed"), "dsl").id == "dsl"


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
