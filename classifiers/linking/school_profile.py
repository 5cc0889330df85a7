"""Prepare a mention and a school for linking, in normal form: the words looked for (`words.toml`), and what
distinguishes a school from all others, worked out once.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, cached_property, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from classifiers.text.language import Language, recognise_language
from classifiers.text.words import WordFile
from data.frozen import freeze
from data.letters import plain_letters
from data.register.school_names import (
    INSTITUTION,
    SCHOOLISH,
    core,
    kernel_of_a_trust,
    name_without_place,
    normalise,
    normalise_all,
    outward,
    places_in,
    separate_names,
    spoken_core,
    spoken_name,
    words_of,
)
from data.types import Mention, MentionKind, School
from data.web.channels import PRESS

_LISTS: dict[str, Any] = tomllib.loads(
    files("classifiers.linking").joinpath("words.toml").read_text(encoding="utf-8")
)


PATTERNS = WordFile(Path(__file__).with_name("patterns.toml"))


def _phrases(text: str) -> frozenset[str]:
    return frozenset(" ".join(phrase.split()) for phrase in text.split(",") if phrase.strip())


def _lists(*names: str) -> Iterator[frozenset[str]]:
    return (words_of(_LISTS[name]) for name in names)


THINGS = words_of(_LISTS["things"]) | _phrases(_LISTS["thing_phrases"])
BEFORE = _phrases(_LISTS["before"])
SCHOOL_WORDS, SCHOOL_HINTS, GROUP_WORDS, PEOPLE_OF, TITLES = _lists(
    "school", "school_hints", "group", "people_of", "titles"
)
ROADS, JOURNEYS, JOURNEY_KINDS, SIGHTS, STAYS, PASSING, NEAR = _lists(
    "roads", "journeys", "journey_kinds", "sights", "stays", "passing", "near"
)
COMMON_WORDS, COMMON_NAMES, ESTATE_WORDS, SPAM_WORDS, DANGER, ABROAD = _lists(
    "common_words", "common_names", "estate_agent", "spam", "danger", "abroad"
)
CITIES = _phrases(_LISTS["cities"])
COUNTIES = CITIES | _phrases(_LISTS["counties"])
NO_PLACE = words_of(_LISTS["no_place"]) | {words.split()[0] for words in THINGS | BEFORE}
LEVEL_WORDS = {level: words_of(text) for level, text in _LISTS["levels"].items()}
LEVEL_WORDS["primary"] |= LEVEL_WORDS["infant"] | LEVEL_WORDS["junior"]
TRADES = {trade: words_of(text) for trade, text in _LISTS["trades"].items()}
KINDS: dict[str, str] = {kind: trade for trade, text in _LISTS["kinds"].items() for kind in _phrases(text)}
"""A namesake's kind in the configuration → the trade whose words go with it."""


Found = dict[str, str]
"""Code of the evidence → what was found, in the text's words or the school's; `|` joins two parts."""

_ABBREVIATED, _YEAR = PATTERNS.patterns("abbreviated", "year")
_BREAK = re.compile(
    r"[^\w\s'’‘`´ʼ&-]+|[\r\n\v\f\x85\u2028\u2029_]+|-(?!\w)|(?<!\w)-|\B['’‘`´ʼ]+|(?<![sS])['’‘`´ʼ]+\B"
)


@freeze
class Doc:
    """`title` in normal form; `both` is title and text, separated by `|`, in normal form between blanks.
    `raw` is both as written, in plain letters; `words` are those of `both`, with “Year 6” as `y6` too."""

    raw: str
    title: str
    both: str
    words: frozenset[str]
    channel: str
    article: bool = False

    def has(self, words: str) -> bool:
        """Are these words, in normal form, in it?"""
        return f" {words} " in self.both


def document(mention: Mention, title: str | None = None, text: str | None = None) -> Doc:
    """`title` and `text` may be passed in, already in normal form."""
    title = normalise(mention.title) if title is None else title
    text = normalise(mention.text) if text is None else text
    both = f" {title} | {text} "
    years = frozenset(  # not “yr 6” in Welsh, where “yr” is “the”
        f"{letter or 'y'}{year}"
        for word, letter, year in _YEAR.findall(both)
        if word != "yr" or recognise_language(both) is not Language.WELSH
    )
    article = mention.kind is MentionKind.ARTICLE or mention.channel in PRESS
    raw = plain_letters(f"{mention.title} | {mention.text}")
    return Doc(raw, title, both, frozenset(both.split()) | years, mention.channel, article)


