"""Words for what the store holds as codes, the same on every list of the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from zoneinfo import ZoneInfo

from data.errors import write_commands
from data.types import KEY_OF_A_TRUST, KEY_OF_OUR_OWN, BackFill, Outcome, Severity, SourceRun
from data.words.say import Words, words
from monitor.terminal.table import Cell, Tone

WITH_THE_DSL = "with the DSL"
"""All that a list says of a restricted matter to whoever may not read it."""
WHO_YOU_ARE = (
    "You have not said who you are, so no words are shown. To say so: --as PERSON, SCHOOLGATE_AS, "
    "or “me” under [cli] in schoolgate.toml."
)
NO_MAIL = {
    False: write_commands("no mail server is set up. To set one up: ⟪/setup/mail⟫"),
    True: "nobody is sent email, as you chose. To look at the desk: schoolgate desk",
}
"""What every command says where mail waits, by whether there is none by choice (`without_mail`)."""
ADD_PERSON = "⟪/people/new⟫"
"""Where somebody is added."""

_SEEN = {Outcome.OK: "read", Outcome.NOT_MODIFIED: "nothing new", Outcome.EMPTY: "nothing there"}
_SEVERITIES = {
    Severity.THIS_HOUR: ("this hour", Tone.GRAVE),
    Severity.TODAY: ("today", Tone.GRAVE),
    Severity.RESPOND: ("to answer", Tone.WARN),
    Severity.NOTE: ("to note", Tone.PLAIN),
    Severity.NOTHING: ("nothing", Tone.PLAIN),
}


def outcome_words(outcome: Outcome) -> str:
    """Say how a reading ended; of what was not seen in the words of the digest."""
    if outcome is Outcome.DISABLED:
        return "switched off"
    return _SEEN.get(outcome) or words("en")(f"digest.not_seen.{outcome.value}")


def pace_words(outcome: Outcome) -> str:
    """Say how seldom a place that refuses us, or is gone, is asked, to follow its outcome; "" of others."""
    key = f"digest.not_seen.asked.{outcome.value}"
    return words("en")(key) if words("en").has(key) else ""


def outcome_cell(outcome: Outcome) -> Cell:
    """The same for a table: in a colour where the place was not seen."""
    bad = Tone.GRAVE if outcome is Outcome.OUR_FAULT else Tone.WARN
    well = outcome.is_seen and outcome is not Outcome.PARTLY
    return Cell(outcome_words(outcome), Tone.GOOD if well else bad)


def severity_cell(severity: int) -> Cell:
    """Say how soon somebody must act, in its colour."""
    return Cell(*_SEVERITIES[Severity(severity)])


def some(names: Sequence[str]) -> str:
    """“a, b, c and 48 more”."""
    left = len(names) - 3
    return ", ".join(names[:3]) + (f" and {left} more" if left > 0 else "")


def count_words(these: int | Sequence[object], one: str, many: str = "") -> str:
    """“1 post”, “12 posts”; `many` where that is not `one` with an s."""
    n = these if isinstance(these, int) else len(these)
    return f"{n} {one if n == 1 else many or one + 's'}"


def count_many(n: int, what: str) -> str:
    """“1 row”, “12,345 rows”."""
    return f"{n:,} {what}{'' if n == 1 else 's'}"


def school_key_words(urn: str) -> str:
    """Write the key as people see it: “URN 900001”; of a school without a number as it is; of a trust."""
    if urn.startswith(KEY_OF_A_TRUST):
        return "the trust itself"
    return urn if urn.startswith(KEY_OF_OUR_OWN) else f"URN {urn}"


def nearest(word: str, known: Sequence[str]) -> str | None:
    """The known word a person most likely meant, None where none is near. Case is ignored."""
    from rapidfuzz import fuzz, process

    folded = [k.lower() for k in known]
    found = process.extractOne(word.lower(), folded, scorer=fuzz.WRatio, score_cutoff=60)
    return known[found[2]] if found else None


def did_you_mean(word: str, known: Sequence[str]) -> str:
    """A sentence: “Did you mean …?”, or what there is to choose from."""
    near = nearest(word, known)
    if near:
        return f"Did you mean “{near}”?"
    return f"Known are: {', '.join(known)}." if known else "There is none."


def ending_words(run: SourceRun) -> str:
    """“read, 12 posts”; “blocked, asked once a day: the site asks for proof that …”."""
    said = outcome_words(run.outcome) + pace_words(run.outcome)
    if run.outcome in (Outcome.OK, Outcome.PARTLY):
        said += f", {count_words(run.mentions_read, 'post')}"
    return f"{said}: {run.detail}" if run.detail else said


def brief(moment: datetime, now: datetime, zone: ZoneInfo) -> str:
    """A moment in a table: “Fri 20 Nov, 15:20”, with its year if it is not this one."""
    there = moment.astimezone(zone)
    return f"{there:%a} {words('en').brief_day(moment, now, zone)}, {there:%H:%M}"


def local(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as a person of the school reads it: “Fri 20 Nov 2026, 15:20”."""
    there = moment.astimezone(zone)
    return f"{there:%a} {there.day} {there:%b %Y, %H:%M}"


def utc_json(moment: datetime) -> str:
    """A moment as JSON carries it: ISO 8601 in UTC, to the second."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def plain_json(value: object) -> object:
    """A value as JSON carries it: a moment in UTC, a code as its word."""
    if isinstance(value, datetime):
        return utc_json(value)
    return value.value if isinstance(value, Enum) else value


def pick_fields(of: object, names: str) -> dict[str, object]:
    """These fields of a value, in this order, as JSON carries them."""
    return {name: plain_json(getattr(of, name)) for name in names.split()}


def say_read_back(fill: BackFill, w: Words, now: datetime, zone: ZoneInfo) -> str:
    """“Read back to 3 September.”, and how much was counted and not kept."""
    reached = max(fill.reached_at, fill.goal_at) if fill.reached_at else None
    key = "back_open" if reached and reached > fill.goal_at else "back_begun"
    if fill.ended_at is not None:
        key = "back_stopped" if fill.left and reached else "back" if reached else ""
    days = {"goal": w.day(fill.goal_at, now, zone), "day": w.day(reached or fill.goal_at, now, zone)}
    counted = w("places.back_counted", n=fill.counted) if fill.counted else ""
    return " ".join(filter(None, (w(f"places.{key}", **days) if key else "", counted)))
