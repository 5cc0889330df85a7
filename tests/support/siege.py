"""A service that is killed again and again while people publish and everything around it fails.

Each round forks a service, lets people publish, kills it, and looks what is stored. In turns the mail
server is away or refuses, the disk is full, somebody reads the file with another program; the clock is
moved a quarter of an hour or to the next morning. `finish` mends all of it and lets one service catch up.
"""

import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.request import urlopen
from zoneinfo import ZoneInfo

from support.checkout import ROOT
from support.disks import small_disk
from support.mail_server import HANG_UP, Taken, post_office
from support.service_forks import PEOPLE, PLACES, Places, Worker, configured, number_of
from support.web_server import serve

from alerts.escalation import TABLE
from data.effects import utc_now
from data.store.alerts import ack
from data.store.engine.open import Store
from data.types import Severity
from data.words.say import words

_STORIES = "SELECT mention_id, story_id FROM matches WHERE story_id IS NOT NULL"
_ALERTS = "SELECT id, story_id, severity, audience FROM alerts"
_OUTBOX = """SELECT key, kind, person_id, alert_id, sent_at IS NOT NULL,
    failed_at IS NOT NULL AND told_at IS NOT NULL,
    (SELECT max_by(outcome || ' ' || detail, attempt) FROM deliveries WHERE outbox_key = key) FROM outbox"""
_ESCALATIONS = "SELECT alert_id, times, told_at, person_id FROM escalations ORDER BY told_at"
_DIGESTS = """SELECT e.outbox_key, e.period, e.person_id, o.told_at IS NOT NULL
    FROM editions e JOIN outbox o ON o.key = e.outbox_key WHERE e.kind = 'digest'"""
_OF_OUR_TROUBLES = {
    line.format(school="Oakfield Primary School")
    for key, line in words("en").lines.items()
    if key.startswith("notice.")
    and "subject" in key
    and isinstance(line, str)
    and line.count("{") == line.count("{school}")
}
"""These go past the store, so that no message there is theirs."""


@dataclass(slots=True)
class Account:
    """`counts` in the order in which they are told, and in `faults` all that is not as it must be."""

    counts: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def none(self, what, found):
        """Counts what there may be none of."""
        wrong = list(found)
        self.counts[what] = len(wrong)
        self.faults += [f"{what}: {one}" for one in wrong]

    def table(self):
        width = max(map(len, self.counts))
        return "\n".join(f"{what:<{width}}  {n:>6}" for what, n in self.counts.items())


def account(store, published, stored, taken, *, aged=True):
    """`stored` holds, by number, the ids under which a post was ever seen in the store. `aged` says that
    every alert was left alone for long enough to go to the next person."""
    found = Account()
    with store.open_reader() as con:
        stories: dict[str, set[str]] = defaultdict(set)
        for mention_id, story_id in con.execute(_STORIES).fetchall():
            stories[mention_id].add(story_id)
        alerts = con.execute(_ALERTS).fetchall()
        outbox = con.execute(_OUTBOX).fetchall()
        escalations = con.execute(_ESCALATIONS).fetchall()
        editions = con.execute(_DIGESTS).fetchall()
        edited = con.execute("SELECT mention_id FROM mention_versions WHERE n > 1").fetchall()
    _posts(found, published, stored, edited)
    told = _threats(found, published, stored, stories, alerts)
    _mails(found, alerts, outbox, escalations, editions, list(taken))
    found.none("threats that nobody was told of", [n for n, ids in sorted(told.items()) if not ids])
    if aged:
        asked = {alert for alert, *_ in escalations}
        young = [a for a, _, severity, _ in alerts if severity == Severity.THIS_HOUR and a not in asked]
        found.none("alerts that never went to the next person", young)
    return found


def _posts(found, published, stored, edited):
    found.counts["posts published"] = len(published)
    found.counts["posts stored"] = len(stored.keys() & published.keys())
    found.none("posts missing", sorted(published.keys() - stored.keys()))
    found.none("posts stored twice", [n for n, ids in stored.items() if len(ids) > 1] + edited)


