"""Checking whether a case's post is still there: one GET of its exact address, logged out.

Nothing is fetched while a transaction is open. Some posts are never opened again (`withheld.post_refusal`);
for these, and where no address is held any more, the case records that we cannot look."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from alerts.ladder.advance import Advance, Refusal
from alerts.ladder.replay import seen_from
from alerts.ladder.rules import SCHOOLGATE
from classifiers.linking.linker import Linker
from data.cases import Case, CaseStep, Event, Post
from data.effects import Apart, Clock, Fetch
from data.errors import Unreadable
from data.steps.classes import Checked, CopyFound
from data.steps.codes import Check, Looker, StepKind
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.types import Request, Source, Story
from data.web.channels import Reporter, channel
from monitor.act.casework.keeping import post_refusal, profile_refusal
from monitor.act.casework.opening import make_judges
from monitor.act.casework.steps import apply_event, copies_of, rehearse_step
from monitor.config.home.context import Context
from monitor.matters.reader import load_case
from sources.recheck import RecheckFinding, SoughtPost, cannot_tell, judge_as

NEVER = frozenset(("barred", "profile"))
"""Why a look was not made, where nobody else should look either."""
_BY_HAND = ("person", "signed_in")
_SIGNED_IN = re.compile(
    r"(?<!not )(?<!without being )(?<!without )\b(?:signed|logged)[ -]in\b|\bwedi mewngofnodi\b", re.I
)
"""What somebody says who looked while signed in."""

FRESH = timedelta(days=2)
"""Posts that came longer ago were gone through, by the service or with the next look."""


@dataclass(frozen=True, slots=True)
class RecheckTarget:
    """A case whose post may be looked for: where, what for, and how its page is read. None: it may not."""

    case: Case
    post: Post | None
    source: Source | None
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Rechecked:
    """The result of a look, and what it made of the case. `copies` are mentions newly found elsewhere."""

    case: Case
    seen: RecheckFinding
    copies: tuple[str, ...] = ()
    came_back: bool = False


def recheck(
    store: Store,
    context: Context,
    fetch: Fetch,
    case_id: str,
    clock: Clock,
    by: str = SCHOOLGATE,
    place: int = 1,
) -> Rechecked | Refusal:
    """Look once at that place of the case, and record the result. A refusal of the ladder comes before
    anything is fetched. Raises InputError for no such case, CaseMoved."""
    with store.open_reader() as con:
        found = _ready(con, context, case_id, place)
    event = Event(Checked(result=Check.CANNOT_TELL), by)
    done = rehearse_step(context, found.case, event, clock())
    if isinstance(done, Refusal):
        return done
    return _record(store, context, found, _look(found, fetch, context.apart), event, clock())


def record_sighting(
    store: Store,
    context: Context,
    case_id: str,
    check: Check,
    now: datetime,
    *,
    by: str,
    why: str,
    when: datetime | None = None,
    place: int = 1,
    signed_in: bool = False,
) -> Rechecked | Refusal:
    """Record what somebody saw who looked; `why` says how. To who is signed in, somebody who blocked them is
    gone: that shows nothing, except where only members read it."""
    with store.open_reader() as con:
        found = _ready(con, context, case_id, place)
    public = channel(found.case.channel).reporter is not Reporter.MEMBER
    inside = public and (signed_in or _SIGNED_IN.search(why) is not None)
    blind = inside and check is Check.GONE
    finding = cannot_tell("signed_in") if blind else RecheckFinding(check, "person")
    event = Event(Checked(result=check, signed_in=inside or None), by, why, when)
    return _record(store, context, found, finding, event, now)


def name_copies(store: Store, context: Context, case_id: str, now: datetime) -> Rechecked | None:
    """Name copies that scans found since, unread; None for none. Raises InputError, CaseMoved."""
    with store.open_reader() as con:
        if not copies_of(con, load_case(con, case_id), now - FRESH):
            return None
    with store.write("copies") as con:
        case, steps, copies = _name_copies(con, context, load_case(con, case_id), now, SCHOOLGATE)
        back = _has_returned(con, context, case, steps, now)
    return Rechecked(case, RecheckFinding(Check.PRESENT, "copy"), copies, back) if copies else None


def _ready(con: Connection, context: Context, case_id: str, place: int) -> RecheckTarget:
    case = seen_from(load_case(con, case_id), place)
    post = case_store.post_of(con, case, restricted=True)
    url = post.url if post else None
    if post_refusal(con, case, url):
        return RecheckTarget(case, post, None, "barred")
    if case.role in case_store.NOT_READ:  # a person has to look
        return RecheckTarget(case, post, None, case.role.value)
    if url and profile_refusal(case, url):
        return RecheckTarget(case, post, None, "profile")
    ids = post.source_ids if post else ()  # a collector of one that showed it can read its page again
    source = next((s for s in context.config.sources if s.id in ids and s.kind != "feed"), None)
    return RecheckTarget(case, post, source, "" if url else "no_address")


def _look(found: RecheckTarget, fetch: Fetch, apart: Apart) -> RecheckFinding:
    post = found.post
    if found.why_not or post is None or not post.url:
        return cannot_tell(found.why_not or "no_address")
    sought = SoughtPost(
        post.url, post.mention_id, post.kind, post.title or "", post.text or "", post.published
    )
    try:
        return apart(judge_as, sought, fetch(Request(post.url)), found.source)
    except Unreadable:
        return cannot_tell("too_much")


def _record(
    store: Store, context: Context, found: RecheckTarget, seen: RecheckFinding, event: Event, now: datetime
) -> Rechecked | Refusal:
    """Record what was `seen`; the event has who looked, why and when."""
    case, by_hand = found.case, seen.code in _BY_HAND
    assert isinstance(event.said, Checked)
    said = replace(
        event.said,
        result=seen.check,
        nth=len(case.checks) + 1,
        place=case.place if case.place > 1 else None,
        amended=(seen.check is Check.CHANGED and by_hand) or None,
        barred=seen.code in NEVER or None,
        looked=None
        if seen.code in NEVER | case_store.NOT_READ
        else Looker.PERSON
        if by_hand
        else Looker.PROGRAM,
    )
    event = replace(event, said=said, why=event.why or seen.reason)
    with store.write("recheck") as con:
        done = apply_event(con, context, load_case(con, case.id), event, now)
        if isinstance(done, Refusal):
            return done
        case, steps, copies = _name_copies(con, context, done.case, now, event.actor)
        back = _has_returned(con, context, case, [*done.steps, *steps], now)
    return Rechecked(seen_from(case, found.case.place), seen, copies, back)


def _name_copies(
    con: Connection, context: Context, case: Case, now: datetime, by: str
) -> tuple[Case, list[CaseStep], tuple[str, ...]]:
    """The case with its new copies named, the steps that this took, and the copies."""
    steps: list[CaseStep] = []
    named: list[str] = []
    for post in copies_of(con, case, now - FRESH):
        event = Event(CopyFound(mention=post.mention_id), by)
        more = apply_event(con, context, case, event, now)
        if isinstance(more, Advance):
            steps, case, named = [*steps, *more.steps], more.case, [*named, post.mention_id]
    return case, steps, tuple(named)


def _has_returned(
    con: Connection, context: Context, case: Case, steps: Iterable[CaseStep], now: datetime
) -> bool:
    """Check whether it came back; then its alert rises by one, but not for whom it is about."""
    back = any(step.kind is StepKind.CAME_BACK for step in steps)
    alert = alert_store.by_story(con, [case.story_id]).get((case.story_id, case.urn)) if back else None
    if alert is not None:
        from monitor.pipeline.rejudge import raise_moved  # late: it loads what judges

        judges = make_judges(context.config, context.home, Linker(context.config.schools))
        alert_store.exclude_from_alerts(con, {alert.id: case.subjects}, now)
        raise_moved(con, Story(case.story_id, case.urn, "", now, now, ()), (), judges, now)
    return back
