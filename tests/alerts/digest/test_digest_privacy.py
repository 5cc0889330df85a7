"""Of any day: no word, address or link of what is restricted, locked, unfit, or not the reader's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from builders.case import a_step
from builders.mention import a_mention, a_verdict, an_alert, by_labels
from builders.view import a_post, fresh, marked, of_case, raised, with_article
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.digest.select import select
from alerts.facts import Facts
from alerts.ladder.replay import replay
from alerts.links import Links
from alerts.wording.digest.compose import compose
from alerts.wording.digest.view import html, text
from data.digest import Window
from data.types import (
    ALLEGING_LABELS,
    About,
    Mark,
    Marked,
    MentionKind,
    Person,
    PressEvent,
    Role,
    Route,
    School,
    Sentiment,
    Severity,
)

NOW = datetime(2026, 11, 17, 7, 30, tzinfo=UTC)
THEN = NOW - timedelta(hours=10)
HEAD = Person("head", "Mrs Jane Holt", (Role.HEAD, Role.SLT), "head@example.org")
DEPUTY = Person("deputy", "Mr Lee Ash", (Role.DEPUTY_HEAD,), "deputy@example.org")
DSL = Person("dsl", "Ms Robin Pike", (Role.DSL,), "dsl@example.org")
PEOPLE = (HEAD, DEPUTY, DSL)
PRIVATE = ("facebook_group", "whatsapp", "email", "manual_report")
MARKS = ("answered", "taken")
UNFIT = frozenset((*ALLEGING_LABELS, "threat", "hate", "privacy", "harassment", "profanity"))
ENDS = ("is fair", "and Mrs Holt", "teacher arrested", "by Mr Nobody")
ONCE = a_verdict(a_mention(), reasons=())


@st.composite
def verdicts(draw):
    severity = draw(st.sampled_from(list(Severity)[1:]))
    return by_labels(
        ONCE,
        severity=severity,
        route=draw(st.sampled_from(list(Route)[1:])),
        about=draw(st.sampled_from((About.SCHOOL, About.STAFF, About.PUPIL, About.HEAD))),
        abuse=draw(st.sampled_from(((), (), (), *((label,) for label in sorted(UNFIT))))),
        content_class=draw(st.sampled_from(("C0", "C0", "C2", "C6", "C7", "C9", "C10", "C11"))),
        sentiment=draw(st.sampled_from(list(Sentiment))),
        look=draw(st.booleans()),
        event=draw(st.sampled_from((None, None, PressEvent.STAFF, PressEvent.WEAPON))),
        restricted=draw(st.booleans()) and draw(st.booleans()),
        subjects=draw(st.sampled_from(((), (), ("deputy",), ("head",)))),
    )


@st.composite
def posts(draw, n):
    press = draw(st.booleans())
    words = (
        f"Zebra{n} {draw(st.sampled_from(('is fair', 'and Mrs Holt', 'teacher arrested', 'by Mr Nobody')))}"
    )
    return a_post(
        channel="google_news" if press else draw(st.sampled_from(("local_forum", "mumsnet", *PRIVATE))),
        kind=MentionKind.ARTICLE if press else MentionKind.POST,
        url=f"https://paper{n}.example.org/zebra{n}",
        title=words if press else "",
        text=words,
        at=THEN,
    )


def never(post, told, locked, person, kept_out=()):
    """May nothing of this post stand in this person's digest, by the plainest reading of the rules?"""
    words = post.title or post.text
    return (
        locked
        or person.id in kept_out
        or "arrested" in words
        or post.channel in PRIVATE
        or any(v.restricted or v.route is Route.SAFEGUARDING or v.event is PressEvent.STAFF for v in told)
        or any(v.content_class in ("C7", "C9", "C10", "C11") for v in told)
        or any(ALLEGING_LABELS & {*v.abuse} for v in told)
        or (
            post.kind is MentionKind.POST and any(UNFIT & {*v.abuse} or v.content_class == "C6" for v in told)
        )
        or any(person.id in v.subjects and v.severity >= Severity.TODAY and not kept_out for v in told)
    )


