"""What the press tells of one event, as people read it: its headline, what clears somebody, how many more."""

from dataclasses import replace
from pathlib import Path

import pytest
from builders.home import a_migrated_store
from builders.judges import OAKFIELD, PEOPLE, judges
from builders.mention import Clock
from builders.page import BASE, words_of
from builders.press import COACH, NOW, article, read
from starlette.testclient import TestClient

from alerts.links import Links
from alerts.next_date import Means
from alerts.wording.digest.compose import compose_digest
from alerts.wording.digest.view import digest_text
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.desk.app import desk_app
from monitor.matters.today import open_today

CLEARS = "Police: driver in A12 coach crash was not a member of staff at Oakfield Primary, Northvale"
ACCUSES = "A12 coach crash: Oakfield Primary teacher arrested, say police in Northvale"
GENERIC = ("The press reports on", "We cannot tell whether")
FULLEST = max(COACH, key=lambda title: len(title.split()))
LINKS = Links(BASE, b"k" * 32)


@pytest.fixture
def store(tmp_path):
    return a_migrated_store(tmp_path, Clock(NOW))


def mails(store, titles, quotes=True):
    with_ = judges(OAKFIELD)
    read(
        store,
        *map(article, titles),
        with_=replace(with_, means=lambda urn: Means(links=LINKS, quotes=quotes)),
    )
    with store.open_reader() as con:
        return [body for (body,) in con.execute("SELECT body FROM outbox ORDER BY key").fetchall()]


@pytest.fixture(scope="module")
def coach(tmp_path_factory):
    """A home with what three papers wrote of one event, and the mails of it."""
    store = a_migrated_store(tmp_path_factory.mktemp("coach"), Clock(NOW))
    return store, mails(store, COACH)


def joined(body):
    return " ".join(body.split())


def digest_of(store):
    config = Config(Path("schoolgate.toml"), (OAKFIELD,), people=PEOPLE, base_url=BASE)
    with store.open_reader() as con:
        (part,) = open_today(con, config, PEOPLE[0], NOW.replace(day=18, hour=7, minute=30))
    return joined(digest_text(compose_digest(part.facts, part.chosen)))


def page_of(store):
    config = Config(Path("schoolgate.toml"), (OAKFIELD,), people=PEOPLE, base_url=BASE)
    context = Context(config, store.home, LINKS)
    with store.open_reader() as con:
        (story,) = con.execute("SELECT id FROM stories").fetchone()
    address = LINKS.page(story, PEOPLE[0].id, NOW)
    return words_of(TestClient(desk_app(store, lambda: context, lambda: NOW), base_url=BASE).get(address))


def test_mail_digest_and_page_say_the_fullest_headline_its_paper_and_how_many_more(coach):
    store, bodies = coach
    for body in map(joined, bodies):
        assert f"“{FULLEST}”, echo.example.org, and 2 more." in body
        assert "left the post out of this email" not in body
    shown, page = digest_of(store), page_of(store)
    assert f". “{FULLEST}”, echo.example.org · yesterday 09:55 · and 2 more. Suggested:" in shown
    assert f"“{FULLEST}” “Oakfield Primary" in page
    others = [title for title in COACH if title != FULLEST]
    assert all(f"“{title}”, echo.example.org, 09:55, Tuesday 17 November." in page for title in others)
    for said in (*map(joined, bodies), shown):
        assert not [words for words in GENERIC if words in said]


def test_where_no_words_may_stand_in_a_mail_the_headline_does_not(store):
    for body in map(joined, mails(store, COACH, quotes=False)):
        assert "coach" not in body
        assert GENERIC[0] in body


def test_a_headline_that_accuses_somebody_is_withheld_and_the_others_are_not(store):
    for body in map(joined, mails(store, [ACCUSES, COACH[1]])):
        assert f"“{COACH[1]}”, echo.example.org" in body
        assert "teacher" not in body


def test_what_clears_somebody_is_said_as_that(store):
    told = mails(store, [*COACH, CLEARS])
    for shown in (*map(joined, told), digest_of(store)):
        assert f"“{FULLEST}”, echo.example.org" in shown
        assert "The press may say that nobody at the school did it or is to blame: read it yourself." in shown
        assert CLEARS[:40] in shown
    assert f"In the school’s favour “{CLEARS[:40]}" in page_of(store)
