"""Addresses that are never fetched, and pages that are not kept whole, for what is known to be there."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urldefrag

from alerts.ladder.advance import Refusal
from data.cases import Case, StepKind
from data.effects import Clock, Fetch
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from data.store.mentions import person_reports as report_store
from data.store.verdicts import verdicts as verdict_store
from data.types import FetchFailure, Outcome, Request, Response, Verdict
from data.web.urls import canonical_url
from monitor.casework.evidence.capture_policy import capture_refusal
from monitor.pipeline.sighting import child_image_id

NOT_ASKED = "Somebody reported that an image at this address may show a child: it is not asked for."
_BY_A_PERSON = frozenset((StepKind.CLASSIFIED, StepKind.RECLASSIFIED))


@dataclass(frozen=True, slots=True)
class RestrictedAddresses:
    """What is restricted, by address: `pages` are where a child's image was reported, `posts` all, by id.

    Of a report that was handed over only its id is left (`stubs`), which is made from its address.
    """

    pages: frozenset[str]
    posts: tuple[tuple[str, str], ...]
    stubs: frozenset[str]

    def warns_of(self, url: str) -> bool:
        """Did somebody report that an image at this address, or on its page, may show a child?"""
        page = _page(url)
        return page in self.pages or not self.stubs.isdisjoint((child_image_id(url), child_image_id(page)))

    def beside(self, url: str, mention_id: str | None) -> bool:
        """Does another restricted post stand on the page of this address?"""
        page = _page(url)
        return any(other != mention_id and at == page for other, at in self.posts)


def restricted_addresses(con: Connection) -> RestrictedAddresses:
    """All that is restricted now."""
    places = report_store.restricted_places(con)
    known = [(mention_id, url) for mention_id, url in places if url]
    return RestrictedAddresses(
        frozenset(_page(url) for mention_id, url in known if mention_id == child_image_id(url)),
        tuple((mention_id, _page(url)) for mention_id, url in known),
        frozenset(mention_id for mention_id, url in places if not url),
    )


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


def _page(url: str) -> str:
    return urldefrag(canonical_url(url)).url
