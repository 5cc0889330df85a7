"""Tell whose words a mail holds: its writer's, those that were sent on, or nobody's; and who sent it.

What mail programs write around them is data: mail_words.toml. Pure; the time is in proportion to the words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import groupby
from urllib.parse import unquote, urlsplit

from data.frozen import freeze
from data.ids import REPLY_REF
from data.types import MailReply
from data.web.channels import channel, channel_at, host_of, is_of_many_posts
from data.web.urls import is_profile
from sources.mailbox.mail import (
    AROUND,
    DANGER,
    E_MAIL,
    LINK,
    ReadMail,
    decode_base64,
    links_in,
    without_links,
)
from sources.mailbox.signed import Holds


@cache
def _words(part: str, name: str) -> tuple[str, ...]:
    """One of its lists, in lower case, the longest first."""
    return tuple(sorted(map(str.lower, AROUND[part][name]), key=len, reverse=True))


def _plain(line: str) -> str:
    return line.replace("İ", "I").lower().replace("’", "'")


@cache
def _header_pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    """Build the pattern of a header's name and its colon in a line, and what each name says."""
    says = {name.lower(): kind for kind, names in AROUND["headers"].items() for name in names}
    names = "|".join(re.escape(name) for name in sorted(says, key=len, reverse=True))
    begins = r"(?:(?<![^\W\d_])|(?-i:(?<=[A-Z]{3})|(?<=[AP]M)))"  # “05:02 PM GMTSubject:”
    return re.compile(rf"\*?{begins}({names})[ \t]?\*?[:：]\*?[ \t]*", re.IGNORECASE), says


@cache
def _word_pattern(part: str, name: str) -> re.Pattern[str]:
    """Build a pattern for one of the words of a list at a place where a word begins."""
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, _words(part, name)))})(?!\w)", re.IGNORECASE)


# Where what was forwarded or is answered begins.

_QUOTED = re.compile(r"(?:> ?){1,50}")
_RULE = re.compile(r"(?=[\W_]*+\Z).*[_=*-]{5}.*")
_CLOCK = re.compile(r"\d{1,2}[:.h]\d{2}")
_DAY = re.compile(r"(?<!\d)(?:19|20|[٢۲२]\d)\d\d(?!\d)")
_WHEN = re.compile(f"{_CLOCK.pattern}|{_DAY.pattern}")
_FIELD = re.compile(r"\*?([^\W\d_][^:：@<>\n]{0,39})[:：]\*?\s*")
"""A label, in whatever language, before its value."""
_DASHED = re.compile(r"[-–—_=*‐]{3,}[^-–—_=*‐]{2,80}[-–—_=*‐]{3,}")
_ENDS = (".", "!", "?", "。", "！", "？", "۔", "؟")
_MOST_HEADERS, _MOST_WROTE, _LONGEST_HEADER, _LONGEST_WROTE, _LONGEST_NOTE = 30, 4, 1_000, 500, 22
_MOST_FREE, _LONGEST_DATE, _FEWEST_WORDS = 3, 60, 3
_NAMES = re.compile(r"[^\W\d_]{3,40}")
_TIME = re.compile(
    r".{0,60}?\d{1,2}[:.]\d\d(?:[:.]\d\d)?(?: ?[AP]M\b)?(?: ?\(?[A-Z]{2,4}(?:[+-][\d:]{1,5})?\)?(?!\w))?"
)


@freeze
class Parted:
    """A mail's own words and those that were sent on, without what nobody said; the subject of these. `known`
    are the addresses of those who wrote or got any of it, in lower case."""

    own: tuple[str, ...]
    passed: tuple[str, ...]
    title: str
    known: frozenset[str]


@freeze
class _Heading:
    """A heading: where it ends, what it says, whose words it holds, and who wrote what follows."""

    end: int
    subject: str = ""
    rest: str = ""
    by: str = ""


@freeze
class _Part:
    """A line of a mail, or what a heading stands in; how deep it is quoted, and the next words below it."""

    words: str
    depth: int
    below: int
    heading: _Heading | None


@freeze
class _MailSender:
    """The sender of a mail, by address and names; `replies`: it may answer `ours`, our own addresses and
    domains; `turns`: we write in its chain."""

    address: str
    names: frozenset[str]
    ours: Sequence[str]
    replies: bool
    turns: bool

    def quotes_us(self, by: str, within: bool) -> bool:
        """Did we write what stands below a heading that says `by`, which stands `within` words of ours?"""
        if E_MAIL.search(by):
            again = within and self.address and self.address in by.lower()
            return self.turns and bool(again or _is_of(by, self.ours))
        if not (self.replies and by):
            return within
        return _names_us(by, self.ours) or (within and bool(self.names & _names(by)))


