"""A home's writer: what it is handed is judged and saved once, as the home's own scan would have done it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
from builders.fetcher import fetcher_for
from builders.fleet_engine import Town, scored
from builders.home import a_migrated_store
from builders.judges import Words
from builders.mention import a_mention, a_run
from support.fleet_site import CALM, NOBODY, SCHOOLS, SHARED, THREAT, published, written_down
from support.imap_server import PASSWORD, USER, imap_server

from data.errors import ConfigError
from data.store.engine import leases
from data.store.engine.leases import Lease
from data.store.segments import HandedReading
from data.types import Outcome, SourceState
from monitor.config.load import load
from monitor.fleet.stages import saving
from monitor.fleet.stages import tending as homes
from monitor.fleet.work import AskPlace, Saved, ScoresWanted, Tend, ToSave, ToScore, lent
from monitor.home import wiring
from monitor.pipeline import spool
from monitor.pipeline.scan import scan
from monitor.pipeline.sighting import Report
from monitor.service.state.holder import NAME

AT_THE_GATE = THREAT.replace(" at {0}", " at the gate of {0}")
"""One that the model of these tests knows."""
MAILBOX = """
[[sources]]
id = "inbox"
kind = "mailbox"
url = "{url}"
[sources.settings]
user = "alerts@oakfield.example.sch.uk"
password_env = "SCHOOLGATE_TEST_MAILBOX"
"""


@pytest.fixture
def town(tmp_path):
    return Town(tmp_path)


def home_of(town, name="oakfield"):
    return next(home for home in town.fleet.homes if home.name == name)


def said(name, words=CALM, home="oakfield", **fields):
    _, school, place = SCHOOLS[home]
    text = words.format(school, place, name)
    return a_mention(name, title="", text=text, url=f"https://board.example.org/{name}", **fields)


def a_reading(town, *mentions, source="board", **run):
    return HandedReading(a_run(source, **{"at": town.clock()} | run), mentions)


def a_work(town, *readings, home="oakfield", **fields):
    return ToSave(home_of(town, home), readings, town.clock(), **fields)


def saved(town, *readings, **fields):
    """As the conductor has it saved: scored for the writer, who is then asked again."""
    work = a_work(town, *readings, **fields)
    while isinstance(answer := town.saving(work), ScoresWanted):
        given = scored(ToScore(answer.texts))
        work = replace(work, scores=(*work.scores, (answer.texts, given)))
    return answer


def rows(town, sql, home="oakfield"):
    with town.home(home).read() as con:
        return con.execute(sql).fetchall()


def count(town, table, home="oakfield"):
    return rows(town, f"SELECT count(*) FROM {table}", home)[0][0]


def settings_of(town, home="oakfield"):
    return home_of(town, home).config


def add(town, more, home="oakfield"):
    path = settings_of(town, home)
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")


# ------------------------------------------------------------------------------ once


def test_what_is_new_is_saved_and_counted(town):
    answer = saved(town, a_reading(town, said("1"), said("2")))
    assert (answer.new, answer.alerts, answer.failed) == (2, 0, {})
    assert town.had("oakfield") == {1, 2}


def test_what_is_saved_twice_is_there_once(town):
    reading = a_reading(town, said("1", AT_THE_GATE))
    first, again = saved(town, reading), saved(town, reading)
    assert (first.new, first.alerts, again.new, again.alerts) == (1, 1, 0, 0)
    assert [count(town, t) for t in ("mentions", "verdicts", "alerts", "source_runs")] == [1, 1, 1, 1]


def test_scores_are_wanted_of_each_text_once(town):
    text = said("1").text
    answer = town.saving(a_work(town, a_reading(town, said("1"), said("2", text), said("3"))))
    assert isinstance(answer, ScoresWanted)
    assert len(answer.texts) == len(set(answer.texts)) == 2


def test_nothing_is_saved_while_scores_are_wanted(town):
    town.saving(a_work(town, a_reading(town, said("1"))))
    assert count(town, "mentions") == count(town, "source_runs") == 0


def test_what_is_known_already_wants_no_scores(town):
    saved(town, a_reading(town, said("1")))
    town.clock.at += timedelta(hours=1)
    assert isinstance(town.saving(a_work(town, a_reading(town, said("1")))), Saved)


def test_two_readings_of_one_source_are_saved_in_their_order(town):
    first, later = said("1"), said("1", CALM + " It rained.")
    runs = [{"at": town.clock() + timedelta(minutes=n), "mentions_read": n} for n in (1, 2)]
    readings = [a_reading(town, one, **run) for one, run in zip((first, later), runs, strict=True)]
    saved(town, *readings)
    found = rows(town, "SELECT n, text FROM mention_versions ORDER BY n")
    assert found == [(1, first.text), (2, later.text)]


def test_what_was_saved_before_scores_were_wanted_is_counted(town):
    readings = [
        a_reading(town, said(name, words), at=town.clock() + timedelta(minutes=int(name)))
        for name, words in (("1", AT_THE_GATE), ("2", CALM))
    ]
    answer = saved(town, *readings)
    assert (answer.new, answer.alerts) == (2, 1)


def waited(town, readings):
    """So many readings of one place have waited, each with a post more than the one before it."""
    posts = [said(str(n)) for n in range(1, readings + 1)]
    shown = [posts[:n] for n in range(1, readings + 1)]
    return [a_reading(town, *some, at=town.clock() + timedelta(seconds=n)) for n, some in enumerate(shown)]


def test_scores_of_all_that_waited_are_wanted_at_once(town):
    work = a_work(town, *waited(town, 6))
    answer = town.saving(work)
    assert len(answer.texts) == 6
    given = scored(ToScore(answer.texts))
    assert town.saving(replace(work, scores=((answer.texts, given),))).new == 6


def test_what_was_saved_is_not_judged_again_where_more_scores_are_wanted(town, monkeypatch):
    edited = a_reading(town, said("1", NOBODY + " {0}"), at=town.clock() + timedelta(minutes=1))
    looks = []
    real = saving.look
    monkeypatch.setattr(saving, "look", lambda *given: looks.append(given[1]) or real(*given))
    assert saved(town, *waited(town, 3), edited).failed == {}
    assert len(looks) <= 6, "one of all of them, one of each, one more where an edit wanted scores"


def test_what_came_of_a_source_that_the_home_has_no_more_is_passed_over(town):
    answer = saved(town, a_reading(town, said("1"), source="taken-out"), a_reading(town, said("2")))
    assert (answer.new, answer.failed) == (1, {})
    assert town.had("oakfield") == {2}


def test_a_source_that_the_home_does_not_watch_is_lent_for_what_names_its_school(town):
    (board,) = (p.source for p in town.conductor.members.places if "board" in p.source.url)
    source = lent(board, load(settings_of(town, "larch"), {}).schools)
    reading = a_reading(town, said("1", home="larch"), source=source.id)
    answer = saved(town, reading, home="larch", lent=(source,))
    assert answer.new == 1


def test_what_the_home_watches_is_judged_by_its_own_file_and_not_as_it_is_lent(town):
    other = replace(town.saving._desk(home_of(town)).sources["board"], channel="forum")
    saved(town, a_reading(town, said("1"), source="board"), lent=(other,))
    assert rows(town, "SELECT scope <> '' FROM source_runs") == [(True,)]


# ------------------------------------------------------------------------------ faults


def test_a_fault_of_one_reading_keeps_it_alone_from_being_saved(town):
    broken = a_reading(town, said("1"), source="oakfield-news", mentions_read=2**70)
    answer = saved(town, broken, a_reading(town, said("2")))
    assert list(answer.failed) == [0]
    assert answer.new == 1
    assert town.had("oakfield") == {2}


def test_a_fault_is_told_by_its_kind_and_never_by_its_words(town, caplog):
    broken = a_reading(town, said("1"), source="oakfield-news", mentions_read=2**70)
    (kind,) = saved(town, broken).failed.values()
    assert kind.isidentifier()
    assert said("1").text not in caplog.text


# ------------------------------------------------------------------------------ the home's own file


def test_a_changed_file_is_read_again(town):
    saved(town, a_reading(town, said("1")))
    add(town, '[[sources]]\nid = "new"\nkind = "feed"\nurl = "https://new.example.org/feed"\n')
    assert saved(town, a_reading(town, said("2"), source="new")).new == 1


def test_a_changed_file_with_a_fault_leaves_what_was_in_use(town):
    saved(town, a_reading(town, said("1")))
    add(town, "nonsense = [\n")
    assert saved(town, a_reading(town, said("2"))).new == 1


def test_a_home_whose_file_has_a_fault_from_the_start_cannot_be_used(town):
    add(town, "nonsense = [\n")
    with pytest.raises(ConfigError):
        town.saving(a_work(town, a_reading(town, said("1"))))


@pytest.fixture
def own_model(town, monkeypatch):
    """Oakfield has a model of its own; the texts that it is given."""
    given = []

    class Own(Words):
        def __init__(self, model, timer):
            self.name = model.name

        def score(self, texts):
            given.extend(texts)
            return replace(super().score(texts), model=self.name)

    monkeypatch.setattr(homes, "AwayScorer", Own)  # a process beside ours, with libraries that are an extra
    add(town, '[model]\nname = "models/ours"\nlabels = { toxic = "abuse:harassment" }\n')
    return given


def test_a_home_with_a_model_of_its_own_is_scored_by_that(town, own_model):
    assert isinstance(town.saving(a_work(town, a_reading(town, said("1")))), Saved)
    assert rows(town, "SELECT DISTINCT model FROM verdicts") == [("models/ours",)]


def test_a_model_of_a_homes_own_is_given_what_waited_once(town, own_model):
    assert town.saving(a_work(town, *waited(town, 3))).new == 3
    assert len(own_model) == 3


# ------------------------------------------------------------------------------ as its own scan


def seen_by(home, place, schools):
    """The place by the home's own settings, or by the fleet's where the home does not name it."""
    own = (watch.source for watch in place.watches if watch.home == home)
    return next(own, lent(place.source, schools))


def by_its_own_scan(town, home, served):
    """The home's store after a scan of its own, of all places of the fleet."""
    at, clock = town.folder / "alone" / home, town.clock
    at.mkdir(parents=True)
    path = at / "schoolgate.toml"
    path.write_bytes(settings_of(town, home).read_bytes())
    config = load(path, {})
    sources = [seen_by(home, place, config.schools) for place in town.conductor.members.places]
    store = a_migrated_store(at, clock)
    judges = replace(wiring.judges(config, at), scorer=Words)
    with closing(fetcher_for(served, clock=clock)) as fetcher:
        list(scan(sources, store=store, fetcher=fetcher, judges=lambda: judges, clock=clock))
    return store


