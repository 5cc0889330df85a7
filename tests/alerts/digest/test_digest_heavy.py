"""A heavy Monday: what a digest names, in which order, and how it counts the rest."""

import re
from dataclasses import replace
from datetime import timedelta

from builders.case import a_step
from builders.digest import DSL, HEAD, TUESDAY
from builders.digest_reader import LINKS, facts_of, flat
from builders.mention import a_mention, a_verdict, an_alert
from builders.view import a_post, fresh, of_case, raised, with_article

from alerts.facts import NAMED, SchoolPart
from alerts.ladder.replay import replay
from alerts.links import Links
from alerts.select import select
from alerts.wording.digest.compose import compose_digest, compose_for_schools
from alerts.wording.digest.view import digest_html, digest_text
from data.cases import RunningClock
from data.rungs import CaseClock
from data.types import About, MentionKind, Owner, PressEvent, Relevance, Route, School, Sentiment, Severity

WORDS = "Parents say that nobody at all answers telephone calls about {}, and it has been weeks"
LATER, EARLIER = TUESDAY - timedelta(hours=10), TUESDAY - timedelta(days=9)
PRIVATE = a_verdict(
    a_mention(), severity=Severity.TODAY, route=Route.REQUEST_REMOVAL, abuse=("privacy",), about=About.STAFF,
    content_class="C11", reasons=(),
)  # fmt: skip
THREAT = replace(
    PRIVATE, severity=Severity.THIS_HOUR, route=Route.POLICE_NOW, abuse=("threat",), content_class="C6"
)
CHILD = replace(THREAT, route=Route.SAFEGUARDING, content_class="C10", abuse=("safeguarding",),
                about=About.PUPIL, restricted=True)  # fmt: skip
CROSS = replace(
    PRIVATE, severity=Severity.RESPOND, route=Route.RESPOND, abuse=(), content_class=None, about=About.SCHOOL
)
LOOK = replace(CROSS, look=True, look_rank=0.5)
GRAVE_LOOK = replace(LOOK, look_rank=2.0)
THANKS = replace(CROSS, severity=Severity.NOTE, route=Route.THANK, sentiment=Sentiment.POSITIVE)
NOTED = replace(CROSS, severity=Severity.NOTE, route=Route.NOTE)
REPORTED = replace(CROSS, event=PressEvent.OTHER)


def an_alert_of(verdict, name, at=LATER, by=None):
    alert = an_alert(
        name, severity=verdict.severity, route=verdict.route, content_class=verdict.content_class, because=(),
        audience=("dsl",) if verdict.restricted else ("head",), raised_at=at, restricted=verdict.restricted,
    )  # fmt: skip
    post = a_post(text=WORDS.format(name), url=f"https://forum.example.org/{name}", at=at)
    view = raised(alert, (verdict,), at, restricted=verdict.restricted, channels=("local_forum",), post=post)
    number = str(480_000 + sum(map(ord, name)))
    return replace(view, number=number, acknowledged=Owner(by, at) if by else None)


def a_story_of(verdict, name, **fields):
    post = a_post(text=WORDS.format(name), url=f"https://forum.example.org/{name}", at=LATER)
    look = verdict if verdict.look else None
    return fresh(name, verdict, post, look=look, channels=("local_forum",), **fields)


def a_late_case(name, number):
    facts = {"story": name, "route": "platform_report", "proposed_class": "C11", "about": "staff"}
    case = replay([a_step(case_id=number, at=LATER, facts=facts)])
    case = replace(case, waits=(RunningClock(CaseClock.WARN_1H, LATER, LATER + timedelta(hours=1)),))
    return replace(of_case(case, (PRIVATE,)), acknowledged=Owner("head", LATER))


def in_print(name):
    title, url = f"{name} closes for a day - Northvale Gazette", "https://news.google.com/x"
    post = a_post("google_news", MentionKind.ARTICLE, url, title, at=LATER)
    return with_article(fresh(name, REPORTED, channels=("google_news",)), post)


