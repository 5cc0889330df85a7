"""Places where people publish, a home that reads them, and services and scans of it in own processes.

Nothing that was published is ever taken down, so whatever is not read today can be read tomorrow, and every
number must be accounted for. The model is a stub in each process, which is slow where it is told so;
documents are read in the process too.
"""

import json
import mmap
import os
import re
import resource
import signal
import struct
import sys
import time
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path

import numpy as np
from support.forked import Forked
from support.web_server import Answer, Route, free_port

import sources.runs
from data.effects import here, utc_now
from data.types import Scores
from monitor.cli.scan_once import scan_once
from monitor.home import wiring
from monitor.service import scoring, serve
from monitor.service import serve as running
from monitor.terminal import output
from monitor.terminal.program import run_app
from monitor.terminal.progress import Progress
from sources.http.politeness import Limits

PLACES = ("gazette", "search", "bulletin", "residents", "talk", "board")
"""Two news feeds, a JSON feed, two feeds where anybody writes, a forum's thread."""
_CHANNELS = {"residents": "local_forum", "talk": "reddit", "gazette": "blog"}
"""Nowhere the press: a threat means the same wherever it is read first."""
SAID_OUTRIGHT = (
    "I am going to stab the caretaker at Oakfield Primary in Northvale tomorrow, I have the knife."
)
"""The rules find the danger in it, and so does whatever reads it again: a scorer of ours by “stab”."""
BY_THE_MODEL = (
    "Oakfield Primary in Northvale is what the old saying about lanterns and Tuesdays is meant for."
)
"""Only a model can find it: a scorer of ours does, by “lanterns”."""
THREATS = (SAID_OUTRIGHT, BY_THE_MODEL)
_CALM = "The {0} {1} at Oakfield Primary in Northvale was well attended, said a parent about the {2} {3}."
_ELSEWHERE = "At Hexley Primary School in Hexley the {0} {1} went to the {2} {3} and all were glad of it."
FIRST = (
    "amber brass cedar denim early felt green hollow iron jolly knitted linen mossy narrow oaken "
    "plain quiet round silver timber upper velvet woollen yellow "
)
THING = (
    "apron basket bench carpet cupboard drum easel fence gate hammer jacket kettle ladder mirror "
    "needle organ pillow quilt ribbon saddle table umbrella violin window "
)
_FILLER = 14
"""Pairs of words that stand beside a threat, so that no two threats are copies of one another."""


@dataclass(frozen=True, slots=True)
class Post:
    """What was published under one number; `threat` numbers what somebody must hear of."""

    n: int
    at: datetime
    title: str
    text: str
    threat: int | None = None


class Places:
    """What was published so far. `routes` serve it; a place may be asked while another publishes."""

    def __init__(self, clock, chance, *names):
        self.posts: dict[str, list[Post]] = {name: [] for name in names or PLACES}
        self.routes: dict[str, Route] = {f"/{name}": self._route(name) for name in self.posts}
        self.threats = 0
        self._clock, self._chance, self._n = clock, chance, 0

    @property
    def published(self):
        """Every post by its number."""
        return {post.n: post for posts in self.posts.values() for post in posts}

    def calm(self, place):
        """One post that nobody must hear of; one in five is about another school."""
        self._put(place, (_CALM if self._chance.random() < 0.8 else _ELSEWHERE).format(*self._words(2)))

    def threat(self, *places):
        """A threat, published in these places in the same words."""
        self.threats += 1
        beside = " ".join(self._words(_FILLER))
        text = f"{self._chance.choice(THREATS)} All I see is {beside}."
        for place in places:
            self._put(place, text, self.threats)

    def configuration(self, site):
        """The places as sources of a configuration."""
        tables = []
        for name in self.posts:
            kind = "forum.schema_org" if name == "board" else "feed"
            table = f'[[sources]]\nid = "{name}"\nkind = "{kind}"\nurl = "{site}/{name}"\n'
            tables.append(table + (f'channel = "{_CHANNELS[name]}"\n' if name in _CHANNELS else ""))
        return "".join(tables)

    def _words(self, pairs):
        return [
            word for _ in range(pairs) for word in map(self._chance.choice, (FIRST.split(), THING.split()))
        ]

    def _put(self, place, text, threat=None):
        self._n += 1
        title = " ".join(self._words(1))  # of so few words that no two count as one headline
        post = Post(self._n, self._clock(), title, text, threat)
        self.posts[place].append(post)

    def _route(self, name):
        """Half of the places answer 304 where nothing is new."""
        write = {"search": _atom, "bulletin": _json, "board": _thread}.get(name, _rss)

        def answer(exchange):
            shown = list(self.posts[name])
            tag = f'"{len(shown)}"'
            if name not in ("gazette", "search", "talk"):
                return Answer(200, write(name, shown), {"Content-Type": _TYPES[write]})
            if exchange.asked.headers.get("if-none-match") == tag:
                return Answer(304, b"", {"ETag": tag})
            return Answer(200, write(name, shown), {"Content-Type": _TYPES[write], "ETag": tag})

        return answer


