"""Drafting a letter: the whole letter, or what must be known first, and what it holds that may be unwise.
That is said beside it and refuses nothing. Pure, except that it reads the templates.

A notice under section 5 has to set out the statement itself (section 5(6)(b)), so the statement is quoted as
it is whatever it holds; and what the person complaining says of it is their own account.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from alerts.access.knowing import spokesperson
from alerts.ladder.rules import Rules
from alerts.letters import forbidden_words
from alerts.letters.facts import (
    HARMS,
    LAWS,
    OWNERS,
    SWITCHES,
    deadline,
    fact_of_post,
    ground_to_overrule,
    grounds,
    harms,
    parents,
    platform,
    posted_words,
    private_on_wikipedia,
    values,
    victim,
    yes,
    yes_or_no,
)
from alerts.letters.kinds import (
    FORMAL,
    LONG_FACTS,
    PARENTS,
    QUOTED_FACTS,
    SPECS,
    LetterCheck,
    LetterDraft,
    LetterFacts,
    LetterKind,
    LetterReader,
    LetterSpec,
    NoDraft,
    WantedFact,
    account_ways,
    letter_refusal,
    takes_the_formal_way,
)
from alerts.letters.layout import complainant, fill_letter, parts, postal_address, restore_quotes, signer
from alerts.ways import Helpline, OtherWay, PlatformRoute, WayOf, helplines, old, route
from alerts.wording.cases import is_account, office
from data.cases import Case, CaseFile, Consent
from data.content_class import ContentClass
from data.errors import InputError
from data.people import EMAIL
from data.register.calendar import local_day
from data.steps.codes import Complainant
from data.types import THEMES, About, Person
from data.web.channels import CHANNELS, PlaceKind
from data.words.say import Words, words

_OWN, _LONG, _SHORT = 10_000, 2000, 300
_SURE = ("no_details", "age_13", "good_faith", "authority")
_MAY_NAME = frozenset(("to", "address", "name", "email", "url", "complaints_url", "source", "signer"))
_MAY_NAME |= {"profile", "original", "searched", "author_name"}
"""Facts that are names or addresses themselves."""
_OPEN = frozenset((LetterReader.PUBLIC, LetterReader.PRESS))
_NO_CLAIM = frozenset(("answer",))
"""What a platform answered: no claim of ours."""
_WEB = frozenset(("url", "complaints_url", "profile", "original"))
_REACHES = frozenset(("contact", "telephone"))
_ONE_OF: Mapping[str, tuple[str, ...]] = {"owner": tuple(OWNERS), "law": LAWS}
_EXACT = frozenset((LetterKind.POLICE, LetterKind.MUMSNET))
_ONLY_WITH_WORDS = frozenset(("youtube", "trustpilot"))
"""YouTube refuses “the whole video”; Trustpilot asks which words."""


def is_own_account(check: LetterCheck, fact: str) -> bool:
    """Is it what the person complaining says in a letter of their own? It is not refused: it is theirs."""
    return check.spec.own_name and fact in LONG_FACTS


def list_wanted(check: LetterCheck, values: Mapping[str, object]) -> Iterator[WantedFact]:
    """List what is missing, in the order in which the letter needs it, then what has to be changed."""
    ask = check.rules.w
    # what the letter must know, including the words for a platform that accepts no report without them
    words_wanted = (
        check.kind in (LetterKind.PLATFORM_REPORT, LetterKind.PLATFORM_APPEAL)
        and platform(check.file).key in _ONLY_WITH_WORDS
        and check.case.content_class not in (ContentClass.COPYRIGHT, ContentClass.IMPERSONATION)
        and not _unquotable(check.case)
    )
    code = check.case.content_class
    # what is known of any danger is asked, never supposed; of a parent, the name is their child's
    more = {
        "words": words_wanted,
        "danger": check.kind is LetterKind.POLICE and code == ContentClass.THREAT,
        "operator": check.kind is LetterKind.S5_NOTICE,
        "posed_as": check.kind is LetterKind.ACCOUNT_REPORT and code == ContentClass.IMPERSONATION,
        "searched": check.kind is LetterKind.SEARCH_RESULT and check.case.complainant is Complainant.PARENT,
    }
    for fact in (*check.spec.wants, *(name for name, asked in more.items() if asked)):
        if not check.given.facts.get(fact) and not values[fact]:
            yield WantedFact(fact, question(check, fact))
    for fact, said in check.given.facts.items():
        if said and (fault := _fault(check, fact, said)):
            yield WantedFact(fact, ask(f"letter.remedy.{fault[0]}", fact=fact, **fault[1]))


def question(check: LetterCheck, fact: str) -> str:
    w = check.rules.w
    if fact == "ground" and (has := _grounds(check)):
        return w("letter.ask.ground_of", grounds="; ".join(has))
    if fact == "wrong" and check.kind is LetterKind.WIKIPEDIA and private_on_wikipedia(check.case):
        return w("letter.ask.private")
    if check.kind is LetterKind.COPYRIGHT_NOTICE and w.has(f"letter.ask.owners_{fact}"):
        return w(f"letter.ask.owners_{fact}")
    if fact == "theme":
        return w("letter.ask.theme", themes=", ".join(THEMES))
    return w(f"letter.ask.{fact}", harms=_harms(check), number=check.case.id)


Fault = tuple[str, dict[str, str]]


def _fault(check: LetterCheck, fact: str, said: str) -> Fault | None:
    if fact in QUOTED_FACTS:
        # Words of the post: never refused where their reader cannot do without them, as a notice cannot.
        exact = fact == "statement" or check.kind in _EXACT or platform(check.file).key in _ONLY_WITH_WORDS
        barred = check.case.locked if exact else _unquotable(check.case)
        return ("child", {}) if barred else None
    most = _OWN if is_own_account(check, fact) else _LONG if fact in LONG_FACTS else _SHORT
    if len(said) > most:
        return "long", {"most": str(most)}
    return _form(check, fact, said) or _content(check, fact, said)


def _form(check: LetterCheck, fact: str, said: str) -> Fault | None:
    if fact == "email" and not EMAIL.fullmatch(said):
        return "email", {}
    if fact in _WEB and not forbidden_words.WEB.fullmatch(said):
        return "web", {}
    if fact in _REACHES and not forbidden_words.REACHES.search(said):
        return "reach", {}
    if fact == "by" and check.spec.reader is not LetterReader.STAFF and deadline(check) is None:
        return "by", {}
    if fact in (*_SURE, *SWITCHES) and not yes_or_no(said):
        return "yes_no", {}
    if fact in _SURE and not yes(said):
        return "sure", {}
    return _one_of(check, fact, said)


def _one_of(check: LetterCheck, fact: str, said: str) -> Fault | None:
    if fact in _ONE_OF and said.casefold() not in _ONE_OF[fact]:
        return fact, {}
    if fact == "theme" and said not in THEMES:
        return "theme", {"themes": ", ".join(THEMES)}
    if fact == "harm" and said.casefold() not in harms(words(check.given.language)):
        return "harm", {"harms": _harms(check)}
    has = _grounds(check) if fact == "ground" else ()
    if has and said.casefold() not in {ground.casefold() for ground in has}:
        return "ground", {"grounds": "; ".join(has)}
    if fact == "operator" and forbidden_words.SEARCH.search(said):
        return "search", {}
    return None


def _content(check: LetterCheck, fact: str, said: str) -> Fault | None:
    if is_own_account(check, fact):
        return None
    claims = forbidden_words.threat if fact in _NO_CLAIM else forbidden_words.claim
    if phrase := claims(said):
        return "claim", {"phrase": phrase}
    if check.spec.reader is LetterReader.STAFF or fact in _MAY_NAME:
        return None
    if check.case.locked and check.kind is not LetterKind.POLICE and forbidden_words.DATE.search(said):
        return "date", {}
    if name := forbidden_words.find_name(said, people_never_named(check, fact), check.rules.school.name):
        return "name", {"name": name}
    if forbidden_words.year_group(said):
        return "year", {}
    post = check.file.post
    if check.spec.reader not in _OPEN or post is None:
        return None
    if forbidden_words.names(said, post.author):
        return "author", {}
    if forbidden_words.FAMILY.search(said):
        return "family", {}
    if fact not in ("contact", "theme") and forbidden_words.repeats(said, post.title, post.text):
        return "quote", {}
    return None


def _unquotable(case: Case) -> bool:
    return case.about is About.PUPIL or case.content_class == ContentClass.CONFIDENTIAL or case.locked


def people_never_named(check: LetterCheck, fact: str) -> Sequence[Person]:
    """List who a letter to others never names: everybody except the signatory and the complainant."""
    case, rules = check.case, check.rules
    kept = {case.target, *case.subjects}
    signed, own = signer(case, rules), complainant(case, rules)
    spoken = {p.id for p in (signed and signed[0], own) if p} - ({own.id} if own and case.locked else set())
    if check.kind is LetterKind.POLICE and (target := victim(case)):
        spoken.add(target)
    if fact in ("contact", "seen"):
        spoken |= {p.id for p in rules.people} - kept
    if check.spec.reader in _OPEN:
        spoken = set()
    return [p for p in rules.people if p.id not in spoken]


def _harms(check: LetterCheck) -> str:
    return "; ".join(check.rules.w(f"letter.harm.{code}") for code in HARMS)


def _grounds(check: LetterCheck) -> Sequence[str]:
    return grounds(check.file, words(check.given.language))


def unwise(check: LetterCheck, values: Mapping[str, object]) -> Iterator[str]:
    ask, case, whole = check.rules.w, check.case, fact_of_post(check)
    if not check.given.holds:
        yield ask("letter.unwise.broken", case=case.id)
    if check.kind is LetterKind.POLICE and case.consent is Consent.OVERRIDDEN and not values["imminent"]:
        yield ask("letter.unwise.no_call", ground=ground_to_overrule(check.file, ask))
    if whole:
        yield ask(f"letter.unwise.{_how_whole(check.file, values[whole])}", fact=whole)
    if check.kind is LetterKind.ACCOUNT_REPORT and case.content_class == ContentClass.IMPERSONATION:
        yield ask("letter.unwise.parody")
    if case.about is About.PUPIL and any(values[fact] for fact in QUOTED_FACTS):
        yield ask("letter.unwise.child")
    takes = {*check.spec.wants, *check.spec.may, whole}
    people = ask("letter.people").split()
    for fact in ("why", "what"):
        word = forbidden_words.find_pronoun(str(values[fact]), people) if fact in takes else ""
        if word and not is_own_account(check, fact):
            yield ask("letter.unwise.pronoun", fact=fact, word=word)
    for fact in values:
        if fact in takes:
            yield from _of(check, fact, values[fact], given=fact != whole)


def _how_whole(file: CaseFile, quoted: object) -> str:
    """Is it a part of the post that is quoted, or the whole, or that after it was edited?"""
    if quoted != posted_words(file):
        return "part"
    edited = file.post is not None and (file.post.version > 1 or file.beside)
    return "whole_edited" if edited else "whole"


def _of(check: LetterCheck, fact: str, said: object, *, given: bool) -> Iterator[str]:
    if not isinstance(said, str) or not said:
        return
    if fact not in QUOTED_FACTS and not is_own_account(check, fact):
        return
    ask, others = check.rules.w, "" if check.spec.reader not in _PASSED_ON else "_passed_on"
    posted = posted_words(check.file)
    if fact in QUOTED_FACTS and given and posted and said not in posted:
        yield ask("letter.unwise.not_there", fact=fact)
    if check.spec.reader is LetterReader.AUTHOR and given:  # their own words, back to them
        return
    # whose name is worth a thought: everybody but who signs or complains, and these too where they do not
    # agree to their name being passed on
    kept = list(people_never_named(check, fact))
    if check.spec.reader in _PASSED_ON and not yes(check.given.facts.get(SWITCHES[0], "")):
        kept += [p for p in check.rules.people if p.id == check.case.complainant_person]
    if name := forbidden_words.find_name(said, kept, check.rules.school.name):
        yield ask(f"letter.unwise.name{others}", fact=fact, name=name)
    if forbidden_words.year_group(said):
        yield ask(f"letter.unwise.year{others}", fact=fact)
    if fact not in QUOTED_FACTS and (phrase := forbidden_words.threat(said)):
        yield ask("letter.unwise.threat", fact=fact, phrase=phrase)


_PASSED_ON = frozenset((LetterReader.OPERATOR,))
"""An operator sends whoever posted it a copy of the notice."""

_FROM_OTHERS = (
    *("author", "url", "domain", "operator", "host", "registrar", "provider", "platform_reference"),
    *("the_post", "time_shown"),
)
_BOTH = "share_details"
"""One answer for name and e-mail address, as notices were once asked for."""


def spec_of(kind: LetterKind, case: Case, rules: Rules, facts: Mapping[str, str]) -> LetterSpec:
    """The needs of this letter in this case, with what was given for it so far."""
    if kind is LetterKind.COPYRIGHT_NOTICE and parents(facts):
        return PARENTS
    formal = kind is LetterKind.MUMSNET and takes_the_formal_way(case, rules)
    return FORMAL if formal else SPECS[kind]


def draft(kind: LetterKind, file: CaseFile, given: LetterFacts, rules: Rules) -> LetterDraft | NoDraft:
    """The letter, or what is missing. `given.facts` are cut to one line each. Raises InputError if a fact is
    not one of this letter's, or a school's own file cannot be used."""
    url = (file.post.url or "") if file.post else ""
    account = is_account(file.case, file.post)
    code = letter_refusal(kind, file.case, rules, given.now, url, account=account)
    if code is not None:
        return NoDraft(why_not=rules.w(f"letter.why_not.{code}", number=file.case.id))
    spec = spec_of(kind, file.case, rules, given.facts)
    given = _tidy(spec, given)
    check = LetterCheck(kind, spec, file, given, rules)
    filling = values(check)
    signed = _signatories(check, filling)
    asked = tuple(list_wanted(check, filling))
    if not signed and not spec.own_name:
        asked = (*asked, WantedFact("signer", rules.w("letter.ask.signer")))
    if asked:
        return NoDraft(asked)
    quotes = {name: str(filling[name]) for name in QUOTED_FACTS}
    # a mark in place of each quoted text, so that nothing is made of its lines
    apart = filling | {name: f"\0{name}\0" for name, said in quotes.items() if said}
    text = fill_letter(kind, given.language, rules.school.nation, rules.profile.letters, apart)
    return _make_draft(check, filling, text, signed)


def _tidy(spec: LetterSpec, given: LetterFacts) -> LetterFacts:
    # one line of what can be seen; of a quotation nothing is changed but how its lines end
    facts = {
        name: re.sub("\r\n?", "\n", said) if name in QUOTED_FACTS else forbidden_words.plain_line(said)
        for name, said in given.facts.items()
    }
    takes = (*spec.wants, *spec.may)
    if (both := facts.pop(_BOTH, "")) and SWITCHES[0] in takes:
        facts = dict.fromkeys(SWITCHES, both) | facts
    for name in facts:
        if name not in takes:
            raise InputError(f"{name}: this letter takes no such fact. It takes: {', '.join(takes)}.")
    return replace(given, facts=facts)


def _signatories(check: LetterCheck, filling: Mapping[str, object]) -> tuple[str, ...]:
    """Say who signs it: the individual alone in their own letter, otherwise the office and the school."""
    case, rules, w = check.case, check.rules, words(check.given.language)
    own = complainant(case, rules)
    if check.spec.own_name or (check.spec.reader is LetterReader.PLATFORM and own and not case.locked):
        return (str(filling["name"]),) if filling["name"] else ()
    press = check.spec.reader is LetterReader.PRESS
    found = spokesperson(rules.matter(case), rules.people) if press else signer(case, rules)
    return (found[0].name, office(found[1], rules.school, w), rules.school.name) if found else ()


def _make_draft(
    check: LetterCheck, filling: Mapping[str, object], text: str, signed: tuple[str, ...]
) -> LetterDraft:
    w, case = words(check.given.language), check.case
    subject, body = parts(text)
    _sound(check, filling, (subject, *body))
    quotes = {name: str(filling[name]) for name in QUOTED_FACTS if f"\0{name}\0" in text}
    day = local_day(check.given.now, check.rules.means.zone)
    return LetterDraft(
        kind=check.kind,
        language=check.given.language,
        day=day,
        title=w(f"letter.title.{check.kind.value}"),
        mark=w("letter.mark"),
        notice=notice(check, filling, w),
        head=_head(check, signed),
        dated=w.full_day(day),
        reference=w(f"letter.reference{'_own' if check.spec.own_name else ''}", case=case.id),
        to=lines_to(check, filling),
        subject=subject,
        body=tuple(restore_quotes(paragraph, quotes) for paragraph in body),
        signed=signed,
        public=check.spec.reader in (LetterReader.PUBLIC, LetterReader.PRESS),
        mail_to=mail_to(check, filling),
        warnings=tuple(unwise(check, filling)),
        by=deadline(check),
        verbatim=quotes,
    )


def _head(check: LetterCheck, signed: tuple[str, ...]) -> tuple[str, ...]:
    """The school and where it is; in an individual's own letter their name."""
    school = check.rules.school
    if check.spec.own_name:
        return signed
    where = postal_address(school)
    return (school.name, where) if where else (school.name,)


