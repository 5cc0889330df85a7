"""Find the thresholds on labelled items: `python -P -m classifiers.calibrate --corpus DIR`.

Deterministic: the same model and items give the same file. The order is: how much signals weigh,
where an alert begins (by the share of false alarms), where a look begins (by the share of looks),
which way of acting, how urgent, which labels, and last the tone and way of the harmless ones.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import tomlkit

from classifiers.card import file_digest
from classifiers.decide import judge_severity, likely_relevant
from classifiers.linking import Linker
from classifiers.onnx import Scorer
from classifiers.signals import find_signals
from classifiers.splits import read_items
from classifiers.subject import subject
from classifiers.text import model_text
from classifiers.thresholds import THRESHOLDS_FILE, Thresholds
from classifiers.triage import link_items, mention_of, triage_items
from classifiers.triage_metrics import triage_metrics
from classifiers.weigh import LANES, weigh
from data.schools_json import read_schools
from data.types import ABUSE_LABELS, About, Route, School, Sentiment, Signal

FALSE_ALARMS = 0.04
"""Of notes, thanks and what is to be answered, so many may be alerted."""

LOOKS = 0.11
"""Of all items, so many may be asked a look for on grounds of gravity; the policy's share is 0.125."""

FAIR_REMOVALS = 0.0075
"""Of notes, thanks and what is to be answered, for so many a removal may be offered."""

RULED_OUT = 0.03
"""Of relevant items, so many may be ruled out; graver ones are kept sooner."""

LEAST_ALERT = 0.25
"""Nothing less likely than this is alerted, however few the false alarms."""

FEW = 12
"""A label with fewer positives takes the common threshold."""

