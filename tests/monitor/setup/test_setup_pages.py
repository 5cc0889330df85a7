"""Setting a home up at the desk: its door, each page and its errors, what is on the disk then."""

from __future__ import annotations

import os
import re
import signal
import stat
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest
import requests
from builders.desk import SettingsDesk
from builders.page import form_of, words_of
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from support.command_call import called
from support.for_each import for_each

from data.errors import ConfigError
from data.register.find_schools import SchoolSearch
from data.types import Role, School
from data.words.say import words
from monitor.cli.commands.service import desk_command, serve_command, setup_command
from monitor.config.edit import edit
from monitor.config.first_file import Draft, render_file
from monitor.config.home.paths import Paths
from monitor.config.load import blank_settings, load_file
from monitor.config.model import ServeSettings
from monitor.home import wiring
from monitor.service import own_desk
from monitor.service.own_desk import OneTimeDoor, _Here
from monitor.service.serve import await_settings
from monitor.setup.checklist import Answer, Checklist, Step
from monitor.setup.desk.first import people_changes, place_people, slots
from monitor.setup.desk.pages import setup_pages

HERE = "http://127.0.0.1:40123"
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
OAK = School("900001", "Oakfield Primary School", town="Larchford", phase="primary", dfe="9012001")
OAK_INFANTS = School("900002", "Oakfield Infant School", town="Larchford", phase="primary")
OTHER_OAK = School("900003", "Oakfield Primary School", town="Fernham", phase="primary")
TOWN = (OAK, OAK_INFANTS, OTHER_OAK)
CREDIT = "Contains an invented register."


class EmptyHome:
    """A home that nobody has set up, its pages, and a browser that was let in. `begin` starts it again."""

    def __init__(self, home):
        self.where = Paths(home, home / "schoolgate.toml")
        self.begin()

    def begin(self):
        is_there = self.where.config.exists()
        config = wiring.load_config(self.where) if is_there else blank_settings(self.where.config)
        here = _Here(self.where, config)
        here.base_url = HERE
        self.store = wiring.open_store(self.where.home)
        pages = partial(setup_pages, search=lambda: (SchoolSearch(TOWN), CREDIT))
        self.door = OneTimeDoor(self.store, here, None, lambda: NOW, "jo", pages)
        self.app = self.door.app()
        self.browser = self.another()
        self.browser.get(self.door.path)

    def another(self, host="127.0.0.1", base=HERE):
        return TestClient(self.app, base_url=base, follow_redirects=False, client=(host, 5000))

    def send(self, path, do="save", **form):
        return self.browser.post(path, data={**form_of(self.browser.get(path)), **form, "do": do})

    def choose(self, **form):
        return self.send("/setup/school?q=oakfield", "choose", **{"urn": OAK.urn, **form})

    @property
    def config(self):
        return load_file(self.where.config, {})


@pytest.fixture
def home(tmp_path):
    return EmptyHome(tmp_path / "home")


@pytest.fixture
def school(home):
    home.choose()
    return home


def leads(answer):
    return answer.status_code, answer.headers.get("location")


# ------------------------------------------------------------------------------------------ the door


def test_an_empty_home_lets_in_the_one_link_alone_and_to_its_set_up_alone(home):
    stranger = home.another()
    elsewhere = (home.another("192.0.2.9"), home.another(base="http://evil.example:40123"))
    for browser in (stranger, *elsewhere):
        for path in ("/", "/setup", "/setup/school", "/sign-in", "/people"):
            page = browser.get(path)
            assert page.status_code == 503, path
            assert "not set up yet" in page.text
    assert stranger.get(home.door.path).status_code == 410
    assert home.browser.get("/setup").status_code == 200
    assert home.browser.get("/people").status_code == 503
    assert leads(home.browser.get(home.door.path)) == (303, "/setup")


def test_once_a_school_is_there_the_session_goes_on_but_opens_no_other_page(school):
    assert school.browser.get("/setup").status_code == 200
    assert leads(school.browser.get("/people")) == (303, "/sign-in?to=/people")
    assert leads(school.another().get("/setup")) == (303, "/sign-in?to=/setup")


