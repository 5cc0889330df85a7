"""The values that travel between the stages. All frozen, all times aware and in UTC.

`data/types.py` knows nothing of platforms, SQL or the network. A later stage refers to an
object of an earlier one by its id, never carries it whole.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING

from data.content_class import ContentClass
from data.frozen import freeze

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# --------------------------------------------------------------------------- collecting


class Outcome(StrEnum):
    """The way in which asking one source ended. Every run of a source is recorded with exactly one."""

    OK = "ok"
    PARTLY = "partly"
    """It was read, but for something that was too large, took too long or is damaged."""
    NOT_MODIFIED = "not_modified"
    EMPTY = "empty"
    SUSPICIOUS = "suspicious"
    DISABLED = "disabled"
    BLOCKED = "blocked"
    GONE = "gone"
    UNREACHABLE = "unreachable"
    MALFORMED = "malformed"
    TOO_LARGE = "too_large"
    REFUSED_BY_ROBOTS = "refused_by_robots"
    MISCONFIGURED = "misconfigured"
    OUR_FAULT = "our_fault"
    """Something of ours failed while it was read, judged or saved; the place is not to blame."""

    @property
    def is_seen(self) -> bool:
        """The source was looked at and its answer may be believed."""
        return self in (Outcome.OK, Outcome.PARTLY, Outcome.NOT_MODIFIED, Outcome.EMPTY)


class PartReason(StrEnum):
    """Why something of a source was not read."""

    TOO_SLOW = "too_slow"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    DAMAGED = "damaged"


class BlockKind(StrEnum):
    """The kind of what stands where the page should be."""

    CHALLENGE = "challenge"
    CAPTCHA = "captcha"
    CONSENT = "consent"
    LOG_IN = "log_in"
    AGE = "age"
    FORBIDDEN = "forbidden"
    RATE_LIMITED = "rate_limited"
    REMOVED = "removed"
    SOFT_404 = "soft_404"
    SCRIPT_ONLY = "script_only"


@freeze
class Block:
    """A page that is not the page asked for; `reason` is a sentence for a person."""

    kind: BlockKind
    reason: str


class SchoolNaming(StrEnum):
    """The way in which what a person handed in is known to be about a school: it is the only one, or they
    named it."""

    HERE = "handed_in"
    NAMED = "handed_in_named"


@freeze
class Source:
    """One configured place to look at.

    `urns` are the keys of the schools it is watched for. `listing` is True where the page is
    the school's own entry (its review page), so that whatever stands there is about it.
    `surfaced` is True where being there is itself a hint: a search for the school's name, or an
    alert; False for a general feed or forum. `handed_in` is set for what a person handed in.
    `channel` overrides the collector's own; `settings` is checked by the collector's model.
    `disabled` says why it is off, None where it is on. `own` is True for a page or account of the
    school's own; `notice` is what its "not watched around the clock" notice says there, where that is not
    one of the usual wordings. `names` are the forms, in normal form, of its schools' names; of a mailbox.
    """

    id: str
    kind: str
    url: str
    urns: tuple[str, ...] = ()
    name: str = ""
    channel: str | None = None
    listing: bool = False
    surfaced: bool = False
    interval_s: float | None = None
    max_pages: int = 5
    settings: Mapping[str, object] = field(default_factory=dict)
    disabled: str | None = None
    own: bool = False
    notice: str | None = None
    handed_in: SchoolNaming | None = None
    names: tuple[str, ...] = ()


@freeze
class SourceState:
    """The facts that the store remembers of a source; all None or zero before its first run.

    `usual_mentions` is the median number of mentions its good runs gave (None under 3 runs); `news_at` are
    the first and the last run of each day that brought something new, of the hundred days before the newest;
    `watermark` the newest publication time read so far. `scope` stands for the schools that its newest
    good run was judged for: what was learnt for other schools is not relied on. `resume` is the address
    of the last page read of a thread, where the next reading goes on. `last_outcome` and `last_detail` are
    its newest run's; `our_faults` counts the newest runs in a row that a fault of ours ended.
    """

    source_id: str
    etag: str | None = None
    last_modified: str | None = None
    first_run_at: datetime | None = None
    last_run_at: datetime | None = None
    last_ok_at: datetime | None = None
    last_new_at: datetime | None = None
    not_before: datetime | None = None
    failures_in_a_row: int = 0
    usual_mentions: float | None = None
    longest_gap_s: float | None = None
    news_at: tuple[datetime, ...] = ()
    watermark: datetime | None = None
    scope: str = ""
    resume: str | None = None
    last_outcome: Outcome | None = None
    last_detail: str = ""
    our_faults: int = 0


@freeze
class Request:
    """The request to send. `auth` names a credential of the configuration, never holds one."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    auth: str | None = None


