"""`schoolgate.toml`: what it gives, and how every fault is told."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from builders.config import MAIL, PERSON, SCHOOL, SOURCE, faults, read
from hypothesis import given, settings
from hypothesis import strategies as st

from data.errors import ConfigError
from data.types import Namesake, Role
from monitor.config.faults import toml
from monitor.config.load import load

WHOLE = (
    """
contact = "office@oakfield.example.sch.uk"
register_file = "gias.csv.gz"

[[schools]]
urn = "900001"
name = "Oakfield Primary School"
members = ["900001", "900002"]
aliases = ["Oakfield"]
former_names = ["Larch Road Infants"]
locality = "Larch Green"
county = "North Yorkshire"
postcode = "za42qr"
trust = "Brightwater Learning Trust"
domain = "oakfield.example.sch.uk"
head = "Mrs A Example"
namesakes = [{ name = "Oakfield FC", place = "Northvale", kind = "club" }]

[[sources]]
id = "gazette"
kind = "feed"
url = "https://example.org/feed.xml"
interval = "90 minutes"
channel = "google_news"
disabled = "asked us to stop"

[[people]]
id = "head"
name = "Mrs A Example"
roles = ["head", "dsl"]
email = "head@example.sch.uk"
schools = ["900001"]

[policy]
first_assessor = "it_lead"

[dpia]
recorded_on = 2026-09-01

[[policies]]
title = "Social media policy"
review_due = 2027-09-01

"""
    + MAIL
)


def test_a_whole_file_becomes_the_types_of_the_stages(tmp_path: Path) -> None:
    config = read(tmp_path, WHOLE)
    school = config.schools[0]
    assert (school.urn, school.members, school.postcode) == ("900001", ("900001", "900002"), "ZA4 2QR")
    assert school.namesakes == (Namesake("Oakfield FC", "Northvale", "club"),)
    source = config.sources[0]
    assert (source.interval_s, source.urns, source.name) == (5400.0, ("900001",), "gazette")
    assert source.disabled == "asked us to stop"
    assert config.people[0].roles == (Role.HEAD, Role.DSL)
    assert config.people[0].urns == ("900001",)
    assert config.policy.first_assessor is Role.IT_LEAD
    assert config.register == tmp_path / "gias.csv.gz"
    assert config.zone.key == "Europe/London"
    assert config.dpia.recorded_on is not None
    assert config.school("900002") is school


def test_a_school_alone_is_enough(tmp_path: Path) -> None:
    config = read(tmp_path, SCHOOL)
    assert (config.sources, config.people, config.mail, config.contact) == ((), (), None, "")


def test_a_source_without_schools_is_watched_for_all_of_them(tmp_path: Path) -> None:
    second = SCHOOL.replace("900001", "900003")
    assert read(tmp_path, SCHOOL + second + SOURCE).sources[0].urns == ("900001", "900003")


def test_a_member_named_by_source_or_person_stands_for_its_school(tmp_path: Path) -> None:
    school = SCHOOL + 'members = ["900001", "900002"]\n'
    config = read(tmp_path, school + SOURCE + 'schools = ["900002"]\n' + PERSON + 'schools = ["900002"]\n')
    assert config.sources[0].urns == config.people[0].urns == ("900001",)


def test_a_day_in_quotes_is_one_as_people_write_it(tmp_path: Path) -> None:
    config = read(tmp_path, f"{SCHOOL}closed = ['1 September 2026']\n")
    assert config.calendar("900001").closed == {date(2026, 9, 1)}


def test_windows_line_ends_and_a_byte_order_mark_are_read(tmp_path: Path) -> None:
    path = tmp_path / "schoolgate.toml"
    path.write_bytes(b"\xef\xbb\xbf" + SCHOOL.replace("\n", "\r\n").encode())
    assert load(path, {}).schools[0].urn == "900001"


def test_all_faults_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = (
        "zone = 'Mars'\n"
        + SCHOOL.replace('"900001"', "1")
        + SOURCE.replace('"feed"', '"feeed"')
        + PERSON.replace("roles", "rolls")
        + MAIL.replace("smtp.example.org", "")
    )
    lines = [int(found) for fault in faults(tmp_path, text) for found in re.findall(r"\(line (\d+)\)", fault)]
    assert lines == [1, 3, 7, 9, 12, 14]


def test_a_missing_file_says_how_to_write_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"is not there\. To write one: schoolgate init --home \S+$"):
        load(tmp_path / "schoolgate.toml", {})


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="it is a folder where a file is needed"):
        load(tmp_path, {})


def test_letters_of_another_encoding_are_told_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "schoolgate.toml"
    path.write_bytes(SCHOOL.encode() + b'head = "Ren\xe9e"\n')
    with pytest.raises(ConfigError, match="line 4: a letter is not UTF-8"):
        load(path, {})


JARGON = re.compile(
    r"pydantic|Input should|Field required|type=|validation|https://errors|Value error|None|tuple|dict"
)
SCALARS = st.one_of(
    st.text("abz /:.@é\n\x1b“", max_size=12),
    st.integers(-(10**9), 10**9),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(),
)
KEYS = [
    "urn", "name", "id", "kind", "url", "schools", "roles", "email", "port", "host", "aliases", "namesakes",
    "labels", "x",
]  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
TABLES = [
    "zone", "contact", "schools", "sources", "people", "policy", "mail", "model", "dpia", "policies", "odd",
]  # fmt: skip


@settings(deadline=None)
@given(document=st.dictionaries(st.sampled_from(TABLES), VALUES, max_size=5))
def test_whatever_stands_in_the_file_is_told_in_plain_words(
    tmp_path_factory: pytest.TempPathFactory, document: dict[str, object]
) -> None:
    text = "".join(f"{key} = {toml(value)}\n" for key, value in document.items())
    assert tomllib.loads(text).keys() == document.keys()
    told = faults(tmp_path_factory.mktemp("any"), text)
    assert told
    for fault in told:
        assert not JARGON.search(fault)
        assert "\n" not in fault
        assert "\x1b" not in fault


PIECES = [*"=[]{},#\\ \n1“\"'", "[[schools]]", "[mail]", "[a.b]", "zone", "urn", "x", '"""']


