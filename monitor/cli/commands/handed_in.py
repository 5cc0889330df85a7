"""What is asked of somebody who hands something in: given by options, or asked for at a terminal.

Nothing is made up for them: what is not known is said to be so, by `--not-known` or by Enter. And no file is
opened before a person has said what it is not (UKCIS guidance on sharing nudes, March 2024).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from typer import Option

from data.errors import InputError
from data.evidence.handed_in import FIELDS, HowItCame, PictureShows, SaidOfPost, Says, Whom, as_seen
from monitor.terminal import private_words
from monitor.terminal.errors import ask

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from data.types import Person

REST = "rest"
_WAYS = "own-screen, parents-phone, pupils-phone, staff-phone, email, message, paper, other"
_QUESTIONS = {
    "address": "Its address, as seen",
    "author": "The name it was posted under, as shown",
    "posted": "The time shown with it, word for word (“Yesterday at 20:14”)",
    "seen_at": "When it was seen, as 20 November 2026 15:20, or just the day",
    "seen_by": "Who saw it: somebody at the school by id, or who they are (“a parent”)",
    "logged_in": "Was the person who saw it logged in there? yes or no",
    "supplied_by": "Who handed in the picture: somebody at the school by id, or who they are",
    "came": f"Where the picture came from: {_WAYS}; add more after a colon",
}

_CHILD = (
    "show, or seem to show, anybody under 18 undressed or in a sexual way, real, drawn or made by a program? "
    "Do not open it to find out."
)
CHILD_IMAGE = f"Does the file {_CHILD} [yes / no / unknown]"
A_PICTURE = f"Does a picture or film in it {_CHILD} yes, no or unknown (Enter: there is none)"
LEFT_THERE = (
    "Nothing was fetched, opened or kept. The safeguarding lead is told in which mail it lies. Do not open, "
    "send or copy that mail."
)
WORDS_ALONE = (
    "No picture of a child and no sexual picture is kept in this case. Does the file show only words? "
    "Do not open it to find out. [yes / no / unknown]"
)

ChildImage = Annotated[
    bool | None,
    Option(
        "--child-image/--no-child-image",
        help="Whether the file shows, or seems to show, anybody under 18 undressed or in a sexual way, real, "
        "drawn or made. If it does, it is not opened.",
    ),
]
NotSure = Annotated[
    bool, Option("--image-not-sure", help="Nobody is sure whether the file shows that: it is not opened.")
]
WordsAlone = Annotated[
    bool, Option("--words-alone", help="The file shows only words: no child, nothing sexual.")
]
DangerOption = Annotated[
    str | None, Option("--danger", metavar="now|soon|no", help="Whether anybody is in danger.")
]
DangerTo = Annotated[
    str | None,
    Option("--danger-to", metavar="WHO", help="Who: child, staff, school, or somebody at the school by id."),
]
AboutOption = Annotated[
    str | None,
    Option("--about", metavar="WHO", help=f"Whom it is about: {', '.join(Whom)}."),
]
SuppliedBy = Annotated[
    str | None,
    Option("--supplied-by", help="Who handed the file in: somebody at the school by id, or who they are."),
]
LoggedIn = Annotated[
    bool | None, Option("--logged-in/--logged-out", help="Whether the person who saw it was logged in there.")
]
Came = Annotated[
    str | None, Option("--came", metavar="HOW[: MORE]", help=f"Where the file came from: {_WAYS}.")
]
Posted = Annotated[
    str | None, Option("--posted", help="The time shown with it, word for word: “Yesterday at 20:14”.")
]
NotKnown = Annotated[
    list[str] | None,
    Option(
        "--not-known",
        metavar="OPTION",
        help="What nobody knows, by its option: author, posted, …; “rest”: everything not given.",
    ),
]

Of = Annotated[
    str | None,
    Option("--of", metavar="NUMBER", help="With --shows-nothing: the report whose --file was not taken."),
]
ShowsNothing = Annotated[
    str | None,
    Option(
        "--shows-nothing",
        metavar="WHY",
        help="A safeguarding lead says why a file that was not taken shows no child undressed; with "
        "--url alone, why no image there does.",
    ),
]
ShowsChild = Annotated[
    str | None,
    Option(
        "--shows-child",
        metavar="WHY",
        help="A safeguarding lead confirms, and says why, that an image at --url may show that.",
    ),
]
State = Annotated[
    str | None,
    Option("--state", metavar="NUMBER", help="Only say how far what was handed in before is."),
]


@dataclass(frozen=True, slots=True)
class Typed:
    """What stood on the command line, as it was typed; `words` were read already."""

    address: str | None = None
    author: str | None = None
    posted: str | None = None
    words: str | None = None
    seen_at: str | None = None
    seen_by: str | None = None
    logged_in: bool | None = None
    supplied_by: str | None = None
    came: str | None = None
    not_known: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Door:
    """What was typed of the first three questions."""

    danger: str | None
    who: str | None
    about: str | None
    child_image: bool | None
    not_sure: bool


@dataclass(frozen=True, slots=True)
class HowRead:
    """How what is typed is read: by whom at the school, at what time, and which addresses may be given."""

    people: Sequence[Person]
    now: datetime
    zone: ZoneInfo
    address: Callable[[str], None]


def read(typed: Typed, how: HowRead) -> SaidOfPost:
    """What was typed, as values. Raises InputError for what cannot be used."""
    given = {name: value for name in FIELDS if (value := _value(name, getattr(typed, name), how)) is not None}
    came, _, more = str(given.get("came", "")).partition(":")
    if came:
        given |= {"came": came, "came_words": more.strip()}
    found = SaidOfPost(**given)
    return replace(found, not_known=_not_known(typed.not_known, found))


def _value(name: str, said: Any, how: HowRead) -> Any:
    """One answer as it is kept; None where there is none."""
    if said is None or isinstance(said, bool) or not said.strip():
        return said if isinstance(said, bool) else None
    readers: dict[str, Callable[[str, HowRead], Any]] = {
        "address": _address, "seen_at": _seen_at, "seen_by": _person, "supplied_by": _person, "came": _came,
    }  # fmt: skip
    text = said.strip()
    return readers[name](text, how) if name in readers else text


def _address(said: str, how: HowRead) -> str:
    how.address(said)
    return said


def _seen_at(said: str, how: HowRead) -> str:
    try:
        return as_seen(said, how.now, how.zone)
    except InputError as refused:
        raise InputError(f"--seen-at: {refused.text}") from None


def _person(said: str, how: HowRead) -> str:
    """The id of somebody at the school, by id or name; whoever else it is as it was said."""
    named = {p.name.casefold(): p.id for p in how.people} | {p.id.casefold(): p.id for p in how.people}
    return named.get(said.casefold(), said)


def _came(said: str, how: HowRead) -> str:
    way, _, more = said.partition(":")
    found = next((w for w in HowItCame if w.option == way.strip().lower().replace("_", "-")), None)
    if found is None:
        raise InputError(f"--came {way}: not one of {_WAYS}. Add more after a colon.")
    return f"{found.value}:{more}"


def _not_known(given: Sequence[str], found: SaidOfPost) -> tuple[str, ...]:
    """The names of what is said not to be known. Raises InputError for one that is given all the same."""
    from monitor.cli.views.case.wording import option_of

    options = {option_of(name).lstrip("-"): name for name in FIELDS}
    names = options | {"words": "words", "logged-out": "logged_in"}
    said = [one.strip().lstrip("-").lower().replace("_", "-") for one in given]
    for one in said:
        if one != REST and one not in names:
            raise InputError(f"--not-known {one}: one of {', '.join(options)}, or {REST}.")
        if one != REST and names[one] in found.known:
            raise InputError(f"--not-known {one}: --{one} is given too. Give only one of the two.")
    if REST in said:
        return tuple(name for name in FIELDS if name not in found.known)
    return tuple(name for name in FIELDS if name in {names[one] for one in said})


def missing(found: SaidOfPost, wanted: Sequence[str]) -> tuple[str, ...]:
    """The names of what is wanted that nobody has answered."""
    return tuple(name for name in wanted if name not in found.said)


def refuse_missing(names: Sequence[str]) -> None:
    """Raises InputError that names each of these, where there is nobody to ask."""
    from monitor.cli.views.case.wording import option_of

    if names:
        raise InputError(
            f"Please say too: {', '.join(map(option_of, names))}. "
            "If nobody knows: --not-known author, for example, or --not-known rest for all of these. "
            "Nothing was opened or kept."
        )


def ask_missing(found: SaidOfPost, wanted: Sequence[str], how: HowRead) -> SaidOfPost:
    """Asks at the terminal for what is missing; Enter says that it is not known."""
    for name in missing(found, wanted):
        found = _asked(found, name, how)
    return found


def _asked(found: SaidOfPost, name: str, how: HowRead) -> SaidOfPost:
    while True:
        try:
            answered: dict[str, Any] = {name: _answer(name)}
            one = read(Typed(**answered), how)
        except InputError as error:
            private_words.tell(str(error))
            continue
        if name not in one.known:
            return replace(found, not_known=(*found.not_known, name))
        told: dict[str, Any] = {name: getattr(one, name)}
        return replace(found, **told, came_words=one.came_words or found.came_words)


def _answer(name: str) -> str | bool | None:
    """Raises InputError for what is neither yes nor no where that was asked."""
    if name == "words":
        return private_words.lines(
            "What it says, word for word, as the picture shows it (or nothing, if you do not type it)."
        )
    said = private_words.line(f"{_QUESTIONS[name]} (Enter: not known)")
    if name != "logged_in" or not said:
        return said
    if said.lower() not in ("yes", "y", "no", "n"):
        raise InputError("Answer yes or no, or press Enter if nobody knows.")
    return said.lower().startswith("y")


def ask_until(question: str, usable: Callable[[str], object]) -> str:
    """Asks again where the answer cannot be used."""
    while True:
        said = private_words.line(question)
        try:
            usable(said)
        except InputError as error:
            private_words.tell(str(error))
        else:
            return said


def words_of(file: Path | None) -> str | None:
    """The words of a file, or of standard input for “-”; None without one. Raises InputError."""
    return None if file is None else private_words.file(file, "--words-file")


DANGER = "Is anybody in danger, now or soon? now, soon or no (Enter: you do not know)"
WHO = "Who: child, staff, school, or somebody at the school by id (Enter: you do not know)"
ABOUT = (
    "Whom it is about: child, children, staff, head, dsl (the safeguarding lead), chair (or a governor), "
    "befriends-staff (a pupil or a stranger tries to befriend or follow staff), nobody "
    "(Enter: you do not know)"
)
RING_NOW = "If it cannot wait, ring 999 first: what you hand in here is read by people, and not at once."


def at_the_door(door: Door, people: Sequence[Person], *, asking: bool, file: bool) -> Says:
    """What is asked before anything else: is anybody in danger, whom is it about, what does a picture show.

    Nothing is asked of a script: of a `file` it is not sure, of the rest it says nothing. Raises InputError.
    """
    from monitor.act.report_in import said_at_door

    if door.child_image is not None and door.not_sure:
        raise InputError("--image-not-sure, --child-image, --no-child-image: give only one of these.")
    says = said_at_door(door.danger, door.who, door.about, people)
    says = _asked_at_door(door, people) if asking else says
    if file or door.child_image is not None or door.not_sure:
        return replace(says, picture=said_of_picture(door.child_image, not_sure=door.not_sure))
    answer = private_words.line(A_PICTURE) if asking else ""
    return replace(says, picture=_picture(answer)) if answer else says


def _asked_at_door(door: Door, people: Sequence[Person]) -> Says:
    from monitor.act.report_in import said_at_door

    danger, who, about = door.danger, door.who, door.about
    if danger is None:
        danger = ask_until(DANGER, lambda said: said_at_door(said, None, None, people))
    if said_at_door(danger, None, None, people).in_danger and who is None:
        private_words.tell(RING_NOW)
        who = ask_until(WHO, lambda said: said_at_door(danger, said, None, people))
    if about is None:
        about = ask_until(ABOUT, lambda said: said_at_door(None, None, said, people))
    return said_at_door(danger, who, about, people)


def said_of_picture(said: bool | None, *, not_sure: bool = False) -> PictureShows:
    """Does a file show a child undressed? Asked, before it is opened, where nobody has said."""
    if said is not None or not_sure:
        return PictureShows.NOT_SURE if not_sure else PictureShows.YES if said else PictureShows.NO
    try:
        return _picture(ask(CHILD_IMAGE))
    except InputError:  # nobody is there to answer
        return PictureShows.NOT_SURE


def _picture(answer: str) -> PictureShows:
    said = {"n": PictureShows.NO, "no": PictureShows.NO, "y": PictureShows.YES, "yes": PictureShows.YES}
    return said.get(answer.strip().lower(), PictureShows.NOT_SURE)


def refuse_unfit(child_image: bool | None, words_alone: bool, *, pictures: bool) -> None:
    """Raises InputError, before anything is opened, where a file may show a child undressed; and where no
    `pictures` may be kept, unless somebody says that it shows words alone.
    """
    if said_of_picture(child_image) is not PictureShows.NO:
        raise InputError(
            "Nothing was opened, hashed or copied. Do not send, copy or print the file. Say now where "
            "it is, and the DSL has it: schoolgate report-in --file FILE --child-image"
        )
    if pictures or words_alone or ask(WORDS_ALONE).strip().lower() in ("yes", "y"):
        return
    raise InputError(
        "Nothing was opened, hashed or copied. Write the words, the address and the time in a text file "
        "and add that: --file words.txt"
    )


def refuse_unanswered(child_image: bool | None) -> None:
    """Raises InputError where words by standard input would be taken for the answer about their file."""
    if child_image is None:
        raise InputError("The words come on standard input, so also give --no-child-image or --child-image.")
