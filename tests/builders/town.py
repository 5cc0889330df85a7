"""A school and its town for whole stories: from a mention to a closed case, by the product's own commands.

Nothing of the program is left out: commands run as they are typed, the service ticks, mail leaves by a true
mail server, pages are fetched from a true web server. Three things are ours: the clock, which moves when
it is told; the town's name server, which leads its names to that web server; and the registers of hosts.
"""

import re
import shlex
import socket
import zipfile
from collections.abc import MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from builders.case_desk import PNG, Acts, Ran, run
from builders.fetcher import QUICK
from builders.hand_in import hand_in
from builders.home import a_migrated_store
from builders.pack import pack, unzipped
from builders.registries import PUBLIC
from pypdf import PdfReader
from support.mail_server import Office, post_office
from support.web_server import Route, Site, serve

from classifiers.scoring.onnx_scorer import Scorer
from data import effects
from data.effects import utc_now
from data.types import FetchFailure, Outcome, Response
from monitor.home import wiring
from monitor.pipeline import judges
from monitor.service.delivery import deliver
from monitor.service.serve import PERIODIC_TASKS
from monitor.service.step import Service
from sources import fetch as fetching_module
from sources.fetch import Fetcher

LONDON = ZoneInfo("Europe/London")
BLOG, TALK = "https://larchroadtruths.example.org", "https://talk.example.org"
TOWN = frozenset(("larchroadtruths.example.org", "talk.example.org", "reviews.example.org"))
REGISTERS = frozenset(("data.iana.org", "rdap.publicinterestregistry.org", "rdap.db.ripe.net"))
PEOPLE = {
    "t-quillfeather": ("Mrs Tamsin Quillfeather", ("head", "slt")),
    "n-ashdown": ("Mr Noah Ashdown", ("deputy_head", "deputy_dsl", "slt")),
    "i-larkspur": ("Ms Imogen Larkspur", ("dsl",)), "o-fennimore": ("Mr Osbert Fennimore", ("chair",)),
    "d-marrow": ("Mrs Delphine Marrow", ("vice_chair",)), "c-dray": ("Mr Caspian Dray", ("it_lead",)),
    "b-thistlewood": ("Mr Barnaby Thistlewood", ("staff",)), "g-wren": ("Mrs Gwen Wren", ("governor",)),
}  # fmt: skip
"""Whoever works at the school or governs it, and what they are there."""
_SETTINGS = """
contact = "office@oakfield.example.sch.uk"
zone = "Europe/London"

[dpia]
recorded_on = 2026-09-01
recorded_by = "Mrs A Example"

[mail]
host = "localhost"
port = {smtp}
security = "none"
sender = "schoolgate@oakfield.example.sch.uk"

[[policies]]
title = "Social media policy"
version = "3"
approved_on = 2026-09-01
review_due = 2027-09-01

[[schools]]
urn = "900001"
name = "Oakfield Primary School"
aliases = ["Oakfield Primary", "Oakfield"]
street = "Larch Road"
locality = "Northvale"
domain = "oakfield.example.sch.uk"
head = "Mrs Tamsin Quillfeather"
nation = "{nation}"

[schools.ladder]
support = "An hour off and the staff counselling line, 01632 960 001."
complaints_url = "https://oakfield.example.sch.uk/complaints"
"""


