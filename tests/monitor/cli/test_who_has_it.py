"""Who has a matter, its number, who asks for it, and what each reader sees in their lists."""

import json
import re
from collections.abc import Iterator
from functools import partial

import pytest
from builders.case_desk import NOW, PNG, Acts, Desk, a_desk, about_the_head, disclosure, insult, run
from builders.config import PERSON, SCHOOL, read
from builders.digest import a_config
from builders.hand_in import CHILD_IMAGE, hand_in
from builders.home import rows_of
from support.case_numbers import draw_numbers, drawn
from support.every_command import ended
from support.for_each import for_each
from support.rows import rows
from typer.testing import CliRunner

from data import effects
from data.errors import InputError
from data.evidence.handed_in import Danger, ReportState, Says
from data.store import cases as case_store
from data.store import owners as owner_store
from data.store.engine import connect
from data.store.mentions import handed_in
from data.types import About, Person, Role, Route, School, Severity
from monitor.act import report_in as act
from monitor.act.mark import Handling
from monitor.act.matter import give
from monitor.cli.app import app
from monitor.config.home.lookup import known_person, list_choices
from monitor.config.home.paths import own_account
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
        desk.open("story-allegation", "pike")

    return a_desk(tmp_path_factory.mktemp("many"), prepare)


def alerts(desk, *words):
    ran = typed(desk, *words)
    assert ran.code == 0, ran.err
    return ran


def listed(desk, *words):
    return alerts(desk, "list", "--json", *words).data


def read_out(desk, *words):
    return " ".join(alerts(desk, *words).out.split())


def number(desk, story):
    ((found,),) = rows_of(desk.store, "SELECT number FROM alerts WHERE story_id = $s", {"s": story})
    return str(found)


def refused(desk, *words):
    ran = run(*words, "--home", str(desk.home))
    assert ran.code == 2
    return ran.err


def test_what_i_took_stays_in_the_list(desk):
    alert = number(desk, "story-allegation")
    alerts(desk, "ack", alert, *AS_DSL)
    assert [a["number"] for a in listed(desk, *AS_DSL)] == [alert]
    assert [a["number"] for a in listed(desk, *AS_HEAD)] == [alert]


def test_who_has_it_is_named_to_nobody_who_may_not_read_it(many):
    for reader in ((), ("--as", "fern")):
        one = next(a for a in listed(many, *reader) if a["number"] == number(many, "story-disclosure"))
        assert one["has_it"]["person"] is None
        assert "somebody" in read_out(many, "list", *reader)
        assert "Pike" not in alerts(many, "list", *reader).out


def test_a_matter_is_acknowledged_by_the_number_of_its_case_too(desk):
    desk.open("story-allegation", "pike")
    assert "Robin Pike is already dealing with it" in refused(desk, "alerts", "ack", "0001", *AS_HEAD)


def test_by_the_number_of_its_case_nobody_learns_of_what_they_may_not_know(tmp_path):
    desk = a_desk(tmp_path, about_the_head)
    desk.open("story-accused", "marsh")
    assert "No alert begins with" in refused(desk, "alerts", "ack", "0001", *AS_HEAD)


# A matter goes by a number that is drawn: what it is called from its first mail on, and what finds it.


INSULT = "Mr Thistlewood at Oakfield is a fat useless moron and an ugly pig, everybody laugh at him."
IT = ("--as", "fern")


def test_a_matter_keeps_one_number_from_its_first_mail_to_its_case(home, monkeypatch):
    monkeypatch.setattr(owner_store, "draw_numbers", draw_numbers)
    monkeypatch.setattr(case_store, "next_id", drawn)
    hand_in(home, INSULT, channel="facebook")
    sql = """SELECT o.subject, o.body, a.id, a.number, a.story_id FROM outbox o
        JOIN alerts a ON a.id = o.alert_id WHERE o.kind = 'instant' AND o.via = 'mail'
        ORDER BY o.written_at DESC LIMIT 1"""
    ((subject, body, alert, number, story),) = rows(home, sql)
    assert re.fullmatch(r"[1-9]\d{5}", number)
    assert f"({number})" in subject
    assert re.search(rf"alerts ack( --home \S+)? {number}", body)
    assert alert[:6] not in (subject + body).lower()
    assert Acts(home, wiring.open_store(home)).open(story, "i-larkspur").id == number


