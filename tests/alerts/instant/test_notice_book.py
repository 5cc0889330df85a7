"""Which troubles of ours people are told of, and when."""

from datetime import UTC, datetime, timedelta

from alerts.notices.book import Book, Look, Notice, closed, lived, looked, matter, merged
from data.types import Trouble

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def at(minutes):
    return NOON + minutes * MINUTE


def failing(*works, since=0, why="OSError"):
    return tuple(Trouble(work, at(since), why) for work in works)


def seen(book, minute, *fails, well=()):
    return looked(book, Look(fails, {work: at(m) for work, m in well}), at(minute))


def test_nothing_is_told_of_before_a_quarter_of_an_hour_and_then_once():
    book = Book()
    for minute in range(15):
        book = seen(book, minute, *failing("judge"))
        assert book.notices == ()
    for minute in range(15, 600):
        book = seen(book, minute, *failing("judge"))
    assert [(n.at, [t.work for t in n.troubles]) for n in book.notices] == [(at(15), ["judge"])]


def test_a_store_of_a_newer_version_is_told_of_at_once_and_once_since_the_service_ends_for_good():
    book = seen(Book(), 0, *failing("tend", "mail", why="StoreTooNew"))
    book = seen(book, 1, *failing("beat", since=1, why="StoreTooNew"))
    assert [(n.at, [t.work for t in n.troubles]) for n in book.notices] == [(at(0), ["tend", "mail", "beat"])]
    assert book.waiting == ()


def test_after_a_sleep_it_did_not_run_until_it_was_awake_and_no_longer():
    (slept,) = lived(Book(alive=NOON), at(603), awake=at(600)).past
    (off,) = lived(Book(alive=NOON), at(603), awake=NOON - HOUR).past
    assert (slept.since, slept.until, off.until) == (NOON, at(600), at(603))


def test_what_ends_within_a_quarter_of_an_hour_is_never_told_of():
    book = seen(Book(), 0, *failing("judge"))
    book = seen(book, 14, well=[("judge", 14)])
    assert seen(book, 60) == Book()


def test_troubles_that_begin_together_are_one_notice_the_gravest_first():
    fails = (*failing("mail", "judge"), *failing("tend", since=8))
    book = seen(seen(Book(), 8, *fails), 15, *fails)
    assert [[t.work for t in n.troubles] for n in book.notices] == [["judge", "mail", "tend"]]
    assert book.waiting == ()


def test_what_has_failed_for_moments_only_does_not_stand_in_another_ones_notice():
    fails = (*failing("judge"), *failing("mail", since=14))
    book = seen(Book(), 15, *fails)
    assert [[t.work for t in n.troubles] for n in book.notices] == [["judge"]]
    assert [t.work for t in book.waiting] == ["mail"]


def test_the_same_matter_in_another_place_is_told_of_once():
    book = seen(Book(), 15, *failing("save", why="StoreError"))
    fails = (*failing("save", why="StoreError"), *failing("tend", since=40, why="StoreBusy"))
    for minute in range(16, 90):
        book = seen(book, minute, *fails[: 1 + (minute >= 40)])
    assert [[t.work for t in n.troubles] for n in book.notices] == [["save", "tend"]]


def test_what_comes_and_goes_within_the_hour_is_one_notice():
    book = seen(Book(), 15, *failing("mail"))
    for minute in range(16, 300):
        well = minute // 30 % 2
        fails = () if well else failing("mail", since=minute)
        book = seen(book, minute, *fails, well=[("mail", minute)] if well else [])
        assert not any(n.steady(at(minute)) for n in book.notices)
    assert len(book.notices) == 1
    assert book.waiting == ()


def test_that_it_works_again_is_said_after_an_hour_without_a_fault():
    book = seen(seen(Book(), 15, *failing("mail")), 30, well=[("mail", 30)])
    (notice,) = seen(book, 89, well=[("mail", 89)]).notices
    assert (notice.until, notice.steady(at(89)), notice.steady(at(90))) == (at(30), False, True)


def test_it_works_again_when_all_of_it_does():
    fails = failing("mail", "judge")
    book = seen(seen(Book(), 15, *fails), 30, fails[1], well=[("mail", 30)])
    assert book.notices[0].until is None
    book = seen(book, 45, well=[("mail", 30), ("judge", 45)])
    assert book.notices[0].until == at(45)


