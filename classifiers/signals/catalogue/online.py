"""Children harmed online or on the street: grooming, sexual images, extortion, burn pages, and words of the street.

The words of the street are a table, `street.csv`, which `research/words.py` brings up to date.
"""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from classifiers.signals.rule import Rule, pattern_of, rule, sentence_of
from data.types import About, Route

_SG = Route.SAFEGUARDING
Search = Callable[[str], object]

STREET_FILE = Path(__file__).parents[1] / "words" / "street.csv"
_ROWS = tuple(csv.DictReader(STREET_FILE.read_text(encoding="utf-8").splitlines()))
_CHILD, _SEXUAL, _HURT = ("safeguarding",), ("sexual", "safeguarding"), ("self_harm", "safeguarding")
KINDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "exploitation": ("A child seems to be used by a gang or by older people.", _CHILD),
    "drugs": ("Drugs seem to be sold or given to children, or taken by them.", _CHILD),
    "weapons": ("A child seems to carry a weapon, in words of the street.", _CHILD),
    "images": ("Sexual images of children seem to go round, in words of the street.", _SEXUAL),
    "shame": ("An account rates, mocks or shames children of the school.", (*_CHILD, "harassment")),
    "self_harm": ("Somebody seems to hurt themselves, in words of those who do.", _HURT),
    "hate": ("It may attack people for what they are, in code.", ("hate",)),
}
"""The kinds of harm of the table: the reason and the labels of the signal of each."""

_says_a_child = pattern_of(r"""
    (?:yr|year|y|p|s)s? ?\d{1,2}s?|(?:1[0-7]|[5-9])(?:[ -]?(?:yrs?|years?)[ -]?olds?| yo)|(?:aged|only|just|he'?s|she'?s|is) (?:only |just )?(?:1[0-7]|[5-9])(?! (?:am|pm|o'?clock|quid|out|mins?))
    (?:my|our|her|his|ur) (?:\w+ ){0,2}?(?:son|daughter|cousin|nephew|niece|grandson|granddaughter|brother|sister|bro|sis|cuz|lad|lass|girl|boy|kid)|young ?(?:'?un|one|er|in|bo?y|girl|boi)s?|yout|youts|youngest
    little (?:man|lad|boy|girl|one|bro|sis\w*|cuz|mandem|kids?)|small boy|child(?:ren)?|kids?|kiddies|school ?(?:kids?|girls?|boys?)|pupils?|students?|teenagers?|bairns?|weans?|boys|girls|lads?|lass(?:es|ies?)?|sixth formers?|first years?|tiny
    """).search
_MOST_HITS = 12
_NEVER = re.compile(r"(?!)").search
FIRM = {"child": _says_a_child, "always": re.compile("").search, "never": _NEVER}
"""What of a sentence makes a word of the table firm."""
_Word = tuple[re.Pattern[str], Search, Search, Search]
"""A row of the table: what finds its forms, what must stand in the sentence, what must not, what makes it firm."""


def _counts(words: Sequence[_Word], plain: str, *, firmly: bool) -> bool:
    """Does one of them stand there in earnest, and firmly, where that is asked?"""
    return any(
        near(s) and not harmless(s) and (firm(s) or not firmly)
        for find, near, harmless, firm in words
        for hit in islice(find.finditer(plain), _MOST_HITS)
        for s in (sentence_of(hit.span(), plain),)
    )


def alternatives(forms: str) -> str:
    """A pattern of forms with “|” between: “*” is the rest of a word, “ ~ ” up to four words between two."""
    spelt = re.escape(forms).replace(r"\*", r"\w*").replace(r"\ \~\ ", r" (?:\w+ ){0,4}").split(r"\|")
    words = [form for form in spelt if form[:1].isalnum()]
    signs = [form for form in spelt if not form[:1].isalnum()]
    return "|".join([rf"(?<!\w)(?:{'|'.join(words)})(?!\w)"] * bool(words) + signs)


def _street(kind: str) -> Rule:
    """The rule of one kind: firm where words of a child stand beside, otherwise a hint that asks for a look."""
    rows, (reason, labels) = [row for row in _ROWS if row["kind"] == kind], KINDS[kind]
    words = [
        (
            re.compile(alternatives(row["forms"])),
            re.compile(alternatives(row["near"])).search,
            re.compile(alternatives(row["harmless"])).search if row["harmless"] else _NEVER,
            FIRM[row["firm"]],
        )
        for row in rows
    ]
    return rule(
        f"street_{kind}",
        reason,
        lambda p: _counts(words, p.plain, firmly=True),
        needs="|".join(alternatives(row["forms"]) for row in rows),
        labels=labels, severity=4, route=_SG, about=None if kind == "hate" else About.PUPIL,
        bare=lambda p: _counts(words, p.plain, firmly=False),
    )  # fmt: skip


