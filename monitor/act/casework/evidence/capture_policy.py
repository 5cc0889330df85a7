"""What nobody may capture: refused before anything is fetched, opened or hashed.

A possible indecent image of a child, extremist media, anything that is with the DSL: opening such a page
again, or keeping a copy, may itself be a crime (Protection of Children Act 1978 s.1; UKCIS guidance on
sharing nudes, March 2024).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alerts.ladder.advance import Refusal
from alerts.ladder.replay import may_show_a_child
from alerts.wording.cases import material
from data.cases import Case, EvidenceFile
from data.content_class import BYPASSING, class_spec
from data.effects import Clock, Fetch
from data.steps.codes import StepKind
from data.store.cases import cases as case_store
from data.store.engine.connect import Connection
from data.store.mentions import person_reports as report_store
from data.store.verdicts import verdicts as verdict_store
from data.types import About, FetchFailure, Outcome, Request, Response, Verdict
from data.web.profiles import is_profile
from monitor.pipeline.sighting import RestrictedAddresses, restricted_addresses

_DSL = (
    "The address alone goes to the DSL; do not open, copy or send it. Then: an image of a child, "
    "Report Remove and the IWF; extremism, GOV.UK's form for it; danger, 999."
)


def capture_refusal(
    case: Case, verdicts: Sequence[Verdict], *, child_image: bool, judged_again: bool = False
) -> Refusal | None:
    """Why nothing of the case may be captured; None where it may.

    `verdicts` on its post count until a person has set its class, and count again once an edited post was
    `judged_again`. `child_image`: somebody reported that an image at its address may show a child, which
    always counts.
    """
    if child_image:
        return Refusal(
            "no_child_image", "Somebody reported that an image at this address may show a child.", _DSL
        )
    if case.lane is not None:
        return Refusal("no_capture", f"The case is off the ladder ({case.lane.replace('_', ' ')}).", _DSL)
    judged = {v.content_class for v in verdicts if case.classified_by is None or judged_again}
    if {case.content_class, *judged} & BYPASSING:
        return Refusal(
            "no_capture",
            "It may be about a child's safety, or extremist: of such things nothing is kept.",
            _DSL,
        )
    return None


def may_be_copied(case: Case, files: Iterable[EvidenceFile]) -> bool:
    """May what was captured be given to anybody? A case may turn out to be worse than it was known to be.

    Words that were typed without a file are no copy of anything that may not be copied.
    """
    return case.lane is None or case.lane.keeps_files or not material(files)


def profile_refusal(case: Case, url: str) -> Refusal | None:
    """Why this address is not fetched; None where it may be. Nobody's profile is looked through."""
    if class_spec(case.content_class).account or not is_profile(url):
        return None
    return Refusal(
        "no_profile",
        "The address is of somebody's profile, not of a post.",
        "Hand in the post's own address under “Tell us”. Of a false account (class C12) or one of "
        "the school's own (C14) the page itself is what the case is about: classify it so first.",
    )


def picture_refusal(case: Case, verdicts: Sequence[Verdict]) -> Refusal | None:
    """Why no picture of the post may be kept, even if a person decides to."""
    judged = {label for v in verdicts for label in v.abuse}
    child = may_show_a_child(case) or About.PUPIL in {v.about for v in verdicts}
    if child or judged & {"sexual", "safeguarding"}:
        return Refusal(
            "no_pictures",
            "A picture there may show a child, or be a sexual one.",
            "Keep the page without them: words, address and times are evidence too.",
        )
    return None


NOT_ASKED = "Somebody reported that an image at this address may show a child: it is not asked for."
_BY_A_PERSON = frozenset((StepKind.CLASSIFIED, StepKind.RECLASSIFIED))


def case_verdicts(con: Connection, case: Case) -> tuple[Verdict, ...]:
    """Return what the newest version of the case's post was judged to be, for its school."""
    told = verdict_store.story_verdicts(con, [case.story_id]).get(case.story_id, [])
    return tuple(v for v in told if v.mention_id == case.mention_id and v.urn == case.urn)


def post_refusal(con: Connection, case: Case, url: str | None) -> Refusal | None:
    """Why the case's post may not be fetched, opened or kept; None where it may."""
    warned = bool(url) and restricted_addresses(con).warns_of(url or "")
    judged = verdict_store.judged_at(con, case.mention_id, case.urn) if case.mention_id else None
    said = [s.recorded_at for s in case_store.steps_of_case(con, case.id) if s.kind in _BY_A_PERSON]
    again = judged is not None and bool(said) and judged > max(said)  # after a person said what it is
    return capture_refusal(case, case_verdicts(con, case), child_image=warned, judged_again=again)


def whole_page_may_be_kept(con: Connection, case: Case, url: str | None) -> bool:
    """Not where something restricted is known to stand on the post's page, or in its thread."""
    thread = case.story_id in report_store.stories_beside_restricted(con, [case.story_id])
    return not thread and not (url and restricted_addresses(con).beside(url, case.mention_id))


def avoiding(fetch: Fetch, known: RestrictedAddresses, clock: Clock) -> Fetch:
    """The fetcher without the addresses somebody warned of: not asked for, nor returned after a redirect."""

    def ask_unless_barred(request: Request) -> Response | FetchFailure:
        if known.warns_of(request.url):
            return FetchFailure(Outcome.DISABLED, request.url, NOT_ASKED, clock())
        came = fetch(request)
        if known.warns_of(came.url):
            return FetchFailure(Outcome.DISABLED, came.url, NOT_ASKED, clock())
        return came

    return ask_unless_barred