@freeze
class Response:
    """The answer that came back: `url` after redirects, header names in lower case, `body` decompressed.
    Status 304 comes with an empty body. `fetched_at` is aware, UTC."""

    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime

    def header(self, name: str) -> str | None:
        """The first value of a header, None where it is missing."""
        wanted = name.lower()
        return next((v for k, v in self.headers if k == wanted), None)


@freeze
class HeldPost:
    """A post that is held, for asking its platform whether it still stands: the mention's id and its address,
    out of which the collector of its place gets the platform's own id."""

    id: str
    url: str


@freeze
class Lookup:
    """A request that asks which posts still stand: the platform's own ids `asked` for, by the mention's."""

    request: Request
    asked: Mapping[str, str]


@freeze
class FetchFailure:
    """Why there is no page. `detail` is one sentence for a person: what happened, what to do. `answer` is
    what the site sent in place of the page, None where it sent nothing whole."""

    outcome: Outcome
    url: str
    detail: str
    at: datetime
    status: int | None = None
    retry_after_s: float | None = None
    answer: Response | None = field(default=None, repr=False, compare=False)


class MentionKind(StrEnum):
    """The kind of a mention on its platform."""

    ARTICLE = "article"
    POST = "post"
    REPLY = "reply"
    REVIEW = "review"
    COMMENT = "comment"
    EDIT = "edit"


@freeze
class Mention:
    """One public thing somebody said, as its page shows it.

    `id`: `data.ids.mention_id(channel, platform's id or canonical address)`. `title` of a reply
    is its thread's title. `text` holds the poster's own words only; what they quote stands in
    `quoted`; `quote_first` says that the post begins with such a quote. `rating` is in 1..5. `parent`
    is the id of the mention replied to, or of the thread's first post. `published` is None where the
    page does not say. `enclosed` are the media types of what came with it in a mail and was not opened,
    `mail` is where that mail lies. `sent_on` says that a person wrote that mail, or sent it on.
    """

    id: str
    url: str
    channel: str
    kind: MentionKind
    title: str
    text: str
    fetched_at: datetime
    quoted: str = ""
    author: str | None = None
    published: datetime | None = None
    edited: datetime | None = None
    rating: float | None = None
    parent: str | None = None
    quote_first: bool = False
    enclosed: tuple[str, ...] = ()
    mail: str = ""
    sent_on: bool = False


@freeze
class Aggregate:
    """A page's overall score: `rating` in 1..5 over `count` reviews. Nobody's review."""

    rating: float | None
    count: int | None


@freeze
class MailReply:
    """A person's reply to a mail of ours: its reference (`Links.reply_ref`), the sender's address in lower
    case, whether its first line takes the matter, and whether no mail server vouches for the sender."""

    ref: str
    sender: str
    takes: bool
    doubtful: bool


@freeze
class Page:
    """The contents of one response, in the document's order.

    `next` is the request for the following page of the same list; `follow` are requests for
    documents behind this one. `block` is set, and `mentions` empty, where the document is a
    challenge, a wall or a removed page. `warnings` are sentences; `unread` are those on what was there and
    was not read.
    `notice` says of a page of the school's own whether its notice stands there; None where the document is
    no place for one. `left_out` are sentences on what was read and is rightly no mention; `resume` is where
    the next reading goes on, of what is read once and no more. `replies` are those to mails of ours.
    """

    mentions: tuple[Mention, ...] = ()
    next: Request | None = None
    follow: tuple[Request, ...] = ()
    warnings: tuple[str, ...] = ()
    aggregate: Aggregate | None = None
    block: Block | None = None
    notice: bool | None = None
    left_out: tuple[str, ...] = ()
    resume: str | None = None
    unread: tuple[str, ...] = ()
    replies: tuple[MailReply, ...] = ()


