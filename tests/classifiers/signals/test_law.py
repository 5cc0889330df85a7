"""Banned organisations, and the lessons, trials and hamsters that only sound like them."""

import tomllib
from datetime import date

from builders.verdict import fired, judged
from support.for_each import for_each
from support.sentences import sentences

from classifiers.signals.catalogue import PROSCRIBED_FILE
from data.types import Route, Severity

SAID = sentences("signals/law")
LISTED = tomllib.loads(PROSCRIBED_FILE.read_text(encoding="utf-8"))


@for_each("text", SAID["heard_of"])
def test_what_is_done_with_a_banned_organisation_is_the_safeguarding_leads(text: str) -> None:
    assert "proscribed_named" in fired(text)
    found = judged(text)
    assert (found.severity, found.route) == (Severity.TODAY, Route.SAFEGUARDING)
    assert {"extremism", "safeguarding"} <= {*found.abuse}
    assert found.restricted


@for_each("text", SAID["harmless"])
def test_lessons_trials_practice_and_politics_are_not_extremism_and_raise_no_alert(text: str) -> None:
    assert "proscribed_named" not in fired(text)
    assert judged(text).severity < Severity.TODAY


def test_only_a_signal_says_extremism_of_a_child_protection_matter() -> None:
    """The model's word alone names nobody an extremist."""
    model = {"severity:3": 0.9, "relevant": 0.9, "route:safeguarding": 0.9, "abuse:extremism": 0.6}
    found = judged("He is so different since summer", model)
    assert found.route is Route.SAFEGUARDING
    assert found.abuse == ("safeguarding",)


@for_each("group", [*LISTED["proscribed"]])
def test_every_spelling_of_a_proscribed_organisation_is_known(group: str) -> None:
    spellings = [name for names in LISTED["proscribed"][group].values() for name in names]
    said = "a lad in year 10 is being recruited by {} online"
    missed = [x for x in spellings if "proscribed_named" not in fired(said.format(x))]
    assert spellings
    assert not missed


def test_the_list_says_whence_it_is_and_an_unsettled_ban_raises_nothing_by_itself() -> None:
    assert LISTED["source"].startswith("https://www.gov.uk/")
    assert date(2025, 10, 21) <= LISTED["last_change"] <= LISTED["copied"]
    said = "my son wears a badge of {} and joined a march"
    for names in LISTED["unsettled"].values():
        assert not any("proscribed_named" in fired(said.format(name)) for name in names)
    for name in ("Al-Qaeda", "AL QAIDA", "alqaeda", "Hizb-ut-Tahrir", "Al-Shabaab"):
        assert "proscribed_named" in fired(f"a lad in year 10 was recruited by {name}")
