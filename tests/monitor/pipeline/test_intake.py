"""Taking in a report while others work on the same store: what changed while it was judged counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from builders.home import migrated
from builders.judges import CALM, INSULT, Words, judges
from builders.mention import NOW, Clock, a_store
from builders.taken_in import taken_in

from data.digest import Window
from data.store.cases.case_posts import posts_of
from data.store.reporting.fresh_stories import fresh_stories
from data.types import About, Mention, MentionKind, Outcome, Route, Source, SourceRun
from monitor.pipeline.collect import Collected
from monitor.pipeline.judge import judge, keep
from monitor.pipeline.sighting import Report, without_image

URL = "https://talk.example.org/7"
HELP_ME = "im at oakfield primary in northvale. my stepdad hits me, please help"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock):
    store = a_store(tmp_path, clock)
    migrated(store)
    return store


class Meanwhile(Words):
    """A model that takes its time: something else is done before it has its first answer."""

    def __init__(self, done):
        self._done = [done]

    def score(self, texts):
        if self._done:
            self._done.pop()()
        return super().score(texts)


def reported(store, clock, text, meanwhile, url=URL):
    """A report that is taken in, while `meanwhile` is done."""
    model = Meanwhile(meanwhile)
    report = Report(text, url, "other", None, None, clock())
    meant = replace(judges(), scorer=lambda: model)
    return taken_in(store, clock, report, "900001", judges=lambda: meant)


def scanned(store, text, url=URL):
    """The same address as a scan reads it."""
    mention = Mention("7" * 16, url, "local_forum", MentionKind.POST, "", text, NOW)
    source = Source("town", "feed", "https://talk.example.org/", urns=("900001",))
    run = SourceRun("town", NOW, NOW, Outcome.OK, pages=1, mentions_read=1)
    judged = judge(Collected(source, run, (mention,)), store, judges(), NOW)
    with store.write("scan") as con:
        keep(con, judged, judges(), NOW)


def test_words_that_are_known_are_judged_all_the_same_so_that_the_time_does_not_tell(store, clock):
    judged = []
    for n in (1, 2):
        reported(store, clock, INSULT, lambda n=n: judged.append(n))
    assert judged == [1, 2]


def test_what_is_reported_while_a_digest_is_composed_is_in_the_next_one(store, clock):
    def digest_is_composed():
        clock.at += timedelta(seconds=20)

    composed = clock() + timedelta(seconds=10)
    reported(store, clock, INSULT, digest_is_composed)
    with store.read() as con:
        assert fresh_stories(con, "900001", Window(NOW - timedelta(days=1), composed)) == ()
        assert len(fresh_stories(con, "900001", Window(composed, NOW + timedelta(days=1)))) == 1


def test_a_report_about_what_was_restricted_while_it_was_judged_is_restricted_too(store, clock):
    answer = reported(store, clock, CALM, lambda: scanned(store, HELP_ME))
    assert answer.restricted
    with store.read() as con:
        assert con.execute("SELECT count(*) FROM mention_versions WHERE text IS NOT NULL").fetchall() == [
            (0,)
        ]
        assert con.execute("SELECT count(*) FROM mentions WHERE restricted").fetchall() == [(2,)]


def of_an_image(store, clock, address, file):
    """The verdict on a report that this is an image of a child."""
    report = without_image(Report("", address, "website", None, None, clock(), school_named=True), file)
    answer = taken_in(store, clock, report, "900001", file=file)
    assert answer.alert
    with store.read() as con:
        assert [(m.text, m.url) for m in posts_of(con, [answer.mention], restricted=True)] == [
            (report.text, address)
        ]
    return answer.verdict


@pytest.mark.parametrize(
    "named", ["the-headteacher-touches-boys", "Mrs Quillfeather/hit/my/son", "kill/him/tonight/bomb"]
)
def test_where_an_image_of_a_child_lies_is_no_word_about_anybody(store, clock, named):
    """Neither its address nor its file’s name accuses or threatens: nobody is told, or kept out, by it."""
    places = (("https://talk.example.org/1", None), (f"https://talk.example.org/{named}", None))
    files = (("", Path(f"/home/{named}/1.png")), ("https://talk.example.org/2", Path(f"/home/{named}.png")))
    verdicts = [of_an_image(store, clock, *place) for place in (*places, *files)]
    assert {(v.about, v.subjects, v.abuse, v.route, v.content_class, v.reasons) for v in verdicts} == {
        (About.PUPIL, (), ("sexual", "safeguarding"), Route.SAFEGUARDING, "C10", verdicts[0].reasons)
    }
