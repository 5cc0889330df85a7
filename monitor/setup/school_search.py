"""Finding a school in a register by the words a person would type."""

from __future__ import annotations

from collections.abc import Sequence

from data.register.school_names import core, normalise, normalise_all
from data.types import School

_NEAR_ENOUGH = 80.0


def search(schools: Sequence[School], query: str, limit: int) -> list[School]:
    """Schools whose number is the query, else those with all its words in name or address, best first.

    A word may be the beginning of one (“knares”). Best is the name most like the query; among equals the
    order of the register holds. An empty query finds nothing.
    """
    by_number = [s for s in schools if s.urn == query.strip()]
    words = [f" {word}" for word in normalise(query).split()]
    if by_number or not words:
        return by_number[:limit]
    texts = normalise_all([" ".join(_facts(school)) for school in schools])
    found = [
        school
        for school, text in zip(schools, texts, strict=True)
        if all(word in f" {text}" for word in words)
    ]
    return _ranked(found, query)[:limit]


def near(schools: Sequence[School], query: str, limit: int) -> list[School]:
    """Schools of a name like the query, where `search` finds none: a slip of the pen, a name half known."""
    from rapidfuzz import fuzz, process

    names = [f"{core(school.name)} {normalise(school.town)}" for school in schools]
    hits = process.extract(
        core(query), names, scorer=fuzz.token_set_ratio, score_cutoff=_NEAR_ENOUGH, limit=limit
    )
    return [schools[index] for _name, _score, index in hits]


def near_numbers(schools: Sequence[School], urn: str, limit: int) -> list[School]:
    """Schools whose number differs from `urn` by one digit, or by two that changed places."""
    from rapidfuzz.distance import OSA

    return [s for s in schools if OSA.distance(s.urn, urn, score_cutoff=1) <= 1][:limit]


def line(school: School) -> str:
    """One school as one line: number, name, place, postcode, authority."""
    place = ", ".join(dict.fromkeys(part for part in (school.locality, school.town) if part))
    facts = (school.name, place, school.postcode, school.local_authority)
    return f"{school.urn}  " + " · ".join(fact for fact in facts if fact)


def _facts(school: School) -> tuple[str, ...]:
    place = (school.street, school.locality, school.town, school.county, school.local_authority)
    return (school.name, *place, school.postcode, school.trust or "")


def _ranked(found: list[School], query: str) -> list[School]:
    from rapidfuzz import fuzz

    wanted = normalise(query)
    return sorted(found, key=lambda s: -fuzz.token_sort_ratio(wanted, normalise(f"{s.name} {s.town}")))
