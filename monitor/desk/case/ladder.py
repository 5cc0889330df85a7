"""Who may be asked, from the author up: how far each is, what bars it, and where one goes to ask or help."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from alerts.ladder.advance import Refusal
from alerts.ladder.refusals import remedy_of
from alerts.ladder.transitions import ON_LADDER, TABLE
from alerts.wording.cases import code_words
from data.cases import Asking, Case, CaseState
from data.rungs import Rung
from data.steps.acts import Refused, Values
from data.steps.asking import Asked
from data.steps.codes import StepKind
from data.words.say import asking_words, capital
from monitor.act.casework.next_act import CAPTURE, LOOK
from monitor.act.casework.steps import NextStep
from monitor.desk.case.page import LadderRung, Lead, SeenCase, when
from monitor.desk.case.questions import NOBODY, question


def address(case: Case, act: str = "", values: Mapping[str, object] | Values = ()) -> str:
    """Where an act of the case is done: at the page of its own, with what is settled of it."""
    said = [(k, settled(v)) for k, v in (values.items() if isinstance(values, Mapping) else values)]
    return f"/case/{case.number}{f'/{act}' if act else ''}{f'?{urlencode(said)}' if said else ''}"


def settled(said: object) -> str:
    return NOBODY if said == () else str(said)


def way_of(rung: Rung, kind: str) -> Values:
    return (("rung", rung.value), ("kind", kind))


def ladder(seen: SeenCase) -> Iterator[LadderRung]:
    """The rungs from the author up; what bars several in a row is said of the first alone."""
    if seen.case.state not in (*ON_LADDER, CaseState.CLOSED):
        return
    ways, barred = seen.ways, ""
    for rung in Rung:
        asked = [a for a in seen.case.askings if a.rung is rung]
        offered = [way for way in ways if way.rung is rung]
        if asked or offered:
            one = _rung(rung, offered, asked, seen)
            again = bool(one.barred) and one.barred == barred
            barred = one.barred
            yield replace(one, barred="", remedy="") if again else one


def _rung(rung: Rung, ways: Sequence[NextStep], asked: Sequence[Asking], seen: SeenCase) -> LadderRung:
    case, w = seen.case, seen.w
    now_open = [way for way in ways if way.refusal is None]
    refused = [way.refusal for way in ways if way.refusal is not None]
    waits = [a for a in asked if a.answer is None]
    how = "waits" if waits else "now" if now_open else "done" if asked else "barred"
    leads = [ask_lead(rung, way.kind, seen, "ladder.to_ask") for way in now_open]
    leads += [
        Lead(
            w("ladder.answered", who=asking_words(rung, a.kind, w)),
            address(case, StepKind.ANSWERED, way_of(rung, a.kind)),
        )
        for a in waits
        if (case.state, StepKind.ANSWERED) in TABLE
    ]
    first = refused[0] if refused and not (now_open or waits) else None
    if first is not None:
        for_a_reason = (way.kind for way in rung.spec.ways if takes_a_reason(rung, way.kind, seen))
        leads += [ask_lead(rung, kind, seen, "ladder.for_a_reason") for kind in for_a_reason]
        leads += remedy_leads(first, seen)
    return LadderRung(
        capital(w(rung.key)),
        w(f"ladder.how.{how}"),
        tuple(request_words(a, seen) for a in asked),
        first.said if first else "",
        first.remedy if first else "",
        tuple(dict.fromkeys(leads)),
    )


def ask_lead(rung: Rung, kind: str, seen: SeenCase, key: str) -> Lead:
    """Where they are asked in that way."""
    said = seen.w(key, who=asking_words(rung, kind, seen.w))
    return Lead(said, address(seen.case, "ask", way_of(rung, kind)))


_BY_THEM = ("consent", "target_named", "consent_told")
"""What a person still has to say before the police are told, whatever the reason."""


def takes_a_reason(rung: Rung, kind: str, seen: SeenCase) -> bool:
    """May they be asked so, once it is written down why?"""
    no = seen.refusal(Asked(rung=rung, way=kind, imminent=False if rung.spec.emergency else None), "-")
    return no is None or no.guard in _BY_THEM


PAGES: Mapping[str, str] = {LOOK: "gone", CAPTURE: "keep", "find_host": "host", "draft_letter": "ask"}


def _remedy_lead(found: tuple[str, Values], seen: SeenCase) -> Lead:
    act, values = found
    given = {k: settled(v) for k, v in values}
    if act in (StepKind.ASKED, StepKind.ANSWERED) and "rung" in given:
        said = question(StepKind(act), given, seen).heading
    else:
        said = seen.w(f"ladder.do.{act}")
    if act == "draft_letter":
        given = {"letter": given["kind"]}
    elif act in PAGES:
        given = {}
    return Lead(said, address(seen.case, "ask" if act == StepKind.ASKED else PAGES.get(act, act), given))


def remedy_leads(no: Refusal | Refused, seen: SeenCase) -> tuple[Lead, ...]:
    """Where what a guard wants is done, if one act does it."""
    found = remedy_of(no.guard, seen.case)
    return (_remedy_lead(found, seen),) if found is not None else ()


def request_words(asking: Asking, seen: SeenCase) -> str:
    """When somebody was asked, by whom, and what came of it."""
    w = seen.w
    answer = code_words("answer", asking.answer.value, w) if asking.answer else w("ladder.no_answer")
    who, name = asking_words(asking.rung, asking.kind, w), seen.name(asking.by)
    return w(
        "ladder.asked",
        who=capital(who),
        when=when(asking.sent_at or asking.at, seen),
        name=name,
        answer=capital(answer),
    )
