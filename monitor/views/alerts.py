"""An alert as text and as JSON, as much of it as its reader may know.

Of a restricted one only that it is with the DSL, and who has it, until its words are read with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.access.part import ReaderPart
from alerts.describe import describe, gravest, kept_apart, next_of_alert
from alerts.holding import Holder
from data.judged import reasons_of
from data.steps.codes import BypassRoute
from data.store.alerts.alerts import RestrictedText
from data.store.mentions.person_reports import Reported
from data.types import About, Acknowledged, Alert, Escalation, Reason, Verdict
from data.words.say import words
from monitor.terminal.output import Painted
from monitor.terminal.table import Cell, table
from monitor.terminal.wording import WITH_THE_DSL, numbered, severity_cell, severity_words
from monitor.views.layout import below, brief, enclosed_line, local, utc

HEADS = ("Alert", "How soon", "Raised", "What it is, and what next")
WITHOUT_WORDS = "without words"
_REPEATED = re.compile(r"severity_\d|raised_by_one")
"""Reasons that say no more than the headline does."""
_TELLS_OF_A_CONFLICT = frozenset(("subject_excluded", "fallback", "nobody_left"))
"""Reasons that say that somebody is kept out of it."""


@dataclass(frozen=True, slots=True)
class ShownAlert:
    """An alert with what stands behind it: `verdicts` are its story's, newest versions.

    `escalated` are the steps made because nobody acknowledged it; `cases` are the open cases of its story
    that the reader may know of. `words` says whether they may know all of it, `conflicts` whether they may
    also know who is kept out of it. `part` is what part the reader has in it; `lane` the way past the removal
    ladder that it takes, None on it, `about` whom it is about. `headline` is an article's, with its paper;
    `holder` is who has it.
    """

    alert: Alert
    verdicts: tuple[Verdict, ...]
    acknowledged: Acknowledged | None
    escalated: tuple[Escalation, ...] = ()
    cases: tuple[str, ...] = ()
    words: bool = False
    conflicts: bool = False
    part: ReaderPart = ReaderPart.OTHER
    lane: BypassRoute | None = None
    about: About = About.OTHER
    headline: str = ""
    holder: Holder | None = None

    @property
    def top(self) -> Verdict | None:
        """The gravest verdict that may be shown, None where there is none."""
        open_ones = [v for v in self.verdicts if not v.restricted]
        return gravest(open_ones) if open_ones and not self.alert.restricted else None


@dataclass(frozen=True, slots=True)
class Read:
    """What one of its audience reads of a restricted alert; `reported` by mention id."""

    texts: tuple[RestrictedText, ...]
    reported: Mapping[str, Sequence[Reported]]


def headline(shown: ShownAlert, zone: ZoneInfo) -> list[str]:
    """How grave; what happened; what next; what else is known of it, such as who has it."""
    alert = shown.alert
    first = severity_words(alert.severity) + (f"  {WITH_THE_DSL}" if alert.restricted else "")
    return [first, *_parts(shown, zone)]


def _parts(shown: ShownAlert, zone: ZoneInfo) -> list[str]:
    """What happened; what next; what else is known of it."""
    alert = shown.alert
    what, then = _what_and_next(shown)
    rest = _posted(shown, zone)
    if alert.times > 1 and not alert.restricted:
        rest.append(f"(raised {alert.times} times)")
    if shown.holder is not None:
        rest.append(f"(with {shown.holder.person} since {local(shown.holder.since, zone)})")
    return [part for part in (what, shown.headline, then and f"Next: {then}", " ".join(rest)) if part]


def listed(alerts: Sequence[ShownAlert], now: datetime, zone: ZoneInfo) -> list[Painted]:
    """Alerts as a table: which, how soon, since when, what it is and what next."""
    return table(HEADS, [_row(shown, now, zone) for shown in alerts])


def _row(shown: ShownAlert, now: datetime, zone: ZoneInfo) -> tuple[str | Cell, ...]:
    alert, said = shown.alert, " ".join(_parts(shown, zone))
    if alert.restricted:
        said = f"{WITH_THE_DSL}: {said}" if said else WITH_THE_DSL
    return alert.id[:8], severity_cell(alert.severity), brief(alert.raised_at, now, zone), said


def how_to_read(shown: Sequence[ShownAlert], home: str = "") -> list[str]:
    """What to type to read one of these: a restricted one is read with a reason."""
    w, show = words("en"), f"schoolgate alerts show ID{home}"
    found = [w("describe.more.alert", command=show)] if shown else []
    if any(s.alert.restricted and s.words for s in shown):
        found.append(w("describe.more.restricted", command=f"{show} --restricted --reason “…”"))
    return found


def _what_and_next(shown: ShownAlert) -> tuple[str, str]:
    """What it is and what next; of what is with the DSL, only for those who read it."""
    w, alert = words("en"), shown.alert
    if alert.restricted:
        told = shown.words and shown.lane is not None
        return kept_apart(shown.lane, shown.about, w) if told and shown.lane else ("", "")
    event = shown.top.event if shown.top is not None else None
    return _what(shown), next_of_alert(alert, w, shown.part, event)


def _posted(shown: ShownAlert, zone: ZoneInfo) -> list[str]:
    """When it was posted, where that was before we began; a date might lead to what is restricted."""
    at = shown.alert.posted_at
    if at is None:
        return []
    if shown.alert.restricted:
        return ["(posted before we began to read there)"]
    return [f"(posted on {words('en').full_day(at, zone)}, before we began to read there)"]


def lines(shown: ShownAlert, names: Mapping[str, str], zone: ZoneInfo, read: Read | None) -> list[str]:
    """The alert in full; the people told stand in a restricted one only for whoever may read it."""
    alert = shown.alert
    head = [
        f"Alert {alert.id}  ({numbered(alert.urn)})",
        *(line for part in headline(shown, zone) for line in below(part, "  ")),
        f"  raised {local(alert.raised_at, zone)}",
        *(f"  {case_line(case)}" for case in shown.cases),
    ]
    if not alert.audience:
        head.append("  Nobody could be told. Ring the local authority or the trust, and name more people.")
    if not shown.words:
        return head
    if alert.restricted and read is None:
        return [*head, "  To read it: --restricted --as PERSON --reason “…”. It is recorded."]
    people = [*_people(shown, names), *_escalated(shown, names, zone)]
    return [*head, *people, *(_open_lines(shown) if read is None else _read_lines(read, zone))]


def as_json(shown: ShownAlert, read: Read | None = None) -> dict[str, object]:
    """The same as JSON values; times in UTC."""
    alert, has = shown.alert, shown.acknowledged
    found: dict[str, object] = {
        "id": alert.id, "urn": alert.urn, "severity": int(alert.severity), "restricted": alert.restricted,
        "raised_at": utc(alert.raised_at), "times": alert.times, "from_before": alert.posted_at is not None,
        "acknowledged": {"by": has.person, "at": utc(has.at)} if has else None,
        "cases": list(shown.cases),
    }  # fmt: skip
    people: dict[str, object] = {
        "audience": list(alert.audience),
        **({"excluded": list(alert.excluded)} if shown.conflicts else {}),
        "escalated": [{"person": s.person_id, "at": utc(s.told_at)} for s in shown.escalated],
    }
    if read is not None:
        return found | {"state": WITH_THE_DSL} | people | {"texts": [_text_json(t, read) for t in read.texts]}
    if alert.restricted:
        return found | {"state": WITH_THE_DSL}
    found |= {
        "posted_at": utc(alert.posted_at) if alert.posted_at else None,
        "story": alert.story_id, "route": alert.route.value, "content_class": alert.content_class,
        "what": _what(shown), "event": shown.top.event if shown.top else None,
    }  # fmt: skip
    if not shown.words:
        return found | {"state": WITHOUT_WORDS}
    because = [r for r in alert.because if shown.conflicts or r.code not in _TELLS_OF_A_CONFLICT]
    return found | people | {
        "reasons": [_reason_json(r) for r in _reasons(shown)],
        "because": [_reason_json(r) for r in because],
    }  # fmt: skip


def case_line(case: str) -> str:
    """That there is an open case, and how to see it."""
    return f"case {case}: schoolgate case show {case} --as PERSON"


def reported_line(report: Reported, zone: ZoneInfo) -> str:
    """Who reported it, and when that was recorded."""
    return f"reported by {report.seen_by or 'a person who gave no name'}, recorded {local(report.at, zone)}"


def _what(shown: ShownAlert) -> str:
    if shown.top is not None:
        return describe(shown.top, words("en"))
    return "A matter that is with the DSL." if shown.verdicts else "What was posted is no longer kept."


def _reasons(shown: ShownAlert) -> list[Reason]:
    return [r for r in reasons_of(shown.top) if r.text] if shown.top is not None else []


def _people(shown: ShownAlert, names: Mapping[str, str]) -> list[str]:
    alert = shown.alert
    parts = [("to tell", alert.audience)]
    parts += [("not told, being its subject", alert.excluded)] if shown.conflicts else []
    return [f"  {what}: {', '.join(names.get(p, p) for p in ids)}" for what, ids in parts if ids]


def _escalated(shown: ShownAlert, names: Mapping[str, str], zone: ZoneInfo) -> list[str]:
    """Whom it was taken to because nobody had it, and when."""
    return [
        f"  asked next, {local(s.told_at, zone)}: {names.get(s.person_id, s.person_id)}"
        if s.person_id
        else f"  all told to ring 999 or 101, {local(s.told_at, zone)}"
        for s in shown.escalated
    ]


def _open_lines(shown: ShownAlert) -> list[str]:
    alert = shown.alert
    hidden = frozenset() if shown.conflicts else _TELLS_OF_A_CONFLICT
    told = [r for r in alert.because if r.text and not _REPEATED.fullmatch(r.code) and r.code not in hidden]
    return [
        *(f"  - {reason.text}" for reason in (*_reasons(shown), *told)),
        f"  story {alert.story_id}: schoolgate story show {alert.story_id[:8]}",
    ]


def _read_lines(read: Read, zone: ZoneInfo) -> list[str]:
    found: list[str] = []
    for text in read.texts:
        found += ["", f"  {text.url or 'no address'}  by {text.author or 'nobody named'}, version {text.n}"]
        found += [f"  {part}" for part in (text.title, text.text, text.quoted and f"> {text.quoted}") if part]
        found += enclosed_line(text.enclosed)
        found += [f"  - {reason}" for reason in text.reasons]
        found += [f"  {reported_line(r, zone)}" for r in read.reported.get(text.mention_id, ())]
    return found


def _text_json(text: RestrictedText, read: Read) -> dict[str, object]:
    return {
        "mention": text.mention_id, "version": text.n, "url": text.url, "author": text.author,
        "title": text.title, "text": text.text, "quoted": text.quoted, "reasons": list(text.reasons),
        "enclosed": list(text.enclosed),
        "reported": [reported_json(r) for r in read.reported.get(text.mention_id, ())],
    }  # fmt: skip


def reported_json(report: Reported) -> dict[str, object]:
    """A report as JSON values."""
    return {"by": report.seen_by, "at": utc(report.at)}


def _reason_json(reason: Reason) -> dict[str, object]:
    return {"code": reason.code, "text": reason.text}
