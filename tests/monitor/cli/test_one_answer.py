"""Whoever hands something in is answered the same, whatever is held or was judged."""

from __future__ import annotations

import os
import platform
from datetime import timedelta
from functools import partial

import pytest
from builders.case_desk import NOW, PNG, a_desk, run
from builders.home import a_migrated_store
from support.documents import content

from data.store import numbers
from data.store.engine import leases
from data.store.mentions.person_reports import handed_in
from monitor.act import report_in as act
from monitor.cli.commands import report_in as command
from monitor.cli.views.layout import utc

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
    drawn(monkeypatch, 382_913)
    return made


def drawn(monkeypatch, *draws):
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
        drawn(monkeypatch, 382_913)
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


def test_the_answer_is_when_it_came_its_number_and_how_to_ask_how_far_it_is(homes):
    service(homes[0])
    code, said, err = reported(homes[0], "holt", HIDDEN, "--url", AT)
    assert (code, err) == (0, "")
    assert said == (
        "Received 09:00, number 482913. Danger is passed on at once; the rest is read by the next school "
        "day. In danger now, ring 999.\nHow far it is: schoolgate report-in --state 482913 --as holt\n"
    )


def test_as_json_it_is_when_it_came_its_number_and_what_their_own_answers_call_for(homes):
    service(homes[0])
    _, said, _ = reported(homes[0], "holt", HIDDEN, "--url", AT, "--json")
    assert content(said) == {"received": utc(NOW), "number": "482913", "advice": []}


@pytest.mark.parametrize("url", [AT, "https://talk.example.org/t/78"])
def test_whoever_hands_in_a_file_is_told_the_same_whether_it_was_kept(homes, url):
    reported(homes[0], "pike", "", "--url", AT, *IMAGE)
    _, said, _ = reported(homes[0], "vale", OTHER, "--url", url, *of_file(homes[0]))
    assert "The file is kept only once what was said of it is judged: keep your own" in said
    assert "Ring Robin Pike now." in said


def test_a_number_is_drawn_for_each_report_and_none_twice(homes, monkeypatch):
    drawn(monkeypatch, 382_913, 382_913, 7)
    said = [content(reported(homes[0], "vale", OTHER, "--json")[1])["number"] for _ in range(2)]
    assert said == ["482913", "100007"]


def test_a_file_that_was_not_taken_is_shown_to_the_safeguarding_lead_with_where_it_lies(homes, monkeypatch):
    desk = homes[0]
    reported(desk, "pike", "", "--url", AT, *IMAGE)
    drawn(monkeypatch, 382_914)
    reported(desk, "vale", OTHER, "--url", AT, *of_file(desk))
    assert not [p for p in desk.store.evidence.rglob("*") if p.is_file() and p.read_bytes() == PNG]
    with desk.store.read() as con:
        ((alert,),) = con.execute("""SELECT a.id FROM alerts a JOIN matches m USING (story_id)
            JOIN files_not_taken f USING (mention_id) WHERE f.number = '482914'""").fetchall()
    read = ("--restricted", "--as", "pike", "--reason", "duty")
    shown = run("alerts", "show", alert, *read, "--home", str(desk.home)).out
    assert OTHER in shown
    assert (
        f"number 482914\n  its file was not taken, and lies at {(desk.home / 'shot.png').as_uri()}: do not"
        in shown
    )


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
    drawn(monkeypatch, 7)
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
