"""The pages beside a case: its letters, its evidence, a look at its post, who hosts it, and its packs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from alerts.letters.allowed import offered
from alerts.letters.kinds import LONG_FACTS, QUOTED_FACTS, LetterDraft, LetterKind, NoDraft
from alerts.letters.layout import text
from alerts.pack.facts import Recipient, may_have_any
from alerts.wording.cases import code_words, is_account, kept_words, where_done
from data.evidence.handed_in import FIELDS, HowItCame, PictureShows
from data.evidence.vault import Vault
from data.rungs import COPYRIGHT
from data.steps.codes import Check
from data.steps.keeping import EvidenceKept
from data.store.engine.connect import Connection
from data.store.engine.rows import grouped
from data.store.verdicts.stories import enclosures_of
from data.web.channels import Keeping, channel
from data.web.urls import visible
from data.words.say import Words, asking_words
from monitor.act.casework.evidence.proving import prove, read_evidence
from monitor.desk.case.page import Lead, SeenCase, SideForm, here, when
from monitor.desk.case.questions import AskedField

SIDES = ("letters", "evidence", "look", "host", "pack")
_SEEN = (Check.GONE, Check.PRESENT, Check.CHANGED, Check.LOG_IN_WALL, Check.CANNOT_TELL)


@dataclass(frozen=True, slots=True)
class SidePage:
    """A page beside a case: what it says, its forms, a letter where one was drafted; `told` is what became of
    what was just done, `typed` what was said in a form that came to nothing."""

    number: str
    act: str
    version: str
    heading: str
    lines: tuple[str, ...] = ()
    forms: tuple[SideForm, ...] = ()
    not_these: tuple[str, ...] = ()
    letter: str = ""
    letter_title: str = ""
    warnings: tuple[str, ...] = ()
    told: str = ""
    wrong: bool = False
    remedy: str = ""
    remedy_leads: tuple[Lead, ...] = field(default=())
    typed: tuple[str, ...] = ()
    here: str = ""

    def asking(self, do: str, asked: AskedField) -> SidePage:
        """The page with one more field, in the form that does this."""
        forms = (replace(f, fields=(*f.fields, asked)) if f.buttons[0][0] == do else f for f in self.forms)
        return replace(self, forms=tuple(forms))


def side(con: Connection, seen: SeenCase, act: str) -> SidePage:
    """That page as it is now."""
    page = SidePage(seen.case.number, act, seen.version, seen.w(f"ladder.page.{act}"), here=here(seen))
    return {"letters": _letters, "evidence": _evidence, "look": _look, "host": _host, "pack": _pack}[act](
        con, seen, page
    )


def _letters(con: Connection, seen: SeenCase, page: SidePage) -> SidePage:
    w, url = seen.w, (seen.file.post.url or "") if seen.file.post else ""
    account = is_account(seen.case, seen.file.post)
    every = offered(seen.case, seen.rules, seen.now, url, account=account)
    may = [offer.kind.value for offer in every if offer.possible]
    buttons = tuple(
        SideForm((("draft", w(f"letter.title.{kind}")),), hidden=(("letter", kind),), quiet=True)
        for kind in may
    )
    barred = grouped((o.why_not, w(f"letter.title.{o.kind.value}")) for o in every if not o.possible)
    not_these = tuple(f"{'; '.join(titles)}. {why}" for why, titles in barred.items())
    return replace(
        page,
        lines=(w("ladder.letters.lead" if may else "ladder.letters.none"),),
        forms=buttons,
        not_these=not_these,
    )


def asks_for_letter(seen: SeenCase, missing: NoDraft, facts: Mapping[str, str]) -> SidePage:
    """What a letter still must know, each a field; or why there is none."""
    w, kind = seen.w, missing.kind.value
    page = SidePage(seen.case.number, "letters", seen.version, w(f"letter.title.{kind}"), here=here(seen))
    if not missing.wanted:
        return replace(page, told=missing.why_not, wrong=True)
    fields = tuple(
        AskedField(
            f"fact_{want.fact}",
            want.question,
            "words" if want.fact in _LONG else "line",
            chosen=facts.get(want.fact, ""),
            needed=True,
        )
        for want in missing.wanted
    )
    known = tuple(
        (f"fact_{name}", said)
        for name, said in facts.items()
        if name not in {want.fact for want in missing.wanted}
    )
    form = SideForm((("draft", w("ladder.letters.draft")),), fields, (("letter", kind), *known))
    return replace(page, lines=(w("ladder.letters.wants"),), forms=(form,))


_LONG = LONG_FACTS | QUOTED_FACTS


def drafted_page(seen: SeenCase, draft: LetterDraft, facts: Mapping[str, str]) -> SidePage:
    """The letter: to be read, copied, saved, and recorded as sent with the words that were sent."""
    w, kind = seen.w, draft.kind.value
    kept = (("letter", kind), *((f"fact_{name}", said) for name, said in facts.items()))
    save = SideForm(
        (("eml", w("ladder.letters.as_mail")), ("pdf", w("ladder.letters.as_pdf"))), hidden=kept, quiet=True
    )
    words = text(draft)
    return SidePage(
        seen.case.number,
        "letters",
        seen.version,
        draft.title,
        (draft.notice,),
        (save, *_sending(seen, draft, words)),
        letter=visible(words),
        letter_title=w(f"letter.title.{kind}"),
        warnings=draft.warnings,
    )


def _sending(seen: SeenCase, draft: LetterDraft, words: str) -> Iterator[SideForm]:
    """That it was sent, at the rung that it asks, with the words as they went out; a copyright notice names
    its host itself."""
    w, kind = seen.w, draft.kind
    notice = kind is LetterKind.COPYRIGHT_NOTICE
    asks = (
        way for way in seen.ways if kind.value in way.rung.spec.letters and (way.kind == COPYRIGHT) is notice
    )
    open_to_it = (None, "hosting_known") if notice else (None,)
    ways = [way for way in asks if (way.refusal and way.refusal.guard) in open_to_it]
    if not ways:
        return
    rung = ways[0].rung
    options = tuple((way.kind or "plain", asking_words(rung, way.kind, w)) for way in ways)
    chosen = options[-1][0]
    how = AskedField("way", w("case.asks.way"), "pick", options, chosen, needed=True)
    said = AskedField("sent", w("ladder.letters.words"), "words", chosen=words, needed=True, long=True)
    to = AskedField("reference", w("pack.name.asked.reference"), "line")
    whom = AskedField(
        "channel", w("pack.name.asked.channel"), "line", chosen=", ".join(draft.to), needed=True
    )
    fields = (how, *((whom,) if notice else ()), said, to)
    hidden = (("letter", kind.value), ("rung", rung.value))
    yield SideForm((("sent", w("ladder.letters.sent")),), fields, hidden, w("ladder.letters.did"))


def _evidence(con: Connection, seen: SeenCase, page: SidePage) -> SidePage:
    w = seen.w
    proof = prove(read_evidence(con, seen.case.id), Vault(seen.session.store.evidence), case_id=seen.case.id)
    faults = len(proof.faults)
    check = faults_words(faults, w) if faults else w("ladder.evidence.holds")
    kept = [*filter(None, [kept_words(seen.file, w)]), *_captures(seen)]
    lines = (*kept, check) if kept or faults else (w("ladder.evidence.none"),)
    hint = (w("ladder.evidence.hand_in"),) if seen.keeps else ()
    more = tuple(_more_evidence(con, seen)) if seen.keeps else ()
    return replace(page, lines=(*lines, *hint), forms=(*evidence_forms(seen), *more))


def faults_words(n: int, w: Words) -> str:
    """That so many things are not as they were kept."""
    return w("ladder.evidence.faults", n=n, count=w.number(n))


def evidence_forms(seen: SeenCase) -> tuple[SideForm, ...]:
    """What keeps evidence now: first of all a file, where the pages of its place are a wall."""
    if not seen.keeps:
        return ()
    w = seen.w
    page = SideForm((("capture", w("ladder.evidence.capture")),), heading=w("ladder.evidence.page"))
    walled = bool(seen.case.channel) and channel(seen.case.channel).keeping is not Keeping.PAGE
    return (_handed_in(seen), page) if walled else (page, _handed_in(seen))


def _more_evidence(con: Connection, seen: SeenCase) -> Iterator[SideForm]:
    """The page with its pictures; what came with the post by mail; more about what is kept."""
    w, mention = seen.w, seen.case.mention_id
    if seen.pictures:
        why = AskedField("why", w("ladder.why"), "line", needed=True)
        button, heading = ("pictures", w("ladder.evidence.capture")), w("ladder.evidence.with_pictures")
        yield SideForm((button,), (why,), heading=heading, quiet=True)
    if mention and enclosures_of(con, mention):
        button, heading = ("attachment", w("ladder.evidence.keep_mail")), w("ladder.evidence.mail")
        yield SideForm((button,), tuple(_asks_of_files(seen)), heading=heading, quiet=True)
    steps = (step.said for step in seen.file.steps)
    kept = tuple((s.capture, s.capture) for s in steps if isinstance(s, EvidenceKept) and s.capture)
    if kept:
        which = AskedField("adds_to", w("ladder.evidence.which"), "choose", kept, needed=True)
        more = tuple(known_fields(w, "add_"))
        button, heading = ("add", w("ladder.button.record")), w("ladder.evidence.add")
        yield SideForm((button,), (which,), heading=heading, quiet=True, more=more)


def _asks_of_files(seen: SeenCase) -> Iterator[AskedField]:
    """What files must not show; where no picture may be kept, that they show words alone."""
    w = seen.w
    answers = tuple((said.value, w(f"desk.tell.answer.picture.{said.value}")) for said in PictureShows)
    yield AskedField("shows", w("desk.tell.ask.picture"), "pick", answers, needed=True)
    if not seen.pictures:
        yield AskedField("words_alone", w("ladder.evidence.words_alone"), "pick", _yes_no(w), needed=True)


def known_fields(w: Words, prefix: str = "") -> Iterator[AskedField]:
    """What may be known of a post that somebody brought (`data.evidence.handed_in.FIELDS`)."""
    came = tuple((how.value, w(f"pack.came.{how.value}")) for how in HowItCame)
    for name in FIELDS:
        how = {"words": "words", "came": "choose", "logged_in": "choose"}.get(name, "line")
        options = {"came": came, "logged_in": _yes_no(w)}.get(name, ())
        yield AskedField(prefix + name, w(f"tell.asks.{name}"), how, options)


def _yes_no(w: Words) -> tuple[tuple[str, str], ...]:
    return ("no", w("pack.code.no")), ("yes", w("pack.code.yes"))


def _handed_in(seen: SeenCase) -> SideForm:
    """Files that somebody brought, what they must not show, and what is known of the post."""
    w = seen.w
    file = AskedField("file", w("ladder.evidence.file"), "file", needed=True)
    button, fields = ("picture", w("ladder.evidence.keep_picture")), (*_asks_of_files(seen), file)
    return SideForm((button,), fields, heading=w("ladder.evidence.picture"), more=tuple(known_fields(w)))


def _captures(seen: SeenCase) -> Iterator[str]:
    for step in seen.file.steps:
        if isinstance(step.said, EvidenceKept):
            kind = code_words("evidence", (step.said.what or "page"), seen.w)
            said = seen.w(
                "ladder.evidence.kept", what=kind, when=when(step.done_at, seen), who=seen.name(step.actor)
            )
            where = where_done(seen.file, step.said, seen.w)
            said = f"{said} ({step.said.capture})" if step.said.capture else said
            yield f"{said} {where}." if where else said


def _look(con: Connection, seen: SeenCase, page: SidePage) -> SidePage:
    w = seen.w
    looks = tuple(
        w("ladder.look.was", what=code_words("check", look.result.value, w), when=when(look.at, seen))
        for look in seen.case.checks
    )
    found = tuple((check.value, code_words("check", check.value, w)) for check in _SEEN)
    saw = AskedField("result", w("ladder.look.result"), "pick", found, needed=True)
    how = AskedField("why", w("ladder.look.how"), "line", needed=True)
    fields = (saw, how, AskedField("signed_in", "", "tick", (("yes", w("ladder.look.signed_in")),)))
    mine = SideForm((("saw", w("ladder.button.record")),), fields, heading=w("ladder.look.mine"))
    program = SideForm((("look", w("ladder.look.now")),), heading=w("ladder.look.program"), quiet=True)
    return replace(page, lines=(*looks, w("ladder.look.lead")), forms=(mine, program))


def _host(con: Connection, seen: SeenCase, page: SidePage) -> SidePage:
    w, known = seen.w, seen.case.hosting
    names = ("host", "registrar", "network")
    lines = tuple(f"{w(f'pack.name.hosted.{name}')}: {known[name]}" for name in names if known.get(name))
    ask = SideForm((("host", w("ladder.host.look")),))
    return replace(page, lines=lines or (w("ladder.host.lead"),), forms=(ask,))


def _pack(con: Connection, seen: SeenCase, page: SidePage) -> SidePage:
    w, nation = seen.w, seen.rules.school.nation
    to = tuple((r.value, w(r.key(nation))) for r in Recipient if may_have_any(seen.case, r))
    fields = []
    if seen.case.restricted or seen.case.locked:
        fields.append(AskedField("why", w("ladder.why"), "line", needed=True))
    course = AskedField("chronology", w("ladder.pack.chronology"), "pick", _yes_no(w), "no")
    if seen.case.chronology_by is not None:
        fields.append(course)
    fields.append(AskedField("to", w("ladder.pack.to"), "press", to))
    return replace(page, lines=(w("ladder.pack.lead"),), forms=(SideForm(fields=tuple(fields)),))