def waiting(name, days=9):
    """What wanted an answer in earlier digests too."""
    return a_story_of(CROSS, name, first_seen=TUESDAY - timedelta(days=days))


ALERTS = (
    an_alert_of(THREAT, "threat"),
    *(an_alert_of(PRIVATE, name, by="head") for name in ("mine", "mine-too")),
    *(an_alert_of(PRIVATE, name, at=EARLIER) for name in ("late", "late-too")),
    *(an_alert_of(PRIVATE, f"decide-{n}") for n in range(2)),
    *(an_alert_of(PRIVATE, f"theirs-{n}", by="deputy") for n in range(3)),
)
STORIES = (
    *(a_story_of(LOOK, f"look-{n}") for n in range(3)),
    *(a_story_of(CROSS, f"answer-{n}") for n in range(8)),
    *(in_print(f"Bridge {n}") for n in range(2)),
    *(a_story_of(THANKS, f"thanks-{n}") for n in range(4)),
    a_story_of(NOTED, "unsure", relevance=Relevance.UNSURE),
)
HEAVY = {"alerts": ALERTS, "stories": STORIES, "unanswered": (waiting("nine"), waiting("two", 2))}


def composed(person=HEAD, links=LINKS, **fields):
    found = facts_of(**{"look_share": 1.0, "links": links, **HEAVY, **fields})
    return compose_digest(found, select(found, person))


def named(view):
    """The stories that have a line, in order."""
    return [line.matter.story_id for part in view.sections for line in part.lines if line.matter]


def words_of(view):
    return [word for word in digest_text(view).split() if "://" not in word]


def rest(view):
    (line,) = (line for part in view.sections if part.key == "rest" for line in part.lines)
    return line


def test_a_heavy_monday_names_what_fits_into_350_words_and_counts_the_rest_by_kind_with_one_link():
    view = composed()
    assert named(view) == ["threat", "mine", "mine-too", "late", "late-too", "decide-0"]
    assert len(words_of(view)) <= 350
    assert rest(view).said == (
        "1 to decide, 3 worth a look, 2 unfavourable in the news, 10 to answer, 4 to pass on, 3 with others, "
        "1 that may not be about you."
    )
    assert (rest(view).page, view.all) == (LINKS.today, None)


def test_what_may_be_danger_or_severity_4_is_named_however_much_there_is():
    threats = tuple(an_alert_of(THREAT, f"threat-{n}") for n in range(9))
    looks = tuple(a_story_of(GRAVE_LOOK, f"hour-{n}") for n in range(3))
    view = composed(alerts=(*ALERTS, *threats), stories=(*STORIES, *looks))
    assert {*named(view)} == {"threat", *(f"threat-{n}" for n in range(9)), *(f"hour-{n}" for n in range(3))}


def test_whoever_has_waited_for_an_answer_since_an_earlier_digest_goes_before_a_look_the_longest_first():
    alerts = tuple(one for one in ALERTS if one.story_id.startswith(("threat", "mine")))
    assert {*named(composed(alerts=alerts))} == {
        "threat", "mine", "mine-too", "nine", "two", "look-0", "look-1",
    }  # fmt: skip
    again = a_story_of(CROSS, "nine", people_keys=(1, 2))  # somebody says it once more
    assert "nine" in named(composed(alerts=alerts, stories=(*STORIES, again)))


def test_news_that_may_be_severity_4_is_named_and_so_is_a_serious_post_from_before_we_began():
    grave = replace(in_print("Stabbing"), look=GRAVE_LOOK)
    old = a_story_of(PRIVATE, "old", from_before=EARLIER)
    view = composed(alerts=(), unanswered=(), stories=(*STORIES, grave), older=(old,))
    assert {"Stabbing", "old"} <= {*named(view)}
    assert len(named(view)) == NAMED


