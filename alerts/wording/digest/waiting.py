"""Say what a case waits for: one line a case, the overdue first. Pure.

Its post is quoted as any other; of a case that is locked there is no word, no address and no date
(Education Act 2002, section 141F).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from alerts.facts import Facts
from alerts.places import standing, unasked_places
from alerts.wording.cases import add_place, numbered_site, until
from alerts.wording.digest.lines import has_passed, quote, shown_title
from alerts.wording.digest.reader import Saying, to_one_line
from alerts.wording.digest.view import Line
from data.cases import Case, CaseState, Consent
from data.matters import MatterView
from data.rungs import CaseClock
from data.steps.codes import Ending, Support

_TOLD_ENDINGS = frozenset((Ending.REMOVED, Ending.CHANGED, Ending.STANDING, Ending.ANSWERED))
_EVIDENCE_WANTED = frozenset((CaseState.TRIAGE, CaseState.SEEKING))


def tells(view: MatterView, facts: Facts) -> bool:
    """Is it open, or how it ended to be told once, or its hold to be reviewed?"""
    case = view.cases[0]
    return not case.closed_at or _ending_to_tell(case, facts) is not None or hold_late(case, facts)


def said_of(say: Saying, view: MatterView) -> str:
    """“Case 0004, overdue: …”: what the first of its cases waits for."""
    case = view.cases[0]
    key = "digest.case.line_late" if case.late(say.facts.now) else "digest.case.line"
    parts = [say.w("digest.case.locked")] if case.locked else list(_parts(say, view, case))
    waits = "; ".join(parts) or say.w("digest.case.open")
    return say.w(key, number=to_one_line(case.id), said=waits)


def waiting_line(say: Saying, view: MatterView) -> Line:
    """Write what it waits for, and the post in its own words where this reader may have them."""
    case, said = view.cases[0], said_of(say, view)
    who = say.person(view.holder.person) if view.holder and not (case.locked or case.closed_at) else ""
    page = say.page(view.story_id) if view.story_id and not case.locked else None
    shown = quote(say, view, view.verdicts, told=say.reader.id in case.audience) if view.story_id else None
    if shown is None or view.post is None:
        return Line(said, who, page=page, matter=view, title=shown_title(say, view, quoted=False))
    title = shown_title(say, view, quoted=True)
    when = say.time_posted(view.post)
    return Line(shown.said, who, url=shown.url, where=when, then=said, page=page, matter=view, title=title)


def _parts(say: Saying, view: MatterView, case: Case) -> Iterator[str]:
    """List what is known of its post, what is late, what is due, and what is still owed, in that order."""
    w = say.w
    yield from _become(say, view, case)
    if left := [numbered_site(case, n, w) for n in unasked_places(case)]:
        yield w("digest.case.stands", places=w.list_items(left))
    still = (*case.late(say.facts.now), *(w for w in case.waits if w.due_at >= say.facts.window.since))
    ends = {(w.due_at, w.place) for w in still if w.clock != CaseClock.CHASE_2_WORKING_DAYS}
    for wait in (w for w in case.waits if w in still):  # what is over and asks nothing of anybody, once
        if wait.clock == CaseClock.CHASE_2_WORKING_DAYS and (wait.due_at, wait.place) in ends:
            continue  # one time is told once
        kind = "late" if wait.over(say.facts.now) else "due"
        when = until(w, wait.due_at, say.facts.day, say.facts.zone)
        said = w(f"digest.case.{kind}.{wait.clock}", when=when)
        if kind == "late" and wait.clock == CaseClock.WARN_1H and not has_passed(say, view):
            said += w("digest.case.warn_now")
        yield add_place(said, wait, case, w)
    if case.hold_review:
        kind = "late" if hold_late(case, say.facts) else "due"
        when = until(w, case.hold_review, say.facts.day, say.facts.zone)
        yield w(f"digest.case.{kind}.hold_review", when=when)
    yield from _list_owed(say, view, case)


def _become(say: Saying, view: MatterView, case: Case) -> Iterator[str]:
    w, ended, said = say.w, _ending_to_tell(case, say.facts), ""
    if view.back_at:
        said = w("digest.case.back", when=say.when(view.back_at))
    elif ended:
        yield w(f"digest.case.ended.{ended.value}")
    elif view.gone_at:
        said = w("digest.case.gone", when=say.when(view.gone_at))
    elif view.answer:
        said = w(f"digest.case.answer.{view.answer.value}")
    if said:
        yield w("digest.case.in_part", said=said) if case.others and standing(case) else said


def _ending_to_tell(case: Case, facts: Facts) -> Ending | None:
    """Return how it ended, where it did since the last digest."""
    lately = case.closed_at is not None and case.closed_at >= facts.window.since
    return case.ending if lately and case.ending in _TOLD_ENDINGS else None


def _list_owed(say: Saying, view: MatterView, case: Case) -> Iterator[str]:
    w = say.w
    if case.closed_at:
        return
    if case.state is CaseState.TRIAGE and case.decision is None:
        yield _since(say, "digest.case.undecided", case.opened_at)
    if case.consent is Consent.ASKED and view.asked_at:
        yield _since(say, "digest.case.consent", view.asked_at)
    if case.target not in (None, say.reader.id) and case.support is Support.NOT_OFFERED:
        yield w("digest.case.support")
    if case.captures == 0 and case.state in _EVIDENCE_WANTED:
        yield w("digest.case.evidence")


def _since(say: Saying, key: str, moment: datetime) -> str:
    """Since when, and how many whole days that is; from the second day on."""
    days, since = (say.facts.now - moment).days, say.since(moment)
    if days < 2:
        return say.w(f"{key}.lately", since=since)
    return say.w(f"{key}.days", n=days, count=say.w.number(days), since=since)


def hold_late(case: Case, facts: Facts) -> bool:
    """Was somebody to look again at the hold by now?"""
    return case.hold_review is not None and case.hold_review <= facts.now
