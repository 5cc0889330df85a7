"""Whether what somebody supplied may go in a letter, and what is still missing: questions, never guesses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from alerts.letters import forbidden_words
from alerts.letters.facts import fillings
from alerts.letters.facts.for_the_police import victim
from alerts.letters.facts.of_the_past import deadline
from alerts.letters.facts.of_works import LAWS, OWNERS
from alerts.letters.kinds import (
    LONG_FACTS,
    QUOTED_FACTS,
    LetterCheck,
    LetterKind,
    LetterReader,
    WantedFact,
)
from alerts.letters.signing import complainant, signer
from data.cases import Case
from data.content_class import ContentClass
from data.people import EMAIL
from data.steps.codes import Complainant
from data.types import THEMES, About, Person
from data.words.say import words

_OWN, _LONG, _SHORT = 10_000, 2000, 300
_SURE = ("no_details", "age_13", "good_faith", "authority")
_MAY_NAME = frozenset(
    (
        *("to", "address", "name", "email", "url", "complaints_url", "source", "signer"),
        *("profile", "original", "searched"),
    )
)
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


def own_account(check: LetterCheck, fact: str) -> bool:
    """Is it what the person complaining says in a letter of their own? It is not refused: it is theirs."""
    return check.spec.own_name and fact in LONG_FACTS


def wanted(check: LetterCheck, values: Mapping[str, object]) -> Iterator[WantedFact]:
    """What is missing, in the order in which the letter needs it, then what has to be changed."""
    ask = check.rules.w
    # what the letter must know, including the words for a platform that accepts no report without them
    words_wanted = (
        check.kind in (LetterKind.PLATFORM_REPORT, LetterKind.PLATFORM_APPEAL)
        and fillings.platform(check.file).key in _ONLY_WITH_WORDS
        and check.case.content_class not in (ContentClass.COPYRIGHT, ContentClass.IMPERSONATION)
        and not _unquotable(check.case)
    )
    more = [name for name, asked in (("words", words_wanted), ("danger", _threat(check))) if asked]
    more += ["operator"] if check.kind is LetterKind.S5_NOTICE else []
    more += ["posed_as"] if check.kind is LetterKind.ACCOUNT_REPORT and _posing(check.case) else []
    by_a_parent = check.case.complainant is Complainant.PARENT  # the name is their child's
    more += ["searched"] if check.kind is LetterKind.SEARCH_RESULT and by_a_parent else []
    for fact in (*check.spec.wants, *more):
        if not check.given.facts.get(fact) and not values[fact]:
            yield WantedFact(fact, question(check, fact))
    for fact, said in check.given.facts.items():
        if said and (code := _fault(check, fact, said)):
            yield WantedFact(fact, ask(f"letter.remedy.{code[0]}", fact=fact, **code[1]))


def _threat(check: LetterCheck) -> bool:
    """Is it a report to the police of a threat? What is known of any danger is asked, never supposed."""
    return check.kind is LetterKind.POLICE and check.case.content_class == ContentClass.THREAT


def _posing(case: Case) -> bool:
    return case.content_class == ContentClass.IMPERSONATION


def question(check: LetterCheck, fact: str) -> str:
    """What a person is asked for it."""
    w = check.rules.w
    if fact == "ground" and (has := _grounds(check)):
        return w("letter.ask.ground_of", grounds="; ".join(has))
    if fact == "wrong" and check.kind is LetterKind.WIKIPEDIA and fillings.private_on_wikipedia(check.case):
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
        exact = (
            fact == "statement"
            or check.kind in _EXACT
            or fillings.platform(check.file).key in _ONLY_WITH_WORDS
        )
        barred = check.case.locked if exact else _unquotable(check.case)
        return ("child", {}) if barred else None
    most = _OWN if own_account(check, fact) else _LONG if fact in LONG_FACTS else _SHORT
    if len(said) > most:
        return "long", {"most": str(most)}
    return _form(check, fact, said) or _content(check, fact, said)


def _form(check: LetterCheck, fact: str, said: str) -> Fault | None:
    """Is it of the kind that is asked for?"""
    if fact == "email" and not EMAIL.fullmatch(said):
        return "email", {}
    if fact in _WEB and not forbidden_words.web(said):
        return "web", {}
    if fact in _REACHES and not forbidden_words.reaches(said):
        return "reach", {}
    if fact == "by" and check.spec.reader is not LetterReader.STAFF and deadline(check) is None:
        return "by", {}
    if fact in (*_SURE, *fillings.SWITCHES) and not fillings.yes_or_no(said):
        return "yes_no", {}
    if fact in _SURE and not fillings.yes(said):
        return "sure", {}
    return _one_of(check, fact, said)


def _one_of(check: LetterCheck, fact: str, said: str) -> Fault | None:
    if fact in _ONE_OF and said.casefold() not in _ONE_OF[fact]:
        return fact, {}
    if fact == "theme" and said not in THEMES:
        return "theme", {"themes": ", ".join(THEMES)}
    if fact == "harm" and said.casefold() not in fillings.harms(words(check.given.language)):
        return "harm", {"harms": _harms(check)}
    has = _grounds(check) if fact == "ground" else ()
    if has and said.casefold() not in {ground.casefold() for ground in has}:
        return "ground", {"grounds": "; ".join(has)}
    if fact == "operator" and forbidden_words.not_an_operator(said):
        return "search", {}
    return None


def _content(check: LetterCheck, fact: str, said: str) -> Fault | None:
    """Does it hold anything that may not go in this letter?"""
    if own_account(check, fact):
        return None
    claims = forbidden_words.threat if fact in _NO_CLAIM else forbidden_words.claim
    if phrase := claims(said):
        return "claim", {"phrase": phrase}
    if check.spec.reader is LetterReader.STAFF or fact in _MAY_NAME:
        return None
    if check.case.locked and check.kind is not LetterKind.POLICE and forbidden_words.dated(said):
        return "date", {}
    if name := forbidden_words.named(said, unnamed(check, fact), check.rules.school.name):
        return "name", {"name": name}
    if forbidden_words.year_group(said):
        return "year", {}
    post = check.file.post
    if check.spec.reader not in _OPEN or post is None:
        return None
    if forbidden_words.names(said, post.author):
        return "author", {}
    if forbidden_words.family(said):
        return "family", {}
    if fact not in ("contact", "theme") and forbidden_words.repeats(said, post.title, post.text):
        return "quote", {}
    return None


def _unquotable(case: Case) -> bool:
    return case.about is About.PUPIL or case.content_class == ContentClass.CONFIDENTIAL or case.locked


def unnamed(check: LetterCheck, fact: str) -> Sequence[Person]:
    """Who a letter to others never names: everybody except the signatory and the complainant."""
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
    return "; ".join(check.rules.w(f"letter.harm.{code}") for code in fillings.HARMS)


def _grounds(check: LetterCheck) -> Sequence[str]:
    return fillings.grounds(check.file, words(check.given.language))
