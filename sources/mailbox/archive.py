"""A file of old mails (mbox): read a piece at a time, each mail as if a mailbox had brought it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import BinaryIO

from data.effects import Apart, Clock
from data.ids import digest
from data.types import Page, Request, Response, Source, SourceState
from sources.mailbox.collector import MailboxOfAlerts
from sources.mailbox.mail import Bundle, MailAsFetched, mail_in_file

MOST_MAILS, MOST_BYTES = 25, 1 << 20
"""So many mails, or bytes, are one piece; what a mail has beyond as many bytes is passed over."""
_LONGEST_LINE = 1 << 16
_BEGINS = re.compile(rb"From [^\s]{1,998} .{0,80}\d\d:\d\d")
_PARTS = re.compile(rb"(?:\A|(?<=\n\n)|(?<=\n\r\n))From [^\s]{1,998} .{0,80}\d\d:\d\d.*\n")
_QUOTED = re.compile(rb"^>(?=>*From )", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class ArchiveReader:
    """Reads pieces of the file, in the place of a fetcher: `mbox:OFFSET` is the one that begins there."""

    file: BinaryIO
    clock: Clock
    apart: Apart

    @property
    def is_archive(self) -> bool:
        """Does it begin as such a file does?"""
        self.file.seek(0)
        return _BEGINS.match(self.file.readline(_LONGEST_LINE)) is not None

    @property
    def hash(self) -> str:
        """Stands for the file: for how long it is, and how it begins."""
        size = self.file.seek(0, 2)
        self.file.seek(0)
        return digest(str(size), self.file.read(MOST_BYTES).decode("latin-1"))[:16]

    def fetch(self, request: Request, conditional: SourceState | None = None) -> Response:
        """Read the piece that the request names; a header names the next."""
        self.file.seek(int(request.url.partition(":")[2]))
        kept, mails, size, all_of_it, blank = list[bytes](), 0, 0, 0, True
        headers: tuple[tuple[str, str], ...] = ()
        while line := self.file.readline(_LONGEST_LINE):
            if blank and _BEGINS.match(line):
                if mails == MOST_MAILS or all_of_it >= MOST_BYTES:
                    headers = (("next", f"mbox:{self.file.tell() - len(line)}"),)
                    break
                mails, size = mails + 1, 0
            if size < MOST_BYTES:
                kept.append(line)
                all_of_it += len(line)
            size, blank = size + len(line), not line.strip()
        return Response(request.url, 200, headers, b"".join(kept), self.clock())


class MailArchive(MailboxOfAlerts):
    """Reads the mails of a piece. Replies to mails of ours that lie in it were acted on when they came."""

    def parse(self, source: Source, response: Response) -> Page:
        """Every mail in its order; what is none that can be read is counted."""
        mails, broken = list[MailAsFetched](), 0
        for mail in _PARTS.split(response.body)[1:]:
            try:
                mails.append(mail_in_file(_QUOTED.sub(b"", mail), cut=len(mail) >= MOST_BYTES))
            except Exception:  # noqa: BLE001 - the library raises whatever a stranger's headers lead it to
                broken += 1
        document = Bundle(tuple(mails), "", broken=broken).to_document()
        page, following = super().parse(source, replace(response, body=document)), response.header("next")
        return replace(page, next=Request(following) if following else None, resume=None, replies=())
