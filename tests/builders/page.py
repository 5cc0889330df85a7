"""A home with one matter, the signed page over it, and a browser: for tests of what it shows and does."""

import re
import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from builders.alert import DEPUTY, DSL, HEAD
from builders.case_desk import Acts
from builders.home import begun_as
from builders.mention import NOW, POLICY, URN, Clock, a_batch, a_mention, a_store, a_verdict, an_alert, save
from starlette.testclient import TestClient

from alerts.links import Links
from data.errors import StoreError
from data.store import alerts as alert_store
from data.store import owners as owner_store
from data.store.engine import audit_chain
from data.store.service import _SESSIONS_TABLE, DeskSession, Device, hash_kept
from data.types import About, Person, Role, Route, School, Severity
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.desk.app import desk_app
from monitor.matters.reader import Session

BASE = "https://schoolgate.example.org"
SCHOOL = School(URN, "Oakfield Primary School")
STAFF = Person("vale", "Sam Vale", (Role.STAFF,))
PEOPLE = (DSL, HEAD, DEPUTY, STAFF)
WORDS = "They never ring back, and the office is always shut. Two weeks now!"
POST = a_mention("one", channel="local_forum", title="", text=WORDS, author="larch-dad")
STREET = {
    "severity": Severity.TODAY, "route": Route.REQUEST_REMOVAL, "abuse": ("privacy",), "about": About.STAFF,
    "content_class": "C11",
}  # fmt: skip
DANGER = {
    "severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW, "abuse": ("threat",), "content_class": "C6",
}  # fmt: skip
CHILD = {
    "severity": Severity.THIS_HOUR, "route": Route.SAFEGUARDING, "abuse": ("safeguarding",),
    "about": About.PUPIL, "content_class": "C10", "restricted": True,
}  # fmt: skip


def links_of(people):
    """How addresses are made for these people."""
    return Links(BASE, b"k" * 32, {p.id: p.email for p in people if p.email})


class PageDesk(Acts):
    """One post, judged as said; with `raised` an alert about it that was told to `told`. Its browser is
    signed in as whom a path is for, by a code unless `proved` is False; `mailed` are codes."""

    def __init__(self, home, *, raised=True, told=("head",), school=SCHOOL, post=POST, proved=True, **judged):
        self.clock = Clock()
        config = Config(Path("schoolgate.toml"), (school,), people=PEOPLE, base_url=BASE)
        self.context = Context(config, home, links_of(PEOPLE))
        verdict = a_verdict(post, **(judged or STREET))
        self.alert = an_alert(
            "s-one", severity=verdict.severity, route=verdict.route, content_class=verdict.content_class,
            restricted=verdict.restricted, audience=told,
        )  # fmt: skip
        batch = a_batch(post, verdicts=[verdict], alerts=[self.alert] if raised else [])
        begun = (post, verdict, self.alert if raised else None)
        self.store = begun_as(a_store(home, self.clock), begun, lambda store: _saved(store, batch))
        self.mailed, self.mail_goes_out = [], True
        self.app = desk_app(self.store, lambda: self.context, self.clock, self._send)
        self.browser = TestClient(self.app, base_url=BASE)
        self.sent_at = self.clock()
        self._proved = proved

    def session(self, who):
        person = next(p for p in self.context.config.people if p.id == who)
        return Session(self.context.config, self.store, person, self.context)

    def _send(self, message):
        self.mailed.append(message)
        return self.mail_goes_out

    def path(self, who="head"):
        if self._proved:
            for person in (p for p in self.context.config.people if p.id == who):
                with suppress(StoreError):  # a store that is gone keeps nobody
                    prove(self.browser, self.store, person, self.clock())
        return "/m/" + self.context.links.page("s-one", who, self.sent_at).rpartition("/")[2]

    def get(self, who="head"):
        return self.browser.get(self.path(who))

    def form(self, who="head"):
        """What the page's form carries beside the button."""
        return form_of(self.get(who))

    def press(self, act, who="head", *, after_s=5.0, **headers):
        form = self.form(who)
        self.clock.at += timedelta(seconds=after_s)
        return self.browser.post(self.path(who), data={**form, "do": act}, headers=headers)

    def wait(self, **how):
        self.clock.at += timedelta(**how)

    def has(self):
        with self.store.open_reader() as con:
            return {i: a.person for i, a in alert_store.owners_of_alerts(con, [self.alert.id]).items()}

    def mark(self):
        with self.store.open_reader() as con:
            return owner_store.marks(con, ["s-one"]).get("s-one")

    def open_alerts(self):
        with self.store.open_reader() as con:
            return [a.id for a in alert_store.list_alerts(con)]

    def audited(self, *actions):
        with self.store.open_reader() as con:
            rows = [link.entry for link in audit_chain.links(con)]
        return [(e.action, e.actor, e.subject) for e in rows if e.action in actions]

    def rows(self):
        """All that the store holds that a page could change."""
        with self.store.open_reader() as con:
            return [
                con.execute(f"SELECT * EXCLUDE (n) FROM {table} ORDER BY ALL").fetchall()
                if table == "audit"
                else con.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
                for table in ("alerts", "owners", "outbox", "audit", "audit_notes", "cases", "case_steps")
            ]

    def rename(self, who, **given):
        """The settings, read again, say this of somebody."""
        config = self.context.config
        people = tuple(replace(p, **given) if p.id == who else p for p in config.people)
        links = replace(self.context.links, mails=links_of(people).mails)
        self.context = replace(self.context, config=replace(config, people=people), links=links)

    def without(self, *people):
        """The settings, read again, no longer name these."""
        config = self.context.config
        left = tuple(p for p in config.people if p.id not in people)
        self.context = replace(self.context, config=replace(config, people=left))


def prove(browser, store, person, now):
    """That person has just been signed in there, and proved that it is they."""
    kept = secrets.token_urlsafe(16)
    address = hash_kept((person.email or "").casefold())
    found = DeskSession(hash_kept(kept), person.id, address, Device.OWN, now, now, now)
    with store.write("test") as con:
        _SESSIONS_TABLE.insert(con, [found])
    browser.cookies.set("__Host-desk", kept)


def _saved(store, batch):
    with store.write("test") as con:
        save(con, batch, now=NOW, policy=POLICY)


def words_of(page):
    """What a reader sees, but for what leads to other pages."""
    plain = r'<title>.*?</title>|<a class="skip".*?</a>|<header>.*?</header>|<nav.*?</nav>'
    body = re.sub(plain, "", page.text, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def buttons_of(page):
    """What they may press in the matter itself; a case is opened by a form of its own."""
    return [do for do in re.findall(r'name="do" value="(\w+)"', page.text) if do != "begin"]


def leads_of(desk, page):
    """The addresses to which its links lead, by the page that tells of them first."""
    keys = re.findall(r'href="/leave/([a-z2-7]+)"', page.text)
    return [desk.context.links.unseal("leave", key).decode() for key in keys]


def form_of(page):
    """What its form carries beside the button; that by which a case is opened is a form of its own."""
    found = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    found.pop("matter", None)
    return found
