"""The daily digest over a big store: how long composing takes, and how much memory.

python -P benchmarks/digest.py [--mentions 1000000] [--days 100] [--keep FOLDER]

The store is written with one SQL statement a table: a hundred days of mentions of one school, ten to a
story, some grave, some worth a look, some news, sixty open cases; 20 sources with a run every half hour.
Then the digest of the last day is composed for three leaders, five times, each with a store opened anew;
and once more for a window that holds everything.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import tempfile
import time
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

from data.effects import utc_now
from data.store.engine.open import Store
from data.types import Person, Role, School, Source
from monitor.config.load import Config
from monitor.service.tasks.digests import due_of, prepare

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
    """INSERT INTO mentions SELECT id, 1, md5(id), 'https://host' || i % 7 || '.example.org/' || i,
        CASE WHEN news THEN 'google_news' ELSE 'local_forum' END,
        CASE WHEN news THEN 'article' ELSE 'post' END,
        'poster' || i % 5000, seen, NULL, NULL, NULL, seen, seen, false, false,
        seen + interval 400 day FROM n""",
    """INSERT INTO mention_versions SELECT id, 1, md5(id), 'A headline about the fair ' || i,
        repeat('nobody rang back about the parking ', 8) || i, '', 'https://host.example.org/' || i,
        NULL, seen, NULL, NULL FROM n""",
    "INSERT INTO sightings SELECT id, 's' || i % 20, seen, seen FROM n",
    """INSERT INTO matches SELECT id, 1, '900001', 'about', 0.9, ['name'], ['Its name stands there.'], story,
        'new', seen FROM n""",
    """INSERT INTO stories SELECT story, '900001', 'A headline', min(seen), max(seen), false FROM n
    GROUP BY story""",
    """INSERT INTO verdicts (mention_id, version, urn, relevance, sentiment, abuse, about, severity, route,
        look, look_rank, subject_person, subjects, content_class, restricted, reason_codes, reason_texts,
        score_labels,         score_values, model, judged_at, themes)
    SELECT id, 1, '900001', 'about', CASE WHEN praise THEN 'positive' ELSE 'negative' END,
        CASE WHEN grave THEN ['privacy'] ELSE [] END, 'staff',
        CASE WHEN grave THEN 3 WHEN praise THEN 1 ELSE 2 END,
        CASE WHEN grave THEN 'request_removal' WHEN praise THEN 'thank' ELSE 'respond' END,
        look, CASE WHEN i % 9700 = 3 THEN 1.0 ELSE (i % 100) / 100.0 END, NULL, [],
        CASE WHEN grave THEN 'C11' ELSE 'C0' END, false, ['criticism'], ['It criticises a decision.'],
        list_transform(range(14), lambda x: 'label:' || x), list_transform(range(14), lambda x: x / 20),
        'bench', seen,
        [['traffic', 'uniform', 'meals', 'results', 'buildings'][1 + i % 5]] FROM n""",
    """INSERT INTO alerts (id, story_id, urn, severity, route, content_class, restricted, audience, excluded,
        reason_codes, reason_texts, first_raised_at, raised_at, times, acked_at, acked_by, handed_over_at,
        handed_over_by)
    SELECT substr(md5(story), 1, 16), story, '900001', 3, 'request_removal', 'C11',
        false, ['head'], [], [], [], max(seen), max(seen), 1,
        CASE WHEN max(seen) < $now::TIMESTAMPTZ - interval 2 day THEN max(seen) END, 'head', NULL, NULL
    FROM n WHERE grave GROUP BY story""",
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


def build(store: Store, size: int, days: int) -> float:
    """Seconds that filling took."""
    began = time.perf_counter()
    store.migrate()
    given = {"now": NOW, "size": size, "days": days}
    with store.write("fill") as con:
        for statement in (_NUMBERED, *_TABLES):
            con.execute(statement, {k: v for k, v in given.items() if f"${k}" in statement})
    return time.perf_counter() - began


def compose(store: Store, config: Config) -> tuple[float, float, int]:
    """Seconds for the digests of all leaders, by the clock and of processor, and the letters of a page."""
    began, busy = time.perf_counter(), time.process_time()
    with store.read() as con:
        found = prepare(
            con, config, config.schools[0], due_of(config, config.schools[0], NOW.date()), LEADERS, NOW
        )
    took, spent = time.perf_counter() - began, time.process_time() - busy
    return took, spent, len(found[0].letter.html or "")


def memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--mentions", type=int, default=1_000_000)
    args.add_argument("--days", type=int, default=100)
    args.add_argument("--keep", type=Path, help="a folder for the store, used again where it is there")
    given = args.parse_args()
    with nullcontext(given.keep) if given.keep else tempfile.TemporaryDirectory() as folder:
        measure(Path(folder), given.mentions, given.days)


def measure(folder: Path, size: int, days: int) -> None:
    store = Store(folder / f"home-{size}-{days}", clock=utc_now, sleep=time.sleep)
    config = Config(folder / "schoolgate.toml", (School(URN, "Oakfield Primary School"),), SOURCES, LEADERS)
    if not store.path.exists():
        print(f"built in {build(store, size, days):.0f} s; most memory so far {memory():,.0f} MB")
    print(f"{size:,} mentions over {days} days, {store.path.stat().st_size / 1e6:,.0f} MB; three leaders")
    before = memory()
    times = [compose(store, config) for _ in range(5)]
    seconds = [t for t, _, _ in times]
    print(f"a day's digest: {statistics.median(seconds):.2f} s (the slowest {max(seconds):.2f}; "
          f"of processor {statistics.median(c for _, c, _ in times):.2f}), "
          f"a page of {times[0][2]:,} letters; memory {before:,.0f} → {memory():,.0f} MB")  # fmt: skip
    with store.write("everything is new") as con:
        con.execute("UPDATE verdicts SET judged_at = $t", {"t": NOW - timedelta(hours=3)})
    print(f"all of it new since yesterday: {compose(store, config)[0]:.2f} s; memory {memory():,.0f} MB")


if __name__ == "__main__":
    main()
