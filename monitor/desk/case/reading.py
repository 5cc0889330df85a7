"""A case as its pages: the one question that is next, what is known of the others, what is kept and done."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from alerts.access.acts import Act
from alerts.access.guidance import staff_places
from alerts.access.knowing import Access
from alerts.ladder.advance import Refusal
from alerts.ladder.refusals import remedy_of
from alerts.ladder.transitions import TABLE
from alerts.letters.kinds import LetterKind
from alerts.pack.facts import Recipient, may_have_any
from alerts.ways import next_words
from alerts.wording.cases import (
    clock_of,
    code_words,
    kept_words,
    numbered_site,
    places_words,
    shown_class,
    state_words,
    until,
    where_done,
    words_of,
)
from alerts.wording.matters import channel_name
from data.cases import CaseState, CaseStep, is_police_informed
from data.evidence.handed_in import WhoseWords
from data.evidence.vault import Vault
from data.rungs import EMERGENCY, Rung
from data.steps.asking import WordsApproved
from data.steps.codes import Check, Decision, StaffMatter, StepKind
from data.steps.judging import StaffPost
from data.steps.keeping import Checked, EvidenceKept
from data.store.engine.connect import Connection
from data.store.verdicts.stories import enclosures_of
from data.web.channels import Keeping, channel
from data.web.urls import visible
from data.words.say import Words, asked_in, asking_words, capital, place_words
from monitor.act.casework.evidence.proving import prove, read_evidence
from monitor.act.casework.next_act import CAPTURE, LOOK, WAIT, NextAct, next_act, place_next
from monitor.act.casework.steps import list_meant_in
from monitor.desk.case.asking import (
    PAGES,
    act_address,
    answer_lead,
    ask_lead,
    ladder_rungs,
    letter_lead,
    letters_page,
    remedy_leads,
    request_words,
    rung_page,
    takes_a_reason,
    value_text,
    waiting_page,
)
from monitor.desk.case.page import (
    AskedField,
    CaseForm,
    CasePage,
    Happening,
    Lead,
    SeenCase,
    place_on_page,
    when,
)
from monitor.desk.case.questions import (
    ASKED_HERE,
    WHAT,
    does,
    may_decide,
    shows_words,
    step_question,
    what_form,
)

PARTS = (WHAT, "keep", "ask", "gone")
"""The four questions of a case."""
PAGES_BESIDE = (*PARTS, "host", "pack", "letters", "more")
_OF_WHAT = (
    StepKind.CLASSIFIED, StepKind.TARGET, StepKind.AUTHOR, StepKind.WEIGHED, StepKind.SUPPORT, CAPTURE, WAIT,
)  # fmt: skip
"""Acts that are part of the first question while nothing is decided."""


def case_page(con: Connection, seen: SeenCase) -> CasePage:
    """Make the case's own page as it is now."""
    case, w, open_ = seen.case, seen.w, seen.whole and not seen.unread
    page = frame_page(seen)
    if seen.access is not Access.WORDS:
        return replace(page, heading="", status=w("ladder.how_far"))
    next_at = place_next(case, seen.me, seen.now, seen.rules) if seen.whole else case.place
    there = seen if next_at == case.place else seen.at(next_at)
    after = next_act(there.case, there.ways, seen.me, seen.now, seen.rules)
    part = _part_of(after, there)
    page = replace(page, heading=_next_said(after, part, there), by=_by(after, there))
    if there is not seen:
        to = Lead(numbered_site(there.case, there.case.place, there.w), act_address(there.case))
        page = replace(page, heading=f"{to.said}: {page.heading}", leads=(to,))
    elif seen.whole:
        page = _next_act_page(con, seen, after, part, page)
    page = replace(page, readable=page.readable or (seen.unread and seen.whole))
    may_be = case.rung is EMERGENCY or case.lane is not None or case.is_unjudged or case.threatens
    warned = w("ladder.danger") if may_be and case.state is not CaseState.CLOSED else ""
    page = replace(page, danger=warned, more=act_address(case, "more") if seen.whole else "")
    if not open_:
        return page
    asks_them = dict(after.values).get("rung") == EMERGENCY.value
    police, of_staff = () if asks_them else tuple(_police(seen)), _staff_matter(seen)
    where = places_words(seen.file, w)
    return replace(
        page,
        lines=(*of_staff[0], *page.lines, *next_words(case, w)),
        leads=(*page.leads, *police, *(of_staff[1] if after.act != StepKind.REFERRED else ())),
        parts=tuple(_parts(seen, part)),
        rungs=tuple(ladder_rungs(seen)),
        people=tuple(_people(seen)),
        post=tuple(_post(seen)),
        words=_words(seen),
        places=tuple((visible(capital(at)), capital(how), Lead(n, f"/case/{n}")) for n, at, how in where),
        steps=tuple(_happening(step, seen) for step in reversed(seen.file.steps)),
    )


