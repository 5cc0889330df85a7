"""The commands `schoolgate source` and `schoolgate evidence`."""

import json
import shutil
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import support.strain
from builders.case_desk import made_by
from builders.config import SCHOOL, SOURCE, act_on, write
from builders.evidence import OPENED, a_kept_case, some_files, vault_file
from builders.fetcher import fetcher_for
from builders.home import a_migrated_store, do_in
from support.documents import content
from support.every_command import ended
from support.for_each import for_each
from support.time_server import an_authority, time_server
from support.web_server import Answer, serve
from typer.testing import CliRunner

from data.effects import utc_now
from data.errors import InputError, Unreadable
from data.ids import PLAIN_FEED, mention_id
from data.store.engine.audit_chain import end_code, last_link
from data.store.privacy import post_keys
from data.types import Response, Source
from monitor.act import places as acts
from monitor.act.proving import stamp_end
from monitor.cli.app import app
from monitor.config.load import load_file
from monitor.home import wiring
from monitor.setup.check_settings import check_sources
from monitor.setup.findings import Level
from sources.nature import Nature
from sources.parser_process import ParserProcess
from sources.registry import collector
from sources.timestamps import NoStamp

# The school is searched for, never for a person.


PEOPLE = """
[[people]]
id = "it"
name = "Jo Fern"
roles = ["it_lead"]
"""
ACCOUNT = '\n[[accounts]]\nid = "page"\nname = "Our page"\nstaff = ["it", "Ms J Example"]\n'


@pytest.fixture
def path(tmp_path):
    return write(tmp_path, SCHOOL + PEOPLE + ACCOUNT)


@pytest.mark.parametrize(("asked", "refused"), [
    ("news.google.com/search?q=Jane+Holt", True),
    ("news.google.com/search?q=Oakfield+%22Jo+Fern%22", True),
    ("www.reddit.com/search?q=Ms+J+Example+teacher", True),
    ("news.google.com/search?q=%22Oakfield+Primary%22", False),
    ("board.example.org/viewtopic.php?t=12", False),
])  # fmt: skip
def test_a_search_for_a_person_is_not_added_and_the_doctor_says_so_of_one_in_the_file(path, asked, refused):
    url = f"https://{asked}"
    if refused:
        config = load_file(path, {})
        done = acts.look_at_address(config, path.parent, url, (), utc_now, own=False)
        assert "never for a person" in done.reason
    place = f'\n[[sources]]\nid = "one"\nkind = "feed"\nurl = "{url}"\n'
    path.write_text(path.read_text() + place)
    warned = [f.what for f in check_sources(load_file(path, {})) if f.level is not Level.OK]
    assert any(what.startswith("one ") for what in warned) is refused


# `schoolgate source`: what is read, how it went, and what a saved document holds.


FEED = """<?xml version="1.0"?><rss version="2.0"><channel><title>Gazette</title>
<item><title>Choir</title><link>https://gazette.example.org/choir</link><guid>g1</guid>
<pubDate>Tue, 17 Nov 2026 09:00:00 +0000</pubDate><description>Songs.</description></item></channel></rss>"""

WALL = """<html><head><title>Just a moment...</title></head><body>
<noscript>Enable JavaScript and cookies to continue</noscript>
<script>window._cf_chl_opt={}</script></body></html>"""