def _sound(check: LetterCheck, filling: Mapping[str, object], said: tuple[str, ...]) -> None:
    """A school's own file may not claim or threaten either. Raises InputError if it does. The facts supplied
    were checked separately; what others call themselves and their pages is not our claim."""
    text = "\n".join(said)
    for name in (*check.given.facts, *_FROM_OTHERS):
        text = text.replace(str(filling[name]) or "\0\0", "")
    if phrase := forbidden_words.claim(text):
        raise InputError(
            f"The letter {check.kind.value} says “{phrase}”, which claims too much or may read as a threat. "
            "Change the file: ⟪docs⟫ letters"
        )


Known = PlatformRoute | OtherWay | Helpline | None
_TO = {LetterReader.AUTHOR: "to", LetterReader.STAFF: "to", LetterReader.POLICE: "force"}
_TO |= {LetterReader.OPERATOR: "operator", LetterReader.HOST: "host"}
_OWN_WAY = frozenset((LetterKind.MUMSNET, LetterKind.RHC, LetterKind.ARCHIVE_REQUEST))
_OWN_WAY |= {LetterKind.SEARCH_RESULT, LetterKind.COPYRIGHT_NOTICE, LetterKind.UNDER_AGE_REPORT}
_OWN_WAY |= {LetterKind.BREACH_REPORT}
_REPORTS = (LetterKind.PLATFORM_REPORT, LetterKind.ACCOUNT_REPORT, LetterKind.UNDER_AGE_REPORT)
_DESKS = {LetterKind.HOST_ABUSE: "host", LetterKind.REGISTRAR_ABUSE: "registrar"}
_DESKS |= {LetterKind.ISP_TERMS: "provider"}
"""Whose abuse desk it goes to, by the name of the fact."""