def _staff_matter(seen: SeenCase) -> tuple[tuple[str, ...], tuple[Lead, ...]]:
    """Say what the answer about a post of somebody who works here means, and whom it is still passed to."""
    case, said, w = seen.case, seen.case.staff_matter, seen.w
    if said is None or not case.relationship.may_disclose or (case.state, StepKind.REFERRED) not in TABLE:
        return (), ()
    left = said is StaffMatter.NONE and not case.relationship.works_here
    places = staff_places(case, seen.rules.school.nation, seen.rules.people)
    to = [place for place in places if place not in case.referred_to]
    told = [(w("ladder.staff.told", who=place_words(place, w)), place) for place in to]
    leads = tuple(Lead(said, act_address(case, StepKind.REFERRED, {"to": place})) for said, place in told)
    return (w(f"ladder.staff.means.{case.relationship.value if left else said.value}"),), leads


def frame_page(seen: SeenCase, heading: str = "") -> CasePage:
    """Make what every page of a case has."""
    state = capital(state_words(seen.case, seen.w))
    back = seen.session.context.links.at_desk(seen.case.story_id)
    return CasePage(seen.case.number, state, seen.version, heading, back=back, here=place_on_page(seen))


def act_page(con: Connection, seen: SeenCase, act: str, given: Mapping[str, str]) -> CasePage:
    """Make a page of one question, or one that is beside these."""
    page = frame_page(seen, seen.w(f"ladder.page.{act}"))
    if act == WHAT:
        return _what_page(seen, page)
    if act == "ask" and not ("rung" in given or "letter" in given):
        after = next_act(seen.case, seen.ways, seen.me, seen.now, seen.rules)
        asks = _part_of(after, seen) == "ask"
        return _next_act_page(con, seen, after, "ask", page) if asks else _not_yet(seen, after, page)
    if act == "ask":
        return rung_page(con, seen, given, replace(page, heading=""))
    if act == "more":
        return replace(page, leads=tuple(_more(seen)))
    if act == "keep":
        return _evidence_page(con, seen, page)
    of = {"gone": _looks_page, "host": _host_page, "pack": _pack_page, "letters": letters_page}
    return of[act](seen, page)


def _police(seen: SeenCase) -> Iterator[Lead]:
    """The way to the police, who may be told at any time of what may be a crime; once they were told without
    one, where the number that they gave is added."""
    wanted = is_police_informed((seen.case,)) and not seen.case.number_of_police
    if wanted and (seen.case.state, StepKind.REFERRED) in TABLE:
        to = act_address(seen.case, StepKind.REFERRED, {"to": "police"})
        yield Lead(seen.w("ladder.police_number"), to)
    ladder_open = any(way.rung is EMERGENCY for way in seen.ways) and seen.case.askings
    if not seen.case.to_police and ladder_open and takes_a_reason(EMERGENCY, "", seen):
        yield ask_lead(EMERGENCY, "", seen, "ladder.police")


def _part_of(after: NextAct, seen: SeenCase) -> str:
    """Find the question that act is part of; "" where it is of none."""
    if after.act == StepKind.DECIDED or (after.act in _OF_WHAT and seen.case.decision is None):
        return WHAT
    asks = (StepKind.ASKED, StepKind.ANSWERED, "find_host", "draft_letter", WAIT)
    return {CAPTURE: "keep", LOOK: "gone"}.get(after.act, "ask" if after.act in asks else "")


