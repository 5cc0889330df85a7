"""`schoolgate.toml` → what the stages need. Every fault is told at once; secrets come from elsewhere.

What depends on the machine, such as secrets and paths, is looked at anew with each load.
"""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import field, fields, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo

from pydantic import SecretStr

from classifiers.linking.school_profile import forms
from data.cases import Profile
from data.errors import ConfigError, explain_refusal
from data.frozen import freeze
from data.people import EMAIL, people_of
from data.register.calendar import Calendar, SchoolHours, Term
from data.register.school_names import key_of_a_trust
from data.types import Namesake, Person, Policy, Role, School, Source
from data.words.say import choose_language
from monitor.config import model as tables
from monitor.config.check import CLIENT_SECRETS, check_text, value_fault
from monitor.config.home.paths import changed_at, find_paths, others_enter, others_write, refuse_served
from sources.registry import kind_named, needs_leave

if TYPE_CHECKING:
    from sources.keys import Key

TO_WRITE_ONE = "To write one"
_LEAVE_OUT = "Correct ⟨config⟩, or leave it out: ⟪setup⟫ writes a file into the home."
_OPEN = (
    "Others on this machine can write to {}: they could change who is asked and who is told. Nothing of it "
    "is used. Close it: chmod go-w {}"
)
NO_LEAVE = (
    "its terms forbid reading it by program, or do not say that we may. Use an alert feed, or “Tell us”; "
    "if you have the site's permission, say so: leave = “who, when”"
)
_SEARCHES = (
    ("news.google.com", ["rss", "search"]),
    ("google.com", ["alerts", "feeds"]),
    ("google.co.uk", ["alerts", "feeds"]),
    ("bing.com", ["news", "search"]),
)
_OF_A_TRUST = Profile(first_assessor=Role.TRUST_CONTACT, delegates=(Role.TRUST_CONTACT,))
"""The profile of a trust: its contacts read what is said of it, and are told, as the leadership is."""


@freeze
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


class Network(tables.NetworkTable, title="network"):
    """The way to the world. `proxy_password` is None where it cannot be read: `doctor` says why."""

    proxy_password: SecretStr | None = None


_PHONE = re.compile(r"(?<=[/@])(?:\+|00)?(?:44)?(0?[0-9]{9,13})(?=[/?]|$)")


@freeze
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
    are the sign-ins to mailboxes, by source's id, `keys` the keys of interfaces by their name, and
    `key_files` the files in which they lie.
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
    without_mail: bool = False
    to_look_up: tuple[str, ...] = ()
    natures: Mapping[str, str] = field(default_factory=dict)
    mail: tables.MailSettings | None = None
    mail_password: SecretStr | None = None
    mail_secret: SecretStr | None = None
    sign_in: tables.SignInSettings | None = None
    sign_in_secret: SecretStr | None = None
    model: tables.ModelSettings = field(default_factory=tables.ModelSettings)
    dpia: tables.DpiaSettings = field(default_factory=tables.DpiaSettings)
    policies: tuple[tables.WrittenPolicy, ...] = ()
    accounts: tuple[tables.OwnAccount, ...] = ()
    serve: tables.ServeSettings = field(default_factory=tables.ServeSettings)
    digest: tables.DigestSettings = field(default_factory=tables.DigestSettings)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    chats: Mapping[str, SecretStr] = field(default_factory=dict)
    unreadable_chats: tuple[str, ...] = ()
    chat_files: Mapping[str, Path] = field(default_factory=dict)
    evidence: tables.EvidenceSettings = field(default_factory=tables.EvidenceSettings)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    heartbeat: SecretStr | None = None
    network: Network = field(default_factory=Network)
    me: str | None = None
    mailboxes: Mapping[str, SignIn] = field(default_factory=dict)
    keys: Mapping[str, Key] = field(default_factory=dict)
    key_files: Mapping[str, Path] = field(default_factory=dict)
    is_blank: bool = False
    """Does it stand for a file that is still to be written (`blank_settings`)?"""

    @property
    def all_people(self) -> tuple[Person, ...]:
        """Everybody by whose id something may be recorded: for names alone, never for who is told."""
        return (*self.people, *(replace(p, roles=()) for p in self.former))

    def people_sharing(self) -> dict[str, frozenset[str]]:
        """By person's id, others reached by the same address, or telephone however its number is written."""
        at: dict[str, set[str]] = {}
        for person_id, secret in self.chats.items():
            address = secret.get_secret_value()
            number = _PHONE.findall(re.sub(r"[ ()-]", "", unquote(address)))[-1:]
            at.setdefault(number[0].removeprefix("0") if number else address, set()).add(person_id)
        return {p: frozenset(ids - {p}) for ids in at.values() if len(ids) > 1 for p in sorted(ids)}

    def calendar(self, urn: str) -> Calendar:
        """The school's calendar; of one without, weekdays that are no bank holidays in England."""
        return self.calendars.get(urn, Calendar())

    def day_of(self, moment: datetime) -> date:
        """Which day it is then, where the home is."""
        return moment.astimezone(self.zone).date()

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
        of_trust = urn == tables.TRUST
        return next(
            (s for s in self.schools if urn == s.urn or urn in s.members or (of_trust and s.is_trust)), None
        )

    def near(self, name: str) -> Path:
        """A path of the file as an absolute one: relative paths begin in the file's folder."""
        return near(self.path, name)

    def secret_files(self) -> tuple[Path, ...]:
        """Files that hold its secrets, by which it changes as by its own text."""
        mail, sign_in = self.mail, self.sign_in
        named = [mail.password_file, mail.secret_file, mail.certificate_file] if mail else []
        named += [sign_in.secret_file if sign_in else None]
        named += [self.network.proxy_password_file, self.serve.heartbeat_file]
        boxes = (file for box in self.mailboxes.values() for file in (box.password_file, box.certificate))
        found = (*self.chat_files.values(), *boxes, *self.key_files.values())
        return tuple(path for path in (*(self.near(name) for name in named if name), *found) if path)

    def changed_at(self) -> tuple[int, ...]:
        """When its file, each of those and the register was last written."""
        register = (self.register,) if self.register else ()
        return tuple(map(changed_at, (self.path, *self.secret_files(), *register)))

    def files(self) -> tuple[Path, ...]:
        """Files and folders that it names and that are a school's own: no secret, and no register."""
        named = (self.network.ca_file, self.evidence.timestamp_ca, *(policy.file for policy in self.policies))
        letters = (profile.letters for profile in self.profiles.values())
        return (*filter(None, letters), *(self.near(name) for name in named if name))


