"""Who hosts a post, and by which way its platform is asked, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from alerts.routes.ways import OtherWay, PlatformRoute, WayOf, ground_words, helplines, old
from data.words.say import words
from monitor.cli.views.layout import picked
from sources.hosting.who_hosts import front_of

_WHO = {
    "anyone": "anyone may report it",
    "person": "the person concerned, or somebody with their leave, reports it",
    "owner": "the owner of the rights reports it",
    "member": "somebody who is in it reports it",
}
_WAYS = {
    WayOf.ACCOUNT: "A whole account",
    WayOf.POSING: "An account that poses as somebody",
    WayOf.SCHOOLS: "For schools",
}


def host_lines(
    number: str,
    row: PlatformRoute,
    content_class: str,
    facts: Mapping[str, str],
    asked_at: datetime | None,
    today: date,
    by_hand: str | None,
    person: str,
) -> Iterator[str]:
    """Who hosts the post, as far as it is known, and how its platform takes reports."""
    yield f"Case {number}"
    if asked_at is not None:
        yield from hosting_lines(facts)
        yield f"Asked on    {asked_at:%d %B %Y}"
    elif row.is_site:
        yield f"Who hosts it was not asked yet: schoolgate case host {number} --as {person}"
        if by_hand:
            yield f"To look it up by hand: {by_hand}"
    yield from route_lines(row, content_class, today)


def hosting_lines(facts: Mapping[str, str]) -> Iterator[str]:
    """What is known of the host, from the facts of a step (`StepKind.HOSTED`)."""
    tag = facts.get("nominet", "yes")
    named = facts.get("registrar", "not known")
    yield f"Host        {facts['host']}"
    if facts.get("domain"):
        yield f"Domain      {facts['domain']}, registered through {named}" + (
            f" (tag {tag})" if tag != "yes" else ""
        )
    if facts.get("registrar_abuse"):
        yield f"  abuse     {facts['registrar_abuse']}"
    if facts.get("network"):
        yield f"Network     {facts['network']} ({facts.get('addresses', '')})"
    if facts.get("network_abuse"):
        yield f"  abuse     {facts['network_abuse']}"
    yield from _front(facts)
    if facts.get("nominet"):
        line = helplines()["nominet"]
        yield f"Nominet     {line.what} Not for: {line.not_for[:1].lower()}{line.not_for[1:]}"
    if facts.get("failed"):
        yield f"Not found   {facts['failed']}"


def _front(facts: Mapping[str, str]) -> Iterator[str]:
    if not facts.get("front"):
        return
    front = front_of(facts.get("network", ""))
    may = "only stands" if front is not None and front.only else "may only stand"
    yield (
        f"Mind        {facts['front']} {may} in front of the site: somebody else may hold it. Its abuse desk "
        "passes a complaint on; ask it who the host is."
    )


def route_lines(row: PlatformRoute, content_class: str, today: date) -> Iterator[str]:
    """How the platform takes reports, what it asks for, and how old that knowledge is."""
    yield f"{row.name}: {row.report}"
    if row.form or row.mail:
        yield f"  address   {row.form or row.mail}"
    signed_in = "needs an account there" if row.logged_in else "needs no account there"
    yield f"  who       {_WHO[row.who]}; it {signed_in}"
    yield f"  asks for  {'; '.join(row.asks)}"
    grounds = [ground_words(code, words("en")) for code in row.fitting(content_class)]
    yield f"  grounds   {'; '.join(grounds) or 'none of its grounds fits the class of this case'}"
    yield f"  time      {row.time or 'none is published'}"
    yield f"  then      {row.escalate}"
    yield f"  from      {row.source}"
    yield f"  {aged(row, today)}"
    for way in row.ways:
        yield f"{_WAYS[way.of]}: {way.report}"
        if way.form:
            yield f"  address   {way.form}"
        yield f"  who       {_WHO[way.who]}"
        yield f"  asks for  {'; '.join(way.asks)}"
        yield f"  from      {way.source}"
        yield f"  {aged(way, today)}"


def aged(row: PlatformRoute | OtherWay, today: date) -> str:
    """When it was looked at, and that it is old where it is."""
    said = f"Looked at on {row.checked_on:%d %B %Y}"
    return f"{said}, over six months ago: check it before you rely on it." if old(row, today) else f"{said}."


def route_json(row: PlatformRoute, content_class: str, today: date) -> dict[str, object]:
    return {
        "platform": row.key, **picked(row, "name report"), "form": row.form or None,
        "asks": row.asks, "grounds": list(row.fitting(content_class)), **picked(row, "hours who"),
        "account_needed": row.logged_in, **picked(row, "escalate source"),
        "checked_on": row.checked_on.isoformat(), "old": old(row, today), "mail": row.mail or None,
        "ways": [
            picked(way, "of report asks who source")
            | {"form": way.form or None, "checked_on": way.checked_on.isoformat(), "old": old(way, today)}
            for way in row.ways
        ],
    }  # fmt: skip
