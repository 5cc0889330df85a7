"""Prints what was measured into docs/model.md, from the model's card: python -P docs/print_measured.py"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent
PAGE = DOCS / "model.md"
CARD = DOCS.parent / "classifiers" / "model" / "card.json"
START, END = "<!-- measured: printed by docs/print_measured.py -->", "<!-- end of measured -->"

AIMS: Mapping[str, tuple[str, str]] = {
    "grave_alerted": ("severity 3 and 4: alerted", "≥ .82"),
    "grave_seen": ("severity 3 and 4: alerted or shown", "≥ .97"),
    "at_once_alerted": ("severity 4: alerted", "≥ .90"),
    "at_once_seen": ("severity 4: alerted or shown", ""),
    "urgent_alerted": ("child protection and police: alerted", "≥ .85"),
    "urgent_seen": ("child protection and police: alerted or shown", "≥ .97"),
    "false_alarms": ("false alarms on what needs no action", "≤ .03"),
    "alerts_on_others": ("alerts on what is not ours", ""),
    "looks": ("looks, all", "≤ .125"),
    "looks_in_another_language": ("of which in another language, in a list of their own", ""),
    "fair_comment_to_removal": ("removals offered on fair comment", "≤ .015"),
    "about_precision": ("kept as ours: precision", "≥ .97"),
    "about_kept": ("ours: kept", "≥ .98"),
    "about_dismissed": ("not ours: dismissed", "≥ .78"),
    "route_groups": ("route group right (ignore, calm, answer, removal, urgent)", "≥ .75"),
    "tone": ("tone, macro-F1", "≥ .75"),
    "press_adverse_seen": ("adverse press: severity 2 or more", "≥ .93"),
    "press_adverse_severity": ("adverse press: severity right", "≥ .80"),
    "press_praise_calm": ("praise in the press: noted", "≥ .93"),
    "press_cleared_above_note": ("cleared, drill, hoax: above a note", "≤ .10"),
    "press_other_calm_above_note": ("other calm news: above a note", ""),
    "calibration_error": ("likelihood of .10 or more: calibration error", "≤ .05"),
    "calibration": ("likelihood of .10 or more: calibration error", "≤ .05"),
    "real_alerts_per_1000": ("real posts: alerts per 1,000 harmless", "≤ 40"),
    "real_looks_per_1000": ("real posts: looks per 1,000", ""),
    "real_grave_alerted": ("real posts: grave ones alerted", ""),
    "real_grave_seen": ("real posts: grave ones alerted or shown", "≥ .80"),
    "real_at_once_alerted": ("real posts: those for this hour alerted", ""),
    "real_at_once_seen": ("real posts: those for this hour alerted or shown", ""),
    "real_calibration_error": ("real posts: calibration error", "≤ .05"),
    "identity_seen": ("harmless sentences with identity words: alerted or shown", "≤ .02"),
    "identity_group_seen": ("the same, the highest group of words", "≤ .04"),
    "functions_harmless": ("functions: harmless twin raises no alert", "≥ .80"),
    "functions_seen": ("functions: the other twin comes to somebody", ""),
    "tweeteval_sentiment": ("TweetEval sentiment, macro-recall", "≥ .69"),
    "tweeteval_offensive": ("TweetEval offence, macro-F1", "≥ .80"),
}
"""Each figure in words, and what is aimed at."""


def tables(card: Mapping[str, Any]) -> Iterator[str]:
    """A table for each time the sealed set was scored, then one for each other set; the last time first."""
    measured = card.get("measured", {})
    for n, entry in reversed(list(enumerate(measured.get("sealed", ()), 1))):
        title = f"sealed set, time {n}: {entry['date'][:10]}, {entry['model']}"
        yield from _table(title, entry["figures"])
    for name, one in measured.get("sets", {}).items():
        yield from _table(name, one["figures"])


def _table(title: str, figures: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    yield from (f"| {title} | aim | measured | range | posts |", "|---|---|---|---|---|")
    for name, found in figures.items():
        words, aim = AIMS[name]
        if found["value"] is not None:
            numbers = f"{_said(found['value'])} | {_said(found['low'])} to {_said(found['high'])}"
            yield f"| {words} | {aim} | {numbers} | {found['n']:,} |"
    yield ""


def _said(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2f}" if value >= 1 else f"{value:.3f}".lstrip("0")


def printed(page: str, card: Mapping[str, Any]) -> str:
    """The page with its tables as the card has them."""
    inner = "\n".join((START, "", *tables(card), END))
    return re.sub(f"{re.escape(START)}.*?{re.escape(END)}", lambda _: inner, page, flags=re.DOTALL)


if __name__ == "__main__":
    card = json.loads(CARD.read_text(encoding="utf-8"))
    PAGE.write_text(printed(PAGE.read_text(encoding="utf-8"), card), encoding="utf-8")
