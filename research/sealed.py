"""Scores the models that ship on a sealed test set, which may be done three times in all (on `kept` twice).

    python -P -m research.sealed --scored-by NAME --corpus DIR [--folder DIR]

Refuses where the set is not the one that was sealed. Every figure is written to `scored.json` with its range
before it is printed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from classifiers.scoring.onnx_scorer import Scorer, file_digest
from classifiers.scoring.persons import reader_of
from data.errors import InputError
from data.register.national_lists import read_schools
from data.types import School
from research.evaluation.judged import (
    calibration_error,
    judged_posts,
    press_figures,
    real_figures,
    school_figures,
)
from research.evaluation.labelled_items import normal_form, read_items
from research.evaluation.made_tests import functions, identity_figures, try_identity
from research.evaluation.metrics import Estimate
from research.evaluation.public_tests import read_columns, tweet_figures
from research.evaluation.shipped import shipped_models

FOLDER = Path(__file__).parents[1] / "tests" / "fixtures" / "sealed" / "strangers"
MOST_TIMES, ON_KEPT = 3, 2
SCHOOL, SCHOOLS, REAL, DIGESTS, SCORED = (
    "school.jsonl", "schools.json", "real_keys.jsonl", "SHA256", "scored.json",
)  # fmt: skip

_ANYWHERE = School(urn="810999", name="The School of Anywhere", aliases=("the school",), locality="Anywhere")
_DEFAULTS = {"channel": "x", "title": "", "rating": None, "school": "anywhere"}


def score_sealed(folder: Path, corpus: Path, by: str, scorer: Scorer, now: datetime) -> dict[str, Any]:
    """What was measured, after it has been added to `scored.json`.

    Raises InputError where the set has been scored often enough, is not the sealed one, or where the corpus
    lacks a real post.
    """
    before = scored_before(folder, _files(folder))
    return write_down(folder, before, by, scorer, sealed_figures(folder, corpus, scorer), now)


def write_down(
    folder: Path,
    before: Sequence[dict[str, Any]],
    by: str,
    scorer: Scorer,
    figures: Mapping[str, Estimate],
    now: datetime,
) -> dict[str, Any]:
    """Adds what was measured to `scored.json`, and returns it."""
    second = reader_of(scorer)
    reader = second if isinstance(second, Scorer) else None
    entry = {
        "date": now.isoformat(timespec="seconds"),
        "by": by,
        "model": f"{scorer.version}+{reader.version}" if reader else scorer.version,
        "figures": {name: found.facts() for name, found in figures.items()},
    }
    draft = (folder / SCORED).with_suffix(".draft")
    draft.write_text(json.dumps([*before, entry], indent=1) + "\n", encoding="utf-8")
    draft.replace(folder / SCORED)
    return entry


def scored_before(folder: Path, names: Sequence[str]) -> list[dict[str, Any]]:
    """Every time it was scored. Raises InputError where that is often enough, or a file is not the sealed."""
    before = scored(folder)
    if len(before) >= (ON_KEPT if folder.name == "kept" else MOST_TIMES):
        raise InputError(f"{folder} has been scored {len(before)} times, and may not be again.")
    check_seal(folder, names)
    return before


def scored(folder: Path) -> list[dict[str, Any]]:
    """Every time it was scored; a file that cannot be read as such a list counts as a fault."""
    path = folder / SCORED
    if not path.exists():
        return []
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as fault:
        raise InputError(f"{path} cannot be read: {fault}") from None
    if not isinstance(entries, list):
        raise InputError(f"{path} is not a list of what was scored.")
    return entries


def _files(folder: Path) -> tuple[str, ...]:
    """The files of a set; not each has real posts."""
    return (SCHOOL, SCHOOLS, *([REAL] if (folder / REAL).is_file() else []))


def check_seal(folder: Path, names: Sequence[str] = (SCHOOL, SCHOOLS, REAL)) -> None:
    """Raises InputError unless every file of the set has the digest that was sealed."""
    lines = (folder / DIGESTS).read_text(encoding="ascii").splitlines()
    sealed = {name.strip(): digest for digest, _, name in (line.partition(" ") for line in lines)}
    for name in names:
        if sealed.get(name) != file_digest(folder / name):
            raise InputError(f"{folder / name} is not the file that was sealed: its SHA-256 differs.")


def sealed_figures(folder: Path, corpus: Path, scorer: Scorer) -> dict[str, Estimate]:
    """Every figure that the program is held by: on the sealed posts and, where real ones are sealed with
    them, on these and on the other sets.
    """
    school = judged_posts(read_items(folder / SCHOOL), read_schools(folder / SCHOOLS), scorer)
    figures = {
        **school_figures(school),
        **press_figures(school),
        "calibration_error": calibration_error(school),
    }
    if REAL not in _files(folder):
        return figures
    real_items, schools = real_posts(folder, corpus)
    real = judged_posts(real_items, schools, scorer)
    twins = functions(scorer)[-1]
    return {
        **figures,
        **real_figures(real),
        "real_calibration_error": calibration_error(real),
        **identity_figures(try_identity(scorer)),
        "functions_harmless": twins.harmless,
        "functions_seen": twins.seen,
        **tweet_figures(corpus, scorer),
    }


def real_posts(folder: Path, corpus: Path) -> tuple[list[dict[str, Any]], dict[str, School]]:
    """The real posts with their words from the corpus, and the schools they are taken for.

    Raises InputError where the corpus lacks one.
    """
    schools = read_schools(folder / SCHOOLS) | {"anywhere": _ANYWHERE}
    keys = read_items(folder / REAL)
    words = _words({str(key["origin"]) for key in keys}, corpus)
    missing = sum(key["form"] not in words for key in keys)
    if missing:
        raise InputError(f"{corpus} lacks {missing} of the {len(keys)} real posts.")
    return [_item(n, key, words, schools) for n, key in enumerate(keys)], schools


def _item(
    number: int, key: Mapping[str, Any], words: Mapping[str, str], schools: Mapping[str, School]
) -> dict[str, Any]:
    item = {**_DEFAULTS, "id": f"real-{number}", **key, "text": words[key["form"]]}
    return item if item["school"] in schools else {**item, "school": "anywhere"}


def _words(origins: set[str], corpus: Path) -> dict[str, str]:
    """The texts of the sets and splits named, by the SHA-256 of their normal form."""
    found: dict[str, str] = {}
    for name, split in sorted({_set_and_split(origin) for origin in origins}):
        for text, part in read_columns(corpus / "datasets" / f"{name}.parquet", ("text", "split")):
            if text and part == split:
                found[hashlib.sha256(normal_form(text).encode("utf-8")).hexdigest()] = text
    return found


def _set_and_split(origin: str) -> tuple[str, str]:
    name, _, rest = origin.partition("/")
    return name, rest.partition("/")[0]


def main(arguments: Sequence[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="research.sealed", description=__doc__)
    parser.add_argument("--scored-by", default="", help="who scores it; kept in scored.json")
    parser.add_argument("--corpus", type=Path, required=True, help="folder with datasets/")
    parser.add_argument("--folder", type=Path, default=FOLDER)
    parser.add_argument("--check", action="store_true", help="only that the set is whole; nothing is scored")
    parser.add_argument("--alone", action="store_true", help="without the second reader")
    chosen = parser.parse_args(arguments)
    if not (chosen.check or chosen.scored_by):
        parser.error("say who scores it: --scored-by NAME")
    if chosen.check:
        check_seal(chosen.folder, _files(chosen.folder))
        real = REAL in _files(chosen.folder)
        count = len(real_posts(chosen.folder, chosen.corpus)[0]) if real else 0
        sys.stdout.write(f"the set is the sealed one; all {count} real posts are there; nothing was scored\n")
        return
    models = Scorer() if chosen.alone else shipped_models()
    found = score_sealed(chosen.folder, chosen.corpus, chosen.scored_by, models, datetime.now(UTC))
    sys.stdout.write(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
