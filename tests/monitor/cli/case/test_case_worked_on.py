"""Notes, asking, letters and `schoolgate case host`: the effect of each, its refusal, and who may."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial

import pytest
from builders.case_desk import NOW as SEEN
from builders.case_desk import (
    Desk,
    a_desk,
    about_the_head,
    disclosure,
    insult,
    restricted,
    review,
    run,
)
from builders.mention import a_batch, a_mention, a_run, a_verdict
from builders.registries import PUBLIC, RIPE, Registers, document, resolving

from data.steps.codes import StepKind
from data.store.cases import cases as case_store
from data.store.engine.audit_chain import links
from data.store.mentions.batch import save
from data.types import About, Policy, Route, Severity
from monitor.act.casework import hosting

AS_HEAD = ("--as", "holt")


def _opened(desk):
    desk("open", insult(desk), *AS_HEAD)
    desk("classify", "1", "C2", *AS_HEAD, "--why", "He is insulted")


@pytest.fixture
def desk(tmp_path):
    """A home with one case of an insult, opened and classified."""
    return a_desk(tmp_path, _opened)


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory):
    """The same, for what changes nothing."""
    return a_desk(tmp_path_factory.mktemp("unchanged"), _opened)


def steps(desk, number="0001"):
    with desk.store.read() as con:
        return case_store.steps(con, number)


@pytest.mark.parametrize("person", ["vale", "elsewhere", "marsh"])
def test_to_whom_it_is_not_for_there_is_no_such_case(unchanged, person):
    ran = unchanged("note", "1", "I write this", "--as", person)
    assert ran.code == 2
    assert ran.err.startswith("There is no case 0001.")


def test_to_whom_it_accuses_there_is_no_such_case_in_any_command(desk):
    desk("open", about_the_head(desk), "--as", "marsh")
    for words in (
        ("show", "2"),
        ("note", "2", "x"),
        ("assign", "2", "--to", "ash"),
        ("support", "ended", "2"),
    ):
        ran = desk(*words, *AS_HEAD)
        assert (ran.code, ran.err.startswith("There is no case 0002.")) == (2, True), words


def test_a_restricted_case_is_the_dsls_to_act_in(desk):
    desk("open", disclosure(desk), "--as", "pike")
    ran = desk("note", "2", "x", "--as", "fern")
    assert (ran.code, ran.err) == (2, "Case 0002 is not for fern. It is with the DSL: ask there.")
    assert desk("step", "referred", "2", "--to", "social-care", "--as", "pike").code == 0


def test_a_story_does_not_name_a_case_that_may_accuse_somebody(desk):
    desk("open", about_the_head(desk), "--as", "marsh")
    assert "0002" not in run("story", "show", "story-accused", "--home", str(desk.home)).out


def test_in_a_locked_case_nobody_reads_who_was_accused(desk):
    desk("open", disclosure(desk), "--as", "pike")
    for words in (
        ("step", "accused", "2", "--person", "ash"),
        ("classify", "2", "C6", "--why", "It threatens the building"),
        ("step", "about", "2", "--nobody", "--why", "It threatens the building"),
    ):
        ran = desk(*words, "--as", "pike")
        assert ran.code == 0, ran.err
    shown = desk("show", "2", *AS_HEAD)
    assert "Lee Ash" not in shown.out


STORIES = {
    "insult": insult,
    "review": review,
    "accused": about_the_head,
    "disclosure": disclosure,
    "doxxed": restricted,
}
BY = {"accused": "marsh", "disclosure": "pike", "doxxed": "pike"}


def _five(five):
    for name, story in STORIES.items():
        story(five)
        ran = five("open", f"story-{name}", "--as", BY.get(name, "holt"))
        assert ran.code == 0, ran.err


@pytest.fixture
def five(tmp_path):
    """A home with open cases: to be removed, fair, about the head, off the ladder, restricted."""
    return a_desk(tmp_path, _five)


# A letter: a draft, recorded by its hash; nothing sent.


REPLY = ("letter", "2", "reply", "--fact", "contact=01632 960 002")
LINK = ("--fact", "complaints_url=https://oakfield.example.sch.uk/complaints")


def _three(office):
    office("open", insult(office), *AS_HEAD)
    office("open", review(office), *AS_HEAD)
    office("open", disclosure(office), "--as", "pike")
    office("open", about_the_head(office), "--as", "marsh")


@pytest.fixture
def office(tmp_path):
    """0001: an insult, 0002: a fair review, 0003: with the DSL, 0004: it may accuse the head."""
    return a_desk(tmp_path, _three)


def letters(office, number="0002"):
    with office.store.read() as con:
        return [s for s in case_store.steps(con, number) if s.kind is StepKind.LETTER]


def test_a_letter_is_shown_and_recorded_by_its_hash_without_its_words(office):
    ran = office(*REPLY, *LINK, *AS_HEAD)
    assert ran.code == 0, ran.err
    assert ran.out.startswith("DRAFT. ")
    (step,) = letters(office)
    assert step.written["letter"] == "reply"
    assert step.written["form"] == "txt eml pdf"
    assert "01632" not in str(step)
    assert step.actor == "holt"


@pytest.mark.parametrize(
    ("number", "person"), [("3", "holt"), ("4", "holt"), ("2", "vale"), ("2", "elsewhere"), ("1", "vale")]
)
def test_who_may_not_read_the_case_or_is_aimed_at_gets_no_letter_of_it(office, number, person):
    office("step", "target", "1", "--person", "vale", *AS_HEAD)
    ran = office("letter", number, "reply", "--as", person)
    assert ran.code == 2
    assert not ran.out


def _threat(office):
    story = office.story(
        "threat", route=Route.POLICE_NOW, severity=Severity.THIS_HOUR, about=About.PUPIL,
        content_class="C6", restricted=True, abuse=("threat",), alert=True,
    )  # fmt: skip
    office("open", story, "--as", "pike")


GIVEN = {"force": "Northvale Police", "why": "It may be one.", "contact": "01632 960 002", "danger": "No."}
FACTS = [word for name, said in GIVEN.items() for word in ("--fact", f"{name}={said}")]
TO_THE_POLICE = ("letter", "1", "police", "--as", "pike", *FACTS)


def test_reading_a_restricted_post_for_a_letter_is_recorded(tmp_path):
    office = a_desk(tmp_path, _threat)
    ran = office(*TO_THE_POLICE)
    assert ran.code == 0, ran.err
    assert "https://" in ran.out
    with office.store.read() as con:
        read = [link.entry for link in links(con) if link.entry.action == "restricted_read"]
    assert [(entry.actor, entry.codes[0]) for entry in read] == [("pike", "case:0001")]


def test_the_police_are_not_given_changed_words_without_a_warning(tmp_path):
    office = a_desk(tmp_path, _threat)
    assert "is not what was sealed" not in office(*TO_THE_POLICE).out
    with office.store.write("tampering") as con:
        con.execute("UPDATE mentions SET author = 'Somebody else'")
        con.execute("UPDATE restricted_texts SET text = 'He is a lovely man', author = 'Somebody else'")
    ran = office(*TO_THE_POLICE)
    assert "What is held about this case is not what was sealed." in ran.out


# Who hosts a website, recorded in the case.


ORG = "https://rdap.publicinterestregistry.org/rdap/domain/example.org"
ASKED_AT = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


@pytest.fixture
def empty(tmp_path):
    return Desk(tmp_path)


def _insult(empty):
    opened(empty, insult(empty))


@pytest.fixture
def insulted(tmp_path):
    """A home with a case about a post in a local forum, which is a website of its own."""
    return a_desk(tmp_path, _insult)


@pytest.fixture
def registers(monkeypatch):
    """The registers as they answer here; no other machine is asked."""
    fetch = Registers({ORG: document("nominet"), RIPE + PUBLIC: document("ripe")})

    look = partial(hosting.look, fetch=fetch, resolve=resolving(PUBLIC))
    monkeypatch.setattr(hosting, "look", look)
    return fetch


def opened(empty, story):
    assert empty("open", story, "--as", "pike").code == 0


def on_facebook(empty):
    mention = a_mention("fb", channel="facebook", url="https://www.facebook.com/groups/1/posts/2")
    verdict = a_verdict(
        mention, route=Route.REQUEST_REMOVAL, severity=Severity.TODAY, about=About.STAFF, content_class="C11"
    )
    batch = a_batch(mention, verdicts=[verdict], story_id="story-fb", run=a_run("feed:fb"))
    with empty.store.write("test") as con:
        save(con, batch, now=SEEN, policy=Policy())
    return "story-fb"


def test_a_website_is_looked_up_and_what_is_found_is_recorded(insulted, registers):
    data = insulted("host", "1", "--as", "holt").data
    assert (data["domain"], data["network"]) == ("example.org", "Example Hosting Ltd")
    assert not [url for url in registers.urls if "forum.example.org/insult" in url]
    step = steps(insulted)[-1]
    assert (step.kind, step.actor) == (StepKind.HOSTED, "holt")


def test_of_a_platform_no_register_is_asked(empty, registers):
    opened(empty, on_facebook(empty))
    assert empty("host", "1", "--as", "holt").data == {}
    assert not registers.asked
    assert steps(empty)[-1].kind is not StepKind.HOSTED


def test_whom_it_accuses_learns_nothing(empty, registers):
    opened(empty, about_the_head(empty))
    ran = empty("host", "1", "--as", "holt")
    assert (ran.code, registers.asked) == (2, [])
    assert "There is no case 0001" in ran.err


@pytest.mark.parametrize(("story", "guard"), [(disclosure, "“lane”"), (review, "“fair_comment”")])
def test_where_nobody_is_asked_no_register_is(empty, registers, story, guard):
    opened(empty, story(empty))
    ran = empty("host", "1", "--as", "pike")
    assert (ran.code, guard in ran.err, registers.asked) == (1, True, [])


def test_reading_where_a_restricted_post_stands_is_on_record(empty, registers):
    opened(empty, restricted(empty))
    assert "Example Hosting Ltd" in empty("host", "1", "--as", "pike").out
    assert reads(empty) == ["pike"]


def reads(empty):
    with empty.store.read() as con:
        return [link.entry.actor for link in links(con) if link.entry.action == "restricted_read"]


def test_the_registers_are_asked_without_robots_txt_and_the_rest_of_the_guard(tmp_path, monkeypatch):
    asked = []

    def fetcher(config, **options):
        asked.append(options)
        return nullcontext(Registers({ORG: document("nominet")}))

    monkeypatch.setattr(hosting.wiring, "fetcher", fetcher)
    found = hosting.look(None, tmp_path, "https://example.org/x", ASKED_AT, resolve=resolving(PUBLIC))
    assert asked == [{"obey_robots": False}]
    assert found.domain == "example.org"