def part_by_writer(
    mail: ReadMail, lines: Sequence[str], ours: Sequence[str] = (), people: str = ""
) -> Parted:
    """The lines of a mail, or of one that is enclosed in it and its `people`, by who wrote them. What it
    answers of ours, our own addresses and domains, is left out where its sender says anything else. The line
    above a quotation says whose that is, and nothing of one within it."""
    marks = [found[0] if (found := _QUOTED.match(line)) else "" for line in lines]
    bare = [line[len(mark) :].strip() for line, mark in zip(lines, marks, strict=True)]
    parts = list(_list_parts(bare, [mark.count(">") for mark in marks]))
    names = _names(people or f"{mail.marks.get('from', '')} {mail.sender.partition('@')[0]}")
    replies = bool(ours) and not (is_from(mail, ours) or _label_of(mail) in _words("around", "forwards"))
    sender = _MailSender(mail.sender, frozenset(names), ours, replies, replies or _take_turns(bare, ours))
    before = f"{mail.marks.get('in-reply-to', '')} {mail.marks.get('references', '')[-_LONGEST_HEADER:]}"
    own, answered, passed, grave = _sort_out(parts, sender, replies and _is_of(before, ours))
    headed = [part.words for part in parts if part.heading]
    names |= _names(" ".join(said[:_LONGEST_HEADER] for said in headed))
    spoken = _without_signature(own, names)
    sent_on = _without_signature(passed if any(spoken) and not grave else [*answered, *passed], names)
    titles = [part.heading.subject for part in parts if part.heading and part.heading.subject]
    beside = [part.words for part in parts if part.below]  # above what is quoted
    known = addresses_in(
        [*_in_fields(bare), people, *beside, *headed, *(said.replace(" ", "") for said in headed)]
    )
    return Parted(spoken, sent_on, titles[-1] if titles else "", known.union({mail.sender} - {""}))


def _list_parts(lines: Sequence[str], depths: Sequence[int]) -> Iterator[_Part]:
    """List the headings among the lines, which are quoted so deep, and each of the other lines."""
    heads, n = [_header_in(line) for line in lines], 0
    # of the next line with words below each, 0 for one that is not quoted
    beside = [zip(lines[m : m + 5], depths[m : m + 5], strict=True) for m in range(1, len(lines) + 1)]
    below = [next((depth for line, depth in five if line), 0) for five in beside]
    while n < len(lines):
        heading = _read_heading(lines, heads, n, below) if lines[n] else _Heading(n)
        end = max(heading.end, n + 1)
        words = " ".join(lines[n:end])
        yield _Part(words, depths[n], below[end - 1], heading if heading.end > n else None)
        n = end


def _sort_out(
    parts: Iterable[_Part], sender: _MailSender, answers: bool
) -> tuple[list[str], list[str], list[str], bool]:
    """Sort the lines by who wrote them: the sender, we where the sender `answers` us, others. May another
    speak of danger within ours?"""
    own, answered, passed = list[str](), list[str](), list[str]()
    whose, sent_on, named, grave = {0: answers, 1: answers}, False, False, False  # by depth: is it ours?
    for part in parts:
        line, depth, ours = part.words, part.depth, whose.get(part.depth, False)
        if heading := part.heading:
            sent_on, named = sent_on or not (depth or part.below), bool(E_MAIL.search(heading.by))
            ours = sender.quotes_us(heading.by, whose[max(at for at in whose if at <= depth)])
            inner = depth + (part.below > depth)
            whose = {at: by_us for at, by_us in whose.items() if at < inner} | {inner: ours}
            (answered if ours else passed).extend(["", heading.rest] if heading.rest else [""])
        elif not (sent_on or depth):
            own.append(line)
        else:
            (answered if ours else passed).append(line)
            # between our lines, or where nothing says who wrote, another may speak
            unsure = ours and not (depth and named) and not line.endswith("?")
            grave = grave or (unsure and speaks_of_danger(line))
    return own, answered, passed, grave


def _take_turns(lines: Iterable[str], ours: Sequence[str]) -> bool:
    """Do we, and somebody else, each write a mail of a chain?"""
    heads = filter(None, map(_header_in, lines if ours else ()))
    return len({_is_of(says, ours) for name, says in heads if name == "from" and E_MAIL.search(says)}) > 1


def _in_fields(lines: Sequence[str]) -> Iterator[str]:
    """Lines of a label and its value, where two or more stand together: a form's, or some mail's headers."""
    filled = [bool(_FIELD.match(line)) and line for line in lines if line]
    for above, line, below in zip(["", *filled], filled, [*filled[1:], ""], strict=False):
        if line and (above or below):
            yield line


