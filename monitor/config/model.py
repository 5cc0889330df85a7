"""The shape of `schoolgate.toml`: one pydantic model a table.

`keys.toml` has a sentence and an example of each key: a test holds `docs/configuration.md` against them, and
faults quote them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from ipaddress import ip_address, ip_network
from typing import Annotated, Any, Literal
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    model_validator,
)

from data.cases import Profile
from data.errors import InputError, write_commands
from data.letters import plain_address
from data.people import EMAIL
from data.register.calendar import days_of, is_day
from data.shipped import read_table
from data.types import ABUSE_LABELS, KEY_OF_A_TRUST, KEY_OF_OUR_OWN, THEMES, Role, Sentiment
from data.web.channels import OF_SOURCES
from data.web.public_addresses import is_this_machine
from data.words.say import LANGUAGES
from monitor.terminal.wording import did_you_mean

OWN_PAGE = "own.page"
"""The kind of source that looks for a page's notice."""
TRUST = "trust"
"""By what people and places name the trust itself among their schools."""
MAILBOX = "mailbox"
"""The kind of source that is a mailbox."""
GRAPH_MAILBOX = "graph://"
"""How the address of one at Microsoft 365 begins."""
MAILBOX_SCHEMES = (GRAPH_MAILBOX, "imap://", "imaps://")
APPLICATION_PROOFS = ("secret_file", "secret_env", "certificate_file")
"""Keys of what an application proves itself by: one of them."""
DEFAULT_HEALTH_PORT = 9477
DEFAULT_LISTEN = "127.0.0.1:8477"
GUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
"""How Microsoft Entra writes the number of a tenant, an application or a secret."""