@st.composite
def days(draw):
    """Facts of a day, and for each of its posts what decides about it."""
    stories, alerts, cases, marks, locked, told = [], [], [], [], set(), []
    for n in range(draw(st.integers(1, 6))):
        judged, post, story = draw(verdicts()), draw(posts(n)), f"story-{n}"
        if draw(st.integers(0, 4)) == 0:
            locked.add(story)
        kept_out = draw(st.sampled_from(((), (), ("deputy",))))
        what = draw(st.sampled_from(("story", "story", "alert", "case", *MARKS)))
        if what == "story":
            article = post if post.kind is MentionKind.ARTICLE else None
            look = judged if judged.look else None
            story_of_it = fresh(
                story, judged, post, look=look, channels=(post.channel,), looks=(judged,) if look else (),
                place_keys=("x",), people_keys=(n,), excluded=kept_out,
            )  # fmt: skip
            stories.append(with_article(story_of_it, article) if article else story_of_it)
        elif what == "alert":
            alert = an_alert(
                story, audience=("dsl",), excluded=kept_out, severity=Severity.TODAY,
                route=judged.route, content_class=judged.content_class, raised_at=THEN, because=(),
            )  # fmt: skip
            alerts.append(
                raised(
                    alert, (judged,), THEN, restricted=judged.restricted, channels=(post.channel,), post=post
                )
            )  # fmt: skip
        elif what == "case":
            facts = {"story": story, "route": "platform_report", "proposed_class": "C2", "about": "staff"}
            case = replay([a_step(case_id=f"{n:04d}", at=THEN, facts=facts)])
            case = replace(case, locked=story in locked)
            cases.append(of_case(case, (judged,), restricted=judged.restricted, excluded=kept_out, post=post))
        elif not judged.restricted:
            mark = Marked(story, "900001", Mark(what), "head", THEN)
            marks.append(marked(mark, (judged,), (post.channel,), excluded=kept_out, posts=(post,)))
        told.append((n, story, post, judged, kept_out))
    facts = Facts(
        School("900001", "Oakfield Primary School"), NOW.date(), True, Window(NOW - timedelta(days=1), NOW),
        NOW, ZoneInfo("Europe/London"), PEOPLE, stories=tuple(stories), alerts=tuple(alerts),
        cases=tuple(cases), marked=tuple(marks), locked=frozenset(locked), look_share=1.0,
        links=Links("https://alerts.example.org", b"secret"),
    )  # fmt: skip
    return facts, told


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(days(), st.sampled_from((HEAD, DEPUTY)))
def test_no_word_or_address_of_what_may_not_be_told_stands_anywhere_in_it(day, person):
    facts, told = day
    view = compose(facts, select(facts, person))
    whole = (view.subject + text(view) + html(view)).lower()
    for n, story, post, judged, kept_out in told:
        if never(post, (judged,), story in facts.locked, person, kept_out):
            assert f"zebra{n}" not in whole, (n, judged, post, kept_out)
            assert story not in facts.locked or f"paper{n}." not in whole


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(days(), st.sampled_from((HEAD, DEPUTY)))
def test_nothing_is_told_twice(day, person):
    facts, told = day
    whole = text(compose(facts, select(facts, person))).lower()
    for n, *_ in told:
        assert whole.count(f"zebra{n} ") <= 1


def test_the_same_day_without_any_such_reason_is_told_in_its_own_words():
    post = a_post(url="https://zebra.example.org/", text="Zebra is fair", at=THEN)
    story = fresh("s", ONCE, post, channels=("local_forum",))
    facts = Facts(
        School("900001", "Oakfield"), NOW.date(), True, Window(NOW - timedelta(days=1), NOW), NOW,
        ZoneInfo("Europe/London"), PEOPLE, stories=(story,),
    )  # fmt: skip
    page = html(compose(facts, select(facts, HEAD)))
    assert "Zebra is fair" in page
    assert 'href="https://zebra.example.org/"' in page
