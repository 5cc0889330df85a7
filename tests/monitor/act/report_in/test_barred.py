"""What may never be captured or watched, whom a case accuses by now, and what [network] is."""

from __future__ import annotations

import ssl
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import trustme
from builders.case import a_case
from builders.case_desk import NOW, a_desk
from builders.config import SCHOOL, faults, read
from builders.fetcher import fetcher_for
from builders.home import rows_of
from builders.mention import URN, a_mention, a_message, a_verdict
from pydantic import SecretStr
from support.proxies import proxy_to
from support.web_server import Answer, serve

from alerts.delivery.results import SENT
from data.cases import Case, CaseState
from data.effects import utc_now
from data.ids import digest
from data.steps.codes import BypassRoute, Complainant, Relationship, StepKind
from data.store.alerts.alerts import list_alerts, put_alerts
from data.store.messages.outbox import put_outbox
from data.types import About, FetchFailure, Request, Route, Severity, Via
from data.web.profiles import LEADS_ON
from monitor.act.casework.evidence.capture_policy import capture_refusal, picture_refusal, profile_refusal
from monitor.act.report_in import wrong_address
from monitor.config.load import load
from monitor.home import wiring
from monitor.pipeline.sighting import RestrictedAddresses, looked_for
from monitor.service.outgoing import poster
from monitor.service.state import heartbeat
from monitor.service.tasks.escalation import escalate

CASE = Case(
    "0001", URN, "story-post", NOW, "pike", Route.REQUEST_REMOVAL, About.STAFF,
    proposed_class="C7", content_class="C7", state=CaseState.TRIAGE,
)  # fmt: skip
JUDGED = a_verdict(a_mention("post"), content_class="C7", abuse=("defamation",))


def test_a_post_that_may_be_defamatory_may_be_captured_with_its_pictures():
    assert capture_refusal(CASE, [JUDGED], child_image=False) is None
    assert picture_refusal(CASE, [JUDGED]) is None


@pytest.mark.parametrize("content_class", ["C9", "C10"])
def test_of_childrens_safety_and_extremism_nothing_is_captured(content_class):
    refused = capture_refusal(replace(CASE, content_class=content_class), [], child_image=False)
    assert refused is not None
    assert "DSL" in refused.remedy


@pytest.mark.parametrize("lane", BypassRoute)
def test_of_what_is_off_the_ladder_nothing_is_captured(lane):
    assert capture_refusal(replace(CASE, lane=lane), [], child_image=False) is not None


def test_what_the_post_was_judged_counts_until_a_person_has_said_what_it_is():
    judged = replace(JUDGED, content_class="C10")
    assert capture_refusal(CASE, [judged], child_image=False) is not None
    assert capture_refusal(replace(CASE, classified_by="pike"), [judged], child_image=False) is None


def test_a_report_of_a_childs_image_counts_whatever_the_case_says():
    assert capture_refusal(replace(CASE, classified_by="pike"), [JUDGED], child_image=True) is not None


@pytest.mark.parametrize(
    ("case", "judged"),
    [
        (replace(CASE, content_class="C5"), JUDGED), (replace(CASE, proposed_class="C10"), JUDGED),
        (replace(CASE, about=About.PUPIL), JUDGED), (replace(CASE, relationship=Relationship.PUPIL), JUDGED),
        (replace(CASE, complainant=Complainant.PUPIL), JUDGED), (CASE, replace(JUDGED, about=About.PUPIL)),
        (CASE, replace(JUDGED, abuse=("sexual",))), (CASE, replace(JUDGED, abuse=("safeguarding",))),
    ],
)  # fmt: skip
def test_a_picture_that_may_show_a_child_or_be_sexual_is_never_kept(case, judged):
    assert picture_refusal(case, [judged]) is not None


@pytest.mark.parametrize(
    "way",
    [
        "https://forum.example.org/t/Girl-1", "http://www.forum.example.org:80/t/girl-1/",
        "https://forum.example.org/a/../t/./Girl-1", "https://forum.example.org//t///Girl-1?utm_source=x#p2",
        "https://forum.example.org/%74/%2e/Girl-1",
    ],
)  # fmt: skip
def test_an_address_that_was_warned_of_is_known_however_it_is_written(way):
    known = RestrictedAddresses(
        frozenset((looked_for("https://forum.example.org/t/Girl-1"),)), (), frozenset()
    )
    assert known.warns_of(way)
    assert not known.warns_of("https://forum.example.org/t/girl-12")


