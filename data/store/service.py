"""Sessions and passkeys: who is signed in, and by what."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from data.effects import ClockTrust, Uptime, check_clock, is_set_right
from data.frozen import freeze
from data.store.engine.audit_chain import AuditEntry, Code, append, record_act
from data.store.engine.rows import Connection, ValueTable, at, at_or_none, execute, read_rows, read_value
from data.store.outbox import HELD_BACK, LONGEST_HELD, WAITS, unanswered_since
from data.store.owners import in_hand_sql, marked_sql, unless_owned
from data.types import Via

SEEN_EVERY = timedelta(minutes=3)
"""So exactly is it kept when a browser was last here: a write a page would make every reader a writer."""


_BACK = timedelta(minutes=2)
"""So far a clock may be put back."""


class Device(StrEnum):
    """Ownership of a browser. FOR_A_DAY: theirs alone, who signed in by a code on paper."""

    SHARED = "shared"
    OWN = "own"
    FOR_A_DAY = "for_a_day"

    @property
    def idle(self) -> timedelta:
        """After so long without a request its session is over."""
        return timedelta(minutes=15) if self is Device.SHARED else self.longest

    @property
    def longest(self) -> timedelta:
        """After so long its session is over, whatever was asked for meanwhile."""
        return timedelta(days=30) if self is Device.OWN else timedelta(hours=12)

    @property
    def by_paper(self) -> Device:
        """The same, by a code on paper: whoever holds one for a moment keeps nothing for weeks."""
        return Device.FOR_A_DAY if self is Device.OWN else self


@freeze
class DeskSession:
    """One browser that somebody signed in, by an address of theirs. Times are UTC; `checked_at` as stored."""

    id_hash: str
    person_id: str
    address_hash: str
    device: Device
    began_at: datetime
    seen_at: datetime
    checked_at: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Is it still good? None is that a clock wrote which was ahead."""
        if self.began_at - now > _BACK:
            return False
        return now - self.seen_at < self.device.idle and now - self.began_at < self.device.longest


_SESSIONS_TABLE = ValueTable("sessions", DeskSession, "id_hash")


def hash_kept(kept: str) -> str:
    """Return what is stored of what a browser keeps."""
    return sha256(kept.encode()).hexdigest()


def begin_session(con: Connection, session: DeskSession, os_account: str = "") -> None:
    """Keep a new session and drop those over. Audited, with the system account that let them in, if any."""
    _drop(con, [one.id_hash for one in _SESSIONS_TABLE.select(con, "") if not one.holds(session.began_at)])
    _SESSIONS_TABLE.insert(con, [session])
    by = session.person_id
    account = (Code.OS_ACCOUNT.of(os_account),) if os_account else ()
    record_act(con, session.began_at, by, "signed_in", by, codes=account)


def renew_session(con: Connection, before: DeskSession, session: DeskSession) -> None:
    """Keep a session in the place of the one `before`: its person has proved again who they are; where that
    has ended meanwhile, none. Audited."""
    if not _drop(con, [before.id_hash]):
        return
    _SESSIONS_TABLE.insert(con, [session])
    record_act(con, session.began_at, session.person_id, "checked_again", session.person_id)


def note_code_shown(con: Connection, person_id: str, os_account: str, now: datetime) -> None:
    """Record that a code to sign in with was shown to this account of the machine."""
    codes = (Code.OS_ACCOUNT.of(os_account),)
    record_act(con, now, person_id, "code_shown", person_id, codes=codes)


def find_session(con: Connection, kept: str, now: datetime) -> DeskSession | None:
    """The session of a browser that keeps this; None where there is none, or it is over."""
    found = _SESSIONS_TABLE.first(con, "WHERE id_hash = $hash", hash=hash_kept(kept))
    return found if found is not None and found.holds(now) else None


def see(con: Connection, session: DeskSession, now: datetime) -> None:
    """Records that its browser was here."""
    execute(con, "UPDATE sessions SET seen_at = $now WHERE id_hash = $hash", now=now, hash=session.id_hash)


def end(con: Connection, session: DeskSession, now: datetime) -> None:
    """Ends it: its person has signed out. Audited."""
    _drop(con, [session.id_hash])
    record_act(con, now, session.person_id, "signed_out", session.person_id)


