"""`schoolgate alerts list | show | ack`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.describe import WHAT_NEXT
from data.effects import utc_now
from data.errors import InputError
from data.store import alerts as alert_store
from data.types import Alert, Person, Role
from monitor import wiring
from monitor.commands.common import known_person, opened, whole_id

Say = Callable[[str], None]


def list_alerts(
    *, everything: bool, school: str | None, home: Path | None, config: Path | None, as_json: bool, say: Say
) -> int:
    """Alerts, gravest first; of a restricted one only that it is with the DSL."""
    _, settings, store = opened(home, config)
    urns = [wiring.pick_urn(settings, school)] if school else None
    with store.read() as con:
        alerts = alert_store.list_alerts(con, urns, open_only=not everything)
    if as_json:
        say(json.dumps([_as_json(a) for a in alerts], ensure_ascii=False, indent=2))
        return 0
    if not alerts:
        say("No alert is open." if not everything else "There has been no alert.")
    for alert in alerts:
        say(f"{alert.id[:8]}  {_local(alert.raised_at, settings.zone)}  {_headline(alert)}")
    return 0


def show_alert(
    alert_id: str,
    *,
    restricted: bool,
    reason: str | None,
    person: str | None,
    home: Path | None,
    config: Path | None,
    as_json: bool,
    say: Say,
) -> int:
    """One alert; with `restricted`, its texts for one of its audience, and a row in the audit."""
    _, settings, store = opened(home, config)
    with store.read() as con:
        found = _find(alert_id, alert_store.list_alerts(con, open_only=False))
    texts: tuple[alert_store.RestrictedText, ...] = ()
    if restricted:
        if not (reason or "").strip():
            raise InputError("Say why you need to see it; the reason is kept: --reason “…”")
        reader = _reader(found, {p.id: p for p in settings.people}, known_person(settings, person or ""))
        with store.write("reading a restricted matter") as con:
            texts = alert_store.restricted_text(
                con, found.id, reason=reason or "", person=reader, now=utc_now()
            )
    if as_json:
        document = _as_json(found) | ({"texts": [_text_json(t) for t in texts]} if restricted else {})
        say(json.dumps(document, ensure_ascii=False, indent=2))
        return 0
    names = {p.id: p.name for p in settings.people}
    for line in (*_lines(found, names, settings.zone), *(line for t in texts for line in _text_lines(t))):
        say(line)
    return 0


def ack(alert_id: str, *, person: str, home: Path | None, config: Path | None, say: Say) -> int:
    """Record that a person has it in hand. Its subject cannot."""
    _, settings, store = opened(home, config)
    who = known_person(settings, person)
    with store.read() as con:
        found = _find(alert_id, alert_store.list_alerts(con, open_only=False))
    if who in found.excluded:
        raise InputError(f"Alert {found.id[:8]} is not for {who}.")
    with store.write("acknowledgement") as con:
        alert_store.ack(con, found.id, who, utc_now())
    say(f"Alert {found.id[:8]} is with {who}.")
    return 0


def _find(beginning: str, alerts: list[Alert]) -> Alert:
    wanted = whole_id(beginning, [a.id for a in alerts], "alerts")
    return next(a for a in alerts if a.id == wanted)


def _reader(alert: Alert, people: Mapping[str, Person], person: str) -> str:
    dsl = {Role.DSL, Role.DEPUTY_DSL} & set(people[person].roles)
    if person in alert.excluded or not (person in alert.audience or dsl):
        raise InputError(f"Alert {alert.id[:8]} is not for {person}. Ask one of those it was sent to.")
    return person


def _headline(alert: Alert) -> str:
    if alert.restricted:
        return f"severity {int(alert.severity)}  with the DSL"
    again = f", raised {alert.times} times" if alert.times > 1 else ""
    return f"severity {int(alert.severity)}  {alert.content_class}  {WHAT_NEXT[alert.route]}{again}"


def _lines(alert: Alert, names: Mapping[str, str], zone: ZoneInfo) -> list[str]:
    told = ", ".join(names.get(p, p) for p in alert.audience) or "nobody: see below"
    lines = [
        f"Alert {alert.id}  (URN {alert.urn})",
        f"  {_headline(alert)}",
        f"  raised {_local(alert.raised_at, zone)}; to tell: {told}",
    ]
    if alert.restricted:
        return [*lines, "  To read it: --restricted --as PERSON --reason “…”. It is recorded."]
    if alert.excluded:
        lines.append(f"  not told, being its subject: {', '.join(names.get(p, p) for p in alert.excluded)}")
    lines += [f"  - {reason.text}" for reason in alert.because]
    return [*lines, f"  story {alert.story_id}: schoolgate story show {alert.story_id[:8]}"]


def _text_lines(text: alert_store.RestrictedText) -> list[str]:
    lines = ["", f"  {text.url or 'no address'}  by {text.author or 'nobody named'}, version {text.n}"]
    lines += [f"  {part}" for part in (text.title, text.text, text.quoted and f"> {text.quoted}") if part]
    return [*lines, *(f"  - {reason}" for reason in text.reasons)]


def _text_json(text: alert_store.RestrictedText) -> dict[str, object]:
    return {
        "mention": text.mention_id, "version": text.n, "url": text.url, "author": text.author,
        "title": text.title, "text": text.text, "quoted": text.quoted, "reasons": list(text.reasons),
    }  # fmt: skip


def _as_json(alert: Alert) -> dict[str, object]:
    open_part: dict[str, object] = {
        "id": alert.id,
        "urn": alert.urn,
        "severity": int(alert.severity),
        "restricted": alert.restricted,
        "raised_at": alert.raised_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "times": alert.times,
    }
    if alert.restricted:
        return open_part | {"state": "with the DSL"}
    return open_part | {
        "story": alert.story_id,
        "route": alert.route.value,
        "content_class": alert.content_class,
        "audience": list(alert.audience),
        "excluded": list(alert.excluded),
        "because": [{"code": r.code, "text": r.text} for r in alert.because],
    }


def _local(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day:>2} {local:%b %H:%M}"
