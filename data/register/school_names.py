"""School names brought to one form, so that “St. Mary's C.E.” and “saint marys church of england” meet."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from data.frozen import freeze
from data.letters import plain_letters, without_accents
from data.shipped import read_table
from data.types import KEY_OF_A_TRUST, Namesake, School

_APOSTROPHES = "'’‘`´ʼ"
_LAST_FOLDED = 0x2FFF
_A_NAME = 60
_LONGEST_KEY = 60


def _table() -> dict[int, str | None]:
    """Map each character to lower case without accent, to a blank where it is no letter or digit."""
    table: dict[int, str | None] = {ord(c): None for c in _APOSTROPHES}
    table[ord("&")] = " and "
    for point in range(_LAST_FOLDED):
        char = chr(point)
        if point in table:
            continue
        if not char.isalnum():
            table[point] = None if unicodedata.combining(char) else " "
            continue
        folded = without_accents(char.casefold())
        if folded != char:
            table[point] = folded if folded.isalnum() else " "
    return table


_TABLE = _table()
_LINES = {**_TABLE, ord("\n"): "\n"}

_SAME = re.compile(r"\b(?:church of england|c of e|c e|ce|roman catholic|r c|saint|rd|ysg|acad)\b")
_SAME_AS = {
    "church of england": "cofe", "c of e": "cofe", "c e": "cofe", "ce": "cofe", "roman catholic": "rc",
    "r c": "rc", "saint": "st", "rd": "road", "ysg": "ysgol", "acad": "academy",
}  # fmt: skip


def words_of(text: str) -> frozenset[str]:
    """The words of a list that is written as one text."""
    return frozenset(text.split())


WORDS: dict[str, Any] = read_table("data.register", "words.toml")
INSTITUTION, SCHOOLISH, _LEADING, _KINDS_OF_TRUST, _SMALL, _STREETS, _PLACES = (
    words_of(WORDS[name])
    for name in ("institution", "schoolish", "leading", "kinds_of_trust", "small", "streets", "places")
)


def _unite(text: str) -> str:
    return _SAME.sub(lambda m: _SAME_AS[m[0]], text)


def normalise(text: str) -> str:
    """Lower case, no accents, no punctuation, single blanks; spellings of denominations and St/Saint united.

    Apostrophes vanish (“Mary's” and “Marys” are one), `&` is “and”, “C of E”, “CE” and “Church of England”
    are `cofe`, “Roman Catholic” is `rc`. Pure; an empty text stays empty. Names and words, which come again
    and again, are remembered."""
    return _remembered(text) if len(text) <= _A_NAME else _normalise(text)


def _normalise(text: str) -> str:
    return _unite(" ".join(plain_letters(text).translate(_TABLE).split()))


_remembered = lru_cache(maxsize=4096)(_normalise)


def normalise_all(texts: list[str]) -> list[str]:
    """`normalise` of each text, in one pass over all of them; same length and order."""
    joined = "\n".join(plain_letters(text).replace("\n", " ") for text in texts)
    return [_unite(" ".join(line.split())) for line in joined.translate(_LINES).split("\n")] if texts else []


def key_of_a_trust(name: str) -> str:
    """The key by which a trust stands beside its schools: `trust-brightwater-learning-trust`."""
    words = "-".join(word for word in normalise(name).split() if word.isascii())
    return f"{KEY_OF_A_TRUST}{words}"[:_LONGEST_KEY].rstrip("-")


def kernel_of_a_trust(name: str) -> str:
    """The words of a trust's name, in normal form, before those that say what it is; it may have none."""
    words = normalise(name).removeprefix("the ").split()
    while words and words[-1] in _KINDS_OF_TRUST:
        words.pop()
    return " ".join(words)


_PARTED = re.compile(r"[,(\[]")
_BRACKET = re.compile(r"\s*[(\[]([^)\]]*)[)\]]?\s*")
_NO_PLACE = INSTITUTION | words_of(WORDS["no_place"])


def spoken_name(name: str, places: Iterable[str] = ()) -> str:
    """The name as it is said: without what stands in brackets, or follows the kind of school after a comma.

    “St Mary's Primary School (Fellbeck)” and “St Mary's Primary School, A Voluntary Academy” lose that. What
    a name begins with is left out where it is one of `places`: “Fellbeck, St Mary's Primary School”. A name
    that would have nothing left is kept as it is."""
    if not _PARTED.search(name):
        return name
    *before, last = _divide(name)[0] or [name]
    known = {normalise(place) for place in places} if before else set()
    return " ".join([*(part for part in before if normalise(part) not in known), last])


def places_in(name: str) -> tuple[str, ...]:
    """The places that a name gives in brackets or at its end: “St Mary's Primary School, Fellbeck”."""
    if not _PARTED.search(name):
        return ()
    found = [*_BRACKET.findall(name), *_divide(name)[1]]
    return tuple(part.strip() for part in found if _may_be_place(part.strip()))


def _divide(name: str) -> tuple[list[str], list[str]]:
    """Divide it at its commas, without brackets: up to the kind of school, and what follows."""
    parts = [part for text in _BRACKET.sub(" ", name).split(",") if (part := text.strip())]
    ends = 1 + next((i for i, part in enumerate(parts) if _says_kind(part)), 0)
    return parts[:ends], parts[ends:]


def _says_kind(part: str) -> bool:
    """Not so “a Voluntary Academy”, which only adds something to a name."""
    added = part.lower().startswith(("a ", "an "))
    return not (added or SCHOOLISH.isdisjoint(normalise(part).split()))


def _may_be_place(text: str) -> bool:
    """Words with their capital, none of which is of schools; no abbreviation, number or street."""
    named = text[:1].isupper() and len(text) >= _SHORT and not text.isupper() and not re.search(r"\d", text)
    return named and _NO_PLACE.isdisjoint(normalise(text).split()) and not is_street(text)


def core(name: str) -> str:
    """The name without institution words at its ends: “St Mary's C of E Primary School” → `st marys`. A name
    made only of such words is kept as it is. Of the name only what is said counts (`spoken_name`)."""
    words = normalise(spoken_name(name)).split()
    kept = list(words)
    while kept and kept[0] in _LEADING:
        kept.pop(0)
    while kept and kept[-1] in INSTITUTION:
        kept.pop()
    return " ".join(kept or words)


def outward(postcode: str) -> str:
    """The first half of a postcode in normal form (`RG8`); empty if there is none."""
    parts = normalise(postcode).split()
    return parts[0] if len(parts) == 2 else ""


_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_VOWEL = re.compile(r"[AEIOUWYÂÊÎÔÛŴŶ]")
_SHORT = 4
_INITIALS = 3
_FRONT = frozenset({"ffordd", "heol", "lôn", "stryd"})


def tidy(text: str) -> str:
    """Single blanks, apostrophes for backquotes, and words of CAPITALS as they are written otherwise. “YSGOL
    GYNRADD BORTH-Y-GEST” → “Ysgol Gynradd Borth-y-Gest”. Abbreviations (C.P., BBC) stay."""
    plain = " ".join(text.replace("`", "'").split())
    if not plain.isupper():
        return plain
    return _WORD.sub(lambda m: _word(m, plain), plain)


def _word(found: re.Match[str], text: str) -> str:
    word = found[0]
    before, after = text[: found.start()], text[found.end() : found.end() + 1]
    if len(word) == 1 and (after == "." or before.endswith(".")):
        return word
    if before and word.lower() in _SMALL and not before.endswith(("(", ". ")):
        return word.lower()
    if word != "ST" and (word == "YGG" or (len(word) < _SHORT and not _VOWEL.search(word))):
        return word
    return word[0] + word[1:].lower()


def is_street(text: str) -> bool:
    """Does it name a street, or begin with a house number, rather than a village or a part of a town?"""
    words = text.lower().replace(".", " ").replace(",", " ").split()
    if not words:
        return False
    if words[0][0].isdigit() or words[0] in _FRONT:
        return True
    return len(words) > 1 and words[-1] in _STREETS - _PLACES


TITLES = r"(?:Mr|Mrs|Miss|Ms|Mx|Dr|Sir|Dame|Rev|Revd|Prof|Professor|Father|Sister|Canon)"

_ODD = re.compile(r"[/&(),;:\[\]\d]| and | [-–] |- |ting|rim|tive|chool|cip|ead ?[tom]|^Co |[Cc]o-|TBC")
"""Quick, for a whole register: parts of “acting”, “interim”, “executive”, “school”, “principal” and so on."""

_NO_NAME = re.compile(r"\S*@\S*|\d+(?:[./]\d+)*|\b(?:until|previously|formerly|formally|n[ée]e)\b", re.I)
_KIND = (
    r"(?:co|joint|acting|interim|exec|executive|associate|deputy|designated|primary|secondary|regional|area)"
)
_ROLE = re.compile(
    rf"""
    \b{_KIND}\s*[-–]?\s*(?:{_KIND}\s*[-–]?\s*)*
        (?:heads?(?:\s?(?:teachers?|masters?))?(?:\s+of\s+\w+)?|principals?|leaders?|directors?(?:\s+for\s+\w+)?)\b
    | \bhead\s?(?:teachers?|masters?|mistress(?:es)?)\b | \bheads?\s+of\s+(?:school|centre|academy)\b
    | (?:^|(?<=[\s;]))principals?\b | \b(?:acting|interim|eht|hos|job\s+share|joint)\b
    | \b(?:january|february|march|april|may|june|july|august|september|october|november|december)\s*;
    | [-–]\s*(?:primary|secondary)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ASIDE = re.compile(r"[(\[]([^)\]]*)[)\]]")
_AND = re.compile(r"\s*(?:/|&|;|,|\band\b)\s*")
_NEXT = re.compile(rf"(?<=\w)\s+(?={TITLES}\b\.?\s)")
_TITLED = re.compile(rf"{TITLES}\b\.?\s*")
_NO_PERSON = frozenset(
    {"tbc", "tbd", "nswl", "vacant", "vacancy", "mbe", "obe", "cbe", "bsc", "hons", "ma", "ba", "npqh"}
)
_SHARED = re.compile(
    rf"(?:{TITLES}\.?\s+)?([^\W\d][\w'’-]*)\s*(?:/|&|\band\b)\s*([^\W\d][\w'’-]*)"
    r"\s+([^\W\d][\w'’-]*)\s*(?:/|&|\band\b)\s*([^\W\d][\w'’-]*)"
)
_HYPHEN = re.compile(r"(?<=\w)\s*[-–]\s*(?=\w)")
_HEADED = re.compile(r"(?:co[\s-]?)?heads?\s?teachers?\s+(?!(?:mr|mrs|ms|miss|dr)\b)", re.IGNORECASE)
_TWO_NAMES = 4
_ONE_SURNAME = re.compile(r"([^\W\d][\w'’-]*)\s*(?:/|&|\band\b)\s*([^\W\d][\w'’-]*)\s+([^\W\d][\w'’-]*)")


@lru_cache(maxsize=1024)
def separate_names(said: str | None) -> tuple[str, ...]:
    """Return the names of those who head the school, with titles; without roles, days, degrees, former names.

    “Co Headteacher Ada/Bo Example/Sample” is Ada Example and Bo Sample. What is no name (“TBC”, a school's)
    is left out. Pure; a plain name comes back as it is."""
    name = " ".join((said or "").split())
    if not _ODD.search(name):
        return (name,) if name else ()
    plain = _ROLE.sub(";", _NO_NAME.sub(";", _ASIDE.sub(_aside, name)))
    plain = _HYPHEN.sub("-", " ".join(plain.strip(" ;,.:/&-–").split()))
    if pair := _SHARED.fullmatch(plain):
        return (f"{pair[1]} {pair[3]}", f"{pair[2]} {pair[4]}")
    if (pair := _ONE_SURNAME.fullmatch(plain)) and not _TITLED.match(plain):
        return (f"{pair[1]} {pair[3]}", f"{pair[2]} {pair[3]}")
    parts = [p for part in _AND.split(plain) for p in _NEXT.split(part)]
    if len(parts) == 1 and _HEADED.match(name) and len(words := plain.split()) == _TWO_NAMES:
        parts = [" ".join(words[:2]), " ".join(words[2:])]
    return tuple(dict.fromkeys(found for part in parts if (found := _person(part))))


def join_names(said: str) -> str | None:
    """Write them as the settings hold it: “Ada Example and Bo Sample”; None where nobody is named."""
    return (" and ".join(separate_names(said)) if _ODD.search(said) else said) or None


def _aside(found: re.Match[str]) -> str:
    """A role in brackets parts two people; a name in them is a former one, or a short one."""
    return ";" if _ROLE.search(f"{found[1]};") or "@" in found[1] else " "


def _person(part: str) -> str:
    words = [w for w in part.strip(" .,:-–").split() if w.strip(".").lower() not in _NO_PERSON]
    if len(words) < 2 or words[-1].lower() == "school" or not words[0][0].isalpha():
        return ""
    return " ".join(words)


# Suggestions for a school's configuration: short forms people use, and other schools with its name.

_MOST = 12
_SELECTIVE = frozenset({"grammar", "high", "college", "academy"})
_LEVELS = ("Primary", "Junior", "Infant", "High", "Grammar", "Comprehensive", "Academy", "College")
_COMMON = 5
_NOBLE = re.compile(
    r"(?:sir|dame|lord|lady|king|queen|prince|princess|duke|earl|bishop|archbishop|cardinal|pope|father|sister|"
    r"canon|dr|captain|admiral|blessed|venerable|st) (?!.*\bs\b)\w"
)
_OWNED = re.compile(r"['’]s?(?=\s|$)")
_FIRST_NAMES, _LAND = words_of(WORDS["first_names"]), words_of(WORDS["land"])


@freeze
class Register:
    """The names in a register, worked out once: who has one, and what else it is the name of.

    All in normal form: `bearers` by the core of their names; `places` are its towns, villages, counties and
    authorities; `people` its heads, `first_names` those that several of them have."""

    bearers: Mapping[str, tuple[School, ...]]
    places: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    first_names: frozenset[str] = _FIRST_NAMES


def register_of_names(schools: Iterable[School]) -> Register:
    """Return the names in a register. Takes about a second for all schools of England."""
    bearers: dict[str, list[School]] = defaultdict(list)
    places: set[str] = set()
    heads: set[str] = set()
    for school in schools:
        bearers[core_of(school)].append(school)
        places.update((school.locality, school.town, school.county, school.local_authority))
        heads.update(separate_names(school.head))
    people = [_strip_title(name) for name in normalise_all(sorted(heads))]
    often = Counter(name.split()[0] for name in people if " " in name)
    return Register(
        bearers={name: tuple(found) for name, found in bearers.items()},
        places=frozenset(normalise_all(sorted(p for p in places if p and not is_street(p)))),
        people=frozenset(people),
        first_names=_FIRST_NAMES | {name for name, n in often.items() if n >= _COMMON and len(name) > 2},
    )


NOTHING_KNOWN = Register({})


def propose_aliases(school: School, register: Register = NOTHING_KNOWN) -> tuple[str, ...]:
    """Short forms people are likely to write, likeliest first, none equal to the name.

    The spoken name without its denomination (“Basildon Primary”), with the place (“St Mary's Thornbeck”), and
    the initials of a grammar school, high school, college or academy of three words or more. A bare core of
    several words is suggested only where no other school of the register has it, and it is nobody's and no
    place's name: those are `doubtful_aliases`. Nothing is put behind a name that goes on after its kind."""
    name = name_without_place(school)
    kernel = spoken_core(name)
    if not kernel:
        return ()
    text, words = normalise(kernel), normalise(name).removeprefix("the ").split()
    given = (*places_in(school.name), school.locality, school.town)
    place = next((p for p in given if p and not is_street(p)), "")
    level = next((word for word in _LEVELS if word.lower() in words), "")
    proposed = [f"{kernel} {level}"] if level and level.lower() not in text.split() else []
    if level == "Comprehensive":
        proposed += [f"{kernel} School", f"{kernel} Comp"]
    said = set(text.split()) - _SMALL - {"st"}
    if place and said.isdisjoint(normalise(place).split()) and text not in normalise(place):
        proposed.append(f"{kernel} {place}")
    if _is_alone(school, register) and not _somebody_or_somewhere(kernel, school, register):
        proposed.append(kernel)
    if _goes_on(kernel):
        proposed.clear()
        while words[-1] not in SCHOOLISH:
            words.pop()
    if len(words) >= 3 and set(words) & _SELECTIVE and "primary" not in words:
        initials = "".join(word[0] for word in words).upper()
        if 3 <= len(initials) <= 6:
            proposed.append(f"{initials} {place}".strip())
    known = {normalise(school.name)}
    return tuple(p for p in dict.fromkeys(proposed) if normalise(p) not in known)


def doubtful_aliases(school: School, register: Register = NOTHING_KNOWN) -> tuple[str, ...]:
    """The bare core of the name, where it is a place's or a person's too: to be asked for."""
    kernel = spoken_core(name_without_place(school))
    is_whole = _goes_on(kernel) or normalise(kernel) == normalise(school.name)
    if not kernel or is_whole or not _is_alone(school, register):
        return ()
    return (kernel,) if _somebody_or_somewhere(kernel, school, register) else ()


def initials_said(school: School, texts: Iterable[str]) -> tuple[str, ...]:
    """The initials of its name, where two texts call the school so: “KJS” for King James's School."""
    words = [w for w in normalise(name_without_place(school)).removeprefix("the ").split() if w not in _SMALL]
    initials = "".join(word[0] for word in words).upper()
    said = sum(initials in re.findall(r"\w+", text) for text in texts)
    return (initials,) if len(initials) >= _INITIALS and said > 1 else ()


def _goes_on(kernel: str) -> bool:
    """Does a name go on after its kind, as “Queen Ada Grammar School Larchford” does?"""
    return not SCHOOLISH.isdisjoint(normalise(kernel).split()[1:])


def propose_namesakes(school: School, register: Register) -> tuple[Namesake, ...]:
    """Other schools with the same core, at most twelve: nearest first, then most similar in name."""
    others = _find_others(school, register)
    others.sort(
        key=lambda other: (-_nearness(school, other), normalise(other.name) != normalise(school.name))
    )
    return tuple(Namesake(other.name, place_of_school(other)) for other in others[:_MOST])


def place_of_school(school: School) -> str:
    """Return “Upper Basildon, Reading, Berkshire”: the narrowest place first, without repeats."""
    parts = (school.locality, school.town, school.county or school.local_authority)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def name_without_place(school: School) -> str:
    """Return its name as it is said, without its place where that stands first or last, or in brackets."""
    return spoken_name(school.name, (school.locality, school.town))


def core_of(school: School) -> str:
    """The core of the name as it is said: what bearers of one name have in common."""
    return core(name_without_place(school))


def spoken_core(name: str) -> str:
    """The core of a name as it is written there: “St Mary's” of “St Mary's C of E Primary School”."""
    words = spoken_name(name).split()
    wanted = core(name)
    for start in range(len(words)):
        for stop in range(len(words), start, -1):
            text = " ".join(words[start:stop])
            if normalise(text) == wanted:
                return text
    return ""


def _find_others(school: School, register: Register) -> list[School]:
    own = {school.urn, *school.members}
    return [other for other in register.bearers.get(core_of(school), ()) if other.urn not in own]


def _is_alone(school: School, register: Register) -> bool:
    return " " in core_of(school) and not _find_others(school, register)


def _somebody_or_somewhere(kernel: str, school: School, register: Register) -> bool:
    text = normalise(kernel)
    own = {normalise(p) for p in (school.locality, school.town, school.county, school.local_authority)}
    return text in register.places or text in own or is_street(kernel) or _is_person(kernel, register)


def _is_person(kernel: str, register: Register) -> bool:
    """“Sir Isaac Newton”, “Ada Example”; but no “St Mary's”, which is how people name a school."""
    text = normalise(kernel)
    if text in register.people:
        return True
    if _OWNED.search(kernel):
        return False
    first, *_, last = text.split()
    return bool(_NOBLE.match(text)) or (first in register.first_names and last not in _LAND)


def _strip_title(name: str) -> str:
    first, _, rest = name.partition(" ")
    return rest if first in ("mr", "mrs", "miss", "ms", "mx", "dr", "rev", "sir", "dame", "prof") else name


def _nearness(one: School, other: School) -> int:
    """0..15: the same district, town, authority, county, in that order of weight."""
    area = outward(one.postcode).rstrip("0123456789")
    pairs = (
        (outward(one.postcode), outward(other.postcode), 8),
        (one.town, other.town, 4),
        (one.local_authority, other.local_authority, 2),
        (area, outward(other.postcode).rstrip("0123456789"), 1),
    )
    return sum(weight for mine, theirs, weight in pairs if mine and mine == theirs)
