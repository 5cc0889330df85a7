"""A file of old mails (mbox): read a piece at a time, each mail as if a mailbox had brought it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from hashlib import file_digest
from itertools import islice
from mailbox import mbox
from pathlib import Path

from data.effects import Apart, Clock
from data.errors import Unreadable
from data.types import Request, Response, SourceState
from sources.mailbox.mail import Bundle, MailAsFetched, mail_in_file

MOST_MAILS, MOST_BYTES = 25, 1 << 18
"""So many mails are one piece; what a mail has beyond so many bytes is passed over."""
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
        """Read the piece that the request names, as what a mailbox brings."""
        start = int(request.url.partition(":")[2])
        keys = islice(self.iterkeys(), start, start + MOST_MAILS)
        mails = [self.get_file(key).read(MOST_BYTES) for key in keys]
        end = start + len(mails)
        rest = self._add_all(Bundle((), f"mbox:{end}", waiting=end < len(self)), mails)
        return Response(request.url, 200, (), rest.to_document(), self.clock())

    def _add_all(self, rest: Bundle, mails: Sequence[bytes]) -> Bundle:
        """Add every mail; where one breaks what reads them together, each by itself."""
        try:
            return self.apart(add_mails, rest, mails)
        except Unreadable:
            if len(mails) < 2:
                return replace(rest, broken=len(mails))
        each = [self._add_all(rest, [mail]) for mail in mails]
        made = tuple(mail for one in each for mail in one.mails)
        return replace(rest, mails=made, broken=sum(one.broken for one in each))


def add_mails(rest: Bundle, mails: Sequence[bytes]) -> Bundle:
    """Add every mail in its order; what is none that can be read is counted."""
    made, broken = list[MailAsFetched](), 0
    for mail in mails:
        try:
            made.append(mail_in_file(_QUOTED.sub(b"", mail), cut=len(mail) >= MOST_BYTES))
        except Exception:  # noqa: BLE001 - the library raises whatever a stranger's headers lead it to
            broken += 1
    return replace(rest, mails=tuple(made), broken=broken)
