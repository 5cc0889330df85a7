"""Ask the questions of `init`: about the school and its people, a line each; a proxy, a file, addresses; and
its places, proposed, read once, shown, kept or left out. What is of no use is asked again, never without a
word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from alerts.access.offices import kind_of_school, offices_of
from alerts.wording.cases import office
from data.effects import Clock
from data.errors import InputError, write_commands
from data.frozen import freeze
from data.register.find_schools import SchoolSearch, school_line
from data.register.school_names import normalise
from data.types import Person, Role, School
from data.words.say import words
from monitor.config import model as tables
from monitor.config.check import answer_fault, quote_value, required_reader, value_fault
from monitor.config.first_file import Draft, Entry, key_without_number, with_shared
from monitor.pipeline import looking
from monitor.pipeline.judges import Judges
from monitor.pipeline.looking import (
    InTime,
    PlaceRead,
    finds,
    hosts_without_answer,
    look_up_schools,
    looked_up_at,
    nature_named,
    places_behind,
    proposals,
    with_nature,
)
from monitor.terminal.answers import is_none, until_right, yes
from monitor.terminal.output import Say
from monitor.terminal.wording import ADD_PERSON
from sources.fetch import Fetcher
from sources.http.connection import UNKNOWN_AUTHORITY, tls_context
from sources.nature import Nature
from sources.places import Proposal

Ask = Callable[[str], str]
T = TypeVar("T")

_VARIABLES = ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy")


def proxy_of(env: Mapping[str, str]) -> str | None:
    """The proxy that other programs are told to use, without a name and password in it; None for no proxy."""
    for name in _VARIABLES:
        given = env.get(name, "").strip()
        bare = re.sub(r"//[^/@]*@", "//", given if "//" in given else f"http://{given}").rstrip("/")
        if given and not value_fault(tables.ProxyAddress, bare):
            return bare
    return None


def asked_proxy(proposed: str | None, ask: Ask, say: Say) -> str | None:
    """The proxy's address, None for none."""
    enter = f"Enter for {proposed}, - for none" if proposed else "Enter if there is none"
    question = f"The proxy that leads out of this network: http://, its name and its port ({enter})"
    return _ask_value(question, whole_proxy, lambda asked: ask(asked).strip() or proposed or "", say)


def whole_proxy(answer: str) -> str:
    """The proxy's address with its scheme. Raises InputError for what is none."""
    found = answer if "//" in answer else f"http://{answer}"
    if why := value_fault(tables.ProxyAddress, found):
        shown = re.sub(".*@", "…@", answer)  # before it stands a password
        raise InputError(f"{quote_value(shown)} {why}. For example: http://proxy.example.sch.uk:8080")
    return found


def asked_file(ask: Ask, say: Say) -> str | None:
    """The file with a web filter's authority, as a whole path; None for none."""
    question = "The file with the authority of the web filter, PEM (Enter if there is none)"
    return _ask_value(question, with_certificates, ask, say)


def with_certificates(named: str) -> str:
    """The whole path of a file of authorities. Raises InputError for what holds none."""
    path = Path(named.strip("'\"")).expanduser().absolute()
    try:
        tls_context(str(path))
    except (OSError, ValueError):
        raise InputError(words("en")("setup.refused.no_certificate", path=path)) from None
    return str(path)


def asked_marks(known: Collection[str], ask: Ask, say: Say) -> list[str]:
    """The numbers and letters of what is to be left out; none for all to be kept."""

    def read_marks(answer: str) -> list[str]:
        marks = [] if is_none(answer) else re.split(r"[\s,;]+", answer.lower())
        if unknown := [mark for mark in marks if mark not in known]:
            raise InputError(f"There is no {quote_value(unknown[0])} in the table. Nothing was left out.")
        return marks

    return until_right(words("en")("setup.ask.marks"), read_marks, ask, say)


_IS = re.compile(r"(\d+)\s*=\s*([^\s,;]+)")


def split_natures(answer: str, most: int) -> tuple[dict[int, Nature], str]:
    """Split what an answer says places are, “3 = paper”, by their numbers, from the answer without that."""
    said = {int(number): nature_named(word) for number, word in _IS.findall(answer)}
    if beyond := [number for number in said if not 1 <= number <= most]:
        raise InputError(f"There is no number {beyond[0]}: they go from 1 to {most}.")
    return said, _IS.sub(" ", answer).strip(" ,;")