@freeze
class SourceRun:
    """The end of one asking of a source, as it is stored and shown."""

    source_id: str
    started_at: datetime
    finished_at: datetime
    outcome: Outcome
    detail: str = ""
    status: int | None = None
    pages: int = 0
    mentions_read: int = 0
    mentions_new: int = 0
    warnings: tuple[str, ...] = ()
    etag: str | None = None
    last_modified: str | None = None
    retry_after_s: float | None = None
    watermark: datetime | None = None
    scope: str = ""
    resume: str | None = None
    aggregate: Aggregate | None = None
    notice: bool | None = None
    back: BackFill | None = None


@freeze
class BackFill:
    """The progress of reading a place back for schools, or names of them, that are new there: what was about
    none of them is judged again; or of reading a file of old mails (`file` is its hash). A first reading that
    left pages unread has one without `urns`.

    `left` are the requests still to be made, none before the first. `began_at` is when it was new: what was
    posted seven days before is history. It is to reach posts of `goal_at`; `reached_at` is that of the oldest
    read, `counted` how much old criticism was not kept. After `failures` it goes on at `again_at`.
    """

    source_id: str
    urns: tuple[str, ...]
    began_at: datetime
    goal_at: datetime
    file: str = ""
    left: tuple[Request, ...] = ()
    pages: int = 0
    reached_at: datetime | None = None
    counted: int = 0
    failures: int = 0
    stepped_at: datetime | None = None
    again_at: datetime | None = None
    ended_at: datetime | None = None

    def put_off(self, now: datetime, wait_s: float = 0.0) -> BackFill:
        """Give it as it is after one more failure: it waits twice as long as after the last, a day at most,
        or `wait_s` where that is longer."""
        wait_s = max(wait_s, min(300.0 * 2 ** min(self.failures, 9), 86400.0))
        again = now + timedelta(seconds=wait_s)
        return replace(self, failures=self.failures + 1, stepped_at=now, again_at=again)


@freeze
class ArticleRead:
    """One address that was asked for. It is asked for once; once more where it only failed for the moment.
    `key` stands for the address; `text` is what the article says, "" unless the outcome is `ok`; `paid` that
    it is for those who pay. `again_at` is when it may be asked for once more, None where it is settled.
    `mention_id` is the post that the text is kept with; `new` that it was asked for in this scan."""

    key: str
    mention_id: str
    at: datetime
    outcome: Outcome
    text: str = ""
    paid: bool = False
    again_at: datetime | None = None
    new: bool = False


# ------------------------------------------------------------------------------ schools


@freeze
class Namesake:
    """Another bearer of the name: `kind` is school, church, street, hospital, club, …"""

    name: str
    place: str
    kind: str = "school"


KEY_OF_A_TRUST = "trust-"
"""Begins the key of an academy trust: `trust-brightwater-learning-trust`. No school's number begins so."""
KEY_OF_OUR_OWN = "own-"
"""Begins the key of a school that stands in no register: `own-oakfield-nursery`."""


@freeze
class School:
    """A school as configured, or as a row of the register gives it (then with fewer facts).

    `urn` is text and the key; `members` are the URNs it covers where that is more than one. `domain` is the
    host of its website where that is its alone; `website` is the whole address. `head` may name two: “Ada
    Example and Bo Example”. `language` is that of what its people are sent: one of
    `data.words.say.LANGUAGES`. `social_care` is the number of children's social care out of hours,
    `allegations` that of whoever is told of an allegation against staff, "" where nobody has said. `former`
    have left, with the offices they held here. `sector` is “maintained”, “academy” or “independent”, ""
    where nobody has said. `dfe` is its DfE number as the register has it: the authority's three digits and
    its own four.
    """

    urn: str
    name: str
    aliases: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    locality: str = ""
    town: str = ""
    county: str = ""
    local_authority: str = ""
    street: str = ""
    postcode: str = ""
    trust: str | None = None
    domain: str | None = None
    head: str | None = None
    phase: str = ""
    nation: str = "england"
    members: tuple[str, ...] = ()
    namesakes: tuple[Namesake, ...] = ()
    language: str = "en"
    website: str = ""
    former: tuple[Person, ...] = ()
    sector: str = ""
    social_care: str = ""
    allegations: str = ""
    dfe: str = ""

    @property
    def is_trust(self) -> bool:
        """Is it no school, but the academy trust of the others, a subject of its own?"""
        return self.urn.startswith(KEY_OF_A_TRUST)


