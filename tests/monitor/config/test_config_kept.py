"""A configuration that was checked is kept in the home, and is what checking it again would give."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from builders.config import MAIL, PERSON, SCHOOL, SOURCE, write
from builders.home import a_migrated_store
from support.checkout import ROOT

from data.errors import ConfigError
from monitor.config import kept, model, settings
from monitor.config.home.paths import CONFIG_NAME
from monitor.config.load import Config, keep_checked, load
from monitor.home import wiring

FULL = (
    'zone = "Europe/London"\ncontact = "office@oakfield.example.sch.uk"\nregister_file = "gias.csv"\n'
    'base_url = "https://schoolgate.example.sch.uk"\n'
    + SCHOOL
    + 'members = ["900001", "900002"]\naliases = ["Oakfield"]\npostcode = "za4 2qr"\nlanguage = "cy"\n'
    'namesakes = [{ name = "Oakfield Road", place = "Northvale", kind = "street" }]\n'
    "terms = [{ first = 2026-09-02, last = 2026-10-23 }]\nclosed = [2026-09-01]\n"
    '[schools.ladder]\nfirst_assessor = "it_lead"\ndelegates = ["chair"]\nletters = "letters"\n'
    + PERSON
    + 'schools = ["900002"]\nchat_file = "chat-head"\n'
    + SOURCE
    + 'interval = "1h"\nsettings = { dates = "day_first", articles = false }\n'
    '[[sources]]\nid = "search"\nkind = "feed"\nurl = "https://news.google.com/rss/search?q=oakfield"\n'
    '[[sources]]\nid = "thread"\nkind = "forum.mumsnet"\nurl = "https://www.mumsnet.com/talk/local/12"\n'
    '[[sources]]\nid = "box"\nkind = "mailbox"\nurl = "imaps://imap.example.org/INBOX"\n'
    'settings = { user = "alerts@example.org", password_env = "BOX" }\n' + MAIL + 'password_env = "SMTP"\n'
    '[policy]\nfirst_assessor = "chair"\ncriticism_days = 14\n'
    '[model]\nname = "ours"\nlabels = { toxic = "abuse:harassment" }\nthreads = 2\n'
    '[serve]\nlisten = "127.0.0.1:8500"\nheartbeat_env = "BEAT"\n'
    '[digest]\nat = "06:45"\nexcerpts = "news"\ntogether = ["head"]\n'
    '[network]\nproxy = "http://proxy.example.org:8080"\nproxy_password_env = "PROXY"\nca_file = "ca.pem"\n'
    'own_servers = ["ntfy.example.org"]\n'
    '[evidence]\ntimestamp_url = "https://stamp.example.org/tsr"\n'
    '[cli]\nme = "head"\n[dpia]\nrecorded_on = 2026-09-01\n'
    '[[policies]]\ntitle = "Social media"\nschools = ["900001"]\nreview_due = 2027-09-01\n'
)
ENV = {"BOX": "secret-of-the-box", "SMTP": "secret-of-mail", "BEAT": "https://b.example.org/1", "PROXY": "p"}
TABLES = {
    settings.MailSettings: model.MailTable,
    settings.ModelSettings: model.ModelTable,
    settings.ServeSettings: model.ServeTable,
    settings.DigestSettings: model.DigestTable,
    settings.EvidenceSettings: model.EvidenceTable,
    settings.DpiaSettings: model.DpiaTable,
    settings.WrittenPolicy: model.PolicyText,
}


def a_kept(home: Path, text: str = FULL) -> Path:
    path = write(home, text)
    keep_checked(path, home)
    return path


def unchecked(monkeypatch: pytest.MonkeyPatch, path: Path, home: Path) -> Config:
    """What is read while nothing can be checked."""
    monkeypatch.setitem(sys.modules, "monitor.config.examine", None)
    return load(path, ENV, home)


@pytest.mark.parametrize("text", [SCHOOL, FULL], ids=["least", "full"])
def test_what_is_kept_is_what_was_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    path = a_kept(tmp_path, text)
    again = load(path, ENV)
    assert unchecked(monkeypatch, path, tmp_path) == again


def test_it_is_for_its_owner_alone_and_holds_no_secret(tmp_path: Path) -> None:
    (tmp_path / "chat-head").write_text("ntfys://secret-of-chat", encoding="utf-8")
    a_kept(tmp_path)
    there = tmp_path / kept.NAME
    assert there.stat().st_mode & 0o777 == 0o600
    assert not [s for s in (*ENV.values(), "secret-of-chat") if len(s) > 1 and s in there.read_text()]


def test_a_heartbeats_address_in_the_file_is_a_secret_so_nothing_is_kept(tmp_path: Path) -> None:
    a_kept(tmp_path, SCHOOL)
    a_kept(tmp_path, SCHOOL + '[serve]\nheartbeat_url = "https://beats.example.org/secret"\n')
    assert not (tmp_path / kept.NAME).exists()


def test_another_text_is_checked(tmp_path: Path) -> None:
    path = a_kept(tmp_path, SCHOOL)
    path.write_text(SCHOOL.replace("Oakfield", "Hexley"), encoding="utf-8")
    assert load(path, {}, tmp_path).schools[0].name == "Hexley Primary School"
    path.write_text(SCHOOL + 'urm = "1"\n', encoding="utf-8")
    with pytest.raises(ConfigError):
        load(path, {}, tmp_path)
    keep_checked(path, tmp_path)
    assert not (tmp_path / kept.NAME).exists()


def test_what_another_program_kept_is_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = a_kept(tmp_path)
    monkeypatch.setattr(kept, "_program", lambda: "another")
    assert kept.found(tmp_path, path.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize("left", ["", "nonsense", "\n{}"])
def test_a_damaged_one_counts_as_missing(tmp_path: Path, left: str) -> None:
    path = a_kept(tmp_path)
    there = tmp_path / kept.NAME
    there.write_bytes(left.encode() or there.read_bytes()[:-20])
    assert load(path, ENV, tmp_path) == load(path, ENV)


@pytest.mark.parametrize("now", [b"{}", b"[]", b"1", None], ids=["empty", "list", "number", "a letter"])
def test_one_that_is_json_and_not_what_was_kept_counts_as_missing(tmp_path: Path, now: bytes | None) -> None:
    path = a_kept(tmp_path)
    there = tmp_path / kept.NAME
    *keys, body = there.read_bytes().split(b"\n")
    there.write_bytes(
        b"\n".join((*keys, body.replace(b"example.org", b"example.com") if now is None else now))
    )
    assert load(path, ENV, tmp_path) == load(path, ENV)


def test_a_zone_that_the_machine_has_lost_is_told_as_ever(tmp_path: Path) -> None:
    path = a_kept(tmp_path, 'zone = "Europe/Jersey"\n' + SCHOOL)
    code = f"""
