"""Every sentence that people are sent or shown, from one catalogue with a folder for each language.

A key is the name of a file and of a line in it, `digest.quiet`: `en/digest.toml`, `quiet = "…"`. A line
contains `{names}` to be filled in. A table in place of a line holds its forms, `one` and `other`, chosen by
the number `n`. `docs/words.md` says how to correct a sentence or add a language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from data.frozen import freeze
from data.rungs import Rung
from data.steps.classes import Answered, Asked

# Every sentence that people are sent or shown, from one catalogue with a folder for each language.

Names = tuple[str, ...]


def join_filled(between: str, *parts: str | None) -> str:
    """Join those of these parts that hold anything."""
    return between.join(filter(None, parts))


def _names(words: str) -> Names:
    return tuple(words.split())


DAYS: Mapping[str, Mapping[str, Names]] = {
    "en": {
        "EEEE": _names("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
        "EEE": _names("Mon Tue Wed Thu Fri Sat Sun"),
    }
}
"""From Monday, in full and short, by CLDR’s letters for them."""
MONTHS: Mapping[str, Mapping[str, Names]] = {
    "en": {
        "MMMM": _names(
            "January February March April May June July August September October November December"
        ),
        "MMM": _names("Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec"),
    }
}
"""From January, in full and short."""


LANGUAGES = ("en",)
"""The available languages; each has every key (held by a test)."""

_HERE = Path(__file__).parent
Line = str | Mapping[str, str]
_FORMS = frozenset(("one", "other"))


@freeze
class Words:
    """The sentences of one language. Call it with a key and values for the sentence's `{names}`."""

    language: str
    lines: Mapping[str, Line]

    def __call__(self, key: str, **given: object) -> str:
        """The sentence. Raises KeyError for a key or a `{name}` that does not exist."""
        line = self.lines[key]
        if not isinstance(line, str):
            if not isinstance(n := given["n"], int):
                raise KeyError(f"n must be a whole number, not {type(n).__name__}")
            line = line.get("one", line["other"]) if abs(n) == 1 else line["other"]
        return line.format_map(given)

    def has(self, key: str) -> bool:
        """Is there such a line?"""
        return key in self.lines

    def fills_in(self, name: str, key: str) -> bool:
        """Does that line want this name, in any of its forms? Raises KeyError for an unknown key."""
        line, wanted = self.lines[key], f"{{{name}}}"
        return any(wanted in form for form in ((line,) if isinstance(line, str) else line.values()))

    def day(self, day: date | datetime, today: date | datetime, zone: ZoneInfo | None = None) -> str:
        """“Tuesday 17 November”, with its year if it is not this one: “Wednesday 31 January 2018”."""
        return self._write_date("EEEE d MMMM", day, today, zone)

    def short_day(self, day: date, today: date) -> str:
        """“Tue 17 Nov”, with its year if it is not this one."""
        return self._write_date("EEE d MMM", day, today, None)

    def brief_day(self, day: date | datetime, today: date | datetime, zone: ZoneInfo | None = None) -> str:
        """“17 Nov”, with its year if it is not this one: “31 Jan 2018”."""
        return self._write_date("d MMM", day, today, zone)

    def _write_date(
        self, form: str, day: date | datetime, today: date | datetime, zone: ZoneInfo | None
    ) -> str:
        """Write the day, one of another year with that year: the one rule for every date people are shown."""
        there = _local(day, zone)
        year = "" if there.year == _local(today, zone).year else " y"
        return self._format_day(there, form + year)

    def _format_day(self, day: date, form: str) -> str:
        """Write the day by CLDR's letters, of which these are all that are used here."""
        days, months = DAYS[self.language], MONTHS[self.language]
        known = {letters: names[day.weekday()] for letters, names in days.items()}
        known |= {letters: names[day.month - 1] for letters, names in months.items()}
        known |= {"d": str(day.day), "y": str(day.year)}
        return " ".join(known[letters] for letters in form.split(" "))

    def full_day(self, day: date | datetime, zone: ZoneInfo | None = None) -> str:
        """“17 November 2026”."""
        return self._format_day(_local(day, zone), "d MMMM y")

    def month(self, day: date) -> str:
        """“November 2026”."""
        return self._format_day(day, "MMMM y")

    def weekday(self, day: date | datetime, zone: ZoneInfo | None = None) -> str:
        """“Tuesday”."""
        return self._format_day(_local(day, zone), "EEEE")

    def clock(self, moment: datetime, zone: ZoneInfo) -> str:
        """“15:20”, in the school's time zone."""
        return f"{moment.astimezone(zone):%H:%M}"

    def number(self, value: float) -> str:
        """“1,234”; “2.5”, and “2” for 2.0."""
        return f"{value:,}".removesuffix(".0")

    def list_items(self, items: list[str]) -> str:
        """Write “a, b and c”."""
        if len(items) < 2:
            return "".join(items)
        return self("common.and", most=", ".join(items[:-1]), last=items[-1])