class Relevance(StrEnum):
    """Is it about the school? `unsure` is judged like `about` and shown."""

    ABOUT = "about"
    UNSURE = "unsure"
    NOT_ABOUT = "not_about"


@freeze
class Reason:
    """Why: `code` for the audit and the tests, `text` a sentence for a person."""

    code: str
    text: str


@freeze
class Match:
    """Which school a mention is about: `score` in 0..1, higher is surer that it is."""

    urn: str
    relevance: Relevance
    score: float
    reasons: tuple[Reason, ...] = ()


@freeze
class Sketch:
    """The facts that folding needs of a mention seen before: no text, only its fingerprints. `text_hash` is
    of the text without its headline, empty where that is too short to tell a copy by."""

    mention_id: str
    story_id: str
    urn: str
    canonical_url: str
    text_hash: str
    minhash: bytes
    seen_at: datetime


LISTED = "list"


@freeze
class Folded:
    """The story where a mention belongs. `how` says why it joined a story; "new" where it began one, `LISTED`
    where somebody handed it in with other lines of a list."""

    mention_id: str
    story_id: str
    urn: str
    how: str
    sketch: Sketch


@freeze
class Story:
    """One thing being said, however many places carry it; one per school."""

    id: str
    urn: str
    title: str
    first_seen: datetime
    last_seen: datetime
    mention_ids: tuple[str, ...] = ()


# ------------------------------------------------------------------------------ judging


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Probabilities: `values` is float32 `[n, len(labels)]`, rows in the order of the texts. Label names are
    `sentiment:negative`, `abuse:threat`, … as the model card lists them. `truncated[i]` is True where text i
    was longer than the windows together may be."""

    labels: tuple[str, ...]
    values: NDArray[np.float32]
    truncated: tuple[bool, ...] = ()
    model: str = ""

    def is_cut(self, i: int) -> bool:
        """Was text `i` longer than what was read of it?"""
        return i < len(self.truncated) and self.truncated[i]

    def row(self, i: int) -> dict[str, float]:
        """The probabilities of text `i` by label."""
        return dict(zip(self.labels, self.values[i].tolist(), strict=True))


class Sentiment(StrEnum):
    """Toward the school."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


ABUSE_LABELS = (
    "threat", "harassment", "hate", "sexual", "profanity", "defamation", "privacy", "impersonation",
    "extremism", "safeguarding", "self_harm",
)  # fmt: skip
ALLEGING_LABELS = frozenset(("safeguarding", "sexual", "defamation", "extremism"))
"""Labels of what somebody is said to have done; a threat without them accuses nobody."""


THEMES = (
    "teaching", "staff", "leadership", "send", "behaviour", "bullying", "safety", "communication",
    "results", "admissions", "uniform", "meals", "traffic", "buildings", "attendance", "events",
    "clubs", "costs", "inclusion", "technology",
)  # fmt: skip
"""What praise and concern may be about, in neutral words; `traffic` is parking and the school gate too."""


class About(StrEnum):
    """Main target or subject."""

    SCHOOL = "school"
    STAFF = "staff"
    PUPIL = "pupil"
    HEAD = "head"
    DSL = "dsl"
    CHAIR = "chair"
    GOVERNOR = "governor"
    OTHER = "other"


ADULTS_OF_THE_SCHOOL = frozenset((About.STAFF, About.HEAD, About.DSL, About.CHAIR, About.GOVERNOR))
"""Subjects that are somebody of the school, and no child."""


