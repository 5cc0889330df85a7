"""Setting a home up at the desk: its door, each page and its errors, what is on the disk then."""

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
from builders.hand_in import hand_in
from builders.page import form_of, words_of
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from support.command_call import called
from support.for_each import for_each
from support.web_server import free_port

from data.errors import ConfigError
from data.register.find_schools import SchoolSearch
from data.types import Person, Role, School
from data.words.say import words
from monitor.act.people import Keeper, name_people
from monitor.cli.commands.service import desk_command, serve_command, setup_command
from monitor.config.first_file import Draft, render_file
from monitor.config.home.paths import Paths
from monitor.config.load import blank_settings, load_file
from monitor.config.model import ServeSettings
from monitor.home import wiring
from monitor.service import own_desk
from monitor.service import serve as serving
from monitor.service.notebook import complaints_of
from monitor.service.own_desk import OneTimeDoor, _Here
from monitor.setup.desk import rest
from monitor.setup.desk.frame import Answer, Checklist, Step
from monitor.setup.desk.pages import setup_pages
from monitor.setup.desk.people import place_people, slots

HERE = "http://127.0.0.1:40123"
W = words("en")
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
OAK = School("900001", "Oakfield Primary School", town="Larchford", phase="primary", dfe="9012001")
OAK_INFANTS = School("900002", "Oakfield Infant School", town="Larchford", phase="primary")
OTHER_OAK = School("900003", "Oakfield Primary School", town="Fernham", phase="primary")
OFFICERS = tuple(
    Person(role.value, f"{role.name.title()} Fern", (role,), f"{role.value}@example.org")
    for role in (Role.HEAD, Role.DSL, Role.CHAIR)
)
SET_UP = """
[dpia]
recorded_on = 2026-09-01
recorded_by = "Mrs A Example"

[[sources]]
id = "a"
kind = "feed"
url = "https://example.org/feed.xml"
"""
MAIL = """
[mail]
host = "localhost"
port = 25
security = "none"
sender = "schoolgate@example.org"
"""
TOWN = (OAK, OAK_INFANTS, OTHER_OAK)
CREDIT = "Contains an invented register."


class EmptyHome:
    """A home that nobody has set up, its pages, and a browser that was let in. `begin` starts it again."""

    def __init__(self, home):
        self.where = Paths(home, home / "schoolgate.toml")
        self.begin()

    @classmethod
    def of(cls, home, *schools, people=()):
        """A home whose file has these schools."""
        file = home / "schoolgate.toml"
        file.write_text(render_file(Draft(schools, people)))
        file.chmod(0o600)
        return cls(home)

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


def mailed(**named):
    """The fields of a form that name these people, each with an address."""
    mails = {f"{key}_email": f"{name.split()[0].lower()}@example.org" for key, name in named.items()}
    return mails | {f"{key}_name": name for key, name in named.items()}


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
    assert (refused.status_code, "name a head, or an IT lead" in refused.text) == (422, True)
    school.send("/setup/people", **mailed(head="Ada Fern"))
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
    monkeypatch.setattr(own_desk, "serve_here", lambda web, at: (web.stop(), opened.append(at())))
    called(command, home=tmp_path)
    ((address, how),) = opened
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/open/\S{43}", address)
    assert how == "sets_up"


@for_each("command", [setup_command, desk_command, serve_command])
def test_settings_elsewhere_that_are_not_there_are_nothing_to_set_up(tmp_path, command):
    with pytest.raises(ConfigError, match=r"is not there\. Correct --config, or leave it out"):
        called(command, home=tmp_path, config=tmp_path / "mistyped.toml")
    assert not list(tmp_path.iterdir())


