"""The commented `schoolgate.toml` that `init` writes: which schools are set up, their entries, and the text.

An entry has the facts of the register, and proposals for the rest; of a trust, what its schools share.
"""

from __future__ import annotations

import re
import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any, NoReturn
from urllib.parse import urljoin

from pydantic import ValidationError

from alerts.access.offices import holding
from alerts.access.recipients import in_office
from data.errors import InputError, SchoolgateError, write_commands
from data.frozen import freeze
from data.register import school_names
from data.register.find_schools import near_numbers, pick_number, school_line
from data.register.national_lists import (
    SHIPPED,
    host,
    is_host_of_many,
    name_register,
    pack_register,
    read_register,
)
from data.register.school_names import key_of_a_trust, normalise
from data.shipped import read_shipped
from data.types import KEY_OF_A_TRUST, KEY_OF_OUR_OWN, Person, Role, School, Source
from data.words.say import words
from monitor.config.home.paths import draft as new_file
from monitor.config.home.paths import write_private
from monitor.config.load import load_file
from monitor.config.model import TRUST, PersonTable, SchoolTable, SourceTable
from monitor.config.toml_text import rows, toml
from sources.places import Proposal, bing_news, make_row
from sources.registry import CATALOGUE

_LONGEST_KEY = 40
MOST_ASKED = 2
"""So many names are asked for at most, of one school."""


@freeze
class Entry:
    """A school as it would be written, and the short names that are also a place's or a person's.

    Whether people say those for the school, only the school knows: they are asked for, and else left out.
    """

    school: School
    asked: tuple[str, ...] = ()

    def saying(self, names: Iterable[str]) -> School:
        """The school with those of the names asked for that people do say."""
        said = {name: None for name in (*self.school.aliases, *names)}
        return replace(self.school, aliases=tuple(said))


def alike(found: Sequence[School]) -> list[list[School]]:
    """Those that may be one school in several numbers, by head and postcode both. Ask; never take it."""
    groups: dict[tuple[str | None, str], list[School]] = defaultdict(list)
    for school in found:
        if school.head and school.postcode:
            groups[school.head, school.postcode].append(school)
    return [group for group in groups.values() if len(group) > 1]


def entries(
    found: Sequence[School], all_schools: Sequence[School], one: Sequence[Sequence[School]] = ()
) -> tuple[Entry, ...]:
    """An entry for each school, in their order, and one for those of a group in `one`; aliases and namesakes
    are worked out against all other schools."""
    register = school_names.register_of_names(all_schools)
    whole = {school.urn: group for group in one for school in group}
    groups = {group[0].urn: group for group in (whole.get(school.urn, [school]) for school in found)}
    return tuple(_entry(group, all_schools, register) for group in groups.values())


def name_heads(schools: Sequence[School], people: Sequence[Person]) -> tuple[School, ...]:
    """The schools with the head that a person has named, in place of the one the register has."""
    heads = ((s, [p.name for p in in_office(s, people, (Role.HEAD,))]) for s in schools)
    return tuple(replace(s, head=" and ".join(names)) if names else s for s, names in heads)


def _entry(group: Sequence[School], all_schools: Sequence[School], register: school_names.Register) -> Entry:
    """The school with the aliases people are likely to use and the namesakes the register knows; of several
    numbers the first one's facts, and the others' names as aliases of it.
    """
    numbers = tuple(school.urn for school in group)
    known = [
        replace(
            school,
            aliases=school_names.propose_aliases(school, register),
            namesakes=school_names.propose_namesakes(school, register),
        )
        for school in (replace(s, members=numbers if len(group) > 1 else ()) for s in group)
    ]
    asked = [name for school in known for name in school_names.doubtful_aliases(school, register)]
    whole, *others = known
    if others:
        names = (*whole.aliases, *(name for other in others for name in (other.name, *other.aliases)))
        whole = replace(
            whole,
            aliases=tuple(name for name in dict.fromkeys(names) if name != whole.name),
            namesakes=tuple(dict.fromkeys(n for school in known for n in school.namesakes)),
            domain=whole.domain or _own_host(group, all_schools),
        )
    return Entry(whole, tuple(dict.fromkeys(asked))[:MOST_ASKED])


