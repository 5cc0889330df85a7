"""The alert mailbox: each post that a mail brings is a find of its own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, lru_cache, partial, reduce
from itertools import dropwhile, groupby, takewhile
from typing import Any
from urllib.parse import urlsplit

from pydantic import TypeAdapter

from data.errors import Unreadable
from data.frozen import freeze
from data.ids import digest, mention_id
from data.register.school_names import normalise
from data.types import MailReply, Mention, MentionKind, Page, Request, Response, Source, SourceState
from data.web.channels import (
    ELSEWHERE,
    UNSAID,
    WEBSITE,
    channel,
    channel_at,
    host_of,
    is_of_many_posts,
    place_said,
)
from data.web.urls import canonical_url, is_profile
from sources.base import MailboxSettings, OnePage, read_each
from sources.dates import parse_date
from sources.html.parsers import parse_json
from sources.html.sanitise import clean_mention
from sources.mailbox import whose_words as wording
from sources.mailbox.address import same_mailbox
from sources.mailbox.forms import FilledForm, filled_form_in
from sources.mailbox.mail import (
    AROUND,
    FORMAT,
    LINK,
    Bundle,
    MailAsFetched,
    ReadMail,
    boxed_lines_of,
    dangers_in,
    links_in,
    mail_of,
    without_links,
)
from sources.mailbox.repeated import Anchor, BoxedLine, choose_anchors, part_by
from sources.mailbox.signed import Holds

# Mails by which a place says that somebody has written something: one post, or several.

_STARS = re.compile(r"\*{5,}$")
_BETWEEN = re.compile(
    r"\s[·•|»—–-]\s|,\s|\s(?:on|at)\s(?=.{0,20}\d)|\sfrom\s(?=[A-Z])"
    r"|\s(?=(?:\d{1,3} ?|an? )(?:[smhdw]|mo|sec|min|hr|hour|day|week|month|year)[a-z]{0,4}(?: ago)?$)"
)
_TWICE = re.compile(r"\A(.{2,40}?) \1(?=\W|$)")
_NAME = re.compile(r"[\w./-]{3,30}|[^\W\d_a-z](?:\.|[\w'’-]*)(?: [^\W\d_a-z][\w'’-]*\.?){1,3}")
_INITIAL = re.compile(r" [^\W\d_a-z]\.$")
_HEADER = re.compile(
    r"(?:message|from|to|cc|date|subject|reply-to|message-id|content-[\w-]+|mime-version): ", re.IGNORECASE
)
_WORD = re.compile(r"[^\W\d_]{3,}")
_NUMBERED = re.compile(r"\A\d{1,3}[.)] (?=\S)")
_PARTED = re.compile(
    r"\s*[|·•»()\[\]]\s*|\s+[-–—]\s+|[,;]\s+|(?<=\w)\s+(?=u/|\d{4}-\d\d-\d\d\b|(?:[\w-]{1,60}\.){1,4}[a-z]{2,7}(?:\s|$))"
    r"|(?<=\d:\d\d)\s+(?![ap]\.?m\b|[A-Z]{3,4}\b|[+-])"
)
_HANDLE = re.compile(r"(?<=\S)\s+\(?@[\w.]{2,30}\)?(?=$|\s*[·|•])")
"""What somebody calls themselves, behind their name."""
_BY_ADDRESS = re.compile(r"\s?<[^<>\s@]{1,64}@[^<>\s@]{1,255}>:?")
_LONGEST_NAME, _MOST_POSTS, _FEW_WORDS, _LONGEST_OPENING = 60, 200, 3, 15
_LONGEST_BUTTON, _LONGEST_ADVERT, _LONGEST_BYLINE, _MOST_BYLINES, _BRIEF = 6, 12, 120, 6, 5
_MOST_NAMES, _MOST_ABOVE, _LONGEST_HEADING, _LONGEST_CUT, _LONGEST_REWRITTEN = 3, 30, 10, 30, 4_100
_SURE = 3
"""What is known of a post of which nothing is left to ask."""
_SEVERAL = "several posts in one mail"


@freeze
class MailPost:
    """A post as a mail brings it; `url` is "" where it cannot be told."""

    url: str
    title: str
    text: str
    author: str | None = None
    published: datetime | None = None
    rating: float | None = None
    review: bool = False


def stars_in(line: str) -> float | None:
    """The stars that a line gives and says nothing else, 1 to 5; None for another."""
    found = _says("stars").fullmatch(line.strip())
    if not found:
        return None
    told = found["shown"].count("★") if found["shown"] else float(found["n1"] or found["n2"])
    return float(told) if 1 <= told <= 5 else None


@cache
def _says(name: str) -> re.Pattern[str]:
    """The regular expressions of [notices] with that name, as one."""
    return re.compile("|".join(f"(?:{one})" for one in AROUND["notices"][name]), re.IGNORECASE)


def _platform_of(mail: ReadMail) -> Any:
    """The row of the known place that it comes from, None for another."""
    return next((row for row in AROUND["platforms"] if wording.is_from(mail, row["hosts"])), None)


def _is_beside(line: str, at: datetime) -> bool:
    """Does it say who wrote, when or where, and nothing else?"""
    bare = without_links(line)
    alone = _says("beside").match(bare) or _is_name(bare) or _time_alone(bare, at)
    return bool(alone or any(_byline(bare, at)) or _says("placed").fullmatch(bare))


def _shape_of(line: str) -> str:
    """Reduce a short line to what is the same where it is below several posts, as a button is."""
    bare = without_links(line)
    return re.sub(r"\d+", "#", bare.lower()) if len(bare.split()) <= _LONGEST_BUTTON else line


def _without_adverts(lines: list[str], is_post: Callable[[str], bool]) -> tuple[list[str], list[str]]:
    """The lines without adverts, and their words: from “Sponsored” as far as their link, or a blank line."""
    left, adverts, n = list[str](), list[str](), 0
    while n < len(lines):
        if not _says("advert").fullmatch(lines[n]):
            left.append(lines[n])
            n += 1
            continue
        named = bool(left) and _is_name(left[-1])
        before = [left.pop() if named else _says("beside_advert").sub("", lines[n])]
        near = range(n + 1, min(n + _LONGEST_ADVERT, len(lines)))
        links = [at for at in near if "<http" in lines[at]]
        own = [*takewhile(lambda at: not any(map(is_post, links_in(lines[at]))), links)]
        blank = next((at for at in near[1:] if not lines[at]), n)
        end = max(own[0] if own else blank, n) + 1
        adverts.append(_post_words([*before, *lines[n + 1 : end]]))
        n = end
    return left, adverts


def _title(line: str) -> str:
    """The words of a link that are a title: no button's, and no words that go on behind it."""
    label = _label(line)
    return label if _uncut(label) == label else ""


def _uncut(words: str) -> str:
    """The words without the button that a program writes where it cuts them."""
    found = _says("cut").search(words, max(len(words) - _LONGEST_CUT, 0))
    return words[: found.start()] if found else words


def _label(line: str) -> str:
    """The words of a link; "" where they are a button's."""
    bare = without_links(line).replace("( )", "").strip(" #*•-:")
    nothing = _says("buttons").match(bare) or _says("ends").match(bare)
    return "" if nothing and not wording.speaks_of_danger(bare) else bare


def _post_words(lines: Sequence[str], *, below: bool = False) -> str:
    """The words of a post, without buttons and what the program says below: at once, where it has a title."""
    kept, paragraph = list[str](), 0
    for line in lines:
        bare = _uncut(without_links(line).strip(" |#"))
        beside = line.endswith(">") and len(links_in(line)) > 1 and (bare.isupper() or not _is_name(bare))
        beside = (beside and "," not in bare and len(bare.split()) <= _LONGEST_ADVERT) or _are_buttons(line)
        if not line:
            paragraph = len(kept)
        elif wording.speaks_of_danger(bare):
            kept.append(bare)
        elif _says("ends").match(bare) or ("<http" in line and _says("leaving").search(line)):
            if kept or below:
                del kept[paragraph or len(kept) :]  # it may have begun on the lines above
                break
        elif bare and not (
            _says("buttons").match(bare)
            or _says("section").fullmatch(bare)
            or beside
            or (not kept and _says("greeting").fullmatch(bare))
        ):
            kept.append(bare)
    return "\n".join(kept)


