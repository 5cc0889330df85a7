"""A later post that says that a matter has ended is shown beside it, told to who was told, and ends none."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from builders.home import a_migrated_store
from builders.judges import OAKFIELD, PEOPLE
from builders.mention import Clock
from builders.page import BASE
from builders.press import NOW, TOWN, article, post, read
from builders.verdict import SCHOOL, mention
from support.for_each import for_each

from alerts.links import Links
from classifiers.verdicts.press.same_event import find_ending, says_ended, weigh_ending
from data.matters import ActKind
from data.steps.acts import Done
from data.store.alerts import alerts as alert_store
from monitor.act.happened import end_as_said
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.desk.pages.today import make_day
from monitor.home.wiring import Session
from monitor.matters.reader import Reader
from monitor.matters.today import open_today
from monitor.matters.whole import read_matter
from monitor.service.tasks.reminders import endings

LINKS, LATER = Links(BASE, b"k" * 32), NOW + timedelta(hours=5)
THREAT = "I will be at the gate of Oakfield Primary, Northvale with a knife at half three, watch me"
HOAX = "Police: knife threat to Oakfield Primary, Northvale was a hoax"


@pytest.fixture
def home(tmp_path):
    store = a_migrated_store(tmp_path, Clock(NOW))
    read(store, post("", THREAT), source=TOWN)
    config = Config(Path("schoolgate.toml"), (OAKFIELD,), people=PEOPLE, base_url=BASE)
    return store, Context(config, store.home, LINKS)


def may_say_so(store, context):
    """Who finds, on Today, that a matter may be over, without a word of it."""
    found = set()
    with store.open_reader() as con:
        for person in PEOPLE:
            for part in open_today(con, context.config, person, LATER + timedelta(minutes=5), LINKS):
                needs = make_day(part.facts, part.chosen, sent=True).needs
                lines = [line for group in needs if group.key == "over" for line in group.cards]
                found |= {person.id for line in lines if "hoax" not in line.said}
    return found


def seen(store, context, now=LATER + timedelta(minutes=5), of=PEOPLE[0]):
    with store.open_reader() as con:
        (alert,) = (a for a in alert_store.list_alerts(con, finished=True) if a.severity == 4)
        return read_matter(con, Reader(context.config, store, of), alert.story_id, now)


def mailed(store, context, now):
    with store.write("test") as con:
        for write in endings(con, context, now):
            write(con)
        return con.execute(
            "SELECT person_id, subject FROM outbox WHERE subject LIKE 'May be over%'"
        ).fetchall()


def test_a_hoax_that_the_press_tells_of_is_shown_and_told_and_ends_by_one_tap_of_who_may(home):
    store, context = home
    read(store, article(HOAX, LATER), at=LATER)
    view = seen(store, context)
    assert [(e.text, e.reasons) for e in view.endings] == [(HOAX, ("hoax",))]
    assert view.severity == 4
    assert view.ending_mark is None
    assert view.may(ActKind.ENDED)
    told = mailed(store, context, LATER + timedelta(minutes=5))
    assert {person for person, _ in told} == {"head", "dsl"}
    able = {p.id for p in PEOPLE if (known := seen(store, context, of=p)) and known.may(ActKind.ENDED)}
    assert may_say_so(store, context) == able
    assert "head" in able
    assert mailed(store, context, LATER + timedelta(minutes=6)) == told
    session = Session(context.config, context, store, PEOPLE[0])
    with store.write("test") as con:
        done = end_as_said(con, session, view.story_id, view.urn, "A hoax, as the paper says.", LATER)
    assert isinstance(done, Done)


def test_neither_the_author_nor_a_stranger_ends_anything(home):
    store, context = home
    read(store, post("", f"{HOAX}, only joking"), at=LATER, source=TOWN)
    read(store, article("Was the knife threat to Oakfield Primary, Northvale a hoax?", LATER), at=LATER)
    assert seen(store, context).endings == ()
    assert mailed(store, context, LATER + timedelta(minutes=5)) == []


MISSING = "Has anyone seen Ava Wren? 13, missing from Oakfield since yesterday lunchtime. Please share"
THEFT = "Mr Dunmore at Oakfield nicked the trip money, he wants locking up"
MUSEUM = "an oakfield teacher was arrested on the museum trip"
VAN = "A man in a white van tried to grab a child at the Oakfield gate"
KITCHEN = "Oakfield pupils served mouldy sandwiches, kitchen closed by council inspectors"


@for_each(("said", "author", "printed", "matter"), [
    ("Officers are satisfied that last night’s message was a hoax.", "Northvale Police", False, THREAT),
    ("There was no credible threat to our school. We open as normal.", "Oakfield", True, THREAT),
    ("UPDATE: Ava, 13, has been found safe and well. Thank you.", "Northvale Police", False, MISSING),
    ("We wrongly reported that inspectors had closed the kitchen at Oakfield.", "", True, KITCHEN),
    ("Paul Dunmore, 44, was found not guilty of stealing trip money.", "", True, THEFT),
    ("A judge granted an injunction against Paul Dunmore, of Oakfield.", "", True, THEFT),
    ("Gwen Pugh of Oakfield was cleared over a museum trip.", "", True, MUSEUM),
    ("No offence was committed: the man in the white van near the gate is known.", "Police", False, VAN),
])  # fmt: skip
def test_what_may_end_a_matter(said, author, printed, matter):
    assert says_ended(mention(said, author=author), printed=printed)
    assert _may_end(said, matter)


@for_each(("said", "matter"), [
    ("Ava has still not been found safe.", MISSING), ("We hope Ava is found safe soon.", MISSING),
    ("Boy, 9, found safe after search in Hexley.", MISSING), ("If this is a hoax we will prosecute.", THREAT),
    ("Three years ago today the Oakfield bomb threat was a hoax.", THREAT), ("Yeah right, a hoax 🙄", THREAT),
    ("Anna Lyle, a teacher, was cleared of assault.", THEFT),
    ("Gwen Pugh was cleared by a panel.", "some teacher at oakfield is well dodgy with the year 9s"),
    ("Gwen Pugh of Larchwood Primary was cleared over a museum trip. Oakfield’s goes on.", MUSEUM),
    ("The school seeks an injunction against Paul Dunmore of Oakfield.", THEFT),
    ("Threats to schools across Hexley and Marfield were a hoax.", THREAT), ("Dog Ava found safe.", MISSING),
    ("We apologise to Ms Rees for a report on her bakery.", KITCHEN), ("Larchwood High: a hoax.", THREAT),
])  # fmt: skip
def test_what_ends_no_matter(said, matter):
    assert not _may_end(said, matter)


def test_who_takes_down_what_the_police_said_may_know_and_old_news_ends_nothing():
    said = "Sgt Amin phoned to say that the threat was a hoax."
    assert says_ended(mention(said, channel="telephone"), printed=False)
    assert not says_ended(mention(said, author="Dave K"), printed=False)
    assert not says_ended(mention(said, author="Hexley Spoof"), printed=True)
    assert not any(_may_end(said, THREAT, after=timedelta(days=days)) for days in (-2, 40))


def _may_end(said, matter, after=timedelta(days=1)):
    ended = find_ending("", said)
    return ended and weigh_ending(*ended, said, matter, SCHOOL, after, violent=matter is THREAT)
