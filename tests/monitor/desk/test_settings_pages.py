"""People, places, schools, terms and the machine at the desk: what is changed, by whom, who is mailed."""

import re
import time
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from builders.config import DPIA
from builders.desk import ADMINS, IT, SettingsDesk
from builders.fetcher import QUICK, fetcher_for
from builders.home import do_in
from builders.judges import CALM, Words
from builders.mention import NOW, URN, a_run
from builders.page import SCHOOL, form_of, words_of
from builders.serving import feed
from support.for_each import for_each
from support.stand_ins import REGISTERS, town
from support.web_server import serve

from data.effects import here
from data.store import service as accounts
from data.store.engine import audit_chain
from data.store.service import LinkedAccount, sessions_of
from data.store.sources import put_back_fill, record_runs
from data.types import BackFill, Outcome, Person, Role, School, Source, SourceState
from data.words.say import words
from monitor.act.casework import make_judges
from monitor.config.load import Config
from monitor.desk.pages.places import MachineFinding, _finding, _place_line
from monitor.home import wiring
from monitor.matters.assessment import only_looks
from monitor.pipeline import looking
from sources.runs import MORE

OTHER = School("900002", "Larchfield Primary School")
SOURCE = (
    '\n[[sources]]\nid = "gazette"\nkind = "feed"\nurl = "https://example.org/feed.xml"\nname = "Gazette"\n'
)
WATCHING = {"head", "dsl", "chair"}


@pytest.fixture
def desk(tmp_path):
    return SettingsDesk(tmp_path, more=SOURCE)


def changed(desk):
    return [actor for action, actor, _ in desk.audited("settings_changed")]


# ------------------------------------------------------------------------------------ who may come


def test_to_whoever_does_not_administer_there_is_no_such_page_and_others_have_just_proved_who_they_are(desk):
    lead = desk.another()
    desk.come("dsl", lead)
    nothing = lead.get("/nothing-at-all").text
    for path in ("/people", "/people/head", "/sources", f"/schools/{URN}", "/machine"):
        page = lead.get(path)
        assert (page.status_code, page.text) == (404, nothing), path
    desk.wait(minutes=11)
    assert desk.browser.get("/people/head").headers["location"] == "/check?to=/people/head"


def test_whoever_administers_no_more_by_the_file_changes_nothing_before_the_service_has_read_it(desk):
    page = form_of(desk.browser.get("/people/vale"))
    desk.file.write_text(desk.file.read_text().replace('roles = ["it_lead"]', 'roles = ["staff"]'))
    form = {**page, "do": "save", "name": "Sam Vale", "role_head": "yes"}
    assert desk.browser.post("/people/vale", data=form).status_code == 404
    assert desk.person("vale").roles == (Role.STAFF,)


@pytest.fixture
def two_schools(tmp_path):
    here = tuple(replace(p, urns=(SCHOOL.urn,)) for p in ADMINS)
    both = Person("both", "Bea Fern", (Role.DPO,), "both@example.org")
    wold = Person("wold", "Ina Wold", (Role.HEAD,), "wold@example.org", urns=(OTHER.urn,))
    return SettingsDesk(tmp_path, (*here, both, wold), (SCHOOL, OTHER))


def test_somebody_of_another_school_is_as_if_they_were_not_there(two_schools):
    assert "Ina Wold" not in two_schools.browser.get("/people").text
    nothing = two_schools.browser.get("/people/nobody")
    assert two_schools.browser.get("/people/wold").text == nothing.text
    assert two_schools.browser.get(f"/schools/{OTHER.urn}").text == nothing.text


@for_each("form", ({"do": "save", "role_dsl": "yes"}, {"do": "save"}, {"do": "away", "until": "2027-01-30"}))
def test_who_belongs_to_a_school_of_somebody_else_too_is_not_changed(two_schools, form):
    given = {"name": "Bea Fern", "email": "both@example.org", "phone": "01632 960 009", "role_dpo": "yes"}
    before = two_schools.file.read_text()
    page = two_schools.send("/people/both", **given, **form)
    assert (page.status_code, two_schools.file.read_text()) == (422, before)


