"""What an asking is called: who is asked at a rung, and in which way. Every surface takes it from here."""

from __future__ import annotations

from data.rungs import Rung
from data.steps.asking import Answered, Asked
from data.words.say import Words


def who_is_asked(rung: Rung, kind: str, w: Words) -> str:
    """Who is asked at a rung in one way, as it reads inside a sentence: “Report Harmful Content”."""
    own = f"rung.{rung.value}.who.{kind or 'plain'}"
    return w(own if w.has(own) else rung.key)


def asking_words(rung: Rung, kind: str, w: Words) -> str:
    """What an asking is called: who is asked, and how where that says more; “the platform, in an appeal”."""
    who, how = who_is_asked(rung, kind, w), f"rung.{rung.value}.how.{kind}"
    return f"{who}, {w(how)}" if w.has(how) else who


def asked_in(said: Asked | Answered, w: Words) -> str:
    """What the asking of a step is called, a call to 999 as such."""
    rang = isinstance(said, Asked) and said.rung.spec.emergency and said.imminent
    return asking_words(said.rung, "emergency" if rang else said.way or "", w)


def place_words(place: str, w: Words) -> str:
    """Who a matter was referred to: as an asking of them is called, where they may be asked too."""
    for rung in Rung:
        if place == rung.value or place in rung.spec.kinds:
            return who_is_asked(rung, "" if place == rung.value else place, w)
    return w(code) if w.has(code := f"pack.code.{place}") else place
