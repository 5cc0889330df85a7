"""A case as its pages: the one question that is next, what is known of the others, what is kept and done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from alerts.access.guidance import staff_places
from alerts.access.knowing import Access, Act
from alerts.ladder.advance import ON_LADDER, TABLE, Refusal, remedy_of
from alerts.ladder.guards import AUTHOR, HOST, PLATFORM
from alerts.letters.kinds import (
    LONG_FACTS,
    QUOTED_FACTS,
    LetterDraft,
    LetterKind,
    NoDraft,
    letter_refusal,
    list_offers,
)
from alerts.letters.layout import write_draft
from alerts.pack.facts import Recipient, may_have_any
from alerts.ways import next_words
from alerts.wording import cases
from alerts.wording.matters import channel_name
from data.cases import Asking, Case, CaseState, CaseStep, Consent, is_police_informed
from data.errors import SchoolgateError
from data.evidence.handed_in import WhoseWords
from data.evidence.vault import Vault
from data.rungs import COPYRIGHT, EMERGENCY, Rung
from data.steps.acts import Refused, Values
from data.steps.classes import Asked, Checked, EvidenceKept, StaffPost, WordsApproved
from data.steps.codes import Check, Decision, Relationship, RungAnswer, StaffMatter, StepKind
from data.store.cases import letter_facts
from data.store.engine.connect import Connection
from data.store.engine.rows import group_pairs
from data.store.stories import enclosures_of
from data.web.channels import Keeping, PlaceKind, channel
from data.web.urls import visible
from data.words.say import Words, asked_in, asking_words, capital, place_words
from monitor.act.casework import (
    CAPTURE,
    LOOK,
    WAIT,
    NextAct,
    NextStep,
    list_meant_in,
    next_act,
    place_next,
)
from monitor.act.letter import compose
from monitor.act.proving import prove, read_evidence
from monitor.desk.case.questions import (
    ASKED_HERE,
    NOBODY,
    SETTLED,
    WHAT,
    AskedField,
    CaseForm,
    CasePage,
    LadderRung,
    Lead,
    SeenCase,
    decisions,
    does,
    may_decide,
    place_on_page,
    shows_words,
    step_question,
    what_form,
    when,
)


def act_address(case: Case, act: str = "", values: Mapping[str, object] | Values = ()) -> str:
    """Return the address of an act's own page, with what is settled of it."""
    said = [(k, value_text(v)) for k, v in (values.items() if isinstance(values, Mapping) else values)]
    return f"/case/{case.number}{f'/{act}' if act else ''}{f'?{urlencode(said)}' if said else ''}"


def value_text(said: object) -> str:
    return NOBODY if said == () else str(said)


def way_values(rung: Rung, kind: str) -> tuple[tuple[str, str], ...]:
    """Return what says that way in a form or an address."""
    return (("rung", rung.value), ("kind", kind))


def ladder_rungs(seen: SeenCase) -> list[LadderRung]:
    """List who was asked or can be, from the author up; of the barred the first; the police for their own."""
    case = seen.case
    if case.state not in (*ON_LADDER, CaseState.CLOSED):
        return []
    is_site = channel(case.channel).is_site
    ways = [way for way in seen.ways if not (is_site and way.rung is PLATFORM)]
    there = {way.rung for way in ways}.union(asking.rung for asking in case.askings)
    rungs = {rung: _rung(rung, ways, seen) for rung in Rung if rung in there}
    barred = [rung for rung, one in rungs.items() if one.barred and not one.told]
    hidden = barred[1:]
    if EMERGENCY in hidden and rungs[EMERGENCY].barred != rungs[barred[0]].barred:
        hidden.remove(EMERGENCY)
    return [one for rung, one in rungs.items() if rung not in hidden]