import zoneinfo
zoneinfo.reset_tzpath([{str(tmp_path)!r}])
import sys; sys.modules["tzdata"] = None
from pathlib import Path
from data.errors import ConfigError
from monitor.config.load import load
try:
    load(Path({str(path)!r}), {{}}, Path({str(tmp_path)!r}))
except ConfigError as error:
    print(error)
"""
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert "Europe/Jersey" in ran.stdout, ran.stderr


def test_one_that_others_could_write_counts_as_missing(tmp_path: Path) -> None:
    path = a_kept(tmp_path)
    (tmp_path / kept.NAME).chmod(0o620)
    assert kept.found(tmp_path, path.read_text(encoding="utf-8")) is None


def test_one_of_another_account_counts_as_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = a_kept(tmp_path)
    monkeypatch.setattr(os, "geteuid", lambda: (tmp_path / kept.NAME).stat().st_uid + 1)
    assert kept.found(tmp_path, path.read_text(encoding="utf-8")) is None


def test_a_link_in_its_place_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("mine", encoding="utf-8")
    (tmp_path / kept.NAME).symlink_to(other)
    a_kept(tmp_path)
    assert other.read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / kept.NAME).is_symlink()


def test_what_json_would_change_is_not_kept(tmp_path: Path) -> None:
    path = write(tmp_path, SCHOOL)
    text = path.read_text(encoding="utf-8")
    kept.keep(tmp_path, text, {"serve": {}, "sources": [{"since": date(2026, 9, 1)}]})
    kept.keep(tmp_path, text, {"serve": {}, "sources": [{"share": float("nan")}]})
    assert not (tmp_path / kept.NAME).exists()


def test_secrets_and_folders_are_looked_at_anew(tmp_path: Path) -> None:
    path = a_kept(tmp_path)
    assert load(path, {}, tmp_path).mail_password is None
    assert load(path, ENV, tmp_path).mail_password == settings.Secret("secret-of-mail")
    assert load(path, {}, tmp_path).model.name == "ours"
    (tmp_path / "ours").mkdir()
    assert load(path, {}, tmp_path).model.name == str(tmp_path / "ours")


def test_who_writes_into_the_store_keeps_it_and_who_only_reads_does_not(tmp_path: Path) -> None:
    path = write(tmp_path, SCHOOL)
    _, config = wiring.settings(tmp_path, None)
    assert path.name == CONFIG_NAME
    assert not (tmp_path / kept.NAME).exists()
    wiring.remember_config(a_migrated_store(tmp_path), config)
    before = (tmp_path / kept.NAME).stat().st_mtime_ns
    wiring.remember_config(a_migrated_store(tmp_path), config)
    assert (tmp_path / kept.NAME).stat().st_mtime_ns == before


@pytest.mark.parametrize("ours", TABLES)
def test_settings_are_named_and_preset_as_the_tables_are(ours: type[Any]) -> None:
    told = {
        name: field.default for name, field in TABLES[ours].model_fields.items() if not field.is_required()
    }
    made = ours(**{f.name: "" for f in fields(ours) if f.name in ("sender", "title")})
    assert {f.name for f in fields(ours)} - {"listen_given"} == set(TABLES[ours].model_fields)
    assert {name: getattr(made, name) for name in told} == told


def test_all_that_checks_a_configuration_of_ours_is_known_to_it(tmp_path: Path) -> None:
    path = write(tmp_path, FULL)
    code = (
        "import sys\nfrom pathlib import Path\nbefore = set(sys.modules)\n"
        "from monitor.config.load import load\n"
        f"load(Path({str(path)!r}), {{}})\n"
        "print('\\n'.join(m.__file__ for m in list(sys.modules.values()) if getattr(m, '__file__', None)))"
    )
    out = subprocess.run(
        [sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    ours = [Path(line) for line in out.stdout.split("\n") if line.startswith(str(ROOT))]
    assert len(ours) > 20
    known = [ROOT / folder for folder in kept.CHECKED_BY]
    loose = [p for p in ours if p.name != "__init__.py" and not any(p.is_relative_to(f) for f in known)]
    assert loose == []


def test_a_change_of_what_checks_it_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    one = tmp_path / "data" / "one.py"
    one.write_text("a", encoding="utf-8")
    monkeypatch.setattr(kept, "_ROOT", tmp_path)
    monkeypatch.setattr(kept, "CHECKED_BY", ("data",))
    before = kept._program.__wrapped__()
    later = one.stat().st_mtime + timedelta(seconds=1).total_seconds()
    os.utime(one, (later, later))
    assert kept._program.__wrapped__() != before
