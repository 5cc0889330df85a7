"""What a `fleet.toml` makes of a fleet, and its faults as a person reads them."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders.fleet import HOME, OTHER, PLACE, RAY, faults, read, write

from data.errors import ConfigError, InputError
from data.types import Source
from monitor.config.plain import NO_LEAVE
from monitor.fleet.engines.base import Stage
from monitor.fleet.settings import FleetHome, find, load, typed

FAULTS = {
    "two homes of one name": (
        HOME + OTHER.replace('"hexley"', '"Brightwater"'),
        "fleet.toml, [[homes]] number 2, “name” (line 5): “Brightwater” is the name of number 1 too. "
        "Give each its own.",
    ),
    "two homes of one folder": (
        HOME + OTHER.replace("homes/hexley", "homes/x/../brightwater/"),
        "fleet.toml, [[homes]] number 2, “folder” (line 6): is the folder of number 1 too. "
        "Give each its own.",
    ),
    "a home inside another": (
        HOME.replace("homes/brightwater", "homes/hexley/below/it") + OTHER,
        "fleet.toml, [[homes]] number 1, “folder” (line 3): lies in the folder of number 2. "
        "A home lies in no other: move one of them.",
    ),
    "the fleet's own folder as a home": (
        HOME.replace("homes/brightwater", "."),
        "fleet.toml, [[homes]] number 1, “folder” (line 3): the fleet's own things lie in it. "
        'Give the home a folder of its own, for example: folder = "homes/brightwater"',
    ),
    "a home around the fleet": (
        HOME.replace("homes/brightwater", ".."),
        "fleet.toml, [[homes]] number 1, “folder” (line 3): the fleet's own things lie in it. "
        'Give the home a folder of its own, for example: folder = "homes/brightwater"',
    ),
    "a name that is none": (
        HOME.replace('"brightwater"', '"bright/../water"'),
        "fleet.toml, [[homes]] number 1, “name” (line 2): “bright/../water” is not a home's name: letters of "
        'the English alphabet, digits and hyphens, at most 64. Write, for example: name = "brightwater"',
    ),
    "no home": (
        PLACE,
        "fleet.toml, “homes”: is missing. The homes: one `[[homes]]` each.",
    ),
    "a home that is not there": (
        HOME + PLACE + 'homes = ["brightwater", "brightwatr"]\n',
        "fleet.toml, [[places]] number 1, “homes” number 2 (line 8): “brightwatr” is not the name of a home "
        "in this file. Did you mean “brightwater”?",
    ),
    "a place given twice": (
        HOME + PLACE + PLACE,
        "fleet.toml, [[places]] number 2, “id” (line 9): “gazette” is the id of number 1 too. "
        "Give each its own.",
    ),
    "a mailbox": (
        HOME + PLACE.replace('"feed"', '"mailbox"') + 'settings = { user = "x", password_env = "X" }\n',
        "fleet.toml, [[places]] number 1, “kind” (line 6): a mailbox has a sign-in, which belongs to one "
        "home. Write it into that home's schoolgate.toml, and remove it here.",
    ),
    "a mailbox's address": (
        HOME + PLACE.replace("https://example.org/feed.xml", "imaps://imap.example.org/INBOX"),
        "fleet.toml, [[places]] number 1, “kind” (line 6): a mailbox has a sign-in, which belongs to one "
        "home. Write it into that home's schoolgate.toml, and remove it here.",
    ),
    "a school's own page": (
        HOME + PLACE.replace('"feed"', '"own.page"'),
        "fleet.toml, [[places]] number 1, “kind” (line 6): a school's own page belongs to one home. "
        "Write it into that home's schoolgate.toml, and remove it here.",
    ),
    "somebody's profile": (
        HOME + PLACE.replace("https://example.org/feed.xml", "https://www.reddit.com/user/example"),
        "fleet.toml, [[places]] number 1, “url” (line 7): is somebody's profile, and nobody's is watched. "
        "Name where the school is spoken of.",
    ),
    "an unknown kind": (
        HOME + PLACE.replace('"feed"', '"phpbb"'),
        "fleet.toml, [[places]] number 1, “kind” (line 6): “phpbb” is not a kind of source. "
        "Did you mean “forum.phpbb”?",
    ),
    "a setting the kind does not have": (
        HOME + PLACE + 'settings = { datess = "auto" }\n',
        "fleet.toml, [[places]] number 1, “settings”, “datess” (line 8): there is no such key here. "
        "Did you mean “dates”?",
    ),
    "what a school's own file says of a place": (
        HOME + PLACE + "listing = true\n",
        "fleet.toml, [[places]] number 1, “listing” (line 8): there is no such key here. "
        "Did you mean “settings”?",
    ),
    "an address without ray": (
        HOME + '[engine]\naddress = "10.0.0.1:6379"\n',
        "fleet.toml, [engine], “address” (line 5): is for the engine “ray”. "
        'Write under [engine]: kind = "ray"; or remove this line.',
    ),
    "a machine without ray": (
        HOME + 'machine = "b"\n',
        "fleet.toml, [[homes]] number 1, “machine” (line 4): is for the engine “ray”. "
        'Write under [engine]: kind = "ray"; or remove this line.',
    ),
    "another engine": (
        HOME + '[engine]\nkind = "spark"\n',
        "fleet.toml, [engine], “kind” (line 5): “spark” is not known here. Known are: local, ray.",
    ),
    "no workers": (
        HOME + "[engine]\nscorers = 0\n",
        "fleet.toml, [engine], “scorers” (line 5): 0 is too small; at least 1. "
        "Write, for example: scorers = 2",
    ),
    "an address with what is before it": (
        HOME + RAY + 'address = "ray://10.0.0.1:10001"\n',
        "fleet.toml, [engine], “address” (line 6): “ray://10.0.0.1:10001” is not a cluster's address: write "
        'its host and port, and nothing before them. Write, for example: address = "10.0.0.1:6379"',
    ),
    "a secret": (
        HOME + PLACE + 'settings = { token = "x" }\n',
        "fleet.toml, [[places]] number 1, “settings”, “token” (line 8): a secret may not stand in this file. "
        "Nothing here needs one: remove it.",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_says_where_what_and_how_to_put_it_right(tmp_path: Path, name: str) -> None:
    text, told = FAULTS[name]
    assert faults(tmp_path, text) == [told]


def test_all_faults_are_told_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    told = faults(tmp_path, "zone = 'Nowhere'\n" + HOME + HOME + PLACE.replace("feed", "fead"))
    assert [text.partition(")")[0].rpartition("line ")[2] for text in told] == ["1", "6", "7", "10"]


def test_a_home_lies_beside_the_file_with_a_configuration_of_its_own(tmp_path: Path) -> None:
    fleet = read(tmp_path, HOME + OTHER + 'config = "settings/hexley.toml"\n')
    first, second = tmp_path / "homes" / "brightwater", tmp_path / "homes" / "hexley"
    assert fleet.folder == tmp_path
    assert fleet.homes == (
        FleetHome("brightwater", first, first / "schoolgate.toml"),
        FleetHome("hexley", second, tmp_path / "settings" / "hexley.toml"),
    )


def test_a_folder_on_another_machine_is_another_folder(tmp_path: Path) -> None:
    fleet = read(
        tmp_path, HOME + OTHER.replace("homes/hexley", "homes/brightwater") + 'machine = "b"\n' + RAY
    )
    assert [(home.folder.name, home.machine) for home in fleet.homes] == [
        ("brightwater", ""),
        ("brightwater", "b"),
    ]


def test_a_fleet_of_one_home_runs_on_this_machine_with_a_worker_for_each_stage(tmp_path: Path) -> None:
    fleet = read(tmp_path, HOME)
    assert (fleet.engine.kind, fleet.engine.address) == ("local", "")
    assert fleet.engine.shards == dict.fromkeys(Stage, 1)
    assert (fleet.zone.key, fleet.contact, fleet.register, fleet.places) == ("Europe/London", "", None, ())


def test_workers_are_counted_by_stage(tmp_path: Path) -> None:
    text = HOME + RAY + 'address = "[::1]:6379"\nfetchers = 2\nlinkers = 3\nscorers = 4\nwriters = 5\n'
    engine = read(tmp_path, text).engine
    assert engine.address == "[::1]:6379"
    assert engine.shards == {Stage.FETCH: 2, Stage.LINK: 3, Stage.SCORE: 4, Stage.SAVE: 5}


def test_what_is_said_at_the_top_is_taken_over(tmp_path: Path) -> None:
    fleet = read(tmp_path, 'contact = "f@example.org"\nregister_file = "gias.csv.gz"\n' + HOME)
    assert (fleet.contact, fleet.register) == ("f@example.org", tmp_path / "gias.csv.gz")


def test_a_shared_place_is_a_source_for_no_school_by_name(tmp_path: Path) -> None:
    fleet = read(tmp_path, HOME + PLACE + 'interval = "1h"\nmax_pages = 2\nhomes = ["brightwater"]\n')
    (place,) = fleet.places
    assert place.homes == ("brightwater",)
    assert place.source == Source(
        "gazette", "feed", "https://example.org/feed.xml", name="gazette", interval_s=3600.0, max_pages=2
    )


def test_a_search_is_known_by_its_address(tmp_path: Path) -> None:
    search = PLACE.replace("https://example.org/feed.xml", "https://news.google.com/rss/search?q=x")
    assert read(tmp_path, HOME + search).places[0].source.surfaced


def test_what_its_terms_forbid_is_off_without_leave(tmp_path: Path) -> None:
    closed = PLACE.replace("https://example.org/feed.xml", "https://www.mumsnet.com/talk/x").replace(
        '"feed"', '"forum.schema_org"'
    )
    assert read(tmp_path, HOME + closed).places[0].source.disabled == NO_LEAVE
    assert read(tmp_path, HOME + closed + 'leave = "theirs, 1 May"\n').places[0].source.disabled is None


def test_a_name_of_nobody_in_a_path_is_no_crash(tmp_path: Path) -> None:
    assert read(tmp_path, HOME.replace("homes/brightwater", "~nobody-here/x")).homes[0].folder.name == "x"


def test_no_file_says_which_command_writes_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"is not there\. To write one: schoolgate fleet add FOLDER"):
        load(tmp_path / "fleet.toml")


def test_a_fleet_is_found_by_the_option_before_the_variable(tmp_path: Path) -> None:
    env = {"SCHOOLGATE_FLEET": str(tmp_path / "other")}
    assert find(env, tmp_path) == tmp_path / "fleet.toml"
    assert find(env) == tmp_path / "other" / "fleet.toml"


def test_without_either_it_is_asked_for() -> None:
    with pytest.raises(InputError, match="--fleet DIR"):
        find({})


def test_a_command_is_typed_with_the_folder_unless_the_variable_names_it(tmp_path: Path) -> None:
    here, other = {"SCHOOLGATE_FLEET": str(tmp_path)}, {"SCHOOLGATE_FLEET": str(tmp_path / "other")}
    whole = f"schoolgate fleet serve --fleet {tmp_path}"
    assert [typed("schoolgate fleet serve", tmp_path, env) for env in (here, other, {})] == [
        "schoolgate fleet serve",
        whole,
        whole,
    ]


def test_twelve_thousand_homes_are_read(tmp_path: Path) -> None:
    text = "".join(f'[[homes]]\nname = "home-{n}"\nfolder = "homes/{n}"\n' for n in range(12_000))
    assert len(load(write(tmp_path, text)).homes) == 12_000
