"""`schoolgate case step copy`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from monitor.commands.options import As, CaseNumber, ConfigFile, Home, Json, Why

if TYPE_CHECKING:
    from data.store.engine.connect import Connection
    from monitor.session import Session


def copy(
    case: CaseNumber,
    mention: Annotated[
        str,
        typer.Option("--post", metavar="MENTION", help="The post that repeats it, or its id's beginning."),
    ],
    person: As,
    why: Why = "",
    home: Home = None,
    config: ConfigFile = None,
    as_json: Json = False,
) -> None:
    """Record that the same post is elsewhere too.

    \b
    Examples:
      schoolgate case step copy 4 --post 5be0 --as c-dray
      schoolgate case step copy 4 --post 5be0 --as t-quillfeather --json
    """
    from data.steps.keeping import CopyFound
    from monitor.casework.finding import find_case
    from monitor.commands.case.record import event_of, record_step
    from monitor.commands.inputs import own_words
    from monitor.lookup import whole_id
    from monitor.session import open_session

    beginning = own_words(mention, "--post").lower()
    session = open_session(person, home, config)
    with session.store.read() as con:
        found = find_case(con, session, case)
        others = _readable(con, session, found.urn, beginning) - {found.mention_id}
    post = whole_id(beginning, others, "other post of that school", "story")
    record_step(session, case, event_of(session, CopyFound(mention=post), why), as_json=as_json)


def _readable(con: Connection, session: Session, urn: str, beginning: str) -> set[str]:
    """The posts whose id begins so, of stories whose words this person may read: the case will show them."""
    from alerts.access.knowing import Access
    from data.store.cases.case_posts import stories_of_posts
    from monitor.matters.stored import access_to_stories

    posts = stories_of_posts(con, urn, beginning)
    stories = {story: urn for of_post in posts.values() for story in of_post}
    known = access_to_stories(con, session.config, session.person, stories)
    return {post for post, of_post in posts.items() if all(known.get(s) is Access.WORDS for s in of_post)}
