"""How people write a school's name when they look for it: a name in quotation marks, and the place. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from data.register.namesakes import said, spoken_core
from data.register.school_names import SCHOOLISH, is_street, normalise, places_in, spoken_name, words_of
from data.types import School

MOST = 3
_SAYS_SCHOOL = SCHOOLISH | words_of("playgroup playgroups preschool kindergarten montessori prep preparatory")
_CHURCH_IN_WALES = re.compile(r"\(?\bC\.?\s?I\.?\s?W\b\.?\)?|\(?\bChurch in Wales\b\)?", re.IGNORECASE)
_STATUS = re.compile(
    r"\((?:V\.?\s?)?[AC]\.?\)|\(?(?<!\w)(?:V\.?\s?[AC]\.?|(?:Voluntary )?(?:Aided|Controlled))(?!\w)\)?",
    re.IGNORECASE,
)
_CHURCHES = (
    (
        re.compile(r"(?<!\w)(?:C\.?\s?of\s?E\.?|CofE|C\.?\s?E\.?|Church of England)(?!\w)", re.IGNORECASE),
        "Church of England",
    ),
    (re.compile(r"(?<!\w)(?:R\.?\s?C\.?|Roman Catholic|Catholic)(?!\w)", re.IGNORECASE), "Catholic"),
    (_CHURCH_IN_WALES, "Church in Wales"),
)
_VOICED = words_of(
    "primary junior juniors infant infants nursery high grammar academy college middle first special prep "
    "preparatory secondary boys girls sixth form"
)
"""What people say of a school's type. “Comprehensive”, “Community” and the like they mostly leave out."""
_SCHOOL = ("school", "schools")
_ADDED = re.compile(r"\b(schools?|academy|college)\s+(?:and|with|&)\s.*", re.IGNORECASE)
_WELSH = re.compile(r"^(?:ysgol|ysg\.?)\s+", re.IGNORECASE)
_WELSH_TYPES = re.compile(
    r"^(?:(?:gynradd|uwchradd|gyfun|gymraeg|gymunedol|feithrin|babanod|iau)\s+)*", re.IGNORECASE
)
_SMALL = frozenset(["of", "the", "in", "and", "on", "by", "upon", "le", "y", "yr"])
_SAINT = re.compile(r"\b(?:saint\b|st\.)\s*", re.IGNORECASE)
_NEAR = re.compile(r"^(?:nr|near)\.?\s+", re.IGNORECASE)


def spellings(school: School) -> tuple[str, ...]:
    """What to search for, likeliest first, at most three: `"St Mary's Primary School" Thornbeck`.

    Each says that it means a school. Each names the place, unless the name holds it already; where the
    place is not known, there is none. Schools of Wales get the Welsh or the English form too.
    """
    found = (_with_place(form, school) for form in _forms(school))
    return tuple(dict.fromkeys(filter(None, found)))[:MOST]


def phrase_of(spelling: str) -> str:
    """The name within a spelling: what stands in its quotation marks, or all of it."""
    quoted = re.match(r'"([^"]+)"', spelling)
    return quoted[1] if quoted else spelling


def kernel_of(school: School) -> str:
    """The name without what kind of school it is: “St Mary's” of “ST MARY'S C.E. (V.A.) PRIMARY SCHOOL”."""
    name, _ = _bare(school)
    return (_bare_of_ysgol(name) if _WELSH.match(name) else spoken_core(name)) or name


def kinds_of(school: School) -> tuple[str, ...]:
    """What people say of its kind beside “school”, in normal form: “primary”, “academy”."""
    name, _ = _bare(school)
    rest = normalise(name.partition(kernel_of(school))[2]).split()
    return tuple(word for word in rest if word in _VOICED)


def _forms(school: School) -> Iterator[str]:
    name, church = _bare(school)
    if _WELSH.match(name):
        yield from _welsh_forms(name)
        return
    kernel = kernel_of(school)
    rest = name.partition(kernel)[2].split()
    noun = [word for word in rest if normalise(word) in _SCHOOL]
    voiced = [word for word in rest if normalise(word) in _VOICED]
    plain, with_church = (" ".join((kernel, *said, *voiced, *noun)) for said in ((), (church,)))
    if church:
        yield from (with_church, plain) if church == "Catholic" else (plain, with_church)
    yield plain
    if len(rest) > len(voiced) + len(noun):
        yield " ".join((kernel, *(word for word in rest if word not in noun)))
    if school.nation == "wales" and any(_holds(kernel, place) for place in places_of(school)):
        yield f"Ysgol {'Gynradd ' if 'Primary' in voiced else ''}{kernel}"
    elif voiced and noun:
        yield " ".join((kernel, *voiced))
    yield from (spoken_name(alias) for alias in school.aliases if _says_school(alias))


def _welsh_forms(name: str) -> Iterator[str]:
    """“Ysgol Gynradd Gymraeg Bro Las”, “Ysgol Bro Las”, “Bro Las School”."""
    kernel = _bare_of_ysgol(name)
    yield name
    if kernel:
        yield f"Ysgol {kernel}"
        if not _says_school(kernel):
            yield f"{kernel} School"


def _bare_of_ysgol(name: str) -> str:
    return _WELSH_TYPES.sub("", _WELSH.sub("", name)).strip()


def _bare(school: School) -> tuple[str, str]:
    """The name without its denomination, its status and what is added to it, and the denomination."""
    name, church = _ADDED.sub(r"\1", said(school)), ""
    for pattern, written in _CHURCHES:
        if not church and pattern.search(school.name):
            name, church = pattern.sub(" ", name), written
    name = " ".join(_STATUS.sub(" ", name).replace('"', " ").split())
    return _SAINT.sub("St ", in_mixed_case(name)).strip(), church


def in_mixed_case(name: str) -> str:
    """“GARTH PRIMARY SCHOOL” as it is written in a sentence; any other name as it is."""
    if not name.isupper():
        return name
    words = [word if word in _SMALL else _capital(word) for word in name.lower().split()]
    return " ".join((_capital(words[0]), *words[1:]))


def _capital(word: str) -> str:
    return re.sub(r"(^|-)(\w)", lambda found: found[1] + found[2].upper(), word)


def _with_place(form: str, school: School) -> str:
    """The form in quotation marks, with the place where it does not hold one; "" where none is known."""
    says = "" if _says_school(form) else " school"
    places = [in_mixed_case(_NEAR.sub("", place.strip())) for place in places_of(school)]
    if not places:
        return ""
    held = any(_holds(form, place) for place in places)
    place = places[0] if " " not in places[0] else f'"{places[0]}"'
    return f'"{form}"{says}' + ("" if held else f" {place}")


def places_of(school: School) -> list[str]:
    """That of its name, then its town: what the lists of Scotland and Northern Ireland have as a locality may
    be a street.
    """
    village = "" if is_street(school.locality) else school.locality
    lists = (school.town, village, school.local_authority, school.county)
    told: Iterable[str] = (*places_in(school.name), *lists)
    return [place.replace('"', "") for place in told if normalise(place)]


def _says_school(text: str) -> bool:
    return not _SAYS_SCHOOL.isdisjoint(normalise(text).split())


def _holds(text: str, place: str) -> bool:
    return f" {normalise(place)} " in f" {normalise(text)} "
