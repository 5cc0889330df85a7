"""Addresses that are never fetched, and pages that are not kept whole, for what is known to be there."""

from __future__ import annotations

from alerts.ladder.advance import Refusal
from data.cases import Case
from data.effects import Clock, Fetch
from data.steps.codes import StepKind
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from data.store.mentions import person_reports as report_store
from data.store.verdicts import verdicts as verdict_store
from data.types import FetchFailure, Outcome, Request, Response, Verdict
from monitor.act.casework.evidence.capture_policy import capture_refusal
from monitor.pipeline.sighting import RestrictedAddresses, restricted_addresses

NOT_ASKED = "Somebody reported that an image at this address may show a child: it is not asked for."
_BY_A_PERSON = frozenset((StepKind.CLASSIFIED, StepKind.RECLASSIFIED))


def verdicts_on(con: Connection, case: Case) -> tuple[Verdict, ...]:
    """What the newest version of the case's post was judged to be, for its school."""
    told = verdict_store.story_verdicts(con, [case.story_id]).get(case.story_id, [])
    return tuple(v for v in told if v.mention_id == case.mention_id and v.urn == case.urn)


def post_refusal(con: Connection, case: Case, url: str | None) -> Refusal | None:
    """Why the case's post may not be fetched, opened or kept; None where it may."""
    warned = bool(url) and restricted_addresses(con).warns_of(url or "")
    return capture_refusal(
        case, verdicts_on(con, case), child_image=warned, judged_again=_judged_again(con, case)
    )


def _judged_again(con: Connection, case: Case) -> bool:
    """Was the post judged after a person said what it is?"""
    judged = verdict_store.judged_at(con, case.mention_id, case.urn) if case.mention_id else None
    said = [s.recorded_at for s in case_store.steps(con, case.id) if s.kind in _BY_A_PERSON]
    return judged is not None and bool(said) and judged > max(said)


def whole_page_may_be_kept(con: Connection, case: Case, url: str | None) -> bool:
    """Not where something restricted is known to stand on the post's page, or in its thread."""
    thread = case.story_id in report_store.beside_restricted(con, [case.story_id])
    return not thread and not (url and restricted_addresses(con).beside(url, case.mention_id))


def avoiding(fetch: Fetch, known: RestrictedAddresses, clock: Clock) -> Fetch:
    """The fetcher without the addresses somebody warned of: not asked for, nor returned after a redirect."""

    def asked(request: Request) -> Response | FetchFailure:
        if known.warns_of(request.url):
            return FetchFailure(Outcome.DISABLED, request.url, NOT_ASKED, clock())
        came = fetch(request)
        if known.warns_of(came.url):
            return FetchFailure(Outcome.DISABLED, came.url, NOT_ASKED, clock())
        return came

    return asked
