"""Judge what the press tells of the school: what a post passes on of it, what an article is about and whether
it is against the school, what follows from that, and which articles are of one event. Pure.

A phrase and its opposite are told apart: “charged” and “cleared”, “evacuated” and “evacuated in a drill”,
“special measures” and “out of special measures”. Where no phrase is known the model decides.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from ahocorasick_rs import AhoCorasick

from classifiers.signals.patterns import REVIEWS, PossiblePatterns, with_the_school
from classifiers.text.language import IN_NEWS
from classifiers.text.model_text import family_of, is_article
from classifiers.text.words import WordFile, either, late_pattern, undisguise
from classifiers.verdicts.subject import roles_said
from classifiers.verdicts.weigh import (
    LANES,
    SeverityOutcome,
    WeighedEvidence,
    in_protection,
    log_odds,
    log_of,
    probability,
    was_read,
)
from data.frozen import freeze
from data.register.school_names import SCHOOLISH, core_of, normalise
from data.types import About, Mention, MentionKind, PressEvent, Role, Route, School, Sentiment, Severity
from data.web.channels import WEBSITE, channel_at, domains_of, press_hosts

# News that a post passes on: the headline where a paper is named or linked, and what its poster adds. A paper
# that is only spoken of in passing names no headline.

_SHARED = WordFile(Path(__file__).with_name("shared.toml"))
_KINDS, _COMMON_KINDS, _HOUSE_NAMES = (
    one.pattern for one in _SHARED.patterns("kinds", "common_kinds", "house_names")
)
_SHARED.give(run_on=_KINDS.replace(" ", ""), with_hyphens=_KINDS.replace(" ", "-?"))
_LINK, _ANY_LINK, _OF_A_PAPER, _BEFORE, _AFTER, _STORY, _COLON, _DASH, _SAYS_SO, _ACCOUNT = _SHARED.patterns(
    "link", "any_link", "of_a_paper", "before", "after", "story", "colon", "dash", "says_so", "account"
)
_LINES = 12
_LONGEST_LINE = 400
_LEAST_OF_NEWS = 3
_OWN_WORDS = 3
_ACCOUNTS = frozenset(("x", "bluesky", "youtube", "tiktok", "instagram", "threads", "mastodon"))
"""Channels whose title names the account. Elsewhere one that bears a headline heads what others say below."""
_ANSWERS = (MentionKind.REPLY, MentionKind.COMMENT)


@freeze
class SharedNews:
    """The headline of a paper in a post, and what more it `tells`; whether the poster `adds` words."""

    headline: str
    adds: bool
    tells: str = ""


def shared_news(mention: Mention) -> SharedNews | None:
    """The news that a post passes on; None where it is an article itself, or no paper is named or linked."""
    if is_article(mention) or mention.channel in REVIEWS or family_of(mention.channel) == "encyclopedia":
        return None
    title = "" if mention.kind in _ANSWERS else mention.title.strip()[:_LONGEST_LINE]
    text = mention.text
    if not _may_name_paper().of(f"{title} {text}".lower()):
        return None
    lines = [line.strip()[:_LONGEST_LINE] for line in text.split("\n")[:_LINES] if line.strip()]
    if title and mention.channel in _ACCOUNTS and _ACCOUNT.fullmatch(title):
        headline, _, tells = _ANY_LINK.sub(" ", " ".join(lines)).strip().partition(". ")
        return SharedNews(headline, adds=False, tells=tells) if headline else None
    for at, line in enumerate([title, *lines]):
        found = _in_line(line)
        links = _LINK.finditer(line) if found is None and "." in line else ()
        if link := next((link for link in links if _leads_to_a_paper(link[1].lower())), None):
            found = _headline_of_link(line, link, lines[: at - 1] if at else [], title)
        if found is not None:
            headline, rest = found
            others = (other for n, other in enumerate(lines, 1) if n != at and other != headline)
            adds = len(_LINK.sub(" ", " ".join((rest, *others))).split()) >= _OWN_WORDS
            return (
                None if adds and not at and mention.channel not in _ACCOUNTS else SharedNews(headline, adds)
            )
    return None


@lru_cache(maxsize=1)
def _may_name_paper() -> PossiblePatterns:
    """One of these is in whatever names or links a paper."""
    return PossiblePatterns(
        ["http", r"www\.", *_HOUSE_NAMES.split("|"), *_KINDS.split("|"), *_COMMON_KINDS.split("|")]
    )


def _in_line(line: str) -> tuple[str, str] | None:
    """The headline of a line that names a paper, and what stands behind."""
    plain = _ANY_LINK.sub(" ", line).strip()
    if not _may_name_paper().of(plain.lower()):
        return None
    for mark, form in ((_COLON, _BEFORE), (_DASH, _AFTER), (_SAYS_SO, _STORY)):
        found = form.match(plain) if mark.search(plain) else None
        if found and len(found["headline"].split()) >= _LEAST_OF_NEWS:
            if form is not _BEFORE:
                return found["headline"].strip(), found["rest"]
            headline, _, rest = found["headline"].partition(". ")
            return headline, rest
    return None


def _leads_to_a_paper(host: str) -> bool:
    if not press_hosts().isdisjoint(domains_of(host)):
        return True
    return channel_at(f"https://{host}") == WEBSITE and any(map(_OF_A_PAPER.fullmatch, host.split(".")[:-1]))


def _headline_of_link(
    line: str, link: re.Match[str], before: list[str], title: str
) -> tuple[str, str] | None:
    """The headline that goes with a link: before it in its line, else the line above, else the title."""
    own = _ANY_LINK.sub(" ", line.replace(link[0], " ")).strip()
    for said in (own, *before[-1:], title):
        if len(said.split()) >= _LEAST_OF_NEWS:
            return said, "" if said == own else own
    return None


# What an article is about, and whether it is against the school, by whole phrases; and which journalist asks
# the school for comment.

_EVENTS = WordFile(Path(__file__).with_name("events.toml"), others=("adverse", "present", "undone"))
ATTRIBUTE, PLAY, PRAISE, SURE_PRAISE, CLEARS, EVACUATED = _EVENTS.patterns(
    "attribute", "play", "praise", "sure_praise", "clears", "evacuated"
)
_parts, _age, _quoted, _happened, _said_of_it = _EVENTS.patterns(
    "headline_parts", "age", "quoted", "happened", "said_of_it"
)
_speaks_apart, _school_name, _done_to, _bare_office = _EVENTS.patterns(
    "speaks_apart", "school_name", "done_to", "bare_office"
)
_by_readers, _a_paper, _turn, _paper, _inspected, _grade = _EVENTS.patterns(
    "by_readers", "a_paper", "turn", "paper", "inspected", "grade"
)


@freeze
class PressRule:
    """Phrases of one event. `floor` is the least severity; `firm` ones hold beside words of praise."""

    event: PressEvent
    floor: Severity
    firm: bool
    pattern: re.Pattern[str]


@freeze
class Undone:
    """Phrases that say it is over, was nothing, or was only practised; `event` is theirs, `undoes` what they
    undo. An `alarm` was one for nothing. What is named `beside` an event undoes it only where it is said so.
    """

    event: PressEvent
    undoes: frozenset[PressEvent]
    pattern: re.Pattern[str]
    praise: bool = False
    alarm: bool = False
    beside: bool = False

    def in_text(self, headline: str, body: str, *, firm: bool) -> bool:
        """Does it undo what an article tells of? `firm` says that the headline has a hard phrase."""
        if not self.beside:
            return bool(self.pattern.search(f"{headline}\n{body}"))
        if self._apart(headline):
            return False
        told = bool(self.pattern.search(body)) and (not firm or bool(_said_of_it.search(body)))
        return told or bool(self.pattern.search(headline))

    def _apart(self, headline: str) -> bool:
        """Has somebody been harmed or accused, in a part of the headline that does not speak of a drill?"""
        parts = _parts.split(_quoted.sub(" ", _age.sub(" ", headline)))
        return any(_happened.search(part) and not self.pattern.search(part) for part in parts)


def _rows(table: str, *keys: str) -> Iterator[tuple[dict[str, Any], re.Pattern[str]]]:
    for row in _EVENTS.rows(table, (*keys, "words")):
        yield row, late_pattern(either(row.pop("words")))


PRESENT = tuple((Severity(row["floor"]), pattern) for row, pattern in _rows("present", "floor"))
"""What tells of a child at risk now, and how grave it is at least."""
ADVERSE = tuple(
    PressRule(PressEvent(row["event"]), Severity(row["floor"]), row.get("firm", False), pattern)
    for row, pattern in _rows("adverse", "event", "floor", "firm")
)
UNDONE = tuple(
    Undone(
        PressEvent(row.pop("event")),
        frozenset(map(PressEvent, row.pop("undoes", PressEvent))),
        pattern,
        **row,
    )
    for row, pattern in _rows("undone", "event", "undoes", "praise", "alarm", "beside")
)

_VIOLENT = frozenset((PressEvent.WEAPON, PressEvent.INJURY, PressEvent.OTHER))
_LONGEST_NAME = 5
_MOST_CHARS = 4000
"""What an article is about stands in its beginning."""
_SAID = {True: 3.0, False: 2.0}
_TOLD = {True: 1.5, False: 0.8}
_AT_RISK = 2.0
_SURE = 3.0
_PRAISED = 2.1
_HINTED = 0.9
_FAVOUR = (SURE_PRAISE, PLAY, PRAISE)


@freeze
class PressReading:
    """The facts that an article tells of. `floor` is the least severity where it is adverse, note where it is
    calm.

    `lean` is how far its phrases go, in log-odds: over 0 against the school, under 0 calm. `praise` is news
    in the school's favour; `at_risk` tells of a child at risk now. `torn` is True where the headline
    has a hard phrase beside the one that undoes it: “pupil stabbed days after a lockdown drill”. `over` is
    True where it tells that something is over, came to nothing or was only practised, `clears` where it says
    of somebody that they are nobody of the school, or not to blame.
    """

    event: PressEvent
    floor: Severity
    lean: float
    praise: bool = False
    at_risk: bool = False
    torn: bool = False
    over: bool = False
    clears: bool = False

    @property
    def adverse(self) -> bool:
        """Do its phrases go against the school?"""
        return self.lean > 0.0


def read_press(mention: Mention) -> PressReading | None:
    """The reading of an article; None where it is none, or where no phrase is known."""
    if not is_press(mention):
        return None
    headline = without_paper(undisguise(mention.title).text)
    text = undisguise(mention.text[:_MOST_CHARS]).text
    if not headline or _a_paper.fullmatch(headline):
        headline, _, text = text.partition(". ")
        headline = without_paper(headline)
    reading = _read_words(headline, "" if text.startswith(headline) else text)
    if not CLEARS.search(headline):
        return reading
    # what clears somebody is calm, unless the headline tells of harm as well
    if reading is not None and any(rule.firm and rule.pattern.search(headline) for rule in ADVERSE):
        return replace(reading, clears=True)
    event = PressEvent.OTHER if reading is None else reading.event
    return PressReading(event, Severity.NOTE, -_SURE, clears=True)


def read_shared(mention: Mention) -> tuple[PressReading, bool] | None:
    """The reading of the adverse news that a post passes on, and whether its poster adds words of their own.

    None where it passes on none.
    """
    news = shared_news(mention)
    if news is None:
        return None
    headline = without_paper(undisguise(news.headline).text)
    reading = None if CLEARS.search(headline) else _read_words(headline, undisguise(news.tells).text)
    return (reading, news.adds) if reading is not None and reading.adverse else None


def headline_of(mention: Mention) -> str:
    """The headline of an article, or of what a post passes on."""
    news = shared_news(mention)
    return news.headline if news else mention.title or mention.text.partition(". ")[0]


def offices_accused(headline: str, school: School) -> tuple[frozenset[Role], frozenset[Role]]:
    """Find the offices of which a headline says that the holder, no former one, is suspended, charged or
    accused: those of the school, and those of others that it names."""
    own = set(normalise(f"{core_of(school)} {' '.join(school.aliases)} {school.town}").split()) - SCHOOLISH
    ours, others = set[Role](), set[Role]()
    for part in _speaks_apart.split(without_paper(headline)):
        named = {word for name in _school_name.findall(part) for word in normalise(name).split()} - SCHOOLISH
        found = others if named and named.isdisjoint(own) else ours
        plain = with_the_school(undisguise(part).text, school)
        for hit in (hit for rule in _STAFF_RULES for hit in rule.pattern.finditer(plain)):
            said = plain[hit.start() :] if _done_to.match(hit[0]) else plain[: hit.end()]
            found |= roles_said(_bare_office.sub(r"\1the \2", said))
    return frozenset(ours), frozenset(others - ours)


_STAFF_RULES = tuple(rule for rule in ADVERSE if rule.event is PressEvent.STAFF)


def is_press(mention: Mention) -> bool:
    """Is it an article, and not what readers wrote below one or to the paper?"""
    return is_article(mention) and not _by_readers.match(mention.title.strip())


def without_paper(title: str) -> str:
    """A headline without the newspaper's name behind a dash."""
    parts = _paper.split(title.strip(), maxsplit=1)
    return parts[0] if len(parts) > 1 and len(parts[1].split()) <= _LONGEST_NAME else title.strip()