def _own_host(group: Sequence[School], all_schools: Sequence[School]) -> str | None:
    """The host that these share and nobody else has."""
    found = {host(school.website) for school in group}
    name = found.pop()
    if found or name is None or is_host_of_many(name):
        return None
    numbers = {school.urn for school in group}
    others = (host(s.website) for s in all_schools if name in s.website.lower() and s.urn not in numbers)
    return None if name in others else name


def key_without_number(name: str) -> str:
    """The key of a school that has no number: `own-oakfield-nursery`."""
    words = "-".join(word for word in normalise(name).split() if word.isascii())
    return f"{KEY_OF_OUR_OWN}{words or 'school'}"[:_LONGEST_KEY].rstrip("-")


def find_by_number(urns: Sequence[str], all_schools: Sequence[School], register: Path) -> list[School]:
    """The schools of these numbers, in that order. Raises InputError for one that is closed or missing."""
    found = [pick_number(all_schools, urn)[:1] or _refuse_number(urn, all_schools, register) for urn in urns]
    return list({school.urn: school for (school,) in found}.values())


def _refuse_number(urn: str, all_schools: Sequence[School], register: Path) -> NoReturn:
    closed = next(iter(pick_number(read_register(register, closed=True), urn)), None)
    if closed:
        given = {"urn": urn, "register": register.name, "school": school_line(closed)}
        raise InputError(words("en")("setup.refused.closed_number", **given))
    near = "; ".join(school_line(school) for school in near_numbers(all_schools, urn, 3))
    hint = f" One digit away: {near}." if near else ""
    where = "the register that comes with Schoolgate" if register == SHIPPED else register.name
    raise InputError(
        f"URN {urn} is not in {where}.{hint} To find a school, or set up one of no register: ⟪init⟫"
    )


_HOUR_S = 3600.0


def schools_of(trust: str, all_schools: Sequence[School]) -> list[School]:
    """The schools of which the register says that they belong to the trust, in its order.

    Raises InputError where it names no trust at all (an extract may lack the column), or knows another
    name.
    """
    wanted = normalise(trust)
    known = {school.trust: normalise(school.trust) for school in all_schools if school.trust}
    if not known:
        raise InputError(words("en")("setup.refused.no_trusts"))
    found = [school for school in all_schools if school.trust and known[school.trust] == wanted]
    if not found:
        from rapidfuzz import fuzz, process

        near = [name for name, _, _ in process.extract(trust, list(known), scorer=fuzz.WRatio, limit=3)]
        raise InputError(f"No school of the register belongs to “{trust}”. Near: {'; '.join(near)}.")
    return found


def schools_sharing_site(found: Sequence[School], all_schools: Sequence[School]) -> list[School]:
    """Further schools with the website of these: perhaps of the same trust, which only asking can tell."""
    hosts = {name for school in found if (name := host(school.website)) and not is_host_of_many(name)}
    mine = {school.urn for school in found}
    return [s for s in all_schools if s.urn not in mine and s.website and host(s.website) in hosts]


def trust_entries(trust: str, found: Sequence[School], all_schools: Sequence[School]) -> tuple[School, ...]:
    """Each of them by itself, a school of the trust, with what tells it from all others."""
    made = (entry.school for entry in entries(found, all_schools))
    return tuple(replace(school, trust=school.trust or trust) for school in made)


def shared_places(
    trust: str, schools: Sequence[School], all_schools: Sequence[School]
) -> tuple[Proposal, ...]:
    """List what is the trust's own: its website, and a news search for its name."""
    search = Source(
        "trust-news",
        "feed",
        bing_news(f'"{trust}"'),
        urns=(key_of_a_trust(trust),),
        name=f"Bing News: {trust}",
        surfaced=True,
        interval_s=_HOUR_S,
    )
    return (*_websites(trust, schools, all_schools), make_row("bing_news", search, f'"{trust}"'))


def _websites(trust: str, schools: Sequence[School], all_schools: Sequence[School]) -> Iterator[Proposal]:
    """The hosts that several of these schools share with nobody else."""
    mine: dict[str, list[School]] = defaultdict(list)
    for school in schools:
        if (name := host(school.website)) and not is_host_of_many(name):
            mine[name].append(school)
    everywhere = Counter(host(school.website) for school in all_schools if school.website)
    for name, found in mine.items():
        if len(found) > 1 and everywhere[name] <= len(found):
            key, address = f"trust-website-{name.replace('.', '-')}"[:64], urljoin(found[0].website, "/")
            urns, said = (key_of_a_trust(trust),), f"The trust's website ({name})"
            yield make_row("website", Source(key, "own.page", address, urns=urns, name=said, own=True))


