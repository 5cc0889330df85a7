"""A case in plain words: its class, its state, what it waits for, and the codes of its steps. Pure."""

from __future__ import annotations

from data.cases import Case, CaseState
from data.content_class import ContentClass
from data.rungs import EMERGENCY, Rung
from data.words.asking import who_is_asked
from data.words.say import Words


def code_words(table: str, code: str, w: Words) -> str:
    """A code of a case as it reads inside a sentence: as the case's file says it, else as a pack does."""
    keys = (f"case.{table}.{code}", f"pack.code.{code}")
    return next((w(key) for key in keys if w.has(key)), code.replace("_", " "))


def state_words(case: Case, w: Words) -> str:
    """Its state in a few words; of a restricted case only that it is with the DSL."""
    if case.restricted:
        return w("case.state.apart_closed" if case.state is CaseState.CLOSED else "case.state.apart")
    if case.state is CaseState.TRIAGE and case.rung is EMERGENCY:
        return w("case.state.emergency")
    stands = _without_proposal(case, w)
    if case.proposal is None:
        return stands
    return w("case.state.proposed", stands=stands, kind=case.proposal.content_class)


def _without_proposal(case: Case, w: Words) -> str:
    if case.unjudged and case.state is CaseState.TRIAGE:
        return w("case.state.unjudged")
    if case.state is CaseState.WAITING and case.rung:
        return w("case.state.waiting_for", who=w.listed(_waited_for(case, case.rung, w)))
    if case.state is CaseState.CLOSED and case.ending:
        return w("case.state.closed_as", ending=code_words("ending", case.ending.value, w))
    if case.state is CaseState.BYPASSED and case.lane:
        return off_ladder(case.lane.value, w)
    return w(f"case.state.{case.state.value}")


def off_ladder(lane: str, w: Words) -> str:
    """“off the ladder, a safeguarding matter: with the DSL”."""
    return w("case.state.off_ladder", lane=w(f"case.lane.{lane}"))


def class_words(content_class: str, w: Words) -> str:
    """“C7, a possibly false and damaging statement …”."""
    if content_class == ContentClass.UNJUDGED:
        return w("case.state.unjudged")
    return f"{content_class}, {w(ContentClass(content_class).key)}"


def _waited_for(case: Case, rung: Rung, w: Words) -> list[str]:
    """Who has not answered yet of those who were asked at this rung; all of them where each has."""
    asked = [a for a in case.askings if a.rung is rung]
    waited = [a for a in asked if a.answer is None] or asked
    return list(dict.fromkeys(who_is_asked(rung, a.kind, w) for a in waited))
