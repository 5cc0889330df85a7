"""Codes on paper, by one of which a person signs in while no mail arrives, as whoever holds it could; and the
code of the day, with which whoever of the staff has no address of their own hands in what they saw: a keyed
hash of the school and the day by its clock, so that nothing is stored that could be read."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from hmac import compare_digest
from string import digits

from alerts.access.offices import looks_after_ways_of
from alerts.access.recipients import head_now
from alerts.layout.note import mails
from alerts.links import Links
from alerts.notices.upkeep import printed_note
from data.people import schools_of
from data.steps.acts import Done, Refused
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.messages.outbox import put_outbox
from data.store.service.sessions import PrintedCode, codes_changed, put_codes
from data.types import OutboxMessage, Person, School
from monitor.config.home.context import Context

LETTERS = "34679ACDEFHJKMNPQRTWXY"
"""No two of them look alike."""
LENGTH = 8
_BYTES = 16
"""More of the hash than the code takes, so that no letter is likelier than another."""


def codes_today(con: Connection, context: Context, now: datetime) -> dict[str, str]:
    """Today's code of each school, by URN."""
    changed, zone = codes_changed(con), context.config.zone
    today = now.astimezone(zone).date()
    found = {}
    for school in context.config.schools:
        at = changed.get(school.urn)
        again = at.isoformat() if at is not None and at.astimezone(zone).date() == today else ""
        found[school.urn] = _lettered(
            context.links.keyed("code of the day", school.urn, today.isoformat(), again)
        )
    return found


def _lettered(hashed: bytes) -> str:
    n, letters = int.from_bytes(hashed[:_BYTES], "big"), ""
    for _ in range(LENGTH):
        n, digit = divmod(n, len(LETTERS))
        letters += LETTERS[digit]
    return letters


def school_of_code(con: Connection, context: Context, typed: str, now: datetime) -> School | None:
    """The school whose code of today that is, however it was typed; None where it is none's."""
    said = "".join(c for c in typed.upper() if c.isascii() and c.isalnum()).encode()
    found = [
        urn for urn, code in codes_today(con, context, now).items() if compare_digest(code.encode(), said)
    ]
    return context.config.school(found[0]) if found else None


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
        put_codes(con, made)
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
