"""A head's morning on a telephone: the digest, the page behind its links, and what the others see of it.

The posts come from feeds and are judged by the program's model, mails leave by SMTP, and a Chromium without
JavaScript, of a telephone's size and by touch, opens them. The clock alone is ours.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

import pytest
from builders.oakfield_week import CHAIR, DEPUTY, DSL, HEAD, a_week

CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here")
MAILBOX = "https://mailbox.example.org/"


class Telephone:
    """A person's telephone: what it shows, and which addresses outside it was led to."""

    def __init__(self, browser, device, week) -> None:
        self.week = week
        self.left: list[str] = []
        self._mail = ""
        self.context = browser.new_context(**device, java_script_enabled=False)
        self.context.route("**/*", self._answer)
        self.tab = self.context.new_page()
        self.tab.set_default_timeout(15_000)

    def _answer(self, route) -> None:
        url = route.request.url
        if url == MAILBOX:
            route.fulfill(body=self._mail, content_type="text/html; charset=utf-8")
        elif url.startswith(self.week.local):
            route.continue_()
        else:
            self.left.append(url)
            route.abort()

    def opens(self, mail) -> None:
        """The mail, as its program shows it."""
        self._mail = mail.get_body(("html",)).get_content()
        self.tab.goto(MAILBOX)

    def goes_to(self, address: str) -> int:
        """Opens that address; its status."""
        return self.tab.goto(address).status

    def taps(self, name: str) -> None:
        """The first button or link of that name, a few seconds after the page came."""
        self.week.tale.wait(seconds=5)
        found = self.tab.get_by_role("button", name=name).or_(self.tab.get_by_role("link", name=name))
        found.first.tap()

    @property
    def says(self) -> str:
        """What it shows, in one line."""
        return " ".join(self.tab.inner_text("body").split())

    @property
    def offers(self) -> list[str]:
        """The buttons there are."""
        return [" ".join(b.split()) for b in self.tab.get_by_role("button").all_inner_texts()]


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        with a_week(tmp_path_factory.mktemp("week"), patch, "2026-11-16T14:00") as found:
            yield found


@pytest.fixture(scope="module")
def telephones() -> Iterator:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser, play.devices["iPhone 13"]
        browser.close()


@pytest.fixture
def telephone(week, telephones):
    with one_of(week, telephones) as found:
        yield found


@contextmanager
def one_of(week, telephones):
    found = Telephone(*telephones, week)
    try:
        yield found
    finally:
        found.context.close()


@pytest.fixture(scope="module")
def mails(week) -> dict:
    """What each person was sent by 07:31 on Tuesday: their alerts by subject, and their digest."""
    for name in ("insult", "calls", "film", "child", "head", "choir"):
        week.say(name)
    week.tale.until("2026-11-17T07:30")
    week.tale("scan", code=None)
    week.tale.tick()
    found: dict = {}
    for taken in week.tale.mails():
        found.setdefault(taken.to[0].partition("@")[0], []).append(taken.mail)
    return found


def digest_of(sent):
    return next(m for m in sent if "Tuesday" in m["Subject"])


def links_in(week, mail) -> list[str]:
    """The signed addresses in a mail, each once."""
    text = "".join(p.get_content() for p in mail.walk() if p.get_content_maintype() == "text")
    return list(dict.fromkeys(re.findall(rf"{week.local}/m/[a-z2-7]+", text)))


def test_the_skeleton(week, mails, telephone):
    for who, sent in mails.items():
        print(who, [m["Subject"] for m in sent])
    telephone.opens(digest_of(mails[HEAD]))
    print(telephone.says)
    print(urlopen, CHAIR, DEPUTY, DSL)
