"""The second question of a case, what is kept; the fourth, whether it is gone; who hosts it, and exhibits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from alerts.pack.facts import Recipient, may_have_any
from alerts.wording.cases import code_words, kept_words, where_done
from data.evidence.vault import Vault
from data.steps.codes import Check
from data.steps.keeping import EvidenceKept
from data.store.engine.connect import Connection
from data.store.verdicts.stories import enclosures_of
from data.web.channels import Keeping, channel
from data.words.say import Words
from monitor.act.casework.evidence.proving import prove, read_evidence
from monitor.desk.case.page import AskedField, CasePage, Form, SeenCase, when
from monitor.desk.case.questions import does, shows_words

_SEEN = (Check.GONE, Check.PRESENT, Check.CHANGED, Check.LOG_IN_WALL, Check.CANNOT_TELL)


def keep(con: Connection, seen: SeenCase, page: CasePage) -> CasePage:
    """What is held, whether it is as it was, and what keeps more."""
    w = seen.w
    proof = prove(read_evidence(con, seen.case.id), Vault(seen.session.store.evidence), case_id=seen.case.id)
    faults = len(proof.faults)
    check = faults_words(faults, w) if faults else w("ladder.evidence.holds")
    kept = [*filter(None, [kept_words(seen.file, w)]), *_captures(seen)]
    lines = (*kept, check) if kept or faults else (w("ladder.evidence.none"),)
    hint = (w("ladder.evidence.hand_in"),) if seen.keeps else ()
    forms = tuple(_keeping(con, seen)) if seen.keeps else ()
    return replace(page, lines=(*lines, *hint), forms=forms)


def faults_words(n: int, w: Words) -> str:
    """That so many things are not as they were kept."""
    return w("ladder.evidence.faults", n=n, count=w.number(n))


def keeps_page(seen: SeenCase) -> bool:
    """May its page be kept without a tap, and has nobody tried?"""
    tried = (s.said for s in seen.file.steps if isinstance(s.said, EvidenceKept) and s.said.what != "told")
    here = any((said.place or 1) == seen.case.place for said in tried)
    public = bool(seen.case.channel) and channel(seen.case.channel).keeping is Keeping.PAGE
    return seen.keeps and public and seen.case.classified_by is not None and not here


def _keeping(con: Connection, seen: SeenCase) -> Iterator[Form]:
    """What keeps evidence now: files; the page, with its pictures where these may be kept; what came with the
    post by mail."""
    w, mention = seen.w, seen.case.mention_id
    file = AskedField("file", w("ladder.evidence.file"), "file", needed=True)
    yield Form(
        "keep", (does(w("ladder.evidence.keep_picture"), "picture"),), (*_asks_of_files(seen), file),
        more=tuple(AskedField(name, w(f"tell.asks.{name}"), "line") for name in ("seen_by", "seen_at")),
        heading=w("ladder.evidence.picture"),
    )  # fmt: skip
    button = does(w("ladder.evidence.capture"), "capture")
    yield Form("keep", (button,), heading=w("ladder.evidence.page"), quiet=True)
    if seen.pictures:
        why = AskedField("why", w("ladder.why"), "line", needed=True)
        button = does(w("ladder.evidence.capture"), "pictures")
        yield Form("keep", (button,), (why,), heading=w("ladder.evidence.with_pictures"), quiet=True)
    if mention and enclosures_of(con, mention):
        button, fields = does(w("ladder.evidence.keep_mail"), "attachment"), tuple(_asks_of_files(seen))
        yield Form("keep", (button,), fields, heading=w("ladder.evidence.mail"), quiet=True)


def _asks_of_files(seen: SeenCase) -> Iterator[AskedField]:
    """What files must not show; where no picture may be kept, that they show words alone."""
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
            said = f"{said} ({step.said.capture})" if step.said.capture else said
            yield f"{said} {where}." if where else said


def gone(seen: SeenCase, page: CasePage) -> CasePage:
    """What was seen so far; a look by the program, and what somebody saw who looked for themselves."""
    w = seen.w
    looks = tuple(look_words(seen))
    found = tuple((check.value, code_words("check", check.value, w)) for check in _SEEN)
    saw = AskedField("result", w("ladder.look.result"), "pick", found, needed=True)
    how = AskedField("why", w("ladder.look.how"), "line", needed=True)
    signed_in = AskedField("signed_in", "", "tick", (("yes", w("ladder.look.signed_in")),))
    mine = Form(
        "gone", (does(w("ladder.button.record"), "saw"),), (saw, how, signed_in),
        heading=w("ladder.look.mine"), quiet=True,
    )  # fmt: skip
    program = Form("gone", (does(w("ladder.look.now"), "look"),))
    return replace(page, lines=(*looks, w("ladder.look.lead")), forms=(program, mine))


def look_words(seen: SeenCase) -> Iterator[str]:
    """Each look whether it is gone: what was found, and when."""
    for look in seen.case.checks:
        found = code_words("check", look.result.value, seen.w)
        yield seen.w("ladder.look.was", what=found, when=when(look.at, seen))


def host(seen: SeenCase, page: CasePage) -> CasePage:
    """Who hosts it, as far as that was found."""
    w, known = seen.w, seen.case.hosting
    names = ("host", "registrar", "network")
    lines = tuple(f"{w(f'pack.name.hosted.{name}')}: {known[name]}" for name in names if known.get(name))
    form = Form("host", (does(w("ladder.host.look"), "host"),))
    return replace(page, lines=lines or (w("ladder.host.lead"),), forms=(form,))


def pack(seen: SeenCase, page: CasePage) -> CasePage:
    """For whom exhibits can be made."""
    w, nation = seen.w, seen.rules.school.nation
    to = tuple(does(w(r.key(nation)), r.value, "to") for r in Recipient if may_have_any(seen.case, r))
    fields = []
    if seen.case.restricted or seen.case.locked:
        fields.append(AskedField("why", w("ladder.why"), "line", needed=True))
    if seen.case.chronology_by is not None:
        fields.append(AskedField("chronology", w("ladder.pack.chronology"), "pick", _yes_no(w), "no"))
    form = Form("pack", to, tuple(fields), heading=w("ladder.pack.to"), quiet=True)
    return replace(page, lines=(w("ladder.pack.lead"),), forms=(form,))