def test_the_schools_that_are_ticked_are_theirs(tmp_path):
    vale = Person("v", "Sam Vale", (Role.STAFF,), "v@example.org")
    desk = SettingsDesk(tmp_path, (*ADMINS, vale), (SCHOOL, OTHER))
    for ticked in ((URN, OTHER.urn), (URN,), ()):
        desk.save("v", **{f"school_{urn}": "yes" for urn in ticked})
        assert desk.person("v").urns == ticked


def test_somebody_new_at_one_school_is_ticked_there_and_only_who_leads_there_too_is_named(tmp_path):
    wold = Person("wold", "Ina Wold", (Role.CHAIR,), "wold@example.org", urns=(OTHER.urn,))
    desk = SettingsDesk(tmp_path, (*ADMINS, wold), (SCHOOL, OTHER))
    page = desk.browser.get(f"/people/new?school={URN}").text
    assert re.findall(r'name="school_(\d+)"[^>]* checked', page) == [URN]
    said = words_of(desk.send("/people/new", "save", name="C", role_chair="y", **{f"school_{URN}": "y"}))
    assert ("Ina Wold is" in said, "is Chair of governors too" in said) == (False, True)


def test_one_who_is_put_in_office_under_the_name_of_somebody_of_another_school_is_another_person(two_schools):
    form = {"name": "Ina Wold", "email": "ina@example.org", "gives_chair": "yes"}
    two_schools.send("/people/chair", "replace", **form)
    assert [p.id for p in two_schools.reload().people if p.name == "Ina Wold"] == ["wold", "chair-2"]


# ------------------------------------------------------------------------- what is safe about offices


def test_nobody_changes_their_own_offices_schools_or_address(desk):
    own = ({"role_dsl": "yes"}, {"email": "other@example.org"}, {"name": "Ivo Wold"}, {"related_to": "dsl"})
    for form in own:
        before = desk.file.read_text()
        given = {"name": IT.name, "email": IT.email, "role_it_lead": "yes", **form}
        page = desk.send("/people/it", "save", **given)
        assert (page.status_code, desk.file.read_text()) == (422, before)
    for close in ("it", "it_lead"):
        assert desk.save("dsl", related_to=close).status_code == 422
    assert (desk.file.read_text(), changed(desk)) == (before, [])


def test_an_office_that_sees_matters_given_is_mailed_to_them_the_head_the_lead_and_the_chair(desk):
    desk.save("vale", role_deputy_dsl="yes", email="vale@example.org")
    assert desk.person("vale").roles == (Role.STAFF, Role.DEPUTY_DSL)
    assert desk.mailed_to() == {"vale", *WATCHING}
    assert all("Ivo Tern" in body for (body,) in desk.read("SELECT body FROM outbox"))
    assert changed(desk) == ["it"]


def test_an_office_that_sees_no_matter_is_recorded_and_mailed_to_nobody(desk):
    desk.save("vale", role_governor="yes")
    assert (desk.mailed_to(), changed(desk)) == (set(), ["it"])
    desk.file.write_text(desk.file.read_text() + "\n# ours\n")
    desk.save("vale", phone="01632 960 003")
    assert desk.file.read_text().endswith("\n# ours\n")  # comments in the file stay


def test_another_address_signs_out_and_is_mailed_to_the_old_one_too(desk):
    away = desk.another()
    desk.come("vale", away)
    desk.save("vale", email="new@example.org")
    assert desk.person("vale").email == "new@example.org"
    assert desk.read("SELECT count(*) FROM sessions WHERE person_id = 'vale'") == [(0,)]
    assert desk.mailed_to() >= {"vale", *WATCHING}
    desk.save("vale", email="newer@example.org")
    assert "new@example.org" in desk.mailed_to()


def say_close(desk, who, to):
    desk.file.write_text(
        desk.file.read_text().replace(f'id = "{who}"', f'id = "{who}"\nrelated_to = ["{to}"]')
    )


@pytest.mark.parametrize(
    ("who", "before", "after"),
    [("deputy", "dsl", "dsl, chair"), ("deputy", "chair", ""), ("vale", "chair", "head")],
)
def test_who_is_kept_from_more_or_less_than_before_is_recorded_and_mailed_of_too(desk, who, before, after):
    say_close(desk, who, before)
    desk.save(who, related_to=after)
    assert desk.mailed_to() == WATCHING | ({who} if who == "deputy" else set())
    with desk.store.open_reader() as con:
        assert "related_to" in audit_chain.links(con)[-1].entry.codes


