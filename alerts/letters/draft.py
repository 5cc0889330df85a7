"""A letter drafted: whole, or what must be known first. Pure, but for reading the letters' own files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from alerts.letters import guards, templates
from alerts.letters.check import LetterCheck, wanted
from alerts.letters.kinds import (
    FORMAL,
    SPECS,
    LetterDraft,
    LetterFacts,
    LetterKind,
    LetterReader,
    LetterSpec,
    NoDraft,
    WantedFact,
)
from alerts.letters.offered import refusal, takes_the_formal_way
from alerts.letters.signing import complainant, office, signer, spokesperson
from alerts.letters.values import platform, values
from alerts.routes.route import Helpline, PlatformRoute, helplines, old
from data.cases import Case, CaseFile
from data.errors import InputError
from data.people import EMAIL
from data.types import Person, School
from data.words.say import Words, words

if TYPE_CHECKING:
    from alerts.ladder.rules import Rules

_TO = {
    LetterReader.AUTHOR: ("to",),
    LetterReader.STAFF: ("to",),
    LetterReader.POLICE: ("force",),
    LetterReader.OPERATOR: ("operator",),
}
_FROM_OTHERS = ("author", "url", "domain", "operator", "host", "registrar", "platform_reference")
_ABUSE = {LetterKind.HOST_ABUSE: "network_abuse", LetterKind.REGISTRAR_ABUSE: "registrar_abuse"}


def spec_of(kind: LetterKind, case: Case, rules: Rules) -> LetterSpec:
    """What this letter needs in this case."""
    return FORMAL if kind is LetterKind.MUMSNET and takes_the_formal_way(case, rules) else SPECS[kind]


def draft(kind: LetterKind, file: CaseFile, given: LetterFacts, rules: Rules) -> LetterDraft | NoDraft:
    """The letter, or what is missing. `given.facts` are cut to one line each.

    Raises InputError where a fact is none of this letter's, or a school's own file of it cannot be used.
    """
    url = (file.post.url or "") if file.post else ""
    code = refusal(kind, file.case, rules, given.now, url)
    if code is not None:
        return NoDraft(kind, why_not=rules.w(f"letter.why_not.{code}"))
    spec = spec_of(kind, file.case, rules)
    given = _tidy(kind, spec, given)
    look = LetterCheck(kind, spec, file, given, rules)
    filling = values(kind, spec, file, given, rules, spec is FORMAL)
    signed = _signed(look, filling)
    asked = tuple(wanted(look, filling))
    if not signed and not spec.own_name:
        asked = (*asked, WantedFact("signer", rules.w("letter.ask.signer")))
    if asked:
        return NoDraft(kind, asked)
    text = templates.filled(kind, given.language, rules.school.nation, rules.profile.letters, filling)
    return _drafted(look, filling, text, signed)


def _tidy(kind: LetterKind, spec: LetterSpec, given: LetterFacts) -> LetterFacts:
    facts = {name: guards.plain(said) for name, said in given.facts.items()}
    takes = (*spec.wants, *spec.may)
    for name in facts:
        if name not in takes:
            raise InputError(f"--fact {name}: this letter takes no such fact. It takes: {', '.join(takes)}.")
    return LetterFacts(given.now, given.language, facts)


def _signed(look: LetterCheck, filling: Mapping[str, object]) -> tuple[str, ...]:
    """Who stands under it: the individual alone in their own letter, else the office and the school."""
    case, rules, w = look.case, look.rules, words(look.given.language)
    own = complainant(case, rules)
    if look.spec.own_name or (look.spec.reader is LetterReader.PLATFORM and own and not case.locked):
        return (str(filling["name"]),) if filling["name"] else ()
    found = spokesperson(case, rules) if look.spec.reader is LetterReader.PRESS else signer(case, rules)
    return _as(found[0], office(found[1], rules.school.nation, w), rules.school) if found else ()


def _as(person: Person, role: str, school: School) -> tuple[str, ...]:
    return (person.name, role, school.name)


def _drafted(
    look: LetterCheck, filling: Mapping[str, object], text: str, signed: tuple[str, ...]
) -> LetterDraft:
    w, case = words(look.given.language), look.case
    subject, body = templates.parts(text)
    _sound(look, filling, (subject, *body))
    day = look.given.now.astimezone(look.rules.means.zone).date()
    return LetterDraft(
        kind=look.kind,
        language=look.given.language,
        urn=case.urn,
        case_id=case.id,
        day=day,
        title=w(f"letter.title.{look.kind.value}"),
        mark=w("letter.mark"),
        notice=_notice(look, filling, w),
        head=_head(look, signed),
        dated=w.full_day(day),
        reference=w("letter.reference", case=case.id),
        to=_to(look, filling),
        subject=subject,
        body=body,
        signed=signed,
        public=look.spec.reader in (LetterReader.PUBLIC, LetterReader.PRESS),
        mail_to=_mail_to(look),
    )


def _notice(look: LetterCheck, filling: Mapping[str, object], w: Words) -> str:
    """That it is a draft, and how it goes out, with the address of the platform's form or the helpline.

    What was looked at over six months ago is said to be old.
    """
    known: PlatformRoute | Helpline | None = None
    how, address, only = look.spec.reader.value, "", ""
    if look.kind is LetterKind.WIKIPEDIA:
        how = "oversight" if filling["private"] else "talk_page"
    if look.spec.reader is LetterReader.PLATFORM:
        known = row = platform(look.file)
        if how != "talk_page":
            address = row.form
            only = f" {w(f'letter.who.{row.who}')}" if w.has(f"letter.who.{row.who}") else ""
    if look.spec.reader is LetterReader.HELPLINE:
        known = line = helplines()[look.kind.value]
        address = line.mail or line.web
    said = w("letter.notice", how=w(f"letter.how.{how}")) + only
    today = look.given.now.astimezone(look.rules.means.zone).date()
    if known is not None and old(known, today):
        said += f" {w('letter.old', day=w.full_day(known.checked_on))}"
    return w("letter.form", notice=said, form=address) if address else said


def _head(look: LetterCheck, signed: tuple[str, ...]) -> tuple[str, ...]:
    """The school and where it is; in an individual's own letter their name."""
    school = look.rules.school
    if look.spec.own_name:
        return signed
    where = ", ".join(part for part in (school.street, school.locality, school.town, school.postcode) if part)
    return (school.name, where) if where else (school.name,)


