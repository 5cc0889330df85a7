"""The values of a removal: a case, the steps that made it, and what is known of its post. No rules here.

A case is the fold of its steps (it is event-sourced): steps are appended, never changed, and
`alerts.ladder.replay` folds them into a `Case`. The codes that steps are written in are `data.steps.codes`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from data.content_class import ClassSpec, ContentClass, class_spec
from data.frozen import freeze
from data.rungs import EMERGENCY, OF_OTHERS, CaseClock, Rung
from data.steps.classes import Step, facts_to_store
from data.steps.codes import (
    BreachAnswer,
    BypassRoute,
    Check,
    Complainant,
    Ending,
    NoticeWay,
    PlaceRole,
    Relationship,
    RungAnswer,
    StaffMatter,
    StepKind,
    Support,
    ToWarn,
)
from data.types import About, PressEvent, Role, Route


class CaseState(StrEnum):
    """The state of a case. TRIAGE: it needs a class, evidence, an assessment and a decision. FAIR_COMMENT: it
    is answered and never enters the removal process. BYPASSED: with the people its bypass route names, no
    rung is offered. SEEKING: removal has been decided, a rung may be asked. WAITING: a rung was asked and has
    not answered. CONFIRMING: said to be gone, not yet seen gone twice, a day apart."""

    TRIAGE = "triage"
    FAIR_COMMENT = "fair_comment"
    BYPASSED = "bypassed"
    SEEKING = "seeking"
    WAITING = "waiting"
    CONFIRMING = "confirming"
    CLOSED = "closed"


class PlaceState(StrEnum):
    """The state of one place of a case. GONE: a look has shown it; LEFT: it is left standing, with a
    reason."""

    STANDING = "standing"
    ASKED = "asked"
    SAID_GONE = "said_gone"
    GONE = "gone"
    LEFT = "left"


class Consent(StrEnum):
    """Whether the member of staff threatened agrees to the police being told."""

    NOT_ASKED = "not_asked"
    ASKED = "asked"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OVERRIDDEN = "overridden"


@freeze
class Event:
    """The event that a person (or “schoolgate”) wants recorded. `when` is when it happened, if not now.
    `said` are the facts, `why` are a person's own words."""

    said: Step
    actor: str
    why: str = ""
    when: datetime | None = None

    @property
    def kind(self) -> StepKind:
        return self.said.kind


@freeze
class CaseStep:
    """One thing done, as it is stored: `n` counts from 1, `done_at` is when it happened (UTC). `due_at` is
    when what it waits for is due, by the clock named `clock`. `otherwise` are facts of its row that this
    program does not know, or writes in another form."""

    case_id: str
    n: int
    urn: str
    said: Step
    actor: str
    done_at: datetime
    recorded_at: datetime
    why: str = ""
    otherwise: Mapping[str, str] = field(default_factory=dict)
    due_at: datetime | None = None
    clock: str = ""

    @property
    def kind(self) -> StepKind:
        return self.said.kind

    @property
    def stored_facts(self) -> Mapping[str, str]:
        return {**facts_to_store(self.said), **self.otherwise}


@freeze
class StoredStep:
    """A row of `case_steps`, its kind and facts (JSON) unparsed."""

    case_id: str
    n: int
    urn: str
    kind: str
    actor: str
    done_at: datetime
    recorded_at: datetime | None
    why: str
    facts: str
    due_at: datetime | None
    clock: str


@freeze
class Assessment:
    """The gravity of a post, in somebody's words: nature, how long visible, how far spread, impact."""

    nature: str
    visible: str
    spread: str
    impact: str
    at: datetime


@freeze
class ProposedClass:
    """A proposal to reclassify fair comment, or a post that was not judged: who proposes it, who the post
    means. It changes nothing until it is confirmed by somebody who is not meant and does not report to anyone
    who is."""

    content_class: ContentClass
    lane: BypassRoute | None
    by: str
    meant: tuple[str, ...] = ()


