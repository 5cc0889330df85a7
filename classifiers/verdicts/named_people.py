"""Which people of the configuration a text names, however it writes them. Pure.

`is_named` is strict, for what the text is about. `people_named` is generous, for who must not be told: it
also finds names misspelt, starred out, with an initial, in a handle or a hashtag.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA

from classifiers.text.undisguise import ByCharacter, undisguise
from classifiers.text.word_files import WordFile
from data.register.school_names import core_of, separate_names
from data.types import Person, School

_WORDS = WordFile(Path(__file__).with_name("named_people.toml"))
_HONORIFIC, _RARE, _AFTER_TITLE, _MAN, _WOMAN, _INITIAL, _HANDLE, _CAMEL, _WORD, _MASKS = _WORDS.patterns(
    "honorific", "rare", "after_title", "man", "woman", "initial", "handle", "camel", "word", "masks"
)
(_AT_SOMEBODY,) = _WORDS.patterns("at_somebody")
_NAMED = "titles", "called", "owned", "neighbour", "person", "alike", "everyday", "like"
_TITLES, _CALLED, _OWNED, _NEIGHBOUR, _PERSON, _ALIKE, _EVERYDAY, _LIKE, _HURT, _DOOMED, _OF_ONE, _MAY = (
    one.pattern for one in _WORDS.patterns(*_NAMED, "hurt", "doomed", "of_one", "may")
)
_ALONE = 4
"""A surname at least this long is recognised without anything before it."""
_MISSPELT_ALONE = 6
"""At least this long, even with one letter wrong, if it has a capital."""
_SHOWN = 2


@dataclass(frozen=True, slots=True)
class NameReading:
    """A text prepared for finding names.

    `plain` is in lower case, as written and with disguises undone, without accents and invisible characters.
    `called` are titles and the words after them, `starred` those with hidden letters, `capital` those with a
    capital, by their first letter, `handles` handles and hashtags without their sign.
    """

    plain: str
    called: tuple[tuple[str, str], ...]
    starred: tuple[str, ...]
    capital: Mapping[str, list[str]]
    handles: tuple[str, ...]


def is_named(name: str, text: str) -> bool:
    """Is the name there in full, its surname after a title, or a distinctive surname alone?"""
    return _is_in_text(name, text, text.lower())


def strictly_named(people: Iterable[Person], text: str) -> list[Person]:
    """Those of the people who are `is_named` there as people, in their order."""
    lowered = text.lower()
    named = [person for person in people if _is_in_text(person.name, text, lowered)]
    return [p for p in named if is_named(p.name, _without_things(_surname(p.name), text))]


def _is_in_text(name: str, text: str, lowered: str) -> bool:
    surname = _surname(name)
    if not surname or surname not in lowered:  # every form ends with the surname
        return False
    pattern = _pattern(name)
    return bool(pattern and pattern.search(text))


@lru_cache(maxsize=4096)
def _surname(name: str) -> str:
    return (name.lower().split() or [""])[-1]


def replace_school_name(text: str, school: School, people: Iterable[Person]) -> str:
    """The text with “the school” for the school's name where it is a surname of its people too: Mr Oakfield,
    of Oakfield School. It stays a person's after a title or a first name, and where somebody does, is, has or
    suffers what no school can."""
    own = set(core_of(school).split())
    names = [_words(name) for name in (*separate_names(school.head), *(person.name for person in people))]
    for last, first in {(words[-1], words[0]) for words in names if words and words[-1] in own}:
        text = _school_pattern(last, first).sub("the school", text)
    return text


@lru_cache(maxsize=256)
def _school_pattern(last: str, first: str) -> re.Pattern[str]:
    before = (*_CALLED.split("|"), re.escape(first), *_WORDS.words("done_to"))
    kept = "".join(rf"(?<!\b{word} )(?<!\b{word}\. )" for word in before)
    somebody = rf"['’]?s?\s+(?:{_OWNED})|{_MAY}\s+(?:{_OF_ONE})"
    return re.compile(rf"(?<![\w@#]){kept}{re.escape(last)}(?!\w)(?!(?:{somebody})(?!\w))", re.I)


def prepare_names(text: str) -> NameReading:
    """A text prepared for `people_named`."""
    bare = _bare(text)
    handles = _HANDLE.findall(bare)
    spread = _HANDLE.sub(lambda m: f" {_CAMEL.sub(' ', m[1])} ", bare) if handles else bare
    plain = "\n".join(dict.fromkeys((bare.lower(), spread.lower(), undisguise(bare).text)))
    words = _WORD.findall(spread)
    initials = {m[1].lower() for m in _INITIAL.finditer(bare)}
    capital: dict[str, list[str]] = {}
    for word in [w.lower() for w in words if len(w) > _ALONE and w[0].isupper()]:
        capital.setdefault(word[0], []).append(word)
    return NameReading(
        plain=plain,
        called=tuple(
            [called for called in dict.fromkeys(_AFTER_TITLE.findall(plain)) if called[1] not in initials]
        ),
        starred=tuple([w.lower() for w in words if "*" in w]) if "*" in spread else (),
        capital=capital,
        handles=tuple([h.lower().replace("_", "") for h in handles]),
    )


def people_named(reading: NameReading, people: Sequence[Person]) -> tuple[Person, ...]:
    """Everyone whom the text may name. A first name alone does not name anybody."""
    return tuple(p for p in people if _may_be(p.name, reading))


def only_a_thing(name: str, reading: NameReading) -> bool:
    """Is the surname of somebody who is named no more than that of a street or a firm, or a word, in it?"""
    last = _words(name)[-1]
    plain = _without_things(last, reading.plain)
    capital = {last[0]: [word for word in reading.capital.get(last[0], ()) if word != last]}
    return plain != reading.plain and not _may_be(name, replace(reading, plain=plain, capital=capital))


def _without_things(last: str, text: str) -> str:
    """The text without the surname where it names no person; an everyday word does if it is aimed at."""
    of_a_place, as_a_word, aimed = _thing(last)
    text = of_a_place.sub(" ", text)
    if not re.fullmatch(_EVERYDAY, last) or _AT_SOMEBODY.search(text) or aimed.search(text):
        return text
    return as_a_word.sub(" ", text)


@lru_cache(maxsize=4096)
def _thing(last: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """The surname as part of another name or of what a thing is like (Baker Street); as a word or a firm (the
    wood, Pike & Sons); and where violence is aimed at it."""
    said, sons = re.escape(last), r"\s+(?:and|&)\s+sons"
    of = f"{_NEIGHBOUR}|{_LIKE}" if re.fullmatch(_ALIKE, last) else _NEIGHBOUR
    article = r"(?:the|an?|some)\s+"
    word = rf"{article}{said}(?!['’]?s?\s+(?:{_PERSON})(?!\w))|{said}{sons}"
    doomed = rf"{said}(?:{sons})?(?:['’]s|\s+\w+){{0,2}}?\s+(?:{_DOOMED})"
    forms = (rf"{said}\s+(?:{of})", word, rf"(?:{_HURT})\s+(?:{article})?{said}|{doomed}")
    place, as_a_word, aimed = (re.compile(rf"(?<!\w)(?:{form})(?!\w)", re.I) for form in forms)
    return place, as_a_word, aimed


def _bare(text: str) -> str:
    if text.isascii():
        return text
    return unicodedata.normalize("NFKD", text).translate(_UNMARKED)


_UNMARKED = ByCharacter(lambda c: None if unicodedata.category(c) in ("Mn", "Cf") else c)
"""Nothing for accents and invisible characters, all others as they are."""


def _may_be(name: str, reading: NameReading) -> bool:
    words = _words(name)
    if not words:
        return False
    first, last = words[0], words[-1]
    if _by_title(name, reading.plain):
        return True
    if last in reading.plain and (is_named(" ".join(words), reading.plain) or _has(last, reading.plain)):
        return True
    if reading.called and any(
        _follows_title(word, first, last, (title, name)) for title, word in reading.called
    ):
        return True
    if reading.starred and any(
        _fits(word, last) and len(_MASKS.sub("", word)) >= _SHOWN for word in reading.starred
    ):
        return True
    if any(_misspelt_alone(word, last) for word in reading.capital.get(last[0], ())):
        return True
    if reading.handles and any(
        last in handle and _in_handle(handle, first, last) for handle in reading.handles
    ):
        return True
    said = len(words) > 1 and first in reading.plain
    return said and _first_and_more(first, last).search(reading.plain) is not None


def _has(last: str, plain: str) -> bool:
    """Does somebody of that surname have something, written without apostrophe?"""
    return len(last) >= _ALONE and bool(re.search(rf"(?<!\w){re.escape(last)}s (?:{_OWNED})(?!\w)", plain))


def _by_title(name: str, plain: str) -> bool:
    """Is it somebody of a rare title, and the text says it?"""
    title = _RARE.match(name)
    return bool(
        title and re.search(rf"(?<!\w)(?:the|that|our|good) {re.escape(title[1].lower())}(?!\w)", plain)
    )


@lru_cache(maxsize=4096)
def _words(name: str) -> tuple[str, ...]:
    return tuple(_HONORIFIC.sub("", _bare(name).strip().lower()).split())


def _follows_title(word: str, first: str, last: str, both: tuple[str, str]) -> bool:
    """Match after a title an initial, the surname with a letter wrong or starred out, or the first name."""
    word = word.rstrip(".,;:?!'-")
    word = word.removesuffix("'s")
    if len(word) == 1:  # “Mr N” is no Mrs Nightjar
        men = [bool(_MAN.match(title)) for title in both if _MAN.match(title) or _WOMAN.match(title)]
        return word == last[0] and len({*men}) < len(both)
    return word in (first, last) or _misspelt(word, last) or _fits(word, last)


def _misspelt(word: str, name: str) -> bool:
    """One letter wrong, missing, extra, or two swapped; never the first letter."""
    if word[:1] != name[:1] or abs(len(word) - len(name)) > 1 or min(len(word), len(name)) < _ALONE - 1:
        return False
    return OSA.distance(word, name, score_cutoff=1) <= 1


def _misspelt_alone(word: str, name: str) -> bool:
    """In a short name only an extra letter counts: March is a month."""
    long = len(name) >= _MISSPELT_ALONE or (len(name) >= _ALONE and len(word) > len(name))
    return long and _misspelt(word, name)


def _fits(word: str, name: str) -> bool:
    """Is it the name with some letters starred out? The first letter must be visible."""
    if word[:1] != name[:1] or not _MASKS.search(word):
        return False
    loose = "".join(
        "[a-z]{0,8}" if _MASKS.match(c) else re.escape(c) for c in re.sub(r"([^\w'])\1+", r"\1", word)
    )
    return bool(re.fullmatch(loose, name))


def _in_handle(handle: str, first: str, last: str) -> bool:
    """@janeholt, @holtjane, @jholt, @mrsholt, #holt, #holtout."""
    start, end = re.escape(first), re.escape(last)
    whole = rf"(?:{_TITLES})?(?:{end}{start}|{start}{end}|{start[0]}{end})|(?:{_TITLES}){end}"
    alone = rf"{end}(?:\d*|out|mustgo|resign|gate|lies|liar)"
    return bool(re.match(whole, handle) or (len(last) >= _ALONE and re.fullmatch(alone, handle)))


@lru_cache(maxsize=4096)
def _first_and_more(first: str, last: str) -> re.Pattern[str]:
    """The first name with the surname's initial, with the surname attached, or with a surname near it."""
    run_on = rf"{re.escape(first)}[\W_]*{re.escape(last)}"
    return re.compile(rf"(?<!\w)(?:{run_on}|{re.escape(first)}\s+{re.escape(last[0])})(?!\w)")


@lru_cache(maxsize=4096)
def _pattern(name: str) -> re.Pattern[str] | None:
    words = _HONORIFIC.sub("", name.strip()).split()
    if not words:
        return None
    surname = re.escape(words[-1])
    forms = [r"\s+".join(re.escape(w) for w in words)]
    forms.append(rf"(?:mr|mrs|ms|miss|mx|dr|rev|cllr|head|headteacher|principal)\.?\s*{surname}")
    if len(words[-1]) >= _ALONE:
        forms.append(surname)
    return re.compile(rf"(?<!\w)(?:{'|'.join(forms)})(?:['’]s)?(?!\w)", re.I)
