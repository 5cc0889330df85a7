"""What is handed to homes: in the order of time, until it is saved, and for a day at most."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest
from builders.fleet_engine import SITE, Town
from builders.mention import a_mention, a_run
from support.fleet_site import SCHOOLS, SHARED, THREAT

from data.store.segments import HandedReading, read_segment
from data.types import FetchFailure, Outcome
from monitor.fleet import progress
from monitor.fleet.conducting.homes import MOST_TENDED
from monitor.fleet.engines.base import Stage
from monitor.fleet.settings import load
from monitor.fleet.work import AskPlace, Saved, Tend, Tended, ToSave, lent

AT_THE_GATE = THREAT.replace(" at {0}", " at the gate of {0}")


class Writer:
    """Whoever saves for homes: it notes what it is given. `raising` is raised instead, `poison` are words
    whose reading fails by itself."""

    def __init__(self):
        self.raising = None
        self.poison = "nobody says this"
        self.given = []

    def __call__(self, work):
        if isinstance(work, Tend):
            return Tended()
        if self.raising is not None:
            raise self.raising
        self.given.append(work)
        failed = {
            i: "ValueError"
            for i, r in enumerate(work.readings)
            if any(self.poison in m.text for m in r.mentions)
        }
        return Saved(
            sum(len(r.mentions) for i, r in enumerate(work.readings) if i not in failed), failed=failed
        )


@pytest.fixture
def town(tmp_path):
    """What is handed over is noted, and saved nowhere."""
    town = Town(tmp_path)
    begun(town)
    return town


def begun(town):
    town.begin()
    town.workers.works[Stage.SAVE] = town.writer = Writer()
    return town


def saved(town, home="oakfield"):
    """What was saved for this home: the numbers of its posts, a work each."""
    return [
        [int(m.url.rsplit("/", 1)[1]) for r in work.readings for m in r.mentions]
        for work in town.writer.given
        if work.home.name == home and any(r.mentions for r in work.readings)
    ]


def told(town, home="oakfield"):
    """The runs that the home was told of without anything new."""
    return [
        (r.run.source_id, r.run.outcome)
        for work in town.writer.given
        if work.home.name == home
        for r in work.readings
        if not r.mentions
    ]


def handed(town, n, home="oakfield", words="The fair was on Saturday.", minutes=0):
    """A reading of one post is kept for that home."""
    mention = a_mention(str(n), text=words, url=f"https://board.example.org/{n}")
    run = a_run("board", town.clock() + timedelta(minutes=minutes))
    town.conductor.homes.hand_over(home, [HandedReading(run, (mention,))], town.clock())


def without_asking(town, **of):
    town.clock.at += timedelta(**of)
    town.settle(ask=False)


# ------------------------------------------------------------------------------ in order


def test_a_home_is_handed_its_readings_in_the_order_of_time(town):
    handed(town, 1, minutes=9)
    handed(town, 2, minutes=3)
    without_asking(town)
    assert saved(town) == [[2, 1]]


def test_what_has_waited_longest_is_saved_first(town):
    town.workers.held.add(Stage.SAVE)
    handed(town, 1, "hexley")
    town.clock.at += timedelta(seconds=1)
    handed(town, 2, "oakfield")
    town.clock.at += timedelta(seconds=1)
    handed(town, 3, "larch")
    town.conductor.turn(0.0, ask=False, tend=False)
    assert [work.home.name for work in town.workers.of(ToSave)][:2] == ["hexley", "oakfield"]


def test_a_home_has_one_work_at_a_time(town):
    town.workers.held.add(Stage.SAVE)
    handed(town, 1)
    without_asking(town)
    handed(town, 2)
    without_asking(town)
    assert len(town.workers.of(ToSave)) == 1


def test_what_names_a_home_alone_is_handed_to_it_alone(town):
    town.site.write("board", "hexley")
    town.settle()
    assert saved(town, "hexley") == [[1]]
    assert saved(town, "oakfield") == saved(town, "larch") == []


def test_a_home_that_does_not_watch_a_place_is_lent_it(town):
    town.site.write("board", "larch")
    town.settle()
    (work,) = [w for w in town.writer.given if w.home.name == "larch" and w.lent]
    (board,) = [p.source for p in town.conductor.asking.places.values() if p.source.url == f"{SITE}/board"]
    assert work.lent == (lent(board, town.conductor.members.configs["larch"].schools),)


def test_a_home_is_lent_a_place_of_the_fleet_that_is_for_others(tmp_path):
    def for_hexley(folder):
        path = folder / "fleet.toml"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('name = "The Gazette"', 'name = "The Gazette"\nhomes = ["hexley"]'))
        return load(path)

    town = Town(tmp_path, for_hexley)
    n = town.site.write(SHARED, "oakfield")
    town.settle()
    assert n in town.had("oakfield")


# ------------------------------------------------------------------------------ until it is saved


def test_a_segment_is_deleted_when_it_is_saved_and_not_before(town):
    town.workers.held.add(Stage.SAVE)
    handed(town, 1)
    without_asking(town)
    assert len(town.segments()) == 1
    town.workers.release(Stage.SAVE)
    without_asking(town)
    assert town.segments() == []


def test_a_start_takes_up_what_lies_there(town):
    town.workers.held.add(Stage.SAVE)
    handed(town, 1)
    without_asking(town)
    begun(town)
    without_asking(town)
    assert saved(town) == [[1]]
    assert town.segments() == []


def test_a_start_takes_up_what_was_not_linked(town):
    town.workers.held.add(Stage.LINK)
    town.site.write("board", "oakfield")
    town.settle()
    assert len(town.segments("read")) == 1
    begun(town)
    town.settle(ask=False)
    assert saved(town) == [[1]]


def test_where_the_writer_was_lost_it_is_soon_asked_again(town):
    town.workers.losing[Stage.SAVE] = 1
    handed(town, 1)
    without_asking(town)
    assert len(town.segments()) == 1
    without_asking(town, seconds=1)
    assert saved(town) == [[1], [1]]
    assert town.segments() == []


def test_where_a_scorer_was_lost_the_home_is_soon_saved_for(tmp_path):
    town = Town(tmp_path)
    town.workers.losing[Stage.SCORE] = 1
    n = town.site.write("board", "oakfield")
    town.settle()
    assert town.had("oakfield") == set()
    town.passes(seconds=1)
    assert town.had("oakfield") == {n}


def test_where_a_linker_was_lost_what_was_read_is_soon_linked(town):
    town.workers.losing[Stage.LINK] = 1
    town.site.write("board", "oakfield")
    town.settle()
    assert saved(town) == []
    town.passes(seconds=1)
    assert saved(town) == [[1]]


@pytest.mark.parametrize("stage", [Stage.LINK, Stage.SCORE, Stage.SAVE])
def test_after_a_storm_of_losses_what_waits_is_handed_over_within_ten_seconds(tmp_path, stage):
    town = Town(tmp_path)
    town.settle()
    town.workers.losing[stage] = 10_000
    n = town.site.write("board", "oakfield")
    town.passes(hours=2)
    for _ in range(60):
        without_asking(town, seconds=1)
    town.workers.losing[stage] = 0
    for _ in range(10):
        without_asking(town, seconds=1)
    assert n in town.had("oakfield")
    assert town.segments() == []


def test_a_fault_of_a_home_holds_no_other_back(town):
    handed(town, 1, "oakfield")
    handed(town, 2, "hexley")
    real = town.writer.__call__
    town.workers.works[Stage.SAVE] = lambda w: broken() if w.home.name == "oakfield" else real(w)

    def broken():
        raise ValueError

    without_asking(town)
    assert saved(town, "hexley") == [[2]]


def test_after_three_tries_in_vain_each_segment_is_tried_by_itself(town):
    town.writer.raising = ValueError()
    handed(town, 1)
    handed(town, 2)
    for minutes in (0, 1, 5):
        without_asking(town, minutes=minutes)
    town.writer.raising = None
    without_asking(town, minutes=15)
    assert saved(town) == [[1], [2]]


def test_a_reading_that_fails_alone_keeps_its_age_and_is_tried_again(town):
    town.writer.poison = "poison"
    handed(town, 1, words="poison")
    handed(town, 2)
    (first, _) = town.segments()
    without_asking(town)
    (left,) = town.segments()
    assert [r.mentions[0].text for r in read_segment(left)] == ["poison"]
    assert left.name.partition("-")[0] == first.name.partition("-")[0]
    town.writer.poison = "nobody says this"
    without_asking(town, minutes=1)
    assert town.segments() == []


def test_a_reading_that_fails_alone_holds_nothing_back_that_comes_after_it(town):
    town.writer.poison = "poison"
    handed(town, 1, words="poison")
    for minutes in (0, 1, 5, 15):
        without_asking(town, minutes=minutes)
    handed(town, 2)
    without_asking(town)
    assert [2] in saved(town)


def test_a_reading_that_fails_alone_is_tried_less_and_less_often(town):
    town.writer.poison = "poison"
    handed(town, 1, words="poison")
    for _ in range(60):
        without_asking(town, minutes=1)
    assert 5 <= len(saved(town)) <= 8


def test_what_waits_for_another_try_is_told_as_waiting(town):
    town.writer.poison = "poison"
    handed(town, 1, words="poison")
    without_asking(town)
    fares = {home.name: home for home in town.conductor.told(town.clock())}["oakfield"]
    assert (fares.waiting_segments, fares.faults) == (1, {"save": 1})
    assert fares.oldest_waiting_at == town.clock()


def test_a_damaged_segment_has_its_homes_places_asked_whole(town):
    town.site.write("board", "oakfield")
    town.workers.held.add(Stage.SAVE)
    town.conductor.turn(0.0, tend=False)
    town.settle()
    (path,) = town.segments("homes/oakfield")
    path.write_bytes(b"nothing that can be read")
    begun(town)
    town.passes(hours=5)
    assert f"{SITE}/board" not in town.web.unchanged
    assert saved(town) == [[1]]


def test_a_damaged_segment_of_what_was_read_has_all_places_asked_whole(town):
    town.workers.held.add(Stage.LINK)
    town.site.write("board", "oakfield")
    town.settle()
    (path,) = town.segments("read")
    path.write_bytes(b"nothing that can be read")
    begun(town)
    town.passes(hours=5)
    assert town.web.unchanged == []
    assert saved(town) == [[1]]


# ------------------------------------------------------------------------------ for a day at most


def test_what_a_home_could_not_save_for_a_day_is_deleted_and_told_as_our_fault(town):
    town.writer.raising = ValueError()
    town.site.write("board", "oakfield")
    town.settle()
    without_asking(town, hours=25)
    without_asking(town, minutes=1)
    assert town.segments("homes/oakfield") == []
    town.writer.raising = None
    seen_to(town, minutes=15)
    assert ("board", Outcome.OUR_FAULT) in told(town)


def test_what_a_home_could_not_save_for_a_day_is_asked_for_again(town):
    town.writer.raising = ValueError()
    town.site.write("board", "oakfield")
    town.settle()
    without_asking(town, hours=25)
    without_asking(town, minutes=1)
    town.writer.raising = None
    town.passes(minutes=20)
    assert saved(town) == [[1]]


def test_what_could_not_be_linked_for_a_day_is_deleted_and_asked_for_again(town):
    town.workers.works[Stage.LINK] = lambda work: 1 / 0
    town.site.write("board", "oakfield")
    town.settle()
    town.passes(hours=25, settle=False)
    town.conductor.turn(0.0, ask=False, tend=False)
    town.conductor.turn(0.0, ask=False, tend=False)
    assert town.segments("read") == []
    town.settle()
    assert f"{SITE}/board" not in town.web.unchanged
    assert len(town.segments("read")) == 1


def test_what_failed_alone_for_a_day_is_deleted_too(town):
    town.writer.poison = "poison"
    handed(town, 1, words="poison")
    without_asking(town)
    without_asking(town, hours=25)
    without_asking(town, minutes=1)
    assert town.segments() == []


def test_what_waits_for_a_home_that_was_taken_out_of_the_fleet_is_kept_for_a_day(town):
    town.writer.raising = ValueError()
    handed(town, 1)
    without_asking(town)
    path = town.folder / "fleet.toml"
    first = '[[homes]]\nname = "oakfield"\nfolder = "homes/oakfield"\n'
    path.write_text(path.read_text(encoding="utf-8").replace(first, ""), encoding="utf-8")
    town.fleet = load(path)
    begun(town)
    without_asking(town, hours=23)
    assert len(town.segments()) == 1
    without_asking(town, hours=2)
    assert town.segments() == []


def test_a_home_that_comes_back_within_the_day_has_what_waited(town):
    town.writer.raising = ValueError()
    handed(town, 1)
    without_asking(town)
    path = town.folder / "homes" / "oakfield" / "schoolgate.toml"
    right = path.read_text(encoding="utf-8")
    path.write_text("nonsense = [", encoding="utf-8")
    begun(town)
    without_asking(town, hours=1)
    path.write_text(right, encoding="utf-8")
    begun(town)
    without_asking(town)
    assert saved(town) == [[1]]


# ------------------------------------------------------------------------------ what brought nothing


def seen_to(town, **of):
    town.clock.at += timedelta(**of)
    town.settle(tend=True)


def test_a_home_is_told_of_an_asking_that_brought_nothing(town):
    seen_to(town)
    seen_to(town, minutes=1)
    assert sorted(told(town)) == [
        ("board", Outcome.EMPTY), ("oakfield-news", Outcome.EMPTY), ("shared-gazette", Outcome.EMPTY)
    ]  # fmt: skip


def test_a_home_is_told_of_each_asking_of_its_own_places_and_once_an_hour_of_the_fleets(tmp_path):
    def often(folder):
        for path in (folder / "homes").glob("*/schoolgate.toml"):
            text = path.read_text(encoding="utf-8")
            path.write_text(text.replace('/board"', '/board"\ninterval = "15m"'), encoding="utf-8")
        return load(folder / "fleet.toml")

    town = begun(Town(tmp_path, often))
    for _ in range(7):
        seen_to(town, minutes=15)
    asked = [work for work in town.workers.of(AskPlace) if work.source.url == f"{SITE}/board"]
    assert len(asked) >= 6
    heard = [source for source, _ in told(town)]
    assert heard.count("board") >= len(asked) - 1
    assert heard.count("shared-gazette") <= 3


def test_a_home_is_told_at_once_where_a_place_fares_otherwise(town):
    seen_to(town)
    at = f"{SITE}/board"
    town.web.broken[at] = FetchFailure(Outcome.BLOCKED, at, "It answered 403.", town.clock(), 403)
    seen_to(town, minutes=59)
    assert ("board", Outcome.BLOCKED) in told(town)


def test_a_home_is_told_how_a_place_fared_whose_news_was_for_others(town):
    town.site.write("board", "hexley")
    seen_to(town)
    seen_to(town, minutes=1)
    assert ("board", Outcome.OK) in told(town, "oakfield")


def test_what_a_home_could_not_be_told_is_told_later_and_without_haste(town):
    town.writer.raising = ValueError()
    seen_to(town)
    seen_to(town, minutes=1)
    assert len([w for w in town.workers.of(ToSave) if w.home.name == "oakfield"]) == 2
    town.writer.raising = None
    seen_to(town, minutes=6)
    assert ("board", Outcome.EMPTY) in told(town)


def test_a_home_that_cannot_be_told_is_seen_to_all_the_same(town):
    town.writer.raising = ValueError()
    seen_to(town)
    seen_to(town, minutes=1)
    assert [w.home.name for w in town.workers.of(Tend)].count("oakfield") == 2


# ------------------------------------------------------------------------------ seeing to homes


def test_each_home_is_seen_to_once_a_minute(town):
    seen_to(town)
    seen_to(town, seconds=59)
    assert [w.home.name for w in town.workers.of(Tend)].count("larch") == 1
    seen_to(town, seconds=1)
    assert [w.home.name for w in town.workers.of(Tend)].count("larch") == 2


def test_what_was_raised_is_sent_at_once(tmp_path):
    town = Town(tmp_path)
    town.site.write("board", "oakfield", AT_THE_GATE)
    town.settle()
    assert [(w.home.name, w.only_send) for w in town.workers.of(Tend)] == [("oakfield", True)]


def test_an_alerts_mails_leave_while_the_mail_servers_of_others_hang(tmp_path):
    town = Town(tmp_path)
    town.workers.held.add(Tend)
    town.settle(ask=False, tend=True)
    seen_to = {work.home.name for work in town.workers.of(Tend)}
    assert len(seen_to) == MOST_TENDED
    other = next(name for name in SCHOOLS if name not in seen_to)
    town.site.write("board", other, AT_THE_GATE)
    town.settle(tend=True)
    assert [work.home.name for work in town.workers.of(Tend) if work.only_send] == [other]


def test_a_fault_in_seeing_to_a_home_is_counted_and_it_is_seen_to_again(town):
    town.workers.works[Stage.SAVE] = lambda work: 1 / 0
    seen_to(town)
    fares = {home.name: home for home in town.conductor.told(town.clock())}["larch"]
    assert fares.last_fault == "ZeroDivisionError"
    begin = len(town.workers.of(Tend))
    seen_to(town, minutes=1)
    assert len(town.workers.of(Tend)) > begin


# ------------------------------------------------------------------------------ no words


def test_no_words_of_a_post_are_in_logs_in_the_book_of_progress_or_in_names_of_files(town, caplog):
    caplog.set_level(logging.DEBUG)
    word = "Quodlibet"
    for home in SCHOOLS:
        town.site.write("board", home, AT_THE_GATE + f" {word}.")
    town.writer.poison = word
    town.settle(tend=True)
    town.workers.losing.update({Stage.LINK: 1, Stage.SAVE: 1})
    town.site.write("board", "oakfield", AT_THE_GATE + f" {word} again.")
    town.passes(hours=5, tend=True)
    town.passes(hours=25, tend=True)
    progress.write(
        town.folder,
        progress.FleetProgress(
            1, "here", town.clock(), town.clock(), "local", homes=town.conductor.told(town.clock())
        ),
    )
    book = (town.folder / progress.NAME).read_bytes()
    names = [str(path) for path in town.folder.rglob("*")]
    assert json.loads(book)
    assert any("fault=" in record.getMessage() for record in caplog.records)
    for said in (caplog.text, book.decode(), "\n".join(names)):
        assert word not in said
        assert "stab" not in said