def inspection_grade(mention: Mention) -> str | None:
    """Read how the inspectors graded a school by the headline, in small letters; None where it does not say
    so.
    """
    headline = without_paper(mention.title)
    found = _grade.search(headline) if _inspected.search(headline) and is_press(mention) else None
    return (found["rated"] or found[0]).lower() if found else None


_TRIED = (
    *(rule.pattern for rule in ADVERSE),
    *(rule.pattern for rule in UNDONE),
    *(pattern for _, pattern in PRESENT),
    *(*_FAVOUR, ATTRIBUTE),
)
"""The patterns that are tried on an article."""


@lru_cache(maxsize=1)
def _possible_patterns() -> PossiblePatterns:
    return PossiblePatterns(pattern.pattern for pattern in _TRIED)


def _read_words(headline: str, body: str) -> PressReading | None:
    whole = f"{headline}\n{body}"
    may = {_TRIED[i] for i in _possible_patterns().of(whole)}
    if ATTRIBUTE in may:  # what it leaves behind may read otherwise
        may.update(_FAVOUR)
    adverse = [rule for rule in ADVERSE if rule.pattern in may]
    firm = any(rule.firm and rule.pattern.search(headline) for rule in adverse)
    undone = [rule for rule in UNDONE if rule.pattern in may and rule.in_text(headline, body, firm=firm)]
    gone = frozenset(event for rule in undone for event in rule.undoes)
    left = [rule for rule in adverse if rule.event not in gone]
    said = [rule for rule in left if rule.pattern.search(headline)]
    told = [] if said or undone else [rule for rule in left if rule.pattern.search(body)]
    present = (severity for severity, pattern in PRESENT if pattern in may and pattern.search(whole))
    risk = None if undone else next(present, None)
    events = {rule.event for rule in said or told}
    shown = ATTRIBUTE.sub(" ", headline) if said else headline
    favour = 0.0
    if not (may.isdisjoint(_FAVOUR) or any(rule.firm for rule in said)):
        favour = _lean_in_favour(shown, body, may, played=bool(events or risk) and events <= _VIOLENT)
    hard = any(rule.firm for rule in said or told)  # against the school, most by its headline
    by_words = _SAID[hard] if said else _TOLD[hard] if told else 0.0
    lean = max(by_words, _AT_RISK if risk is not None else 0.0) + favour
    if undone and lean <= 0.0:
        undid = (rule for rule in adverse if rule.firm and rule.event in gone)
        return replace(_read_undone(undone, whole), torn=any(rule.pattern.search(headline) for rule in undid))
    if lean > 0.0:
        return _adverse(said or told, risk, lean)
    event = PressEvent.INSPECTION if SURE_PRAISE.search(whole) else PressEvent.ACHIEVEMENT
    return PressReading(event, Severity.NOTE, lean, praise=True) if lean < 0.0 else None


