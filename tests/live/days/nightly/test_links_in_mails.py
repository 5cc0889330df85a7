"""The links in a morning's mails, as a program at the mail server opens them before anybody reads them."""

from __future__ import annotations

import re
from contextlib import suppress
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from builders.oakfield_week import a_week

from monitor.home.wiring import open_store


@pytest.fixture(scope="module")
def week(tmp_path_factory):
    folder = tmp_path_factory.mktemp("week")
    with pytest.MonkeyPatch.context() as patch, a_week(folder, patch, "2026-11-16T14:00") as found:
        yield found


@pytest.fixture(scope="module")
def mails(week) -> dict:
    """What each person was sent by 07:31 on Tuesday."""
    week.say("calls", "elsewhere", "child", "head", "insult")
    week.tale.until("2026-11-17T07:30")
    week.tale("scan", code=None)
    week.tale.tick()
    found: dict = {}
    for taken in week.tale.mails():
        found.setdefault(taken.to[0].partition("@")[0], []).append(taken.mail)
    return found


def links_in(week, *sent) -> list[str]:
    """The signed addresses in these mails, each once."""
    parts = [p.get_content() for m in sent for p in m.walk() if p.get_content_maintype() == "text"]
    return list(dict.fromkeys(re.findall(rf"{week.local}/m/[a-z2-7]+", "".join(parts))))


def kept(week) -> list:
    """Whatever taking, marking and reading leave in the store."""
    with open_store(week.tale.home).read() as con:
        return [con.execute(f"SELECT * FROM {table} ORDER BY ALL").fetchall()
                for table in ("audit", "alerts", "owners", "outbox", "case_steps")]  # fmt: skip


def test_a_program_that_opens_every_link_of_every_mail_changes_nothing(week, mails):
    before = kept(week)
    links = links_in(week, *(m for sent in mails.values() for m in sent))
    assert len(links) > len(mails)
    asked = [("GET", link) for link in links] + [(method, links[0]) for method in ("HEAD", "POST")]
    for method, link in asked:
        with suppress(HTTPError), urlopen(Request(link, method=method), timeout=5) as answer:
            assert b"stepdad" not in answer.read()
    assert kept(week) == before
