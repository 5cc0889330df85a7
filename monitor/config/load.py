"""`schoolgate.toml` → what the stages need. Every fault is told at once; secrets come from elsewhere.

What depends on the machine, such as secrets and paths, is looked at anew with each load.
"""

from __future__ import annotations

import os
import re
import shlex
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import SecretStr, ValidationError

from classifiers.linking.name_forms import forms
from data.cases import Profile
from data.errors import ConfigError, explain_refusal
from data.people import EMAIL, people_of
from data.register.calendar import Calendar, SchoolHours, Term
from data.register.school_names import key_of_a_trust
from data.types import Namesake, Person, Policy, Role, School, Source
from data.words.say import choose_language
from monitor.config import faults as config_faults
from monitor.config.between import CLIENT_SECRETS, between_tables, secrets
from monitor.config.faults import Fault
from monitor.config.home.paths import changed_at, find_paths, others_enter, others_write, refuse_served
from monitor.config.model import (
    DigestSettings,
    DpiaSettings,
    EvidenceSettings,
    MailSettings,
    ModelSettings,
    NetworkTable,
    OwnAccount,
    SchoolTable,
    ServeSettings,
    SignInSettings,
    SourceTable,
    Table,
    TomlFile,
    TrustTable,
    WrittenPolicy,
)
from monitor.config.settings import APPLICATION_PROOFS, GRAPH_MAILBOX, MAILBOX, TRUST, is_beat_address
from monitor.config.toml_lines import at, find_toml_lines, first_lines
from sources.registry import kind_named, needs_leave


