"""`schoolgate.toml` → what the stages need. Every fault is told at once; secrets come from elsewhere."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import SecretStr, ValidationError

from data.calendar import Calendar, Term
from data.cases import Profile
from data.errors import ConfigError
from data.types import Namesake, Person, Policy, Role, School, Source
from monitor.config import faults as config_faults
from monitor.config.checks.between import MAILBOX, between_tables
from monitor.config.checks.secrets import secrets
from monitor.config.faults import Fault
from monitor.config.model import (
    DigestTable,
    DpiaTable,
    EvidenceTable,
    MailTable,
    ModelTable,
    NetworkTable,
    PolicyText,
    SchoolTable,
    ServeTable,
    SourceTable,
    TomlFile,
)
from monitor.config.toml_lines import Path as Place
from monitor.config.toml_lines import at, find_lines
from monitor.config.values import is_beat_address
from monitor.terminal.refusals import refused

TO_WRITE_ONE = "To write one"
NO_LEAVE = (
    "its terms forbid reading it by program. Use an alert feed, or report-in; "
    "if you have the site's leave, say so: leave = “who, when”"
)


_SEARCHES = (
    ("news.google.com", ["rss", "search"]),
    ("google.com", ["alerts", "feeds"]),
    ("google.co.uk", ["alerts", "feeds"]),
    ("bing.com", ["news", "search"]),
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """How to sign in to a mailbox. `password` is None where it cannot be read: `doctor` says why."""

    user: str
    password: SecretStr | None
    password_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Network:
    """How the world is reached. `proxy_password` is None where it cannot be read: `doctor` says why."""

    proxy: str | None = None
    proxy_user: str | None = None
    proxy_password: SecretStr | None = None
    ca_file: Path | None = None
    own_servers: tuple[str, ...] = ()
    password_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """A checked configuration. `register` is absolute; relative paths are the file's folder's.

    `mail_password`, and the application's `mail_secret`, are None where none is named or where it cannot be
    read: `doctor` says why.
    `contact` is an e-mail or web address, "" where there is none. `calendars` has one for each school's
    urn; `chats` holds, by person's id, where a short message reaches them, for those whose address
    could be read; `unreadable_chats` are the ids of those whose could not; `chat_files` are the files that
    hold such addresses, by person's id. `heartbeat` is where it is told that posts are judged: whoever has
    that address may say so in our place. `me` is the id of whoever uses the
    commands here, as the file has it: `doctor` says where there is no such person. `mailboxes`
    are the sign-ins to mailboxes, by source's id.
    """

    path: Path
    schools: tuple[School, ...]
    sources: tuple[Source, ...] = ()
    people: tuple[Person, ...] = ()
    policy: Policy = field(default_factory=Policy)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/London"))
    contact: str = ""
    register: Path | None = None
    base_url: str | None = None
    mail: MailTable | None = None
    mail_password: SecretStr | None = None
    mail_secret: SecretStr | None = None
    model: ModelTable = field(default_factory=ModelTable)
    dpia: DpiaTable = field(default_factory=DpiaTable)
    policies: tuple[PolicyText, ...] = ()
    serve: ServeTable = field(default_factory=ServeTable)
    digest: DigestTable = field(default_factory=DigestTable)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    chats: Mapping[str, SecretStr] = field(default_factory=dict)
    unreadable_chats: tuple[str, ...] = ()
    chat_files: Mapping[str, Path] = field(default_factory=dict)
    evidence: EvidenceTable = field(default_factory=EvidenceTable)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    heartbeat: SecretStr | None = None
    network: Network = field(default_factory=Network)
    me: str | None = None
    mailboxes: Mapping[str, SignIn] = field(default_factory=dict)

    def beside(self) -> dict[str, frozenset[str]]:
        """By person's id, the ids of the others that the same address for short messages reaches."""
        at: dict[str, set[str]] = {}
        for person_id, address in self.chats.items():
            at.setdefault(address.get_secret_value(), set()).add(person_id)
        return {p: frozenset(ids - {p}) for ids in at.values() if len(ids) > 1 for p in sorted(ids)}

    def calendar(self, urn: str) -> Calendar:
        """The school's calendar; of one without, weekdays that are no bank holidays in England."""
        return self.calendars.get(urn, Calendar())

    def profile(self, urn: str) -> Profile:
        """What the school's policy says of removals; the product's own where it is not known."""
        return self.profiles.get(urn, Profile())

    def school(self, urn: str) -> School | None:
        """The school a register number belongs to: its key, or one of its members."""
        return next((s for s in self.schools if urn == s.urn or urn in s.members), None)

    def near(self, name: str) -> Path:
        """A path of the file as an absolute one: relative paths begin in the file's folder."""
        return _near(self.path, name)

    def secret_files(self) -> tuple[Path, ...]:
        """Files that hold its secrets, by which it changes as by its own text."""
        named = (self.mail.password_file, self.mail.secret_file) if self.mail else ()
        boxes = (box.password_file for box in self.mailboxes.values())
        found = (*self.chat_files.values(), self.network.password_file, *boxes)
        return tuple(path for path in (*(self.near(name) for name in named if name), *found) if path)

    def files(self) -> tuple[Path, ...]:
        """Files and folders that it names and that are a school's own: no secret, and no register."""
        named = (self.evidence.timestamp_ca, *(policy.file for policy in self.policies))
        letters = (profile.letters for profile in self.profiles.values())
        found = (self.network.ca_file, *letters, *(self.near(name) for name in named if name))
        return tuple(path for path in found if path is not None)


