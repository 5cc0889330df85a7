"""Whatever stands in posts, names, settings and arguments: no command prints what steers a terminal."""

import json
import shutil
import socket
from pathlib import Path

import pytest
from builders.case_desk import Acts
from builders.home import a_migrated_store
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.documents import content
from support.every_command import ended, leaves
from support.terminal_marks import unseen

FORGED = "Case 0001 is closed"
NASTY = f"\x1b]0;owned\x07\x1b[2J\x9b31m\u202egnp\u2066\u200b\ufeff\x7f\r\n{FORGED}\u2028x\U000e0041"
letters = st.sampled_from(
    "\x1b\x07\x08\x9b\x9d\u202e\u2066\u200b\u200d\u2060\ufeff\x7f\r\n\u2028\U000e0041ab[];"
)
SAID = {
    "mentions": ["author", "url", "channel"], "mention_versions": ["title", "text", "quoted"],
    "restricted_texts": ["url", "author", "title", "text", "quoted"], "stories": ["title"],
    "source_runs": ["detail"], "sources": ["name", "disabled"], "schools": ["name", "town", "head"],
    "people": ["name"], "deliveries": ["detail"], "evidence": ["name"], "case_steps": ["why"],
}  # fmt: skip
"""What may hold words of others, or of a person."""
NEVER_TRULY = {("serve",), ("desk",), ("setup",), ("scan",), ("source", "test"), ("triage",)}
"""They would run for long, or look at the world: they are begun with arguments that cannot be used."""


SAID_LITTLE = {("terms", "add"), ("mail", "setup")}
"""They complain of what is missing as well as of what is wrong."""


def run(words, typed=""):
    """What a shell would show of it: standard output and standard error."""
    _, out, err = ended(words, typed)
    return out + err


def known(home: Path) -> dict[str, str]:
    """Values by which a command comes to what it shows."""
    alerts = content(run(["alerts", "list", "--json", "--home", str(home)]))
    return {
        "alert_id": alerts[0]["id"],
        "case": "1", "source_id": "residents", "schools": str(home / "schools.json"), "person": "i-larkspur",
    }  # fmt: skip


def arguments(words, command, values, nasty, *, every):
    """Its arguments and options: with `every` the optional ones too, with what nobody should read."""
    given_, options = [], []
    for param in command.params:
        value = values.get(param.name, nasty)
        if param.param_type_name == "argument":
            given_ += [value] if param.required or every else []
        elif not param.is_flag and (param.required or every) and param.name not in ("home", "config"):
            options += [param.opts[-1], value]
    home = ["--home", values["home"]] if any(p.name == "home" for p in command.params) else []
    if words in NEVER_TRULY and any(p.name == "config" for p in command.params):
        home += ["--config", nasty.replace("\0", "")]
    return [*words, *home, *options, "--", *given_]


@pytest.fixture(scope="module")
def offline():
    def nowhere(*_: object, **__: object) -> None:
        raise socket.gaierror("no network here")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(socket, "getaddrinfo", nowhere)
        patched.setattr(socket, "create_connection", nowhere)
        yield


@pytest.fixture(scope="module")
def hostile(played, tmp_path_factory, offline):
    """What leads a command to what it shows, in a home that is full of it."""
    home = tmp_path_factory.mktemp("hostile") / "home"
    shutil.copytree(played[0], home)
    values = known(home) | {"home": str(home)}
    desk = Acts(home, a_migrated_store(home))
    desk.open(next(a.story_id for a in desk.alerts("i-larkspur") if not a.restricted), "i-larkspur")
    # into the configuration and every text of the store
    from builders.mention import a_store

    config = home / "schoolgate.toml"
    names = json.dumps(NASTY)[1:-1].replace("\\ud", "\\ufffd")[:200]
    text = config.read_text(encoding="utf-8")
    for line in {one for one in text.splitlines() if one.startswith("name = ")}:
        text = text.replace(line, f'{line.rstrip()[:-1]} {names}"')
    config.write_text(text, encoding="utf-8")
    with a_store(home).write("test") as con:
        for table, columns in SAID.items():
            for column in columns:
                con.execute(f"UPDATE {table} SET {column} = coalesce({column}, '') || ?", [NASTY])
    return values


COMMANDS = list(leaves())
SHOW = [
    one
    for one in COMMANDS
    if one[0][-1] in ("list", "show", "status", "digest", "report", "verify", "doctor")
]


def test_no_command_prints_what_steers_a_terminal_or_a_line_that_is_not_ours(hostile, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # some write where they are
    all_said = [(words, command, True) for words, command in COMMANDS]
    little = [(words, command, False) for words, command in COMMANDS if words in SAID_LITTLE]
    for words, command, every in (*all_said, *little):
        shown = run(arguments(words, command, hostile, NASTY, every=every), typed=NASTY)
        assert shown
        assert unseen(shown) == [], (words, shown)
        assert "Traceback" not in shown
        assert not [line for line in shown.splitlines() if line.startswith(FORGED)], (words, shown)


@pytest.mark.parametrize("as_json", [False, True])
def test_no_list_does_either_and_json_stays_json(hostile, as_json):
    for words, command in SHOW:
        if as_json and all(param.name != "as_json" for param in command.params):
            continue
        there = arguments(words, command, hostile, NASTY, every=False)
        shown = run([*words, *(["--json"] if as_json else []), *there[len(words) :]])
        assert unseen(shown) == [], (words, shown)
        assert not [line for line in shown.splitlines() if line.startswith(FORGED)], (words, shown)
        assert not as_json or json.loads(shown) is not None


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(COMMANDS), st.booleans(), st.text(letters, min_size=1, max_size=30))
def test_no_letter_in_any_argument_steers_a_terminal(hostile, command, every, nasty):
    shown = run(arguments(*command, hostile, nasty, every=every), typed=nasty)
    assert unseen(shown) == []
    assert "Traceback" not in shown