def test_a_post_is_asked_for_at_its_own_address() -> None:
    assert profile_refusal(a_case(content_class="C2"), "https://www.instagram.com/p/Cabc123/") is None


# ------------------------------------- one guard at every door: nobody's profile is captured or watched

PROFILES = [
    "https://www.instagram.com/ann_example/", "https://www.instagram.com./kid/",
    "https://forum.example.org/user;x/bob", "https://forum.example.org/%2575ser/bob",
    "https://forum.example.org/search.php?author=kid", "https://news.example.org/author/jane-smith/feed",
    "https://x.com/search?q=from%3Akid", "https://nitter.example.org/kid",
]  # fmt: skip
"""Pages, lists, searches and feeds of one person, however they are spelt."""
SETTINGS = """
[[schools]]
urn = "900001"
name = "Oakfield Primary School"
"""
SOURCE = """
[[sources]]
id = "watched"
kind = "feed"
url = "{url}"
"""


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    path = tmp_path_factory.mktemp("doors") / "schoolgate.toml"
    path.write_text(SETTINGS + SOURCE.format(url="https://gazette.example.org/feed.xml"))
    return load(path, {})


@pytest.mark.parametrize("url", PROFILES)
def test_it_is_refused_as_a_source_so_by_doctor_and_source_test_too(tmp_path, url):
    (tmp_path / "schoolgate.toml").write_text(SETTINGS + SOURCE.format(url=url))
    with pytest.raises(Exception, match="is somebody's profile, and nobody's is watched"):
        load(tmp_path / "schoolgate.toml", {})


@pytest.mark.parametrize("url", PROFILES)
def test_it_is_refused_when_handed_in_unless_the_account_itself_is_false(settings, url):
    assert wrong_address(url, settings=settings, urn="900001") == "profile"
    assert wrong_address(url, settings=settings, urn="900001", any_account=True) == ""


@pytest.mark.parametrize("url", PROFILES)
def test_it_is_neither_captured_nor_checked_again_unless_the_account_is_what_the_case_is_about(url):
    for code in ("C2", "C4", "C7", "C11"):
        refused = profile_refusal(a_case(content_class=code), url)
        assert refused is not None, code
        assert (refused.guard, "⟪" in refused.remedy) == ("no_profile", False)
    for code in ("C12", "C14"):
        assert profile_refusal(a_case(content_class=code), url) is None, code


def test_no_redirect_leads_there():
    routes = {f"/post/{n}": Answer(302, b"", {"Location": url}) for n, url in enumerate(PROFILES)}
    with serve(routes) as site:
        for path in routes:
            result = fetcher_for(site).fetch(Request(f"{site}{path}"))
            assert isinstance(result, FetchFailure)
            assert result.detail == LEADS_ON, path


# Whoever a person says it accuses is asked nothing more, and no mail of it goes out to them.


GRAVE = {
    "route": Route.REQUEST_REMOVAL,
    "severity": Severity.THIS_HOUR,
    "about": About.STAFF,
    "content_class": "C2",
}


def accuses_the_head(desk):
    """A case about what was raised and nobody has in hand; a person then says that it accuses the head."""
    story = desk.story("grave", **GRAVE, alert=True)
    with desk.store.write("test") as con:
        con.execute("UPDATE alerts SET severity = 4")
    desk.open(story, "ash")
    desk.take(StepKind.TARGET, "ash", person="vale")
    with desk.store.write("test") as con:
        put_outbox(
            con,
            [a_message(digest("case", "900001", "0001", "1", "holt"), person_id="holt", kind="case")],
            NOW,
        )
    desk.take(StepKind.TARGET, "ash", person="vale", subjects="holt")


def test_whoever_a_person_says_it_accuses_is_not_asked_next_about_its_alert(tmp_path):
    desk = a_desk(tmp_path, accuses_the_head)
    settings = wiring.settings(tmp_path, None)[1]
    with desk.store.write("test") as con:
        later = utc_now() + timedelta(minutes=1)  # whoever works on the case has it until it rises
        put_alerts(con, [replace(list_alerts(con, open_only=False)[0], times=2, raised_at=later)], later)
        for write in escalate(con, wiring.context(settings, tmp_path), later + timedelta(minutes=20)):
            write(con)
        asked = con.execute("SELECT person_id FROM escalations").fetchall()
    assert ("holt",) not in asked
    assert asked


