"""A head's morning on a telephone: the digest, the page behind its links, and what the others see of it.

The posts come from feeds and are judged by the program's model, mails leave by SMTP, and a Chromium without
JavaScript, of a telephone's size and by touch, opens them. The clock alone is ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from builders.oakfield_week import CHAIR, DEPUTY, DSL, HEAD, a_week
from builders.served import chromium, needs_chromium

from monitor.home import wiring
from monitor.home.wiring import open_store

pytestmark = needs_chromium
TELEPHONE = {
    "viewport": {"width": 390, "height": 664}, "device_scale_factor": 3, "is_mobile": True, "has_touch": True,
}  # fmt: skip
MAILBOX = "https://mailbox.example.org/"


class Telephone:
    """A person's telephone: what it shows, and which addresses outside it was led to."""

    def __init__(self, browser, week) -> None:
        self.week = week
        self.left: list[str] = []
        self._mail = ""
        self.context = browser.new_context(**TELEPHONE, java_script_enabled=False)
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

    def taps(self, name: str, beside: str = "") -> None:
        """The first button or link of that name, or that of one line, a few seconds after the page came."""
        self.week.tale.wait(seconds=5)
        where = self.tab.locator("li, td").filter(has_text=beside).last if beside else self.tab
        found = where.get_by_role("button", name=name).or_(where.get_by_role("link", name=name))
        with self.tab.expect_navigation():
            found.first.tap()

    def proves(self) -> None:
        """A code is asked for, looked up in the newest mail, and typed."""
        self.taps("Send me a code")
        *_, taken = self.week.tale.mails()
        self.tab.get_by_label("Code of six figures").fill(taken.mail.get_content().split()[0])
        self.taps("Open it")

    def signs_in(self, person: str) -> None:
        """At the desk, by a code that is mailed."""
        self.goes_to(f"{self.week.local}/sign-in")
        self.tab.fill("#address", f"{person}@oakfield.example.sch.uk")
        self.tab.click("button[value=send_code]")
        *_, taken = self.week.tale.mails()
        self.tab.fill("#code", taken.mail.get_content().split()[0])
        self.tab.click("button[value=prove]")

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
    folder = tmp_path_factory.mktemp("week")
    with pytest.MonkeyPatch.context() as patch, a_week(folder, patch, "2026-11-16T14:00") as found:
        yield found


@pytest.fixture(scope="module")
def telephones() -> Iterator:
    with chromium() as browser:
        yield browser


@contextmanager
def one_of(week, telephones) -> Iterator[Telephone]:
    found = Telephone(telephones, week)
    try:
        yield found
    finally:
        found.context.close()


@pytest.fixture
def phone(week, telephones) -> Iterator[Telephone]:
    with one_of(week, telephones) as found:
        yield found


@pytest.fixture(scope="module")
def mails(week) -> dict:
    """What each person was sent by 07:31 on Tuesday."""
    return morning(week, "calls", "elsewhere", "child", "head", "insult")


def morning(week, *said: str) -> dict:
    """These are said on Monday, and the digest is sent on Tuesday; each person's mails."""
    week.say(*said)
    week.tale.until("2026-11-17T07:30")
    week.tale("scan", code=None)
    week.tale.tick()
    found: dict = {}
    for taken in week.tale.mails():
        found.setdefault(taken.to[0].partition("@")[0], []).append(taken.mail)
    return found


def digest_of(sent):
    return next(m for m in sent if "Tuesday" in m["Subject"])


def links_in(week, *sent) -> list[str]:
    """The signed addresses in these mails, each once."""
    parts = [p.get_content() for m in sent for p in m.walk() if p.get_content_maintype() == "text"]
    return list(dict.fromkeys(re.findall(rf"{week.local}/m/[a-z2-7]+", "".join(parts))))


def kept(week) -> list:
    """Whatever taking, marking and reading leave in the store."""
    with open_store(week.tale.home).read() as con:
        return [con.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
                for table in ("audit", "alerts", "owners", "outbox", "case_steps")]  # fmt: skip


def reads(week, person: str) -> int:
    """How often it is on record that this person read restricted words."""
    with open_store(week.tale.home).read() as con:
        rows = con.execute("SELECT action FROM audit WHERE actor = $who", {"who": person}).fetchall()
    return sum("read" in action for (action,) in rows)


def test_a_program_that_opens_every_link_of_every_mail_changes_nothing(week, mails):
    before = kept(week)
    links = links_in(week, *(m for sent in mails.values() for m in sent))
    assert len(links) > len(mails)
    asked = [("GET", link) for link in links] + [(method, links[0]) for method in ("HEAD", "POST")]
    for method, link in asked:
        with suppress(HTTPError), urlopen(Request(link, method=method), timeout=5) as answer:
            assert b"stepdad" not in answer.read()
    assert kept(week) == before


