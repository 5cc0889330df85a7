"""What a case waits for, in words: one line a case, the overdue first. Pure.

Its post is quoted as any other; of a case that is locked there is no word, no address and no date
(Education Act 2002, section 141F).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from alerts.access.knowing import Access, access
from alerts.access.matter import Matter, matter_of_case, with_more
from alerts.access.meant import alleged_in
from alerts.digest.facts import Facts
from alerts.digest.saying.lines import placed
from alerts.digest.saying.quotes import quote
from alerts.digest.saying.reader import Saying, one_line
from alerts.digest.view import Line
from alerts.holding import has_it
from alerts.ladder import derived_state
from alerts.until import until
from data.cases import Case, CaseState, Consent, RunningClock
from data.digest import CaseStanding
from data.steps.codes import Ending, Support
from data.types import Person

_TOLD_ENDINGS = frozenset((Ending.REMOVED, Ending.CHANGED, Ending.STANDING, Ending.ANSWERED))
_EVIDENCE_WANTED = frozenset((CaseState.TRIAGE, CaseState.SEEKING))


def tells(standing: CaseStanding, facts: Facts) -> bool:
    """Is there anything to tell of it: a clock, something awaited, or what has become of its post?

    Of one that is closed: how it ended, once; that its hold was to be reviewed.
    """
    case = standing.case
    if case.closed_at:
        return _ended(case, facts) is not None or _hold_late(case, facts)
    return any(
        (
            any(_told(case, w, facts) for w in case.waits),
            case.hold_review,
            standing.gone_at,
            standing.back_at,
            standing.answer,
            decision_awaited(case),
            case.consent is Consent.ASKED,
            _support_owed(case),
            _evidence_missing(case),
        )
    )


def lines(say: Saying, found: Iterable[CaseStanding]) -> list[Line]:
    """A line for each case; those with something overdue come first."""
    return [_line(say, c) for c in sorted(found, key=lambda c: not late(say, c))]


def late(say: Saying, standing: CaseStanding) -> bool:
    """Has the time of something run out, so that somebody is to act?"""
    return bool(derived_state.late(standing.case, say.facts.now))


def decision_awaited(case: Case) -> bool:
    """Has nobody decided yet what is to become of it?"""
    return case.state is CaseState.TRIAGE and case.decision is None


def said_of(say: Saying, standing: CaseStanding) -> str:
    """“Case 0004, overdue: …”: what the case waits for."""
    key = "digest.case.line_late" if late(say, standing) else "digest.case.line"
    parts = [say.w("digest.case.locked")] if standing.case.locked else list(_parts(say, standing))
    waits = "; ".join(parts) or say.w("digest.case.open")
    return say.w(key, number=one_line(standing.case.id), said=waits)


def _line(say: Saying, standing: CaseStanding) -> Line:
    """What it waits for, and the post in its own words where this reader may have them."""
    case, post = standing.case, standing.post
    story, said = case.story_id, said_of(say, standing)
    who = "" if case.locked or case.closed_at else _holder(say, standing)
    shown = None
    if story and not case.locked and words_for(standing, say.reader, say.facts):
        told = say.reader.id in case.audience
        shown = quote(say, story, post, standing.verdicts, told=told)
    where = placed(say, [post.channel], say.posted(post)) if shown and post else ""
    url = shown.url if shown else None
    page = say.page(story) if story and not case.locked else None
    if shown is None:
        return Line(said, who, page=page)
    return Line(shown.said, who, url=url, where=where, then=said, page=page)


def _holder(say: Saying, standing: CaseStanding) -> str:
    held = has_it(standing.acknowledged, [standing.case], standing.kept_out, standing.marked)
    here = {p.id for p in say.facts.people}
    return say.person(held.person) if held and held.person in here else ""


def matter_of(standing: CaseStanding, facts: Facts) -> Matter:
    """The matter that a case is, with whoever its story may accuse, whatever the case's own steps say."""
    subjects = standing.kept_out | alleged_in(standing.severe, facts.people)
    return with_more(matter_of_case(standing.case, facts.school), subjects=subjects)


def words_for(standing: CaseStanding, person: Person, facts: Facts) -> bool:
    """May this person read its words, and not only how far it is?"""
    return access(person, matter_of(standing, facts), facts.people) is Access.WORDS


def _parts(say: Saying, standing: CaseStanding) -> Iterator[str]:
    """What is known of its post, what is late, what is due, and what is still owed, in that order."""
    w, case = say.w, standing.case
    yield from _become(say, standing)
    for wait in (w for w in case.waits if _told(case, w, say.facts)):
        kind = "late" if wait.over(say.facts.now) else "due"
        yield w(f"digest.case.{kind}.{wait.clock}", when=until(w, wait.due_at, say.facts.day, say.facts.zone))
    if case.hold_review:
        kind = "late" if _hold_late(case, say.facts) else "due"
        when = until(w, case.hold_review, say.facts.day, say.facts.zone)
        yield w(f"digest.case.{kind}.hold_review", when=when)
    yield from _owed(say, standing)


def _become(say: Saying, standing: CaseStanding) -> Iterator[str]:
    w, ended = say.w, _ended(standing.case, say.facts)
    if standing.back_at:
        yield w("digest.case.back", when=say.when(standing.back_at))
    elif ended:
        yield w(f"digest.case.ended.{ended.value}")
    elif standing.gone_at:
        yield w("digest.case.gone", when=say.when(standing.gone_at))
    elif standing.answer:
        yield w(f"digest.case.answer.{standing.answer.value}")


def _ended(case: Case, facts: Facts) -> Ending | None:
    """How it ended, where it did since the last digest."""
    lately = case.closed_at is not None and case.closed_at >= facts.window.since
    return case.ending if lately and case.ending in _TOLD_ENDINGS else None


def _owed(say: Saying, standing: CaseStanding) -> Iterator[str]:
    w, case = say.w, standing.case
    if case.closed_at:
        return
    if decision_awaited(case):
        yield _since(say, "digest.case.undecided", case.opened_at)
    if case.consent is Consent.ASKED and standing.asked_at:
        yield _since(say, "digest.case.consent", standing.asked_at)
    if _support_owed(case):
        yield w("digest.case.support")
    if _evidence_missing(case):
        yield w("digest.case.evidence")


def _since(say: Saying, key: str, moment: datetime) -> str:
    """Since when, and how many days that is; from the second day on."""
    facts = say.facts
    days = (facts.now.astimezone(facts.zone).date() - moment.astimezone(facts.zone).date()).days
    since = say.since(moment)
    if days < 2:
        return say.w(f"{key}.lately", since=since)
    return say.w(f"{key}.days", n=days, count=say.w.number(days), since=since)


def _told(case: Case, wait: RunningClock, facts: Facts) -> bool:
    """What still runs, what is late, and once what is over and asks nothing of anybody."""
    lately = wait.due_at >= facts.window.since
    return lately or wait in derived_state.late(case, facts.now)


def _hold_late(case: Case, facts: Facts) -> bool:
    """Was somebody to look again at the hold by now?"""
    return case.hold_review is not None and case.hold_review <= facts.now


def _support_owed(case: Case) -> bool:
    return case.target is not None and case.support is Support.NOT_OFFERED and case.closed_at is None


def _evidence_missing(case: Case) -> bool:
    return case.captures == 0 and case.state in _EVIDENCE_WANTED
