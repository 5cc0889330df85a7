"""Commands that write the settings: `schoolgate people`, `set`, `terms` and `schools`."""

import csv
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from builders.case_desk import NOW, Desk, a_desk, disclosure, insult
from builders.case_desk import run as typed
from builders.config import SCHOOL, write
from builders.home import open_session, rows_of
from builders.letters import CAPITALS, WAYS
from support.command_call import called
from support.every_command import ended
from support.for_each import for_each

from alerts.access.recipients import asked_next
from alerts.wording.cases import office
from data.errors import InputError
from data.matters import Access
from data.register.find_schools import SchoolSearch
from data.register.national_lists import KEPT, NAME, SHIPPED
from data.steps.codes import StepKind
from data.store import alerts as alert_store
from data.store.outbox import put_outbox
from data.store.service import Device
from data.types import About, Harm, Meant, OutboxMessage, Person, Role, Route, School, Severity
from data.words.say import words
from monitor.act.mark import Handling
from monitor.act.matter import own_word
from monitor.act.people import find_namesake, finish_leaving
from monitor.cli.commands.schools import add_school_command, update
from monitor.cli.commands.set import set_keys
from monitor.config.load import Config, load_file
from monitor.desk.case.questions import see
from monitor.desk.page import begin_session
from monitor.home.wiring import make_context
from monitor.matters.reader import access_to
from monitor.setup import check_settings as checks
from monitor.setup import check_settings as settings_checks
from monitor.setup.people_table import roles_named

EMPTY = f'# ours\n{SCHOOL}\n# -- people\n# Who is told.\n\n# [[people]]\n# id = "head"\n\n[policy]\n'
EMAIL = "dsl@oakfield.example.sch.uk"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path, EMPTY)


def run(path: Path, *words: str) -> tuple[int, str, str]:
    return ended(["people", "add", *words, "--home", str(path.parent)], "")


@for_each("write", [*WAYS.values(), *CAPITALS.values()])
def test_somebody_of_a_name_is_known_whatever_letters_it_was_pasted_in(write):
    anna = Person("anna", "Anna-Fflur O'Stone", (Role.DSL,))
    assert find_namesake([anna], write(anna.name)) is anna


def test_a_person_stands_under_the_heading_for_people(path):
    code, out, _ = run(path, "--name", "Mr B Example", "--role", "DSL and deputy head", "--email", EMAIL)
    assert code == 0
    (person,) = load_file(path, {}).people
    assert (person.id, person.name, person.email, person.urns) == ("dsl", "Mr B Example", EMAIL, ())
    assert person.roles == (Role.DSL, Role.DEPUTY_HEAD)
    block = (
        f'[[people]]\nid = "dsl"\nname = "Mr B Example"\nroles = ["dsl", "deputy_head"]\nemail = "{EMAIL}"\n'
    )
    at = EMPTY.index("# [[people]]")
    assert path.read_text() == f"{EMPTY[:at]}{block}\n{EMPTY[at:]}"
    assert "Mr B Example (id dsl), Designated safeguarding lead, Deputy headteacher." in out


def test_the_second_of_a_role_has_an_id_of_their_own(path):
    for name in ("Ms C Example", "Mx D Example"):
        run(path, "--name", name, "--role", "deputy safeguarding lead")
    assert [p.id for p in load_file(path, {}).people] == ["deputy-dsl", "deputy-dsl-2"]


def test_who_is_there_already_is_given_the_role_and_not_written_twice(path):
    run(path, "--name", "Mrs A Example", "--role", "head", "--email", "head@oakfield.example.sch.uk")
    code, out, _ = run(path, "--name", "mrs a example", "--role", "DSL")
    assert code == 0
    (person,) = load_file(path, {}).people
    assert (person.id, person.roles) == ("head", (Role.HEAD, Role.DSL))
    assert "(id head), Headteacher, Designated safeguarding lead." in out
    before = path.read_text()
    run(path, "--name", "Mrs A Example", "--role", "DSL")
    assert path.read_text() == before


