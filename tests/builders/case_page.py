"""The desk with a matter that may want a case, and somebody at work on it: for tests of a case's pages."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

from builders.case_desk import PNG
from builders.desk import OpenDesk
from builders.mention import a_mention
from builders.page import form_of
from starlette.testclient import TestClient

from data.cases import Event
from data.content_class import ContentClass
from data.evidence.handed_in import SaidOfPost
from data.steps.asking import ConsentAsked
from data.steps.codes import PlaceRole
from data.steps.judging import Classified, Targeted
from data.steps.keeping import CopyFound
from data.store.cases.cases import steps
from data.types import About, Route, Severity
from monitor.act.capture import CaptureOptions, Supplied, approve_capture, capture
from monitor.act.step import open_case, take_step
from monitor.desk import edge
from monitor.home.wiring import Session

LIE = "Mr Vale of Oakfield Primary is a thief. He takes the dinner money home and everybody knows it."
ON_FACEBOOK = a_mention(
    "lie", channel="facebook", title="", text=LIE, author="gate-dad", url="https://facebook.example.org/lie"
)
FALSE = {
    "severity": Severity.TODAY, "route": Route.REQUEST_REMOVAL, "abuse": ("defamation",),
    "about": About.STAFF, "content_class": "C7",
}  # fmt: skip
CHILDREN = LIE[:20]
WEIGHED = {
    "nature": "It calls him a thief.", "visible_own": "two days", "spread_own": "nobody",
    "impact": "He dreads the gate.",
}  # fmt: skip


class CaseDesk(OpenDesk):
    """The head is signed in, on a device of their own; `case` is the address of the case once it is open."""

    def __init__(self, home, post=ON_FACEBOOK, **given):
        super().__init__(home, post=post, **(FALSE | given))
        self.sign_in("head", device="own")
        self.case = ""

    @property
    def own(self):
        """Where the matter lies for who is signed in."""
        return self.context.links.at_desk("s-one")

    def begin(self):
        """Opens the case from the page of its matter."""
        page = self.browser.get(self.own)
        matter = re.search(r'name="matter" value="([^"]+)"', page.text)[1]
        answer = self.browser.post("/case", data={"form": form_of(page)["form"], "matter": matter})
        self.case = answer.headers["location"]
        return self.page()

    def page(self, path="", browser=None):
        return (browser or self.browser).get(f"{self.case}{path}")

    def say(self, act, browser=None, **said):
        """Fills in the question of that step, or what a page beside the case asks, and sends it."""
        self.clock.at += timedelta(minutes=1)
        browser = browser or self.browser
        shown = self.page(f"/{act}", browser)
        kept = {"form": form_of(shown)["form"], "version": form_of(shown)["version"], "do": "record"}
        return browser.post(f"{self.case}/{act}", data={**kept, **said})

    def keep_evidence(self, who="head"):
        """What somebody handed in becomes the case's first exhibit."""
        session = self._session(who)
        found = approve_capture(session, self.case.rpartition("/")[2], CaptureOptions(), self.clock()).made
        handed = Supplied((PNG,), SaidOfPost(supplied_by="the office", came="paper"))
        return capture(session, found, CaptureOptions(browser=False), handed, None, self.clock).made

    def add_place(self, url, number="0001"):
        """The same words at one more address."""
        found = Event(CopyFound(url=url, what=PlaceRole.MIRROR), "head")
        take_step(self._session("head"), number, found, self.clock())

    def step(self, number="0001"):
        """The kinds of step that were taken, in their order."""
        return [step.kind.value for step in self.steps(number)]

    def steps(self, number="0001"):
        """The steps that were taken, in their order."""
        with self.store.read() as con:
            return steps(con, number)

    def begin_by_act(self, target):
        """Opens the case without a browser, of a threat to somebody who was asked for consent."""
        session = self._session("head")
        case = open_case(session, "s-one", "", self.clock()).made.case
        self.case = f"/case/{case.id}"
        for said, why in (
            (Classified(content_class=ContentClass.THREAT), "It is a threat."),
            (Targeted(person=target), ""),
            (ConsentAsked(person=target, how="in_person"), ""),
        ):
            take_step(session, case.id, Event(said, "head", why), self.clock())

    def _session(self, who):
        person = next(p for p in self.context.config.people if p.id == who)
        return Session(self.context.config, self.context, self.store, person)

    def to_decided(self):
        """Up to the decision to seek removal."""
        self.begin()
        self.keep_evidence()
        self.say("classified", **{"class": "C7"}, why="It is false.")
        self.say("author", relationship="parent")
        self.say("weighed", **WEIGHED)
        return self.say("decided", decision="seek", why="It is false, and names him.")


def as_often_as_one_likes(monkeypatch):
    monkeypatch.setattr(edge, "MOST", 10**6)


def another(desk, who) -> TestClient:
    """A browser in which somebody else has just signed in."""
    browser = desk.another()
    desk.sign_in(who, browser, device="own")
    return browser


def leads(page):
    """Where one may go from there."""
    return [unescape(to) for to in re.findall(r'href="(/case/[^"]+)"', page.text)]