@lru_cache(maxsize=4096)
def _is_page(url: str) -> bool:
    """May it be a post's address: no front page, picture, profile, or page of an account?"""
    parts = urlsplit(url)
    inside = parts.path.strip("/") or parts.query
    return bool(inside) and not (_says("not_a_post").search(url) or is_profile(url))


@lru_cache(maxsize=4096)
def _is_post(url: str) -> bool:
    """Does it look like the address of a post or a thread?"""
    return bool(_says("post").search(url) or _says("thread").search(url)) and _is_page(url)


@lru_cache(maxsize=4096)
def _link_key(url: str) -> str:
    """Reduce a link to what tells its post from others, without what it tells of the reader."""
    parts = urlsplit(url)
    by_query = parts.path.endswith(".php") or _says("post").search(f"?{parts.query}") or not _is_post(url)
    return canonical_url(url) if by_query else f"{parts.netloc}{parts.path}#{parts.fragment}"


def posts_in_mail(mail: ReadMail, at: datetime) -> list[MailPost]:
    """The posts that a place says somebody has written, read at that time; none where it is no such mail. A
    line that speaks of danger, or a sentence among them, and is in none of several is one of its own."""
    posts = _find_posts(mail, at)
    parts = {part for post in posts for part in (post.title, *post.text.split("\n"))}
    whole, all_lines = "\n".join(parts), map(without_links, mail.lines if posts else ())
    new = takewhile(lambda line: not _says("earlier").fullmatch(line), all_lines)
    others = (line for line in new if line.strip(" |#….")[-_LONGEST_REWRITTEN:] not in whole)
    left = [*filter(wording.speaks_of_danger, others)]
    said = sorted(filter(wording.speaks_of_danger, parts), key=len, reverse=True) if left else []
    rests = (reduce(lambda rest, part: rest.replace(part, " "), said, line) for line in left)
    left = [line for line, rest in zip(left, rests, strict=True) if wording.speaks_of_danger(rest)]
    left += [line for line in _list_unread(mail, posts, at) if line not in left] if posts[1:] else []
    if left and len(posts) == 1:
        return [replace(posts[0], text="\n".join(filter(None, (posts[0].text, *left))))]
    return [*posts, MailPost("", mail.subject, "\n".join(left))] if left else posts


def _list_unread(mail: ReadMail, posts: Sequence[MailPost], at: datetime) -> list[str]:
    """List the sentences below the first post, and above what the program says, of whose words most are in
    none of them: of a block of another shape. What is a link, or has one, is a program's."""
    read = {word for post in posts for word in _WORD.findall(f"{post.title} {post.text}")}
    firsts = ({*_WORD.findall(without_links(line))} or {""} for line in mail.lines)
    begins = next((n for n, words in enumerate(firsts) if words <= read), len(mail.lines))
    unread = list[str]()
    for line in takewhile(lambda line: not _says("ends").match(line), mail.lines[begins:]):
        words = {*_WORD.findall(line)}
        new = "<http" not in line and len(words) > max(_LONGEST_BUTTON, 2 * len(words & read))
        if (
            new
            and _class_of(line, at) == "words"
            and not (_match_event(line) or _says("last").match(line) or _rewrite_notice(line)[1:])
        ):
            unread += filter(None, [_post_words([line])])
    return unread


def _find_posts(mail: ReadMail, at: datetime) -> list[MailPost]:
    title = _says("labels").sub("", _says("labels").sub("", mail.subject)).strip()
    repeated = _repeated_posts(mail, mail.sent or at)
    sure = [_sureness(post, mail, at) for post in repeated if post.url]
    if len(sure) > 1 and min(sure) > _SURE:
        return repeated
    listed = _listed_posts(mail, title, at)
    surer = sum(_sureness(post, mail, at) for post in listed) > sum(sure)
    return listed if listed and (surer or not repeated) else repeated


def _sureness(post: MailPost, mail: ReadMail, at: datetime) -> float:
    """Weigh how well a post was read: by what is known of it, and what is in its words and is none."""
    lines = [line for line in post.text.split("\n")[:_MOST_POSTS] if line]
    beside = sum(_class_of(line, at) != "words" for line in lines)
    known = (post.url, post.title and post.title not in mail.subject, lines, post.author, post.published)
    opening = _SEVERAL in post.title or any(map(_says("several").search, lines[:1]))
    return sum(map(bool, known)) - beside - 1.9 - opening


def _listed_posts(mail: ReadMail, title: str, at: datetime) -> list[MailPost]:
    """The posts of a mail by what its lines say of them, or the one of a notice."""
    brands = _brands_of(mail, platform := _platform_of(mail))
    lines = [line for line in mail.lines if without_links(line[:_LONGEST_BYLINE]).lower() not in brands]
    events = [n for n, line in enumerate(lines[:_MOST_POSTS]) if _match_event(line)]
    n = next((n for n in events if n < _MOST_ABOVE), None)
    urgent = bool(_says("urgent").search(mail.subject))
    several = not urgent and any(map(_says("several").search, (mail.subject, *lines[: 6 * (n is None)])))
    at = mail.sent or at
    if (several or events[1:]) and (found := _by_their_lines(_with_headers_read(lines), at)):
        in_one = len({post.url for post in found}) == 1 and title != mail.subject
        return _read_listed(found, title if in_one else "", at, platform)
    if several and (n is None or not _is_one_post(lines)):
        return [MailPost("", f"{mail.subject} ({_SEVERAL})", _post_words(lines))]
    if n is None and not (platform or urgent or _is_notice(mail, lines)):
        return []
    names = bool(platform and platform["name_first"])
    told = [_read_notice(mail, lines, n, title, at, names=names, urgent=urgent)]
    return _with_headings(told, told[0].title) if platform and platform.get("headings") else told


def _read_listed(found: Sequence[MailPost], title: str, at: datetime, platform: Any) -> list[MailPost]:
    """The posts of a digest; what stands above several says nothing of one, and is no `title`."""
    names, titled = (bool(platform and platform.get(row)) for row in ("name_first", "titled"))
    read = [_read_top_lines(post, title, at, names=names, titled=titled) for post in found]
    return _with_headings(read, title)


def _is_notice(mail: ReadMail, lines: Sequence[str]) -> bool:
    """Does it give stars, come by a list, or say in its subject that something was written?"""
    stars = any(map(stars_in, lines[:_MOST_ABOVE]))
    return stars or "list-id" in mail.marks or bool(_says("subject").search(mail.subject))


def _read_notice(
    mail: ReadMail, lines: list[str], n: int | None, title: str, at: datetime, *, names: bool, urgent: bool
) -> MailPost:
    """The one post of a notice, of which the `n`th line, if any, says what has happened."""
    stars = next(filter(None, map(stars_in, lines[:_MOST_ABOVE])), None)
    event = without_links(lines[n]) if n is not None else ""
    above = _drop_opening(lines, mail.subject) if urgent else lines
    after = above if n is None else [*_words_in(event), *lines[n + 1 :]]
    after = after if _post_words(after) else lines[:n]  # or it was said below the post
    after = [line for line in after if not (stars_in(line) or _says("announced").fullmatch(line))]
    nothing = stars or title.lower().startswith("your ") or (title == mail.subject and _match_event(title))
    title = title if urgent or not nothing else ""
    heading = next(filter(None, after), "") if event and not names else ""
    intro = event or (mail.subject if _match_event(mail.subject) else "")
    reviewed = bool(stars or _says("reviewed").fullmatch(intro))
    post = replace(_post_below(mail, intro, heading, after, title), rating=stars, review=reviewed)
    return _without_marks(_read_top_lines(_with_loud_title(post, mail), post.title, at, names=names))


