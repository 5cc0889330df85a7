"""All signals of one mention: each rule is tried, in order, if the text contains what it needs.

The words stand in `words`, a file for each family. Those of the street are a table, `street.csv`, which
`research/words.py` brings up to date.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice
from typing import Any

from classifiers.signals.patterns import (
    REVIEWS,
    SIGNAL_WORDS,
    PossiblePatterns,
    PreparedText,
    Rule,
    RuleFile,
    Test,
    prepare,
    rule,
    sentence_of,
)
from classifiers.text.model_text import is_article
from classifiers.text.words import late_pattern, undisguise
from data.judged import DATA_OUT
from data.people import people_of
from data.types import About, Mention, Person, Route, School, Severity, Signal

_REACH = 140
"""Characters on either side of a hit within which the other words that a rule needs must be."""
_MOST_HITS = 12


def _find_near(said: re.Pattern[str], harmless: re.Pattern[str], *needed: re.Pattern[str]) -> Test:
    """Is it said with all that is needed near it, and nothing there that makes it harmless?"""

    def test(p: PreparedText) -> bool:
        hits = islice(said.finditer(p.plain), _MOST_HITS)
        near = (p.plain[max(0, hit.start() - _REACH) : hit.end() + _REACH] for hit in hits)
        return any(all(each.search(part) for each in needed) and not harmless.search(part) for part in near)

    return test


# Banned organisations (Terrorism Act 2000, schedule 2).

PROSCRIBED_FILE = SIGNAL_WORDS / "proscribed.toml"
_LISTED = tomllib.loads(PROSCRIBED_FILE.read_text(encoding="utf-8"))


def _spelt(name: str) -> str:
    """A pattern of a name: a blank in it may be a hyphen or nothing, an apostrophe may be missing."""
    return re.escape(undisguise(name).text).replace(r"\ ", "[ -]?").replace("'", "'?")


def _organisations(listed: dict[str, Any]) -> Iterator[str]:
    """A pattern of each spelling; of one that is a common word or a name too, with what says that it is a
    group's."""
    groups = listed["proscribed"].values()
    names = [one for group in groups for spellings in group.values() for one in spellings]
    common = {name: "group" for name in listed["ambiguous"]["names"]}
    common |= {name: "cause" for name in listed["namesakes"]["names"]}
    yield from (_spelt(name) for name in names if name not in common)
    for name, beside in sorted(common.items()):
        known = _spelt(name)
        yield rf"(?:«{beside}»\W+(?:\w+\W+){{0,2}}{known}|{known}\W+(?:\w+\W+){{0,3}}«{beside}»)"


_LAW = RuleFile("law")
_LAW.give(organisations="\n".join(_organisations(_LISTED)))
_organisation, _acts, _lawful = _LAW.patterns("organisation", "acts", "lawful")

# A child at risk.

_MOST_WORDS = 120
_LOOK_BACK = 120
"""So many characters before a name are looked at: all that came before would be read again for each name."""
_CHILDREN = RuleFile("children")
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
    if p.words <= _MOST_WORDS:
        return _hurt_now(p.plain)
    return any(_hurt_now(sentence_of(hit)) for hit in _harm.finditer(p.plain))


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

_ONLINE = RuleFile("online", "kinds")
(_says_a_child,) = _ONLINE.patterns("says_a_child")
STREET_FILE = SIGNAL_WORDS / "street.csv"
_ROWS = tuple(csv.DictReader(STREET_FILE.read_text(encoding="utf-8").splitlines()))
KINDS: Mapping[str, Mapping[str, Any]] = _ONLINE.table["kinds"]
"""The kinds of harm of the table: the reason and the labels of the signal of each."""
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
        for s in (sentence_of(hit),)
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
            late_pattern(alternatives(row["forms"])),
            late_pattern(alternatives(row["near"])),
            late_pattern(alternatives(row["harmless"])) if row["harmless"] else _NEVER,
            FIRM[row["firm"]],
        )
        for row in rows
    ]
    signal = Signal(
        f"street_{kind}",
        KINDS[kind]["reason"],
        tuple(KINDS[kind]["labels"]),
        severity=Severity.THIS_HOUR,
        route=Route.SAFEGUARDING,
        about=None if kind == "hate" else About.PUPIL,
    )
    return rule(
        signal,
        lambda p: _counts(words, p.plain, firmly=True),
        needs="|".join(alternatives(row["forms"]) for row in rows),
        bare=lambda p: _counts(words, p.plain, firmly=False),
    )


# Self-harm, and what is alleged of staff.

_SELF_HARM = RuleFile("self_harm")
(_means_to_die,) = _SELF_HARM.patterns("meant")
_STAFF = RuleFile("staff")
_said_outright, _not_of_staff, _named_did = _STAFF.patterns("said_outright", "harmless", "named_did")


