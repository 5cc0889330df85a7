"""The collector of a mailbox of the school's own: alerts, notices of forums, and what people send on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from data.ids import digest, mention_id
from data.types import MailReply, Mention, MentionKind, Page, Request, Response, Source, SourceState
from data.web.channels import ELSEWHERE, WEBSITE, channel, channel_at, place_of
from data.web.urls import canonical_url
from sources.base import MailboxSettings, SourceSettings
from sources.html.parsers import parse_json
from sources.html.sanitise import cleaned
from sources.http.profiles import is_profile
from sources.item_time import each
from sources.mailbox.address import same_mailbox
from sources.mailbox.mail import (
    FORMAT,
    LINK,
    Bundle,
    MailAsFetched,
    ReadMail,
    links_in,
    mail_of,
    without_links,
)
from sources.mailbox.notices import is_by_machine, notice_of
from sources.mailbox.reports import is_passed_on, reply_of, report_of

_SECTION = re.compile(r"={3,} .{0,300}? ={3,}")
_NOT_A_RESULT = re.compile(
    r"see (?:more|all) (?:results|stories)|flag as irrelevant|unsubscribe|edit this alert|see all your alerts"
    r"|this once a|you have received this|(?:- ){4,}|-{8,}|full coverage|share on|receive this alert as",
    re.IGNORECASE,
)
_LONGEST_OUTLET = 60
_MOST_RESULTS = 200


@dataclass(frozen=True, slots=True)
class AlertResult:
    """One result of an alert; `outlet` is "" where none is named."""

    url: str
    title: str
    outlet: str
    snippet: str


def is_alert(mail: ReadMail) -> bool:
    """Is it a mail of Google Alerts? A person's, who forwards one, is not."""
    return mail.of("google.com") and "alert" in mail.sender


def results_of(mail: ReadMail) -> list[AlertResult]:
    """What was found, in the mail's order."""
    lines = [line for line in mail.lines if line]
    at = [(n, url) for n, line in enumerate(lines) for url in links_in(line)[:1] if _is_result(url)]
    if not at:
        return []
    below = sum(bool(without_links(lines[n])) for n, _ in at) * 2 < len(at)
    parts = _above(lines, at) if below else _beside(lines, at)
    found = (_result(url, _said(said)) for url, said in parts)
    return [result for result in found if result is not None][:_MOST_RESULTS]


def _above(lines: Sequence[str], at: Sequence[tuple[int, str]]) -> Iterator[tuple[str, Sequence[str]]]:
    for n, url in at:
        before = n
        while before and not links_in(lines[before - 1]):
            before -= 1
        yield url, lines[before:n]


def _beside(lines: Sequence[str], at: Sequence[tuple[int, str]]) -> Iterator[tuple[str, Sequence[str]]]:
    ends = [n for n, _ in at[1:]] + [len(lines)]
    for (n, url), end in zip(at, ends, strict=True):
        yield url, [without_links(lines[n]), *lines[n + 1 : end]]


def _said(lines: Sequence[str]) -> list[str]:
    """The lines that belong to a result, up to the first that does not."""
    text = _SECTION.sub("\n", "\n".join(map(without_links, lines)).replace("===\n", "=== "))
    kept: list[str] = []
    for line in filter(None, map(str.strip, text.split("\n"))):
        if _NOT_A_RESULT.search(line):
            if kept:
                break
            continue
        kept.append(line)
    return kept


def _result(url: str, said: Sequence[str]) -> AlertResult | None:
    if not said:
        return None
    named = len(said) > 2 and len(said[1]) <= _LONGEST_OUTLET
    return AlertResult(url, said[0], said[1] if named else "", " ".join(said[2 if named else 1 :]))


def _is_result(url: str) -> bool:
    """Does it lead out of Google: not to the alert's own pages?"""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    own = host in ("google.com", "google.co.uk", "support.google.com", "accounts.google.com", "goo.gl")
    return not own or parts.path.startswith("/maps")


_IDS = "mailbox"
_NO_BUNDLE = "This is not what a mailbox brings."
_MOST_OF_OTHERS = 3_000


class MailboxOfAlerts:
    """Reads what a mailbox brings: results of alerts, notices, and people's own reports."""

    kind: ClassVar[str] = "mailbox"
    settings: ClassVar[type[SourceSettings]] = MailboxSettings

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """What nobody has read yet, if the state knows it of this mailbox; else everything."""
        left = state.resume if state.resume and same_mailbox(source.url, state.resume) else source.url
        return [Request(left, auth=source.id)]

    def recognises(self, response: Response) -> float:
        """By what the fetcher writes at its beginning."""
        return 0.95 if f'"{FORMAT}"'.encode() in response.body[:64] else 0.0

    def parse(self, source: Source, response: Response) -> Page:
        """Every mail in the order in which they came; what is no mention is counted."""
        bundle = bundle_of(response.body.decode("utf-8", "replace"))
        if bundle is None:
            return Page(warnings=(_NO_BUNDLE,))
        mentions: dict[str, Mention] = {}
        passed: Counter[str] = Counter({_BROKEN: bundle.broken})
        replies: list[MailReply] = []
        senders = MailboxSettings.model_validate(dict(source.settings)).senders
        told, late = each(
            lambda mail: _told(mail, source, response.fetched_at, senders), bundle.mails, "Mails"
        )
        for found, why in told:
            if isinstance(found, MailReply):
                replies.append(found)
                passed[_NOT_MINE] += not found.takes
                continue
            passed.update(why)
            mentions.update((m.id, m) for m in found)
        resume = bundle.resume if same_mailbox(source.url, bundle.resume) else None
        counted = {why: f"{why}: {n}." for why, n in passed.items() if n}
        return Page(
            mentions=tuple(mentions.values()),
            next=Request(resume, auth=source.id) if resume and bundle.waiting else None,
            resume=resume,
            left_out=(*counted.values(), *late),
            unread=(*late, *(said for why, said in counted.items() if why in (_BROKEN, _CUT))),
            replies=tuple(replies),
        )


