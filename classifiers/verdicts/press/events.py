"""Tell what a piece of the press is about, and whether it is against the school, by whole phrases; and which
journalist asks the school for comment. Pure.

A phrase and its opposite are told apart: “charged” and “cleared”, “evacuated” and “evacuated in a drill”,
“special measures” and “out of special measures”. Where no phrase is known the model decides.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any

from ahocorasick_rs import AhoCorasick

from classifiers.signals.patterns import PossiblePatterns
from classifiers.text.model_text import family_of, is_article
from classifiers.text.undisguise import undisguise
from classifiers.text.word_files import WordFile, either
from classifiers.verdicts.press.shared import shared_news
from data.types import Mention, MentionKind, PressEvent, Severity
from data.web.channels import domains_of, press_hosts

_WORDS = WordFile(Path(__file__).with_name("events.toml"), others=("adverse", "present", "undone"))
ATTRIBUTE, PLAY, PRAISE, SURE_PRAISE, CLEARS, EVACUATED = _WORDS.patterns(
    "attribute", "play", "praise", "sure_praise", "clears", "evacuated"
)
_parts, _age, _quoted, _happened, _said_of_it = _WORDS.patterns(
    "headline_parts", "age", "quoted", "happened", "said_of_it"
)
_by_readers, _a_paper, _turn, _paper, _inspected, _grade = _WORDS.patterns(
    "by_readers", "a_paper", "turn", "paper", "inspected", "grade"
)


@dataclass(frozen=True, slots=True)
class PressRule:
    """Phrases of one event. `floor` is the least severity; `firm` ones hold beside words of praise."""

    event: PressEvent
    floor: Severity
    firm: bool
    pattern: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Undone:
    """Phrases that say it is over, was nothing, or was only practised; `event` is theirs, `undoes` what they
    undo. An `alarm` was one for nothing. What is named `beside` an event undoes it only where it is said so.
    """

    event: PressEvent
    undoes: frozenset[PressEvent]
    pattern: re.Pattern[str]
    praise: bool = False
    alarm: bool = False
    beside: bool = False

    def in_text(self, headline: str, body: str, *, firm: bool) -> bool:
        """Does it undo what an article tells of? `firm` says that the headline has a hard phrase."""
        if not self.beside:
            return bool(self.pattern.search(f"{headline}\n{body}"))
        if self._apart(headline):
            return False
        told = bool(self.pattern.search(body)) and (not firm or bool(_said_of_it.search(body)))
        return told or bool(self.pattern.search(headline))

    def _apart(self, headline: str) -> bool:
        """Has somebody been harmed or accused, in a part of the headline that does not speak of a drill?"""
        parts = _parts.split(_quoted.sub(" ", _age.sub(" ", headline)))
        return any(_happened.search(part) and not self.pattern.search(part) for part in parts)


def _rows(table: str, *keys: str) -> Iterator[tuple[dict[str, Any], re.Pattern[str]]]:
    """The rows of a table and the pattern of each."""
    for row in _WORDS.rows(table, (*keys, "words")):
        yield row, _WORDS.compile(table, either(row.pop("words")))


PRESENT = tuple((Severity(row["floor"]), pattern) for row, pattern in _rows("present", "floor"))
"""What tells of a child at risk now, and how grave it is at least."""
ADVERSE = tuple(
    PressRule(PressEvent(row["event"]), Severity(row["floor"]), row.get("firm", False), pattern)
    for row, pattern in _rows("adverse", "event", "floor", "firm")
)
UNDONE = tuple(
    Undone(
        PressEvent(row.pop("event")),
        frozenset(map(PressEvent, row.pop("undoes", PressEvent))),
        pattern,
        **row,
    )
    for row, pattern in _rows("undone", "event", "undoes", "praise", "alarm", "beside")
)

_VIOLENT = frozenset((PressEvent.WEAPON, PressEvent.INJURY, PressEvent.OTHER))
_LONGEST_NAME = 5
_MOST_CHARS = 4000
"""What an article is about stands in its beginning."""
_SAID = {True: 3.0, False: 2.0}
_TOLD = {True: 1.5, False: 0.8}
_AT_RISK = 2.0
_SURE = 3.0
_PRAISED = 2.1
_HINTED = 0.9
_FAVOUR = (SURE_PRAISE, PLAY, PRAISE)


@dataclass(frozen=True, slots=True)
class PressReading:
    """The facts that an article tells of. `floor` is the least severity where it is adverse, note where it is
    calm.

    `lean` is how far its phrases go, in log-odds: over 0 against the school, under 0 calm. `praise` is news
    in the school's favour; `at_risk` tells of a child at risk now. `torn` is True where the headline
    has a hard phrase beside the one that undoes it: “pupil stabbed days after a lockdown drill”. `over` is
    True where it tells that something is over, came to nothing or was only practised, `clears` where it says
    of somebody that they are nobody of the school, or not to blame.
    """

    event: PressEvent
    floor: Severity
    lean: float
    praise: bool = False
    at_risk: bool = False
    torn: bool = False
    over: bool = False
    clears: bool = False

    @property
    def adverse(self) -> bool:
        """Do its phrases go against the school?"""
        return self.lean > 0.0


def read_press(mention: Mention) -> PressReading | None:
    """The reading of an article; None where it is none, or where no phrase is known."""
    if not is_press(mention):
        return None
    headline = without_paper(undisguise(mention.title).text)
    text = undisguise(mention.text[:_MOST_CHARS]).text
    if not headline or _a_paper.fullmatch(headline):
        headline, _, text = text.partition(". ")
        headline = without_paper(headline)
    reading = _read_words(headline, "" if text.startswith(headline) else text)
    return _clearing(reading, headline) if CLEARS.search(headline) else reading


def read_shared(mention: Mention) -> tuple[PressReading, bool] | None:
    """The reading of the adverse news that a post passes on, and whether its poster adds words of their own.

    None where it passes on none.
    """
    news = shared_news(mention)
    if news is None:
        return None
    headline = without_paper(undisguise(news.headline).text)
    reading = None if CLEARS.search(headline) else _read_words(headline, undisguise(news.tells).text)
    return (reading, news.adds) if reading is not None and reading.adverse else None


def _clearing(reading: PressReading | None, headline: str) -> PressReading:
    """The reading of what clears somebody: calm, unless the headline tells of harm as well."""
    if reading is not None and any(rule.firm and rule.pattern.search(headline) for rule in ADVERSE):
        return replace(reading, clears=True)
    event = PressEvent.OTHER if reading is None else reading.event
    return PressReading(event, Severity.NOTE, -_SURE, clears=True)


def is_press(mention: Mention) -> bool:
    """Is it an article, and not what readers wrote below one or to the paper?"""
    return is_article(mention) and not _by_readers.match(mention.title.strip())


def without_paper(title: str) -> str:
    """A headline without the newspaper's name behind a dash."""
    parts = _paper.split(title.strip(), maxsplit=1)
    return parts[0] if len(parts) > 1 and len(parts[1].split()) <= _LONGEST_NAME else title.strip()


