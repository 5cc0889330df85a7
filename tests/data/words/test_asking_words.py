"""What an asking is called, for every rung and every way of asking there."""

from __future__ import annotations

from data.rungs import EMERGENCY, Rung
from data.steps.asking import Asked
from data.words.asking import asked_in, asking_words, who_is_asked
from data.words.say import words

WAYS = [(rung, kind) for rung in Rung for kind in ("", *rung.spec.kinds)]
WHO = {
    ("author_request", ""): "the author",
    ("author_request", "conversation"): "the author",
    ("author_request", "removal"): "the author",
    ("author_request", "letter"): "the author",
    ("author_request", "site_contact"): "the website’s contact",
    ("platform_report", ""): "the platform",
    ("platform_report", "member"): "somebody who is in the conversation",
    ("platform_report", "own"): "the school itself",
    ("platform_report", "appeal"): "the platform",
    ("platform_report", "copyright"): "the platform",
    ("host", ""): "the website’s operator or host",
    ("host", "host"): "the website’s host",
    ("host", "s5"): "the website’s operator",
    ("host", "copyright"): "the website’s host",
    ("isp", ""): "the domain registrar or hosting network",
    ("isp", "registrar"): "the domain registrar",
    ("isp", "host"): "the hosting network",
    ("posh", ""): "the Professionals Online Safety Helpline",
    ("posh", "rhc"): "Report Harmful Content",
    ("police", ""): "the police",
}


def test_everybody_who_may_be_asked_is_named_rightly() -> None:
    assert {(rung.value, kind): who_is_asked(rung, kind, words("en")) for rung, kind in WAYS} == WHO


def test_no_two_ways_of_asking_at_a_rung_are_called_the_same() -> None:
    for rung in Rung:
        called = [asking_words(rung, kind, words("en")) for kind in ("", *rung.spec.kinds)]
        assert len(set(called)) == len(called), rung


def test_a_call_to_999_is_called_one() -> None:
    w = words("en")
    rang = asked_in(Asked(rung=EMERGENCY, imminent=True), w)
    assert "999" in rang
    assert rang.startswith(asked_in(Asked(rung=EMERGENCY, imminent=False), w))


def test_no_language_names_a_rung_or_a_way_that_is_not_there() -> None:
    known = {f"rung.{rung}.name" for rung in Rung}
    known |= {f"rung.{r}.{part}.{kind or 'plain'}" for r, kind in WAYS for part in ("who", "how")}
    known.add(f"rung.{EMERGENCY}.how.emergency")
    assert {key for key in words("en").lines if key.startswith("rung.")} <= known
