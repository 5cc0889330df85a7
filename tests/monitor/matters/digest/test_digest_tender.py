"""Each digest is composed once, and what one did not tell the next one does; the one mail of a trust."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from builders.digest import (
    DEPUTY,
    DSL,
    HEAD,
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
    mark,
    praise,
    ran,
    restricted,
    say,
    story_id,
    together,
)
from builders.digest_reader import all_of, flat, parts, sections
from builders.home import a_migrated_store, do_in, rows_of, tend
from builders.kept_open import kept_open
from builders.mention import Clock, a_message
from builders.trust import ACADEMIES, TRUST
from support.command_call import called

from alerts.facts import Agenda
from data.cases import Profile
from data.digest import Window
from data.ids import digest
from data.judged import HANDED_IN
from data.register.calendar import Calendar, Term
from data.store import digest as digest_store
from data.store.alerts import ack, hand_over_alert, put_step
from data.store.digest import fresh_stories
from data.store.engine.audit_chain import AuditEntry, append, end_code, last_link
from data.store.outbox import is_in_digest, put_outbox
from data.store.owners import record_mark
from data.types import (
    About,
    Escalation,
    Mark,
    Marked,
    Meant,
    MentionKind,
    Outcome,
    Person,
    PressEvent,
    Reason,
    Role,
    Route,
    School,
    Sentiment,
    Severity,
    Source,
    StillOpen,
)
from monitor.cli.commands.report import digest as command
from monitor.config.model import DigestSettings, EvidenceSettings
from monitor.matters.today import central_team, digest_readers
from monitor.service import digests as tasks
from monitor.service.digests import (
    digests,
    prepare_for_person,
    queue_digest,
    sender_name,
    trust_digests,
)

SATURDAY = datetime(2026, 11, 21, 7, 30, tzinfo=UTC)
FRIDAY, SUNDAY, NEXT_MONDAY = (SATURDAY + timedelta(days=n) for n in (-1, 1, 2))
SOON, DAY = timedelta(seconds=7), timedelta(days=1)
DANGER = {"severity": Severity.THIS_HOUR, "route": Route.POLICE_NOW}


def composed(store, context, now):
    """What the service would compose now, by whose it is; nothing is written."""
    with store.open_reader() as con:
        return {made.args[0].letter.person_id: made.args[0] for made in digests(con, context, now)}


def queued(store):
    asked = "SELECT person_id FROM outbox WHERE kind = 'digest' ORDER BY due_at, person_id"
    return [person for (person,) in rows_of(store, asked)]


def covers(store, person="head"):
    asked = "SELECT kind, period FROM editions WHERE person_id = $p ORDER BY period"
    kept = rows_of(store, asked, {"p": person})
    with store.open_reader() as con:
        return [digest_store.find_edition(con, kind, URN, day, person).covers for kind, day in kept]


def all_sent(store):
    do_in(store, lambda con: con.execute("UPDATE outbox SET sent_at = due_at WHERE sent_at IS NULL"))


def key(day, person="head"):
    return digest("digest", URN, day.date().isoformat(), person)


@pytest.fixture(scope="module")
def context(config):
    return a_context(config)


def among(context, *people, **changes):
    return replace(context, config=replace(context.config, people=people, **changes))


# ------------------------------------------------------------------------------- when, and once


class Untouchable:
    def __getattr__(self, name):
        raise AssertionError(f"the store was asked for {name}")


def test_outside_its_hours_the_store_is_not_even_asked(context):
    for hour in (0, 3, 7, 20, 23):
        now = TUESDAY.replace(hour=hour, minute=29 if hour == 7 else 31)
        assert digests(Untouchable(), context, now) == ()


def test_it_is_composed_once_however_often_and_by_how_many_it_is_asked_for(store, context):
    say(store, "parking", MONDAY + SOON)
    first = composed(store, context, TUESDAY + SOON)
    second = composed(store, context, TUESDAY + timedelta(hours=3))
    assert [*first] == [*second] == ["head", "deputy", "dsl"]
    with store.write("both") as con:
        for made in (*first.values(), *second.values()):
            queue_digest(made, con)
    assert queued(store) == ["deputy", "head"]
    assert rows_of(store, "SELECT count(*) FROM editions") == [(3,)]
    assert covers(store)[0].until == TUESDAY
    for minutes in (0.2, 5, 700):
        assert composed(store, context, TUESDAY + timedelta(minutes=minutes)) == {}


def test_a_digest_gives_the_number_of_what_stands_on_a_line_of_its_own_not_in_anothers_words(store, context):
    grave(store, "street", MONDAY + SOON)
    over = grave(store, "over", MONDAY + SOON)
    numbers = dict(rows_of(store, "SELECT story_id, number FROM alerts"))
    done, street = numbers[over.story_id], numbers[story_id("street")]
    do_in(store, record_mark, Marked(over.story_id, URN, Mark.ANSWERED, "head", MONDAY + 2 * SOON))
    say(store, "pass", MONDAY + SOON, text=f"For a parking pass ring 01632 {done}, who knows why")
    do_in(store, partial(queue_digest, composed(store, context, TUESDAY + SOON)["head"]))
    all_sent(store)
    ((body,),) = rows_of(store, "SELECT body FROM outbox")
    assert done in body
    with store.open_reader() as con:
        named = [is_in_digest(con, number, "head", MONDAY) for number in (street, done)]
    assert named == [True, False]


def test_no_digest_is_for_a_time_before_the_home_began(context, tmp_path):
    ten = TUESDAY + timedelta(hours=2, minutes=30)
    with kept_open(a_migrated_store(tmp_path / "new")) as store:
        ran(store, "forum", ten)
        assert composed(store, context, ten) == {}
        later = composed(store, context, ten + timedelta(minutes=1))
        assert later["head"].editions[0].covers == Window(ten, ten + timedelta(minutes=1))


def test_the_first_digest_says_what_was_set_up_and_no_other_does(context, tmp_path):
    with kept_open(a_migrated_store(tmp_path / "new")) as store:
        ran(store, "forum", MONDAY)
        tend(store, digests, context, TUESDAY + SOON)
        all_sent(store)
        second = composed(store, context, TUESDAY + DAY + SOON)["head"]
        (body,) = rows_of(store, "SELECT body FROM outbox WHERE person_id = 'head'")[0]
    first = " ".join(body.split())
    assert "Read from now on: Northvale Gazette, Mumsnet alerts, Town forum and 1 more." in first
    assert "This digest, each school day: Mrs Jane Holt, Mr Lee Ash." in first
    assert "Told at once of danger: Mrs Jane Holt, Ms Robin Pike." in first
    assert "Told at once of a safeguarding matter: Ms Robin Pike." in first
    assert "what was set up" not in flat(second)


def test_nobody_of_another_school_is_sent_it(store, context):
    stranger, other = replace(HEAD, id="stranger", urns=("900009",)), School("900009", "Elsewhere Primary")
    tend(store, digests, among(context, HEAD, stranger, schools=(OAKFIELD, other)), TUESDAY + SOON)
    sent = rows_of(store, "SELECT person_id, urn FROM outbox ORDER BY ALL")
    assert sent == [("head", "900001"), ("head", "900009"), ("stranger", "900009")]


# ------------------------------------------------------------ who is sent no more than their part


def test_open_danger_is_in_it_though_it_was_raised_or_taken_after_its_time(store, context):
    for name, raised in (("before", TUESDAY - timedelta(hours=2)), ("after", TUESDAY + SOON)):
        for taken in (False, True):
            gate = alert_on(f"{name} {taken}", raised, **DANGER)
            grave(store, f"{name} {taken}", raised, gate)
            if taken:
                do_in(store, ack, gate.id, "deputy", TUESDAY + 2 * SOON)
    (part,) = parts(store, context.config, [HEAD], TUESDAY + 3 * SOON).values()
    assert len(sections(part)) == 4
    assert [d.view.holder.person for d in part.chosen.of(Agenda.DANGER) if d.view.holder] == [
        "deputy",
        "deputy",
    ]


def sent_to(store, context, *people, now=TUESDAY + SOON):
    """What these people are sent, by who they are; nothing where there is nothing for them."""
    made = all_of(store, context.config, people, now)
    return {one.letter.person_id: flat(one) for one in made if one.is_sent}


def test_a_safeguarding_lead_who_is_no_leader_is_sent_her_matters_alone_and_all_where_something_was_handed_in(
    store, context
):
    assert not sent_to(store, context, DSL)
    say(store, "parking", MONDAY)
    assert not sent_to(store, context, DSL)
    restricted(store, "child", MONDAY, severity=Severity.TODAY)
    said = sent_to(store, context, DSL)["dsl"]
    assert "Safeguarding matter" in said
    assert "parking" not in said
    handed = {"look": True, "reasons": (Reason(HANDED_IN, "A person reported it."),)}
    say(store, "handed", MONDAY, about=About.HEAD, accuses=(Meant("office:head", 0.25, "x"),), **handed)
    told = sent_to(store, context, HEAD, DEPUTY, DSL)
    assert [who for who in told if "speak of handed" in told[who]] == ["deputy", "dsl"]


def test_open_danger_that_somebody_else_has_brings_a_digest_once_to_who_is_sent_nothing_else(store, context):
    alert = alert_on("gate", MONDAY, **DANGER)
    say(store, "gate", MONDAY, alert=alert, abuse=("threat",), **DANGER)
    later = TUESDAY + DAY + SOON
    assert "If anyone is in danger, ring 999." in sent_to(store, context, DSL, now=later)["dsl"]
    do_in(store, ack, alert.id, "head", MONDAY)
    assert [*sent_to(store, context, HEAD, DSL)] == ["head", "dsl"]
    assert [*sent_to(store, context, HEAD, DSL, now=later)] == ["head"]


def test_whoever_speaks_to_the_press_is_sent_what_it_wrote_and_nothing_else(store, context):
    press = Person("press", "Sam Elm", (Role.PRESS,), "press@example.org")
    context = among(context, *PEOPLE, press)
    assert not composed(store, context, TUESDAY + SOON)["press"].is_sent
    article = {"kind": MentionKind.ARTICLE, "channel": "news", "title": "Choir sings at the hospice"}
    say(store, "choir", TUESDAY, event=PressEvent.ACHIEVEMENT, **article)
    say(store, "parking", TUESDAY)
    said = sent_to(store, context, press, now=TUESDAY + DAY + SOON)["press"]
    assert "In the news" in said
    assert "This is what the press has written about you" in said
    assert "Answer" not in said


# ---------------------------------------------------------------- what was not sent is told again


SURE = Person("sure", "Mr Ned Ash", (Role.SLT,), "sure@example.org")
STUCK = Person("stuck", "Ms Ivy Elm", (Role.SLT,), "stuck@example.org")


def test_what_was_not_surely_sent_is_covered_again_and_who_may_lack_it_is_told(store, context):
    context = among(context, HEAD, DEPUTY, SURE, STUCK)
    say(store, "parking", MONDAY - 2 * SOON)
    tend(store, digests, context, MONDAY + SOON)
    for who, fate in (("head", "unsure_at"), ("deputy", "failed_at"), ("sure", "sent_at")):
        mark(store, key(MONDAY, who), fate, MONDAY + SOON)
    first = covers(store)[0]
    found = composed(store, context, TUESDAY + SOON)
    assert {who: one.editions[0].covers.since for who, one in found.items()} == {
        "head": first.since, "deputy": first.since, "stuck": first.since, "sure": MONDAY,
    }  # fmt: skip
    assert {one.editions[0].covers.until for one in found.values()} == {TUESDAY}
    assert "of Monday 16 November may not have reached you" in flat(found["head"])
    for who in ("deputy", "stuck"):
        assert "of Monday 16 November could not be sent" in flat(found[who])
    assert "of Monday 16 November" not in flat(found["sure"])


def test_an_alert_that_failed_is_told_of_and_one_to_the_reader_as_theirs(store, context):
    for who, fate in ((DEPUTY, "failed_at"), (HEAD, "unsure_at")):
        do_in(store, put_outbox, [a_message(who.id, person_id=who.id)], MONDAY)
        mark(store, who.id, fate, TUESDAY - timedelta(hours=1))
    said = flat(composed(store, context, TUESDAY + SOON)["head"])
    assert "1 message to Deputy head could not be sent." in said
    assert "1 message to you may not have arrived." in said


def test_a_weekend_is_told_of_what_is_grave_alone_once_and_monday_covers_all_of_it(store, context):
    tend(store, digests, context, FRIDAY + SOON)
    all_sent(store)
    say(store, "parking", SATURDAY - timedelta(hours=9))
    at = SATURDAY - timedelta(hours=8)
    child = restricted(store, "child", at)
    assert not any(one.is_sent for one in composed(store, context, SATURDAY + SOON).values())
    do_in(store, hand_over_alert, child.id, "dsl", at)
    grave(store, "street", at)
    told = composed(store, context, SATURDAY + SOON)
    assert [who for who, one in told.items() if one.is_sent] == ["head", "deputy"]
    for said in (flat(told["head"]), flat(told["deputy"])):
        assert "Private details" in said
        assert not [word for word in ("Answer", "Not seen", "afeguarding") if word in said]
    grave(store, "accused", at, alert_on("accused", at, excluded=("deputy",)), subjects=("deputy",))
    told = composed(store, context, SATURDAY + SOON)
    assert [flat(told[who]).count("Private details") for who in ("head", "deputy")] == [2, 1]
    tend(store, digests, context, SATURDAY + SOON)
    all_sent(store)
    assert composed(store, context, SATURDAY + 2 * SOON) == {}
    assert not any(one.is_sent for one in composed(store, context, SUNDAY + SOON).values())
    monday = composed(store, context, NEXT_MONDAY + SOON)["head"]
    assert monday.editions[0].covers == Window(FRIDAY, NEXT_MONDAY)


def test_whom_all_of_it_accuses_is_sent_nothing_on_a_day_without_school(store, context):
    at = SATURDAY - timedelta(hours=8)
    grave(store, "accused", at, alert_on("accused", at, excluded=("deputy",)), subjects=("deputy",))
    told = composed(store, context, SATURDAY + SOON)
    assert [who for who, one in told.items() if one.is_sent] == ["head"]


def test_every_post_is_told_in_exactly_one_digest_that_was_sent(store, context):
    """Told by a fate a day: the posts counted in those that were sent are all posts, each once."""
    fates = ["sent_at", "failed_at", "unsure_at", "sent_at"]
    told, posts = 0, 0
    for n, fate in enumerate(fates):
        now = MONDAY + n * DAY
        with together(store) as one:
            for at in (now - timedelta(hours=5), now - timedelta(microseconds=1), now):
                if n or at < now:
                    say(one, f"post-{posts}", at, story=f"story-{posts}")
                    posts += 1
        late = now + (timedelta(hours=2) if n == 2 else SOON)
        tend(store, digests, among(context, HEAD), late)
        mark(store, key(now), fate, late)
    with store.open_reader() as con:
        for n in (0, 3):
            period = (MONDAY + n * DAY).date().isoformat()
            found = digest_store.find_edition(con, "digest", URN, period, "head")
            told += sum(s.mentions for s in fresh_stories(con, URN, found.covers))
    assert told == posts - 1  # the last was judged at the very end: tomorrow's


# ---------------------------------------------------------------------------------- who is away


def with_away(context, *gone, until=TUESDAY + DAY, more=()):
    people = (*(replace(p, away_until=until) if p.id in gone else p for p in PEOPLE), *more)
    return among(context, *people)


def test_who_is_away_is_sent_no_digest_and_their_first_one_back_covers_the_time_since_their_last(
    store, context
):
    tend(store, digests, context, MONDAY + SOON)
    all_sent(store)
    gone = with_away(context, "head")
    assert "head" not in composed(store, gone, TUESDAY + SOON)
    tend(store, digests, gone, TUESDAY + SOON)
    all_sent(store)
    back = composed(store, gone, TUESDAY + DAY + SOON)
    assert back["head"].editions[0].covers == Window(MONDAY, TUESDAY + DAY)
    assert back["deputy"].editions[0].covers == Window(TUESDAY, TUESDAY + DAY)


def test_where_the_whole_leadership_is_away_or_the_last_who_reads_a_matter_it_is_sent_to_them(store, context):
    def now(*gone, **more):
        return {who for who, one in composed(store, with_away(context, *gone, **more), TUESDAY + SOON).items()
                if one.is_sent}  # fmt: skip

    say(store, "parking", MONDAY + SOON)
    assert now("head") == {"deputy"}
    assert now("head", "deputy") == {"head", "deputy"}
    grave(store, "street", MONDAY, alert_on("street", MONDAY, excluded=("deputy",), audience=("head",)))
    assert now("head") == {"head", "deputy"}
    restricted(store, "child", MONDAY, severity=Severity.TODAY)
    second = Person("second", "Mr Tom Reed", (Role.DEPUTY_DSL,), "second@example.org")
    assert now("dsl", more=(second,)) == {"head", "deputy", "second"}
    assert now("dsl") == {"head", "deputy", "dsl"}


# --------------------------------------------------------------------- the one mail of a trust


NOW = TUESDAY + timedelta(seconds=9)
SISTERS = tuple(School(urn, name, trust=TRUST) for urn, name, *_ in ACADEMIES[:2])
SCHOOLS = (replace(OAKFIELD, trust=TRUST), *SISTERS)
DIRECTOR = Person("director", "Dr Flo Director", (Role.SLT,), "director@example.org")
CONTACT = Person("contact", "Mrs Gia Trust", (Role.TRUST_CONTACT,), "contact@example.org")
LEADERS = (*(replace(p, urns=(URN,)) for p in (HEAD, DEPUTY, DSL)), DIRECTOR, CONTACT)
FEEDS = tuple(Source(f"feed-{s.urn}", "feed", f"https://{s.urn}.example.org/", (s.urn,)) for s in SISTERS)
SITE = Source("site", "own.page", "https://trust.example.org/", name="The trust's website", own=True)
NIGHT = TUESDAY - timedelta(hours=9)


@pytest.fixture(scope="module")
def together_config(tmp_path_factory):
    return a_config(
        tmp_path_factory.mktemp("trust"), schools=SCHOOLS, people=LEADERS, sources=(*SOURCES, *FEEDS, SITE),
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
def of_trust(store):
    return read(store)


def of(store, config, person=DIRECTOR, now=NOW):
    with store.open_reader() as con:
        return prepare_for_person(con, config, person, now.date(), now)


def run_tasks(store, config, now):
    for task in (digests, trust_digests):
        tend(store, task, a_context(config), now)


def as_read(found):
    return f"{found.letter.subject}\n\n{found.letter.body}"


def test_a_quiet_day_at_several_schools(of_trust, together_config, snapshot):
    """The first: it says once what was set up, comes under the trust's name and is kept for each school."""
    a_quiet_day(of_trust)
    found = of(of_trust, together_config)
    assert as_read(found) == snapshot
    letter = found.letter
    assert sender_name(together_config, letter, DIRECTOR) == TRUST
    assert sender_name(together_config, letter, LEADERS[0]) is None
    assert sender_name(together_config, replace(letter, kind="instant"), DIRECTOR) is None
    do_in(of_trust, lambda con: queue_digest(found, con))
    rows = rows_of(of_trust, "SELECT kind, urn, outbox_key FROM editions ORDER BY urn")
    assert rows == [("trust", s.urn, letter.key) for s in sorted(SCHOOLS, key=lambda s: s.urn)]


