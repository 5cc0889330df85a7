"""The codes that steps of a case are written in: their kinds, the values of their facts, and how who takes
one is asked for them.

A value once stored never changes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import Any, ClassVar, TypedDict, TypeVar, Unpack, dataclass_transform

Made = TypeVar("Made")


class StepKind(StrEnum):
    """The steps that may be taken in a case. What each may say is a class of `data.steps.classes`."""

    OPENED = "opened"
    CLASSIFIED = "classified"
    RECLASSIFIED = "reclassified"
    PROPOSED = "proposed"
    TURNED_DOWN = "turned_down"
    AUTHOR = "author"
    STAFF_POST = "staff_post"
    PLACE = "place"
    COMPLAINANT = "complainant"
    TARGET = "target"
    ABOUT = "about"
    ACCUSED = "accused"
    CONFLICTED = "conflicted"
    WEIGHED = "weighed"
    DECIDED = "decided"
    ASKED = "asked"
    ANSWERED = "answered"
    APPROVED = "approved"
    RESPONDED = "responded"
    CONSENT_ASKED = "consent_asked"
    CONSENT_GIVEN = "consent_given"
    CONSENT_REFUSED = "consent_refused"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    CONSENT_OVERRIDDEN = "consent_overridden"
    SUPPORT = "support"
    SAFE = "safe"
    EVIDENCE = "evidence"
    PICTURES_ALLOWED = "pictures_allowed"
    LETTER = "letter"
    HOSTED = "hosted"
    CHECKED = "checked"
    COPY_FOUND = "copy_found"
    PLACE_LEFT = "place_left"
    CAME_BACK = "came_back"
    REMOVED = "removed"
    CHANGED = "changed"
    STANDING = "standing"
    WARNED = "warned"
    REFERRED = "referred"
    ASSIGNED = "assigned"
    NOTED = "noted"
    HELD = "held"
    RELEASED = "released"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    CHRONOLOGY = "chronology"
    CLOSED = "closed"
    REOPENED = "reopened"
    JOINED = "joined"
    BREACH = "breach"


class Where(StrEnum):
    """The states in which a step may be taken that leaves the case where it is: ON_LADDER, where removal can
    be asked for at all; WITH_FAIR, of fair comment too; OPEN, of what bypasses the ladder too."""

    ON_LADDER = "on_ladder"
    WITH_FAIR = "with_fair"
    OPEN = "open"


class StepTraits(TypedDict, total=False):
    """The keywords of a class of steps."""

    kind: StepKind
    by_hand: bool
    wants_why: bool | None
    dated: bool
    by_program: bool
    may_precede: bool
    where: Where


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def step_class(made: type[Made]) -> type[Made]:
    """A class of steps: frozen, and each fact of one is given by its name."""
    return dataclass(frozen=True, slots=True, kw_only=True)(made)


class StepClass:
    """A class of steps.

    `by_hand`: a person takes it as a step of its own. `wants_why`: they must say why; None where they are not
    even asked. `dated`: they may say when it was done. `by_program`: the program may record it by itself;
    everything else needs a named person. `may_precede`: it may have happened before the case was opened here.
    `where`: whoever works on the case may take it there, and nothing else is asked; None where the table of
    the ladder has rows for it.
    """

    __slots__ = ()
    kind: ClassVar[StepKind]
    by_hand: ClassVar[bool] = True
    wants_why: ClassVar[bool | None] = False
    dated: ClassVar[bool] = False
    by_program: ClassVar[bool] = False
    may_precede: ClassVar[bool] = False
    where: ClassVar[Where | None] = None

    def __init_subclass__(cls, **traits: Unpack[StepTraits]) -> None:
        for name, value in traits.items():
            setattr(cls, name, value)

    @property
    def wording(self) -> str:
        """The name of its sentence, `pack.step.…`."""
        return self.kind.value


class BypassRoute(StrEnum):
    """Why a case bypasses the ladder, which says who it goes to. The routes come from the schools' own
    policies and from the law behind them: docs/removal-ladder.md."""

    SAFEGUARDING = "safeguarding"
    CHILD_IMAGE = "child_image"
    STAFF_ALLEGATION = "staff_allegation"
    TERRORISM = "terrorism"
    SELF_HARM = "self_harm"

    @property
    def keeps_files(self) -> bool:
        """May files of it be kept, and copied? To have an indecent image of a child, or what is useful to
        terrorists, may itself be a crime (Protection of Children Act 1978 s.1; Terrorism Act 2000 s.58)."""
        return self not in (BypassRoute.CHILD_IMAGE, BypassRoute.TERRORISM)


class Relationship(StrEnum):
    """The relation of the author to the school, as far as it is visible or known already."""

    STAFF = "staff"
    AGENCY = "agency_worker"
    CONTRACTOR = "contractor"
    CONSULTANT = "consultant"
    TRAINEE = "trainee"
    VOLUNTEER = "volunteer"
    GOVERNOR = "governor"
    FORMER_STAFF = "former_staff"
    PARENT = "parent"
    PUPIL = "pupil"
    THIRD_PARTY = "third_party"
    UNKNOWN = "unknown"

    @property
    def works_here(self) -> bool:
        """Does what the school asks of those who work with it bind them (Basildon 10; Monkhouse 301)?"""
        others = "former_staff", "parent", "pupil", "third_party", "unknown"
        return self.value not in others

    @property
    def may_disclose(self) -> bool:
        """May what they post be whistle-blowing? The law protects workers, also after they have left
        (Employment Rights Act 1996 s.43K, s.230(3)); volunteers and governors are treated alike."""
        return self.works_here or self is Relationship.FORMER_STAFF


class StaffMatter(StrEnum):
    """The kind of what somebody who works for or with the school has posted. WHISTLEBLOWING to OUTSIDE stay
    up: nobody is asked to remove them. LOW_LEVEL: as NONE, with conduct towards children that a school
    records (Keeping Children Safe in Education, part four, section two)."""

    WHISTLEBLOWING = "whistleblowing"
    UNION = "union"
    CHILD = "child_concern"
    ALLEGATION = "staff_concern"
    OUTSIDE = "outside"
    LOW_LEVEL = "low_level"
    NONE = "none_of_these"
    NOT_STAFF = "not_staff"

    @property
    def stays_up(self) -> bool:
        """Is nobody asked to remove it?"""
        return self not in (StaffMatter.LOW_LEVEL, StaffMatter.NONE, StaffMatter.NOT_STAFF)


class AboutWhom(StrEnum):
    """The people whom a person says that a case is about, where what was judged is wrong."""

    CHILD = "child"
    STAFF = "staff"
    NOBODY = "nobody"


class BreachAnswer(StrEnum):
    """The people who are told that data has got out, as the data protection officer decides."""

    NOBODY = "not_reportable"
    REGULATOR = "regulator"
    PEOPLE = "people_of_the_data"
    BOTH = "regulator_and_people"

    @property
    def reports(self) -> bool:
        """Is it reported to the Information Commissioner?"""
        return self in (BreachAnswer.REGULATOR, BreachAnswer.BOTH)


class Complainant(StrEnum):
    """In whose name removal is requested: some sites listen only to the person affected."""

    SCHOOL = "school"
    STAFF = "staff"
    PARENT = "parent"
    PUPIL = "pupil"


class NoticeWay(StrEnum):
    """The way by which somebody learns what was recorded on their behalf: MAIL, by a mail; WAITING, by a mail
    that has not gone out yet; OWED, by a letter still to be made; LETTER, by a letter that was made to be
    handed over."""

    MAIL = "mail"
    WAITING = "waiting"
    OWED = "owed"
    LETTER = "letter"

    @property
    def has_reached(self) -> bool:
        """Have they been told, as far as is known?"""
        return self in (NoticeWay.MAIL, NoticeWay.LETTER)


class Wellbeing(StrEnum):
    """The word of the person it is aimed at who does not say that they are safe. RUNG: somebody made the call
    they asked for."""

    NOT_SAFE = "not_safe"
    RING_ME = "ring_me"
    RUNG = "rung"


class Support(StrEnum):
    """The state of the support offered to the person targeted. A status, never what is said in it."""

    NOT_OFFERED = "not_offered"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    IN_PLACE = "in_place"
    ENDED = "ended"


class RungAnswer(StrEnum):
    """The answer that came back from a rung."""

    REMOVED = "removed"
    AMENDED = "amended"
    REFUSED = "refused"
    PERSON_ONLY = "person_only"
    MORE_WANTED = "more_wanted"
    NONE = "none"


class KeptLetter(StrEnum):
    """Whether a letter that went out or came in was kept, and in which form. AS_DRAFTED: just as drafted."""

    AS_SENT = "as_sent"
    AS_DRAFTED = "as_drafted"
    AS_CAME = "as_came"
    NOT_KEPT = "not_kept"


class Sender(StrEnum):
    """The one who asked somebody to act, where it was not the school."""

    SOLICITOR = "solicitor"
    THEMSELVES = "themselves"


class Check(StrEnum):
    """The finding of a check of the exact address, logged out. Only GONE is evidence of a removal."""

    GONE = "gone"
    PRESENT = "present"
    CHANGED = "changed"
    LOG_IN_WALL = "log_in_wall"
    BLOCKED = "blocked"
    CANNOT_TELL = "cannot_tell"


class Looker(StrEnum):
    """The one who looked whether a post is gone: a person for themselves, or the program."""

    PERSON = "looked_person"
    PROGRAM = "looked_program"


class Ending(StrEnum):
    """The way in which a case ended. REMOVED, CHANGED and STANDING are what the governors' report counts;
    JOINED became part of another case, which counts for both."""

    REMOVED = "removed"
    CHANGED = "changed"
    STANDING = "standing"
    ANSWERED = "answered"
    HANDED_OVER = "handed_over"
    MISTAKEN = "mistaken"
    JOINED = "joined"


class Became(StrEnum):
    """The end of a danger, as whoever closes it says. POLICE: they deal with it, or another body; PASSED:
    nothing came of it; MISREAD: it was none, and was judged wrongly."""

    ARRESTED = "arrested"
    POLICE = "police"
    SAFE = "safe"
    PASSED = "passed"
    HOAX = "hoax"
    MISREAD = "misread"
    UNKNOWN = "unknown"

    @property
    def is_none(self) -> bool:
        """May it be said of what was no danger?"""
        return self in (Became.HOAX, Became.MISREAD, Became.UNKNOWN)


class Decision(StrEnum):
    """The decision about a post: to seek removal, only to report it to the police, to answer, to leave it."""

    SEEK = "seek"
    REPORT_ONLY = "report_only"
    ANSWER = "answer"
    STOP = "stop"


class Capacity(StrEnum):
    """The capacity in which somebody decided."""

    DECIDER = "decider"
    DELEGATE = "delegate"


class ToWarn(StrEnum):
    """The people whom somebody at the school warns once 999 was rung, in this order."""

    TARGET = "target"
    SITE = "site"
    AUTHORITY = "authority"


class PlaceRole(StrEnum):
    """The part of a place of a case in its matter: the POST that it was opened about, the same words
    elsewhere, another ITEM of the list that it was handed in with, the site or the archive that took them
    over, an ACCOUNT by its address alone, or a result of a SEARCH: what is no longer shown for somebody's
    name is not removed."""

    POST = "post"
    COPY = "copy"
    ITEM = "item"
    MIRROR = "mirror"
    ARCHIVE = "archive"
    ACCOUNT = "account"
    SEARCH = "search"


class EvidenceKind(StrEnum):
    """Kind of evidence: a page as it was, what somebody handed in, their word for it, or a wall before it."""

    PAGE = "page"
    SUPPLIED = "supplied"
    TOLD = "told"
    WALL = "wall"


class ValueKind(StrEnum):
    """The kind of a value, which says how it is asked for, read and put into words. SITE is a channel, or
    what somebody calls the site; PERSON an id of somebody at the school, WHOSE too, by default of the person
    targeted; NAMED an id or a name; POST the id of a post. Which there are of these and of REFERRAL, only the
    case and its school can tell."""

    CODE = "code"
    YES_NO = "yes_no"
    TIME = "time"
    NUMBER = "number"
    TEXT = "text"
    WORDS = "words"
    CLASS = "class"
    RUNG = "rung"
    CHANNEL = "channel"
    SITE = "site"
    LETTER = "letter"
    PERSON = "person"
    WHOSE = "whose"
    NAMED = "named"
    REFERRAL = "referral"
    POST = "post"


def asks(
    choices: Iterable[str] = (), *, of: ValueKind | None = None, label: str = "", **more: object
) -> dict[str, object]:
    """The metadata of a field that whoever takes the step is asked for."""
    return {"asked": True, "choices": choices, "of": of, "label": label, **more}


def may_be_blank(metadata: Mapping[str, object]) -> Any:
    """A field of that metadata that is "" where a step does not say it."""
    return field(default="", metadata=metadata)


def may_be_unsaid(metadata: Mapping[str, object]) -> Any:
    """A field of that metadata that is None where a step does not say it."""
    return field(default=None, metadata=metadata)


def names_under_headings(of: type[Any]) -> tuple[str, ...]:
    """List the names of the facts that are told with the step, each under a heading, `pack.name.KIND.FACT`.
    Ids and hashes stay in the record, and so does what is asked for under a label that is no such heading."""
    every = ((each.metadata, each.name) for each in fields(of))
    return tuple(
        said.get("key", name)
        for said, name in every
        if said.get("told", "asked" in said and not said["label"])
    )
