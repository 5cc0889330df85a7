"""What the schools' own policies oblige: watching, telling, accounts, governors. One test by each obligation.

The numbers are those of the list of obligations that the product was made from (1 to 31); those of removing
stand in test_obligations_removing.py. Each is held by what the program does, not by what it says of itself.
"""

from __future__ import annotations

import ast
import hashlib
import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from builders.alert import CHAIR, DEPUTY, DPO, EVERYBODY, HEAD, IT, NOW, STORY, raised, verdict
from builders.alert import SCHOOL as OAKFIELD
from builders.config import SCHOOL as SCHOOL_TABLE
from builders.config import SOURCE, faults
from builders.digest import TUESDAY, a_busy_day, a_config, a_context, a_home
from builders.home import a_migrated_store
from builders.mention import URN, a_run
from typer.main import get_command
from typer.testing import CliRunner

from alerts.instant.raise_alert import raise_alert
from alerts.next_date import Means
from alerts.wording.alert_mail import outbox
from classifiers.verdicts.decide import content_class
from data.errors import InputError
from data.store.engine.migrations import MIGRATIONS
from data.store.sources import own_accounts as account_store
from data.store.sources.own_accounts import ACTIONS, Logged, put_log
from data.store.sources.source_runs import record_runs
from data.types import (
    About,
    MentionKind,
    Person,
    Policy,
    Response,
    Role,
    Route,
    Severity,
    Source,
    SourceState,
    Via,
)
from monitor.cli.app import app
from monitor.config.load import load
from monitor.config.settings import WrittenPolicy
from monitor.service.serve import PERIODIC_TASKS
from monitor.service.tasks.digests import digests
from monitor.service.tasks.reminders import accounts, policies
from sources.due import next_due_at
from sources.http.profiles import is_profile
from sources.registry import CATALOGUE, collector

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("data", "sources", "classifiers", "alerts", "monitor")
NIGHT = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
SLT = Person("slt", "Uma Croft", (Role.SLT,), "slt@example.org")
HISTORY = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">
<title>Oakfield Primary School - Revision history</title><id>https://en.wikipedia.example.org/h</id>
<entry><id>https://en.wikipedia.example.org/?diff=7</id><title>192.0.2.7: /* Controversy */</title>
<link href="https://en.wikipedia.example.org/?diff=7"/><updated>2026-11-17T08:00:00Z</updated>
<summary>Oakfield Primary School: a paragraph was added.</summary></entry></feed>"""


def test_01_public_places_are_looked_at_on_a_schedule_and_praise_is_told_beside_criticism(
    tmp_path: Path,
) -> None:
    store, config = a_home(tmp_path), a_config(tmp_path)
    a_busy_day(store)
    with store.write("digest") as con:
        for write in digests(con, a_context(config), TUESDAY):
            write(con)
        asked = "SELECT body FROM outbox WHERE kind = 'digest' AND person_id = 'head'"
        ((body,),) = con.execute(asked).fetchall()
    parts = ("Decide today", "In the news", "Answer ·", "Worth passing on")
    decide, news, answer, praise = (body.index(part) for part in parts)
    assert decide < news < answer < praise
    assert "Choir brings tears and smiles to hospice" in body[news:answer]
    assert "They speak of lunch again" in body[praise:]
    seen = SourceState("gazette", last_run_at=TUESDAY, last_ok_at=TUESDAY)
    assert TUESDAY < next_due_at(config.sources[0], seen, TUESDAY) < TUESDAY + timedelta(days=1)


def test_02_wikipedia_review_sites_and_the_schools_own_page_can_be_watched() -> None:
    history = Source("wiki", "feed", "https://en.wikipedia.example.org/h", (URN,), channel="wikipedia")
    answer = Response(history.url, 200, (("content-type", "application/atom+xml"),), HISTORY, NOW)
    (edit,) = collector("feed").parse(history, answer).mentions
    assert (edit.channel, edit.published) == ("wikipedia", datetime(2026, 11, 17, 8, tzinfo=UTC))
    kinds = {name.partition(".")[0] for name in CATALOGUE}
    assert {"reviews", "own", "forum", "feed"} <= kinds
    page = (ROOT / "tests/fixtures/reviews/jsonld.html").read_bytes()
    reviews = Source("r", "reviews.schema_org", "https://r.example.org/", (URN,), listing=True)
    found = collector(reviews.kind).parse(
        reviews, Response(reviews.url, 200, (("content-type", "text/html"),), page, NOW)
    )
    assert found.mentions
    assert {m.kind for m in found.mentions} == {MentionKind.REVIEW}


OWN = Source("own", "own.page", "https://oakfield.example.sch.uk/", (URN,), name="School page", own=True)


def test_03_an_account_whose_notice_is_gone_is_told_with_the_words_to_put_there(tmp_path: Path) -> None:
    school_config = a_config(tmp_path, sources=(OWN,), contact="office@example.org")
    with a_migrated_store(tmp_path).write("test") as con:
        record_runs(con, [a_run("own", TUESDAY - timedelta(hours=1), notice=True)])
        assert accounts(con, a_context(school_config), TUESDAY) == []
        record_runs(con, [a_run("own", TUESDAY, notice=False)])
        for write in accounts(con, a_context(school_config), TUESDAY):
            write(con)
        ((body,),) = con.execute("SELECT body FROM outbox WHERE person_id = 'head'").fetchall()
    assert "not monitored 24 hours a day" in body
    assert "office@example.org" in body


@pytest.mark.parametrize("route", [Route.PLATFORM_REPORT, Route.SAFEGUARDING])
def test_04_what_concerns_the_head_is_told_to_the_chair_and_never_to_the_head(route: Route) -> None:
    alert = raised(verdict(route, About.HEAD, subject_person="head"))
    assert alert.audience[0] == "chair"
    assert "head" not in alert.audience
    assert alert.excluded == ("head",)


def test_12_staff_hand_in_what_they_see_and_there_is_no_way_to_reply_to_it(home: Path) -> None:
    config = load(home / "schoolgate.toml", {})
    said = "Everybody laugh at Mr Thistlewood of Oakfield, the fat useless moron."
    result = CliRunner().invoke(
        app,
        ["report-in", "--text", "-", "--channel", "facebook", "--seen-by", "A teacher", "--home", str(home)],
        input=said,
    )
    assert result.exit_code == 0
    (number,) = re.findall(r"number (\d{6})\.", result.stdout)
    with duckdb.connect(str(home / "schoolgate.duckdb"), read_only=True) as con:
        asked = """SELECT DISTINCT person_id FROM outbox JOIN alerts a ON a.id = alert_id
            JOIN matches m USING (story_id) JOIN audit ON audit.subject = m.mention_id
            WHERE list_contains(codes, 'number:' || $number)"""
        told = {person for (person,) in con.execute(asked, {"number": number}).fetchall()}
        roles = {role for person in config.people if person.id in told for role in person.roles}
    assert Role.HEAD in roles
    group = get_command(app)
    assert not {"reply", "post", "comment", "message", "publish"} & set(group.commands)  # type: ignore[attr-defined]


def test_13_what_was_handed_in_is_kept_with_its_time_address_and_hash(home: Path, tmp_path: Path) -> None:
    shot = tmp_path / "shot.png"
    shot.write_bytes(b"\x89PNG invented for this test")
    words = ["--text", "-", "--url", "https://talk.example.org/13"]
    more = ["--file", str(shot), "--no-child-image", "--seen-at", "2026-11-17T15:00Z", "--home", str(home)]
    said = "Mr Thistlewood of Oakfield is a pig."
    assert CliRunner().invoke(app, ["report-in", *words, *more], input=said).exit_code == 0
    with duckdb.connect(str(home / "schoolgate.duckdb"), read_only=True) as con:
        kept = con.execute("SELECT sha256, mention_id FROM evidence WHERE name LIKE 'supplied%'").fetchall()
        asked = """SELECT m.url, a.codes FROM mentions m JOIN audit a ON a.subject = m.id
            WHERE m.id = $mention AND a.action = 'reported_in'"""
        ((url, told),) = con.execute(asked, {"mention": kept[-1][1]}).fetchall()
    assert kept[-1][0] == hashlib.sha256(shot.read_bytes()).hexdigest()
    assert url == "https://talk.example.org/13"
    assert "seen_at:2026-11-17T15:00:00Z" in told


def test_15_a_childs_safety_is_told_to_the_safeguarding_lead_on_a_sunday_night_not_in_a_digest() -> None:
    alert = raised(verdict(Route.SAFEGUARDING, About.PUPIL, severity=Severity.NOTE))
    assert set(alert.audience) == {"dsl", "deputy_dsl"}
    made = outbox(alert, EVERYBODY, OAKFIELD, NIGHT, Means(chats=frozenset(("dsl",))))
    assert {m.due_at for m in made} == {NIGHT}
    assert {m.kind for m in made} == {"instant"}


@pytest.mark.parametrize(
    ("route", "abuse", "signals", "about", "code"),
    [
        (Route.PLATFORM_REPORT, ("privacy",), ("leaked_record",), About.PUPIL, "C1"),
        (Route.PLATFORM_REPORT, ("harassment",), (), About.STAFF, "C2"),
        (Route.PLATFORM_REPORT, ("hate",), (), About.STAFF, "C3"),
        (Route.PLATFORM_REPORT, ("sexual",), (), About.STAFF, "C5"),
        (Route.POLICE_NOW, ("threat",), (), About.STAFF, "C6"),
        (Route.REQUEST_REMOVAL, ("defamation",), (), About.STAFF, "C7"),
        (Route.POLICE_NOW, ("extremism",), (), About.OTHER, "C9"),
        (Route.SAFEGUARDING, ("safeguarding",), (), About.PUPIL, "C10"),
        (Route.PLATFORM_REPORT, ("privacy",), (), About.STAFF, "C11"),
        (Route.PLATFORM_REPORT, ("impersonation",), (), About.SCHOOL, "C12"),
        (Route.RESPOND, ("profanity",), (), About.SCHOOL, "C0"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_16_each_prohibited_kind_of_content_has_its_class_and_criticism_has_none(
    route: Route, abuse: tuple[str, ...], signals: tuple[str, ...], about: About, code: str
) -> None:
    assert content_class(route, abuse, about, signals) == code


def test_20_extremism_goes_to_the_safeguarding_leads_and_is_for_them_alone() -> None:
    found = verdict(Route.POLICE_NOW, About.OTHER, content_class="C9", restricted=True, abuse=("extremism",))
    alert = raised(found)
    assert set(alert.audience) == {"dsl", "deputy_dsl"}
    assert alert.restricted


def test_22_an_odd_post_on_the_schools_own_account_is_told_at_once_to_leadership_and_it() -> None:
    odd = verdict(Route.PLATFORM_REPORT, About.SCHOOL, content_class="C14", severity=Severity.THIS_HOUR)
    people = (*EVERYBODY, SLT)
    alert = raised(odd, people=people)
    assert set(alert.audience) == {IT.id, HEAD.id, DEPUTY.id, SLT.id}
    mails = [m for m in outbox(alert, people, OAKFIELD, NIGHT, Means()) if m.via is Via.MAIL]
    assert {m.due_at for m in mails} == {NIGHT}


def test_23_where_the_policy_says_so_the_director_of_it_is_told_first() -> None:
    found = verdict(Route.PLATFORM_REPORT, About.STAFF)
    rules = Policy(first_assessor=Role.IT_LEAD)
    alert = raise_alert(STORY, [found], None, EVERYBODY, OAKFIELD, rules, NOW)
    assert alert.audience[:2] == (IT.id, HEAD.id)  # type: ignore[union-attr]


def test_24_nobodys_profile_is_watched_and_nobody_is_signed_in_anywhere(tmp_path: Path) -> None:
    profile = SOURCE.replace("https://example.org/feed.xml", "https://www.instagram.com/a_pupil/")
    assert is_profile("https://www.instagram.com/a_pupil/")
    assert "nobody's is watched" in faults(tmp_path, SCHOOL_TABLE + profile)[0]
    signed_in = SOURCE + 'settings = { user = "school", password = "Example-1" }\n'
    assert any("password" in fault for fault in faults(tmp_path, SCHOOL_TABLE + signed_in))


def test_26_what_is_hidden_blocked_or_deleted_on_an_own_account_is_logged_with_its_reason(
    tmp_path: Path,
) -> None:
    entry = Logged("1", URN, "own", TUESDAY, "it", "deleted", "It names a pupil.", None)
    with a_migrated_store(tmp_path).write("test") as con:
        for reason in ("", "  "):
            with pytest.raises(InputError, match="Say why"):
                put_log(con, replace(entry, reason=reason))
        put_log(con, entry)
        (kept,) = account_store.list_log(con, ["own"])
        ((audited,),) = con.execute("SELECT count(*) FROM audit WHERE action = 'account_logged'").fetchall()
    assert (kept.action, kept.reason) == ("deleted", "It names a pupil.")
    assert audited == 1
    assert {"hidden", "blocked", "deleted", "reported"} == set(ACTIONS)


@pytest.mark.parametrize("code", ["C1", "C11"])
def test_28_personal_data_is_told_to_the_data_protection_officer_too(code: str) -> None:
    leaked = verdict(Route.PLATFORM_REPORT, About.STAFF, content_class=code, abuse=("privacy",))
    assert {HEAD.id, DPO.id} <= set(raised(leaked).audience)
    marks = verdict(Route.REQUEST_REMOVAL, About.SCHOOL, content_class="C8")
    assert IT.id in raised(marks).audience


def test_30_governors_get_the_report_and_are_told_of_a_policy_past_its_review(tmp_path: Path) -> None:
    assert {"reports", "policies"} <= set(PERIODIC_TASKS)
    late = WrittenPolicy(title="Social media policy", review_due=date(2026, 9, 1))
    config = a_config(tmp_path, policies=(late,))
    with a_migrated_store(tmp_path).write("test") as con:
        for write in policies(con, a_context(config), TUESDAY):
            write(con)
        told = con.execute("SELECT person_id FROM outbox ORDER BY 1").fetchall()
    assert [person for (person,) in told] == [CHAIR.id, HEAD.id]


def test_31_there_is_no_index_on_authors_and_no_command_that_searches_for_a_person() -> None:
    schema = "\n".join(str(migration) for migration in MIGRATIONS)
    indexes = re.findall(r"CREATE\s+(?:UNIQUE\s+)?INDEX[^;'\"]*", schema, re.IGNORECASE)
    assert not [index for index in indexes if "author" in index.lower()]
    options = {
        name
        for group in get_command(app).commands.values()  # type: ignore[attr-defined]
        for command in getattr(group, "commands", {"": group}).values()
        if command.name in ("list", "scan", "find", "show")
        for param in command.params
        for name in param.opts
    }
    assert options
    assert not {"--author", "--handle", "--profile"} & options


def _imported(wanted: set[str]) -> set[str]:
    """Those of these packages that anything here imports."""
    named, found = re.compile(rf"\b({'|'.join(wanted)})\b"), set()
    for path in (p for room in ROOMS for p in (ROOT / room).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(text if named.search(text) else "")):
            if isinstance(node, ast.Import):
                found |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.partition(".")[0])
    return found & wanted


def test_out_of_scope_nothing_here_taps_keys_networks_screens_or_anybodys_password() -> None:
    """Two policies foresee that; it is left out on purpose."""
    tapping = {"pynput", "keyboard", "mouse", "scapy", "pcapy", "pyshark", "socketserver", "mss", "keyring"}
    assert _imported({"ssl", *tapping}) == {"ssl"}
    schema = "\n".join(str(migration) for migration in MIGRATIONS).lower()
    assert not re.findall(r"\b(password|passphrase|keystroke|screen_time)\b", schema)
