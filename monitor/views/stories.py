"""A story as text and as JSON, as much of it as its reader may know.

A restricted post is only ever “with the DSL” here; whoever may know that an open story is there, but not its
words, is shown its kind, how grave it is, when and where.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from alerts.access.part import ReaderPart
from alerts.describe import channel_name, in_words, next_of
from data.frozen import dataclass
from data.judged import reasons_of, tone_of, was_judged
from data.store.verdicts.stories import StoryMention, StoryRow
from data.types import Relevance, Severity
from data.words.say import words
from monitor.terminal.output import Painted
from monitor.terminal.table import Cell, table
from monitor.terminal.wording import WITH_THE_DSL, numbered, severity_cell, severity_words
from monitor.views.alerts import WITHOUT_WORDS, case_line, reported_json, reported_line
from monitor.views.layout import below, brief, enclosed_line, in_short, local, utc
from monitor.views.whose import ShownMark, Whose, held_words, mark_json, mark_words, whose_json

if TYPE_CHECKING:
    from data.store.mentions.person_reports import Reported
    from data.store.privacy.requests import Correction

HEADS = ("Story", "How soon", "Posted", "What and where, and what next")
_NAMED = 3
"""So many places are named."""
_SOON_AFTER = timedelta(days=1)
"""When it was read is said where that was later."""
IN_SUCH_A_THREAD = "(a thread with a matter that is with the DSL)"


@dataclass(frozen=True, slots=True)
class ShownStory:
    """A story for one reader: `words` says whether they may know all of it, not only that it is there.

    `beside` is set where a restricted post that they may know of stands in its thread; `cases` are its open
    cases that they may know of; `raised` is the severity of its alert; `marked` what ended it, where
    somebody said so; `who` has it; `mentions` and `reported` (by mention id) are empty in a list.
    """

    row: StoryRow
    words: bool
    beside: bool = False
    cases: tuple[str, ...] = ()
    mentions: tuple[StoryMention, ...] = ()
    reported: Mapping[str, Sequence[Reported]] | None = None
    corrected: Mapping[str, Sequence[Correction]] | None = None
    raised: Severity | None = None
    part: ReaderPart = ReaderPart.OTHER
    marked: ShownMark | None = None
    who: Whose = field(default_factory=Whose)

    @property
    def severity(self) -> int:
        """That of its alert, which may be higher than that of any of its posts."""
        return int(max(self.row.top.severity, self.raised or Severity.NOTHING))

    def reports(self, mention: StoryMention) -> Sequence[Reported]:
        """Who reported one of its mentions."""
        return (self.reported or {}).get(mention.id, ())

    def corrections(self, mention: StoryMention) -> list[str]:
        """What somebody says of one of its mentions, who it is about."""
        return [one.words for one in (self.corrected or {}).get(mention.id, ())]


def listed(
    stories: Sequence[ShownStory], names: Mapping[str, str], now: datetime, zone: ZoneInfo
) -> list[Painted]:
    """Stories as a table: which, how soon, since when, what it is, where and what next.

    `names` are those of the places, by source id.
    """
    return table(HEADS, [_row(shown, names, now, zone) for shown in stories])


def _row(
    shown: ShownStory, names: Mapping[str, str], now: datetime, zone: ZoneInfo
) -> tuple[str | Cell, ...]:
    row = shown.row
    soon, read = severity_cell(shown.severity), f" Read on {brief(row.last_seen, now, zone)}."
    if row.restricted:
        return row.id[:8], soon, "", f"{WITH_THE_DSL}.{read}"
    posted = brief(row.published, now, zone) if row.published else "no time"
    if row.published and row.last_seen - row.published < _SOON_AFTER:
        read = ""
    then = _then(shown, now, zone)
    return row.id[:8], soon, posted, f"{_quoted(shown)}{_where(shown, names)}.{read} {then}"


def _then(shown: ShownStory, now: datetime, zone: ZoneInfo) -> str:
    return _state(shown, now, zone) or f"Next: {next_of(shown.row.top, words('en'), shown.part)}"


def _state(shown: ShownStory, now: datetime, zone: ZoneInfo) -> str:
    """That it is done with, or who has it; "" where neither is so."""
    if shown.marked is not None:
        return mark_words(shown.marked, now, zone)
    return held_words(shown.who, now, zone)


def _quoted(shown: ShownStory) -> str:
    if not shown.words:
        return ""
    return f"“{_title(shown)}”, " if shown.row.title else f"{_title(shown)}, "


def _where(shown: ShownStory, names: Mapping[str, str]) -> str:
    """The kinds of places and their names, how many people, and what it was besides."""
    row = shown.row
    channels = ", ".join(channel_name(c, words("en")) for c in row.channels)
    places = ", ".join(names.get(source, source) for source in row.sources[:_NAMED])
    more = f" and {len(row.sources) - _NAMED} more" if len(row.sources) > _NAMED else ""
    people = f", {row.authors} people" if row.authors > 1 else ""
    perhaps = ", perhaps another school" if row.relevance is Relevance.UNSURE else ""
    before = ", from before we began" if row.top.history else ""
    return f"{channels}{f' ({places}{more})' if places else ''}{people}{perhaps}{before}"


def lines(shown: ShownStory, now: datetime, zone: ZoneInfo) -> list[str]:
    """The story in full: who carries it, what we think, and why."""
    found = [
        f"Story {shown.row.id}  ({numbered(shown.row.urn)})",
        *below(_first(shown), "  "),
        *(line for part in _rest(shown, zone) for line in below(part, "  ")),
        *(f"  {case_line(case)}" for case in shown.cases),
        *below("" if shown.row.restricted else _state(shown, now, zone), "  "),
    ]
    for mention in shown.mentions:
        found += _mention_lines(shown, mention, zone)
    return found


def row_json(shown: ShownStory) -> dict[str, object]:
    """The story of a list as JSON values."""
    row = shown.row
    found: dict[str, object] = {
        "id": row.id, "urn": row.urn, "restricted": row.restricted, "last_seen": utc(row.last_seen),
        "severity": shown.severity,
    }  # fmt: skip
    if row.restricted:
        return found | {"state": WITH_THE_DSL}
    return found | ({"title": row.title} if shown.words else {"state": WITHOUT_WORDS}) | {
        "published": utc(row.published) if row.published else None,
        "relevance": row.relevance.value,
        "route": row.top.route.value,
        "abuse": list(row.top.abuse),
        "about": row.top.about.value,
        "sentiment": tone_of(row.top),
        "mentions": row.mentions,
        "places": row.places,
        "people": row.authors,
        "channels": list(row.channels),
        "has_it": whose_json(shown.who),
        "marked": mark_json(shown.marked),
    }  # fmt: skip


def whole_json(shown: ShownStory) -> dict[str, object]:
    """The story in full as JSON values."""
    mentions = [_mention_json(shown, mention) for mention in shown.mentions]
    return row_json(shown) | {"mentions_of_it": mentions, "cases": list(shown.cases)}


def _first(shown: ShownStory) -> str:
    """How grave it is and what next."""
    row = shown.row
    then = WITH_THE_DSL if row.restricted else next_of(row.top, words("en"), shown.part)
    return f"{severity_words(shown.severity)} · {then}"


def _rest(shown: ShownStory, zone: ZoneInfo) -> list[str]:
    """What it is, where it stands, when it was posted and, apart, when it was read."""
    row = shown.row
    read = f"{'last ' if row.mentions > 1 else ''}read {local(row.last_seen, zone)}"
    if row.restricted:
        return [read]
    places = f"{row.places} place{'s' if row.places != 1 else ''}"
    people = f", {row.authors} people" if row.authors > 1 else ""
    perhaps = ", perhaps another school" if row.relevance is Relevance.UNSURE else ""
    channels = ", ".join(channel_name(c, words("en")) for c in row.channels)
    before = ", from before we began" if row.top.history else ""
    where = f"{channels}; {places}{people}{perhaps}{before}"
    return [*([_title(shown)] if shown.words else []), where, f"{_posted(row, zone)} · {read}"]


def _posted(row: StoryRow, zone: ZoneInfo) -> str:
    if row.published is None:
        return "bears no time"
    return f"{'first ' if row.mentions > 1 else ''}posted {local(row.published, zone)}"


def _title(shown: ShownStory) -> str:
    """Its title, or why it has none."""
    if shown.row.title:
        return in_short(shown.row.title)
    return IN_SUCH_A_THREAD if shown.beside else "(no words)"


def _mention_lines(shown: ShownStory, mention: StoryMention, zone: ZoneInfo) -> list[str]:
    channel = channel_name(mention.channel, words("en"))
    if mention.restricted:
        return ["", f"  {channel}: {WITH_THE_DSL}"]
    when = f"posted {local(mention.published, zone)}" if mention.published else "bears no time"
    when += f", read {local(mention.first_seen, zone)}"
    when += ", from before we began" if mention.verdict.history else ""
    judged = f"  {in_words(mention.verdict, words('en'))}"
    if not shown.words:
        return ["", f"  {when}  {channel}", judged]
    edited = f", version {mention.version}" if mention.version > 1 else ""
    author = f"{mention.author or 'nobody named'}{edited}"
    return [
        "",
        f"  {mention.id[:8]}  {channel}, {author}  {mention.url or ''}",
        f"  {when}",
        *([f"  {mention.title}"] if mention.title else []),
        *([f"  {mention.text}"] if mention.text else []),
        *enclosed_line(mention.enclosed),
        judged,
        *_themes_line(mention.verdict.themes),
        *(f"    - {reason.text}" for reason in reasons_of(mention.verdict)),
        *(f"    {reported_line(report, zone)}" for report in shown.reports(mention)),
        *(f"    Somebody it is about says: {words}" for words in shown.corrections(mention)),
    ]


def _themes_line(themes: Sequence[str]) -> list[str]:
    """“Themes: uniform, costs and fees”; the command line speaks English."""
    w = words("en")
    return [f"  Themes: {'; '.join(w(f'theme.{theme}') for theme in themes)}"] if themes else []


def _mention_json(shown: ShownStory, mention: StoryMention) -> dict[str, object]:
    if mention.restricted:
        return {"channel": mention.channel, "restricted": True, "state": WITH_THE_DSL}
    verdict = mention.verdict
    status: dict[str, object] = {
        "channel": mention.channel,
        "published": utc(mention.published) if mention.published else None,
        "from_before": verdict.history is not None,
        "relevance": verdict.relevance.value, "sentiment": tone_of(verdict),
        "abuse": list(verdict.abuse), "about": verdict.about.value, "severity": int(verdict.severity),
        "event": verdict.event, "route": verdict.route.value, "judged": was_judged(verdict),
        "look": verdict.look,
        "restricted": False,
    }  # fmt: skip
    if not shown.words:
        return status | {"state": WITHOUT_WORDS}
    return status | {
        "id": mention.id, "version": mention.version, "url": mention.url,
        "author": mention.author, "title": mention.title, "text": mention.text,
        "enclosed": list(mention.enclosed), "themes": list(verdict.themes),
        "reasons": [{"code": r.code, "text": r.text} for r in reasons_of(verdict)],
        "reported": [reported_json(r) for r in shown.reports(mention)],
        "corrections": shown.corrections(mention),
    }  # fmt: skip
