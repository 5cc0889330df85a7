"""`doctor`: what the configuration leaves open."""

import ast
import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import certifi
import pytest
from builders.doctor import MAIL, NOW, OAKFIELD, SECRET, TODAY, configured, read, told
from support.command_call import called
from support.every_command import tree
from support.for_each import for_each
from support.time_server import an_authority

from classifiers.linking.linker import MANY
from data.errors import ConfigError
from data.types import Source
from monitor.cli.commands.docs import doc_pages
from monitor.cli.commands.set import set_keys
from monitor.config.first_file import shared_places
from monitor.config.load import load_file
from monitor.config.model import EvidenceSettings, TomlFile
from monitor.setup import check_machine as install
from monitor.setup import check_settings as settings
from monitor.setup import findings
from monitor.setup.findings import Level


def test_a_bare_configuration_lacks_contact_register_people_mail_dpia_policy_terms_and_sources(
    tmp_path: Path,
) -> None:
    found = settings.check_configuration(read(tmp_path, ""), {}, TODAY)
    assert {f.check for f in found if f.level is not Level.OK} == {
        "contact", "school", "register", "updates", "mail", "heartbeat", "dpia", "policies", "sources",
        "people", "terms", "pages",
    }  # fmt: skip


def test_a_register_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    config = replace(configured(), register=tmp_path / "none.csv")
    assert [f.level for f in settings.register(config, TODAY)] == [Level.FAULT]


def test_a_school_that_is_not_in_the_register_is_told(tmp_path: Path) -> None:
    path = tmp_path / "gias.csv"
    path.write_text("URN,EstablishmentName\n900001,Oakfield Primary School\n")
    assert not told(settings.register(replace(configured(), register=path), TODAY))
    config = replace(configured(schools=(replace(OAKFIELD, members=("900001", "900009")),)), register=path)
    assert told(settings.register(config, TODAY)) == ["Not among the open schools of gias.csv: URN 900009."]
    without = replace(configured(schools=(replace(OAKFIELD, urn="own-oakfield-nursery"),)), register=path)
    assert not told(settings.register(without, TODAY))


def test_of_what_day_the_register_is_is_said_and_a_warning_once_it_is_over_a_year_old(tmp_path: Path) -> None:
    for name, level in (("gias20270101.csv", []), ("gias20260101.csv", [Level.WARN])):
        path = tmp_path / name
        path.write_text("URN,EstablishmentName\n900001,Oakfield Primary School\n")
        fine, *aged = settings.register(replace(configured(), register=path), TODAY)
        assert fine.what == f"{name}: 1 schools, as of 1 January {name[4:8]}."
        assert [finding.level for finding in aged] == level


def test_somebody_is_to_hear_of_a_new_version_and_once_they_are_named_it_is_quiet() -> None:
    (found,) = settings.updates(configured())
    assert found.command == "schoolgate set updates=NAME"
    assert not list(settings.updates(replace(configured(), updates="Ms Dray")))


def test_a_source_that_is_off_says_why() -> None:
    source = Source("gazette", "feed", "https://example.org/", disabled="asked us to stop")
    found = list(settings.check_sources(replace(configured(), sources=(source,))))
    assert [f.what for f in found] == [
        "gazette is off: asked us to stop.",
        "No source is switched on, so nothing is read.",
    ]
    assert [f.level for f in found] == [Level.OK, Level.FAULT]


OPEN = Source("a", "feed", "https://example.org/")


def test_what_an_earlier_version_switched_off_since_it_was_down_is_to_be_switched_on() -> None:
    down = "not reached when it was set up (20 November 2026); to try it: schoolgate source test bing-news-1"
    bing = Source("bing-news-1", "feed", "https://news.example.org/", disabled=down)
    site = replace(bing, id="our-website")
    (found,) = list(settings.check_sources(replace(configured(), sources=(bing, site, OPEN))))
    assert found.level is Level.WARN
    assert found.remedy == "Switch them on: the desk’s page /sources"