def test_the_service_of_an_empty_home_waits_in_good_health_until_the_assessment_is_signed(
    tmp_path, monkeypatch
):
    port, loaded = free_port(), []
    serve = ServeSettings.model_construct(listen="127.0.0.1:0", health_port=port)
    config = replace(blank_settings(tmp_path / "schoolgate.toml"), serve=serve)
    found, lines = [], []

    def load(path, env):
        loaded.append(path.read_text())
        path.write_text(f"{render_file(Draft((OAK,), ()))}{SET_UP if len(loaded) > 1 else ''}")
        return load_file(path, env)

    def look(said):
        if not (at := re.search(r"http://127\.0\.0\.1:\d+", said)):
            lines.append(said)
            return
        found.append(requests.get(at[0], timeout=5))
        health = requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5)
        assert (health.text, complaints_of(tmp_path, port)) == ("ok\n", None)
        if len(found) == 1:
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            config.path.write_text("# written\n")

    monkeypatch.setattr(serving, "load_file", load)
    assert [serving.await_settings(config, tmp_path, look, lambda: NOW) for _ in range(2)] == [False, True]
    assert len(loaded) == 2, "neither what is no file of ours nor a school alone begins it"
    page = found[1]
    assert (page.status_code, "Schoolgate is not set up yet." in page.text) == (503, True)
    assert f"  schoolgate setup --home {tmp_path}" in lines
    assert [each.name for each in tmp_path.iterdir()] == ["schoolgate.toml"]


def test_whoever_sets_up_at_their_own_machine_is_never_asked_to_come_later(home):
    assert {home.browser.get("/setup").status_code for _ in range(40)} == {200}


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
    wrong = home.choose(urn_2="900002")
    assert words("en")("setup.school.how_wrong") in wrong.text
    assert not home.where.config.exists()
    home.choose(urn_2="900002", how="one")
    assert home.config.schools[0].members == ("900001", "900002")


def test_a_trust_has_its_schools_each_by_itself(home):
    assert "This is needed." in home.choose(urn_2="900003", how="trust").text
    home.choose(urn_2="900003", how="trust", trust="Fern Trust")
    assert [s.urn for s in home.config.proper] == ["900001", "900003"]
    assert home.config.trust.name == "Fern Trust"


def test_schools_that_are_ticked_stay_ticked_while_the_others_are_looked_up(home):
    first = home.send("/setup/school?q=larchford", "more", urn_1="900001")
    page = home.browser.get(first.headers["location"])
    assert re.findall(r'value="(\d{6})" checked', page.text) == ["900001"]
    assert 'name="ticked" value="900001"' in page.text
    page = home.browser.get("/setup/school?ticked=900001&q=fernham")
    assert re.findall(r'value="(\d{6})" checked', page.text) == ["900001"]
    assert "900003" in page.text
    wrong = home.send("/setup/school?ticked=900001&q=fernham", "choose", urn_1="900001", urn_2="900003")
    assert words("en")("setup.school.how_wrong") in wrong.text
    assert re.findall(r'value="(\d{6})" checked', wrong.text) == ["900001", "900003"]


def test_a_school_of_no_register_is_given_by_hand_and_what_was_typed_stays(home):
    wrong = home.send("/setup/school", "own", name="Acorn <Nursery>", nation="")
    assert wrong.status_code == 422
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
    assert later.status_code == 422
    assert "Somebody else has changed this" in later.text
    assert home.where.config.read_bytes() == before


def test_the_wrong_school_gives_way_to_the_right_one_until_sources_are_set_up(school):
    school.send("/setup/people", **mailed(head="Ada Fern"))
    school.choose(urn=OTHER_OAK.urn)
    (set_up,) = school.config.schools
    assert (set_up.urn, set_up.town, set_up.head) == ("900003", "Fernham", "Ada Fern")
    with school.where.config.open("a") as file:
        file.write('\n[[sources]]\nid = "a"\nkind = "feed"\nurl = "https://example.org/feed.xml"\n')
    school.choose()
    assert school.config.schools[0].urn == "900003"


# ------------------------------------------------------------------------------------------- people


def test_head_and_lead_get_one_mailbox_once_somebody_says_that_this_is_right(school):
    both = {**mailed(head="Ada Fern", dsl="Dee Wold"), "dsl_email": mailed(head="Ada Fern")["head_email"]}
    asked = school.send("/setup/people", **both)
    assert asked.status_code == 422
    assert "reads what is meant for either" in words_of(asked)
    assert 'name="shares"' in asked.text
    assert school.config.people == ()
    school.send("/setup/people", **both, shares="yes")
    assert [p.name for p in school.config.people] == ["Ada Fern", "Dee Wold"]
    assert 'name="shares"' not in school.browser.get("/setup/people").text


