"""What `init` asks about the school and its people, a line each; never twice without a word why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from data.errors import InputError
from data.register.school_names import normalise
from data.types import Person, Role, School
from data.words.say import words
from monitor.config.values import NATIONS, BeatAddress, Contact, Email, Nation, SchoolDay, Text, Urn
from monitor.setup.answers import Ask, fault, needed, none, refusal
from monitor.setup.entries import Entry, own_key
from monitor.terminal.answers import until_right, yes
from monitor.terminal.output import Say

_MOST = 9


@dataclass(frozen=True, slots=True)
class _Office:
    """An office that is asked for in one line, who stands in for it, and the key of the question."""

    holder: Role
    deputy: Role
    question: str


_NURSERY = re.compile(
    r"\b(day ?care|playgroup|pre-?school|cr[eè]che|nursery|meithrinfa|cylch meithrin)\b", re.IGNORECASE
)


def offices(school: School) -> tuple[_Office, ...]:
    """Who is asked for, by the words of the school's nation and kind (docs/nations.md, access.md).

    In Scotland nobody at a school oversees its head; a nursery that no register has is its owner's.
    """
    nursery = school.phase in ("", "pre-school") and _NURSERY.search(school.name) is not None
    who = "owner" if nursery else "chair" if school.phase else "proprietor"
    over = _Office(Role.CHAIR, Role.VICE_CHAIR, who)
    if school.nation == "scotland" and not nursery:
        over = _Office(Role.LA_CONTACT, Role.LA_CONTACT, "authority")
    return (
        _Office(Role.HEAD, Role.DEPUTY_HEAD, "manager" if nursery else "head"),
        _Office(Role.DSL, Role.DEPUTY_DSL, f"dsl.{school.nation}"),
        over,
    )


_WITH_MAIL = re.compile(r"(?P<name>.*?)[\s,<(]*(?P<email>[^\s,;<>()]+@[^\s,;<>()]*)[>)]?\.?")
_WITH_COMMA = re.compile(r"(?P<name>[^,]*?)\s*,\s*(?P<email>\S+)")


def register_path(ask: Ask, say: Say) -> Path | None:
    """The register file, None where there is none."""

    def read(answer: str) -> Path | None:
        path = None if none(answer) else Path(answer.strip("'\"")).expanduser()
        if path and not path.is_file():
            raise InputError(f"There is no file {path}.")
        return path

    csv = "Register of schools, the CSV file from get-information-schools.service.gov.uk"
    return until_right(f"{csv} (Enter to go on without)", read, ask, say)


def pick_schools(all_schools: Sequence[School], urns: Sequence[str], ask: Ask, say: Say) -> list[School]:
    """The school chosen from the register by words and a number; by hand without a register."""
    if not all_schools:
        number = "The school's number: URN, SEED, DE reference … (Enter: it has none)"
        key = (urns[0] if urns else "") or _asked(number, Urn, ask, say)
        of = "The school's name", "The town or village it is in"
        name, town = (until_right(question, needed(Text), ask, say) for question in of)
        nations = ", ".join(NATIONS).replace("_", " ").title()
        nation = until_right(f"Its nation: {nations}", needed(Nation), ask, say)
        return [School(urn=key or own_key(name), name=name, town=town, nation=nation)]
    words = ""
    while True:
        words = words or ask("Your school: words of its name and town, or its URN").strip()
        if none(words):
            say("A school is needed. A word or two will do, such as its name and its town.")
            words = ""
            continue
        found, sure = _found(all_schools, words, say)
        if sure:
            return found
        words = ask("Which one? Its number in this list, or other words").strip() if found else ""
        if words.isdigit() and 1 <= int(words) <= len(found):
            return [found[int(words) - 1]]


def _found(all_schools: Sequence[School], words: str, say: Say) -> tuple[list[School], bool]:
    """Those that may be meant, shown with a number each; and whether it is the only one with these words."""
    from monitor.setup.entries import line, near, search

    found = search(all_schools, words, _MOST)
    if len(found) == 1:
        say(line(found[0]))
        return found, True
    close = found or near(all_schools, words, _MOST)
    if not found:
        known = "Near:" if close else "Try fewer, or the postcode."
        lacking = (
            f"No school has the number {words}"
            if words.isdigit()
            else (f"No school has all of these words: {words}")
        )
        say(f"{lacking}. {known}")
    for number, school in enumerate(close, 1):
        say(f"{number}  {line(school)}")
    if len(found) == _MOST:
        say(f"The first {_MOST}. For fewer, add the town or the postcode.")
    return close, False


def together(found: Sequence[School], ask: Ask, say: Say) -> bool:
    """Whether several numbers are one school with one website and one head."""
    from monitor.setup.entries import line

    for school in found:
        say(line(school))
    return yes("Are these one school, with one website and one head?", ask, say)


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
    question = "An e-mail address of the school, which every site that is read is told (Enter: later)"
    return _asked(question, Contact, ask, say)


def second_way(ask: Ask, say: Say) -> str | None:
    """The address of a check elsewhere, which tells somebody where mail itself fails."""
    question = "A second way to reach IT, when mail fails: the address of a check elsewhere (Enter: later)"
    return _asked(question, BeatAddress, ask, say)


def school_day(ask: Ask, say: Say) -> tuple[str, ...] | None:
    """When a school day begins and ends; None where nobody says."""

    def read(answer: str) -> tuple[str, ...] | None:
        if none(answer):
            return None
        day = tuple(clock.replace(".", ":").zfill(5) for clock in re.findall(r"\d{1,2}[:.]\d\d", answer))
        if why := fault(SchoolDay, day):
            raise InputError(refusal(answer, why))
        return day

    question = "When the school day begins and ends, such as 08:40 15:10 (Enter: 08:45 15:15)"
    return until_right(question, read, ask, say)


def _asked(question: str, kind: Any, ask: Ask, say: Say) -> str | None:
    """A value of that kind, None where there is none."""

    read = needed(kind)
    return until_right(question, lambda answer: None if none(answer) else read(answer), ask, say)


def people(found: Sequence[School], ask: Ask, say: Say) -> tuple[Person, ...]:
    """Those who are needed to tell anybody, each with a deputy where there is one; others come later."""
    known, w = next((school.head for school in found if school.head), None), words("en")
    said: list[Person] = []
    for office in offices(found[0]):
        head = known if office.holder is Role.HEAD else None
        question = w(f"setup.asked.{office.question}")
        hint = w("setup.known", question=question, head=head) if head else w("setup.later", question=question)
        for n, (name, email) in enumerate(_named(hint, head, said, ask, say)):
            _add(said, office.deputy if n else office.holder, name, email)
    return tuple(said)


def central(ask: Ask, say: Say) -> tuple[Person, ...]:
    """Who is told at the central team of a trust, for all its schools."""
    question = "The central team of the trust: name, e-mail; a second after a semicolon (Enter: later)"
    named = _named(question, None, (), ask, say)
    return tuple(
        Person(f"trust-{n}" if n > 1 else "trust", name, (Role.TRUST_CONTACT,), email)
        for n, (name, email) in enumerate(named, 1)
    )


def with_more(said: Sequence[Person], more: Sequence[Person]) -> tuple[Person, ...]:
    """The people, and those of `more` who are none of them: who has the same schools and the same address, or
    the same name and no other address, is one person with the roles of both."""
    kept, rest = list(said), list[Person]()
    for person in more:
        at = next((i for i, each in enumerate(kept) if _same(each, person)), None)
        if at is None:
            rest.append(person)
        else:
            roles = tuple(dict.fromkeys((*kept[at].roles, *person.roles)))
            kept[at] = replace(kept[at], roles=roles, email=kept[at].email or person.email)
    return (*kept, *rest)


def _same(one: Person, other: Person) -> bool:
    mails = {mail.casefold() for mail in (one.email, other.email) if mail}
    named = normalise(one.name) == normalise(other.name)
    return one.urns == other.urns and (len(mails) == 1 and (named or bool(one.email and other.email)))


def also(found: Sequence[School], ask: Ask, say: Say) -> list[School]:
    """Those that share the website, if they are of the trust too."""
    from monitor.setup.entries import line

    if not found:
        return []
    for school in found:
        say(line(school))
    return list(found) if yes("These share that website. Are they of the trust too?", ask, say) else []


def _named(
    question: str, known: str | None, said: Sequence[Person], ask: Ask, say: Say
) -> list[tuple[str, str | None]]:
    """The one or two people of an answer, each with an e-mail address where one was given."""
    while True:
        answer = ask(question)
        parts = [] if none(answer) else [part.strip() for part in answer.split(";") if part.strip()]
        read = [_name_and_email(part, known if n == 0 else None) for n, part in enumerate(parts)]
        wrong = list(_wrong(read, said, len(parts)))
        if not wrong:
            return read
        say(wrong[0])


def _wrong(read: Sequence[tuple[str, str | None]], said: Sequence[Person], count: int) -> Iterator[str]:
    if count > 2:
        yield "Two at most; add the others later: schoolgate people add"
    for name, email in read:
        if email is not None and (why := fault(Email, email)):
            yield refusal(email, why)
        elif email is not None and not name and not any(person.email == email for person in said):
            yield f"Whose address is {email}? Put the name before it."
        elif not name:
            yield "The register names nobody here. Write the name, then the e-mail address."


def _name_and_email(part: str, known: str | None) -> tuple[str, str | None]:
    """“Mrs A Example, head@example.org” as its two; “=”, or an address alone, is whom the register names."""
    found = _WITH_MAIL.fullmatch(part) or _WITH_COMMA.fullmatch(part)
    name, email = (found["name"].strip(" ,<("), found["email"]) if found else (part, None)
    return (known if known and name in ("", "=") else name.strip("=").strip()), email


def _add(said: list[Person], role: Role, name: str, email: str | None) -> None:
    """Somebody, or one more role for whom we have already, by the name or the address."""
    for at, person in enumerate(said):
        if person.name.casefold() == name.casefold() or (not name and person.email == email):
            said[at] = replace(person, roles=(*person.roles, role), email=person.email or email)
            return
    key = role.value.replace("_", "-")
    same = sum(role in person.roles for person in said)
    said.append(Person(f"{key}-{same + 1}" if same else key, name, (role,), email))
