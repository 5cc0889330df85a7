"""What staff hand in reaches a person within the hour, where nothing alerts: one mail for all of it."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from builders.home import a_migrated_store, rows_of, tend
from builders.judges import OAKFIELD, brought, judges, posted, read_in
from builders.mention import Clock
from builders.taken_in import taken_in

from alerts.links import Links
from data.evidence.handed_in import Danger, Says, Whom
from data.register.calendar import Calendar, Term
from data.store import owners as owner_store
from data.types import Mark, Marked, Person, Role, Source
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.pipeline.supplied import Report
from monitor.service.serve import PERIODIC_TASKS

TEN = datetime(2026, 11, 17, 10, 0, tzinfo=UTC)  # a Tuesday
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
CALM = "Does anybody know when Oakfield Primary in Northvale has its winter fair this year, please?"
OTHERS = (
    "Oakfield Primary in Northvale could do with a new car park, couldn't it?",
    "The new gate at Oakfield Primary in Northvale squeaks a little, has anybody oil?",
    "There is a bus stop right in front of Oakfield Primary in Northvale from Monday on.",
)
"""What has nothing to do with each other."""
INSULT = "Mr Thistlewood at Oakfield is a fat useless moron and an ugly pig, everybody laugh at him."
URN = OAKFIELD.urn
PEOPLE = (
    Person("head", "Mrs Tamsin Quillfeather", (Role.HEAD,), "head@example.org"),
    Person("deputy", "Mr Osbert Fennimore", (Role.DEPUTY_HEAD,), "deputy@example.org"),
    Person("dsl", "Ms Imogen Larkspur", (Role.DSL,), "dsl@example.org"),
    Person("ddsl", "Ms Greta Larch", (Role.DEPUTY_DSL,), "ddsl@example.org"),
    Person("office", "Mr Barnaby Thistlewood", (Role.STAFF,), "office@example.org"),
)


class School:
    """A school at which people hand in, and whose service looks."""

    def __init__(self, store, people=PEOPLE, calendar=None) -> None:
        self.store, self.home, self.people = store, store.home, people
        self.calendar, self._judges = calendar or Calendar(), judges()

    def judges(self):
        return replace(self._judges, people=self.people)

    def hand_in(self, at=TEN + 5 * MINUTE, words=CALM, by="office", **says):
        report = Report(words, "", "facebook", None, by, at, by=by, says=Says(**says))
        return taken_in(self.store, Clock(at), report, URN, judges=self.judges)

    def mails(self, at):
        """To whom the service's look at that time writes, with what."""
        told = Config(self.home / "x.toml", (OAKFIELD,), people=self.people, calendars={URN: self.calendar})
        written = "SELECT key, person_id, subject, body FROM outbox WHERE kind = 'handed'"
        before = rows_of(self.store, written)
        tend(self.store, PERIODIC_TASKS["handed"], Context(told, self.home, Links()), at)
        new = [row for row in rows_of(self.store, written) if row not in before]
        return {who: f"{subject}\n{body}" for _, who, subject, body in new}

    def to(self, at=TEN + HOUR):
        return [*self.mails(at)]


@pytest.fixture
def school(undone):
    return School(undone)


def test_the_first_assessor_gets_it_at_the_next_full_hour_by_number_and_place_without_a_word(school):
    school.hand_in()
    assert school.to(TEN + 59 * MINUTE) == []
    (said,) = school.mails(TEN + HOUR).values()
    assert said.startswith("Somebody sent a report: please read it\n")
    assert said.index("If anyone is in danger, ring 999.") < said.index("Number ")
    assert ": Facebook, reported on Tuesday 17 November at 10:05." in said
    assert "winter fair" not in said


def test_all_that_was_handed_in_since_is_one_mail_and_none_of_it_is_mailed_again(school):
    school.hand_in()
    school.hand_in(TEN + 20 * MINUTE, OTHERS[0])
    (said,) = school.mails(TEN + HOUR).values()
    assert said.count("\nNumber ") == 2
    for later in (1, 2, 21, 71):
        assert school.to(TEN + later * HOUR) == []


OUT_OF_HOURS = [
    ((17, 18, 30), (17, 19, 0)),
    ((17, 19, 30), (18, 7, 0)),
    ((20, 21, 0), (21, 7, 0)),  # a Saturday
    ((24, 9, 0), (25, 7, 0)),  # a holiday
]


def test_out_of_hours_it_comes_at_the_next_seven_on_weekends_and_in_holidays_too(undone):
    term = Term(date(2026, 11, 2), date(2026, 11, 23)), Term(date(2027, 1, 4), date(2027, 2, 12))
    school = School(undone, calendar=Calendar(terms=term))
    for n, (at, mailed) in enumerate(OUT_OF_HOURS):
        school.hand_in(datetime(2026, 11, *at, tzinfo=UTC), f"{CALM} Asked by {n} of us.")
        then = datetime(2026, 11, *mailed, tzinfo=UTC)
        assert school.to(then - MINUTE) == [], at
        assert school.to(then) == ["head"], at


def test_nobody_whom_its_bringer_named_gets_it_and_what_is_of_a_child_the_lead(school):
    """Whoever tries to befriend staff is an alert of its own."""
    says = {Whom.HEAD: ["deputy"], Whom.CHILD: ["dsl"], Whom.BEFRIENDS: [], Whom.UNKNOWN: ["head"]}
    for n, (words, (about, to)) in enumerate(zip((CALM, *OTHERS), says.items(), strict=True)):
        day = TEN + timedelta(days=n)
        school.hand_in(day, words, about=about)
        assert school.to(day + HOUR) == to, about