def asked_natures(places: Sequence[Proposal], ask: Ask, say: Say) -> list[Proposal]:
    """The places, each as somebody says what it is."""

    def read_natures(answer: str) -> dict[int, Nature]:
        said, left = ({}, "") if is_none(answer) else split_natures(answer, len(places))
        if left:
            raise InputError(f"{quote_value(left)}: write, for example, 1 = paper")
        return said

    said = until_right(words("en")("setup.ask.natures"), read_natures, ask, say)
    return [with_nature(place, said.get(number)) for number, place in enumerate(places, 1)]


def asked_addresses(ask: Ask, say: Say) -> list[str]:
    def read_addresses(answer: str) -> list[str]:
        given = [] if is_none(answer) else re.split(r"[\s,;]+", answer)
        whole = {each if "//" in each else f"https://{each}": each for each in given}
        for address, typed in whole.items():
            if value_fault(tables.WebAddress, address) or "." not in (urlsplit(address).hostname or ""):
                raise InputError(f"{quote_value(typed)} is not a web address.")
        return list(whole)

    return until_right(words("en")("setup.ask.addresses"), read_addresses, ask, say)


_LONDON = ZoneInfo("Europe/London")

Open = Callable[["Draft"], AbstractContextManager["Fetcher"]]


@freeze
class Setting:
    """The means of the flow: how it asks (None: it does not) and says, and what reads and judges."""

    ask: Ask | None
    say: Say
    clock: Clock
    open: Open
    judges: Callable[[Draft], Judges]
    env: Mapping[str, str]


def draft_places(draft: Draft, to: Setting) -> Draft:
    """The draft with its places, each read once; with untried ones where nothing can be reached.

    Places that the draft has already are those that its schools share: they are read like the others.
    """
    to.say("Looking for places where people write about you, and reading each once. It takes up to a minute.")
    judges = to.judges(draft)
    places, silent = _read_places(draft, judges, to)
    given = draft
    while looking.is_offline(places) and (way := _another_way(draft, places, to)):
        draft = way
        places, silent = _read_places(way, judges, to)
    if silent:
        to.say(words("en")("setup.refused.not_looked_up", hosts=", ".join(silent)))
    if looking.is_offline(places):
        return without_network(draft if UNKNOWN_AUTHORITY in looking.first_failure(places) else given)
    draft = replace(draft, to_look_up=tuple(silent))
    _show(places, judges, to)
    kept = [*_keep_places(places, to), *_add_places(draft, places, judges, to)]
    return replace(draft, places=tuple(looking.decide_places(kept, to.clock())))


def _add_places(draft: Draft, places: Sequence[PlaceRead], judges: Judges, to: Setting) -> list[PlaceRead]:
    """Places that somebody gives by an address, each read once."""
    addresses = asked_addresses(to.ask, to.say) if to.ask else []
    if not addresses:
        return []
    taken = {place.source.id for place in places}
    urns = tuple(school.urn for school in draft.schools)
    with to.open(draft) as fetcher:
        reader = InTime.for_a_minute(fetcher, to.clock)
        told = places_behind(addresses, urns, taken, reader)
        there = {(place.source.kind, place.source.url) for place in places}
        found = [p for _, p, _ in told if p is not None and (p.source.kind, p.source.url) not in there]
        read = looking.survey(found, reader, judges)
    for address, proposal, why in told:
        if proposal is None:
            to.say(f"{address} is left out: {why}")
    _show(read, judges, to, given=True)
    tried = [place.proposal for place in read if place.run is not None]
    said = asked_natures(tried, to.ask, to.say) if tried and to.ask else ()
    natures = {proposal.source.id: proposal for proposal in said}
    return [replace(place, proposal=natures.get(place.source.id, place.proposal)) for place in read]


def without_network(draft: Draft) -> Draft:
    """The draft with the places that need no looking up, untried: on where their terms allow it."""
    places = with_shared(proposals(draft.schools), draft.places, draft.trust)
    return replace(draft, places=places, untried=True, to_look_up=looked_up_at(draft.schools))


def _read_places(draft: Draft, judges: Judges, to: Setting) -> tuple[list[PlaceRead], list[str]]:
    """Look up what is there and read it, all within the minute; also the hosts that were silent."""
    with to.open(draft) as fetcher:
        reader = InTime.for_a_minute(fetcher, to.clock)
        known = look_up_schools(draft.schools, reader.within(looking.LOOK_UP_S))
        silent = hosts_without_answer(known)
        places = with_shared(proposals(draft.schools, known), draft.places, draft.trust)
        return looking.survey(places, reader, judges), silent