def test_who_was_close_to_one_who_leaves_stays_so_and_may_be_who_does_it(desk):
    say_close(desk, "vale", "it")
    assert desk.send("/people/vale", "remove", sure="yes").status_code == 200
    assert desk.person("it").related_to == ("vale",)


def test_the_day_of_who_leaves_is_one_list_before_it_is_pressed_and_after(tmp_path):
    more = '\n[[accounts]]\nid = "page"\nname = "Oakfield on Facebook"\nstaff = ["Sam Vale", "it"]\n'
    more += SOURCE.replace('"Gazette"', '"Gazette, by Sam Vale"')
    desk = SettingsDesk(tmp_path, more=more)
    desk.send("/people/deputy", "away", until="2027-01-30", cover="vale")
    means, away = words("en")("people.leaves.ended"), desk.person("deputy").name
    left = (
        means,
        f"{away} is away, and they covered: nobody",
        "They run Oakfield on Facebook",
        "under sources.name",
    )
    page = words_of(desk.browser.get("/people/vale"))
    after = words_of(desk.send("/people/vale", "remove", sure="yes"))
    for said in left:
        assert said in page, said
        assert said in after, said
    assert "accounts.staff" not in after
    assert "Oakfield on Facebook" not in words_of(desk.browser.get("/people/chair"))


def test_a_successor_has_the_offices_and_the_one_before_is_mailed_though_they_have_left(desk):
    form = {"name": "Ada Fern", "email": "fern@example.org", "gives_head": "yes"}
    page = desk.send("/people/head", "replace", **form)
    assert page.status_code == 200
    people = {p.id: p for p in desk.reload().people}
    assert ("head" in people, people["head-2"].roles) == (False, (Role.HEAD,))
    assert desk.mailed_to() == {"head-2", "head@example.org", "dsl", "chair"}
    assert desk.reload().former[0].name == "Jane Holt"


def test_what_was_done_is_said_at_an_address_to_who_did_it_however_often_it_is_shown(desk):
    form = form_of(desk.browser.get("/people/vale"))
    given = {**form, "do": "save", "name": "Sam Vale", "role_staff": "yes", "phone": "01632 960 003"}
    came = desk.browser.post("/people/vale", data=given)
    assert came.status_code == 303
    before, address = desk.file.read_text(), f"/people/vale{came.headers['location']}"
    for _ in range(2):
        assert "Saved for Sam Vale" in words_of(desk.browser.get(address))
    assert desk.file.read_text() == before
    other = desk.another()
    desk.come("head", other)
    assert "Saved for Sam Vale" not in words_of(other.get(address))


def test_what_two_change_at_once_is_not_lost(desk):
    other = desk.another()
    desk.come("head", other)
    stale = form_of(other.get("/people/vale"))
    desk.save("vale", phone="01632 960 003")
    form = {**stale, "do": "save", "name": "Sam Vale", "role_staff": "yes", "role_press": "yes"}
    page = other.post("/people/vale", data=form)
    assert page.status_code == 422
    assert (desk.person("vale").phone, desk.person("vale").roles) == ("01632 960 003", (Role.STAFF,))
    assert 'value="01632 960 003"' in page.text


def test_where_the_file_has_a_fault_it_says_so_and_changes_nothing(desk):
    stale = form_of(desk.browser.get("/people/vale"))
    desk.file.write_text(desk.file.read_text().replace('id = "vale"', 'id = "vale"\nage = 4'))
    before = desk.file.read_text()
    assert "age" in words_of(desk.browser.get("/people/vale"))
    form = {**stale, "do": "save", "name": "Sam Vale", "role_staff": "yes", "phone": "1"}
    assert desk.browser.post("/people/vale", data=form).status_code == 422
    assert desk.file.read_text() == before


def test_somebody_new_is_added_with_an_id_of_their_office(desk):
    desk.send("/people/new", "save", name="Cy Wren", email="wren@example.org", role_governor="yes")
    assert desk.person("governor").name == "Cy Wren"
    page = desk.send("/people/new", "save", name="cy wren", role_staff="yes")
    assert page.status_code == 422


