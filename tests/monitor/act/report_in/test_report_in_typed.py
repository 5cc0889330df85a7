"""What somebody posted is never taken from a command line: it is asked for, or read; and it is not lost."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import stat
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

import duckdb
import pytest
from builders.case_desk import run as typed
from support import forked
from support.documents import content
from support.rows import rows as query
from typer.testing import CliRunner

from data.effects import utc_now
from data.errors import InputError, StoreBusy
from data.store.engine.open import Store
from monitor.cli.app import app
from monitor.cli.commands import service as status
from monitor.cli.commands.report_in import NotTakenIn
from monitor.cli.demo import run
from monitor.cli.demo.run import render, unintended
from monitor.cli.views.scan.as_json import as_document
from monitor.cli.views.scan.text import scan_lines
from monitor.cli.views.scan.wording import what
from monitor.pipeline import spool
from monitor.setup.doctor import state
from monitor.setup.doctor.findings import Level

SAID = "Mr Thistlewood at Oakfield is a fat useless moron and an ugly pig, everybody laugh at him."
SCHOOLGATE = (sys.executable, "-P", "-m", "monitor.cli.app")


def report(home, *words, said=None):
    """What it printed; its fault is raised."""
    result = CliRunner().invoke(app, ["report-in", *words, "--home", str(home)], input=said)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0
    return result.stdout


def texts(home):
    return [text for (text,) in query(home, "SELECT text FROM mention_versions")]


def spooled(home):
    return list((home / "spool").glob("*"))


# ------------------------------------------------------------------ where the words come from


def test_words_on_the_command_line_are_refused_and_it_is_said_why_and_what_to_type_instead(home):
    with pytest.raises(InputError) as refused:
        report(home, "--text", SAID)
    told = str(refused.value)
    for said in ("list of processes", "history", "--text -", "--text-file FILE", "schoolgate report-in"):
        assert said in told
    assert refused.value.exit_code == 2
    assert "Thistlewood" not in told
    assert SAID not in texts(home)


def test_standard_input_is_read_where_the_text_is_a_hyphen(home):
    told = content(report(home, "--text", "-", "--json", said=f"{SAID}\r\n\r\nAnd again.\n"))
    by_number = f"SELECT subject FROM audit WHERE list_contains(codes, 'number:{told['number']}')"
    assert query(home, f"SELECT severity FROM verdicts WHERE mention_id IN ({by_number})") == [(3,)]
    assert f"{SAID}\n\nAnd again." in texts(home)
    assert "-" not in texts(home)


@pytest.mark.parametrize("name", ["said.txt", "-"])
def test_a_file_is_read_as_text_whatever_the_editor_put_before_it(home, tmp_path, name):
    (tmp_path / "said.txt").write_text(SAID, encoding="utf-8-sig")
    path = name if name == "-" else str(tmp_path / name)
    report(home, "--text-file", path, said=SAID if name == "-" else None)
    assert SAID in texts(home)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--text", "-", "--text-file", "x"), "one of the two"),
        (("--text", "-", "--file", "shot.png"), "also give --no-child-image"),
        (("--text-file", "not-there.txt"), "cannot be read"),
        (("--text-file", __file__[:-3] + "none"), "cannot be read"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_read(home, words, told):
    with pytest.raises(InputError, match=told):
        report(home, *words, said=SAID)
    assert SAID not in texts(home)


def test_bytes_that_are_no_text_are_refused_in_one_sentence(home):
    with pytest.raises(InputError, match="not UTF-8"):
        report(home, "--text", "-", said=b"caf\xe9")


def processes(name: bytes) -> list[bytes]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found.append(path.read_bytes())
        except OSError:  # it has ended
            continue
    return [line for line in found if name in line]


def test_while_it_runs_the_list_of_processes_holds_no_word_of_it(home):
    begun = subprocess.Popen(
        [*SCHOOLGATE, "report-in", "--text", "-", "--home", str(home), "--json"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    begun.stdin.write("CHILDSAYS my dad hits me")
    begun.stdin.flush()
    seen, ran = [], []
    begun.stdin.close()
    while begun.poll() is None:
        seen += processes(b"CHILDSAYS")
        ran += processes(str(home).encode())
        time.sleep(0.01)
    assert (begun.returncode, seen, bool(ran)) == (0, [], True)
    begun.stdout.close()
    assert any("CHILDSAYS" in text for (text,) in query(home, "SELECT text FROM restricted_texts")) or any(
        "CHILDSAYS" in text for text in texts(home)
    )


# ------------------------------------------------------------------ asking at a terminal


def at_a_terminal(answers, *words):
    """Runs it at the end of a terminal: each answer is typed when its question stands there."""
    terminal, theirs = pty.openpty()
    child = forked.Forked(forked.COMMAND, *words, at=theirs)
    os.close(theirs)
    shown, left = "", list(answers)
    try:
        while True:
            if left and left[0][0] in shown.rpartition("\x00")[2]:
                answer = left.pop(0)[1]
                shown += "\x00"
                os.write(terminal, answer.encode())
            if not select.select([terminal], [], [], 60)[0]:
                raise AssertionError(f"it waits; shown so far:\n{shown}")
            try:
                got = os.read(terminal, 65536).decode("utf-8", "replace")
            except OSError:  # its end has closed
                break
            if not got:
                break
            shown += got
    finally:
        child.communicate(60)
        os.close(terminal)
    assert not left, (left, shown)
    return child.returncode, shown.replace("\r", "")


DOOR = [("Is anybody in danger", "\n"), ("Whom it is about", "\n")]
"""The first questions, which nobody answers; then what a picture shows, where no file is given."""
NO_PICTURE = ("Does a picture or film", "\n")


def test_at_a_terminal_it_asks_for_all_that_is_missing_and_takes_a_paste_whole(home):
    code, shown = at_a_terminal(
        [
            *DOOR,
            NO_PICTURE,
            ("Its address", "talk.example.org/5\n"),
            ("Its address", "https://talk.example.org/5\n"),
            ("Who saw it", "Front office\n"),
            ("When it was seen", "2026-11-16T20:00\n"),
            ("The name it was posted under", "Larch Dad\n"),
            ("What it said", f"{SAID}\n\nIt went on below.\n\n\n"),
        ],
        *("report-in", "--home", str(home)),
    )
    assert code == 0, shown
    assert "not a web address" in shown
    assert "Where it was:" not in shown
    assert f"{SAID}\n\nIt went on below." in texts(home)
    ((channel, author),) = query(
        home, "SELECT channel, author FROM mentions WHERE url LIKE '%talk.example.org/5%'"
    )
    assert (channel, author) == ("website", "Larch Dad")
    assert "seen_at:2026-11-16T20:00:00Z" in str(query(home, "SELECT codes FROM audit"))
    assert ("Front office",) in query(home, "SELECT note FROM audit_notes")


def dialogue(home, monkeypatch, answers):
    """What stands on the screen where somebody answers each question so; what is not answered by Enter."""
    shown, left = [], dict(answers)

    def line(question):
        beginning = next((one for one in left if question.startswith(one)), None)
        said = left.pop(beginning) if beginning else ""
        shown.append(f"{question}\n> {said}")
        return said

    words = "monitor.terminal.private_words"
    monkeypatch.setattr(f"{words}.at_a_terminal", lambda: True)
    monkeypatch.setattr(f"{words}.line", line)
    monkeypatch.setattr(f"{words}.tell", lambda said: shown.append(f"! {said}"))
    monkeypatch.setattr(f"{words}.lines", lambda question: shown.append(question) or SAID)
    answered = report(home)
    assert not left
    answered = re.sub(r"Received \d\d:\d\d", "Received TIME", answered)
    return re.sub(r"\b[0-9]{6}\b", "NUMBER", "\n".join([*shown, "", answered]))


@pytest.mark.parametrize(
    "answers",
    [
        {"Whom it is about": "unknown"},
        {"Is anybody in danger": "soon", "Who: ": "b-thistlewood", "Whom it is about": "staff"},
        {"Is anybody in danger": "now", "Who: ": "child", "Whom it is about": "head"},
        {"Does a picture": "unknown", "Who saw it": "a parent"},
    ],
    ids=["nothing", "threat", "head", "picture"],
)
def test_the_dialogue_at_the_door(home, monkeypatch, answers, snapshot):
    assert dialogue(home, monkeypatch, answers) == snapshot


GROUP = "https://www.facebook.com/groups/northvale.example"


@pytest.mark.parametrize(("own", "kept"), [(f"{GROUP}/posts/77", f"{GROUP}/posts/77"), ("", GROUP)])
def test_of_a_groups_address_it_asks_whether_the_post_has_one_of_its_own(home, monkeypatch, own, kept):
    dialogue(home, monkeypatch, {"Its address": GROUP, "That is the address of a group": own})
    assert query(home, f"SELECT url FROM mentions WHERE url LIKE '{GROUP}%'") == [(kept,)]


def test_where_it_was_is_asked_for_where_no_address_says_it(home):
    said = f"{SAID} That was on Tuesday."
    code, shown = at_a_terminal(
        [
            *DOOR,
            NO_PICTURE,
            ("Its address", "\n"),
            ("Who saw it", "Front office\n"),
            ("Where it was:", "the pub\n"),
            ("Where it was:", "whatsapp\n"),
            ("When it was seen", "\n"),
            ("The name it was posted under", "\n"),
            ("What it said", f"{said}\n\n\n"),
        ],
        *("report-in", "--home", str(home)),
    )
    assert code == 0, shown
    assert "not one we know" in shown
    assert "That is a private conversation. Keep a picture of it only if you need one" in shown
    assert ("whatsapp",) in query(home, "SELECT channel FROM mentions")


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (("--url", "https://www.facebook.com/northvale/posts/771"), "facebook"),
        (("--url", "https://example.org/parents-of-oakfield"), "website"),
        (("--url", "https://example.org/parents-of-oakfield-2", "--channel", "petition"), "petition"),
        (("--channel", "in_person"), "in_person"),
        ((), "manual_report"),
    ],
)
def test_where_it_was_is_what_was_said_or_what_the_address_says(home, words, place):
    report(home, *words, "--text", "-", said=f"{SAID} {words}")
    assert (place,) in query(home, "SELECT channel FROM mentions")


@pytest.mark.parametrize("person", ["", "t-quillfeather"])
def test_where_nobody_said_where_it_was_that_is_said(home, person):
    told = report(home, *(["--as", person] if person else []), "--text", "-", said=f"{SAID} Once more.")
    assert "Nobody said where it was. If a case is opened, say so in it." in told
    assert person == "" or "alert" not in told.lower()


def test_of_what_was_handed_in_it_is_never_said_that_it_stands_on_a_page_of_the_schools_own(home):
    (urn,) = query(home, "SELECT urn FROM schools LIMIT 1")[0]
    here = report(home, "--channel", "facebook", "--text", "-", said="The head at Oakfield lied to us.")
    named = report(
        home, "--channel", "facebook", "--school", urn, "--text", "-", said="The head at Oakfield lies."
    )
    by_hand = "SELECT subject FROM audit WHERE action = 'reported_in'"
    told = str(query(home, f"SELECT reason_texts FROM verdicts WHERE mention_id IN ({by_hand})"))
    assert "own page there" not in here + named + told
    assert "It was handed in by a person, who said which school." in told
    assert "It was handed in by a person." in told


def test_it_asks_only_for_what_is_missing_and_ends_the_words_with_ctrl_d_too(home):
    code, shown = at_a_terminal(
        [*DOOR, NO_PICTURE, ("When it was seen", "\n"), ("What it said", f"{SAID}\n\x04")],
        *("report-in", "--url", "https://talk.example.org/6", "--seen-by", "Mr Dray"),
        *("--channel", "x", "--author", "somebody", "--home", str(home)),
    )
    assert code == 0, shown
    for asked in ("Its address", "Who saw it", "Where it was:", "The name it was posted under"):
        assert asked not in shown
    assert SAID in texts(home)


def test_of_a_picture_that_may_show_a_child_no_word_is_asked_for(home):
    code, shown = at_a_terminal(
        [*DOOR, ("Does the file show", "yes\n"), ("Its address", "\n"), ("Who saw it", "Front office\n")],
        *("report-in", "--file", "/home/office/shot.png", "--home", str(home)),
    )
    assert code == 0, shown
    assert "What it said" not in shown
    assert "do not delete it from the device it is on" in shown
    number = re.search(r"number (\d{6})", shown)[1]
    told = """SELECT DISTINCT list_contains(a.audience, 'i-larkspur') FROM alerts a
        JOIN matches m USING (story_id) JOIN audit ON audit.subject = m.mention_id
        WHERE a.restricted AND list_contains(codes, 'number:' || $1)"""
    assert query(home, told, [number]) == [(True,)]


# ------------------------------------------------------------------ nothing that was typed is lost


@pytest.fixture
def busy(monkeypatch):
    """The store is held by another for as long as this is not undone."""

    def held(self, purpose="", *args, **kwargs):
        raise StoreBusy("The store is held by python (PID 7).")

    with monkeypatch.context() as within:
        within.setattr(Store, "write", held)
        yield within


def kept(home, *words, said=SAID):
    with pytest.raises(NotTakenIn) as told:
        report(home, "--text", "-", *words, said=said)
    return told.value


def test_what_could_not_be_saved_is_kept_for_this_account_alone_and_that_is_said(home, busy):
    told = kept(home, "--url", "https://talk.example.org/8", "--author", "Larch Dad")
    (path,) = spooled(home)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert SAID in path.read_text(encoding="utf-8")
    assert told.exit_code == 1
    urgent = "Saved, but not yet judged: if a child may be at risk, ring the safeguarding lead now."
    for said in ("Not recorded yet", "held by python (PID 7)", urgent, str(path), "ring 999"):
        assert said in str(told)
    assert "Thistlewood" not in str(told)


def test_where_nothing_can_be_handed_in_danger_is_spoken_of_too(home):
    home.chmod(0o777)
    with pytest.raises(InputError, match="chmod 700") as told:
        report(home, "--text", "-", said=SAID)
    assert "Nothing was recorded. Nobody has been told about it yet." in str(told.value)
    assert str(told.value).endswith("If somebody is in danger now, ring 999.")


def test_doctor_and_status_say_that_something_lies_there_of_which_nobody_was_told(home, busy):
    assert state.handed_in(home) == []
    kept(home)
    (finding,) = state.handed_in(home)
    assert finding.level is Level.FAULT
    assert "nobody was told of it: 1" in finding.what
    assert "Thistlewood" not in finding.what + (finding.remedy or "")
    shown: list[str] = []
    assert status.run(home=home, config=None, as_json=False, say=shown.append, clock=utc_now) == 1
    said = "Reports kept, not yet judged: 1. If a child may be at risk, ring the safeguarding lead now."
    assert said in "\n".join(shown)
    assert "Thistlewood" not in "\n".join(shown)


def test_the_doctor_says_where_words_lie_that_a_crash_cut_off(home):
    (home / "spool").mkdir()
    (home / "spool" / "tmpx.part").write_text('{"report": {"text": "Mr Thistle', encoding="utf-8")
    (finding,) = state.handed_in(home)
    assert finding.level is Level.FAULT
    assert "broke off while it was written down: 1" in finding.what
    assert "Thistle" not in finding.what + (finding.remedy or "")


@pytest.mark.parametrize("by", ["report-in", "scan"])
def test_the_next_report_or_scan_takes_it_in_and_deletes_it(home, busy, by):
    kept(home, "--url", "https://talk.example.org/8", "--seen-by", "Front office")
    busy.undo()
    if by == "scan":
        typed("scan", "--no-send", "--home", str(home))
    else:
        report(home, "--text", "-", said="The parking at Oakfield was a mess again this morning.")
    assert SAID in texts(home)
    assert spooled(home) == []
    assert ("Front office",) in query(home, "SELECT note FROM audit_notes")
    assert query(home, "SELECT count(*) FROM alerts a JOIN stories s ON s.id = a.story_id") != [(0,)]


def test_a_full_disk_loses_nothing_either(home, monkeypatch):
    with monkeypatch.context() as within:
        within.setattr(Store, "write", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
        assert "the disk is full" in str(kept(home))
    assert len(spooled(home)) == 1


def test_where_it_cannot_even_be_kept_that_is_said(home, busy, monkeypatch):
    monkeypatch.setattr(spool, "_written", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
    assert "could not be saved for later either" in str(kept(home))
    assert spooled(home) == []


def test_what_another_process_works_on_is_left_to_it(home, busy):
    kept(home)
    busy.undo()
    (path,) = spool.waiting(home)
    with spool.held(path) as ours:
        assert ours is not None
        with spool.held(path) as theirs:
            assert theirs is None


@pytest.mark.parametrize("damaged", ["{", "", "[" * 100_000, "null", '{"report": 1}'])
def test_one_that_is_damaged_stays_and_keeps_none_of_the_others(home, busy, damaged):
    kept(home)
    busy.undo()
    (home / "spool" / "bad.json").write_text(damaged, encoding="utf-8")
    report(home, "--text", "-", said="The parking at Oakfield was a mess again this morning.")
    assert SAID in texts(home)
    assert [path.name for path in spooled(home)] == ["bad.json"]


def test_one_that_is_taken_in_while_they_are_listed_is_no_fault(home, busy):
    kept(home)
    (home / "spool" / "gone.json").symlink_to(home / "taken-in-meanwhile")
    assert len(spool.waiting(home)) == 2


def test_of_a_picture_it_is_also_asked_where_it_came_from_and_enter_says_that_nobody_knows(home, tmp_path):
    shot = tmp_path / "shot.png"
    shot.write_bytes(b"\x89PNG invented")
    code, shown = at_a_terminal(
        [
            *DOOR,
            ("Does the file show", "no\n"),
            ("Its address", "\n"),
            ("Who saw it", "a parent\n"),
            ("When it was seen", "2026-11-16\n"),
            ("The name it was posted under", "\n"),
            ("The time shown with it", "3 h\n"),
            ("Was the person who saw it logged in", "yes\n"),
            ("Who handed in the picture", "a parent\n"),
            ("Where the picture came from", "a friend\n"),
            ("Where the picture came from", "message: to the office\n"),
            ("What it said", f"{SAID}\n\n\n"),
        ],
        *("report-in", "--channel", "facebook", "--file", str(shot), "--home", str(home)),
    )
    assert code == 0, shown
    ((sha256,),) = query(home, "SELECT sha256 FROM evidence WHERE name = 'manifest.json'")
    told = json.loads((home / "evidence" / sha256[:2] / sha256).read_bytes())
    handed = told["handed_in"]
    assert (told["logged_out"], handed["posted_as_displayed"], handed["seen"]) == (
        False, "3 h", {"day": "2026-11-16"},
    )  # fmt: skip
    assert handed["came"] == {"how": "message", "said": "to the office"}
    assert (handed["author_as_shown"], handed["not_known"]) == (None, ["address", "author"])


# The demo names each thing that may happen to a school, and what must become of it, at the present
# time.


SECRETS = ("stepdad", "sadfrog11", "finger bruises", "My son's arm", "im in year 6", "07700")


@dataclass
class Played:
    summary: object
    config: object
    con: duckdb.DuckDBPyConnection

    def verdict(self, beginning: str) -> dict:
        """The newest verdict on the mention whose text begins so."""
        found = self.con.execute(
            """SELECT v.* FROM verdicts v JOIN (
                SELECT mention_id, n, text FROM mention_versions WHERE text IS NOT NULL
                UNION ALL SELECT mention_id, n, text FROM restricted_texts) t
              ON t.mention_id = v.mention_id AND t.n = v.version
            WHERE starts_with(t.text, $b) ORDER BY v.version DESC""",
            {"b": beginning},
        )
        names = [c[0] for c in found.description]
        row = found.fetchone()
        assert row is not None, f"no verdict on “{beginning}”"
        return dict(zip(names, row, strict=True))

    def alert(self, beginning: str) -> dict | None:
        verdict = self.verdict(beginning)
        found = self.con.execute(
            "SELECT a.* FROM alerts a JOIN matches m ON m.story_id = a.story_id WHERE m.mention_id = $m",
            {"m": verdict["mention_id"]},
        )
        names = [c[0] for c in found.description]
        row = found.fetchone()
        return None if row is None else dict(zip(names, row, strict=True))


@pytest.fixture(scope="module")
def demo(played):
    folder, summary, config = played
    con = duckdb.connect(str(folder / "schoolgate.duckdb"), read_only=True)
    yield Played(summary, config, con)
    con.close()


FAIR = ("The parking outside Oakfield", "Worst school we have ever", "Is it just me or is the new head")
GRAVE = (
    "That Mr Thistlewood",
    "In case anyone wondered",
    "Thistlewood walks out",
    "im in year 6",
    "Mrs Quillfeather, the head, grabbed",
)


OF_HIM = {"subject_person": "b-thistlewood"}


def test_every_source_ends_as_it_is_meant_to_and_a_real_scan_would_have_ended_with_3(demo):
    assert unintended(demo.summary) == []
    assert demo.summary.exit == 3


def test_praise_in_the_paper_is_good_news_and_alerts_nobody(demo):
    assert demo.verdict("Thirty children from Oakfield Primary")["severity"] == 1
    assert demo.alert("Thirty children from Oakfield Primary") is None
    assert any("choir" in what(line, demo.summary).lower() for line in demo.summary.schools[0].good_news)


@pytest.mark.parametrize(
    "title",
    ["Head of Oakfield Primary in Elmsworth", "Burst main closes Oakfield Road", "Oakfield FC go down"],
)
def test_the_namesake_the_street_and_the_club_are_not_about_us(demo, title):
    rows = demo.con.execute(
        """SELECT DISTINCT x.relevance, x.severity, x.route FROM verdicts x
        JOIN mention_versions v ON v.mention_id = x.mention_id AND v.n = x.version
        WHERE starts_with(v.title, $t)""",
        {"t": title},
    ).fetchall()
    assert rows == [("not_about", 0, "ignore")]


@pytest.mark.parametrize("beginning", FAIR)
def test_angry_but_fair_criticism_is_answered_and_never_removed(demo, beginning):
    verdict = demo.verdict(beginning)
    assert (verdict["route"], verdict["severity"], verdict["abuse"]) == ("respond", 2, [])
    assert demo.alert(beginning) is None


def test_an_insult_of_years_ago_is_shown_with_its_year_and_alerts_nobody(demo):
    (line,) = demo.summary.schools[0].before
    assert (int(line.severity), line.route.value) == (3, "platform_report")
    shown = "\n".join(scan_lines(demo.summary, demo.config.zone))
    assert f"{line.posted_at:%Y}, review site" in shown
    assert demo.alert("Mr Thistlewood at Oakfield is") is None


@pytest.mark.parametrize(
    ("beginning", "judged"),
    [
        ("Our daughter started in Reception", {"route": "thank"}),
        (
            "That Mr Thistlewood",
            {"abuse": ["harassment"], "route": "platform_report", "severity": 3, "about": "staff"} | OF_HIM,
        ),
        (
            "In case anyone wondered",
            {"abuse": ["privacy"], "severity": 3, "content_class": "C11"} | OF_HIM,
        ),
        (
            "Thistlewood walks out",
            {"abuse": ["threat"], "route": "police_now", "severity": 4, "content_class": "C6"},
        ),
        ("im in year 6", {"route": "safeguarding", "severity": 4, "restricted": True}),
    ],
    ids=[
        "first-hand praise is thanked",
        "an insult to a named teacher is reported to the platform",
        "a doxxing post is a matter of privacy for today",
        "a threat with a time and a place is for the police now",
        "a child's disclosure is restricted",
    ],
)
def test_each_post_is_judged_as_it_is_meant_to_be(demo, beginning, judged):
    verdict = demo.verdict(beginning)
    assert {name: verdict[name] for name in judged} == judged


def test_a_threat_is_in_the_list_of_today_and_a_disclosure_is_told_to_the_dsl_first(demo):
    assert any("threat" in what(line, demo.summary) for line in demo.summary.schools[0].today)
    assert demo.alert("im in year 6")["audience"][0] == "i-larkspur"


def test_a_joke_that_only_looks_like_a_threat_alerts_nobody(demo):
    verdict = demo.verdict("The Year 4 fractions homework")
    assert verdict["severity"] <= 2
    assert verdict["abuse"] == []
    assert demo.alert("The Year 4 fractions homework") is None


def test_an_allegation_against_the_head_goes_round_the_head_in_every_role(demo):
    verdict = demo.verdict("Mrs Quillfeather, the head, grabbed")
    alert = demo.alert("Mrs Quillfeather, the head, grabbed")
    assert (verdict["route"], verdict["about"]) == ("safeguarding", "head")
    assert "t-quillfeather" not in alert["audience"]
    assert alert["excluded"] == ["t-quillfeather"]
    assert alert["audience"][0] == "o-fennimore"


def test_a_harmless_welsh_post_is_noted_and_alerts_nobody(demo):
    assert demo.verdict("Roedd hi'n noson")["route"] == "note"
    assert demo.alert("Roedd hi'n noson") is None


@pytest.mark.parametrize("beginning", GRAVE)
def test_each_grave_post_has_an_alert_of_its_own(demo, beginning):
    stories = {demo.alert(b)["story_id"] for b in GRAVE}
    assert demo.alert(beginning) is not None
    assert len(stories) == len(GRAVE)


def test_every_alert_has_its_messages_waiting(demo):
    told = demo.con.execute("SELECT sum(len(audience)) FROM alerts").fetchone()
    waiting = demo.con.execute("SELECT count(*) FROM outbox WHERE sent_at IS NULL").fetchone()
    assert told == waiting
    assert demo.summary.waiting_messages == waiting[0]


def test_the_ill_formed_feed_gives_what_can_be_saved_and_says_so(demo):
    assert any(n.source.id == "parish" for n in demo.summary.in_part)
    assert demo.verdict("The food bank thanks the families")["severity"] == 1


def test_restricted_words_stand_in_the_restricted_table_alone(demo):
    tables = ("mentions", "mention_versions", "stories", "matches", "verdicts", "alerts", "outbox", "audit")
    for table in tables:
        rows = demo.con.execute(f"SELECT CAST(t AS VARCHAR) FROM {table} t").fetchall()
        assert not [r for (r,) in rows if "stepdad" in r or "sadfrog11" in r or "finger bruises" in r], table


def test_neither_a_message_nor_the_scan_as_printed_holds_words_that_are_in_the_demo(demo):
    texts = demo.con.execute(
        """SELECT title || ' ' || text || ' ' || coalesce(author, '') FROM restricted_texts
        UNION ALL SELECT text FROM mention_versions WHERE text IS NOT NULL"""
    ).fetchall()
    held = " ".join(text for (text,) in texts).lower()
    bodies = " ".join(r for (r,) in demo.con.execute("SELECT subject || body FROM outbox").fetchall()).lower()
    printed = "\n".join(scan_lines(demo.summary, demo.config.zone)).lower()
    document = json.dumps(as_document(demo.summary), ensure_ascii=False).lower()
    for words in ("Thistlewood", "he will not walk home", "Sloe Lane", *SECRETS):
        assert (words.lower() in held, words.lower() in bodies) == (True, False), words
    for words in SECRETS:
        assert (words.lower() in printed, words.lower() in document) == (False, False), words


def test_at_its_end_it_says_where_its_commands_are_to_look(played, tmp_path, monkeypatch):
    folder, summary, config = played
    shutil.copytree(folder, tmp_path / "demo")
    monkeypatch.setattr(run, "play", lambda *_: (summary, config))
    said = []
    run.run_demo(home=tmp_path, as_json=False, say=said.append)
    assert said[-1] == "To look around: schoolgate desk --demo"


NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
NAMES = sorted(p.name for p in (files("monitor.cli.demo") / "documents").iterdir())


@pytest.mark.parametrize("name", NAMES)
def test_no_placeholder_is_left(name):
    assert b"{{" not in render(name, NOW)


def test_shown_times_are_london_times():
    assert b"Jul 01, 2026 10:00" in render("town-forum.html", NOW)
