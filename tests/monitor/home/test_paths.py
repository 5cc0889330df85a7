"""Where Schoolgate keeps its things."""

from __future__ import annotations

from pathlib import Path

import pytest

from data.errors import InputError
from monitor.config.home.paths import find


def test_the_option_goes_before_the_variable_and_that_before_the_platforms_folder(tmp_path: Path) -> None:
    env = {"SCHOOLGATE_HOME": str(tmp_path / "named")}
    assert find(env, home=tmp_path / "option").home == tmp_path / "option"
    assert find(env).home == tmp_path / "named"
    assert find({}).home.name == "schoolgate"
    assert find({"SCHOOLGATE_HOME": " "}).home == find({}).home


def test_another_configuration_leaves_the_folder_as_it_is(tmp_path: Path) -> None:
    where = find({}, home=tmp_path, config=tmp_path / "other" / "sg.toml")
    assert (where.home, where.config) == (tmp_path, tmp_path / "other" / "sg.toml")


def test_everything_lies_in_the_folder_and_the_demo_in_its_own(tmp_path: Path) -> None:
    where = find({}, home=tmp_path)
    assert where.config == tmp_path / "schoolgate.toml"
    assert where.store == tmp_path / "schoolgate.duckdb"
    assert where.evidence == tmp_path / "evidence"
    assert where.demo == tmp_path / "demo"


def test_a_tilde_is_the_users_folder() -> None:
    assert find({}, home=Path("~/sg")).home == Path.home() / "sg"


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o1777])
def test_a_home_that_others_can_write_to_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    tmp_path.chmod(mode)
    with pytest.raises(InputError, match=r"Nothing was read or changed\. Close it: chmod 700"):
        find({}, home=tmp_path)


def test_a_home_that_others_can_only_look_into_is_used(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    assert find({}, home=tmp_path).home == tmp_path
