"""A letter is a draft on record for who may read its case; who hosts a website is found and recorded."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial

import pytest
from builders.case_desk import (
    ActRefused,
    Desk,
    a_desk,
    about_the_head,
    disclosure,
    insult,
    made_by,
    restricted,
    review,
)
from builders.registries import PUBLIC, RIPE, Registers, document, resolving

from alerts.letters.kinds import LetterKind
from data.errors import InputError
from data.steps.codes import StepKind
from data.types import About, Route, Severity
from monitor.act.casework import hosting
from monitor.act.step import find_host

REPLY = {"contact": "01632 960 002", "complaints_url": "https://oakfield.example.sch.uk/complaints"}


def _three(office):
    office.open(insult(office), "holt")
    office.open(review(office), "holt")
    office.open(disclosure(office), "pike")
    office.open(about_the_head(office), "marsh")


@pytest.fixture
def office(tmp_path):
    """0001: an insult, 0002: a fair review, 0003: with the DSL, 0004: it may accuse the head."""
    return a_desk(tmp_path, _three)


def test_a_letter_is_recorded_by_its_hash_without_its_words(office):
    made = office.draft(LetterKind.REPLY, "holt", "2", **REPLY)
    assert {*made.files} == {".txt", ".eml", ".pdf"}
    (step,) = office.steps("2", StepKind.LETTER)
    assert (step.written["letter"], step.written["form"], step.actor) == ("reply", "txt eml pdf", "holt")
    assert "01632" not in str(step)


def test_who_may_not_read_the_case_or_is_aimed_at_gets_no_letter_of_it(office):
    office.take(StepKind.TARGET, "holt", person="vale")
    for number, person in (("3", "holt"), ("4", "holt"), ("2", "vale"), ("2", "elsewhere"), ("1", "vale")):
        with pytest.raises(InputError):
            office.draft(LetterKind.REPLY, person, number, **REPLY)


def _threat(office):
    story = office.story(
        "threat", route=Route.POLICE_NOW, severity=Severity.THIS_HOUR, about=About.PUPIL,
        content_class="C6", restricted=True, abuse=("threat",), alert=True,
    )  # fmt: skip
    office.open(story, "pike")


def test_the_police_are_given_a_restricted_post_on_record_and_changed_words_with_a_warning(tmp_path):
    office = a_desk(tmp_path, _threat)
    given = {
        "force": "Northvale Police", "why": "It may be one.", "contact": "01632 960 002", "danger": "No.",
    }  # fmt: skip
    made = office.draft(LetterKind.POLICE, "pike", **given)
    assert b"https://" in made.files[".txt"]
    assert [(e.actor, e.codes[0]) for e in office.entries("restricted_read")] == [("pike", "case:0001")]
    with office.store.write("tampering") as con:
        con.execute("UPDATE mentions SET author = 'Somebody else'")
        con.execute("UPDATE restricted_texts SET text = 'He is a lovely man', author = 'Somebody else'")
    changed = office.draft(LetterKind.POLICE, "pike", **given)
    assert len(changed.draft.warnings) == len(made.draft.warnings) + 1


# Who hosts a website, recorded in the case.


ORG = "https://rdap.publicinterestregistry.org/rdap/domain/example.org"
TO_REMOVE = {"route": Route.REQUEST_REMOVAL, "severity": Severity.TODAY, "content_class": "C11"}
ASKED_AT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


def _of_each(desk):
    """1: an insult, 2: on a platform, 3: may accuse the head, 4: with the DSL, 5: fair, 6: restricted."""
    for story in (insult, on_a_platform, about_the_head, disclosure, review, restricted):
        desk.open(story(desk), "pike")


def on_a_platform(desk):
    return desk.story("fb", channel="facebook", **TO_REMOVE)


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    _of_each(desk := Desk(tmp_path_factory.mktemp("hosts")))
    return desk


@pytest.fixture
def registers(monkeypatch):
    """The registers as they answer here; no other machine is asked."""
    fetch = Registers({ORG: document("nominet"), RIPE + PUBLIC: document("ripe")})

    look = partial(hosting.look, fetch=fetch, resolve=resolving(PUBLIC))
    monkeypatch.setattr(hosting, "look", look)
    return fetch


def host(desk, number, person="holt"):
    """What is known of who hosts the post of a case, once it was looked up."""
    return dict(made_by(find_host(desk.session(person), number, "At work on it", desk.clock())).hosting)


def test_a_website_is_looked_up_and_what_is_found_is_recorded(cases, registers):
    found = host(cases, "0001")
    assert (found["domain"], found["network"]) == ("example.org", "Example Hosting Ltd")
    assert not [url for url in registers.urls if "forum.example.org/insult" in url]
    step = cases.steps("0001")[-1]
    assert (step.kind, step.actor) == (StepKind.HOSTED, "holt")


def test_of_a_platform_no_register_is_asked(cases, registers):
    assert host(cases, "0002") == {}
    assert not registers.asked
    assert cases.steps("0002", StepKind.HOSTED) == []


def test_whom_it_accuses_learns_nothing_and_where_nobody_is_asked_no_register_is(cases, registers):
    for number, person, told in (
        ("0003", "holt", "There is no case 0003"), ("0004", "pike", "lane"), ("0005", "pike", "fair_comment"),
    ):  # fmt: skip
        with pytest.raises((InputError, ActRefused), match=told):
            host(cases, number, person)
    assert registers.asked == []


@pytest.mark.usefixtures("registers")
def test_reading_where_a_restricted_post_stands_is_on_record(cases):
    assert host(cases, "0006", "pike")["network"] == "Example Hosting Ltd"
    read = [entry.actor for entry in cases.entries("restricted_read") if "case:0006" in entry.codes]
    assert read == ["pike"]


def test_the_registers_are_asked_without_robots_txt_and_the_rest_of_the_guard(tmp_path, monkeypatch):
    asked = []

    def fetcher(config, **options):
        asked.append(options)
        return nullcontext(Registers({ORG: document("nominet")}))

    monkeypatch.setattr(hosting.wiring, "fetcher", fetcher)
    found = hosting.look(None, tmp_path, "https://example.org/x", ASKED_AT, resolve=resolving(PUBLIC))
    assert asked == [{"obey_robots": False}]
    assert found.domain == "example.org"