def test_fewer_are_named_where_seven_need_more_than_350_words():
    alerts = tuple(an_alert_of(PRIVATE, f"decide-{n}") for n in range(NAMED))
    accounts = tuple(f"Account {n}" for n in range(12))
    view = composed(alerts=alerts, no_notice=accounts, set_up=tuple(f"Place {n}" for n in range(32)))
    assert 3 <= len(named(view)) < NAMED
    assert f"{NAMED - len(named(view))} to decide" in rest(view).said.lower()
    assert "Account 0, Account 1, Account 2 and 9 more." in flat(view)
    assert "Place 0, Place 1, Place 2 and 29 more." in flat(view)


def test_three_at_least_are_named_however_many_words_there_are():
    places = tuple(f"A source with {'a long, ' * 12}long name {n}" for n in range(36))
    alerts = tuple(an_alert_of(PRIVATE, f"decide-{n}") for n in range(NAMED))
    view = composed(alerts=alerts, set_up=places, off_now=places)
    assert len(named(view)) == 3
    assert flat(view).count("long name 2 and 33 more") == 2  # what was set up, and what is off


def test_matters_told_by_their_number_are_counted_beyond_seven():
    children = tuple(an_alert_of(CHILD, f"child-{n:02}", at=LATER) for n in range(22))
    view = composed(DSL, alerts=children, stories=(), unanswered=())
    assert len(named(view)) == 22  # each may be danger
    calm = tuple(
        an_alert_of(replace(CHILD, severity=Severity.TODAY), f"child-{n:02}", by="dsl") for n in range(22)
    )
    view = composed(DSL, alerts=calm, stories=(), unanswered=())
    assert len(named(view)) == NAMED
    assert rest(view).said == "15 with you."


def test_where_nobody_signs_in_it_says_whom_to_ask_for_what_is_not_named():
    line = rest(composed(links=Links()))
    assert (line.page, line.then) == (
        None, "The person who looks after Schoolgate at your school can show you these.",
    )  # fmt: skip


def test_what_is_less_likely_to_matter_or_open_for_longer_is_counted():
    view = composed(alerts=(), unanswered=(), unlisted=4, look_share=0.01)
    assert "2 less likely to matter" in rest(view).said
    assert "4 more that are open" in rest(view).said


def test_seven_are_named_of_all_schools_together_the_gravest_first_and_the_rest_at_each():
    schools = [School("900001", "Oakfield Primary School"), School("900002", "Hexley Primary School")]
    found = [facts_of(**{"look_share": 1.0, **HEAVY}) for _ in schools]
    facts = [replace(f, school=school) for f, school in zip(found, schools, strict=True)]
    view = compose_for_schools([SchoolPart(f, select(f, HEAD)) for f in facts])
    assert len(named(view)) == NAMED
    assert named(view)[:2] == ["threat", "threat"]
    assert not {"nine", "thanks-0", "unsure"} & {*named(view)}
    also = [line.said for part in view.sections for line in part.lines if line.said.startswith("Also: ")]
    assert len(also) == 2
    assert sum("overdue" in said for said in also) == 2


def test_what_is_late_and_mine_is_counted_once():
    mine = tuple(an_alert_of(PRIVATE, f"mine-{n}", by="head") for n in range(9))
    cases = tuple(a_late_case(f"mine-{n}", f"{n:04}") for n in range(9))
    view = composed(alerts=mine, cases=cases, stories=(), unanswered=())
    counted = sum(int(n) for n in re.findall(r"\d+", rest(view).said))
    assert len(named(view)) + counted == 9


def test_the_page_says_who_has_it_as_the_text_does():
    view = composed(alerts=tuple(one for one in ALERTS if "theirs" in one.story_id), stories=())
    assert "Deputy head has been dealing with it since" in digest_html(view)


def test_at_several_schools_what_may_not_be_about_us_makes_none_busy():
    facts = facts_of(stories=(a_story_of(NOTED, "unsure", relevance=Relevance.UNSURE),))
    part = SchoolPart(facts, select(facts, HEAD))
    assert "there is something for you" not in flat(compose_for_schools([part, part]))


def test_a_quiet_day_has_no_rest():
    view = composed(alerts=(), stories=(), unanswered=())
    assert view.quiet
    assert "Also" not in flat(view)
    assert view.all == LINKS.today
