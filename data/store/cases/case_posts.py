"""The posts that cases are about, as stored.

Among them one author's posts about one person, within one case: the only query here that asks for an author.
It is asked only for an open harassment case, after an approval recorded in its steps (`alerts.pack.facts`).
There is no index on authors, and no other case or school is searched.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from data.cases import Case, CasePlace, OtherWords, Post
from data.steps.codes import PlaceRole
from data.store.engine.rows import Connection, at, at_or_none, read_column, read_rows
from data.store.sealing import sealed_version
from data.types import LISTED, PressEvent
from data.web.urls import canonical_url

_NEWEST = """WITH these AS MATERIALIZED (SELECT * FROM mentions WHERE id = ANY($ids)),
    versions AS MATERIALIZED (SELECT mention_id, n, title, text FROM mention_versions
        WHERE mention_id = ANY($ids))
SELECT m.id, m.channel, m.kind, m.restricted, m.url, m.author, n.title, n.text,
    epoch_us(m.published), epoch_us(m.first_seen), epoch_us(m.fetched_at), m.version
FROM these m LEFT JOIN versions n ON n.mention_id = m.id AND n.n = m.version
ORDER BY coalesce(m.published, m.first_seen), m.id"""
"""Each table is read by its index: a join would read all rows."""
_WITHHELD = """SELECT mention_id, n, url, author, title, text FROM restricted_texts
WHERE mention_id = ANY($ids)"""
_SIGHTED = """SELECT mention_id, list(source_id ORDER BY source_id), epoch_us(max(last_seen))
FROM sightings WHERE mention_id = ANY($ids) GROUP BY mention_id"""
_EVENTS = "SELECT mention_id, version, event FROM verdicts WHERE mention_id = ANY($ids) AND event IS NOT NULL"
_ENCLOSED = "SELECT mention_id, kinds FROM enclosures WHERE mention_id = ANY($ids)"


def find_post(con: Connection, mention_id: str | None, *, restricted: bool = False) -> Post | None:
    """Return a post in its newest version; None where it does not exist (any more).

    The address, author, title and text of a restricted post are included only with `restricted`. The caller
    must check the right to read them and record the reading (`cases.record_read`).
    """
    return next(iter(posts_of(con, [mention_id], restricted=restricted)), None) if mention_id else None


def post_of(con: Connection, case: Case, *, restricted: bool = False) -> Post | None:
    """The post at the place where the case is turned to, as `post` returns it; where only an address is held,
    that of the case with this address.
    """
    if case.mention_id or not case.url:
        return find_post(con, case.mention_id, restricted=restricted)
    first = find_post(con, case.places[0].mention_id, restricted=restricted)
    return at_address(case, first, case.opened_at)


def at_address(here: Case | CasePlace, first: Post | None, since: datetime) -> Post:
    """Return what is known of a place of which only the address is held: the words of the first are looked
    for.
    """
    words = first if here.role not in NOT_READ else None
    title, text = (words.title, words.text) if words else (None, None)
    seen = first.first_seen if first else since
    return Post("", here.channel, "post", here.url, None, title, text, None, seen, seen)


NOT_READ = frozenset((PlaceRole.ACCOUNT, PlaceRole.SEARCH))
"""What a person looks at: no account is read, and no search is made for somebody's name."""


def posts_of_story(con: Connection, story_id: str, *, restricted: bool = False) -> tuple[Post, ...]:
    """Return the posts of a story in their newest versions, oldest first; as `find_post` returns them."""
    matched = {*read_rows(con, "SELECT mention_id, version FROM matches WHERE story_id = $id", id=story_id)}
    newest = read_rows(
        con, "SELECT id, version FROM mentions WHERE id = ANY($ids)", ids={i for i, _ in matched}
    )
    return posts_of(con, sorted(i for i, n in newest if (i, n) in matched), restricted=restricted)


_VERSIONS = """SELECT n.n, epoch_us(n.fetched_at), coalesce(r.title, n.title), coalesce(r.text, n.text)
FROM mention_versions n
LEFT JOIN restricted_texts r ON $restricted AND r.mention_id = n.mention_id AND r.n = n.n
WHERE n.mention_id = $id ORDER BY n.n"""