_GRID = tuple(round(0.05 * step, 2) for step in range(2, 19))
_BIASES = tuple(round(-1.5 + 0.25 * step, 2) for step in range(13))
_CALM_BIASES = ("respond_bias", "thank_bias", "neutral_bias", "positive_bias")
_SEVERE = 3


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled relevant item with all that the decision is made from."""

    item: Mapping[str, Any]
    scores: Mapping[str, float]
    signals: tuple[Signal, ...]
    about: About

    @property
    def severe(self) -> bool:
        return bool(self.item["severity"] >= _SEVERE)


@dataclass(frozen=True, slots=True)
class Doubt:
    """How sure linking and the model are that an item is about the school, and whether it is."""

    linked: float
    seen: float
    relevant: bool


Objective = Callable[[Thresholds], float]


def cases(items: Sequence[Mapping[str, Any]], schools: Mapping[str, School], scorer: Scorer) -> list[Case]:
    """The relevant ones of labelled items, scored."""
    own = [item for item in items if item["relevant"]]
    mentions = [mention_of(item) for item in own]
    scores = scorer.score([model_text(m.channel, m.title, m.text, m.rating) for m in mentions])
    found = []
    for i, (item, mention) in enumerate(zip(own, mentions, strict=True)):
        school = schools[str(item["school"])]
        signals = find_signals(mention, school, ())
        about, _ = subject(f"{mention.title}\n{mention.text}", scores.row(i), signals, school, ())
        found.append(Case(item, scores.row(i), signals, about))
    return found


def doubts(items: Sequence[Mapping[str, Any]], schools: Mapping[str, School], scorer: Scorer) -> list[Doubt]:
    """All labelled items, as far as relevance goes."""
    mentions = [mention_of(item) for item in items]
    matches = link_items(items, mentions, schools, Linker(list(schools.values())))
    scores = scorer.score([model_text(m.channel, m.title, m.text, m.rating) for m in mentions])
    seen = [scores.row(i)["relevant"] for i in range(len(items))]
    return [
        Doubt(match.score, value, bool(item["relevant"]))
        for match, value, item in zip(matches, seen, items, strict=True)
    ]


def calibrate(found: Sequence[Case], doubtful: Sequence[Doubt]) -> Thresholds:
    """Thresholds from the relevant cases, and from all items as far as relevance goes."""
    t = _best(Thresholds(), "relevant_model", (0.5, 1.0, 1.5, 2.0, 2.5), lambda x: _apart(doubtful, x))
    t = replace(t, relevant_line=_relevant_line(doubtful, t))
    for name, values in (
        ("signal_strong", (0.5, 1.0, 1.5, 2.0)),
        ("signal_weak", (0.0, 0.3, 0.6, 0.9)),
        ("signal_clears", (0.0, 0.5, 1.0, 1.5)),
    ):
        t = _best(t, name, values, lambda x: _ranking(found, x))
    t = replace(t, alert=_alert_line(found, t))
    t = replace(t, look=_look_line(found, t, len(doubtful)))
    for name in ("urgent_bias", "police_bias", "request_bias", "urgent_bias"):
        t = _best(t, name, _BIASES, lambda x: _lanes_right(found, x))
    t = replace(t, removal=_removal_line(found, t))
    t = replace(t, alert=_urgent_line(found, t))
    t = replace(t, look=_look_line(found, t, len(doubtful)))
    t = _best(t, "this_hour", _GRID, lambda x: _hour_right(found, x))
    t = replace(t, abuse=_labels(found))
    for name in (
        "respond_bias",
        "thank_bias",
        "neutral_bias",
        "positive_bias",
        "respond_bias",
        "neutral_bias",
    ):
        t = _best(t, name, _BIASES, lambda x: _calm_right(found, x))
    return t


def _best(t: Thresholds, name: str, values: Iterable[float], objective: Objective) -> Thresholds:
    """The value of one field with the highest objective; of equals the one nearest the present."""
    present = float(getattr(t, name))
    ranked = sorted(values, key=lambda value: abs(value - present))
    tried = [replace(t, **{name: value}) for value in ranked]  # type: ignore[arg-type]
    return max(tried, key=lambda one: round(objective(one), 6))


def _apart(doubtful: Sequence[Doubt], t: Thresholds) -> float:
    """How often a relevant item stands above an irrelevant one."""
    ours = [likely_relevant(d.linked, d.seen, t) for d in doubtful if d.relevant]
    others = [likely_relevant(d.linked, d.seen, t) for d in doubtful if not d.relevant]
    return sum(a > b for a in ours for b in others) / (len(ours) * len(others))


def _relevant_line(doubtful: Sequence[Doubt], t: Thresholds) -> float:
    """So that no more than a few relevant items are ruled out."""
    ours = sorted(likely_relevant(d.linked, d.seen, t) for d in doubtful if d.relevant)
    return round(ours[int(RULED_OUT * len(ours))] - 1e-3, 3)


def _gravity(found: Sequence[Case], t: Thresholds) -> list[float]:
    return [weigh(case.scores, case.signals, t).severe for case in found]


def _ranking(found: Sequence[Case], t: Thresholds) -> float:
    """Recall of severity 3 at three shares of false alarms, together."""
    gravity = _gravity(found, t)
    calm = sorted((g for g, case in zip(gravity, found, strict=True) if not case.severe), reverse=True)
    grave = [g for g, case in zip(gravity, found, strict=True) if case.severe]
    lines = [calm[int(share * len(calm))] for share in (0.02, 0.04, 0.1)]
    return sum(sum(g > line for g in grave) / len(grave) for line in lines)


def _alert_line(found: Sequence[Case], t: Thresholds) -> float:
    calm = sorted(
        (g for g, case in zip(_gravity(found, t), found, strict=True) if not case.severe), reverse=True
    )
    return round(min(calm[int(FALSE_ALARMS * len(calm))] + 1e-4, 0.95), 4)


def _removal_line(found: Sequence[Case], t: Thresholds) -> float:
    """Above the gravest harmless cases that would go to removal, but for the few allowed."""
    judged = [(weigh(case.scores, case.signals, t), case) for case in found if not case.severe]
    removals = (Route.REQUEST_REMOVAL, Route.PLATFORM_REPORT)
    wrong = [w.severe for w, _ in judged if max(LANES, key=lambda route: w.lanes[route]) in removals]
    ranked = sorted(wrong, reverse=True)
    allowed = int(FAIR_REMOVALS * len(judged))
    line = ranked[allowed] + 1e-4 if len(ranked) > allowed else t.alert
    return round(min(max(line, t.alert), 0.85), 4)


def _urgent_line(found: Sequence[Case], t: Thresholds) -> float:
    """What removals leave of the false alarms goes to child protection and police."""
    judged = [weigh(case.scores, case.signals, t) for case in found if not case.severe]
    urgent = [max(LANES, key=lambda route: w.lanes[route]).urgent for w in judged]
    removals = sum(w.severe >= t.removal for w, u in zip(judged, urgent, strict=True) if not u)
    ranked = sorted((w.severe for w, u in zip(judged, urgent, strict=True) if u), reverse=True)
    allowed = max(int(FALSE_ALARMS * len(judged)) - removals, 0)
    line = ranked[allowed] + 1e-4 if len(ranked) > allowed else t.alert
    return round(min(max(line, LEAST_ALERT), t.removal), 4)


def _look_line(found: Sequence[Case], t: Thresholds, total: int) -> float:
    under = sorted((g for g in _gravity(found, t) if g < t.alert), reverse=True)
    return round(max(under[min(int(LOOKS * total), len(under) - 1)], 0.02), 4)


def _lanes_right(found: Sequence[Case], t: Thresholds) -> float:
    """Routes of the severe that are right, and child protection and police kept in their lane."""
    urgent = (Route.SAFEGUARDING, Route.POLICE_NOW)
    right = kept = severe = lane = 0
    for case in found:
        if case.severe:
            lanes = weigh(case.scores, case.signals, t).lanes
            guess, truth = max(LANES, key=lambda route: lanes[route]), Route(case.item["route"])
            severe, right = severe + 1, right + (guess is truth)
            lane, kept = lane + (truth in urgent), kept + (truth in urgent and guess in urgent)
    return right / severe + 0.5 * kept / lane


def _hour_right(found: Sequence[Case], t: Thresholds) -> float:
    """Among child-protection matters: those of this hour found, and the others not."""
    own = [case for case in found if case.item["route"] == Route.SAFEGUARDING.value]
    sure = [weigh(case.scores, case.signals, t).this_hour >= t.this_hour for case in own]
    hour = [s for s, case in zip(sure, own, strict=True) if case.item["severity"] > _SEVERE]
    later = [not s for s, case in zip(sure, own, strict=True) if case.item["severity"] == _SEVERE]
    return 0.6 * sum(hour) / len(hour) + 0.4 * sum(later) / len(later)


def _labels(found: Sequence[Case]) -> dict[str, float]:
    """For each label the threshold of the best F1 among severe cases; the rare ones share one."""
    pool = [case for case in found if case.severe]
    common = max(_GRID, key=lambda line: sum(_f1(pool, label, line) for label in ABUSE_LABELS))
    lines = {}
    for label in ABUSE_LABELS:
        several = sum(label in case.item["abuse"] for case in pool) >= FEW
        best = max(_GRID, key=partial(_f1, pool, label))
        lines[label] = round((best + common) / 2, 3) if several else common
    return lines


def _f1(pool: Sequence[Case], label: str, line: float) -> float:
    truth = [label in case.item["abuse"] for case in pool]
    guess = [case.scores[f"abuse:{label}"] >= line for case in pool]
    both = sum(a and b for a, b in zip(truth, guess, strict=True))
    return 2 * both / max(sum(truth) + sum(guess), 1)


def _calm_right(found: Sequence[Case], t: Thresholds) -> float:
    """Routes and tones of the harmless that are right."""
    own = [case for case in found if not case.severe]
    made = [judge_severity(case.scores, weigh(case.scores, case.signals, t), case.about, t) for case in own]
    routes = sum(o.route.value == case.item["route"] for o, case in zip(made, own, strict=True)) / len(own)
    tones = 0.0
    for tone in Sentiment:
        truth = [case.item["sentiment"] == tone.value for case in own]
        guess = [o.sentiment is tone for o in made]
        tones += 2 * sum(a and b for a, b in zip(truth, guess, strict=True)) / max(sum(truth) + sum(guess), 1)
    return float(routes + tones / len(Sentiment))


def write(path: Path, t: Thresholds, measured: Mapping[str, Any]) -> None:
    """Writes thresholds and what they were measured on, whole or not at all."""
    page = tomlkit.document()
    page.add(tomlkit.comment("Written by `python -P -m classifiers.calibrate`. See docs/judging.md."))
    fields = asdict(t)
    abuse = fields.pop("abuse")
    for key, value in fields.items():
        page[key] = value
    page["abuse"] = abuse
    page["measured"] = measured
    draft = path.with_suffix(".draft")
    draft.write_text(tomlkit.dumps(page), encoding="utf-8")
    draft.replace(path)


def main(arguments: Sequence[str] | None = None) -> int:
    """Calibrates on `triage/dev.jsonl` of the corpus, writes the thresholds, prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, required=True, help="the folder that holds triage/dev.jsonl")
    parser.add_argument("--out", type=Path, default=THRESHOLDS_FILE, help="where the thresholds go")
    given = parser.parse_args(arguments)
    dev = given.corpus / "triage" / "dev.jsonl"
    items, schools = read_items(dev), read_schools(given.corpus / "triage" / "schools.json")
    scorer = Scorer()
    found = calibrate(cases(items, schools, scorer), doubts(items, schools, scorer))
    figures = triage_metrics(items, triage_items(items, schools, scorer, thresholds=found))
    rounded = {name: round(value, 4) for name, value in figures.items()}
    write(given.out, found, {"model": scorer.version, "data": file_digest(dev), **rounded})
    sys.stdout.writelines(f"{name:28} {value:.3f}\n" for name, value in figures.items())
    return 0


if __name__ == "__main__":
    sys.exit(main())
