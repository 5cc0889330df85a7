"""Exit codes and messages, as a shell sees them."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import support.forked
from builders.config import SCHOOL, write
from builders.mention import NOW
from support.mail_server import post_office

from data.errors import refused
from monitor.cli.demo.run import alone
from monitor.pipeline import spool
from monitor.pipeline.sighting import Report
from monitor.terminal import errors

COMMAND = [sys.executable, "-P", "-c", "from monitor.cli.app import main; main()"]


LOCAL = '[[sources]]\nid = "local"\nkind = "feed"\nurl = "http://127.0.0.1:9/feed.xml"\n'


def schoolgate(*words, home=None, **env):
    extra = ["--home", str(home)] if home else []
    if "PYTHONIOENCODING" not in env:  # which is read at the start
        return support.forked.run(support.forked.COMMAND, *words, *extra, env=os.environ | env)
    return subprocess.run(
        [*COMMAND, *words, *extra], env=os.environ | env, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip


def test_wrong_use_ends_with_2():
    assert schoolgate("scan", "--nonsense").returncode == 2


def test_a_missing_configuration_ends_with_2_and_says_how_to_write_one(tmp_path):
    run = schoolgate("scan", home=tmp_path)
    assert run.returncode == 2
    assert "schoolgate init" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_configuration_with_faults_names_the_first_and_counts_the_rest(tmp_path):
    (tmp_path / "schoolgate.toml").write_text(
        '[[schools]]\nurn = "900001"\nnme = "x"\n[[sources]]\nid = "a"\n'
    )
    run = schoolgate("scan", home=tmp_path)
    assert run.returncode == 2
    assert "more faults below. Nothing was changed." in run.stderr
    assert "schoolgate.toml, [[schools]] number 1" in run.stderr.splitlines()[0]


def test_a_configuration_without_sources_says_what_to_do_next(tmp_path):
    write(tmp_path, SCHOOL)
    run = schoolgate("scan", home=tmp_path)
    assert run.returncode == 2
    assert "names no place to read yet" in run.stderr
    assert "schoolgate people add" in run.stderr


def test_what_was_handed_in_is_passed_on_where_there_is_no_place_to_read(tmp_path):
    with post_office() as office:
        write(
            tmp_path,
            SCHOOL + '[[people]]\nid = "dsl"\nname = "Ms Pike"\nroles = ["dsl"]\nemail = "dsl@example.org"\n'
            f'[mail]\nhost = "localhost"\nport = {office.port}\nsecurity = "none"\n'
            'sender = "sg@example.org"\n',
        )
        said = Report("I will stab him at the gate of Oakfield Primary today.", "", "email", None, None, NOW)
        with spool.keep(tmp_path, spool.Kept(said, "900001", None, NOW)):
            pass
        assert "names no place to read yet" in schoolgate("scan", home=tmp_path).stderr
    assert spool.waiting(tmp_path) == []
    assert [taken.to for taken in office.taken] == [("dsl@example.org",)]


@pytest.mark.slow
def test_the_demo_ends_with_0_and_says_what_a_real_scan_would_have(tmp_path):
    run = schoolgate("scan", "--demo", home=tmp_path)
    assert run.returncode == 0, run.stderr
    assert "a real scan would have ended with 3" in run.stdout
    assert "Traceback" not in run.stderr
    assert "PyTorch" not in run.stderr


@pytest.mark.slow
def test_the_demo_as_json_is_one_document(tmp_path):
    run = schoolgate("scan", "--demo", "--json", home=tmp_path)
    assert run.returncode == 0, run.stderr
    assert json.loads(run.stdout)["exit"] == 0


def test_a_scan_of_a_place_that_cannot_be_read_ends_with_3(tmp_path):
    write(tmp_path, SCHOOL + LOCAL)
    run = schoolgate("scan", home=tmp_path)
    assert run.returncode == 3, run.stderr
    assert "exit 3: done, but some sources failed" in run.stdout
    assert "Not seen:" in run.stdout


def test_a_source_named_wrongly_is_told_which_there_are(tmp_path):
    write(tmp_path, SCHOOL + LOCAL)
    run = schoolgate("scan", "--source", "locl", home=tmp_path)
    assert run.returncode == 2
    assert "It has: local." in run.stderr


@pytest.mark.parametrize(
    "words",
    [("scan", "--demo"), ("init", "--urn", "900001", "--yes"), ("scan",), ("story", "list"), ("doctor",)],
)
def test_a_home_that_is_a_file_is_told_plainly(tmp_path, words):
    home = tmp_path / "home"
    home.write_text("")
    register = tmp_path / "gias.csv"
    register.write_text("URN,EstablishmentName\n900001,Oakfield Primary School\n")
    extra = ("--register", str(register)) if words[0] == "init" else ()
    run = schoolgate(*words, *extra, home=home)
    assert run.returncode in (1, 2)
    assert "Traceback" not in run.stderr
    assert "a file stands where a folder is needed" in run.stdout + run.stderr


@pytest.mark.parametrize("code", [errno.EACCES, errno.EROFS, errno.ENOSPC, errno.EIO, errno.ENOENT])
def test_what_the_machine_refuses_is_told_with_the_place_and_a_mend(code):
    line = refused(OSError(code, os.strerror(code), "/some/home/demo"))
    assert line.startswith("/some/home/demo cannot be used: ")
    assert "Errno" not in line
    assert line.count(". ") >= 1


@pytest.mark.parametrize("encoding", ["cp1252", "ascii"])
def test_an_output_that_has_no_such_letters_gets_a_question_mark(tmp_path, encoding):
    run = schoolgate("doctor", "--all", home=tmp_path, PYTHONIOENCODING=encoding)
    assert run.stderr == ""
    assert run.stdout.startswith("Next: ")
    assert "  ? " in run.stdout


def test_a_reader_that_goes_away_is_no_fault(tmp_path):
    run = subprocess.Popen(
        [*COMMAND, "doctor", "--home", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
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


def test_ctrl_c_at_a_question_is_an_interruption_too(monkeypatch):
    def stopped(_):
        raise KeyboardInterrupt

    monkeypatch.setattr("builtins.input", stopped)
    monkeypatch.setattr("typer._click.termui.visible_prompt_func", stopped)
    with pytest.raises(KeyboardInterrupt):
        errors.ask("Name")


def test_a_question_that_nobody_can_answer_says_so(tmp_path):
    run = schoolgate("init", home=tmp_path)
    assert run.returncode == 2
    assert "standard input has ended" in run.stderr


@pytest.mark.parametrize(
    "words",
    [("--source", "gazette"), ("--since", "2026-11-01"), ("--school", "900001"), ("--config", "x.toml")],
)
def test_the_demo_refuses_what_it_would_pass_over(tmp_path, words):
    run = schoolgate("scan", "--demo", *words, home=tmp_path)
    assert run.returncode == 2
    assert f"takes no {words[0]}" in run.stderr
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
from monitor.terminal.errors import ended_at_once
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
A_THREAD = "threading.Thread(target=lambda: (time.sleep(0.2), print('the thread too'))).start()"


def _ended(code="3", more="", **given):
    told = [sys.executable, "-P", "-c", ENDS.format(code=code, more=more)]
    given = {"stdout": subprocess.PIPE} | given
    return subprocess.run(told, stderr=subprocess.PIPE, text=True, check=False, **given)


def test_a_process_ends_at_once_with_its_code_and_all_that_it_said():
    run = _ended()
    assert (run.returncode, run.stdout, run.stderr) == (3, "said\ntidied up\n", "")


def test_a_process_does_not_end_before_its_threads():
    run = _ended(more=A_THREAD)
    assert (run.returncode, run.stdout) == (3, "said\nthe thread too\ntidied up\ntaken apart\n")


def test_a_word_of_leave_is_still_printed():
    run = _ended(code="'not so'")
    assert (run.returncode, run.stderr) == (1, "not so\n")


def test_what_could_not_be_printed_is_no_success():
    with Path("/dev/full").open("w") as full:
        assert _ended(code="0", stdout=full).returncode != 0