def test_a_place_read_for_so_many_schools_that_a_threat_without_a_name_is_lost_is_told() -> None:
    schools = tuple(replace(OAKFIELD, urn=str(900001 + n)) for n in range(MANY + 1))
    wide, narrow = (
        Source("gazette", "feed", "https://example.org/"),
        Source("own", "feed", "https://example.org/2"),
    )
    narrow = replace(narrow, urns=tuple(school.urn for school in schools[:MANY]))
    off = replace(wide, id="off", disabled="asked us to stop")
    config = replace(configured(schools=schools), sources=(wide, narrow, off))
    lost = "Read for more than 50 schools: gazette. If a threat there names no school, nobody is told."
    assert lost in told(settings.check_sources(config))
    fewer = replace(config, schools=schools[:MANY])
    assert lost not in told(settings.check_sources(fewer))


def test_what_init_proposed_for_a_whole_trust_cannot_be_narrowed_and_is_no_warning() -> None:
    trust = "Brightwater Learning Trust"
    schools = tuple(
        replace(OAKFIELD, urn=str(900001 + n), trust=trust, website="https://brightwater.example.org/")
        for n in range(MANY + 1)
    )
    numbers = tuple(school.urn for school in schools)  # as it was before a trust was a subject of its own
    shared = tuple(replace(one.source, urns=numbers) for one in shared_places(trust, schools, schools))
    assert {s.id for s in shared} == {"trust-news", "trust-website-brightwater-example-org"}
    config = replace(configured(schools=schools), sources=shared)
    assert not told(settings.check_sources(config))
    assert any(f.what.startswith("Read for a whole trust") for f in settings.check_sources(config))
    other = replace(shared[-1], url=shared[-1].url.replace("Brightwater", "Bigcaster"))
    assert told(settings.check_sources(replace(config, sources=(other,))))


MUMSNET = """[[sources]]
id = "mumsnet"
kind = "forum.mumsnet"
url = "https://example.org/talk/1"
"""


NETMUMS = MUMSNET.replace("forum.mumsnet", "forum.generic").replace("example.org", "www.netmums.com")


@for_each("place", [MUMSNET, NETMUMS])
def test_a_source_whose_terms_forbid_it_is_off_and_told_and_on_where_somebodys_leave_is_named(
    tmp_path: Path, place: str
) -> None:
    (off, _) = settings.check_sources(read(tmp_path, place))
    assert off.what.startswith("mumsnet is off: its terms forbid reading it by program")
    assert off.level is Level.OK
    config = read(tmp_path, place + 'leave = "their letter of 1 September 2026"\n')
    assert config.sources[0].disabled is None
    assert not told(settings.check_sources(config))


def test_people_without_a_mail_server_are_a_fault(tmp_path: Path) -> None:
    nobody = read(tmp_path, "")
    somebody = read(tmp_path, "[[people]]\nid = 'head'\nname = 'A'\nroles = ['head']\n")
    (chosen,) = settings.mail(replace(somebody, without_mail=True), {})
    assert "these have to open the desk: A (schoolgate desk --as head)." in chosen.what
    found = [*settings.mail(nobody, {}), *settings.mail(somebody, {})]
    assert [f.level for f in found] == [Level.WARN, Level.FAULT]
    assert {f.what for f in found} == {"No mail server is named: messages wait, and nobody gets them."}


def test_only_a_fault_with_a_line_is_to_be_mended_in_this_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as gone:
        load_file(tmp_path / "schoolgate.toml", {})
    with pytest.raises(ConfigError) as wrong:
        read(tmp_path, "zoon = 1\n")
    assert [f.remedy for f in settings.faults(gone.value)] == ["To write one"]
    assert [f.remedy for f in settings.faults(wrong.value)] == ["Correct this line, then look again"]