def _threats(found, published, stored, stories, alerts):
    """The alerts of each threat."""
    story_of: dict[int, set[str]] = defaultdict(set)
    for n, post in published.items():
        if post.threat is not None:
            story_of[post.threat] |= {s for i in stored.get(n, ()) for s in stories.get(i, ())}
    ours = {story for found_in in story_of.values() for story in found_in}
    by_story = defaultdict(set)
    for alert_id, story_id, *_ in alerts:
        by_story[story_id].add(alert_id)
    shared = [
        (s, sorted(t for t, one in story_of.items() if s in one))
        for s, n in Counter(s for one in story_of.values() for s in one).items()
        if n > 1
    ]
    found.counts["threats"] = len(story_of)
    found.counts["their stories"] = len(ours)
    found.none("threats with more than one story", [t for t, one in story_of.items() if len(one) > 1])
    found.none("stories of more than one threat", shared)
    found.counts["alerts"] = len(alerts)
    found.none("alerts of no threat", [a for a, story, *_ in alerts if story not in ours])
    return {t: {a for s in one for a in by_story[s]} for t, one in story_of.items()}


def _mails(found, alerts, outbox, escalations, editions, taken):
    received: dict[str, list[Taken]] = defaultdict(list)
    for one in taken:
        if str(one.mail["Subject"]) not in _OF_OUR_TROUBLES:
            received[one.id.strip("<>").partition("@")[0]].append(one)
    kinds = {key: kind for key, kind, *_ in outbox}
    mails = sum(map(len, received.values()))
    found.counts["mails received"] = mails
    found.counts["their Message-IDs"] = len(received)
    found.counts["mails of troubles of ours besides"] = len(taken) - mails
    found.counts["repeats under one Message-ID"] = mails - len(received)
    found.none(
        "repeats that are not the same mail",
        [k for k, m in received.items() if len({(one.to, one.content) for one in m}) > 1],
    )
    found.none("mails of no message", received.keys() - kinds.keys())
    found.none(
        "messages sent, but not received",
        [k for k, _, _, _, sent, *_ in outbox if sent and k not in received],
    )
    _instants(found, alerts, outbox, received)
    found.counts["escalations"] = len(escalations)
    found.none("people asked about one alert sooner than its table has it", _too_soon(escalations))
    _digests(found, editions, received)


def _too_soon(escalations):
    """Askings sooner than the table's first after the last of that person: alert, time of raising, person."""
    last: dict[tuple, datetime] = {}
    found = []
    for alert, times, told_at, person in escalations:
        before = last.get((alert, times, person))
        if before is not None and told_at - before < TABLE[1].after:
            found.append((alert, times, person))
        last[alert, times, person] = told_at
    return found


def _instants(found, alerts, outbox, received):
    """Whom a server refused for good is not told; then that is told, and somebody else knows of the alert."""
    instants = [row for row in outbox if row[1] == "instant"]
    got = {(alert, person) for key, _, person, alert, *_ in instants if key in received}
    known = {alert for key, _, _, alert, *_ in outbox if key in received}
    refused = {(alert, person) for _, _, person, alert, _, told, _ in instants if told and alert in known}
    why = {(alert, person): last for _, _, person, alert, _, _, last in instants}
    wanted = {(alert, person) for alert, _, _, audience in alerts for person in audience}
    found.counts["instant messages"] = len(instants)
    found.counts["refused to the end, and others told instead"] = len(refused - got)
    never = [(*one, why.get(one, "no message")) for one in sorted(wanted - got - refused)]
    found.none("people who were never told of their alert", never)


def _digests(found, editions, received):
    found.counts["digests composed"] = len(editions)
    found.counts["digests received"] = sum(key in received for key, *_ in editions)
    lost = [(p, who) for key, p, who, told in editions if key not in received and not told]
    found.none("digests that did not come, and nobody was told", lost)
    twice = Counter((p, who) for key, p, who, _ in editions for _ in received.get(key, ()))
    found.none("digests received twice", [one for one, n in twice.items() if n > 1])