def _rung(rung: Rung, offered: Sequence[NextStep], seen: SeenCase) -> LadderRung:
    case, w = seen.case, seen.w
    ways = [way for way in offered if way.rung is rung]
    asked = [asking for asking in case.askings if asking.rung is rung]
    now_open = [way for way in ways if way.refusal is None]
    refused = [way.refusal for way in ways if way.refusal is not None]
    waits = [a for a in asked if a.answer is None]
    how = "waits" if waits else "now" if now_open else "done" if asked else "barred"
    leads = [ask_lead(rung, way.kind, seen, "ladder.to_ask") for way in now_open]
    leads += [answer_lead(a, seen) for a in waits if (case.state, StepKind.ANSWERED) in TABLE]
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
    """Return the lead to where they are asked in that way."""
    said = seen.w(key, who=asking_words(rung, kind, seen.w))
    return Lead(said, act_address(seen.case, "ask", way_values(rung, kind)))


def answer_lead(asking: Asking, seen: SeenCase) -> Lead:
    """Return the lead to where it is recorded what came back from them."""
    who = seen.w("ladder.answered", who=asking_words(asking.rung, asking.kind, seen.w))
    return Lead(who, act_address(seen.case, StepKind.ANSWERED, way_values(asking.rung, asking.kind)))


_BY_THEM = ("consent", "target_named", "consent_told")
"""What a person still has to say before the police are told, whatever the reason."""


def takes_a_reason(rung: Rung, kind: str, seen: SeenCase) -> bool:
    """May they be asked so, once it is written down why?"""
    no = seen.step_refusal(Asked(rung=rung, way=kind, imminent=False if rung.spec.emergency else None), "-")
    return no is None or no.guard in _BY_THEM


PAGES: Mapping[str, str] = {LOOK: "gone", CAPTURE: "keep", "find_host": "host", "draft_letter": "ask"}


def remedy_leads(no: Refusal | Refused, seen: SeenCase) -> tuple[Lead, ...]:
    """Return the leads to where what a guard wants is done, if one act does it."""
    if (found := remedy_of(no.guard, seen.case, seen.rules.copies)) is None:
        return ()
    act, given = found[0], {k: value_text(v) for k, v in found[1]}
    asks = act in (StepKind.ASKED, StepKind.ANSWERED) and "rung" in given
    said = step_question(StepKind(act), given, seen).heading if asks else seen.w(f"ladder.do.{act}")
    if act in PAGES:
        given = {"letter": given["kind"]} if act == "draft_letter" else {}
    act = "ask" if act == StepKind.ASKED else PAGES.get(act, act)
    return (Lead(said, act_address(seen.case, act, given)),)


def request_words(asking: Asking, seen: SeenCase) -> str:
    """When somebody was asked, by whom, and what came of it."""
    w = seen.w
    answer = cases.code_words("answer", asking.answer.value, w) if asking.answer else w("ladder.no_answer")
    who, name = asking_words(asking.rung, asking.kind, w), seen.name(asking.by)
    return w(
        "ladder.asked",
        who=capital(who),
        when=when(asking.sent_at or asking.at, seen),
        name=name,
        answer=capital(answer),
    )


_LONG = LONG_FACTS | QUOTED_FACTS
_BLANK = "………"
"""What stands in a letter for what only a person knows, until they say it."""


