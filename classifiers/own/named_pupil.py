"""A pupil's full name beside what tells their year, in what the school itself published. Pure.

Schools' policies ask for permission before a name goes out, and for first names alone (Monkhouse, Maesteg's
protocol 1 to 6, King James's 2.8). Only the school's own public text is looked at, for a slip of its own. A
name is two or three words with a capital that are neither a thing's nor a place's, nor of a title or a trade;
beside it stands a year, a class, an age of 18 at most, or “pupil of the week”.
"""

# ruff: noqa: E501 - a pattern is one line
from __future__ import annotations

import re
import tomllib
from collections.abc import Collection
from functools import cache
from importlib.resources import files

_CAPITAL = "A-ZÀ-ÖØ-ÞŁŚŻŴŶ"
_WORD = rf"[{_CAPITAL}](?:['’][{_CAPITAL}])?[^\W\d_]+(?:['’-][^\W\d_]+)*"
_NAME = rf"{_WORD}(?:(?: (?:ap|ab|ferch|de|van|von|al|el|bin|bint|da|dos|la))? {_WORD}){{1,5}}"
_NUMBER = r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen)"
_GROUP = (
    rf"(?:(?i:year|yr|[bfm]lwyddyn|dd?osbarth|nosbarth|class|form|primary|grade)\.? ?(?:\d{{1,2}}[A-Za-z]?|(?i:{_NUMBER}))"
    r"|Bl\.? ?\d{1,2}[A-Za-z]?|[YPS] ?\d{1,2}[A-Za-z]?|\d{1,2}[A-Z]{1,2}"
    r"|(?i:reception|nursery|derbyn|meithrin))\b(?![-/]\d)"
)
_AGE = r"(?:(?i:age|aged|yn|oed) )?(?P<age>\d{1,2})(?i: oed| years? old)?"
_CHILD = r"(?i:pupils?|students?|boys?|girls?|learners?|children|child|winners?|captains?|(?:super)?stars?|prefects?|councillors?|mathematicians?|scientists?|writers?|readers?|musicians?|swimmers?|runners?|gymnasts?|footballers?|dancers?|disgybl(?:ion)?|ddisgybl|plant|plentyn|bachgen|merch)"
_AWARD = r"(?i:(?:pupil|star|writer|reader|mathematician|learner|scientist|student|sports ?person) of the (?:week|month|term|day)|(?:disgybl|seren|darllenydd|ysgrifennwr) yr? (?:wythnos|mis|tymor))"

_FOUND = tuple(
    re.compile(pattern)
    for pattern in (
        # Amelia Hartley, Year 4; Amelia Hartley (4B); Amelia Hartley from P6
        rf"(?P<name>{_NAME})(?:,| [–-])?(?: (?:who is |is )?(?:now |both )?(?:a (?:pupil )?)?(?:in|from|of|yn|o|ym|sydd ym|sydd yn|both)(?: our| the)?)? ?\(?(?P<group>{_GROUP})(?=(?P<after>.{{0,40}}))",
        # Amelia Hartley, aged 9; Amelia Hartley (9); Amelia Hartley, 9, won
        rf"(?P<name>{_NAME})(?:, (?:who is )?| \(| is | sy’n | sy'n )(?=aged? |yn |oed |\d{{1,2}}[,)]|\d{{1,2}} (?:oed|years? old)){_AGE}(?=(?P<after>.{{0,40}}))",
        # Year 4 pupil Amelia Hartley; Year 4: Amelia Hartley; Year 4’s Amelia Hartley
        rf"(?<![\w-])(?P<group>{_GROUP})(?:['’]s)?(?: {_CHILD},?|:|,| [–-])* (?P<name>{_NAME})(?=(?P<after>.{{0,40}}))",
        # nine-year-old Amelia Hartley
        rf"\b(?:(?P<age>\d{{1,2}})|(?i:{_NUMBER}))[- ]years?[- ]old (?:{_CHILD},? )?(?P<name>{_NAME})(?=(?P<after>.{{0,40}}))",
        # Pupil of the week: Amelia Hartley
        rf"{_AWARD}(?: (?:is|goes to|yw))?(?: ?[:–-])? (?P<name>{_NAME})(?=(?P<after>.{{0,40}}))",
    )
)
_WORTH_A_LOOK = re.compile(rf"\d|{_AWARD}|(?i:{_NUMBER}|reception|nursery|derbyn|meithrin)")
"""Without one of these no year, age or award can stand there."""

