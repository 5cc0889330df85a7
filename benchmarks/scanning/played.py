"""One home, scanned as `schoolgate scan` does it, for `benchmarks/gate.py`.

Nothing inside the product is changed: statements are counted by what `duckdb.connect` gives.
"""

from __future__ import annotations

import os
import resource
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

import duckdb
from held import begun_by

SETTINGS = """
contact = "office@oakfield.example.org"
base_url = "https://schoolgate.oakfield.example.org"
[dpia]
recorded_on = 2026-09-01
recorded_by = "Mrs A Example"
[mail]
host = "smtp.oakfield.example.org"
sender = "schoolgate@oakfield.example.org"
[[schools]]
urn = "900001"
name = "Oakfield Primary School"
aliases = ["Oakfield Primary", "Oakfield"]
locality = "Northvale"
county = "Northshire"
postcode = "ZZ4 1AA"
domain = "oakfield.example.org"
head = "Mrs Tamsin Quillfeather"
"""
PEOPLE = {
    "Mrs Tamsin Quillfeather": "head",
    "Ms Imogen Larkspur": "dsl",
    "Mr Ralf Ingrow": "deputy_head",
    "Mrs Ada Penhallow": "deputy_dsl",
    "Mr Osbert Fennimore": "chair",
    "Mrs Delphine Marrow": "vice_chair",
    "Mr Caspian Dray": "it_lead",
    "Mr Barnaby Thistlewood": "staff",
}
OPENING = frozenset({"ATTACH", "DETACH", "USE", "SET", "BEGIN", "COMMIT", "ROLLBACK"})
"""What opens, closes and ends a transaction: not counted among the statements."""


class Watched:
    """A DuckDB connection that notes the first word of each statement in `told`."""

    def __init__(self, con: duckdb.DuckDBPyConnection, told: list[str]) -> None:
        self._con = con
        self._told = told

    def execute(self, query: Any, *given: Any, **named: Any) -> Any:
        self._told.append(str(query).split(None, 1)[0].upper())
        return self._con.execute(query, *given, **named)

    def cursor(self) -> Watched:
        return Watched(self._con.cursor(), self._told)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)


def worked_s() -> float:
    """Seconds of processor of this process, all its threads, and every process it has begun."""
    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime + sum(map(_worked_s, begun_by(os.getpid())))


def _worked_s(pid: int) -> float:
    try:
        words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, words[11:15])) / float(os.sysconf("SC_CLK_TCK"))


class Play:
    """One home, its model and its places."""

    def __init__(self, port: int, count: int, home: Path, told: list[str]) -> None:
        self._port, self._home, self._told = port, home, told
        self._hosts = [f"127.0.{n // 250}.{n % 250 + 1}" for n in range(count)]

    def start(self) -> None:
        """Make what a scan has before its first request: settings, store, judges, the process for parsing."""
        from data.effects import utc_now
        from monitor.act.casework import make_judges
        from monitor.home import wiring
        from monitor.pipeline.scan import scan_sources

        (self._home / "schoolgate.toml").write_text(self._settings(), encoding="utf-8")
        where, self._config = wiring.open_settings(self._home, None)
        self._store = wiring.open_store(where.home)
        wiring.remember_config(self._store, self._config)
        self.judges = make_judges(self._config, where.home)
        _judge_one(self.judges)
        _parse_one(wiring.start_reading())
        self._clock, self._scan, self._wiring = utc_now, scan_sources, wiring

    def scan(self) -> dict[str, float]:
        """Scan all of them once: processor seconds, commits and statements."""
        self._ask("new")
        with self._fetcher() as fetcher:
            self._told.clear()
            worked = worked_s()
            done = list(
                self._scan(
                    self._config.sources,
                    store=self._store,
                    fetcher=fetcher,
                    judges=lambda: self.judges,
                    clock=self._clock,
                )
            )
            worked = worked_s() - worked
        kinds = Counter(self._told)
        ended = Counter(str(each.batch.run.outcome.value) for each in done)
        if ended["our_fault"] or ended["unreachable"] or len(done) != len(self._hosts):
            raise SystemExit(f"{dict(ended)}: the figures would be void.")
        statements = sum(n for kind, n in kinds.items() if kind not in OPENING)
        return {"worked": worked, "commits": kinds["COMMIT"], "statements": statements}

    def _settings(self) -> str:
        people = "".join(
            f'[[people]]\nid = "p{n}"\nname = "{name}"\nroles = ["{role}"]\n'
            f'email = "p{n}@oakfield.example.org"\n'
            for n, (name, role) in enumerate(PEOPLE.items())
        )
        sources = "".join(
            f'[[sources]]\nid = "f{n}"\nkind = "feed"\nurl = "http://{host}:{self._port}/{n}.xml"\n'
            f"surfaced = {str(n % 3 == 0).lower()}\n"
            for n, host in enumerate(self._hosts)
        )
        return SETTINGS + people + sources

    def _fetcher(self) -> Any:
        from sources.http.politeness import Limits

        hosts = frozenset((host, self._port) for host in self._hosts)
        return self._wiring.fetcher(
            self._config, limits=Limits(per_host_interval_s=0.0), allow_loopback=hosts
        )

    def _ask(self, way: str) -> None:
        with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/!{way}") as answer:
            answer.read()


def _judge_one(judges: Any) -> None:
    """Loads the model, that of languages, and what wakes the signals."""
    from data.effects import utc_now
    from data.types import Mention, MentionKind, Source
    from monitor.pipeline.judge import verdicts_on

    text = "Winter fair Oakfield Primary Northvale: raffle, tombola, cakes, mulled wine, Saturday 10 December"
    url = "https://talk.example.org/1"
    mention = Mention("1", url, "local_forum", MentionKind.POST, "", text, fetched_at=utc_now())
    (matches,) = judges.linker.link([mention], Source("warm", "feed", url, urns=("900001",)))
    verdicts_on([(mention, matches)], judges)


def _parse_one(apart: Callable[..., Any]) -> None:
    """Begins the process that parses, and has it load what it parses feeds with."""
    from data.effects import utc_now
    from data.types import Response, Source
    from sources.registry import collector

    body = (
        b'<rss version="2.0"><channel><item><guid>1</guid><description>A</description></item></channel></rss>'
    )
    url = "https://talk.example.org/feed.xml"
    answer = Response(url, 200, (("content-type", "application/rss+xml"),), body, utc_now())
    apart(collector("feed").parse, Source("warm", "feed", url), answer)
