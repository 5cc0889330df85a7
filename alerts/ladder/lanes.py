"""What bypasses the ladder, and to whom it goes instead.

A child at risk, a possible indecent image of one, an allegation that an adult of the school harmed one,
terrorism and self-harm are never a matter of removal first. The order of those told follows the statutory
guidance of each nation and the schools' own policies; docs/removal-ladder.md tells more.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from alerts.audience import ADULTS_OF_THE_SCHOOL
from data.cases import BypassRoute
from data.content_class import ContentClass
from data.types import About, Role
from data.words.say import Words

SAFEGUARDERS = frozenset((Role.DSL, Role.DEPUTY_DSL))
"""Those to whom every lane belongs."""


@dataclass(frozen=True, slots=True)
class Guidance:
    """What a lane asks for, as sentences: who is told first, what follows, and what is never done."""

    first: str
    then: str
    never: str


def lane_of(content_class: ContentClass, about: About, abuse: Collection[str] = ()) -> BypassRoute | None:
    """The lane of a content class, told closer by the labels it was judged by; None for the ladder's own."""
    if content_class == ContentClass.EXTREMISM:
        return BypassRoute.TERRORISM
    if content_class != ContentClass.SAFEGUARDING:
        return None
    if about in ADULTS_OF_THE_SCHOOL:
        return BypassRoute.STAFF_ALLEGATION
    if "sexual" in abuse:
        return BypassRoute.CHILD_IMAGE
    return BypassRoute.SELF_HARM if "self_harm" in abuse else BypassRoute.SAFEGUARDING


def roles(lane: BypassRoute, about: About) -> tuple[Role, ...]:
    """Whose matter it is, the first asked first; who is its subject is left out by person."""
    if lane is not BypassRoute.STAFF_ALLEGATION:
        return (Role.DSL, Role.DEPUTY_DSL)
    if about is About.HEAD:
        return (Role.CHAIR, Role.DSL, Role.DEPUTY_DSL, Role.VICE_CHAIR)
    if about is About.CHAIR:
        return (Role.VICE_CHAIR, Role.DSL, Role.LA_CONTACT, Role.TRUST_CONTACT)
    return (Role.HEAD, Role.DSL, Role.DEPUTY_DSL)


def lead(nation: str, w: Words, *, deputy: bool = False) -> str:
    """What the safeguarding lead is called there; the lead's `deputy`, where the lead is told nothing."""
    named = w(f"lane.lead.{nation}")
    return w("lane.lead.deputy", lead=named) if deputy else named


def guidance(lane: BypassRoute, about: About, nation: str, w: Words, *, deputy: bool = False) -> Guidance:
    """What to do, in the words and with the bodies of the nation; `deputy` as in `lead`."""
    who = lead(nation, w, deputy=deputy)
    first = (
        f"{lane.value}_head" if about is About.HEAD and lane is BypassRoute.STAFF_ALLEGATION else lane.value
    )
    then = f"{lane.value}_{nation}" if w.has(f"lane.then.{lane.value}_{nation}") else lane.value
    return Guidance(
        w(f"lane.first.{first}", lead=who),
        w(f"lane.then.{then}", lead=who),
        w(f"lane.never.{lane.value}", lead=who),
    )
