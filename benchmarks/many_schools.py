"""One home of so many schools, read once, for `benchmarks/tenants.py`: by the code of whoever's Python.

    python -P benchmarks/many_schools.py SCHOOLS [SOURCES] [SECONDS] [BROAD]

Each school has 5 people, 4 sources in the configuration and 20 posts of the last days in the store; two broad
feeds name no school. Whatever the number of schools, SOURCES sources of one school are read, of as many
schools as there are, 5 new posts each, and BROAD new posts of the broad feeds, until SECONDS of processor are
used. The model is a stand-in that says the same of every text at once. Printed is JSON: milliseconds of
processor a mention by stage.
"""

from __future__ import annotations

import gc
import json
import random
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from classifiers.scoring.network import LABELS
from data.store import sources as source_store
from data.store.engine.open import Store
from data.store.engine.rows import names
from data.types import Mention, MentionKind, Outcome, Person, Role, School, Scores, Source, SourceRun
from monitor.config.load import Config
from monitor.home import wiring
from monitor.pipeline import judge as judging
from monitor.pipeline.collect import Collected
from monitor.pipeline.judges import Judges

NOW = datetime.now(UTC).replace(microsecond=0)
POSTS, BEFORE, GROUP = 5, 20, 64
ROLES = ((Role.HEAD,), (Role.DSL, Role.DEPUTY_HEAD), (Role.CHAIR,), (Role.IT_LEAD,), (Role.STAFF,))
KINDS = ("Primary School", "Academy", "Church of England Primary School", "High School", "Infant School")
SYLLABLES = names(
    "bar cot dun elm fen gar hex ing kel lar mar nor oak pen quil ros sed tam und ver wil yar ash bram chul "
    "dray eff fos gris holt"
)
CHATTER = names(
    "well anyway honestly lovely dreadful whatever morning somebody nobody again never always maybe tomorrow "
    "really thanks please sorry hello neighbours shop garden weather bus queue rain dinner coffee"
)
OURS = (
    "Does anybody know when {school} in {place} has its winter fair this year, please?",
    "The parking outside {school}, {place} was dreadful again this morning and nobody from the office came.",
    "So proud of the choir of {school} who sang at the hospice in {place} on Friday.",
)
OTHERS = (
    "Two for one on all compost at the garden centre until Sunday, and the café is open as well.",
    "Roadworks on the bypass for another week, take the top road if you are going to the hospital.",
    "Lost: a grey cat with one white paw, answers to Biscuit, last seen by the allotments on Tuesday.",
    "The council meets on Thursday about the new bins; anybody may come and ask a question.",
)


class Same:
    """Stands for the model: a calm note about a school, whatever is said."""

    def score(self, texts: Sequence[str]) -> Scores:
        said = {"sentiment:neutral": 0.95, "about:school": 0.95, "route:note": 0.95, "relevant": 0.3}
        row = [said.get(label, 0.0) for label in LABELS]
        values = np.array([row] * len(texts), dtype=np.float32)
        return Scores(LABELS, values, (False,) * len(texts), "same")