@freeze
class Asking:
    """One rung that was asked: by whom, when, and what came back. `kind` is the way of asking, of
    `RungSpec.ways`. `at` is when clocks run from: when it was received, where that is known, else when it was
    sent; `talked_at` is when the author was talked to."""

    rung: Rung
    by: str
    at: datetime
    kind: str = ""
    reference: str = ""
    due_at: datetime | None = None
    answer: RungAnswer | None = None
    clock: str = ""
    sent_at: datetime | None = None
    talked_at: datetime | None = None
    place: int = 1

    @property
    def running(self) -> RunningClock | None:
        """Its clock, None where it has none."""
        return RunningClock(self.clock, self.at, self.due_at, self.place) if self.due_at else None

    def is_awaited(self, now: datetime) -> bool:
        """Did nobody answer yet, whose time is not over?"""
        return self.answer is None and (self.due_at is None or self.due_at > now)


@freeze
class PostCheck:
    """One check of the post after it was said to be gone."""

    result: Check
    at: datetime


HOLD_REVIEW = "hold_review"
"""As a clock: when whoever set a hold said that it would be looked at again."""


@freeze
class RunningClock:
    """One running clock of a case: its name (`CaseClock`), since when, and when it is due; of which `place`,
    0 for the case as a whole."""

    clock: str
    since: datetime
    due_at: datetime
    place: int = 0

    def over(self, now: datetime) -> bool:
        """Is its time over?"""
        return self.due_at <= now


def seen_gone(checks: Iterable[PostCheck]) -> bool:
    """Did one of these looks find it gone?"""
    return any(look.result is Check.GONE for look in checks)


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePlace:
    """One place of a case: what is asked, seen and known there. `n` counts from 1, the post that it was
    opened about. `url` is its address where no post of it is held; `left` is True where it is left standing.
    """

    n: int
    role: PlaceRole = PlaceRole.POST
    mention_id: str | None = None
    url: str = ""
    channel: str = ""
    own_site: bool = False
    askings: tuple[Asking, ...] = ()
    checks: tuple[PostCheck, ...] = ()
    said_gone_at: datetime | None = None
    amended: bool = False
    hosting: Mapping[str, str] = field(default_factory=dict)
    letter_by: datetime | None = None
    recheck_at: datetime | None = None
    left: bool = False

    @property
    def site(self) -> str:
        """The host of its address, where that is known, else its channel."""
        return urlsplit(self.url).hostname or self.hosting.get("domain") or self.channel

    @property
    def place_state(self) -> PlaceState:
        if self.left:
            return PlaceState.LEFT
        if self.said_gone_at is not None:
            return PlaceState.GONE if seen_gone(self.checks) else PlaceState.SAID_GONE
        asked = any(a.answer is None for a in self.askings)
        return PlaceState.ASKED if asked else PlaceState.STANDING