@for_each("words", [("alerts", "ack"), ("evidence", "verify")])
def test_an_id_that_leads_to_a_post_finds_nothing_for_whoever_may_only_know_of_the_matter(many, words):
    (alert,) = (a.alert_id for a in many.alerts("pike") if a.story_id == "story-disclosure")
    for given, never in ((alert, "f" * len(alert)), ("story-disclosure", "story-nothing")):
        its, none = (run(*words, one, *IT, "--home", str(many.home)) for one in (given, never))
        assert (its.code, its.err.replace(given, never)) == (none.code, none.err)


# Whoever hands something in is answered the same, whatever is held or was judged.


AT = "https://talk.example.org/t/77"
HIDDEN = (
    "The headteacher at Oakfield Primary School grabbed my boy in the corridor and bruised his arm badly."
)
NEARLY = HIDDEN.replace("badly", "very badly")
OTHER = "Lovely concert at Oakfield Primary School last night, thank you to everybody who came along."


def begun(desk):
    reported(desk, "pike", OTHER.replace("concert", "fair"))


def with_it(desk):
    begun(desk)
    reported(desk, "pike", HIDDEN, url=AT)
    reported(desk, "pike", HIDDEN)


@pytest.fixture
def homes(tmp_path, monkeypatch):
    """Two homes, the first with a matter that accuses the head, and a clock and draws that say the same."""
    monkeypatch.setattr(effects, "utc_now", lambda: NOW)
    made = [a_desk(tmp_path / prepare.__name__, prepare) for prepare in (with_it, begun)]
    these_are_drawn(monkeypatch, 382_913)
    return made


def these_are_drawn(monkeypatch, *draws):
    """These are what is drawn, again and again."""
    left = iter([*draws, *range(1000)])
    monkeypatch.setattr(act, "draw_number", partial(owner_store.draw_number, draw=lambda most: next(left)))


def reported(desk, person, words, **said):
    """The number of what somebody hands in."""
    return hand_in(desk.home, words, channel="facebook", urn="900001", by=person, **said).number


def test_a_number_is_drawn_for_each_report_and_none_twice(homes, monkeypatch):
    these_are_drawn(monkeypatch, 382_913, 382_913, 7)
    assert [reported(homes[0], "vale", OTHER) for _ in range(2)] == ["482913", "100007"]


def withdraws(config, where, person):
    return act.judge_image(config, where, person, ("900001", AT), "No.", NOW, shows=False)


def adds_picture(config, where, person):
    return act.hand_in_picture(config, where, person, ("900001", "482913"), PNG, "No.", lambda: NOW)


@pytest.mark.parametrize("does", [withdraws, adds_picture])
@pytest.mark.parametrize("person", ["holt", "vale"])
def test_whoever_is_no_safeguarding_lead_learns_by_no_refusal_what_was_handed_in(homes, does, person):
    reported(homes[0], "pike", "", url=AT, says=CHILD_IMAGE)
    its, none = (
        does(config, where, known_person(config, person))
        for desk in homes
        for where, config in [wiring.open_settings(desk.home, None)]
    )
    assert its == none
    assert its.guard == "safeguarding_lead"


def test_the_beginning_of_the_id_of_what_was_handed_in_is_no_reference_of_it(homes):
    for entry in homes[0].entries("reported_in"):
        assert state_of(homes[0], "pike", entry.subject[:8]) is None


def state_of(desk, person, number="482913"):
    with desk.store.open_reader() as con:
        return act.state_for(con, desk.reader(person), desk.home, "900001", number)