# Posts that are found by what is repeated.


def _repeated_posts(mail: ReadMail, at: datetime) -> list[MailPost]:
    """The posts of a mail whose blocks are alike, each with a link of its own; or the one to which a link
    leads away from the sender; none where there are no such links."""
    brands = _brands_of(mail, platform := _platform_of(mail))
    lines = boxed_lines_of(mail)
    lines = [one for one in lines if without_links(one.said[:_LONGEST_BYLINE]).lower() not in brands]
    blocks = _find_blocks(lines, mail, at)
    posts = _read_blocks(blocks, lines, at)
    posts = _without_away([one for one in posts if one.title or len(one.text.split()) >= _FEW_WORDS], mail)
    if sum(bool(post.url) for post in posts) < min(2, sum(bool(one) for one, _ in blocks)):
        return []
    posts = _with_titles_above(posts, at)
    counts = _count_names(posts, at)
    names = any(counts) or bool(platform and platform["name_first"])
    each = (_name_first(post, count) for post, count in zip(posts, counts, strict=True))
    read = [_read_top_lines(post, "", at, names=names) for post in each]
    return sorted(_with_headings(read, ""), key=lambda post: not post.url)


def _find_blocks(
    lines: Sequence[BoxedLine], mail: ReadMail, at: datetime
) -> list[tuple[Anchor | None, list[int]]]:
    """The blocks of a mail, each with its link: that which has its title, where another only shows it. None
    where links lead nowhere else than to the sender."""
    links = [*_anchors_in(lines, mail)]
    anchors = choose_anchors(links, lines, 1)
    away = [one for one in anchors if _leads_away(one.url, mail)]
    if not anchors[1:] and not away:
        return []
    anchors = away if away and not any(_is_post(one.url) for one in anchors if one not in away) else anchors
    titled = {link.key: link for link in reversed(links) if link.label}
    blocks = part_by(lines, anchors, lambda line: _class_of(line.said, at))
    of_title = (titled.get(one.key, one) if one else None for one, _ in blocks)
    return [
        (link if link and link.at in block else one, block)
        for (one, block), link in zip(blocks, of_title, strict=True)
    ]


def _read_blocks(
    blocks: Sequence[tuple[Anchor | None, list[int]]], lines: Sequence[BoxedLine], at: datetime
) -> list[MailPost]:
    """The posts of blocks, and the adverts in them, without what several have."""
    parted = [_lines_beside(lines, block, one) for one, block in blocks]
    often = Counter(shape for text, _ in parted for shape in {_shape_of(line) for line in text})
    owns = [_own_lines(text, often, max(len(blocks), 2), at) for text, _ in parted]
    writers = iter(_take_writers([own for (one, _), own in zip(blocks, owns, strict=True) if one], at))
    posts = []
    for (one, block), own in zip(blocks, owns, strict=True):
        loud = [without_links(lines[n].said) for n in block if lines[n].loud and not (one and n == one.at)]
        if not blocks[1:] and one and not one.label:  # what stands above who wrote it is the mail's heading
            own = [*dropwhile(lambda line: _class_of(line, at) not in ("by", "name"), own)] or own
        post = _read_block(one, own, loud, at, many=bool(blocks[1:]))
        posts.append(replace(post, author=next(writers)) if one else post)
    return posts + [MailPost("", "", advert) for _, adverts in parted for advert in adverts]


def _own_lines(text: Sequence[str], often: Counter[str], blocks: int, at: datetime) -> list[str]:
    """The lines of a block that are its own: no heading of a section above it, no words of a picture that
    come again, and nothing that most of the `blocks` have."""
    text = [*dropwhile(_says("counted").fullmatch, text)]
    text = [line for n, line in enumerate(text) if not (_is_name(line) and line in text[n + 1 : n + 3])]
    return [line for line in text if often[_shape_of(line)] * 2 <= blocks or _stays(line, text, at)]


def _take_writers(blocks: Sequence[list[str]], at: datetime) -> list[str | None]:
    """Take the writer's name from each block where most have a name, as their last line or as their first,
    where it may be one that looks like none; None of a block whose first line is read as a name."""
    for own in blocks:
        while own[1:] and _class_of(own[-1], at) == "button":
            own.pop()
    for place in (0, -1):
        sorts = [_class_of(own[place], at) for own in blocks if own[1:]]
        most = sorts[1:] and sorts.count("name") * 2 > len(sorts) and "by" not in sorts
        if most and all(_is_brief(own[place]) for own in blocks if own[1:]):
            taken = (own[1:] and (place or _class_of(own[0], at) != "name") for own in blocks)
            return [own.pop(place) if takes else None for own, takes in zip(blocks, taken, strict=True)]
    return [None] * len(blocks)


def _is_brief(line: str) -> bool:
    """Is it no longer than a name, and no sentence?"""
    ends = line.endswith((".", "!", "?", "…", ":")) and not _is_name(line)
    return len(line.split()) <= _BRIEF and not ends and not wording.speaks_of_danger(line)


def _read_block(
    anchor: Anchor | None, own: Sequence[str], loud: Sequence[str], at: datetime, *, many: bool
) -> MailPost:
    """A post from the lines of its block: its title is its link's words, or what stands out and is no name;
    without a link of its own it is an advert, or has none."""
    url, label = (anchor.url, anchor.label) if anchor else ("", "")
    spoken = label.endswith((".", "…", "?", "!")) and len(label.split()) > _LONGEST_HEADING
    if spoken or _uncut(label) != label:
        return MailPost(url, "", _post_words([*own, _uncut(label)]))
    stars = [stars for line in own if (stars := stars_in(line))]
    own = [line for line in own if not stars_in(line)]
    heads = [line for line in loud if line in own[:-1] and _class_of(line, at) in ("words", "name")]
    begins = [_class_of(line, at) for line in own[:1]]
    heads = heads if many or begins != ["words"] else []
    head = next((line for line in heads if _class_of(line, at) == "words" or line != own[0] or stars), "")
    if not label and head:
        label, own = head, [line for line in own if line != head]
    return MailPost(
        url,
        label,
        _post_words(own, below=bool(label)),
        rating=stars[0] if stars else None,
        review=bool(stars),
    )


def _without_away(posts: Sequence[MailPost], mail: ReadMail) -> list[MailPost]:
    """The posts, an advert among posts of the sender's own without its address."""
    away = [_is_elsewhere(post.url, mail) for post in posts]
    few = 0 < sum(away) * 2 < len(away)
    return [replace(post, url="") if few and leads else post for post, leads in zip(posts, away, strict=True)]


def _with_titles_above(posts: list[MailPost], at: datetime) -> list[MailPost]:
    """The posts, their first lines as titles where each has one above a line that says who or when."""
    lines = [post.text.split("\n") for post in posts]
    sorts = [[_class_of(line, at) for line in each[:2]] for each in lines]
    if any(post.title or len(each) < 3 for post, each in zip(posts, lines, strict=True)):
        return posts
    if any(sort[0] != "words" or sort[1] not in ("name", "by") for sort in sorts):
        return posts
    return [replace(p, title=one[0], text="\n".join(one[1:])) for p, one in zip(posts, lines, strict=True)]


def _count_names(posts: Sequence[MailPost], at: datetime) -> list[int]:
    """Count the lines that say who and where with which each begins: none, unless most begin so."""
    tops = [post.text.split("\n") for post in posts]
    sorts = [[_class_of(line, at) for line in lines[:-1]] for lines in tops]
    counts = [sum(1 for _ in takewhile(lambda sort: sort != "words", one)) for one in sorts]
    own = [count for post, count in zip(posts, counts, strict=True) if post.text and post.url]
    return counts if sum(map(bool, own)) * 2 > len(own) else [0] * len(posts)