def says(place: str, rest: str, doc: Doc) -> bool:
    """Is the place, in normal form, in `rest`, by itself or as whose something is: “Larkham's Oakfield”?"""
    if f" {place} " in rest:
        return True
    return f" {place}s " in rest and re.search(rf"\b{place}['’]s\b", doc.raw, re.IGNORECASE) is not None


def count_in_one_phrase(doc: Doc, words: str) -> int:
    """Count how often `words`, in normal form, occur with no punctuation or line end between them."""
    return phrases(doc.raw).count(f" {words} ")


@lru_cache(maxsize=4)
def phrases(raw: str) -> str:
    """The text in normal form with `|` wherever punctuation, a sign or the end of a line separates two words.
    The point of an abbreviation (“St. Mary's”, “C.E.”) separates nothing, nor does punctuation inside a
    word."""
    text = _ABBREVIATED.sub(r"\1 ", raw)
    return f" {' | '.join(normalise_all(_BREAK.split(text)))} "


# Other bearers of a name, as far as the register or the configured namesakes say, and its places; where
# neither knows, whether the name is made of words that others bear, and the towns of this country.


class Gazetteer:
    """The places of the register and the areas of each, of other towns those of their postcodes."""

    def __init__(self, schools: Sequence[School]) -> None:
        self._schools = schools

    def __bool__(self) -> bool:
        """Is there a register?"""
        return bool(self._schools)

    def lists(self, school: School) -> bool:
        """Is the school in the register, so that its namesakes are too? Most nurseries are not."""
        return not self._numbers.isdisjoint((school.urn, *school.members))

    @cached_property
    def _numbers(self) -> frozenset[str]:
        return frozenset(school.urn for school in self._schools)

    @cached_property
    def _areas(self) -> dict[str, frozenset[str]]:
        areas: dict[str, set[str]] = defaultdict(set)
        plain = lru_cache(maxsize=None)(normalise)
        for school in self._schools:
            own = {plain(area) for area in _area_names(school)} - {""}
            for given in (school.locality, school.town, school.county, school.local_authority):
                for place in given.split(","):
                    areas[plain(place)] |= own
        areas.pop("", None)
        return {place: frozenset(found) for place, found in areas.items()}

    def names_near(self, school: School) -> Iterator[str]:
        """The whole names, in normal form, of the other schools of its town or village."""
        ours = {school.town, school.locality} - {""}
        numbers = {school.urn, *school.members}
        for other in self._schools:
            if not ours.isdisjoint((other.town, other.locality)) and other.urn not in numbers:
                name = normalise(other.name).removeprefix("the ")
                if not INSTITUTION.issuperset(name.split()):
                    yield name

    def elsewhere(self, place: str, school: School) -> bool | None:
        """Is the place, in normal form, away from the school's own area? None where that is not known."""
        if (areas := self._areas.get(place)) is not None:
            return not areas & (frozenset(normalise(area) for area in _area_names(school)) - {""})
        theirs = _post_towns().get(place)
        ours = _postcode_areas(school) if theirs else None
        return True if theirs and ours and ours.isdisjoint(theirs) else None


@cache
def _post_towns() -> dict[str, frozenset[str]]:
    """Each town of `post_towns.toml` with the postcode areas that it is in."""
    read = files("classifiers.linking").joinpath("post_towns.toml").read_text(encoding="utf-8")
    towns: dict[str, frozenset[str]] = {}
    for area, listed in tomllib.loads(read).items():
        for town in " ".join(listed.split()).split(", "):
            towns[town] = towns.get(town, frozenset()) | {area.lower()}
    return towns


