"""Eight mails of less weight a day, what goes in one list, and what never waits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.results import CEILING, SINGLY, counts, day_of, plan, twins
from data.store.messages.outbox import LIST, Queued
from data.types import Route

AT = datetime(2026, 11, 17, 9, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
QUESTION = Queued(
    "q", "head", "900001", "question", 3, "platform_report", violent=False, alert_id="a", times=1,
    chat=False, due_at=AT, went_at=None, expires_at=AT + 24 * HOUR,
)  # fmt: skip
NOTICE = replace(QUESTION, kind="instant")
any_row = st.builds(
    replace,
    st.sampled_from([QUESTION, NOTICE]),
    kind=st.sampled_from(["instant", "question", "case", "morning"]),
    severity=st.sampled_from([2, 3, 4]),
    route=st.sampled_from(["platform_report", "safeguarding", "police_now"]),
    violent=st.booleans(),
    due_at=st.integers(0, 60 * 40).map(lambda minutes: AT + minutes * MINUTE),
)


def many(n, of=QUESTION, **changes):
    return [replace(of, key=f"{of.kind}{i:02d}", alert_id=f"a{i}", **changes) for i in range(n)]


def lived(rows, until, every=5 * MINUTE):
    """What goes singly, and each list, as (time, keys), looked at so often."""
    rows, singly, lists, now = list(rows), [], [], min(r.due_at for r in rows)
    while now <= until:
        due = [r for r in rows if r.due_at <= now]
        planned = plan(due, now)
        together = {r.key for of in planned.lists for r in of}
        for of in planned.lists:
            lists.append((now, [r.key for r in of]))
            rows.append(replace(of[0], key=f"list{len(lists)}", kind=LIST, went_at=now))
        rows = [r for r in rows if r.key not in together]
        for row in [r for r in rows if r.due_at <= now and r.went_at is None and r.key not in planned.held]:
            singly.append((now, row.key))
            rows[rows.index(row)] = replace(row, went_at=now)
        now += every
    return singly, lists


def test_eight_go_one_by_one_the_gravest_first_and_what_is_over_in_one_list_at_seventeen():
    singly, lists = lived(many(12), AT + 10 * HOUR)
    assert len(singly) == CEILING
    ((when, keys),) = lists
    assert when == AT.replace(hour=17)
    assert len(keys) == 4
    rows = [*many(12, replace(QUESTION, severity=2)), replace(QUESTION, key="grave")]
    assert "grave" not in plan(rows, AT).held
    assert all(counts(replace(QUESTION, kind=kind, severity=4)) for kind in ("morning", "case"))
    rows = [*many(8), *many(8, person_id="dsl"), *many(8, urn="900002")]
    assert plan([replace(r, key=f"{n}") for n, r in enumerate(rows)], AT).held == frozenset()


def test_what_may_not_wait_is_neither_counted_nor_held_and_in_a_rush_goes_at_once():
    for kind in ["escalation", "warning", "answer", "failure", "digest", LIST]:
        rows = [*many(20, kind=kind), *many(8)]
        assert plan(rows, AT).held == frozenset()
    for urgent in [{"severity": 4}, {"route": Route.SAFEGUARDING.value}, {"violent": True}]:
        assert not counts(replace(NOTICE, **urgent))
        assert not counts(replace(QUESTION, **urgent))
    rows = [*many(9, NOTICE, route="safeguarding"), replace(NOTICE, key="4", severity=4)]
    rows.append(replace(NOTICE, key="v", violent=True))
    held = plan([replace(r, due_at=AT + MINUTE) for r in rows], AT + MINUTE).held
    assert held
    assert not held & {"4", "v"}


def test_from_the_sixth_first_notice_within_an_hour_they_go_together_each_ten_minutes():
    rows = [replace(r, due_at=AT + n * MINUTE) for n, r in enumerate(many(14, NOTICE, route="safeguarding"))]
    singly, lists = lived(rows, AT + HOUR, MINUTE)
    assert len(singly) == SINGLY
    assert [(when - AT, len(keys)) for when, keys in lists] == [(10 * MINUTE, 6), (20 * MINUTE, 3)]


def test_a_short_message_waits_with_its_mail():
    beside = replace(NOTICE, key="chat", chat=True)
    assert list(twins({NOTICE.key}, [NOTICE, beside])) == ["chat"]
    assert list(twins({"other"}, [NOTICE, beside])) == []


@pytest.mark.parametrize(("now", "began"), [
    (datetime(2026, 11, 17, 16, 59, tzinfo=UTC), datetime(2026, 11, 16, 17, tzinfo=UTC)),
    (datetime(2026, 7, 1, 16, tzinfo=UTC), datetime(2026, 7, 1, 16, tzinfo=UTC)),
    (datetime(2026, 10, 25, 16, 30, tzinfo=UTC), datetime(2026, 10, 24, 16, tzinfo=UTC)),
])  # fmt: skip
def test_the_day_ends_at_seventeen_in_london(now, began):
    assert day_of(now) == began


@given(st.lists(any_row, min_size=1, max_size=50))
def test_nothing_is_lost_or_doubled_and_no_day_has_more_than_eight_singly(rows):
    rows = [replace(r, key=str(n), alert_id=str(n)) for n, r in enumerate(rows)]
    by_key = {r.key: r for r in rows}
    singly, lists = lived(rows, AT + 72 * HOUR, 10 * MINUTE)
    went = [*(key for _, key in singly), *(key for _, keys in lists for key in keys)]
    assert sorted(went) == sorted(by_key)
    for day in {day_of(when) for when, _ in singly}:
        of_day = [key for when, key in singly if day_of(when) == day and counts(by_key[key])]
        assert len(of_day) <= CEILING
    for when, key in singly:
        if by_key[key].severity == 4 and by_key[key].kind == "instant":
            assert when - by_key[key].due_at < 10 * MINUTE
