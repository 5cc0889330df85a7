"""The safeguarding room: what is with its reader, and the sheet by which a matter is handed over.

The list bears no word of a post. A sheet opens after a check not older than ten minutes and a tap, and each
showing is a reading on record. A matter that may accuse its reader is answered as one that is not there."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from starlette.responses import Response

from alerts.handover import HandOverSheet, Names, compose_sheet, list_case_steps, list_notes, list_records
from alerts.links import Ticket
from alerts.next_date import next_date
from data.cases import Case
from data.errors import InputError
from data.frozen import freeze
from data.ids import digest
from data.matters import LADO, MatterView, PostView
from data.steps.acts import Refused
from data.steps.codes import BypassRoute
from data.store import cases as case_store
from data.store import stories as story_store
from data.store.engine import audit_chain
from data.store.engine.audit_chain import AuditEntry
from data.store.engine.connect import Connection
from data.store.owners import notes_of
from data.words.say import words
from monitor.act.matter import OVER, hand_over_matter
from monitor.desk.handing import ToRing
from monitor.desk.matter.facts import due_words, people_facts
from monitor.desk.matter.page import Visit, kept_apart_from, look_up_visit, texts
from monitor.desk.page import DeskRequest, NotThere, led_to, render_page
from monitor.matters.reader import Reader, reads_all, replay_cases
from monitor.matters.searching import alerts_listed
from monitor.matters.views import read_matter

# The list of the safeguarding room: each matter of its reader as a line without a word of it.

_MOST_OVER = 50


@freeze
class RoomLine:
    """One matter: its `number`, its `token` at the desk, `said` of it, what is `due`, and who `looked` at it,
    the last first. `over` says that it was handed over, `held` that its words stay all the same."""

    number: str
    token: str
    said: tuple[str, ...]
    due: str
    late: bool
    over: bool = False
    held: bool = False


def load_room(asking: DeskRequest, con: Connection) -> Mapping[str, Sequence[RoomLine]]:
    """Gather the restricted or locked matters that they may read all of, at each of their schools: what is
    open, the oldest first, and what was handed over, the last first."""
    now, reader, urns = asking.now, asking.session, [s.urn for s in asking.signed_in.schools]
    raised = alerts_listed(con, reader, now, urns, finished=True, kept_apart=True)
    told = {view.story_id for view in raised}
    found = case_store.all_steps(con, urns, open_only=True, kept_apart=True).values()
    cases = [case for case in replay_cases(con, *found) if case.story_id not in told]
    seen = (read_matter(con, reader, story, now) for story in {case.story_id for case in cases})
    others = [_with_due(view, reader, cases, now) for view in seen if view is not None]
    views = {v.story_id: v for v in (*raised, *others) if v.words}
    known = reader.look(con, {v.story_id: v.urn for v in views.values()})
    matters = known.stored.by_story
    theirs = [
        v for story, v in views.items() if reads_all(reader, known, story) and reader.keeps(matters[story])
    ]
    made = LineMaker(asking, con, theirs)
    lines = [line for v in theirs if (line := made.line(v, known.stored.cases_of(v.story_id)))]
    still = sorted((at, n, line) for n, (at, line) in enumerate(lines) if not line.over)
    over = sorted(((at, n, line) for n, (at, line) in enumerate(lines) if line.over), reverse=True)
    return {"open": [line for _, _, line in still], "over": [line for _, _, line in over[:_MOST_OVER]]}


def _with_due(view: MatterView, reader: Reader, cases: Sequence[Case], now: datetime) -> MatterView:
    """Return what was never raised with what is due, which its page says once it is read."""
    its, days = [case for case in cases if case.story_id == view.story_id], reader.days(view.urn)
    due = next_date(None, its, days, now, had=view.holder is not None) if days else None
    return replace(view, due=due)


class LineMaker:
    """Makes lines of matters, with what the record says of each."""

    def __init__(self, asking: DeskRequest, con: Connection, views: Sequence[MatterView]) -> None:
        self._asking, self._w, self._names = asking, asking.w, names_of(asking)
        self._zone = asking.zone
        subjects = [key for v in views for key in (v.story_id, v.alert_id) if key]
        self._done: dict[str, list[AuditEntry]] = {}
        for link in audit_chain.links(con, subjects):
            self._done.setdefault(link.entry.subject, []).append(link.entry)

    def line(self, view: MatterView, cases: Sequence[Case]) -> tuple[datetime, RoomLine] | None:
        """Its line, with when it began; None where it is neither open nor handed over, or not kept apart.
        What was raised again, or reopened, since it was handed over is open."""
        locked = any(case.locked for case in cases)
        if not (view.restricted or locked):
            return None
        over = [e for e in self._done.get(view.alert_id, ()) if e.action == "handed_over"]
        if is_open := _is_open(view, cases):
            over = []
        if not (is_open or over):
            return None
        reads = [e for e in self._done.get(view.story_id, ()) if e.action == "restricted_read"]
        began = over[-1].done_at if over else view.raised_at or min(case.opened_at for case in cases)
        w, held = self._w, any(case.hold_by for case in cases)
        lately = [e for e in reads if view.raised_at is None or e.done_at >= view.raised_at]
        said = tuple(self._line_sentences(view, began, lately, cases, locked))
        said = (self._over(over[-1], held=held),) if over else said
        due = "" if over else due_words(view.due, self._asking.now, self._zone, w)
        token = self._asking.links.at_desk(view.story_id).rpartition("/")[2]
        late = bool(due) and view.due is not None and view.due.late
        return began, RoomLine(view.number, token, said, due, late, bool(over), held)

    def _when(self, at: datetime) -> str:
        w, now = self._w, self._asking.now
        return w("room.when", day=w.day(at, now, self._zone), clock=w.clock(at, self._zone))

    def _over(self, entry: AuditEntry, *, held: bool) -> str:
        key = "room.over_held" if held else "room.over_line"
        return self._w(key, who=self._names(entry.actor), when=self._when(entry.done_at))

    def _line_sentences(
        self, view: MatterView, began: datetime, reads: Sequence[AuditEntry], cases: Sequence[Case],
        locked: bool,
    ) -> Iterator[str]:  # fmt: skip
        w = self._w
        yield w("room.locked") if locked else w("room.since", when=self._when(began))
        yield self._holder_words(view)
        if not reads:
            yield w("room.unread")
        elif reads[-1].actor == self._asking.signed_in.person.id:
            yield w("room.you_read", when=self._when(reads[-1].done_at))
        else:
            yield w("room.read", who=self._names(reads[-1].actor), when=self._when(reads[-1].done_at))
        if any(LADO in case.referred_to for case in cases):
            yield w("room.lado")

    def _holder_words(self, view: MatterView) -> str:
        holder = view.holder
        if holder is None:
            return self._w("room.nobody")
        if holder.mine:
            return self._w("room.you")
        return self._w("room.other", who=self._names(holder.person))


def _is_open(view: MatterView, cases: Sequence[Case]) -> bool:
    """Is anything still to be done in it: a case is open, or it was raised since the last was closed?"""
    ended = [case.closed_at for case in cases if case.closed_at is not None]
    if len(ended) < len(cases):
        return True
    again = view.raised_at is not None and (not ended or view.raised_at > max(ended))
    return again and not view.finished


def names_of(asking: DeskRequest) -> Names:
    """Gives names by ids, of those whom the settings know."""
    people = {p.id: p.name for p in asking.config.all_people}
    return lambda person_id: people.get(person_id, person_id)


# The hand-over sheet of one matter, made of all that is known of it: a reading that is put on record.


def read_sheet(con: Connection, asking: DeskRequest, seen: Visit) -> HandOverSheet:
    """Read the sheet, on record: needs a write connection; whether they may is the caller's to ask."""
    view, w, names, now = seen.view, words(seen.school.language), names_of(asking), asking.now
    posts = [_add_place(con, post) for post in texts(con, seen, now)]
    cases = cases_of(con, seen)
    entries = [link.entry for link in audit_chain.links(con, [view.story_id, view.alert_id])]
    done = [
        *list_records(entries, names, w),
        *(
            each
            for case in cases
            for each in list_case_steps(case_store.steps_of_case(con, case.id), names, w)
        ),
        *list_notes(notes_of(con, view.story_id, view.urn), names, w),
    ]
    zone = asking.zone
    own = dict(asking.config.profile(view.urn).categories)
    people = [said for said, _ in people_facts(seen, w, absences=False)]
    return compose_sheet(view, posts, people, done, seen.school, seen.person.name, now, zone, w, own)


