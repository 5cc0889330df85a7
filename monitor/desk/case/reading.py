"""A case as its page: what comes next and by when, the ladder, whom it concerns, what was done. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.access.knowing import Access
from alerts.ladder.transitions import TABLE
from alerts.letters.facts import limitation_line
from alerts.places import unasked
from alerts.routes.ways import next_words
from alerts.wording.cases import (
    clock_of,
    code_words,
    numbered_site,
    places_words,
    state_words,
    until,
    where_done,
)
from alerts.wording.matters import channel_name
from data.cases import Case, CaseFile, CaseState, CaseStep
from data.content_class import ContentClass
from data.rungs import EMERGENCY, Rung
from data.steps.codes import StepKind
from data.types import About
from data.web.urls import visible
from data.words.say import asked_in, capital
from monitor.act.casework.next_act import CAPTURE, NextAct, next_act
from monitor.desk.case.ladder import PAGES, address, ladder, nobody_yet, settled
from monitor.desk.case.page import CasePage, Happening, Lead, SeenCase, here, when
from monitor.desk.case.questions import ASKED_HERE, StepQuestion, question
from monitor.desk.case.sides import evidence_forms


def page_of(seen: SeenCase, later: str = "") -> CasePage:
    """The page as it is now; `later` is a step that its reader puts off."""
    case, w, open_ = seen.case, seen.w, seen.whole and not seen.unread
    if seen.access is not Access.WORDS:
        return _how_far(seen)
    answered = {step.kind.value for step in seen.file.steps} | {later}
    there = _where_next(seen)
    after = next_act(there.case, there.ways, seen.me, seen.now, seen.rules, answered)
    nobody = nobody_yet(seen.ways) if open_ else None
    may_be = case.rung is EMERGENCY or case.lane is not None or case.unjudged or case.threatens
    return CasePage(
        case.number,
        seen.rules.school.name,
        capital(state_words(case, w)),
        seen.version,
        back=seen.session.context.links.at_desk(case.story_id),
        next=_next_said(after, there) if there is seen else _there(after, there),
        by=_by(after, there),
        playbook=next_words(case, w) if open_ else (),
        danger=w("ladder.danger") if may_be and case.state is not CaseState.CLOSED else "",
        asked=_next_question(after, seen) if there is seen else None,
        forms=evidence_forms(seen) if after.act == CAPTURE and there is seen else (),
        later=address(case, values={"later": after.act}) if after.act in _PUT_OFF else "",
        next_lead=_next_lead(after, seen) if there is seen else _lead_to(there),
        readable=seen.unread and seen.whole,
        notes=tuple(_notes(seen)) if seen.whole else (),
        nobody_yet=(nobody.said, nobody.remedy) if nobody else ("", ""),
        rungs=tuple(ladder(seen, nobody)) if open_ else (),
        people=tuple(_people(seen)) if open_ else (),
        post=tuple(_post(seen)) if open_ else (),
        places=tuple(_places(seen)) if open_ else (),
        here=here(seen),
        words=_words(seen.file) if open_ else "",
        leads=tuple(_leads(seen)) if seen.whole else (),
        others=tuple(_others(seen)),
        steps=tuple(_happening(step, seen) for step in reversed(seen.file.steps)) if open_ else (),
    )


def _where_next(seen: SeenCase) -> SeenCase:
    """The case at the place of its next act: where it was looked at, unless it is gone or asked there and
    stands at another where nobody is asked.
    """
    here, left = seen.case.place, unasked(seen.case) if seen.whole else ()
    late = any(w.place == here for w in seen.case.late(seen.now))
    return seen if late or here in left or not left else seen.at(left[0])


def _lead_to(there: SeenCase) -> Lead:
    return Lead(numbered_site(there.case, there.case.place, there.w), address(there.case))


def _there(after: NextAct, there: SeenCase) -> str:
    return f"{numbered_site(there.case, there.case.place, there.w)}: {_next_said(after, there)}"


def _how_far(seen: SeenCase) -> CasePage:
    """What there is for whoever may know how far it is, and no more."""
    case, w = seen.case, seen.w
    back = seen.session.context.links.at_desk(case.story_id)
    state = capital(state_words(case, w))
    return CasePage(
        case.number, seen.rules.school.name, state, seen.version, "", "", back, status=w("ladder.how_far")
    )


_PUT_OFF = (StepKind.TARGET, StepKind.SUPPORT, StepKind.AUTHOR)
"""What may be answered later: nothing else waits for it yet."""


def _next_said(after: NextAct, seen: SeenCase) -> str:
    w, given = seen.w, {k: settled(v) for k, v in after.values}
    if after.act == StepKind.ASKED or (after.act == StepKind.ANSWERED and "rung" in given):
        return question(StepKind(after.act), given, seen.setting).heading
    return w(f"ladder.do.{after.act or 'nothing'}")


def _by(after: NextAct, seen: SeenCase) -> str:
    """By when; of what is to be done at another place than the first, by no clock of the first."""
    due, case = after.due, seen.case
    if due is not None and due.place not in (0, case.place) and case.place > 1:
        due = next((w for w in case.waits if w.place in (0, case.place) and not w.over(seen.now)), None)
    if due is None or not seen.whole:
        return seen.w("ladder.no_date")
    there = seen.now.astimezone(seen.session.config.zone).date()
    when = until(seen.w, due.due_at, there, seen.session.config.zone)
    return seen.w("ladder.by", when=when, what=clock_of(due, case, seen.w))


def _next_question(after: NextAct, seen: SeenCase) -> StepQuestion | None:
    if after.act not in {*ASKED_HERE, StepKind.TURNED_DOWN} or not seen.whole:
        return None
    given = {k: settled(v) for k, v in after.values}
    if after.act == StepKind.DECIDED:
        given = {}  # which of them is for whoever decides to say
    if after.act == StepKind.CLASSIFIED and not (seen.case.unjudged or seen.unread):
        given = {"class": str(seen.case.content_class)} | given
    return question(StepKind(after.act), given, seen.setting)


def _next_lead(after: NextAct, seen: SeenCase) -> Lead | None:
    to = PAGES.get(after.act)
    return Lead(_next_said(after, seen), address(seen.case, to)) if to else None


def _notes(seen: SeenCase) -> Iterator[str]:
    """Until when the law lets somebody act, and who else may be asked."""
    w = seen.w
    if limited := limitation_line(seen.case, seen.file.post, seen.rules.school.nation, w, ask=True):
        yield limited
    if seen.case.content_class == ContentClass.COPYRIGHT and seen.case.about is not About.PUPIL:
        yield w("ladder.pupils")
    if not seen.unread and any(way.rung is Rung.POSH and not (way.kind or way.refusal) for way in seen.ways):
        yield w("ladder.helpline")


def _people(seen: SeenCase) -> Iterator[tuple[str, str, Lead | None]]:
    """Whom it concerns: what is known of each, and where it is put right."""
    case, w = seen.case, seen.w
    none = w("ladder.nobody")
    names = {
        k: ", ".join(map(seen.name, ids)) or none
        for k, ids in (("accused", case.accused), ("conflicted", case.conflicted))
    }
    author = code_words("author", case.relationship.value, w)
    complainant = code_words("complainant", case.complainant.value, w)
    rows = (
        ("target", seen.name(case.target) if case.target else none, StepKind.TARGET),
        ("support", code_words("supported", case.support.value, w), StepKind.SUPPORT),
        ("consent", code_words("consent", case.consent.value, w), _consent_step(case)),
        ("author", author, StepKind.AUTHOR),
        ("accused", names["accused"], StepKind.ACCUSED),
        ("conflicted", names["conflicted"], StepKind.CONFLICTED),
        ("complainant", complainant, StepKind.COMPLAINANT),
    )
    for name, said, kind in rows:
        if name in ("support", "consent") and not case.target:
            continue
        may = (case.state, kind) in TABLE
        yield (
            w(f"ladder.who.{name}"),
            capital(said),
            Lead(w(f"ladder.do.{kind.value}"), address(case, kind)) if may else None,
        )


def _consent_step(case: Case) -> StepKind:
    """Consent is asked for, then given or not; who answers for themselves does so on a page of their own."""
    return StepKind.CONSENT_ASKED if case.consent.value == "not_asked" else StepKind.CONSENT_GIVEN


def _post(seen: SeenCase) -> Iterator[tuple[str, str]]:
    post, w = seen.file.post, seen.w
    if post is None:
        return
    yield w("page.head.where"), capital(channel_name(post.channel, w))
    yield w("page.head.when"), when(post.published, seen) if post.published else w("page.no_date")
    if post.author:
        yield w("pack.fact.author"), visible(post.author)
    if post.url:
        yield w("pack.fact.address"), visible(post.url)


def _places(seen: SeenCase) -> Iterator[tuple[str, str, Lead]]:
    """Its places, where it has several: where each is, how it stands, its page."""
    for number, where, stands in places_words(seen.file, seen.w):
        yield visible(capital(where)), capital(stands), Lead(number, f"/case/{number}")


def _words(file: CaseFile) -> str:
    post = file.post
    return visible("\n".join(filter(None, (post.title, post.text)))) if post else ""


def _leads(seen: SeenCase) -> Iterator[Lead]:
    """The pages beside it: off the ladder no letter is written, nothing is kept, and nobody looks again."""
    bypassed = seen.case.state is CaseState.BYPASSED
    for name in ("pack",) if bypassed else ("letters", "evidence", "look", "pack"):
        yield Lead(seen.w(f"ladder.page.{name}"), address(seen.case, name))


def _others(seen: SeenCase) -> Iterator[Lead]:
    """Every step that is asked here and that where it is now allows."""
    if not seen.whole:
        return
    for kind in StepKind:
        if kind in ASKED_HERE and (seen.case.state, kind) in TABLE:
            yield Lead(seen.w(f"ladder.do.{kind.value}"), address(seen.case, kind))


def _happening(step: CaseStep, seen: SeenCase) -> Happening:
    w = seen.w
    did = w(f"pack.step.{step.kind.value}")
    if step.kind in (StepKind.ASKED, StepKind.ANSWERED):
        did = f"{did} {capital(asked_in(step.said, w))}."  # type: ignore[arg-type]
    if where := where_done(seen.file, step.said, w):
        did = f"{did} {where}."
    return Happening(step.n, when(step.done_at, seen), did, seen.name(step.actor), visible(step.why))