@freeze
class Case:
    """A case, folded from its steps. Ids only: no post's words, address or author.

    `subjects` are the people it may accuse and those with a conflict of interest (told and shown nothing): of
    them `accused` were named by a person, `conflicted` are accused of nothing. `audience` are the few who
    see a restricted one. `owner` is who is recorded to have its matter, by its steps alone whom it was
    `assigned_to`. `acting` is who opened it or took its last step, since `acting_at`, the program left
    out.
    `rung` is the highest reached, None before the first. `decision` is seek, answer or stop.
    `target` is the member of staff targeted, `about` who it is about. `checks` are the checks
    since it was last said to be gone, or changed enough (`amended`). `hosting` are the newest facts about who
    hosts its address. `waits` are its running clocks, the soonest first; `recheck_at` is when its address is
    checked next. `sought` is the school's own target, by the first decision to seek removal since the post
    last came back, and `sought_by` whose that was. `letter_by` is the deadline that the newest letter to its
    author gave. `fair` is True while it counts as fair comment, `was_fair` on a bypass route that it took
    from there, `returned_at` is when it came back to the ladder from one; `delegated` while the decision is a
    delegate's, who may decide on a platform report only. `danger_now` says that whoever handed it in said so;
    `enquiry` that the press asks for comment, `approved` that what it is told was approved in writing.
    `referred_to` are the codes of those it was handed to, `police_told` how the police were, `breach`
    who is told that data got out. `consent_by` and
    `support_by` recorded consent and support; if that was not the person themselves, `_told` is how they
    learn of it; `safe_at`, `unsafe_at` and `ring_at` say when they last said that they are safe, are not, or
    want a call that nobody has made since. `proposal` waits for a second person. `author_says` is what the
    words of the post say that its author is; `criticised` are those (ids) of whom somebody who works here may
    speak in it. `unexplained` is True while 999 was rung and nobody has said why, `warned` who was warned
    since; `noted_at` is when words were last noted.
    What is asked, seen and known is that of one `place` of it,
    the first unless said; `others` are as `alerts.places` shows them. `joined_to` is the case that it is part
    of, `joined` are those that are part of it (number, and since when).
    """

    id: str
    urn: str
    story_id: str
    opened_at: datetime
    opened_by: str
    route: Route
    about: About
    proposed_class: ContentClass
    content_class: ContentClass
    state: CaseState
    mention_id: str | None = None
    channel: str = ""
    alert_id: str | None = None
    rung: Rung | None = None
    lane: BypassRoute | None = None
    restricted: bool = False
    subjects: tuple[str, ...] = ()
    accused: tuple[str, ...] = ()
    conflicted: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    target: str | None = None
    assigned_to: str | None = None
    owner: str | None = None
    acting: str | None = None
    acting_at: datetime | None = None
    relationship: Relationship = Relationship.UNKNOWN
    author_says: Relationship | None = None
    staff_matter: StaffMatter | None = None
    criticised: tuple[str, ...] = ()
    contact_safe: bool = True
    complainant: Complainant = Complainant.SCHOOL
    complainant_person: str | None = None
    classified_by: str | None = None
    weighed: Assessment | None = None
    decision: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = None
    sought: RunningClock | None = None
    sought_by: str | None = None
    letter_by: datetime | None = None
    consent: Consent = Consent.NOT_ASKED
    consent_person: str | None = None
    consent_by: str | None = None
    consent_at: datetime | None = None
    consent_told: NoticeWay | None = None
    support: Support = Support.NOT_OFFERED
    support_by: str | None = None
    support_at: datetime | None = None
    support_told: NoticeWay | None = None
    safe_at: datetime | None = None
    unsafe_at: datetime | None = None
    ring_at: datetime | None = None
    captures: int = 0
    pictures_allowed: bool = False
    askings: tuple[Asking, ...] = ()
    checks: tuple[PostCheck, ...] = ()
    copies: tuple[str, ...] = ()
    said_gone_at: datetime | None = None
    amended: bool = False
    hold_by: str | None = None
    hold_review: datetime | None = None
    locked: bool = False
    chronology_by: str | None = None
    chronology_author: str | None = None
    chronology_person: str | None = None
    hosting: Mapping[str, str] = field(default_factory=dict)
    waits: tuple[RunningClock, ...] = ()
    ending: Ending | None = None
    closed_at: datetime | None = None
    steps: int = 0
    fair: bool = False
    was_fair: bool = False
    returned_at: datetime | None = None
    own_site: bool = False
    danger_now: bool = False
    enquiry: bool = False
    approved: bool = False
    delegated: bool = False
    unexplained: bool = False
    noted_at: datetime | None = None
    proposal: ProposedClass | None = None
    referred_to: tuple[str, ...] = ()
    breach: BreachAnswer | None = None
    police_number: str = ""
    police_told: Asking | None = None
    warned: tuple[ToWarn, ...] = ()
    responded_at: datetime | None = None
    recheck_at: datetime | None = None
    place: int = 1
    role: PlaceRole = PlaceRole.POST
    url: str = ""
    left: bool = False
    others: tuple[CasePlace, ...] = ()
    joined_to: str = ""
    joined: tuple[tuple[str, datetime], ...] = ()

    @property
    def number(self) -> str:
        """The number that is typed for it: “4”; at its second place “4-2”."""
        return self.number_at(self.place)

    def number_at(self, place: int) -> str:
        """The same at another of its places."""
        return f"{self.id}-{place}" if place > 1 else self.id

    @property
    def places(self) -> tuple[CasePlace, ...]:
        """All its places, in their order."""
        here = CasePlace(
            n=self.place, **{f.name: getattr(self, f.name) for f in fields(CasePlace) if f.name != "n"}
        )
        return tuple(sorted((here, *self.others), key=lambda p: p.n))

    @property
    def number_of_police(self) -> str:
        """Number that the police gave last, "" where none is recorded."""
        return self.police_number or next((a.reference for a in reversed(self.to_police) if a.reference), "")

    @property
    def is_returned(self) -> bool:
        """Is it back on the ladder from a bypass route?"""
        return self.returned_at is not None

    @property
    def given_back_at(self) -> datetime | None:
        """When its matter left the safeguarding leads for the ladder, where it is open there now: what was
        raised before that is no more theirs alone."""
        return None if self.restricted or self.closed_at else self.returned_at

    @property
    def spec(self) -> ClassSpec:
        """The row of its class."""
        return class_spec(self.content_class)

    @property
    def is_unjudged(self) -> bool:
        """Has nobody said what it is, and has nothing judged it?"""
        return self.content_class == ContentClass.UNJUDGED

    @property
    def wants_staff_matter(self) -> bool:
        """Is it still to be said what it is that somebody who works here posted? Also where its words say
        that they do and somebody said who else they are."""
        if self.staff_matter is StaffMatter.NOT_STAFF:  # since then they may have been said to be
            return self.relationship.may_disclose
        return self.staff_matter is None and (self.author_says or self.relationship).may_disclose

    @property
    def stays_up(self) -> bool:
        """Is nobody asked to remove it, since it is what somebody who works here may say?"""
        return self.staff_matter is not None and self.staff_matter.stays_up

    @property
    def is_whistleblowing(self) -> bool:
        """Is it whistle-blowing, by somebody who works here?"""
        return self.staff_matter is StaffMatter.WHISTLEBLOWING

    @property
    def reports(self) -> tuple[Asking, ...]:
        """The reports to the platform, oldest first."""
        return tuple(a for a in self.askings if a.rung is Rung.PLATFORM_REPORT)

    @property
    def threatens(self) -> bool:
        """May somebody be threatened by it, as it was judged or as a person says?"""
        return self.route is Route.POLICE_NOW or self.content_class == ContentClass.THREAT

    @property
    def to_police(self) -> tuple[Asking, ...]:
        """Askings of the police, oldest first: of the whole matter, at whichever place it is read."""
        return tuple(a for here in self.places for a in here.askings if a.rung is EMERGENCY)

    @property
    def call_to_999(self) -> Asking | None:
        """The newest call to 999, None if nobody rang."""
        return next((a for a in reversed(self.to_police) if a.clock == CaseClock.WARN_1H), None)

    @property
    def call_of_danger(self) -> Asking | None:
        """The newest call to 999, past the ladder any to the police: there the two are not told apart."""
        return self.call_to_999 or (self.police_told if self.lane is not None else None)

    @property
    def to_warn(self) -> tuple[ToWarn, ...]:
        """The people who are still to be warned since 999 was rung."""
        return tuple(who for who in ToWarn if self.call_to_999 and who not in self.warned)

    @property
    def first_due(self) -> RunningClock | None:
        """The clock that is or was due first, None if nothing is."""
        return self.waits[0] if self.waits else None

    def resting(self, now: datetime) -> tuple[RunningClock, ...]:
        """Our own reminders to ask again, while somebody else who was asked still has time."""
        waited = any(w.clock in OF_OTHERS and not w.over(now) for w in self.waits)
        return tuple(w for w in self.waits if waited and w.clock == CaseClock.CHASE_2_WORKING_DAYS)

    def due(self, now: datetime) -> RunningClock | None:
        """Return what is due next: the nearest clock that rests no more and whose time is not over, None if
        there is none."""
        rest = self.resting(now)
        return next((wait for wait in self.waits if not wait.over(now) and wait not in rest), None)

    def over(self, now: datetime) -> tuple[RunningClock, ...]:
        """The clocks whose time is over, the longest ago first. The review of a hold is one of them, of a
        closed case the only one."""
        waits = [] if self.closed_at else list(self.waits)
        if self.hold_review is not None:
            waits.append(RunningClock(HOLD_REVIEW, self.hold_review, self.hold_review))
        return tuple(sorted((w for w in waits if w.over(now)), key=lambda w: w.due_at))

    def since_sought(self, askings: tuple[Asking, ...]) -> tuple[Asking, ...]:
        """Those of these since the school's own time for a site began: before that the post was gone."""
        return tuple(a for a in askings if self.sought is None or a.at >= self.sought.since)

    def late(self, now: datetime) -> tuple[RunningClock, ...]:
        """Those whose time is over and that ask somebody to act, the longest ago first. The school's own
        target does not, while a site is asked: its time is waited for. Nor does our own reminder that
        rests."""
        asked = (a.rung.spec for here in self.places for a in self.since_sought(here.askings))
        waiting = self.state is CaseState.WAITING and any(of.of_site or of.emergency for of in asked)
        rest = self.resting(now)
        over = (w for w in self.over(now) if not (waiting and w.clock == CaseClock.BASILDON_24H))
        return tuple(w for w in over if w not in rest)


