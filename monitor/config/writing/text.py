"""Settings as text, with examples."""

from __future__ import annotations

import re
import textwrap
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from importlib.resources import files
from typing import Any

import tomlkit
from pydantic import ValidationError

from data.errors import as_typed
from data.types import KEY_OF_A_TRUST, Person, School, Source
from monitor.config.faults import WIDE, Values, rows, toml
from monitor.config.model import SchoolTable
from monitor.config.settings import TRUST
from monitor.config.toml_lines import Path, TomlPart, parts
from sources.places.table import Proposal
from sources.registry import CATALOGUE

# The comments and examples of the `schoolgate.toml` that `init` writes, part by part.

HEAD = """\
# Schoolgate's configuration. Lines that begin with “#” are comments: remove the “#” to use one.
# Every key is explained by: schoolgate docs configuration. After a change: schoolgate doctor
# No password stands in this file; see [mail] at its end.
"""

DAY = ("08:45", "15:15")
DAYS = as_typed(
    """\
# The digest comes on school days, the governors' report in term. Without terms, every weekday that is no
# bank holiday counts.
# terms = [{ first = 2026-09-02, last = 2026-10-23 }, { first = 2026-11-02, last = 2026-12-18 }]
# INSET days and other days without pupils:
# closed = [2026-09-01, 2027-01-04]
# Children's social care outside office hours, for an alarm about a child that nobody answers:
# social_care = "01632 960 777"
# When its day begins and ends, for “after school” in a post:
{day}

# What your own policy says of removals; each has a default: ⟪docs⟫ policies
# [schools.ladder]
# first_assessor = "it_lead"
# support = "Counselling by our employee helpline, 01632 960 001."
# complaints_url = "https://oakfield.example.sch.uk/complaints"
"""
)

TRUST_EXAMPLES = as_typed(
    """\
# The trust itself: what is said of it, and of no school of it in particular, is told to its people. Those are
# whoever has no “schools” below, and whoever has schools = ["trust"]: there the head is the chief executive,
# and the chair the chair of trustees: ⟪docs⟫ trust
[trust]
name = {name}
# aliases = ["BLT"]
# chief = "Mrs C Example"
"""
)

_HERE = files("monitor.config.writing")
PEOPLE = """\
# ------------------------------------------------------------------------------------ people
# Who is told, and who may be meant. One person may hold several roles:
#   head, deputy_head, dsl, deputy_dsl, chair, vice_chair, governor, slt, staff, it_lead, dpo,
#   press, la_contact, trust_contact
# Two people should hold each of dsl and head (deputies count), and one the chair: whoever is the
# subject of a matter is not told of it.
"""

PEOPLE_EXAMPLES = (_HERE / "people_examples.txt").read_text(encoding="utf-8")

REST = (_HERE / "the_rest.txt").read_text(encoding="utf-8")

NETWORK_WORDS = as_typed(
    """\
# Behind a proxy, or a web filter that reads encrypted pages (⟪docs⟫ configuration):
"""
)

NETWORK = """\
# [network]
# proxy = "http://proxy.example.sch.uk:8080"
# ca_file = "filter-ca.pem"
"""

SOURCES = """\
# ----------------------------------------------------------------------------------- sources
# Where to look. One with a line “disabled” is off, and that line says why; the desk switches each off or on.
#   schoolgate source test ID      what it brings now
#   schoolgate source add ADDRESS  another place, by the address of any page of it
# Every kind of place, what it sees and what its terms allow: schoolgate docs sources
"""

UNTRIED = """\
# None of these has been tried yet, as nothing could be reached when this was written. Each scan asks first
# whether a site allows it (robots.txt). To try one: schoolgate source test ID
"""

SOURCES_EXAMPLES = """\
# The local paper: look for the feed's address at the foot of its pages.
# [[sources]]
# id = "local-paper"
# kind = "feed"
# url = "https://paper.example.org/news/rss.xml"
# name = "The local paper"

# The school's own page at a review site: all that is there is about the school.
# [[sources]]
# id = "reviews"
# kind = "reviews.schema_org"
# url = "https://reviews.example.org/the-school"
# channel = "school_review_site"
# listing = true
"""


