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
    here, route = people_here(matter, people), matter.bypass.value
    lead = lead_named(matter, here, nation, w)
    then = f"{route}_{nation}" if w.has(f"lane.then.{route}_{nation}") else route
    # Those whom `lead_named` means: the lead, else the deputy, else whoever is told in their place.
    free = free_of_it(matter, here)
    instead = [role for role in bypass_offices(matter, here) if role not in SAFEGUARDERS]
    out = [] if not holders(here, Role.DSL) else holders(free, *instead[:1])
    yours = reader in (holders(free, Role.DSL) or holders(free, Role.DEPUTY_DSL) or out)
    about = concern(matter, here)
    # the offices of the others who are told; the local authority where nobody above the accused is named
    others = [office_named(r, nation, w) for r in instead if reader is None or r not in reader.roles]
    if not instead and about is not Concern.NEITHER:
        others = [w("lane.office.nobody")]
    offices = [office for office in each_once(others, (lead,)) if not (yours and office == lead)]
    told = w.list_items([w("lane.the", office=office) for office in offices])
    first = [w(f"lane.first_yours.{route}" if yours else f"lane.first.{route}", lead=lead, told=told)]
    if yours and told and matter.bypass is BypassRoute.STAFF_ALLEGATION:
        first.append(w("lane.told_too", told=told))
    if matter.bypass is BypassRoute.STAFF_ALLEGATION and about is not Concern.NEITHER:
        first.append(w(f"lane.told_nothing.{about.value}"))
    follows = [w(f"lane.then.{then}", lead=lead)]
    if matter.bypass is BypassRoute.STAFF_ALLEGATION:
        numbers = [(p.phone, p.name) for p in holders(free, Role.LA_CONTACT) if p.phone]
        follows += [w("lane.number", phone=phone, name=name) for phone, name in numbers[:1]]
        if not numbers and not number and w.has(f"lane.number_unknown.{nation}"):
            follows.append(w(f"lane.number_unknown.{nation}"))
    return Guidance(" ".join(first), " ".join(follows), w(f"lane.never.{route}", lead=lead))


def lead_named(matter: Matter, people: Iterable[Person], nation: str, w: Words) -> str:
    """Name the safeguarding lead as there; the deputy, or who is told, where the lead is accused."""
    here = people_here(matter, people)
    named, free = w(f"lane.lead.{nation}"), free_of_it(matter, here)
    if holders(free, Role.DSL) or not holders(here, Role.DSL):
        return named
    if holders(free, Role.DEPUTY_DSL):
        return w("lane.lead.deputy", lead=named)
    offices = [role for role in bypass_offices(matter, here) if role not in SAFEGUARDERS]
    return office_named(offices[0], nation, w) if offices else w("lane.office.nobody")


def office_named(role: Role, nation: str, w: Words) -> str:
    """Return what an office is called in the middle of a sentence."""
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