VERDICTS = """SELECT v.mention_id, v.urn, v.relevance, v.severity, v.route, v.sentiment, v.about
    FROM verdicts v WHERE v.relevance <> 'not_about' ORDER BY ALL"""
ALERTS = "SELECT id, story_id, urn, severity, route, content_class, audience FROM alerts ORDER BY id"


def written(site):
    for place in ("board", SHARED):
        for home in SCHOOLS:
            site.write(place, home)
            site.write(place, home, AT_THE_GATE + f" So says {place}.")
        site.write(place, "", "Has anybody seen the grey cat of Oakfield Primary? She likes the {2} bus.")
        site.write(place, "", NOBODY)
    site.write("oakfield-news", "oakfield")
    site.write("larch-news", "", "The school fair is on Saturday, say the parents, come all {2} of you.")


def test_a_home_has_what_its_own_scan_would_have_found(tmp_path):
    """Had nobody written about the others: what is about them alone it is not handed."""
    town = Town(tmp_path)
    with published(town.clock) as (site, served):
        written(site)
        town.site.posts = site.posts
        town.fleet = written_down(tmp_path, str(served))
        town.begin()
        with closing(fetcher_for(served, clock=town.clock)) as fetcher:
            town.web.fetch, town.web.apart = fetcher.fetch, fetcher.apart
            town.settle()
        everything = dict(site.posts)
        for home in SCHOOLS:
            site.posts.update(
                {at: [p for p in some if p.home in (home, "")] for at, some in everything.items()}
            )
            alone = by_its_own_scan(town, home, served)
            with alone.read() as con:
                verdicts, alerts = con.execute(VERDICTS).fetchall(), con.execute(ALERTS).fetchall()
            assert verdicts
            assert rows(town, VERDICTS, home) == verdicts
            assert alerts
            assert rows(town, ALERTS, home) == alerts


