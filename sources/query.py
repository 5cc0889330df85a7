"""A search in a school's own words, as it stands in the settings: read, held against a text, proposed. Pure.

Words that stand side by side must all be there, with or without `AND`; `OR` begins an alternative, `NOT` bars
what follows, quotation marks hold words that follow each other. There are no brackets: every platform can be
asked for such alternatives. What is searched for is the school, never a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence, Set
from itertools import pairwise, zip_longest
from typing import NamedTuple

from data.errors import InputError
from data.frozen import freeze
from data.register.school_names import INSTITUTION, SCHOOLISH, TITLES, WORDS, normalise, separate_names
from data.types import School
from data.words.say import words
from sources.places import kernel_of, phrase_of, places_of, search_spellings

MOST, LONGEST = 12, 1000
"""So many alternatives, each of which may cost an ask, and so many characters."""

_TOKEN = re.compile(r'\s*(?:"([^"]*)"|([^\s"]+))')
_CURLED = str.maketrans("“”„‟«»", '""""""')
_TERM = re.compile(r"#?[^\W_](?:[^\W_\u0300-\u036f]|[\u0300-\u036f\s.,&/'’‘`´ʼ‐–-])*")
"""Nothing that a platform takes for an order of its own: no colon, star, at sign, no minus before a word."""
_WORD = re.compile(r"#?\w+")
_ODD = re.compile(r"""[^\w\s.,&/'’"–-]+|_|(?<=")[^\w\s"]+""")


@freeze
class Alternative:
    """Terms that are all wanted, and those barred, as they were typed; one with a blank in it is a phrase."""

    wanted: tuple[str, ...]
    barred: tuple[str, ...] = ()

    def write(self, no: str = "-") -> str:
        """Write it on one line: all but single words in quotation marks, and `no` before what is barred."""
        each = [*(("", term) for term in self.wanted), *((no, term) for term in self.barred)]
        return " ".join(f"{no}{term}" if _WORD.fullmatch(term) else f'{no}"{term}"' for no, term in each)


@freeze
class Query:
    """A search: any of these alternatives."""

    alternatives: tuple[Alternative, ...]

    def matches(self, text: str, opening: str | None = None) -> bool:
        """Does the text hold it word by word (`normalise`), and its `opening`, or all, nothing barred?"""
        said, first = _key(text), _key(text if opening is None else opening)
        return any(
            all(_key(t) in said for t in one.wanted) and not any(_key(t) in first for t in one.barred)
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
    theirs, or where one of their `people` is looked for. An address that searches one site may say more."""
    query, schools = parse_query(text), tuple(schools)
    named = " ".join(name for school in schools for name in (*_names_of(school), *places_of(school)))
    said = _key(text + " & " + re.sub(r"(?<=[a-z])(?=[A-Z])", " ", text))
    heads = (name for s in schools for name in (*separate_names(s.head), *(p.name for p in s.former)))
    if name := next((p for p in (*people, *heads) if _is_sought(p, said, {*normalise(named).split()})), ""):
        raise _fault("person", name=name)
    for one in query.alternatives:
        if not any(_is_named(one.wanted, school) for school in schools):
            raise _fault("no_school", part=one.write("NOT "))
    return query


_LONG, _LONGER = 4, 6  # letters of a word that says whose it is, and of one that does so within another
_TITLES = {*normalise(TITLES).split()}
_ANY_SCHOOLS = INSTITUTION | {"st", "the", "in", "wales"}
_LISTS = ("land", "streets", "no_place", "kinds_of_trust", "first_names")
_ANYTHINGS = {word for name in _LISTS for word in WORDS[name].split()}


def _names_of(school: School) -> set[str]:
    """All that the school is called, and how people write that, in normal form."""
    written = map(phrase_of, search_spellings(school, placed=False))
    return {*map(normalise, (school.name, *school.aliases, *school.former_names, *written))}


def _is_named(terms: Sequence[str], school: School) -> bool:
    """Is a term, or are words together, a whole name? Of its own words two are enough, or one that is nothing
    else's or said to be a school's: “Park School”, but not “park”. What is run together is a name or none."""
    names, said = _names_of(school), [normalise(term) for term in terms]
    own = {*" ".join(names).split()} - _ANY_SCHOOLS
    telling = {word for word in own - _ANYTHINGS if len(word) >= _LONG}
    whole = [*(names - _ANYTHINGS), normalise(school.trust or "")]
    for term in filter(None, (*said, " ".join(word for word in said if word in own | _ANY_SCHOOLS))):
        words = {*term.split()}
        enough = words & telling or (words & own and len(words & (own | SCHOOLISH)) > 1)
        held = any(term == n.replace(" ", "") or (" " in n and _key(n) in _key(term)) for n in whole)
        if held or (enough and words <= own | _ANY_SCHOOLS):
            return True
    return False


def _is_sought(person: str, said: str, own: Set[str]) -> bool:
    """Is the surname there, alone or within a longer word? One that is short, or that the school or its place
    has too, counts beside another name, an initial or a title."""
    names = [word for word in normalise(person).split() if word not in _TITLES] or ["-"]
    (*given, last), words = names, {*said.split()}
    strange, before = words - own, {*given, *(name[0] for name in given), *_TITLES} - own
    within = any(last in word if len(last) >= _LONGER else last == word for word in strange)
    beside = any(f" {w} {last} " in said or not words.isdisjoint((w + last, last + w)) for w in before)
    both = len(words.intersection(names)) > 1 and not strange.isdisjoint(names)
    return (within and last not in own and len(last) >= _LONG) or beside or both


def propose_queries(schools: Iterable[School]) -> str:
    """Propose a query: what people call each, beside its place if others may share that; twelve at most."""
    found = [one for rank in zip_longest(*map(_spell, schools)) for one in rank if one]
    ranked = sorted(found, key=lambda one: len(one.write()))  # “Oakfield Primary” finds what “… School” does
    few = (next(o for o in ranked if Query((o,)).matches(" & ".join(one.wanted))) for one in found)
    return " OR ".join([one.write("NOT ") for one in dict.fromkeys(few)][:MOST])


def _spell(school: School) -> Sequence[Alternative]:
    own = {*normalise(kernel_of(school)).split()} - INSTITUTION - {"st", "the"}
    alone = len(own) > 1 and not school.namesakes
    found = search_spellings(school, placed=not alone) or search_spellings(school, placed=False)
    return [parse_query(_ODD.sub(" ", one)).alternatives[0] for one in found]


def _fault(why: str, **given: object) -> InputError:
    return InputError(words("en")(f"places.query.{why}", **given))
