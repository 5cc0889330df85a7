"""`doctor`: the whole of it, as a person reads it; the store, the sources' runs and the service."""

import os
import tomllib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from builders.config import MAIL as MAIL_SERVER
from builders.config import SCHOOL, SOURCE
from builders.doctor import MAIL, NOW, SECRET, TODAY, read, told
from builders.home import migrated
from builders.mention import a_batch, a_mention, save
from support.command_call import called
from support.documents import content
from support.every_command import ended
from support.for_each import for_each

from alerts.delivery.deadline_smtp import Server
from alerts.delivery.results import Cause, Result, SendOutcome, Unready
from alerts.notices.book import Book, Notice
from data.store.engine.audit_chain import AuditEntry, append
from data.store.engine.connect import lock_of
from data.store.engine.open import Store
from data.store.engine.turn import give_turn_back as give_back
from data.store.engine.turn import take_turn as take
from data.store.outbox import Tried, lease_due, put_outbox, record_attempts
from data.store.sources import record_runs
from data.types import (
    MentionKind,
    OutboxMessage,
    Outcome,
    Policy,
    Source,
    SourceRun,
    SourceState,
    Trouble,
    Via,
)
from monitor.cli.commands.doctor import NEVER_SEEN, doctor_command, doctor_lines
from monitor.config.load import Config
from monitor.service.notebook import Notebook
from monitor.setup import check_machine as doctor_state
from monitor.setup.check_machine import check_service, examine
from monitor.setup.check_settings import BY_ITSELF, choose_next, next_in_file
from monitor.setup.findings import Finding, Level
from monitor.terminal.wording import ADD_TERM, to_add_person
from sources.http.connection import UNKNOWN_AUTHORITY
from sources.runs import MORE


