"""Steps of a case, a class a kind, and how their facts are stored and read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, field, fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from data.content_class import BYPASSING, CLASSES, ContentClass
from data.frozen import freeze
from data.rungs import CaseClock, Rung
from data.steps.codes import (
    AboutWhom,
    Became,
    BreachAnswer,
    BypassRoute,
    Capacity,
    Check,
    Complainant,
    Decision,
    Ending,
    EvidenceKind,
    KeptLetter,
    Looker,
    NoticeWay,
    PlaceRole,
    Relationship,
    RungAnswer,
    Sender,
    StaffMatter,
    StepClass,
    StepKind,
    Support,
    ToWarn,
    ValueKind,
    Wellbeing,
    Where,
    asks,
    may_be_blank,
    may_be_unsaid,
    step_class,
)
from data.types import About, Route

_JUDGED = frozenset(ContentClass(code) for code in CLASSES)
_ANY = {"among": _JUDGED | {ContentClass.UNJUDGED}, "told": True}
_CLASS = asks(key="class", among=_JUDGED)
_LANE = asks(label="case.asks.lane")
_PERSON = {"of": ValueKind.PERSON, "told": True}
_WORKING = tuple(who for who in Relationship if who.may_disclose)


@step_class
class Opened(StepClass, kind=StepKind.OPENED, by_hand=False, by_program=True):
    """`sealed` is a hash over what the store held of the post; `alert` and `story` are ids."""

    story: str
    route: Route
    proposed_class: ContentClass = field(metadata=_ANY)
    about: About
    mention: str = ""
    restricted: bool | None = None
    lane: BypassRoute | None = None
    subjects: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    target: str = ""
    channel: str = may_be_blank({"of": ValueKind.CHANNEL, "told": True})
    alert: str = ""
    own_site: bool | None = None
    danger_now: bool | None = None
    enquiry: bool | None = None
    sealed: str = ""
    author_says: Relationship | None = None  # what its words say that the author is to the school


@step_class
class Classified(StepClass, kind=StepKind.CLASSIFIED, wants_why=True):
    """Set its class."""

    content_class: ContentClass = field(metadata=_CLASS)
    lane: BypassRoute | None = may_be_unsaid(_LANE)
    meant: tuple[str, ...] = ()
    overseers: tuple[str, ...] | None = None  # added by the rules: who is told of it
    about: About | None = None  # added by the rules: who it is about from then on
    proposed_by: str = may_be_blank(_PERSON)


@step_class
class Reclassified(StepClass, kind=StepKind.RECLASSIFIED, by_hand=False, wants_why=True):
    """Fair comment is none any more; the rules add what they add to `Classified`."""

    from_class: ContentClass = field(metadata={"key": "from", "among": _JUDGED, "told": True})
    content_class: ContentClass = field(metadata=_CLASS)
    lane: BypassRoute | None = None
    meant: tuple[str, ...] = ()
    overseers: tuple[str, ...] | None = None
    about: About | None = None
    proposed_by: str = may_be_blank(_PERSON)


@step_class
class Proposed(StepClass, kind=StepKind.PROPOSED, by_hand=False):
    """A class for a second person to confirm; the rules add `overseers`."""

    from_class: ContentClass = field(metadata={"key": "from", **_ANY})
    content_class: ContentClass = field(metadata=_CLASS)
    lane: BypassRoute | None = None
    meant: tuple[str, ...] = ()
    overseers: tuple[str, ...] | None = None


@step_class
class TurnedDown(StepClass, kind=StepKind.TURNED_DOWN, by_hand=False, wants_why=True):
    """The refusal of what was proposed, which stays as it was."""


@step_class
class Author(StepClass, kind=StepKind.AUTHOR, where=Where.WITH_FAIR):
    """Record the author's relationship to the school."""

    relationship: Relationship = field(metadata=asks())
    contact_safe: bool | None = may_be_unsaid(asks())


@step_class
class StaffPost(StepClass, kind=StepKind.STAFF_POST):
    """Record what somebody who works here has posted, and who they are, where that is known."""

    what: StaffMatter = field(metadata=asks())
    relationship: Relationship | None = may_be_unsaid(asks(_WORKING))
    person: str = may_be_blank(asks(of=ValueKind.PERSON))
    meant: tuple[str, ...] = ()