@freeze
class Post:
    """The facts that the store holds of one post: the newest version; None for what was deleted or is
    withheld. `event` is what an article tells of; `enclosed` are the media types of what came with it in a
    mail."""

    mention_id: str
    channel: str
    kind: str
    url: str | None
    author: str | None
    title: str | None
    text: str | None
    published: datetime | None
    first_seen: datetime
    last_seen: datetime
    version: int = 1
    source_ids: tuple[str, ...] = ()
    event: PressEvent | None = None
    enclosed: tuple[str, ...] = ()


@freeze
class OtherWords:
    """Words beside those that a case first shows: of another version of its post, or of another report of it,
    read or handed in `at` that time."""

    at: datetime
    title: str | None
    text: str | None


LETTER_SENT, LETTER_CAME = "what was sent", "what came back"
"""How the copy of a letter was come by, as evidence of the post is “captured”."""


@freeze
class EvidenceFile:
    """One file of the vault. `name` is what it is within its capture: page.html, post.png, …"""

    id: str
    urn: str
    mention_id: str | None
    case_id: str | None
    capture_id: str | None
    name: str
    sha256: str
    media_type: str
    size_bytes: int
    captured_at: datetime
    captured_by: str
    how: str

    @property
    def is_of_letter(self) -> bool:
        """Is it of what was sent or came back, and no evidence of the post?"""
        return self.how in (LETTER_SENT, LETTER_CAME)