def check_text(name: str, text: str) -> TomlFile:
    """Read what the text of a file of that name holds. Raises ConfigError with every fault that can be
    found.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([config_faults.syntax_fault(name, text, str(error))]) from None
    file, faults = examine_document(document)
    if file is None or faults:
        lines = first_lines(find_toml_lines(text))
        ordered = sorted(faults, key=lambda fault: at(lines, fault.path) or 0)
        raise ConfigError([config_faults.fault_sentence(name, fault, lines) for fault in ordered])
    return file


def examine_document(document: dict[str, Any]) -> tuple[TomlFile | None, list[Fault]]:
    """The tables, None where a key has a fault; and all faults: of secrets, of keys, between tables."""
    file, found, of_keys = None, secrets(document), []
    try:
        file = TomlFile.model_validate(document)
    except ValidationError as error:
        of_keys = config_faults.from_errors(error.errors(include_url=False), TomlFile)
    for more in (of_keys, between_tables(document)):
        told = {fault.path for fault in found}
        found = [*found, *(fault for fault in more if fault.path not in told)]
    return file, found


T = TypeVar("T", School, Source, Namesake, Person, Policy)

TO_WRITE_ONE = "To write one"
_OPEN = (
    "Others on this machine can write to {}: they could change who is asked and who is told. Nothing of it "
    "is used. Close it: chmod go-w {}"
)
NO_LEAVE = (
    "its terms forbid reading it by program. Use an alert feed, or “Tell us” at the desk; "
    "if you have the site's leave, say so: leave = “who, when”"
)
_SEARCHES = (
    ("news.google.com", ["rss", "search"]),
    ("google.com", ["alerts", "feeds"]),
    ("google.co.uk", ["alerts", "feeds"]),
    ("bing.com", ["news", "search"]),
)
_OF_A_TRUST = Profile(first_assessor=Role.TRUST_CONTACT, delegates=(Role.TRUST_CONTACT,))
"""The profile of a trust: its contacts read what is said of it, and are told, as the leadership is."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """The sign-in to a mailbox. `password` is None where it cannot be read: `doctor` says why.

    At Microsoft 365 `user` is the mailbox, `password` the secret of the application that the next two name,
    `other` a mailbox that must be refused to it: "" where neither the settings nor the people name one.
    """

    user: str
    password: SecretStr | None
    password_file: Path | None = None
    tenant: str = ""
    client_id: str = ""
    certificate: Path | None = None
    other: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """The way to the world. `proxy_password` is None where it cannot be read: `doctor` says why."""

    proxy: str | None = None
    proxy_user: str | None = None
    proxy_password: SecretStr | None = None
    ca_file: Path | None = None
    own_servers: tuple[str, ...] = ()
    password_file: Path | None = None


_PHONE = re.compile(r"(?<=[/@])(?:\+|00)?(?:44)?(0?[0-9]{9,13})(?=[/?]|$)")


@dataclass(frozen=True, slots=True)
class Config:
    """A checked configuration. `register` is absolute; relative paths are the file's folder's.

    `mail_password`, and the applications' `mail_secret` and `sign_in_secret`, are None where none is named or
    where it cannot be read: `doctor` says why. `updates` says who hears of a new version.
    `former` have left, with the offices they held: they hold none, and no mail reaches them.
    `in_english` are schools (urns) whose settings name a language without an edition: they are written to in
    English. `to_look_up` are hosts that are still to be asked for places, `natures` what sites are, by host.
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
    former: tuple[Person, ...] = ()
    policy: Policy = field(default_factory=Policy)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Europe/London"))
    contact: str = ""
    register: Path | None = None
    updates: str | None = None
    base_url: str | None = None
    in_english: tuple[str, ...] = ()
    to_look_up: tuple[str, ...] = ()
    natures: Mapping[str, str] = field(default_factory=dict)
    mail: MailSettings | None = None
    mail_password: SecretStr | None = None
    mail_secret: SecretStr | None = None
    sign_in: SignInSettings | None = None
    sign_in_secret: SecretStr | None = None
    model: ModelSettings = field(default_factory=ModelSettings)
    dpia: DpiaSettings = field(default_factory=DpiaSettings)
    policies: tuple[WrittenPolicy, ...] = ()
    accounts: tuple[OwnAccount, ...] = ()
    serve: ServeSettings = field(default_factory=ServeSettings)
    digest: DigestSettings = field(default_factory=DigestSettings)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    chats: Mapping[str, SecretStr] = field(default_factory=dict)
    unreadable_chats: tuple[str, ...] = ()
    chat_files: Mapping[str, Path] = field(default_factory=dict)
    evidence: EvidenceSettings = field(default_factory=EvidenceSettings)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    heartbeat: SecretStr | None = None
    network: Network = field(default_factory=Network)
    me: str | None = None
    mailboxes: Mapping[str, SignIn] = field(default_factory=dict)

    @property
    def all_people(self) -> tuple[Person, ...]:
        """Everybody by whose id something may be recorded: for names alone, never for who is told."""
        return (*self.people, *(replace(p, roles=()) for p in self.former))

    def people_sharing(self) -> dict[str, frozenset[str]]:
        """By person's id, the ids of the others that the same address for short messages reaches, or the same
        telephone, however its number is written."""
        at: dict[str, set[str]] = {}
        for person_id, secret in self.chats.items():
            address = secret.get_secret_value()
            number = _PHONE.findall(re.sub(r"[ ()-]", "", unquote(address)))[-1:]
            at.setdefault(number[0].removeprefix("0") if number else address, set()).add(person_id)
        return {p: frozenset(ids - {p}) for ids in at.values() if len(ids) > 1 for p in sorted(ids)}

    def calendar(self, urn: str) -> Calendar:
        """The school's calendar; of one without, weekdays that are no bank holidays in England."""
        return self.calendars.get(urn, Calendar())

    def school_hours(self, source: Source) -> SchoolHours:
        """The hours of the schools that a source is read for."""
        urns = (s.urn for s in self.schools if not source.urns or s.urn in source.urns)
        return SchoolHours(frozenset(map(self.calendar, urns)) or frozenset((Calendar(),)), self.zone)

    @property
    def trust(self) -> School | None:
        """The trust of its schools, where it is a subject of its own."""
        return next((s for s in self.schools if s.is_trust), None)

    @property
    def proper(self) -> tuple[School, ...]:
        """Its schools without the trust, which has no number, no term and no report of its own."""
        return tuple(s for s in self.schools if not s.is_trust)

    def profile(self, urn: str) -> Profile:
        """Return what the school's policy says of removals; the product's own where it is not known."""
        return self.profiles.get(urn, Profile())

    def replies_to(self, urn: str) -> str:
        """The mailbox that is read for that school, where people may reply to an alert; "" without one."""
        for source in self.sources:
            box, folder = self.mailboxes.get(source.id), urlsplit(source.url).path.strip("/").upper()
            whole = source.disabled is None and urn in (source.urns or (urn,)) and folder in ("", "INBOX")
            if box and whole and (box.password or box.certificate) and EMAIL.fullmatch(box.user):
                return box.user
        return ""

    def school(self, urn: str) -> School | None:
        """The school a register number belongs to: its key, or one of its members; the trust by “trust”."""
        of_trust = urn == TRUST
        return next(
            (s for s in self.schools if urn == s.urn or urn in s.members or (of_trust and s.is_trust)), None
        )

    def near(self, name: str) -> Path:
        """A path of the file as an absolute one: relative paths begin in the file's folder."""
        return _near(self.path, name)

    def secret_files(self) -> tuple[Path, ...]:
        """Files that hold its secrets, by which it changes as by its own text."""
        mail, sign_in = self.mail, self.sign_in
        named = [mail.password_file, mail.secret_file] if mail else []
        named += [sign_in.secret_file] if sign_in else []
        boxes = (file for box in self.mailboxes.values() for file in (box.password_file, box.certificate))
        found = (*self.chat_files.values(), self.network.password_file, *boxes)
        return tuple(path for path in (*(self.near(name) for name in named if name), *found) if path)

    def changed_at(self) -> tuple[int, ...]:
        """When its file, each of those and the register was last written."""
        register = (self.register,) if self.register else ()
        return tuple(map(changed_at, (self.path, *self.secret_files(), *register)))

    def files(self) -> tuple[Path, ...]:
        """Files and folders that it names and that are a school's own: no secret, and no register."""
        named = (self.evidence.timestamp_ca, *(policy.file for policy in self.policies))
        letters = (profile.letters for profile in self.profiles.values())
        found = (self.network.ca_file, *letters, *(self.near(name) for name in named if name))
        return tuple(path for path in found if path is not None)