def version_at_opening(
    con: Connection, post: Post, case: Case, *, restricted: bool
) -> tuple[Post, tuple[OtherWords, ...]]:
    """Return a post in the version that was sealed when the case was opened, and its other ones, oldest
    first.
    """
    if post.version == 1:
        return post, ()
    rows = read_rows(con, _VERSIONS, id=post.mention_id, restricted=restricted)
    wanted = sealed_version(con, post.mention_id, case.id) or post.version
    others = [OtherWords(at(read), title, text) for n, read, title, text in rows if n != wanted]
    told = [replace(post, version=n, title=title, text=text) for n, _, title, text in rows if n == wanted]
    return (told or [post])[0], tuple(others) if told else ()


def reported_again(con: Connection, post: Post, case: Case, *, restricted: bool) -> tuple[OtherWords, ...]:
    """List what else of the story was said at the post's address, as somebody else handed it in, oldest
    first.
    """
    address, told = canonical_url(post.url or ""), (post.mention_id, *case.copies)
    return tuple(
        OtherWords(other.first_seen, other.title, other.text)
        for other in (posts_of_story(con, case.story_id, restricted=restricted) if address else ())
        if other.mention_id not in told and canonical_url(other.url or "") == address
    )


def posts_of(con: Connection, mention_ids: Sequence[str], *, restricted: bool = False) -> tuple[Post, ...]:
    """Those of these posts that exist, oldest first; as `post` returns them."""
    if not mention_ids:
        return ()
    given = {"ids": list(mention_ids)}
    rows = read_rows(con, _NEWEST, **given)
    if not rows:
        return ()
    withheld = restricted and any(row[_RESTRICTED] for row in rows)
    about = _About(
        {row[:2]: row[2:] for row in (read_rows(con, _WITHHELD, **given) if withheld else ())},
        {row[0]: row[1:] for row in read_rows(con, _SIGHTED, **given)},
        {row[:2]: row[2] for row in read_rows(con, _EVENTS, **given)},
        dict(read_rows(con, _ENCLOSED, **given)),
    )
    return tuple(_post(row, about) for row in rows)


_RESTRICTED = 3
_HIDDEN = (None, None, None, None)


@dataclass(frozen=True, slots=True)
class _About:
    """The facts that other tables hold of posts: of one and its version address, author, title and text that
    only few may read, and the event; of one its sources and when it was last seen, and what was enclosed.
    Each read by itself: to plan them all as one takes longer than to read them.
    """

    withheld: Mapping[tuple[str, int], tuple[Any, ...]]
    sighted: Mapping[str, tuple[Any, ...]]
    events: Mapping[tuple[str, int], str]
    enclosed: Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class SeenPost:
    """The place where a post is, when it was published, and which sources (ids) have it: no word of it."""

    channel: str
    published: datetime | None
    source_ids: frozenset[str]


def seen_posts(con: Connection, mention_ids: Sequence[str]) -> dict[str, SeenPost]:
    """Those of these posts that exist, by id: in a fifth of the time of `posts_of`, without its join."""
    given = {"ids": list(mention_ids)}
    sql = "SELECT id, channel, epoch_us(published) FROM mentions WHERE id = ANY($ids)"
    rows = read_rows(con, sql, **given)
    seen = con.execute("SELECT mention_id, source_id FROM sightings WHERE mention_id = ANY($ids)", given)
    sources: dict[str, set[str]] = {}
    for mention_id, source_id in seen.fetchall():
        sources.setdefault(mention_id, set()).add(source_id)
    return {
        mention_id: SeenPost(channel, at_or_none(published), frozenset(sources.get(mention_id, ())))
        for mention_id, channel, published in rows
    }


def _post(row: Sequence[Any], about: _About) -> Post:
    mention_id, channel, kind, hidden, *said, published, first, fetched, version = row
    url, author, title, text = about.withheld.get((mention_id, version), _HIDDEN) if hidden else said
    sources, last = about.sighted.get(mention_id, ((), None))
    event = about.events.get((mention_id, version))
    return Post(
        *(mention_id, channel, kind, url, author, title, text),
        *(at_or_none(published), at(first), at(fetched if last is None else last), version, tuple(sources)),
        event=PressEvent(event) if event else None,
        enclosed=tuple(about.enclosed.get(mention_id, ())),
    )


def stories_of_posts(con: Connection, urn: str, beginning: str) -> dict[str, tuple[str, ...]]:
    """The posts of that school's stories whose id begins so, each with the stories that hold it."""
    rows = con.execute(
        """SELECT mention_id, list(DISTINCT story_id) FROM matches
        WHERE urn = $urn AND starts_with(mention_id, $beginning) GROUP BY mention_id ORDER BY mention_id""",
        {"urn": urn, "beginning": beginning},
    )
    return {mention_id: tuple(stories) for mention_id, stories in rows.fetchall()}


