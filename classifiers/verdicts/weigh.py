"""Weigh model scores and signals, in log-odds, and find severity, route, labels, tone and class by them; what a
person must see. Pure.

The project's labelling rules, checked in this order: police, child protection, removal asked for or reported,
answer, thank, note. A removal needs a label other than profanity.
"""

# ruff: noqa: E501 - a pattern has one alternative a line, however long
from __future__ import annotations

import math
import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import product
from pathlib import Path

from classifiers.linking.match_reasons import BESIDE, NAMES_ANOTHER, NAMES_ANOTHER_SCHOOL, NAMES_US, UNTIED
from classifiers.text.language import Language
from classifiers.text.model_text import family_of
from classifiers.text.words import WordFile, undisguise
from classifiers.verdicts.verdict_reasons import Thresholds
from data.content_class import ContentClass
from data.errors import InputError
from data.frozen import freeze
from data.judged import DATA_OUT, PUPILS_PICTURED
from data.types import (
    ABUSE_LABELS,
    ADULTS_OF_THE_SCHOOL,
    About,
    Match,
    Mention,
    MentionKind,
    Relevance,
    Route,
    Sentiment,
    Severity,
    Signal,
)

# How likely a mention is grave, urgent and about the school: a logistic regression for each question, over
# few features: what the models think, how linking placed the text, which signals fire, the language, the kind
# of channel. `research/training/calibrate.py` writes the weights.

STACK_FILE = Path(__file__).with_name("stack.toml")

QUESTIONS = ("grave", "hour", "ours")
"""Severity 3 or more, severity 4, about the school."""

MEMBERS = ("network", "ngrams", "reader")
"""The three weightings: by the network's opinion alone, by that of the n-grams beside it, and by the second
reader's in the network's place, with both beside it."""

_EDGE = 1e-4
_LEAST, _MOST_SURE = (math.log(p / (1 - p)) for p in (_EDGE, 1 - _EDGE))
_MOST = 3
_URGENT = tuple(f"route:{route.value}" for route in Route if route.urgent)
_LANES = tuple(f"route:{route.value}" for route in Route if route.urgent or route.removal)
_SINGLE = {
    "network:grave": "severity:3", "network:hour": "severity:4", "network:relevant": "relevant",
    "ngram:grave": "ngram:severity:3", "ngram:hour": "ngram:severity:4", "ngram:urgent": "ngram:urgent",
    "ngram:relevant": "ngram:relevant", "ngram:respond": "ngram:respond", "ngram:removal": "ngram:removal",
    "first:grave": "first:severity:3", "first:hour": "first:severity:4",
}  # fmt: skip
"""The features that are the log-odds of one column of `Scores`."""

_SUMMED = {"network:urgent": _URGENT, "network:lanes": _LANES}
"""Those that are the log-odds of the sum of several."""

_CODES = {
    "link:us": NAMES_US,
    "link:another": NAMES_ANOTHER,
    "link:another_school": NAMES_ANOTHER_SCHOOL,
    "link:beside": BESIDE,
    "link:untied": frozenset((UNTIED,)),
    "link:school_words": frozenset(("school_words", "school_words_many")),
    "link:few_bearers": frozenset(("few_bearers",)),
    "link:many_bearers": frozenset(("many_bearers",)),
}
"""The features that say whether linking gave one of these reasons."""


@freeze
class Likelihoods:
    """Probabilities, 0..1: severity 3 or more, severity 4, about the school."""

    grave: float
    hour: float
    ours: float


@freeze
class Weighting:
    """One question's logistic regression."""

    bias: float
    weights: Mapping[str, float]

    def odds(self, found: Mapping[str, float]) -> float:
        """The log-odds from the features of a mention; a feature that is missing is 0."""
        odds, get = 0.0, found.get
        for name, weight in self.weights.items():
            value = get(name)
            if value:
                odds += weight * value
        return self.bias + odds


LIMBS = ("limb:harmed", "limb:offence", "limb:risk", "limb:unsuitable")
"""The second reader's facts of an allegation: the limbs of Keeping children safe in education, part 4."""

Stack = Mapping[str, Mapping[str, Weighting]]
"""The weighting of each of QUESTIONS, by member."""


