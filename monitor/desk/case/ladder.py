"""The ladder as numbered steps: how far each is, what bars it, and where one goes to take it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlencode

from alerts.ladder.advance import Refusal
from alerts.ladder.guards.asking import HOST, MEMBER, PLATFORM
from alerts.ladder.refusals import remedy_of
from alerts.ladder.transitions import ON_LADDER, TABLE
from alerts.wording.cases import code_words, shown_class
from data.cases import Asking, Case, CaseState
from data.rungs import Rung
from data.steps.acts import Refused
from data.steps.codes import StepKind
from data.store.engine.rows import grouped
from data.web.urls import visible
from data.words.say import asking_words, capital
from monitor.act.casework.next_act import CAPTURE, LOOK
from monitor.act.casework.steps import NextStep
from monitor.desk.case.page import LadderRung, Lead, SeenCase, when
from monitor.desk.case.questions import NOBODY, question


def address(
    case: Case, act: str = "", values: Mapping[str, object] | Sequence[tuple[str, object]] = ()
) -> str:
    """Where an act of the case is done: at the page of its own, with what is settled of it."""
    said = [(k, settled(v)) for k, v in (values.items() if isinstance(values, Mapping) else values)]
    return f"/case/{case.number}{f'/{act}' if act else ''}{f'?{urlencode(said)}' if said else ''}"


def settled(said: object) -> str:
    return NOBODY if said == () else str(said)


_PREPARED = (
    (StepKind.CLASSIFIED, "class"), (StepKind.EVIDENCE, "evidence"), (StepKind.WEIGHED, "weighed"),
    (StepKind.DECIDED, "decided"),
)  # fmt: skip


def nobody_yet(ways: Sequence[NextStep]) -> Refusal | None:
    """What bars every rung alike, None where nothing does."""
    first = ways[0].refusal if ways else None
    most = sum(way.refusal == first for way in ways)
    return first if first is not None and most >= len(ways) - 1 else None


def ladder(seen: SeenCase, nobody: Refusal | None) -> Iterator[LadderRung]:
    """What comes before anybody is asked, then the rungs from the author up."""
    if seen.case.state not in (*ON_LADDER, CaseState.CLOSED):
        return
    yield from (_prepared(kind, name, seen) for kind, name in _PREPARED)
    of_rung = grouped((way.rung, way) for way in seen.ways)
    for rung in Rung:
        asked = [a for a in seen.case.askings if a.rung is rung]
        if asked or rung in of_rung:
            yield _rung(rung, of_rung.get(rung, []), asked, seen, nobody)


def _prepared(kind: StepKind, name: str, seen: SeenCase) -> LadderRung:
    case, w = seen.case, seen.w
    done = {
        "class": case.classified_by is not None,
        "evidence": case.captures > 0,
        "weighed": case.weighed is not None,
        "decided": case.decision is not None,
    }[name]
    told = {
        "class": w("case.state.unjudged" if case.unjudged else shown_class(case).key),
        "evidence": w("ladder.kept", n=case.captures, count=w.number(case.captures)) if done else "",
        "weighed": case.weighed.nature if case.weighed else "",
        "decided": code_words("decision", case.decision or "", w) if done else "",
    }[name]
    may = (case.state, kind) in TABLE
    to = address(case, "evidence" if kind is StepKind.EVIDENCE else kind.value)
    do = w("ladder.change" if done else f"ladder.do.{kind.value}")
    how = "done" if done else "open"
    leads = (Lead(do, to),) if may else ()
    return LadderRung(
        w(f"ladder.name.{name}"),
        how,
        w(f"ladder.how.{how}"),
        (visible(capital(told)),) if told else (),
        leads=leads,
    )


_FOR_A_REASON = frozenset(("police_matter", "police_last"))
"""Guards that a written reason satisfies, whatever else is wanted then."""


def _rung(
    rung: Rung, ways: Sequence[NextStep], asked: Sequence[Asking], seen: SeenCase, nobody: Refusal | None
) -> LadderRung:
    case, w = seen.case, seen.w
    now_open = [way for way in ways if way.refusal is None]
    refused = [way.refusal for way in ways if way.refusal is not None and way.refusal != nobody]
    waits = [a for a in asked if a.answer is None]
    how = "waits" if waits else "now" if now_open else "done" if asked else "barred"
    leads = [
        Lead(capital(asking_words(rung, way.kind, w)), address(case, "asked", _way(rung, way.kind)))
        for way in now_open
    ]
    leads += [
        Lead(
            w("ladder.answered", who=asking_words(rung, a.kind, w)),
            address(case, "answered", _way(rung, a.kind)),
        )
        for a in waits
        if (case.state, StepKind.ANSWERED) in TABLE
    ]
    if not now_open and not waits:
        needs_more = [""] if any(no.guard in _FOR_A_REASON for no in refused) else []
        leads += [
            Lead(
                w("ladder.for_a_reason", who=asking_words(rung, kind, w)),
                address(case, "asked", (*_way(rung, kind), ("reason", "yes"))),
            )
            for kind in seen.other_ways.get(rung, needs_more)
        ]
    first = refused[0] if refused and not (now_open or waits) else None
    if first is not None:
        leads += remedy_leads(first, seen)
    return LadderRung(
        capital(w(rung.key)),
        how,
        w(f"ladder.how.{how}"),
        tuple(_request(a, seen) for a in asked),
        first.said if first else "",
        first.remedy if first else "",
        tuple(dict.fromkeys(leads)),
    )


def _way(rung: Rung, kind: str) -> tuple[tuple[str, object], ...]:
    return (("rung", rung.value), ("kind", kind))


PAGES: Mapping[str, str] = {LOOK: "look", CAPTURE: "evidence", "find_host": "host", "draft_letter": "letters"}


_CLASSIFY, _PLATFORM = (StepKind.CLASSIFIED, ()), (StepKind.ASKED, _way(PLATFORM, ""))
_HOST = (StepKind.ASKED, (*_way(HOST, "host"), ("reason", "yes")))
HELPS: Mapping[str, tuple[StepKind, tuple[tuple[str, object], ...]]] = {
    "contact_safe": (StepKind.AUTHOR, (("contact_safe", "yes"),)),
    "author_class": _PLATFORM,
    "site_contact": _PLATFORM,
    "rhc_after_refusal": _PLATFORM,
    "member_reports": (StepKind.ASKED, _way(PLATFORM, MEMBER)),
    "platform_there": _HOST,
    "s5_nation": _HOST,
    "s5_poster": _HOST,
    "s5_class": _CLASSIFY,
    "rhc_harm": _CLASSIFY,
    "ceop_for_children": _CLASSIFY,
    "to_be_opened": _CLASSIFY,
    "reclassify": _CLASSIFY,
    "posh_for_schools": (StepKind.COMPLAINANT, ()),
    "online": (StepKind.DECIDED, (("decision", "answer"),)),
    "promises_kept": (StepKind.NOTED, ()),
    "worth_looking": (StepKind.REOPENED, ()),
}
"""What helps where no one act satisfies a guard: it is on offer, and never what comes next by itself."""


def _remedy_lead(found: tuple[str, Sequence[tuple[str, object]]], seen: SeenCase) -> Lead:
    act, values = found
    given = {k: settled(v) for k, v in values}
    if act in (StepKind.ASKED, StepKind.ANSWERED) and "rung" in given:
        said = question(StepKind(act), given, seen.setting).heading
    else:
        said = seen.w(f"ladder.do.{act}")
    return Lead(said, address(seen.case, PAGES.get(act, act), given if act not in PAGES else ()))


def remedy_leads(no: Refusal | Refused, seen: SeenCase) -> tuple[Lead, ...]:
    """Where what a guard wants is done, or what helps."""
    if (found := remedy_of(no.guard, seen.case)) is not None:
        return (_remedy_lead(found, seen),)
    helps = HELPS.get(no.guard)
    if helps is None or (seen.case.state, helps[0]) not in TABLE:
        return ()
    lead = _remedy_lead(helps, seen)
    own = f"ladder.helps.{no.guard}"
    return (Lead(seen.w(own), lead.to) if seen.w.has(own) else lead,)


def _request(asking: Asking, seen: SeenCase) -> str:
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