def end_all(con: Connection, person_id: str, by: str, now: datetime) -> int:
    """Ends a person's sessions everywhere and codes on paper; gives how many sessions. Audited, with who."""
    withdraw_codes(con, person_id)
    sql = "DELETE FROM sessions WHERE person_id = $person RETURNING id_hash"
    rows = read_rows(con, sql, person=person_id)
    record_act(con, now, by, "sessions_ended", person_id)
    return len(rows)


def sessions_of(con: Connection, person_id: str, now: datetime) -> list[DeskSession]:
    """The sessions of a person that are still good."""
    found = _SESSIONS_TABLE.select(con, "WHERE person_id = $person", person=person_id)
    return [session for session in found if session.holds(now)]


def end_everybody(con: Connection) -> None:
    """Ends every session, code on paper and passkey, of a store that was put back as it was once: who has
    signed out since stays out, what was used or removed since opens nothing."""
    execute(con, "DELETE FROM sessions")
    execute(con, "DELETE FROM printed_codes")
    execute(con, "DELETE FROM credentials")


def _drop(con: Connection, hashes: Sequence[str]) -> int:
    sql = "DELETE FROM sessions WHERE id_hash = ANY($hashes) RETURNING id_hash"
    return len(read_rows(con, sql, hashes=hashes))


@freeze
class PrintedCode:
    """One code: whose, who printed it and when, until when it is good; `used_at` is None before."""

    hash: str
    person_id: str
    printed_by: str
    printed_at: datetime
    ends_at: datetime
    used_at: datetime | None = None


_CODES = ValueTable("printed_codes", PrintedCode, "hash")


def put_codes(con: Connection, codes: Sequence[PrintedCode]) -> None:
    """Keeps the codes of one sheet, in the place of what its person had before and did not use. Audited."""
    first = codes[0]
    withdraw_codes(con, first.person_id)
    execute(con, "DELETE FROM printed_codes WHERE ends_at <= $now", now=first.printed_at)
    _CODES.insert(con, codes)
    record_act(con, first.printed_at, first.printed_by, "codes_printed", first.person_id)


def find_code(con: Connection, hashed: str, now: datetime) -> PrintedCode | None:
    """The code of that hash; None where there is none, or it was used or is over."""
    good = "WHERE hash = $hash AND used_at IS NULL AND ends_at > $now"
    return _CODES.first(con, good, hash=hashed, now=now)


def use_code(con: Connection, hashed: str, now: datetime) -> bool:
    """Records that the person whose code that is signed in with it; False where it is over. Audited."""
    code = find_code(con, hashed, now)
    if code is None:
        return False
    execute(con, "UPDATE printed_codes SET used_at = $now WHERE hash = $hash", now=now, hash=hashed)
    record_act(con, now, code.person_id, "printed_code_used", code.person_id)
    return True


def codes_of(con: Connection, person_id: str, now: datetime) -> list[PrintedCode]:
    """List that person's sheets that are not over, the newest first, with what was used of earlier ones."""
    good = "WHERE person_id = $person AND ends_at > $now ORDER BY printed_at DESC"
    return _CODES.select(con, good, person=person_id, now=now)


def withdraw_codes(con: Connection, person_id: str) -> None:
    """Lets none of that person's be used any more; what was used is shown to them until it would be over."""
    unused = "DELETE FROM printed_codes WHERE person_id = $person AND used_at IS NULL"
    execute(con, unused, person=person_id)


def codes_changed(con: Connection) -> dict[str, datetime]:
    """When the code of each school was changed last, by URN."""
    rows = read_rows(con, "SELECT urn, epoch_us(changed_at) FROM day_codes")
    return {urn: at(changed) for urn, changed in rows}


def change_code(con: Connection, urn: str, by: str, now: datetime) -> None:
    """From now on it is another one. Audited."""
    execute(con, "INSERT OR REPLACE INTO day_codes VALUES ($urn, $now)", urn=urn, now=now)
    record_act(con, now, by, "day_code_changed", by, urn)


# Passkeys: of each the public half, by which one person proves that it is they. It opens nothing itself.


@freeze
class Passkey:
    """One passkey: whose, by which address of theirs, its public key, how often it has signed (0: it does not
    count), what its person calls it, when it was made and last used."""

    id: str
    person_id: str
    address_hash: str
    public_key: str
    signed: int
    name: str
    made_at: datetime
    used_at: datetime | None = None


_CREDENTIALS_TABLE = ValueTable("credentials", Passkey, "id")