def load(path: Path, env: Mapping[str, str]) -> Config:
    """Read and check a configuration file. Touches no network and writes nothing.

    Raises ConfigError with every fault that can be found at once.
    """
    return _build(path, checked(path.name, read(path)), env)


def from_text(path: Path, text: str, env: Mapping[str, str]) -> Config:
    """What a file at that place with this text configures. Raises as `load` does."""
    return _build(path, checked(path.name, text), env)


def checked(name: str, text: str) -> TomlFile:
    """What the text of a file of that name holds. Raises as `load` does."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([config_faults.syntax_fault(name, text, str(error))]) from None
    file, faults = examined(document)
    if file is None or faults:
        raise ConfigError(_sentences(name, faults, find_lines(text)))
    return file


def examined(document: dict[str, Any]) -> tuple[TomlFile | None, list[Fault]]:
    """The file, None where a key of it has a fault; and all faults: of secrets, of keys, between tables."""
    file, found, of_keys = None, secrets(document), []
    try:
        file = TomlFile.model_validate(document)
    except ValidationError as error:
        of_keys = config_faults.from_errors(error.errors(include_url=False), TomlFile)
    for more in (of_keys, between_tables(document)):
        told = {fault.path for fault in found}
        found = [*found, *(fault for fault in more if fault.path not in told)]
    return file, found


def read(path: Path) -> str:
    """The file's text, its lines ended by “\\n”. Raises ConfigError where it cannot be read."""
    try:
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        raise ConfigError([f"{path} is not there. {TO_WRITE_ONE}: schoolgate init"]) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ConfigError(
            [f"{path.name}, line {line}: a letter is not UTF-8. Save the file again with the encoding UTF-8."]
        ) from None
    except OSError as error:
        raise ConfigError([refused(error)]) from None


def _sentences(name: str, faults: list[Fault], lines: dict[Place, int]) -> list[str]:
    """In the order of the file."""
    ordered = sorted(faults, key=lambda fault: at(lines, fault.path) or 0)
    return [config_faults.sentence(name, fault, lines) for fault in ordered]


def _build(path: Path, file: TomlFile, env: Mapping[str, str]) -> Config:
    keys = {number: s.urn for s in file.schools for number in (s.urn, *s.members)}
    asked = {
        p.id: _secret(path, p.chat_env, p.chat_file, env) for p in file.people if p.chat_env or p.chat_file
    }
    mail = file.mail
    return Config(
        path=path.absolute(),
        schools=tuple(_school(s) for s in file.schools),
        sources=tuple(_source(s, keys) for s in file.sources),
        people=tuple(Person(p.id, p.name, p.roles, p.email, _keys(p.schools, keys)) for p in file.people),
        policy=Policy(**file.policy.model_dump()),
        zone=ZoneInfo(file.zone),
        contact=file.contact or "",
        register=_near(path, file.register_file) if file.register_file else None,
        base_url=file.base_url,
        mail=mail,
        mail_password=_secret(path, mail.password_env, mail.password_file, env) if mail else None,
        mail_secret=_secret(path, mail.secret_env, mail.secret_file, env) if mail else None,
        model=_model(path, file.model),
        dpia=file.dpia,
        policies=file.policies,
        serve=file.serve,
        digest=file.digest,
        calendars={s.urn: _calendar(s) for s in file.schools},
        chats={person: address for person, address in asked.items() if address is not None},
        unreadable_chats=tuple(person for person, address in asked.items() if address is None),
        chat_files={p.id: _near(path, p.chat_file) for p in file.people if p.chat_file},
        evidence=file.evidence,
        profiles={s.urn: _profile(path, s, file.policy.first_assessor) for s in file.schools},
        heartbeat=_heartbeat(path, file.serve, env),
        network=_network(path, file.network, env),
        me=file.cli.me,
        mailboxes={s.id: _sign_in(path, s, env) for s in file.sources if s.kind == MAILBOX},
    )