def test_who_is_named_twice_holds_both_offices_and_the_head_heads_the_school(school):
    answer = school.send(
        "/setup/people", **mailed(head="Ada Fern"), deputy_head_name="Bo Larch",
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


TWICE = {"head_name": "Ada", "head_email": "a@example.org", "dsl_name": "ada"}


@for_each(
    "form, field, why",
    (
        ({"head_email": "ada@example.org"}, "head_name", "Whose address is"),
        ({"head_name": "Ada", "head_email": "ada@"}, "head_email", "is not an email address"),
        ({"contact": "us"}, "contact", "is not an email address"),
        ({**TWICE, "dsl_email": "b@example.org"}, "dsl_email", "has another address"),
    ),
)
def test_what_is_wrong_is_said_beside_its_field_with_what_was_typed(school, form, field, why):
    page = school.send("/setup/people", **form)
    assert page.status_code == 422
    assert f'id="{field}-wrong"' in page.text
    assert why in words_of(page)
    for typed in form.values():
        assert f'value="{typed}"' in page.text
    assert school.config.people == ()


def test_going_back_shows_what_was_answered_and_an_answer_over_a_changed_file_is_refused(school):
    tab = form_of(school.browser.get("/setup/people"))
    school.send("/setup/people", **mailed(head="Ada Fern"))
    assert 'value="Ada Fern"' in school.browser.get("/setup/people").text
    late = school.browser.post("/setup/people", data={**tab, "do": "save", "head_name": "Cy Wold"})
    assert late.status_code == 422
    tab = form_of(school.browser.get("/setup/people"))
    named = mailed(head="Ada Fern")
    school.send("/setup/people", **named, contact="office@example.org")
    assert school.browser.post("/setup/people", data={**tab, "do": "save", **named}).status_code == 422
    assert ([p.name for p in school.config.people], school.config.contact) == (
        ["Ada Fern"],
        "office@example.org",
    )


def test_what_was_read_shuts_nobody_out_of_naming_who_administers(school):
    hand_in(school.where.home, "The roof at Oakfield Primary School leaks.")
    assert W("setup.people.untold") in words_of(school.browser.get("/setup"))
    school.send("/setup/people", **(lead := mailed(dsl="Dee Larch")))
    the_list = words_of(school.browser.get("/setup"))
    assert (W("setup.people.untold") in the_list, W("setup.people.nobody") in the_list) == (False, True)
    school.send("/setup/people", **lead, head_name="Ada Fern")
    assert [p.name for p in school.config.people] == ["Dee Larch", "Ada Fern"]
    assert "<form" not in school.browser.get("/setup/people").text


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
        name_people(Keeper(config, file.parent, None, None, NOW), place_people(config, asked, said), "")
    config = load_file(file, {})
    held = {slot.role: slot.holder.name for slot in slots(config, words("en")) if slot.holder}
    assert held == {slot.role: name for slot, name, _ in said}
    assert len({p.name for p in config.people}) == len(config.people)


def test_an_emptied_address_is_none_unless_the_office_needs_one(school):
    named = {"head_name": "Ada Fern", "deputy_head_name": "Bo Larch"}
    school.send("/setup/people", **named, head_email="ada@example.org", deputy_head_email="bo@example.org")
    school.send("/setup/people", **named, head_email="ada@example.org", deputy_head_email="")
    assert [p.email for p in school.config.people] == ["ada@example.org", None]
    refused = school.send("/setup/people", **named, head_email="")
    assert refused.status_code == 422
    assert "would have nobody with an email address as: Headteacher" in words_of(refused)
    assert school.config.people[0].email == "ada@example.org"


def test_in_scotland_a_chair_who_stands_for_the_authority_cannot_go_without_one(tmp_path):
    glen = replace(OAK, nation="scotland")
    home = EmptyHome.of(tmp_path, glen, people=OFFICERS)
    at = Keeper(home.config, tmp_path, None, None, NOW)
    refused = name_people(at, [p for p in OFFICERS if Role.CHAIR not in p.roles], "")
    assert "as: Local authority’s contact" in refused.reason


def test_another_name_at_the_same_address_is_the_same_person_put_right(school):
    school.send("/setup/people", head_name="Ada Fen", head_email="ada@example.org")
    file = school.where.config
    file.write_text(file.read_text().replace('name = "Ada Fen"', 'name = "Ada Fen"\nphone = "01632 960123"'))
    before = school.config.people[0]
    school.send("/setup/people", **mailed(head="Ada Fern"))
    assert school.config.people == (replace(before, name="Ada Fern"),)


def test_whoever_replaces_somebody_does_not_get_their_address(school):
    both = {"deputy_head_name": "Bo Larch", "deputy_dsl_name": "Bo Larch"}
    school.send("/setup/people", deputy_dsl_email="bo@example.org", **both)
    left = {**both, "deputy_dsl_email": "bo@example.org", "deputy_head_name": "Cy Wold"}
    refused = school.send("/setup/people", **left, deputy_head_email="bo@example.org")
    assert W("setup.people.address_of", name="Bo Larch") in words_of(refused)
    school.send("/setup/people", **left)
    assert {p.name: p.email for p in school.config.people} == {"Bo Larch": "bo@example.org", "Cy Wold": None}


@for_each("offices, urns", [((Role.HEAD,), ("900001", "900002")), ((Role.HEAD, Role.DPO), ("900002",))])
def test_nor_of_somebody_who_stays_elsewhere(tmp_path_factory, offices, urns):
    ann = Person("ann", "Ann Larch", offices, "ann@example.org", urns)
    home = EmptyHome.of(tmp_path_factory.mktemp("home"), OAK, OAK_INFANTS, people=(ann,))
    bea = {"head_900002_name": "Bea Oak", "head_900002_email": ann.email}
    refused = home.send("/setup/people?school=900002", **bea)
    assert W("setup.people.address_of", name="Ann Larch") in words_of(refused)
    assert home.config.people == (ann,)


def test_a_deputy_named_for_cover_changes_nobody_else(tmp_path):
    ann, sam = OFFICERS[1], Person("sam", "Sam Fern", (Role.GOVERNOR,), None, ("900001",))
    more = (replace(ann, id="ann", urns=("900001",)), replace(ann, id="ann-2", urns=("900002",)))
    people = (OFFICERS[0], *more, sam, replace(sam, id="sam-2", urns=("900002",)))
    home = EmptyHome.of(tmp_path, OAK, OAK_INFANTS, people=people)
    home.send("/setup/cover", deputy_head_name="Bo Larch", deputy_dsl_900002_name=ann.name)
    bo = Person("deputy-head", "Bo Larch", (Role.DEPUTY_HEAD,))
    twice = replace(people[2], roles=(Role.DSL, Role.DEPUTY_DSL))
    assert home.config.people == (*people[:2], twice, *people[3:], bo)


# --------------------------------------------------------------------------- the impact assessment


@for_each(
    "day, by, why",
    (
        ("", "Jane Holt", "is not a day"),
        ("soon", "Jane Holt", "is not a day"),
        ("2027-01-01", "Jane Holt", "still to come"),
        ("2019-01-01", "Jane Holt", "more than five years before"),
        ("2026-09-01", " ", "Write the name of the person who signed it."),
    ),
)
def test_a_day_that_cannot_be_or_a_missing_name_is_said_beside_it(school, day, by, why):
    page = school.send("/setup/dpia", day=day, by=by)
    assert page.status_code == 422
    assert why in words_of(page)
    assert school.config.dpia.recorded_on is None


def test_who_signed_it_and_when_is_saved_and_the_draft_is_offered(school):
    draft = school.browser.get("/setup/dpia?as=md")
    assert draft.text.startswith("# Data protection impact assessment")
    sent = school.send("/setup/dpia", day="2026-09-01", by="Jane Holt, head")
    assert leads(sent) == (303, "/setup?after=dpia")
    assert str(school.config.dpia.recorded_on) == "2026-09-01"
    assert school.config.dpia.recorded_by == "Jane Holt, head"
    assert "Signed by Jane Holt, head on 1 September 2026." in words_of(school.browser.get("/setup"))


# ---------------------------------------------------------------------------------------- the list


def test_a_killed_process_and_a_closed_tab_lose_nothing(school):
    school.send("/setup/people", **mailed(head="Ada Fern"))
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
    partly = Checklist(tuple(Answer(s, "x", "y" if s == Step.COVER else "") for s in Step))
    assert (partly.next, partly.after(Step.REACH), partly.after(Step.COVER)) == (None, Step.COVER, None)


@for_each(
    ("gone", "mail", "says", "never"),
    [
        ((), False, "Everything needed is done. No email goes out", "missing"),
        ((), True, "Everything needed is done. The next daily email goes out on", "missing"),
        ((Role.CHAIR,), True, "something is missing: see Who is told below", "Everything needed is done"),
        ((Role.HEAD,), True, "No daily email goes out: nobody who would get it", "goes out on"),
    ],
)
def test_all_is_done_only_where_no_office_is_empty(tmp_path_factory, gone, mail, says, never):
    home = EmptyHome.of(tmp_path_factory.mktemp("home"), OAK, people=OFFICERS)
    file, left = home.where.config, [p for p in OFFICERS if not {*p.roles} & {*gone}]
    text = render_file(Draft((OAK,), (*left, Person("it", "Ivo Tern", (Role.IT_LEAD,)))))
    file.write_text('contact = "o@example.org"\n' + text + SET_UP + (MAIL if mail else ""))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rest, "complaints_of", lambda home, port: ())
        said = words_of(home.browser.get("/setup"))
    assert says in said
    assert never not in said
    assert ("goes to the next person who may know it, or to nobody" in said) == bool(gone)