def verified(home):
    """How `schoolgate evidence verify` ended, and what it said."""
    run = subprocess.run(
        [sys.executable, "-P", "-m", "monitor.cli.app", "evidence", "verify", "--home", str(home)],
        capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    return run.returncode, run.stdout + run.stderr


LONDON = ZoneInfo("Europe/London")
MORNING = 7, 20
"""When a day begins that the clock is moved to: the digest is due ten minutes later."""
QUARTER = timedelta(minutes=16)
"""An alert that nobody took by then goes to the next person."""
QUARTERS_UNTIL_TAKEN = 5
"""So many after all is stored somebody takes every alert; by then each has gone to the next."""
PUT_OFF = timedelta(minutes=5)
"""The longest that an urgent message waits for its next try."""
SPARE = timedelta(hours=1)
"""The clock is not moved so far that an urgent message has less left: it would end of itself, unsent."""
WORK = ("tend", "mail")
MAIL = ("away", "busy", "refuses", "hangs up")
LONG_READ_S = 34.0
"""Longer than the store is waited for."""
_READER = """
import sys, time
import duckdb
for _ in range(2000):
    try:
        con = duckdb.connect(sys.argv[1], read_only=True)
    except duckdb.Error:
        time.sleep(0.005)
    else:
        print("reads", flush=True)
        time.sleep(float(sys.argv[2]))
        break
"""
_WAITING = """SELECT min(epoch(expires_at)) FILTER (kind IN ('instant', 'escalation')), count(*) FROM outbox
    WHERE sent_at IS NULL AND withdrawn_at IS NULL AND failed_at IS NULL AND unsure_at IS NULL
    AND due_at <= $now AND expires_at > $now"""


class Siege:
    """One home, who publishes about it, and what befalls it. `cycle` rounds are a day."""

    def __init__(self, home, worker, places, office, disk, chance):
        self.store = Store(home, clock=utc_now, sleep=time.sleep)
        self.worker, self.places, self.office, self.disk = worker, places, office, disk
        self.chance, self.health_port = chance, 0
        self.cycle, self.life_s, self.long_reads = 15, (0.05, 6.0), True
        self.n = 0
        self.counts: Counter[str] = Counter()
        self.stored: dict[int, set[str]] = {}
        self.faults: list[str] = []
        self._readers: list[subprocess.Popen[str]] = []
        self._ends: datetime | None = None
        self._waiting = 0

    def begin_on_monday(self):
        """The morning of a school day: the first that is to come."""
        self.worker.move(self._to_morning())
        while self.worker.clock().astimezone(LONDON).weekday():
            self.worker.move(timedelta(days=1))

    def kill_one(self):
        """One round. A service that had ended before it could be killed is not counted as killed."""
        self.n += 1
        life_s, acts = self._weather(self.chance.uniform(*self.life_s))
        cannot_begin = self._out_of_the_way()
        pid, began = self.worker.begin("serve", self.disk.most_bytes), time.monotonic()
        if self.n % self.cycle == 0:
            self._evening()
            began = time.monotonic()
        for at_s, act in sorted(acts, key=lambda one: one[0]):
            time.sleep(max(0.0, began + at_s - time.monotonic()))
            act()
        time.sleep(max(0.0, began + life_s - time.monotonic()))
        code = self.worker.end(pid, signal.SIGKILL)
        self.counts["kills"] += code == -signal.SIGKILL
        if code != -signal.SIGKILL:
            self._ended_by_itself(code, cannot_begin or self._out_of_the_way())
        self.look()

    def finish(self, limit_s=300.0):
        """All is well again, and one service lives until nothing is left to do, then is told to end."""
        self._mend_mail()
        self.disk.free()
        for reader in self._readers:
            reader.communicate()
        pid, until = self.worker.begin("serve"), time.monotonic() + limit_s
        quiet, before, quarters = 0, self._settled(until), 0
        while quiet < 2 and time.monotonic() < until:
            self.worker.move(QUARTER)
            quarters += self._all_stored()  # what is read later is raised later
            if quarters == QUARTERS_UNTIL_TAKEN:
                self._take_all()
            now = self._settled(until)
            quiet = quiet + 1 if now == before and self._all_stored() else 0
            before = now
        if quiet < 2:
            self.faults.append(f"it was not quiet after {limit_s:.0f} s: {before}")
        code = self.worker.end(pid, signal.SIGTERM)
        if code:
            self.faults.append(f"the last service ended with {code}")
        self.look()

    def _take_all(self):
        """Somebody has every alert in hand: else people would be asked again each morning."""
        with self.store.write("take them") as con:
            for (alert_id,) in con.execute("SELECT id FROM alerts").fetchall():
                ack(con, alert_id, "head", self.worker.clock())

    def look(self):
        """What is stored by now. What was seen there once may not be missing later."""
        sql = """SELECT m.id, coalesce(m.url, r.url) FROM mentions m
            LEFT JOIN restricted_texts r ON r.mention_id = m.id AND r.n = m.version"""
        with self.store.open_reader() as con:
            rows = con.execute(sql).fetchall()
            kept = {i for (i,) in con.execute("SELECT mention_id FROM fingerprints").fetchall()}
            waits, self._waiting = con.execute(_WAITING, {"now": self.worker.clock()}).fetchall()[0]
        self._ends = datetime.fromtimestamp(waits, LONDON) if waits else None
        for mention_id, url in rows:
            if url and number_of(url):
                self.stored.setdefault(number_of(url), set()).add(mention_id)
        there = kept | {mention_id for mention_id, _ in rows}
        lost = [n for n, ids in self.stored.items() if not ids <= there]
        self.faults += [f"round {self.n}: number {n} is there no more" for n in lost]

    def _weather(self, life_s):
        """How long this round lasts, and what happens in it, by seconds from its start."""
        day, k = divmod(self.n, self.cycle)
        part = k / self.cycle
        acts: list[tuple[float, Callable[[], None]]] = []

        def within(act):
            acts.append((self.chance.uniform(0.0, life_s), act))

        self._mail(MAIL[day % len(MAIL)] if 0.2 <= part < 0.45 else None)
        crowded = 0.5 <= part < 0.7
        full = crowded and day % 2 == 0
        self.counts["rounds with the disk full"] += full
        if full != self.disk.is_full:
            within(self.disk.fill if full else self.disk.free)
        if crowded and day % 2 == 1:
            long = self.long_reads and day % 4 == 3 and part < 0.6
            life_s = LONG_READ_S + 6 if long else life_s
            acts.append((self.chance.uniform(0.0, 2.0), lambda: self._read_for(LONG_READ_S if long else 3.0)))
        if k == 0:
            self.counts["mornings"] += 1
            within(lambda: self.worker.move(self._to_morning()))
        elif self.chance.random() < 0.35 and self._may_move():
            self.counts["quarters of an hour"] += 1
            within(lambda: self.worker.move(QUARTER))
        for _ in range(int(min(life_s, 6.0)) + 1):
            within(lambda: self.places.calm(self.chance.choice(PLACES)))
        if self.chance.random() < 0.4:
            where = self.chance.sample(PLACES, 1 + (self.chance.random() < 0.2))
            within(lambda: self.places.threat(*where))
        return life_s, acts

    def _mail(self, how):
        self._mend_mail()
        if how is None:
            return
        self.counts["rounds with mail in trouble"] += 1
        if how == "away":
            assert self.office.line is not None
            self.office.line.stop()
        elif how == "busy":
            self.office.rcpt = lambda address: "451 4.7.1 greylisted, come again"
        elif how == "refuses":
            self.office.rcpt = lambda address: "550 5.1.1 no such person here"
        else:
            self.office.data = lambda address: HANG_UP

    def _mend_mail(self):
        assert self.office.line is not None
        self.office.line.start()
        self.office.rcpt = self.office.data = lambda address: None

    def _read_for(self, seconds):
        self.counts["readers"] += 1
        command = [sys.executable, "-c", _READER, str(self.store.path), str(seconds)]
        self._readers.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))

    def _to_morning(self):
        """Till the next one; never a whole day, in which an urgent message would end."""
        here = self.worker.clock().astimezone(LONDON)
        next_one = here.replace(hour=MORNING[0], minute=MORNING[1], second=0, microsecond=0)
        return (next_one if here < next_one else next_one + timedelta(days=1)) - here

    def _may_move(self):
        """By a quarter of an hour."""
        return self._ends is None or self.worker.clock() + QUARTER + SPARE < self._ends

    def _evening(self, limit_s=120.0):
        """Nobody is killed before every message has gone out: by the next morning it would have ended. What
        was put off is tried again after some minutes, so the clock goes on."""
        began, moved = time.monotonic(), time.monotonic()
        self.look()
        while self._waiting and time.monotonic() - began < limit_s:
            time.sleep(0.5)
            self.look()
            if time.monotonic() - moved > 5.0:
                moved = time.monotonic()
                self.worker.move(PUT_OFF)
        if self._waiting:
            self.faults.append(f"round {self.n}: {self._waiting} messages wait after {limit_s:.0f} s")

    def _out_of_the_way(self):
        """Is there what keeps a service from beginning: no room, or another who holds the file?"""
        return self.disk.is_full or any(reader.poll() is None for reader in self._readers)

    def _ended_by_itself(self, code, cannot_begin):
        """It may not begin where it cannot write; at any other time it must live."""
        if cannot_begin:
            self.counts["services that could not begin"] += 1
        else:
            self.faults.append(f"round {self.n}: the service ended by itself, with {code}")

    def _settled(self, until):
        """The figures, once they have stood still while each kind of work was begun and ended anew."""
        before, ends = None, defaultdict(set)
        while time.monotonic() < until:
            now = self._figures()
            if now != before:
                before, ends = now, defaultdict(set)
            for work, at in self._last_ends().items():
                ends[work].add(at)
            if all(len(ends[work]) > 2 for work in WORK):  # the last of three began after the first ended
                break
            time.sleep(0.2)
        return before or ()

    def is_done(self):
        """Is all that was published stored, and every message sent that is due?"""
        return self._all_stored() and not self._waiting

    def _all_stored(self):
        self.look()
        return self.stored.keys() >= self.places.published.keys()

    def _last_ends(self):
        """When each kind of work last ended well, as the service tells."""
        try:
            with urlopen(f"http://127.0.0.1:{self.health_port}/metrics", timeout=5) as answer:
                told = answer.read().decode()
        except OSError:  # it is on its way up
            return {}
        return dict(re.findall(r'last_success_timestamp_seconds\{work="(\w+)"\} (\S+)', told))

    def _figures(self):
        with self.store.open_reader() as con:
            return con.execute(
                """SELECT (SELECT count(*) FROM mentions), (SELECT count(*) FROM alerts),
                (SELECT count(*) FROM escalations), count(*), count(sent_at), count(failed_at) FROM outbox"""
            ).fetchall()[0]


