"""The shape of `schoolgate.toml`: one pydantic model a table.

`keys.toml` has a sentence and an example of each key: a test holds `docs/configuration.md` against them, and
faults quote them.
"""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from data.cases import Profile
from data.errors import write_commands
from data.types import Role
from monitor.config.settings import DEFAULT_HEALTH_PORT, DEFAULT_LISTEN
from monitor.config.values import (
    BaseAddress,
    BeatAddress,
    Channel,
    ClientId,
    Contact,
    Day,
    Domain,
    Email,
    Host,
    Id,
    Interval,
    Language,
    Listen,
    ModelLabel,
    Nation,
    NetworkOfProxies,
    Postcode,
    ProxyAddress,
    SchoolDay,
    SchoolOrTrust,
    SourceAddress,
    Tenant,
    Text,
    TimeOfDay,
    Urn,
    Variable,
    WebAddress,
    Zone,
)


@cache
def _known_keys() -> dict[str, dict[str, list[Any]]]:
    """The sentence and the example of each key, by table."""
    return tomllib.loads(files("monitor.config").joinpath("keys.toml").read_text(encoding="utf-8"))


class Table(BaseModel):
    """A table of the file. Unknown keys are refused; values never appear in pydantic's own errors."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, str_strip_whitespace=True
    )

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        """Give each key its sentence and example, by the table's title."""
        for name, (sentence, *example) in _known_keys()[str(cls.model_config["title"])].items():
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
    channel: Channel | None = None
    surfaced: bool = False
    interval: Interval | None = None
    max_pages: Annotated[int, Field(ge=1, le=50)] = 5
    settings: dict[str, Any] = {}
    disabled: Text | None = None
    leave: Text | None = None
    schools: tuple[SchoolOrTrust, ...] = ()
    listing: bool = False
    own: bool = False
    notice: Text | None = None


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
    port: Annotated[int, Field(ge=1, le=65535)] = 587
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

    health_port: Annotated[int, Field(ge=1, le=65535)] = DEFAULT_HEALTH_PORT
    listen: Listen = DEFAULT_LISTEN
    proxies: tuple[NetworkOfProxies, ...] = ()
    heartbeat_url: Annotated[BeatAddress | None, Field(repr=False)] = None
    heartbeat_env: Variable | None = None
    heartbeat_file: Text | None = None
    drills: bool = False

    @property
    def listen_given(self) -> bool:
        """Does the file say where the pages are served?"""
        return "listen" in self.model_fields_set


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
    to_look_up: tuple[Host, ...] = ()
    natures: dict[Host, Literal["paper", "board", "blog", "reviews", "body"]] = {}
    schools: Annotated[tuple[SchoolTable, ...], Field(min_length=1)]
    trust: TrustTable | None = None
    sources: tuple[SourceTable, ...] = ()
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
