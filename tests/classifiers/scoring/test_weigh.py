import pytest
from builders.verdict import scores
from hypothesis import given
from hypothesis import strategies as st
from support.for_each import for_each

from classifiers.verdicts.verdict_reasons import Thresholds
from classifiers.verdicts.weigh import CALM, CONTENT_LABELS, LANES, weigh
from data.types import ABUSE_LABELS, Route, Sentiment, Severity, Signal

PLAIN = Thresholds()
HINT = Signal("hint", "A hint.", labels=("threat",))
STRONG = Signal("strong", "Strong.", labels=("threat",), severity=Severity.TODAY, route=Route.POLICE_NOW)
IDIOM = Signal("idiom", "An idiom.", clears=("threat",))
DANGER = Signal("danger", "Danger.", ("threat",), (), Severity.THIS_HOUR, Route.POLICE_NOW, danger=True)
VOTE = Signal("member", "Known.", route=Route.REQUEST_REMOVAL)

EVEN = scores("police_now", severe=0.5)


def test_signals_move_the_evidence_in_their_order_and_many_small_ones_do_not_add_up() -> None:
    none, hint, strong = (weigh(EVEN, s, PLAIN).severe for s in ((), (HINT,), (STRONG,)))
    assert none < hint < strong < 1
    assert weigh(EVEN, (HINT, IDIOM), PLAIN).severe == weigh(EVEN, (IDIOM,), PLAIN).severe
    some, many = (weigh(EVEN, (HINT,) * n, PLAIN).severe for n in (3, 9))
    assert some == many


def test_danger_is_certain_and_nothing_clears_it() -> None:
    found = weigh(scores("note", severe=0.0), (DANGER, IDIOM), PLAIN)
    assert (found.severe, found.this_hour) == (1.0, 1.0)
    assert found.asserted == {"threat"}
    assert not found.cleared


def test_neither_who_speaks_nor_profanity_says_anything_of_gravity() -> None:
    with_vote, without = weigh(EVEN, (VOTE,), PLAIN), weigh(EVEN, (), PLAIN)
    assert with_vote.severe == without.severe
    assert with_vote.lanes[Route.REQUEST_REMOVAL] > without.lanes[Route.REQUEST_REMOVAL]
    swears = Signal("profanity", "Swears.", labels=("profanity",))
    assert weigh(EVEN, (swears,), PLAIN).severe == weigh(EVEN, (), PLAIN).severe
    assert set(ABUSE_LABELS) - set(CONTENT_LABELS) == {"profanity"}


def test_every_way_is_weighed() -> None:
    found = weigh({}, (), PLAIN)
    assert set(found.lanes) == set(LANES)
    assert {route for route, _ in found.calm} == set(CALM)
    assert (Route.THANK, Sentiment.NEGATIVE) not in found.calm
    assert (Route.RESPOND, Sentiment.POSITIVE) not in found.calm


@given(st.floats(0, 1), st.lists(st.sampled_from([HINT, STRONG, IDIOM, VOTE]), max_size=6))
def test_gravity_stays_a_probability(severe: float, signals: list[Signal]) -> None:
    assert 0 <= weigh(scores("safeguarding", severe=severe), signals, PLAIN).severe <= 1


@for_each("danger", [False, True])
def test_a_danger_votes_twice_for_its_way_of_acting(*, danger: bool) -> None:
    """Between one signal each for police and child protection the danger's own route wins by one vote."""
    police = Signal("a", "A.", ("threat",), (), Severity.THIS_HOUR, Route.POLICE_NOW, danger=danger)
    child = Signal("b", "B.", ("safeguarding",), (), Severity.TODAY, Route.SAFEGUARDING)
    model = scores("safeguarding", severe=0.5, **{"route__police_now": 0.5, "route__safeguarding": 0.5})
    lanes = weigh(model, (police, child), PLAIN).lanes
    none = weigh(model, (), PLAIN).lanes
    gained = {route: lanes[route] - none[route] for route in (Route.POLICE_NOW, Route.SAFEGUARDING)}
    assert gained[Route.SAFEGUARDING] == pytest.approx(PLAIN.signal_strong)
    assert gained[Route.POLICE_NOW] == pytest.approx(PLAIN.signal_strong * (1 + danger))