def rung_page(con: Connection, seen: SeenCase, given: Mapping[str, str], page: CasePage) -> CasePage:
    """Make the page that asks this rung in this way, or by this letter (`given`)."""
    if (kind := letter_named(given.get("letter", ""))) is not None:
        ways = [(rung, way.kind) for rung in Rung for way in rung.spec.ways if kind.value in way.letters]
        tried = {(way.rung, way.kind): way.refusal.guard if way.refusal else "" for way in seen.ways}
        ways.sort(key=lambda way: ("", "hosting_known", tried.get(way)).index(tried.get(way)))
        rung, way = ways[0] if ways else (None, "")
    elif given.get("rung") in list(Rung):
        rung, way = Rung(given["rung"]), given.get("kind", "")
        kind = letter_for(rung, way, seen)
    else:
        return replace(page, lines=(seen.w("ladder.ask_nobody"),))
    if kind is not None and seen.unread:  # it may say what was posted
        heading = page.heading or seen.w(f"letter.title.{kind.value}")
        return replace(page, heading=heading, lines=(seen.w("ladder.unread"),), readable=True)
    if rung is None and kind is not None:
        return _letter_page(con, seen, kind, None, "", given, page)
    assert rung is not None
    said = Asked(rung=rung, way=way, imminent=False if rung.spec.emergency else None)
    if given.get("letter") == "":
        kind = None
    no, reason = seen.step_refusal(said), False
    if no is not None and takes_a_reason(rung, way, seen):
        no, reason = seen.step_refusal(said, "-"), True
    heading = seen.w("ladder.of.asked", who=asking_words(rung, way, seen.w))
    page = replace(page, heading=heading)
    if no is not None and no.guard == "consent" and seen.case.consent is Consent.NOT_ASKED:
        asked = step_question(StepKind.CONSENT_ASKED, {}, seen)
        return replace(
            page, heading=asked.heading, lines=(no.said, asked.hint), forms=(replace(asked, hint=""),)
        )
    named = way == COPYRIGHT and no is not None and no.guard == "hosting_known"  # the notice names its host
    if no is not None and not named:
        return replace(page, lines=(no.said, no.remedy), remedy_leads=remedy_leads(no, seen))
    if kind is not None:
        return _letter_page(con, seen, kind, rung, way, {**given, "reason": "yes" if reason else ""}, page)
    given = dict(way_values(rung, way)) | ({"reason": "yes"} if reason else {})
    form = step_question(StepKind.ASKED, given, seen)
    return replace(page, forms=(replace(form, heading=""), *_for_the_police(seen, rung)))


def letter_named(name: str) -> LetterKind | None:
    """The kind of letter that is called so."""
    return next((kind for kind in LetterKind if kind.value == name), None)


def letter_for(rung: Rung, way: str, seen: SeenCase) -> LetterKind | None:
    """The first letter of that way that the case allows; None where it is asked without one."""
    url = (seen.file.post.url or "") if seen.file.post else ""
    account = cases.is_account(seen.case, seen.file.post)
    for name in rung.spec.letters_of(way):
        kind = LetterKind(name)
        if letter_refusal(kind, seen.case, seen.rules, seen.now, url, account=account) is None:
            return kind
    return None


def _letter_page(
    con: Connection, seen: SeenCase, kind: LetterKind, rung: Rung | None, way: str, given: Mapping[str, str],
    page: CasePage,
) -> CasePage:  # fmt: skip
    """Make the page with that letter, to be copied, saved and recorded; and what it still must know."""
    w = seen.w
    facts = facts_in(given) or letter_facts(con, seen.case.id, kind.value)
    try:
        made = first = compose(con, seen.session, seen.file, kind, facts, seen.now)
        if facts:  # what was typed is asked again, so that it can be changed
            first = compose(con, seen.session, seen.file, kind, {}, seen.now)
        missing = made.wanted if isinstance(made, NoDraft) else ()
        if missing:  # shown with blanks where it can be
            blank = dict.fromkeys((want.fact for want in missing), _BLANK)
            made = compose(con, seen.session, seen.file, kind, facts | blank, seen.now)
    except SchoolgateError:  # what is held of it is damaged, or a school's own letter is
        return replace(page, told=w("ladder.failed"), wrong=True)
    if isinstance(made, NoDraft) and made.why_not:
        return replace(page, told=made.why_not, wrong=True)
    title = w(f"letter.title.{kind.value}")
    typed = first.wanted if isinstance(first, NoDraft) else ()
    asked = {w.fact: w.question for w in (*typed, *missing) if w in missing or w.fact in facts}
    named = ((fact, question, "words" if fact in _LONG else "line") for fact, question in asked.items())
    fields = tuple(AskedField(f"fact_{n}", asks, how, chosen=facts.get(n, "")) for n, asks, how in named)
    n = len(missing)
    lacking = w("ladder.letters.missing", n=n, count=w.number(n)) if n else ""
    form = replace(_form(seen, kind, rung, way, fields, facts, given), hint=lacking)
    page = replace(page, heading=page.heading or title, forms=(form, *_for_the_police(seen, rung)))
    if not isinstance(made, LetterDraft):
        return replace(page, lines=(w("ladder.letters.wants"),))
    return replace(
        page,
        lines=(made.notice,),
        letter=visible(write_draft(made)),
        letter_title=title,
        warnings=made.warnings,
    )


