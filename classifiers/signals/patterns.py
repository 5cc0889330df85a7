"""Signals as rules: what each needs and tests, and which of many patterns a text may match at all. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from itertools import product
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ahocorasick_rs import AhoCorasick, MatchKind

from classifiers.text.model_text import in_plain_letters
from classifiers.text.words import WordFile, either, late_pattern, undisguise
from data.frozen import freeze
from data.register.school_names import SCHOOLISH, core, core_of, separate_names
from data.types import About, Mention, MentionKind, Person, Route, School, Severity, Signal

# What a rule is, and how one is tried on a text that was prepared once for all rules.

SIGNAL_WORDS = Path(__file__).with_name("words")
_WORDS = WordFile(SIGNAL_WORDS / "names.toml")
REVIEWS = frozenset(("google_review", "trustpilot", "school_review_site"))

NEAR_CHARS = 120
"""How far from a hit words that make it harmless are looked for."""

_END = re.compile(r"[.!?\n]+(?=\s|$)|\n")
"""Where a sentence ends."""

_SHORTEST_NAME = 4
_SHORTEST_ALIAS = 3
"""Of a surname and of a school's name, which may be its initials."""
_KIND = "|".join(sorted(SCHOOLISH | {"c of e", "cofe", "ce", "rc", "catholic"}))
_NEIGHBOUR, _BEFORE = (_WORDS.fill("names", f"«{part}»") for part in ("neighbour", "before"))
(_TITLE,) = _WORDS.patterns("title")
_ORDINARY = frozenset(_WORDS.words("ordinary"))
_ANSWERS = (MentionKind.REPLY, MentionKind.COMMENT)


@freeze
class PreparedText:
    """One mention as the rules see it.

    `plain` is title and text with disguises undone, in lower case, our own school as “the school” and its
    people as “mrs holt” even where the surname stands alone; a reply's title is its thread's and is left out.
    `cased` is the same still disguised, with its capitals, `text` the poster's text as written.
    """

    plain: str
    cased: str
    text: str
    channel: str
    words: int

    def says(self, *patterns: re.Pattern[str]) -> bool:
        """Is each of these in the plain text?"""
        return all(pattern.search(self.plain) for pattern in patterns)


def prepare(mention: Mention, school: School, people: tuple[Person, ...] = ()) -> PreparedText:
    mention = in_plain_letters(mention)
    own = mention.text if mention.kind in _ANSWERS else f"{mention.title}\n{mention.text}"
    # and a title before a surname that stands without one
    plain, surnames = with_the_school(undisguise(own).text, school, people), _names(school, people)[1]
    return PreparedText(
        plain=surnames.sub(_title_case, plain) if surnames else plain,
        cased=own,
        text=mention.text,
        channel=mention.channel,
        words=mention.text.count(" ") + 1,
    )


def with_the_school(plain: str, school: School, people: tuple[Person, ...] = ()) -> str:
    """The text, in lower case, with “the school” for its name."""
    places, _ = _names(school, people)
    return places.sub("the school", plain) if places else plain


def _title_case(hit: re.Match[str]) -> str:
    before, surname, of = hit.groups()
    return f"{before or 'dr'} {surname}" + ("'s" if of else "")


@lru_cache(maxsize=512)
def _names(
    school: School, people: tuple[Person, ...]
) -> tuple[re.Pattern[str] | None, re.Pattern[str] | None]:
    """Patterns of the school's names, and of its adults' surnames with what may stand before them."""
    schools = {core_of(school), *map(core, school.aliases)}
    town = rf"(?:,? (?:in )?{re.escape(school.locality.lower())}(?!\w))?" if school.locality else ""
    adults = [*separate_names(school.head), *(person.name for person in people)]
    named = [_TITLE.sub("", name.lower()).split() for name in adults]
    firsts = {words[0] for words in named if len(words) > 1}
    surnames = {words[-1] for words in named if words} - _ORDINARY
    return (
        _any_of(
            schools,
            _SHORTEST_ALIAS,
            rf"(?<!\w)(?:the )?(?:{{}})(?: (?:{_KIND}))*(?!\w)(?! (?:{_NEIGHBOUR})\b){town}",
        ),
        _any_of(
            surnames, _SHORTEST_NAME, rf"(?<!\w)(?:({_BEFORE}) )?(?:(?:{_spelt(firsts)}) )?({{}})('?s)?(?!\w)"
        ),
    )


