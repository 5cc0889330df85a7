"""`schoolgate source add | propose | test`, against the stand-in town behind its proxy; and mailboxes."""

import re
import stat
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest
from builders.config import PERSON, SCHOOL, act_on, faults, read, write
from builders.fetcher import NOW, QUICK
from builders.home import a_migrated_store, migrated
from builders.judges import OAKFIELD as JUDGED
from builders.judges import judges
from builders.mention import POLICY, Clock, a_batch, a_match, a_mention, a_run, a_store, save
from support.every_command import ended
from support.for_each import for_each
from support.graph_mailbox import GraphBox
from support.imap_server import PASSWORD, USER, imap_server
from support.microsoft import CLIENT, TENANT, microsoft
from support.stand_ins import REGISTERS, Town, town
from support.web_server import free_port
from typer.testing import CliRunner

from data.effects import here
from data.register.national_lists import read_register
from data.steps.acts import Refused
from data.types import MentionKind, Outcome, Source
from monitor.act import places as acts
from monitor.cli.app import app
from monitor.config.hosts import hosts
from monitor.config.load import load_file
from monitor.home import wiring
from monitor.pipeline import looking
from monitor.pipeline.scan import scan_sources
from monitor.setup.check_machine import check_looked_up, mailboxes
from monitor.setup.findings import Level

OAKFIELD = next(s for s in read_register(REGISTERS["england"]) if s.urn == "900101")
GAZETTE = "https://www.northvale-gazette.example.org/"
FEED = GAZETTE + "news/rss.xml"
BOARD = "https://board.northvale.example.org/viewtopic.php?t=12"
HEAD = f"""# ours
[[schools]]
urn = "900101"
name = "{OAKFIELD.name}"
town = "Northvale"
domain = "oakfield.example.sch.uk"

# -- places

# [[sources]]
# id = "example"

"""


@pytest.fixture(scope="module")
def northvale() -> Iterator[Town]:
    with town(NOW) as it:
        yield it


