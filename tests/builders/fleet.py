"""A fleet of homes on this machine, the sites that they watch, and what a home holds afterwards."""

import shutil
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from html import escape
from itertools import product

from builders.config import DPIA
from builders.home import a_migrated_store
from builders.judges import Words
from support.web_server import Answer

from data.effects import utc_now
from data.store.engine.open import Store
from monitor.act.casework import make_judges
from monitor.fleet.homes import Effects, find_homes, settings_of
from monitor.home import wiring
from monitor.pipeline.scan import scan_sources
from monitor.service.delivery import Delivered
from monitor.service.serve import PERIODIC_TASKS
from monitor.service.step import Service
from sources.http.politeness import Limits

FIRST = ("Oak", "Elm", "Larch", "Hazel", "Rowan", "Alder", "Thorn", "Fern", "Heron", "Otter")
LAST = ("field", "mere", "wick", "combe", "stow", "holt")
NAMES = [f"{first}{last}" for first, last in product(FIRST, LAST)]
"""Sixty invented schools, each in a town of its own."""
CALM = "The summer fair at {0} Primary School in {1} was well attended, and all were glad of it."
INSULT = "The head of {0} Primary School in {1} is a useless moron, everybody says so."
THREATS = {
    5: "I will wait for the caretaker of {0} Primary School, {1}, at the gate tomorrow with a knife.",
    23: "There is a bomb under the stage of {0} Primary School in {1}. It goes off at noon.",
    47: "Tonight I set fire to {0} Primary School, {1}, and nobody will stop me this time.",
}
"""By school; each in words of its own, so that they make no story together."""
NOBODY = "Roadworks on the bypass until Friday, so take the top road if you go to the market, week {0}."
NOW = datetime.now(UTC).replace(microsecond=0)
HEADLINES = ("Concert at {0} Primary School, {1}", "Row at {0} Primary School in {1}")


def town(n):
    """The town of a school."""
    first, last = divmod(n, len(LAST))
    return f"{LAST[last].title()}{FIRST[first].lower()}"


class Sites:
    """Boards and papers: `board` is for all schools, each paper for ten, and each school has one of its own.
    `asked` counts the askings by path, articles as one; `before` is told of each."""

    def __init__(self, count):
        self.count = count
        self.asked: Counter[str] = Counter()
        self.before: Callable[[str], None] = lambda path: None

    def routes(self, site):
        """What is served at which path."""
        every = range(self.count)
        posts = {
            "/board": [THREATS.get(n, (CALM, INSULT)[n % 2]).format(NAMES[n], town(n)) for n in every]
            + [NOBODY.format(week) for week in range(30)]
        }
        for paper in range(0, self.count, 10):
            some = [n for n in every if paper <= n < paper + 10]
            posts[f"/paper-{paper // 10}"] = [HEADLINES[n % 2].format(NAMES[n], town(n)) for n in some]
        posts |= {f"/own-{n}": [CALM.format(NAMES[n], town(n)) + " Thanks again."] for n in every}
        feeds = {path: partial(self._feed, site, path, texts) for path, texts in posts.items()}
        articles = {
            f"/paper-{n // 10}/news/2026/a-long-story-{n % 10}": partial(self._article, n) for n in every
        }
        return {**feeds, **articles}

    def _feed(self, site, path, texts, exchange):
        self._note(path)
        items = []
        for n, text in enumerate(texts):
            link = f"{site}{path}/news/2026/a-long-story-{n}"
            at = format_datetime(NOW - timedelta(minutes=n + 1))
            items.append(
                f"<item><guid>{link}</guid><link>{link}</link><title>{escape(text[:60])}</title>"
                f"<pubDate>{at}</pubDate><description>{escape(text)}</description></item>"
            )
        channel = f"<channel><title>x</title>{''.join(items)}</channel>"
        body = f'<?xml version="1.0"?><rss version="2.0">{channel}</rss>'
        return Answer(200, body.encode(), {"Content-Type": "application/rss+xml"})

    def _note(self, path):
        self.asked[path] += 1
        self.before(path)

    def _article(self, n, exchange):
        self._note("articles")
        words = f"{(CALM, INSULT)[n % 2].format(NAMES[n], town(n))} "
        page = (
            f"<html><body><article><h1>News</h1><p>{words * 6}</p><p>{words * 6}</p></article></body></html>"
        )
        return Answer(200, page.encode(), {"Content-Type": "text/html; charset=utf-8"})


