"""Commands in mails and logs do what they say as they stand there, wherever the home is."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from builders.config import SCHOOL, read
from support.as_account import only_root

from alerts.notices.upkeep import terms_messages
from data.register.calendar import Calendar
from data.types import Person, Role
from monitor.config.home import elsewhere
from monitor.config.home.elsewhere import for_home, here
from monitor.config.home.paths import find
from monitor.home.wiring import links

DAEMON = 1
"""An account that is no person's, on every Linux."""


def test_of_the_usual_home_a_command_is_its_name_and_of_another_it_names_it(tmp_path: Path) -> None:
    assert for_home(find({}, anybodys=True).home, "⟪doctor⟫") == "schoolgate doctor"
    assert for_home(tmp_path / "a b", "see ⟪doctor⟫.") == f"see schoolgate doctor --home '{tmp_path}/a b'."


@only_root
def test_of_a_services_home_it_is_run_as_its_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.chown(tmp_path, DAEMON, DAEMON)
    as_daemon = f"sudo -u daemon schoolgate doctor --home {tmp_path}"
    assert for_home(tmp_path, "⟪doctor⟫") == as_daemon
    monkeypatch.setattr(sys, "argv", ["app.py", "status", "--home", str(tmp_path)])
    assert here("schoolgate doctor") == as_daemon


def test_a_mail_says_it_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elsewhere, "_of_a_service", lambda _: "schoolgate")
    config = read(tmp_path, SCHOOL)
    head, school = Person("head", "Mrs A", (Role.HEAD,), "head@example.org"), config.schools[0]
    now = datetime(2026, 11, 22, tzinfo=UTC)
    (mail,) = terms_messages(
        [school], now.date(), head, Calendar(), config.zone, now, links(tmp_path, config)
    )
    assert f"\n    sudo -u schoolgate schoolgate terms add --home {tmp_path}\n" in mail.body