def facts_in(form: Mapping[str, str]) -> dict[str, str]:
    """The facts of a letter that a form bears."""
    given = {n.removeprefix("fact_"): said.strip() for n, said in form.items() if n.startswith("fact_")}
    return {name: said for name, said in given.items() if said}


def _form(
    seen: SeenCase, kind: LetterKind, rung: Rung | None, way: str, fields: tuple[AskedField, ...],
    facts: Mapping[str, str], given: Mapping[str, str],
) -> CaseForm:  # fmt: skip
    w, wanted = seen.w, {field.name for field in fields}
    kept = tuple((f"fact_{n}", said) for n, said in facts.items() if f"fact_{n}" not in wanted)
    files = (does(w("ladder.letters.as_mail"), "eml"), does(w("ladder.letters.as_pdf"), "pdf"))
    redo = (does(w("ladder.letters.draft"), "draft"),) if fields else ()
    if rung is None:
        return CaseForm("ask", (*redo, *files), fields, (("letter", kind.value), *kept))
    spoken, notice = rung.spec.is_spoken(way), way == COPYRIGHT
    reason = (AskedField("why", w("ladder.why"), "words", chosen=given.get("why", ""), needed=True),)
    whom = AskedField("channel", w("pack.name.asked.channel"), "line", chosen=given.get("channel", ""))
    sent = AskedField("sent", w("ladder.letters.words"), "words", chosen=given.get("sent", ""), long=True)
    more = (AskedField("reference", w("pack.name.asked.reference"), "line"), *(() if spoken else (sent,)))
    hidden = (("letter", kind.value), *way_values(rung, way), *kept)
    done = does(w("ladder.button.asked" if spoken else "ladder.letters.sent"), "sent")
    asks = (*fields, *(reason if given.get("reason") else ()), *((whom,) if notice else ()))
    return CaseForm("ask", (done, *redo, *files), asks, hidden, more)


def _for_the_police(seen: SeenCase, rung: Rung | None) -> Iterable[CaseForm]:
    """The exhibits, beside what the police are sent."""
    sealed = seen.case.restricted or seen.case.locked  # to hand these out a reason is asked elsewhere
    if rung is not None and rung.spec.emergency and not sealed and may_have_any(seen.case, Recipient.POLICE):
        to = does(seen.w("ladder.pack.police"), Recipient.POLICE.value, "to")
        yield CaseForm("pack", (to,), quiet=True)


def waiting_page(seen: SeenCase, page: CasePage) -> CasePage:
    """Show who was asked and has not answered: what came back is one tap, or is said on a page of its own."""
    w, forms, leads = seen.w, list[CaseForm](), list[Lead]()
    for asking in reversed(seen.case.askings):
        if asking.answer is None and not asking.rung.spec.emergency:
            way, said = way_values(asking.rung, asking.kind), request_words(asking, seen)
            results = (("refused", RungAnswer.REFUSED), ("removed", RungAnswer.REMOVED))
            buttons = tuple(does(w(f"ladder.answer.{key}"), value, "result") for key, value in results)
            forms.append(CaseForm("answered", buttons, hidden=way, hint=said, quiet=True))
            who = asking_words(asking.rung, asking.kind, w)
            leads.append(Lead(w("ladder.answer.other", who=who), act_address(seen.case, "answered", way)))
    return replace(page, forms=tuple(forms), leads=tuple(leads))


def letter_lead(kind: LetterKind, seen: SeenCase) -> Lead:
    """Return the lead to where that letter is drafted."""
    said = seen.w(f"letter.title.{kind.value}")
    return Lead(said, act_address(seen.case, "ask", {"letter": kind.value}))


