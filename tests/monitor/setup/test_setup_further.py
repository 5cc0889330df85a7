"""The later pages of setting a home up: places, names, email, reaching the desk, cover, the start."""

import os
import re
import socket
import stat
from dataclasses import replace
from time import sleep

import pytest
from builders.desk import ADMINS, SettingsDesk
from builders.fetcher import QUICK
from builders.mention import URN
from builders.page import SCHOOL, form_of, words_of
from support.every_command import ended
from support.for_each import for_each
from support.mail_server import post_office
from support.stand_ins import REGISTERS, town
from support.web_server import free_port

from alerts.delivery.results import Result, SendOutcome
from data.effects import here
from data.steps.acts import Done
from data.types import Outcome, Relevance, Role, Source, SourceRun
from data.words.say import words
from monitor.act.places import LookedAround
from monitor.act.settings import SECRET_FILE
from monitor.desk.app import desk_app
from monitor.desk.page import typed_words
from monitor.home import wiring
from monitor.pipeline import looking
from monitor.pipeline.looking import Find, PlaceRead
from monitor.setup import check_settings
from monitor.setup.desk import rest
from monitor.setup.desk.pages import setup_pages
from monitor.setup.findings import Level
from monitor.setup.mail import Trial
from sources.http.connection import SIGN_IN
from sources.http.politeness import Limits
from sources.places import Proposal

W = words("en")
OAKFIELD = replace(SCHOOL, town="Northvale", aliases=())


class LaterDesk(SettingsDesk):
    """Settings with a school and its people, and the pages that set a home up."""

    def __init__(self, home, schools=(OAKFIELD,)):
        super().__init__(home, ADMINS, schools)
        register = f'register_file = "{REGISTERS["england"]}"'
        self.file.write_text(f"{register}\n{self.file.read_text()}")
        self.app = desk_app(self.store, lambda: self.context, self.clock, more=setup_pages)
        self.browser = self.another()
        self.come("it")

    def led(self, answer):
        """The page that it leads to, once it is not waited for any more."""
        page = self.browser.get(answer.headers["location"])
        while 'http-equiv="refresh"' in page.text:
            sleep(0.5)
            self.wait(seconds=5)
            page = self.browser.get(answer.headers["location"])
        return page

    def said_of(self, step):
        """What the checklist has of that step."""
        found = re.findall(r'href="/setup/(\w+)">[^<]*</a></p>\s*<p class="meta">(.*?)</p>', self.list().text)
        return dict(found)[step]

    def list(self):
        return self.browser.get("/setup")


@pytest.fixture
def desk(tmp_path):
    return LaterDesk(tmp_path)


# -------------------------------------------------------------------------------------------- places


@pytest.fixture
def hurried(monkeypatch):
    monkeypatch.setattr(looking, "LIMITS", QUICK)
    true = Limits.pace_s
    monkeypatch.setattr(Limits, "pace_s", lambda limits, host: true(limits, host) / 8)
    monkeypatch.setattr(wiring, "start_reading", lambda: here)


def test_behind_a_web_filter_places_are_found_read_and_kept_and_nothing_is_stored(desk, hurried):
    before = desk.read("SELECT * FROM mentions")
    with town(desk.clock()) as northvale:
        silent = 'to_look_up = ["en.wikipedia.org"]'
        text = f'{silent}\n{desk.file.read_text()}[network]\nproxy = "{northvale.proxy_url}"\n'
        desk.file.write_text(text)
        page = desk.led(desk.send("/setup/places", "look"))
        assert W("setup.places.filter") in words_of(page)
        assert f"through the proxy {northvale.proxy_url}" not in words_of(page), "it is not the proxy"
        none = desk.send("/setup/places", "ca_file", ca_file="/nowhere.pem")
        assert (none.status_code, "is not there, or holds no certificate" in words_of(none)) == (422, True)
        page = desk.led(desk.send("/setup/places", "ca_file", ca_file=f'"{northvale.ca_file}"'))
        assert "1 about you." in words_of(page)
        assert desk.reload().to_look_up == (), "it has answered now"
        assert desk.reload().sources == ()
        marks = dict(re.findall(r'name="(keep_\w+)".*?<b>(.*?)</b>', page.text))
        kept = {mark: "yes" for mark, name in marks.items() if not name.startswith("GDELT")}
        page = desk.led(desk.send("/setup/places", "keep", **kept))
    names = {s.name for s in desk.reload().sources if not s.disabled}
    assert "Wikipedia" in names
    assert not any(name.startswith("GDELT") for name in names)
    off = {s.name.partition(":")[0] for s in desk.reload().sources if s.disabled}
    assert off >= {"Reddit", "Google News"}
    assert f"{len(names)} sources are on" in desk.said_of("places")
    assert "lantern walk" in words_of(desk.browser.get("/setup/names")), "how people wrote"
    assert desk.read("SELECT * FROM mentions") == before