def judge(
    scores: Mapping[str, float],
    signals: Sequence[Signal],
    match: Match,
    language: Language,
    channel: str,
    stack: Stack | None = None,
) -> Likelihoods:
    """The three probabilities for a mention and a school; without the model's `ours`, linking's own score. It
    is as grave as the stack finds it, or as the second reader finds it an allegation."""
    found = make_features(scores, signals, match, language, channel)
    alone = "ngrams" if "ngram:severity:3" in scores else "network"
    weightings = (stack or read_stack())["reader" if was_read(scores) else alone]
    grave, hour, ours = (probability(weightings[name].odds(found)) for name in QUESTIONS)
    grave = max(grave, *(scores.get(limb, 0.0) for limb in LIMBS))
    return Likelihoods(grave, hour, ours if "relevant" in scores else match.score)


def was_read(scores: Mapping[str, float]) -> bool:
    """Did the second reader read the text that they are of?"""
    return "first:severity:3" in scores


def with_reading(scores: Mapping[str, float], reading: Mapping[str, float]) -> dict[str, float]:
    """The scores of a text that was read again: the second reader's, and those it does not give."""
    first = {f"first:{label}": scores.get(label, 0.0) for label in ("severity:3", "severity:4")}
    return {**scores, **reading, **first}


def make_features(
    scores: Mapping[str, float], signals: Sequence[Signal], match: Match, language: Language, channel: str
) -> dict[str, float]:
    """Build what the weightings are applied to, by name. A label missing from `scores` counts as unlikely."""
    codes = {reason.code for reason in match.reasons}
    found = {name: log_odds(scores.get(column, 0.0)) for name, column in _SINGLE.items()}
    found |= {name: log_odds(sum([scores.get(c, 0.0) for c in of])) for name, of in _SUMMED.items()}
    found["link:score"] = log_odds(match.score)
    found |= {name: 1.0 for name, group in _CODES.items() if not group.isdisjoint(codes)}
    found |= _count_kinds(signals) if signals else _NO_SIGNALS
    found[f"language:{language.value}"] = 1.0
    found[f"channel:{family_of(channel)}"] = 1.0
    return found


def _count_kinds(signals: Sequence[Signal]) -> dict[str, float]:
    """Count how many signals of each kind fire: strong (severity 3), weak (a label only), danger, and mere
    hints. A label that another clears is of no kind."""
    firm = [s for s in signals if not s.hint]
    cleared = {label for s in firm for label in s.clears}
    said = {label for s in firm for label in s.labels if s.danger or label not in cleared} - {"profanity"}
    counts = {
        "signal:strong": sum(s.severity >= Severity.TODAY for s in firm),
        "signal:weak": sum(s.severity < Severity.TODAY and not said.isdisjoint(s.labels) for s in firm),
        "signal:danger": sum(s.danger for s in firm),
        "signal:hints": sum(s.hint and bool(s.labels) for s in signals),
    }
    return {name: float(min(count, _MOST)) for name, count in counts.items()}


_NO_SIGNALS = _count_kinds(())


def log_odds(probability: float) -> float:
    """ln(p / (1 - p)), with p held within 0.0001 of 0 and 1."""
    if probability <= _EDGE:
        return _LEAST
    return _MOST_SURE if probability >= 1 - _EDGE else math.log(probability / (1 - probability))


def probability(odds: float) -> float:
    """The probability of log-odds."""
    return 1 / (1 + math.exp(-max(min(odds, 30.0), -30.0)))


@lru_cache(maxsize=1)
def read_stack(path: Path = STACK_FILE) -> Stack:
    """The weightings of a TOML file. Raises InputError, naming file and table, where one cannot be read."""
    try:
        read = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise InputError(f"{path}: cannot be read as weights ({error}).") from error
    stack: dict[str, dict[str, Weighting]] = {member: {} for member in MEMBERS}
    for member, name in product(MEMBERS, QUESTIONS):
        try:
            table = read[member][name]
            weights = {str(key): float(value) for key, value in table["weights"].items()}
            found = stack[member][name] = Weighting(float(table["bias"]), weights)
            if not weights or not all(map(math.isfinite, (found.bias, *weights.values()))):
                raise ValueError("weights must be there, and be numbers")
        except (KeyError, TypeError, ValueError, AttributeError) as fault:
            raise InputError(f"{path}, [{member}.{name}]: cannot be read as weights ({fault!r}).") from None
    return stack


