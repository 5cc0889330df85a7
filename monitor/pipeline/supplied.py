"""Take one report of a person: checked, cut down to what may be taken down; the files of a capture that
somebody handed in: theirs under names of ours, the words as typed, an archive.

A file is kept byte for byte as it came, whatever it says within itself: changed, it would be no evidence any
more. Where a picture tells the place at which it was taken (a telephone writes it in), that is said.

A capture is files and a manifest that lists them and says how they came about. Of a report that comes before
there is a case, the manifest is made here; of all others in `monitor.act.capture`.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import re
import struct
import tempfile
import zipfile
from codecs import BOM_UTF8, BOM_UTF16_BE
from collections.abc import Collection, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager, suppress
from dataclasses import asdict, field, replace
from datetime import datetime
from email import message_from_bytes
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urldefrag
from zoneinfo import ZoneInfo

from data.effects import utc_text
from data.errors import InputError
from data.evidence.faults import MANIFEST
from data.evidence.handed_in import BY_HAND, CHILD_IMAGE_TEXT, WIDE, WORDS, SaidOfPost, Says, said_of, text_of
from data.evidence.vault import Vault
from data.frozen import freeze
from data.ids import mention_id
from data.steps.codes import EvidenceKind
from data.store import mentions as mention_store
from data.store.engine.connect import Connection
from data.store.evidence import evidence_file, put_files
from data.types import About, Reason, Route, Severity, Signal
from data.web.channels import CHANNELS
from data.web.urls import canonical_url
from monitor.config.home.paths import changed_at

CHILD_IMAGE = Signal(
    name="child_image_reported",
    reason="A person says that an image may show a child undressed or in a sexual way.",
    labels=("safeguarding", "sexual"),
    severity=Severity.THIS_HOUR,
    route=Route.SAFEGUARDING,
    danger=True,
    about=About.PUPIL,
    raises=True,
)
FILE_REFUSED = Signal(
    name="file_refused",
    reason="A file came with it and was not taken: a person says that an image at this address may show a "
    "child undressed or in a sexual way.",
    labels=("safeguarding",),
    severity=Severity.TODAY,
    route=Route.SAFEGUARDING,
    raises=True,
)
FILE_KEPT = Reason(
    "file_kept_before",
    "A file of a post at this address was kept before this was said. Do not open, copy or send it: "
    "ask the police what to do with it.",
)

_NOTHING_MORE = SaidOfPost()
_NOTHING_SAID = Says()


@freeze
class Report:
    """The report of a person on what they saw; `school_named` where they said at which of several schools.

    `handed` is what else is known of it, as it is kept with the evidence; `by` who typed it, if they said.
    `says` is what they answered at the door. `judged` are the words to be judged of what may be a
    `child_image`, where there are any: without them its `text` says where the file lies.
    """

    text: str
    url: str
    channel: str
    author: str | None
    seen_by: str | None
    seen_at: datetime
    child_image: bool = False
    school_named: bool = False
    handed: SaidOfPost = _NOTHING_MORE
    by: str | None = None
    judged: str = ""
    says: Says = _NOTHING_SAID

    @property
    def post_facts(self) -> SaidOfPost:
        """All that is known of it."""
        told = replace(
            self.handed, address=self.url or None, author=self.author or None, words=self.text or None
        )
        return replace(
            told, not_known=tuple(name for name in told.not_known if name not in told.known_fields)
        )


def without_image(taken: Report, *, unsure: bool = False) -> Report:
    """Keep of an image that may show a child its address alone; the words too where one is `unsure`."""
    if not taken.url and not taken.seen_by and not (unsure and taken.text):
        raise InputError("Say where the image is, or who saw it.")
    if unsure and taken.text:
        return replace(taken, child_image=True, judged=taken.text)
    return replace(taken, text=CHILD_IMAGE_TEXT, author=None, child_image=True, handed=_NOTHING_MORE)


def check_report(report: Report) -> None:
    """Raises InputError where nothing was said, or the channel or the address cannot be one."""
    if not report.text and not report.url:
        raise InputError("Say what was seen, or at least its address.")
    known_channel(report.channel)
    checked_url(report.url)


def known_channel(channel: str) -> None:
    """Raises InputError for a channel that there is not; empty is not said."""
    if channel and channel not in CHANNELS:
        known = ", ".join(sorted(CHANNELS))
        raise InputError(f"{channel}: not a channel that we know. One of: {known}.")


def checked_url(url: str) -> None:
    """Raises InputError for what is no web address; empty is none."""
    if url and not url.startswith(("https://", "http://")):
        raise InputError(f"⟨url⟩ {url}: not a web address. Write it whole, beginning with https://")


def child_image_id(url: str, withdrawn: Collection[str] = ()) -> str:
    """The id of the first report, not `withdrawn`, that an image here may show a child."""
    found = mention_id(BY_HAND, f"child image {canonical_url(url)}")
    while found in withdrawn:
        found = mention_id(BY_HAND, f"child image after {found}")
    return found


@freeze
class RestrictedAddresses:
    """The restricted addresses: `pages` are where a child's image was reported, `posts` all, by id. Of a
    report that was handed over only its id is left (`stubs`), which is made from its address. What a
    safeguarding lead has `withdrawn` (ids) is not among the pages; `reports` are the others with theirs."""

    pages: frozenset[str]
    posts: tuple[tuple[str, str], ...]
    stubs: frozenset[str]
    withdrawn: frozenset[str] = frozenset()
    reports: tuple[tuple[str, str], ...] = ()

    def warns_of(self, url: str) -> bool:
        """Did somebody report that an image at this address, or on its page, may show a child?"""
        return page_key(url) in self.pages or not self.stubs.isdisjoint(self._ids(url))

    def reports_of(self, url: str) -> frozenset[str]:
        """The reports (ids) for which it is warned of this address."""
        there = {report for report, page in self.reports if page == page_key(url)}
        return self.stubs.intersection(self._ids(url)) | there

    def _ids(self, url: str) -> tuple[str, str]:
        return child_image_id(url, self.withdrawn), child_image_id(_page(url), self.withdrawn)

    def beside(self, url: str, mention_id: str | None) -> bool:
        """Does another restricted post stand on the page of this address?"""
        page = _page(url)
        return any(other != mention_id and at == page for other, at in self.posts)


def restricted_addresses(con: Connection) -> RestrictedAddresses:
    """All that is restricted now."""
    places = mention_store.restricted_places(con)
    known = [(mention_id, url) for mention_id, url in places if url]
    gone = mention_store.images_withdrawn(con)
    reports = tuple((i, page_key(url)) for i, url in known if i == child_image_id(url, gone))
    return RestrictedAddresses(
        frozenset(page for _, page in reports),
        tuple((mention_id, _page(url)) for mention_id, url in known),
        frozenset(mention_id for mention_id, url in places if not url),
        gone,
        reports,
    )


def _page(url: str) -> str:
    return urldefrag(canonical_url(url)).url


def page_key(url: str) -> str:
    """The address of a page as it is looked for: small letters, and one slash for two."""
    return re.sub(r"(?<!:)/{2,}", "/", _page(url)).casefold()


# Reports that could not be saved yet. Each is a file of its own in `spool/` of the home, for this account
# alone (0600 in 0700), written before it is judged and deleted once it is saved. Whoever works on one has it
# locked; the lock ends with the process, so that what a crash left behind is taken in with what is handed in
# next, a `scan` or a tick of the service.

FOLDER = "spool"
_WHOLE, _PART = ".json", ".part"


@freeze
class Kept:
    """A report in the spool: its school, its time and number ("" for none); `files` are in memory alone."""

    report: Report
    urn: str
    at: datetime
    number: str = ""
    files: tuple[bytes, ...] = field(default=(), repr=False)


def make_spool(home: Path) -> Path:
    """Return the folder, which is there from then on."""
    folder = home / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    return folder


@contextmanager
def spool_report(home: Path, kept: Kept) -> Iterator[Path]:
    """Writes it down, whole or not at all, and holds it within. Raises OSError where that cannot be done."""
    handle, name = tempfile.mkstemp(suffix=_PART, dir=make_spool(home))
    part = Path(name)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        with os.fdopen(handle, "wb", closefd=False) as out:
            report = asdict(kept.report) | {"seen_at": kept.report.seen_at.isoformat()}
            held = {"report": report, "urn": kept.urn, "at": kept.at.isoformat(), "number": kept.number}
            out.write(json.dumps(held, ensure_ascii=False).encode())
        os.fsync(handle)
        part.rename(part.with_suffix(_WHOLE))
    except OSError:
        os.close(handle)
        with suppress(OSError):
            part.unlink()
        raise
    try:
        yield part.with_suffix(_WHOLE)
    finally:
        os.close(handle)


def spooled_reports(home: Path) -> list[Path]:
    """Those that lie there, the oldest first, whoever works on them."""
    return sorted((home / FOLDER).glob(f"*{_WHOLE}"), key=changed_at)


def broken_off(home: Path) -> list[Path]:
    """Those that were not written whole before their program ended: nobody takes them in."""
    return sorted((home / FOLDER).glob(f"*{_PART}"))


def holds(home: Path, number: str, by: str | None) -> bool:
    """Lies one there by that number, brought by that person (an id; None: by somebody without one)?"""
    for path in spooled_reports(home):
        with suppress(InputError, OSError):
            kept = _read_report(path)
            if number and (kept.number, kept.report.by) == (number, by):
                return True
    return False


@contextmanager
def hold_report(path: Path) -> Iterator[Kept | None]:
    """Hold one of these, ours alone; None where it is held or gone. Raises InputError if damaged."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        yield None
        return
    try:
        ours = False  # where somebody else works on it, or it was taken in meanwhile
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            ours = os.fstat(handle).st_nlink > 0
        yield _read_report(path) if ours else None
    finally:
        os.close(handle)