def _is_of(said: str, ours: Iterable[str]) -> bool:
    """Is an address in it one of ours, or of a domain of ours?"""
    named = [address.lower() for address in E_MAIL.findall(said)]
    return any(a == one or re.search(rf"[@.]{re.escape(one)}$", a) for a in named for one in ours)


def _names_us(said: str, ours: Iterable[str]) -> bool:
    """Does it name an office of a school, or one of our domains without its ends?"""
    names = {re.sub(r"\W", "", one.partition(".")[0]) for one in ours if "@" not in one} - {""}
    low = re.sub(r"\W", "", said.lower())
    return any(name in low for name in names) or bool(_word_pattern("around", "our_offices").search(said))


def _names(said: str) -> set[str]:
    return {word.lower() for word in _NAMES.findall(E_MAIL.sub(" ", said))}


def _header_in(line: str) -> tuple[str, str] | None:
    """Read the header that a line begins with, and its value."""
    pattern, says = _header_pattern()
    found = pattern.match(line[:_LONGEST_HEADER])
    return (says[found[1].lower()], line[found.end() :].strip()) if found else None


def _read_heading(
    lines: Sequence[str], heads: Sequence[tuple[str, str] | None], n: int, quoted: Sequence[int]
) -> _Heading:
    """Read what a mail program wrote above another mail; it ends where it begins where there is none."""
    marked = _mark_ends(lines[n])
    rest = lines[n][marked:].strip(" -_*>:")
    if rest and (marked or heads[n]) and (in_one := _in_one_line(rest)):
        return _Heading(n + 1, *in_one)
    if marked and not rest:
        block = _block(lines, heads, n + 1, least=2)
        return block if block.end > n + 1 else _fields(lines, n + 1, marked=True) or _Heading(n + 1)
    block = _block(lines, heads, n, least=3) if heads[n] else _Heading(n)
    if block.end > n:
        return block
    dashed = _DASHED.fullmatch(lines[n]) and _fields(lines, n + 1, marked=True)
    return dashed or _fields(lines, n, marked=False) or _wrote(lines, n, quoted)


def _mark_ends(line: str) -> int:
    """Find how far a line “---- Forwarded message ----” goes; 0 for another."""
    bare = _plain(line[:200])
    start = len(bare) - len(bare.lstrip(" -_=*>"))
    for mark in _words("around", "marks"):
        if bare.startswith(mark, start):
            rest = bare[start + len(mark) :]
            end = len(bare) - len(rest.lstrip(" -_=*:"))
            dashed = start > 2 and rest.startswith((" -", "-", " _", ":"))
            return end if dashed or not bare[end:] else 0
    return 0


def _block(lines: Sequence[str], heads: Sequence[tuple[str, str] | None], n: int, least: int) -> _Heading:
    """Lines of headers that begin there, or below a blank line: who wrote it, and more things of it."""
    seen: dict[str, list[str]] = {}
    at = end = n
    while at < min(len(lines), n + _MOST_HEADERS) and at - end <= 2:
        line, head = lines[at], heads[at]
        if head and (head[0] not in seen or at == end):
            last = seen.setdefault(head[0], [])
            last.append(head[1])
            end = at + 1
        elif line and seen and at == end and (not last[-1] or E_MAIL.search(line[:_LONGEST_HEADER])):
            last.append(line)
            end = at + 1
        elif line and not _RULE.fullmatch(line):
            break
        at += 1
    if "from" not in seen or len(seen) < least:
        return _Heading(n)
    return _Heading(end, label_less(" ".join(seen.get("subject", ())).strip()), by=" ".join(seen["from"]))


def _fields(lines: Sequence[str], n: int, *, marked: bool) -> _Heading | None:
    """Headers in a language that the table has not, above words: lines of a label and a value, of which two
    hold an address or a date, or one below a mark. Of the other values the last is the subject, and what may
    be a sentence is kept; None for what may be a form."""
    near = range(n, min(n + 3, len(lines)))
    begins = next((m for m in near if lines[m] and not _RULE.fullmatch(lines[m])), n)
    values: list[str] = []
    end = begins if not (n and _FIELD.match(lines[begins - 1])) else len(lines)
    for line in lines[end : end + _MOST_HEADERS]:
        if field := _FIELD.match(line):
            values.append(line[field.end() : _LONGEST_HEADER])
        elif line and values and (not values[-1] or values[-1].endswith((",", ";"))):
            values[-1] += line[:_LONGEST_HEADER]
        else:
            break
        end += 1
    people = [v for v in values if "@" in v and E_MAIL.search(v)]
    dated = [v for v in values if v not in people and len(v) <= _LONGEST_DATE and _WHEN.search(v)][:1]
    free = [v for v in values if v not in (*people, *dated)]
    sure = (people or dated) if marked else len(people + dated) > 1 and values[0] in people
    if not sure or len(values) < 2 or len(free) > _MOST_FREE or not any(lines[end : end + 6]):
        return None
    said = (v for v in free if v.endswith(_ENDS) or len(v) > _LONGEST_DATE or speaks_of_danger(v))
    by = values[0] if values[0] in people else "?"
    return _Heading(end, label_less("".join(free[-1:])), " ".join(said), by)


