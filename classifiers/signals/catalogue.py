"""All signals of one mention: each rule is tried, in order, if the text contains what it needs.

The words stand in `words`, a file for each family. Those of the street are a table, `street.csv`, which
`research/words.py` brings up to date.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2s
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
from classifiers.text.words import undisguise
from data.judged import CHILD_WORDS
from data.people import people_of
from data.register.school_names import words_of
from data.types import About, Mention, Person, Route, School, Signal
from data.web.channels import PRESS

# What makes hard words harmless.

_CONTEXT = RuleFile("context")
_calls, _out, _somebody_out, _sworn_in_jest, _own_child, _hurt = _CONTEXT.patterns(
    "calls", "out", "somebody_out", "in_jest", "own", "hurt"
)


def _calls_to_go(p: PreparedText) -> bool:
    """Somebody should leave office, or people gather or sign; “out” counts only after a name."""
    return bool(_calls.search(p.plain) or (_out.search(p.plain) and _somebody_out.search(p.text)))


def _own_child_in_jest(plain: str) -> bool:
    """Does a parent swear to do what is not meant to a child who has lost a coat again?"""
    return bool(_sworn_in_jest.search(plain) and _own_child.search(plain)) and not _hurt.search(plain)


# Threats, said outright or veiled.

_SHORT_WORDS = 90
_VERY_SHORT_WORDS = 25
_TWO = 2
_BETWEEN = 100
"""A condition and what would follow stand within so many characters of each other."""
_VIOLENCE = RuleFile("violence")
_target, _will, _act, _means, _emoji_means, _when, _knows = _VIOLENCE.patterns(
    "target", "will", "act", "means", "emoji_means", "when", "knows"
)
_warns, _harms, _jest, _no_threat = _VIOLENCE.patterns("warns", "harms", "in_jest", "harmless")


def _conditional_threat(p: PreparedText) -> bool:
    """Find what somebody will do to a person if they do something, or do it again."""
    warnings = [hit.span() for hit in _warns.finditer(p.plain)]
    harms = [hit.span() for hit in _harms.finditer(p.plain)] if warnings else []
    return any(
        -_BETWEEN <= harm[0] - warning[1] <= _BETWEEN
        and not _jest.search(sentence_of((min(harm[0], warning[0]), max(harm[1], warning[1])), p.plain))
        for warning in warnings
        for harm in harms
    )


def _count_parts(p: PreparedText) -> int:
    """Count how many of means, time and knowledge of movements are in the text."""
    means = bool(_means.search(p.plain) or _emoji_means.search(p.plain))
    return means + bool(_when.search(p.plain)) + bool(_knows.search(p.plain))


def _plain_threat(p: PreparedText) -> bool:
    """Somebody says they will; an act, a target, and at least one more part."""
    if p.words > _SHORT_WORDS or _no_threat.search(p.plain):
        return False
    said = _will.search(p.plain) and _act.search(p.plain) and _target.search(p.plain)
    return bool(said) and _count_parts(p) >= 1


def _full_threat(p: PreparedText) -> bool:
    """Find a threat as above with two more parts, and nothing that makes it harmless."""
    return p.words <= _SHORT_WORDS and not _no_threat.search(p.plain) and _words_of_a_threat(p)


def _words_of_a_threat(p: PreparedText) -> bool:
    """All parts of a threat, in a text of any length, whatever else it holds. A very short text need not say
    who will do it. With a means, a time and a place together, the act needs no word either."""
    if _count_parts(p) < _TWO:
        return False
    said = p.words <= _VERY_SHORT_WORDS or _will.search(p.plain)
    done = _act.search(p.plain) or _count_parts(p) > _TWO
    return bool(said and done and _target.search(p.plain))


def _veiled_threat(p: PreparedText) -> bool:
    """No act is mentioned, but somebody's movements are known, and a means or a time is beside a target."""
    if p.words > _SHORT_WORDS or _no_threat.search(p.plain) or not _knows.search(p.plain):
        return False
    return bool(_target.search(p.plain)) and _count_parts(p) >= _TWO


# Violence or damage to an adult of the school, or to the school: announced, planned by others, or wished.