def test_the_lead_reads_a_restricted_matter_after_a_code_and_a_tap_on_record(week, mails, phone):
    link, *_ = links_in(week, *mails[DSL])
    assert not any(word in str(m) for m in mails[DSL] for word in ("stepdad", "year 6", "Northvale Talk"))
    assert phone.goes_to(link) == 200
    assert phone.offers == ["Send me a code"]
    phone.proves()
    assert not any(word in phone.says for word in ("stepdad", "year 6", "forum", "pupil", "Talk"))
    before = reads(week, DSL)
    phone.taps("Read it now")
    assert "my stepdad hits me" in phone.says
    assert reads(week, DSL) == before + 1
    assert "Not us" not in phone.offers
    assert "Answered" not in phone.offers
    phone.goes_to(link)
    assert "stepdad" not in phone.says


def test_the_head_who_is_insulted_reads_of_it_by_a_link_and_the_chair_decides(week, mails, phone):
    links = wiring.links(week.tale.home, wiring.settings(week.tale.home, None)[1])
    (story,) = [
        row["id"] for row in week.tale(f"story list --as {CHAIR} --json").data if row["title"] == "The head"
    ]
    assert phone.goes_to(links.page(story, HEAD, week.tale.now)) == 200
    assert "The head is insulted" in phone.says
    assert "creep" not in phone.says
    phone.goes_to(links_in(week, *mails[CHAIR])[0])
    assert "The head is insulted" in phone.says


def test_a_fair_complaint_is_answered_and_leaves_what_is_open(week, mails, phone):
    phone.signs_in(HEAD)
    phone.opens(digest_of(mails[HEAD]))
    assert "ring back" in phone.says
    phone.taps("Open", beside="ring back")
    phone.taps("Show what was posted")
    assert "three times about my son's inhaler" in phone.says
    assert "ring back" in phone.tab.inner_text("h1")
    phone.taps("Answered")
    assert "has been answered" in phone.says
    assert "Nobody has taken it" not in phone.says
    assert "ring back" not in week.tale(f"digest --as {DEPUTY}").out.partition("In the news")[0]


def test_a_namesakes_post_is_not_us_until_that_is_taken_back(week, mails, phone):
    phone.signs_in(HEAD)
    phone.opens(digest_of(mails[HEAD]))
    phone.taps("Open", beside="packed lunches")
    assert "perhaps another school" in phone.says.lower() or "another school" in phone.says
    phone.taps("Not us")
    assert "not about the school" in phone.says
    assert "packed lunches" not in week.tale(f"digest --as {DEPUTY}").out
    phone.taps("Undo")
    assert "packed lunches" in week.tale(f"digest --as {DEPUTY}").out


@pytest.mark.usefixtures("week")
def test_the_head_takes_the_first_matter_and_everybody_sees_who_has_it(tmp_path, monkeypatch, telephones):
    with a_week(tmp_path, monkeypatch, "2026-11-16T14:00") as week, ExitStack() as stack:
        mails = morning(week, "insult")
        phone, deputys = (stack.enter_context(one_of(week, telephones)) for _ in "12")
        taken_by_the_head(week, mails, phone, deputys)
        and_the_next_morning(week)


def taken_by_the_head(week, mails, phone, deputys) -> None:
    deputys.opens(digest_of(mails[DEPUTY]))
    deputys.taps("Open")
    assert "I have it" in deputys.offers
    phone.opens(digest_of(mails[HEAD]))
    phone.taps("Open")
    assert "A member of staff is insulted" in phone.says
    assert "fat pig" not in phone.says
    phone.taps("Show what was posted")
    assert "everyone should tell him so at the parents' evening" in phone.says
    original = phone.tab.get_by_role("link", name="Open the original")
    assert original.get_attribute("href").startswith("/leave/")
    week.tale.wait(seconds=5)
    phone.taps("I have it")
    assert "you have it" in phone.says

    # The deputy, on the page that was open all the while, and in the lists.
    deputys.taps("I have it")
    assert "Mrs Tamsin Quillfeather has it already" in deputys.says
    assert "I have it" not in deputys.offers
    assert "insulted" not in week.tale(f"alerts list --open --as {DEPUTY}").out
    assert "Mrs Tamsin Quillfeather" in week.tale(f"alerts list --as {DEPUTY}").out
    assert "insulted" in week.tale(f"alerts list --mine --as {HEAD}").out

    # The old link, tapped once more. Nothing led anybody out of the school's own pages.
    assert phone.goes_to(phone.tab.url) == 200
    assert "I have it" not in phone.offers
    assert phone.left == deputys.left == []


def and_the_next_morning(week) -> None:
    week.tale.until("2026-11-18T07:30")
    week.tale.tick()
    after = next(m for m in week.tale.mails() if m.mail["To"].startswith("Mr Noah") and m.mail.is_multipart())
    words = " ".join(after.mail.get_body(("plain",)).get_content().split())
    assert "insulted" not in words.partition("Waiting")[0]
    assert "A member of staff is insulted or targeted" in words.partition("Waiting")[2]
    assert "In hand: Head." in words.partition("Waiting")[2]
