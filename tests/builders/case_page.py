"""The desk with a matter that may want a case, and somebody at work on it: for tests of a case's pages."""

import re
from datetime import timedelta
from html import unescape

from builders.capture import capture
from builders.case_desk import PNG
from builders.desk import OpenDesk
from builders.mention import a_mention
from builders.page import form_of

from data.evidence.handed_in import SaidOfPost
from data.steps.codes import StepKind
from data.types import About, Route, Severity
from monitor.desk import page as desk_page

LIE = "Mr Vale of Oakfield Primary is a thief. He takes the dinner money home and everybody knows it."
ON_FACEBOOK = a_mention(
    "lie", channel="facebook", title="", text=LIE, author="gate-dad", url="https://facebook.example.org/lie"
)
FALSE = {
    "severity": Severity.TODAY, "route": Route.REQUEST_REMOVAL, "abuse": ("defamation",),
    "about": About.STAFF, "content_class": "C7",
}  # fmt: skip
CHILDREN = LIE[:20]
WHAT = {
    "class": "C7", "target": "", "status": "", "relationship": "parent", "visible": "Less than a day.",
    "spread": "Nobody has shared it, as far as we know.", "impact_own": "He dreads the gate.",
    "why": "It is false.", "decision": "seek",
}  # fmt: skip
"""Answers to the first question of a case."""


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
        known, number = SaidOfPost(supplied_by="the office", came="paper"), self.case.rpartition("/")[2]
        return capture(self, person=who, number=number, files=[PNG], known=known)

    def step(self, number="0001"):
        """The kinds of step that were taken, in their order."""
        return [step.kind.value for step in self.steps(number)]

    def begin_by_act(self, target):
        """Opens the case without a browser, of a threat to somebody who was asked for consent."""
        self.case = f"/case/{self.open('s-one', 'head').id}"
        self.take(StepKind.CLASSIFIED, "head", class_="C6", why="It is a threat.")
        self.take(StepKind.TARGET, "head", person=target)
        self.take(StepKind.CONSENT_ASKED, "head", how="in_person")

    def to_decided(self):
        """Up to the decision to seek removal."""
        self.begin()
        self.keep_evidence()
        return self.say("what", **WHAT)


def as_often_as_one_likes(monkeypatch):
    monkeypatch.setattr(desk_page, "MOST", 10**6)


def leads(page):
    """Where one may go from there."""
    return [unescape(to) for to in re.findall(r'href="(/case/[^"]+)"', page.text)]
