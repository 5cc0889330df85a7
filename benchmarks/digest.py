"""Reading a big store: lists, one story, words, the daily digest; and how each grows with the store.

python -P benchmarks/digest.py [--sizes 10000,100000,1000000] [--days 100] [--keep FOLDER]

Each store is written with one SQL statement a table: a hundred days of mentions of one school, ten to a
story, some grave, some worth a look, some news, sixty open cases; 20 sources with a run every half hour.
It is written anew once, as a purge does it every week.
Then everything is asked for five times, each time of a store opened anew, and the least processor time
counts: this machine has much other work. The digest is that of the last day for three leaders; and once
more, in a process of its own that also says its memory, for a window that holds everything. The exponent is
that of growth between the smallest store and the biggest: 1 is in proportion, 0 not at all.
"""

from __future__ import annotations

import argparse
import math
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import duckdb
from held import most_mb

from data.effects import utc_now
from data.retention.deleting import purge, rewrite
from data.search import bits_of, read_search
from data.store import stories as story_store
from data.store.engine.open import Store
from data.store.engine.tables import BITS
from data.types import Person, Policy, Role, School, Source
from monitor.config.load import Config
from monitor.matters.reader import Reader
from monitor.matters.searching import Wanted, alerts_listed, matters_page
from monitor.matters.today import due_of
from monitor.matters.views import read_matter as read_one
from monitor.service.digests import prepare

NOW = datetime(2026, 11, 17, 7, 30, 5, tzinfo=UTC)
URN = "900001"
LEADERS = (
    Person("head", "Mrs A Example", (Role.HEAD,), "head@example.org"),
    Person("deputy", "Mr B Example", (Role.DEPUTY_HEAD,), "deputy@example.org"),
    Person("slt", "Ms C Example", (Role.SLT,), "slt@example.org"),
)
SOURCES = tuple(
    Source(f"s{n}", "feed", f"https://s{n}.example.org/", (URN,), f"Place {n}") for n in range(20)
)

_NUMBERED = """CREATE TEMP TABLE n AS SELECT i, printf('%016x', hash(i)) AS id,
    printf('%016x', hash(-1 - i // 10)) AS story,
    $now::TIMESTAMPTZ - (interval 1 second * ((i::DOUBLE / $size) * 86400 * $days)::BIGINT) AS seen,
    i % 1000 = 7 AS grave, i % 97 = 3 AS look, i % 11 = 5 AS praise, i % 23 = 0 AS news
    FROM range($size) t(i)"""