@dataclass
class Tale:
    """One story as it is lived: what is done, what the web shows, who is written to."""

    home: Path
    site: Site
    pages: MutableMapping[str, Route]
    office: Office
    now: datetime
    registers: dict[str, bytes] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    screens: list[Ran] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    _alerts: list[str] = field(default_factory=list)
    _read: int = 0

    # ------------------------------------------------------------------ what people do

    @property
    def acts(self):
        """What its people do at the desk."""
        return Acts(self.home, wiring.open_store(self.home))

    def hands_in(self, words="", path="", **said):
        """Somebody hands in what stands at that path in the town's forum."""
        url = {"url": self.at(TALK) + path} if path else {}
        return hand_in(self.home, words, **url, **{"channel": "facebook", "seen_by": "Dray"} | said)

    def __call__(self, line, code=0, *, said="", **words):
        """Types a command: it must end with that code, None with any. What is `said` is its standard input.
        `words` stand for capitals in it, such as ALERT."""
        self.typed.append(f"schoolgate {line}")
        given = [self._meant(word, words) for word in shlex.split(line)]
        ran = run(*given, said=said)
        self.screens.append(ran)
        assert code in (None, ran.code), f"{line}\n{ran.out}{ran.err}"
        return ran

    def alert(self):
        """The number of the newest alert, as it stands in the mail about it."""
        return self._alerts[-1]

    def story(self):
        """The story that the newest alert is about."""
        with self.acts.store.open_reader() as con:
            found = con.execute("SELECT story_id FROM alerts WHERE number = ?", [self.alert()]).fetchall()
        return str(found[-1][0])

    def only_reads(self):
        """Whom the program asked: the town's pages and the registers, and it sent them nothing."""
        hosts = {urlsplit(url).hostname for url in self.fetched}
        assert hosts <= TOWN | REGISTERS
        assert {asked.method for asked in self.site.asked} <= {"GET"}

    def _meant(self, word, words):
        for name in (BLOG, TALK):
            word = word.replace(name, self.at(name))
        return words.get(word, word)

    def at(self, address):
        """Where the town's address really leads."""
        return f"http://{address.removeprefix('https://')}:{self.site.port}"

    def wait(self, **span):
        self.now += timedelta(**span)

    def until(self, local):
        """Until that moment in London, written as 2026-12-24T10:00."""
        meant = datetime.fromisoformat(local).replace(tzinfo=LONDON).astimezone(UTC)
        assert meant >= self.now
        self.now = meant

    def tick(self):
        """What the service does by itself: look, open, remind, recheck, send."""
        settings = wiring.open_settings(self.home, None)[1]
        store = wiring.open_store(self.home)
        wiring.remember_config(store, settings)
        with wiring.fetcher(settings) as fetcher:
            service = Service(
                store=store, context=wiring.make_context(settings, self.home),
                judges=partial(wiring.judges, settings, self.home), fetcher=fetcher, tasks=PERIODIC_TASKS,
                deliver_due=lambda store, of, clock, ways: deliver(store, of, clock=clock, ways=ways),
                clock=utc_now,
            )  # fmt: skip
            service.recheck()
            service.run_tasks()
            service.deliver()
        assert not service.health.faults, service.health.faults

    def screenshot(self, name="shot.png"):
        """A picture of a post, as somebody took it."""
        path = self.home.parent / name
        path.write_bytes(PNG)
        return path

    def packed(self, to, by, reason=""):
        """Makes a pack, and types in it all that its README.txt says: every check must hold."""
        out = Path(f"pack-for-{to}")
        pack(self.acts, out, to, by, reason)
        opened = unzipped(out, out / "opened")
        for command in opened.commands:
            done = opened.type(command)
            assert done.returncode == 0, (command, done.stdout, done.stderr)
        return opened

    def governors(self, week):
        """The governors' report of that week, as it is read."""
        self(f"report --week {week} --out report-{len(self.typed)}")
        (page,) = Path(f"report-{len(self.typed) - 1}").glob("*.html")
        return " ".join(re.sub(r"<[^>]+>", " ", page.read_text(encoding="utf-8")).split())

    # ------------------------------------------------------------------ what reaches people

    def mails(self):
        """What has arrived since this was last asked."""
        new = self.office.taken[self._read :]
        self._read = len(self.office.taken)
        return new

    def told(self):
        """What each person was written since that was last asked; that nobody else was is the point. Aside
        from what comes whatever the week held: the digest, and the governors' report to be signed."""
        found: dict[str, str] = {}
        for one in self.mails():
            plain = plain_of(one)
            if plain.startswith("Dear ") and "governors’ report" not in one.mail["Subject"]:
                who = one.to[0].partition("@")[0]
                found[who] = found.get(who, "") + f"{one.mail['Subject']}\n{plain}"
                self._alerts += re.findall(r"schoolgate alerts ack(?: --home \S+)? (\w+)", found[who])
        return found

    def outputs(self):
        """Whatever left the store: each screen by what was typed, each mail, each file as it is read."""
        yield from zip(self.typed, (ran.out + ran.err for ran in self.screens), strict=True)
        for one in self.office.taken:
            yield f"mail to {one.to[0]}", one.content.decode() + words_of(one)
        for path in sorted(p for p in self.home.parent.rglob("*") if p.is_file()):
            if path.name != "schoolgate.duckdb" and self.home / "evidence" not in path.parents:
                yield str(path.relative_to(self.home.parent)), _as_read(path.read_bytes())