@contextmanager
def besieged(folder, seed, *, mount, people=PEOPLE):
    """A new home under siege. With `mount` its disk is a small one, if we may mount one; see `disks`."""
    home, chance = folder / "home", random.Random(seed)
    home.mkdir(mode=0o700)
    routes: dict = {}
    with ExitStack() as stack:
        disk = stack.enter_context(small_disk(home, mount=mount))
        office = stack.enter_context(post_office())
        site = stack.enter_context(serve(routes))
        worker = Worker(folder, home, site.port, folder / "log")
        stack.callback(worker.close)
        places = Places(worker.clock, chance)
        routes.update(places.routes)
        siege = Siege(home, worker, places, office, disk, chance)
        siege.health_port = configured(home, places, site, office.port, people)
        siege.begin_on_monday()
        Store(home, clock=worker.clock, sleep=time.sleep).migrate()
        yield siege


SCORING_S, LIMIT_S = 0.2, 150.0
FOUR = ("gazette", "bulletin", "residents", "talk")
_STORED = """SELECT m.id, coalesce(m.url, r.url) FROM mentions m
    LEFT JOIN restricted_texts r ON r.mention_id = m.id AND r.n = m.version"""
_UNSENT = "SELECT count(*) FROM outbox WHERE sent_at IS NULL"