# Model scores and signals combined, in log-odds.

CONTENT_LABELS = tuple(label for label in ABUSE_LABELS if label != "profanity")
"""Every label except profanity, which is a flag and never a reason to remove."""

LANES = (Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT, Route.SAFEGUARDING, Route.POLICE_NOW)
"""The routes of severity 3 and 4."""

CALM = (Route.NOTE, Route.THANK, Route.RESPOND)
"""The routes of severity 1 and 2."""

_TONES: dict[Route, tuple[Sentiment, ...]] = {
    Route.NOTE: (Sentiment.NEUTRAL, Sentiment.POSITIVE),
    Route.THANK: (Sentiment.POSITIVE,),
    Route.RESPOND: (Sentiment.NEGATIVE, Sentiment.NEUTRAL),
}
_ROUTE_LABEL = {route: f"route:{route.value}" for route in Route}
_TONE_LABEL = {tone: f"sentiment:{tone.value}" for tone in Sentiment}
_WISH = "self_harm"
_MOST_VOTES = 3
_ANYWHERE = Match("", Relevance.UNSURE, 0.5)


@freeze
class WeighedEvidence:
    """The weighed evidence: `severe` is how likely it needs action (severity 3 or more), 0..1.

    `lanes` and `calm` are log-odds by route, comparable only within each; `this_hour` is how likely it is
    severity 4, `ours` how likely it is about the school. `asserted` labels come from signals that no other
    clears; `cleared` are argued away. `dangers` are signals of immediate danger; `grave_signal` says that one
    of severity 3 or more holds and none clears it. Once a second reader has read they choose the lane and the
    hour of what is over the line, and only those that `raises` bring it there.
    `in_doubt` says that only a harmless word, or the length, stands against a danger, that somebody may
    wish to die, or that a grave word stands in what may be grave (`in_doubt_by_words`). Signals that are no more
    than a hint move `severe` alone. `scores`, `signals` and `t` are what was weighed, and by which thresholds.
    """

    scores: Mapping[str, float]
    signals: Sequence[Signal]
    t: Thresholds
    severe: float
    this_hour: float
    ours: float
    lanes: Mapping[Route, float]
    calm: Mapping[tuple[Route, Sentiment], float]
    asserted: frozenset[str]
    cleared: frozenset[str]
    dangers: tuple[Signal, ...]
    grave_signal: bool = False
    in_doubt: bool = False

    def route(self, *routes: Route) -> float:
        """Return how likely the model finds these routes together."""
        return sum([self.scores.get(_ROUTE_LABEL[route], 0.0) for route in routes])

    def label(self, name: str) -> float:
        """Return how likely the model finds an abuse label."""
        return self.scores.get(f"abuse:{name}", 0.0)


def weigh(
    scores: Mapping[str, float], signals: Sequence[Signal], t: Thresholds, likely: Likelihoods | None = None
) -> WeighedEvidence:
    """The evidence for one text; labels not in `scores` are unlikely, `likely` by default of it alone."""
    likely = likely or judge(scores, signals, _ANYWHERE, Language.ENGLISH, "")
    firm = tuple(s for s in signals if not s.hint)
    dangers = tuple(s for s in firm if s.danger)
    raising = [s for s in firm if s.raises or not was_read(scores)]
    cleared = frozenset(label for s in firm for label in s.clears)
    asserted = frozenset(label for s in firm for label in s.labels if s.danger or label not in cleared)
    grave = [s for s in firm if s.severity >= Severity.TODAY and asserted & set(s.labels)]
    raised = t.alert if any(s in raising for s in grave) else 0.0
    severe = 1.0 if any(s.danger for s in raising) else max(likely.grave, raised)
    this_hour = severe >= t.alert and any(s.severity >= Severity.THIS_HOUR for s in dangers)
    bias = {
        Route.REQUEST_REMOVAL: t.request_bias,
        Route.PLATFORM_REPORT: 0.0,
        Route.SAFEGUARDING: t.urgent_bias,
        Route.POLICE_NOW: t.urgent_bias + t.police_bias,
    }
    return WeighedEvidence(
        scores,
        signals,
        t,
        severe=severe,
        this_hour=1.0 if this_hour else likely.hour,
        ours=likely.ours,
        lanes={
            route: _log(scores, _ROUTE_LABEL[route]) + bias[route] + _votes(route, firm, t) for route in LANES
        },
        calm=_weigh_calm(scores, firm, t),
        asserted=asserted,
        cleared=cleared - asserted,
        dangers=dangers,
        grave_signal=bool(grave),
        in_doubt=any((s.hint and s.severity >= Severity.THIS_HOUR) or _WISH in s.labels for s in signals),
    )