def _lean_in_favour(headline: str, body: str, may: Set[re.Pattern[str]], *, played: bool) -> float:
    """Return how far it leans the other way: praise, and a play or a contest that borrows hard words."""
    sure, play, praise = (pattern in may for pattern in _FAVOUR)
    if sure and SURE_PRAISE.search(headline) and not _turn.search(headline):
        return -_SURE
    if play and (PLAY.search(headline) or (played and PLAY.search(body))):
        return -_SURE
    if praise and PRAISE.search(headline):
        return -_PRAISED
    return -_HINTED if (praise and PRAISE.search(body)) or (sure and SURE_PRAISE.search(body)) else 0.0


def _adverse(hits: Sequence[PressRule], risk: Severity | None, lean: float) -> PressReading:
    gravest = max(hits, key=lambda rule: rule.floor, default=None)
    event = PressEvent.OTHER if gravest is None else gravest.event
    floors = [risk or Severity.RESPOND, gravest.floor if gravest else Severity.RESPOND]
    return PressReading(event, max(floors), lean, at_risk=risk is not None)


def _read_undone(undone: Sequence[Undone], whole: str) -> PressReading:
    """Read what is over, was nothing or was only practised; an alarm for nothing that moved pupils is told
    of.
    """
    if undone[0].alarm and EVACUATED.search(whole):
        return PressReading(PressEvent.WEAPON, Severity.RESPOND, _SURE)
    praise = any(rule.praise for rule in undone)
    return PressReading(undone[0].event, Severity.NOTE, -_SURE, praise=praise, over=not praise)