def _name_first(post: MailPost, names: int) -> MailPost:
    """The post, without the place above its writer's name, or below it."""
    top, rest = post.text.split("\n")[:names], post.text.split("\n")[names:]
    if len(top) < 2 or not all(map(_is_name, top[:2])):
        return post
    below = " " not in top[0] and _is_user(top[1])
    return replace(post, text="\n".join([top[below], *top[2:], *rest]))


def _is_user(said: str) -> bool:
    """Does it look like what somebody calls themselves on a forum?"""
    return said == said.lower() or bool(re.search(r"[_\d]", said))


def _stays(line: str, text: Sequence[str], at: datetime) -> bool:
    """May a line that others have too be a post's own: its first, a place below, a time, or of danger?"""
    placed = line in text[:2] and _class_of(line, at) == "name"
    return line == text[0] or placed or _class_of(line, at) == "by" or wording.speaks_of_danger(line)


def _lines_beside(
    lines: Sequence[BoxedLine], block: Sequence[int], anchor: Anchor | None
) -> tuple[list[str], list[str]]:
    """The lines of a block without the words of its link, and the words of adverts in it."""
    said, url = [lines[n].said for n in block], anchor.url if anchor else ""
    linked = lines[anchor.at].said if anchor else ""
    if not anchor:
        return [line for line in said if not _says("advert").fullmatch(line)], []
    told, adverts = _without_adverts(said, lambda link: link == url)
    beside = []
    for line in told:
        behind = without_links(line.partition(url)[2].lstrip("> )")) if line == linked else line
        goes_on = line != behind and _says("behind_title").fullmatch(behind) and not _is_name(behind)
        goes_on = goes_on and not _says("moment").search(behind)
        beside.append("" if goes_on or _is_place(line) else behind)
    return [*filter(None, beside)], adverts


def _is_place(line: str) -> bool:
    """Is it a name that leads to a list of posts, and is nobody's?"""
    links = links_in(line)
    own = any(_is_page(url) or is_profile(url) for url in links)
    return bool(links) and not own and _is_name(without_links(line))


def _anchors_in(lines: Sequence[BoxedLine], mail: ReadMail) -> Iterator[Anchor]:
    """The links of a mail that may lead to posts, and how much speaks for each."""
    told = [(n, *link) for n, line in enumerate(lines) for link in _labels_in(line.said)]
    often = Counter(said for said, _ in {(said.lower(), _link_key(url)) for _, url, said in told})
    for n, url, said in told:
        if not _is_page(url) or _says("beyond").match(said):
            continue
        label = "" if often[said.lower()] > 1 and len(said.split()) <= _LONGEST_BUTTON else _label(said)
        button = "viewed" if _says("viewed").match(said) else said.lower()
        role = (lines[n].kind, "" if label else button)
        within = (
            lines[n].said.partition(url)[2].lstrip("> )].,")[:1].islower()
        )  # a sentence goes on behind it
        worth = _worth(url, label, said, lines[n].loud, mail) - 3 * within
        yield Anchor(n, url, _link_key(url), label, role, worth)


def _labels_in(said: str) -> Iterator[tuple[str, str]]:
    """The addresses of a line, each with the words before it."""
    end = 0
    for found in LINK.finditer(said):
        if host_of(url := found[0].strip("<>")):
            yield url, said[end : found.start()].strip(" \t·•|-–—:([])#*")
        end = found.end()


def _worth(url: str, label: str, said: str, loud: bool, mail: ReadMail) -> float:
    """Weigh what speaks for a link as the address of a post: where it leads, and its words."""
    post = _is_post(url) or _is_written(url)
    if not label:
        viewed = not said or _says("viewed").match(said)
        if not viewed and said.lower() in ("reply", "respond", "answer"):
            return 1
        return 3 * post + (1.5 + 2 * _leads_away(url, mail) if viewed else -2)
    wordy = loud or len(label.split()) >= _FEW_WORDS
    named = _is_name(label) and not loud
    return 3 * post + (2 if wordy else 0.9) + (1 + wordy) * _leads_away(url, mail) - 2 * named


def _leads_away(url: str, mail: ReadMail) -> bool:
    """Does it lead to a site that is not its sender's, nor the sender's own platform?"""
    return _is_elsewhere(url, mail) and not _platform_of(mail)


def _is_elsewhere(url: str, mail: ReadMail) -> bool:
    return host_of(url).split(".")[-2:] != mail.host.split(".")[-2:]


def _are_buttons(line: str) -> bool:
    """Does it hold several links, each with a button's words?"""
    labels = [said for _, said in _labels_in(line)]
    return len(labels) > 1 and not any(map(_label, labels)) and not wording.speaks_of_danger(line)


@lru_cache(maxsize=4096)
def _class_of(said: str, at: datetime) -> str:
    """Name the sort of a line, for comparing."""
    bare = _HANDLE.sub("", without_links(said))
    if not bare or _says("buttons").match(bare) or _are_buttons(said):
        return "button"
    if _time_alone(bare, at) or any(_byline(bare, at)) or _facts_in(bare, at):
        return "by"
    return "name" if _is_name(bare) else "words"


def _with_headers_read(lines: Sequence[str]) -> list[str]:
    """The lines, the headers above each mail of a list's digest as its title and who wrote it when."""
    read: list[str] = []
    for _, group in groupby(lines, lambda line: bool(_HEADER.match(line))):
        run = [*group]
        told = {name.lower(): value for name, _, value in (line.partition(": ") for line in run)}
        if {"from", "subject", "date"} <= told.keys():
            title = wording.label_less(_says("labels").sub("", wording.label_less(told["subject"])))
            run = [f"Topic: {title}", f"Posted by {_BY_ADDRESS.sub('', told['from'])} · {told['date']}"]
        read += run
    return read


def _post_below(mail: ReadMail, intro: str, heading: str, lines: Sequence[str], title: str) -> MailPost:
    """The one post of a notice, from the lines below what happened (`intro`), and who wrote it."""
    url = _where(mail) or _first_post([heading])
    sorts = (("named_topic", intro[:600]), ("named", intro[:600]), ("named", mail.subject))
    words = _words_in(intro)  # what they quote is no thread
    if named := next(filter(None, (_says(name).search(said) for name, said in sorts if not words)), None):
        title = (named["a"] or named["b"]).strip()
    earlier = next((n for n, line in enumerate(lines) if _says("earlier").fullmatch(line)), len(lines))
    stars = [n for n, line in enumerate(lines) if _STARS.fullmatch(line)]
    body = lines[stars[0] + 1 : stars[1]] if len(stars) >= 2 else _post_words(lines[:earlier]).split("\n")
    text = "\n".join(line for line in map(without_links, body) if line != title).strip()
    first = text.partition("\n")[0]
    user = first if first == first.lower() and " " not in first and _is_name(first) else ""
    by_user = earlier < len(lines) or re.search(r"[_\d]", user) or user in mail.marks.get("from", "").split()
    author = _who(_match_event(intro)) or (user if by_user else None)
    return MailPost(url, title, text, author or None)


def _with_loud_title(post: MailPost, mail: ReadMail) -> MailPost:
    """The post of a notice, a line that stands out below its writer's name as its title; without what stands
    in that name's box, where the words stand elsewhere."""
    lines, boxed = post.text.split("\n"), boxed_lines_of(mail)
    names = [line for line in boxed if line.kind and without_links(line.said) == post.author]
    loud = {without_links(line.said) for line in boxed if line.loud}
    if not names and post.review and lines[1:] and lines[0] in loud:
        return replace(post, title=lines[0], text="\n".join(lines[1:]))
    if not names:
        return post
    beside = {without_links(line.said) for line in boxed if line.path[:-1] == names[0].path[:-1]}
    own = [line for line in lines if line not in beside]
    if not own:
        return post
    title = own.pop(0) if own[1:] and own[0] in loud and not _is_name(own[0]) else post.title
    return replace(post, title=title, text="\n".join(own))


