"""Who has a matter, its number, who asks for it, and what each reader sees in their lists."""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random

import pytest
from builders.case_desk import NOW, PNG, Desk, a_desk, about_the_head, disclosure, insult, review, run
from builders.config import PERSON, SCHOOL, read
from builders.digest import a_config
from builders.home import a_migrated_store
from builders.mention import Clock, a_batch, a_mention, a_run, a_store, a_verdict, an_alert
from support.case_numbers import draw_numbers, drawn
from support.documents import content, keys_told
from support.every_command import ended
from support.forked import COMMAND
from support.pseudo_terminal import shown_at
from support.rows import rows

from data.effects import utc_now
from data.errors import InputError
from data.store import numbers
from data.store.cases import cases as case_store
from data.store.engine import leases
from data.store.mentions.batch import save
from data.store.mentions.person_reports import handed_in
from data.types import About, Person, Policy, Role, Route, School, Severity
from monitor.act import report_in as act
from monitor.cli.commands import report_in as command
from monitor.cli.views.layout import utc
from monitor.config.home.lookup import known_person, one_of
from monitor.home import wiring
from monitor.home.wiring import pick_urn
from monitor.matters.reader import asker

AS_DSL, AS_HEAD = ("--as", "pike"), ("--as", "holt")


def allegation(desk: Desk) -> str:
    """A story of a child harmed by a member of staff: the safeguarding lead's and the head's."""
    return desk.story(
        "allegation", route=Route.SAFEGUARDING, severity=Severity.THIS_HOUR, about=About.STAFF,
        content_class="C10", restricted=True, abuse=("safeguarding",), alert=True, told=("pike", "holt"),
    )  # fmt: skip


@pytest.fixture
def desk(tmp_path):
    return a_desk(tmp_path, allegation)


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """An insult nobody has, a disclosure that the lead took, an allegation with a case. Only to be read."""

    def prepare(desk):
        insult(desk)
        disclosure(desk)
        allegation(desk)
        alerts(desk, "ack", number(desk, "story-disclosure"), *AS_DSL)
        desk("open", "story-allegation", *AS_DSL)

    return a_desk(tmp_path_factory.mktemp("many"), prepare)


def alerts(desk, *words):
    ran = run("alerts", *words, "--home", str(desk.home))
    assert ran.code == 0, ran.err
    return ran


def listed(desk, *words):
    return alerts(desk, "list", "--json", *words).data


def read_out(desk, *words):
    return " ".join(alerts(desk, *words).out.split())


def number(desk, story):
    with desk.store.read() as con:
        ((found,),) = con.execute("SELECT number FROM alerts WHERE story_id = $s", {"s": story}).fetchall()
    return str(found)


def refused(desk, *words):
    ran = run(*words, "--home", str(desk.home))
    assert ran.code == 2
    return ran.err


def test_after_an_acknowledgement_a_case_and_the_lado_no_list_says_that_nobody_has_it(desk):
    alert = number(desk, "story-allegation")
    assert "Nobody has these yet:" in read_out(desk, "list", *AS_HEAD)
    alerts(desk, "ack", alert, *AS_DSL)
    desk("open", alert, *AS_DSL)
    assert desk("step", "referred", "1", "--to", "lado", *AS_DSL).code == 0
    for reader, whom in ((AS_DSL, "you"), (AS_HEAD, "Robin Pike (safeguarding lead)")):
        said = alerts(desk, "list", *reader).out
        assert "nobody" not in said.lower()
        assert "you" in said or "Robin Pike" in " ".join(said.split())
        assert listed(desk, *reader)[0]["has_it"]["person"] == "pike", whom


def test_the_working_day_of_the_lado_is_marked_once_over_in_the_list_and_in_the_count(desk, monkeypatch):
    monkeypatch.setattr("data.effects.utc_now", lambda: NOW + timedelta(hours=1))
    desk("open", "story-allegation", *AS_DSL)
    monkeypatch.setattr("data.effects.utc_now", lambda: NOW + timedelta(days=2))
    assert "overdue:" in alerts(desk, "list", *AS_DSL).out
    assert "tell the LADO" in read_out(desk, "list", *AS_DSL)
    status = run("status", "--home", str(desk.home), *AS_DSL).out
    assert "Cases in which a time is over: 1." in status


