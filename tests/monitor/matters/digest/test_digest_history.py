"""What the digest tells of posts from before we began, of our own troubles, and of sources not seen."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from builders.digest import (
    DEPUTY,
    HEAD,
    TUESDAY,
    URN,
    a_config,
    a_context,
    a_home,
    a_quiet_day,
    alert_on,
    grave,
    mark,
    praise,
    ran,
    restricted,
    say,
    story_id,
)
from builders.digest_reader import flat, parts, sections, whole
from builders.digest_reader import of as read_by
from builders.kept_open import emptied, kept_open

from alerts.links import Links
from alerts.notices.book import Book, Notice
from alerts.select import select
from alerts.wording.digest.compose import compose_digest
from data.types import About, Outcome, Person, Relevance, Role, Route, Severity, Source, Trouble
from monitor.matters.today import Days, due_of
from monitor.service.digests import digests, prepare_together, queue_digest
from monitor.service.health import read_status
from monitor.service.notebook import Notebook
from sources.runs import MORE

LONG_AGO = datetime(2018, 1, 31, 9, tzinfo=UTC)
BEFORE, MONDAY = TUESDAY - timedelta(hours=10), TUESDAY - timedelta(days=1)
OLD_GRAVE = {
    "severity": Severity.TODAY, "route": Route.REQUEST_REMOVAL, "abuse": ("privacy",), "about": About.STAFF,
    "content_class": "C11", "history": LONG_AGO,
}  # fmt: skip
OLD_DOUBT = {"severity": Severity.NOTE, "look": True, "look_rank": 0.4, "history": LONG_AGO}


@pytest.fixture
def store(opened, tmp_path):
    with emptied(opened, tmp_path) as found:
        a_quiet_day(found)
        yield found


def heads(store, config):
    return parts(store, config, [HEAD], TUESDAY)["head"]


def test_a_grave_old_post_stands_apart_with_its_date(store, config, snapshot):
    say(store, "street", BEFORE, **OLD_GRAVE)
    say(store, "prices", BEFORE, history=LONG_AGO)
    praise(store, "fair", BEFORE, history=LONG_AGO)
    found = read_by(store, config, HEAD, TUESDAY, Links())
    assert "31 Jan 2018" in flat(found)
    assert "3 older posts about you are from before we began." in flat(found)
    assert found.letter.subject == "1 from before we began, 1 source not seen (Tuesday)"
    assert found.letter.body == snapshot


def test_old_posts_that_we_are_not_sure_about_are_said_to_be_worth_a_look(store, config, snapshot):
    say(store, "doubt", BEFORE, **OLD_DOUBT)
    say(store, "other", BEFORE, relevance=Relevance.UNSURE, **OLD_DOUBT)
    found = read_by(store, config, HEAD, TUESDAY, Links())
    assert len(sections(heads(store, config))) == 2
    assert found.letter.body == snapshot


def test_calm_old_posts_are_only_counted_and_of_an_old_restricted_one_there_is_nothing(store, config):
    say(store, "prices", BEFORE, history=LONG_AGO)
    part = heads(store, config)
    quiet = flat(whole(part))
    assert "Nothing new about you from" in quiet
    assert "1 older post about you is from before we began." in quiet
    assert sections(part) == {}
    restricted(store, "child", BEFORE)
    with store.write("test") as con:
        con.execute("UPDATE verdicts SET history = $at", {"at": LONG_AGO})
        con.execute("UPDATE alerts SET posted_at = $at", {"at": LONG_AGO})
    assert flat(whole(heads(store, config))) == quiet


def test_whom_it_may_accuse_reads_nothing_of_it_and_what_alerted_or_is_new_in_its_thread_is_new(
    store, config
):
    say(store, "accused", BEFORE, **OLD_GRAVE | {"content_class": "C7", "subjects": ("deputy",)})
    alert = alert_on("threat", BEFORE, severity=Severity.THIS_HOUR, posted_at=LONG_AGO)
    grave(store, "threat", BEFORE, alert, history=LONG_AGO)
    say(store, "old", BEFORE, story="thread", **OLD_GRAVE)
    say(store, "new", BEFORE, story="thread")
    say(store, "unsure", BEFORE, relevance=Relevance.UNSURE, **OLD_GRAVE)
    found = parts(store, config, [HEAD, DEPUTY], TUESDAY)
    under = sections(found["head"])
    assert {name: under[story_id(name)] for name in ("accused", "unsure")} == {
        "accused": "before", "unsure": "before",
    }  # fmt: skip
    keys = [
        s.key
        for s in whole(found["head"]).sections
        for x in s.lines
        if x.matter and x.matter.story_id == story_id("thread")
    ]
    assert sorted(keys) == ["answer", "before"]
    said = flat(whole(found["head"]))
    assert "perhaps another school" in said
    assert said.index("Decide now") < said.index("31 Jan 2018") < said.index("From before we began")
    assert story_id("accused") not in sections(found["deputy"])


def test_the_first_digest_that_is_sent_tells_of_it_however_long_ago_it_was_read_and_no_other(store, config):
    say(store, "street", BEFORE - timedelta(days=9), **OLD_GRAVE)
    say(store, "new", BEFORE - timedelta(days=9), **(OLD_GRAVE | {"history": None}))
    first = read_by(store, config, HEAD, MONDAY, Links())
    with store.write("test") as con:
        queue_digest(first, con)
    for found in (first, read_by(store, config, HEAD, TUESDAY, Links())):
        assert "From before we began" in flat(found)
        assert "1 older post about you" in flat(found)
    mark(store, first.letter.key, "sent_at", MONDAY)
    assert "rom before we began" not in flat(read_by(store, config, HEAD, TUESDAY, Links()))


# ---------------------------------------------------------------------------- our own troubles


FRIDAY = TUESDAY - timedelta(days=3, hours=12, minutes=35)
NOW = TUESDAY + timedelta(seconds=9)
HOUR = timedelta(hours=1)


def of(store, config, book=None, now=NOW):
    school = config.schools[0]
    with store.open_reader() as con:
        due = due_of(config, school, now.astimezone(config.zone).date())
        (part,) = Days(con, config, now, book=book or Book()).parts(school, due, [HEAD])
    return part


def as_view(part):
    return compose_digest(part.facts, part.chosen)


def told(*troubles):
    return Book(notices=(Notice(NOW, troubles),))


def past(*troubles):
    return Book(past=troubles)


def lasted(work, since, until=None, why="SchoolgateError"):
    return past(Trouble(work, since, why, until)) if until else told(Trouble(work, since, why))


@pytest.fixture(scope="module")
def quiet(tmp_path_factory, config):
    """A quiet day."""
    with kept_open(a_home(tmp_path_factory.mktemp("quiet"))) as found:
        a_quiet_day(found)
        yield of(found, config)


def with_book(part, book):
    """The same day with these troubles of ours, as they are read with it."""
    window = part.facts.window
    return as_view(replace(part, facts=replace(part.facts, troubles=book.during(window.since, window.until))))


@pytest.mark.parametrize(
    ("book", "opening"),
    [
        (
            lasted("judge", FRIDAY),
            "For 3 days, nothing that we read could be judged (since Friday 18:55, and still going on). "
            "That was our fault, not the sources’: we may not have looked at posts from that time.",
        ),
        (
            lasted("save", TUESDAY - 9 * HOUR, TUESDAY - 4 * HOUR),
            "For 5 hours, nothing could be saved or sent, because our own store could not be used "
            "(from yesterday 22:30 to Tuesday 03:30).",
        ),
        (
            lasted("service", TUESDAY - 5 * HOUR, TUESDAY - 2 * HOUR),
            "For 3 hours, Schoolgate did not run (from Tuesday 02:30 to Tuesday 05:30).",
        ),
        (
            lasted("judge", NOW - 5 * HOUR + timedelta(seconds=1)),
            "For 5 hours, nothing that we read could be judged",
        ),
    ],
    ids=["not over", "over", "did not run", "a second short of five hours"],
)
def test_our_own_troubles_stand_at_the_head_of_a_quiet_digest(quiet, book, opening):
    view = with_book(quiet, book)
    assert view.opening[0].startswith(f"Good morning. {opening}")
    assert view.opening[1].startswith("Nothing new about you from 3 sources since")
    assert view.subject.startswith("Not watched throughout, 1 source not seen (")


def test_a_night_in_which_the_computer_slept_is_told_calmly_and_is_nobodys_fault(quiet):
    view = with_book(quiet, lasted("service", TUESDAY - 14 * HOUR, TUESDAY, why="asleep"))
    assert view.opening[0].startswith(
        "Good morning. For 14 hours, the computer slept, or Schoolgate was switched off (from yesterday "
        "17:30 to Tuesday 07:30). In such a time nobody is told. What was written then is read afterwards, "
        "as far as it is still shown."
    )
    assert "fault" not in view.opening[0]
    assert "atched throughout" not in view.subject


def test_troubles_of_before_or_of_minutes_are_not_told(quiet):
    before = TUESDAY - timedelta(days=9)
    gone = lasted("judge", before, before + HOUR)
    brief = lasted("judge", TUESDAY - HOUR, TUESDAY - HOUR + timedelta(minutes=14))
    assert with_book(quiet, Book()) == with_book(quiet, gone) == with_book(quiet, brief)
    assert with_book(quiet, Book()).opening[0].startswith("Good morning. Nothing new about you")


def test_mail_that_did_not_go_leaves_nothing_unwatched(quiet):
    view = with_book(quiet, lasted("mail", TUESDAY - 3 * HOUR, TUESDAY - HOUR))
    assert "For 2 hours, no email could be sent" in view.opening[0]
    assert "may not have looked at" not in view.opening[0]
    assert "not watched" not in view.subject


def test_the_service_reads_them_from_the_file_beside_the_store(store, tmp_path):
    Notebook(tmp_path).keep(told(Trouble("judge", FRIDAY, "x")))
    with store.open_reader() as con:
        made = [one.args[0] for one in digests(con, a_context(a_config(tmp_path)), NOW)]
    sent = [one for one in made if one.is_sent]
    assert sent
    assert all("nothing that we read could be judged" in flat(one) for one in sent)


# ------------------------------------------------------------------------- places that were not seen


def unseen(view):
    return " ".join(line.said for s in view.sections if s.heading.startswith("Not seen") for line in s.lines)


@pytest.fixture(scope="module")
def morning_after(tmp_path_factory, config):
    """The machine was off overnight; twenty places were well before, and the last two refuse us."""
    ids = [*(f"place-{n:02d}" for n in range(20)), "walled", "shut"]
    sources = tuple(Source(i, "feed", f"https://{i}.example.org", (URN,), i) for i in ids)
    with kept_open(a_home(tmp_path_factory.mktemp("after"))) as store:
        for n, i in enumerate(ids):
            ran(store, i, TUESDAY - 16 * HOUR, Outcome.BLOCKED if n > 19 else Outcome.OK)
        ran(store, "place-00", TUESDAY - timedelta(minutes=1))
        yield store, replace(config, sources=sources)


OFF = lasted("service", TUESDAY - 15 * HOUR, TUESDAY - timedelta(minutes=2))
REFUSED = "walled: blocked, asked once a day. shut: blocked, asked once a day. "


def test_what_was_not_read_while_the_machine_was_off_is_one_line_behind_what_refuses_us(morning_after):
    store, config = morning_after
    part = of(store, config, OFF)
    assert unseen(as_view(part)) == (
        f"{REFUSED}19 sources were not read while Schoolgate was not running; they are being read now."
    )
    assert as_view(part).subject == "Not watched throughout, 2 sources not seen (Tuesday)"
    it_lead = Person("it", "Alex Marsh", (Role.IT_LEAD,), "it@example.org")
    beside = replace(part.facts, people=(*part.facts.people, it_lead))
    said = unseen(compose_digest(beside, select(beside, HEAD)))
    assert said.startswith("walled: posts may be missing. shut: posts may be missing. 19 sources")


def test_a_trust_is_told_in_one_line_too(morning_after):
    store, config = morning_after
    (school,) = config.schools
    with store.open_reader() as con:
        dues = [(school, due_of(config, school, NOW.date()))]
        view = prepare_together(Days(con, config, NOW, book=OFF), dues, HEAD).view
    assert unseen(view).startswith("19 sources were not read while Schoolgate was not running")
    assert view.subject == "Not watched throughout, 2 sources not seen (Tuesday)"


def test_places_that_are_behind_for_a_fault_of_ours_never_hide_those_that_refuse_us(morning_after):
    said = unseen(as_view(of(*morning_after)))
    assert said == f"{REFUSED}19 sources were read in this time, but not again when they were due."


def test_what_is_switched_off_is_said_in_the_next_digest_and_in_no_other(store, config):
    town = Source("town", "feed", "https://town.example.org", (URN,), "Town", disabled="paused")
    for at in (TUESDAY - timedelta(days=20), TUESDAY - 3 * HOUR):
        ran(store, "town", at, Outcome.OK)
    alone = replace(config, sources=(town,))
    said = [unseen(as_view(of(store, alone, now=NOW + timedelta(days=n)))) for n in (0, 1)]
    assert said == ["Switched off, and no longer read: Town.", ""]


PLACES = {
    "never": ([], "never: not asked."),
    "once": (
        [(timedelta(days=3), Outcome.OK)],
        "once: not read when it was due (our fault) since Saturday.",
    ),
    "ours": (
        [(2 * HOUR, Outcome.OK), (HOUR / 12, Outcome.OUR_FAULT)],
        "ours: not read or not judged (our fault, not the source’s)",
    ),
    "partly": (
        [(HOUR / 3, Outcome.PARTLY)],
        "read in part, since something there took too long to read and a text there is too long.",
    ),
    "key": ([(HOUR / 3, Outcome.BLOCKED)], "key: The budget of its key is used up; it goes on tomorrow."),
    "query of a month": ([(30.5 * 24 * HOUR, Outcome.OK), (HOUR / 3, Outcome.OK)], "month: its search has "),
    "query of 37 days": ([(37.5 * 24 * HOUR, Outcome.OK), (HOUR / 3, Outcome.OK)], "days: its search has "),
    "query of days between": ([(34 * 24 * HOUR, Outcome.OK), (HOUR / 3, Outcome.OK)], None),
    "query cut": ([(HOUR / 3, Outcome.OK)], "query cut: its search finds more than we read"),
    "just failed": ([(HOUR, Outcome.OK), (HOUR / 12, Outcome.UNREACHABLE)], None),
    "read": ([(2 * HOUR, Outcome.OK)], None),
    "empty for long": (
        [(timedelta(days=4) - 10 * HOUR, Outcome.OK), *((h * HOUR, Outcome.SUSPICIOUS) for h in (6, 4, 1))],
        "empty for long: ",
    ),
    "empty": (
        [(timedelta(days=1) - 10 * HOUR, Outcome.OK), *((h * HOUR, Outcome.SUSPICIOUS) for h in (6, 4, 1))],
        None,
    ),
}  # fmt: skip
"""Of each place how long before the digest's time it was asked with what outcome, and what is said of it."""
DETAILS = {
    "key": "The budget of its key is used up; it goes on tomorrow.",
    "partly": "Posts that took too long to be read: 1. Items of which only the beginning was read: 2.",
}


