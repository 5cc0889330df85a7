"""`schoolgate case open`: a case about one post of a story."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from alerts.ladder.advance import Advance, Refusal, begin
from alerts.ladder.sight import MEANT
from data.cases import Case, Event
from data.effects import utc_now
from data.errors import InputError
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store import stories as story_store
from data.store.connect import Connection
from data.types import About, Alert, Person
from monitor.casework.act import rules
from monitor.casework.opening import opened_event
from monitor.commands.case_common import Desk, Refused, Say, Sight, desk, sight, take_alert
from monitor.commands.case_take import tell
from monitor.commands.common import whole_id
from monitor.views.case_status import after

_WHAT = "story or alert"


@dataclass(frozen=True, slots=True)
class _Meant:
    """The story that is meant, its school, and its alert where it has one."""

    story_id: str
    urn: str
    alert: Alert | None


def open_case(
    what: str,
    *,
    post: str | None,
    person: str,
    why: str,
    home: Path | None,
    config: Path | None,
    as_json: bool,
    say: Say,
) -> int:
    """Opens it and says what comes first; raises InputError where there is one on that post already."""
    at = desk(person, home, config)
    now = utc_now()
    with at.store.write("case") as con:
        meant = _meant(con, what, at.person)
        mention = _post(con, meant.story_id, post) if post else None
        event = opened_event(
            con, at.context, meant.alert or meant.story_id, actor=at.person.id, why=why, mention_id=mention
        )
        number = case_store.next_id(con)
        begun = begin(number, meant.urn, event, now, rules(at.context, meant.urn))
        if not _for(begun, at.person, at):
            raise InputError(_not_for(what, meant, event, at, now))
        done = _accepted(begun)
        _refuse_second(con, done.case, at)
        case_store.put(con, done.case, done.steps, done.outbox, now)
        take_alert(con, at, done.case, now)
    if as_json:
        return tell(done, at, say, as_json=True)
    for line in (*after(done, at.config), *_instead(done.case, at)):
        say(line)
    say(f"  what comes next: schoolgate case show {done.case.id} --as {at.person.id}")
    return 0


def _meant(con: Connection, what: str, person: Person) -> _Meant:
    beginning = what.strip().lower()
    listed = alert_store.list_alerts(con, open_only=False)
    hidden = {i for a in listed if person.id in a.excluded for i in (a.id, a.story_id)}
    alerts = {a.id: a for a in listed if a.id not in hidden}
    known = {*story_store.ids_beginning(con, beginning), *alerts} - hidden
    found = whole_id(beginning, known, _WHAT, "story")
    if found in alerts:
        alert = alerts[found]
        return _Meant(alert.story_id, alert.urn, alert)
    detail = story_store.story(con, found)
    if detail is None:
        raise InputError(f"There is no story {found} any more: its time to be kept has passed.")
    of_it = [a for a in alerts.values() if (a.story_id, a.urn) == (found, detail.row.urn)]
    return _Meant(found, detail.row.urn, of_it[0] if of_it else None)


def _post(con: Connection, story_id: str, beginning: str) -> str:
    detail = story_store.story(con, story_id)
    return whole_id(beginning, [m.id for m in detail.mentions] if detail else [], "post of it", "story")


def _for(done: Advance | Refusal, person: Person, at: Desk) -> bool:
    """May this person read the case that they open?"""
    if isinstance(done, Refusal):
        return done.guard not in _WHO
    return sight(done.case, person, at.config) is Sight.ALL


def _accepted(done: Advance | Refusal) -> Advance:
    if isinstance(done, Refusal):
        raise Refused(done)
    return done


def _not_for(what: str, meant: _Meant, event: Event, at: Desk, now: datetime) -> str:
    """Whom to ask instead; of a restricted matter no names. Whoever it may accuse is answered as where there
    is no such thing."""
    if _accused(event, meant.alert, at.person):
        whole_id(what, (), _WHAT, "story")
    by_law = rules(at.context, meant.urn)
    tried = ((p, begin("", meant.urn, replace(event, actor=p.id), now, by_law)) for p in by_law.people)
    open_ = event.facts.get("restricted") != "yes" and not event.facts.get("lane")
    free = [p.name for p, done in tried if isinstance(done, Advance) and _for(done, p, at)] if open_ else []
    ask = " or ".join(free) or "the DSL, or the chair of governors"
    return f"This is not for {at.person.id} to open a case about. Ask {ask}."


def _accused(event: Event, alert: Alert | None, person: Person) -> bool:
    """May it accuse this person: by its verdicts, its alert, or the office that it is about?"""
    facts = event.facts
    out = {*facts.get("subjects", "").split(), *(alert.excluded if alert else ())}
    holds = MEANT.get(About(facts["about"])) in person.roles
    return person.id in out or (holds and person.id != facts.get("target"))


_WHO = frozenset(("actor", "may_see"))
"""Guards that say no more than that somebody else acts."""


def _refuse_second(con: Connection, case: Case, at: Desk) -> None:
    already = case_store.find_open(con, case.mention_id, case.urn) if case.mention_id else None
    if already is not None:
        raise InputError(
            f"Case {already} is open about this post: schoolgate case show {already} --as {at.person.id}"
        )


def _instead(case: Case, at: Desk) -> Iterator[str]:
    """What to do first with what was not judged; of fair comment, that no removal is offered, and why."""
    if case.unjudged:
        yield "  It was not judged. Read it, or have it read, and say what it is before anything is done."
        yield f"  Then: schoolgate case classify {case.id} C… --as {at.person.id} --why “…”"
    if not case.fair:
        return
    procedure = at.config.profile(case.urn).complaints_url
    yield "  No removal is offered: it was judged to be criticism, opinion, a complaint or praise."
    yield "  Answer it, or ask whoever wrote it to come in" + (
        f"; the complaints procedure: {procedure}" if procedure else "; name the complaints procedure."
    )
    yield f"  Then: schoolgate case step responded {case.id} --how phone --as {at.person.id}"
    yield "  If it was judged wrongly, say why: schoolgate case classify --help"
