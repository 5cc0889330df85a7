"""What `init` asks, one question at a time; an answer that cannot be used is asked for again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from data.types import Person, Role, School
from monitor.config.faults import quoted
from monitor.config.values import NATIONS, Contact, Email, Nation, Urn
from monitor.setup.entries import Entry

Ask = Callable[[str], str]
Say = Callable[[str], None]

_CONTACT: TypeAdapter[str] = TypeAdapter(Contact)
_EMAIL: TypeAdapter[str] = TypeAdapter(Email)
_URN: TypeAdapter[str] = TypeAdapter(Urn)
_NATION: TypeAdapter[str] = TypeAdapter(Nation)

_NONE = frozenset({"", "-", "–", "none"})
_OTHERS = (
    (Role.DSL, "designated safeguarding lead"),
    (Role.DEPUTY_DSL, "deputy safeguarding lead"),
    (Role.CHAIR, "chair of governors"),
)


def register_path(ask: Ask, say: Say) -> Path | None:
    """The register file, None where there is none."""
    while True:
        answer = ask(
            "Register of schools, a CSV file from get-information-schools.service.gov.uk (- for none)"
        )
        if _none(answer):
            return None
        path = Path(answer.strip()).expanduser()
        if path.is_file():
            return path
        say(f"There is no file {path}.")


def pick_schools(all_schools: Sequence[School], urns: Sequence[str], ask: Ask, say: Say) -> list[School]:
    """The school chosen from the register by words and a number; by hand without a register."""
    from monitor.setup.school_search import line, near, search

    if not all_schools:
        urn = urns[0] if urns else _checked(ask, say, "The school's number (URN)", _URN)
        return [_by_hand(urn, ask, say)]
    while True:
        words = ask("The school: words of its name and town, or its URN")
        found = search(all_schools, words, 9) or near(all_schools, words, 9)
        for number, school in enumerate(found, 1):
            say(f"{number}  {line(school)}")
        choice = ask("Which one? Its number in this list (0 to search again)") if found else "0"
        if choice.strip().isdigit() and 1 <= int(choice) <= len(found):
            return [found[int(choice) - 1]]
        if not found:
            say("No school has all of these words. Try fewer, or the postcode.")


def _by_hand(urn: str, ask: Ask, say: Say) -> School:
    name, town = _text(ask, "The school's name"), _text(ask, "The town or village it is in")
    nation = _checked(ask, say, f"Its nation: {', '.join(NATIONS)}", _NATION)
    return School(urn=urn, name=name, town=town, nation=nation)


def together(found: Sequence[School], ask: Ask, say: Say) -> bool:
    """Whether several numbers are one school with one website and one head."""
    from monitor.setup.school_search import line

    for school in found:
        say(line(school))
    return _yes(ask, say, "Are these one school, with one website and one head? (y/n)")


def said_alone(entry: Entry, ask: Ask) -> tuple[str, ...]:
    """Those short names that people do say for the school, though they are a place's or a person's too."""
    if not entry.asked:
        return ()
    names = " or ".join(f"“{name}”" for name in entry.asked)
    hint = "y/N" if len(entry.asked) == 1 else "y for both, 1 or 2 for one of them, N"
    answer = ask(f"Do people say just {names} for the school? ({hint})").strip().lower()
    if answer in ("y", "yes"):
        return entry.asked
    return tuple(name for number, name in enumerate(entry.asked, 1) if answer == str(number))


def contact(ask: Ask, say: Say) -> str | None:
    """The address every site is told."""
    question = "An e-mail address of the school that every site we ask is told (- to add it later)"
    return _optional(ask, say, question, _CONTACT)


def people(found: Sequence[School], ask: Ask, say: Say) -> tuple[Person, ...]:
    """The head and the three people we need in order to tell anybody; those left out come later."""
    known = next((school.head for school in found if school.head), None)
    question = (
        f"Name of the head (- to add it later{f'; the register says {known}, = for that' if known else ''})"
    )
    answer = ask(question).strip()
    name = known if answer == "=" and known else answer
    said = [] if _none(name) else [_person("head", name, (Role.HEAD,), ask, say)]
    for role, title in _OTHERS:
        name = ask(f"Name of the {title} (- to add it later)").strip()
        same = next((i for i, p in enumerate(said) if p.name.casefold() == name.casefold()), None)
        if same is not None:
            said[same] = Person(said[same].id, said[same].name, (*said[same].roles, role), said[same].email)
        elif not _none(name):
            said.append(_person(role.value.replace("_", "-"), name, (role,), ask, say))
    return tuple(said)


def _person(id_: str, name: str, roles: tuple[Role, ...], ask: Ask, say: Say) -> Person:
    return Person(
        id_, name, roles, _optional(ask, say, f"{name}'s e-mail address (- to add it later)", _EMAIL)
    )


def _text(ask: Ask, question: str) -> str:
    while True:
        answer = ask(question).strip()
        if answer:
            return answer


def _optional(ask: Ask, say: Say, question: str, kind: TypeAdapter[str]) -> str | None:
    while True:
        answer = ask(question)
        if _none(answer):
            return None
        value = _valid(answer, kind, say)
        if value is not None:
            return value


def _checked(ask: Ask, say: Say, question: str, kind: TypeAdapter[str]) -> str:
    while True:
        value = _valid(ask(question), kind, say)
        if value is not None:
            return value


def _valid(answer: str, kind: TypeAdapter[str], say: Say) -> str | None:
    try:
        return kind.validate_python(answer)
    except ValidationError as error:
        (found, *_) = error.errors(include_url=False)
    why = str(found["ctx"]["error"]) if found["type"] == "value_error" else "is empty"
    say(f"{quoted(answer)} {why}" + ("" if why.endswith(("?", ".")) else "."))
    return None


def _yes(ask: Ask, say: Say, question: str) -> bool:
    while True:
        answer = ask(question).strip().lower()
        if answer in ("y", "yes", "n", "no"):
            return answer.startswith("y")
        say("Please answer y or n.")


def _none(answer: str) -> bool:
    return answer.strip().lower() in _NONE
