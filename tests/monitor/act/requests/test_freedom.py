"""`schoolgate privacy foi`: signed reports and their numbers, and the Act of the nation beside them."""

from __future__ import annotations

import json
from hashlib import sha256

import pytest
from builders.case_desk import NOW, Desk
from builders.privacy import DPO, privacy

from data.store.reporting.signed_reports import WeeklyReport, put_report, sign

PDF, PAGE = b"%PDF-1.7 of the week", b"<html>of the week</html>"


@pytest.fixture
def desk(tmp_path):
    (tmp_path / "home").mkdir()
    return Desk(tmp_path / "home")


def signed(desk, week):
    """A report of that week, signed; its numbers are named by the week."""
    (desk.home / "reports").mkdir(exist_ok=True)
    for ending, content in ((".pdf", PDF), (".html", PAGE)):
        (desk.home / "reports" / f"900001-{week}{ending}").write_bytes(content)
    with desk.store.write("a report") as con:
        put_report(con, "900001", week, json.dumps({"week": week}), NOW)
        hashes = (sha256(PDF).hexdigest(), sha256(PAGE).hexdigest())
        sign(con, WeeklyReport("900001", week, json.dumps({"week": week}), NOW, NOW, "holt", *hashes))


def settings(desk, *lines):
    toml = desk.home / "schoolgate.toml"
    said = toml.read_text("utf-8")
    toml.write_text(said.replace('nation = "england"\n', "".join(f"{line}\n" for line in lines)), "utf-8")


def exported(desk, *more):
    to = desk.home.parent / "foi"
    return privacy(desk, "foi", "--to", str(to), "--as", DPO, *more), to


def test_signed_reports_and_their_numbers_leave_and_no_draft(desk):
    signed(desk, "2026-W46")
    with desk.store.write("a draft") as con:
        put_report(con, "900001", "2026-W47", '{"week": "2026-W47"}', NOW)
    done, to = exported(desk)
    assert (done.code, "signed reports (1)" in done.out) == (0, True), done.err
    sent = to / "to-send"
    assert {path.name for path in sent.rglob("*") if path.is_file()} == {
        "900001-2026-W46.pdf", "900001-2026-W46.html", "counts.json",
    }  # fmt: skip
    assert (sent / "reports" / "900001-2026-W46.pdf").read_bytes() == PDF
    assert json.loads((sent / "counts.json").read_text("utf-8")) == [{"week": "2026-W46"}]


def test_a_report_that_is_not_what_was_signed_is_not_exported(desk):
    signed(desk, "2026-W46")
    (desk.home / "reports" / "900001-2026-W46.pdf").write_bytes(b"another")
    done, to = exported(desk)
    assert (done.code, "somebody has changed it" in done.err, to.exists()) == (1, True, False)


@pytest.mark.parametrize(
    ("nation", "act", "personal", "lock"),
    [
        ("england", "Freedom of Information Act 2000", "personal data (40)", True),
        ("northern_ireland", "Freedom of Information Act 2000", "personal data (40)", False),
        ("scotland", "Freedom of Information (Scotland) Act 2002", "personal information (38)", False),
    ],
)
def test_the_act_and_the_exemptions_are_those_of_the_nation(desk, nation, act, personal, lock):
    settings(desk, f'nation = "{nation}"', 'sector = "maintained"')
    done, to = exported(desk)
    page = (to / "for-the-school" / "check-first.html").read_text("utf-8")
    assert (done.code, act in page, personal in page, "section 141F" in page) == (0, True, True, lock), (
        done.err
    )
    assert "No report was signed yet" in page


def test_an_independent_school_is_refused(desk):
    settings(desk, 'nation = "england"', 'sector = "independent"')
    done, to = exported(desk)
    assert (done.code, "Private schools are not under it" in done.err, to.exists()) == (2, True, False)


def test_where_nobody_said_who_runs_the_school_that_is_asked(desk):
    _, to = exported(desk)
    page = (to / "for-the-school" / "check-first.html").read_text("utf-8")
    assert "An independent school is not under the Act." in page