class _Catalogue(Mapping[str, Line]):
    """The lines of a language by their keys; a file is read when something of it is asked for."""

    def __init__(self, language: str) -> None:
        self._folder = _HERE / language
        self._read: dict[str, dict[str, Line]] = {}

    def __getitem__(self, key: str) -> Line:
        name = key.partition(".")[0]
        return (self._read.get(name) or self._of(name))[key]

    def __iter__(self) -> Iterator[str]:
        toml = sorted(file.name for file in self._folder.iterdir() if file.name.endswith(".toml"))
        for name in toml:
            yield from self._of(name.removesuffix(".toml"))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def _of(self, name: str) -> dict[str, Line]:
        if name not in self._read:
            lines: dict[str, Line] = {}
            file = self._folder / f"{name}.toml"
            if name.isidentifier() and file.is_file():
                import tomllib  # late: many commands say nothing of the catalogue

                _flatten(name, tomllib.loads(file.read_text(encoding="utf-8")), lines)
            self._read[name] = lines
        return self._read[name]


def choose_language(language: str) -> str:
    """Return the language to write in: the one asked for where there is an edition in it, else English."""
    return language if language in LANGUAGES else "en"


@cache
def words(language: str) -> Words:
    """The catalogue of a language, each file read once. Raises KeyError for an unknown language."""
    if language not in LANGUAGES:
        raise KeyError(language)
    return Words(language, _Catalogue(language))


def _flatten(prefix: str, held: Mapping[str, Any], lines: dict[str, Line]) -> None:
    """Nested tables become dotted keys; a table of “one” and “other” alone is one sentence in its forms."""
    for name, value in held.items():
        key = f"{prefix}.{name}"
        if isinstance(value, str) or _FORMS.issuperset(value):
            lines[key] = value
        else:
            _flatten(key, value, lines)


def _local(day: date | datetime, zone: ZoneInfo | None) -> date:
    if isinstance(day, datetime):
        return day.astimezone(zone).date()
    return day


def capital(said: str) -> str:
    """With a capital letter first."""
    return said[:1].upper() + said[1:]


# What an asking is called: who is asked at a rung, and in which way. Every surface takes it from here.


def who_is_asked(rung: Rung, kind: str, w: Words) -> str:
    """Say who is asked at a rung in one way, as it reads inside a sentence: “Report Harmful Content”."""
    own = f"rung.{rung.value}.who.{kind or 'plain'}"
    return w(own if w.has(own) else rung.key)


def asking_words(rung: Rung, kind: str, w: Words) -> str:
    """Say what an asking is called: who is asked, and how where that says more; “the platform, in an
    appeal”.
    """
    who, how = who_is_asked(rung, kind, w), f"rung.{rung.value}.how.{kind}"
    return f"{who}, {w(how)}" if w.has(how) else who


def asked_in(said: Asked | Answered, w: Words) -> str:
    """Say what the asking of a step is called, a call to 999 as such."""
    rang = isinstance(said, Asked) and said.rung.spec.emergency and said.imminent
    return asking_words(said.rung, "emergency" if rang else said.way or "", w)


def place_words(place: str, w: Words) -> str:
    """Say who a matter was referred to: as an asking of them is called, where they may be asked too."""
    for rung in Rung:
        if place == rung.value or place in rung.spec.kinds:
            return who_is_asked(rung, "" if place == rung.value else place, w)
    return w(code) if w.has(code := f"pack.code.{place}") else place
