"""Whose school: how well texts on real schools and their namesakes are told apart.

    python benchmarks/namesakes/measure.py REGISTER [--count 3000] [--seed 20261121] [--half report] [--wrong]

Draws texts from the register (a GIAS file) and links each to the school it was found for, as a search would
have found it: once with the register, once with the configured namesakes alone. `--half` uses one half of
the templates only; weights and rules were tuned on “tune”. `--wrong` counts what went wrong by template of
that half; no text or name is printed. Without the file it says so and ends.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from benchmarks.namesakes.draw import BANDS, HALVES, Drawn, draw, groups_of
from classifiers.linking.linker import Linker
from classifiers.triage import link_items, mention_of
from data.register.national_lists import read_register
from data.types import Match, Relevance, School


def linked(drawn: Sequence[Drawn], register: Sequence[School]) -> list[Match]:
    """The answer for each text; each school is watched alone."""
    answers = []
    for school, batch in groupby(drawn, key=lambda one: one.school):
        items = [
            {"id": str(i), "school": school.urn, "channel": d.channel, "title": d.title, "text": d.text}
            for i, d in enumerate(batch)
        ]
        mentions = [mention_of(item) for item in items]
        answers += link_items(items, mentions, {school.urn: school}, Linker([school], register))
    return answers


def figures(pairs: Iterable[tuple[Drawn, Match]]) -> str:
    """Precision of “about”, kept of ours, dismissed of others', and unsure of what nobody could tell."""
    pairs = list(pairs)
    about = [d.ours is True for d, m in pairs if m.relevance is Relevance.ABOUT]
    kept = [m.relevance is not Relevance.NOT_ABOUT for d, m in pairs if d.ours is True]
    gone = [m.relevance is Relevance.NOT_ABOUT for d, m in pairs if d.ours is False]
    open_ = [m.relevance is Relevance.UNSURE for d, m in pairs if d.ours is None]
    named = (("about right", about), ("kept", kept), ("dismissed", gone), ("left open", open_))
    return ", ".join(f"{name} {sum(x) / len(x):.3f} of {len(x)}" for name, x in named if x)


def wrong(pairs: Iterable[tuple[Drawn, Match]]) -> list[str]:
    """The templates of the tuning half that went wrong most often, with the codes found."""
    found: Counter[tuple[str, str, str]] = Counter()
    for drawn, match in pairs:
        ours, said = drawn.ours, match.relevance
        bad = {True: Relevance.NOT_ABOUT, False: Relevance.ABOUT, None: Relevance.ABOUT}[ours] is said
        if drawn.template.half == HALVES[0] and (bad or (ours is False and said is Relevance.UNSURE)):
            codes = " ".join(reason.code for reason in match.reasons)
            found[f"{drawn.template.whose} → {said.value}", drawn.template.text, codes] += 1
    return [f"{n:4} {' | '.join(what)}" for what, n in found.most_common(60)]


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("register", type=Path)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=20261121)
    parser.add_argument("--half", choices=HALVES)
    parser.add_argument("--wrong", action="store_true")
    given = parser.parse_args()
    if not given.register.exists():
        print(f"not measured: there is no register at {given.register}")
        return
    schools = read_register(given.register)
    drawn = [d for d in draw(schools, given.count, given.seed) if given.half in (None, d.template.half)]
    print(f"{len(drawn)} texts: {dict(sorted(groups_of(drawn).items()))}")
    for name, register in (("with the register", schools), ("namesakes alone", ())):
        pairs = list(zip(drawn, linked(drawn, register), strict=True))
        print(f"{name}: {figures(pairs)}")
        for low, high in BANDS:
            print(f"  borne by {low} to {high}: {figures(p for p in pairs if low <= p[0].bearers <= high)}")
        print("\n".join(wrong(pairs) if given.wrong else ()), end="\n" if given.wrong else "")


if __name__ == "__main__":
    main()