def words(_):
    """A model that knows a few words, loaded at once."""
    return Words()


def effects(site):
    """What may ask this machine, without pausing, and judges by a few words."""
    return Effects(words, replace(Limits(), per_host_interval_s=0.0, per_host_concurrency=8), site.allowed)


def write_homes(folder, site, count):
    """So many homes with empty stores, each with a board, a paper and a feed of its own to watch."""
    first = a_migrated_store(folder.parent / "first")
    for n in range(count):
        home = folder / f"home-{n:02}"
        home.mkdir(parents=True, mode=0o700)
        (home / "schoolgate.toml").write_text(_settings(n, site), encoding="utf-8")
        shutil.copy(first.path, home / first.path.name)
    return find_homes(folder)[0]


def _settings(n, site):
    people = "".join(
        f'[[people]]\nid = "{role}"\nname = "{name}"\nroles = ["{role}"]\nemail = "{role}-{n}@example.org"\n'
        for role, name in (("head", "Mrs Tamsin Quill"), ("dsl", "Ms Imogen Larkspur"))
    )
    channels = {"board": "local_forum", f"paper-{n // 10}": "news", f"own-{n}": "local_forum"}
    sources = "".join(
        f'[[sources]]\nid = "{place}"\nkind = "feed"\nurl = "{site}/{place}"\nchannel = "{channel}"\n'
        for place, channel in channels.items()
    )
    school = f'[[schools]]\nurn = "9{n:05}"\nname = "{NAMES[n]} Primary School"\ntown = "{town(n)}"\n'
    return f'contact = "office@example.org"\n{DPIA}{school}{people}{sources}'


def scan_plainly(home, site):
    """The home's own scan, as `schoolgate scan` does it, then its service's tasks, sending nothing."""
    given, config = effects(site), settings_of(home)
    store = wiring.open_store(home.folder)
    wiring.remember_config(store, config)
    judges = replace(make_judges(config, home.folder), scorer=Words)
    with given.fetcher(config) as fetcher:
        for _ in scan_sources(
            config.sources, store=store, fetcher=fetcher, judges=lambda: judges, clock=utc_now
        ):
            pass
        service = Service(
            store=store, context=wiring.make_context(config, home.folder), judges=lambda: judges,
            fetcher=fetcher, deliver_due=lambda *_: Delivered(), tasks=PERIODIC_TASKS, clock=utc_now,
        )  # fmt: skip
        service.run_tasks()
    assert service.health.faults == {}


OURS = "NOT list_contains(reason_codes, 'perhaps_other_school')"
"""What is grave and another school's: in its home a scan and the safeguarding lead's digest list it."""
HELD = {
    "verdicts": """SELECT mention_id, version, urn, relevance, sentiment, abuse, about, severity, route
        FROM verdicts WHERE relevance <> 'not_about'""",
    "alerts": f"SELECT urn, severity, route, story_id FROM alerts WHERE {OURS}",
    "outbox": f"""SELECT kind, person_id, via FROM outbox
        WHERE alert_id IN (SELECT id FROM alerts WHERE {OURS})
        OR (alert_id IS NULL AND (kind <> 'digest' OR person_id = 'head'))""",
}


def held(folder):
    """What a home has of its own schools: verdicts, alerts, messages; and how its places fared."""
    runs = "SELECT source_id, outcome, mentions_read FROM source_runs"
    with Store(folder, clock=utc_now, sleep=lambda s: None).open_reader() as con:
        return {
            name: sorted(con.execute(sql).fetchall(), key=repr)
            for name, sql in {**HELD, "runs": runs}.items()
        }
