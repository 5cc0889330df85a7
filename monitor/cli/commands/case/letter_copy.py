"""`--letter FILE`: the copy that is kept of what was sent, or of what came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from typer import Option

from data.errors import InputError
from monitor.cli.commands import handed_in
from monitor.terminal.output import say
from monitor.terminal.private_words import at_a_terminal, line

if TYPE_CHECKING:
    from data.cases import Case, CaseStep, Event
    from data.steps.codes import StepKind
    from data.store.engine.connect import Connection
    from monitor.act.casework.evidence.letter_copies import LetterCopy
    from monitor.home.wiring import Session

_WANTED = {
    "asked": (
        "A copy of what you sent is kept with the case. Which file (.eml, .pdf, .docx, .txt)? "
        "(Enter: there is no copy)"
    ),
    "answered": (
        "A copy of what came back is kept with the case. Which file (.eml, .pdf, .docx, .txt)? "
        "(Enter: there is no copy)"
    ),
}
Letter = Annotated[
    Path | None,
    Option(
        "--letter",
        metavar="FILE",
        help="The letter or e-mail, to keep with the case and put in its packs: .eml, .pdf, .docx or .txt.",
    ),
]


@dataclass(frozen=True, slots=True)
class CopyGiven:
    """What was said of the copy: its file; `spoken` if nothing was written."""

    file: Path | None
    child_image: bool | None
    words_alone: bool
    spoken: bool = False


def record_with_copy(session: Session, number: str, event: Event, given: CopyGiven, *, as_json: bool) -> None:
    """Records the step and, with it, the copy: both or neither. Raises InputError, ActRefused.

    What the ladder refuses is refused before anybody is asked for the copy.
    """
    from data.effects import utc_now
    from data.store.cases.cases import steps
    from data.store.cases.evidence_files import handed_in_untold
    from monitor.act.casework.finding import find_case
    from monitor.act.step import foresee, take_step_with_copy
    from monitor.cli.commands.case.record import ActRefused, made, print_result

    with session.store.read() as con:
        case = find_case(con, session, number)
        taken, picture = steps(con, case.id), _no_picture(con, case)
        waiting = handed_in_untold(con, case.id)
    # what waits becomes the case's evidence with the step, which may be what a guard wants
    if not waiting and (no := foresee(session, case, event, utc_now())) is not None:
        raise ActRefused(no)
    copy = _copy(case, taken, event, given, words_only=picture)
    done = made(take_step_with_copy(session, number, event, copy, utc_now()))
    print_result(done, session, as_json=as_json)
    if copy is not None and not as_json:
        names = ", ".join(file.name for file in copy.files)
        say(f"  {'kept with the case: ' + names if names else 'no copy was kept'}")


def _no_picture(con: Connection, case: Case) -> bool:
    """May no picture of the post be kept in this case?"""
    from data.store.cases import cases as case_store
    from monitor.act.casework.evidence.capture_policy import picture_refusal, post_refusal, verdicts_on

    post = case_store.post_of(con, case, restricted=True)
    refused = post_refusal(con, case, post.url if post else None)
    return (refused or picture_refusal(case, verdicts_on(con, case))) is not None


def _copy(
    case: Case, steps: Sequence[CaseStep], event: Event, given: CopyGiven, *, words_only: bool
) -> LetterCopy | None:
    """The copy; None where nothing was written. What was not given is asked for at a terminal."""
    from monitor.act.casework.evidence.letter_copies import NO_COPY

    file = given.file
    if file is None:
        if given.spoken or _was_spoken(case, event):
            return None
        said = line(_WANTED[event.kind.value]) if at_a_terminal() else ""
        if not said:
            return NO_COPY
        file = Path(said).expanduser()
    return _file(file, steps, event.kind, given, words_only=words_only)


def _was_spoken(case: Case, event: Event) -> bool:
    """Is it the answer to what was asked by word of mouth, where it is not said to which asking?"""
    from alerts.ladder.replay_requests import open_asking
    from data.steps.asking import Answered

    said = event.said
    if not isinstance(said, Answered) or said.way is not None:
        return False
    to = open_asking(case, said.rung)
    return to is not None and said.rung.spec.spoken(case.askings[to].kind)


def _file(
    file: Path, steps: Sequence[CaseStep], kind: StepKind, given: CopyGiven, *, words_only: bool
) -> LetterCopy:
    from data.steps.codes import KeptLetter, StepKind
    from monitor.act.casework.evidence.letter_copies import LetterCopy, as_drafted, read_letter

    if file.is_dir():
        raise InputError(f"--letter {file}: that is a folder. Name the file.")
    handed_in.refuse_unfit(given.child_image, given.words_alone, pictures=not words_only)
    taken = read_letter(file, "--letter", kind)
    if kind is StepKind.ANSWERED:
        return LetterCopy(KeptLetter.AS_CAME, (taken,))
    return as_drafted(file, taken, steps) or LetterCopy(KeptLetter.AS_SENT, (taken,))
