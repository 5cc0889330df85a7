"""The lines of a digest: what happened, on what kind of place, who acts and by when."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.alert import HEAD
from builders.mention import a_mention, a_verdict, an_alert

from alerts.digest.compose import compose, look_line
from alerts.digest.facts import Blind, Facts, NotSeen
from alerts.digest.lines import Saying, decision, not_seen
from alerts.digest.matters import answers, praises, who_answers
from alerts.digest.select import Selection
from data.calendar import Calendar
from data.digest import Fate, FreshStory, Headline, Standing, Window
from data.types import (
    About,
    Outcome,
    Person,
    PressEvent,
    Reason,
    Relevance,
    Role,
    Route,
    School,
    Sentiment,
    Severity,
)
from data.web.channels import CHANNELS, PRESS
from data.words.say import words

TUESDAY = datetime(2026, 11, 17, 7, 30, tzinfo=UTC)
TODAY = TUESDAY.date()
DEPUTY = Person("deputy", "Mr Lee Ash", (Role.DEPUTY_HEAD,), "deputy@example.org")
LINES = {"threat": 0.15, "hate": 0.2, "safeguarding": 0.25, "privacy": 0.2}
PAST = a_verdict(
    a_mention(), about=About.SCHOOL, route=Route.RESPOND, sentiment=Sentiment.NEGATIVE, reasons=()
)


def said_on(day: date = TODAY, language: str = "en", people=(HEAD, DEPUTY), **fields) -> Saying:
    now = datetime.combine(day, TUESDAY.time(), UTC)
    facts = Facts(
        School("900001", "Oakfield Primary School", language=language), day, day.weekday() < 5,
        Window(now - timedelta(days=1), now), now, ZoneInfo("Europe/London"), people,
        **{"calendar": Calendar(), "label_lines": LINES, **fields},
    )  # fmt: skip
    return Saying(facts, people[0], words(language))


def a_story(channels=("local_forum",), places=("forum",), people=1, heated=False, look=None, **verdict):
    top = replace(PAST, **verdict)
    return FreshStory(
        f"story-{len(verdict)}", Relevance.ABOUT, 1, 0, frozenset(places), frozenset(range(people)), top,
        look=top if look else None, channels=frozenset(channels), look_channel=channels[0], heated=heated,
    )  # fmt: skip


def standing(raised_at=TUESDAY - timedelta(hours=9), channels=("local_forum",), **alert) -> Standing:
    verdict = replace(PAST, abuse=("privacy",), about=About.STAFF, severity=Severity.TODAY)
    raised = an_alert("s1", **{"raised_at": raised_at, "because": (), "audience": ("head",), **alert})
    return Standing(raised, (verdict,), raised_at, restricted=False, channels=channels)


def a_look(**verdict) -> str:
    return look_line(said_on(), a_story(look=True, **verdict)).said


@pytest.mark.parametrize("language", ["en", "cy"])
def test_every_kind_of_place_has_words_of_its_own_and_the_press_the_same(language):
    said = {channel: said_on(language=language).at(channel) for channel in CHANNELS}
    assert all(said.values())
    assert len({said[channel] for channel in PRESS}) == 1
    assert len(set(said.values())) == len(CHANNELS) - len(PRESS) + 1


def test_a_decision_says_on_what_kind_of_place():
    assert (
        "Private details of a member of staff are given, on a local forum."
        in decision(said_on(), standing()).said
    )
    both = decision(said_on(), standing(channels=("facebook", "blog"))).said
    assert "are given, on Facebook and on a blog or website." in both
    assert "are given. " in decision(said_on(), standing(channels=("elsewhere",))).said


@pytest.mark.parametrize(
    ("day", "raised", "said"),
    [
        (17, "2026-11-16T21:30", "today"),
        (17, "2026-11-17T07:29", "today"),
        (18, "2026-11-16T21:30", "was due Tuesday 17 November"),
        (18, "2026-11-17T07:30", "today"),
        (14, "2026-11-13T21:30", "by Monday"),
        (16, "2026-11-13T21:30", "today"),
        (17, "2026-11-13T21:30", "was due Monday 16 November"),
    ],
)
def test_it_is_due_on_the_working_day_whose_digest_is_the_first_to_tell_of_it(day, raised, said):
    at = datetime.fromisoformat(f"{raised}+00:00")
    assert decision(said_on(date(2026, 11, day)), standing(at)).about == f"You · {said}"


def test_what_came_after_the_digests_time_and_is_told_by_a_late_one_is_due_the_same_day():
    say = said_on()
    late = Saying(replace(say.facts, now=TUESDAY + timedelta(hours=3)), HEAD, say.w)
    assert decision(late, standing(TUESDAY + timedelta(hours=2))).about == "You · today"


def test_who_decides_is_the_first_asked_who_is_still_there():
    assert decision(said_on(), standing(audience=("deputy", "head"))).about == "Deputy head · today"
    assert decision(said_on(), standing(audience=("left", "deputy"))).about == "Deputy head · today"
    assert decision(said_on(), standing(audience=("left",))).about == "Nobody could be told · today"


def test_a_look_says_where_whom_it_may_concern_and_what_it_may_be():
    near = (("abuse:threat", 0.1), ("abuse:hate", 0.05))
    assert a_look(scores=near, about=About.STAFF) == (
        "A remark on a local forum about a member of staff: a threat or a figure of speech?"
    )


def test_the_label_that_comes_nearest_to_its_own_line_is_asked_about():
    assert a_look(scores=(("abuse:hate", 0.11), ("abuse:threat", 0.1))).endswith("figure of speech?")


def test_a_look_that_several_speak_of_or_that_may_be_anothers_stays_a_question():
    shared = replace(
        a_story(look=True, people=3, scores=(("abuse:threat", 0.1),)), relevance=Relevance.UNSURE
    )
    assert look_line(said_on(), shared).said.endswith("figure of speech? (3 people, perhaps another school)")


@pytest.mark.parametrize("scores", [(), (("abuse:threat", 0.07),)])
def test_where_no_label_comes_near_none_is_claimed(scores):
    assert a_look(scores=scores) == (
        "A remark on a local forum about the school: we cannot tell whether something must be done."
    )


@pytest.mark.parametrize("label", ["safeguarding", "self_harm", "sexual"])
@pytest.mark.parametrize("as_label", [True, False])
def test_a_look_does_not_say_what_is_better_not_said(label, as_label):
    found = a_look(abuse=(label,)) if as_label else a_look(scores=((f"abuse:{label}", 0.9),))
    assert "we cannot tell whether something must be done" in found


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("language_cy", "Something in Welsh on a local forum: we do not judge Welsh"),
        ("language_other", "Something on a local forum in a language that we do not judge"),
        ("too_few_words", "A few words on a local forum about the school: too few to judge."),
        ("own_at_night", "Something odd on one of your own accounts"),
    ],
)
def test_what_kept_us_from_judging_is_said_instead_of_a_guess(code, said):
    assert a_look(reasons=(Reason(code, ""),), scores=(("abuse:threat", 0.9),)).startswith(said)


def test_without_a_theme_a_line_says_its_tone_whom_it_is_about_and_where():
    say = said_on()
    review = {"channels": ("school_review_site",)}
    assert [x.said for x in answers(say, [a_story(**review)])] == [
        "A complaint about the school, on a review site."
    ]
    asked = a_story(sentiment=Sentiment.NEUTRAL, **review)
    assert answers(say, [asked])[0].said == "A question or remark about the school, on a review site."
    assert praises(say, [a_story(**review)])[0].said == "Praise: the school, on a review site."


def test_several_stories_of_one_matter_are_one_line_with_their_number():
    found = answers(said_on(), [a_story(), replace(a_story(places=("board",), people=3), story_id="other")])
    assert [x.said for x in found] == ["2 complaints about the school, 2 places, 3 people."]


def test_heated_but_fair_is_said_of_what_is_to_be_answered_and_of_no_praise():
    hot = a_story(heated=True, themes=("meals",))
    assert answers(said_on(), [hot])[0].said == "Meals, on a local forum, heated but fair."
    assert praises(said_on(), [hot])[0].said == "Praise: meals, on a local forum."


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ((HEAD, DEPUTY), "Deputy head · this week"),
        ((DEPUTY, HEAD), "You · this week"),
        ((replace(DEPUTY, id="a"), replace(DEPUTY, id="b")), "Deputy head · this week"),
        (
            (replace(HEAD, roles=(Role.SLT,)), replace(DEPUTY, roles=(Role.SLT,))),
            "Leadership team · this week",
        ),
    ],
)
def test_who_answers_is_the_deputy_where_there_is_one(people, said):
    assert who_answers(said_on(people=people)) == said


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (NotSeen("A", Blind.FAILED, Outcome.SUSPICIOUS, TUESDAY - timedelta(hours=18)),
         "A: empty since yesterday 13:30, which is unusual."),
        (NotSeen("A", Blind.SILENT, since=TUESDAY - timedelta(days=2)),
         "A: nothing new since Sunday, which is unusual."),
        (NotSeen("A", Blind.SILENT), "A: nothing new, which is unusual."),
        (NotSeen("A", Blind.FAILED, Outcome.BLOCKED, TUESDAY - timedelta(days=2)),
         "A: blocked since Sunday."),
        (NotSeen("A", Blind.FAILED, Outcome.BLOCKED), "A: blocked."),
        (NotSeen("A", Blind.NOT_ASKED), "A: not asked."),
    ],
)  # fmt: skip
def test_what_was_not_seen_says_why_and_since_when(found, said):
    assert not_seen(said_on(), found) == said


@pytest.mark.parametrize(("day", "claimed"), [(16, True), (14, False)])
def test_only_a_school_days_digest_says_that_it_covers_the_time_of_one_that_was_lost(day, claimed):
    say = said_on(date(2026, 11, day), lost={HEAD.id: ((date(2026, 11, 13), Fate.FAILED),)})
    opening = " ".join(compose(say.facts, Selection(HEAD)).opening)
    assert ("Your digest of Friday 13 November could not be sent" in opening) is claimed


@pytest.mark.parametrize(
    ("told", "then"), [((HEAD.id,), "ring 101"), ((DEPUTY.id,), "those who were told ring 101")]
)
def test_of_a_threat_the_reader_is_told_what_is_theirs_to_do(told, then):
    alert = an_alert("s1", route=Route.POLICE_NOW, severity=Severity.THIS_HOUR, audience=told)
    said = decision(said_on(), Standing(alert, (), TUESDAY, restricted=False)).said
    assert said.endswith(f"Suggested: if anybody is in danger now, ring 999; if not, {then}.")


def test_what_nobody_judged_is_no_complaint():
    welsh = (Reason("language_cy", "It is in Welsh."),)
    (line,) = answers(said_on(), [a_story(reasons=welsh)])
    assert line.said.startswith("A question or remark about")


CHARGED = Headline("Teacher charged with theft - Northvale Gazette", "https://news.google.com/x", ("search",))


def of_the_press(headline=CHARGED, look=False, **verdict):
    given = {"event": PressEvent.STAFF, **verdict}
    return replace(a_story(channels=("google_news",), look=look, **given), headline=headline)


def test_a_headline_that_may_accuse_somebody_is_told_by_what_it_is_and_its_paper():
    (line,) = answers(said_on(), [of_the_press()])
    assert line.said.startswith(
        "The press reports on a member of staff: a suspension, a charge or an allegation, Northvale Gazette. "
        "Suggested: agree who speaks to the press and what parents are told"
    )
    assert "charged with" not in line.said
    assert "complaint" not in line.said


def test_any_other_headline_stands_with_its_paper():
    poor = replace(CHARGED, title="School requires improvement - Northvale Gazette")
    (line,) = answers(said_on(), [of_the_press(poor, event=PressEvent.INSPECTION)])
    assert line.said == "“School requires improvement”, Northvale Gazette."


def test_an_acquittal_is_no_remark_in_the_news():
    over = {"route": Route.NOTE, "reasons": (Reason("press_over", "It is over."),)}
    said = look_line(said_on(), of_the_press(look=True, **over)).said
    assert said == (
        "The press reports that a member of staff was cleared, or that a matter about them has ended, "
        "Northvale Gazette."
    )


def test_where_no_headline_may_stand_in_a_mail_neither_does_its_paper():
    (line,) = answers(said_on(headlines=False), [of_the_press()])
    assert "Gazette" not in line.said