@freeze
class CaseFile:
    """Everything held on a case, for somebody who may see it: its steps, post, copies and evidence. The post
    is in the version that was sealed when the case was opened; `beside` is what else it said."""

    case: Case
    steps: tuple[CaseStep, ...]
    post: Post | None
    copies: tuple[Post, ...] = ()
    evidence: tuple[EvidenceFile, ...] = ()
    beside: tuple[OtherWords, ...] = ()


# ------------------------------------------------------------------------------- a school's own policy


@freeze
class Profile:
    """The rules of a school's policy about removals, where schools differ. See docs/policies.md. `host_hours`
    are elapsed hours, `author_days` school days; `letters` is a folder of its own letters. `posh_at_once`
    lets the schools' helpline be asked alongside a platform, before the platform's time is up. `categories`
    are what its safeguarding record calls a bypass route (a code, or “other”), where it says so."""

    first_assessor: Role = Role.HEAD
    decider: Role = Role.HEAD
    delegates: tuple[Role, ...] = (Role.DEPUTY_HEAD, Role.IT_LEAD)
    signs: Role = Role.HEAD
    press: Role = Role.HEAD
    press_approval: bool = False
    host_hours: int = 24
    author_days: int = 1
    support: str = ""
    complaints_url: str = ""
    letters: Path | None = None
    posh_at_once: bool = False
    categories: tuple[tuple[str, str], ...] = ()


def is_police_informed(cases: Iterable[Case]) -> bool:
    """Is it recorded in one of these that the police were told?"""
    return any("police" in c.referred_to or c.to_police for c in cases)
