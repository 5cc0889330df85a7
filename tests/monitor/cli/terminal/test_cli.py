"""What a shell sees: exit codes and messages, the manual, and words of a person's own."""

import errno
import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
import support.forked
from builders.config import DPIA, PERSON, SCHOOL, write
from builders.fetcher import fetcher_for
from builders.home import a_migrated_store, rows_of
from builders.judges import Words
from builders.mention import NOW
from builders.serving import DANGER, feed
from support.every_command import ended, leaves
from support.for_each import for_each
from support.mail_server import post_office
from support.web_server import serve
from typer.testing import CliRunner

from alerts.access.offices import FACTS
from alerts.letters.kinds import SPECS, LetterKind
from alerts.ways import playbooks
from classifiers.scoring.onnx_scorer import CARD, MODEL_DIR
from data.errors import explain_refusal
from data.rungs import Rung
from data.steps.codes import BypassRoute
from data.words.say import words
from monitor.act import casework
from monitor.act.casework import make_judges
from monitor.cli.app import app_for_words, name_home
from monitor.cli.commands.docs import doc_pages
from monitor.cli.demo.run import alone
from monitor.home import wiring
from monitor.pipeline import supplied as spool
from monitor.pipeline.supplied import Report
from monitor.reports.manual import FIGURES, fill_page
from monitor.terminal import groups, output

COMMAND = [sys.executable, "-P", "-c", "from monitor.cli.app import main; main()"]


LOCAL = '[[sources]]\nid = "local"\nkind = "feed"\nurl = "http://127.0.0.1:9/feed.xml"\n'


def schoolgate(*words, home=None, code=support.forked.COMMAND):
    extra = ["--home", str(home)] if home else []
    return support.forked.run(code, *words, *extra)


def test_wrong_use_ends_with_2():
    assert schoolgate("scan", "--nonsense").returncode == 2


ASKING = [
    "status", "scan --no-send", "doctor --all", "report", "mail test head", "source test",
    "schools update", "set contact=office@example.org", "people list", "alerts ack", "digest",
]  # fmt: skip


def test_every_hint_works_as_typed_for_the_home_that_was_named(tmp_path, monkeypatch):
    """Whatever it prints, and of every command that there is."""
    (home := tmp_path / "a b").mkdir()
    write(home, SCHOOL + LOCAL)
    monkeypatch.setattr(output, "name_home", name_home)
    leaf = {f"schoolgate {' '.join(one)}": command for one, command in leaves()}
    hints = [*leaf]
    for typed in ASKING:
        monkeypatch.setattr(sys, "argv", ["schoolgate", *shlex.split(typed), "--home", str(home)])
        _, out, err = ended(sys.argv[1:])
        hints += re.findall(r"(?<!Usage: )(?<!Try ')schoolgate [a-z].*", f"{out}\n{err}")
    assert len(hints) > len(leaf) + 8
    for hint in map(name_home, hints):
        name = max((name for name in leaf if hint.startswith(name)), key=len)
        takes = any(param.name == "home" for param in leaf[name].params)
        assert hint.removeprefix(name).startswith(f" --home '{home}'") is takes, hint


@for_each(
    ("settings", "words", "first", "told"),
    [
        ("", (), "", "schoolgate setup"),
        (
            '[[schools]]\nurn = "900001"\nnme = "x"\n[[sources]]\nid = "a"\n', (),
            "schoolgate.toml, [[schools]] number 1", "more faults below. Nothing was changed.",
        ),
        (SCHOOL, (), "names no source yet", "schoolgate setup"),
        (SCHOOL + LOCAL, ("--source", "locl"), "", "It has: local."),
    ],
)  # fmt: skip
def test_a_configuration_that_will_not_do_ends_with_2_and_says_what_to_do(
    tmp_path, settings, words, first, told
):
    if settings:
        (tmp_path / "schoolgate.toml").write_text(settings)
    code, _, err = ended(["scan", *words, "--home", str(tmp_path)])
    assert code == 2
    assert first in err.splitlines()[0]
    assert told in err