_NEAR = 250
"""How far from a “him” the adult stands whom it may mean."""
_TOLD = 80
"""How far before a “you” stands who is told it."""
_SOON = 30
"""How far after an act without a subject its time stands."""
_ANNOUNCED = RuleFile("announced")
_adults, _schools, _acts_of, _meant, _you, _subject, _will_do, _doing = _ANNOUNCED.patterns(
    "adults", "schools", "harm", "meant", "you", "subject", "will_do", "doing"
)
_bare, _negated, _wish, _time, _nobody_else, _deadly, _harmless = _ANNOUNCED.patterns(
    "bare", "negated", "wish", "time", "nobody_else", "deadly", "harmless"
)
_suffered, _armed, _tools, _gate = _ANNOUNCED.patterns("suffers", "armed", "tools", "gate")


def _words_before(hit: re.Match[str]) -> str:
    """Return the words before a hit in its sentence."""
    return sentence_of((hit.start(), hit.start()), hit.string[: hit.start()])


def _doer(lead: str, hit: re.Match[str]) -> str:
    """Say who will do it: “own” the writer, “other” somebody else, “wish” anybody; empty: nobody."""
    if _negated.search(lead):
        return ""
    if _nobody_else.search(lead) or (not lead.strip() and _deadly.match(hit[0]) and _meant.search(hit[0])):
        return "wish"
    subject = next(iter([*_subject.finditer(lead)][-1:]), None)
    rest = lead[subject.start() :] if subject else lead
    is_done = hit[0].split()[0].endswith("ing")
    if not lead.strip() and is_done and _time.search(hit.string[hit.end() : hit.end() + _SOON]):
        return "own"
    if _will_do.search(rest) or (is_done and _doing.search(rest)):
        if subject:
            return "own" if subject["own"] else "other"
        return "own" if _bare.search(rest) else "wish" if _wish.search(lead) else ""
    return "wish" if _wish.search(lead) else ""


@lru_cache(maxsize=8)
def _mark_people(plain: str) -> str:
    """A text with “ADULT” and “SCHOOL” for those whom it means."""
    return _schools.sub("SCHOOL", _adults.sub("ADULT", plain))


def _may_mean_ours(hit: re.Match[str]) -> bool:
    """Does an adult of the school, or the school, stand near enough to be meant? “You” are named before."""
    if _you.search(hit[0]):
        return "ADULT" in hit.string[max(0, hit.start() - _TOLD) : hit.end()]
    return bool(_meant.search(hit.string[max(0, hit.start() - _NEAR) : hit.end() + _NEAR]))


@lru_cache(maxsize=8)
def _acts(plain: str) -> tuple[tuple[str, bool], ...]:
    """List who will do each act against the school or its adults, and if its sentence is harmless."""
    found = []
    text = _mark_people(plain)
    jest = "ADULT" not in text and _own_child_in_jest(plain)
    for hit in () if jest else _acts_of.finditer(text):
        who = _doer(_words_before(hit), hit)
        if who and _may_mean_ours(hit):
            found.append((who, bool(_harmless.search(sentence_of(hit.span(), hit.string)))))
    return tuple(found)


def _act_by(whom: str) -> Test:
    """Is such an act meant in earnest by “own”, “other” or “wish” (`_doer`)?"""
    return lambda p: (whom, False) in _acts(p.plain)


def _said_of_ours(said: re.Pattern[str], *, well_meant: re.Pattern[str] | None = None) -> Test:
    """Is any of these said of an adult of the school, or the school, and not of play or well meant?"""

    def test(p: PreparedText) -> bool:
        return any(
            _may_mean_ours(hit)
            and not _negated.search(_words_before(hit))
            and not (_harmless.search(sentence) or (well_meant and well_meant.search(sentence)))
            for hit in said.finditer(_mark_people(p.plain))
            for sentence in (sentence_of(hit.span(), hit.string),)
        )

    return test


def _means_it(lead: str, words: str) -> bool:
    """Is it said of what somebody will do, and not asked or told of another time?"""
    if _negated.search(lead):
        return False
    return words.startswith(("on ", "i")) or words.split()[0].endswith("ing") or bool(_will_do.search(lead))


