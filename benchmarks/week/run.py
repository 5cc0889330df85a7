"""Replays a school week, and counts its mails; ends with 1 where an act or a mail is not as it should be.

PYTHONPATH=.:tests python -P -m benchmarks.week.run benchmarks/week/ashcombe.toml [--out FOLDER]
    [--taps [--no-script]]

With `--taps` each act is tapped in a browser on a telephone, nobody types a line, and each errand is counted.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import Counter
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.week.life import CannotBeDone, Life, Mail, begun
from benchmarks.week.plan import read
from benchmarks.week.taps import tapped


def main() -> None:
    """Prints each mail and how many each person had from Monday to Friday; `--out` keeps them."""
    given = ArgumentParser()
    given.add_argument("week", type=Path)
    given.add_argument("--out", type=Path)
    given.add_argument("--taps", action="store_true")
    given.add_argument("--no-script", action="store_true")
    asked = given.parse_args()
    week = read(asked.week)
    with (
        tapped(week, scripts=not asked.no_script) if asked.taps else nullcontext() as taps,
        nullcontext(taps.life) if taps else begun(week) as life,
    ):
        try:
            life.live()
        except CannotBeDone as undone:
            sys.exit(f"{undone}\n{of_all(life)}")
        finally:
            if asked.out:
                _keep(life.mails, asked.out)
    print(of_all(life), *(taps.done if taps else ()), sep="\n")
    if life.faults:
        sys.exit("\n".join(life.faults))


def of_all(life: Life) -> str:
    """Each mail a line, then the numbers of the first week from Monday to Friday."""
    lines = [f"{mail.at:%a %d %H:%M}  {mail.to:12} {mail.subject}" for mail in life.mails]
    began = datetime.fromisoformat(life.week.begins).date()
    monday = began + timedelta(days=-began.weekday() % 7)
    count = Counter(m.to for m in life.mails if 0 <= (m.at.date() - monday).days < 5)
    each = ", ".join(f"{who} {n}" for who, n in count.most_common())
    return "\n".join((*lines, f"Monday to Friday: {count.total()} ({each})"))


def _keep(mails: list[Mail], folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for n, mail in enumerate(mails, 1):
        (folder / f"{n:03d}-{mail.at:%a-%H%M}-{mail.to}.eml").write_bytes(mail.content)


if __name__ == "__main__":
    main()