def inspection_grade(mention: Mention) -> str | None:
    """Read how the inspectors graded a school by the headline, in small letters; None where it does not say
    so.
    """
    headline = without_paper(mention.title)
    found = _grade.search(headline) if _inspected.search(headline) and is_press(mention) else None
    return (found["rated"] or found[0]).lower() if found else None


@dataclass(frozen=True, slots=True)
class _MaySay:
    """The rules and patterns that are tried on an article: what its words may say at all."""

    adverse: tuple[PressRule, ...]
    undone: tuple[Undone, ...]
    present: tuple[tuple[Severity, re.Pattern[str]], ...]
    favour: tuple[bool, ...]
    """For each of _FAVOUR."""


@lru_cache(maxsize=1)
def _possible_patterns() -> PossiblePatterns:
    """Prepare the patterns of ADVERSE, UNDONE, PRESENT and _FAVOUR, and last that of ATTRIBUTE."""
    patterns = [rule.pattern for rule in ADVERSE] + [rule.pattern for rule in UNDONE]
    patterns += [pattern for _, pattern in PRESENT] + [*_FAVOUR, ATTRIBUTE]
    return PossiblePatterns(pattern.pattern for pattern in patterns)


def _read_words(headline: str, body: str) -> PressReading | None:
    whole = f"{headline}\n{body}"
    found = _possible_patterns().of(whole)
    ends = list(accumulate(map(len, (ADVERSE, UNDONE, PRESENT, _FAVOUR))))
    cut_out = ends[-1] in found  # what an attribute leaves behind may read otherwise
    may = _MaySay(
        tuple(rule for i, rule in enumerate(ADVERSE) if i in found),
        tuple(rule for i, rule in enumerate(UNDONE, ends[0]) if i in found),
        tuple(told for i, told in enumerate(PRESENT, ends[1]) if i in found),
        tuple(cut_out or i in found for i in range(ends[2], ends[3])),
    )
    firm = any(rule.firm and rule.pattern.search(headline) for rule in may.adverse)
    undone = [rule for rule in may.undone if rule.in_text(headline, body, firm=firm)]
    gone = frozenset(event for rule in undone for event in rule.undoes)
    left = [rule for rule in may.adverse if rule.event not in gone]
    said = [rule for rule in left if rule.pattern.search(headline)]
    told = [] if said or undone else [rule for rule in left if rule.pattern.search(body)]
    present = (severity for severity, pattern in may.present if pattern.search(whole))
    risk = None if undone else next(present, None)
    events = {rule.event for rule in said or told}
    shown = ATTRIBUTE.sub(" ", headline) if said else headline
    favour = 0.0
    if any(may.favour) and not any(rule.firm for rule in said):
        favour = _lean_in_favour(shown, body, may, played=bool(events or risk) and events <= _VIOLENT)
    lean = _lean_against(said, told, risk) + favour
    if undone and lean <= 0.0:
        hard = (rule for rule in may.adverse if rule.firm and rule.event in gone)
        return replace(_read_undone(undone, whole), torn=any(rule.pattern.search(headline) for rule in hard))
    if lean > 0.0:
        return _adverse(said or told, risk, lean)
    return _favourable(whole, lean) if lean < 0.0 else None