def test_it_is_said_of_whom_the_surname_is_a_word(desk):
    said = words("en")("people.word")
    before = desk.browser.get("/people").text.count(said)
    desk.file.write_text(desk.file.read_text().replace("Sam Vale", "Sam Page"))
    assert desk.browser.get("/people").text.count(said) == before + 1


def test_that_another_who_sees_matters_is_away_is_recorded_and_mailed(desk):
    for n, (who, mailed) in enumerate((("vale", set()), ("it", set()), ("deputy", {"deputy", *WATCHING}))):
        desk.send(f"/people/{who}", "away", until="2027-01-30", cover="head")
        assert (desk.mailed_to(), changed(desk)) == (mailed, ["it"] * (n + 1)), who
    assert all("until" in body for (body,) in desk.read("SELECT body FROM outbox"))


def test_every_way_in_is_shown_and_ended(desk):
    telephone = desk.another()
    desk.come("head", telephone)
    assert "1 device" in words_of(desk.browser.get("/people/head"))
    desk.send("/people/head", "sessions")
    with desk.store.open_reader() as con:
        assert sessions_of(con, "head", desk.clock()) == []


def test_the_account_of_somebody_is_forgotten_by_who_looks_after_all_their_schools(two_schools):
    for who, linked in (("both", True), ("vale", False)):
        with two_schools.store.write("a sign-in") as con:
            at = two_schools.clock()
            accounts.link(con, LinkedAccount("https://login.example.org", who, who, f"{who}@example.org", at))
        two_schools.send(f"/people/{who}", "linked")
        with two_schools.store.open_reader() as con:
            assert accounts.is_linked(con, who) is linked


# --------------------------------------------------------------------- places, schools, terms, machine


def test_how_a_reading_ended_is_one_sentence_even_where_its_detail_is_one(desk):
    run = a_run("gazette", desk.clock(), outcome=Outcome.PARTLY, detail="8 of 9 items were read.")
    do_in(desk.store, record_runs, [run])
    assert ": read in part: 8 of 9 items were read. Read next" in words_of(desk.browser.get("/sources"))
    now = desk.clock()
    do_in(
        desk.store, put_back_fill, BackFill("gazette", (), now, now, reached_at=now, counted=3, ended_at=now)
    )
    told = words_of(desk.browser.get("/sources/gazette"))
    assert re.search(r"Read back to [\w ]+\. 3 old opinions were counted, not kept\.", told)


def test_a_place_is_switched_off_with_its_reason_and_on_again_and_taken_out(desk):
    assert words("en")("places.next_now") in words_of(desk.browser.get("/sources"))  # it was never read
    desk.send("/sources/gazette", "pause", why="It asked us to stop.")
    assert desk.reload().sources[0].disabled == "It asked us to stop."
    assert "It asked us to stop." in words_of(desk.browser.get("/sources"))
    desk.send("/sources/gazette", "resume")
    assert desk.reload().sources[0].disabled is None
    desk.send("/sources/gazette", "remove")
    assert desk.reload().sources
    desk.send("/sources/gazette", "remove", sure="yes")
    assert desk.reload().sources == ()
    assert changed(desk) == ["it"] * 3


def test_a_site_on_which_searches_find_things_is_said_to_be_what_it_is(desk):
    for address, nature in (("https://www.lookout.example.org/a", "board"), ("lookout.example.org", "paper")):
        desk.send("/sources", "set", address=address, nature=nature)
        assert desk.reload().natures == {"lookout.example.org": nature}
    of_no_site = (
        "127.0.0.1",
        "10.0.0.1",
        "169.254.169.254",
        "http://a@127.0.0.1",
        "http://a@lookout.test",
        "0x7f.1",
    )
    for none in ("", "x.com/a", "lookout", "desk.local", *of_no_site):
        desk.send("/sources", "set", address=none, nature="blog")
    assert desk.reload().natures == {"lookout.example.org": "paper"}


def test_head_and_lead_get_one_mailbox_once_somebody_says_that_this_is_right(desk):
    people = {p.id: p for p in desk.reload().people}
    head = people["head"]
    given = {"name": head.name, "role_head": "yes", "email": people["dsl"].email}
    asked = desk.send("/people/head", "save", **given)
    assert (asked.status_code, 'name="shares"' in asked.text) == (422, True)
    assert "reads what is meant for either" in words_of(asked)
    assert {p.id: p for p in desk.reload().people}["head"].email == head.email
    desk.send("/people/head", "save", **given, shares="yes")
    assert {p.id: p for p in desk.reload().people}["head"].email == people["dsl"].email