# How settings are written as text.

# Changes to the text of a TOML document: one table or one key of it, and not a letter of the rest.


class NoTable(Exception):
    """The table of that name has no header of its own to be found by, or its list has one for each row."""


def with_table(text: str, name: str, values: Values, *, several: bool = True) -> str:
    """With this table after the last of its name; the first stands where a comment has an example of one,
    or else at the end. `several` is for tables of which there may be more than one.
    """
    header = f"[[{name}]]" if several else f"[{name}]"
    return with_block(text, name, [header, *rows(values)])


def with_block(text: str, name: str, block: Sequence[str]) -> str:
    """The same with a table as it is written already: its lines, a comment above it among them."""
    there = parts(text)
    if name in tomllib.loads(text) and not any(part.path[:1] == (name,) for part in there):
        raise NoTable(name)
    lines = text.split("\n")
    at = _place(lines, there, name)
    before = [""] if at and lines[at - 1].strip() else []
    after = [""] if at < len(lines) and lines[at].strip() else []
    return "\n".join([*lines[:at], *before, *block, *after, *lines[at:]])


def without_table(text: str, path: Path, told: str = "") -> str:
    """Without that table and those below it. Comments stay, but for the one right above it where that holds
    `told`.
    """
    found = [part for part in parts(text) if part.path[: len(path)] == path and part.first]
    if not found:
        raise NoTable(path[0])
    lines = text.split("\n")
    for part in reversed(found):
        at = _above(lines, part.first - 1, told)
        del lines[at : part.last]
        if at and not lines[at - 1].strip() and (at == len(lines) or not lines[at].strip()):
            del lines[at - 1]
    return "\n".join(lines)


def _above(lines: list[str], header: int, told: str) -> int:
    """Where the comment right above a header begins, if it holds `told`; else the header."""
    at = header
    while at and lines[at - 1].startswith("#"):
        at -= 1
    said = " ".join(line.lstrip("# ") for line in lines[at:header])
    return at if told and told in said else header


def with_key(text: str, path: Path, key: str, value: object | None) -> str:
    """With that value for the key of that table; None takes the key away."""
    part = _part(text, path)
    if value is None:
        return _changed(text, part, lambda table: table.pop(key, None))
    if key not in _table(_parsed(text, part), path):
        return _with_new_key(text, part, key, value)
    return _changed(text, part, lambda table: table.update({key: tomlkit.value(toml(value))}))


def with_keys(text: str, path: Path, values: Values) -> str:
    """With each of these for that table, as `with_key` does."""
    for key, value in values.items():
        text = with_key(text, path, key, value)
    return text


def with_element(text: str, path: Path, key: str, value: object, at: int) -> str:
    """With that value in the list of that key, at that place; where there is no list, it is made."""

    def insert(table: dict[str, Any]) -> None:
        table[key].insert(at, tomlkit.value(toml(value)))
        one_line = table[key].as_string()
        if "\n" not in one_line and len(one_line) > WIDE:
            table[key].multiline(True)

    part = _part(text, path)
    if any(other.path[:-1] == (*path, key) for other in parts(text)):
        raise NoTable(key)
    if key not in _table(_parsed(text, part), path):
        return _with_new_key(text, part, key, [value])
    return _changed(text, part, insert)


def _part(text: str, path: Path) -> TomlPart:
    found = next((part for part in parts(text) if part.path == path), None)
    if found is None:
        raise NoTable(path[0])
    return found


def _cut(part: TomlPart) -> slice:
    return slice(max(part.first - 1, 0), part.last)


def _parsed(text: str, part: TomlPart) -> tomlkit.TOMLDocument:
    return tomlkit.parse("\n".join(text.split("\n")[_cut(part)]) + "\n")


def _table(document: Any, path: Path) -> Any:
    """The table of the document, which is that one alone."""
    for key in path:
        if isinstance(key, str):
            document = document[key]
            document = document[0] if isinstance(document, list) else document
    return document


