"""The drill of the alarm: taken by the address in its mail; and what came of it, for head and lead."""

from __future__ import annotations

from datetime import datetime

from starlette.responses import Response

from alerts.drill import Drill, drill_of
from alerts.links import Links
from alerts.wording.digest.lines import drill_words
from data.store.engine.audit_chain import links as chain_links
from data.store.engine.connect import Connection
from data.types import Person
from data.words.say import words
from monitor.act.drill import take_drill
from monitor.desk.matter.page import person_of
from monitor.desk.page import led_to, plain, shown
from monitor.desk.routes import DeskRequest
from monitor.matters.today import held_drill

_WHAT = "drill"


def opens(links: Links, key: str) -> bool:
    """Did we make that key, for a drill?"""
    return links.ticket(key, _WHAT) is not None


def show(asking: DeskRequest, con: Connection) -> Response:
    """What came of this term's drill at each school of theirs, or that there was none."""
    config, now, w = asking.context.config, asking.now, words(asking.language)
    said = []
    for school in asking.signed_in.schools:
        it = held_drill(con, school, config.calendar(school.urn), now.astimezone(config.zone).date(), now)
        line = w("drill.none_yet")
        if it and it.begun_at:
            line = (
                drill_words(w, it.result, config.people, config.zone, now)
                if it.result
                else w("drill.runs", when=w.clock(it.begun_at, config.zone))
            )
        said.append((school.name, line))
    return shown(
        "drill.html", asking.language, who=asking.signed_in, page="school", said=said, on=config.serve.drills
    )


def show_one(asking: DeskRequest, con: Connection) -> Response:
    """The page behind the address in a mail."""
    person, it = _asked(asking, con)
    if person is None or it is None or it.begun_at is None:
        return plain(asking.context.config, "nothing", 404)
    w, people = words(asking.language), {p.id: p.name for p in asking.context.config.named}
    after = w("notice.long.minutes", n=(n := _minutes(it, asking.now)), count=w.number(n))
    key = (
        "said"
        if it.runs
        else "over"
        if it.taken_by is None
        else "yours"
        if it.taken_by == person.id
        else "taken"
    )
    said = w(f"drill.page.{key}", who=people.get(it.taken_by or "", ""), after=after)
    view = {"said": said, "runs": it.runs, "proof": asking.context.links.proof(asking.key, asking.now)}
    return shown("drill_one.html", asking.language, who=None, page="", view=view)


def take(asking: DeskRequest) -> Response:
    """Whoever presses first has it. A mail system that opens links and sends their forms takes nothing."""
    proof, links = asking.form.get("proof", ""), asking.context.links
    if not (asking.ours and links.proved(asking.key, proof, asking.now, tapped=asking.tapped)):
        return led_to(f"/drill/{asking.key}")
    with asking.store.read() as con:
        person, it = _asked(asking, con)
    if person is not None and it is not None:
        take_drill(asking.store, it, person, asking.now)
    return led_to(f"/drill/{asking.key}")


def _asked(asking: DeskRequest, con: Connection) -> tuple[Person | None, Drill | None]:
    """Whose address it is, and the drill that it leads to."""
    ticket = asking.context.links.ticket(asking.key, _WHAT)
    if ticket is None:
        return None, None
    entries = [x.entry for x in chain_links(con, [ticket.story_id])]
    urn = next((e.urn for e in entries if e.urn), "")
    return person_of(asking.context, ticket), drill_of(ticket.story_id, urn, entries, asking.now)


def _minutes(it: Drill, now: datetime) -> int:
    assert it.begun_at is not None
    return round(((it.over_at or now) - it.begun_at).total_seconds() / 60)
