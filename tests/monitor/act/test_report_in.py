"""A report of what somebody saw, without any door."""

from __future__ import annotations

import pytest
from builders.case_desk import NOW, Desk

from data.steps.acts import Done
from monitor.act.report_in import NotYetTaken, report_in
from monitor.home import wiring
from monitor.pipeline import spool
from monitor.pipeline.sighting import Report


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def kept(words):
    return spool.Kept(Report(words, "", "facebook", None, None, NOW), "900001", None, NOW)


def reported(desk):
    home, config = wiring.settings(desk.home, None)
    return report_in(config, home, None, kept("Oakfield Primary School sang today."), None, lambda: NOW)


def rows(desk):
    with desk.store.read() as con:
        return con.execute("SELECT count(*) FROM mentions").fetchone()[0]


def test_what_is_reported_is_judged_and_saved_and_waits_nowhere(desk):
    done = reported(desk)
    assert isinstance(done, Done)
    assert rows(desk) == 1
    assert not list(desk.home.rglob("*.report*"))


def test_what_cannot_be_judged_waits_where_it_was_written_down(desk, monkeypatch):
    def broken(*_):
        raise RuntimeError("judge")

    with monkeypatch.context() as within:
        within.setattr("monitor.act.report_in.take_in", broken)
        with pytest.raises(NotYetTaken) as failed:
            reported(desk)
    assert str(failed.value.fault) == "judge"
    assert failed.value.path is not None
    assert failed.value.path.exists()
    assert rows(desk) == 0


def test_where_it_cannot_be_written_down_either_no_place_is_named(desk, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left")

    monkeypatch.setattr(spool, "_written", full)
    monkeypatch.setattr("monitor.act.report_in.take_in", full)
    with pytest.raises(NotYetTaken) as failed:
        reported(desk)
    assert failed.value.path is None