@pytest.mark.parametrize("missing", ["torch", "transformers"])
def test_what_another_model_needs_is_installed_from_the_checkout_never_by_name(
    missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "monitor.setup.check_settings.find_spec", lambda name: None if name == missing else name
    )
    config = read(tmp_path, "[model]\nname = 'example/m'\nlabels = { toxic = 'abuse:hate' }\n")
    (found,) = settings.check_model(config)
    assert found.what == f"The model “example/m” needs {missing}, which is not installed."
    assert 'pip install -c constraints.txt ".[hub]"' in found.remedy


APPLICATION = """[mail]
sign_in = "graph"\nsender = "sg@example.org"\ntenant = "oakfield.example.org"
client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
"""


def test_a_mail_password_whose_variable_is_not_set_is_a_fault(tmp_path: Path) -> None:
    config = read(tmp_path, MAIL + "password_env = 'SMTP_PASSWORD'\n")
    (what,) = told(settings.mail(config, {}), Level.FAULT)
    assert "SMTP_PASSWORD" in what
    assert not told(settings.mail(config, {"SMTP_PASSWORD": SECRET}))


@for_each(
    "table",
    [
        MAIL + "password_file = 'held'\n",
        APPLICATION + "secret_file = 'held'\n",
        APPLICATION + "certificate_file = 'held'\n",
        "[network]\nproxy = 'http://proxy.example.org:8080'\nproxy_password_file = 'held'\n",
        "[serve]\nheartbeat_file = 'held'\n",
        "[[people]]\nid = 'dsl'\nname = 'Mrs D Example'\nroles = ['dsl']\nchat_file = 'held'\n",
        "[[sources]]\nid = 'box'\nkind = 'mailbox'\nurl = 'imaps://imap.example.org/INBOX'\n"
        "settings = { user = 'alerts@example.org', password_file = 'held' }\n",
    ],
)
def test_a_file_of_a_secret_that_others_may_read_is_told(tmp_path: Path, table: str) -> None:
    file = tmp_path / "held"
    file.write_text(SECRET)
    file.chmod(0o644)
    (found,) = settings.check_secrets(config := read(tmp_path, table))
    assert (found.level, found.command) == (Level.WARN, f"chmod 600 {file}")
    assert SECRET not in found.what
    file.chmod(0o600)
    assert not list(settings.check_secrets(config))


def test_a_password_file_that_is_not_there_is_a_fault_that_repeats_nothing(tmp_path: Path) -> None:
    config = read(tmp_path, MAIL + f"password_file = '{SECRET}'\n")
    (found,) = (f for f in settings.mail(config, {}) if f.level is Level.FAULT)
    assert SECRET not in found.what + found.remedy


@for_each(
    ("key", "written"),
    [
        ("secret_file", "Write it into its first line"),
        ("certificate_file", "Put the certificate and key there, as PEM"),
    ],
)
def test_a_file_of_the_application_is_told_as_what_it_holds(tmp_path: Path, key: str, written: str) -> None:
    """Whoever was told to write a password into a certificate's first line would spoil it."""
    (tmp_path / "held").unlink(missing_ok=True)
    config = read(tmp_path, f'{APPLICATION}{key} = "held"\n')
    (lost,) = settings.mail(config, {})
    assert lost.remedy.startswith(f"{written}, or correct the name")


def test_the_variable_of_the_application_is_told_as_what_it_holds(tmp_path: Path) -> None:
    config = read(tmp_path, f'{APPLICATION}secret_env = "SCHOOLGATE_MAIL_SECRET"\n')
    (what,) = told(settings.mail(config, {}), Level.FAULT)
    assert what == "The variable SCHOOLGATE_MAIL_SECRET, for the application's secret, is not set."


def test_a_user_without_a_password_is_told(tmp_path: Path) -> None:
    assert told(settings.mail(read(tmp_path, MAIL), {})) == ["[mail] names the user sg, but no password."]


