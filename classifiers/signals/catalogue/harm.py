"""Harm to children and to people, private facts, and who seems to be speaking to whom. The words stand in
`../words`: those of children, online, of self-harm, staff, persons, what is private, in Welsh, of authors.

The words of the street are a table, `street.csv`, which `research/words.py` brings up to date.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2s
from itertools import islice
from typing import Any

from classifiers.signals.rule import REVIEWS, PreparedText, Rule, rule, sentence_of
from classifiers.signals.word_files import SIGNAL_WORDS, WordFile
from data.register.school_names import words_of
from data.types import About, Route
from data.web.channels import PRESS

# A child at risk.

_SHORT_WORDS = 120
_LOOK_BACK = 120
"""So many characters before a name are looked at: all that came before would be read again for each name."""
_CHILDREN = WordFile(SIGNAL_WORDS / "children.toml")
_first_person, _child_voice, _harm, _past, _named_child, _class_or_called = _CHILDREN.patterns(
    "first_person", "child_voice", "harm", "past", "named_child", "class_or_called"
)
_an_adults, _no_name, _perhaps_a_month, _of_the_year, _of_the_class = _CHILDREN.patterns(
    "an_adults", "no_name", "perhaps_a_month", "of_the_year", "of_the_class"
)


def _discloses(p: PreparedText) -> bool:
    """In a short text anywhere; in a long one within a sentence."""
    if p.channel in REVIEWS:
        return False
    if p.words <= _SHORT_WORDS:
        return _hurt_now(p.plain)
    return any(_hurt_now(sentence_of(hit.span(), p.plain)) for hit in _harm.finditer(p.plain))


def _hurt_now(text: str) -> bool:
    told = _child_voice.search(text) and _harm.search(text) and _first_person.search(text)
    return bool(told) and not _past.search(text)


def _names_child(p: PreparedText) -> bool:
    """A name beside a year group, if it is no grown-up's, no school's and no day of the calendar."""
    return bool(_class_or_called.search(p.text)) and any(
        _a_childs(hit, p) for hit in _named_child.finditer(p.text)
    )


def _a_childs(hit: re.Match[str], p: PreparedText) -> bool:
    name = hit["in"] or hit["beside"]
    if name is None:
        return True
    beside_a_trip = hit["comma"] == " " and _of_the_class.fullmatch(hit["next"] or "") is not None
    near = (p.text, max(0, hit.start() - _LOOK_BACK), hit.start())
    season = _perhaps_a_month.fullmatch(name) is not None and _of_the_year.search(*near) is not None
    return not (_no_name.fullmatch(name) or season or beside_a_trip or _an_adults.search(*near))


# Children harmed online or on the street.

_ONLINE = WordFile(SIGNAL_WORDS / "online.toml", others=("kinds",))
(_says_a_child,) = _ONLINE.patterns("says_a_child")
STREET_FILE = SIGNAL_WORDS / "street.csv"
_ROWS = tuple(csv.DictReader(STREET_FILE.read_text(encoding="utf-8").splitlines()))
KINDS: Mapping[str, Mapping[str, Any]] = _ONLINE.table["kinds"]
"""The kinds of harm of the table: the reason and the labels of the signal of each."""
_MOST_HITS = 12
_NEVER = re.compile(r"(?!)")
FIRM = {"child": _says_a_child, "always": re.compile(""), "never": _NEVER}
"""What of a sentence makes a word of the table firm."""
_Word = tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str], re.Pattern[str]]
"""A row: what finds its forms, what must stand in the sentence, what must not, what makes it firm."""


def _counts(words: Sequence[_Word], plain: str, *, firmly: bool) -> bool:
    """Does one of them stand there in earnest, and firmly, where that is asked?"""
    return any(
        near.search(s) and not harmless.search(s) and (firm.search(s) or not firmly)
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
    """The rule of one kind: firm where words of a child stand beside, otherwise a hint to look."""
    rows = [row for row in _ROWS if row["kind"] == kind]
    words = [
        (
            re.compile(alternatives(row["forms"])),
            re.compile(alternatives(row["near"])),
            re.compile(alternatives(row["harmless"])) if row["harmless"] else _NEVER,
            FIRM[row["firm"]],
        )
        for row in rows
    ]
    return rule(
        f"street_{kind}",
        KINDS[kind]["reason"],
        lambda p: _counts(words, p.plain, firmly=True),
        needs="|".join(alternatives(row["forms"]) for row in rows),
        labels=tuple(KINDS[kind]["labels"]),
        severity=4,
        route=Route.SAFEGUARDING,
        about=None if kind == "hate" else About.PUPIL,
        bare=lambda p: _counts(words, p.plain, firmly=False),
    )


# Self-harm, and what is alleged of staff.

_SELF_HARM = WordFile(SIGNAL_WORDS / "self_harm.toml")
(_meant,) = _SELF_HARM.patterns("meant")
_STAFF = WordFile(SIGNAL_WORDS / "staff.toml")
_said_outright, _not_of_staff, _named_did = _STAFF.patterns("said_outright", "harmless", "named_did")


def _tells_of_molesting(p: PreparedText) -> bool:
    """Somebody named touched a child, or somebody did so in a way that has no other meaning."""
    return any(
        not _not_of_staff.search(sentence_of(hit.span(), text).lower())
        for hits, text in ((_named_did, p.cased), (_said_outright, p.plain))
        for hit in hits.finditer(text)
    )


# Abuse of people, and their private facts.

_PERSONS = WordFile(SIGNAL_WORDS / "persons.toml", others=("slurs",))
_profane, _not_profane, _mocks_a_body, _protected, _word, _vowels = _PERSONS.patterns(
    "profane", "not_profane", "mocks_a_body", "protected", "word", "vowels"
)
_SLURS = words_of(_PERSONS.table["slurs"])


@lru_cache(maxsize=32768)
def _is_slur(word: str) -> bool:
    form = _vowels.sub("*", word) if "*" in word else word
    digests = (
        blake2s(each.encode(), digest_size=6, person=b"slur").hexdigest()
        for each in {form, form.removesuffix("s")}
    )
    return any(digest in _SLURS for digest in digests)


def _has_slur(p: PreparedText) -> bool:
    words = set(_word.findall(p.plain))
    if p.disguised or "*" in p.raw:
        words.update(_word.findall(p.raw))
    return any(map(_is_slur, words))


_PRIVATE = WordFile(SIGNAL_WORDS / "private.toml")
_person, _postcode, _phone, _house, _lives, _street_and_door, _lost, _in_secret, _of_staff = (
    _PRIVATE.patterns(
        "person", "postcode", "phone", "house", "lives", "street_and_door", "lost", "in_secret", "of_staff"
    )
)


def _address(p: PreparedText) -> bool:
    where = _postcode.search(p.plain) or _house.search(p.plain) or _street_and_door.search(p.plain)
    return bool(where and _person.search(p.plain) and _lives.search(p.plain)) and not _lost.search(p.plain)


# Words of harm in Welsh: a table of stems, the mutated forms of which are made here, and rules of them.

_MUTATED = {
    "p": ("b", "mh", "ph"), "t": ("d", "nh", "th"), "c": ("g", "ngh", "ch"),
    "b": ("f", "m"), "d": ("dd", "n"), "g": ("", "ng"),
    "m": ("f",), "ll": ("l",), "rh": ("r",),
}  # fmt: skip
"""What a word may begin with instead: soft, nasal and aspirate."""
_UNMUTATED = ("ch", "dd", "ff", "ng", "ph", "th")
"""Letters of their own, which do not change."""
_SPOKEN = ((r"iau$", "ia", "ie"), (r"(?<!i)au$", "a", "e"), (r"e(?=[lrstn]+$)", "a"))
"""Endings, and what is said and written for them in the north and in the south."""
_SHORTEST = 3


def mutate(word: str) -> set[str]:
    """Make the forms of a Welsh word; one that begins with a vowel may have an h before it."""
    first = word[:2] if word[:2] in ("ll", "rh", *_UNMUTATED) else word[:1]
    forms = {new + word.removeprefix(first) for new in _MUTATED.get(first, ())}
    if first in "aeiouwy":
        forms.add(f"h{word}")
    said = {re.sub(ending, end, form) for form in (word, *forms) for ending, *ends in _SPOKEN for end in ends}
    return {word, *(form for form in forms | said if len(form) >= _SHORTEST)}


_WELSH = WordFile(SIGNAL_WORDS / "welsh.toml", others=("checked", "stems"))
for _name, _stems in _WELSH.table["stems"].items():
    _forms = {form for stem in _stems.split() for form in mutate(stem)}
    _WELSH.give(**{_name: f"(?:{'|'.join(sorted(_forms))})"})

# Who seems to be speaking to whom.

_NOTED = PRESS | {"wikipedia"}
_FEW_STARS = 2
_MANY_STARS = 4
_AUTHORS = WordFile(SIGNAL_WORDS / "authors.toml")
_member, _member_title, _stranger_title = _AUTHORS.patterns("member", "member_title", "stranger_title")


def _community(p: PreparedText) -> bool:
    return bool(_member.search(p.plain) or (p.channel not in REVIEWS and _member_title.search(p.title)))


FAMILIES: dict[str, tuple[Rule, ...]] = {
    "children": _CHILDREN.rules(child_identifiable=_names_child, child_discloses=_discloses),
    "online": (*_ONLINE.rules(), *map(_street, KINDS)),
    "self_harm": _SELF_HARM.rules({"means_to_die": lambda p: _meant.search(p.plain) is not None}),
    "staff": _STAFF.rules(child_molested=_tells_of_molesting),
    "persons": _PERSONS.rules(
        profanity=lambda p: _profane.search(_not_profane.sub(" ", p.plain)) is not None,
        slur=_has_slur,
        body_shaming=lambda p: (
            bool(_mocks_a_body.search(p.plain)) and not (_protected.search(p.plain) or _has_slur(p))
        ),
    ),
    "private": _PRIVATE.rules(
        home_address=_address,
        phone_number=lambda p: (
            bool(_phone.search(p.plain) and _person.search(p.plain)) and not _lost.search(p.plain)
        ),
        recorded_in_secret=lambda p: bool(_in_secret.search(p.plain) and _of_staff.search(p.plain)),
    ),
    "welsh": _WELSH.rules(),
    "authors": _AUTHORS.rules(
        few_stars=lambda p: p.rating is not None and p.rating <= _FEW_STARS,
        many_stars=lambda p: p.rating is not None and p.rating >= _MANY_STARS,
        press=lambda p: p.channel in _NOTED,
        community_member=_community,
        stranger=lambda p: bool(_stranger_title.search(p.title)) and not _member.search(p.plain),
    ),
}
"""The rules of each file, in its order."""
