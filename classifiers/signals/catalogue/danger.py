"""Danger to adults, the school and the public, and what makes the words for it harmless.

The words stand in `../words`: of threats, of violence that is announced, veiled or seen, of attacks, of
violent extremism, and of idiom, fiction, lessons and sport.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from classifiers.signals.rule import PreparedText, Rule, Test, sentence_of
from classifiers.signals.word_files import SIGNAL_WORDS, WordFile
from classifiers.text.undisguise import undisguise
from data.judged import CHILD_WORDS

# What makes hard words harmless.

_CONTEXT = WordFile(SIGNAL_WORDS / "context.toml")
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
_VIOLENCE = WordFile(SIGNAL_WORDS / "violence.toml")
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
    """All parts of a threat, in a text of any length, whatever else it holds.

    A very short text need not say who will do it. With a means, a time and a place together, the act needs no
    word either.
    """
    if _count_parts(p) < _TWO:
        return False
    said = p.words <= _VERY_SHORT_WORDS or _will.search(p.plain)
    done = _act.search(p.plain) or _count_parts(p) > _TWO
    return bool(said and done and _target.search(p.plain))


def _veiled_threat(p: PreparedText) -> bool:
    """No act is mentioned, but the writer knows somebody's movements, and a means or a time is beside a
    target.
    """
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
_ANNOUNCED = WordFile(SIGNAL_WORDS / "announced.toml")
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
    """Say who will do it: “own” the writer, “other” somebody else, “wish” whoever it may be; empty:
    nobody.
    """
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
    """For each act against the school or an adult of it who will do it, and if its sentence is harmless.
    The rules ask about the same text one after the other.
    """
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


_VEILED = WordFile(SIGNAL_WORDS / "veiled.toml")
_shown, _hinted, _meant_well = _VEILED.patterns("plain", "hinted", "meant_well")
_SEEN = WordFile(SIGNAL_WORDS / "seen.toml")
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


_PREVENT = WordFile(SIGNAL_WORDS / "prevent.toml")
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
    "attacks": WordFile(SIGNAL_WORDS / "attacks.toml").rules(),
    "prevent": _PREVENT.rules(
        {"extremism_heard_of": _names_creed}, extremism_recruits=_recruits, extremism_heard_of=_heard_of
    ),
    "context": _CONTEXT.rules(
        own_child_in_jest=lambda p: _own_child_in_jest(p.plain), calls_to_go=_calls_to_go
    ),
}
"""The rules of each file, in its order."""
