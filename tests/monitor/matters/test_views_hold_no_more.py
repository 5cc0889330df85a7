"""A view of a matter holds what its reader may know and nothing beyond, over matters drawn by seed.

The oracle is `alerts.access.knowing`, asked of each matter alone."""

import random
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, timedelta
from functools import cache
from types import SimpleNamespace

import pytest
from builders.case import a_case
from builders.mention import NOW, a_match, a_mention, a_verdict, an_alert
from hypothesis import given
from hypothesis import strategies as st

from alerts.access.knowing import Access, access, access_unnamed, may_know_conflicts
from alerts.access.matter import Matter
from alerts.access.matter import matter_of_case as alone
from data.cases import Asking, Assessment, ProposedClass
from data.content_class import ContentClass
from data.register.calendar import Calendar
from data.rungs import Rung
from data.steps.codes import BypassRoute
from data.store.stories import StoryDetail, StoryMention, StoryRow
from data.types import (
    About,
    Escalation,
    Mark,
    Marked,
    Owner,
    Person,
    Reason,
    Relevance,
    Role,
    Route,
    Severity,
)
from monitor.matters import views as whole
from monitor.matters.reader import KnownMatters, Reader, StoredMatters
from monitor.matters.views import alert_view, story_view

URN = "900001"
IDS = tuple(f"who-{letter}" for letter in "abcdefg")
TOKENS = ("zq-title", "zq-text", "zq-author", "zq-address", "zq-reason", "zq-quote")
"""What stands in a post's words, its author, its address, and in the reasons made from them."""
STORY = "s-one"
NAMES = cache(lambda cls: tuple(field.name for field in fields(cls)))
CONFLICTS = frozenset(("subject_excluded", "fallback", "nobody_left"))


def a_config(people):
    school = SimpleNamespace(urn=URN, members=(), former=(), nation="england", language="en")
    return SimpleNamespace(
        people=people, zone=UTC, calendar=lambda urn: Calendar(), profile=lambda urn: None,
        school=lambda urn: school if urn == URN else None,
    )  # fmt: skip


class Drawn:
    """Matters of one school with all that may be stored of each, and its people."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.people = tuple(
            Person(
                i, f"Name of {i}", tuple(self.draw.sample(list(Role), self.draw.randint(1, 3))), "a@b.test"
            )
            for i in IDS
        )

    def some(self, share: float) -> tuple[str, ...]:
        return tuple(i for i in IDS if self.draw.random() < share)

    def one(self) -> str:
        return self.draw.choice(IDS)

    def maybe(self, value: object) -> object:
        return value if self.draw.random() < 0.5 else None

    def matter(self) -> Matter:
        draw, subjects = self.draw, frozenset(self.some(0.15))
        bypass = draw.choice([None, None, None, *BypassRoute])
        return Matter(
            frozenset((URN,)),
            draw.choice(list(About)),
            subjects,
            frozenset(self.some(0.05)) - subjects,
            bypass,
            bypass is not None or draw.random() < 0.2,
            fair=bypass is None and draw.random() < 0.3,
            told=self.some(0.15),
            assigned_to=draw.choice([None, None, None, *IDS]),
        )

    def reasons(self):
        codes = self.draw.sample(["criticism", "a_person_decides", "street", *sorted(CONFLICTS)], 3)
        return tuple(Reason(code, "zq-reason") for code in codes)

    def verdict(self, mention, restricted):
        return a_verdict(
            mention, urn=URN, about=self.draw.choice(list(About)), restricted=restricted,
            subject_person=self.maybe(self.one()), subjects=self.some(0.2), reasons=self.reasons(),
            severity=self.draw.choice(list(Severity)), route=self.draw.choice(list(Route)),
        )  # fmt: skip

    def mentions(self, matter):
        found = []
        for n in range(self.draw.randint(1, 3)):
            restricted = matter.restricted and (n == 0 or self.draw.random() < 0.5)
            mention = a_mention(f"m{n}")
            said = ("zq-address", "zq-author", "zq-title", "zq-text", "zq-quote")
            found.append(
                StoryMention(
                    mention.id, 1, "forum", mention.kind, *([None] * 5 if restricted else said),
                    published=NOW - timedelta(days=n), first_seen=NOW, restricted=restricted,
                    match=a_match(urn=URN), verdict=self.verdict(mention, restricted),
                )
            )  # fmt: skip
        return tuple(found)

    def case(self, matter):
        return a_case(
            urn=URN, story_id=STORY, restricted=matter.restricted, lane=matter.bypass,
            locked=self.draw.random() < 0.2, about=matter.about, subjects=tuple(sorted(matter.subjects)),
            audience=matter.told, target=next(iter(sorted(matter.threatened)), None), opened_by=self.one(),
            assigned_to=matter.assigned_to, acting=self.one(), acting_at=NOW,
            complainant_person=self.one(), classified_by=self.one(), decided_by=self.one(),
            hold_by=self.one(),
            weighed=Assessment("zq-text", "zq-text", "zq-text", "zq-text", NOW),
            consent_person=self.one(), consent_by=self.one(), support_by=self.one(),
            chronology_by=self.one(), chronology_author="zq-author", chronology_person=self.one(),
            askings=(Asking(Rung.HOST, self.one(), NOW, reference="zq-title"),),
            hosting={"host": "zq-address"},
            proposal=self.maybe(ProposedClass(ContentClass.PRIVACY, None, self.one(), self.some(0.3))),
        )  # fmt: skip

    def stored(self, matter):
        """The matter with its story, its alert and its case, as they are read."""
        mentions, case = self.mentions(matter), self.case(matter)
        top = max((m.verdict for m in mentions), key=lambda v: v.severity)
        alert = an_alert(
            STORY, urn=URN, restricted=matter.restricted, audience=self.some(0.4), because=self.reasons(),
            excluded=tuple(sorted(matter.subjects)), posted_at=self.maybe(NOW),
        )  # fmt: skip
        row = StoryRow(
            STORY, URN, "" if matter.restricted else "zq-title", NOW, NOW, matter.restricted, Relevance.ABOUT,
            len(mentions), 1, 1, ("forum",), top, NOW, ("forum:one",),
        )  # fmt: skip
        marked = Marked(STORY, URN, self.draw.choice(list(Mark)), self.one(), NOW)
        owner = Owner(self.one(), NOW, self.one())
        stored = StoredMatters(
            {STORY: matter}, {STORY: tuple(m.verdict for m in mentions)}, (case,),
            {alert.id: owner} if self.draw.random() < 0.5 else {},
            {STORY: alert}, {STORY: marked} if self.draw.random() < 0.5 else {},
            {STORY: owner} if self.draw.random() < 0.5 else {},
        )  # fmt: skip
        return stored, StoryDetail(row, mentions), alert


def held(value: object) -> Iterator[str]:
    """Every text in a value, at any depth."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, tuple | list | frozenset | set):
            left.extend(one)
        elif isinstance(one, dict):
            left.extend((*one, *one.values()))
        elif is_dataclass(one):
            left.extend(getattr(one, name) for name in NAMES(type(one)))