def _read_report(path: Path) -> Kept:
    try:
        held = json.loads(path.read_bytes())
        report = held["report"] | {"seen_at": datetime.fromisoformat(held["report"]["seen_at"])}
        handed = report.get("handed", {})
        if lies := held.get("file"):  # from a version that read files where they lay
            handed["file_at"] = Path(lies).absolute().as_uri()
        report["handed"] = SaidOfPost(**handed | {"not_known": tuple(handed.get("not_known", ()))})
        report["says"] = said_of(report.get("says", {}))
        at, number = datetime.fromisoformat(held["at"]), held.get("number", "")
        return Kept(Report(**report), held["urn"], at, number)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise InputError(f"{path} is damaged and cannot be recorded. Read it, and report it again.") from None


_STARTS = {
    b"\x89PNG": ("image/png", ".png"),
    b"\xff\xd8": ("image/jpeg", ".jpg"),
    b"%PDF": ("application/pdf", ".pdf"),
    b"GIF8": ("image/gif", ".gif"),
    b"\x1a\x45\xdf\xa3": ("video/webm", ".webm"),
    b"PK\x03\x04": ("application/zip", ".zip"),
    b"\xd0\xcf\x11\xe0": ("application/vnd.ms-outlook", ".msg"),
    b"OggS": ("audio/ogg", ".ogg"),
    b"fLaC": ("audio/flac", ".flac"),
    b"#!AMR": ("audio/amr", ".amr"),
    **dict.fromkeys((b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2"), ("audio/mpeg", ".mp3")),
}
_HEIC, _AVIF, _MP4 = ("image/heic", ".heic"), ("image/avif", ".avif"), ("video/mp4", ".mp4")
_BRANDS = {
    b"heic": _HEIC, b"heix": _HEIC, b"mif1": _HEIC, b"avif": _AVIF, b"qt  ": ("video/quicktime", ".mov"),
    b"isom": _MP4, b"iso2": _MP4, b"iso4": _MP4, b"iso5": _MP4, b"iso6": _MP4, b"mp41": _MP4, b"mp42": _MP4,
    b"M4A ": ("audio/mp4", ".m4a"), b"M4V ": _MP4, b"avc1": _MP4, b"3gp4": _MP4, b"3gp5": _MP4, b"3gp6": _MP4,
}  # fmt: skip
"""What stands behind “ftyp” in the files of telephones."""
_UNKNOWN = ("application/octet-stream", ".bin")
_PROGRAMS = (b"MZ", b"\x7fELF", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"#!")
"""What runs when it is opened is handed to nobody."""
_MAIL = {"from", "to", "subject", "date", "message-id", "mime-version", "received", "content-type"}
MOST_FILE = 10 * 1024 * 1024
"""So many bytes of a file are read. Larger pictures, films and sound are kept, and in no archive."""
_MOST_HEADERS, _MOST_WORDS = 64 * 1024, 20_000
_PAGE = re.compile(rb"\s*<(?:!doctype html|html)\b", re.I)


def media_type(content: bytes) -> tuple[str, str]:
    """The media type and a name's ending; `application/octet-stream` and `.bin` for what is not known, and
    for what is larger than `MOST_FILE` but no picture, film or sound."""
    found = _type_of(content[:MOST_FILE])
    is_read = len(content) <= MOST_FILE or found[0].startswith(("image/", "video/", "audio/"))
    return found if is_read else _UNKNOWN


def _type_of(content: bytes) -> tuple[str, str]:
    found = next((kind for start, kind in _STARTS.items() if content.startswith(start)), None)
    if found is not None:
        return found
    if content[:4] == b"RIFF" and content[8:12] in _RIFF:
        return _RIFF[content[8:12]]
    if content[4:8] == b"ftyp":
        return _BRANDS.get(content[8:12], _UNKNOWN)
    if mail_of(content):
        return "message/rfc822", ".eml"
    text = text_of(content)
    if text is None:
        return _UNKNOWN
    return ("text/html", ".html") if _PAGE.match(content) else (f"text/plain; charset={text[1]}", ".txt")


def mail_of(content: bytes) -> bytes:
    """An email from its headers on, whichever is first; b"" for what has fewer than two that emails have."""
    wide = content.startswith(WIDE)
    mail = (content.decode("utf-16", "replace").encode() if wide else content).removeprefix(BOM_UTF8).lstrip()
    names = {name.lower() for name in message_from_bytes(mail[:_MOST_HEADERS])}
    return mail if len(names & _MAIL) > 1 else b""


_RIFF = {b"WEBP": ("image/webp", ".webp"), b"WAVE": ("audio/wav", ".wav")}


def files_within(content: bytes) -> list[str]:
    """Names of the files within an email, a PDF or an archive, "" for one without; none is opened."""
    kind = media_type(content)[1]
    if kind == ".eml":
        from sources.mailbox.mail import eml_of

        return list(eml_of(mail_of(content)).enclosed)
    if kind == ".pdf":
        return _files_of_pdf(content)
    names = _files_of_archive(content) or [] if kind == ".zip" else []
    return [name for name in names if not name.endswith(("/", ".xml", ".rels"))]


def _files_of_archive(content: bytes) -> list[str] | None:
    """All that an archive lists; None where it is damaged."""
    with suppress(zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return zipfile.ZipFile(io.BytesIO(content)).namelist()
    return None


_ENCLOSES = re.compile(rb"/EF\b")
_UNSEEN = re.compile(rb"/ObjStm|/Encrypt\b")
"""Where the files of a PDF cannot be seen without opening it, or their names not read."""
_FILE_NAME = re.compile(rb"/(UF|F)\s*(?:\(((?:[^()\\]|\\.)*)\)|<([0-9A-Fa-f\s]*)>)", re.S)
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.S)


def _files_of_pdf(content: bytes) -> list[str]:
    """By its file specifications, each a dictionary with /EF (ISO 32000-1, 7.11.3)."""
    names: list[str] = []
    for part in content.split(b"endobj"):
        held = part.partition(b"stream")[0]
        if _ENCLOSES.search(held):
            found = sorted(_FILE_NAME.findall(held), reverse=True)  # /UF, by which people are shown it, first
            names += [_pdf_text(*said) for kind, *said in found if kind == found[0][0]] or [""]
    unseen = _UNSEEN.search(content) or (not names and b"/EmbeddedFile" in content)
    return [*names, *([""] if unseen else [])]


def _pdf_text(written: bytes, in_hex: bytes) -> str:
    """A string of a PDF (ISO 32000-1, 7.9.2)."""
    digits = b"".join(in_hex.split()).decode()
    raw = bytes.fromhex(digits + "0" * (len(digits) % 2)) or _ESCAPED.sub(
        lambda m: bytes([int(m[1], 8) % 256]) if m[1][:1] in b"01234567" else m[1], written
    )
    wide = raw.startswith(BOM_UTF16_BE)
    return raw.decode("utf-16" if wide else "latin-1", "replace").strip("\x00 ")


def words_within(content: bytes) -> str:
    """The words of a text or an email, as many as are judged; "" of all else, which is kept and not read."""
    kind = media_type(content)[1]
    if kind == ".eml":
        from sources.mailbox.mail import eml_of

        return eml_of(mail_of(content)).words[:_MOST_WORDS]
    return (text_of(content) or ("",))[0].strip()[:_MOST_WORDS] if kind == ".txt" else ""


def unfit(content: bytes) -> str:
    """Say why it is not kept: `empty`, `program`, `large`, `msg` (Outlook's), `damaged`; else ""."""
    if not content:
        return "empty"
    if content[:5].startswith(_PROGRAMS) and content[:5] != b"#!AMR":
        return "program"
    kind = media_type(content)[1]
    if len(content) > MOST_FILE and kind == _UNKNOWN[1]:
        return "large"
    if kind == ".zip" and _files_of_archive(content) is None:
        return "damaged"
    return "msg" if kind == ".msg" else ""


# ---------------------------------------------------------- where a picture was taken

_EXIF = re.compile(rb"(?:Exif\x00\x00|eXIf|EXIF[\x00-\xff]{4})(?=II\*\x00|MM\x00\*)")
_XMP = re.compile(rb"exif:GPSLatitude", re.I)
_GPS, _LATITUDE = 0x8825, 2


def tells_place(content: bytes) -> bool:
    """Does the picture say within itself where it was taken (EXIF or XMP)?"""
    read = content[:MOST_FILE]
    blocks = (read[m.end() :] for m in _EXIF.finditer(read))
    return bool(_XMP.search(read)) or any(map(_has_place, blocks))


def _has_place(tiff: bytes) -> bool:
    order = "<" if tiff[:2] == b"II" else ">"
    try:
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        places = _entries(tiff, first, order).get(_GPS)
        return places is not None and _LATITUDE in _entries(tiff, places, order)
    except struct.error:
        return False


def _entries(tiff: bytes, at: int, order: str) -> dict[int, int]:
    """The tags of one directory with their values or offsets."""
    (count,) = struct.unpack_from(f"{order}H", tiff, at)
    read = (struct.unpack_from(f"{order}HHII", tiff, at + 2 + 12 * n) for n in range(count))
    return {tag: value for tag, _, _, value in read}


FORMAT = "schoolgate-capture/2"
"""“/1” had no `handed_in`, and its `logged_out` was true of whatever was kept: nobody had been asked."""
LONDON = ZoneInfo("Europe/London")
"""A capture names this zone whatever the school's own: exhibits are read with UK clocks."""
WACZ = "capture.wacz"


@freeze
class CaptureFile:
    """One file: `name` within its capture. `tells_place`: it says within itself where it was taken."""

    name: str
    content: bytes
    media_type: str
    tells_place: bool = False

    @property
    def sha256(self) -> str:
        """64 hex digits."""
        return hashlib.sha256(self.content).hexdigest()


@freeze
class Added:
    """One handing in: into which capture, of which school and case (empty: none yet), by whom (an id).
    `people` are the ids of those at the school. `salt` is random: hashes stay in the audit when the files are
    deleted, and a post is so short that it could be guessed from its own."""

    capture_id: str
    urn: str
    by: str
    handed: SaidOfPost
    salt: str
    case_id: str = ""
    people: Set[str] = frozenset()


def program_version() -> str:
    """“Schoolgate/0.1.0”."""
    return f"Schoolgate/{version('schoolgate')}"


def kind_of(contents: Sequence[bytes]) -> EvidenceKind:
    """With what somebody handed in, or with what they said alone."""
    return EvidenceKind.SUPPLIED if contents else EvidenceKind.TOLD


def supplied_files(added: Added, contents: Sequence[bytes], at: datetime) -> list[CaptureFile]:
    """Name what somebody handed in by names of ours (its own may name people), with the words as typed."""
    made = []
    for n, content in enumerate(contents, start=1):
        kind, ending = media_type(content)
        made.append(CaptureFile(f"supplied-{n}{ending}", content, kind, tells_place(content)))
    archives = [file for file in made if len(file.content) <= MOST_FILE]
    archived = [_archive(added, archives, at)] if archives else []
    if added.handed.words is not None:
        # as they were typed, below a line that says of which capture they are
        typed = f"Capture {added.capture_id}, {utc_text(at)}, {added.salt}\n\n{added.handed.words}\n"
        made.append(CaptureFile(WORDS, typed.encode(), "text/plain; charset=utf-8"))
    return [*made, *archived]


def _archive(added: Added, files: Sequence[CaptureFile], at: datetime) -> CaptureFile:
    from sources.capture.warc import archive_of_files, wacz

    said = {
        **added.handed.to_manifest(added.people),
        "words": added.handed.words,
        "added_by": added.by,
        "salt": added.salt,
    }
    held = archive_of_files(
        [(f.name, f.content, f.media_type) for f in files],
        canonical(said),
        at=at,
        software=program_version(),
        seed=added.capture_id,
    )
    title = " ".join(part for part in (added.urn, added.case_id, added.capture_id) if part)
    return CaptureFile(WACZ, wacz(held, title=title, software=program_version()), "application/wacz")


def keep_files(
    con: Connection,
    vault: Vault,
    files: Sequence[CaptureFile],
    about: tuple[str, str | None, str | None],
    capture_id: str,
    *,
    at: datetime,
    by: str,
    how: str,
) -> None:
    """Keeps a capture's files and rows in the caller's transaction; `about` school, post and case."""
    urn, mention_id, case_id = about
    rows = [
        evidence_file(
            urn, mention_id, vault.store_bytes(f.content), f.media_type, len(f.content), at, by, how, case_id,
            capture_id, f.name,
        )
        for f in files
    ]  # fmt: skip
    put_files(con, rows)


def report_capture(
    added: Added, contents: Sequence[bytes], post: Mapping[str, str], at: datetime
) -> list[CaptureFile]:
    """All files of what was reported before there was a case, its manifest among them."""
    files = supplied_files(added, contents, at)
    told = common_manifest(files, kind=kind_of(contents), at=at) | {
        "urn": added.urn,
        "case": None,
        "capture": added.capture_id,
        "by": added.by,
        "program": program_version(),
        "logged_out": logged_out(added.handed),
        "post": dict(post),
        "handed_in": added.handed.to_manifest(added.people),
        "salt": added.salt,
    }
    return [*files, CaptureFile(MANIFEST, canonical(told), "application/json")]


def common_manifest(files: Sequence[CaptureFile], *, kind: str, at: datetime) -> dict[str, object]:
    """Write what every manifest says: its form, its kind, when, and each file with its hash."""
    local = at.astimezone(LONDON).isoformat(timespec="seconds")
    return {
        "format": FORMAT,
        "kind": kind,
        "captured": {"utc": utc_text(at), "local": local, "zone": LONDON.key},
        "files": list_files(files),
    }


def list_files(files: Sequence[CaptureFile]) -> list[dict[str, object]]:
    """Each file with its hash, by name."""
    return [
        {"name": f.name, "sha256": f.sha256, "size": len(f.content), "type": f.media_type}
        | ({"tells_place": True} if f.tells_place else {})
        for f in sorted(files, key=lambda f: f.name)
    ]


def logged_out(handed: SaidOfPost | None) -> bool | None:
    """Whether somebody saw it as a visitor, as they said; None where nobody knows."""
    return None if handed is None or handed.logged_in is None else not handed.logged_in


def canonical(told: Mapping[str, object]) -> bytes:
    """JSON with keys sorted, no blanks, UTF-8, so that the same facts give the same hash."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")
