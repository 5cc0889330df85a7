"""A case as it is loaded to be acted in: with what its alert has learnt since."""

from __future__ import annotations

from builders.case_desk import NOW, Desk

from data.cases import CaseState
from data.store.alerts.alerts import keep_out
from data.types import About, Route, Severity
from monitor.matters.replaying import load_case


def test_what_somebody_decided_whom_the_alert_keeps_out_since_stands_no_more(tmp_path):
    desk = Desk(tmp_path)
    story = desk.story(
        "gate", alert=True, route=Route.PLATFORM_REPORT, severity=Severity.TODAY, content_class="C2",
        about=About.STAFF,
    )  # fmt: skip
    weigh = ("--nature", "a", "--visible", "b", "--spread", "c", "--impact", "d")
    for words in (
        ("open", story, "--as", "holt"),
        ("classify", "1", "C2", "--why", "A pile-on.", "--as", "holt"),
        ("step", "weigh", "1", *weigh, "--as", "holt"),
        ("step", "decide", "1", "--seek", "--why", "It grows.", "--as", "holt"),
    ):
        done = desk(*words)
        assert done.code == 0, done.err
    with desk.store.read() as con:
        assert load_case(con, "0001").state is CaseState.SEEKING
        ((alert,),) = con.execute("SELECT id FROM alerts").fetchall()
    with desk.store.write("test") as con:
        keep_out(con, {alert: ("holt",)}, NOW)
    with desk.store.read() as con:
        known = load_case(con, "0001")
    assert (known.decision, known.state) == (None, CaseState.TRIAGE)