class PressEvent(StrEnum):
    """The event that an article in the press tells of."""

    INSPECTION = "inspection"
    STAFF = "staff"
    INJURY = "injury"
    WEAPON = "weapon"
    CLOSURE = "closure"
    DATA_BREACH = "data_breach"
    TRIBUNAL = "tribunal"
    DISPUTE = "dispute"
    FUNDING = "funding"
    ACHIEVEMENT = "achievement"
    OTHER = "other"


class Severity(IntEnum):
    """The time within which somebody must act."""

    NOTHING = 0
    NOTE = 1
    RESPOND = 2
    TODAY = 3
    THIS_HOUR = 4


class Route(StrEnum):
    """The course that ought to be taken."""

    IGNORE = "ignore"
    NOTE = "note"
    THANK = "thank"
    RESPOND = "respond"
    REQUEST_REMOVAL = "request_removal"
    PLATFORM_REPORT = "platform_report"
    SAFEGUARDING = "safeguarding"
    POLICE_NOW = "police_now"

    @property
    def urgent(self) -> bool:
        """True for the lane of its own: told within a minute, at any hour."""
        return self in (Route.SAFEGUARDING, Route.POLICE_NOW)

    @property
    def removal(self) -> bool:
        """True where a case for the removal ladder may be opened."""
        return self in (Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT, Route.POLICE_NOW)


@freeze
class Signal:
    """A small rule that fired: which, why, and what it argues for. `labels` are abuse labels it asserts;
    `clears` those it argues against (an idiom, a quoted and condemned insult). `severity` is the least
    severity it asks for, `danger` True for immediate danger. A `hint` is too often wrong to assert or
    to clear anything: it is evidence to be weighed, and no more. One that `raises` alerts though the second
    reader finds it calm."""

    name: str
    reason: str
    labels: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    severity: Severity = Severity.NOTHING
    route: Route | None = None
    about: About | None = None
    danger: bool = False
    hint: bool = False
    raises: bool = False


class Harm(StrEnum):
    """The harm that may come to somebody: violence or damage, harm to a child, to themselves, or by
    extremists. Somebody wronged (secretly filmed, impersonated, exposed, smeared, accused of what is no
    matter of a child) is in no danger by that."""

    VIOLENCE = "violence"
    CHILD = "child"
    SELF_HARM = "self_harm"
    EXTREMISM = "extremism"
    WRONGED = "wronged"


SURE = 0.5
"""From here somebody is surely meant; below, no more than perhaps."""
PERHAPS = 0.25
"""At most so sure is it of somebody whom nothing but a hint, an office or a name speaks of."""


@freeze
class Meant:
    """One whom words may put in danger or wrong (then `harm` says how), or accuse. `who` is `person:ID`,
    `office:ROLE`, `child`, `school`, or `staff`: one of them, whom nobody names. `sure` is 0..1; `by` is what
    found it: a name, an office, linking, nobody named, a label of the model (`model:LABEL`) or a rule
    (`signal:NAME`)."""

    who: str
    sure: float
    by: str
    harm: Harm | None = None

    @property
    def person(self) -> str | None:
        """The person's id, None for anything else."""
        return self.who.removeprefix("person:") if self.who.startswith("person:") else None


Span = tuple[int, int]
"""A part of a post, from and to (characters): in its text, a line end and its article."""
TITLE: Span = (0, 0)
"""The place of its title."""


