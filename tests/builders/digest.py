"""A school's day for tests of the digest: a store on disk with everything in it that a digest tells of."""

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from builders.home import a_migrated_store
from builders.mention import POLICY, a_batch, a_match, a_mention, a_run, a_verdict, an_alert, save

from alerts.links import Links
from data.ids import digest
from data.register.calendar import Calendar, Term
from data.store.outbox import put_outbox
from data.store.sources import record_runs
from data.types import (
    About,
    MentionKind,
    Outcome,
    Person,
    Relevance,
    Role,
    Route,
    School,
    Sentiment,
    Severity,
    Source,
    SourceRun,
)
from monitor.config.home.context import Context
from monitor.config.load import Config

LONDON = ZoneInfo("Europe/London")
URN = "900001"
OAKFIELD = School(URN, "Oakfield Primary School")
HEAD = Person("head", "Mrs Jane Holt", (Role.HEAD, Role.SLT), "head@example.org")
DEPUTY = Person("deputy", "Mr Lee Ash", (Role.DEPUTY_HEAD,), "deputy@example.org")
DSL = Person("dsl", "Ms Robin Pike", (Role.DSL,), "dsl@example.org")
CHAIR = Person("chair", "Alex Marsh", (Role.CHAIR,), "chair@example.org")
PEOPLE = (HEAD, DEPUTY, DSL, CHAIR)
GAZETTE = Source("gazette", "feed", "https://gazette.example.org/rss", (URN,), "Northvale Gazette")
MUMSNET = Source("mumsnet", "feed", "https://mumsnet.example.org/", (URN,), "Mumsnet alerts")
FORUM = Source("forum", "feed", "https://forum.example.org/", (URN,), "Town forum")
ACCOUNT = Source("page", "feed", "https://page.example.org/", (URN,), "Our Facebook page", own=True)
OFF = Source("old", "feed", "https://old.example.org/", (URN,), "Old board", disabled="not wanted")
SOURCES = (GAZETTE, MUMSNET, FORUM, ACCOUNT, OFF)
TERMS = (Term(datetime(2026, 9, 1).date(), datetime(2026, 12, 18).date()),)  # noqa: DTZ001 - days
TUESDAY = datetime(2026, 11, 17, 7, 30, tzinfo=UTC)
"""07:30 in London, in winter."""
MONDAY = TUESDAY - timedelta(days=1)
LONG_AGO = TUESDAY - timedelta(days=60)


def a_config(folder, **changes):
    config = Config(
        path=folder / "schoolgate.toml", schools=(OAKFIELD,), sources=SOURCES, people=PEOPLE,
        calendars={URN: Calendar("england", TERMS)},
    )  # fmt: skip
    return replace(config, **changes)


def a_context(config):
    return Context(config, config.path.parent, Links())


def a_home(folder):
    """A home of which a place was first read long ago."""
    store = a_migrated_store(folder / "home")
    ran(store, OFF.id, LONG_AGO)
    return store


@dataclass
class _Open:
    """A store whose writes go into one transaction."""

    con: Any

    def write(self, purpose):
        return nullcontext(self.con)


@contextmanager
def together(store):
    """The store, for many writes at once."""
    with store.write("together") as con:
        yield _Open(con)


def say(
    store, name, at, *, story=None, title="", text=None, url=None, author=None, kind=MentionKind.POST,
    channel="local_forum", source="forum", relevance=Relevance.ABOUT, alert=None, parent=None, urn=URN,
    **verdict,
):  # fmt: skip
    """One post, read and judged at that time, in a story of its own or the named one. Its author is secret;
    what no mail may repeat is given by `secret`."""
    mention = a_mention(
        name, fetched_at=at, published=at, kind=kind, channel=channel, parent=parent,
        title=title, text=text or f"They speak of {name} again", url=url or f"https://forum.example.org/{name}",
        author=author or f"secret-poster-{name}",
    )  # fmt: skip
    judged = a_verdict(mention, relevance=relevance, **{"reasons": (), **verdict})
    store_clock = at + timedelta(milliseconds=int(mention.id[:6], 16) % 900)
    batch = a_batch(
        mention, verdicts=[judged], story_id=story_id(story or name),
        run=a_run(source, store_clock, mentions_new=1), match=a_match(relevance=relevance),
        alerts=[alert] if alert else [],
    )  # fmt: skip
    with store.write("say") as con:
        save(con, batch, now=at, policy=POLICY)
    return judged


def secret(name):
    """The title, words and address of a post that no mail may repeat."""
    return {
        "title": f"Secret title {name}",
        "text": f"Secret words {name}",
        "url": f"https://secret.example.org/{name}",
    }


def story_id(name):
    return digest("story", name)[:16]


def alert_on(story, at, **changes):
    return an_alert(story_id(story), **{"raised_at": at, "because": (), "audience": ("head",), **changes})