def test_one_busy_school_of_several(busy, together_config, snapshot):
    assert as_read(of(busy, together_config)) == snapshot


def test_a_contact_who_may_not_read_a_schools_matters_hears_that_something_is_open_and_no_more(
    busy, together_config, snapshot
):
    assert as_read(of(busy, together_config, CONTACT)) == snapshot


def test_it_tells_what_is_to_be_passed_on_nothing_to_its_subject_and_of_a_restricted_matter_a_number(
    of_trust, together_config
):
    praise(of_trust, "choir", TUESDAY - timedelta(hours=3))
    raised = alert_on("accused", NIGHT, excluded=("director",))
    given = {"subjects": ("director",), "subject_person": "director", "about": About.STAFF}
    grave(of_trust, "accused", NIGHT, raised, **given)
    letter = of(of_trust, together_config).letter
    assert letter.subject.startswith("1 to pass on")
    assert raised.id[:8] not in letter.body
    restricted(of_trust, "disclosed", NIGHT, severity=Severity.TODAY)
    assert "With the safeguarding lead: 1." in of(of_trust, together_config).letter.body
    assert "safeguarding lead" not in of(of_trust, together_config, CONTACT).letter.body


def test_a_contact_who_is_told_nothing_of_what_is_open_hears_that_it_is_and_no_more(
    of_trust, together_config
):
    quiet = of(of_trust, together_config, CONTACT).letter
    assert "you may not read it" not in quiet.body
    grave(of_trust, "threat", NIGHT, alert_on("threat", NIGHT, **DANGER))
    letter = of(of_trust, together_config, CONTACT).letter
    assert letter.subject == "Nothing that you are told of at 3 schools (Tuesday)"
    body = " ".join(letter.body.split())
    assert f"Open at {OAKFIELD.name}, and you may not read it." in body
    assert "hreat" not in body
    assert "you may not read it" not in of(of_trust, together_config).letter.body  # who is told of it