GAZETTE = "https://www.northvale-gazette.example.org/"


def asked(desk, path, do, **form):
    path = desk.send(path, do, **form).headers["location"]
    page = desk.browser.get(path)
    while "http-equiv" in page.text:
        time.sleep(0.2)
        page = desk.browser.get(path)
    return page


@for_each(("run", "said"), [
    (a_run("talk"), "Its search has found nothing new since Saturday 17 October. If people"),
    (a_run("talk", warnings=(f"{MORE} the 5 pages",)), "Its search finds more than we read (Tues"),
])  # fmt: skip
def test_of_a_search_it_is_said_that_it_finds_nothing_or_too_much(run, said):
    talk = Source("talk", "feed", "https://example.org/feed", settings={"query": "Oakfield"})
    state = SourceState("talk", first_run_at=NOW - timedelta(days=31), last_run_at=NOW, last_ok_at=NOW)
    config = Config(Path("schoolgate.toml"), schools=(SCHOOL,), sources=(talk,))
    view = SimpleNamespace(w=words("en"), config=config, at=SimpleNamespace(now=NOW))
    assert _place_line(view, talk, run, state)["trouble"].startswith(said)


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(looking, "LIMITS", QUICK)
    monkeypatch.setattr(wiring, "start_reading", lambda: here)


def test_of_a_place_nothing_is_shown_or_counted_that_is_about_a_school_of_somebody_else(tmp_path, at_once):
    people = tuple(replace(p, urns=(OTHER.urn,) if p.id == "it" else ()) for p in ADMINS)
    desk = SettingsDesk(tmp_path, people, (SCHOOL, OTHER))
    with town(desk.clock()) as northvale:
        source = SOURCE.replace("https://example.org/feed.xml", f"{GAZETTE}news/rss.xml")
        desk.file.write_text(desk.file.read_text() + source + northvale.settings)
        said = words_of(asked(desk, "/sources/gazette", "test"))
    assert "10 posts read, 0 about you." in said
    assert "lantern walk" not in said


THREAT = "I am going to stab the head of Oakfield Primary School at the gate tomorrow, I have the knife"


@pytest.fixture
def danger_at(tmp_path, at_once, monkeypatch):
    """The desk of a home with one source to look at, on which there is a threat and a post that is calm."""
    with serve({"/a.xml": feed(CALM, THREAT)}) as site:
        monkeypatch.setattr(wiring, "fetcher", lambda *_, **__: nullcontext(fetcher_for(site)))
        source = SOURCE.replace("https://example.org/feed.xml", f"{site}/a.xml")
        desk = SettingsDesk(
            tmp_path, more=source, judged=lambda *given: replace(make_judges(*given), scorer=Words)
        )
        do_in(desk.store, lambda con: con.execute("DELETE FROM source_runs"))
        yield desk


def test_a_look_of_a_home_without_an_assessment_shows_999_and_hands_a_danger_in_by_one_press(danger_at):
    page = asked(danger_at, "/sources/gazette", "test")
    assert "If anybody may be hurt now, ring 999." in words_of(page)
    assert "stab" not in page.text
    assert danger_at.read("SELECT count(*) FROM mentions") == [(1,)], "of the matter that is there"
    done = danger_at.send("/sources/gazette", "hand_in")
    assert done.headers["location"].startswith("/tell/state?number=")
    assert danger_at.read("SELECT count(*) FROM mentions") == [(2,)]
    assert danger_at.send("/sources/gazette", "hand_in").status_code == 422, "once is enough"
    assert danger_at.read("SELECT count(*) FROM mentions") == [(2,)]
    with danger_at.store.open_reader() as con:
        assert only_looks(con, danger_at.reload(), danger_at.clock()), "a hand-in is no reading"


def test_today_says_that_nothing_is_watched_and_leads_who_may_look_to_the_sources(danger_at):
    danger_at.come("dsl", lead := danger_at.another())
    pages = [browser.get("/") for browser in (danger_at.browser, lead)]
    assert all("Schoolgate is not watching yet" in words_of(page) for page in pages)
    assert ["Look at the sources" in page.text for page in pages] == [True, False]