NAMED = "recorded_by = 'Mrs A Example'\n"


@for_each(
    ("recorded", "what"),
    [
        ("", "No data protection impact assessment is recorded."),
        (f"recorded_on = 2028-01-01\n{NAMED}", "in the future"),
        (f"recorded_on = 2019-01-01\n{NAMED}", "more than five years ago"),
        ("recorded_on = 2026-09-01\n", "Nobody is named"),
        (f"recorded_on = 2026-09-01\n{NAMED}", ""),
    ],
)
def test_the_assessment_must_be_recorded_past_not_too_old_and_by_somebody(
    tmp_path: Path, recorded: str, what: str
) -> None:
    config = read(tmp_path, f"[dpia]\n{recorded}")
    found = told(settings.dpia(config, TODAY))
    assert len(found) == bool(what)
    assert all(what in said for said in found)


def test_a_policy_past_its_review_or_undated_or_lost_is_told(tmp_path: Path) -> None:
    config = read(
        tmp_path,
        "[[policies]]\ntitle = 'A'\nreview_due = 2024-09-01\n[[policies]]\ntitle = 'B'\n"
        "[[policies]]\ntitle = 'C'\nreview_due = 2027-09-01\nfile = 'lost.pdf'\n",
    )
    assert told(settings.check_policies(config, TODAY)) == [
        "“A” was due for review on 2024-09-01.",
        "“B” has no review date.",
        f"The text of “C” is not at {tmp_path / 'lost.pdf'}.",
    ]


@for_each(
    ("line", "env", "said"),
    [
        ("", {}, ["Nobody would notice if this machine or the service stopped."]),
        ('heartbeat_url = "https://beats.example.org/hush-hush"', {}, []),
        ('heartbeat_env = "BEAT"', {"BEAT": "https://beats.example.org/hush-hush"}, []),
        ('heartbeat_env = "BEAT"', {"BEAT": "ftp://beats.example.org/hush-hush"}, ["cannot be read"]),
        ('heartbeat_file = "nowhere"', {}, ["cannot be read"]),
    ],
)
def test_a_heartbeat_is_recommended_and_its_address_not_shown(tmp_path, line, env, said):
    config = read(tmp_path, f"[serve]\n{line}\n", **env)
    found = [settings.heartbeat(config)]
    assert len(told(found)) == len(said)
    assert all(part in what for part, what in zip(said, told(found), strict=True))
    assert "hush-hush" not in str(found) + repr(config.heartbeat)
    assert not told(found, Level.FAULT)


# ----------------------------------------------------------------------------------------- `doctor`

OURS = {room: ["schoolgate"] for room in install.ROOMS}


@for_each("owners", [OURS, {}])
def test_packages_of_one_wheel_are_in_order(owners: dict[str, list[str]]) -> None:
    assert [f.level for f in install.packages(owners)] == [Level.OK]


def test_another_wheel_with_a_package_of_ours_is_a_fault_mended_from_the_checkout_never_by_name() -> None:
    (found,) = install.packages({**OURS, "data": ["schoolgate", "some-data-lib"]})
    assert (found.level, "“data” is also brought by some-data-lib" in found.what) == (Level.FAULT, True)
    assert found.remedy.endswith("pip install -c constraints.txt .")


def test_this_installation_is_whole() -> None:
    assert not told(f for f in install.installation(Path("/"), NOW) if f.check in ("packages", "python"))


