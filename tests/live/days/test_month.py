"""A month of three schools and twenty places, with faults: all is told once, and to the right people."""

from __future__ import annotations

import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from itertools import pairwise

import duckdb
import pytest
from builders.evidence import keep_files, some_files
from builders.month import BEGINS, GRAVE, LEADERS, LONDON, NO_NOTICE, OAKFIELD, SHORT, SURGE, TEACHER, at
from builders.month_run import ASLEEP, NO_MAIL, Month, play
from builders.steps import an_event

from alerts.ladder.advance import Advance, begin
from data.evidence.vault import Vault
from data.steps.codes import StepKind
from data.store.alerts import alerts as alert_store
from data.store.cases import cases as case_store
from data.words.say import words
from monitor.act import sign as signing
from monitor.act.casework.evidence.proving import prove, read_evidence
from monitor.act.casework.opening import opened_event
from monitor.act.casework.steps import apply_event, school_rules
from monitor.matters.reader import load_case

pytestmark = pytest.mark.slow

TOLD = {
    "insult": {"oak-head", "oak-deputy"},
    "clocks": {"oak-deputy", "oak-second"},
    "odd": {"hex-head", "hex-deputy", "hex-second", "hex-it"},
    "asleep": {"hex-deputy", "hex-second"},
    "head": {"oak-chair", "oak-head"},
    "threat": {"gla-head", "gla-deputy", "gla-chair"},
}
SUBJECTS = {"insult": TEACHER.id}
TAKEN_AFTER = {"insult": 5, "clocks": 20, "odd": 5, "asleep": 5, "head": 5}
"""Minutes after which somebody takes it; nobody takes the threat."""


def days(month: int, *numbers: int) -> list[date]:
    return [date(2026, month, n) for n in numbers]


SCHOOL_DAYS = {
    "oak": days(10, 14, 15, 16, 19, 20, 21, 22, 23) + days(11, 3, 4, 5, 6, 9, 10, 11, 12, 13),
    "hex": days(10, 14, 15, 16, 26, 27, 28, 29, 30) + days(11, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13),
    "gla": days(10, 14, 15, 16, 19, 20, 21, 22, 23) + days(11, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13),
}
REPORTS = {
    "oak": {"2026-W42", "2026-W43", "2026-W45", "2026-W46"},
    "hex": {"2026-W42", "2026-W44", "2026-W45", "2026-W46"},
    "gla": {"2026-W42", "2026-W43", "2026-W45", "2026-W46"},
}
SIGNED = "2026-W45"


def names(month: Month) -> dict[str, str]:
    """Which of the script's grave posts each alert is about."""
    rows = month.read("SELECT id FROM alerts ORDER BY first_raised_at")
    return {alert_id: name for (alert_id,), name in zip(rows, GRAVE, strict=False)}


WORKED = (
    (StepKind.CLASSIFIED, "It calls him names.", {"class": "C2"}),
    (StepKind.EVIDENCE, "", {"capture": "cap1", "kind": "page"}),
    (StepKind.WEIGHED, "", {"nature": "an insult", "visible": "a day", "spread": "one", "impact": "upset"}),
    (StepKind.DECIDED, "Nobody is helped by it.", {"decision": "seek"}),
    (StepKind.ASKED, "", {"rung": "platform_report", "reference": "T-118"}),
    (StepKind.ANSWERED, "", {"rung": "platform_report", "result": "removed"}),
    (StepKind.CHECKED, "", {"result": "gone"}),
    (StepKind.CHECKED, "", {"result": "gone"}),
    (StepKind.CLOSED, "", {"ending": "removed"}),
)
"""What the head of Oakfield does about the insult, a day apart."""


