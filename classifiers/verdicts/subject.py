"""Tell what a mention is about: the kind of subject, and the person where it is somebody in the
configuration. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from classifiers.signals.patterns import PossiblePatterns
from classifiers.text.word_files import WordFile
from classifiers.verdicts.named_people import (
    NameReading,
    is_named,
    people_named,
    prepare_names,
    strictly_named,
)
from data.people import people_of
from data.register.school_names import separate_names
from data.types import About, Person, Role, School, Signal

_WORDS = WordFile(Path(__file__).with_name("subject.toml"), others=("in_turn",))
HEAD, BODY, CHAIR, DSL, OF_TRUST = _WORDS.patterns("head", "body", "chair", "dsl", "of_trust")
_IN_TURN: tuple[tuple[re.Pattern[str], tuple[str, ...], tuple[Role, ...]], ...] = tuple(
    (_WORDS.compile("in_turn", row["finds"]), tuple(row["pieces"]), tuple(map(Role, row["roles"])))
    for row in _WORDS.rows("in_turn", ("finds", "pieces", "roles"))
)
"""Patterns in the order of their removal, each with the pieces one of which is in whatever it finds."""


@lru_cache(maxsize=4)  # each verdict asks it of one text several times
def roles_said(text: str) -> frozenset[Role]:
    """The roles that the text may mention, erring towards too many, of people who hold them now."""
    text = text.lower()
    possible = _possible().of(text)
    found: set[Role] = set()
    for i in sorted(possible):
        pattern, _, roles = _IN_TURN[i]
        text, times = pattern.subn(" , ", text)
        if times:
            found.update(roles)
    return frozenset(found)


@lru_cache(maxsize=1)
def _possible() -> PossiblePatterns:
    return PossiblePatterns("|".join(pieces) for _, pieces, _ in _IN_TURN)


ROLE_OF = {About.HEAD: Role.HEAD, About.DSL: Role.DSL, About.CHAIR: Role.CHAIR}
_ABOUTS = {
    about: f"about:{about.value}"
    for about in (About.SCHOOL, About.STAFF, About.PUPIL, About.HEAD, About.GOVERNOR, About.OTHER)
}
_BY_NAME = 0.9
_BY_ROLE = 0.5
_SCHOOL_SHARE = 0.1
_NOT_SAID = 0.8
ADULT_SHARE = 0.15
"""From here it may be about an adult of the school, though more likely about something else."""
_SIGNAL_SHARE = 0.6
_SUFFERS = 0.25


def find_subject(
    text: str,
    scores: Mapping[str, float],
    signals: Sequence[Signal],
    school: School,
    people: Sequence[Person],
    named: Sequence[Person] | None = None,
) -> tuple[About, str | None]:
    """Find what the mention is about, and the id of the person meant; None if that is nobody in `people`.

    The model's `about:*` decides, adjusted by signals and by names and roles in the text. A person who is
    named, or whose role is named and held by nobody else, is meant where the subject is an adult of the
    school. Where that is only possible, a named person is still the likeliest. For others who may be meant
    see `possible_subjects`. `named` are those of the school's people who are named, where they are known.
    """
    here = people_of(school, people)
    if named is None:
        named = strictly_named(here, text)
    odds = {a: scores.get(label, 0.0) for a, label in _ABOUTS.items()}
    _weigh_signals(odds, signals)
    _weigh_head(odds, text, school, named)
    best = max(_ABOUTS, key=lambda a: odds[a])
    if best in (About.SCHOOL, About.PUPIL, About.OTHER):
        possible = sum(odds[a] for a in (About.STAFF, About.HEAD, About.GOVERNOR)) >= ADULT_SHARE
        return best, named[0].id if named and possible else None
    about = _finer(best, text, named)
    role = ROLE_OF.get(about)
    holders = [p for p in here if role in p.roles] if role else []
    meant = [p for p in named if not role or role in p.roles] or (holders if len(holders) == 1 else [])
    return about, meant[0].id if meant else None


def about_of(ids: Collection[str | None], people: Iterable[Person]) -> About:
    """About whom it is where it means these (ids): an officer, else a member of staff."""
    meant = [p for p in people if p.id in ids]
    return next((a for a, role in ROLE_OF.items() if any(role in p.roles for p in meant)), About.STAFF)


def held_by(person: Person, offices: Collection[Role]) -> bool:
    """Does this person hold one of these offices?"""
    return not {*offices}.isdisjoint(person.roles)


def chiefs_of(school: School, people: Sequence[Person]) -> frozenset[str]:
    """Ids of those who are the chief of this trust, whatever their office; of a school nobody."""
    return frozenset(p.id for p in people_named(prepare_names(school.head or ""), people) if school.is_trust)


def possible_subjects(
    reading: NameReading, about: About, likeliest: str | None, school: School, people: Sequence[Person]
) -> tuple[str, ...]:
    """Ids of everyone about whom a text may be, in the order of `people`. Everyone whom the text names, at
    any school, every holder at this school of a role it mentions, and the likeliest person. This errs towards
    too many, so that nobody reads what is alleged of them."""
    if not people:
        return ()
    found = {p.id for p in people_named(reading, people)} | ({likeliest} if likeliest else set())
    here = people_of(school, people)
    roles = set(roles_said(reading.plain))
    if people_named(reading, [Person("", name, ()) for name in separate_names(school.head)]):
        roles.add(Role.HEAD)
    role = ROLE_OF.get(about)
    if role and not any(p.id in found and role in p.roles for p in here):
        roles.add(role)
    if school.is_trust and Role.HEAD in roles:
        found |= chiefs_of(school, here)
    elif OF_TRUST.search(reading.plain):  # who of them it is no school knows
        roles.add(Role.TRUST_CONTACT)
    found |= {p.id for p in here if roles & set(p.roles)}
    return tuple(p.id for p in people if p.id in found)


def _weigh_signals(odds: dict[About, float], signals: Sequence[Signal]) -> None:
    """An allegation against an adult is about the adult; else words of self-harm are about a child."""
    abouts = {s.about for s in signals if s.about in odds}
    if not abouts & {About.STAFF, About.HEAD} and any("self_harm" in s.labels for s in signals):
        for adult in (About.STAFF, About.HEAD, About.GOVERNOR):
            odds[adult] *= _SUFFERS
    if abouts & {About.STAFF, About.HEAD}:
        abouts.discard(About.PUPIL)
        odds[About.PUPIL] *= _SUFFERS
    told = {s.about for s in signals if s.danger}
    for about in abouts:
        odds[about] += 1.0 if about in told else _SIGNAL_SHARE


def _weigh_head(odds: dict[About, float], text: str, school: School, named: Sequence[Person]) -> None:
    """The model cannot know who the head is: what it attributes to staff goes to a head who is named."""
    by_name = any(is_named(name, text) for name in separate_names(school.head))
    by_name = by_name or any(Role.HEAD in p.roles for p in named)
    by_role = Role.HEAD in roles_said(text)
    if not by_name and not by_role:
        odds[About.STAFF] += odds[About.HEAD] * _NOT_SAID
        odds[About.HEAD] *= 1 - _NOT_SAID
        return
    from_staff = odds[About.STAFF] * (_BY_NAME if by_name else _BY_ROLE)
    from_school = odds[About.SCHOOL] * _SCHOOL_SHARE * (by_name + by_role)
    odds[About.HEAD] += from_staff + from_school
    odds[About.STAFF] -= from_staff
    odds[About.SCHOOL] -= from_school


def _finer(best: About, text: str, named: Sequence[Person]) -> About:
    """Also tells the chair and the safeguarding lead apart, which the model does not."""
    if best is About.HEAD:
        return best
    if CHAIR.search(text.lower()) or (best is About.GOVERNOR and any(Role.CHAIR in p.roles for p in named)):
        return About.CHAIR
    dsl = any(Role.DSL in p.roles and Role.HEAD not in p.roles for p in named)
    if best is About.STAFF and (dsl or DSL.search(text.lower())):
        return About.DSL
    return best