def test_a_real_distribution_that_brings_a_package_of_ours_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "some_data_lib-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: some-data-lib\nVersion: 1.0\n")
    (info / "top_level.txt").write_text("data\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert "“data” is also brought by some-data-lib" in "".join(f.what for f in install.own_packages())


@for_each(
    ("free", "level", "room"),
    [(10**6, Level.FAULT, "0.0"), (10**9, Level.WARN, "0.9"), (10**10, Level.OK, "9.3")],
)
def test_little_room_on_the_disk_is_told(free: int, level: Level, room: str) -> None:
    found = install.disk(free, Path("/srv"))
    assert found.level is level
    assert found.what == f"{room} GB are free at /srv."


def test_a_clock_before_the_release_is_a_fault() -> None:
    assert install.clock(datetime(2020, 1, 1, tzinfo=UTC)).level is Level.FAULT
    assert install.clock(NOW).level is Level.OK


def test_an_old_python_is_a_fault() -> None:
    assert install.python((3, 10, 4), "linux", "1.0").level is Level.FAULT


def test_a_folder_that_others_may_read_is_told_with_the_command_that_closes_it() -> None:
    (found,) = install.privacy(Path("/srv/sg"), 0o755)
    assert (found.level, found.remedy) == (Level.WARN, 'Close it: chmod 700 "/srv/sg"')
    assert told(install.privacy(Path("/srv/sg"), 0o750))
    assert not told(install.privacy(Path("/srv/sg"), 0o700))


# `doctor` and evidence: a browser that is not there, certificates that cannot be read or run out.


def config(folder: Path = Path("/nowhere"), **given: str):
    table = EvidenceSettings(**given)
    return replace(configured(), path=folder / "schoolgate.toml", evidence=table)


def test_a_named_browser_that_is_not_there_is_a_fault(tmp_path):
    found = install.browser(config(browser=str(tmp_path / "chromium")))
    assert found.level is Level.FAULT
    assert "[evidence]" in found.remedy


def test_without_the_extra_or_a_browser_it_is_said_what_captures_are_without(monkeypatch):
    monkeypatch.setattr(install, "find_browser", lambda named: None)
    assert install.browser(config()).level is Level.WARN
    monkeypatch.setattr(install, "can_draw", lambda: False)
    assert ".[browser]" in install.browser(config()).remedy


def test_no_time_server_is_said_and_is_no_fault():
    found = install.time_server(config(), NOW)
    assert (found.level, "without a time stamp" in found.what) == (Level.OK, True)


@for_each("pem", [None, b"", b"nothing of the kind"])
def test_a_time_server_whose_stamps_cannot_be_checked_is_a_fault(tmp_path, pem):
    given = {"timestamp_url": "https://timestamp.example.org/tsr"}
    assert install.time_server(config(tmp_path, **given), NOW).level is Level.FAULT
    if pem is not None:
        (tmp_path / "ca.pem").write_bytes(pem)
    found = install.time_server(config(tmp_path, timestamp_ca="ca.pem", **given), NOW)
    assert found.level is Level.FAULT


def test_certificates_are_in_order_until_they_are_about_to_run_out(tmp_path):
    authority = an_authority(tmp_path)
    given = {"timestamp_url": "https://timestamp.example.org/tsr", "timestamp_ca": authority.ca_file.name}
    assert install.time_server(config(tmp_path, **given), NOW).level is Level.OK
    late = datetime(2100, 12, 20, tzinfo=UTC)
    found = install.time_server(config(tmp_path, **given), late)
    assert (found.level, "31 Dec 2100" in found.what) == (Level.WARN, True)


def test_what_is_known_of_the_platforms_ways_is_in_order_for_six_months_and_then_named() -> None:
    assert [found.level for found in install.routes(date(2027, 5, 21))] == [Level.OK]
    (finding,) = install.routes(date(2027, 5, 22))
    assert finding.level is Level.WARN
    assert "21 November 2026" in finding.what
    assert "Facebook" in finding.what
    assert finding.remedy


# ----------------------------------------------------------------------------------------- `doctor`

DOCTOR = Path(findings.__file__).parent
_TYPED = re.compile(r"schoolgate (?:[^.,;:()”]|[.:](?=\S))*")
_TO_BE_PASTED = re.compile(r"\w+ = |\[\[\w+\]\] \w+ ?=")
SCHOOL = '[[schools]]\nurn = "900001"\nname = "Oakfield Primary School"\n'


def _texts() -> Iterator[str]:
    """Every text of the checks but their docstrings; what is filled in stands as “filled”."""
    for check in tomllib.loads((DOCTOR / "findings.toml").read_text()).values():
        yield from (re.sub(r"\{\w+\}", "filled", text) for row in check.values() for text in row.values())
    for path in (*DOCTOR.glob("check_*.py"), DOCTOR / "findings.py"):
        tree_ = ast.parse(path.read_text(encoding="utf-8"))
        docs = {id(node.value) for node in ast.walk(tree_) if isinstance(node, ast.Expr)}
        inner = {id(v) for node in ast.walk(tree_) if isinstance(node, ast.JoinedStr) for v in node.values}
        for node in ast.walk(tree_):
            if isinstance(node, ast.JoinedStr):
                yield "".join(str(v.value) if isinstance(v, ast.Constant) else "filled" for v in node.values)
            elif (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in docs | inner
            ):
                yield node.value


def _commands() -> list[str]:
    found = {match.group().strip() for text in _texts() for match in _TYPED.finditer(text)}
    return sorted(command for command in found if command.partition(" ")[2][:1].islower())


COMMANDS = _commands()


def test_the_commands_of_remedies_are_found() -> None:
    assert {
        "schoolgate setup",
        "schoolgate set contact=ADDRESS",
        "schoolgate alerts list",
    } <= set(COMMANDS)


@for_each("line", COMMANDS)
def test_a_command_of_a_remedy_is_read_by_the_command_line_with_its_options(line: str) -> None:
    command, (_, *given) = tree(), shlex.split(line)
    while hasattr(command, "commands"):
        if not given and getattr(command, "invoke_without_command", False):
            return
        assert given, f"{line} is a group"
        assert given[0] in command.commands, f"{line}: there is no {given[0]}"
        command, given = command.commands[given[0]], given[1:]
    command.make_parser(command.context_class(command)).parse_args(given)


KEYS = sorted(
    {key for line in COMMANDS if line.startswith("schoolgate set ") for key in shlex.split(line)[2:]}
)


@pytest.mark.parametrize("key", [key for key in KEYS if key != "mail"])
def test_a_key_that_a_remedy_sets_is_in_the_file_afterwards_and_the_file_loads(
    tmp_path: Path, key: str
) -> None:
    name, _, value = key.partition("=")
    path = tmp_path / "schoolgate.toml"
    path.write_text(SCHOOL + MAIL if name.startswith("mail.") else SCHOOL)
    (tmp_path / "filter-ca.pem").write_bytes(Path(certifi.where()).read_bytes())
    answer = str(_example(name)) if value.isupper() or value == "filled" else value
    called(set_keys, keys=[f"{name}={answer}"], home=tmp_path)
    load_file(path, {})
    assert answer.strip("[]'") in path.read_text()


def test_no_remedy_gives_lines_to_be_put_into_the_file() -> None:
    assert [text for text in _texts() if _TO_BE_PASTED.search(text)] == []


def test_keys_and_tables_that_a_remedy_names_are_in_the_file() -> None:
    tables = {key for key in TomlFile.model_fields}
    named = {name for text in _texts() for name in re.findall(r"\[+(\w+)(?:\.\w+)?\]+", text)}
    assert named - tables - {"filled"} <= {"browser", "hub", "fleet"}  # extras of pip


def test_pages_that_a_remedy_names_are_there() -> None:
    named = {page for text in _texts() for page in re.findall(r"schoolgate docs ([\w-]+)", text)}
    assert named
    assert named <= doc_pages().keys()


def _example(name: str) -> object:
    table, _, key = name.rpartition(".")
    model = TomlFile
    if table:
        from monitor.cli.commands.set import _model

        model = _model(TomlFile.model_fields[table])
    example = model.model_fields[key].examples[0]
    return ", ".join(example) if isinstance(example, list) else example
