"""One matter as one reader may know it at one time: the value that every surface renders; no text for people.

A matter is a story of one school, with its alert and its cases where there are any. What a reader may not
know is not in here: no words, no address, no author, and no person's id that is not theirs to know.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time
from enum import IntEnum, StrEnum

from data.cases import Case, Consent
from data.content_class import ContentClass
from data.digest import Headline
from data.frozen import freeze
from data.steps.acts import Values
from data.steps.codes import BypassRoute, RungAnswer
from data.types import (
    About,
    Alert,
    Escalation,
    Mark,
    Marked,
    MentionKind,
    Owner,
    Reason,
    Relevance,
    Route,
    Sentiment,
    Severity,
    Verdict,
)


class Access(IntEnum):
    """The part of a matter that somebody is shown, each level more than the one before. NOTHING: it is
    answered as what is not there. EXISTS: that it is with the safeguarding lead. STATUS: how far it is, and
    no word of it. WORDS: all of it."""

    NOTHING = 0
    EXISTS = 1
    STATUS = 2
    WORDS = 3


class ReaderPart(StrEnum):
    """ACTS was told and deals with it; ASKS does too, once the person threatened has been asked. TARGET is
    threatened, OTHER only sees it. RECORD reads later what was done. REFUSED deals with it where whoever is
    threatened does not agree to the police being told."""

    ACTS = "acts"
    ASKS = "asks"
    TARGET = "target"
    OTHER = "other"
    RECORD = "record"
    REFUSED = "refused"


class Having(StrEnum):
    """The way in which somebody came to have a matter."""

    ACKNOWLEDGED = "acknowledged"
    TAKEN = "taken"
    GIVEN = "given"
    ACTING = "acting"


@freeze
class Holder:
    """The one who has a matter (a person's id), since when, and how they came to have it. For a reader:
    `person` is "" where that is not theirs to know, `mine` is True where it is the reader."""

    person: str
    since: datetime
    how: Having
    mine: bool = False


DECIDE = "decide"
"""As a clock: when somebody must have decided what is to be done."""
LADO = "lado"
"""As a clock: when the local authority's designated officer must have been told. It is their code, too."""
ICO = "ico"
"""As a clock: when the Information Commissioner is told at the latest. It is their code, too."""


@freeze
class NextDate:
    """When something is due (UTC), what (a case's clock, DECIDE, LADO or ICO), and whether its time is over.
    An end at midnight is the first moment of the next day."""

    at: datetime
    clock: str
    late: bool


@freeze
class SaidTime:
    """A time that a post names, where the school is: its day and a time of it, None where none was said;
    `sure` of the day."""

    day: date | None
    at: time | None
    sure: bool = True


@freeze
class Reported:
    """One report of a mention: when it was recorded, and who saw it; None where nobody was named. `number` is
    what whoever brought it was given, "" of one before there were numbers; `file_at` is where its file lies,
    where that was not taken; `seen_at` when they say they saw it, midnight where they gave a day."""

    at: datetime
    seen_by: str | None
    number: str = ""
    file_at: str | None = None
    seen_at: datetime | None = None


@freeze
class PostVersion:
    """A post in words that it has no more: which version, when it was fetched, None where nothing says."""

    n: int
    at: datetime | None
    title: str
    text: str


class WrongKind(StrEnum):
    """The kind of what people mark as wrong of a verdict, so that it is right from then on; OVER: a
    danger has passed; LET_IN: whom it leaves out, WITHDRAWN, before: what was said at the door of that."""

    NOT_US = "not_us"
    OURS = "ours"
    TOO_GRAVE = "too_grave"
    OVER = "over"
    MISSED = "missed"
    WRONG_LANE = "wrong_lane"
    TONE = "tone"
    LET_IN = "let_in"
    WITHDRAWN = "withdrawn"


ENDING = (WrongKind.NOT_US, WrongKind.TOO_GRAVE, WrongKind.OVER)
"""The marks that end a story; after a danger is over its case may go on, with what is left to do."""


@freeze
class SaidWrong:
    """The mark by which somebody (an id) says a post is judged wrongly, when and why, and what is right:
    whether it is about the school, its label ("": not said; of LET_IN the ids of those who are let in, by
    spaces), its severity, route or tone.

    `kind` is the `WrongKind` that they marked, "" where they only said so. A marked one has what was judged,
    by which `model`, and since when it counts (`counts_at`): None while it waits for a second person.
    """

    mention_id: str
    urn: str
    person_id: str
    relevance: Relevance | None
    label: str
    severity: Severity | None
    why: str
    said_at: datetime
    kind: str = ""
    route: Route | None = None
    tone: Sentiment | None = None
    was_relevance: Relevance | None = None
    was_severity: Severity | None = None
    was_route: Route | None = None
    was_tone: Sentiment | None = None
    model: str = ""
    counts_at: datetime | None = None


class DeedKind(StrEnum):
    """The deed of somebody of a school about a matter, outside this program. LEFT is the end of it."""

    RANG = "rang"
    STATEMENT = "statement"
    PRESS = "press"
    POSTED = "posted"
    LEFT = "leave"

    @property
    def decides(self) -> bool:
        """Does it decide something? A call does not yet: perhaps nobody answered."""
        return self is not DeedKind.RANG


@freeze
class MatterNote:
    """The note that somebody (an id) wrote on a matter, for all who may read it; `deed` where it says that
    this was done, None of any other and of those from before that was stored."""

    id: str
    story_id: str
    urn: str
    person_id: str
    note: str
    written_at: datetime
    deed: DeedKind | None = None


class Mistake(StrEnum):
    """The mistakes that somebody may say are in a matter: what is to become of it (LANE), who is in danger,
    said to have done wrong, or wronged by it, whether it is about us, its tone, or that it is there TWICE."""

    LANE = "lane"
    DANGER = "danger"
    ACCUSED = "accused"
    WRONGED = "wronged"
    US = "us"
    TONE = "tone"
    TWICE = "twice"


class ActKind(StrEnum):
    """The acts that a door may offer. READ puts a reading on record, TAKE says “I have it”, MARK that it is
    done with, UNMARK takes a mark back, WRONG says that something of it is, RIGHT_AGAIN takes that back, NOTE
    writes one, OVER and NO_DANGER say that a danger has passed, or was none, which takes two, ENDED ends it
    as a later post says, OPEN begins a case, OWN_WORD says for oneself what only whoever it is aimed at can,
    FULFIL that it is done what they asked for; PUT_DOWN, TAKE_BACK and NOTE_BACK undo that they took it, gave
    it or wrote; REMIND asks to be asked again on the next school day; UNMERGE makes two of what was joined;
    AGREE answers what another asked that takes two; the others are those of `monitor.act`."""

    READ = "read"
    TAKE = "take"
    MARK = "mark"
    UNMARK = "unmark"
    WRONG = "wrong"
    RIGHT_AGAIN = "right_again"
    HAPPENED = "happened"
    DID = "did"
    OVER = "over"
    NO_DANGER = "no_danger"
    GIVE = "give"
    NOTE = "note"
    NOTE_BACK = "note_back"
    ENDED = "ended"
    OPEN = "open"
    OWN_WORD = "own_word"
    FULFIL = "fulfil"
    PUT_DOWN = "put_down"
    TAKE_BACK = "take_back"
    REMIND = "remind"
    UNMERGE = "unmerge"
    AGREE = "agree"
    STEP = "step"
    REPORT_IN = "report_in"
    CAPTURE = "capture"
    LETTER = "letter"
    SIGN = "sign"
    PRIVACY = "privacy"


@freeze
class Action:
    """Something the reader may do now: the act, and the `values` that are settled."""

    act: str
    values: Values = ()


@freeze
class PostView:
    """One post of a matter in its newest version. Without `words` it has no title, text, quote, author,
    address or id, and its verdict is without the words of its reasons.

    `restricted` posts are “with the DSL” until their reading is on record. `enclosed` are the media types of
    what came with it in a mail; `reported` who reported it; `corrections` what somebody says of it who it is
    about; `reasons` the words of those of its verdict, where the verdict itself is not given;
    `weighed_most` those of its own that weighed most in it; `said_wrong` what people say who hold that
    verdict to be wrong; `earlier` its versions of before, the newest first;
    `words_deleted_at` is when the time was over for which its words are kept, `gone_at` when it was seen gone
    from its platform.
    """

    channel: str
    words: bool = False
    restricted: bool = False
    id: str = ""
    version: int = 1
    kind: MentionKind | None = None
    title: str | None = None
    text: str | None = None
    quoted: str | None = None
    author: str | None = None
    url: str | None = None
    published: datetime | None = None
    first_seen: datetime | None = None
    words_deleted_at: datetime | None = None
    gone_at: datetime | None = None
    relevance: Relevance = Relevance.ABOUT
    verdict: Verdict | None = None
    source_ids: tuple[str, ...] = ()
    enclosed: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    weighed_most: str = ""
    reported: tuple[Reported, ...] = ()
    corrections: tuple[str, ...] = ()
    said_wrong: tuple[SaidWrong, ...] = ()
    earlier: tuple[PostVersion, ...] = ()

    @property
    def title_and_text(self) -> str:
        return ". ".join(part for part in (self.title, self.text) if part)

    @property
    def at(self) -> datetime | None:
        """When it was posted, or first read where nothing says."""
        return self.published or self.first_seen


@freeze
class MatterView:
    """One matter for one reader. Fields that a surface has not read keep their defaults.

    Which: `story_id`, its school's `urn`, `alert_id` ("" where it was never raised), `numbers` of its open
    cases that the reader may know of, the oldest first; `number` is what people call it by.
    How much: `access` of the `reader` (a person's id, "" where nobody is named); `restricted` is shown as
    “with the DSL” alone, `locked` bears no date either; `conflicts` says that the reader may know who is kept
    out of it. `part` is the reader's in it; `own`, that it is aimed at them. `endangers`:
    somebody may be in danger by it.
    What: `top` is the gravest verdict that may be shown, `verdicts` all that may, without the words of their
    reasons and with SOMEBODY for a person where `access` is below WORDS; `judged` is False where no verdict
    is kept any more. `lane` is its way past the removal ladder, `about` whom it is about, `severity` that of
    its alert or, where higher, of its posts; `route`, `content_class` and `because` are its alert's.
    `headline` is an article's. `heated` says that somebody swore or insulted. `look` is the verdict that a
    person should read first, `looks` all such.
    Which posts: `post_id` is that by which it is known, `article_id` its earliest in the press; in a digest,
    `posts` are these two, and `printed` all its articles, once it is known that it is shown.
    Where: `channels` are kinds of place, `sources` ids of what carried it; `places`, `people`, `mentions` and
    `articles` count; `place_keys` and `people_keys` stand for hosts and authors, to be counted together.
    When (UTC): first `posted_at`, `first_seen`, `last_seen`, `raised_at` (`times` over), `known_at` to
    the school, `began_at` of its
    case; `from_before` is set where it was posted long before its place was first read. `said_time` is a time
    that its gravest post names.
    Within a window: `updated_at`, and of its case `asked_at`, `gone_at`, `back_at` and the `answer` to a
    request.
    Who: `holder` has it, `asked` the reader was to take it, `nobody_told` that its alert reached nobody;
    `acknowledged` its alert (person "" where withheld), `taken` it is in somebody's hands or was handed
    over; `audience`, `excluded`, `warned` and `escalated` were sent it, kept out, told of danger alone and
    asked next.
    How far: `mark` that holds, `finished`, what is `due`, its `cases` whose state the reader may know (below
    WORDS without anybody's id). `actions` are what the reader may do. `stamp` is another once there is more.
    `notes` were written on it, `why_ended` says why it is done with: of what is sealed neither, until a
    reading is on record; nor the note with which it was `passed` to its reader. `endings` are later posts
    that may say that it has ended, with the sentence that does. `same_words_at` are other schools, by name,
    that have its words in a matter that the reader may read too.
    """

    story_id: str
    urn: str
    access: Access
    reader: str = ""
    alert_id: str = ""
    numbers: tuple[str, ...] = ()
    number: str = ""
    restricted: bool = False
    locked: bool = False
    conflicts: bool = False
    part: ReaderPart = ReaderPart.OTHER
    own: bool = False
    endangers: bool = False
    top: Verdict | None = None
    verdicts: tuple[Verdict, ...] = ()
    judged: bool = True
    lane: BypassRoute | None = None
    about: About = About.OTHER
    relevance: Relevance = Relevance.ABOUT
    severity: Severity = Severity.NOTHING
    route: Route | None = None
    content_class: ContentClass | None = None
    because: tuple[Reason, ...] = ()
    title: str = ""
    headline: Headline | None = None
    heated: bool = False
    look: Verdict | None = None
    looks: tuple[Verdict, ...] = ()
    posts: tuple[PostView, ...] = ()
    printed: tuple[PostView, ...] = ()
    channels: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    places: int = 0
    people: int = 0
    mentions: int = 0
    articles: int = 0
    place_keys: Collection[str] | Collection[int] = ()
    people_keys: Collection[int] = ()
    posted_at: datetime | None = None
    first_seen: datetime | None = None
    last_seen: datetime | None = None
    raised_at: datetime | None = None
    known_at: datetime | None = None
    times: int = 0
    began_at: datetime | None = None
    from_before: datetime | None = None
    updated_at: datetime | None = None
    asked_at: datetime | None = None
    gone_at: datetime | None = None
    back_at: datetime | None = None
    answer: RungAnswer | None = None
    said_time: SaidTime | None = None
    holder: Holder | None = None
    asked: bool = False
    nobody_told: bool = False
    acknowledged: Owner | None = None
    taken: bool = False
    audience: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    warned: tuple[str, ...] = ()
    escalated: tuple[Escalation, ...] = ()
    mark: Marked | None = None
    finished: bool = False
    due: NextDate | None = None
    cases: tuple[Case, ...] = ()
    actions: tuple[Action, ...] = ()
    notes: tuple[MatterNote, ...] = ()
    why_ended: str = ""
    passed: MatterNote | None = None
    same_words_at: tuple[str, ...] = ()
    endings: tuple[PostView, ...] = ()
    stamp: str = ""
    post_id: str = ""
    article_id: str = ""

    @property
    def words(self) -> bool:
        """May the reader know all of it?"""
        return self.access is Access.WORDS

    @property
    def part_now(self) -> ReaderPart:
        """Its reader's part: who had to ask whoever is threatened asks no more once these answered."""
        answers = {case.consent for case in self.cases if self.part is ReaderPart.ASKS and not case.locked}
        if answers & {Consent.GIVEN, Consent.OVERRIDDEN}:
            return ReaderPart.ACTS
        return ReaderPart.REFUSED if answers & {Consent.REFUSED, Consent.WITHDRAWN} else self.part

    @property
    def apart(self) -> bool:
        """May the reader know no more of it than that it is with the safeguarding lead, and who has it?"""
        return self.access < Access.STATUS

    @property
    def is_sealed(self) -> bool:
        """Is nothing shown of it before a reading that is on record?"""
        return self.restricted or self.locked

    @property
    def case(self) -> Case | None:
        """The one case of a view made of a case, or the first of its cases; None where there is none."""
        return self.cases[0] if self.cases else None

    @property
    def post(self) -> PostView | None:
        """The post that it is known by, where that was read."""
        return next((post for post in self.posts if not self.post_id or post.id == self.post_id), None)

    @property
    def article(self) -> PostView | None:
        """Its earliest article in the press, where that was read."""
        return next((post for post in self.posts if self.article_id and post.id == self.article_id), None)

    @property
    def alert(self) -> Alert | None:
        """Its alert as it was raised, None where it never was."""
        if self.route is None or self.content_class is None or self.raised_at is None:
            return None
        return Alert(
            *(self.alert_id, self.story_id, self.urn, self.severity, self.route, self.content_class),
            *(self.restricted, self.audience, self.excluded, self.because, self.raised_at, self.times),
            self.from_before,
            self.warned,
            self.number,
            self.known_at,
        )

    @property
    def ending_mark(self) -> Marked | None:
        """The mark by which somebody said that it is done with; None where nobody did."""
        return self.mark if self.mark is not None and self.mark.mark.ends else None

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks that the reader may set."""
        given = (dict(a.values)["mark"] for a in self.actions if a.act == ActKind.MARK)
        return tuple(Mark(str(mark)) for mark in given)

    @property
    def may_go_to(self) -> tuple[str, ...]:
        """To whom (ids) the reader may give it."""
        return tuple(str(dict(a.values)["to"]) for a in self.actions if a.act == ActKind.GIVE)

    @property
    def wrongs(self) -> tuple[Mistake, ...]:
        """The mistakes that the reader may say are in it."""
        return tuple(Mistake(str(dict(a.values)["what"])) for a in self.actions if a.act == ActKind.WRONG)

    def may(self, act: ActKind) -> bool:
        return any(action.act == act for action in self.actions)


SOMEBODY = "somebody"
"""Stands for a person's id in a verdict, where its reader may know that there is one and not who."""