_ADULT_BEFORE = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|Dame|Madam|Prof|Professor|Rev|Revd|Cllr|Coach|Councillor|Author|Poet|Illustrator|Artist|Lord|Lady|Governor|Chair|PC|Officer)\.?"
    r"|\b(?i:teacher|tutor|ta|assistant|leader|lead|caretaker|governor|parent|mum|dad|author|poet|writer|artist|illustrator|athletes?|athro|athrawes|awdur|bardd|cynorthwyydd|coach|pennaeth|former pupil|ex-pupil|past pupil|old boy|old girl|alumn(?:us|a)|cyn-ddisgybl|gyn-ddisgybl|about|play|novel|book|poem|poems|life of|work of|works of|style of|studied|studying|reading|read|called)(?: (?:and|a) \w+)?),? $"
)
"""What stands right before the name of somebody grown up, or in a book."""
_ADULT_NEAR = re.compile(
    r"(?i:\b(?:former|ex|past)[- ]pupil|\bgraduat|\balumn|\bauthors?\b|\bpoets?\b|\bnovels?\b|\btexts\b|\bwho taught\b|\bmaternity\b|\bretir|\bappointed\b|\bnew (?:teacher|colleague|member)|\bjoin(?:s|ed|ing)? (?:us|the staff|our (?:staff|team))|\bstaff(?:ing)?\b|\b(?:our|class|form|new) (?:teachers|tutors)\b|\bteach(?:es|ing)\b|\bgovernors?\b|\bcyn-?ddisgybl|\bathrawon\b|\bpennaeth (?:[bf]lwyddyn|cynorthwyol|adran)|\bymddeol|\bathro\b|\bathrawes\b)"
)
_ADULT_AFTER = re.compile(
    r"^(?:['’]s)?(?:,? (?!(?:her|his|their|by|from|with|the|our|to|thanks)\b)[\w'’&]+){0,4}?,? (?i:teach(?:er|ers|ing)|ta|tas|hlta|assistants?|leaders?|lead|tutors?|staff|governors?|parents?|mum|dad|coach|officer|nurse|athro|athrawes|cynorthwyydd|manager|co-?ordinator)\b"
)
_THING_AFTER = re.compile(
    r"^(?:['’]s)?,? (?i:plays?|novels?|books?|poems?|poetry|projects?|units?|topics?|works?|workshops?|style|paintings?|trips?|residential|assembly|concert|visit|days?|week|exhibition|stories|story|art|artwork|texts?|gallery|class(?:es)?)\b"
)
_CUE = re.compile(
    r"(?i:\bwell done\b|\bcongrat|\bproud\b|\bwon\b|\bwinn|\bchampion|\baward|\bcertificate|\bmedal|\bprizes?\b|\btroph|\brepresent|\braised\b|\bpupils?\b|\bstudents?\b|stars?\b|\bchosen\b|\bselected\b|\belected\b|\bpassed\b|\bcame (?:first|second|third)|\bachiev|\bscor|\bplayer\b|\bbeat\b|\brecord\b|\b(?:drew|drawn|wrote|written|sang|designed|painted)\b|\bsolo\b|\bhead (?:boy|girl)|\bfor (?:his|her|their|being|excellent|kindness|perseverance|super|fantastic|great|wonderful|effort|working)\b|\bbirthday\b|\bgoodbye to\b|\bget well\b|\breached\b|\bmerit\b|\bin the final\b|\bcup\b|\bcolli ei\b|\bda iawn|llongyfarch|\bennill|\benillodd|\bgwobr|\bfuddugol|\bdisgybl|\bam (?:ei|weithio|fod|ddyfal)\b|\baged\b|years?[- ]old| oed\b)"
)
"""What is said of a pupil; without any of it the first name has to be a common one."""
_OLDEST, _YOUNGEST = 18, 3
_SENTENCES = re.compile(r"[^.!?\n]+(?:[.!?](?!\s|$)[^.!?\n]*)*[.!?]*")
_LONGEST = 600
"""So much of a sentence is looked at: a page that has no full stops is no sentence."""


@cache
def _lists() -> dict[str, str]:
    return tomllib.loads(files("classifiers.own").joinpath("names.toml").read_text(encoding="utf-8"))


@cache
def _words_of(which: str) -> frozenset[str]:
    return frozenset(_lists()[which].split())


@cache
def _in_books() -> tuple[str, ...]:
    return tuple(" ".join(name.split()) for name in _lists()["in_books"].split("|"))


def names_pupil(text: str, people: Collection[str] = ()) -> str | None:
    """The first sentence that gives a pupil's full name beside their year, class, age or award; else None.

    `people` are the names of those at the school who are no pupils, as the settings write them.
    """
    if _WORTH_A_LOOK.search(text) is None:
        return None
    adults = [frozenset(_words(name)) for name in people]
    sentences = (part[0].strip()[:_LONGEST] for part in _SENTENCES.finditer(_abbreviations(text)))
    return next((s for s in sentences if _WORTH_A_LOOK.search(s) and _names_one(s, adults)), None)


def _abbreviations(text: str) -> str:
    """With no full stop after “Bl”, “Yr” and titles, which end no sentence."""
    return re.sub(r"\b(Bl|Yr|Mr|Mrs|Ms|Dr|St)\. ?(?=\S)", r"\1 ", text)


def _names_one(sentence: str, adults: Collection[frozenset[str]]) -> bool:
    return any(_is_pupil(hit, adults) for found in _FOUND for hit in found.finditer(sentence))


def _is_pupil(hit: re.Match[str], adults: Collection[frozenset[str]]) -> bool:
    said = hit.groupdict()
    name = _name_of(hit["name"])
    age = said.get("age")
    if name is None or (age and not _YOUNGEST <= int(age) <= _OLDEST):
        return False
    before, after = hit.string[: hit.start("name")], hit["after"]
    lead = hit["name"].removesuffix(" ".join(name))
    if _ADULT_BEFORE.search(f"{before}{lead}") or _ADULT_NEAR.search(hit.string):
        return False
    if _ADULT_AFTER.search(after) or _THING_AFTER.search(after):
        return False
    if name[0].casefold() not in _words_of("given") and _CUE.search(hit.string) is None:
        return False
    words = frozenset(_words(" ".join(name)))
    return not any(len(words & adult) > 1 for adult in adults)


def _name_of(run: str) -> list[str] | None:
    """The name at the end of words with a capital, without what leads to it; None where it is none."""
    words = run.split()
    while words and words[0].casefold() in _words_of("leads_in"):
        del words[0]
    plain = [word.casefold() for word in words]
    if not 2 <= sum(word[:1].isupper() for word in words) <= 3 or not _words_of("no_name").isdisjoint(plain):
        return None
    if any(word.endswith(("'s", "’s")) for word in words):
        return None
    known = " ".join(plain).endswith(_in_books())
    return None if known or any(word.isupper() and len(word) > 2 for word in words) else words


def _words(name: str) -> list[str]:
    return re.findall(r"[^\W\d_]{2,}", name.casefold())
