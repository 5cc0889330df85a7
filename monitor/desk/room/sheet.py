"""The hand-over sheet of one matter, made of all that is known of it: a reading that is put on record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from alerts.handover.sheet import HandOverSheet, compose_sheet, recorded, stepped, written
from data.cases import Case
from data.ids import digest
from data.matters import LADO, ActKind, PostView
from data.steps.codes import BypassRoute
from data.store.cases import case_posts
from data.store.cases import cases as case_store
from data.store.engine import audit_chain
from data.store.engine.connect import Connection
from data.store.verdicts import stories as story_store
from data.store.verdicts.notes import notes_of
from data.words.say import words
from monitor.desk.matter.reading import Visit, texts
from monitor.desk.room.lines import names_of
from monitor.desk.routes import DeskRequest


def kept_in_room(seen: Visit) -> bool:
    """Is it kept apart, and its reader's to hand over?"""
    if seen.matter is None or not (seen.view.sealed and seen.view.may(ActKind.READ)):
        return False
    return seen.reader.keeps(seen.matter)


def read_sheet(con: Connection, asking: DeskRequest, seen: Visit) -> HandOverSheet:
    """The sheet, the reading being put on record. Needs a write connection; whether they may read it is for
    the caller to ask."""
    view, w, names, now = seen.view, words(seen.school.language), names_of(asking), asking.now
    posts = [_placed(con, post) for post in texts(con, seen, now)]
    cases = cases_of(con, seen)
    entries = [link.entry for link in audit_chain.links(con, [view.story_id, view.alert_id])]
    done = [
        *recorded(entries, names, w),
        *(each for case in cases for each in stepped(case_store.steps(con, case.id), names, w)),
        *written(notes_of(con, view.story_id, view.urn), names, w),
    ]
    zone = asking.context.config.zone
    own = dict(asking.context.config.profile(view.urn).categories)
    return compose_sheet(view, posts, done, seen.school, seen.person.name, now, zone, w, own)


def shown_so_far(con: Connection, seen: Visit) -> str:
    """Stands for all that a sheet of it shows: another once anything was posted, edited, noted or recorded
    since."""
    view = seen.view
    detail = story_store.story(con, view.story_id)
    posts = sorted(f"{m.id} {m.version}" for m in detail.mentions) if detail else []
    notes = [note.id for note in notes_of(con, view.story_id, view.urn)]
    steps = (f"{case.id} {case.steps}" for case in cases_of(con, seen))
    return digest(view.stamp, *posts, *notes, *steps)[:16]


def cases_of(con: Connection, seen: Visit) -> tuple[Case, ...]:
    """The cases of it."""
    view = seen.view
    return seen.reader.look(con, {view.story_id: view.urn}).stored.cases_of(view.story_id)


def lado_is_open(seen: Visit, cases: Sequence[Case]) -> bool:
    """Is it an allegation of which the LADO was not told yet, as far as is recorded?"""
    view = seen.view
    if view.lane is not BypassRoute.STAFF_ALLEGATION or seen.school.nation != "england":
        return False
    return not any(LADO in case.referred_to for case in cases)


def _placed(con: Connection, post: PostView) -> PostView:
    """The post with where, when and by whom it was seen, which is not kept beside the words of what is
    restricted."""
    found = case_posts.post(con, post.id)
    if found is None:
        return post
    return replace(
        post,
        channel=found.channel,
        published=found.published,
        first_seen=found.first_seen,
        source_ids=found.source_ids,
    )
