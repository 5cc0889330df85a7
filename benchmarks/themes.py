"""Themes by the model against themes by words, on the posts kept from both.

    python -P benchmarks/themes.py [--by-theme]

The words are a fair try at what somebody would count: for each theme the dozen that come to mind. A
theme is “without its word” where it is labelled and none of them stands in the text.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from classifiers.scoring.onnx_scorer import Scorer
from data.types import THEMES
from research.evaluation.labelled_items import read_items
from research.evaluation.measure import name_themes

POSTS = Path(__file__).parents[1] / "tests" / "fixtures" / "triage" / "themes.jsonl"

WORDS = {
    "teaching": r"teach\w*|lesson\w*|homework|curriculum|maths|phonics|reading|worksheet\w*|class size\w*",
    "staff": r"staff|teachers?|tas?|miss|mrs|mr|office lad(?:y|ies)|supply|receptionist",
    "leadership": r"heads?|headteacher|headmaster|principal|governors?|trust|leadership|management|slt",
    "send": r"send|sen|senco|ehcp|autis\w*|adhd|dyslexi\w*|special needs|disab\w*|1:1",
    "behaviour": r"behaviou?r|detention\w*|exclu\w*|isolation|discipline|litter|swear\w*|suspen\w*",
    "bullying": r"bull(?:y|ied|ies|ying)|name.calling|picked on|teas(?:ed|ing)",
    "safety": r"safe\w*|danger\w*|lockdown|security|accident|injur\w*|first aid",
    "communication": r"communicat\w*|emails?|letters?|repl(?:y|ies)|newsletter|informed|parents' evening",
    "results": r"results|grades?|gcses?|a.levels?|sats|exams?|ofsted|estyn|inspect\w*|mocks?",
    "admissions": r"admission\w*|places?|waiting list|appeal|catchment|open (?:day|evening)|appl(?:y|ied)",
    "uniform": r"uniforms?|blazers?|ties?|skirts?|jumpers?|shoes|trousers|pe kit",
    "meals": r"meals?|lunch\w*|dinners?|food|canteen|menu|breakfast",
    "traffic": r"park(?:ed|ing)|traffic|cars?|bus(?:es)?|drop.?off|pick.?up|crossing|zig.?zags?|taxi\w*",
    "buildings": r"buildings?|toilets?|heating|roof|boiler|classrooms?|hall|field|playground|site",
    "attendance": r"attend\w*|absen\w*|fines?|fined|unauthori[sz]ed|truan\w*",
    "events": r"events?|concert|nativity|fair|fete|sports day|assembly|show|play|prom|carols?|performance",
    "clubs": r"clubs?|trips?|residential|team|football|rugby|choir|after.school|sports?",
    "costs": r"costs?|fees?|prices?|pay|paid|money|£\d+|expensive|afford",
    "inclusion": r"inclusi\w*|racis\w*|divers\w*|religio\w*|muslim|equal\w*|lgbt\w*|gay|hijab|prayer",
    "technology": r"phones?|apps?|tablets?|ipads?|computers?|wifi|online|screens?|technology",
}
_PATTERNS = {theme: re.compile(rf"\b(?:{words})\b", re.IGNORECASE) for theme, words in WORDS.items()}

Pairs = set[tuple[int, str]]


def counted(items: Sequence[Mapping[str, Any]]) -> Pairs:
    """(post, theme) where a word of the theme stands in the post."""
    return {
        (i, theme)
        for i, item in enumerate(items)
        for theme in THEMES
        if _PATTERNS[theme].search(item["text"] or item["title"])
    }


def line(name: str, named: Pairs, labelled: Pairs) -> str:
    """One row of the table."""
    hits = len(named & labelled)
    precision, recall = hits / max(1, len(named)), hits / max(1, len(labelled))
    f1 = 2 * hits / max(1, len(named) + len(labelled))
    return f"{name:<34} {len(labelled):>5} {precision:>9.3f} {recall:>7.3f} {f1:>6.3f}"


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--by-theme", action="store_true")
    by_theme = parser.parse_args().by_theme
    items = read_items(POSTS)
    labelled = {(i, theme) for i, item in enumerate(items) for theme in item["themes"]}
    model = {(i, theme) for i, found in enumerate(name_themes(items, Scorer())) for theme in found}
    words = counted(items)
    print(f"{len(items)} posts {'':<24} themes precision  recall     f1")
    print(line("model", model, labelled))
    print(line("words", words, labelled))
    print(line("model, themes without their word", model - words, labelled - words))
    for part, start in (("dev.jsonl", "dev-"), ("held out of training", "tr"), ("written for this", "th-")):
        own = {i for i, item in enumerate(items) if item["id"].startswith(start)}
        for name, named in (("model", model), ("words", words)):
            print(line(f"{part}: {name}", *({p for p in s if p[0] in own} for s in (named, labelled))))
    for theme in THEMES if by_theme else ():
        for name, named in (("model", model), ("words", words)):
            print(line(f"{theme}: {name}", *({p for p in s if p[1] == theme} for s in (named, labelled))))


if __name__ == "__main__":
    main()