def _log(scores: Mapping[str, float], label: str) -> float:
    return math.log(max(scores.get(label, 0.0), _EDGE))


def log_of(probability: float) -> float:
    """ln(p), with p at least 0.0001."""
    return math.log(max(probability, _EDGE))


def _votes(route: Route, signals: Sequence[Signal], t: Thresholds) -> float:
    """Signals that name a route; one of danger counts double."""
    if not signals:
        return 0.0
    votes = sum(1 + s.danger for s in signals if s.route is route)
    return t.signal_strong * min(votes, _MOST_VOTES)


def _weigh_calm(
    scores: Mapping[str, float], signals: Sequence[Signal], t: Thresholds
) -> dict[tuple[Route, Sentiment], float]:
    """Log-odds of route and sentiment together: thanks are positive, what needs an answer is not."""
    routes = {
        route: _log(scores, _ROUTE_LABEL[route]) + bias + _votes(route, signals, t)
        for route, bias in ((Route.NOTE, 0.0), (Route.THANK, t.thank_bias), (Route.RESPOND, t.respond_bias))
    }
    tones = {
        Sentiment.NEGATIVE: _log(scores, _TONE_LABEL[Sentiment.NEGATIVE]),
        Sentiment.NEUTRAL: _log(scores, _TONE_LABEL[Sentiment.NEUTRAL]) + t.neutral_bias,
        Sentiment.POSITIVE: _log(scores, _TONE_LABEL[Sentiment.POSITIVE]) + t.positive_bias,
    }
    return {(route, tone): routes[route] + tones[tone] for route in CALM for tone in _TONES[route]}


# What becomes of a text by the evidence weighed.

_REMOVALS = (Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT)
_BESIDE_A_SIGNAL = 0.2
_LIKELIER_THAN_NOT = 0.5
URGENT_LABELS = frozenset(("threat", "extremism", "safeguarding", "self_harm"))
_OF_A_CHILD = frozenset(("safeguarding", "self_harm"))
_SURELY_A_CHILD = 0.9
"""From here a child's harm is told beside data out or fraud: of those alone the models find less."""
_SWEARING = frozenset(("profanity",))
"""What is marked on anything and is never a reason."""
MAYBE_GRAVE = 0.2
"""From here a post may be grave: for somebody of ours who is named in it, and beside a grave word."""
_CLASS_OF_LABEL = {
    label: ContentClass[label.upper()]
    for label in (
        "extremism", "threat", "sexual", "hate", "privacy", "impersonation", "defamation", "harassment",
    )
}  # fmt: skip
"""The class that each label suggests, the most protective first."""
_CLASS_OF_SIGNAL = {
    **dict.fromkeys(DATA_OUT, ContentClass.CONFIDENTIAL),
    "false_account_asks_money": ContentClass.IMPERSONATION,
    "fraud_in_our_name": ContentClass.UNLAWFUL,
}
"""The class that a signal says by itself: data out, and fraud by an account or otherwise; the first counts."""
NEVER = math.inf
"""The line where an alert begins, of what the model alone never alerts of."""
_ENOUGH_WORDS = 3
_ANSWERS = (MentionKind.REPLY, MentionKind.COMMENT)
_GRAVE, _GRAVE_ALONE, _UNTHANKFUL = WordFile(Path(__file__).with_name("severity.toml")).patterns(
    "grave", "grave_alone", "unthankful"
)
_FEW_STARS = 2


@freeze
class SeverityOutcome:
    """Severity, route, labels and tone; `unsure` asks for a look, and not `placed`, a person decides."""

    route: Route
    severity: Severity
    abuse: tuple[str, ...]
    sentiment: Sentiment
    unsure: bool = False
    placed: bool = True