def test_what_i_took_stays_in_my_list_and_leaves_what_others_are_asked_to_take(desk):
    alert = number(desk, "story-allegation")
    assert [a["number"] for a in listed(desk, "--mine", *AS_HEAD)] == [alert], "the head was asked as well"
    alerts(desk, "ack", alert, *AS_DSL)
    assert [a["number"] for a in listed(desk, "--mine", *AS_DSL)] == [alert]
    assert listed(desk, "--mine", *AS_HEAD) == []
    assert listed(desk, "--open") == []
    assert [a["number"] for a in listed(desk, *AS_HEAD)] == [alert]


def test_what_was_handed_over_is_finished_and_stands_only_among_all(desk):
    alert = number(desk, "story-allegation")
    alerts(desk, "ack", alert, *AS_DSL)
    desk("open", alert, *AS_DSL)
    desk("step", "referred", "1", "--to", "lado", *AS_DSL)
    ran = desk("close", "1", "--handed-over", *AS_DSL, "--why", "With the local authority")
    assert ran.code == 0, ran.err
    assert listed(desk, *AS_DSL) == listed(desk, "--mine", *AS_DSL) == []
    (one,) = listed(desk, "--all", *AS_DSL)
    assert (one["finished"], one["next"]) == (True, None)
    assert "Finished:" in alerts(desk, "list", "--all", *AS_DSL).out
    assert "You have no alert" in alerts(desk, "list", "--mine", *AS_DSL).out


def test_the_list_of_alerts_stands_in_two_groups(many):
    said = read_out(many, "list", *AS_DSL)
    first, then = (
        said.index("Nobody has these yet:"),
        said.index("Somebody has these; not finished yet:"),
    )
    assert first < said.index("A member of staff") < then < said.index("with the DSL")


@pytest.mark.parametrize("width", [40, 80])
def test_the_list_is_read_on_a_telephone_and_on_a_narrow_terminal(many, width):
    words = ("alerts", "list", *AS_DSL, "--home", str(many.home))
    said = shown_at(width, COMMAND, *words, env={"NO_COLOR": "1"})
    assert max(map(len, said.splitlines())) <= width, said
    assert ("Number: " if width == 40 else "Number") in said
    assert "tell the LADO" in " ".join(said.split())


def test_mine_wants_to_know_who_asks_and_two_lists_are_not_one(many):
    assert "Say who you are" in refused(many, "alerts", "list", "--mine")
    assert "Give one of them" in refused(many, "alerts", "list", "--open", "--all")


def test_who_has_it_is_named_to_nobody_who_may_not_read_it(many):
    for reader in ((), ("--as", "fern")):
        one = next(a for a in listed(many, *reader) if a["number"] == number(many, "story-disclosure"))
        assert one["has_it"]["person"] is one["acknowledged"]["by"] is None
        assert "somebody" in read_out(many, "list", *reader)
        assert "Pike" not in alerts(many, "list", *reader).out


def test_restricted_matters_are_told_apart_by_number_and_date_without_a_word_of_them(many):
    said = read_out(many, "list", "--as", "fern")
    apart = re.findall(
        r"\b(?:\d{6}|\d{4}) (?:\S+ )*?with the DSL, taken by somebody on \w{3} \d+ \w{3}", said
    )
    assert len(apart) == said.count("with the DSL") == 2
    assert not [word for word in ("child", "allegation", "staff is alleged", "LADO") if word in said]


def test_after_a_step_it_is_with_whoever_did_it_until_it_is_given_to_somebody(tmp_path):
    desk = a_desk(tmp_path, review)
    desk("open", "story-review", *AS_HEAD)
    desk("note", "1", "Rang her", "--as", "ash")
    assert desk("list", *AS_HEAD, "--json").data[0]["has_it"] == "ash"
    desk("assign", "1", "--to", "fern", "--as", "ash")
    desk("note", "1", "Rang again", *AS_HEAD)
    assert desk("list", *AS_HEAD, "--json").data[0]["has_it"] == "fern"


