"""A letter drafted without any door, and a capture refused before anything is fetched."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from builders.case_desk import a_desk, disclosure, insult, review

from alerts.letters.kinds import LetterKind
from data.effects import utc_now
from data.errors import InputError
from data.evidence.handed_in import SaidOfPost
from data.steps.acts import Done, Refused
from data.store.cases import cases as case_store
from monitor.act.capture import CaptureOptions, Supplied, approve_capture, capture
from monitor.act.letter import NotDrafted, draft_letter
from monitor.home.wiring import open_session


def later() -> datetime:
    """A moment after all that was done so far, whenever the suite began."""
    return utc_now() + timedelta(minutes=5)


FACTS = {"contact": "01632 960 002", "complaints_url": "https://oakfield.example.sch.uk/complaints"}


def _three(desk):
    desk("open", review(desk), "--as", "holt")
    desk("open", disclosure(desk), "--as", "pike")
    desk("open", insult(desk), "--as", "holt")
    desk("classify", "3", "C2", "--as", "holt", "--why", "He is insulted")


@pytest.fixture
def desk(tmp_path):
    return a_desk(tmp_path, _three)


def steps(desk, number):
    with desk.store.read() as con:
        return case_store.steps(con, number)


def session(desk, person="holt"):
    return open_session(person, desk.home, None)


def test_a_letter_is_drafted_written_and_recorded_by_its_hash(desk, tmp_path):
    done = draft_letter(session(desk), "1", LetterKind.REPLY, FACTS, later(), out=tmp_path / "letters")
    assert isinstance(done, Done)
    assert [path.suffix for path in done.made.paths] == [".txt", ".eml", ".pdf"]
    assert all(path.exists() for path in done.made.paths)
    assert steps(desk, "0001")[-1].written == done.made.facts


def test_without_what_it_must_know_there_is_no_letter(desk):
    before = steps(desk, "0001")
    with pytest.raises(NotDrafted, match="contact"):
        draft_letter(session(desk), "1", LetterKind.REPLY, {}, later())
    assert steps(desk, "0001") == before


def test_a_letter_of_a_closed_case_is_refused_and_not_written(desk, tmp_path):
    desk("close", "1", "--mistaken", "--as", "holt", "--why", "By mistake")
    out = tmp_path / "letters"
    with pytest.raises(NotDrafted, match="There is no letter reply"):
        draft_letter(session(desk), "1", LetterKind.REPLY, FACTS, later(), out=out)
    assert not out.exists()


def test_what_is_off_the_ladder_is_not_captured_and_the_refusal_says_why(desk):
    refused = approve_capture(session(desk, "pike"), "2", CaptureOptions(), later())
    assert isinstance(refused, Refused)
    assert refused.guard == "no_capture"
    assert refused.reason
    with pytest.raises(InputError, match="There is no case 0002"):
        approve_capture(session(desk, "vale"), "2", CaptureOptions(), later())


def test_what_somebody_hands_in_is_kept_with_the_case(desk):
    at_work, options = session(desk), CaptureOptions("He kept it", browser=False)
    approved = approve_capture(at_work, "3", options, later())
    assert isinstance(approved, Done)
    handed = Supplied((b"\x89PNG\r\n\x1a\n" + b"0" * 64,), SaidOfPost(not_known=("rest",)))
    kept = capture(at_work, approved.made, options, handed, _never, lambda: later())
    assert isinstance(kept, Done)
    assert steps(desk, "0003")[-1].written["capture"] == kept.made.capture_id


def _never(*_):
    raise AssertionError("fetched")