@pytest.fixture
def unknown(desk, monkeypatch):
    """One place was found, of which nobody knows what it is."""
    source = Source("example", "feed", "https://www.example.org/feed", (URN,), name="Northvale Talk")
    now = desk.clock()
    read = PlaceRead(
        Proposal(source, "Sees.", "Terms.", now.date()), SourceRun("example", now, now, Outcome.OK)
    )
    finds = [Find("example", f"{r.value}!", "", now, r) for r in Relevance]
    made = Done(LookedAround((read,), finds, silent=("en.wikipedia.org",)))
    monkeypatch.setattr(rest.places, "look_around", lambda *given: made)
    return desk.led(desk.send("/setup/places", "look"))


def test_what_is_kept_untried_is_listed_and_no_site_is_named_as_silent_that_was_not_asked(desk, monkeypatch):
    now = desk.clock()
    source = Source("example", "feed", "https://paper.example.org/rss", (URN,), name="Northvale Paper")
    run = SourceRun("example", now, now, Outcome.UNREACHABLE)
    read = PlaceRead(Proposal(source, "Sees.", "Terms.", now.date()), run)
    made = Done(LookedAround((read,), unreached="No answer came."))
    monkeypatch.setattr(rest.places, "look_around", lambda *given: made)
    page = desk.led(desk.send("/setup/places", "look"))
    assert W("setup.places.unreached") in words_of(page)
    marks = re.findall(r'name="(keep_\w+)"', page.text)
    natures = {mark.replace("keep", "nature"): "paper" for mark in marks}
    kept = desk.led(desk.send("/setup/places", "keep", **dict.fromkeys(marks, "yes"), **natures))
    assert W("setup.places.watched") in words_of(kept)
    assert W("setup.places.unreached") not in words_of(kept)


def test_what_a_place_is_must_be_said_where_nobody_knows_and_is_never_guessed(desk, unknown):
    (mark,) = re.findall(r'name="keep_(\w+)"', unknown.text)
    assert W("setup.places.again") in words_of(unknown), "one of the hosts was silent"
    page = desk.send("/setup/places", "keep", **{f"keep_{mark}": "yes"})
    assert W("setup.places.no_nature", name="Northvale Talk") in words_of(page)
    assert desk.reload().sources == ()
    desk.send("/setup/places", "keep", **{f"keep_{mark}": "yes", f"nature_{mark}": "board"})
    assert [s.channel for s in desk.reload().sources] == ["local_forum"]
    names = desk.browser.get("/setup/names").text
    assert [f"{r.value}!" in names for r in Relevance] == [r is not Relevance.NOT_ABOUT for r in Relevance]
    assert "en.wikipedia.org" in words_of(desk.list()), "looked up another day"


def test_of_several_schools_each_has_its_sources_below_its_name(tmp_path):
    desk = LaterDesk(tmp_path, (OAKFIELD, replace(OAKFIELD, urn="900002", name="Marsh End Primary School")))
    for n, urn in enumerate((URN, "900002")):
        source = (
            f'id = "{n}"\nkind = "feed"\nurl = "https://a.test/{n}"\nname = "Ofsted"\nschools = ["{urn}"]'
        )
        desk.file.write_text(f"{desk.file.read_text()}\n[[sources]]\n{source}\n")
    listed = words_of(desk.browser.get("/setup/places")).partition(W("setup.places.watched"))[2]
    assert W("setup.places.draft") in listed
    assert listed.startswith(" Oakfield Primary School Ofsted Marsh End Primary School Ofsted")


def test_where_hosts_were_silent_it_is_not_said_that_nothing_was_found(desk, monkeypatch):
    for silent in ((), ("news.example.org",)):
        monkeypatch.setattr(
            rest.places, "look_around", lambda *given, s=silent: Done(LookedAround((), silent=s))
        )
        said = words_of(desk.led(desk.send("/setup/places", "look")))
        assert (W("setup.places.nothing") in said) == (not silent)


