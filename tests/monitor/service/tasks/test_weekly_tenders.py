"""A surge is told once, to the leadership, in working hours; a report is drafted on Friday, to be signed."""

import os
import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from builders.case_desk import Acts
from builders.case_desk import run as run_in
from builders.digest import HEAD, OAKFIELD, a_config, a_home, alert_on, grave, ran
from builders.home import a_migrated_store, do_in, rows_of, tend
from builders.kept_open import Undone, kept_open
from builders.mention import (
    NOW,
    URN,
    Clock,
    a_batch,
    a_fold,
    a_match,
    a_mention,
    a_run,
    a_store,
    a_verdict,
    an_alert,
    save,
)
from builders.report import FRIDAY, counts, facts, filled_home
from typer.testing import CliRunner

from alerts.access.recipients import report_signers
from alerts.links import Links
from alerts.pack.facts import series
from alerts.weekly.compose import to_text
from alerts.weekly.facts import from_json, parse_week, to_json
from alerts.wording.cases import until
from data import effects
from data.register.calendar import Calendar, Term
from data.store.weekly import put_report
from data.types import Outcome, Person, Policy, Role, Route, School, Severity, Source, Story
from data.words.say import words
from monitor.cli.app import app
from monitor.config.home.context import Context
from monitor.config.load import Config, load_file
from monitor.matters.today import due_of
from monitor.reports.weekly import gather_report, is_wanted
from monitor.service.digests import AT_A_LOOK, prepare, write_reports
from monitor.service.reminders import spikes

