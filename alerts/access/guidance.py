"""Say what to do first with what bypasses the removal ladder: made of the same answer as who is told. Pure.

The order follows the statutory guidance of each nation and the schools' own policies; docs/removal-ladder.md
has the table. Nobody with a conflict of interest is ever named.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files

from alerts.access.matter import Matter, concern, free_of_it, people_here
from alerts.access.offices import SAFEGUARDERS, Concern, holders, roles_of
from alerts.access.recipients import bypass_offices
from data.cases import Case
from data.frozen import freeze
from data.ids import each_once
from data.steps.codes import BypassRoute, StaffMatter
from data.types import Person, Role
from data.words.say import Words


@freeze
class Guidance:
    """The steps of such a matter, as sentences: who is told first, what follows, what is never done."""

    first: str
    then: str
    never: str


def guidance(
    matter: Matter, people: Iterable[Person], nation: str, w: Words, reader: Person | None = None,
    number: str = "",
) -> Guidance:  # fmt: skip
    """Say what to do, in the nation's words, which `number` to ring of an allegation. Raises ValueError for a
    matter on the ladder."""
    if matter.bypass is None:
        raise ValueError("there is no guidance for a matter on the ladder")
    here, route = people_here(matter, people), matter.bypass
    office, leads = _find_lead(matter, here)
    lead, yours = office_named(office, nation, w), reader in leads
    others = [office_named(role, nation, w) for role in _find_others(matter, here, reader)]
    offices = [of for of in each_once(others, (lead,)) if not (yours and of == lead)]
    told = w.list_items([w("lane.the", office=of) for of in offices])
    first = [w(f"lane.first_yours.{route}" if yours else f"lane.first.{route}", lead=lead, told=told)]
    then = f"{route}_{nation}" if w.has(f"lane.then.{route}_{nation}") else route
    follows = [w(f"lane.then.{then}", lead=lead)]
    if route is BypassRoute.STAFF_ALLEGATION:
        first += [w("lane.told_too", told=told)] if yours and told else []
        about = concern(matter, here)
        first += [w(f"lane.told_nothing.{about}")] if about is not Concern.NEITHER else []
        follows += _say_number(free_of_it(matter, here), nation, number, w)
    return Guidance(" ".join(first), " ".join(follows), w(f"lane.never.{route}", lead=lead))


def _find_lead(matter: Matter, here: Sequence[Person]) -> tuple[Role | None, list[Person]]:
    """Find the office that leads in it and who may act for it: the safeguarding lead; the deputy, or who is
    told in their place, where the lead is accused."""
    free = free_of_it(matter, here)
    leads, deputies = holders(free, Role.DSL), holders(free, Role.DEPUTY_DSL)
    if leads or not holders(here, Role.DSL):
        return Role.DSL, leads or deputies
    if deputies:
        return Role.DEPUTY_DSL, deputies
    office = next(iter(_offices_above(matter, here)), None)
    return office, holders(free, office) if office else []


def _offices_above(matter: Matter, here: Sequence[Person]) -> list[Role]:
    """The offices that are told beside the safeguarding leads."""
    return [role for role in bypass_offices(matter, here) if role not in SAFEGUARDERS]


def _find_others(matter: Matter, here: Sequence[Person], reader: Person | None) -> Sequence[Role | None]:
    """The other offices that are told, but the reader's own; None for the local authority, where nobody above
    the accused is named."""
    above = _offices_above(matter, here)
    if not above and concern(matter, here) is not Concern.NEITHER:
        return (None,)
    return [role for role in above if reader is None or role not in reader.roles]


def _say_number(free: Sequence[Person], nation: str, number: str, w: Words) -> list[str]:
    """Say which number to ring of an allegation, or that none is known where none was given (`number`)."""
    for contact in holders(free, Role.LA_CONTACT):
        if contact.phone:
            return [w("lane.number", phone=contact.phone, name=contact.name)]
    unknown = f"lane.number_unknown.{nation}"
    return [w(unknown)] if not number and w.has(unknown) else []


def lead_named(matter: Matter, people: Iterable[Person], nation: str, w: Words) -> str:
    """Name the safeguarding lead as there; the deputy, or who is told, where the lead is accused."""
    return office_named(_find_lead(matter, people_here(matter, people))[0], nation, w)


def office_named(role: Role | None, nation: str, w: Words) -> str:
    """Return what an office is called in the middle of a sentence, or the authority where there is none."""
    if role is None:
        return w("lane.office.nobody")
    named = w(f"lane.lead.{nation}")
    if role in SAFEGUARDERS:
        return named if role is Role.DSL else w("lane.lead.deputy", lead=named)
    own = f"lane.office.{nation}.{role.value}"
    return w(own if w.has(own) else f"lane.office.{role.value}")


_BODIES = tomllib.loads(files("alerts.access").joinpath("bodies.toml").read_text(encoding="utf-8"))
NATIONS = ("england", "wales", "scotland", "northern_ireland")
PLACES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(_BODIES["everywhere"], frozenset(NATIONS)),
    **{place: frozenset(where) for place, where in _BODIES["in"].items()},
}
"""Bodies that a matter may be handed to, by nation."""
OF_ALLEGATIONS: Mapping[str, Sequence[str]] = _BODIES["of_allegations"]
"""Bodies that are told of an allegation against somebody of the school, first first; then the regulator."""
EMPLOYERS = frozenset(("head", "hr", "agency", "firm", "training_provider"))
"""Those who employ or manage whoever works at the school: whistle-blowing goes past them."""


def staff_places(case: Case, nation: str, people: Iterable[Person]) -> tuple[str, ...]:
    """List the bodies told of what staff posted, first first; no office whose holder it is by or about."""
    if not case.relationship.may_disclose or case.staff_matter in (None, StaffMatter.OUTSIDE):
        return ()
    of, what = _BODIES["of_staff"], case.staff_matter.value
    named = of.get(what, ()) if case.stays_up else (*of.get(what, ()), *of.get(case.relationship.value, ()))
    out = {case.about.value, *roles_of(people, (*case.subjects, *case.criticised))}
    return tuple(place for place in named if nation in PLACES[place] and place not in out)


def bodies_to_tell(lane: BypassRoute, nation: str) -> tuple[str, ...]:
    """List the bodies that such a matter is handed to in that nation, first first; but the police."""
    first = OF_ALLEGATIONS[nation] if lane is BypassRoute.STAFF_ALLEGATION else ()
    every = dict.fromkeys((*first, *_BODIES["duties"][lane.value]))
    return tuple(place for place in every if nation in PLACES[place] and place != "police")


def places_in(nation: str) -> tuple[str, ...]:
    """Names of the bodies that a matter may be handed to in that nation."""
    return tuple(sorted(place for place, where in PLACES.items() if nation in where))
