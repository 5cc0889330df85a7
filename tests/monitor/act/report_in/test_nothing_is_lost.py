"""Nothing that was handed in is lost; and the demo, in which everything that may happen to a school does."""

import json
import shutil
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from unittest.mock import patch

import duckdb
import pytest
from builders.case_desk import Desk
from builders.case_desk import run as typed
from builders.hand_in import hand_in
from support.rows import rows as query

from data.effects import utc_now
from data.errors import StoreBusy
from data.store.engine.open import Store
from monitor.act.report_in import NotYetTaken
from monitor.cli.commands import service as status
from monitor.cli.demo import run
from monitor.cli.demo.run import list_unintended, render_document
from monitor.cli.scan_once import describe_view, scan_lines, summary_document
from monitor.pipeline import supplied as spool
from monitor.setup import check_machine as state
from monitor.setup.findings import Level
from monitor.terminal import output

SAID = "Mr Thistlewood at Oakfield is a fat useless moron and an ugly pig, everybody laugh at him."


@pytest.fixture
def home(tmp_path):
    return Desk(tmp_path).home


def texts(home):
    return [text for (text,) in query(home, "SELECT text FROM mention_versions")]


def spooled(home):
    return list((home / "spool").glob("*"))


def test_of_what_was_handed_in_it_is_never_said_that_it_stands_on_a_page_of_the_schools_own(played, tmp_path):
    home = shutil.copytree(played[0], tmp_path / "demo")
    (urn,) = query(home, "SELECT urn FROM schools LIMIT 1")[0]
    hand_in(home, "The head at Oakfield lied to us.", channel="facebook")
    hand_in(home, "The head at Oakfield lies.", channel="facebook", urn=urn)
    by_hand = "SELECT subject FROM audit WHERE action = 'reported_in'"
    told = str(query(home, f"SELECT reason_texts FROM verdicts WHERE mention_id IN ({by_hand})"))
    assert "own page there" not in told
    assert "Somebody reported it and said which school." in told
    assert "Somebody reported it." in told


# ------------------------------------------------------------------ nothing that was typed is lost


@pytest.fixture
def busy(monkeypatch):
    """The store is held by another for as long as this is not undone."""

    def held(self, purpose="", *args, **kwargs):
        raise StoreBusy("The store is held by python (PID 7).")

    with monkeypatch.context() as within:
        within.setattr(Store, "write", held)
        yield within


def kept(home, **said):
    with pytest.raises(NotYetTaken) as told:
        hand_in(home, SAID, urn="900001", **said)
    return told.value


def another(home):
    hand_in(home, "The parking at Oakfield was a mess again this morning.", urn="900001")


def test_what_could_not_be_saved_is_kept_for_this_account_alone(home, busy):
    told = kept(home, url="https://talk.example.org/8", author="Larch Dad")
    (path,) = spooled(home)
    assert told.path == path
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert SAID in path.read_text(encoding="utf-8")


def test_a_report_that_an_older_version_kept_says_where_its_file_lies(home, busy):
    kept(home)
    (path,) = spool.spooled_reports(home)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"file": "/home/office/shot.png"}))
    with spool.hold_report(path) as held:
        assert held.report.handed.file_at == "file:///home/office/shot.png"


def test_doctor_and_status_say_that_something_lies_there_of_which_nobody_was_told(home, busy):
    assert state.handed_in(home) == []
    kept(home)
    (finding,) = state.handed_in(home)
    assert finding.level is Level.FAULT
    assert "not recorded yet, so nobody has been told: 1" in finding.what
    assert "Thistlewood" not in finding.what + (finding.remedy or "")
    shown: list[str] = []
    with patch.object(output, "say", shown.append):
        assert status.print_status(home=home, config=None, as_json=False, clock=utc_now) == 1
    said = "Reports saved, not yet judged: 1. If a child may be at risk, ring the safeguarding lead now."
    assert said in "\n".join(shown)
    assert "Thistlewood" not in "\n".join(shown)


def test_the_doctor_says_where_words_lie_that_a_crash_cut_off(home):
    (home / "spool").mkdir()
    (home / "spool" / "tmpx.part").write_text('{"report": {"text": "Mr Thistle', encoding="utf-8")
    (finding,) = state.handed_in(home)
    assert finding.level is Level.FAULT
    assert "interrupted while being saved: 1" in finding.what
    assert "Thistle" not in finding.what + (finding.remedy or "")


