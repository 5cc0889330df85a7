from __future__ import annotations

from dataclasses import replace

from builders.verdict import ABOUT_US, PEOPLE, SCHOOL, SEVERITIES_OF, judged, mention
from hypothesis import given, settings
from hypothesis import strategies as st

from classifiers.linking.match_reasons import BESIDE, NAMES_ANOTHER, UNTIED
from classifiers.verdicts.decide import decide
from classifiers.verdicts.relevance import worth_scoring
from classifiers.verdicts.thresholds import read_thresholds
from classifiers.verdicts.weigh import CONTENT_LABELS
from data.types import (
    ABUSE_LABELS,
    Match,
    Person,
    Policy,
    Reason,
    Relevance,
    Route,
    Sentiment,
    Severity,
    Signal,
    Verdict,
)

REMOVALS = (Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT)
NOT_US = Match("900001", Relevance.NOT_ABOUT, 0.02, (Reason("namesake", "The one in Hexley."),))
UNSURE = Match("900001", Relevance.UNSURE, 0.5)

probability = st.floats(0, 1)
labels = [
    *(f"route:{r.value}" for r in Route if r is not Route.IGNORE),
    *(f"abuse:{label}" for label in ABUSE_LABELS),
    *(f"sentiment:{s.value}" for s in Sentiment),
    *(f"about:{a}" for a in ("school", "staff", "pupil", "head", "governor", "other")),
    "severity:3",
    "severity:4",
    "relevant",
]
any_scores = st.fixed_dictionaries(dict.fromkeys(labels, probability))
any_signal = st.builds(
    Signal,
    name=st.sampled_from(["one", "two"]),
    reason=st.just("It says so."),
    labels=st.lists(st.sampled_from(ABUSE_LABELS), max_size=2, unique=True).map(tuple),
    clears=st.lists(st.sampled_from(ABUSE_LABELS), max_size=2, unique=True).map(tuple),
    severity=st.sampled_from([Severity.NOTHING, Severity.TODAY, Severity.THIS_HOUR]),
    route=st.sampled_from([None, *Route]),
)
danger = st.builds(
    Signal,
    name=st.just("danger"),
    reason=st.just("It says so."),
    labels=st.just(("threat",)),
    severity=st.just(Severity.THIS_HOUR),
    route=st.sampled_from([Route.SAFEGUARDING, Route.POLICE_NOW]),
    danger=st.just(True),
)
any_match = st.sampled_from([ABOUT_US, NOT_US, UNSURE])
DEFAULT = read_thresholds()


def verdict(model: dict[str, float], signals: list[Signal], match: Match) -> Verdict:
    return decide(mention("Something was said."), 1, match, model, signals, Policy(), SCHOOL, PEOPLE, DEFAULT)


@given(any_scores, st.lists(any_signal, max_size=4), any_match)
def test_a_removal_stands_on_a_label_other_than_profanity(
    model: dict[str, float], signals: list[Signal], match: Match
) -> None:
    found = verdict(model, signals, match)
    if found.route in REMOVALS:
        assert set(found.abuse) & set(CONTENT_LABELS)


@given(any_scores, st.lists(any_signal, max_size=4))
def test_not_about_us_is_ignored_at_severity_nothing(model: dict[str, float], signals: list[Signal]) -> None:
    found = verdict(model | {"relevant": 0.1}, signals, replace(NOT_US, score=0.0))
    assert (found.severity, found.route, found.abuse) == (Severity.NOTHING, Route.IGNORE, ())


@given(any_scores, st.lists(any_signal, max_size=4), any_match)
def test_severity_and_route_agree(model: dict[str, float], signals: list[Signal], match: Match) -> None:
    found = verdict(model, signals, match)
    assert found.severity in SEVERITIES_OF[found.route]


@given(any_scores, st.lists(any_signal, max_size=4), any_match)
def test_each_route_bears_the_labels_it_stands_on(
    model: dict[str, float], signals: list[Signal], match: Match
) -> None:
    found = verdict(model, signals, match)
    if found.route is Route.SAFEGUARDING:
        assert "safeguarding" in found.abuse
    if found.route is Route.POLICE_NOW:
        assert {"threat", "extremism"} & set(found.abuse)
    if found.severity < Severity.TODAY:
        assert set(found.abuse) <= {"profanity"}


@given(any_scores, st.lists(any_signal, max_size=3), danger, st.sampled_from([ABOUT_US, UNSURE]))
def test_danger_alerts_whatever_the_model_thinks(
    model: dict[str, float], signals: list[Signal], grave: Signal, match: Match
) -> None:
    found = verdict(model, [*signals, grave], match)
    assert found.severity is Severity.THIS_HOUR
    assert found.route.urgent
    assert found.route is Route.POLICE_NOW or grave.route is Route.SAFEGUARDING


