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
    persons_meant,
    targets,
    threatened,
    wronged_by,
)
from alerts.access.offices import OFFICE_ABOUT, MatterKind, roles_of
from data.cases import Profile
from data.content_class import ContentClass
from data.judged import OF_A_CHILD, harms
from data.people import people_of
from data.types import ADULTS_OF_THE_SCHOOL, SURE, About, Harm, Person, Policy, Role, Route, School, Verdict

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
    def on_site(self) -> bool:
        """Is violence meant as a threat, or against the school or somebody there, not a child alone?"""
        meant = [v for v in self.verdicts if Harm.VIOLENCE in harms(v)]
        whom = [{m.who for m in aims(v) if m.sure >= SURE} for v in meant]
        return any(v.route is Route.POLICE_NOW for v in meant) or any(who != {"child"} for who in whom)

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
    accused = [m for v in verdicts for m in v.accuses]
    surely = frozenset(barred) | persons_meant((m for m in accused if m.sure >= SURE), here)
    subjects = surely.union(named, alleged_in(verdicts, here))
    kinds, aimed_at = _kinds((lead, *verdicts), lead), targets(verdicts, here) - subjects
    abouts = _abouts(verdicts, subjects, (*here, *school.former), alleging=MatterKind.ALLEGATION in kinds)
    if MatterKind.ALLEGATION not in kinds and Role.HEAD in roles_of(here, aimed_at):
        abouts.add(About.HEAD)
    order = (About.HEAD, About.CHAIR, About.DSL, About.GOVERNOR, About.STAFF, About.PUPIL, About.SCHOOL)
    about = next((a for a in order if a in abouts), About.OTHER)
    matter = Matter(
        keys_of(school),
        about,
        subjects,
        aimed_at,
        policy=Profile(first_assessor=policy.first_assessor),
        former=school.former,
    )
    out = surely | alleged_in(verdicts, here) if MatterKind.ALLEGATION in kinds else surely
    if accused and all(m.by == "covered_up" for m in accused):
        out = frozenset(barred)  # who only did not act is told of a child in danger rather than nobody
    return RaisedMatter(matter, kinds, lead, tuple(verdicts), out, threatened(verdicts, here))


def _abouts(
    verdicts: Sequence[Verdict], subjects: frozenset[str], here: Sequence[Person], *, alleging: bool
) -> set[About]:
    """What they are about; where an adult is, also the leaders among those it may mean. A leader who is only
    spoken of, as who gave an answer or knows of it, is not what it is about."""
    found = {_about(v, here) for v in verdicts if not aims(v) or alleged_of(v, here)}
    if alleging or found & ADULTS_OF_THE_SCHOOL:
        out = {*roles_of(here, subjects), *_offices_accused(verdicts)}
        found |= {about for about, role in OFFICE_ABOUT.items() if role in out}
    return found


def _about(verdict: Verdict, here: Sequence[Person]) -> About:
    """Whom it is about: a leader where something is alleged of them, or where it wrongs them."""
    if verdict.about not in OFFICE_ABOUT or alleges(verdict) or alleged_of(verdict, here):
        return verdict.about
    theirs, by = OFFICE_ABOUT[verdict.about], wronged_by(verdict)
    office = any(m.who == f"office:{theirs}" for m in by)
    return verdict.about if office or theirs in roles_of(here, persons_meant(by, here)) else About.STAFF


def _offices_accused(verdicts: Iterable[Verdict]) -> Iterator[str]:
    for v in verdicts:
        yield from (m.who.removeprefix("office:") for m in v.accuses if m.who.startswith("office:"))


def _kinds(verdicts: Iterable[Verdict], lead: Verdict) -> frozenset[MatterKind]:
    """All that these are together, by what is meant in each; where nobody is in danger and nothing is
    alleged, by the gravest."""
    found: set[MatterKind] = set()
    for v in verdicts:
        meant = harms(v)
        if alleges(v):
            found.add(MatterKind.ALLEGATION)
        elif not meant.isdisjoint(OF_A_CHILD):
            found.add(MatterKind.CHILD)
        if Harm.EXTREMISM in meant:
            found.add(MatterKind.EXTREMISM)
        if Harm.VIOLENCE in meant:
            found.add(MatterKind.DANGER)
    own = lead.content_class == ContentClass.OWN_ACCOUNT
    return frozenset(found) or frozenset((MatterKind.ACCOUNT if own else MatterKind.REMOVAL,))