def _changed(text: str, part: TomlPart, change: Callable[[dict[str, Any]], object]) -> str:
    document = _parsed(text, part)
    change(_table(document, part.path))
    lines = text.split("\n")
    lines[_cut(part)] = tomlkit.dumps(document).removesuffix("\n").split("\n")
    return "\n".join(lines)


def _with_new_key(text: str, part: TomlPart, key: str, value: object) -> str:
    """After an example of it in a comment of that table, or else after the table's last key."""
    lines = text.split("\n")
    at = part.last
    for n, line in enumerate(lines[part.last : part.end], part.last):
        if re.match(r"#\s*\[", line):
            break
        if re.match(rf"#\s*{re.escape(key)}\s*=", line):
            at = n + 1
            break
    return "\n".join([*lines[:at], *rows({key: value}), *lines[at:]])


def _place(lines: list[str], there: list[TomlPart], name: str) -> int:
    """How many lines come before a new table of that name."""
    like = [part for part in there if part.path[:1] == (name,)]
    if like:
        return _behind(lines, like[-1])
    for n, line in enumerate(lines):  # not where keys of its table follow, which would become the new one's
        among_keys = any(part.first <= n < part.last for part in there)
        if not among_keys and re.fullmatch(rf"#\s*\[+{re.escape(name)}\]+\s*", line):
            while n and lines[n - 1].startswith("#"):
                n -= 1
            return n
    return len(lines) - (not lines[-1])


def _behind(lines: list[str], part: TomlPart) -> int:
    """Where a table ends: after the comments that stand right below its last key, if they are not those above
    the next header."""
    at = part.last
    while at < part.end and lines[at].strip():
        at += 1
    return at if at < part.end or at >= len(lines) else part.last


# The commented `schoolgate.toml` that `init` writes. Pure: values in, text out.

TERMS = "Its terms, as read on"
"""What the comment above a place says that was written by program."""
_WIDTH = 108
_FIRST_PAGES = Source("", "", "").max_pages
_PACES = ((86_400, "d", "day"), (3_600, "h", "hour"), (60, "m", "minute"))


def source_values(source: Source) -> dict[str, object]:
    """Its keys as the file has them, without those that say what holds anyhow."""
    said: dict[str, object] = {
        "id": source.id,
        "kind": source.kind,
        "url": source.url,
        "name": "" if source.name == source.id else source.name,
        "schools": [_named(urn) for urn in source.urns],
        "channel": source.channel,
        "listing": source.listing,
        "surfaced": source.surfaced,
        "interval": _interval(source.interval_s),
        "max_pages": source.max_pages if source.max_pages != _FIRST_PAGES else None,
        "settings": dict(source.settings),
        "own": source.own,
        "notice": source.notice,
        "disabled": source.disabled,
    }
    return {key: value for key, value in said.items() if value}


def _named(urn: str) -> str:
    """A school's key as the file has it; of a trust “trust”."""
    return TRUST if urn.startswith(KEY_OF_A_TRUST) else urn


def place_text(proposal: Proposal) -> str:
    """The place with a comment: what it sees, how often, its terms and the day on which they were read."""
    source, checked = proposal.source, proposal.checked
    day = f"{checked.day} {checked:%B %Y}"
    told = f"{proposal.sees} Looked at {_pace(source)}. {TERMS} {day}: {proposal.terms}"
    comment = textwrap.wrap(told, _WIDTH, break_long_words=False, break_on_hyphens=False)
    keys = [f"{key} = {toml(value)}" for key, value in source_values(source).items()]
    return "\n".join([*(f"# {line}" for line in comment), "[[sources]]", *keys]) + "\n"


def _interval(seconds: float | None) -> str | None:
    """“15m”, “1h”; None for the kind's own pace."""
    if seconds is None:
        return None
    of, letter, _ = _unit(seconds)
    return f"{seconds / of:g}{letter}"


def _pace(source: Source) -> str:
    """“every hour”, “every 15 minutes”."""
    seconds = source.interval_s or CATALOGUE[source.kind].default_interval_s
    of, _, name = _unit(seconds)
    count = f"{seconds / of:g}"
    return f"every {name}" if count == "1" else f"every {count} {name}s"


