"""The ways to platforms and helplines, and the playbooks made of them."""

from collections import Counter
from dataclasses import fields, replace
from datetime import date
from urllib.parse import urlsplit

import pytest
from builders.letter import a_case, asked
from pydantic import TypeAdapter, ValidationError

from alerts.ladder.replay import seen_from
from alerts.letters.kinds import LetterKind
from alerts.ways import (
    PlatformRoute,
    WayOf,
    helplines,
    next_step,
    next_words,
    old,
    platforms,
    playbooks,
    route,
)
from data.cases import CasePlace, CaseState
from data.rungs import EMERGENCY, Rung
from data.steps.codes import BypassRoute, PlaceRole, Support
from data.types import About
from data.web.channels import CHANNELS, PlaceKind, Reporter
from data.words.say import words

MAY_BE_EMPTY = {"form", "time", "hours", "mail", "phone", "not_for", "logged_in", "ways"}
OWN_KEY = {"facebook", "instagram", "x", "tiktok", "youtube", "trustpilot", "reddit", "mumsnet", "wikipedia"}
WAYS = [(row.key, way) for row in platforms().values() for way in row.ways]
STEPS = [(book, step) for book in playbooks().values() for step in book.steps]
ACCOUNT = CasePlace(n=2, role=PlaceRole.ACCOUNT)
MOCKING = a_case(content_class="C2", captures=0, others=(ACCOUNT,))
IMAGE = a_case(content_class="C10", about=About.PUPIL, lane=BypassRoute.CHILD_IMAGE, state=CaseState.BYPASSED)
HOAX = a_case(content_class="C6", about=About.SCHOOL, target=None, captures=0)


def test_every_row_of_a_platform_is_whole_and_every_channel_has_its_way():
    for row in [*platforms().values(), *helplines().values()]:
        for field in fields(row):
            value = getattr(row, field.name)
            assert value or field.name in MAY_BE_EMPTY, field.name
        assert date(2026, 1, 1) <= row.checked_on <= date(2026, 11, 25)
        for told in (getattr(row, name, "") for name in ("report", "escalate", "watch", "what")):
            assert not told or told.endswith("."), told
    for row in platforms().values():
        assert all(words("en")(f"route.ground.{code}") for code in row.grounds)
        assert row.who in ("anyone", "person", "owner", "member")
        assert not row.form or urlsplit(row.form).scheme == "https"
        assert row.hours is None or str(row.hours) in row.time or row.hours == 72
    for channel in CHANNELS:
        row = CHANNELS[channel]
        assert row.route in platforms() or (row.place is PlaceKind.NOTHING and not row.route)
        assert route(channel).key == row.route or row.place is PlaceKind.NOTHING
        assert row.route != "whatsapp" or row.reporter is Reporter.MEMBER
        if channel in OWN_KEY:
            assert route(channel).key == channel


def test_every_other_way_has_its_own_source_as_have_a_whole_account_and_one_that_poses():
    for key, way in WAYS:
        assert way.source
        assert way.asks
        assert way.report.endswith(".")
        assert date(2026, 11, 1) <= way.checked_on <= date(2026, 11, 27)
        assert way.who in ("anyone", "person", "owner")
        assert not way.form or urlsplit(way.form).scheme == "https"
        assert platforms()[key].way(way.of) is way
    for key in ["facebook", "x", "tiktok", "snapchat", "youtube"]:
        assert platforms()[key].way(WayOf.ACCOUNT)
        assert platforms()[key].way(WayOf.POSING)
    assert platforms()["instagram"].way(WayOf.POSING)
    for key in ["facebook", "instagram", "tiktok"]:  # of a child under 13
        assert "13" in f"{platforms()[key].way(WayOf.UNDER_AGE)}"
    for key in ["discord", "bluesky", "instagram"]:
        assert platforms()[key].way(WayOf.ACCOUNT)
    assert "POSH" in platforms()["tiktok"].way(WayOf.SCHOOLS).report
    assert "only in the United States" in platforms()["instagram"].way(WayOf.SCHOOLS).report
    assert platforms()["reddit"].way(*WayOf) is None


def test_an_archive_is_written_to_a_search_engine_hears_the_person_and_a_helpline_is_reached():
    assert route("archive_org").mail == "info@archive.org"
    nowhere = route("archive_today")
    assert not nowhere.mail
    assert not nowhere.form
    for key in ["google_search", "bing_search"]:
        row = route(key)
        assert row.who == "person"
        assert "never the school" in row.report
        assert "is not removed" in row.report
    for line in helplines().values():
        assert urlsplit(line.web).scheme == "https"


def test_sites_are_told_from_platforms_and_grounds_fit_the_class():
    told = Counter(host for row in CHANNELS.values() for host in row.hosts)
    assert {host for host, n in told.items() if n > 1} == set()
    assert route("blog").is_site
    assert route("local_forum").is_site
    assert not route("facebook").is_site
    assert route("facebook").fitting("C11") == ("privacy",)
    assert route("facebook").fitting("C2") == ("bullying", "harassment")
    assert route("trustpilot").fitting("C7") == ("defamation", "harassment")
    grounds = {code for row in platforms().values() for code in row.grounds}
    assert len({words("en")(f"route.ground.{code}") for code in grounds}) == len(grounds) > 10
    for content_class in ["C0", "C9", "C10", "C14"]:
        assert not any(row.fitting(content_class) for row in platforms().values())


