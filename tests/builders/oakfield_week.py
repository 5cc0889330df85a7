"""A week at an invented school: what its town says, post by post, and a Tale in which it is read and told."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial
from html import escape
from pathlib import Path

from builders.town import TALK, Tale, a_tale
from support.web_server import free_port

from data import effects
from monitor.desk.app import desk_app
from monitor.home import wiring
from monitor.service.serve import send_code
from monitor.service.web import Web

HEAD, DEPUTY, DSL, CHAIR, IT = "t-quillfeather", "n-ashdown", "i-larkspur", "o-fennimore", "c-dray"
NEWS, FORUM = "/news.xml", "/forum.xml"


@dataclass(frozen=True)
class Said:
    """One post; or an article, with its `paper`. `at` is where it is said."""

    at: str
    title: str
    text: str = ""
    paper: str = ""


SAID = {
    "threat": Said(
        FORUM,
        "After school",
        "I will be waiting for Mr Thistlewood outside Oakfield Primary in Northvale after school on Thursday "
        "with a bat. He will not walk home.",
    ),
    "child": Said(
        FORUM,
        "help",
        "im in year 6 at oakfield primary in northvale. my stepdad hits me and i dont want to go home",
    ),
    "insult": Said(
        FORUM,
        "Lunch queue",
        "Mr Thistlewood at Oakfield Primary in Northvale is a useless fat pig and everyone should tell him "
        "so at the parents' evening.",
    ),
    "head": Said(
        FORUM,
        "The head",
        "Mrs Quillfeather, the head of Oakfield Primary in Northvale, is an ugly stupid creep, laugh at her.",
    ),
    "bank": Said(
        FORUM,
        "New account",
        "Somebody has set up an account as Oakfield Primary in Northvale and is asking parents for bank "
        "details. It is not the school.",
    ),
    "calls": Said(
        FORUM,
        "Do they ever ring back?",
        "I have rung Oakfield Primary in Northvale three times about my son's inhaler and nobody has rung me "
        "back. Heads should roll.",
    ),
    "elsewhere": Said(NEWS, "Anger as Oakfield Primary bans packed lunches", "", "The Weekly Critic"),
}
"""What is said, by a short name. What is made of each is the model's affair."""
PLACES = "".join(
    f"""
[[sources]]
id = "{name.lower().replace(" ", "-")}"
name = "{name}"
kind = "feed"
url = "{TALK}{path}"
channel = "{channel}"
settings = {{ articles = false }}
{more}
"""
    for name, path, channel, more in (
        ("News search", NEWS, "google_news", "surfaced = true"),
        ("Northvale Talk", FORUM, "local_forum", ""),
    )
)


@dataclass
class Week:
    """The tale, and where its pages are really served."""

    tale: Tale
    local: str
    _said: dict[str, list[str]] = field(default_factory=lambda: {NEWS: [], FORUM: []})

    def say(self, *said: str) -> None:
        """These of the above are said, and a scan reads them 25 minutes later."""
        for name in said:
            one = SAID[name]
            self._said[one.at].insert(0, self._item(name, one, self.tale.now - timedelta(minutes=7)))
        self.tale.wait(minutes=25)
        for path, items in self._said.items():
            self.tale.pages[path] = (
                '<?xml version="1.0"?><rss version="2.0"><channel><title>Northvale</title>'
                f"{''.join(items)}</channel></rss>"
            )
        self.tale("scan", code=None)

    def _item(self, name: str, one: Said, at: datetime) -> str:
        found = f"https://news.google.com/rss/articles/{name}"  # as the search gives it; nobody goes there
        link = found if one.paper else f"{self.tale.at(TALK)}/t/{name}"
        title = f"{one.title} - {one.paper}" if one.paper else one.title
        return (
            f"<item><guid>{name}</guid><link>{link}</link><title>{escape(title)}</title>"
            f"<pubDate>{format_datetime(at)}</pubDate><description>{escape(one.text)}</description></item>"
        )


@contextmanager
def a_week(folder: Path, monkeypatch, begins: str) -> Iterator[Week]:
    """A school with two places, at that moment in London, and its pages on this machine."""
    port = free_port()
    local = f"http://127.0.0.1:{port}"
    with a_tale(folder, monkeypatch, begins, PLACES, top=f'base_url = "{local}"\n') as tale:
        home = tale.home

        def context():
            return wiring.context(wiring.settings(home, None)[1], home)

        send = partial(send_code, context)
        app = desk_app(wiring.open_store(home), context, effects.utc_now, send, send)
        web = Web(app, "127.0.0.1", port, "[serve] listen")
        week = Week(tale, local)
        web.start()
        try:
            week.say()
            yield week
        finally:
            web.stop()