def _postcode_areas(school: School) -> frozenset[str]:
    """The letters with which its postcode begins; where it has none, those of its town."""
    if area := re.match(r"[a-z]{1,2}(?=\d)", normalise(school.postcode)):
        return frozenset((area[0],))
    places = (normalise(place) for place in (school.town, school.locality))
    return next((areas for place in places if (areas := _post_towns().get(place))), frozenset())


def is_common(name: str, places: Iterable[str]) -> bool:
    """Is it a name that others are likely to bear: made of words that many have, and without its own place?
    So are “St Mary's” and “Little Acorns Nursery”, and a name that only says what it is: “The Academy”.
    `places` are the school's own, in normal form."""
    text = normalise(spoken_name(name))
    words = set(text.split()) - INSTITUTION - COMMON_NAMES
    return not any(word.removesuffix("s") not in COMMON_NAMES for word in words) and not any(
        f" {place} " in f" {text} " for place in places
    )


def _area_names(school: School) -> tuple[str, ...]:
    """Council, post town and its district: what a school has in common with the villages around it."""
    return school.local_authority, school.town, outward(school.postcode)


_OTHER_SCHOOLS = frozenset({"school", "independent school", "special school", "college", "nursery"})
_SAME_WORD = {"catholic": "rc"}


@freeze
class Bearer:
    """Another school: the words of its name, and where it is, in normal form."""

    words: frozenset[str]
    places: tuple[str, ...]


def bearers_in_register(schools: Iterable[School]) -> tuple[Bearer, ...]:
    """One for each school of the register."""
    found = []
    for school in schools:
        wide = [*places_in(school.name), school.locality, school.town, school.county, school.local_authority]
        narrow = [street_of(school), school.postcode, outward(school.postcode)]
        found.append(_bearer(school.name, [*narrow, *(part for place in wide for part in place.split(","))]))
    return tuple(found)


def street_of(school: School) -> str:
    """The street without its number."""
    return school.street.split(",")[0].lstrip("0123456789- ")


def count_bearers(name: str, places: Collection[str], others: Sequence[Bearer]) -> int:
    """Count the schools that may be called `name`, in normal form, and lie in all of `places`, ours included.
    A school may be called by any of the words of its name: “St Mary's Primary” is what people say of “St
    Mary's Catholic Primary School”."""
    said = _unite_words(name.split())
    return 1 + sum(
        said <= other.words and all(any(f" {p} " in f" {q} " for q in other.places) for p in places)
        for other in others
    )


def _bearer(name: str, places: Iterable[str]) -> Bearer:
    return Bearer(_words(name), tuple({normalise(place) for place in places} - {""}))


@lru_cache(maxsize=1024)
def _words(name: str) -> frozenset[str]:
    return _unite_words([*normalise(name).split(), "the", "school"])


def _unite_words(words: Iterable[str]) -> frozenset[str]:
    return frozenset(_SAME_WORD.get(word, word) for word in words)


# The forms a school's name takes in running text.

_SHORTEST_FORM = 3


@freeze
class Form:
    """One way of writing a school: `text` in normal form, `code` the kind of evidence it is, `shown` as
    given. Codes: full_name, alias, alias_handle, former_name, short_name, core_name, initials."""

    text: str
    code: str
    shown: str


def forms(school: School) -> tuple[Form, ...]:
    """Every form of the school's name, most distinctive first; no duplicates, none under three letters."""
    name = name_without_place(school)
    kernel = core(name)
    aliases = [alias for alias in school.aliases if alias[:1] not in "@#"]
    spoken = [name, *aliases]
    given = [("full_name", one) for one in dict.fromkeys((school.name, name))]
    given += [("alias_handle", alias) for alias in school.aliases if alias[:1] in "@#"]
    given += [("alias", alias) for alias in aliases]
    given += [("former_name", name) for name in school.former_names]
    whole = ("full_name", "alias")
    written = [
        Form(text, "core_name" if code in whole and text.removeprefix("the ") == kernel else code, shown)
        for code, shown in given
        for text in _spellings(shown)
    ]
    written += [Form(text, "short_name", name) for name in spoken for text in _short(name)]
    written += [Form(core(name), "core_name", spoken_core(name) or name) for name in spoken]
    written += [Form(core(_bare(name)), "core_name", name) for name in spoken if "'" in name or "’" in name]
    written += [
        Form("".join(word[0] for word in normalise(name).split()), "initials", name) for name in spoken
    ]
    if school.nation == "wales" or normalise(school.name).startswith("ysgol"):
        written += [
            Form(text, form.code, form.shown)
            for form in tuple(written)
            for text in _welsh_mutations(form.text)
        ]
    found: dict[str, Form] = {}
    for form in written:
        if len(form.text) >= _SHORTEST_FORM and form.text not in INSTITUTION:
            found.setdefault(form.text, form)
    return tuple(found.values())