def test_an_alert_is_found_by_the_number_of_its_case_and_the_case_by_the_alerts(many):
    alert = number(many, "story-allegation")
    shown = alerts(many, "show", "0001", *AS_DSL).out
    assert shown == alerts(many, "show", alert, *AS_DSL).out == alerts(many, "show", "#1", *AS_DSL).out
    assert many("show", alert, *AS_DSL).out == many("show", alert.lower(), *AS_DSL).out
    assert many("show", alert, *AS_DSL).out.startswith("0001")


def test_a_matter_is_acknowledged_and_worked_on_by_either_number(desk):
    alert = number(desk, "story-allegation")
    desk("open", alert, *AS_DSL)
    assert "0001 is with Robin Pike (safeguarding lead) already" in read_out(desk, "ack", "0001", *AS_HEAD)
    assert desk("note", alert, "Rang the LADO", *AS_DSL).out.startswith("Case 0001: recorded.")
    assert run("evidence", "verify", alert, "--home", str(desk.home)).code == 0


def test_an_alert_without_a_case_is_answered_with_how_to_open_one(many):
    alert = number(many, "story-insult")
    said = refused(many, "case", "show", alert, *AS_HEAD)
    assert said == f"There is no case about alert {alert} yet. Its page at the desk opens one."


def test_by_neither_number_does_anybody_learn_of_what_they_may_not_know(tmp_path):
    desk = a_desk(tmp_path, about_the_head)
    desk("open", "story-accused", "--as", "marsh")
    alert = number(desk, "story-accused")
    assert "There is no case" in refused(desk, "case", "show", alert, *AS_HEAD)
    assert "No alert begins with" in refused(desk, "alerts", "show", "0001", *AS_HEAD)


def test_what_could_be_either_is_refused_with_how_to_say_which(many, tmp_path):
    desk = a_desk(tmp_path, allegation)
    insult(desk)
    desk("open", "story-allegation", *AS_DSL)
    with a_store(desk.home, Clock(utc_now())).write("test") as con:
        con.execute("UPDATE alerts SET id = '0001abcdef012345' WHERE story_id = 'story-insult'")
    hint = f"For the case type #0001; for the alert its number: {number(desk, 'story-insult')}"
    assert hint in refused(desk, "alerts", "show", "0001", *AS_DSL)
    assert "0001" in alerts(desk, "show", "#0001", *AS_DSL).out
    assert "story-insult" in alerts(desk, "show", "0001a", *AS_DSL).out


def test_an_alert_with_two_cases_asks_which(tmp_path):
    desk = a_desk(tmp_path, allegation)
    desk("open", "story-allegation", *AS_DSL)
    with desk.store.write("test") as con:
        con.execute("INSERT INTO cases BY NAME SELECT * REPLACE ('0002' AS id) FROM cases")
        con.execute("INSERT INTO case_steps BY NAME SELECT * REPLACE ('0002' AS case_id) FROM case_steps")
    assert "Which case is it? 0001, 0002" in refused(
        desk, "case", "show", number(desk, "story-allegation"), *AS_DSL
    )


# A matter goes by a number that is drawn: what it is called from its first mail on, and what finds it.


INSULT = "Mr Thistlewood at Oakfield is a fat useless moron and an ugly pig, everybody laugh at him."
IT = ("--as", "fern")


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
    assert re.search(rf"alerts ack( --home \S+)? {number}", body)
    assert alert[:6] not in (subject + body).lower()
    by_number, by_id = (run("alerts", "show", given, *me, *here).out for given in (number, alert[:6].upper()))
    assert by_number == by_id
    assert number in by_number
    assert run("case", "open", number, *me, *here).code == 0
    assert rows(home, "SELECT id FROM cases WHERE id = $n", {"n": number})
    assert run("case", "show", alert[:6], *me, *here).out == run("case", "show", number, *me, *here).out


@pytest.fixture
def numbered(tmp_path):
    return a_desk(tmp_path, lambda numbered: (insult(numbered), disclosure(numbered)))


def two_open(numbered):
    insult(numbered)
    review(numbered)


def called(numbered, story):
    ((alert, number),) = rows(
        numbered.home, "SELECT id, number FROM alerts WHERE story_id = $s", {"s": story}
    )
    return alert, number