@pytest.mark.parametrize(("channel", "url", "key"), [
    ("manual_report", "https://m.facebook.com/groups/1/posts/2", "facebook"),
    ("manual_report", "https://www.netmums.com/coffeehouse/1", "netmums"),
    ("manual_report", "https://cy.wikipedia.org/wiki/Ysgol", "wikipedia"),
    ("manual_report", "https://notfacebook.com/1", "website"),
    ("google_news", "https://www.northvale-gazette.example/a", "news"),
    ("google_news", "https://www.reddit.com/r/northvale/1", "reddit"),
    ("local_forum", "https://forum.example.org/1", "forum"),
    ("facebook", "https://www.youtube.com/watch?v=1", "facebook"), ("nothing we know", "", "website"),
    ("blog", "http://[::1", "website"),
])  # fmt: skip
def test_the_platform_is_known_by_the_address_where_the_channel_does_not_say(channel, url, key):
    assert route(channel, url).key == key


@pytest.mark.parametrize(("checked", "today", "is_old"), [
    (date(2026, 11, 20), date(2027, 5, 20), False), (date(2026, 11, 20), date(2027, 5, 21), True),
    (date(2026, 8, 31), date(2027, 2, 28), False), (date(2026, 8, 31), date(2027, 3, 1), True),
    (date(2026, 12, 5), date(2026, 11, 1), False),
])  # fmt: skip
def test_a_row_is_old_after_six_months(checked, today, is_old):
    assert old(replace(route("x"), checked_on=checked), today) is is_old
    assert old(replace(helplines()["posh"], checked_on=checked), today) is is_old


def test_every_step_has_its_words_guidance_and_letter():
    lines = "posh rhc ceop iwf report_remove ctiru report_fraud revenge_porn nominet copyright_office"
    assert set(helplines()) == set(lines.split())
    assert helplines()["posh"].phone == "0344 381 4772"
    w = words("en")
    for book, step in STEPS:
        for key in (f"{book.key}.{step.key}", f"who.{step.who}", f"by.{step.by}", f"title.{book.key}"):
            assert w.has(f"playbook.{key}")
        assert not step.body or w.has(f"playbook.say.{step.body}")
    for row in STEPS:
        _, step = row
        assert step.source
        assert step.page.startswith("https://")
        assert step.read_on.year == 2026
        assert step.letter in ("", *LetterKind)
        assert step.helpline is None or step.helpline.web


def next_of(case):
    found = next_step(case)
    return found and (found[0].key, found[1].key)


def test_the_first_step_not_shown_is_named_and_how_whoever_is_outside_is_reached():
    kept = replace(MOCKING, captures=1)
    sorted_out = replace(kept, classified_by="head")
    supported = replace(sorted_out, support=Support.OFFERED)
    reported = replace(supported, askings=(asked(Rung.PLATFORM_REPORT),))
    helped = replace(reported, askings=(*reported.askings, asked(Rung.POSH)))
    found = [next_of(case) for case in (MOCKING, kept, sorted_out, supported, reported, helped)]
    assert found == [("mocking", step) for step in ("kept", "sorted", "support", "platform", "posh", "rhc")]
    known = replace(MOCKING, captures=1, classified_by="head", support=Support.OFFERED)
    account = replace(ACCOUNT, askings=(asked(Rung.PLATFORM_REPORT),))
    assert next_of(replace(known, others=(account,))) == ("mocking", "posh")
    case = replace(IMAGE, referred_to=("police", "report_remove"))
    what, reach, say = next_words(case, words("en"))
    assert "Internet Watch Foundation" in what
    assert reach == "Internet Watch Foundation: https://report.iwf.org.uk"
    assert say.startswith("Words to say: “I work at a school.")


def test_a_threat_is_first_a_call_whatever_the_place_and_of_a_childs_image_the_police_come_first():
    called = replace(HOAX, askings=(asked(EMERGENCY),))
    assert next_of(HOAX) == ("hoax", "call")
    assert next_of(called) == ("hoax", "unanswered")
    assert next_of(replace(called, captures=1)) == ("hoax", "site")
    called = replace(HOAX, askings=(asked(EMERGENCY),), others=(CasePlace(n=2),))
    assert next_of(seen_from(called, 2)) == ("hoax", "unanswered")
    assert next_of(IMAGE) == ("deepfake", "urgent")
    assert next_of(replace(IMAGE, referred_to=("police",))) == ("deepfake", "report_remove")


@pytest.mark.parametrize("case", [
    replace(MOCKING, state=CaseState.CLOSED), replace(MOCKING, state=CaseState.FAIR_COMMENT),
    replace(MOCKING, about=About.PUPIL), replace(MOCKING, others=()),
    replace(MOCKING, lane=BypassRoute.SAFEGUARDING), replace(HOAX, about=About.STAFF),
    replace(IMAGE, lane=BypassRoute.SELF_HARM),
])  # fmt: skip
def test_where_none_fits_or_it_is_over_none_is_named(case):
    assert next_words(case, words("en")) == ()


def test_a_row_with_a_key_that_nobody_reads_is_refused():
    row = {
        field.name: getattr(next(iter(platforms().values())), field.name) for field in fields(PlatformRoute)
    }
    with pytest.raises(ValidationError, match="hour"):
        TypeAdapter(PlatformRoute).validate_python({**row, "hour": 24})