# ------------------------------------------------------------------------------ seeing to it


def tended(town, **fields):
    return town.saving(Tend(home_of(town), town.clock(), **fields))


def test_a_report_that_waits_in_the_spool_is_taken_in(town):
    saved(town, a_reading(town, said("1")))
    town.saving.__dict__["_spare"] = Words()
    report = Report(said("2").text, "https://talk.example.org/2", "forum", None, None, town.clock())
    home = home_of(town)
    with spool.keep(home.folder, spool.Kept(report, SCHOOLS["oakfield"][0], None, town.clock())):
        pass
    assert tended(town).faults == {}
    assert spool.waiting(home.folder) == []
    assert count(town, "mentions") == 2


def test_a_home_that_another_service_holds_is_not_tended_and_it_is_said_who(town):
    wiring.open_store(home_of(town).folder, town.clock)
    now, other = town.clock(), "PID 1 on elsewhere"
    with town.home("oakfield").write("test") as con:
        leases.take(con, Lease(NAME, other, now, now + timedelta(hours=1)), lambda holder: False)
    assert other in tended(town).held_by


def test_a_home_that_is_held_is_saved_for_all_the_same(town):
    wiring.open_store(home_of(town).folder, town.clock)
    now = town.clock()
    with town.home("oakfield").write("test") as con:
        leases.take(con, Lease(NAME, "PID 1 on elsewhere", now, now + timedelta(hours=1)), lambda _: False)
    assert saved(town, a_reading(town, said("1"))).new == 1


