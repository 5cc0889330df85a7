"""A WACZ (1.1.1) of a WARC: a ZIP with the archive, an index, the list of pages, and the hash of each.

https://specs.webrecorder.net/wacz/1.1.1/ . Written here because the library for it uses the network
when first used (docs/decisions, 0006); the tests check it with that library's validator.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from urllib.parse import quote, urlsplit

from sources.capture.warc import Archive, RecordPlace, warc_date

VERSION = "1.1.1"
_WARC, _INDEX, _PAGES = "archive/data.warc.gz", "indexes/index.cdx", "pages/pages.jsonl"
_PORTS = {"http": 80, "https": 443}
_KEPT = "%/?:@!$&'()*+,;=~-._[]"


def wacz(archive: Archive, *, title: str, software: str) -> bytes:
    """The package; the first record of the archive is its page. The same input gives the same bytes."""
    page = archive.places[0]
    head = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}
    first = {"id": "page", "url": page.url, "ts": warc_date(page.at), "title": title}
    held = {
        _WARC: archive.content,
        _INDEX: "".join(f"{line}\n" for line in sorted(map(_line, archive.places))).encode(),
        _PAGES: f"{json.dumps(head)}\n{json.dumps(first, ensure_ascii=False)}\n".encode(),
    }
    described = {
        "profile": "data-package",
        "wacz_version": VERSION,
        "title": title,
        "software": software,
        "created": warc_date(page.at),
        "mainPageUrl": page.url,
        "mainPageDate": warc_date(page.at),
        "resources": [
            {
                "name": name.rpartition("/")[2].lower(),
                "path": name,
                "hash": _hash(content),
                "bytes": len(content),
            }
            for name, content in held.items()
        ],
    }
    package = _json(described)
    digest = _json({"path": "datapackage.json", "hash": _hash(package)})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, content in {
            **held, "datapackage.json": package, "datapackage-digest.json": digest,
        }.items():  # fmt: skip
            # stored as it is, as the standard asks for archives and compressed indices
            made.writestr(zipfile.ZipInfo(name, page.at.timetuple()[:6]), content)
    return file.getvalue()


def key_of(url: str) -> str:
    """The address with its domain reversed (SURT), as used in indices: `com,example)/path?a=1`.

    A name that is no address (`urn:`) stands as it is.
    """
    if url.startswith("urn:"):
        return url
    parts = urlsplit(url.lower())
    host = ",".join(reversed((parts.hostname or "").removeprefix("www.").split(".")))
    port = f":{parts.port}" if parts.port and parts.port != _PORTS.get(parts.scheme) else ""
    query = "&".join(sorted(parts.query.split("&")))
    return quote(f"{host}{port}){parts.path or '/'}" + (f"?{query}" if query else ""), safe=_KEPT).lower()


def _line(place: RecordPlace) -> str:
    facts = {
        "url": place.url,
        "mime": place.media_type,
        **({} if place.status is None else {"status": str(place.status)}),
        "digest": place.digest,
        "length": str(place.length),
        "offset": str(place.offset),
        "filename": _WARC.rpartition("/")[2],
    }
    return f"{key_of(place.url)} {place.at:%Y%m%d%H%M%S} {json.dumps(facts)}"


def _hash(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _json(value: object) -> bytes:
    return json.dumps(value, indent=2, ensure_ascii=False).encode("utf-8")
