"""Codes on paper: by one of them a person signs in while no mail arrives, as whoever holds it could."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from string import digits

from alerts.access.recipients import head_now
from alerts.access.ways_in import looks_after_ways_of
from alerts.layout.note import mails
from alerts.links import Links
from alerts.notices.upkeep import printed_note
from data.people import schools_of
from data.steps.acts import Done, Refused
from data.store.engine.open import Store
from data.store.messages.outbox import put_outbox
from data.store.service import printed_codes
from data.store.service.printed_codes import PrintedCode
from data.types import OutboxMessage, Person
from monitor.config.home.context import Context

SHEET, FIGURES = 5, 12
"""So many codes of so many figures: twice those of one by mail, so that neither is taken for the other."""
GOOD_FOR = timedelta(days=7)
_TOLD_WITHIN = timedelta(days=30)
Draw = Callable[[str], str]


def print_codes(
    store: Store, context: Context, by: Person, person: Person, now: datetime, draw: Draw = secrets.choice
) -> Done[tuple[str, ...]] | Refused:
    """Makes the codes of one sheet for a person, in the place of any before. They, who prints them and the
    head are mailed that, as soon as mail goes out.
    """
    codes = tuple("".join(draw(digits) for _ in range(FIGURES)) for _ in range(SHEET))
    made = [
        PrintedCode(hash_of(context.links, person, code), person.id, by.id, now, now + GOOD_FOR)
        for code in codes
    ]
    with store.write("codes on paper") as con:
        if refused := _refused(context, by, person):
            return refused
        printed_codes.put(con, made)
        put_outbox(con, _told(context, by, person, now), now)
    return Done(codes)


def _refused(context: Context, by: Person, person: Person) -> Refused | None:
    if not looks_after_ways_of(by, person, context.config.schools):
        return Refused("ways_in", f"The IT lead or the head of {person.name}’s school prints codes for them.")
    if by.id == person.id:
        return Refused("ways_in", "Nobody prints codes for themselves: another IT lead, or the head, does.")
    if person.email is None:
        return Refused("ways_in", f"{person.name} has no e-mail address in schoolgate.toml to sign in with.")
    if not context.links.secret:
        return Refused("ways_in", "There is no desk to sign in to: base_url is missing in schoolgate.toml.")
    return None


def _told(context: Context, by: Person, person: Person, now: datetime) -> list[OutboxMessage]:
    config, school = context.config, schools_of(person, context.config.schools)[0]
    head = head_now(school, config.people, now)
    to = {each.id: each for each in (person, by, *head) if each.email}.values()
    note = printed_note(school, by, person, (now + GOOD_FOR).astimezone(config.zone).date())
    key = ("printed", person.id, now.isoformat())
    return list(mails(note, to, school.urn, "account", key, now, _TOLD_WITHIN))


def hash_of(links: Links, person: Person | None, code: str) -> str:
    """What is stored of a code on paper: good for that person under that address alone."""
    whose = (person.id, (person.email or "").casefold()) if person else ("", "")
    return links.keyed("printed code", *whose, code).hex()
