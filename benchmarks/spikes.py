"""Surges of talk: how often noise alone is told in a year, and how soon a real one is found.

    python -P benchmarks/spikes.py

Posts come by the hour of the day and the weekday as a school's do; each may begin a thread of four or
eight on average, whose answers come within hours. A year is looked at every ten minutes.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from alerts.notices.posts import goes_on, measure

LONDON = ZoneInfo("Europe/London")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
KNOWN = timedelta(days=15)
STEP = timedelta(minutes=10)
BY_HOUR = (*[0.1] * 6, 0.5, 1.5, *[1.0] * 7, *[1.8] * 6, 1.2, 0.6, 0.2)
ANSWERS_S = 2 * 3600
Talk = list[tuple[datetime, str]]
SEEDS = range(3)


def talk(per_day: float, thread: int, days: int, dice: random.Random) -> Talk:
    """When posts are made, and in which thread: Poisson by hour, weekends at six tenths."""
    posts: Talk = []
    busiest = per_day / 24 * max(BY_HOUR) / thread
    at = BEGIN
    while (at := at + timedelta(hours=dice.expovariate(busiest))) < BEGIN + timedelta(days=days):
        local = at.astimezone(LONDON)
        share = BY_HOUR[local.hour] * (1.0 if local.weekday() < 5 else 0.6) / max(BY_HOUR)
        if dice.random() < share:
            posts.append((at, at.isoformat()))
            while dice.random() < 1 - 1 / thread:
                posts.append((at + timedelta(seconds=dice.expovariate(1 / ANSWERS_S)), at.isoformat()))
    return sorted(posts)


def split(posts: Talk) -> tuple[list[datetime], list[str]]:
    """The times and the threads."""
    return [at for at, _ in posts], [thread for _, thread in posts]


def told_in_a_year(posts: Talk) -> int:
    """How many surges the service would have told of."""
    moments, threads = split(posts)
    told, lasted_to, now = 0, BEGIN, BEGIN + KNOWN
    while now < BEGIN + timedelta(days=380):
        reading = measure(moments, threads, now, LONDON, BEGIN, lambda day: day.weekday() < 5)
        if reading is not None and goes_on(reading, lasted_to, now):
            lasted_to = now
        elif reading is not None and reading.surge:
            told, lasted_to = told + 1, now
        now += STEP
    return told


def minutes_to_find(per_day: float, an_hour: float, thread: int, seed: int) -> int | None:
    """From a surge's beginning, on a Tuesday at noon, to its telling; None where it is not within a day."""
    dice = random.Random(seed)
    noon = BEGIN + timedelta(days=19, hours=12)
    surge: Talk = []
    at = noon
    while (at := at + timedelta(hours=dice.expovariate(an_hour))) < noon + timedelta(days=1):
        surge.append((at, "the surge"))
    moments, threads = split(sorted(talk(per_day, thread, 21, dice) + surge))
    for n in range(1, 145):
        reading = measure(moments, threads, noon + n * STEP, LONDON, BEGIN, lambda day: day.weekday() < 5)
        if reading is not None and reading.surge:
            return n * 10
    return None


def main() -> None:
    print("Told of in a year, without any surge (three runs)")
    for thread in (1, 4, 8):
        for per_day in (1, 8, 24, 60, 200):
            told = [told_in_a_year(talk(per_day, thread, 380, random.Random(seed))) for seed in SEEDS]
            print(f"  {per_day:4} posts a day, in threads of {thread}: {told}")
    print("Minutes from a surge's beginning to its telling (20 runs)")
    for per_day, an_hour in ((2, 10), (8, 15), (24, 30), (60, 60), (200, 150)):
        for thread in (1, 4, 8):
            found = [minutes_to_find(per_day, an_hour, thread, seed) for seed in range(20)]
            waits = [m for m in found if m is not None]
            said = f"median {median(waits):.0f}, longest {max(waits)}" if waits else "never"
            missed = len(found) - len(waits)
            usual = f"{per_day} a day in threads of {thread}"
            print(f"  {an_hour:4} an hour on top of {usual}: {said}, missed {missed}")


if __name__ == "__main__":
    main()