_TABLES = (
    """INSERT INTO mentions (id, version, text_hash, url, channel, kind, author, published, fetched_at,
        first_seen, restricted, stub, retain_until)
    SELECT id, 1, md5(id), 'https://host' || i % 7 || '.example.org/' || i,
        CASE WHEN news THEN 'google_news' ELSE 'local_forum' END,
        CASE WHEN news THEN 'article' ELSE 'post' END,
        'poster' || i % 5000, seen, seen, seen, false, false, seen + interval 400 day FROM n""",
    f"""INSERT INTO mention_versions (mention_id, n, text_hash, title, text, quoted, canonical_url,
        fetched_at, {", ".join(BITS)})
    SELECT id, 1, md5(id), title, text, '', 'https://host.example.org/' || i, seen,
        {", ".join(f"bits[{k + 1}]" for k in range(len(BITS)))}
    FROM (SELECT *, bits_of(title, text, author, url) AS bits FROM (
        SELECT n.*, 'A headline about the fair ' || i AS title,
            repeat('nobody rang back about the parking ', 8) || i AS text,
            author, url FROM n JOIN mentions USING (id)))""",
    """INSERT INTO sightings (mention_id, source_id, first_seen, last_seen)
    SELECT id, 's' || i % 20, seen, seen FROM n""",
    """INSERT INTO matches (mention_id, version, urn, relevance, score, reason_codes, reason_texts, story_id,
        how, seen_at)
    SELECT id, 1, '900001', 'about', 0.9, ['name'], ['Its name stands there.'], story,
        'new', seen FROM n""",
    """INSERT INTO stories (id, urn, title, first_seen, last_seen, restricted)
    SELECT story, '900001', 'A headline', min(seen), max(seen), false FROM n
    GROUP BY story""",
    """INSERT INTO verdicts (mention_id, version, urn, relevance, sentiment, abuse, about, severity, route,
        look, look_rank, subject_person, subjects, content_class, restricted, reason_codes, reason_texts,
        score_labels, score_values, model, judged_at, themes, endangers, accuses)
    SELECT id, 1, '900001', 'about', CASE WHEN praise THEN 'positive' ELSE 'negative' END,
        CASE WHEN grave THEN ['privacy'] ELSE [] END, 'staff',
        CASE WHEN grave THEN 3 WHEN praise THEN 1 ELSE 2 END,
        CASE WHEN grave THEN 'request_removal' WHEN praise THEN 'thank' ELSE 'respond' END,
        look, CASE WHEN i % 9700 = 3 THEN 1.0 ELSE (i % 100) / 100.0 END, NULL, [],
        CASE WHEN grave THEN 'C11' ELSE 'C0' END, false, ['criticism'], ['It criticises a decision.'],
        list_transform(range(14), lambda x: 'label:' || x), list_transform(range(14), lambda x: x / 20),
        'bench', seen,
        [['traffic', 'uniform', 'meals', 'results', 'buildings'][1 + i % 5]], [], [] FROM n""",
    """INSERT INTO alerts (id, story_id, urn, severity, route, content_class, restricted, audience, excluded,
        reason_codes, reason_texts, first_raised_at, raised_at, times, number)
    SELECT sha256(concat_ws(chr(31), 'alert', story, '900001'))[:16], story, '900001', 3, 'request_removal',
        'C11', false, ['head'], [], [], [], max(seen), max(seen), 1,
        (100000 + row_number() OVER (ORDER BY story))::VARCHAR
    FROM n WHERE grave GROUP BY story""",
    """INSERT INTO owners (story_id, urn, person_id, since_at, given_by, times)
    SELECT story_id, urn, 'head', raised_at, 'head', 1 FROM alerts
    WHERE raised_at < $now::TIMESTAMPTZ - interval 2 day""",
    """INSERT INTO cases (id, story_id, urn, content_class, opened_at, opened_by, hold, mention_id, due_at,
        clock)
    SELECT printf('%04d', k), story, '900001', 'C11', seen, 'schoolgate', false, id,
        $now::TIMESTAMPTZ + interval 1 hour * (k % 48 - 24), 'platform_48h'
    FROM (SELECT *, row_number() OVER (ORDER BY i) AS k FROM n WHERE grave) WHERE k <= 60""",
    """INSERT INTO case_steps (case_id, n, urn, step, actor, done_at, due_at, detail, recorded_at, why, clock)
    SELECT id, 1, urn, 'opened', opened_by, opened_at, NULL, '{"about": "staff", "mention": "' || mention_id
        || '", "proposed_class": "C11", "route": "request_removal", "story": "' || story_id || '"}',
        opened_at, '', '' FROM cases
    UNION ALL SELECT id, 2, urn, 'asked', 'head', opened_at, due_at, '{"rung": "platform_report"}', opened_at,
        'Their address stands there.', clock FROM cases""",
    """INSERT INTO source_runs (source_id, started_at, finished_at, outcome, detail, pages, mentions_read,
        mentions_new, warnings, scope)
    SELECT 's' || s, seen, seen + interval 2 second,
        CASE WHEN s = 3 AND k < 90 THEN 'blocked' ELSE 'ok' END, '', 1, 20,
        k % 5, [], ''
    FROM (SELECT s, k, $now::TIMESTAMPTZ - interval 30 minute * k AS seen
        FROM range(20) a(s), range($days * 48) b(k))""",
)


def _bits(title: str, text: str, author: str, url: str) -> list[int]:
    return list(bits_of((title, text, author, url)))


def build(store: Store, size: int, days: int, now: datetime = NOW) -> float:
    """Seconds that filling took, with what was said up to `now`."""
    began = time.perf_counter()
    store.migrate()
    given = {"now": now, "size": size, "days": days}
    with store.write("fill") as con:
        con.create_function("bits_of", _bits, ["VARCHAR"] * 4, "BIGINT[]")
        for statement in (_NUMBERED, *_TABLES):
            con.execute(statement, {k: v for k, v in given.items() if f"${k}" in statement})
        con.remove_function("bits_of")
    rewrite(store)
    return time.perf_counter() - began