def _sign_in(path: Path, table: SourceTable, env: Mapping[str, str]) -> SignIn:
    given = {key: str(value) for key, value in table.settings.items()}
    file = given.get("password_file")
    password = _secret(path, given.get("password_env"), file, env)
    return SignIn(given["user"], password, _near(path, file) if file else None)


def _near(path: Path, name: str) -> Path:
    return path.absolute().parent / Path(name).expanduser()


def _school(table: SchoolTable) -> School:
    facts = table.model_dump(exclude={"namesakes", "postcode", "website", "terms", "closed", "ladder"})
    namesakes = tuple(Namesake(n.name, n.place, n.kind) for n in table.namesakes)
    return School(**facts, postcode=table.postcode or "", website=table.website or "", namesakes=namesakes)


def _profile(path: Path, table: SchoolTable, first: Role) -> Profile:
    facts = table.ladder.model_dump(exclude={"first_assessor", "complaints_url", "letters"})
    letters = table.ladder.letters
    return Profile(
        **facts,
        first_assessor=table.ladder.first_assessor or first,
        complaints_url=table.ladder.complaints_url or "",
        letters=_near(path, letters) if letters else None,
    )


def _calendar(table: SchoolTable) -> Calendar:
    terms = tuple(Term(t.first, t.last) for t in table.terms)
    return Calendar(table.nation, terms, frozenset(table.closed))


def _source(table: SourceTable, keys: Mapping[str, str]) -> Source:
    facts = table.model_dump(exclude={"schools", "interval", "name", "leave", "disabled"})
    facts["surfaced"] = table.surfaced or _is_a_search(table.url) or _brings_finds(table.kind)
    off = table.disabled or (None if table.leave else _without_leave(table.kind, table.url))
    urns = _keys(table.schools or tuple(keys), keys)
    return Source(**facts, name=table.name or table.id, urns=urns, interval_s=table.interval, disabled=off)


def _model(path: Path, table: ModelTable) -> ModelTable:
    """A name that is a folder beside the file means that folder; any other is a model's own name."""
    folder = _near(path, table.name or "")
    return table.model_copy(update={"name": str(folder)}) if table.name and folder.is_dir() else table


def _keys(numbers: tuple[str, ...], keys: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of the schools these numbers belong to, each once, in the order they are named."""
    return tuple(dict.fromkeys(keys[number] for number in numbers))


def _is_a_search(url: str) -> bool:
    """Google's and Bing's news searches and alerts, as feeds."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return (host, parts.path.split("/")[1:3]) in _SEARCHES


def _brings_finds(kind: str) -> bool:
    """Is being there a hint in itself, whatever its address?"""
    from sources.registry import kind_named

    return kind_named(kind).surfaced


def _without_leave(kind: str, url: str) -> str | None:
    """Why what its terms forbid to read is off until somebody's leave is named; None for others."""
    from sources.registry import needs_leave

    return NO_LEAVE if needs_leave(kind, url) else None


def _network(path: Path, table: NetworkTable, env: Mapping[str, str]) -> Network:
    password = _secret(path, table.proxy_password_env, table.proxy_password_file, env)
    ca_file = _near(path, table.ca_file) if table.ca_file else None
    secret = _near(path, table.proxy_password_file) if table.proxy_password_file else None
    return Network(table.proxy, table.proxy_user, password, ca_file, table.own_servers, secret)


def _heartbeat(path: Path, serve: ServeTable, env: Mapping[str, str]) -> SecretStr | None:
    """As the file says, else from elsewhere; None for what is no address there: `doctor` says so."""
    found = SecretStr(serve.heartbeat_url) if serve.heartbeat_url else None
    found = found or _secret(path, serve.heartbeat_env, serve.heartbeat_file, env)
    return found if found and is_beat_address(found.get_secret_value()) else None


def _secret(path: Path, variable: str | None, file: str | None, env: Mapping[str, str]) -> SecretStr | None:
    if variable:
        return SecretStr(env[variable]) if env.get(variable) else None
    return _first_line(_near(path, file)) if file else None


def _first_line(path: Path) -> SecretStr | None:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    return SecretStr(lines[0]) if lines and lines[0] else None