def _without_marks(post: MailPost) -> MailPost:
    """The post without the quotation marks around all of its words."""
    whole = re.fullmatch(r'["“]([^"“”]+)["”]', post.text)
    return replace(post, text=whole[1]) if whole else post


def _words_in(event: str) -> list[str]:
    """The words of a post that stand in the line that says who has written it."""
    return [part for part in _rewrite_notice(event)[1:] if not part.startswith("Topic: ")]


def _is_placed(line: str) -> bool:
    """Is it a name with a place beside it?"""
    return bool(_says("from_place").search(line)) and _is_name(_BETWEEN.split(line[:_LONGEST_BYLINE])[0])


def _brands_of(mail: ReadMail, platform: Any) -> set[str]:
    """Name the place that sends, in lower case: its logo's words, and never a writer's name."""
    name = mail.marks.get("from", "").partition("<")[0].strip(' "').lower()
    hosts = (mail.host, *(platform["hosts"] if platform else ()))
    labels = {label for host in hosts for label in host.split(".")}
    whole = _says("several").search(mail.subject) or f"[{name}]" in mail.subject.lower()
    ours = whole or labels & {*name.split()}
    signed = (f"{before}{name}{after}" for before in ("— ", "- ", "") for after in ("", " staff", " team"))
    return {*labels, *(said for said in signed if ours or said != name)} - {""}


def _is_one_post(lines: Sequence[str]) -> bool:
    """Is there one address of a post in them, and no other?"""
    return len({_link_key(url) for line in lines for url in links_in(line) if _is_post(url)}) == 1


def _with_headings(posts: list[MailPost], title: str) -> list[MailPost]:
    """The posts, with a heading below the writer's name as their title where each has one: no place."""
    parts = [(post, *post.text.partition("\n")) for post in posts if post.url]
    brief = (len(a.split()) <= _LONGEST_HEADING and a[-1:] not in ".!?,…:;" and b for _, a, _, b in parts)
    if not (all(brief) and all(post.author and post.title == title for post, *_ in parts)):
        return posts
    places = len(parts) > 1 and all(_is_name(a) and not wording.speaks_of_danger(a) for _, a, _, _ in parts)
    told = [replace(post, title=post.title if places else a, text=b) for post, a, _, b in parts]
    return told + [post for post in posts if not post.url]


def _drop_opening(lines: list[str], subject: str) -> list[str]:
    """The lines without those at the top that say that there are several."""
    words = (
        len(line.split()) > _LONGEST_OPENING
        or (line and line != subject and not (_says("several").search(line) or not _post_words([line])))
        for line in lines
    )
    return lines[next((n for n, spoken in enumerate(words) if spoken), 0) :]


def _match_event(line: str) -> re.Match[str] | None:
    """Match a line that says who has written what."""
    line = _TWICE.sub(r"\1", without_links(line[:4_000])[:600])
    placed = _says("placed").fullmatch(line)
    placed = placed if placed and _who(placed) and _is_name(placed["who"]) else None
    return (
        _says("by").search(line)
        or _says("reviewed").fullmatch(line)
        or _says("intro").match(line)
        or _says("watched").search(line)
        or placed
    )


def _who(found: re.Match[str] | None) -> str | None:
    told = [said for name, said in found.groupdict().items() if name[:3] == "who" and said] if found else []
    name = told[0].rpartition(",")[2].strip(" *") if told else ""
    known = name.lower() in ("you", "someone", "somebody", "there", "i", "we", "he", "she", "they")
    return name if name and len(name) <= _LONGEST_NAME and not known else None


def _where(mail: ReadMail) -> str:
    """The address for which most speaks; "" where as much speaks for another."""
    lines = boxed_lines_of(mail)
    links = [*_anchors_in(lines, mail)]
    worth = [(bool(_says("post").search(link.url)), link.worth) for link in links]
    most = max(worth, default=(False, 0))
    found = {one.key: one.url for one, its in reversed([*zip(links, worth, strict=True)]) if its == most}
    return next(iter(found.values())) if len(found) == 1 and most[1] > 0 else ""


def _is_written(url: str) -> bool:
    """Is it an address of a platform on which people write, and of one post there?"""
    return channel(channel_at(url)).written_on and not is_of_many_posts(url)


def _by_their_lines(lines: Sequence[str], at: datetime) -> list[MailPost]:
    """Posts that begin with lines of their own that say who wrote them; several may stand under one title."""
    spoken = [line if not _says("ends").match(line) else "" for line in lines]
    starts = [n for n, line in enumerate(spoken) if _byline(line, at)[0]]
    posts, title, url, end = list[MailPost](), "", "", 0
    ends = [*starts[1:], len(lines)]
    linked = [n for n in range(*ends[-2:]) if _first_post([lines[n]])] if ends[1:] else []
    if linked and all(_first_post([*filter(None, lines[:n])][-1:]) for n in starts[1:]):
        ends[-1] = linked[-1] + 1  # where each ends with its link, the last does
    for start, following in zip(starts[:_MOST_POSTS], ends, strict=False):
        for line in lines[end:start]:
            if topic := _topic_of(line):
                title, url = topic, ""
            url = _first_post([line]) or url
        heading = lines[start - 1] if start and _has_title(lines[start - 1]) else ""
        between = range(start + 1, following)
        end = next((n for n in between if _STARS.fullmatch(lines[n]) or _topic_of(lines[n])), following)
        if end == following < len(lines) and _has_title(lines[end - 1]):
            end -= 1
        near = _first_post((heading, *lines[start:end]))
        posts.append(MailPost(near or url, title or _title(heading), _post_words(lines[start:end])))
        url = "" if heading and not title else url
    return posts if len(posts) > 1 else []


def _first_post(lines: Sequence[str]) -> str:
    """The first address of a post in them, "" without one."""
    return next((link for line in lines for link in links_in(line) if _is_post(link)), "")


def _has_title(line: str) -> bool:
    """Is it the title of a post, with its address?"""
    return bool(_first_post([line]) and _title(line) and not _topic_of(line))


def _topic_again(line: str) -> str:
    """The title in a line that says that it is a reply to it."""
    return line.partition(":")[2].strip() if line[:3].lower() == "re:" else ""


def _topic_of(line: str) -> str:
    found = _says("topic").fullmatch(without_links(line))
    return found["title"] if found else ""


def _is_name(said: str) -> bool:
    """May it be somebody's name, or what they call themselves, and no sentence?"""
    said = _TWICE.sub(r"\1", said[:_LONGEST_BYLINE])
    return len(said) <= _LONGEST_NAME and bool(_NAME.fullmatch(said))


@lru_cache(maxsize=4096)
def _byline(line: str, at: datetime, *, names: bool = False) -> tuple[str | None, datetime | None]:
    """Read who wrote it and when, where a line says one of these; `names`: with a place, or nothing."""
    line = _BY_ADDRESS.sub(" · ", without_links(line[:_LONGEST_BYLINE])).replace(" ,", ",").strip("*# ·")
    line = _TWICE.sub(r"\1", line)
    line = _says("dated_by").sub(r"by \g<who> · \g<when>", line)
    said = line
    if len(line) >= _LONGEST_BYLINE or (line.endswith((".", "!", "?")) and not _INITIAL.search(line)):
        return None, None
    parts = _BETWEEN.split(line)
    first, *rest = [one for one in parts if not _says("beside").match(one) or _time_alone(one, at)] or parts
    dates = (parse_date(part, zone="Europe/London", fetched_at=at) for part in (", ".join(rest), *rest))
    when = next(filter(None, dates), None) if rest else None
    if _time_alone(first, at):
        counted = all(_is_name(part) or part.isdigit() or _says("buttons").match(part) for part in rest)
        whole = (f"{first}, {rest[0]}", first) if rest else ()
        dates = (parse_date(part, zone="Europe/London", fetched_at=at) for part in whole)
        return None, next(filter(None, dates), None) if counted else None
    by = next(filter(None, (_who(_says("posted_by").fullmatch(part)) for part in (first, *rest))), None)
    if by or (when and _is_name(first) and not _says("counted").fullmatch(first)):
        return by or first, when
    if names and _is_name(first) and all(map(_is_name, rest)):
        return first, None
    return _facts_in(said, at) or (None, None)