def _any_of(names: set[str], shortest: int, form: str) -> re.Pattern[str] | None:
    known = {name for name in names if len(name) >= shortest}
    return re.compile(form.format(_spelt(known))) if known else None


def _spelt(names: set[str]) -> str:
    """Alternatives for names, the longest first, with and without apostrophe."""
    spelt = (re.escape(name).replace(r"\ ", r"\.? ") for name in sorted(names, key=len, reverse=True))
    return "|".join(re.sub(r"(?<=\w\w)s(?!\w)", "'?s", name) for name in spelt)


Test = Callable[[PreparedText], bool]


@freeze
class Rule:
    """A signal and when it fires: when `test` holds, which requires that the plain text match `needs`. A rule
    that needs nothing is tried on every text. `bare` is the test of a danger without what makes it harmless:
    where only that stands against it, it is no more than a hint, but a person looks."""

    signal: Signal
    needs: str
    test: Test
    bare: Test | None = None

    def signal_of(self, text: PreparedText) -> Signal | None:
        """Apply the rule to a text; None where it does not fire."""
        if self.test(text):
            return self.signal
        if self.bare and self.bare(text):
            return replace(self.signal, danger=False, hint=True)
        return None


def rule(
    signal: Signal,
    test: str | Test,
    *,
    needs: str = "",
    unless: str = "",
    within: str = "",
    bare: Test | None = None,
) -> Rule:
    """A rule from words. `test` is alternatives for `either`, or a function with the pattern it `needs`.

    It does not fire near alternatives for `either` in `unless`; if `test` is a function, wherever they occur.
    Those in `within` count in the sentence of the hit alone: what is pleasant beside a bomb does not hide it.
    Where words of `needs` are rarer than those that the alternatives begin with, they may be given too.
    A `hint` is the signal of a rule that is right in fewer than four of five (docs/judging.md).
    """
    barred = late_pattern(either(unless)) if unless else None
    if isinstance(test, str):
        pattern = either(test)
        excused = late_pattern(either(within)) if within else None
        return Rule(signal, needs or pattern, _pattern(pattern, barred, excused), bare)
    return Rule(signal, needs, lambda p: test(p) and (not (barred and barred.search(p.plain))), bare)


def _pattern(pattern: str, barred: re.Pattern[str] | None, excused: re.Pattern[str] | None) -> Test:
    hits = late_pattern(pattern)
    if barred is None and excused is None:
        return lambda p: p.says(hits)
    return lambda p: any(
        not (excused and excused.search(sentence_of(hit))) for hit in _clear(hits, barred, p.plain)
    )


def _clear(hits: re.Pattern[str], barred: re.Pattern[str] | None, text: str) -> Iterator[re.Match[str]]:
    """The hits that have nothing near that makes them harmless. Each pattern reads the text once."""
    first = hits.search(text)
    if first is None:
        return
    bars = [bar.span() for bar in barred.finditer(text)] if barred else []
    at = 0
    for hit in hits.finditer(text, first.start()):
        while at < len(bars) and bars[at][0] < hit.start() - NEAR_CHARS:
            at += 1
        if at == len(bars) or bars[at][1] > hit.end() + NEAR_CHARS:
            yield hit


def sentence_of(hit: re.Match[str]) -> str:
    """The sentence around a hit, no farther than what is near."""
    return sentence_at(*hit.span(), hit.string)


def sentence_at(start: int, end: int, text: str) -> str:
    """The sentence around a part of a text, no farther than what is near."""
    before = text[max(0, start - NEAR_CHARS) : start]
    after = text[end : end + NEAR_CHARS]
    return _END.split(before)[-1] + text[start:end] + _END.split(after)[0]


# The rules of a family, in a file of words.

_RULE_KEYS = (
    "name", "reason", "test", "needs", "unless", "within", "labels", "clears", "severity", "route", "about",
    "danger", "hint",
)  # fmt: skip
_READ = {"severity": Severity, "route": Route, "about": About, "labels": tuple, "clears": tuple}
_NONE: Mapping[str, Any] = MappingProxyType({})