def _in_one_line(line: str) -> tuple[str, str, str] | None:
    """The subject of a mail whose headers stand in one line, what may be its first words, and its writer."""
    pattern, says = _header_pattern()
    found = [(says[each[1].lower()], each) for each in pattern.finditer(line[:_LONGEST_HEADER])]
    kinds = {kind for kind, _ in found}
    if len(kinds) < 3 or not {"from", "to"} <= kinds or found[0][1].start() > 2:
        return None
    values = {
        kind: line[each.end() : following[1].start() if following else len(line)].strip()
        for (kind, each), following in reversed([*zip(found, [*found[1:], None], strict=True)])
    }
    last, said = found[-1][0], label_less(values.get("subject", ""))
    rest = said if last == "subject" else "" if said else _TIME.sub("", values[last], count=1).strip()
    return said, rest, values["from"]


def _wrote(lines: Sequence[str], n: int, below: Sequence[int]) -> _Heading:
    """“On …, somebody wrote:”, over up to four lines. Without a word for it, it may be somebody's own."""
    for end in range(n + 1, min(n + 1 + _MOST_WROTE, len(lines) + 1)):
        said, quoted = " ".join(lines[n:end]), below[end - 1]
        if not lines[end - 1] or len(said) > _LONGEST_WROTE:
            break
        wrote, somebody, when = _says_who_wrote(said, quoted)
        if not (wrote or (somebody and when)):
            continue
        if end > n + 1:
            whole = all(_says_who_wrote(" ".join(lines[n + 1 : end]), quoted))
            begins = _DAY.search(lines[n]) if whole else re.search(r"[\d@]", lines[n])
            if not begins or lines[n].endswith((".", "!", "?")):
                break  # what stands above it are somebody's words
        sure = somebody or quoted or (re.search(r"\d", _CLOCK.sub("", said)) and _CLOCK.search(said))
        if wrote and sure and len(said.split()) <= _LONGEST_NOTE:
            return _Heading(end, by=said)
        if somebody:
            return _Heading(end, rest=said, by=said)
    return _Heading(n)


def _says_who_wrote(said: str, quoted: int) -> tuple[bool, bool, bool]:
    """Does it end as such a line does with a word for it; with an address; and with a time?"""
    low = said.lower().strip(" -")
    if not low.endswith((":", "：")) and not (low.endswith("wrote") and (quoted or low != said.lower())):
        return False, False, False
    somebody = "@" in low and E_MAIL.search(low.replace(" ", ""))
    wrote = any(word in low for word in _words("around", "wrote"))
    return wrote, bool(somebody), bool(_WHEN.search(low))


_LABEL = re.compile(r"\s*(?:\[[^\]]{1,40}\]\s*)?([\w.̇]{1,12})\s*(?:\[\d+\])?[:：]\s*")


def _label_of(mail: ReadMail) -> str:
    """Read the label of its subject, in lower case, without its colon; "" for none."""
    found = _LABEL.match(mail.subject)
    return found[1].lower() if found else ""


def label_less(subject: str) -> str:
    """A subject without “Re:” and “Fwd:”, in whatever language."""
    for _ in range(20):
        found = _LABEL.match(subject)
        if not found or found[1].lower() not in _words("around", "labels"):
            break
        subject = subject[found.end() :]
    return subject.strip()


# What nobody said: signatures, and what mail systems and lists add.

_SIGN = re.compile(r"[-—–_]{2,}|—")
_NUMBERS = re.compile(r"[\d@./|+]")
_SENTENCES = re.compile(r"(?<=[.!?])\s")
_BRIEF, _LONGEST_DEVICE, _LONGEST_CONTACT, _LONGEST_SIGNATURE, _WRAPPED = 4, 7, 10, 12, 60


