"""The sheet of codes by which head or lead sign in while no mail arrives; and the code of the day, for staff
without an address: a keyed hash of school and day, so that nothing is stored that could be read."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from hmac import compare_digest
from string import digits

from alerts.access.offices import SAFEGUARDERS, SHEET, has_sheet, holders
from alerts.access.recipients import head_now
from alerts.layout.note import Note, mails
from alerts.links import Links
from alerts.notices.upkeep import sheet_note, sheet_used_note
from data.people import people_of, schools_of
from data.steps.acts import Done, Refused
from data.store.engine.connect import Connection
from data.store.engine.open import Store
from data.store.outbox import put_outbox
from data.store.service import PrintedCode, codes_changed, codes_of, put_codes, use_code
from data.types import OutboxMessage, Person, Role, School
from data.words.say import words
from monitor.config.home.context import Context
from monitor.config.load import Config

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
        key, letters = context.links.keyed_hash("code of the day", school.urn, today.isoformat(), again), ""
        n = int.from_bytes(key[:_BYTES], "big")
        for _ in range(LENGTH):
            n, digit = divmod(n, len(LETTERS))
            letters += LETTERS[digit]
        found[school.urn] = letters
    return found


def school_of_code(con: Connection, context: Context, typed: str, now: datetime) -> School | None:
    """The school whose code of today that is, however it was typed; None where it is none's."""
    said = "".join(c for c in typed.upper() if c.isascii() and c.isalnum()).encode()
    found = [
        urn for urn, code in codes_today(con, context, now).items() if compare_digest(code.encode(), said)
    ]
    return context.config.school(found[0]) if found else None


ON_SHEET, FIGURES = 10, 12
"""So many codes of so many figures: twice those of one by mail, so that neither is taken for the other."""
_INTO_NEXT, _WITHOUT_TERMS = timedelta(weeks=3), timedelta(weeks=17)
"""A sheet is good into the next term, until another is made; so long where no next term is known."""
_TOLD_WITHIN = timedelta(days=30)


def make_sheet(store: Store, context: Context, who: Person, now: datetime) -> Done[tuple[str, ...]] | Refused:
    """Makes the codes of this person's own sheet, in the place of any before: nobody makes another's, since
    whoever holds one reads what they read. They and the head are mailed that."""
    config = context.config
    codes = tuple("".join(secrets.choice(digits) for _ in range(FIGURES)) for _ in range(ON_SHEET))
    with store.write("a sheet of codes") as con:
        if not (has_sheet(who) and who.email):
            guard = "no_email" if has_sheet(who) else "not_theirs"
            return Refused(guard, words(config.schools[0].language)(f"ways.sheet.{guard}"))
        school = schools_of(who, config.schools)[0]
        calendar = config.calendar(school.urn)
        today = config.day_of(now)
        following = min((term.first for term in calendar.terms if term.first > today), default=None)
        last = following + _INTO_NEXT if following else today + _WITHOUT_TERMS
        ends = datetime.combine(last, time(), config.zone).astimezone(UTC)
        whose = who.id, who.id, now, ends
        put_codes(con, [PrintedCode(code_hash(context.links, who, c), *whose) for c in codes])
        to, key = (who, *head_now(school, config.people, now)), ("printed", who.id, now.isoformat())
        note = sheet_note(school, who, config.day_of(ends))
        put_outbox(con, _mails(note, to, school, key, now), now)
    return Done(codes)


def use_sheet_code(con: Connection, context: Context, person: Person, hashed: str, now: datetime) -> bool:
    """Use that code up for its person; False if good no more. Lead, deputy and head are mailed that."""
    if not use_code(con, hashed, now):
        return False
    config = context.config
    for school in schools_of(person, config.schools):
        to = holders(people_of(school, config.people), *SAFEGUARDERS, Role.HEAD)
        note = sheet_used_note(school, person, now, config.zone)
        put_outbox(con, _mails(note, to, school, ("code used", hashed), now), now)
    return True


def people_without_sheet(con: Connection, config: Config, now: datetime) -> dict[School, list[Person]]:
    """List who has no sheet of this term, or none that is good, where no term is on."""
    today = config.day_of(now)
    found: dict[School, list[Person]] = {}
    for school in config.proper:
        terms = config.calendar(school.urn).terms
        began = next((term.first for term in terms if term.first <= today <= term.last), None)
        for person in holders(people_of(school, config.people), *SHEET):
            codes = codes_of(con, person.id, now)
            at = config.day_of(codes[0].printed_at) if codes else None
            if at is None or (began and at < began):
                found.setdefault(school, []).append(person)
    return found


def _mails(
    note: Note, to: Iterable[Person], school: School, key: tuple[str, ...], now: datetime
) -> tuple[OutboxMessage, ...]:
    reached = {person.id: person for person in to if person.email}.values()
    return mails(note, reached, school.urn, "account", key, now, _TOLD_WITHIN)


def code_hash(links: Links, person: Person | None, code: str) -> str:
    """Return what is stored of a sheet's code: good for one person, address and office."""
    has = person is not None and has_sheet(person)
    whose = (person.id, (person.email or "").casefold()) if person and has else ("", "")
    return links.keyed_hash("printed code", *whose, code).hex()