def content_class(
    route: Route, abuse: Collection[str], about: About, signals: Collection[str] = ()
) -> ContentClass:
    """The class a verdict proposes; where several fit, the most protective. `signals` are the names of those
    that fired, some of which say it of what is private or posed as."""
    if not route.urgent and not route.removal:
        return ContentClass.FAIR_COMMENT
    if route is Route.SAFEGUARDING or {"safeguarding", "self_harm"} & set(abuse):
        return ContentClass.SAFEGUARDING
    found = next((c for label, c in _CLASS_OF_LABEL.items() if label in abuse), ContentClass.FAIR_COMMENT)
    if found is ContentClass.SEXUAL and about is About.PUPIL:
        return ContentClass.SAFEGUARDING
    if found not in (ContentClass.PRIVACY, ContentClass.IMPERSONATION):
        return found
    return next((code for name, code in _CLASS_OF_SIGNAL.items() if name in signals), found)


def says_data_out(weighed: WeighedEvidence) -> bool:
    """Does a signal say that data has got out?"""
    return any(s.name in DATA_OUT for s in weighed.signals)


def settle_by_signal(outcome: SeverityOutcome, weighed: WeighedEvidence) -> SeverityOutcome:
    """The outcome of what a signal says is data out or fraud: for today, or a look where the second reader
    finds it calm, unless danger is told as well; the safeguarding lead's where a child's harm is."""
    data = says_data_out(weighed)
    if not any(s.name in _CLASS_OF_SIGNAL for s in weighed.signals):
        return outcome
    if was_read(weighed.scores) and outcome.severity < Severity.TODAY:
        return replace(outcome, unsure=True)
    others = [s for s in weighed.signals if not s.hint and s.name != PUPILS_PICTURED]
    surely = max(map(weighed.label, _OF_A_CHILD)) >= _SURELY_A_CHILD
    harmed = surely or any(_OF_A_CHILD & {*s.labels} for s in others)
    urgent = harmed and outcome.route.urgent
    if urgent or weighed.dangers or URGENT_LABELS & weighed.asserted or outcome.route is Route.POLICE_NOW:
        return outcome
    route = Route.REQUEST_REMOVAL if data else Route.PLATFORM_REPORT
    labels = weighed.asserted | {"privacy" if data else "impersonation"}
    if harmed:
        route, labels = Route.SAFEGUARDING, labels | {"safeguarding"}
    return SeverityOutcome(route, Severity.TODAY, _in_order({*labels} - _SWEARING), Sentiment.NEGATIVE)


def judge_severity(
    weighed: WeighedEvidence, about: About, line: float | None = None, *, read: bool = True
) -> SeverityOutcome:
    """Severity, route, labels and tone; `line` is where an alert begins, by default that of the thresholds.

    What is grave is severity 3 at least. Where the police or a removal has not grounds enough, a person
    decides what becomes of it. So it is where the text is not `read`, being in a language that neither the
    model nor a signal knows.
    """
    t = weighed.t
    # labels that the model or a signal asserts, without those a signal argues away; where a signal has said
    # what it is, the model must be surer to add something else
    more = _BESIDE_A_SIGNAL if weighed.asserted - {"profanity"} else 0.0
    seen = {label for label in ABUSE_LABELS if weighed.label(label) >= t.label(label) + more}
    labels = (seen - weighed.cleared) | weighed.asserted
    if weighed.severe < (t.alert if line is None else line):
        route, tone = max(weighed.calm, key=lambda pair: weighed.calm[pair])
        severity = Severity.RESPOND if route is Route.RESPOND else Severity.NOTE
        return SeverityOutcome(route, severity, tuple(_SWEARING & labels), tone)
    route = _lane(labels, weighed)
    abuse = _removal_labels(labels, weighed) if route in _REMOVALS else ()
    if route in _REMOVALS:
        grounds = weighed.severe >= t.removal and not set(CONTENT_LABELS).isdisjoint(abuse)
    else:
        grounds = route is not Route.POLICE_NOW or _needs_police(weighed)
    said = labels - ({"extremism"} - weighed.asserted)
    if not read or not grounds:
        return for_a_person(said, weighed, about)
    if route in _REMOVALS:
        return SeverityOutcome(route, Severity.TODAY, abuse, Sentiment.NEGATIVE)
    if route is Route.POLICE_NOW:
        # A threat or extremism; labels about a child only where a child is the object or a signal says so
        kept = labels - ({"defamation", "safeguarding", "self_harm"} - weighed.asserted)
        if not kept & {"threat", "extremism"}:
            kept = kept | {max(("threat", "extremism"), key=weighed.label)}
        abuse = _in_order(kept | ({"safeguarding"} if about is About.PUPIL else set()))
        return SeverityOutcome(route, Severity.THIS_HOUR, abuse, Sentiment.NEGATIVE)
    if route is Route.RESPOND:
        return SeverityOutcome(route, Severity.TODAY, tuple(_SWEARING & labels), _tone(weighed))
    severity = Severity.THIS_HOUR if weighed.this_hour >= t.this_hour else Severity.TODAY
    return in_protection(said, weighed, about, severity)