class RuleFile(WordFile):
    """The words of one family; each row of `[[rule]]` is a `rule`, whose test stands there or in the code."""

    def __init__(self, family: str, *others: str) -> None:
        super().__init__(SIGNAL_WORDS / f"{family}.toml", ("rule", *others))

    def rules(self, bare: Mapping[str, Test] = _NONE, **tests: Test) -> tuple[Rule, ...]:
        """The rules in their order, each with words or a function as its test; `bare` as in `Rule`."""
        rows = [self._one_rule(row, bare, tests) for row in self.rows("rule", _RULE_KEYS)]
        self.check_keys("the code", {**bare, **tests}, [one.signal.name for one in rows])
        return tuple(rows)

    def _one_rule(self, row: dict[str, Any], bare: Mapping[str, Test], tests: Mapping[str, Test]) -> Rule:
        name, test = row.get("name", "rule"), row.pop("test", None) or tests.get(row.get("name", ""))
        if test is None or (name in tests and test is not tests[name]):
            raise self.fault(name, "it needs either words or a function as its test")
        words = {key: row.pop(key) for key in ("needs", "unless", "within") if key in row}
        try:
            for key, read in _READ.items():
                if key in row:
                    row[key] = read(row[key])
            return rule(Signal(**row), test, bare=bare.get(name), **words)
        except (TypeError, ValueError) as error:
            raise self.fault(name, f"it is no rule ({error})") from error


# Which of many patterns a text may match, found in one pass, so that most are never tried.

_MOST = 400
_ONE_LETTER = 0.15
_COMMON = frozenset(_WORDS.words("common"))
_WIDE_ESCAPES = frozenset("wWdDsS")
_SPELT_OUT = {"n": "\n", "t": "\t"}
_NO_WIDTH = frozenset("bBAZ")
_QUANTIFIES = frozenset("?*+{")
_QUANTIFIER = re.compile(r"(\?|\*|\+|\{(\d*),?\d*\})\??")
_GROUP = re.compile(r"\((?:\?(?::|=|!|<=|<!))?")
_PLAIN = re.compile(r"[^\\\[\](){}|.^$?*+]+(?![?*+{])")
"""Letters that stand for themselves, but the one that a quantifier follows."""
_CLASS = re.compile(r"\[(\^?)(\]?(?:\\.|[^\]])*)\]")

_RANGE = re.compile(r"(.)-(.)")


@freeze
class _Literal:
    """`exact` is everything it can match, if that is little; one of `needed` is in whatever it matches. A
    piece that `repeats` matches one of `exact`, or several in a row."""

    exact: frozenset[str] | None = None
    needed: frozenset[str] | None = None
    repeats: bool = False


_EMPTY = _Literal(frozenset(("",)))
_ANYTHING = _Literal()


@lru_cache(maxsize=8)
def literals(pattern: str) -> frozenset[str]:
    """Pieces of which one is in every match; none where none are known. Raises ValueError on other syntax."""
    piece, _ = _either(pattern, 0)
    found = sorted(_known_letters(piece) or ())
    if not found:
        return frozenset()
    matcher = AhoCorasick(found, matchkind=MatchKind.Standard)
    return frozenset(x for x in found if len(matcher.find_matches_as_indexes(x, overlapping=True)) == 1)


def _known_letters(piece: _Literal) -> frozenset[str] | None:
    if piece.exact is not None:
        return None if "" in piece.exact else piece.exact
    return piece.needed


def _either(pattern: str, at: int) -> tuple[_Literal, int]:
    """The alternatives from `at` up to the end of their group, and where they end."""
    piece, at = _sequence(pattern, at)
    parts = [piece]
    while at < len(pattern) and pattern[at] == "|":
        piece, at = _sequence(pattern, at + 1)
        parts.append(piece)
    if len(parts) == 1:
        return parts[0], at
    known = [_known_letters(part) for part in parts]
    needed = None if None in known else frozenset(x for some in known for x in some or ())
    exact = [part.exact for part in parts]
    if None in exact or any(part.repeats for part in parts):
        return _Literal(needed=needed), at
    return _Literal(frozenset(x for some in exact for x in some or ()), needed), at


def _sequence(pattern: str, at: int) -> tuple[_Literal, int]:
    pieces = []
    while at < len(pattern) and pattern[at] not in "|)":
        piece, at = _atom(pattern, at)
        if pattern[at : at + 1] in _QUANTIFIES and (quantifier := _QUANTIFIER.match(pattern, at)):
            piece, at = _repeat_literal(piece, quantifier), quantifier.end()
        pieces.append(piece)
    return _chain(pieces), at


