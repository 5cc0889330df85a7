"""What a home's file names lies in no other home's folder."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from builders.config import SCHOOL
from builders.config import write as write_home
from builders.fleet import read

from data.errors import ConfigError
from monitor.config.settings import MailSettings
from monitor.fleet import settings as own_files
from monitor.fleet.settings import own_folders

MAIL = '[mail]\nhost = "mail.example.org"\nsender = "us@example.org"\nuser = "us"\npassword_file = "{}"\n'
FLEET = "".join(f'[[homes]]\nname = "{name}"\nfolder = "homes/{name}"\n' for name in ("hexley", "larch"))


def homes(folder: Path, config: str, top: str = FLEET) -> tuple[object, ...]:
    """The fleet's homes; the first has this configuration."""
    for name in ("hexley", "larch"):
        (folder / "homes" / name).mkdir(parents=True, exist_ok=True)
        (folder / "homes" / name / "password").write_text("hush\n")
    write_home(folder / "homes" / "hexley", config)
    return read(folder, top).homes


def test_what_lies_in_the_homes_own_folder_or_in_nobodys_may_be_named(tmp_path: Path) -> None:
    (tmp_path / "relay-password").write_text("hush\n")
    for named in ("password", str(tmp_path / "relay-password")):
        found = homes(tmp_path, SCHOOL + MAIL.format(named))
        config = own_folders(found, tmp_path / "fleet").load(found[0], {})
        assert config.mail_password.get_secret_value() == "hush"


@pytest.mark.parametrize("linked", [False, True])
def test_what_lies_in_another_homes_folder_may_not_even_by_a_link(tmp_path: Path, linked: bool) -> None:
    other = tmp_path / "homes" / "larch" / "password"
    found = homes(tmp_path, SCHOOL + MAIL.format("link" if linked else other))
    if linked:
        (tmp_path / "homes" / "hexley" / "link").symlink_to(other)
    with pytest.raises(ConfigError, match="is another home's, or the fleet's"):
        own_folders(found, tmp_path).load(found[0], {})


def test_what_lies_in_the_fleets_folder_may_not(tmp_path: Path) -> None:
    (tmp_path / "ray-token").write_text("hush\n")
    found = homes(tmp_path, SCHOOL + MAIL.format(tmp_path / "ray-token"))
    with pytest.raises(ConfigError, match="is another home's, or the fleet's"):
        own_folders(found, tmp_path).load(found[0], {})


def test_a_certificate_of_another_home_may_not(tmp_path: Path) -> None:
    found = homes(tmp_path, SCHOOL)
    config = own_folders(found, tmp_path).load(found[0], {})
    named = replace(config, mail=MailSettings(host="x", sender="y", certificate_file="../larch/password"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(own_files, "load_home", lambda *_: named)
        with pytest.raises(ConfigError, match="is another home's"):
            own_folders(found, tmp_path).load(found[0], {})


def test_a_home_whose_store_is_a_link_to_anothers_is_refused(tmp_path: Path) -> None:
    found = homes(tmp_path, SCHOOL)
    (tmp_path / "homes" / "larch" / "schoolgate.duckdb").touch()
    (tmp_path / "homes" / "hexley" / "schoolgate.duckdb").symlink_to("../larch/schoolgate.duckdb")
    with pytest.raises(ConfigError, match=r"schoolgate\.duckdb is another home's"):
        own_folders(found, tmp_path).load(found[0], {})


def test_a_letter_of_another_home_may_not_either(tmp_path: Path) -> None:
    letters = tmp_path / "homes" / "larch" / "letters"
    letters.mkdir(parents=True)
    found = homes(tmp_path, SCHOOL + f'[schools.ladder]\nletters = "{letters}"\n')
    with pytest.raises(ConfigError, match="is another home's"):
        own_folders(found, tmp_path).load(found[0], {})


def test_two_homes_whose_files_lie_in_one_folder_may_name_what_lies_there(tmp_path: Path) -> None:
    (tmp_path / "settings").mkdir()
    (tmp_path / "settings" / "password").write_text("hush\n")
    (tmp_path / "settings" / "hexley.toml").write_text(SCHOOL + MAIL.format("password"))
    rows = (
        f'[[homes]]\nname = "{name}"\nfolder = "homes/{name}"\nconfig = "settings/{name}.toml"\n'
        for name in ("hexley", "larch")
    )
    found = homes(tmp_path, SCHOOL, "".join(rows))
    assert own_folders(found, tmp_path).load(found[0], {}).mail_password is not None