def test_what_was_handed_in_is_passed_on_where_there_is_no_place_to_read(tmp_path):
    with post_office() as office:
        write(
            tmp_path,
            SCHOOL + '[[people]]\nid = "dsl"\nname = "Ms Pike"\nroles = ["dsl"]\nemail = "dsl@example.org"\n'
            f'[mail]\nhost = "localhost"\nport = {office.port}\nsecurity = "none"\n'
            'sender = "sg@example.org"\n',
        )
        said = Report("I will stab him at the gate of Oakfield Primary today.", "", "email", None, None, NOW)
        with spool.spool_report(tmp_path, spool.Kept(said, "900001", NOW)):
            pass
        assert "names no source yet" in schoolgate("scan", home=tmp_path).stderr
    assert spool.spooled_reports(tmp_path) == []
    assert [taken.to for taken in office.taken] == [("dsl@example.org",)]


def test_a_fault_in_looking_for_what_was_handed_in_keeps_no_scan(tmp_path, monkeypatch):
    def broken(home):
        raise PermissionError

    write(tmp_path, f"{SCHOOL}{LOCAL}{DPIA}")
    monkeypatch.setattr(spool, "spooled_reports", broken)
    code, out, _ = ended(["scan", "--no-send", "--home", str(tmp_path)])
    assert (code, "exit 3: done, but some sources failed" in out) == (3, True)


