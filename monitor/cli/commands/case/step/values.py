"""The facts of a step that wait for no case, read from what was typed after their options."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.errors import InputError
from monitor.cli.commands.inputs import among, instant, own_words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from data.steps.stored import StepField
    from data.store.engine.connect import Connection
    from monitor.home.wiring import Session


def value_of(field: StepField, typed: str, option: str, zone: ZoneInfo) -> object:
    """The value of a fact that takes neither the home nor the case to be told. Raises InputError."""
    if field.kind == "time":
        return instant(typed, option, zone)
    if field.kind == "class":
        return _content_class(typed)
    if field.kind == "channel":
        from monitor.pipeline.sighting import known_channel

        known_channel(typed, option)
        return typed
    if field.choices:
        return field.type(among(typed, option, tuple(field.choices)))
    return own_words(typed, option) if field.required else typed


def _content_class(typed: str) -> object:
    from data.content_class import CLASSES, ContentClass

    wanted = typed.strip().upper()
    if wanted not in CLASSES:
        raise InputError(f"{typed}: there is no such class. They are C0 to C14: schoolgate docs cases")
    return ContentClass(wanted)


def referral(session: Session, typed: str, option: str) -> str:
    """Who a matter is handed to. Raises InputError, which names those of the schools' nations."""
    from alerts.access.referrals import PLACES, places_in

    known = {place for school in session.config.schools for place in places_in(school.nation)}
    named = typed.strip().lower().replace("-", "_")
    return named if named in PLACES else among(typed, option, tuple(sorted(known)))


def post(session: Session, number: str, typed: str, option: str) -> str:
    """The id of another post of the case's school, by its beginning. Raises InputError."""
    from monitor.act.casework.finding import find_case
    from monitor.config.home.lookup import whole_id

    beginning = own_words(typed, option).lower()
    with session.store.read() as con:
        found = find_case(con, session, number)
        others = _readable(con, session, found.urn, beginning) - {found.mention_id}
    return whole_id(beginning, others, "other post of that school", "story")


def _readable(con: Connection, session: Session, urn: str, beginning: str) -> set[str]:
    """The posts whose id begins so, of stories whose words this person may read: the case will show them."""
    from alerts.access.knowing import Access
    from data.store.cases.case_posts import stories_of_posts
    from monitor.matters.reader import access_to_stories

    posts = stories_of_posts(con, urn, beginning)
    stories = {story: urn for of_post in posts.values() for story in of_post}
    known = access_to_stories(con, session.config, session.person, stories)
    return {post for post, of_post in posts.items() if all(known.get(s) is Access.WORDS for s in of_post)}