def test_the_names_of_several_schools_take_one_reading_of_the_register(tmp_path, monkeypatch):
    desk = LaterDesk(
        tmp_path, tuple(replace(OAKFIELD, urn=f"90010{n}", name=f"Elm {n} School") for n in range(4))
    )
    read, asked = rest.places.read_register, list[object]()
    monkeypatch.setattr(rest.places, "read_register", lambda path: asked.append(path) or read(path))
    for _ in range(2):
        assert "Elm 3 School" in desk.browser.get("/setup/names").text
    assert len(asked) == 1
    desk.send("/setup/names", "save", more_900102="The Elms")
    assert [s.aliases for s in desk.reload().schools] == [(), (), ("The Elms",), ()]
    assert desk.send("/setup/names", "save", more_900102="The Elms").status_code == 303, "nothing is new"


def test_a_place_that_is_struck_out_is_not_written(desk, unknown):
    before = desk.file.read_text()
    assert desk.send("/setup/places", "keep").headers["location"] == "/setup/places"
    assert desk.file.read_text() == before


@pytest.mark.parametrize("first", [{}, {"keep": "yes", "nature": "board"}])
def test_who_answers_in_a_second_window_is_told_what_was_answered_in_the_first(desk, unknown, first):
    (mark,) = re.findall(r'name="keep_(\w+)"', unknown.text)
    second = {**form_of(unknown), "do": "keep", f"keep_{mark}": "yes", f"nature_{mark}": "paper"}
    desk.send("/setup/places", "keep", **{f"{key}_{mark}": said for key, said in first.items()})
    page = desk.browser.post("/setup/places", data=second)
    assert (page.status_code, W("setup.late") in words_of(page)) == (422, True)
    assert [s.channel for s in desk.reload().sources] == (["local_forum"] if first else [])
    assert ("Northvale Talk" in page.text) == bool(first)


MAIL = "[mail]\nsender = 'a@example.org'\nhost = 'b.example.org'\nport = 25\n"


@for_each(
    ("path", "second", "first"),
    [
        ("mail", {"do": "choose", "way": "none"}, MAIL),
        ("mail?way=relay", {"do": "try", "way": "relay"}, MAIL),
        ("reach", {"do": "save", "how": "web", "base_url": "b.example.org"}, "[serve]\nhere_only = true\n"),
        ("names", {"do": "save", f"more_{URN}": "Oakies"}, "[[schools]]\nurn = '900009'\nname = 'Elm'\n"),
        ("names", {"do": "save", f"more_{URN}": "Oakies"}, "this is no TOML"),
    ],
)
def test_no_answer_is_written_over_one_of_another_window(desk, path, second, first):
    began = desk.file.read_text()
    form = form_of(desk.browser.get(f"/setup/{path}"))
    desk.file.write_text(before := f"{began}\n{first}")
    page = desk.browser.post(f"/setup/{path}", data=form | second)
    assert (page.status_code, desk.file.read_text()) == (422, before)
    desk.file.write_text(began)


def test_without_a_network_it_says_what_was_tried_what_came_of_it_and_what_to_do(desk, hurried, monkeypatch):
    def nobody_answers(*given, **more):
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", nobody_answers)
    said = words_of(desk.led(desk.send("/setup/places", "look")))
    assert "sites, such as" in said
    assert W("setup.places.nameless") in said
    assert W("setup.places.do") in said
    desk.send("/setup/places", "proxy", proxy="proxy.example.org:8080")
    page = desk.led(desk.send("/setup/places", "look"))
    assert "We asked through the proxy http://proxy.example.org:8080. The proxy (" in words_of(page)
    assert "[network]" not in words_of(page), "nobody who sets it up here edits a file"
    assert 'value="http://proxy.example.org:8080"' in page.text
    with monkeypatch.context() as asks:
        asks.setattr(rest.places, "look_around", lambda *given: Done(LookedAround((), unreached=SIGN_IN)))
        said = words_of(desk.led(desk.send("/setup/places", "look")))
        assert W("setup.places.sign_in", proxy="http://proxy.example.org:8080") in said
    desk.led(desk.send("/setup/places", "proxy", proxy=""))
    assert desk.reload().network.proxy is None, "what is emptied is gone"