def _unit(seconds: float) -> tuple[int, str, str]:
    return next((pace for pace in _PACES if seconds >= pace[0] and seconds % pace[0] == 0), _PACES[-1])


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known when the file is written; what is missing is there as a comment.

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


def render(draft: Draft) -> str:
    """The text of the file: it loads without a fault, and gives back the draft's schools, people and places.

    A fact of the register that the file could not hold (a postcode with a slip in it) is left out.
    """
    parts = [HEAD, _top(draft)]
    parts += [_school(usable(school), draft.day) for school in draft.schools]
    parts += [TRUST_EXAMPLES.replace("{name}", toml(draft.trust))] if draft.trust else []
    parts.append(PEOPLE)
    parts += [_person(person) for person in draft.people]
    parts += [] if draft.people else [PEOPLE_EXAMPLES]
    parts += [SOURCES, *([UNTRIED] if draft.untried else [])]
    parts += map(place_text, draft.places)
    parts += [SOURCES_EXAMPLES, _rest(draft), _network(draft)]
    return "\n".join(parts)


def usable(school: School) -> School:
    """The school without those facts that the file's own rules would refuse."""
    blank = School(school.urn, school.name)
    refused: dict[str, Any] = {}
    for key, value in _facts(school).items():
        try:
            SchoolTable.model_validate({"urn": school.urn, "name": school.name, key: value})
        except ValidationError:
            refused[key] = getattr(blank, key)
    return replace(school, **refused)


def _top(draft: Draft) -> str:
    said = as_typed("# These did not answer; what they name is looked up by: ⟪source propose⟫")
    lines = [
        "# What people see is shown in this time zone.",
        'zone = "Europe/London"',
        "",
        "# Who answers for the collecting: every site that is asked is told this address.",
        _row("contact", draft.contact, "office@example.sch.uk"),
        "",
        "# Where people reach the pages behind links in messages; without it they use the command line.",
        _row("base_url", None, "https://schoolgate.example.sch.uk"),
        "",
        "# The register of schools (CSV, may be .gz): it tells schools of the same name apart.",
        _row("register_file", draft.register_file, "edubasealldata.csv"),
        "",
        *([said, f"to_look_up = {toml(draft.to_look_up)}", ""] if draft.to_look_up else []),
        "# ----------------------------------------------------------------------------------- schools",
        "# “aliases” and “namesakes” are proposals: remove what nobody says, add what people do say.\n",
    ]
    return "\n".join(lines)


def _row(key: str, value: str | None, example: str) -> str:
    return f"{key} = {toml(value)}" if value else f"# {key} = {toml(example)}"


def _facts(school: School) -> dict[str, object]:
    """The school's known facts in the order of its type, as the file holds them."""
    values = {f.name: getattr(school, f.name) for f in fields(School)}
    values["namesakes"] = [{"name": n.name, "place": n.place, "kind": n.kind} for n in school.namesakes]
    values["language"] = school.language.removeprefix("en")
    listed = {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}
    return {key: value for key, value in listed.items() if value}


def school_values(school: School) -> dict[str, Any]:
    """Its keys as the file has them, without those that say nothing."""
    return {key: value for key, value in _facts(school).items() if value}


def _school(school: School, day: tuple[str, ...] | None) -> str:
    days = DAYS.replace("{day}", f"{'' if day else '# '}day = {toml(list(day or DAY))}")
    return "\n".join(["[[schools]]", *rows(_facts(school)), days])


def _person(person: Person) -> str:
    said = {
        "id": person.id,
        "name": person.name,
        "roles": [role.value for role in person.roles],
        "email": person.email,
        "schools": [_named(urn) for urn in person.urns],
    }
    return "\n".join(["[[people]]", *rows(said)]) + "\n"


def _rest(draft: Draft) -> str:
    said = rows({"heartbeat_url": draft.heartbeat_url})
    return REST.replace("# [serve]", "\n".join(["[serve]", *said])) if said else REST


def _network(draft: Draft) -> str:
    said = rows({"proxy": draft.proxy, "ca_file": draft.ca_file})
    return NETWORK_WORDS + ("\n".join(["[network]", *said]) + "\n" if said else NETWORK)