def _atom(pattern: str, at: int) -> tuple[_Literal, int]:
    if plain := _PLAIN.match(pattern, at):
        return _Literal(frozenset((plain[0],))), plain.end()
    char = pattern[at]
    if char == "(" and (group := _GROUP.match(pattern, at)):
        if pattern.startswith("?", group.end()):
            raise ValueError(f"a group that is not read here: {pattern[at : at + 9]}")
        piece, end = _either(pattern, group.end())
        return piece if group[0] in ("(", "(?:") else _EMPTY, end + 1
    if char == "[" and (chars := _CLASS.match(pattern, at)):
        return _one_of(chars), chars.end()
    if char == "\\":
        return _literal_of_escape(pattern[at + 1]), at + 2
    if char in "^$":
        return _EMPTY, at + 1
    return _ANYTHING if char == "." else _Literal(frozenset(char)), at + 1


def _literal_of_escape(char: str) -> _Literal:
    if char in _NO_WIDTH:
        return _EMPTY
    if char in _WIDE_ESCAPES:
        return _ANYTHING
    if char in _SPELT_OUT:
        return _Literal(frozenset(_SPELT_OUT[char]))
    if char.isalnum():
        raise ValueError(f"an escape that is not read here: {char}")
    return _Literal(frozenset(char))


def _one_of(chars: re.Match[str]) -> _Literal:
    """A class of single characters; with a negation or an escape it may be anything."""
    if chars[1] or "\\" in chars[2]:
        return _ANYTHING
    spread = _RANGE.sub(lambda r: "".join(map(chr, range(ord(r[1]), ord(r[2]) + 1))), chars[2])
    return _Literal(frozenset(spread))


def _repeat_literal(piece: _Literal, quantifier: re.Match[str]) -> _Literal:
    sign, least = quantifier[1], quantifier[2]
    if sign == "?":
        return _Literal(piece.exact | {""}) if piece.exact is not None else _ANYTHING
    if sign == "*" or (least is not None and not int(least or 0)):
        return _ANYTHING
    if sign == "+" and piece.exact is not None:
        return _Literal(piece.exact, repeats=True)
    return _Literal(needed=_known_letters(piece))


def _chain(pieces: list[_Literal]) -> _Literal:
    """Pieces one after another: neighbours that are known exactly are joined while there are few."""
    run, found, whole = frozenset(("",)), [], True
    for piece in pieces:
        if piece.exact is None:
            found += [run, piece.needed or frozenset()]
            run, whole = frozenset(("",)), False
        elif len(run) * len(piece.exact) > _MOST:
            found.append(run)
            run, whole = piece.exact, False
        else:
            run = frozenset(map("".join, product(run, piece.exact)))
        if piece.repeats and piece.exact is not None:
            found.append(run)
            run, whole = piece.exact, False
    if whole:
        return _Literal(run)
    best = min((x for x in (*found, run) if x and "" not in x), key=_chance, default=None)
    return _Literal(needed=best)


def _chance(pieces: frozenset[str]) -> float:
    """Roughly how often one of them occurs in a text by chance; 1 and more is useless."""
    return sum(_ONE_LETTER ** len(x.strip()) if x.strip() not in _COMMON else 1.0 for x in pieces) or 1.0


class PossiblePatterns:
    """One automaton over the pieces of text that the patterns need (`literals`)."""

    def __init__(self, patterns: Iterable[str]) -> None:
        by_piece: dict[str, list[int]] = defaultdict(list)
        self._always: list[int] = []
        for i, pattern in enumerate(patterns):
            pieces = literals(pattern)
            if not pieces:
                self._always.append(i)
            for piece in pieces:
                by_piece[piece].append(i)
        self._matcher = AhoCorasick(list(by_piece), matchkind=MatchKind.Standard, store_patterns=False)
        self._owners = list(by_piece.values())

    def of(self, text: str) -> set[int]:
        """The places, in the order given, of the patterns that may match; the others cannot."""
        found = set(self._always)
        for piece in {hit[0] for hit in self._matcher.find_matches_as_indexes(text, overlapping=True)}:
            found.update(self._owners[piece])
        return found