def a_case_goes_on(month: Month, now: datetime) -> None:
    """The next step of the case about the insult: it is opened a quarter of an hour after the alert."""
    opened = GRAVE["insult"][1] + timedelta(minutes=15)
    done = month.read("SELECT count(*) FROM case_steps WHERE urn = '900001'")[0][0]
    if now < opened + done * timedelta(hours=25) or month.read(
        "SELECT 1 FROM cases WHERE urn = '900001' AND closed_at IS NOT NULL"
    ):
        return
    with month.store.write("the head's case") as con:
        if not done:
            alert = alert_store.list_alerts(con, [OAKFIELD.urn], open_only=False)[-1]
            event = opened_event(con, month.context, alert, actor="oak-head")
            made = begin("0001", OAKFIELD.urn, event, now, school_rules(month.context, OAKFIELD.urn))
            case_store.put(con, made.case, made.steps, made.outbox, now)
            return
        kind, why, facts = WORKED[done - 1]
        if kind is StepKind.EVIDENCE:
            files = some_files()
            facts = facts | {"files": str(len(files)), "manifest": sha256(files["manifest.json"]).hexdigest()}
            keep_files(con, Vault(month.store.evidence), load_case(con, "0001"), "cap1", files, now)
        case = load_case(con, "0001")
        taken = apply_event(con, month.context, case, an_event(kind, "oak-head", why, facts), now)
        assert isinstance(taken, Advance), taken


def people_do(month: Month, now: datetime) -> None:
    """Somebody takes an alert; the head of Oakfield works on a case, and signs one report."""
    a_case_goes_on(month, now)
    for alert_id, urn, raised_us in month.read("SELECT id, urn, epoch_us(first_raised_at) FROM alerts"):
        name = names(month)[alert_id]
        minutes, taker = TAKEN_AFTER.get(name), "chair" if name == "head" else "deputy"
        raised = datetime.fromtimestamp(raised_us / 1e6, UTC)
        if minutes is not None and now >= raised + timedelta(minutes=minutes):
            with month.store.write("take it") as con:
                alert_store.ack(con, alert_id, f"{SHORT[urn]}-{taker}", now)
    if now >= at(11, 7, 5) and not month.read("SELECT 1 FROM reports WHERE signed_at IS NOT NULL"):
        config = month.context.config
        head = next(p for p in config.people if p.id == "oak-head")
        with month.store.read() as con:
            report = signing.signed_reports.report(con, OAKFIELD.urn, SIGNED)
        signing.sign(month.store, config, OAKFIELD, report, head, month.context.home, now)


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """(the month; how many times as long of processor it took as the measure)"""
    before, began = measure_s(), time.process_time()
    month = play(tmp_path_factory.mktemp("month") / "home", people_do)
    took = time.process_time() - began
    yield month, took / ((before + measure_s()) / 2)
    month.store.close()  # whoever looked at it afterwards has it open


def measure_s() -> float:
    """Seconds of processor for some 600 small statements: about one on a machine with nothing else to do.

    The month is statements for the most part, and the same machine is half as quick an hour later.
    """
    con = duckdb.connect(config={"threads": 1})
    con.execute("CREATE TABLE posts (id VARCHAR PRIMARY KEY, seen TIMESTAMPTZ, n BIGINT, words VARCHAR)")
    began = time.process_time()
    for i in range(300):
        given = {"ids": [f"{i}-{k}" for k in range(5)], "numbers": list(range(5))}
        con.execute(
            """INSERT INTO posts SELECT unnest($ids::VARCHAR[]), now(), unnest($numbers::BIGINT[]), 'words'
            ON CONFLICT DO NOTHING""",
            given,
        )
        con.execute(
            """SELECT id, max(n), list(words ORDER BY seen) FROM posts
            WHERE id = ANY($ids) AND n >= 1 GROUP BY id ORDER BY id""",
            {"ids": given["ids"]},
        ).fetchall()
    return time.process_time() - began


@pytest.fixture
def month(played):
    return played[0]


def sent(month: Month, *kinds: str) -> list[tuple[str, str, datetime, str]]:
    """(kind, person, when the mail server took it, key) of each mail that it took."""
    kind_of = {
        key: (kind, person) for key, kind, person in month.read("SELECT key, kind, person_id FROM outbox")
    }
    found = []
    for when, rcpt, mail in month.box.got:
        key = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        kind, person = kind_of[key]
        assert rcpt == f"{person}@example.org"
        found.append((kind, person, when, key))
    return [one for one in found if one[0] in kinds or not kinds]


def test_the_month_takes_less_than_a_minute_and_nothing_failed_within(played):
    """By this process's own time, all its threads together, and by what statements cost here and now."""
    month, measures = played
    assert month.faults == {}
    assert measures < 75