# Who of the press asks the school for comment, a statement or an interview: by all that is said, that they
# are of the press or are about to print something, and what they ask for. A parent who may go to the press, a
# seller and a circular only sound like it; what was printed asks for nothing.

_ASKING = WordFile(Path(__file__).with_name("enquiry.toml"), others=("cue", "hints"))
_MAY_ASK = AhoCorasick([hint.strip() for hint in _ASKING.table["hints"].split(",")])
"""Finds, in small letters, what is in whatever the press asks: not in most posts."""
_CUES = tuple(
    (row["side"], row["weight"], late_pattern(f"(?i){either(row['words'])}"))
    for row in _ASKING.rows("cue", ("side", "weight", "words"))
)
_HOST = re.compile(r"@([\w.-]{3,80})")
_OF_THE_PRESS, _TOGETHER = 2, 4
"""So much tells that the press speaks; so much, with what it asks, that it is an enquiry."""
_BY_HOST = 3
"""The weight of an address at a paper's own host."""
_PLAIN = str.maketrans("’‘“”", "''\"\"")


def asks_for_comment(mention: Mention) -> bool:
    """Does somebody of the press ask the school for a word on something?"""
    if is_article(mention) or mention.kind is MentionKind.REVIEW:
        return False
    said = f"{mention.title}\n{mention.text[:_MOST_CHARS]}\n{mention.author or ''}"
    if not _MAY_ASK.find_matches_as_indexes(said.lower()):
        return False
    said = said.translate(_PLAIN)
    found = Counter[str]()
    for side, weight, cue in reversed(_CUES):
        if side != "asks" and not found["asks"]:
            return False
        if cue.search(said):
            found[side] += weight
    hosts = (of for host in _HOST.findall(said) for of in domains_of(host.lower().rstrip(".")))
    press = found["press"] + (0 if press_hosts().isdisjoint(hosts) else _BY_HOST) - found["other"]
    if family_of(mention.channel) == "report":
        press += max(found["taken"] - (mention.channel == "email"), 0)  # a mail may be anybody's
    enough = press >= _OF_THE_PRESS and press + found["asks"] >= _TOGETHER
    return enough and not found["never"]


