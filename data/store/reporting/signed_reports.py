"""The governors' reports: their numbers are fixed when first counted, then signed once by a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from data.store.engine.audit_chain import AuditEntry, Code, append, links, note
from data.store.engine.rows import Connection, ValueTable, execute, read_rows


@dataclass(frozen=True, slots=True)
class WeeklyReport:
    """One report: `facts` is JSON that holds only what may be published; signed, or still a draft.

    `counted` is JSON too: its weeks as they were first counted, with small numbers. Nobody is shown it.
    `sha256` is that of the signed PDF, `page_sha256` that of the page signed with it.
    """

    urn: str
    week: str
    facts: str
    composed_at: datetime
    signed_at: datetime | None = None
    signed_by: str | None = None
    sha256: str | None = None
    page_sha256: str | None = None
    counted: str = "[]"


_REPORTS = ValueTable(
    "reports", WeeklyReport, "urn week facts composed_at signed_at signed_by sha256 page_sha256 counted"
)
_SIGNED = ValueTable("reports", WeeklyReport, "urn week facts signed_at signed_by sha256 page_sha256")


def put_report(con: Connection, urn: str, week: str, facts: str, now: datetime, counted: str = "[]") -> None:
    """Stores a report's numbers; if that week already has some, they stay as they are."""
    _REPORTS.insert(con, [WeeklyReport(urn, week, facts, now, counted=counted)], 2)


def report(con: Connection, urn: str, week: str) -> WeeklyReport | None:
    """The report of that week; None where none was made."""
    return _REPORTS.first(con, "WHERE urn = $urn AND week = $week", urn=urn, week=week)


def is_signed_pdf(con: Connection, urn: str, name: str, sha256: str) -> bool:
    """Is it the hash of the PDF that was signed under this file name?"""
    sql = """SELECT 1 FROM reports WHERE urn = $urn AND urn || '-' || week || '.pdf' = $name
        AND sha256 = $sha AND signed_at IS NOT NULL"""
    return bool(read_rows(con, sql, urn=urn, name=name, sha=sha256))


def reports_before(con: Connection, urn: str, week: str, limit: int = 60) -> list[WeeklyReport]:
    """The reports of earlier weeks, newest first."""
    wanted = "WHERE urn = $urn AND week < $week ORDER BY week DESC LIMIT $limit"
    return _REPORTS.select(con, wanted, urn=urn, week=week, limit=limit)


def reports_after(con: Connection, urn: str, week: str) -> list[WeeklyReport]:
    """The reports of later weeks, earliest first."""
    return _REPORTS.select(con, "WHERE urn = $urn AND week > $week ORDER BY week", urn=urn, week=week)


def newest_reports(con: Connection, urns: Sequence[str]) -> dict[str, WeeklyReport]:
    """By school (urn), the report of the latest week that has one."""
    newest = """WHERE urn = ANY($urns)
        QUALIFY row_number() OVER (PARTITION BY urn ORDER BY week DESC) = 1"""
    return {one.urn: one for one in _REPORTS.select(con, newest, urns=urns)}


def sign(con: Connection, signed: WeeklyReport) -> WeeklyReport:
    """Records that a person has read and released it, unless somebody already has; returns the report as it
    now is.

    Raises KeyError where there is no such report, ValueError where `signed` has no signature.
    """
    found = report(con, signed.urn, signed.week)
    if found is None:
        raise KeyError(signed.week)
    if signed.signed_at is None or signed.signed_by is None:
        raise ValueError(f"the report for {signed.week} has no signature")
    if found.signed_at is not None:
        return found
    _SIGNED.insert(con, [signed], 2, anew=True)
    subject, code = f"report:{signed.week}", Code.PDF.of(signed.sha256)
    done_by = AuditEntry(signed.signed_at, signed.signed_by, "report_signed", subject, signed.urn, (code,))
    append(con, [done_by])
    return signed


def send_back(con: Connection, report: WeeklyReport, person_id: str, why: str, now: datetime) -> None:
    """Records that a person (an id) who may sign it sends it back, and why."""
    subject, codes = f"report:{report.week}", (note(con, why),)
    append(con, [AuditEntry(now, person_id, "report_sent_back", subject, report.urn, codes)])


def times_sent_back(con: Connection, urn: str, week: str) -> list[AuditEntry]:
    """Each time that it was sent back, the last one last."""
    found = [link.entry for link in links(con, [f"report:{week}"]) if link.entry.urn == urn]
    return [entry for entry in found if entry.action == "report_sent_back"]


def sent_back(con: Connection, urn: str, week: str) -> tuple[datetime, str, str] | None:
    """When it was sent back last, by whom (an id) and why; None where it was not."""
    found = times_sent_back(con, urn, week)
    if not found:
        return None
    entry = found[-1]
    sql = "SELECT note FROM audit_notes WHERE sha256 = $sha"
    why = read_rows(con, sql, sha=next(iter(Code.NOTE.values(entry.codes)), ""))
    return entry.done_at, entry.actor, why[0][0] if why else ""


def reports_of(con: Connection, urn: str, limit: int = 60) -> list[WeeklyReport]:
    """The newest reports of a school, the newest first."""
    wanted = "WHERE urn = $urn ORDER BY week DESC LIMIT $limit"
    return _REPORTS.select(con, wanted, urn=urn, limit=limit)


def withdraw_waiting(con: Connection, keys: Sequence[str], now: datetime) -> None:
    """Withdraw those of these messages that are still waiting: what they ask for has been done."""
    sql = """UPDATE outbox SET withdrawn_at = $now WHERE key = ANY($keys) AND sent_at IS NULL
        AND failed_at IS NULL AND withdrawn_at IS NULL AND handing_over_at IS NULL"""
    execute(con, sql, keys=keys, now=now)