_SOFT = (
    ("ll", "l"), ("rh", "r"), ("c", "g"), ("p", "b"), ("t", "d"),
    ("b", "f"), ("d", "dd"), ("m", "f"), ("g", ""),
)  # fmt: skip
_NASAL = (("c", "ngh"), ("p", "mh"), ("t", "nh"), ("b", "m"), ("d", "n"), ("g", "ng"))


def _welsh_mutations(text: str) -> list[str]:
    """Welsh changes the first letter after many words: Cwm → Gwm, Nghwm; after “Ysgol” too."""
    head, name = ("ysgol ", text[6:]) if text.startswith("ysgol ") else ("", text)
    return [
        head + put + name.removeprefix(old)
        for table in (_SOFT, _NASAL)
        for old, put in [next(((o, p) for o, p in table if name.startswith(o)), ("", ""))]
        if old and (len(old) > 1 or name[:2] not in ("ch", "ph", "th", "dd"))
    ]


def _bare(name: str) -> str:
    """The name without its possessive: “King James School” for “King James's School”."""
    return name.replace("’", "'").replace("s's", "s").replace("'s", "")


def _spellings(name: str) -> list[str]:
    """The name in normal form; also without its possessive, without “the”, and in one word."""
    plain = normalise(name)
    bare = normalise(_bare(name))
    texts = [plain, bare, plain.removeprefix("the "), plain.removesuffix(" school")]
    if name[:1] not in "@#" and len(plain) >= 10:
        texts.append(plain.replace(" ", ""))
    return [text for text in dict.fromkeys(texts) if text not in INSTITUTION]


def _short(name: str) -> list[str]:
    """The core with one institution word from the name: “park primary”, “park academy”."""
    words = normalise(spoken_name(name)).split()
    kernel = core(name)
    return [f"{kernel} {word}" for word in words if word in SCHOOLISH and word not in kernel.split()]


# All of it as one profile.

(_TITLES,) = PATTERNS.patterns("titles")
_ASIDE = re.compile(r"\([^)]*\)")
_SCHOOLS = frozenset(
    {"school", "independent school", "special school", "college", "nursery", "school abroad"}
)
_PHASES = frozenset(PATTERNS.words("phases"))
_LEVELS = {level: {*PATTERNS.words(level)} for level in ("secondary", "primary", "infant", "junior")}
_PART = 4
_SHORTEST = 3
_LONG_WORD = 8
_WIDE = frozenset(PATTERNS.words("begins_places"))


@freeze
class Rival:
    """Another bearer of the name. `places` are those that the school itself does not have. `ties` are its
    head, trust, domain and handles; `distinct` says that its name cannot be a variant of the school's own."""

    name: str
    shown: str
    kind: str
    places: tuple[str, ...]
    ties: tuple[str, ...] = ()
    distinct: bool = True

    @property
    def school(self) -> bool:
        """Is the namesake a school itself?"""
        return self.kind in _SCHOOLS

    @property
    def trade(self) -> str:
        """The list of words that goes with it; empty for a school or a rare kind."""
        return KINDS.get(self.kind, "")


