"""The alert mailbox: its mails, notices and reports."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import ClassVar
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from data.ids import REPLY_REF, digest, mention_id
from data.types import MailReply, Mention, MentionKind, Page, Request, Response, Source, SourceState
from data.web.channels import ELSEWHERE, UNSAID, WEBSITE, channel, channel_at, place_of
from data.web.urls import canonical_url
from sources.base import MailboxSettings, SourceSettings
from sources.html.parsers import parse_json
from sources.html.sanitise import cleaned
from sources.http.profiles import is_profile
from sources.item_time import each
from sources.mailbox.address import same_mailbox
from sources.mailbox.mail import (
    E_MAIL,
    FORMAT,
    LINK,
    Bundle,
    MailAsFetched,
    ReadMail,
    links_in,
    mail_of,
    without_addresses,
    without_links,
)

# Mails by which a forum, Mumsnet or Facebook says that somebody has written something.

_THING = r"(?:thread|topic|discussion|post|conversation|forum|page|photo|group|comment|review|talk)s?"
_INTRO = re.compile(
    r"(?P<who>\S.{0,80}?) (?:has )?(?:just )?(?:also )?"
    rf"(?:replied|posted|commented|responded|mentioned|quoted|started|created|reviewed)\b.{{0,200}}?\b{_THING}\b",
    re.IGNORECASE,
)
_WATCHED = re.compile(
    rf"because you (?:are|have been) (?:watching|subscribed to|following)\b.{{0,40}}?\b{_THING}\b",
    re.IGNORECASE,
)
_BY = re.compile(r"received a (?:new )?(?:reply|topic|post) by (?P<who>.{1,80}?) since your last visit", re.I)
_SUBJECT = re.compile(
    r"(?:topic|post|forum) (?:reply )?notification|new (?:reply|post|topic|thread|comment)\b"
    r"|watched (?:thread|forum)|(?:replied|reply) to (?:the )?(?:thread|topic|discussion|your)"
    r"|commented on|mentioned",
    re.IGNORECASE,
)
_MACHINE = re.compile(r"no-?_?reply|do-?not-?reply|notif|alert|forum|mailer|board|digest", re.I)
_NAMED = re.compile(r"[\"“]([^\"“”]{2,200})[\"”]|entitled - (.{2,200}?) - in the ", re.IGNORECASE)
_GREETING = re.compile(r"(?:hi|hello|dear|hey)\b.{0,60},?$", re.IGNORECASE)
_STARS = re.compile(r"\*{5,}$")
_FOOTER = re.compile(
    r"-{2,}$|_{3,}$|(?:view|see|read|go to|visit|open) (?:this |the |more |full ){0,3}"
    r"(?:thread|topic|post|discussion|comment)"
    r"|view on |see (?:post|comment) |read more|reply to this |please do not reply|previous replies"
    r"|to (?:view|read|see|respond|reply|unsubscribe|stop)\b"
    r"|you(?:['’]re| are) receiving|you can use the following"
    r"|if you (?:no longer|want|do not|don['’]t|would like|wish)|unsubscribe"
    r"|there may (?:also )?be other replies"
    r"|manage (?:your )?(?:alerts|notifications|preferences)"
    r"|this (?:message|email|e-mail) was sent"
    r"|was sent to |all the best|thanks,(?: the .{1,40})?$"
    r"|watched threads|notification settings|you will not receive",
    re.IGNORECASE,
)
_NOTICES_LABELS = re.compile(
    r"\s*[-–:] (?:new (?:reply|post|comment).{0,60}|reply to watched thread)$|^\[[^\]]{1,60}\]\s*"
    r"|^new (?:reply|post|comment) (?:to|in|on) "
    r"|^(?:re|topic reply notification|new topic notification|reply to (?:thread|topic))\s*[:-]\s*",
    re.IGNORECASE,
)
_NOT_THE_POST = re.compile(
    r"unsub|unwatch|watch=|notif|settings|preferences|login|log-in|account|email[-_]?stop|privacy|terms|contact"
    r"|/help|policies|apps\.apple|play\.google|\.(?:png|gif|jpe?g|css)$",
    re.IGNORECASE,
)
_A_POST = re.compile(
    r"#(?:p|pid|post|comment|msg|findComment)[-_]?\d|/posts?[-/]\d|[?&]p=\d|/t/[^/]+/\d+/\d+|comment", re.I
)
_A_THREAD = re.compile(
    r"viewtopic|showthread|/threads?/|/topics?/|/t/|/talk/|permalink|/posts/|story_fbid", re.I
)
_FACEBOOK = ("facebookmail.com", "facebook.com", "meta.com")
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class ForumNotice:
    """What such a mail tells: the post as far as it brings it, by whom, in what, and where it is."""

    url: str
    channel: str
    title: str
    text: str
    author: str | None


def is_by_machine(mail: ReadMail) -> bool:
    """Was it sent by a program to those on a list, not by a person?"""
    marks = mail.marks
    listed = "list-id" in marks or "list-unsubscribe" in marks
    bulk = marks.get("precedence", "").lower() in ("bulk", "list", "junk")
    auto = marks.get("auto-submitted", "no").lower() not in ("", "no")
    return listed or bulk or auto or bool(_MACHINE.search(mail.sender.partition("@")[0]))


def notice_of(mail: ReadMail) -> ForumNotice | None:
    """The notice, None where it is none that we know."""
    at = _intro(mail.lines)
    known = mail.of(*_FACEBOOK, "mumsnet.com")
    told = _SUBJECT.search(mail.subject) or "list-id" in mail.marks
    if not (
        known
        or (told and (at is not None or is_by_machine(mail)))
        or (at is not None and is_by_machine(mail))
    ):
        return None
    lines = list(mail.lines)
    body = _post(lines[at + 1 :] if at is not None else lines)
    intro = lines[at] if at is not None else ""
    title = _title(mail, intro, lines[at + 1 :] if at is not None else ())
    text = "\n".join(line for line in body if line != title).strip()
    url = _where(mail.words)
    return ForumNotice(url, _channel(mail, url), title, text, _who(mail, intro))


def _intro(lines: Sequence[str]) -> int | None:
    """The line that tells what has happened, among the first."""
    for n, line in enumerate(lines[:30]):
        bare = without_links(line)[:600]
        if _INTRO.match(bare) or _WATCHED.search(bare) or _BY.search(bare):
            return n
    return None


def _post(lines: Sequence[str]) -> list[str]:
    """The post's own lines: between rows of stars, or up to what the program says below it."""
    stars = [n for n, line in enumerate(lines) if _STARS.fullmatch(line)]
    if len(stars) >= 2:
        return [without_links(line) for line in lines[stars[0] + 1 : stars[1]]]
    kept: list[str] = []
    for line in lines:
        bare = without_links(line)
        if _FOOTER.match(bare):
            if any(kept):
                break
            continue
        if kept or (bare and not _GREETING.fullmatch(bare)):
            kept.append(bare)
    return kept


