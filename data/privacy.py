"""Requests of people about their own data, and what they search by."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import count, islice
from zoneinfo import ZoneInfo

from data.errors import InputError
from data.frozen import freeze
from data.ids import squeeze
from data.letters import plain_letters
from data.register.calendar import Calendar, months_after
from data.rungs import EMERGENCY
from data.steps.classes import Answered, Asked, Step
from data.steps.codes import StepKind
from data.web.urls import canonical_url

# What people ask about their own data: the kinds of request, their clocks, and how one ends. Pure.

ACKNOWLEDGED_WITHIN = timedelta(days=30)
"""A complaint (Data Protection Act 2018, section 164A, in force since 19 June 2026)."""
_MONTHS, _MONTHS_EXTENDED = 1, 3
_FREEDOM, _MOST_WORKING = 20, 60
"""Days (FOIA section 10, and the regulations on time for compliance of 2004 and 2010)."""


class RequestKind(StrEnum):
    """The kind of what is asked. The values are stored. RESTRICTION (Article 18) is recorded with its time:
    people see to it, and no post is locked for it. TOLD is nobody's request: somebody whose data did not come
    from them is owed being told (Article 14). FREEDOM is about the school (a Freedom of Information Act):
    nobody is searched for."""

    ACCESS = "access"
    ERASURE = "erasure"
    OBJECTION = "objection"
    RECTIFICATION = "rectification"
    RESTRICTION = "restriction"
    COMPLAINT = "complaint"
    TOLD = "told"
    FREEDOM = "freedom"


class RequestEnding(StrEnum):
    """The way in which a request was answered."""

    GRANTED = "granted"
    PART = "part"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


@freeze
class PrivacyRequest:
    """One request, under the school's own `reference`; `reason` are the words of whoever wrote it down. `id`
    is P0001 and so on. `due_at` is when an answer is due, of a complaint its acknowledgment; None where
    nothing is any more, or while proof of who asks is waited for: of all but a complaint `acknowledged_at` is
    when that was asked for, and once `due_at` is set again when it came. Times are UTC."""

    id: str
    urn: str
    kind: RequestKind
    reference: str
    reason: str
    received_at: datetime
    recorded_at: datetime
    recorded_by: str
    due_at: datetime | None
    acknowledged_at: datetime | None = None
    extended_at: datetime | None = None
    answered_at: datetime | None = None
    answered_by: str | None = None
    ending: RequestEnding | None = None
    answer: str = ""

    @property
    def open(self) -> bool:
        """Is it still to be answered?"""
        return self.answered_at is None

    @property
    def proof_at(self) -> datetime | None:
        """When proof of who asks was asked for or came."""
        return None if self.kind is RequestKind.COMPLAINT else self.acknowledged_at

    @property
    def waits_for_proof(self) -> bool:
        """Does its time stand still until it is known who asks?"""
        return self.open and self.proof_at is not None and self.due_at is None


def request_due(
    kind: RequestKind, received: datetime, calendar: Calendar, zone: ZoneInfo, *, extended: bool = False
) -> datetime:
    """When it is due: the first moment after its last day, where the school is. A month from the day it came,
    three where it was extended (UK GDPR, Article 12(3)), and on to the next working day (ICO); a complaint is
    acknowledged within 30 days. Freedom of information has 20 working days; in England 20 days with pupils
    in, or 60 working days where these end first."""
    day = received.astimezone(zone).date()
    if kind is RequestKind.COMPLAINT:
        return _end_of(day + ACKNOWLEDGED_WITHIN, zone)
    if kind is RequestKind.FREEDOM:
        later = (day + timedelta(days=n) for n in count(1))
        working = [*islice(filter(calendar.working_day, later), _MOST_WORKING)]
        counted = [d for d in working if calendar.nation != "england" or calendar.school_day(d)]
        return _end_of((counted[_FREEDOM - 1 :] or working[-1:])[0], zone)
    last = months_after(day, _MONTHS_EXTENDED if extended else _MONTHS)
    while kind is not RequestKind.TOLD and not calendar.working_day(last):
        last += timedelta(days=1)
    return _end_of(last, zone)


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), zone)


# Kinds of what is held in a case that may be somebody else's, or not to be given, though one person asked.


class CopyKind(StrEnum):
    """The kinds that a person decides on, one by one."""

    SUPPORT = "support"
    HEALTH = "health"
    UNION = "union"
    CONSENT = "consent"
    WEIGHING = "weighing"
    POLICE = "police"
    DANGER = "danger"
    LEGAL = "legal"


CONFIDENTIAL = frozenset((CopyKind.POLICE, CopyKind.DANGER))
"""That these are left out is not said in the copy: to say so may be what the exemption is for."""

_OF_STEPS: Mapping[StepKind, CopyKind] = {
    StepKind.SUPPORT: CopyKind.SUPPORT,
    StepKind.SAFE: CopyKind.SUPPORT,
    StepKind.WEIGHED: CopyKind.WEIGHING,
    StepKind.REFERRED: CopyKind.POLICE,
    StepKind.WARNED: CopyKind.DANGER,
    StepKind.CONSENT_ASKED: CopyKind.CONSENT,
    StepKind.CONSENT_GIVEN: CopyKind.CONSENT,
    StepKind.CONSENT_REFUSED: CopyKind.CONSENT,
    StepKind.CONSENT_WITHDRAWN: CopyKind.CONSENT,
    StepKind.CONSENT_OVERRIDDEN: CopyKind.CONSENT,
}


def _any(words: str, flags: int = re.I) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words.split())})\b".replace("_", r"\s+"), flags)


_WORDS: Mapping[CopyKind, tuple[re.Pattern[str], ...]] = {
    CopyKind.SUPPORT: (_any("support(?:ed)? welfare cymorth lles"),),
    CopyKind.HEALTH: (
        _any(
            "sick(?:ness)? ill(?:ness)? unwell signed_off doctors? hospital stress(?:ed)? anxi(?:ety|ous) "
            "depress(?:ed|ion) counsell\\w+ occupational_health pregnan\\w+ medic\\w+ mental_health surgery "
            "disab\\w+ diagnos\\w+ panic\\w* sâl salwch meddyg\\w* ysbyty straen gorbryder iselder beichiog "
            "anabl\\w*"
        ),
        _any("GP", 0),
    ),
    CopyKind.UNION: (
        _any("(?:trade_)?unions? (?:union_)?rep(?:resentative)? undeb\\w*"),
        _any("NEU NASUWT NAHT ASCL UNISON GMB Unite EIS SSTA UCAC INTO UTU NSEAD", 0),
    ),
    CopyKind.LEGAL: (_any("solicitors? barristers? lawyers? legal_advice counsel’s? cyfreithi\\w+"),),
    CopyKind.POLICE: (_any("police officer_\\d+ heddlu"),),
}


def kinds_of(said: Step | None, words: str) -> frozenset[CopyKind]:
    """Say of which kinds it is: a step (None for words outside a case), with what was typed in it."""
    found = {kind for kind, patterns in _WORDS.items() if any(p.search(words) for p in patterns)}
    if said is not None and said.kind in _OF_STEPS:
        found.add(_OF_STEPS[said.kind])
    if isinstance(said, Asked | Answered) and said.rung is EMERGENCY:
        found.add(CopyKind.POLICE)
    return frozenset(found)


# How somebody is found in what is kept, by a handle, a name or the address of a post. Pure.

_LEAST = 4
"""A name has at least so many letters: a shorter one stands in half of what is kept."""
_LONGEST = 200


class TermKind(StrEnum):
    """By what they are found."""

    HANDLE = "handle"
    NAME = "name"
    ADDRESS = "address"


@freeze
class SearchTerm:
    """The term that is looked for. `text` is folded: capitals, accents’ forms and white space count for
    nothing."""

    kind: TermKind
    text: str

    def is_author(self, author: str | None) -> bool:
        """Is this who posted it, as the page shows them: the whole of it, of a name a part in whole words?"""
        if author is None or self.kind is TermKind.ADDRESS:
            return False
        shown = _handle(author)
        return shown == self.text or (self.kind is TermKind.NAME and self.is_in(author))

    def is_in(self, text: str | None) -> bool:
        """Does it stand in these words, as words of its own?"""
        if not text or self.kind is TermKind.ADDRESS:
            return False
        said = fold(text)
        return self.text in said and bool(re.search(rf"(?<!\w){re.escape(self.text)}(?!\w)", said))

    def is_address(self, url: str | None) -> bool:
        """Is this the address, however it is written?"""
        return bool(url) and self.kind is TermKind.ADDRESS and canonical_url(url or "") == self.text


def term(kind: TermKind, given: str) -> SearchTerm:
    """Read what somebody typed. Raises InputError for what would find too much, or is no address. What was
    typed is in no message: it would stand in a log."""
    said = squeeze(given)
    if not said:
        raise InputError("Nothing was given to look for.")
    if len(said) > _LONGEST and kind is not TermKind.ADDRESS:
        raise InputError(f"That is too long for a {kind.value}: more than {_LONGEST} letters.")
    if kind is TermKind.ADDRESS:
        found = canonical_url(said)
        if not found.startswith("https://"):
            raise InputError("That is not a web address. Give the whole address of the post: https://…")
        return SearchTerm(kind, found)
    text = _handle(said) if kind is TermKind.HANDLE else fold(said)
    if kind is TermKind.NAME and sum(c.isalpha() for c in text) < _LEAST:
        raise InputError(f"A name of fewer than {_LEAST} letters finds other people too. Give all of it.")
    if not text:
        raise InputError("Nothing was given to look for.")
    return SearchTerm(kind, text)


def fold(text: str) -> str:
    """Write it as it is compared: one form of each letter, no capitals, single blanks."""
    return squeeze(unicodedata.normalize("NFKC", plain_letters(text))).casefold()


def _handle(text: str) -> str:
    return fold(text).removeprefix("@").removeprefix("u/")


_TITLES = "Mr Mrs Ms Miss Mx Dr Sir Prof Professor Rev Revd Father Parch"
_NAME = r"[^\W\d_][\w’'-]*"
_TITLED = re.compile(rf"\b(?:{_TITLES.replace(' ', '|')})\b\.?\s+{_NAME}(?:\s+(?=[A-Z]){_NAME}){{0,2}}")
_REACHES = re.compile(
    r"https?://\S+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?<![\w@])@\w[\w.-]*|(?<!\w)u/\w+|(?<!\w)\+?\d(?:[\s()-]?\d){8,}"
)
_SENTENCE = re.compile(r"(?<=[.!?…])\s+|\n+")
_SHORT = 3


@freeze
class Redaction:
    """The words put in place of a name and of what reaches somebody; `own` are the words of the asker."""

    names: tuple[str, ...]
    own: frozenset[str]
    name_withheld: str
    contact_withheld: str

    def of(self, text: str) -> str:
        """The text without what names or reaches others."""
        text = _REACHES.sub(lambda m: m[0] if self._own(m[0]) else self.contact_withheld, text)
        text = _TITLED.sub(lambda m: m[0] if self._own(m[0]) else self.name_withheld, text)
        for name in self.names:
            any_case = re.IGNORECASE if " " in name else re.NOFLAG  # May is a name, and may is not
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", self.name_withheld, text, flags=any_case)
        return text

    def _own(self, found: str) -> bool:
        return any(word in self.own for word in re.findall(r"\w+", fold(found)))


def redaction(
    others: Iterable[str], own: Iterable[str], name_withheld: str, contact_withheld: str
) -> Redaction:
    """For somebody whose names are `own`; `others` are whole names, of which each part is taken out too."""
    mine = frozenset(w for name in own for w in re.findall(r"\w+", fold(name)) if len(w) >= _SHORT)
    parts = {part for name in map(strip_title, others) for part in (name, *name.split())}
    known = sorted((p for p in parts if len(p) >= _SHORT and fold(p) not in mine), key=len, reverse=True)
    return Redaction(tuple(known), mine, name_withheld, contact_withheld)


def strip_title(name: str) -> str:
    """Return the name without Mr, Mrs and the like before it."""
    first, _, rest = name.strip().partition(" ")
    return strip_title(rest) if rest and first.rstrip(".") in _TITLES.split() else name.strip()


def sentences(text: str) -> list[str]:
    """The text sentence by sentence, or line by line."""
    return [one.strip() for one in _SENTENCE.split(text) if one.strip()]