@freeze
class Verdict:
    """The judgement of one version of one mention for one school, and why.

    `subject_person` is the id of whom it is likeliest about, the target of a threat too. `endangers` are
    those who may be in danger by it (`data.judged.dangers`) or wronged (`wrongs`), `accuses` everyone of whom
    something may be alleged: they are told nothing.
    `look` asks for a person's eye; `look_rank` orders those (higher first, 1 or more where it may be
    severity 4). `content_class` is what it is proposed to be (`data.content_class`). `restricted` texts are
    for the DSL alone.
    `scores` are the numbers that led here, by label. `themes` are what it is about, of `THEMES`, the
    surest first; empty where we cannot tell. `history` is when it was posted, where that was long before we
    began to read its place (`alerts.raise_alert`), else None. `event` is what an article
    tells of, None for anything else. `weighed_most` is where the part stands that weighed most, of an alert
    or a look.
    """

    mention_id: str
    version: int
    urn: str
    relevance: Relevance
    sentiment: Sentiment
    abuse: tuple[str, ...]
    about: About
    severity: Severity
    route: Route
    look: bool = False
    look_rank: float = 0.0
    subject_person: str | None = None
    content_class: ContentClass = ContentClass.FAIR_COMMENT
    restricted: bool = False
    reasons: tuple[Reason, ...] = ()
    scores: tuple[tuple[str, float], ...] = ()
    model: str = ""
    endangers: tuple[Meant, ...] = ()
    accuses: tuple[Meant, ...] = ()
    themes: tuple[str, ...] = ()
    history: datetime | None = None
    event: PressEvent | None = None
    weighed_most: Span | None = None

    @property
    def pair(self) -> tuple[str, str]:
        """The post, and the school that it was judged for."""
        return self.mention_id, self.urn

    @property
    def subjects(self) -> tuple[str, ...]:
        """Ids of those whom it may accuse by name."""
        return tuple(meant.person for meant in self.accuses if meant.person)


# ----------------------------------------------------------------------------- alerting


class Role(StrEnum):
    """The role of a person for the school. One person may hold several."""

    HEAD = "head"
    DEPUTY_HEAD = "deputy_head"
    DSL = "dsl"
    DEPUTY_DSL = "deputy_dsl"
    CHAIR = "chair"
    VICE_CHAIR = "vice_chair"
    GOVERNOR = "governor"
    SLT = "slt"
    STAFF = "staff"
    IT_LEAD = "it_lead"
    DPO = "dpo"
    PRESS = "press"
    LA_CONTACT = "la_contact"
    TRUST_CONTACT = "trust_contact"


@freeze
class Person:
    """Somebody of the school. `urns` empty means every configured school; `related_to` are ids and offices
    of those to whom they are close. `cover` (an id) is asked in their place until they are back. `account` is
    the name that they sign in with, where it is not `email`."""

    id: str
    name: str
    roles: tuple[Role, ...]
    email: str | None = None
    urns: tuple[str, ...] = ()
    phone: str | None = None
    related_to: tuple[str, ...] = ()
    away_until: datetime | None = None
    cover: str | None = None
    account: str | None = None


People = tuple[Person, ...]


@freeze
class Policy:
    """The settings that a school may choose about judging and telling; defaults are the product's.
    `look_share` is the largest share of mentions shown under “worth a look” (0..1); `names_permitted`: the
    school's own posts are not looked at for a pupil's full name beside their year."""

    look_share: float = 0.125
    first_assessor: Role = Role.HEAD
    press: Role = Role.HEAD
    criticism_days: int = 30
    retain_days: int = 365
    unmatched_hours: int = 24
    names_permitted: bool = False


@freeze
class Alert:
    """The facts about one story that somebody must know, and who. `audience` are person ids, in order of
    asking.

    `excluded` are people who would have been told but are its subject; `warned` those told no more than that
    somebody may be in danger. `times` counts how
    often it was raised: again only where severity or route rose, or where somebody told turned
    out to be its subject. `posted_at` is set where all that is grave in it was posted long before we began
    to read there. `number` is what people call it by, drawn when it is first saved. `known_at` is when
    somebody of the school first read it, as far as is known: not before it was first raised, but where they
    say so who handed it in.
    """

    id: str
    story_id: str
    urn: str
    severity: Severity
    route: Route
    content_class: ContentClass
    restricted: bool
    audience: tuple[str, ...]
    excluded: tuple[str, ...]
    because: tuple[Reason, ...]
    raised_at: datetime
    times: int = 1
    posted_at: datetime | None = None
    warned: tuple[str, ...] = ()
    number: str = field(default="", compare=False)
    known_at: datetime | None = field(default=None, compare=False)


@freeze
class Owner:
    """The one who has a matter (a person's id), since when, and who gave it to them: they themselves who took
    it. `until` is when it goes back to whoever gave it, `ask_at` when its owner is to be asked again.
    `taken`: it was never raised as an alert."""

    person: str
    at: datetime
    by: str = ""
    until: datetime | None = None
    ask_at: datetime | None = None
    taken: bool = False