def letters_page(seen: SeenCase, page: CasePage) -> CasePage:
    """List every letter that the case allows, each a link; and why not the others."""
    w, url = seen.w, (seen.file.post.url or "") if seen.file.post else ""
    account = cases.is_account(seen.case, seen.file.post)
    every = list_offers(seen.case, seen.rules, seen.now, url, account=account)
    leads = tuple(letter_lead(o.kind, seen) for o in every if o.possible)
    barred = group_pairs((o.why_not, w(f"letter.title.{o.kind.value}")) for o in every if not o.possible)
    why = tuple(f"{'; '.join(titles)}. {why}" for why, titles in barred.items())
    lead = w("ladder.letters.lead" if leads else "ladder.letters.none")
    return replace(page, lines=(lead,), leads=leads, barred=why)


PARTS = (WHAT, "keep", "ask", "gone")
"""The four questions of a case."""
PAGES_BESIDE = (*PARTS, "host", "pack", "letters", "more")
_OF_WHAT = (
    StepKind.CLASSIFIED, StepKind.TARGET, StepKind.AUTHOR, StepKind.WEIGHED, StepKind.SUPPORT, CAPTURE, WAIT,
)  # fmt: skip
"""Acts that are part of the first question while nothing is decided."""


def case_page(con: Connection, seen: SeenCase, decision: str = "") -> CasePage:
    """Make the case's own page as it is now; that `decision` was chosen before, and is not asked again."""
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
        to = Lead(cases.numbered_site(there.case, there.case.place, there.w), act_address(there.case))
        page = replace(page, heading=f"{to.said}: {page.heading}", leads=(to,))
    elif seen.whole and part != WHAT:
        page = _next_act_page(con, seen, after, page)
    elif seen.whole and _is_open(seen) and decision not in decisions(seen):
        page = replace(page, choices=tuple(_choices(seen)))
    elif seen.whole:
        page = _what_page(seen, page, decision)
    page = replace(page, readable=page.readable or (seen.unread and seen.whole))
    may_be = case.rung is EMERGENCY or case.lane is not None or case.is_unjudged or case.threatens
    warned = w("ladder.danger") if may_be and case.state is not CaseState.CLOSED else ""
    page = replace(page, danger=warned, more=act_address(case, "more") if seen.whole else "")
    if not open_:
        return page
    asks_them = dict(after.values).get("rung") == EMERGENCY.value
    police, of_staff = () if asks_them else tuple(_police(seen)), _staff_matter(seen)
    where = cases.places_words(seen.file, w)
    # a grave event asks whether the policy is still right (Basildon 11.2; Monkhouse 501)
    grave = case.state is CaseState.CLOSED and (case.spec.grave or case.to_police)
    return replace(
        page,
        lines=(*of_staff[0], *page.lines, *next_words(case, w), *([w("ladder.review")] if grave else [])),
        leads=(*page.leads, *police, *(of_staff[1] if after.act != StepKind.REFERRED else ())),
        parts=tuple(_parts(seen, ("keep", "ask") if page.choices else (part,))),
        rungs=tuple(ladder_rungs(seen)),
        people=tuple(_people(seen)),
        post=tuple(_post(seen)),
        words=_words(seen),
        places=tuple((visible(capital(at)), capital(how), Lead(n, f"/case/{n}")) for n, at, how in where),
        steps=tuple(_happening(step, seen) for step in reversed(seen.file.steps)),
    )


