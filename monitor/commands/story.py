"""`schoolgate story list | show`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Set
from pathlib import Path
from zoneinfo import ZoneInfo

from alerts.describe import channel_name, in_words, next_of
from data.judged import reasons_of, was_judged
from data.store import alerts as alert_store
from data.store import cases as case_store
from data.store import reports as report_store
from data.store import stories as story_store
from data.store.connect import Connection
from data.store.reports import Reported
from data.store.stories import StoryDetail, StoryMention, StoryRow
from data.types import Relevance
from data.words.say import words
from monitor import wiring
from monitor.commands.common import officers, opened, whole_id, withheld_from_a_lead
from monitor.config import Config
from monitor.terminal import in_json
from monitor.views.alerts import WITH_THE_DSL, case_line, local, reported_json, reported_line, utc

Say = Callable[[str], None]
IN_SUCH_A_THREAD = "(a thread with a matter that is with the DSL)"


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
    """Stories, newest first; a restricted one without its words, or not at all."""
    _, settings, store = opened(home, config)
    urns = [wiring.pick_urn(settings, school)] if school else None
    with store.read() as con:
        out = _withheld(con, urns, settings)
        listed = story_store.list_stories(con, urns, unsure=unsure, look=look, limit=limit + len(out))
        rows = [r for r in listed if r.id not in out][:limit]
        titles = _titles(rows, report_store.beside_restricted(con, [r.id for r in rows]))
    if as_json:
        say(in_json([_row_json(r) for r in rows]))
        return 0
    if not rows:
        say("No story here.")
    for row in rows:
        say(f"{row.id[:8]}  {local(row.last_seen, settings.zone)}  {_headline(row, titles)}")
    return 0


def _withheld(con: Connection, urns: Sequence[str] | None, settings: Config) -> set[str]:
    """Ids of the stories that a safeguarding lead is kept out of: nobody says here who asks."""
    alerts = alert_store.list_alerts(con, urns, open_only=False)
    return {a.story_id for a in alerts if withheld_from_a_lead(a, settings)}


def show_story(story_id: str, *, home: Path | None, config: Path | None, as_json: bool, say: Say) -> int:
    """One story: who carries it, what we think, and why."""
    _, settings, store = opened(home, config)
    with store.read() as con:
        out = _withheld(con, None, settings)
        known = [i for i in story_store.ids_beginning(con, story_id.strip().lower()) if i not in out]
        detail = story_store.story(con, whole_id(story_id, known, "story", "story"))
        rows = [detail.row] if detail else []
        titles = _titles(rows, report_store.beside_restricted(con, [r.id for r in rows]))
        reported = report_store.reported(con, [m.id for m in detail.mentions] if detail else [])
        cases = case_store.open_of(con, [r.id for r in rows], unless=officers(settings))
    if detail is None:  # it was purged between the two reads
        say("That story is gone: its time to be kept has passed.")
        return 1
    if as_json:
        found = _detail_json(detail, reported) | {"cases": list(cases.get(detail.row.id, ()))}
        say(in_json(found))
        return 0
    say(f"Story {detail.row.id}  (URN {detail.row.urn})")
    say(f"  {_headline(detail.row, titles)}")
    for case in cases.get(detail.row.id, ()):
        say(f"  {case_line(case)}")
    for mention in detail.mentions:
        for line in _mention_lines(mention, settings.zone, reported.get(mention.id, ())):
            say(line)
    return 0


def _titles(rows: Sequence[StoryRow], beside: Set[str]) -> dict[str, str]:
    """What stands for the title of a story that has none; `beside` are those beside a restricted post."""
    return {r.id: IN_SUCH_A_THREAD if r.id in beside else "(no words)" for r in rows if not r.title}


def _headline(row: StoryRow, titles: Mapping[str, str]) -> str:
    if row.restricted:
        return f"severity {int(row.top.severity)}  {WITH_THE_DSL}"
    places = f"{row.places} place{'s' if row.places != 1 else ''}"
    people = f", {row.authors} people" if row.authors > 1 else ""
    perhaps = ", perhaps another school" if row.relevance is Relevance.UNSURE else ""
    channels = ", ".join(channel_name(c, words("en")) for c in row.channels)
    before = ", from before we began" if row.top.history else ""
    where = f"({channels}; {places}{people}{perhaps}{before})"
    title = row.title[:60] or titles[row.id]
    return f"severity {int(row.top.severity)}  {next_of(row.top, words('en')):<38}  {title}  {where}"


def _mention_lines(mention: StoryMention, zone: ZoneInfo, reported: Sequence[Reported]) -> list[str]:
    channel = channel_name(mention.channel, words("en"))
    if mention.restricted:
        return ["", f"  {channel}: {WITH_THE_DSL}"]
    when = local(mention.published or mention.first_seen, zone)
    when += ", from before we began" if mention.verdict.history else ""
    edited = f", version {mention.version}" if mention.version > 1 else ""
    author = f"{mention.author or 'nobody named'}{edited}"
    return [
        "",
        f"  {mention.id[:8]}  {when}  {channel}, {author}  {mention.url or ''}",
        *([f"  {mention.title}"] if mention.title else []),
        *([f"  {mention.text}"] if mention.text else []),
        f"  {in_words(mention.verdict, words('en'))}",
        *_themes_line(mention.verdict.themes),
        *(f"    - {reason.text}" for reason in reasons_of(mention.verdict)),
        *(f"    {reported_line(report, zone)}" for report in reported),
    ]


def _themes_line(themes: Sequence[str]) -> list[str]:
    """“Themes: uniform, costs and fees”; the command line speaks English."""
    w = words("en")
    return [f"  Themes: {'; '.join(w(f'theme.{theme}') for theme in themes)}"] if themes else []


def _row_json(row: StoryRow) -> dict[str, object]:
    open_part: dict[str, object] = {
        "id": row.id, "urn": row.urn, "restricted": row.restricted, "last_seen": utc(row.last_seen),
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


def _detail_json(detail: StoryDetail, reported: Mapping[str, Sequence[Reported]]) -> dict[str, object]:
    mentions = [_mention_json(m, reported.get(m.id, ())) for m in detail.mentions]
    return _row_json(detail.row) | {"mentions_of_it": mentions}


def _mention_json(mention: StoryMention, reported: Sequence[Reported]) -> dict[str, object]:
    if mention.restricted:
        return {"channel": mention.channel, "restricted": True, "state": WITH_THE_DSL}
    verdict = mention.verdict
    return {
        "id": mention.id, "version": mention.version, "channel": mention.channel, "url": mention.url,
        "author": mention.author, "title": mention.title, "text": mention.text,
        "published": utc(mention.published) if mention.published else None,
        "from_before": verdict.history is not None,
        "relevance": verdict.relevance.value, "sentiment": verdict.sentiment.value,
        "abuse": list(verdict.abuse), "about": verdict.about.value, "severity": int(verdict.severity),
        "themes": list(verdict.themes),
        "route": verdict.route.value, "judged": was_judged(verdict), "look": verdict.look,
        "restricted": False,
        "reasons": [{"code": r.code, "text": r.text} for r in reasons_of(verdict)],
        "reported": [reported_json(r) for r in reported],
    }  # fmt: skip
