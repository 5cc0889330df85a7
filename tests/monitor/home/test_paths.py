"""Where Schoolgate keeps its things, its secret, and whose home it is."""

import os
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from builders.config import SCHOOL, read
from support.as_account import NOBODY, only_root, open_folder, owned, typed
from support.every_command import ended

from data.errors import AnothersHome, InputError
from monitor.cli.app import name_home
from monitor.config.home import lookup
from monitor.config.home.lookup import for_home
from monitor.config.home.paths import BYTES, find_paths, secret_key
from monitor.home.wiring import make_links


def test_the_option_goes_before_the_variable_and_that_before_the_platforms_folder(tmp_path: Path) -> None:
    env = {"SCHOOLGATE_HOME": str(tmp_path / "named")}
    assert find_paths(env, home=tmp_path / "option").home == tmp_path / "option"
    assert find_paths(env).home == tmp_path / "named"
    assert find_paths({}).home.name == "schoolgate"
    assert find_paths({"SCHOOLGATE_HOME": " "}).home == find_paths({}).home
    assert find_paths({}, home=Path("~/sg")).home == Path.home() / "sg"


def test_everything_lies_in_the_folder_and_the_demo_in_its_own_but_for_another_configuration(
    tmp_path: Path,
) -> None:
    where = find_paths({}, home=tmp_path)
    names = ("schoolgate.toml", "schoolgate.duckdb", "evidence", "demo")
    assert [where.config, where.store, where.evidence, where.demo] == [tmp_path / name for name in names]
    where = find_paths({}, home=tmp_path, config=tmp_path / "other" / "sg.toml")
    assert (where.home, where.config) == (tmp_path, tmp_path / "other" / "sg.toml")


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o1777])
def test_a_home_that_others_can_write_to_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)
    with pytest.raises(InputError, match=r"Nothing was read or changed\. Close it: chmod 700"):
        find_paths({}, home=tmp_path)


def test_a_home_that_others_can_only_look_into_is_used(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert find_paths({}, home=tmp_path).home == tmp_path


# ------------------------------------------------------------------------ the secret of a home


def test_it_is_made_once_for_each_home_and_its_owner_alone_whoever_asks_at_once(tmp_path):
    with ThreadPoolExecutor(16) as pool:
        (first,) = set(pool.map(secret_key, [tmp_path] * 64))
    assert [p.name for p in tmp_path.iterdir()] == ["secret.key"]
    assert len(first) == BYTES
    assert secret_key(tmp_path) == first != secret_key(tmp_path / "another")
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600


def test_a_damaged_one_is_told_and_not_replaced(tmp_path):
    (tmp_path / "secret.key").write_bytes(b"short")
    with pytest.raises(InputError, match="is damaged: it holds 5 bytes, not 32"):
        secret_key(tmp_path)
    assert (tmp_path / "secret.key").read_bytes() == b"short"


# ------------------------------------------------------------- commands as they stand in mails


DAEMON = 1
"""An account that is no person's, on every Linux."""


def test_of_the_usual_home_a_command_is_its_name_and_of_another_it_names_it(tmp_path: Path) -> None:
    assert for_home(find_paths({}, anybodys=True).home, "⟪doctor⟫") == "schoolgate doctor"
    assert for_home(tmp_path / "a b", "see ⟪doctor⟫.") == f"see schoolgate doctor --home '{tmp_path}/a b'."


@only_root
def test_of_a_services_home_it_is_run_as_its_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.chown(tmp_path, DAEMON, DAEMON)
    as_daemon = f"sudo -u daemon schoolgate doctor --home {tmp_path}"
    assert for_home(tmp_path, "⟪doctor⟫") == as_daemon
    monkeypatch.setattr(sys, "argv", ["app.py", "status", "--home", str(tmp_path)])
    assert name_home("schoolgate doctor") == as_daemon


def test_a_mail_says_it_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "_service_account", lambda _: "schoolgate")
    config = read(tmp_path, SCHOOL)
    assert (
        make_links(tmp_path, config).typed("⟪docs⟫ letters") == "sudo -u schoolgate schoolgate docs letters"
    )


# ------------------------------------------------------------------- a home of another account


TOML = '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'


@pytest.fixture
def home():
    with open_folder() as folder:
        home = folder / "home"
        home.mkdir()
        (home / "schoolgate.toml").write_text(TOML)
        (home / "schoolgate.toml").chmod(0o600)
        yield home


def listed(home: Path) -> list[tuple[str, int]]:
    return sorted((str(path), path.stat().st_uid) for path in (home, *home.rglob("*")))


@only_root
@pytest.mark.parametrize("words", ["status", "doctor", "scan --no-send", "set contact=a@example.org"])
def test_root_leaves_nothing_in_a_technicians_home_and_is_told_the_line(home, words, monkeypatch):
    before, line = listed(owned(home, NOBODY)), [*words.split(), "--home", str(home)]
    monkeypatch.setattr(sys, "argv", ["app.py", *line])
    code, out, err = ended(line)
    assert (code, out) == (2, "")
    assert err.splitlines()[-1] == f"sudo -u '#{NOBODY}' schoolgate {words} --home {home}"
    assert listed(home) == before


@only_root
def test_another_account_is_told_whose_it_is_and_the_home_that_the_variable_names(home):
    run = typed(NOBODY, "status", home=home)
    assert run.returncode == 2
    assert f"{home} belongs to root, and you are #{NOBODY}." in run.stderr
    assert run.stderr.splitlines()[-1] == f"sudo schoolgate status --home {home}"


@only_root
def test_its_own_account_uses_it(home):
    assert typed(NOBODY, "source", "list", home=owned(home, NOBODY)).returncode == 0


def test_where_it_cannot_even_be_looked_at_it_is_whose_the_folder_above_is(tmp_path, monkeypatch):
    closed, seen = tmp_path / "closed" / "home", Path.stat

    def stat(path: Path, **how: bool) -> os.stat_result:
        if path == closed:
            raise PermissionError
        return seen(path if path != closed.parent else tmp_path, **how)

    monkeypatch.setattr(Path, "stat", stat)
    monkeypatch.setattr(os, "geteuid", lambda: tmp_path.stat().st_uid + 1)
    with pytest.raises(AnothersHome, match="Nothing was read or changed"):
        find_paths({}, home=closed)
