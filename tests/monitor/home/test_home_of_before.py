"""A home that an earlier program made opens, proves and replays to the same cases, its rows byte for byte."""

from __future__ import annotations

import json
import re
import shutil
import tarfile
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from builders.case_desk import run
from builders.judges import Words
from builders.mention import a_store
from support.checkout import ROOT
from support.for_each import for_each
from support.mail_server import post_office

from data import effects
from data.store.cases import cases as case_store
from data.store.cases.cases import STEP, step_row
from data.store.engine.audit_chain import step_seal
from data.store.engine.migrate import applied
from data.store.engine.migrations import MIGRATIONS
from monitor.act.casework.from_alert import judging
from monitor.config.home.paths import Paths
from monitor.home import wiring
from monitor.matters.replaying import load_case
from monitor.pipeline.judging.rejudge import judge_again

FIXTURES = ROOT / "tests" / "fixtures" / "homes"
TOLD: dict[str, dict[str, Any]] = json.loads((FIXTURES / "six_stories.json").read_text(encoding="utf-8"))
READERS = {"disclosure": "i-larkspur", "allegation": "o-fennimore"}
"""Who may read the words of a story's cases, where that is not the head."""
STILL_OPEN = ("review", "website")
"""Stories at whose end a matter was open whose words were held."""
ROWS = [json.loads(line) for line in (FIXTURES / "steps.jsonl").read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory) -> Path:
    folder: Path = tmp_path_factory.mktemp("before")
    with tarfile.open(FIXTURES / "six_stories.tar.xz") as archive:
        archive.extractall(folder, filter="data")
    return folder


@pytest.fixture(params=TOLD)
def story(request, monkeypatch) -> str:
    """A story, at the moment when it ended."""
    then = datetime.fromisoformat(TOLD[request.param]["at"])
    stopped = type("Stopped", (datetime,), {"now": classmethod(lambda cls, tz=None: then)})
    monkeypatch.setattr(effects, "datetime", stopped)
    return request.param


@pytest.fixture(scope="module")
def upgraded(unpacked) -> Callable[[str], tuple[Path, tuple[str, ...]]]:
    """Of a story its home in the schema of now, and what was done to bring it there: once for all tests."""

    @cache
    def made(story: str) -> tuple[Path, tuple[str, ...]]:
        folder = shutil.copytree(unpacked / story, unpacked / f"{story}-upgraded")
        return folder, a_store(folder).migrate()

    return made


@pytest.fixture
def home(story, upgraded, tmp_path) -> tuple[str, Path]:
    return story, shutil.copytree(upgraded(story)[0], tmp_path / "home")


def test_it_is_brought_to_the_schema_of_now(home, upgraded):
    story, folder = home
    known = [migration.name for migration in MIGRATIONS]
    assert list(upgraded(story)[1]) == known[TOLD[story]["schema"] :]
    with wiring.open_store(folder).read() as con:
        assert list(applied(con)) == known


def test_doctor_says_what_brings_it_up_to_date_and_that_this_is_no_fault(unpacked, tmp_path):
    """As docs/installing.md has it after an upgrade; nothing offers to put a backup in its place."""
    folder = shutil.copytree(unpacked / "review", tmp_path / "home")
    text = (folder / "schoolgate.toml").read_text()
    with post_office() as office:
        (folder / "schoolgate.toml").write_text(re.sub(r"port = \d+", f"port = {office.port}", text))
        before = run("doctor", "--home", str(folder))
        assert run("alerts", "list", "--home", str(folder)).code == 0
        after = run("doctor", "--home", str(folder))
    assert (before.code, after.code) == (0, 0), before.out + after.out
    assert "is from an older version (8 of" in " ".join(before.out.split())
    assert "restore" not in before.out
    assert "older version" not in after.out


def test_its_evidence_holds_as_it_did(home):
    story, folder = home
    proved = run("evidence", "verify", "--json", "--home", str(folder))
    assert kept({**TOLD[story]["verify"]}, {"code": proved.code, **proved.data}) == []


def test_its_cases_replay_to_what_they_were_from_rows_that_are_unchanged(home):
    story, folder = home
    with wiring.open_store(folder).read() as con:
        for number, then in TOLD[story]["cases"].items():
            assert [stored(step) for step in case_store.steps(con, number)] == then["steps"]
            assert kept(then["case"], plain(asdict(load_case(con, number)))) == []


def test_its_cases_are_shown_and_packed(home, tmp_path):
    story, folder = home
    reader = READERS.get(story, "t-quillfeather")
    for number in TOLD[story]["cases"]:
        own = ("--as", reader, "--home", str(folder))
        shown = run("case", "show", number, *own)
        assert (shown.code, number in shown.out) == (0, True), shown.err
        out = tmp_path / f"pack-{number}"
        packed = run("evidence", "pack", number, "--out", str(out), "--reason", "For the file", *own)
        assert packed.code == 0, packed.err
        assert {path.suffix for path in out.iterdir()} >= {".zip", ".pdf"}
    assert run("evidence", "verify", "--home", str(folder)).code == 0


def test_its_open_matters_are_judged_again_once_and_its_evidence_holds(home):
    story, folder = home
    store, config = wiring.open_store(folder), wiring.configured(Paths(folder, folder / "schoolgate.toml"))
    made = replace(judging(config, folder), scorer=Words)
    clock = effects.utc_now
    assert (judge_again(store, lambda: made, clock) > 0) is (story in STILL_OPEN)
    assert judge_again(store, lambda: made, clock) == 0
    assert run("evidence", "verify", "--home", str(folder)).code == 0


@for_each("row", ROWS)
def test_a_stored_step_is_read_and_written_back_byte_for_byte_under_its_seal(row):
    step = case_store.step([_as_selected(name, row[name]) for name in STEP])
    assert stored(step) | {"seal": step_seal(step)} == row


def _as_selected(column: str, value: str | None) -> object:
    """As the query of steps gives a column: times in microseconds."""
    if not column.endswith("_at") or value is None:
        return value
    return round(datetime.fromisoformat(value).timestamp() * 1_000_000)


def kept(then: object, now: object, where: str = "") -> list[str]:
    """Where what was told then is told otherwise now; more may be told now."""
    if isinstance(then, dict) and isinstance(now, dict):
        return [w for key in then for w in kept(then[key], now.get(key, "nothing"), f"{where}.{key}")]
    if isinstance(then, list) and isinstance(now, list) and len(then) == len(now):
        return [w for n, one in enumerate(then) for w in kept(one, now[n], f"{where}[{n}]")]
    return [] if then == now else [f"{where}: {then!r}, now {now!r}"]


def plain(value: object) -> Any:
    return json.loads(json.dumps(value, default=str))


def stored(step) -> Any:
    """As its row holds it."""
    return plain(dict(zip(STEP, step_row(step), strict=True)))
