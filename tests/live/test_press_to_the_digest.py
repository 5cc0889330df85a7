"""What the papers write, from a search's feed through judging to the digest: each article is told once."""

from __future__ import annotations

import tomllib
from collections import Counter
from datetime import UTC, datetime
from itertools import takewhile

import pytest
from bs4 import BeautifulSoup
from builders.case_desk import run
from builders.oakfield_week import HEAD, NEWS, Said, a_week
from support.checkout import FIXTURES

from alerts.links import Links
from data.store.alerts import alerts as alert_store
from data.words.say import words
from monitor.cli.demo.run import play
from monitor.home import wiring
from monitor.matters.today import due_of
from monitor.service.tasks.digests import prepare
from monitor.terminal.progress import Progress

PRESS = tomllib.loads((FIXTURES / "press" / "headlines.toml").read_text(encoding="utf-8"))
ADVERSE, FAVOURABLE, ACCUSING, APART = ([tuple(one) for one in each] for each in PRESS.values())
DAYS = {
    "2026-11-17": [*ADVERSE[:9], *FAVOURABLE[:3], *ACCUSING[:2], APART[0]],
    "2026-11-18": [*ADVERSE[9:16], *FAVOURABLE[3:6], *ACCUSING[2:], APART[1]],
    "2026-11-19": [*FAVOURABLE[6:9], *ADVERSE[16:]],
    "2026-11-20": FAVOURABLE[9:],
}
"""What is in the papers before each of these mornings; on the last there is more than a digest lists."""
OF_THE_HEAD = " - ".join(APART[1])
"""No limb of an allegation, so the head may read it; the digest does not repeat it."""
W = words("en")


class Digest:
    """A digest as its reader sees it: each line with the story that it leads to, and what is in the news."""

    def __init__(self, html: str, links) -> None:
        page = BeautifulSoup(html, "html.parser")
        self.text = _said(page)
        self.lines: list[tuple[str, str]] = []
        for line in page.select("li.line, div.one"):
            led = (links.ticket(str(a["href"]).rpartition("/m/")[2]) for a in line.find_all("a"))
            self.lines += [(ticket.story_id, _said(line)) for ticket in led if ticket]
        heading = next((h for h in page.find_all("h2") if _said(h) == W("digest.heading.news")), None)
        section = heading.find_next_siblings() if heading else []
        news = list(takewhile(lambda each: each.name != "h2", section))
        self.news = [_said(line) for each in news for line in each.find_all("li")]
        self.after = [_said(each) for each in news if each.name == "p"]


def _said(part) -> str:
    return " ".join(part.get_text(" ").split())


@pytest.fixture(scope="module")
def mornings(tmp_path_factory):
    """By day: the head's digest, and the day's stories that the head may read, by headline.

    The head takes each alert on the day on which it is told.
    """
    found: dict[str, tuple[Digest, dict[str, str]]] = {}
    folder = tmp_path_factory.mktemp("press")
    with pytest.MonkeyPatch.context() as patch, a_week(folder, patch, "2026-11-16T12:00") as week:
        tale, before = week.tale, set()
        for day, articles in DAYS.items():
            week.say(*(Said(NEWS, title, "", paper) for title, paper in articles))
            tale.until(f"{day}T07:30")
            tale("scan", code=None)
            tale.tick()
            (mail,) = [
                m.mail for m in tale.mails()
                if m.to[0].startswith(HEAD) and f"{datetime.fromisoformat(day):%A}" in m.mail["Subject"]
            ]  # fmt: skip
            links = wiring.links(tale.home, wiring.settings(tale.home, None)[1])
            rows = tale(f"story list --as {HEAD} --json").data
            told = {r["title"]: r["id"] for r in rows if not r["restricted"] and r["id"] not in before}
            before |= set(told.values())
            found[day] = Digest(mail.get_body(("html",)).get_content(), links), told
            with wiring.open_store(tale.home).write("the head takes them") as con:
                for alert in alert_store.list_alerts(con, ["900001"]):
                    alert_store.ack(con, alert.id, HEAD, tale.now)
    return found


def calm(row) -> bool:
    """Is it a post that asks for nothing and thanks nobody? Those are only counted."""
    return row["top"]["route"] == "note" and row["channels"] == ["local_forum"]


def headlines(day: str) -> list[tuple[str, str]]:
    return [one for one in DAYS[day] if one not in APART]


def test_there_are_fifty_of_them():
    assert len(ADVERSE) + len(FAVOURABLE) + len(ACCUSING) >= 50


@pytest.mark.parametrize("day", list(DAYS)[:-1])
def test_each_article_leads_to_its_page_from_one_line_of_the_digest(mornings, day):
    digest, told = mornings[day]
    assert {*told} - {OF_THE_HEAD} == {f"{title} - {paper}" for title, paper in headlines(day)}
    assert Counter(s for s, _ in digest.lines if s in told.values()) == Counter(told.values())


@pytest.mark.parametrize("day", list(DAYS)[:-1])
def test_each_is_told_by_its_outlet_and_its_headline_unless_that_accuses_somebody(mornings, day):
    digest, told = mornings[day]
    lines = dict(digest.lines)
    for title, paper in headlines(day):
        line = lines[told[f"{title} - {paper}"]]
        restricted = line.startswith("Safeguarding matter ")  # a child's harm: by number alone
        assert (paper in line) != restricted
        assert (title in line) == ((title, paper) not in ACCUSING), line


@pytest.mark.parametrize("day", DAYS)
def test_in_the_news_the_hard_ones_come_first(mornings, day):
    hard = [any(title in line for title, _ in ADVERSE) for line in mornings[day][0].news]
    assert hard == sorted(hard, reverse=True)


def test_a_dozen_are_listed_and_it_says_how_many_more_there_are(mornings):
    digest, _ = mornings["2026-11-20"]
    listed = [line for line in digest.news if any(title in line for title, _ in FAVOURABLE)]
    assert len(listed) == 12
    assert W("digest.more", count=W.number(len(DAYS["2026-11-20"]) - 12)) in digest.after


@pytest.mark.parametrize("day", DAYS)
def test_what_is_for_others_stands_nowhere(mornings, day):
    digest, told = mornings[day]
    for title, _ in APART:
        assert title not in digest.text
        assert not any(title in headline for headline in {*told} - {OF_THE_HEAD})


def test_the_demos_stories_stand_once_each_in_its_heads_digest_and_what_is_restricted_nowhere(tmp_path):
    evening, morning = datetime(2026, 11, 17, 16, 4, tzinfo=UTC), datetime(2026, 11, 18, 7, 30, tzinfo=UTC)
    home, links = tmp_path / "demo", Links("https://schoolgate.example.org", b"k" * 32)
    _, config = play(home, lambda: evening, Progress(quiet=True))
    head = next(person for person in config.people if person.id == HEAD)
    due = due_of(config, config.schools[0], morning.date())
    with wiring.open_store(home).read() as con:
        (made,) = prepare(con, config, config.schools[0], due, [head], morning, links=links)
    lines = Digest(str(made.letter.html), links).lines
    rows = run("story", "list", "--home", str(home), "--as", HEAD, "--json").data
    told = [row for row in rows if not row["restricted"] and not calm(row)]
    assert len(told) > 8
    apart = {row["id"] for row in rows if row["restricted"]}
    assert Counter(s for s, _ in lines if s not in apart) == Counter(row["id"] for row in told)
    assert all("Safeguarding matter " in line for s, line in lines if s in apart)
    assert not any(word in made.letter.body for word in ("year 6", "stepdad"))