def load_file(path: Path, env: Mapping[str, str]) -> Config:
    """Read and check a configuration file. Touches no network and writes nothing.

    Raises ConfigError with every fault that can be found at once.
    """
    return from_text(path, read_file(path), env)


def from_text(path: Path, text: str, env: Mapping[str, str]) -> Config:
    """Load what a file at that place with this text configures. Raises as `load_file` does."""
    return _build(path, check_text(path.name, text), env)


def read_file(path: Path) -> str:
    """The file's text, its lines ended by “\\n”. Raises ConfigError where it cannot be read, or others can
    write to it.
    """
    try:
        if others_write(path) and others_enter(path.resolve().parent):
            raise ConfigError([_OPEN.format(path, shlex.quote(str(path)))])
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        raise ConfigError([f"{path} is not there. {TO_WRITE_ONE}: {_init_command(path)}"]) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ConfigError(
            [f"{path.name}, line {line}: a letter is not UTF-8. Save the file again with the encoding UTF-8."]
        ) from None
    except OSError as error:
        raise ConfigError([explain_refusal(error)]) from None


def _init_command(path: Path) -> str:
    """Return what writes a first file there. Raises AnothersHome where whoever names no home means the
    service's.
    """
    if path == find_paths(os.environ, anybodys=True).config:
        refuse_served()
        return "⟪init⟫"
    return f"⟪init⟫ ⟨home⟩ {shlex.quote(str(path.parent))}"