def test_a_case_that_opened_by_itself_and_that_nobody_has_taken_is_received(homes):
    desk = homes[1]
    reported(
        desk, "fern", "I will wait for Mr Vale of Oakfield Primary School tonight and stab him with my knife."
    )
    ((alert,),) = rows_of(desk.store, "SELECT a.id FROM alerts a JOIN cases c USING (story_id)")
    assert state_of(desk, "pike") is ReportState.RECEIVED
    assert run("alerts", "ack", alert, "--as", "pike", "--home", str(desk.home)).code == 0
    assert state_of(desk, "pike") is ReportState.IN_HAND


def test_what_could_not_be_saved_keeps_the_number_that_was_promised(homes, monkeypatch):
    desk = homes[1]
    with monkeypatch.context() as within:
        within.setattr(act, "take_in", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
        with pytest.raises(act.NotYetTaken) as told:
            reported(desk, "vale", OTHER)
    assert told.value.number == "482913"
    assert state_of(desk, "vale") is ReportState.RECEIVED
    these_are_drawn(monkeypatch, 7)
    reported(desk, "vale", NEARLY)
    with desk.store.open_reader() as con:
        (mention,) = handed_in(con, "900001", "482913")
        assert con.execute(
            "SELECT text FROM mention_versions WHERE mention_id = $id", {"id": mention}
        ).fetchall() == [(OTHER,)]


def test_what_was_taken_in_twice_since_its_process_was_ended_in_between_is_found_by_its_number(
    homes, monkeypatch
):
    monkeypatch.setattr(act, "draw_number", lambda con: "482913")
    for _ in range(2):
        reported(homes[1], "vale", OTHER, says=Says(Danger.NOW, "staff"))
    with homes[1].store.open_reader() as con:
        assert len(handed_in(con, "900001", "482913")) == 2
    assert state_of(homes[1], "pike") is ReportState.RECEIVED


# Who asks, where several things may say so; and what `--json` withholds from them.


DSL = '[[people]]\nid = "dsl"\nname = "Mr B Example"\nroles = ["dsl"]\n'


def config(folder, me=""):
    return read(folder, SCHOOL + PERSON + DSL + (f'[cli]\nme = "{me}"\n' if me else ""))


@for_each(
    ("me", "given", "asks"),
    [("head", "dsl", "dsl"), ("head", None, "head"), ("head", " ", "head"), ("haed", "dsl", "dsl")],
)
def test_whoever_is_named_asks_else_the_one_of_the_settings_else_nobody(tmp_path, me, given, asks):
    assert asker(config(tmp_path, me), given).id == asks
    assert asker(config(tmp_path), None) is None


@for_each(("me", "given", "told"), [("", "dls", "--as dls"), ("haed", None, r"\[cli\] “me”: .* haed")])
def test_somebody_unknown_is_refused(tmp_path, me, given, told):
    with pytest.raises(InputError, match=told):
        asker(config(tmp_path, me), given)


def test_without_a_name_a_scan_shows_where_things_stand_and_no_words(played, home):
    from monitor.cli.scan_once import show_summary
    from monitor.home import wiring
    from monitor.matters.reader import Reader

    _, summary, settings = played
    store = wiring.open_store(home)
    said = {}
    for person in (None, *settings.people):
        lines = []
        show_summary(summary, Reader(settings, store, person), as_json=False, say=lines.append)
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


def test_all_who_share_the_name_that_was_misspelt_are_named():
    known = MANY | {"s-1": "Ms Jamie Moor", "s-2": "Mr Jamie Fell"}
    assert list_choices("jamei", known, "[[people]]").endswith("Nearest: s-1, s-2.")


def test_few_are_all_named_and_of_many_like_none_only_their_number():
    assert list_choices("c", {"a": "Ada", "b": ""}, "[[people]]", named=True) == ": a (Ada), b."
    assert list_choices("c", {}, "[[people]]") == ": none."
    assert {list_choices(none, MANY, "[[people]]") for none in (None, " ", "qqqqqq")} == {
        " 601, under [[people]]."
    }


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


def test_a_row_that_is_restricted_has_the_keys_of_every_other(home):
    # what the demo's list prints to somebody who has not said who they are
    words = ("alerts", "list")
    found = json.loads(ended([*words, "--json", "--home", str(home)])[1])
    assert {row["restricted"] for row in found} == {True, False}
    assert len({tuple(sorted(row)) for row in found}) == 1


def _times(value: object) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _times(inner)
    elif isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d[T ]\d", value):
        yield value


@for_each("words", [("alerts", "list"), ("status",)])
def test_times_are_in_utc_to_the_second(home, words):
    document = json.loads(ended([*words, "--json", "--home", str(home)])[1])
    assert [time for time in _times(document) if not UTC.fullmatch(time)] == []


# `schoolgate alerts`: what is open, by number and without words, and taking one at the shell.


@pytest.fixture
def three(tmp_path):
    return a_desk(tmp_path, lambda desk: (insult(desk), disclosure(desk), about_the_head(desk)))


def typed(desk, *words):
    return run("alerts", *words, "--home", str(desk.home))


@for_each("reader", [(), ("--as", "pike"), ("--as", "fern")])
def test_the_list_has_numbers_and_no_words_whoever_asks(three, reader):
    said = " ".join(typed(three, "list", *reader).out.split())
    assert number(three, "story-insult") in said
    assert f"{number(three, 'story-disclosure')}" in said
    assert "with the DSL" in said
    assert not [
        word for word in ("insult", "child", "harm", "removal", "safeguarding") if word in said.lower()
    ]


def test_who_may_not_know_of_one_is_not_told_its_number(three):
    assert number(three, "story-accused") not in typed(three, "list", "--as", "holt").out
    assert "No alert begins with" in typed(three, "ack", number(three, "story-accused"), "--as", "holt").err


def test_whoever_takes_one_and_the_others_are_mailed_that_it_was_typed(tmp_path):
    desk = Desk(tmp_path)
    desk.story("fair", alert=True, told=("holt", "ash"), severity=Severity.TODAY, route=Route.RESPOND)
    done = typed(desk, "ack", number(desk, "story-fair"), "--as", "ash")
    assert done.code == 0, done.err
    sent = rows_of(desk.store, "SELECT person_id, body FROM outbox WHERE kind = 'answer' ORDER BY 1")
    assert [person for person, _ in sent] == ["ash", "holt"]
    assert all(
        "Lee Ash" in body and "entered that on the computer that runs Schoolgate" in " ".join(body.split())
        for _, body in sent
    )
    (took,) = desk.entries("alert_acked")
    assert took.actor == "ash"
    assert {"taken_by:shell", f"os_account:{own_account()}"} <= set(took.codes)


def test_who_was_neither_told_nor_asked_takes_none(three):
    done = typed(three, "ack", number(three, "story-insult"), "--as", "holt")
    assert (done.code, three.entries("alert_acked")) == (2, [])
    assert "was not told about it or asked to take it on" in done.err


def test_the_list_asks_no_more_of_the_store(home, monkeypatch):
    """Each statement costs some milliseconds of planning, however little it finds; these may only fall."""
    asked, execute = [], connect.ParsedOnce.execute

    def counted(con, *given):
        asked.append(given[0])
        return execute(con, *given)

    monkeypatch.setattr(connect.ParsedOnce, "execute", counted)
    CliRunner().invoke(app, ["alerts", "list", "--home", str(home)])
    assert 0 < len(asked) <= 12


def test_a_case_of_it_is_theirs_too_and_the_ladder_says_so(tmp_path):
    desk = Desk(tmp_path)
    told = ("holt", "ash")
    desk.story("fair", alert=True, told=told, severity=Severity.TODAY, route=Route.PLATFORM_REPORT)
    desk.open("story-fair", "holt", "It insults.")
    with desk.store.write("a test") as con:
        done = give(Handling(con, desk.session("holt"), "story-fair", "900001", desk.clock()), "ash")
        sent = con.execute("SELECT kind FROM outbox WHERE person_id = 'ash' AND kind <> 'instant'").fetchall()
    assert (done.made.person, sent) == ("ash", [("case",)])