def _staff_matter(seen: SeenCase) -> tuple[tuple[str, ...], tuple[Lead, ...]]:
    """Say what the answer about a post of somebody who works here means, and whom it is still passed to.
    Where they refuse to take it down, that is another matter (Basildon 10), for the same bodies."""
    case, said, w = seen.case, seen.case.staff_matter, seen.w
    if said is None or not case.relationship.may_disclose or (case.state, StepKind.REFERRED) not in TABLE:
        return (), ()
    left = said is StaffMatter.NONE and not case.relationship.works_here
    places = staff_places(case, seen.rules.school.nation, seen.rules.people)
    refused = case.relationship.works_here and any(
        a.rung is AUTHOR and a.answer is RungAnswer.REFUSED for a in case.askings
    )
    to = [place for place in places if refused or place not in case.referred_to]
    told = [(w("ladder.staff.told", who=place_words(place, w)), place) for place in to]
    leads = tuple(Lead(said, act_address(case, StepKind.REFERRED, {"to": place})) for said, place in told)
    means = w(f"ladder.staff.means.{case.relationship.value if left else said.value}")
    return ((means, w("ladder.staff.refused")) if refused else (means,)), leads


def frame_page(seen: SeenCase, heading: str = "") -> CasePage:
    """Make what every page of a case has."""
    state = capital(cases.state_words(seen.case, seen.w))
    back = seen.session.context.links.at_desk(seen.case.story_id)
    return CasePage(seen.case.number, state, seen.version, heading, back=back, here=place_on_page(seen))


def act_page(con: Connection, seen: SeenCase, act: str, given: Mapping[str, str]) -> CasePage:
    """Make a page of one question, or one that is beside these."""
    page = frame_page(seen, seen.w(f"ladder.page.{act}"))
    if act == WHAT:
        return _what_page(seen, page, given.get("decision" if "do" not in given else SETTLED, ""))
    if act == "ask" and not ("rung" in given or "letter" in given):
        after = next_act(seen.case, seen.ways, seen.me, seen.now, seen.rules)
        asks = _part_of(after, seen) == "ask"
        return _next_act_page(con, seen, after, page) if asks else _not_yet(seen, after, page)
    if act == "ask":
        return rung_page(con, seen, given, replace(page, heading=""))
    if act == "more":
        return replace(page, leads=tuple(_more(seen)))
    if act == "keep":
        return _evidence_page(con, seen, page)
    of = {"gone": _looks_page, "host": _host_page, "pack": _pack_page, "letters": letters_page}
    return of[act](seen, page)


def _police(seen: SeenCase) -> Iterator[Lead]:
    """Lead to the police, who may be told at any time of a crime; once told, to add their number."""
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
        return w("ladder.want.title" if _is_open(seen) else "ladder.page.what")
    if after.act == StepKind.NOTED and seen.rules.unsaid(seen.case, seen.now):
        return w("ladder.do.happened")
    if after.act == StepKind.ANSWERED and "result" not in given:  # the police too, whom no time is set
        awaited = (asking_words(a.rung, a.kind, w) for a in seen.case.askings if a.is_awaited(seen.now))
        return w("ladder.of.waits", who=w.list_items([*dict.fromkeys(awaited)]))
    if "rung" in given:
        who = asking_words(Rung(str(given["rung"])), str(given.get("kind", "")), w)
        return w(f"ladder.of.{'asked' if after.act == StepKind.ASKED else 'waits'}", who=who)
    return w(f"ladder.do.{after.act or 'nothing'}")


def _next_act_page(con: Connection, seen: SeenCase, after: NextAct, page: CasePage) -> CasePage:
    given = {k: value_text(v) for k, v in after.values}
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
    """Name what refuses to have anybody asked until that act is done."""
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
    act = "" if part == WHAT and _is_open(seen) else part or PAGES.get(after.act, after.act)
    opens = Lead(said, act_address(seen.case, act, after.values))
    lines = (no.said, no.remedy) if no else (w("ladder.ask_first", first=said),)
    return replace(page, lines=lines, remedy_leads=(opens,))


def _other_leads(rung: Rung, way: str, seen: SeenCase) -> Iterator[Lead]:
    """List what stands beside who is asked next: evidence, a site to be asked at once, an early answer."""
    if rung.spec.is_spoken(way) and not seen.case.captures and seen.keeps:
        yield Lead(seen.w("ladder.do.capture"), act_address(seen.case, PAGES[CAPTURE]))
    sites = [w for w in seen.ways if w.rung.spec.of_site and w.refusal is None and not rung.spec.of_site]
    yield from (ask_lead(site.rung, site.kind, seen, "ladder.to_ask") for site in sites)
    yield from (answer_lead(a, seen) for a in seen.case.askings if a.answer is None)


