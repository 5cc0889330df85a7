"""What would happen: posts are tried as a home would judge and tell them, and nothing there changes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from builders.home import a_migrated_store
from builders.judges import CALM, INSULT, OAKFIELD, PEOPLE, Words, judges
from builders.mention import Clock, a_mention, a_verdict
from support.command_call import called

from data.errors import InputError
from data.types import About, Harm, Meant, Route
from monitor.cli.commands.model import triage
from monitor.pipeline.beforehand import complete_item, facts_of, is_reported, try_posts
from monitor.pipeline.intake import Intake

HOME = f"""
contact = "office@example.org"
base_url = "https://desk.example.org"
[[schools]]
urn = "{OAKFIELD.urn}"
name = "{OAKFIELD.name}"
aliases = ["Oakfield Primary"]
locality = "{OAKFIELD.locality}"
""" + "".join(
    f'[[people]]\nid = "{p.id}"\nname = "{p.name}"\nroles = {json.dumps(list(p.roles))}\n'
    + (f'email = "{p.email}"\n' if p.email else "")
    for p in PEOPLE
)
THREAT = "I will wait for Mr Thistlewood of Oakfield Primary, Northvale at the gate with a bat tomorrow."
SCHOOLS = {OAKFIELD.urn: OAKFIELD}


def item(text=INSULT, **more):
    return {"id": "1", "channel": "local_forum", "school": OAKFIELD.urn, "text": text, **more}


@pytest.fixture
def tried(tmp_path):
    store = a_migrated_store(tmp_path, Clock())
    intake = Intake(store, judges, store.evidence, ())
    return lambda *items: list(try_posts(items, SCHOOLS, intake, Clock()))


def test_an_answer_says_who_would_be_told_of_what(tried):
    (answer,) = tried(item())
    assert (answer["route"], answer["alert"], answer["told"]) == ("platform_report", True, ["head", "dsl"])
    assert answer["title"] == "A member of staff is insulted or targeted."
    assert answer["facts"]["asks"] == "removal"


def test_who_is_threatened_is_in_danger(tried):
    (answer,) = tried(item(THREAT))
    assert answer["facts"]["danger"]["teacher"] == answer["facts"]["wronged"]["teacher"] == 1.0


def test_of_what_nobody_is_told_an_answer_names_nobody(tried):
    (answer,) = tried(item(CALM))
    told = [answer[key] for key in ("alert", "title", "told", "warned", "left_out")]
    assert told == [False, "", [], [], []]


def test_each_stands_alone_so_that_a_copy_is_told_like_the_first(tried):
    first, again = tried(item(), item(id="2"))
    assert first | {"id": "2"} == again


@pytest.mark.parametrize(
    ("given", "reported"),
    [({"channel": "facebook"}, False), ({"channel": "forum"}, False), ({"channel": "report"}, True),
     ({"channel": "email"}, True),
     ({"channel": "facebook", "how": "reported"}, True), ({"channel": "letter", "how": "collected"}, False),
     ({"channel": "facebook", "by": "teacher"}, True)],
)  # fmt: skip
def test_it_is_handed_in_as_it_says_or_where_there_is_no_other_way_to_learn_of_it(given, reported):
    assert is_reported(item(**given)) is reported


def test_what_is_handed_in_is_read_by_a_person_and_its_title_is_words_too(tried):
    read, reported = tried(item(CALM, how="collected"), item(CALM, how="reported", by="teacher"))
    assert (read["look"], reported["look"]) == (False, True)
    assert tried(item("At school.", title=INSULT, how="reported"))[0]["alert"]


@pytest.mark.parametrize(
    ("given", "told"),
    [({"how": "heard"}, "line 3: “how” is heard. Write “reported” or “collected”"),
     ({"by": "nobody"}, "line 3: “by” is nobody, and the settings name nobody so. They have: head, dsl"),
     ({"by": ["head"]}, "line 3: “by” is"),
     ({"school": "9"}, "line 3: “school” is 9. Write one of the settings: 900001")],
)  # fmt: skip
def test_a_line_that_cannot_be_tried_is_named_with_what_to_write(given, told):
    with pytest.raises(InputError, match=told):
        complete_item(item(**given), "line 3", SCHOOLS, PEOPLE)


def test_the_only_school_need_not_be_named():
    bare = {"id": "1"}
    complete_item(bare, "line 1", SCHOOLS, PEOPLE)
    assert bare["school"] == OAKFIELD.urn


def facts(**said):
    return facts_of(a_verdict(a_mention(), **said), PEOPLE)


@pytest.mark.parametrize(
    ("meant", "about", "key"),
    [(Meant("office:head", 0.9, "x", Harm.VIOLENCE), About.HEAD, "head"),
     (Meant("office:chair", 0.9, "x", Harm.VIOLENCE), About.CHAIR, "staff"),
     (Meant("child", 0.9, "x", Harm.CHILD), About.PUPIL, "child"),
     (Meant("school", 0.9, "x", Harm.VIOLENCE), About.SCHOOL, "site"),
     (Meant("school", 0.9, "x", Harm.VIOLENCE), About.STAFF, "staff")],
)  # fmt: skip
def test_danger_names_who_is_meant_or_a_child_the_staff_or_the_site(meant, about, key):
    assert facts(endangers=(meant,), about=about)["danger"] == {key: 0.9}


def test_who_is_posed_as_is_wronged_and_neither_in_danger_nor_wrong():
    posed = Meant("person:teacher", 0.8, "x", Harm.WRONGED)
    said = facts(endangers=(posed,), about=About.STAFF, subject_person="teacher")
    assert (said["wronged"], said["danger"], "teacher" in said["wrong"]) == ({"teacher": 0.8}, {}, False)


def test_who_is_called_a_thief_is_wronged_and_said_to_have_done_wrong():
    smeared = Meant("person:teacher", 0.8, "x", Harm.WRONGED)
    said = facts(endangers=(smeared,), abuse=("defamation",))
    assert (said["wronged"]["teacher"], said["wrong"]["teacher"]) == (0.8, 0.8)


def test_an_office_that_somebody_holds_is_theirs_and_the_head_is_named_by_both():
    said = facts(accuses=(Meant("office:head", 0.7, "x"), Meant("office:chair", 0.4, "x")))
    assert said["wrong"] == {"head": 0.7, "staff": 0.4}


def test_a_complaint_is_of_whoever_it_is_about_as_far_as_its_tone_is_bad():
    scores = (("sentiment:negative", 0.5), ("about:pupil", 0.4), ("about:other", 0.06))
    assert facts(scores=scores, route=Route.RESPOND)["wrong"] == {"pupil": 0.2}


def test_at_a_home_nothing_is_left_behind(tmp_path: Path, monkeypatch):
    monkeypatch.setattr("monitor.pipeline.judges.scorer", lambda model: Words())
    home, items, out = tmp_path / "home", tmp_path / "items.jsonl", tmp_path / "out.jsonl"
    home.mkdir(mode=0o700)
    (home / "schoolgate.toml").write_text(HOME)
    items.write_text(json.dumps(item(how="reported", by="teacher")))
    code, said = called(triage, home=home, items=items, out=out)
    assert (code, said[0]) == (0, "1 items, 1 schools.")
    assert [file.name for file in home.iterdir()] == ["schoolgate.toml"]
    assert json.loads(out.read_text())["told"] == ["head", "dsl"]


def test_a_register_belongs_to_a_list_of_schools(tmp_path: Path):
    with pytest.raises(InputError, match="--register goes with --schools"):
        called(triage, items=tmp_path / "i", out=tmp_path / "o", register=tmp_path / "r.csv")
