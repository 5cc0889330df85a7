"""What `report-in` answers: the same to everybody, whatever is known or was judged, and what their own
answers call for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from data.errors import as_typed, refused
from data.evidence.handed_in import Danger
from data.web.channels import Keeping, PlaceKind, channel
from monitor.act.matter.from_list import Becomes, ListLine, ReadList
from monitor.cli.views.layout import in_short, utc
from monitor.cli.views.screen import ENGLISH
from monitor.pipeline.spool import Kept
from monitor.terminal.table import table
from monitor.terminal.wording import counted

RING_999 = "If anyone is in danger, ring 999."
RECEIVED = "Received {at}, number {number}. {then}"
PASSED_ON = (
    "Danger is passed on at once; the rest reaches a person within the hour on a school day, else at 07:00."
)
NOT_PASSED_ON = "Nothing is sent from here yet, so nobody is told of it{0}."
TELL_THEM = ": if it cannot wait, tell {0} yourself"
"""No service runs, or no mail is set up: the same for everybody."""
STATE = "How far it is: schoolgate report-in --state {number} --as {who}"
"""Of what nobody said who they are nobody is told how far it is."""
IN_DANGER = {
    Danger.NOW: "Ring 999 now{then}. Do not wait until somebody reads this.",
    Danger.SOON: "If it cannot wait, ring 999{then}.",
}
FILE = (
    "The file is kept only once what was said of it is judged: keep your own, and send it to nobody else, "
    "until somebody tells you that it is kept."
)
LEAVE_IT = (
    "Do not open, copy, print, save or send it, and do not delete it from the device it is on.{ring} If you "
    "saw it by accident, say so."
)
"""As the UK Council for Internet Safety tells staff (Sharing nudes and semi-nudes, March 2024)."""
TELLS_PLACE = (
    "The file contains the place where it was taken. Where it is kept, it is kept as it came, and is in "
    "every pack like that: think about this before you hand one over."
)
PLACE_UNKNOWN = "Nobody said where it was. If a case is opened, say so in it."
PRIVATE = (
    "That is a private conversation. Keep a picture of it only if you need one, and only from somebody who "
    "is in it: nobody joins it for the school."
)
LEAD = "the safeguarding lead"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the answer is made of: what was handed in, and nothing of what is known.

    `ring` is the name of whom to ring, "" for nobody, None where that is whoever reported it, `person` (id).
    `dropped` says that words given with an image of a child were not kept, `tells_place` that the file says
    where it was taken, `sends` that a service runs here which sends mail.
    """

    kept: Kept
    zone: ZoneInfo
    ring: str | None
    person: str = "PERSON"
    dropped: bool = False
    tells_place: bool = False
    sends: bool = True


def as_json(answer: Answer) -> dict[str, object]:
    """The answer as JSON values; `advice` is what their own answers call for, in sentences."""
    kept = answer.kept
    return {"received": utc(kept.at), "number": kept.number, "advice": _advice(answer)}


def _advice(answer: Answer) -> list[str]:
    unsent = [] if answer.sends else [_nobody_is_told(answer)]
    return [*unsent, *_first(answer), *_after(answer)]


def lines(answer: Answer) -> list[str]:
    """The answer for a person, with what they may type next."""
    then = PASSED_ON if answer.sends else _nobody_is_told(answer)
    received = RECEIVED.format(
        at=f"{answer.kept.at.astimezone(answer.zone):%H:%M}", number=answer.kept.number, then=then
    )
    first = [] if answer.kept.report.says.danger in IN_DANGER else [RING_999]
    return [*first, *_first(answer), received, *_after(answer), *_asks_state(answer.kept)]


def _asks_state(kept: Kept) -> list[str]:
    return [STATE.format(number=kept.number, who=kept.report.by)] if kept.report.by else []


def _nobody_is_told(answer: Answer) -> str:
    return NOT_PASSED_ON.format("" if answer.ring is None else TELL_THEM.format(answer.ring or LEAD))


def _first(answer: Answer) -> list[str]:
    """What cannot wait until the rest is read."""
    report, name = answer.kept.report, answer.ring
    then = "" if name is None else f", then {name or LEAD}"
    danger = IN_DANGER.get(report.says.danger) if report.says.danger else None
    found = [danger.format(then=then)] if danger else []
    if report.child_image:
        found += [LEAVE_IT.format(ring=_ring(answer)), *_left_alone(answer)]
    return found


def _after(answer: Answer) -> list[str]:
    """What else is to be known of a file, and of where it was; of an image of a child there is no more."""
    report, file = answer.kept.report, answer.kept.file
    if report.child_image:
        return []
    found = [FILE] if file is not None else []
    found += [TELLS_PLACE] if answer.tells_place else []
    row = channel(report.channel)
    if row.place is PlaceKind.UNKNOWN:
        found.append(PLACE_UNKNOWN)
    elif row.keeping is Keeping.MEMBER and file is None:
        found.append(PRIVATE)
    return found


def _ring(answer: Answer) -> str:
    return "" if answer.ring is None else f" Ring {answer.ring or LEAD} now."