def shown_so_far(con: Connection, seen: Visit) -> str:
    """Stamp all that a sheet shows: another once anything was posted, edited, noted or recorded since."""
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


def _add_place(con: Connection, post: PostView) -> PostView:
    """Return the post with where, when and by whom it was seen, kept apart from restricted words."""
    found = case_store.find_post(con, post.id)
    if found is None:
        return post
    return replace(
        post,
        channel=found.channel,
        published=found.published,
        first_seen=found.first_seen,
        source_ids=found.source_ids,
    )


_SEALED_AS = "hand-over"
_LONGEST = 60
"""So long a number of the school's record may be."""


def show_room(asking: DeskRequest, con: Connection) -> Response:
    """Show the list; after a hand-over, that it is done. Nothing for whom it is not there."""
    room, said = load_room(asking, con), asking.query["over"]
    if not (asking.signed_in.keeps_room or room["open"] or room["over"]):
        raise NotThere
    over = next((line for line in room["over"] if line.token == said), None)
    return asking.render("room.html", page="room", room=room, over=over)


def show_handover(asking: DeskRequest, con: Connection) -> Response:
    """Show the page before the sheet; or, where the check had run out, what was typed, to be sent again."""
    seen = _find_visit(con, asking)
    if not asking.signed_in.has_just_proved(asking.now):
        return led_to(f"/check?to=/room/{asking.key}")
    _, *typed = _read_address(asking)
    return _page(con, asking, seen, typed=typed)