@settings(deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES), max_size=14))
def test_whatever_the_file_is_its_faults_have_a_file_and_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[str]
) -> None:
    for fault in faults(tmp_path_factory.mktemp("any"), "".join(pieces)):
        assert re.match(r"schoolgate\.toml, (line \d+|“|\[)", fault)
        assert not JARGON.search(fault)


@pytest.mark.parametrize(
    "key", ["zone", "contact", "register_file", "base_url", "schools", "sources", "people", "mail"]
)
def test_a_wrong_type_at_any_key_of_the_file_is_told_with_its_line(tmp_path: Path, key: str) -> None:
    told = faults(tmp_path, f"{key} = 7\n")
    assert any(fault.startswith(f"schoolgate.toml, “{key}” (line 1): ") for fault in told)


def test_a_model_that_is_a_folder_beside_the_file_is_that_folder(tmp_path: Path) -> None:
    text = SCHOOL + '[model]\nname = "ours"\nlabels = { toxic = "abuse:harassment" }\n'
    assert read(tmp_path, text).model.name == "ours"
    (tmp_path / "ours").mkdir()
    assert read(tmp_path, text).model.name == str(tmp_path / "ours")


def test_fifty_schools_load_in_a_moment(tmp_path: Path) -> None:
    schools = "".join(SCHOOL.replace("900001", f"9{i:05}") for i in range(50))
    sources = "".join(SOURCE.replace("gazette", f"g{i}") + f'schools = ["9{i:05}"]\n' for i in range(50))
    assert len(read(tmp_path, schools + sources).sources) == 50


@pytest.mark.parametrize(
    ("url", "surfaced"),
    [
        ("https://news.google.com/rss/search?q=oakfield", True),
        ("https://www.google.co.uk/alerts/feeds/1/2", True),
        ("https://www.bing.com/news/search?q=oakfield&format=rss", True),
        ("https://gazette.example.org/rss", False),
    ],
)
def test_a_search_for_the_name_is_known_by_its_address(tmp_path: Path, url: str, surfaced: bool) -> None:
    config = read(tmp_path, SCHOOL + SOURCE.replace("https://example.org/feed.xml", url))
    assert config.sources[0].surfaced is surfaced


@pytest.mark.parametrize(
    "url",
    [
        "https://x.com/ann_example",
        "https://forum.example.org/member.php?u=7",
        "https://www.flickr.com/people/kid",
        "https://forum.example.org/search.php?author=kid",
        "https://www.roblox.com/users/1/profile",
        "https://news.example.org/author/jane-smith/feed",
        "https://kid.tumblr.com/rss",
        "https://t.me/s/kid_example",
    ],
)
def test_a_persons_profile_is_not_watched_unless_it_is_the_schools_own(tmp_path: Path, url: str) -> None:
    source = SOURCE.replace("https://example.org/feed.xml", url)
    (fault,) = faults(tmp_path, SCHOOL + source)
    assert "is somebody's profile, and nobody's is watched." in fault
    assert read(tmp_path, SCHOOL + source + "own = true\n").sources[0].own


@pytest.mark.parametrize("sign", ["\u202e", "\u2028", "\x85", "\x7f", "\x00", "\U000e0041", "\u200d"])
def test_what_an_editor_would_not_show_is_written_by_its_number(sign: str) -> None:
    written = toml(f"Oakfield{sign}School")
    assert written.isprintable()
    assert tomllib.loads(f"name = {written}") == {"name": f"Oakfield{sign}School"}


def test_half_a_sign_is_written_as_one_that_nobody_knows() -> None:
    assert tomllib.loads(f"name = {toml('a' + chr(0xD800))}") == {"name": "a\ufffd"}


def test_a_persons_telephone_and_whom_they_are_close_to_are_kept(tmp_path: Path) -> None:
    config = read(tmp_path, SCHOOL + PERSON + 'phone = "01632 960 001"\nrelated_to = ["chair", "head"]\n')
    (person,) = config.people
    assert (person.phone, person.related_to) == ("01632 960 001", ("chair", "head"))


def test_until_when_a_person_is_away_and_who_covers_are_kept(tmp_path: Path) -> None:
    second = PERSON.replace('"head"', '"deputy"', 1)
    config = read(tmp_path, SCHOOL + PERSON + 'away_until = 2026-07-13\ncover = "deputy"\n' + second)
    person, _ = config.people
    assert (person.away_until, person.cover) == (datetime(2026, 7, 12, 23, tzinfo=UTC), "deputy")


def test_whoever_covers_is_another_person_of_the_settings(tmp_path: Path) -> None:
    (told,) = faults(tmp_path, SCHOOL + PERSON + 'cover = "deputi"\n')
    assert "nobody else here has the id “deputi”" in told


def test_somebody_is_close_to_a_person_of_the_settings_or_an_office(tmp_path: Path) -> None:
    (told,) = faults(tmp_path, SCHOOL + PERSON + 'related_to = ["chiar"]\n')
    assert "“chiar”" in told
    assert "Did you mean “chair”?" in told


def test_a_file_of_before_may_hold_a_table_of_plugins(tmp_path: Path) -> None:
    assert read(tmp_path, SCHOOL + '[plugins]\nallow = ["noticeboard"]\n').schools
