"""An alert as text and as JSON, as much of it as its reader may know.

Of a restricted one only that it is with the DSL, and who has it, until its words are read with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from zoneinfo import ZoneInfo

from alerts.access.part import ReaderPart
from alerts.describe import describe, gravest, kept_apart, next_of_alert
from alerts.next_date import NextDate, SchoolDays, next_date
from alerts.wording.number import number_of
from data.cases import Case
from data.frozen import dataclass
from data.judged import reasons_of
from data.steps.codes import BypassRoute
from data.store.alerts.alerts import RestrictedText
from data.store.mentions.person_reports import Reported
from data.types import About, Acknowledged, Alert, Escalation, Reason, Verdict
from data.words.say import words
from monitor.terminal.wording import WITH_THE_DSL, numbered, severity_words
from monitor.views.layout import below, enclosed_line, local, utc
from monitor.views.whose import (
    ShownMark,
    Whose,
    due_json,
    due_line,
    mark_json,
    mark_words,
    whose_json,
)

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
    `who` is who has it, as far as the reader may know. `of_matter` are all cases about it, for its dates, by
    `days`; `finished` says that nothing of it is still to be done, `marked` what it was marked as.
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
    who: Whose = field(default_factory=Whose)
    of_matter: tuple[Case, ...] = ()
    days: SchoolDays | None = None
    finished: bool = False
    marked: ShownMark | None = None

    @property
    def number(self) -> str:
        """What people call the matter by."""
        return number_of(self.alert, self.cases)

    def due(self, now: datetime) -> NextDate | None:
        """When something is next due in it; None where that is not for the reader."""
        if self.days is None or self.finished or (self.alert.restricted and not self.words):
            return None
        had = not self.who.nobody
        return next_date(self.alert, self.of_matter, self.days, now, had=had, lane=self.lane)

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
    what, then = what_and_next(shown)
    parts = (what, shown.headline, then and f"Next: {then}", " ".join(more_of(shown, zone)))
    return [first, *(part for part in parts if part)]


def more_of(shown: ShownAlert, zone: ZoneInfo) -> list[str]:
    """What else is known of it: when it was posted, how often it was raised."""
    often = shown.alert.times > 1 and not shown.alert.restricted
    return [*_posted(shown, zone), *([f"(raised {shown.alert.times} times)"] if often else [])]


def who_has_it(who: Whose, zone: ZoneInfo) -> str:
    """“with Ms Imogen Larkspur (safeguarding lead) since …”, “nobody has it yet”."""
    return "nobody has it yet" if who.since is None else f"with {who.said} since {local(who.since, zone)}"


def what_and_next(shown: ShownAlert) -> tuple[str, str]:
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


def lines(
    shown: ShownAlert, names: Mapping[str, str], now: datetime, zone: ZoneInfo, read: Read | None
) -> list[str]:
    """The alert in full; the people told stand in a restricted one only for whoever may read it."""
    alert, due = shown.alert, shown.due(now)
    head = [
        f"Alert {shown.number}  ({numbered(alert.urn)})  id {alert.id}",
        *(line for part in headline(shown, zone) for line in below(part, "  ")),
        f"  raised {local(alert.raised_at, zone)}",
        *below(who_has_it(shown.who, zone), "  "),
        *(below(mark_words(shown.marked, now, zone), "  ") if shown.marked else ()),
        *(below(due_line(due, now, zone), "  ") if due else ()),
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


def as_json(shown: ShownAlert, now: datetime, read: Read | None = None) -> dict[str, object]:
    """The same as JSON values; times in UTC."""
    alert, has = shown.alert, shown.acknowledged
    found: dict[str, object] = {
        "id": alert.id, "urn": alert.urn, "severity": int(alert.severity), "restricted": alert.restricted,
        "raised_at": utc(alert.raised_at), "times": alert.times, "from_before": alert.posted_at is not None,
        "acknowledged": _acknowledged_json(shown, has) if has else None,
        "cases": list(shown.cases), "number": shown.number, "has_it": whose_json(shown.who),
        "next": due_json(shown.due(now)), "finished": shown.finished,
        "marked": mark_json(shown.marked),
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


def _acknowledged_json(shown: ShownAlert, has: Acknowledged) -> dict[str, object]:
    """When it was acknowledged; by whom only for whoever may know its words, or did so."""
    known = shown.words or shown.who.person == has.person
    return {"by": has.person if known else None, "at": utc(has.at)}


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
