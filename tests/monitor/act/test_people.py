"""People come and go: who goes is told nothing more, who comes has what they had, as far as they may know."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from builders.case_desk import NOW, Desk, a_desk, disclosure, insult, made_by
from builders.case_desk import run as typed
from builders.config import SCHOOL, keeper_of, put_in_office, write
from builders.home import open_session, rows_of
from builders.letters import CAPITALS, WAYS
from support.for_each import for_each

from alerts.access.recipients import asked_next
from data.matters import Access
from data.steps.acts import Refused
from data.store import alerts as alert_store
from data.store.outbox import put_outbox
from data.store.service import Device
from data.types import About, Harm, Meant, OutboxMessage, Person, Role, Route, Severity
from monitor.act.mark import Handling
from monitor.act.matter import own_word
from monitor.act.people import (
    correct_person,
    enter_person,
    find_namesake,
    finish_leaving,
    list_known_handovers,
    set_away,
    succeed_person,
)
from monitor.config.edit import Succession
from monitor.config.load import Config, load_file
from monitor.desk.case.questions import see
from monitor.desk.page import begin_session
from monitor.home.wiring import make_context
from monitor.matters.reader import Reader, access_to
from monitor.setup import check_settings as checks

EMPTY = f'# ours\n{SCHOOL}\n# -- people\n# Who is told.\n\n# [[people]]\n# id = "head"\n\n[policy]\n'
EMAIL = "dsl@oakfield.example.sch.uk"


@for_each("write", [*WAYS.values(), *CAPITALS.values()])
def test_somebody_of_a_name_is_known_whatever_letters_it_was_pasted_in(write):
    anna = Person("anna", "Anna-Fflur O'Stone", (Role.DSL,))
    assert find_namesake([anna], write(anna.name)) is anna


def test_a_person_stands_under_the_heading_for_people(tmp_path):
    path = write(tmp_path, EMPTY)
    new = Person("dsl", "Mr B Example", (Role.DSL, Role.DEPUTY_HEAD), EMAIL)
    made_by(enter_person(keeper_of(tmp_path), new))
    assert load_file(path, {}).people == (new,)
    block = (
        f'[[people]]\nid = "dsl"\nname = "Mr B Example"\nroles = ["dsl", "deputy_head"]\nemail = "{EMAIL}"\n'
    )
    at = EMPTY.index("# [[people]]")
    assert path.read_text() == f"{EMPTY[:at]}{block}\n{EMPTY[at:]}"


def test_who_is_head_and_lead_in_one_person_or_has_two_mailboxes_is_asked_nothing(tmp_path):
    path = write(tmp_path, EMPTY)
    made_by(enter_person(keeper_of(tmp_path), Person("a", "Mrs A Example", (Role.HEAD, Role.DSL), EMAIL)))
    made_by(enter_person(keeper_of(tmp_path), Person("b", "Mr B Example", (Role.DSL,), "b@example.org")))
    assert len(load_file(path, {}).people) == 2


def test_who_is_away_and_who_covers_are_written_and_when_they_are_back_the_file_is_as_it_was(staffed):
    before, away = staffed.read_text(), date(2099, 1, 1)
    made_by(set_away(keeper_of(staffed.parent), person(staffed, "head"), away, "c-chair"))
    head = person(staffed, "head")
    assert (head.away_until, head.cover) == (datetime(2099, 1, 1, tzinfo=UTC), "c-chair")
    made_by(set_away(keeper_of(staffed.parent), head, None, None))
    assert staffed.read_text() == before


@for_each(("until", "cover", "guard"), [
    (date(2020, 1, 1), "c-chair", "past"),
    (date(2099, 1, 1), "head", "covers_self"),
])  # fmt: skip
def test_nobody_is_away_until_a_day_that_was_or_covers_for_themselves(staffed, until, cover, guard):
    before = staffed.read_text()
    refused = set_away(keeper_of(staffed.parent), person(staffed, "head"), until, cover)
    assert isinstance(refused, Refused)
    assert (refused.guard, staffed.read_text()) == (guard, before)


NEW = ("Mx Noor Sample", "new@example.org")
PEOPLE = """
[[people]]
id = "head"
name = "Mrs A Example"
roles = ["head", "slt"]
email = "head@example.org"
related_to = ["chair"]

[[people]]  # who is told of a child
id = "dsl"
name = "Mr B Example"
roles = ["dsl", "deputy_head"]
email = "dsl@example.org"
away_until = 2099-01-04
cover = "head"