RULES: tuple[Rule, ...] = (
    rule(
        "grooming",
        "Somebody asks a child for pictures, secrecy or a meeting.",
        r"""
        (?:don'?t|dont|not to|never) tell (?:your|ur|yr) (?:mum|mam|dad|parents|teacher|nan|gran)
        our (?:little|wee) secret
        (?:asked|asking|asks|told|messaged) (?:her|him|me|my (?:daughter|son)|our (?:daughter|son)|the (?:girls?|boys?)) (?:to|for) (?:meet (?:him|her|up|me|after|alone|outside|in|at)|(?:send|share|take) (?:\w+ ){0,3}(?:nudes?|pics?|pictures?|photos?|selfies?|videos?)|nudes?|pics?|pictures?|(?:\w+ )?(?:photos?|selfies?|videos?) of (?:herself|himself|her|him|me))
        (?:mr \w+|mrs \w+|miss \w+|ms \w+|sir|teacher|coach|tutor)(?: (?:in|from|who|that) \w+)?(?: keeps| always)? (?:asks|asked|asking|begs|begging) (?:\w+ ){0,3}for (?:\w+ )?(?:pics?|selfies?|nudes?)
        send (?:me )?(?:a |some |ur |your )?(?:nudes?|pics? of (?:you|u)|pic in)
        (?:pretending to be|posing as|fake account (?:of|for|in)) (?:\w+\W+){0,20}(?:messag\w+|contact\w+|adding|asking|dms?|friend requests?) (?:\w+\W+){0,6}(?:girls?|boys?|pupils?|kids|children|year \d+s?|y\d+s?)
        (?:grown man|older man|man|bloke|adult|stranger) (?:\w+ ){0,4}(?:messaging|grooming|meet|sending|offer(?:ed|ing)|asking) (?:\w+ ){0,3}(?:girls?|boys?|kids|children|child|daughter|son|her|him|year \d+s?)
        """,
        within=r"""
        surprise|party|birthday|card|present|leavers|yearbook|photographer|assembly|workshop|online safety|lesson|play|novel|parents evening|training
        """,
        labels=("safeguarding",), severity=3, route=_SG, about=About.PUPIL,
    ),
    rule(
        "sexual_images",
        "Sexual images of a child are being asked for, threatened or passed round.",
        r"""
        (?:nudes?|naked (?:pics?|photos?|pictures?|images?|videos?)|explicit (?:pics?|photos?|images?|videos?)) (?:\w+ ){0,5}(?:going (?:a)?round|shared|sharing|posted|leaked|circulat\w+|sold|selling|of (?:girls?|boys?|pupils?|kids?|a girl|a boy|my|her|him|year|y\d+))
        (?:sharing|shared|sent|sending|selling|leaked|posted|circulating|trading|got|has|have) (?:\w+ ){0,3}(?:nudes?|naked (?:pics?|photos?)|deepfakes?)
        (?:pic|photo|picture|video) of (?:\w+ ){1,6}(?:naked|undressed|no clothes|with nothing on|topless)
        (?:post|share|send|leak|release)s? (?:my|her|his|the|ur|your) nudes? (?:unless|if|or|to everyone)
        (?:post|share|send|leak|release)s? (?:my|her|his) (?:pics?|photos?|pictures?|videos?) (?:unless|if (?:i|she|he|they) (?:don'?t|dont|doesn'?t|won'?t|wont)|to everyone)
        (?:fake|ai|deepfake) nudes?
        """,
        within=r"""
        consent|permission|newsletter|workshop|lesson|assembly|policy|training|life drawing|art class|gallery|statue|consultation|awareness|advice|talk on
        staff member'?s|her teacher'?s|press|sentenced|jailed|convicted|court
        """,
        labels=("sexual", "safeguarding"), severity=4, route=_SG, about=About.PUPIL, danger=True,
    ),
    rule(
        "sextortion",
        "A child is threatened with a picture unless they pay or send more.",
        r"""
        (?:blackmail\w*|sextort\w*|extort\w*) (?:\w+ ){0,5}(?:boy|girl|son|daughter|pupil|pics?|photos?|video|him|her|me|kids?)
        (?:pay|send|money|£\d+|gift cards?)\b.{0,60}\bor (?:he|she|they|it|i)(?:'ll| will)? (?:posts?|sends?|shares?|goes|go|leaks?)
        (?:will|gonna|going to) (?:post|send|share|leak) (?:it|them|the (?:pic|photo|video)s?) (?:to (?:everyone|my|her|his|the whole)|unless)
        (?:he|she|they|somebody|someone)'ll (?:post|send|share|leak) (?:it|them|the (?:pic|photo|video)s?)(?: to \w+)? (?:unless|if (?:i|she|he|they) (?:don'?t|dont|doesn'?t))
        """,
        within=r"school fund|raffle|charity|sponsor\w*|bake|workshop|assembly|lesson",
        labels=("sexual", "safeguarding"), severity=4, route=_SG, about=About.PUPIL, danger=True,
    ),
    *map(_street, KINDS),
)  # fmt: skip