def _next_said(after: NextAct, part: str, seen: SeenCase) -> str:
    w, given = seen.w, {k: value_text(v) for k, v in after.values}
    if part == WHAT:
        return w("ladder.page.what")
    if after.act == StepKind.NOTED and seen.rules.unsaid(seen.case, seen.now):
        return w("ladder.do.happened")
    if after.act == StepKind.ANSWERED and "result" not in given:  # the police too, whom no time is set
        awaited = (asking_words(a.rung, a.kind, w) for a in seen.case.askings if a.is_awaited(seen.now))
        return w("ladder.of.waits", who=w.list_items([*dict.fromkeys(awaited)]))
    if "rung" in given:
        who = asking_words(Rung(str(given["rung"])), str(given.get("kind", "")), w)
        return w(f"ladder.of.{'asked' if after.act == StepKind.ASKED else 'waits'}", who=who)
    return w(f"ladder.do.{after.act or 'nothing'}")


def _next_act_page(con: Connection, seen: SeenCase, after: NextAct, part: str, page: CasePage) -> CasePage:
    """Return the page with what does its next act."""
    given = {k: value_text(v) for k, v in after.values}
    if part == WHAT:
        return _what_page(seen, page)
    if after.act == StepKind.ASKED:
        asks = rung_page(con, seen, given, page)
        return replace(
            asks, leads=(*asks.leads, *_other_leads(Rung(given["rung"]), given.get("kind", ""), seen))
        )
    if after.act == StepKind.ANSWERED and "result" not in given and "rung" in given:
        return waiting_page(seen, page)
    if after.act in PAGES:
        if after.act == "draft_letter":
            return rung_page(con, seen, {"letter": given["kind"]}, page)
        asked = act_page(con, seen, PAGES[after.act], {})
        return replace(page, lines=asked.lines, forms=asked.forms[:2])
    if after.act not in {*ASKED_HERE, StepKind.TURNED_DOWN}:
        return page
    if after.act == StepKind.STAFF_POST:
        meant = list_meant_in(con, seen.case, seen.rules)
        no = seen.step_refusal(
            StaffPost(what=StaffMatter.UNION, relationship=seen.case.author_says, meant=meant)
        )
        if no is not None:  # whom it means does not say what it is
            return replace(page, lines=(no.said, no.remedy), leads=remedy_leads(no, seen))
    kinds = (LetterKind.HOLDING_LINE, LetterKind.PRESS_REPLY) if seen.case.enquiry else ()
    page = replace(page, leads=(*page.leads, *(letter_lead(kind, seen) for kind in kinds)))
    if after.act == StepKind.APPROVED and (no := seen.step_refusal(WordsApproved(sent="-"))) is not None:
        return replace(page, lines=(no.said, no.remedy))
    form = step_question(StepKind(after.act), given, seen)
    no = _wants(after, seen) if after.act == StepKind.REFERRED else None
    lines = filter(None, (no.said if no else "", form.hint))
    return replace(page, lines=tuple(lines), forms=(replace(form, heading="", hint=""),))


def _wants(after: NextAct, seen: SeenCase) -> Refusal | None:
    """What refuses to have anybody asked until that act is done."""
    refused = [way.refusal for way in seen.ways if way.refusal is not None]
    does_it = (after.act, after.values)
    return next((one for one in refused if remedy_of(one.guard, seen.case) == does_it), None)


def _not_yet(seen: SeenCase, after: NextAct, page: CasePage) -> CasePage:
    """Why nobody is asked yet, and as a button the one act that opens the way."""
    part, w = _part_of(after, seen), seen.w
    if not after.act or after.act == WAIT:
        return replace(page, lines=(w("ladder.ask_nobody"),))
    no = _wants(after, seen)
    said = _next_said(after, part, seen)
    opens = Lead(said, act_address(seen.case, part or PAGES.get(after.act, after.act), after.values))
    lines = (no.said, no.remedy) if no else (w("ladder.ask_first", first=said),)
    return replace(page, lines=lines, remedy_leads=(opens,))


def _other_leads(rung: Rung, way: str, seen: SeenCase) -> Iterator[Lead]:
    """List what stands beside who is asked next: evidence, where a talk goes before it; a site that may be
    asked at once too; an answer that may come in meanwhile.
    """
    if rung.spec.is_spoken(way) and not seen.case.captures and seen.keeps:
        yield Lead(seen.w("ladder.do.capture"), act_address(seen.case, PAGES[CAPTURE]))
    sites = [w for w in seen.ways if w.rung.spec.of_site and w.refusal is None and not rung.spec.of_site]
    yield from (ask_lead(site.rung, site.kind, seen, "ladder.to_ask") for site in sites)
    yield from (answer_lead(a, seen) for a in seen.case.askings if a.answer is None)