@pytest.fixture(scope="module")
def places(tmp_path_factory, config):
    sources = tuple(
        Source(i, "youtube" if i == "key" else "feed", f"https://{i[:5]}.example.org", (URN,), i)
        for i in PLACES
    )
    sources = tuple(replace(s, settings={"query": "x"} if "query" in s.id else {}) for s in sources)
    with kept_open(a_home(tmp_path_factory.mktemp("places"))) as store:
        for place, (runs, _) in PLACES.items():
            for ago, outcome in runs:
                cut = (f"{MORE} the 5 pages that were read (max_pages).",) if "cut" in place else ()
                ran(store, place, TUESDAY - ago, outcome, detail=DETAILS.get(place, ""), warnings=cut)
        here = replace(config, sources=sources)
        with store.open_reader() as con:
            known = {place.source_id for place in read_status(con, here, NOW).not_seen}
        first, later = (parts(store, here, [HEAD], at)["head"] for at in (NOW, NOW + 4 * HOUR))
        yield first, later, known


@pytest.mark.parametrize("place", PLACES)
def test_of_a_place_that_was_not_seen_it_is_said_why_and_since_when(places, place):
    wanted = PLACES[place][1]
    said = unseen(whole(places[0]))
    assert wanted in said if wanted else f"{place}: " not in said


def test_what_was_due_meanwhile_and_not_asked_is_not_seen_either(places):
    assert "read: not read when it was due (our fault) since Tuesday 05:30." in unseen(whole(places[1]))


def test_of_a_page_suddenly_empty_status_says_it_when_the_digest_does(places):
    assert "empty for long" in places[2]
    assert "empty" not in places[2]


def test_where_no_place_could_be_read_it_does_not_say_that_all_is_quiet(opened, config, tmp_path):
    with emptied(opened, tmp_path) as store:
        ran(store, "gazette", BEFORE, Outcome.UNREACHABLE)
        found = read_by(store, config, HEAD, TUESDAY, Links())
    assert "Nothing new" not in found.letter.body
    assert "have not been able to read a single source" in flat(found)
    assert "Nothing could be read" in found.letter.subject


def test_of_the_day_before_it_was_set_up_it_says_that_nothing_was_read_yet(store, config):
    town = Source("town", "feed", "https://town.example.org", (URN,), "Town")
    ran(store, "town", NOW, Outcome.OK)
    view = as_view(of(store, replace(config, sources=(town,)), now=NOW - timedelta(days=1)))
    assert view.subject.startswith("Nothing was read yet")