def _midnight(day: date | None, zone: ZoneInfo) -> datetime | None:
    """When that day begins there, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(UTC) if day else None


def _build(path: Path, file: TomlFile, env: Mapping[str, str]) -> Config:
    keys = {number: s.urn for s in file.schools for number in (s.urn, *s.members)}
    every, trust = tuple(keys), _trust(file.trust, file) if file.trust else None
    keys |= {TRUST: trust.urn, trust.urn: trust.urn} if trust else {}
    former = tuple(_of(Person, p, urns=tuple(keys.get(urn, urn) for urn in p.schools)) for p in file.former)
    schools = (*map(_school, file.schools), *((trust,) if trust else ()))
    calendars = {s.urn: _calendar(s) for s in file.schools}
    profiles = {s.urn: _profile(path, s, file.policy.first_assessor) for s in file.schools}
    if trust:
        begins, ends = map(time.fromisoformat, file.schools[0].day)
        calendars[trust.urn] = Calendar(trust.nation, (), frozenset(), (begins, ends))
        profiles[trust.urn] = _OF_A_TRUST
    named = [p for p in file.people if p.chat_env or p.chat_file]
    asked = {p.id: _secret(path, p.chat_env, p.chat_file, env) for p in named}
    sources = tuple(_source(s, _keys(s.schools or every, keys), schools) for s in file.sources)
    mail, serve, zone = file.mail, file.serve, ZoneInfo(file.zone)
    sign_in = file.sign_in
    if sign_in and sign_in.provider == "microsoft":
        sign_in = sign_in.model_copy(update=_with_lent(_set_keys(sign_in), mail, CLIENT_SECRETS))
    return Config(
        path=path.absolute(),
        schools=tuple(replace(s, former=people_of(s, former)) for s in schools),
        sources=sources,
        people=tuple(
            _of(Person, p, urns=_keys(p.schools, keys), away_until=_midnight(p.away_until, zone))
            for p in file.people
        ),
        former=former,
        policy=_of(Policy, file.policy),
        zone=zone,
        contact=file.contact or "",
        register=_near(path, file.register_file) if file.register_file else None,
        updates=file.updates,
        base_url=file.base_url,
        in_english=tuple(s.urn for s in file.schools if choose_language(s.language) != s.language),
        to_look_up=file.to_look_up,
        natures=file.natures,
        mail=mail,
        mail_password=_secret(path, mail.password_env, mail.password_file, env) if mail else None,
        mail_secret=_secret(path, mail.secret_env, mail.secret_file, env) if mail else None,
        sign_in=sign_in,
        sign_in_secret=_secret(path, sign_in.secret_env, sign_in.secret_file, env) if sign_in else None,
        model=_model(path, file.model),
        dpia=file.dpia,
        policies=file.policies,
        accounts=file.accounts,
        serve=serve,
        digest=file.digest,
        calendars=calendars,
        chats={person: address for person, address in asked.items() if address is not None},
        unreadable_chats=tuple(person for person, address in asked.items() if address is None),
        chat_files={p.id: _near(path, p.chat_file) for p in named if p.chat_file},
        evidence=file.evidence,
        profiles=profiles,
        heartbeat=_heartbeat_address(path, serve, env),
        network=_network(path, file.network, env),
        me=file.cli.me,
        mailboxes={s.id: _sign_in(path, s, env, file) for s in sources if s.kind == MAILBOX},
    )


def _set_keys(table: Table) -> dict[str, Any]:
    """Its keys that are not as nobody set them."""
    return table.model_dump(exclude_defaults=True)


def _with_lent(given: dict[str, Any], mail: MailSettings | None, proofs: Sequence[str]) -> dict[str, Any]:
    """Add to what is given of an application what it lacks of the one that sends mail."""
    lent = ("tenant", "client_id", *(() if {*proofs} & given.keys() else proofs))
    of_mail = _set_keys(mail) if mail else {}
    return {key: of_mail[key] for key in lent if key in of_mail} | given


def _sign_in(path: Path, source: Source, env: Mapping[str, str], file: TomlFile) -> SignIn:
    given = {key: str(value) for key, value in source.settings.items()}
    if source.url.lower().startswith(GRAPH_MAILBOX):
        return _application_sign_in(path, source.url[len(GRAPH_MAILBOX) :], given, env, file)
    named = given.get("password_file")
    password = _secret(path, given.get("password_env"), named, env)
    return SignIn(given["user"], password, _near(path, named) if named else None)


def _application_sign_in(
    path: Path, owner: str, given: dict[str, str], env: Mapping[str, str], file: TomlFile
) -> SignIn:
    """Return what signs in at Microsoft 365; keys that are not given are of the application that sends
    mail.
    """
    given = _with_lent(given, file.mail, APPLICATION_PROOFS)
    secret, certificate = given.get("secret_file"), given.get("certificate_file")
    there = (person.email or "" for person in file.people)
    domain = owner.lower().partition("@")[2]
    others = (each for each in there if each.lower().endswith(f"@{domain}") and each.lower() != owner.lower())
    return SignIn(
        owner,
        _secret(path, given.get("secret_env"), secret, env),
        _near(path, secret) if secret else None,
        *(given["tenant"], given["client_id"], _near(path, certificate) if certificate else None),
        given.get("other_mailbox") or next(others, ""),
    )


def _near(path: Path, name: str) -> Path:
    return path.absolute().parent / Path(name).expanduser()


def _of(kind: type[T], table: Table, **others: object) -> T:
    """One of that type: each field from `others`, or else from the key of the same name where that is set."""
    said = {field.name: getattr(table, field.name, None) for field in fields(kind)} | others
    return kind(**{name: value for name, value in said.items() if value is not None})


def _school(table: SchoolTable) -> School:
    namesakes = tuple(_of(Namesake, namesake) for namesake in table.namesakes)
    return _of(School, table, namesakes=namesakes, language=choose_language(table.language))


def _trust(table: TrustTable, file: TomlFile) -> School:
    """The trust as a subject beside its schools: its head is the chief executive, who may be named among the
    people alone."""
    first = file.schools[0]
    here = (p.name for p in file.people if Role.HEAD in p.roles and TRUST in p.schools)
    return School(
        key_of_a_trust(table.name),
        table.name,
        aliases=table.aliases,
        head=table.chief or next(here, None),
        nation=first.nation,
        language=choose_language(first.language),
        website=table.website or "",
    )


def _source(table: SourceTable, urns: Sequence[str], schools: Sequence[School]) -> Source:
    """The source that a table names, for these schools; off where its terms forbid it without leave."""
    forbidden = not table.leave and needs_leave(table.kind, table.url)
    named = [s for s in schools if s.urn in urns] if table.kind == MAILBOX else []
    return _of(
        Source,
        table,
        urns=urns,
        name=table.name or table.id,
        surfaced=table.surfaced or _is_a_search(table.url) or kind_named(table.kind).surfaced,
        interval_s=table.interval,
        disabled=table.disabled or (NO_LEAVE if forbidden else None),
        names=tuple(dict.fromkeys(form.text for school in named for form in forms(school))),
    )


def _keys(numbers: tuple[str, ...], keys: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of the schools these numbers belong to, each once, in the order they are named."""
    return tuple(dict.fromkeys(keys[number] for number in numbers))