def test_a_number_to_ring_and_whom_somebody_is_close_to_are_given_at_once_or_later(path):
    run(path, "--name", "Mrs A Example", "--role", "head")
    run(path, "--name", "Mr C Example", "--role", "chair", "--related-to", "head", "--phone", "01632 960 001")
    assert [(p.phone, p.related_to) for p in load_file(path, {}).people] == [
        (None, ()),
        ("01632 960 001", ("head",)),
    ]
    later = ("--name", "Mr C Example", "--role", "chair", "--phone", "01632 960 002", "--related-to", "dsl")
    assert run(path, *later)[0] == 0
    assert (load_file(path, {}).people[1].phone, load_file(path, {}).people[1].related_to) == (
        "01632 960 002",
        ("head", "dsl"),
    )
    before = path.read_text()
    code, _, err = run(path, "--name", "Mr D Example", "--role", "staff", "--related-to", "hed")
    assert (code, path.read_text()) == (2, before)
    assert "--related-to: nobody here has the id" in err


def test_another_person_of_the_same_name_needs_an_id_of_their_own(path):
    run(path, "--name", "Mrs A Example", "--role", "head", "--email", "head@oakfield.example.sch.uk")
    same = ("--name", "Mrs A Example", "--role", "staff", "--email", "a2@oakfield.example.sch.uk")
    code, _, err = run(path, *same)
    assert code == 2
    assert "with another address, head@oakfield.example.sch.uk" in err
    assert run(path, *same, "--id", "a-example-2")[0] == 0
    assert [p.id for p in load_file(path, {}).people] == ["head", "a-example-2"]


def test_an_address_that_two_share_is_said(path):
    run(path, "--name", "Mrs A Example", "--role", "head", "--email", "office@oakfield.example.sch.uk")
    out = run(path, "--name", "Mr B Example", "--role", "chair", "--email", "office@oakfield.example.sch.uk")[
        1
    ]
    assert "office@oakfield.example.sch.uk is also the address of Mrs A Example" in out


def test_head_and_lead_get_one_mailbox_once_somebody_says_that_this_is_right(path):
    office = ("--email", "Office@oakfield.example.sch.uk")
    run(path, "--name", "Mrs A Example", "--role", "head", "--email", "office@oakfield.example.sch.uk")
    add = ["people", "add", "--name", "Mr B Example", "--role", "DSL", "--home", str(path.parent)]
    for answer, code, people in (("", 2, 1), ("n\n", 2, 1), ("y\n", 0, 2)):
        ended_with, out, err = ended([*add, *office], answer)
        assert (ended_with, len(load_file(path, {}).people)) == (code, people)
        assert "reads what is meant for either" in out + err
    change = ["people", "change", "head", "--phone", "01632 960 001", "--home", str(path.parent)]
    assert ended(change)[0] == 0, "it is so already"


def test_who_is_head_and_lead_in_one_person_or_has_two_mailboxes_is_asked_nothing(path):
    run(path, "--name", "Mrs A Example", "--role", "head and DSL", "--email", "a@oakfield.example.sch.uk")
    run(path, "--name", "Mr B Example", "--role", "DSL", "--email", "b@oakfield.example.sch.uk")
    assert len(load_file(path, {}).people) == 2


@for_each(
    ("words", "why"),
    [
        (("--role", "head", "--name", " "), "A name is needed"),
        (("--role", "head", "--email", "head"), "“head” is not an email address"),
        (("--role", "hed"), "“hed” is not a role"),
        (("--role", "head", "--id", "Mrs A"), "--id: “Mrs A” is not an id"),
        (("--role", "head", "--school", "900009"), "no such school"),
    ],
)
def test_what_the_rules_refuse_is_said_of_the_option_and_nothing_is_changed(path, words, why):
    code, _, err = run(path, "--name", "Mrs A Example", *words)
    assert code == 2
    assert why in err
    assert path.read_text() == EMPTY


def test_it_says_who_can_be_told_by_the_doctors_rule(path):
    out = run(path, "--name", "Mrs A Example", "--role", "head", "--email", "head@oakfield.example.sch.uk")[1]
    assert "Some things would reach nobody yet:" in out
    assert "safeguarding lead" in out
    assert "more: schoolgate doctor" in out


@for_each("nation", ["england", "wales", "scotland", "northern_ireland"])
def test_each_role_is_known_by_its_title_in_the_nation_and_its_name_in_the_file(nation):
    kinds = (School("", ""), School("", "", phase="16 plus"), School("own-acorn", "Acorn Nursery"))
    for role, kind in product(Role, kinds):
        title = office(role, replace(kind, nation=nation), words("en"))
        assert roles_named(title, nation) == roles_named(role.value, nation) == (role,)
    assert roles_named("Owner", nation) == (Role.CHAIR,)


TWO = f"""{SCHOOL}
[[people]]
id = "d-pryce"
name = "Mr Daniel Pryce"
roles = ["head"]

[[people]]
id = "r-adeyemi"
name = "Mrs Ruth Adeyemi"
roles = ["deputy_head"]
"""