# ---------------------------------------------------------------------------- each nation, each kind


LEAD, CHAIR, OWNER = "Designated safeguarding lead", "Chair of governors", "Owner or committee chair"
CHILD, TEACHER = "Child protection co-ordinator", "Designated teacher for child protection"
BOARD = "Chair of the Board of Governors"
PUPILS = {"phase": "primary"}
OWN = {"urn": "own-acorn", "name": "Acorn Day Nursery", "phase": ""}


@for_each(
    ("facts", "offices"),
    [
        (PUPILS, ("Headteacher", LEAD, CHAIR)),
        ({**PUPILS, "nation": "scotland"}, ("Headteacher", CHILD, "Local authority’s contact")),
        ({**PUPILS, "nation": "wales"}, ("Headteacher", "Designated safeguarding person", CHAIR)),
        ({**PUPILS, "nation": "northern_ireland"}, ("Principal", TEACHER, BOARD)),
        (OWN, ("Manager", LEAD, OWNER)),
        ({**OWN, "nation": "scotland", "phase": "pre-school", "urn": OAK.urn}, ("Manager", CHILD, OWNER)),
        ({**OWN, "urn": OAK.urn}, ("Headteacher", LEAD, CHAIR)),
        ({**OWN, "phase": "nursery"}, ("Headteacher", LEAD, CHAIR)),
        ({"name": "Larch College", "phase": "16 plus"}, ("Principal", LEAD, CHAIR)),
    ],
)
def test_every_surface_calls_the_offices_of_nation_and_kind_by_one_name(tmp_path_factory, facts, offices):
    folder = tmp_path_factory.mktemp("kind")
    home = EmptyHome.of(folder, replace(OAK, **facts))
    form = words_of(home.browser.get("/setup/people"))
    home.send("/setup/people", it_lead_name="Ivo Tern")
    the_list, cover = (words_of(home.browser.get(path)) for path in ("/setup", "/setup/cover"))
    assert all(f" {name} " in f" {form} " for name in offices)
    assert f"with an email address: {offices[0]}, {offices[1]} and {offices[2]}." in the_list
    assert all(name in cover for name in offices if "authority" not in name)
    for page in (form, the_list, cover):
        assert "parent council" not in page
        assert ("hair of" in page) == ("hair of" in offices[2])
    assert ("the owner." in form) == ("Chair" in offices[2] and facts["phase"] != "16 plus")
    assert f"told when the {offices[0].lower()} cannot act" in form


