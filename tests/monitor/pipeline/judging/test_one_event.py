"""What the press tells of one event is one matter: told once, and again only where it is graver."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from builders.home import a_migrated_store
from builders.judges import OAKFIELD, PEOPLE, Words, judges
from builders.mention import Clock
from builders.press import COACH, FALL, NOW, TOWN, article, post, read

from data.store import owners as owner_store
from data.types import Mark, Marked


@pytest.fixture
def store(tmp_path):
    return a_migrated_store(tmp_path, Clock(NOW))


def held(store):
    """Each story's posts by their words; and the mails, and how often each alert was raised."""
    with store.read() as con:
        rows = con.execute(
            "SELECT x.story_id, coalesce(nullif(n.title, ''), n.text) FROM matches x "
            "JOIN mention_versions n ON n.mention_id = x.mention_id AND n.n = x.version "
            "WHERE x.story_id IS NOT NULL ORDER BY ALL"
        ).fetchall()
        mails = con.execute("SELECT count(*) FROM outbox WHERE withdrawn_at IS NULL").fetchone()[0]
    stories = {}
    for story, words in rows:
        stories.setdefault(story, set()).add(words)
    return list(stories.values()), mails


def test_articles_of_one_event_are_one_matter_and_one_mail_to_each(store):
    read(store, article(COACH[0]))
    _, first = held(store)
    assert first
    for n, title in enumerate(COACH[1:], 1):
        read(store, article(title, NOW + timedelta(hours=n)), at=NOW + timedelta(hours=n))
    assert held(store) == ([set(COACH)], first)


def test_articles_that_come_together_are_one_matter_too(store):
    read(store, *map(article, COACH))
    stories, _ = held(store)
    assert stories == [set(COACH)]


def test_another_event_of_the_same_class_is_a_matter_of_its_own(store):
    read(store, article(COACH[0]))
    _, first = held(store)
    read(store, article(FALL))
    stories, mails = held(store)
    assert (len(stories), mails) == (2, 2 * first)


def test_a_post_under_the_headline_joins_it_and_one_that_says_more_does_not(store):
    more = (
        "Why did Oakfield Primary in Northvale tell nobody until six in the evening? Who checked the belts?"
    )
    read(store, article(COACH[0]))
    read(store, post(COACH[0], "So sorry for them all."), source=TOWN)
    read(store, post(f"{COACH[0]}?", more), source=TOWN)
    assert len(held(store)[0]) == 2


def test_a_post_that_passes_on_its_headline_joins_it_and_mails_nobody_again(store):
    read(store, article(COACH[0]))
    _, first = held(store)
    read(store, post(f"{COACH[0]} - Northvale Echo", "https://www.northvaleecho.co.uk/news/1"), source=TOWN)
    stories, mails = held(store)
    assert (len(stories), mails) == (1, first)


CALM = "Oakfield Primary, Northvale, thanks coach crash crews for their visit to assembly on A12 safety"


def alerts_of(store):
    with store.read() as con:
        return con.execute("SELECT severity, times FROM alerts").fetchall()


def test_a_graver_article_is_told_of_a_matter_that_was_calm(store):
    read(store, article(CALM))
    assert alerts_of(store) == []
    read(store, article(COACH[0]))
    assert len(held(store)[0]) == 1
    assert alerts_of(store) == [(3, 1)]


def test_a_calm_article_lowers_nothing(store):
    read(store, article(COACH[0]))
    _, first = held(store)
    read(store, article(CALM))
    assert held(store) == ([{COACH[0], CALM}], first)
    assert alerts_of(store) == [(3, 1)]


def test_what_somebody_is_done_with_is_joined_by_nothing(store):
    read(store, article(COACH[0]))
    with store.write("test") as con:
        story = con.execute("SELECT id FROM stories").fetchone()[0]
        owner_store.put(con, Marked(story, "900001", Mark.ANSWERED, PEOPLE[0].id, NOW))
    read(store, article(COACH[1]))
    assert len(held(store)[0]) == 2


class Restricting(Words):
    """To it, everything about parents is the safeguarding lead's."""

    def _shares(self, text):
        return super()._shares(f"{text} stepdad" if "parents" in text else text)


@pytest.mark.parametrize("first", [0, 2])
def test_nothing_restricted_joins_an_open_matter_or_is_joined(store, first):
    with_ = replace(judges(), scorer=Restricting)
    read(store, article(COACH[first]), with_=with_)
    read(store, article(COACH[2 - first]), with_=with_)
    with store.read() as con:
        stories = con.execute("SELECT restricted FROM stories ORDER BY ALL").fetchall()
    assert stories == [(False,), (True,)]


def test_what_is_read_again_after_it_joined_stays_there(store):
    with_ = judges(OAKFIELD)
    read(store, article(COACH[0]), with_=with_)
    read(store, article(COACH[1]), with_=with_)
    read(store, article(COACH[1], text="The coach was on its way to Oakfield Primary."), with_=with_)
    assert len(held(store)[0]) == 1
