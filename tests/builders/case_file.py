"""A case as its page at the desk shows it, as text; and what is held of it, as data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum

from builders.typed_options import own_words

from alerts.wording.verdicts import next_of
from data import effects
from data.cases import Case
from data.errors import InputError
from data.judged import reasons_of
from data.matters import ReaderPart
from data.store.cases.cases import record_read
from data.store.verdicts.stories import list_stories
from data.types import Verdict
from data.words.say import words
from monitor.act.casework.finding import find_case
from monitor.desk.case.page import SeenCase, see
from monitor.desk.case.reading import page_of
from monitor.desk.case.sides import side
from monitor.desk.matter.page import Moment
from monitor.desk.matter.reading import Visit
from monitor.desk.matter.telling import page_of as page_of_matter
from monitor.home.wiring import Session
from monitor.matters.listed import cases_listed
from monitor.matters.one import find_alert, find_story
from monitor.matters.reader import Reader
from monitor.matters.views import story_views
from monitor.matters.whole import one, read_posts


def shown(session: Session, number: str, why: str | None) -> tuple[str, dict[str, object]]:
    """The page of the case and that of its evidence, and its data. Raises InputError where it is not theirs;
    `why` is given where its words are read."""
    now = effects.utc_now()
    with session.store.write("a page") as con:
        case = find_case(con, session, number)
        if why and (case.restricted or case.locked):
            record_read(con, case, person=session.person.id, reason=why, now=now)
        seen = see(con, session, case.number, now, read=bool(why))
        assert seen is not None
        kept = side(con, seen, "evidence").lines if seen.whole and not seen.unread else ()
        letters = [dict(form.hidden)["letter"] for form in side(con, seen, "letters").forms]
    text = "\n".join((*_strings(page_of(seen)), *kept))
    return text, _data(seen) | {"letters": letters}


def listed(reader: Reader, *, closed: bool) -> list[dict[str, object]]:
    """The cases that somebody may know of, each as far as they may."""
    with reader.store.read() as con:
        found = cases_listed(con, reader, effects.utc_now(), closed=closed)
    return [
        {"case": v.number, "has_it": v.holder.person if v.holder else None}
        | (_picked(v.case, _STATUS) | {"hold": v.case.hold_by is not None} if v.case else {})
        for v in found
    ]


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield str(value)
    elif isinstance(value, Verdict):  # as a page says it
        yield from (reason.text for reason in reasons_of(value))
        yield next_of(value, words("en"))
    elif is_dataclass(value):
        for field in fields(value):
            yield from _strings(getattr(value, field.name))
    elif isinstance(value, tuple):
        for each in value:
            yield from _strings(each)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    return dict(value) if hasattr(value, "items") else value


_STATUS = "urn restricted state rung consent support locked ending"
_KNOWN = (
    "lane target accused conflicted relationship complainant decision decided_by to_warn consent_by "
    "consent_told support_by support_told content_class proposed_class classified_by checks hosting copies "
    "askings opened_at closed_at owner story_id recheck_at"
)


def _data(seen: SeenCase) -> dict[str, object]:
    case, words = seen.case, not seen.unread and seen.whole
    found = {"case": case.id, **_picked(case, _STATUS), "hold": case.hold_by is not None}
    if case.restricted:
        found |= {"state": "with the DSL", "rung": None}
    if not words:
        return found
    steps = [
        {
            "n": s.n, "step": s.kind.value, "by": s.actor, "at": _plain(s.done_at), "why": s.why,
            "facts": dict(s.written),
        }
        for s in seen.file.steps
    ]  # fmt: skip
    more: dict[str, object] = {"in_other_words": _plain(seen.file.beside)}
    more |= {"class": case.content_class if case.classified_by else None, "story": case.story_id}
    post = _plain(seen.file.post)
    return (
        found
        | _picked(case, _KNOWN)
        | more
        | {"post": post, "steps": steps, "evidence": _plain(seen.file.evidence)}
    )


def _picked(case: Case, names: str) -> dict[str, object]:
    return {name: _plain(getattr(case, name)) for name in names.split()}


def story_shown(reader: Reader, given: str) -> tuple[str, dict[str, object]]:
    """A story as far as somebody may know it: each of its words, and its data."""
    with reader.store.read() as con:
        view = find_story(con, reader, given)
    return "\n".join(_strings(view)), _plain(view) | {"id": view.story_id}


def stories_shown(reader: Reader) -> list[dict[str, object]]:
    """All stories, each as far as somebody may know it."""
    with reader.store.read() as con:
        rows = list_stories(con)
        known = reader.look(con, {row.id: row.urn for row in rows})
        views = story_views(con, reader, rows, known)
    return [_plain(view) | {"id": view.story_id, "ended": view.ended is not None} for view in views]


def alert_shown(reader: Reader, given: str, why: str | None) -> tuple[str, dict[str, object]]:
    """An alert as far as somebody may know it; with its words, where that is put on record. Raises InputError
    where it is not theirs to read."""
    now = effects.utc_now()
    with reader.store.write("a page") as con:
        view = find_alert(con, reader, given, now)
        page = None
        if why is not None:
            if not view.words or view.part is ReaderPart.TARGET:
                raise InputError(f"Alert {view.number} is not for {reader.id}.")
            whole = one(con, reader, view.story_id, now)
            posts = read_posts(con, reader, whole, own_words(why, "--reason"), now)
            school = reader.config.school(view.urn)
            matter = reader.look(con, {view.story_id: view.urn}).stored.by_story[view.story_id]
            page = page_of_matter(Visit(whole, reader, school, matter), Moment(now, None), posts)
    return "\n".join((*_strings(view), *_strings(page))), None