# The outcome for an article: the press is answered, noted, or a matter of child protection. Adverse news is
# never praise; what is over, was nothing or was only practised raises no alert; a person looks where the
# headline says both. Nothing is offered for removal.

_CALM = (Route.NOTE, Route.THANK)
_AGAINST = (Route.RESPOND, *LANES)
_MODEL_AT_MOST = 2.0
_BY_PHRASES = 0.54
"""From here an article that was read again alerts by its phrases, which alone bring it to a half."""
_OF_CHANCE = frozenset((PressEvent.INJURY,))
_TOLD_ALREADY = 1.5


def judge_press(
    weighed: WeighedEvidence, about: About, line: float, reading: PressReading | None
) -> SeverityOutcome:
    """Severity, route and tone of an article; `line` is where an alert begins."""
    if reading is not None and was_read(weighed.scores):
        line = max(line, _BY_PHRASES)
    grave = _weigh_gravity(weighed, reading) >= line
    if not grave and not _is_adverse(weighed, reading):
        return _judge_calm(weighed, reading)
    route = _route(weighed, reading) if grave else Route.RESPOND
    if route is Route.POLICE_NOW:
        abuse = max(("threat", "extremism"), key=weighed.label)
        return SeverityOutcome(route, Severity.THIS_HOUR, (abuse,), Sentiment.NEGATIVE)
    if route is Route.SAFEGUARDING:
        soon = reading is not None and reading.floor >= Severity.THIS_HOUR
        at_once = soon or weighed.this_hour >= weighed.t.this_hour
        return in_protection((), weighed, about, Severity.THIS_HOUR if at_once else Severity.TODAY)
    return SeverityOutcome(
        Route.RESPOND, Severity.TODAY if grave else Severity.RESPOND, (), _tone(weighed, reading)
    )


def judge_shared(own: SeverityOutcome, news: SeverityOutcome, *, adds: bool) -> SeverityOutcome:
    """The outcome of a post that passes on adverse news: the graver of its `own` and of the `news`.

    Of two as grave the news goes, unless its poster `adds` something, somebody may be in danger or it may be
    removed: abuse behind a paper's name is abuse.
    """
    above = own.route.urgent or (own.route.removal and not news.route.urgent)
    if own.severity > news.severity or (own.severity == news.severity and (adds or above)):
        return own
    return news


def _weigh_gravity(weighed: WeighedEvidence, reading: PressReading | None) -> float:
    """Weigh how likely it needs action today; phrases of a poor inspection or a strike do not make it
    likelier.
    """
    if reading is None or (reading.adverse and reading.floor < Severity.TODAY):
        return weighed.severe
    model = log_odds(weighed.severe)
    return probability(
        max(model, -_MODEL_AT_MOST) + reading.lean if reading.adverse else model + reading.lean
    )


def _is_adverse(weighed: WeighedEvidence, reading: PressReading | None) -> bool:
    """Is it against the school, by its phrases and the model together?"""
    model = log_of(weighed.route(*_AGAINST)) - log_of(weighed.route(*_CALM)) + weighed.t.respond_bias
    lean = 0.0 if reading is None else reading.lean
    return lean + min(max(model, -_MODEL_AT_MOST), _MODEL_AT_MOST) > 0.0


def _route(weighed: WeighedEvidence, reading: PressReading | None) -> Route:
    """The likeliest of three: most of what the press tells is known to the authorities already."""
    if reading is not None and reading.at_risk:
        urgent = (Route.SAFEGUARDING, Route.POLICE_NOW)
        return max(urgent, key=weighed.route)
    answered = weighed.route(*(route for route in _AGAINST if not route.urgent))
    odds = {
        Route.RESPOND: log_of(answered) + (0.0 if reading is None else _TOLD_ALREADY),
        Route.SAFEGUARDING: log_of(weighed.route(Route.SAFEGUARDING)),
        Route.POLICE_NOW: log_of(weighed.route(Route.POLICE_NOW)) + weighed.t.police_bias,
    }
    return max(odds, key=lambda route: odds[route])


def _judge_calm(weighed: WeighedEvidence, reading: PressReading | None) -> SeverityOutcome:
    tones = (Sentiment.NEUTRAL, Sentiment.POSITIVE)
    tone = max(tones, key=lambda tone: weighed.calm[Route.NOTE, tone])
    if reading is not None:
        tone = Sentiment.POSITIVE if reading.praise else Sentiment.NEUTRAL
    return SeverityOutcome(Route.NOTE, Severity.NOTE, (), tone, unsure=reading is not None and reading.torn)


def _tone(weighed: WeighedEvidence, reading: PressReading | None) -> Sentiment:
    """Against the school, except where it is only the place of an accident."""
    if reading is not None:
        return Sentiment.NEUTRAL if reading.event in _OF_CHANCE else Sentiment.NEGATIVE
    blamed = weighed.calm.get((Route.RESPOND, Sentiment.NEGATIVE), 0.0)
    neutral = weighed.calm.get((Route.RESPOND, Sentiment.NEUTRAL), -1.0)
    return Sentiment.NEUTRAL if neutral > blamed else Sentiment.NEGATIVE