@freeze
class SchoolProfile:
    """A school's facts in normal form. `places` maps a place to its code (place, county, …) and spelling;
    `towns` are its town or village. `neighbours` are the whole names of other schools there. `full` are those
    of `texts` that give its whole name, leaving out at most “the”. A school that says one of `own_words`, of
    its name or of a place, could be this one. `kernels` are the forms in one word, as they may occur inside
    other words. `other_counties` are the counties and cities where it is not. `bearers` are other schools
    that bear the name or part of it: those of the register, and those configured as namesakes.
    """

    school: School
    forms: tuple[Form, ...]
    longest: tuple[Form, ...]
    texts: frozenset[str]
    full: frozenset[str]
    kernels: tuple[tuple[str, Form], ...]
    places: dict[str, tuple[str, str]]
    towns: tuple[str, ...]
    heads: tuple[tuple[str, str], ...]
    trusts: tuple[str, ...]
    domain: str
    urns: tuple[str, ...]
    rivals: tuple[Rival, ...]
    level: str
    own_words: frozenset[str]
    neighbours: frozenset[str]
    last_words: frozenset[str]
    other_counties: tuple[str, ...]
    bearers: tuple[tuple[Bearer, ...], ...]
    gazetteer: Gazetteer


def profile(
    school: School,
    others: Sequence[School] = (),
    bearers: tuple[Bearer, ...] | None = None,
    gazetteer: Gazetteer | None = None,
) -> SchoolProfile:
    """The profile of a school; `others` of its name are in the register, or `bearers` worked out already."""
    places, found = _places(school), forms(school)
    register = gazetteer or Gazetteer(())
    own = {form.text for form in found}
    # the trust as people name it: whole, or “Larchwood Trust” where that is no place's
    trust = school.trust or ""
    kernel = kernel_of_a_trust(trust)
    shorter = f"{kernel} trust" if kernel and kernel not in places else ""
    words = {word for text in own for word in text.split()}

    def rival(name: str, place: str, kind: str, ties: tuple[str, ...] = ()) -> Rival:
        text = normalise(name)
        parts = dict.fromkeys(normalise(part) for part in _ASIDE.sub("", place).split(","))
        known = places.keys() | own
        elsewhere = tuple(part for part in parts if len(part) >= _SHORTEST and part not in known)
        same = text.removeprefix("the ") in {text.removeprefix("the ") for text in own}
        if kind in _SCHOOLS and core(name) in own:
            phases = set(text.split()) & _PHASES
            same = same or not phases or bool(phases & words)
        return Rival(text, f"{name}, {place}" if place else name, kind, elsewhere, ties, not same)

    rivals = [rival(n.name, n.place, n.kind) for n in school.namesakes]
    mine = {last for _, last in people(school.head or "")} | {normalise(school.trust or ""), ""}
    for other in others:
        place = ", ".join(dict.fromkeys(p for p in (other.locality, other.town, other.county) if p))
        ties = tuple(tie for tie in _namesake_ties(other) if tie not in mine)
        rivals.append(rival(other.name, place, "school", ties))
    shared = {other.name.removeprefix("the ") for other in rivals if other.kind not in _SCHOOLS}
    ends = {core(form.shown).split()[-1] for form in found}  # with and without their possessive
    # a form that is also a place, a road or a pub counts for less
    weakened = []
    for form in found:
        text = form.text.removeprefix("the ")
        placed = text in places or any(place.startswith(f"{text} ") for place in places)
        code = "place_name" if placed else "shared_name" if text in shared else form.code
        weakened.append(replace(form, code=code))
    # who else bears the name, by who says so; a register without another bearer says that there is none
    registered = bearers_in_register(others) if bearers is None else bearers
    said = [_bearer(n.name, n.place.split(",")) for n in school.namesakes if n.kind in _OTHER_SCHOOLS]
    known = tuple(some for some in (registered, tuple(said)) if some) or ((),) * bool(register)
    texts = frozenset(form.text for form in found)
    return SchoolProfile(
        school=school,
        forms=tuple(weakened),
        longest=tuple(sorted(weakened, key=lambda form: -len(form.text))),
        texts=texts,
        full=frozenset(  # with every word of it, “School” too; none where that is only its core (“Oakfield”)
            f.text for f in found if f.code == "full_name" and f"{f.text} school" not in texts
        ),
        kernels=_kernels(found, places),
        places=places,
        towns=tuple(place for place, (code, _) in places.items() if code == "place"),
        heads=people(school.head or ""),
        trusts=tuple(filter(None, (normalise(trust), shorter))),
        domain=(school.domain or "").lower(),
        urns=_numbers(school),
        rivals=tuple(rivals),
        level=_level(school),
        own_words=frozenset(word for text in (*own, *places) for word in text.split())
        - INSTITUTION
        - {"the", "st", "y"},
        neighbours=frozenset(
            name
            for name in (register.names_near(school) if register else ())
            if not any(name in text for text in texts)
        ),
        last_words=frozenset(said for end in ends for said in (end, end.removesuffix("s"), f"{end}s")),
        other_counties=tuple(sorted(COUNTIES - places.keys())),
        bearers=known,
        gazetteer=register,
    )