def test_of_a_home_that_runs_today_says_it_to_who_signs_the_assessment_alone(danger_at):
    do_in(danger_at.store, record_runs, [a_run("gazette", danger_at.clock())])
    for who, said in (("head", True), ("dsl", False), ("it", False)):
        danger_at.come(who, browser := danger_at.another())
        assert ("no data protection impact assessment" in words_of(browser.get("/"))) is said, who


def test_a_look_of_a_home_that_keeps_what_it_reads_hands_nothing_in(danger_at):
    danger_at.file.write_text(f"{danger_at.file.read_text()}\n{DPIA}")
    page = asked(danger_at, "/sources/gazette", "test")
    assert "ring 999. Its words" not in words_of(page)
    assert danger_at.send("/sources/gazette", "hand_in").status_code == 422


def test_a_place_is_looked_at_through_the_guard_before_what_was_shown_is_kept(desk, at_once):
    with town(desk.clock()) as northvale:
        desk.file.write_text(desk.file.read_text() + northvale.settings)
        page = asked(desk, "/sources", "look", address=GAZETTE)
        assert "lantern walk" in words_of(page)
        another = {**form_of(page), "place": "0" * 64, "do": "keep"}
        assert desk.browser.post("/sources", data=another).status_code == 422
        assert [s.id for s in desk.reload().sources] == ["gazette"]
        do_in(desk.store, record_runs, [a_run("northvale-gazette-example-org")])
        desk.browser.post("/sources", data={**form_of(page), "do": "keep"})
    added = desk.reload().sources[-1]
    assert added.url.endswith("/news/rss.xml")
    assert added.id == "northvale-gazette-example-org-2", "what another brought is not of this one"


@for_each("address", ("http://127.0.0.1:8080/", "nonsense", "https://www.facebook.com/mrs.x.1"))
def test_an_address_inside_the_network_or_of_somebodys_profile_brings_nothing_to_keep(desk, address):
    desk.send("/sources", "look", address=address)
    page = desk.browser.get("/sources?looked=1")
    assert 'name="place"' not in page.text


def test_what_is_set_of_a_school_is_changed_but_for_its_head_and_a_name_with_a_comma_stays_one_name(desk):
    desk.send(f"/schools/{URN}", "save", town="Northvale", aliases="Oakfield, Oakies", head="Ivo Tern")
    school = desk.reload().schools[0]
    assert (school.town, school.aliases, school.head) == ("Northvale", ("Oakfield", "Oakies"), "Jane Holt")
    had = 'urn = "' + URN + '"'
    desk.file.write_text(desk.file.read_text().replace(had, f'{had}\nformer_names = ["St Mary, Leeds"]'))
    desk.send(f"/schools/{URN}", "save", town="Northvale", former_names="St Mary, Leeds")
    school = desk.reload().schools[0]
    assert (school.town, school.former_names) == ("Northvale", ("St Mary, Leeds",))


def test_a_school_goes_by_whoever_has_just_proved_who_they_are_and_was_shown_it_as_it_is(tmp_path):
    desk = SettingsDesk(tmp_path, schools=(SCHOOL, OTHER))
    stale = form_of(desk.browser.get(f"/schools/{OTHER.urn}"))
    desk.send(f"/schools/{OTHER.urn}", "save", town="Northvale")
    desk.browser.post(f"/schools/{OTHER.urn}", data={**stale, "do": "remove", "sure": "yes"})
    assert len(desk.reload().schools) == 2
    desk.wait(minutes=11)
    before = desk.file.read_text()
    one = f"/schools/{OTHER.urn}"
    for path, do, form in (("/schools", "add", {"name": "Acorns"}), (one, "remove", {"sure": "yes"})):
        answer = desk.send(path, do, **form)
        assert (answer.headers["location"], desk.file.read_text()) == (f"/check?to={path}", before)
    desk.come("it")
    desk.send(one, "remove", sure="yes")
    assert len(desk.reload().schools) == 1


def test_a_school_is_added_by_hand_and_watched_no_more_with_its_own_people(desk):
    desk.send("/schools", "add", name="Little Acorns Nursery", town="Northvale")
    assert [s.urn for s in desk.reload().schools] == [URN, "own-little-acorns-nursery"]
    assert {p.urns for p in desk.reload().people} == {(URN,)}