# ------------------------------------------------------------------------------------ people, pasted


def test_people_are_named_by_a_list_pasted_from_a_spreadsheet_beside_those_named_before(school):
    school.send("/setup/people", **mailed(head="Ada Fern"))
    table = "Name\tRole\tEmail\nNoah Reed\tDSL; deputy head\tnoah@example.org\nIvo Tern\tchair\t\n"
    school.send("/setup/people", "paste", table=table)
    named = {p.name: (p.roles, p.email) for p in school.config.people}
    assert named == {
        "Ada Fern": ((Role.HEAD,), "ada@example.org"),
        "Noah Reed": ((Role.DSL, Role.DEPUTY_HEAD), "noah@example.org"),
        "Ivo Tern": ((Role.CHAIR,), None),
    }


def test_each_wrong_line_of_a_pasted_list_is_said_and_nobody_is_named(school):
    table = "name,role,email\nNoah Reed,wizard,\n,dsl,\nIvo Tern,chair,at home\n"
    page = school.send("/setup/people", "paste", table=table)
    said = words_of(page)
    for line in (2, 3, 4):
        assert f"The list, line {line}: " in said
    assert "Noah Reed,wizard," in page.text, "what was pasted is still there"
    assert school.config.people == ()


def test_a_trust_names_people_of_each_school_by_one_list(trust):
    table = "school,name,role,email\n900002,Noah Reed,head,\n900003,Ivo Tern,head,\n,Ada Fern,it lead,\n"
    trust.send("/setup/people", "paste", table=table)
    assert {p.name: p.urns for p in trust.config.people} == {
        "Noah Reed": ("900002",), "Ivo Tern": ("900003",), "Ada Fern": (),
    }  # fmt: skip