def _another_way(draft: Draft, places: Sequence[PlaceRead], to: Setting) -> Draft | None:
    """The draft with a way out that was not tried yet: the filter's authority, or a proxy. None for none."""
    why = looking.first_failure(places)
    to.say(f"Nothing could be reached: {why}")
    if UNKNOWN_AUTHORITY in why:
        file = asked_file(to.ask, to.say) if to.ask and not draft.ca_file else None
        return replace(draft, ca_file=file) if file else None
    if draft.proxy:
        return None
    if to.ask is not None:
        to.say(words("en")("setup.places.do"))
    proposed = proxy_of(to.env)
    proxy = asked_proxy(proposed, to.ask, to.say) if to.ask else proposed
    if proxy:
        to.say(f"Once more, through the proxy {proxy}.")
    return replace(draft, proxy=proxy) if proxy else None


def _show(places: Sequence[PlaceRead], judges: Judges, to: Setting, *, given: bool = False) -> None:
    """The table, what stays off, and the first finds."""
    names = {urn: school.name for urn, school in judges.schools.items()}
    for line in (*looking.place_lines(places, names, given=given), *looking.off_lines(places), ""):
        to.say(line)
    shown = finds([linked for place in places for linked in place.found], judges)
    to.say("The first finds:" if shown else "There is nothing on any of them now.")
    for line in looking.find_lines(shown, looking.number_places(places), to.clock().date(), _LONDON):
        to.say(line)
    to.say("")


def _keep_places(places: list[PlaceRead], to: Setting) -> list[PlaceRead]:
    """The places without those that somebody strikes out."""
    for line in looking.search_lines(places):
        to.say(line)
    if to.ask is None:
        return places
    by_letter = {letter: said for said, letter in looking.letter_spellings(places).items()}
    numbers = {str(number): key for key, number in looking.number_places(places).items()}
    struck = asked_marks([*numbers, *by_letter], to.ask, to.say)
    ids = {numbers[mark] for mark in struck if mark in numbers}
    spellings = {by_letter[mark] for mark in struck if mark in by_letter}
    return [p for p in places if p.source.id not in ids and p.proposal.spelling not in spellings]


_MOST = 9
_WITH_MAIL = re.compile(r"(?P<name>.*?)[\s,<(]*(?P<email>[^\s,;<>()]+@[^\s,;<>()]*)[>)]?\.?")
_WITH_COMMA = re.compile(r"(?P<name>[^,]*?)\s*,\s*(?P<email>\S+)")


def pick_schools(all_schools: Sequence[School], ask: Ask, say: Say) -> list[School]:
    """The school chosen from the register by words or a number; given by hand where no register has it."""
    search, words = SchoolSearch(all_schools), ""
    while True:
        asked = "Your school: words of its name and town, or its number (Enter: no register has it)"
        words = words or ask(asked).strip()
        if is_none(words):
            return [_by_hand(ask, say)]
        found, sure = _find_schools(search, words, say)
        if sure:
            return found
        words = ask("Which one? Its number in this list, or other words").strip() if found else ""
        if words.isdigit() and 1 <= int(words) <= len(found):
            return [found[int(words) - 1]]


def _by_hand(ask: Ask, say: Say) -> School:
    number = "The school's number: URN, SEED, DE reference … (Enter: it has none)"
    key = _ask_value(number, required_reader(tables.Urn), ask, say)
    of = "The school's name", "The town or village it is in"
    name, town = (until_right(question, required_reader(tables.Text), ask, say) for question in of)
    nations = ", ".join(tables.NATIONS).replace("_", " ").title()
    nation = until_right(f"Its nation: {nations}", required_reader(tables.Nation), ask, say)
    return School(urn=key or key_without_number(name), name=name, town=town, nation=nation)


def _find_schools(search: SchoolSearch, words: str, say: Say) -> tuple[list[School], bool]:
    """Those that may be meant, shown with a number each; and whether it is the only one with these words."""
    found = search.find(words, _MOST)
    if len(found) == 1:
        say(school_line(found[0]))
        return found, True
    close = found or search.near(words, _MOST)
    if not found:
        known = "Near:" if close else "Try fewer, or the postcode."
        lacking = f"the number {words}" if words.isdigit() else f"all of these words: {words}"
        say(f"No school has {lacking}. {known}")
    for number, school in enumerate(close, 1):
        say(f"{number}  {school_line(school)}")
    if len(found) == _MOST:
        say(f"The first {_MOST}. For fewer, add the town or the postcode.")
    return close, False


