"""What came with a post by mail: fetched once a person has said what it is not, else the DSL is told."""

from __future__ import annotations

from datetime import datetime

from data.cases import Case, Post
from data.effects import Fetch
from data.errors import InputError
from data.evidence.handed_in import CHILD_IMAGE_TEXT, Says
from data.store.cases.cases import stories_of_posts
from data.store.engine.connect import Connection
from data.store.verdicts.stories import Enclosures, enclosures_of
from data.types import FetchFailure, Request
from data.web.channels import ELSEWHERE
from monitor.home.wiring import Session
from monitor.matters.reader import Reader, reads_all
from monitor.pipeline.intake import Intake, may_be_extremist, shut_to_pictures, take_in
from monitor.pipeline.sighting import Report
from monitor.pipeline.supplied import Kept, unfit


def case_enclosures(session: Session, case: Case) -> Enclosures:
    """List what came with the case's post. Raises InputError where nothing did."""
    with session.store.open_reader() as con:
        found = enclosures_of(con, case.mention_id) if case.mention_id else None
    if found is None:
        raise InputError(f"Nothing came with the post of case {case.id}. Nothing was fetched.")
    return found


def enclosed_for(
    con: Connection, reader: Reader, mention_id: str, urn: str, *, to_fetch: bool
) -> Enclosures | None:
    """List what came with a post by mail, for whoever may read all of its matters; None where there is
    nothing for them, or they are `to_fetch` what may show a child undressed, or is extremist.
    """
    stories = stories_of_posts(con, urn, mention_id).get(mention_id, ())
    known = reader.look(con, dict.fromkeys(stories, urn))
    reads = bool(stories) and all(reads_all(reader, known, story) for story in stories)
    shut = to_fetch and (may_be_extremist(con, mention_id, urn) or shut_to_pictures(con, mention_id, urn))
    return enclosures_of(con, mention_id) if reads and not shut else None


def fetch_enclosures(found: Enclosures, fetch: Fetch) -> tuple[bytes, ...]:
    """The bytes of each, from the mailbox, where they stay too. Raises InputError where one cannot be had."""
    kept = []
    for n in range(1, len(found.kinds) + 1):
        answer = fetch(Request(f"{found.mail};SECTION={n}", auth=found.source_id))
        if isinstance(answer, FetchFailure):
            raise InputError(f"{answer.detail} Nothing was kept.")
        if why := unfit(answer.body):
            raise InputError(f"What came is not kept ({why}).")
        kept.append(answer.body)
    return tuple(kept)


def tell_of_child_image(
    session: Session, case: Case, post: Post | None, found: Enclosures, intake: Intake, now: datetime
) -> None:
    """Tells the safeguarding lead where it lies. It is not fetched, and no words go with it."""
    seen_at = post.first_seen if post is not None else case.opened_at
    report = lying_there(found, session.person.id, seen_at)
    take_in(Kept(report, case.urn, now), intake, lambda: now)


def lying_there(found: Enclosures, by: str, seen_at: datetime, says: Says | None = None) -> Report:
    """A report of where it lies, which may show a child, by that person (an id)."""
    text = f"{CHILD_IMAGE_TEXT} Mail: {found.mail}"
    return Report(text, "", ELSEWHERE, None, None, seen_at, child_image=True, by=by, says=says or Says())