@lru_cache(maxsize=4096)
def _facts_in(line: str, at: datetime) -> tuple[str | None, datetime | None] | None:
    """Tell who and when, where each part of a line is a name, a time, a place on the web, or a count, and not
    all are names; None for a sentence."""
    if len(line) >= _LONGEST_BYLINE or line.endswith((".", "!", "?")):
        return None
    parts = [part.strip(" :-–—") for part in _PARTED.split(line)]
    parts = [part for part in parts if part]
    times = [part for part in parts if _time_alone(part, at)]
    counts = [part for part in parts if part not in times and _says("counted").fullmatch(part)]
    names = [part for part in parts if part not in (*times, *counts)]
    placed = (
        bool(times) and re.search("[|·•]", line) and all(len(name.split()) < _FEW_WORDS for name in names)
    )
    if not (times or counts) or not (placed or all(map(_is_name, names))) or len(names) > _MOST_NAMES:
        return None
    read = (parse_date(said, zone="Europe/London", fetched_at=at) for said in (", ".join(times), *times))
    return next(filter(_is_name, names), None), next(filter(None, read), None) if times else None


@lru_cache(maxsize=4096)
def _time_alone(line: str, at: datetime) -> datetime | None:
    brief = len(line.split()) <= _BRIEF and _says("moment").search(line)
    return parse_date(line, zone="Europe/London", fetched_at=at) if brief else None


def _is_title_above(lines: Sequence[str], at: datetime) -> bool:
    """Is the first line a post's title, above its writer?"""
    if not lines[1:] or not _byline(lines[1], at, names="," in lines[1])[0]:
        return False
    said = _is_name(lines[0]) and _says("explicit").search(lines[1])
    return bool(said) or not _is_beside(lines[0], at)


def _read_first_line(
    lines: Sequence[str], author: str | None, at: datetime, *, names: bool
) -> tuple[str | None, datetime | None]:
    """Read who wrote it, and when, from its first line: who wrote last, where an author is known."""
    line = _TWICE.sub(r"\1", "".join(lines[:1]))
    if last := _says("last").match(line):
        return _byline(f"by {line[last.end() :]}", at)
    if author or not line:
        return None, None
    by = _byline(line, at, names=bool(lines[1:]) and (names or _is_placed(line)))
    following = "".join(lines[1:2])
    again = f"{following} ".startswith(f"{line} ") or _time_alone(following, at)
    return (line, None) if again and lines[2:] and _is_name(line) and not any(by) else by


def _read_top_lines(
    post: MailPost, title: str, at: datetime, *, names: bool, titled: bool = False
) -> MailPost:
    """A post, with who wrote it, when and where, as far as its first lines say so and no more."""
    by, *own = _rewrite_notice(post.title)
    if own:
        lines = [*filter(None, post.text.split("\n"))]
        lines = [*lines, *own] if all(_is_beside(line, at) for line in lines) else [*own, *lines]
        post = replace(post, title="", text="\n".join([by, *lines]))
    happened = _match_event(post.text.partition("\n")[0])
    for _ in range(_MOST_BYLINES):
        post, before = _with_line_read(post, title, at, names=names), post
        if post == before:
            break
    own_title, lines = post.title, post.text.split("\n")
    author, when = post.author, post.published
    while (lines[1:] or (lines and own_title)) and (beside := _facts_below(lines[-1], at)):
        author, when = author or beside[0], when or beside[1]
        lines.pop()
    if not author and lines[2:] and all(map(_is_name, lines[-2:])) and _is_user(lines[-1]):
        author, lines = lines[-2], lines[:-2]
    post, text = replace(post, published=when), "\n".join(lines)
    if titled and not own_title and not happened:
        own_title, _, text = text.partition("\n")
    if found := _says("placed").fullmatch(own_title or title):
        own_title, author, title = _thread_in(found), author or _who(found), ""
    own_title = _topic_of(own_title) or _topic_again(own_title) or own_title or title
    own_title = _NUMBERED.sub("", own_title)
    return replace(post, title=own_title, text=text, author=author)


def _facts_below(line: str, at: datetime) -> tuple[str | None, datetime | None] | None:
    """Tell who and when, where a line below a post says that, or counts, and no more; None of words."""
    if not line or wording.speaks_of_danger(line):
        return None
    if when := _time_alone(line, at):
        return None, when
    return (None, None) if _says("beside").match(line) else _facts_in(line, at)


def _thread_in(placed: re.Match[str]) -> str:
    """The thread in which somebody wrote, as a line says it; "" of a group, which is no title."""
    of_thread = _says("of_thread").search(placed[0][: placed.start("where")])
    return placed["where"] if of_thread and not placed["where"].startswith("your ") else ""


def _rewrite_notice(line: str) -> list[str]:
    """Split what a line says of a post, each in a line of its own, as [[notices.rewrites]] has it."""
    for one in AROUND["notices"]["rewrites"] if len(line) < _LONGEST_REWRITTEN else ():
        if found := re.fullmatch(one["line"], line, re.IGNORECASE):
            return found.expand(one["as"]).split("\n")
    return [line]


def _with_line_read(post: MailPost, title: str, at: datetime, *, names: bool) -> MailPost:
    """The post without its first line, or lines, where they say who wrote it, when or where."""
    post, line, rest = _open_lines(post, at)
    if wording.speaks_of_danger(line[:_LONGEST_BYLINE]):
        return post
    if rest and (read := _read_writer(post, line, title, at)):
        return _with_facts(post, rest, *read)
    if topic := _topic_of(line) or (_topic_again(line) if rest else ""):
        return _with_facts(post, rest, title=topic)
    if _is_counted(line, at) and not (rest and _says("last").match(line)):
        said = line.partition(":")[2] if _says("dated").match(line) else line
        return _with_facts(post, rest, when=_time_alone(said, at))
    placed = _says("placed").fullmatch(line)
    if placed and (who := _who(placed)) and _is_name(who) and post.author in (None, who):
        return _with_facts(post, rest, who, title=post.title or _thread_in(placed))
    if any(by := _read_first_line([line, *rest], post.author, at, names=names)):
        return _with_facts(post, rest, *by)
    if rest and not post.published and (when := _time_alone(line, at)):
        return _with_facts(post, rest, when=when)
    return post


def _with_facts(
    post: MailPost,
    rest: Sequence[str],
    author: str | None = None,
    when: datetime | None = None,
    title: str = "",
) -> MailPost:
    """The post with the `rest` of its lines, and what the first one says of it."""
    told = author or post.author, when or post.published, title or post.title
    return replace(post, text="\n".join(rest), author=told[0], published=told[1], title=told[2])


def _open_lines(post: MailPost, at: datetime) -> tuple[MailPost, str, list[str]]:
    """The post with a title that stands above its writer apart, its first line, and those below."""
    lines = post.text.split("\n")
    if not post.title and _is_title_above(lines, at):
        post, lines = replace(post, title=lines[0]), lines[1:]
    line, *above = _rewrite_notice(_TWICE.sub(r"\1", lines[0])) if lines else [""]
    line, rest = _HANDLE.sub("", line), [*above, *lines[1:]]
    return replace(post, text="\n".join([line, *rest])), line, rest


def _read_writer(
    post: MailPost, line: str, title: str, at: datetime
) -> tuple[str | None, datetime | None] | None:
    """Read who wrote it, and when, where a line surely says so, or says where and when somebody wrote who is
    known; None for another."""
    by, when = _byline(line, at, names=True)
    if by and _says("explicit").search(line):
        return by, when
    if post.author and when:
        return post.author, when
    known = (post.author, _who(_says("placed").fullmatch(title)), f"{post.author}".removeprefix("u/"))
    return (post.author or by or line, when) if (by or line) in known else None