# One event, one matter. Two articles are of one event where they tell of the same kind of event within
# three days and share whom, where or what it is about, and nothing in their headlines says otherwise:
# another age, another vehicle, another street. What all of a school's news share, its name and its town,
# counts for nothing.

EVENT_SPAN = timedelta(hours=72)
"""Articles further apart than this are of two events."""
_BEGINNING = 300
_ENOUGH_WORDS = 2
_ENOUGH_OF_BODY = 2
"""So many words two bodies share: the headline of a place or a page stands over any."""
_LEAST_OF_A_HEADLINE = 5
_SHARE = 0.8
MOST_OF_ITS_OWN = 8
"""A post with more words of its own than this says something itself."""
_SAME = WordFile(Path(__file__).with_name("same_event.toml"), others=("group", "ended", "lists"))
_left, _not, _age_said, _road, _one_more, _word, _possessive = _SAME.patterns(
    "left", "not", "age", "road", "one_more", "word", "possessive"
)
_knows, _took_down, _jest, _doubt, _long_ago, _name, _sentence, _official, _place, _old, _teenage, _clears = (
    _SAME.patterns(
        *("knows", "took_down", "jest", "doubt", "long_ago", "name", "sentence", "official", "place"),
        *("old", "teenage", "clears"),
    )
)
_ENDED = {how: late_pattern(text) for how, text in _SAME.table["ended"].items()}
_GROUPS: Mapping[str, Mapping[str, re.Pattern[str]]] = {
    sort: {name: late_pattern(rf"(?i)\b(?:{_SAME.fill(name, text)})\b") for name, text in of.items()}
    for sort, of in _SAME.table["group"].items()
}
_OF_SOMEBODY = frozenset(("court", "violence", "suspended", "tribunal", "missing"))
"""Of these one school may have several at a time: they are told apart by whom they are about."""
_OF_STAFF = frozenset((PressEvent.STAFF, PressEvent.TRIBUNAL))
"""Here the office tells whom; elsewhere a head only speaks of it."""
_GROWN = 18


@freeze
class EventFacts:
    """The facts of an article's event, as far as it can be compared: of which `kinds` of event; what in its
    headline tells one of them from another (`by`, under the name of its sort); who was `harmed`; its other
    words that are not those of all a school's news; whether it is told as `one_more`."""

    event: PressEvent
    at: datetime
    kinds: frozenset[str]
    by: Mapping[str, frozenset[str]]
    harmed: frozenset[str]
    words: frozenset[str]
    one_more: bool
    body: frozenset[str] = frozenset()


@freeze
class Article:
    """An article: in which story, under which headline, and what it tells of."""

    story_id: str
    title: str
    told: EventFacts


def read_event(title: str, text: str, event: PressEvent, at: datetime, school: School) -> EventFacts:
    """Read what an article tells of, by its headline and, where that says too little, how its text begins."""
    headline = _not.sub(" ", without_paper(title))
    vehicles, ours = _in("vehicles", headline), _ours(school)
    kinds = _in("kinds", headline) | ({"road"} if vehicles and event is PressEvent.INJURY else set())
    ages = [int(one or other) for one, other in _age_said.findall(headline)]
    grades = _in("grades", _left.sub(" ", headline))
    grades |= {f"no longer {grade.casefold()}" for grade in _left.findall(headline)}
    by = {
        "child": frozenset(str(age) for age in ages if age < _GROWN),
        "adult": frozenset(str(age) for age in ages if age >= _GROWN),
        "vehicle": vehicles,
        "site": _in("sites", headline),
        "person": _in("persons", headline),
        "office": _in("offices", headline) if event in _OF_STAFF else frozenset(),
        "grade": grades if event is PressEvent.INSPECTION else frozenset(),
        "road": frozenset(road for road in _road.findall(headline) if not set(_words(road)) <= ours),
    }
    words = frozenset(_words(headline)) - ours - IN_NEWS
    return EventFacts(
        event,
        at,
        kinds or _in("kinds", text[:_BEGINNING]),
        {sort: said for sort, said in by.items() if said},
        _in("harmed", headline),
        words,
        _one_more.search(headline) is not None,
        frozenset(_words(text[:_BEGINNING])) - ours - IN_NEWS - words,
    )


def _in(sort: str, said: str) -> frozenset[str]:
    return frozenset(name for name, pattern in _GROUPS[sort].items() if pattern.search(said))


def _words(said: str) -> list[str]:
    return [_possessive.sub("", word.casefold()) for word in _word.findall(said)]


@lru_cache(maxsize=256)
def _ours(school: School) -> frozenset[str]:
    """The words of a school's names and places."""
    given = (school.name, *school.aliases, school.locality, school.town, school.county, school.street)
    return frozenset(_words(" ".join(given)))