def test_words_that_speak_of_a_child_go_to_the_lead_or_the_deputy_where_the_lead_is_named(school):
    about = "Oakfield Primary in Northvale, please read what is said there of {} today."
    for words in ("pupils", "a Year 4 boy", "y plant"):
        school.hand_in(words=about.format(words))
    assert school.to() == ["dsl"]
    school.hand_in(TEN + 2 * HOUR, f"{CALM} The pupils ask.", about=Whom.DSL)
    assert school.to(TEN + 3 * HOUR) == ["ddsl"]


def test_whoever_is_meant_related_away_or_brought_it_is_passed_over(undone):
    kin = replace(PEOPLE[1], related_to=("head",))
    away = replace(PEOPLE[0], away_until=TEN + 24 * HOUR)
    named = "Mrs Quillfeather, headteacher of Oakfield Primary in Northvale, never answers any e-mail."
    school, found = School(undone), []
    for n, (people, words, says) in enumerate((
        (PEOPLE, named, {}),
        ((PEOPLE[0], kin, *PEOPLE[2:]), OTHERS[0], {"about": Whom.HEAD}),
        ((away, *PEOPLE[1:]), OTHERS[1], {}),
        (PEOPLE, OTHERS[2], {"by": "head"}),
    )):  # fmt: skip
        school.people = people
        school.hand_in(TEN + n * HOUR, words, **says)
        found.append(school.to(TEN + (n + 1) * HOUR))
    assert found == [["deputy"], ["dsl"], ["deputy"], []]


def test_what_raises_an_alert_is_told_by_that_alone(school):
    assert school.hand_in(danger=Danger.SOON).raised
    assert school.hand_in(words=INSULT).raised
    assert school.to() == []


def test_what_somebody_has_looked_at_is_not_mailed(school):
    for n, mark in enumerate((Mark.TAKEN, Mark.ANSWERED)):
        handed = school.hand_in(words=f"{CALM} Asked by {n} of us.")
        with school.store.write("test") as con:
            of = f"SELECT story_id FROM matches WHERE mention_id = '{handed.mention}'"
            (story,) = con.execute(of).fetchone()
            owner_store.record_mark(con, Marked(story, URN, mark, "deputy", TEN + 10 * MINUTE))
    assert school.to() == []


def test_what_somebody_sent_on_by_mail_counts_and_what_a_program_sent_does_not(school):
    mailbox = Source("mailbox", "mailbox", "imaps://mail.example.org/", urns=(URN,), name="Mailbox")
    sent = [posted(n, f"{CALM} {n}.", channel="elsewhere", fetched_at=TEN, sent_on=n == 1) for n in (1, 2)]
    read_in(school.store, school.judges(), brought(mailbox, sent[0], at=TEN), at=TEN)
    read_in(
        school.store, school.judges(), brought(mailbox, replace(sent[1], channel="mumsnet"), at=TEN), at=TEN
    )
    (said,) = school.mails(TEN + HOUR).values()
    assert said.count("\nNumber ") == 1


FRIDAY = datetime(2026, 11, 20, 20, 30, tzinfo=UTC)


def found(school, words, *, sealed, at=FRIDAY):
    """A post that a scan found and that raised no alert."""
    feed = Source("feed", "rss", "https://example.org/feed", urns=(URN,), name="Feed", surfaced=True)
    post = posted(len(words), words, channel="local_forum", fetched_at=at)
    read_in(school.store, school.judges(), brought(feed, post, at=at), at=at)
    with school.store.write("test") as con:
        con.execute(f"UPDATE verdicts SET restricted = {sealed}, look = true WHERE mention_id = '{post.id}'")


def test_what_is_sealed_without_an_alert_has_a_reader_at_once_who_is_not_left_out(school):
    found(school, OTHERS[0], sealed=False)
    assert school.mails(FRIDAY + MINUTE) == {}
    found(school, OTHERS[1], sealed=True)
    (who,), (said,) = zip(*school.mails(FRIDAY + 2 * MINUTE).items(), strict=True)
    assert who == "dsl"
    assert said.startswith("A matter that few may read: please read it\n")
    assert "squeaks" not in said
    assert school.mails(FRIDAY + 12 * HOUR) == {}
    found(school, f"{OTHERS[2]} Ms Imogen Larkspur knows.", sealed=True, at=FRIDAY + 13 * HOUR)
    assert school.to(FRIDAY + 13 * HOUR + MINUTE) == ["ddsl"]
    school.people = tuple(p for p in PEOPLE if p.id != "ddsl")
    found(school, f"{CALM} So Ms Imogen Larkspur asks.", sealed=True, at=FRIDAY + 14 * HOUR)
    assert school.to(FRIDAY + 14 * HOUR + MINUTE) == ["dsl"]  # whom it merely names, rather than nobody


def test_a_service_that_was_upgraded_mails_nothing_that_was_handed_in_days_before(school):
    for days in (4, 29):
        school.hand_in(TEN - days * 24 * HOUR, f"{CALM} Asked {days} days ago.")
    assert school.to() == []


def test_what_was_written_is_written_with_its_note_so_that_an_end_in_between_loses_and_doubles_nothing(
    tmp_path,
):
    school = School(a_migrated_store(tmp_path))
    school.hand_in()
    told = Config(school.home / "x.toml", (OAKFIELD,), people=PEOPLE)
    with suppress(RuntimeError), school.store.write("test") as con:
        mail, _ = PERIODIC_TASKS["handed"](con, Context(told, school.home, Links()), TEN + HOUR)
        mail(con)
        raise RuntimeError
    assert school.to(TEN + HOUR) == ["head"]