def answer(numbered, given, *words):
    ran = run(*(given if word == "ID" else word for word in words), *IT, "--home", str(numbered.home))
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
def test_an_id_that_leads_to_a_post_finds_nothing_for_whoever_may_only_know_of_the_matter(numbered, words):
    alert, _ = called(numbered, "story-disclosure")
    for given, never in ((alert, "f" * len(alert)), ("story-disclosure", "story-nothing")):
        assert answer(numbered, given, *words) == answer(numbered, never, *words)


def renamed(numbered, **ids):
    with numbered.store.write("test") as con:
        for story, alert in ids.items():
            con.execute("UPDATE alerts SET id = $a WHERE story_id = $s", {"a": alert, "s": f"story-{story}"})


def test_what_may_be_an_alert_or_a_story_is_refused_with_their_numbers(numbered):
    review(numbered)
    renamed(numbered, insult="story-9", disclosure="story-88")
    said = ("--about", "nobody", "--why", "x", "--as", "pike", "--home", str(numbered.home))
    ran = run("alerts", "person", "story-", *said)
    here = [called(numbered, f"story-{name}")[1] for name in ("insult", "disclosure")]
    assert (ran.code, ran.out) == (2, "")
    assert "3 matters can be meant by “story-”. Type the number of one: " in ran.err
    assert all(number in ran.err for number in here)
    assert run("alerts", "person", here[1], *said).code == 0


def test_of_several_that_begin_so_only_those_that_one_may_know_are_counted(numbered):
    renamed(numbered, insult="abc1", disclosure="abc2")
    here = ("--home", str(numbered.home))
    both = run("alerts", "show", "abc", "--as", "pike", *here)
    assert (both.code, both.err.startswith("2 matters can be meant by “abc”.")) == (2, True)
    only = run("alerts", "show", "abc", *IT, *here)
    assert called(numbered, "story-insult")[1] in only.out


def hidden(numbered, name, draw):
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
    with numbered.store.write("test") as con:
        save(con, batch, now=at, policy=Policy())


def seen(numbered):
    """What the IT lead is shown by every list, as text and as JSON."""
    reader = (*IT, "--home", str(numbered.home))
    return [
        (found.code, found.out, found.err)
        for form in ((), ("--json",))
        for found in (run("alerts", "list", "--all", *form, *reader),)
    ]


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_hidden_of_a_matter_the_lists_are_the_same(tmp_path: Path, seed):
    """Two homes of the same matters, which are drawn otherwise, are asked for their lists."""
    shown = []
    for home in range(2):
        numbered, draw = a_desk(tmp_path / str(home), two_open), Random(f"{seed} {home}")
        for name in ("first", "second", "third"):
            hidden(numbered, name, draw)
        shown.append(seen(numbered))
    assert shown[0] == shown[1]
    alerts = content(shown[0][1][1])
    assert [a["restricted"] for a in alerts] == [False, True, True, True]
    assert [a["number"] for a in alerts[1:]] == sorted(a["number"] for a in alerts[1:])


# Whoever hands something in is answered the same, whatever is held or was judged.


AT = "https://talk.example.org/t/77"
HIDDEN = (
    "The headteacher at Oakfield Primary School grabbed my boy in the corridor and bruised his arm badly."
)
NEARLY = HIDDEN.replace("badly", "very badly")
OTHER = "Lovely concert at Oakfield Primary School last night, thank you to everybody who came along."
BY = ("--channel", "facebook")
IMAGE = ("--file", "/home/office/shot.png", "--child-image")


def begun(desk):
    (desk.home / "shot.png").write_bytes(PNG)
    reported(desk, "pike", OTHER.replace("concert", "fair"))


def with_it(desk):
    begun(desk)
    reported(desk, "pike", HIDDEN, "--url", AT)
    reported(desk, "pike", HIDDEN)


@pytest.fixture
def homes(tmp_path, monkeypatch):
    """Two homes, the first with a matter that accuses the head, and a clock and draws that say the same."""
    monkeypatch.setattr(command, "utc_now", lambda: NOW)
    made = [a_desk(tmp_path / prepare.__name__, prepare) for prepare in (with_it, begun)]
    these_are_drawn(monkeypatch, 382_913)
    return made