def is_same_event(one: EventFacts, other: EventFacts) -> bool:
    """Do both tell of one event? It is the same whichever is asked of the other."""
    if abs(one.at - other.at) > EVENT_SPAN or _differ(one, other):
        return False
    kinds = bool((one.kinds & other.kinds) - _OF_SOMEBODY)
    by = any(one.by[sort] & other.by[sort] for sort in one.by.keys() & other.by.keys() - {"office"})
    alike = not (one.body and other.body) or len(one.body & other.body) >= _ENOUGH_OF_BODY
    told = by or (alike and len(one.words & other.words) >= _ENOUGH_WORDS)
    alone = kinds and not (one.by and other.by)
    if one.event is other.event:
        return told or alone
    return (kinds and told) or (alone and PressEvent.OTHER in (one.event, other.event))


def _differ(one: EventFacts, other: EventFacts) -> bool:
    """Does anything that both say tell them apart, or does one alone say that it is one more?"""
    if one.one_more is not other.one_more:
        return True
    pairs = [(one.by[sort], other.by[sort]) for sort in one.by.keys() & other.by.keys()]
    pairs += [(one.kinds, other.kinds), (one.harmed, other.harmed)]
    return _contradict(pairs)


def _contradict(pairs: Iterable[Sequence[Set[object]]]) -> bool:
    """Is there a pair of which both say something, and nothing in common?"""
    return any(one and other and one.isdisjoint(other) for one, other in pairs)


def matter_of(told: EventFacts, known: Iterable[Article]) -> str | None:
    """The story of these to which the article belongs, None where it is news: that which it is likest, of two
    the older. No article of that story may tell of something else."""
    stories: dict[str, list[EventFacts]] = defaultdict(list)
    for article in known:
        stories[article.story_id].append(article.told)
    same = [
        (-max(_event_likeness(told, each) for each in of), min(each.at for each in of), story)
        for story, of in stories.items()
        if any(is_same_event(told, each) for each in of) and not any(_differ(told, each) for each in of)
    ]
    return min(same)[-1] if same else None


def _event_likeness(one: EventFacts, other: EventFacts) -> int:
    """Count how much they have in common; what tells events apart counts twice."""
    by = sum(len(one.by[sort] & other.by[sort]) for sort in one.by.keys() & other.by.keys())
    return 2 * by + len(one.words & other.words) + len(one.kinds & other.kinds)


def shared_in(said: str, at: datetime, known: Iterable[Article]) -> str | None:
    """The story of the article that a post shares: it has its headline, nearly whole, and few words more."""
    words = set(normalise(said).split())
    for article in known:
        headline = set(normalise(without_paper(article.title)).split())
        near = abs(article.told.at - at) <= EVENT_SPAN and len(headline) >= _LEAST_OF_A_HEADLINE
        near = near and article.told.one_more is (_one_more.search(said) is not None)
        if near and len(headline & words) >= _SHARE * len(headline) >= _SHARE * (
            len(words) - MOST_OF_ITS_OWN
        ):
            return article.story_id
    return None


# What says that a matter has ended: a hoax, a child found safe, a correction, what a court decided. It is for
# a person to weigh: it lowers and ends nothing.

_MAY_END = AhoCorasick(_SAME.table["lists"]["hints"].split())
"""Finds, in small letters, what is in whatever says so: not in most posts."""
SAFE, HOAX, CORRECTED, COURT = "safe", "hoax", "corrected", "court"
_SOON_OVER = timedelta(days=14)
"""After so long what is called a hoax, or found, is something else; courts and papers take their time."""
_STRAIGHT = str.maketrans("’‘", "''")
_MOST_SAID = 3_000


def says_ended(mention: Mention, *, printed: bool) -> bool:
    """Does somebody who may know say that something has ended: the press, the police and their like, or who
    took down what these said?"""
    author = mention.author or ""
    if not _MAY_END.find_matches_as_indexes(f"{mention.title}\n{mention.text} {author}".lower()):
        return False
    taken = family_of(mention.channel) == "report" and _took_down.search(mention.text)
    knows = (printed or taken or _knows.search(author)) and not _jest.search(author)
    return bool(knows) and find_ending(mention.title, mention.text) is not None


def find_ending(title: str, text: str) -> tuple[str, str] | None:
    """Find what has ended by these words, and the sentence that says so; None where nothing does, or it only
    may have, is a jest, or was long ago.
    """
    sentences = [part.strip() for part in _sentence.split(f"{title}\n{text[:_MOST_SAID]}") if part.strip()]
    if sentences and _long_ago.search(sentences[0]):
        return None
    for said in sentences:
        plain = said.translate(_STRAIGHT)
        how = next((how for how, pattern in _ENDED.items() if pattern.search(plain)), None)
        if how and not _doubt.search(plain) and not _long_ago.search(plain):
            return how, said
    return None


def clears(how: str, said: str) -> bool:
    """Does the sentence that ends a matter clear somebody of it?"""
    return how == COURT and _clears.search(said) is not None