def test_mail_about_a_case_that_waits_for_whoever_it_accuses_now_is_withdrawn(tmp_path):
    desk = a_desk(tmp_path, accuses_the_head)
    waits = rows_of(desk.store, "SELECT person_id FROM outbox WHERE withdrawn_at IS NULL")
    assert ("holt",) not in waits


# [network]: what is read of it, and that every door goes by it.


PAPER = "paper.example.org"
TABLE = f"{SCHOOL}[network]\n"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def folder(tmp_path: Path, authority: trustme.CA) -> Path:
    authority.cert_pem.write_to_path(str(tmp_path / "filter-ca.pem"))
    return tmp_path


def served(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(PAPER).configure_cert(context)
    return context


@pytest.mark.parametrize("by", ["env", "file"])
def test_the_proxys_password_is_read_and_shown_by_nothing(folder: Path, by: str) -> None:
    (folder / "secret").write_text("planted\n")
    key = {"env": 'proxy_password_env = "P"', "file": 'proxy_password_file = "secret"'}[by]
    way = 'proxy = "http://proxy.example.org:8080"\nproxy_user = "oak"\n'
    config = read(folder, TABLE + way + key, P="planted")
    assert config.network.proxy_password == SecretStr("planted")
    assert "planted" not in repr(config) + repr(wiring.way_out(config.network)) + repr(poster(config))


@pytest.mark.parametrize(("line", "told"), [
    ('proxy = "proxy.example.org:8080"', "is not a"),
    ('proxy = "https://proxy.example.org:8080"', "is not a proxy's address"),
    ('proxy = "http://proxy.example.org"', "its name and its port"),
    ('proxy = "http://oak:planted@proxy.example.org:8080"', "may not carry a secret"),
    ('proxy_password = "planted"', "proxy_password"),
    ('own_servers = ["https://ntfy.example.org"]', "is not a server's name"),
    ('own_servers = ["ntfy.example.org:8080"]', "is not a server's name"),
    ('proxy_user = "oak"', "There is no proxy it is for"),
    (
        'proxy = "http://p.example.org:8080"\nproxy_password_env = "P"\nproxy_password_file = "f"',
        "Keep one of them",
    ),
])  # fmt: skip
def test_what_cannot_be_used_is_refused_without_showing_a_secret(folder: Path, line: str, told: str) -> None:
    (said,) = faults(folder, TABLE + line)
    assert told in said
    assert "planted" not in said


def test_pages_the_heartbeat_and_short_messages_all_go_by_it(folder: Path, authority: trustme.CA) -> None:
    with (
        serve({"/": "x", "/beat": "x"}, tls=served(authority)) as site,
        proxy_to({(PAPER, 443): (site.host, site.port)}, sign_in="oak:key") as way,
    ):
        lines = (
            f'proxy = "{way.url}"\nproxy_user = "oak"\nproxy_password_env = "P"\nca_file = "filter-ca.pem"'
        )
        config = read(folder, TABLE + lines, P="key")
        with wiring.fetcher(config, obey_robots=False) as fetch:
            assert fetch(Request(f"https://{PAPER}/")).status == 200
        with heartbeat.beating(SecretStr(f"https://{PAPER}/beat"), network=config.network) as fetch:
            assert fetch(Request(f"https://{PAPER}/beat")).status == 200
        assert poster(config)(a_message(via=Via.CHAT), f"jsons://{PAPER}/") == SENT
    assert [line.partition(" HTTP")[0] for line in way.asked] == [f"CONNECT {PAPER}:443"] * 3
    assert [asked.method for asked in site.asked] == ["GET", "GET", "POST"]


def test_a_file_of_authorities_that_is_not_there_stops_nothing(folder: Path) -> None:
    config = read(folder, TABLE + 'ca_file = "missing.pem"')
    with serve({"/": "read"}) as site, wiring.fetcher(config, allow_loopback=site.allowed) as fetch:
        assert fetch(Request(f"{site}/")).body == b"read"
