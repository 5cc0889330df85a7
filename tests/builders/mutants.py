"""Documents damaged and swollen in every way we know, from a seed: what a parser must live through."""

import gzip
import os
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from support.checkout import FIXTURES, ROOT

from data.types import Response, Source
from sources.blocks import recognise_block
from sources.parse import parse_document
from sources.registry import CATALOGUE, collector

FETCHED_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MOST_BYTES = 16 * 1024 * 1024
"""What the fetcher lets in."""
_READ = ("feeds", "forums", "lists", "own", "reviews")
_TYPES = {".json": "application/json", ".xml": "application/xml", ".atom": "application/atom+xml"}
_CHARSETS = (
    "utf-8", "utf-16", "utf-7", "windows-1252", "shift_jis", "gb18030", "punycode", "idna", "rot13", "hex",
    "x-user-defined", "nonsense", "",
)  # fmt: skip
_TAG = re.compile(rb"<[a-zA-Z][^<>]*")
_WORDS = re.compile(rb">[^<>]{3,}<|\"[^\"]{3,}\"")
_NUMBER = re.compile(rb"\d{1,6}")
SETTINGS: Mapping[str, Mapping[str, object]] = {
    "reviews.generic": {
        "item": "li.review", "text": ".body", "author": ".by", "date": "time", "rating": ".stars",
    },
    "own.page": {"account": "Oakfield Primary"},
    "facebook.page": {"credential": "facebook", "number": "100000000000017"},
    "instagram.account": {"credential": "instagram", "number": "17841405822304914"},
    "mailbox": {"user": "alerts@oakfield.example.sch.uk", "password_file": "mailbox-password"},
    "youtube": {"credential": "youtube", "query": '"Oakfield Primary"'},
    "bluesky": {"credential": "bluesky", "query": '"Oakfield Primary"'},
    "youtube.channel": {"credential": "youtube", "own_channel": "UCoakfieldprimaryschool1"},
    "nextdoor": {"credential": "n", "query": "Oakfield Primary", "latitude": 51.5, "longitude": -0.1},
    "x": {"credential": "x", "query": "Oakfield"},
    "reddit": {"credential": "reddit", "query": "Oakfield", "account": "oakfield"},
}  # fmt: skip
"""What a kind of source has to be told, for those that need it."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A document and how it came about; `kind` says who reads it, None for whoever is surest of it."""

    name: str
    kind: str | None
    content_type: str
    body: bytes


def read(mutant, apart):
    """As a scan reads it, or `source parse` where no kind is named; the work is done by `apart`."""
    url, headers = "https://town.example.org/t/12", (("content-type", mutant.content_type),)
    if mutant.kind is None:
        return apart(parse_document, mutant.body, url, kind=None, fetched_at=FETCHED_AT, headers=headers)
    response = Response(url, 200, headers, mutant.body, FETCHED_AT)
    apart(recognise_block, response)
    source = Source("s", mutant.kind, url, settings=SETTINGS.get(mutant.kind, {}))
    return apart(collector(mutant.kind).parse, source, response)


def mutants(count, seed, files, most_bytes=MOST_BYTES):
    """So many documents, always the same for a seed and the files that they begin as."""
    kinds = (None, *CATALOGUE)
    for n in range(count):
        rng = random.Random(f"{seed}-{n}")
        name, body = rng.choice(files)
        ways = rng.choices(WAYS, k=rng.choice((1, 1, 2, 3)))
        for way in ways:
            body = way(rng, body)[:most_bytes]
        kind = rng.choice((None, _own_kind(name), _own_kind(name), rng.choice(kinds)))
        content_type = _TYPES.get(Path(name).suffix, "text/html")
        if rng.random() < 0.2:
            content_type += f"; charset={rng.choice(_CHARSETS)}"
        told = f"{n} {name} {'+'.join(w.__name__.strip('_') for w in ways)} {kind or 'any'}"
        yield Mutant(told, kind, content_type, body)


