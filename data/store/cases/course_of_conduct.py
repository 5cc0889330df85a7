"""One author's posts about one person, within one case: the only query here that asks for an author.

It is asked only for an open harassment case, after an approval recorded in its steps
(`alerts.pack.facts`). There is no index on authors, and no other case or school is searched.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from data.cases import Case, Post
from data.store.cases.case_posts import posts_of
from data.store.engine.bulk import Connection, read_column

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
    Restricted posts are included if the case itself is restricted.
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
            restricted=case.restricted,
        ),
        restricted=case.restricted,
    )
    site = next((_site(p.url) for p in found if p.mention_id == case.mention_id), None)
    return tuple(p for p in found if p.mention_id == case.mention_id or (site and _site(p.url) == site))


def _site(url: str | None) -> str | None:
    """The host of an address: the same name on another forum may be somebody else."""
    host = urlsplit(url or "").hostname
    return host.removeprefix("www.").removeprefix("m.") if host else None
