"""What can be asked next in a case, and why the rest cannot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from alerts.ladder.advance import Refusal
from alerts.ladder.clocks import posh_open, posh_opens
from alerts.ladder.refusals import remedies
from data.cases import Case, CaseState, PlaceState
from data.rungs import EMERGENCY, Rung
from data.steps.codes import BypassRoute, StepKind
from data.store.engine.rows import grouped
from data.words.asking import asking_words
from monitor.act.casework.steps import NextStep
from monitor.cli.views.case.wording import folded, remedy_command
from monitor.cli.views.screen import ENGLISH

_OF_THE_PLACE = frozenset(("online", "platform_there"))
"""Guards that no waiting satisfies: there is nobody of that kind where the post is."""


def danger_lines(case: Case, person: str, said: Callable[[datetime], str]) -> Iterator[str]:
    """That 999 comes first, for a possible threat or a bypassed case: nothing may delay that. Once it was
    rung, when, and how the case ends."""
    may_be = case.rung is EMERGENCY or case.lane is not None or case.unjudged or case.threatens
    if not may_be or case.state is CaseState.CLOSED:
        return
    if case.called is None:
        yield "  If anybody may be in danger now, ring 999 first; then record it:"
    else:
        yield f"  999 was rung on {said(case.called.at)}. If there is danger again, ring again and record it:"
    ask = f"schoolgate case step ask {case.id} --rung {EMERGENCY.option} --imminent"
    yield f"       {ask} --as {person} --why “…”"
    if case.called and not case.unwarned and case.lane is not BypassRoute.STAFF_ALLEGATION:
        yield "  Once the police have it and nothing is left to do here, close it at the desk as handed over."


def unexplained_lines(case: Case, person: str) -> Iterator[str]:
    """That nobody has written down yet why 999 was rung."""
    if case.unexplained and case.state is not CaseState.CLOSED:
        yield "  999 was rung, and why is not written down yet:"
        yield f"       schoolgate case note {case.id} “…” --as {person}"


def helpline_lines(ways: Sequence[NextStep], now: datetime, said: Callable[[datetime], str]) -> Iterator[str]:
    """Whether the schools' helpline is open now, or when; only where it may be asked."""
    if any(way.rung is Rung.POSH and not way.kind and way.refusal is None for way in ways):
        hours = "open now" if posh_open(now) else f"closed until {said(posh_opens(now))}"
        yield f"  The helpline is {hours}."


def proposal_lines(
    case: Case, second: Sequence[str], person: str, name: Callable[[str | None], str]
) -> Iterator[str]:
    """For a proposal: who may confirm it, and with which command."""
    if case.proposal is None:
        return
    if not second:
        yield "  now: nobody in the settings may confirm what was proposed. Ask the chair of governors, the"
        yield "       local authority or the trust, and name that person in the settings."
        return
    names = ", ".join(map(name, second))
    yield from folded(f"now: a second person confirms what was proposed, or turns it down: {names}", "  ")


def next_lines(
    case: Case, ways: Sequence[NextStep], person: str, handed: Sequence[str] = ()
) -> Iterator[str]:
    """What can be asked now, with its command, then what cannot, with what would satisfy its guard; for a
    post that was not judged, that somebody has to read it first; past the ladder, to whom it is `handed`."""
    if case.unjudged and case.state is CaseState.TRIAGE:
        yield "  now: read it, or have it read by somebody who knows its language; nothing has judged it"
        yield "  then: say at the desk what it is, from C0 (criticism or praise, which is answered) to C14"
        return
    for way in ways:
        if way.refusal is None:
            yield f"  now: {asking_words(way.rung, way.kind, ENGLISH)}"
            yield f"       {_command(case, way, person)}"
    kept = grouped(((way.refusal, way.by), way) for way in ways if way.refusal is not None)
    for (refusal, by), refused in kept.items():
        yield from _kept(case, refusal, by, refused, ways)
    if case.state is CaseState.FAIR_COMMENT:
        yield "  No removal is offered: it counts as fair comment. Answer it, or ask whoever wrote it in."
    if case.state is CaseState.BYPASSED:
        yield "  No rung is offered: it goes to the people responsible for it. Record who was told."
        if handed:
            yield from folded(f"to: {', '.join(place.replace('_', ' ') for place in handed)}", "       ")
        yield "  On paper, for the police (or --to la): where it is, who wrote it and when, never a picture."
        pack = f"schoolgate evidence pack {case.id} --to police --out exhibits"
        yield f"       {pack} --as {person} --reason “…”"
    if case.joined_to:
        yield f"  Nothing here: it goes on in case {case.joined_to}."
    elif case.state is CaseState.CLOSED:
        yield "  Nothing, unless it comes back: then open it again at the desk."


def elsewhere_lines(case: Case | None, person: str) -> Iterator[str]:
    """The other places at which it stands, each of which is asked by itself."""
    wanted = (PlaceState.STANDING, PlaceState.ASKED)
    there = [case.number_at(here.n) for here in case.others if here.stands in wanted] if case else []
    if case and there and case.state is not CaseState.CLOSED:
        yield from folded(f"It stands elsewhere too: {', '.join(there)}. Each is asked by itself:", "  ")
        yield f"       schoolgate case show {there[0]} --as {person}"


def _kept(
    case: Case, refusal: Refusal, by: str, refused: Sequence[NextStep], ways: Sequence[NextStep]
) -> Iterator[str]:
    """The rungs that one guard refuses, why, and the remedy; with its command, unless that asks on another
    rung, which has its own line."""
    names = [asking_words(way.rung, way.kind, ENGLISH) for way in refused]
    all_but_police = len(names) == len(ways) - 1 and asking_words(EMERGENCY, "", ENGLISH) not in names
    if len(names) == len(ways):
        yield f"  nobody {'else ' if case.askings else ''}can be asked yet"
    else:
        whom = "anybody but the police" if all_but_police else "; ".join(names)
        yield from folded(f"{'not here' if refusal.guard in _OF_THE_PLACE else 'not yet'}: {whom}", "  ")
    yield from folded(refusal.said, "       ")
    yield from folded(refusal.remedy, "       ")
    rung, *others = {way.rung for way in refused}
    for remedy in remedies(refusal.guard, case, by):
        if len(names) == len(ways) or remedy.act != StepKind.ASKED:
            known = () if others or "rung" not in remedy.wanted else (("rung", rung),)
            command = remedy_command(replace(remedy, values=(*remedy.values, *known)))
            yield from (f"       {command}",) if command else ()


def _command(case: Case, way: NextStep, person: str) -> str:
    kind = f" --kind {way.kind}" if way.kind else ""
    danger = " --not-imminent" if way.rung is EMERGENCY else ""
    return f"schoolgate case step ask {case.number} --rung {way.rung.option}{kind}{danger} --as {person}"
