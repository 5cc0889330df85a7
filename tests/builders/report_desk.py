"""The desk over a home: with the draft of a governors' report, or with matters of two months in its list."""

import re
from dataclasses import replace
from datetime import timedelta

from builders.config import a_person
from builders.digest import HEAD, PEOPLE, TUESDAY, a_config, alert_on, grave, restricted, story_id, together
from builders.digest import a_home as a_home_of_days
from builders.digest import say as say_it
from builders.mention import Clock, a_store
from builders.page import BASE, form_of, links_of, prove
from builders.report import CONFIG, FRIDAY, a_home
from starlette.testclient import TestClient

from alerts.weekly.facts import parse_week
from data.store import weekly as weekly_store
from data.types import About, Person, Role
from monitor.config.home.context import Context
from monitor.config.load import load_file
from monitor.desk import page as desk_page
from monitor.desk.app import desk_app
from monitor.reports.weekly import gather_report

ONE = "/reports/900001/2026-W47"
IT = a_person("i-lane", "Ms Ida Lane", "it_lead", email="it@example.sch.uk")


class ReportDesk:
    """The desk over a home with one draft."""

    def __init__(self, home):
        a_home(home, CONFIG.replace("[mail]", f'base_url = "{BASE}"\n[mail]', 1) + IT)
        self.clock = Clock(FRIDAY + timedelta(hours=1))
        self.store, config = a_store(home, self.clock), load_file(home / "schoolgate.toml", {})
        config = replace(config, base_url=BASE)
        self.people = {p.id: p for p in config.people}
        self.context = Context(config, home, links_of(config.people))
        (self.school,) = config.schools
        with self.store.write("test") as con:
            new = gather_report(con, config, self.school, parse_week("2026-W47"), self.clock())
            weekly_store.put_report(con, "900001", "2026-W47", new.text, self.clock(), new.counted)
        self.app = desk_app(self.store, lambda: self.context, self.clock)

    def browser(self, who=None):
        browser = TestClient(self.app, base_url=BASE, follow_redirects=False)
        if who:
            prove(browser, self.store, self.people[who], self.clock())
        return browser

    def report(self):
        with self.store.open_reader() as con:
            return weekly_store.report(con, "900001", "2026-W47")

    def mails(self):
        with self.store.open_reader() as con:
            return con.execute("SELECT person_id, subject, body FROM outbox ORDER BY ALL").fetchall()

    def link(self, who):
        return self.context.links.report("900001", "2026-W47", who, self.clock()).removeprefix(BASE)

    def press(self, browser, path, **form):
        page = browser.get(path)
        self.clock.at += timedelta(seconds=5)
        return browser.post(path, data={**form_of(page), **form})


SLT = Person("slt", "Mx Kit Rowe", (Role.SLT,), "slt@example.org")
STAFF = Person("staff", "Sam Vale", (Role.STAFF,), "staff@example.org")
DPO = Person("dpo", "Ms Ivy Lark", (Role.DPO,), "dpo@example.org")
EVERYBODY = (*PEOPLE, SLT, STAFF, DPO)
OCTOBER = TUESDAY - timedelta(days=30)
LATE = {"at": TUESDAY - timedelta(days=2), "id": story_id("choir")}
"""What was posted in October is first read in November."""
_WENT_ON = """UPDATE stories SET first_seen = said.at, last_seen = said.at
    FROM (SELECT story_id, max(m.published) AS at FROM matches JOIN mentions m ON m.id = mention_id
        GROUP BY story_id) said WHERE said.story_id = id"""


def say(one, *name_and_at, **given):
    """One post in a matter that went on when it was posted."""
    say_it(one, *name_and_at, **given)
    with one.write("when it went on") as con:
        con.execute(_WENT_ON)


class MatterList:
    """The list at a desk where everybody is signed in, each in a browser of their own."""

    def __init__(self, folder, monkeypatch):
        monkeypatch.setattr(desk_page, "MOST", 10**6)
        config = replace(a_config(folder), people=EVERYBODY, base_url=BASE)
        self.store, self.clock = a_home_of_days(folder), Clock(TUESDAY)
        self.context = Context(config, folder, links_of(EVERYBODY))
        app = desk_app(self.store, lambda: self.context, self.clock, lambda mail: True, lambda mail: None)
        self.browsers = {}
        for person in EVERYBODY:
            self.browsers[person.id] = browser = TestClient(app, base_url=BASE, follow_redirects=False)
            prove(browser, self.store, person, self.clock())

    def fill(self):
        """Matters that are everybody's, one that means the head, one with the safeguarding lead."""
        with together(self.store) as one:
            say(one, "parking", TUESDAY - timedelta(hours=5), text="Nobody can park at the gate, Zebedee")
            say(one, "uniform", TUESDAY - timedelta(hours=4), text="Uniform prices are a scandal")
            say(one, "choir", OCTOBER, text="The choir sang at the hospice", source="gazette")
            one.con.execute("UPDATE stories SET first_seen = $at, last_seen = $at WHERE id = $id", LATE)
            restricted(one, "hidden", TUESDAY - timedelta(hours=2))
            at = TUESDAY - timedelta(hours=3)
            alert = alert_on(story_id("head"), at, audience=("chair",), excluded=("head",))
            grave(one, "head", at, alert, about=About.HEAD, subjects=("head",))

    def get(self, reader=HEAD, **query):
        return self.browsers[reader.id].get("/matters", params=query)

    def said(self, reader=HEAD, **query):
        """What the list's lines say."""
        return lines_of(self.get(reader, **query).text)


def lines_of(page):
    """The first words of each matter of the list; its title where no words stand there."""
    found = re.findall(r'<p class="what"><a href="[^"]+">(.*?)</a></p>\s*(?:<p>(.*?)</p>)?', page)
    return [words or title for title, words in found]
