"""Archive a page as WARC and WACZ."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote, urlsplit

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from data.effects import utc_text
from data.frozen import freeze
from data.types import Response

# Fetched responses as a WARC (ISO 28500), by warcio, with the position of each record for an index.

NOT_KEPT = ("content-encoding", "content-length", "transfer-encoding", "set-cookie")
"""Headers that the fetcher removes."""

DESCRIBED = (
    "Responses as an HTTP client read them: bodies unpacked, without content or transfer encoding, and with "
    "“data:,” in place of pictures and films that stood in the page itself as data; headers "
    "in the order they came, without content-encoding, content-length, transfer-encoding and set-cookie. "
    "Requests as they were sent, without the exact order of headers. Redirects on the way are not recorded."
)
HANDED_IN = (
    "Files that a person handed in, each as a resource under a name of its own (urn:uuid). Nothing was "
    "fetched: no record says that a website answered with them. WARC-Date is when they were added. What was "
    "said of them, with the address at which somebody saw the post, is a metadata record."
)
UNKNOWN_TYPE = "application/octet-stream"
_FORMAT = "WARC File Format 1.1"
_AS_IT_IS = "%/?:@!$&'()*+,;=~-._[]"


@freeze
class RecordPlace:
    """One record in the file: `offset` and `length` of its compressed record in bytes. `status` is the answer
    of a website, None for a file that no website answered with."""

    url: str
    media_type: str
    at: datetime
    offset: int
    length: int
    digest: str
    status: int | None = None


@freeze
class Archive:
    """The file, and where the responses or files are in it, the page first."""

    content: bytes
    places: tuple[RecordPlace, ...]


def archive(
    responses: Sequence[Response], *, name: str, software: str, sent: Mapping[str, str], seed: str
) -> Archive:
    """A WARC of these responses, the page first. `sent` are the headers of our requests. The same input gives
    the same bytes: record ids are derived from `seed`."""
    file, places = io.BytesIO(), []
    writer = _begin(file, name, software, DESCRIBED, responses[0].fetched_at, seed)
    for n, response in enumerate(responses):
        offset = file.tell()
        record = _response(writer, response, _id(seed, f"response {n}"))
        writer.write_record(record)
        digest = record.rec_headers.get_header("WARC-Payload-Digest")
        kind = (response.header("content-type") or UNKNOWN_TYPE).partition(";")[0].strip()
        where = (offset, file.tell() - offset, digest, response.status)
        places.append(RecordPlace(response.url, kind, response.fetched_at, *where))
        writer.write_record(_request(writer, response, sent, seed, n))
    return Archive(file.getvalue(), tuple(places))


def archive_of_files(
    files: Sequence[tuple[str, bytes, str]], said: bytes, *, at: datetime, software: str, seed: str
) -> Archive:
    """A WARC of files (name, bytes, type) that somebody handed in, and what was `said` of them (JSON).

    Not under the post's address: by the standard a resource under http or https is what that address itself
    gave, which a picture of it is not."""
    file, places = io.BytesIO(), []
    writer = _begin(file, "data.warc.gz", software, HANDED_IN, at, seed)
    for name, content, kind in files:
        offset, record_id = file.tell(), _id(seed, f"resource {name}")
        headers = {"WARC-Record-ID": record_id, "WARC-Date": utc_text(at)}
        url, plain = _id(seed, f"file {name}").strip("<>"), kind.partition(";")[0]
        record = _body(writer, url, "resource", content, plain, headers)
        digest = record.rec_headers.get_header("WARC-Payload-Digest")
        places.append(RecordPlace(url, plain, at, offset, file.tell() - offset, digest))
        about = headers | {"WARC-Record-ID": _id(seed, f"said {name}"), "WARC-Refers-To": record_id}
        _body(writer, url, "metadata", said, "application/json", about)
    return Archive(file.getvalue(), tuple(places))


def _body(
    writer: WARCWriter, url: str, kind: str, content: bytes, media_type: str, headers: Mapping[str, str]
) -> Any:
    record = writer.create_warc_record(
        url, kind, io.BytesIO(content), len(content), media_type, warc_headers_dict=dict(headers)
    )
    writer.write_record(record)
    return record


def _begin(
    file: io.BytesIO, name: str, software: str, description: str, at: datetime, seed: str
) -> WARCWriter:
    """Begin a WARC with what it says of itself."""
    writer = WARCWriter(file, gzip=True, warc_version="1.1")
    info = {"software": software, "format": _FORMAT, "description": description}
    body = "".join(f"{key}: {value}\r\n" for key, value in info.items()).encode("utf-8")
    headers = {"WARC-Record-ID": _id(seed, "info"), "WARC-Date": utc_text(at), "WARC-Filename": name}
    _body(writer, "", "warcinfo", body, "application/warc-fields", headers)
    return writer


def _response(writer: WARCWriter, response: Response, record_id: str) -> Any:
    line = f"{response.status} {_phrase(response.status)}"
    told = [(name, " ".join(value.split())) for name, value in response.headers]
    http = StatusAndHeaders(line, told, protocol="HTTP/1.1")
    headers = {"WARC-Record-ID": record_id, "WARC-Date": utc_text(response.fetched_at)}
    body = (io.BytesIO(response.body), len(response.body))
    return writer.create_warc_record(
        response.url, "response", *body, http_headers=http, warc_headers_dict=headers
    )


def _request(writer: WARCWriter, response: Response, sent: Mapping[str, str], seed: str, n: int) -> Any:
    parts = urlsplit(response.url)
    target = quote((parts.path or "/") + (f"?{parts.query}" if parts.query else ""), safe=_AS_IT_IS)
    asked = [("Host", parts.netloc), *sent.items()]
    http = StatusAndHeaders(f"GET {target} HTTP/1.1", asked, is_http_request=True)
    headers = {
        "WARC-Record-ID": _id(seed, f"request {n}"),
        "WARC-Date": utc_text(response.fetched_at),
        "WARC-Concurrent-To": _id(seed, f"response {n}"),
    }
    return writer.create_warc_record(response.url, "request", http_headers=http, warc_headers_dict=headers)


def _id(seed: str, what: str) -> str:
    return f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'schoolgate:{seed}:{what}')}>"


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


# A WACZ (1.1.1) of a WARC: a ZIP with the archive, an index, the list of pages, and the hash of each.

VERSION = "1.1.1"
_WARC, _INDEX, _PAGES = "archive/data.warc.gz", "indexes/index.cdx", "pages/pages.jsonl"
_PORTS = {"http": 80, "https": 443}


def wacz(archive: Archive, *, title: str, software: str) -> bytes:
    """The package; the first record of the archive is its page. The same input gives the same bytes."""
    page = archive.places[0]
    head = {"format": "json-pages-1.0", "id": "pages", "title": "All Pages"}
    first = {"id": "page", "url": page.url, "ts": utc_text(page.at), "title": title}
    held = {
        _WARC: archive.content,
        _INDEX: "".join(f"{line}\n" for line in sorted(map(_line, archive.places))).encode(),
        _PAGES: f"{json.dumps(head)}\n{json.dumps(first, ensure_ascii=False)}\n".encode(),
    }
    resources = [
        {"name": at.rpartition("/")[2].lower(), "path": at, "hash": _hash(content), "bytes": len(content)}
        for at, content in held.items()
    ]
    described = {
        "profile": "data-package",
        "wacz_version": VERSION,
        "title": title,
        "software": software,
        "created": utc_text(page.at),
        "mainPageUrl": page.url,
        "mainPageDate": utc_text(page.at),
        "resources": resources,
    }
    package = _json(described)
    digest = _json({"path": "datapackage.json", "hash": _hash(package)})
    held |= {"datapackage.json": package, "datapackage-digest.json": digest}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        for name, content in held.items():
            # stored as it is, as the standard asks for archives and compressed indices
            made.writestr(zipfile.ZipInfo(name, page.at.timetuple()[:6]), content)
    return file.getvalue()


def key_of(url: str) -> str:
    """The address with its domain reversed (SURT), as used in indices: `com,example)/path?a=1`. A name that
    is no address (`urn:`) stands as it is."""
    if url.startswith("urn:"):
        return url
    parts = urlsplit(url.lower())
    host = ",".join(reversed((parts.hostname or "").removeprefix("www.").split(".")))
    port = f":{parts.port}" if parts.port and parts.port != _PORTS.get(parts.scheme) else ""
    query = "&".join(sorted(parts.query.split("&")))
    return quote(f"{host}{port}){parts.path or '/'}" + (f"?{query}" if query else ""), safe=_AS_IT_IS).lower()


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