def test_a_home_is_held_from_one_look_to_the_next(town):
    tended(town)
    town.clock.at += timedelta(minutes=10)
    assert tended(town).held_by == ""
    (held,) = rows(town, "SELECT epoch_ms(held_until) FROM leases")
    assert held[0] > (town.clock() + timedelta(minutes=10)).timestamp() * 1000


# ------------------------------------------------------------------------------ mailboxes


def test_a_mailbox_is_asked_by_its_homes_writer_with_the_homes_own_sign_in(town, monkeypatch):
    monkeypatch.setenv("SCHOOLGATE_TEST_MAILBOX", PASSWORD)
    mail = b"From: Jo <jo@example.org>\r\nSubject: Seen\r\nMessage-ID: <1@example.org>\r\n\r\nAbout us.\r\n"
    with imap_server({"INBOX": [mail]}) as server:
        url = f"imaps://localhost:{server.port}/INBOX"
        add(town, MAILBOX.format(url=url).replace("alerts@oakfield.example.sch.uk", USER))
        town.begin()
        (box,) = (p for p in town.conductor.members.places if p.source.kind == "mailbox")
        desk = town.saving._desk(home_of(town))
        with closing(fetcher_for(tls=server.context, credentials=wiring.sign_ins(desk.config))) as fetcher:
            desk.__dict__["fetcher"] = fetcher
            answer = town.saving(
                AskPlace(box.source, SourceState(box.source.id), town.clock(), home_of(town))
            )
    assert (answer.collected.run.outcome, answer.collected.run.detail) == (Outcome.OK, "")
    assert answer.collected.run.source_id == answer.collected.source.id == "oakfield/inbox"