def _lean_against(said: Sequence[PressRule], told: Sequence[PressRule], risk: Severity | None) -> float:
    """Return how far it leans against the school: most by its headline."""
    firm = any(rule.firm for rule in said or told)
    by_words = _SAID[firm] if said else _TOLD[firm] if told else 0.0
    return max(by_words, _AT_RISK if risk is not None else 0.0)


def _lean_in_favour(headline: str, body: str, may: _MaySay, *, played: bool) -> float:
    """Return how far it leans the other way: praise, and a play or a contest that borrows hard words."""
    sure, play, praise = may.favour
    if sure and SURE_PRAISE.search(headline) and not _turn.search(headline):
        return -_SURE
    if play and (PLAY.search(headline) or (played and PLAY.search(body))):
        return -_SURE
    if praise and PRAISE.search(headline):
        return -_PRAISED
    return -_HINTED if (praise and PRAISE.search(body)) or (sure and SURE_PRAISE.search(body)) else 0.0


def _adverse(hits: Sequence[PressRule], risk: Severity | None, lean: float) -> PressReading:
    gravest = max(hits, key=lambda rule: rule.floor, default=None)
    event = PressEvent.OTHER if gravest is None else gravest.event
    floors = [risk or Severity.RESPOND, gravest.floor if gravest else Severity.RESPOND]
    return PressReading(event, max(floors), lean, at_risk=risk is not None)


def _read_undone(undone: Sequence[Undone], whole: str) -> PressReading:
    """Read what is over, was nothing or was only practised; an alarm for nothing that moved pupils is told
    of.
    """
    if undone[0].alarm and EVACUATED.search(whole):
        return PressReading(PressEvent.WEAPON, Severity.RESPOND, _SURE)
    praise = any(rule.praise for rule in undone)
    return PressReading(undone[0].event, Severity.NOTE, -_SURE, praise=praise, over=not praise)


def _favourable(whole: str, lean: float) -> PressReading:
    event = PressEvent.INSPECTION if SURE_PRAISE.search(whole) else PressEvent.ACHIEVEMENT
    return PressReading(event, Severity.NOTE, lean, praise=True)


# Who of the press asks the school for comment, a statement or an interview: by all that is said, that they
# are of the press or are about to print something, and what they ask for. A parent who may go to the press, a
# seller and a circular only sound like it; what was printed asks for nothing.

_ASKING = WordFile(Path(__file__).with_name("enquiry.toml"), others=("cue", "hints"))
MAY_ASK = AhoCorasick([hint.strip() for hint in _ASKING.table["hints"].split(",")])
"""Finds, in small letters, what is in whatever the press asks: not in most posts."""
_CUES = tuple(
    (row["side"], row["weight"], _ASKING.compile(row["side"], f"(?i){either(row['words'])}"))
    for row in _ASKING.rows("cue", ("side", "weight", "words"))
)
_HOST = re.compile(r"@([\w.-]{3,80})")
_OF_THE_PRESS, _TOGETHER = 2, 4
"""So much tells that the press speaks; so much, with what it asks, that it is an enquiry."""
_BY_HOST = 3
"""The weight of an address at a paper's own host."""
_PLAIN = str.maketrans("’‘“”", "''\"\"")


def asks_for_comment(mention: Mention) -> bool:
    """Does somebody of the press ask the school for a word on something?"""
    if is_article(mention) or mention.kind is MentionKind.REVIEW:
        return False
    said = f"{mention.title}\n{mention.text[:_MOST_CHARS]}\n{mention.author or ''}".translate(_PLAIN)
    found = Counter[str]()
    for side, weight, cue in reversed(_CUES):
        if side != "asks" and not found["asks"]:
            return False
        if cue.search(said):
            found[side] += weight
    hosts = (of for host in _HOST.findall(said) for of in domains_of(host.lower().rstrip(".")))
    press = found["press"] + (0 if press_hosts().isdisjoint(hosts) else _BY_HOST) - found["other"]
    if family_of(mention.channel) == "report":
        press += max(found["taken"] - (mention.channel == "email"), 0)  # a mail may be anybody's
    enough = press >= _OF_THE_PRESS and press + found["asks"] >= _TOGETHER
    return enough and not found["never"]
