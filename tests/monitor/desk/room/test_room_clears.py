"""After a hand-over and the next clearing no file of the home holds the words, wherever they lay before."""

from __future__ import annotations

import os
import shutil

import pytest
from builders.desk import OpenDesk
from builders.mention import URN
from builders.page import form_of

from data.evidence.vault import Vault
from data.retention.purge import drop_copies, purge
from data.store.cases.evidence_files import Evidence, put_evidence
from data.store.mentions.person_reports import handed_in
from monitor.act import report_in as act
from monitor.act.casework.from_alert import judging
from monitor.config.home.paths import Paths
from monitor.home import wiring
from monitor.pipeline.intake import take_waiting
from monitor.pipeline.sighting import Report
from monitor.pipeline.spool import Kept

WORDS = "The head of Oakfield Primary School grabbed my boy in the corridor and bruised his arm badly."


def holding(home):
    """The files of that home, by their place in it, that hold the words in their bytes."""
    found = (p for p in sorted(home.rglob("*")) if p.is_file() and WORDS.encode() in p.read_bytes())
    return sorted(p.relative_to(home).as_posix() for p in found)


def waiting(desk, monkeypatch):
    """The words are brought, and lie in the spool: they could not be saved."""
    said = Report(WORDS, "", "facebook", None, "Sam Vale", desk.clock(), by="vale")
    kept, config = Kept(said, URN, None, desk.clock()), desk.context.config
    with monkeypatch.context() as within:
        within.setattr(act, "take_in", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left")))
        with pytest.raises(act.NotYetTaken) as failed:
            act.report_in(config, Paths(desk.context.home, config.path), kept, None, desk.clock)
    return failed.value.number


def test_after_the_hand_over_and_a_clearing_no_file_of_the_home_holds_the_words(
    tmp_path, monkeypatch
) -> None:
    """Over a second: the rules that judge are loaded."""
    desk = OpenDesk(tmp_path, raised=False)
    home, config, store = desk.context.home, desk.context.config, desk.store
    number = waiting(desk, monkeypatch)
    (spooled,) = holding(home)
    assert spooled.startswith("spool/")
    take_waiting(home, wiring.intake(config, Paths(home, config.path), store, judging), desk.clock)
    in_vault = Vault(store.evidence).put(WORDS.encode())
    with store.write("test") as con:
        (mention,) = handed_in(con, URN, number)
        kept = Evidence(URN, mention, in_vault, "text/plain", len(WORDS), desk.clock(), "vale", "typed")
        put_evidence(con, kept)  # as words are kept until somebody knows how grave they are
        con.execute("UPDATE restricted_texts SET title = $words", {"words": WORDS})
        con.execute("COMMIT")  # the log is taken into the file once that is let go
        con.execute("BEGIN")
        in_log = holding(home)
        sql = "SELECT story_id FROM matches WHERE mention_id = $id"
        ((story,),) = con.execute(sql, {"id": mention}).fetchall()
    before = store.path.with_name(f"{store.path.name}.before-0001")
    shutil.copy(store.path, before)
    os.utime(before, (desk.clock().timestamp(),) * 2)
    vault = Vault(store.evidence).path(in_vault).relative_to(home).as_posix()
    assert in_log == [vault, f"{store.path.name}.wal"]
    assert holding(home) == [vault, store.path.name, before.name]
    desk.sign_in("dsl")
    path = "/room/" + desk.context.links.at_desk(story).rpartition("/")[2]
    page = desk.browser.get(path)
    for said in ({"do": "show"}, {"do": "done", "number": "CP-2611-18"}):
        desk.wait(seconds=5)
        page = desk.browser.post(path, data={**form_of(page), **said})
    assert page.headers["location"].startswith("/room?over=")
    desk.wait(days=8)
    purge(store, desk.clock(), config.policy)
    drop_copies(store, desk.clock())
    assert holding(home) == []
