"""What a letter may say of what has been: each sentence from a recorded step of its kind, and from nothing
else. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, time, timedelta

from alerts.ladder.clocks import due
from alerts.ladder.guards.asking import CONVERSATION, OWN
from alerts.ladder.mails import recorded
from alerts.ladder.recorded_on_behalf import CONSENT, SUPPORT
from alerts.ladder.replay import with_ways
from alerts.ladder.rules import Rules
from alerts.letters import forbidden_words
from alerts.letters.facts.of_the_post import first_seen, moment, with_place
from alerts.letters.kinds import LetterCheck, LetterReader
from alerts.said_time import said_time
from alerts.wording.cases import place_name, where_done
from data.cases import Asking, Case, CaseFile, CaseStep
from data.rungs import COPYRIGHT, CaseClock, Rung
from data.steps.asking import Answered, Asked
from data.steps.codes import Decision, PlaceRole, RungAnswer
from data.steps.judging import Decided, Opened
from data.steps.keeping import CameBack, Checked, CopyFound, EvidenceKept
from data.words.asking import asked_in, who_is_asked
from data.words.say import Words

TO_THE_HOST = ("host", COPYRIGHT)
"""The ways in which a host is asked; in any other, whoever runs the site."""
_MOMENT = timedelta(seconds=1)
_LONGEST = timedelta(60)
"""A day further ahead than this is more likely one that has been."""
_A_DATE = re.compile(r"\d\s*(?:st|nd|rd|th)?\s+(?:of\s+)?[^\W\d]{3,}|\d/\d")
_TO_AUTHORS = (LetterReader.AUTHOR, LetterReader.STRANGER)


def of_the_past(check: LetterCheck, w: Words) -> dict[str, object]:
    """When somebody was talked to, invited, asked, what they answered, and what happened meanwhile."""
    case, file, rules, now = check.case, check.file, check.rules, check.given.now
    zone = rules.means.zone

    def on(*rungs: Rung, of: Callable[[Asking], bool] = lambda _: True) -> str:
        at = next((a.at for a in reversed(case.askings) if a.rung in rungs and of(a)), None)
        return w.full_day(at, zone) if at else ""

    talks = [a for a in case.askings if a.kind == CONVERSATION]
    talked = next((a.talked_at for a in reversed(talks) if a.talked_at), None)
    references = [a.reference for a in case.reports if a.reference]
    return {
        "talked": w.full_day(talked, zone) if talked else "",
        "invited": on(Rung.AUTHOR_REQUEST, of=lambda a: a.kind == CONVERSATION),
        "no_talk": bool(talks) and talks[-1].answer is RungAnswer.NONE,
        "by": w.day(_until(check) - _MOMENT, now, zone),
        "asked_on": on(Rung.PLATFORM_REPORT, of=lambda a: a.kind != OWN),
        "asked_host": on(Rung.HOST, Rung.ISP, of=lambda a: a.kind in TO_THE_HOST),
        "asked_operator": on(Rung.HOST, of=lambda a: a.kind not in TO_THE_HOST),
        "not_yet": w("letter.not_yet"),
        "platform_reference": references[-1] if references else "",
        "operator_said": _site_said(case, w, lambda a: a.rung is Rung.HOST and a.kind not in TO_THE_HOST),
        "host_said": _site_said(case, w, lambda a: a.kind in TO_THE_HOST),
        "came_back": "" if check.bare else _came_back(file, rules, w),
        "recorded": list(_recorded(file, rules, w, now)),
        "chronology": [] if check.bare else list(_chronology(check, w)),
    }


def deadline(check: LetterCheck) -> datetime | None:
    """The moment (UTC) until which the letter leaves its author time; None of a letter that sets none, or in
    words in which there is no day that can be only one.
    """
    if check.spec.reader not in _TO_AUTHORS or "by" not in check.spec.wants:
        return None
    if not (said := check.given.facts.get("by", "")):
        return _until(check)
    means, now = check.rules.means, check.given.now
    local = now.astimezone(means.zone)
    found = said_time(said, local, means.calendar)
    if found is None or found.day is None or not (found.sure or _A_DATE.search(said)):
        return None
    end = found.at or time(0)
    day = found.day if found.at else found.day + timedelta(1)
    at = datetime.combine(day, end, means.zone).astimezone(now.tzinfo)
    return at if now < at <= now + _LONGEST else None


def _until(check: LetterCheck) -> datetime:
    """The end of the days that the school gives an author."""
    rules, now = check.rules, check.given.now
    means = rules.means
    return due(CaseClock.AUTHOR_DAYS, now, calendar=means.calendar, zone=means.zone, profile=rules.profile)


def _site_said(case: Case, w: Words, of: Callable[[Asking], bool]) -> str:
    """What whoever runs or hosts the site answered, when asked last; that no answer came, where none has."""
    last = next((a for a in reversed(case.askings) if a.rung in (Rung.HOST, Rung.ISP) and of(a)), None)
    return w(f"letter.site_said.{last.answer or RungAnswer.NONE}") if last else ""


def _came_back(file: CaseFile, rules: Rules, w: Words) -> str:
    """The day on which it was found to be there again, at the place that is written about; "" where it never
    went, or is back only as a copy.
    """
    copies, here = _as_copies(file), file.case.place
    back = (s for s in reversed(file.steps) if isinstance(s.said, CameBack) and (s.said.place or 1) == here)
    at = next((step.done_at for step in back if step.n not in copies), None)
    return w.full_day(at, rules.means.zone) if at else ""


def _as_copies(file: CaseFile) -> frozenset[int]:
    """The numbers of the steps that say it is back, but only in a post that they name, or at the place that
    the step before adds."""
    added = {s.n + 1 for s in file.steps if isinstance(s.said, CopyFound)}
    return frozenset(
        s.n for s in file.steps if isinstance(s.said, CameBack) and (s.n in added or s.said.mention)
    )


def _recorded(file: CaseFile, rules: Rules, w: Words, now: datetime) -> Iterator[str]:
    """What others recorded on behalf of the person targeted: their consent, and the support for them."""
    for kinds, told in ((CONSENT, file.case.consent_told), (SUPPORT, file.case.support_told)):
        steps = [step for step in file.steps if step.kind in kinds]
        if told is not None and steps:
            yield recorded(steps[-1], w, rules, now)


def _chronology(check: LetterCheck, w: Words) -> Iterator[str]:
    file, rules = check.file, check.rules
    copies = _as_copies(file)
    found = {s.n + 1 for s in file.steps if _happened(s) == "found"}
    told = [
        (
            step.done_at,
            "copy_back" if step.n in copies else _happened(step),
            _who(step, w),
            where_done(file, step.said, w),
        )
        for step in _with_ways(file.steps)
        if not (isinstance(step.said, CameBack) and step.n in found)  # told where the place was added
    ]
    here = place_name(file, file.case.place, w)
    seen = [(first_seen(check), "first_seen", "", here)] if file.post else []
    for at, what, who, where in sorted((*seen, *told), key=lambda event: event[0]):
        if what and w.has(f"letter.happened.{what}"):
            said = w(f"letter.happened.{what}", who=who)
            yield with_place(w("letter.event", moment=moment(at, rules, w), what=said), where, w)


def _with_ways(steps: tuple[CaseStep, ...]) -> tuple[CaseStep, ...]:
    """Each answer says whose it is; of a part of a case as it is written."""
    return with_ways(steps) if steps and isinstance(steps[0].said, Opened) else steps


def _who(step: CaseStep, w: Words) -> str:
    """The one who was asked, or answered; of a place that was added, its role."""
    match step.said:
        case Asked() as said:
            return _with_reference(asked_in(said, w), said.reference, w)
        case Answered(rung=rung, way=way) as answer:
            return _with_reference(who_is_asked(rung, way or "", w), answer.reference, w)
        case CopyFound(what=PlaceRole() as role):
            return w(f"pack.code.{role}")
    return ""


def _with_reference(who: str, reference: str, w: Words) -> str:
    given = forbidden_words.plain(reference)
    return w("letter.with_reference", who=who, reference=given) if given else who


def _happened(step: CaseStep) -> str:
    """What a chronology calls a step; "" for what it does not tell. None names anybody."""
    match step.said:
        case Answered(poster_told_at=datetime()):
            return "poster_told"
        case Answered(result=result):
            return f"answered_{result.value}"
        case Checked(result=found):
            return f"checked_{found.value}"
        case Decided(decision=decision):
            return "decided" if decision is Decision.SEEK else ""
        case Asked(sender=sender):
            return f"asked_{sender.value}" if sender else "asked"
        case CopyFound(what=PlaceRole()):
            return "found"
        case EvidenceKept() | CameBack():
            return step.kind.value
    return ""