def _title(mail: ReadMail, intro: str, after: Sequence[str]) -> str:
    """What it was written in: as the mail names it, as its first heading with an address, or its subject."""
    named = _NAMED.search(without_links(intro)) or _NAMED.search(mail.subject)
    if named:
        return (named[1] or named[2]).strip()
    first = next((line for line in after if line), "")
    if links_in(first) and without_links(first) and not _FOOTER.match(without_links(first)):
        return without_links(first)
    return _NOTICES_LABELS.sub("", _NOTICES_LABELS.sub("", mail.subject)).strip()


def _who(mail: ReadMail, intro: str) -> str | None:
    bare = without_links(intro)[:600]
    found = _BY.search(bare) or _INTRO.match(bare)
    name = found["who"].rpartition(",")[2].strip() if found else ""
    if not name or len(name) > _LONGEST_NAME or name.lower() in ("you", "someone", "somebody", "there"):
        return None
    return name


def _where(words: str) -> str:
    """The post's address, else its thread's; "" where the mail gives none that is not somebody's profile."""
    links = [url for url in links_in(words) if not _NOT_THE_POST.search(url) and not is_profile(url)]
    inside = [url for url in links if len(urlsplit(url).path.strip("/")) > 0 or urlsplit(url).query]
    for sort in (_A_POST, _A_THREAD):
        found = next((url for url in inside if sort.search(url)), None)
        if found:
            return found
    return next(iter(inside), "")