def test_a_site_that_was_silent_is_looked_up_again_and_named_no_more(desk, hurried):
    desk.file.write_text(f'to_look_up = ["www.oakfield.example.org"]\n{desk.file.read_text()}')
    with town(desk.clock()) as northvale:
        network = f'[network]\nproxy = "{northvale.proxy_url}"\nca_file = "{northvale.ca_file}"\n'
        desk.file.write_text(f"{desk.file.read_text()}{network}")
        desk.led(desk.send("/setup/places", "look"))
    assert desk.reload().to_look_up == ()


def test_an_address_of_no_use_is_refused_beside_its_field_and_stays_there(desk):
    page = desk.led(desk.send("/setup/places", "address", address="not an address"))
    assert 'id="address-wrong"' in page.text
    assert 'value="not an address"' in page.text


# --------------------------------------------------------------------------------------------- names


def test_names_that_are_ticked_or_typed_are_what_people_call_the_school(desk):
    page = desk.browser.get("/setup/names")
    assert 'value="Oakfield Primary" checked' in page.text
    desk.send("/setup/names", "save", **{f"name_{URN}_1": "Oakfield Primary", f"more_{URN}": "Oakies, OPS"})
    assert desk.reload().schools[0].aliases == ("Oakfield Primary", "Oakies", "OPS")
    assert desk.said_of("names") == "Oakfield Primary, Oakies, OPS"
    desk.send("/setup/names", "save")
    assert (desk.reload().schools[0].aliases, desk.said_of("names")) == ((), W("setup.names.said_none"))
    assert " checked" not in desk.browser.get("/setup/names").text, "what was struck out stays so"


@pytest.mark.parametrize(
    ("said", "proposed"),
    [
        (("Open evening at OPS", "Parking outside OPS again"), True),
        (("Open evening at OPS", "Parking outside the school"), False),
        (("Black ops in the park", "Ops manager wanted"), False),
    ],
)
def test_initials_that_people_call_it_by_in_two_posts_are_proposed(desk, monkeypatch, said, proposed):
    finds = [Find("example", words, "", desk.clock(), Relevance.UNSURE) for words in said]
    monkeypatch.setattr(rest.places, "look_around", lambda *given: Done(LookedAround((), finds)))
    desk.led(desk.send("/setup/places", "look"))
    assert ('value="OPS" checked' in desk.browser.get("/setup/names").text) is proposed


# --------------------------------------------------------------------------------------------- email


def relay(at, **more):
    given = {"way": "relay", "sender": "schoolgate@example.org", "host": "localhost", "to": "head"}
    return {**given, "port": str(at), "security": "none", **more}


def test_email_is_set_up_once_one_was_taken(desk):
    with post_office() as office:
        page = desk.led(desk.send("/setup/mail?way=relay", "try", **relay(office.port)))
        assert [taken.to for taken in office.taken] == [("head@example.org",)]
    assert W("setup.mail.sent", name="Jane Holt", email="head@example.org") in words_of(page)
    assert desk.said_of("mail").startswith("Email goes out from schoolgate@example.org")
    assert 'value="relay" checked' in desk.browser.get("/setup/mail").text


def test_its_secret_is_in_a_file_of_its_own_and_stays_where_none_is_typed(desk, tmp_path, monkeypatch):
    tried = []

    def send(config, home, person, now):
        tried.append(config.mail_password.get_secret_value())
        return Trial(person, config.mail, Result(SendOutcome.SENT), 0.1)

    monkeypatch.setattr("monitor.setup.mail.send", send)
    for typed in ("planted-secret", ""):
        given = relay(587, security="starttls", user="sg", secret=typed)
        page = desk.led(desk.send("/setup/mail?way=relay", "try", **given))
    given = relay(587, host="another.example.org", security="starttls", user="sg")
    elsewhere = desk.send("/setup/mail?way=relay", "try", **given)
    assert 'id="secret-wrong"' in elsewhere.text, "it goes to no other server"
    file = tmp_path / SECRET_FILE
    assert tried == ["planted-secret"] * 2
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("planted-secret\n", 0o600)
    assert "planted-secret" not in desk.file.read_text() + page.text


def test_an_email_that_was_not_taken_leaves_everything_as_it_was(desk, tmp_path):
    before = desk.file.read_text()
    page = desk.led(desk.send("/setup/mail?way=relay", "try", **relay(free_port(), user="sg", secret="x")))
    assert W("setup.mail.not_sent") in words_of(page)
    assert 'value="localhost"' in page.text, "what was typed is there to be put right"
    assert (desk.file.read_text(), (tmp_path / SECRET_FILE).exists()) == (before, False)