def away(path: Path, *words: str) -> tuple[int, str, str]:
    return ended(["people", "away", *words, "--home", str(path.parent)], "")


def test_who_is_away_and_who_covers_are_written_and_said(tmp_path):
    path = write(tmp_path, TWO)
    code, out, _ = away(path, "d-pryce", "--until", "1 January 2099", "--cover", "r-adeyemi")
    said = "Mr Daniel Pryce is away until Thursday 1 January 2099; Mrs Ruth Adeyemi covers."
    assert (code, out.strip()) == (0, said)
    head = load_file(path, {}).people[0]
    assert (head.away_until, head.cover) == (datetime(2099, 1, 1, tzinfo=UTC), "r-adeyemi")
    code, out, _ = away(path, "d-pryce")
    assert (code, out.strip()) == (0, "Mr Daniel Pryce is back.")
    assert path.read_text() == TWO


@for_each(
    ("words", "why"),
    [
        (("d-pryce", "--until", "1 January 2099", "--cover", "r-adeyema"), "there is no such person"),
        (("d-pryce", "--until", "1 January 2020"), "must be after today"),
        (("d-price", "--until", "1 January 2099"), "there is no such person"),
        (("r-adeyemi",), "is not away"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(tmp_path, words, why):
    path = write(tmp_path, TWO)
    code, _, err = away(path, *words)
    assert code == 2
    assert why in err
    assert path.read_text() == TWO


# `schoolgate people replace`, `remove` and `change`: who goes is told nothing more, and who comes has what
# they had, as far as they may know of it.


NEW = ("--name", "Mx Noor Sample", "--email", "new@example.org")
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


def people(home: Path, *words: str) -> tuple[int, str]:
    done = typed("people", *words, "--home", str(home))
    return done.code, done.out + done.err


def rows(desk: Desk, sql: str) -> list[tuple[object, ...]]:
    return rows_of(desk.store, sql)


@pytest.fixture
def staffed(tmp_path: Path) -> Path:
    return write(tmp_path, SCHOOL + 'head = "Mrs A Example"\n' + PEOPLE)


def config(staffed: Path) -> Config:
    return load_file(staffed, {})


@pytest.fixture(scope="module")
def replaced(tmp_path_factory):
    """A home whose head was replaced at the wish of its lead, and what was said then. Only to be read."""
    desk = a_desk(tmp_path_factory.mktemp("replaced"), _told)
    assert rows(desk, "SELECT person_id FROM sessions") == [("holt",)]
    code, said = people(desk.home, "replace", "head", "--school", "900001", *NEW, "--as", "pike")
    assert code == 0, said
    return desk, said


def test_a_new_head_has_what_the_old_one_had_and_what_they_may_not_know_goes_to_the_next(replaced):
    desk, said = replaced
    assert rows(desk, "SELECT story_id, person_id FROM owners") == [("story-disclosure", "pike")]
    ((number,),) = rows(desk, "SELECT number FROM alerts WHERE story_id = 'story-disclosure'")
    assert f"  {number}: to Robin Pike." in said
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
    assert people(desk.home, "replace", "head", "--school", "900001", *NEW)[0] == 0
    for file in desk.home.glob("schoolgate.duckdb*"):
        file.unlink()
    (desk.home / "schoolgate.duckdb").write_bytes(before)
    assert rows(desk, "SELECT person_id FROM owners") == [("holt",)]
    then = load_file(desk.home / "schoolgate.toml", {})
    finish_leaving(desk.store, make_context(then, desk.home), NOW + timedelta(hours=1))
    assert rows(desk, "SELECT person_id FROM owners") == [("pike",)]
    assert rows(desk, "SELECT key FROM outbox WHERE person_id = 'holt' AND withdrawn_at IS NULL") == []


def test_who_may_not_know_of_a_matter_is_not_told_where_it_went(tmp_path):
    desk = a_desk(tmp_path, _told)
    _, said = people(desk.home, "replace", "head", "--school", "900001", *NEW)
    ((number,),) = rows(desk, "SELECT number FROM alerts WHERE story_id = 'story-disclosure'")
    assert number not in said
    assert "Robin Pike" not in said


def test_whoever_leaves_is_signed_out_and_no_mail_is_left_for_them(replaced):
    desk, _ = replaced
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
    assert "is asked." in people(desk.home, "replace", "DSL", *NEW, "--stays", "--as", "pike")[1]
    waits = "SELECT person_id, kind FROM outbox WHERE withdrawn_at IS NULL AND kind <> 'offices' ORDER BY 1"
    assert rows(desk, waits) == [("dsl", "instant"), ("pike", "instant")]
    assert people(desk.home, "remove", "Robin Pike")[0] == 0


def test_an_open_case_is_handed_over_by_a_step_and_what_was_done_keeps_its_names(tmp_path):
    desk = a_desk(tmp_path, insult)
    desk.open("story-insult", "holt")
    assert people(desk.home, "replace", "head", "--school", "900001", *NEW)[0] == 0
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
    assert people(desk.home, "replace", "head", "--school", "900001", *NEW)[0] == 0
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
    now = config(desk.home / "schoolgate.toml")
    assert asked_next(desk.named_then, now.people, now.schools[0], NOW) == ("marsh", "pike", "reed")
    people_now = {person.id: person for person in now.people}
    may = [access_to(desk.case_then, people_now[who], now) for who in ("marsh", "head")]
    assert (may[0] > Access.NOTHING, may[1]) == (True, Access.NOTHING)


def test_the_file_names_the_new_one_wherever_the_old_one_stood(staffed):
    before = staffed.read_text()
    code, said = people(staffed.parent, "replace", "head", *NEW)
    assert code == 0, said
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
    people(staffed.parent, "replace", "head", *NEW)
    people(staffed.parent, "replace", "head", "--name", "Ms P Example", "--email", "p@example.org")
    assert people(staffed.parent, "add", "--name", "Q", "--role", "head", "--id", "head")[0] == 2
    assert [p.id for p in config(staffed).all_people if p.name == "Ms P Example"] == ["head-3"]


@for_each(
    ("words", "office"),
    [(("remove", "c-chair"), "Chair"), (("change", "dsl", "--role", "staff"), "safeguarding lead")],
)
def test_nobody_goes_out_of_an_office_that_the_school_needs(staffed, words, office):
    before = staffed.read_text()
    code, said = people(staffed.parent, *words)
    assert (code, staffed.read_text()) == (2, before)
    assert office in said
    assert f'schoolgate people replace {words[1]} --name "NAME" --email' in said


def test_somebody_who_stays_keeps_the_offices_that_are_not_given_up(staffed):
    code, said = people(staffed.parent, "replace", "DSL", "--name", "Dr C Example", "--stays")
    assert code == 0, said
    by_name = {p.name: p.roles for p in config(staffed).people}
    assert by_name["Mr B Example"] == (Role.DEPUTY_HEAD,)
    assert by_name["Dr C Example"] == (Role.CHAIR, Role.DSL)


def test_somebody_is_named_by_their_office_and_an_id_that_reads_as_what_another_is_now_is_refused(staffed):
    assert people(staffed.parent, "change", "chair", "--phone", "01632 960 001")[0] == 0
    assert people(staffed.parent, "change", "Mr B Example", "--phone", "01632 960 002")[0] == 0
    assert people(staffed.parent, "replace", "DSL", "--name", "Dr C Example", "--stays")[0] == 0
    before = staffed.read_text()
    code, said = people(staffed.parent, "change", "dsl", "--email", "new@example.org")
    assert (code, staffed.read_text()) == (2, before)
    assert "“Mr B Example” (id dsl)" in said
    assert "“Dr C Example” (id c-chair)" in said
    assert "there is no such person, by id, name or office" in people(staffed.parent, "away", "burser")[1]


def test_a_mistyped_address_is_corrected_in_one_line_that_add_names(staffed):
    _, said = people(
        staffed.parent, "add", "--name", "Mr B Example", "--role", "dsl", "--email", "b@example.org"
    )
    assert "schoolgate people change dsl --email b@example.org" in said
    assert people(staffed.parent, "change", "dsl", "--email", "b@example.org")[0] == 0
    assert [p.email for p in config(staffed).people if p.id == "dsl"] == ["b@example.org"]
    assert "is it somebody else?" in people(staffed.parent, "change", "dsl", *NEW)[1]


def test_a_second_head_is_said_to_stand_beside_the_first_and_doctor_says_so_until_that_one_is_out(staffed):
    _, said = people(staffed.parent, "add", *NEW, "--role", "head")
    assert (
        "Mrs A Example is here as Headteacher too. If they have left: schoolgate people remove head" in said
    )
    (found,) = [f for f in checks.check_people(config(staffed)) if f.check == "head"]
    assert found.command == "schoolgate people remove head"
    assert people(staffed.parent, "remove", "head")[0] == 0
    assert config(staffed).schools[0].head == "Mx Noor Sample"
    assert [f for f in checks.check_people(config(staffed)) if f.check == "head"] == []


def test_the_list_names_who_is_here_and_who_has_left(staffed):
    people(staffed.parent, "replace", "head", *NEW)
    _, said = people(staffed.parent, "list")
    assert "Left: Mrs A Example (head)" in said
    assert "head-2" in said


# `schoolgate set`.


FILE = """# ours
[[schools]]
urn = "900001"  # the infants
name = "Oakfield Primary School"
"""


@pytest.fixture
def settings_file(tmp_path: Path) -> Path:
    settings_file = tmp_path / "schoolgate.toml"
    settings_file.write_text(FILE)
    return settings_file


def put(settings_file: Path, *keys: str) -> list[str]:
    return called(set_keys, keys=list(keys), home=settings_file.parent)[1]


def test_values_are_written_as_toml_holds_them_and_comments_stay(settings_file: Path) -> None:
    put(settings_file, "contact=office@example.org", "dpia.recorded_on=2026-09-01", "serve.health_port=9500")
    put(settings_file, "network.own_servers=a.example.org, b.example.org")
    held = tomllib.loads(settings_file.read_text())
    assert held["contact"] == "office@example.org"
    assert held["dpia"] == {"recorded_on": date(2026, 9, 1)}
    assert held["serve"] == {"health_port": 9500}
    assert held["network"] == {"own_servers": ["a.example.org", "b.example.org"]}
    assert FILE in settings_file.read_text()


def test_it_says_what_was_written_and_what_to_do_next(settings_file: Path) -> None:
    said = put(settings_file, "contact=office@example.org")
    assert said[0] == "Written into schoolgate.toml: contact."
    assert said[1].startswith("Next: ")
    assert said[-1].strip().startswith("schoolgate people add --name")


@for_each(
    ("key", "said"),
    [
        ("contcat=office@example.org", "Did you mean “contact”?"),
        ("mail.hots=x", "Did you mean “mail.host”?"),
        ("contact.name=x", "there is no such key"),
        ("sources=x", "schoolgate source --help"),
        ("people", "schoolgate people --help"),
        ("contact=nobody", "“nobody” is not an email address"),
        ("dpia.recorded_on=soon", "dpia.recorded_on: “soon” is not a day"),
        ("serve.health_port=many", "health_port"),
        ("network.ca_file=/no/such.pem", "/no/such.pem is not there, or holds no certificate."),
    ],
)
def test_what_cannot_be_set_is_refused_with_what_is_meant_and_nothing_changes(
    settings_file: Path, key: str, said: str
) -> None:
    with pytest.raises(InputError) as refused:
        put(settings_file, key)
    assert said in str(refused.value)
    assert settings_file.read_text() == FILE


def test_a_secret_is_not_taken_from_the_command_line(settings_file: Path, monkeypatch) -> None:
    secret = "https://beats.example.org/hush-hush"
    with pytest.raises(InputError) as refused:
        put(settings_file, f"serve.heartbeat_url={secret}")
    assert secret not in str(refused.value)
    asked: list[str] = []
    monkeypatch.setattr("monitor.cli.commands.set.ask_at_terminal", lambda q: asked.append(q) or secret)
    assert secret not in "".join(put(settings_file, "serve.heartbeat_url"))
    assert ["“serve.heartbeat_url”" in question for question in asked] == [True]
    assert tomllib.loads(settings_file.read_text())["serve"] == {"heartbeat_url": secret}


def test_a_day_is_taken_as_people_write_it_and_said_as_it_was_understood(settings_file: Path) -> None:
    said = put(settings_file, "dpia.recorded_on=10.11.26")
    assert said[0] == "Written into schoolgate.toml: dpia.recorded_on (Tuesday 10 November 2026)."
    assert tomllib.loads(settings_file.read_text())["dpia"]["recorded_on"] == date(2026, 11, 10)


# `schoolgate terms add`: days as schools publish them, into the file.


PUBLISHED = """\
Term dates 2026 to 2027

Autumn term 2026
Term starts: Wednesday 2nd September 2026
Half term: Monday 26 October 2026 to Friday 30 October 2026
Term ends: Friday 18 December 2026
Christmas holiday: Monday 21 December 2026 to Friday 1 January 2027

Spring term 2027
Monday 4 January to Thursday 25 March 2027
Half term: 15 – 19 February 2027

INSET days: Tuesday 1 September 2026, Monday 12 April 2027
School closed for pupils: 24 to 26 May 2027
See you on 3 May 2027!
"""
AUTUMN = [(date(2026, 9, 2), date(2026, 10, 23)), (date(2026, 11, 2), date(2026, 12, 18))]
SPRING = [(date(2027, 1, 4), date(2027, 2, 12)), (date(2027, 2, 22), date(2027, 3, 25))]
CLOSED = [date(2026, 9, 1), date(2027, 4, 12), date(2027, 5, 24), date(2027, 5, 25), date(2027, 5, 26)]


@pytest.fixture
def terms_file(tmp_path: Path) -> Path:
    return write(tmp_path, f"# ours\n{SCHOOL}\n[policy]\ncriticism_days = 30 # as agreed\n")


def add_terms(terms_file: Path, *words: str, typed: str = "") -> tuple[int, str, str]:
    return ended(["terms", "add", *words, "--home", str(terms_file.parent)], typed)


def of(terms_file: Path) -> tuple[list[tuple[date, date]], list[date]]:
    calendar = load_file(terms_file, {}).calendar("900001")
    return [(term.first, term.last) for term in calendar.terms], sorted(calendar.closed)


def test_a_term_given_by_options_is_written_and_the_rest_of_the_file_stays(terms_file):
    before = terms_file.read_text()
    code, out, _ = add_terms(
        terms_file, "--first", "2 September 2026", "--last", "23/10/2026", "--closed", "1 Sept 2026"
    )
    assert code == 0
    assert of(terms_file) == ([AUTUMN[0]], [date(2026, 9, 1)])
    assert "Term      Wed 2 Sep 2026 to Fri 23 Oct 2026" in out
    listed = ended(["terms", "list", "--home", str(terms_file.parent)], "")[1]
    assert "no pupils on Tue 1 Sep 2026" in listed
    added = ["terms = [{ first = 2026-09-02, last = 2026-10-23 }]", "closed = [2026-09-01]"]
    assert [line for line in terms_file.read_text().split("\n") if line not in added] == before.split("\n")


def test_a_published_list_is_shown_and_written_after_a_yes(terms_file, tmp_path):
    (tmp_path / "dates.txt").write_text(PUBLISHED)
    before = terms_file.read_text()
    code, out, err = add_terms(terms_file, "--file", str(tmp_path / "dates.txt"), typed="n\n")
    assert code == 2
    assert "Nothing was changed" in err
    assert terms_file.read_text() == before
    assert "Term      Mon 2 Nov 2026 to Fri 18 Dec 2026" in out
    assert "Not read: See you on 3 May 2027!" in out
    assert add_terms(terms_file, "--file", "-", "--yes", typed=PUBLISHED)[0] == 0
    assert of(terms_file) == (AUTUMN + SPRING, CLOSED)


def test_terms_over_one_another_are_refused_in_the_words_of_the_question(terms_file):
    add_terms(terms_file, "--first", "2 September 2026", "--last", "23 October 2026")
    before = terms_file.read_text()
    code, _, err = add_terms(terms_file, "--first", "20 October 2026", "--last", "18 December 2026")
    assert code == 2
    assert err.startswith(
        "First day: 2026-10-20 is not after the last day of the term before it, 2026-10-23."
    )
    assert "Nothing was changed" in err
    assert terms_file.read_text() == before


def test_terms_are_for_all_schools_of_the_file_or_for_those_named(terms_file):
    terms_file.write_text(
        terms_file.read_text() + SCHOOL.replace("900001", "900002").replace("Oakfield", "Larchfield")
    )
    add_terms(terms_file, "--school", "900002", "--first", "2 September 2026", "--last", "23 October 2026")
    assert of(terms_file)[0] == []
    add_terms(terms_file, "--first", "2 September 2026", "--last", "23 October 2026")
    assert of(terms_file)[0] == [AUTUMN[0]]
    assert terms_file.read_text().count("2026-09-02") == 2


# Finding a school in a register.


OAKFIELD = School("900001", "Oakfield Primary School", town="Northvale", postcode="ZA4 2QR")
HEXLEY = School("900002", "Oakfield Church of England Primary School", town="Hexley", postcode="ZB1 1AA")
STANNES = School("900010", "St Anne's RC High School", town="Northvale", local_authority="Northshire")
SCHOOLS = (HEXLEY, OAKFIELD, STANNES)


@pytest.fixture
def register(tmp_path: Path) -> Path:
    watched = tmp_path / "register.csv"
    with watched.open("w", newline="", encoding="cp1252") as file:
        rows = csv.writer(file)
        rows.writerow(["URN", "EstablishmentName", "EstablishmentStatus (name)", "Town", "Postcode"])
        rows.writerows([s.urn, s.name, "Open", s.town, s.postcode] for s in SCHOOLS)
    write(tmp_path, f'register_file = "register.csv"\n{ONE}')
    return watched


def find_schools(register: Path, query: str) -> tuple[int, list[str]]:
    return called(add_school_command, which=query.split(), home=register.parent)


@for_each(
    ("query", "found"),
    [
        ("oakfield hexley", [HEXLEY]),
        ("Saint Annes roman catholic", [STANNES]),
        ("za4 2qr", [OAKFIELD]),
        ("oakf northv", [OAKFIELD]),
        ("oakfield primary school", [OAKFIELD, HEXLEY]),
        (" 900010 ", [STANNES]),
        *((nothing, []) for nothing in ("", "  ", "…")),
    ],
)
def test_all_words_or_its_number_find_a_school_the_most_like_first(query: str, found: list[School]) -> None:
    assert SchoolSearch(SCHOOLS).find(query, 5) == found


def test_a_find_prints_number_name_place_and_postcode(register: Path) -> None:
    code, said = find_schools(register, "oakfield northvale")
    assert (code, said[1]) == (0, "900001  Oakfield Primary School  Northvale  ZA4 2QR")


def test_finding_nothing_exits_1_and_says_what_is_near(register: Path) -> None:
    code, said = find_schools(register, "okfield northvale")
    assert code == 1
    assert "900001  Oakfield Primary School  Northvale  ZA4 2QR" in said


def test_a_register_that_names_heads_is_not_replaced_by_the_shipped_one_unless_that_is_named(
    tmp_path: Path,
) -> None:
    write(tmp_path, ONE)
    own = tmp_path / "edubasealldata20261123.csv"
    own.write_text(f"{','.join(KEPT)}\n900001,Oakfield Primary School,,,,,,,,,Mrs A Example,,,,\n")
    called(update, file=own, home=tmp_path)
    before = (tmp_path / NAME).read_bytes()
    with pytest.raises(InputError, match="of 23 November 2026, names heads or trusts"):
        called(update, home=tmp_path)
    assert (tmp_path / NAME).read_bytes() == before
    called(update, file=SHIPPED, home=tmp_path)
    assert (tmp_path / NAME).read_bytes() != before
    assert called(update, home=tmp_path)[0] == 0


# `schoolgate schools add`, `change` and `remove`: which schools are watched, and what goes with one.


ONE = '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'
REST = """
# its own page
[[sources]]
id = "our-website"
kind = "own.page"
url = "https://oakfield.example.sch.uk/"
listing = true

[[people]]
id = "head"
name = "Mrs A Example"
roles = ["head"]
"""
REGISTER = """\
URN,EstablishmentName,EstablishmentStatus (name),Town,Postcode,SchoolWebsite,HeadFirstName,HeadLastName
900001,Oakfield Primary School,Open,Northvale,ZA4 2QR,https://oakfield.example.sch.uk,Ann,Example
900002,Larchfield Primary School,Open,Northvale,ZA4 2QS,https://larchfield.example.sch.uk,Bo,Pattern
900003,Larchfield Primary School,Open,Hexley,ZA5 2QS,,,
"""


@pytest.fixture
def watched(tmp_path: Path) -> Path:
    (tmp_path / "register.csv").write_text(REGISTER)
    return write(tmp_path, f'register_file = "register.csv"\n{ONE}{REST}')


def schools(watched: Path, *words: str) -> tuple[int, str]:
    done = typed("schools", *words, "--home", str(watched.parent))
    return done.code, done.out + done.err


def test_a_school_is_added_with_all_that_the_register_says_and_the_first_keeps_what_is_its_own(watched):
    code, said = schools(watched, "add", "900002")
    assert code == 0, said
    then = load_file(watched, {})
    new = then.schools[1]
    assert (new.name, new.town, new.head, new.domain) == (
        "Larchfield Primary School", "Northvale", "Bo Pattern", "larchfield.example.sch.uk",
    )  # fmt: skip
    assert new.aliases
    assert new.namesakes
    assert (then.sources[0].urns, then.people[0].urns) == (("900001",), ("900001",))
    assert "schoolgate source propose --school 900002" in said
    assert "# its own page\n[[sources]]" in watched.read_text()


def test_a_school_without_a_number_is_added_by_its_name(watched):
    assert schools(watched, "add", "--set", "name=Little Acorns", "--set", "town=Northvale")[0] == 0
    assert [(s.urn, s.town) for s in load_file(watched, {}).schools[1:]] == [
        ("own-little-acorns", "Northvale")
    ]


def test_of_a_school_with_no_more_than_its_name_doctor_gives_the_command_that_fills_the_rest(watched):
    found, social_care, allegations = settings_checks.schools(load_file(watched, {}))
    assert found.command == "schoolgate schools change 900001 --fill"
    assert social_care.command == 'schoolgate schools change 900001 social_care="…"'
    assert allegations.command == 'schoolgate schools change 900001 allegations="…"'
    given = ("--fill", "aliases=Oakfield, The Oak")
    numbers = ("social_care=01632 960100", "allegations=01632 960107")
    assert schools(watched, "change", "900001", *given, *numbers)[0] == 0
    then = load_file(watched, {})
    assert (then.schools[0].town, then.schools[0].aliases) == ("Northvale", ("Oakfield", "The Oak"))
    assert list(settings_checks.schools(then)) == []


def test_one_more_namesake_is_added_beside_those_that_are_there_once(watched):
    given = ("change", "900001", "--namesake", "Oakfield Primary", "--place", "Hexley")
    assert schools(watched, *given)[0] == schools(watched, *given)[0] == 0
    (found,) = [n for n in load_file(watched, {}).schools[0].namesakes if n.place == "Hexley"]
    assert (found.name, found.kind) == ("Oakfield Primary", "school")


def test_what_the_file_would_refuse_is_said_and_nothing_is_changed(watched):
    before = watched.read_text()
    assert "colour=red" in schools(watched, "change", "900001", "colour=red")[1]
    assert schools(watched, "change", "900001", "postcode=nowhere")[0] == 2
    assert "the only school here" in schools(watched, "remove", "900001", "--yes")[1]
    assert watched.read_text() == before


def test_a_school_is_removed_with_what_is_its_alone(watched):
    schools(watched, "add", "900002")
    code, said = schools(watched, "remove", "900001", "--yes")
    assert code == 0, said
    then = load_file(watched, {})
    assert ([s.urn for s in then.schools], then.sources, then.people) == (["900002"], (), ())
    assert [p.name for p in then.former] == ["Mrs A Example"]
    assert "our-website" in said


def test_a_school_with_an_open_case_or_a_hold_stays_whatever_was_backed_up(tmp_path):
    desk = a_desk(tmp_path, insult)
    desk.open("story-insult", "holt")
    gone = ("schools", "remove", "900001", "--yes", "--home", str(desk.home))
    assert "Its open cases: 1; on hold: 0" in typed(*gone).err
    desk.take(StepKind.CLOSED, "holt", ending="mistaken", why="x")
    desk.take(StepKind.HELD, "pike", review="2099-01-01", why="x")
    assert "Its open cases: 0; on hold: 1" in typed(*gone).err
    desk.take(StepKind.RELEASED, "holt", why="x")
    assert typed(*gone).code == 0


def test_what_several_who_go_with_a_school_leave_behind_is_all_written(watched):
    before = REST.replace(
        'roles = ["head"]', 'roles = ["head"]\nschools = ["900001"]\nrelated_to = ["stays"]'
    )
    before = before.replace("listing = true", 'schools = ["900001"]')
    more = before.partition("[[people]]")[2].replace('"head"', '"it_lead"')
    account = '[[accounts]]\nid = "page"\nname = "Page"\nschools = ["900001", "900002"]\n'
    stays = '[[people]]\nid = "stays"\nname = "Mx D Example"\nroles = ["staff"]\n'
    both = f'[digest]\ntogether = ["head", "it_lead", "stays"]\n{account}{stays}'
    second = ONE.replace("900001", "900002").replace("Oakfield", "Larchfield")
    watched.write_text(f"{ONE}{second}{before}\n[[people]]{more}{both}")
    code, said = schools(watched, "remove", "900001", "--yes")
    assert code == 0, said
    then = load_file(watched, {})
    assert [p.related_to for p in then.people] == [("head", "it_lead")]
    assert then.digest.together == ("stays",)
    assert then.accounts[0].schools == ("900002",)
