"""A draft as a mail that was never sent: a mail program opens it for writing (X-Unsent).

It has no date, no Message-ID and no sender, which would make it look like one that went out. It is addressed
only to an abuse desk that the case's hosting facts name.
"""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

from alerts.delivery.mail import one_line
from alerts.letters.kinds import LetterDraft
from alerts.letters.layout import body

_SUBJECT_CHARS = 160


def eml(draft: LetterDraft) -> bytes:
    """The file's bytes, lines ended as mail has them."""
    mail = EmailMessage(policy=SMTP)
    mail["X-Unsent"] = "1"
    mail["To"] = draft.mail_to or ""
    mail["Subject"] = one_line(f"{draft.mark}: {draft.subject}", _SUBJECT_CHARS)
    mail.set_content(body(draft), cte="quoted-printable")
    return mail.as_bytes()
