"""Deletes posts because somebody asked, and not because their time is up (UK GDPR, Article 17).

What a case still needs stays, and whoever asked is told why (Article 17(3)). What goes leaves a row in the
audit without a word or a hash of one, a line in the record of deletions, and keys by which it is known again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.keeping.deletion_record import DeletedKind
from data.retention import deleting
from data.retention.deleting import KEPT, kept_until
from data.retention.purge import ERASURE, PurgeReport, record_deletions, swept
from data.store import privacy as suppressions
from data.store.cases.cases import restricted_among
from data.store.engine.audit_chain import AuditEntry, Code, append
from data.store.engine.open import Store
from data.store.engine.rows import Connection, execute, read_column, read_rows
from data.store.owners import in_hand_sql, marked_sql
from data.store.privacy import Suppression
from data.types import Policy


class Stays(StrEnum):
    """Why a post is not erased."""

    RESTRICTED = "restricted"
    HOLD = "hold"
    OPEN = "open"
    ALERT = "alert"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Staying:
    """A post that is not erased: why, by which case, and until when that is known."""

    mention_id: str
    why: Stays
    case_id: str | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Erasure:
    """The erasure that is asked for: what for which request, and who does it. `secret` is the home's."""

    request_id: str
    urn: str
    by: str
    secret: bytes


def staying(con: Connection, ids: Sequence[str], now: datetime, policy: Policy) -> dict[str, Staying]:
    """Those of these posts that may not be erased, with the weightiest reason of each."""
    found: dict[str, Staying] = {}
    for one in (*_by_cases(con, ids, now, policy), *_by_alerts(con, ids), *_list_restricted(con, ids)):
        before = found.get(one.mention_id)
        if before is None or _WEIGHT[one.why] < _WEIGHT[before.why]:
            found[one.mention_id] = one
    return found


_WEIGHT: Mapping[Stays, int] = {why: n for n, why in enumerate(Stays)}


def _list_restricted(con: Connection, ids: Sequence[str]) -> list[Staying]:
    return [Staying(mention_id, Stays.RESTRICTED) for mention_id in restricted_among(con, ids)]


def _by_alerts(con: Connection, ids: Sequence[str]) -> list[Staying]:
    """An alert that nobody has taken yet: somebody may be in danger."""
    sql = f"""SELECT DISTINCT x.mention_id FROM matches x
        JOIN alerts a ON a.story_id = x.story_id AND a.urn = x.urn
        WHERE x.mention_id = ANY($ids) AND NOT {in_hand_sql("a")}
            AND NOT {marked_sql("a.story_id", "a.urn")}"""
    return [Staying(mention_id, Stays.ALERT) for mention_id in read_column(con, sql, ids=ids)]


def _by_cases(con: Connection, ids: Sequence[str], now: datetime, policy: Policy) -> list[Staying]:
    sql = f"SELECT DISTINCT mention_id, case_id FROM ({KEPT}) WHERE mention_id = ANY($ids) ORDER BY ALL"
    rows = read_rows(con, sql, ids=ids)
    cases = kept_until(con, now, policy)
    found = []
    for mention_id, case_id in rows:
        case = cases.get(case_id)
        hold_or_open = case and (Stays.HOLD if case.hold else Stays.OPEN if case.open else None)
        why = hold_or_open or Stays.CLOSED
        found.append(Staying(mention_id, why, case_id, case.until if case else None))
    return found


def erase(
    store: Store, ids: Sequence[str], given: Erasure, now: datetime, policy: Policy
) -> tuple[Staying, ...]:
    """Erases those of these posts that may be, so that their bytes go too; gives those that stay, and why.
    Both are recorded. A reading that meets one of them again does not bring it back."""
    with store.write("erase for a request") as con:
        stays = staying(con, ids, now, policy)
        going = [i for i in ids if i not in stays]
        keys = _keys(con, going, given.secret)
        gone = {DeletedKind.MENTION: going, DeletedKind.SUPPRESSED: [one for _, one in keys]}
        record_deletions(store, now, gone)
        tombstones = [*_tombstones(con, going, given, now), *deleting.files_going(con, going, now, given.by)]
        deleting.scrub(con, going, now)
        deleting.count(con, going)
        files = deleting.drop_texts(con, going)
        deleting.drop_rows(con, going)
        execute(con, "DELETE FROM fingerprints WHERE mention_id = ANY($ids)", ids=going)
        deleting.drop_orphans(con, now)
        append(con, tombstones)
        suppressions.add_suppressions(con, keys, given.request_id, now)
        append(con, _refusals(stays.values(), given, now))
    swept(store, now, PurgeReport(deleted=len(going)), files, force=bool(going))
    return tuple(stays.values())


def _keys(con: Connection, ids: Sequence[str], secret: bytes) -> list[tuple[Suppression, str]]:
    """A post is known again by its id and its address: in its words, and in any other calm ones."""
    sql = """SELECT m.id, m.url, m.channel, n.text_hash FROM mentions m
        JOIN mention_versions n ON n.mention_id = m.id WHERE m.id = ANY($ids)"""
    rows = read_rows(con, sql, ids=ids)
    found: list[tuple[Suppression, str]] = []
    for mention_id, url, channel, hashed in rows:
        words = suppressions.words_keys(secret, mention_id, url, hashed)
        posts = suppressions.post_keys(secret, mention_id, url, channel=channel)
        found += [*((Suppression.WORDS, one) for one in words), *((Suppression.POST, one) for one in posts)]
    return list(dict.fromkeys(found))


def _tombstones(con: Connection, ids: Sequence[str], given: Erasure, now: datetime) -> list[AuditEntry]:
    sql = f"SELECT DISTINCT m.id, v.urn, v.content_class {deleting.NEWEST} ORDER BY ALL"
    rows = read_rows(con, sql, ids=ids)
    by = (ERASURE, Code.REQUEST.of(given.request_id))
    return [AuditEntry(now, given.by, "text_deleted", i, urn, (kind, *by)) for i, urn, kind in rows]


def _refusals(stays: Iterable[Staying], given: Erasure, now: datetime) -> list[AuditEntry]:
    return [
        AuditEntry(
            now, given.by, "erasure_refused", given.request_id, given.urn,
            (
                Code.MENTION.of(one.mention_id), Code.REASON.of(one.why.value),
                *([Code.CASE.of(one.case_id)] if one.case_id else []),
            ),
        )
        for one in stays
    ]  # fmt: skip
