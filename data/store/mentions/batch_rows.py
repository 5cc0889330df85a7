"""A batch as rows: columns and values for each table. Pure.

The text, title, address, author and reasons' words of a restricted mention are only in `restricted_texts`;
every other table holds its ids, codes and numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from data.store.engine.rows import Row, names
from data.store.verdicts.search import COLUMNS, bits_of
from data.types import Folded, Match, Meant, Mention, Reason, Sketch, Verdict

_NO_BITS = (0,) * len(COLUMNS)
Rows = tuple[tuple[str, ...], list[Row]]

_MENTION = names(
    "id version text_hash url channel kind author published edited rating parent fetched_at first_seen "
    "restricted stub retain_until"
)
_VERSION = (
    names("mention_id n text_hash title text quoted canonical_url minhash body_hash fetched_at article")
    + COLUMNS
)
_RESTRICTED = names("mention_id n url author title text quoted canonical_url reasons article")
_MATCH = names("mention_id version urn relevance score reason_codes reason_texts story_id how seen_at")
_VERDICT = names(
    "mention_id version urn relevance sentiment abuse about severity route look look_rank subject_person "
    "subjects content_class restricted reason_codes reason_texts score_labels score_values model judged_at "
    "themes history event endangers accuses weighed_most"
)


@dataclass(frozen=True, slots=True)
class BatchMentions:
    """The mentions of a batch, with what is known of each by its id.

    `restricted` are ids, `hashes` those of `data.ids.text_hash`; a mention that was not folded has no sketch.
    `articles` are the texts behind headlines.
    """

    mentions: Sequence[Mention]
    versions: Mapping[str, int]
    restricted: Set[str]
    sketches: Mapping[str, Sketch]
    hashes: Mapping[str, str]
    articles: Mapping[str, str]


def mention_rows(taken: BatchMentions, until: Mapping[str, datetime], now: datetime) -> Rows:
    """One row per mention; a restricted one without its address and author."""
    rows: list[Row] = []
    for m in taken.mentions:
        hidden = m.id in taken.restricted
        url, author = (None, None) if hidden else (m.url, m.author)
        head = (m.id, taken.versions[m.id], taken.hashes[m.id], url, m.channel, m.kind.value, author)
        times = (m.published, m.edited, m.rating, m.parent, m.fetched_at, now)
        rows.append((*head, *times, hidden, False, until[m.id]))
    return _MENTION, rows


def version_rows(taken: BatchMentions) -> Rows:
    """One row per version: its texts unless restricted, and the fingerprints that folding compares."""
    rows: list[Row] = []
    for m in taken.mentions:
        sketch = taken.sketches.get(m.id)
        address, *prints = (
            (sketch.canonical_url, sketch.minhash, sketch.text_hash) if sketch else (None, None, None)
        )
        texts = (None,) * 4 if m.id in taken.restricted else (m.title, m.text, m.quoted, address)
        article = None if m.id in taken.restricted else taken.articles.get(m.id)
        bits = _NO_BITS if m.id in taken.restricted else bits_of((m.title, m.text, m.quoted, m.author, m.url))
        head = (m.id, taken.versions[m.id], taken.hashes[m.id])
        rows.append((*head, *texts, *prints, m.fetched_at, article, *bits))
    return _VERSION, rows


def restricted_rows(taken: BatchMentions, verdicts: Sequence[Verdict]) -> Rows:
    """One row per version of a restricted mention: all that is hidden elsewhere, with reasons by school."""
    reasons: dict[str, dict[str, list[str]]] = {}
    for verdict in verdicts:
        reasons.setdefault(verdict.mention_id, {})[verdict.urn] = [r.text for r in verdict.reasons]
    rows: list[Row] = []
    for m in taken.mentions:
        if m.id in taken.restricted:
            sketch = taken.sketches.get(m.id)
            address = sketch.canonical_url if sketch else None
            texts = (m.url, m.author, m.title, m.text, m.quoted, address, _map(reasons.get(m.id, {})))
            rows.append((m.id, taken.versions[m.id], *texts, taken.articles.get(m.id)))
    return _RESTRICTED, rows


def match_rows(
    matches: Sequence[tuple[str, int, Match]], folded: Sequence[Folded], restricted: Set[str]
) -> Rows:
    """One row per match, with the story it was folded into.

    Raises ValueError where something was folded without a match.
    """
    story = {(f.mention_id, f.urn): f for f in folded}
    rows: list[Row] = []
    for mention_id, version, match in matches:
        f = story.pop((mention_id, match.urn), None)
        why = _reasons(match.reasons, hidden=mention_id in restricted)
        place = (f.story_id, f.how, f.sketch.seen_at) if f else (None, None, None)
        rows.append((mention_id, version, match.urn, match.relevance.value, match.score, *why, *place))
    if story:
        raise ValueError(f"folded without a match: {sorted(story)}")
    return _MATCH, rows


def verdict_rows(verdicts: Sequence[Verdict], restricted: Set[str], now: datetime) -> Rows:
    """One row per verdict."""
    rows: list[Row] = []
    for v in verdicts:
        labels, values = [label for label, _ in v.scores], [value for _, value in v.scores]
        rows.append(
            (
                *(v.mention_id, v.version, v.urn, v.relevance.value, v.sentiment.value, list(v.abuse)),
                *(v.about.value, int(v.severity), v.route.value, v.look, v.look_rank, v.subject_person),
                *(list(v.subjects), v.content_class, v.restricted),
                *_reasons(v.reasons, hidden=v.mention_id in restricted),
                *(labels, values, v.model, now, list(v.themes), v.history, v.event),
                *(meant_texts(v.endangers), meant_texts(v.accuses), v.weighed_most and list(v.weighed_most)),
            )
        )
    return _VERDICT, rows


def meant_texts(of: Sequence[Meant]) -> list[str]:
    """Each as one text, as `data.store.verdicts.verdicts` reads it: whom, how sure, by what, the harm."""
    return [f"{m.who} {m.sure:.2f} {m.by} {m.harm or '-'}" for m in of]


def _map(values: Mapping[str, list[str]]) -> dict[str, list[object]]:
    """In DuckDB's form of a MAP."""
    return {"key": list(values), "value": list(values.values())}


def _reasons(reasons: Sequence[Reason], *, hidden: bool) -> tuple[list[str], list[str]]:
    codes = [r.code for r in reasons]
    return codes, [] if hidden else [r.text for r in reasons]