def test_each_grave_post_and_nothing_else_raised_an_alert(month):
    assert len(names(month)) == len(month.read("SELECT 1 FROM alerts")) == len(GRAVE)


def test_every_mail_was_taken_exactly_once_and_none_is_left(month):
    keys = Counter(key for *_, key in sent(month))
    assert set(keys.values()) == {1}
    assert set(keys) == {key for (key,) in month.read("SELECT key FROM outbox WHERE withdrawn_at IS NULL")}
    left = month.read("SELECT kind FROM outbox WHERE sent_at IS NULL AND withdrawn_at IS NULL")
    assert left == []
    assert month.box.refused > 0


@pytest.mark.parametrize("school", SCHOOL_DAYS)
def test_every_leader_has_one_digest_each_school_day_quiet_ones_too(month, school):
    got = Counter(
        (person, when.astimezone(LONDON).date())
        for _, person, when, _ in sent(month, "digest")
        if person.startswith(school)
    )
    wanted = {(f"{school}-{who}", day) for who in LEADERS for day in SCHOOL_DAYS[school]}
    assert set(got.values()) == {1}
    assert wanted <= set(got)
    others = {day for _, day in set(got) - wanted}
    assert others <= {"oak": set(days(10, 25)), "hex": set(), "gla": set(days(11, 15))}[school]


def test_digests_come_at_half_past_seven_by_the_schools_clock_before_and_after_the_change(month):
    for _, _, when, _ in sent(month, "digest"):
        there = when.astimezone(LONDON)
        if when == ASLEEP[1]:
            continue
        if NO_MAIL[0].date() == when.date():
            assert NO_MAIL[1] <= when < at(11, 6, 19, 30)
        else:
            assert (there.hour, there.minute) == (7, 30)
    hours = {when.hour for _, _, when, _ in sent(month, "digest") if when.minute == 30}
    assert {6, 7} <= hours


def test_a_digest_missed_in_sleep_comes_once_on_waking(month):
    late = [person for _, person, when, _ in sent(month, "digest") if when == ASLEEP[1]]
    assert sorted(late) == sorted(f"{school}-{who}" for school in SCHOOL_DAYS for who in LEADERS)


@pytest.mark.parametrize("name", GRAVE)
def test_every_alert_reaches_its_people_once_within_a_minute_and_no_subject(month, name):
    alert = {v: k for k, v in names(month).items()}[name]
    (raised_us,) = month.read(f"SELECT epoch_us(first_raised_at) FROM alerts WHERE id = '{alert}'")[0]
    raised = datetime.fromtimestamp(raised_us / 1e6, UTC)
    keys = {k for (k,) in month.read(f"SELECT key FROM outbox WHERE alert_id = '{alert}'")}
    instants = [(p, when) for _, p, when, key in sent(month, "instant") if key in keys]
    assert sorted(p for p, _ in instants) == sorted(TOLD[name])
    assert all(when - raised <= timedelta(minutes=1) for _, when in instants)
    told = {p for _, p, _, key in sent(month) if key in keys}
    assert SUBJECTS.get(name) not in told


def test_a_surge_is_told_once_to_the_leadership_though_the_talk_goes_on(month):
    told = sorted((person, when) for _, person, when, _ in sent(month, "spike"))
    assert [person for person, _ in told] == sorted(f"gla-{who}" for who in LEADERS)
    assert all(SURGE[0] < when < SURGE[1] for _, when in told)


def test_a_notice_that_went_missing_is_told_once_to_the_leadership_and_it(month):
    of_places = words("en")("notice.places.subject")
    unread = {key for key, subject in month.read("SELECT key, subject FROM outbox") if subject == of_places}
    unread |= {key for _, who, _, key in sent(month, "account") if who == "gla-it"}  # an alarm nobody answers
    told = sorted((person, when) for _, person, when, key in sent(month, "account") if key not in unread)
    assert [person for person, _ in told] == sorted(f"hex-{who}" for who in (*LEADERS, "it"))
    assert all(timedelta(0) <= when - NO_NOTICE[0] <= timedelta(hours=6) for _, when in told)


