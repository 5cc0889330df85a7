"""How the service says that it is."""

import re
from datetime import timedelta
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from builders.mention import NOW, Clock

from data.errors import SchoolgateError
from monitor.service.state.health import STALE, Figures, Health
from monitor.service.web import Web, exposition, health_app, resident_bytes


def well():
    health = Health(NOW)
    for work in STALE:
        health.ended(work, NOW)
    return health


@pytest.fixture
def served():
    health, clock = well(), Clock()
    web = Web(health_app(health, clock), "127.0.0.1", 0, "[serve] health_port")
    web.start()
    yield health, clock, f"http://127.0.0.1:{web.port}"
    web.stop()


def get(url, host=None):
    request = Request(url, headers={"Host": host} if host else {})
    try:
        with urlopen(request, timeout=5) as answer:
            return answer.status, answer.read().decode(), answer.headers["Content-Type"]
    except HTTPError as error:
        with error:
            return error.code, error.read().decode(), error.headers["Content-Type"]


def test_a_service_that_has_just_begun_is_given_time():
    assert Health(NOW).complaints(NOW + timedelta(seconds=30)) == []


@pytest.mark.parametrize("work", STALE)
def test_work_that_has_not_ended_well_for_long_is_complained_of(work):
    health = well()
    now = NOW + STALE[work] + timedelta(seconds=1)
    for other in set(STALE) - {work}:
        health.ended(other, now)
    assert [c.split()[0] for c in health.complaints(now)] == [work]


def test_a_message_that_should_long_have_gone_out_is_complained_of():
    health = well()
    health.tell(Figures(NOW, overdue_since=NOW - timedelta(minutes=11)))
    assert health.complaints(NOW) == ["a message has waited since 2026-11-17 08:49 UTC"]
    health.tell(Figures(NOW, overdue_since=NOW - timedelta(minutes=9)))
    assert health.complaints(NOW) == []


def test_work_that_fails_is_complained_of_until_it_ends_well():
    health = well()
    health.failed("judge", NOW, "ScoringError")
    health.failed("judge", NOW + timedelta(minutes=1), "OSError")
    now = NOW + timedelta(seconds=90)
    assert health.complaints(now) == [
        "since 2026-11-17 09:00 UTC, nothing that we read could be judged (judge: OSError)"
    ]
    assert [(t.work, t.since, t.why) for t in health.troubles(now)] == [("judge", NOW, "OSError")]
    assert health.faults == {"judge": 2}
    health.ended("judge", now)
    assert (health.troubles(now), health.complaints(now)) == ((), [])


def test_troubles_are_told_the_longest_first():
    health = well()
    health.failed("save", NOW + timedelta(seconds=5), "StoreBusy")
    health.failed("mail", NOW, "unreachable")
    assert [t.work for t in health.troubles(NOW + timedelta(seconds=5))] == ["mail", "save"]


def test_healthz_is_ok_while_all_is_well_and_503_with_reasons_when_not(served):
    _, clock, base = served
    assert get(f"{base}/healthz")[:2] == (200, "ok\n")
    clock.at += timedelta(hours=1)
    status, text, _ = get(f"{base}/healthz")
    assert status == 503
    assert "tend has not ended well for 60 minutes" in text


@pytest.mark.parametrize(
    "host", ["evil.test", "evil.test:9477", "localhost.evil.test", "127.0.0.1.evil.test"]
)
@pytest.mark.parametrize("path", ["healthz", "metrics"])
def test_who_asks_by_another_name_is_refused(served, host, path):
    assert get(f"{served[2]}/{path}", host)[0] == 400


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "LOCALHOST:9477"])
def test_who_asks_by_this_machines_own_name_is_answered(served, host):
    assert get(f"{served[2]}/healthz", host)[0] == 200


def test_metrics_are_in_prometheus_text_format(served):
    health, _, base = served
    health.fault("digests")
    health.tell(
        Figures(
            NOW, runs={"ok": 40, "blocked": 2}, not_seen=1, waiting=3, open_alerts=2, unanswered_since=NOW
        )
    )
    status, text, kind = get(f"{base}/metrics")
    assert (status, kind) == (200, "text/plain; version=0.0.4; charset=utf-8")
    sample = r'schoolgate_[a-z_]+(\{[a-z]+="([^"\\\n]|\\.)*"\})? -?[0-9.e+]+'
    comment = r"# (HELP schoolgate_[a-z_]+ .+|TYPE schoolgate_[a-z_]+ (gauge|counter))"
    assert all(re.fullmatch(f"{sample}|{comment}", line) for line in text.splitlines())
    assert text.endswith("\n")
    assert 'schoolgate_source_runs_last_day{outcome="blocked"} 2\n' in text
    assert 'schoolgate_outbox_messages{state="waiting"} 3\n' in text
    assert 'schoolgate_faults_total{place="digests"} 1\n' in text
    assert "schoolgate_alerts_open 2\n" in text
    assert f"schoolgate_alert_not_arrived_timestamp_seconds {NOW.timestamp()}" in text
    names = re.findall(r"# TYPE (\S+)", text)
    assert len(names) == len(set(names))


def test_an_alert_that_did_not_arrive_and_that_nobody_has_is_complained_of():
    health = well()
    health.tell(Figures(NOW, unanswered_since=NOW - timedelta(minutes=11)))
    assert health.complaints(NOW) == ["an alert due 2026-11-17 08:49 UTC did not arrive, and nobody has it"]
    health.tell(Figures(NOW, unanswered_since=NOW - timedelta(minutes=9)))
    assert health.complaints(NOW) == []


def test_a_labels_value_cannot_break_out_of_its_quotes():
    health = well()
    health.fault('a"\n\\b')
    assert r'schoolgate_faults_total{place="a\"\n\\b"} 1' in exposition(health)


def test_the_memory_that_is_told_is_that_of_this_process():
    assert 10_000_000 < resident_bytes() < 10_000_000_000


def test_an_address_that_is_taken_is_told_with_the_key_to_change():
    web = Web(health_app(well(), Clock()), "127.0.0.1", 0, "[serve] health_port")
    try:
        with pytest.raises(SchoolgateError, match=r"cannot be used.*\[serve\] health_port"):
            Web(health_app(well(), Clock()), "127.0.0.1", web.port, "[serve] health_port")
    finally:
        web.stop()