def _what_page(seen: SeenCase, page: CasePage) -> CasePage:
    """The form of the first question; to whoever may not decide it says who may."""
    if may_decide(seen):
        return replace(page, forms=(what_form(seen),))
    names = [person.name for person in seen.rules.who_may(Act.DECIDE, seen.case)]
    said = (
        seen.w("ladder.decides", names=seen.w.list_items(names)) if names else seen.w("ladder.nobody_decides")
    )
    return replace(page, lines=(said,), forms=(what_form(seen),))


def _by(after: NextAct, seen: SeenCase) -> str:
    """By when; of what is to be done at another place than the first, by no clock of the first."""
    due, case = after.due, seen.case
    if due is not None and due.place not in (0, case.place) and case.place > 1:
        due = next((w for w in case.waits if w.place in (0, case.place) and not w.over(seen.now)), None)
    if due is None or not seen.whole:
        return ""
    there = seen.now.astimezone(seen.session.config.zone).date()
    when = until(seen.w, due.due_at, there, seen.session.config.zone)
    return seen.w("ladder.by", when=when, what=clock_of(due, case, seen.w))


def _parts(seen: SeenCase, now: str) -> Iterator[tuple[str, tuple[str, ...], Lead]]:
    """List what is known of each question but the one that is asked."""
    case, w, file = seen.case, seen.w, seen.file
    what = [w("case.state.unjudged" if case.is_unjudged else shown_class(case).key)]
    what += [code_words("decision", case.decision, w)] if case.decision else []
    kept = w("ladder.kept", n=case.captures, count=w.number(case.captures)) if case.captures else ""
    asked = [request_words(asking, seen) for asking in case.askings]
    looks = [*_looks(seen)][-1:]
    known = {WHAT: what, "keep": [kept or kept_words(file, w)], "ask": asked, "gone": looks}
    wants = {"keep": StepKind.EVIDENCE, "ask": StepKind.ASKED, "gone": StepKind.CHECKED}
    for part in PARTS:
        if part != now and (case.state, wants.get(part, StepKind.CLASSIFIED)) in TABLE:
            said = [capital(line) for line in known[part] if line] or [capital(w("ladder.how.open"))]
            lead = Lead(w(f"ladder.to.{part}"), act_address(case, part))
            yield w(f"ladder.page.{part}"), tuple(map(visible, said)), lead


def _people(seen: SeenCase) -> Iterator[tuple[str, str]]:
    """List whom it concerns, with what is known of each."""
    case, w = seen.case, seen.w
    accused, conflicted = (", ".join(map(seen.name, ids)) for ids in (case.accused, case.conflicted))
    yield w("ladder.who.target"), seen.name(case.target) if case.target else w("ladder.nobody")
    if case.target:
        yield w("ladder.who.support"), capital(code_words("supported", case.support.value, w))
        yield w("ladder.who.consent"), capital(code_words("consent", case.consent.value, w))
    yield w("ladder.who.author"), capital(code_words("author", case.relationship.value, w))
    yield from ((w(f"ladder.who.{k}"), v) for k, v in (("accused", accused), ("conflicted", conflicted)) if v)
    yield w("ladder.who.complainant"), capital(code_words("complainant", case.complainant.value, w))


def _post(seen: SeenCase) -> Iterator[tuple[str, str]]:
    post, w = seen.file.post, seen.w
    if post is None:
        return
    yield w("page.head.where"), capital(channel_name(post.channel, w))
    yield w("page.head.when"), when(post.published, seen) if post.published else capital(w("page.no_date"))
    if post.author:
        yield w("pack.fact.author"), visible(post.author)
    if post.url:
        yield w("pack.fact.address"), visible(post.url)


def _words(seen: SeenCase) -> str:
    post = seen.file.post
    if words_of(seen.file) is WhoseWords.NOBODYS:
        return seen.w("pack.post.nobodys")
    return visible("\n".join(filter(None, (post.title, post.text)))) if post else ""


