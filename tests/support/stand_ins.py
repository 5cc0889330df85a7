"""A town on this machine: the news searches, the school's site, the wikis, the boards, behind a proxy.

    with town(now) as northvale:
        northvale.settings  # [network] of a configuration: the proxy, and who signed for every host
        northvale.asked     # every address that was asked for, in order

The hosts are the real ones, or reserved names where the place is invented; what they answer is written in
tests/fixtures/town: hosts.toml, said.toml and documents/. Nobody in it exists.
"""

import base64
import csv
import re
import ssl
import tempfile
import tomllib
from collections.abc import Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import trustme
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from support.proxies import Way, proxy_to
from support.web_server import Answer, Route, serve

FIXTURES = Path(__file__).parent.parent / "fixtures" / "town"
REGISTERS = {one.stem: one for one in sorted((FIXTURES / "registers").glob("*.csv"))}
"""A register of each nation, with the schools of the town."""
_TYPES = {"xml": "application/xml", "json": "application/json", "html": "text/html; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Piece:
    """What somebody published: an article, a post, a thread (a line each post)."""

    place: str
    outlet: str
    url: str
    at: datetime
    id: str
    by: str
    title: str
    lead: str
    lines: tuple[str, ...]
    tags: tuple[str, ...]

    @property
    def words(self):
        return " ".join((self.title, self.lead, *self.lines)).casefold()


@dataclass
class Town:
    """The town that runs. `asked` and `agents` grow with each request, robots.txt among them."""

    settings: str
    proxy_url: str
    ca_file: Path
    way: Way
    pieces: list[Piece]
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)

    def asked_of(self, host):
        """The paths asked of one host, in order."""
        start = f"https://{host}"
        return [url.removeprefix(start) for url in self.asked if urlsplit(url).hostname == host]

    @property
    def impolite(self):
        """Addresses asked before their host's robots.txt was."""
        return [
            url
            for n, url in enumerate(self.asked)
            if f"https://{urlsplit(url).hostname}/robots.txt" not in self.asked[: n + 1]
        ]


@contextmanager
def town(now, folder=None):
    """Runs it while the block lasts. `folder` is where the authority's certificate is written."""
    hosts = tomllib.loads((FIXTURES / "hosts.toml").read_text("utf-8"))
    places, authority = hosts.pop("places"), trustme.CA()
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*hosts).configure_cert(tls)
    with tempfile.TemporaryDirectory() as scratch:
        file = (folder or Path(scratch)) / "town-ca.pem"
        authority.cert_pem.write_to_path(str(file))
        it = Town("", "", file, Way(0), _pieces(places, now))
        answers = _Answers(hosts, it, now)
        with (
            serve(answers, tls=tls) as closed,
            serve(_Upwards()) as open_,
            proxy_to(_ways(hosts, closed, open_)) as way,
        ):
            it.way, it.proxy_url = way, way.url
            it.settings = f'[network]\nproxy = "{way.url}"\nca_file = "{file}"\n'
            yield it


def _ways(hosts, closed, open_):
    return {(host, 443): (closed.host, closed.port) for host in hosts} | {
        (host, 80): (open_.host, open_.port) for host in hosts
    }


class _Upwards(Mapping[str, Route]):
    """Whoever asks over http is sent on to https, as all of these hosts do."""

    def __getitem__(self, path):
        return lambda exchange: Answer(
            301, b"", {"Location": f"https://{_host(exchange)}{exchange.asked.path}"}
        )

    def __iter__(self):
        return iter(())

    def __len__(self):
        return 0


