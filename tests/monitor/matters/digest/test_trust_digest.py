"""The one mail of a trust's central team: a section a school, by the rules of each, quiet ones in a line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from builders.digest import (
    DEPUTY,
    DSL,
    HEAD,
    OAKFIELD,
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
)
from builders.mention import Clock
from builders.trust import ACADEMIES, TRUST
from support.command_call import called

from data.register.calendar import Calendar, Term
from data.types import About, Outcome, Person, Role, School, Source
from monitor.cli.commands.digest import digest
from monitor.config.settings import DigestSettings
from monitor.matters.due import central_team, readers
from monitor.service.tasks.digests import (
    AT_A_LOOK,
    digests,
    of_person,
    sender_name,
    trust_digests,
    write,
)

NOW = TUESDAY + timedelta(seconds=9)
SISTERS = tuple(School(urn, name, trust=TRUST) for urn, name, *_ in ACADEMIES[:5])
SCHOOLS = (replace(OAKFIELD, trust=TRUST), *SISTERS)
DIRECTOR = Person("director", "Dr Flo Director", (Role.SLT,), "director@example.org")
CONTACT = Person("contact", "Mrs Gia Trust", (Role.TRUST_CONTACT,), "contact@example.org")
PEOPLE = (*(replace(p, urns=(URN,)) for p in (HEAD, DEPUTY, DSL)), DIRECTOR, CONTACT)
FEEDS = tuple(Source(f"feed-{s.urn}", "feed", f"https://{s.urn}.example.org/", (s.urn,)) for s in SISTERS)
SITE = Source("site", "own.page", "https://trust.example.org/", name="The trust's website", own=True)


@pytest.fixture
def config(tmp_path):
    return a_config(
        tmp_path, schools=SCHOOLS, people=PEOPLE, sources=(*SOURCES, *FEEDS, SITE),
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
def store(tmp_path):
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
    with store.read() as con:
        return con.execute("SELECT person_id, urn, subject FROM outbox ORDER BY person_id, urn").fetchall()


def test_the_first_digest_of_a_school_says_once_what_was_set_up_there(store, config):
    body = " ".join(of(store, config).letter.body.split())
    assert "East Larch Academy: Read from now on: feed-900101, The trust's website." in body
    assert body.count("Told when Schoolgate itself fails:") == 1
    assert body.count("If a place or a person is missing or wrong") == 1
    run_tasks(store, a_context(config), NOW)
    with store.write("sent") as con:
        con.execute("UPDATE outbox SET sent_at = due_at")
    assert "Read from now on" not in of(store, config, now=NOW + timedelta(days=1)).letter.body


def test_a_quiet_day_at_six_schools(store, config, snapshot):
    a_quiet_day(store)
    found = of(store, config)
    assert f"{found.letter.subject}\n\n{found.letter.body}" == snapshot


def test_one_busy_school_of_six(busy, config, snapshot):
    found = of(busy, config)
    assert f"{found.letter.subject}\n\n{found.letter.body}" == snapshot


def test_its_subject_says_what_is_to_be_passed_on_where_nothing_is_graver(store, config):
    praise(store, "choir", TUESDAY - timedelta(hours=3))
    assert of(store, config).letter.subject.startswith("1 to pass on")


def test_a_contact_who_may_not_read_a_schools_matters_is_told_of_none(busy, config, snapshot):
    found = of(busy, config, CONTACT)
    assert f"{found.letter.subject}\n\n{found.letter.body}" == snapshot


def test_whoever_is_the_subject_is_told_nothing_of_it(store, config):
    raised = alert_on("accused", TUESDAY - timedelta(hours=9), excluded=("director",))
    grave(
        store, "accused", TUESDAY - timedelta(hours=9), raised, subjects=("director",),
        subject_person="director", about=About.STAFF,
    )  # fmt: skip
    before = of(store, config).letter
    assert raised.id[:8] not in before.body
    assert "to decide" not in before.subject


def test_a_restricted_matter_is_a_bare_number_for_who_leads_the_school_and_nothing_for_others(store, config):
    grave(store, "street", TUESDAY - timedelta(hours=9))
    restricted(store, "disclosed", TUESDAY - timedelta(hours=9))
    assert "With the safeguarding lead: 1." in of(store, config).letter.body
    assert "safeguarding lead" not in of(store, config, CONTACT).letter.body


def test_a_head_still_gets_their_own_schools_digest_and_the_central_team_one_each(store, config):
    grave(store, "street", TUESDAY - timedelta(hours=9))
    run_tasks(store, a_context(config), NOW)
    run_tasks(store, a_context(config), NOW + timedelta(minutes=1))
    assert [(who, urn) for who, urn, _ in letters(store)] == [
        ("contact", URN), ("deputy", URN), ("director", URN), ("head", URN),
    ]  # fmt: skip
    subjects = {who: subject for who, _, subject in letters(store)}
    assert TRUST not in subjects["director"]
    assert OAKFIELD.name not in subjects["head"]


def with_heads(config, schools):
    heads = tuple(replace(HEAD, id=f"head-{s.urn}", urns=(s.urn,)) for s in schools)
    calendars = {s.urn: Calendar("england", TERMS) for s in schools}
    return replace(config, schools=schools, people=heads, calendars=calendars)


def test_of_very_many_schools_some_are_composed_at_a_look_until_each_head_has_one(store, config):
    many = tuple(replace(OAKFIELD, urn=f"9101{n:02}") for n in range(AT_A_LOOK + 2))
    context = a_context(with_heads(config, many))
    run_tasks(store, context, NOW)
    assert len(letters(store)) == AT_A_LOOK
    run_tasks(store, context, NOW + timedelta(seconds=10))
    run_tasks(store, context, NOW + timedelta(seconds=20))
    assert [urn for _, urn, _ in letters(store)] == [s.urn for s in many]


def test_to_see_that_nobody_lacks_one_does_not_go_through_everybody_for_each_school(store, config):
    class Counted(tuple):
        times = 0

        def __iter__(self):
            Counted.times += 1
            return super().__iter__()

    few = with_heads(config, SCHOOLS)
    run_tasks(store, a_context(few), NOW)
    Counted.times = 0
    with store.read() as con:
        assert not digests(con, a_context(replace(few, people=Counted(few.people))), NOW)
    assert Counted.times < len(SCHOOLS)


def test_the_next_one_covers_what_one_that_was_not_sent_did_not_tell(store, config):
    run_tasks(store, a_context(config), NOW)
    first = of(store, config).letter
    mark(store, first.key, "failed_at", NOW)
    again = of(store, config, now=NOW + timedelta(days=1))
    assert again.editions[0].covers.since < TUESDAY
    assert "Your digest of" in again.letter.body


def test_who_leads_several_schools_has_one_digest_each_unless_the_settings_say_together(config):
    apart = replace(config, digest=DigestSettings())
    assert DIRECTOR in readers(apart, SCHOOLS[1])
    assert DIRECTOR not in readers(config, SCHOOLS[1])
    assert [p.id for p in central_team(apart)] == ["contact"]
    assert [p.id for p in central_team(config)] == ["director", "contact"]


def test_a_contact_of_one_school_alone_has_none(config):
    one = replace(CONTACT, urns=(URN,))
    assert central_team(replace(config, people=(one,), digest=DigestSettings())) == ()


def test_it_comes_under_the_trusts_name(store, config):
    letter = of(store, config).letter
    assert sender_name(config, letter, DIRECTOR) == TRUST
    assert sender_name(config, letter, PEOPLE[0]) is None
    assert sender_name(config, replace(letter, kind="instant"), DIRECTOR) is None


def test_it_names_the_schools_whose_last_term_ends_and_those_of_which_none_is_known(store, config):
    over = Term(date(2026, 9, 1), date(2026, 11, 6))
    calendars = {s.urn: Calendar("england", (over,)) for s in SISTERS[:2]}
    config = replace(config, calendars={**config.calendars, **calendars})
    body = " ".join(of(store, config, now=NOW + timedelta(days=13)).letter.body.split())
    gone, there = (
        ", ".join(s.name for s in schools) for schools in (SISTERS[:2], (SCHOOLS[0], *SISTERS[2:]))
    )
    assert f"Good morning. No term is known for {gone}. Until the next are added, " in body
    assert f"{there}: The last term that is known ends on 18 December 2026." in body


def test_on_a_day_without_school_only_what_cannot_wait_is_sent(store, config):
    saturday = TUESDAY + timedelta(days=4)
    quiet = of(store, config, now=saturday)
    assert {e.outbox_key for e in quiet.editions} == {None}
    grave(store, "street", saturday - timedelta(hours=2))
    assert all(e.outbox_key for e in of(store, config, now=saturday).editions)


def test_what_was_composed_is_kept_for_each_school(store, config):
    prepared = of(store, config)
    with store.write("keep") as con:
        write(prepared, con)
    with store.read() as con:
        rows = con.execute("SELECT kind, urn, outbox_key FROM editions ORDER BY urn").fetchall()
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
    code, said = called(digest, Clock(NOW), home=store.home, person="contact")
    assert code == 0
    assert TRUST in said[0]
    code, files = called(digest, Clock(NOW), home=store.home, person="contact", out=tmp_path / "out")
    assert [name.rpartition("/")[2] for name in files] == [
        f"digest-2026-11-17-contact.{ending}" for ending in ("html", "txt", "eml")
    ]
    code, said = called(digest, Clock(NOW), home=store.home, send=True)
    assert any(line.startswith("7 queued") for line in said)