def _more(seen: SeenCase) -> Iterator[Lead]:
    """The letters, the exhibits, and every step that is asked here and that where it is now allows."""
    bypassed = seen.case.state is CaseState.BYPASSED
    for name in ("pack",) if bypassed else ("letters", "pack"):
        yield Lead(seen.w(f"ladder.page.{name}"), act_address(seen.case, name))
    for kind in StepKind:
        decides = kind is not StepKind.DECIDED or may_decide(seen)
        decides = decides and (kind is not StepKind.APPROVED or seen.case.enquiry)
        if kind in ASKED_HERE and (seen.case.state, kind) in TABLE and decides:
            yield Lead(seen.w(f"ladder.do.{kind.value}"), act_address(seen.case, kind))


def _happening(step: CaseStep, seen: SeenCase) -> Happening:
    w = seen.w
    did = w(f"pack.step.{step.kind.value}")
    if step.kind in (StepKind.ASKED, StepKind.ANSWERED):
        did = f"{did} {capital(asked_in(step.said, w))}."  # type: ignore[arg-type]
    if where := where_done(seen.file, step.said, w):
        did = f"{did} {where}."
    return Happening(when(step.done_at, seen), did, seen.name(step.actor), visible(step.why))


_SEEN = (Check.GONE, Check.PRESENT, Check.CHANGED, Check.LOG_IN_WALL, Check.CANNOT_TELL)


def _evidence_page(con: Connection, seen: SeenCase, page: CasePage) -> CasePage:
    """Show what is held, whether it is as it was, and what keeps more."""
    w = seen.w
    proof = prove(read_evidence(con, seen.case.id), Vault(seen.session.store.evidence), case_id=seen.case.id)
    faults = len(proof.faults)
    check = faults_words(faults, w) if faults else w("ladder.evidence.holds")
    kept = [*filter(None, [kept_words(seen.file, w)]), *_captures(seen)]
    lines = (*kept, check) if kept or faults else (w("ladder.evidence.none"),)
    hint = (w("ladder.evidence.hand_in"),) if seen.keeps else ()
    forms = tuple(_keeping_forms(con, seen)) if seen.keeps else ()
    return replace(page, lines=(*lines, *hint), forms=forms)


def faults_words(n: int, w: Words) -> str:
    """Say that so many things are not as they were kept."""
    return w("ladder.evidence.faults", n=n, count=w.number(n))


def keeps_page(seen: SeenCase) -> bool:
    """May its page be kept without a tap, is it not to be left alone, and has nobody tried?"""
    tried = (s.said for s in seen.file.steps if isinstance(s.said, EvidenceKept) and s.said.what != "told")
    here = any((said.place or 1) == seen.case.place for said in tried)
    public = bool(seen.case.channel) and channel(seen.case.channel).keeping is Keeping.PAGE
    stops = seen.case.left or seen.case.decision == Decision.STOP
    goes_on = seen.case.classified_by is not None and not stops
    return seen.keeps and public and goes_on and not here


def _keeping_forms(con: Connection, seen: SeenCase) -> Iterator[CaseForm]:
    """Make the forms that keep evidence now: files; the page, with its pictures where these may be kept; what
    came with the post by mail.
    """
    w, mention = seen.w, seen.case.mention_id
    file = AskedField("file", w("ladder.evidence.file"), "file", needed=True)
    yield CaseForm(
        "keep", (does(w("ladder.evidence.keep_picture"), "picture"),), (*_file_questions(seen), file),
        more=tuple(AskedField(name, w(f"tell.asks.{name}"), "line") for name in ("seen_by", "seen_at")),
        heading=w("ladder.evidence.picture"),
    )  # fmt: skip
    button = does(w("ladder.evidence.capture"), "capture")
    yield CaseForm("keep", (button,), heading=w("ladder.evidence.page"), quiet=True)
    if seen.pictures:
        why = AskedField("why", w("ladder.why"), "line", needed=True)
        button = does(w("ladder.evidence.capture"), "pictures")
        yield CaseForm("keep", (button,), (why,), heading=w("ladder.evidence.with_pictures"), quiet=True)
    if mention and enclosures_of(con, mention):
        button, fields = does(w("ladder.evidence.keep_mail"), "attachment"), tuple(_file_questions(seen))
        yield CaseForm("keep", (button,), fields, heading=w("ladder.evidence.mail"), quiet=True)