class Stages:
    """Seconds of processor by stage; what one stage does within another is its own."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self._open: list[str] = []
        self._since = 0.0

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        self._turn()
        self._open.append(name)
        try:
            yield
        finally:
            self._turn()
            self._open.pop()

    def timed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def run(*args: Any, **named: Any) -> Any:
            with self.of(name):
                return work(*args, **named)

        return run

    def _turn(self) -> None:
        now = time.process_time()
        if self._open:
            self.spent[self._open[-1]] += now - self._since
        self._since = now


def word(rng: random.Random, least: int = 2) -> str:
    return "".join(rng.choices(SYLLABLES, k=least + rng.randrange(2))).capitalize()


def configured(count: int, rng: random.Random) -> Config:
    """The schools with their people and sources; a name is borne by three schools, a town by twelve."""
    towns = [word(rng) for _ in range(max(1, count // 12))]
    borne = [word(rng) for _ in range(max(1, count // 3))]
    schools, people = [], []
    for n in range(count):
        urn, head = f"{100000 + n}", f"{word(rng, 1)} {word(rng)}"
        name = f"{borne[n % len(borne)]} {KINDS[n // len(borne) % len(KINDS)]}"
        town = towns[n % len(towns)]
        schools.append(
            School(urn, name, locality=town, postcode=f"ZZ{n % 90} {n % 9}AA", head=head, domain=f"s{n}.test")
        )
        staff = [head, *(f"{word(rng, 1)} {word(rng)}" for _ in ROLES[1:])]
        people += [
            Person(f"p{n}-{i}", name, roles, f"p{n}-{i}@example.org", (urn,))
            for i, (name, roles) in enumerate(zip(staff, ROLES, strict=True))
        ]
    sources = [source(n, schools, f"own{n}") for n in range(4 * count)]
    return Config(Path("schoolgate.toml"), tuple(schools), (*sources, *broad()), tuple(people))


def source(n: int, schools: Sequence[School], name: str) -> Source:
    return Source(
        name, "feed", f"https://{name}.example.org/", urns=(schools[n % len(schools)].urn,), surfaced=True
    )


def broad() -> tuple[Source, ...]:
    return tuple(Source(f"broad{n}", "feed", f"https://broad{n}.example.org/") for n in range(2))


def reading(of: Source, school: School, rng: random.Random, count: int, ours: float) -> Collected:
    mentions = []
    for _ in range(count):
        said = rng.choice(OURS if rng.random() < ours else OTHERS)
        own = " ".join(rng.choices(CHATTER, k=12))
        text = said.format(school=school.name, place=school.locality) + f" {own}."
        id_ = f"{rng.getrandbits(64):016x}"
        mentions.append(
            Mention(id_, f"https://talk.example.org/{id_}", "local_forum", MentionKind.POST, "", text, NOW,
                    author=f"a{id_[:4]}", published=NOW - timedelta(minutes=rng.randrange(3000)))
        )  # fmt: skip
    run = SourceRun(of.id, NOW, NOW, Outcome.OK, pages=1, mentions_read=count)
    return Collected(of, run, tuple(mentions))


def filled(store: Store, config: Config) -> None:
    """So many posts of each school, each a story of its own, as scans of the last days left them."""
    given = {"urns": [s.urn for s in config.schools], "now": NOW, "each": BEFORE}
    print_of = "unhex(concat(" + ", ".join(f"md5(id || '{n}')" for n in range(24)) + "))"
    with store.write("fill") as con:
        con.execute(
            """CREATE TEMP TABLE told AS SELECT md5('m' || (i * 100000 + u)::VARCHAR)[:16] AS id,
            list_extract($urns, u) AS urn,
            $now - to_minutes(60 + i * 500) AS seen
            FROM range(1, len($urns) + 1) a(u), range($each) b(i)""",
            given,
        )
        for statement in (
            """INSERT INTO mentions SELECT id, 1, md5(id), 'https://talk.example.org/' || id, 'local_forum',
            'post',
            'a' || id, seen, NULL, NULL, NULL, seen, seen, FALSE, FALSE, $now + INTERVAL 30 DAY FROM told""",
            f"""INSERT INTO mention_versions (mention_id, n, text_hash, title, text, quoted, canonical_url,
            minhash, fetched_at, body_hash)
            SELECT id, 1, md5(id), '', 'A post ' || id, '', '', {print_of}, seen, md5(id)
            FROM told""",
            """INSERT INTO matches SELECT id, 1, urn, 'about', 0.9, ['full_name'], ['It names it.'],
            md5(id)[:16], 'new', seen FROM told""",
            """INSERT INTO verdicts (mention_id, version, urn, relevance, sentiment, abuse, about, severity,
            route, look, look_rank, subjects, content_class, restricted, reason_codes, reason_texts,
            score_labels, score_values, model, judged_at, themes)
            SELECT id, 1, urn, 'about', 'neutral', [], 'school', 1, 'note',
            FALSE, 0, [], 'C0', FALSE, [], [], [], [], 'same', seen, [] FROM told""",
            "INSERT INTO stories SELECT md5(id)[:16], urn, 'A post', seen, seen, FALSE FROM told",
        ):
            con.execute(statement, {"now": NOW} if "$now" in statement else {})
        source_runs_begun(con, config)


def source_runs_begun(con: Any, config: Config) -> None:
    """Every source was first read a month ago."""
    con.execute(
        """INSERT INTO beginnings SELECT unnest($ids), unnest($urns), $at""",
        {
            "ids": [s.id for s in config.sources for _ in s.urns],
            "urns": [u for s in config.sources for u in s.urns],
            "at": NOW - timedelta(days=30),
        },
    )
    assert source_store.states(con, []) == {}


def watch(stages: Stages, judges: Judges) -> Judges:
    """The same judges, and what is timed of the code that uses them."""
    from data.store import mentions as batches

    places: list[tuple[Any, str, str]] = [
        (judging, "find_signals", "signals"), (judging, "decide", "decide"),
        (batches, "save_all", "save"),
    ]  # fmt: skip
    places += [(judging, name, "fold") for name in ("fold",)]
    if hasattr(judging, "story_store"):
        places.append((judging.story_store, "sketches", "fold"))
    if hasattr(judges, "recent"):
        places += [(type(judges.recent), name, "fold") for name in ("fold", "shelves")]
    for owner, name, stage in places:
        if hasattr(owner, name):
            setattr(owner, name, stages.timed(stage, getattr(owner, name)))
    linked = ModuleType("linked")
    linked.link = stages.timed("link", judges.linker.link)  # type: ignore[attr-defined]
    return replace(judges, linker=linked, scorer=Same)  # type: ignore[arg-type]


def read_all(store: Store, judges: Judges, readings: Sequence[Collected], stages: Stages) -> None:
    """Reads, judges and saves as a scan does: in groups where there are groups."""
    if not hasattr(judging, "keep_all"):
        for one in readings:
            with stages.of("read"):
                judged = judging.judge(one, store, judges, NOW)
            with stages.of("save"), store.write("scan") as con:
                judging.keep_all(con, [judged], judges, NOW)
        return
    with stages.of("read"), store.open_reader() as con:
        before = judging.load_context(con, readings, judges, NOW)
    with stages.of("judge"):
        all_judged = judging.judge_readings(readings, before, judges)
    with stages.of("save"), store.write("scan") as con:
        judging.keep_all(con, all_judged, judges, NOW)


def measured(
    store: Store, judges: Judges, stages: Stages, readings: Sequence[Collected], seconds: float, group: int
) -> dict[str, float]:
    """Milliseconds a mention by stage."""
    stages.spent.clear()
    count, began = 0, time.process_time()
    for at in range(0, len(readings), group):
        if time.process_time() - began > seconds:
            break
        read_all(store, judges, readings[at : at + group], stages)
        count += sum(len(one.mentions) for one in readings[at : at + group])
    whole = time.process_time() - began
    found = {name: 1000 * spent / count for name, spent in stages.spent.items()}
    return found | {"whole": 1000 * whole / count, "mentions": count}


def rss_mb() -> float:
    gc.collect()
    line = next(x for x in Path("/proc/self/status").read_text().splitlines() if x.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


def main() -> None:
    count, sources, seconds, wide = (
        int(sys.argv[i]) if len(sys.argv) > i else given for i, given in ((1, 1), (2, 320), (3, 60), (4, 40))
    )
    rng = random.Random(count)
    config = configured(count, rng)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        store = wiring.open_store(home)
        filled(store, config)
        group = GROUP if hasattr(judging, "keep_all") else 1
        own = [
            reading(source(n * count // sources, config.schools, f"s{n}"),
                    config.schools[n * count // sources % count], rng, POSTS, 0.6)
            for n in range(sources)
        ]  # fmt: skip
        wide_ones = [
            reading(of, rng.choice(config.schools), rng, 1 if group == 1 else 20, 0.2)
            for _ in range(wide // (2 if group == 1 else 40))
            for of in broad()
        ]
        held = rss_mb()
        began = time.process_time()
        judges = replace(wiring.judges(config, home), scorer=Same)
        made = time.process_time() - began
        judging.judge(reading(config.sources[0], config.schools[0], rng, 1, 1), store, judges, NOW)
        if wide_ones:  # nothing of it is kept: what is made for broad feeds is made
            judging.judge(reading(broad()[0], config.schools[0], rng, 1, 0), store, judges, NOW)
        started = time.process_time() - began
        stages = Stages()
        judges = watch(stages, judges)
        found: dict[str, Any] = {"own": measured(store, judges, stages, own, seconds, group)}
        found["again"] = measured(store, judges, stages, own, seconds, group)
        if wide_ones:
            found["broad"] = measured(store, judges, stages, wide_ones, seconds, group)
            found["broad again"] = measured(store, judges, stages, wide_ones, seconds, group)
        found |= {"made_ms": 1000 * made, "start_ms": 1000 * started, "mb": rss_mb() - held}
        found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(found))


if __name__ == "__main__":
    main()