def web_address(value: str) -> str:
    parts = split_url(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or re.search(r"\s", value):
        raise ValueError("is not a web address")
    return without_secret(value, parts)


def split_url(value: str) -> SplitResult:
    try:
        parts = urlsplit(value)
        _ = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is not a web address") from None
    return parts


def without_secret(value: str, parts: SplitResult) -> str:
    if parts.username is not None or parts.password is not None:
        raise ValueError("holds a user name or password before the “@”; an address may not carry a secret")
    return value


def beat_address(value: str) -> str:
    parts = urlsplit(web_address(value))
    if parts.scheme != "https" and not is_this_machine(parts.hostname or ""):
        raise ValueError("is not private: write https, or http to only this machine")
    return value


MICROSOFT, GOOGLE = "https://login.microsoftonline.com", "https://accounts.google.com"
"""Where people sign in by an account of theirs."""


MODEL_LABELS = (
    *(f"sentiment:{s}" for s in Sentiment),
    *(f"abuse:{a}" for a in ABUSE_LABELS),
    *(f"theme:{t}" for t in THEMES),
)
"""The labels another model's own may be mapped to."""

SECRET_KEY = re.compile(
    r"(^|_)(password|passwd|passphrase|secret|token|api_?key|(chat|apprise|webhook)(_?(url|address))?)$",
    re.IGNORECASE,
)
"""Names of keys that would hold a secret itself, not the name of a variable or file."""

NATIONS = ("england", "wales", "scotland", "northern_ireland")
"""Whose law and holidays may apply."""

_UNITS = {"m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600, "d": 86400, "day": 86400}
_SHORTEST_S, _LONGEST_S = 300, 31 * 86400


def _source_address(value: str) -> str:
    """A page's address, or a mailbox's."""
    parts = split_url(value)
    if parts.scheme == "graph":
        if not EMAIL.fullmatch(value.partition("://")[2]):
            raise ValueError("is not a mailbox of Microsoft 365: graph://, and the mailbox's email address")
        return value
    if parts.scheme not in ("imap", "imaps"):
        return web_address(value)
    if not parts.hostname or re.search(r"\s", value) or parts.query or parts.fragment:
        raise ValueError("is not a mailbox's address: imaps://, the mail server's name, and the folder")
    return without_secret(value, parts)


def _proxy_address(value: str) -> str:
    parts = urlsplit(web_address(value))
    if parts.scheme != "http" or not parts.port or _goes_on(parts):
        raise ValueError("is not a proxy's address: http://, its name and its port, and nothing after them")
    return value


def _goes_on(parts: SplitResult) -> bool:
    """Does something follow the host and port?"""
    return bool(parts.path.strip("/") or parts.query or parts.fragment)


def _host(value: str) -> str:
    name = value.strip("[]").lower()
    try:
        return str(ip_address(name))
    except ValueError:
        pass
    if not re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", name):
        raise ValueError("is not a server's name: leave out “https://”, the port and everything after it")
    return name


def _base_address(value: str) -> str:
    if _goes_on(urlsplit(web_address(value))):
        raise ValueError("goes on after the host: leave out what follows it")
    return value


def _email(value: str) -> str:
    value = plain_address(value)
    if not EMAIL.fullmatch(value):
        accented = "" if value.isascii() else ": mail servers need plain letters, and xn--… for others"
        raise ValueError(f"is not an email address{accented}")
    return value


def _written_as(
    pattern: str, otherwise: str, change: Callable[[re.Match[str]], str] = lambda found: found[0]
) -> AfterValidator:
    """Check that the whole value is written like that; `change` says how it is kept."""

    def check(value: str) -> str:
        if not (found := re.fullmatch(pattern, value)):
            raise ValueError(otherwise)
        return change(found)

    return AfterValidator(check)


def _one_of(known: Sequence[str], otherwise: str) -> AfterValidator:
    """Check that it is one of these; else the nearest is offered."""

    def check(value: str) -> str:
        if value not in known:
            raise ValueError(f"{otherwise}. {did_you_mean(value, known)}")
        return value

    return AfterValidator(check)


def _begins_and_ends(value: tuple[str, ...]) -> tuple[str, ...]:
    if len(value) != 2 or value[0] >= value[1]:
        raise ValueError("must be when the day begins, then when it ends")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is not a time zone of the IANA list") from None
    return value


def _interval(value: object) -> object:
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([a-z]+?)s?", str(value).strip().lower())
    if not isinstance(value, str) or not found or found[2] not in _UNITS:
        raise ValueError("is not a length of time")
    seconds = float(found[1]) * _UNITS[found[2]]
    if not _SHORTEST_S <= seconds <= _LONGEST_S:
        raise ValueError("is too short or too long: from 5 minutes to 31 days")
    return seconds


def _listen(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not (port.isdigit() and 1 <= int(port) <= 65535):
        raise ValueError("is not an address to listen at: write host and port")
    return value


def _proxies(value: str) -> str:
    try:
        return str(ip_network(value))
    except ValueError:
        raise ValueError("is not an address or a network: “127.0.0.1” or “10.0.0.0/24”") from None


def _day(value: object) -> object:
    """A day in quotes, as people write it with its year; TOML's own is one already."""
    try:
        found = days_of(value, None)[0] if isinstance(value, str) and is_day(value) else ()
    except InputError:
        found = ()
    if isinstance(value, str) and not found:
        raise ValueError("is not a day with its year")
    return found[0] if found else value


Day = Annotated[date, BeforeValidator(_day)]
Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
WebAddress = Annotated[Text, AfterValidator(web_address)]
SourceAddress = Annotated[Text, AfterValidator(_source_address)]
BeatAddress = Annotated[str, AfterValidator(beat_address)]
ProxyAddress = Annotated[Text, AfterValidator(_proxy_address)]
Host = Annotated[Text, AfterValidator(_host)]
BaseAddress = Annotated[Text, AfterValidator(_base_address)]
Email = Annotated[Text, AfterValidator(_email)]
Contact = Annotated[Text, AfterValidator(lambda said: web_address(said) if "://" in said else _email(said))]
_domain = _written_as(
    r"(?i)[a-z0-9-]+(\.[a-z0-9-]+)+",
    "is not a domain: leave out “https://” and everything after the first “/”",
    lambda found: found[0].lower(),
)
Domain = Annotated[Text, _domain]
_NUMBER = (
    rf"(?!{KEY_OF_OUR_OWN}|{KEY_OF_A_TRUST})[A-Za-z0-9-]{{3,12}}"
    rf"|(?=.{{5,40}}$){KEY_OF_OUR_OWN}[a-z0-9]+(-[a-z0-9]+)*"
)
_NO_NUMBER = (
    "is not a school's number: 3 to 12 digits, letters or hyphens; without a number, "
    f"“{KEY_OF_OUR_OWN}” and the name in small letters"
)
Urn = Annotated[Text, _written_as(_NUMBER, _NO_NUMBER)]
_of = _written_as(rf"{_NUMBER}|{KEY_OF_A_TRUST}[a-z0-9-]{{1,60}}", f"{_NO_NUMBER}; of the trust: “trust”")
SchoolOrTrust = Annotated[Text, _of]
_postcode = _written_as(
    r"(?i)([a-z]{1,2}\d[a-z\d]?) ?(\d[a-z]{2})",
    "is not a UK postcode",
    lambda found: f"{found[1]} {found[2]}".upper(),
)
Postcode = Annotated[Text, _postcode]
Zone = Annotated[Text, AfterValidator(_zone)]
_id = _written_as(
    r"[a-z0-9][a-z0-9._-]{0,63}",
    "is not an id: small letters, digits, “-”, “_” and “.”, at most 64, no blanks",
)
Id = Annotated[Text, _id]
Interval = Annotated[float, BeforeValidator(_interval)]
_variable = _written_as(
    r"[A-Z_][A-Z0-9_]*",
    "is not the name of an environment variable (capitals, digits, “_”); the secret itself does not "
    "belong here",
)
Variable = Annotated[Text, _variable]
_tenant = _written_as(
    rf"(?i){GUID}|[a-z0-9-]+(\.[a-z0-9-]+)+",
    "is not a tenant: its number as Microsoft Entra shows it (“Directory (tenant) ID”), or its domain",
)
Tenant = Annotated[Text, _tenant]
_client_id = _written_as(
    f"(?i){GUID}",
    "is not the number of an application: Microsoft Entra shows it as “Application (client) ID”",
)
ClientId = Annotated[Text, _client_id]
Channel = Annotated[Text, _one_of(OF_SOURCES, "is not a channel")]
_language = _written_as("|".join((*LANGUAGES, "cy")), "is not a language there is: “en” (English)")
Language = Annotated[Text, _language]
_time_of_day = _written_as(r"([01]\d|2[0-3]):[0-5]\d", "is not a time of day, from 00:00 to 23:59")
TimeOfDay = Annotated[Text, _time_of_day]
SchoolDay = Annotated[tuple[TimeOfDay, ...], AfterValidator(_begins_and_ends)]
Listen = Annotated[Text, AfterValidator(_listen)]
NetworkOfProxies = Annotated[Text, AfterValidator(_proxies)]
_spelt = AfterValidator(lambda nation: nation.lower().replace(" ", "_"))
Nation = Annotated[Text, _spelt, _one_of(NATIONS, "is not known here")]
ModelLabel = Annotated[Text, _one_of(MODEL_LABELS, "is not one of our labels")]
Port = Annotated[int, Field(ge=1, le=65535)]


class Table(BaseModel):
    """A table of the file. Unknown keys are refused; values never appear in pydantic's own errors."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """Give each key its sentence and example, by the table's title."""
        keys = read_table("monitor.config", "keys.toml")[str(cls.model_config["title"])]
        for name, (sentence, *example) in keys.items():
            cls.model_fields[name].description = write_commands(sentence)
            cls.model_fields[name].examples = example


class NamesakeTable(Table, title="schools.namesakes"):
    """Another bearer of the school's name: a school elsewhere, a church, a street, a club."""

    name: Text
    place: str = ""
    kind: Text = "school"


class TermTable(Table, title="schools.terms"):
    """A term or half term; both days are included."""

    first: Day
    last: Day


class LadderTable(Table, title="schools.ladder"):
    """The school's own policy on removals, where schools differ."""

    first_assessor: Role | None = None
    decider: Role = Role.HEAD
    delegates: tuple[Role, ...] = Profile().delegates
    signs: Role = Role.HEAD
    press: Role = Role.HEAD
    press_approval: bool = False
    host_hours: Annotated[int, Field(ge=1, le=168)] = 24
    author_days: Annotated[int, Field(ge=0, le=10)] = 1
    support: str = ""
    complaints_url: WebAddress | None = None
    letters: Text | None = None
    posh_at_once: bool = False


class CategoryTable(Table, title="schools.categories"):
    """The safeguarding record's own names for each kind of matter: they go on the hand-over sheet."""

    safeguarding: Text | None = None
    child_image: Text | None = None
    staff_allegation: Text | None = None
    terrorism: Text | None = None
    self_harm: Text | None = None
    other: Text | None = None


class SchoolTable(Table, title="schools"):
    """One school that is watched for. What is given here decides whether a mention is about it."""

    urn: Urn
    name: Text
    members: tuple[Urn, ...] = ()
    aliases: tuple[Text, ...] = ()
    former_names: tuple[Text, ...] = ()
    locality: str = ""
    town: str = ""
    county: str = ""
    local_authority: str = ""
    street: str = ""
    postcode: Postcode | None = None
    trust: Text | None = None
    domain: Domain | None = None
    website: WebAddress | None = None
    head: Text | None = None
    phase: str = ""
    nation: Nation = "england"
    sector: Literal["maintained", "academy", "independent"] | None = None
    namesakes: tuple[NamesakeTable, ...] = ()
    language: Language = "en"
    terms: tuple[TermTable, ...] = ()
    closed: tuple[Day, ...] = ()
    day: SchoolDay = ("08:45", "15:15")
    social_care: str = ""
    allegations: str = ""
    ladder: LadderTable = LadderTable()
    categories: CategoryTable = CategoryTable()


class TrustTable(Table, title="trust"):
    """The academy trust of these schools: a subject of its own, beside them (docs/trust.md)."""

    name: Text
    aliases: tuple[Text, ...] = ()
    chief: Text | None = None
    website: WebAddress | None = None


class SourceTable(Table, title="sources"):
    """One place to look at."""

    id: Id
    kind: Text
    url: SourceAddress
    name: str = ""
    schools: tuple[SchoolOrTrust, ...] = ()
    channel: Channel | None = None
    listing: bool = False
    surfaced: bool = False
    interval: Interval | None = None
    max_pages: Annotated[int, Field(ge=1, le=50)] = 5
    settings: dict[str, Any] = {}
    own: bool = False
    notice: Text | None = None
    disabled: Text | None = None
    leave: Text | None = None


class CredentialTable(Table, title="credentials"):
    """A key of an interface that asks for one: its kind, and where its secret lies."""

    kind: Text
    user: Text | None = None
    server: WebAddress | None = None
    secret_env: Variable | None = None
    secret_file: Text | None = None
    secret_credential: Id | None = None
    asks_a_day: Annotated[int | None, Field(ge=1, le=100_000)] = None
    pounds_a_month: Annotated[float | None, Field(ge=0.01, le=1_000)] = None


class PersonTable(Table, title="people"):
    """Somebody who is told, or who may be meant. One person may hold several roles."""

    id: Id
    name: Text
    roles: Annotated[tuple[Role, ...], Field(min_length=1)]
    email: Email | None = None
    account: Email | None = None
    schools: tuple[SchoolOrTrust, ...] = ()
    chat_env: Variable | None = None
    chat_file: Text | None = None
    phone: Text | None = None
    related_to: tuple[Text, ...] = ()
    away_until: Day | None = None
    cover: Id | None = None


class FormerTable(Table, title="former"):
    """Somebody who has left: told nothing, signed in nowhere, and called by name in what is recorded."""

    id: Id
    name: Text
    roles: tuple[Role, ...] = ()
    schools: tuple[SchoolOrTrust, ...] = ()
    left: date


class PolicyTable(Table, title="policy"):
    """The settings of a school about judging and keeping."""

    look_share: Annotated[float, Field(ge=0, le=0.125)] = 0.125
    first_assessor: Role = Role.HEAD
    criticism_days: Annotated[int, Field(ge=1, le=90)] = 30
    retain_days: Annotated[int, Field(ge=1, le=2555)] = 365
    unmatched_hours: Annotated[int, Field(ge=1, le=24)] = 24
    names_permitted: bool = False


class MailSettings(Table, title="mail"):
    """The way mail goes out. Without it messages wait, and the last line of a scan says how many."""

    sign_in: Literal["password", "xoauth2", "graph"] = "password"
    host: Text | None = None
    port: Port = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    sender: Email
    reply_to: Email | None = None
    user: Text | None = None
    password_env: Variable | None = None
    password_file: Text | None = None
    tenant: Tenant | None = None
    client_id: ClientId | None = None
    secret_env: Variable | None = None
    secret_file: Text | None = None
    certificate_file: Text | None = None


class SignInSettings(Table, title="sign_in"):
    """Sign-in with the school's Microsoft or Google account. Without it people sign in by a code by mail."""

    provider: Literal["microsoft", "google"]
    tenant: Tenant | None = None
    domain: Domain | None = None
    client_id: Text | None = None
    secret_env: Variable | None = None
    secret_file: Text | None = None


class ModelSettings(Table, title="model"):
    """Another model than the one that comes with Schoolgate, its threads, and the second reader."""

    name: Text | None = None
    labels: dict[str, ModelLabel] = {}
    threads: Annotated[int | None, Field(ge=1, le=256)] = None
    second_reader: bool = True


class ServeSettings(Table, title="serve"):
    """The service: where it may be asked how it is, and where the pages behind links are served."""

    health_port: Port = DEFAULT_HEALTH_PORT
    listen: Listen = DEFAULT_LISTEN
    proxies: tuple[NetworkOfProxies, ...] = ()
    heartbeat_url: Annotated[BeatAddress | None, Field(repr=False)] = None
    heartbeat_env: Variable | None = None
    heartbeat_file: Text | None = None
    drills: bool = False
    here_only: bool = False


class DigestSettings(Table, title="digest"):
    """The daily digest of the leadership team."""

    at: TimeOfDay = "07:30"
    excerpts: Literal["none", "news", "public"] = "public"
    together: tuple[Id, ...] = ()


class EvidenceSettings(Table, title="evidence"):
    """The way evidence is kept: the browser that takes pictures, and the time server that dates them."""

    browser: Text | None = None
    timestamp_url: WebAddress | None = None
    timestamp_ca: Text | None = None
    witness: Id | None = None


class NetworkTable(Table, title="network"):
    """The network that Schoolgate stands in: a proxy, authorities and servers of its own."""

    proxy: ProxyAddress | None = None
    proxy_user: Text | None = None
    proxy_password_env: Variable | None = None
    proxy_password_file: Text | None = None
    ca_file: Text | None = None
    own_servers: tuple[Host, ...] = ()


class CliTable(Table, title="cli"):
    """The commands on this machine."""

    me: Id | None = None


class DpiaSettings(Table, title="dpia"):
    """The data protection impact assessment."""

    recorded_on: Day | None = None
    recorded_by: Text | None = None


class WrittenPolicy(Table, title="policies"):
    """A written policy that Schoolgate's work rests on, so that its review is not forgotten."""

    title: Text
    schools: tuple[SchoolOrTrust, ...] = ()
    file: Text | None = None
    version: str = ""
    approved_on: Day | None = None
    review_due: Day | None = None
    owner: Text | None = None


class OwnAccount(Table, title="accounts"):
    """A page or account that the school runs itself, and by whom; its source says whether it is watched."""

    id: Id
    name: Text
    url: WebAddress | None = None
    schools: tuple[SchoolOrTrust, ...] = ()
    staff: tuple[Text, ...] = ()
    owner: Text | None = None
    purpose: str = ""
    disclaimer: str = ""
    since: Day | None = None
    approved_by: Text | None = None
    trained: tuple[Text, ...] = ()
    access: Literal["open", "closed"] = "open"
    closed_on: Day | None = None


class TomlFile(Table, title="top"):
    """The whole of `schoolgate.toml`."""

    zone: Zone = "Europe/London"
    contact: Contact | None = None
    register_file: Text | None = None
    updates: Text | None = None
    base_url: BaseAddress | None = None
    without_mail: bool = False
    to_look_up: tuple[Host, ...] = ()
    natures: dict[Host, Literal["paper", "board", "blog", "reviews", "body"]] = {}
    schools: Annotated[tuple[SchoolTable, ...], Field(min_length=1)]
    trust: TrustTable | None = None
    sources: tuple[SourceTable, ...] = ()
    credentials: dict[Id, CredentialTable] = {}
    people: tuple[PersonTable, ...] = ()
    former: tuple[FormerTable, ...] = ()
    policy: PolicyTable = PolicyTable()
    mail: MailSettings | None = None
    sign_in: SignInSettings | None = None
    model: ModelSettings = ModelSettings()
    serve: ServeSettings = ServeSettings()
    digest: DigestSettings = DigestSettings()
    network: NetworkTable = NetworkTable()
    evidence: EvidenceSettings = EvidenceSettings()
    cli: CliTable = CliTable()
    dpia: DpiaSettings = DpiaSettings()
    policies: tuple[WrittenPolicy, ...] = ()
    accounts: tuple[OwnAccount, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _without_plugins(cls, given: Any) -> Any:
        """A file of before without its `[plugins]`, which means nothing any more."""
        return {k: v for k, v in given.items() if k != "plugins"} if isinstance(given, dict) else given