def _without_signature(lines: Sequence[str], names: set[str]) -> tuple[str, ...]:
    """The lines that somebody said. Below a signature's first line only what may be no part of it is."""
    kept: list[str] = []
    left = 0
    paragraphs = (list(group) for words, group in groupby(_without_scanners(lines), bool) if words)
    for paragraph in map(_drop_boilerplate, paragraphs):
        left = left or (_LONGEST_SIGNATURE if kept and _is_signature(paragraph, names) else 0)
        for line in paragraph:
            bare = _plain(without_links(line)).strip(" ,.!*-–—~")
            by_device = bare.startswith(_words("signed", "devices")) and len(bare.split()) <= _LONGEST_DEVICE
            if not left and (_SIGN.fullmatch(line) or bare in _words("signed", "off")):
                left = _LONGEST_SIGNATURE
            elif left and (_is_contact(line, names) or _SIGN.fullmatch(line)):
                left -= 1
            elif not (_RULE.fullmatch(line) or by_device):
                kept.append(line)
        kept.append("")
    return tuple(kept[:-1])


def _without_scanners(lines: Sequence[str]) -> Iterator[str]:
    """The lines; of those that only lead to more below what a mail system wrote, none."""
    system, leads = False, _words("boilerplate", "leads")
    for line in lines:
        words = _plain(without_links(line)).strip(" .,:*-–—_[]()")
        leads_on = words.startswith(leads) and not speaks_of_danger(line) if words else "<http" in line
        if not (system and leads_on):
            system = _has_one(line, _words("boilerplate", "says")) if words else system
            yield line


def _drop_boilerplate(paragraph: list[str]) -> list[str]:
    """Its lines; without the sentences that a mail system or a list wrote, each read as one line."""
    kept, wrapped = list[str](), list[str]()
    for line, following in zip(paragraph, [*paragraph[1:], ""], strict=True):
        wrapped.append(line)
        if following and len(line) >= _WRAPPED and not line.endswith((".", "!", "?")):
            continue
        said, says = " ".join(wrapped), _words("boilerplate", "says")
        if _has_one(said, says):
            theirs = (*says, *_words("boilerplate", "beside"))
            sentences = _SENTENCES.split(said)
            left = [one for one in sentences if speaks_of_danger(one) or not _has_one(one, theirs)]
            wrapped = [" ".join(left)] if any(map(_NAMES.search, left)) else []
        kept += wrapped
        wrapped = []
    return kept


def _has_one(said: str, words: Iterable[str]) -> bool:
    low = _plain(said)
    return any(word in low for word in words)


def _is_signature(paragraph: Sequence[str], names: set[str]) -> bool:
    """Is it a name of those who wrote, and how to reach them?"""
    named = bool(paragraph) and len(paragraph[0].split()) <= _BRIEF and bool(_names(paragraph[0]) & names)
    return named and all(_is_contact(line, names) for line in paragraph)


def _is_contact(line: str, names: set[str]) -> bool:
    """May it be a part of a signature: names, an office, numbers and addresses, and no word of a sentence?"""
    words = [word.strip(",:;()") for word in line.split()]
    free = {"", *_words("signed", "offices"), *names}
    shouted = sum(word.isupper() and word.isalpha() and len(word) > 2 for word in words)
    sentence = len(words) > _LONGEST_CONTACT or line.endswith((".", "!", "?"))
    if sentence or shouted > 1 or speaks_of_danger(line) or any(map(_post_pattern().search, links_in(line))):
        return False
    initials = ((word, not word[0].isalpha() or word[0].isupper()) for word in words if word not in free)
    return all(large or len(word) < 3 or _NUMBERS.search(word) for word, large in initials)


# What is kept of somebody's words.

_MOST_BROKEN, _MOST_KNOWN = 8, 200
"""Addresses that are found where they are broken over lines, and those that are looked for there."""


def addresses_in(lines: Iterable[str]) -> frozenset[str]:
    """Every e-mail address there, in lower case."""
    return frozenset(address.lower() for line in lines for address in E_MAIL.findall(line))


def without_people(text: str, known: Iterable[str]) -> str:
    """The words, without the e-mail addresses of those who wrote or got the mail."""
    people = frozenset(known)
    text = E_MAIL.sub(lambda found: "…" if found[0].lower().strip(".'") in people else found[0], text)
    text = _LONG.sub(lambda found: "…" if _names_one(found[0], people) else found[0], text)
    squeezed = "".join(text.split()).lower()
    for address in [one for one in sorted(people)[:_MOST_KNOWN] if one in squeezed][:_MOST_BROKEN]:
        parts = re.findall(r"[@.]|[^@.]+", address)
        text = re.sub(r"\s*".join(map(re.escape, parts)), "…", text, flags=re.IGNORECASE)
    return text