def take_handover(asking: DeskRequest) -> Response:
    """Show the sheet, save it, or close what is handed over."""
    do = asking.form["do"]
    if not asking.signed_in.has_just_proved(asking.now):
        return led_to(f"/check?to=/room/{_sealed_address(asking) if do == 'done' else asking.key}")
    try:
        with asking.store.write("the safeguarding room") as con:
            seen = _find_visit(con, asking)
            if do == "done":
                return _close(con, asking, seen)
            sheet = read_sheet(con, asking, seen)
            if do == "pdf":
                # as a PDF; its name tells nothing but the number
                name = f'attachment; filename="schoolgate-{seen.view.number}.pdf"'
                pdf = sheet.pdf(asking.now.astimezone(asking.zone))
                return Response(pdf, media_type="application/pdf", headers={"Content-Disposition": name})
            return _page(con, asking, seen, sheet, typed=("", shown_so_far(con, seen)))
    except InputError as error:  # nothing of it was saved
        with asking.store.open_reader() as con:
            seen = _find_visit(con, asking)
            return _page(con, asking, seen, wrong="barred", reason=error.text, typed=_typed_fields(asking))


def _close(con: Connection, asking: DeskRequest, seen: Visit) -> Response:
    """Closes what stands on the sheet; not where more has come since that was shown."""
    number, told = _typed_fields(asking)
    if told != shown_so_far(con, seen):
        return _page(con, asking, seen, wrong="changed")
    view = seen.view
    done = hand_over_matter(seen.handling(con, asking.now), number)
    if isinstance(done, Refused):
        wrong = {"number": "wanted", OVER: "over"}.get(done.guard, "changed")
        return _page(con, asking, seen, wrong=wrong, typed=(number, told))
    token = asking.links.at_desk(view.story_id).rpartition("/")[2]
    return led_to(f"/room?over={token}")


def _page(
    con: Connection, asking: DeskRequest, seen: Visit, sheet: HandOverSheet | None = None, *,
    wrong: str = "", reason: str = "", typed: Sequence[str] = ("", ""),
) -> Response:  # fmt: skip
    """The page of one sheet; of what was `typed`, a number and what the sheet bore: what is locked and not
    restricted has a case that ends otherwise."""
    given = {"who": asking.signed_in, "page": "room", "sheet": sheet, "wrong": wrong, "reason": reason}
    view, matter = seen.view, asking.links.at_desk(seen.view.story_id)
    number, told = typed if seen.matter and seen.matter.restricted else ("", "")
    cases = cases_of(con, seen)
    more = {"view": view, "matter": matter, "lado": lado_is_open(seen, cases), "number": number, "told": told}
    more["officer"] = ToRing("", seen.school.allegations)
    more["held"] = any(case.hold_by for case in cases)
    return render_page("room_sheet.html", seen.school.language, 422 if wrong else 200, **given, **more)


def _find_visit(con: Connection, asking: DeskRequest) -> Visit:
    """Find the matter of that address. Raises NotThere where its reader may not read all, or it is open."""
    story, _, _ = _read_address(asking)
    person, links = asking.person, asking.links
    ticket = Ticket(story, links.holder(person.id), asking.now)
    seen = look_up_visit(con, asking.context, asking.store, ticket, asking.now) if story else None
    if seen is None or not kept_apart_from(seen):
        raise NotThere
    return seen


def _typed_fields(asking: DeskRequest) -> tuple[str, str]:
    return asking.form["number"].strip()[:_LONGEST], asking.form["told"][:_LONGEST]


def _sealed_address(asking: DeskRequest) -> str:
    """Return an address that holds what was typed, sealed, for whoever typed it."""
    story, _, _ = _read_address(asking)
    said = [asking.person.id, story, *_typed_fields(asking)]
    return asking.links.seal(_SEALED_AS, json.dumps(said).encode())


def _read_address(asking: DeskRequest) -> tuple[str, str, str]:
    """Return the story that its address means, and what was typed before; "" where it is none of ours."""
    links, token = asking.links, asking.key
    if story := links.story_at_desk(token):
        return story, "", ""
    with suppress(ValueError):
        person, story, number, told = json.loads(links.unseal(_SEALED_AS, token) or b"")
        if person == asking.person.id:
            return story, number, told
    return "", "", ""
