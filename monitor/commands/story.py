"""`schoolgate story list | show`."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.describe import CHANNEL_NAMES, WHAT_NEXT
from data.store import stories as story_store
from data.store.stories import StoryDetail, StoryMention, StoryRow
from data.types import Relevance
from monitor import wiring
from monitor.commands.common import opened, whole_id

Say = Callable[[str], None]
WITH_THE_DSL = "with the DSL"


def list_stories(
    *,
    unsure: bool,
    look: bool,
    school: str | None,
    limit: int,
    home: Path | None,
    config: Path | None,
    as_json: bool,
    say: Say,
) -> int:
    """Stories, newest first; a restricted one without its words."""
    _, settings, store = opened(home, config)
    urns = [wiring.pick_urn(settings, school)] if school else None
    with store.read() as con:
        rows = story_store.list_stories(con, urns, unsure=unsure, look=look, limit=limit)
    if as_json:
        say(json.dumps([_row_json(r) for r in rows], ensure_ascii=False, indent=2))
        return 0
    if not rows:
        say("No story here.")
    for row in rows:
        say(f"{row.id[:8]}  {_local(row.last_seen, settings.zone)}  {_headline(row)}")
    return 0


def show_story(story_id: str, *, home: Path | None, config: Path | None, as_json: bool, say: Say) -> int:
    """One story: who carries it, what we think, and why."""
    _, settings, store = opened(home, config)
    with store.read() as con:
        known = story_store.ids_beginning(con, story_id.strip().lower())
        wanted = whole_id(story_id, known, "story")
        detail = story_store.story(con, wanted)
    if detail is None:  # it was purged between the two reads
        say("That story is gone: its time to be kept has passed.")
        return 1
    if as_json:
        say(json.dumps(_detail_json(detail), ensure_ascii=False, indent=2))
        return 0
    say(f"Story {detail.row.id}  (URN {detail.row.urn})")
    say(f"  {_headline(detail.row)}")
    for mention in detail.mentions:
        for line in _mention_lines(mention, settings.zone):
            say(line)
    return 0


def _headline(row: StoryRow) -> str:
    if row.restricted:
        return f"severity {int(row.top.severity)}  {WITH_THE_DSL}"
    places = f"{row.places} place{'s' if row.places != 1 else ''}"
    people = f", {row.authors} people" if row.authors > 1 else ""
    perhaps = ", perhaps another school" if row.relevance is Relevance.UNSURE else ""
    channels = ", ".join(CHANNEL_NAMES.get(c, c) for c in row.channels)
    where = f"({channels}; {places}{people}{perhaps})"
    return f"severity {int(row.top.severity)}  {WHAT_NEXT[row.top.route]:<38}  {row.title[:60]}  {where}"


def _mention_lines(mention: StoryMention, zone: ZoneInfo) -> list[str]:
    channel = CHANNEL_NAMES.get(mention.channel, mention.channel)
    if mention.restricted:
        return ["", f"  {channel}: {WITH_THE_DSL}"]
    when = _local(mention.published or mention.first_seen, zone)
    edited = f", version {mention.version}" if mention.version > 1 else ""
    verdict = mention.verdict
    labels = f" ({', '.join(verdict.abuse)})" if verdict.abuse else ""
    look = ", worth a look" if verdict.look else ""
    return [
        "",
        f"  {when}  {channel}, {mention.author or 'nobody named'}{edited}  {mention.url or ''}",
        *([f"  {mention.title}"] if mention.title else []),
        *([f"  {mention.text}"] if mention.text else []),
        f"  {verdict.relevance.value}, {verdict.sentiment.value}, about: {verdict.about.value}, "
        f"severity {int(verdict.severity)}, {verdict.route.value}{labels}{look}",
        *(f"    - {reason.text}" for reason in verdict.reasons),
    ]


def _row_json(row: StoryRow) -> dict[str, object]:
    open_part: dict[str, object] = {
        "id": row.id, "urn": row.urn, "restricted": row.restricted, "last_seen": _utc(row.last_seen),
        "severity": int(row.top.severity),
    }  # fmt: skip
    if row.restricted:
        return open_part | {"state": WITH_THE_DSL}
    return open_part | {
        "title": row.title,
        "relevance": row.relevance.value,
        "route": row.top.route.value,
        "abuse": list(row.top.abuse),
        "about": row.top.about.value,
        "sentiment": row.top.sentiment.value,
        "mentions": row.mentions,
        "places": row.places,
        "people": row.authors,
        "channels": list(row.channels),
    }


def _detail_json(detail: StoryDetail) -> dict[str, object]:
    return _row_json(detail.row) | {"mentions_of_it": [_mention_json(m) for m in detail.mentions]}


def _mention_json(mention: StoryMention) -> dict[str, object]:
    if mention.restricted:
        return {"channel": mention.channel, "restricted": True, "state": WITH_THE_DSL}
    verdict = mention.verdict
    return {
        "id": mention.id, "version": mention.version, "channel": mention.channel, "url": mention.url,
        "author": mention.author, "title": mention.title, "text": mention.text,
        "published": _utc(mention.published) if mention.published else None,
        "relevance": verdict.relevance.value, "sentiment": verdict.sentiment.value,
        "abuse": list(verdict.abuse), "about": verdict.about.value, "severity": int(verdict.severity),
        "route": verdict.route.value, "look": verdict.look, "restricted": False,
        "reasons": [{"code": r.code, "text": r.text} for r in verdict.reasons],
    }  # fmt: skip


def _local(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local:%a} {local.day:>2} {local:%b %H:%M}"


def _utc(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
