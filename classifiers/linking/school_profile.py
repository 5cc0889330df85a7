"""What distinguishes one school from all others: worked out once, in normal form."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from classifiers.linking.bearers import (
    Bearer,
    Gazetteer,
    bearers_among_namesakes,
    bearers_in_register,
    street_of,
)
from classifiers.linking.document import COMMON_WORDS, COUNTIES, KINDS, ROADS
from classifiers.linking.name_forms import Form, forms
from data.register.school_names import (
    core,
    kernel_of_a_trust,
    normalise,
    outward,
    places_in,
    separate_names,
    words_of,
)
from data.types import School

_TITLES = re.compile(
    r"\b(?:mr|mrs|miss|ms|mx|dr|sir|rev|revd|prof|professor|dame|father|sister)\b\.?", re.IGNORECASE
)
_ASIDE = re.compile(r"\([^)]*\)")
_SCHOOLS = frozenset(
    {"school", "independent school", "special school", "college", "nursery", "school abroad"}
)
_PHASES = words_of(
    "primary infant infants junior juniors nursery prep preparatory high college grammar comprehensive "
    "secondary"
)
_LEVELS = {
    "secondary": words_of("secondary high grammar gyfun uwchradd"),
    "primary": words_of("primary first gynradd"),
    "infant": words_of("infant infants nursery"),
    "junior": words_of("junior juniors"),
}
_PART = 4
_SHORTEST = 3
_LONG_WORD = 8
_WIDE = words_of(
    "north south east west greater upper lower little great old new the high low nether over long market "
    "royal kings queens bishops abbots castle church chipping kirk stoke stony much"
)
"""Words that many places begin with: such a place may be called by its last word, never by its first."""


@dataclass(frozen=True, slots=True)
class Rival:
    """Another bearer of the name. `places` are those that the school itself does not have.

    `ties` are its head, trust, domain and handles; `distinct` says that its name cannot be a variant of the
    school's own.
    """

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


@dataclass(frozen=True, slots=True)
class SchoolProfile:
    """A school's facts in normal form. `places` maps a place to its code (place, county, …) and spelling.

    `full` are those of `texts` that give its whole name, leaving out at most “the”.

    `towns` are those of `places` that are its town or village.

    `kernels` are the forms in one word, as they may occur inside other words.

    `longest` are the forms, the longest first; `other_counties` the counties and cities where it is not.

    `bearers` are other schools that bear the name or part of it: those of the register, and those configured
    as namesakes; nothing where nothing is known of others.
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
    """The profile of a school; `others` are the register's other schools of that name.

    `bearers` are those same schools, where they have been worked out already.
    """
    places = _places(school)
    found = forms(school)
    own = {form.text for form in found}
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
    weakened = tuple(_weaken_form(form, shared, places) for form in found)
    return SchoolProfile(
        school=school,
        forms=weakened,
        longest=tuple(sorted(weakened, key=lambda form: -len(form.text))),
        texts=frozenset(form.text for form in found),
        full=_in_full(found),
        kernels=_kernels(found, places),
        places=places,
        towns=tuple(place for place, (code, _) in places.items() if code == "place"),
        heads=people(school.head or ""),
        trusts=_trusts(school.trust or "", places),
        domain=(school.domain or "").lower(),
        urns=_numbers(school),
        rivals=tuple(rivals),
        level=_level(school),
        last_words=frozenset(said for end in ends for said in (end, end.removesuffix("s"), f"{end}s")),
        other_counties=tuple(sorted(COUNTIES - places.keys())),
        bearers=_known_bearers(
            school, bearers_in_register(others) if bearers is None else bearers, gazetteer
        ),
        gazetteer=gazetteer or Gazetteer(()),
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


def _trusts(name: str, places: Collection[str]) -> tuple[str, ...]:
    """The trust as people name it, in normal form: whole, or “Larchwood Trust” where that is no place's."""
    whole = normalise(name)
    kernel = kernel_of_a_trust(name)
    return tuple(filter(None, (whole, f"{kernel} trust" if kernel and kernel not in places else "")))


def _numbers(school: School) -> tuple[str, ...]:
    return tuple(u for u in (school.urn, *school.members) if u.isdigit() and len(u) >= 6)


def _known_bearers(
    school: School, others: tuple[Bearer, ...], gazetteer: Gazetteer | None
) -> tuple[tuple[Bearer, ...], ...]:
    """The bearers by who says so; a register without another bearer says that there is none."""
    return tuple(said for said in (others, bearers_among_namesakes(school.namesakes)) if said) or (
        (),
    ) * bool(gazetteer)


def _in_full(found: Sequence[Form]) -> frozenset[str]:
    """The name with every word of it, “School” too; none where that is only its core (“Oakfield”)."""
    texts = {form.text for form in found}
    return frozenset(
        form.text for form in found if form.code == "full_name" and f"{form.text} school" not in texts
    )


def _namesake_ties(other: School) -> list[str]:
    """List what points to a namesake without its name: its head by full name or title, its trust, its
    handles.
    """
    titled = [
        f"{t} {last}" for _, last in people(other.head or "") for t in ("mr", "mrs", "ms", "miss", "dr")
    ]
    handles = [normalise(alias) for alias in other.aliases if alias[:1] in "@#"]
    full = [name for name, _ in people(other.head or "") if " " in name]
    return [*full, *titled, normalise(other.trust or ""), normalise(other.domain or ""), *handles]


def _weaken_form(form: Form, shared: set[str], places: dict[str, tuple[str, str]]) -> Form:
    """A form that is also a place, a road or a pub counts for less."""
    text = form.text.removeprefix("the ")
    if text in places or any(place.startswith(f"{text} ") for place in places):
        return Form(form.text, "place_name", form.shown)
    return Form(form.text, "shared_name", form.shown) if text in shared else form


def _level(school: School) -> str:
    """infant, junior, primary or secondary; empty where there are several or it is not known."""
    words = set(normalise(f"{school.name} {school.phase}").split())
    if words & {"through", "special", "all"}:
        return ""
    for level, marks in _LEVELS.items():
        if words & marks:
            return level
    return ""


def _places(school: School) -> dict[str, tuple[str, str]]:
    """Each place once: its narrowest code, and its spelling."""
    given = [
        ("postcode", school.postcode),
        ("street", street_of(school)),
        ("place", school.locality),
        ("place", school.town),
        *(("place", place) for place in places_in(school.name)),
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
