from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifiers.verdicts.decide import content_class
from data.types import ABUSE_LABELS, About, Route


@pytest.mark.parametrize(
    ("route", "abuse", "about", "expected"),
    [
        (Route.RESPOND, (), About.SCHOOL, "C0"),
        (Route.RESPOND, ("profanity",), About.HEAD, "C0"),
        (Route.PLATFORM_REPORT, ("harassment",), About.STAFF, "C2"),
        (Route.PLATFORM_REPORT, ("hate", "harassment"), About.STAFF, "C3"),
        (Route.PLATFORM_REPORT, ("sexual",), About.STAFF, "C5"),
        (Route.PLATFORM_REPORT, ("sexual",), About.PUPIL, "C10"),
        (Route.POLICE_NOW, ("threat", "privacy"), About.HEAD, "C6"),
        (Route.POLICE_NOW, ("threat", "safeguarding"), About.PUPIL, "C10"),
        (Route.POLICE_NOW, ("threat", "extremism"), About.SCHOOL, "C9"),
        (Route.REQUEST_REMOVAL, ("defamation",), About.HEAD, "C7"),
        (Route.REQUEST_REMOVAL, ("privacy",), About.STAFF, "C11"),
        (Route.PLATFORM_REPORT, ("impersonation",), About.SCHOOL, "C12"),
        (Route.SAFEGUARDING, ("safeguarding",), About.STAFF, "C10"),
    ],
)
def test_the_class_follows_route_and_labels(
    route: Route, abuse: tuple[str, ...], about: About, expected: str
) -> None:
    assert content_class(route, abuse, about) == expected


def test_a_leaked_record_is_confidential_information() -> None:
    assert content_class(Route.REQUEST_REMOVAL, ("privacy",), About.PUPIL, {"leaked_record"}) == "C1"


@given(st.sampled_from([r for r in Route if r.removal]), st.sets(st.sampled_from(ABUSE_LABELS)))
def test_the_most_protective_class_wins(route: Route, abuse: set[str]) -> None:
    found = content_class(route, abuse, About.SCHOOL)
    if {"safeguarding", "self_harm"} & abuse:
        assert found == "C10"
    elif "extremism" in abuse:
        assert found == "C9"
    elif "threat" in abuse:
        assert found == "C6"
