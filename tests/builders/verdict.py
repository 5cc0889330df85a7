"""Builders for the tests of judging: one valid value, changed where the test says so."""

from dataclasses import replace
from datetime import UTC, datetime

from classifiers.signals.catalogue import find_signals
from classifiers.verdicts.decide import decide
from classifiers.verdicts.post import read_post
from classifiers.verdicts.verdict_reasons import Thresholds
from classifiers.verdicts.weigh import Weighting
from data.types import Match, Mention, MentionKind, Person, Reason, Relevance, Role, Route, School

_EVIDENCE = {
    "grave": Weighting(
        0.0,
        {
            "network:grave": 0.5, "network:lanes": 0.5, "signal:strong": 2.0, "signal:weak": 0.9,
        },
    ),
    "hour": Weighting(0.0, {"network:hour": 1.0}),
    "ours": Weighting(0.0, {"link:score": 1.0, "network:relevant": 2.0}),
}  # fmt: skip
STACK = {"network": _EVIDENCE, "ngrams": _EVIDENCE}
"""Weights that are easy to follow, whatever the shipped ones are."""
SCHOOL = School("900001", "Oakfield Primary School", head="Mrs Jane Holt", aliases=("Oakfield",))
HEAD = Person("holt", "Jane Holt", (Role.HEAD,))
DSL = Person("pike", "Robin Pike", (Role.DSL,))
CHAIR = Person("marsh", "Alex Marsh", (Role.CHAIR,))
PEOPLE = (HEAD, DSL, CHAIR)
SEVERITIES_OF = {
    Route.IGNORE: {0}, Route.NOTE: {1}, Route.THANK: {1}, Route.RESPOND: {2, 3},
    Route.REQUEST_REMOVAL: {3}, Route.PLATFORM_REPORT: {3}, Route.SAFEGUARDING: {3, 4},
    Route.POLICE_NOW: {4},
}  # fmt: skip
"""Which severities go with a route."""
ABOUT_US = Match("900001", Relevance.ABOUT, 0.97, (Reason("name_and_place", "“Oakfield” and your street."),))


def mention(text, **changes):
    """A post on facebook."""
    base = Mention(
        id="0123456789abcdef", url="https://example.org/1", channel="facebook", kind=MentionKind.POST,
        title="", text=text, fetched_at=datetime(2026, 11, 20, 9, tzinfo=UTC),
    )  # fmt: skip
    return replace(base, **changes)


def scores(route="note", severe=0.02, **labels):
    """Model probabilities: a route, how grave, and single labels as `abuse__threat=0.9`."""
    calm = ("note", "thank", "respond")
    grave = ("request_removal", "platform_report", "safeguarding", "police_now")
    lane = route if route in grave else "platform_report"
    quiet = route if route in calm else "respond"
    found = {f"route:{name}": 0.001 for name in (*calm, *grave)}
    found |= {f"route:{lane}": severe, f"route:{quiet}": 1 - severe}
    found |= {"severity:3": severe, "severity:4": 0.1, "relevant": 0.9}
    found |= {
        "sentiment:negative": 0.4, "sentiment:neutral": 0.4, "sentiment:positive": 0.2, "about:school": 0.9,
    }  # fmt: skip
    return found | {name.replace("__", ":"): value for name, value in labels.items()}


def fired(text, **changes):
    """Names of the signals on a text."""
    return {signal.name for signal in find_signals(mention(text, **changes), SCHOOL, ())}


def judged(text, model=None, match=ABOUT_US, people=PEOPLE, thresholds=None, stack=STACK, **changes):
    """The verdict on a text, with the default thresholds and plain weights; by no `stack` the shipped."""
    found = mention(text, **changes)
    signals = find_signals(found, SCHOOL, people)
    given = (found, match, model if model is not None else scores(), signals, SCHOOL, people)
    return decide(read_post(*given, thresholds or Thresholds(), stack=stack))
