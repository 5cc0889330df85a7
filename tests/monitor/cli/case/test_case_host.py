"""`schoolgate case host`: the platform's own way, or who hosts the website, recorded in the case."""

from contextlib import nullcontext
from datetime import UTC, datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from builders.case_desk import NOW as SEEN
from builders.case_desk import Desk, a_desk, about_the_head, disclosure, insult, restricted, review
from builders.mention import a_batch, a_mention, a_run, a_verdict
from builders.registries import PUBLIC, RIPE, Registers, document, resolving

from data.steps.codes import StepKind
from data.store.cases import cases as case_store
from data.store.engine.audit_chain import links
from data.store.mentions.batch import save
from data.types import About, Policy, Route, Severity
from monitor.act.casework import hosting

ORG = "https://rdap.publicinterestregistry.org/rdap/domain/example.org"
NOW = datetime(2026, 11, 20, 15, 30, tzinfo=UTC)


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def _insult(desk):
    opened(desk, insult(desk))


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


def opened(desk, story):
    assert desk("open", story, "--as", "pike").code == 0


def steps(desk):
    with desk.store.read() as con:
        return case_store.steps(con, "0001")


def on_facebook(desk):
    mention = a_mention("fb", channel="facebook", url="https://www.facebook.com/groups/1/posts/2")
    verdict = a_verdict(
        mention, route=Route.REQUEST_REMOVAL, severity=Severity.TODAY, about=About.STAFF, content_class="C11"
    )
    batch = a_batch(mention, verdicts=[verdict], story_id="story-fb", run=a_run("feed:fb"))
    with desk.store.write("test") as con:
        save(con, batch, now=SEEN, policy=Policy())
    return "story-fb"


def test_a_website_is_looked_up_and_what_is_found_is_recorded(insulted, registers):
    ran = insulted("host", "1", "--as", "holt")
    assert ran.code == 0
    assert "example.org, registered through Example Registrations Ltd" in ran.out
    assert "abuse@host.example" in ran.out
    assert "A local forum: “Report” at the post where there is one" in ran.out
    step = steps(insulted)[-1]
    assert (step.kind, step.actor, step.written["network"]) == (
        StepKind.HOSTED,
        "holt",
        "Example Hosting Ltd",
    )


def test_the_address_of_the_post_is_not_asked_for(insulted, registers):
    insulted("host", "1", "--as", "holt")
    assert not [url for url in registers.urls if "forum.example.org/insult" in url]


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


def test_a_front_is_said_to_be_one(insulted, registers):
    registers.answers[RIPE + PUBLIC] = document("arin")
    assert "Cloudflare only stands in front of the site" in insulted("host", "1", "--as", "holt").out
    said = "perhaps only in front of the site, which somebody else may hold: Cloudflare"
    assert said in " ".join(insulted("show", "1", "--as", "holt").out.split())


def test_what_is_not_found_is_said_and_the_rest_is_recorded(insulted, registers):
    registers.answers[ORG] = 503
    ran = insulted("host", "1", "--as", "holt")
    assert ran.code == 0
    assert "Not found   The register of .org was asked for forum.example.org" not in ran.out
    assert "The register of .org was asked for example.org: It answered 503." in ran.out
    assert steps(insulted)[-1].written["network_abuse"] == "abuse@host.example"


def test_a_platform_has_its_own_way_and_no_register_is_asked(desk, registers):
    opened(desk, on_facebook(desk))
    ran = desk("host", "1", "--as", "holt")
    assert "Facebook: The menu (three dots) at the post itself" in ran.out
    assert "grounds   private or personal details" in ran.out
    assert "A whole account: The three dots at the profile or the page" in ran.out
    assert "An account that poses as somebody: The three dots at the profile" in ran.out
    assert "  address   https://www.facebook.com/help/contact/295309487309948" in ran.out
    data = desk("host", "1", "--as", "holt", "--json").data
    assert [way["of"] for way in data["route"]["ways"]] == ["account", "posing"]
    assert not registers.asked
    assert steps(desk)[-1].kind is not StepKind.HOSTED


def test_json_has_the_facts_and_the_way(insulted, registers):
    data = insulted("host", "1", "--as", "holt", "--json").data
    assert data["case"] == "0001"
    assert data["hosting"]["domain"] == "example.org"
    assert (data["route"]["platform"], data["route"]["old"]) == ("forum", False)
    assert data["route"]["grounds"] == ["bullying", "harassment"]


def test_a_way_looked_at_long_ago_is_shown_as_old(desk, registers, monkeypatch):
    monkeypatch.setattr("data.effects.utc_now", lambda: datetime(2027, 6, 1, tzinfo=UTC))
    opened(desk, on_facebook(desk))
    assert "over six months ago: check it" in desk("host", "1", "--as", "holt").out


def test_whom_it_accuses_learns_nothing(desk, registers):
    opened(desk, about_the_head(desk))
    ran = desk("host", "1", "--as", "holt")
    assert (ran.code, registers.asked) == (2, [])
    assert "There is no case 0001" in ran.err


@pytest.mark.parametrize("more", [(), ("--offline",), ("--restricted", "--reason", "I am on duty")])
@pytest.mark.parametrize(("story", "guard"), [(disclosure, "“lane”"), (review, "“fair_comment”")])
def test_where_nobody_is_asked_no_way_of_asking_is_shown(desk, registers, story, guard, more):
    opened(desk, story(desk))
    ran = desk("host", "1", "--as", "pike", *more)
    assert (ran.code, ran.out, guard in ran.err) == (1, "", True)
    assert not registers.asked


@pytest.mark.parametrize("more", [(), ("--offline",), ("--json",), ("--reason", "I am on duty")])
def test_where_a_restricted_post_stands_is_not_shown_without_being_asked_for(desk, registers, more):
    opened(desk, restricted(desk))
    ran = desk("host", "1", "--as", "pike", *more)
    assert (ran.code, ran.out) == (2, "")
    assert "schoolgate case host 0001 --restricted --as pike --reason “…”" in ran.err
    assert not registers.asked
    assert reads(desk) == []


def test_where_a_restricted_post_stands_is_shown_with_a_reason_that_is_kept(desk, registers):
    opened(desk, restricted(desk))
    without = desk("host", "1", "--as", "pike", "--restricted")
    assert (without.code, "--reason" in without.err) == (2, True)
    ran = desk("host", "1", "--as", "pike", "--restricted", "--reason", "To write to the host")
    assert "Example Hosting Ltd" in ran.out
    assert reads(desk) == ["pike"]


def reads(desk):
    with desk.store.read() as con:
        return [link.entry.actor for link in links(con) if link.entry.action == "restricted_read"]


def test_the_registers_are_asked_without_robots_txt_and_the_rest_of_the_guard(tmp_path, monkeypatch):
    asked = []

    def fetcher(config, **options):
        asked.append(options)
        return nullcontext(Registers({ORG: document("nominet")}))

    monkeypatch.setattr(hosting.wiring, "fetcher", fetcher)
    found = hosting.look(None, tmp_path, "https://example.org/x", NOW, resolve=resolving(PUBLIC))
    assert asked == [{"obey_robots": False}]
    assert found.domain == "example.org"