def _file_questions(seen: SeenCase) -> Iterator[AskedField]:
    """Ask what files must not show; where no picture may be kept, ask that they show words alone."""
    w = seen.w
    yield AskedField("shows", w("desk.tell.ask.picture"), "pick", shows_words(w), needed=True)
    if not seen.pictures:
        yield AskedField("words_alone", w("ladder.evidence.words_alone"), "pick", _yes_no(w), needed=True)


def _yes_no(w: Words) -> tuple[tuple[str, str], ...]:
    return ("no", w("pack.code.no")), ("yes", w("pack.code.yes"))


def _captures(seen: SeenCase) -> Iterator[str]:
    for step in seen.file.steps:
        if isinstance(step.said, EvidenceKept):
            kind = code_words("evidence", (step.said.what or "page"), seen.w)
            said = seen.w(
                "ladder.evidence.kept", what=kind, when=when(step.done_at, seen), who=seen.name(step.actor)
            )
            where = where_done(seen.file, step.said, seen.w)
            yield f"{said} {where}." if where else said


def _looks_page(seen: SeenCase, page: CasePage) -> CasePage:
    """Show what was seen so far; a look by the program, and what somebody saw who looked for themselves."""
    w = seen.w
    looks = tuple(_looks(seen))
    found = tuple((check.value, code_words("check", check.value, w)) for check in _SEEN)
    saw = AskedField("result", w("ladder.look.result"), "pick", found, needed=True)
    how = AskedField("why", w("ladder.look.how"), "line", needed=True)
    signed_in = AskedField("signed_in", "", "tick", (("yes", w("ladder.look.signed_in")),))
    mine = CaseForm(
        "gone", (does(w("ladder.button.record"), "saw"),), (saw, how, signed_in),
        heading=w("ladder.look.mine"), quiet=True,
    )  # fmt: skip
    program = CaseForm("gone", (does(w("ladder.look.now"), "look"),))
    return replace(page, lines=(*looks, w("ladder.look.lead")), forms=(program, mine))


def _looks(seen: SeenCase) -> Iterator[str]:
    """Each look at this place whether it is gone: when, and what was found."""
    for step in seen.file.steps:
        if isinstance(step.said, Checked) and (step.said.place or 1) == seen.case.place:
            found = code_words("check", step.said.result.value, seen.w)
            yield seen.w("ladder.look.was", what=found, when=when(step.done_at, seen))


def last_look_words(seen: SeenCase, page: CasePage) -> str:
    """Say what the last look found, when, why that is so, and what happens next."""
    w, again, looks = seen.w, seen.case.recheck_at, [*_looks(seen)]
    why = next(step.why for step in reversed(seen.file.steps) if isinstance(step.said, Checked))
    then = (
        w("ladder.look.again", when=when(again, seen)) if again else w("ladder.look.then", what=page.heading)
    )
    return " ".join((looks[-1], visible(why), then))


def _host_page(seen: SeenCase, page: CasePage) -> CasePage:
    """Say who hosts it, as far as that was found."""
    w, known = seen.w, seen.case.hosting
    names = ("host", "registrar", "network")
    lines = tuple(f"{w(f'pack.name.hosted.{name}')}: {known[name]}" for name in names if known.get(name))
    form = CaseForm("host", (does(w("ladder.host.look"), "host"),))
    return replace(page, lines=lines or (w("ladder.host.lead"),), forms=(form,))


def _pack_page(seen: SeenCase, page: CasePage) -> CasePage:
    """For whom exhibits can be made."""
    w, nation = seen.w, seen.rules.school.nation
    to = tuple(does(w(r.key(nation)), r.value, "to") for r in Recipient if may_have_any(seen.case, r))
    fields = []
    if seen.case.restricted or seen.case.locked:
        fields.append(AskedField("why", w("ladder.why"), "line", needed=True))
    if seen.case.chronology_by is not None:
        fields.append(AskedField("chronology", w("ladder.pack.chronology"), "pick", _yes_no(w), "no"))
    form = CaseForm("pack", to, tuple(fields), heading=w("ladder.pack.to"), quiet=True)
    return replace(page, lines=(w("ladder.pack.lead"),), forms=(form,))