def test_when_somebody_administers_the_end_signs_them_in(school):
    page = form_of(school.browser.get("/setup/people"))
    refused = school.browser.post("/setup", data={**page, "do": "today"})
    assert (refused.status_code, "name a head, or an IT lead" in refused.text) == (403, True)
    school.send("/setup/people", head_name="Ada Fern", head_email="ada@example.org")
    assert leads(school.browser.post("/setup", data={**page, "do": "today"})) == (303, "/")
    assert "Ada Fern" in school.browser.get("/").text


def test_on_a_desk_that_is_served_it_is_for_who_administers_and_has_just_proved_who_they_are(tmp_path):
    desk = SettingsDesk(tmp_path, more_pages=setup_pages)
    assert desk.browser.get("/setup").status_code == 200
    page = desk.browser.get("/setup/people")  # what was read is there to be seen: changes are mailed
    assert "<form" not in page.text
    assert 'href="/people"' in page.text
    lead = desk.another()
    desk.come("dsl", lead)
    assert lead.get("/setup").status_code == 404
    desk.wait(minutes=11)
    assert leads(desk.browser.get("/setup/people")) == (303, "/check?to=/setup/people")


@for_each("command", [setup_command, desk_command])
def test_set_up_and_the_desk_of_an_empty_home_open_it_at_an_address_of_its_own(
    tmp_path, monkeypatch, command
):
    opened = []
    monkeypatch.setattr(own_desk, "serve_here", lambda web, at, how: (web.stop(), opened.append((at(), how))))
    called(command, home=tmp_path)
    ((address, how),) = opened
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/open/\S{43}", address)
    assert how == "sets_up"


@for_each("command", [setup_command, desk_command, serve_command])
def test_settings_elsewhere_that_are_not_there_are_nothing_to_set_up(tmp_path, command):
    with pytest.raises(ConfigError, match="is not there"):
        called(command, home=tmp_path, config=tmp_path / "mistyped.toml")
    assert not list(tmp_path.iterdir())


def test_the_service_of_an_empty_home_says_so_at_its_address_until_settings_are_written(tmp_path):
    config = replace(
        blank_settings(tmp_path / "schoolgate.toml"),
        serve=ServeSettings.model_construct(listen="127.0.0.1:0"),
    )
    found, lines = [], []

    def look(said):
        if not (at := re.search(r"http://127\.0\.0\.1:\d+", said)):
            lines.append(said)
            return
        found.append(requests.get(at[0], timeout=5))
        if len(found) == 1:
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            config.path.write_text("# written\n")

    assert [await_settings(config, tmp_path, look, lambda: NOW) for _ in range(2)] == [False, True]
    page = found[1]
    assert (page.status_code, "Schoolgate is not set up yet." in page.text) == (503, True)
    assert f"  schoolgate setup --home {tmp_path}" in lines
    assert [each.name for each in tmp_path.iterdir()] == ["schoolgate.toml"]


# --------------------------------------------------------------------------------------- the school


def test_a_school_is_found_by_words_and_written_privately_with_the_register(home):
    page = home.browser.get("/setup/school?q=oakfield larchford")
    said = words_of(page)
    assert "Oakfield Primary School" in said
    assert "900001" in said
    assert CREDIT in said
    assert leads(home.choose()) == (303, "/setup?after=school")
    assert stat.S_IMODE(home.where.config.stat().st_mode) == 0o600
    (set_up,) = home.config.schools
    assert (set_up.urn, set_up.town, len(set_up.namesakes)) == ("900001", "Larchford", 2)
    assert home.config.register.exists()


def test_several_numbers_are_one_school_or_a_trust(home):
    wrong = home.choose(more="900002")
    assert words("en")("setup.school.how_wrong") in wrong.text
    assert not home.where.config.exists()
    home.choose(more="900002", how="one")
    assert home.config.schools[0].members == ("900001", "900002")


