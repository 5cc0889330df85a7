"""A file of old mails (mbox): read a piece at a time, each mail as if a mailbox had brought it."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import file_digest
from itertools import islice
from mailbox import mbox
from pathlib import Path

from data.effects import Apart, Clock
from data.types import Page, Request, Response, Source, SourceState
from sources.mailbox.collector import MailboxOfAlerts
from sources.mailbox.mail import Bundle, MailAsFetched, mail_in_file

MOST_MAILS, MOST_BYTES = 25, 1 << 18
"""So many mails are one piece; what a mail has beyond so many bytes is passed over."""
_BETWEEN = b"\n\0From\0\n"
_QUOTED = re.compile(rb"^>(?=>*From )", re.MULTILINE)


class ArchiveReader(mbox):
    """The file, in the place of a fetcher: `mbox:N` is the piece that begins with its mail N, from 0."""

    def __init__(self, path: Path, clock: Clock, apart: Apart) -> None:
        super().__init__(path, create=False)
        with path.open("rb") as file:
            self.is_archive = file.read(5) == b"From "
            self.hash = file_digest(file, "sha256").hexdigest()[:16]
        self.clock, self.apart = clock, apart

    def fetch(self, request: Request, conditional: SourceState | None = None) -> Response:
        """Read the piece that the request names; a header names the next."""
        start = int(request.url.partition(":")[2])
        end = min(start + MOST_MAILS, len(self))
        body = _BETWEEN.join(self.get_file(n).read(MOST_BYTES) for n in islice(self.iterkeys(), start, end))
        headers = (("next", f"mbox:{end}"),) if end < len(self) else ()
        return Response(request.url, 200, headers, body, self.clock())


class MailArchive(MailboxOfAlerts):
    """Reads the mails of a piece."""

    def parse(self, source: Source, response: Response) -> Page:
        """Every mail in its order; what is none that can be read is counted."""
        mails, broken = list[MailAsFetched](), 0
        for mail in response.body.split(_BETWEEN):
            try:
                mails.append(mail_in_file(_QUOTED.sub(b"", mail), cut=len(mail) >= MOST_BYTES))
            except Exception:  # noqa: BLE001 - the library raises whatever a stranger's headers lead it to
                broken += 1
        document = Bundle(tuple(mails), "", broken=broken).to_document()
        page, following = super().parse(source, replace(response, body=document)), response.header("next")
        return replace(page, next=Request(following) if following else None)
