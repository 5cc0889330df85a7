"""More talk than usual, and what is told of what stopped: who mends it, who is told and in which words."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.delivery.chat import LONGEST
from alerts.notices.book import (
    ASLEEP,
    MATTERS,
    SERVICE,
    Book,
    FaultRecipient,
    Look,
    Notice,
    close_notices,
    compose_all_well,
    compose_begun,
    concerns,
    matter,
    merge_troubles,
    note_alive,
    note_end,
    note_look,
    notice_recipients,
)
from alerts.notices.posts import LEAST, OVER_AFTER, goes_on, measure, measure_reviews
from data.register.calendar import Calendar, Term
from data.types import Person, Role, School, Trouble, Via

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ZONE = ZoneInfo("Europe/London")
OAKFIELD = School("900001", "Oakfield Primary School")
HEXLEY = School("900002", "Hexley Primary School")
HEAD = Person("head", "Mrs A Example", (Role.HEAD, Role.DSL), "head@example.org", ("900001",))
IT = Person("it", "Mr B Example", (Role.IT_LEAD,), "it@example.org")
DEPUTY = Person("deputy", "Ms C Example", (Role.DEPUTY_HEAD,), "deputy@example.org", ("900001",))
DSL = Person("dsl", "Ms D Example", (Role.DSL,), "dsl@example.org", ("900001",))
MUTE = Person("mute", "Mr E Example", (Role.HEAD,), None, ("900001",))
OWEN = Person("owen", "Siân Owen", (Role.HEAD,), "owen@example.org", ("900002",))


def at(minutes):
    return NOON + minutes * MINUTE


def failing(*works, since=0, why="OSError"):
    return tuple(Trouble(work, at(since), why) for work in works)


def seen(book, minute, *fails, well=()):
    return note_look(book, Look(fails, {work: at(m) for work, m in well}), at(minute))


def test_nothing_is_told_of_before_a_quarter_of_an_hour_or_that_ended_in_it_or_was_a_sleep():
    book = Book()
    for minute in range(15):
        book = seen(book, minute, *failing("judge"))
        assert book.notices == ()
    for minute in range(15, 600):
        book = seen(book, minute, *failing("judge"))
    assert [(n.at, [t.work for t in n.troubles]) for n in book.notices] == [(at(15), ["judge"])]
    book = seen(Book(), 0, *failing("judge"))
    book = seen(book, 14, well=[("judge", 14)])
    assert seen(book, 60) == Book()
    (slept,) = note_alive(Book(alive=NOON), at(603), awake=at(600)).past
    (off,) = note_alive(Book(alive=NOON), at(603), awake=NOON - HOUR).past
    assert (slept.since, slept.until, off.until) == (NOON, at(600), at(603))
    assert (matter(slept), matter(off)) == (ASLEEP, SERVICE)


def test_a_service_that_somebody_ended_was_off_one_that_was_killed_did_not_run():
    switched_off = note_alive(note_end(Book(), NOON), at(603))
    assert [matter(one) for one in switched_off.past] == [ASLEEP]
    killed = note_alive(note_alive(switched_off, at(604)), at(1200))
    assert matter(killed.past[-1]) == SERVICE


def test_a_computer_that_is_switched_off_right_after_its_sleep_has_slept_all_the_same():
    slept = note_alive(note_end(Book(alive=NOON), at(603), awake=at(602)), at(1200))
    assert [(one.since, one.until) for one in slept.past] == [(NOON, at(602)), (at(603), at(1200))]
    assert {matter(one) for one in slept.past} == {ASLEEP}


def test_a_newer_store_is_told_of_at_once_and_a_place_that_cannot_be_judged_not_as_nothing():
    book = seen(Book(), 0, *failing("tend", "mail", why="StoreTooNew"))
    book = seen(book, 1, *failing("beat", since=1, why="StoreTooNew"))
    assert [(n.at, [t.work for t in n.troubles]) for n in book.notices] == [(at(0), ["tend", "mail", "beat"])]
    assert book.waiting == ()
    assert (
        matter(Trouble("collect", NOON, "silent")) == matter(Trouble("place", NOON, "our_fault")) == "place"
    )
    assert matter(Trouble("collect", NOON, "StoreBusy")) == "store"
    assert matter(Trouble("digests", NOON, "KeyError")) == "tend"


def test_troubles_that_begin_together_are_one_notice_of_what_did_not_fail_for_moments_only():
    fails = (*failing("mail", "judge"), *failing("tend", since=8))
    book = seen(seen(Book(), 8, *fails), 15, *fails)
    assert [[t.work for t in n.troubles] for n in book.notices] == [["judge", "mail", "tend"]]
    assert book.waiting == ()
    fails = (*failing("judge"), *failing("mail", since=14))
    book = seen(Book(), 15, *fails)
    assert [[t.work for t in n.troubles] for n in book.notices] == [["judge"]]
    assert [t.work for t in book.waiting] == ["mail"]
    fails = (*failing("beat"), *failing("tend", since=2))
    book = seen(seen(Book(), 15, fails[0]), 40, *fails)
    assert [[t.work for t in n.troubles] for n in book.notices] == [["beat", "tend"]]


def test_what_comes_and_goes_within_the_hour_or_is_the_same_elsewhere_is_told_of_once():
    book = seen(Book(), 15, *failing("save", why="StoreError"))
    fails = (*failing("save", why="StoreError"), *failing("tend", since=40, why="StoreBusy"))
    for minute in range(16, 90):
        book = seen(book, minute, *fails[: 1 + (minute >= 40)])
    assert [[t.work for t in n.troubles] for n in book.notices] == [["save", "tend"]]
    book = seen(Book(), 15, *failing("mail"))
    for minute in range(16, 300):
        well = minute // 30 % 2
        fails = () if well else failing("mail", since=minute)
        book = seen(book, minute, *fails, well=[("mail", minute)] if well else [])
        assert not any(n.steady(at(minute)) for n in book.notices)
    assert len(book.notices) == 1
    assert book.waiting == ()


def test_it_works_again_after_an_hour_without_a_fault_in_any_of_it_since_it_began():
    book = seen(seen(Book(), 15, *failing("mail")), 30, well=[("mail", 30)])
    (notice,) = seen(book, 89, well=[("mail", 89)]).notices
    assert (notice.until, notice.steady(at(89)), notice.steady(at(90))) == (at(30), False, True)
    fails = failing("mail", "judge")
    book = seen(seen(Book(), 15, *fails), 30, fails[1], well=[("mail", 30)])
    assert book.notices[0].until is None
    book = seen(book, 45, well=[("mail", 30), ("judge", 45)])
    assert book.notices[0].until == at(45)
    book = seen(Book(), 15, *failing("mail"), well=[("mail", -1)])
    assert seen(book, 16, well=[("mail", -1)]).notices[0].until is None


def test_a_trouble_goes_on_after_a_restart_and_is_one_of_its_own_after_it_was_said_to_work():
    book = seen(Book(), 5, *failing("beat", why="StoreBusy"))
    book = seen(book, 16, *failing("beat", why="StoreBusy", since=16))
    assert book.notices[0].troubles[0].since == NOON
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
        book = close_notices(book, at(minute), [n.at for n in book.notices])
    assert told == 3
    later = 3 * 24 * 60
    book = seen(book, later + 15, *failing("place", since=later))
    assert [n.at for n in book.notices] == [at(later + 15)]


def test_episodes_of_one_matter_are_one_and_closed_notices_are_forgotten_in_time():
    notice = Notice(at(15), (Trouble("mail", NOON, "unreachable", at(30)),), frozenset({"mail head"}))
    now = at(90)
    assert close_notices(Book(notices=(notice,)), now, []).notices == (notice,)
    book = close_notices(Book(notices=(notice,)), now, [notice.at])
    assert (book.notices, book.past) == ((), notice.troubles)
    assert close_notices(book, now + timedelta(days=41), []).past == ()
    notice = Notice(at(15), (Trouble("mail", NOON, "unreachable", at(30)),))
    assert close_notices(Book(notices=(notice,)), at(30) + timedelta(days=3), []).notices == ()
    book = note_alive(note_alive(Book(), NOON), at(119))
    assert book.past == ()
    book = note_alive(book, at(119) + 3 * 24 * HOUR)
    assert [(t.work, t.since, t.until) for t in book.past] == [("service", at(119), at(119) + 72 * HOUR)]
    past = Trouble("judge", at(0), "x", at(30))
    open_ = Trouble("mail", at(40), "x")
    book = Book(past=(past,), notices=(Notice(at(55), (open_,)),), waiting=failing("tend", since=58))
    assert book.during(at(10), at(60)) == (past, open_)
    assert book.during(at(31), at(60)) == (open_,)
    assert book.during(at(31), at(39)) == ()
    one, two, far = (Trouble("judge", at(s), "x", at(u)) for s, u in ((0, 20), (50, 70), (200, 220)))
    assert merge_troubles([far, two, one]) == [Trouble("judge", at(0), "x", at(70)), far]


def ids(found):
    return [to.person.id for to in found]


def by_mail(*people, schools=(OAKFIELD,)):
    return ids(notice_recipients(schools, people, Via.MAIL, {}, NOON))


def test_the_it_lead_and_the_head_are_told_or_the_next_by_a_short_message_to_each_address_once():
    assert by_mail(HEAD, IT, DEPUTY, DSL) == ["head", "it"]
    away = replace(IT, away_until=NOON + timedelta(days=1))
    covered = notice_recipients([OAKFIELD], [HEAD, replace(away, cover="deputy"), DEPUTY], Via.MAIL, {}, NOON)
    assert [(to.person.id, to.mends) for to in covered] == [("head", False), ("deputy", True)]
    alone = notice_recipients([OAKFIELD], [HEAD, away], Via.MAIL, {}, NOON)
    assert [(to.person.id, to.mends) for to in alone] == [("head", True)]
    assert by_mail(away) == ["it"]
    assert by_mail(replace(IT, away_until=NOON), HEAD) == ["it", "head"]
    assert by_mail(MUTE, DSL, DEPUTY) == ["deputy"]
    assert by_mail(MUTE, DSL) == ["dsl"]
    assert by_mail(MUTE) == []
    chats = {"head": "json://a", "it": "json://a", "dsl": "json://b"}
    for people, known, anybody, told in (
        ((HEAD, IT, DSL), chats, False, ["head"]), ((HEAD, DSL), {"dsl": "x"}, False, []),
        ((HEAD, DSL), {"dsl": "x"}, True, ["dsl"]),
    ):  # fmt: skip
        assert ids(notice_recipients([OAKFIELD], people, Via.CHAT, known, NOON, anybody=anybody)) == told


def notice(*works, until=None, why="OSError"):
    return Notice(NOON, tuple(Trouble(w, NOON - timedelta(minutes=15), why, until) for w in works))


def said(which, one, school=OAKFIELD, via=Via.MAIL, person=HEAD):
    (to,) = notice_recipients([school], [person], via, {person.id: "x"}, NOON)
    return (
        compose_begun(one, to, [to], ZONE, NOON)
        if which == "begun"
        else compose_all_well(one, to, ZONE, NOON)
    )


def test_a_notice_says_what_to_do_and_to_the_head_what_it_means_for_the_school():
    message = said("begun", notice("judge", "mail"))
    assert message.subject == "Part of Schoolgate has stopped: look today"
    assert message.body == (
        "Dear Mrs A Example,\n\n"
        "This is a fault of ours.\n\n"
        "- Since Friday 20 November, 11:45, nothing that we read could be judged.\n"
        "- Since Friday 20 November, 11:45, no email could be sent.\n\n"
        "Posts may be waiting that nobody has looked at. Alerts may be waiting that nobody has been sent.\n\n"
        "To see why, and how to put it right, on the computer that runs Schoolgate:\n"
        "    schoolgate doctor\n\n"
        "Sent to: Head. We will tell you again when it has worked for an hour.\n"
        "Not watched around the clock. If a child is in danger, ring 999.\n"
    )
    message = of_the_head(notice("save", "mail", why="StoreError"))
    assert message.subject == "Posts may be missing: IT is told"
    assert message.body == (
        "Dear Mrs A Example,\n\n"
        "Schoolgate has a fault. For the school it means:\n\n"
        "Posts about the school may be missing since Friday 20 November, 11:45.\n\n"
        "You have nothing to put right: we tell the IT lead what is broken and what to do. "
        "Ask them if you have not heard by tomorrow that it works again. "
        "Until then, no news from Schoolgate does not mean that nothing was said.\n\n"
        "Sent to: Head, IT lead. We will tell you again when it has worked for an hour.\n"
        "Not watched around the clock. If a child is in danger, ring 999.\n"
    )
    body = of_the_head(notice("read"), places=("Town forum", "Northvale Gazette")).body
    assert (
        "Posts from Town forum and Northvale Gazette may be missing since Friday 20 November, 11:45." in body
    )
    over_ = of_the_head(notice("read", until=NOON), "over").body
    assert "Posts from some sources may be missing from Friday 20 November, 11:45 to" in over_


def of_the_head(one, which="begun", via=Via.MAIL, school=OAKFIELD, places=()):
    """What a head is told where an IT lead is told too."""
    to = FaultRecipient(HEAD, school, via, mends=False)
    if which == "over":
        return compose_all_well(one, to, ZONE, NOON)
    return compose_begun(one, to, [to, FaultRecipient(IT, school, via)], ZONE, NOON, places)


def test_no_head_is_told_of_doctor_where_another_puts_it_right():
    for via in [Via.MAIL, Via.CHAT]:
        for name in MATTERS:
            one = notice(*{"store": ("save",), "all": ("collect",)}.get(name, (name,)))
            to = FaultRecipient(HEAD, OAKFIELD, via, mends=False)
            if name in ("config", "purge", "codes", "numbers"):
                assert not concerns(one, to)
            else:
                assert "doctor" not in of_the_head(one, via=via).body
    (head,) = notice_recipients([OAKFIELD], [HEAD, DEPUTY], Via.MAIL, {}, NOON)
    assert head.mends
    assert [to.mends for to in notice_recipients([OAKFIELD], [HEAD, IT], Via.MAIL, {}, NOON)] == [False, True]
    assert by_mail(IT, HEAD, OWEN, schools=(OAKFIELD, HEXLEY)) == ["it", "head", "owen"]
    own = Person("own-it", "Mx F Example", (Role.IT_LEAD,), "own@example.org", ("900002",))
    assert by_mail(IT, HEAD, own, OWEN, schools=(OAKFIELD, HEXLEY)) == ["it", "head", "owen"]
    assert by_mail(HEAD, own, OWEN, schools=(OAKFIELD, HEXLEY)) == ["head", "own-it", "owen"]


def test_while_another_thing_fails_only_a_part_works_again_and_word_of_it_has_the_same_key():
    body = said("begun", notice("mail", until=NOON + timedelta(hours=2))).body
    assert "- From Friday 20 November, 11:45 to Friday 20 November, 14:00, no email could be sent." in body
    assert "It has worked again since Friday 20 November, 14:00." in body
    message = said("over", notice("save", until=NOON, why="StoreError"))
    assert message.subject == "Schoolgate is working again: nothing to do"
    assert "our own store could not be used" in message.body
    assert "We have not seen any that have gone since." in message.body
    first, later = said("begun", notice("judge")), said("begun", notice("judge"))
    assert first.key == later.key != said("over", notice("judge", until=NOON)).key
    for via in [Via.MAIL, Via.CHAT]:
        (to,) = notice_recipients([OAKFIELD], [HEAD], via, {"head": "x"}, NOON)
        message = compose_all_well(notice("mail", until=NOON), to, ZONE, NOON, notice("judge").troubles)
        assert "again since Friday 20 November, 12:00" in message.body
        assert "Schoolgate is working again" not in message.subject + message.body
        assert "Not settled yet" in message.body
        assert "ince Friday 20 November, 11:45" in message.body
        assert "nothing that we read could be judged." in message.body


@pytest.mark.parametrize("name", MATTERS)
def test_every_matter_has_its_words_and_its_short_message_fits(name):
    work, why = (
        (name, "x") if name not in ("store", "all") else ("save" if name == "store" else "collect", "x")
    )
    one = notice(work, why=why)
    person = Person("p", "Nia Hughes", (Role.HEAD,), "nia@example.org")
    line = said("begun", one, OAKFIELD, Via.CHAT, person).body
    assert line.startswith(f"{OAKFIELD.name}: ")
    assert len(line) <= LONGEST
    assert said("begun", one, OAKFIELD, Via.MAIL, person).body != line


TUESDAY = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)  # a Tuesday
DAY = timedelta(days=1)


def weekday(day):
    return day.weekday() < 5


def at_rate(per_day, dice, begin, days):
    """Posts that know nothing of one another, by day and by night."""
    moments, at = [], begin
    while (at := at + timedelta(days=dice.expovariate(per_day))) < begin + days * DAY:
        moments.append(at)
    return moments


def burst(n, end=TUESDAY):
    """So many posts in the three hours before `end`."""
    return [end - timedelta(minutes=170 * (n - i) / n) for i in range(n)]


def alone(moments):
    """Each post in a thread of its own."""
    return [str(n) for n in range(len(moments))]


def reading(moments, now=TUESDAY, since=TUESDAY - 15 * DAY):
    return measure(sorted(moments), alone(moments), now, ZONE, since, weekday)


def surges(moments, now=TUESDAY, since=TUESDAY - 15 * DAY):
    found = reading(moments, now, since)
    return found is not None and found.surge


def test_ten_posts_where_there_are_none_are_a_surge_which_a_loud_day_last_week_does_not_hide():
    assert surges(burst(LEAST))
    assert not surges(burst(LEAST - 1))
    assert reading(burst(3)) is None
    assert not surges(burst(60), since=TUESDAY - 7 * DAY + HOUR)
    assert surges(burst(60), since=TUESDAY - 7 * DAY)
    assert surges(burst(50, TUESDAY - 7 * DAY) + burst(30))
    posts = sorted([(t, "loud") for t in burst(80, TUESDAY - 6 * DAY)] + [(t, "new") for t in burst(12)])
    found = measure([t for t, _ in posts], [s for _, s in posts], TUESDAY, ZONE, TUESDAY - 15 * DAY, weekday)
    assert found.surge


def test_what_comes_every_tuesday_or_before_a_holiday_is_usual_then():
    letters = [t for weeks in (1, 2) for t in burst(20, TUESDAY - weeks * 7 * DAY)]
    tuesday, wednesday = (
        reading(letters + burst(20)),
        reading(letters + burst(20, TUESDAY + DAY), TUESDAY + DAY),
    )
    assert (tuesday.usual, wednesday.usual) == (14, 0)  # with an hour either side
    assert not tuesday.surge
    assert not surges(letters + burst(20) + burst(20, TUESDAY + DAY), TUESDAY + DAY)  # not twice the busiest
    assert surges(letters + burst(60, TUESDAY + DAY), TUESDAY + DAY, TUESDAY - 14 * DAY)
    term = Calendar(
        terms=(Term(date(2026, 9, 2), date(2026, 10, 23)), Term(date(2026, 11, 2), date(2026, 12, 18)))
    )
    monday = datetime(2026, 11, 2, 16, 0, tzinfo=UTC)
    usual = [t for n in range(10, 15) for t in burst(12, monday - n * DAY)]
    posts = sorted(usual + burst(14, monday))
    found = measure(posts, alone(posts), monday, ZONE, monday - 15 * DAY, term.school_day)
    assert found.usual > 5
    assert not found.surge


def test_a_busy_weekend_is_held_against_weekends_and_days_that_differ_want_more():
    sunday = datetime(2026, 11, 15, 12, 0, tzinfo=UTC)
    weekdays = [
        t for n in range(1, 15) if weekday((sunday - n * DAY).date()) for t in burst(30, sunday - n * DAY)
    ]
    found = reading(weekdays + burst(20, sunday), sunday, sunday - 15 * DAY)
    assert found.usual == 0
    alike = [t for n in range(1, 15) for t in burst(6, TUESDAY - n * DAY)]
    uneven = [t for n in range(1, 15) for t in burst(2 + 8 * (n % 2), TUESDAY - n * DAY)]
    calm, wild = reading(alike + burst(12)), reading(uneven + burst(12))
    assert wild.line > calm.line + 5
    steady = [TUESDAY - timedelta(minutes=6 * n) for n in range(15 * 240)]  # ten an hour
    found = reading(steady + burst(59))
    assert (found.mentions, found.usual, found.line) == (89, 30, 90)
    assert surges(steady + burst(60))


@pytest.mark.parametrize("sunday", [date(2026, 3, 29), date(2026, 10, 25)])
def test_a_change_of_clocks_makes_no_surge_and_hides_none(sunday):
    """Thirty posts at eight each evening by the school's clock, on both sides of the change."""
    evenings = []
    eight = datetime.combine(sunday, time(20), ZONE)
    for n in range(-15, 8):
        evenings += burst(30, (eight + n * DAY).astimezone(UTC))
    before = (eight - DAY).astimezone(UTC)
    for n in range(8):
        now = (eight + n * DAY).astimezone(UTC)
        found = reading(evenings, now, now - 15 * DAY)
        assert found.usual == reading(evenings, before, before - 15 * DAY).usual
        assert not found.surge
        assert surges(evenings + burst(70, now), now, now - 15 * DAY)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    per_day=st.floats(0.5, 60),
    weeks=st.integers(1, 12),
    extra=st.integers(0, 60),
)
def test_the_same_talk_some_weeks_later_is_read_the_same(seed, per_day, weeks, extra):
    """Within one stretch without a change of clocks."""
    begin = datetime(2026, 11, 2, tzinfo=UTC)
    now = begin + 15 * DAY + 16 * HOUR
    moments = sorted(at_rate(per_day, random.Random(seed), begin, 16) + burst(extra, now))
    moments = [m for m in moments if m <= now]
    later = weeks * 7 * DAY
    one = reading(moments, now, begin)
    other = reading([m + later for m in moments], now + later, begin + later)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert (one.mentions, one.usual, one.line) == (other.mentions, other.usual, other.line)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), per_day=st.floats(0.5, 40), n=st.integers(0, 80))