def test_a_trust_has_its_schools_each_by_itself(home):
    assert "This is needed." in home.choose(more="900003", how="trust").text
    home.choose(more="900003", how="trust", trust="Fern Trust")
    assert [s.urn for s in home.config.proper] == ["900001", "900003"]
    assert home.config.trust.name == "Fern Trust"


def test_a_school_of_no_register_is_given_by_hand_and_what_was_typed_stays(home):
    wrong = home.send("/setup/school", "own", name="Acorn <Nursery>", nation="")
    assert wrong.status_code == 403
    assert 'value="Acorn &lt;Nursery&gt;"' in wrong.text
    assert wrong.text.count('aria-invalid="true"') == 1
    home.send("/setup/school", "own", name="Acorn Nursery", town="Larchford", nation="wales")
    (set_up,) = home.config.schools
    assert (set_up.urn, set_up.nation) == ("own-acorn-nursery", "wales")


def test_who_chooses_in_a_second_tab_is_told_and_writes_over_nothing(home):
    tab = form_of(home.browser.get("/setup/school?q=oakfield"))
    home.choose()
    before = home.where.config.read_bytes()
    later = home.browser.post("/setup/school", data={**tab, "do": "choose", "urn": OTHER_OAK.urn})
    assert later.status_code == 403
    assert "Somebody else has changed this" in later.text
    assert home.where.config.read_bytes() == before


def test_the_wrong_school_gives_way_to_the_right_one_until_sources_are_set_up(school):
    school.send("/setup/people", head_name="Ada Fern", head_email="ada@example.org")
    school.choose(urn=OTHER_OAK.urn)
    (set_up,) = school.config.schools
    assert (set_up.urn, set_up.town, set_up.head) == ("900003", "Fernham", "Ada Fern")
    with school.where.config.open("a") as file:
        file.write('\n[[sources]]\nid = "a"\nkind = "feed"\nurl = "https://example.org/feed.xml"\n')
    school.choose()
    assert school.config.schools[0].urn == "900003"


# ------------------------------------------------------------------------------------------- people


def test_who_is_named_twice_holds_both_offices_and_the_head_heads_the_school(school):
    answer = school.send(
        "/setup/people", head_name="Ada Fern", head_email="ada@example.org", deputy_head_name="Bo Larch",
        deputy_dsl_name="Bo Larch", deputy_dsl_email="bo@example.org", contact="office@example.org",
    )  # fmt: skip
    assert leads(answer) == (303, "/setup?after=people")
    head, deputy = school.config.people
    assert deputy.roles == (Role.DEPUTY_HEAD, Role.DEPUTY_DSL)
    assert (deputy.email, head.name) == ("bo@example.org", school.config.schools[0].head)
    assert school.config.contact == "office@example.org"
    said = words_of(school.browser.get("/setup"))
    assert "Ada Fern and Bo Larch" in said
    assert "Chair of governors" in said
    with school.store.open_reader() as con:
        assert con.execute("SELECT count(*) FROM outbox").fetchone() == (0,)


@for_each(
    "form, field, why",
    (
        ({"head_email": "ada@example.org"}, "head_name", "Whose address is"),
        ({"head_name": "Ada", "head_email": "ada@"}, "head_email", "is not an email address"),
        ({"contact": "us"}, "contact", "is not an email address"),
        (
            {
                "head_name": "Ada",
                "head_email": "a@example.org",
                "dsl_name": "ada",
                "dsl_email": "b@example.org",
            },
            "dsl_email",
            "another address above",
        ),
    ),
)
def test_what_is_wrong_is_said_beside_its_field_with_what_was_typed(school, form, field, why):
    page = school.send("/setup/people", **form)
    assert page.status_code == 403
    assert f'id="{field}-wrong"' in page.text
    assert why in words_of(page)
    for typed in form.values():
        assert f'value="{typed}"' in page.text
    assert school.config.people == ()


