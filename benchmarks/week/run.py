"""Replays a school week, and counts its mails; ends with 1 where an act or a mail is not as it should be.

PYTHONPATH=.:tests python -P -m benchmarks.week.run benchmarks/week/ashcombe.toml [--out FOLDER]
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.week.life import CannotBeDone, Life, Mail, begun
from benchmarks.week.plan import read


def main() -> None:
    """Prints each mail and how many each person had from Monday to Friday; `--out` keeps them."""
    given = ArgumentParser()
    given.add_argument("week", type=Path)
    given.add_argument("--out", type=Path)
    asked = given.parse_args()
    with begun(read(asked.week)) as life:
        try:
            life.live()
        except CannotBeDone as undone:
            sys.exit(f"{undone}\n{of_all(life)}")
        finally:
            if asked.out:
                _keep(life.mails, asked.out)
    print(of_all(life))
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