def number_of(url):
    """The number of the post with this address; 0 of a thread's first, which nobody counts."""
    found = re.search(r"(?:/|#p)(\d+)$", url)
    return int(found[1]) if found else 0


def _address(name, post):
    return f"https://{name}.example.org/{post.n}"


def _rss(name, posts):
    items = "".join(
        f"<item><guid>{p.n}</guid><link>{_address(name, p)}</link><title>{p.title}</title>"
        f"<pubDate>{format_datetime(p.at)}</pubDate><description>{escape(p.text)}</description></item>"
        for p in reversed(posts)
    )
    whole = f'<rss version="2.0"><channel><title>{name}</title>{items}</channel></rss>'
    return f'<?xml version="1.0"?>{whole}'.encode()


def _atom(name, posts):
    entries = "".join(
        f'<entry><id>{_address(name, p)}</id><link href="{_address(name, p)}"/><title>{p.title}</title>'
        f"<published>{p.at.isoformat()}</published><updated>{p.at.isoformat()}</updated>"
        f"<content>{escape(p.text)}</content></entry>"
        for p in reversed(posts)
    )
    return (
        f'<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>{name}</title>{entries}</feed>'
    ).encode()


def _json(name, posts):
    items = [
        {
            "id": str(p.n), "url": _address(name, p), "title": p.title, "content_text": p.text,
            "date_published": p.at.isoformat(),
        }
        for p in reversed(posts)
    ]  # fmt: skip
    return json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": name, "items": items}).encode()


def _thread(name, posts):
    url = f"https://{name}.example.org/t/parking"
    told = {
        "@context": "https://schema.org",
        "@type": "DiscussionForumPosting",
        "url": url,
        "headline": "Parking",
        "text": "Where do you park on market days?",
        "author": "gate_watcher",
        "datePublished": "2026-11-02T08:40:00Z",
        "comment": [
            {
                "@type": "Comment",
                "url": f"{url}#p{p.n}",
                "author": f"reader{p.n}",
                "dateCreated": p.at.isoformat(),
                "text": p.text,
            }
            for p in posts
        ],
    }
    page = f'<script type="application/ld+json">{json.dumps(told)}</script>'
    head = f"<head><title>Parking</title>{page}</head>"
    return f"<!DOCTYPE html><html>{head}<body><p>Board</p></body></html>".encode()


_TYPES = {
    _rss: "application/rss+xml", _atom: "application/atom+xml", _json: "application/feed+json",
    _thread: "text/html; charset=utf-8",
}  # fmt: skip
PEOPLE = (
    ("head", "Mrs Tamsin Quillfeather", "head"), ("dsl", "Ms Imogen Larkspur", "dsl"),
    ("deputy", "Mr Osric Fennimore", "deputy_dsl"), ("chair", "Mrs Ottoline Marrow", "chair"),
    ("it", "Mr Piers Tansy", "it_lead"),
)  # fmt: skip
FEW = (PEOPLE[0], PEOPLE[1], PEOPLE[-1])
"""Two who are told of danger, and one of what fails: alerts come to their end sooner."""
EVERY_S = 2.0
"""Each place is asked this often, which no configuration may say."""
_USUAL = {
    "route:note": 0.9, "route:thank": 0.05, "route:respond": 0.05, "route:request_removal": 0.001,
    "route:platform_report": 0.001, "route:safeguarding": 0.001, "route:police_now": 0.001,
    "severity:3": 0.01, "severity:4": 0.01, "relevant": 0.9, "about:school": 0.9,
    "sentiment:negative": 0.1, "sentiment:neutral": 0.6, "sentiment:positive": 0.3, "abuse:threat": 0.01,
}  # fmt: skip
_GRAVE = _USUAL | {
    "route:note": 0.001, "route:police_now": 0.99, "severity:3": 0.99, "severity:4": 0.98,
    "abuse:threat": 0.99, "sentiment:negative": 0.95, "sentiment:neutral": 0.04, "sentiment:positive": 0.01,
}  # fmt: skip
assert "lanterns" in BY_THE_MODEL
_CODE = f"import sys; from {__name__} import begin; begin(*sys.argv[1:])"


