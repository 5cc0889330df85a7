"""What a story is about, as its verdicts have it: who may be in danger by all of them, and who may be
accused. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

from alerts.access.matter import (
    Matter,
    aims,
    alleged_in,
    alleged_of,
    alleges,
    keys_of,
    surely_alleged_of,
    threatened,
)
from alerts.access.offices import OFFICE_ABOUT, MatterKind, roles_of
from data.cases import Profile
from data.content_class import ContentClass
from data.judged import OF_A_CHILD, harms
from data.people import people_of
from data.types import ADULTS_OF_THE_SCHOOL, About, Harm, Person, Policy, School, Verdict

_FOR_THE_LEADS = frozenset((MatterKind.CHILD, MatterKind.EXTREMISM))


@dataclass(frozen=True, slots=True)
class RaisedMatter:
    """What an alert is about, as the verdicts of a story have it.

    `kinds` are all that it is, `lead` is the gravest of `verdicts`. `accused` are those (ids) who learn
    nothing even where nobody else is left, a part of the matter's subjects; `targets` those at whom violence
    is aimed, accused or not.
    """

    matter: Matter
    kinds: frozenset[MatterKind]
    lead: Verdict
    verdicts: tuple[Verdict, ...]
    accused: frozenset[str]
    targets: frozenset[str]

    @property
    def hidden(self) -> bool:
        """Is nothing to be said of it outside its audience?"""
        return MatterKind.ALLEGATION in self.kinds or self.for_the_leads

    @property
    def for_the_leads(self) -> bool:
        """Is it the safeguarding leads' alone: a child's, or extremism, and no allegation?"""
        return MatterKind.ALLEGATION not in self.kinds and not self.kinds.isdisjoint(_FOR_THE_LEADS)


def to_be_raised(
    verdicts: Sequence[Verdict],
    lead: Verdict,
    people: Sequence[Person],
    school: School,
    policy: Policy,
    barred: Collection[str] = (),
    named: Collection[str] = (),
) -> RaisedMatter:
    """What an alert is about for a story whose gravest verdict is `lead`; `verdicts` are its severe ones.

    `barred` (ids) learn nothing; `named` (ids) are those whom calm words beside an allegation speak of.
    """
    here = people_of(school, people)
    surely = frozenset(barred).union(*(surely_alleged_of(v, here) for v in verdicts))
    subjects = surely.union(named, alleged_in(verdicts, here))
    kinds, targets = _kinds((lead, *verdicts), lead), threatened(verdicts, here)
    everybody = (*here, *school.former)
    abouts = _abouts(verdicts, subjects, everybody, alleging=MatterKind.ALLEGATION in kinds)
    order = (About.HEAD, About.CHAIR, About.DSL, About.GOVERNOR, About.STAFF, About.PUPIL, About.SCHOOL)
    about = next((a for a in order if a in abouts), About.OTHER)
    matter = Matter(
        keys_of(school),
        about,
        subjects,
        targets - subjects,
        policy=Profile(first_assessor=policy.first_assessor),
        former=school.former,
    )
    out = surely | alleged_in(verdicts, here) if MatterKind.ALLEGATION in kinds else surely
    return RaisedMatter(matter, kinds, lead, tuple(verdicts), out, targets)


def _abouts(
    verdicts: Sequence[Verdict], subjects: frozenset[str], here: Sequence[Person], *, alleging: bool
) -> set[About]:
    """What they are about; where an adult is, also the leaders among those it may mean."""
    found = {v.about for v in verdicts if not aims(v) or alleged_of(v, here)}
    if alleging or found & ADULTS_OF_THE_SCHOOL:
        out = {*roles_of(here, subjects), *_offices_accused(verdicts)}
        found |= {about for about, role in OFFICE_ABOUT.items() if role in out}
    return found


def _offices_accused(verdicts: Iterable[Verdict]) -> Iterator[str]:
    for v in verdicts:
        yield from (m.who.removeprefix("office:") for m in v.accuses if m.who.startswith("office:"))


def _kinds(verdicts: Iterable[Verdict], lead: Verdict) -> frozenset[MatterKind]:
    """All that these are together, by what is meant in each; where nobody is in danger, by the gravest."""
    found: set[MatterKind] = set()
    for v in verdicts:
        meant = harms(v)
        if not meant.isdisjoint(OF_A_CHILD):
            found.add(MatterKind.ALLEGATION if alleges(v) else MatterKind.CHILD)
        if Harm.EXTREMISM in meant:
            found.add(MatterKind.EXTREMISM)
        if Harm.VIOLENCE in meant:
            found.add(MatterKind.DANGER)
    own = lead.content_class == ContentClass.OWN_ACCOUNT
    return frozenset(found) or frozenset((MatterKind.ACCOUNT if own else MatterKind.REMOVAL,))