def with_shared(
    places: Sequence[Proposal], shared: Sequence[Proposal], trust: str | None = None
) -> tuple[Proposal, ...]:
    """All places, shared ones last, each address once; an own one of several schools is the `trust`'s,
    whichever of them led to it."""
    known, own = {(p.source.kind, p.source.url.rstrip("/")) for p in shared}, list[Proposal]()
    for place in places:
        source = place.source
        if trust and source.own and len(source.urns) > 1:
            name = source.name.replace("Our website", "The trust's website", 1)
            place = replace(place, source=replace(source, urns=(key_of_a_trust(trust),), name=name))
        if (source.kind, source.url.rstrip("/")) not in known:
            own.append(place)
    return (*own, *shared)


TERMS = "Its terms, as read on"
"""What the comment above a place says that was written by program."""
_WIDTH = 108
_FIRST_PAGES = Source("", "", "").max_pages
_PACES = ((86_400, "d", "day"), (3_600, "h", "hour"), (60, "m", "minute"))


def source_values(source: Source) -> dict[str, object]:
    """Its keys as the file has them, without those that say what holds anyhow."""
    interval = None  # the kind's own pace
    if source.interval_s is not None:
        of, letter, _ = _unit(source.interval_s)
        interval = f"{source.interval_s / of:g}{letter}"
    said = {key: getattr(source, key, None) for key in SourceTable.model_fields} | {
        "name": "" if source.name == source.id else source.name,
        "schools": [_key_text(urn) for urn in source.urns],
        "interval": interval,
        "max_pages": source.max_pages if source.max_pages != _FIRST_PAGES else None,
        "settings": dict(source.settings),
    }
    return {key: value for key, value in said.items() if value}


def _key_text(urn: str) -> str:
    """A school's key as the file has it; of a trust “trust”."""
    return TRUST if urn.startswith(KEY_OF_A_TRUST) else urn


def place_text(proposal: Proposal) -> str:
    """The place with a comment: what it sees, how often, its terms and the day on which they were read."""
    source, checked = proposal.source, proposal.checked
    day = f"{checked.day} {checked:%B %Y}"
    seconds = source.interval_s or CATALOGUE[source.kind].default_interval_s
    of, _, name = _unit(seconds)
    count = f"{seconds / of:g}"
    pace = f"every {name}" if count == "1" else f"every {count} {name}s"
    told = f"{proposal.sees} Looked at {pace}. {TERMS} {day}: {proposal.terms}"
    comment = textwrap.wrap(told, _WIDTH, break_long_words=False, break_on_hyphens=False)
    keys = [f"{key} = {toml(value)}" for key, value in source_values(source).items()]
    return "\n".join([*(f"# {line}" for line in comment), "[[sources]]", *keys])


def _unit(seconds: float) -> tuple[int, str, str]:
    return next((pace for pace in _PACES if seconds >= pace[0] and seconds % pace[0] == 0), _PACES[-1])


@freeze
class Draft:
    """The facts known when the file is written; what is missing is there as a comment.

    `places` are written as their sources are: on, or off with the reason. `untried` says that none was read.
    `day` is when a school day begins and ends; `to_look_up` are hosts that could not be asked for places;
    `trust` is the name of the trust whose schools these are.
    """

    schools: tuple[School, ...]
    people: tuple[Person, ...] = ()
    contact: str | None = None
    register_file: str | None = None
    places: tuple[Proposal, ...] = ()
    proxy: str | None = None
    ca_file: str | None = None
    heartbeat_url: str | None = None
    day: tuple[str, ...] | None = None
    untried: bool = False
    to_look_up: tuple[str, ...] = ()
    trust: str | None = None


def refuse_overwriting(path: Path) -> None:
    """Raises SchoolgateError where the file is there already."""
    if path.exists() or path.is_symlink():
        raise SchoolgateError(words("en")("setup.refused.there_already", path=path))