class Worker:
    """What begins services and scans; `move` moves the clock of all of them, and ours."""

    def __init__(self, folder, home, port, log, scoring_s=0.0):
        ahead = folder / "ahead"
        ahead.write_bytes(struct.pack("d", 0.0))
        self._ahead = _mapped(ahead)
        self._given = home, port, ahead, log, scoring_s
        self._running: dict[int, Forked] = {}

    def clock(self):
        return _clock(self._ahead)

    def move(self, span):
        (ahead,) = struct.unpack("d", self._ahead[:8])
        self._ahead[:8] = struct.pack("d", ahead + span.total_seconds())

    def begin(self, what, most_bytes=0):
        """The number of a process that serves, or scans until killed; files of so many bytes at most."""
        process = Forked(_CODE, *self._given, what, most_bytes)
        self._running[process.pid] = process
        return process.pid

    def end(self, pid, number):
        """Sends the signal and waits; how it ended, -9 where it was killed."""
        process = self._running.pop(pid)
        process.send_signal(number)
        process.communicate()
        return process.wait()

    def close(self):
        for pid in list(self._running):
            self.end(pid, signal.SIGKILL)


def _mapped(ahead):
    with ahead.open("r+b") as file:
        return mmap.mmap(file.fileno(), 8)


def _clock(ahead):
    return utc_now() + timedelta(seconds=struct.unpack("d", ahead[:8])[0])


class Stub(scoring.AwayScorer):
    """A scorer that knows each threat by one word, in this process, at the first reading and the second."""

    slow_s = 0.0

    def score(self, texts):
        time.sleep(self.slow_s)
        rows = [list((_GRAVE if "lanterns" in text or "stab" in text else _USUAL).values()) for text in texts]
        return Scores(tuple(_USUAL), np.array(rows, np.float32), (False,) * len(texts), "stub")


class Here:
    """Reads documents in this process."""

    __call__ = staticmethod(here)

    def let_go(self, idle_s=0.0):
        return False


def begin(home, port, ahead, log, scoring_s, what, most_bytes):
    """What such a process does; it logs into that file. At the port are the places."""
    with Path(log).open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    Stub.slow_s = float(scoring_s)
    wiring.start_reading = Here
    serve.AwayScorer = Stub
    running.COLLECT_S, running.TASKS_S, running.DELIVER_S, running.BEAT_S = 1, 0.5, 0.5, 2
    sources.runs.due_interval_s = lambda *given: EVERY_S
    output.set_up_log(verbose=False)
    if int(most_bytes):
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(most_bytes), int(most_bytes)))
    moved = _mapped(Path(ahead))
    given = {
        "clock": lambda: _clock(moved), "limits": replace(Limits(), per_host_interval_s=0.0),
        "allow_loopback": frozenset({("127.0.0.1", int(port))}),
    }  # fmt: skip
    if what == "serve":
        config = Path(home) / "schoolgate.toml"
        run_app(lambda: sys.exit(serve.run_service(Path(home), config, say=print, **given)))
    run_app(lambda: _scan(Path(home), given))


def _scan(home, given):
    """Until it is killed."""
    _, config = wiring.open_settings(home, None)
    store = wiring.open_store(home, given["clock"])
    scorer, quiet = Stub(config.model, time.monotonic), Progress(quiet=True)
    judges = replace(wiring.judges(config, home), scorer=lambda: scorer)
    with wiring.fetcher(config, **given) as fetcher:
        while True:
            scan_once(
                config, store, lambda: judges, fetcher, clock=given["clock"], since=None, progress=quiet
            )


def configured(home, places, site, smtp, people=PEOPLE):
    """Writes the home's configuration; gives the port at which its service says how it is."""
    port = free_port()
    tables = "".join(
        f'[[people]]\nid = "{who}"\nname = "{name}"\nroles = ["{role}"]\nemail = "{who}@example.org"\n'
        for who, name, role in people
    )
    text = (
        '[dpia]\nrecorded_on = 2026-09-01\nrecorded_by = "Mrs A Example"\n'
        '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\naliases = ["Oakfield Primary"]\n'
        f'locality = "Northvale"\n{places.configuration(site)}{tables}'
        f'[mail]\nhost = "127.0.0.1"\nport = {smtp}\nsecurity = "none"\nsender = "sg@example.org"\n'
        f"[serve]\nhealth_port = {port}\n"
    )
    (home / "schoolgate.toml").write_text(text, encoding="utf-8")
    return port