def real():
    """The documents beside the project, none where there are none."""
    beside = os.environ.get("SCHOOLGATE_CORPUS") or ROOT.parent / "shared"
    return _files(Path(beside) / "samples")


@cache
def own():
    """The project's own documents."""
    return _files(*(FIXTURES / part for part in _READ))


def _files(*folders):
    files = [file for folder in folders for file in sorted(folder.rglob("*")) if file.is_file()]
    names = {"EXPECTED.json", "INDEX.tsv", "README.md"}
    return tuple((f"{f.parent.name}/{f.name}", f.read_bytes()) for f in files if f.name not in names)


def _own_kind(name):
    """The kind that its folder is named for."""
    folder = name.partition("/")[0].replace("xenforo2", "xenforo")
    if folder in ("feeds", "rss2", "atom", "rdf", "jsonfeed", "rss_odd", "google_news", "reddit_rss"):
        return "feed"
    return next((kind for kind in CATALOGUE if kind.endswith(f".{folder}")), None)


# ------------------------------------------------------------------------------- what is done to it


def _cut(rng, body):
    return body[: rng.randrange(len(body) + 1)]


def _flip(rng, body):
    found = bytearray(body)
    for _ in range(rng.choice((1, 10, 200))):
        if found:
            found[rng.randrange(len(found))] = rng.randrange(256)
    return bytes(found)


def _lose(rng, body):
    """A piece of it is missing."""
    at = rng.randrange(len(body) + 1)
    return body[:at] + body[at + rng.randrange(2000) :]


def _double(rng, body):
    """A piece of it comes again and again."""
    at = rng.randrange(len(body) + 1)
    piece = body[at : at + rng.choice((20, 300, 5000))]
    return body[:at] + piece * rng.choice((2, 50, 2000)) + body[at:]


def _mix(rng, body):
    """It begins as one document and ends as another."""
    other = rng.choice(own())[1]
    return body[: rng.randrange(len(body) + 1)] + other[rng.randrange(len(other) + 1) :]


def _many_attributes(rng, body):
    count = rng.choice((50, 5_000, 300_000))
    return _in_a_tag(rng, body, b"".join(b" a%d='%d'" % (n, n) for n in range(count)))


def _odd_attribute(rng, body):
    odd = (
        b" class='" + b"x " * 50_000 + b"'", b" href='http://[::::'", b' title="', b" style=\"x:url('",
        b" =",
    )  # fmt: skip
    return _in_a_tag(rng, body, rng.choice(odd))


def _in_a_tag(rng, body, what):
    found = list(_TAG.finditer(body))
    at = rng.choice(found).end() if found else len(body)
    return body[:at] + what + body[at:]


def _many_tags(rng, body):
    tags = (
        b"<b>", b"<div>", b"<p>a</p>", b"<blockquote>x</blockquote>", b"<li>", b"<table><tr><td>",
        b"<br/>",
    )  # fmt: skip
    tags += (b"<blockquote>", b"<a href='/x'>x</a>", b"<item><title>x</title></item>", b"<script>", b"<form>")
    return _among_words(rng, body, rng.choice(tags) * rng.choice((20, 1_000, 100_000)))


def _odd_tag(rng, body):
    tags = (b"<o:p class='p'>x</o:p>", b"<a|b class='p'>x</a|b>", b"<x|descendant::*[count(following::*)]>")
    tags += (b"<![CDATA[", b"<!--", b"<?php", b"<!DOCTYPE x [", b"</html>", b"<plaintext>", b"<svg><title>")
    return _among_words(rng, body, rng.choice(tags) * rng.choice((1, 6, 500)))


def _references(rng, body):
    odd = (b"&#55357;&#56832;", b"&#x110000;", b"&#11111111111;", b"&nope;", b"&#0;", b"&#11;", b"&amp" * 99)
    return _among_words(rng, body, rng.choice(odd) * rng.choice((1, 500, 50_000)))