def _as_read(content):
    """The bytes as text; of a PDF also its text, of a ZIP also its members."""
    found = [content.decode("utf-8", "replace")]
    if content.startswith(b"%PDF"):
        found += [page.extract_text() for page in PdfReader(BytesIO(content)).pages]
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as held:
            found += [f"{name}\n{_as_read(held.read(name))}" for name in held.namelist()]
    return "\n".join(found)


def as_read(opened):
    """A pack as somebody reads it: its letter of exhibits and all its files, in one line."""
    pages = "".join(_as_read(path.read_bytes()) for path in opened.folder.parent.parent.parent.glob("*.pdf"))
    return " ".join((pages + "".join(map(_as_read, opened.files().values()))).split())


def _text(taken):
    parts = [p for p in taken.mail.walk() if p.get_content_maintype() == "text"]
    return b"\n".join(str(p.get_content()).encode() for p in parts)


def plain_of(taken):
    """A mail's plain text."""
    body = taken.mail.get_body(("plain",))
    return str(body.get_content()).replace("\r\n", "\n") if body else ""


def words_of(taken):
    """A mail as it is read: its subject and its text."""
    return f"{taken.mail['Subject']}\n{_text(taken).decode()}"


@contextmanager
def a_tale(
    folder, monkeypatch, begins, sources="", people=PEOPLE, nation="england", top="", settings=_SETTINGS
):
    """A school at that moment in London, with those sources (their `url` as the town knows it). `top` are
    more lines for the top of its settings."""
    pages: dict[str, Route] = {}
    with serve(pages) as site, post_office() as office:
        home = folder / "home"
        store = a_migrated_store(home)
        del store
        now = datetime.fromisoformat(begins).replace(tzinfo=LONDON).astimezone(UTC)
        tale = Tale(home, site, pages, office, now)
        for name in (BLOG, TALK):
            sources = sources.replace(name, tale.at(name))
        (home / "schoolgate.toml").write_text(
            top
            + settings.format(smtp=office.port, nation=nation)
            + sources
            + "".join(map(_person, people.items())),
            encoding="utf-8",
        )
        monkeypatch.setenv("SCHOOLGATE_HOME", str(tale.home))
        monkeypatch.chdir(folder)
        monkeypatch.setattr(effects, "datetime", _clock_of(tale))
        monkeypatch.setattr(socket, "getaddrinfo", _name_server(socket.getaddrinfo))
        monkeypatch.setattr(fetching_module, "Fetcher", partial(_Watched, tale))
        monkeypatch.setattr(judges, "scorer", lambda model: _the_model())
        yield tale


def _person(entry):
    who, (name, roles) = entry
    held = ", ".join(f'"{role}"' for role in roles)
    return (
        f'\n[[people]]\nid = "{who}"\nname = "{name}"\nroles = [{held}]\n'
        f'email = "{who}@oakfield.example.sch.uk"\n'
    )


@cache
def _the_model():
    """The program's own, loaded once for all stories: that takes longer than most commands."""
    return Scorer(threads=1)


def _clock_of(tale):
    class Moved(datetime):
        @classmethod
        def now(cls, tz=None):
            return tale.now

    return Moved


def _name_server(real):
    """The town's names lead to this machine; asked for their web port alone, to a public address."""

    def answer(host, port, *args, **kwargs):
        if host not in TOWN:
            return real(host, port, *args, **kwargs)
        address = PUBLIC if port == 443 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    return answer


class _Watched(Fetcher):
    """Our own fetcher, which may visit the town; registers answer from the tale. What it asks is noted."""

    def __init__(self, tale, **given):
        town = frozenset((host, tale.site.port) for host in TOWN)
        super().__init__(**given | {"limits": QUICK, "allow_loopback": town, "sleep": lambda s: None})
        self._tale = tale

    def fetch(self, request, conditional=None, **how):
        self._tale.fetched.append(request.url)
        if f":{self._tale.site.port}/" in request.url:
            return super().fetch(request, conditional, **how)
        body = self._tale.registers.get(request.url)
        if body is None:
            return FetchFailure(Outcome.GONE, request.url, "It answered 404.", self._tale.now, 404)
        return Response(request.url, 200, (("content-type", "application/rdap+json"),), body, self._tale.now)
