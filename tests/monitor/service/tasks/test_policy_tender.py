"""Mails that the service writes once: a lost notice, a late policy, an unread place, a home in Welsh."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from builders.config import a_person
from builders.kept_open import Undone
from builders.mention import URN, a_run
from support.every_command import ended

from alerts.letters.kinds import LetterKind
from alerts.letters.layout import source
from alerts.links import Links
from alerts.notices.upkeep import Missing, notice_words
from data.digest import Window
from data.register.calendar import Calendar, Term
from data.store.engine.connect import Connection
from data.store.sources import record_runs
from data.types import Outcome, Person, Policy, Role, School, Source
from data.words.say import words
from monitor.config.home.context import Context
from monitor.config.home.paths import Paths
from monitor.config.load import Config
from monitor.config.model import WrittenPolicy
from monitor.home import wiring
from monitor.matters.today import Due, gather_day
from monitor.service.reminders import places, remind_of_notices, remind_of_policies
from monitor.service.serve import PERIODIC_TASKS
from sources.own import has_notice

TUESDAY = datetime(2026, 11, 17, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SCHOOL = School(URN, "Oakfield Primary School")
OWN = Source("own", "own.page", "https://oakfield.example.sch.uk/", (URN,), name="School website", own=True)
PEOPLE = (
    Person("head", "Jane Holt", (Role.HEAD,), "head@example.org"),
    Person("it", "Jo Fern", (Role.IT_LEAD,), "it@example.org"),
    Person("chair", "Alex Marsh", (Role.CHAIR,), "chair@example.org"),
)


@pytest.fixture
def store(undone: Undone) -> Undone:
    return undone


def config(home: Path, source: Source = OWN, school: School = SCHOOL) -> Config:
    return Config(
        home / "schoolgate.toml",
        schools=(school,),
        sources=(source,),
        people=PEOPLE,
        contact="office@example.org",
    )


def read(store: Undone, answer: bool | None, at: datetime) -> None:
    record_runs(store.con, [a_run("own", at, notice=answer)])


def tend(store: Undone, now: datetime, settings: Config | None = None) -> int:
    writes = remind_of_notices(store.con, Context(settings or config(store.home), store.home, Links()), now)
    for write in writes:
        write(store.con)
    return len(writes)


def told(store: Undone) -> list[tuple[str, str, str]]:
    told = "SELECT person_id, kind, body FROM outbox ORDER BY written_at, person_id"
    return store.con.execute(told).fetchall()


def test_a_missing_notice_is_told_once_to_the_leadership_and_it_at_any_hour(store: Undone, snapshot) -> None:
    night = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)  # a Saturday
    read(store, True, night - HOUR)
    for n in range(3):
        read(store, False, night + n * HOUR)
        assert tend(store, night + n * HOUR) == (n == 0)
    assert [(p, k) for p, k, _ in told(store)] == [("head", "account"), ("it", "account")]
    due = store.con.execute("SELECT DISTINCT epoch(due_at), via FROM outbox").fetchall()
    assert due == [(night.timestamp(), "mail")]
    assert told(store)[0][2] == snapshot


def test_it_is_told_again_when_it_was_back_and_is_gone_again(store: Undone) -> None:
    for day, answer in enumerate((False, True, False)):
        at = TUESDAY + timedelta(days=day)
        read(store, answer, at)
        tend(store, at)
    assert len(told(store)) == 4


def test_a_page_that_shows_it_now_and_then_leads_to_one_mail_a_day(store: Undone) -> None:
    for n in range(8):
        at = TUESDAY + n * HOUR / 2
        read(store, n % 2 == 1, at)
        tend(store, at)
    assert len(told(store)) == 2


def test_a_notice_that_stands_a_page_that_cannot_be_read_and_what_is_not_ours_are_not_told(
    store: Undone,
) -> None:
    for n, answer in enumerate((True, None)):
        read(store, answer, TUESDAY + n * HOUR)
        assert tend(store, TUESDAY + n * HOUR) == 0
    read(store, False, TUESDAY + 3 * HOUR)
    for other in (replace(OWN, own=False), replace(OWN, disabled="switched off")):
        assert tend(store, TUESDAY + 3 * HOUR, config(store.home, other)) == 0


@pytest.mark.parametrize(("disabled", "said"), [(None, ("School website",)), ("switched off", ())])
def test_the_digest_says_so_too_but_not_of_an_account_that_is_switched_off(
    store: Undone, disabled: str | None, said: tuple[str, ...]
) -> None:
    read(store, False, TUESDAY)
    settings = config(store.home, replace(OWN, disabled=disabled))
    window = Window(TUESDAY - HOUR, TUESDAY + HOUR)
    due = Due(TUESDAY.date(), TUESDAY, school_day=True)
    facts = gather_day(store.con, settings, SCHOOL, due, window, TUESDAY, {}, Links())
    assert facts.no_notice == said


def test_what_went_missing_while_no_service_ran_is_told_when_one_does(store: Undone) -> None:
    read(store, False, TUESDAY - timedelta(days=9))
    assert tend(store, TUESDAY) == 1


def test_it_is_not_told_again_when_the_readings_of_its_beginning_are_forgotten(store: Undone) -> None:
    brief = replace(config(store.home), policy=Policy(retain_days=30))
    told_on = []
    for day in range(0, 40, 2):
        now = TUESDAY + timedelta(days=day)
        store.con.execute("DELETE FROM source_runs WHERE started_at <= ?", [now - timedelta(days=30)])
        read(store, False, now)
        told_on += [day] * tend(store, now, brief)
    assert told_on == [0]


def test_the_words_we_propose_are_words_we_find(tmp_path) -> None:
    missing = Missing("own", "Our page", TUESDAY)
    assert has_notice(notice_words(missing, words("en")))
    own = replace(missing, notice="Nobody reads this at night.")
    assert notice_words(own, words("en")) == "Nobody reads this at night.", "the school's own come first"


# ------------------------------------- the head and the chair, once a quarter, of a policy past its review


HEAD = Person("head", "Jane Holt", (Role.HEAD,), "head@example.org")
CHAIR = Person("chair", "Alex Marsh", (Role.CHAIR,), "chair@example.org")
DEPUTY = Person("deputy", "Lee Ash", (Role.DEPUTY_HEAD, Role.DSL), "deputy@example.org")
VICE = Person("vice", "Kit Reed", (Role.VICE_CHAIR,), "vice@example.org")
LATE = WrittenPolicy(title="Social media policy", version="3", review_due=date(2026, 9, 1))


def with_policies(
    *policies: WrittenPolicy, people: tuple[Person, ...] = (HEAD, DEPUTY, CHAIR, VICE)
) -> Config:
    return Config(Path("schoolgate.toml"), schools=(SCHOOL,), people=people, policies=policies)


def run_task(store: Undone, now: datetime, settings: Config) -> list[str]:
    """Whom it tells now."""
    before = len(rows(store))
    for write in remind_of_policies(store.con, Context(settings, store.home, Links()), now):
        write(store.con)
    return [person for person, *_ in rows(store)[before:]]


def rows(store: Undone) -> list[tuple[str, str, str, str, int]]:
    asked = (
        "SELECT person_id, kind, subject, body, epoch_us(due_at) FROM outbox ORDER BY written_at, person_id"
    )
    return list(store.con.execute(asked).fetchall())


def test_the_head_and_the_chair_are_told_that_a_review_is_overdue(store: Undone) -> None:
    assert run_task(store, TUESDAY, with_policies(LATE)) == ["chair", "head"]
    _, kind, subject, body, due = rows(store)[0]
    assert (kind, subject) == ("account", "Policy past its review: please plan it")
    assert "The review of “Social media policy” was due on 1 September 2026." in body
    assert "Version 3 is still the one in use." in body
    assert due == int(TUESDAY.timestamp()) * 1_000_000


def test_it_is_told_once_a_quarter_while_it_is_overdue(store: Undone) -> None:
    first = datetime(2026, 9, 2, 9, tzinfo=UTC)
    days = [n for n in (0, 1, 90, 91, 92, 181, 182) if run_task(store, first + n * DAY, with_policies(LATE))]
    assert days == [0, 91, 182]
    assert run_task(store, first + 273 * DAY, with_policies(replace_due(date(2027, 9, 1)))) == []


def test_nothing_is_told_on_the_day_it_is_due_nor_of_one_without_a_date_or_of_another_school(
    store: Undone,
) -> None:
    due_today = replace_due(date(2026, 11, 17))
    assert run_task(store, TUESDAY, with_policies(due_today, WrittenPolicy(title="Another"))) == []
    other = LATE.model_copy(update={"schools": ("900009",)})
    assert run_task(store, TUESDAY, with_policies(other)) == []
    assert run_task(store, TUESDAY + timedelta(1), with_policies(due_today)) == ["chair", "head"]


def replace_due(day: date | None) -> WrittenPolicy:
    return LATE.model_copy(update={"review_due": day})


def test_the_deputy_and_the_vice_chair_stand_in_for_those_whom_no_mail_reaches(store: Undone) -> None:
    people = (replace(HEAD, email=None), DEPUTY, replace(CHAIR, email=None), VICE)
    assert run_task(store, TUESDAY, with_policies(LATE, people=people)) == ["deputy", "vice"]


def test_it_waits_for_working_hours(store: Undone) -> None:
    saturday_night = datetime(2026, 11, 21, 22, tzinfo=UTC)
    run_task(store, saturday_night, with_policies(LATE))
    assert rows(store)[0][4] == int(datetime(2026, 11, 23, 8, tzinfo=UTC).timestamp()) * 1_000_000


def test_the_service_sees_to_it() -> None:
    assert (PERIODIC_TASKS["policies"], PERIODIC_TASKS["places"]) == (remind_of_policies, places)


# ----------------------------------------- IT, why a place is not read, once a whole school day has passed


FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
IT = Person("it", "Alex Marsh", (Role.IT_LEAD,), "it@example.org")
SCHOOLS = (School(URN, "Oakfield Primary School"), School("900002", "Hexley Primary School"))
SOURCES = tuple(Source(i, "feed", f"https://{i}.example.org/", name=i.title()) for i in ("forum", "paper"))


def of_people(*people: Person) -> Config:
    return Config(Path("schoolgate.toml"), schools=SCHOOLS, people=people, sources=SOURCES)


@pytest.fixture
def con(undone: Undone):
    with undone.write("test") as con:
        for source in SOURCES:
            record_runs(con, [a_run(source.id, FRIDAY)])
        yield con


def told_now(con: Connection, now: datetime, settings: Config) -> list[tuple[str, str]]:
    """Whom it tells now, and what."""
    writes = places(con, Context(settings, Path("/nowhere"), Links()), now)
    asked = "SELECT person_id, body FROM outbox ORDER BY person_id"
    before = con.execute(asked).fetchall()
    for write in writes:
        write(con)
    return [row for row in con.execute(asked).fetchall() if row not in before]


def fail(con: Connection, *sources: str, at: datetime, outcome: Outcome = Outcome.BLOCKED) -> None:
    record_runs(con, [a_run(source, at, outcome=outcome, mentions_new=0) for source in sources])


def test_it_alone_is_told_once_for_all_schools_after_a_whole_school_day(con: Connection) -> None:
    settings = of_people(HEAD, IT)
    fail(con, "forum", "paper", at=FRIDAY + HOUR)
    assert told_now(con, FRIDAY + 3 * DAY, settings) == []  # Monday afternoon
    ((person, body),) = told_now(con, FRIDAY + 4 * DAY, settings)
    assert person == "it"
    assert "- Forum: blocked since 20 November 2026." in body
    assert "- Paper: blocked since" in body
    assert "/sources" in body
    assert told_now(con, FRIDAY + 5 * DAY, settings) == []


def test_a_place_that_fails_anew_is_told_anew(con: Connection) -> None:
    settings = of_people(IT)
    fail(con, "forum", at=FRIDAY + HOUR)
    assert len(told_now(con, FRIDAY + 4 * DAY, settings)) == 1
    record_runs(con, [a_run("forum", FRIDAY + 5 * DAY)])
    fail(con, "forum", at=FRIDAY + 6 * DAY)
    assert told_now(con, FRIDAY + 6 * DAY, settings) == []
    assert len(told_now(con, FRIDAY + 10 * DAY, settings)) == 1


def test_past_the_last_term_a_weekday_is_a_school_day(con: Connection) -> None:
    autumn = Calendar(terms=(Term(date(2026, 9, 1), FRIDAY.date()),))
    settings = replace(of_people(IT), calendars={s.urn: autumn for s in SCHOOLS})
    fail(con, "forum", at=FRIDAY + HOUR)
    assert len(told_now(con, FRIDAY + 4 * DAY, settings)) == 1


def test_what_is_read_or_off_and_what_is_our_own_fault_is_not_told_here(con: Connection) -> None:
    for n, outcome in enumerate((Outcome.OUR_FAULT, Outcome.PARTLY, Outcome.OK), 1):
        fail(con, "forum", at=FRIDAY + n * HOUR, outcome=outcome)
        assert told_now(con, FRIDAY + 4 * DAY, of_people(IT)) == []
    fail(con, "forum", at=FRIDAY + 4 * HOUR)
    off = tuple(replace(source, disabled="not wanted") for source in SOURCES)
    assert told_now(con, FRIDAY + 4 * DAY, replace(of_people(IT), sources=off)) == []


@pytest.mark.parametrize(("cover", "who"), [("bursar", "bursar"), (None, "head")])
def test_while_it_is_away_whoever_covers_is_told_or_who_is_here(
    con: Connection, cover: str, who: str
) -> None:
    away = replace(IT, away_until=FRIDAY + 9 * DAY, cover=cover)
    bursar = Person("bursar", "Kim Ash", (Role.STAFF,), "bursar@example.org")
    fail(con, "forum", at=FRIDAY + HOUR)
    assert [person for person, _ in told_now(con, FRIDAY + 4 * DAY, of_people(HEAD, away, bursar))] == [who]


# ------------------------ a home whose settings ask for Welsh starts in English


TOML = f"""
[[schools]]
urn = "9000016"
name = "Ysgol Gynradd Pant Onnen"
town = "Pant Onnen"
nation = "wales"
language = "cy"

