"""Kinds of letter: who each goes to, and what must be known before it is complete.

The rungs and routes are those of the schools' own policies; what a notice to a website's operator must hold
is regulation 2 of SI 2013/3028 (Defamation Act 2013, section 5). What a copyright notice must hold is 17 USC
512(c)(3)(A)(i)-(vi) for a host in the United States; for one in the United Kingdom what regulation 22 of SI
2002/2013 looks at, so that the host has the knowledge of regulation 19 (all read on 25 November 2026).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from importlib.resources import files

from alerts.ladder.rules import Rules
from data.cases import Case, CaseFile

LetterKind = StrEnum(
    "LetterKind",
    "PARENT_INVITATION,PARENT_REMOVAL,COMPLAINTS_PROCEDURE,AUTHOR_REMOVAL,STAFF_REMOVAL,"
    "PLATFORM_REPORT,ACCOUNT_REPORT,UNDER_AGE_REPORT,PLATFORM_APPEAL,MUMSNET,WIKIPEDIA,"
    "ARCHIVE_REQUEST,SEARCH_RESULT,S5_NOTICE,COPYRIGHT_NOTICE,HOST_ABUSE,REGISTRAR_ABUSE,"
    "ISP_TERMS,POSH,RHC,POLICE,THANKS,REPLY,HOLDING_LINE,PRESS_REPLY,CONSENT_REQUEST,"
    "SUPPORT_OFFER,SOLICITOR_FACTS,RECORDED_FOR_YOU",
)

LetterReader = StrEnum(
    "LetterReader", "AUTHOR,STRANGER,PLATFORM,OPERATOR,HOST,HELPLINE,POLICE,PUBLIC,PRESS,STAFF,SOLICITOR"
)
"""The reader of a letter, and so how it goes out; a person sends each of them."""


@dataclass(frozen=True, slots=True)
class LetterSpec:
    """One kind of letter: `wants` must be known, `may` can also be given. `own_name` letters are the
    individual's: only that person signs them. Those that `answers` says ask for nothing to go, and are all
    that fair comment gets."""

    reader: LetterReader
    wants: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    own_name: bool = False
    answers: bool = False


_ROWS = tomllib.loads((files("alerts.letters") / "letters.toml").read_text(encoding="utf-8"))


def _spec(name: str) -> LetterSpec:
    row = {"wants": "", "may": ""} | _ROWS[name]
    facts = {which: tuple(row[which].split()) for which in ("wants", "may")}
    return LetterSpec(**(row | facts | {"reader": LetterReader(row["reader"])}))


SPECS: Mapping[LetterKind, LetterSpec] = {kind: _spec(kind.value) for kind in LetterKind}
FORMAL = _spec("formal")
PARENTS = _spec("parents")
"""A copyright notice of a parent's own pictures."""

LONG_FACTS = frozenset(("what", "why", "answer", "answer_given", "wrong", "defames", "meaning", "support"))
LONG_FACTS |= {"danger", "seen", "works", "material", "items"}
"""What somebody says in sentences of their own; all others are names, days, addresses and the like."""
QUOTED_FACTS = frozenset(("words", "statement"))
"""What was posted, word for word: never shortened, joined to one line or otherwise changed."""


class Quoted(str):
    """A paragraph that holds what somebody else wrote, word for word: its lines and blanks are theirs."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """The facts that a draft is made with: `facts` as somebody gave them, the moment (UTC), the letter's
    language. `manifests` are those of the evidence, as bytes by their SHA-256: they say who saw what was
    handed in. `holds` is False where what is held of the case is not what was sealed."""

    now: datetime
    language: str
    facts: Mapping[str, str] = field(default_factory=dict)
    manifests: Mapping[str, bytes] = field(default_factory=dict)
    holds: bool = True


@dataclass(frozen=True, slots=True)
class LetterCheck:
    kind: LetterKind
    spec: LetterSpec
    file: CaseFile
    given: LetterFacts
    rules: Rules

    @property
    def case(self) -> Case:
        return self.file.case

    @property
    def bare(self) -> bool:
        """Do dates and names stay out of it, as section 141F may protect a teacher? Not from the police."""
        return self.case.locked and self.kind is not LetterKind.POLICE


@dataclass(frozen=True, slots=True)
class WantedFact:
    """One thing that is missing or has to be changed: the fact's name, and a question for a person."""

    fact: str
    question: str


@dataclass(frozen=True, slots=True)
class NoDraft:
    """Why there is no draft: what is missing, or (`why_not`) why this case does not allow this letter."""

    kind: LetterKind
    wanted: tuple[WantedFact, ...] = ()
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """May this letter be drafted for this case? `why_not` is a sentence, empty if it may."""

    kind: LetterKind
    possible: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class LetterDraft:
    """A letter for a person to read, edit and send. All words are in `language`.

    `head` is the school and where it is; `to` the reader's lines, "" none; `body` paragraphs, one of which
    may be a list (its lines begin with “- ”). `mark` and `notice` say that it is a draft and how it goes out.
    A `public` one is posted without its head and signature, which are for the file. `mail_to` is an abuse
    desk's address, if the case's hosting facts give one. `warnings` are for whoever drafts it: what it holds
    that may be unwise. `by` is until when it leaves its author time. `verbatim` is what it quotes, by the
    fact's name."""

    kind: LetterKind
    language: str
    urn: str
    case_id: str
    day: date
    title: str
    mark: str
    notice: str
    head: tuple[str, ...]
    dated: str
    reference: str
    to: tuple[str, ...]
    subject: str
    body: tuple[str, ...]
    signed: tuple[str, ...]
    public: bool = False
    mail_to: str | None = None
    warnings: tuple[str, ...] = ()
    by: datetime | None = None
    verbatim: Mapping[str, str] = field(default_factory=dict)
