"""Mails by which a forum, Mumsnet or Facebook says that somebody has written something.

phpBB, vBulletin, XenForo, Discourse and Invision in their usual English wording, and whatever else says that
somebody “replied to a topic that you are watching”. Some bring the post, others only tell that there is one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from data.web.channels import UNSAID, WEBSITE, channel_at
from sources.http.profiles import is_profile
from sources.mailbox.mail import ReadMail, links_in, without_links

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
_LABELS = re.compile(
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
    return _LABELS.sub("", _LABELS.sub("", mail.subject)).strip()


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
