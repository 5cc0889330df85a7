"""A home with a bit of everything, and the commands `backup` and `restore` at a given time."""

from datetime import datetime, timedelta
from unittest.mock import patch

from builders.case_desk import a_desk, disclosure, insult, review
from builders.evidence import a_case, a_kept_case, some_files
from builders.mention import POLICY, Clock, a_batch, a_mention, save

from data.retention.backup import list_backups
from monitor.config.home import paths
from monitor.setup import home_copy

NOW = datetime(2026, 11, 17, 9, 0, tzinfo=Clock().at.tzinfo)
DAY = timedelta(days=1)
WARC = {
    "response.warc.gz": b"\x1f\x8b a WARC \x00" * 999,
    "capture.wacz": b"PK a WACZ \x00" * 999,
    "post.png": b"\x89PNG" * 99,
}
PLANT = "quincunx-plant-kestrel"


def a_home(home):
    """Stories, a case with a capture of WARC and WACZ, settings, secrets, a signed report."""
    home.mkdir(mode=0o700)
    return a_desk(home, _filled)


def _filled(desk):
    home = desk.home
    for make in (insult, review, disclosure):
        make(desk)
    with desk.store.write("a post to be known by its words") as con:
        save(con, a_batch(a_mention("plant", text=PLANT), story_id="s-plant"), now=NOW, policy=POLICY)
    a_kept_case(desk.store, ("cap1", some_files(**WARC)), case=a_case("0042", mention_id=None))
    (home / "secret.key").write_bytes(b"k" * 32)
    (home / "secret.key").chmod(0o600)
    (home / "smtp-password").write_text("Hunter2-planted")
    (home / "reports").mkdir()
    (home / "reports" / "900001-2026-W46.pdf").write_bytes(b"%PDF-1.7 signed")


def places(home):
    return paths.Paths(home, home / "schoolgate.toml")


def back_up(home, into, at=NOW, *, key=None, keep=None, with_faults=False):
    """The new backup, and what was said."""
    said: list[str] = []
    with patch.multiple(home_copy, utc_now=Clock(at), uptime=lambda: None):
        home_copy.back_up(places(home), into, key, keep, said.append, _quiet, with_faults=with_faults)
    return list(list_backups(into))[-1], said


def put_back(source, home, at=NOW, *, key=None, deletions=None, replace=False):
    """What was said."""
    said: list[str] = []
    with patch.multiple(home_copy, utc_now=Clock(at), uptime=lambda: None):
        home_copy.restore_home(places(home), source, deletions, key, said.append, _quiet, replaces=replace)
    return said


def _quiet(_):
    """What is under way."""


def files(folder):
    """Every file below it, but the lock of the store."""
    found = (p for p in sorted(folder.rglob("*")) if p.is_file() and ".lock" not in p.name)
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in found}


def holding(folder, words=PLANT):
    """The files that hold these words."""
    return [name for name, content in files(folder).items() if words.encode() in content]