@given(any_scores, st.lists(any_signal, max_size=4), any_match)
def test_child_protection_and_extremism_are_restricted(
    model: dict[str, float], signals: list[Signal], match: Match
) -> None:
    found = verdict(model, signals, match)
    assert found.restricted == (found.content_class in ("C9", "C10"))
    if found.route is Route.SAFEGUARDING:
        assert found.restricted


@given(any_scores, st.lists(any_signal, max_size=6), any_match)
def test_up_to_five_reasons_each_once(model: dict[str, float], signals: list[Signal], match: Match) -> None:
    codes = [reason.code for reason in verdict(model, signals, match).reasons]
    assert 1 <= len(codes) <= 5
    assert len(set(codes)) == len(codes)


@given(any_scores)
def test_an_alert_asks_for_no_look_and_a_look_is_no_alert(model: dict[str, float]) -> None:
    found = verdict(model, [], ABOUT_US)
    assert not (found.look and found.severity >= Severity.TODAY)


@given(any_scores, st.lists(any_signal, max_size=2), st.floats(0, 1))
def test_relevance_moves_one_step_at_most(
    model: dict[str, float], signals: list[Signal], score: float
) -> None:
    assert verdict(model, signals, replace(ABOUT_US, score=score)).relevance is Relevance.ABOUT
    ruled_out = verdict(model, signals, replace(NOT_US, score=score)).relevance
    assert ruled_out is not Relevance.ABOUT


@settings(max_examples=50)
@given(any_scores, st.permutations(PEOPLE))
def test_the_order_of_people_changes_nothing_but_ties(model: dict[str, float], people: list[Person]) -> None:
    one = judged("Mrs Holt and nobody else", model, people=PEOPLE)
    other = judged("Mrs Holt and nobody else", model, people=tuple(people))
    assert one == other


@given(any_scores, any_match)
def test_no_model_makes_a_single_word_grave(model: dict[str, float], match: Match) -> None:
    found = decide(mention("hello"), 1, match, model, (), Policy(), SCHOOL, PEOPLE, DEFAULT)
    assert found.severity <= Severity.NOTE
    assert not found.restricted


@given(any_scores, st.lists(any_signal, max_size=2), st.floats(0, 1), st.sampled_from(sorted(NAMES_ANOTHER)))
def test_what_is_not_worth_scoring_is_judged_the_same_without_scores(
    model: dict[str, float], signals: list[Signal], score: float, code: str
) -> None:
    named = replace(NOT_US, score=score, reasons=(Reason(code, "It names somebody else."),))
    if not worth_scoring(named):
        with_scores, without = verdict(model, signals, named), verdict({}, signals, named)
        assert replace(with_scores, scores=()) == replace(without, scores=())


@given(
    any_scores,
    st.lists(any_signal, max_size=2),
    st.floats(0, 1),
    st.sampled_from(sorted(NAMES_ANOTHER - BESIDE)),
)
def test_what_names_anybody_else_is_never_lifted(
    model: dict[str, float], signals: list[Signal], score: float, code: str
) -> None:
    named = replace(NOT_US, score=score, reasons=(Reason(code, "It names somebody else."),))
    assert verdict(model, signals, named).relevance is Relevance.NOT_ABOUT


@given(any_scores, danger, st.floats(0, 1), st.sampled_from(sorted(BESIDE)))
def test_no_word_beside_the_name_dismisses_a_danger(
    model: dict[str, float], grave: Signal, score: float, code: str
) -> None:
    named = replace(NOT_US, score=score, reasons=(Reason(code, "A word beside the name."),))
    for scored in (model, {}):
        found = verdict(scored, [grave], named)
        assert (found.relevance, found.severity) == (Relevance.UNSURE, Severity.THIS_HOUR)


@given(any_scores, any_match)
def test_what_nothing_ties_to_the_school_alerts_by_no_model(model: dict[str, float], match: Match) -> None:
    untied = replace(match, reasons=(Reason(UNTIED, "Nothing points to it."),))
    assert verdict(model, [], untied).severity < Severity.TODAY


@given(any_scores, st.lists(any_signal, max_size=4), st.sampled_from([ABOUT_US, UNSURE]))
def test_nothing_over_the_alert_line_is_filed_as_harmless(
    model: dict[str, float], signals: list[Signal], match: Match
) -> None:
    found = verdict(model, signals, match)
    grave = dict(found.scores).get("weighed:severe", 0.0) >= DEFAULT.alert + 1e-4
    assert found.severity >= Severity.TODAY or not grave or found.relevance is Relevance.NOT_ABOUT