def in_protection(
    labels: Collection[str], weighed: WeighedEvidence, about: About, severity: Severity
) -> SeverityOutcome:
    """The outcome of a matter of child protection; extremism is said of it where a signal says so."""
    tone = Sentiment.NEGATIVE if about in ADULTS_OF_THE_SCHOOL else _tone(weighed)
    abuse = _in_order({*labels} - {"threat", "defamation"} | {"safeguarding"})
    return SeverityOutcome(Route.SAFEGUARDING, severity, abuse, tone)


def for_a_person(labels: set[str], weighed: WeighedEvidence, about: About) -> SeverityOutcome:
    """Grave, but nobody can say by a program what it is: never filed as a note, never offered for removal. It
    is the safeguarding lead's where it speaks of a child at risk or of extremism, or child protection is the
    likeliest, otherwise the leadership's."""
    likeliest = weighed.route(Route.SAFEGUARDING) >= max(map(weighed.route, (Route.RESPOND, *_REMOVALS)))
    if likeliest or (_OF_A_CHILD | {"extremism"}) & labels:
        return replace(in_protection(labels, weighed, about, Severity.TODAY), placed=False)
    swears = tuple(_SWEARING & labels)
    return SeverityOutcome(Route.RESPOND, Severity.TODAY, swears, _tone(weighed), placed=False)


def _lane(labels: Collection[str], weighed: WeighedEvidence) -> Route:
    """The route of what is grave: at least the danger's own, police before safeguarding, otherwise the
    likeliest.

    An answer takes what is grave beyond the other four, which always are: an accident, a charge in the press.
    It never takes what speaks of a child at risk, or what a signal calls a threat. What a signal calls
    extremism is never a matter of removal. Where one has said what it is, the police are told only of what is
    a threat or extremism as well.
    """
    asked = {s.route for s in weighed.dangers}
    if Route.POLICE_NOW in asked:
        return Route.POLICE_NOW
    if Route.SAFEGUARDING in asked:  # never less than its own route; police where the other evidence says so
        return max((Route.SAFEGUARDING, Route.POLICE_NOW), key=lambda route: weighed.lanes[route])
    told = weighed.asserted & set(CONTENT_LABELS) and not {"threat", "extremism"} & {*labels}
    lanes = [route for route in LANES if not (told and route is Route.POLICE_NOW)]
    if "extremism" in weighed.asserted:
        lanes = [Route.SAFEGUARDING, Route.POLICE_NOW]
    likeliest = max(lanes, key=lambda route: weighed.lanes[route])
    if _OF_A_CHILD & {*labels} or URGENT_LABELS & weighed.asserted:
        return likeliest
    grave = weighed.scores.get("severity:3", 0.0) - weighed.route(*LANES)
    return Route.RESPOND if grave > weighed.route(likeliest) else likeliest


def _needs_police(weighed: WeighedEvidence) -> bool:
    """Does a signal say threat or extremism? Or does the model find it likelier than not, with no signal
    against it?"""
    if weighed.asserted & {"threat", "extremism"}:
        return True
    return "threat" not in weighed.cleared and weighed.severe >= _LIKELIER_THAN_NOT


