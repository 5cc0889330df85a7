"""Each digest is composed once, and what one did not tell the next one does; the one mail of a trust."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from builders.digest import (
    DEPUTY,
    DSL,
    HEAD,
    LONDON,
    MONDAY,
    OAKFIELD,
    PEOPLE,
    SOURCES,
    TERMS,
    TUESDAY,
    URN,
    a_busy_day,
    a_config,
    a_context,
    a_home,
    a_quiet_day,
    alert_on,
    grave,
    kept_open,
    mark,
    praise,
    ran,
    restricted,
    say,
    together,
)
from builders.home import a_migrated_store, do_in, rows_of
from builders.mention import Clock, a_message
from builders.trust import ACADEMIES, TRUST
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.command_call import called

from data.digest import Edition, Window
from data.ids import digest
from data.judged import HANDED_IN
from data.register.calendar import Calendar, Term
from data.store.alerts.alerts import ack
from data.store.alerts.escalations import put_step
from data.store.messages.outbox import put_outbox
from data.store.reporting import daily_digest as sent_digests
from data.store.reporting.daily_digest import put_edition
from data.types import (
    About,
    Escalation,
    Meant,
    MentionKind,
    Outcome,
    Person,
    PressEvent,
    Reason,
    Role,
    Route,
    School,
    Severity,
    Source,
    StillOpen,
)
from monitor.cli.commands.report import digest as command
from monitor.config.model import DigestSettings
from monitor.matters.today import central_team, due_on, readers, window
from monitor.service.tasks.digests import (
    AT_A_LOOK,
    digests,
    of_person,
    sender_name,
    trust_digests,
    write,
)

SATURDAY = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
SOON = timedelta(seconds=7)


def run_task(store, context, now):
    """As the service: read, then write everything in one transaction."""
    with store.read() as con:
        writes = digests(con, context, now)
    if writes:
        with store.write("tend") as con:
            for write in writes:
                write(con)
    return len(writes)


def rows(store, sql):
    return rows_of(store, sql)


def queued(store):
    return rows(
        store, "SELECT person_id, subject, key FROM outbox WHERE kind = 'digest' ORDER BY due_at, person_id"
    )


def covers(store, person="head"):
    with store.read() as con:
        found = [
            sent_digests.edition(con, kind, URN, period, person)
            for kind, period in con.execute(
                "SELECT kind, period FROM editions WHERE person_id = $p ORDER BY period", {"p": person}
            ).fetchall()
        ]
    return [e.covers for e in found]


@pytest.fixture
def store(tmp_path):
    with kept_open(a_home(tmp_path)) as found:
        yield found


@pytest.fixture
def context(tmp_path):
    return a_context(a_config(tmp_path))


def key(day, person="head"):
    return digest("digest", URN, day.date().isoformat(), person)


class Untouchable:
    def __getattr__(self, name):
        raise AssertionError(f"the store was asked for {name}")


def test_outside_its_hours_the_store_is_not_even_asked(context):
    for hour in (0, 3, 7, 20, 23):
        assert (
            digests(Untouchable(), context, TUESDAY.replace(hour=hour, minute=29 if hour == 7 else 31)) == ()
        )


@pytest.mark.parametrize("raised", [TUESDAY - timedelta(hours=2), TUESDAY + SOON])
@pytest.mark.parametrize("taken", [False, True])
def test_open_danger_is_in_it_though_it_was_raised_or_taken_after_its_time(store, context, raised, taken):
    gate = alert_on("gate", raised, severity=Severity.THIS_HOUR, route=Route.POLICE_NOW)
    grave(store, "gate", raised, gate)
    if taken:
        do_in(store, ack, gate.id, "deputy", TUESDAY + 2 * SOON)
    run_task(store, context, TUESDAY + 3 * SOON)
    subjects = {person: subject for person, subject, _ in queued(store)}
    who = "deputy head has it" if taken else "nobody has it yet"
    assert subjects["head"].startswith(f"Private details: {who}")


HANDED = {"look": True, "reasons": (Reason(HANDED_IN, "A person handed it in."),)}


def test_a_safeguarding_lead_who_is_no_leader_is_sent_one_where_something_was_handed_in(store, context):
    for day in range(2):
        if day:
            say(
                store,
                "handed",
                TUESDAY,
                about=About.HEAD,
                accuses=(Meant("office:head", 0.25, "x"),),
                **HANDED,
            )
        run_task(store, context, TUESDAY + timedelta(days=day) + SOON)
    told = rows(store, "SELECT person_id, body FROM outbox WHERE kind = 'digest'")
    assert [person for person, body in told if "handed in" in body.lower()] == ["deputy", "dsl"]
    assert sorted(person for person, _ in told) == ["deputy", "deputy", "dsl", "head", "head"]
    assert len(covers(store, "dsl")) == 2
    assert covers(store, "dsl")[0].until == covers(store, "dsl")[1].since


def test_a_safeguarding_lead_who_is_no_leader_is_sent_a_list_of_her_restricted_matters_alone(store, context):
    restricted(store, "child", MONDAY, severity=Severity.TODAY)
    say(store, "parking", MONDAY)
    run_task(store, context, TUESDAY + SOON)
    told = dict(rows(store, "SELECT person_id, body FROM outbox WHERE kind = 'digest'"))
    assert sorted(told) == ["deputy", "dsl", "head"]
    assert "Safeguarding, for you to see to" in told["dsl"]
    assert "parking" not in told["dsl"]


def test_a_safeguarding_lead_who_is_no_leader_is_sent_open_danger(store, context):
    danger = {"severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW}
    say(store, "gate", MONDAY, alert=alert_on("gate", MONDAY, **danger), abuse=("threat",), **danger)
    run_task(store, context, TUESDAY + SOON)
    told = dict(rows(store, "SELECT person_id, body FROM outbox WHERE kind = 'digest'"))
    assert sorted(told) == ["deputy", "dsl", "head"]
    assert "If anyone is in danger, ring 999." in told["dsl"]


def test_open_danger_that_somebody_else_has_brings_a_digest_once_to_who_is_sent_nothing_else(store, context):
    danger = {"severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW}
    alert = alert_on("gate", MONDAY, **danger)
    say(store, "gate", MONDAY, alert=alert, abuse=("threat",), **danger)
    do_in(store, ack, alert.id, "head", MONDAY)
    for day in range(3):
        run_task(store, context, TUESDAY + timedelta(days=day) + SOON)
        with store.write("sent") as con:
            con.execute("UPDATE outbox SET sent_at = due_at")
    told = rows(store, "SELECT person_id FROM outbox WHERE kind = 'digest'")
    assert sorted(person for (person,) in told) == sorted(["dsl", *["deputy", "head"] * 3])


def test_whom_a_post_to_look_at_may_accuse_is_not_sent_the_danger_beside_it(store, context):
    danger = {"severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW}
    say(store, "gate", MONDAY, alert=alert_on("gate", MONDAY, **danger), abuse=("threat",), **danger)
    say(store, "beside", MONDAY, story="gate", look=True, accuses=(Meant("person:deputy", 0.9, "x"),))
    run_task(store, context, TUESDAY + SOON)
    told = dict(rows(store, "SELECT person_id, body FROM outbox WHERE kind = 'digest'"))
    assert "If anyone is in danger, ring 999." in told["head"]
    assert "If anyone is in danger, ring 999." not in told["deputy"]


def test_no_digest_is_for_a_time_before_the_home_began(context, tmp_path):
    ten = TUESDAY + timedelta(hours=2, minutes=30)
    with kept_open(a_migrated_store(tmp_path / "new")) as store:
        ran(store, "forum", ten)
        run_task(store, context, ten)
        assert not queued(store)
        run_task(store, context, ten + timedelta(minutes=1))
        assert covers(store)[0] == Window(ten, ten + timedelta(minutes=1))


def test_the_first_digest_says_what_was_set_up_and_no_other_does(context, tmp_path):
    with kept_open(a_migrated_store(tmp_path / "new")) as store:
        ran(store, "forum", MONDAY)
        run_task(store, context, TUESDAY + SOON)
        for (sent,) in rows(store, "SELECT key FROM outbox"):
            mark(store, sent, "sent_at", TUESDAY + SOON)
        run_task(store, context, TUESDAY + timedelta(days=1) + SOON)
        asked = "SELECT body FROM outbox WHERE person_id = 'head' ORDER BY due_at"
        first, second = (" ".join(body.split()) for (body,) in rows(store, asked))
    assert "Read from now on: Northvale Gazette, Mumsnet alerts, Town forum, Our Facebook page." in first
    assert "This digest, each school day: Mrs Jane Holt, Mr Lee Ash." in first
    assert "Told at once of danger: Mrs Jane Holt, Ms Robin Pike." in first
    assert "Told at once of a safeguarding matter: Ms Robin Pike." in first
    assert "what was set up" not in second


def test_every_leader_with_an_address_is_sent_one_and_nobody_else(store, context):
    run_task(store, context, TUESDAY + SOON)
    assert [person for person, _, _ in queued(store)] == ["deputy", "head"]


def test_whoever_speaks_to_the_press_is_sent_what_it_wrote_and_nothing_else(store, tmp_path):
    press = Person("press", "Sam Elm", (Role.PRESS,), "press@example.org")
    context = a_context(a_config(tmp_path, people=(*PEOPLE, press)))
    run_task(store, context, TUESDAY + SOON)
    assert "press" not in [person for person, _, _ in queued(store)]
    article = {"kind": MentionKind.ARTICLE, "channel": "news", "title": "Choir sings at the hospice"}
    say(store, "choir", TUESDAY, event=PressEvent.ACHIEVEMENT, **article)
    say(store, "parking", TUESDAY)
    run_task(store, context, TUESDAY + timedelta(days=1) + SOON)
    told = dict(rows(store, "SELECT person_id, body FROM outbox WHERE kind = 'digest'"))
    assert "In the news" in told["press"]
    assert "This is what the press has written about you" in told["press"]
    assert "Answer" not in told["press"]


def test_nobody_of_another_school_is_sent_it(store, tmp_path):
    stranger = replace(HEAD, id="stranger", urns=("900009",))
    config = a_config(
        tmp_path, people=(HEAD, stranger), schools=(OAKFIELD, School("900009", "Elsewhere Primary"))
    )
    run_task(store, a_context(config), TUESDAY + SOON)
    sent = rows(store, "SELECT person_id, urn FROM outbox ORDER BY ALL")
    assert sent == [("head", "900001"), ("head", "900009"), ("stranger", "900009")]


def test_it_is_composed_once_however_often_it_is_asked_for(store, context):
    assert run_task(store, context, TUESDAY + SOON) == 3
    for minutes in (0.2, 5, 60, 700):
        assert run_task(store, context, TUESDAY + timedelta(minutes=minutes)) == 0
    assert len(queued(store)) == 2


def test_two_that_compose_at_the_same_time_leave_one_digest_a_person(store, context):
    with store.read() as con:
        writes = [
            *digests(con, context, TUESDAY + SOON),
            *digests(con, context, TUESDAY + timedelta(hours=3)),
        ]
    with store.write("both") as con:
        for write in writes:
            write(con)
    assert len(writes) == 6
    assert len(queued(store)) == 2
    assert rows(store, "SELECT count(*) FROM editions") == [(3,)]
    assert covers(store)[0].until == TUESDAY


@pytest.mark.parametrize("fate", ["unsure_at", "failed_at", None])
def test_what_was_not_surely_sent_is_covered_again(store, context, fate):
    run_task(store, context, MONDAY + SOON)
    if fate:
        mark(store, key(MONDAY), fate, MONDAY + SOON)
    run_task(store, context, TUESDAY + SOON)
    first, second = covers(store)
    assert second == Window(first.since, TUESDAY)


@pytest.mark.parametrize(
    ("fate", "said"),
    [("unsure_at", "of Monday 16 November may not have reached you"), ("failed_at", "could not be sent")],
)
def test_the_next_one_says_that_the_last_may_not_have_arrived_to_that_person_alone(
    store, context, fate, said
):
    run_task(store, context, MONDAY + SOON)
    mark(store, key(MONDAY), fate, MONDAY + SOON)
    mark(store, key(MONDAY, "deputy"), "sent_at", MONDAY + SOON)
    run_task(store, context, TUESDAY + SOON)
    bodies = dict(rows(store, "SELECT key, replace(body, chr(10), ' ') FROM outbox"))
    assert said in bodies[key(TUESDAY)]
    assert "may not" not in bodies[key(TUESDAY, "deputy")]


def test_on_a_day_without_school_nothing_is_sent_where_nothing_is_grave(store, context):
    say(store, "parking", SATURDAY - timedelta(hours=9))
    assert run_task(store, context, SATURDAY + SOON) == 3
    assert queued(store) == []
    assert run_task(store, context, SATURDAY + 2 * SOON) == 0


def test_on_a_day_without_school_only_what_is_grave_is_told(store, context):
    say(store, "parking", SATURDAY - timedelta(hours=9))
    grave(store, "street", SATURDAY - timedelta(hours=8))
    run_task(store, context, SATURDAY + SOON)
    bodies = rows(store, "SELECT body FROM outbox WHERE kind = 'digest'")
    assert len(bodies) == 2
    assert all(
        "Private details" in body and "Answer" not in body and "Not seen" not in body for (body,) in bodies
    )


def test_what_was_told_on_saturday_brings_no_mail_on_sunday(store, context):
    grave(store, "street", SATURDAY - timedelta(hours=8))
    run_task(store, context, SATURDAY + SOON)
    for person in ("head", "deputy"):
        mark(store, key(SATURDAY, person), "sent_at", SATURDAY + SOON)
    run_task(store, context, SATURDAY + timedelta(days=1) + SOON)
    assert len(queued(store)) == 2


def test_a_restricted_matter_brings_no_mail_on_a_day_without_school(store, context):
    restricted(store, "child", SATURDAY - timedelta(hours=8))
    run_task(store, context, SATURDAY + SOON)
    assert queued(store) == []


def test_its_subject_is_sent_nothing_on_a_day_without_school(store, context):
    at = SATURDAY - timedelta(hours=8)
    grave(store, "accused", at, alert_on("accused", at, excluded=("deputy",)), subjects=("deputy",))
    run_task(store, context, SATURDAY + SOON)
    assert [person for person, _, _ in queued(store)] == ["head"]


def test_mondays_digest_covers_the_whole_weekend_though_one_was_sent_on_saturday(store, context):
    friday, monday = SATURDAY - timedelta(days=1), SATURDAY + timedelta(days=2)
    run_task(store, context, friday + SOON)
    mark(store, key(friday), "sent_at", friday + SOON)
    grave(store, "street", SATURDAY - timedelta(hours=8))
    run_task(store, context, SATURDAY + SOON)
    mark(store, key(SATURDAY), "sent_at", SATURDAY + SOON)
    run_task(store, context, monday + SOON)
    assert covers(store)[-1] == Window(friday, monday)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    with kept_open(a_home(tmp_path_factory.mktemp("ledger"))) as found:
        yield found


FATES = ("sent_at", "unsure_at", "failed_at", "withdrawn_at", None)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.floats(0, 14), st.sampled_from(FATES)), min_size=1, max_size=20),
    st.dates(date(2026, 9, 1), date(2027, 4, 1)),
)
def test_the_times_of_the_digests_sent_to_a_person_follow_one_another_without_gap_or_overlap(
    ledger, history, first
):
    calendar = a_config(ledger.home).calendar(URN)
    with ledger.write("history") as con:
        con.execute("DELETE FROM editions")
        con.execute("DELETE FROM outbox")
        sent, began = [], None
        for n, (late_h, fate) in enumerate(history):
            due = due_on(first + timedelta(days=n), calendar, time(7, 30), LONDON)
            now = due.at + timedelta(hours=late_h)
            if not due.school_day or now >= due.expires_at:
                continue
            covered = sent_digests.covered(con, ["digest"], URN, due.period).get("head")
            found = window(due, covered, calendar, now, LONDON)
            began = began or found.since
            put_edition(con, Edition("digest", URN, due.period, "head", found, due.period, now))
            put_outbox(con, [a_message(due.period, kind="digest")], now)
            if fate:
                con.execute(f"UPDATE outbox SET {fate} = $now WHERE key = $k", {"now": now, "k": due.period})
            if fate == "sent_at":
                sent.append(found)
    if sent:
        assert sent[0].since == began
    assert all(a.until == b.since for a, b in pairwise(sent))
    assert all(w.since <= w.until for w in sent)


def test_every_post_is_told_in_exactly_one_digest_that_was_sent(store, context):
    """Told by a random fate a day: the posts counted in those that were sent are all posts, each once."""
    fates = ["sent_at", "failed_at", "sent_at", "unsure_at", "sent_at"]
    told, posts = 0, 0
    for n, fate in enumerate(fates):
        now = MONDAY + timedelta(days=n)
        with together(store) as one:
            for at in (now - timedelta(hours=5), now - timedelta(microseconds=1), now):
                if n or at < now:
                    say(one, f"post-{posts}", at, story=f"story-{posts}")
                    posts += 1
        late = now + (timedelta(hours=2) if n == 3 else SOON)
        run_task(store, a_context(replace(context.config, people=(PEOPLE[0],))), late)
        mark(store, key(now), fate, late)
    with store.read() as con:
        from data.store.reporting.fresh_stories import fresh_stories

        for n, fate in enumerate(fates):
            if fate == "sent_at":
                found = sent_digests.edition(
                    con, "digest", URN, (MONDAY + timedelta(days=n)).date().isoformat(), "head"
                )
                told += sum(s.mentions for s in fresh_stories(con, URN, found.covers))
    assert told == posts - 1  # the last was judged at the very end: tomorrow's


@pytest.mark.parametrize(
    ("person", "fate", "said"),
    [
        (DEPUTY, "failed_at", "1 message to Deputy head could not be sent."),
        (HEAD, "unsure_at", "1 message to you may not have arrived."),
    ],
)
def test_an_alert_that_failed_is_told_of_and_one_to_the_reader_as_theirs(store, context, person, fate, said):
    do_in(store, put_outbox, [a_message("x", person_id=person.id)], MONDAY)
    mark(store, "x", fate, TUESDAY - timedelta(hours=1))
    run_task(store, context, TUESDAY + SOON)
    body = rows(store, f"SELECT body FROM outbox WHERE key = '{key(TUESDAY)}'")[0][0]
    assert said in body


def with_away(context, *gone, until=TUESDAY + timedelta(days=1), more=()):
    people = (*(replace(p, away_until=until) if p.id in gone else p for p in PEOPLE), *more)
    return replace(context, config=replace(context.config, people=people))


def sent_on(store, context, *days):
    for n in days:
        run_task(store, context, TUESDAY + timedelta(days=n) + SOON)
        with store.write("sent") as con:
            con.execute("UPDATE outbox SET sent_at = due_at WHERE kind = 'digest' AND sent_at IS NULL")
    return [person for person, _, _ in queued(store)]


def test_who_is_away_is_sent_no_digest_and_their_first_one_back_covers_the_time_since_their_last(
    store, context
):
    sent_on(store, context, -1)
    assert sent_on(store, with_away(context, "head"), 0) == ["deputy", "head", "deputy"]
    assert sent_on(store, with_away(context, "head"), 1)[3:] == ["deputy", "head"]
    first, back = covers(store)
    assert (first.until, back.since, back.until) == (MONDAY, MONDAY, TUESDAY + timedelta(days=1))


def test_where_the_whole_leadership_is_away_it_is_sent_to_all_of_it(store, context):
    assert sent_on(store, with_away(context, "head", "deputy"), 0) == ["deputy", "head"]


def test_the_last_who_reads_an_open_matter_is_sent_it_though_away(store, context):
    grave(store, "street", MONDAY, alert_on("street", MONDAY, excluded=("deputy",), audience=("head",)))
    run_task(store, with_away(context, "head"), TUESDAY + SOON)
    told = dict(rows(store, "SELECT person_id, body FROM outbox WHERE kind = 'digest'"))
    assert sorted(told) == ["deputy", "head"]


def test_the_safeguarding_list_of_a_lead_who_is_away_is_her_deputy_s_and_hers_where_there_is_none(
    store, context
):
    restricted(store, "child", MONDAY, severity=Severity.TODAY)
    second = Person("second", "Mr Tom Reed", (Role.DEPUTY_DSL,), "second@example.org")
    run_task(store, with_away(context, "dsl", more=(second,)), TUESDAY + SOON)
    told = dict(rows(store, "SELECT person_id, body FROM outbox WHERE kind = 'digest'"))
    assert sorted(told) == ["deputy", "head", "second"]
    assert "Safeguarding, for you to see to" in told["second"]
    run_task(
        store,
        with_away(context, "dsl", until=TUESDAY + timedelta(days=2)),
        TUESDAY + timedelta(days=1) + SOON,
    )
    assert [person for person, _, _ in queued(store)][3:] == ["deputy", "dsl", "head"]


# --------------------------------------------------------------------- the one mail of a trust


NOW = TUESDAY + timedelta(seconds=9)
SISTERS = tuple(School(urn, name, trust=TRUST) for urn, name, *_ in ACADEMIES[:5])
SCHOOLS = (replace(OAKFIELD, trust=TRUST), *SISTERS)
DIRECTOR = Person("director", "Dr Flo Director", (Role.SLT,), "director@example.org")
CONTACT = Person("contact", "Mrs Gia Trust", (Role.TRUST_CONTACT,), "contact@example.org")
LEADERS = (*(replace(p, urns=(URN,)) for p in (HEAD, DEPUTY, DSL)), DIRECTOR, CONTACT)
FEEDS = tuple(Source(f"feed-{s.urn}", "feed", f"https://{s.urn}.example.org/", (s.urn,)) for s in SISTERS)
SITE = Source("site", "own.page", "https://trust.example.org/", name="The trust's website", own=True)


@pytest.fixture
def together_config(tmp_path):
    return a_config(
        tmp_path, schools=SCHOOLS, people=LEADERS, sources=(*SOURCES, *FEEDS, SITE),
        calendars={s.urn: Calendar("england", TERMS) for s in SCHOOLS},
        digest=DigestSettings(together=("director",)),
    )  # fmt: skip


def read(store):
    for feed in FEEDS:
        ran(store, feed.id, TUESDAY - timedelta(hours=1), mentions_new=3)
    ran(store, "site", TUESDAY - timedelta(hours=5), Outcome.BLOCKED)
    return store


@pytest.fixture(scope="module")
def busy(tmp_path_factory):
    with kept_open(a_home(tmp_path_factory.mktemp("busy"))) as found:
        a_busy_day(read(found))
        yield found


@pytest.fixture
def of_trust(tmp_path):
    with kept_open(a_home(tmp_path)) as found:
        yield read(found)


def of(store, config, person=DIRECTOR, now=NOW):
    with store.read() as con:
        return of_person(con, config, person, now.date(), now)


def run_tasks(store, context, now):
    with store.read() as con:
        writes = [*digests(con, context, now), *trust_digests(con, context, now)]
    with store.write("tend") as con:
        for one in writes:
            one(con)


def letters(store):
    return rows_of(store, "SELECT person_id, urn, subject FROM outbox ORDER BY person_id, urn")


def test_the_first_digest_of_a_school_says_once_what_was_set_up_there(of_trust, together_config):
    body = " ".join(of(of_trust, together_config).letter.body.split())
    assert "East Larch Academy: Read from now on: feed-900101, The trust's website." in body
    assert body.count("Told when Schoolgate itself fails:") == 1
    assert body.count("If a place or a person is missing or wrong") == 1
    run_tasks(of_trust, a_context(together_config), NOW)
    with of_trust.write("sent") as con:
        con.execute("UPDATE outbox SET sent_at = due_at")
    assert "Read from now on" not in of(of_trust, together_config, now=NOW + timedelta(days=1)).letter.body


def test_a_quiet_day_at_six_schools(of_trust, together_config, snapshot):
    a_quiet_day(of_trust)
    found = of(of_trust, together_config)
    assert f"{found.letter.subject}\n\n{found.letter.body}" == snapshot


def test_one_busy_school_of_six(busy, together_config, snapshot):
    found = of(busy, together_config)
    assert f"{found.letter.subject}\n\n{found.letter.body}" == snapshot


def test_its_subject_says_what_is_to_be_passed_on_where_nothing_is_graver(of_trust, together_config):
    praise(of_trust, "choir", TUESDAY - timedelta(hours=3))
    assert of(of_trust, together_config).letter.subject.startswith("1 to pass on")


def test_a_contact_who_may_not_read_a_schools_matters_is_told_of_none(busy, together_config, snapshot):
    found = of(busy, together_config, CONTACT)
    assert f"{found.letter.subject}\n\n{found.letter.body}" == snapshot


def test_an_alarm_that_a_contact_was_asked_to_take_by_number_is_first_in_it(of_trust, together_config):
    at, given = TUESDAY - timedelta(hours=9), {"severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW}
    alarm = grave(of_trust, "threat", at, alert_on("threat", at, **given))
    asked = Escalation(alarm.id, URN, 1, 1, "contact", at + timedelta(hours=1), StillOpen.BY_NUMBER)
    do_in(of_trust, put_step, asked)
    letter = of(of_trust, together_config, CONTACT).letter
    assert re.fullmatch(r"Alarm \d{6}: nobody has answered it, 4 places not seen .Tuesday.", letter.subject)
    assert "At 1 of them there is something for you." in " ".join(letter.body.split())
    assert letter.body.index("answered it") < letter.body.index("Nothing for you")


def test_whoever_is_the_subject_is_told_nothing_of_it(of_trust, together_config):
    raised = alert_on("accused", TUESDAY - timedelta(hours=9), excluded=("director",))
    grave(
        of_trust, "accused", TUESDAY - timedelta(hours=9), raised, subjects=("director",),
        subject_person="director", about=About.STAFF,
    )  # fmt: skip
    before = of(of_trust, together_config).letter
    assert raised.id[:8] not in before.body
    assert "to decide" not in before.subject


def test_a_restricted_matter_is_a_bare_number_for_who_leads_the_school_and_nothing_for_others(
    of_trust, together_config
):
    grave(of_trust, "street", TUESDAY - timedelta(hours=9))
    restricted(of_trust, "disclosed", TUESDAY - timedelta(hours=9), severity=Severity.TODAY)
    assert "With the safeguarding lead: 1." in of(of_trust, together_config).letter.body
    assert "safeguarding lead" not in of(of_trust, together_config, CONTACT).letter.body


def test_a_head_still_gets_their_own_schools_digest_and_the_central_team_one_each(of_trust, together_config):
    grave(of_trust, "street", TUESDAY - timedelta(hours=9))
    run_tasks(of_trust, a_context(together_config), NOW)
    run_tasks(of_trust, a_context(together_config), NOW + timedelta(minutes=1))
    assert [(who, urn) for who, urn, _ in letters(of_trust)] == [
        ("contact", URN), ("deputy", URN), ("director", URN), ("head", URN),
    ]  # fmt: skip
    subjects = {who: subject for who, _, subject in letters(of_trust)}
    assert TRUST not in subjects["director"]
    assert OAKFIELD.name not in subjects["head"]


def test_of_very_many_schools_some_are_composed_at_a_look_until_each_head_has_one(of_trust, together_config):
    many = tuple(replace(OAKFIELD, urn=f"9101{n:02}") for n in range(AT_A_LOOK + 2))
    heads = tuple(replace(HEAD, id=f"head-{s.urn}", urns=(s.urn,)) for s in many)
    calendars = {s.urn: Calendar("england", TERMS) for s in many}
    context = a_context(replace(together_config, schools=many, people=heads, calendars=calendars))
    run_tasks(of_trust, context, NOW)
    assert len(letters(of_trust)) == AT_A_LOOK
    run_tasks(of_trust, context, NOW + timedelta(seconds=10))
    run_tasks(of_trust, context, NOW + timedelta(seconds=20))
    assert [urn for _, urn, _ in letters(of_trust)] == [s.urn for s in many]


def test_the_next_one_covers_what_one_that_was_not_sent_did_not_tell(of_trust, together_config):
    run_tasks(of_trust, a_context(together_config), NOW)
    first = of(of_trust, together_config).letter
    mark(of_trust, first.key, "failed_at", NOW)
    again = of(of_trust, together_config, now=NOW + timedelta(days=1))
    assert again.editions[0].covers.since < TUESDAY
    assert "Your digest of" in again.letter.body


def test_who_leads_several_schools_has_one_digest_each_unless_the_settings_say_together(together_config):
    apart = replace(together_config, digest=DigestSettings())
    assert DIRECTOR in readers(apart, SCHOOLS[1])
    assert DIRECTOR not in readers(together_config, SCHOOLS[1])
    assert [p.id for p in central_team(apart)] == ["contact"]
    assert [p.id for p in central_team(together_config)] == ["director", "contact"]


def test_a_contact_of_one_school_alone_has_none(together_config):
    one = replace(CONTACT, urns=(URN,))
    assert central_team(replace(together_config, people=(one,), digest=DigestSettings())) == ()


def test_it_comes_under_the_trusts_name(of_trust, together_config):
    letter = of(of_trust, together_config).letter
    assert sender_name(together_config, letter, DIRECTOR) == TRUST
    assert sender_name(together_config, letter, LEADERS[0]) is None
    assert sender_name(together_config, replace(letter, kind="instant"), DIRECTOR) is None


def test_it_names_the_schools_whose_last_term_ends_and_those_of_which_none_is_known(
    of_trust, together_config
):
    over = Term(date(2026, 9, 1), date(2026, 11, 6))
    calendars = {s.urn: Calendar("england", (over,)) for s in SISTERS[:2]}
    together_config = replace(together_config, calendars={**together_config.calendars, **calendars})
    body = " ".join(of(of_trust, together_config, now=NOW + timedelta(days=13)).letter.body.split())
    gone, there = (
        ", ".join(s.name for s in schools) for schools in (SISTERS[:2], (SCHOOLS[0], *SISTERS[2:]))
    )
    assert f"Good morning. No term is known for {gone}. Until the next are added, " in body
    assert f"{there}: The last term that is known ends on 18 December 2026." in body


def test_on_a_day_without_school_only_what_cannot_wait_is_sent(of_trust, together_config):
    saturday = TUESDAY + timedelta(days=4)
    quiet = of(of_trust, together_config, now=saturday)
    assert {e.outbox_key for e in quiet.editions} == {None}
    grave(of_trust, "street", saturday - timedelta(hours=2))
    assert all(e.outbox_key for e in of(of_trust, together_config, now=saturday).editions)


def test_what_was_composed_is_kept_for_each_school(of_trust, together_config):
    prepared = of(of_trust, together_config)
    with of_trust.write("keep") as con:
        write(prepared, con)
    rows = rows_of(of_trust, "SELECT kind, urn, outbox_key FROM editions ORDER BY urn")
    assert rows == [("trust", s.urn, prepared.letter.key) for s in sorted(SCHOOLS, key=lambda s: s.urn)]


def test_the_command_prints_it_and_sends_it(tmp_path):
    schools = "".join(
        f'[[schools]]\nurn = "{s.urn}"\nname = "{s.name}"\ntrust = "{TRUST}"\n' for s in SCHOOLS
    )
    people = (
        '[[people]]\nid = "contact"\nname = "Gia Trust"\nroles = ["trust_contact"]\nemail = "g@example.org"\n'
    )
    head = '[[people]]\nid = "h-{0}"\nname = "Ada"\nroles = ["head"]\nemail = "h@example.org"\n'
    head += 'schools = ["{0}"]\n'
    leaders = "".join(head.format(s.urn) for s in SCHOOLS)
    store = a_home(tmp_path)
    (store.home / "schoolgate.toml").write_text(schools + people + leaders, encoding="utf-8")
    code, said = called(command, Clock(NOW), home=store.home, person="contact")
    assert code == 0
    assert TRUST in said[0]
    code, files = called(command, Clock(NOW), home=store.home, person="contact", out=tmp_path / "out")
    assert [name.rpartition("/")[2] for name in files] == [
        f"digest-2026-11-17-contact.{ending}" for ending in ("html", "txt", "eml")
    ]
    code, said = called(command, Clock(NOW), home=store.home, send=True)
    assert any(line.startswith("7 queued") for line in said)