def _left_alone(answer: Answer) -> list[str]:
    report, file = answer.kept.report, answer.kept.file is not None
    kept = [*(["the address"] if report.url else []), *(["where the file is"] if file else [])]
    kept += ["the words"] if report.judged else []
    were = "were" if len(kept) > 1 or report.judged else "was"
    not_kept = ", not the text or the author" if answer.dropped else ""
    return [
        *(["The file was not opened, hashed or copied."] if file else []),
        f"Only {' and '.join(kept) or 'who saw it'} {were} kept{not_kept}.",
    ]


@dataclass(frozen=True, slots=True)
class ListAnswer:
    """What became of a list, by the `name` of its file; `answer` is None where nothing was recorded. `of` are
    the lines that speak of an office that all of it may go past.
    """

    name: str
    read: ReadList
    answer: Answer | None
    of: Mapping[str, Sequence[int]]


_WOULD = {Becomes.RECORDED: "would be recorded", Becomes.KNOWN: "known", Becomes.REFUSED: "refused"}
_BEFORE = "you handed it in before"
ONE_MATTER = (
    "The lines are one matter. What the words of a line show of danger, of a child at risk or of a picture "
    "of a child is a matter of its own, told at once."
)
TURNED = (
    "{lines} {speak} of the {office}. If that accuses them, they are told of no line, and all of it goes to "
    "whoever acts in their place. Unless all of it is about them, hand that in apart, in a list of its own."
)


def list_json(shown: ListAnswer) -> dict[str, object]:
    """The list as JSON values; `number` is null where nothing was recorded."""
    said = as_json(shown.answer) if shown.answer else {"received": None, "number": None}
    advice = [*(_advice(shown.answer) if shown.answer else ()), *_turned(shown)]
    lines = [
        {"line": one.n, "address": one.address, "becomes": one.becomes.value, "why": _why(one) or None}
        for one in shown.read.lines
    ]
    return said | {"advice": advice, "encoding": shown.read.encoding, "lines": lines}


def list_lines(shown: ListAnswer) -> list[str]:
    """The list for a person: each line and what becomes of it, then what was received, or what to type."""
    read = shown.read
    said = _WOULD | ({Becomes.RECORDED: "recorded"} if shown.answer else {})
    cells = [(f"line {one.n}", said[one.becomes], _what(one)) for one in read.lines]
    named = f"{shown.name}: {counted(len(read.lines), 'line')}, read as {read.encoding}."
    if read.encoding != "UTF-8":
        named += " If letters look wrong below, save it as “CSV UTF-8”."
    wanted = counted(len(read.of(Becomes.RECORDED)), "line")
    new = wanted if not read.of(Becomes.KNOWN) else f"{wanted} that you have not handed in before"
    found: list[str] = [named, *table(("Line", "What becomes of it", "What it is"), cells), ""]
    found += _turned(shown)
    if shown.answer is not None:
        left = counted(len(read.of(Becomes.REFUSED)), "line")
        refused = [f"Not recorded: {left}, as said above."] if read.of(Becomes.REFUSED) else []
        first, *rest = lines(shown.answer)
        return [first, *found, f"Recorded: {new}. {ONE_MATTER}", *refused, *rest]
    if not read.of(Becomes.RECORDED):
        return [*found, "There is nothing new to record. Nothing was written."]
    return [*found, f"{ONE_MATTER} Nothing was written. To record {new}: the same command with --yes"]


def _turned(shown: ListAnswer) -> list[str]:
    """Which lines may turn all of it to somebody else, and how to keep the others from that."""
    return [
        TURNED.format(
            lines=ENGLISH.listed([f"line {n}" for n in lines]).capitalize(),
            speak="speaks" if len(lines) == 1 else "speak",
            office=office,
        )
        for office, lines in shown.of.items()
    ]


def _what(line: ListLine) -> str:
    said = in_short(line.words)
    return ": ".join(filter(None, (line.address or (f"“{said}”" if said else ""), _why(line))))


def _why(line: ListLine) -> str:
    return _BEFORE if line.becomes is Becomes.KNOWN else as_typed(line.why)


URGENT = "Nobody has been told about it yet. If somebody is in danger now, ring 999."


def list_not_saved(error: Exception, path: Path) -> str:
    """What is said where a list could not be saved: it is still there."""
    why = refused(error) if isinstance(error, OSError) else str(error)
    again = f"Once that is put right, hand in {path} once more."
    return f"Nothing of the list was recorded. {why}\n{URGENT}\n{again}"


def not_saved(error: Exception, path: Path | None, kept: Kept) -> str:
    """What is said where a report could not be saved; `path` is where it waits, None where it could not."""
    why = refused(error) if isinstance(error, OSError) else str(error) or type(error).__name__
    if path is None:
        return (
            f"Not recorded yet. {why}\n"
            "It could not be saved for later either: what you typed is still above on this screen.\n"
            f"If a child may be at risk, ring the safeguarding lead now. {URGENT}"
        )
    number = " ".join((f"Its number is {kept.number}.", *_asks_state(kept)))
    return (
        f"Not recorded yet. {why}\n"
        f"Saved, but not yet judged: if a child may be at risk, ring the safeguarding lead now. {URGENT}\n"
        f"It is here, and only this account can read it: {path}\n"
        "The next report-in, scan or tick of the service picks it up and deletes that file.\n"
        f"{number}"
    )