def these_are_drawn(monkeypatch, *draws):
    """These are what is drawn, again and again."""
    left = iter([*draws, *range(1000)])
    monkeypatch.setattr(act, "draw_number", partial(numbers.draw_number, draw=lambda most: next(left)))


def reported(desk, person, words, *more):
    who = ("--as", person) if person else ()
    said = ("report-in", *BY, *more, *who, "--text", "-", "--school", "900001", "--home", str(desk.home))
    done = run(*said, said=words)
    return done.code, done.out.replace(str(desk.home), "HOME"), done.err


def of_file(desk):
    return "--file", str(desk.home / "shot.png"), "--no-child-image"


@pytest.mark.parametrize(
    ("person", "words", "more"),
    [
        ("holt", HIDDEN, ()),
        ("holt", HIDDEN, ("--url", AT, "--json")),
        (None, HIDDEN, ("--url", AT)),
        ("holt", NEARLY, ("--url", AT)),
        ("vale", OTHER, ("--url", AT, "--json")),
        ("vale", "", ("--url", AT)),
        ("holt", OTHER, ("--url", AT, "--danger", "now", "--about", "head")),
        ("vale", OTHER, ("--url", AT, *IMAGE)),
    ],
    ids=["words", "both", "nobody", "copy", "address", "alone", "danger", "image"],
)
def test_whoever_may_be_accused_is_answered_as_where_there_is_nothing(
    homes, monkeypatch, person, words, more
):
    there, without = [], []
    for desk, found in zip(homes, (there, without), strict=True):
        these_are_drawn(monkeypatch, 382_913)
        found.append(reported(desk, person, words, *more))
        state = ("--state", "482913", "--school", "900001", *(("--as", person) if person else ()))
        found.append(run("report-in", *state, "--home", str(desk.home)).out)
    assert there == without
    assert there[0][0] == 0
    assert there[1] == ("Received.\n" if person else "")


MAIL = '[mail]\nhost = "localhost"\nsecurity = "none"\nsender = "us@example.org"\n'
ITSELF = f"PID {os.getpid()} on {platform.node()}"


def service(desk, holder=ITSELF):
    """One at work for that home, with mail set up; of a `holder` that is no more, none."""
    config = desk.home / "schoolgate.toml"
    config.write_text(config.read_text(encoding="utf-8") + "\n" + MAIL, encoding="utf-8")
    with a_migrated_store(desk.home).write("service") as con:
        leases.take(con, leases.Lease(leases.NAME, holder, NOW, NOW + timedelta(minutes=2)))


@pytest.mark.parametrize("holder", [None, f"PID 999999999 on {platform.node()}"], ids=["none", "killed"])
def test_where_nothing_is_sent_by_itself_whoever_reports_is_to_tell_somebody(homes, holder):
    if holder:
        service(homes[0], holder)
    _, said, _ = reported(homes[0], "holt", HIDDEN, "--url", AT)
    assert "Danger is passed on" not in said
    assert "nobody is told of it: if it cannot wait, tell Robin Pike yourself." in said
    _, said, _ = reported(homes[0], "holt", HIDDEN, "--url", AT, "--json")
    assert "tell Robin Pike yourself." in content(said)["advice"][0]


def test_the_answer_is_when_it_came_its_number_and_how_to_ask_how_far_it_is(homes, monkeypatch):
    service(homes[0])
    code, said, err = reported(homes[0], "holt", HIDDEN, "--url", AT)
    assert (code, err) == (0, "")
    assert said == (
        "If anyone is in danger, ring 999.\n"
        "Received 09:00, number 482913. Danger is passed on at once; the rest reaches a person within the "
        "hour on a school day, else at 07:00.\nHow far it is: schoolgate report-in --state 482913 --as holt\n"
    )
    these_are_drawn(monkeypatch, 382_914)
    _, said, _ = reported(homes[0], "holt", HIDDEN, "--url", AT, "--json")
    assert content(said) == {"received": utc(NOW), "number": "482914", "advice": []}