def test_whom_an_open_matter_may_accuse_does_not_hear_that_anything_is_open(of_trust, together_config):
    quiet = of(of_trust, together_config, CONTACT).letter
    raised = alert_on("accused", NIGHT, excluded=("contact",))
    grave(of_trust, "accused", NIGHT, raised, subjects=("contact",), subject_person="contact")
    assert of(of_trust, together_config, CONTACT).letter.subject == quiet.subject
    assert "you may not read it" not in of(of_trust, together_config, CONTACT).letter.body


def test_an_alarm_that_a_contact_was_asked_to_take_by_number_is_first_in_it(of_trust, together_config):
    alarm = grave(of_trust, "threat", NIGHT, alert_on("threat", NIGHT, **DANGER))
    asked = Escalation(alarm.id, URN, 1, 1, "contact", NIGHT + timedelta(hours=1), StillOpen.BY_NUMBER)
    do_in(of_trust, put_step, asked)
    letter = of(of_trust, together_config, CONTACT).letter
    assert re.fullmatch(r"Alarm \d{6}: nobody has answered it .Tuesday.", letter.subject)
    assert "At 1 of them there is something for you." in " ".join(letter.body.split())
    assert letter.body.index("answered it") < letter.body.index("Nothing that you are told of")


def test_a_contact_reads_what_is_said_of_the_trust_and_has_one_mail_for_it_and_its_schools(
    of_trust, together_config
):
    of_it = School("trust-brightwater", TRUST)
    profiles = {**together_config.profiles, of_it.urn: Profile(first_assessor=Role.TRUST_CONTACT)}
    it = Person("it", "Mr Jo Nash", (Role.IT_LEAD,), "it@example.org", (SISTERS[0].urn,))
    given = {"schools": (*SISTERS, of_it), "people": (*LEADERS, it), "sources": (*FEEDS, SITE)}
    config = replace(together_config, profiles=profiles, **given)
    first = of(of_trust, config, CONTACT).letter
    assert first.subject == "Nothing that you are told of at 2 schools and the trust (Tuesday)"
    assert [first.body.count(f"Told {when}") for when in ("at once of danger", "when")] == [2, 2]
    say(of_trust, "pay", NIGHT)
    for table in ("verdicts", "matches", "stories"):
        do_in(of_trust, lambda con, t=table: con.execute(f"UPDATE {t} SET urn = ?", [of_it.urn]))
    assert "1 to answer" in of(of_trust, config, CONTACT).letter.subject
    run_tasks(of_trust, config, NOW)
    rows = rows_of(of_trust, "SELECT count(*) FROM outbox WHERE person_id = 'contact'")
    assert rows == [(1,)]