def blank_settings(path: Path) -> Config:
    """The settings of a home that nobody has set up: no school, nobody, nothing that is read."""
    return Config(path, (School("", "Schoolgate"),), is_blank=True)


def load_file(path: Path, env: Mapping[str, str]) -> Config:
    """Read and check a file, without the network. Raises ConfigError with every fault found at once."""
    return from_text(path, read_file(path), env)


def from_text(path: Path, text: str, env: Mapping[str, str]) -> Config:
    """Load what a file at that place with this text configures. Raises as `load_file` does."""
    return _build(path, check_text(path.name, text), env)


def read_file(path: Path) -> str:
    """The file's text, its lines ended by “\n”. Raises ConfigError where it cannot be read, or where
    others can write to it.
    """
    try:
        if others_write(path) and others_enter(path.resolve().parent):
            raise ConfigError([_OPEN.format(path, shlex.quote(str(path)))])
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        ours = find_paths(os.environ, anybodys=True).config
        if usual := path == ours:
            refuse_served()
        at = "" if usual else f" ⟨home⟩ {shlex.quote(str(path.parent))}"
        remedy = f"{TO_WRITE_ONE}: ⟪setup⟫{at}" if path.name == ours.name else _LEAVE_OUT
        raise ConfigError([f"{path} is not there. {remedy}"]) from None
    except UnicodeDecodeError as error:
        what = "a letter is not UTF-8. Save the file again with the encoding UTF-8."
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ConfigError([f"{path.name}, line {line}: {what}"]) from None
    except OSError as error:
        raise ConfigError([explain_refusal(error)]) from None


T = TypeVar("T", School, Source, Namesake, Person, Policy, Config)