@pytest.fixture(autouse=True)
def _no_mail_server_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in these files is not on this machine."""

    def unready(server: Server) -> None:
        raise Unready(Result(SendOutcome.RETRY, Cause.UNREACHABLE))

    monkeypatch.setattr("alerts.delivery.deadline_smtp.sign_in", unready)


def whole(home: Path, text: str, **env: str) -> list[Finding]:
    config = home / "schoolgate.toml"
    config.write_text(text)
    return examine(
        home,
        config,
        env=env,
        now=NOW,
        sleep=lambda seconds: None,
        model=lambda settings: [Finding("model", Level.OK, "The model is whole.")],
    )


def test_faults_of_the_file_do_not_hide_the_other_checks(tmp_path: Path) -> None:
    found = whole(tmp_path, "zone = 'Mars'\n")
    assert len(told(found, Level.FAULT)) == 2
    assert {"packages", "clock", "disk", "store", "model"} <= {f.check for f in found}


def test_everything_that_is_not_in_order_says_how_to_mend_it(tmp_path: Path) -> None:
    text = '[[schools]]\nurn = "900001"\nname = "Oakfield"\n' + MAIL.replace("sg@", "office@")
    for finding in (*whole(tmp_path, text), *whole(tmp_path, "")):
        assert finding.what
        assert bool(finding.remedy) is (finding.level is not Level.OK), finding


@for_each(
    ("nation", "officer"),
    [
        ("england", "the local authority’s designated officer (LADO)"),
        ("scotland", "the police or social work"),
    ],
)
def test_a_missing_number_for_allegations_is_asked_for_in_the_nations_words(
    tmp_path: Path, nation: str, officer: str
) -> None:
    school = f'{SCHOOL}nation = "{nation}"\n'
    what = f"Oakfield Primary School: we do not know the number of {officer}."
    (asked,) = (finding for finding in whole(tmp_path, school) if finding.what == what)
    assert asked.command == 'schoolgate schools change 900001 allegations="…"'
    assert what not in told(whole(tmp_path, f'{school}allegations = "01632 960 107"\n'))


FINE = Finding("a", Level.OK, "fine")
HM = Finding("terms", Level.WARN, "hm", "do it", "schoolgate status")
MINOR = Finding("pages", Level.WARN, "oh", "do that.")
NO = Finding("people", Level.FAULT, "no", "mend", "schoolgate doctor")
BROKEN = Finding("mail", Level.FAULT, "ah", "mend that.")


def test_the_one_thing_to_do_next_comes_first_then_faults_and_warnings_are_counted() -> None:
    assert list(doctor_lines([FINE, MINOR, HM, BROKEN, NO])) == [
        "Next: no",
        "      mend:",
        "        schoolgate doctor",
        "",
        "Then 1 fault:",
        "  ● ah",
        "    mend that.",
        "",
        "2 warnings, 1 in order. To see each: schoolgate doctor --all",
        NEVER_SEEN,
    ]


def test_all_shows_each_warning_and_what_is_in_order_too() -> None:
    assert list(doctor_lines([FINE, MINOR, HM, NO], every=True))[3:] == [
        "",
        "Then 2 warnings:",
        "  ◐ hm",
        "    do it:",
        "      schoolgate status",
        "  ◐ oh",
        "    do that.",
        "",
        "In order: 1:",
        "  ○ fine",
        "",
        NEVER_SEEN,
    ]


@for_each("width", [80, 120])
def test_long_sentences_wrap_and_commands_do_not(width: int) -> None:
    command = "schoolgate schools find " + "Oakfield " * 15
    long = Finding("people", Level.FAULT, "too long " * 30, "mend it so " * 20, command)
    shown = list(doctor_lines([long, BROKEN], width=width))
    assert f"        {command}" in shown
    assert all(len(line) <= width for line in shown if command not in line)


def run(home: Path, *, as_json: bool, **env: str) -> tuple[int, str]:
    with pytest.MonkeyPatch.context() as patched:
        for name, value in env.items():
            patched.setenv(name, value)
        code, said = called(doctor_command, lambda: NOW, home=home, as_json=as_json)
    return code, "\n".join(said)


def test_json_is_one_document_with_what_to_do_next_and_a_fault_exits_1(tmp_path: Path) -> None:
    code, said = run(tmp_path, as_json=True)
    document = content(said)
    assert code == document["exit"] == 1
    assert document["faults"] >= 1
    assert any("schoolgate setup" in (finding["remedy"] or "") for finding in document["findings"])
    assert document["next"]["command"] == f"schoolgate setup --home {tmp_path}"
    assert document["next"] in document["findings"]


@for_each("as_json", [True, False])
def test_no_secret_is_printed(tmp_path: Path, as_json: bool) -> None:
    (tmp_path / "secret").write_text(SECRET)
    for key in ("password_env = 'SMTP_PASSWORD'", "password_file = 'secret'", f"password = '{SECRET}'"):
        read_text = '[[schools]]\nurn = "900001"\nname = "Oakfield"\n' + MAIL + key + "\n"
        (tmp_path / "schoolgate.toml").write_text(read_text)
        assert SECRET not in run(tmp_path, as_json=as_json, SMTP_PASSWORD=SECRET)[1]


# `doctor`: the one thing to do next, in the order in which a school gets a watch that works.


PEOPLE = "".join(
    f'[[people]]\nid = "{id_}"\nname = "A Person"\nroles = ["{role}"]\nemail = "{id_}@example.org"\n'
    for id_, role in (
        ("head", "head"), ("deputy", "deputy_head"), ("dsl", "dsl"), ("ddsl", "deputy_dsl"),
        ("chair", "chair"), ("vice", "vice_chair"), ("la", "la_contact"),
    )
)  # fmt: skip
CONTACT = 'contact = "office@example.org"\n'
DPIA = "[dpia]\nrecorded_on = 2026-09-01\nrecorded_by = 'Mrs A Example'\n"
TERMS = "terms = [{ first = 2027-01-04, last = 2027-07-20 }]\n"


@for_each(
    ("text", "command"),
    [
        (None, "schoolgate setup --home {home}"),
        ("zone = 'Mars'\n", "schoolgate doctor"),
        (SCHOOL, to_add_person("dsl")),
        (SCHOOL + PEOPLE, "schoolgate source propose"),
        (SCHOOL + PEOPLE + SOURCE, "schoolgate mail setup"),
        (SCHOOL + PEOPLE + SOURCE + MAIL_SERVER, "schoolgate set contact"),
        (
            CONTACT + SCHOOL + PEOPLE + SOURCE + MAIL_SERVER,
            "schoolgate set dpia.recorded_by dpia.recorded_on",
        ),
        (CONTACT + SCHOOL + PEOPLE + SOURCE + MAIL_SERVER + DPIA, ADD_TERM),
        (CONTACT + SCHOOL + TERMS + PEOPLE + SOURCE + MAIL_SERVER + DPIA, "schoolgate doctor"),
    ],
)
def test_a_file_is_completed_step_by_step(tmp_path: Path, text: str | None, command: str) -> None:
    path = tmp_path / "schoolgate.toml"
    if text is not None:
        path.write_text(text)
    assert next_in_file(path, {}, TODAY).command == command.format(home=tmp_path)


def test_when_nothing_is_wrong_it_is_to_run_by_itself_and_where_it_does_nothing_is_left() -> None:
    fine = [Finding(check, Level.OK, "fine") for check in ("store", "mail")]
    assert choose_next(fine) is BY_ITSELF
    assert BY_ITSELF.command == "schoolgate serve"
    assert choose_next([*fine, Finding("service", Level.OK, "runs")]) is None


FAULT, WARN = Level.FAULT, Level.WARN


@for_each(
    ("level", "check", "later_level", "later"),
    [
        (FAULT, "report-in", FAULT, "packages"),
        (FAULT, "packages", FAULT, "configuration"),
        (FAULT, "register", FAULT, "people"),
        (FAULT, "model", FAULT, "service"),
        (WARN, "people", WARN, "register"),
        (FAULT, "people", FAULT, "sources"),
        (FAULT, "sources", FAULT, "mail"),
        (FAULT, "mail", WARN, "people"),
        (FAULT, "never thought of", WARN, "contact"),
        (WARN, "contact", WARN, "pages"),
        (WARN, "sources", WARN, "off"),
        (WARN, "heartbeat", WARN, "never thought of"),
    ],
)
def test_what_comes_first(level: Level, check: str, later_level: Level, later: str) -> None:
    first, second = Finding(check, level, "a", "b"), Finding(later, later_level, "a", "b")
    assert choose_next([FINE, second, first]) is choose_next([first, second]) is first


def test_every_check_of_the_order_is_one_that_is_made() -> None:
    from monitor.setup import check_settings as module

    folder = Path(module.__file__).parent
    assert set(module._ORDER) <= tomllib.loads((folder / "findings.toml").read_text()).keys()


def test_scan_and_status_name_the_same_step_where_nothing_is_set_up(tmp_path: Path) -> None:
    (tmp_path / "schoolgate.toml").write_text(SCHOOL)
    for command in ("scan", "status"):
        code, _, err = ended([command, "--home", str(tmp_path)])
        assert code
        assert "Next: Oakfield Primary School: nobody can be told anything." in err
        assert "schoolgate people add" in err
        (tmp_path / "schoolgate.duckdb").unlink(missing_ok=True)


# `doctor`: the store and the sources' runs.

GAZETTE = Source("gazette", "feed", "https://example.org/feed.xml", ("900001",))
RUN = SourceRun("gazette", NOW, NOW, Outcome.OK)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(tmp_path, clock=lambda: NOW, sleep=lambda seconds: None, wait_s=0)
    migrated(store)
    return store


def look(home: Path, *sources: Source, mail: bool = False) -> list[Finding]:
    config = read(home, MAIL) if mail else None
    return doctor_state.store(home, sources, clock=lambda: NOW, sleep=lambda seconds: None, config=config)


def test_a_home_without_a_store_is_in_order(tmp_path: Path) -> None:
    assert [f.level for f in look(tmp_path)] == [Level.OK]
    assert not list(tmp_path.iterdir())


def test_a_store_that_another_holds_is_told_with_who_holds_it(store: Store) -> None:
    handle = take(lock_of(store.path), shared=False)
    try:
        (found,) = look(store.home)
    finally:
        give_back(handle)
    assert (found.level, "is held by" in found.what) == (Level.WARN, True)


def test_a_store_that_opens_with_its_chain_is_in_order(store: Store) -> None:
    with store.write("test") as con:
        append(con, [AuditEntry(NOW, "head", "alert_acked", "a1")])
    assert [f.level for f in look(store.home)] == [Level.OK]


LIFE = Source("life", "feed", "https://life.example.org/feed", ("900001",), name="Northvale life")
ASKED = ("Nobody has said what these are", "Searches found articles about you on these sites")


def found_on_it(store: Store, source: Source = LIFE, **said: str) -> list[Finding]:
    """Somebody asks once it has brought an article about the school."""
    post = a_mention(channel="blog", kind=MentionKind.ARTICLE)
    with store.write("test") as con:
        save(con, a_batch(post, run=replace(RUN, source_id=source.id)), now=NOW, policy=Policy())
    return [one for one in look(store.home, replace(source, **said)) if one.what.startswith(ASKED)]


def test_of_a_feed_that_wrote_about_the_school_it_is_asked_what_it_is(store: Store) -> None:
    (found,) = found_on_it(store)
    assert (found.level, "/sources" in found.remedy) == (Level.WARN, True)
    looks_so = replace(LIFE, name="The Northvale blog")  # of which its address says nothing
    assert [one.level for one in look(store.home, looks_so) if one.what.startswith(ASKED)] == [Level.WARN]


@pytest.mark.parametrize(
    "said",
    [{"channel": "news"}, {"channel": "blog"}, {"name": "Northvale Gazette"}, {"disabled": "closed"}],
    ids=str,
)
def test_nobody_asks_what_a_place_is_that_somebody_has_said_or_that_is_known(store: Store, said) -> None:
    assert found_on_it(store, **said) == []


def test_of_what_searches_found_on_a_site_that_nobody_knows_it_is_asked_with_how_often(store: Store) -> None:
    search = Source("bing", "feed", "https://www.bing.com/news/search?q=a", ("900001",), surfaced=True)
    for n, host in enumerate(("lookout.example.org", "www.lookout.example.org", "www.bournelocal.co.uk")):
        post = a_mention(str(n), url=f"https://{host}/{n}", channel="gdelt", kind=MentionKind.ARTICLE)
        with store.write("test") as con:
            save(con, a_batch(post, run=replace(RUN, source_id="bing")), now=NOW, policy=Policy())
    (found,) = (one for one in look(store.home, search) if one.what.startswith(ASKED))
    assert ("lookout.example.org (2)." in found.what, "bournelocal" in found.what) == (True, False)
    said = replace(search, id="own", url="https://lookout.example.org/feed", surfaced=False, channel="blog")
    assert not any(one.what.startswith(ASKED) for one in look(store.home, search, said))


def test_a_changed_row_of_the_chain_is_a_fault(store: Store) -> None:
    with store.write("test") as con:
        append(con, [AuditEntry(NOW, "head", "alert_acked", "a1")])
        con.execute("UPDATE audit SET actor = 'nobody'")
    (what,) = told(look(store.home), Level.FAULT)
    assert "The audit chain is broken: Audit row 1 was changed" in what


def test_a_file_that_is_no_store_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "schoolgate.duckdb").write_bytes(b"not a database, and long enough to be looked at" * 99)
    assert [f.level for f in look(tmp_path)] == [Level.FAULT]


def test_a_torn_table_is_found_though_nobody_asks_for_it(store: Store) -> None:
    with store.alone("fill") as con:
        con.execute("CREATE TABLE kept_for_later AS SELECT md5(i::VARCHAR) AS words FROM range(40000) r(i)")
    content = bytearray(store.path.read_bytes())
    content[len(content) // 2] ^= 1  # most of the file is that table
    store.path.write_bytes(content)
    (what,) = told(look(store.home), Level.FAULT)
    assert "cannot be read as a store" in what


BOARD = replace(GAZETTE, id="board")


def test_before_the_first_scan_it_says_once_how_to_begin(store: Store) -> None:
    (found,) = (f for f in look(store.home, GAZETTE, BOARD) if f.check == "sources")
    assert (found.what, found.command) == ("No source has been read yet.", "schoolgate scan")


def test_a_source_that_was_read_is_in_order_and_one_that_never_was_is_told(store: Store) -> None:
    with store.write("test") as con:
        record_runs(con, [RUN])
    assert not told(look(store.home, GAZETTE))
    assert told(look(store.home, GAZETTE, BOARD)) == ["board was never read."]


def test_where_no_place_can_be_reached_the_network_is_said_once() -> None:
    lost = replace(RUN, outcome=Outcome.UNREACHABLE, detail="no address was found for the name")
    states = {s.id: SourceState(s.id, last_run_at=NOW, failures_in_a_row=1) for s in (GAZETTE, BOARD)}
    (found,) = doctor_state.runs([GAZETTE, BOARD], states, {"gazette": lost, "board": lost})
    assert found.what == ("We could reach none of the 2 sources: this machine has no way out to the network.")
    assert found.command == "schoolgate set network.proxy"
    assert len(doctor_state.runs([GAZETTE, BOARD], states, {"gazette": lost, "board": RUN})) == 2


def test_a_query_that_finds_nothing_or_too_much_is_told() -> None:
    asks = [replace(GAZETTE, id=name, settings={"query": "x"}) for name in ("video", "talk")]
    cut = replace(RUN, warnings=(f"{MORE} the 5 pages that were read (max_pages).",))
    states = {s.id: SourceState(s.id, first_run_at=NOW - timedelta(days=30)) for s in asks}
    config = Config(Path("schoolgate.toml"), schools=(), sources=(*asks, BOARD))
    states["board"] = states["video"]
    found = doctor_state.silent(config, states, NOW, {"video": RUN, "talk": cut, "board": cut})
    assert [(f.check, f.what.partition(": ")[2]) for f in found] == [
        ("sources", "video."),
        ("sources", "talk."),
    ]


def test_a_certificate_that_is_not_accepted_is_named_before_any_proxy() -> None:
    barred = replace(RUN, outcome=Outcome.UNREACHABLE, detail=f"Not accepted: x. {UNKNOWN_AUTHORITY}")
    states = {s.id: SourceState(s.id, last_run_at=NOW, failures_in_a_row=1) for s in (GAZETTE, BOARD)}
    (found,) = doctor_state.runs([GAZETTE, BOARD], states, {"gazette": barred, "board": barred})
    assert found.command == "schoolgate set network.ca_file"
    assert "do not accept the certificates of 2 sources" in found.what


def test_a_store_that_may_not_be_opened_is_no_reason_to_restore_a_backup(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied", "schoolgate.duckdb.lock")

    monkeypatch.setattr("data.store.engine.open.connect", refuse)
    (found,) = look(store.home)
    assert "this account has no right to it" in found.what
    assert "restore" not in found.whole_remedy


@for_each(
    ("outcome", "how"),
    [
        (Outcome.BLOCKED, "switch it off: the desk’s page /sources"),
        (Outcome.REFUSED_BY_ROBOTS, "switch it off: the desk’s page /sources"),
        (Outcome.GONE, "To remove this one: the desk’s page /sources"),
        (Outcome.MALFORMED, "To look now: schoolgate source test gazette"),
    ],
)
def test_what_is_to_be_done_about_one_place_is_named_by_how_it_ended(outcome: Outcome, how: str) -> None:
    state = SourceState("gazette", last_run_at=NOW, failures_in_a_row=1)
    (found,) = doctor_state.runs([GAZETTE], {"gazette": state}, {"gazette": replace(RUN, outcome=outcome)})
    assert found.whole_remedy.endswith(how)


@for_each(("failures", "lines_"), [(2, 0), (3, 1)])
def test_a_source_that_fails_three_times_in_a_row_is_told(failures: int, lines_: int) -> None:
    state = SourceState("gazette", last_run_at=NOW, last_ok_at=NOW, failures_in_a_row=failures)
    assert len(told(doctor_state.runs([GAZETTE], {"gazette": state}, {"gazette": RUN}))) == lines_


def put(
    store: Store, key: str = "k1", life: timedelta = timedelta(hours=24), wait: timedelta = timedelta(0)
) -> None:
    message = OutboxMessage(key, "900001", "head", "instant", "case 1", "see", NOW + wait, NOW + wait + life)
    with store.write("test") as con:
        put_outbox(con, [message], NOW)


@pytest.mark.parametrize(("mail", "mend"), [(True, "schoolgate scan"), (False, "Tell these people yourself")])
def test_messages_that_wait_are_counted_with_what_to_do(store: Store, mail: bool, mend: str) -> None:
    put(store)
    (found,) = (f for f in look(store.home, mail=mail) if f.check == "mail")
    assert found.what == "Messages that are waiting and that nobody has received: 1."
    assert mend in found.whole_remedy


@pytest.mark.parametrize(("mail", "told_of"), [(True, 0), (False, 1)])
def test_a_message_for_monday_morning_is_nothing_to_mend_where_mail_is_set_up(
    store: Store, mail: bool, told_of: int
) -> None:
    put(store, wait=timedelta(days=2))
    assert len([f for f in look(store.home, mail=mail) if f.check == "mail"]) == told_of


def tried(store: Store, outcome: str, detail: str) -> None:
    put(store)
    with store.write("test") as con:
        leased = lease_due(con, NOW, NOW + timedelta(minutes=4), [Via.MAIL], 1, by="us", gone=[])
        record_attempts(con, [Tried(one, outcome, detail, NOW + timedelta(minutes=5)) for one in leased], NOW)


@pytest.mark.parametrize(
    ("outcome", "detail", "means"),
    [
        ("retry", "sender_refused 550 5.7.1", "The server does not relay for this machine"),
        ("failed", "message_refused 554 5.6.0", "a rule or a spam filter there"),
        ("failed", "address_refused 550 5.1.1", ""),
        ("retry", "unreachable", ""),
        ("sent", "", ""),
    ],
)
def test_what_only_a_mail_shows_is_told_by_what_the_last_one_was_answered(
    store: Store, outcome: str, detail: str, means: str
) -> None:
    """Signing in works, and the mail itself is refused: what asks the server sees nothing of that."""
    tried(store, outcome, detail)
    found = [f for f in look(store.home, mail=True) if "The last email" in f.what]
    assert len(found) == (1 if means else 0)
    for one in found:
        assert one.level is Level.FAULT
        assert one.what.startswith(
            "The last email, at 09:00 UTC on 1 March 2027, was refused. The mail server"
        )
        assert f"It says {detail.partition(' ')[2]}." in one.what
        assert means in one.what


def test_settings_that_were_changed_since_are_not_blamed_for_the_last_mail(store: Store) -> None:
    tried(store, "retry", "sender_refused 550 5.7.1")
    later = (NOW + timedelta(minutes=1)).timestamp()
    config = read(store.home, MAIL)
    os.utime(config.path, (later, later))
    found = doctor_state.store(store.home, (), clock=lambda: NOW, sleep=lambda seconds: None, config=config)
    assert not [f for f in found if "The last email" in f.what]


def test_messages_that_did_not_arrive_are_told_with_what_stood_in_the_way(store: Store) -> None:
    put(store, life=timedelta(0))
    put(store, "k2", life=timedelta(0))
    assert told(look(store.home)) == [
        "Messages in the last week that did not arrive: 2; it could not be sent in time."
    ]


def test_places_in_the_same_way_are_one_finding() -> None:
    more = [replace(GAZETTE, id=f"s-{n}") for n in range(51)]
    lost = [replace(GAZETTE, id=f"f-{n}") for n in range(4)]
    run = replace(RUN, outcome=Outcome.BLOCKED, detail="a consent wall")
    states = {s.id: SourceState(s.id, last_run_at=NOW, failures_in_a_row=1) for s in lost}
    found = doctor_state.runs([*more, *lost], states, {s.id: run for s in lost})
    assert told(found) == [
        "51 sources were never read: s-0, s-1, s-2 and 48 more.",
        "4 sources were never read successfully: f-0, f-1, f-2 and 1 more. Last time: blocked.",
    ]
    assert {one.command for one in found} == {"schoolgate source list"}
    failing = [
        SourceState(s.id, last_run_at=NOW, last_ok_at=NOW, failures_in_a_row=n + 3)
        for n, s in enumerate(lost)
    ]
    found = doctor_state.runs(lost, {s.source_id: s for s in failing}, {s.id: run for s in lost})
    assert told(found) == ["4 sources could not be read 3 times in a row or more: f-0, f-1, f-2 and 1 more."]


# What `doctor` says of the service: what it complains of, and how to mend that.


SINCE = NOW - timedelta(minutes=20)


def remembered(home: Path, *troubles: Trouble, alive: bool = True) -> None:
    """What a service has left beside its store."""
    notices = (Notice(NOW - timedelta(minutes=5), troubles),) if troubles else ()
    Notebook(home).keep(Book(notices=notices, alive=NOW - timedelta(minutes=1) if alive else None))


def test_a_service_that_never_ran_is_not_spoken_of_one_that_is_well_is_in_order_else_how_to_start_it(
    tmp_path: Path,
) -> None:
    assert check_service(tmp_path, None, NOW) == []
    remembered(tmp_path)
    (found,) = check_service(tmp_path, (), NOW)
    assert (found.level, found.what) == (Level.OK, "The service is running without complaints.")
    (found,) = check_service(tmp_path, None, NOW)
    assert found.level is Level.WARN
    assert found.what == "The service does not answer; its last sign of life was on 1 March 2027, 08:59 UTC."
    assert "schoolgate serve" in found.whole_remedy


@for_each(
    ("complaint", "mend"),
    [
        ("NOT DONE (judge: ModelMissing)", "memory"),
        ("NOT DONE (save: StoreError)", "room"),
        ("NOT DONE (beat: StoreBusy)", "fuser"),
        ("NOT DONE (collect: StoreDamaged)", "backup"),
        ("NOT DONE (mail: sign_in_refused)", "mail server"),
        ("NOT DONE (spikes: KeyError)", "log"),
        ("a message has waited since 2027-03-01 08:40 UTC", "mail server"),
        ("an alert due 2027-03-01 08:40 UTC did not arrive, and nobody is on it", "schoolgate alerts list"),
        ("2 of the sources cannot be read or judged, through our fault, since 08:40", "source list"),
        ("NOT DONE (config: ConfigError)", "schoolgate.toml"),
    ],
)
def test_each_complaint_of_the_service_is_a_fault_with_a_mend_of_its_own(
    tmp_path: Path, complaint: str, mend: str
) -> None:
    complaint = complaint.replace("NOT DONE", "since 2027-03-01 08:40 UTC, something is not done")
    (found,) = check_service(tmp_path, (complaint,), NOW)
    assert (found.level, found.what) == (Level.FAULT, f"The service says: {complaint}.")
    assert mend in found.whole_remedy


def test_what_people_were_told_of_stands_where_no_service_answers(tmp_path: Path) -> None:
    remembered(tmp_path, Trouble("judge", SINCE, "ModelMissing"), Trouble("mail", SINCE, "x", NOW))
    first, last = check_service(tmp_path, None, NOW)
    assert told([first], Level.FAULT) == [
        "The service last said: since 2027-03-01 08:40 UTC, nothing that we read could be judged "
        "(judge: ModelMissing)."
    ]
    assert "does not answer" in last.what
