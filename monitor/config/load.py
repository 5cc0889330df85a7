"""`schoolgate.toml` → what the stages need. Every fault is told at once; secrets come from elsewhere.

What checks the file is loaded only where it was changed since it was last kept as checked (`kept.py`).
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from data.cases import Profile
from data.errors import ConfigError, refused
from data.people import people_of
from data.register.calendar import Calendar, SchoolHours, Term
from data.types import Namesake, Person, Policy, Role, School, Source
from monitor.config import kept
from monitor.config.home.paths import changed_at, find, others_enter, others_write, refuse_served
from monitor.config.settings import (
    APPLICATION_PROOFS,
    GRAPH_MAILBOX,
    MAILBOX,
    TRUST,
    DigestSettings,
    DpiaSettings,
    EvidenceSettings,
    MailSettings,
    ModelSettings,
    OwnAccount,
    Secret,
    ServeSettings,
    SignInSettings,
    WrittenPolicy,
    is_beat_address,
)

if TYPE_CHECKING:
    from monitor.config.plain import Said

NAMESAKES = [field.name for field in fields(School)].index("namesakes")
TO_WRITE_ONE = "To write one"
_OPEN = (
    "Others on this machine can write to {}: they could change who is asked and who is told. Nothing of it "
    "is used. Close it: chmod go-w {}"
)


@dataclass(frozen=True, slots=True)
class SignIn:
    """How to sign in to a mailbox. `password` is None where it cannot be read: `doctor` says why.

    At Microsoft 365 `user` is the mailbox, `password` the secret of the application that the next two name,
    `other` a mailbox that must be refused to it: "" where neither the settings nor the people name one.
    """

    user: str
    password: Secret | None
    password_file: Path | None = None
    tenant: str = ""
    client_id: str = ""
    certificate: Path | None = None
    other: str = ""


@dataclass(frozen=True, slots=True)
class Network:
    """How the world is reached. `proxy_password` is None where it cannot be read: `doctor` says why."""

    proxy: str | None = None
    proxy_user: str | None = None
    proxy_password: Secret | None = None
    ca_file: Path | None = None
    own_servers: tuple[str, ...] = ()
    password_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """A checked configuration. `register` is absolute; relative paths are the file's folder's.

    `mail_password`, and the applications' `mail_secret` and `sign_in_secret`, are None where none is named or
    where it cannot be read: `doctor` says why. `updates` says who hears of a new version.
    `former` have left, with the offices they held: they hold none, and no mail reaches them.
    `in_english` are schools (urns) whose settings name a language without an edition: they are written to in
    English. `to_look_up` are hosts that are still to be asked for places.
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
    mail: MailSettings | None = None
    mail_password: Secret | None = None
    mail_secret: Secret | None = None
    sign_in: SignInSettings | None = None
    sign_in_secret: Secret | None = None
    model: ModelSettings = field(default_factory=ModelSettings)
    dpia: DpiaSettings = field(default_factory=DpiaSettings)
    policies: tuple[WrittenPolicy, ...] = ()
    accounts: tuple[OwnAccount, ...] = ()
    serve: ServeSettings = field(default_factory=ServeSettings)
    digest: DigestSettings = field(default_factory=DigestSettings)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    chats: Mapping[str, Secret] = field(default_factory=dict)
    unreadable_chats: tuple[str, ...] = ()
    chat_files: Mapping[str, Path] = field(default_factory=dict)
    evidence: EvidenceSettings = field(default_factory=EvidenceSettings)
    profiles: Mapping[str, Profile] = field(default_factory=dict)
    heartbeat: Secret | None = None
    network: Network = field(default_factory=Network)
    me: str | None = None
    mailboxes: Mapping[str, SignIn] = field(default_factory=dict)

    @property
    def named(self) -> tuple[Person, ...]:
        """Everybody by whose id something may be recorded: for names alone, never for who is told."""
        return (*self.people, *(replace(p, roles=()) for p in self.former))

    def beside(self) -> dict[str, frozenset[str]]:
        """By person's id, the ids of the others that the same address for short messages reaches."""
        at: dict[str, set[str]] = {}
        for person_id, address in self.chats.items():
            at.setdefault(address.get_secret_value(), set()).add(person_id)
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
        """What the school's policy says of removals; the product's own where it is not known."""
        return self.profiles.get(urn, Profile())

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


def load(path: Path, env: Mapping[str, str], home: Path | None = None) -> Config:
    """Read and check a configuration file. Touches no network and writes nothing.

    What was kept in `home` as checked is not checked again. Raises ConfigError with every fault that can be
    found at once.
    """
    text = read(path)
    said = kept.found(home, text) if home else None
    return _build(path, said if said is not None else _checked(path.name, text), env)