@pytest.mark.slow
def test_the_demo_ends_with_0_and_says_what_a_real_scan_would_have(tmp_path):
    run = schoolgate("scan", "--demo", home=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "a real scan would have ended with 3" in run.stdout
    assert "Traceback" not in run.stderr
    assert "PyTorch" not in run.stderr


def test_a_scan_of_a_place_that_cannot_be_read_ends_with_3(tmp_path):
    write(tmp_path, SCHOOL + LOCAL)
    run = schoolgate("scan", home=tmp_path)
    assert run.returncode == 3, run.stderr
    assert "exit 3: done, but some sources failed" in run.stdout
    assert "Not seen:" in run.stdout


@pytest.fixture
def looks(tmp_path, monkeypatch):
    """What a scan ends with in a home without an assessment, of a place that answers by `page`."""

    def scan(page, *words):
        with serve({"/a.xml": page}) as site:
            place = LOCAL.replace("http://127.0.0.1:9/feed.xml", f"{site}/a.xml")
            write(tmp_path, f'{SCHOOL}locality = "Northvale"\n{place}')
            monkeypatch.setattr(wiring, "fetcher", lambda *_, **__: nullcontext(fetcher_for(site)))
            return ended(["scan", *words, "--home", str(tmp_path)])

    by_words, before = partial(replace, scorer=Words), signal.getsignal(signal.SIGTERM)
    monkeypatch.setattr(casework, "make_judges", lambda *given: by_words(make_judges(*given)))
    yield scan
    signal.signal(signal.SIGTERM, before)


def test_a_scan_of_a_home_without_an_assessment_only_looks_and_says_what_to_do_about_a_danger(
    tmp_path, looks
):
    _, out, err = looks(feed(DANGER))
    assert "LOOKED ONLY. Nothing was stored, and nobody was told" in out, err
    assert "press “Report it”" in out
    assert "1 post read" in out
    assert not re.search("alert|case|raised|Read all of it at the desk", out)
    assert rows_of(a_migrated_store(tmp_path), "SELECT count(*) FROM mentions") == [(0,)]


def test_a_look_that_is_ended_leaves_nothing_and_what_a_killed_one_left_goes_with_the_next(tmp_path, looks):
    left = tmp_path / "look-killed"
    left.mkdir()

    def ends(exchange):
        os.kill(os.getpid(), signal.SIGTERM)
        exchange.write(feed(DANGER))

    assert looks(ends)[0] == 143
    assert list(tmp_path.glob("look-*")) == []


def test_a_look_keeps_no_archive_and_says_what_is_missing(tmp_path, looks):
    (tmp_path / "old.mbox").write_text("")
    code, _, err = looks(feed(DANGER), "--source", "local", "--mbox", str(tmp_path / "old.mbox"))
    assert code == 2
    assert "no impact assessment is recorded: enter who signed it, and when, first: schoolgate setup" in err


@for_each(
    "words",
    ["scan --demo", "init --urn 900001 --register {folder}/gias.csv", "scan", "alerts list", "doctor"],
)
def test_a_home_that_is_a_file_is_told_plainly(tmp_path, words):
    (home := tmp_path / "home").write_text("")
    (tmp_path / "gias.csv").write_text("URN,EstablishmentName\n900001,Oakfield Primary School\n")
    code, out, err = ended([*words.format(folder=tmp_path).split(), "--home", str(home)])
    assert code in (1, 2)
    assert f"{home} is a file, and a home is a folder. Type: --home {tmp_path}" in out + err


@for_each("code", [errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EIO, errno.ENOENT])
def test_what_the_machine_refuses_is_told_with_the_place_and_a_mend(code):
    line = explain_refusal(OSError(code, os.strerror(code), "/some/home/demo"))
    assert line.startswith("/some/home/demo cannot be used: ")
    assert "Errno" not in line
    assert line.count(". ") >= 1


@for_each("encoding", ["cp1252", "ascii"])
def test_an_output_that_has_no_such_letters_gets_a_question_mark(tmp_path, encoding):
    begun = "".join(
        f"sys.{out}.reconfigure(encoding='{encoding}', errors='strict');" for out in ("stdout", "stderr")
    )
    run = schoolgate("doctor", "--all", home=tmp_path, code=f"import sys; {begun} {support.forked.COMMAND}")
    assert run.stderr == ""
    assert run.stdout.startswith("Next: ")
    assert "  ? " in run.stdout


def test_a_reader_that_goes_away_is_no_fault(tmp_path):
    run = support.forked.Forked(support.forked.COMMAND, "doctor", "--home", tmp_path)
    run.stdout.close()
    with run.stderr:
        assert run.stderr.read() == ""
    run.wait(60)


def test_ctrl_c_ends_with_130_and_one_line():
    # begun with & by a shell, a suite and all that it starts ignore Ctrl-C
    heard = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)"
    wait = "lambda verbose: (print('here', flush=True), time.sleep(60))"
    code = f"{heard}; import time, monitor.terminal.output; monitor.terminal.output.set_up_log = {wait}"
    run = subprocess.Popen(
        [sys.executable, "-P", "-c", f"{code}\nfrom monitor.cli.app import main; main()", "doctor"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert run.stdout.readline() == "here\n"
    run.send_signal(signal.SIGINT)
    _, told = run.communicate(timeout=60)
    assert run.returncode == 130
    assert told == "Interrupted. Nothing is half written.\n"


@for_each("option", ["--source", "--since", "--school", "--config"])
def test_the_demo_refuses_what_it_would_pass_over(tmp_path, option):
    code, _, err = ended(["scan", "--demo", option, "x", "--home", str(tmp_path)])
    assert code == 2
    assert f"takes no {option}" in err
    assert list(tmp_path.iterdir()) == []


def test_a_second_demo_in_the_same_home_is_refused_and_wipes_nothing(tmp_path):
    kept = tmp_path / "demo" / "kept"
    with alone(tmp_path / "demo"):
        kept.parent.mkdir()
        kept.write_text("the first one's")
        run = schoolgate("scan", "--demo", home=tmp_path)
    assert run.returncode == 1
    assert "A demo is playing" in run.stderr
    assert kept.exists()


ENDS = """
import atexit, sys, threading, time
from monitor.terminal.program import ended_at_once
atexit.register(print, "tidied up")
class Told:
    def __del__(self, say=print):
        say("taken apart")
kept = Told()
{more}
with ended_at_once():
    print("said")
    sys.exit({code})
"""


def _ended(code="3", more="", **given):
    told = [sys.executable, "-P", "-c", ENDS.format(code=code, more=more)]
    given = {"stdout": subprocess.PIPE} | given
    return subprocess.run(told, stderr=subprocess.PIPE, text=True, check=False, **given)


def test_a_process_ends_at_once_with_its_code_and_all_that_it_said():
    run = _ended()
    assert (run.returncode, run.stdout, run.stderr) == (3, "said\ntidied up\n", "")


def test_a_process_does_not_end_before_its_threads():
    run = _ended(more="threading.Thread(target=lambda: (time.sleep(0.2), print('the thread too'))).start()")
    assert (run.returncode, run.stdout) == (3, "said\nthe thread too\ntidied up\n")


def test_what_still_lies_about_at_the_end_is_not_listed_on_standard_error():
    idle = "import duckdb; from concurrent.futures import ThreadPoolExecutor as Pool; pool = Pool(1)"
    run = _ended(more=f"{idle}; held = pool.submit(duckdb.connect().extract_statements, 'SELECT 1').result()")
    assert (run.returncode, run.stdout, run.stderr) == (3, "said\ntidied up\n", "")


def test_a_word_of_leave_is_still_printed():
    run = _ended(code="'not so'")
    assert (run.returncode, run.stderr) == (1, "not so\n")


def test_what_could_not_be_printed_is_no_success():
    with Path("/dev/full").open("w") as full:
        assert _ended(code="0", stdout=full).returncode != 0


# `schoolgate docs`: the manual, shown where the program is.


DOCS = Path(__file__).resolve().parents[4] / "docs"


def _shown(*name):
    return CliRunner().invoke(app_for_words(["docs"]), ["docs", *name])


@for_each("name", ["installing", "installing.md", "docs/installing.md", "Installing", "installing#upgrading"])
def test_a_page_is_shown_by_each_name_that_people_meet(name):
    assert _shown(name).stdout == (DOCS / "installing.md").read_text(encoding="utf-8") + "\n"


@for_each(
    ("name", "page"),
    [
        ("", "README.md"),
        ("decisions/readme", "decisions/README.md"),
        ("0037-a-sealed-set", "decisions/0037-a-sealed-set.md"),
        ("changelog", "../CHANGELOG.md"),
        ("readme", "../README.md"),
    ],
)
def test_the_list_what_stands_beside_the_manual_and_a_decision_are_pages_too(name, page):
    assert _shown(name).stdout == (DOCS / page).read_text(encoding="utf-8") + "\n"


@for_each(
    ("name", "said"),
    [
        ("instaling", "There is no page “instaling”. Did you mean “installing”? All pages: schoolgate docs"),
        ("../pyproject", "There is no page “../pyproject”"),
    ],
)
def test_a_page_that_is_not_there_is_not_shown_and_the_nearest_is_named(name, said):
    result = _shown(name)
    assert str(result.exception).startswith(said)
    assert not result.stdout


class _Terminal(io.StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_a_page_is_laid_out_and_each_page_it_leads_to_is_named(monkeypatch):
    monkeypatch.setattr("sys.stdout", _Terminal())
    monkeypatch.setenv("COLUMNS", "200")
    output.say_page(
        "# Upgrading\n\nSee [your first week](first-week.md#mail), [desk.md](desk.md), "
        "[why](decisions/0037-a-sealed-set.md) and [the law](https://law.example.org/a.md).\x1b[2J\n"
    )
    said = output.sys.stdout.getvalue()
    assert "# Upgrading" not in said
    assert "See your first week (first-week), desk.md, why (decisions/0037-a-sealed-set)" in said
    assert "https://law.example.org/a.md" in said
    assert "\x1b[2J" not in said


def _lines(*name):
    return _shown(*name).stdout.splitlines()


def test_the_ladder_is_shown_with_every_rung_and_lane_of_the_program():
    page = _shown("removal-ladder").stdout
    assert all(f"| `{name}` |" in page for name in (*Rung, *BypassRoute))
    assert "<!-- made" not in page


@for_each(
    ("page", "lines"),
    [
        ("access", ["| local authority’s contact | – | – | – | – | – | – |"]),
        ("access", [f"| {row.said}" for row in FACTS.values()]),
        ("letters", ["| `holding_line` | Line for the press |"]),
        ("access", ["| the head | chair of governors, then vice-chair of governors"]),
        ("letters", [f"| `{kind}` |" for kind in LetterKind]),
    ],
)
def test_a_page_is_shown_with_what_the_program_knows(page, lines):
    shown = _lines(page)
    assert all(any(line in one for one in shown) for line in lines)


@for_each("kind", list(LetterKind))
def test_every_letter_is_shown_by_its_name_with_its_blanks_and_no_tag(kind):
    shown = _shown("letter", kind.value)
    assert shown.stdout.startswith("# ")
    assert not re.search(r"\{[{%]|[%}]\}", shown.stdout)
    assert "\n\n\n" not in shown.stdout
    assert all(f"`{name}`" in shown.stdout for name in SPECS[kind].wants)


def test_a_letter_that_a_nation_has_its_own_of_is_shown_for_each():
    shown = _lines("letter", "complaints_procedure")
    assert {"## Wales", "## Scotland", "## Northern Ireland"} <= set(shown)


def test_the_playbooks_are_shown_with_every_step_and_its_guidance():
    shown = _shown("playbooks").stdout
    assert all(f"## {words('en')(f'playbook.title.{key}')}" in shown for key in playbooks())
    assert shown.count("   Guidance: ") == sum(len(book.steps) for book in playbooks().values())


def test_the_page_of_the_model_is_shown_with_every_figure_of_its_card():
    shown = _shown("model").stdout
    card = json.loads((MODEL_DIR / CARD).read_text(encoding="utf-8"))
    figures = card["measured"]["sealed"][-1]["figures"]
    assert all(f"| {FIGURES[name][0]} | {FIGURES[name][1]} |" in shown for name in figures)
    rows = [line for line in shown.splitlines() if line.startswith("| severity 3 and 4: alerted |")]
    assert rows
    assert all(
        re.fullmatch(r"\|[^|]+\| ≥ \.82 \| [\d.]+ \| [\d.]+ to [\d.]+ \| [\d,]+ \|", row) for row in rows
    )


def test_a_page_that_names_no_table_of_the_program_is_refused():
    with pytest.raises(KeyError, match="nothing"):
        fill_page("<!-- made: nothing -->")


@for_each(
    "name",
    sorted(name for name in doc_pages() if "<!-- made" in doc_pages()[name].read_text(encoding="utf-8")),
)
def test_every_table_that_a_page_names_is_made(name):
    assert "<!-- made" not in _shown(name).stdout


# What is typed is taken the quick way and typer's own alike: by either, a command says the same.


TYPED = (
    "alerts list --home {home}",
    "alerts list --home {home}/not-there",
    "story list --home {home} --since",
    "story show é --home {home}",
    "story show",
    "alerts list --home {home} --config {home}/unreadable.toml",
    "report --week 2026-W99 --home {home}",
    "scan --since yesterweek --home {home} --no-send",
)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    folder = tmp_path_factory.mktemp("home")
    write(folder, SCHOOL + PERSON)
    (folder / "unreadable.toml").write_text("no toml")
    a_migrated_store(folder)
    return folder


def _said(words):
    result = CliRunner().invoke(app_for_words(words), words)
    return result.exit_code, result.output, repr(result.exception)


@for_each("typed", TYPED)
def test_a_typer_that_says_no_types_takes_what_is_typed_as_the_quick_way_does(typed, home, monkeypatch):
    words = typed.format(home=home).split()
    quick = _said(words)
    monkeypatch.setattr(groups, "_take_as_typed", lambda params: None)
    assert _said(words) == quick