def _comes_armed(p: PreparedText) -> bool:
    """Does somebody mean to come to the school, or to an adult of it, with a weapon?"""
    return any(
        (_may_mean_ours(hit) or _gate.search(hit[0]))
        and _means_it(_words_before(hit), hit[0])
        and not (_harmless.search(sentence) or _tools.search(sentence))
        for hit in _armed.finditer(_mark_people(p.plain))
        for sentence in (sentence_of(hit.span(), hit.string),)
    )


_VEILED = RuleFile("veiled")
_shown, _hinted, _meant_well = _VEILED.patterns("plain", "hinted", "meant_well")
_SEEN = RuleFile("seen")
_SEEN.give(child=CHILD_WORDS)

# Violent extremism: who admires it, joins it, spreads it or is drawn into it.

PROSCRIBED_FILE = SIGNAL_WORDS / "proscribed.toml"
_REACH = 140
"""How far from a name or a creed what is done with it is looked for."""
_MOST_HITS = 12
_LISTED = tomllib.loads(PROSCRIBED_FILE.read_text(encoding="utf-8"))
_NAMESAKES = _LISTED["namesakes"]["names"]


def _spelt(name: str) -> str:
    """A pattern of a name: a blank in it may be a hyphen or nothing, an apostrophe may be missing."""
    return re.escape(undisguise(name).text).replace(r"\ ", "[ -]?").replace("'", "'?")


def _organisations(listed: dict[str, Any]) -> Iterator[str]:
    """A pattern of each spelling; of one that is a common word too, with what says that it is a group's."""
    groups = (*listed["proscribed"].values(), listed["watched"])
    names = [one for group in groups for spellings in group.values() for one in spellings]
    common = listed["ambiguous"]["names"]
    yield from (_spelt(name) for name in names if name not in common)
    for name in map(_spelt, common):
        yield rf"(?:«group»\W+(?:\w+\W+){{0,2}}{name}|{name}\W+(?:\w+\W+){{0,3}}«group»)"


_PREVENT = RuleFile("prevent")
_PREVENT.give(
    organisations="\n".join(_organisations(_LISTED)),
    namesakes="|".join(_NAMESAKES),
    capital="|".join(_NAMESAKES).title(),
)
_creed, _loose, _no_creed, _somebody, _someone, _done, _done_gravely = _PREVENT.patterns(
    "creed", "loose", "harmless", "somebody", "someone", "done", "done_gravely"
)
_organisation, _own_voice, _reported, _recruited, _somebody_of_the_name = _PREVENT.patterns(
    "organisation", "own_voice", "reported", "recruited", "somebody_of_the_name"
)


@lru_cache(maxsize=2)
def _find_creeds(creed: re.Pattern[str], p: PreparedText) -> tuple[tuple[re.Match[str], str], ...]:
    """Each hit with what stands around it, a dot in its place; a name that somebody else bears is none."""
    text = p.plain
    hits = list(islice(creed.finditer(text), _MOST_HITS))
    if any(hit[0] in _NAMESAKES for hit in hits):
        bearers = _somebody_of_the_name.finditer(p.cased)
        borne = {str(bearer[bearer.lastgroup or 0]).lower() for bearer in bearers}
        hits = [hit for hit in hits if hit[0] not in borne]
    return tuple(
        (hit, f"{text[max(0, hit.start() - _REACH) : hit.start()]}.{text[hit.end() : hit.end() + _REACH]}")
        for hit in hits
    )


def _beside(hits: Iterable[tuple[re.Match[str], str]], done: re.Pattern[str], text: str) -> bool:
    """Does a hit or what is around it say so, and nothing in its sentence make it harmless?"""
    return any(
        (done.search(around) or done.search(hit[0])) and not _no_creed.search(sentence_of(hit.span(), text))
        for hit, around in hits
    )


def _heard_of(p: PreparedText) -> bool:
    """Does somebody do something with a creed? With a word that is said of much else, something grave?"""
    ours = bool(_somebody.search(p.plain))
    if (
        (hits := _find_creeds(_creed, p))
        and (ours or _someone.search(p.plain))
        and _beside(hits, _done, p.plain)
    ):
        return True
    return ours and _beside(_find_creeds(_loose, p), _done_gravely, p.plain)