def _tells_of_molesting(p: PreparedText) -> bool:
    """Somebody named touched a child, or somebody did so in a way that has no other meaning."""
    return any(
        not _not_of_staff.search(sentence_of(hit).lower())
        for hits, text in ((_named_did, p.cased), (_said_outright, p.plain))
        for hit in hits.finditer(text)
    )


# Data that has got out, fraud in the school's name, and pictures of other people's children.

_DATA = RuleFile("data")
_pupils_record, _adults_record, _gets_out, _stays_in, _astray, _not_astray = _DATA.patterns(
    "pupils_record", "adults_record", "gets_out", "stays_in", "astray", "not_astray"
)


def _gets_data_out(record: re.Pattern[str]) -> Test:
    """Is it told that such a record has got out?"""
    ways = (_gets_out, _stays_in), (_astray, _not_astray)
    return lambda p: _counts([(record, *way, FIRM["always"]) for way in ways], p.plain, firmly=True)


_cheats, _cheated, _no_fraud, _mail, _text = _DATA.patterns("cheats", "cheated", "no_fraud", "mail", "text")
_pictures, _put_up, _others_children, _own_pictures = _DATA.patterns(
    "pictures", "put_up", "others_children", "own_pictures"
)


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


_WELSH = RuleFile("welsh", "checked", "stems")
for _name, _stems in _WELSH.table["stems"].items():
    _forms = {form for stem in _stems.split() for form in mutate(stem)}
    _WELSH.give(**{_name: f"(?:{'|'.join(sorted(_forms))})"})

FAMILIES: dict[str, tuple[Rule, ...]] = {
    "outright": RuleFile("outright").rules(),
    "law": _LAW.rules(proscribed_named=_find_near(_organisation, _lawful, _acts)),
    "children": _CHILDREN.rules(child_identifiable=_names_child, child_discloses=_discloses),
    "online": (*_ONLINE.rules(), *map(_street, KINDS)),
    "self_harm": _SELF_HARM.rules({"means_to_die": lambda p: p.says(_means_to_die)}),
    "staff": _STAFF.rules(child_molested=_tells_of_molesting),
    "data": _DATA.rules(
        pupils_data_out=_gets_data_out(_pupils_record),
        data_out=_gets_data_out(_adults_record),
        pupils_pictured=_find_near(_pictures, _own_pictures, _put_up, _others_children),
        fraud_in_our_name=_find_near(_cheats, _no_fraud, _cheated),
        fraud_by_mail=_find_near(_cheats, _no_fraud, _cheated, _mail),
        fraud_by_text=_find_near(_cheats, _no_fraud, _cheated, _text),
    ),
    "welsh": _WELSH.rules(),
}
"""Rules by what they are about, gravest matters first, those of each file in its order."""

RAISING = ("law", "online", "self_harm", "welsh")
"""Families that may raise to an alert what the second reader finds calm: a banned organisation, danger
online, self-harm, and Welsh, of which it learnt little. So may data that has got out,
which a school has 72 hours to report (UK GDPR, article 33)."""


def _mark_raising(one: Rule, family: str) -> Rule:
    raises = family in RAISING or one.signal.name in DATA_OUT
    return replace(one, signal=replace(one.signal, raises=raises))


RULES = tuple(_mark_raising(rule, name) for name, rules in FAMILIES.items() for rule in rules)
"""Every rule. Names are unique; they are the codes of a verdict's reasons."""


OF_PICTURES = frozenset(
    rule.signal.name
    for rule in RULES
    if rule.signal.about is About.PUPIL and {"sexual", "safeguarding"} <= {*rule.signal.labels}
)
"""The rules that find words about a sexual picture of a child."""


def find_signals(mention: Mention, school: School, people: Sequence[Person]) -> tuple[Signal, ...]:
    """The signals that fire on a mention, in the order of `RULES`. Pure. Of `people` only those of this
    school count. An article reports a danger after others were told of it, so none in an article is
    immediate."""
    prepared = prepare(mention, school, people_of(school, people))
    roused = [RULES[i] for i in awake(prepared.plain)]
    if is_article(mention):
        return tuple(replace(rule.signal, danger=False) for rule in roused if rule.test(prepared))
    told = (rule.signal_of(prepared) for rule in roused)
    return tuple(signal for signal in told if signal)


def awake(plain: str) -> list[int]:
    """Indices in `RULES` of those that can fire on a text with its disguises undone; the others cannot."""
    return sorted(_possible().of(plain))


@lru_cache(maxsize=1)
def _possible() -> PossiblePatterns:
    return PossiblePatterns(rule.needs for rule in RULES)