def _entities(rng, body):
    """Entities that double, and one that would be a file."""
    rows = b"".join(b'<!ENTITY l%d "&l%d;&l%d;">' % (n, n - 1, n - 1) for n in range(1, 40))
    odd = b'<!DOCTYPE r [<!ENTITY l0 "lol">' + rows + b'<!ENTITY f SYSTEM "file:///etc/passwd">]>'
    start = body.find(b"?>") + 2 if body.startswith(b"<?xml") else 0
    return _among_words(rng, body[:start] + odd + body[start:], rng.choice((b"&l39;", b"&f;")))


def _characters(rng, body):
    odd = (
        "\ufffe", "\x0b", "\x00", "\x1b[2J", "\u202e" * 999, "\u200b" * 999, "\U0010ffff",
        "\u0301" * 9_999,
    )  # fmt: skip
    what = (*(text.encode() for text in odd), b"\xed\xa0\x80", b"\xff\xfe", b"\xc0\x80")
    return _among_words(rng, body, rng.choice(what) * rng.choice((1, 50)))


def _long_words(rng, body):
    word = rng.choice((b"a", b" ", b"&", b"\n", b"0", b'"', b"=", b"\\", b"a ", b"1/", b"@", b"http://a.b/"))
    return _among_words(rng, body, word * rng.choice((100, 40_000, 3_000_000)))


def _among_words(rng, body, what):
    found = list(_WORDS.finditer(body))
    at = rng.choice(found).start() + 1 if found else len(body)
    return body[:at] + what + body[at:]


def _numbers(rng, body):
    """Dates, ids and counts are others, or none."""
    odd = (
        b"9" * 400, b"0", b"-1", b"1e999", b"NaN", b"9999", b"0000", b"\xd9\xa3", b"", b"31",
        b"4294967296",
    )  # fmt: skip
    return _NUMBER.sub(lambda found: rng.choice(odd) if rng.random() < 0.2 else found[0], body, count=500)


def _charset(rng, body):
    """It is written in another encoding than it says, or says another than it is written in."""
    if rng.random() < 0.5:
        how = rng.choice(("utf-16", "utf-7", "utf-32", "cp500", "shift_jis", "utf-16-be"))
        return body.decode("utf-8", "replace").encode(how, "replace")
    name = rng.choice(_CHARSETS).encode()
    named, count = re.subn(rb"((?:encoding|charset)=[\"']?)[\w-]+", rb"\1" + name, body, count=2)
    return named if count else b'<?xml version="1.0" encoding="' + name + b'"?>' + body


def _deep_json(rng, body):
    depth = rng.choice((50, 900, 100_000))
    odd = (b"[" * depth + b"]" * depth, b'{"a":' * depth + b"1" + b"}" * depth, b"[" * depth, b"1" * depth)
    return _NUMBER.sub(rng.choice(odd), body, count=1)


def _many_items(rng, body):
    """The same post, item or object thousands of times."""
    for begin, end in (
        (b"<item", b"</item>"),
        (b"<entry", b"</entry>"),
        (b"<article", b"</article>"),
        (b"{", b"},"),
    ):
        start = body.find(begin)
        stop = body.find(end, start)
        if -1 < start < stop:
            stop += len(end)
            times = min(rng.choice((30, 3_000, 60_000)), 1 + MOST_BYTES // (stop - start))
            return body[:stop] + body[start:stop] * times + body[stop:]
    return body * rng.choice((2, 30))


def _packed(rng, body):
    """gzip, damaged or not, or far more than it seems."""
    found = bytearray(gzip.compress(body if rng.random() < 0.7 else bytes(60_000_000), 1))
    if rng.random() < 0.5:
        found[rng.randrange(len(found))] ^= 0xFF
    return bytes(found)


WAYS = (
    _cut, _flip, _lose, _double, _mix, _many_attributes, _odd_attribute, _many_tags, _odd_tag, _references,
    _entities, _characters, _long_words, _numbers, _charset, _deep_json, _many_items, _packed,
)  # fmt: skip