def _build(path: Path, file: tables.TomlFile, env: Mapping[str, str]) -> Config:
    at = _Place(path.absolute(), env)
    keys = {number: s.urn for s in file.schools for number in (s.urn, *s.members)}
    every, trust = tuple(keys), _trust(file.trust, file) if file.trust else None
    keys |= {tables.TRUST: trust.urn, trust.urn: trust.urn} if trust else {}
    former = tuple(_of(Person, p, urns=tuple(keys.get(urn, urn) for urn in p.schools)) for p in file.former)
    schools = (*map(_school, file.schools), *((trust,) if trust else ()))
    calendars = {s.urn: _calendar(s) for s in file.schools}
    profiles = {s.urn: _profile(at, s, file.policy.first_assessor) for s in file.schools}
    if trust:
        calendars[trust.urn] = replace(calendars[file.schools[0].urn], terms=(), closed=frozenset())
        profiles[trust.urn] = _OF_A_TRUST
    chats = {p.id: at.find_secret(p, "chat") for p in file.people if p.chat_env or p.chat_file}
    sources = tuple(_source(s, _keys(s.schools or every, keys), schools) for s in file.sources)
    zone, sign_in, network = ZoneInfo(file.zone), file.sign_in, file.network
    back = ((p.id, p.away_until) for p in file.people if p.away_until)
    away = {who: datetime.combine(day, time(), zone).astimezone(UTC) for who, day in back}
    if sign_in and sign_in.provider == "microsoft":
        sign_in = sign_in.model_copy(update=_with_lent(_set_keys(sign_in), file.mail, CLIENT_SECRETS))
    address = file.serve.heartbeat_url
    beat = SecretStr(address) if address else at.find_secret(file.serve, "heartbeat")
    model = at.find_file(file.model.name)  # a folder beside the file, or else a model's own name
    return _of(
        Config,
        file,
        path=at.path,
        schools=tuple(replace(s, former=people_of(s, former)) for s in schools),
        sources=sources,
        people=tuple(
            _of(Person, p, urns=_keys(p.schools, keys), away_until=away.get(p.id)) for p in file.people
        ),
        former=former,
        policy=_of(Policy, file.policy),
        zone=zone,
        register=at.find_file(file.register_file),
        in_english=tuple(s.urn for s in file.schools if choose_language(s.language) != s.language),
        mail_password=at.find_secret(file.mail, "password"),
        mail_secret=at.find_secret(file.mail, "secret"),
        sign_in=sign_in,
        sign_in_secret=at.find_secret(sign_in, "secret"),
        model=file.model.model_copy(update={"name": str(model)}) if model and model.is_dir() else file.model,
        calendars=calendars,
        chats={person: address for person, address in chats.items() if address is not None},
        unreadable_chats=tuple(person for person, address in chats.items() if address is None),
        chat_files={p.id: near(path, p.chat_file) for p in file.people if p.chat_file},
        profiles=profiles,
        heartbeat=beat if beat and not value_fault(tables.BeatAddress, beat.get_secret_value()) else None,
        network=Network.model_construct(
            **dict(network)
            | {"ca_file": network.ca_file and str(at.find_file(network.ca_file))}
            | {"proxy_password": at.find_secret(network, "proxy_password")}
        ),
        me=file.cli.me,
        mailboxes={s.id: _sign_in(at, s, file) for s in sources if s.kind == tables.MAILBOX},
        keys=_keys_of(at, file.credentials) if file.credentials else {},
        key_files={n: near(path, row.secret_file) for n, row in file.credentials.items() if row.secret_file},
    )


def _keys_of(at: _Place, tables_: Mapping[str, tables.CredentialTable]) -> dict[str, Key]:
    from sources.keys import Key, key_kinds

    found = {}
    for name, row in tables_.items():
        secret, most = at.find_secret(row, "secret"), row.pounds_a_month
        place = row.secret_file or row.secret_env or row.secret_credential or ""
        kind, pence = key_kinds()[row.kind], most and most * 100
        value = secret.get_secret_value() if secret else None
        found[name] = Key(name, kind, value, place, row.user or "", row.server or "", row.asks_a_day, pence)
    return found


@freeze
class _Place:
    """Place of the settings: secrets come from this environment, files from beside their own."""

    path: Path
    env: Mapping[str, str]

    def find_file(self, name: str | None) -> Path | None:
        return near(self.path, name) if name else None

    def find_secret(self, table: tables.Table | Mapping[str, str] | None, name: str) -> SecretStr | None:
        """Find what `name`_env or `name`_file of a table names; None where there is nothing to be read."""
        of = dict(table or {})
        if variable := of.get(f"{name}_env"):
            value = self.env.get(variable, "").strip()
            return SecretStr(value) if value else None
        try:
            file = self.find_file(of.get(f"{name}_file"))
            if given := of.get(f"{name}_credential"):  # systemd.exec(5), LoadCredential=
                file = Path(self.env.get("CREDENTIALS_DIRECTORY", "/run/credentials")) / given
            lines = file.read_text(encoding="utf-8-sig").splitlines() if file else []
        except (OSError, UnicodeDecodeError):
            return None
        return SecretStr(lines[0].strip()) if lines and lines[0].strip() else None


def near(path: Path, name: str) -> Path:
    """A path that the file at `path` names, as an absolute one: relative paths begin in the file's folder."""
    return path.absolute().parent / Path(name).expanduser()


