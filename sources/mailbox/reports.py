"""What people send on: “have you seen this?”, with the post below, as mail programs do it, or its address;
and how they reply to alerts of ours.

Gmail, Outlook and Apple ReadMail, in English and Welsh. What was forwarded is the post; what the person who
forwarded it wrote is a comment of its own. Neither their address nor anybody's in the lines between is kept.

By “mine” as the first word of a reply they take the matter. Its reference stands in the subject, which every
mail program repeats. A Message-ID would not do: Microsoft 365 and others give a mail one of their own as it
goes out. Nor would an address with a plus sign: a school can switch those off, and the mail comes back.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from data.ids import REPLY_REF
from data.types import MailReply
from sources.http.profiles import is_profile
from sources.mailbox.mail import E_MAIL, ReadMail, links_in, without_addresses, without_links

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
_LABELS = re.compile(r"^(?:\s*(?:fw|fwd|re|ymlaen|ate?b)\s*:)+\s*", re.IGNORECASE)
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
    subject = title or _LABELS.sub("", mail.subject)
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
                title = _LABELS.sub("", found["said"] or "")
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
