"""The drill of the alarm: taken by the address in its mail; and what came of it, for head and lead."""

from __future__ import annotations

from starlette.responses import Response

from alerts.drill import DRILL, drill_of
from alerts.wording.digest.lines import drill_words
from data.digest import Drill
from data.store.engine.audit_chain import links as chain_links
from data.store.engine.connect import Connection
from data.types import Person
from data.words.say import words
from monitor.act.drill import take_drill
from monitor.desk.matter.page import ticket_person
from monitor.desk.page import led_to, plain_page, render_page
from monitor.desk.routes import DeskRequest
from monitor.matters.today import held_drill


def show_drills(asking: DeskRequest, con: Connection) -> Response:
    """Show what came of this term's drill at each school of theirs, or that there was none."""
    config, now, w = asking.context.config, asking.now, words(asking.language)
    day = now.astimezone(config.zone).date()
    held = [(s.name, held_drill(con, s, config.calendar(s.urn), day, now)) for s in asking.signed_in.schools]
    said = [(name, drill_words(w, it, config.all_people, config.zone, now)) for name, it in held]
    view = {"who": asking.who, "page": "school", "said": said, "on": config.serve.drills, "proof": ""}
    return render_page("drill.html", asking.language, **view)


def show_drill(asking: DeskRequest, con: Connection) -> Response:
    """Show the page behind the address in a mail."""
    config, w, found = asking.context.config, words(asking.language), _find_drill(asking, con)
    if found is None:
        return plain_page(config, "nothing", 404)
    _, it = found
    said = w("drill.page.said") if it.runs else drill_words(w, it, config.all_people, config.zone, asking.now)
    proof = asking.context.links.proof(asking.key, asking.now) if it.runs else ""
    return render_page(
        "drill.html", asking.language, who=None, page="", said=[("", said)], on=True, proof=proof
    )


def take_drill_form(asking: DeskRequest) -> Response:
    """Give it to whoever presses first. A mail system that opens links and sends their forms takes
    nothing.
    """
    proof, links = asking.form.get("proof", ""), asking.context.links
    if asking.ours and links.is_proved(asking.key, proof, asking.now, tapped=asking.tapped):
        with asking.store.open_reader() as con:
            found = _find_drill(asking, con)
        if found is not None:
            take_drill(asking.store, found[1], found[0], asking.now)
    return led_to(f"/drill/{asking.key}")


def _find_drill(asking: DeskRequest, con: Connection) -> tuple[Person, Drill] | None:
    """Find whose address it is, and the drill that it leads to, once that has begun."""
    ticket = asking.context.links.ticket(asking.key, DRILL)
    person = ticket_person(asking.context, ticket) if ticket else None
    entries = [x.entry for x in chain_links(con, [ticket.story_id])] if ticket else []
    if ticket is None or person is None or not entries:
        return None
    it = drill_of(ticket.story_id, entries[0].urn or "", entries, asking.now)
    return (person, it) if it.begun_at else None
