"""`schoolgate report-in`: what a person saw, through the same judging as everything else.

No picture enters before a person has said what it is not: a file that shows, or might show, anyone
under 18 undressed or in a sexual way is not opened, hashed or copied; the matter goes to the DSL as
an address only (UKCIS guidance on sharing nudes, March 2024; the domain guide, §3.3 and §6).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from alerts.describe import CHANNEL_NAMES, WHAT_NEXT, describe
from data.effects import utc_now
from data.errors import InputError
from data.ids import mention_id
from data.types import Mention, MentionKind, Outcome, Policy, Route, Severity, Signal, Source, SourceRun
from monitor import wiring
from monitor.commands.common import opened

if TYPE_CHECKING:
    from data.store.mentions import Batch
    from data.store.open import Store
    from monitor.judge import Judges

Say = Callable[[str], None]
SOURCE_ID = "report-in"
LONDON = ZoneInfo("Europe/London")
CHANNELS = frozenset(CHANNEL_NAMES)
QUESTION = (
    "Does the file show, or might it show, anyone under 18 undressed or in a sexual way? "
    "Do not open it to find out. [yes / no / unknown]"
)
CHILD_IMAGE_TEXT = (
    "A person reports an image that may show a child undressed or in a sexual way. Address only."
)
CHILD_IMAGE = Signal(
    name="child_image_reported",
    reason="A person says that an image may show a child undressed or in a sexual way.",
    labels=("safeguarding", "sexual"),
    severity=Severity.THIS_HOUR,
    route=Route.SAFEGUARDING,
    danger=True,
)


@dataclass(frozen=True, slots=True)
class Report:
    """What the person says they saw."""

    text: str
    url: str
    channel: str
    author: str | None
    seen_by: str | None
    seen_at: datetime
    child_image: bool = False


def run(
    *,
    text: str | None,
    url: str | None,
    channel: str,
    author: str | None,
    seen_by: str | None,
    seen_at: str | None,
    file: Path | None,
    child_image: bool | None,
    school: str | None,
    home: Path | None,
    config: Path | None,
    as_json: bool,
    say: Say,
    ask: Callable[[str], str],
) -> int:
    """Judge and store one report; 0 when it is stored, with what became of it printed."""
    where, settings, store = opened(home, config)
    now = utc_now()
    barred = child_image
    if file is not None and barred is None:
        barred = ask(QUESTION).strip().lower() not in ("no", "n")
    report = _report(text, url, channel, author, seen_by, _moment(seen_at, now), barred=bool(barred))
    urn = wiring.pick_urn(settings, school)
    kept = _keep(file) if file is not None and not barred else None
    wiring.remember_config(store, settings)
    batch = _judged(report, urn, store, wiring.judges(settings), now)
    _save(batch, kept, report, urn, where.evidence, store, now, settings.policy)
    _tell(batch, file, barred=bool(barred), as_json=as_json, say=say)
    return 0


def _report(
    text: str | None,
    url: str | None,
    channel: str,
    author: str | None,
    seen_by: str | None,
    seen_at: datetime,
    *,
    barred: bool,
) -> Report:
    """What is taken down: of an image that may show a child, the address and nothing else."""
    if not (text or "").strip() and not url:
        raise InputError("Say what was seen: --text “…”, or at least its address: --url …")
    if channel not in CHANNELS:
        raise InputError(f"--channel {channel}: not one we know. One of: {', '.join(sorted(CHANNELS))}.")
    if url and not url.startswith(("https://", "http://")):
        raise InputError(f"--url {url}: not a web address. Write it whole, beginning with https://")
    if barred:
        return Report(CHILD_IMAGE_TEXT, url or "", channel, None, seen_by, seen_at, child_image=True)
    return Report((text or "").strip(), url or "", channel, author, seen_by, seen_at)


def _judged(report: Report, urn: str, store: Store, judges: Judges, now: datetime) -> Batch:
    from monitor.collect import Collected
    from monitor.judge import judge

    mention = Mention(
        id=mention_id(report.channel, report.url or f"{report.seen_at.isoformat()} {report.text}"),
        url=report.url,
        channel=report.channel,
        kind=MentionKind.POST,
        title="",
        text=report.text,
        fetched_at=now,
        author=report.author,
        published=report.seen_at,
    )
    source = Source(
        id=SOURCE_ID, kind=SOURCE_ID, url="", urns=(urn,), name="Reported by a person", listing=True
    )
    run = SourceRun(SOURCE_ID, now, now, Outcome.OK, pages=1, mentions_read=1)
    extra = (CHILD_IMAGE,) if report.child_image else ()
    return judge(Collected(source, run, (mention,)), store, judges, now, extra)


def _keep(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(f"--file {file}: cannot be read ({error.strerror}). Nothing was stored.") from None


def _save(
    batch: Batch,
    kept: bytes | None,
    report: Report,
    urn: str,
    vault: Path,
    store: Store,
    now: datetime,
    policy: Policy,
) -> None:
    from data.store import mentions as mention_store
    from data.store.audit import Entry, append, note
    from data.store.evidence import Evidence, put_evidence
    from data.vault import Vault

    sha256 = Vault(vault).put(kept) if kept is not None else None
    with store.write("report-in") as con:
        mention_store.save(con, batch, now=now, policy=policy)
        told_by = (note(con, report.seen_by),) if report.seen_by else ()
        append(con, [Entry(now, "report-in", "reported_in", batch.seen[0], urn, told_by)])
        if sha256 is not None and kept is not None:
            put_evidence(
                con,
                Evidence(
                    urn, batch.seen[0], sha256, _media_type(kept), len(kept), now,
                    "report-in", "supplied by a person",
                ),
            )  # fmt: skip


def _media_type(content: bytes) -> str:
    starts = {
        b"\x89PNG": "image/png",
        b"\xff\xd8": "image/jpeg",
        b"%PDF": "application/pdf",
        b"GIF8": "image/gif",
    }
    return next(
        (kind for start, kind in starts.items() if content.startswith(start)), "application/octet-stream"
    )


def _tell(batch: Batch, file: Path | None, *, barred: bool, as_json: bool, say: Say) -> None:
    alert = batch.alerts[0].id if batch.alerts else None
    verdict = batch.verdicts[0] if batch.verdicts else None
    restricted = bool(verdict and verdict.restricted)
    if as_json:
        route = None if restricted or verdict is None else verdict.route.value
        say(json.dumps({
            "mention": batch.seen[0], "new": bool(batch.mentions), "restricted": restricted, "route": route,
            "severity": int(verdict.severity) if verdict else None, "alert": alert,
            "file_opened": file is not None and not barred,
        }))  # fmt: skip
        return
    if barred:
        say("The file was not opened, hashed or copied. Do not open, send or print it; leave it where it is.")
    if verdict is None:
        say("This was reported before, in the same words. Nothing was changed.")
    elif restricted:
        say(f"With the DSL. Alert {(alert or 'raised before')[:12]}. If a child is in danger now, ring 999.")
    else:
        what = describe(verdict) if verdict.severity >= Severity.TODAY else "Taken down."
        say(f"{what} Next: {WHAT_NEXT[verdict.route]}.")
        for reason in verdict.reasons:
            say(f"  - {reason.text}")
        if alert:
            say(f"Alert {alert[:8]}: schoolgate alerts show {alert[:8]}")


def _moment(text: str | None, now: datetime) -> datetime:
    if text is None:
        return now
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise InputError(f"--seen-at {text}: not a time. Write it as 2026-11-20T15:20.") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=LONDON).astimezone(UTC)