[schools.ladder]
letters = "letters"

[[schools]]
urn = "900001"
name = "Oakfield Primary School"
town = "Northvale"

{a_person("head", "Mr Llew Example", "head", schools=["9000016"])}
{a_person("dsp", "Ms Mair Sample", "dsl", "deputy_head", schools=["9000016"])}
{a_person("other-head", "Mrs Nia Specimen", "head", schools=["900001"])}"""


@pytest.fixture
def welsh_config(tmp_path: Path) -> Config:
    (tmp_path / "schoolgate.toml").write_text(TOML, encoding="utf-8")
    return wiring.load_config(Paths(tmp_path, tmp_path / "schoolgate.toml"))


def test_it_starts_in_english_and_doctor_says_so_once(welsh_config: Config) -> None:
    assert [school.language for school in welsh_config.schools] == ["en", "en"]
    home = welsh_config.path.parent
    again = wiring.load_config(Paths(home, welsh_config.path))  # as the checked settings are kept
    assert welsh_config.in_english == again.in_english == ("9000016",)
    said = ended(["doctor", "--all", "--home", str(home)])[1]
    assert said.count("Ysgol Gynradd Pant Onnen: its settings ask for Welsh") == 1


def test_its_own_letter_in_welsh_is_taken_before_ours(tmp_path: Path, welsh_config: Config) -> None:
    own = tmp_path / "letters" / "en" / "any" / "thanks.txt"
    own.parent.mkdir(parents=True)
    own.write_text("Diolch\n\nDiolch o galon. {{ school }}\n", encoding="utf-8")
    letters = welsh_config.profile("9000016").letters
    assert source(LetterKind.THANKS, welsh_config.schools[0].language, "wales", letters)[0] == str(own)