ONE_SCHOOL = "Are these one school, with one website and one head?"
OF_THE_TRUST = "These share that website. Do they belong to the trust too?"


def confirm_schools(found: Sequence[School], question: str, ask: Ask, say: Say) -> bool:
    """Whether that is so of these schools."""
    for school in found:
        say(school_line(school))
    return yes(question, ask, say)


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


def ask_contact(ask: Ask, say: Say) -> str | None:
    """The address every site is told."""
    question = "An email address of the school: each site we read is told whom to ask (Enter: later)"
    return _ask_value(question, required_reader(tables.Contact), ask, say)


def second_way(ask: Ask, say: Say) -> str | None:
    """The address of a check elsewhere, which tells somebody where mail itself fails."""
    return _ask_value(words("en")("setup.ask.second_way"), required_reader(tables.BeatAddress), ask, say)


def school_day(ask: Ask, say: Say) -> tuple[str, ...] | None:
    """When a school day begins and ends; None where nobody says."""

    def read_day(answer: str) -> tuple[str, ...]:
        day = tuple(clock.replace(".", ":").zfill(5) for clock in re.findall(r"\d{1,2}[:.]\d\d", answer))
        if why := value_fault(tables.SchoolDay, day):
            raise InputError(answer_fault(answer, why))
        return day

    question = "When the school day begins and ends, such as 08:40 15:10 (Enter: 08:45 15:15)"
    return _ask_value(question, read_day, ask, say)


def _ask_value(question: str, read: Callable[[str], T], ask: Ask, say: Say) -> T | None:
    """The value as it is read, None where there is none."""
    return until_right(question, lambda answer: None if is_none(answer) else read(answer), ask, say)


def ask_people(found: Sequence[School], ask: Ask, say: Say) -> tuple[Person, ...]:
    """Those who are needed to tell anybody, each with a deputy where there is one; others come later."""
    known, w = next((school.head for school in found if school.head), None), words("en")
    said: list[Person] = []
    for holder, deputy in offices_of(found[0]):
        head = known if holder is Role.HEAD else None
        over = holder is Role.CHAIR and not kind_of_school(found[0])
        second = w("setup.somebody") if deputy == holder else office(deputy, found[0], w)
        named = {"office": office(holder, found[0], w), "second": second}
        question = w("setup.asked_over" if over else "setup.asked", **named)
        hint = w("setup.known", question=question, head=head) if head else w("setup.later", question=question)
        for n, (name, email) in enumerate(_ask_names(hint, head, said, ask, say)):
            _add(said, deputy if n else holder, name, email)
    return tuple(said)


def ask_central_team(ask: Ask, say: Say) -> tuple[Person, ...]:
    """Ask who is told at the central team of a trust, for all its schools."""
    question = "The central team of the trust: name, email; a second after a semicolon (Enter: later)"
    named = _ask_names(question, None, (), ask, say)
    return tuple(
        Person(f"trust-{n}" if n > 1 else "trust", name, (Role.TRUST_CONTACT,), email)
        for n, (name, email) in enumerate(named, 1)
    )


def merge_people(said: Sequence[Person], more: Sequence[Person]) -> tuple[Person, ...]:
    """The people, and of `more` those who are none of them; one who is both has the roles of both."""
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


def _ask_names(
    question: str, known: str | None, said: Sequence[Person], ask: Ask, say: Say
) -> list[tuple[str, str | None]]:
    """The one or two people of an answer, each with an e-mail address where one was given."""
    while True:
        answer = ask(question)
        parts = [] if is_none(answer) else [part.strip() for part in answer.split(";") if part.strip()]
        read = [_name_and_email(part, known if n == 0 else None) for n, part in enumerate(parts)]
        wrong = list(_wrong(read, said, len(parts)))
        if not wrong:
            return read
        say(wrong[0])


def _wrong(read: Sequence[tuple[str, str | None]], said: Sequence[Person], count: int) -> Iterator[str]:
    if count > 2:
        yield write_commands(f"Two at most; add the others later: {ADD_PERSON}")
    for name, email in read:
        if email is not None and (why := value_fault(tables.Email, email)):
            yield answer_fault(email, why)
        elif email is not None and not name and not any(person.email == email for person in said):
            yield f"Whose address is {email}? Put the name before it."
        elif not name:
            yield "The register names nobody here. Write the name, then the email address."


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