def test_a_list_that_names_the_heads_of_each_school_puts_right_one_that_named_one_for_all(trust):
    trust.send("/setup/people", "paste", table="name,role,email\nAda Fern,head,ada@example.org\n")
    table = "school,name,role,email\n" + "".join(
        f"{urn},{name},head,{name[:3].lower()}@example.org\n"
        for urn, name in {"900001": "Ada Fern", "900002": "Noah Reed", "900003": "Ivo Tern"}.items()
    )
    trust.send("/setup/people", "paste", table=table)
    assert {p.name: p.urns for p in trust.config.people} == {
        "Ada Fern": ("900001",), "Noah Reed": ("900002",), "Ivo Tern": ("900003",),
    }  # fmt: skip


def test_where_nothing_was_pasted_the_list_is_asked_for(school):
    assert W("setup.people.no_table") in words_of(school.send("/setup/people", "paste", table=" \n"))


# ---------------------------------------------------------------------------------- several schools


@pytest.fixture
def trust(home):
    home.choose(urn_2="900002", urn_3="900003", how="trust", trust="Fern Trust")
    return home


def test_the_number_for_allegations_is_asked_for_once_and_may_differ_at_one_school(trust):
    page = trust.browser.get("/setup/people")
    asked = W("setup.people.allegations", officer=W("lane.officer.england"))
    assert asked in words_of(page)
    assert "Leave it empty if you do not know it yet." in words_of(page)
    trust.send("/setup/people", dsl_name="Dee Wold")
    assert [s.allegations for s in trust.config.proper] == ["", "", ""]
    trust.send("/setup/people", dsl_name="Dee Wold", allegations="01632 960 107")
    assert [s.allegations for s in trust.config.proper] == ["01632 960 107"] * 3
    trust.send("/setup/people?school=900002", allegations="01632 960 108")
    trust.send("/setup/people", dsl_name="Dee Wold", allegations="01632 960 109")
    assert [s.allegations[-1] for s in trust.config.proper] == ["9", "8", "9"]


def test_a_trust_is_asked_for_its_own_people_then_for_those_of_one_school_after_another(trust):
    page = trust.browser.get("/setup/people")
    assert form_of(page).keys() >= {"form"}
    assert words_of(page).count("with an email address: Headteacher") == 3
    shared = mailed(trust_contact="Tia Wold", dsl="Dee Wold")
    assert leads(trust.send("/setup/people", **shared)) == (303, "/setup/people?school=900001")
    one = trust.browser.get("/setup/people?school=900001")
    assert "For all schools: Dee Wold." in words_of(one)
    both = mailed(head_900001="Ada Fern", chair_900001="Cy Wold")
    next_one = trust.send("/setup/people?school=900001", **both)
    assert leads(next_one) == (303, "/setup/people?school=900002")
    both = mailed(head_900002="Ada Fern")
    trust.send("/setup/people?school=900002", **both, chair_900002_name="Ada Fern")
    held = {(p.name, p.urns): p.roles for p in trust.config.people}
    assert held == {
        ("Tia Wold", ()): (Role.TRUST_CONTACT,),
        ("Dee Wold", ()): (Role.DSL,),
        ("Ada Fern", ("900001",)): (Role.HEAD,),
        ("Cy Wold", ("900001",)): (Role.CHAIR,),
        ("Ada Fern", ("900002",)): (Role.HEAD, Role.CHAIR),
    }
    assert [s.head for s in trust.config.proper] == ["Ada Fern", "Ada Fern", None]
    assert (
        "Still wanted at Oakfield Primary School, with an email address: Headteacher and Chair"
        in words_of(trust.browser.get("/setup"))
    )