def add_passkey(con: Connection, passkey: Passkey) -> bool:
    """Keep a new one; False where there is one of that id. Audited."""
    if find_credential(con, passkey.id) is not None:
        return False
    _CREDENTIALS_TABLE.insert(con, [passkey])
    record_act(con, passkey.made_at, passkey.person_id, "passkey_made", passkey.person_id)
    return True


def find_credential(con: Connection, passkey_id: str) -> Passkey | None:
    return _CREDENTIALS_TABLE.first(con, "WHERE id = $id", id=passkey_id)


def is_any(con: Connection) -> bool:
    """Has anybody made one?"""
    return bool(read_rows(con, "SELECT 1 FROM credentials LIMIT 1"))


def credentials_of(con: Connection, person_id: str) -> list[Passkey]:
    """All of a person's, the oldest first."""
    return _CREDENTIALS_TABLE.select(con, "WHERE person_id = $person ORDER BY made_at, id", person=person_id)


def use(con: Connection, passkey: Passkey, signed: int, now: datetime) -> bool:
    """Records that it was used, which has signed so often by now; False where that went back: there may be a
    copy of it. Then that is recorded. Audited."""
    if (signed or passkey.signed) and signed <= passkey.signed:
        record_act(con, now, passkey.person_id, "passkey_refused", passkey.person_id)
        return False
    sql = "UPDATE credentials SET signed = $signed, used_at = $now WHERE id = $id"
    execute(con, sql, signed=signed, now=now, id=passkey.id)
    record_act(con, now, passkey.person_id, "passkey_used", passkey.person_id)
    return True


def remove(con: Connection, person_id: str, by: str, now: datetime, passkey_id: str | None = None) -> int:
    """Removes that passkey of a person's, or all that they have; gives how many. Audited, with who did it."""
    sql = """DELETE FROM credentials WHERE person_id = $person AND ($id IS NULL OR id = $id)
        RETURNING id"""
    gone = read_rows(con, sql, person=person_id, id=passkey_id)
    append(con, [AuditEntry(now, by, "passkey_removed", person_id) for _ in gone])
    return len(gone)


# Whose account is whose: learnt when somebody first signs in with it, and gone with the person.


@freeze
class LinkedAccount:
    """An account at an issuer; `user_name` is what the settings called the person by when it was learnt."""

    issuer: str
    subject: str
    person_id: str
    user_name: str
    linked_at: datetime


_TABLE = ValueTable("accounts", LinkedAccount, "issuer subject")


def find_account(con: Connection, issuer: str, subject: str) -> LinkedAccount | None:
    """Return the account with that id there; None where nobody has signed in with it."""
    return _TABLE.first(con, "WHERE issuer = $issuer AND subject = $subject", issuer=issuer, subject=subject)


def find_of(con: Connection, issuer: str, person_id: str) -> LinkedAccount | None:
    """The account of that person there; None where they have signed in with none."""
    which = "WHERE issuer = $issuer AND person_id = $person"
    return _TABLE.first(con, which, issuer=issuer, person=person_id)


def unlink(con: Connection, person_id: str, by: str, now: datetime) -> bool:
    """Forgets whose account that person's was, at every issuer; was there one? Audited, with who did it."""
    sql = "DELETE FROM accounts WHERE person_id = $person RETURNING person_id"
    if not read_rows(con, sql, person=person_id):
        return False
    record_act(con, now, by, "account_unlinked", person_id)
    return True


def link(con: Connection, account: LinkedAccount) -> None:
    """Keeps it, in the place of any other of that person's there. Audited, without id or name."""
    sql = "DELETE FROM accounts WHERE issuer = $issuer AND person_id = $person AND subject <> $subject"
    execute(con, sql, issuer=account.issuer, person=account.person_id, subject=account.subject)
    _TABLE.insert(con, [account], anew=True)
    record_act(con, account.linked_at, account.person_id, "account_linked", account.person_id)


def is_linked(con: Connection, person_id: str) -> bool:
    """Has that person signed in with an account of theirs, at any issuer?"""
    return _TABLE.first(con, "WHERE person_id = $person", person=person_id) is not None


# The service's clock and figures.

_MEANWHILE = timedelta(hours=1)
"""How long after a check something may still have been saved with the same clock."""