def _channel(mail: ReadMail, url: str) -> str:
    if mail.of(*_FACEBOOK):
        return "facebook"
    found = "mumsnet" if mail.of("mumsnet.com") else channel_at(url)
    return "local_forum" if found in (WEBSITE, *UNSAID) else found


# What people send on: “have you seen this?”, with the post below, as mail programs do it, or its address; and
# how they reply to alerts of ours.

_MARK = re.compile(
    r"(?:begin )?-{0,20} ?(?:forwarded message|original message|begin forwarded message|original appointment"
    r"|neges (?:wreiddiol|wedi['’]i hanfon ymlaen))\b.{0,40}",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"\*?(?P<name>from|sent|date|to|cc|bcc|subject|reply-to|importance"
    r"|oddi wrth|anfonwyd|dyddiad|at|pwnc)\*?:\*?"
    r"(?: (?P<said>.{0,1000}))?",
    re.IGNORECASE,
)
_FIRST = ("from", "oddi wrth")
_SUBJECTS = ("subject", "pwnc")
_RULE = re.compile(r"[_-]{10,}")
_SIGNATURE = re.compile(
    r"--|sent from my .{1,40}|get outlook for .{1,40}|anfonwyd o fy .{1,40}", re.IGNORECASE
)
_REPORTS_LABELS = re.compile(r"^(?:\s*(?:fw|fwd|re|ymlaen|ate?b)\s*:)+\s*", re.IGNORECASE)
_QUOTE = re.compile(r"(?:> ?)+")
_FEW_WORDS = 4


@dataclass(frozen=True, slots=True)
class PersonsMail:
    """What somebody sent on, and what they say of it. `url` is "" where they gave no address of a post."""

    url: str
    title: str
    text: str
    comment: str


def report_of(mail: ReadMail) -> PersonsMail | None:
    """What a person's mail reports; None where it has no words and no address."""
    lines = _lines(mail)
    begins = _begins(lines)
    own = _unsigned(lines[:begins] if begins is not None else lines)
    passed, title, known = _passed_on(lines[begins:] if begins is not None else [])
    known |= {mail.sender}
    links = (link for line in (*passed, *own) for link in links_in(line))
    url = next((link for link in links if not is_profile(link)), "")
    comment = without_addresses(_text(own, url), known)
    text = without_addresses(_text(passed, url), known)
    if not (text or comment or url):
        return None
    subject = title or _REPORTS_LABELS.sub("", mail.subject)
    if not text:
        return PersonsMail(url, subject, comment, "")
    return PersonsMail(url, subject, text, comment if len(comment.split()) >= _FEW_WORDS else "")


def is_passed_on(mail: ReadMail) -> bool:
    """Does it hold something that was forwarded?"""
    return _begins(_lines(mail)) is not None


def _lines(mail: ReadMail) -> list[str]:
    """Its lines, as they were before they were quoted."""
    return [_QUOTE.sub("", line, count=1) if line.startswith(">") else line for line in mail.lines]


def _begins(lines: Sequence[str]) -> int | None:
    """Where what was forwarded begins."""
    for n, line in enumerate(lines):
        if _MARK.fullmatch(line) or _block(lines, n) > n:
            return n
    return None


def _block(lines: Sequence[str], n: int) -> int:
    """The end of a block of header lines that begins there; `n` itself where there is none."""
    found = _HEADER.fullmatch(lines[n])
    if found is None or found["name"].lower() not in _FIRST:
        return n
    end, named = n + 1, 1
    while end < len(lines) and end - n < 30:
        if _HEADER.fullmatch(lines[end]):
            named += 1
        elif not lines[end] or named >= 4:
            break
        end += 1
    return end if named >= 3 else n