def test_a_head_still_gets_their_own_schools_digest_and_the_central_team_one_each(of_trust, together_config):
    grave(of_trust, "street", NIGHT)
    run_tasks(of_trust, together_config, NOW)
    run_tasks(of_trust, together_config, NOW + timedelta(minutes=1))
    letters = rows_of(of_trust, "SELECT person_id, urn, subject FROM outbox ORDER BY person_id, urn")
    assert [(who, urn) for who, urn, _ in letters] == [
        ("contact", URN), ("deputy", URN), ("director", URN), ("head", URN),
    ]  # fmt: skip
    subjects = {who: subject for who, _, subject in letters}
    assert TRUST not in subjects["director"]
    assert OAKFIELD.name not in subjects["head"]
    first = of(of_trust, together_config).letter
    mark(of_trust, first.key, "failed_at", NOW)
    do_in(of_trust, lambda con: con.execute("UPDATE outbox SET sent_at = due_at WHERE failed_at IS NULL"))
    again = of(of_trust, together_config, now=NOW + DAY)
    assert again.editions[0].covers.since < TUESDAY
    assert "Your digest of" in again.letter.body
    body = of(of_trust, together_config, CONTACT, NOW + DAY).letter.body
    assert not [words for words in ("Your digest of", "Read from now on") if words in body]


