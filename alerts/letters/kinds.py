"""What kinds of letters there are, whom each goes to, and what must be known before it is whole.

The rungs and routes are those of the schools' own policies; what a notice to a website's operator must hold
is regulation 2 of SI 2013/3028 (Defamation Act 2013, section 5).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Kind(StrEnum):
    """A letter, by the name of its template."""

    PARENT_INVITATION = "parent_invitation"
    PARENT_REMOVAL = "parent_removal"
    COMPLAINTS_PROCEDURE = "complaints_procedure"
    AUTHOR_REMOVAL = "author_removal"
    PLATFORM_REPORT = "platform_report"
    PLATFORM_APPEAL = "platform_appeal"
    MUMSNET = "mumsnet"
    WIKIPEDIA = "wikipedia"
    S5_NOTICE = "s5_notice"
    HOST_ABUSE = "host_abuse"
    REGISTRAR_ABUSE = "registrar_abuse"
    POSH = "posh"
    RHC = "rhc"
    POLICE = "police"
    THANKS = "thanks"
    REPLY = "reply"
    HOLDING_LINE = "holding_line"
    CONSENT_REQUEST = "consent_request"
    SUPPORT_OFFER = "support_offer"
    RECORDED_FOR_YOU = "recorded_for_you"


class Reader(StrEnum):
    """Who reads it, and so how it goes out; a person sends each of them."""

    AUTHOR = "author"
    STRANGER = "stranger"
    PLATFORM = "platform"
    OPERATOR = "operator"
    HOST = "host"
    HELPLINE = "helpline"
    POLICE = "police"
    PUBLIC = "public"
    PRESS = "press"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Spec:
    """Of one kind: `wants` must be known, `may` be given besides.

    `own_name` letters are the individual's: that person signs, and nobody for them.
    """

    reader: Reader
    wants: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    own_name: bool = False


_OF_S5 = ("name", "email", "url", "statement", "defames", "meaning", "wrong", "share_details")

SPECS: Mapping[Kind, Spec] = {
    Kind.PARENT_INVITATION: Spec(Reader.AUTHOR, ("to", "meeting"), ("address", "what", "place")),
    Kind.PARENT_REMOVAL: Spec(Reader.AUTHOR, ("to", "by"), ("talked", "address", "what", "place")),
    Kind.COMPLAINTS_PROCEDURE: Spec(Reader.AUTHOR, ("to", "complaints_url"), ("address", "contact")),
    Kind.AUTHOR_REMOVAL: Spec(Reader.STRANGER, ("url", "by", "contact"), ("what",)),
    Kind.PLATFORM_REPORT: Spec(Reader.PLATFORM, ("url", "ground", "why"), ("words",)),
    Kind.PLATFORM_APPEAL: Spec(
        Reader.PLATFORM, ("url", "ground", "why", "answer"), ("words", "platform_reference")
    ),
    Kind.MUMSNET: Spec(Reader.PLATFORM, ("url", "why"), ("words",)),
    Kind.WIKIPEDIA: Spec(Reader.PLATFORM, ("url", "wrong"), ("source",)),
    Kind.S5_NOTICE: Spec(Reader.OPERATOR, (*_OF_S5, "no_details"), ("operator",), own_name=True),
    Kind.HOST_ABUSE: Spec(Reader.HOST, ("url", "host", "why"), ("contact",)),
    Kind.REGISTRAR_ABUSE: Spec(Reader.HOST, ("url", "domain", "registrar", "why"), ("crime_reference",)),
    Kind.POSH: Spec(Reader.HELPLINE, ("url", "why", "contact"), ("words",)),
    Kind.RHC: Spec(
        Reader.HELPLINE,
        ("name", "email", "age_13", "url", "harm", "why", "answer"),
        ("platform_reference",),
        own_name=True,
    ),
    Kind.POLICE: Spec(Reader.POLICE, ("force", "why", "contact"), ("crime_reference", "url")),
    Kind.THANKS: Spec(Reader.PUBLIC, (), ("theme",)),
    Kind.REPLY: Spec(Reader.PUBLIC, ("contact", "complaints_url"), ("theme", "answer_given")),
    Kind.HOLDING_LINE: Spec(Reader.PRESS, (), ("contact",)),
    Kind.CONSENT_REQUEST: Spec(Reader.STAFF, ("to",), ("by", "what")),
    Kind.SUPPORT_OFFER: Spec(Reader.STAFF, ("to", "support"), ("meeting",)),
    Kind.RECORDED_FOR_YOU: Spec(Reader.STAFF, ("to",)),
}

FORMAL = Spec(Reader.OPERATOR, (*_OF_S5, "no_details"), own_name=True)
"""Mumsnet's second way: a formal complaint of defamation, which it handles as the 2013 Regulations say."""

LONG_FACTS = frozenset(("what", "why", "answer", "answer_given", "wrong", "defames", "meaning", "support"))
"""What somebody says in sentences of their own; all others are names, days, addresses and the like."""
QUOTED_FACTS = frozenset(("words", "statement"))
"""What was posted, word for word: only where a reader asks for exactly that."""


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """What a draft is made with: `facts` as somebody gave them, the moment (UTC), the letter's language."""

    now: datetime
    language: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One thing that is missing, or that may not stand so: the fact's name, and a question for a person."""

    fact: str
    question: str


@dataclass(frozen=True, slots=True)
class Missing:
    """Why there is no draft: what is wanted, or (`why_not`) why this letter is not for this case."""

    kind: Kind
    wanted: tuple[Wanted, ...] = ()
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """May this letter be drafted for this case? `why_not` is a sentence, empty where it may."""

    kind: Kind
    possible: bool
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter for a person to read, change and send. All words are in `language`.

    `head` is the school and where it is; `to` the reader's lines, "" none; `body` paragraphs, one of
    which may be a list (its lines begin with “- ”). `mark` and `notice` say that it is a draft and how it
    goes out. A `public` one is posted without its head and signature, which are for the file.
    `mail_to` is an abuse desk's address, where the case's hosting facts name one.
    """

    kind: Kind
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