class _Answers(_Upwards):
    """Every host's documents, told apart by the Host header."""

    def __init__(self, hosts, it, now):
        self._hosts, self._town, self._now = hosts, it, now
        self._said = tomllib.loads((FIXTURES / "said.toml").read_text("utf-8"))
        self._documents = _documents()
        with REGISTERS["england"].open(encoding="utf-8", newline="") as register:
            self._schools = list(csv.DictReader(register))

    def __getitem__(self, path):
        return self._answer

    def _answer(self, exchange):
        host, path = _host(exchange), exchange.asked.path
        self._town.asked.append(f"https://{host}{path}")
        self._town.agents.add(exchange.asked.headers.get("user-agent", ""))
        if path == "/robots.txt":
            rules = self._hosts[host].get("robots")
            return Answer(200, rules.encode(), {"Content-Type": "text/plain"}) if rules else Answer(404)
        parts = urlsplit(path)
        asked = dict(parse_qsl(parts.query))
        for route in self._hosts[host].get("routes", []):
            found = re.fullmatch(route["path"], unquote(parts.path))
            if found and all(asked.get(k) == v for k, v in route.get("when", {}).items()):
                return self._by(route, asked | {k: v for k, v in found.groupdict().items() if v}, exchange)
        return Answer(404, b"not here")

    def _by(self, route, asked, exchange):
        if route.get("hangs"):
            exchange.wait(60)
            return None
        if "to" in route:
            return Answer(301, b"", {"Location": route["to"] + exchange.asked.path})
        host = _host(exchange)
        pieces = [p for p in self._town.pieces if p.place in route.get("of", []) and _shown(p, route, asked)]
        articles = [a for a in self._said["articles"] if a["wiki"] == route.get("articles")]
        text = self._documents.get_template(route["document"]).render(
            asked=asked, host=host, url=f"https://{host}{exchange.asked.path}", now=self._now, pieces=pieces,
            articles=_articles(articles, route, asked), query=_asked_for(route, asked), schools=self._schools,
        )  # fmt: skip
        if not text.strip():
            return Answer(404, b"not here")
        kind = {"Content-Type": _TYPES[route["document"].rpartition(".")[2]]}
        return Answer(route.get("status", 200), text.encode(), kind | route.get("headers", {}))


def _host(exchange):
    return exchange.asked.headers["host"].partition(":")[0]


def _pieces(places, now):
    said = tomllib.loads((FIXTURES / "said.toml").read_text("utf-8"))["pieces"]
    made = [
        Piece(
            place=one["in"],
            outlet=places[one["in"]]["name"],
            url=places[one["in"]]["url"].format(**one),
            at=(now - timedelta(days=one["days"])).replace(microsecond=0),
            lines=tuple(one["lines"]),
            tags=tuple(one.get("tags", ())),
            **{key: one[key] for key in ("id", "by", "title", "lead")},
        )
        for one in said
    ]
    return sorted(made, key=lambda piece: piece.at, reverse=True)


def _asked_for(route, asked):
    names = [name for name in str(route.get("finds", "")).split("|") if name in asked]
    return asked[names[0]] if names else ""


def _shown(piece, route, asked):
    if "finds" in route:
        return matches(_asked_for(route, asked), piece.words)
    if "tag" in asked or "tagged" in route:
        tags = asked.get("tag") or asked.get(route.get("tagged", ""), "")
        return all(tag.casefold() in piece.tags for tag in tags.split(","))
    name = asked.get("name") or asked.get(route.get("names", ""))
    return name is None or piece.id == name


def _articles(articles, route, asked):
    title = asked.get("name") or asked.get("title")
    if title:
        return [a for a in articles if a["title"] == title.replace("_", " ")]
    query = _asked_for(route, asked)
    return [a for a in articles if matches(query, f"{a['title']} {a['lead']}".casefold())]


_TERM = re.compile(r'-?\(?"[^"]*"\)?|\S+')


def matches(query, words):
    """Does a search for `query` find these words: all of its terms, or one of those that OR joins? Quoted
    words must stand together. Operators (`when:7d`, `sourcelang:english`) are taken to hold."""
    groups: list[list[str]] = []
    joined = False
    for term in _TERM.findall(query):
        plain = term.strip('()"').casefold()
        if term == "OR":
            joined = True
        elif plain and not (":" in term and '"' not in term):
            if not (joined and groups):
                groups.append([])
            groups[-1].append(plain)
            joined = False
    return bool(groups) and all(any(one in words for one in group) for group in groups)


def _documents():
    made = Environment(
        loader=FileSystemLoader(FIXTURES / "documents"), undefined=StrictUndefined, autoescape=True
    )
    made.filters |= {
        "rfc822": lambda at: format_datetime(at, usegmt=True),
        "iso": lambda at: at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "board": lambda at: at.strftime("%a %b %d, %Y %-I:%M %p").replace("AM", "am").replace("PM", "pm"),
        "ago": lambda days, now: now - timedelta(days=days),
        "hidden": lambda text: "CBMi" + base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    }
    return made
