"""What a school hears of violent extremism, and the lessons, trials and hamsters that only sound like it."""

import tomllib
from datetime import date

from builders.verdict import fired, judged, scores
from support.for_each import for_each
from support.sentences import sentences

from classifiers.signals.catalogue import FAMILIES, PROSCRIBED_FILE
from data.types import About, Route, Severity

SAID = sentences("signals/prevent")

OURS = {rule.signal.name for rule in FAMILIES["prevent"]}
LISTED = tomllib.loads(PROSCRIBED_FILE.read_text(encoding="utf-8"))

HEARD_OF = SAID["heard_of"]
PREPARED = SAID["prepared"]
PROMOTED = SAID["promoted"]
ATTACKS = SAID["attacks"]
HARMLESS = SAID["harmless"]


@for_each(
    ("name", "text"),
    [
        *(("extremism_heard_of", text) for text in HEARD_OF),
        *(("radicalised", text) for text in PREPARED),
        *(("extremism_recruits", text) for text in PROMOTED),
        *(("attack_for_a_cause", text) for text in ATTACKS),
    ],
)
def test_each_way_of_hearing_of_it_is_known(name: str, text: str) -> None:
    assert name in fired(text)


@for_each("text", HARMLESS)
def test_lessons_trials_practice_and_politics_are_not_extremism_and_raise_no_alert(text: str) -> None:
    assert not OURS & fired(text)
    assert judged(text).severity < Severity.TODAY


def test_what_is_reported_of_a_pupil_goes_to_the_safeguarding_lead_and_is_never_a_matter_of_removal() -> None:
    found = judged("My year 6 lad says he wants to join the jihad")
    assert (found.severity, found.route) == (Severity.TODAY, Route.SAFEGUARDING)
    assert {"extremism", "safeguarding"} <= {*found.abuse}
    assert found.restricted
    found = judged(HEARD_OF[0], scores("platform_report", severe=0.9))
    assert found.route is Route.SAFEGUARDING
    found = judged(
        "Mr Vane the teaching assistant keeps sharing ISIS videos with year 9 lads", {"about:staff": 0.9}
    )
    assert found.about is About.STAFF
    assert found.route.urgent


@for_each("text", [PROMOTED[2], ATTACKS[0]])
def test_what_promotes_or_plans_it_is_for_the_police_as_well(text: str) -> None:
    found = judged(text)
    assert (found.severity, found.route) == (Severity.THIS_HOUR, Route.POLICE_NOW)
    assert "extremism" in found.abuse


def test_only_a_signal_says_extremism_of_a_child_protection_matter() -> None:
    """The model's word alone names nobody an extremist."""
    model = {"severity:3": 0.9, "relevant": 0.9, "route:safeguarding": 0.9, "abuse:extremism": 0.6}
    found = judged("He is so different since summer", model)
    assert found.route is Route.SAFEGUARDING
    assert found.abuse == ("safeguarding",)


@for_each("group", [*LISTED["proscribed"]])
def test_every_spelling_of_a_proscribed_organisation_is_known(group: str) -> None:
    spellings = [name for names in LISTED["proscribed"][group].values() for name in names]
    missed = [x for x in spellings if not OURS & fired(f"a lad in year 10 is being recruited by {x} online")]
    assert spellings
    assert not missed


def test_the_list_says_whence_it_is_and_an_unsettled_ban_raises_nothing_by_itself() -> None:
    assert LISTED["source"].startswith("https://www.gov.uk/")
    assert date(2025, 10, 21) <= LISTED["last_change"] <= LISTED["copied"]
    for names in LISTED["unsettled"].values():
        assert not any(OURS & fired(f"my son wears a badge of {name} and joined a march") for name in names)
    for name in ("Al-Qaeda", "AL QAIDA", "alqaeda", "Hizb-ut-Tahrir", "Al-Shabaab"):
        assert "extremism_recruits" in fired(f"a lad in year 10 was recruited by {name}")


def test_a_hint_is_looked_at_and_the_safeguarding_leads_where_the_model_shares_it() -> None:
    found = judged("my son asked me about jihad")
    assert found.severity < Severity.TODAY
    assert "extremism_heard_of" in {reason.code for reason in found.reasons} or found.look
    found = judged("my son asked me about jihad", scores("respond", abuse__extremism=0.3))
    assert (found.severity, found.route) == (Severity.TODAY, Route.SAFEGUARDING)
