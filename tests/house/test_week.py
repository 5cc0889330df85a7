"""`benchmarks/week/`: a week is lived in a short form; what cannot be done in it fails."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import cast

import pytest
from support.checkout import ROOT

sys.path.append(str(ROOT))

from benchmarks.week.life import CannotBeDone, Life, Mail, begun
from benchmarks.week.plan import Act, Week, read
from benchmarks.week.run import of_all


def week(first: str, last: str, *acts: Act) -> Week:
    """The calm primary school's, cut to these days."""
    whole = read(ROOT / "benchmarks" / "week" / "primary.toml")
    return replace(whole, begins=first, ends=datetime.fromisoformat(last), acts=acts or whole.acts)


def lived(shown: Week) -> Life:
    with begun(shown) as life:
        life.live()
        return life


def test_of_a_threat_that_was_taken_and_told_the_police_the_digest_says_so_first() -> None:
    life = lived(week("2027-01-20T20:00", "2027-01-21T07:45"))
    digests = [mail for mail in life.mails if "Good morning" in mail.plain]
    assert {mail.to for mail in digests} == {"a-merriweather", "s-plumtree"}
    assert all(mail.subject.startswith("Threat") for mail in digests)
    assert not any("what was done?" in mail.subject for mail in life.mails)


def test_an_act_that_has_no_mail_or_no_button_fails_the_run() -> None:
    at = datetime.fromisoformat("2027-01-20 20:10")
    act = Act(at, "a-merriweather", "no such mail", ("have",))
    with pytest.raises(CannotBeDone, match="no such mail"):
        lived(week("2027-01-20T20:00", "2027-01-20T20:15", act))


def test_the_first_whole_week_alone_is_counted() -> None:
    days = ("2027-01-15", "2027-01-18", "2027-01-22", "2027-01-23", "2027-01-25")
    mails = [Mail(datetime.fromisoformat(f"{day} 07:31"), "head", "A quiet day", "", b"") for day in days]
    shown = SimpleNamespace(week=week("2027-01-15T12:00", "2027-01-26T08:00"), mails=mails)
    assert of_all(cast("Life", shown)).endswith("Monday to Friday: 2 (head 2)")
