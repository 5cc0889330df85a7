"""One report of a person: checked, cut down to what may be taken down, and made a mention."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urldefrag

from data.errors import InputError
from data.evidence.handed_in import BY_HAND, CHILD_IMAGE_TEXT, SaidOfPost, Says
from data.ids import mention_id
from data.store.engine.connect import Connection
from data.store.mentions import person_reports as report_store
from data.types import About, Reason, Route, Severity, Signal
from data.web.channels import CHANNELS
from data.web.urls import canonical_url

SOURCE_ID = BY_HAND
CHILD_IMAGE = Signal(
    name="child_image_reported",
    reason="A person says that an image may show a child undressed or in a sexual way.",
    labels=("safeguarding", "sexual"),
    severity=Severity.THIS_HOUR,
    route=Route.SAFEGUARDING,
    danger=True,
    about=About.PUPIL,
)
FILE_REFUSED = Signal(
    name="file_refused",
    reason="A file came with it and was not taken: a person says that an image at this address may show a "
    "child undressed or in a sexual way.",
    labels=("safeguarding",),
    severity=Severity.TODAY,
    route=Route.SAFEGUARDING,
)
FILE_KEPT = Reason(
    "file_kept_before",
    "A file of a post at this address was kept before this was said. Do not open, copy or send it: "
    "ask the police what to do with it.",
)

_NOTHING_MORE = SaidOfPost()
_NOTHING_SAID = Says()


@dataclass(frozen=True, slots=True)
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


def known_channel(channel: str, option: str = "⟨channel⟩") -> None:
    """Raises InputError for a channel that there is not; empty is not said."""
    if channel and channel not in CHANNELS:
        known = ", ".join(sorted(CHANNELS))
        raise InputError(f"{option} {channel}: not one we know. One of: {known}.")


def checked_url(url: str) -> None:
    """Raises InputError for what is no web address; empty is none."""
    if url and not url.startswith(("https://", "http://")):
        raise InputError(f"⟨url⟩ {url}: not a web address. Write it whole, beginning with https://")


def child_image_id(url: str, withdrawn: Collection[str] = ()) -> str:
    """The id of the first report, not `withdrawn`, that an image here may show a child."""
    found = mention_id(SOURCE_ID, f"child image {canonical_url(url)}")
    while found in withdrawn:
        found = mention_id(SOURCE_ID, f"child image after {found}")
    return found


@dataclass(frozen=True, slots=True)
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
    places = report_store.restricted_places(con)
    known = [(mention_id, url) for mention_id, url in places if url]
    gone = report_store.images_withdrawn(con)
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
