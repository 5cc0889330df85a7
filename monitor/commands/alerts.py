"""`schoolgate alerts list | show | ack`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from data.effects import utc_now
from data.errors import InputError
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store import escalations as escalation_store
from data.store import reports as report_store
from data.store import verdicts as verdict_store
from data.store.connect import Connection
from data.types import Alert, Escalation, Person, Role, Verdict
from monitor import wiring
from monitor.commands.common import known_person, officers, opened, whole_id, withheld_from_a_lead
from monitor.config import Config
from monitor.terminal import in_json
from monitor.views import alerts as view

if TYPE_CHECKING:
    from data.store.open import Store

Say = Callable[[str], None]
_DSL = frozenset((Role.DSL, Role.DEPUTY_DSL))


def list_alerts(
    *, everything: bool, school: str | None, home: Path | None, config: Path | None, as_json: bool, say: Say
) -> int:
    """Alerts, gravest first; of a restricted one only that it is with the DSL, or nothing."""
    _, settings, store = opened(home, config)
    urns = [wiring.pick_urn(settings, school)] if school else None
    with store.read() as con:
        listed = alert_store.list_alerts(con, urns, open_only=not everything)
        alerts = [a for a in listed if not withheld_from_a_lead(a, settings)]
        found = _shown(
            alerts,
            verdict_store.story_verdicts(con, [a.story_id for a in alerts]),
            alert_store.acknowledged(con, [a.id for a in alerts]),
            escalation_store.steps(con, [a.id for a in alerts]),
            case_store.open_of(con, [a.story_id for a in alerts], unless=officers(settings)),
        )
    if as_json:
        say(in_json([view.as_json(s) for s in found]))
        return 0
    if not found:
        say("No alert is open." if not everything else "There has been no alert.")
    for shown in found:
        raised = view.local(shown.alert.raised_at, settings.zone)
        say(f"{shown.alert.id[:8]}  {raised}  {view.headline(shown, settings.zone)}")
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
    reader = known_person(settings, person) if person else None
    with store.read() as con:
        found = _find(alert_id, alert_store.list_alerts(con, open_only=False), reader, settings)
        (shown,) = _shown(
            [found],
            verdict_store.story_verdicts(con, [found.story_id]),
            alert_store.acknowledged(con, [found.id]),
            escalation_store.steps(con, [found.id]),
            case_store.open_of(con, [found.story_id], unless=officers(settings)),
        )
        asked = _asked(con, found)
    read = _read(found, asked, settings, store, reason, person) if restricted else None
    if as_json:
        say(in_json(view.as_json(shown, read)))
        return 0
    for line in view.lines(shown, {p.id: p.name for p in settings.people}, settings.zone, read):
        say(line)
    return 0


def ack(alert_id: str, *, person: str, home: Path | None, config: Path | None, say: Say) -> int:
    """Record that one of those it is for has it in hand; whoever said so first keeps it."""
    _, settings, store = opened(home, config)
    who = known_person(settings, person)
    now = utc_now()
    with store.write("acknowledgement") as con:
        found = _find(alert_id, alert_store.list_alerts(con, open_only=False), who, settings)
        _permitted(found, who, settings, _asked(con, found))
        has = alert_store.ack(con, found.id, who.id, now)
    if has.at == now:
        say(f"Alert {found.id[:8]} is with {has.person}.")
    else:
        since = view.local(has.at, settings.zone)
        say(f"Alert {found.id[:8]} is with {has.person} already, since {since}. Nothing was changed.")
    return 0


def _shown(
    alerts: Sequence[Alert],
    verdicts: Mapping[str, Sequence[Verdict]],
    taken: Mapping[str, alert_store.Acknowledged],
    escalated: Mapping[str, Sequence[Escalation]],
    cases: Mapping[str, tuple[str, ...]],
) -> list[view.Shown]:
    return [
        view.Shown(
            a,
            tuple(v for v in verdicts.get(a.story_id, ()) if v.urn == a.urn),
            taken.get(a.id),
            tuple(escalated.get(a.id, ())),
            cases.get(a.story_id, ()),
        )
        for a in alerts
    ]


def _find(beginning: str, alerts: list[Alert], person: Person | None, settings: Config) -> Alert:
    """The alert whose id begins so. For whom it may accuse it is not there."""
    may_know = [a for a in alerts if not _kept_from(a, person, settings)]
    wanted = whole_id(beginning, [a.id for a in may_know], "alert", "alerts")
    return next(a for a in alerts if a.id == wanted)


def _kept_from(alert: Alert, person: Person | None, settings: Config) -> bool:
    """Whoever asks without a name may be a safeguarding lead whom it keeps out."""
    return withheld_from_a_lead(alert, settings) if person is None else person.id in alert.excluded


def _asked(con: Connection, found: Alert) -> tuple[str, ...]:
    return escalation_store.asked(con, [found.id]).get(found.id, ())


def _read(
    found: Alert,
    asked: Sequence[str],
    settings: Config,
    store: Store,
    reason: str | None,
    person: str | None,
) -> view.Read:
    """The texts behind an alert, for one who may read them; the reading and its reason are recorded."""
    why = (reason or "").strip()
    if not why:
        raise InputError("Say why you need to see it; the reason is kept: --reason “…”")
    reader = known_person(settings, person)
    _permitted(found, reader, settings, asked)
    with store.write("reading a restricted matter") as con:
        texts = alert_store.restricted_text(con, found.id, reason=why, person=reader.id, now=utc_now())
        return view.Read(texts, report_store.reported(con, [t.mention_id for t in texts]))


def _permitted(alert: Alert, person: Person, settings: Config, asked: Sequence[str]) -> None:
    """Its audience, those asked after it and the school's DSLs, nobody of another school.

    Its subject never gets here. Raises InputError.
    """
    school = settings.school(alert.urn)
    covered = {alert.urn, *((school.urn, *school.members) if school else ())}
    here = not person.urns or bool(covered & set(person.urns))
    told = person.id in (*alert.audience, *asked) or bool(_DSL & set(person.roles))
    if not here or not told:
        raise InputError(f"Alert {alert.id[:8]} is not for {person.id}. Ask one of those it was sent to.")
