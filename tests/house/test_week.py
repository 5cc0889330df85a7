"""`benchmarks/week/`: a week is lived in a short form; what cannot be done in it fails."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from types import SimpleNamespace
from typing import cast

import pytest
from support.checkout import ROOT

sys.path.append(str(ROOT))

from benchmarks.week.checks import faults
from benchmarks.week.life import CannotBeDone, Life, Mail, begun
from benchmarks.week.plan import Act, Week, read
from benchmarks.week.run import Way, acted, of_all
from benchmarks.week.taps import tapped


def week(first: str, last: str, *acts: Act) -> Week:
    """The calm primary school's, cut to these days."""
    whole = read(ROOT / "benchmarks" / "week" / "primary.toml")
    begins, ends = datetime.fromisoformat(first), datetime.fromisoformat(last)
    done = acts or tuple(act for act in whole.acts if begins < act.at < ends)
    return replace(whole, begins=first, ends=ends, acts=done)


def lived(shown: Week) -> Life:
    with begun(shown) as life:
        life.live()
        return life


@pytest.fixture(scope="module")
def night() -> Iterator[Life]:
    """From the evening on which a threat is taken and the police are told, to the next morning's digests."""
    with begun(week("2027-01-20T20:00", "2027-01-21T07:45")) as life:
        life.live()
        yield life


def test_of_a_threat_that_was_taken_and_told_the_police_the_digest_says_so_first(night: Life) -> None:
    """Takes seconds: danger is raised by a service at work."""
    digests = [mail for mail in night.mails if "Good morning" in mail.plain]
    assert {mail.to for mail in digests} == {"a-merriweather", "s-plumtree"}
    begins = {"a-merriweather": "Threat", "s-plumtree": "Words about you"}
    assert all(mail.subject.startswith(begins[mail.to]) for mail in digests)
    assert not any("what was done?" in mail.subject for mail in night.mails)


def test_an_act_that_has_no_mail_or_no_button_fails_the_run() -> None:
    at = datetime.fromisoformat("2027-01-20 20:10")
    act = Act(at, "a-merriweather", "no such mail", ("have",))
    with pytest.raises(CannotBeDone, match="no such mail"):
        lived(week("2027-01-20T20:00", "2027-01-20T20:15", act))


def test_one_act_in_four_is_left_undone_the_same_ones_each_time_or_all() -> None:
    acts = tuple(Act(datetime.fromisoformat(f"2027-01-18T0{hour}:00")) for hour in range(8))
    whole = week("2027-01-15T12:00", "2027-01-26T08:00", *acts)
    some = acted(whole, Way.ONE_IN_FOUR, Random(1)).acts
    assert some == acted(whole, Way.ONE_IN_FOUR, Random(1)).acts
    assert len(some) == 6
    assert all(act in acts for act in some)
    assert acted(whole, Way.NOBODY, Random(1)).acts == ()


def test_the_first_whole_week_alone_is_counted() -> None:
    days = ("2027-01-15", "2027-01-18", "2027-01-22", "2027-01-23", "2027-01-25")
    mails = [Mail(datetime.fromisoformat(f"{day} 07:31"), "head", "A quiet day", "", b"") for day in days]
    shown = SimpleNamespace(week=week("2027-01-15T12:00", "2027-01-26T08:00"), mails=mails, undone=[])
    assert of_all(cast("Life", shown)).endswith("Monday to Friday: 2 (head 2)")


def test_a_digest_that_does_not_begin_with_open_danger_is_a_fault_of_the_week(night: Life) -> None:
    head = next(mail for mail in night.mails if mail.to == "a-merriweather")
    news, danger = "In the news\n-  A fair", "Decide now: somebody may be in danger"
    right = replace(head, plain=f"Good morning.\n\n===\n{danger}\n1. It names a time.\n===\n{news}")
    wrong = replace(head, plain=f"Good morning.\n\n{news}\n===\n{danger}\n1. It names a time.")
    assert night.faults == list(faults(night, [right])) == []
    assert [fault.rpartition(": ")[2] for fault in faults(night, [wrong])] == ["the danger is not first."]


@pytest.mark.skipif(shutil.which("chromium") is None, reason="no chromium here")
def test_a_deputy_notes_ends_and_gives_and_the_office_hands_in_by_taps_in_time() -> None:
    """Over a second: two people at a browser, and a service at work."""
    whole = read(ROOT / "benchmarks" / "week" / "ashcombe.toml")
    notes_and_ends, *_, hands_in = whole.at_desk
    gives = ({"open": "Boy, 13"}, {"do": "read"}, {"do": "give", "to": "c-denby", "note": "Yours, please?"})
    gives_it = Act(datetime.fromisoformat("2026-11-24 08:20"), "d-pryce", steps=gives)
    ends = datetime.fromisoformat("2026-11-24 08:40")
    shown = replace(
        whole,
        begins="2026-11-23T20:00",
        ends=ends,
        posts=tuple(post for post in whole.posts if post.key in ("m2", "m10")),
        acts=(),
        at_desk=(notes_and_ends, gives_it, replace(hands_in, at=ends - timedelta(minutes=10))),
    )
    with tapped(shown, scripts=True) as taps:
        taps.life.live()
    assert [errand.what for errand in taps.done if errand.seconds > 90] == []
    assert [errand.who for errand in taps.done] == ["d-pryce"] * 3 + ["c-denby"] * 2
    assert taps.life.faults == []
    assert [mail.to for mail in taps.life.mails if "it is yours now" in mail.subject] == ["c-denby"]