def test_more_posts_unmake_no_surge_which_is_never_under_the_least_or_three_times_the_usual(seed, per_day, n):
    moments = at_rate(per_day, random.Random(seed), TUESDAY - 15 * DAY, 15)
    assert not surges(moments + burst(n)) or surges(moments + burst(n + 1))
    found = reading(moments + burst(30))
    assert found.line >= max(LEAST, 3 * found.usual)


def in_threads(per_day, of, dice, begin, days):
    """Posts of which each begins a thread of so many on average, answered within hours."""
    posts = []
    for n, first in enumerate(at_rate(per_day / of, dice, begin, days)):
        posts.append((first, str(n)))
        while dice.random() < 1 - 1 / of:
            posts.append((first + timedelta(hours=dice.expovariate(1 / 2)), str(n)))
    posts.sort()
    return [at for at, _ in posts], [thread for _, thread in posts]


@pytest.mark.parametrize(("per_day", "of"), [(60, 1), (8, 4)])
def test_in_a_year_of_usual_talk_a_surge_is_told_three_times_at_most(per_day, of):
    """Looked at every three hours, and told once each."""
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    moments, threads = in_threads(per_day, of, random.Random(per_day), begin, 380)
    told, lasted_to, now = 0, begin, begin + 15 * DAY
    while now < begin + 380 * DAY:
        found = measure(moments, threads, now, ZONE, begin, weekday)
        if found is not None and goes_on(found, lasted_to, now):
            lasted_to = now
        elif found is not None and found.surge:
            told, lasted_to = told + 1, now
        now += 3 * HOUR
    assert told <= 3