@step_class
class Placed(StepClass, kind=StepKind.PLACE):
    """Put right where the post is, or where it was said."""

    channel: str = field(metadata=asks(of=ValueKind.CHANNEL))
    place: int | None = None


@step_class
class InNameOf(StepClass, kind=StepKind.COMPLAINANT, where=Where.ON_LADDER):
    """Record in whose name removal is requested."""

    who: Complainant = field(metadata=asks())
    person: str = may_be_blank(asks(of=ValueKind.NAMED))


@step_class
class Targeted(StepClass, kind=StepKind.TARGET):
    """Record which member of staff is targeted."""

    person: str = may_be_blank(asks(of=ValueKind.PERSON))
    subjects: tuple[str, ...] | None = (
        field(  # an empty one: it accuses nobody; None: nothing is said of them
            default=None, metadata=asks(of=ValueKind.PERSON, label="case.asks.subjects", between=",")
        )
    )
    about: About | None = None  # added by the rules, where subjects are named
    second: str = may_be_blank(_PERSON)  # who else says so, where somebody is let in
    beside: tuple[str, ...] = field(  # added where several are named: a case has one target
        default=(), metadata={"of": ValueKind.PERSON, "between": ",", "told": True}
    )


@step_class
class AboutCorrected(StepClass, kind=StepKind.ABOUT, wants_why=True):
    """Put right whom it is about: a child, a member of staff, or nobody of the school."""

    who: AboutWhom = field(metadata=asks())


@step_class
class Accused(StepClass, kind=StepKind.ACCUSED):
    """Name who is accused, or withdraw that."""

    people: tuple[str, ...] = field(default=(), metadata=asks(key="person", of=ValueKind.PERSON, between=","))
    stands: bool | None = may_be_unsaid(asks())
    about: About | None = None  # added by the rules
    second: str = may_be_blank(_PERSON)  # who else says so, where somebody is let in


@step_class
class Conflicted(StepClass, kind=StepKind.CONFLICTED, wants_why=True):
    """Record that somebody has a conflict of interest, and is accused of nothing."""

    person: str = field(metadata=asks(of=ValueKind.PERSON))
    stands: bool | None = may_be_unsaid(asks())
    second: str = may_be_blank(_PERSON)  # who else says so, where they are let in


@step_class
class Weighed(StepClass, kind=StepKind.WEIGHED, may_precede=True):
    """Record how serious it is, in your own words."""

    nature: str = field(metadata=asks(of=ValueKind.WORDS))
    visible: str = field(metadata=asks(of=ValueKind.WORDS))
    spread: str = field(metadata=asks(of=ValueKind.WORDS))
    impact: str = field(metadata=asks(of=ValueKind.WORDS))


@step_class
class Decided(StepClass, kind=StepKind.DECIDED, wants_why=True, may_precede=True):
    """Record the decision: seek removal, only report it, answer instead, or stop."""

    decision: Decision = field(metadata=asks())
    policy: str = may_be_blank({"told": True})  # the one gone by
    capacity: Capacity | None = may_be_unsaid({"key": "as"})  # added by the rules


# Steps that ask somebody to act, record what came back, and what those concerned agree to.

_WHOSE = asks(of=ValueKind.WHOSE)
_REFERENCE = asks()
OVERRIDE_GROUNDS = ("child_at_risk", "other_at_risk", "risk_to_life")
"""The grounds for telling the police without consent."""
_WAY = asks(
    tuple(dict.fromkeys(kind for rung in Rung for kind in rung.spec.kinds)), key="kind", label="case.asks.way"
)


@step_class
class Asked(StepClass, kind=StepKind.ASKED, dated=True, may_precede=True):
    """Record that you asked somebody to act, and keep what you sent."""

    rung: Rung = field(metadata=asks())
    channel: str = may_be_blank(asks(of=ValueKind.SITE))
    reference: str = may_be_blank(_REFERENCE)
    way: str = may_be_blank(_WAY)
    imminent: bool | None = may_be_unsaid(asks())
    received_at: datetime | None = may_be_unsaid(asks())
    place: int | None = None
    route: str = ""
    advice: str = may_be_blank(asks(("lawyer",)))
    sender: Sender | None = may_be_unsaid(asks(told=True))
    written_at: datetime | None = may_be_unsaid(asks())
    kept: KeptLetter | None = field(
        default=None, metadata={"among": frozenset(KeptLetter) - {KeptLetter.AS_CAME}, "told": True}
    )
    sha256: tuple[str, ...] = ()
    capture: str = ""
    manifest: str = ""
    files: int | None = None