TUESDAY = datetime(2026, 11, 17, 15, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SCHOOL = School(URN, "Oakfield Primary School")
PEOPLE = (
    Person("head", "Jane Holt", (Role.HEAD,), "head@example.org"),
    Person("deputy", "Lee Ash", (Role.DEPUTY_HEAD, Role.DSL), "deputy@example.org"),
    Person("slt", "Uma Croft", (Role.SLT,), "slt@example.org"),
    Person("chair", "Alex Marsh", (Role.CHAIR,), "chair@example.org"),
    Person("other", "Ina Wold", (Role.HEAD,), "other@example.org", ("900002",)),
    Person("no-mail", "Bo Dale", (Role.SLT,)),
)


class Place:
    """A store with one source that has been read for a month, and the service's context."""

    def __init__(self, store: Undone, policy: Policy | None = None) -> None:
        self.store = store
        self.policy = policy or Policy()
        self.config = Config(
            store.home / "schoolgate.toml",
            schools=(SCHOOL,),
            sources=(Source("town", "feed", "https://town.example.org/feed", (URN,)),),
            people=PEOPLE,
            policy=self.policy,
        )
        from monitor.home.wiring import remember_config

        remember_config(self.store, self.config)
        self.con = store.con
        self.said = 0
        self.say(0, TUESDAY - timedelta(days=30))

    def say(
        self, n: int, at: datetime, story: str = "s-one", channel: str = "facebook", **fields: object
    ) -> None:
        """`n` posts made and read in the ten minutes before `at`."""
        names = [f"{self.said + i}" for i in range(n)]
        self.said += n
        mentions = [a_mention(x, published=at - timedelta(minutes=5), channel=channel) for x in names]
        verdicts = [a_verdict(m, **{"themes": ("traffic",), **fields}) for m in mentions]
        batch = a_batch(*mentions, verdicts=verdicts, story_id=story, run=a_run("town", at))
        save(self.con, batch, now=at, policy=self.policy)

    def run_tasks(self, now: datetime) -> int:
        """What the service does at a tick; gives how many writes there were."""
        return tend(self.store, spikes, Context(self.config, self.store.home, Links()), now)

    def told(self) -> list[tuple[str, str, str]]:
        told = "SELECT person_id, kind, body FROM outbox ORDER BY written_at, person_id"
        return self.con.execute(told).fetchall()

    def due(self) -> set[datetime]:
        rows = self.con.execute("SELECT DISTINCT epoch(due_at) FROM outbox").fetchall()
        return {datetime.fromtimestamp(s, UTC) for (s,) in rows}


@pytest.fixture
def place(undone: Undone) -> Place:
    return Place(undone)


def test_a_surge_is_told_once_to_the_leadership_of_that_school_whom_mail_reaches(place: Place) -> None:
    """However it grows, and whoever looks beside; with no text, title, address or author."""
    place.say(34, TUESDAY)
    context = Context(place.config, place.store.home, Links())
    late = spikes(place.con, context, TUESDAY + timedelta(seconds=10))
    place.run_tasks(TUESDAY)
    for write in late:
        write(place.con)
    for n in (1, 2):
        place.say(34, TUESDAY + n * HOUR)
        place.run_tasks(TUESDAY + n * HOUR)
    told = place.told()
    assert [(p, k) for p, k, _ in told] == [("deputy", "spike"), ("head", "spike"), ("slt", "spike")]
    words = ("mentioned here", "Title", "https", "poster-", "example.org")
    assert not [word for word in words for _, _, body in told if word in body]


def test_usual_talk_a_quiet_school_and_nothing_new_for_two_minutes_lead_to_nothing(place: Place) -> None:
    assert place.run_tasks(TUESDAY) == 0
    place.say(9, TUESDAY)
    assert place.run_tasks(TUESDAY) == 0
    place.say(34, TUESDAY + HOUR)
    assert place.run_tasks(TUESDAY + HOUR + timedelta(minutes=3)) == 0


def test_while_a_surge_lasts_it_is_written_down_every_half_hour_and_no_oftener(place: Place) -> None:
    place.say(34, TUESDAY)
    place.run_tasks(TUESDAY)
    for minutes, writes in ((29, 0), (30, 1), (31, 0)):
        place.say(4, TUESDAY + timedelta(minutes=minutes))
        assert place.run_tasks(TUESDAY + timedelta(minutes=minutes)) == writes


def test_in_the_evening_it_waits_for_eight_on_the_next_working_day(place: Place) -> None:
    friday = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    place.say(34, friday)
    place.run_tasks(friday)
    assert place.due() == {datetime(2026, 11, 23, 8, 0, tzinfo=UTC)}
    assert "In the three hours to Friday 20 November, 20:00, 34 posts" in place.told()[0][2]


def test_nobody_hears_of_an_accusation_or_a_restricted_matter_by_way_of_a_number(place: Place) -> None:
    place.say(30, TUESDAY, severity=Severity.TODAY, abuse=("defamation",), subject_person="head")
    place.say(5, TUESDAY, story="s-two")
    assert place.run_tasks(TUESDAY) == 0
    place.say(30, TUESDAY, story="s-three", restricted=True)
    assert place.run_tasks(TUESDAY) == 0


def test_in_the_first_week_nothing_is_told(place: Place) -> None:
    place.con.execute("DELETE FROM source_runs")
    place.say(0, TUESDAY - timedelta(days=6))
    place.say(34, TUESDAY)
    assert place.run_tasks(TUESDAY) == 0


def test_where_criticism_is_kept_under_a_week_there_is_nothing_to_compare(undone: Undone) -> None:
    place = Place(undone, Policy(criticism_days=6))
    place.say(34, TUESDAY)
    assert place.run_tasks(TUESDAY) == 0


def test_what_the_mail_says(place: Place, snapshot) -> None:
    for day in range(1, 15):
        place.say(2, TUESDAY - timedelta(days=day))
    place.say(22, TUESDAY)
    place.say(12, TUESDAY, story="s-two", themes=("uniform",))
    place.run_tasks(TUESDAY)
    assert place.told()[0][2] == snapshot


REVIEWS = {"channel": "school_review_site"}


def test_a_rush_of_reviews_is_told_once_to_the_head_alone_and_talk_beside_it_by_itself(place: Place) -> None:
    for n in (0, 5, 3):
        place.say(n, TUESDAY + n * HOUR / 2, story=f"r{n}", **REVIEWS)
        place.run_tasks(TUESDAY + n * HOUR / 2)
    told = place.told()
    assert [person for person, _, _ in told] == ["head"]
    said = " ".join(told[0][2].split())
    assert "5 reviews of you were posted. There are usually hardly any." in said
    assert "schoolgate" not in said
    place.say(34, TUESDAY + 3 * HOUR, story="s-two")
    place.run_tasks(TUESDAY + 3 * HOUR)
    assert len(place.told()) == 1 + 3


def test_a_rush_of_reviews_is_told_to_the_deputy_while_the_head_is_away_and_is_no_surge(place: Place) -> None:
    gone = tuple(replace(p, away_until=TUESDAY + HOUR) if p.id == "head" else p for p in PEOPLE)
    place.config = replace(place.config, people=gone)
    place.say(12, TUESDAY, **REVIEWS)
    place.run_tasks(TUESDAY)
    assert [person for person, _, _ in place.told()] == ["deputy"]


# ------------- on Friday at four a draft is made and the first in turn is asked to sign it; later the next


@pytest.fixture
def service(tmp_path_factory, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(filled_home(tmp_path_factory), home)
    return Service(home)


class Service:
    def __init__(self, home):
        self.home = home
        self.store = a_store(home)
        self.context = Context(load_file(home / "schoolgate.toml", os.environ), home, Links())

    def tick(self, now):
        """What is due then is written; how many writes it was."""
        return tend(self.store, write_reports, self.context, now)

    def rows(self, sql):
        return rows_of(self.store, sql)

    @property
    def weeks(self):
        return [week for (week,) in self.rows("SELECT week FROM reports ORDER BY week")]

    @property
    def asked(self):
        return self.rows(
            "SELECT person_id, subject FROM outbox WHERE kind = 'sign' ORDER BY due_at, person_id"
        )


def test_at_four_on_friday_the_week_is_counted_once_and_those_who_may_sign_are_asked(service):
    """Its reader may hold a telephone, and may never see the computer that makes the report."""
    service.tick(FRIDAY - timedelta(seconds=1))
    before = service.weeks
    with service.store.open_reader() as con:
        first, second = (write_reports(con, service.context, FRIDAY + timedelta(seconds=n)) for n in (0, 1))
    with service.store.write("both") as con:
        for write in (*first, *second):
            write(con)
    assert [week for week in service.weeks if week not in before] == ["2026-W47"]
    ((person, subject, body, html, attached),) = service.rows(
        "SELECT person_id, subject, body, html, attachment FROM outbox WHERE subject LIKE '%47%'"
    )
    assert (person, subject) == ("t-quillfeather", "To sign: governors’ report, week 47")
    said = (
        "people mentioned the school publicly 41 times",
        "Safeguarding matters, if any, are handled under a separate procedure.",
        "What have families been told?",
        "ask the person who looks after it to open the desk for you",
        "/reports",
    )
    for text in (body, html):
        places = [text.index(one) for one in said]
        assert places == sorted(places)
    assert body.endswith("Not watched around the clock. If a child is in danger, ring 999.\n")
    assert attached is None


def test_where_no_week_has_five_mentions_the_next_report_is_of_four_weeks(service):
    quiet = facts(counts({("x", "neutral"): 2}, earlier=(3, 1, 2), week=parse_week("2026-W44")))
    do_in(service.store, put_report, "900001", "2026-W44", to_json(quiet), FRIDAY, to_text(()))
    weeks = []
    for n in range(-1, 2):
        service.tick(FRIDAY + timedelta(days=7 * n))
        weeks.append(service.weeks[-1])
    assert weeks == ["2026-W44", "2026-W44", "2026-W48"]
    ((made,),) = service.rows("SELECT facts FROM reports WHERE week = '2026-W48'")
    assert from_json(made).span == 4


def test_after_two_working_days_at_eight_the_next_is_asked_where_nobody_has_signed(service):
    service.tick(FRIDAY)
    wednesday = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
    assert service.tick(wednesday - timedelta(days=1)) == 0
    assert service.tick(wednesday - timedelta(seconds=1)) == 0
    assert service.tick(wednesday) == 1
    assert service.tick(wednesday + timedelta(hours=2)) == 0
    assert service.asked[1:] == [("o-fennimore", "Still to sign: governors’ report, week 47")]
    assert [service.tick(wednesday + timedelta(days=n)) for n in (1, 2)] == [0, 0]


def test_the_deputy_whose_turn_it_is_reads_it_in_the_digest_and_the_chair_after_that_has_a_mail(service):
    config = service.context.config
    deputy = Person("n-ashdown", "Ms Nia Ashdown", (Role.DEPUTY_HEAD,), "deputy@example.org")
    service.context = replace(service.context, config=replace(config, people=(*config.people, deputy)))
    service.tick(FRIDAY)
    assert service.tick(datetime(2026, 11, 25, 8, 0, tzinfo=UTC)) == 0
    assert service.tick(datetime(2026, 11, 27, 8, 0, tzinfo=UTC)) == 1
    assert [person for person, _ in service.asked] == ["t-quillfeather", "o-fennimore"]


def test_of_the_leadership_team_nobody_is_asked_who_holds_no_other_office(service):
    config = service.context.config
    bursar = Person("bursar", "Mx B Coyne", (Role.SLT,), "bursar@example.org")
    assert report_signers(config.schools[0], (bursar,)) == (bursar,)
    assert bursar not in report_signers(config.schools[0], (bursar, *config.people))


def test_what_was_slept_through_is_caught_up_once_not_once_for_each_week(service):
    tuesday = FRIDAY + timedelta(days=18)
    assert service.tick(tuesday) == 2
    assert service.tick(tuesday + timedelta(minutes=1)) == 0
    assert service.weeks == ["2026-W49"]
    assert len(service.asked) == 1


def test_a_report_that_somebody_asked_for_first_is_still_brought_to_those_who_are_here_and_may_sign(service):
    config = service.context.config
    back = FRIDAY + timedelta(days=5)
    absent = tuple(replace(p, away_until=back) if p.id == "t-quillfeather" else p for p in config.people)
    service.context = replace(service.context, config=replace(config, people=absent))
    with service.store.write("by hand") as con:
        facts = gather_report(con, config, config.schools[0], parse_week("2026-W47"), FRIDAY).text
        put_report(con, "900001", "2026-W47", facts, FRIDAY)
    service.tick(FRIDAY + timedelta(seconds=5))
    assert [person for person, _ in service.asked] == ["o-fennimore"]
    with service.store.write("sign") as con:
        con.execute("UPDATE reports SET signed_at = now(), signed_by = 'o-fennimore'")
    assert service.tick(datetime(2026, 11, 27, 9, 0, tzinfo=UTC)) == 0


def test_in_a_week_s_holiday_none_is_made_and_the_next_says_how_many_weeks_had_none(service):
    autumn = datetime(2026, 10, 23, 15, 0, tzinfo=UTC)  # 16:00 in summer
    service.tick(autumn)
    assert service.tick(autumn + timedelta(days=7, hours=1)) == 0  # half term
    assert service.weeks == ["2026-W43"]
    service.tick(autumn + timedelta(days=14, hours=1))
    assert service.weeks == ["2026-W43", "2026-W45"]
    (facts,) = service.rows("SELECT facts FROM reports WHERE week = '2026-W45'")
    assert '"unreported":1' in facts[0]


@pytest.mark.parametrize(
    ("terms", "weeks", "made"),
    [
        (
            (Term(date(2026, 4, 13), date(2026, 7, 22)), Term(date(2026, 9, 2), date(2026, 10, 23))),
            range(29, 38),
            [29, 30, 34, 36, 37],
        ),
        ((Term(date(2024, 9, 2), date(2025, 7, 22)),), range(40, 48), [*range(40, 48)]),
        (
            (Term(date(2026, 9, 2), date(2026, 10, 25)), Term(date(2026, 11, 2), date(2026, 12, 18))),
            (43, 44),
            [43],
        ),
    ],
    ids=[
        "each fourth week of long holidays",
        "each where the terms have run out",
        "a term that ends on a Sunday",
    ],
)
def test_the_weeks_that_get_one_are_those_of_term(service, terms, weeks, made):
    config = service.context.config
    given = replace(config, calendars={"900001": Calendar(terms=terms)})
    assert [n for n in weeks if is_wanted(given, config.schools[0], parse_week(f"2026-W{n}"))] == made


def test_of_a_week_before_anything_was_read_no_school_is_asked_about(service, monkeypatch):
    """Else each of a trust's schools would be, every ten seconds, until a week is complete."""
    from monitor.reports import weekly

    with service.store.write("nothing ran, and nobody handed anything in") as con:
        for table in ("source_runs", "mentions", "cases"):
            con.execute(f"DELETE FROM {table}")
    assert service.tick(FRIDAY) == 0
    with service.store.write("as at the beginning") as con:
        con.execute("DELETE FROM reports")
    asked = []
    monkeypatch.setattr(weekly, "gather_report", lambda con, config, school, *given: asked.append(school))
    assert service.tick(FRIDAY) == 0
    assert not asked


def test_of_very_many_schools_some_are_counted_at_a_look(service, monkeypatch):
    monkeypatch.setattr("monitor.service.digests._school", lambda *given: [lambda con: None])
    one = service.context.config.schools[0]
    many = tuple(replace(one, urn=f"9101{n:02}") for n in range(AT_A_LOOK + 2))
    context = replace(service.context, config=replace(service.context.config, schools=many))
    with service.store.open_reader() as con:
        assert len(write_reports(con, context, FRIDAY)) == AT_A_LOOK


WITHOUT = re.compile(r"\b\d{1,2} (?:Oct|Nov|Dec|Hyd|Tach|Rhag)\w*(?!\w|,? 20\d\d)")
LONDON = ZoneInfo("Europe/London")


class NextYear(datetime):
    """The machine's clock, when what is shown was in another year."""

    @classmethod
    def now(cls, tz=None):
        return datetime(2027, 3, 1, 9, tzinfo=tz)


def run(*words_):
    found = CliRunner().invoke(app, list(words_))
    assert found.exit_code in (0, 1), found.output
    return found.output


def test_what_a_terminal_shows_bears_the_year_where_it_is_another(home, monkeypatch):
    monkeypatch.setattr(effects, "datetime", NextYear)
    for words_ in (("alerts", "list"), ("source", "list"), ("status",)):
        shown = run(*words_, "--home", str(home))
        assert WITHOUT.findall(" ".join(shown.split())) == [], words_
        assert "Nov 2026" in shown or words_ != ("alerts", "list")
    assert WITHOUT.findall("since Tue 17 Nov, 16:04") == ["17 Nov"]


def test_a_digest_in_january_bears_the_year_of_what_is_older(tmp_path):
    now = datetime(2027, 1, 5, 7, 30, tzinfo=UTC)
    then = datetime(2026, 12, 10, 10, tzinfo=UTC)
    config = a_config(tmp_path, schools=(OAKFIELD,))
    with kept_open(a_home(tmp_path)) as store:
        grave(store, "street", then, alert_on("street", then))
        ran(store, "gazette", then)
        ran(store, "gazette", now - timedelta(hours=4), Outcome.BLOCKED)
        with store.open_reader() as con:
            due = due_of(config, config.schools[0], date(2027, 1, 5))
            (found,) = prepare(con, config, config.schools[0], due, [HEAD], now)
    shown = re.sub(r"\s+", " ", found.letter.body)
    assert "2026" in shown
    assert WITHOUT.findall(shown) == []


def test_a_deadline_of_next_year_bears_it():
    moment = datetime(2027, 1, 7, 16, tzinfo=UTC)
    assert until(words("en"), moment, date(2026, 12, 18), LONDON) == "Thursday 7 January 2027, 16:00"


# --------------------------- a school that stands in no register: its own key holds wherever a number does


KEY = "own-oakfield-nursery"
TOML = f"""
[[schools]]
urn = "{KEY}"
name = "Oakfield Nursery"
town = "Northvale"

[[people]]
id = "head"
name = "Mrs Ada Example"
roles = ["head"]
email = "head@example.org"

[[sources]]
id = "forum"
kind = "feed"
url = "https://forum.example.org/feed.xml"
schools = ["{KEY}"]

[cli]
me = "head"
"""


def test_its_key_stands_in_what_is_shown_without_the_word_urn(tmp_path) -> None:
    """On every surface, from the alert to the seals."""
    folder = tmp_path / "nursery"
    folder.mkdir()
    (folder / "schoolgate.toml").write_text(TOML, encoding="utf-8")
    post = a_mention("insult")
    judged = a_verdict(
        post, urn=KEY, content_class="C2", route=Route.REQUEST_REMOVAL, severity=Severity.TODAY
    )
    batch = replace(
        a_batch(post, verdicts=[judged], match=a_match(urn=KEY), story_id=None),
        stories=(Story("story-1", KEY, post.title, NOW, NOW),), folded=(a_fold(post, "story-1", KEY),),
        alerts=(an_alert("story-1", urn=KEY, audience=("head",)),),
    )  # fmt: skip
    do_in(a_migrated_store(folder, Clock(NOW)), save, batch, now=NOW, policy=Policy())

    def said(*words: str) -> str:
        ran = run_in(*words, "--home", str(folder))
        assert ran.code == 0, (words, ran.err)
        return ran.out

    desk = Acts(folder, a_migrated_store(folder))
    desk.open("story-1", "head")
    of_nursery = {
        "alerts": said("alerts", "list", "--json"),
        "case": desk.page("head"),
        "digest": said("digest", "--out", str(folder / "digests"), "--as", "head"),
        "verify": said("evidence", "verify"),
        "files": " ".join(sorted(path.name for path in (folder / "digests").iterdir())),
    }
    assert KEY in of_nursery["alerts"]
    assert KEY in of_nursery["digest"]
    assert "URN own-" not in "".join(of_nursery.values())
    files = of_nursery["files"].split()
    assert len(files) > 2
    assert all(KEY in name for name in files)
    assert series(KEY, NOW, "0001", "AE", ZoneInfo("Europe/London")) == f"{KEY}-20261117-0001-AE"
    assert of_nursery["verify"].startswith("All holds")