def test_of_very_many_schools_some_are_composed_at_a_look_until_each_head_has_one(
    of_trust, together_config, monkeypatch
):
    monkeypatch.setattr(tasks, "AT_A_LOOK", 2)
    many = tuple(replace(OAKFIELD, urn=f"9101{n:02}") for n in range(3))
    heads = tuple(replace(HEAD, id=f"head-{s.urn}", urns=(s.urn,)) for s in many)
    calendars = {s.urn: Calendar("england", TERMS) for s in many}
    config = replace(together_config, schools=many, people=heads, calendars=calendars)
    for look, sent in enumerate((2, 3, 3)):
        run_tasks(of_trust, config, NOW + timedelta(seconds=10 * look))
        found = rows_of(of_trust, "SELECT urn FROM outbox ORDER BY urn")
        assert [urn for (urn,) in found] == [s.urn for s in many[:sent]]


def test_who_leads_several_schools_has_one_digest_each_unless_the_settings_say_together(together_config):
    apart = replace(together_config, digest=DigestSettings())
    assert DIRECTOR in digest_readers(apart, SCHOOLS[1])
    assert DIRECTOR not in digest_readers(together_config, SCHOOLS[1])
    assert [p.id for p in central_team(apart)] == ["contact"]
    assert [p.id for p in central_team(together_config)] == ["director", "contact"]
    assert central_team(replace(apart, people=(replace(CONTACT, urns=(URN,)),))) == ()