@pytest.mark.parametrize("by", ["report-in", "scan"])
def test_the_next_report_or_scan_takes_it_in_and_deletes_it(home, busy, by):
    kept(home, url="https://talk.example.org/8", seen_by="Front office")
    busy.undo()
    if by == "scan":
        typed("scan", "--no-send", "--home", str(home))
    else:
        another(home)
    assert SAID in texts(home)
    assert spooled(home) == []
    assert ("Front office",) in query(home, "SELECT note FROM audit_notes")
    assert query(home, "SELECT count(*) FROM alerts a JOIN stories s ON s.id = a.story_id") == [(1,)]


def test_where_it_cannot_even_be_kept_that_is_said(home, busy, monkeypatch):
    monkeypatch.setattr(spool.os, "fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
    assert kept(home).path is None
    assert spooled(home) == []


def test_what_another_process_works_on_is_left_to_it(home, busy):
    kept(home)
    busy.undo()
    (path,) = spool.spooled_reports(home)
    with spool.hold_report(path) as ours:
        assert ours is not None
        with spool.hold_report(path) as theirs:
            assert theirs is None


def test_one_that_is_damaged_stays_and_keeps_none_of_the_others(home, busy):
    kept(home)
    busy.undo()
    damaged = ["{", "", "[" * 100_000, "null", '{"report": 1}']
    for n, content in enumerate(damaged):
        (home / "spool" / f"bad-{n}.json").write_text(content, encoding="utf-8")
    another(home)
    assert SAID in texts(home)
    assert sorted(path.name for path in spooled(home)) == [f"bad-{n}.json" for n in range(5)]


def test_one_that_is_taken_in_while_they_are_listed_is_no_fault(home, busy):
    kept(home)
    (home / "spool" / "gone.json").symlink_to(home / "taken-in-meanwhile")
    assert len(spool.spooled_reports(home)) == 2


# The demo names each thing that may happen to a school, and what must become of it, at the present
# time.


SECRETS = ("stepdad", "sadfrog11", "finger bruises", "My son's arm", "im in year 6", "07700")


@dataclass
class Played:
    summary: object
    config: object
    con: duckdb.DuckDBPyConnection

    def first(self, sql: str, **given: str) -> dict | None:
        """The first row that answers this, by the names of its columns."""
        found = self.con.execute(sql, given)
        names, row = [c[0] for c in found.description], found.fetchone()
        return None if row is None else dict(zip(names, row, strict=True))

    def verdict(self, beginning: str) -> dict:
        """The newest verdict on the mention whose text begins so."""
        sql = """SELECT v.* FROM verdicts v JOIN (
                SELECT mention_id, n, text FROM mention_versions WHERE text IS NOT NULL
                UNION ALL SELECT mention_id, n, text FROM restricted_texts) t
              ON t.mention_id = v.mention_id AND t.n = v.version
            WHERE starts_with(t.text, $b) ORDER BY v.version DESC"""
        found = self.first(sql, b=beginning)
        assert found is not None, f"no verdict on “{beginning}”"
        return found

    def alert(self, beginning: str) -> dict | None:
        sql = "SELECT a.* FROM alerts a JOIN matches m ON m.story_id = a.story_id WHERE m.mention_id = $m"
        return self.first(sql, m=self.verdict(beginning)["mention_id"])


@pytest.fixture(scope="module")
def demo(played):
    folder, summary, config = played
    con = duckdb.connect(str(folder / "schoolgate.duckdb"), read_only=True)
    yield Played(summary, config, con)
    con.close()


FAIR = ("The parking outside Oakfield", "Worst school we have ever", "Is it just me or is the new head")
OF_HIM = {"subject_person": "b-thistlewood"}


def test_every_source_ends_as_it_is_meant_to_and_a_real_scan_would_have_ended_with_3(demo):
    assert list_unintended(demo.summary) == []
    assert demo.summary.exit == 3


def test_the_namesake_the_street_and_the_club_are_not_about_us(demo):
    titles = (
        "Head of Oakfield Primary in Elmsworth",
        "Burst main closes Oakfield Road",
        "Oakfield FC go down",
    )
    sql = """SELECT DISTINCT x.relevance, x.severity, x.route FROM verdicts x
        JOIN mention_versions v ON v.mention_id = x.mention_id AND v.n = x.version
        WHERE starts_with(v.title, $t)"""
    for title in titles:
        assert demo.con.execute(sql, {"t": title}).fetchall() == [("not_about", 0, "ignore")], title


THANKED = {"Our daughter started in Reception": {"route": "thank"}}
NOT_ALERTED = {
    "Thirty children from Oakfield Primary": {"severity": 1},
    **{beginning: {"route": "respond", "severity": 2, "abuse": []} for beginning in FAIR},
    "The Year 4 fractions homework": {"severity": 1, "abuse": []},
    "Roedd hi'n noson": {"route": "note"},
}
"""Praise in the paper, fair criticism however angry, a joke that only looks like a threat, harmless Welsh."""
ALERTED = {
    "That Mr Thistlewood": (
        {"abuse": ["harassment"], "route": "platform_report", "severity": 3, "about": "staff"} | OF_HIM
    ),
    "In case anyone wondered": {"abuse": ["privacy"], "severity": 3, "content_class": "C11"} | OF_HIM,
    "Thistlewood walks out": {
        "abuse": ["threat"], "route": "police_now", "severity": 4, "content_class": "C6",
    },
    "im in year 6": {"route": "safeguarding", "severity": 4, "restricted": True},
    "Mrs Quillfeather, the head, grabbed": {"route": "safeguarding", "about": "head"},
}  # fmt: skip
"""An insult, doxxing, a threat with time and place, a child's disclosure, an allegation against the head."""


def test_each_post_is_judged_as_it_is_meant_to_be_and_alerts_only_where_it_should(demo):
    """Fair criticism is answered and never removed."""
    for beginning, judged in (ALERTED | NOT_ALERTED | THANKED).items():
        verdict = demo.verdict(beginning)
        assert {name: verdict[name] for name in judged} == judged, beginning
    assert [beginning for beginning in NOT_ALERTED if demo.alert(beginning)] == []
    assert len({demo.alert(beginning)["story_id"] for beginning in ALERTED}) == len(ALERTED)
    assert any(
        "choir" in describe_view(line, demo.summary).lower() for line in demo.summary.schools[0].good_news
    )


def test_a_threat_is_in_the_list_of_today_and_a_disclosure_is_told_to_the_dsl_first(demo):
    assert any("threat" in describe_view(line, demo.summary) for line in demo.summary.schools[0].today)
    assert demo.alert("im in year 6")["audience"][0] == "i-larkspur"


def test_an_allegation_against_the_head_goes_round_the_head_in_every_role(demo):
    alert = demo.alert("Mrs Quillfeather, the head, grabbed")
    assert "t-quillfeather" not in alert["audience"]
    assert alert["excluded"] == ["t-quillfeather"]
    assert alert["audience"][0] == "o-fennimore"


def test_every_alert_has_its_messages_waiting(demo):
    told = demo.con.execute("SELECT sum(len(audience)) FROM alerts").fetchone()
    waiting = demo.con.execute("SELECT count(*) FROM outbox WHERE sent_at IS NULL").fetchone()
    assert told == waiting
    assert demo.summary.waiting_messages == waiting[0]


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
    document = json.dumps(summary_document(demo.summary), ensure_ascii=False).lower()
    for words in ("Thistlewood", "he will not walk home", "Sloe Lane", *SECRETS):
        assert (words.lower() in held, words.lower() in bodies) == (True, False), words
    for words in SECRETS:
        assert (words.lower() in printed, words.lower() in document) == (False, False), words


def test_at_its_end_it_says_that_the_second_reader_is_missing(played, tmp_path, monkeypatch, capsys):
    folder, summary, config = played
    shutil.copytree(folder, tmp_path / "demo")
    monkeypatch.setattr(run, "play", lambda *_: (summary, config))
    monkeypatch.setattr(run, "reader_folder", lambda _: None)
    run.run_demo(home=tmp_path, as_json=False, say=print)
    assert "The second reader is not installed (schoolgate docs installing)" in capsys.readouterr().err


NOW = datetime(2026, 7, 1, 12, 0, tzinfo=UTC)
NAMES = sorted(p.name for p in (files("monitor.cli.demo") / "documents").iterdir())


def test_no_placeholder_is_left_and_shown_times_are_london_times():
    assert [name for name in NAMES if b"{{" in render_document(name, NOW)] == []
    assert b"Jul 01, 2026 10:00" in render_document("town-forum.html", NOW)
