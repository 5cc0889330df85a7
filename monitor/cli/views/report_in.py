"""What `report-in` answers: what was recorded, what became of it, and what was left alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alerts.wording.verdicts import describe, next_of
from data.errors import refused
from data.judged import UNREAD, reasons_of, was_judged
from data.types import Severity, Verdict
from data.web.channels import Keeping, PlaceKind, channel
from data.words.say import words

if TYPE_CHECKING:
    from monitor.pipeline.intake import Answer

RECORDED_ALONE = (
    "Recorded. Nobody has been told about it yet: those who may know about it read it in the next morning’s "
    "mail. If somebody may be in danger, tell {ring} now, or ring 999."
)
"""The same where nobody was told."""
RECORDED = (
    "Recorded, and those who may know about it are told. If a child may be at risk, tell {ring} yourself "
    "too. If anybody is in danger now, ring 999."
)
"""All that is said to somebody who may not know of the matter."""
REFERENCE = "Its reference is {0}. How far it is: schoolgate report-in --state {0}"
TELLS_PLACE = (
    "The file contains the place where it was taken. It is kept as it came, and is in every pack like that: "
    "think about this before you hand one over."
)
_HANDED = (
    "Nobody is told of it at once: it is in the next morning’s mail, under “Handed in”. "
    "If somebody may be in danger, {tell}ring 999."
)
_NOBODY = (
    "Nobody has been told about it yet: it is waiting to be read. "
    "If somebody may be in danger, {tell}ring 999."
)
TOO_FEW = 3
"""Under so many words nothing is judged by a model."""


def as_json(answer: Answer) -> dict[str, object]:
    """The answer as JSON values; of a restricted matter no route, of a hidden one nothing of the matter."""
    opened = answer.file and not (answer.report.child_image or answer.shut)
    if answer.hidden:
        unknown = dict.fromkeys(("new", "restricted", "route", "severity", "look", "alert"))
        return {"mention": answer.mention, **unknown, "file_opened": opened}
    verdict = answer.verdict
    return {
        "mention": answer.mention,
        "new": answer.new,
        "restricted": answer.restricted,
        "route": None if answer.restricted or verdict is None else verdict.route.value,
        "severity": int(verdict.severity) if verdict else None,
        "look": bool(verdict and verdict.look and not answer.restricted),
        "alert": answer.alert,
        "file_opened": opened,
    }


PLACE_UNKNOWN = (
    "Nobody said where it was. If a case is opened: schoolgate case step place CASE PLACE --as {0}"
)
PRIVATE = (
    "That is a private conversation. Keep a picture of it only if you need one, and only from somebody who "
    "is in it: nobody joins it for the school."
)


def lines(answer: Answer, person: str = "PERSON") -> list[str]:
    """The answer for a person, with what they (by id) may type next."""
    reference = REFERENCE.format(answer.mention[:8])
    return [*_answered(answer, person), *_of_the_place(answer, person), reference]


def _of_the_place(answer: Answer, person: str) -> list[str]:
    """That it is not known where it was, or is private; of an image of a child nothing more is kept."""
    if answer.report.child_image or answer.shut or answer.hidden:
        return []
    row = channel(answer.report.channel)
    if row.place is PlaceKind.UNKNOWN:
        return [PLACE_UNKNOWN.format(person)]
    return [PRIVATE] if row.keeping is Keeping.MEMBER else []


NOT_KEPT = (
    "The file was not kept: somebody reported that an image at this address may show a child. Once a "
    "safeguarding lead has withdrawn that, it may be handed in: "
    "schoolgate report-in --url {url} --shows-nothing WHY --as PERSON"
)
NOT_TAKEN = (
    "The file was not taken: what was said may be about a picture of somebody under 18 undressed or in a "
    "sexual way. The words and the address were. A safeguarding lead who can say that it shows nothing of "
    "the kind hands it in: schoolgate report-in --file FILE --of {mention} --shows-nothing WHY --as PERSON"
)
LEAVE_IT = (
    "Do not open, copy, print, save or send it, and do not delete it from the device it is on. Ring {ring} "
    "now; if you saw it by accident, say so."
)
"""As the UK Council for Internet Safety tells staff (Sharing nudes and semi-nudes, March 2024)."""
LEAD = "the safeguarding lead"


def _answered(answer: Answer, person: str) -> list[str]:
    found, ring = _of_the_file(answer), answer.ring or LEAD
    tell = "" if answer.theirs else f"tell {ring} now, or "
    if answer.tells_place and not (answer.shut or answer.warned):
        found.append(TELLS_PLACE)
    if answer.hidden:
        told = RECORDED if answer.alert else RECORDED_ALONE
        return [*found, told.format(ring=ring)]
    if answer.restricted:
        return [*found, _restricted(answer)]
    if answer.verdict is None:
        return [*found, "This was reported before, in the same words. Nothing was changed."]
    found += _judged(answer.verdict, len(answer.report.text.split()))
    if not answer.alert and not was_judged(answer.verdict):
        doubt = UNREAD & {reason.code for reason in answer.verdict.reasons}
        found.append((_NOBODY if doubt else _HANDED).format(tell=tell))
    if answer.alert:
        alert = answer.alert[:8]
        found.append(f"Alert {alert}, and who is told: schoolgate alerts show {alert} --as {person}")
        found.append(f"Whoever deals with it opens a case: schoolgate case open {alert} --as {person}")
    return found


def _of_the_file(answer: Answer) -> list[str]:
    """What was left alone, and what to do with it."""
    child_image = answer.report.child_image
    found = _left_alone(answer) if child_image else []
    if answer.file and answer.shut and not (child_image or answer.warned):
        found.append(NOT_TAKEN.format(mention=answer.mention[:8]))
    if answer.warned and answer.file and not (child_image or answer.hidden):
        found.append(NOT_KEPT.format(url=answer.report.url))
    if child_image or answer.shut or answer.warned:
        found.append(LEAVE_IT.format(ring=answer.ring or LEAD))
    return found


def _left_alone(answer: Answer) -> list[str]:
    kept = [*(["the address"] if answer.report.url else []), *(["where the file is"] if answer.file else [])]
    kept += ["the words"] if answer.report.judged else []
    were = "were" if len(kept) > 1 or answer.report.judged else "was"
    not_kept = ", not the text or the author" if answer.dropped else ""
    return [
        *(["The file was not opened, hashed or copied."] if answer.file else []),
        f"Only {' and '.join(kept) or 'who saw it'} {were} kept{not_kept}.",
    ]


def _restricted(answer: Answer) -> str:
    alert = f" Alert {answer.alert[:8]}." if answer.alert else ""
    ring = answer.ring or LEAD
    if answer.verdict is None:
        return f"This was reported before and is with {ring}.{alert} Nothing was changed."
    already = "" if answer.raised else " already"
    return f"With {ring}{already}.{alert} If a child is in danger now, ring 999."


def _judged(verdict: Verdict, so_many: int) -> list[str]:
    w = words("en")
    if verdict.severity >= Severity.TODAY:
        what = f"{describe(verdict, w)} Next: {next_of(verdict, w)}."
    elif so_many < TOO_FEW and not verdict.abuse:
        return ["Recorded. Nothing could be judged from so few words; a person should look."]
    else:
        what = f"Recorded. Next: {next_of(verdict, w)}."
    return [what, *(f"  - {reason.text}" for reason in reasons_of(verdict))]


URGENT = "Nobody has been told about it yet. If somebody is in danger now, ring 999."


def not_saved(error: Exception, path: Path | None) -> str:
    """What is said where a report could not be saved; `path` is where it waits, None where it could not."""
    why = refused(error) if isinstance(error, OSError) else str(error) or type(error).__name__
    if path is None:
        return (
            f"Not recorded yet. {why}\n"
            "It could not be saved for later either: what you typed is still above on this screen.\n"
            f"If a child may be at risk, ring the safeguarding lead now. {URGENT}"
        )
    return (
        f"Not recorded yet. {why}\n"
        f"Saved, but not yet judged: if a child may be at risk, ring the safeguarding lead now. {URGENT}\n"
        f"It is here, and only this account can read it: {path}\n"
        "The next report-in, scan or tick of the service picks it up and deletes that file."
    )