@freeze
class EndingText:
    """A sentence (`said`) of a `whole` text that says how something ended, beside the words of a matter."""

    how: str
    said: str
    whole: str
    matter: str
    school: School

    @property
    def ours(self) -> frozenset[str]:
        return _ours(self.school) | IN_NEWS

    @property
    def every_word(self) -> frozenset[str]:
        """Every word of the matter, the short ones too."""
        return frozenset(re.findall(r"\w+", self.matter.casefold()))

    def surnames(self, text: str) -> frozenset[str]:
        """The surnames in a text that are neither the school's own nor those of officials."""
        names = _name.findall(_official.sub(" ", text))
        return frozenset(name.split()[-1].casefold() for name in names) - self.ours - _NO_NAMES

    def whom(self) -> frozenset[str]:
        """The surnames in the sentence; of a decision of a court those in the text where that has none, and
        not the head's, who has a word on it."""
        named = self.surnames(self.said)
        if self.how != COURT:
            return named
        return (named or self.surnames(self.whole)) - {*_words(self.school.head or "")} or named

    def is_of_others(self) -> bool:
        """Is it of another age or sex than the matter, or at court of another office?"""
        texts = self.whole, self.matter
        if _contradict([_ages(text, child=child) for text in texts] for child in (True, False)):
            return True
        sorts = ("persons", "offices") if self.how == COURT else ("persons",)
        return _contradict((_in(sort, self.said), _in(sort, self.matter)) for sort in sorts)

    def is_here(self) -> bool:
        """Does the text name the school or where it is?"""
        return not (_ours(self.school) - _NO_NAMES).isdisjoint(_words(self.whole))

    def is_elsewhere(self) -> bool:
        """Does the text name a place that is neither ours nor the matter's and, but of a court's decision,
        nothing that is ours; or the sentence a school that is not ours?"""
        of_matter = {*_words(self.matter)}
        away = _telling(*map(" ".join, _place.findall(self.whole))) - self.ours - of_matter
        if away and (self.how == COURT or not self.is_here()):
            return True
        schools = _telling(*(school for _, school in _place.findall(self.said))) - of_matter
        return bool(schools) and schools.isdisjoint(self.ours)

    def weigh_words(self, *, nobody: bool, violent: bool) -> int:
        """Weigh it where they share no name; `nobody` is named in it."""
        words = {*_words(self.whole)}
        alike = len(words.intersection(_words(self.matter)) - self.ours - _COMMON)
        at_school = not words.isdisjoint(_telling(self.school.name, *self.school.aliases))
        if self.how == COURT:
            return int((at_school and alike > 0) or (nobody and alike > 1 and self.is_here()))
        if _ages(self.whole, child=True) & _ages(self.matter, child=True):
            return 3
        if alike > 1:
            return 2
        if self.how == HOAX:
            return 1
        if self.how == SAFE:
            others = {name.casefold() for name in _CAPITAL.findall(self.said)} - self.ours - _COMMON
            return int("missing" in _in("kinds", self.matter) and others <= self.every_word)
        return int(nobody and alike > 0 and (at_school or (violent and self.is_here())))


def weigh_ending(ending: EndingText, after: timedelta, *, violent: bool) -> int:
    """Say how surely it is of its matter, by their words: 3 where they share a name or an age, 2 uncommon
    words, 1 the kind of event alone, 0 where none does, or anything tells them apart. It came so long `after`
    the matter; `violent` is one of violence.

    A court's decision is on somebody whom the matter names; where one of the two names nobody, it may be.
    """
    if after <= timedelta() or (ending.how in (SAFE, HOAX) and after > _SOON_OVER):
        return 0
    alike_kind = violent or _in("kinds", ending.whole) & _in("kinds", ending.matter)
    if ending.how == HOAX and not alike_kind:  # an accident is no alarm that was false
        return 0
    if ending.is_of_others():
        return 0
    named, theirs = ending.whom(), ending.surnames(ending.matter)
    if named & ending.every_word or (ending.how != COURT and ending.surnames(ending.whole) & theirs):
        return 3
    if (named and theirs) or ending.is_elsewhere():
        return 0
    return ending.weigh_words(nobody=not named, violent=violent)


def _telling(*names: str) -> frozenset[str]:
    """The words of names of places that tell one from another."""
    return frozenset(_words(" ".join(names))) - _NO_NAMES


_CAPITAL = re.compile(r"(?<=[\w,] )[A-Z][a-z'’-]+")
_COMMON, _NO_NAMES = (frozenset(_SAME.table["lists"][name].split()) for name in ("common", "no_names"))
_SPELT = {name: n for n, name in enumerate(_SAME.table["lists"]["spelt"].split(), 1)}


def _ages(text: str, *, child: bool) -> frozenset[int]:
    ages = {_SPELT.get(n.lower()) or int(n) for n in _old.findall(text)}
    ages |= set(range(13, _GROWN) if _teenage.search(text) else ())
    return frozenset(age for age in ages if (age < _GROWN) is child)
