"""A report signed without any door."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from builders.mention import a_store
from builders.report import CONFIG, FRIDAY, a_home, filled_home

from alerts.weekly.weeks import named
from data.steps.acts import Done, Refused, Remedy
from data.store.reporting import signed_reports
from monitor.act.sign import sign
from monitor.config.load import load
from monitor.reports.weekly import gather

NOW = FRIDAY + timedelta(hours=1)


@pytest.fixture
def home(tmp_path_factory, tmp_path):
    return shutil.copytree(filled_home(tmp_path_factory), tmp_path / "home")


def signed(home, person):
    """What comes of it where the report of the week is counted already, or is now."""
    store, config = a_store(home), load(home / "schoolgate.toml", {})
    (school,) = config.schools
    with store.write("test") as con:
        new = gather(con, config, school, named("2026-W47"), NOW)
        signed_reports.put_report(con, school.urn, "2026-W47", new.text, NOW, new.counted)
        report = signed_reports.report(con, school.urn, "2026-W47")
    who = next(p for p in config.people if p.id == person)
    return sign(store, config, school, report, who, home, NOW)


def rows(home, sql):
    with a_store(home).read() as con:
        return con.execute(sql).fetchall()


def test_the_chair_signs_it_once_and_its_readers_get_it(home):
    done = signed(home, "o-fennimore")
    assert isinstance(done, Done)
    assert (done.made.report.signed_by, done.made.report.signed_at, done.made.readers) == (
        "o-fennimore",
        NOW,
        2,
    )
    again = signed(home, "t-quillfeather")
    assert isinstance(again, Done)
    assert (again.made.report.signed_by, again.made.readers) == ("o-fennimore", None)


def test_whoever_may_not_is_told_who_may(home):
    refused = signed(home, "b-thistlewood")
    assert isinstance(refused, Refused)
    assert refused.guard == "may_sign"
    which = (("report", "2026-W47"), ("school", "900001"))
    assert refused.remedies == tuple(
        Remedy("sign", which, person=person) for person in ("t-quillfeather", "o-fennimore")
    )
    assert rows(home, "SELECT signed_at FROM reports") == [(None,)]


def test_what_must_not_be_published_is_not_signed(home):
    a_home(home, CONFIG.replace("Social media policy", "Policy after Mr Thistlewood’s post of 17 November"))
    refused = signed(home, "o-fennimore")
    assert isinstance(refused, Refused)
    assert refused.guard == "fit_to_publish"
    assert "a name (“thistlewood”)" in refused.reason
    assert rows(home, "SELECT key FROM outbox") == []
    assert not (home / "reports").exists()