@for_each(
    ("wrong", "beside"),
    [
        ({"sender": "schoolgate"}, "sender"), ({"host": ""}, "host"), ({"port": "x"}, "port"),
        ({"sender": ""}, "sender"), ({"port": ""}, "port"), ({"secret": "fern"}, "user"),
    ],
)  # fmt: skip
def test_what_is_wrong_about_a_way_is_said_beside_it(desk, wrong, beside):
    before = desk.file.read_text()
    desk.file.write_text(f"{before}\n{MAIL}")
    page = desk.send("/setup/mail?way=relay", "try", **relay(25, **wrong))
    desk.file.write_text(before)
    assert (page.status_code, f'id="{beside}-wrong"' in page.text) == (422, True)
    (key, typed), *_ = wrong.items()
    assert key == "secret" or f'name="{key}" type="text" value="{typed}"' in page.text


def test_an_account_that_is_emptied_is_gone(desk):
    with post_office() as office:
        there = f"sender = 'schoolgate@example.org'\nhost = 'localhost'\nport = {office.port}\nuser = 'sg'\n"
        desk.file.write_text(f"{desk.file.read_text()}\n[mail]\n{there}security = 'none'\n")
        desk.led(desk.send("/setup/mail?way=relay", "try", **relay(office.port, user="")))
    assert desk.reload().mail.user is None


def test_to_look_at_the_desk_each_morning_is_an_answer_until_email_is_set_up(desk):
    desk.send("/setup/mail", "choose", way="none")
    assert desk.said_of("mail") == W("setup.mail.said_none")
    (found,) = check_settings.mail(desk.reload(), {})
    assert found.level is Level.OK
    with post_office() as office:
        desk.led(desk.send("/setup/mail?way=relay", "try", **relay(office.port)))
    assert desk.reload().mail is not None
    assert not desk.reload().without_mail


# --------------------------------------------------------------------------------- reaching the desk


def test_an_address_without_https_is_refused_at_once_as_nobody_could_sign_in(desk):
    page = desk.send("/setup/reach", "save", how="web", base_url="http://desk.example.org")
    assert W("setup.reach.not_https") in words_of(page)
    assert desk.reload().base_url == "https://schoolgate.example.org"


def test_set_says_at_once_that_an_address_is_not_https(desk, tmp_path):
    _, out, _ = ended(["set", "--home", str(tmp_path), "base_url=http://desk.example.org"])
    assert "“base_url” is not https" in out


LEADS_NOWHERE = [
    "localhost", "127.0.0.1", "[::1]", "169.254.7.7", "[fe80::1]", "0.0.0.0", "2130706433", "127。0。0。1",
    "127．0｡0.1", "１２７.0.0.1", "127.0.0.1%2e", "ip6-localhost", "ip6-loopback", "localhost6",
]  # fmt: skip
INSIDE = ["192.168.1.20", "10.0.0.5:8443", "[fd12::5]", "desk.local", "schoolgate"]


def test_an_address_that_leads_each_reader_to_their_own_machine_is_refused_at_both_doors(desk, tmp_path):
    for there in LEADS_NOWHERE:
        page = desk.send("/setup/reach", "save", how="web", base_url=there, inside="yes")
        assert W("setup.reach.nowhere") in words_of(page), there
        code, _, said = ended(["set", "--home", str(tmp_path), f"base_url=https://{there}"])
        assert (code != 0, W("setup.reach.nowhere") in " ".join(said.split())) == (True, True), there
    assert desk.reload().base_url == "https://schoolgate.example.org"


def test_an_address_inside_the_school_is_taken_once_somebody_says_that_this_is_right(desk, tmp_path):
    for there in INSIDE:
        page = desk.send("/setup/reach", "save", how="web", base_url=there)
        assert W("setup.reach.inside") in words_of(page), there
        assert 'name="inside"' in page.text
        desk.send("/setup/reach", "save", how="web", base_url=there, inside="yes")
        assert desk.reload().base_url == f"https://{there}"
    _, said, _ = ended(["set", "--home", str(tmp_path), "base_url=https://10.0.0.9"])
    assert W("setup.reach.inside") in " ".join(said.split())
    assert desk.reload().base_url == "https://10.0.0.9"
    desk.send("/setup/reach", "save", how="web", base_url="desk.example.org")
    assert desk.reload().base_url == "https://desk.example.org"


