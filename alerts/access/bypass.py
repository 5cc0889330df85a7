"""What bypasses the removal ladder, by its content class and the labels it was judged by. Pure.

A child at risk, a possible indecent image of one, an allegation that an adult of the school harmed one,
terrorism and self-harm are never a matter of removal first.
"""

from __future__ import annotations

from collections.abc import Collection

from alerts.access.offices import ADULTS_OF_THE_SCHOOL
from data.cases import BypassRoute
from data.content_class import ContentClass
from data.types import About, Route


def bypass_of(content_class: ContentClass, about: About, abuse: Collection[str] = ()) -> BypassRoute | None:
    """The route of a content class past the ladder, told closer by the labels; None for the ladder's own."""
    if content_class == ContentClass.EXTREMISM:
        return BypassRoute.TERRORISM
    if content_class != ContentClass.SAFEGUARDING:
        return None
    if about in ADULTS_OF_THE_SCHOOL:
        return BypassRoute.STAFF_ALLEGATION
    if "sexual" in abuse:
        return BypassRoute.CHILD_IMAGE
    return BypassRoute.SELF_HARM if "self_harm" in abuse else BypassRoute.SAFEGUARDING


def bypass_of_verdict(
    content_class: ContentClass, route: Route, about: About, abuse: Collection[str] = ()
) -> BypassRoute | None:
    """The same, where it was also judged what is to become of it."""
    found = bypass_of(content_class, about, abuse)
    if found is None and route is Route.SAFEGUARDING:
        adult = about in ADULTS_OF_THE_SCHOOL
        return BypassRoute.STAFF_ALLEGATION if adult else BypassRoute.SAFEGUARDING
    return found
