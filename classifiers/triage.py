"""Judges a file of items: one line in, one line out, in the same order."""

from __future__ import annotations

import json
import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice, starmap
from pathlib import Path
from typing import Any

from classifiers.linking.linker import Linker
from classifiers.scoring.network import TextScorer
from classifiers.scoring.persons import reader_of
from classifiers.signals.catalogue import find_signals
from classifiers.signals.patterns import REVIEWS
from classifiers.text.model_text import mention_text
from classifiers.verdicts.decide import TextReading, decide, read_again
from classifiers.verdicts.post import read_post
from classifiers.verdicts.verdict_reasons import WORTH_A_LOOK, Thresholds, read_thresholds
from classifiers.verdicts.weigh import Stack
from data.errors import InputError, explain_refusal
from data.ids import mention_id
from data.judged import beyond_cap, not_read_whole
from data.register.school_names import normalise
from data.types import Match, Mention, MentionKind, Policy, Relevance, School, Severity, Source, Verdict
from data.web.channels import PRESS

BATCH = 512
"""How many items are linked and scored together."""

_KINDS = {
    **dict.fromkeys(PRESS, MentionKind.ARTICLE),
    "wikipedia": MentionKind.EDIT,
    **dict.fromkeys(REVIEWS, MentionKind.REVIEW),
}
_CHANNELS = {"google_reviews": "google_review", "reviews": "school_review_site", "report": "manual_report"}
"""Channels by other names that people give them."""
_KEYS = frozenset(("id", "channel", "school", "title", "text", "quoted", "rating", "published", "place"))
PLACES = ("", "own", "ours", "local")
"""Where an item was posted: found by a search; on a page or account of the school's own; in a group, class or
account that is followed for the school; on a board of its town."""
_HALF = re.compile("[\ud800-\udfff]")
_MOST_STARS = 100
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def read_lines(
    path: Path,
    schools: Mapping[str, School],
    complete: Callable[[dict[str, Any], str], None] = lambda item, where: None,
) -> list[dict[str, Any]]:
    """The items of a JSON lines file, checked; blank lines are skipped. `complete` is given each first, and
    where it stands. Raises InputError naming the line and how to correct it."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")  # JSON may hold U+2028 and its like
    except OSError as error:
        raise InputError(explain_refusal(error, path)) from error
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: cannot be read as UTF-8 text. Save it as that. The reason: {error}"
        ) from error
    return [
        _item(line, f"{path}, line {n}", schools, complete) for n, line in enumerate(lines, 1) if line.strip()
    ]


def ignored_keys(items: Iterable[Mapping[str, Any]], *more: str) -> list[str]:
    """The keys of items that mean nothing here, sorted; `more` mean something."""
    return sorted({key for item in items for key in item}.difference(_KEYS, more))


def triage_items(
    items: Iterable[Mapping[str, Any]],
    schools: Mapping[str, School],
    scorer: TextScorer,
    register: Sequence[School] = (),
) -> Iterator[dict[str, Any]]:
    """One answer for each item, in order, as the design's contract for `triage` requires."""
    return starmap(answer, judge_items(items, schools, scorer, register))


def judge_items(
    items: Iterable[Mapping[str, Any]],
    schools: Mapping[str, School],
    scorer: TextScorer,
    register: Sequence[School] = (),
    thresholds: Thresholds | None = None,
    policy: Policy | None = None,
    stack: Stack | None = None,
) -> Iterator[tuple[str, Verdict]]:
    """The id and the verdict of each item, in order. An item's `school` is the id (of `schools`) under which
    it was collected. The share of looks applies to all items together, so the first verdict comes after the
    last item has been read."""
    limits = thresholds or read_thresholds()
    rules = policy or Policy()
    linker = Linker(list(schools.values()), register)
    ids: list[str] = []
    verdicts: list[Verdict] = []
    stream = iter(items)
    while batch := list(islice(stream, BATCH)):
        ids += [str(item["id"]) for item in batch]
        mentions = [mention_of(item) for item in batch]
        matches = link_items(batch, mentions, schools, linker)
        texts = [mention_text(m) for m in mentions]
        scores = scorer.score(texts)
        at = [schools[str(item["school"])] for item in batch]
        signals = [find_signals(mention, school, ()) for mention, school in zip(mentions, at, strict=True)]

        def judge(i: int, reading: TextReading) -> list[Verdict]:
            given = (mentions[i], matches[i], reading.scores, signals[i], at[i], (), limits)  # noqa: B023
            judged = decide(read_post(*given, policy=rules, model=reading.model, stack=stack))
            return [not_read_whole(judged) if scores.is_cut(i) else judged]  # noqa: B023

        rows = [scores.row(i) for i in range(len(batch))]
        found: Sequence[Sequence[Verdict]] = [
            judge(i, TextReading(row, scores.model)) for i, row in enumerate(rows)
        ]
        if reader := reader_of(scorer):
            found = read_again(found, texts, rows, reader, judge, lambda _: ())
        verdicts += [verdict for (verdict,) in found]
    yield from zip(ids, limit_looks(verdicts, rules.look_share), strict=True)