def _is_counted(line: str, at: datetime) -> bool:
    """Does it say where, or how many, and no more?"""
    return bool(_says("beside").match(line)) or _facts_in(line, at) == (None, None)


# Google Alerts.


def _is_alert(mail: ReadMail) -> bool:
    """Is it a mail of Google Alerts? A person's, who forwards one, is not."""
    return "alert" in mail.sender and wording.is_from(mail, ("google.com",))


# The collector of a mailbox of the school's own.

_IDS = "mailbox"
_WHY: dict[str, str] = AROUND["left_out"]
_ALONE_S = 2.0
_AS_MAIL = "email"
"""The channel of what a server takes for spam: it is judged by its words, and nobody need look at it."""


class MailboxOfAlerts(OnePage):
    """Reads what a mailbox brings: results of alerts, notices, and people's own reports."""

    def requests(self, source: Source, state: SourceState, now: datetime) -> Sequence[Request]:
        """Ask for what nobody has read yet, if the state knows it of this mailbox; else for everything."""
        left = state.resume if state.resume and same_mailbox(source.url, state.resume) else source.url
        return [Request(left, auth=source.id)]

    def recognises(self, response: Response) -> float:
        """By what the fetcher writes at its beginning."""
        return 0.95 if f'"{FORMAT}"'.encode() in response.body[:64] else 0.0

    def parse(self, source: Source, response: Response) -> Page:
        """Every mail in the order in which they came; what is no mention is counted."""
        bundle = _bundle_in(response)
        if bundle is None:
            return Page(warnings=("This is not what a mailbox brings.",))
        mentions, replies = dict[str, Mention](), list[MailReply]()
        passed: Counter[str] = Counter({_WHY["broken"]: bundle.broken})
        settings = MailboxSettings.model_validate(dict(source.settings))
        there = source.url.partition("graph://")[2].partition(";")[0].strip("/")
        own = tuple(one.lower() for one in (settings.user, settings.other_mailbox, there) if one)
        homes = wording.homes_of(own)
        names = (*source.names, *(normalise(home.partition(".")[0]) for home in homes))
        reader = _Reader(response.fetched_at, settings.senders, own, homes, source.channel, names)
        alone = len(bundle.mails) == 1
        told, late = read_each(reader.read_mail, bundle.mails, item_s=_ALONE_S if alone else None)
        if late:
            raise Unreadable(_WHY["slow"])
        told += [([reader.unread(f"{bundle.resume} {n}", "")], []) for n in range(bundle.broken)]
        for found, why in told:
            passed.update(why)
            if isinstance(found, MailReply):
                replies.append(found)
            else:
                mentions.update((m.id, m) for m in found)
        ours = bundle.resume.startswith("mbox:") or same_mailbox(source.url, bundle.resume)
        resume = bundle.resume if ours else None
        counted = {why: f"{why}: {n}." for why, n in passed.items() if n}
        return Page(
            mentions=tuple(mentions.values()),
            next=Request(resume, auth=source.id) if resume and bundle.waiting else None,
            resume=resume,
            left_out=tuple(counted.values()),
            unread=tuple(said for why, said in counted.items() if why in (_WHY["broken"], _WHY["cut"])),
            replies=tuple(replies),
        )

    def split(self, response: Response) -> Sequence[Response]:
        """Part a bundle into its mails."""
        bundle = _bundle_in(response)
        if bundle is None or not bundle.mails:
            return ()
        each = (replace(bundle, mails=(mail,), resume="", waiting=False, broken=0) for mail in bundle.mails)
        parts = (replace(bundle, mails=()), *each)
        return [replace(response, body=part.to_document()) for part in parts]

    def give_up(self, source: Source, lost: Sequence[Response]) -> Page:
        """Finds under the times at which these mails came, so that somebody looks at them in the mailbox."""
        mails = [mail for bundle in filter(None, map(_bundle_in, lost)) for mail in bundle.mails]
        if not mails:
            return Page()
        reader = _Reader(lost[0].fetched_at, (), (), (), source.channel, ())
        said = (f"{_WHY['broken']}: {len(mails)}.",)
        finds = tuple(reader.unread(mail.head, mail.received) for mail in mails)
        return Page(finds, left_out=said, unread=said)


_BUNDLE = TypeAdapter(Bundle)


def bundle_of(document: str) -> Bundle | None:
    """Read back what `to_document` wrote; None for anything else."""
    try:
        told = parse_json(document)
        return _BUNDLE.validate_python(told) if told["format"] == FORMAT else None
    except (ValueError, KeyError, TypeError):
        return None


def _bundle_in(response: Response) -> Bundle | None:
    return bundle_of(response.body.decode("utf-8", "replace"))


def _enclosed_in(mail: ReadMail, known: frozenset[str]) -> list[MailPost]:
    """List the posts in the mails that are enclosed in it, without an address of anybody."""
    posts = []
    for one in mail.enclosed_mails:
        inner = wording.part_by_writer(mail, one.lines, people=one.people)
        lines = (*inner.own, "", *inner.passed)
        there = wording.address_sent_on(lines, ())
        said = wording.in_words(lines, there, known | inner.known)
        posts.append(MailPost(there, one.subject, said, published=one.sent))
    return posts