def test_a_success_from_before_the_fault_ends_nothing():
    book = seen(Book(), 15, *failing("mail"), well=[("mail", -1)])
    assert seen(book, 16, well=[("mail", -1)]).notices[0].until is None


def test_after_a_restart_a_trouble_goes_on_from_where_it_began():
    book = seen(Book(), 5, *failing("beat", why="StoreBusy"))
    book = seen(book, 16, *failing("beat", why="StoreBusy", since=16))
    assert book.notices[0].troubles[0].since == NOON


def test_what_begins_again_after_it_was_said_to_work_is_a_trouble_of_its_own():
    told = Notice(
        at(15), (Trouble("judge", at(0), "x", at(30)),), frozenset({"mail it"}), frozenset({"mail it"})
    )
    book = Book(notices=(told,))
    for minute in range(100, 120):
        book = seen(book, minute, *failing("judge", since=100))
    assert [(n.troubles[0].since, n.until, n.over) for n in book.notices] == [
        (at(0), at(30), {"mail it"}), (at(100), None, frozenset())
    ]  # fmt: skip


def test_what_stops_again_and_again_in_one_day_is_told_ever_later():
    book, told = Book(), 0
    for minute in range(24 * 60):
        well = minute % 76 >= 16
        began = minute - minute % 76
        fails = () if well else failing("place", since=began)
        book = seen(book, minute, *fails, well=[("place", minute)] if well else [])
        told += sum(n.at == at(minute) for n in book.notices)
        book = closed(book, at(minute), [n.at for n in book.notices])
    assert told == 3
    later = 3 * 24 * 60
    book = seen(book, later + 15, *failing("place", since=later))
    assert [n.at for n in book.notices] == [at(later + 15)]


def test_a_closed_notice_is_remembered_for_the_digests_and_forgotten_in_time():
    notice = Notice(at(15), (Trouble("mail", NOON, "unreachable", at(30)),), frozenset({"mail head"}))
    now = at(90)
    assert closed(Book(notices=(notice,)), now, []).notices == (notice,)
    book = closed(Book(notices=(notice,)), now, [notice.at])
    assert (book.notices, book.past) == ((), notice.troubles)
    assert closed(book, now + timedelta(days=41), []).past == ()


def test_whoever_cannot_be_reached_is_not_tried_for_ever():
    notice = Notice(at(15), (Trouble("mail", NOON, "unreachable", at(30)),))
    assert closed(Book(notices=(notice,)), at(30) + timedelta(days=3), []).notices == ()


def test_a_time_without_a_sign_of_life_is_remembered():
    book = lived(lived(Book(), NOON), at(119))
    assert book.past == ()
    book = lived(book, at(119) + 3 * 24 * HOUR)
    assert [(t.work, t.since, t.until) for t in book.past] == [("service", at(119), at(119) + 72 * HOUR)]


def test_a_digest_is_given_what_reaches_into_its_time():
    past = Trouble("judge", at(0), "x", at(30))
    open_ = Trouble("mail", at(40), "x")
    book = Book(past=(past,), notices=(Notice(at(55), (open_,)),), waiting=failing("tend", since=58))
    assert book.during(at(10), at(60)) == (past, open_)
    assert book.during(at(31), at(60)) == (open_,)
    assert book.during(at(31), at(39)) == ()


def test_episodes_of_one_matter_are_one_where_less_than_an_hour_lies_between():
    one, two, far = (Trouble("judge", at(s), "x", at(u)) for s, u in ((0, 20), (50, 70), (200, 220)))
    assert merged([far, two, one]) == [Trouble("judge", at(0), "x", at(70)), far]


def test_one_place_that_cannot_be_judged_is_not_told_as_nothing_at_all():
    assert (
        matter(Trouble("collect", NOON, "silent")) == matter(Trouble("place", NOON, "our_fault")) == "place"
    )
    assert matter(Trouble("collect", NOON, "StoreBusy")) == "store"
    assert matter(Trouble("digests", NOON, "KeyError")) == "tend"


def test_what_began_together_and_shows_later_joins_the_notice_that_stands():
    fails = (*failing("beat"), *failing("tend", since=2))
    book = seen(seen(Book(), 15, fails[0]), 40, *fails)
    assert [[t.work for t in n.troubles] for n in book.notices] == [["beat", "tend"]]