@pytest.mark.parametrize("url", [AT, "https://talk.example.org/t/78"])
def test_whoever_hands_in_a_file_is_told_the_same_whether_it_was_kept(homes, url):
    reported(homes[0], "pike", "", "--url", AT, *IMAGE)
    _, said, _ = reported(homes[0], "vale", OTHER, "--url", url, *of_file(homes[0]))
    assert "The file is kept only once what was said of it is judged: keep your own" in said
    assert "Ring Robin Pike now." not in said
    assert "do not open" not in said


def test_a_number_is_drawn_for_each_report_and_none_twice(homes, monkeypatch):
    these_are_drawn(monkeypatch, 382_913, 382_913, 7)
    said = [content(reported(homes[0], "vale", OTHER, "--json")[1])["number"] for _ in range(2)]
    assert said == ["482913", "100007"]


def test_a_file_that_was_not_taken_is_shown_to_the_safeguarding_lead_with_where_it_lies(homes, monkeypatch):
    desk = homes[0]
    reported(desk, "pike", "", "--url", AT, *IMAGE)
    these_are_drawn(monkeypatch, 382_914)
    reported(desk, "vale", OTHER, "--url", AT, *of_file(desk))
    assert not [p for p in desk.store.evidence.rglob("*") if p.is_file() and p.read_bytes() == PNG]
    with desk.store.read() as con:
        ((alert,),) = con.execute("""SELECT a.id FROM alerts a JOIN matches m USING (story_id)
            JOIN files_not_taken f USING (mention_id) WHERE f.number = '482914'""").fetchall()
    read_out = ("--restricted", "--as", "pike", "--reason", "duty")
    shown = run("alerts", "show", alert, *read_out, "--home", str(desk.home)).out
    assert OTHER in shown
    assert "number 482914" in shown
    assert f"Its file was not taken, and lies at {(desk.home / 'shot.png').as_uri()}: do not open" in shown


@pytest.mark.parametrize("words", [("--url", AT, "--shows-nothing", "No."), ("--of", "482913")])
@pytest.mark.parametrize("person", ["holt", "vale"])
def test_whoever_is_no_safeguarding_lead_learns_by_no_refusal_what_was_handed_in(homes, words, person):
    given = (*words, *(() if "--url" in words else ("--shows-nothing", "No.", *of_file(homes[0])[:2])))
    reported(homes[0], "pike", "", "--url", AT, *IMAGE)
    said = [
        run("report-in", *given, "--as", person, "--school", "900001", "--home", str(d.home)) for d in homes
    ]
    assert (said[0].code, said[0].err) == (said[1].code, said[1].err)
    assert "safeguarding lead" in said[0].err


def test_the_beginning_of_the_id_of_what_was_handed_in_is_no_reference_of_it(homes):
    with homes[0].store.read() as con:
        ids = con.execute("SELECT DISTINCT subject FROM audit WHERE action = 'reported_in'").fetchall()
    for (mention,) in ids:
        done = run("report-in", "--state", mention[:8], "--school", "900001", "--home", str(homes[0].home))
        assert (done.code, "nothing was handed in" in done.err) == (2, True)


def state_of(desk, person):
    return run(
        "report-in", "--state", "482913", "--as", person, "--home", str(desk.home), "--school", "900001"
    ).out


@pytest.mark.parametrize("person", ["vale", None])
def test_a_number_is_nothing_to_whoever_neither_brought_it_nor_may_know_of_it(homes, person):
    reported(homes[0], "pike", NEARLY)
    reported(homes[0], "pike", OTHER)
    who = ("--as", person) if person else ()
    ask = ("report-in", "--home", str(homes[0].home), "--school", "900001", *who)
    numbers = ("482913", "482914", "999999")
    said = [run(*ask, "--state", number) for number in numbers]
    alike = {(s.code, s.out, s.err.replace(n, "N")) for s, n in zip(said, numbers, strict=True)}
    assert len(alike) == 1
    assert state_of(homes[0], "pike") == "Received.\n"


def test_a_case_that_opened_by_itself_and_that_nobody_has_taken_is_received(homes):
    desk = homes[1]
    reported(
        desk, "fern", "I will wait for Mr Vale of Oakfield Primary School tonight and stab him with my knife."
    )
    with desk.store.read() as con:
        ((alert,),) = con.execute("SELECT a.id FROM alerts a JOIN cases c USING (story_id)").fetchall()
    assert state_of(desk, "pike") == "Received.\n"
    assert run("alerts", "ack", alert, "--as", "pike", "--home", str(desk.home)).code == 0
    assert state_of(desk, "pike") == "Being dealt with.\n"