@step_class
class Answered(StepClass, kind=StepKind.ANSWERED, dated=True, may_precede=True):
    """Record what came back from somebody you asked, or that nothing did, and keep a copy."""

    rung: Rung = field(metadata=asks())
    result: RungAnswer = field(metadata=asks())
    reference: str = may_be_blank(_REFERENCE)
    way: str | None = may_be_unsaid(_WAY)  # None where it does not say to which
    place: int | None = None
    poster_told_at: datetime | None = may_be_unsaid(asks())
    talked_at: datetime | None = may_be_unsaid(asks())
    kept: KeptLetter | None = field(
        default=None, metadata={"among": frozenset((KeptLetter.AS_CAME, KeptLetter.NOT_KEPT)), "told": True}
    )
    sha256: tuple[str, ...] = ()
    capture: str = ""
    manifest: str = ""
    files: int | None = None


@step_class
class WordsApproved(StepClass, kind=StepKind.APPROVED):
    """Approve in writing what is said to the press."""

    sent: str = field(metadata=asks(of=ValueKind.WORDS))


@step_class
class Responded(StepClass, kind=StepKind.RESPONDED, dated=True, may_precede=True):
    """Record that the concern itself was answered; to the press with what was sent."""

    how: str = field(metadata=asks(("meeting", "phone", "letter", "mail", "public_reply")))
    sent: str = may_be_blank(asks(of=ValueKind.WORDS))


@step_class
class ConsentAsked(StepClass, kind=StepKind.CONSENT_ASKED, dated=True, may_precede=True):
    """Record that they were asked: who asked, when and how."""

    person: str = field(metadata=_WHOSE)
    how: str = field(metadata=asks(("in_person", "phone", "meeting", "letter", "mail")))


@step_class
class ConsentGiven(StepClass, kind=StepKind.CONSENT_GIVEN, dated=True, may_precede=True):
    """They agree."""

    person: str = field(metadata=_WHOSE)
    informed: NoticeWay | None = None


@step_class
class ConsentRefused(StepClass, kind=StepKind.CONSENT_REFUSED, dated=True, may_precede=True):
    """They do not agree."""

    person: str = field(metadata=_WHOSE)
    informed: NoticeWay | None = None


@step_class
class ConsentWithdrawn(StepClass, kind=StepKind.CONSENT_WITHDRAWN, dated=True):
    """They no longer agree."""

    person: str = field(metadata=_WHOSE)
    informed: NoticeWay | None = None


@step_class
class ConsentOverridden(StepClass, kind=StepKind.CONSENT_OVERRIDDEN, wants_why=True):
    """Record that the police are told without consent, because somebody is at risk."""

    ground: str = field(metadata=asks(OVERRIDE_GROUNDS))
    informed: NoticeWay | None = None


@step_class
class SupportStep(StepClass, kind=StepKind.SUPPORT, wants_why=None, dated=True, may_precede=True):
    """Record what became of the support offered: its status, never what is said in it."""

    status: Support = field(
        metadata=asks(
            tuple(each for each in Support if each is not Support.NOT_OFFERED),
            among=frozenset(Support) - {Support.NOT_OFFERED},
        )
    )
    person: str = may_be_blank(_WHOSE)
    informed: NoticeWay | None = None


@step_class
class SaidSafe(StepClass, kind=StepKind.SAFE, dated=True, may_precede=True):
    """Record that the person it is aimed at says that they are safe, or are not, or want a call."""

    person: str = field(metadata=_WHOSE)
    says: Wellbeing | None = None  # that they are safe

    @property
    def wording(self) -> str:
        """The name of its sentence: what they say."""
        return self.says or self.kind.value


@step_class
class Warned(StepClass, kind=StepKind.WARNED, dated=True, may_precede=True, where=Where.OPEN):
    """Record who was warned of a danger, by whoever warned them."""

    who: ToWarn = field(metadata=asks())


@step_class
class Referred(StepClass, kind=StepKind.REFERRED, dated=True, may_precede=True):
    """Record that you told somebody outside the school."""

    to: str = field(metadata=asks(of=ValueKind.REFERRAL))
    reference: str = may_be_blank(_REFERENCE)


