"""A matter goes by a number that is drawn: what it is called from its first mail on, and what finds it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from builders.case_desk import NOW, a_desk, disclosure, insult, review, run
from builders.mention import a_batch, a_mention, a_run, a_verdict, an_alert
from support.case_numbers import draw_numbers, drawn
from support.documents import content
from support.rows import rows

from data.store import numbers
from data.store.cases import cases as case_store
from data.store.mentions.batch import save
from data.types import About, Policy, Route, Severity

INSULT = "Mr Thistlewood at Oakfield is a fat useless moron and an ugly pig, everybody laugh at him."
HEAD, IT = ("--as", "holt"), ("--as", "fern")
LISTS = (("alerts", "list", "--all"), ("story", "list"), ("story", "list", "--limit", "2"), ("case", "list"))


def test_a_matter_keeps_one_number_from_its_first_mail_to_its_case(home, monkeypatch):
    monkeypatch.setattr(numbers, "draw_numbers", draw_numbers)
    monkeypatch.setattr(case_store, "next_id", drawn)
    (home / "said.txt").write_text(INSULT, encoding="utf-8")
    here, me = ("--home", str(home)), ("--as", "i-larkspur")
    assert run("report-in", "--text-file", str(home / "said.txt"), "--channel", "facebook", *here).code == 0
    sql = """SELECT o.subject, o.body, a.id, a.number FROM outbox o JOIN alerts a ON a.id = o.alert_id
        WHERE o.kind = 'instant' AND o.via = 'mail' ORDER BY o.written_at DESC LIMIT 1"""
    ((subject, body, alert, number),) = rows(home, sql)
    assert re.fullmatch(r"[1-9]\d{5}", number)
    assert f"({number})" in subject
    assert re.search(rf"alerts show( --home \S+)? {number}", body)
    assert alert[:6] not in (subject + body).lower()
    by_number, by_id = (run("alerts", "show", given, *me, *here).out for given in (number, alert[:6]))
    assert by_number == by_id
    assert f"Alert {number} " in by_number
    assert run("case", "open", number, *me, *here).code == 0
    assert rows(home, "SELECT id FROM cases WHERE id = $n", {"n": number})
    assert run("case", "show", alert[:6], *me, *here).out == run("case", "show", number, *me, *here).out


@pytest.fixture
def desk(tmp_path):
    return a_desk(tmp_path, lambda desk: (insult(desk), disclosure(desk)))


def two_open(desk):
    insult(desk)
    review(desk)


def called(desk, story):
    ((alert, number),) = rows(desk.home, "SELECT id, number FROM alerts WHERE story_id = $s", {"s": story})
    return alert, number


def answer(desk, given, *words):
    ran = run(*(given if word == "ID" else word for word in words), *IT, "--home", str(desk.home))
    return ran.code, ran.out.replace(given, "ID"), ran.err.replace(given, "ID")


@pytest.mark.parametrize(
    "words",
    [
        ("alerts", "show", "ID"), ("alerts", "ack", "ID"), ("story", "show", "ID"),
        ("story", "mark", "ID", "--taken"), ("alerts", "person", "ID", "--about", "nobody", "--why", "x"),
        ("case", "open", "ID"), ("case", "show", "ID"), ("evidence", "verify", "ID"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_an_id_that_leads_to_a_post_finds_nothing_for_whoever_may_only_know_of_the_matter(desk, words):
    alert, number = called(desk, "story-disclosure")
    for given, never in ((alert, "f" * len(alert)), ("story-disclosure", "story-nothing")):
        assert answer(desk, given, *words) == answer(desk, never, *words)
    assert "with the DSL" in answer(desk, number, "alerts", "show", "ID")[1]


def test_no_list_shows_whoever_may_only_know_of_a_matter_an_id_that_leads_to_its_post(desk):
    alert, number = called(desk, "story-disclosure")
    for words in LISTS:
        for form in ((), ("--json",)):
            said = run(*words, *form, *IT, "--home", str(desk.home)).out
            assert ("with the DSL" in said) is (words[0] != "case")
            assert alert[:6] not in said
            assert "story-disclosure" not in said
    assert number in run("alerts", "list", *IT, "--home", str(desk.home)).out


def renamed(desk, **ids):
    with desk.store.write("test") as con:
        for story, alert in ids.items():
            con.execute("UPDATE alerts SET id = $a WHERE story_id = $s", {"a": alert, "s": f"story-{story}"})


def test_what_may_be_an_alert_or_a_story_is_refused_with_their_numbers(desk):
    review(desk)
    renamed(desk, insult="story-9", disclosure="story-88")
    said = ("--about", "nobody", "--why", "x", "--as", "pike", "--home", str(desk.home))
    ran = run("alerts", "person", "story-", *said)
    here = [called(desk, f"story-{name}")[1] for name in ("insult", "disclosure")]
    assert (ran.code, ran.out) == (2, "")
    assert "3 matters can be meant by “story-”. Type the number of one: " in ran.err
    assert all(number in ran.err for number in here)
    assert run("alerts", "person", here[1], *said).code == 0


def test_of_several_that_begin_so_only_those_that_one_may_know_are_counted(desk):
    renamed(desk, insult="abc1", disclosure="abc2")
    here = ("--home", str(desk.home))
    both = run("alerts", "show", "abc", "--as", "pike", *here)
    assert (both.code, both.err.startswith("2 matters can be meant by “abc”.")) == (2, True)
    only = run("alerts", "show", "abc", *IT, *here)
    assert called(desk, "story-insult")[1] in only.out


def hidden(desk, name, draw):
    """A matter of which the IT lead may only know that it exists; what else is so of it is drawn."""
    severity, times = draw.choice((Severity.TODAY, Severity.THIS_HOUR)), draw.randint(1, 3)
    route = draw.choice((Route.SAFEGUARDING, Route.POLICE_NOW, Route.PLATFORM_REPORT))
    text, hours = " ".join(draw.choices(("boy", "gate", "her", "bus", "hurt"), k=6)), draw.randint(-90, 900)
    at = NOW + timedelta(hours=hours)
    mention = a_mention(name, text=text, published=at - timedelta(hours=1), fetched_at=at)
    judged = a_verdict(
        mention, severity=severity, route=route, about=About.PUPIL, content_class="C10", restricted=True,
        abuse=("safeguarding",), look=draw.random() < 0.5,
    )  # fmt: skip
    alert = an_alert(
        f"story-{name}", severity=severity, route=route, content_class="C10", restricted=True, times=times,
        audience=("pike",), raised_at=at,
    )  # fmt: skip
    batch = a_batch(
        mention, verdicts=[judged], story_id=f"story-{name}", run=a_run(f"feed:{name}", at), alerts=[alert]
    )
    with desk.store.write("test") as con:
        save(con, batch, now=at, policy=Policy())


def seen(desk):
    """What the IT lead is shown by every list, as text and as JSON."""
    reader = (*IT, "--home", str(desk.home))
    return [
        (found.code, found.out, found.err)
        for words in (*LISTS, ("story", "list", "--look"), ("story", "list", "--unsure"))
        for form in ((), ("--json",))
        for found in (run(*words, *form, *reader),)
    ]


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_hidden_of_a_matter_the_lists_are_the_same(tmp_path: Path, seed):
    """Two homes of the same matters, which are drawn otherwise, are asked by twelve commands each."""
    shown = []
    for home in range(2):
        desk, draw = a_desk(tmp_path / str(home), two_open), Random(f"{seed} {home}")
        for name in ("first", "second", "third"):
            hidden(desk, name, draw)
        shown.append(seen(desk))
    assert shown[0] == shown[1]
    alerts = content(shown[0][1][1])
    assert [a["restricted"] for a in alerts] == [False, True, True, True]
    assert [a["number"] for a in alerts[1:]] == sorted(a["number"] for a in alerts[1:])
