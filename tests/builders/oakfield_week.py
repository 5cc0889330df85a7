"""A week at an invented school: what its town says, post by post, and a Tale in which it is read and told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial
from html import escape
from pathlib import Path
from re import sub

from builders.town import TALK, Tale, a_tale
from support.web_server import free_port

from data import effects
from monitor.desk.app import desk_app
from monitor.home import wiring
from monitor.service.serve import send_code
from monitor.service.web import Web

HEAD, DEPUTY, DSL, CHAIR, IT = "t-quillfeather", "n-ashdown", "i-larkspur", "o-fennimore", "c-dray"
NEWS, FORUM, OURS = "/news.xml", "/forum.xml", "/ours.xml"


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
    "street": Said(
        FORUM,
        "That teacher",
        "Mr Thistlewood who teaches at Oakfield Primary in Northvale lives at 14 Tanner Close, drives a "
        "white Corsa. Go round and tell him what you think of him.",
    ),
    "insult": Said(
        FORUM,
        "Lunch queue",
        "Mr Thistlewood at Oakfield Primary in Northvale is a useless fat pig and everyone should tell him "
        "so at the parents' evening.",
    ),
    "measures": Said(
        NEWS, "Oakfield Primary in Northvale placed in special measures", "", "Northvale Gazette"
    ),
    "theft": Said(
        NEWS, "Teacher at Oakfield Primary School, Northvale, charged with theft", "", "County Herald"
    ),
    "voucher": Said(OURS, "Free", "First 100 families get a free voucher! Click the link below to claim."),
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
    "van": Said(
        FORUM,
        "The van",
        "the caretaker's van at oakfield primary northvale wants setting on fire, it blocks the gate every "
        "morning lol",
    ),
    "gate": Said(
        FORUM,
        "Parking at the gate",
        "Cars on the kerb outside Oakfield Primary in Northvale again this morning. Why does nobody from the "
        "school ever come out?",
    ),
    "calls": Said(
        FORUM,
        "Do they ever ring back?",
        "I have rung Oakfield Primary in Northvale three times about my son's inhaler and nobody has rung me "
        "back. Heads should roll.",
    ),
    "uniform": Said(
        FORUM,
        "Uniform",
        "Twenty-eight pounds for a jumper with the Oakfield Primary badge on it. Northvale parents are not "
        "made of money.",
    ),
    "lunch": Said(
        FORUM,
        "Lunches",
        "The new lunches at Oakfield Primary in Northvale are lovely, my daughter has even started eating "
        "peas. Thank you to the kitchen.",
    ),
    "choir": Said(
        NEWS,
        "Oakfield Primary choir brings tears and smiles to Northvale hospice",
        "",
        "Northvale Gazette",
    ),
    "fair": Said(
        NEWS,
        "Winter fair at Oakfield Primary, Northvale, raises £2,000 for playground",
        "",
        "Northvale Gazette",
    ),
    "knife": Said(
        NEWS,
        "Police called to Oakfield Primary in Northvale after pupil found with knife",
        "",
        "County Herald",
    ),
    "road": Said(
        NEWS, "Parents’ petition over crossing outside Oakfield Primary, Northvale", "", "Northvale Gazette"
    ),
    "elsewhere": Said(NEWS, "Anger as Oakfield Primary bans packed lunches", "", "The Weekly Critic"),
    "calm": Said(
        FORUM, "Book fair", "The book fair at Oakfield Primary in Northvale is on in the hall until Friday."
    ),
    "german": Said(
        FORUM,
        "Frage",
        "Mein Sohn wird an der Oakfield Primary in Northvale jeden Tag geschlagen und niemand tut etwas.",
    ),
    "road-safety": Said(
        FORUM,
        "left open",
        "Oakfield Primary Northvale left the gate open again and two reception children were in the road "
        "this morning",
    ),
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
        ("Our Facebook page", OURS, "facebook", "own = true"),
    )
)


@dataclass
class Week:
    """The tale, and where its pages are really served."""

    tale: Tale
    base: str
    local: str
    _said: dict[str, list[str]] = field(default_factory=lambda: {NEWS: [], FORUM: [], OURS: []})

    def put(self, said: str | Said, name: str = "", ago: timedelta = timedelta(minutes=7)) -> None:
        """It is said: one of those above, perhaps by another name, or something else."""
        one = SAID[said] if isinstance(said, str) else said
        if isinstance(said, str) and name:
            one = replace(one, text=f"{one.text} ({name})")
        known = name or (said if isinstance(said, str) else sub(r"\W+", "-", one.title))
        self._said[one.at].insert(0, self._item(known, one, self.tale.now - ago))

    def say(self, *said: str | Said, name: str = "") -> None:
        """These are said, and a scan reads them 25 minutes later."""
        for one in said:
            self.put(one, name)
        self.tale.wait(minutes=25)
        self.read()

    def read(self) -> None:
        """A scan reads what there is."""
        for path, items in self._said.items():
            self.tale.pages[path] = (
                '<?xml version="1.0"?><rss version="2.0"><channel><title>Northvale</title>'
                f"{''.join(items[:60])}</channel></rss>"
            )
        self.tale("scan", code=None)

    def here(self, address: str) -> str:
        """Where a signed address is really served."""
        return address.replace(self.base, self.local)

    def _item(self, name: str, one: Said, at: datetime) -> str:
        found = f"https://news.google.com/rss/articles/{name}"  # as the search gives it; nobody goes there
        link = found if one.paper else f"{self.tale.at(TALK)}/t/{name}"
        title = f"{one.title} - {one.paper}" if one.paper else one.title
        return (
            f"<item><guid>{name}</guid><link>{link}</link><title>{escape(title)}</title>"
            f"<pubDate>{format_datetime(at)}</pubDate><description>{escape(one.text)}</description></item>"
        )


@contextmanager
def a_week(folder: Path, monkeypatch, begins: str, base: str = "", more: str = "") -> Iterator[Week]:
    """A school with three places, at that moment in London, and its pages on this machine.

    `base` is how the pages are called in mails, where that is not where they are; `more` is for the settings.
    """
    port = free_port()
    local = f"http://127.0.0.1:{port}"
    with a_tale(folder, monkeypatch, begins, PLACES + more, top=f'base_url = "{base or local}"\n') as tale:
        home = tale.home

        def context():
            return wiring.context(wiring.settings(home, None)[1], home)

        send = partial(send_code, context)
        app = desk_app(wiring.open_store(home), context, effects.utc_now, send, send)
        web = Web(app, "127.0.0.1", port, "[serve] listen")
        week = Week(tale, base or local, local)
        web.start()
        try:
            week.say()
            yield week
        finally:
            web.stop()
