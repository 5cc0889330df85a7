"""Whose posts are, where their place is known and where it is not.

    python -P benchmarks/places.py FILE [FILE …] [--without-reader] [--wrong]

Each file holds labelled items, with `NAME_schools.json` or `schools.json` beside it. No set says where a
post stood, so the place is given here, by the hash of the post's id and never by its words. One post in
three has none. Of ours the others stand, three in five, in a group that is followed for the school
(`ours`), one in five on a page of its own (`own`), one in five, if the title can be a board's name, on a
board of its town (`local`). Of others' posts, so many stand in our groups that nine posts in ten there are
ours at each school, and the rest on boards. Left out are real posts, which no search for the school found,
and those of which the label says that nobody can tell. `--wrong` counts what went wrong by the codes of the
match.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from classifiers.triage import judge_items
from data.register.national_lists import read_schools
from data.types import Relevance, School, Severity, Verdict
from research.evaluation.labelled_items import bucket, read_items
from research.evaluation.shipped import shipped_models, without_reader

WITHOUT = 3
"""One post in so many has no place."""
OURS_TO_ANOTHERS = 9
"""So many of our posts stand in our places to one of another's."""
_WAYS = ("ours", "ours", "ours", "own", "local")
_BOARDS = frozenset(("facebook", "nextdoor", "local_forum", "whatsapp", "forum"))
"""Channels on which the title of a post is the name of a board or a group."""


def placed(items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same items, each with the place where it is taken to have stood."""
    found = [{**item, "place": _place_of_ours(item)} for item in items]
    by_school = defaultdict[tuple[str, bool], list[dict[str, Any]]](list)
    for item in found:
        if bucket(f"place {item['id']}", WITHOUT):
            by_school[item["school"], bool(item["relevant"])].append(item)
        else:
            item["place"] = ""
    for (school, ours), some in by_school.items():
        if not ours:
            here = sum(item["place"] == "ours" for item in by_school.get((school, True), ()))
            ordered = sorted(some, key=lambda item: bucket(f"among us {item['id']}", 10**9))
            for n, item in enumerate(ordered):
                item["place"] = "ours" if n < here // OURS_TO_ANOTHERS else "local"
    return found


def _place_of_ours(item: Mapping[str, Any]) -> str:
    way = _WAYS[bucket(f"way {item['id']}", len(_WAYS))]
    return "ours" if way == "local" and item["channel"] not in _BOARDS else way


Judged = tuple[dict[str, Any], Verdict]


def judge(files: Sequence[Path], *, reader: bool) -> Iterator[Judged]:
    """Each item of the files, with its place, and the verdict on it."""
    scorer = shipped_models() if reader else without_reader(shipped_models())
    for file in files:
        schools = _schools_of(file)
        items = placed([item for item in read_items(file) if "origin" not in item and not _is_open(item)])
        given = ({"rating": None, **item, "quoted": item.get("quoted") or ""} for item in items)
        verdicts = (verdict for _, verdict in judge_items(given, schools, scorer))
        yield from zip(items, verdicts, strict=True)


def _is_open(item: Mapping[str, Any]) -> bool:
    """Could nobody tell whose it is, by the label?"""
    return str(item.get("trait") or "").startswith("unsure_")


def _schools_of(file: Path) -> dict[str, School]:
    beside = [file.with_name(f"{file.stem}_schools.json"), file.with_name("schools.json")]
    return read_schools(next(path for path in beside if path.exists()))


def figures(judged: Sequence[Judged]) -> str:
    """The shares of our posts that are kept and that are “perhaps”, and of others' that are dismissed."""
    own = [verdict for item, verdict in judged if item["relevant"]]
    others = [verdict for item, verdict in judged if not item["relevant"]]
    grave = [v for item, v in judged if item["relevant"] and item["severity"] >= Severity.THIS_HOUR]

    def share(of: Sequence[Verdict], holds: Callable[[Relevance], bool]) -> str:
        return f"{sum(holds(v.relevance) for v in of) / len(of):.3f} of {len(of)}" if of else "none"

    return (
        f"own kept {share(own, lambda r: r is not Relevance.NOT_ABOUT)}, "
        f"own perhaps {share(own, lambda r: r is Relevance.UNSURE)}, "
        f"others dismissed {share(others, lambda r: r is Relevance.NOT_ABOUT)}, "
        f"severity 4 kept {share(grave, lambda r: r is not Relevance.NOT_ABOUT)}"
    )


def wrong(judged: Sequence[Judged]) -> Iterator[str]:
    """What went wrong, most often first: place, truth, answer and the codes of the reasons."""
    found: Counter[str] = Counter()
    for item, verdict in judged:
        bad = (
            (Relevance.UNSURE, Relevance.NOT_ABOUT)
            if item["relevant"]
            else (Relevance.ABOUT, Relevance.UNSURE)
        )
        if verdict.relevance in bad:
            whose = "ours" if item["relevant"] else "another's"
            codes = " ".join(reason.code for reason in verdict.reasons)
            found[f"{item['place'] or '-':5} {whose} → {verdict.relevance}: {codes}"] += 1
    yield from (f"{n:4} {what}" for what, n in found.most_common(60))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--without-reader", action="store_true")
    parser.add_argument("--wrong", action="store_true")
    given = parser.parse_args()
    judged = list(judge(given.files, reader=not given.without_reader))
    for name, places in (
        ("with a place", ("ours", "own", "local")),
        ("without", ("",)),
        *((p, (p,)) for p in ("ours", "own", "local")),
    ):
        print(f"{name}: {figures([one for one in judged if one[0]['place'] in places])}")
    if given.wrong:
        print("\n".join(wrong(judged)))


if __name__ == "__main__":
    main()
