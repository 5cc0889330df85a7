"""Words of a person's own: at the option, by standard input with “-”, or asked for at a terminal."""

from __future__ import annotations

import io

import pytest
from builders.case_desk import a_desk, insult
from builders.case_desk import run as typed
from builders.config import PERSON, SCHOOL, write
from builders.home import a_migrated_store
from support.for_each import for_each
from typer.testing import CliRunner

from data.store.engine.connect import lock_of
from data.store.engine.turn import give_back, take
from monitor.cli.app import asked
from monitor.terminal import groups
from monitor.terminal import private_words as terminal

AS_HEAD = ("--as", "holt")
SAID = "A child in Year 5 says that he shouted at her"


def an_open_case(desk):
    desk("open", insult(desk), *AS_HEAD)


@pytest.fixture
def desk(tmp_path):
    return a_desk(tmp_path, an_open_case)


def steps(desk):
    return desk("show", "1", *AS_HEAD, "--json").data["steps"]


def case(desk, *words, said=""):
    return typed("case", *words, *AS_HEAD, "--home", str(desk.home), said=said)


def test_a_hyphen_reads_them_from_standard_input(desk):
    ran = case(desk, "note", "1", "-", said=f"{SAID}\n")
    assert ran.code == 0, ran.err
    assert steps(desk)[-1]["why"] == SAID


def test_of_several_one_alone_can_be_read_from_standard_input(desk):
    ran = case(desk, "letter", "1", "support_offer", "--fact", "support=-", "--fact", "line=-", said=SAID)
    assert ran.code == 2
    assert "standard input is read once" in ran.err


def test_what_is_wanted_and_not_given_is_told_where_nobody_is_there_to_answer(desk):
    ran = case(desk, "note", "1")
    assert (ran.code, "is missing: say it in your own words, or by standard input with “-”" in ran.err) == (
        2,
        True,
    )
    assert len(steps(desk)) == 1


def test_what_is_wanted_and_not_given_is_asked_for_at_a_terminal(desk, monkeypatch):
    asked = []

    def answer(question):
        asked.append(question)
        return SAID

    monkeypatch.setattr(terminal, "at_a_terminal", lambda: True)
    monkeypatch.setattr("typer._click.termui.visible_prompt_func", answer)
    assert case(desk, "note", "1").code == 0
    assert len(asked) == 1
    assert [step["why"] for step in steps(desk)][-1] == SAID


def test_what_somebody_typed_is_shown_again_where_it_could_not_be_kept(desk, monkeypatch):
    said, shown = f"{SAID}.\nHe says so too.", []
    monkeypatch.setattr(terminal, "tell", shown.append)
    monkeypatch.setattr(terminal, "at_a_terminal", lambda: True)
    monkeypatch.setattr("typer._click.termui.visible_prompt_func", lambda _: said)
    monkeypatch.setattr("data.store.engine.open.WAIT_S", 0.05)
    lock = take(lock_of(desk.home / "schoolgate.duckdb"), shared=False)
    try:
        ran = case(desk, "note", "1", "-", said=said)
    finally:
        give_back(lock)
    assert ran.code == 1
    assert shown[-1] == f"What you typed was not kept. Here it is, to be given again:\n{said}"
    assert len(steps(desk)) == 1


def test_what_comes_from_a_file_is_not_shown_on_a_screen_that_has_not_had_it(desk):
    ran = case(desk, "note", "9", "-", said=SAID)
    assert (ran.code, SAID in ran.err) == (2, False)


def test_one_empty_line_between_what_is_typed_ends_nothing(monkeypatch, capsys):
    monkeypatch.setattr(terminal, "_more_is_there", lambda: False)
    typed_in = "The parking is bad.\n\nAnd a child told me something.\n\n\nls\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(typed_in))
    assert terminal.lines("What it said.") == "The parking is bad.\n\nAnd a child told me something."
    assert "two empty lines" in capsys.readouterr().err


def test_a_shell_that_completes_is_asked_nothing(desk, monkeypatch):
    monkeypatch.setattr(terminal, "at_a_terminal", lambda: True)
    monkeypatch.setattr("typer._click.termui.visible_prompt_func", lambda _: pytest.fail("it was asked"))
    monkeypatch.setenv("_SCHOOLGATE_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", f"schoolgate case note --home {desk.home} --a")
    monkeypatch.setenv("COMP_CWORD", "5")
    assert "--as" in typed().out


def test_the_words_of_a_letter_come_by_standard_input_too(desk):
    case(desk, "step", "target", "1", "--person", "vale")
    ran = case(
        desk, "letter", "1", "support_offer", "--fact", "support=-", said="Counselling: 01632 960 001."
    )
    assert ran.code == 0, ran.err
    assert "Counselling: 01632 960 001." in ran.out


# What is typed is taken the quick way and typer's own alike: by either, a command says the same.


TYPED = (
    "story list --home {home}",
    "story list --home {home}/not-there",
    "story list --home {home} --since",
    "story show é --home {home}",
    "story show",
    "alerts list --home {home} --config {home}/unreadable.toml",
    "report --week 2026-W99 --home {home}",
    "scan --since yesterweek --home {home} --no-send",
)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    write(folder, SCHOOL + PERSON)
    (folder / "unreadable.toml").write_text("no toml")
    a_migrated_store(folder)
    return folder


def _said(words):
    result = CliRunner().invoke(asked(words), words)
    return result.exit_code, result.output, repr(result.exception)


@for_each("typed", TYPED)
def test_a_typer_that_says_no_types_takes_what_is_typed_as_the_quick_way_does(typed, home, monkeypatch):
    words = typed.format(home=home).split()
    quick = _said(words)
    monkeypatch.setattr(groups, "_take_as_typed", lambda params: None)
    assert _said(words) == quick