def _set_keys(table: tables.Table) -> dict[str, Any]:
    """Its keys that are not as nobody set them."""
    return table.model_dump(exclude_defaults=True)


def _with_lent(
    given: dict[str, Any], mail: tables.MailSettings | None, proofs: Sequence[str]
) -> dict[str, Any]:
    """Add to what is given of an application what it lacks of the one that sends mail."""
    lent = ("tenant", "client_id", *(() if {*proofs} & given.keys() else proofs))
    of_mail = _set_keys(mail) if mail else {}
    return {key: of_mail[key] for key in lent if key in of_mail} | given


def _sign_in(at: _Place, source: Source, file: tables.TomlFile) -> SignIn:
    """Return what signs in to a mailbox; of an application, what is not given is that of the one for mail."""
    given = {key: str(value) for key, value in source.settings.items()}
    if not source.url.lower().startswith(tables.GRAPH_MAILBOX):
        password = at.find_secret(given, "password")
        return SignIn(given["user"], password, at.find_file(given.get("password_file")))
    owner = source.url[len(tables.GRAPH_MAILBOX) :]
    given = _with_lent(given, file.mail, tables.APPLICATION_PROOFS)
    there = (person.email or "" for person in file.people)
    domain = owner.lower().partition("@")[2]
    others = (each for each in there if each.lower().endswith(f"@{domain}") and each.lower() != owner.lower())
    return SignIn(
        owner,
        at.find_secret(given, "secret"),
        at.find_file(given.get("secret_file")),
        given["tenant"],
        given["client_id"],
        at.find_file(given.get("certificate_file")),
        given.get("other_mailbox") or next(others, ""),
    )


def _of(kind: type[T], table: tables.Table, **others: object) -> T:
    """One of that type: each field from `others`, or else from the key of the same name where that is set."""
    said = {field.name: getattr(table, field.name, None) for field in fields(kind)} | others
    return kind(**{name: value for name, value in said.items() if value is not None})


def _school(table: tables.SchoolTable) -> School:
    namesakes = tuple(_of(Namesake, namesake) for namesake in table.namesakes)
    return _of(School, table, namesakes=namesakes, language=choose_language(table.language))


def _trust(table: tables.TrustTable, file: tables.TomlFile) -> School:
    """The trust as a subject beside its schools; its head, where the table names no chief executive, is the
    person of the trust who has that office.
    """
    first = file.schools[0]
    here = (p.name for p in file.people if Role.HEAD in p.roles and tables.TRUST in p.schools)
    return School(
        key_of_a_trust(table.name),
        table.name,
        aliases=table.aliases,
        head=table.chief or next(here, None),
        nation=first.nation,
        language=choose_language(first.language),
        website=table.website or "",
    )


def _source(table: tables.SourceTable, urns: Sequence[str], schools: Sequence[School]) -> Source:
    """The source that a table names, for these schools; off where its terms forbid it without leave."""
    forbidden = not table.leave and needs_leave(table.kind, table.url)
    named = [s for s in schools if s.urn in urns] if table.kind == tables.MAILBOX else []
    pages = table.max_pages if "max_pages" in table.model_fields_set else kind_named(table.kind).max_pages
    url = urlsplit(table.url)
    place = ((url.hostname or "").removeprefix("www."), url.path.split("/")[1:3])
    return _of(
        Source,
        table,
        urns=urns,
        name=table.name or table.id,
        own=table.own or kind_named(table.kind).own,
        max_pages=pages,
        surfaced=table.surfaced or place in _SEARCHES or kind_named(table.kind).surfaced,
        interval_s=table.interval,
        disabled=table.disabled or (NO_LEAVE if forbidden else None),
        names=tuple(dict.fromkeys(form.text for school in named for form in forms(school))),
    )


def _keys(numbers: tuple[str, ...], keys: Mapping[str, str]) -> tuple[str, ...]:
    """The keys of the schools these numbers belong to, each once, in the order they are named."""
    return tuple(dict.fromkeys(keys[number] for number in numbers))


def _calendar(table: tables.SchoolTable) -> Calendar:
    begins, ends = map(time.fromisoformat, table.day)
    days = tuple(Term(term.first, term.last) for term in table.terms)
    return Calendar(table.nation, days, frozenset(table.closed), (begins, ends))


def _profile(at: _Place, school: tables.SchoolTable, first: Role) -> Profile:
    table = school.ladder
    facts = _set_keys(table) | {"first_assessor": table.first_assessor or first, "delegates": table.delegates}
    facts["letters"] = at.find_file(table.letters)
    return Profile(**facts, categories=tuple(_set_keys(school.categories).items()))