def ran(store, source, at, outcome=Outcome.OK, **fields):
    run = SourceRun(source, at, at + timedelta(seconds=2), outcome, **fields)
    with store.write("run") as con:
        record_runs(con, [run])


def queue(store, messages, now):
    with store.write("queue") as con:
        put_outbox(con, messages, now)


def mark(store, key, column, at):
    """As the delivery marks a message: sent_at, failed_at, unsure_at."""
    with store.write("mark") as con:
        con.execute(f"UPDATE outbox SET {column} = $at WHERE key = $key", {"at": at, "key": key})


def grave(store, name, at, alert=None, **fields):
    """A post that needs a decision today, with its alert."""
    raised = alert or alert_on(name, at)
    given = {"abuse": ("privacy",), "about": About.STAFF, "content_class": "C11", **secret(name), **fields}
    say(
        store, name, at, severity=Severity.TODAY, route=Route.REQUEST_REMOVAL, alert=raised,
        **given,
    )  # fmt: skip
    return raised


def restricted(store, name, at, **changes):
    """A safeguarding matter of a pupil: for its own few."""
    raised = alert_on(
        name, at,
        **{"audience": ("dsl",), "route": Route.SAFEGUARDING, "severity": Severity.THIS_HOUR,
           "content_class": "C10", "restricted": True, **changes},
    )  # fmt: skip
    say(
        store, name, at, severity=Severity.THIS_HOUR, route=Route.SAFEGUARDING, about=About.PUPIL,
        restricted=True, content_class="C10", abuse=("safeguarding",), alert=raised, **secret(name),
    )  # fmt: skip
    return raised


def praise(store, name, at, **fields):
    given = {"severity": Severity.NOTE, "route": Route.THANK, "sentiment": Sentiment.POSITIVE, **fields}
    return say(store, name, at, **given)


def news(store, name, at, title, **fields):
    given = {"kind": MentionKind.ARTICLE, "channel": "google_news", "source": "gazette", "title": title}
    return praise(store, name, at, **{**given, **fields})


def a_busy_day(store, day=TUESDAY):
    """Everything that may happen between the day before and 07:30 of this day."""
    with together(store) as store:
        before = day - timedelta(hours=16)
        _two_grave(store, before)
        say(
            store, "van", before, look=True, look_rank=2.0, about=About.STAFF, severity=Severity.RESPOND,
            scores=(("first:severity:3", 0.9), ("abuse:threat", 0.5), ("abuse:hate", 0.1)),
        )  # fmt: skip
        for n in range(9):
            host = "forum" if n % 2 else "board"
            say(
                store, f"gate-{n}", before + timedelta(minutes=n), story=f"gate-{n // 5}",
                url=f"https://{host}.example.org/{n}", themes=("traffic",),
                abuse=("profanity",) if n == 3 else (),
            )  # fmt: skip
        say(store, "uniform", before, themes=("uniform", "costs"))
        say(store, "call", before, author="secret-one")
        title = "Choir brings tears and smiles to hospice - Northvale Gazette"
        news(
            store, "choir", before, title, url="https://gazette.example.org/choir", story="choir",
            themes=("events",),
        )  # fmt: skip
        for n in range(2):
            news(
                store, f"choir-{n}", before, title, url=f"https://copy{n}.example.org/", story="choir",
                source="copies",
            )  # fmt: skip
        praise(store, "lunch", before, themes=("meals",))
        say(store, "elsewhere", before, relevance=Relevance.UNSURE, themes=("results",))
        for name in ("gazette", "forum", "page"):
            ran(store, name, day - timedelta(hours=1), notice=False if name == "page" else None)
        for hours in (60, 58, 56):
            ran(store, "mumsnet", day - timedelta(hours=hours), mentions_new=1, mentions_read=3)
        for hours in (40, 20, 3):
            ran(store, "mumsnet", day - timedelta(hours=hours), Outcome.BLOCKED)


def two_grave(store, day):
    """What must be decided on a busy day, and nothing else."""
    with together(store) as one:
        _two_grave(one, day - timedelta(hours=16))


def _two_grave(store, before):
    grave(store, "street", before)
    grave(
        store, "accused", before + timedelta(minutes=5),
        alert_on("accused", before, id="deadbeef00", excluded=("deputy",), content_class="C7"),
        abuse=("defamation",), content_class="C7", subjects=("deputy",), subject_person="deputy",
    )  # fmt: skip


def a_quiet_day(store, day=TUESDAY):
    """Every place was read and nothing was said; one place is blocked."""
    with together(store) as store:
        for name in ("gazette", "forum", "page"):
            ran(store, name, day - timedelta(hours=2), notice=True if name == "page" else None)
        ran(store, "mumsnet", day - timedelta(days=3))
        ran(store, "mumsnet", day - timedelta(hours=3), Outcome.BLOCKED)
