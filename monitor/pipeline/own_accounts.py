"""What is found on the school's own pages and accounts: whose it is, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from classifiers.own.account import (
    OWN_POST,
    on_site,
    own_author,
    posted_by_account,
    settle,
    settle_tag,
    tags_account,
    with_pupil_named,
)
from classifiers.own.named_pupil import names_pupil
from classifiers.text.language import Language, recognise
from data.store.engine.connect import Connection
from data.store.sources import own_accounts as account_store
from data.types import Mention, Relevance, Route, School, Severity, Source, Verdict
from data.web.urls import canonical_url
from monitor.pipeline.collect import Collected
from monitor.pipeline.judges import Judges
from monitor.pipeline.sighting import SOURCE_ID
from sources.own.notice import is_the_notice

EARLIER_DAYS = 60
"""How far back an account's posts are looked at for the languages it posts in."""


def as_linked(source: Source) -> Source:
    """The source as linking is to see it: everything on an account of the school's own is about it."""
    return replace(source, listing=True) if source.own else source


def stands_on_own(url: str, school: School, sources: Sequence[Source]) -> bool:
    """Is the address on the school's website, or below that of an account of its own?"""
    address = canonical_url(url)
    accounts = (canonical_url(s.url) for s in sources if s.own and school.urn in s.urns)
    below = any(address == own or address.startswith((f"{own}/", f"{own}?")) for own in accounts)
    return below or on_site(url, school)


def is_own_post(verdict: Verdict) -> bool:
    """The school's own news: nobody's opinion, so it joins no story."""
    return verdict.route is Route.IGNORE and any(r.code == OWN_POST for r in verdict.reasons)


def settled(
    verdicts: Sequence[Verdict], collected: Collected, before: Sequence[Language], judges: Judges
) -> tuple[Verdict, ...]:
    """The verdicts, adjusted on an account of the school's own by who posted and whether it is odd.

    `before` are the languages that the account posted in. Elsewhere, and of what a person handed in, we
    cannot tell whose it is: what tags such an account or is found on one is treated as the posts of others.
    """
    source = collected.source
    if not verdicts:
        return ()
    mentions = {m.id: m for m in collected.mentions}
    if not source.own or source.kind == SOURCE_ID:
        return tuple(
            settle_tag(v, m, school)
            if v.relevance is not Relevance.NOT_ABOUT and (source.own or tags_account(m, school))
            else v
            for v, m, school in ((v, mentions[v.mention_id], judges.schools[v.urn]) for v in verdicts)
        )
    author = own_author(collected.mentions)
    return tuple(_one(v, mentions, source, author, before, judges) for v in verdicts)


def _one(
    verdict: Verdict,
    mentions: Mapping[str, Mention],
    source: Source,
    author: str | None,
    before: Sequence[Language],
    judges: Judges,
) -> Verdict:
    mention, school = mentions[verdict.mention_id], judges.schools[verdict.urn]
    if not posted_by_account(mention, source, school, author):
        return settle_tag(verdict, mention, school)
    if is_the_notice(f"{mention.title}\n{mention.text}", source.notice):
        verdict = replace(
            verdict, route=Route.IGNORE, severity=Severity.NOTHING, restricted=False, abuse=(), reasons=()
        )
    others = [m for m in mentions.values() if posted_by_account(m, source, school, author)]
    came = [m for m in others if m.published and mention.published and m.published < mention.published]
    earlier = [*before, *(recognise(f"{m.title}\n{m.text}") for m in came)]
    found = settle(verdict, mention, school, judges.means(school.urn).zone, earlier)
    if judges.policy.names_permitted:
        return found
    adults = [p.name for p in judges.people_of(school.urn)]
    named = names_pupil(f"{mention.title}\n{mention.text}", adults)
    return with_pupil_named(found, named) if named else found


def languages_before(con: Connection, collected: Collected, now: datetime) -> list[Language]:
    """Of the posts that were kept of an account of the school's own, less those that the page shows now."""
    source = collected.source
    if not source.own or source.kind == SOURCE_ID:
        return []
    kept = account_store.earlier_posts(con, source.id, now - timedelta(days=EARLIER_DAYS), OWN_POST)
    shown = {m.id for m in collected.mentions}
    return [recognise(text) for mention_id, text in kept if mention_id not in shown]