def write_first_file(path: Path, draft: Draft, all_schools: Sequence[School]) -> None:
    """Put the draft's file there whole, for its owner alone, and before it the register that it names, with
    all its schools. Raises SchoolgateError where one is there already: it stays, as any other file does."""
    packed = pack_register(all_schools, Path(draft.register_file)) if draft.register_file else b""
    name = name_register(path.parent, packed) if packed else None
    text = render_file(replace(draft, register_file=name))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with new_file(path, text.encode()) as made:
        load_file(made, {})
        refuse_overwriting(path)
        if name:
            write_private(path.with_name(name), packed)
        try:
            path.hardlink_to(made)
        except FileExistsError:
            refuse_overwriting(path)
        except OSError:  # a file system without hard links: the check before is all there is
            made.replace(path)


def render_file(draft: Draft) -> str:
    """The text of the file: it loads without a fault, and gives back the draft's schools, people and places.

    A fact of the register that the file could not hold (a postcode with a slip in it) is left out.
    """
    day = f"{'' if draft.day else '# '}day = {toml(draft.day or SchoolTable.model_fields['day'].default)}"
    schools = [
        _fill_part("school", facts="\n".join(rows(school_values(usable(s)))), day=day) for s in draft.schools
    ]
    trust = [_fill_part("trust", name=toml(draft.trust))] if draft.trust else []
    asked = [_fill_part("to_look_up", hosts=toml(draft.to_look_up))] if draft.to_look_up else []
    places = [*([_fill_part("untried")] if draft.untried else []), *map(place_text, draft.places)]
    people = ("\n".join(["[[people]]", *rows(person_values(p))]) for p in draft.people)
    beat = rows({"heartbeat_url": draft.heartbeat_url})
    network = rows({"proxy": draft.proxy, "ca_file": draft.ca_file})
    file = _fill_part(
        "file",
        contact=_row("contact", draft.contact, "office@example.sch.uk"),
        register_file=_row("register_file", draft.register_file, "edubasealldata.csv"),
        to_look_up="".join(f"{block}\n\n" for block in asked),
        schools="\n\n".join([*schools, *trust]),
        people="\n\n".join(people) or _fill_part("people"),
        places="".join(f"{block}\n\n" for block in places),
        serve="\n".join(["[serve]", *beat]) if beat else "# [serve]",
        network="\n".join(["[network]", *network]) if network else _fill_part("network"),
    )
    return f"{file}\n"


def _fill_part(part: str, **values: str) -> str:
    """A part of `first_file.txt`, with these values at their places."""
    return re.sub(r"\{(\w+)\}", lambda place: values[place[1]], _parts_of_file()[part])


@cache
def _parts_of_file() -> dict[str, str]:
    text = read_shipped("monitor.config", "first_file.txt")
    parts = (part.partition("\n") for part in write_commands(text).split("%% ")[1:])
    return {name: written.rstrip("\n") for name, _, written in parts}


def usable(school: School) -> School:
    """The school without those facts that the file's own rules would refuse."""
    blank = School(school.urn, school.name)
    refused: dict[str, Any] = {}
    for key, value in school_values(school).items():
        try:
            SchoolTable.model_validate({"urn": school.urn, "name": school.name, key: value})
        except ValidationError:
            refused[key] = getattr(blank, key)
    return replace(school, **refused)


def _row(key: str, value: str | None, example: str) -> str:
    return f"{key} = {toml(value)}" if value else f"# {key} = {toml(example)}"


def school_values(school: School) -> dict[str, Any]:
    """Its keys as the file has them, in the order of its type, without those that say nothing."""
    values = {f.name: getattr(school, f.name) for f in fields(School) if f.name in SchoolTable.model_fields}
    values["namesakes"] = [{"name": n.name, "place": n.place, "kind": n.kind} for n in school.namesakes]
    values["language"] = school.language.removeprefix("en")
    listed = {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}
    return {key: value for key, value in listed.items() if value}


def person_values(person: Person) -> dict[str, Any]:
    """Their keys as the file has them, but for how long they are away and who covers for them."""
    roles, schools = [role.value for role in holding(person, ())], [_key_text(urn) for urn in person.urns]
    values = {f.name: getattr(person, f.name) for f in fields(Person) if f.name in PersonTable.model_fields}
    del values["away_until"], values["cover"]
    return {**values, "roles": roles, "schools": schools, "related_to": list(person.related_to)}
