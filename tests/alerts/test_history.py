"""What was posted before we began: which posts that are, and which of them alert all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from alerting import EVERYBODY, NOW, SCHOOL, STORY, raised, verdict
from judging import mention

from alerts.history import dated
from alerts.raise_alert import CHILD_IDENTIFIABLE, Decline, raise_alert
from data.types import Policy, Reason, Route, Severity

WEEK = timedelta(days=7)
LONG_AGO = datetime(2024, 3, 3, 12, tzinfo=UTC)
REMOVAL = verdict(Route.REQUEST_REMOVAL)
OLD = verdict(Route.REQUEST_REMOVAL, history=LONG_AGO)


def history(*, new_words=False, **changes):
    return dated(REMOVAL, mention("words", **changes), NOW, new_words=new_words).history


def declined(*verdicts, **more):
    found = raise_alert(STORY, verdicts, None, EVERYBODY, SCHOOL, Policy(), NOW, **more)
    assert isinstance(found, Decline)
    return found.reason.code


def test_a_post_older_than_seven_days_when_its_place_was_first_read_is_history():
    assert history(published=NOW - WEEK - timedelta(seconds=1)) == NOW - WEEK - timedelta(seconds=1)
    assert history(published=NOW - WEEK) is None


def test_a_post_without_a_date_is_no_history():
    assert history(published=None) is None


def test_new_words_are_no_history_whether_we_saw_the_edit_or_the_page_says_so():
    assert history(published=LONG_AGO, new_words=True) is None
    assert history(published=LONG_AGO, edited=NOW - timedelta(days=1)) is None
    assert history(published=LONG_AGO, edited=LONG_AGO + WEEK) == LONG_AGO


def test_history_of_severity_3_is_not_told():
    assert declined(OLD) == "before_we_began"


def test_history_carried_by_many_places_spreads_no_more():
    assert declined(OLD, places=9) == "before_we_began"


@pytest.mark.parametrize(
    "told",
    [
        verdict(Route.PLATFORM_REPORT, severity=Severity.THIS_HOUR),
        verdict(Route.SAFEGUARDING),
        verdict(Route.POLICE_NOW, severity=Severity.TODAY),
        verdict(Route.PLATFORM_REPORT, content_class="C9", restricted=True),
        verdict(Route.REQUEST_REMOVAL, reasons=(Reason(CHILD_IDENTIFIABLE, "a child"),)),
    ],
    ids=["severity_4", "safeguarding", "police", "for_the_safeguarding_lead_alone", "a_child_can_be_told"],
)
def test_history_that_cannot_wait_is_told_with_its_date(told):
    alert = raised(OLD, replace(told, history=LONG_AGO + WEEK))
    assert alert.posted_at == LONG_AGO + WEEK


def test_a_new_post_of_an_old_story_is_told_as_any_other_and_bears_no_date():
    assert raised(OLD, REMOVAL).posted_at is None