@step_class
class BreachDecided(StepClass, kind=StepKind.BREACH, wants_why=True, dated=True):
    """Record whether data that got out is reported, and why (UK GDPR, articles 33(5) and 34)."""

    tell: BreachAnswer = field(metadata=asks())


@step_class
class Assigned(StepClass, kind=StepKind.ASSIGNED, by_program=True):
    """Give a case to somebody; the program does where its holder has left."""

    person: str = field(metadata=asks(of=ValueKind.PERSON))


# Steps that keep a post, that look at it again, and that end its case.

_TOLD = {"told": True}
_OF_PRIVACY = (CaseClock.ART14_MONTH, CaseClock.DP_COMPLAINT_30D)
"""What is owed to a person about their data: being told that it is held, an answer to their complaint."""
UNLOCKING = {"charge": "", "publication": "by the regulator", "waiver": "", "court_order": ""}
"""What ends the lock (Education Act 2002 s.141F): charge, publication by the regulator or the Secretary of
State, the teacher's written waiver, an order of a court."""


@step_class
class EvidenceKept(StepClass, kind=StepKind.EVIDENCE, by_hand=False, by_program=True, may_precede=True):
    """One capture: its id, the hash of its manifest, how many files. `what` it is (a page, where not said),
    what is known of it, and the id of the capture that it adds to."""

    capture: str
    manifest: str
    files: int
    what: EvidenceKind | None = may_be_unsaid({"key": "kind", "told": True})
    known: tuple[str, ...] = ()
    adds_to: str = ""
    place: int | None = None


@step_class
class PicturesAllowed(StepClass, kind=StepKind.PICTURES_ALLOWED, by_hand=False):
    """Pictures of the post may be kept."""


@step_class
class LetterDrafted(StepClass, kind=StepKind.LETTER, where=Where.WITH_FAIR, by_hand=False, by_program=True):
    """Which letter, in which forms, the hash of each form, and the time that it gives its author."""

    letter: str = field(metadata={"of": ValueKind.LETTER, "told": True})
    by: datetime | None = may_be_unsaid(_TOLD)
    form: tuple[str, ...] = ()
    sha256: tuple[str, ...] = ()
    place: int | None = None


@step_class
class Hosted(StepClass, kind=StepKind.HOSTED, where=Where.ON_LADDER, by_hand=False, by_program=True):
    """The host of its address, as the registers told; `nominet` is the registrar's tag, or “yes”."""

    host: str = field(metadata=_TOLD)
    domain: str = ""
    registrar: str = may_be_blank(_TOLD)
    registrar_abuse: str = ""
    network: str = may_be_blank(_TOLD)
    network_abuse: str = ""
    addresses: str = ""
    nominet: str = ""
    front: str = ""
    failed: str = ""
    place: int | None = None


@step_class
class Checked(StepClass, kind=StepKind.CHECKED, by_hand=False, by_program=True, may_precede=True):
    """The finding of a check, its number among the checks, who `looked`, where that was recorded; `amended`:
    changed enough; `barred`: nobody may open it; `signed_in`: no look logged out, as whoever looked says."""

    result: Check = field(metadata=_TOLD)
    nth: int | None = None
    url: str = may_be_blank(_TOLD)
    amended: bool | None = None
    barred: bool | None = None
    signed_in: bool | None = may_be_unsaid(_TOLD)
    looked: Looker | None = may_be_unsaid(_TOLD)
    place: int | None = None


@step_class
class CopyFound(StepClass, kind=StepKind.COPY_FOUND, by_program=True):
    """Add a place where the same matter is: a post that was read or handed in, or an address."""

    mention: str = may_be_blank(asks(of=ValueKind.POST))
    url: str = may_be_blank(asks(of=ValueKind.TEXT))
    what: PlaceRole | None = field(
        default=None, metadata=asks(tuple(r.value for r in PlaceRole if r is not PlaceRole.POST))
    )
    channel: str = may_be_blank(asks(of=ValueKind.CHANNEL))
    sealed: str = ""
    subjects: tuple[str, ...] = ()  # whom the stories that hold the post may accuse


@step_class
class PlaceLeft(StepClass, kind=StepKind.PLACE_LEFT, wants_why=True):
    """Leave one of the case's places standing, with the reason; the case may end as removed without it."""

    place: int | None = None