def notice(check: LetterCheck, filling: Mapping[str, object], w: Words) -> str:
    """Say that it is a draft, how it goes out and where; if its route was checked over six months ago."""
    how, (known, address, only) = _how(check, filling), _way_facts(check, filling)
    said = w("letter.notice", how=w(f"letter.how.{how}"))
    said = " ".join((said, *(w(f"letter.who.{who}") for who in only)))
    if check.kind in _REPORTS and isinstance(known, PlatformRoute | OtherWay):
        said = w("letter.way", notice=said, report=known.report, asks="; ".join(known.asks))
    today = local_day(check.given.now, check.rules.means.zone)
    if known is not None and old(known, today):
        said += f" {w('letter.old', day=w.full_day(known.checked_on))}"
    return w("letter.form", notice=said, form=address) if address else said


def _how(check: LetterCheck, filling: Mapping[str, object]) -> str:
    if check.kind is LetterKind.WIKIPEDIA:
        return "oversight" if filling["private"] else "talk_page"
    own = check.kind in _OWN_WAY and not filling["formal"]
    return check.kind.value if own else check.spec.reader.value


def _way_facts(check: LetterCheck, filling: Mapping[str, object]) -> tuple[Known, str, tuple[str, ...]]:
    """Return what is known of the way, the address shown, and the codes of who alone is heard there."""
    if check.kind is LetterKind.SEARCH_RESULT:
        engines = [route(key) for key, at in CHANNELS.items() if at.place is PlaceKind.SEARCH]
        return engines[0], "; ".join(f"{row.name}: {row.form}" for row in engines), ("person",)
    if check.kind is LetterKind.COPYRIGHT_NOTICE:
        agents = helplines()["copyright_office"]
        return (None, "", ()) if filling["uk"] else (agents, agents.web, ("agent",))
    if check.spec.reader is LetterReader.HELPLINE:
        line = helplines()[check.kind.value]
        return line, line.mail or line.web, ()
    if check.spec.reader is not LetterReader.PLATFORM:
        return None, "", ()
    row = platform(check.file)
    ways = {
        LetterKind.ACCOUNT_REPORT: account_ways(check.case),
        LetterKind.UNDER_AGE_REPORT: (WayOf.UNDER_AGE,),
    }
    known = row.way(*ways.get(check.kind, ())) or row
    if check.kind is LetterKind.WIKIPEDIA and not filling["private"]:
        return known, "", ()
    return known, known.form or row.form or row.mail, (known.who,) if known.who != "anyone" else ()


