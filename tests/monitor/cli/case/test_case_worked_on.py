"""Notes, asking, letters and `schoolgate case host`: the effect of each, its refusal, and who may."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from builders.case_desk import NOW as SEEN
from builders.case_desk import (
    PEOPLE,
    PNG,
    SETTINGS,
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
from support.documents import keys_told

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


def _decided(desk):
    _opened(desk)
    shot = desk.home / "shot.png"
    shot.write_bytes(PNG)
    desk("capture", "1", "--file", str(shot), "--no-child-image", "--not-known", "rest", *AS_HEAD)
    desk("step", "weigh", "1", "--nature", "a", "--visible", "b", "--spread", "c", "--impact", "d", *AS_HEAD)
    desk("step", "decide", "1", "--seek", *AS_HEAD, "--why", "It sets children on him")


@pytest.fixture
def desk(tmp_path):
    """A home with one case of an insult, opened and classified."""
    return a_desk(tmp_path, _opened)


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory):
    """The same, for what changes nothing."""
    return a_desk(tmp_path_factory.mktemp("unchanged"), _opened)


@pytest.fixture
def decided(tmp_path):
    """Evidence held, weighed, and decided to seek removal."""
    return a_desk(tmp_path, _decided)


def steps(desk, number="0001"):
    with desk.store.read() as con:
        return case_store.steps(con, number)


def last(desk):
    return steps(desk)[-1]


def row(desk, person="holt"):
    return next(r for r in desk("list", "--all", "--as", person, "--json").data if r["case"] == "0001")


def test_what_is_done_at_the_desk_has_no_command(decided):
    decided("step", "decide", "1", "--stop", *AS_HEAD, "--why", "Not now")
    ran = decided("step", "ask", "1", "--rung", "host", *AS_HEAD)
    assert (ran.code, "“decided_to_seek”" in ran.err, "schoolgate" in ran.err) == (1, True, False)


def test_nobody_whom_it_may_accuse_is_among_them(desk):
    desk("step", "accused", "1", "--person", "fern", *AS_HEAD)
    ran = desk("step", "target", "1", "--person", "vale", "--person", "fern", *AS_HEAD)
    assert "“target_no_subject”" in ran.err


def test_what_was_asked_is_awaited_and_a_time_without_a_zone_is_the_schools_own(decided):
    at = ("--at", "2026-07-01T10:00", "--reference", "7731")
    ran = decided("step", "ask", "1", "--rung", "platform-report", *at, *AS_HEAD)
    assert "waiting for the platform" in ran.out
    assert last(decided).done_at.isoformat() == "2026-07-01T09:00:00+00:00"
    assert (last(decided).clock, last(decided).written["reference"]) == ("platform_48h", "7731")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("step", "ask", "1", "--rung", "solicitor", *AS_HEAD), "author-request, platform-report"),
        (("step", "ask", "1", "--rung", "host", "--kind", "fax", *AS_HEAD), "conversation, removal"),
        (("step", "ask", "1", "--rung", "host", "--at", "lately", *AS_HEAD), "2 September 2026"),
        (("step", "ask", "1", "--rung", "host", "--at", "9999-12-31T23:59-10:00", *AS_HEAD), "is not a time"),
        (("step", "ask", "1", "--rung", "host", "--at", "", *AS_HEAD), "--at: “” is not a day"),
        (("step", "answered", "1", "--rung", "host", "--result", "maybe", *AS_HEAD), "person-only"),
        (("note", "1", " ", *AS_HEAD), "in your own words"),
        (("show", "99", *AS_HEAD), "There is no case 0099"),
    ],
)
def test_what_cannot_be_meant_is_wrong_use_and_says_what_can(unchanged, words, said):
    ran = unchanged(*words)
    assert ran.code == 2
    assert said in ran.err
    assert len(steps(unchanged)) == 2


def test_the_data_protection_officer_releases_what_somebody_else_set_in_a_case_they_may_not_read(desk):
    desk("step", "hold", "1", "--review", "2036-01-01", *AS_HEAD, "--why", "A claim")
    released = desk("step", "release", "1", "--as", "moss", "--why", "The claim was withdrawn")
    assert (released.code, row(desk)["hold"]) == (0, False)
    assert "not for moss" in desk("show", "1", "--as", "moss").err


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


def test_a_story_an_alert_and_the_list_name_the_case(desk):
    home = ("--home", str(desk.home))
    assert "0001" in run("story", "show", "story-insult", *home).out
    (alert,) = run("alerts", "list", "--json", *home).data
    assert alert["cases"] == ["0001"]
    assert "0001" in run("alerts", "show", alert["id"], *home).out


def test_a_story_does_not_name_a_case_that_may_accuse_somebody(desk):
    desk("open", about_the_head(desk), "--as", "marsh")
    assert "0002" not in run("story", "show", "story-accused", "--home", str(desk.home)).out


def test_as_json_a_step_says_what_was_recorded_where_the_case_stands_and_who_is_told(desk):
    opened = desk("open", review(desk), "--as", "holt", "--json").data
    assert (opened["case"], opened["steps"]) == ("0002", [{"n": 1, "step": "opened"}])
    done = desk("note", "1", "She rang", "--as", "holt", "--json").data
    assert done["steps"] == [{"n": 3, "step": "noted"}]
    assert (done["state"], done["told"]) == ("triage", [])


def test_as_json_a_step_in_a_restricted_case_tells_no_more_than_that_it_is_with_the_dsl(desk):
    desk("open", disclosure(desk), "--as", "pike")
    done = desk("note", "2", "She was spoken to", "--as", "pike", "--json").data
    assert done["state"] == "with the DSL"


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


# `case step ask --rung police --imminent`: by anybody of the school, who is shown nothing of the case.


STORIES = {
    "insult": insult,
    "review": review,
    "accused": about_the_head,
    "disclosure": disclosure,
    "doxxed": restricted,
}
BY = {"accused": "marsh", "disclosure": "pike", "doxxed": "pike"}
NUMBERS = dict(zip(STORIES, ("0001", "0002", "0003", "0004", "0005"), strict=True))


def _five(five):
    for name, story in STORIES.items():
        story(five)
        ran = five("open", f"story-{name}", "--as", BY.get(name, "holt"))
        assert ran.code == 0, ran.err


@pytest.fixture
def five(tmp_path):
    """A home with open cases: to be removed, fair, about the head, off the ladder, restricted."""
    return a_desk(tmp_path, _five)


def rang(five, number, person, *more):
    return five("step", "ask", number, "--rung", "police", "--imminent", "--as", person, *more)


@pytest.mark.parametrize("number", NUMBERS.values(), ids=NUMBERS)
def test_anybody_of_the_school_writes_down_that_999_was_rung_in_every_open_case(five, number):
    for person in PEOPLE:
        ran = rang(five, number, person, "--why", "He is at the gate.")
        assert ran.code == 0, (person, ran.err)
    steps = five("show", number, "--as", BY_NUMBER[number], "--restricted", "--reason", "On duty").out
    assert steps.count("He is at the gate.") >= len(PEOPLE)


BY_NUMBER = {NUMBERS[name]: BY.get(name, "ash") for name in STORIES}


def test_who_may_not_read_the_case_is_shown_the_same_of_every_case(five):
    said = {rang(five, n, "vale", "--why", "Now.").out.replace(n, "N") for n in NUMBERS.values()}
    assert len(said) == 1
    assert said.pop().startswith("Case N: the 999 call is recorded. You are shown no more of the case.")
    for number in NUMBERS.values():
        told = rang(five, number, "vale", "--json").data
        assert keys_told(told) == {"case", "state", "steps"}
        assert (told["case"], told["steps"]) == (number, [{"n": None, "step": "asked"}])


def test_whom_it_may_accuse_is_answered_as_everybody_who_may_not_read_it(five):
    accused = rang(five, NUMBERS["accused"], "holt")
    assert (accused.code, accused.out) == (0, rang(five, NUMBERS["accused"], "vale").out)
    assert five("show", NUMBERS["accused"], "--as", "holt").code == 2


def test_a_closed_case_and_none_are_one_to_who_may_not_read_it_and_999_comes_first(five):
    five("close", NUMBERS["insult"], "--mistaken", "--as", "holt", "--why", "Another school")
    closed, none = rang(five, NUMBERS["insult"], "vale"), rang(five, "0099", "vale")
    assert (closed.code, none.code) == (2, 2)
    assert closed.err.replace("0001", "N") == none.err.replace("0099", "N")
    assert "ring 999" in none.err
    assert "“closed”" in rang(five, NUMBERS["insult"], "ash").err


def test_another_schools_people_write_nothing_here(five):
    assert "elsewhere" in SETTINGS
    assert rang(five, NUMBERS["insult"], "elsewhere").code == 2


def test_no_reason_is_asked_for_first_and_it_is_said_how_to_add_it(five):
    ran = rang(five, NUMBERS["review"], "holt")
    assert ran.code == 0
    assert "Say why once there is time" in ran.out
    assert "Say why once" not in rang(five, NUMBERS["review"], "holt", "--why", "A knife").out


def test_no_other_option_keeps_it_from_being_written_down(five):
    odd = ("--kind", "carrier pigeon", "--lawyer", "--received-at", "never", "--at", "2099-01-01T10:00")
    assert rang(five, NUMBERS["review"], "vale", *odd).code == 0


def test_a_time_that_cannot_be_read_says_that_999_comes_first(five):
    ran = rang(five, NUMBERS["review"], "vale", "--at", "just now")
    assert ran.code == 2
    assert "ring 999" in ran.err


LAST = ("--restricted", "--reason", "On duty")


def test_once_999_was_rung_the_case_may_end_as_handed_over(five):
    assert "ring 999 first" in five("show", NUMBERS["disclosure"], "--as", "pike", *LAST).out
    rang(five, NUMBERS["disclosure"], "pike", "--why", "He is at the gate.")
    closed = five(
        "close", NUMBERS["disclosure"], "--handed-over", "--as", "pike", "--why", "The police have it."
    )
    assert closed.code == 0


def test_what_the_lead_calls_a_threat_after_all_still_has_999_first(five):
    number = NUMBERS["disclosure"]
    five("classify", number, "C6", "--as", "pike", "--why", "He means the teacher.")
    shown = five("show", number, "--as", "pike").out
    assert "If anybody may be in danger now, ring 999 first. Record it afterwards." in shown


# `schoolgate case letter | host`: a draft shown or written, recorded by its hash; nothing sent.


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
    ("words", "said"),
    [
        ((*REPLY, *AS_HEAD, "--fact", "pupil=x"), "takes no such fact"),
        (("letter", "2", "reply", "--as", "nobody-here"), "no such person"),
        (("letter", "99", "reply", *AS_HEAD), "no case 0099"),
    ],
)
def test_wrong_use_is_told_and_changes_nothing(office, words, said):
    ran = office(*words)
    assert ran.code == 2
    assert said in ran.err
    assert not letters(office)


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


# `schoolgate case host`: the platform's own way, or who hosts the website, recorded in the case.


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
    ran = insulted("host", "1", "--as", "holt")
    assert ran.code == 0
    assert "example.org, registered through Example Registrations Ltd" in ran.out
    assert "abuse@host.example" in ran.out
    assert not [url for url in registers.urls if "forum.example.org/insult" in url]
    assert "A local forum: “Report” at the post where there is one" in ran.out
    step = steps(insulted)[-1]
    assert (step.kind, step.actor, step.written["network"]) == (
        StepKind.HOSTED,
        "holt",
        "Example Hosting Ltd",
    )
    data = insulted("host", "1", "--as", "holt", "--json").data
    assert (data["case"], data["hosting"]["domain"]) == ("0001", "example.org")
    assert (data["route"]["platform"], data["route"]["old"]) == ("forum", False)
    assert data["route"]["grounds"] == ["bullying", "harassment"]


def test_offline_nobody_is_asked_and_what_is_known_is_shown(insulted, registers):
    before = insulted("host", "1", "--as", "holt", "--offline")
    assert "Who hosts it was not asked yet: schoolgate case host 0001 --as holt\n" in before.out
    assert "by hand: https://rdap.publicinterestregistry.org/rdap/domain/example.org" in before.out
    assert not registers.asked
    insulted("host", "1", "--as", "holt")
    asked = len(registers.asked)
    after = insulted("host", "1", "--as", "holt", "--offline")
    assert "Example Hosting Ltd" in after.out
    at = steps(insulted)[-1].done_at.astimezone(ZoneInfo("Europe/London"))
    assert f"Asked on    {at:%d %B %Y}" in after.out
    assert len(registers.asked) == asked
    assert sum(s.kind is StepKind.HOSTED for s in steps(insulted)) == 1


def test_a_platform_has_its_own_way_and_no_register_is_asked(empty, registers):
    opened(empty, on_facebook(empty))
    ran = empty("host", "1", "--as", "holt")
    assert "Facebook: The menu (three dots) at the post itself" in ran.out
    assert "grounds   private or personal details" in ran.out
    assert "A whole account: The three dots at the profile or the page" in ran.out
    assert "An account that poses as somebody: The three dots at the profile" in ran.out
    assert "  address   https://www.facebook.com/help/contact/295309487309948" in ran.out
    data = empty("host", "1", "--as", "holt", "--json").data
    assert [way["of"] for way in data["route"]["ways"]] == ["account", "posing"]
    assert not registers.asked
    assert steps(empty)[-1].kind is not StepKind.HOSTED


def test_a_way_looked_at_long_ago_is_shown_as_old(empty, registers, monkeypatch):
    monkeypatch.setattr("data.effects.utc_now", lambda: datetime(2027, 6, 1, tzinfo=UTC))
    opened(empty, on_facebook(empty))
    assert "over six months ago: check it" in empty("host", "1", "--as", "holt").out


def test_whom_it_accuses_learns_nothing(empty, registers):
    opened(empty, about_the_head(empty))
    ran = empty("host", "1", "--as", "holt")
    assert (ran.code, registers.asked) == (2, [])
    assert "There is no case 0001" in ran.err


@pytest.mark.parametrize("more", [(), ("--offline",), ("--restricted", "--reason", "I am on duty")])
@pytest.mark.parametrize(("story", "guard"), [(disclosure, "“lane”"), (review, "“fair_comment”")])
def test_where_nobody_is_asked_no_way_of_asking_is_shown(empty, registers, story, guard, more):
    opened(empty, story(empty))
    ran = empty("host", "1", "--as", "pike", *more)
    assert (ran.code, ran.out, guard in ran.err) == (1, "", True)
    assert not registers.asked


@pytest.mark.parametrize("more", [(), ("--offline",), ("--json",), ("--reason", "I am on duty")])
def test_where_a_restricted_post_stands_is_not_shown_without_being_asked_for(empty, registers, more):
    opened(empty, restricted(empty))
    ran = empty("host", "1", "--as", "pike", *more)
    assert (ran.code, ran.out) == (2, "")
    assert "schoolgate case host 0001 --restricted --as pike --reason “…”" in ran.err
    assert not registers.asked
    assert reads(empty) == []


def test_where_a_restricted_post_stands_is_shown_with_a_reason_that_is_kept(empty, registers):
    opened(empty, restricted(empty))
    without = empty("host", "1", "--as", "pike", "--restricted")
    assert (without.code, "--reason" in without.err) == (2, True)
    ran = empty("host", "1", "--as", "pike", "--restricted", "--reason", "To write to the host")
    assert "Example Hosting Ltd" in ran.out
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