def looked_at_by_three(folder, threats, *, scans=2, seed=7):
    """Each threat is published in four places at once; what became of them when all three have read all. The
    model is slow, so that whoever judges works on what another has saved meanwhile."""
    home, chance, routes = folder / "home", random.Random(seed), {}
    home.mkdir(mode=0o700)
    with ExitStack() as stack:
        office = stack.enter_context(post_office())
        site = stack.enter_context(serve(routes))
        worker = Worker(folder, home, site.port, folder / "log", SCORING_S)
        stack.callback(worker.close)
        places = Places(worker.clock, chance, *FOUR)
        routes.update(places.routes)
        configured(home, places, site, office.port)
        store = Store(home, clock=utc_now, sleep=time.sleep)
        store.migrate()
        pids = [worker.begin("serve"), *(worker.begin("scan") for _ in range(scans))]
        for _ in range(threats):
            places.threat(*FOUR)
            time.sleep(chance.uniform(0.2, 1.0))
        stored = _all_stored(store, places)
        for pid in pids:
            worker.end(pid, signal.SIGKILL)
        return account(store, places.published, stored, office.taken, aged=False)


def _all_stored(store, places):
    """Waits until everything is stored and every message sent; the ids of each number."""
    began = time.monotonic()
    while True:
        with store.open_reader() as con:
            rows = con.execute(_STORED).fetchall()
            unsent = con.execute(_UNSENT).fetchall()[0][0]
        found: dict[int, set[str]] = {}
        for mention_id, url in rows:
            found.setdefault(number_of(url), set()).add(mention_id)
        if (len(found) >= len(places.published) and not unsent) or time.monotonic() - began > LIMIT_S:
            return found
        time.sleep(0.3)