def limit_looks(verdicts: Sequence[Verdict], share: float) -> tuple[Verdict, ...]:
    """The same verdicts in order, keeping `look` only for the highest ranked.

    At most `share` (0..1) of them keep it, rounded down, but always one. Ties go to the smaller mention id,
    so that the order of collecting does not matter. A verdict that requires action anyway (severity 3 or
    more), that may be severity 4 or is in a language that nobody judged keeps its look and does not count.
    One that loses its look also loses the reason that says so.
    """
    asking = [v for v in verdicts if v.look and v.severity < Severity.TODAY and not beyond_cap(v)]
    room = max(math.floor(share * len(verdicts)), 1) if share > 0 else 0
    ranked = sorted(asking, key=lambda v: (-v.look_rank, v.mention_id, v.urn))
    dropped = {(v.mention_id, v.version, v.urn) for v in ranked[room:]}
    return tuple(
        replace(v, look=False, reasons=tuple(r for r in v.reasons if r.code != WORTH_A_LOOK))
        if (v.mention_id, v.version, v.urn) in dropped
        else v
        for v in verdicts
    )


def answer(item_id: str, verdict: Verdict) -> dict[str, Any]:
    """One line of the output."""
    return {
        "id": item_id,
        "relevant": verdict.relevance.value,
        "sentiment": verdict.sentiment.value,
        "abuse": list(verdict.abuse),
        "about": verdict.about.value,
        "severity": int(verdict.severity),
        "route": verdict.route.value,
        "look": verdict.look,
        "reasons": [f"{reason.code}: {reason.text}" for reason in verdict.reasons],
    }


def mention_of(item: Mapping[str, Any]) -> Mention:
    """An item as a mention; its kind follows from the channel, of a reply from what it quotes."""
    channel = _channel(item)
    rating = item.get("rating")
    return Mention(
        id=mention_id(channel, str(item["id"])),
        url="",
        channel=channel,
        kind=MentionKind.REPLY if item.get("quoted") else _KINDS.get(channel, MentionKind.POST),
        title=str(item.get("title") or ""),
        text=str(item.get("text") or ""),
        quoted=str(item.get("quoted") or ""),
        fetched_at=_EPOCH,
        rating=None if rating is None else float(rating),
    )


def _channel(item: Mapping[str, Any]) -> str:
    return _CHANNELS.get(str(item["channel"]), str(item["channel"]))


def source_of(item: Mapping[str, Any], school: School) -> Source:
    """The source it came from, watched for one school; what stands in its own listing, or in a place of its
    own people, is about it. Its own listing is a page of reviews with its name as the title."""
    channel, place, title = _channel(item), item.get("place") or "", str(item.get("title") or "")
    names = {normalise(name) for name in (school.name, *school.aliases)}
    listing = channel in REVIEWS and normalise(title) in names
    return Source(
        id=f"{channel}:{school.urn}:{place}",
        kind="items",
        url="",
        urns=(school.urn,),
        name=title if place == "local" else "",
        channel=channel,
        listing=listing or place in ("own", "ours"),
        own=place == "own",
        surfaced=not place,
    )


def link_items(
    batch: Sequence[Mapping[str, Any]],
    mentions: Sequence[Mention],
    schools: Mapping[str, School],
    linker: Linker,
) -> list[Match]:
    """For each item the match with the school it was collected under."""
    by_source = defaultdict[tuple[str, bool, str, str], list[int]](list)
    sources = [source_of(item, schools[str(item["school"])]) for item in batch]
    for i, source in enumerate(sources):
        by_source[source.urns[0], source.listing, source.name, str(batch[i].get("place"))].append(i)
    found: list[Match | None] = [None] * len(batch)
    for (urn, *_), places in by_source.items():
        linked = linker.link([mentions[i] for i in places], sources[places[0]])
        for i, matches in zip(places, linked, strict=True):
            found[i] = next((match for match in matches if match.urn == urn), None)
    return [
        match or Match(schools[str(item["school"])].urn, Relevance.NOT_ABOUT, 0.0)
        for match, item in zip(found, batch, strict=True)
    ]


def _item(
    line: str, where: str, schools: Mapping[str, School], complete: Callable[[dict[str, Any], str], None]
) -> dict[str, Any]:
    try:
        item = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: not JSON ({error}). Write one object on the line.") from error
    if not isinstance(item, dict):
        raise InputError(f"{where}: an object with id, channel, school and text is needed.")
    complete(item, where)
    for key in ("id", "channel", "school", "text"):
        if not isinstance(item.get(key), str) or (key != "text" and not item[key]):
            raise InputError(f"{where}: “{key}” must be given as text.")
    if item["school"] not in schools:
        known = ", ".join(list(schools)[:5])
        raise InputError(
            f"{where}: school “{item['school']}” is not in the schools file, which has {known} …"
        )
    for key, value in item.items():
        if isinstance(value, str) and _HALF.search(value):
            raise InputError(f"{where}: “{key}” has half a character (a lone surrogate). Take it out.")
    _check_rating(item.get("rating"), where)
    if (item.get("place") or "") not in PLACES:
        raise InputError(f"{where}: “place” must be one of {', '.join(PLACES[1:])}, or be left out.")
    return item


def _check_rating(rating: Any, where: str) -> None:
    if rating is None:
        return
    if isinstance(rating, bool) or not isinstance(rating, int | float):
        raise InputError(f"{where}: “rating” must be a number or null.")
    if not abs(rating) <= _MOST_STARS:
        raise InputError(f"{where}: “rating” is no number of stars.")