def test_who_heads_two_schools_is_one_person_until_another_heads_one_of_them(trust):
    for urn in ("900001", "900002"):
        trust.send(f"/setup/people?school={urn}", **mailed(**{f"head_{urn}": "Ada Fern"}))
    assert [(p.id, p.urns) for p in trust.config.people] == [("head", ("900001", "900002"))]
    trust.send("/setup/people?school=900002", **mailed(head_900002="Bo Larch"))
    assert [(p.name, p.urns) for p in trust.config.people] == [
        ("Ada Fern", ("900001",)), ("Bo Larch", ("900002",)),
    ]  # fmt: skip


def test_cover_of_a_trust_asks_once_for_who_serves_all_schools_and_for_each_school_by_itself(trust):
    trust.send("/setup/people", **mailed(dsl="Dee Wold"))
    trust.send("/setup/people?school=900003", **mailed(head_900003="Ada Fern"))
    page = trust.browser.get("/setup/cover").text
    assert re.findall(r'name="(\w+)_name"', page) == ["deputy_dsl", "deputy_head_900003"]
    trust.send("/setup/cover", deputy_dsl_name="Bo Larch", deputy_head_900003_name="Bo Larch")
    held = {p.urns: p.roles for p in trust.config.people if p.name == "Bo Larch"}
    assert held == {(): (Role.DEPUTY_DSL,), ("900003",): (Role.DEPUTY_HEAD,)}


def test_many_schools_are_counted_and_not_spelled_out(tmp_path):
    many = [replace(OAK, urn=f"9000{n}", name=f"Oakfield {n}") for n in range(10, 50)]
    home = EmptyHome.of(tmp_path, *many)
    page = home.browser.get("/setup/people")
    assert page.text.count("/setup/people?school=") == 40
    assert page.text.count("<input") < 20
    home.send("/setup/people", it_lead_name="Ivo Tern")
    page = home.browser.get("/setup")
    said = words_of(page)
    assert "Still wanted at Oakfield 10, Oakfield 11, Oakfield 12 and 37 others, with" in said
    assert "<b>Oakfield 10 and 39 other schools</b>" in page.text
    assert "Oakfield 20" not in said


def take_out(home, urn):
    page = home.browser.get("/setup/school").text
    mark = re.search(rf'name="mark" value="(\w+)">\s*<input type="hidden" name="urn" value="{urn}"', page)
    return home.send("/setup/school", "remove", urn=urn, mark=mark.group(1))


def test_a_wrong_school_of_several_is_taken_out_and_another_added(trust):
    take_out(trust, "900002")
    assert [s.urn for s in trust.config.proper] == ["900001", "900003"]
    trust.send("/setup/school?q=oakfield", "choose", urn="900002")
    assert [(s.urn, s.trust) for s in trust.config.proper][-1] == ("900002", "Fern Trust")
    for urn in ("900002", "900003"):
        assert leads(take_out(trust, urn)) == (303, "/setup/school")
    assert "is the only school" in take_out(trust, "900001").text
    assert [s.urn for s in trust.config.proper] == ["900001"]


# ---------------------------------------------------------------------------------- nobody is mailed


def test_nobody_is_mailed_before_anything_was_read(school):
    school.send("/setup/people", **mailed(head="Ada Fern"))
    school.send("/setup/people", head_name="Ada Fern", head_email="ada.fern@example.org")
    school.send("/setup/cover", **mailed(deputy_head="Bo Larch"))
    assert [p.roles for p in school.config.people] == [(Role.HEAD,), (Role.DEPUTY_HEAD,)]
    with school.store.open_reader() as con:
        assert con.execute("SELECT count(*) FROM outbox").fetchone() == (0,)
