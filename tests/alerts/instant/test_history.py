"""What was posted before we began: which posts that are, and which of them alert all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.alert import CHAIR, EVERYBODY, HEAD, NOW, SCHOOL, STORY, codes, raised, verdict
from builders.matter import of_alert
from builders.mention import by_labels
from builders.verdict import mention

from alerts.instant.raise_alert import CHILD_IDENTIFIABLE, SINCE_MARKED, Decline, dated, raise_alert
from alerts.next_date import Means
from alerts.wording.alert_mail import escalated, outbox
from data.types import About, Escalation, Policy, Reason, Route, Severity, Via
from data.words.say import words
from monitor.cli.views.alerts import headline
from monitor.cli.views.screen import Screen

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


def test_history_of_severity_3_is_told_of_a_story_that_no_digest_shows_since_it_was_marked():
    alert = raise_alert(STORY, (OLD,), None, EVERYBODY, SCHOOL, Policy(), NOW, anew=SINCE_MARKED)
    assert not isinstance(alert, Decline)
    assert alert.posted_at == LONG_AGO


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


def test_history_that_no_reader_of_the_digest_may_see_is_told():
    accusing = by_labels(OLD, abuse=("defamation",), content_class="C7", about=About.HEAD, subjects=("head",))
    assert declined(accusing) == "before_we_began"
    alert = raised(accusing, people=(HEAD, CHAIR))
    assert (alert.audience, alert.excluded) == (("chair",), ("head",))


def test_history_that_a_reader_is_kept_from_by_a_doubt_beside_it_is_told():
    """A digest leaves a story out where a look in it may accuse the reader."""
    doubt = by_labels(
        OLD, mention_id="m2", severity=Severity.NOTE, route=Route.NOTE, look=True, abuse=("defamation",),
        content_class="C7", about=About.HEAD, subjects=("head",),
    )  # fmt: skip
    assert raised(OLD, doubt, people=(HEAD, CHAIR)).posted_at == LONG_AGO


def test_history_of_a_story_that_was_told_names_who_is_told_no_more():
    accusing = by_labels(OLD, abuse=("defamation",), content_class="C7", about=About.HEAD, subjects=("head",))
    again = raised(accusing, existing=raised(REMOVAL))
    assert (again.times, "head" in again.excluded) == (2, True)


def test_a_new_post_of_an_old_story_is_told_as_any_other_and_bears_no_date():
    assert raised(OLD, REMOVAL).posted_at is None


def test_a_new_post_of_an_old_story_that_was_told_is_told_again():
    old = verdict(Route.POLICE_NOW, history=LONG_AGO)
    told = raised(old)
    again = raised(old, verdict(Route.POLICE_NOW), existing=told)
    assert (again.times, again.posted_at) == (2, None)
    assert "posted_anew" in codes(again)


def test_more_history_of_a_story_that_was_told_as_new_keeps_still():
    told, old = raised(REMOVAL), replace(OLD, mention_id="m2")
    found = raise_alert(STORY, (REMOVAL, old), told, EVERYBODY, SCHOOL, Policy(), NOW)
    assert isinstance(found, Decline)


@pytest.mark.parametrize(("restricted", "shown"), [(False, True), (True, False)])
def test_a_list_of_alerts_says_the_date_but_of_what_is_restricted(restricted, shown):
    route = Route.SAFEGUARDING if restricted else Route.POLICE_NOW
    alert = raised(verdict(route, history=LONG_AGO))
    line = " ".join(headline(of_alert(alert, NOW), Screen(NOW, ZoneInfo("Europe/London"))))
    assert ("posted on 3 March 2024, before we began" in line) is shown
    assert "before we began to read there" in line
    assert ("2024" in line) is shown


def messages_of(alert):
    return outbox(alert, EVERYBODY, SCHOOL, NOW, Means(), targets=frozenset({"dsl"}))


def test_every_mail_about_history_says_when_it_was_posted():
    said = "It was posted on 3 March 2024, before we began to read that place."
    alert = raised(verdict(Route.POLICE_NOW, history=LONG_AGO))
    step = Escalation(alert.id, alert.urn, 1, 1, "chair", NOW)
    next_ones = [
        m for who in ("chair", "dsl")
        for m in escalated(alert, (), replace(step, person_id=who), EVERYBODY, SCHOOL, Means())
    ]  # fmt: skip
    mails = [m for m in (*messages_of(alert), *next_ones) if m.via is Via.MAIL]
    assert len(mails) > 3
    assert [said in m.body for m in mails] == [True] * len(mails)
    assert not any("2024" in m.subject for m in mails)
    assert not any(words("en")("instant.lag.unknown") in m.body for m in mails)


def test_a_mail_about_what_is_new_says_no_date_of_posting():
    assert not any("2024" in m.body for m in messages_of(raised(OLD, verdict(Route.POLICE_NOW))))