[[people]]
id = "c-chair"
name = "Dr C Example"
roles = ["chair"]
email = "chair@example.org"

# nobody else
[digest]
together = ["head"]

[cli]
me = "head"
"""


def _told(desk: Desk) -> None:
    """The head was told of a child and has it; a mail about an insult waits for them; they have signed in."""
    insult(desk)
    disclosure(desk)
    with desk.store.write("test") as con:
        numbers = {a.story_id: a.id for a in alert_store.list_alerts(con)}
        alert_store.ack(con, numbers["story-disclosure"], "holt", NOW)
        ends, alert = NOW + timedelta(days=3), numbers["story-insult"]
        put_outbox(con, [OutboxMessage("k", "900001", "holt", "instant", "s", "b", NOW, ends, alert)], NOW)
        person = next(p for p in load_file(desk.home / "schoolgate.toml", {}).people if p.id == "holt")
        begin_session(con, person, Device.OWN, NOW)


def known(desk: Desk, who: str, going: Succession, done) -> dict[str, str]:
    """The numbers of the matters that somebody is told to have gone to somebody else, with whom."""
    config = load_file(desk.home / "schoolgate.toml", {})
    by = next(p for p in config.people if p.id == who)
    shown, _ = list_known_handovers(done.handed, going, Reader(config, desk.store, by))
    return {each.number: each.to.name for each in shown}


def rows(desk: Desk, sql: str) -> list[tuple[object, ...]]:
    return rows_of(desk.store, sql)


@pytest.fixture
def staffed(tmp_path: Path) -> Path:
    return write(tmp_path, SCHOOL + 'head = "Mrs A Example"\n' + PEOPLE)


def config(staffed: Path) -> Config:
    return load_file(staffed, {})


def person(staffed: Path, who: str) -> Person:
    return next(p for p in config(staffed).people if p.id == who)


@pytest.fixture(scope="module")
def replaced(tmp_path_factory):
    """A home whose head was replaced, and what became of what they had. Only to be read."""
    desk = a_desk(tmp_path_factory.mktemp("replaced"), _told)
    assert rows(desk, "SELECT person_id FROM sessions") == [("holt",)]
    return desk, *put_in_office(desk.home, "holt", *NEW)


def test_a_new_head_has_what_the_old_one_had_and_what_they_may_not_know_goes_to_the_next(replaced):
    desk, going, done = replaced
    assert rows(desk, "SELECT story_id, person_id FROM owners") == [("story-disclosure", "pike")]
    ((number,),) = rows(desk, "SELECT number FROM alerts WHERE story_id = 'story-disclosure'")
    assert known(desk, "pike", going, done)[number] == "Robin Pike"
    assert number not in known(desk, "vale", going, done), "who may not know of it"
    mails = rows(
        desk, "SELECT person_id, kind FROM outbox WHERE withdrawn_at IS NULL AND kind <> 'offices' ORDER BY 1"
    )
    assert mails == [("head", "instant"), ("pike", "question")]
    ((body,),) = rows(desk, "SELECT body FROM outbox WHERE person_id = 'head' AND kind = 'instant'")
    assert "Also told: Robin Pike." in body
    assert typed("evidence", "verify", "--home", str(desk.home)).code == 0


def test_a_replacing_that_was_killed_between_file_and_store_is_finished_by_the_service(tmp_path):
    desk = a_desk(tmp_path, _told)
    before = (desk.home / "schoolgate.duckdb").read_bytes()
    put_in_office(desk.home, "holt", *NEW)
    for file in desk.home.glob("schoolgate.duckdb*"):
        file.unlink()
    (desk.home / "schoolgate.duckdb").write_bytes(before)
    assert rows(desk, "SELECT person_id FROM owners") == [("holt",)]
    then = load_file(desk.home / "schoolgate.toml", {})
    finish_leaving(desk.store, make_context(then, desk.home), NOW + timedelta(hours=1))
    assert rows(desk, "SELECT person_id FROM owners") == [("pike",)]
    assert rows(desk, "SELECT key FROM outbox WHERE person_id = 'holt' AND withdrawn_at IS NULL") == []


def test_whoever_leaves_is_signed_out_and_no_mail_is_left_for_them(replaced):
    desk = replaced[0]
    assert rows(desk, "SELECT person_id FROM sessions") == []
    assert rows(desk, "SELECT key FROM outbox WHERE person_id = 'holt' AND withdrawn_at IS NULL") == []
    assert ("holt",) not in rows(desk, "SELECT id FROM people")


def test_what_a_waiting_mail_asks_of_a_lead_who_stays_is_asked_of_the_new_one_too(tmp_path):
    desk = Desk(tmp_path)
    disclosure(desk)
    ((alert,),) = rows(desk, "SELECT id FROM alerts")
    with desk.store.write("test") as con:
        ends = NOW + timedelta(days=3)
        put_outbox(con, [OutboxMessage("k", "900001", "pike", "instant", "s", "b", NOW, ends, alert)], NOW)
    _, done = put_in_office(desk.home, "pike", *NEW, gives=(Role.DSL,), stays=True)
    assert [each.asked for each in done.handed] == [True]
    waits = "SELECT person_id, kind FROM outbox WHERE withdrawn_at IS NULL AND kind <> 'offices' ORDER BY 1"
    assert rows(desk, waits) == [("dsl", "instant"), ("pike", "instant")]
    pike = person(desk.home / "schoolgate.toml", "pike")
    made_by(succeed_person(keeper_of(desk.home), Succession(pike)))


def test_an_open_case_is_handed_over_by_a_step_and_what_was_done_keeps_its_names(tmp_path):
    desk = a_desk(tmp_path, insult)
    desk.open("story-insult", "holt")
    put_in_office(desk.home, "holt", *NEW)
    with desk.store.open_reader() as con:
        seen = see(con, open_session("head", desk.home, None), "0001", NOW)
    assert seen is not None
    assert seen.name("holt") == "Jane Holt"


THEFT = {"route": Route.REQUEST_REMOVAL, "content_class": "C7", "abuse": ("defamation",)}
WRONGS = (Meant("office:head", 1.0, "signal:accused", Harm.WRONGED),)


AIMS = (Meant("office:head", 1.0, "office", Harm.VIOLENCE),)
CHILD = {
    "route": Route.SAFEGUARDING, "content_class": "C10", "restricted": True, "abuse": ("safeguarding",),
}  # fmt: skip
THREAT = {"route": Route.POLICE_NOW, "content_class": "C4", "abuse": ("threat",)}
BEFORE = {
    "meant": {**THEFT, "endangers": WRONGS, "told": ("marsh", "holt")},
    "called": {**THEFT, "endangers": (), "told": ("marsh", "holt")},
    "threat": {**THREAT, "endangers": AIMS, "told": ("marsh", "pike")},
    "child": {**CHILD, "accuses": (Meant("office:head", 1.0, "office_words"),), "told": ("marsh",)},
    "named": {**CHILD, "about": About.STAFF, "subjects": ("holt",), "told": ("marsh", "pike")},
}
"""What is about the head that was, whom the words mean by office, by the office alone, or by name."""
AFTER = {name: {**BEFORE[name], "told": ("marsh", "head")} for name in ("meant", "called")}


def _of_the_head(desk: Desk, when: str, stories: dict[str, dict[str, object]]) -> dict[str, str]:
    """The numbers of alerts about the head."""
    given = {"severity": Severity.TODAY, "about": About.HEAD}
    for name, verdict in stories.items():
        desk.story(f"{when}-{name}", alert=True, **{**given, **verdict})
    found = dict(rows(desk, "SELECT story_id, number FROM alerts"))
    return {name: str(found[f"story-{when}-{name}"]) for name in stories}


@pytest.fixture(scope="module")
def two_heads(tmp_path_factory):
    """A home whose head was replaced, with matters about who was head then and about who is now; their
    numbers; and what was listed to the old head. Only to be read."""
    desk = Desk(tmp_path_factory.mktemp("two"))
    before = _of_the_head(desk, "before", BEFORE)
    desk.listed_then = _listed(desk, "holt")
    desk.asked_then = [_is_asked(desk, "holt", f"story-before-{name}") for name in ("threat", "child")]
    put_in_office(desk.home, "holt", *NEW)
    after = _of_the_head(desk, "after", AFTER)
    with desk.store.open_reader() as con:
        desk.named_then = next(a for a in alert_store.list_alerts(con) if a.number == before["named"])
    desk.listed_now = {who: _listed(desk, who) for who in ("marsh", "head")}
    desk.case_then = desk.open("story-before-named", "pike")
    return desk, before, after


def _listed(desk: Desk, who: str) -> str:
    return typed("alerts", "list", "--as", who, "--home", str(desk.home)).out


def _is_asked(desk: Desk, who: str, story: str) -> bool:
    with desk.store.open_reader() as con:
        return own_word(Handling(con, open_session(who, desk.home, None), story, "900001", NOW)) is not None


def test_what_is_about_the_head_stays_about_whoever_was_head_then(two_heads):
    desk, before, after = two_heads
    listed = desk.listed_now
    assert [name for name in before if before[name] in desk.listed_then] == ["meant", "called", "threat"]
    assert [name for name in before if before[name] not in listed["marsh"]] == []
    assert [name for name in before if before[name] in listed["head"]] == []
    assert [name for name in after if after[name] not in listed["head"]] == []
    asks = [f"story-{when}-{name}" for when in ("before", "after") for name in AFTER]
    assert [_is_asked(desk, "head", story) for story in asks] == [False, False, True, True]
    assert typed("evidence", "verify", "--home", str(desk.home)).code == 0


def test_a_threat_to_the_head_of_then_asks_nothing_of_the_head_of_now(two_heads):
    desk = two_heads[0]
    assert desk.asked_then == [True, False]
    assert not _is_asked(desk, "head", "story-before-threat")


def test_what_accuses_the_old_head_by_name_is_asked_of_who_may_know_and_its_case_stays_from_the_new_one(
    two_heads,
):
    desk = two_heads[0]
    now = load_file(desk.home / "schoolgate.toml", {})
    assert asked_next(desk.named_then, now.people, now.schools[0], NOW) == ("marsh", "pike", "reed")
    people_now = {person.id: person for person in now.people}
    may = [access_to(desk.case_then, people_now[who], now) for who in ("marsh", "head")]
    assert (may[0] > Access.NOTHING, may[1]) == (True, Access.NOTHING)


def test_the_file_names_the_new_one_wherever_the_old_one_stood(staffed):
    before = staffed.read_text()
    put_in_office(staffed.parent, "head", *NEW)
    then = config(staffed)
    assert [(p.id, p.roles) for p in then.people if p.name == "Mx Noor Sample"] == [
        ("head-2", (Role.HEAD, Role.SLT))
    ]
    assert then.schools[0].head == "Mx Noor Sample"
    assert [(p.id, p.name) for p in then.former] == [("head", "Mrs A Example")]
    assert then.people[0].cover == "head-2"
    assert (then.digest.together, then.me) == (("head-2",), "head-2")
    assert next(p for p in then.people if p.id == "c-chair").related_to == ("head",)
    kept = [line for line in before.splitlines() if "#" in line]
    assert [line for line in staffed.read_text().splitlines() if "#" in line] == kept


def test_an_id_is_never_given_to_somebody_else(staffed):
    put_in_office(staffed.parent, "head", *NEW)
    put_in_office(staffed.parent, "head-2", "Ms P Example", "p@example.org")
    assert [p.id for p in config(staffed).all_people if p.name == "Ms P Example"] == ["head-3"]


def test_nobody_goes_out_of_an_office_that_the_school_needs(staffed):
    before, at = staffed.read_text(), keeper_of(staffed.parent)
    chair, lead = person(staffed, "c-chair"), person(staffed, "dsl")
    gone = succeed_person(at, Succession(chair))
    less = correct_person(at, lead, replace(lead, roles=(Role.STAFF,)))
    assert (gone.guard, less.guard, staffed.read_text()) == ("empty", "empty", before)
    assert "Chair" in gone.reason
    assert "safeguarding lead" in less.reason


def test_somebody_who_stays_keeps_the_offices_that_are_not_given_up(staffed):
    put_in_office(staffed.parent, "dsl", "Dr C Example", gives=(Role.DSL,), stays=True)
    by_name = {p.name: p.roles for p in config(staffed).people}
    assert by_name["Mr B Example"] == (Role.DEPUTY_HEAD,)
    assert by_name["Dr C Example"] == (Role.CHAIR, Role.DSL)


def test_another_name_at_another_address_is_somebody_else(staffed):
    lead = person(staffed, "dsl")
    new = replace(lead, name=NEW[0], email=NEW[1])
    assert correct_person(keeper_of(staffed.parent), lead, new).guard == "another"


def test_of_a_second_head_beside_the_first_doctor_says_so_until_that_one_is_out(staffed):
    made_by(enter_person(keeper_of(staffed.parent), Person("head-2", NEW[0], (Role.HEAD,), NEW[1])))
    (found,) = [f for f in checks.check_people(config(staffed)) if f.check == "head"]
    assert found.remedy.endswith(": the desk’s page /people/head")
    made_by(succeed_person(keeper_of(staffed.parent), Succession(person(staffed, "head"))))
    assert config(staffed).schools[0].head == NEW[0]
    assert [f for f in checks.check_people(config(staffed)) if f.check == "head"] == []