def test_a_school_is_found_by_words_of_its_name_and_added_by_a_press(desk):
    register = f'register_file = "{REGISTERS["england"]}"'
    desk.file.write_text(f"{register}\n{desk.file.read_text()}")
    desk.reload()
    page = desk.send("/schools", "add", urn="oakfield northvale")
    assert (page.status_code, 'name="urn" value="900101"' in page.text) == (422, True)
    desk.send("/schools", "add", urn="900101")
    assert [s.urn for s in desk.reload().schools] == [URN, "900101"]


def test_another_with_the_name_of_the_school_is_named_beside_those_that_are_there(desk):
    for name in ("Oakfield Primary", "Oakfield Church"):
        desk.send(f"/schools/{URN}", "namesake", namesake=name, place="Hexley")
    found = desk.reload().schools[0].namesakes
    assert [(n.name, n.place, n.kind) for n in found] == [
        ("Oakfield Primary", "Hexley", "school"),
        ("Oakfield Church", "Hexley", "school"),
    ]
    assert "Oakfield Church, Hexley" in words_of(desk.browser.get(f"/schools/{URN}"))


def test_a_wrong_address_of_somebody_is_said_without_a_word_of_the_file(desk):
    page = desk.send("/people/new", "save", name="Cy Wren", email="wren@example", role_governor="yes")
    assert page.status_code == 422
    assert "“wren@example” is not an email address." in words_of(page)
    assert "schoolgate.toml" not in words_of(page)


def test_nobody_and_no_school_is_removed_before_that_is_ticked_and_the_page_says_what_to_tick(desk):
    before = desk.file.read_text()
    for page, yes in (("/people/dsl", "people.sure"), (f"/schools/{URN}", "places.schools.remove_sure")):
        said = words_of(desk.send(page, "remove"))
        assert f"Nothing was removed. Tick “{words('en')(yes)}” first." in said
    assert desk.file.read_text() == before


def test_who_is_close_to_somebody_is_said_by_name(desk):
    near = desk.reload().people[0]
    new = {"name": "Cy Wren", "role_governor": "yes"}
    page = desk.send("/people/new", "save", **new, related_to="Zed Nobody")
    assert "“Zed Nobody” is nobody here." in words_of(page)
    desk.send("/people/new", "save", **new, related_to=near.name.upper())
    assert [p.related_to for p in desk.reload().people if p.name == "Cy Wren"] == [(near.id,)]


def test_pasted_term_dates_are_shown_before_they_are_saved(desk):
    text = "Autumn term: 2 September 2026 to 23 October 2026\nINSET day: 4 January 2027"
    page = desk.send("/terms", "read", text=text)
    assert "2 September 2026" in words_of(page)
    assert not desk.reload().calendar(URN).terms
    desk.send("/terms", "save", text=text)
    calendar = desk.reload().calendar(URN)
    assert (len(calendar.terms), len(calendar.closed)) == (1, 1)


def test_a_finding_leads_to_the_page_that_puts_it_right_else_to_the_command():
    said = {"level": "fault", "what": "No head.", "check": "people", "command": None}
    for page in ("/people", f"/people/new?school={URN}"):
        found = _finding({**said, "remedy": f"It's yours: the desk’s page {page}"})
        assert found == MachineFinding("fault", "No head.", "It’s yours", page, "")
    by_shell = _finding({**said, "remedy": "Do: schoolgate purge", "command": "schoolgate purge"})
    assert (by_shell.remedy, by_shell.leads, by_shell.command) == ("Do", "", "schoolgate purge")


def test_the_hosts_that_must_be_reachable_are_those_of_the_settings(desk):
    assert "example.org:443" in words_of(desk.browser.get("/machine"))
    proxy = '[network]\nproxy = "http://proxy.example.org:8080"\n'
    mail = '[mail]\nhost = "localhost"\nsender = "a@example.org"\nport = 25\nsecurity = "none"\n'
    desk.file.write_text(f"{desk.file.read_text()}\n{proxy}{mail}")
    assert "which must allow it. Directly: localhost." in words_of(desk.browser.get("/machine"))