@for_each("address", ["https://[::1", "https://[abc]/", "https://\u2100.example", "https://fe80::1"])
def test_an_address_that_is_none_is_asked_for_again(desk, address):
    assert address in words_of(desk.send("/setup/reach", "save", how="web", base_url=address))
    code, _, said = ended(["set", "--home", f"{desk.file.parent}", f"base_url={address}"])
    assert (code, "Nothing was changed" in said) == (2, True)


def test_no_page_shows_a_password_again():
    assert typed_words({"secret": "abcd efgh", "code": "12 34", "note": "Fed"}) == ["Fed"]


def test_the_desk_is_reached_at_an_address_by_a_web_server_here_or_elsewhere_or_on_this_machine_alone(desk):
    given = {"how": "web", "base_url": "desk.example.org"}
    for elsewhere, proxies, listen in (
        ("", ("127.0.0.1/32",), "127.0.0.1:8477"),
        ("10.0.0.5", ("10.0.0.5/32",), "0.0.0.0:8477"),
        ("", ("127.0.0.1/32",), "127.0.0.1:8477"),
    ):
        desk.send("/setup/reach", "save", **given, proxy=elsewhere)
        serve = desk.reload().serve
        assert (desk.reload().base_url, serve.proxies, serve.listen) == (
            "https://desk.example.org", proxies, listen,
        )  # fmt: skip
    desk.send("/setup/reach", "save", how="here")
    assert (desk.reload().base_url, desk.said_of("reach")) == (None, W("setup.reach.said"))
    assert [f.level for f in check_settings.check_pages(desk.reload())] == [Level.OK]


def test_a_web_server_that_was_named_by_hand_stays_while_the_address_changes(desk):
    ours = '[serve]\nlisten = "10.0.0.2:9000"\nproxies = ["10.0.0.5", "10.0.0.6"]\n'
    desk.file.write_text(f"{desk.file.read_text()}\n{ours}")
    given = {"how": "web", "base_url": "desk.example.org", "proxy": "10.0.0.5", "listen": "10.0.0.2:9000"}
    desk.send("/setup/reach", "save", **given)
    assert ours in desk.file.read_text()
    for how in ("web", "here"):
        desk.send("/setup/reach", "save", how=how, base_url="desk.example.org", listen="10.0.0.2:9000")
        assert desk.reload().serve.listen == "10.0.0.2:9000"
    desk.send("/setup/reach", "save", how="web", base_url="desk.example.org", listen="")
    assert desk.reload().serve.listen == "127.0.0.1:8477"


@for_each(
    ("field", "typed"),
    [
        ("proxy", "next door"), ("base_url", ""), ("base_url", "http://desk.example.org"), ("listen", "9000"),
    ],
)  # fmt: skip
def test_what_cannot_be_where_the_desk_is_reached_is_said_beside_it(desk, field, typed):
    before = desk.file.read_text()
    desk.file.write_text(f'{before}\n[serve]\nlisten = "10.0.0.2:9000"\n')
    given = {"how": "web", "base_url": "desk.example.org", field: typed}
    page = desk.send("/setup/reach", "save", **given)
    desk.file.write_text(before)
    assert f'id="{field}-wrong"' in page.text
    assert f'name="{field}" type="text" value="{typed}"' in page.text


# --------------------------------------------------------------------------------------------- cover


def test_a_deputy_is_somebody_new_or_one_more_office_of_who_is_there(desk):
    new = {"deputy_dsl_name": "Noah Ashdown", "deputy_dsl_email": "noah@example.org"}
    desk.send("/setup/cover", "save", **new, vice_chair_name="Sam Vale")
    assert "chair" in desk.mailed_to()  # something was read here: whom it concerns is mailed
    assert desk.person("deputy-dsl").email == "noah@example.org"
    assert desk.person("vale").roles == (Role.STAFF, Role.VICE_CHAIR)
    assert desk.said_of("cover") == "Lee Ash, Noah Ashdown and Sam Vale"


def test_an_address_without_a_name_is_said_beside_it_and_nobody_is_named(desk):
    before = desk.file.read_text()
    page = desk.send("/setup/cover", "save", deputy_dsl_email="noah@example.org")
    assert W("setup.people.no_name", email="noah@example.org") in words_of(page)
    assert desk.file.read_text() == before