def test_what_could_not_be_saved_keeps_the_number_that_was_promised(homes, monkeypatch):
    desk = homes[1]
    with monkeypatch.context() as within:
        within.setattr(act, "take_in", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
        code, _, told = reported(desk, "vale", OTHER)
    assert (code, "Its number is 482913." in told) == (1, True)
    assert state_of(desk, "vale") == "Received.\n"
    these_are_drawn(monkeypatch, 7)
    reported(desk, "vale", NEARLY)
    with desk.store.read() as con:
        (mention,) = handed_in(con, "900001", "482913")
        assert con.execute(
            "SELECT text FROM mention_versions WHERE mention_id = $id", {"id": mention}
        ).fetchall() == [(OTHER,)]


def test_what_was_taken_in_twice_since_its_process_was_ended_in_between_is_found_by_its_number(
    homes, monkeypatch
):
    monkeypatch.setattr(act, "draw_number", lambda con: "482913")
    for _ in range(2):
        reported(homes[1], "vale", OTHER, "--danger", "now", "--danger-to", "staff")
    with homes[1].store.read() as con:
        assert len(handed_in(con, "900001", "482913")) == 2
    assert state_of(homes[1], "pike") == "Received.\n"


def test_whoever_reports_next_is_told_nothing_of_what_waited_nor_where_its_file_lies(homes, monkeypatch):
    desk = homes[1]
    with monkeypatch.context() as within:
        within.setattr(act, "take_in", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
        reported(desk, "pike", HIDDEN, *of_file(desk))
    (desk.home / "shot.png").unlink()
    _, _, told = reported(desk, "holt", OTHER)
    assert "taken in" not in told
    assert "shot.png" not in told
    assert state_of(desk, "pike") == "Received.\n"


# Who asks, where several things may say so; and what `--json` withholds from them.


DSL = '[[people]]\nid = "dsl"\nname = "Mr B Example"\nroles = ["dsl"]\n'


def config(folder, me=""):
    return read(folder, SCHOOL + PERSON + DSL + (f'[cli]\nme = "{me}"\n' if me else ""))


@pytest.mark.parametrize(
    ("me", "given", "asks"),
    [("head", "dsl", "dsl"), ("head", None, "head"), ("head", " ", "head"), ("haed", "dsl", "dsl")],
    ids=["named", "of the settings", "a blank is no name", "nobody of the settings keeps nobody out"],
)
def test_whoever_is_named_asks_else_the_one_of_the_settings_else_nobody(tmp_path, me, given, asks):
    assert asker(config(tmp_path, me), given).id == asks
    assert asker(config(tmp_path), None) is None


@pytest.mark.parametrize(
    ("me", "given", "told"), [("", "dls", "--as dls"), ("haed", None, r"\[cli\] “me”: .* haed")]
)
def test_somebody_unknown_is_refused(tmp_path, me, given, told):
    with pytest.raises(InputError, match=told):
        asker(config(tmp_path, me), given)


def test_without_a_name_a_scan_shows_where_things_stand_and_no_words(played, home):
    from monitor.cli.scan_once import show
    from monitor.home import wiring
    from monitor.matters.reader import Reader

    _, summary, settings = played
    store = wiring.open_store(home)
    said = {}
    for person in (None, *settings.people):
        lines = []
        show(summary, Reader(settings, store, person), as_json=False, say=lines.append)
        said[person and person.id] = "\n".join(map(str, lines))
    assert "choir" in said["i-larkspur"]
    assert "TO ANSWER" in said[None]
    assert not [word for word in ("choir", "caretaker", "parking") if word in said[None].lower()]
    assert "WITH THE DSL   2" in said["i-larkspur"]
    assert "WITH THE DSL   1" in said["t-quillfeather"]
    assert "WITH THE DSL   1" in said[None]


def test_the_question_which_school_is_meant_names_those_there_are(tmp_path):
    two = read(tmp_path, SCHOOL + SCHOOL.replace("900001", "900002"))
    with pytest.raises(InputError, match=r"--school URN\. There are: 900001 \([^)]+\), 900002 \([^)]+\)\."):
        pick_urn(two, None)


# What somebody names wrongly, or not at all: of many only the nearest are said.


MANY = {f"p-{n:03}": f"Mx Person{n:03} Sample" for n in range(600)} | {"r-lowe": "Mrs Ruth Lowe"}


def test_few_are_all_named():
    assert one_of("c", {"a": "Ada", "b": ""}, "[[people]]", named=True) == ": a (Ada), b."
    assert one_of("c", {}, "[[people]]") == ": none."


@pytest.mark.parametrize("given", ["r-low", "lowe", "Ruth", "rlowe", "r.lowe"])
def test_of_many_the_nearest_by_id_or_name_is_named_and_where_all_stand(given):
    said = one_of(given, MANY, "[[people]]")
    assert said.startswith(" 601, under [[people]]. Nearest: r-lowe")
    assert said.count(",") <= 5


def test_all_who_share_the_name_that_was_misspelt_are_named():
    known = MANY | {"s-1": "Ms Jamie Moor", "s-2": "Mr Jamie Fell"}
    assert one_of("jamei", known, "[[people]]").endswith("Nearest: s-1, s-2.")


@pytest.mark.parametrize("given", [None, " ", "qqqqqq"])
def test_what_is_like_none_is_only_counted(given):
    assert one_of(given, MANY, "[[people]]") == " 601, under [[people]]."


def test_six_hundred_people_and_a_hundred_schools_are_not_printed(tmp_path):
    people = [Person(i, name, (Role.SLT,)) for i, name in MANY.items()]
    schools = [School(str(900001 + n), f"Larch {n} Primary", town="Northvale") for n in range(120)]
    config = a_config(tmp_path, people=people, schools=schools)
    for refuse in (
        lambda: known_person(config, "lowe"),
        lambda: known_person(config, None),
        lambda: wiring.pick_urn(config, "90012"),
        lambda: wiring.pick_urn(config, None),
    ):
        with pytest.raises(InputError) as refused:
            refuse()
        assert len(str(refused.value)) < 300
    with pytest.raises(InputError, match=r"It has 120, under \[\[schools\]\]\. Nearest: 9000.. \(Larch"):
        wiring.pick_urn(config, "90001")
    with pytest.raises(InputError, match="Nearest: r-lowe"):
        known_person(config, "lowe")


# `--json`: what is withheld is null in a row with all its keys, and times are in UTC to the second.


UTC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
ALWAYS = {"id", "urn", "restricted", "state", "severity"}
OF_A_RESTRICTED_ROW = {
    ("alerts", "list"): ALWAYS | {"number", "raised_at", "next", "finished", "times", "from_before", "cases"},
}


def rows_of(home: Path, words: tuple[str, ...]) -> list[dict[str, object]]:
    """What the demo's list prints to somebody who has not said who they are."""
    listed: list[dict[str, object]] = json.loads(ended([*words, "--json", "--home", str(home)])[1])
    return listed


@pytest.mark.parametrize("words", OF_A_RESTRICTED_ROW)
def test_a_row_that_is_restricted_has_the_keys_of_every_other(home, words):
    found = rows_of(home, words)
    assert {row["restricted"] for row in found} == {True, False}
    assert len({tuple(sorted(row)) for row in found}) == 1


@pytest.mark.parametrize("words", OF_A_RESTRICTED_ROW)
def test_a_row_that_is_restricted_tells_none_of_its_words(home, words):
    withheld = [row for row in rows_of(home, words) if row["restricted"]]
    assert {row["state"] for row in withheld} == {"with the DSL"}
    assert all(keys_told(row) == OF_A_RESTRICTED_ROW[words] for row in withheld)


def _times(value: object) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _times(inner)
    elif isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d[T ]\d", value):
        yield value


@pytest.mark.parametrize("words", [("alerts", "list"), ("source", "list"), ("status",), ("people", "list")])
def test_times_are_in_utc_to_the_second(home, words):
    document = json.loads(ended([*words, "--json", "--home", str(home)])[1])
    assert [time for time in _times(document) if not UTC.fullmatch(time)] == []
