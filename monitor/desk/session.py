"""Who is at the desk: the session that a browser keeps, its person as the settings name them now."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from urllib.parse import urlsplit

from starlette.responses import Response

from alerts.access.offices import keeps_room, reads_reports
from data.people import schools_of
from data.store import service as sessions
from data.store.engine.connect import Connection
from data.store.service import DeskSession, Device
from data.types import Person, School
from monitor.act.ways_in import codes_today
from monitor.config.home.context import Context
from monitor.config.load import Config

CHECK_LASTS = timedelta(minutes=10)
"""So long after somebody proved that it is they, the desk opens what is restricted."""


DAY_GUEST = "code-of-the-day"
"""In the place of a person's id: whoever came in by the code of the day."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody at the desk: who, of which schools, by which session. `form` goes into their forms."""

    person: Person
    schools: tuple[School, ...]
    session: DeskSession
    form: str

    @property
    def is_guest(self) -> bool:
        """Did they come in by the code of the day?"""
        return self.session.person_id == DAY_GUEST

    @property
    def keeps_room(self) -> bool:
        """Is the safeguarding room theirs?"""
        return keeps_room(self.person)

    @property
    def reads_reports(self) -> bool:
        """Do they read the governors' reports, or sign them?"""
        return reads_reports(self.person)

    def has_just_proved(self, now: datetime) -> bool:
        """Check whether they have proved within ten minutes that it is they."""
        at = self.session.checked_at
        return at is not None and timedelta() <= now - at < CHECK_LASTS


def find_signed_in(con: Connection, config: Config, kept: str, now: datetime) -> SignedIn | None:
    """Find whose browser it is that keeps this; None where nobody is signed in, or the settings no longer
    name them by the address that they signed in with (an id may be given to somebody else), or give them no
    school.
    """
    session = sessions.find_session(con, kept, now) if kept else None
    person = next((p for p in config.people if session and p.id == session.person_id), None)
    if session is None or person is None or session.address_hash not in stored_addresses(person):
        return None
    schools = tuple(schools_of(person, config.schools))
    return SignedIn(person, schools, session, form_token(kept)) if schools else None


def stored_addresses(person: Person) -> set[str]:
    """Return what of a person's addresses is stored; of whoever has none, what all such have."""
    found = {sessions.hash_kept(each.casefold()) for each in (person.email, person.account) if each}
    return found or {sessions.hash_kept("")}


def form_token(kept: str) -> str:
    """Return what a form holds to show that it was shown to the browser that keeps this."""
    return sha256(b"form\0" + kept.encode()).hexdigest()[:32]


def begin_session(
    con: Connection, person: Person, device: Device, now: datetime, before: SignedIn | None = None, *,
    account: str | None = None, fresh: bool = True, had: str = "", os_account: str = "",
) -> str:  # fmt: skip
    """Sign a browser in; return what it is to keep, which is new. Its person has just proved that it is they,
    by their `account` or else their mail, unless not `fresh`: an account may have been signed in for weeks.
    The session `before`, of that browser, ends; so does one by the code of the day, if it `had` that. The
    audit has the `os_account` by which this machine's own let them in.
    """
    guest = sessions.find_session(con, had, now) if had and before is None else None
    if guest is not None and guest.person_id == DAY_GUEST:
        sessions.end(con, guest, now)
    kept, address = secrets.token_urlsafe(32), account or person.email or person.account or ""
    by = sessions.hash_kept(address.casefold())
    session = DeskSession(sessions.hash_kept(kept), person.id, by, device, now, now, now if fresh else None)
    if before is not None and before.person.id != person.id:
        sessions.end(con, before.session, now)
        before = None
    if before is None:
        sessions.begin_session(con, session, os_account)
    else:
        sessions.renew_session(con, before.session, session)
    return kept


def find_teller(con: Connection, context: Context, kept: str, now: datetime) -> SignedIn | None:
    """Find who is signed in, as `find_signed_in` does; also who came in by a code of the day that is still
    today's. They have no name, no office, and one school: only what takes what they tell asks for them.
    """
    if found := find_signed_in(con, context.config, kept, now):
        return found
    session = sessions.find_session(con, kept, now) if kept else None
    if session is None or session.person_id != DAY_GUEST:
        return None
    for urn, code in codes_today(con, context, now).items():
        school = context.config.school(urn)
        if school is not None and hmac.compare_digest(session.address_hash, _by_code(context, urn, code)):
            guest = Person(DAY_GUEST, "", (), urns=(urn,))
            return SignedIn(guest, (school,), session, form_token(kept))
    return None


def begin_by_day_code(con: Connection, context: Context, school: School, now: datetime) -> str:
    """Signs a browser in that others use, for today's code of that school; gives what it is to keep."""
    kept, code = secrets.token_urlsafe(32), codes_today(con, context, now)[school.urn]
    by = _by_code(context, school.urn, code)
    sessions.begin_session(con, DeskSession(sessions.hash_kept(kept), DAY_GUEST, by, Device.SHARED, now, now))
    return kept


def _by_code(context: Context, urn: str, code: str) -> str:
    return context.links.keyed_hash("day-session", urn, code).hex()


def cookie_name(base_url: str | None, name: str = "desk") -> str:
    """Return the name of the cookie: bound to this host over https."""
    return f"__Host-{name}" if urlsplit(base_url or "").scheme == "https" else name


def keep_cookie(answer: Response, base_url: str | None, kept: str, device: Device) -> None:
    """Make the browser keep it: until it is closed, or for as long as the session may last."""
    own = device is Device.OWN
    set_cookie(answer, base_url, "desk", kept, int(device.longest.total_seconds()) if own else None)


def set_cookie(answer: Response, base_url: str | None, name: str, value: str, max_age: int | None) -> None:
    """Sets a cookie of the desk's, out of reach of scripts. Lax, for mails read on the web lead here."""
    answer.set_cookie(
        cookie_name(base_url, name),
        value,
        max_age=max_age,
        path="/",
        secure=urlsplit(base_url or "").scheme == "https",
        httponly=True,
        samesite="lax",
    )