def test_where_talk_comes_in_threads_one_more_thread_is_none_and_a_real_surge_is():
    posts = [(t, str(n)) for n in range(1, 15) for t in burst(8, TUESDAY - n * DAY - 4 * HOUR)]

    def surge_of(n):
        moments, threads = zip(*posts, *((t, "new") for t in burst(n)), strict=True)
        found = measure(moments, threads, TUESDAY, ZONE, TUESDAY - 15 * DAY, weekday)
        return found is not None and found.surge

    assert surges([t for t, _ in posts] + burst(19))  # by themselves, not in threads
    assert not surge_of(19)
    assert surge_of(30)


@pytest.mark.parametrize(("usual_a_day", "an_hour"), [(2, 15), (8, 20), (24, 30), (60, 60)])
def test_a_real_surge_is_found_within_two_hours(usual_a_day, an_hour):
    begin = TUESDAY - 15 * DAY
    for seed in range(5):
        dice = random.Random(seed)
        usual = at_rate(usual_a_day, dice, begin, 16)
        surge = at_rate(an_hour * 24, dice, TUESDAY, 1)
        moments = sorted(usual + surge)
        waits = [m for m in range(0, 181, 10) if surges(moments, TUESDAY + timedelta(minutes=m), begin)]
        assert waits
        assert waits[0] <= 120