def _to(look: LetterCheck, filling: Mapping[str, object]) -> tuple[str, ...]:
    if look.kind in _ABUSE:
        names: tuple[str, ...] = ("host",) if look.kind is LetterKind.HOST_ABUSE else ("registrar",)
    else:
        names = _TO.get(look.spec.reader, ())
    address = str(filling["address"]).split(",") if look.spec.reader is LetterReader.AUTHOR else []
    lines = [*(str(filling[name]) for name in names), *(part.strip() for part in address)]
    return tuple(line for line in lines if line)


def _mail_to(look: LetterCheck) -> str | None:
    if not {"host", "registrar"}.isdisjoint(look.given.facts):  # somebody else than the facts name
        return None
    address = look.case.hosting.get(_ABUSE.get(look.kind, ""), "")
    return address if EMAIL.fullmatch(address) else None


def _sound(look: LetterCheck, filling: Mapping[str, object], said: tuple[str, ...]) -> None:
    """A school's own file may not claim or threaten either. Raises InputError where it does.

    What was given was looked at by itself; what others call themselves and their pages is no claim of ours.
    """
    text = "\n".join(said)
    for name in (*look.given.facts, *_FROM_OTHERS):
        text = text.replace(str(filling[name]) or "\0", "")
    if phrase := guards.claim(text):
        raise InputError(
            f"The letter {look.kind.value} says “{phrase}”: that claims too much or may be read as a threat. "
            "Mend the file: docs/letters.md"
        )