def _recruits(p: PreparedText) -> bool:
    """Is a creed promoted by whoever writes, or an organisation said to recruit?"""
    hits = _find_creeds(_creed, p)
    named = [(hit, around) for hit, around in hits if _organisation.search(hit[0])]
    promoted = any(_own_voice.search(around) and not _reported.search(around) for _, around in hits)
    return _beside(named, _recruited, p.plain) or (promoted and not _no_creed.search(p.plain))


def _names_creed(p: PreparedText) -> bool:
    """Is a creed named in what concerns a school?"""
    return bool(_find_creeds(_creed, p) and _somebody.search(p.plain)) and not _no_creed.search(p.plain)


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

_SELF_HARM = RuleFile("self_harm")
(_means_to_die,) = _SELF_HARM.patterns("meant")
_STAFF = RuleFile("staff")
_said_outright, _not_of_staff, _named_did = _STAFF.patterns("said_outright", "harmless", "named_did")


def _tells_of_molesting(p: PreparedText) -> bool:
    """Somebody named touched a child, or somebody did so in a way that has no other meaning."""
    return any(
        not _not_of_staff.search(sentence_of(hit.span(), text).lower())
        for hits, text in ((_named_did, p.cased), (_said_outright, p.plain))
        for hit in hits.finditer(text)
    )


# Abuse of people, and their private facts.

_PERSONS = RuleFile("persons", "slurs")
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


_PRIVATE = RuleFile("private")
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


_WELSH = RuleFile("welsh", "checked", "stems")
for _name, _stems in _WELSH.table["stems"].items():
    _forms = {form for stem in _stems.split() for form in mutate(stem)}
    _WELSH.give(**{_name: f"(?:{'|'.join(sorted(_forms))})"})

# Who seems to be speaking to whom.

_NOTED = PRESS | {"wikipedia"}
_FEW_STARS = 2
_MANY_STARS = 4
_AUTHORS = RuleFile("authors")
_member, _member_title, _stranger_title = _AUTHORS.patterns("member", "member_title", "stranger_title")


def _community(p: PreparedText) -> bool:
    return bool(_member.search(p.plain) or (p.channel not in REVIEWS and _member_title.search(p.title)))


FAMILIES: dict[str, tuple[Rule, ...]] = {
    "violence": _VIOLENCE.rules(
        {"threat_in_full": _words_of_a_threat},
        threat_in_full=_full_threat,
        threat_in_part=_plain_threat,
        threat_veiled=_veiled_threat,
        threat_on_condition=_conditional_threat,
    ),
    "announced": _ANNOUNCED.rules(
        {"violence_announced": lambda p: any(who == "own" for who, _ in _acts(p.plain))},
        violence_announced=_act_by("own"),
        violence_planned=_act_by("other"),
        violence_wished=_act_by("wish"),
        coming_armed=_comes_armed,
        violence_coming=_said_of_ours(_suffered),
    ),
    "veiled": _VEILED.rules(
        violence_veiled=_said_of_ours(_shown, well_meant=_meant_well),
        violence_hinted=_said_of_ours(_hinted, well_meant=_meant_well),
    ),
    "seen": _SEEN.rules(),
    "attacks": RuleFile("attacks").rules(),
    "prevent": _PREVENT.rules(
        {"extremism_heard_of": _names_creed}, extremism_recruits=_recruits, extremism_heard_of=_heard_of
    ),
    "children": _CHILDREN.rules(child_identifiable=_names_child, child_discloses=_discloses),
    "online": (*_ONLINE.rules(), *map(_street, KINDS)),
    "self_harm": _SELF_HARM.rules({"means_to_die": lambda p: _means_to_die.search(p.plain) is not None}),
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
    "context": _CONTEXT.rules(
        own_child_in_jest=lambda p: _own_child_in_jest(p.plain), calls_to_go=_calls_to_go
    ),
    "authors": _AUTHORS.rules(
        few_stars=lambda p: p.rating is not None and p.rating <= _FEW_STARS,
        many_stars=lambda p: p.rating is not None and p.rating >= _MANY_STARS,
        press=lambda p: p.channel in _NOTED,
        community_member=_community,
        stranger=lambda p: bool(_stranger_title.search(p.title)) and not _member.search(p.plain),
    ),
}
"""Rules by what they are about, gravest matters first, those of each file in its order."""

RULES = tuple(rule for rules in FAMILIES.values() for rule in rules)
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