@freeze
class _Reader:
    """Reads the mails of one mailbox. `own` are the school's mailboxes and `homes` its domains; `at` is when
    they were fetched, `channel` what the source says of all, `names` what the school is called."""

    at: datetime
    senders: tuple[str, ...]
    own: tuple[str, ...]
    homes: tuple[str, ...]
    channel: str | None
    names: tuple[str, ...]

    def read_mail(self, fetched: MailAsFetched) -> tuple[list[Mention] | MailReply, list[str]]:
        """Read one mail, and list what is to be counted of it. One made to break us hides no other."""
        try:
            mail = mail_of(fetched, self.at)
            automatic = wording.is_automatic(mail)
            if reply := wording.reply_of(mail, automatic=automatic):
                return reply, [] if reply.takes else [_WHY["not_mine"]]
            if self.senders and not wording.is_from(mail, self.senders):
                return [], [_WHY["others"]]
            if automatic:
                return [], [_WHY["replies"]]
            spam = self._is_spam(mail)
            within = (f"{one.subject}\n" + "\n".join(one.lines) for one in mail.enclosed_mails)
            said = "\n".join((mail.subject, mail.words, *within))
            if spam and any(mail.lines) and not self._may_matter(said):
                return [], [_WHY["junk"]]
            found = self._list_finds(mail, fetched)
        except (ValueError, RecursionError):
            return [self.unread(fetched.head, fetched.received)], [_WHY["broken"]]
        if spam:
            found = [replace(m, channel=_AS_MAIL, sent_on=False) for m in found]
        if mail.enclosed:
            found[0] = replace(found[0], enclosed=mail.enclosed, mail=mail.address)
        made = [clean_mention(replace(m, channel=self.channel or m.channel)) for m in found]
        return made, [_WHY["spam"]] * spam + [_WHY["cut"]] * mail.cut

    def unread(self, key: str, received: str) -> Mention:
        """A find in the place of a mail that could not be read: somebody is to look at it."""
        title = f"{_WHY['unread']} ({received[:16].replace('T', ' ')})" if received else _WHY["unread"]
        where = self.channel or ELSEWHERE
        known = mention_id(_IDS, digest("unread", key))
        return Mention(known, "", where, MentionKind.POST, title, "", self.at, sent_on=True)

    def _is_spam(self, mail: ReadMail) -> bool:
        """Did the server take it for spam, and is its sender nobody we know?"""
        status = mail.marks.get("x-spam-status", "").lower().startswith("yes")
        marked = status or mail.marks.get("x-spam-flag", "").lower() == "yes"
        known = (*self.senders, *self.homes)
        return marked and not (wording.is_from(mail, known) or _platform_of(mail) or _is_alert(mail))

    def _may_matter(self, said: str) -> bool:
        """Does it speak of danger, or name the school, if we know its name, at the beginning of a word?"""
        named = not self.names or any(f" {name}" in f" {normalise(said)}" for name in self.names)
        return named or wording.speaks_of_danger(said)

    def _list_finds(self, mail: ReadMail, fetched: MailAsFetched) -> list[Mention]:
        """Its finds, one at least."""
        platform = _platform_of(mail)
        alerts = platform or _is_alert(mail)
        if not alerts and (form := filled_form_in(fetched, mail, self.homes)):
            return [self._filled_form(mail, form)]
        whose = wording.part_by_writer(mail, mail.lines, (*self.own, *self.homes))
        program = bool(alerts) or wording.is_by_program(mail, self.homes) or self._tells_of_posts(mail)
        within = (line for one in mail.enclosed_mails for line in (one.subject, one.people, *one.lines))
        known = whose.known.union(self.own, wording.addresses_in(within))
        if program:
            posts, there = posts_in_mail(mail, self.at), platform["channel"] if platform else ""
            results = not platform and all(_leads_away(post.url, mail) for post in posts if post.url)
            notice = partial(self._notice, where=there)
            found = [(self._result if results and post.url else notice)(mail, post, known) for post in posts]
        else:
            found = self._report(mail, whose, known)
        if program:
            found = found or self._other(mail, known)
            found += [self._notice(mail, post, known) for post in _enclosed_in(mail, known)]
        if Holds.ENCRYPTED in mail.holds or not found:
            found.append(self._wordless(mail, program, known))
        dangers = set() if _is_alert(mail) else dangers_in(mail.subject)
        if dangers and dangers - dangers_in(" ".join(f"{one.title} {one.text}" for one in found)):
            alone = self._mention(mail, MailPost("", mail.subject, mail.subject), ELSEWHERE, known)
            found.append(replace(alone, sent_on=not program))
        return found

    def _tells_of_posts(self, mail: ReadMail) -> bool:
        """Does an address by which programs send, and none of ours, tell of posts and where they are?"""
        named = _says("senders").match(mail.sender) and not wording.is_from(mail, self.homes)
        return bool(named) and any(post.url for post in posts_in_mail(mail, self.at))

    def _result(self, mail: ReadMail, post: MailPost, known: frozenset[str]) -> Mention:
        """A result of an alert; its id is its address's, so that two alerts bring it once."""
        where = channel_at(post.url)
        found = self._mention(mail, post, "google_news" if where == WEBSITE else where, known)
        reports, named = channel(where).reports, f"{found.author}".lower() in host_of(post.url).split(".")
        author, kind = None if named else found.author, found.kind if reports else MentionKind.ARTICLE
        known_by = mention_id(_IDS, canonical_url(post.url)) if post.url else found.id
        return replace(found, id=known_by, author=author, kind=kind, rating=post.rating)

    def _notice(self, mail: ReadMail, post: MailPost, known: frozenset[str], *, where: str = "") -> Mention:
        """A post that a notice or a digest tells of."""
        where = where or channel_at(post.url)
        found = self._mention(mail, post, "local_forum" if where in (WEBSITE, *UNSAID) else where, known)
        return replace(found, kind=MentionKind.REVIEW, rating=post.rating) if post.review else found

    def _other(self, mail: ReadMail, known: frozenset[str]) -> list[Mention]:
        """A program's mail of another shape: kept where it names the school, as an article is."""
        links = {link for link in links_in(mail.words) if _is_page(link)}
        text = "\n".join(filter(None, map(without_links, mail.lines)))
        url = links.pop() if len(links) == 1 else ""
        known = known | wording.addresses_in(mail.lines)
        found = self._mention(mail, MailPost(url, mail.subject, text), place_said(ELSEWHERE, url), known)
        return [replace(found, kind=MentionKind.ARTICLE)] if text or url else []

    def _report(self, mail: ReadMail, whose: wording.Parted, known: frozenset[str]) -> list[Mention]:
        """Read what a person sent on, each mail by itself, and what they say of it as a comment."""
        url, subject = (
            wording.address_sent_on(whose.passed, whose.own, self.homes),
            wording.label_less(mail.subject),
        )
        said, text = wording.in_words(whose.own, url, known), wording.in_words(whose.passed, url, known)
        posts = [MailPost(url, whose.title or subject, text)] if text else []
        notice = replace(mail, subject=whose.title or subject, lines=whose.passed, marks={}, markup="")
        told = self._posts_in_notice(notice, whose.known, known) if text else []
        left = posts[bool(told) :]
        for one in mail.enclosed_mails:
            notice = replace(notice, subject=one.subject, lines=one.lines, sent=one.sent)
            notices = self._posts_in_notice(notice, wording.addresses_in([one.people]), known)
            left += [] if notices else _enclosed_in(replace(mail, enclosed_mails=(one,)), known)
            told += notices
        if not told and not left:
            left, said = [MailPost(url, subject, said)] if said or url else [], ""
        found = [*told, *(self._mention_of_post(mail, post, known) for post in left)]
        titles = {whose.title.lower(), *(post.title.lower() for post in (*posts, *left))}
        lines = (*([] if subject.lower() in titles else [subject]), *said.split("\n"))
        said = "\n".join(line for line in lines if not wording.is_handed_on(line)).strip()
        if found and said and not wording.is_no_comment(said):
            comment = self._mention_of_post(mail, MailPost("", "", said), known)
            found.append(replace(comment, kind=MentionKind.COMMENT, parent=found[0].id))
        return found

    def _posts_in_notice(self, mail: ReadMail, by: frozenset[str], known: frozenset[str]) -> list[Mention]:
        """The posts of a notice that a person sent on, by the address of a program that it came from."""
        for sender in sorted(by - {*self.own}):
            notice = replace(mail, sender=sender)
            platform = _platform_of(notice)
            if platform or _says("senders").match(sender):
                there = platform["channel"] if platform else ""
                posts = posts_in_mail(notice, self.at)
                return [replace(self._notice(mail, post, known, where=there), sent_on=True) for post in posts]
        return []

    def _filled_form(self, mail: ReadMail, form: FilledForm) -> Mention:
        """A find of what somebody wrote into a form, or of its being there to be read. A title that is a
        program's would be judged as theirs: it stays where it may matter."""
        known = wording.addresses_in(form.people).union((mail.sender, *self.own)) - {""}
        text = wording.in_words(form.text.split("\n"), "", known)
        title = form.title if text else f"{form.title} ({AROUND['forms']['elsewhere']})"
        title = "" if text and form.by_program and not self._may_matter(title) else title
        return self._mention_of_post(mail, MailPost("", title, text or form.title), known)

    def _mention_of_post(self, mail: ReadMail, post: MailPost, known: frozenset[str]) -> Mention:
        return replace(self._mention(mail, post, place_said(ELSEWHERE, post.url), known), sent_on=True)

    def _wordless(self, mail: ReadMail, program: bool, known: frozenset[str]) -> Mention:
        """A mail without words, or encrypted, for somebody to look at; its subject may be all that was
        said."""
        person = "somebody at the school" if wording.is_from(mail, self.homes) else "a person"
        subject = wording.label_less(mail.subject)
        kind = "an encrypted mail" if Holds.ENCRYPTED in mail.holds else "a mail without words"
        title = f"{subject} ({kind}, from {'a program' if program else person})".strip()
        found = self._mention(mail, MailPost("", title, subject), ELSEWHERE, known)
        return replace(found, sent_on=not program)

    def _mention(self, mail: ReadMail, post: MailPost, channel: str, known: frozenset[str]) -> Mention:
        """The find, without the address of anybody who wrote or got the mail."""
        said = (post.title, post.text, post.author or "")
        title, text, author = (wording.without_people(each, known) for each in said)
        url = wording.link_without_people(post.url, known)
        return Mention(
            mention_id(_IDS, digest(mail.key, url, title, text)), url, channel, MentionKind.POST, title, text,
            self.at, author=author or None, published=post.published or mail.sent,
        )  # fmt: skip