class Mark(StrEnum):
    """The mark that somebody set on a story: that they have it, or that it is done with. TOO_GRAVE: it was
    judged too gravely; OVER: a danger has passed. WRONG_LANE: it is none of the safeguarding lead's or the
    police's. Those that are
    `said_…`: one person said so of what is grave, and waits for a second one. MERGED: another story has its
    posts, which is taken back by itself."""

    TAKEN = "taken"
    SAID_NOT_US = "said_not_us"
    SAID_TOO_GRAVE = "said_too_grave"
    SAID_WRONG_LANE = "said_wrong_lane"
    SAID_OVER = "said_over"
    NOT_US = "not_us"
    TOO_GRAVE = "too_grave"
    WRONG_LANE = "wrong_lane"
    OVER = "over"
    ANSWERED = "answered"
    MERGED = "merged"

    @property
    def ends(self) -> bool:
        """Is the story done with, so that it leaves what is open?"""
        ending = (Mark.NOT_US, Mark.TOO_GRAVE, Mark.WRONG_LANE, Mark.OVER, Mark.ANSWERED, Mark.MERGED)
        return self in ending

    @property
    def says(self) -> str:
        """The kind of correction it is, whether it waits for a second person or not."""
        return self.value.removeprefix("said_")

    @property
    def waiting(self) -> Mark:
        """The mark as one person says it of what is grave. Raises ValueError of what one alone says, or
        nobody."""
        return Mark(f"said_{self.value}")


@freeze
class Marked:
    """A story that somebody (a person's id) marked, for its school, and when."""

    story_id: str
    urn: str
    mark: Mark
    person_id: str
    at: datetime


class StillOpen(StrEnum):
    """Why somebody was asked about a matter: nobody has it (BY_NUMBER: and they may read it only once they
    do), nothing is recorded in it within the hour or by the end of its day, the local authority's designated
    officer was not told, they wanted to be asked then, or it is theirs again. GROWN, that it had grown, is of
    older homes alone."""

    UNTAKEN = "untaken"
    BY_NUMBER = "by_number"
    UNDONE = "undone"
    DUE = "due"
    LADO = "lado"
    OWN_DATE = "own_date"
    GROWN = "grown"
    BACK = "back"


@freeze
class Escalation:
    """One step in what is not finished: who was asked, None where all were told to ring, as was done once,
    and `about` what. `times` is how often the alert had been raised, `step` counts from 1 within that."""

    alert_id: str
    urn: str
    times: int
    step: int
    person_id: str | None
    told_at: datetime
    about: StillOpen = StillOpen.UNTAKEN


class Via(StrEnum):
    """The way by which a message goes out."""

    MAIL = "mail"
    CHAT = "chat"


@freeze
class OutboxMessage:
    """One message to one person, still to be sent; `key` is stable and becomes the Message-ID.

    `kind` is instant | warning | escalation | question | morning | list | digest | report | sign | spike |
    press | account | offices | case | answer | failure | handed.
    `body` is plain text and never holds a post's text, title, address or author (a digest, and the mail of an
    alert, may hold a news headline); `html` is the same for mail programs that show it. `times` is how often
    its alert had been raised. A message by `chat` is one line and a link. `attachment` is a file's path below
    the home folder. `thread` is the key of the first mail of its matter to that person, which later ones
    answer. `person_id` is an address where that is one which the settings name no more. `numbers` are
    those of the matters that a digest names; one from before they were stored names none.
    """

    key: str
    urn: str
    person_id: str
    kind: str
    subject: str
    body: str
    due_at: datetime
    expires_at: datetime
    alert_id: str | None = None
    html: str | None = None
    via: Via = Via.MAIL
    times: int = 0
    attachment: str | None = None
    thread: str | None = None
    numbers: tuple[str, ...] = ()


Messages = tuple[OutboxMessage, ...]


@freeze
class Trouble:
    """One kind of our own work that has failed since `since`, with no success in between: no names, no texts.
    `why` is the code of its last fault; `until` is None while it goes on."""

    work: str
    since: datetime
    why: str
    until: datetime | None = None