def questions(store: Store, config: Config) -> dict[str, Callable[[], object]]:
    """What is asked of a store, by what it is called in the table."""
    me = Reader(config, store, LEADERS[0])

    def asked(read: Callable[[duckdb.DuckDBPyConnection], object]) -> Callable[[], object]:
        def once() -> object:
            with store.open_reader() as con:
                return read(con)

        return once

    def words(said: str) -> Callable[[], object]:
        wanted = Wanted(read_search(said), urns=(URN,))
        return asked(lambda con: matters_page(con, me, wanted, None, 50))

    with store.open_reader() as con:
        one = story_store.list_stories(con, limit=100)[:51][-1].id
        mentions = con.execute("SELECT count(*) FROM mentions").fetchone()
    return {
        "opening it": asked(lambda con: None),
        "100 stories": asked(lambda con: story_store.list_stories(con, limit=100)),
        "one story": asked(lambda con: story_store.story(con, one)),
        "the same, as a leader sees it": asked(lambda con: read_one(con, me, one, NOW)),
        "words in every post": words("rang parking"),
        "a word in one story": words(str(6 * mentions[0] // 10 if mentions else 0)),
        "words in none": words("uniform prices"),
        "all alerts": asked(lambda con: alerts_listed(con, me, NOW)),
        "purge of nothing": lambda: purge(store, NOW, Policy()),
        "digest of a day": lambda: compose(store, config),
    }


def compose(store: Store, config: Config) -> int:
    """The digests of all leaders; the letters of a page."""
    with store.open_reader() as con:
        due = due_of(config, config.schools[0], NOW.date())
        found = prepare(con, config, config.schools[0], due, LEADERS, NOW)
    return len(found[0].letter.html or "")


def least(ask: Callable[[], object], times: int = 5) -> float:
    """The least milliseconds of processor of so many times."""
    found = []
    for _ in range(times):
        busy = time.process_time()
        ask()
        found.append((time.process_time() - busy) * 1000)
    return min(found)


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--sizes", default="10000,100000,1000000")
    args.add_argument("--days", type=int, default=100)
    args.add_argument("--keep", type=Path, help="a folder for the stores, used again where they are there")
    args.add_argument("--all-new", type=Path, help=argparse.SUPPRESS)
    given = args.parse_args()
    if given.all_new:
        store = Store(given.all_new, clock=utc_now, sleep=time.sleep)
        print(least(lambda: compose(store, settings(given.all_new)), 1), most_mb(os.getpid()))
        return
    sizes = [int(size) for size in given.sizes.split(",")]
    with nullcontext(given.keep) if given.keep else tempfile.TemporaryDirectory() as folder:
        columns = [measure(Path(folder), size, given.days) for size in sizes]
    table(sizes, columns)


def settings(folder: Path) -> Config:
    return Config(folder / "schoolgate.toml", (School(URN, "Oakfield Primary School"),), SOURCES, LEADERS)


def measure(folder: Path, size: int, days: int) -> dict[str, float]:
    """Milliseconds by question; megabytes where its name says so."""
    store = Store(folder / f"home-{size}-{days}", clock=utc_now, sleep=time.sleep)
    if not store.path.exists():
        print(f"{size:,} mentions built in {build(store, size, days):.0f} s", flush=True)
    found = {"MB on the disk": store.path.stat().st_size / 1e6}
    found |= {name: least(ask) for name, ask in questions(store, settings(folder)).items()}
    said = subprocess.run(
        [sys.executable, "-P", __file__, "--all-new", str(all_new(store).home)],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    found["digest, all of it new"], found["MB of memory for that"] = map(float, said.split())
    return found


def all_new(store: Store) -> Store:
    """A copy in which all was judged three hours ago."""
    copy = Store(store.home.with_name(store.home.name + "-new"), clock=utc_now, sleep=time.sleep)
    if not copy.path.exists():
        shutil.copytree(store.home, copy.home)
        with copy.write("everything is new") as con:
            con.execute("UPDATE verdicts SET judged_at = $t", {"t": NOW - timedelta(hours=3)})
        rewrite(copy)
    return copy


def table(sizes: list[int], columns: list[dict[str, float]]) -> None:
    print(
        f"{'milliseconds of processor':<34}" + "".join(f"{size:>12,}" for size in sizes) + f"{'exponent':>10}"
    )
    for name in columns[0]:
        row = [column[name] for column in columns]
        growth = math.log(row[-1] / row[0]) / math.log(sizes[-1] / sizes[0]) if len(sizes) > 1 else 0.0
        print(f"{name:<34}" + "".join(f"{value:>12,.1f}" for value in row) + f"{growth:>10.2f}")


if __name__ == "__main__":
    main()