def words_that_touch(school: School) -> list[str]:
    """List the words of a school's facts that make a text worth a closer look; they are between blanks."""
    places, found = _places(school), forms(school)
    spaced = [form.text for form in found] + [last for _, last in people(school.head or "")]
    spaced += [normalise(school.trust or ""), *_numbers(school)]
    spaced += [place for place, (code, _) in places.items() if code != "county"]
    whole = [kernel for kernel, _ in _kernels(found, places) if len(kernel) >= _LONG_WORD]
    whole.append((school.domain or "").lower())
    whose = [f" {form.text}s " for form in found]
    return whose + [f" {text} " for text in spaced if text] + [text for text in whole if text]


def _kernels(found: Sequence[Form], places: dict[str, tuple[str, str]]) -> tuple[tuple[str, Form], ...]:
    return tuple(
        (form.text.replace(" ", ""), form)
        for form in found
        if form.code != "initials" and form.text not in places
    )


def _numbers(school: School) -> tuple[str, ...]:
    return tuple(u for u in (school.urn, *school.members) if u.isdigit() and len(u) >= 6)


def _namesake_ties(other: School) -> list[str]:
    """List what points to a namesake without its name: its head, its trust, its handles."""
    titled = [
        f"{t} {last}" for _, last in people(other.head or "") for t in ("mr", "mrs", "ms", "miss", "dr")
    ]
    handles = [normalise(alias) for alias in other.aliases if alias[:1] in "@#"]
    full = [name for name, _ in people(other.head or "") if " " in name]
    return [*full, *titled, normalise(other.trust or ""), normalise(other.domain or ""), *handles]


def _level(school: School) -> str:
    """infant, junior, primary or secondary; empty where there are several or it is not known."""
    words = set(normalise(f"{school.name} {school.phase}").split())
    if words & {"through", "special", "all"}:
        return ""
    return next((level for level, marks in _LEVELS.items() if words & marks), "")


def _places(school: School) -> dict[str, tuple[str, str]]:
    """Each place once: its narrowest code, and its spelling."""
    given = [
        ("postcode", school.postcode),
        ("street", street_of(school)),
        *(("place", place) for place in (school.locality, school.town, *places_in(school.name))),
        ("district", outward(school.postcode)),
        ("county", school.county),
        ("county", school.local_authority),
    ]
    given += [("place", part) for part in (_part(school.locality), _part(school.town)) if part]
    places: dict[str, tuple[str, str]] = {}
    for code, shown in given:
        for part in shown.split(","):
            text = normalise(part)
            if len(text) >= _SHORTEST:
                places.setdefault(text, (code, part.strip()))
    return places


def _part(place: str) -> str:
    """The word by which people may call a place of several: “Stow” Larkham, but Nether “Larkham”."""
    words = place.partition(",")[0].split()
    if len(words) < 2:
        return ""
    if (first := normalise(words[0])) not in _WIDE:
        return words[0] if len(first) >= _PART else ""
    last = normalise(words[-1])
    return words[-1] if len(last) > _PART and last not in COMMON_WORDS and last not in ROADS else ""


def people(heads: str) -> tuple[tuple[str, str], ...]:
    """(full name, surname) of each head in normal form, without roles and titles."""
    found = []
    for person in separate_names(heads):
        words = normalise(_TITLES.sub(" ", person)).split()
        if words and len(words[-1]) >= _SHORTEST:
            found.append((" ".join(words), surname(person)))
    return tuple(found)


def surname(person: str | None) -> str:
    """The last word of a name in normal form; a double-barrelled one complete."""
    words = (person or "").split()
    return normalise(words[-1]) if words else ""