def lines_to(check: LetterCheck, filling: Mapping[str, object]) -> tuple[str, ...]:
    """The lines that say who it is to; none for whoever has no name here."""
    name = _DESKS.get(check.kind) or _TO.get(check.spec.reader, "")
    address = str(filling["address"]).split(",") if check.spec.reader is LetterReader.AUTHOR else []
    lines = [str(filling[name]) if name else "", *(part.strip() for part in address)]
    return tuple(line for line in lines if line)


def mail_to(check: LetterCheck, filling: Mapping[str, object]) -> str | None:
    """The archive's address, or the abuse desk of whoever it is to, where one is known; else None."""
    if check.kind is LetterKind.ARCHIVE_REQUEST:
        return platform(check.file).mail or None
    hosting, desk = check.case.hosting, _DESKS.get(check.kind, "")
    known = {
        "network_abuse": hosting.get("network") or hosting.get("host", ""),
        "registrar_abuse": hosting.get("registrar", ""),
    }
    first = ("registrar_abuse",) if desk == "registrar" else ()
    to = str(filling[desk]) if desk else ""
    held = (hosting.get(n, "") for n in (*first, *known) if to and forbidden_words.plain_line(known[n]) == to)
    address = next(held, "")
    return address if EMAIL.fullmatch(address) else None