def test_going_back_shows_what_was_answered_and_an_answer_over_a_changed_file_is_refused(school):
    tab = form_of(school.browser.get("/setup/people"))
    school.send("/setup/people", head_name="Ada Fern", head_email="ada@example.org")
    assert 'value="Ada Fern"' in school.browser.get("/setup/people").text
    late = school.browser.post("/setup/people", data={**tab, "do": "save", "head_name": "Cy Wold"})
    assert late.status_code == 403
    assert [p.name for p in school.config.people] == ["Ada Fern"]


NAMES = st.sampled_from(("", "Ada Fern", "Bo Larch", "Cy Wold"))


@given(answers=st.lists(st.tuples(NAMES, NAMES, NAMES, NAMES), min_size=1, max_size=4))
def test_any_answers_in_any_order_give_a_file_that_loads_and_holds_the_last(tmp_path_factory, answers):
    file = tmp_path_factory.mktemp("any") / "schoolgate.toml"
    file.write_text(render_file(Draft((OAK,))))
    file.chmod(0o600)
    for named in answers:
        config = load_file(file, {})
        asked = slots(config, words("en"))
        said = [(slot, name, None) for slot, name in zip(asked, named, strict=False) if name]
        then = replace(config, people=place_people(config, asked, said))
        edit(file, *people_changes(config, then))
    config = load_file(file, {})
    held = {slot.role: slot.holder.name for slot in slots(config, words("en")) if slot.holder}
    assert held == {slot.role: name for slot, name, _ in said}
    assert len({p.name for p in config.people}) == len(config.people)


def test_whoever_replaces_somebody_does_not_get_their_address(school):
    both = {"deputy_head_name": "Bo Larch", "deputy_dsl_name": "Bo Larch"}
    school.send("/setup/people", deputy_dsl_email="bo@example.org", **both)
    school.send("/setup/people", deputy_head_name="Cy Wold", deputy_dsl_name="Bo Larch")
    assert {p.name: p.email for p in school.config.people} == {"Bo Larch": "bo@example.org", "Cy Wold": None}


# --------------------------------------------------------------------------- the impact assessment


@for_each("day, why", (("", "is not a day"), ("soon", "is not a day"), ("2027-01-01", "still to come")))
def test_a_day_that_cannot_be_is_said_beside_it(school, day, why):
    page = school.send("/setup/dpia", day=day)
    assert page.status_code == 403
    assert why in words_of(page)
    assert school.config.dpia.recorded_on is None


def test_the_day_is_saved_and_the_draft_is_offered(school):
    draft = school.browser.get("/setup/dpia?as=md")
    assert draft.text.startswith("# Data protection impact assessment")
    assert leads(school.send("/setup/dpia", day="2026-09-01")) == (303, "/setup?after=dpia")
    assert str(school.config.dpia.recorded_on) == "2026-09-01"


# ---------------------------------------------------------------------------------------- the list


def test_a_killed_process_and_a_closed_tab_lose_nothing(school):
    school.send("/setup/people", head_name="Ada Fern", head_email="ada@example.org")
    school.begin()
    said = words_of(school.browser.get("/setup"))
    assert "Oakfield Primary School" in said
    assert "Ada Fern" in said
    assert leads(school.browser.get("/setup?after=people")) == (303, "/setup/dpia")


def test_the_next_thing_is_what_is_needed_then_what_can_wait():
    given_ = {Step.SCHOOL, Step.PEOPLE, Step.PLACES}
    found = Checklist(tuple(Answer(s, "x" if s in given_ else "") for s in Step))
    assert (found.next, found.after(Step.DPIA), found.is_ready) == (Step.DPIA, Step.NAMES, False)
    ready = Checklist(tuple(Answer(s, "" if s == Step.MAIL else "x") for s in Step))
    assert (ready.next, ready.is_ready) == (Step.MAIL, True)


def test_a_nursery_is_asked_by_its_own_words():
    nursery = replace(OAK, name="Acorn Nursery", phase="")
    config = replace(blank_settings(None), schools=(nursery,))
    titles = [slot.title for slot in slots(config, words("en"))]
    assert titles[:2] == ["Manager", "Manager: a second person"]
    assert "Owner, or chair of the committee" in titles