@step_class
class CameBack(StepClass, kind=StepKind.CAME_BACK, by_hand=False, by_program=True):
    """It is there again, or in the copy named (its id)."""

    mention: str = may_be_blank({"of": ValueKind.POST, "told": True})
    place: int | None = None


@step_class
class SeenRemoved(StepClass, kind=StepKind.REMOVED, by_hand=False):
    """The outcome of a case that closes as removed."""


@step_class
class SeenChanged(StepClass, kind=StepKind.CHANGED, by_hand=False):
    """The outcome of a case that closes as changed."""


@step_class
class LeftStanding(StepClass, kind=StepKind.STANDING, by_hand=False):
    """The outcome of a case that closes while the post stays up."""


@step_class
class Noted(StepClass, kind=StepKind.NOTED, wants_why=True, may_precede=True):
    """Write a note into a case."""

    starts: CaseClock | None = may_be_unsaid(asks(_OF_PRIVACY))
    ends: CaseClock | None = may_be_unsaid(asks(_OF_PRIVACY))
    pack: str = ""  # the SHA-256 of one that was made; that says nothing of why anything else was done


@step_class
class Held(StepClass, kind=StepKind.HELD, wants_why=True):
    """Keep the case and its evidence from deletion."""

    review: datetime = field(metadata=asks())


@step_class
class Released(StepClass, kind=StepKind.RELEASED, wants_why=True):
    """End a hold; somebody other than the person who set it has to do this."""


@step_class
class Locked(StepClass, kind=StepKind.LOCKED, wants_why=True, by_program=True):
    """Withhold the identity of an accused teacher."""


@step_class
class Unlocked(StepClass, kind=StepKind.UNLOCKED, wants_why=True):
    """End that lock, on one of the grounds in the Act."""

    ground: str = field(metadata=asks(UNLOCKING))


@step_class
class ChronologyApproved(StepClass, kind=StepKind.CHRONOLOGY, wants_why=True):
    """Allow one author's posts about one person to be put together in this case."""

    author: str = field(metadata=asks())
    person: str = field(metadata=asks(of=ValueKind.PERSON))


@step_class
class Closed(StepClass, kind=StepKind.CLOSED, wants_why=True):
    """Close a case, and say how it ended."""

    ending: Ending = field(metadata=asks(tuple(Ending)[:-1]))
    became: Became | None = may_be_unsaid(asks(tuple(Became)))  # of a danger
    second: str = may_be_blank(_PERSON)  # who else says that it was a mistake, where two do


@step_class
class Reopened(StepClass, kind=StepKind.REOPENED, wants_why=True):
    """Open a closed case again, at the rung it had reached."""

    rung: Rung | None = may_be_unsaid(_TOLD)  # added by the rules


@step_class
class Joined(StepClass, kind=StepKind.JOINED, by_hand=False, wants_why=True):
    """Two cases become one. The one that it `closes` names the other; there, the next steps, so many as were
    `taken` over, tell of the places that came along. Where it is `undone`, these and it count no more."""

    case: str = field(metadata=_TOLD)
    closes: bool | None = None
    taken: int | None = None
    undone: bool | None = may_be_unsaid(_TOLD)


# A step's facts as they are stored, and as they are read again: the only place that knows their names.
#
# A fact is a short text: “yes” and “no”, the value of a code, a time in ISO 8601, ids with blanks between
# them.

Step = StepClass
KINDS: Mapping[StepKind, type[Any]] = {
    each.kind: each
    for each in tuple(globals().values())
    if isinstance(each, type) and issubclass(each, StepClass) and each is not StepClass
}
"""The class of each kind."""


@freeze
class StepField:
    """A fact: `attribute` of its class, `name` as it is stored, `label` a key of the catalogue. Nobody is
    `asked` for what the rules or the program add. `choices` are the values it may have; `type` is that of
    one, where there may be several (`many`, written with `between` between them) or none (`optional`). Only
    those `among` these fit, where it says so."""

    attribute: str
    name: str
    label: str
    asked: bool
    kind: ValueKind
    choices: tuple[str, ...]
    required: bool
    many: bool
    type: type
    optional: bool
    among: frozenset[object] | None
    between: str


def read_stored(kind: StepKind, facts: Mapping[str, str]) -> tuple[Step, Mapping[str, str]]:
    """A step that was stored, and as it is written there: facts that this program does not know, or would
    write otherwise. Raises ValueError where a fact that is known has a value that is not."""
    step = _read_step(kind, facts)
    written = facts_to_store(step)
    return step, {name: said for name, said in facts.items() if written.get(name) != said}


