"""A search in a school's own words, as it stands in the settings: read, held against a text, proposed. Pure.

Words that stand side by side must all be there, with or without `AND`; `OR` begins an alternative, `NOT` bars
what follows, quotation marks hold words that follow each other. There are no brackets: every platform can be
asked for such alternatives. What is searched for is the school, never a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from data.errors import InputError
from data.register.school_names import INSTITUTION, normalise
from data.types import School
from data.words.say import words
from sources.places import kernel_of, names_no_school, person_sought, search_spellings

MOST, LONGEST = 12, 1000
"""So many alternatives, each of which may cost an ask, and so many characters."""

_TOKEN = re.compile(r'\s*(?:"([^"]*)"|([^\s"]+))')
_CURLED = str.maketrans("“”„‟«»", '""""""')
_TERM = re.compile(r"#?[^\W_](?:[^\W_\u0300-\u036f]|[\u0300-\u036f\s.,&/'’‘`´ʼ‐–-])*")
"""Nothing that a platform takes for an order of its own: no colon, star, at sign, no minus before a word."""
_WORD = re.compile(r"#?\w+")
_ODD = re.compile(r"""[^\w\s.,&/'’"–-]+|_|(?<=")[^\w\s"]+""")


@dataclass(frozen=True, slots=True)
class Alternative:
    """Terms that are all wanted, and those barred, as they were typed; one with a blank in it is a phrase."""

    wanted: tuple[str, ...]
    barred: tuple[str, ...] = ()

    def write(self, no: str = "-") -> str:
        """Write it on one line: all but single words in quotation marks, and `no` before what is barred."""
        each = [*(("", term) for term in self.wanted), *((no, term) for term in self.barred)]
        return " ".join(f"{no}{term}" if _WORD.fullmatch(term) else f'{no}"{term}"' for no, term in each)


@dataclass(frozen=True, slots=True)
class Query:
    """A search: any of these alternatives."""

    alternatives: tuple[Alternative, ...]

    def matches(self, text: str) -> bool:
        """Does the text hold it, word by word, as names are compared (`normalise`)?"""
        said = _key(text)
        return any(
            all(_key(t) in said for t in one.wanted) and not any(_key(t) in said for t in one.barred)
            for one in self.alternatives
        )


def _key(term: str) -> str:
    return f" {normalise(term)} "


def parse_query(text: str) -> Query:
    """Read a query as it was typed. Raises InputError: what is wrong, where, and how to put it right."""
    if len(text) > LONGEST:
        raise _fault("long", most=LONGEST)
    tokens = list(_tokens(text.translate(_CURLED)))
    if not tokens:
        raise _fault("empty")
    for before, after in pairwise([_Token(), *tokens, _Token()]):
        lone = after.sort != "not" or before.sort == "not"
        if lone and "term" not in (before.sort, after.sort):
            beside = before if before.sort else after
            raise _fault("missing", at=beside.at, word=beside.word)
    parts, barred = [(list[str](), list[str]())], False
    for token in tokens:
        if token.sort == "or":
            parts.append(([], []))
        elif token.sort == "term":
            parts[-1][barred].append(token.word)
        barred = token.sort == "not"
    alternatives = tuple(dict.fromkeys(Alternative(tuple(yes), tuple(no)) for yes, no in parts))
    if len(alternatives) > MOST:
        raise _fault("many", most=MOST)
    for one in alternatives:
        if not one.wanted:
            raise _fault("only_barred", term=one.barred[0])
        if not {*map(_key, one.wanted)}.isdisjoint(map(_key, one.barred)):
            raise _fault("nothing")
    return Query(alternatives)


class _Token(NamedTuple):
    """A part of what was typed: its place from one, whether it is a term or which operator, its words."""

    at: int = 0
    sort: str = ""
    word: str = ""


def _tokens(text: str) -> Iterator[_Token]:
    end = 0
    while text[end:].strip():
        found = _TOKEN.match(text, end)
        if found is None:
            raise _fault("quote_open", at=text.index('"', end) + 1)
        (phrase, word), at, end = found.groups(), found.start(found.lastindex or 0) + 1, found.end()
        said = " ".join((phrase or word or "").split())
        if said.lower() in ("and", "or", "not"):
            if word != said.upper():
                raise _fault("operator", at=at, word=said, capitals=said.upper())
            yield _Token(at, said.lower(), said)
        elif not _TERM.fullmatch(said) or not normalise(said):
            raise _fault("term", at=at, term=said)
        else:
            yield _Token(at, "term", said)


def read_query(text: str, schools: Iterable[School], people: Iterable[str]) -> Query:
    """Read a query for a source of these schools. Raises InputError where an alternative has no name of
    theirs, or where the name of one of their `people` is in it."""
    query, schools = parse_query(text), tuple(schools)
    if name := person_sought(text, people, schools):
        raise _fault("person", name=name)
    for one in query.alternatives:
        if names_no_school(" ".join(one.wanted), schools):
            raise _fault("no_school", part=one.write("NOT "))
    return query


def propose_query(school: School) -> str:
    """Propose a query: what people call the school, beside its place unless nobody else has such a name."""
    own = {*normalise(kernel_of(school)).split()} - INSTITUTION - {"st", "the"}
    alone = len(own) > 1 and not school.namesakes
    found = search_spellings(school, placed=not alone) or search_spellings(school, placed=False)
    return " ".join(_ODD.sub(" ", " OR ".join(found)).split())


def _fault(why: str, **given: object) -> InputError:
    return InputError(words("en")(f"places.query.{why}", **given))