@pytest.fixture
def path(tmp_path: Path, northvale: Town, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(looking, "LIMITS", QUICK)
    monkeypatch.setattr(wiring, "start_reading", lambda: here)
    monkeypatch.setattr(wiring, "judges", lambda config, home: judges(*config.schools))
    return write(tmp_path, HEAD + northvale.settings)


def run(path: Path, *words: str, typed: str = "") -> tuple[int, str, str]:
    return ended(["source", *words, "--home", str(path.parent)], typed)


def sources(path: Path) -> dict[str, Source]:
    return {source.id: source for source in load_file(path, {}).sources}


def squeezed(text: str) -> str:
    return " ".join(text.split())


def test_a_papers_front_page_leads_to_its_feed_whose_finds_are_shown_before_it_is_written(path, northvale):
    before = len(northvale.asked)
    code, out, err = run(path, "add", GAZETTE, typed="y\n")
    assert (code, err) == (0, "")
    (source,) = sources(path).values()
    assert (source.kind, source.url, source.disabled) == ("feed", FEED, None)
    assert "The first finds:" in out
    assert "about you" in out
    assert "Hundreds join Oakfield Primary lantern walk" in squeezed(out)
    assert f"Written to schoolgate.toml: {source.name}, id {source.id}." in out
    assert northvale.asked[before:].count(GAZETTE) == 1
    at = HEAD.index("# [[sources]]")
    text = path.read_text()
    assert text.startswith(HEAD[:at])
    assert text.endswith(HEAD[at:] + northvale.settings)


def test_what_is_added_is_told_above_it_and_removed_with_it_and_who_does_not_want_it_changes_nothing(
    path, northvale
):
    code, out, _ = run(path, "add", GAZETTE, typed="n\n")
    assert (code, path.read_text()) == (1, HEAD + northvale.settings)
    assert "schoolgate.toml was not changed" in out
    run(path, "add", GAZETTE, "--yes")
    (source_id,) = sources(path)
    assert "Its terms, as read on" in path.read_text()
    act_on(path, acts.remove, source_id)
    assert path.read_text() == HEAD + northvale.settings


def test_the_feed_of_a_google_alert_is_known_and_is_off_while_google_closes_it_to_programs(path):
    code, out, _ = run(path, "add", "https://www.google.com/alerts/feeds/12/34", typed="y\n")
    (source,) = sources(path).values()
    assert (code, source.name, source.surfaced) == (0, "Google Alert", True)
    assert "robots.txt" in source.disabled
    assert "schoolgate source add mailbox" in out
    assert "sent by mail to a mailbox" in squeezed(path.read_text().replace("#", " "))


def test_the_best_is_taken_without_asking_under_the_name_that_is_given(path):
    code, _, _ = run(path, "add", BOARD, "--yes", "--name", "Talk of the town", "--channel", "local_forum")
    assert code == 0
    (source,) = sources(path).values()
    assert (source.name, source.channel) == ("Talk of the town", "local_forum")


def test_what_is_watched_already_is_refused_by_any_of_its_addresses(path):
    run(path, "add", GAZETTE, "--yes")
    (source_id,) = sources(path)
    text = path.read_text()
    for address in (FEED, FEED.replace("https://www.", ""), GAZETTE):
        code, _, err = run(path, "add", address, "--yes")
        assert (code, sources(path)[source_id].name in err) == (2, True), address
    assert path.read_text() == text


@for_each(
    ("address", "why"),
    [
        ("gazette", "is not a web address"),
        ("ftp://example.org/feed", "is not a web address"),
        ("https://user:secret@example.org/feed", "may not carry a secret"),
        ("https://www.youtube.com/@mrsexample", "no such page but the school’s own"),
        ("https://www.facebook.com/oakfieldnursery", "Facebook: we never read it"),
        ("http://192.168.1.10/feed.xml", "never contacted"),
        ("http://127.0.0.1/feed.xml", "never contacted"),
    ],
)
def test_what_may_not_be_watched_is_refused_in_clear_words(path, northvale, address, why):
    code, _, err = run(path, "add", address, "--yes")
    assert code == 2
    assert why in err
    assert "secret@" not in err
    assert path.read_text() == HEAD + northvale.settings


def test_an_unknown_channel_is_refused_before_anything_is_asked(path, northvale):
    before = len(northvale.asked)
    code, _, err = run(path, "add", GAZETTE, "--channel", "facebok")
    assert code == 2
    assert "Did you mean “facebook”?" in err
    assert len(northvale.asked) == before


def test_a_site_that_forbids_reading_is_written_off_where_somebody_wants_that(path, northvale):
    thread = "https://www.mumsnet.com/talk/local/1-example"
    assert run(path, "add", thread, "--yes")[0] == 1
    assert path.read_text() == HEAD + northvale.settings
    asked = [url for url in northvale.asked if "mumsnet" in url]
    code, out, _ = run(path, "add", "https://www.reddit.com/r/northvale/", typed="y\n")
    assert code == 0
    assert "Reddit asks programs for permission first" in squeezed(out)
    (source,) = sources(path).values()
    assert "permission" in (source.disabled or "")
    assert not asked


@for_each(
    ("address", "said"),
    [
        ("https://www.northvale-life.example.org/", "asks programs not to read it"),
        ("https://www.northvale-chat.example.org/", "Blocked"),
        ("https://www.northvale-echo.example.org/nothing", "Page missing"),
    ],
)
def test_a_wall_says_what_it_is_and_writes_nothing(path, northvale, address, said):
    code, out, _ = run(path, "add", address, "--yes")
    assert code == 1
    assert said.casefold() in out.casefold()
    assert path.read_text() == HEAD + northvale.settings


def test_without_a_network_what_an_address_says_can_be_written_untried(path, northvale):
    path.write_text(HEAD + f'[network]\nproxy = "http://127.0.0.1:{free_port()}"\n')
    code, out, _ = run(path, "add", "https://en.wikipedia.org/wiki/Oakfield_Primary", typed="y\n")
    assert code == 0
    assert "It could not be reached" in out
    (source,) = sources(path).values()
    assert source.kind == "wikipedia"
    assert run(path, "add", GAZETTE, "--yes")[0] == 1


def test_a_source_is_tested_with_its_first_finds_and_why_each_is_whose(path):
    run(path, "add", GAZETTE, "--yes")
    (source,) = sources(path).values()
    before = path.read_text()
    code, out, _ = run(path, "test", source.id)
    assert code == 0
    assert out.startswith(f"{source.name}: read, ")
    assert "Why: " in out
    assert re.search(r"About you: \d+; perhaps: \d+; read: \d+\.", out)
    assert path.read_text() == before


def test_a_source_that_is_off_is_tried_all_the_same_unless_its_terms_forbid_that(path, northvale):
    run(path, "add", GAZETTE, "--yes")
    (source,) = sources(path).values()
    act_on(path, acts.pause, source.id, "It asked us to stop")
    code, out, _ = run(path, "test", source.id)
    assert code == 0
    assert "To switch it on: the desk’s page /sources" in out
    run(path, "add", "https://www.reddit.com/r/northvale/", typed="y\n")
    before = len(northvale.asked)
    off = next(s for s in sources(path).values() if s.channel == "reddit" or "reddit" in s.url)
    code, out, _ = run(path, "test", off.id)
    assert (code, "is not read" in out) == (1, True)
    assert len(northvale.asked) == before


def proposed(path: Path, *words: str) -> dict[str, str]:
    """The ids of what is proposed, each with its name."""
    listed = re.findall(r"^ ?\d+  (.+) \((\S+)\)$", run(path, "propose", *words)[1], re.MULTILINE)
    return {place: name for name, place in listed}


def test_what_could_be_watched_is_listed_with_what_it_sees_its_terms_and_why_it_is_off(path):
    code, out, _ = run(path, "propose", "--no-network")
    assert code == 0
    assert "Terms, as read on" in out
    assert "Off: " in out
    assert {"our-website", "google-news-1", "bing-news-1"} <= set(proposed(path, "--no-network"))


def test_what_was_asked_for_is_read_and_written_and_no_longer_proposed(path, northvale):
    code, out, _ = run(path, "propose", "--add", "bing-news-1", "--add", "our-website")
    assert code == 0
    assert "The first finds:" in out
    assert set(sources(path)) == {"bing-news-1", "our-website"}
    assert all(source.disabled is None for source in sources(path).values())
    assert not {"bing-news-1", "our-website"} & set(proposed(path, "--no-network"))
    assert not northvale.impolite


def test_what_did_not_answer_at_first_is_looked_up_by_it_and_doctor_asks_no_more(path, northvale):
    path.write_text(f'to_look_up = ["www.oakfield.example.sch.uk"]\n{path.read_text()}')
    (asked,) = check_looked_up(load_file(path, {}))
    assert (asked.command, "www.oakfield.example.sch.uk" in asked.what) == ("schoolgate source propose", True)
    assert "Everything is looked up." in run(path, "propose")[2]
    assert not list(check_looked_up(load_file(path, {})))


def test_a_number_that_is_not_in_the_list_is_wrong_use(path, northvale):
    code, _, err = run(path, "propose", "--no-network", "--add", "99")
    assert code == 2
    assert "not in the list" in err
    assert path.read_text() == HEAD + northvale.settings


def test_the_papers_that_searches_brought_are_proposed_by_their_own_feeds(path):
    run(path, "propose", "--no-network", "--add", "bing-news-1")
    store = a_migrated_store(path.parent)
    articles = [
        a_mention(f"a{n}", url=f"{GAZETTE}news/{n}", kind=MentionKind.ARTICLE, channel="bing_news",
                  author="Northvale Gazette")
        for n in range(3)
    ]  # fmt: skip
    batch = a_batch(
        *articles, story_id=None, run=a_run("bing-news-1"), match=replace(a_match(), urn="900101")
    )
    with store.write("scan") as con:
        save(con, batch, now=NOW, policy=POLICY)
    (paper,) = [place for place, name in proposed(path).items() if name == "Northvale Gazette"]
    assert "3 that your searches found" in squeezed(run(path, "propose")[1])
    assert run(path, "propose", "--add", paper)[0] == 0
    assert sources(path)[paper].url == FEED


# `source add mailbox`: what is needed is given; the mailbox is tried, its mails counted, and written.


ALERTS, HEADS_BOX, SECRET = "alerts@example.org", "head@example.org", "q8Q~planted-Value"
OURS = f'contact = "office@example.org"\n{SCHOOL}{PERSON}email = "head@example.org"\n'
AT_MICROSOFT = ("--tenant", TENANT, "--client-id", CLIENT)


@pytest.fixture(scope="module")
def tenant():
    with microsoft() as there:
        yield there


@pytest.fixture
def home(tmp_path, tenant):
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    tenant.trust_in(home)
    network = f'[network]\nproxy = "{tenant.way.url}"\nca_file = "authority.pem"\n'
    (home / "schoolgate.toml").write_text(OURS + network)
    (home / "schoolgate.toml").chmod(0o600)
    return home


def add(home, *words, secret=SECRET):
    told = ["source", *words, "--home", str(home)]
    return CliRunner().invoke(app, told, input=f"{secret}\n")


def written(home):
    return tomllib.loads((home / "schoolgate.toml").read_text()).get("sources", [])


def test_a_mailbox_at_microsoft_365_is_tried_counted_and_written_with_its_secret_apart(home, tenant):
    box = GraphBox(tenant, ALERTS, refuses=[HEADS_BOX])
    box.put("A parent's own words.")
    box.put("Away.", headers=[("Auto-Submitted", "auto-replied")])
    ran = add(home, "add", f"graph://{ALERTS}", *AT_MICROSOFT, "--secret-file", "-", "--yes")
    assert ran.exit_code == 0, ran.output
    assert "2 emails" in ran.output
    assert f"{HEADS_BOX} is refused, as it must be" in ran.output
    assert not [word for word in ("parent's own", SECRET) if word in ran.output]
    (source,) = written(home)
    assert (source["url"], source["settings"]["other_mailbox"]) == (f"graph://{ALERTS}", HEADS_BOX)
    file = home / source["settings"]["secret_file"]
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == (f"{SECRET}\n", 0o600)

    config = wiring.load_config(wiring.paths.find_paths({}, home))
    assert (SECRET in repr(config), "oakfield" in config.sources[0].names) == (False, True)
    assert [(f.level, HEADS_BOX in f.what) for f in mailboxes(config)] == [(Level.OK, True)]
    named = {one.host for one in hosts(config) if any("mailbox" in why for why in one.what_for)}
    assert named == {"login.microsoftonline.com", "graph.microsoft.com"}

    store = a_store(home, Clock())
    migrated(store)
    given = {"store": store, "judges": lambda: judges(JUDGED), "clock": Clock()}
    with wiring.fetcher(config) as fetcher:
        runs = [
            done.batch.run.outcome
            for _ in range(2)
            for done in scan_sources(config.sources, fetcher=fetcher, **given)
        ]
    assert runs == [Outcome.OK, Outcome.NOT_MODIFIED]


def test_where_another_mailbox_can_be_read_it_is_neither_written_nor_switched_on(home, tenant):
    GraphBox(tenant, ALERTS, open_too=[HEADS_BOX])
    told = (f"graph://{ALERTS}", *AT_MICROSOFT, "--secret-file", "-", "--yes")
    ran = add(home, "add", *told)
    assert (ran.exit_code, written(home)) == (1, [])
    assert f"may read {HEADS_BOX} too" in ran.output
    assert not (home / "alert-mailbox-secret").exists()

    (home / "secret").write_text(SECRET)
    with (home / "schoolgate.toml").open("a") as file:
        file.write(
            f'[[sources]]\nid = "box"\nkind = "mailbox"\nurl = "graph://{ALERTS}"\ndisabled = "not yet"\n'
            f'settings = {{ tenant = "{TENANT}", client_id = "{CLIENT}", secret_file = "secret" }}\n'
        )
    assert isinstance(act_on(home / "schoolgate.toml", acts.resume, "box"), Refused)
    assert written(home)[0]["disabled"] == "not yet"


def test_a_mailbox_by_imap_is_tried_and_written_the_same_way(home):
    made = EmailMessage()
    made["From"], made["Subject"], made["Message-ID"] = "p@example.org", "Seen", "<1@example.org>"
    made.set_content("A parent's own words about Oakfield.")
    with imap_server({"INBOX": [made.as_bytes()]}) as server:
        server.authority.cert_pem.write_to_path(str(home / "authority.pem"))
        address = f"imaps://localhost:{server.port}/INBOX"
        told = ("--user", USER, "--secret-file", "-", "--sender", "example.org", "--yes")
        ran = add(home, "add", address, *told, secret=PASSWORD)
        again = add(home, "add", address, *told, secret=PASSWORD)
    assert (ran.exit_code, "1 email." in ran.output) == (0, True), ran.output
    (source,) = written(home)
    assert source["settings"] == {
        "user": USER, "senders": ["example.org"], "password_file": "alert-mailbox-secret",
    }  # fmt: skip
    assert "has that mailbox already" in str(again.exception)


@for_each(
    ("address", "why"),
    [
        ("graph://HEAD@example.org", "where Mrs A Example has mail"),
        ("graph://alerts", "not an email address"),
    ],
)
def test_somebodys_own_mailbox_and_half_an_address_are_refused(home, address, why):
    ran = add(home, "add", address, *AT_MICROSOFT, "--yes")
    assert why in str(ran.exception)
    assert written(home) == []


def test_what_it_lacks_may_be_that_of_the_application_that_sends_mail(tmp_path):
    mail = (
        f'[mail]\nsign_in = "graph"\nsender = "s@example.org"\ntenant = "{TENANT}"\nclient_id = "{CLIENT}"\n'
    )
    table = f'[[sources]]\nid = "box"\nkind = "mailbox"\nurl = "graph://{ALERTS}"\n'
    config = read(tmp_path, f'{OURS}{table}{mail}secret_env = "S"\n', S=SECRET)
    box = config.mailboxes["box"]
    assert (box.tenant, box.password.get_secret_value(), box.other) == (TENANT, SECRET, HEADS_BOX)
    said = "\n".join(faults(tmp_path, OURS + table))
    assert "Missing: tenant, client_id, secret_file" in said