def clock_state(con: Connection, now: datetime, up: Uptime | None) -> ClockTrust:
    """Return the state of the clock; write nothing."""
    sql = """SELECT epoch_us(greatest(
            (SELECT max(finished_at) FROM source_runs), (SELECT max(done_at) FROM audit)))"""
    return check_clock(_trust(con), now, up, at_or_none(read_value(con, sql)))


def look(con: Connection, now: datetime, up: Uptime | None) -> ClockTrust:
    """The state of the clock, which is also recorded. Once a doubtful clock has been set right, anything
    saved meanwhile is kept for as long as if it had been right all along."""
    before, after = _trust(con), clock_state(con, now, up)
    if before is not None and before.doubted is not None and is_set_right(before, now, up):
        sql = """UPDATE mentions SET retain_until = retain_until + to_microseconds($by)
        WHERE NOT stub AND first_seen BETWEEN $first AND $last"""
        behind_us = round((now - before.seen).total_seconds() * 1_000_000)
        execute(con, sql, by=behind_us, first=before.doubted, last=before.seen + _MEANWHILE)
    believe(con, after)
    return after


def believe(con: Connection, trust: ClockTrust) -> None:
    up = trust.up
    row = (1, trust.believed, trust.seen, trust.doubted, up.boot if up else None, up.seconds if up else None)
    con.execute("INSERT OR REPLACE INTO clock VALUES (?, ?, ?, ?, ?, ?)", row)


def last_seen(con: Connection) -> datetime | None:
    """The last check of the clock, which every purge begins with; None where there was none."""
    before = _trust(con)
    return None if before is None else before.seen


def _trust(con: Connection) -> ClockTrust | None:
    sql = "SELECT epoch_us(believed_at), epoch_us(seen_at), epoch_us(doubted_at), boot, up_s FROM clock"
    row = con.execute(sql).fetchone()
    if row is None:
        return None
    believed, last, doubted, boot, up_s = row
    up = Uptime(boot, up_s) if boot is not None else None
    return ClockTrust(at(believed), at(last), at(doubted) if doubted is not None else None, up)


# Counts for anyone who asks how the service is doing: no names, no texts.


@freeze
class Mail:
    """The state of the messages. `overdue_since` is when the longest-waiting overdue message should have gone
    out, even if it has been tried in vain since. `failed` and `unsure` are those of the last seven days.
    `unanswered_since` is when the first alert message was due that did not arrive and whose alert nobody has
    acknowledged."""

    waiting: int
    failed: int
    unsure: int
    overdue_since: datetime | None
    unanswered_since: datetime | None


def mail_figures(con: Connection, now: datetime, vias: Collection[Via]) -> Mail:
    """Messages that are waiting, failed, or may not have arrived; `vias` are the channels set up."""
    sql = f"""SELECT count(*) FILTER ({WAITS} AND expires_at > $now),
            count(*) FILTER (failed_at > $week), count(*) FILTER (unsure_at > $week),
            epoch_us(min(greatest(due_at, written_at)) FILTER ({WAITS} AND expires_at > $now
                AND NOT {HELD_BACK}
                AND list_contains($vias::VARCHAR[], via) AND greatest(due_at, written_at) <= $now))
        FROM outbox"""
    times = {"now": now, "week": now - timedelta(days=7), "day": now - LONGEST_HELD}
    ((waiting, failed, unsure, overdue),) = read_rows(con, sql, vias=[via.value for via in vias], **times)
    return Mail(waiting, failed, unsure, at_or_none(overdue), unanswered_since(con, now, vias))


def count_open_alerts(con: Connection, *, untold: bool = False) -> int:
    """Count the alerts that nobody has taken or marked; of them those of which nobody could be told."""
    nobody = "len(audience) = 0 AND len(warned) = 0 AND" if untold else ""
    sql = f"""SELECT count(*) FROM alerts WHERE {nobody} NOT {in_hand_sql("alerts")}
            AND NOT {marked_sql("alerts.story_id", "alerts.urn")}"""
    return int(read_value(con, unless_owned(con, sql)) or 0)


def count_runs_by_outcome(con: Connection, since: datetime) -> dict[str, int]:
    """Count how often the sources were read since a moment, by outcome."""
    sql = "SELECT outcome, count(*) FROM source_runs WHERE started_at >= $since GROUP BY outcome"
    return {str(outcome): int(n) for outcome, n in read_rows(con, sql, since=since)}
