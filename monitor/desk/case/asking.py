"""Whom to ask, the third question of a case: one proposal and its letter; who else may be, what bars it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

from alerts.ladder.advance import Refusal
from alerts.ladder.refusals import remedy_of
from alerts.ladder.transitions import ON_LADDER, TABLE
from alerts.letters.allowed import letter_refusal, list_offers
from alerts.letters.kinds import LONG_FACTS, QUOTED_FACTS, LetterDraft, LetterKind, NoDraft
from alerts.letters.layout import write_draft
from alerts.pack.facts import Recipient, may_have_any
from alerts.wording.cases import code_words, is_account
from data.cases import Asking, Case, CaseState, Consent
from data.errors import SchoolgateError
from data.rungs import COPYRIGHT, Rung
from data.steps.acts import Refused, Values
from data.steps.asking import Asked
from data.steps.codes import RungAnswer, StepKind
from data.store.cases.cases import letter_facts
from data.store.engine.connect import Connection
from data.store.engine.rows import group_pairs
from data.web.urls import visible
from data.words.say import asking_words, capital
from monitor.act.casework.next_act import CAPTURE, LOOK
from monitor.act.casework.steps import NextStep
from monitor.act.letter import compose
from monitor.desk.case.page import AskedField, CaseForm, CasePage, LadderRung, Lead, SeenCase, when
from monitor.desk.case.questions import NOBODY, does, step_question


def act_address(case: Case, act: str = "", values: Mapping[str, object] | Values = ()) -> str:
    """Return the address at which an act of the case is done: at the page of its own, with what is settled of
    it.
    """
    said = [(k, value_text(v)) for k, v in (values.items() if isinstance(values, Mapping) else values)]
    return f"/case/{case.number}{f'/{act}' if act else ''}{f'?{urlencode(said)}' if said else ''}"


def value_text(said: object) -> str:
    return NOBODY if said == () else str(said)


def way_values(rung: Rung, kind: str) -> tuple[tuple[str, str], ...]:
    """Return what says that way in a form or an address."""
    return (("rung", rung.value), ("kind", kind))


def ladder_rungs(seen: SeenCase) -> Iterator[LadderRung]:
    """List the rungs from the author up; what bars several in a row is said of the first alone."""
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
    answer = code_words("answer", asking.answer.value, w) if asking.answer else w("ladder.no_answer")
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
    """Make the page that asks this rung in this way, or by this letter: `given` says which, and facts of
    it.
    """
    if (kind := letter_named(given.get("letter", ""))) is not None:
        rung, way = rung_asked_by(kind, seen)
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
    return _plain_page(seen, rung, way, page, reason=reason)


def letter_named(name: str) -> LetterKind | None:
    """The kind of letter that is called so."""
    return next((kind for kind in LetterKind if kind.value == name), None)


def rung_asked_by(kind: LetterKind, seen: SeenCase) -> tuple[Rung | None, str]:
    """Find whom that letter asks, and in which way, as far as is open; None where it asks nobody."""
    ways = [(rung, way.kind) for rung in Rung for way in rung.spec.ways if kind.value in way.letters]
    tried = {(way.rung, way.kind): way.refusal.guard if way.refusal else "" for way in seen.ways}
    ways.sort(key=lambda way: ("", "hosting_known", tried.get(way)).index(tried.get(way)))
    return ways[0] if ways else (None, "")


def letter_for(rung: Rung, way: str, seen: SeenCase) -> LetterKind | None:
    """The first letter of that way that the case allows; None where it is asked without one."""
    url = (seen.file.post.url or "") if seen.file.post else ""
    account = is_account(seen.case, seen.file.post)
    for name in rung.spec.letters_of(way):
        kind = LetterKind(name)
        if letter_refusal(kind, seen.case, seen.rules, seen.now, url, account=account) is None:
            return kind
    return None


def _plain_page(seen: SeenCase, rung: Rung, way: str, page: CasePage, *, reason: bool) -> CasePage:
    """The page that records that they were asked, without a letter of ours."""
    given = dict(way_values(rung, way)) | ({"reason": "yes"} if reason else {})
    form = step_question(StepKind.ASKED, given, seen)
    return replace(page, forms=(replace(form, heading=""), *_for_the_police(seen, rung)))


def _letter_page(
    con: Connection, seen: SeenCase, kind: LetterKind, rung: Rung | None, way: str, given: Mapping[str, str],
    page: CasePage,
) -> CasePage:  # fmt: skip
    """Make the page with that letter, to be copied, saved, and recorded as sent; and what it still must
    know.
    """
    w = seen.w
    facts = facts_in(given) or letter_facts(con, seen.case.id, kind.value)
    try:
        first = compose(con, seen.session, seen.file, kind, {}, seen.now)
        made = compose(con, seen.session, seen.file, kind, facts, seen.now)
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
    account = is_account(seen.case, seen.file.post)
    every = list_offers(seen.case, seen.rules, seen.now, url, account=account)
    leads = tuple(letter_lead(o.kind, seen) for o in every if o.possible)
    barred = group_pairs((o.why_not, w(f"letter.title.{o.kind.value}")) for o in every if not o.possible)
    why = tuple(f"{'; '.join(titles)}. {why}" for why, titles in barred.items())
    lead = w("ladder.letters.lead" if leads else "ladder.letters.none")
    return replace(page, lines=(lead,), leads=leads, barred=why)
