"""The service tells of a surge once, to the leadership, in working hours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from builders.home import a_migrated_store
from builders.mention import URN, a_batch, a_mention, a_run, a_verdict

from alerts.links import Links
from data.store.engine.open import Store
from data.store.mentions.batch import save
from data.types import Person, Policy, Role, School, Severity, Source
from monitor.config.home.context import Context
from monitor.config.load import Config
from monitor.service.tasks.surges import spikes

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
    """A store with one source that has been read for a month, and the service's context.

    It is opened once for a whole test: opening it for each step takes longer than the steps.
    """

    def __init__(self, home: Path, opened: ExitStack, policy: Policy | None = None) -> None:
        self.store: Store = a_migrated_store(home)
        self.policy = policy or Policy()
        self.config = Config(
            home / "schoolgate.toml",
            schools=(SCHOOL,),
            sources=(Source("town", "feed", "https://town.example.org/feed", (URN,)),),
            people=PEOPLE,
            policy=self.policy,
        )
        from monitor.home.wiring import remember_config

        remember_config(self.store, self.config)
        self.con = opened.enter_context(self.store.write("test"))
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
        writes = spikes(self.con, Context(self.config, self.store.home, Links()), now)
        for write in writes:
            write(self.con)
        return len(writes)

    def told(self) -> list[tuple[str, str, str]]:
        told = "SELECT person_id, kind, body FROM outbox ORDER BY written_at, person_id"
        return self.con.execute(told).fetchall()

    def due(self) -> set[datetime]:
        rows = self.con.execute("SELECT DISTINCT epoch(due_at) FROM outbox").fetchall()
        return {datetime.fromtimestamp(s, UTC) for (s,) in rows}


@pytest.fixture
def opened() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def place(tmp_path, opened: ExitStack) -> Place:
    return Place(tmp_path, opened)


def test_a_surge_is_told_to_the_leadership_of_that_school_whom_mail_reaches(place: Place) -> None:
    place.say(34, TUESDAY)
    place.run_tasks(TUESDAY)
    assert [(p, k) for p, k, _ in place.told()] == [("deputy", "spike"), ("head", "spike"), ("slt", "spike")]


def test_it_is_told_once_however_it_grows(place: Place) -> None:
    for n in range(8):
        place.say(34, TUESDAY + n * HOUR)
        place.run_tasks(TUESDAY + n * HOUR)
    assert len(place.told()) == 3


def test_a_night_of_quiet_does_not_make_it_another(place: Place) -> None:
    place.say(34, TUESDAY + 5 * HOUR)
    place.run_tasks(TUESDAY + 5 * HOUR)
    morning = TUESDAY + 16 * HOUR
    place.say(34, morning)
    place.run_tasks(morning)
    assert len(place.told()) == 3


def test_one_that_begins_after_half_a_day_of_usual_talk_is_told_again(place: Place) -> None:
    place.say(34, TUESDAY)
    place.run_tasks(TUESDAY)
    place.say(90, TUESDAY + 24 * HOUR, story="s-two")
    place.run_tasks(TUESDAY + 24 * HOUR)
    assert len(place.told()) == 6


def test_asking_again_before_it_is_written_gives_the_same_messages(place: Place) -> None:
    place.say(34, TUESDAY)
    context = Context(place.config, place.store.home, Links())
    twice = [
        *spikes(place.con, context, TUESDAY),
        *spikes(place.con, context, TUESDAY + timedelta(seconds=10)),
    ]
    for write in twice:
        write(place.con)
    assert len(place.told()) == 3


def test_usual_talk_and_a_quiet_school_lead_to_nothing(place: Place) -> None:
    assert place.run_tasks(TUESDAY) == 0
    place.say(9, TUESDAY)
    assert place.run_tasks(TUESDAY) == 0


def test_nothing_new_for_two_minutes_leads_to_nothing(place: Place) -> None:
    place.say(34, TUESDAY)
    assert place.run_tasks(TUESDAY + timedelta(minutes=3)) == 0


def test_while_a_surge_lasts_it_is_written_down_every_half_hour_and_no_oftener(place: Place) -> None:
    place.say(34, TUESDAY)
    place.run_tasks(TUESDAY)
    for minutes, writes in ((1, 0), (29, 0), (30, 1), (31, 0)):
        place.say(4, TUESDAY + timedelta(minutes=minutes))
        assert place.run_tasks(TUESDAY + timedelta(minutes=minutes)) == writes


def test_in_the_evening_it_waits_for_eight_on_the_next_working_day(place: Place) -> None:
    friday = datetime(2026, 11, 20, 20, 0, tzinfo=UTC)
    place.say(34, friday)
    place.run_tasks(friday)
    assert place.due() == {datetime(2026, 11, 23, 8, 0, tzinfo=UTC)}
    assert "In the three hours to Friday 20 November, 20:00, 34 posts" in place.told()[0][2]


def test_where_talk_comes_in_stories_of_eight_posts_one_of_nineteen_is_no_surge(place: Place) -> None:
    for day in range(1, 15):
        place.say(8, TUESDAY - timedelta(days=day, hours=4), story=f"s-{day}")
    place.say(19, TUESDAY, story="s-new")
    assert place.run_tasks(TUESDAY) == 0


def test_nobody_hears_of_an_accusation_by_way_of_a_number(place: Place) -> None:
    place.say(30, TUESDAY, severity=Severity.TODAY, abuse=("defamation",), subject_person="head")
    place.say(5, TUESDAY, story="s-two")
    assert place.run_tasks(TUESDAY) == 0


def test_restricted_matters_are_no_surge(place: Place) -> None:
    place.say(30, TUESDAY, restricted=True)
    assert place.run_tasks(TUESDAY) == 0


def test_in_the_first_week_nothing_is_told(place: Place) -> None:
    place.con.execute("DELETE FROM source_runs")
    place.say(0, TUESDAY - timedelta(days=6))
    place.say(34, TUESDAY)
    assert place.run_tasks(TUESDAY) == 0


def test_where_criticism_is_kept_under_a_week_there_is_nothing_to_compare(
    tmp_path, opened: ExitStack
) -> None:
    place = Place(tmp_path, opened, Policy(criticism_days=6))
    place.say(34, TUESDAY)
    assert place.run_tasks(TUESDAY) == 0


def test_what_the_mail_says(place: Place, snapshot) -> None:
    for day in range(1, 15):
        place.say(2, TUESDAY - timedelta(days=day))
    place.say(22, TUESDAY)
    place.say(12, TUESDAY, story="s-two", themes=("uniform",))
    place.run_tasks(TUESDAY)
    assert place.told()[0][2] == snapshot


def test_no_text_title_address_or_author_is_in_the_mail(place: Place) -> None:
    place.say(34, TUESDAY)
    place.run_tasks(TUESDAY)
    for _, _, body in place.told():
        assert not [
            word for word in ("mentioned here", "Title", "https", "poster-", "example.org") if word in body
        ]


REVIEWS = {"channel": "school_review_site"}


def test_a_rush_of_reviews_is_told_once_to_the_head_alone_and_where_to_read_them(place: Place) -> None:
    for n in range(9):
        place.say(1, TUESDAY + n * HOUR / 2, story=f"r{n}", **REVIEWS)
        place.run_tasks(TUESDAY + n * HOUR / 2)
    told = place.told()
    assert [person for person, _, _ in told] == ["head"]
    said = " ".join(told[0][2].split())
    assert "5 reviews of you were posted. In six hours there are usually hardly any." in said
    assert "What they say stands in your next daily digest." in said
    assert "schoolgate" not in said
    (grown,) = place.con.execute("SELECT mentions FROM spikes WHERE of_reviews").fetchone()
    assert grown == 9


def test_a_rush_of_reviews_is_told_to_the_deputy_while_the_head_is_away(place: Place) -> None:
    gone = tuple(replace(p, away_until=TUESDAY + HOUR) if p.id == "head" else p for p in PEOPLE)
    place.config = replace(place.config, people=gone)
    place.say(6, TUESDAY, **REVIEWS)
    place.run_tasks(TUESDAY)
    assert [person for person, _, _ in place.told()] == ["deputy"]


def test_a_rush_of_reviews_is_no_surge_of_talk_as_well(place: Place) -> None:
    place.say(12, TUESDAY, **REVIEWS)
    place.run_tasks(TUESDAY)
    assert len(place.told()) == 1


def test_talk_beside_a_rush_of_reviews_is_told_by_itself(place: Place) -> None:
    place.say(6, TUESDAY, **REVIEWS)
    place.run_tasks(TUESDAY)
    place.say(34, TUESDAY + HOUR, story="s-two")
    place.run_tasks(TUESDAY + HOUR)
    assert len(place.told()) == 1 + 3