def test_what_nobody_took_went_on_to_others_once_each_and_what_was_taken_did_not(month):
    by_alert = dict(month.read("SELECT key, alert_id FROM outbox WHERE kind = 'escalation'"))
    known = names(month)
    steps = Counter(known[by_alert[key]] for *_, key in sent(month, "escalation"))
    assert set(steps) == {"clocks", "threat"}
    assert steps["clocks"] == 3  # both who were told, again, and the next
    assert steps["threat"] > len(TOLD["threat"])
    made = month.read("SELECT alert_id, times, step FROM escalations")
    assert len(made) == len(set(made))


def test_of_an_insult_the_head_reads_it_in_the_digest_and_nobody_who_reports_to_the_head(month):
    alert = next(alert for alert, name in names(month).items() if name == "head")
    ((code,),) = month.read(f"SELECT number FROM alerts WHERE id = '{alert}'")
    lines = {rcpt: mail.get_body(("plain",)).get_content() for when, rcpt, mail in month.box.got
             if when.date() == date(2026, 11, 13) and "Friday" in str(mail["Subject"])}  # fmt: skip
    assert {"oak-head@example.org", "oak-deputy@example.org"} <= set(lines)
    assert [rcpt for rcpt, body in lines.items() if code in body] == ["oak-head@example.org"]


def test_no_mail_holds_words_of_a_post(month):
    for _, _, mail in month.box.got:
        whole = mail.as_string().lower()
        assert not any(
            word in whole for word in ("stepdad", "moron", "creep", "stab", "cake sale", "voucher", "kerb")
        )


@pytest.mark.parametrize("school", REPORTS)
def test_each_week_with_school_in_it_has_one_report_to_sign_and_a_holiday_week_has_none(month, school):
    urn = next(u for u, short in SHORT.items() if short == school)
    assert {w for (w,) in month.read(f"SELECT week FROM reports WHERE urn = '{urn}'")} == REPORTS[school]
    fridays = Counter(
        (person, when.astimezone(LONDON).date())
        for _, person, when, _ in sent(month, "sign")
        if person.startswith(school) and when.astimezone(LONDON).weekday() == 4
        and when.astimezone(LONDON).hour >= 16
    )  # fmt: skip
    assert set(fridays.values()) == {1}
    assert len(fridays) == len(REPORTS[school])


def test_a_report_goes_out_once_to_each_of_its_readers_and_only_when_it_is_signed(month):
    readers = sorted(person for _, person, _, _ in sent(month, "report"))
    assert readers == ["oak-chair", "oak-governor", "oak-vice"]
    reminded = {
        person for _, person, when, _ in sent(month, "sign")
        if date(2026, 11, 9) <= when.date() <= date(2026, 11, 13) and when.astimezone(LONDON).hour < 16
    }  # fmt: skip
    assert reminded == {"hex-chair", "gla-chair"}  # the deputies read it in their digest


def test_a_place_that_was_dead_for_a_week_is_told_as_not_seen(month):
    body = next(
        mail.get_body(("plain",)).get_content()
        for when, rcpt, mail in month.box.got
        if rcpt == "hex-head@example.org" and when.date() == date(2026, 11, 6) and "Friday" in mail["Subject"]
    )
    assert "Hexforum" in body.partition("Not seen")[2]


def test_a_site_that_asked_to_be_left_alone_was(month):
    until = month.answerer.left_alone_until
    asked = [when for source, when in month.answerer.asked if source == "threads"]
    assert not [when for when in asked if until - timedelta(hours=9) < when < until]
    assert any(when >= until for when in asked)


def test_no_place_was_asked_more_often_than_its_interval(month):
    for source in month.context.config.sources:
        asked = [when for source_id, when in month.answerer.asked if source_id == source.id]
        gaps = [b - a for a, b in pairwise(asked)]
        assert min(gaps) >= timedelta(seconds=source.interval_s)
        assert asked[0] == BEGINS


def test_at_the_end_of_the_month_evidence_verify_finds_nothing(month):
    vault = Vault(month.store.evidence)
    present = vault.everything()
    with month.store.read() as con:
        held = read_evidence(con)
    assert prove(held, vault, present=present).faults == ()
    done = {link.entry.action for link in held.chain}
    assert done >= {
        "alert_escalated",
        "case_opened",
        "case_closed",
        "evidence_kept",
        "report_signed",
        "purged",
    }
    assert {step.case_id for step in held.steps} == {"0001", "0002"}