def _told(
    fetched: MailAsFetched, source: Source, at: datetime, senders: Sequence[str]
) -> tuple[list[Mention] | MailReply, list[str]]:
    """What one mail says, and what is to be counted of it. One that is made to break us hides no other."""
    try:
        mail = mail_of(fetched, at)
        if reply := reply_of(mail, automatic=bool(_ignored(mail))):
            return reply, []
        if senders and not any(_is_from(mail, each.lower()) for each in senders):
            return [], [_OTHERS]
        found = list(_mentions(mail, source, at))
    except (ValueError, RecursionError):
        return [], [_BROKEN]
    passed = [] if found else [_ignored(mail) or _EMPTY]
    return found, [*passed, _CUT] if mail.cut else passed


def _is_from(mail: ReadMail, sender: str) -> bool:
    """Does it say that it comes from that address, or that domain?"""
    return mail.sender == sender if "@" in sender.lstrip("@") else mail.of(sender.lstrip("@"))


_BUNDLE = TypeAdapter(Bundle)


def bundle_of(document: str) -> Bundle | None:
    """What `as_document` wrote; None for what is none."""
    try:
        told = parse_json(document)
        return _BUNDLE.validate_python(told) if told["format"] == FORMAT else None
    except (ValueError, KeyError, TypeError):
        return None


_REPLIES = "Automatic replies, and mails that came back"
_NOT_MINE = "Replies to mails of ours without “mine” as their first word, read by nobody"
_OTHERS = "Mails from others than those whose mails are read"
_SPAM = "Mails that the server takes for spam"
_EMPTY = "Mails without words or an address that could be read"
_BROKEN = "Mails that could not be read: look at them in the mailbox"
_CUT = "Mails of which only the beginning was read"


def _ignored(mail: ReadMail) -> str:
    """Why a mail is not looked at; "" for one that is."""
    marks = mail.marks
    replied = marks.get("auto-submitted", "").lower().startswith("auto-replied")
    absent = replied or marks.keys() & {"x-autoreply", "x-autorespond", "x-failed-recipients"}
    bounced = mail.sender.startswith(("mailer-daemon@", "postmaster@"))
    if absent or bounced or "multipart/report" in marks.get("content-type", "").lower():
        return _REPLIES
    spam = marks.get("x-spam-flag", "").lower() == "yes"
    return _SPAM if spam or marks.get("x-spam-status", "").lower().startswith("yes") else ""


def _mentions(mail: ReadMail, source: Source, at: datetime) -> Iterator[Mention]:
    if _ignored(mail):
        return
    enclosed, where = mail.enclosed, mail.address if mail.enclosed else ""
    for mention in _read(mail, at):
        there = source.channel or mention.channel
        yield cleaned(replace(mention, channel=there, enclosed=enclosed, mail=where))
        enclosed, where = (), ""


def _read(mail: ReadMail, at: datetime) -> Iterator[Mention]:
    if is_alert(mail):
        return _alerts(mail, at)
    by_person = not is_by_machine(mail)
    if not (by_person and is_passed_on(mail)):
        notice = notice_of(mail)
        if notice is not None:
            made = _mention(mail, at, notice.url, notice.channel, (notice.title, notice.text))
            return iter([replace(made, author=notice.author)])
    return _report(mail, at) if by_person else _other(mail, at)


def _alerts(mail: ReadMail, at: datetime) -> Iterator[Mention]:
    """One mention a result; its id is its address's, so that two alerts bring it once."""
    for result in results_of(mail):
        where = channel_at(result.url)
        kind = MentionKind.POST if channel(where).reports else MentionKind.ARTICLE
        yield Mention(
            id=mention_id(_IDS, canonical_url(result.url)),
            url=result.url,
            channel="google_news" if where == WEBSITE else where,
            kind=kind,
            title=result.title,
            text=result.snippet,
            fetched_at=at,
            author=(result.outlet if kind is MentionKind.ARTICLE else "") or None,
            published=mail.sent,
        )


def _report(mail: ReadMail, at: datetime) -> Iterator[Mention]:
    """What a person sent on, and what they say of it, told apart."""
    found = report_of(mail)
    if found is None:
        return
    where = place_of(ELSEWHERE, found.url)
    post = replace(_mention(mail, at, found.url, where, (found.title, found.text)), sent_on=True)
    yield post
    if found.comment:
        said = _mention(mail, at, "", ELSEWHERE, ("", found.comment))
        yield replace(said, kind=MentionKind.COMMENT, parent=post.id, sent_on=True)


def _other(mail: ReadMail, at: datetime) -> Iterator[Mention]:
    """A program's mail of a shape that we do not know: kept where it names the school, as an article is."""
    words = LINK.sub(" ", mail.words)
    text = "\n".join(" ".join(line.split()) for line in words.split("\n") if line.strip())[:_MOST_OF_OTHERS]
    url = next((link for link in links_in(mail.words) if not is_profile(link)), "")
    if text or url:
        made = _mention(mail, at, url, place_of(ELSEWHERE, url), (mail.subject, text))
        yield replace(made, kind=MentionKind.ARTICLE)


def _mention(mail: ReadMail, at: datetime, url: str, channel: str, said: tuple[str, str]) -> Mention:
    title, text = said
    own = digest(mail.key, url, title, text)
    made_of = mention_id(_IDS, own)
    return Mention(made_of, url, channel, MentionKind.POST, title, text, at, published=mail.sent)