def test_it_names_the_schools_whose_last_term_ends_and_those_of_which_none_is_known(
    of_trust, together_config
):
    over = Term(date(2026, 9, 1), date(2026, 11, 6))
    calendars = {SISTERS[0].urn: Calendar("england", (over,))}
    config = replace(together_config, calendars={**together_config.calendars, **calendars})
    body = " ".join(of(of_trust, config, now=NOW + timedelta(days=13)).letter.body.split())
    assert f"Good morning. We have no term dates for {SISTERS[0].name}. Until you add them, " in body
    there = f"{SCHOOLS[0].name}, {SISTERS[1].name}"
    assert f"{there}: The last term we know ends on 18 December 2026." in body


def test_on_a_day_without_school_only_what_cannot_wait_is_sent(of_trust, together_config):
    quiet = of(of_trust, together_config, now=SATURDAY)
    assert {e.outbox_key for e in quiet.editions} == {None}
    grave(of_trust, "street", SATURDAY - timedelta(hours=2))
    assert all(e.outbox_key for e in of(of_trust, together_config, now=SATURDAY).editions)


def test_the_command_prints_it_and_sends_it(tmp_path):
    school = '[[schools]]\nurn = "{0.urn}"\nname = "{0.name}"\ntrust = "{0.trust}"\n'
    person = '[[people]]\nid = "{0}"\nname = "Ada"\nroles = ["{1}"]\nemail = "a@example.org"\n'
    heads = (f'{person.format(f"h-{s.urn}", "head")}schools = ["{s.urn}"]\n' for s in SCHOOLS[:2])
    store = a_home(tmp_path)
    settings = [*map(school.format, SCHOOLS[:2]), person.format("contact", "trust_contact"), *heads]
    (store.home / "schoolgate.toml").write_text("".join(settings), encoding="utf-8")
    code, said = called(command, Clock(NOW), home=store.home, person="contact")
    assert code == 0
    assert TRUST in said[0]
    code, files = called(command, Clock(NOW), home=store.home, person="contact", out=tmp_path / "out")
    assert [name.rpartition("/")[2] for name in files] == [
        f"digest-2026-11-17-contact.{ending}" for ending in ("html", "txt", "eml")
    ]
    code, said = called(command, Clock(NOW), home=store.home, send=True)
    assert any(line.startswith("3 queued") for line in said)