@cache
def facts_of_kind(kind: StepKind) -> Mapping[str, StepField]:
    """Every fact that a step of that kind may have, by its name, whether anybody is asked for it or not."""
    of = KINDS[kind]
    hints = get_type_hints(of)
    found = (_field(of, each, hints[each.name]) for each in fields(of))
    return {field.name: field for field in found}


def facts_to_store(step: Step) -> dict[str, str]:
    """Return its facts as they are stored, by name, without those that say nothing."""
    found = {}
    for fact in facts_of_kind(step.kind).values():
        value = getattr(step, fact.attribute)
        if value is not None if fact.optional else value not in ("", ()):
            write = fact.between.join if fact.many else _WRITTEN.get(fact.type, str)
            found[fact.name] = write(value)
    return found


def faults_of(step: Step) -> tuple[str, ...]:
    """The names of facts that are missing, or are none that such a step may have."""
    odd = []
    for fact in facts_of_kind(step.kind).values():
        value = getattr(step, fact.attribute)
        missing = value is None or value == ""
        if fact.required if missing else fact.among is not None and value not in fact.among:
            odd.append(fact.name)
    lane, given = getattr(step, "lane", None), getattr(step, "content_class", None)
    return (*odd, *(["lane"] if lane and given is not None and given not in BYPASSING else []))


def _read_step(kind: StepKind, facts: Mapping[str, str]) -> Step:
    found: dict[str, Any] = {}
    wrong = []
    for fact in facts_of_kind(kind).values():
        said = facts.get(fact.name)
        if said is None or (not said and (fact.required or not (fact.many or fact.type is str))):
            wrong += [fact.name] if fact.required else []
            continue
        try:
            one = _READ.get(fact.type, fact.type)
            found[fact.attribute] = tuple(said.replace(",", " ").split()) if fact.many else one(said)
        except (ValueError, KeyError):
            wrong.append(fact.name)
    if wrong:
        raise ValueError(f"a step {kind} is without, or has odd: {', '.join(wrong)}")
    step: Step = KINDS[kind](**found)
    return step


def parse_moment(said: str) -> datetime:
    """Read an ISO 8601 time, a bare date as its beginning, in UTC. Raises ValueError where it is neither."""
    found = datetime.fromisoformat(said)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


_WRITTEN: Mapping[type, Callable[[Any], str]] = {
    bool: lambda value: "yes" if value else "no",
    datetime: datetime.isoformat,
}
_READ: Mapping[type, Callable[[str], object]] = {
    bool: {"yes": True, "no": False}.__getitem__,
    datetime: parse_moment,
}
"""How values of a type are written and read; any other as a text, and by its own class."""


def fields_of(of: type[Any]) -> tuple[StepField, ...]:
    """List what is asked of whoever takes such a step, in the order of its class."""
    return tuple(field for field in facts_of_kind(of.kind).values() if field.asked)


def _field(of: type[Any], each: Field[Any], hint: Any) -> StepField:
    said, name = each.metadata, each.metadata.get("key", each.name)
    several = next((one for one in (hint, *get_args(hint)) if get_origin(one) is tuple), None)
    one: type = next(one for one in (*get_args(several or hint), hint) if one not in (NoneType, ...))
    coded = issubclass(one, StrEnum) and one is not ContentClass
    choices: Any = said.get("choices") or (said.get("among") or one if coded else ())
    return StepField(
        attribute=each.name,
        name=name,
        label=said.get("label") or f"pack.name.{of.kind}.{name}",
        asked="asked" in said,
        kind=said.get("of") or _BY_TYPE.get(one, ValueKind.CODE if choices else ValueKind.TEXT),
        choices=tuple(map(str, choices)),
        required=each.default is MISSING,
        many=several is not None,
        type=one,
        optional=NoneType in get_args(hint),
        among=said.get("among"),
        between=said.get("between", " "),
    )


_BY_TYPE: Mapping[type, ValueKind] = {
    bool: ValueKind.YES_NO,
    int: ValueKind.NUMBER,
    datetime: ValueKind.TIME,
    ContentClass: ValueKind.CLASS,
    Rung: ValueKind.RUNG,
}