def _removal_labels(labels: set[str], weighed: WeighedEvidence) -> tuple[str, ...]:
    """The grounds for a removal; where no label passes its own threshold, the likeliest above the floor."""
    kept = labels - URGENT_LABELS
    if not kept & set(CONTENT_LABELS):
        best = max((x for x in CONTENT_LABELS if x not in URGENT_LABELS), key=weighed.label)
        if weighed.label(best) >= weighed.t.removal_floor:
            kept = kept | {best}
    return _in_order(kept)


def _tone(weighed: WeighedEvidence) -> Sentiment:
    negative, neutral = (weighed.scores.get(f"sentiment:{tone}", 0.0) for tone in ("negative", "neutral"))
    return Sentiment.NEGATIVE if negative > neutral else Sentiment.NEUTRAL


def _in_order(labels: set[str]) -> tuple[str, ...]:
    return tuple(label for label in ABUSE_LABELS if label in labels)


def in_doubt_by_words(mention: Mention, weighed: WeighedEvidence) -> WeighedEvidence:
    """The evidence, in doubt where it may be grave and holds a grave word: no cap cuts its look. Most posts
    with one are harmless: alone it judges nothing."""
    if weighed.severe < MAYBE_GRAVE or not _GRAVE.search(undisguise(_own(mention)).text):
        return weighed
    return replace(weighed, in_doubt=True)


def too_few_words(mention: Mention, signals: Sequence[Signal], outcome: SeverityOutcome) -> bool:
    """The model's guess about a word or two is worthless, unless one of them is a grave one."""
    if not few_words(mention, signals):
        return False
    judged = signals or mention.rating is not None
    return not _own(mention).split() or outcome.severity > (Severity.RESPOND if judged else Severity.NOTE)


def few_words(mention: Mention, signals: Sequence[Signal]) -> bool:
    """Is it a word or two, none of them a grave one, of which no signal says anything?"""
    if len(_own(mention).split()) >= _ENOUGH_WORDS or any(s.labels or s.severity for s in signals):
        return False
    said = undisguise(_own(mention)).text
    return not (_GRAVE_ALONE.search(said) or _GRAVE.search(said))


def _own(mention: Mention) -> str:
    return mention.text if mention.kind in _ANSWERS else f"{mention.title} {mention.text}"


def look_rank(weighed: WeighedEvidence) -> float:
    """The order for a person's look: how likely it is about the school and grave; 1 or more where it may be
    severity 4, which no cap cuts."""
    above = 1.0 if weighed.this_hour >= weighed.t.this_hour or weighed.in_doubt else 0.0
    return round(above + weighed.ours * weighed.severe, 4)


def keep_in_sight(outcome: SeverityOutcome, weighed: WeighedEvidence, line: float) -> SeverityOutcome:
    """The outcome; what is calm and has a grave sign that the rest outweighs is shown, neither thanked for nor
    filed as praise: a wish to die is never passed over, nor are thanks for harm."""
    if outcome.severity >= Severity.TODAY:
        return outcome
    told = weighed.grave_signal or weighed.in_doubt or line == NEVER
    passed_over = {"self_harm"} | (_OF_A_CHILD if outcome.route is Route.THANK else set())
    more = told or any(passed_over & {*s.labels} for s in weighed.signals)
    return noted_and_shown(outcome) if more else outcome


def may_be_praise(mention: Mention) -> bool:
    """May it be passed on as praise: has it more than two stars, if any, and do its own words tell of nothing
    that no praise tells of?"""
    few = mention.rating is not None and mention.rating <= _FEW_STARS
    return not few and not _UNTHANKFUL.search(undisguise(_own(mention)).text)


def noted_and_shown(outcome: SeverityOutcome) -> SeverityOutcome:
    """The outcome as one that a person looks at, and that is neither thanked for nor filed as praise."""
    route = Route.NOTE if outcome.route is Route.THANK else outcome.route
    tone = Sentiment.NEUTRAL if outcome.sentiment is Sentiment.POSITIVE else outcome.sentiment
    return replace(outcome, route=route, sentiment=tone, unsure=True)


def asks_a_look(outcome: SeverityOutcome, weighed: WeighedEvidence, language: Language) -> bool:
    """Must a person look: is it too uncertain, or in a language that nobody judged?"""
    if outcome.severity >= Severity.TODAY:
        return False
    return outcome.unsure or weighed.severe >= weighed.t.look or language is Language.OTHER