def _passed_on(lines: Sequence[str]) -> tuple[list[str], str, set[str]]:
    """What was forwarded without the lines that say by whom to whom; its subject; the addresses in them."""
    kept: list[str] = []
    title, known, n = "", set[str](), 0
    while n < len(lines):
        end = _block(lines, n)
        for line in lines[n:end]:
            found = _HEADER.fullmatch(line)
            known |= {address.lower() for address in E_MAIL.findall(line)}
            if found and found["name"].lower() in _SUBJECTS:
                title = _REPORTS_LABELS.sub("", found["said"] or "")
        if end == n:
            if not any(no_words.fullmatch(lines[n]) for no_words in (_MARK, _RULE, _SIGNATURE)):
                kept.append(lines[n])
            end = n + 1
        n = end
    return kept, title, known


def _unsigned(lines: Sequence[str]) -> list[str]:
    """Without the signature below, and the rule that Outlook draws above what it forwards."""
    end = next((n for n, line in enumerate(lines) if _SIGNATURE.fullmatch(line)), len(lines))
    return [line for line in lines[:end] if not _RULE.fullmatch(line)]


def _without(line: str, url: str) -> str:
    """A line without an address that is kept beside it, at its end, and without those of profiles."""
    for link in links_in(line):
        shown = f"<{link}>"
        if is_profile(link) or (link == url and line.endswith(shown)):
            line = line.replace(shown, " ")
    return line


def _text(lines: Sequence[str], url: str) -> str:
    """The words, without the address that is kept beside them and those of profiles."""
    spaced = "\n".join(" ".join(_without(line, url).split()) for line in lines)
    return re.sub(r"\n{3,}", "\n\n", spaced).strip() if without_links(spaced) else ""


_MINE = re.compile(r"[\s\"“‘'*(]*mine\b(?!['’\w])", re.IGNORECASE)
_BANNER = re.compile(
    r"\W*(?:external|caution|warning)\b|(?:you|some people).{0,60} don['’]t often get e-?mail", re.I
)
"""What a mail system writes above a mail from outside."""
_AUTOMATIC = ("bulk", "list", "junk", "auto_reply")
_ASIDE = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\Z)|\([^()"]*(?:\)|\Z)')
"""What a verdict quotes or puts in brackets: words of the sender's may stand there."""
_PASSED = re.compile(
    r"\s*(?:dmarc=pass\b(?:.*\sheader\.from=(?P<of>[\w.-]+))?"
    r"|dkim=pass\b.*\sheader\.(?:d=|i=\S*@)(?P<by>[\w.-]+))",
    re.I | re.S,
)
_FAILED = re.compile(r"=(?:soft)?fail\b", re.I)
_MICROSOFT = ("graph://", "imaps://outlook.office365.com/")


def reply_of(mail: ReadMail, *, automatic: bool) -> MailReply | None:
    """The reply; None where it answers no mail of ours, or no person wrote it."""
    found, marks = REPLY_REF.search(mail.subject), mail.marks
    by_machine = marks.get("auto-submitted", "no").lower() not in ("", "no")
    if found is None or automatic or by_machine or marks.get("precedence", "").lower() in _AUTOMATIC:
        return None
    return MailReply(found[1], mail.sender, bool(_MINE.match(_first_line(mail.lines))), _is_doubtful(mail))


def _first_line(lines: Sequence[str]) -> str:
    """The first line with words, below what a mail system wrote above them."""
    said = list(lines)
    while said and not said[0]:
        del said[0]
    if said and _BANNER.match(said[0]):
        return next((line for line in said[said.index("") :] if line), "") if "" in said else ""
    return said[0] if said else ""


def _is_doubtful(mail: ReadMail) -> bool:
    """Does the server that took it in give a verdict, and not that it comes from where it says? The first
    such header is that server's own. Exchange signs nothing within one tenant, and says so in a header that
    it takes from nobody outside; others let that pass."""
    verdict = mail.marks.get("authentication-results", "")
    inside = mail.marks.get("x-ms-exchange-organization-authas", "").lower() == "internal"
    if not verdict or (inside and mail.address.startswith(_MICROSOFT) and not _FAILED.search(verdict)):
        return False
    while (plain := _ASIDE.sub(" ", verdict)) != verdict:
        verdict = plain
    passed = filter(None, map(_PASSED.match, verdict.split(";")))
    return not any(
        (domain := found["of"] or found["by"]) is None or mail.of(domain.lower()) for found in passed
    )


# The collector of a mailbox of the school's own: alerts, notices of forums, and what people send on.

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