def run_source(*words):
    result = CliRunner().invoke(app, ["source", *words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_the_list_says_how_each_source_ended(home):
    text = run_source("list", "--home", str(home)).stdout
    assert "valley-chat" in text
    assert "blocked" in text


def test_the_list_of_a_fresh_home_says_so_and_creates_nothing(home):
    (home / "schoolgate.duckdb").unlink()
    before = sorted(home.iterdir())
    listed = run_source("list", "--home", str(home)).stdout
    assert listed.count("not read yet") == len(listed.splitlines()) - 1
    assert sorted(home.iterdir()) == before


DISCLOSURE = "my stepdad hits me"
DISCLOSED = (
    FEED.replace("Choir", DISCLOSURE).replace("Songs.", DISCLOSURE).replace("/choir", "/stepdad-hits-me")
)


def answered(home, monkeypatch, kind, at, page, of):
    """`source test` of a place that answers so on this machine."""
    with serve({at: Answer(200, page.encode(), {"Content-Type": of})}) as site:
        write(home, f"{SCHOOL}[[sources]]\nid = 'town'\nkind = '{kind}'\nurl = '{site}{at}'\n")
        here = frozenset({("127.0.0.1", urlsplit(str(site)).port)})
        monkeypatch.setattr(wiring, "fetcher", partial(wiring.fetcher, allow_loopback=here))
        return run_source("test", "town", "--home", str(home))


def test_testing_a_source_shows_no_word_of_a_childs_disclosure(tmp_path, monkeypatch):
    result = answered(tmp_path, monkeypatch, "feed", "/feed.xml", DISCLOSED, "text/xml")
    assert result.exit_code == 0
    assert result.stdout.startswith("town: read, 1 post\n")
    assert "(its words are not shown here)" in result.stdout
    assert "stepdad" not in result.stdout


def test_testing_a_source_that_brings_a_danger_to_the_school_says_999(tmp_path, monkeypatch):
    bomb = FEED.replace("Choir", "Oakfield Primary School").replace(
        "Songs.", "There is a bomb in the school hall."
    )
    result = answered(tmp_path, monkeypatch, "feed", "/feed.xml", bomb, "text/xml")
    assert "If anybody may be hurt now, ring 999." in result.stdout


def test_testing_a_source_behind_a_wall_repeats_nothing_of_the_page(tmp_path, monkeypatch):
    wall = f"<html><head><title>{DISCLOSURE}</title></head><body>This thread has been deleted.</body></html>"
    result = answered(tmp_path, monkeypatch, "forum.phpbb", "/t1", wall, "text/html")
    assert result.exit_code == 1
    assert "page missing, looked for again within a week: The page" in result.stdout
    assert "stepdad" not in result.stdout


def test_an_unknown_source_is_told_which_there_are(home):
    with pytest.raises(InputError, match="gazette"):
        run_source("test", "gazete", "--home", str(home))


def test_a_loopback_address_is_refused_outside_the_demo(home):
    settings = home / "schoolgate.toml"
    settings.write_text(settings.read_text("utf-8").replace("gazette.example.org", "127.0.0.1"), "utf-8")
    result = run_source("test", "gazette", "--home", str(home))
    assert result.exit_code == 1
    assert "never contacted" in result.stdout


def parsed(folder, document, *words):
    (folder / "document").write_text(document)
    return run_source(
        "parse", "--url", "https://gazette.example.org/feed.xml", *words, str(folder / "document")
    )


def test_parse_prints_one_json_line_a_mention(tmp_path):
    result = parsed(tmp_path, FEED)
    (line,) = [json.loads(x) for x in result.stdout.splitlines()]
    assert " ".join(line) == "id url channel kind title text author published rating parent"
    assert (line["kind"], line["title"], line["published"]) == ("article", "Choir", "2026-11-17T09:00:00Z")


@for_each(("document", "code", "said"), [
        (WALL, 1, "challenge"),
        ('<?xml version="1.0"?><rss version="2.0"><channel><title>G</title></channel></rss>', 0,
         "No mention was found"),
    ])  # fmt: skip
def test_parse_of_what_gives_nothing_says_what_it_is(tmp_path, document, code, said):
    result = parsed(tmp_path, document)
    assert (result.exit_code, result.stdout) == (code, "")
    assert said in result.stderr


def test_parse_ends_with_0_on_a_damaged_feed_and_warns(tmp_path):
    result = parsed(tmp_path, FEED.partition("<description>")[0])
    assert (result.exit_code, "damaged" in result.stderr) == (0, True)


@for_each(
    ("words", "told"),
    [
        (("--day-first", "--month-first"), "exclude each other"),
        (("--fetched-at", "noon"), "is not a day"),
        (("--kind", "fed"), 'Did you mean "feed"'),
    ],
)
def test_wrong_use_is_told_how_to_be_mended(tmp_path, words, told):
    with pytest.raises(InputError, match=told):
        parsed(tmp_path, FEED, *words)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"none\.xml: cannot be read"):
        run_source("parse", "--url", "https://gazette.example.org/f", str(tmp_path / "none.xml"))


def test_parse_says_so_where_a_document_takes_too_much_to_read(tmp_path, monkeypatch):
    monkeypatch.setattr(wiring, "start_reading", lambda: support.strain.refusing)
    with pytest.raises(Unreadable, match="too long"):
        parsed(tmp_path, FEED)


def test_strangers_pages_are_read_in_a_process_of_its_own(tmp_path, monkeypatch):
    (tmp_path / "schoolgate.toml").write_text(SCHOOL)
    where, settings = wiring.open_settings(tmp_path, None)
    with wiring.fetcher(settings) as fetch:
        assert fetch.apart is wiring.start_reading()
    assert isinstance(wiring.start_reading(), ParserProcess)
    monkeypatch.setattr(wiring, "start_reading", lambda: lambda work, *given: ("apart", work, given))
    assert wiring.make_context(settings, where.home).apart(len, "page") == ("apart", len, ("page",))


# Somebody says what a place is, and its posts stay those that are known.


SEARCH = '[[sources]]\nid = "search"\nkind = "feed"\nsurfaced = true\nurl = "https://www.bing.com/news/search?q=a"\n'
OURS = '[[sources]]\nid = "ours"\nkind = "feed"\nown = true\nurl = "https://oakfield.example.org/feed"\n'
THREAD = '[[sources]]\nid = "thread"\nkind = "forum.phpbb"\nurl = "https://board.example.org/t1"\n'
RSS = b"<rss><channel><title>Posts</title><item><title>A</title><guid>1</guid></item></channel></rss>"


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    return write(tmp_path, f"{SCHOOL}\n{SOURCE}\n{SEARCH}\n{OURS}\n{THREAD}")


def source(settings: Path, *words: str, typed: str = "") -> tuple[int, str, str]:
    return ended(["source", *words, "--home", str(settings.parent)], typed)


def gazette(settings: Path) -> Source:
    return next(one for one in load_file(settings, {}).sources if one.id == "gazette")


def read(place: Source) -> tuple[str, str]:
    at = datetime(2026, 11, 17, tzinfo=UTC)
    (mention,) = collector("feed").parse(place, Response(place.url, 200, (), RSS, at)).mentions
    return mention.channel, mention.id


@for_each(
    ("said", "channel"),
    [
        ("paper", "news"), ("board", "local_forum"), ("blog", "blog"), ("reviews", "school_review_site"),
        ("body", "website"),
    ],
)  # fmt: skip
def test_what_somebody_says_of_a_feed_is_its_channel_and_its_posts_keep_their_ids(settings, said, channel):
    _, known = read(gazette(settings))
    made_by(act_on(settings, acts.set_place_nature, "gazette", Nature(said)))
    assert gazette(settings).channel == channel
    assert read(gazette(settings)) == (channel, known)
    made_by(act_on(settings, acts.set_place_nature, "gazette", Nature.BOARD))
    assert read(gazette(settings)) == ("local_forum", known)


@pytest.mark.parametrize(
    "settings", ["[sources.settings]\narticles = false\n", "settings = { articles = false }\n"]
)
def test_the_ids_of_a_feed_with_a_channel_and_settings_stay_too(tmp_path, settings):
    settings = write(tmp_path, f'{SCHOOL}\n{SOURCE}channel = "news"\n{settings}')
    _, known = read(gazette(settings))
    made_by(act_on(settings, acts.set_place_nature, "gazette", Nature.BLOG))
    assert read(gazette(settings)) == ("blog", known)
    assert gazette(settings).settings == {"articles": False, "ids": "news"}
    made_by(act_on(settings, acts.set_place_nature, "gazette", Nature.PAPER))
    assert (gazette(settings).settings, read(gazette(settings))) == ({"articles": False}, ("news", known))


@for_each("place", ["search", "ours", "thread"])
def test_where_it_is_not_for_anybody_to_say_nothing_changes(settings, place):
    before = settings.read_text()
    refused = act_on(settings, acts.set_place_nature, place, Nature.PAPER)
    assert ("says what it is" in refused.reason, settings.read_text()) == (True, before)


# A source is switched off and on, and the file stays as it was otherwise.


MUMSNET = (
    '[[sources]]\nid = "thread"\nkind = "forum.mumsnet"\nurl = "https://www.mumsnet.com/talk/local/1-x"\n'
)
FILE = f"{SCHOOL}\n{SOURCE}# what they said\n\n{MUMSNET}\n[policy]\ncriticism_days = 30 # as agreed\n"


@pytest.fixture
def switched(tmp_path: Path) -> Path:
    return write(tmp_path, FILE)


def off(settings: Path) -> dict[str, str | None]:
    return {one.id: one.disabled for one in load_file(settings, {}).sources}


def test_a_source_that_is_paused_is_off_with_its_reason_until_it_is_resumed(switched):
    act_on(switched, acts.pause, "gazette", "It asked us to stop")
    assert off(switched)["gazette"] == "It asked us to stop"
    assert "switched off: It asked us to stop" in " ".join(source(switched, "list")[1].split())
    act_on(switched, acts.resume, "gazette")
    assert switched.read_text() == FILE


def test_without_a_reason_the_day_is_written(switched):
    act_on(switched, acts.pause, "gazette", "")
    assert (off(switched)["gazette"] or "").startswith("paused on ")


def test_what_is_off_for_want_of_leave_stays_off_and_says_why(switched):
    done = act_on(switched, acts.resume, "thread")
    assert "its terms forbid reading it by program" in done.reason
    assert switched.read_text() == FILE


def test_an_erased_article_of_a_paper_stays_out_by_its_address_too():
    url = "https://gazette.example.org/school-placed-in-measures"
    by_id_and_address = post_keys(b"k" * 32, mention_id(PLAIN_FEED, url), url, channel="google_news")
    assert len(by_id_and_address) == 2
    of_a_listing = post_keys(b"k" * 32, mention_id(PLAIN_FEED, f"{url}#3"), url, channel="google_news")
    assert of_a_listing == post_keys(b"k" * 32, mention_id(PLAIN_FEED, f"{url}#3"), None)


# `schoolgate evidence verify` and `end` as they are run.


CONFIG = """
[[schools]]
urn = "900001"
name = "Oakfield Primary School"

[[people]]
id = "b-patel"
name = "Bina Patel"
roles = ["head"]
"""


@pytest.fixture(scope="module")
def case_made(tmp_path_factory):
    """A home with a case, made once; each test has a copy."""
    store = a_migrated_store(tmp_path_factory.mktemp("made"))
    (store.home / "schoolgate.toml").write_text(CONFIG, encoding="utf-8")
    a_kept_case(store)
    return store.home


@pytest.fixture
def store(case_made, tmp_path):
    shutil.copytree(case_made, tmp_path, dirs_exist_ok=True)
    return a_migrated_store(tmp_path)


def run_evidence(store, *words):
    return CliRunner().invoke(app, ["evidence", *words, "--home", str(store.home)])


def test_what_holds_is_said_with_what_was_looked_at_and_the_end_to_keep_elsewhere(store):
    done = run_evidence(store, "verify")
    assert done.exit_code == 0
    assert "All holds: 3 files of 1 capture, 6 steps of cases" in done.stdout
    assert "Without a valid time stamp: 1 capture." in done.stdout
    last = done.stdout.partition("The chain ends with ")[2].split()[0]
    assert run_evidence(store, "verify", "--last", last).exit_code == 0


def test_a_changed_file_is_named_and_the_command_ends_with_1(store):
    path = vault_file(store, some_files()["post.txt"])
    path.chmod(0o600)
    path.write_bytes(b"another")
    done = run_evidence(store, "verify", "42")
    assert done.exit_code == 1
    assert done.stdout.startswith("CHANGED: case 0042, capture cap1, post.txt (")
    found = content(run_evidence(store, "verify", "--json").stdout)
    assert not found["holds"]
    assert [f["wrong"] for f in found["faults"]] == ["changed"]


@pytest.mark.parametrize(("words", "code"), [([], 1), (["42"], 0)])
def test_a_file_that_nobody_recorded_is_told_where_all_is_looked_at(store, words, code):
    (store.evidence / "notes.txt").write_text("x")
    done = run_evidence(store, "verify", *words)
    assert (done.exit_code, "UNKNOWN: vault file notes.txt" in done.stdout) == (code, bool(code))


def as_mailed(store):
    with store.open_reader() as con:
        return end_code(*last_link(con))


def test_an_end_as_it_was_mailed_is_taken_however_it_is_typed(store):
    code = as_mailed(store)
    number, groups = code.split("-", 1)
    for typed in (code, code.lower().replace("-", " "), f" {number} {groups.replace('-', '')}"):
        done = run_evidence(store, "verify", "--last", typed)
        assert (done.exit_code, "still contains the end" in done.stdout) == (0, True), typed


@pytest.mark.parametrize(("tampering", "meaning"), [
    ("DELETE FROM audit WHERE n >= 7", "cut off, or an older backup"),
    ("UPDATE audit SET hash = repeat('0', 64) WHERE n = 9", "rewritten, or an older backup"),
    ("UPDATE audit SET hash = 'ruined' WHERE n = 9", "rewritten, or an older backup"),
])  # fmt: skip
def test_an_end_that_is_gone_means_a_record_cut_off_or_rewritten(store, tampering, meaning):
    code = as_mailed(store)
    do_in(store, lambda con: con.execute(tampering))
    done = run_evidence(store, "verify", "--last", code)
    assert done.exit_code == 1
    assert meaning in done.stdout
    assert "still contains the end" not in done.stdout


def test_what_was_changed_after_an_end_says_nothing_against_it(store):
    with store.write("tamper") as con:
        code = end_code(*con.execute("SELECT n, hash FROM audit WHERE n = 7").fetchone())
        con.execute("UPDATE audit SET hash = repeat('0', 64) WHERE n = 9")
    done = run_evidence(store, "verify", "--last", code)
    assert (done.exit_code, "still contains the end" in done.stdout) == (1, True)


@pytest.mark.parametrize(
    "words", [["99"], ["--last", "abc"], ["--last", "0" * 64], ["--last", "9-ABCD-EFGH"]]
)
def test_a_case_there_is_not_and_an_end_that_is_none_are_refused(store, words):
    assert isinstance(run_evidence(store, "verify", *words).exception, InputError)


def stamped_end(store, tmp_path, how="good"):
    """Has the chain's end stamped by a real time server; gives what came of it, and what was sent."""
    authority = an_authority(tmp_path / "authority")
    with time_server(authority, how) as server:
        table = f'\n[evidence]\ntimestamp_url = "{server}/tsr"\ntimestamp_ca = "{authority.ca_file}"\n'
        (store.home / "schoolgate.toml").write_text(CONFIG + table, encoding="utf-8")
        config = load_file(store.home / "schoolgate.toml", {})
        return stamp_end(store, config, fetcher_for(server), OPENED), server


def test_the_chains_end_is_stamped_and_held_against_the_chain_from_then_on(store, tmp_path):
    _, server = stamped_end(store, tmp_path)
    assert server.paths == ["/tsr"]
    found = content(run_evidence(store, "verify", "--json").stdout)
    assert found["holds"]
    assert [s["capture"] for s in found["stamps"]] == ["end-9"]


@pytest.mark.parametrize(
    "tampering", ["DELETE FROM audit WHERE n >= 9", "UPDATE audit SET hash = repeat('0', 64) WHERE n = 9"]
)
def test_a_chain_that_was_cut_off_contradicts_the_stamp(store, tmp_path, tampering):
    stamped_end(store, tmp_path)
    do_in(store, lambda con: con.execute(tampering))
    assert (
        "CHAIN: audit chain, end-9. Row 9 is not the one that was stamped"
        in run_evidence(store, "verify").stdout
    )


def test_without_a_stamp_nothing_is_kept_and_it_is_said_why(store, tmp_path):
    assert isinstance(stamped_end(store, tmp_path, "garbage")[0], NoStamp)
    assert content(run_evidence(store, "verify", "--json").stdout)["captures"] == 1