def from_text(path: Path, text: str, env: Mapping[str, str]) -> Config:
    """What a file at that place with this text configures. Raises as `load` does."""
    return _build(path, _checked(path.name, text), env)


def keep_checked(path: Path, home: Path) -> None:
    """Keep in the home what the file says, so that the next commands need not check it. One with faults, or
    with something secret in it, is not kept.
    """
    try:
        text = read(path)
        if kept.found(home, text) is None:
            kept.keep(home, text, _checked(path.name, text))
    except ConfigError:
        kept.drop(home)


def _checked(name: str, text: str) -> Said:
    from monitor.config.examine import checked
    from monitor.config.plain import plain

    return plain(checked(name, text))


def read(path: Path) -> str:
    """The file's text, its lines ended by “\\n”. Raises ConfigError where it cannot be read, or others can
    write to it.
    """
    try:
        if others_write(path) and others_enter(path.resolve().parent):
            raise ConfigError([_OPEN.format(path, shlex.quote(str(path)))])
        return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except FileNotFoundError:
        raise ConfigError([f"{path} is not there. {TO_WRITE_ONE}: {_init(path)}"]) from None
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ConfigError(
            [f"{path.name}, line {line}: a letter is not UTF-8. Save the file again with the encoding UTF-8."]
        ) from None
    except OSError as error:
        raise ConfigError([refused(error)]) from None


def _init(path: Path) -> str:
    """What writes a first file there. Raises AnothersHome where whoever names no home means the service's."""
    if path == find(os.environ, anybodys=True).config:
        refuse_served()
        return "⟪init⟫"
    return f"⟪init⟫ ⟨home⟩ {shlex.quote(str(path.parent))}"


def _midnight(day: str | None, zone: ZoneInfo) -> datetime | None:
    """When that day begins there, in UTC."""
    return datetime.combine(date.fromisoformat(day), time(), zone).astimezone(UTC) if day else None


def _build(path: Path, said: Said, env: Mapping[str, str]) -> Config:
    former = tuple(
        Person(person, name, tuple(map(Role, roles)), urns=tuple(urns))
        for person, name, roles, urns in said["former"]
    )
    schools = tuple(replace(s, former=people_of(s, former)) for s in map(_school, said["schools"]))
    asked = {person: _secret(path, variable, file, env) for person, variable, file in said["chats"]}
    sources = tuple(Source(*map(_tupled, row)) for row in said["sources"])
    mail = MailSettings(**said["mail"]) if "mail" in said else None
    sign_in = SignInSettings(**said["sign_in"]) if said["sign_in"] else None
    serve = ServeSettings(**said["serve"])
    return Config(
        path=path.absolute(),
        schools=schools,
        sources=sources,
        people=tuple(
            Person(
                *(person, name, tuple(map(Role, roles)), email, tuple(urns), phone, tuple(related)),
                *(_midnight(away_until, ZoneInfo(said["zone"])), cover, account),
            )
            for person, name, roles, email, urns, phone, related, away_until, cover, account in said["people"]
        ),
        former=former,
        policy=Policy(**_with_roles(said["policy"])),
        zone=ZoneInfo(said["zone"]),
        contact=said["contact"],
        register=_near(path, said["register_file"]) if said["register_file"] else None,
        updates=said["updates"],
        base_url=said["base_url"],
        in_english=tuple(said["in_english"]),
        to_look_up=tuple(said["to_look_up"]),
        mail=mail,
        mail_password=_secret(path, mail.password_env, mail.password_file, env) if mail else None,
        mail_secret=_secret(path, mail.secret_env, mail.secret_file, env) if mail else None,
        sign_in=sign_in,
        sign_in_secret=_secret(path, sign_in.secret_env, sign_in.secret_file, env) if sign_in else None,
        model=_model(path, ModelSettings(**said["model"])),
        dpia=DpiaSettings(**_values(said["dpia"])),
        policies=tuple(WrittenPolicy(**_values(row)) for row in said["policies"]),
        accounts=tuple(OwnAccount(**_values(row)) for row in said["accounts"]),
        serve=serve,
        digest=DigestSettings(**_values(said["digest"])),
        calendars={s.urn: _calendar(*row) for s, row in zip(schools, said["calendars"], strict=True)},
        chats={person: address for person, address in asked.items() if address is not None},
        unreadable_chats=tuple(person for person, address in asked.items() if address is None),
        chat_files={person: _near(path, file) for person, _, file in said["chats"] if file},
        evidence=EvidenceSettings(**said["evidence"]),
        profiles={s.urn: _profile(path, row) for s, row in zip(schools, said["profiles"], strict=True)},
        heartbeat=heartbeat(path, serve.heartbeat_url, serve.heartbeat_env, serve.heartbeat_file, env),
        network=network(path, said["network"], env),
        me=said["me"],
        mailboxes={s.id: _sign_in(path, s, env, said) for s in sources if s.kind == MAILBOX},
    )