def _is_open(seen: SeenCase) -> bool:
    """Is it known what it is, accuses it nobody, and is it for its reader to decide what becomes of it?"""
    case = seen.case
    return not (case.decision or case.is_unjudged or case.subjects) and bool(decisions(seen))


def _choices(seen: SeenCase) -> list[Lead]:
    """List what may be wanted of the case now: a decision, or what is done beside one; last to do nothing."""
    case, w = seen.case, seen.w
    wanted = [Lead(_wants_words(d, seen), act_address(case, WHAT, {"decision": d})) for d in decisions(seen)]
    if seen.keeps:
        wanted += [Lead(w("ladder.want.keep"), act_address(case, PAGES[CAPTURE]))]
    if (case.state, StepKind.REFERRED) in TABLE:
        wanted += [Lead(w("ladder.want.referred"), act_address(case, StepKind.REFERRED))]
    return sorted(wanted, key=lambda lead: lead.to.endswith(Decision.STOP))


def _wants_words(decision: str, seen: SeenCase) -> str:
    """Say what is wanted by who decides so; of a removal, who is asked."""
    w, place = seen.w, channel(seen.case.channel)
    if decision != Decision.SEEK or place.place is PlaceKind.UNKNOWN:
        return w(f"ladder.want.{decision}")
    if place.place is PlaceKind.NOTHING:
        return w("ladder.want.talk")
    site = asking_words(PLATFORM if place.reports else HOST, "", w)
    if not seen.may(Act.DECIDE):
        return w("ladder.want.report", site=site)
    return w("ladder.want.author_first" if _may_ask_author(seen.case) else "ladder.want.site", site=site)


def _may_ask_author(case: Case) -> bool:
    """Is it of a kind of which its author may be asked, who is safe to ask and no pupil?"""
    return case.spec.author and case.contact_safe and case.relationship is not Relationship.PUPIL


def _what_page(seen: SeenCase, page: CasePage, decision: str = "") -> CasePage:
    """The form of the first question, or of a `decision` that may be; to who may not decide, who may."""
    decision = decision if decision in decisions(seen) else ""
    page = replace(page, forms=(what_form(seen, decision),))
    if decision:
        return replace(page, heading=_wants_words(decision, seen))
    if decisions(seen):
        return page
    names = seen.w.list_items([person.name for person in seen.rules.who_may(Act.DECIDE, seen.case)])
    said = seen.w("ladder.decides", names=names) if names else seen.w("ladder.nobody_decides")
    return replace(page, lines=(said,))


def _by(after: NextAct, seen: SeenCase) -> str:
    """Say what is late, and by when the next is due; of what is to be done at another place, by no clock of
    the first."""
    due, case = after.due, seen.case
    late = next((w for w in case.late(seen.now) if w.place in (0, case.place)), None)
    if due is not None and due.place not in (0, case.place) and case.place > 1:
        due = next((w for w in case.waits if w.place in (0, case.place) and not w.over(seen.now)), None)
    if not seen.whole:
        return ""
    there, zone = seen.session.config.day_of(seen.now), seen.session.config.zone
    said = (
        seen.w(
            f"ladder.{key}",
            when=cases.until(seen.w, at.due_at, there, zone),
            what=cases.clock_of(at, case, seen.w),
        )
        for key, at in (("late", late), ("by", due))
        if at
    )
    return ". ".join(said)


