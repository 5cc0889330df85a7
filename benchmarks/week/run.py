"""Replays a school week, and counts its mails; ends with 1 where an act or a mail is not as it should be.

PYTHONPATH=.:tests python -P -m benchmarks.week.run benchmarks/week/ashcombe.toml [--out FOLDER]
    [--taps [--no-script]] [--way everybody|one-in-four|nobody [--seed N]]

With `--taps` each act is tapped in a browser on a telephone, nobody types a line, and each errand is counted.
With `--way one-in-four` one act in four is left undone, by chance, with `--way nobody` all are; what then has
no mail or button is left undone too, and says so.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from random import Random

from benchmarks.week.life import CannotBeDone, Life, Mail, begun
from benchmarks.week.plan import Week, read
from benchmarks.week.taps import tapped


def main() -> None:
    """Prints each mail and how many each person had from Monday to Friday; `--out` keeps them."""
    given = ArgumentParser()
    given.add_argument("week", type=Path)
    given.add_argument("--out", type=Path)
    given.add_argument("--taps", action="store_true")
    given.add_argument("--no-script", action="store_true")
    given.add_argument("--way", choices=[way.value for way in Way], default=Way.EVERYBODY.value)
    given.add_argument("--seed", type=int, default=1)
    asked = given.parse_args()
    way = Way(asked.way)
    week = acted(read(asked.week), way, Random(asked.seed))
    with (
        tapped(week, scripts=not asked.no_script) if asked.taps else nullcontext() as taps,
        nullcontext(taps.life) if taps else begun(week) as life,
    ):
        try:
            life.live(strict=way is Way.EVERYBODY)
        except CannotBeDone as undone:
            sys.exit(f"{undone}\n{of_all(life)}")
        finally:
            if asked.out:
                _keep(life.mails, asked.out)
    print(of_all(life), *(taps.done if taps else ()), sep="\n")
    if life.faults:
        sys.exit("\n".join(life.faults))


class Way(StrEnum):
    """How people act: all that the plot says, three acts of four, or nothing."""

    EVERYBODY = "everybody"
    ONE_IN_FOUR = "one-in-four"
    NOBODY = "nobody"


def acted(week: Week, way: Way, chance: Random) -> Week:
    """The week with the acts that are done."""
    if way is Way.EVERYBODY:
        return week
    left = len(week.acts) - len(week.acts) // 4 if way is Way.ONE_IN_FOUR else 0
    return replace(week, acts=tuple(sorted(chance.sample(week.acts, left), key=lambda act: act.at)))


def by_day(life: Life) -> Iterator[str]:
    """How many mails each person had on each day, and the most that one had of one subject in a day."""
    count = Counter((mail.to, mail.at.date()) for mail in life.mails)
    days = sorted({day for _, day in count})
    yield "Mails by person and day:"
    yield f"{'':14}{''.join(f'{day:%a %d}'.rjust(8) for day in days)}"
    for who in sorted({who for who, _ in count}):
        yield f"{who:14}{''.join(str(count[who, day] or '').rjust(8) for day in days)}"
    same = Counter((mail.to, mail.at.date(), mail.subject) for mail in life.mails)
    most, alike = max(count.values(), default=0), max(same.values(), default=0)
    yield f"One person had {most} in a day; of one subject {alike}."


def of_all(life: Life) -> str:
    """Each mail a line, then by person and day, then the numbers of the first week from Monday to Friday."""
    lines = [f"{mail.at:%a %d %H:%M}  {mail.to:12} {mail.subject}" for mail in life.mails]
    began = datetime.fromisoformat(life.week.begins).date()
    monday = began + timedelta(days=-began.weekday() % 7)
    count = Counter(m.to for m in life.mails if 0 <= (m.at.date() - monday).days < 5)
    each = ", ".join(f"{who} {n}" for who, n in count.most_common())
    undone = [f"Not done: {why}" for why in life.undone]
    return "\n".join((*lines, *undone, *by_day(life), f"Monday to Friday: {count.total()} ({each})"))


def _keep(mails: list[Mail], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for n, mail in enumerate(mails, 1):
        (folder / f"{n:03d}-{mail.at:%a-%H%M}-{mail.to}.eml").write_bytes(mail.content)


if __name__ == "__main__":
    main()