def _sign_in(path: Path, source: Source, env: Mapping[str, str], said: Said) -> SignIn:
    given = {key: str(value) for key, value in source.settings.items()}
    if source.url.lower().startswith(GRAPH_MAILBOX):
        return _application(path, source.url[len(GRAPH_MAILBOX) :], given, env, said)
    file = given.get("password_file")
    password = _secret(path, given.get("password_env"), file, env)
    return SignIn(given["user"], password, _near(path, file) if file else None)


def _application(path: Path, owner: str, given: dict[str, str], env: Mapping[str, str], said: Said) -> SignIn:
    """What signs in at Microsoft 365; keys that are not given are of the application that sends mail."""
    lent = ("tenant", "client_id", *(() if {*APPLICATION_PROOFS} & given.keys() else APPLICATION_PROOFS))
    given = {key: said["mail"][key] for key in lent if key in said.get("mail", {})} | given
    file, certificate = given.get("secret_file"), given.get("certificate_file")
    there = (row[3] or "" for row in said["people"])
    domain = owner.lower().partition("@")[2]
    others = (each for each in there if each.lower().endswith(f"@{domain}") and each.lower() != owner.lower())
    return SignIn(
        owner,
        _secret(path, given.get("secret_env"), file, env),
        _near(path, file) if file else None,
        *(given["tenant"], given["client_id"], _near(path, certificate) if certificate else None),
        given.get("other_mailbox") or next(others, ""),
    )


def _near(path: Path, name: str) -> Path:
    return path.absolute().parent / Path(name).expanduser()


def _school(row: Sequence[Any]) -> School:
    facts = [_tupled(fact) for fact in row]
    facts[NAMESAKES] = tuple(Namesake(*each) for each in facts[NAMESAKES])
    return School(*facts)


def _calendar(nation: str, terms: list[list[str]], closed: list[str], day: list[str]) -> Calendar:
    days = tuple(Term(date.fromisoformat(first), date.fromisoformat(last)) for first, last in terms)
    begins, ends = map(time.fromisoformat, day)
    return Calendar(nation, days, frozenset(map(date.fromisoformat, closed)), (begins, ends))


def _profile(path: Path, said: Said) -> Profile:
    facts = _with_roles(said) | {"categories": tuple(map(tuple, said.get("categories", ())))}
    return Profile(**facts | {"letters": _near(path, facts["letters"])} if "letters" in facts else facts)


def _with_roles(said: Said) -> Said:
    named = {key: Role(said[key]) for key in ("first_assessor", "decider", "signs", "press") if key in said}
    many = {"delegates": tuple(map(Role, said["delegates"]))} if "delegates" in said else {}
    return said | named | many


def _values(said: Said) -> Said:
    """A table's values: days as such, lists as tuples."""
    days = ("recorded_on", "approved_on", "review_due", "since")
    return {key: date.fromisoformat(v) if key in days else _tupled(v) for key, v in said.items()}


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _model(path: Path, model: ModelSettings) -> ModelSettings:
    """A name that is a folder beside the file means that folder; any other is a model's own name."""
    folder = _near(path, model.name or "")
    return replace(model, name=str(folder)) if model.name and folder.is_dir() else model


def network(path: Path, said: Said, env: Mapping[str, str]) -> Network:
    """What a table `[network]` of a file at that place says."""
    file, ca_file = said.get("proxy_password_file"), said.get("ca_file")
    return Network(
        said.get("proxy"),
        said.get("proxy_user"),
        _secret(path, said.get("proxy_password_env"), file, env),
        _near(path, ca_file) if ca_file else None,
        tuple(said.get("own_servers", ())),
        _near(path, file) if file else None,
    )


def heartbeat(
    path: Path, url: str | None, variable: str | None, file: str | None, env: Mapping[str, str]
) -> Secret | None:
    """As the file says, else from elsewhere; None for what is no address there: `doctor` says so."""
    found = Secret(url) if url else _secret(path, variable, file, env)
    return found if found and is_beat_address(found.get_secret_value()) else None


def _secret(path: Path, variable: str | None, file: str | None, env: Mapping[str, str]) -> Secret | None:
    if variable:
        return Secret(env[variable]) if env.get(variable) else None
    try:
        lines = _near(path, file).read_text(encoding="utf-8-sig").splitlines() if file else []
    except (OSError, UnicodeDecodeError):
        return None
    return Secret(lines[0]) if lines and lines[0] else None