def _is_a_search(url: str) -> bool:
    """Google's and Bing's news searches and alerts, as feeds."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return (host, parts.path.split("/")[1:3]) in _SEARCHES


def _calendar(table: SchoolTable) -> Calendar:
    begins, ends = map(time.fromisoformat, table.day)
    days = tuple(Term(term.first, term.last) for term in table.terms)
    return Calendar(table.nation, days, frozenset(table.closed), (begins, ends))


def _profile(path: Path, school: SchoolTable, first: Role) -> Profile:
    table = school.ladder
    facts = _set_keys(table) | {"first_assessor": table.first_assessor or first, "delegates": table.delegates}
    if table.letters:
        facts["letters"] = _near(path, table.letters)
    return Profile(**facts, categories=tuple(_set_keys(school.categories).items()))


def _model(path: Path, model: ModelSettings) -> ModelSettings:
    """A name that is a folder beside the file means that folder; any other is a model's own name."""
    folder = _near(path, model.name or "")
    return model.model_copy(update={"name": str(folder)}) if model.name and folder.is_dir() else model


def _network(path: Path, said: NetworkTable, env: Mapping[str, str]) -> Network:
    file = said.proxy_password_file
    return Network(
        said.proxy,
        said.proxy_user,
        _secret(path, said.proxy_password_env, file, env),
        _near(path, said.ca_file) if said.ca_file else None,
        said.own_servers,
        _near(path, file) if file else None,
    )


def _heartbeat_address(path: Path, said: ServeSettings, env: Mapping[str, str]) -> SecretStr | None:
    """Return the address as the file says, else from elsewhere; None for what is no address there: `doctor`
    says so.
    """
    url = said.heartbeat_url
    found = SecretStr(url) if url else _secret(path, said.heartbeat_env, said.heartbeat_file, env)
    return found if found and is_beat_address(found.get_secret_value()) else None


def _secret(path: Path, variable: str | None, file: str | None, env: Mapping[str, str]) -> SecretStr | None:
    if variable:
        return SecretStr(env[variable]) if env.get(variable) else None
    try:
        lines = _near(path, file).read_text(encoding="utf-8-sig").splitlines() if file else []
    except (OSError, UnicodeDecodeError):
        return None
    return SecretStr(lines[0]) if lines and lines[0] else None
