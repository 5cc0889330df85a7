"""What a piece of the press is about, and whether it is against the school: by whole phrases. Pure.

A phrase and its opposite are told apart: “charged” and “cleared”, “evacuated” and “evacuated in a drill”,
“special measures” and “out of special measures”. Where no phrase is known the model decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate

from classifiers.signals.possible import PossiblePatterns
from classifiers.text.model_text import is_article
from classifiers.text.undisguise import undisguise
from classifiers.verdicts.press.shared import shared_news
from classifiers.verdicts.press.undone import CLEARS, EVACUATED, UNDONE, Undone
from classifiers.verdicts.press.words import ADVERSE, ATTRIBUTE, PLAY, PRAISE, PRESENT, SURE_PRAISE, PressRule
from data.types import Mention, PressEvent, Severity

_BY_READERS = re.compile(
    r"(?:comments?|letters?|your letters|have your say|readers?['’]? letters?)\s*:", re.IGNORECASE
)
_A_PAPER = re.compile(
    r"(?:the )?(?:[\w&'’-]+ ){0,4}(?:gazette|echo|mail|leader|post|chronicle|herald|news|courier|times"
    r"|telegraph|advertiser|live|bulletin|now|journal|express|star|argus|observer|messenger|mercury|citizen|press|today)"
)
_VIOLENT = frozenset((PressEvent.WEAPON, PressEvent.INJURY, PressEvent.OTHER))
_TURN = re.compile(r"\b(?:but|despite|although|however)\b")
_PAPER = re.compile(r"\s[-–|]\s(?=[^-–|]*$)")
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
    """What an article tells of. `floor` is the least severity where it is adverse, note where it is calm.

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
    if not headline or _A_PAPER.fullmatch(headline):
        headline, _, text = text.partition(". ")
        headline = without_paper(headline)
    reading = _read(headline, "" if text.startswith(headline) else text)
    return _clearing(reading, headline) if CLEARS.search(headline) else reading


def read_shared(mention: Mention) -> tuple[PressReading, bool] | None:
    """The reading of the adverse news that a post passes on, and whether its poster adds words of their own.

    None where it passes on none.
    """
    news = shared_news(mention)
    if news is None:
        return None
    headline = without_paper(undisguise(news.headline).text)
    reading = None if CLEARS.search(headline) else _read(headline, undisguise(news.tells).text)
    return (reading, news.adds) if reading is not None and reading.adverse else None


def _clearing(reading: PressReading | None, headline: str) -> PressReading:
    """The reading of what clears somebody: calm, unless the headline tells of harm as well."""
    if reading is not None and any(rule.firm and rule.pattern.search(headline) for rule in ADVERSE):
        return replace(reading, clears=True)
    event = PressEvent.OTHER if reading is None else reading.event
    return PressReading(event, Severity.NOTE, -_SURE, clears=True)


def is_press(mention: Mention) -> bool:
    """Is it an article, and not what readers wrote below one or to the paper?"""
    return is_article(mention) and not _BY_READERS.match(mention.title.strip())


def without_paper(title: str) -> str:
    """A headline without the newspaper's name behind a dash."""
    parts = _PAPER.split(title.strip(), maxsplit=1)
    return parts[0] if len(parts) > 1 and len(parts[1].split()) <= _LONGEST_NAME else title.strip()


_INSPECTORS = re.compile(
    r"\b(?:ofsted|estyn|hmie?|eti|isi|education scotland|inspect\w*|arolyg\w*)\b", re.IGNORECASE
)
_GRADES = "good|outstanding|exceptional|excellent|very good|satisfactory|weak|unsatisfactory"
_GRADE = re.compile(
    r"(?:requir(?:es|ing|ed)|needs?) improvement|inadequate|special measures|mesurau arbennig"
    r"|serious weaknesses|(?:significant|urgent) improvement|needs attention|(?:expected|strong) standard"
    rf"|(?<=[‘'\"])(?:{_GRADES})(?=[’'\"])"
    r"|(?:rated|judged|graded|ranked|deemed|remains?|still|stays?|retains?|keeps?) (?:\w+ ){0,3}[‘'\"]?"
    rf"(?P<rated>{_GRADES})\b",
    re.IGNORECASE,
)
"""What a school is graded, poor or good: in words that inspectors of the four nations use."""


def grade_told(mention: Mention) -> str | None:
    """How the inspectors graded a school by the headline, in small letters; None where it does not say so."""
    headline = without_paper(mention.title)
    found = _GRADE.search(headline) if _INSPECTORS.search(headline) and is_press(mention) else None
    return (found["rated"] or found[0]).lower() if found else None


@dataclass(frozen=True, slots=True)
class _MaySay:
    """What an article's words may say at all: the rules and patterns that are tried on them."""

    adverse: tuple[PressRule, ...]
    undone: tuple[Undone, ...]
    present: tuple[tuple[Severity, re.Pattern[str]], ...]
    favour: tuple[bool, ...]
    """For each of _FAVOUR."""


@lru_cache(maxsize=1)
def _possible() -> PossiblePatterns:
    """Of the patterns of ADVERSE, UNDONE, PRESENT and _FAVOUR, and last that of ATTRIBUTE."""
    patterns = [rule.pattern for rule in ADVERSE] + [rule.pattern for rule in UNDONE]
    patterns += [pattern for _, pattern in PRESENT] + [*_FAVOUR, ATTRIBUTE]
    return PossiblePatterns(pattern.pattern for pattern in patterns)


def _read(headline: str, body: str) -> PressReading | None:
    whole = f"{headline}\n{body}"
    found = _possible().of(whole)
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
        favour = _favour(shown, body, may, played=bool(events or risk) and events <= _VIOLENT)
    lean = _against(said, told, risk) + favour
    if undone and lean <= 0.0:
        hard = (rule for rule in may.adverse if rule.firm and rule.event in gone)
        return replace(_over(undone, whole), torn=any(rule.pattern.search(headline) for rule in hard))
    if lean > 0.0:
        return _adverse(said or told, risk, lean)
    return _favourable(whole, lean) if lean < 0.0 else None


def _against(said: Sequence[PressRule], told: Sequence[PressRule], risk: Severity | None) -> float:
    """How far it leans against the school: most by its headline."""
    firm = any(rule.firm for rule in said or told)
    by_words = _SAID[firm] if said else _TOLD[firm] if told else 0.0
    return max(by_words, _AT_RISK if risk is not None else 0.0)


def _favour(headline: str, body: str, may: _MaySay, *, played: bool) -> float:
    """How far it leans the other way: praise, and a play or a contest that borrows hard words."""
    sure, play, praise = may.favour
    if sure and SURE_PRAISE.search(headline) and not _TURN.search(headline):
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


def _over(undone: Sequence[Undone], whole: str) -> PressReading:
    """What is over, was nothing or was only practised; an alarm for nothing that moved pupils is told of."""
    if undone[0].alarm and EVACUATED.search(whole):
        return PressReading(PressEvent.WEAPON, Severity.RESPOND, _SURE)
    praise = any(rule.praise for rule in undone)
    return PressReading(undone[0].event, Severity.NOTE, -_SURE, praise=praise, over=not praise)


def _favourable(whole: str, lean: float) -> PressReading:
    event = PressEvent.INSPECTION if SURE_PRAISE.search(whole) else PressEvent.ACHIEVEMENT
    return PressReading(event, Severity.NOTE, lean, praise=True)