@pytest.mark.parametrize(("day", "readers"), [(0, ["dsl", "head"]), (1, ["head"])], ids=["Monday", "else"])
def test_of_a_quiet_day_whoever_looks_first_is_sent_a_digest_and_on_mondays_the_lead_too(
    store, context, day, readers
):
    everybody, now = (HEAD, DEPUTY, DSL), MONDAY + day * DAY + SOON
    assert sorted(sent_to(store, context, *everybody, now=now)) == readers
    looks = {URN: Profile(first_assessor=Role.DEPUTY_HEAD)}
    assert "deputy" in sent_to(store, among(context, *PEOPLE, profiles=looks), *everybody, now=now)
    say(store, "thanks", now - DAY, route=Route.THANK, severity=Severity.NOTE, sentiment=Sentiment.POSITIVE)
    assert sorted(sent_to(store, context, *everybody, now=now)) == readers  # praise alone waits
    say(store, "parking", now - DAY)
    assert {"deputy", "head"} <= sent_to(store, context, *everybody, now=now).keys()


@pytest.mark.parametrize("day", [0, 1], ids=["Monday", "else"])
def test_the_end_of_the_record_goes_to_who_is_named_to_keep_it_alone_and_on_mondays_always(
    store, context, day
):
    now, keeps = MONDAY + day * DAY + SOON, EvidenceSettings(witness="deputy")
    keeping = among(context, *PEOPLE, evidence=keeps)
    with store.write("act") as con:
        append(con, [AuditEntry(now - DAY, "head", "story_marked", "s-one")])
        code = end_code(*last_link(con))
    sent = sent_to(store, keeping, HEAD, DEPUTY, DSL, now=now)
    assert [p for p, said in sent.items() if code in said] == ["deputy"][day:]
    assert "deputy" not in sent_to(store, context, HEAD, DEPUTY, DSL, now=now)
    at = SATURDAY - timedelta(hours=8)  # and whenever else they are sent one
    grave(store, "threat", at, alert_on("threat", at, audience=("head", "deputy")))
    said = sent_to(store, keeping, DEPUTY, now=SATURDAY + SOON)["deputy"]
    assert end_code(*do_in(store, last_link)) in said