def everyway(drawn, reader, matter):
    """The matter as lists of alerts and stories and a page give it, each with the oracle's answer."""
    stored, detail, alert = drawn.stored(matter)
    person, people = reader.person, drawn.people
    known = KnownMatters(stored, reader.access({STORY: matter}), ())
    asked = access(person, matter, people) if person else access_unnamed(matter, people)
    assert known.access[STORY] == asked
    assert known.tells_of(STORY) is (asked > Access.NOTHING)
    if asked > Access.NOTHING:
        steps = (Escalation(alert.id, URN, 1, 1, drawn.one(), NOW),)
        yield asked, alert_view(reader, alert, known, steps, NOW, finished=False)
        yield asked, story_view(reader, detail.row, known)
        yield asked, whole._whole(None, reader, detail, known, NOW)


def no_more(view, asked, reader, conflicts):
    """Holds the view nothing beyond?"""
    assert view.access is asked
    if asked is not Access.WORDS:
        texts = set(held(view))
        assert not [text for text in texts if any(token in text for token in TOKENS)]
        for_them = {by for case in view.cases if view.own for by in (case.consent_by, case.support_by)}
        assert texts & set(IDS) <= {reader.id} | for_them
    if asked is Access.EXISTS:
        assert view.restricted
        empty = (view.top, view.verdicts, view.route, view.lane, view.due, view.cases, view.audience)
        more = (view.actions, view.because, view.content_class, view.channels, view.posted_at, view.title)
        assert not any((*empty, *more))
        assert not any(post.published or post.verdict for post in view.posts)
    assert not (view.excluded and not conflicts)
    assert not ({r.code for r in view.because} & CONFLICTS and not conflicts)
    for post in view.posts:
        assert not (post.restricted or view.is_sealed) or not (
            post.title or post.text or post.url or post.author
        )


@pytest.fixture(scope="module", autouse=True)
def _without_a_store():
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(whole, "is_in_hand", lambda con, alert_id: False)
        patched.setattr(
            "monitor.matters.reader.matter_of_case", lambda case, school, policy: alone(case, school)
        )
        yield


def looked_at(seed: int, matters: int) -> set[tuple[Access, bool]]:
    """How much readers may know of matters drawn by that seed, restricted or not; each view is asked."""
    drawn, met = Drawn(seed), set()
    config = a_config(drawn.people)
    for n in range(matters):
        reader = Reader(config, None, drawn.draw.choice((*drawn.people, None)) if n % 10 else None)
        matter = drawn.matter()
        conflicts = bool(reader.person) and may_know_conflicts(reader.person, matter, drawn.people)
        for asked, view in everyway(drawn, reader, matter):
            no_more(view, asked, reader, conflicts)
            met.add((asked, view.restricted))
    return met


def test_all_that_may_be_known_is_drawn_of_what_is_restricted_and_of_what_is_not():
    some = {(access, restricted) for access in (Access.STATUS, Access.WORDS) for restricted in (False, True)}
    assert looked_at(4, 150) == {(Access.EXISTS, True), *some}


@given(st.integers(0, 2**32))
def test_a_view_holds_nothing_beyond_what_access_says(seed):
    looked_at(seed, 25)


@pytest.mark.parametrize(
    "field",
    [
        {"title": "zq-title"},
        {"audience": ("who-a",)},
        {"because": (Reason("street", "zq-reason"),)},
        {"excluded": ("who-b",)},
    ],
)
def test_what_is_beyond_is_found(field):
    """The property above, shown to fail."""
    drawn = Drawn(1)
    reader = Reader(a_config(drawn.people), None, None)
    stored, detail, _ = drawn.stored(replace(drawn.matter(), restricted=False, bypass=None))
    known = KnownMatters(stored, {STORY: Access.STATUS}, ())
    view = story_view(reader, detail.row, known)
    no_more(view, Access.STATUS, reader, False)
    with pytest.raises(AssertionError):
        no_more(replace(view, **field), Access.STATUS, reader, False)
