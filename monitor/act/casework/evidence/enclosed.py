"""What came with a post by mail: fetched once a person has said what it is not, else the DSL is told."""

from __future__ import annotations

from datetime import datetime

from data.cases import Case, Post
from data.effects import Fetch
from data.errors import InputError
from data.evidence.handed_in import CHILD_IMAGE_TEXT, SaidOfPost
from data.store.verdicts.stories import Enclosures, enclosures_of
from data.types import FetchFailure, Request
from data.web.channels import ELSEWHERE
from monitor.home.wiring import Session
from monitor.pipeline.intake import Intake, take_in
from monitor.pipeline.sighting import Report
from monitor.pipeline.spool import Kept
from monitor.pipeline.supplied import unfit


def enclosed_with(session: Session, case: Case) -> Enclosures:
    """What came with the case's post. Raises InputError where nothing did."""
    with session.store.read() as con:
        found = enclosures_of(con, case.mention_id) if case.mention_id else None
    if found is None:
        raise InputError(f"Nothing came with the post of case {case.id}. Nothing was fetched.")
    return found


def fetched(found: Enclosures, fetch: Fetch) -> tuple[bytes, ...]:
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
    report = Report(
        text=f"{CHILD_IMAGE_TEXT} Mail: {found.mail}",
        url="",
        channel=ELSEWHERE,
        author=None,
        seen_by=None,
        seen_at=post.first_seen if post is not None else case.opened_at,
        child_image=True,
        handed=SaidOfPost(),
        by=session.person.id,
    )
    take_in(Kept(report, case.urn, now), intake, lambda: now)
