"""`schoolgate people`: who is written into the file, who can be told, who goes and who comes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders.case_desk import NOW, Desk, a_desk, disclosure, insult
from builders.case_desk import run as typed
from builders.config import SCHOOL, write
from support.every_command import ended

from alerts.access.recipients import asked_next
from data.errors import InputError
from data.store.alerts import alerts as alert_store
from data.store.messages.outbox import put_outbox
from data.store.service.sessions import Device
from data.types import About, OutboxMessage, Role, Route, Severity
from monitor.act.matter.leaving import finish
from monitor.cli.commands.people.titles import roles_of, titles
from monitor.config.load import Config, load
from monitor.desk import session
from monitor.desk.case.seen import see
from monitor.home.wiring import context, open_session
from monitor.setup.doctor import people as checks

EMPTY = f'# ours\n{SCHOOL}\n# -- people\n# Who is told.\n\n# [[people]]\n# id = "head"\n\n[policy]\n'
EMAIL = "dsl@oakfield.example.sch.uk"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write(tmp_path, EMPTY)


def run(path: Path, *words: str, typed: str = "") -> tuple[int, str, str]:
    return ended(["people", "add", *words, "--home", str(path.parent)], typed)


def test_a_person_is_asked_for_in_words_and_stands_under_the_heading_for_people(path):
    code, out, _ = run(path, typed=f"Mr B Example\nDSL and deputy head\n{EMAIL}\n")
    assert code == 0
    (person,) = load(path, {}).people
    assert (person.id, person.name, person.email, person.urns) == ("dsl", "Mr B Example", EMAIL, ())
    assert person.roles == (Role.DSL, Role.DEPUTY_HEAD)
    block = (
        f'[[people]]\nid = "dsl"\nname = "Mr B Example"\nroles = ["dsl", "deputy_head"]\nemail = "{EMAIL}"\n'
    )
    at = EMPTY.index("# [[people]]")
    assert path.read_text() == f"{EMPTY[:at]}{block}\n{EMPTY[at:]}"
    assert (
        "Written to schoolgate.toml: Mr B Example (Designated safeguarding lead, Deputy headteacher)" in out
    )


def test_an_answer_that_cannot_be_is_said_and_asked_again(path):
    code, out, _ = run(path, typed=f"Mr B Example\nhed\n99\n3\nnobody\n{EMAIL}\n")
    assert code == 0
    assert load(path, {}).people[0].roles == (Role.DSL,)
    assert "“hed” is not a role here. Did you mean Headteacher?" in out
    assert "“nobody” is not an e-mail address" in out


def test_a_person_is_added_by_options_and_nothing_is_asked(path):
    code, _, err = run(path, "--name", "Mrs A Example", "--role", "headteacher", "--role", "DPO")
    assert (code, err) == (0, "")
    (person,) = load(path, {}).people
    assert (person.id, person.roles, person.email) == ("head", (Role.HEAD, Role.DPO), None)


def test_the_second_of_a_role_has_an_id_of_their_own(path):
    for name in ("Ms C Example", "Mx D Example"):
        run(path, "--name", name, "--role", "deputy safeguarding lead")
    assert [p.id for p in load(path, {}).people] == ["deputy-dsl", "deputy-dsl-2"]


def test_who_is_there_already_is_given_the_role_and_not_written_twice(path):
    run(path, "--name", "Mrs A Example", "--role", "head", "--email", "head@oakfield.example.sch.uk")
    code, out, _ = run(path, "--name", "mrs a example", "--role", "DSL")
    assert code == 0
    (person,) = load(path, {}).people
    assert (person.id, person.roles) == ("head", (Role.HEAD, Role.DSL))
    assert "was in schoolgate.toml already (id head): now Headteacher, Designated safeguarding lead." in out
    before = path.read_text()
    assert "Nothing was changed" in run(path, "--name", "Mrs A Example", "--role", "DSL")[1]
    assert path.read_text() == before


def test_a_number_to_ring_and_whom_somebody_is_close_to_are_given_at_once_or_later(path):
    run(path, "--name", "Mrs A Example", "--role", "head")
    run(path, "--name", "Mr C Example", "--role", "chair", "--related-to", "head", "--phone", "01632 960 001")
    assert [(p.phone, p.related_to) for p in load(path, {}).people] == [
        (None, ()),
        ("01632 960 001", ("head",)),
    ]
    later = ("--name", "Mr C Example", "--role", "chair", "--phone", "01632 960 002", "--related-to", "dsl")
    assert run(path, *later)[0] == 0
    assert (load(path, {}).people[1].phone, load(path, {}).people[1].related_to) == (
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
    assert [p.id for p in load(path, {}).people] == ["head", "a-example-2"]


def test_an_address_that_two_share_is_said(path):
    run(path, "--name", "Mrs A Example", "--role", "head", "--email", "office@oakfield.example.sch.uk")
    out = run(path, "--name", "Mr B Example", "--role", "DSL", "--email", "office@oakfield.example.sch.uk")[1]
    assert "office@oakfield.example.sch.uk is also the address of Mrs A Example" in out


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--name", " ", "--role", "head"), "A name is needed"),
        (("--role", "head", "--email", "head"), "“head” is not an e-mail address"),
        (("--role", "hed"), "“hed” is not a role here"),
        (("--role", "head", "--id", "Mrs A"), "--id: “Mrs A” is not an id"),
        (("--role", "head", "--school", "900009"), "no such school"),
    ],
)
def test_what_the_rules_refuse_is_said_of_the_option_and_nothing_is_changed(path, words, why):
    code, _, err = run(path, "--name", "Mrs A Example", *words)
    assert code == 2
    assert why in err
    assert path.read_text() == EMPTY


def test_with_several_schools_it_asks_for_which(path):
    path.write_text(EMPTY + SCHOOL.replace("900001", "900002").replace("Oakfield", "Larchfield"))
    run(path, typed=f"Mr B Example\n3\n{EMAIL}\n2\n")
    run(path, typed="Dr D Example\nchair of governors\n-\nall\n")
    assert [p.urns for p in load(path, {}).people] == [("900002",), ()]


def test_it_says_who_can_be_told_by_the_doctors_rule(path):
    out = run(path, "--name", "Mrs A Example", "--role", "head", "--email", "head@oakfield.example.sch.uk")[1]
    assert "Not everything can be told to somebody yet:" in out
    assert "safeguarding lead" in out
    assert "more: schoolgate doctor" in out


@pytest.mark.parametrize("nation", ["england", "wales", "scotland", "northern_ireland"])
def test_each_role_is_known_by_its_number_its_title_in_the_nation_and_its_name_in_the_file(nation):
    for n, (role, title) in enumerate(titles(nation), 1):
        assert roles_of(str(n), nation) == roles_of(title, nation) == roles_of(role.value, nation) == (role,)


def test_no_role_is_no_answer():
    with pytest.raises(InputError, match="At least one role"):
        roles_of(" , ", "england")


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
    head = load(path, {}).people[0]
    assert (head.away_until, head.cover) == (datetime(2099, 1, 1, tzinfo=UTC), "r-adeyemi")
    code, out, _ = away(path, "d-pryce")
    assert (code, out.strip()) == (0, "Mr Daniel Pryce is back.")
    assert path.read_text() == TWO


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("d-pryce", "--until", "1 January 2099", "--cover", "r-adeyema"), "there is no such person"),
        (("d-pryce", "--until", "1 January 2020"), "the day they are back is not after today"),
        (("d-price", "--until", "1 January 2099"), "there is no such person"),
    ],
    ids=["cover", "day", "person"],
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
        person = next(p for p in load(desk.home / "schoolgate.toml", {}).people if p.id == "holt")
        session.begin(con, person, Device.OWN, NOW)


def people(home: Path, *words: str) -> tuple[int, str]:
    done = typed("people", *words, "--home", str(home))
    return done.code, done.out + done.err


def rows(desk: Desk, sql: str) -> list[tuple[object, ...]]:
    with desk.store.read() as con:
        return con.execute(sql).fetchall()


@pytest.fixture
def staffed(tmp_path: Path) -> Path:
    return write(tmp_path, SCHOOL + 'head = "Mrs A Example"\n' + PEOPLE)


def config(staffed: Path) -> Config:
    return load(staffed, {})


def test_a_new_head_has_what_the_old_one_had_and_what_they_may_not_know_goes_to_the_next(tmp_path):
    desk = a_desk(tmp_path, _told)
    code, said = people(desk.home, "replace", "head", "--school", "900001", *NEW, "--as", "pike")
    assert code == 0, said
    assert rows(desk, "SELECT story_id, person_id FROM owners") == [("story-disclosure", "pike")]
    ((number,),) = rows(desk, "SELECT number FROM alerts WHERE story_id = 'story-disclosure'")
    assert f"  {number}: to Robin Pike." in said
    mails = rows(desk, "SELECT person_id, kind FROM outbox WHERE withdrawn_at IS NULL ORDER BY ALL")
    assert mails == [("head", "instant"), ("pike", "question")]
    ((body,),) = rows(desk, "SELECT body FROM outbox WHERE person_id = 'head'")
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
    then = load(desk.home / "schoolgate.toml", {})
    finish(desk.store, context(then, desk.home), NOW + timedelta(hours=1))
    assert rows(desk, "SELECT person_id FROM owners") == [("pike",)]
    assert rows(desk, "SELECT key FROM outbox WHERE person_id = 'holt' AND withdrawn_at IS NULL") == []


def test_who_may_not_know_of_a_matter_is_not_told_where_it_went(tmp_path):
    desk = a_desk(tmp_path, _told)
    _, said = people(desk.home, "replace", "head", "--school", "900001", *NEW)
    ((number,),) = rows(desk, "SELECT number FROM alerts WHERE story_id = 'story-disclosure'")
    assert number not in said
    assert "Robin Pike" not in said


def test_whoever_leaves_is_signed_out_and_no_mail_is_left_for_them(tmp_path):
    desk = a_desk(tmp_path, _told)
    assert rows(desk, "SELECT person_id FROM sessions") == [("holt",)]
    assert people(desk.home, "replace", "Jane Holt", *NEW)[0] == 0
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
    assert people(desk.home, "replace", "DSL", "--school", "900001", *NEW, "--stays")[0] == 0
    waits = "SELECT person_id, kind FROM outbox WHERE withdrawn_at IS NULL ORDER BY ALL"
    assert rows(desk, waits) == [("dsl", "instant"), ("pike", "instant")]
    assert people(desk.home, "remove", "Robin Pike")[0] == 0
    ((number,),) = rows(desk, "SELECT number FROM alerts")
    words = ("--restricted", "--reason", "x", "--as", "dsl", "--home", str(desk.home))
    assert "was to be told, and has left: Robin Pike" in typed("alerts", "show", str(number), *words).out


def test_an_open_case_is_handed_over_by_a_step_and_what_was_done_keeps_its_names(tmp_path):
    desk = a_desk(tmp_path, insult)
    ((number,),) = rows(desk, "SELECT number FROM alerts")
    assert desk("open", str(number), "--as", "holt", "--why", "x").code == 0
    assert people(desk.home, "replace", "head", "--school", "900001", *NEW)[0] == 0
    shown = desk("show", str(number), "--as", "head").out
    assert "given to: Mx Noor Sample (schoolgate)" in shown
    assert "opened (Jane Holt)" in shown
    with desk.store.read() as con:
        seen = see(con, open_session("head", desk.home, None), "0001", NOW)
    assert seen is not None
    assert seen.name("holt") == "Jane Holt"


def test_what_accuses_the_old_head_by_name_stays_about_the_head_and_from_the_new_one(tmp_path):
    desk = Desk(tmp_path)
    child = {"route": Route.SAFEGUARDING, "content_class": "C10", "restricted": True, "about": About.STAFF}
    named = {"subjects": ("holt",), "abuse": ("safeguarding",), "severity": Severity.THIS_HOUR}
    desk.story("named", alert=True, told=("marsh", "pike"), **child, **named)
    ((number,),) = rows(desk, "SELECT number FROM alerts")
    assert people(desk.home, "replace", "head", "--school", "900001", *NEW)[0] == 0
    listed = [typed("alerts", "list", "--as", who, "--home", str(desk.home)).out for who in ("marsh", "head")]
    assert "An allegation about the head" in " ".join(listed[0].split())
    assert number not in listed[1]
    with desk.store.read() as con:
        (alert,) = alert_store.list_alerts(con)
    now = config(desk.home / "schoolgate.toml")
    assert asked_next(alert, now.people, now.schools[0], NOW) == ("marsh", "pike", "reed", "ash")
    opened = desk("open", str(number), "--as", "pike", "--why", "x")
    assert "Mx Noor Sample" not in opened.out
    assert [desk("show", "0001", "--as", who).code for who in ("marsh", "head")] == [0, 2]


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
    assert [p.id for p in config(staffed).named if p.name == "Ms P Example"] == ["head-3"]


@pytest.mark.parametrize(
    ("words", "office"),
    [(("remove", "c-chair"), "Chair"), (("change", "dsl", "--role", "staff"), "safeguarding lead")],
)
def test_nobody_goes_out_of_an_office_that_the_school_needs(staffed, words, office):
    before = staffed.read_text()
    code, said = people(staffed.parent, *words)
    assert (code, staffed.read_text()) == (2, before)
    assert office in said
    assert f"schoolgate people replace {words[1]} --name" in said


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
    assert (
        "“dsl” is the id of Mr B Example, but Designated safeguarding lead is Dr C Example (id c-chair)"
        in said
    )
    assert "there is no such person, by id, name or office" in people(staffed.parent, "show", "burser")[1]


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
    (found,) = [f for f in checks.people(config(staffed)) if f.check == "head"]
    assert found.command == "schoolgate people remove head"
    assert people(staffed.parent, "remove", "head")[0] == 0
    assert config(staffed).schools[0].head == "Mx Noor Sample"
    assert [f for f in checks.people(config(staffed)) if f.check == "head"] == []


def test_the_list_names_who_is_here_and_who_has_left(staffed):
    people(staffed.parent, "replace", "head", *NEW)
    _, said = people(staffed.parent, "list")
    assert "Left: Mrs A Example (head)" in said
    assert "Mx Noor Sample" in people(staffed.parent, "show", "head-2")[1]