def test_a_surge_goes_on_until_half_a_day_of_usual_talk_and_so_do_reviews():
    loud = reading(burst(40))
    assert loud is not None
    assert goes_on(loud, TUESDAY - OVER_AFTER, TUESDAY)
    assert not goes_on(loud, TUESDAY - OVER_AFTER - timedelta(seconds=1), TUESDAY)
    every_day = [t for n in range(1, 15) for t in burst(20, TUESDAY - n * DAY)]
    calm = reading(every_day + burst(20))
    assert calm is not None
    assert not goes_on(calm, TUESDAY - HOUR, TUESDAY)
    assert reviews(0, 1, 2, 3, 5)
    assert not reviews(0, 1, 2, 3)
    assert not reviews(0, 2, 4, 5, 6.5)
    assert not reviews(0, 1, 2, 3, 5, 100, 101, 102)
    assert reviews(0, 1, 2, 3, 4, 5, 100, 101, 102)
    assert not reviews(0, 1, 2, 3, 5, known_days=2)
    assert reviews(0, 1, 2, 3, 5, known_days=2.3)


def reviews(*hours_ago, known_days=14):
    found = measure_reviews(
        sorted(TUESDAY - h * HOUR for h in hours_ago), TUESDAY, TUESDAY - known_days * DAY
    )
    return found is not None and found.surge