def _parts(seen: SeenCase, without: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...], Lead]]:
    case, w, file = seen.case, seen.w, seen.file
    what = [w("case.state.unjudged" if case.is_unjudged else cases.shown_class(case).key)]
    what += [cases.code_words("decision", case.decision, w)] if case.decision else []
    kept = w("ladder.kept", n=case.captures, count=w.number(case.captures)) if case.captures else ""
    asked = [request_words(asking, seen) for asking in case.askings]
    looks = [*_looks(seen)][-1:]
    known = {WHAT: what, "keep": [kept or cases.kept_words(file, w)], "ask": asked, "gone": looks}
    wants = {"keep": StepKind.EVIDENCE, "ask": StepKind.ASKED, "gone": StepKind.CHECKED}
    for part in PARTS:
        if part not in without and (case.state, wants.get(part, StepKind.CLASSIFIED)) in TABLE:
            said = [capital(line) for line in known[part] if line] or [capital(w("ladder.how.open"))]
            act = StepKind.CLASSIFIED if part == WHAT and case.decision is None else part
            lead = Lead(w(f"ladder.to.{part}"), act_address(case, act))
            yield w(f"ladder.page.{part}"), tuple(map(visible, said)), lead


def _people(seen: SeenCase) -> Iterator[tuple[str, str]]:
    case, w = seen.case, seen.w
    accused, conflicted = (", ".join(map(seen.name, ids)) for ids in (case.accused, case.conflicted))
    yield w("ladder.who.target"), seen.name(case.target) if case.target else w("ladder.nobody")
    if case.target:
        yield w("ladder.who.support"), capital(cases.code_words("supported", case.support.value, w))
        yield w("ladder.who.consent"), capital(cases.code_words("consent", case.consent.value, w))
    yield w("ladder.who.author"), capital(cases.code_words("author", case.relationship.value, w))
    yield from ((w(f"ladder.who.{k}"), v) for k, v in (("accused", accused), ("conflicted", conflicted)) if v)
    yield w("ladder.who.complainant"), capital(cases.code_words("complainant", case.complainant.value, w))


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
    if cases.words_of(seen.file) is WhoseWords.NOBODYS:
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


def _happening(step: CaseStep, seen: SeenCase) -> Mapping[str, str]:
    """Say of one step that was taken when, what, by whom, and what was typed for it."""
    w = seen.w
    did = w(f"pack.step.{step.said.wording}")
    if step.kind in (StepKind.ASKED, StepKind.ANSWERED):
        did = f"{did} {capital(asked_in(step.said, w))}."  # type: ignore[arg-type]
    if where := cases.where_done(seen.file, step.said, w):
        did = f"{did} {where}."
    who, why = seen.name(step.actor), visible(step.why)
    return {"when": when(step.done_at, seen), "did": did, "who": who, "why": why}


_SEEN = (Check.GONE, Check.PRESENT, Check.CHANGED, Check.LOG_IN_WALL, Check.CANNOT_TELL)


def _evidence_page(con: Connection, seen: SeenCase, page: CasePage) -> CasePage:
    w = seen.w
    proof = prove(read_evidence(con, seen.case.id), Vault(seen.session.store.evidence), case_id=seen.case.id)
    faults = len(proof.faults)
    check = faults_words(faults, w) if faults else w("ladder.evidence.holds")
    kept = [*filter(None, [cases.kept_words(seen.file, w)]), *_captures(seen)]
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
    """Make the forms that keep evidence now: files, the page, what came with the post by mail."""
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
            kind = cases.code_words("evidence", (step.said.what or "page"), seen.w)
            said = seen.w(
                "ladder.evidence.kept", what=kind, when=when(step.done_at, seen), who=seen.name(step.actor)
            )
            where = cases.where_done(seen.file, step.said, seen.w)
            yield f"{said} {where}." if where else said


def _looks_page(seen: SeenCase, page: CasePage) -> CasePage:
    """Show what was seen so far; a look by the program, and what somebody saw who looked for themselves."""
    w = seen.w
    looks = tuple(_looks(seen))
    found = tuple((check.value, cases.code_words("check", check.value, w)) for check in _SEEN)
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
    for step in seen.file.steps:
        if isinstance(step.said, Checked) and (step.said.place or 1) == seen.case.place:
            found = cases.code_words("check", step.said.result.value, seen.w)
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