_PACKED = re.compile(r"[\w+/-]{16,}", re.ASCII)
_URLSAFE, _HEX = str.maketrans("-_", "+/"), re.compile(r"[0-9a-fA-F]+")
_LONG = re.compile(r"[!-;=?-~]{16,4000}")
_IN_PACKED = re.compile(r"[\w.+'-]{3}@[a-z0-9-]{2,63}\.[a-z]{2}", re.ASCII | re.IGNORECASE)


def _names_one(part: str, known: Iterable[str]) -> bool:
    """Does it name one of those known, or anybody in per cent, base64 or hex, wherever that begins?"""
    plain = unquote(unquote(part))
    packed = [run.translate(_URLSAFE) for run in _PACKED.findall(plain)]
    hidden = [decode_base64(run[at:].encode()) for run in packed for at in range(4)]
    hidden += [bytes.fromhex(run[: len(run) // 2 * 2]) for run in packed if _HEX.fullmatch(run)]
    texts = [each.decode("latin-1") for each in hidden]
    if any(map(_IN_PACKED.search, texts)) or ("@" not in part and _IN_PACKED.search(plain)):
        return True
    return any(address in text.lower() for text in (plain, *texts) for address in known)


def link_without_people(url: str, known: Iterable[str]) -> str:
    """An address on the web without what names a correspondent; "" where its path does."""
    if not _names_one(url, known):
        return url
    parts = urlsplit(url)
    query = "&".join(part for part in parts.query.split("&") if not _names_one(part, known))
    bare = parts._replace(query=query, fragment="").geturl()
    return "" if _names_one(bare, known) else bare


def in_words(lines: Sequence[str], url: str, known: frozenset[str]) -> str:
    """The lines as words: without the address that is kept beside them, profiles, and correspondents."""

    def show_link(found: re.Match[str]) -> str:
        link = found[0].strip("<>")
        beside = link == url and found.end() == len(found.string)
        clean = "" if beside or is_profile(link) else link_without_people(link, known)
        return f"<{clean}>" if clean else " "

    words = "\n".join(" ".join(LINK.sub(show_link, line).split()) for line in lines)
    return re.sub(r"\n{3,}", "\n\n", words).strip() if without_links(words) else ""


def is_handed_on(line: str) -> bool:
    """Does it say no more than that something is sent on, or end what was said?"""
    nothing = (*_words("around", "handed"), *_words("signed", "off"))
    return _plain(line).strip(" .,!-?") in {words.strip("?") for words in nothing}


def is_no_comment(said: str) -> bool:
    """Is it too short to say anything of what is sent on: up to three words, without one of danger?"""
    count = len(said.split())
    return (count < 3 or (count == 3 and not said.endswith((".", "!")))) and not speaks_of_danger(said)


@lru_cache(maxsize=512)
def speaks_of_danger(said: str) -> bool:
    """Has it a word by which people speak of danger?"""
    return bool(DANGER.search(said))


def address_sent_on(passed: Sequence[str], own: Sequence[str], homes: Sequence[str] = ()) -> str:
    """The one address of a post that the words sent on hold, else the one that somebody's own point at, or
    speak of in a sentence, which is on none of our `homes`; "" where it cannot be told which."""
    pointing = _word_pattern("around", "pointing")
    beside = [(line, without_links(line)) for line in own if "<http" in line]
    alone = [line for line, words in beside if not words]
    near = [line for line, words in beside if words.endswith(":") or pointing.search(words)]
    told = [line for line, words in beside if len(words.split()) >= _FEWEST_WORDS]
    for lines in (passed, alone, near, told):
        links = dict.fromkeys(link for line in lines for link in links_in(line) if not _is_form(link))
        posts = [k for k in links if channel(channel_at(k)).written_on and not is_of_many_posts(k)]
        posts = posts or [k for k in links if _post_pattern().search(k)]
        found = posts if posts and len(links) > 1 else list(links)
        if lines is told:
            found = [k for k in found if k in posts or _may_be_post(k, homes)]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""


@cache
def _post_pattern() -> re.Pattern[str]:
    """The addresses of posts and threads, as forums have them."""
    return re.compile("|".join((*AROUND["notices"]["post"], *AROUND["notices"]["thread"])), re.IGNORECASE)


def _may_be_post(url: str, homes: Sequence[str]) -> bool:
    """Does it lead to a page within a site, which is not ours?"""
    ours = any(f".{host_of(url)}".endswith(f".{home}") for home in homes)
    return bool(urlsplit(url).path.strip("/")) and not ours and not is_of_many_posts(url)


def _is_form(url: str) -> bool:
    """Is it a person's own page, or one with a form, and no post's?"""
    page = urlsplit(url).path.rstrip("/").rpartition("/")[2].lower()
    return is_profile(url) or page in _words("around", "forms")


# Who sent it: a person or a program, by what servers wrote, never by the letters of a name.

_ORDINARY = ("", "normal", "first-class", "special-delivery")
_BULK = ("list-id", "list-unsubscribe", "list-post", "feedback-id", "x-auto-response-suppress")
_HOST = re.compile(r"[^@\s/]+@([\w.-]+)")
_LIST = re.compile(r"[\w.-]{1,255}(?=>?\s*\Z)")
_LONGEST_VERDICT = 2_000
_PASSED = re.compile(r"\s*(dmarc|dkim)=pass\b", re.I)
_VOUCHED = re.compile(r"\sheader\.(from|d|i)=(?:\S*@)?([\w.-]+)", re.I)
_BY_SENDER = "helo="
"""What stands behind it is whatever the sender's server calls itself, unquoted."""
_FAILED = re.compile(r"=(?:soft)?fail\b", re.I)
_MICROSOFT = ("graph://", "imaps://outlook.office365.com/")


_OF_DOMAIN = re.compile(AROUND["automatic"]["of_a_domain"], re.I)


def _is_of_domain(mail: ReadMail) -> bool:
    """Is it a mail server's report of a domain: of DMARC or of TLS?"""
    return "tls-report-domain" in mail.marks or _OF_DOMAIN.match(mail.subject) is not None


def is_automatic(mail: ReadMail) -> bool:
    """Is it a receipt, an answer to an invitation, a notice of absence, a report, or did it come back?"""
    if _is_marked_automatic(mail):
        return True
    words = _plain(mail.words[:2_000])
    automatic = _is_answer(mail, words) or _is_of_domain(mail) or _is_receipt(mail, words)
    automatic = automatic or _is_absence(mail, words) or _is_of_trade(mail, words)
    return automatic and not speaks_of_danger(f"{mail.subject}\n{mail.words}")


def _is_marked_automatic(mail: ReadMail) -> bool:
    """Does it say so by its sender or its headers?"""
    marks = mail.marks
    return (
        mail.sender.startswith(("mailer-daemon@", "postmaster@"))
        or marks.get("auto-submitted", "").lower().startswith("auto-replied")
        or marks.get("precedence", "").lower() == "auto_reply"
        or "multipart/report" in marks.get("content-type", "").lower()
        or bool(marks.keys() & {"x-autoreply", "x-autorespond", "x-failed-recipients"})
    )


def _is_answer(mail: ReadMail, words: str) -> bool:
    """Does a calendar answer an invitation in it, and nobody say more?"""
    if Holds.ANSWER not in mail.holds:
        return False
    return not words.strip() or _has_one(words, _words("automatic", "answer_says"))


def _is_receipt(mail: ReadMail, words: str) -> bool:
    """Does it say that it is a receipt or a notice: by how its subject opens, and of a receipt its words?"""
    opens, colon, _ = _plain(mail.subject).replace("：", ":").partition(":")
    opens, receipts = opens.strip(), _words("automatic", "receipts")
    if opens in _words("automatic", "absent"):
        return True
    # what nobody may answer is a server's (RFC 5321, 4.5.5)
    named = (colon and opens in receipts) or (_is_to_nobody(mail) and opens.startswith(receipts))
    return bool(named) and _has_one(words, _words("automatic", "receipt_says"))


_OF_TRADE, _OF_TRADE_SAYS = (re.compile(AROUND["automatic"][name], re.I) for name in ("trade", "trade_says"))
_LONGEST_ABSENCE = 80


def _is_absence(mail: ReadMail, words: str) -> bool:
    """Does a short answer say that its writer is away?"""
    forwards = ("", *_words("around", "forwards"))
    brief = len(words.split()) <= _LONGEST_ABSENCE and _label_of(mail) not in forwards
    return brief and _has_one(words, _words("automatic", "absent_says"))


def _is_of_trade(mail: ReadMail, words: str) -> bool:
    """Is it a program's receipt for an order or a payment, by its subject and its words?"""
    sent = _is_of_itself(mail) or bool(mail.marks.keys() & {*_BULK})
    return sent and bool(_OF_TRADE.search(mail.subject) and _OF_TRADE_SAYS.search(words))


def _is_to_nobody(mail: ReadMail) -> bool:
    return mail.marks.get("return-path", "").strip() == "<>"


def is_ordinary(mail: ReadMail) -> bool:
    """Does no header say that a program sent it by itself, or to many?"""
    return not _is_of_itself(mail) and mail.marks.get("precedence", "").lower() in _ORDINARY


def _is_of_itself(mail: ReadMail) -> bool:
    auto = mail.marks.get("auto-submitted", "no").lower() not in ("", "no")
    return auto or _is_to_nobody(mail) or _is_of_domain(mail)


def is_by_program(mail: ReadMail, homes: Sequence[str]) -> bool:
    """Was it sent by a program? Who writes from the school, or by a list of the school's, is a person."""
    by_list = _LIST.search(mail.marks.get("list-id", "").lower())
    ours = by_list and any(f".{by_list[0]}".endswith(f".{home}") for home in homes)
    person = not _is_of_itself(mail) and (ours or is_from(mail, homes))
    return not person and bool(not is_ordinary(mail) or mail.marks.keys() & {*_BULK})


def is_from(mail: ReadMail, senders: Iterable[str]) -> bool:
    """Does it say that it comes from one of these addresses or domains, and no server denies it?"""
    hosts = (sender.lower().lstrip("@") for sender in senders)
    named = any(mail.sender == one if "@" in one else mail.of(one) for one in hosts)
    return named and not (is_doubtful(mail) and _FAILED.search(mail.marks.get("authentication-results", "")))


def homes_of(mailboxes: Iterable[str | None]) -> tuple[str, ...]:
    """The school's own domains: those of its mailboxes, where they are at no provider for everybody."""
    hosts = (found[1].lower() for one in mailboxes if one and (found := _HOST.fullmatch(one)))
    return tuple(host for host in hosts if host not in _words("automatic", "free_mail"))


def is_doubtful(mail: ReadMail) -> bool:
    """Does the server that took it in not say that it comes from where it says? The first such header is that
    server's own. Exchange signs nothing within one tenant, and says so in a header that it takes from nobody
    outside."""
    verdict = mail.marks.get("authentication-results", "")[: _LONGEST_VERDICT + 1]
    inside = mail.marks.get("x-ms-exchange-organization-authas", "").lower() == "internal"
    if inside and mail.address.startswith(_MICROSOFT) and not _FAILED.search(verdict):
        return False
    results = _without_asides(verdict).lower().partition(_BY_SENDER)[0].split(";")
    dmarc = [result.split()[0] for result in results if result.lstrip().startswith("dmarc=")]
    denied = len(dmarc) > 1 or "dmarc=fail" in dmarc
    return denied or not any(_vouches(result, mail) for result in results)


def _without_asides(verdict: str) -> str:
    """A verdict without what it quotes or puts in brackets, where words of the sender's may stand; "" where
    it is too long, or that does not end."""
    if len(verdict) > _LONGEST_VERDICT:
        return ""
    kept, depth, quoted, escaped = list[str](), 0, False, False
    for letter in verdict:
        beside = escaped or quoted or depth
        if escaped:
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == '"':
            quoted = not quoted
        elif not quoted and letter in "()":
            depth += 1 if letter == "(" else -1
        kept.append(" " if beside or escaped or quoted or depth else letter)
        if depth < 0 or (depth and quoted):
            return ""
    return "" if depth or quoted else "".join(kept)


def _vouches(result: str, mail: ReadMail) -> bool:
    """Does one result pass, and for the sender's own domain in all that it names?"""
    passed = _PASSED.match(result)
    wanted = ("from",) if passed and passed[1] == "dmarc" else ("d", "i")
    named = [domain for name, domain in _VOUCHED.findall(result) if name in wanted]
    return bool(passed and named) and all(map(mail.of, named))


# How people reply to alerts of ours.

_GREETING = re.compile(r"\A(?:hi|hello|hey|dear|good \w+)\b[^.?!,]{0,30}(?:,|$)", re.I)
_MINE = re.compile(r"(?:mine|yes)[.!]?", re.I)
_AROUND = " \"“”‘’'*()"


def reply_of(mail: ReadMail, *, automatic: bool) -> MailReply | None:
    """The reply; None where it answers no mail of ours, or no person wrote it. It takes where its first line,
    below a greeting at most, is one word."""
    found = REPLY_REF.search(mail.subject)
    if found is None or automatic or not is_ordinary(mail):
        return None
    lines = list(filter(None, part_by_writer(mail, mail.lines).own))[:2]
    said = [_GREETING.sub("", line.strip(_AROUND)).strip(_AROUND) for line in lines]
    first = next(filter(None, said), "")
    return MailReply(found[1], mail.sender, bool(_MINE.fullmatch(first)), is_doubtful(mail))