# --------------------------------------------------------------------------------------------- start


def test_the_one_command_that_starts_it_with_the_machine_is_shown_and_what_it_would_do(desk, monkeypatch):
    from monitor.setup import installing

    monkeypatch.setattr(installing, "HIDDEN", ())
    unsigned = words_of(desk.browser.get("/setup/start"))
    assert (W("setup.start.unsigned") in unsigned, "serve --home" in unsigned) == (True, False)
    desk.send("/setup/dpia", "", day="2026-09-01", by="Ada Fern")
    said = words_of(desk.browser.get("/setup/start"))
    assert f"service install --home {desk.file.parent}" in said
    assert "Make the account schoolgate, which nobody signs in with." in said
    by_hand, by_itself = said.split(W("setup.start.support"))
    assert f"serve --home {desk.file.parent}" in by_hand
    assert "sudo" not in by_hand, "what needs an administrator comes last"
    assert "sudo" in by_itself
    assert desk.said_of("start") == f"{W('setup.waits')} {W('setup.until.start')}"
    assert W("setup.start.silent") not in said
    assert W("setup.start.silent") in words_of(desk.browser.get("/setup/start?looked=1"))


def test_it_is_done_once_the_service_answers(desk, monkeypatch):
    monkeypatch.setattr(rest, "complaints_of", lambda home, port: ())
    assert desk.said_of("start") == W("setup.start.said")
    for day, unsigned in (("", True), ("2026-09-01", False)):
        desk.send("/setup/dpia", "", day=day, by="Ada Fern")
        page = desk.browser.get("/setup/start")
        assert (W("setup.start.said") in words_of(page), W("setup.start.unsigned") in words_of(page)) == (
            True, unsigned,
        )  # fmt: skip
    assert f"desk --home {desk.file.parent}" in words_of(page)
    assert "after=start" in page.text.partition(W("setup.go_on"))[0]


@pytest.fixture
def asked_of_systemd(tmp_path, monkeypatch):
    """What is asked of a user manager that a person's computer has, in a file."""
    asked, programs = tmp_path / "asked", tmp_path / "bin"
    (tmp_path / "run" / "systemd").mkdir(parents=True)
    (tmp_path / "run" / "systemd" / "private").touch()
    programs.mkdir()
    (programs / "systemctl").write_text(f'#!/bin/sh\necho "$@" >> {asked}\n')
    (programs / "systemctl").chmod(0o700)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "run"))
    return asked


def test_one_press_starts_it_with_this_computer_and_one_ends_it(desk, monkeypatch, asked_of_systemd):
    desk.send("/setup/dpia", "", day="2026-09-01", by="Ada Fern")
    assert W("setup.start.own_begin") in words_of(desk.browser.get("/setup/start"))
    monkeypatch.setattr(rest, "complaints_of", lambda home, port: () if asked_of_systemd.exists() else None)
    began = desk.send("/setup/start", "begin")
    assert (began.status_code, began.headers["location"]) == (303, "/setup/start?looked=1")
    assert asked_of_systemd.read_text().splitlines()[-1] == "--user enable --now schoolgate.service"
    page = words_of(desk.browser.get("/setup/start"))
    assert W("setup.start.sleeps") in page
    assert W("setup.start.icon") in page
    assert "desk --home" not in page, "nobody has to type"
    desk.send("/setup/start", "end")
    assert asked_of_systemd.read_text().splitlines()[-1] == "--user disable --now schoolgate.service"
    assert W("setup.start.own_end") not in words_of(desk.browser.get("/setup/start"))


def test_what_the_computer_answers_is_shown_where_it_does_not_start(desk, asked_of_systemd):
    desk.send("/setup/dpia", "", day="2026-09-01", by="Ada Fern")
    program = asked_of_systemd.parent / "bin" / "systemctl"
    program.write_text("#!/bin/sh\necho 'Failed to connect to bus' >&2\nexit 1\n")
    page = words_of(desk.send("/setup/start", "begin"))
    assert "Failed to connect to bus" in page
    assert W("setup.start.own_begin") in page


def test_nothing_starts_before_the_impact_assessment_is_signed(desk, asked_of_systemd):
    form = form_of(desk.browser.get("/setup/dpia"))
    page = words_of(desk.browser.post("/setup/start", data={**form, "do": "begin"}))
    assert W("setup.start.unsigned") in page
    assert not asked_of_systemd.exists()