def stories_listing(con: Connection, urn: str, mention_ids: Sequence[str]) -> list[tuple[str, bool]]:
    """The stories of that school that hold these posts, and whether one of them is there as a line of a list:
    those first, then the one that holds most."""
    sql = """SELECT story_id, bool_or(how = $how) AS so FROM matches
        WHERE urn = $urn AND mention_id = ANY($ids) AND story_id IS NOT NULL
        GROUP BY story_id ORDER BY so DESC, count(DISTINCT mention_id) DESC, story_id"""
    return read_rows(con, sql, urn=urn, ids=list(mention_ids), how=LISTED)


def with_the_same_words(con: Connection, story_id: str, urn: str) -> dict[str, str]:
    """The stories of other schools that hold a post with the very words of one of this story, by id, each
    with its school (URN). Too few words are no sign of that: they have no print."""
    sql = """SELECT DISTINCT y.story_id, y.urn FROM matches x
        JOIN mention_versions n ON n.mention_id = x.mention_id AND n.n = x.version AND n.body_hash <> ''
        JOIN mention_versions m ON m.body_hash = n.body_hash
        JOIN matches y ON y.mention_id = m.mention_id AND y.version = m.n AND y.story_id IS NOT NULL
        WHERE x.story_id = $id AND y.urn <> $urn ORDER BY ALL"""
    return dict(read_rows(con, sql, id=story_id, urn=urn))


def restricted_among(con: Connection, mention_ids: Sequence[str]) -> frozenset[str]:
    """Ids of those of these posts whose words only the safeguarding lead may read."""
    sql = "SELECT id FROM mentions WHERE restricted AND id = ANY($ids)"
    return frozenset(read_column(con, sql, ids=mention_ids))


def cases_with_new_posts(con: Connection, since: datetime) -> list[str]:
    """Ids of cases whose school was spoken of in another post at `since` or later: where removal is being
    sought, or that closed because the post was gone.

    Only cases whose post's words may be compared: none that bypasses the ladder, and no fair comment.
    """
    sql = """SELECT DISTINCT c.id FROM cases c JOIN matches x ON x.urn = c.urn
        JOIN mentions m ON m.id = x.mention_id AND m.version = x.version
        WHERE m.first_seen >= $since AND c.mention_id IS NOT NULL AND m.id <> c.mention_id
            AND (c.state IN ('triage', 'seeking', 'waiting', 'confirming')
                OR c.ending IN ('removed', 'changed'))
        ORDER BY c.id"""
    return read_column(con, sql, since=since)


def posts_since(con: Connection, since: datetime) -> frozenset[str]:
    """The ids of the posts that were first seen then or later."""
    return frozenset(read_column(con, "SELECT id FROM mentions WHERE first_seen >= $since", since=since))


_POSTS = """
WITH this AS (
    SELECT m.channel, CASE WHEN m.restricted THEN r.author ELSE m.author END AS author
    FROM mentions m
    LEFT JOIN restricted_texts r ON $restricted AND r.mention_id = m.id AND r.n = m.version
    WHERE m.id = $mention)
SELECT m.id FROM mentions m JOIN this ON m.channel = this.channel
LEFT JOIN restricted_texts r ON $restricted AND r.mention_id = m.id AND r.n = m.version
JOIN verdicts v ON v.mention_id = m.id AND v.version = m.version AND v.urn = $urn
WHERE this.author = $author AND (CASE WHEN m.restricted THEN r.author ELSE m.author END) = this.author
    AND (v.subject_person = $person OR m.id = $mention) AND v.relevance <> 'not_about'
"""


def by_the_same(con: Connection, case: Case) -> tuple[Post, ...]:
    """The author's posts about the approved person, on the case's own channel and site, oldest first.

    The author is that of the case's own post; nothing is returned where the approval names another.
    Restricted posts are included if the case itself is restricted, or was.
    """
    found = posts_of(
        con,
        read_column(
            con,
            _POSTS,
            mention=case.mention_id,
            author=case.chronology_author,
            person=case.chronology_person,
            urn=case.urn,
            restricted=case.restricted or case.is_returned,
        ),
        restricted=case.restricted or case.is_returned,
    )
    site = next((_site(p.url) for p in found if p.mention_id == case.mention_id), None)
    return tuple(p for p in found if p.mention_id == case.mention_id or (site and _site(p.url) == site))


def _site(url: str | None) -> str | None:
    """The host of an address: the same name on another forum may be somebody else."""
    host = urlsplit(url or "").hostname
    return host.removeprefix("www.").removeprefix("m.") if host else None
