"""An interface that asks for a key: how it is asked, and how its answer is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from data.types import Request, Response, Source
from sources.dates import parse_date
from sources.html.markup import decode
from sources.html.parsers import json_in
from sources.query import Query, parse_query

_LONGEST_QUERY = 512
"""Characters of one ask, of X's as of Reddit's."""


def ask(source: Source, path: str, asked: Mapping[str, object], about: str = "") -> Request:
    """Make a request with the source's key. `about` stands behind its address, and is not sent."""
    url = f"{urljoin(source.url.rstrip('/') + '/', path)}?{urlencode(asked)}"
    return Request(f"{url}#{about}" if about else url, auth=str(source.settings["credential"]))


def parameters(url: str) -> dict[str, str]:
    """Read what an address asks for, by name."""
    return dict(parse_qsl(urlsplit(url).query))


def read_answer(response: Response) -> Any:
    """Parse the JSON document that came; None if it is damaged."""
    return json_in(decode(response.body)[0])


def read_time(value: object, response: Response) -> datetime | None:
    """Read a time in UTC, or seconds since 1970; None for what is neither."""
    return parse_date(str(value), zone="UTC", fetched_at=response.fetched_at)


def batches(ids: Mapping[str, str], most: int) -> list[dict[str, str]]:
    """Part what is asked for, so many at a time."""
    return [dict([*ids.items()][n : n + most]) for n in range(0, len(ids), most)]


def query_of(source: Source) -> Query:
    """Read the words that the source searches for."""
    return parse_query(str(source.settings["query"]))


def write_queries(query: Query, each: str = "{}", whole: str = "{}") -> list[str]:
    """Write the query in as few asks as can be. `each` is how an alternative is written, `whole` what goes
    round those that OR joins."""
    asks: list[list[str]] = [[]]
    for one in (each.format(alternative.write()) for alternative in query.alternatives):
        if asks[-1] and len(whole.format(" OR ".join([*asks[-1], one]))) > _LONGEST_QUERY:
            asks.append([])
        asks[-1].append(one)
    return [whole.format(" OR ".join(ask)) for ask in asks]
